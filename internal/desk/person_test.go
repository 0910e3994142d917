package desk_test

import (
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"firebreak/internal/clock"
	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/live"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
)

func TestSetUpRace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		d := desk.New(s, &live.Hub{}, nil, slog.New(slog.DiscardHandler))
		if needs, err := d.NeedsSetup(t.Context()); err != nil || !needs {
			t.Fatalf("a new desk needs no set-up: %v", err)
		}
		_, err := d.SetUp(t.Context(), "", "ada", "short", "")
		if f := fault.Of(err); f == nil || f.Field != "name" || len(f.More) != 2 || f.More[0].Field != "email" || f.More[1].Field != "password" {
			t.Errorf("an empty form: %v", err)
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		var winners []string
		for _, name := range []string{"ada", "eve"} {
			wg.Go(func() {
				_, err := d.SetUp(t.Context(), name, name+"@example.com", adminPassword, name+"'s desk")
				if err == nil {
					mu.Lock()
					winners = append(winners, name)
					mu.Unlock()
				} else if !fault.Is(err, fault.CodeConflict) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if len(winners) != 1 {
			t.Fatalf("winners: %v, want one", winners)
		}
		if set, err := d.DeskSettings(t.Context()); err != nil || set.DeskName != winners[0]+"'s desk" {
			t.Errorf("the desk is called %q, %v", set.DeskName, err)
		}
		if needs, err := d.NeedsSetup(t.Context()); err != nil || needs {
			t.Errorf("still needs set-up: %v", err)
		}
		_, err = d.SetUp(t.Context(), "Mallory", "mallory@example.com", adminPassword, "")
		wantCode(t, "later", err, fault.CodeConflict, "")
		people, err := d.People(desk.AsSystem(t.Context(), "cli", ""), desk.ListPeople{})
		if err != nil || len(people.Items) != 1 || people.Items[0].Role != person.Admin {
			t.Errorf("people: %+v, %v", people, err)
		}
	})
}

func TestSetUpPromotesARequesterFromAnImport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		d := desk.New(s, &live.Hub{}, nil, slog.New(slog.DiscardHandler))
		was, err := d.AddPerson(desk.AsSystem(t.Context(), "import", ""), desk.AddPerson{Name: "ada", Email: adminMail, Role: person.Requester})
		if err != nil {
			t.Fatal(err)
		}
		p, err := d.SetUp(t.Context(), "Ada Park", adminMail, adminPassword, "")
		if err != nil || p.ID != was.ID || p.Role != person.Admin || p.Name != "Ada Park" {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

func TestAddPerson(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		admin := as(t, d.ada)
		if _, err := d.AddClient(admin, desk.AddClient{Name: "Northwind", Domain: "@Northwind.example"}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.AddTeam(admin, desk.AddTeam{Name: "Billing", Members: []string{"dana@example.com", "Lea Novak"}}); err != nil {
			t.Fatal(err)
		}
		p, err := d.AddPerson(admin, desk.AddPerson{Name: "Marta Lind", Email: "marta@northwind.example", Role: person.Requester})
		if err != nil || p.Client != "Northwind" || p.HasPassword {
			t.Errorf("requester of a known domain: %+v, %v", p, err)
		}
		p, err = d.AddPerson(admin, desk.AddPerson{Name: "Sam Ito", Email: "sam@example.com", Role: person.Agent, Teams: []string{"billing", "Billing"}, Password: "sam likes long words", Zone: "Asia/Tokyo"})
		if err != nil || len(p.Teams) != 1 || !p.HasPassword || p.Location().String() != "Asia/Tokyo" {
			t.Errorf("agent: %+v, %v", p, err)
		}
		d.signIn(t, "sam@example.com", "sam likes long words")
		for _, c := range []struct {
			in    desk.AddPerson
			field string
			code  fault.Code
		}{
			{desk.AddPerson{Name: "X", Email: "sam@EXAMPLE.com", Role: person.Agent}, "email", fault.CodeConflict},
			{desk.AddPerson{Name: "X", Role: person.Agent}, "email", fault.CodeInvalid},
			{desk.AddPerson{Name: "X", Email: "not an address", Role: person.Agent}, "email", fault.CodeInvalid},
			{desk.AddPerson{Email: "x@example.com", Role: person.Agent}, "name", fault.CodeInvalid},
			{desk.AddPerson{Name: strings.Repeat("x", 81), Email: "x@example.com", Role: person.Agent}, "name", fault.CodeInvalid},
			{desk.AddPerson{Name: "X\xff", Email: "x@example.com", Role: person.Agent}, "name", fault.CodeInvalid},
			{desk.AddPerson{Name: "X", Email: "x@example.com", Role: "owner"}, "role", fault.CodeInvalid},
			{desk.AddPerson{Name: "X", Email: "x@example.com", Role: person.Agent, Password: "short"}, "password", fault.CodeInvalid},
			{desk.AddPerson{Name: "X", Email: "x@example.com", Role: person.Agent, Zone: "Mars/Olympus"}, "zone", fault.CodeInvalid},
			{desk.AddPerson{Name: "X", Email: "x@example.com", Role: person.Agent, Teams: []string{"nobody"}}, "teams", fault.CodeInvalid},
			{desk.AddPerson{Name: "X", Role: person.Requester, Teams: []string{"Billing"}}, "teams", fault.CodeInvalid},
			{desk.AddPerson{Name: "X", Role: person.Requester, Client: "nobody"}, "client", fault.CodeInvalid},
		} {
			_, err := d.AddPerson(admin, c.in)
			f := fault.Of(err)
			if f == nil || f.Field != c.field || f.Hint == "" || (f.Code != c.code && f.Code != fault.CodeTooLarge) {
				t.Errorf("%+v: %v, want %s at %s", c.in, err, c.code, c.field)
			}
		}
		if page, err := d.People(admin, desk.ListPeople{Role: []string{"desk"}, Team: "billing"}); err != nil || len(page.Items) != 3 {
			t.Errorf("team billing: %+v, %v", page, err)
		}
	})
}

func TestPeopleCursorBelongsToItsList(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		ctx := as(t, d.dana)
		page, err := d.People(ctx, desk.ListPeople{Limit: 2})
		if err != nil || len(page.Items) != 2 || page.Next == "" {
			t.Fatal(page, err)
		}
		rest, err := d.People(ctx, desk.ListPeople{Limit: 2, Cursor: page.Next})
		if err != nil || len(rest.Items) != 2 || rest.Next != "" {
			t.Errorf("second page: %+v, %v", rest, err)
		}
		for _, in := range []desk.ListPeople{{Role: []string{"agent"}, Cursor: page.Next}, {Cursor: "not a cursor"}} {
			_, err := d.People(ctx, in)
			wantCode(t, "cursor", err, fault.CodeInvalid, "cursor")
		}
		_, err = d.People(ctx, desk.ListPeople{Limit: 1000})
		wantCode(t, "limit", err, fault.CodeInvalid, "limit")
		_, err = d.People(ctx, desk.ListPeople{Role: []string{"owner"}})
		wantCode(t, "role", err, fault.CodeInvalid, "role")
	})
}

func TestUpdatePerson(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		own := as(t, d.dana)
		p, err := d.UpdatePerson(own, 0, desk.UpdatePerson{Name: new("Dana R."), Zone: new("Europe/Berlin"), Theme: new("dark"), Density: new("comfortable")})
		if err != nil || p.Name != "Dana R." || p.Prefs.Theme != "dark" || p.Zone != "Europe/Berlin" {
			t.Errorf("own account: %+v, %v", p, err)
		}
		for name, in := range map[string]desk.UpdatePerson{"role": {Role: new(person.Admin)}, "teams": {Teams: &[]string{}}, "email": {Email: new("x@example.com")}, "client": {Client: new("")}} {
			if _, err := d.UpdatePerson(own, 0, in); !fault.Is(err, fault.CodeForbidden) {
				t.Errorf("own %s: %v", name, err)
			}
		}
		if _, err := d.UpdatePerson(own, d.rita.ID, desk.UpdatePerson{Name: new("R")}); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("an agent changes a requester: %v", err)
		}
		lead := as(t, d.lea)
		if _, err := d.UpdatePerson(lead, d.rita.ID, desk.UpdatePerson{Name: new("Rita B."), Email: new("rb@example.com")}); err != nil {
			t.Errorf("a lead changes a requester: %v", err)
		}
		if _, err := d.UpdatePerson(lead, d.dana.ID, desk.UpdatePerson{Name: new("D")}); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("a lead changes an agent: %v", err)
		}
		if _, err := d.UpdatePerson(lead, d.rita.ID, desk.UpdatePerson{Role: new(person.Admin)}); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("a lead makes an admin: %v", err)
		}
		admin := as(t, d.ada)
		for field, in := range map[string]desk.UpdatePerson{"theme": {Theme: new("pink")}, "density": {Density: new("x")}, "zone": {Zone: new("Local")}, "name": {Name: new("")}, "email": {Email: new("")}, "role": {Role: new(person.Role("owner"))}} {
			_, err := d.UpdatePerson(admin, d.dana.ID, in)
			wantCode(t, field, err, fault.CodeInvalid, field)
		}
		_, err = d.UpdatePerson(admin, 0, desk.UpdatePerson{Role: new(person.Agent)})
		wantCode(t, "the last admin steps down", err, fault.CodeConflict, "role")
		if _, err := d.AddTeam(admin, desk.AddTeam{Name: "Billing", Members: []string{"dana@example.com"}}); err != nil {
			t.Fatal(err)
		}
		p, err = d.UpdatePerson(admin, d.dana.ID, desk.UpdatePerson{Role: new(person.Requester)})
		if err != nil || len(p.Teams) != 0 {
			t.Errorf("somebody who became a requester: %+v, %v", p, err)
		}
	})
}

func TestRoleChangeCountsAtOnce(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		secret, _, err := d.CreateToken(as(t, d.lea), 0, "t", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if p, err := d.PersonByToken(t.Context(), secret); err != nil || p.Role != person.Lead {
			t.Fatal(p, err)
		}
		if _, err := d.UpdatePerson(as(t, d.ada), d.lea.ID, desk.UpdatePerson{Role: new(person.Agent)}); err != nil {
			t.Fatal(err)
		}
		if p, err := d.PersonByToken(t.Context(), secret); err != nil || p.Role != person.Agent {
			t.Errorf("a request right after has the role %s, %v", p.Role, err)
		}
	})
}

func TestDisablePerson(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		admin := as(t, d.ada)
		if err := d.SetPassword(admin, d.dana.ID, "", "words that dana will keep"); err != nil {
			t.Fatal(err)
		}
		session := d.signIn(t, "dana@example.com", "words that dana will keep")
		token, _, err := d.CreateToken(as(t, d.dana), 0, "t", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		tk, err := d.OpenTicket(as(t, d.dana), desk.OpenTicket{Subject: "Queue is stuck", Assignee: "me"})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := d.PersonBySession(t.Context(), session); err != nil {
			t.Fatal(err)
		}
		if _, err := d.DisablePerson(as(t, d.lea), d.dana.ID); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("a lead disables: %v", err)
		}
		out, err := d.DisablePerson(admin, d.dana.ID)
		if err != nil || len(out.Tickets) != 1 || out.Tickets[0].Number != tk.Number || out.Person.DisabledAt.IsZero() {
			t.Fatalf("disabled: %+v, %v", out, err)
		}
		_, _, err = d.PersonBySession(t.Context(), session)
		wantCode(t, "session", err, fault.CodeUnauthenticated, "")
		_, err = d.PersonByToken(t.Context(), token)
		wantCode(t, "token", err, fault.CodeUnauthenticated, "")
		_, _, err = d.SignIn(t.Context(), "dana@example.com", "words that dana will keep", "", "")
		wantCode(t, "signing in", err, fault.CodeUnauthenticated, "")
		if page, err := d.People(admin, desk.ListPeople{Q: "dana"}); err != nil || len(page.Items) != 0 {
			t.Errorf("still listed: %+v, %v", page, err)
		}
		if p, err := d.EnablePerson(admin, d.dana.ID); err != nil || !p.DisabledAt.IsZero() {
			t.Errorf("enabled: %+v, %v", p, err)
		}
		if _, _, err := d.PersonBySession(t.Context(), session); !fault.Is(err, fault.CodeUnauthenticated) {
			t.Errorf("the old session is back: %v", err)
		}
		d.signIn(t, "dana@example.com", "words that dana will keep")
		_, err = d.DisablePerson(admin, d.ada.ID)
		wantCode(t, "the last admin", err, fault.CodeConflict, "")
	})
}

func TestTwoAdminsCannotDisableEachOther(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		bea, err := d.AddPerson(as(t, d.ada), desk.AddPerson{Name: "Bea", Email: "bea@example.com", Role: person.Admin})
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		errs := make([]error, 2)
		wg.Go(func() { _, errs[0] = d.DisablePerson(as(t, d.ada), bea.ID) })
		wg.Go(func() { _, errs[1] = d.DisablePerson(as(t, bea), d.ada.ID) })
		wg.Wait()
		if n := len(slices.DeleteFunc(errs, func(err error) bool { return err == nil })); n != 1 {
			t.Errorf("%d of two were refused, want one: %v", n, errs)
		}
	})
}

func TestSetPassword(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		here, there := d.signIn(t, adminMail, adminPassword), d.signIn(t, adminMail, adminPassword)
		ctx := desk.WithCaller(t.Context(), desk.Caller{Person: d.ada, Session: here})
		const fresh = "another four long words"
		wantCode(t, "wrong current", d.SetPassword(ctx, 0, "not this one at all", fresh), fault.CodeInvalid, "current")
		wantCode(t, "short", d.SetPassword(ctx, 0, adminPassword, "short"), fault.CodeInvalid, "password")
		wantCode(t, "the address", d.SetPassword(ctx, 0, adminPassword, adminMail), fault.CodeInvalid, "password")
		if err := d.SetPassword(ctx, 0, adminPassword, fresh); err != nil {
			t.Fatal(err)
		}
		if _, _, err := d.PersonBySession(t.Context(), there); !fault.Is(err, fault.CodeUnauthenticated) {
			t.Errorf("another session outlived the password: %v", err)
		}
		if _, _, err := d.PersonBySession(t.Context(), here); err != nil {
			t.Errorf("the present session ended: %v", err)
		}
		if _, _, err := d.SignIn(t.Context(), adminMail, adminPassword, "", ""); !fault.Is(err, fault.CodeUnauthenticated) {
			t.Errorf("the old password: %v", err)
		}
		d.signIn(t, adminMail, fresh)
		if err := d.SetPassword(as(t, d.lea), d.rita.ID, "", fresh); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("a lead sets a password: %v", err)
		}
		for range 6 {
			err := d.SetPassword(ctx, 0, "guess guess guess", fresh)
			if fault.Is(err, fault.CodeLimited) {
				return
			}
		}
		t.Error("guessing the current password is not throttled")
	})
}

func TestSettings(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		admin := as(t, d.ada)
		s, err := d.Settings(admin)
		if err != nil {
			t.Fatal(err)
		}
		good := s
		good.Zone, good.MarginMinutes, good.DeskName = "Europe/Berlin", 30, "Day desk"
		if _, err := d.SaveSettings(admin, good); err != nil {
			t.Fatal(err)
		}
		if got, err := d.Settings(as(t, d.dana)); err != nil || got != good {
			t.Errorf("settings %+v, %v; want %+v", got, err, good)
		}
		for field, change := range map[string]func(*store.Settings){
			"desk_name": func(s *store.Settings) { s.DeskName = " " }, "zone": func(s *store.Settings) { s.Zone = "Nowhere" },
			"default_effort_minutes": func(s *store.Settings) { s.DefaultEffortMinutes = 0 }, "margin_minutes": func(s *store.Settings) { s.MarginMinutes = -1 },
			"warn_minutes": func(s *store.Settings) { s.WarnMinutes = 1 << 30 }, "min_sample": func(s *store.Settings) { s.MinSample = 0 },
			"reopen_days": func(s *store.Settings) { s.ReopenDays = 366 }, "hold_seconds": func(s *store.Settings) { s.HoldSeconds = 61 },
		} {
			bad := good
			change(&bad)
			_, err := d.SaveSettings(admin, bad)
			wantCode(t, field, err, fault.CodeInvalid, field)
		}
		if _, err := d.SaveSettings(as(t, d.lea), good); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("a lead saves settings: %v", err)
		}
		log, err := d.AuditLog(admin, "", 1)
		if err != nil || len(log.Items) != 1 || log.Items[0].Act != "settings" || log.Items[0].Actor != "Ada Park" || !strings.Contains(log.Items[0].Detail, "margin_minutes: 0 → 30") {
			t.Errorf("audit: %+v, %v", log, err)
		}
		n := len(log.Items)
		for log.Next != "" {
			if log, err = d.AuditLog(admin, log.Next, 1); err != nil {
				t.Fatal(err)
			}
			n += len(log.Items)
		}
		if n != 5 { // set-up, three people, settings
			t.Errorf("%d audit rows, want 5", n)
		}
	})
}

// TestRowsByRole asks every use case of this noun as every role; the answer follows from the matrix.
func TestRowsByRole(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d staffed) {
		rows := []struct {
			name string
			p    person.Permission
			call func(who person.Person) error
		}{
			{"People", person.SeePeople, func(w person.Person) error { _, err := d.People(as(t, w), desk.ListPeople{}); return err }},
			{"Person", person.SeePeople, func(w person.Person) error { _, err := d.Person(as(t, w), d.ada.ID); return err }},
			{"Person (own)", person.SignedIn, func(w person.Person) error { _, err := d.Person(as(t, w), w.ID); return err }},
			{"AddPerson (requester)", person.EditClients, func(w person.Person) error {
				_, err := d.AddPerson(as(t, w), desk.AddPerson{Name: "New", Role: person.Requester})
				return err
			}},
			{"AddPerson (agent)", person.EditPeople, func(w person.Person) error {
				_, err := d.AddPerson(as(t, w), desk.AddPerson{Name: "New", Email: "new-by-" + string(w.Role) + "@example.com", Role: person.Agent})
				return err
			}},
			{"UpdatePerson", person.EditPeople, func(w person.Person) error {
				_, err := d.UpdatePerson(as(t, w), d.dana.ID, desk.UpdatePerson{Teams: &[]string{}})
				return err
			}},
			{"EnablePerson", person.EditPeople, func(w person.Person) error { _, err := d.EnablePerson(as(t, w), d.dana.ID); return err }},
			{"Sessions", person.EditPeople, func(w person.Person) error {
				if w.ID == d.ada.ID {
					_, err := d.Sessions(as(t, w), d.dana.ID)
					return err
				}
				_, err := d.Sessions(as(t, w), d.ada.ID)
				return err
			}},
			{"Tokens (own)", person.SignedIn, func(w person.Person) error { _, err := d.Tokens(as(t, w), 0); return err }},
			{"Teams", person.SeePeople, func(w person.Person) error { _, err := d.Teams(as(t, w)); return err }},
			{"AddTeam", person.EditPeople, func(w person.Person) error {
				_, err := d.AddTeam(as(t, w), desk.AddTeam{Name: "Team of " + w.Name})
				return err
			}},
			{"Clients", person.SeePeople, func(w person.Person) error { _, err := d.Clients(as(t, w), "", 0); return err }},
			{"AddClient", person.EditClients, func(w person.Person) error {
				_, err := d.AddClient(as(t, w), desk.AddClient{Name: "Client of " + w.Name})
				return err
			}},
			{"Settings", person.SeeTickets, func(w person.Person) error { _, err := d.Settings(as(t, w)); return err }},
			{"SaveSettings", person.EditSettings, func(w person.Person) error {
				_, err := d.SaveSettings(as(t, w), store.DefaultSettings())
				return err
			}},
			{"AuditLog", person.EditSettings, func(w person.Person) error { _, err := d.AuditLog(as(t, w), "", 0); return err }},
		}
		for _, r := range rows {
			for _, who := range []person.Person{d.ada, d.lea, d.dana, d.rita} {
				if err := r.call(who); who.Role.May(r.p) != (err == nil) || (err != nil && !fault.Is(err, fault.CodeForbidden)) {
					t.Errorf("%s as %s: %v; permission %s is %v", r.name, who.Role, err, r.p, who.Role.May(r.p))
				}
			}
			if err := r.call(person.Person{}); !fault.Is(err, fault.CodeUnauthenticated) {
				t.Errorf("%s as nobody: %v", r.name, err)
			}
		}
	})
}
