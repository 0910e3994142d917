package signature

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzCold(f *testing.F) {
	for _, m := range messages {
		f.Add(strings.NewReplacer("{", "", "}", "").Replace(m))
	}
	for _, s := range []string{"", " ", "<*>", "<*> <*>", "a=<>", "user=", "user", "user ", "0x", "-", "(", "() ()", "12 bytes (1", "1:", ":1", "::", "://", "a://", "/", "/:", "/a:", "C:\\", "Nov", "Nov ", "Nov 2",
		"Mon, ", "1-", "1-2-", "2026-11-22T", "10:", "10:0", "10:00:", "#", "@", "a@", "a#1", "node-", "_-1", "\xff\xfe", "é=1", "<1", ">1", "<1>", "HTTP/1", "GET / HTTP/1.1", "a==b", "id=a=b", "sqlcode=", "1e", "1e+", "..", "1..2", "%A-", "$1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		s := new(scanner)
		s.scan(line)
		key := string(s.key)
		last := 0
		for _, sl := range s.slots {
			if sl.at < last || !strings.HasPrefix(key[min(sl.at, len(key)):], Wildcard) {
				t.Fatalf("%q: a slot at %d of %q", line, sl.at, key)
			}
			last = sl.at + len(Wildcard)
		}
		if len(key) > 3*len(line)+3 {
			t.Fatalf("%q grows to %q", line, key)
		}
		s.scan("something else 17")
		s.scan(line)
		if string(s.key) != key {
			t.Fatalf("%q: %q, and when the scanner is used again %q", line, key, s.key)
		}
		// A line learned alone has the signature that it has cold.
		l := NewLearner()
		n := l.Add(line)
		l.Learn()
		if got, want := l.Group(n), Cold(line); got.ID != want.ID {
			t.Fatalf("%q: learned %v, cold %v", line, got, want)
		}
	})
}

func FuzzOf(f *testing.F) {
	for _, s := range []string{javaTrace, pythonTrace, goTrace, netTrace, nodeTrace, oracleTrace} {
		f.Add(s)
	}
	f.Add("Traceback (most recent call last):\n\n\nX")
	f.Add("panic: x\ngoroutine 1 [x]:\na.b()\n\tx.go:1")
	f.Add("aException\nat a.b(X.java:1)\nSuppressed: x\nCaused by: ---> ")
	f.Add("[2026-11-22 10:00:00] [ERROR] - : | ")
	f.Fuzz(func(t *testing.T, text string) {
		found := Of(text)
		if len(found) > MaxFound {
			t.Fatalf("%d errors", len(found))
		}
		seen := map[string]bool{}
		for _, e := range found {
			if e.Count < 1 || e.Line < 1 || e.Template == "" || seen[e.ID] || len(e.Frames) > shown {
				t.Fatalf("%+v in %q", e, text)
			}
			seen[e.ID] = true
			if utf8.ValidString(text) && !utf8.ValidString(e.Template) && len(text) < maxLine {
				t.Fatalf("%q is not text", e.Template)
			}
		}
	})
}

// TestHostileText gives ten megabytes of what could make a careless reader quadratic; it ends at once or not at all.
func TestHostileText(t *testing.T) {
	const size = 10 << 20
	for _, part := range []string{"a", "1", "/", ":", "=", "(", "at ", "user ", "Nov 2", "\"", "1:", "1.", "-1", "ORA-00001: x\n", "x.yException: ", "x.yException\n",
		"\tat a.b.C.d(C.java:1)\n", "Caused by: a.b.CException: x\n", "Traceback (most recent call last):\n", "  File \"x.py\", line 1, in f\n", "panic: x\n", " ---> ", "[", "[a", "2026-11-22 10:00:00 ", "ERROR x\n", "> ", "a b ", "<", "é", "\n"} {
		text := strings.Repeat(part, size/len(part))
		Of(text)
		Cold(text)
		l := NewLearner()
		if err := Lines(strings.NewReader(text), func(line string) { l.Add(line) }); err != nil {
			t.Fatal(err)
		}
		l.Learn()
	}
	// Many templates that are nearly the same.
	l := NewLearner()
	words := strings.Fields("alpha beta gamma delta epsilon zeta eta theta iota kappa")
	for i := range 200_000 {
		var b strings.Builder
		for n := i; n > 0; n /= 10 {
			b.WriteString(words[n%10])
			b.WriteByte(' ')
		}
		l.Add(b.String())
	}
	l.Learn()
}

func BenchmarkCold(b *testing.B) {
	line := "2026-11-22 10:00:00,123 ERROR [exec-7] Connection from 10.0.0.7:5432 for user=alice refused after 1200 ms, session 0x14ed93111f20027 of /var/lib/app.sock"
	s := new(scanner)
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		s.scan(line)
	}
}

func BenchmarkOfTicket(b *testing.B) {
	text := "Extract stopped\nHello team,\nsince this morning the invoices do not print and nobody can work. " + strings.Repeat("We tried it again and again without any change at all. ", 10) +
		"\nORA-01555: snapshot too old: rollback segment number 9 with name \"_SYSSMU9$\" too small\nThanks, Marta\n"
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Of(text)
	}
}
