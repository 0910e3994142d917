package urgency

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

const day = 24 * time.Hour

// Duration is a length of time in words, cut to the two largest units: "9 h 20
// min", "2 d 4 h", "38 min", "under a minute". The sign is dropped: the
// sentence around it says whether the time is left or over.
func Duration(d time.Duration) string {
	if d < 0 {
		d = max(-d, -(d + 1)) // the smallest Duration has no positive counterpart
	}
	days, hours, minutes := int64(d/day), int64(d%day/time.Hour), int64(d%time.Hour/time.Minute)
	switch {
	case days > 0 && hours > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case days > 0:
		return fmt.Sprintf("%d d", days)
	case hours > 0 && minutes > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	case hours > 0:
		return fmt.Sprintf("%d h", hours)
	case minutes > 0:
		return fmt.Sprintf("%d min", minutes)
	}
	return "under a minute"
}

// LearnEffort is the time within which 80 of 100 of the given tickets were
// resolved (nearest rank, so always one of the given times). Times of zero or
// less say nothing about work and are left out. It answers false where fewer
// than MinSample remain.
func LearnEffort(durations []time.Duration, s Settings, source string) (Effort, bool) {
	times := slices.Clone(durations)
	times = slices.DeleteFunc(times, func(d time.Duration) bool { return d <= 0 })
	n := len(times)
	if n < max(s.MinSample, 1) {
		return Effort{}, false
	}
	slices.SortFunc(times, cmp.Compare[time.Duration])
	return Effort{P80: times[(n*4+4)/5-1], Sample: n, Source: source}, true
}

// maxEffort keeps sums of times within what a time.Duration can hold.
const maxEffort = 10 * 365 * day

// orDefault is the effort to count with. It is rounded up to whole
// milliseconds, the unit in which instants are stored: a stored TurnsAt must
// not lie before the turn.
func (e Effort) orDefault(s Settings) Effort {
	if e.P80 <= 0 || e.Source == SourceDefault {
		e = Effort{P80: s.DefaultEffort, Source: SourceDefault}
		if e.P80 <= 0 {
			e.P80 = DefaultSettings().DefaultEffort
		}
	}
	e.P80 = wholeMillis(e.P80)
	return e
}

func wholeMillis(d time.Duration) time.Duration {
	d = min(max(d, 0), maxEffort)
	return (d + time.Millisecond - 1).Truncate(time.Millisecond)
}
