package recurrence

import (
	"slices"
	"time"
)

// widths are the windows of the time of day that are tried, in minutes. A window begins at a multiple of half its width.
var widths = []int{10, 30, 60, 120, 240}

// byDays tries every set of days, with every time of day and with none.
func (w *watched) byDays(consider func(Rhythm)) {
	n := len(w.at)
	at := make([]dayFacts, n)
	for i, d := range w.day {
		at[i] = w.days[d]
	}
	runs := w.runs()
	in := make([]bool, len(w.days))
	for d, price := range candidates(at) {
		inside := 0
		for i := range at {
			if d.has(&at[i]) {
				inside++
			}
		}
		if float64(inside) < minExplained*float64(n) {
			continue
		}
		slots := 0
		for i := range w.days {
			in[i] = d.has(&w.days[i])
			if in[i] {
				slots++
			}
		}
		guard := price
		if d.ranged() {
			var ok bool
			if guard, ok = w.asRuns(d, price, runs, in); !ok {
				continue
			}
		}
		try := func(from, width int) {
			filled, explained := w.fill(in, from, width)
			if filled < d.least() || float64(explained) < minExplained*float64(n) || float64(filled) < minFilled*float64(slots) {
				return
			}
			m := n - filled
			bits := price + log2(n+1) + choose(slots, filled) + log2(len(widths)+1)
			if width > 0 {
				bits += log2(2*1440/width) + float64(filled)*log2(width) + w.exceptions(m, true)
			} else {
				bits += w.clock + w.exceptions(m, false)
			}
			gain := w.plain - bits
			if d.ranged() && width == 0 {
				gain = min(gain, guard)
			}
			consider(Rhythm{Kind: d.Kind, Days: d, From: from, Width: width, Explained: explained, Occurrences: n, Filled: filled, Slots: slots, Gain: gain})
		}
		if !d.needsTime() {
			try(0, 0)
		}
		for _, width := range widths {
			if d.needsTime() && width > 120 {
				break // most people ask in the morning; that is no rhythm
			}
			try(w.window(in, width), width)
		}
	}
}

// fill counts the slots in which something occurred, and the occurrences that they explain.
func (w *watched) fill(in []bool, from, width int) (filled, explained int) {
	last := -1
	for i, d := range w.day {
		if !in[d] || width > 0 && !within(w.minute[i], from, width) {
			continue
		}
		explained++
		if d != last {
			filled++
			last = d
		}
	}
	return filled, explained
}

// within reports whether a minute of the day lies in a window, which may run over midnight.
func within(minute, from, width int) bool { return mod(minute-from, 1440) < width }

// window gives the beginning of the window of a width that most occurrences on the days of the set lie in.
func (w *watched) window(in []bool, width int) (from int) {
	step := width / 2
	counts := make([]int, 1440/step)
	for i, d := range w.day {
		if in[d] {
			k := mod(w.minute[i], 1440) / step
			counts[k]++
			counts[mod(k-1, len(counts))]++
		}
	}
	best := 0
	for k, c := range counts {
		if c > best {
			best, from = c, k*step
		}
	}
	return from
}

// times are the minutes of the day of the occurrences that fit, counted from the window's beginning.
func (w *watched) times(r Rhythm) (out []int) {
	for i, d := range w.day {
		if r.Width > 0 && within(w.minute[i], r.From, r.Width) && r.Days.has(&w.days[d]) {
			out = append(out, mod(w.minute[i]-r.From, 1440))
		}
	}
	slices.Sort(out)
	return out
}

// runs are the days on which something began that had not been there for a day and a half.
func (w *watched) runs() (out []int) {
	last := -9
	for _, d := range w.day {
		if d > last+1 {
			out = append(out, d)
		}
		last = d
	}
	return out
}

// asRuns is the gain of a set of neighbouring days when days in a row count once: one failure that drags on over four
// days must not look like four. Where in its days a run begins is named too: always on the first, or anywhere.
func (w *watched) asRuns(d days, price float64, runs []int, in []bool) (gain float64, ok bool) {
	n := len(runs)
	if n < MinOccurrences {
		return 0, false
	}
	blocks, length, size := 0, 0, 0
	starts := make([]bool, len(in))
	for i := range in {
		if !in[i] {
			size = 0
			continue
		}
		if size == 0 && (i > 0 || !before(d, w.days[0])) {
			blocks++
			starts[i] = true
		}
		size++
		length = max(length, size)
	}
	hits, first := 0, 0
	for _, r := range runs {
		if in[r] {
			hits++
			if starts[r] {
				first++
			}
		}
	}
	if hits > blocks {
		hits = blocks
	}
	if hits < MinOccurrences || float64(hits) < minExplained*float64(n) {
		return 0, false
	}
	plain := float64(n)*log2(len(w.days)) - factorial(n)
	place := float64(hits) * log2(length)
	if first >= hits {
		place = 0
	} else {
		place = min(place, choose(hits, min(first, hits))+log2(hits+1)+float64(hits-first)*log2(length-1))
	}
	bits := price + 1 + log2(n+1) + choose(blocks, hits) + place + w.exceptions(n-hits, false)
	return plain - bits, true
}

// before reports whether the day before belongs to the set, so that a block began outside of what is watched.
func before(d days, f dayFacts) bool {
	b := factsAt(f.civil - 1)
	return d.has(&b)
}

// missed counts the slots of a rhythm between its last occurrence and now.
func (w *watched) missed(r Rhythm) int {
	if w.now.IsZero() {
		return 0
	}
	n := 0
	last := w.at[len(w.at)-1].Add(12 * time.Hour)
	for _, at := range r.Next(last, w.zone, 100) {
		if at.Add(time.Duration(r.Width) * time.Minute).After(w.now) {
			break
		}
		n++
	}
	return n
}

// afterHours are the spans after a change that are tried.
var afterHours = []int{2, 6, 24, 48}

// byChanges tries whether it comes after changes of the application.
func (w *watched) byChanges(changes []time.Time, consider func(Rhythm)) {
	changes = slices.Clone(changes)
	slices.SortFunc(changes, time.Time.Compare)
	first, last := w.from, w.at[len(w.at)-1]
	changes = slices.DeleteFunc(changes, func(t time.Time) bool { return t.Before(first.Add(-48*time.Hour)) || t.After(last) })
	changes = apart(changes, episode)
	if len(changes) < MinOccurrences {
		return
	}
	n := len(w.at)
	for _, hours := range afterHours {
		span := time.Duration(hours) * time.Hour
		used := map[int]bool{}
		explained := 0
		for _, t := range w.at {
			i, exact := slices.BinarySearchFunc(changes, t, time.Time.Compare)
			if !exact {
				i--
			}
			if i >= 0 && t.Sub(changes[i]) < span {
				used[i] = true
				explained++
			}
		}
		filled := len(used)
		if filled < MinOccurrences || float64(explained) < minExplained*float64(n) || float64(filled) < minFilled*float64(len(changes)) {
			continue
		}
		bits := log2(families) + log2(len(afterHours)) + log2(n+1) + choose(len(changes), filled) + float64(filled)*log2(hours*60) + w.exceptions(n-filled, true)
		consider(Rhythm{Kind: AfterChange, Within: hours * 60, Explained: explained, Occurrences: n, Filled: filled, Slots: len(changes), Gain: w.plain - bits})
	}
}
