package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/knownerror"
	"firebreak/internal/ticket"
)

const knownErrorSelect = `SELECT k.id, k.key, k.code, k.product, k.title, k.meaning, k.steps, k.link, k.manual, k.state, k.author_id, p.name, k.created_at, k.updated_at
	FROM known_error k LEFT JOIN person p ON p.id = k.author_id`

func scanKnownError(r row) (e knownerror.Entry, err error) {
	var steps string
	o := &knownerror.OwnEntry{}
	err = r.Scan(&o.ID, &e.Key, &e.Code, &e.Product, &e.Title, &e.Meaning, &steps, &e.Link, &o.Manual, &o.State, refTo{&o.AuthorID}, text{&o.Author}, at{&o.CreatedAt}, at{&o.UpdatedAt})
	if steps != "" {
		e.Try = strings.Split(steps, "\n")
	}
	e.Family, e.Own = knownerror.Own, o
	return e, err
}

// KnownError gives what the desk itself knows about a code, by its key, in use or retired.
func (r Read) KnownError(ctx context.Context, key string) (knownerror.Entry, error) {
	e, err := scanKnownError(r.q.QueryRowContext(ctx, knownErrorSelect+" WHERE k.key = $1", key))
	return e, one(err, "known error")
}

// KnownErrorFilter selects the desk's own entries. Zero fields do not filter.
type KnownErrorFilter struct {
	Text  string // part of code, title, product or meaning, whatever the case
	State knownerror.State
	After string // key of the last entry before
	Limit int
}

// KnownErrors gives a page of the desk's own entries by key, and the key to go on behind, empty at the end.
func (r Read) KnownErrors(ctx context.Context, f KnownErrorFilter) ([]knownerror.Entry, string, error) {
	var conds []string
	var args []any
	arg := func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) }
	if f.Text != "" {
		part := arg("%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(f.Text)) + "%")
		var any []string
		for _, column := range []string{"code", "title", "product", "meaning"} {
			any = append(any, "lower(k."+column+") LIKE "+part+` ESCAPE '\'`)
		}
		conds = append(conds, "("+strings.Join(any, " OR ")+")")
	}
	if f.State != "" {
		conds = append(conds, "k.state = "+arg(string(f.State)))
	}
	if f.After != "" {
		conds = append(conds, "k.key > "+arg(f.After))
	}
	query := knownErrorSelect
	if len(conds) > 0 {
		query += " WHERE " + strings.Join(conds, " AND ")
	}
	rows, err := r.q.QueryContext(ctx, query+" ORDER BY k.key LIMIT "+arg(f.Limit+1)+" + 0", args...)
	items, err := collect(rows, err, scanKnownError)
	if err != nil || len(items) <= f.Limit {
		return items, "", err
	}
	items = items[:f.Limit]
	return items, items[f.Limit-1].Key, nil
}

// KnownErrorsByKey gives the desk's entries among these keys, in use or retired.
func (r Read) KnownErrorsByKey(ctx context.Context, keys []string) (map[string]knownerror.Entry, error) {
	out := map[string]knownerror.Entry{}
	for start := 0; start < len(keys); start += 500 {
		part := keys[start:min(start+500, len(keys))]
		args := make([]any, len(part))
		for i, k := range part {
			args[i] = k
		}
		rows, err := r.q.QueryContext(ctx, knownErrorSelect+" WHERE k.key IN ("+holes(1, len(part))+")", args...)
		items, err := collect(rows, err, scanKnownError)
		if err != nil {
			return nil, err
		}
		for _, e := range items {
			out[e.Key] = e
		}
	}
	return out, nil
}

// KnownErrorRevision tells whether any own entry was written since: it differs then. 0: there are none.
func (r Read) KnownErrorRevision(ctx context.Context) (n int64, err error) {
	return n, r.q.QueryRowContext(ctx, "SELECT coalesce(max(revision), 0) FROM known_error").Scan(&n)
}

// KnownErrorCodes gives the codes of all own entries in use.
func (r Read) KnownErrorCodes(ctx context.Context) ([]string, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT code FROM known_error WHERE state = 'active' ORDER BY key")
	return collect(rows, err, func(r row) (s string, err error) { return s, r.Scan(&s) })
}

// PutKnownErrors writes own entries by their keys; an entry that exists keeps id and creation. Author and times of
// new ones are taken from e.Own.
func (tx *Tx) PutKnownErrors(ctx context.Context, entries ...*knownerror.Entry) error {
	for _, e := range entries {
		o := e.Own
		if o.ID == 0 {
			o.ID = tx.NewID()
		}
		if o.CreatedAt.IsZero() {
			o.CreatedAt = tx.Now
		}
		o.UpdatedAt = tx.Now
		_, err := tx.q.ExecContext(ctx, "INSERT INTO known_error (id, key, code, product, title, meaning, steps, link, manual, state, author_id, created_at, updated_at, revision) VALUES ("+holes(1, 14)+`)
			ON CONFLICT (key) DO UPDATE SET code = excluded.code, product = excluded.product, title = excluded.title, meaning = excluded.meaning, steps = excluded.steps, link = excluded.link,
			manual = excluded.manual, state = excluded.state, author_id = excluded.author_id, updated_at = excluded.updated_at, revision = excluded.revision`,
			o.ID, e.Key, e.Code, e.Product, e.Title, e.Meaning, strings.Join(e.Try, "\n"), e.Link, o.Manual, string(o.State), ref(o.AuthorID), ms(o.CreatedAt), ms(o.UpdatedAt), int64(tx.NewID()))
		if err != nil {
			return fmt.Errorf("known error %s: %w", e.Code, err)
		}
	}
	return nil
}

// TicketPiece is one text of a ticket: its own (Entry 0), or that of an entry.
type TicketPiece struct {
	Entry id.ID
	Kind  ticket.Kind // empty: the ticket itself
	Title string
	Body  string
	Shown string // what a piece of evidence holds, as far as search knows it
	At    time.Time
}

// TicketPieces gives the texts of the newest entries of a ticket, newest first, and the ticket's own last. Of each text at
// most size characters are read.
func (r Read) TicketPieces(ctx context.Context, number int64, entries, size int) ([]TicketPiece, error) {
	rows, err := r.q.QueryContext(ctx, `SELECT e.id, e.kind, e.title, substr(e.body, 1, $3), substr(coalesce(x.text, ''), 1, $3), e.created_at
		FROM entry e LEFT JOIN entry_text x ON x.entry_id = e.id WHERE e.ticket = $1 ORDER BY e.created_at DESC, e.id DESC LIMIT $2 + 0`, number, entries, size)
	pieces, err := collect(rows, err, func(r row) (p TicketPiece, err error) {
		return p, r.Scan(&p.Entry, &p.Kind, &p.Title, &p.Body, &p.Shown, at{&p.At})
	})
	if err != nil {
		return nil, err
	}
	own := TicketPiece{}
	err = r.q.QueryRowContext(ctx, "SELECT subject, substr(body, 1, $2), created_at FROM ticket WHERE number = $1", number, size).Scan(&own.Title, &own.Body, at{&own.At})
	return slices.Concat(pieces, []TicketPiece{own}), one(err, "ticket")
}
