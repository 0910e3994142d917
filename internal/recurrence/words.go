package recurrence

import (
	"fmt"
	"strings"
	"time"

	"firebreak/internal/calendar"
)

// describe sets the words and the calendar rule. times are the minutes after From of what fits, ascending.
func (r *Rhythm) describe(times []int) {
	switch r.Kind {
	case Interval:
		r.Words = "every " + span(r.Period)
		return
	case AfterChange:
		r.Words = "within " + span(r.Within) + " after a change"
		return
	}
	at, clock := r.timeOfDay(times)
	r.Words = r.Days.words()
	if at != "" {
		r.Words += " " + at
	}
	if rule := r.Days.rule(); rule != "" && r.Width > 0 {
		if parsed, err := calendar.Parse(rule + " " + hhmm(clock)); err == nil {
			r.Rule = parsed.String()
		}
	}
}

// timeOfDay says when on the day, and the minute at which a schedule would act.
func (r *Rhythm) timeOfDay(times []int) (string, int) {
	if r.Width == 0 || len(times) == 0 {
		return "", 0
	}
	low, high, middle := times[len(times)/20], times[len(times)-1-len(times)/20], times[len(times)/2]
	at := func(minute, step int) int { return mod((r.From+minute+step/2)/step*step, 1440) }
	switch spread := high - low; {
	case spread <= 10:
		minute := at(middle, 5)
		if quarter := at(middle, 15); mod(r.From+middle-quarter+2, 1440) <= 6 {
			minute = quarter // clocks are set to quarters, and what fails is reported a little later
		}
		return "at " + hhmm(minute), minute
	case spread <= 32:
		from, to := mod((r.From+low)/5*5, 1440), at(high+2, 5)
		return "between " + hhmm(from) + " and " + hhmm(to), from
	case r.Width <= 120:
		return "around " + hhmm(at(middle, 15)), at(middle, 15)
	}
	return "between " + hhmm(r.From) + " and " + hhmm(mod(r.From+r.Width, 1440)), at(middle, 30)
}

func hhmm(minute int) string {
	return fmt.Sprintf("%02d:%02d", mod(minute, 1440)/60, mod(minute, 1440)%60)
}

func span(minutes int) string {
	switch {
	case minutes == 60:
		return "hour"
	case minutes%60 == 0:
		return fmt.Sprintf("%d hours", minutes/60)
	}
	return fmt.Sprintf("%d minutes", minutes)
}

var weekdayOrder = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

func (d days) words() string {
	switch d.Kind {
	case Daily:
		return "daily"
	case Workdays:
		return "workdays"
	case Weekly:
		return weekWords(d.Week)
	case EveryWeeks:
		return "every " + nth(d.Every) + " " + weekdayOf(d.Anchor).String()
	case EveryDays:
		return fmt.Sprintf("every %d days", d.Every)
	case MonthDay:
		if d.Last > 0 {
			return fromEnd(d.Last, "day") + " of the month"
		}
		return "the " + ordinal(d.First) + " of the month"
	case MonthTurn:
		return turn(d, "day", "month")
	case MonthRange:
		return fmt.Sprintf("the %s to the %s of the month", ordinal(d.First), ordinal(d.Last))
	case MonthPair:
		if d.Last == 0 {
			return "the " + ordinal(d.First) + " and the last day of the month"
		}
		return "the " + ordinal(d.First) + " and the " + ordinal(d.Last) + " of the month"
	case MonthWorkday:
		if d.Last > 0 {
			return fromEnd(d.Last, "workday") + " of the month"
		}
		return "the " + ordinal(d.First) + " workday of the month"
	case WorkTurn:
		return turn(d, "workday", "month")
	case MonthWeekday:
		name := weekWord(d.Week)
		if d.Last > 0 {
			return "the last " + name + " of the month"
		}
		return "the " + ordinal(d.First) + " " + name + " of the month"
	case QuarterTurn:
		return turn(d, "day", "quarter")
	case QuarterWork:
		if d.Last > 0 {
			return fromEnd(d.Last, "workday") + " of the quarter"
		}
		return "the " + ordinal(d.First) + " workday of the quarter"
	}
	return string(d.Kind)
}

// turn is for days around the turn of a month or quarter.
func turn(d days, unit, of string) string {
	last, first := "", ""
	switch {
	case d.Last == 1:
		last = "the last " + unit
	case d.Last > 1:
		last = fmt.Sprintf("the last %d %ss", d.Last, unit)
	}
	switch {
	case d.First == 1 && unit == "day" && of == "month":
		first = "the 1st"
	case d.First == 1:
		first = "the first " + unit
	case d.First > 1:
		first = fmt.Sprintf("the first %d %ss", d.First, unit)
	}
	switch {
	case last == "":
		return first + " of the " + of
	case first == "":
		return last + " of the " + of
	}
	return last + " of the " + of + " and " + first
}

func fromEnd(n int, unit string) string {
	switch n {
	case 1:
		return "the last " + unit
	case 2:
		return "the last " + unit + " but one"
	}
	return fmt.Sprintf("%d %ss before the last", n-1, unit)
}

func weekdayOf(civil int) time.Weekday { return dateOf(civil).Weekday() }

func weekWord(mask uint8) string {
	for _, d := range weekdayOrder {
		if mask == 1<<d {
			return d.String()
		}
	}
	return ""
}

func weekWords(mask uint8) string {
	if mask == 1<<time.Saturday|1<<time.Sunday {
		return "weekends"
	}
	var in []time.Weekday
	for _, d := range weekdayOrder {
		if mask&(1<<d) != 0 {
			in = append(in, d)
		}
	}
	contiguous := len(in) > 2
	for i := 1; i < len(in); i++ {
		if (in[i]+6)%7 != (in[i-1]+6)%7+1 {
			contiguous = false
		}
	}
	if contiguous {
		return in[0].String() + " to " + in[len(in)-1].String()
	}
	names := make([]string, len(in))
	for i, d := range in {
		names[i] = d.String() + "s"
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func nth(n int) string {
	switch n {
	case 2:
		return "second"
	case 3:
		return "third"
	}
	return "fourth"
}

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

// rule is the set of days as the business calendar writes it, "" where it has no words for it.
func (d days) rule() string {
	lastDays := func(n int) (out []string) {
		for i := n - 1; i > 0; i-- {
			out = append(out, fmt.Sprintf("last-%d", i))
		}
		return append(out, "last")
	}
	var list []string
	switch d.Kind {
	case Daily:
		return "daily"
	case Workdays:
		return "workdays"
	case Weekly:
		for _, w := range weekdayOrder {
			if d.Week&(1<<w) != 0 {
				list = append(list, strings.ToLower(w.String()[:3]))
			}
		}
		return "weekly " + strings.Join(list, ",")
	case MonthDay:
		if d.Last > 0 {
			return "monthly " + lastDays(d.Last)[0]
		}
		return fmt.Sprintf("monthly %d", d.First)
	case MonthTurn:
		if d.Last > 0 {
			list = lastDays(d.Last)
		}
		for i := 1; i <= d.First; i++ {
			list = append(list, fmt.Sprint(i))
		}
		return "monthly " + strings.Join(list, ",")
	case MonthRange:
		for i := d.First; i <= d.Last; i++ {
			list = append(list, fmt.Sprint(i))
		}
		return "monthly " + strings.Join(list, ",")
	case MonthPair:
		if d.Last == 0 {
			return fmt.Sprintf("monthly %d,last", d.First)
		}
		return fmt.Sprintf("monthly %d,%d", d.First, d.Last)
	case MonthWorkday:
		switch {
		case d.First == 1:
			return "monthly first workday"
		case d.Last == 1:
			return "monthly last workday"
		}
	}
	return ""
}
