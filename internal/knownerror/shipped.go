package knownerror

import (
	"cmp"
	"embed"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
)

// The tables are facts taken from the sources in NOTICE: one code a line, tab-separated code, symbol, title and more.
// The advice is Firebreak's own; docs/known-errors.md says how it is written.
var (
	//go:embed table/*.tsv
	tables embed.FS
	//go:embed advice/*.txt
	advices embed.FS
)

const ownWords = "Firebreak's own words"

// family is how the shipped part of a family is kept.
type family struct {
	prefix string // before the table's code, to make the code people write
	table  string
	source string
}

var families = map[Family]family{
	SQLState: {"SQLSTATE ", "sqlstate", "PostgreSQL errcodes.txt (PostgreSQL Licence)"},
	MySQL:    {"MySQL ", "mysql", "numbers and symbols from pingcap/tidb parser (Apache-2.0)"},
	Errno:    {"", "errno", "Go syscall package (BSD-3-Clause)"},
	HTTP:     {"HTTP ", "http", "Go net/http package (BSD-3-Clause)"},
	SMTP:     {"SMTP ", "smtp", "haraka-dsn (MIT), after the IANA registry of RFC 3463"},
	TLS:      {"TLS alert ", "tls", "Go crypto/tls package (BSD-3-Clause)"},
	Kafka:    {"Kafka ", "kafka", "franz-go kerr package (BSD-3-Clause)"},
	Windows:  {"Windows ", "windows", "golang.org/x/sys/windows (BSD-3-Clause)"},
	HResult:  {"", "hresult", "golang.org/x/sys/windows (BSD-3-Clause)"},
	NTStatus: {"", "ntstatus", "golang.org/x/sys/windows (BSD-3-Clause)"},
}

// lines holds a family's table, read when it is first asked for: the pieces are parts of the embedded text.
type lines struct {
	once   sync.Once
	file   string
	byCode map[string]string // code of the table → its line
	byName map[string]string // symbol → code of the table
	order  []string
}

func (l *lines) load() *lines {
	l.once.Do(func() {
		b, err := tables.ReadFile("table/" + l.file + ".tsv")
		if err != nil {
			panic(err) // the file is part of the program
		}
		text := string(b)
		l.byCode, l.byName = map[string]string{}, map[string]string{}
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			code, rest, _ := strings.Cut(line, "\t")
			name, _, _ := strings.Cut(rest, "\t")
			l.byCode[code] = line
			l.order = append(l.order, code)
			if _, ok := l.byName[name]; !ok && name != "" {
				l.byName[name] = code
			}
		}
	})
	return l
}

var tableOf = func() map[Family]*lines {
	m := map[Family]*lines{}
	for f, d := range families {
		m[f] = &lines{file: d.table}
	}
	return m
}()

// column gives a column of a table's line, from 0.
func column(line string, n int) string {
	for range n {
		_, line, _ = strings.Cut(line, "\t")
	}
	cell, _, _ := strings.Cut(line, "\t")
	return cell
}

// advice is an entry as its file has it, or the advice of a whole class of codes.
type advice struct {
	family  Family
	code    string // of a class: a pattern with * at its end, at its start or at both
	title   string
	meaning string
	try     []string
	phrases []string // texts that mean this code, whatever the case of letters
	names   []string // words that mean it, in exactly this spelling
}

// knowledge is the hand-written part.
type knowledge struct {
	byKey   map[string]*advice
	entries []*advice
	classes map[Family][]*advice
}

var wisdom = sync.OnceValue(func() *knowledge {
	k := &knowledge{byKey: map[string]*advice{}, classes: map[Family][]*advice{}}
	names, err := advices.ReadDir("advice")
	if err != nil {
		panic(err)
	}
	for _, n := range names {
		b, err := advices.ReadFile("advice/" + n.Name())
		if err != nil {
			panic(err)
		}
		if err := k.read(string(b)); err != nil {
			panic(fmt.Errorf("advice/%s: %w", n.Name(), err)) // a test reads all of them
		}
	}
	return k
})

func (k *knowledge) read(text string) error {
	var fam Family
	var a *advice
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n ")
		if line == "" || strings.HasPrefix(line, "//") {
			continue
		}
		rest := strings.TrimSpace(line[1:])
		if a == nil && line[0] != '@' && line[0] != '#' && line[0] != '%' {
			return fmt.Errorf("line %d: text before the first code", n)
		}
		switch line[0] {
		case '@':
			fam, a = Family(rest), nil
			if fam.Word() == "" {
				return fmt.Errorf("line %d: no family is called %s", n, rest)
			}
		case '#', '%':
			code, title, ok := strings.Cut(rest, "|")
			if !ok || fam == "" {
				return fmt.Errorf("line %d: write CODE|Title below a family", n)
			}
			a = &advice{family: fam, code: code, title: title}
			if line[0] == '%' {
				k.classes[fam] = append(k.classes[fam], a)
				continue
			}
			key := Key(code)
			if k.byKey[key] != nil {
				return fmt.Errorf("line %d: %s stands twice", n, code)
			}
			k.byKey[key] = a
			k.entries = append(k.entries, a)
		case '~':
			a.phrases = append(a.phrases, rest)
		case '=':
			a.names = append(a.names, strings.Fields(rest)...)
		case '-':
			a.try = append(a.try, rest)
		default:
			a.meaning = strings.TrimSpace(a.meaning + " " + line)
		}
	}
	return nil
}

// class gives the advice for the first class that the code or its symbol belongs to, nil when there is none.
func (k *knowledge) class(f Family, code, name string) *advice {
	for _, c := range k.classes[f] {
		if matches(c.code, code) || name != "" && matches(c.code, name) {
			return c
		}
	}
	return nil
}

// matches reports whether s fits a pattern with * at its end, its start or both.
func matches(pattern, s string) bool {
	p, open := strings.CutPrefix(pattern, "*")
	p, endless := strings.CutSuffix(p, "*")
	switch {
	case open && endless:
		return strings.Contains(s, p)
	case open:
		return strings.HasSuffix(s, p)
	case endless:
		return strings.HasPrefix(s, p)
	}
	return s == p
}

// Lookup gives the shipped entry for a code as people write it, or for its key.
func Lookup(code string) (Entry, bool) {
	key := Key(code)
	if a := wisdom().byKey[key]; a != nil {
		return entryOf(a), true
	}
	for f, d := range families {
		prefix := Key(d.prefix)
		rest, ok := strings.CutPrefix(key, prefix)
		if !ok {
			continue
		}
		if e, ok := tabled(f, strings.TrimPrefix(rest, "-")); ok {
			return e, true
		}
	}
	if f, ok := numbered(key); ok {
		return f, true
	}
	return Entry{}, false
}

// numbered gives entries of families without a table whose codes are still known as a class: ORA-06123, CAUAJM_E_18999.
func numbered(key string) (Entry, bool) {
	code := strings.ToUpper(key)
	if n, ok := strings.CutPrefix(code, "ORA-"); ok && allDigits(n) && len(n) < 5 {
		code = "ORA-" + strings.Repeat("0", 5-len(n)) + n
		if key = Key(code); wisdom().byKey[key] != nil {
			return entryOf(wisdom().byKey[key]), true
		}
	}
	if state, ok := strings.CutPrefix(code, "SQLSTATE-"); ok && isState(state) {
		if c := wisdom().class(SQLState, "SQLSTATE "+state, ""); c != nil {
			return Entry{Code: "SQLSTATE " + state, Key: key, Family: SQLState, Product: SQLState.Word(), Title: c.title, Meaning: c.meaning, Try: c.try, Source: ownWords, General: true}, true
		}
	}
	for _, f := range []Family{Oracle, AutoSys, DB2, Mainframe, Exit, Signal, SQLServer} {
		for _, c := range wisdom().classes[f] {
			if prefix, ok := strings.CutSuffix(c.code, "*"); ok && len(code) > len(prefix) && strings.HasPrefix(code, strings.ToUpper(Key(prefix))) && allDigits(strings.TrimLeft(code[len(Key(prefix)):], "-")) {
				return Entry{Code: prefix + strings.TrimLeft(code[len(Key(prefix)):], "-"), Key: key, Family: f, Product: f.Word(), Title: c.title, Meaning: c.meaning, Try: c.try, Source: ownWords, General: true}, true
			}
		}
	}
	return Entry{}, false
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != "" && len(s) <= 10
}

// entryOf makes the entry of a hand-written piece, with what its family's table adds.
func entryOf(a *advice) Entry {
	e := Entry{Code: a.code, Key: Key(a.code), Family: a.family, Product: a.family.Word(), Title: a.title, Meaning: a.meaning, Try: a.try, Source: ownWords}
	if d, ok := families[a.family]; ok {
		if line, ok := tableOf[a.family].load().byCode[strings.TrimPrefix(a.code, d.prefix)]; ok {
			e.Name = symbol(a.family, line)
			e.Source = ownWords + "; code and name: " + d.source
		}
	}
	if len(e.Try) == 0 || e.Meaning == "" {
		e.inherit(wisdom().class(a.family, a.code, e.Name))
	}
	return e
}

func (e *Entry) inherit(c *advice) {
	if c == nil {
		return
	}
	e.Meaning = cmp.Or(e.Meaning, c.meaning)
	if len(e.Try) == 0 {
		e.Try, e.General = c.try, true
	}
}

// symbol is what a table calls the code beside its number.
func symbol(f Family, line string) string {
	switch f {
	case Errno, Kafka:
		return "number " + column(line, 1)
	}
	return column(line, 1)
}

// tabled gives the entry of a table's row by the code in it, in lower case.
func tabled(f Family, code string) (Entry, bool) {
	t, d := tableOf[f].load(), families[f]
	class := ""
	switch f {
	case SMTP: // 5.7.1 is row 7.1 with the class before it
		if len(code) < 5 || code[1] != '.' || code[0] != '4' && code[0] != '5' {
			return Entry{}, false
		}
		class, code = code[:2], code[2:]
	case SQLState, Errno, Kafka:
		code = strings.ToUpper(code)
	case HResult, NTStatus:
		if len(code) != 10 {
			return Entry{}, false
		}
		code = "0x" + strings.ToUpper(code[2:])
	}
	line, ok := t.byCode[code]
	if !ok {
		return Entry{}, false
	}
	e := Entry{Code: d.prefix + class + code, Family: f, Product: f.Word(), Name: symbol(f, line), Title: column(line, 2), Source: d.source}
	e.Key = Key(e.Code)
	if a := wisdom().byKey[e.Key]; a != nil {
		return entryOf(a), true
	}
	match := e.Code
	switch f {
	case Kafka:
		e.Meaning = column(line, 4)
		if column(line, 3) != "" {
			match = "retriable"
		}
	case MySQL:
		if state := column(line, 3); state != "HY000" {
			e.Meaning = e.Title + ", with SQLSTATE " + state + "."
			if wisdom().class(f, e.Code, e.Name) == nil {
				e.inherit(wisdom().class(SQLState, "SQLSTATE "+state, ""))
			}
		}
	}
	e.inherit(wisdom().class(f, match, e.Name))
	e.Source += "; steps: " + ownWords
	return e, true
}

// All yields every shipped entry of the families, hand-written ones first. No families: all of them.
func All(of ...Family) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for _, a := range wisdom().entries {
			if (len(of) == 0 || slices.Contains(of, a.family)) && !yield(entryOf(a)) {
				return
			}
		}
		for _, f := range Families {
			d, ok := families[f]
			if !ok || len(of) > 0 && !slices.Contains(of, f) {
				continue
			}
			for _, code := range tableOf[f].load().order {
				for _, class := range classesOf(f) {
					if wisdom().byKey[Key(d.prefix+class+code)] != nil {
						continue
					}
					if e, ok := tabled(f, strings.ToLower(class+code)); ok && !yield(e) {
						return
					}
				}
			}
		}
	}
}

// classesOf gives what stands before a row's code: the two classes of failure of mail, nothing elsewhere.
func classesOf(f Family) []string {
	if f == SMTP {
		return []string{"5.", "4."}
	}
	return []string{""}
}

// Spellings gives texts that a code is written as, for a search: the code itself, and the first words that mean it.
func Spellings(code string) []string {
	list := []string{code}
	a := wisdom().byKey[Key(code)]
	if a == nil {
		return list
	}
	if e, ok := exceptionOf(a); ok {
		list[0] = e.simple
		if e.variant != "" {
			list[0] += ": " + e.variant
		}
	}
	if len(a.phrases) > 0 {
		list = append(list, strings.TrimPrefix(a.phrases[0], ":"))
	}
	return list
}
