// Package search turns text into index terms and what a person types into a
// query, so that SQLite FTS5 and PostgreSQL tsvector find the same rows: both
// engines are given finished terms and neither uses a word parser of its own.
//
// # Terms
//
// A term is lower-case letters, digits and single inner underscores, at most
// 64 bytes. Accents are folded (é is e, ß is ss, a full-width A is a) and
// apostrophes vanish (don't is dont). What is held together by - . / _ : \ @
// [ ] $ or # is one term, so ORA-01555 is ora_01555 and 10.4.2.19 is
// 10_4_2_19; its pieces can be searched too, see [Document]. A row of dots or
// dashes is punctuation. The T of an ISO 8601 instant separates date and time,
// and fractions of a second and the zone are dropped.
//
// In scripts written without spaces (Chinese, Japanese, Thai, Lao, Khmer,
// Burmese) each letter is a term, and a typed word is a phrase of them. Emoji
// and symbols are not searched. Text that is not UTF-8 separates words.
package search

import (
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
)

const (
	// MaxTerms is how many terms of Main one document holds; the rest of the
	// text is not indexed. A longer text, such as a log, is indexed as several
	// documents.
	MaxTerms = 20_000

	maxMainBytes = 384 << 10
	maxParts     = 10_000
	maxPartBytes = 128 << 10

	// maxPosition is the last position PostgreSQL stores. Everything that has
	// no place of its own stands there, and nothing stands just before it, so
	// a phrase never matches by accident.
	maxPosition = 16383
	// maxPlaces is how many positions of one lexeme are written; PostgreSQL
	// keeps 255.
	maxPlaces = 250
	// maxVector keeps a tsvector below PostgreSQL's limit of one MiB.
	maxVector = 900_000
	// titleGap keeps a phrase from running from the title into the body.
	titleGap = 8
)

// Document is a text ready to be indexed.
type Document struct {
	// Main holds words and whole codes in reading order, so that phrases work.
	Main []string
	// Parts holds the searchable pieces of codes and of camelCase words, each
	// once: ora and 01555, null and pointer. Phrases do not look here.
	Parts []string
}

// Weighted is a row of the index: a term in the title counts for more than
// one in the body.
type Weighted struct{ Title, Body Document }

// Tokens returns the terms of text in order, as in [Document.Main].
func Tokens(text string) []string { return Index(text).Main }

type bounds struct{ from, to int }

// collector gathers terms in one buffer, to allocate once and not per term.
type collector struct {
	buf       []byte
	main      []bounds
	mainBytes int
	parts     []bounds
	partBytes int
	seen      []int32 // open addressing: 1 + index in parts, 0 when free
	seed      maphash.Seed
}

// Index splits text into terms. It stops reading once the document is full.
func Index(text string) Document {
	c := collector{
		buf:  make([]byte, 0, min(len(text)+len(text)/2+16, 64<<10)),
		main: make([]bounds, 0, min(len(text)/6+4, MaxTerms)),
	}
	part := c.part
	scan(text, func(code *code) bool {
		whole := code.whole()
		if len(c.main) >= MaxTerms || c.mainBytes+len(whole) > maxMainBytes {
			return false
		}
		c.mainBytes += len(whole)
		c.main = append(c.main, c.put(whole))
		code.parts(part)
		return true
	})
	all := string(c.buf)
	return Document{Main: cutOut(all, c.main), Parts: cutOut(all, c.parts)}
}

func (c *collector) put(term []byte) bounds {
	from := len(c.buf)
	c.buf = append(c.buf, term...)
	return bounds{from, len(c.buf)}
}

func (c *collector) part(term []byte, _, _ int) {
	if len(c.parts) >= maxParts || c.partBytes+len(term) > maxPartBytes {
		return
	}
	if len(c.seen) < 2*(len(c.parts)+1) {
		c.grow()
	}
	slot := c.slot(term)
	if c.seen[slot] != 0 {
		return
	}
	c.partBytes += len(term)
	c.parts = append(c.parts, c.put(term))
	c.seen[slot] = int32(len(c.parts))
}

// slot finds where term is, or would go, in seen.
func (c *collector) slot(term []byte) int {
	mask := len(c.seen) - 1
	at := int(maphash.Bytes(c.seed, term)) & mask
	for c.seen[at] != 0 {
		b := c.parts[c.seen[at]-1]
		if string(c.buf[b.from:b.to]) == string(term) {
			break
		}
		at = (at + 1) & mask
	}
	return at
}

func (c *collector) grow() {
	if c.seen == nil {
		c.seed = maphash.MakeSeed()
	}
	c.seen = make([]int32, max(32, 2*len(c.seen)))
	for i, b := range c.parts {
		c.seen[c.slot(c.buf[b.from:b.to])] = int32(i + 1)
	}
}

func cutOut(all string, at []bounds) []string {
	if len(at) == 0 {
		return nil
	}
	terms := make([]string, len(at))
	for i, b := range at {
		terms[i] = all[b.from:b.to]
	}
	return terms
}

// FTSText returns the texts for an FTS5 table with the tokenizer
// "unicode61 remove_diacritics 0 tokenchars '_'", which only has to split
// them at spaces.
func FTSText(d Document) (main, parts string) {
	return strings.Join(d.Main, " "), strings.Join(d.Parts, " ")
}

// titleMark begins the lexemes that stand for a word in the title. An index of
// lexemes keeps no weights, so without them every row with a common word would
// be read again to learn whether it has the word in its title.
const titleMark = "="

// TSVector returns a literal for a cast to tsvector in PostgreSQL: title terms
// weigh A, body terms B, parts of both D, and each title term stands once more
// behind titleMark. A document too large for a tsvector loses the last parts
// first.
func TSVector(title, body Document) string {
	type place struct {
		term string
		pos  int
		// weight is 'A', 'B' or 'D'; the lowest letter wins one position.
		weight byte
	}
	places := make([]place, 0, len(title.Main)+len(body.Main)+len(title.Parts)+len(body.Parts))
	size, next := 0, 1
	add := func(terms []string, weight byte) {
		for _, t := range terms {
			// Quotes, colon, space, and a position of five digits with its
			// weight and comma.
			if size += len(t) + 11; size > maxVector {
				return
			}
			pos := next
			if weight == 'D' || pos > maxPosition-2 {
				pos = maxPosition
			}
			places = append(places, place{t, pos, weight})
			if weight == 'A' {
				size += len(t) + 12
				places = append(places, place{titleMark + t, pos, 'D'})
			}
			next++
		}
	}
	add(title.Main, 'A')
	next += titleGap
	add(body.Main, 'B')
	add(title.Parts, 'D')
	add(body.Parts, 'D')

	slices.SortFunc(places, func(a, b place) int {
		if c := strings.Compare(a.term, b.term); c != 0 {
			return c
		}
		if a.pos != b.pos {
			return a.pos - b.pos
		}
		return int(a.weight) - int(b.weight)
	})
	var out []byte
	for i := 0; i < len(places); {
		term := places[i].term
		if len(out) > 0 {
			out = append(out, ' ')
		}
		out = appendLexeme(out, term)
		sep, last := byte(':'), 0
		for n := 0; i < len(places) && places[i].term == term; i++ {
			p := places[i]
			if n == maxPlaces || p.pos == last {
				continue
			}
			out = append(out, sep)
			out = strconv.AppendInt(out, int64(p.pos), 10)
			if p.weight != 'D' {
				out = append(out, p.weight)
			}
			sep, last = ',', p.pos
			n++
		}
	}
	return string(out)
}

// appendLexeme quotes a term for a tsvector or tsquery literal. Terms hold
// nothing that needs it; a Document made by hand may.
func appendLexeme(b []byte, term string) []byte {
	b = append(b, '\'')
	for i := range len(term) {
		switch c := term[i]; c {
		case 0:
			continue
		case '\'', '\\':
			b = append(b, c)
			fallthrough
		default:
			b = append(b, c)
		}
	}
	return append(b, '\'')
}
