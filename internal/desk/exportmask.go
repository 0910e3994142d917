package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"firebreak/internal/evidence"
	"firebreak/internal/redact"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// MaskedExport says how an export was masked.
type MaskedExport struct {
	// Kinds counts how many different people, hosts, cards … have a name in place of theirs.
	Kinds map[string]int `json:"kinds" doc:"how many different values of each kind have a name instead"`
	// LeftOut are the nouns that are left out whole.
	LeftOut []string `json:"left_out" doc:"nouns that are left out"`
	// FilesLeftOut counts files that are no text, such as screenshots: what is in them cannot be masked.
	FilesLeftOut int `json:"files_left_out" doc:"files that are no text, and so cannot be masked"`
}

// notMasked are nouns that a masked export leaves out: what the desk decided about itself, what tells who did what, and
// what holds private data as examples.
var notMasked = []string{"settings", "imported", "privacy_patterns", "privacy_due", "drafts", "seen", "missing_knowledge", "lookups", "lookup_words", "audit"}

// asTheyAre are columns of words that the program chose, wherever they stand. Every other text is looked through, so that
// a column that is new is never forgotten.
var asTheyAre = []string{"role", "kind", "status", "waiting_on", "level", "channel", "judged", "stakes", "fire", "by_hand",
	"via", "field", "verdict", "state", "signature", "type", "hash", "zone", "mark", "protocol", "rhythm", "key", "code", "version", "product_version"}

// wholly are columns that are private as a whole, by noun and name. The kinds are those as which the finder knows the same
// words in a text, so that both have one name.
var wholly = map[string]redact.Kind{
	"people.name": redact.Person, "people.email": redact.User, "people.phone": redact.Phone,
	"clients.name": redact.Organization, "clients.domain": redact.Organization,
	"applications.name": redact.Application, "applications.slug": redact.Application,
	"environments.url": redact.URL, "hosts.name": redact.Host, "hosts.address": redact.Host,
	"interfaces.host": redact.Host, "interfaces.addresses": redact.Host, "products.host": redact.Host, "jobs.machine": redact.Host, "changes.host": redact.Host,
	"changes.done_by": redact.Person, "changes.sender_key": redact.Secret,
	"entries.author": redact.Person, "tickets.stated_by": redact.Person,
}

// exportMask masks one export.
type exportMask struct {
	d      *Desk
	dir    string
	tell   Moving
	finder *redact.Finder
	names  *redact.Pseudonyms
	said   MaskedExport

	stored   map[string]content // masked contents by the hash of the original
	written  map[string]bool    // by their own
	contents int64
	bytes    int64
	missing  []string
}

type content struct {
	hash string
	size int64
}

func (d *Desk) exportMask(ctx context.Context, dir string, tell Moving) (*exportMask, error) {
	f, err := d.findersNow(ctx)
	if err != nil {
		return nil, err
	}
	kinds := slices.DeleteFunc(slices.Clone(redact.Kinds), func(k redact.Kind) bool { return k == redact.Date || k == redact.Title })
	return &exportMask{d: d, dir: dir, tell: tell, finder: f.all.Only(kinds...), names: &redact.Pseudonyms{}, said: MaskedExport{LeftOut: notMasked},
		stored: map[string]content{}, written: map[string]bool{}}, nil
}

// count says how much has names now.
func (x *exportMask) count() {
	x.said.Kinds = map[string]int{}
	for k, n := range x.names.Counts() {
		x.said.Kinds[string(k)] = n
	}
}

// editor gives what masks the rows of a noun.
func (x *exportMask) editor(noun string) func(store.Row) bool {
	return func(r store.Row) bool {
		switch noun {
		case "files":
			c, ok := x.stored[r.Text("hash")]
			if !ok || x.written[c.hash] {
				return false
			}
			x.written[c.hash] = true
			r.Set("hash", c.hash)
			r.Set("size", c.size)
		case "entry_files":
			c, ok := x.stored[r.Text("hash")]
			if !ok && strings.HasPrefix(r.Text("role"), RoleMain) {
				x.said.FilesLeftOut++
			}
			if !ok || r.Text("role") == RoleTiming { // a timing is of the original
				return false
			}
			r.Set("hash", c.hash)
			r.Set("size", c.size)
		case "entries":
			x.entry(r)
		}
		for name, text := range r.Texts {
			switch kind, whole := wholly[noun+"."+name]; {
			case text == "" || slices.Contains(asTheyAre, name):
			case whole && name == "slug":
				r.Set(name, strings.ToLower(x.names.Of(kind, text)))
			case whole:
				r.Set(name, x.names.Of(kind, text))
			case noun == "entries" && name == "private":
				r.Set(name, "") // where in the original something stood
			default:
				r.Set(name, x.text(text))
			}
		}
		return true
	}
}

// entry masks what an entry says as its reader sees it: numbers in a result by the name of their column.
func (x *exportMask) entry(r store.Row) {
	e := ticket.Entry{Kind: ticket.Kind(r.Text("kind")), Title: r.Text("title"), Body: r.Text("body"), Data: r.Text("data")}
	parts, put := partsOf(&e, true)
	maskParts(parts, markParts(x.finder, parts), x.names)
	put()
	r.Set("title", e.Title)
	r.Set("body", e.Body)
	r.Set("data", e.Data)
}

// text masks a text, or the texts in JSON.
func (x *exportMask) text(s string) string {
	if s[0] != '{' && s[0] != '[' || !json.Valid([]byte(s)) {
		return redact.Mask(s, x.finder.Find(s), x.names)
	}
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return ""
	}
	var parts []part
	texts(&v, &parts)
	marks := markParts(x.finder, parts)
	if len(marks) == 0 {
		return s
	}
	maskParts(parts, marks, x.names)
	putTexts(&v, &parts)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// texts collects the texts in a JSON value, in an order that putTexts knows.
func texts(v *any, to *[]part) {
	switch w := (*v).(type) {
	case string:
		*to = append(*to, part{at: &w})
	case []any:
		for i := range w {
			texts(&w[i], to)
		}
	case map[string]any:
		for _, k := range sortedKeys(w) {
			e := w[k]
			texts(&e, to)
		}
	}
}

func putTexts(v *any, from *[]part) {
	switch w := (*v).(type) {
	case string:
		*v, *from = *(*from)[0].at, (*from)[1:]
	case []any:
		for i := range w {
			putTexts(&w[i], from)
		}
	case map[string]any:
		for _, k := range sortedKeys(w) {
			e := w[k]
			putTexts(&e, from)
			w[k] = e
		}
	}
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// files masks the contents, whose new hashes the rows need.
func (x *exportMask) files(ctx context.Context, r store.Read) error {
	var names []string
	i := slices.IndexFunc(store.Nouns, func(n store.Noun) bool { return n.Name == "files" })
	if _, err := r.Dump(ctx, store.Nouns[i], false, io.Discard, func(r store.Row) bool {
		names = append(names, r.Text("hash"))
		return false
	}); err != nil {
		return err
	}
	for _, name := range names {
		c, err := x.content(ctx, name)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errWrite):
			return err
		case errors.Is(err, errNoText):
			continue
		case err != nil:
			x.missing = append(x.missing, name)
			continue
		}
		x.stored[name] = c
		if x.tell != nil {
			x.tell(contentFolder, int64(len(x.stored)))
		}
	}
	return nil
}

var errNoText = errors.New("no text")

// content masks one file.
func (x *exportMask) content(ctx context.Context, name string) (content, error) {
	in, err := x.d.store.Blobs().Open(ctx, name)
	if err != nil {
		return content{}, err
	}
	defer in.Close()
	text, err := plainText(in)
	if err != nil {
		return content{}, err
	}
	if text == nil {
		return content{}, errNoText
	}
	head := make([]byte, evidence.SniffBytes)
	n, _ := in.ReadAt(head, 0)
	folder := filepath.Join(x.dir, contentFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return content{}, fmt.Errorf("%w: %w", errWrite, err)
	}
	out, err := os.CreateTemp(folder, "masked")
	if err != nil {
		return content{}, fmt.Errorf("%w: %w", errWrite, err)
	}
	defer os.Remove(out.Name()) // it has another name when all went well
	w := &hashed{w: out, h: sha256.New()}
	source := &stoppable{ctx, text}
	if isCast(head[:n]) || bytes.IndexByte(head[:n], 0x1b) >= 0 {
		err = evidence.MaskRecording(w, source, x.finder, x.names)
	} else {
		m := redact.NewWriter(w, x.finder, x.names)
		_, err = io.Copy(m, source)
		err = errors.Join(err, m.Close())
	}
	if err := errors.Join(err, out.Sync(), out.Close()); err != nil {
		return content{}, err
	}
	c := content{hex.EncodeToString(w.h.Sum(nil)), w.n}
	path := contentPath(x.dir, c.hash)
	if _, err := os.Stat(path); err == nil {
		return c, nil
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.Rename(out.Name(), path)); err != nil {
		return content{}, fmt.Errorf("%w: %w", errWrite, err)
	}
	x.contents++
	x.bytes += c.size
	return c, nil
}
