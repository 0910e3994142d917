package evidence

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// IsNull reports whether a cell of the result stands for SQL NULL.
func (r *Result) IsNull(cell string) bool { return r.Null != "" && cell == r.Null }

// Preview gives s with at most rows rows and about size bytes of cells; whole is false when something
// was left out. RowCount still tells how many there were.
func (s SQL) Preview(rows, size int) (preview SQL, whole bool) {
	whole = true
	if len(s.Raw) > size {
		s.Raw, whole = clip(s.Raw, size), false
	}
	for i, row := range s.Rows {
		for _, cell := range row {
			size -= len(cell) + 4
		}
		if i >= rows || size < 0 {
			s.Rows, whole = s.Rows[:i:i], false
			break
		}
	}
	return s, whole
}

// WriteCSV writes the result as RFC 4180 CSV in UTF-8: NULL is an empty field, and a text that a
// spreadsheet would take for a formula has an apostrophe before it, as OWASP advises.
func (s *SQL) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	record := make([]string, len(s.Columns))
	for i, name := range s.Columns {
		record[i] = Harmless(name)
	}
	if len(record) > 0 {
		if err := out.Write(record); err != nil {
			return err
		}
	}
	for _, row := range s.Rows {
		for i, cell := range row {
			if record[i] = Harmless(cell); s.IsNull(cell) {
				record[i] = ""
			}
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// Harmless keeps a spreadsheet from running a cell. Plain numbers stay as they are.
func Harmless(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return cell
	}
	if _, err := strconv.ParseFloat(cell, 64); err == nil && cell[0] != '+' {
		return cell
	}
	return "'" + cell
}

// Numeric reports for each column whether every cell that is neither NULL nor empty is a number, with at
// least one: such columns are read from the right.
func (r *Result) Numeric() []bool {
	out := make([]bool, len(r.Columns))
	for i := range out {
		for _, row := range r.Rows {
			if i >= len(row) || row[i] == "" || r.IsNull(row[i]) {
				continue
			}
			if out[i] = isNumber(row[i]); !out[i] {
				break
			}
		}
	}
	return out
}

// isNumber accepts what databases print: digits with separators, a sign, a fraction, an exponent.
func isNumber(s string) bool {
	s = strings.TrimSpace(s)
	digits := 0
	for i, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case (c == '-' || c == '+') && i == 0, c == '.', c == ',':
		case (c == 'e' || c == 'E') && digits > 0, (c == '-' || c == '+') && (s[i-1] == 'e' || s[i-1] == 'E'):
		default:
			return false
		}
	}
	return digits > 0
}
