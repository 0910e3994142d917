package ticket

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of text fields, in characters (Unicode code points).
const (
	MaxSubject = 300
	MaxBody    = 200_000
	MaxShort   = 500 // reasons, names, resolutions' one-liners
	MaxTag     = 60
	MaxTags    = 50
)

// CleanText checks text that a person wrote and gives it in the form the desk keeps. Line ends become \n,
// a missing or surplus character is named in the error sentence; oneLine folds line ends into spaces.
// The second result is a hint.
func CleanText(s string, limit int, oneLine bool) (clean, problem, hint string) {
	if i := firstInvalid(s); i >= 0 {
		return "", fmt.Sprintf("The text is not valid UTF-8 at byte %d.", i+1), "Save it as UTF-8 and send it again; nothing was stored."
	}
	if i := strings.IndexByte(s, 0); i >= 0 {
		return "", fmt.Sprintf("The text has a NUL byte at byte %d.", i+1), "Remove it, or attach the text as a file."
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	if oneLine {
		s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsControl(r) }), " ")
	}
	s = strings.TrimFunc(s, unicode.IsSpace)
	if n := utf8.RuneCountInString(s); n > limit {
		return "", fmt.Sprintf("The text has %d characters, the desk keeps up to %d.", n, limit), "Shorten it, or attach the rest as a file."
	}
	return s, "", ""
}

func firstInvalid(s string) int {
	if utf8.ValidString(s) {
		return -1
	}
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return i
			}
		}
	}
	return -1
}
