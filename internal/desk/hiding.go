package desk

import (
	"context"
	"unicode/utf8"

	"firebreak/internal/redact"
	"firebreak/internal/search"
)

// hiding keeps secrets, numbers of cards and accounts and the like out of lists, where texts stand that nobody asked to
// see: what a search found, suggestions, what recurs, tables for spreadsheets. There is no asking for the original; that is on the ticket.
type hiding struct {
	finder *redact.Finder
	names  *redact.Pseudonyms
}

func (d *Desk) hiding(ctx context.Context) (hiding, error) {
	f, err := d.findersNow(ctx)
	if err != nil {
		return hiding{}, err
	}
	return hiding{f.hard, &redact.Pseudonyms{}}, nil
}

// text gives a short text with names in place of what is hidden.
func (h hiding) text(s string) string {
	if s == "" {
		return s
	}
	return redact.Mask(s, h.finder.Find(s), h.names)
}

// hideReach is how far around a cutting its text is looked through, in bytes: what identifies may be cut in half, and the
// word that gives it away may stand before.
const hideReach = 256

// farReach is the same where lines of a key stand, which its first line gives away.
const farReach = 8 << 10

// around gives what is hidden of a cutting of a text.
func (h hiding) around(text string, from, to int) (out []search.Hidden) {
	reach := hideReach
	if longWord(text[from:to]) {
		reach = farReach
	}
	lo, hi := max(0, from-reach), min(len(text), to+reach)
	for lo > 0 && !utf8.RuneStart(text[lo]) {
		lo--
	}
	for hi < len(text) && !utf8.RuneStart(text[hi]) {
		hi++
	}
	near := text[lo:hi]
	for _, x := range h.finder.Find(near) {
		if lo+x.End > from && lo+x.Start < to {
			out = append(out, search.Hidden{From: lo + x.Start, To: lo + x.End, Name: h.names.Of(x.Kind, near[x.Start:x.End])})
		}
	}
	return out
}

// longWord reports whether a text has a word as long as a line of a key.
func longWord(s string) bool {
	run := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/':
			if run++; run == 40 {
				return true
			}
		default:
			run = 0
		}
	}
	return false
}
