package desk

import (
	"context"
	"fmt"
	"strings"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/store"
)

// Settings are the desk's own choices.
type Settings = store.Settings

// Settings gives the desk's settings, to everybody who works at the desk.
func (d *Desk) Settings(ctx context.Context) (Settings, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return Settings{}, err
	}
	return d.store.Read().Settings(ctx)
}

// DeskSettings gives the desk's settings without a permission: pages show its name and zone to everybody.
func (d *Desk) DeskSettings(ctx context.Context) (Settings, error) {
	a, now := d.access, d.store.Now()
	a.mu.Lock()
	kept, at, generation := a.settings, a.settingsAt, a.generation
	a.mu.Unlock()
	if kept != nil && now.Sub(at).Abs() < accessFresh {
		return *kept, nil
	}
	s, err := d.store.Read().Settings(ctx)
	if err == nil {
		a.mu.Lock()
		if a.generation == generation {
			a.settings, a.settingsAt = &s, now
		}
		a.mu.Unlock()
	}
	return s, err
}

// SaveSettings changes the desk's settings. Tickets are judged by them from now on; those judged before
// are judged anew when a fact about them changes or their due time comes.
func (d *Desk) SaveSettings(ctx context.Context, s Settings) (Settings, error) {
	caller, err := may(ctx, person.EditSettings)
	if err != nil {
		return s, err
	}
	var bad []*fault.Fault
	name, f := line("desk_name", s.DeskName, 80, true)
	s.DeskName, bad = name, append(bad, f)
	if s.Zone == "" {
		s.Zone = "UTC"
	}
	bad = append(bad, checkZone("zone", s.Zone))
	const month = 30 * 24 * 60
	for _, r := range []struct {
		field    string
		value    int
		from, to int
		unit     string
	}{
		{"default_effort_minutes", s.DefaultEffortMinutes, 1, month, "minutes"},
		{"margin_minutes", s.MarginMinutes, 0, month, "minutes"},
		{"warn_minutes", s.WarnMinutes, 0, month, "minutes"},
		{"min_sample", s.MinSample, 1, 200, "tickets"},
		{"reopen_days", s.ReopenDays, 0, 365, "days"},
		{"hold_seconds", s.HoldSeconds, 0, 60, "seconds"},
	} {
		if r.value < r.from || r.value > r.to {
			bad = append(bad, fault.Invalid(r.field, fmt.Sprintf("%d is outside what makes sense here.", r.value), fmt.Sprintf("Give %d to %d %s.", r.from, r.to, r.unit)))
		}
	}
	if err := fault.Collect(bad...); err != nil {
		return s, err
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		old, err := tx.Settings(ctx)
		if err != nil {
			return err
		}
		var ch changes
		ch.note("desk_name", old.DeskName, s.DeskName)
		ch.note("zone", old.Zone, s.Zone)
		for _, n := range []struct {
			field    string
			old, new int
		}{
			{"default_effort_minutes", old.DefaultEffortMinutes, s.DefaultEffortMinutes}, {"margin_minutes", old.MarginMinutes, s.MarginMinutes},
			{"warn_minutes", old.WarnMinutes, s.WarnMinutes}, {"min_sample", old.MinSample, s.MinSample},
			{"reopen_days", old.ReopenDays, s.ReopenDays}, {"hold_seconds", old.HoldSeconds, s.HoldSeconds},
		} {
			ch.note(n.field, fmt.Sprint(n.old), fmt.Sprint(n.new))
		}
		if len(ch) == 0 {
			return nil
		}
		if err := tx.SaveSettings(ctx, s); err != nil {
			return err
		}
		tx.After(func() {
			d.access.forget()
			d.forgetEfforts()
			d.hub.Publish("settings", "inbox")
		})
		return d.audit(ctx, tx, caller, "settings", "settings", ch.String())
	})
	return s, err
}

// checkZone checks an IANA time zone name. "Local" is refused: it means another thing on every machine.
func checkZone(field, zone string) *fault.Fault {
	if zone != "" {
		if _, err := time.LoadLocation(zone); err != nil || strings.EqualFold(zone, "local") || len(zone) > 64 {
			return fault.Invalid(field, "The time zone "+clip(zone, 64)+" is not known.", "Use a name like Europe/Berlin, America/New_York or UTC.")
		}
	}
	return nil
}
