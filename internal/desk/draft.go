package desk

import (
	"context"

	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// SaveDraft keeps the caller's unsent text on a ticket; empty text discards it. Number 0 is a ticket not opened yet.
func (d *Desk) SaveDraft(ctx context.Context, number int64, kind ticket.Kind, body string) error {
	caller, err := may(ctx, person.SeeOwn)
	if err != nil {
		return err
	}
	if kind != ticket.Reply && kind != ticket.Note {
		return fault.Invalid("kind", "Only a reply or a note has a draft.", "Use reply or note.")
	}
	if kind == ticket.Note && !caller.May(person.WorkTickets) {
		return fault.Forbidden("write notes")
	}
	// Unlike text that is sent, a draft keeps its blanks: the person is still typing.
	if _, bad := prose("body", body, ticket.MaxBody, false); bad != nil {
		return bad
	}
	if number != 0 {
		if err := d.mayFollow(ctx, d.store.Read(), caller, number); err != nil {
			return err
		}
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		return tx.SaveDraft(ctx, caller.Person.ID, ticket.Draft{Ticket: number, Kind: kind, Body: body})
	})
}

// Drafts gives the caller's drafts, the latest first: of one ticket, or of all when number is 0.
func (d *Desk) Drafts(ctx context.Context, number int64) ([]ticket.Draft, error) {
	caller, err := may(ctx, person.SeeOwn)
	if err != nil {
		return nil, err
	}
	return d.store.Read().Drafts(ctx, caller.Person.ID, number, 100)
}

// Draft gives the caller's unsent text of one kind on a ticket; "" when there is none.
func (d *Desk) Draft(ctx context.Context, number int64, kind ticket.Kind) (string, error) {
	drafts, err := d.Drafts(ctx, number)
	if err != nil {
		return "", err
	}
	for _, dr := range drafts {
		if dr.Ticket == number && dr.Kind == kind {
			return dr.Body, nil
		}
	}
	return "", nil
}

// mayFollow lets staff pass, and a requester on their own ticket; to others the ticket does not exist.
func (d *Desk) mayFollow(ctx context.Context, r store.Read, caller Caller, number int64) error {
	owner, err := r.RequesterOf(ctx, number)
	if err != nil {
		return err
	}
	if !caller.May(person.SeeTickets) && (owner == 0 || owner != caller.Person.ID) {
		return fault.NotFound("ticket")
	}
	return nil
}
