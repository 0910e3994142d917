package recurrence

import (
	"iter"
	"time"
)

// Kind is a family of rhythms.
type Kind string

const (
	Daily        Kind = "daily"         // every day at a time
	Workdays     Kind = "workdays"      // Monday to Friday at a time
	Weekly       Kind = "weekly"        // on weekdays
	EveryWeeks   Kind = "every_weeks"   // every second Tuesday
	EveryDays    Kind = "every_days"    // every 10 days
	MonthDay     Kind = "month_day"     // the 5th; the last day
	MonthTurn    Kind = "month_turn"    // the last 3 days of the month and the 1st
	MonthRange   Kind = "month_range"   // the 10th to the 12th
	MonthPair    Kind = "month_pair"    // the 1st and the 15th
	MonthWorkday Kind = "month_workday" // the 1st workday of the month; the last but one
	WorkTurn     Kind = "work_turn"     // the last 2 workdays of the month and the 1st workday
	MonthWeekday Kind = "month_weekday" // the 2nd Tuesday of the month; the last Friday
	QuarterTurn  Kind = "quarter_turn"  // the last day of the quarter; its first two
	QuarterWork  Kind = "quarter_work"  // the first workday of the quarter
	AfterChange  Kind = "after_change"  // within some hours of a change
	Interval     Kind = "interval"      // every 90 minutes
)

// families is how many there are, for the price of naming one.
const families = 16

// days is a set of days.
type days struct {
	Kind   Kind  `json:"-"`
	Last   int   `json:"last,omitempty"`   // so many days before the end, or the n-th from the end
	First  int   `json:"first,omitempty"`  // so many days from the start, or the n-th
	Week   uint8 `json:"week,omitempty"`   // bit 0 is Sunday, as in time.Weekday
	Every  int   `json:"every,omitempty"`  // weeks or days
	Anchor int   `json:"anchor,omitempty"` // a day of it, since 1970-01-01
}

// dayFacts is what rules ask of a day.
type dayFacts struct {
	civil    int
	weekday  time.Weekday
	month    time.Month
	first    int // 1 for the 1st
	last     int // 1 for the last day
	work     bool
	workday  int // 1 for the first workday of the month; 0: none
	workLast int
	nth      int // 2 for the 2nd Tuesday
	nthLast  int
}

// factsOf gives n days from a day on. A workday is Monday to Friday, as in package calendar.
func factsOf(start, n int) []dayFacts {
	out := make([]dayFacts, 0, n)
	for i := range n {
		out = append(out, factsAt(start+i))
	}
	return out
}

func factsAt(day int) dayFacts {
	t := dateOf(day)
	y, m, d := t.Date()
	length := time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day()
	f := dayFacts{civil: day, weekday: t.Weekday(), month: m, first: d, last: length - d + 1, nth: (d-1)/7 + 1, nthLast: (length-d)/7 + 1}
	f.work = isWork(f.weekday)
	if f.work {
		for k := 1; k <= d; k++ {
			if isWork((f.weekday + time.Weekday(70-(d-k))) % 7) {
				f.workday++
			}
		}
		for k := d; k <= length; k++ {
			if isWork((f.weekday + time.Weekday(k-d)) % 7) {
				f.workLast++
			}
		}
	}
	return f
}

func isWork(d time.Weekday) bool { return d != time.Saturday && d != time.Sunday }

// has reports whether the day is in the set.
func (d days) has(f *dayFacts) bool {
	switch d.Kind {
	case Daily:
		return true
	case Workdays:
		return f.work
	case Weekly:
		return d.Week&(1<<f.weekday) != 0
	case EveryWeeks:
		return mod(f.civil-d.Anchor, 7*d.Every) == 0
	case EveryDays:
		return mod(f.civil-d.Anchor, d.Every) == 0
	case MonthDay, MonthTurn:
		return f.first <= d.First && (d.Kind == MonthTurn || f.first == d.First) || f.last <= d.Last && (d.Kind == MonthTurn || f.last == d.Last)
	case MonthRange:
		return f.first >= d.First && f.first <= d.Last
	case MonthPair:
		return f.first == d.First || f.first == d.Last || d.Last == 0 && f.last == 1
	case MonthWorkday:
		return f.work && (f.workday == d.First || f.workLast == d.Last)
	case WorkTurn:
		return f.work && (f.workday <= d.First || f.workLast <= d.Last)
	case MonthWeekday:
		return d.Week == 1<<f.weekday && (f.nth == d.First || f.nthLast == d.Last)
	case QuarterTurn:
		return f.month%3 == 1 && f.first <= d.First || f.month%3 == 0 && f.last <= d.Last
	case QuarterWork:
		return f.work && (f.month%3 == 1 && f.workday == d.First || f.month%3 == 0 && f.workLast == d.Last)
	}
	return false
}

func mod(a, n int) int { return ((a % n) + n) % n }

// ranged sets hold days that follow one another within a month: a single failure that drags on fills them too.
func (d days) ranged() bool {
	switch d.Kind {
	case MonthTurn, MonthRange, WorkTurn, QuarterTurn:
		return true
	}
	return false
}

// needsTime are sets that only say something together with a time of day.
func (d days) needsTime() bool { return d.Kind == Daily || d.Kind == Workdays }

// least is how many slots must have been filled before the rhythm is believed, whatever the score: a bad week is no rhythm.
func (d days) least() int {
	switch d.Kind {
	case Daily, Workdays:
		return 8
	case Weekly, EveryDays:
		return 4
	}
	return MinOccurrences
}

// candidates gives every set of days that is tried, with the bits it takes to name it. at are the days that something
// occurred on: sets that none of them is in cannot win and are left out; they are paid for all the same.
func candidates(at []dayFacts) iter.Seq2[days, float64] {
	family := log2(families)
	return func(yield func(days, float64) bool) {
		give := func(d days, of int) bool { return yield(d, family+log2(of)) }
		if !give(days{Kind: Daily}, 1) || !give(days{Kind: Workdays}, 1) {
			return
		}
		for mask := uint8(1); mask < 127; mask++ { // single days are the likely ones: half of the code is theirs
			of := 2 * 7
			if mask&(mask-1) != 0 {
				of = 2 * 119
			}
			if !give(days{Kind: Weekly, Week: mask}, of) {
				return
			}
		}
		anchors := map[int]bool{}
		for _, f := range at {
			anchors[f.civil] = true
		}
		seen := map[[3]int]bool{}
		for day := range anchors {
			for _, weeks := range []int{2, 3, 4} {
				key := [3]int{1, weeks, mod(day, 7*weeks)}
				if !seen[key] && !give(days{Kind: EveryWeeks, Every: weeks, Anchor: key[2]}, 3*7*weeks) {
					return
				}
				seen[key] = true
			}
			for every := 2; every <= 45; every++ {
				if every%7 == 0 {
					continue
				}
				key := [3]int{2, every, mod(day, every)}
				if !seen[key] && !give(days{Kind: EveryDays, Every: every, Anchor: key[2]}, 38*every) {
					return
				}
				seen[key] = true
			}
		}
		// People and programs say "the 1st" and "the last day" more often than any other, and more often than the workday.
		ends := func(n, end, other int) int {
			if n == 1 {
				return end
			}
			return other
		}
		for n := 1; n <= 28; n++ {
			if !give(days{Kind: MonthDay, First: n}, ends(n, 8, 66)) {
				return
			}
		}
		for n := 1; n <= 5; n++ {
			if !give(days{Kind: MonthDay, Last: n}, ends(n, 8, 66)) || !give(days{Kind: MonthWorkday, First: n}, ends(n, 12, 24)) || !give(days{Kind: MonthWorkday, Last: n}, ends(n, 12, 24)) {
				return
			}
		}
		for last := range 7 {
			for first := range 7 {
				if last+first < 2 {
					continue
				}
				if !give(days{Kind: MonthTurn, Last: last, First: first}, 46) {
					return
				}
				if last < 4 && first < 4 && !give(days{Kind: WorkTurn, Last: last, First: first}, 13) {
					return
				}
			}
		}
		for first := 2; first <= 26; first++ {
			for length := 2; length <= 5 && first+length-1 <= 28; length++ {
				if !give(days{Kind: MonthRange, First: first, Last: first + length - 1}, 97) {
					return
				}
			}
		}
		for first := 1; first <= 28; first++ {
			for second := first + 2; second <= 29; second++ {
				if !give(days{Kind: MonthPair, First: first, Last: second % 29}, 378) {
					return
				}
			}
		}
		for week := range 7 {
			for n := 1; n <= 4; n++ {
				if !give(days{Kind: MonthWeekday, Week: 1 << week, First: n}, 35) {
					return
				}
			}
			if !give(days{Kind: MonthWeekday, Week: 1 << week, Last: 1}, 35) {
				return
			}
		}
		for last := range 6 {
			for first := range 6 {
				if last+first > 0 && !give(days{Kind: QuarterTurn, Last: last, First: first}, ends(last+first, 8, 66)) {
					return
				}
			}
		}
		for n := 1; n <= 5; n++ {
			if !give(days{Kind: QuarterWork, First: n}, ends(n, 12, 24)) || !give(days{Kind: QuarterWork, Last: n}, ends(n, 12, 24)) {
				return
			}
		}
	}
}
