package calendar

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestNext(t *testing.T) {
	const newYork, berlin, lordHowe = "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"
	for _, tt := range []struct {
		name, rule, zone, after string
		want                    []string // local time with offset, from repeated Next
	}{
		{"strictly after", "daily 06:00", "UTC", "2026-11-30T06:00:00Z", []string{"2026-12-01T06:00:00Z"}},
		{"a nanosecond before is before", "daily 06:00", "UTC", "2026-11-30T05:59:59.999999999Z", []string{"2026-11-30T06:00:00Z"}},
		{"the local day decides", "daily 06:00", newYork, "2026-12-01T03:00:00Z", []string{"2026-12-01T06:00:00-05:00"}},
		{"the local day is behind UTC", "monthly 1 23:00", newYork, "2026-12-02T03:59:00Z", []string{"2026-12-01T23:00:00-05:00"}},
		{"two times a day", "daily 06:00,18:00", "UTC", "2026-12-01T05:00:00Z",
			[]string{"2026-12-01T06:00:00Z", "2026-12-01T18:00:00Z", "2026-12-02T06:00:00Z"}},
		{"workdays skip the weekend", "workdays 06:00", "UTC", "2026-11-27T07:00:00Z", []string{"2026-11-30T06:00:00Z", "2026-12-01T06:00:00Z"}},
		{"weekly", "weekly mon,thu 06:00", "UTC", "2026-12-01T00:00:00Z",
			[]string{"2026-12-03T06:00:00Z", "2026-12-07T06:00:00Z", "2026-12-10T06:00:00Z"}},
		{"billing run", "monthly 1 06:00", berlin, "2026-11-30T14:00:00+01:00",
			[]string{"2026-12-01T06:00:00+01:00", "2027-01-01T06:00:00+01:00"}},
		{"last day, over a leap February", "monthly last 06:00", "UTC", "2027-12-31T06:00:00Z",
			[]string{"2028-01-31T06:00:00Z", "2028-02-29T06:00:00Z", "2028-03-31T06:00:00Z"}},
		{"last three days and the first, February", "monthly last-2,last-1,last,1 01:00", "UTC", "2027-02-01T01:00:00Z",
			[]string{"2027-02-26T01:00:00Z", "2027-02-27T01:00:00Z", "2027-02-28T01:00:00Z", "2027-03-01T01:00:00Z"}},
		{"last three days and the first, December", "monthly last-2,last-1,last,1 01:00", "UTC", "2026-12-29T00:00:00Z",
			[]string{"2026-12-29T01:00:00Z", "2026-12-30T01:00:00Z", "2026-12-31T01:00:00Z", "2027-01-01T01:00:00Z"}},
		{"months without the 31st are skipped", "monthly 31 06:00", "UTC", "2026-01-31T06:00:00Z",
			[]string{"2026-03-31T06:00:00Z", "2026-05-31T06:00:00Z", "2026-07-31T06:00:00Z", "2026-08-31T06:00:00Z"}},
		{"last-30 is the 1st of long months only", "monthly last-30 06:00", "UTC", "2026-02-01T00:00:00Z",
			[]string{"2026-03-01T06:00:00Z", "2026-05-01T06:00:00Z"}},
		{"the same day named twice is one slot", "monthly 31,last 06:00", "UTC", "2026-01-01T00:00:00Z",
			[]string{"2026-01-31T06:00:00Z", "2026-02-28T06:00:00Z"}},
		{"first workday", "monthly first workday 06:00", "UTC", "2026-07-30T00:00:00Z",
			[]string{"2026-08-03T06:00:00Z", "2026-09-01T06:00:00Z", "2026-10-01T06:00:00Z", "2026-11-02T06:00:00Z"}},
		{"last workday", "monthly last workday 18:00", "UTC", "2026-01-01T00:00:00Z",
			[]string{"2026-01-30T18:00:00Z", "2026-02-27T18:00:00Z", "2026-03-31T18:00:00Z"}},
		{"year end", "yearly 12-31 23:59", "UTC", "2026-12-31T23:59:00Z", []string{"2027-12-31T23:59:00Z"}},
		{"29 February across 2100", "yearly 02-29 06:00", "UTC", "2096-02-29T06:00:00Z", []string{"2104-02-29T06:00:00Z"}},
		{"29th of every month, no leap year", "monthly 29 06:00", "UTC", "2027-01-29T06:00:00Z", []string{"2027-03-29T06:00:00Z"}},
		{"once, far ahead", "once 9999-12-31 23:59", "UTC", "0001-01-01T00:00:00Z", []string{"9999-12-31T23:59:00Z", ""}},
		{"once in the past", "once 2026-12-01 06:00", "UTC", "2026-12-01T06:00:00Z", []string{""}},
		{"once at two times", "once 2026-12-01 06:00,18:00", "UTC", "2026-12-01T06:00:00Z", []string{"2026-12-01T18:00:00Z", ""}},
		{"the end of time", "daily 06:00", "UTC", "9999-12-31T06:00:00Z", []string{""}},

		{"New York gap: first instant after it", "daily 02:30", newYork, "2026-03-07T12:00:00Z",
			[]string{"2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"}},
		{"New York gap: two times in it are one instant", "daily 02:00,02:30,03:00,03:30", newYork, "2026-03-08T06:59:59Z",
			[]string{"2026-03-08T03:00:00-04:00", "2026-03-08T03:30:00-04:00", "2026-03-09T02:00:00-04:00"}},
		{"New York fold: first pass only", "daily 01:30", newYork, "2026-11-01T00:00:00-04:00",
			[]string{"2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"}},
		{"New York fold: asked in the second pass", "daily 01:30", newYork, "2026-11-01T01:10:00-05:00", []string{"2026-11-02T01:30:00-05:00"}},
		{"New York fold: after it", "daily 02:00", newYork, "2026-11-01T01:59:59-05:00", []string{"2026-11-01T02:00:00-05:00"}},
		{"Berlin gap", "daily 02:00,02:59", berlin, "2026-03-29T00:00:00+01:00",
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00", "2026-03-30T02:59:00+02:00"}},
		{"Berlin fold", "daily 02:00,02:30", berlin, "2026-10-25T00:00:00+02:00",
			[]string{"2026-10-25T02:00:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-26T02:00:00+01:00"}},
		{"Berlin stays at 06:00 over both changes", "monthly 1 06:00", berlin, "2026-03-01T06:00:00+01:00",
			[]string{"2026-04-01T06:00:00+02:00"}},
		{"Lord Howe gap of 30 minutes", "daily 02:15", lordHowe, "2026-10-03T12:00:00+10:30",
			[]string{"2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00"}},
		{"Lord Howe fold of 30 minutes", "daily 01:45", lordHowe, "2026-04-05T00:00:00+11:00",
			[]string{"2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30"}},
		{"a gap at midnight", "monthly 25 00:00", "Africa/Cairo", "2025-04-24T12:00:00+02:00", []string{"2025-04-25T01:00:00+03:00"}},
		{"a day that never was", "daily 12:00", "Pacific/Apia", "2011-12-29T12:00:00-10:00",
			[]string{"2011-12-31T00:00:00+14:00", "2011-12-31T12:00:00+14:00"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, z, after := mustParse(t, tt.rule), zone(t, tt.zone), at(tt.after)
			for _, want := range tt.want {
				next, ok := r.Next(after, z)
				got := ""
				if ok {
					got = next.Format(time.RFC3339)
				}
				if got != want {
					t.Fatalf("%q after %s = %q, want %q", r, after.In(z).Format(time.RFC3339), got, want)
				}
				after = next
			}
		})
	}
}

func TestNextOfTheZeroRuleAndANilZone(t *testing.T) {
	if got, ok := (Rule{}).Next(at("2026-01-01T00:00:00Z"), time.UTC); ok {
		t.Errorf("the zero rule happens at %v", got)
	}
	if (Rule{}).Sentence() != "never" || (Rule{}).String() != "" {
		t.Error("the zero rule has a text")
	}
	if got, ok := mustParse(t, "daily 06:00").Next(at("2026-01-01T00:00:00Z"), nil); !ok || !got.Equal(at("2026-01-01T06:00:00Z")) {
		t.Errorf("nil zone: %v %v", got, ok)
	}
}

func TestBetween(t *testing.T) {
	r := mustParse(t, "daily 06:00")
	from, to := at("2026-12-01T06:00:00Z"), at("2026-12-03T06:00:00Z")
	if got := r.Between(from, to, time.UTC, 10); len(got) != 2 || !got[0].Equal(from) {
		t.Errorf("the start belongs to it, the end does not: %v", got)
	}
	if got := r.Between(from, to, time.UTC, 1); len(got) != 1 {
		t.Errorf("limit 1: %v", got)
	}
	for _, limit := range []int{0, -1} {
		if got := r.Between(from, to, time.UTC, limit); len(got) != 0 {
			t.Errorf("limit %d: %v", limit, got)
		}
	}
	if got := r.Between(to, from, time.UTC, 10); len(got) != 0 {
		t.Errorf("to before from: %v", got)
	}
}

// TestSlots checks what must hold for every rule, zone and instant.
func TestSlots(t *testing.T) {
	zones := []string{"UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns", "Africa/Cairo", "Asia/Kolkata"}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 1500 {
		r := mustParse(t, randomRule(random))
		z := zone(t, zones[random.IntN(len(zones))])
		from := at("1995-01-01T00:00:00Z").Add(time.Duration(random.Int64N(45*365*24)) * time.Hour).Add(time.Duration(random.IntN(3600)) * time.Second)
		where := fmt.Sprintf("case %d: %q in %s from %s", i, r, z, from.Format(time.RFC3339))

		var slots []time.Time
		for after := from; len(slots) < 20; {
			next, ok := r.Next(after, z)
			if !ok {
				break
			}
			if !next.After(after) {
				t.Fatalf("%s: %s is not after %s", where, next, after)
			}
			// Asked from anywhere between, the answer is the same.
			if gap := next.Sub(after); gap > 1 {
				between := after.Add(time.Duration(random.Int64N(int64(gap))))
				if same, ok := r.Next(between, z); !ok || !same.Equal(next) {
					t.Fatalf("%s: after %s comes %s, but after %s comes %s", where, after, next, between, same)
				}
			}
			local := next.In(z)
			named := slices.Contains(r.times, minute(local.Hour()*60+local.Minute())) && local.Second() == 0 &&
				r.days(local.Year(), local.Month())&maskOf(local.Day()) != 0
			start, _ := next.ZoneBounds()
			if !named && !next.Equal(start) {
				t.Fatalf("%s: %s is neither a time of the rule nor the end of a gap", where, local)
			}
			if named && next.Sub(start) < 24*time.Hour {
				earlier := instant(date{local.Year(), local.Month(), local.Day()}, minute(local.Hour()*60+local.Minute()), z)
				if !earlier.Equal(next) {
					t.Fatalf("%s: %s is not the first time that the clocks show this", where, local)
				}
			}
			slots = append(slots, next)
			after = next
		}
		if len(slots) == 0 {
			if r.kind != once {
				t.Fatalf("%s: it never happens", where)
			}
			continue
		}
		end := slots[len(slots)-1].Add(1)
		got := r.Between(from.Add(1), end, z, 1000)
		if !slices.EqualFunc(got, slots, time.Time.Equal) {
			t.Fatalf("%s: Between %v, repeated Next %v", where, got, slots)
		}
		if again := mustParse(t, r.String()); !again.Equal(r) || again.Sentence() != r.Sentence() {
			t.Fatalf("%s: it parses back to %q", where, again)
		}
	}
}

// TestNextAgainstEveryDay compares with the plainest reading of the rule: look
// at each day in turn.
func TestNextAgainstEveryDay(t *testing.T) {
	z := zone(t, "America/New_York")
	from := at("2026-12-20T00:00:00Z")
	for text, named := range map[string]func(d, last int, day time.Time) bool{
		"monthly last-2,last-1,last,1 12:00": func(d, last int, _ time.Time) bool { return d == 1 || d >= last-2 },
		"monthly 30,31 12:00":                func(d, _ int, _ time.Time) bool { return d >= 30 },
		"weekly sun,wed 12:00": func(_, _ int, day time.Time) bool {
			return day.Weekday() == time.Sunday || day.Weekday() == time.Wednesday
		},
		"monthly first workday 12:00": func(d, _ int, day time.Time) bool {
			w := day.Weekday()
			return w != time.Saturday && w != time.Sunday && (d == 1 || w == time.Monday && d <= 3)
		},
		"yearly 02-29,06-30 12:00": func(d, _ int, day time.Time) bool {
			return day.Month() == time.February && d == 29 || day.Month() == time.June && d == 30
		},
	} {
		var want []time.Time
		for i := range 800 {
			day := time.Date(2026, 12, 20+i, 12, 0, 0, 0, z)
			if named(day.Day(), time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, z).Day(), day) {
				want = append(want, day)
			}
		}
		got := mustParse(t, text).Between(from, time.Date(2026, 12, 20+800, 0, 0, 0, 0, z), z, 1000)
		if !slices.EqualFunc(got, want, time.Time.Equal) {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func randomRule(random *rand.Rand) string {
	some := func(most int, one func() string) string {
		parts := make([]string, 1+random.IntN(most))
		for i := range parts {
			parts[i] = one()
		}
		return strings.Join(parts, ",")
	}
	times := some(3, func() string { return fmt.Sprintf("%d:%02d", random.IntN(24), random.IntN(60)) })
	switch random.IntN(6) {
	case 0:
		return fmt.Sprintf("once %04d-%02d-%02d %s", 1990+random.IntN(60), 1+random.IntN(12), 1+random.IntN(28), times)
	case 1:
		return "daily " + times
	case 2:
		return "workdays " + times
	case 3:
		return "weekly " + some(3, func() string { return weekdayNames[random.IntN(7)] }) + " " + times
	case 4:
		return "yearly " + some(3, func() string {
			month := time.Month(1 + random.IntN(12))
			return fmt.Sprintf("%02d-%02d", int(month), 1+random.IntN(monthLength(2000, month)))
		}) + " " + times
	}
	return "monthly " + some(4, func() string {
		return []string{fmt.Sprint(1 + random.IntN(31)), fmt.Sprintf("last-%d", random.IntN(31)), "first workday", "last workday", "last"}[random.IntN(5)]
	}) + " " + times
}
