package redact

import (
	"slices"
	"strings"
	"testing"
)

// whole checks what holds of every text.
func whole(t *testing.T, f *Finder, s string) []Finding {
	t.Helper()
	found := f.Find(s)
	end := 0
	for _, x := range found {
		if x.Start < end || x.End <= x.Start || x.End > len(s) {
			t.Fatalf("%q: %+v after %d of %d bytes", short(s), x, end, len(s))
		}
		if x.Score < 0.5 || x.Score > 1 || x.Reason == "" || !slices.Contains(Kinds, x.Kind) {
			t.Fatalf("%q: %+v", short(s), x)
		}
		end = x.End
	}
	if again := f.Find(s); !slices.Equal(found, again) {
		t.Fatalf("%q: %v, then %v", short(s), found, again)
	}
	return found
}

func short(s string) string { return s[:min(len(s), 2000)] }

// streamed masks s in pieces of n bytes.
func streamed(f *Finder, s string, n int) string {
	var b strings.Builder
	w := NewWriter(&b, f, &Pseudonyms{})
	for len(s) > 0 {
		k := min(n, len(s))
		w.Write([]byte(s[:k]))
		s = s[k:]
	}
	w.Close()
	return b.String()
}

func FuzzFind(f *testing.F) {
	for _, c := range valid {
		f.Add(c.text)
	}
	for _, s := range harmless {
		f.Add(s)
	}
	for _, s := range []string{"", "\xff\xfe", "a@b@c@", "-----BEGIN RSA PRIVATE KEY-----\nabc", "password=", "(1) (2) +", "%25%25", "\x00\x00", "é’s", "O'N'"} {
		f.Add(s)
	}
	one, err := New(Options{Own: Own{People: []string{"Mara Lind"}, Hosts: []string{"web-07"}, Patterns: []Pattern{{Name: "policy", Expr: `POL-\d+`}}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		found := whole(t, one, s)
		want := Mask(s, found, &Pseudonyms{})
		if got := streamed(one, s, 7); got != want {
			t.Fatalf("%q: streamed %q, whole %q", s, got, want)
		}
	})
}

// TestWindows compares stream and whole for texts longer than a window, with pieces of every kind of length and the
// borders of windows in every place.
func TestWindows(t *testing.T) {
	f := finder(t, Options{})
	line := "10:00 ann@example.com from 192.0.2.7 card 4111 1111 1111 1111 +44 20 7946 0018 password=hunter2 Zoë\n"
	key := "-----BEGIN PRIVATE KEY-----\n" + strings.Repeat("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n", 60) + "-----END PRIVATE KEY-----\n"
	texts := map[string]string{
		"lines":      strings.Repeat(line, 3000),
		"one line":   strings.Repeat(strings.TrimSuffix(line, "\n")+" ", 3000),
		"no spaces":  strings.Repeat("ann@example.com,192.0.2.7;4111111111111111|é", 5000),
		"one word":   strings.Repeat("x", 300_000),
		"wide word":  strings.Repeat("é", 150_000),
		"not UTF-8":  strings.Repeat("\x80", 200_000),
		"keys":       strings.Repeat(line+key, 60),
		"open key":   line + strings.Replace(strings.Repeat(key, 60), "-----END PRIVATE KEY-----\n", "", 1),
		"long token": "token=" + strings.Repeat("aB3dE6gH", 20_000) + " " + strings.Repeat(line, 700),
		"window":     strings.Repeat(line, windowSize/len(line)+1)[:windowSize],
	}
	for name, s := range texts {
		for _, shift := range []int{0, 1, 13, 57} {
			s := strings.Repeat("-", shift) + s
			want := Mask(s, whole(t, f, s), &Pseudonyms{})
			for _, n := range []int{1 << 20, 65_536, 65_537, 4096, 1021} {
				if got := streamed(f, s, n); got != want {
					k := 0
					for k < min(len(got), len(want)) && got[k] == want[k] {
						k++
					}
					t.Fatalf("%s, shift %d, pieces of %d: differ at %d: %q, want %q", name, shift, n, k, got[max(0, k-60):min(len(got), k+60)], want[max(0, k-60):min(len(want), k+60)])
				}
			}
			if strings.Contains(name, "lines") || strings.Contains(name, "line") || name == "keys" {
				for _, private := range []string{"ann@", "192.0", "4111", "7946", "hunter", "MIIE"} {
					if strings.Contains(want, private) {
						t.Fatalf("%s, shift %d: %q is left", name, shift, private)
					}
				}
			}
		}
	}
}

// TestFlush masks a stream line by line: what comes out is whole lines, and keys over many of them are kept.
func TestFlush(t *testing.T) {
	f := finder(t, Options{})
	var b strings.Builder
	w := NewWriter(&b, f, &Pseudonyms{})
	in := "from 192.0.2.7\n-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nAgEAAoIBAQC7VJTUt9Us8cKj\n-----END RSA PRIVATE KEY-----\nthen 192.0.2.7 and 192.0"
	for i := range len(in) {
		w.Write([]byte(in[i : i+1]))
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if s := b.String(); s != "" && !strings.HasSuffix(s, "\n") && !strings.Contains(s, "SECRET_1") {
			t.Fatalf("half a line came out: %q", s)
		}
	}
	w.Write([]byte(".2.9"))
	w.Close()
	if got := b.String(); strings.Contains(got, "MII") || strings.Contains(got, "AgE") || !strings.HasPrefix(got, "from IP_1\nSECRET_1") || !strings.HasSuffix(got, "then IP_1 and IP_2") {
		t.Errorf("%q", got)
	}
}

// TestAllocations holds the scanners to what they promise: nothing is allocated for a text without findings.
func TestAllocations(t *testing.T) {
	f := finder(t, Options{Kinds: structured})
	s := strings.Repeat("081109 203615 148 INFO dfs.DataNode$PacketResponder: PacketResponder 1 for block blk_38865049064139660 terminating\n", 100)
	f.Find(s)
	if n := testing.AllocsPerRun(20, func() { f.Find(s) }); n > 4 {
		t.Errorf("%.0f allocations for a text of %d bytes without findings", n, len(s))
	}
}
