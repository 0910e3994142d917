package search

import (
	"bytes"
	"unicode/utf8"
)

const (
	// maxTerm is the longest term in bytes; longer ones are cut on a rune
	// boundary, in the index and in the query alike.
	maxTerm = 64
	// maxPieces bounds the pieces of one code, so that a megabyte of "a-a-a-"
	// becomes many codes and not one.
	maxPieces = 32
)

// piece is a stretch of letters and digits inside a code.
type piece struct {
	from, to       int  // in code.buf
	srcFrom, srcTo int  // in the text, bytes
	seam           int  // first of its seams in code.seams
	joint          byte // the joint before it, 0 for the first: ':', '/' (any other strong one), '.', '_', '-'
	cut            bool // reached maxTerm: what follows is dropped
}

// seam is a place inside a piece where a reader sees two words: a hump of
// camelCase or a dropped apostrophe.
type seam struct {
	at, src    int // first byte of the second word, in code.buf and in the text
	srcEnd     int // end of the first word in the text
	apostrophe bool
}

// code is what stands between two gaps: one word, or pieces held together by
// joints. Its whole form is its pieces with '_' between them.
type code struct {
	buf    []byte
	pieces []piece
	seams  []seam
	cjk    bool // one letter of an unspaced script
	clock  bool // a time of day
}

func (c *code) reset() {
	c.buf, c.pieces, c.seams = c.buf[:0], c.pieces[:0], c.seams[:0]
	c.cjk, c.clock = false, false
}

// span returns the term made of pieces i to j-1.
func (c *code) span(i, j int) []byte {
	return cut(c.buf[c.pieces[i].from:c.pieces[j-1].to])
}

func (c *code) whole() []byte { return c.span(0, len(c.pieces)) }

// cut shortens a term to maxTerm bytes without splitting a rune or ending in
// a joint.
func cut(b []byte) []byte {
	if len(b) <= maxTerm {
		return b
	}
	n := maxTerm
	for n > 0 && !utf8.RuneStart(b[n]) {
		n--
	}
	return bytes.TrimRight(b[:n], "_")
}

// scanner walks a text once and hands out its codes.
type scanner struct {
	code
	visit func(*code) bool
	done  bool

	run     [3]byte // joints since the last letter
	runLen  int     // may exceed len(run): then they do not join
	bracket bool    // a [ was passed inside this code
	apos    bool    // an apostrophe directly after a letter
	aposEnd int     // where the word before it ended in the text

	k1, k2    kind // kinds of the last two characters of the piece
	last      int  // where the last character starts in buf
	lastSrc   int  // and in the text
	lastSrcTo int  // where the character before it ends in the text
}

// scan calls visit with each code of text in order until visit returns false.
// The code is only valid during the call. It takes time linear in the text and
// memory that does not depend on it.
func scan(text string, visit func(*code) bool) {
	s := scanner{visit: visit}
	s.buf = make([]byte, 0, 128)
	s.pieces = make([]piece, 0, 8)
	for i := 0; i < len(text) && !s.done; {
		c := text[i]
		if c < utf8.RuneSelf {
			switch k := ascii[c]; k {
			case lower, upper, digit:
				if k == lower && s.k1 == lower && s.runLen == 0 && !s.apos && len(s.pieces) > 0 {
					i = s.rest(text, i)
					continue
				}
				if c|0x20 == 't' && s.endsDate() && i+1 < len(text) && text[i+1] <= '9' && ascii[text[i+1]] == digit {
					s.flush()
				} else {
					s.letter(rune(c), k, i, i+1)
				}
			case joint:
				s.joint(c)
			case quote:
				s.apostrophe()
			default:
				s.flush()
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		k := kindOf(r)
		if d := decompose(text[i : i+n]); d == nil || k == joint || k == quote {
			s.take(r, k, i, i+n)
		} else {
			for len(d) > 0 {
				r, m := utf8.DecodeRune(d)
				s.take(r, kindOf(r), i, i+n)
				d = d[m:]
			}
		}
		i += n
	}
	if !s.done {
		s.flush()
	}
}

// take takes a character that is not plain ASCII in the text.
func (s *scanner) take(r rune, k kind, from, to int) {
	switch k {
	case lower, upper, digit:
		s.letter(r, k, from, to)
	case single:
		s.flush()
		s.letter(r, lower, from, to)
		s.cjk = true
		s.flush()
	case joint:
		s.joint('-')
	case quote:
		s.apostrophe()
	case gap:
		s.flush()
	case ignored:
		if len(s.pieces) > 0 && s.runLen == 0 && !s.apos {
			s.pieces[len(s.pieces)-1].srcTo = to // a mark belongs to the letter before it
		}
	}
}

func (s *scanner) joint(c byte) {
	if s.apos {
		s.flush()
	}
	if len(s.pieces) == 0 {
		return
	}
	if s.runLen < len(s.run) {
		s.run[s.runLen] = c
	}
	s.runLen++
}

func (s *scanner) apostrophe() {
	if len(s.pieces) == 0 || s.runLen > 0 || s.apos || (s.k1 != lower && s.k1 != upper) {
		s.flush()
		return
	}
	s.apos = true
	s.aposEnd = s.pieces[len(s.pieces)-1].srcTo
}

// joins reports whether the joints passed since the last letter hold the code
// together, and by which joint. A row of dots or dashes is punctuation, and
// brackets join only as name[index].
func (s *scanner) joins() (byte, bool) {
	if s.runLen > len(s.run) || len(s.pieces) >= maxPieces {
		return 0, false
	}
	run := s.run[:s.runLen]
	var strong, dot, dash, under, colon int
	for i, c := range run {
		switch c {
		case '.':
			dot++
		case '-':
			dash++
		case '_':
			under++
		case '[':
			if i > 0 {
				return 0, false
			}
			s.bracket = true
			strong++
		case ']':
			if i > 0 || len(run) == 1 || !s.bracket {
				return 0, false
			}
			strong++
		case ':':
			colon++
		default:
			strong++
		}
	}
	switch {
	case len(run) > 1 && (dot == len(run) || dash == len(run)):
		return 0, false
	case colon == 1 && len(run) == 1:
		return ':', true
	case strong+colon > 0:
		return '/', true
	case dot > 0:
		return '.', true
	case under > 0:
		return '_', true
	}
	return '-', true
}

func (s *scanner) letter(r rune, k kind, from, to int) {
	seamed := false
	if s.apos {
		s.apos = false
		if k == digit {
			s.flush()
		} else {
			seamed = true
		}
	}
	var j byte
	if s.runLen > 0 {
		by, ok := s.joins()
		s.runLen = 0
		if ok {
			j = by
		} else {
			s.flush()
		}
	}
	if len(s.pieces) == 0 || j != 0 {
		if j != 0 {
			s.buf = append(s.buf, '_')
		}
		s.pieces = append(s.pieces, piece{from: len(s.buf), to: len(s.buf), srcFrom: from, seam: len(s.seams), joint: j})
		s.k1, s.k2 = gap, gap
	}
	p := &s.pieces[len(s.pieces)-1]
	before := p.srcTo
	p.srcTo = to
	if p.cut {
		return
	}
	at := len(s.buf)
	if r < utf8.RuneSelf {
		c := byte(r)
		if k == upper {
			c |= 0x20
		}
		s.buf = append(s.buf, c)
	} else {
		s.buf = appendFolded(s.buf, r)
	}
	if len(s.buf)-p.from > maxTerm {
		s.buf, p.cut = s.buf[:at], true
		return
	}
	p.to = len(s.buf)
	switch {
	case seamed:
		s.seams = append(s.seams, seam{at: at, src: from, srcEnd: s.aposEnd, apostrophe: true})
	case k == upper && s.k1 == lower:
		s.seams = append(s.seams, seam{at: at, src: from, srcEnd: before})
	case k == lower && s.k1 == upper && (s.k2 == upper || s.k2 == digit):
		s.seams = append(s.seams, seam{at: s.last, src: s.lastSrc, srcEnd: s.lastSrcTo})
	}
	s.k1, s.k2, s.last, s.lastSrc, s.lastSrcTo = k, s.k1, at, from, before
}

// rest takes the lower-case letters from text[i] on, which go on with a word,
// and returns where they end. Most text is such letters.
func (s *scanner) rest(text string, i int) int {
	j := i + 1
	for j < len(text) && text[j] < utf8.RuneSelf && ascii[text[j]] == lower {
		j++
	}
	p := &s.pieces[len(s.pieces)-1]
	p.srcTo = j
	if p.cut {
		return j
	}
	n := min(j-i, maxTerm-(len(s.buf)-p.from))
	s.buf = append(s.buf, text[i:i+n]...)
	p.to, p.cut = len(s.buf), n < j-i
	s.k1, s.k2 = lower, lower
	return j
}

// flush hands out the code collected so far and starts afresh.
func (s *scanner) flush() {
	s.runLen, s.apos, s.bracket = 0, false, false
	if len(s.pieces) == 0 {
		return
	}
	s.trimClock()
	if !s.done && !s.visit(&s.code) {
		s.done = true
	}
	s.reset()
}

func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0
}

// number reports whether piece i is exactly n decimal digits.
func (c *code) number(i, n int) bool {
	p := c.pieces[i]
	return p.to-p.from == n && digits(c.buf[p.from:p.to])
}

// endsDate reports whether the code so far is 2026-11-22, so that the T of an
// ISO 8601 instant can end it and the date be found by itself.
func (s *scanner) endsDate() bool {
	return len(s.pieces) == 3 && s.runLen == 0 && !s.apos &&
		s.pieces[1].joint == '-' && s.pieces[2].joint == '-' &&
		s.number(0, 4) && s.number(1, 2) && s.number(2, 2)
}

// trimClock recognises 06:15, 06:15:39 and 06:15:39.123Z and drops all after
// the seconds: a log would otherwise fill the index with terms that occur once
// and that nobody types.
func (c *code) trimClock() {
	n := len(c.pieces)
	if n < 2 || c.pieces[1].joint != ':' || !c.number(0, 2) {
		return
	}
	for i := 1; i < n; i++ {
		p := &c.pieces[i]
		b := c.buf[p.from:p.to]
		if i == n-1 && len(b) > 1 && b[len(b)-1] == 'z' {
			b = b[:len(b)-1]
		}
		switch {
		case !digits(b), p.joint == '/':
			return
		case i < 3 && p.joint == ':' && len(b) != 2:
			return
		case i == 3 && p.joint == ':' && len(b) == 2: // a hardware address
			return
		}
		if i < 3 && p.joint == ':' {
			p.to = p.from + len(b)
		}
	}
	keep := 2
	if n > 2 && c.pieces[2].joint == ':' {
		keep = 3
	}
	c.pieces, c.clock = c.pieces[:keep], true
}
