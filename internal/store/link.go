package store

import (
	"context"

	"firebreak/internal/id"
	"firebreak/internal/ticket"
)

// Links gives the links of a ticket, from both sides, each worded as read from this ticket.
func (r Read) Links(ctx context.Context, number int64) ([]ticket.Link, error) {
	var out []ticket.Link
	for _, side := range []struct {
		query   string
		forward bool
	}{
		{"SELECT l.id, l.ticket, l.other, l.kind, t.subject, t.status FROM link l JOIN ticket t ON t.number = l.other WHERE l.ticket = $1 ORDER BY l.id", true},
		{"SELECT l.id, l.other, l.ticket, l.kind, t.subject, t.status FROM link l JOIN ticket t ON t.number = l.ticket WHERE l.other = $1 ORDER BY l.id", false},
	} {
		rows, err := r.q.QueryContext(ctx, side.query, number)
		links, err := collect(rows, err, func(r row) (l ticket.Link, err error) {
			err = r.Scan(&l.ID, &l.Ticket, &l.Other, &l.Kind, &l.Subject, &l.Status)
			l.Word = l.Kind.Word(side.forward)
			return l, err
		})
		if err != nil {
			return nil, err
		}
		out = append(out, links...)
	}
	return out, nil
}

// Link gives one link as it was stored.
func (r Read) Link(ctx context.Context, i id.ID) (l ticket.Link, err error) {
	err = r.q.QueryRowContext(ctx, "SELECT id, ticket, other, kind FROM link WHERE id = $1", i).Scan(&l.ID, &l.Ticket, &l.Other, &l.Kind)
	return l, one(err, "link")
}

// Linked reports whether the two tickets are joined this way.
func (r Read) Linked(ctx context.Context, number, other int64, kind ticket.LinkKind) (bool, error) {
	return r.exists(ctx, "SELECT 1 FROM link WHERE ticket = $1 AND other = $2 AND kind = $3", number, other, string(kind))
}

// RemoveLink parts two tickets; false when they were not joined.
func (tx *Tx) RemoveLink(ctx context.Context, i id.ID) (bool, error) {
	return tx.affects(ctx, "DELETE FROM link WHERE id = $1", i)
}
