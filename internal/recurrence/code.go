package recurrence

import "math"

// choose is log2 of the number of ways to choose k of n.
func choose(n, k int) float64 {
	if k < 0 || k > n {
		return math.Inf(1)
	}
	return factorial(n) - factorial(k) - factorial(n-k)
}

// factorial is log2(n!).
func factorial(n int) float64 {
	g, _ := math.Lgamma(float64(n) + 1)
	return g / math.Ln2
}

func log2(n int) float64 { return math.Log2(float64(max(n, 1))) }

// chance is the length of the plain description: so many arrivals, each on any day at any time, in the shorter of several
// ways to say so. Arrivals may keep to workdays, and to hours of the day that are learned from themselves; neither is a
// rhythm. clock is the part for the times of day.
func (w *watched) chance() (all, clock float64) {
	n := len(w.at)
	clock = min(w.evenClock(n), w.officeClock(w.minute), w.learnedClock())
	return w.chanceDays() + clock - factorial(n), clock
}

func (w *watched) evenClock(n int) float64 { return float64(n) * log2(1440) }

// officeClock is for arrivals of which four of five come between 08:00 and 18:00.
func (w *watched) officeClock(minutes []int) (bits float64) {
	for _, m := range minutes {
		share := 0.2 / 840
		if m >= 8*60 && m < 18*60 {
			share = 0.8 / 600
		}
		bits -= math.Log2(share)
	}
	return bits
}

// learnedClock learns the hours while it reads (Krichevsky and Trofimov's estimator), the minutes within are even.
func (w *watched) learnedClock() (bits float64) {
	var seen [24]int
	for i, m := range w.minute {
		h := (m + 1440) % 1440 / 60
		bits -= math.Log2((float64(seen[h]) + 0.5) / (float64(i) + 12))
		seen[h]++
	}
	return bits + float64(len(w.minute))*log2(60)
}

// chanceDays is for the days: any day alike, or workdays and weekends each in the share that is learned while reading.
func (w *watched) chanceDays() float64 {
	even := float64(len(w.day)) * log2(len(w.days))
	var of [2]int
	for _, d := range w.days {
		of[class(d)]++
	}
	var seen [2]int
	learned := 1.0 // says which of the two it is
	for i, d := range w.day {
		c := class(w.days[d])
		learned += log2(of[c]) - math.Log2((float64(seen[c])+0.5)/(float64(i)+1))
		seen[c]++
	}
	return min(even, learned)
}

func class(d dayFacts) int {
	if d.work {
		return 0
	}
	return 1
}

// exceptions is the length of m arrivals that the rule does not explain: any day, and, where the rule has a time of day,
// any time.
func (w *watched) exceptions(m int, times bool) float64 {
	bits := float64(m)*log2(len(w.days)) - factorial(m)
	if times {
		bits += w.evenClock(m)
	}
	return bits
}
