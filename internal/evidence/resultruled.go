package evidence

import (
	"strconv"
	"strings"
	"unicode"
)

// maxLayout is the number of columns beyond which a line of dashes is no header: each row costs
// time for every column.
const maxLayout = 2000

// ruled looks for a table that has a line of dashes below its header, or vertical records, and
// returns the index of the line after it.
func (t *table) ruled() (end int, found bool) {
	for i := 0; i < len(t.lines); i++ {
		rule := strings.TrimSpace(t.lines[i])
		if len(rule) < 1 || strings.IndexByte("-+|:*=", rule[0]) < 0 {
			continue
		}
		end, found = 0, false
		switch {
		case isRecordLine(rule):
			end, found = t.vertical(i)
		case only(rule, "+-=") && len(rule) > 2 && rule[0] == '+' && rule[len(rule)-1] == '+':
			end, found = t.box(i)
		case strings.IndexByte(rule, '|') >= 0 && only(rule, "|-: ") && strings.IndexByte(rule, '-') >= 0:
			end, found = t.markdown(i)
		case only(rule, "-+") && strings.IndexByte(rule, '+') > 0:
			end, found = t.aligned(i, "psql")
		case i > 0 && only(rule, "-") && t.psqlSingle(i):
			end, found = t.aligned(i, "psql")
		case only(rule, "- \t") && len(rule) > 1:
			end, found = t.fixed(i)
		}
		if found {
			return end, true
		}
		i = max(i, end-1) // lines read in vain are not read again
	}
	return 0, false
}

func only(s, set string) bool { return strings.Trim(s, set) == "" }

// psqlSingle tells a psql table of one column, whose rule is two wider than its content and
// whose rows start with a blank, from other columns under dashes.
func (t *table) psqlSingle(i int) bool {
	head, rule := t.lines[i-1], strings.TrimRight(t.lines[i], " ")
	return rule[0] == '-' && strings.HasPrefix(head, " ") && len(rule) > 2 &&
		columns(strings.TrimRight(head, " ")) < len(rule) &&
		(i+1 >= len(t.lines) || t.lines[i+1] == "" || t.lines[i+1][0] == ' ' || t.lines[i+1][0] == '(')
}

// aligned reads the psql layout: cells between bars that stand below the plus signs of the rule.
func (t *table) aligned(i int, format string) (int, bool) {
	if i == 0 {
		return 0, false
	}
	rule := strings.TrimRight(t.lines[i], " \t")
	cuts, widths := cutsOf(rule)
	head, ok := cells(t.lines[i-1], cuts)
	if !ok || len(cuts) > maxLayout {
		return 0, false
	}
	t.Columns, t.Format = trimmed(head), format
	blank := 0
	for i++; i < len(t.lines); i++ {
		line := t.lines[i]
		if strings.TrimSpace(line) == "" {
			if blank++; blank > 1 {
				break
			}
			continue
		}
		if len(cuts) == 0 && (readFooter(line).is || line[0] != ' ') {
			if blank == 1 && line[0] == '(' { // the last cell is empty
				t.add([]string{""})
			}
			break
		}
		raw, ok := cells(line, cuts)
		if !ok || blank > 0 && len(cuts) > 0 {
			break
		}
		if blank > 0 { // an empty cell in a table of one column
			t.add([]string{""})
			blank = 0
		}
		t.addFolded(raw, widths)
	}
	return i, true
}

// addFolded adds a row, or what psql wrote of one: a cell that ends with a plus sign (↵ with
// Unicode lines) in its last column goes on in the next line.
func (t *table) addFolded(raw []string, widths []int) {
	goesOn := make([]bool, len(raw))
	folded := false
	for j, cell := range raw {
		if bare := strings.TrimSuffix(strings.TrimSuffix(cell, "+"), "↵"); bare != cell && columns(cell) == widths[j] {
			raw[j] = bare
			goesOn[j], folded = true, true
		}
	}
	if t.folded == nil {
		t.add(trimmed(raw))
	} else if row := t.last(); row != nil {
		for j, was := range t.folded {
			if was && len(row[j]) <= MaxCellBytes {
				row[j] += "\n" + strings.TrimSpace(raw[j])
			}
		}
	}
	t.folded = nil
	if folded {
		t.folded = goesOn
	}
}

// box reads the layout of mysql: the rule above, below the header and at the end.
func (t *table) box(i int) (int, bool) {
	isRule := func(k int) bool {
		s := strings.TrimSpace(at(t.lines, k))
		return len(s) > 2 && s[0] == '+' && s[len(s)-1] == '+' && only(s, "+-=")
	}
	isRow := func(k int) bool { return strings.HasPrefix(strings.TrimSpace(at(t.lines, k)), "|") }
	head := i + 1
	switch {
	case isRow(i+1) && isRule(i+2):
		i += 3
	case i > 0 && isRow(i-1): // the rule above was not copied
		head = i - 1
		i++
	default:
		return 0, false
	}
	rule := strings.TrimSpace(t.lines[i-1])
	cuts, widths := cutsOf(rule[1 : len(rule)-1])
	read := func(line string) ([]string, bool) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "|")
		return cells(strings.TrimSuffix(line, "|"), cuts)
	}
	names, ok := read(t.lines[head])
	if !ok {
		return 0, false
	}
	t.Columns, t.Format = trimmed(names), "box"
	for ; i < len(t.lines); i++ {
		if isRule(i) {
			if !isRow(i + 1) {
				return i + 1, true
			}
			continue
		}
		if !isRow(i) {
			return i, true
		}
		// A value with line breaks spreads the row over several lines.
		line, bars := t.lines[i], strings.Count(t.lines[i], "|")
		if !strings.HasSuffix(strings.TrimRight(line, " "), "|") || bars < len(cuts)+2 {
			whole := []string{line}
			for i+1 < len(t.lines) && !isRule(i+1) {
				i++
				whole = append(whole, t.lines[i])
				bars += strings.Count(t.lines[i], "|")
				if bars >= len(cuts)+2 && strings.HasSuffix(strings.TrimRight(t.lines[i], " "), "|") {
					break
				}
			}
			line = strings.Join(whole, "\n")
		}
		row, ok := read(line)
		if !ok {
			t.add([]string{strings.TrimSpace(line)})
			continue
		}
		t.addFolded(row, widths)
	}
	return i, true
}

func (t *table) markdown(i int) (int, bool) {
	rule := t.lines[i]
	split := func(line string) []string {
		line = strings.TrimSpace(line)
		line = strings.TrimPrefix(line, "|")
		if strings.HasSuffix(line, "|") && !strings.HasSuffix(line, `\|`) {
			line = line[:len(line)-1]
		}
		var out []string
		var b strings.Builder
		for k := 0; k < len(line); k++ {
			switch {
			case line[k] == '\\' && k+1 < len(line) && line[k+1] == '|':
				b.WriteByte('|')
				k++
			case line[k] == '|':
				out = append(out, b.String())
				b.Reset()
			default:
				b.WriteByte(line[k])
			}
		}
		return trimmed(append(out, b.String()))
	}
	if i == 0 || strings.IndexByte(t.lines[i-1], '|') < 0 {
		return 0, false
	}
	names := split(t.lines[i-1])
	if len(names) != len(split(rule)) {
		return 0, false
	}
	t.Columns, t.Format = names, "markdown"
	for i++; i < len(t.lines) && strings.IndexByte(t.lines[i], '|') >= 0; i++ {
		row := split(t.lines[i])
		if extra := len(row) - len(names); extra > 0 {
			row = append(row[:len(names)-1], strings.Join(row[len(names)-1:], " | "))
		}
		t.add(row)
	}
	return i, true
}

// fixed reads columns under dashes, as SQL*Plus, sqlcmd and Db2 print them. SQL*Plus repeats
// the header on every page, and folds a wide row over several lines, each with a header.
func (t *table) fixed(i int) (int, bool) {
	if i == 0 {
		return 0, false
	}
	var stack [][]span
	header := map[string]bool{}
	first := i
	for k := i; k > 0 && k < len(t.lines) && isFixedRule(t.lines[k]); k += 2 {
		spans := spansOf(expand(t.lines[k]))
		if len(t.Columns)+len(spans) > maxLayout {
			if k == first {
				return 0, false
			}
			break
		}
		head := expand(t.lines[k-1])
		if k == first && readFooter(head).is {
			return 0, false
		}
		names := fixedCells(head, spans)
		if k == first && len(spans) == 1 && columns(strings.TrimSpace(head)) > spans[0].end-spans[0].start {
			return 0, false // a heading or a sentence above a line, not a column name
		}
		stack = append(stack, spans)
		t.Columns = append(t.Columns, names...)
		header[strings.TrimRight(t.lines[k-1], " ")] = true
		i = k + 1
	}
	if len(stack) == 0 {
		return 0, false
	}
	t.Format = "fixed"
	var row []string
	blank, part := 0, 0
	for ; i < len(t.lines); i++ {
		line := t.lines[i]
		bare := strings.TrimRight(line, " ")
		if strings.TrimSpace(bare) == "" {
			blank++
			continue
		}
		if readFooter(line).is || isPrompt(line) {
			break
		}
		if header[bare] && isFixedRule(at(t.lines, i+1)) { // the next page
			i++
			blank = 0
			continue
		}
		if len(t.Columns) == 1 {
			for range min(blank, 1) {
				t.add([]string{""})
			}
		}
		blank = 0
		row = append(row, fixedCells(expand(line), stack[part])...)
		if part++; part == len(stack) {
			t.add(row)
			row, part = nil, 0
		}
	}
	if row != nil {
		t.add(row)
	}
	return i, true
}

func isFixedRule(line string) bool {
	line = strings.TrimRight(line, " \t")
	return len(line) > 1 && strings.Contains(line, "--") && only(line, "- \t")
}

// span is a column on the screen: from start up to, not including, end.
type span struct{ start, end int }

func spansOf(rule string) []span {
	var out []span
	for i := 0; i < len(rule); {
		if rule[i] != '-' {
			i++
			continue
		}
		start := i
		for i < len(rule) && rule[i] == '-' {
			i++
		}
		out = append(out, span{start, i})
	}
	return out
}

// fixedCells cuts line at the starts of the spans; what stands in a gap belongs to the left.
func fixedCells(line string, spans []span) []string {
	out := make([]string, len(spans))
	from, col, k := 0, 0, 0
	for i, r := range line {
		for k+1 < len(spans) && col >= spans[k+1].start {
			out[k] = strings.TrimSpace(line[from:i])
			from = i
			k++
		}
		col += runeColumns(r)
	}
	out[k] = strings.TrimSpace(line[from:])
	return out
}

// expand replaces tabs by blanks up to the next multiple of eight: SQL*Plus pads with tabs.
func expand(line string) string {
	if strings.IndexByte(line, '\t') < 0 {
		return line
	}
	var b strings.Builder
	col := 0
	for _, r := range line {
		if r == '\t' {
			n := 8 - col%8
			b.WriteString("        "[:n])
			col += n
			continue
		}
		b.WriteRune(r)
		col += runeColumns(r)
	}
	return b.String()
}

// isRecordLine reports "-[ RECORD 1 ]----" of psql and "****** 1. row ******" of mysql.
func isRecordLine(s string) bool {
	if rest, ok := strings.CutPrefix(s, "-[ RECORD "); ok {
		number, _, ok := strings.Cut(rest, " ]")
		_, err := strconv.Atoi(number)
		return ok && err == nil
	}
	if s[0] != '*' || !strings.HasSuffix(s, "*") {
		return false
	}
	number, ok := strings.CutSuffix(strings.Trim(s, "* "), ". row")
	_, err := strconv.Atoi(number)
	return ok && err == nil
}

// vertical reads one "name: value" (mysql \G) or "name | value" (psql \x) per line.
func (t *table) vertical(i int) (int, bool) {
	bar := strings.TrimSpace(t.lines[i])[0] == '-'
	index := map[string]int{}
	var row []string
	column := -1
	for ; i < len(t.lines); i++ {
		line := t.lines[i]
		if s := strings.TrimSpace(line); s != "" && isRecordLine(s) {
			if row != nil {
				t.add(row)
			}
			row, column = make([]string, len(t.Columns)), -1
			continue
		}
		if strings.TrimSpace(line) == "" && bar || readFooter(line).is || isPrompt(line) {
			break
		}
		var name, value string
		var ok bool
		if bar {
			name, value, ok = strings.Cut(line, "|")
			value = strings.TrimPrefix(value, " ")
		} else {
			name, value, ok = strings.Cut(line, ": ")
			if !ok {
				name, ok = strings.CutSuffix(line, ":")
			}
			ok = ok && !strings.ContainsFunc(strings.TrimSpace(name), unicode.IsSpace)
		}
		name = strings.TrimSpace(name)
		if !ok || name == "" {
			if column >= 0 && len(row[column]) <= MaxCellBytes { // the value goes on
				if bar {
					line = value
					row[column] = strings.TrimRight(strings.TrimSuffix(strings.TrimSuffix(row[column], "+"), "↵"), " ")
				}
				row[column] += "\n" + strings.TrimRight(line, " ")
			}
			continue
		}
		at, known := index[name]
		if !known {
			if len(t.Columns) > MaxColumns {
				continue
			}
			at = len(t.Columns)
			index[name] = at
			t.Columns = append(t.Columns, name)
		}
		for len(row) <= at {
			row = append(row, "")
		}
		row[at], column = strings.TrimRight(value, " "), at
	}
	if row != nil {
		t.add(row)
	}
	t.Format = "vertical"
	return i, len(t.Columns) > 0
}

// cutsOf gives the screen columns of the plus signs of a rule, and the widths between them.
func cutsOf(rule string) (cuts, widths []int) {
	last := -1
	for i := range len(rule) {
		if rule[i] == '+' {
			cuts = append(cuts, i)
			widths = append(widths, i-last-1)
			last = i
		}
	}
	return cuts, append(widths, len(rule)-last-1)
}

// cells cuts line at the bars that stand on the screen columns of cuts. When they do not stand
// there (a client that counts wide characters otherwise, a value with line breaks) it cuts at
// every bar; too many give their surplus to the last cell. ok is false when there are too few.
func cells(line string, cuts []int) (out []string, ok bool) {
	if len(cuts) == 0 {
		return []string{line}, true
	}
	from, col, k := 0, 0, 0
	for i, r := range line {
		if k < len(cuts) && col >= cuts[k] {
			if col != cuts[k] || r != '|' {
				break
			}
			out = append(out, line[from:i])
			from = i + 1
			k++
		}
		col += runeColumns(r)
	}
	if k == len(cuts) {
		return append(out, line[from:]), true
	}
	out = strings.SplitN(line, "|", len(cuts)+1)
	return out, len(out) == len(cuts)+1
}

func at(lines []string, i int) string {
	if i < 0 || i >= len(lines) {
		return ""
	}
	return lines[i]
}

func trimmed(cells []string) []string {
	for i, c := range cells {
		cells[i] = strings.TrimSpace(c)
	}
	return cells
}

func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

// runeColumns is the width of a character on a terminal: 0 for combining marks, 2 for the wide
// blocks of East Asian scripts and emoji (Unicode TR 11, by block), else 1.
func runeColumns(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me), r == 0x200d, r == 0x200b:
		return 0
	case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0x303e, r >= 0x3041 && r <= 0xa4cf,
		r >= 0xac00 && r <= 0xd7a3, r >= 0xf900 && r <= 0xfaff, r >= 0xfe30 && r <= 0xfe6f,
		r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6, r >= 0x1f300 && r <= 0x1f64f,
		r >= 0x1f900 && r <= 0x1f9ff, r >= 0x20000 && r <= 0x3fffd:
		return 2
	}
	return 1
}
