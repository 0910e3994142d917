package desk

import (
	"context"
	"time"

	"firebreak/internal/calendar"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

const (
	effortSample = 200             // latest resolved tickets an effort is learned from
	effortSame   = 50              // latest tickets of the same error
	effortFresh  = 5 * time.Minute // how long a learned effort is reused
	effortsKept  = 4096            // learned efforts held in memory
)

// judge names the ticket's fire from its answers, its application's business calendar and the expected effort. The errors
// it speaks of are read from the desk for a ticket that is there already.
func (d *Desk) judge(ctx context.Context, tx *store.Tx, t *ticket.Ticket, errors ...string) error {
	s, err := tx.Settings(ctx)
	if err != nil {
		return err
	}
	if t.Number != 0 && len(errors) == 0 {
		found, err := tx.TicketSignatures(ctx, t.Number)
		if err != nil {
			return err
		}
		for _, f := range telling(found) {
			errors = append(errors, f.ID)
		}
	}
	effort, err := d.effort(ctx, tx, errors, t.ApplicationID, s.Urgency())
	if err != nil {
		return err
	}
	events, err := occurrences(ctx, tx.Read, t.ApplicationID, t.CreatedAt, tx.Now)
	if err != nil {
		return err
	}
	now := tx.Now.In(s.Location())
	t.SetVerdict(urgency.Judge(now, t.Answers(), events, effort, s.Urgency()))
	return nil
}

// effort gives the expected effort, learned from resolved tickets of the same error, or when they are few from those of the
// application.
func (d *Desk) effort(ctx context.Context, tx *store.Tx, errors []string, application id.ID, s urgency.Settings) (urgency.Effort, error) {
	if len(errors) > 0 {
		l, err := d.learnEffort(errors[0], tx.Now, func() (urgency.Effort, bool, error) {
			same, err := tx.ResolveTimesOf(ctx, errors[0], effortSame)
			e, ok := urgency.LearnEffort(same, s, "similar")
			return e, ok, err
		})
		if err != nil || l.ok {
			return l.effort, err
		}
	}
	l, err := d.learnEffort(application, tx.Now, func() (e urgency.Effort, ok bool, err error) {
		var times []time.Duration
		if application != 0 {
			if times, err = tx.ResolveTimes(ctx, application, effortSample); err != nil {
				return e, false, err
			}
		}
		if e, ok = urgency.LearnEffort(times, s, "application"); !ok {
			e = urgency.Effort{P80: s.DefaultEffort, Source: "default"}
		}
		return e, ok, nil
	})
	return l.effort, err
}

// learnEffort gives what is learned of an error or an application, anew when it is no longer fresh.
func (d *Desk) learnEffort(of any, now time.Time, anew func() (urgency.Effort, bool, error)) (learned, error) {
	d.effortMu.Lock()
	l, known := d.efforts[of]
	d.effortMu.Unlock()
	if known && now.Sub(l.at).Abs() < effortFresh {
		return l, nil
	}
	e, ok, err := anew()
	if err != nil {
		return learned{}, err
	}
	l = learned{e, ok, now}
	d.effortMu.Lock()
	if len(d.efforts) >= effortsKept {
		clear(d.efforts)
	}
	d.efforts[of] = l
	d.effortMu.Unlock()
	return l, nil
}

// forgetEfforts makes the next judgement learn anew; after settings changed or tickets were imported.
func (d *Desk) forgetEfforts() {
	d.effortMu.Lock()
	clear(d.efforts)
	d.effortMu.Unlock()
}

// occurrences gives, for each business event of an application, its next occurrence after now, and the first
// one since opened when that has passed: a run that was missed stays missed.
func occurrences(ctx context.Context, r store.Read, application id.ID, opened, now time.Time) ([]urgency.Event, error) {
	if application == 0 {
		return nil, nil
	}
	events, err := r.BusinessEvents(ctx, application)
	if err != nil {
		return nil, err
	}
	var out []urgency.Event
	for _, e := range events {
		rule, err := calendar.Parse(e.Rule)
		if err != nil {
			continue // checked when it was stored; a rule of a newer program must not stop a ticket
		}
		zone, err := time.LoadLocation(e.Zone)
		if err != nil {
			zone = time.UTC
		}
		if at, ok := rule.Next(opened, zone); ok && !at.After(now) {
			out = append(out, urgency.Event{Name: e.Name, At: at.UTC()})
		}
		if at, ok := rule.Next(now, zone); ok {
			out = append(out, urgency.Event{Name: e.Name, At: at.UTC()})
		}
	}
	return out, nil
}

// Raise makes a ticket's fire one step worse, or fire when that is named. Anyone who sees the ticket may.
func (d *Desk) Raise(ctx context.Context, number int64, fire urgency.Fire, reason string) (ticket.Ticket, error) {
	return d.setFire(ctx, number, fire, reason, true)
}

// Lower makes a ticket's fire one step calmer, or fire when that is named; it needs a reason.
func (d *Desk) Lower(ctx context.Context, number int64, fire urgency.Fire, reason string) (ticket.Ticket, error) {
	return d.setFire(ctx, number, fire, reason, false)
}

func (d *Desk) setFire(ctx context.Context, number int64, fire urgency.Fire, reason string, raise bool) (ticket.Ticket, error) {
	reason, bad := line("reason", reason, ticket.MaxShort, false)
	if bad != nil {
		return ticket.Ticket{}, bad
	}
	p := person.WorkTickets
	if raise {
		p = person.SeeOwn
	}
	t, err := d.change(ctx, number, p, func(c *change) error {
		if raise && !c.caller.May(person.SeeTickets) && c.t.RequesterID != c.caller.Person.ID {
			return fault.NotFound("ticket")
		}
		if !c.t.Status.Active() {
			return fault.Conflict("status", "The ticket is "+string(c.t.Status)+"; its fire is out.", "Reopen it first.")
		}
		target := fire
		if target == "" {
			if target = c.t.Fire.Down(); raise {
				target = c.t.Fire.Up()
			}
		}
		if !target.Valid() {
			return fault.Invalid("fire", "This fire does not exist.", "Use match, house_fire or wildfire.")
		}
		if raise && target.Rank() >= c.t.Fire.Rank() {
			return fault.Conflict("fire", "It is a "+c.t.Fire.Word()+" already.", "")
		}
		if !raise && target.Rank() <= c.t.Fire.Rank() {
			return fault.Conflict("fire", "It is a "+c.t.Fire.Word()+" already.", "")
		}
		if !raise && reason == "" {
			return fault.Invalid("reason", "Lowering a fire needs a reason.", "Say in one line why it can wait, so that the next person can trust it.")
		}
		base := c.t.Fire
		if c.t.ByHand != nil {
			base = c.t.ByHand.Base
		}
		c.reason = reason
		c.t.Fire = target
		c.t.ByHand = &urgency.Override{Fire: target, Base: base, By: c.caller.Person.Name, Reason: reason}
		return nil
	})
	return seenBy(CallerOf(ctx), t), err
}

// ClockDue acts on one ticket whose due time has come: warns, turns it into the next fire, or wakes it.
// It may run any number of times; when nothing is due it does nothing.
func (d *Desk) ClockDue(ctx context.Context, number int64) error {
	caller := CallerOf(AsSystem(ctx, "job", "clock"))
	return d.store.Write(ctx, func(tx *store.Tx) error {
		_, err := d.changeIn(ctx, tx, caller, number, func(c *change) error {
			due := func(at time.Time) bool { return !at.IsZero() && !at.After(tx.Now) }
			if !c.t.Status.Active() {
				return errNothingDue
			}
			acted := false
			if c.t.Status == ticket.OnHold && due(c.t.WakeAt) {
				c.t.Status, c.t.WaitingOn, c.t.WakeAt = ticket.Open, "", time.Time{}
				c.reason = "The date it waited for has come."
				acted = true
			}
			if due(c.t.TurnsAt) {
				if err := d.judge(ctx, tx, &c.t); err != nil {
					return err
				}
				acted = true
			}
			if c.t.WarnedAt.IsZero() && due(c.t.WarnAt) && !c.t.TurnsAt.IsZero() {
				c.t.WarnedAt = tx.Now
				if err := c.event(ctx, ticket.Event{Field: "warning", New: "It turns into a " + urgency.Wildfire.Word() + " in " + urgency.Duration(c.t.TurnsAt.Sub(tx.Now)) + "."}); err != nil {
					return err
				}
				acted = true
			}
			if !acted {
				return errNothingDue
			}
			return nil
		})
		if err == errNothingDue || fault.Is(err, fault.CodeNotFound) {
			return nil
		}
		return err
	})
}

var errNothingDue = fault.Conflict("", "Nothing is due.", "")

// SweepClocks acts on every ticket whose clock is due and that no job acted on, after judging those whose
// business calendar changed. It gives how many were due.
func (d *Desk) SweepClocks(ctx context.Context) (int, error) {
	if _, err := d.SweepCalendars(ctx); err != nil {
		return 0, err
	}
	total := 0
	for {
		due, err := d.store.Read().DueTickets(ctx, d.store.Now(), 200)
		if err != nil || len(due) == 0 {
			return total, err
		}
		for _, n := range due {
			if err := d.ClockDue(ctx, n); err != nil {
				d.log.Error("clock of a ticket", "ticket", n, "error", err)
				return total, err
			}
			total++
		}
		if len(due) < 200 {
			return total, nil
		}
	}
}
