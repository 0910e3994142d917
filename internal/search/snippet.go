package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxSnippetScan is how much of a text Snippet reads, in bytes.
	maxSnippetScan = 1 << 20
	// maxHits is how many matches Snippet weighs.
	maxHits = 2000
)

// hit is a match in the source text, bytes [from, to).
type hit struct {
	from, to, clause int
	piece            bool // only a part of a code matched
}

// finder looks for the clauses of a query in the codes of a text.
type finder struct {
	words    map[string]int // term to clause
	prefixes []prefix
	phrases  []*tracker
	hits     []hit
}

type prefix struct {
	text   string
	clause int
}

// tracker follows one phrase along the text.
type tracker struct {
	phrase
	clause int
	open   []started
}

// started is a phrase of which the first n terms were seen.
type started struct{ n, from int }

func newFinder(q Query) *finder {
	f := &finder{words: map[string]int{}}
	for i, c := range q.clauses {
		if c.exclude {
			continue
		}
		for _, w := range c.ways() {
			switch {
			case len(w.terms) > 1:
				f.phrases = append(f.phrases, &tracker{phrase: w, clause: i})
			case w.prefix:
				f.prefixes = append(f.prefixes, prefix{w.terms[0], i})
			default:
				if _, known := f.words[w.terms[0]]; !known {
					f.words[w.terms[0]] = i
				}
			}
		}
	}
	return f
}

func begins(t []byte, with string) bool {
	return len(t) >= len(with) && string(t[:len(with)]) == with
}

// term notes a hit if the query asks for this term by itself.
func (f *finder) term(t []byte, from, to int) {
	if clause, ok := f.words[string(t)]; ok {
		f.hits = append(f.hits, hit{from, to, clause, false})
		return
	}
	for _, p := range f.prefixes {
		if begins(t, p.text) {
			f.hits = append(f.hits, hit{from, to, p.clause, false})
			return
		}
	}
}

// restart forgets what was found, to look through another text.
func (f *finder) restart() {
	f.hits = f.hits[:0]
	for _, t := range f.phrases {
		t.open = t.open[:0]
	}
}

func (f *finder) code(c *code) bool {
	whole, from, to := c.whole(), c.pieces[0].srcFrom, c.pieces[len(c.pieces)-1].srcTo
	f.term(whole, from, to)
	n := len(f.hits)
	c.parts(f.term)
	for i := n; i < len(f.hits); i++ {
		f.hits[i].piece = true
	}
	for _, t := range f.phrases {
		t.open = append(t.open, started{0, from})
		keep := t.open[:0]
		for _, s := range t.open {
			final := s.n == len(t.terms)-1
			want := t.terms[s.n]
			switch {
			case final && (string(whole) == want || t.prefix && begins(whole, want)):
				f.hits = append(f.hits, hit{s.from, to, t.clause, false})
			case !final && string(whole) == want:
				keep = append(keep, started{s.n + 1, s.from})
			}
		}
		t.open = keep
	}
	return len(f.hits) < maxHits
}

// Snippet returns the stretch of text, about width runes long, that shows most
// of what the query asks for, and the byte ranges in it to highlight, in order
// and apart from one another. White space becomes single spaces, control and
// direction-changing characters are left out, and an ellipsis stands where
// text was cut off. A text that fits is returned whole; without a match the
// beginning is shown. Only the first MiB of text is looked at.
func Snippet(text string, q Query, width int) (string, [][2]int) {
	return SnippetHiding(text, q, width, nil)
}

// Hidden is a stretch of a text that is not to be shown, and the name that stands there instead.
type Hidden struct {
	From, To int // bytes
	Name     string
}

// SnippetHiding is Snippet for readers who may not see all of the text. hide is given the text and the bytes of it that
// would be shown, and gives what of them, or around their ends, is hidden, in order and apart from one another. What is
// hidden is never highlighted.
func SnippetHiding(text string, q Query, width int, hide func(text string, from, to int) []Hidden) (string, [][2]int) {
	width = max(width, 1)
	text = cutText(text, maxSnippetScan)
	f := newFinder(q)
	if !q.Empty() {
		scan(text, f.code)
	}
	slices.SortFunc(f.hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to))
	})
	from, to := window(text, f.hits, width)
	var hidden []Hidden
	if hide != nil {
		hidden = hide(text, from, to)
	}
	return render(text, from, to, f.hits, hidden)
}

// cutText shortens text to at most n bytes without splitting a rune.
func cutText(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// window chooses the bytes of text to show: the first stretch of width runes
// with most clauses in it, and then most hits, with some of the text before
// and after.
func window(text string, hits []hit, width int) (from, to int) {
	if len(hits) == 0 {
		return 0, fit(text, 0, width)
	}
	starts, ends := make([]int, len(hits)), make([]int, len(hits))
	clauses := 0
	for i, at, n := 0, 0, 0; i < len(hits); i++ {
		h := hits[i]
		n += utf8.RuneCountInString(text[at:h.from])
		at = h.from
		starts[i], ends[i] = n, n+utf8.RuneCountInString(text[h.from:h.to])
		clauses = max(clauses, h.clause+1)
	}
	inside, distinct, best, first, end := make([]int, clauses), 0, -1, 0, 0
	for i, j := 0, 0; i < len(hits); i++ {
		for j < len(hits) && (j <= i || ends[j]-starts[i] <= width) {
			if inside[hits[j].clause]++; inside[hits[j].clause] == 1 {
				distinct++
			}
			j++
		}
		if score := distinct*maxHits + j - i; score > best {
			best, first = score, i
			end = i
			for k := i; k < j; k++ {
				if ends[k] > ends[end] {
					end = k
				}
			}
		}
		if inside[hits[i].clause]--; inside[hits[i].clause] == 0 {
			distinct--
		}
	}

	spare := max(0, width-(ends[end]-starts[first]))
	from = hits[first].from
	lead := back(text, from, spare/3)
	to = fit(text, lead, width)
	if to == len(text) { // near the end: use what is left over for the beginning
		left := width - utf8.RuneCountInString(text[lead:])
		lead = back(text, lead, left)
	}
	if lead > 0 { // begin with a whole word
		if i := strings.IndexFunc(text[lead:from], unicode.IsSpace); i >= 0 {
			lead += i
		}
	}
	to = fit(text, lead, width)
	if ends[end]-starts[first] <= width {
		to = max(to, hits[end].to)
	}
	return lead, to
}

// back returns the place n runes before at.
func back(text string, at, n int) int {
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	return at
}

// fit returns the end of the at most width runes from the given place, without
// half a word when there is a space in the second half.
func fit(text string, from, width int) int {
	space := -1
	n := 0
	for i, r := range text[from:] {
		if n == width {
			if unicode.IsSpace(r) {
				return from + i
			}
			if space >= 0 {
				return space
			}
			return from + i
		}
		if n > width/2 && unicode.IsSpace(r) {
			space = from + i
		}
		n++
	}
	return len(text)
}

// render writes text[from:to] for reading and maps the hits into it.
func render(text string, from, to int, hits []hit, hidden []Hidden) (string, [][2]int) {
	var b strings.Builder
	b.Grow(to - from + 8)
	if from > 0 {
		b.WriteString("…")
	}
	var marks [][2]int
	next, markTo, open := 0, 0, -1
	end := func() {
		switch k := len(marks) - 1; {
		case open < 0 || b.Len() == open:
		case k >= 0 && marks[k][1] == open: // they touch
			marks[k][1] = b.Len()
		default:
			marks = append(marks, [2]int{open, b.Len()})
		}
		open = -1
	}
	blank := false
	empty := true
	for i := from; i < to; {
		for len(hidden) > 0 && hidden[0].To <= i {
			hidden = hidden[1:]
		}
		if len(hidden) > 0 && hidden[0].From <= i {
			if open >= 0 {
				end()
			}
			if blank && !empty {
				b.WriteByte(' ')
			}
			b.WriteString(hidden[0].Name)
			blank, empty, markTo, i = false, false, 0, hidden[0].To
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if open >= 0 && i >= markTo {
			end()
		}
		for next < len(hits) && hits[next].from <= i {
			if hits[next].to > i {
				markTo = max(markTo, hits[next].to)
			}
			next++
		}
		i += n
		if unicode.IsSpace(r) {
			blank = true
			continue
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			continue
		}
		if blank && !empty {
			b.WriteByte(' ')
		}
		blank, empty = false, false
		if open < 0 && i-n < markTo {
			open = b.Len()
		}
		b.WriteRune(r)
	}
	end()
	if to < len(text) && strings.TrimSpace(text[to:]) != "" {
		b.WriteString("…")
	}
	return b.String(), marks
}
