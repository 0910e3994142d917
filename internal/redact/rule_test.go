package redact

import (
	"math/rand/v2"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
)

// sample makes a text that an expression takes.
func sample(r *rand.Rand, e *syntax.Regexp, b *strings.Builder) {
	switch e.Op {
	case syntax.OpLiteral:
		for _, c := range e.Rune {
			b.WriteRune(c)
		}
	case syntax.OpCharClass:
		var from []rune
		for i := 0; i < len(e.Rune); i += 2 {
			for c := max(e.Rune[i], ' '); c <= min(e.Rune[i+1], '~'); c++ {
				from = append(from, c)
			}
		}
		if len(from) > 0 {
			b.WriteRune(from[r.IntN(len(from))])
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('.')
	case syntax.OpCapture, syntax.OpConcat:
		for _, s := range e.Sub {
			sample(r, s, b)
		}
	case syntax.OpAlternate:
		sample(r, e.Sub[r.IntN(len(e.Sub))], b)
	case syntax.OpPlus, syntax.OpStar, syntax.OpQuest, syntax.OpRepeat:
		n := 1
		if e.Op == syntax.OpRepeat {
			if n = e.Min; e.Max > e.Min {
				n += r.IntN(min(e.Max-e.Min, 8) + 1)
			}
		} else if e.Op == syntax.OpPlus {
			n = 6 + r.IntN(6)
		}
		for range n {
			sample(r, e.Sub[0], b)
		}
	}
}

// TestRules makes secrets of every rule and hides each in a line of a configuration and in a line of a log.
func TestRules(t *testing.T) {
	f := finder(t, Options{})
	r := rand.New(rand.NewPCG(5, 6))
	for line := range strings.Lines(secretTable) {
		col := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		expr := strings.TrimSuffix(strings.TrimPrefix(col[5], "^"), "(?:[^A-Za-z0-9]|$)")
		for _, end := range []string{`(?:[^\w-]|\z)`, `(?:[^a-zA-Z0-9+/]|\z)`, `(?:[\/|\#|\?|:]|$)`, `(?:[\x60'"\s;]|\\[nr]|$|\b)`, `(?:$|[\\'"\x60\s<),])`} {
			expr = strings.TrimSuffix(expr, end)
		}
		expr = strings.TrimPrefix(expr, `(?:^|[\\'"\x60\s>=:(,)])`)
		e, err := syntax.Parse(expr, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		word, _, _ := strings.Cut(strings.TrimSuffix(strings.Split(col[4], ",")[0], "~i"), ",")
		missed := 0
		const tries = 20
		for range tries {
			var b strings.Builder
			sample(r, e, &b)
			s := strings.TrimRight(b.String(), "=")
			if col[1] == "t" && !slices.ContainsFunc(strings.Split(strings.ToLower(col[4]), ","), func(k string) bool {
				return strings.Contains(strings.ToLower(s), strings.TrimSuffix(k, "~i"))
			}) {
				continue // without its keyword it could be anything
			}
			name := "value"
			if col[1] != "t" {
				name = strings.TrimRight(word, "-_.") + "_value"
			}
			for _, text := range []string{name + ` = "` + s + `"`, "2026-03-01 10:00:00 INFO sent " + name + ": " + s + " to the service"} {
				k := strings.Index(text, s)
				if !covered(f.Find(text), k, k+len(s)) {
					missed++
					if testing.Verbose() {
						t.Logf("%s: %q: %s", col[0], text, told(text, f.Find(text)))
					}
				}
			}
		}
		if missed > tries/4 { // some are by chance too regular to be taken for a key
			t.Errorf("%s: %d of %d missed", col[0], missed, 2*tries)
		}
	}
}

// covered tells whether findings cover all bytes from start to end.
func covered(found []Finding, start, end int) bool {
	for _, x := range found {
		if x.Start <= start && x.End > start {
			start = x.End
		}
	}
	return start >= end
}
