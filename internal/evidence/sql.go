package evidence

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of SQL evidence.
const (
	MaxStatementBytes = 256 << 10
	MaxResultBytes    = 8 << 20 // of a pasted result; the rest is left out
	MaxRows           = 2000    // kept; RowCount still tells how many there were
	MaxColumns        = 200     // kept
	MaxCellBytes      = 16 << 10
)

// SQL is a statement with the result it gave.
type SQL struct {
	Statement string `json:"statement"`
	Engine    string `json:"engine,omitempty"`   // as a person names it: Oracle 19c, PostgreSQL...
	Database  string `json:"database,omitempty"` // where it ran, in the reader's terms
	Result
	// Raw is the pasted result when no table was recognised in it.
	Raw string `json:"raw,omitempty"`
}

// Result is the table that a statement gave.
type Result struct {
	Columns []string   `json:"columns,omitempty"`
	Rows    [][]string `json:"rows,omitempty"` // each as long as Columns
	// RowCount is the number of rows the database stated, or else the number of rows found.
	// It is nil when there is neither, and can be more than len(Rows).
	RowCount   *int    `json:"row_count,omitempty"`
	DurationMS float64 `json:"duration_ms,omitempty"` // 0 when not stated
	Truncated  bool    `json:"truncated,omitempty"`   // rows, columns or cells were left out
	// Null is the cell text that stands for SQL NULL; empty when the result does not tell
	// NULL from text.
	Null string `json:"null,omitempty"`
	// Format is the layout that was recognised: psql, box, fixed, markdown, vertical, csv,
	// tsv, unaligned or json; empty when none was.
	Format string `json:"format,omitempty"`
}

// NewSQL makes SQL evidence from what a person typed and pasted. A result in which no table is
// recognised is kept as it is, in Raw.
func NewSQL(statement, engine, database, pasted string) (SQL, error) {
	s := SQL{Statement: statement, Engine: engine, Database: database}
	if strings.TrimSpace(pasted) != "" {
		result, ok := ParseResult(pasted)
		s.Result = result
		if !ok {
			s.Raw = clip(tidy(pasted), MaxResultBytes)
		}
	}
	return s, s.Normalize()
}

// Normalize brings s within the bounds: rows as long as the columns, not too many, with
// printable cells. It gives an *Error for a statement that is missing or too long.
func (s *SQL) Normalize() error {
	s.Statement = strings.TrimSpace(tidy(s.Statement))
	if s.Statement == "" {
		return &Error{Field: "statement", Message: "the statement is empty", Hint: "Paste the SQL that was run."}
	}
	if len(s.Statement) > MaxStatementBytes {
		return &Error{Field: "statement", Message: "the statement is longer than 256 kB", Hint: "Attach it as a file instead."}
	}
	s.Engine = clip(oneLine(s.Engine), 100)
	s.Database = clip(oneLine(s.Database), 200)
	s.Raw = clip(tidy(s.Raw), MaxResultBytes)
	if len(s.Rows) > 0 && len(s.Columns) == 0 {
		return &Error{Field: "columns", Message: "the result has rows but no columns", Hint: "Send the names of the columns as well."}
	}
	if s.RowCount != nil && *s.RowCount < 0 {
		return &Error{Field: "row_count", Message: "the number of rows is negative", Hint: "Leave it out when it is not known."}
	}
	if !(s.DurationMS >= 0 && s.DurationMS < 1e12) {
		return &Error{Field: "duration_ms", Message: "the duration is not a number of milliseconds", Hint: "Leave it out when it is not known."}
	}
	for i, row := range s.Rows {
		if len(row) > len(s.Columns) {
			return &Error{Field: "rows", Line: i + 1, Message: fmt.Sprintf("the row has %d cells but there are %d columns", len(row), len(s.Columns)), Hint: "Send as many cells in each row as there are columns."}
		}
	}
	s.Result.bound()
	return nil
}

// Text is the statement and its result as plain text for searching, at most limit bytes.
func (s *SQL) Text(limit int) string {
	var b strings.Builder
	b.WriteString(s.Statement)
	b.WriteByte('\n')
	b.WriteString(strings.Join(s.Columns, "\t"))
	for _, row := range s.Rows {
		if b.Len() > limit {
			break
		}
		b.WriteByte('\n')
		for i, cell := range row {
			if i > 0 {
				b.WriteByte('\t') // not a blank, which could join the numbers of two cells
			}
			b.WriteString(cell)
		}
	}
	if s.Raw != "" {
		b.WriteByte('\n')
		b.WriteString(s.Raw)
	}
	return clip(b.String(), max(limit, 0))
}

// ParseSQL reads the JSON form of SQL and normalizes it.
func ParseSQL(data []byte) (SQL, error) {
	var s SQL
	if err := json.Unmarshal(data, &s); err != nil {
		return SQL{}, &Error{Field: "sql", Message: "this is not SQL evidence in JSON", Hint: "Send an object with statement, and optionally engine, database, columns, rows, row_count and duration_ms."}
	}
	return s, s.Normalize()
}

// bound enforces the bounds and makes every row as long as Columns.
func (r *Result) bound() {
	if r.RowCount == nil && len(r.Columns) > 0 {
		n := len(r.Rows)
		r.RowCount = &n
	}
	if len(r.Rows) > MaxRows {
		r.Rows, r.Truncated = r.Rows[:MaxRows:MaxRows], true
	}
	if len(r.Columns) > MaxColumns {
		r.Columns, r.Truncated = r.Columns[:MaxColumns:MaxColumns], true
	}
	cell := func(s string) string {
		s = tidy(s)
		if len(s) > MaxCellBytes {
			r.Truncated = true
			return clip(s, MaxCellBytes)
		}
		return s
	}
	for i, name := range r.Columns {
		r.Columns[i] = cell(name)
	}
	for i, row := range r.Rows {
		if len(row) > len(r.Columns) {
			row = row[:len(r.Columns):len(r.Columns)]
		}
		for len(row) < len(r.Columns) {
			row = append(row, "")
		}
		for j := range row {
			row[j] = cell(row[j])
		}
		r.Rows[i] = row
	}
	r.Null = clip(tidy(r.Null), 40)
	r.Format = clip(oneLine(r.Format), 20)
}

// tidy makes text valid UTF-8 with line feeds for line ends and without other control characters.
func tidy(s string) string {
	clean := utf8.ValidString(s)
	for i := 0; clean && i < len(s); i++ {
		c := s[i]
		clean = !(c < ' ' && c != '\n' && c != '\t' || c == 0x7f)
	}
	if clean {
		return s
	}
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r < ' ' && r != '\n' && r != '\t':
			return 0x2400 + r
		case r == 0x7f:
			return 0x2421
		}
		return r
	}, s)
}

// oneLine is tidy text without line breaks and tabs, trimmed.
func oneLine(s string) string {
	return strings.Join(strings.Fields(tidy(s)), " ")
}

func atoi(s string) (int, bool) {
	n, err := strconv.Atoi(strings.ReplaceAll(s, ",", ""))
	return n, err == nil && n >= 0
}
