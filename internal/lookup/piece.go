package lookup

import (
	"strings"
	"unicode/utf8"
)

// shape is how a piece is written.
type shape uint8

const (
	lower  shape = iota // small letters
	title               // a capital, then small letters
	upper               // capitals
	mixed               // both, in another order: camelCase
	joined              // words held together by - _ . / and the like
	number              // begins with a digit, or digits are all there is
	coded               // letters and digits in one
	other               // has bytes beyond ASCII, or no letter and no digit
)

// piece is a stretch of the text that leaves or stays as one: a word, a name held together by dots, a number.
type piece struct {
	start, end int
	fold       string // small letters
	shape      shape
	class      class // of a plain word
	line       int32
	before     byte // the last delimiter before it on its line; 0: none, or space alone
	opening    bool // begins a line or a sentence
	quoted     int8 // how many pieces stand in the quotes around it, up to 9; 0: none
	gap        bool // punctuation between it and the piece before ends a phrase

	state     string // "" while undecided
	kind, why string
	code      string // what leaves instead of it
	prefix    bool   // the level of a log's line
	chosen    bool   // stands in the query
	hard      bool   // no person may let it through
}

// delimiter are the bytes that end a piece.
var delimiter = func() (t [256]bool) {
	for c := range 33 {
		t[c] = true
	}
	for _, c := range "=,;()[]{}<>\"'`|!?*^~:\x7f" {
		t[c] = true
	}
	return t
}()

// cutPieces cuts a text into pieces.
func cutPieces(s string) []piece {
	out := make([]piece, 0, len(s)/6+4)
	line := int32(0)
	before, gap := byte(0), false
	opening := true
	for i := 0; i < len(s); {
		c := s[i]
		if delimiter[c] {
			switch {
			case c == 0x1b && i+1 < len(s) && s[i+1] == '[': // the colours of a terminal
				e := i + 2
				for e < len(s) && e < i+24 && (isDigit(s[e]) || s[e] == ';' || s[e] == '?') {
					e++
				}
				if e < len(s) && asciiLetter(s[e]) {
					i = e
				}
				before, gap = c, true
			case c == '\t':
				gap = true
			case c == '\n':
				line++
				before, opening, gap = 0, true, true
			case c > ' ' && c != 0x7f:
				before, gap = c, true
				opening = opening || c == ':' && i+1 < len(s) && s[i+1] == ' ' || c == '|' || c == ']'
			}
			i++
			continue
		}
		e := i
		for e < len(s) {
			c := s[e]
			if !delimiter[c] {
				e++
				continue
			}
			if c == ':' && e+1 < len(s) && (s[e+1] == '/' || s[e+1] == '\\') { // an address, a drive
				e++
				continue
			}
			if c == '\'' && e > i && e+1 < len(s) && asciiLetter(s[e-1]) && asciiLetter(s[e+1]) { // don't
				e++
				continue
			}
			break
		}
		from, to := trim(s, i, e)
		if from < to && strings.IndexFunc(s[from:to], worded) >= 0 {
			p := piece{start: from, end: to, line: line, before: before, opening: opening, gap: gap}
			p.judge(s[from:to])
			out = append(out, p)
			before, gap = 0, false
			last := s[to-1 : min(e, len(s))]
			opening = strings.ContainsAny(last[min(1, len(last)):], ".") || e < len(s) && (s[e] == '!' || s[e] == '?')
			gap = opening || to < e
		}
		i = e
	}
	return out
}

// trim leaves out punctuation at both ends: a full stop, a dash.
func trim(s string, i, e int) (int, int) {
	for i < e && strings.IndexByte(".-+_#&", s[i]) >= 0 && !(s[i] == '.' && i+1 < e && s[i+1] == '/') {
		i++
	}
	for i < e && strings.IndexByte(".-+_#&:%\\", s[e-1]) >= 0 {
		e--
	}
	return i, e
}

func worded(r rune) bool { return r >= utf8.RuneSelf || asciiLetter(byte(r)) || isDigit(byte(r)) }

func asciiLetter(c byte) bool { return c|0x20-'a' < 26 && c >= 'A' }
func isDigit(c byte) bool     { return c-'0' < 10 }

func (p *piece) judge(w string) {
	p.fold = fold(w)
	if contractions[p.fold] {
		p.shape, p.class = lower, general
		if w[0] < 'a' {
			p.shape = title
		}
		return
	}
	var small, big, digits, marks, wide int
	for i := range len(w) {
		switch c := w[i]; {
		case c >= 'a' && c <= 'z':
			small++
		case c >= 'A' && c <= 'Z':
			big++
		case isDigit(c):
			digits++
		case c >= utf8.RuneSelf:
			wide++
		case c == '\'' && strings.HasSuffix(w, "'s") && i == len(w)-2:
		default:
			marks++
		}
	}
	switch {
	case wide > 0 || small+big+digits == 0:
		p.shape = other
	case marks > 0 && small+big > 0:
		p.shape = joined
	case digits > 0 && small+big == 0:
		p.shape = number
	case digits > 0:
		p.shape = coded
	case big == 0:
		p.shape = lower
	case small == 0 && big > 1:
		p.shape = upper
	case big == 1 && w[0] < 'a':
		p.shape = title
	default:
		p.shape = mixed
	}
	if strings.HasSuffix(p.fold, "'s") {
		p.fold = p.fold[:len(p.fold)-2]
	}
	switch p.shape {
	case lower, title, upper, mixed, coded:
		p.class = words().class(p.fold)
		if p.class == private && p.shape == mixed {
			p.shape = joined
		}
		if p.class == private && p.shape == joined {
			return
		}
	}
}

// class is of, with the products.
func (v *vocabulary) class(w string) class {
	if v.products[w] != nil {
		return product
	}
	return v.of(w)
}

// fold gives a word in small letters.
func fold(s string) string { return strings.ToLower(s) }

// parts calls fn with the words that a name is made of, small letters: its runs of letters, cut where the case says so.
func parts(w string, fn func(part string)) {
	for i := 0; i < len(w); {
		c := w[i]
		if c >= utf8.RuneSelf {
			e := i
			for e < len(w) && w[e] >= utf8.RuneSelf {
				e++
			}
			for e < len(w) && asciiLetter(w[e]) {
				e++
			}
			fn(fold(w[i:e]))
			i = e
			continue
		}
		if !asciiLetter(c) {
			i++
			continue
		}
		e := i + 1
		if c < 'a' && e < len(w) && w[e] >= 'A' && w[e] <= 'Z' {
			for e < len(w) && w[e] >= 'A' && w[e] <= 'Z' {
				e++
			}
			if e < len(w) && w[e] >= 'a' && w[e] <= 'z' {
				e--
			}
		} else {
			for e < len(w) && w[e] >= 'a' && w[e] <= 'z' {
				e++
			}
		}
		for e < len(w) && w[e] >= utf8.RuneSelf {
			e++
		}
		fn(fold(w[i:e]))
		i = e
	}
}

// wordsIn calls fn with the runs of letters and digits of any text, small letters.
func wordsIn(s string, fn func(word string)) {
	for i := 0; i < len(s); {
		if !asciiLetter(s[i]) && !isDigit(s[i]) && s[i] < utf8.RuneSelf {
			i++
			continue
		}
		e := i
		for e < len(s) && (asciiLetter(s[e]) || isDigit(s[e]) || s[e] >= utf8.RuneSelf) {
			e++
		}
		fn(fold(s[i:e]))
		i = e
	}
}
