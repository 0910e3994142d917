package store

import (
	"context"
	"slices"
	"strconv"
	"time"

	"firebreak/internal/id"
)

// Verdict is what somebody says about a thing they were shown on a ticket.
type Verdict string

const (
	Used  Verdict = "used"  // it helped
	Wrong Verdict = "wrong" // it does not belong here
)

// Valid reports whether v is a verdict.
func (v Verdict) Valid() bool { return v == Used || v == Wrong }

// Feedback is a verdict on a thing shown on a ticket. Kind and Item name the thing: ticket and its number; others as their
// makers name them.
type Feedback struct {
	Ticket  int64     `json:"ticket"`
	Kind    string    `json:"kind"`
	Item    string    `json:"item"`
	Verdict Verdict   `json:"verdict"`
	Person  id.ID     `json:"person_id,omitzero"`
	At      time.Time `json:"at"`
}

// KindTicket is the kind of feedback on another ticket; the item is its number.
const KindTicket = "ticket"

// SetFeedback keeps a verdict; the last one on a thing counts. An empty verdict takes it back.
func (tx *Tx) SetFeedback(ctx context.Context, f Feedback) error {
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
func (r Read) FeedbackOn(ctx context.Context, number int64, kind string) ([]Feedback, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT ticket, kind, item, verdict, person_id, at FROM feedback WHERE ticket = $1 AND ($2 = '' OR kind = $2) ORDER BY kind, item", number, kind)
	return collect(rows, err, func(r row) (f Feedback, err error) {
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

// TicketItem names a ticket as an item of feedback.
func TicketItem(number int64) string { return strconv.FormatInt(number, 10) }
