package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"firebreak/client"
)

func plain(now time.Time) (*output, *bytes.Buffer) {
	b := &bytes.Buffer{}
	return &output{w: b, now: now, zone: time.UTC}, b
}

func TestTableAligns(t *testing.T) {
	o, b := plain(time.Time{})
	o.printTable(table{{"N", "NAME", "TEXT"}, {"1", "Åsa", "short"}, {"22", "李小龙", "a line\nof two"}, {"3", "", ""}})
	want := "N   NAME    TEXT\n1   Åsa     short\n22  李小龙  a line of two\n3\n"
	if b.String() != want {
		t.Errorf("got\n%q\nwant\n%q", b.String(), want)
	}
}

func TestTableFitsTheTerminal(t *testing.T) {
	o, b := plain(time.Time{})
	o.columns, o.colour = 30, true
	o.printTable(table{{"FIRE", "SUBJECT"}, {"Wildfire", strings.Repeat("very long ", 10)}})
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	for _, l := range lines {
		bare := l
		for _, code := range []string{"\x1b[2m", "\x1b[1;31m", "\x1b[0m"} {
			bare = strings.ReplaceAll(bare, code, "")
		}
		if cells(bare) > 30 {
			t.Errorf("%q takes %d columns", bare, cells(bare))
		}
	}
	if !strings.Contains(lines[1], "\x1b[1;31mWildfire\x1b[0m") || !strings.HasSuffix(lines[1], "…") {
		t.Errorf("got %q", lines[1])
	}
}

func TestTame(t *testing.T) {
	for in, want := range map[string]string{
		"plain, ünïcode 🔥": "plain, ünïcode 🔥", "tab\tand\nline": "tab\tand\nline", "\x1b[2J": "�[2J", "a\rb": "a�b", "\u202eevil": "�evil", "nul\x00": "nul�", "\u009b31m": "�31m",
	} {
		if got := tame(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestClockAndAge(t *testing.T) {
	now := time.Date(2026, 11, 30, 14, 0, 0, 0, time.UTC)
	o, _ := plain(now)
	for in, want := range map[time.Time]string{
		{}:                      "",
		now.Add(3 * time.Hour):  "17:00 UTC",
		now.Add(16 * time.Hour): "Tue 1 Dec 06:00 UTC",
		now.AddDate(0, 1, 5):    "Mon 4 Jan 14:00 UTC",
		now.AddDate(-2, 0, 0):   "30 Nov 2024 14:00 UTC",
	} {
		if got := o.clock(in); got != want {
			t.Errorf("%v is shown as %q, want %q", in, got, want)
		}
	}
	for d, want := range map[time.Duration]string{time.Second: "now", 9 * time.Minute: "9 min", 47 * time.Hour: "47 h", 50 * time.Hour: "2 d", -time.Hour: "now"} {
		if got := o.age(now.Add(-d)); got != want {
			t.Errorf("%v ago is %q, want %q", d, got, want)
		}
	}
}

func TestFireIsAlwaysAWord(t *testing.T) {
	now := time.Date(2026, 11, 30, 14, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		t    client.Ticket
		want string
	}{
		{client.Ticket{Fire: client.Wildfire}, "Wildfire.\n"},
		{client.Ticket{Fire: client.Match, FireReasons: []string{"Nobody can name a consequence."}}, "Burning match.\n  - Nobody can name a consequence.\n"},
		{client.Ticket{Fire: client.HouseFire, TurnsAt: now.Add(12 * time.Hour)}, "House fire, turns into a wildfire in 12 h (Tue 1 Dec 02:00 UTC).\n"},
		{client.Ticket{Fire: client.HouseFire, TurnsAt: now}, "House fire, turns into a wildfire now.\n"},
		{client.Ticket{Fire: client.Wildfire, SetByHand: &client.SetFire{By: "Mara", Reason: "they\ncalled"}}, "Wildfire.\n  - Set by Mara: they called\n"},
	} {
		o, b := plain(now)
		o.fire(tt.t)
		if b.String() != tt.want {
			t.Errorf("got %q, want %q", b.String(), tt.want)
		}
	}
}

func TestEventLines(t *testing.T) {
	o, _ := plain(time.Date(2026, 11, 30, 14, 0, 0, 0, time.UTC))
	for want, e := range map[string]client.Event{
		"opened as a house fire by Rui":                                    {Field: "opened", New: "house_fire", Actor: "Rui"},
		"fire: House fire → Wildfire by clock":                             {Field: "fire", Old: "house_fire", New: "wildfire", Rule: "clock"},
		"assignee: Mara Lind by the desk":                                  {Field: "assignee", New: "Mara Lind"},
		"assignee: no longer Mara Lind by Rui":                             {Field: "assignee", Old: "Mara Lind", Actor: "Rui"},
		"body changed by Rui":                                              {Field: "body", Old: "a", New: "b", Actor: "Rui"},
		"agreed deadline: 17:00 UTC → Tue 1 Dec 06:00 UTC by Rui (spoken)": {Field: "agreed_deadline", Old: "2026-11-30T17:00:00Z", New: "2026-12-01T06:00:00Z", Actor: "Rui", Reason: "spoken"},
	} {
		if got := o.event(e); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
