package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// change is one act on one ticket inside a transaction.
type change struct {
	tx     *store.Tx
	caller Caller
	old    ticket.Ticket
	t      ticket.Ticket
	reason string
	ref    id.ID
	// silent keeps the act off the page streams (imports).
	silent bool
	// keepByHand leaves a fire that was set by hand as it is although facts changed.
	keepByHand bool
}

// change loads a ticket, lets fn alter it, and saves it with one history event per altered field.
// The urgency is judged anew when a fact it rests on changed. The caller needs permission p.
func (d *Desk) change(ctx context.Context, number int64, p person.Permission, fn func(*change) error) (ticket.Ticket, error) {
	caller, err := may(ctx, p)
	if err != nil {
		return ticket.Ticket{}, err
	}
	var out ticket.Ticket
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		out, err = d.changeIn(ctx, tx, caller, number, fn)
		return err
	})
	if err != nil {
		return out, err
	}
	return out, d.showTicket(ctx, &out)
}

// changeIn is change inside a running transaction.
func (d *Desk) changeIn(ctx context.Context, tx *store.Tx, caller Caller, number int64, fn func(*change) error) (ticket.Ticket, error) {
	t, err := tx.TicketForChange(ctx, number)
	if err != nil {
		return t, err
	}
	c := &change{tx: tx, caller: caller, old: t, t: t}
	c.t.Tags = slices.Clone(t.Tags)
	if err := fn(c); err != nil {
		return t, err
	}
	return c.t, d.save(ctx, c)
}

// save writes the change, its history, and the job for the ticket's next due time.
func (d *Desk) save(ctx context.Context, c *change) error {
	if c.t.Answers() != c.old.Answers() || c.t.ApplicationID != c.old.ApplicationID {
		if !c.keepByHand {
			c.t.ByHand = nil // new facts: what was set by hand was about the old ones
		}
		if err := d.judge(ctx, c.tx, &c.t); err != nil {
			return err
		}
	}
	if c.t.TurnsAt != c.old.TurnsAt {
		c.t.WarnedAt = time.Time{}
	}
	events := ticket.Diff(&c.old, &c.t)
	if err := c.tx.SaveTicket(ctx, &c.old, &c.t); err != nil {
		return err
	}
	for _, e := range events {
		if err := c.event(ctx, e); err != nil {
			return err
		}
	}
	if me := c.caller.Person.ID; me != 0 {
		// What somebody did themselves is not news to them.
		if err := c.tx.SeenStill(ctx, me, c.t.Number, c.old.Version, c.t.Version); err != nil {
			return err
		}
	}
	if err := d.schedule(ctx, c.tx, &c.old, &c.t); err != nil {
		return err
	}
	d.announce(c.tx, &c.t)
	return nil
}

// event writes a line of history in the caller's name.
func (c *change) event(ctx context.Context, e ticket.Event) error {
	e.Ticket, e.ActorID, e.Via, e.Rule = c.t.Number, c.caller.Person.ID, c.caller.Via, c.caller.Rule
	if e.Reason == "" {
		e.Reason = c.reason
	}
	if e.Ref == 0 {
		e.Ref = c.ref
	}
	return c.tx.AddEvent(ctx, e)
}

// jobAhead is how near a due time must be for a job of its own. What is further off is stored with the ticket and
// found by the sweep, which wakes at the next due time; most far-off times move before they come.
const jobAhead = time.Minute

// schedule enqueues a job for each new due time that is near; stale jobs find nothing to do.
func (d *Desk) schedule(ctx context.Context, tx *store.Tx, old, t *ticket.Ticket) error {
	if !t.Status.Active() {
		return nil
	}
	for _, at := range []time.Time{t.TurnsAt, t.WarnAt, t.WakeAt} {
		if at.IsZero() || at.Sub(tx.Now) > jobAhead || (old != nil && (at.Equal(old.TurnsAt) || at.Equal(old.WarnAt) || at.Equal(old.WakeAt))) {
			continue
		}
		if err := d.enqueue(ctx, tx, Job{Kind: JobClock, Ticket: t.Number, At: at}); err != nil {
			return err
		}
	}
	return nil
}

// announce tells open pages, after commit, that the ticket and the lists changed.
func (d *Desk) announce(tx *store.Tx, t *ticket.Ticket) {
	topics := []string{TicketTopic(t.Number), "inbox"}
	if t.RequesterID != 0 {
		topics = append(topics, RequesterTopic(t.RequesterID))
	}
	tx.After(func() { d.hub.Publish(topics...); d.wakeSimilar() })
}

// TicketTopic is the live topic of a ticket.
func TicketTopic(number int64) string { return fmt.Sprintf("ticket.%d", number) }

// RequesterTopic is the live topic of everything a requester may follow.
func RequesterTopic(i id.ID) string { return "requester." + i.String() }

// line checks a one-line field; required fields must not be empty.
func line(field, s string, limit int, required bool) (string, *fault.Fault) {
	return checked(field, s, limit, required, true)
}

// prose checks a text of many lines.
func prose(field, s string, limit int, required bool) (string, *fault.Fault) {
	return checked(field, s, limit, required, false)
}

func checked(field, s string, limit int, required, oneLine bool) (string, *fault.Fault) {
	clean, problem, hint := ticket.CleanText(s, limit, oneLine)
	if problem != "" {
		return "", fault.Invalid(field, problem, hint)
	}
	if required && clean == "" {
		return "", fault.Invalid(field, "This must not be empty.", "Write what it is about.")
	}
	return clean, nil
}
