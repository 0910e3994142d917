// Package demo fills an empty desk with the stories the product is made for, told as tickets, replies, notes and
// evidence of a team that does not exist. Everything goes through the desk's own use cases, on a clock that
// runs through the stories and ends at the present.
package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"firebreak/internal/clock"
	"firebreak/internal/desk"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// Password of every demo login.
const Password = "burning-match-1"

// Login is somebody who can sign in to the demo.
type Login struct {
	Email, Name, Role, What string
}

// Logins are shown when the demo starts.
var Logins = []Login{
	{"dana@desk.example", "Dana Reyes", "agent", "works the tickets of billing and ledger"},
	{"ruth@desk.example", "Ruth Adeyemi", "lead", "leads the team, keeps the catalogue"},
	{"alex@desk.example", "Alex Morgan", "admin", "people, settings, import and export"},
	{"marta@northwind.example", "Marta Lind", "requester", "a client: sees the portal only"},
}

// Zone is the time zone of the demo desk.
const Zone = "Europe/Dublin"

// Seed tells the stories on d, which must be empty, so that they end at now. move sets the clock that d's store
// reads; it is left at now.
func Seed(ctx context.Context, d *desk.Desk, c *clock.Manual, now time.Time) error {
	zone, err := time.LoadLocation(Zone)
	if err != nil {
		return err
	}
	t := &teller{ctx: ctx, d: d, now: now.UTC().Truncate(time.Second), zone: zone, clock: c,
		people: map[string]person.Person{}, tickets: map[string]int64{}}
	t.setTo(t.now.AddDate(0, -5, 0))
	if err := t.estate(); err != nil {
		return fmt.Errorf("seed the demo: %w", err)
	}
	if err := t.neighbours(); err != nil {
		return fmt.Errorf("seed the demo: %w", err)
	}
	t.past()
	t.changes()
	t.monthEnd()
	t.billing()
	t.moved()
	t.payments()
	t.documents()
	t.private()
	t.lookups()
	t.mirror()
	t.today()
	slices.SortStableFunc(t.steps, func(a, b step) int { return a.at.Compare(b.at) })
	for _, s := range t.steps {
		if s.at.After(t.now) {
			return fmt.Errorf("seed the demo: %q is told in the future", s.what)
		}
		t.setTo(s.at)
		if _, err := d.SweepClocks(ctx); err != nil {
			return err
		}
		if err := s.do(); err != nil {
			return fmt.Errorf("seed the demo: %s at %s: %w", s.what, s.at.Format(time.RFC3339), err)
		}
	}
	t.setTo(t.now)
	if _, err = d.SweepClocks(ctx); err != nil {
		return err
	}
	for _, q := range []string{"vpn token for the batch host", "reset of the label printer password"} {
		if _, err := d.Search(t.as("Kim Osei"), q, false, 0); err != nil {
			return err
		}
	}
	for {
		if n, err := d.SweepRecurrence(ctx); err != nil || n == 0 {
			return err
		}
	}
}

// step is one act of a story.
type step struct {
	at   time.Time
	what string
	do   func() error
}

// teller collects the acts of all stories and plays them in the order of time.
type teller struct {
	ctx     context.Context
	d       *desk.Desk
	now     time.Time
	zone    *time.Location
	clock   *clock.Manual
	people  map[string]person.Person
	tickets map[string]int64
	steps   []step
}

func (t *teller) setTo(at time.Time) { t.clock.Advance(at.Sub(t.clock.Now())) }

// ago is an instant before the present.
func (t *teller) ago(d time.Duration) time.Time { return t.now.Add(-d) }

// day is a local time of day, days before today; never later than a minute ago.
func (t *teller) day(before, hour, minute int) time.Time {
	n := t.now.In(t.zone)
	at := time.Date(n.Year(), n.Month(), n.Day()-before, hour, minute, 0, 0, t.zone)
	if limit := t.now.Add(-time.Minute); at.After(limit) {
		return limit
	}
	return at
}

// firsts are the latest n firsts of a month at two minutes past one, oldest first, some hours ago at least.
func (t *teller) firsts(n int) (out []time.Time) {
	now := t.now.In(t.zone)
	for k := n; k >= 0; k-- {
		at := time.Date(now.Year(), now.Month()-time.Month(k), 1, 1, 2+k%3, 0, 0, t.zone)
		if at.Before(t.now.Add(-3*hour)) && at.After(t.now.AddDate(0, -5, 1)) {
			out = append(out, at)
		}
	}
	return out
}

// as is a context in which somebody of the demo acts.
func (t *teller) as(who string) context.Context {
	p, ok := t.people[who]
	if !ok {
		panic("demo: nobody is called " + who)
	}
	via := "page"
	if !p.Role.Desk() {
		via = "portal"
	}
	return desk.WithCaller(t.ctx, desk.Caller{Person: p, Via: via})
}

// story is one ticket being told.
type story struct {
	t   *teller
	key string
	at  time.Time
}

// opened begins a story: who opens it, when.
func (t *teller) opened(key string, at time.Time, who string, in desk.OpenTicket) *story {
	t.steps = append(t.steps, step{at, "open " + key, func() error {
		tk, err := t.d.OpenTicket(t.as(who), in)
		t.tickets[key] = tk.Number
		return err
	}})
	return &story{t, key, at}
}

// after adds an act some time after the one before it.
func (s *story) after(d time.Duration, what string, do func(number int64) error) *story {
	s.at = s.at.Add(d)
	if limit := s.t.now.Add(-30 * time.Second); s.at.After(limit) {
		s.at = limit
	}
	s.t.steps = append(s.t.steps, step{s.at, what + " on " + s.key, func() error { return do(s.t.tickets[s.key]) }})
	return s
}

func (s *story) takes(d time.Duration, who string) *story {
	return s.after(d, who+" takes it", func(n int64) error {
		_, err := s.t.d.Assign(s.t.as(who), n, "me", nil)
		return err
	})
}

func (s *story) says(d time.Duration, who, body string) *story {
	return s.then(d, who, body, "")
}

// then is a reply that also moves the ticket.
func (s *story) then(d time.Duration, who, body string, next ticket.Status) *story {
	return s.after(d, who+" replies", func(n int64) error {
		e, err := s.t.d.Reply(s.t.as(who), n, desk.Reply{Body: body, Status: next})
		if err != nil || e.SendAt.IsZero() {
			return err
		}
		s.t.setTo(e.SendAt)
		return s.t.d.SendDue(s.t.ctx, e.ID)
	})
}

func (s *story) notes(d time.Duration, who, body string) *story {
	return s.after(d, who+" notes", func(n int64) error {
		_, err := s.t.d.Note(s.t.as(who), n, body)
		return err
	})
}

func (s *story) waits(d time.Duration, who string, on ticket.Waiting, wake time.Time) *story {
	return s.after(d, who+" waits", func(n int64) error {
		_, err := s.t.d.Move(s.t.as(who), n, desk.MoveTicket{Status: ticket.OnHold, WaitingOn: on, WakeAt: wake})
		return err
	})
}

func (s *story) resolves(d time.Duration, who, how string) *story {
	return s.after(d, who+" resolves", func(n int64) error {
		_, err := s.t.d.Move(s.t.as(who), n, desk.MoveTicket{Status: ticket.Resolved, Resolution: how})
		return err
	})
}

// keeps resolves, and keeps what solved it for the next person.
func (s *story) keeps(d time.Duration, who, how string, in desk.WriteResolution) *story {
	return s.after(d, who+" resolves and keeps how", func(n int64) error {
		_, err := s.t.d.Move(s.t.as(who), n, desk.MoveTicket{Status: ticket.Resolved, Resolution: how, Capture: &in})
		return err
	})
}

// solvedBy resolves with what was kept on another ticket.
func (s *story) solvedBy(d time.Duration, who, how, other string) *story {
	return s.after(d, who+" resolves with what was known", func(n int64) error {
		known, err := s.t.d.ResolutionsFor(s.t.as(who), s.t.tickets[other])
		if err != nil || len(known) == 0 {
			return fmt.Errorf("nothing was kept on %s: %w", other, err)
		}
		_, err = s.t.d.Move(s.t.as(who), n, desk.MoveTicket{Status: ticket.Resolved, Resolution: how, Helped: []id.ID{known[0].ID}})
		return err
	})
}

func (s *story) agrees(d time.Duration, who string, at time.Time) *story {
	return s.after(d, who+" agrees", func(n int64) error {
		_, err := s.t.d.EditTicket(s.t.as(who), n, desk.TicketEdit{AgreedAt: new(at.Format(time.RFC3339))})
		return err
	})
}

func (s *story) judged(d time.Duration, who string, real bool) *story {
	return s.after(d, who+" judges", func(n int64) error {
		_, err := s.t.d.JudgeDeadline(s.t.as(who), n, real)
		return err
	})
}

func (s *story) spends(who string, minutes int, what string) *story {
	return s.after(0, who+" books time", func(n int64) error {
		_, err := s.t.d.AddTime(s.t.as(who), n, desk.AddTime{Minutes: minutes, Note: what})
		return err
	})
}

func (s *story) links(other string, kind ticket.LinkKind) *story {
	return s.after(0, "link", func(n int64) error {
		_, err := s.t.d.AddLink(s.t.as("Dana Reyes"), n, s.t.tickets[other], kind)
		return err
	})
}

// estate makes the people, clients, teams and applications.
func (t *teller) estate() error {
	ctx := desk.AsSystem(t.ctx, "cli", "demo")
	set, err := t.d.DeskSettings(ctx)
	if err != nil {
		return err
	}
	set.DeskName, set.Zone = "Harbour desk", Zone
	if _, err := t.d.SaveSettings(ctx, set); err != nil {
		return err
	}
	for _, c := range []desk.AddClient{{Name: "Northwind", Domain: "northwind.example"}, {Name: "Castellan Bank", Domain: "castellan.example"},
		{Name: "Halden Freight", Domain: "halden.example"}, {Name: "Brightwater", Domain: "brightwater.example"}} {
		if _, err := t.d.AddClient(ctx, c); err != nil {
			return err
		}
	}
	for _, g := range []desk.AddTeam{{Name: "Money systems", Description: "Billing, ledger and payments"},
		{Name: "Order systems", Description: "Orders, stock and the warehouse"}, {Name: "Platform", Description: "Batch, hosts and databases"}} {
		if _, err := t.d.AddTeam(ctx, g); err != nil {
			return err
		}
	}
	signIn := map[string]bool{}
	for _, l := range Logins {
		signIn[l.Email] = true
	}
	for _, p := range []struct {
		name, mail string
		role       person.Role
		teams      []string
	}{
		{"Alex Morgan", "alex@desk.example", person.Admin, nil}, {"Ruth Adeyemi", "ruth@desk.example", person.Lead, []string{"Money systems", "Order systems"}},
		{"Dana Reyes", "dana@desk.example", person.Agent, []string{"Money systems"}}, {"Sam Ito", "sam@desk.example", person.Agent, []string{"Money systems"}},
		{"Ola Brandt", "ola@desk.example", person.Agent, []string{"Order systems"}}, {"Priya Nair", "priya@desk.example", person.Agent, []string{"Order systems", "Platform"}},
		{"Kim Osei", "kim@desk.example", person.Agent, []string{"Platform"}},
		{"Marta Lind", "marta@northwind.example", person.Requester, nil}, {"Jonas Weil", "jonas@northwind.example", person.Requester, nil},
		{"Elif Kaya", "elif@castellan.example", person.Requester, nil}, {"Tom Varga", "tom@halden.example", person.Requester, nil},
		{"Aisha Rahman", "aisha@halden.example", person.Requester, nil}, {"Peter Nowak", "peter@brightwater.example", person.Requester, nil},
	} {
		in := desk.AddPerson{Name: p.name, Email: p.mail, Role: p.role, Teams: p.teams, Zone: Zone}
		if signIn[p.mail] {
			in.Password = Password
		}
		who, err := t.d.AddPerson(ctx, in)
		if err != nil {
			return err
		}
		t.people[p.name] = who
	}
	tomorrow := t.now.In(t.zone).AddDate(0, 0, 1).Day()
	for _, a := range []struct {
		name, what, team, primary, secondary string
		events                               []desk.EventFields
		hosts                                []desk.HostFields
	}{
		{"Billing", "Invoices for all clients; the extract feeds the billing run.", "Money systems", "Dana Reyes", "Sam Ito",
			[]desk.EventFields{{Name: new("Billing run"), Rule: new(fmt.Sprintf("monthly %d 06:00", tomorrow)), Consequence: new("Invoices of all clients are made from what is there at six.")}},
			[]desk.HostFields{{Name: new("billprd01.harbour.example"), Address: new("10.20.4.11"), Note: new("database BILLPRD")}, {Name: new("billapp01.harbour.example"), Address: new("10.20.4.21")}}},
		{"Ledger", "General ledger; closes the month.", "Money systems", "Sam Ito", "Dana Reyes",
			[]desk.EventFields{{Name: new("Month-end close"), Rule: new("monthly last 22:00"), Consequence: new("The month is closed; late postings go to the next one.")}},
			[]desk.HostFields{{Name: new("ledger01.harbour.example"), Address: new("10.20.5.11")}}},
		{"PayHub", "Card payments for the shops of three clients.", "Money systems", "Sam Ito", "Sam Ito", nil,
			[]desk.HostFields{{Name: new("payhub-gw01.harbour.example"), Address: new("10.20.9.5")}}},
		{"Stock", "Application A: what is in the warehouses.", "Order systems", "Priya Nair", "Ola Brandt", nil,
			[]desk.HostFields{{Name: new(stockHost), Address: new(stockBefore)}}},
		{"Orders", "Application B: takes orders, asks Stock for each line.", "Order systems", "Ola Brandt", "Priya Nair",
			[]desk.EventFields{{Name: new("Carrier cut-off"), Rule: new("workdays 16:30"), Consequence: new("Parcels not announced by then leave the next day.")}},
			[]desk.HostFields{{Name: new("orders01.harbour.example"), Address: new("10.4.3.30")}}},
		{"CRM", "Customer records and reports.", "Order systems", "Priya Nair", "", nil, nil},
		{"Batch", "AutoSys: 1,140 jobs of all applications.", "Platform", "Kim Osei", "Priya Nair",
			[]desk.EventFields{{Name: new("Nightly window"), Rule: new("daily 22:00"), Consequence: new("Jobs that are not ready then wait a day.")}}, nil},
	} {
		if _, err := t.d.AddApplication(ctx, desk.AddApplication{Name: a.name, Description: a.what, Team: a.team, Primary: a.primary, Secondary: a.secondary}); err != nil {
			return err
		}
		env, err := t.d.AddEnvironment(ctx, a.name, desk.EnvironmentFields{Name: new("Production"), Kind: new("production")})
		if err != nil {
			return err
		}
		for _, h := range a.hosts {
			if _, err := t.d.AddHost(ctx, a.name, env.ID, h); err != nil {
				return err
			}
		}
		for _, e := range a.events {
			e.Zone = new(Zone)
			if _, err := t.d.AddEvent(ctx, a.name, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// opens is a shorthand for what a ticket is opened with.
func opens(subject, body, app string, stakes urgency.Stakes) desk.OpenTicket {
	return desk.OpenTicket{Subject: subject, Body: body, Application: app, Stakes: stakes}
}

// due adds a stated deadline.
func due(in desk.OpenTicket, at time.Time, saidBy, reason, consequence string) desk.OpenTicket {
	in.Deadline = desk.StatedDeadline{At: at, SaidBy: saidBy, Reason: reason, Consequence: consequence}
	return in
}
