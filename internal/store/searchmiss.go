package store

import (
	"context"
	"fmt"
	"time"

	"firebreak/internal/id"
)

// SearchMiss is a search of the desk that found nothing. Who searched is not kept.
type SearchMiss struct {
	ID      id.ID     `json:"id"`
	Text    string    `json:"text"`
	Asked   int       `json:"asked" doc:"how often"`
	FirstAt time.Time `json:"first_at"`
	LastAt  time.Time `json:"last_at"`
}

// missEvery is how soon the same search counts again: somebody who reloads the page is not a second person who asks.
const missEvery = 10 * time.Minute

// AddSearchMiss counts a search that found nothing; text is normalised. What was dismissed stays so, and is counted.
func (tx *Tx) AddSearchMiss(ctx context.Context, text string) error {
	_, err := tx.q.ExecContext(ctx, `INSERT INTO search_miss (id, text, asked, first_at, last_at) VALUES ($1, $2, 1, $3, $3)
		ON CONFLICT (text) DO UPDATE SET asked = search_miss.asked + CASE WHEN search_miss.last_at < $4 THEN 1 ELSE 0 END, last_at = excluded.last_at`,
		tx.NewID(), text, ms(tx.Now), ms(tx.Now.Add(-missEvery)))
	return err
}

// MissKey is where a page of searches ends.
type MissKey struct {
	Asked int   `json:"n"`
	Last  int64 `json:"l"`
	ID    id.ID `json:"i"`
}

// SearchMisses gives a page of searches that found nothing and that nobody dismissed or answered, the most asked first.
func (r Read) SearchMisses(ctx context.Context, after *MissKey, limit int) ([]SearchMiss, *MissKey, error) {
	where, args := "dismissed_at = 0 AND resolution_id IS NULL", []any{}
	if after != nil {
		where += " AND (asked, last_at, id) < ($1, $2, $3)"
		args = append(args, after.Asked, after.Last, after.ID)
	}
	args = append(args, limit+1)
	rows, err := r.q.QueryContext(ctx, "SELECT id, text, asked, first_at, last_at FROM search_miss WHERE "+where+fmt.Sprintf(" ORDER BY asked DESC, last_at DESC, id DESC LIMIT $%d + 0", len(args)), args...)
	out, err := collect(rows, err, scanMiss)
	if err != nil || len(out) <= limit {
		return out, nil, err
	}
	out = out[:limit]
	last := out[limit-1]
	return out, &MissKey{last.Asked, ms(last.LastAt), last.ID}, nil
}

func scanMiss(r row) (m SearchMiss, err error) {
	return m, r.Scan(&m.ID, &m.Text, &m.Asked, at{&m.FirstAt}, at{&m.LastAt})
}

// SearchMiss gives one search that found nothing.
func (r Read) SearchMiss(ctx context.Context, i id.ID) (SearchMiss, error) {
	m, err := scanMiss(r.q.QueryRowContext(ctx, "SELECT id, text, asked, first_at, last_at FROM search_miss WHERE id = $1", i))
	return m, one(err, "search")
}

// DismissMiss takes a search off the list, or puts it back with the zero instant.
func (tx *Tx) DismissMiss(ctx context.Context, i id.ID, when time.Time) (bool, error) {
	return tx.affects(ctx, "UPDATE search_miss SET dismissed_at = $1 WHERE id = $2", ms(when), i)
}

// AnswerMiss notes the resolution that was written for a search.
func (tx *Tx) AnswerMiss(ctx context.Context, i, resolution id.ID) error {
	_, err := tx.q.ExecContext(ctx, "UPDATE search_miss SET resolution_id = $1 WHERE id = $2", ref(resolution), i)
	return err
}
