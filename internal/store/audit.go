package store

import (
	"context"
	"fmt"

	"firebreak/internal/id"
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
