package store

import "math"

// reach is how far the documents go back, in milliseconds of ids, and how dense they lie.
type reach struct {
	newest, oldest int64
	first          int64  // the span to begin with; 0: there are few documents
	wide           int64  // the span of a hundred thousand documents, where all lie as dense
	last           string // the condition of the widest look, which leaves no document out that is wanted
}

// found is what a look at a span of documents came to.
type found int

const (
	few    found = iota // look at a longer span
	enough              // and the newest of all matches are among them
	many                // so many that the look was broken off, and not the newest were seen
)

// widen calls find with a condition for the newest documents, in spans that grow until find has enough or there are no
// more: the index gives its rows in no order, and all rows of a common word are too many to fetch. find tells how many it
// found, of which about want are aimed at; with last it must not break off. The answer is the span that was looked at
// last, and whether that was everything.
func (r reach) widen(span int64, want int, find func(eras string, last bool) (int, found, error)) (int64, bool, error) {
	const (
		most = 64      // times longer when there were none: more than a few of want are unlikely then
		near = 2       // times apart, short and long are not worth another look between them
		tiny = 1 << 14 // milliseconds; shorter spans have no eras of their own
	)
	all, last := max(r.newest-r.oldest, 1), false
	for short, long := int64(1), int64(0); ; { // spans that hold too few and, unless 0, too many
		eras, whole := "", span == 0 || span >= all
		if !whole && short == 1 && all/most < span {
			whole = true // it was begun with so long a span that few are to be expected
		}
		if !whole {
			eras = newestEras(r.newest, span)
			whole = eras == ""
		}
		if whole {
			eras, span = r.last, all
		}
		n, was, err := find(eras, last)
		switch {
		case err != nil || was == enough || whole && was == few || last:
			return span, whole, err
		case was == many:
			long = span
		case n == 0 && short > 1: // twice none: a rare word
			short, span = span, max(span*most, min(r.wide, all/2))
		default:
			short, span = span, int64(float64(span)*min(max(1.25*float64(want)/float64(n), 2), most))
		}
		switch {
		case long == 0:
		case long <= max(near*short, tiny):
			span, last = long, true
		default:
			span = int64(math.Sqrt(float64(max(short, long/most)) * float64(long)))
		}
	}
}
