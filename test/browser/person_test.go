package browser

import (
	"log/slog"
	"net/http/httptest"
	"testing"

	"firebreak/internal/clock"
	"firebreak/internal/demo"
	"firebreak/internal/desk"
	"firebreak/internal/id"
	"firebreak/internal/live"
	"firebreak/internal/store"
	"firebreak/internal/web"
)

// personPages are the pages of people, teams, clients, accounts and settings.
func personPages(t *testing.T, x *site) []page {
	t.Helper()
	system := desk.AsSystem(t.Context(), "cli", "test")
	byMail := func(email string) id.ID {
		p, err := x.desk.People(system, desk.ListPeople{Q: email})
		if err != nil || len(p.Items) != 1 {
			t.Fatal(email, p, err)
		}
		return p.Items[0].ID
	}
	teams, err := x.desk.Teams(system)
	if err != nil || len(teams.Items) == 0 {
		t.Fatal(teams, err)
	}
	clients, err := x.desk.Clients(system, "", 0)
	if err != nil || len(clients.Items) == 0 {
		t.Fatal(clients, err)
	}
	team, client := "/teams/"+teams.Items[0].ID.String(), "/clients/"+clients.Items[0].ID.String()
	return []page{
		{"login", "", "/login"},
		{"people", alex, "/people"},
		{"people-agent", dana, "/people?q=dana"},
		{"people-nobody", alex, "/people?q=zzzz"},
		{"people-disabled", alex, "/people?disabled=true"},
		{"requesters", alex, "/people?role=requester"},
		{"person-new", alex, "/people/new"},
		{"person", alex, "/people/" + byMail(dana).String()},
		{"person-agent", dana, "/people/" + byMail(marta).String()},
		{"teams", alex, "/teams"},
		{"team", alex, team},
		{"team-agent", dana, team},
		{"clients", alex, "/clients"},
		{"client", alex, client},
		{"account", dana, "/account"},
		{"account-requester", marta, "/account"},
		{"settings", alex, "/settings"},
		{"audit", alex, "/settings/audit"},
	}
}

// TestSignInByKeyboard goes through the door with nothing but keys, once with a wrong password.
func TestSignInByKeyboard(t *testing.T) {
	x := newSite(t)
	b := browse(t, x, "")
	b.look(1440, 1000, "light")
	b.visit(x.url + "/people?q=dana")
	b.until("the door is reached", `location.pathname === "/login"`)
	b.until("the address has the focus", `document.activeElement.name === "email"`)
	b.keys(dana, "\t", "not the password", "\r")
	b.until("the refusal is shown", `document.querySelector(".errors")`)
	b.accessible("login refused")
	if typed := eval[string](b, `document.querySelector("[name=email]").value`); typed != dana {
		t.Errorf("the address that was typed is lost: %q", typed)
	}
	b.shot("login-refused-light")
	eval[bool](b, `document.querySelector("[name=password]").focus(), true`)
	b.keys(demo.Password, "\r")
	b.until("the wanted page is reached", `location.pathname === "/people" && location.search === "?q=dana"`)
	b.clean("sign in")
}

// TestAddPersonByKeyboard adds somebody, first with a mistake, without a mouse.
func TestAddPersonByKeyboard(t *testing.T) {
	x := newSite(t)
	b := browse(t, x, alex)
	b.look(1440, 1000, "light")
	b.visit(x.url + "/people")
	b.keys("a")
	b.until("the form is there", `location.pathname === "/people/new"`)
	b.until("the name has the focus", `document.activeElement.name === "name"`)
	b.keys("Noor Haddad", "\t", "noor@desk.example", "\t", "\t", "short", "\r")
	b.until("the mistake is shown", `document.querySelector("#person_new-password-e")`)
	b.accessible("person-new refused")
	b.shot("person-new-refused-light")
	eval[bool](b, `document.querySelector("[name=password]").focus(), true`)
	b.keys("four words that are long", "\r")
	b.until("the person is there", `document.querySelector("h1")?.textContent === "Noor Haddad"`)
	b.clean("add person")
}

// TestSetUpByKeyboard makes the first admin of a new desk.
func TestSetUpByKeyboard(t *testing.T) {
	c := clock.NewManual(present)
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Clock: c.Now, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	d := desk.New(s, &live.Hub{}, nil, slog.New(slog.DiscardHandler))
	w, err := web.New(d, slog.New(slog.DiscardHandler), web.Options{Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(w.Handler())
	t.Cleanup(srv.Close)
	t.Cleanup(w.Close)
	x := &site{url: srv.URL, desk: d, clock: c}
	b := browse(t, x, "")
	for _, scheme := range []string{"dark", "light"} {
		b.look(1440, 1000, scheme)
		b.visit(x.url + "/")
		b.until("the set-up is reached", `location.pathname === "/setup"`)
		b.accessible("setup " + scheme)
		b.shot("setup-" + scheme)
	}
	b.until("the name has the focus", `document.activeElement.name === "name"`)
	b.keys("Ada Park", "\t", "ada@example.com", "\t", "a long enough pass phrase", "\t", "Night desk", "\r")
	b.until("the desk is reached", `location.pathname === "/inbox" && document.title.includes("Night desk")`)
	b.visit(x.url + "/people")
	b.accessible("people of a new desk")
	b.shot("people-new-desk-light")
}
