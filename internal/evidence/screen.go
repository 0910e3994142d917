package evidence

import (
	"hash/maphash"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Strip turns text pasted from a terminal into plain text: escape sequences and control
// characters are gone, and a line that was overwritten (carriage return, backspace, erasing)
// reads as it ended. Text without control characters is returned as it is. Invalid UTF-8 is
// replaced.
func Strip(s string) string {
	if plain(s) {
		return s
	}
	// Moving the cursor right is the one way in which output outgrows input; see forward.
	sc := newScreen(0, 32*len(s)+1024)
	sc.write(s)
	out := sc.text()
	if !strings.HasSuffix(s, "\n") {
		out = strings.TrimSuffix(out, "\n")
	}
	return out
}

func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			return false
		}
	}
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r >= 0x80 && r < 0xa0 || isBidiControl(r) {
			return false
		}
	}
	return true
}

// The states of the escape parser, after the VT500 parser of Paul Williams (vt100.net).
const (
	ground = iota
	escape
	escapeSkip // one more character of a three-character sequence such as ESC ( B
	csi
	str      // OSC: ends with BEL, ST, or the end of the line
	longStr  // DCS, SOS, PM, APC: end with ST
	maxParam = 64
)

const (
	windowMax  = 2048 // runes of a line that can still be edited
	windowKeep = 1024
	seenMax    = 1 << 14
)

// cell is a character of the line that can still be edited.
type cell struct {
	r  rune
	at int32 // which of the characters shown it is; -1: a blank that nobody wrote
}

var blanks = slices.Repeat([]cell{{' ', -1}}, 200)

// screen is a small line model of a terminal. It keeps one logical line, soft-wrapped at
// width, and hands it over when the cursor leaves it. It is not a terminal emulator: full
// screen programs come out as the lines they drew.
type screen struct {
	width int // 0: lines do not wrap
	limit int
	out   strings.Builder

	line    []cell
	pos     int  // where the next character goes
	pending bool // the last column was written and the wrap is still to come
	ongoing bool // the start of this line is in out already
	state   int
	param   []byte
	alt     bool // the alternate screen is shown: full screen programs draw the same lines again and again
	seen    map[uint64]struct{}
	seed    maphash.Seed

	puts int // characters shown so far
	// shown, when set, is given each character as it is shown, and a line end for whatever else moves the cursor on; kept
	// is given the lines as they end, instead of out.
	shown func(r rune, at int32)
	kept  func(part []cell, end bool)
}

func newScreen(width, limit int) *screen {
	return &screen{width: width, limit: max(limit, 0), seed: maphash.MakeSeed()}
}

func (s *screen) full() bool { return s.out.Len() >= s.limit }

func (s *screen) resize(width int) {
	if width == s.width {
		return
	}
	if len(s.line) > 0 {
		s.commit()
	}
	s.width = width
}

// mark puts a marker on a line of its own.
func (s *screen) mark(label string) {
	if len(s.line) > 0 {
		s.commit()
	}
	for _, r := range label {
		if !unicode.IsControl(r) {
			s.put(r)
		}
	}
	s.commit()
}

func (s *screen) text() string {
	if len(s.line) > 0 {
		s.commit()
	}
	return strings.ToValidUTF8(clip(s.out.String(), s.limit), "")
}

func (s *screen) write(text string) {
	for _, r := range text {
		if s.take(r); s.full() {
			return
		}
	}
}

func (s *screen) take(r rune) {
	switch {
	case s.state != ground:
		s.sequence(r)
	case r >= ' ' && r < 0x7f || r >= 0xa0:
		s.put(r)
	default:
		s.control(r)
	}
}

func (s *screen) control(r rune) {
	switch r {
	case '\n', '\v', '\f', 0x84, 0x85: // LF and its kin, IND, NEL
		s.commit()
	case '\r':
		s.pos, s.pending = s.rowStart(), false
	case '\b':
		s.back(1)
	case '\t':
		s.put('\t')
	case 0x1b:
		s.state = escape
	case 0x9b:
		s.state, s.param = csi, s.param[:0]
	case 0x9d:
		s.state = str
	case 0x90, 0x98, 0x9e, 0x9f:
		s.state = longStr
	}
}

// sequence takes one character of an escape sequence.
func (s *screen) sequence(r rune) {
	// CAN and SUB end any sequence, ESC ends it and starts another.
	switch r {
	case 0x18, 0x1a:
		s.state = ground
		return
	case 0x1b:
		s.state = escape
		return
	}
	switch s.state {
	case escape:
		s.state = ground
		switch r {
		case '[':
			s.state, s.param = csi, s.param[:0]
		case ']', 'k': // k sets the title in screen and tmux
			s.state = str
		case 'P', 'X', '^', '_':
			s.state = longStr
		case '(', ')', '*', '+', '-', '.', '/', '#', '%', ' ':
			s.state = escapeSkip
		case 'D', 'E', 'c': // index, next line, reset
			s.commit()
		case 'M': // reverse index
			s.up(1)
		default:
			if r < ' ' {
				s.control(r)
			}
		}
	case escapeSkip:
		s.state = ground
	case str:
		if r == 0x07 || r == 0x9c || r == '\n' {
			s.state = ground
		}
		if r == '\n' {
			s.commit()
		}
	case longStr:
		if r == 0x9c {
			s.state = ground
		}
	case csi:
		switch {
		case r >= 0x40 && r <= 0x7e:
			s.state = ground
			s.csi(byte(r))
		case r >= 0x20 && r < 0x40:
			if len(s.param) < maxParam {
				s.param = append(s.param, byte(r))
			}
		case r < ' ':
			// Control characters act in the middle of a sequence (ECMA-48 implementations agree).
			s.control(r)
		default:
			// Not a sequence after all: what follows is text again.
			s.state = ground
			if r >= 0xa0 {
				s.put(r)
			}
		}
	}
}

// csi carries out a control sequence that ended with final.
func (s *screen) csi(final byte) {
	if len(s.param) > 0 && s.param[0] >= '<' { // private: < = > ?
		if s.param[0] == '?' && (final == 'h' || final == 'l') {
			switch string(s.param[1:]) {
			case "47", "1047", "1049":
				if len(s.line) > 0 {
					s.commit()
				}
				s.alt = final == 'h'
			}
		}
		return
	}
	n, given := s.first()
	count := max(n, 1)
	switch final {
	case 'A', 'F':
		s.up(count)
		if final == 'F' {
			s.pos = s.rowStart()
		}
	case 'B', 'E', 'e':
		s.commit()
	case 'C', 'a':
		s.forward(count)
	case 'D':
		s.back(count)
	case 'G', '`':
		s.pos, s.pending = s.rowStart(), false
		s.forward(count - 1)
	case 'H', 'f', 'd':
		// Somewhere else on the screen: what comes is another line.
		if len(s.line) > 0 {
			s.commit()
		}
	case 'J':
		if !given || n == 0 {
			s.cut()
		} else if len(s.line) > 0 {
			s.commit()
		}
	case 'K':
		switch n {
		case 0:
			s.cut()
		case 1:
			for i := s.rowStart(); i <= s.pos && i < len(s.line); i++ {
				s.line[i] = blanks[0]
			}
		case 2:
			s.line = s.line[:min(s.rowStart(), len(s.line))]
		}
	case 'P': // delete characters
		if s.pos < len(s.line) {
			s.line = append(s.line[:s.pos], s.line[min(s.pos+count, len(s.line)):]...)
		}
	case 'X': // erase characters
		for i := s.pos; i < min(s.pos+count, len(s.line)); i++ {
			s.line[i] = blanks[0]
		}
	case '@': // insert blanks
		if s.pos < len(s.line) {
			s.line = slices.Insert(s.line, s.pos, blanks[:min(count, len(blanks))]...)
			s.trimWindow()
		}
	}
}

// first is the first parameter of the sequence, at most 9999, and whether there was one.
func (s *screen) first() (n int, given bool) {
	for _, c := range s.param {
		if c < '0' || c > '9' {
			break
		}
		n, given = min(n*10+int(c-'0'), 9999), true
	}
	return n, given
}

// rowStart is the index of the first column of the screen row that the cursor is on.
func (s *screen) rowStart() int {
	if s.width == 0 || s.pos == 0 {
		return 0
	}
	pos := s.pos
	if s.pending {
		pos--
	}
	return pos - pos%s.width
}

// cut erases from the cursor to the end of the line.
func (s *screen) cut() {
	if s.pos < len(s.line) {
		s.line = s.line[:s.pos]
	}
}

// forward moves right. The step is held to one screen row, or to 80 columns when the width is
// not known, so that a few bytes cannot ask for pages of blanks.
func (s *screen) forward(n int) {
	if n <= 0 {
		return
	}
	if s.width > 0 {
		if s.pending {
			return
		}
		s.pos = min(s.pos+n, s.rowStart()+s.width-1)
	} else {
		s.pos = min(s.pos+n, max(s.pos, len(s.line)+80))
	}
	s.trimWindow()
}

// back moves left within the screen row.
func (s *screen) back(n int) {
	if s.pending { // the cursor still shows on the last column
		s.pos--
		s.pending = false
	}
	s.pos = max(s.pos-n, s.rowStart())
}

func (s *screen) up(n int) {
	if s.width > 0 && s.pos >= n*s.width {
		s.pos -= n * s.width
		return
	}
	if len(s.line) > 0 {
		s.commit()
	}
}

func (s *screen) put(r rune) {
	if isBidiControl(r) {
		return
	}
	for len(s.line) < s.pos {
		s.line = append(s.line, blanks[0])
	}
	c := cell{r, int32(s.puts)}
	if s.puts++; s.shown != nil {
		s.shown(r, c.at)
	}
	if s.pos < len(s.line) {
		s.line[s.pos] = c
	} else {
		s.line = append(s.line, c)
	}
	s.pos++
	s.pending = s.width > 0 && s.pos%s.width == 0
	s.trimWindow()
}

// trimWindow hands over the start of a very long line, so that editing stays cheap.
func (s *screen) trimWindow() {
	if s.pos <= windowMax && len(s.line) <= windowMax {
		return
	}
	drop := max(s.pos, len(s.line)) - windowKeep
	if s.width > 0 {
		drop -= drop % s.width
	}
	drop = min(drop, s.pos, len(s.line))
	if drop <= 0 {
		// The cursor stands at the start of a line that insertions made too long.
		if len(s.line) > windowMax {
			s.line = s.line[:windowMax]
		}
		return
	}
	s.hand(s.line[:drop], false)
	s.line = append(s.line[:0], s.line[drop:]...)
	s.pos -= drop
	s.ongoing = true
}

// hand gives a part of a line on, which may be its end.
func (s *screen) hand(part []cell, end bool) {
	if s.kept != nil {
		s.kept(part, end)
		return
	}
	for _, c := range part {
		s.out.WriteRune(c.r)
	}
	if end {
		s.out.WriteByte('\n')
	}
}

// again reports whether a full screen program drew this line before.
func (s *screen) again(line []cell) bool {
	var h maphash.Hash
	h.SetSeed(s.seed)
	for _, c := range line {
		var b [utf8.UTFMax]byte
		h.Write(b[:utf8.EncodeRune(b[:], c.r)])
	}
	key := h.Sum64()
	if _, known := s.seen[key]; known {
		return true
	}
	if s.seen == nil {
		s.seen = map[uint64]struct{}{}
	}
	if len(s.seen) < seenMax {
		s.seen[key] = struct{}{}
	}
	return false
}

// commit ends the line.
func (s *screen) commit() {
	end := len(s.line)
	for end > 0 && s.line[end-1].r == ' ' {
		end--
	}
	line := s.line[:end]
	s.line, s.pos, s.pending = s.line[:0], 0, false
	ongoing := s.ongoing
	s.ongoing = false
	if s.full() || s.alt && !ongoing && s.kept == nil && (len(line) == 0 || s.again(line)) {
		return
	}
	s.hand(line, true)
}

// isBidiControl reports the characters that make text read in another order than it is stored
// (Unicode TR 9, explicit directional formatting).
func isBidiControl(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c
}
