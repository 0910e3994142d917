package desk

import (
	"context"
	"fmt"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// TicketEdit changes fields of a ticket. Absent fields stay as they are; empty text clears a field that may be empty.
type TicketEdit struct {
	Subject     *string         `json:"subject,omitempty" maxLength:"1000000"`
	Body        *string         `json:"body,omitempty"`
	Application *string         `json:"application,omitempty" doc:"short name, name or id; empty: none"`
	Team        *string         `json:"team,omitempty" doc:"name or id; empty: none"`
	Requester   *string         `json:"requester,omitempty" doc:"e-mail address, name or id"`
	Level       *ticket.Level   `json:"level,omitempty" enum:"L1,L1.5,L2,L3"`
	Tags        *[]string       `json:"tags,omitempty" doc:"all tags the ticket is to have"`
	Deadline    *DeadlineEdit   `json:"deadline,omitempty"`
	AgreedAt    *string         `json:"agreed_at,omitempty" doc:"the deadline agreed with the client, RFC 3339, kept beside the stated one; empty: none"`
	Stakes      *urgency.Stakes `json:"stakes,omitempty" doc:"person, team, client, company or empty" enum:",person,team,client,company"`
	Workaround  *bool           `json:"workaround,omitempty"`
	Spreading   *bool           `json:"spreading,omitempty"`
	// Version is the version the caller saw; when the ticket changed since, nothing is changed. Absent: not checked.
	Version *int64 `json:"version,omitempty"`
}

// DeadlineEdit changes what was said of the deadline.
type DeadlineEdit struct {
	At          *string `json:"at,omitempty" doc:"RFC 3339; empty: no deadline"`
	Reason      *string `json:"reason,omitempty"`
	SaidBy      *string `json:"said_by,omitempty"`
	Consequence *string `json:"consequence,omitempty"`
}

// EditTicket changes fields of a ticket and names its fire anew when facts it rests on changed.
func (d *Desk) EditTicket(ctx context.Context, number int64, in TicketEdit) (ticket.Ticket, error) {
	s, err := d.shield(ctx)
	if err != nil {
		return ticket.Ticket{}, err
	}
	return d.change(ctx, number, person.WorkTickets, func(c *change) error {
		if c.t.Status == ticket.Merged {
			return mergedAway(c.t)
		}
		if in.Version != nil && *in.Version != c.t.Version {
			return changedSince(ctx, c)
		}
		zone := c.caller.Person.Location()
		if c.caller.Person.Zone == "" {
			settings, err := c.tx.Settings(ctx)
			if err != nil {
				return err
			}
			zone = settings.Location()
		}
		in := in
		in.unmask(s.maskedNames(c.t))
		if err := in.clean(&c.t, zone); err != nil {
			return err
		}
		return d.replace(ctx, c, in)
	})
}

// unmask puts the originals back in texts that were shown masked to whoever changed them.
func (in *TicketEdit) unmask(names map[string]string) {
	texts := []**string{&in.Subject, &in.Body}
	if in.Deadline != nil {
		deadline := *in.Deadline // a transaction may run again
		in.Deadline = &deadline
		texts = append(texts, &deadline.Reason, &deadline.Consequence)
	}
	for _, at := range texts {
		if *at != nil {
			*at = new(unmask(**at, names))
		}
	}
}

// clean takes over the fields that need nothing but a look at themselves.
func (in TicketEdit) clean(t *ticket.Ticket, zone *time.Location) error {
	var bad []*fault.Fault
	text := func(to *string, from *string, field string, limit int, required, many bool) {
		if from == nil {
			return
		}
		check := line
		if many {
			check = prose
		}
		s, f := check(field, *from, limit, required)
		if f == nil {
			*to = s
		}
		bad = append(bad, f)
	}
	moment := func(to *time.Time, from *string, field string) {
		if from == nil {
			return
		}
		at, f := instant(field, *from, zone)
		if f == nil {
			*to = at
		}
		bad = append(bad, f)
	}
	text(&t.Subject, in.Subject, "subject", ticket.MaxSubject, true, false)
	text(&t.Body, in.Body, "body", ticket.MaxBody, false, true)
	if in.Level != nil {
		if !in.Level.Valid() {
			bad = append(bad, fault.Invalid("level", "This level is not known.", "Use L1, L1.5, L2 or L3."))
		}
		t.Level = *in.Level
	}
	if in.Tags != nil {
		tags, f := cleanTags(*in.Tags)
		if f == nil {
			t.Tags = tags
		}
		bad = append(bad, f)
	}
	if dl := in.Deadline; dl != nil {
		moment(&t.Deadline.At, dl.At, "deadline.at")
		text(&t.Deadline.Reason, dl.Reason, "deadline.reason", ticket.MaxShort, false, false)
		text(&t.Deadline.SaidBy, dl.SaidBy, "deadline.said_by", ticket.MaxShort, false, false)
		text(&t.Deadline.Consequence, dl.Consequence, "deadline.consequence", ticket.MaxShort, false, false)
	}
	moment(&t.Deadline.AgreedAt, in.AgreedAt, "agreed_at")
	if in.Stakes != nil {
		if *in.Stakes != "" && !in.Stakes.Valid() {
			bad = append(bad, fault.Invalid("stakes", "These stakes are not known.", "Use person, team, client, company, or leave it empty."))
		}
		t.Stakes = *in.Stakes
	}
	if in.Workaround != nil {
		t.Work = *in.Workaround
	}
	if in.Spreading != nil {
		t.Spread = *in.Spreading
	}
	return fault.Collect(bad...)
}

// replace takes over the fields that name something else of the desk.
func (d *Desk) replace(ctx context.Context, c *change, in TicketEdit) error {
	if in.Application != nil && (*in.Application != c.t.Application || *in.Application == "") {
		if err := setApplication(ctx, c.tx.Read, &c.t, *in.Application, in.Team == nil); err != nil {
			return err
		}
	}
	if in.Team != nil && (*in.Team != c.t.Team || *in.Team == "") {
		if err := setTeam(ctx, c.tx.Read, &c.t, *in.Team); err != nil {
			return err
		}
	}
	// The name it has already is no change, even where several people share it.
	if in.Requester != nil && *in.Requester != c.t.Requester {
		p, err := d.findOrAddRequester(ctx, c.tx, c.caller, *in.Requester)
		if err != nil {
			return err
		}
		c.t.RequesterID, c.t.Requester, c.t.ClientID, c.t.Client = p.ID, p.Name, p.ClientID, p.Client
	}
	return nil
}

// setApplication moves a ticket to an application of the catalogue, and to its team when withTeam is set.
func setApplication(ctx context.Context, r store.Read, t *ticket.Ticket, name string, withTeam bool) error {
	if name == "" || name == "none" {
		t.ApplicationID, t.Application = 0, ""
		return nil
	}
	a, err := r.FindApplication(ctx, name)
	if fault.Is(err, fault.CodeNotFound) {
		return fault.Invalid("application", "There is no application "+name+".", "Choose one of the catalogue, or add it there first.")
	}
	if err != nil {
		return err
	}
	t.ApplicationID, t.Application = a.ID, a.Name
	if withTeam && a.TeamID != 0 {
		t.TeamID, t.Team = a.TeamID, a.Team
	}
	return nil
}

// setTeam moves a ticket to a team's queue.
func setTeam(ctx context.Context, r store.Read, t *ticket.Ticket, name string) error {
	if name == "" || name == "none" {
		t.TeamID, t.Team = 0, ""
		return nil
	}
	team, err := r.FindTeam(ctx, name)
	if fault.Is(err, fault.CodeNotFound) {
		return fault.Invalid("team", "There is no team "+name+".", "The people page lists the teams.")
	}
	if err != nil {
		return err
	}
	t.TeamID, t.Team = team.ID, team.Name
	return nil
}

// instant reads an RFC 3339 time, or one without a zone, as a browser sends it, in zone; empty text is no time.
func instant(field, s string, zone *time.Location) (time.Time, *fault.Fault) {
	if s == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		at, err = time.ParseInLocation("2006-01-02T15:04", s, zone)
	}
	if err != nil {
		return at, fault.Invalid(field, "This is not a date and time.", "Write it as RFC 3339, e.g. 2026-12-01T06:00:00Z; empty means none.")
	}
	if y := at.Year(); y < 2000 || y > 2200 {
		return at, fault.Invalid(field, fmt.Sprintf("The year %d cannot be right.", y), "Write it as RFC 3339, e.g. 2026-12-01T06:00:00Z.")
	}
	return at.UTC().Truncate(time.Millisecond), nil
}

// changedSince says who changed the ticket last, and what.
func changedSince(ctx context.Context, c *change) error {
	who, what := "Somebody", ""
	events, err := c.tx.History(ctx, c.t.Number, 20)
	if err != nil {
		return err
	}
	if n := len(events); n > 0 {
		last := events[n-1]
		who = actor(last)
		for _, e := range events {
			if e.At.Equal(last.At) && e.ActorID == last.ActorID {
				what += ", " + fieldWord(e.Field)
			}
		}
		what = " (" + what[2:] + ")"
	}
	return fault.Conflict("version", who+" changed the ticket"+what+" while you were editing.", "Look at it again; your text is still here.")
}

// actor names who did an event.
func actor(e ticket.Event) string {
	switch {
	case e.Actor != "":
		return e.Actor
	case e.Rule != "":
		return "The " + e.Rule
	}
	return "The desk"
}

// fieldWord names a field of the history for people.
func fieldWord(field string) string {
	b := []byte(field)
	for i := range b {
		if b[i] == '_' {
			b[i] = ' '
		}
	}
	return string(b)
}

// mergedAway refuses an act on a ticket that lives on in another.
func mergedAway(t ticket.Ticket) error {
	return fault.Conflict("number", fmt.Sprintf("Ticket %d was merged into %d.", t.Number, t.MergedInto), fmt.Sprintf("Work on ticket %d, or undo the merge.", t.MergedInto))
}
