package search

import "time"

const (
	// rankBytes is how much of a body Score reads: hundreds of documents are
	// ranked while a person waits, and what a ticket is about stands on top.
	rankBytes = 1500
	// rankAge is the age at which half of the preference for new rows is gone.
	rankAge = 90 * 24 * time.Hour
)

// Score says how well a document that matched q answers it; higher is better.
// A clause weighs most in the title, less as a piece of a code there, and less
// again in the body, where repeats count for ever less. Age takes off at most
// two fifths, so that among equals the newest comes first but an old row about
// the very thing stays above a new one that mentions it. Both engines are
// ranked by it, so they agree. Of a long body only the top is read.
func Score(q Query, title, body string, age time.Duration) float64 {
	n := len(q.clauses)
	inTitle, inBody := make([]float64, n), make([]float64, n)
	f := newFinder(q)
	scan(title, f.code)
	for _, h := range f.hits {
		worth := 4.0
		if h.piece {
			worth = 2.5
		}
		inTitle[h.clause] = max(inTitle[h.clause], worth)
	}
	f.restart()
	scan(cutText(body, rankBytes), f.code)
	for _, h := range f.hits {
		worth := 1.0
		if h.piece {
			worth = 0.5
		}
		inBody[h.clause] += worth
	}
	score, all := 0.0, true
	for i, c := range q.clauses {
		if c.exclude {
			continue
		}
		score += 0.5 + inTitle[i] + 2*inBody[i]/(inBody[i]+1.5)
		all = all && inTitle[i] > 0
	}
	if all {
		score += 2
	}
	if q.Empty() {
		return 0
	}
	return score * (0.6 + 0.4/(1+float64(max(age, 0))/float64(rankAge)))
}
