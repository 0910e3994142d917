package search_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"firebreak/internal/fault"
	"firebreak/internal/search"
)

func parse(t *testing.T, text string, typing bool) search.Query {
	t.Helper()
	q, err := search.ParseQuery(text, typing)
	if err != nil {
		t.Fatalf("ParseQuery(%q): %v", text, err)
	}
	return q
}

func TestParseQuery(t *testing.T) {
	for _, c := range []struct {
		text     string
		typing   bool
		fts, tsq string
	}{
		{"billing Größe", false, `"billing" AND "grosse"`, `'billing' & 'grosse'`},
		{"billing fai", true, `"billing" AND "fai"*`, `'billing' & 'fai':*`},
		{"billing fai ", true, `"billing" AND "fai"`, `'billing' & 'fai'`},
		{"fai* billing", false, `"fai"* AND "billing"`, `'fai':* & 'billing'`},
		{"a", true, `"a"`, `'a'`},
		{"a*", false, `"a"`, `'a'`},
		{`"run failed"`, false, `({title body} : "run failed" OR "run_failed")`, `('run' <-> 'failed' | 'run_failed')`},
		{`"run fai`, true, `({title body} : "run fai"* OR "run_fai"*)`, `('run' <-> 'fai':* | 'run_fai':*)`},
		{`"run fai"`, true, `({title body} : "run fai" OR "run_fai")`, `('run' <-> 'fai' | 'run_fai')`},
		{"“run failed”", false, `({title body} : "run failed" OR "run_failed")`, `('run' <-> 'failed' | 'run_failed')`},
		{"ORA-01555", false, `("ora_01555" OR {title body} : "ora 01555")`, `('ora_01555' | 'ora' <-> '01555')`},
		{"ora-015", true, `("ora_015"* OR {title body} : "ora 015"*)`, `('ora_015':* | 'ora' <-> '015':*)`},
		{"ora-", true, `"ora"*`, `'ora':*`},
		{"ora-0", true, `"ora_0"*`, `'ora_0':*`},
		{"10.4.2.19", false, `"10_4_2_19"`, `'10_4_2_19'`},
		{"billing -test", false, `("billing") NOT ("test")`, `'billing' & !'test'`},
		{`-"a b" -c billing`, false, `("billing") NOT (({title body} : "a b" OR "a_b") OR "c")`, `!('a' <-> 'b' | 'a_b') & !'c' & 'billing'`},
		{"billing -tes", true, `("billing") NOT ("tes")`, `'billing' & !'tes'`},
		{"--force", false, `"force"`, `'force'`},
		{"key=value", false, `({title body} : "key value" OR "key_value")`, `('key' <-> 'value' | 'key_value')`},
		{"数据库", false, `{title body} : "数 据 库"`, `('数' <-> '据' <-> '库')`},
		{"数", true, `"数"`, `'数'`},
		{"don't AND (x)", false, `"dont" AND "and" AND "x"`, `'dont' & 'and' & 'x'`},
		{"2026-11-22T06:15:00", false, `{title body} : "2026_11_22 06_15_00"`, `('2026_11_22' <-> '06_15_00')`},
		{"title:billing", false, `("title_billing" OR {title body} : "title billing")`, `('title_billing' | 'title' <-> 'billing')`},
		{"", false, `""`, ""},
		{"-", false, `""`, ""},
		{"-a -\"b c\"", false, `""`, ""},
		{`"" " * ' ( ) AND`, false, `"and"`, `'and'`},
		{"\x00\xff 🔥", false, `""`, ""},
	} {
		q := parse(t, c.text, c.typing)
		if got := q.FTSMatch(); got != c.fts {
			t.Errorf("FTSMatch of %q\n got %s\nwant %s", c.text, got, c.fts)
		}
		if got := q.TSQuery(); got != c.tsq {
			t.Errorf("TSQuery of %q\n got %s\nwant %s", c.text, got, c.tsq)
		}
		if q.Empty() != (c.tsq == "") {
			t.Errorf("Empty of %q is %v", c.text, q.Empty())
		}
	}
}

func TestWords(t *testing.T) {
	q := parse(t, `ORA-01555 "run failed" run -test Größe*`, false)
	if got, want := q.Words(), []string{"ora_01555", "run", "failed", "grosse"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if w := (search.Query{}).Words(); len(w) != 0 {
		t.Errorf("the zero query has words %q", w)
	}
}

func TestQueryTooLong(t *testing.T) {
	for name, text := range map[string]string{
		"bytes": strings.Repeat("a", 513),
		"words": strings.Repeat("ab ", 33),
	} {
		_, err := search.ParseQuery(text, true)
		var f *fault.Fault
		if !errors.As(err, &f) || f.Field != "q" || f.Message == "" || f.Hint == "" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	parse(t, strings.Repeat("a", 512), true)
	parse(t, strings.Repeat("ab ", 32), true)
}

// index is an FTS5 table as the store makes it.
type index struct {
	t  *testing.T
	db *sql.DB
}

func newIndex(t *testing.T) index {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`CREATE VIRTUAL TABLE search USING fts5(title, body, parts, content='',
		tokenize = "unicode61 remove_diacritics 0 tokenchars '_'", prefix='2 3')`)
	if err != nil {
		t.Fatal(err)
	}
	return index{t, db}
}

func (x index) add(id int, title, body string) {
	x.t.Helper()
	main, parts := search.FTSText(search.Index(title))
	bodyMain, bodyParts := search.FTSText(search.Index(body))
	if _, err := x.db.Exec(`INSERT INTO search (rowid, title, body, parts) VALUES ($1, $2, $3, $4)`, id, main, bodyMain, parts+" "+bodyParts); err != nil {
		x.t.Fatal(err)
	}
}

func (x index) find(q search.Query) []int {
	x.t.Helper()
	x.match("{title body parts} : (" + q.FTSMatch() + ")")
	x.match(q.TitleFTSMatch())
	return x.match(q.FTSMatch())
}

func (x index) match(fts string) []int {
	x.t.Helper()
	rows, err := x.db.Query(`SELECT rowid FROM search WHERE search MATCH $1 ORDER BY rowid`, fts)
	if err != nil {
		x.t.Fatalf("%s: %v", fts, err)
	}
	defer rows.Close()
	var ids []int
	for rows.Next() {
		var id int
		if err := rows.Scan(&id); err != nil {
			x.t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		x.t.Fatalf("%s: %v", fts, err)
	}
	return ids
}

var desk = []struct{ title, body string }{
	1: {"Billing run failed", "The nightly run stopped with ORA-01555: snapshot too old on db01.prod.example (10.4.2.19)."},
	2: {"Portal answers HTTP/503", "java.lang.NullPointerException\n\tat com.acme.OrderService.place(OrderService.java:897)"},
	3: {"Größe der Rechnung falsch", "Der Kunde l’école sagt: die Höhe stimmt nicht. E-Mail-Adresse jan.novak@firma.example"},
	4: {"Run the billing report again", "It failed. Look at /opt/order-service/run.sh; I don't know why. 2026-11-22T06:15:39.123Z"},
	5: {"数据库连接失败", "连接数据库时出错 ERR_CONN_RESET"},
	6: {"Word beside the number", "ORA 01555 without a dash, and null pointer in words; 10.4.2.1"},
}

func TestFTS5FindsTheSame(t *testing.T) {
	x := newIndex(t)
	for id, d := range desk {
		if id > 0 {
			x.add(id, d.title, d.body)
		}
	}
	for _, c := range []struct {
		query  string
		typing bool
		want   []int
	}{
		{"billing", false, []int{1, 4}},
		{"BILLING failed", false, []int{1, 4}},
		{`"run failed"`, false, []int{1}},
		{`"failed the"`, false, nil}, // not from the title into the body
		{`"billing report"`, false, []int{4}},
		{"billing -report", false, []int{1}},
		{`billing -"billing run"`, false, []int{4}},
		{"-billing", false, nil},
		{"ORA-01555", false, []int{1, 6}},
		{"ora_01555", false, []int{1, 6}},
		{`"ora 01555"`, false, []int{1, 6}},
		{"01555", false, []int{1, 6}},
		{"ora-015", true, []int{1, 6}},
		{"ora-015", false, nil},
		{"10.4.2.19", false, []int{1}},
		{"10.4.2", false, []int{1, 6}},
		{"db01.prod", false, []int{1}},
		{"prod.example", false, []int{1}},
		{"nullpointerexception", false, []int{2}},
		{"NullPointer*", false, []int{2}},
		{"null pointer", false, []int{2, 6}},
		{`"null pointer"`, false, []int{6}},
		{"OrderService.place", false, []int{2}},
		{"OrderService.java:897", false, []int{2}},
		{"order service", false, []int{2, 4}},
		{"order-service", false, []int{4}},
		{"order-serv", true, []int{4}},
		{"/opt/order-service/run.sh", false, []int{4}},
		{"run.sh", false, []int{4}},
		{"HTTP/503", false, []int{2}},
		{"503", false, []int{2}},
		{"große", false, []int{3}},
		{"GROSSE hohe", false, []int{3}},
		{"école", false, []int{3}},
		{"l'ecole", false, []int{3}},
		{"firma.example", false, []int{3}},
		{"jan.novak@firma.example", false, []int{3}},
		{"e-mail", false, []int{3}},
		{"dont", false, []int{4}},
		{"2026-11-22", false, []int{4}},
		{"06:15", false, []int{4}},
		{"2026-11-22T06:15:39Z", false, []int{4}},
		{"数据库", false, []int{5}},
		{"连接失败", false, []int{5}},
		{"据数", false, nil},
		{"err_conn_reset", false, []int{5}},
		{"conn_reset", false, []int{5}},
		{"res", true, []int{5}},
		{"", false, nil},
	} {
		if got := x.find(parse(t, c.query, c.typing)); !slices.Equal(got, c.want) {
			t.Errorf("%q (typing %v) finds %v, want %v; %s", c.query, c.typing, got, c.want, parse(t, c.query, c.typing).FTSMatch())
		}
	}
}

func TestTitleOnly(t *testing.T) {
	x := newIndex(t)
	for id, d := range desk {
		if id > 0 {
			x.add(id, d.title, d.body)
		}
	}
	for _, c := range []struct {
		query string
		want  []int
		tsq   string
	}{
		{"billing", []int{1, 4}, `'=billing'`},
		{"bill*", []int{1, 4}, `'=bill':*`},
		{"failed", []int{1}, `'=failed'`},
		{"snapshot", nil, `'=snapshot'`},
		{`"run failed"`, []int{1}, `('=run' <-> '=failed' | '=run_failed')`},
		{`"snapshot too"`, nil, `('=snapshot' <-> '=too' | '=snapshot_too')`},
		{"billing -snapshot", []int{4}, `'=billing' & !'snapshot'`},
		{`billing -01555 -"look at"`, nil, `'=billing' & !'01555' & !('look' <-> 'at' | 'look_at')`},
		{"-billing", nil, ""},
	} {
		q := parse(t, c.query, false)
		if got := x.match(q.TitleFTSMatch()); !slices.Equal(got, c.want) {
			t.Errorf("%q finds %v, want %v; %s", c.query, got, c.want, q.TitleFTSMatch())
		}
		if got := x.match("(" + q.TitleFTSMatch() + ") AND {parts body title} : (" + q.FTSMatch() + ")"); !slices.Equal(got, c.want) {
			t.Errorf("%q combined finds %v, want %v", c.query, got, c.want)
		}
		if got := q.TitleTSQuery(); got != c.tsq {
			t.Errorf("%q gives %s, want %s", c.query, got, c.tsq)
		}
	}
}

func TestTitleWeighsMore(t *testing.T) {
	x := newIndex(t)
	x.add(1, "something else entirely", "billing")
	x.add(2, "billing", "something else entirely")
	var first int
	err := x.db.QueryRow(`SELECT rowid FROM search WHERE search MATCH $1 ORDER BY bm25(search, 10, 4, 1)`, parse(t, "billing", false).FTSMatch()).Scan(&first)
	if err != nil || first != 2 {
		t.Errorf("first is %d, %v", first, err)
	}
}

var odd = []string{
	`"`, `""`, `"""`, `" "`, `-`, `--`, `-"`, `*`, `**`, `a*b*`, `^a`, `a^b`, `NEAR(a b, 3)`, `a NEAR b`, `a AND`, `AND`, `OR OR`, `NOT a`, `a NOT`,
	`(`, `)`, `(a`, `{title} : a`, `title:a`, `- a`, `a -`, `a - b`, `-a*`, `+`, `a + b`, `'`, `''`, `';DROP TABLE search;--`, `\`, `\\"`, `a\`, "a\x00b", "\xff\xfe",
	"\u202e", "🔥", `“`, `„a b“`, `“a b"`, `"a`, `a"`, `a"b"c`, `-"a" b`, `"a" "b`, `"-a"`, `:*`, `!a`, `a & b | c`, `<->`, `a:*`, `%`, `_`, `__`, `a_`, `_a`,
	"ﷺ", "ª º", "İ", "𝔘𝔫𝔦", "𞤀𞤁", "ꟊ Ꟁ", "ᜀ", "ⷠ", "٣٤", "数*", "数a", "a数*", "ไทย", "ʼn", "ŉ", strings.Repeat("a-", 255), strings.Repeat("数", 170), strings.Repeat(`"`, 500),
}

func TestOddQueriesRun(t *testing.T) {
	x := newIndex(t)
	x.add(1, "a title", "a body")
	for _, s := range odd {
		for _, typing := range []bool{false, true} {
			x.find(parse(t, s, typing))
			x.find(parse(t, "a "+s, typing))
			checkQuery(t, parse(t, s, typing))
		}
	}
}

// TestEveryTermFindsItsText proves that FTS5 splits our terms nowhere, for
// scripts of all kinds.
func TestEveryTermFindsItsText(t *testing.T) {
	x := newIndex(t)
	texts := append(slices.Clone(odd), "Straße Ærø", "ΣΊΣΥΦΟΣ", "Ещё", "서버 오류", "שלום", "مرحبا", "हिन्दी", "ไทย", "ქართული ᲥᲐ", "ꮳꮃꭹ Ꮳ", "Đặng", "ǅ ǆ")
	for id, text := range texts {
		x.add(id+1, text, text)
	}
	for id, text := range texts {
		for _, term := range search.Tokens(text) {
			if got := x.find(parse(t, term, false)); !slices.Contains(got, id+1) {
				t.Errorf("%q does not find %q", term, text)
			}
		}
	}
}

// checkQuery checks what every query must satisfy.
func checkQuery(t *testing.T, q search.Query) {
	t.Helper()
	fts := q.FTSMatch()
	if strings.Count(fts, `"`)%2 != 0 || strings.Count(fts, "(") != strings.Count(fts, ")") || strings.ContainsRune(fts, 0) {
		t.Fatalf("unbalanced %s", fts)
	}
	for i, s := range strings.Split(fts, `"`) {
		if i%2 == 1 && s != "" {
			for w := range strings.SplitSeq(s, " ") {
				checkTerm(t, w)
			}
		}
	}
	for _, s := range []string{q.TSQuery(), q.TitleTSQuery()} {
		if rest, err := parseTSQuery(s); err != nil || rest != "" {
			t.Fatalf("%v, %q left of %s", err, rest, s)
		}
	}
	if (q.TSQuery() == "") != q.Empty() || q.Empty() != (len(q.Words()) == 0) {
		t.Fatalf("Empty is %v with %q", q.Empty(), q.TSQuery())
	}
}

// parseTSQuery reads a tsquery literal of the grammar PostgreSQL accepts, as
// far as this package uses it, and returns what is left.
func parseTSQuery(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	for {
		s = strings.TrimPrefix(s, "!")
		var err error
		if inner, ok := strings.CutPrefix(s, "("); ok {
			if s, err = parseTSQuery(inner); err != nil {
				return s, err
			}
			if s, ok = strings.CutPrefix(s, ")"); !ok {
				return s, fmt.Errorf("no ) at %.20q", s)
			}
		} else {
			inner, ok := strings.CutPrefix(s, "'")
			word, after, closed := strings.Cut(inner, "'")
			if !ok || !closed || word == "" {
				return s, fmt.Errorf("no lexeme at %.20q", s)
			}
			s = strings.TrimPrefix(after, ":")
			if s != after {
				s = strings.TrimPrefix(strings.TrimPrefix(s, "*"), "A")
			}
		}
		found := false
		for _, op := range []string{" & ", " | ", " <-> "} {
			if after, ok := strings.CutPrefix(s, op); ok {
				s, found = after, true
				break
			}
		}
		if !found {
			return s, nil
		}
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, s := range odd {
		f.Add(s, true)
	}
	for _, s := range []string{"billing -test", `"run fai`, "ora-015", "don't", "C:\\a.b", "2026-11-22T06:15"} {
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, text string, typing bool) {
		q, err := search.ParseQuery(text, typing)
		if err != nil {
			return
		}
		checkQuery(t, q)
		search.Snippet(text, q, 20)
	})
}
