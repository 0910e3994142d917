package recurrence

import (
	"fmt"
	"time"

	"firebreak/internal/calendar"
)

// ahead is how many days Next looks at: the distance of quarters, twice.
const ahead = 200

// Next gives the next n instants at which the rhythm expects an occurrence, after an instant. Where it has no time of
// day the instant is noon. What follows changes cannot be foreseen: nothing.
func (r Rhythm) Next(after time.Time, zone *time.Location, n int) (out []time.Time) {
	if zone == nil {
		zone = time.UTC
	}
	switch r.Kind {
	case AfterChange, "":
		return nil
	case Interval:
		return r.nextIntervals(after, zone, n)
	}
	set := r.Days
	set.Kind = r.Kind
	minute := 12 * 60
	if r.Width > 0 {
		minute = r.From + r.Width/2
	}
	start := civil(after.In(zone)) - 1
	for i := 0; i < ahead && len(out) < n; i++ {
		f := factsAt(start + i)
		if !set.has(&f) {
			continue
		}
		if at := wallTime(start+i+floor(minute, 1440), mod(minute, 1440), zone); at.After(after) {
			out = append(out, at)
		}
	}
	return out
}

func floor(a, n int) int { return (a - mod(a, n)) / n }

// wallTime is the instant of a time of day, by the calendar's rule for days on which the clocks change.
func wallTime(day, minute int, zone *time.Location) time.Time {
	once, err := calendar.Parse(fmt.Sprintf("once %s %s", dateOf(day).Format(time.DateOnly), hhmm(minute)))
	if err != nil {
		return time.Time{}
	}
	at, _ := once.Next(dateOf(day).AddDate(0, 0, -2), zone)
	return at
}

func (r Rhythm) nextIntervals(after time.Time, zone *time.Location, n int) (out []time.Time) {
	if r.Period <= 0 {
		return nil
	}
	minutes := after.Unix() / 60
	if r.Wall {
		_, offset := after.In(zone).Zone()
		minutes += int64(offset / 60)
	}
	next := minutes - int64(mod(int(minutes)-r.Phase, r.Period)) + int64(r.Period)
	for ; len(out) < n; next += int64(r.Period) {
		at := time.Unix(next*60, 0).UTC()
		if r.Wall {
			at = wallTime(int(next/1440), int(next%1440), zone)
		}
		if at.After(after) {
			out = append(out, at)
		}
	}
	return out
}

// Fits reports whether an occurrence belongs to the rhythm, for a picture. Changes are not looked at.
func (r Rhythm) Fits(at time.Time, zone *time.Location) bool {
	if zone == nil {
		zone = time.UTC
	}
	l := at.In(zone)
	switch r.Kind {
	case AfterChange, "":
		return false
	case Interval:
		minutes := at.Unix() / 60
		if r.Wall {
			_, offset := l.Zone()
			minutes += int64(offset / 60)
		}
		return mod(int(minutes)-r.Phase+r.Width/2, r.Period) <= r.Width
	}
	set := r.Days
	set.Kind = r.Kind
	day, minute := civil(l), 60*l.Hour()+l.Minute()
	if r.Width > 0 && !within(minute, r.From, r.Width) {
		return false
	}
	// A window over midnight belongs to the day it begins on, or to the one it ends on: both are looked at.
	for _, d := range []int{day, day - 1, day + 1} {
		if d != day && (r.Width == 0 || r.From+r.Width <= 1440 && r.From >= 0) {
			continue
		}
		if f := factsAt(d); set.has(&f) {
			return true
		}
	}
	return false
}
