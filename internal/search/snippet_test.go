package search_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"firebreak/internal/search"
)

// marked writes a snippet with its highlights in square brackets.
func marked(s string, marks [][2]int) string {
	var b strings.Builder
	at := 0
	for _, m := range marks {
		b.WriteString(s[at:m[0]] + "[" + s[m[0]:m[1]] + "]")
		at = m[1]
	}
	return b.String() + s[at:]
}

func TestSnippet(t *testing.T) {
	long := strings.Repeat("nothing here to see ", 40)
	for _, c := range []struct {
		name, text, query string
		typing            bool
		width             int
		want              string
	}{
		{"whole", "Billing run failed", "run", false, 80, "Billing [run] failed"},
		{"accents", "Die Größe ist falsch", "grosse", false, 80, "Die [Größe] ist falsch"},
		{"decomposed", "a Cafe\u0301 here", "cafe", false, 80, "a [Cafe\u0301] here"},
		{"code", "see ORA-01555: old", "ora_01555", false, 80, "see [ORA-01555]: old"},
		{"piece", "see ORA-01555: old", "01555", false, 80, "see ORA-[01555]: old"},
		{"hump", "java.lang.NullPointerException", "pointer", false, 80, "java.lang.Null[Pointer]Exception"},
		{"pair", "java.lang.NullPointerException", "lang.nullpointerexception", false, 80, "java.[lang.NullPointerException]"},
		{"prefix", "the billing run", "bil", true, 80, "the [billing] run"},
		{"phrase", "failed run, run failed, run", `"run failed"`, false, 80, "failed run, [run failed], run"},
		{"loose phrase", "an ORA 01555 here", "ORA-01555", false, 80, "an [ORA 01555] here"},
		{"chinese", "在数据库中", "数据", false, 80, "在[数据]库中"},
		{"excluded", "billing run", "run -billing", false, 80, "billing [run]"},
		{"apostrophe", "à l’école", "école", false, 80, "à l’[école]"},
		{"lines", "a\n\n\tb  run\r\n c", "run", false, 80, "a b [run] c"},
		{"phrase over lines", "the run\n\tfailed", `"run failed"`, false, 80, "the [run failed]"},
		{"broken text", "a\xffrun\x00 \u202eb", "run", false, 80, "a\ufffd[run] b"},
		{"no match", "one two three four five", "nine", false, 12, "one two…"},
		{"empty query", "one two", "", false, 80, "one two"},
		{"empty text", "", "run", false, 80, ""},
		{"middle", long + "the billing run failed at night " + long, "failed billing", false, 40, "…the [billing] run [failed] at night nothing…"},
		{"end", long + "run", "run", false, 20, "…here to see [run]"},
		{"both rather than one", "run " + long + "billing run", "run billing", false, 30, "…here to see [billing] [run]"},
		{"wider than the window", "x " + strings.Repeat("a", 50) + " y", strings.Repeat("a", 50), false, 10, "…[" + strings.Repeat("a", 10) + "]…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, marks := search.Snippet(c.text, parse(t, c.query, c.typing), c.width)
			if got := marked(s, marks); got != c.want {
				t.Errorf("\n got %q\nwant %q", got, c.want)
			}
		})
	}
}

func FuzzSnippet(f *testing.F) {
	f.Add("see ORA-01555: old\nGröße l’école 数据库", "ora-01555 \"数据\" gr*", 20)
	f.Add("a a a a a a", `"a a" a`, 3)
	f.Add("\xff\u0301 ﷺ ²a", "a", 1)
	f.Fuzz(func(t *testing.T, text, query string, width int) {
		q, err := search.ParseQuery(query, true)
		if err != nil {
			return
		}
		width = min(max(width, 1), 1000)
		s, marks := search.Snippet(text, q, width)
		if !utf8.ValidString(s) {
			t.Fatalf("not UTF-8: %q", s)
		}
		if n := utf8.RuneCountInString(s); n > width+2 {
			t.Fatalf("%d runes for a width of %d: %q", n, width, s)
		}
		at := -1
		for _, m := range marks {
			if m[0] <= at || m[1] <= m[0] || m[1] > len(s) || !utf8.RuneStart(s[m[0]]) || m[1] < len(s) && !utf8.RuneStart(s[m[1]]) {
				t.Fatalf("marks %v in %q", marks, s)
			}
			at = m[1]
		}
	})
}

func TestSnippetOfHugeText(t *testing.T) {
	for name, text := range map[string]string{
		"same word": strings.Repeat("a ", 5<<20),
		"one word":  strings.Repeat("a", 10<<20),
		"han":       strings.Repeat("数", 3<<20),
	} {
		t.Run(name, func(t *testing.T) {
			s, marks := search.Snippet(text, parse(t, `"a a a a b" a "数数数" 数`, true), 100)
			if n := utf8.RuneCountInString(s); n > 102 || n == 0 {
				t.Errorf("%d runes, %d marks", n, len(marks))
			}
		})
	}
}
