package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Vocabulary is a set of words that a desk knows, with how often each was seen, for finding what somebody meant who typed
// a word that is not among them. Words are terms, see the package. Fill it with NewVocabulary; it does not change then, so
// that many may ask at once.
type Vocabulary struct {
	words  []string // in order
	seen   []int32
	letter []uint64 // which letters a word has
}

// Known is a word and how often it was seen.
type Known struct {
	Word string
	Seen int
}

// NewVocabulary makes a vocabulary; the counts of words given twice add up.
func NewVocabulary(known []Known) *Vocabulary {
	known = slices.Clone(known)
	slices.SortFunc(known, func(a, b Known) int { return strings.Compare(a.Word, b.Word) })
	v := &Vocabulary{words: make([]string, 0, len(known)), seen: make([]int32, 0, len(known)), letter: make([]uint64, 0, len(known))}
	for _, k := range known {
		if n := len(v.words); n > 0 && v.words[n-1] == k.Word {
			v.seen[n-1] += int32(k.Seen)
			continue
		}
		v.words, v.seen, v.letter = append(v.words, k.Word), append(v.seen, int32(k.Seen)), append(v.letter, letters(k.Word))
	}
	return v
}

// Len is how many words are known.
func (v *Vocabulary) Len() int { return len(v.words) }

// Seen is how often a word was seen; with unfinished, how often the most seen word that begins so was.
func (v *Vocabulary) Seen(word string, unfinished bool) (n int) {
	i, there := slices.BinarySearch(v.words, word)
	if !unfinished {
		if there {
			n = int(v.seen[i])
		}
		return n
	}
	for ; i < len(v.words) && strings.HasPrefix(v.words[i], word); i++ {
		n = max(n, int(v.seen[i]))
	}
	return n
}

// letters is the set of letters and digits of a word, folded into 64 bits.
func letters(w string) (set uint64) {
	for i := range len(w) {
		set |= 1 << (w[i] & 63)
	}
	return set
}

// Nearest gives the known word that was most likely meant by word: within one slip (a letter too much, too few, wrong,
// or two swapped) for words of four or five letters, within two for longer ones; of the nearest the one seen most. A code
// keeps its digits: ORA-01555 is not a slip of ORA-01556. It is "" when nothing is near. least is how often a word must
// have been seen.
func (v *Vocabulary) Nearest(word string, least int) string { return v.nearest(word, least, 2) }

func (v *Vocabulary) nearest(word string, least, most int) string {
	n := utf8.RuneCountInString(word)
	switch {
	case n > 64 || n < 4:
		return ""
	case n < 6:
		most = 1
	}
	set, digit, runes := letters(word), digitsOf(word), []rune(word)
	best, bestSlips, bestSeen := "", most+1, 0
	var m measure
	for i, w := range v.words {
		if int(v.seen[i]) < least || w == word || len(w) > len(word)+4*most || len(word) > len(w)+4*most {
			continue
		}
		// A slip changes at most two letters of the set: one that goes, one that comes.
		if diff := v.letter[i] ^ set; apart(diff, 2*min(most, bestSlips)) {
			continue
		}
		if hasDigit(w) || digit != "" {
			if digitsOf(w) != digit {
				continue
			}
		}
		slips := m.slips(runes, w, min(most, bestSlips))
		// People seldom miss the first letter.
		if slips <= most && w[0] != word[0] && slips == 2 {
			continue
		}
		if slips < bestSlips || slips == bestSlips && slips <= most && (int(v.seen[i]) > bestSeen) {
			best, bestSlips, bestSeen = w, slips, int(v.seen[i])
		}
	}
	if bestSlips > most {
		return ""
	}
	return best
}

// apart reports whether a set has more than n letters; letters of several bytes count for each, so that one is allowed more.
func apart(set uint64, n int) bool {
	for k := 0; set != 0; k++ {
		if k >= 3*n {
			return true
		}
		set &= set - 1
	}
	return false
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

func digitsOf(s string) string {
	if !hasDigit(s) {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// measure counts slips between words, and keeps its memory for the next.
type measure struct {
	other      []rune
	a, b, last []int
}

// slips is the number of letters inserted, left out, replaced or swapped with a neighbour between a word and other (the
// optimal string alignment distance), or more than most when it is above that.
func (m *measure) slips(word []rune, other string, most int) int {
	m.other = append(m.other[:0], []rune(other)...)
	o := m.other
	if d := len(word) - len(o); d > most || -d > most {
		return most + 1
	}
	k := len(o) + 1
	m.a, m.b, m.last = slices.Grow(m.a[:0], k)[:k], slices.Grow(m.b[:0], k)[:k], slices.Grow(m.last[:0], k)[:k]
	before, row, next := m.a, m.b, m.last
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(word); i++ {
		next[0] = i
		least := i
		for j := 1; j < k; j++ {
			cost := 1
			if word[i-1] == o[j-1] {
				cost = 0
			}
			d := min(next[j-1]+1, row[j]+1, row[j-1]+cost)
			if i > 1 && j > 1 && word[i-1] == o[j-2] && word[i-2] == o[j-1] {
				d = min(d, before[j-2]+1)
			}
			next[j] = d
			least = min(least, d)
		}
		if least > most {
			return most + 1
		}
		before, row, next = row, next, before
	}
	return row[k-1]
}

// TitleWords are the words of a title that are worth keeping for spelling, each once: no numbers, no addresses, nothing very
// short or long.
func TitleWords(title string) (out []string) {
	for _, w := range Index(title).Main {
		if n := utf8.RuneCountInString(w); n >= 4 && n <= 32 && strings.Count(w, "_") <= 2 && strings.ContainsFunc(w, func(r rune) bool { return r > '9' && r != '_' }) && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// Correct gives text, a search as typed, with words that v does not know written as those it knows; "" when there is
// nothing to correct. A word that was seen at most `rare` times counts as unknown if another nearby is far more usual. With
// typing the last word may be unfinished.
func (v *Vocabulary) Correct(text string, typing bool, rare int) string {
	var b strings.Builder
	changed := false
	for at := 0; at < len(text); {
		r, n := utf8.DecodeRuneInString(text[at:])
		if isBlank(r) || quoteLen(text[at:]) > 0 {
			b.WriteString(text[at : at+n])
			at += n
			continue
		}
		word, rest := cutWord(text[at:])
		at = len(text) - len(rest)
		c := v.correct(word, typing && rest == "", rare)
		changed = changed || c != word
		b.WriteString(c)
	}
	if !changed {
		return ""
	}
	return b.String()
}

func (v *Vocabulary) correct(word string, unfinished bool, rare int) string {
	terms := Tokens(word)
	if len(terms) != 1 || strings.HasPrefix(word, "-") || strings.HasSuffix(word, "*") {
		return word
	}
	seen := v.Seen(terms[0], unfinished)
	if seen > rare {
		return word
	}
	least, most := 1, 2
	if seen > 0 { // it stands in a title, perhaps with the same slip
		least, most = 20*seen, 1
	}
	near := v.nearest(terms[0], least, most)
	if near == "" && strings.ContainsRune(terms[0], '_') {
		return v.pieces(terms[0], word, rare)
	}
	if near == "" {
		return word
	}
	return strings.ReplaceAll(near, "_", "-")
}

// pieces corrects the pieces of a code one by one.
func (v *Vocabulary) pieces(term, word string, rare int) string {
	pieces := strings.Split(term, "_")
	changed := false
	for i, p := range pieces {
		if v.Seen(p, false) <= rare && !hasDigit(p) {
			if near := v.Nearest(p, 1); near != "" && !strings.ContainsRune(near, '_') {
				pieces[i], changed = near, true
			}
		}
	}
	if !changed {
		return word
	}
	return strings.Join(pieces, "-")
}

// NearestName gives of names the one that was most likely meant, whatever its case; "" when none is near.
func NearestName(name string, names []string) string {
	word := []rune(strings.ToLower(name))
	most := min(2, len(word)/3)
	best, slips := "", most+1
	var m measure
	for _, n := range names {
		if s := m.slips(word, strings.ToLower(n), most); cmp.Less(s, slips) {
			best, slips = n, s
		}
	}
	return best
}
