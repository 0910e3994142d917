package evidence

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"firebreak/internal/redact"
)

func castFinder(t testing.TB) *redact.Finder {
	f, err := redact.New(redact.Options{Kinds: []redact.Kind{redact.Secret, redact.Card, redact.Email}, Own: redact.Own{Patterns: []redact.Pattern{
		{Name: "a test secret", Kind: redact.Secret, Expr: `(?i)password[=: ]+([^\s"']{6,})`},
		{Name: "a block", Kind: redact.Secret, Expr: `(?s)-----BEGIN KEY-----.*?-----END KEY-----`},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// sequences are what a terminal does not show; written apart from the model of the terminal that Mask uses.
var sequences = regexp.MustCompile(`\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)|\x1b[()*+].|\x1b[=>78DEM\\]|[\x00-\x1f]`)

func shownBy(c *Cast) string {
	var b strings.Builder
	for _, e := range c.Events {
		if e.Code == 'o' {
			b.WriteString(e.Data)
		}
	}
	return sequences.ReplaceAllString(b.String(), "")
}

func castOf(width int, pieces ...string) *Cast {
	c := &Cast{Version: 2, Width: width, Height: 24}
	for i, p := range pieces {
		code := byte('o')
		if len(p) > 2 && p[1] == 0 {
			code, p = p[0], p[2:]
		}
		c.Events = append(c.Events, Event{At: time.Duration(i) * 50 * time.Millisecond, Code: code, Data: p})
	}
	return c
}

func TestCastMask(t *testing.T) {
	each := func(s string) (out []string) {
		for _, r := range s {
			out = append(out, string(r))
		}
		return out
	}
	coloured := func(s string) (out []string) {
		for i, r := range s {
			out = append(out, fmt.Sprintf("\x1b[%dm", 31+i%7), string(r), "\x1b[0m\x1b[K")
		}
		return out
	}
	before, after := "$ env password=", "\r\nnext line\r\n$ "
	with := func(pieces ...string) []string { return append(append([]string{before}, pieces...), after) }
	const secret = "Tr0ub4dor&3"
	for name, c := range map[string]*Cast{
		"whole":                    castOf(80, with(secret)...),
		"key by key":               castOf(80, with(each(secret)...)...),
		"coloured key by key":      castOf(80, with(coloured(secret)...)...),
		"a sequence in two events": castOf(80, with("Tr0u\x1b", "[1;3", "1mb4d", "or&3")...),
		"a title between":          castOf(80, with("Tr0u\x1b]0;title\x07b4dor\x1b]2;x\x1b\\&3")...),
		"corrected":                castOf(80, with("Tr0uX", "\b \b", "b4dox", "\b \b", "r&3")...),
		"erased and typed again":   castOf(80, with("Tr0ub4dor&3", strings.Repeat("\b \b", 11), "Tr0ub4dor&3")...),
		"a letter put in":          castOf(80, with("Tr0u4dor&3", "\b\b\b\b\b\b", "b4dor&3\b\b\b\b\b\b")...),
		"wrapped by the terminal":  castOf(20, with(secret)...),
		"wrapped by the shell":     castOf(20, with("Tr0ub", " \r", "4dor&3")...),
		"charsets and keypads":     castOf(80, with("Tr0\x1b(Bub4\x1b=dor\x1b>&3")...),
		"resized while typed":      castOf(80, with("Tr0u", "r\x0040x10", "b4dor&3")...),
		"invisible between":        castOf(80, with("Tr0u\u200bb4do\u2060r&3")...),
		"on the other screen":      castOf(80, append([]string{"\x1b[?1049h\x1b[2J\x1b[H"}, append(with(secret), "\x1b[?1049l")...)...),
		"alone later":              castOf(80, append(with(secret), "echo ", "Tr0ub4", "dor&3", "\r\n")...),
		"drawn twice by a program": castOf(80, "\x1b[?1049h\x1b[1;1H"+before+secret, "\x1b[1;1H"+before+secret, "\x1b[?1049l"),
		"typed and marked":         castOf(80, append(with(secret), "i\x00"+secret, "m\x00password="+secret)...),
		"with a step back between": castOf(80, with("T", "\bTr", "\b\bTr0ub4dor&3")...),
	} {
		c.Title, c.Command = "password="+secret, "mysql --password="+secret
		n := c.Mask(castFinder(t), &redact.Pseudonyms{})
		var b bytes.Buffer
		if err := c.WriteV2(&b); err != nil {
			t.Fatal(err)
		}
		shown := shownBy(c)
		if n == 0 || strings.Contains(shown, secret) || strings.Contains(shown, "ub4dor") || strings.Contains(b.String(), secret) || strings.Contains(c.Text(1<<20), "b4dor") {
			t.Errorf("%s: %d masked:\n%q\n%s", name, n, shown, b.String())
		}
		if name != "resized while typed" && !strings.Contains(c.Text(1<<20), "SECRET_1") || strings.Contains(b.String(), "\x1b]") {
			t.Errorf("%s: no name, or a title stayed: %q", name, b.String())
		}
		if name != "drawn twice by a program" && (!strings.Contains(c.Text(1<<20), "next line") || !strings.HasPrefix(c.Text(1<<20), "$ env password=SECR")) {
			t.Errorf("%s: what is not private changed: %q", name, c.Text(1<<20))
		}
	}
}

// TestCastMaskKeepsTheRest: a session without anything private plays as before, with its colours, and what stands beside a
// masked word stays in its column.
func TestCastMaskKeepsTheRest(t *testing.T) {
	c := castOf(80, "\x1b[1;32m$\x1b[0m ls\r\n", "a  b\tc\x1b[", "5", "C<\r\n", "ünïcode 漢字\r", "50%\r100%\r\n\x1b(B\x1b=")
	want := castOf(80, "\x1b[1;32m$\x1b[0m ls\r\n", "a  b\tc", "", "\x1b[5C<\r\n", "ünïcode 漢字\r", "50%\r100%\r\n\x1b(B\x1b=")
	if n := c.Mask(castFinder(t), &redact.Pseudonyms{}); n != 0 {
		t.Errorf("%d masked", n)
	}
	for i, e := range c.Events {
		if e != want.Events[i] {
			t.Errorf("event %d: %q, want %q", i, e.Data, want.Events[i].Data)
		}
	}
	c = castOf(80, "card 4111111111111111 | ok\r\nben@example.com|\r\n")
	c.Mask(castFinder(t), &redact.Pseudonyms{})
	if got := c.Text(1000); got != "card CARD_1•••••••••• | ok\nEMAIL_1••••••••|\n" {
		t.Errorf("%q", got)
	}
	c = castOf(80, "-----BEGIN KEY-----\r\nMIIabc\r\n", "def\r\n-----END KEY-----\r\nafter\r\n")
	c.Mask(castFinder(t), &redact.Pseudonyms{})
	if got := c.Text(1000); strings.Contains(got, "MII") || strings.Contains(got, "def") || !strings.HasSuffix(got, "\nafter\n") || strings.Count(got, "\n") != 5 {
		t.Errorf("%q", got)
	}
}

// TestCastMaskLong crosses the borders of what is looked through at once.
func TestCastMaskLong(t *testing.T) {
	const secret = "Tr0ub4dor&3"
	var pieces []string
	for i := range 3000 {
		pieces = append(pieces, strings.Repeat("x", i%37)+strings.Repeat(" lorem ipsum", 60), " password=Tr0ub", "\x1b[1m4dor&3\x1b[0m\r\n")
	}
	c := castOf(120, pieces...)
	if n := c.Mask(castFinder(t), &redact.Pseudonyms{}); n != 3000 || strings.Contains(shownBy(c), secret) {
		t.Errorf("%d of 3000 masked", n)
	}
}

func FuzzCastMask(f *testing.F) {
	f.Add("$ password=", "Tr0ub", "4dor&3\r\n", uint8(80))
	f.Add("\x1b[", "31m password=abc", "defgh\b\b\x1b]0;t\x07", uint8(5))
	f.Add("\x1bP1$r\x1b", "\\\x9b3Jpassword=", "x\r\n\x1b[Ayyyyyyy", uint8(1))
	finder := castFinder(f)
	f.Fuzz(func(t *testing.T, a, b, d string, width uint8) {
		a, b, d = strings.ToValidUTF8(a, ""), strings.ToValidUTF8(b, ""), strings.ToValidUTF8(d, "")
		c, again := castOf(max(int(width), 1), a, b, d), castOf(max(int(width), 1), a+b+d)
		c.Mask(finder, &redact.Pseudonyms{})
		again.Mask(finder, &redact.Pseudonyms{})
		var one string
		for _, e := range c.Events {
			one += e.Data
		}
		if len(again.Events) == 1 && again.Events[0].Code == 'o' && len(c.Events) == 3 && c.Events[0].Code == 'o' && c.Events[1].Code == 'o' && c.Events[2].Code == 'o' && one != again.Events[0].Data {
			t.Errorf("the cut into events matters:\n%q\n%q", one, again.Events[0].Data)
		}
		text := c.Text(1 << 20)
		for _, x := range finder.Find(text) {
			if left := text[x.Start:x.End]; !strings.Contains(left, "SECRE") && !strings.Contains(left, "•") {
				t.Errorf("%q is still in %q", left, text)
			}
		}
	})
}

func BenchmarkCastMask(b *testing.B) {
	var pieces []string
	for range 2000 {
		pieces = append(pieces, strings.Repeat("2026-11-22 12:00:00 INFO [main] com.example.Thing - did a thing in 12 ms\r\n", 7))
	}
	finder, err := redact.New(redact.Options{Kinds: []redact.Kind{redact.Secret, redact.Card}})
	if err != nil {
		b.Fatal(err)
	}
	size := 0
	for _, p := range pieces {
		size += len(p)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		castOf(120, pieces...).Mask(finder, &redact.Pseudonyms{})
	}
}
