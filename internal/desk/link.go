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

// Links gives what a ticket is linked with, worded as read from it.
func (d *Desk) Links(ctx context.Context, number int64) ([]ticket.Link, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return nil, err
	}
	return d.store.Read().Links(ctx, number)
}

// AddLink joins two tickets.
func (d *Desk) AddLink(ctx context.Context, number, other int64, kind ticket.LinkKind) (ticket.Link, error) {
	l := ticket.Link{Ticket: number, Other: other, Kind: kind}
	if kind == "" {
		l.Kind = ticket.Related
	}
	if !l.Kind.Valid() {
		return l, fault.Invalid("kind", "Tickets cannot be linked as "+string(kind)+".", "Use related, duplicate_of, caused_by, follow_up_of or split_from.")
	}
	if number == other {
		return l, fault.Invalid("other", "A ticket cannot be linked to itself.", "Give the number of another ticket.")
	}
	_, err := d.change(ctx, number, person.WorkTickets, func(c *change) error {
		o, err := c.tx.Ticket(ctx, other)
		if fault.Is(err, fault.CodeNotFound) {
			return fault.Invalid("other", fmt.Sprintf("There is no ticket %d.", other), "Give the number of another ticket.")
		}
		if err != nil {
			return err
		}
		if twice, err := c.tx.Linked(ctx, number, other, l.Kind); err != nil {
			return err
		} else if twice {
			return fault.Conflict("other", "The two tickets are linked this way already.", "")
		}
		if err := c.tx.AddLink(ctx, &l); err != nil {
			return err
		}
		l.Subject, l.Status, l.Word = o.Subject, o.Status, l.Kind.Word(true)
		return c.linked(ctx, l, "link", false)
	})
	return l, err
}

// RemoveLink parts two tickets.
func (d *Desk) RemoveLink(ctx context.Context, link id.ID) error {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return err
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		l, err := tx.Link(ctx, link)
		if err != nil {
			return err
		}
		_, err = d.changeIn(ctx, tx, caller, l.Ticket, func(c *change) error {
			if there, err := tx.RemoveLink(ctx, link); err != nil {
				return err
			} else if !there {
				return fault.NotFound("link")
			}
			return c.linked(ctx, l, "link", true)
		})
		return err
	})
}

// linked writes into the history of both tickets that they were joined or parted, and tells the other's pages.
func (c *change) linked(ctx context.Context, l ticket.Link, field string, gone bool) error {
	here := fmt.Sprintf("%s %d", l.Kind.Word(true), l.Other)
	there := fmt.Sprintf("%s %d", l.Kind.Word(false), l.Ticket)
	on := func(text string) ticket.Event {
		if gone {
			return ticket.Event{Field: field, Old: text, Ref: l.ID}
		}
		return ticket.Event{Field: field, New: text, Ref: l.ID}
	}
	if err := c.event(ctx, on(here)); err != nil {
		return err
	}
	other := change{tx: c.tx, caller: c.caller, t: ticket.Ticket{Number: l.Other}}
	return other.event(ctx, on(there))
}
