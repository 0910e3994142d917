package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// maxMerge is how many tickets can be merged at once.
const maxMerge = 50

// Merge makes tickets live on in another: their entries move there in time order, tags are united, and the worse
// fire wins. Each entry stays with the requester of the ticket it was written on, so two requesters never read one
// another; replies to a merged ticket find the one it lives on in. The result takes it back, with Undo.
func (d *Desk) Merge(ctx context.Context, from []int64, into int64) (id.ID, error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return 0, err
	}
	from = slices.Compact(slices.Sorted(slices.Values(from)))
	switch {
	case len(from) == 0:
		return 0, fault.Invalid("from", "No ticket to merge is named.", "Give the numbers of the tickets that are to live on in the other.")
	case len(from) > maxMerge:
		return 0, fault.Invalid("from", fmt.Sprintf("%d tickets are too many to merge at once.", len(from)), fmt.Sprintf("Merge up to %d; for one cause behind many tickets, link them.", maxMerge))
	case slices.Contains(from, into):
		return 0, fault.Invalid("into", "A ticket cannot be merged into itself.", "Choose another ticket to keep.")
	}
	var undo id.ID
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		undo = tx.NewID()
		changes := map[int64]*change{}
		for _, n := range slices.Sorted(slices.Values(append(slices.Clone(from), into))) {
			t, err := tx.TicketForChange(ctx, n)
			if err != nil {
				return err
			}
			if t.Status == ticket.Merged {
				return mergedAway(t)
			}
			changes[n] = &change{tx: tx, caller: caller, old: t, t: t, ref: undo, keepByHand: true}
			changes[n].t.Tags = slices.Clone(t.Tags)
		}
		winner := changes[into]
		if !winner.t.Status.Active() && winner.t.Status != ticket.Resolved {
			return fault.Conflict("into", fmt.Sprintf("Ticket %d is %s.", into, winner.t.Status), "Reopen it first, or keep another one.")
		}
		var detail undoDetail
		for _, n := range from {
			if err := d.mergeOne(ctx, changes[n], winner, &detail); err != nil {
				return err
			}
		}
		for _, n := range slices.Sorted(slices.Values(append(slices.Clone(from), into))) {
			c := changes[n]
			if err := d.save(ctx, c); err != nil {
				return err
			}
			detail.Tickets = append(detail.Tickets, undoTicket{n, undoableOf(&c.old), undoableOf(&c.t)})
		}
		return keepUndo(ctx, tx, caller, undo, "merge", detail)
	})
	return undo, err
}

// mergeOne moves what hangs on one ticket to the winner.
func (d *Desk) mergeOne(ctx context.Context, c, winner *change, detail *undoDetail) error {
	n, into := c.t.Number, winner.t.Number
	entries, err := c.tx.EntryIDs(ctx, n)
	if err != nil {
		return err
	}
	if err := c.tx.MoveEntries(ctx, entries, n, into); err != nil {
		return err
	}
	detail.Moves = append(detail.Moves, undoMove{From: into, To: n, Entries: entries})
	if twice, err := c.tx.Linked(ctx, n, into, ticket.Duplicate); err != nil {
		return err
	} else if !twice {
		l := ticket.Link{Ticket: n, Other: into, Kind: ticket.Duplicate}
		if err := c.tx.AddLink(ctx, &l); err != nil {
			return err
		}
		detail.Links = append(detail.Links, l.ID)
	}
	c.t.Status, c.t.MergedInto, c.t.WaitingOn, c.t.WakeAt, c.t.ClosedAt = ticket.Merged, into, "", time.Time{}, c.tx.Now
	for _, tag := range c.t.Tags {
		if !slices.Contains(winner.t.Tags, tag) && len(winner.t.Tags) < ticket.MaxTags {
			winner.t.Tags = append(winner.t.Tags, tag)
		}
	}
	slices.Sort(winner.t.Tags)
	if err := d.heat(ctx, &c.old, winner); err != nil {
		return err
	}
	return winner.event(ctx, ticket.Event{Field: "merged_from", New: strconv.FormatInt(n, 10), Reason: c.t.Subject})
}

// heat makes the winner of a merge burn no less than the ticket it takes in: it takes over the worse ticket's facts,
// and where these do not explain the fire here (another application, set by hand) the fire itself.
func (d *Desk) heat(ctx context.Context, lost *ticket.Ticket, winner *change) error {
	t := &winner.t
	if !lost.Status.Active() || lost.Fire.Rank() >= t.Fire.Rank() {
		return nil
	}
	t.Stakes, t.Work, t.Spread = lost.Stakes, lost.Work, lost.Spread
	if !lost.Deadline.At.IsZero() {
		t.Deadline = lost.Deadline
	}
	if err := d.judge(ctx, winner.tx, t); err != nil {
		return err
	}
	if lost.Fire.Rank() < t.Fire.Rank() {
		t.ByHand = &urgency.Override{Fire: lost.Fire, Base: t.Fire, By: winner.caller.Person.Name,
			Reason: fmt.Sprintf("Ticket %d, merged into this one, was a %s.", lost.Number, lost.Fire.Word())}
		t.Fire = lost.Fire
	}
	return nil
}

// livesOn follows merges to the ticket that a merged one lives on in; a ticket that was not merged is its own.
func livesOn(ctx context.Context, r store.Read, t ticket.Ticket) (ticket.Ticket, error) {
	for hops := 0; t.Status == ticket.Merged && t.MergedInto != 0 && hops < 1000; hops++ {
		next, err := r.Ticket(ctx, t.MergedInto)
		if err != nil {
			return t, err
		}
		t = next
	}
	return t, nil
}
