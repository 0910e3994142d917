package recurrence

import (
	"math"
	"slices"
)

// minInterval is the least number of occurrences that an interval is seen in.
const minInterval = 6

// periods are the intervals that are tried, in minutes: every 5 minutes up to 4 hours, every half hour up to 23 hours.
var periods = func() (out []int) {
	for p := 10; p <= 240; p += 5 {
		out = append(out, p)
	}
	for p := 270; p < 24*60; p += 30 {
		out = append(out, p)
	}
	return out
}()

// tolerances are how far around its instant an occurrence may be, as parts of the period.
var tolerances = []int{20, 10, 5, 3}

// byInterval tries whether it comes every so many minutes. Intervals that divide the day are counted on the clock on the
// wall, as schedulers of clock times do; all others on a stopwatch, so that a change of the clocks does not move them.
func (w *watched) byInterval(consider func(Rhythm)) {
	n := len(w.at)
	elapsed, wall := make([]float64, n), make([]float64, n)
	for i, t := range w.at {
		elapsed[i] = float64(t.Unix()) / 60
		_, offset := t.In(w.zone).Zone()
		wall[i] = elapsed[i] + float64(offset)/60
	}
	for _, period := range periods {
		onWall := 1440%period == 0
		at := elapsed
		if onWall {
			at = wall
		}
		total := at[n-1] - at[0] + float64(period)
		slots := int(math.Round(total / float64(period)))
		if slots < minInterval || float64(slots)*minFilled > float64(n) {
			continue
		}
		for _, part := range tolerances {
			width := max(2, period/part)
			phase := best(at, period, width)
			used := map[int]bool{}
			explained := 0
			for _, t := range at {
				off := math.Mod(t-float64(phase), float64(period))
				if off < 0 {
					off += float64(period)
				}
				if off < float64(width) {
					explained++
					used[int(math.Floor((t-float64(phase))/float64(period)))] = true
				}
			}
			filled := len(used)
			if filled < minInterval || filled > slots || float64(explained) < 0.7*float64(n) || float64(filled) < minFilled*float64(slots) {
				continue
			}
			bits := log2(families) + log2(len(periods)) + log2(len(tolerances)) + log2(2*period/width) + log2(n+1) +
				choose(slots, filled) + float64(filled)*log2(width) + w.exceptions(n-filled, true)
			consider(Rhythm{Kind: Interval, Period: period, Phase: (phase + width/2) % period, Wall: onWall, Width: width,
				Explained: explained, Occurrences: n, Filled: filled, Slots: slots, Gain: w.plain - bits})
		}
	}
}

// best gives the phase of the window that most instants fall into; it is a multiple of half the window.
func best(at []float64, period, width int) int {
	step := max(1, width/2)
	offsets := make([]float64, len(at))
	for i, t := range at {
		offsets[i] = math.Mod(t, float64(period))
	}
	slices.Sort(offsets)
	top, phase := 0, 0
	for p := 0; p < period; p += step {
		count := between(offsets, float64(p), float64(p+width))
		if p+width > period {
			count += between(offsets, 0, float64(p+width-period))
		}
		if count > top {
			top, phase = count, p
		}
	}
	return phase
}

func between(sorted []float64, from, to float64) int {
	i, _ := slices.BinarySearch(sorted, from)
	j, _ := slices.BinarySearch(sorted, to)
	return j - i
}
