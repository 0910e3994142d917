// Package recurrence finds the rhythm in which a problem comes back: "Mondays at 06:00", "the last 3 days of the month and
// the 1st at 01:00", "every 90 minutes", "within 2 h of a release", or, most often, none.
//
// The score is a description length. The occurrences are written down twice: once as arrivals that follow nothing but the
// clock of a working day, and once as "this rule, these of its slots, and these exceptions". The rule costs bits too, as
// many as it takes to name it among all rules that were tried. What the rule saves is the gain. If the arrivals really
// follow the plain description, a gain of b bits or more happens with probability at most 2^-b, however many rules were
// tried (the no-hypercompression inequality: P. Grünwald, The Minimum Description Length Principle, 2007, section 3.3),
// so that the threshold bounds how often chance is given a rhythm.
package recurrence

import (
	"math"
	"slices"
	"time"
)

const (
	// MinGain is the gain in bits below which there is honestly no rhythm: chance reaches it in fewer than 1 of 180 groups.
	MinGain = 7.5
	// MinOccurrences is the least number of occurrences that can have a rhythm.
	MinOccurrences = 3
	// MaxOccurrences is how many of the latest occurrences are looked at.
	MaxOccurrences = 400

	// minExplained is the least share of the occurrences that the rhythm explains, minFilled the least share of its slots in
	// which something occurred; less would not be a description of the group.
	minExplained = 0.6
	minFilled    = 0.4

	// episode joins what follows within two hours into one occurrence: one failure is often reported by several people.
	episode = 2 * time.Hour
)

// Input is what is known of a group.
type Input struct {
	At      []time.Time    // when it occurred, in any order
	Zone    *time.Location // in which the application's day runs; nil: UTC
	Changes []time.Time    // when the application was changed (releases), in any order
	Now     time.Time      // until when it was watched
}

// Rhythm says when something comes back.
type Rhythm struct {
	Kind  Kind   `json:"kind"`
	Words string `json:"words" doc:"last 3 days of the month and the 1st, at 01:00"`
	// Rule is the rhythm as a rule of the business calendar, where one can say it, for a schedule.
	Rule string `json:"rule,omitempty" doc:"as a rule of the business calendar, where one can say it"`
	// Explained of Occurrences fit; Filled of Slots that the rhythm had in the time looked at saw one.
	Explained   int `json:"explained"`
	Occurrences int `json:"occurrences" doc:"reports within two hours count as one"`
	Filled      int `json:"filled"`
	Slots       int `json:"slots"`
	// Missed is how many slots have passed since it occurred last: it may be over.
	Missed int     `json:"missed"`
	Gain   float64 `json:"gain" doc:"bits that the rhythm saves against chance; 7.5 is the least that counts"`
	// Regularity is the harmonic mean of the shares explained and filled, 0 to 1.
	Regularity float64 `json:"regularity"`

	Days days `json:"days,omitzero"`
	// From and Width are the time of day in minutes after midnight; Width 0: any time of the day.
	From  int `json:"from,omitempty"`
	Width int `json:"width,omitempty"`
	// Period and Phase are those of an interval, in minutes; Wall: counted on the clock on the wall, not on a stopwatch.
	Period int  `json:"period,omitempty"`
	Phase  int  `json:"phase,omitempty"`
	Wall   bool `json:"wall,omitempty"`
	// Within is how long after a change, in minutes.
	Within int `json:"within,omitempty"`
}

// Find gives the best short description of when something comes back, or none.
func Find(in Input) (Rhythm, bool) {
	if in.Zone == nil {
		in.Zone = time.UTC
	}
	at := slices.Clone(in.At)
	slices.SortFunc(at, time.Time.Compare)
	if len(at) > MaxOccurrences {
		at = at[len(at)-MaxOccurrences:]
	}
	best := Rhythm{Gain: MinGain}
	var by *watched
	if episodes := apart(at, episode); len(episodes) >= MinOccurrences {
		w := watch(episodes, in)
		consider := func(r Rhythm) {
			if r.Gain >= best.Gain {
				best, by = r, w
			}
		}
		w.byDays(consider)
		w.byChanges(in.Changes, consider)
	}
	if singles := apart(at, 4*time.Minute); len(singles) >= minInterval {
		w := watch(singles, in)
		w.byInterval(func(r Rhythm) {
			if r.Gain >= best.Gain {
				best, by = r, w
			}
		})
	}
	if by == nil {
		return Rhythm{}, false
	}
	best.describe(by.times(best))
	best.Missed = by.missed(best)
	best.Regularity = harmonic(float64(best.Explained)/float64(best.Occurrences), float64(best.Filled)/float64(max(best.Slots, 1)))
	best.Gain = math.Round(best.Gain*10) / 10
	return best, true
}

func harmonic(a, b float64) float64 {
	if a+b == 0 {
		return 0
	}
	return math.Round(200*a*b/(a+b)) / 100
}

// apart leaves out what follows the one before within d.
func apart(at []time.Time, d time.Duration) []time.Time {
	var out []time.Time
	var last time.Time
	for i, t := range at {
		if i == 0 || t.Sub(last) > d {
			out = append(out, t)
		}
		last = t
	}
	return out
}

// watched is the time in which a group was watched, with its occurrences on the clock of its zone.
type watched struct {
	zone   *time.Location
	now    time.Time
	at     []time.Time
	day    []int // of each occurrence, days since the first day
	minute []int // of each occurrence, after midnight
	days   []dayFacts
	from   time.Time
	plain  float64 // bits of the plain description
	clock  float64 // of which for the times of day
}

// watch lays the occurrences out on the days from a little before the first to a little after the last: half the mean
// distance, so that the ends carry no meaning.
func watch(at []time.Time, in Input) *watched {
	w := &watched{zone: in.Zone, now: in.Now, at: at}
	first, last := at[0], at[len(at)-1]
	gap := last.Sub(first) / time.Duration(max(len(at)-1, 1)) / 2
	w.from = first.Add(-gap)
	to := last.Add(gap)
	if !in.Now.IsZero() && to.After(in.Now) {
		to = in.Now
	}
	if to.Before(last) {
		to = last
	}
	start := civil(w.from.In(in.Zone))
	w.days = factsOf(start, civil(to.In(in.Zone))-start+1)
	shift := w.shift()
	for _, t := range at {
		l := t.In(in.Zone)
		d, m := civil(l)-start, 60*l.Hour()+l.Minute()
		// A rhythm around midnight belongs to one day, not to two.
		if shift > 0 && m >= shift {
			d++
			m -= 1440
		} else if shift < 0 && m < -shift {
			d--
			m += 1440
		}
		w.day, w.minute = append(w.day, min(max(d, 0), len(w.days)-1)), append(w.minute, m)
	}
	w.plain, w.clock = w.chance()
	return w
}

// shift says whether all occurrences stand around midnight: a positive result counts times from it on to the next day,
// a negative one counts times before it to the day before, 0 leaves the days as they are.
func (w *watched) shift() int {
	early, late, n := 0, 0, len(w.at)
	sum := 0
	for _, t := range w.at {
		l := t.In(w.zone)
		m := 60*l.Hour() + l.Minute()
		switch {
		case m < 180:
			early++
			sum += m
		case m >= 1260:
			late++
			sum += m - 1440
		}
	}
	if early == 0 || late == 0 || 10*(early+late) < 7*n {
		return 0
	}
	if sum >= 0 {
		return 1260
	}
	return -180
}

// civil numbers the days: the day of the clock on the wall, since 1970-01-01.
func civil(local time.Time) int {
	y, m, d := local.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func dateOf(civil int) time.Time { return time.Unix(int64(civil)*86400, 0).UTC() }
