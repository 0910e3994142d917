package evidence

import (
	"bufio"
	"io"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"firebreak/internal/redact"
)

// Mask writes names in place of what f finds on the screen of the session, of the same width, so that what stands beside
// it stays in its place. It is found however it came there: in pieces of several events, with escape sequences between,
// typed, corrected and typed again, or wrapped at the edge. What was typed and the titles of windows are left out.
// It reports how many stretches it masked.
func (c *Cast) Mask(f *redact.Finder, p *redact.Pseudonyms) int {
	c.Title, c.Command = redact.Mask(c.Title, f.Find(c.Title), p), redact.Mask(c.Command, f.Find(c.Command), p)
	stretches := c.private(f, p)
	w := rewriter{screen: newScreen(c.Width, math.MaxInt), stretches: stretches}
	w.screen.kept = func([]cell, bool) {}
	events := c.Events[:0]
	for _, e := range c.Events {
		switch e.Code {
		case 'i':
			continue
		case 'm':
			e.Data = redact.Mask(e.Data, f.Find(e.Data), p)
		case 'o':
			e.Data = w.rewrite(e.Data)
		}
		events = append(events, e)
	}
	c.Events = events
	return len(stretches)
}

// MaskRecording masks a recording, an asciicast or a typescript, on its way from r to w. What of a typescript is no text
// on the screen (who started it and when) is left out.
func MaskRecording(w io.Writer, r io.Reader, f *redact.Finder, p *redact.Pseudonyms) error {
	in := bufio.NewReader(r)
	head, err := in.Peek(1)
	if err == io.EOF {
		return nil
	} else if err != nil {
		return err
	}
	if head[0] == '{' || head[0] == 0xef { // a header, perhaps with a byte order mark before it
		c, err := ParseCast(in)
		if err != nil {
			return err
		}
		c.Mask(f, p)
		return c.WriteV2(w)
	}
	c, err := ParseTypescript(in, nil)
	if err != nil {
		return err
	}
	c.Mask(f, p)
	for _, e := range c.Events {
		if _, err := io.WriteString(w, e.Data); err != nil {
			return err
		}
	}
	return nil
}

// stretch is what was found among the characters shown, by their order; what was erased in between belongs to it.
type stretch struct {
	from, to int32
	kind     redact.Kind
	value    string
	line     bool    // found in the lines as they read in the end
	cells    []int32 // the first of its characters as they read, for the name that is shown instead
	name     string
}

// private finds what is private, in the order in which it was shown and as the lines read in the end.
func (c *Cast) private(f *redact.Finder, p *redact.Pseudonyms) []stretch {
	var found []stretch
	find := func(v *view) {
		s := string(v.text)
		for _, x := range f.Find(s) {
			if y, ok := v.stretch(x.Start, x.End, s); ok {
				y.kind = x.Kind
				found = append(found, y)
			}
		}
	}
	flow, lines := view{find: find}, view{find: find, line: true}
	s := newScreen(c.Width, math.MaxInt)
	s.shown = flow.show
	s.kept = func(part []cell, end bool) {
		for _, c := range part {
			lines.add(c.r, c.at)
		}
		if end {
			lines.add('\n', -1)
		}
	}
	for _, e := range c.Events {
		switch e.Code {
		case 'o':
			for _, r := range e.Data {
				if s.state == ground {
					flow.control(r)
				}
				s.take(r)
			}
		case 'r':
			if w, _, ok := parseSize(e.Data); ok {
				s.resize(w)
			}
		}
	}
	if len(s.line) > 0 {
		s.commit()
	}
	find(&flow)
	find(&lines)
	// A secret that its surroundings gave away once may stand alone elsewhere.
	secrets := map[string]bool{}
	for _, x := range found {
		if x.kind == redact.Secret && len(x.value) >= minSecret && len(secrets) < maxSecrets {
			secrets[x.value] = true
		}
	}
	for _, v := range []*view{&flow, &lines} {
		s := string(v.text)
		for value := range secrets {
			for at := 0; ; {
				i := strings.Index(s[at:], value)
				if i < 0 {
					break
				}
				i += at
				at = i + len(value)
				if x, ok := v.stretch(i, at, s); ok {
					x.kind = redact.Secret
					found = append(found, x)
				}
			}
		}
	}
	return merge(found, p)
}

// merge puts stretches that overlap together, in order, and names them.
func merge(found []stretch, p *redact.Pseudonyms) []stretch {
	slices.SortStableFunc(found, func(a, b stretch) int { return int(a.from) - int(b.from) })
	out := found[:0]
	for _, x := range found {
		k := len(out) - 1
		if k < 0 || x.from >= out[k].to {
			out = append(out, x)
			continue
		}
		to := max(out[k].to, x.to)
		if x.line && !out[k].line {
			x.from, out[k] = out[k].from, x
		}
		out[k].to = to
	}
	for i := range out {
		out[i].name = p.Of(out[i].kind, out[i].value)
	}
	return out
}

const (
	minSecret, maxSecrets = 6, 100
	maxName               = 24 // characters of a name that are shown
)

// view is a text of the session with the place of every byte among the characters shown.
type view struct {
	text     []byte
	at       []int32
	find     func(*view)
	line     bool
	returned bool // to the beginning of the line, with nothing shown since
}

// Bounds of what is looked through at once, and how much of it is looked through again with what follows.
const (
	viewMax  = 1 << 20
	viewKeep = 16 << 10
)

// stretch gives the characters of a part of s, the text of the view; false when nothing of it was shown.
func (v *view) stretch(start, end int, s string) (stretch, bool) {
	x := stretch{from: math.MaxInt32, value: s[start:end], line: v.line}
	for i, at := range v.at[start:end] {
		if at < 0 || i > 0 && v.at[start+i-1] == at {
			continue
		}
		x.from, x.to = min(x.from, at), max(x.to, at+1)
		if len(x.cells) < maxName {
			x.cells = append(x.cells, at)
		}
	}
	return x, x.from < x.to
}

func (v *view) add(r rune, at int32) {
	if noRoom(r) {
		return // it would split a word in two
	}
	n := len(v.text)
	v.text = utf8.AppendRune(v.text, r)
	for range len(v.text) - n {
		v.at = append(v.at, at)
	}
	if len(v.text) >= viewMax {
		v.find(v)
		k := len(v.text) - viewKeep
		for !utf8.RuneStart(v.text[k]) {
			k++
		}
		v.text, v.at = append(v.text[:0], v.text[k:]...), append(v.at[:0], v.at[k:]...)
	}
}

// show adds a character as it is shown.
func (v *view) show(r rune, at int32) {
	if v.returned {
		v.returned = false
		v.add('\n', -1)
	}
	v.add(r, at)
}

// control takes the line ends among the characters that are not shown. A return begins the line anew, except after the
// blank with which a shell wraps what is typed at the edge. A step back is left to the view of the lines.
func (v *view) control(r rune) {
	switch r {
	case '\n', '\v', '\f':
		v.returned = false
		v.add('\n', -1)
	case '\r':
		k := len(v.text) - 1
		if k >= 1 && v.text[k] == ' ' && v.text[k-1] != ' ' && v.text[k-1] != '\n' {
			v.text, v.at = v.text[:k], v.at[:k]
			return
		}
		v.returned = true
	}
}

// noRoom reports whether a character takes no room on the screen.
func noRoom(r rune) bool { return r > '~' && unicode.In(r, unicode.Cf, unicode.Mn) }

// rewriter goes through the session once more and writes names where stretches are.
type rewriter struct {
	screen    *screen
	stretches []stretch
	next      int
	held      strings.Builder // an escape sequence as far as it came
}

func (w *rewriter) rewrite(data string) string {
	var out strings.Builder
	out.Grow(len(data))
	for _, r := range data {
		was, puts := w.screen.state, w.screen.puts
		w.screen.take(r)
		now := w.screen.state
		switch {
		case w.screen.puts > puts:
			w.held.Reset()
			if r = w.shown(r, int32(puts)); r >= 0 {
				out.WriteRune(r)
			}
		case now == str || now == longStr:
			w.held.Reset() // a title or the like: dropped
		case was == str || was == longStr:
			if now != ground {
				w.held.WriteRune(r) // ESC: the string may end, or another sequence begins
			} else if r == '\n' {
				out.WriteRune(r)
			}
		default:
			if w.held.WriteRune(r); now == ground {
				out.WriteString(w.held.String())
				w.held.Reset()
			}
		}
	}
	return out.String()
}

// shown gives the character to show as the one of this order; negative: none.
func (w *rewriter) shown(r rune, at int32) rune {
	for w.next < len(w.stretches) && w.stretches[w.next].to <= at {
		w.next++
	}
	if w.next == len(w.stretches) || at < w.stretches[w.next].from || r == '\t' {
		return r
	}
	if noRoom(r) {
		return -1
	}
	x := &w.stretches[w.next]
	if k := slices.Index(x.cells, at); k >= 0 && k < len(x.name) {
		return rune(x.name[k])
	}
	return '•'
}
