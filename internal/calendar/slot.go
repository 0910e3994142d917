package calendar

import "time"

const (
	// horizon is how many months ahead Next looks. The widest distance between
	// two days of a rule is 29 February across a century that is no leap year:
	// 8 years.
	horizon = 8*12 + 1
	// lastYear is the last year in which slots are looked for; RFC 3339 can
	// write no later one.
	lastYear = 9999
)

// Next is the first instant of the rule strictly after the given one, in zone;
// a nil zone is UTC. It answers false when there is none: a once in the past,
// the zero Rule, or a year beyond 9999.
//
// Where the clocks go forward over a local time, the instant is the first one
// after the gap; where they go back, it is the first of the two. Two times of
// day inside one gap are therefore one instant.
func (r Rule) Next(after time.Time, zone *time.Location) (time.Time, bool) {
	if zone == nil {
		zone = time.UTC
	}
	// Every slot at or before the local time of after lies at or before after,
	// so its local day is early enough to start from.
	year, month, day := after.In(zone).Date()
	if year < 1 {
		year, month, day = 1, time.January, 1
	}
	if r.kind == once && (r.once.year > year || r.once.year == year && r.once.month > month) {
		year, month, day = r.once.year, r.once.month, 1
	}
	for range horizon {
		if year > lastYear {
			break
		}
		for set := r.days(year, month) >> day << day; set != 0; set &= set - 1 {
			d := date{year, month, set.first()}
			for _, m := range r.times {
				if at := instant(d, m, zone); at.After(after) {
					return at, true
				}
			}
		}
		day = 1
		if month++; month > time.December {
			year, month = year+1, time.January
		}
	}
	return time.Time{}, false
}

// Between lists the instants of the rule from the first instant given
// (included) to the second (excluded), oldest first, at most limit of them.
func (r Rule) Between(from, to time.Time, zone *time.Location, limit int) []time.Time {
	var slots []time.Time
	for after := from.Add(-1); len(slots) < limit; {
		at, ok := r.Next(after, zone)
		if !ok || !at.Before(to) {
			break
		}
		slots = append(slots, at)
		after = at
	}
	return slots
}

// instant is the first instant at which the clocks of the zone show the local
// time or a later one. That one definition gives the end of a gap and the first
// pass of a fold, whatever their length, and keeps slots in order; time.Date
// promises neither.
func instant(d date, m minute, zone *time.Location) time.Time {
	wall := time.Date(d.year, d.month, d.day, 0, int(m), 0, 0, time.UTC)
	// No zone is or was further than this from UTC, so its clocks were still
	// before the local time.
	at := wall.Add(-26 * time.Hour).In(zone)
	for {
		start, end := at.ZoneBounds()
		_, offset := at.Zone()
		found := wall.Add(-time.Duration(offset) * time.Second).In(zone)
		if !start.IsZero() && found.Before(start) {
			found = start
		}
		if end.IsZero() || found.Before(end) {
			return found
		}
		at = end
	}
}
