package evidence

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf8"
)

// DefaultEvery is how many lines lie between two remembered places of a log.
const DefaultEvery = 256

// maxOffsets bounds the memory of an index: beyond it every second place is forgotten and
// Every doubles, so that an index stays below about 700 kB however long the log is.
const maxOffsets = 1 << 16

// LogIndex lets a log of hundreds of megabytes be read from any line without reading what
// comes before it. Lines end with a line feed; a last line without one counts.
type LogIndex struct {
	Bytes       int64
	Lines       int
	Every       int     // lines between two offsets
	Offsets     []int64 // Offsets[i] is where line 1+i*Every starts
	Levels      [levelCount]int
	Blocks      []Block // Blocks[i] counts the Every lines from Offsets[i] on
	Longest     int     // bytes of the longest line, without its line ending
	LongestLine int     // its number, 0 in an empty log
	UTF8        bool
}

// Block counts the lines of each level between two remembered places, so that the lines of a
// level can be read from any of them without reading the whole log.
type Block [levelCount]uint32

// Count is the number of lines of the level.
func (x *LogIndex) Count(l Level) int {
	if int(l) < levelCount {
		return x.Levels[l]
	}
	return 0
}

// IndexLog reads a log once from start to end. every is the number of lines between two
// remembered places, DefaultEvery when not positive. The error is that of r.
func IndexLog(r io.Reader, every int) (*LogIndex, error) {
	if every <= 0 {
		every = DefaultEvery
	}
	x := &LogIndex{Every: every, UTF8: true}
	scan := newLineScanner(r, 0, levelSpan)
	scan.checkUTF8 = true
	for scan.next() {
		if x.Lines%x.Every == 0 {
			if len(x.Offsets) == maxOffsets {
				for i := range maxOffsets / 2 {
					x.Offsets[i] = x.Offsets[2*i]
					x.Blocks[i] = x.Blocks[2*i]
					for l, n := range x.Blocks[2*i+1] {
						x.Blocks[i][l] += n
					}
				}
				x.Offsets, x.Blocks = x.Offsets[:maxOffsets/2], x.Blocks[:maxOffsets/2]
				x.Every *= 2
			}
			x.Offsets, x.Blocks = append(x.Offsets, scan.start), append(x.Blocks, Block{})
		}
		x.Lines++
		level := LevelOf(scan.line)
		x.Levels[level]++
		x.Blocks[len(x.Blocks)-1][level]++
		if scan.size > x.Longest || x.LongestLine == 0 {
			x.Longest, x.LongestLine = scan.size, x.Lines
		}
	}
	x.Bytes = scan.offset
	x.UTF8 = !scan.badUTF8
	return x, scan.err
}

// lineScanner reads lines of any length and keeps at most keep bytes of each.
type lineScanner struct {
	r         *bufio.Reader
	keep      int
	checkUTF8 bool

	line    []byte // the first bytes of the line, without its ending; valid until next
	size    int    // bytes of the whole line, without its ending
	start   int64  // where the line starts
	offset  int64  // where the next line starts
	badUTF8 bool
	err     error
	buf     []byte
}

func newLineScanner(r io.Reader, offset int64, keep int) *lineScanner {
	return &lineScanner{r: bufio.NewReaderSize(r, 256<<10), keep: keep, offset: offset}
}

// next moves on to the next line; false at the end or on an error.
func (s *lineScanner) next() bool {
	if s.err != nil {
		return false
	}
	s.start = s.offset
	part, err := s.r.ReadSlice('\n')
	s.offset += int64(len(part))
	if err == nil { // the common case: the whole line is in the buffer
		s.line = part[:len(part)-1]
		if n := len(s.line); n > 0 && s.line[n-1] == '\r' {
			s.line = s.line[:n-1]
		}
		s.size = len(s.line)
		if s.checkUTF8 && !s.badUTF8 {
			s.badUTF8 = !utf8.Valid(part)
		}
		if len(s.line) > s.keep {
			s.line = s.line[:s.keep]
		}
		return true
	}
	return s.long(part, err)
}

// long goes on with a line that is not in one piece, or has no ending.
func (s *lineScanner) long(part []byte, err error) bool {
	s.buf = s.buf[:0]
	var carry [utf8.UTFMax]byte // a character cut in two by the buffer
	carried := 0
	var last byte // the last byte of the line before its line feed
	for {
		if s.checkUTF8 && !s.badUTF8 {
			check := part
			for carried > 0 && len(check) > 0 && !utf8.FullRune(carry[:carried]) {
				carry[carried] = check[0]
				carried++
				check = check[1:]
			}
			if carried > 0 && utf8.FullRune(carry[:carried]) {
				s.badUTF8 = !utf8.Valid(carry[:carried])
				carried = 0
			}
			if carried == 0 {
				n := partialRune(check)
				s.badUTF8 = s.badUTF8 || !utf8.Valid(check[:len(check)-n])
				carried = copy(carry[:], check[len(check)-n:])
			}
		}
		body := part
		if err == nil {
			body = part[:len(part)-1]
		}
		if len(body) > 0 {
			last = body[len(body)-1]
		}
		if room := s.keep - len(s.buf); room > 0 {
			s.buf = append(s.buf, body[:min(room, len(body))]...)
		}
		if err != bufio.ErrBufferFull {
			break
		}
		part, err = s.r.ReadSlice('\n')
		s.offset += int64(len(part))
	}
	if carried > 0 {
		s.badUTF8 = true
	}
	s.size = int(s.offset - s.start)
	if err == nil {
		s.size--
	} else if err != io.EOF {
		s.err = err
		return false
	}
	if s.size == 0 && err == io.EOF {
		return false
	}
	if last == '\r' && err == nil {
		s.size--
	}
	s.line = s.buf[:min(len(s.buf), s.size)]
	return true
}

const indexVersion = 2

var errIndex = errors.New("evidence: the log index is damaged")

// MarshalBinary writes the index compactly: about ten bytes for every remembered place.
func (x *LogIndex) MarshalBinary() ([]byte, error) {
	b := append(make([]byte, 0, 64+10*len(x.Offsets)), 'F', 'L', 'I', indexVersion)
	flag := byte(0)
	if x.UTF8 {
		flag = 1
	}
	b = append(b, flag)
	for _, n := range []int{int(x.Bytes), x.Lines, x.Every, x.Longest, x.LongestLine} {
		b = binary.AppendUvarint(b, uint64(n))
	}
	for _, n := range x.Levels {
		b = binary.AppendUvarint(b, uint64(n))
	}
	b = binary.AppendUvarint(b, uint64(len(x.Offsets)))
	before := int64(0)
	for _, o := range x.Offsets {
		b = binary.AppendUvarint(b, uint64(o-before))
		before = o
	}
	for _, block := range x.Blocks {
		for _, n := range block[1:] { // those of no level are the rest
			b = binary.AppendUvarint(b, uint64(n))
		}
	}
	return b, nil
}

// UnmarshalBinary reads what MarshalBinary wrote and refuses anything that is not whole and
// consistent. The answer to an error is to index the log again.
func (x *LogIndex) UnmarshalBinary(b []byte) error {
	if len(b) < 5 || string(b[:3]) != "FLI" || b[3] != indexVersion || b[4] > 1 {
		return errIndex
	}
	n := LogIndex{UTF8: b[4] == 1}
	b = b[5:]
	ok := true
	read := func() int {
		v, size := binary.Uvarint(b)
		if size <= 0 || v > 1<<56 {
			ok = false
			return 0
		}
		b = b[size:]
		return int(v)
	}
	n.Bytes, n.Lines, n.Every = int64(read()), read(), read()
	n.Longest, n.LongestLine = read(), read()
	sum := 0
	for i := range n.Levels {
		n.Levels[i] = read()
		sum += n.Levels[i]
	}
	count := read()
	if !ok || n.Every < 1 || sum != n.Lines || int64(n.Lines) > n.Bytes || n.LongestLine > n.Lines || int64(n.Longest) > n.Bytes ||
		count > len(b) || count > maxOffsets || count != (n.Lines+n.Every-1)/n.Every {
		return errIndex
	}
	if count > 0 {
		n.Offsets = make([]int64, count)
	}
	at := int64(0)
	for i := range n.Offsets {
		step := read()
		at += int64(step)
		if !ok || at >= n.Bytes || i == 0 && at != 0 || i > 0 && step < n.Every {
			return errIndex
		}
		n.Offsets[i] = at
	}
	if !n.readBlocks(count, read) || !ok || len(b) != 0 {
		return errIndex
	}
	*x = n
	return nil
}

// readBlocks reads the counts of the blocks and checks them against those of the whole.
func (x *LogIndex) readBlocks(count int, read func() int) bool {
	if count > 0 {
		x.Blocks = make([]Block, count)
	}
	sum := [levelCount]int{}
	for i := range x.Blocks {
		left := min(x.Every, x.Lines-i*x.Every)
		for l := 1; l < levelCount; l++ {
			n := read()
			if n > left {
				return false
			}
			x.Blocks[i][l] = uint32(n)
			left -= n
			sum[l] += n
		}
		x.Blocks[i][0] = uint32(left)
		sum[0] += left
	}
	return sum == x.Levels
}

// seek gives the place nearest before line and the number of the line there.
func (x *LogIndex) seek(line int) (offset int64, at int) {
	if len(x.Offsets) == 0 || x.Every < 1 || line < 1 {
		return 0, 1
	}
	i := min((line-1)/x.Every, len(x.Offsets)-1)
	return x.Offsets[i], 1 + i*x.Every
}
