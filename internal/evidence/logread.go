package evidence

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of reading a log.
const (
	MaxLineBytes  = 16 << 10 // of a line shown; the rest of a longer line is left out
	MaxReadLines  = 5000     // in one call of ReadLines
	findLineBytes = 1 << 20  // of a line searched
	findBudget    = 16 << 20 // bytes read by one call of FindLines
	MaxFindHits   = 1000     // in one call of FindLines
)

// Line is one line of a log as it is shown.
type Line struct {
	Number int    `json:"number"` // from 1
	Text   string `json:"text"`   // printable UTF-8, without the line ending
	Level  Level  `json:"level"`
	Cut    bool   `json:"cut,omitempty"` // Text is only the first 16 kB
	Bytes  int    `json:"bytes"`         // length of the whole line
}

// ReadLines reads count lines (at most MaxReadLines) starting with line number from. It gives
// fewer lines at the end of the log, and none beyond it.
func ReadLines(r io.ReaderAt, x *LogIndex, from, count int) ([]Line, error) {
	from = max(from, 1)
	count = min(count, MaxReadLines, x.Lines-from+1)
	if count <= 0 {
		return nil, nil
	}
	offset, at := x.seek(from)
	scan := newLineScanner(io.NewSectionReader(r, offset, x.Bytes-offset), offset, MaxLineBytes)
	lines := make([]Line, 0, count)
	for scan.next() {
		if at >= from {
			lines = append(lines, shown(scan, at))
			if len(lines) == count {
				return lines, nil
			}
		}
		at++
	}
	return lines, scan.err
}

// FindLines looks for lines that contain query, in any case, and that have one of the levels
// (any level when none is given), starting with line number from. One call reads about 16 MB
// and gives at most limit hits; next is the line to go on with, and done says that the end was
// reached. An empty query matches every line. Only the first megabyte of a line is searched.
func FindLines(r io.ReaderAt, x *LogIndex, query string, from, limit int, levels ...Level) (hits []int, next int, done bool, err error) {
	from = max(from, 1)
	limit = min(max(limit, 1), MaxFindHits)
	if from > x.Lines {
		return nil, from, true, nil
	}
	var wanted [256]bool
	for _, l := range levels {
		wanted[l] = true
	}
	match := matcher(query)
	offset, at := x.seek(from)
	keep := findLineBytes
	if query == "" {
		keep = levelSpan
	}
	scan := newLineScanner(io.NewSectionReader(r, offset, x.Bytes-offset), offset, keep)
	var began int64 = -1
	for scan.next() {
		number := at
		at++
		if number < from {
			continue
		}
		if began < 0 {
			began = scan.start
		}
		if match(scan.line) && (len(levels) == 0 || wanted[LevelOf(scan.line)]) {
			hits = append(hits, number)
			if len(hits) == limit {
				return hits, at, at > x.Lines, nil
			}
		}
		if scan.offset-began >= findBudget {
			return hits, at, at > x.Lines, nil
		}
	}
	return hits, at, scan.err == nil, scan.err
}

// matcher gives a function that reports whether a line contains query, in any case.
func matcher(query string) func([]byte) bool {
	if query == "" {
		return func([]byte) bool { return true }
	}
	ascii := true
	for i := range len(query) {
		ascii = ascii && query[i] < utf8.RuneSelf
	}
	if !ascii {
		want := []byte(strings.ToLower(query))
		return func(line []byte) bool { return bytes.Contains(bytes.ToLower(line), want) }
	}
	want := lower(make([]byte, len(query)), []byte(query))
	var buf []byte
	return func(line []byte) bool {
		if len(line) < len(want) {
			return false
		}
		if cap(buf) < len(line) {
			buf = make([]byte, max(len(line), 4096))
		}
		return bytes.Contains(lower(buf[:len(line)], line), want)
	}
}

// Visible turns bytes into text that can be shown as it stands: invalid UTF-8 is replaced,
// control characters (but not tabs) become their pictures (␀), colour sequences are left out,
// and characters that would reverse the reading order are written out.
func Visible(b []byte) string {
	clean := true
	for _, c := range b {
		if c < ' ' && c != '\t' || c >= 0x7f {
			clean = false
			break
		}
	}
	if clean {
		return string(b)
	}
	var s strings.Builder
	s.Grow(len(b))
	for i := 0; i < len(b); {
		if n := colour(b[i:]); n > 0 {
			i += n
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		i += size
		switch {
		case r == '\t':
			s.WriteByte('\t')
		case r < ' ':
			s.WriteRune(0x2400 + r)
		case r == 0x7f:
			s.WriteRune(0x2421)
		case r < 0x80:
			s.WriteByte(byte(r))
		case isBidiControl(r), unicode.IsControl(r), r == 0x2028, r == 0x2029:
			s.WriteString("⟨U+")
			hex := strings.ToUpper(strconv.FormatInt(int64(r), 16))
			s.WriteString("0000"[:max(0, 4-len(hex))])
			s.WriteString(hex)
			s.WriteString("⟩")
		default:
			s.WriteRune(r)
		}
	}
	return s.String()
}

// colour is the length of the colour sequence (ESC [ numbers m) that b starts with, or 0.
func colour(b []byte) int {
	if len(b) < 3 || b[0] != 0x1b || b[1] != '[' {
		return 0
	}
	for i := 2; i < min(len(b), 32); i++ {
		switch c := b[i]; {
		case c == 'm' || c == 'K': // grep ends its colours with erase-to-end-of-line
			return i + 1
		case c >= '0' && c <= '9' || c == ';' || c == ':':
		default:
			return 0
		}
	}
	return 0
}

// LogText is what of a log goes into the search: all of it when it fits into limit bytes,
// otherwise its head, the lines at warn or above, and its tail, in the order of the log.
// Of lines that differ in numbers alone only the first few are taken. The error is that of r.
func LogText(r io.Reader, limit int) (string, error) {
	type kept struct {
		number int
		text   string
	}
	var head strings.Builder
	var severe, tail []kept
	var severeSize, tailSize, tailFrom, number int
	headFull := false
	shapes := map[uint64]int{}
	scan := newLineScanner(r, 0, levelSpan)
	for scan.next() {
		number++
		text := searchable(scan.line)
		size := len(text) + 1
		if !headFull && head.Len()+size <= limit/3 {
			head.WriteString(text)
			head.WriteByte('\n')
			continue
		}
		headFull = true
		if size > limit/3 {
			text = clip(text, max(limit/3-1, 0))
			size = len(text) + 1
		}
		tail = append(tail, kept{number, text})
		tailSize += size
		for tailSize > limit/3 && tailFrom < len(tail) {
			old := tail[tailFrom]
			tail[tailFrom] = kept{}
			tailFrom++
			n := len(old.text) + 1
			tailSize -= n
			if severeSize+n > limit/3 || LevelOf([]byte(old.text)) < LevelWarn {
				continue
			}
			if shape := shapeOf(old.text); len(shapes) < 1<<14 || shapes[shape] > 0 {
				shapes[shape]++
				if shapes[shape] > 3 {
					continue
				}
			}
			severe = append(severe, old)
			severeSize += n
		}
		if tailFrom > 4096 && tailFrom > len(tail)/2 {
			tail = append(tail[:0], tail[tailFrom:]...)
			tailFrom = 0
		}
	}
	for _, k := range append(severe, tail[tailFrom:]...) {
		head.WriteString(k.text)
		head.WriteByte('\n')
	}
	return clip(head.String(), limit), scan.err
}

// searchable is a line without colours and control characters.
func searchable(line []byte) string {
	s := strings.ToValidUTF8(string(line), " ")
	if strings.IndexByte(s, 0x1b) >= 0 {
		s = Strip(s)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return ' '
		}
		return r
	}, s)
}

// shapeOf is the same for lines that differ only in digits (FNV-1a).
func shapeOf(s string) uint64 {
	h := uint64(14695981039346656037)
	digit := false
	for i := range len(s) {
		c := s[i]
		if c >= '0' && c <= '9' {
			if digit {
				continue
			}
			digit, c = true, '0'
		} else {
			digit = false
		}
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}
