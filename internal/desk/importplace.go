package desk

import (
	"context"
	"strings"
	"time"

	"firebreak/internal/calendar"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/ticket"
	"firebreak/internal/transfer"
	"firebreak/internal/urgency"
)

// contact is somebody named in imported rows; id 0: looked for and not there.
type contact struct {
	id, client id.ID
	name       string
	clientName string
	staff      bool
	works      bool // staff and not disabled
}

// home is where an application's tickets go.
type home struct {
	id, team   id.ID
	name, crew string
}

// event is a business event with its rule read.
type event struct {
	name string
	rule calendar.Rule
	zone *time.Location
}

func contactOf(p person.Person) contact {
	return contact{id: p.ID, client: p.ClientID, name: p.Name, clientName: p.Client, staff: p.Role.Desk(), works: p.Role.Desk() && p.DisabledAt.IsZero()}
}

// person gives somebody whom meet has looked up; false when the desk does not know them.
func (b *importTx) person(p transfer.Person) (contact, bool) {
	c, ok := b.found[p.Key()]
	if !ok {
		c = b.people[p.Key()]
	}
	return c, c.id != 0
}

// meet looks up everybody the rows name and adds requesters the desk does not know, as opening a ticket does. Those who
// worked on tickets that are done and are unknown here are added as disabled agents, so that the ticket tells who it
// was; a ticket in work whose assignee does not work here goes to nobody, so that somebody takes it.
func (b *importTx) meet(ctx context.Context, rows []*importRow) error {
	var emails, names []string
	asked := map[string]bool{}
	ask := func(p transfer.Person) {
		key := p.Key()
		if _, known := b.people[key]; known || key == "" || asked[key] {
			return
		}
		asked[key] = true
		if p.Email != "" {
			emails = append(emails, p.Email)
		} else {
			names = append(names, p.Name)
		}
	}
	for _, r := range rows {
		ask(r.Requester)
		ask(r.Assignee)
		for _, e := range r.Entries {
			ask(e.Author)
		}
	}
	const most = 1000
	for len(emails)+len(names) > 0 {
		e, n := emails[:min(most, len(emails))], names[:min(most, len(names))]
		emails, names = emails[len(e):], names[len(n):]
		people, err := b.tx.FindPeople(ctx, e, n)
		if err != nil {
			return err
		}
		for _, p := range people {
			for _, key := range []string{strings.ToLower(p.Email), strings.ToLower(p.Name)} {
				if other, ok := b.found[key]; asked[key] && (!ok || p.ID < other.id) {
					b.found[key] = contactOf(p)
				}
			}
		}
	}
	for key := range asked {
		if _, ok := b.found[key]; !ok {
			b.found[key] = contact{}
		}
	}
	return b.invite(ctx, rows)
}

// invite adds the people whom meet did not find.
func (b *importTx) invite(ctx context.Context, rows []*importRow) error {
	var fresh []*person.Person
	adding := map[string]*person.Person{}
	add := func(p transfer.Person, role person.Role, disabled time.Time) error {
		key := p.Key()
		if _, ok := b.person(p); ok || key == "" || adding[key] != nil {
			return nil
		}
		n := &person.Person{Name: p.Shown(), Email: p.Email, Role: role, DisabledAt: disabled}
		if p.Email != "" && role == person.Requester {
			client, err := b.client(ctx, p.Email)
			if err != nil {
				return err
			}
			n.ClientID = client
		}
		adding[key] = n
		fresh = append(fresh, n)
		return nil
	}
	for _, r := range rows {
		if err := add(r.Requester, person.Requester, time.Time{}); err != nil {
			return err
		}
	}
	for _, r := range rows {
		if !r.State().Active() {
			if err := add(r.Assignee, person.Agent, b.tx.Now); err != nil {
				return err
			}
		}
	}
	if err := b.tx.AddPeople(ctx, fresh); err != nil {
		return err
	}
	for key, p := range adding {
		b.found[key] = contactOf(*p)
	}
	return nil
}

// client gives the client whose people have addresses in the domain of an address; 0 when there is none.
func (b *importTx) client(ctx context.Context, email string) (id.ID, error) {
	_, domain, _ := strings.Cut(email, "@")
	if c, ok := b.clients[domain]; ok {
		return c, nil
	}
	c, err := b.tx.ClientByDomain(ctx, domain)
	if err != nil && !fault.Is(err, fault.CodeNotFound) {
		return 0, err
	}
	if len(b.clients) > 10_000 {
		clear(b.clients)
	}
	b.clients[domain] = c.ID // clients are not added by imports, so this is true whatever becomes of the transaction
	return c.ID, nil
}

// place finds requester, client, application, team and assignee of a ticket.
func (b *importTx) place(ctx context.Context, t *ticket.Ticket, r *importRow) error {
	if c, ok := b.person(r.Requester); ok {
		t.RequesterID, t.Requester, t.ClientID, t.Client = c.id, c.name, c.client, c.clientName
	}
	if r.Application != "" {
		a, err := b.application(ctx, r.Application)
		if err != nil {
			return err
		}
		if t.ApplicationID != a.id {
			t.ApplicationID, t.Application, t.TeamID, t.Team = a.id, a.name, a.team, a.crew
		}
	}
	if c, ok := b.person(r.Assignee); ok && (c.works || !t.Status.Active()) {
		t.AssigneeID, t.Assignee = c.id, c.name
		if t.Status == ticket.New {
			t.Status = ticket.Open
		}
	}
	return nil
}

func (b *importTx) application(ctx context.Context, name string) (home, error) {
	key := strings.ToLower(name)
	if a, ok := b.apps[key]; ok {
		return a, nil
	}
	if a, ok := b.placed[key]; ok {
		return a, nil
	}
	a, err := b.d.findOrAddApplication(ctx, b.tx, b.caller, name)
	if err != nil {
		return home{}, err
	}
	b.placed[key] = home{a.ID, a.TeamID, a.Name, a.Team}
	return b.placed[key], nil
}

// judge names the fire of a ticket in work, once. What would have to be told at once was told where it came from,
// so the warning counts as given. A ticket that is done burns no more.
func (b *importTx) judge(ctx context.Context, t *ticket.Ticket) error {
	if !t.Status.Active() {
		t.Fire, t.Reasons, t.ByHand = urgency.Match, nil, nil
		t.RealAt, t.RealFrom, t.StartBy, t.TurnsAt, t.WarnAt = time.Time{}, "", time.Time{}, time.Time{}, time.Time{}
		return nil
	}
	u := b.settings.Urgency()
	effort, err := b.d.effort(ctx, b.tx, nil, t.ApplicationID, u)
	if err != nil {
		return err
	}
	events, err := b.calendar(ctx, t.ApplicationID)
	if err != nil {
		return err
	}
	var runs []urgency.Event
	for _, e := range events {
		if at, ok := e.rule.Next(t.CreatedAt, e.zone); ok && !at.After(b.tx.Now) {
			runs = append(runs, urgency.Event{Name: e.name, At: at.UTC()})
		}
		if at, ok := e.rule.Next(b.tx.Now, e.zone); ok {
			runs = append(runs, urgency.Event{Name: e.name, At: at.UTC()})
		}
	}
	t.SetVerdict(urgency.Judge(b.tx.Now.In(b.settings.Location()), t.Answers(), runs, effort, u))
	if !t.WarnAt.IsZero() && !t.WarnAt.After(b.tx.Now) {
		t.WarnedAt = b.tx.Now
	}
	return nil
}

// calendar gives the business events of an application, read once in a transaction.
func (b *importTx) calendar(ctx context.Context, application id.ID) ([]event, error) {
	if application == 0 {
		return nil, nil
	}
	if es, ok := b.events[application]; ok {
		return es, nil
	}
	found, err := b.tx.BusinessEvents(ctx, application)
	if err != nil {
		return nil, err
	}
	out := []event{}
	for _, e := range found {
		rule, err := calendar.Parse(e.Rule)
		if err != nil {
			continue
		}
		zone, err := time.LoadLocation(e.Zone)
		if err != nil {
			zone = time.UTC
		}
		out = append(out, event{e.Name, rule, zone})
	}
	b.events[application] = out
	return out, nil
}
