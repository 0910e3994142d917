package id

import (
	"testing"
	"time"
)

func TestNextRises(t *testing.T) {
	now := time.Date(2026, 11, 30, 14, 0, 0, 0, time.UTC)
	m := NewMaker(3, func() time.Time { return now })
	last := ID(0)
	for n := range 20_000 {
		if n == 10_000 {
			now = now.Add(-time.Hour) // a clock that goes back must not repeat ids
		}
		i := m.Next()
		if i <= last {
			t.Fatalf("id %d after %d", i, last)
		}
		last = i
	}
	o := NewMaker(3, func() time.Time { return now })
	o.After(last)
	if i := o.Next(); i <= last {
		t.Fatalf("a restarted maker gave %d after %d", i, last)
	}
}

func TestTextRoundTrip(t *testing.T) {
	m := NewMaker(MaxNode, time.Now)
	for range 1000 {
		i := m.Next()
		got, err := Parse(i.String())
		if err != nil || got != i || len(i.String()) != 13 {
			t.Fatalf("%d -> %q -> %d, %v", i, i, got, err)
		}
	}
	for _, bad := range []string{"x", "zzzzzzzzzzzzz", "0000000000000000", "00000000000u0", "000000000000\x00"} {
		if _, err := Parse(bad); err == nil {
			t.Errorf("%q parsed", bad)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("06c2k0w80r001")
	f.Fuzz(func(t *testing.T, s string) {
		i, err := Parse(s)
		if err == nil && s != "" {
			if j, err := Parse(i.String()); i != 0 && (err != nil || j != i) {
				t.Fatalf("%q: %d, %v", s, j, err)
			}
		}
	})
}
