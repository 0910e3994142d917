package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"firebreak/internal/estate"
	"firebreak/internal/id"
)

const changeSelect = `SELECT c.id, c.application_id, a.name, a.slug, c.kind, c.title, c.from_at, c.to_at, c.done_by, c.planned, c.reference, c.note, c.host, c.interface_id, c.old, c.new, c.sender_key, c.source,
	c.author_id, p.name, c.created_at FROM change_record c JOIN application a ON a.id = c.application_id LEFT JOIN person p ON p.id = c.author_id`

func scanChange(r row) (c estate.Change, err error) {
	return c, r.Scan(&c.ID, &c.ApplicationID, &c.Application, &c.Slug, &c.Kind, &c.Title, at{&c.FromAt}, at{&c.ToAt}, &c.DoneBy, &c.Planned, &c.Reference, &c.Note, &c.Host, refTo{&c.InterfaceID},
		&c.Old, &c.New, &c.Key, &c.Source, refTo{&c.AuthorID}, text{&c.Author}, at{&c.CreatedAt})
}

// ChangeFilter selects change records, newest first. Zero fields do not filter.
type ChangeFilter struct {
	Applications []id.ID
	Interface    id.ID
	Since        time.Time // of the change's end, or beginning when it has none
	Addresses    bool      // only those that say what an address was before
	Before       *ChangeKey
	Limit        int
}

// ChangeKey is where a page of change records ends.
type ChangeKey struct {
	At int64 `json:"a"`
	ID id.ID `json:"i"`
}

// ChangeRecords gives a page of change records, and the key to continue behind it, nil at the end.
func (r Read) ChangeRecords(ctx context.Context, f ChangeFilter) ([]estate.Change, *ChangeKey, error) {
	conds := []string{"1 = 1"}
	var args []any
	arg := func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) }
	if f.Applications != nil {
		if len(f.Applications) == 0 {
			return nil, nil, nil
		}
		list := make([]string, len(f.Applications))
		for i, a := range f.Applications {
			list[i] = arg(int64(a))
		}
		conds = append(conds, "c.application_id IN ("+strings.Join(list, ", ")+")")
	}
	if f.Interface != 0 {
		conds = append(conds, "c.interface_id = "+arg(int64(f.Interface)))
	}
	if f.Addresses {
		conds = append(conds, "c.kind = 'address' AND c.old <> ''")
	}
	if !f.Since.IsZero() {
		since := arg(ms(f.Since))
		conds = append(conds, "(c.from_at >= "+since+" OR c.to_at >= "+since+")")
	}
	if f.Before != nil {
		conds = append(conds, "(c.from_at, c.id) < ("+arg(f.Before.At)+", "+arg(int64(f.Before.ID))+")")
	}
	rows, err := r.q.QueryContext(ctx, changeSelect+" WHERE "+strings.Join(conds, " AND ")+" ORDER BY c.from_at DESC, c.id DESC LIMIT "+arg(f.Limit+1), args...)
	out, err := collect(rows, err, scanChange)
	if err != nil || len(out) <= f.Limit {
		return out, nil, err
	}
	last := out[f.Limit-1]
	return out[:f.Limit], &ChangeKey{ms(last.FromAt), last.ID}, nil
}

// ChangeRecord gives one change record.
func (r Read) ChangeRecord(ctx context.Context, i id.ID) (estate.Change, error) {
	c, err := scanChange(r.q.QueryRowContext(ctx, changeSelect+" WHERE c.id = $1", i))
	return c, one(err, "change")
}

// ChangeByKey finds the change record that a sender named by its own key.
func (r Read) ChangeByKey(ctx context.Context, application id.ID, key string) (estate.Change, error) {
	c, err := scanChange(r.q.QueryRowContext(ctx, changeSelect+" WHERE c.application_id = $1 AND c.sender_key = $2 AND c.sender_key <> ''", application, key))
	return c, one(err, "change")
}

// ChangeCounts counts the changes of applications since an instant.
func (r Read) ChangeCounts(ctx context.Context, applications []id.ID, since time.Time) (map[id.ID]int, error) {
	out := map[id.ID]int{}
	if len(applications) == 0 {
		return out, nil
	}
	n := len(applications)
	rows, err := r.q.QueryContext(ctx, fmt.Sprintf("SELECT application_id, count(*) FROM change_record WHERE application_id IN ("+holes(1, n)+") AND (from_at >= $%d OR to_at >= $%d) GROUP BY application_id", n+1, n+1),
		append(anyOf(applications), ms(since))...)
	_, err = collect(rows, err, func(r row) (struct{}, error) {
		var i id.ID
		var k int
		err := r.Scan(&i, &k)
		out[i] = k
		return struct{}{}, err
	})
	return out, err
}

// PutChangeRecord inserts a change record, or writes one that exists (an empty ID is made).
func (tx *Tx) PutChangeRecord(ctx context.Context, c *estate.Change) error {
	if c.ID == 0 {
		c.ID = tx.NewID()
	}
	if c.CreatedAt.IsZero() {
		c.CreatedAt = tx.Now
	}
	_, err := tx.q.ExecContext(ctx, "INSERT INTO change_record (id, application_id, kind, title, from_at, to_at, done_by, planned, reference, note, host, interface_id, old, new, sender_key, source, author_id, created_at) VALUES ("+holes(1, 18)+`)
		ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, title = excluded.title, from_at = excluded.from_at, to_at = excluded.to_at, done_by = excluded.done_by, planned = excluded.planned,
		reference = excluded.reference, note = excluded.note, host = excluded.host, interface_id = excluded.interface_id, old = excluded.old, new = excluded.new`,
		c.ID, c.ApplicationID, c.Kind, c.Title, ms(c.FromAt), ms(c.ToAt), c.DoneBy, c.Planned, c.Reference, c.Note, c.Host, ref(c.InterfaceID), c.Old, c.New, c.Key, c.Source, ref(c.AuthorID), ms(c.CreatedAt))
	return err
}

// RemoveChangeRecord deletes a change record of an application.
func (tx *Tx) RemoveChangeRecord(ctx context.Context, application, i id.ID) error {
	return tx.remove(ctx, "change", "DELETE FROM change_record WHERE application_id = $1 AND id = $2", application, i)
}
