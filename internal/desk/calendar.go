package desk

import (
	"context"
	"time"

	"firebreak/internal/calendar"
	"firebreak/internal/catalog"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// EventFields are the fields of a business event; those left out stay as they are, or empty when it is added.
type EventFields struct {
	Name        *string `json:"name,omitempty" doc:"e.g. Billing run"`
	Rule        *string `json:"rule,omitempty" doc:"e.g. monthly 1 06:00"`
	Zone        *string `json:"zone,omitempty" doc:"IANA time zone the rule is read in; the desk's own when empty"`
	Consequence *string `json:"consequence,omitempty" doc:"what happens at that minute"`
}

const (
	maxEvents     = 100 // every judgement of a ticket looks at all of them
	rejudgeBatch  = 50  // tickets judged in one transaction
	rejudgeAtOnce = 500 // tickets judged before the caller gets an answer; the sweep does the rest
	rejudgeMost   = 100_000
)

// AddEvent adds a business event to an application's calendar. Its active tickets are judged anew.
func (d *Desk) AddEvent(ctx context.Context, application string, in EventFields) (catalog.Event, error) {
	return d.putEvent(ctx, application, 0, in)
}

// UpdateEvent changes a business event. The application's active tickets are judged anew.
func (d *Desk) UpdateEvent(ctx context.Context, application string, event id.ID, in EventFields) (catalog.Event, error) {
	if event == 0 {
		return catalog.Event{}, fault.NotFound("event")
	}
	return d.putEvent(ctx, application, event, in)
}

func (d *Desk) putEvent(ctx context.Context, application string, event id.ID, in EventFields) (catalog.Event, error) {
	caller, err := may(ctx, person.EditCatalog)
	if err != nil {
		return catalog.Event{}, err
	}
	var e catalog.Event
	var a catalog.Application
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		if a, err = tx.FindApplication(ctx, application); err != nil {
			return err
		}
		events, err := tx.BusinessEvents(ctx, a.ID)
		if err != nil {
			return err
		}
		e = catalog.Event{ApplicationID: a.ID}
		act := "event.add"
		if event == 0 && len(events) >= maxEvents {
			return fault.Invalid("name", "The application has 100 events already.", "Remove one that no longer happens, or join several times of day in one rule.")
		}
		if event != 0 {
			act = "event.change"
			if e, err = findEvent(events, event); err != nil {
				return err
			}
		}
		if err := fillEvent(ctx, tx, &e, in); err != nil {
			return err
		}
		if err := tx.PutEvent(ctx, &e); err != nil {
			return err
		}
		if err := tx.MarkRejudge(ctx, a.ID); err != nil {
			return err
		}
		d.catalogChanged(tx)
		return d.audit(ctx, tx, caller, act, a.Name, e.Name+": "+e.Rule+" "+e.Zone)
	})
	if err != nil {
		return e, err
	}
	e.Foresee(d.store.Now())
	d.rejudge(ctx, a.ID)
	return e, nil
}

// RemoveEvent takes a business event off an application's calendar. The active tickets are judged anew.
func (d *Desk) RemoveEvent(ctx context.Context, application string, event id.ID) (Removed, error) {
	var a catalog.Application
	out, err := d.removePart(ctx, application, "event", func(tx *store.Tx, found catalog.Application, gone *gonePart) (string, error) {
		a = found
		events, err := tx.BusinessEvents(ctx, a.ID)
		if err != nil {
			return "", err
		}
		e, err := findEvent(events, event)
		if err != nil {
			return "", err
		}
		if err := tx.RemoveEvent(ctx, a.ID, event); err != nil {
			return "", err
		}
		gone.Event = &e
		return e.Name, tx.MarkRejudge(ctx, a.ID)
	})
	if err == nil {
		d.rejudge(ctx, a.ID)
	}
	return out, err
}

// PreviewEvent gives the sentence and the next occurrences of a rule, without keeping it.
func (d *Desk) PreviewEvent(ctx context.Context, in EventFields) (catalog.Event, error) {
	if _, err := may(ctx, person.SeeCatalog); err != nil {
		return catalog.Event{}, err
	}
	e := catalog.Event{}
	settings, err := d.store.Read().Settings(ctx)
	if err != nil {
		return e, err
	}
	if err := fault.Collect(checkRule(&e, in, settings.Zone, d.store.Now())...); err != nil {
		return e, err
	}
	e.Foresee(d.store.Now())
	return e, nil
}

func findEvent(events []catalog.Event, event id.ID) (catalog.Event, error) {
	for _, e := range events {
		if e.ID == event {
			return e, nil
		}
	}
	return catalog.Event{}, fault.NotFound("event")
}

func fillEvent(ctx context.Context, tx *store.Tx, e *catalog.Event, in EventFields) error {
	settings, err := tx.Settings(ctx)
	if err != nil {
		return err
	}
	var bad []*fault.Fault
	var f *fault.Fault
	if in.Name != nil || e.ID == 0 {
		e.Name, f = line("name", deref(in.Name), maxApplicationName, true)
		bad = append(bad, f)
	}
	bad = append(bad, checkRule(e, in, settings.Zone, tx.Now)...)
	if in.Consequence != nil {
		e.Consequence, f = line("consequence", *in.Consequence, ticket.MaxShort, false)
		bad = append(bad, f)
	}
	return fault.Collect(bad...)
}

// checkRule takes over rule and zone. A rule that never happens again is refused: nobody could be warned of it.
func checkRule(e *catalog.Event, in EventFields, deskZone string, now time.Time) (bad []*fault.Fault) {
	if in.Zone != nil || e.Zone == "" {
		if e.Zone = deref(in.Zone); e.Zone == "" {
			e.Zone = deskZone
		}
		if _, err := time.LoadLocation(e.Zone); err != nil || e.Zone == "Local" {
			bad = append(bad, fault.Invalid("zone", cutLine(e.Zone)+" is not a time zone.", "Write it like Europe/Berlin, America/New_York or UTC."))
			e.Zone = ""
		}
	}
	if in.Rule == nil && e.Rule != "" {
		return bad
	}
	rule, err := calendar.Parse(deref(in.Rule))
	if err, ok := err.(*calendar.RuleError); ok {
		return append(bad, fault.Invalid("rule", err.Message, err.Hint))
	}
	if e.Rule == rule.String() {
		return bad
	}
	e.Rule = rule.String()
	if _, ok := rule.Next(now, e.Location()); !ok {
		bad = append(bad, fault.Invalid("rule", "This never happens again.", "Choose a date to come, or a rule that repeats, such as «monthly 1 06:00»."))
	}
	return bad
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// rejudge judges the active tickets of an application anew, as far as fits into one answer. The calendar
// change is kept already: what fails or is left over here, the sweep does.
func (d *Desk) rejudge(ctx context.Context, application id.ID) {
	list, err := d.store.Read().Rejudges(ctx, 1000)
	for _, j := range list {
		if j.Application == application && err == nil {
			err = d.rejudgeOne(ctx, j, rejudgeAtOnce)
		}
	}
	if err != nil {
		d.log.Error("judge tickets after a calendar change", "application", application, "error", err)
	}
}

// SweepCalendars judges the tickets of applications whose calendar changed, where that is not finished.
// It gives how many applications there were.
func (d *Desk) SweepCalendars(ctx context.Context) (int, error) {
	list, err := d.store.Read().Rejudges(ctx, 100)
	if err != nil {
		return 0, err
	}
	for n, j := range list {
		if err := d.rejudgeOne(ctx, j, rejudgeMost); err != nil {
			return n, err
		}
	}
	return len(list), nil
}

// rejudgeOne judges up to most tickets, in small transactions so that nobody waits for long.
func (d *Desk) rejudgeOne(ctx context.Context, j store.Rejudge, most int) error {
	caller := CallerOf(AsSystem(ctx, "rule", "calendar"))
	numbers, err := d.store.Read().TicketsToRejudge(ctx, j.Application, most+1)
	if err != nil {
		return err
	}
	done := len(numbers) <= most
	err = d.changeBatches(ctx, caller, numbers[:min(most, len(numbers))], func(c *change) error {
		if c.t.ApplicationID != j.Application || !c.t.Status.Active() {
			return errNothingDue
		}
		if err := d.judge(ctx, c.tx, &c.t); err != nil {
			return err
		}
		if c.t.Fire == c.old.Fire && c.t.RealAt.Equal(c.old.RealAt) && c.t.RealFrom == c.old.RealFrom && c.t.TurnsAt.Equal(c.old.TurnsAt) {
			return errNothingDue
		}
		c.reason = "The business calendar of " + c.t.Application + " changed."
		return nil
	})
	if err != nil || !done {
		return err
	}
	return d.store.Write(ctx, func(tx *store.Tx) error { return tx.Rejudged(ctx, j) })
}

// changeBatches runs fn on many tickets, a few in each transaction. errNothingDue from fn leaves a ticket alone.
func (d *Desk) changeBatches(ctx context.Context, caller Caller, numbers []int64, fn func(*change) error) error {
	for len(numbers) > 0 {
		batch := numbers[:min(rejudgeBatch, len(numbers))]
		numbers = numbers[len(batch):]
		err := d.store.Write(ctx, func(tx *store.Tx) error {
			for _, n := range batch {
				if _, err := d.changeIn(ctx, tx, caller, n, fn); err != nil && err != error(errNothingDue) {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// followTeam hands the active tickets of an application that were with its old team, or with none, to its new one.
func (d *Desk) followTeam(ctx context.Context, a catalog.Application, old id.ID) error {
	numbers, err := d.store.Read().TicketsOf(ctx, a.ID, true, rejudgeMost)
	if err != nil {
		return err
	}
	return d.changeBatches(ctx, CallerOf(AsSystem(ctx, "rule", "owner")), numbers, func(c *change) error {
		if c.t.ApplicationID != a.ID || !c.t.Status.Active() || c.t.TeamID != old && c.t.TeamID != 0 || c.t.TeamID == a.TeamID {
			return errNothingDue
		}
		c.t.TeamID, c.t.Team = a.TeamID, a.Team
		c.reason = a.Name + " belongs to " + a.Team + " now."
		return nil
	})
}
