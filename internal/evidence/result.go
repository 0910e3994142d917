package evidence

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// ParseResult recognises a query result in what people paste: psql (aligned, expanded,
// unaligned), the boxes of mysql and sqlite3, the vertical form of mysql (\G), columns under
// dashes as SQL*Plus, sqlcmd and Db2 print them, Markdown, CSV, TSV, and JSON objects. Prompts
// and the statement before the table are passed over; the stated number of rows and the time
// taken are read. Of several tables the first counts.
//
// ok is false when there is no table; the row count and the duration may still have been found
// ("UPDATE 3"). The time taken is linear in the text, of which the first MaxResultBytes count.
func ParseResult(text string) (result Result, ok bool) {
	cut := len(text) > MaxResultBytes
	text = clip(text, MaxResultBytes)
	if cut {
		text = text[:max(strings.LastIndexByte(text, '\n'), 0)]
	}
	if strings.IndexByte(text, 0x1b) >= 0 {
		text = Strip(text)
	}
	text = strings.TrimPrefix(tidy(strings.ReplaceAll(text, "\r\n", "\n")), "\ufeff")
	t := &table{lines: strings.Split(text, "\n")}
	t.unbox()
	end, found := 0, false
	if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, "[") || strings.HasPrefix(trimmed, "{") {
		if t.json(trimmed) {
			t.finish(cut, nil)
			return t.Result, true
		}
		t.Result, t.total = Result{}, 0
	}
	if end, found = t.ruled(); !found {
		end, found = t.delimited()
	}
	if !found {
		t.Result, t.total, end = Result{}, 0, 0
	}
	t.finish(cut, t.lines[end:])
	return t.Result, found
}

// table is a result being put together.
type table struct {
	Result
	lines []string
	total int // rows found, kept or not
	// folded tells which cells of the row before go on in the next line; nil when none does.
	folded []bool
	cut    bool // fewer rows were given than stated
}

func (t *table) add(row []string) {
	t.total++
	if len(t.Rows) < MaxRows {
		t.Rows = append(t.Rows, row)
	}
}

// last is the row added last, when it was kept.
func (t *table) last() []string {
	if t.total == 0 || t.total > len(t.Rows) {
		return nil
	}
	return t.Rows[len(t.Rows)-1]
}

// finish reads the lines after the table and settles count, NULL and bounds.
func (t *table) finish(cut bool, after []string) {
	for _, line := range after {
		f := readFooter(line)
		if f.rows != nil && t.RowCount == nil {
			t.RowCount = f.rows
		}
		if f.ms > 0 && t.DurationMS == 0 {
			t.DurationMS = f.ms
		}
	}
	if len(t.Columns) > 0 {
		if t.RowCount == nil {
			total := t.total
			t.RowCount = &total
		}
		t.Truncated = cut || *t.RowCount > len(t.Rows)
		if t.Null == "" {
			t.Null = t.nullWord()
		}
	}
	t.bound()
}

// nullWord finds the word that clients print for NULL.
func (t *table) nullWord() string {
	for _, row := range t.Rows {
		for _, cell := range row {
			switch cell {
			case "NULL", "(null)", "<null>", "[NULL]", "<NULL>", "∅":
				return cell
			}
		}
	}
	return ""
}

// unbox turns boxes drawn with line characters (sqlite3 -box, psql with Unicode lines) into
// the plain ones.
func (t *table) unbox() {
	drawn := slices.ContainsFunc(t.lines, func(line string) bool {
		line = strings.TrimSpace(line)
		return line != "" && strings.TrimLeft(line, "─━═┌┬┐├┼┤└┴┘╞╪╡┏┳┓┡╇┩╭╮╰╯╔╦╗╠╬╣╚╩╝╪╫") == "" && len(line) > 3
	})
	if !drawn {
		return
	}
	plain := strings.NewReplacer("│", "|", "║", "|", "┃", "|", "─", "-", "━", "-", "═", "-",
		"┌", "+", "┬", "+", "┐", "+", "├", "+", "┼", "+", "┤", "+", "└", "+", "┴", "+", "┘", "+",
		"╞", "+", "╪", "+", "╡", "+", "┏", "+", "┳", "+", "┓", "+", "┡", "+", "╇", "+", "┩", "+",
		"╭", "+", "╮", "+", "╰", "+", "╯", "+", "╔", "+", "╦", "+", "╗", "+", "╠", "+", "╬", "+",
		"╣", "+", "╚", "+", "╩", "+", "╝", "+", "╫", "+")
	for i, line := range t.lines {
		t.lines[i] = plain.Replace(line)
	}
}

// footer is what a line after a result states.
type footer struct {
	rows *int
	ms   float64
	is   bool // the line is one of these lines
}

// readFooter reads the lines that clients print below a result, such as "(2 rows)",
// "2 rows in set (0.01 sec)", "no rows selected", "Time: 0.31 ms" and "Elapsed: 00:00:00.31".
func readFooter(line string) footer {
	line = strings.TrimSpace(line)
	if line == "" || len(line) > 200 {
		return footer{}
	}
	low := strings.ToLower(line)
	word, rest, _ := strings.Cut(low, " ")
	switch word {
	case "time:": // psql: Time: 61000.123 ms (01:01.000)
		if number, unit, ok := strings.Cut(rest, " "); ok && strings.HasPrefix(unit, "ms") {
			if ms, ok := milliseconds(number); ok {
				return footer{ms: ms, is: true}
			}
		}
		return footer{}
	case "elapsed:": // SQL*Plus
		if ms, ok := clockTime(rest); ok {
			return footer{ms: ms, is: true}
		}
		return footer{}
	case "run": // sqlite3: Run Time: real 0.001 user 0.000 sys 0.000
		if after, ok := strings.CutPrefix(low, "run time: real "); ok {
			number, _, _ := strings.Cut(after, " ")
			if s, ok := milliseconds(number); ok {
				return footer{ms: s * 1000, is: true}
			}
		}
		return footer{}
	case "cpu": // SQL Server: CPU time = 0 ms,  elapsed time = 12 ms.
		if _, after, ok := strings.Cut(low, "elapsed time = "); ok {
			number, _, _ := strings.Cut(after, " ")
			if ms, ok := milliseconds(number); ok {
				return footer{ms: ms, is: true}
			}
		}
		return footer{}
	case "empty":
		if strings.HasPrefix(rest, "set") {
			return footer{rows: new(int), ms: spelledTime(rest), is: true}
		}
		return footer{}
	case "no":
		if rest == "rows selected" || rest == "rows selected." {
			return footer{rows: new(int), is: true}
		}
		return footer{}
	case "query": // mysql: Query OK, 3 rows affected (0.01 sec)
		after, ok := strings.CutPrefix(rest, "ok, ")
		if !ok {
			return footer{}
		}
		word, rest, _ = strings.Cut(after, " ")
	case "update", "delete", "merge", "select", "insert": // command tags of psql
		number := rest
		if word == "insert" {
			_, number, _ = strings.Cut(rest, " ")
		}
		if n, ok := atoi(number); ok {
			return footer{rows: &n, is: true}
		}
		return footer{}
	}
	n, ok := atoi(strings.TrimPrefix(word, "("))
	if !ok || !strings.HasPrefix(rest, "row") && !strings.HasPrefix(rest, "record") {
		return footer{}
	}
	_, state, _ := strings.Cut(rest, " ")
	closed := word[0] == '('
	switch {
	case closed && (rest == "rows)" || rest == "row)"),
		strings.HasPrefix(state, "selected"), strings.HasPrefix(state, "affected"), strings.HasPrefix(state, "in set"),
		strings.HasPrefix(state, "updated"), strings.HasPrefix(state, "deleted"), strings.HasPrefix(state, "inserted"), strings.HasPrefix(state, "created"):
		return footer{rows: &n, ms: spelledTime(rest), is: true}
	}
	return footer{}
}

func milliseconds(s string) (float64, bool) {
	f, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	return f, err == nil && f >= 0 && f < 1e12
}

// clockTime reads 00:00:00.31 as milliseconds.
func clockTime(s string) (float64, bool) {
	total := 0.0
	parts := strings.Split(strings.TrimSpace(s), ":")
	if len(parts) > 4 || len(parts) < 2 {
		return 0, false
	}
	for i, p := range parts {
		f, ok := milliseconds(p)
		if !ok {
			return 0, false
		}
		scale := 60.0
		if i == 1 && len(parts) == 4 {
			scale = 24
		}
		total = total*scale + f
	}
	return total * 1000, true
}

// spelledTime reads "… (1 min 2.34 sec)" and "… elapsed: 0.003 sec" as milliseconds.
func spelledTime(s string) float64 {
	if i := strings.LastIndexByte(s, '('); i >= 0 {
		s = s[i+1:]
	} else if _, after, ok := strings.Cut(s, "elapsed: "); ok {
		s = after
	} else {
		return 0
	}
	total, number, given := 0.0, 0.0, false
	for f := range strings.FieldsSeq(strings.TrimRight(s, ").")) {
		if n, ok := milliseconds(f); ok {
			number, given = n, true
			continue
		}
		if !given {
			continue
		}
		switch strings.TrimRight(f, ".,") {
		case "hour", "hours":
			total += number * 3_600_000
		case "min":
			total += number * 60_000
		case "sec":
			total += number * 1000
		}
		given = false
	}
	return total
}

// isPrompt reports lines on which a client waits for a statement: SQL>, mysql>, 1>, db=>, db=#.
func isPrompt(line string) bool {
	line = strings.TrimSpace(line)
	word, rest, _ := strings.Cut(line, " ")
	if strings.HasPrefix(rest, "[") { // MariaDB [shop]> select
		i := strings.Index(rest, "]>")
		return i > 0 && word == "MariaDB"
	}
	if len(word) < 2 || len(word) > 80 {
		return false
	}
	switch end := word[len(word)-1]; end {
	case '>':
		name := strings.TrimRight(word[:len(word)-1], "=-'(*!")
		return strings.IndexFunc(name, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-.@:+/", r)
		}) < 0
	case '#':
		return strings.HasSuffix(word, "=#") || strings.HasSuffix(word, "-#")
	}
	return false
}
