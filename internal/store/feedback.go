package store

import (
	"context"
	"slices"

	"firebreak/internal/ticket"
)

// SetFeedback keeps a verdict; the last one on a thing counts. An empty verdict takes it back.
func (tx *Tx) SetFeedback(ctx context.Context, f ticket.Feedback) error {
	if f.Verdict == "" {
		_, err := tx.q.ExecContext(ctx, "DELETE FROM feedback WHERE ticket = $1 AND kind = $2 AND item = $3", f.Ticket, f.Kind, f.Item)
		return err
	}
	_, err := tx.q.ExecContext(ctx, `INSERT INTO feedback (ticket, kind, item, verdict, person_id, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (ticket, kind, item) DO UPDATE SET verdict = excluded.verdict, person_id = excluded.person_id, at = excluded.at`,
		f.Ticket, f.Kind, f.Item, string(f.Verdict), ref(f.Person), ms(tx.Now))
	return err
}

// FeedbackOn gives the verdicts on a ticket, of one kind or of all when kind is empty.
func (r Read) FeedbackOn(ctx context.Context, number int64, kind string) ([]ticket.Feedback, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT ticket, kind, item, verdict, person_id, at FROM feedback WHERE ticket = $1 AND ($2 = '' OR kind = $2) ORDER BY kind, item", number, kind)
	return collect(rows, err, func(r row) (f ticket.Feedback, err error) {
		return f, r.Scan(&f.Ticket, &f.Kind, &f.Item, &f.Verdict, refTo{&f.Person}, at{&f.At})
	})
}

// Uses counts on how many tickets each of these things helped. Things that never did are not in the answer.
func (r Read) Uses(ctx context.Context, kind string, items []string) (map[string]int, error) {
	out := map[string]int{}
	for part := range slices.Chunk(items, 256) {
		keys := inMany(part)
		rows, err := r.q.QueryContext(ctx, "SELECT item, count(*) FROM feedback WHERE kind = $1 AND verdict = 'used' AND item IN ("+holes(2, len(keys))+") GROUP BY item", append([]any{kind}, keys...)...)
		_, err = collect(rows, err, func(r row) (struct{}, error) {
			var item string
			var n int
			err := r.Scan(&item, &n)
			out[item] = n
			return struct{}{}, err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
