package search

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// kind says what a character means to the scanner.
type kind uint8

const (
	gap     kind = iota // ends a term: space, comma, bracket, control, emoji
	lower               // a letter that is not upper case, caseless scripts too
	upper               // an upper-case letter
	digit               // a decimal digit of any script
	joint               // joins the pieces of a code: - . / _ : \ @ [ ] $ #
	quote               // an apostrophe: vanishes between two letters
	single              // a letter of a script written without spaces: a term by itself
	ignored             // combining marks and invisible formatting characters
)

// ascii holds the kind of every ASCII character.
var ascii = func() (t [utf8.RuneSelf]kind) {
	for c := range t {
		switch {
		case 'a' <= c && c <= 'z':
			t[c] = lower
		case 'A' <= c && c <= 'Z':
			t[c] = upper
		case '0' <= c && c <= '9':
			t[c] = digit
		}
	}
	for _, c := range `-._/:\@[]$#` {
		t[c] = joint
	}
	t['\''] = quote
	return t
}()

// unspaced are the scripts that put no spaces between words.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Yi,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// kindOf classifies one rune as it stands in the text.
func kindOf(r rune) kind {
	if r < utf8.RuneSelf {
		return ascii[r]
	}
	switch r {
	case '\u2019', '\u02bc', '\uff07':
		return quote
	case '\u2010', '\u2011', '\u2212': // hyphen, non-breaking hyphen, minus
		return joint
	case '\u200b', utf8.RuneError: // zero-width space; broken UTF-8
		return gap
	case '\u30fc': // the Japanese long-vowel mark has no script of its own
		return single
	}
	switch {
	case unicode.IsLetter(r):
		switch {
		case r >= 0x0e00 && unicode.In(r, unspaced...):
			return single
		case unicode.IsUpper(r):
			return upper
		}
		return lower
	case unicode.IsDigit(r):
		return digit
	case unicode.IsMark(r), unicode.Is(unicode.Cf, r):
		return ignored
	}
	return gap
}

// decompose returns the compatibility decomposition of the first rune of s
// (é is e and an accent, a full-width A is A, a ligature is its letters), or
// nil when the rune stands for itself.
func decompose(s string) []byte {
	return norm.NFKD.PropertiesString(s).Decomposition()
}

// appendFolded appends r without case. Letters that Unicode does not
// decompose but people type without the stroke are written out.
func appendFolded(b []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r |= 0x20
		}
		return append(b, byte(r))
	}
	switch r = unicode.ToLower(r); r {
	case 'ß':
		return append(b, "ss"...)
	case 'æ':
		return append(b, "ae"...)
	case 'œ':
		return append(b, "oe"...)
	case 'þ':
		return append(b, "th"...)
	case 'ø':
		return append(b, 'o')
	case 'đ', 'ð':
		return append(b, 'd')
	case 'ł':
		return append(b, 'l')
	case 'ħ':
		return append(b, 'h')
	case 'ŧ':
		return append(b, 't')
	case 'ı':
		return append(b, 'i')
	case 'ς':
		r = 'σ'
	}
	return utf8.AppendRune(b, r)
}
