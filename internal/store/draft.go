package store

import (
	"context"

	"firebreak/internal/id"
	"firebreak/internal/ticket"
)

// SaveDraft keeps a person's unsent text on a ticket; an empty body forgets it.
func (tx *Tx) SaveDraft(ctx context.Context, who id.ID, d ticket.Draft) error {
	if d.Body == "" {
		_, err := tx.q.ExecContext(ctx, "DELETE FROM draft WHERE ticket = $1 AND person_id = $2 AND kind = $3", d.Ticket, who, string(d.Kind))
		return err
	}
	_, err := tx.q.ExecContext(ctx, `INSERT INTO draft (ticket, person_id, kind, body, updated_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (ticket, person_id, kind) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at`,
		d.Ticket, who, string(d.Kind), d.Body, ms(tx.Now))
	return err
}

// AddLink joins two tickets.
func (tx *Tx) AddLink(ctx context.Context, l *ticket.Link) error {
	if l.ID == 0 {
		l.ID = tx.NewID()
	}
	_, err := tx.q.ExecContext(ctx, "INSERT INTO link (id, ticket, other, kind, created_at) VALUES ($1, $2, $3, $4, $5)", l.ID, l.Ticket, l.Other, string(l.Kind), ms(tx.Now))
	return err
}

// Drafts gives a person's unsent texts, the latest first; on one ticket when number is not 0.
func (r Read) Drafts(ctx context.Context, who id.ID, number int64, limit int) ([]ticket.Draft, error) {
	query, args := "SELECT ticket, kind, body, updated_at FROM draft WHERE person_id = $1", []any{who, limit}
	if number != 0 {
		query, args = query+" AND ticket = $3", append(args, number)
	}
	rows, err := r.q.QueryContext(ctx, query+" ORDER BY updated_at DESC, ticket DESC, kind LIMIT $2 + 0", args...)
	return collect(rows, err, func(r row) (d ticket.Draft, err error) {
		return d, r.Scan(&d.Ticket, &d.Kind, &d.Body, at{&d.UpdatedAt})
	})
}
