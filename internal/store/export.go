package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
)

// Noun is one kind of thing of the desk as an export keeps it: a file of JSON lines, one object a row, whose keys are
// the columns. Ids are in their text form, instants are RFC 3339, unset is null.
type Noun struct {
	Name  string // of the file
	table string
	order string // the primary key
	// secret is a column that is left out unless it is asked for.
	secret string
	// engine is a column that one engine has for its own use.
	engine string
	// later is a column that points into the same table; it is filled in when all rows are there.
	later string
}

// Nouns lists what an export holds, each after what it points to.
var Nouns = []Noun{
	{Name: "settings", table: "setting", order: "key"},
	{Name: "clients", table: "client", order: "id"},
	{Name: "teams", table: "team", order: "id"},
	{Name: "people", table: "person", order: "id", secret: "password_hash"},
	{Name: "memberships", table: "membership", order: "team_id, person_id"},
	{Name: "applications", table: "application", order: "id", later: "merged_into"},
	{Name: "environments", table: "environment", order: "id"},
	{Name: "hosts", table: "host", order: "id"},
	{Name: "events", table: "business_event", order: "id"},
	{Name: "interfaces", table: "interface", order: "id"},
	{Name: "products", table: "product", order: "id"},
	{Name: "changes", table: "change_record", order: "id"},
	{Name: "jobs", table: "job", order: "id"},
	{Name: "job_waits", table: "job_wait", order: "job_id, position"},
	{Name: "job_objects", table: "job_object", order: "id"},
	{Name: "job_edges", table: "job_edge", order: "from_id, to_id"},
	{Name: "tickets", table: "ticket", order: "number"},
	{Name: "imported", table: "imported", order: "ticket"},
	{Name: "privacy_patterns", table: "privacy_pattern", order: "id"},
	{Name: "files", table: "file", order: "hash"},
	{Name: "entries", table: "entry", order: "id"},
	{Name: "privacy_due", table: "privacy_due", order: "entry_id"},
	{Name: "entry_texts", table: "entry_text", order: "entry_id"},
	{Name: "entry_files", table: "entry_file", order: "entry_id, position"},
	{Name: "signatures", table: "ticket_signature", order: "ticket, entry_id, signature"},
	{Name: "history", table: "history", order: "id"},
	{Name: "links", table: "link", order: "id"},
	{Name: "time", table: "time_spent", order: "id"},
	{Name: "feedback", table: "feedback", order: "ticket, kind, item"},
	{Name: "drafts", table: "draft", order: "ticket, person_id, kind"},
	{Name: "seen", table: "seen", order: "person_id, ticket"},
	{Name: "saved_views", table: "saved_view", order: "id"},
	{Name: "known_errors", table: "known_error", order: "id"},
	{Name: "resolutions", table: "resolution", order: "id"},
	{Name: "resolution_applications", table: "resolution_application", order: "resolution_id, application_id"},
	{Name: "resolution_signatures", table: "resolution_signature", order: "resolution_id, signature"},
	{Name: "resolution_versions", table: "resolution_version", order: "resolution_id, version"},
	{Name: "resolution_uses", table: "resolution_use", order: "id"},
	{Name: "missing_knowledge", table: "search_miss", order: "id"},
	{Name: "recurring", table: "recurrence_group", order: "id"},
	{Name: "lookups", table: "lookup_log", order: "id"},
	{Name: "lookup_words", table: "lookup_word", order: "id"},
	{Name: "audit", table: "audit", order: "id"},
	{Name: "search_order", table: "doc", order: "id", engine: "terms"},
}

// notExported are tables that an export leaves out: what holds secrets or lives for minutes, and what is made
// from other tables.
var notExported = []string{"privacy_look", "session", "token", "login_failure", "viewer", "undo", "idempotency", "node", // of the moment
	"mirror_site", "mirror_question", "mirror_answer", "mirror_due", "mirror_feature", // large, public, and imported again from the dump
	"similar_due", "similar_ticket", "similar_segment", "similar_block", "similar_model", "similar_work",
	"ticket_tag", "file_chunk", "counter", "schema_migration", "recurrence_due", "recurrence_member", "resolution_term", "search_word", "name_word"} // made from what is exported

// kind is how a column is written.
type kind int

const (
	kindText kind = iota
	kindInt
	kindBool
	kindID
	kindTime
	kindJSON
)

type column struct {
	name string
	kind kind
}

// columns gives the columns of a noun's table as an export writes them.
func (r Read) columns(ctx context.Context, n Noun, secrets bool) ([]column, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT * FROM "+n.table+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	var out []column
	for _, t := range types {
		c := column{name: t.Name()}
		if c.name == n.engine || c.name == n.secret && !secrets {
			continue
		}
		switch db := strings.ToUpper(t.DatabaseTypeName()); {
		case strings.HasPrefix(db, "BOOL"):
			c.kind = kindBool
		case db == "BIGINT" || db == "INT8":
			c.kind = kindInt
			switch {
			case c.name == "id", strings.HasSuffix(c.name, "_id"), c.name == "judged_by", c.name == "ref", c.name == n.later:
				c.kind = kindID
			case c.name == "at", strings.HasSuffix(c.name, "_at") && c.name != "sort_at":
				c.kind = kindTime
			}
		case slices.Contains([]string{"tags", "reasons", "prefs", "by_hand"}, c.name):
			c.kind = kindJSON
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// Row is a row on its way into an export.
type Row struct {
	columns []column
	values  []any
}

// Texts gives the columns that hold text, with what they hold.
func (r Row) Texts(yield func(name, text string) bool) {
	for i, c := range r.columns {
		if s, ok := textOf(r.values[i]); ok && (c.kind == kindText || c.kind == kindJSON) && !yield(c.name, s) {
			return
		}
	}
}

// Text gives the text of a column; "" when there is none.
func (r Row) Text(name string) string {
	i := slices.IndexFunc(r.columns, func(c column) bool { return c.name == name })
	if i < 0 {
		return ""
	}
	s, _ := textOf(r.values[i])
	return s
}

// Set puts a text or a number into a column.
func (r Row) Set(name string, v any) {
	if i := slices.IndexFunc(r.columns, func(c column) bool { return c.name == name }); i >= 0 {
		r.values[i] = v
	}
}

func textOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []byte:
		return string(v), true
	}
	return "", false
}

// Dump writes rows of a noun as JSON lines, in the order of the primary key, and gives how many. edit, when it is not nil,
// may change a row and says whether it is written.
func (r Read) Dump(ctx context.Context, n Noun, secrets bool, w io.Writer, edit func(Row) bool) (count int64, err error) {
	columns, err := r.columns(ctx, n, secrets)
	if err != nil {
		return 0, err
	}
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = c.name
	}
	rows, err := r.q.QueryContext(ctx, "SELECT "+strings.Join(list, ", ")+" FROM "+n.table+" ORDER BY "+n.order)
	if err != nil {
		return 0, fmt.Errorf("export %s: %w", n.Name, err)
	}
	defer rows.Close()
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return count, err
		}
		if edit != nil && !edit(Row{columns, values}) {
			continue
		}
		b.Reset()
		for i, c := range columns {
			b.WriteByte(",{"[boolInt(i == 0)])
			b.WriteString(`"` + c.name + `":`)
			if err := e.Encode(c.out(values[i])); err != nil {
				return count, fmt.Errorf("export %s: %w", n.Name, err)
			}
			b.Truncate(b.Len() - 1) // the encoder ends with a line end
		}
		b.WriteString("}\n")
		if _, err := w.Write(b.Bytes()); err != nil {
			return count, err
		}
		count++
	}
	return count, rows.Err()
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

const exportTime = "2006-01-02T15:04:05.000Z"

// out gives a database value as it is exported.
func (c column) out(v any) any {
	if b, ok := v.([]byte); ok {
		v = string(b)
	}
	switch v := v.(type) {
	case int64:
		switch c.kind {
		case kindID:
			return id.ID(v)
		case kindBool:
			return v != 0
		case kindTime:
			if v == 0 {
				return nil
			}
			if t := time.UnixMilli(v).UTC(); t.Year() > 0 && t.Year() < 10_000 {
				return t.Format(exportTime)
			}
		}
	case string:
		if c.kind == kindJSON && len(v) > 1 && (v[0] == '{' || v[0] == '[') {
			var compact bytes.Buffer
			if json.Compact(&compact, []byte(v)) == nil && compact.String() == v {
				return json.RawMessage(v)
			}
		}
	}
	return v
}

// in gives an exported value as the database keeps it.
func (c column) in(raw json.RawMessage) (any, error) {
	if string(raw) == "null" {
		if c.kind == kindTime {
			return int64(0), nil
		}
		return nil, nil
	}
	var s string
	isText := len(raw) > 0 && raw[0] == '"'
	if isText {
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, err
		}
	}
	switch c.kind {
	case kindBool:
		var v bool
		return v, json.Unmarshal(raw, &v)
	case kindInt:
		var v int64
		err := json.Unmarshal(raw, &v)
		return v, err
	case kindID:
		i, err := id.Parse(s)
		return int64(i), err
	case kindTime:
		if !isText {
			var v int64
			err := json.Unmarshal(raw, &v)
			return v, err
		}
		t, err := time.Parse(time.RFC3339, s)
		return ms(t), err
	case kindJSON:
		if !isText {
			return string(raw), nil
		}
	}
	if !isText {
		return nil, fmt.Errorf("%s is not a text", c.name)
	}
	return s, nil
}

// Load reads rows that Dump wrote into an empty table and gives how many there were.
func (tx *Tx) Load(ctx context.Context, n Noun, in io.Reader) (count int64, err error) {
	columns, err := tx.columns(ctx, n, true)
	if err != nil {
		return 0, err
	}
	known := map[string]column{}
	for _, c := range columns {
		known[c.name] = c
	}
	if n.table == "setting" { // a new desk has made its own
		if _, err := tx.q.ExecContext(ctx, "DELETE FROM setting"); err != nil {
			return 0, err
		}
	}
	d := json.NewDecoder(in)
	var use []column
	var into string
	var rows [][]any
	type pointer struct{ from, to any }
	var pointers []pointer
	flush := func() error {
		err := tx.insertMany(ctx, into, "", rows)
		rows = rows[:0]
		if err != nil {
			return fmt.Errorf("load %s near row %d: %w", n.Name, count, err)
		}
		return nil
	}
	for {
		var row map[string]json.RawMessage
		if err := d.Decode(&row); err == io.EOF {
			break
		} else if err != nil {
			return count, fault.Invalid(n.Name, fmt.Sprintf("Row %d of %s.ndjson cannot be read: %v.", count+1, n.Name, err), "Export the desk again.")
		}
		if use == nil {
			var list []string
			for _, c := range columns {
				if _, ok := row[c.name]; ok {
					use = append(use, c)
					list = append(list, c.name)
				}
			}
			for name := range row {
				if _, ok := known[name]; !ok {
					return 0, fault.Invalid(n.Name, fmt.Sprintf("The export has a field %q of %s, which this program does not know.", name, n.Name), "Use the version of Firebreak that wrote the export, or a newer one.")
				}
			}
			into = n.table + " (" + strings.Join(list, ", ") + ")"
		}
		values := make([]any, len(use))
		for i, c := range use {
			raw, ok := row[c.name]
			if !ok {
				return count, fault.Invalid(n.Name, fmt.Sprintf("Row %d of %s.ndjson has no %q.", count+1, n.Name, c.name), "Export the desk again.")
			}
			if values[i], err = c.in(raw); err != nil {
				return count, fault.Invalid(n.Name, fmt.Sprintf("Row %d of %s.ndjson has a %q that cannot be read: %v.", count+1, n.Name, c.name, err), "Export the desk again.")
			}
			if c.name == n.later && values[i] != nil {
				pointers = append(pointers, pointer{values[0], values[i]})
				values[i] = nil
			}
		}
		rows = append(rows, values)
		if count++; len(rows) == 512 {
			if err := flush(); err != nil {
				return count, err
			}
		}
	}
	if err := flush(); err != nil {
		return count, err
	}
	for _, p := range pointers {
		if _, err := tx.q.ExecContext(ctx, "UPDATE "+n.table+" SET "+n.later+" = $1 WHERE id = $2", p.to, p.from); err != nil {
			return count, err
		}
	}
	return count, nil
}

// FinishLoad makes what an export does not hold: the tags' own table, the next ticket number and the search index.
// progress is told how many texts are indexed.
func (tx *Tx) FinishLoad(ctx context.Context, progress func(int64)) error {
	var last, after int64
	for {
		rows, err := tx.q.QueryContext(ctx, "SELECT number, tags FROM ticket WHERE number > $1 ORDER BY number LIMIT 1000", last)
		type tagged struct {
			number int64
			tags   []string
		}
		found, err := collect(rows, err, func(r row) (t tagged, err error) { return t, r.Scan(&t.number, fromJSON{&t.tags}) })
		if err != nil {
			return err
		}
		var tags [][]any
		for _, t := range found {
			last = t.number
			for _, tag := range t.tags {
				tags = append(tags, []any{tag, t.number})
			}
		}
		if err := tx.insertMany(ctx, "ticket_tag (tag, ticket)", " ON CONFLICT DO NOTHING", tags); err != nil {
			return err
		}
		if len(found) < 1000 {
			break
		}
	}
	if last > 0 {
		if _, err := tx.q.ExecContext(ctx, tx.d.reserveTicket(), last); err != nil {
			return err
		}
	}
	if err := tx.remakeRecurrence(ctx); err != nil {
		return err
	}
	if err := tx.forgetWords(ctx); err != nil {
		return err
	}
	if err := tx.indexResolutions(ctx); err != nil {
		return err
	}
	for n := int64(0); ; {
		got, err := tx.indexMore(ctx, &after)
		if err != nil || got == 0 {
			return err
		}
		if n += int64(got); progress != nil {
			progress(n)
		}
	}
}

// indexMore writes the search terms of documents behind one, which have none yet.
func (tx *Tx) indexMore(ctx context.Context, after *int64) (int, error) {
	rows, err := tx.q.QueryContext(ctx, `SELECT d.id, d.entry_id, t.subject, t.body, t.requester_id, e.title, e.body, e.public, e.send_at, x.text, o.requester_id, e.origin
		FROM doc d JOIN ticket t ON t.number = d.ticket LEFT JOIN entry e ON e.id = d.entry_id LEFT JOIN entry_text x ON x.entry_id = d.entry_id
		LEFT JOIN ticket o ON o.number = e.origin AND e.origin > 0 WHERE d.id > $1 ORDER BY d.id LIMIT 200`, *after)
	docs, err := collect(rows, err, func(r row) (d docTerms, err error) {
		var rowid int64
		var entry, requester, other id.ID
		var subject, body, title, entryBody, more string
		var public sql.NullBool
		var sendAt, origin sql.NullInt64
		if err := r.Scan(&rowid, &entry, &subject, &body, refTo{&requester}, text{&title}, text{&entryBody}, &public, &sendAt, text{&more}, refTo{&other}, &origin); err != nil {
			return d, err
		}
		if entry == 0 {
			d = makeTerms(tx.d.shared(), subject, body)
			d.own(rowid, requester, true)
			return d, nil
		}
		if origin.Int64 != 0 {
			requester = other
		}
		if public.Bool {
			title = "" // as entryTitle has it
		}
		d = makeTerms(tx.d.shared(), title, entryBody+"\n"+more)
		d.own(rowid, requester, public.Bool && sendAt.Int64 == 0)
		return d, nil
	})
	if err != nil {
		return 0, err
	}
	for _, d := range docs {
		*after = d.rowid
		if err := tx.d.indexDoc(ctx, tx.q, d); err != nil {
			return 0, err
		}
	}
	return len(docs), nil
}

// Empty reports whether the desk holds nothing that an import of another desk could collide with.
func (r Read) Empty(ctx context.Context) (bool, error) {
	for _, table := range []string{"person", "client", "team", "application", "ticket"} {
		if some, err := r.exists(ctx, "SELECT 1 FROM "+table+" LIMIT 1"); err != nil || some {
			return false, err
		}
	}
	return true, nil
}

// Snapshot runs fn on one consistent state of the desk, whatever is written meanwhile.
func (s *Store) Snapshot(ctx context.Context, fn func(Read) error) error {
	tx, err := s.reader.BeginTx(ctx, s.d.snapshot())
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return fn(Read{q: tx, d: s.d})
}
