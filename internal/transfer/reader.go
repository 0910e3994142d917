package transfer

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"firebreak/internal/fault"
)

// Format is the form of a file of rows.
type Format string

const (
	Auto  Format = ""      // by the file's name, else by its first character
	JSONL Format = "jsonl" // one JSON object a line
	CSV   Format = "csv"   // a header row, then rows; comma, semicolon, tab or bar
)

// maxRow is the longest row taken, in bytes.
const maxRow = 32 << 20

// Options say how to read a file of rows.
type Options struct {
	Name    string // the file's name, for its format
	Format  Format
	Mapping *Mapping // nil: the usual names
}

// Reader reads rows one after the other in constant memory.
type Reader struct {
	in      *bufio.Reader
	counted *counter
	m       *Mapping
	csv     *csv.Reader
	budget  *budget
	rest    *bufio.Reader
	header  []string
	line    int64
	unused  map[string]bool
	order   []string
	done    bool
}

// NewReader prepares reading r. It fails when the format or the header cannot be understood at all.
func NewReader(r io.Reader, o Options) (*Reader, error) {
	if o.Mapping == nil {
		o.Mapping = &Mapping{}
	}
	if err := o.Mapping.prepare(); err != nil {
		return nil, err
	}
	c := &counter{r: r}
	rd := &Reader{counted: c, m: o.Mapping, unused: map[string]bool{}, in: bufio.NewReaderSize(c, 256<<10)}
	if err := rd.skipMark(); err != nil {
		return nil, err
	}
	format := o.Format
	if format == Auto {
		switch strings.ToLower(filepath.Ext(o.Name)) {
		case ".csv", ".tsv":
			format = CSV
		case ".jsonl", ".ndjson", ".json":
			format = JSONL
		default:
			format = rd.guess()
		}
	}
	switch format {
	case JSONL:
		return rd, rd.checkLines()
	case CSV:
		return rd, rd.readHeader()
	}
	return nil, fault.Invalid("format", fmt.Sprintf("The format %q is not known.", format), "Use jsonl (one JSON object a line) or csv.")
}

// skipMark drops a byte order mark, and reads UTF-16 (as spreadsheets write it) as UTF-8.
func (r *Reader) skipMark() error {
	head, err := r.in.Peek(3)
	if err != nil && err != io.EOF {
		return err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		r.in.Discard(3)
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		r.in = bufio.NewReaderSize(unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(r.in), 256<<10)
	}
	return nil
}

func (r *Reader) guess() Format {
	head, _ := r.in.Peek(512)
	if t := bytes.TrimSpace(head); len(t) == 0 || t[0] == '{' || t[0] == '[' {
		return JSONL
	}
	return CSV
}

// checkLines recognises JSON that is not one object a line, which would be rejected line by line otherwise.
func (r *Reader) checkLines() error {
	head, _ := r.in.Peek(512)
	t := bytes.TrimSpace(head)
	const form = "Write one object a line: jq -c . FILE does it for objects, jq -c '.[]' FILE for a list."
	switch {
	case len(t) > 0 && t[0] == '[':
		return fault.Invalid("file", "The file is one JSON list, not one JSON object a line.", form)
	case len(t) > 1 && t[0] == '{' && bytes.HasPrefix(bytes.TrimLeft(t[1:], " \t\r"), []byte("\n")):
		return fault.Invalid("file", "The JSON objects in the file run over several lines.", form)
	}
	return nil
}

// Read gives how many bytes of the file were read so far.
func (r *Reader) Read() int64 { return r.counted.n }

// Unused lists the columns that no field took, in the order in which they came, up to 100.
func (r *Reader) Unused() []string {
	var out []string
	for _, c := range r.order {
		if r.unused[fold(c)] {
			out = append(out, c)
		}
	}
	return out
}

// Next gives the next row, or why the next row cannot be taken; io.EOF at the end. Any other error is
// one of reading the file, after which nothing more can be read.
func (r *Reader) Next() (Row, *Rejection, error) {
	if r.done {
		return Row{}, nil, io.EOF
	}
	if r.csv != nil {
		return r.nextCSV()
	}
	for {
		line, err := r.readLine()
		if err == errLong {
			return Row{}, &Rejection{Line: r.line, Reason: fmt.Sprintf("The row is longer than %d MiB.", maxRow>>20), Hint: "Shorten its texts, or attach them as files to the ticket."}, nil
		}
		if err != nil && err != io.EOF {
			return Row{}, nil, err
		}
		last := err == io.EOF
		r.done = last
		if text := bytes.TrimSpace(line); len(text) > 0 {
			row, bad := r.parse(text, r.line, last)
			return row, bad, nil
		}
		if last {
			return Row{}, nil, io.EOF
		}
	}
}

var errLong = errors.New("row too long")

// readLine gives the next line without its end; io.EOF comes with the last one. The slice is valid until the
// next call.
func (r *Reader) readLine() ([]byte, error) {
	r.line++
	var long []byte
	for {
		part, err := r.in.ReadSlice('\n')
		if err == nil && long == nil {
			return part[:len(part)-1], nil
		}
		if len(long)+len(part) > maxRow {
			for err == bufio.ErrBufferFull {
				_, err = r.in.ReadSlice('\n')
			}
			if err != nil && err != io.EOF {
				return nil, err
			}
			r.done = err == io.EOF
			return nil, errLong
		}
		if err == bufio.ErrBufferFull {
			long = append(long, part...)
			continue
		}
		if long != nil {
			part = append(long, part...)
		}
		if err == nil {
			part = part[:len(part)-1]
		}
		return part, err
	}
}

// parse reads one line of JSON.
func (r *Reader) parse(line []byte, n int64, last bool) (Row, *Rejection) {
	if !utf8.Valid(line) {
		at := 0
		for at < len(line) {
			c, size := utf8.DecodeRune(line[at:])
			if c == utf8.RuneError && size == 1 {
				break
			}
			at += size
		}
		return Row{}, &Rejection{Line: n, Reason: fmt.Sprintf("The row is not valid UTF-8 at byte %d.", at+1), Cut: last && at >= len(line)-3,
			Hint: "Save the file as UTF-8. In the file of rejected rows it stands as Windows-1252 reads it; if that is right, import that file.", Text: legible(string(line)).(string)}
	}
	var tree map[string]any
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	err := d.Decode(&tree)
	if err == nil && tree == nil {
		err = errors.New("it is null")
	}
	if err == nil && d.InputOffset() < int64(len(line)) && len(bytes.TrimSpace(line[d.InputOffset():])) > 0 {
		err = errors.New("there is more than one value on the line")
	}
	if err != nil {
		bad := &Rejection{Line: n, Text: string(line)}
		switch typed := (*json.UnmarshalTypeError)(nil); {
		case errors.Is(err, io.ErrUnexpectedEOF) && last:
			bad.Cut, bad.Reason = true, "The file ends in the middle of this row: it was cut off."
			bad.Hint = "Every row before it was read. Fetch the file again and import it once more; what is here already is not doubled."
		case errors.Is(err, io.ErrUnexpectedEOF):
			bad.Reason, bad.Hint = "The row ends in the middle of its JSON.", "One row is one line; a line break within a text is written \\n."
		case errors.As(err, &typed):
			bad.Reason, bad.Hint = "The row is a JSON "+typed.Value+", not an object.", "Write it like {\"id\": \"1\", \"title\": \"…\"}."
		default:
			bad.Reason, bad.Hint = "The row is not JSON: "+err.Error()+".", "One row is one line that holds one JSON object."
		}
		return Row{}, bad
	}
	source := json.RawMessage(line)
	if inner, ok := tree["row"].(map[string]any); ok && tree["line"] != nil { // a mended row of a file of rejected rows
		var wrap struct {
			Line   json.Number     `json:"line"`
			Reason string          `json:"reason"`
			Row    json.RawMessage `json:"row"`
		}
		if json.Unmarshal(line, &wrap) == nil {
			if at, err := wrap.Line.Int64(); err == nil && wrap.Reason == "" {
				n = at
			}
			tree, source = inner, wrap.Row
		}
	} else if text, ok := tree["text"].(string); ok && tree["line"] != nil && tree["reason"] != nil {
		return r.parse([]byte(text), n, false)
	}
	rec := newRecord()
	rec.tree = tree
	for k, v := range tree {
		rec.add(k, v)
	}
	slices.Sort(rec.columns)
	return r.build(rec, n, source)
}

func (r *Reader) build(rec *record, n int64, source json.RawMessage) (Row, *Rejection) {
	b := builder{m: r.m, r: rec}
	row := b.row()
	r.note(rec)
	if b.bad != "" {
		if source == nil {
			source = rec.raw()
		}
		return Row{}, &Rejection{Line: n, Field: b.field, Reason: b.bad, Hint: b.hint, ID: row.ID, Row: slices.Clone(source)}
	}
	row.Line, row.raw = n, slices.Clone(source)
	if source == nil {
		row.rec = rec
	}
	return row, nil
}

// note remembers which columns were used by any row.
func (r *Reader) note(rec *record) {
	for _, c := range rec.columns {
		key := fold(c)
		unused, known := r.unused[key]
		switch {
		case !known && len(r.order) < 100:
			r.order = append(r.order, c)
			r.unused[key] = !rec.used[key]
		case unused && rec.used[key]:
			r.unused[key] = false
		}
	}
}

// counter counts the bytes read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
