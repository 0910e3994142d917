package search

import (
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"firebreak/internal/fault"
)

// noon is a Monday in a zone two hours ahead of UTC.
var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.FixedZone("", 2*3600))

func day(s string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, s, noon.Location())
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func TestParseRequest(t *testing.T) {
	for _, c := range []struct {
		text, words string
		want        Filters
	}{
		{"snapshot too old", "snapshot too old", Filters{}},
		{"app:billing snapshot", "snapshot", Filters{Applications: []string{"billing"}}},
		{`snapshot app:"Order entry" old`, "snapshot  old", Filters{Applications: []string{"Order entry"}}},
		{"app:billing,crm app:x", "", Filters{Applications: []string{"billing", "crm", "x"}}},
		{"APP:Billing", "", Filters{Applications: []string{"Billing"}}},
		{"application:billing", "", Filters{Applications: []string{"billing"}}},
		{"fire:wildfire,house-fire", "", Filters{Fires: []string{"wildfire", "house_fire"}}},
		{"is:open is:mine is:fire", "", Filters{States: []string{"open"}, Mine: true, Burning: true}},
		{"is:unassigned is:waiting,resolved", "", Filters{States: []string{"waiting", "resolved"}, Unassigned: true}},
		{"from:me assignee:none tag:Month-End", "", Filters{From: []string{"me"}, Assignees: []string{"none"}, Tags: []string{"month-end"}}},
		{"from:marta@northwind.example", "", Filters{From: []string{"marta@northwind.example"}}},
		{"sig:v1:ab12 sig:cd34", "", Filters{Signatures: []string{"v1:ab12", "v1:cd34"}}},
		{"kind:people,known-error,tickets", "", Filters{Kinds: []string{"person", "known_error", "ticket"}}},
		{"before:2026-11-01 x", "x", Filters{Before: day("2026-11-01")}},
		{"after:2026-11", "", Filters{After: day("2026-11-01")}},
		{"before:7d", "", Filters{Before: noon.AddDate(0, 0, -7).UTC()}},
		{"after:yesterday before:today", "", Filters{After: day("2026-11-29"), Before: day("2026-11-30")}},
		{"before:2025 before:2026", "", Filters{Before: day("2025-01-01")}},
		{"since:24h", "", Filters{After: noon.Add(-24 * time.Hour).UTC()}},
		// What is no filter stays as it is.
		{"ORA-01555: snapshot", "ORA-01555: snapshot", Filters{}},
		{"jdbc:oracle:thin:@db1:1521/BILL", "jdbc:oracle:thin:@db1:1521/BILL", Filters{}},
		{"https://desk.example/x", "https://desk.example/x", Filters{}},
		{`"is:open" x`, `"is:open" x`, Filters{}},
		{`-"is:open" x`, `-"is:open" x`, Filters{}},
		{"Caused:by", "Caused:by", Filters{}},
		{"error:timeout", "error:timeout", Filters{}},
		{"app: billing", "app: billing", Filters{}},
		{"db01:1521 10.0.4.11:80", "db01:1521 10.0.4.11:80", Filters{}},
		{"java.lang.Foo:bar", "java.lang.Foo:bar", Filters{}},
		{"-- : ::", "-- : ::", Filters{}},
	} {
		got, err := ParseRequest(c.text, noon, true)
		if err != nil || got.Words != c.words || !reflect.DeepEqual(got.Filters, c.want) {
			t.Errorf("%s: words %q, filters %+v, %v", c.text, got.Words, got.Filters, err)
		}
	}
}

func TestParseRequestRefuses(t *testing.T) {
	for _, c := range []struct {
		text, says, hint string
		staff            bool
	}{
		{"owner:dana", "“owner:”", "app:", true},
		{`colour:"dark red"`, "“colour:”", "quotation marks", true},
		{"is:on-fire", "no value “on-fire”", "unassigned", true},
		{"fire:blaze", "“blaze”", "wildfire", true},
		{"before:soon", "“soon” is not a day", "7d", true},
		{"before:2026-13-01", "not a day", "7d", true},
		{"kind:dragon", "“dragon”", "person", true},
		{"-app:billing", "taken away", "dash", true},
		{`app:""`, "no value", "app:billing", true},
		{strings.Repeat("tag:a ", 21), "more than 20 filters", "commas", true},
		// A requester is not told what the desk knows.
		{"app:billing", "“app:”", "is: before: after: kind:", false},
		{"sig:v1:ab", "“sig:”", "before:", false},
		{"tag:vip", "“tag:”", "before:", false},
		{"fire:match", "“fire:”", "before:", false},
		{"assignee:dana", "“assignee:”", "before:", false},
		{"from:dana", "“from:”", "before:", false},
		{"is:fire", "“fire”", "open, resolved or closed", false},
		{"is:waiting", "“waiting”", "open, resolved or closed", false},
		{"is:unassigned", "“unassigned”", "open, resolved or closed", false},
	} {
		_, err := ParseRequest(c.text, noon, c.staff)
		f := fault.Of(err)
		if f == nil || f.Field != "q" || !strings.Contains(f.Message, c.says) || !strings.Contains(f.Hint, c.hint) {
			t.Errorf("%s: %v, hint %v", c.text, err, f)
		}
	}
}

func TestReplaceFilterValue(t *testing.T) {
	for _, c := range []struct{ text, name, value, by, want string }{
		{"x app:bling y", "app", "bling", "billing", "x app:billing y"},
		{"app:crm,bling", "app", "bling", "billing", "app:crm,billing"},
		{`app:"bling one" y`, "app", "bling one", "Billing One", `app:"Billing One" y`},
		{"app:bling", "app", "bling", "Billing One", `app:"Billing One"`},
		{"app:bling", "from", "bling", "x", ""},
	} {
		q, err := ParseRequest(c.text, noon, true)
		if got := q.Replace(c.text, c.name, c.value, c.by); err != nil || got != c.want {
			t.Errorf("%s: %q, %v", c.text, got, err)
		}
	}
}

// FuzzParseRequest holds that nothing typed breaks the parser, and that the words left are a query again which has no
// filter but what a person put in quotation marks.
func FuzzParseRequest(f *testing.F) {
	for _, s := range []string{"app:billing x", `app:"a b",c -is:open`, "before:7d after:2026-11-01", "a:b:c \"x:y\" “q:z", "sig:v1:00", "kind:error,people is:", "-:x ::", "é:x ſ:y app:\xff"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, staff bool) {
		q, err := ParseRequest(s, noon, staff)
		if err != nil {
			if fault.Of(err) == nil {
				t.Fatalf("%q: not a fault: %v", s, err)
			}
			return
		}
		if len(q.Words) > len(s) || utf8.ValidString(s) && !utf8.ValidString(q.Words) {
			t.Fatalf("%q: words %q", s, q.Words)
		}
		for _, p := range q.places {
			if !strings.Contains(s[p.from:], p.value) {
				t.Fatalf("%q: %+v is not there", s, p)
			}
		}
		if !staff && (len(q.Filters.Applications)+len(q.Filters.From)+len(q.Filters.Assignees)+len(q.Filters.Tags)+len(q.Filters.Signatures)+len(q.Filters.Fires) > 0 || q.Filters.Burning || q.Filters.Mine || q.Filters.Unassigned) {
			t.Fatalf("%q: a requester uses a filter of the desk: %+v", s, q.Filters)
		}
	})
}
