package store

import (
	"context"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/ticket"
)

// Viewers gives who was seen on a ticket since the instant, in order of their names.
func (r Read) Viewers(ctx context.Context, number int64, since time.Time) ([]ticket.Viewer, error) {
	rows, err := r.q.QueryContext(ctx, `SELECT v.person_id, p.name, v.composing, v.seen_at FROM viewer v JOIN person p ON p.id = v.person_id
		WHERE v.ticket = $1 AND v.seen_at > $2 ORDER BY lower(p.name), p.id`, number, ms(since))
	return collect(rows, err, func(r row) (v ticket.Viewer, err error) {
		return v, r.Scan(&v.PersonID, &v.Name, &v.Composing, at{&v.SeenAt})
	})
}

// SetViewer notes that somebody has the ticket open.
func (tx *Tx) SetViewer(ctx context.Context, number int64, who id.ID, composing ticket.Kind) error {
	_, err := tx.q.ExecContext(ctx, `INSERT INTO viewer (ticket, person_id, composing, seen_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (ticket, person_id) DO UPDATE SET composing = excluded.composing, seen_at = excluded.seen_at`,
		number, who, string(composing), ms(tx.Now))
	return err
}

// DropViewer forgets that somebody has the ticket open; false when nobody knew.
func (tx *Tx) DropViewer(ctx context.Context, number int64, who id.ID) (bool, error) {
	return tx.affects(ctx, "DELETE FROM viewer WHERE ticket = $1 AND person_id = $2", number, who)
}

// DropViewers forgets those on a ticket who were not seen since the instant; it reports whether there were any.
func (tx *Tx) DropViewers(ctx context.Context, number int64, since time.Time) (bool, error) {
	return tx.affects(ctx, "DELETE FROM viewer WHERE ticket = $1 AND seen_at <= $2", number, ms(since))
}

func (tx *Tx) affects(ctx context.Context, query string, args ...any) (bool, error) {
	res, err := tx.q.ExecContext(ctx, query, args...)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// TicketVersion gives a ticket's version alone; not found when there is no such ticket.
func (r Read) TicketVersion(ctx context.Context, number int64) (v int64, err error) {
	err = r.q.QueryRowContext(ctx, "SELECT version FROM ticket WHERE number = $1", number).Scan(&v)
	return v, one(err, "ticket")
}

// Seen gives, of these tickets, the version that somebody saw last; those never seen are left out.
func (r Read) Seen(ctx context.Context, who id.ID, numbers []int64) (map[int64]int64, error) {
	out := map[int64]int64{}
	if len(numbers) == 0 {
		return out, nil
	}
	rows, err := r.q.QueryContext(ctx, "SELECT ticket, version FROM seen WHERE person_id = $1 AND ticket IN ("+holes(2, len(numbers))+")", append([]any{who}, anyOf(numbers)...)...)
	pairs, err := collect(rows, err, func(r row) (p [2]int64, err error) { return p, r.Scan(&p[0], &p[1]) })
	for _, p := range pairs {
		out[p[0]] = p[1]
	}
	return out, err
}

// SetSeen notes the version that somebody saw.
func (tx *Tx) SetSeen(ctx context.Context, who id.ID, number, version int64) error {
	_, err := tx.q.ExecContext(ctx, `INSERT INTO seen (person_id, ticket, version) VALUES ($1, $2, $3)
		ON CONFLICT (person_id, ticket) DO UPDATE SET version = excluded.version`, who, number, version)
	return err
}

// SeenStill moves the mark of somebody who saw the version before their own act to the version after it.
func (tx *Tx) SeenStill(ctx context.Context, who id.ID, number, before, after int64) error {
	_, err := tx.q.ExecContext(ctx, "UPDATE seen SET version = $1 WHERE person_id = $2 AND ticket = $3 AND version = $4", after, who, number, before)
	return err
}
