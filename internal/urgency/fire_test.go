package urgency

import (
	"math"
	"slices"
	"testing"
	"time"
)

var fires = []Fire{Wildfire, HouseFire, Match}

func TestFire(t *testing.T) {
	for _, tt := range []struct {
		fire     Fire
		rank     int
		word     string
		up, down Fire
		valid    bool
	}{
		{Wildfire, 0, "Wildfire", Wildfire, HouseFire, true},
		{HouseFire, 1, "House fire", Wildfire, Match, true},
		{Match, 2, "Burning match", HouseFire, Match, true},
		{"", 3, "", Match, Match, false},
		{"inferno", 3, "", Match, Match, false},
	} {
		f := tt.fire
		if f.Rank() != tt.rank || f.Word() != tt.word || f.Up() != tt.up || f.Down() != tt.down || f.Valid() != tt.valid {
			t.Errorf("%q: %d %q %q %q %t", f, f.Rank(), f.Word(), f.Up(), f.Down(), f.Valid())
		}
	}
}

func TestStakes(t *testing.T) {
	for s, want := range map[Stakes]struct {
		valid, high bool
		word        string
	}{
		Person: {true, false, "one person"}, Team: {true, false, "a team"}, Client: {true, true, "a client"}, Company: {true, true, "the company"},
		"": {false, false, "not stated"}, "CLIENT": {false, false, "not stated"},
	} {
		if s.Valid() != want.valid || s.High() != want.high || s.Word() != want.word {
			t.Errorf("%q: %t %t %q", s, s.Valid(), s.High(), s.Word())
		}
	}
}

func TestEffective(t *testing.T) {
	for _, tt := range []struct {
		name     string
		computed Fire
		o        *Override
		want     Fire
		keep     bool
	}{
		{"none", HouseFire, nil, HouseFire, false},
		{"not a fire", HouseFire, &Override{Fire: "inferno", Base: Match}, HouseFire, false},
		{"no base", HouseFire, &Override{Fire: Match}, HouseFire, false},
		{"raised", Match, &Override{Fire: HouseFire, Base: Match}, HouseFire, true},
		{"raised, then computed higher", Wildfire, &Override{Fire: HouseFire, Base: Match}, Wildfire, true},
		{"raised, then computed lower", Match, &Override{Fire: Wildfire, Base: HouseFire}, Wildfire, true},
		{"set to what it was", Match, &Override{Fire: HouseFire, Base: HouseFire}, HouseFire, true},
		{"lowered", HouseFire, &Override{Fire: Match, Base: HouseFire}, Match, true},
		{"lowered, then computed lower too", Match, &Override{Fire: HouseFire, Base: Wildfire}, HouseFire, true},
		{"lowered, computed between", HouseFire, &Override{Fire: Match, Base: Wildfire}, Match, true},
		{"lowered from the top", Wildfire, &Override{Fire: HouseFire, Base: Wildfire}, HouseFire, true},
		{"lowered, then computed worse: news", Wildfire, &Override{Fire: Match, Base: HouseFire}, Wildfire, false},
	} {
		if got, keep := Effective(tt.computed, tt.o); got != tt.want || keep != tt.keep {
			t.Errorf("%s: %s %t, want %s %t", tt.name, got, keep, tt.want, tt.keep)
		}
	}
	// Raising never hides a worse computed fire; nothing is ever invalid.
	for _, computed := range fires {
		for _, fire := range fires {
			for _, base := range fires {
				got, _ := Effective(computed, &Override{Fire: fire, Base: base})
				if !got.Valid() || fire.Rank() <= base.Rank() && got.Rank() > computed.Rank() || computed.Rank() < base.Rank() && got.Rank() > computed.Rank() {
					t.Errorf("computed %s, set to %s at %s: %s", computed, fire, base, got)
				}
			}
		}
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                            "under a minute",
		59 * time.Second:             "under a minute",
		time.Minute:                  "1 min",
		38*time.Minute + 59e9:        "38 min",
		time.Hour:                    "1 h",
		9*time.Hour + 20*time.Minute: "9 h 20 min",
		24 * time.Hour:               "1 d",
		24*time.Hour + time.Minute:   "1 d",
		52 * time.Hour:               "2 d 4 h",
		-38 * time.Minute:            "38 min",
		math.MinInt64:                "106751 d 23 h",
		math.MaxInt64:                "106751 d 23 h",
	} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%d) = %q, want %q", d, got, want)
		}
	}
}

func TestLearnEffort(t *testing.T) {
	hours := func(hours ...int) []time.Duration {
		var all []time.Duration
		for _, h := range hours {
			all = append(all, time.Duration(h)*time.Hour)
		}
		return all
	}
	s := DefaultSettings()
	for _, tt := range []struct {
		times  []time.Duration
		want   time.Duration
		sample int
	}{
		{nil, 0, 0},
		{hours(1, 2, 3, 4), 0, 0},
		{hours(1, 2, 3, 4, 0, -7), 0, 0},
		{hours(5, 4, 3, 2, 1), 4 * time.Hour, 5},
		{hours(6, 5, 4, 3, 2, 1), 5 * time.Hour, 6},
		{hours(1, 1, 1, 1, 1, 1, 1, 1, 9, 9), time.Hour, 10},
		{hours(1, 1, 1, 1, 1, 1, 1, 9, 9, 9), 9 * time.Hour, 10},
	} {
		before := slices.Clone(tt.times)
		e, ok := LearnEffort(tt.times, s, SourceSimilar)
		if ok != (tt.sample > 0) || e.P80 != tt.want || e.Sample != tt.sample || ok && e.Source != SourceSimilar {
			t.Errorf("%v: %+v %t", tt.times, e, ok)
		}
		if !slices.Equal(before, tt.times) {
			t.Errorf("the caller's times changed: %v", tt.times)
		}
	}
	if e, ok := LearnEffort(hours(3), Settings{}, SourceApplication); !ok || e.P80 != 3*time.Hour {
		t.Errorf("one is enough where the settings say nothing: %+v %t", e, ok)
	}
	if e, ok := LearnEffort(nil, Settings{MinSample: -1}, SourceApplication); ok {
		t.Errorf("nothing taught %+v", e)
	}
	// Nearest rank: at least 80 of 100 are within it, and fewer within anything less.
	for n := 1; n <= 60; n++ {
		var times []time.Duration
		for i := range n {
			times = append(times, time.Duration((i+n/2)%n+1))
		}
		e, _ := LearnEffort(times, Settings{MinSample: 1}, SourceSimilar)
		if within := int(e.P80); within*5 < n*4 || (within-1)*5 >= n*4 {
			t.Errorf("of %d: rank %d", n, within)
		}
	}
}
