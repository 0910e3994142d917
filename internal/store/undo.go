package store

import (
	"context"
	"slices"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/person"
)

// Undo is what is needed to take an act back.
type Undo struct {
	ID       id.ID
	PersonID id.ID // who did it; 0: the desk itself
	Act      string
	Detail   string // JSON of package desk
	At       time.Time
	UsedAt   time.Time
}

// AddUndo keeps u; an empty ID is made.
func (tx *Tx) AddUndo(ctx context.Context, u *Undo) error {
	if u.ID == 0 {
		u.ID = tx.NewID()
	}
	u.At = tx.Now
	_, err := tx.q.ExecContext(ctx, "INSERT INTO undo (id, person_id, act, detail, created_at) VALUES ("+holes(1, 5)+")", u.ID, ref(u.PersonID), u.Act, u.Detail, ms(u.At))
	return err
}

// UndoForUse gives an act to take back and keeps others from taking it back at the same time.
func (tx *Tx) UndoForUse(ctx context.Context, i id.ID) (u Undo, err error) {
	err = tx.q.QueryRowContext(ctx, "SELECT id, person_id, act, detail, created_at, used_at FROM undo WHERE id = $1"+tx.d.forUpdate(), i).
		Scan(&u.ID, refTo{&u.PersonID}, &u.Act, &u.Detail, at{&u.At}, at{&u.UsedAt})
	return u, one(err, "act to undo")
}

// UseUndo notes that the act was taken back.
func (tx *Tx) UseUndo(ctx context.Context, i id.ID) error {
	_, err := tx.q.ExecContext(ctx, "UPDATE undo SET used_at = $1 WHERE id = $2", ms(tx.Now), i)
	return err
}

// EntryPlaces gives the ticket that each of the entries is on; those that no longer exist are left out.
func (r Read) EntryPlaces(ctx context.Context, entries []id.ID) (map[id.ID]int64, error) {
	out := make(map[id.ID]int64, len(entries))
	for start := 0; start < len(entries); start += 500 {
		part := entries[start:min(start+500, len(entries))]
		rows, err := r.q.QueryContext(ctx, "SELECT id, ticket FROM entry WHERE id IN ("+holes(1, len(part))+")", anyOf(part)...)
		places, err := collect(rows, err, func(r row) (p [2]int64, err error) { return p, r.Scan(&p[0], &p[1]) })
		if err != nil {
			return nil, err
		}
		for _, p := range places {
			out[id.ID(p[0])] = p[1]
		}
	}
	return out, nil
}

// EntryIDs gives the entries of a ticket in time order; with origins, only those written on one of these tickets.
func (r Read) EntryIDs(ctx context.Context, number int64, origins ...int64) ([]id.ID, error) {
	query, args := "SELECT id FROM entry WHERE ticket = $1", []any{number}
	if len(origins) > 0 {
		query += " AND origin IN (" + holes(2, len(origins)) + ")"
		args = append(args, anyOf(origins)...)
	}
	rows, err := r.q.QueryContext(ctx, query+" ORDER BY created_at, id", args...)
	return collect(rows, err, func(r row) (i id.ID, err error) { return i, r.Scan(&i) })
}

// MergedInto gives the tickets that were merged into one, directly.
func (r Read) MergedInto(ctx context.Context, number int64) ([]int64, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT number FROM ticket WHERE merged_into = $1 AND merged_into > 0 ORDER BY number", number)
	return collect(rows, err, func(r row) (n int64, err error) { return n, r.Scan(&n) })
}

// RequestersOf gives the people who opened these tickets, each once, in the order of the tickets' numbers.
func (r Read) RequestersOf(ctx context.Context, numbers []int64) ([]person.Person, error) {
	var out []person.Person
	seen := map[id.ID]bool{}
	for part := range slices.Chunk(numbers, 500) {
		rows, err := r.q.QueryContext(ctx, personSelect+" JOIN ticket t ON t.requester_id = p.id WHERE t.number IN ("+holes(1, len(part))+") ORDER BY t.number", anyOf(part)...)
		people, err := collect(rows, err, scanPerson)
		if err != nil {
			return nil, err
		}
		for _, p := range people {
			if !seen[p.ID] {
				seen[p.ID] = true
				out = append(out, p)
			}
		}
	}
	return out, nil
}
