package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"firebreak/internal/fault"
)

// FileName is the configuration file that is looked for in the data directory, then in the working directory.
const FileName = "firebreak.toml"

// Setting is one effective value and where it came from.
type Setting struct {
	Key   string `json:"key"`
	Value string `json:"value"` // secrets are masked
	From  string `json:"from"`  // default, the file's path, the variable, or the flag
	Doc   string `json:"doc"`
}

// Sources are the places that Load reads, the strongest first.
type Sources struct {
	Flags  map[string]string           // by key, only those given
	Lookup func(string) (string, bool) // os.LookupEnv
	File   string                      // named by --config; empty: FIREBREAK_CONFIG, then FileName where it is found
}

// Load puts the configuration together. Unknown keys and bad values are faults that name the key and the remedy.
func Load(src Sources) (Config, []Setting, error) {
	c := Default()
	from := map[string]string{}
	look := func(name string) (string, bool) {
		if src.Lookup == nil {
			return "", false
		}
		v, ok := src.Lookup(name)
		return v, ok && v != "" // an empty variable is one nobody set
	}
	path, values, err := readFile(src, look)
	if err != nil {
		return c, nil, err
	}
	var bad []*fault.Fault
	put := func(k key, value, origin string) {
		if err := k.set(&c, value); err != nil {
			f := fault.Of(err)
			f.Message = strings.TrimSuffix(f.Message, ".") + " (" + origin + ")."
			bad = append(bad, f)
			return
		}
		from[k.name] = origin
	}
	for _, k := range keys() {
		if v, ok := values[k.name]; ok {
			put(k, v, path)
		}
		if v, ok := look(k.env()); ok {
			put(k, v, k.env())
		}
		if v, ok := src.Flags[k.name]; ok {
			put(k, v, "--"+FlagName(k.name))
		}
	}
	if err := fault.Collect(bad...); err != nil {
		return c, nil, err
	}
	if err := c.check(); err != nil {
		f := *fault.Of(err)
		name := func(f *fault.Fault) {
			if origin := from[f.Field]; origin != "" {
				f.Message = strings.TrimSuffix(f.Message, ".") + " (" + origin + ")."
			}
		}
		name(&f)
		f.More = slices.Clone(f.More)
		for i := range f.More {
			name(&f.More[i])
		}
		return c, nil, &f
	}
	settings := make([]Setting, 0, len(keys()))
	for _, k := range keys() {
		origin := from[k.name]
		if origin == "" {
			origin = "default"
		}
		settings = append(settings, Setting{Key: k.name, Value: mask(k.secret, k.text(&c)), From: origin, Doc: k.doc})
	}
	return c, settings, nil
}

// readFile finds the configuration file and gives its values as text by key; a named file must exist.
func readFile(src Sources, look func(string) (string, bool)) (path string, values map[string]string, err error) {
	path, named := src.File, src.File != ""
	if !named {
		path, named = look(EnvPrefix + "CONFIG")
	}
	var places []string
	if named {
		places = []string{path}
	} else {
		data := Default().Data
		if v, ok := look(EnvPrefix + "DATA"); ok {
			data = v
		}
		if v, ok := src.Flags["data"]; ok {
			data = v
		}
		places = []string{filepath.Join(data, FileName), FileName}
	}
	for _, path := range places {
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) && !named {
			continue
		}
		if err != nil {
			return "", nil, &fault.Fault{Code: fault.CodeInvalid, Field: "config", Message: fmt.Sprintf("The file %s cannot be read: %v.", path, cause(err)),
				Hint: "Name a file that exists and that this user may read, or leave --config and FIREBREAK_CONFIG away.", Err: err}
		}
		values, err := parseFile(path, string(text))
		return path, values, err
	}
	return "", nil, nil
}

func cause(err error) error {
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}

func parseFile(path, text string) (map[string]string, error) {
	var raw map[string]any
	if _, err := toml.Decode(text, &raw); err != nil {
		where := path
		if e := (toml.ParseError{}); errors.As(err, &e) {
			where, err = fmt.Sprintf("%s, line %d", path, e.Position.Line), errors.New(e.Message)
		}
		return nil, fault.Invalid("config", fmt.Sprintf("The configuration cannot be read (%s): %s.", where, strings.TrimSuffix(err.Error(), ".")), `Write one «key = value» a line, text in quotes: listen = "127.0.0.1:8080".`)
	}
	values := map[string]string{}
	var bad []*fault.Fault
	known := keys()
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = k.name
	}
	found := make([]string, 0, len(raw))
	for name := range raw {
		found = append(found, name)
	}
	slices.Sort(found)
	for _, name := range found {
		i := slices.Index(names, name)
		if i < 0 {
			bad = append(bad, fault.Invalid(name, fmt.Sprintf("There is no such key (%s).", path), unknownHint(name, names)))
			continue
		}
		switch v := raw[name].(type) {
		case string, bool, int64:
			values[name] = fmt.Sprint(v)
		default:
			bad = append(bad, fault.Invalid(name, fmt.Sprintf("The value is not a text, number or true/false (%s).", path), known[i].doc+"."))
		}
	}
	return values, fault.Collect(bad...)
}

// unknownHint names the key that was most likely meant.
func unknownHint(name string, names []string) string {
	norm := func(s string) string { return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(s)) }
	best, least := "", 3
	for _, n := range names {
		if d := distance(norm(name), norm(n)); d < least {
			best, least = n, d
		}
	}
	if best != "" {
		return "Did you mean " + best + "?"
	}
	return "Keys are " + strings.Join(names, ", ") + "."
}

// distance counts the letters to insert, drop or change between two words (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diag
			if a[i] != b[j] {
				cost++
			}
			diag, row[j+1] = row[j+1], min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
