package recurrence

import (
	"testing"
	"time"
)

func TestSubjectKey(t *testing.T) {
	same := [][2]string{
		{"Month-end feed waits for the period file", "RE: month-end feed waits for the period file (October 2026)"},
	}
	for _, s := range same {
		if a, b := SubjectKey(s[0]), SubjectKey(s[1]); a == "" || a != b || !BySubject(a) {
			t.Errorf("%q is %q, %q is %q", s[0], a, s[1], b)
		}
	}
	for _, s := range []string{"", "Help!", "Question", "Re: 2026-10-01", "printer broken", "a b c d e"} {
		if k := SubjectKey(s); k != "" {
			t.Errorf("%q has the key %q", s, k)
		}
	}
	if SubjectKey("Invoices print without a logo") == SubjectKey("Invoices print without a barcode") {
		t.Error("different subjects have one key")
	}
}

func TestNight(t *testing.T) {
	dublin := zone(t, "Europe/Dublin")
	for in, want := range map[string]string{
		"2026-11-01T01:02:00Z": "2026-10-31", "2026-10-31T23:30:00Z": "2026-10-31", "2026-07-01T05:30:00Z": "", "2026-07-01T04:30:00Z": "2026-06-30",
		"2026-07-01T21:30:00Z": "2026-07-01", "2026-11-01T21:30:00Z": "", "2026-11-01T06:00:00Z": "",
	} {
		at, _ := time.Parse(time.RFC3339, in)
		if got, ok := Night(at, dublin); got != want || ok != (want != "") {
			t.Errorf("%s is in the night %q, not %q", in, got, want)
		}
	}
}

func TestScore(t *testing.T) {
	year := 365 * 24 * time.Hour
	steady := &Rhythm{Regularity: 1}
	base := Cost{Tickets: 12, Minutes: 600, Nights: 12, Since: year, Rhythm: steady, Steps: true}
	if h := base.Hours(); h < 3.8 || h > 3.9 { // (600 + 12·180) minutes in 12 months
		t.Errorf("%v hours a month", h)
	}
	less := map[string]func(*Cost){
		"no rhythm": func(c *Cost) { c.Rhythm = nil }, "half a rhythm": func(c *Cost) { c.Rhythm = &Rhythm{Regularity: .5} }, "no steps": func(c *Cost) { c.Steps = false },
		"by day": func(c *Cost) { c.Nights = 0 }, "over": func(c *Cost) { c.Rhythm = &Rhythm{Regularity: 1, Missed: 3} }, "fixed": func(c *Cost) { c.Asleep = true },
		"longer ago": func(c *Cost) { c.Since *= 2 },
	}
	for name, change := range less {
		c := base
		change(&c)
		if c.Score() >= base.Score() {
			t.Errorf("%s scores %v, not less than %v", name, c.Score(), base.Score())
		}
	}
	if c := (Cost{Tickets: 6, Since: 24 * time.Hour}); c.Hours() != 1 {
		t.Errorf("six tickets without booked time in a day cost %v hours in that month", c.Hours())
	}
}
