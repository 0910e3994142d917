package store

import (
	"context"
	"fmt"

	"firebreak/internal/id"
	"firebreak/internal/person"
)

// AddAudit keeps that actor (0: the desk itself) did act to subject through via: changes to people,
// settings and the catalogue, which belong to no ticket. detail says what changed, in words.
func (tx *Tx) AddAudit(ctx context.Context, actor id.ID, via, act, subject, detail string) error {
	_, err := tx.q.ExecContext(ctx, "INSERT INTO audit (id, at, actor_id, via, act, subject, detail) VALUES ("+holes(1, 7)+")",
		tx.NewID(), ms(tx.Now), ref(actor), via, act, subject, detail)
	if err != nil {
		return fmt.Errorf("audit %s: %w", act, err)
	}
	return nil
}

// Audit gives administrative acts older than before (0: from the newest), newest first.
func (r Read) Audit(ctx context.Context, before id.ID, limit int) ([]person.Audit, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	rows, err := r.q.QueryContext(ctx, `SELECT a.id, a.at, a.actor_id, p.name, a.via, a.act, a.subject, a.detail
		FROM audit a LEFT JOIN person p ON p.id = a.actor_id WHERE a.id < $1 ORDER BY a.id DESC LIMIT $2 + 0`, before, limit)
	return collect(rows, err, func(r row) (a person.Audit, err error) {
		return a, r.Scan(&a.ID, at{&a.At}, refTo{&a.ActorID}, text{&a.Actor}, &a.Via, &a.Act, &a.Subject, &a.Detail)
	})
}
