package search

import (
	"testing"
)

var desk = NewVocabulary([]Known{{"snapshot", 40}, {"snapshots", 3}, {"extract", 30}, {"billing", 25}, {"timeout", 90}, {"timeouts", 4}, {"order_service", 9}, {"ora_01555", 12}, {"listener", 7},
	{"connection", 60}, {"connector", 2}, {"refused", 50}, {"lind", 1}, {"later", 8}, {"kraków", 3}, {"zażółć", 1}, {"queue", 20}, {"teh", 1}, {"billing", 5}})

func TestCorrect(t *testing.T) {
	for _, c := range []struct {
		text   string
		typing bool
		want   string
	}{
		{"snapshoot", false, "snapshot"}, {"sanpshot", false, "snapshot"}, {"snaphsot too old", false, "snapshot too old"},
		{"conection refusd", false, "connection refused"}, {"timout", false, "timeout"}, {"tiemout", false, "timeout"},
		{"billng extrakt", false, "billing extract"}, {"oredr-service", false, "order-service"}, {"OAR-01555", false, "ora-01555"},
		{"qeue", false, "queue"}, {"lidn", false, "lind"}, {"krakow", false, ""}, {"\"conection refused\"", false, "\"connection refused\""},
		// What is known, short, excluded, a beginning, or a number of another error stays.
		{"snapshot", false, ""}, {"snapsh", true, ""}, {"snapzh", true, ""}, {"ORA-01556", false, ""}, {"ORA-1555", false, ""}, {"ol", false, ""}, {"teh", false, ""},
		{"-snapshoot", false, ""}, {"snapshoot*", false, ""}, {"xylophone", false, ""}, {"", false, ""}, {"12345", false, ""},
	} {
		got := desk.Correct(c.text, c.typing, 0)
		if c.text == "snapzh" || c.text == "krakow" {
			continue // either is fair: what it must not do is break
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
	if got := desk.Correct("connector", false, 2); got != "" {
		t.Errorf("a rare word far from all: %q", got)
	}
	if got := NewVocabulary([]Known{{"timeout", 90}, {"timeuot", 1}}).Correct("timeuot", false, 2); got != "timeout" {
		t.Errorf("a typing error that stands in a title: %q", got)
	}
	if got := NearestName("Biling", []string{"Orders", "Billing"}); got != "Billing" {
		t.Errorf("name: %q", got)
	}
	if got := NearestName("crm", []string{"Orders", "Billing"}); got != "" {
		t.Errorf("name: %q", got)
	}
}

func TestSlips(t *testing.T) {
	var m measure
	for _, c := range []struct {
		a, b string
		want int
	}{{"abcd", "abcd", 0}, {"abcd", "abdc", 1}, {"abcd", "abc", 1}, {"abcd", "xabcd", 1}, {"abcd", "axcd", 1}, {"abcd", "badc", 2}, {"abcd", "dcba", 3}, {"żółw", "zolw", 3}, {"", "ab", 2}} {
		if got := m.slips([]rune(c.a), c.b, 2); got != c.want {
			t.Errorf("%s %s: %d, want %d", c.a, c.b, got, c.want)
		}
		if got := m.slips([]rune(c.b), c.a, 2); got != c.want {
			t.Errorf("%s %s: %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

// FuzzCorrect holds that a correction is a search that may be typed, and that correcting it again changes nothing.
func FuzzCorrect(f *testing.F) {
	for _, s := range []string{"snapshoot old", "\"conection refusd", "ORA-01555 x*", "-a --b \xff", "żółw order-servce"} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, typing bool) {
		if len(s) > 600 {
			return
		}
		c := desk.Correct(s, typing, 0)
		if c == s && s != "" {
			t.Fatalf("%q is no correction", c)
		}
		if c != "" {
			if again := desk.Correct(c, typing, 0); again != "" && !typing {
				t.Fatalf("%q: %q is corrected to %q", s, c, again)
			}
		}
	})
}

func BenchmarkNearest(b *testing.B) {
	known := make([]Known, 60_000)
	for i := range known {
		w := []byte("abcdefgh")
		for k, n := 0, i; k < len(w); k++ {
			w[k] = 'a' + byte((n+k*7+i/26)%26)
			n = n*31 + 7
		}
		known[i] = Known{string(w) + string(rune('a'+i%26)), 1 + i%50}
	}
	v := NewVocabulary(known)
	for b.Loop() {
		v.Nearest("snapshoot", 1)
	}
}
