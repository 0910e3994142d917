package recurrence

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"firebreak/internal/calendar"
)

func zone(t testing.TB, name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

var start = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

// planted makes the occurrences of a rule of the calendar, each jitter minutes around its instant; every miss-th is missing.
func planted(t testing.TB, rule string, z *time.Location, days, jitter int, miss float64, r *rand.Rand) (out []time.Time) {
	parsed, err := calendar.Parse(rule)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range parsed.Between(start, start.AddDate(0, 0, days), z, 10_000) {
		if r.Float64() >= miss {
			out = append(out, at.Add(time.Duration(r.IntN(2*jitter*60+1)-jitter*60)*time.Second))
		}
	}
	return out
}

func noise(days, n int, r *rand.Rand) (out []time.Time) {
	for range n {
		out = append(out, start.Add(time.Duration(r.IntN(days*1440))*time.Minute))
	}
	return out
}

func TestFindsPlantedRhythms(t *testing.T) {
	dublin, tehran, sydney := zone(t, "Europe/Dublin"), zone(t, "Asia/Tehran"), zone(t, "Australia/Sydney")
	for _, c := range []struct {
		rule         string
		zone         *time.Location
		days, jitter int
		miss         float64
		noise        int
		kind         Kind
		words        string
		calendarRule string
	}{
		{"monthly last-2,last-1,last,1 01:00", dublin, 200, 2, 0, 0, MonthTurn, "the last 3 days of the month and the 1st at 01:00", "monthly 1,last-2,last-1,last 01:00"},
		{"monthly last-2,last-1,last,1 01:00", sydney, 250, 3, .15, 2, MonthTurn, "the last 3 days of the month and the 1st at 01:00", ""},
		{"monthly 1 01:00", dublin, 100, 4, 0, 0, MonthDay, "the 1st of the month at 01:00", "monthly 1 01:00"},
		{"monthly 1 01:00", dublin, 370, 4, .2, 3, MonthDay, "the 1st of the month at 01:00", ""},
		{"weekly mon 06:00", dublin, 120, 3, 0, 0, Weekly, "Mondays at 06:00", "weekly mon 06:00"},
		{"weekly mon 06:00", zone(t, "America/New_York"), 300, 3, .25, 8, Weekly, "Mondays at 06:00", ""},
		{"weekly sat,sun 03:00", dublin, 120, 3, .1, 2, Weekly, "weekends at 03:00", ""},
		{"weekly tue,thu 18:30", dublin, 150, 3, .1, 2, Weekly, "Tuesdays and Thursdays at 18:30", ""},
		{"workdays 07:30", dublin, 120, 25, .2, 6, Workdays, "workdays around 07:30", "workdays 07:30"},
		{"workdays 07:30", sydney, 365, 25, .3, 15, Workdays, "workdays around 07:30", ""},
		{"daily 02:00", tehran, 60, 3, .1, 3, Daily, "daily at 02:00", "daily 02:00"},
		{"daily 01:30", zone(t, "America/New_York"), 365, 3, .2, 10, Daily, "daily at 01:30", ""},
		{"daily 00:00", dublin, 90, 4, .1, 0, Daily, "daily at 00:00", ""},
		{"monthly first workday 08:00", dublin, 200, 5, 0, 0, MonthWorkday, "the 1st workday of the month at 08:00", "monthly first workday 08:00"},
		{"monthly last workday 17:00", dublin, 300, 5, .1, 1, MonthWorkday, "the last workday of the month at 17:00", ""},
		{"monthly last 23:55", dublin, 200, 2, 0, 0, MonthDay, "the last day of the month at 23:55", "monthly last 23:55"},
		{"monthly 1,15 04:00", dublin, 300, 3, .1, 1, MonthPair, "the 1st and the 15th of the month at 04:00", ""},
		{"yearly 01-01,04-01,07-01,10-01 20:00", dublin, 1100, 3, 0, 0, QuarterTurn, "the first day of the quarter at 20:00", ""},
	} {
		found := 0
		var got Rhythm
		const tries = 10
		for seed := range uint64(tries) {
			r := rand.New(rand.NewPCG(seed, 7))
			at := append(planted(t, c.rule, c.zone, c.days, c.jitter, c.miss, r), noise(c.days, c.noise, r)...)
			rhythm, ok := Find(Input{At: at, Zone: c.zone, Now: start.AddDate(0, 0, c.days)})
			if ok && rhythm.Kind == c.kind && rhythm.Words == c.words && (c.calendarRule == "" || rhythm.Rule == c.calendarRule) {
				found++
			} else {
				got = rhythm
			}
		}
		if found < tries*8/10 {
			t.Errorf("%s, %s, jitter %d, missing %.2f, noise %d: found in %d of %d; else e.g. %q (%s, %s, %.1f bits)", c.rule, c.zone, c.jitter, c.miss, c.noise, found, tries, got.Words, got.Kind, got.Rule, got.Gain)
		}
	}
}

func TestFindsIntervals(t *testing.T) {
	dublin := zone(t, "Europe/Dublin")
	for _, c := range []struct {
		every  time.Duration
		n      int
		jitter time.Duration
		miss   float64
		words  string
	}{
		{90 * time.Minute, 40, 4 * time.Minute, 0, "every 90 minutes"},
		{90 * time.Minute, 80, 4 * time.Minute, .25, "every 90 minutes"},
		{20 * time.Minute, 60, time.Minute, .1, "every 20 minutes"},
		{4 * time.Hour, 60, 5 * time.Minute, .1, "every 4 hours"},
		{12 * time.Hour, 40, 10 * time.Minute, .1, "every 12 hours"},
		{7 * time.Hour, 40, 10 * time.Minute, .1, "every 7 hours"},
	} {
		for seed := range uint64(5) {
			r := rand.New(rand.NewPCG(seed, 9))
			from := time.Date(2026, 3, 2, 0, 10, 0, 0, dublin) // over the change of the clocks on 29 March for the long ones
			var at []time.Time
			for i := range c.n {
				if r.Float64() >= c.miss {
					at = append(at, from.Add(time.Duration(i)*c.every+time.Duration(r.Int64N(int64(2*c.jitter)))-c.jitter))
				}
			}
			got, ok := Find(Input{At: at, Zone: dublin, Now: at[len(at)-1].Add(time.Minute)})
			if !ok || got.Words != c.words {
				t.Errorf("every %s, missing %.2f, seed %d: %q %v (%.1f bits)", c.every, c.miss, seed, got.Words, ok, got.Gain)
				continue
			}
			next := got.Next(at[len(at)-1], dublin, 2)
			if len(next) != 2 || next[0].Sub(at[len(at)-1]) > c.every+2*c.jitter+c.every/8 || next[1].Sub(next[0]) != c.every {
				t.Errorf("every %s: next after %s are %v", c.every, at[len(at)-1], next)
			}
		}
	}
}

func TestFindsEverySecondTuesday(t *testing.T) {
	dublin := zone(t, "Europe/Dublin")
	var at []time.Time
	for i := range 12 {
		at = append(at, time.Date(2026, 1, 6+14*i, 9, i%5, 0, 0, dublin))
	}
	got, ok := Find(Input{At: at, Zone: dublin, Now: at[11].AddDate(0, 0, 3)})
	if !ok || got.Words != "every second Tuesday at 09:00" {
		t.Fatalf("%q %v", got.Words, ok)
	}
	next := got.Next(at[11], dublin, 1)
	if len(next) != 1 || next[0].In(dublin).Format("2006-01-02") != "2026-06-23" {
		t.Errorf("next: %v", next)
	}
}

func TestFindsWhatFollowsReleases(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var changes, at []time.Time
	day := start
	for range 12 {
		day = day.AddDate(0, 0, 5+r.IntN(20))
		release := day.Add(time.Duration(8*60+r.IntN(600)) * time.Minute)
		changes = append(changes, release)
		if r.Float64() < .8 {
			at = append(at, release.Add(time.Duration(r.IntN(110))*time.Minute))
		}
	}
	at = append(at, noise(150, 2, r)...)
	got, ok := Find(Input{At: at, Changes: changes, Now: day.AddDate(0, 0, 9)})
	if !ok || got.Words != "within 2 hours after a change" {
		t.Errorf("%q %v, %.1f bits", got.Words, ok, got.Gain)
	}
	if len(got.Next(day, nil, 3)) != 0 {
		t.Error("a release cannot be foreseen")
	}
}

// TestChanceHasNoRhythm is the promise of the package: arrivals of several natures without a rhythm are given one in fewer
// than 2 of 100 groups.
func TestChanceHasNoRhythm(t *testing.T) {
	dublin := zone(t, "Europe/Dublin")
	office := func(r *rand.Rand, day int) (time.Time, bool) {
		d := time.Date(2026, 1, 1+day, 8, 0, 0, 0, dublin)
		return d.Add(time.Duration((r.Float64()+r.Float64())*5*60) * time.Minute), isWork(d.Weekday())
	}
	natures := map[string]func(*rand.Rand) []time.Time{
		"at any time": func(r *rand.Rand) []time.Time { return noise(30+r.IntN(600), 3+r.IntN(80), r) },
		"few":         func(r *rand.Rand) []time.Time { return noise(30+r.IntN(300), 3+r.IntN(5), r) },
		"in office hours": func(r *rand.Rand) (out []time.Time) {
			days := 30 + r.IntN(500)
			for n := 3 + r.IntN(80); len(out) < n; {
				if at, ok := office(r, r.IntN(days)); ok {
					out = append(out, at)
				}
			}
			return out
		},
		"in the morning": func(r *rand.Rand) (out []time.Time) {
			days := 100 + r.IntN(300)
			for n := 3 + r.IntN(40); len(out) < n; {
				at := time.Date(2026, 1, 1+r.IntN(days), 8, r.IntN(150), 0, 0, dublin)
				if isWork(at.Weekday()) {
					out = append(out, at)
				}
			}
			return out
		},
		"in bursts of days": func(r *rand.Rand) (out []time.Time) {
			days := 120 + r.IntN(500)
			for range 3 + r.IntN(6) {
				first := r.IntN(days)
				for d := range 1 + r.IntN(5) {
					for range 1 + r.IntN(3) {
						at, _ := office(r, first+d)
						out = append(out, at)
					}
				}
			}
			return out
		},
		"in bursts of hours": func(r *rand.Rand) (out []time.Time) {
			days := 60 + r.IntN(500)
			for range 3 + r.IntN(10) {
				first := start.Add(time.Duration(r.IntN(days*1440)) * time.Minute)
				for range 1 + r.IntN(8) {
					out = append(out, first.Add(time.Duration(r.ExpFloat64()*90)*time.Minute))
				}
			}
			return out
		},
	}
	tries := 500
	if testing.Short() {
		tries = 150
	}
	for name, make := range natures {
		false := 0
		example := ""
		for seed := range uint64(tries) {
			r := rand.New(rand.NewPCG(seed, 3))
			at := make(r)
			var changes []time.Time
			if seed%2 == 0 {
				changes = noise(300, r.IntN(30), r)
			}
			if got, ok := Find(Input{At: at, Zone: dublin, Changes: changes, Now: start.AddDate(2, 0, 0)}); ok {
				false++
				example += fmt.Sprintf("\n  %q %d of %d, %d of %d slots, %.1f bits", got.Words, got.Explained, got.Occurrences, got.Filled, got.Slots, got.Gain)
			}
		}
		t.Logf("%s: %d of %d", name, false, tries)
		if false*100 >= 2*tries {
			t.Errorf("%s: %d of %d groups were given a rhythm:%.1500s", name, false, tries, example)
		}
	}
}

func TestRhythmSurvivesStorage(t *testing.T) {
	dublin := zone(t, "Europe/Dublin")
	r := rand.New(rand.NewPCG(3, 7))
	at := planted(t, "monthly last-2,last-1,last,1 01:00", dublin, 200, 2, 0, r)
	now := start.AddDate(0, 0, 200)
	got, ok := Find(Input{At: at, Zone: dublin, Now: now})
	if !ok {
		t.Fatal("no rhythm")
	}
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var back Rhythm
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	a, z := fmt.Sprint(got.Next(now, dublin, 5)), fmt.Sprint(back.Next(now, dublin, 5))
	if a != z || len(back.Next(now, dublin, 5)) != 5 {
		t.Errorf("stored and read, next is %s, was %s", z, a)
	}
	for _, o := range at {
		if !back.Fits(o, dublin) {
			t.Errorf("%s does not fit %s", o.In(dublin), back.Words)
		}
	}
	if back.Fits(time.Date(2026, 4, 15, 1, 0, 0, 0, dublin), dublin) {
		t.Error("the 15th fits")
	}
	if got.Regularity != 1 || got.Missed != 0 {
		t.Errorf("regularity %v, missed %d", got.Regularity, got.Missed)
	}
}

func TestOverSoonAfterItStopped(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 7))
	at := planted(t, "weekly mon 06:00", time.UTC, 100, 2, 0, r)
	got, ok := Find(Input{At: at, Now: start.AddDate(0, 0, 140)})
	if !ok || got.Missed < 5 || got.Missed > 6 {
		t.Errorf("%v, missed %d", ok, got.Missed)
	}
}

func BenchmarkFind(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	at := noise(900, 400, r)
	for b.Loop() {
		Find(Input{At: at, Now: start.AddDate(3, 0, 0)})
	}
}
