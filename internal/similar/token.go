package similar

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kljensen/snowball/english"
	"golang.org/x/text/unicode/norm"
)

const (
	// maxText is how much of one field is looked at, in bytes. Behind that stand dumps, not what the ticket is about.
	maxText = 64 << 10
	// maxWord is the longest word taken, in bytes; a longer run of letters is no word.
	maxWord = 64
	// maxCode is the longest code kept whole, in bytes.
	maxCode = 96
)

// word is one step of a text in reading order.
type word struct {
	text string // stemmed, lower case, without accents
	raw  string // as a person reads it
	// whole marks a code, a name or a path kept in one piece; its pieces follow as words of their own.
	whole bool
	stop  bool
}

type letters uint8

const (
	gap     letters = iota
	lower           // a letter that is not upper case
	upper           // an upper-case letter
	digit           //
	joint           // joins the pieces of a code: - . / _ : \ @ $ #
	single          // a letter of a script written without spaces: a word by itself
	ignored         // an apostrophe, a combining mark
)

func kindOf(r rune) letters {
	switch {
	case 'a' <= r && r <= 'z':
		return lower
	case 'A' <= r && r <= 'Z':
		return upper
	case '0' <= r && r <= '9':
		return digit
	case r < utf8.RuneSelf:
		switch r {
		case '-', '.', '/', '_', ':', '\\', '@', '$', '#':
			return joint
		case '\'':
			return ignored
		}
		return gap
	case r == '\u2019' || r == '\u00ad' || unicode.IsMark(r):
		return ignored
	case r == '\u2010' || r == '\u2011':
		return joint
	case unicode.IsLetter(r):
		if r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) {
			return single
		}
		if unicode.IsUpper(r) {
			return upper
		}
		return lower
	case unicode.IsDigit(r):
		return digit
	}
	return gap
}

// words gives the words of a text in reading order: a plain word once, stemmed; a code (ORA-01555), a dotted or snake
// name, a path or a camelCase word first whole and then in pieces.
func words(text string, yield func(word)) {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	var run []rune
	flush := func() {
		chunk(run, yield)
		run = run[:0]
	}
	for _, r := range text {
		switch kindOf(r) {
		case gap:
			flush()
		case single:
			flush()
			yield(word{text: string(r), raw: string(r)})
		case ignored:
		default:
			run = append(run, r)
		}
	}
	flush()
}

// chunk gives the words of a run of letters, digits and joints.
func chunk(run []rune, yield func(word)) {
	for len(run) > 0 && kindOf(run[0]) == joint {
		run = run[1:]
	}
	for len(run) > 0 && kindOf(run[len(run)-1]) == joint {
		run = run[:len(run)-1]
	}
	if len(run) == 0 {
		return
	}
	var cuts []int // where a piece begins behind the first
	joints := false
	for i := 1; i < len(run); i++ {
		a, b := kindOf(run[i-1]), kindOf(run[i])
		switch {
		case a == joint && b != joint:
			cuts, joints = append(cuts, i), true
		case a == lower && b == upper, // orderService
			a == upper && b == upper && i+1 < len(run) && kindOf(run[i+1]) == lower: // HTTPServer
			cuts = append(cuts, i)
		}
	}
	if len(cuts) == 0 {
		plain(string(run), yield)
		return
	}
	if whole := fold(string(run)); len(whole) <= maxCode {
		yield(word{text: joined(whole), raw: string(run), whole: true})
	}
	cuts = append(cuts, len(run))
	from := 0
	for _, to := range cuts {
		piece := run[from:to]
		for joints && len(piece) > 0 && kindOf(piece[len(piece)-1]) == joint {
			piece = piece[:len(piece)-1]
		}
		plain(string(piece), yield)
		from = to
	}
}

// joined writes every run of joints as one underscore.
func joined(s string) string {
	var b strings.Builder
	last := false
	for _, r := range s {
		j := kindOf(r) == joint
		if j && !last {
			b.WriteByte('_')
		} else if !j {
			b.WriteRune(r)
		}
		last = j
	}
	return b.String()
}

func plain(s string, yield func(word)) {
	s = fold(s)
	if s == "" || len(s) > maxWord {
		return
	}
	if stopWords[s] {
		yield(word{text: s, raw: s, stop: true})
		return
	}
	yield(word{text: stem(s), raw: s})
}

// fold gives s in lower case and without accents.
func fold(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			var b strings.Builder
			for _, r := range norm.NFKD.String(s) {
				if !unicode.IsMark(r) {
					b.WriteRune(unicode.ToLower(r))
				}
			}
			return b.String()
		}
	}
	return strings.ToLower(s)
}

// stem cuts the endings of an English word; a word of another language, or with digits, stays.
func stem(s string) string {
	if len(s) < 4 {
		return s
	}
	for i := range len(s) {
		if s[i] < 'a' || s[i] > 'z' {
			return s
		}
	}
	return english.Stem(s, false)
}

var stopWords = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`a about above after again all also am an and any are arent as at be because been before being below between both but
		by can cannot cant could couldnt did didnt do does doesnt doing dont down during each few for from further had hadnt has hasnt have havent having he her
		here hers him his how i if im in into is isnt it its itself ive just me more most my myself no nor not now of off on once only or other our ours out over
		own same she should shouldnt so some such than that the their theirs them then there these they this those through to too under until up very was wasnt
		we were werent what when where which while who whom why will with wont would wouldnt you your yours yourself s t m d ll re ve
		hi hello dear please thanks thank regards best kind cheers`) {
		m[w] = true
	}
	return m
}()
