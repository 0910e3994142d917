package transfer

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"firebreak/internal/fault"
)

// budget stops a row that never ends: a quote that is opened and not closed would read the rest of the file
// into memory.
type budget struct {
	r    io.Reader
	left int
}

var errEndless = errors.New("row too long")

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errEndless
	}
	n, err := b.r.Read(p[:min(len(p), 64<<10)])
	b.left -= n
	return n, err
}

func (r *Reader) readHeader() error {
	delimiter := '\t'
	if r.m.Delimiter != "" {
		delimiter = []rune(r.m.Delimiter)[0]
	} else {
		head, _ := r.in.Peek(64 << 10)
		delimiter = commonest(string(head))
	}
	r.budget = &budget{r: r.in, left: maxRow}
	r.rest = bufio.NewReaderSize(r.budget, 64<<10)
	r.csv = csv.NewReader(r.rest) // takes the buffer as its own, so that rest tells where it stands
	r.csv.Comma = delimiter
	r.csv.FieldsPerRecord = -1
	r.csv.LazyQuotes = false
	header, err := r.csv.Read()
	if err == io.EOF {
		r.done = true
		return nil
	}
	if err != nil {
		return fault.Invalid("file", "The header row of the CSV file cannot be read: "+err.Error()+".", "The first row names the columns.")
	}
	for i, h := range header {
		h = strings.TrimSpace(h)
		if h == "" {
			h = fmt.Sprintf("column %d", i+1)
		}
		r.header = append(r.header, h)
	}
	return r.checkColumns()
}

// commonest finds the delimiter of the first line: the one that occurs most outside quotes.
func commonest(head string) rune {
	counts := map[rune]int{}
	quoted := false
	for _, c := range head {
		if c == '"' {
			quoted = !quoted
		}
		if c == '\n' && !quoted {
			break
		}
		if !quoted {
			counts[c]++
		}
	}
	best := ','
	for _, c := range []rune{';', '\t', '|'} {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

// checkColumns refuses a file whose header lacks what every row needs, before any row is rejected for it.
func (r *Reader) checkColumns() error {
	have := map[string]bool{}
	for _, h := range r.header {
		have[fold(h)] = true
	}
	for field, columns := range r.m.columns {
		for _, c := range columns {
			if !have[fold(c)] {
				return fault.Invalid("map", fmt.Sprintf("The mapping file takes %s from the column %q, which the file does not have.", field, c), "The columns are: "+strings.Join(r.header, ", ")+".")
			}
		}
	}
	for _, field := range []string{"id", "title"} {
		if _, mapped := r.m.columns[field]; mapped {
			continue
		}
		found := false
		for _, name := range names[field] {
			found = found || have[name]
		}
		if !found {
			return fault.Invalid("file", fmt.Sprintf("No column of the file is known to hold the %s; the columns are: %s.", field, strings.Join(r.header, ", ")),
				fmt.Sprintf("Name it in a mapping file, under [fields]: %s = \"Their column\"; give that file with --map.", field))
		}
	}
	return nil
}

func (r *Reader) nextCSV() (Row, *Rejection, error) {
	r.budget.left = maxRow
	values, err := r.csv.Read()
	if err == io.EOF {
		r.done = true
		return Row{}, nil, io.EOF
	}
	var syntax *csv.ParseError
	if errors.As(err, &syntax) {
		bad := &Rejection{Line: int64(syntax.StartLine), Reason: "The row is not CSV: " + syntax.Err.Error() + ".", Hint: "A quote within a text is written twice, and a text with quotes, delimiters or line breaks stands in quotes."}
		if _, err := r.rest.Peek(1); err == io.EOF && errors.Is(syntax.Err, csv.ErrQuote) {
			r.done, bad.Cut = true, true
			bad.Reason = "The file ends within a text in quotes: it was cut off, or a quote is missing."
			bad.Hint = "Every row before this line was read. Fetch the file again, or close the quote, and import it once more; what is here already is not doubled."
		}
		return Row{}, bad, nil
	}
	if errors.Is(err, errEndless) {
		r.done = true
		line, _ := r.csv.FieldPos(0)
		return Row{}, &Rejection{Line: int64(line), Cut: true, Reason: fmt.Sprintf("From here on there are %d MiB without the end of a row: a quote is not closed.", maxRow>>20), Hint: "Close the quote and import the file again; what was before this line is not doubled."}, nil
	}
	if err != nil {
		return Row{}, nil, err
	}
	line, _ := r.csv.FieldPos(0)
	rec := newRecord()
	for i, v := range values {
		name := fmt.Sprintf("column %d", i+1)
		if i < len(r.header) {
			name = r.header[i]
		}
		rec.add(name, v)
	}
	if len(values) != len(r.header) {
		bad := &Rejection{Line: int64(line), Reason: fmt.Sprintf("The row has %d columns, the header has %d.", len(values), len(r.header)), Hint: "Put texts that hold the delimiter or a line break in quotes.", Row: rec.raw()}
		return Row{}, bad, nil
	}
	row, bad := r.build(rec, int64(line), nil)
	return row, bad, nil
}
