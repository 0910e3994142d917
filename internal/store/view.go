package store

import (
	"context"

	"firebreak/internal/id"
	"firebreak/internal/ticket"
)

// The outer join keeps the planner from beginning with all the people when nobody has saved a view yet.
const viewSelect = `SELECT v.id, v.name, v.shared, v.person_id, p.name, v.query, v.position, v.created_at FROM saved_view v LEFT JOIN person p ON p.id = v.person_id`

func scanView(r row) (v ticket.SavedView, err error) {
	return v, r.Scan(&v.ID, &v.Name, &v.Shared, &v.OwnerID, &v.Owner, &v.Query, &v.Position, at{&v.CreatedAt})
}

// SavedViews gives a person's own views and those shared with everybody, in their order.
func (r Read) SavedViews(ctx context.Context, who id.ID) ([]ticket.SavedView, error) {
	rows, err := r.q.QueryContext(ctx, viewSelect+" WHERE v.person_id = $1 OR v.shared ORDER BY v.position, v.id", who)
	return collect(rows, err, scanView)
}

// SavedView gives one view.
func (r Read) SavedView(ctx context.Context, i id.ID) (ticket.SavedView, error) {
	v, err := scanView(r.q.QueryRowContext(ctx, viewSelect+" WHERE v.id = $1", i))
	return v, one(err, "view")
}

// PutView inserts or replaces v; an empty ID is made.
func (tx *Tx) PutView(ctx context.Context, v *ticket.SavedView) error {
	if v.ID == 0 {
		v.ID, v.CreatedAt = tx.NewID(), tx.Now
	}
	_, err := tx.q.ExecContext(ctx, `INSERT INTO saved_view (id, person_id, shared, name, query, position, created_at) VALUES (`+holes(1, 7)+`)
		ON CONFLICT (id) DO UPDATE SET shared = excluded.shared, name = excluded.name, query = excluded.query, position = excluded.position`,
		v.ID, v.OwnerID, v.Shared, v.Name, v.Query, v.Position, ms(v.CreatedAt))
	return err
}

// RemoveView removes a view.
func (tx *Tx) RemoveView(ctx context.Context, i id.ID) error {
	_, err := tx.q.ExecContext(ctx, "DELETE FROM saved_view WHERE id = $1", i)
	return err
}
