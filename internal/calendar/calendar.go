// Package calendar knows the dated business events of an application, such as
// "the billing run on the 1st at 06:00": which days a rule names, at which
// local times, and which instants those are in a time zone.
//
// A rule has no zone of its own: it names local days and times, and the zone
// is given when instants are asked for. A workday is Monday to Friday; public
// holidays are not known here.
package calendar

import (
	"fmt"
	"math/bits"
	"strings"
	"time"
)

// Rule is a set of local days and the local times on each of them. Parse makes
// one. The zero Rule names no day at all.
type Rule struct {
	kind  kind
	once  date       // once
	week  uint8      // weekly: bit 0 is Sunday, as in time.Weekday
	month []monthDay // monthly, in canonical order
	year  []yearDay  // yearly, in calendar order
	times []minute   // ascending, each once
}

type kind uint8

const (
	never kind = iota
	once
	daily
	workdays
	weekly
	monthly
	yearly
)

// minute is a local time of day in minutes after midnight, 0 to 1439.
type minute int

func (m minute) String() string { return fmt.Sprintf("%02d:%02d", int(m)/60, int(m)%60) }

type date struct {
	year  int
	month time.Month
	day   int
}

// yearDay is a day that returns every year. 29 February returns in leap years only.
type yearDay struct {
	month time.Month
	day   int
}

// anchor says what a monthDay counts from. The order of the constants is the
// order in which String lists them.
type anchor uint8

const (
	fromStart    anchor = iota // n is the day of the month, 1 to 31
	firstWorkday               // n unused
	fromEnd                    // n is days before the last day, 0 to 30
	lastWorkday                // n unused
)

type monthDay struct {
	anchor anchor
	n      int
}

// dayMask is a set of days of one month: bit d stands for day d, bit 0 is unused.
type dayMask uint32

func maskOf(day int) dayMask { return 1 << day }

// workweek has the bits of Monday to Friday.
const workweek uint8 = 1<<time.Monday | 1<<time.Tuesday | 1<<time.Wednesday | 1<<time.Thursday | 1<<time.Friday

// days is the set of days the rule names in one month.
func (r Rule) days(year int, month time.Month) dayMask {
	length := monthLength(year, month)
	whole := dayMask(1)<<(length+1) - 2
	switch r.kind {
	case once:
		if r.once.year == year && r.once.month == month {
			return maskOf(r.once.day)
		}
	case daily:
		return whole
	case workdays:
		return weekdayMask(year, month, length, workweek)
	case weekly:
		return weekdayMask(year, month, length, r.week)
	case monthly:
		var set dayMask
		for _, d := range r.month {
			set |= d.mask(year, month, length)
		}
		return set & whole
	case yearly:
		var set dayMask
		for _, d := range r.year {
			if d.month == month {
				set |= maskOf(d.day)
			}
		}
		return set & whole
	}
	return 0
}

// mask may name a day beyond the end of the month; the caller cuts it off.
func (d monthDay) mask(year int, month time.Month, length int) dayMask {
	switch d.anchor {
	case fromStart:
		return maskOf(d.n)
	case fromEnd:
		if d.n < length {
			return maskOf(length - d.n)
		}
		return 0
	}
	work := weekdayMask(year, month, length, workweek)
	if d.anchor == firstWorkday {
		return maskOf(bits.TrailingZeros32(uint32(work)))
	}
	return maskOf(31 - bits.LeadingZeros32(uint32(work)))
}

func weekdayMask(year int, month time.Month, length int, week uint8) dayMask {
	first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Weekday()
	var set dayMask
	for day := 1; day <= length; day++ {
		if week&(1<<((int(first)+day-1)%7)) != 0 {
			set |= maskOf(day)
		}
	}
	return set
}

func monthLength(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// IsZero reports whether the rule is the zero Rule, which never happens.
func (r Rule) IsZero() bool { return r.kind == never }

// Equal reports whether two rules name the same days and times in the same way.
func (r Rule) Equal(other Rule) bool { return r.String() == other.String() }

// String is the canonical text of the rule; Parse turns it back into an equal
// rule. The zero Rule gives the empty text.
func (r Rule) String() string {
	var days string
	switch r.kind {
	case once:
		days = fmt.Sprintf("once %04d-%02d-%02d", r.once.year, int(r.once.month), r.once.day)
	case daily:
		days = "daily"
	case workdays:
		days = "workdays"
	case weekly:
		days = "weekly " + list(r.weekdays(), ",", ",", func(d time.Weekday) string { return weekdayNames[d][:3] })
	case monthly:
		days = "monthly " + list(r.month, ",", ",", monthDay.String)
	case yearly:
		days = "yearly " + list(r.year, ",", ",", func(d yearDay) string { return fmt.Sprintf("%02d-%02d", int(d.month), d.day) })
	default:
		return ""
	}
	return days + " " + list(r.times, ",", ",", minute.String)
}

func (d monthDay) String() string {
	switch {
	case d.anchor == firstWorkday:
		return "first workday"
	case d.anchor == lastWorkday:
		return "last workday"
	case d.anchor == fromStart:
		return fmt.Sprint(d.n)
	case d.n == 0:
		return "last"
	}
	return fmt.Sprintf("last-%d", d.n)
}

// Sentence is the rule in plain English, without a capital and a full stop:
// "every month on the 1st at 06:00". The zero Rule gives "never".
func (r Rule) Sentence() string {
	var days string
	switch r.kind {
	case once:
		days = fmt.Sprintf("once on %d %s %d", r.once.day, r.once.month, r.once.year)
	case daily:
		days = "every day"
	case workdays:
		days = "every workday (Monday to Friday)"
	case weekly:
		days = "every " + list(r.weekdays(), ", ", " and ", time.Weekday.String)
	case monthly:
		days = "every month on " + list(r.month, ", ", " and ", monthDay.sentence)
	case yearly:
		days = "every year on " + list(r.year, ", ", " and ", yearDay.sentence)
	default:
		return "never"
	}
	return days + " at " + list(r.times, ", ", " and ", minute.String)
}

func (d monthDay) sentence() string {
	// Only the days that some months do not have need the remark.
	const skipped = " (in months that have it)"
	switch {
	case d.anchor == firstWorkday:
		return "the first workday"
	case d.anchor == lastWorkday:
		return "the last workday"
	case d.anchor == fromStart && d.n > 28:
		return "the " + ordinal(d.n) + skipped
	case d.anchor == fromStart:
		return "the " + ordinal(d.n)
	case d.n == 0:
		return "the last day"
	case d.n == 1:
		return "the day before the last day"
	case d.n > 27:
		return fmt.Sprintf("%d days before the last day%s", d.n, skipped)
	}
	return fmt.Sprintf("%d days before the last day", d.n)
}

func (d yearDay) sentence() string {
	text := fmt.Sprintf("%d %s", d.day, d.month)
	if d.month == time.February && d.day == 29 {
		text += " (in leap years)"
	}
	return text
}

// weekdays lists the days of a weekly rule from Monday to Sunday.
func (r Rule) weekdays() []time.Weekday {
	var days []time.Weekday
	for i := range 7 {
		if day := time.Weekday((i + 1) % 7); r.week&(1<<day) != 0 {
			days = append(days, day)
		}
	}
	return days
}

var weekdayNames = [...]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

func ordinal(n int) string {
	suffix := "th"
	if n/10 != 1 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return fmt.Sprintf("%d%s", n, suffix)
}

func list[T any](items []T, comma, last string, text func(T) string) string {
	parts := make([]string, len(items))
	for i, item := range items {
		parts[i] = text(item)
	}
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], comma) + last + parts[n-1]
	}
	return strings.Join(parts, comma)
}

// first is the smallest day of a set that is not empty.
func (s dayMask) first() int { return bits.TrailingZeros32(uint32(s)) }
