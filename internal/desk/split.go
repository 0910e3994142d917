package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// SplitTicket says what becomes a ticket of its own.
type SplitTicket struct {
	Subject string  `json:"subject" doc:"subject of the new ticket" maxLength:"1000000"`
	Entries []id.ID `json:"entries" doc:"entries that move there"`
}

// Split moves entries to a new ticket of the same requester and application, linked to the old one. It gives the new
// ticket, and the id that takes it back.
func (d *Desk) Split(ctx context.Context, number int64, in SplitTicket) (ticket.Ticket, id.ID, error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return ticket.Ticket{}, 0, err
	}
	subject, bad := line("subject", in.Subject, ticket.MaxSubject, true)
	entries := slices.Compact(slices.Sorted(slices.Values(in.Entries)))
	var none *fault.Fault
	if len(entries) == 0 || len(entries) > 1000 {
		none = fault.Invalid("entries", fmt.Sprintf("%d entries cannot be split off.", len(entries)), "Choose 1 to 1000 entries that belong together.")
	}
	if err := fault.Collect(bad, none); err != nil {
		return ticket.Ticket{}, 0, err
	}
	var t ticket.Ticket
	var undo id.ID
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		undo = tx.NewID()
		_, err := d.changeIn(ctx, tx, caller, number, func(c *change) error {
			if c.t.Status == ticket.Merged {
				return mergedAway(c.t)
			}
			places, err := tx.EntryPlaces(ctx, entries)
			if err != nil {
				return err
			}
			for _, e := range entries {
				if places[e] != number {
					return fault.Invalid("entries", fmt.Sprintf("Entry %s is not on ticket %d.", e, number), "Choose entries of this ticket.")
				}
			}
			c.ref = undo
			if t, err = d.openSplit(ctx, c, subject); err != nil {
				return err
			}
			if err := tx.MoveEntries(ctx, entries, number, t.Number); err != nil {
				return err
			}
			l := ticket.Link{Ticket: t.Number, Other: number, Kind: ticket.SplitFrom}
			if err := tx.AddLink(ctx, &l); err != nil {
				return err
			}
			if err := c.event(ctx, ticket.Event{Field: "split_into", New: strconv.FormatInt(t.Number, 10), Reason: subject}); err != nil {
				return err
			}
			gone := t
			gone.Status, gone.ClosedAt = ticket.Cancelled, tx.Now
			return keepUndo(ctx, tx, caller, undo, "split", undoDetail{
				Tickets: []undoTicket{{number, undoableOf(&c.t), undoableOf(&c.t)}, {t.Number, undoableOf(&gone), undoableOf(&t)}},
				Moves:   []undoMove{{From: t.Number, To: number, Entries: entries}}, Links: []id.ID{l.ID}, Made: t.Number,
			})
		})
		return err
	})
	return t, undo, err
}

// openSplit opens the ticket that entries of another move to.
func (d *Desk) openSplit(ctx context.Context, from *change, subject string) (ticket.Ticket, error) {
	old, now := from.t, from.tx.Now
	t := ticket.Ticket{Subject: subject, Status: ticket.New, Level: old.Level, Channel: from.caller.Via, Stakes: old.Stakes, Tags: []string{},
		ApplicationID: old.ApplicationID, Application: old.Application, TeamID: old.TeamID, Team: old.Team,
		RequesterID: old.RequesterID, Requester: old.Requester, ClientID: old.ClientID, Client: old.Client, CreatedAt: now, UpdatedAt: now}
	if err := d.judge(ctx, from.tx, &t); err != nil {
		return t, err
	}
	if err := from.tx.AddTicket(ctx, &t); err != nil {
		return t, err
	}
	c := change{tx: from.tx, caller: from.caller, t: t, ref: from.ref}
	if err := c.event(ctx, ticket.Event{Field: "opened", New: string(t.Fire), Reason: fmt.Sprintf("Split from ticket %d.", old.Number)}); err != nil {
		return t, err
	}
	if err := d.schedule(ctx, from.tx, nil, &t); err != nil {
		return t, err
	}
	d.announce(from.tx, &t)
	return t, nil
}
