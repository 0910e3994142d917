package redact

import (
	"unicode"
	"unicode/utf8"
)

// shape is how a word is written.
type shape uint8

const (
	lower  shape = iota + 1 // letters, all small
	title                   // a capital, then small letters; a single capital is upper
	upper                   // letters, all capitals
	mixed                   // letters of both cases in another order: camelCase, McDonald, O'Neill
	digits                  // digits alone
	alnum                   // letters and digits
)

// word is a run of letters and digits; an apostrophe between letters belongs to it. Everything else, the low line
// included, ends a word.
type word struct {
	hash       uint64 // of the word in small letters, as hashOf gives it
	start, end int32  // bytes of text.s
	shape      shape
	wide       bool  // has letters beyond ASCII
	about      about // what it announces
}

// text is a window of what is searched, cut into words, and what was found in it. A window begins and ends at the border
// of a word, nearly always of a line.
type text struct {
	s     string
	words []word
	found []Finding // offsets are bytes of s; in no order, with overlaps
	seen  about     // what the words up to the one in work announce

	tried    [secretRules]int32 // up to where each rule of secrets has looked
	looked   bool               // one has
	denseEnd int32              // up to where dense has looked
	urlEnd   int32              // where the name of the machine of the last address of a page ends

	// up to where values of passwords, web tokens, telephone and card numbers were read
	secretEnd, jwtEnd, phoneEnd, cardEnd int32

	open    bool          // the window begins, and later ends, inside a private key
	kept    []Finding     // what resolve gives
	taken   []bool        // a mark a byte, for crowds
	bare    [maxForm]byte // of the number in work, its digits and letters
	dialled [20]byte      // of the telephone number in work, its digits
}

func (t *text) reset(s string) {
	t.s, t.words, t.found, t.seen, t.open = s, t.words[:0], t.found[:0], 0, false
	t.denseEnd, t.urlEnd, t.secretEnd, t.jwtEnd, t.phoneEnd, t.cardEnd = 0, 0, 0, 0, 0, 0
	if t.looked {
		clear(t.tried[:])
		t.looked = false
	}
	t.cut()
}

// add proposes a finding. It may overlap others: resolve decides.
func (t *text) add(f Finding) {
	if f.Start >= 0 && f.Start < f.End && f.End <= len(t.s) {
		t.found = append(t.found, f)
	}
}

// of gives the word itself.
func (t *text) of(w word) string { return t.s[w.start:w.end] }

const (
	hashStart = 14695981039346656037 // FNV-1a
	hashPrime = 1099511628211
)

// hashOf is the hash that word.hash has: of the small letters, the typographic apostrophe as the plain one.
func hashOf(s string) uint64 {
	h := uint64(hashStart)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			return hashWide(s)
		}
		h = (h ^ uint64(small[c])) * hashPrime
	}
	return h
}

func hashWide(s string) uint64 {
	h := uint64(hashStart)
	var b [utf8.UTFMax]byte
	for _, r := range s {
		if r == '’' {
			r = '\''
		}
		for _, c := range b[:utf8.EncodeRune(b[:], unicode.ToLower(r))] {
			h = (h ^ uint64(c)) * hashPrime
		}
	}
	return h
}

// classes of bytes, for the cut.
const (
	isLower = 1 << iota
	isUpper
	isDigit
	isWide // part of a letter beyond ASCII, perhaps
)

var class, small, hex = bytesOf()

// bytesOf makes the tables of bytes: class, small letter, and whether it is a hexadecimal digit.
func bytesOf() (class [256]uint8, small [256]byte, hex [256]bool) {
	for c := range 256 {
		small[c] = byte(c)
		hex[c] = c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
		switch {
		case c >= 'a' && c <= 'z':
			class[c] = isLower
		case c >= 'A' && c <= 'Z':
			class[c], small[c] = isUpper, byte(c)+'a'-'A'
		case c >= '0' && c <= '9':
			class[c] = isDigit
		case c >= utf8.RuneSelf:
			class[c] = isWide
		}
	}
	return
}

// cut fills t.words.
func (t *text) cut() {
	s := t.s
	for i := 0; i < len(s); {
		k := class[s[i]]
		if k == 0 {
			switch {
			case s[i] == '%' && i+2 < len(s) && hex[s[i+1]] && hex[s[i+2]]:
				i += 2 // a space or a sign as addresses of pages write it
			case s[i] == '\\' && i+2 < len(s) && (s[i+1] == 'n' || s[i+1] == 'r' || s[i+1] == 't') && class[s[i+2]] != isLower:
				i++ // a line end as JSON writes it
			}
			i++
			continue
		}
		if k == isWide {
			if r, n := utf8.DecodeRuneInString(s[i:]); !letter(r) {
				i += n
				continue
			}
		}
		i = t.cutWord(i)
	}
}

func letter(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsMark(r))
}

// cutWord takes the word that begins at i and gives its end.
func (t *text) cutWord(i int) int {
	s, start := t.s, i
	h, seen := uint64(hashStart), uint8(0)
	first := class[s[i]]
	capitals := 0
	for i < len(s) {
		c := s[i]
		k := class[c]
		if k == 0 {
			if c != '\'' || seen&isDigit != 0 || i+1 >= len(s) || class[s[i+1]]&(isLower|isUpper) == 0 {
				break
			}
			seen |= k
		}
		if k == isWide {
			return t.cutWide(start)
		}
		if k == isUpper {
			capitals++
		}
		seen |= k
		h = (h ^ uint64(small[c])) * hashPrime
		i++
	}
	w := word{hash: h, start: int32(start), end: int32(i)}
	if seen != isDigit {
		w.about = contextTable[contextSlot(h)].about
	}
	switch {
	case seen&isDigit != 0 && seen != isDigit:
		w.shape = alnum
	case seen == isDigit:
		w.shape = digits
	case seen == isLower:
		w.shape = lower
	case seen == isUpper:
		w.shape = upper
	case first == isUpper && capitals == 1:
		w.shape = title
	default:
		w.shape = mixed
	}
	t.words = append(t.words, w)
	return i
}

// cutWide is cutWord for words with letters beyond ASCII.
func (t *text) cutWide(start int) int {
	s, i := t.s, start
	var lowers, capitals, numbers int
	firstCapital := false
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsUpper(r) || unicode.IsTitle(r):
			capitals++
			firstCapital = firstCapital || i == start
		case r >= '0' && r <= '9':
			numbers++
		case letter(r):
			lowers++
		case (r == '\'' || r == '’') && i > start && numbers == 0:
			if next, _ := utf8.DecodeRuneInString(s[i+n:]); !letter(next) {
				n = 0
			}
		default:
			n = 0
		}
		if n == 0 {
			break
		}
		i += n
	}
	w := word{hash: hashOf(s[start:i]), start: int32(start), end: int32(i), wide: true}
	w.about = contextTable[contextSlot(w.hash)].about
	switch {
	case numbers > 0 && lowers+capitals > 0:
		w.shape = alnum
	case numbers > 0:
		w.shape = digits
	case capitals == 0:
		w.shape = lower
	case lowers == 0:
		w.shape = upper
	case firstCapital && capitals == 1:
		w.shape = title
	default:
		w.shape = mixed
	}
	t.words = append(t.words, w)
	return i
}
