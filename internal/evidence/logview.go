package evidence

import "io"

// From gives the levels from l to fatal; none at all for LevelNone, which means every line.
func (l Level) From() []Level {
	if l == LevelNone {
		return nil
	}
	var out []Level
	for ; int(l) < levelCount; l++ {
		out = append(out, l)
	}
	return out
}

// CountFrom is the number of lines at level l or above; of all lines for LevelNone.
func (x *LogIndex) CountFrom(l Level) (n int) {
	for ; int(l) < levelCount; l++ {
		n += x.Levels[l]
	}
	return n
}

// countFrom is CountFrom of one block.
func (b *Block) countFrom(l Level) (n int) {
	for ; int(l) < levelCount; l++ {
		n += int(b[l])
	}
	return n
}

// section is a reader of the blocks from i to before end.
func (x *LogIndex) section(r io.ReaderAt, i, end int) (*io.SectionReader, int64) {
	stop := x.Bytes
	if end < len(x.Offsets) {
		stop = x.Offsets[end]
	}
	return io.NewSectionReader(r, x.Offsets[i], stop-x.Offsets[i]), x.Offsets[i]
}

// ReadLevel reads count of the lines at level or above, starting with the skip-th of them, from 0. Blocks
// that have none are not read. With LevelNone it is ReadLines from line skip+1.
func ReadLevel(r io.ReaderAt, x *LogIndex, level Level, skip, count int) ([]Line, error) {
	if level == LevelNone {
		return ReadLines(r, x, max(skip, 0)+1, count)
	}
	skip = max(skip, 0)
	count = min(count, MaxReadLines, x.CountFrom(level)-skip)
	if count <= 0 {
		return nil, nil
	}
	lines := make([]Line, 0, count)
	for i := range x.Blocks {
		n := x.Blocks[i].countFrom(level)
		if skip >= n {
			skip -= n
			continue
		}
		in, offset := x.section(r, i, i+1)
		scan := newLineScanner(in, offset, MaxLineBytes)
		for number := 1 + i*x.Every; scan.next(); number++ {
			if LevelOf(scan.line) < level {
				continue
			}
			if skip > 0 {
				skip--
				continue
			}
			if lines = append(lines, shown(scan, number)); len(lines) == count {
				return lines, nil
			}
		}
		if scan.err != nil {
			return lines, scan.err
		}
	}
	return lines, nil
}

// Place gives how many lines at level or above come before line number: where it stands among them.
func (x *LogIndex) Place(r io.ReaderAt, level Level, number int) (before int, err error) {
	number = min(max(number, 1), x.Lines+1)
	if level == LevelNone || len(x.Offsets) == 0 {
		return number - 1, nil
	}
	block := min((number-1)/x.Every, len(x.Blocks)-1)
	for i := range block {
		before += x.Blocks[i].countFrom(level)
	}
	in, offset := x.section(r, block, block+1)
	scan := newLineScanner(in, offset, levelSpan)
	for at := 1 + block*x.Every; at < number && scan.next(); at++ {
		if LevelOf(scan.line) >= level {
			before++
		}
	}
	return before, scan.err
}

// FindBefore looks backwards for the nearest line before line number that contains query, in any case, at
// level or above. One call reads about 16 MB; hit is 0 when there was none so far, next is the line to call
// it with again, and done says that the start was reached.
func FindBefore(r io.ReaderAt, x *LogIndex, query string, number int, level Level) (hit, next int, done bool, err error) {
	number = min(number, x.Lines+1)
	if number <= 1 || len(x.Offsets) == 0 {
		return 0, 1, true, nil
	}
	match := matcher(query)
	var read int64
	for block := min((number-2)/x.Every, len(x.Blocks)-1); block >= 0; block-- {
		first := 1 + block*x.Every
		if x.Blocks[block].countFrom(level) > 0 {
			in, offset := x.section(r, block, block+1)
			scan := newLineScanner(in, offset, findLineBytes)
			for at := first; at < number && scan.next(); at++ {
				if match(scan.line) && (level == LevelNone || LevelOf(scan.line) >= level) {
					hit = at
				}
			}
			if scan.err != nil {
				return 0, first, false, scan.err
			}
			if read += in.Size(); hit > 0 {
				return hit, hit, true, nil
			}
		}
		if number = first; read >= findBudget {
			return 0, number, number == 1, nil
		}
	}
	return 0, 1, true, nil
}

// shown is the line that the scanner stands on.
func shown(scan *lineScanner, number int) Line {
	text := scan.line
	cut := scan.size > len(text)
	if cut {
		text = text[:len(text)-partialRune(text)]
	}
	return Line{Number: number, Text: Visible(text), Level: LevelOf(scan.line), Cut: cut, Bytes: scan.size}
}
