package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"firebreak/internal/catalog"
	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// OpenTicket is what a ticket is opened with.
type OpenTicket struct {
	Subject     string         `json:"subject" doc:"one line" maxLength:"1000000"`
	Body        string         `json:"body,omitempty" doc:"what happened"`
	Application string         `json:"application,omitempty" doc:"short name, name or id"`
	Requester   string         `json:"requester,omitempty" doc:"e-mail address, name or id; the caller when empty"`
	Deadline    StatedDeadline `json:"deadline,omitzero"`
	Stakes      urgency.Stakes `json:"stakes,omitempty" doc:"who is hurt: person, team, client or company" enum:",person,team,client,company"`
	Workaround  bool           `json:"workaround,omitempty" doc:"is there a way around it?"`
	Spreading   bool           `json:"spreading,omitempty" doc:"is it getting worse or reaching more people?"`
	Level       ticket.Level   `json:"level,omitempty" enum:",L1,L1.5,L2,L3"`
	Assignee    string         `json:"assignee,omitempty" doc:"e-mail address, name, id, or me"`
	Tags        []string       `json:"tags,omitempty"`
	// Key makes opening idempotent: the same key opens one ticket, whoever retries.
	Key string `json:"-"`
}

// StatedDeadline is the deadline as the client puts it.
type StatedDeadline struct {
	At          time.Time `json:"at,omitzero" doc:"by when, RFC 3339"`
	Reason      string    `json:"reason,omitempty" doc:"why then?"`
	SaidBy      string    `json:"said_by,omitempty" doc:"who said it?"`
	Consequence string    `json:"consequence,omitempty" doc:"what happens at that minute?"`
}

func (s StatedDeadline) clean() (ticket.Deadline, []*fault.Fault) {
	var bad [3]*fault.Fault
	d := ticket.Deadline{At: s.At.UTC().Truncate(time.Millisecond)}
	if s.At.IsZero() {
		d.At = time.Time{}
	}
	d.Reason, bad[0] = line("deadline.reason", s.Reason, ticket.MaxShort, false)
	d.SaidBy, bad[1] = line("deadline.said_by", s.SaidBy, ticket.MaxShort, false)
	d.Consequence, bad[2] = line("deadline.consequence", s.Consequence, ticket.MaxShort, false)
	out := bad[:]
	if y := s.At.Year(); !s.At.IsZero() && (y < 2000 || y > 2200) {
		out = append(out, fault.Invalid("deadline.at", fmt.Sprintf("The year %d cannot be right.", y), "Give the deadline as RFC 3339, e.g. 2026-12-01T06:00:00Z."))
	}
	return d, out
}

// OpenTicket opens a ticket and names its fire. A requester opens tickets for themselves only.
func (d *Desk) OpenTicket(ctx context.Context, in OpenTicket) (ticket.Ticket, error) {
	caller, err := may(ctx, person.OpenTicket)
	if err != nil {
		return ticket.Ticket{}, err
	}
	t := ticket.Ticket{Status: ticket.New, Level: ticket.L1, Channel: caller.Via, Stakes: in.Stakes, Work: in.Workaround, Spread: in.Spreading}
	var bad []*fault.Fault
	check := func(f *fault.Fault) { bad = append(bad, f) }
	var f *fault.Fault
	t.Subject, f = line("subject", in.Subject, ticket.MaxSubject, true)
	check(f)
	t.Body, f = prose("body", in.Body, ticket.MaxBody, false)
	check(f)
	deadline, faults := in.Deadline.clean()
	t.Deadline = deadline
	bad = append(bad, faults...)
	if in.Stakes != "" && !in.Stakes.Valid() {
		check(fault.Invalid("stakes", "These stakes are not known.", "Use person, team, client or company."))
	}
	if in.Level != "" {
		t.Level = in.Level
		if !in.Level.Valid() {
			check(fault.Invalid("level", "This level is not known.", "Use L1, L1.5, L2 or L3."))
		}
	}
	t.Tags, f = cleanTags(in.Tags)
	check(f)
	if len(in.Key) > 200 {
		check(fault.Invalid("Idempotency-Key", "The key is longer than 200 bytes.", "A UUID is enough."))
	}
	if err := fault.Collect(bad...); err != nil {
		return t, err
	}
	text := d.store.IndexText(t.Subject, t.Body)
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		if in.Key != "" {
			if n, err := tx.ByIdempotencyKey(ctx, idempotencyKey(caller, in.Key)); err != nil {
				return err
			} else if n != 0 {
				t, err = tx.Ticket(ctx, n)
				return err
			}
		}
		t.Number, t.CreatedAt, t.UpdatedAt = 0, tx.Now, tx.Now
		if err := d.place(ctx, tx, caller, &t, in); err != nil {
			return err
		}
		if err := d.judge(ctx, tx, &t, text.Signatures()...); err != nil {
			return err
		}
		if err := tx.AddIndexedTicket(ctx, &t, text); err != nil {
			return err
		}
		if in.Key != "" {
			if err := tx.Idempotent(ctx, idempotencyKey(caller, in.Key), t.Number); err != nil {
				return err
			}
		}
		c := change{tx: tx, caller: caller, t: t}
		if err := c.event(ctx, ticket.Event{Field: "opened", New: string(t.Fire)}); err != nil {
			return err
		}
		if err := d.schedule(ctx, tx, nil, &t); err != nil {
			return err
		}
		d.announce(tx, &t)
		return nil
	})
	return seenBy(caller, t), err
}

// seenBy gives what of a ticket its reader may see: all of it to staff; to a requester what they said themselves and
// how it stands, without tags, people, resolution and reasons of the desk.
func seenBy(c Caller, t ticket.Ticket) ticket.Ticket {
	if c.May(person.SeeTickets) {
		return t
	}
	deadline := t.Deadline
	deadline.Real, deadline.JudgedAt, deadline.JudgedBy = nil, time.Time{}, 0
	return ticket.Ticket{Number: t.Number, Subject: t.Subject, Body: t.Body, Status: t.Status, Channel: t.Channel, ApplicationID: t.ApplicationID,
		Application: t.Application, RequesterID: t.RequesterID, Requester: t.Requester, Deadline: deadline, Stakes: t.Stakes, Work: t.Work, Spread: t.Spread,
		Fire: t.Fire, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt, ResolvedAt: t.ResolvedAt, ClosedAt: t.ClosedAt, Version: t.Version}
}

func idempotencyKey(c Caller, key string) string { return c.Person.ID.String() + " " + key }

// place finds requester, client, application, team and assignee of a new ticket.
func (d *Desk) place(ctx context.Context, tx *store.Tx, caller Caller, t *ticket.Ticket, in OpenTicket) error {
	requester := caller.Person
	if in.Requester != "" {
		p, err := d.findOrAddRequester(ctx, tx, caller, in.Requester)
		if err != nil {
			return err
		}
		requester = p
	}
	t.RequesterID, t.Requester, t.ClientID, t.Client = requester.ID, requester.Name, requester.ClientID, requester.Client
	if in.Application != "" {
		a, err := d.findOrAddApplication(ctx, tx, caller, in.Application)
		if err != nil {
			return err
		}
		t.ApplicationID, t.Application, t.TeamID, t.Team = a.ID, a.Name, a.TeamID, a.Team
	}
	if in.Assignee != "" {
		if !caller.May(person.WorkTickets) {
			return fault.Forbidden("choose who works on it")
		}
		p, err := d.findStaff(ctx, tx.Read, caller, "assignee", in.Assignee)
		if err != nil {
			return err
		}
		t.AssigneeID, t.Assignee = p.ID, p.Name
	}
	return nil
}

// findOrAddRequester finds a person by id, e-mail address or exact name. Somebody the desk does not know yet
// is added as a requester, of the client whose mail domain fits.
func (d *Desk) findOrAddRequester(ctx context.Context, tx *store.Tx, caller Caller, who string) (person.Person, error) {
	who, bad := line("requester", who, ticket.MaxShort, true)
	if bad != nil {
		return person.Person{}, bad
	}
	p, err := tx.FindPerson(ctx, who)
	if err == nil && (p.ID == caller.Person.ID || caller.May(person.WorkTickets)) {
		return p, nil
	}
	if !caller.May(person.WorkTickets) {
		return p, fault.Forbidden("open a ticket for somebody else")
	}
	if !fault.Is(err, fault.CodeNotFound) {
		return p, err
	}
	p = person.Person{Name: who, Role: person.Requester}
	if strings.Contains(who, "@") {
		mail, ok := person.CleanEmail(who)
		if !ok {
			return p, fault.Invalid("requester", "This is not an e-mail address: "+who+".", "Write it like name@example.com.")
		}
		local, domain, _ := strings.Cut(mail, "@")
		p.Email, p.Name = mail, local
		if c, err := tx.ClientByDomain(ctx, domain); err == nil {
			p.ClientID, p.Client = c.ID, c.Name
		} else if !fault.Is(err, fault.CodeNotFound) {
			return p, err
		}
	}
	return p, tx.AddPerson(ctx, &p)
}

// findStaff finds somebody who works tickets, by id, e-mail address, exact name, or "me".
func (d *Desk) findStaff(ctx context.Context, r store.Read, caller Caller, field, who string) (person.Person, error) {
	if who == "me" && caller.Person.ID != 0 {
		return caller.Person, nil
	}
	p, err := r.FindPerson(ctx, who)
	if fault.Is(err, fault.CodeNotFound) {
		return p, fault.Invalid(field, "Nobody here is called "+who+".", "Give an e-mail address or the exact name; the people page lists everybody.")
	}
	if err == nil && (!p.Role.May(person.WorkTickets) || !p.DisabledAt.IsZero()) {
		return p, fault.Invalid(field, p.Name+" does not work tickets here.", "Choose an agent, a lead or an admin who is not disabled.")
	}
	return p, err
}

// findOrAddApplication finds an application by id, short name or name. When staff name one the catalogue does
// not have yet, it is added without an owner, so that no ticket is refused for a gap in the catalogue; the
// catalogue page lists such applications for somebody to describe.
func (d *Desk) findOrAddApplication(ctx context.Context, tx *store.Tx, caller Caller, name string) (catalog.Application, error) {
	name, bad := line("application", name, maxApplicationName, true)
	if bad != nil {
		return catalog.Application{}, bad
	}
	a, err := tx.FindApplication(ctx, name)
	if !fault.Is(err, fault.CodeNotFound) {
		return a, err
	}
	if !caller.May(person.WorkTickets) {
		return a, fault.Invalid("application", "There is no application "+name+".", "Leave it empty if you are not sure; the desk will find out.")
	}
	a = catalog.Application{Name: name}
	if a.Slug, err = freeSlug(ctx, tx.Read, name); err != nil {
		return a, err
	}
	return a, tx.AddApplication(ctx, &a)
}

func cleanTags(tags []string) ([]string, *fault.Fault) {
	out := []string{}
	for i, tag := range tags {
		tag, bad := line(fmt.Sprintf("tags[%d]", i), tag, ticket.MaxTag, false)
		if bad != nil {
			return nil, bad
		}
		if tag = strings.ToLower(tag); tag != "" {
			out = append(out, tag)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) > ticket.MaxTags {
		return nil, fault.Invalid("tags", fmt.Sprintf("There are %d tags, the desk keeps up to %d.", len(out), ticket.MaxTags), "Keep the ones somebody will search for.")
	}
	return out, nil
}
