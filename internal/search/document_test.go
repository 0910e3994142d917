package search_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"firebreak/internal/search"
)

func TestIndex(t *testing.T) {
	for _, c := range []struct{ name, text, main, parts string }{
		{"words", "The billing run failed, twice!", "the billing run failed twice", ""},
		{"oracle", "ORA-01555: snapshot too old", "ora_01555 snapshot too old", "ora 01555"},
		{"http", "got HTTP/503 again", "got http_503 again", "http 503"},
		{"errno", "ERR_CONN_RESET", "err_conn_reset", "err conn reset err_conn conn_reset"},
		{"hex", "0x80070005 and 42P01", "0x80070005 and 42p01", ""},
		{"sqlstate", "SQLSTATE[42P01]: undefined_table", "sqlstate_42p01 undefined_table", "sqlstate 42p01 undefined table"},
		{"short code", "E-1234.", "e_1234", "e 1234"},
		{"exception", "java.lang.NullPointerException", "java_lang_nullpointerexception",
			"java lang nullpointerexception null pointer exception java_lang lang_nullpointerexception"},
		{"stack frame", "at com.acme.OrderService.place(OrderService.java:897)",
			"at com_acme_orderservice_place orderservice_java_897",
			"com acme orderservice order service place com_acme acme_orderservice orderservice_place com_acme_orderservice acme_orderservice_place orderservice_java java 897"},
		{"host", "db01.prod.example is down", "db01_prod_example is down", "db01 prod example db01_prod prod_example"},
		{"address", "ping 10.4.2.19", "ping 10_4_2_19", "10 4 2 19 10_4 10_4_2"},
		{"socket", "10.4.2.19:8080", "10_4_2_19_8080", "10_4_2_19 10 4 2 19 10_4 10_4_2 8080"},
		{"path", "see /opt/order-service/run.sh", "see opt_order_service_run_sh",
			"opt order_service order service run_sh run sh opt_order_service order_service_run_sh"},
		{"windows path", `C:\Temp\a.log`, "c_temp_a_log", "c temp a_log a log c_temp temp_a_log"},
		{"url", "https://desk.example/t/7?x=1", "https_desk_example_t_7 x 1",
			"https desk_example desk example t 7 https_desk_example desk_example_t t_7 https_desk_example_t desk_example_t_7"},
		{"mail", "<jan.novak@firma.example>", "jan_novak_firma_example", "jan_novak jan novak firma_example firma example"},
		{"oracle view", "select * from v$session", "select from v_session", "v session"},
		{"index", "args[0].name", "args_0_name", "args 0_name 0 name args_0 "},
		{"sql", "UPDATE t SET a='x' WHERE id=7;--done", "update t set a x where id 7 done", ""},
		{"camel", "parseHTTPResponse utf8Decoder iPhone", "parsehttpresponse utf8decoder iphone", "parse http response utf8 decoder phone"},
		{"base64", "aGVsbG8gd29ybGQhCg", "agvsbg8gd29ybgqhcg", ""},
		{"apostrophes", "don't l’école customer's 'quoted' rock'n'roll", "dont lecole customers quoted rocknroll", "don ecole customer rock roll"},
		{"accents", "Café Größe STRAẞE naïve Łódź Ærø smørrebrød", "cafe grosse strasse naive lodz aero smorrebrod", ""},
		{"decomposed", "Cafe\u0301 nai\u0308ve", "cafe naive", ""},
		{"wide and ligature", "ＯＲＡ ﬁle ²", "ora file 2", ""},
		{"greek and cyrillic", "ΣΊΣΥΦΟΣ Ещё Йод", "σισυφοσ еще иод", ""},
		{"soft hyphen", "ex\u00adam\u00adple", "example", ""},
		{"german compounds", "E-Mail-Adresse der SQL-Abfrage", "e_mail_adresse der sql_abfrage", "e mail adresse e_mail mail_adresse sql abfrage"},
		{"chinese", "数据库error连接", "数 据 库 error 连 接", ""},
		{"japanese", "サーバー障害", "サ ー ハ ー 障 害", ""},
		{"korean", "서버 오류", "서버 오류", ""},
		{"dots and dashes", "wait...what foo--bar a -- b", "wait what foo bar a b", ""},
		{"underscores", "__init__ __a__b__", "init a_b", "a b"},
		{"brackets", "[ERROR][main] x[y", "error main x_y", "x y"},
		{"date", "2026-11-22", "2026_11_22", "2026 11 22 2026_11"},
		{"instant", "2026-11-22T06:15:39.123Z up", "2026_11_22 06_15_39 up", "2026 11 22 2026_11 06_15"},
		{"instant in minutes", "2026-11-22t06:15Z", "2026_11_22 06_15", "2026 11 22 2026_11"},
		{"hardware address", "00:11:22:33:44:55", "00_11_22_33_44_55", "00 11 22 33 44 55 00_11 00_11_22 00_11_22_33 00_11_22_33_44"},
		{"uuid", "550e8400-e29b-41d4-a716-446655440000", "550e8400_e29b_41d4_a716_446655440000", ""},
		{"non-breaking hyphen", "ORA\u201101555", "ora_01555", "ora 01555"},
		{"nothing", " -- !? \x00 \xff\xfe 🔥 ' - _ . ", "", ""},
		{"broken", "a\xffb\x00c", "a b c", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := search.Index(c.text)
			if got := strings.Join(d.Main, " "); got != c.main {
				t.Errorf("main of %q\n got %q\nwant %q", c.text, got, c.main)
			}
			got, want := slices.Clone(d.Parts), strings.Fields(c.parts)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("parts of %q\n got %q\nwant %q", c.text, got, want)
			}
			checkDocument(t, d)
		})
	}
}

func TestFormsThatMeet(t *testing.T) {
	for _, same := range [][]string{
		{"ORA-01555", "ora-01555", "ORA_01555", "ora.01555", "(ORA-01555)", "ORA–01555"[:3] + "-01555"},
		{"Größe", "GRÖSSE", "grosse", "Gro\u0308ße"},
		{"don't", "DON’T", "dont"},
		{"C:\\Temp", "c:/temp", "C::temp"},
	} {
		for _, s := range same[1:] {
			if a, b := search.Tokens(same[0]), search.Tokens(s); !slices.Equal(a, b) {
				t.Errorf("%q gives %q but %q gives %q", same[0], a, s, b)
			}
		}
	}
}

func TestIndexIsBounded(t *testing.T) {
	const n = 10 << 20
	for name, text := range map[string]string{
		"words":        strings.Repeat("word ", n/5),
		"one word":     strings.Repeat("a", n),
		"one code":     strings.Repeat("a-", n/2),
		"one path":     strings.Repeat("/longname", n/9),
		"joints":       "a" + strings.Repeat("-", n) + "b",
		"camel":        strings.Repeat("Ab", n/2),
		"camel codes":  strings.Repeat(strings.Repeat("Word", 15)+".", n/61),
		"apostrophes":  strings.Repeat("a'", n/2),
		"accents":      strings.Repeat("a\u0301", n/3),
		"marks":        strings.Repeat("\u0301", n/2),
		"expanding":    strings.Repeat("ﷺ", n/3),
		"han":          strings.Repeat("数", n/3),
		"broken":       strings.Repeat("\xff", n),
		"many numbers": numbers(n / 8),
	} {
		t.Run(name, func(t *testing.T) {
			d := search.Index(text)
			checkDocument(t, d)
			if v := search.TSVector(search.Index("Billing run failed"), d); len(v) >= 900_000 {
				t.Errorf("the vector has %d bytes", len(v))
			}
		})
	}
}

func numbers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "x%d-%d/", i, i*7919)
		if i%5 == 0 {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func TestLongTermsMeet(t *testing.T) {
	long := "/srv/" + strings.Repeat("é", 100) + "/x"
	d := search.Index(long)
	q, err := search.ParseQuery(long, false)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Main) != 1 || !slices.Equal(q.Words(), d.Main) {
		t.Errorf("indexed as %q, searched as %q", d.Main, q.Words())
	}
}

// checkDocument checks what every document must satisfy.
func checkDocument(t *testing.T, d search.Document) {
	t.Helper()
	if len(d.Main) > search.MaxTerms {
		t.Errorf("%d terms", len(d.Main))
	}
	seen := map[string]bool{}
	for _, p := range d.Parts {
		checkTerm(t, p)
		if seen[p] {
			t.Errorf("part %q twice", p)
		}
		seen[p] = true
	}
	for _, m := range d.Main {
		checkTerm(t, m)
	}
}

func checkTerm(t *testing.T, term string) {
	t.Helper()
	if term == "" || len(term) > 64 || !utf8.ValidString(term) {
		t.Fatalf("bad term %q (%d bytes)", term, len(term))
	}
	if term[0] == '_' || term[len(term)-1] == '_' || strings.Contains(term, "__") {
		t.Fatalf("loose joint in %q", term)
	}
	for _, r := range term {
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			t.Fatalf("%q in term %q", r, term)
		}
	}
}

// lexeme is one entry of a tsvector literal.
type lexeme struct {
	term   string
	places []string
}

// parseVector reads a tsvector literal as PostgreSQL does.
func parseVector(s string) ([]lexeme, error) {
	var out []lexeme
	for s != "" {
		if len(out) > 0 {
			var ok bool
			if s, ok = strings.CutPrefix(s, " "); !ok {
				return nil, fmt.Errorf("no space before %.20q", s)
			}
		}
		if s == "" || s[0] != '\'' {
			return nil, fmt.Errorf("no quote at %.20q", s)
		}
		var b strings.Builder
		i := 1
		for ; ; i++ {
			if i >= len(s) {
				return nil, fmt.Errorf("unclosed quote")
			}
			if s[i] == '\\' || s[i] == '\'' && i+1 < len(s) && s[i+1] == '\'' {
				i++
			} else if s[i] == '\'' {
				break
			}
			b.WriteByte(s[i])
		}
		s = s[i+1:]
		end := strings.IndexByte(s, ' ')
		if end < 0 {
			end = len(s)
		}
		places, ok := strings.CutPrefix(s[:end], ":")
		s = s[end:]
		if !ok {
			return nil, fmt.Errorf("no positions for %q", b.String())
		}
		out = append(out, lexeme{b.String(), strings.Split(places, ",")})
	}
	return out, nil
}

func checkVector(t *testing.T, title, body search.Document) {
	t.Helper()
	v := search.TSVector(title, body)
	if len(v) >= 900_000 {
		t.Fatalf("the vector has %d bytes", len(v))
	}
	lexemes, err := parseVector(v)
	if err != nil {
		t.Fatalf("%v in %.200q", err, v)
	}
	want := map[string]bool{}
	for _, terms := range [][]string{title.Main, title.Parts, body.Main, body.Parts} {
		for _, w := range terms {
			want[w] = true
		}
	}
	for _, w := range title.Main {
		want["="+w] = true // found again for the title alone
	}
	if len(lexemes) != len(want) {
		t.Errorf("%d lexemes, want %d", len(lexemes), len(want))
	}
	for _, l := range lexemes {
		if !want[l.term] {
			t.Errorf("lexeme %q is not in the documents", l.term)
		}
		delete(want, l.term)
		if len(l.places) > 250 {
			t.Errorf("%q has %d positions", l.term, len(l.places))
		}
		before := 0
		for _, p := range l.places {
			n, err := strconv.Atoi(strings.TrimRight(p, "AB"))
			if err != nil || n <= before || n > 16383 || n == 16382 {
				t.Fatalf("position %q of %q after %d", p, l.term, before)
			}
			before = n
		}
	}
}

func TestTSVector(t *testing.T) {
	title := search.Index("ORA-01555 in billing")
	body := search.Index("billing: ORA-01555, don't")
	want := `'01555':16383 '=billing':3 '=in':2 '=ora_01555':1 'billing':3A,12B 'don':16383 'dont':14B 'in':2A 'ora':16383 'ora_01555':1A,13B`
	if got := search.TSVector(title, body); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	checkVector(t, title, body)
	if got := search.TSVector(search.Document{}, search.Document{}); got != "" {
		t.Errorf("an empty document gives %q", got)
	}
	hand := search.Document{Main: []string{`it's \ "odd"`, "a\x00b"}}
	if got, want := search.TSVector(hand, search.Document{}), `'=ab':2 '=it''s \\ "odd"':1 'ab':2A 'it''s \\ "odd"':1A`; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestTSVectorOfLongTexts(t *testing.T) {
	same := search.Index(strings.Repeat("error ", 30_000))
	if len(same.Main) != search.MaxTerms {
		t.Fatalf("%d terms", len(same.Main))
	}
	checkVector(t, search.Document{}, same)
	var b strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&b, "Word%dPart-%d ", i, i)
	}
	checkVector(t, search.Index("a title"), search.Index(b.String()))
}

func TestFTSText(t *testing.T) {
	main, parts := search.FTSText(search.Index("ORA-01555 too old"))
	if main != "ora_01555 too old" || parts != "ora 01555" {
		t.Errorf("got %q and %q", main, parts)
	}
}

func FuzzIndex(f *testing.F) {
	for _, s := range []string{
		"ORA-01555: snapshot too old", "java.lang.NullPointerException: null\n\tat a.B.c(B.java:1)", "don't l’école",
		"SQLSTATE[42P01]", "2026-11-22T06:15:39.123Z", "STRAẞE ﬁ ½ ﷺ ㍿", "数据库 サーバー ไทย", "\xff\x00a\u0301\u00ad", "a[0].b][c", "İıſ ŉ",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := search.Index(text)
		checkDocument(t, d)
		for _, m := range d.Main {
			if again := search.Tokens(m); len(again) != 1 || again[0] != m {
				t.Fatalf("%q is split again into %q", m, again)
			}
		}
		if a, b := search.Tokens(strings.Join(d.Main, " ")), d.Main; len(b) < search.MaxTerms && !slices.Equal(a, b) {
			t.Fatalf("%q indexes as %q", b, a)
		}
		checkVector(t, d, d)
	})
}

// ticketText is about what a person writes into a ticket, with a log under it.
func ticketText(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("the billing run failed again customers cannot see invoices since morning please restart order-service on db01.prod.example " +
		"ORA-01555: java.lang.NullPointerException at com.acme.OrderService.place(OrderService.java:897) /var/log/app.log 10.4.2.19 2026-11-22T06:15:39.123Z Größe don't")
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(words[r.IntN(len(words))])
		b.WriteByte(' ')
	}
	return b.String()
}

func BenchmarkIndex(b *testing.B) {
	for _, n := range []int{600, 64 << 10} {
		text := ticketText(n)
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				search.Index(text)
			}
		})
	}
}

func BenchmarkTSVector(b *testing.B) {
	title, body := search.Index("Billing run failed"), search.Index(ticketText(600))
	b.ReportAllocs()
	for b.Loop() {
		search.TSVector(title, body)
	}
}
