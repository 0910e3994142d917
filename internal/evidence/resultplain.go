package evidence

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strings"
)

// delimited reads TSV, the unaligned form of psql (a|b), CSV, and CSV with semicolons. Every
// row must have as many cells as the first, so that a sentence is not taken for a table.
func (t *table) delimited() (end int, found bool) {
	from, to := 0, len(t.lines)
	for from < to && (strings.TrimSpace(t.lines[from]) == "" || isPrompt(t.lines[from])) {
		from++
	}
	var stated *int
	for from < to && (strings.TrimSpace(t.lines[to-1]) == "" || isPrompt(t.lines[to-1]) || readFooter(t.lines[to-1]).is) {
		to--
		if f := readFooter(t.lines[to]); f.rows != nil {
			stated = f.rows
		}
	}
	if from >= to || to-from < 2 && (stated == nil || *stated != 0) {
		return 0, false
	}
	for _, d := range []struct {
		comma  rune
		format string
	}{{'\t', "tsv"}, {'|', "unaligned"}, {',', "csv"}, {';', "csv"}} {
		if strings.ContainsRune(t.lines[from], d.comma) && t.split(from, to, d.comma) {
			t.Format = d.format
			return to, true
		}
		t.Result, t.total = Result{}, 0
	}
	return 0, false
}

func (t *table) split(from, to int, comma rune) bool {
	lines := t.lines[from:to]
	quoted := slices.ContainsFunc(lines, func(s string) bool { return strings.IndexByte(s, '"') >= 0 })
	next := func() ([]string, error) {
		if len(lines) == 0 {
			return nil, io.EOF
		}
		line := lines[0]
		lines = lines[1:]
		return strings.Split(line, string(comma)), nil
	}
	if quoted && comma != '|' {
		r := csv.NewReader(strings.NewReader(strings.Join(lines, "\n")))
		r.Comma, r.LazyQuotes, r.FieldsPerRecord = comma, true, -1
		next = r.Read
	}
	for {
		row, err := next()
		if err == io.EOF {
			return len(t.Columns) > 1
		}
		if err != nil {
			return false
		}
		if t.Columns == nil {
			for _, name := range row {
				if name = strings.TrimSpace(name); name == "" || len(name) > 128 || len(strings.Fields(name)) > 4 || strings.HasSuffix(name, ".") {
					return false
				}
			}
			t.Columns = trimmed(row)
			continue
		}
		if len(row) != len(t.Columns) {
			return false
		}
		t.add(row)
	}
}

// json reads an array of objects, or objects one after the other.
func (t *table) json(text string) bool {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	list := text[0] == '['
	if list {
		if _, err := dec.Token(); err != nil {
			return false
		}
	}
	index := map[string]int{}
	nullWord := "NULL"
	nulls := [][2]int{} // row and column
	for !list || dec.More() {
		tok, err := dec.Token()
		if err == io.EOF && !list {
			break
		}
		if tok != json.Delim('{') || err != nil {
			return false
		}
		var row []string
		keep := len(t.Rows) < MaxRows
		for dec.More() {
			name, err := dec.Token()
			if err != nil {
				return false
			}
			var raw json.RawMessage
			if dec.Decode(&raw) != nil {
				return false
			}
			if !keep {
				continue
			}
			at, known := index[name.(string)]
			if !known {
				if len(t.Columns) > MaxColumns {
					continue
				}
				at = len(t.Columns)
				index[name.(string)] = at
				t.Columns = append(t.Columns, name.(string))
			}
			for len(row) <= at {
				row = append(row, "")
			}
			row[at] = jsonCell(raw)
			if string(raw) == "null" {
				nulls = append(nulls, [2]int{len(t.Rows), at})
			} else if row[at] == nullWord {
				nullWord = "␀NULL"
			}
		}
		if _, err := dec.Token(); err != nil {
			return false
		}
		t.add(row)
	}
	if len(t.Columns) == 0 {
		return false
	}
	for _, n := range nulls {
		t.Rows[n[0]][n[1]] = nullWord
		t.Null = nullWord
	}
	t.Format = "json"
	return true
}

func jsonCell(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil && raw[0] == '"' {
		return s
	}
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}
