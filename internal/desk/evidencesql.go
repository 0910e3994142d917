package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"firebreak/internal/evidence"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/ticket"
)

// What of a result stays beside the entry; a larger one is kept whole in a file.
const (
	previewRows  = 200
	previewBytes = 128 << 10
)

// makeSQL reads a statement with its result: as columns and rows, as text pasted from any client, or as a file
// of such text.
func (d *Desk) makeSQL(ctx context.Context, in NewEntry, files []Incoming) (m made, err error) {
	m.kind = ticket.SQL
	if len(files) > 1 {
		return m, fault.Invalid("file", fmt.Sprintf("These are %d files; a statement has one result.", len(files)), "Send them one by one.")
	}
	pasted, table, err := result(in)
	if err != nil {
		return m, err
	}
	if len(files) == 1 && pasted == "" && table == nil {
		if pasted, err = d.text(ctx, files[0], evidence.MaxResultBytes); err != nil {
			return m, err
		}
	}
	if bad := fault.Collect(sound("result", pasted), sound("body", in.Body)); bad != nil {
		return m, bad
	}
	if in.Statement == "" {
		in.Statement, in.Body = in.Body, ""
		if in.Statement == "" && len(files) == 1 { // a script, perhaps with what it printed
			in.Statement, pasted = pasted, ""
		}
		if pasted == "" && table == nil {
			in.Statement, pasted = splitResult(in.Statement)
		}
	}
	if m.body, err = remark(in); err != nil {
		return m, err
	}
	var s evidence.SQL
	if table != nil {
		s = evidence.SQL{Statement: in.Statement, Engine: in.Engine, Database: in.Database, Result: *table}
		err = s.Normalize()
	} else {
		s, err = evidence.NewSQL(in.Statement, in.Engine, in.Database, pasted)
	}
	if err != nil {
		return m, err
	}
	if in.DurationMS != 0 {
		s.DurationMS = in.DurationMS
	}
	if in.RowCount != nil {
		s.RowCount = in.RowCount
	}
	if err := s.Normalize(); err != nil {
		return m, err
	}
	if len(files) == 1 {
		m.files, _ = attachments(files)
	} else if s.Truncated && pasted != "" { // more than is shown as a table: what was pasted stays whole
		f, err := d.TakeFile(ctx, ticket.SQL, "result.txt", strings.NewReader(pasted))
		if err != nil {
			return m, err
		}
		m.files, _ = attachments([]Incoming{f})
	}
	preview, whole := s.Preview(previewRows, previewBytes)
	if !whole {
		all, err := json.Marshal(s)
		if err != nil {
			return m, err
		}
		a := ticket.Attachment{Role: RoleTable, Name: "result.json", Type: evidence.Attachment}
		if a.Hash, a.Size, err = d.store.Blobs().Put(ctx, bytes.NewReader(all), d.MaxUpload); err != nil {
			return m, err
		}
		m.files = append(m.files, a)
	}
	m.data, m.search = jsonOf(preview), s.Text(searchLimit)
	return m, nil
}

// result gives what was sent as the result: pasted text or a table.
func result(in NewEntry) (pasted string, table *evidence.Result, err error) {
	columns, rows := in.Columns, in.Rows
	switch r := in.Result.(type) {
	case nil:
	case string:
		return r, nil, nil
	case map[string]any:
		if len(columns) > 0 || len(rows) > 0 {
			return "", nil, fault.Invalid("result", "The result is given twice.", "Send columns and rows either inside result or beside it.")
		}
		var bad bool
		for _, name := range list(r["columns"], &bad) {
			text, ok := name.(string)
			bad = bad || !ok
			columns = append(columns, text)
		}
		for _, row := range list(r["rows"], &bad) {
			rows = append(rows, list(row, &bad))
		}
		for key := range r {
			bad = bad || key != "columns" && key != "rows"
		}
		if bad {
			return "", nil, fault.Invalid("result", "The result is not a table.", `Send pasted text, or {"columns":["a","b"],"rows":[[1,null]]}.`)
		}
	default:
		return "", nil, fault.Invalid("result", "The result is neither text nor a table.", `Send pasted text, or {"columns":["a","b"],"rows":[[1,null]]}.`)
	}
	if len(columns) == 0 && len(rows) == 0 {
		return "", nil, nil
	}
	t, err := tableOf(columns, rows)
	return "", &t, err
}

func list(v any, bad *bool) []any {
	l, ok := v.([]any)
	*bad = *bad || !ok && v != nil
	return l
}

// tableOf turns JSON cells into text; null becomes a word that no cell of the table is.
func tableOf(columns []string, rows [][]any) (evidence.Result, error) {
	t := evidence.Result{Columns: columns}
	hasNull := false
	texts := map[string]bool{}
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, v := range row {
			switch v := v.(type) {
			case nil:
				hasNull = true
				continue
			case string:
				cells[i] = v
				if len(v) < 10 {
					texts[v] = true
				}
			case bool:
				cells[i] = strconv.FormatBool(v)
			case float64:
				cells[i] = strconv.FormatFloat(v, 'f', -1, 64)
			default:
				b, err := json.Marshal(v)
				if err != nil {
					return t, err
				}
				cells[i] = string(b)
			}
		}
		t.Rows = append(t.Rows, cells)
	}
	if !hasNull {
		return t, nil
	}
	words := []string{"NULL", "null", "(null)", "<NULL>", "\u2205"}
	t.Null = words[0]
	if i := slices.IndexFunc(words, func(w string) bool { return !texts[w] }); i >= 0 {
		t.Null = words[i]
	}
	for r, row := range rows {
		for i, v := range row {
			if v == nil {
				t.Rows[r][i] = t.Null
			}
		}
	}
	return t, nil
}

// splitResult parts a pasted session into statement and result, where the statement ends with ; at the end of a
// line and a table follows.
func splitResult(text string) (statement, pasted string) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if len(text) > evidence.MaxResultBytes {
		return text, ""
	}
	end := strings.Index(text+"\n", ";\n")
	if end < 0 || end+1 >= len(text) {
		return text, ""
	}
	if _, ok := evidence.ParseResult(text[end+1:]); !ok {
		return text, ""
	}
	return text[:end+1], text[end+1:]
}

// text reads the start of a file as text.
func (d *Desk) text(ctx context.Context, f Incoming, limit int64) (string, error) {
	b, err := d.store.Blobs().Open(ctx, f.hash)
	if err != nil {
		return "", err
	}
	defer b.Close()
	r, _, err := evidence.UTF8Log(b)
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(io.LimitReader(r, limit))
	if err != nil {
		return "", err
	}
	if isBinary(data[:min(len(data), evidence.SniffBytes)]) {
		return "", notText()
	}
	if !utf8.Valid(data) {
		return strings.ToValidUTF8(string(data), "\ufffd"), nil
	}
	return string(data), nil
}

func notText() error {
	return fault.Invalid("file", "This is not a text file.", "Attach it as an ordinary file, kind file.")
}

// SQLResult gives the whole result of SQL evidence.
func (d *Desk) SQLResult(ctx context.Context, entry id.ID) (ticket.Entry, evidence.SQL, error) {
	e, err := d.entryOf(ctx, entry, ticket.SQL)
	if err != nil {
		return e, evidence.SQL{}, err
	}
	shield, err := d.shield(ctx)
	if err != nil {
		return e, evidence.SQL{}, err
	}
	open, err := d.lookAtEntry(ctx, &e)
	if err != nil {
		return e, evidence.SQL{}, err
	}
	q, err := d.wholeResult(ctx, &e)
	if err != nil {
		return e, q, err
	}
	if !open {
		parts := sqlParts(&q)
		maskParts(parts, markParts(shield.mask, parts), shield.names(&e))
	}
	shield.show(&e, open)
	return e, q, nil
}

// wholeResult reads the result from its file, or from beside the entry when it is small.
func (d *Desk) wholeResult(ctx context.Context, e *ticket.Entry) (evidence.SQL, error) {
	for _, f := range e.Files {
		if f.Role != RoleTable {
			continue
		}
		b, err := d.store.Blobs().Open(ctx, f.Hash)
		if err != nil {
			return evidence.SQL{}, err
		}
		defer b.Close()
		data, err := io.ReadAll(b)
		if err != nil {
			return evidence.SQL{}, err
		}
		s, err := evidence.ParseSQL(data)
		return s, evidenceFault(err)
	}
	s, err := evidence.ParseSQL([]byte(e.Data))
	return s, evidenceFault(err)
}
