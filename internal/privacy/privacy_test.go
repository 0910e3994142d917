package privacy

import (
	"slices"
	"strings"
	"testing"

	"firebreak/internal/fault"
	"firebreak/internal/redact"
)

func TestPatternCheck(t *testing.T) {
	ok := Pattern{Name: "policy number", Kind: redact.Customer, Expr: `\bPOL-[0-9]{6}\b`, Finds: []string{"see POL-123456"}, Spares: []string{"POL-12"}}
	if err := ok.Check(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*Pattern)
		field  string
		part   string
	}{
		"no name":        {func(p *Pattern) { p.Name = "" }, "name", "no name"},
		"unknown kind":   {func(p *Pattern) { p.Kind = "horse" }, "kind", "horse"},
		"empty":          {func(p *Pattern) { p.Expr = " " }, "expr", "empty"},
		"broken":         {func(p *Pattern) { p.Expr = "(" }, "expr", "missing closing )"},
		"look-ahead":     {func(p *Pattern) { p.Expr = "(?=x)" }, "expr", "cannot be read"},
		"fits nothing":   {func(p *Pattern) { p.Expr = "[0-9]*" }, "expr", "empty text"},
		"fits all":       {func(p *Pattern) { p.Expr = `[a-z. ]+` }, "expr", "ordinary sentence"},
		"too large":      {func(p *Pattern) { p.Expr = `((a{30}){30}){30}` }, "expr", "expr"},
		"finds nothing":  {func(p *Pattern) { p.Finds = []string{"POL-1"} }, "finds", "POL-1"},
		"finds too much": {func(p *Pattern) { p.Spares = []string{"no POL-654321"} }, "spares", "POL-654321"},
	} {
		p := ok
		c.change(&p)
		f := fault.Of(p.Check())
		if f == nil || f.Field != c.field || !strings.Contains(f.Error()+f.Hint, c.part) {
			t.Errorf("%s: %v", name, f)
		}
	}
}

func TestKeyword(t *testing.T) {
	p := Pattern{Name: "customer", Kind: redact.Customer, Expr: `[0-9]{7}`, Keyword: "customer no."}
	f, err := redact.New(redact.Options{Own: redact.Own{Patterns: []redact.Pattern{p.Redact()}}, Kinds: []redact.Kind{redact.Customer}})
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"Customer no. 1234567 called":                          "Customer no. CUSTOMER_1 called",
		"customer no.: 1234567":                                "customer no.: CUSTOMER_1",
		"1234567 called":                                       "1234567 called",
		"customer no.\n1234567":                                "customer no.\n1234567",
		"customer no. " + strings.Repeat("x", 60) + " 1234567": "customer no. " + strings.Repeat("x", 60) + " 1234567",
	} {
		if got := redact.Mask(in, f.Find(in), &redact.Pseudonyms{}); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestMarksAreKept(t *testing.T) {
	for _, m := range []Marks{
		{Rules: "abc"},
		{Rules: "abc", File: Counts{}},
		{Rules: "abc", File: Counts{redact.Card: 2}, Marks: []Mark{{0, 3, 9, redact.Card}, {0, 9, 12, redact.Secret}, {4, 0, 70000, redact.IBAN}, {4, 80000, 80001, redact.Customer}}},
	} {
		got, ok := ReadMarks(m.String())
		if !ok || got.Rules != m.Rules || !slices.Equal(got.Marks, m.Marks) || (got.File == nil) != (m.File == nil) || got.File.Total() != m.File.Total() {
			t.Errorf("%+v became %+v", m, got)
		}
	}
	for _, s := range []string{"", "{", `{"r":"x","m":"!"}`, `{"r":"x","m":"gICAgICAgICAgIA"}`, `{"r":"x","m":"AAABYw"}`} {
		if _, ok := ReadMarks(s); ok {
			t.Errorf("%q was read", s)
		}
	}
}

func FuzzReadMarks(f *testing.F) {
	f.Add(Marks{Rules: "a", Marks: []Mark{{1, 2, 3, redact.Card}}}.String())
	f.Fuzz(func(t *testing.T, s string) {
		m, ok := ReadMarks(s)
		if !ok {
			return
		}
		text, at := 0, 0
		for _, x := range m.Marks {
			if x.Text < text || x.Text == text && x.Start < at || x.End < x.Start {
				t.Fatalf("marks out of order: %+v", m.Marks)
			}
			text, at = x.Text, x.End
		}
	})
}

func TestEveryKindHasANumberAndAWord(t *testing.T) {
	for _, k := range redact.Kinds {
		if kindNumber(k) == len(kindOrder) {
			t.Errorf("%s has no number to be kept by; add it at the end of kindOrder", k)
		}
		if _, ok := kindWords[k]; !ok {
			t.Errorf("%s has no words", k)
		}
	}
}

func TestCountsInWords(t *testing.T) {
	for want, c := range map[string]Counts{"": {}, "1 secret": {redact.Secret: 1}, "3 secrets, 2 card numbers and 1 IBAN": {redact.IBAN: 1, redact.Secret: 3, redact.Card: 2}} {
		if got := c.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestRulesChange(t *testing.T) {
	s := Default()
	a := Rules(s, nil)
	p := []Pattern{{Name: "x", Expr: "y"}}
	if b := Rules(s, p); a == b {
		t.Error("a pattern changes nothing")
	}
	s.Mask = append(s.Mask, redact.IP)
	if a == Rules(s, nil) {
		t.Error("a kind changes nothing")
	}
	if Rules(Settings{Mask: []redact.Kind{redact.IP, redact.Card}}, nil) != Rules(Settings{Mask: []redact.Kind{redact.Card, redact.IP}}, nil) {
		t.Error("the order counts")
	}
}
