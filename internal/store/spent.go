package store

import (
	"context"

	"firebreak/internal/id"
	"firebreak/internal/ticket"
)

const spentSelect = "SELECT s.id, s.ticket, s.person_id, p.name, s.minutes, s.note, s.at FROM time_spent s JOIN person p ON p.id = s.person_id"

func scanSpent(r row) (s ticket.TimeSpent, err error) {
	return s, r.Scan(&s.ID, &s.Ticket, &s.PersonID, &s.Person, &s.Minutes, &s.Note, at{&s.At})
}

// TimeSpent gives the time booked on a ticket, oldest first.
func (r Read) TimeSpent(ctx context.Context, number int64) ([]ticket.TimeSpent, error) {
	rows, err := r.q.QueryContext(ctx, spentSelect+" WHERE s.ticket = $1 ORDER BY s.at, s.id", number)
	return collect(rows, err, scanSpent)
}

// OneTimeSpent gives one booking.
func (r Read) OneTimeSpent(ctx context.Context, i id.ID) (ticket.TimeSpent, error) {
	s, err := scanSpent(r.q.QueryRowContext(ctx, spentSelect+" WHERE s.id = $1", i))
	return s, one(err, "booking of time")
}

// AddTimeSpent books time; an empty ID is made. The ticket's sum is the caller's to keep.
func (tx *Tx) AddTimeSpent(ctx context.Context, s *ticket.TimeSpent) error {
	if s.ID == 0 {
		s.ID = tx.NewID()
	}
	if s.At.IsZero() {
		s.At = tx.Now
	}
	_, err := tx.q.ExecContext(ctx, "INSERT INTO time_spent (id, ticket, person_id, minutes, note, at) VALUES ("+holes(1, 6)+")", s.ID, s.Ticket, s.PersonID, s.Minutes, s.Note, ms(s.At))
	return err
}

// RemoveTimeSpent removes a booking; false when it was gone already.
func (tx *Tx) RemoveTimeSpent(ctx context.Context, i id.ID) (bool, error) {
	return tx.affects(ctx, "DELETE FROM time_spent WHERE id = $1", i)
}
