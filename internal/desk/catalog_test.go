package desk

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"firebreak/internal/catalog"
	"firebreak/internal/clock"
	"firebreak/internal/fault"
	"firebreak/internal/live"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// catalogDesk is a desk with a lead, an agent and a team, on each engine.
type catalogDesk struct {
	*Desk
	clock       *clock.Manual
	lead, agent context.Context
	dana, sam   person.Person
}

func eachCatalog(t *testing.T, fn func(t *testing.T, d catalogDesk)) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		d := catalogDesk{Desk: New(s, &live.Hub{}, nil, slog.New(slog.DiscardHandler)), clock: c}
		d.dana = person.Person{Name: "Dana Reyes", Email: "dana@desk.example", Role: person.Lead}
		d.sam = person.Person{Name: "Sam Ito", Email: "sam@desk.example", Role: person.Agent}
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			if err := tx.AddPerson(t.Context(), &d.dana); err != nil {
				return err
			}
			return tx.AddPerson(t.Context(), &d.sam)
		})
		if err != nil {
			t.Fatal(err)
		}
		d.lead = WithCaller(t.Context(), Caller{Person: d.dana, Via: "page"})
		d.agent = WithCaller(t.Context(), Caller{Person: d.sam, Via: "page"})
		fn(t, d)
	})
}

func ok[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestBillingRunTurnsCalmTicketsIntoHouseFires(t *testing.T) {
	eachCatalog(t, func(t *testing.T, d catalogDesk) {
		ok[catalog.Application](t)(d.AddApplication(d.lead, AddApplication{Name: "Billing", Primary: "dana@desk.example"}))
		open := func(in OpenTicket) int64 { return ok[ticket.Ticket](t)(d.OpenTicket(d.agent, in)).Number }
		calm := open(OpenTicket{Subject: "Extract is slow", Application: "billing", Stakes: urgency.Client})
		low := open(OpenTicket{Subject: "Typo on a report", Application: "billing", Stakes: urgency.Person})
		elsewhere := open(OpenTicket{Subject: "Slow as well", Application: "Payroll", Stakes: urgency.Client})
		fire := func(n int64) urgency.Fire { return ok[ticket.Ticket](t)(d.Ticket(d.agent, n)).Fire }
		for _, n := range []int64{calm, low, elsewhere} {
			if fire(n) != urgency.Match {
				t.Fatalf("ticket %d is a %s before the calendar knows anything", n, fire(n))
			}
		}
		name, rule, zone := "Billing run", "monthly 3 06:00", "Europe/Berlin"
		e := ok[catalog.Event](t)(d.AddEvent(d.lead, "billing", EventFields{Name: &name, Rule: &rule, Zone: &zone}))
		if e.Sentence != "every month on the 3rd at 06:00" || len(e.Next) != 5 || e.Next[0].Format(time.RFC3339) != "2026-12-03T06:00:00+01:00" {
			t.Errorf("event %+v", e)
		}
		if fire(calm) != urgency.HouseFire || fire(low) != urgency.Match || fire(elsewhere) != urgency.Match {
			t.Errorf("after the billing run was added: %s, %s, %s", fire(calm), fire(low), fire(elsewhere))
		}
		tl := ok[Timeline](t)(d.Timeline(d.agent, calm, 0))
		if !slices.ContainsFunc(tl.Items, func(i TimelineItem) bool {
			return i.Event != nil && i.Event.Field == "fire" && i.Event.Rule == "calendar" && i.Event.Via == "rule" && strings.Contains(i.Event.Reason, "Billing")
		}) {
			t.Errorf("the history does not name the calendar: %+v", tl.Items)
		}
		// Two days later the run is closer than the work takes.
		rule = "monthly 1 06:00"
		ok[catalog.Event](t)(d.UpdateEvent(d.lead, "billing", e.ID, EventFields{Rule: &rule}))
		before := ok[ticket.Ticket](t)(d.Ticket(d.agent, calm))
		if want := time.Date(2026, 12, 1, 5, 0, 0, 0, time.UTC); !before.RealAt.Equal(want) {
			t.Errorf("real deadline %s, want %s", before.RealAt, want)
		}
		gone := ok[Removed](t)(d.RemoveEvent(d.lead, "billing", e.ID))
		if fire(calm) != urgency.Match {
			t.Errorf("without the run it is a %s", fire(calm))
		}
		ok[Undone](t)(d.Undo(d.lead, gone.Undo))
		if fire(calm) == urgency.Match {
			t.Error("the run is back, yet it is a match")
		}
		if _, err := d.Undo(d.lead, gone.Undo); !fault.Is(err, fault.CodeConflict) {
			t.Errorf("back twice: %v", err)
		}
		ok[Removed](t)(d.RemoveEvent(d.lead, "billing", e.ID))
		// What is left over is done by the sweep, once.
		err := d.store.Write(t.Context(), func(tx *store.Tx) error {
			a, err := tx.FindApplication(t.Context(), "billing")
			if err != nil {
				return err
			}
			if err := tx.PutEvent(t.Context(), &catalog.Event{ApplicationID: a.ID, Name: name, Rule: rule, Zone: zone}); err != nil {
				return err
			}
			return tx.MarkRejudge(t.Context(), a.ID)
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := ok[int](t)(d.SweepCalendars(t.Context())); n != 1 || fire(calm) == urgency.Match {
			t.Errorf("sweep of %d applications, then a %s", n, fire(calm))
		}
		if n := ok[int](t)(d.SweepCalendars(t.Context())); n != 0 {
			t.Errorf("%d applications left after the sweep", n)
		}
	})
}

func TestEventFaultsNameTheField(t *testing.T) {
	eachCatalog(t, func(t *testing.T, d catalogDesk) {
		ok[catalog.Application](t)(d.AddApplication(d.lead, AddApplication{Name: "Billing"}))
		run, rule := "Billing run", "monthly 1 06:00"
		for _, c := range []struct {
			name, rule, zone string
			field, hint      string
		}{
			{run, "on the first", "", "rule", "monthly 1 06:00"},
			{run, "monthly 1", "", "rule", ""},
			{run, "once 2020-01-01 06:00", "", "rule", "monthly"},
			{run, rule, "Mars/Base", "zone", "Europe/Berlin"},
			{run, rule, "Local", "zone", "Europe/Berlin"},
			{"", rule, "", "name", ""},
			{"a\x00b", rule, "", "name", "NUL"},
			{strings.Repeat("x", 121), rule, "", "name", ""},
		} {
			_, err := d.AddEvent(d.lead, "billing", EventFields{Name: &c.name, Rule: &c.rule, Zone: &c.zone})
			if f := fault.Of(err); f == nil || f.Field != c.field || !strings.Contains(f.Message+f.Hint, c.hint) {
				t.Errorf("%q %q %q: %v, want a fault of %s", c.name, c.rule, c.zone, err, c.field)
			}
		}
		if _, err := d.AddEvent(d.agent, "billing", EventFields{Name: &run, Rule: &rule}); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("an agent adds an event: %v", err)
		}
		ok[catalog.Event](t)(d.AddEvent(d.lead, "billing", EventFields{Name: &run, Rule: &rule}))
		if _, err := d.AddEvent(d.lead, "billing", EventFields{Name: &run, Rule: &rule}); !fault.Is(err, fault.CodeConflict) {
			t.Errorf("the same event again: %v", err)
		}
	})
}

func TestDescribeAnApplication(t *testing.T) {
	eachCatalog(t, func(t *testing.T, d catalogDesk) {
		n := ok[ticket.Ticket](t)(d.OpenTicket(d.agent, OpenTicket{Subject: "s", Application: "Data hub"})).Number
		page := ok[ApplicationPage](t)(d.Applications(d.agent, ListApplications{Described: "no"}))
		if len(page.Items) != 1 || page.Items[0].Name != "Data hub" || page.Items[0].Active.Matches != 1 {
			t.Fatalf("named by tickets: %+v", page.Items)
		}
		err := d.store.Write(t.Context(), func(tx *store.Tx) error {
			return tx.AddTeam(t.Context(), &person.Team{Name: "Data"})
		})
		if err != nil {
			t.Fatal(err)
		}
		team, who := "data", "sam@desk.example"
		a := ok[catalog.Application](t)(d.UpdateApplication(d.lead, "data-hub", ChangeApplication{Team: &team, Primary: &who, Secondary: &who}))
		if a.Team != "Data" || a.Primary != "Sam Ito" || len(a.Warnings) != 1 || !strings.Contains(a.Warnings[0], "both primary and secondary") {
			t.Errorf("described: %+v", a)
		}
		if tk := ok[ticket.Ticket](t)(d.Ticket(d.agent, n)); tk.Team != "Data" {
			t.Errorf("the ticket stayed with team %q", tk.Team)
		}
		none := ""
		a = ok[catalog.Application](t)(d.UpdateApplication(d.lead, "data-hub", ChangeApplication{Secondary: &none}))
		if a.SecondaryID != 0 || a.PrimaryID != d.sam.ID {
			t.Errorf("cleared: %+v", a)
		}
		if page := ok[ApplicationPage](t)(d.Applications(d.agent, ListApplications{Described: "no"})); len(page.Items) != 0 {
			t.Errorf("still not described: %+v", page.Items)
		}
		if page := ok[ApplicationPage](t)(d.Applications(d.agent, ListApplications{Person: "me"})); len(page.Items) != 1 {
			t.Errorf("mine: %+v", page.Items)
		}
		for field, in := range map[string]ChangeApplication{
			"slug": {Slug: new("Data Hub")}, "team": {Team: new("nobody's")}, "primary": {Primary: new("x@y.example")}, "name": {Name: new(" ")},
		} {
			_, err := d.UpdateApplication(d.lead, "data-hub", in)
			if f := fault.Of(err); f == nil || f.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := d.UpdateApplication(d.agent, "data-hub", ChangeApplication{}); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("an agent describes: %v", err)
		}
		a = ok[catalog.Application](t)(d.ArchiveApplication(d.lead, "data-hub", true))
		if a.ArchivedAt.IsZero() || len(ok[ApplicationPage](t)(d.Applications(d.agent, ListApplications{})).Items) != 0 {
			t.Errorf("archived: %+v", a)
		}
		if a = ok[catalog.Application](t)(d.ArchiveApplication(d.lead, "data-hub", false)); !a.ArchivedAt.IsZero() {
			t.Errorf("back in use: %+v", a)
		}
	})
}

func TestMergeApplicationMovesTicketsAndKeepsTheName(t *testing.T) {
	eachCatalog(t, func(t *testing.T, d catalogDesk) {
		billing := ok[catalog.Application](t)(d.AddApplication(d.lead, AddApplication{Name: "Billing", Primary: "dana@desk.example"}))
		name, rule := "Billing run", "monthly 3 06:00"
		ok[catalog.Event](t)(d.AddEvent(d.lead, "Billing", EventFields{Name: &name, Rule: &rule}))
		active := ok[ticket.Ticket](t)(d.OpenTicket(d.agent, OpenTicket{Subject: "s", Application: "Biling", Stakes: urgency.Client})).Number
		raised := ok[ticket.Ticket](t)(d.OpenTicket(d.agent, OpenTicket{Subject: "raised", Application: "Biling", Stakes: urgency.Client})).Number
		ok[ticket.Ticket](t)(d.Raise(d.agent, raised, urgency.Wildfire, "I know it"))
		done := ticket.Ticket{Subject: "done", Status: ticket.Closed, Level: ticket.L1, Fire: urgency.Match, CreatedAt: d.Now(), UpdatedAt: d.Now()}
		err := d.store.Write(t.Context(), func(tx *store.Tx) error {
			a, err := tx.FindApplication(t.Context(), "biling")
			done.ApplicationID = a.ID
			if err != nil {
				return err
			}
			return tx.AddTicket(t.Context(), &done)
		})
		if err != nil {
			t.Fatal(err)
		}
		for field, in := range map[string]MergeApplication{"name": {Into: "billing", Name: "Billing"}, "into": {Into: "biling", Name: "Biling"}} {
			_, err := d.MergeApplication(d.lead, "biling", in)
			if f := fault.Of(err); f == nil || f.Field != field {
				t.Errorf("%+v: %v", in, err)
			}
		}
		if _, err := d.MergeApplication(d.lead, "billing", MergeApplication{Into: "biling", Name: "Billing"}); !fault.Is(err, fault.CodeConflict) {
			t.Errorf("merging away a calendar: %v", err)
		}
		a := ok[catalog.Application](t)(d.MergeApplication(d.lead, "biling", MergeApplication{Into: "billing", Name: "Biling"}))
		if a.ID != billing.ID || !slices.Equal(a.OtherNames, []string{"Biling"}) || a.Active.Total() != 2 {
			t.Errorf("merged: %+v", a)
		}
		for n, want := range map[int64]urgency.Fire{active: urgency.HouseFire, raised: urgency.Wildfire, done.Number: urgency.Match} {
			tk := ok[ticket.Ticket](t)(d.Ticket(d.agent, n))
			if tk.ApplicationID != billing.ID || tk.Fire != want {
				t.Errorf("ticket %d: %s, %s; want %s", n, tk.Application, tk.Fire, want)
			}
			tl := ok[Timeline](t)(d.Timeline(d.agent, n, 0))
			if !slices.ContainsFunc(tl.Items, func(i TimelineItem) bool {
				return i.Event != nil && i.Event.Field == "application" && i.Event.New == "Billing"
			}) {
				t.Errorf("ticket %d does not tell that it moved", n)
			}
		}
		// The old name still finds the right application, and makes no second one.
		tk := ok[ticket.Ticket](t)(d.OpenTicket(d.agent, OpenTicket{Subject: "again", Application: "BILING"}))
		if tk.ApplicationID != billing.ID {
			t.Errorf("the old name led to %s", tk.Application)
		}
		if page := ok[ApplicationPage](t)(d.Applications(d.agent, ListApplications{})); len(page.Items) != 1 {
			t.Errorf("catalogue: %+v", page.Items)
		}
	})
}

func TestEnvironmentsAndHosts(t *testing.T) {
	eachCatalog(t, func(t *testing.T, d catalogDesk) {
		ok[catalog.Application](t)(d.AddApplication(d.lead, AddApplication{Name: "Billing"}))
		env := ok[catalog.Environment](t)(d.AddEnvironment(d.lead, "billing", EnvironmentFields{Name: new("Production"), Kind: new("production"), URL: new("https://billing.example.com")}))
		host := ok[catalog.Host](t)(d.AddHost(d.lead, "billing", env.ID, HostFields{Name: new("billprd01"), Address: new("10.0.4.11")}))
		ok[catalog.Host](t)(d.UpdateHost(d.lead, "billing", host.ID, HostFields{Address: new("10.0.4.12")}))
		ok[catalog.Environment](t)(d.UpdateEnvironment(d.lead, "billing", env.ID, EnvironmentFields{Note: new("behind the balancer")}))
		a := ok[catalog.Application](t)(d.Application(d.agent, "billing"))
		if len(a.Environments) != 1 || a.Environments[0].Note == "" || a.Environments[0].Kind != "production" || len(a.Environments[0].Hosts) != 1 || a.Environments[0].Hosts[0].Address != "10.0.4.12" {
			t.Fatalf("%+v", a.Environments)
		}
		gone := ok[Removed](t)(d.RemoveEnvironment(d.lead, "billing", env.ID))
		if a := ok[catalog.Application](t)(d.Application(d.agent, "billing")); len(a.Environments) != 0 {
			t.Errorf("removed, yet %+v", a.Environments)
		}
		if _, err := d.Undo(d.agent, gone.Undo); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("an agent restores: %v", err)
		}
		ok[Undone](t)(d.Undo(d.lead, gone.Undo))
		b := ok[catalog.Application](t)(d.Application(d.agent, "billing"))
		if len(b.Environments) != 1 || !slices.Equal(b.Environments[0].Hosts, a.Environments[0].Hosts) {
			t.Errorf("restored %+v, want %+v", b.Environments, a.Environments)
		}
		lost := ok[Removed](t)(d.RemoveHost(d.lead, "billing", host.ID))
		ok[Undone](t)(d.Undo(d.lead, lost.Undo))
		for field, in := range map[string]EnvironmentFields{
			"name": {Name: new("")}, "kind": {Name: new("x"), Kind: new("moon")}, "url": {Name: new("x"), URL: new("javascript:alert(1)")},
		} {
			_, err := d.AddEnvironment(d.lead, "billing", in)
			if f := fault.Of(err); f == nil || f.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := d.AddHost(d.lead, "billing", env.ID, HostFields{Name: new("BILLPRD01")}); !fault.Is(err, fault.CodeConflict) {
			t.Errorf("a host twice: %v", err)
		}
		if _, err := d.AddHost(d.lead, "billing", 7, HostFields{Name: new("x")}); !fault.Is(err, fault.CodeNotFound) {
			t.Errorf("a host of no environment: %v", err)
		}
		if _, err := d.RemoveHost(d.agent, "billing", host.ID); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("an agent removes a host: %v", err)
		}
	})
}

func TestApplicationPages(t *testing.T) {
	eachCatalog(t, func(t *testing.T, d catalogDesk) {
		for _, n := range []string{"delta", "Alpha", "charlie", "Bravo_x", "echo"} {
			ok[catalog.Application](t)(d.AddApplication(d.lead, AddApplication{Name: n}))
		}
		var names []string
		in := ListApplications{Limit: 2}
		for {
			page := ok[ApplicationPage](t)(d.Applications(d.agent, in))
			for _, a := range page.Items {
				names = append(names, a.Name)
			}
			if in.Cursor = page.Next; in.Cursor == "" {
				break
			}
		}
		if strings.Join(names, " ") != "Alpha Bravo_x charlie delta echo" {
			t.Errorf("pages: %v", names)
		}
		page := ok[ApplicationPage](t)(d.Applications(d.agent, ListApplications{Q: "o_X"}))
		if len(page.Items) != 1 || page.Items[0].Name != "Bravo_x" {
			t.Errorf("part of a name: %+v", page.Items)
		}
		first := ok[ApplicationPage](t)(d.Applications(d.agent, ListApplications{Limit: 2}))
		_, err := d.Applications(d.agent, ListApplications{Limit: 2, Q: "a", Cursor: first.Next})
		if f := fault.Of(err); f == nil || f.Field != "cursor" {
			t.Errorf("a cursor of another list: %v", err)
		}
		// Two names with one short name do not stand in each other's way.
		a := ok[catalog.Application](t)(d.AddApplication(d.lead, AddApplication{Name: "会計"}))
		b := ok[catalog.Application](t)(d.AddApplication(d.lead, AddApplication{Name: "給与"}))
		if a.Slug != "application" || b.Slug != "application-2" {
			t.Errorf("short names %q and %q", a.Slug, b.Slug)
		}
	})
}
