package desk

import (
	"context"
	"fmt"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// AddTime is work time to book.
type AddTime struct {
	Minutes int    `json:"minutes" minimum:"1" maximum:"1440"`
	Note    string `json:"note,omitempty" doc:"what was done"`
}

// AddTime books work time on a ticket, in the caller's name.
func (d *Desk) AddTime(ctx context.Context, number int64, in AddTime) (ticket.TimeSpent, error) {
	var s ticket.TimeSpent
	note, bad := line("note", in.Note, ticket.MaxShort, false)
	if in.Minutes < 1 || in.Minutes > 1440 {
		bad = fault.Invalid("minutes", fmt.Sprintf("%d minutes cannot be booked at once.", in.Minutes), "Book 1 to 1440 minutes (a day).")
	}
	if bad != nil {
		return s, bad
	}
	_, err := d.change(ctx, number, person.WorkTickets, func(c *change) error {
		if c.caller.Person.ID == 0 {
			return fault.Forbidden("book time without being a person")
		}
		s = ticket.TimeSpent{Ticket: number, PersonID: c.caller.Person.ID, Person: c.caller.Person.Name, Minutes: in.Minutes, Note: note, At: c.tx.Now}
		if err := c.tx.AddTimeSpent(ctx, &s); err != nil {
			return err
		}
		c.t.MinutesSpent += in.Minutes
		return c.event(ctx, ticket.Event{Field: "time_spent", New: fmt.Sprint(in.Minutes), Reason: note, Ref: s.ID})
	})
	return s, err
}

// TimeSpent gives the time booked on a ticket.
func (d *Desk) TimeSpent(ctx context.Context, number int64) ([]ticket.TimeSpent, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return nil, err
	}
	r := d.store.Read()
	if _, err := r.TicketVersion(ctx, number); err != nil {
		return nil, err
	}
	return r.TimeSpent(ctx, number)
}

// RemoveTime takes a booking back; only the person who made it may.
func (d *Desk) RemoveTime(ctx context.Context, booking id.ID) (ticket.Ticket, error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return ticket.Ticket{}, err
	}
	var out ticket.Ticket
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		s, err := tx.OneTimeSpent(ctx, booking)
		if err != nil {
			return err
		}
		if s.PersonID != caller.Person.ID {
			return fault.Forbidden("remove time that " + s.Person + " booked")
		}
		out, err = d.changeIn(ctx, tx, caller, s.Ticket, func(c *change) error {
			if there, err := tx.RemoveTimeSpent(ctx, booking); err != nil {
				return err
			} else if !there {
				return fault.NotFound("booking of time")
			}
			c.t.MinutesSpent = max(0, c.t.MinutesSpent-s.Minutes)
			return c.event(ctx, ticket.Event{Field: "time_spent", Old: fmt.Sprint(s.Minutes), Ref: s.ID})
		})
		return err
	})
	return out, err
}
