package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"firebreak/client"
	"firebreak/internal/catalog"
	"firebreak/internal/clock"
	"firebreak/internal/desk"
	"firebreak/internal/live"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
	"firebreak/internal/ticket"
	"firebreak/internal/web"
)

// each runs fn against a real server on each engine, as an admin.
func each(t *testing.T, fn func(t *testing.T, c *client.Client, url string)) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Manual) {
		log := slog.New(slog.DiscardHandler)
		d := desk.New(s, &live.Hub{}, nil, log)
		w, err := web.New(d, log, web.Options{Version: "test"})
		if err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewServer(w.Handler())
		t.Cleanup(srv.Close)
		ctx := desk.AsSystem(t.Context(), "cli", "test")
		p, err := d.AddPerson(ctx, desk.AddPerson{Email: "mara@desk.example", Name: "Mara Lind", Role: person.Admin})
		if err != nil {
			t.Fatal(err)
		}
		secret, _, err := d.CreateToken(ctx, p.ID, "test", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		fn(t, client.New(srv.URL+"/", secret), srv.URL)
	})
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestWorkingATicket(t *testing.T) {
	each(t, func(t *testing.T, c *client.Client, _ string) {
		ctx := t.Context()
		tk := must[client.Ticket](t)
		at := storetest.Start.Add(30 * time.Hour)
		opened := tk(c.OpenTicket(ctx, client.OpenTicket{Subject: "Invoices do not print", Body: "Since <b>today</b> & “now”.", Application: "Billing", Stakes: client.StakesClient,
			Deadline: client.StatedDeadline{At: at, SaidBy: "Rui", Reason: "the post leaves", Consequence: "4,000 invoices are late"}, Tags: []string{"print", "month-end"}}))
		if opened.Number != 1 || opened.Fire != client.HouseFire || len(opened.FireReasons) == 0 || !opened.Deadline.At.Equal(at) || !opened.TurnsAt.Equal(at.Add(-4*time.Hour)) {
			t.Errorf("opened %+v", opened)
		}
		if opened.Body != "Since <b>today</b> & “now”." || !slices.Equal(opened.Tags, []string{"month-end", "print"}) || opened.Requester != "Mara Lind" {
			t.Errorf("opened %+v", opened)
		}
		if got := tk(c.Assign(ctx, 1, "me")); got.Assignee != "Mara Lind" || got.Status != client.StatusOpen {
			t.Errorf("assigned %+v", got)
		}
		if got := tk(c.Raise(ctx, 1, "", "they called")); got.Fire != client.Wildfire || got.SetByHand == nil || got.SetByHand.By != "Mara Lind" || got.SetByHand.Base != client.HouseFire {
			t.Errorf("raised %+v", got.SetByHand)
		}
		if got := tk(c.Lower(ctx, 1, client.HouseFire, "tomorrow will do")); got.Fire != client.HouseFire || got.SetByHand.Reason != "tomorrow will do" {
			t.Errorf("lowered %+v", got)
		}
		note := must[client.Entry](t)(c.Note(ctx, 1, "900 jobs in the spooler"))
		reply := must[client.Entry](t)(c.Reply(ctx, 1, "We are on it.", client.StatusWaiting))
		if note.Public || !reply.Public || reply.Ticket != 1 {
			t.Errorf("note %+v, reply %+v", note, reply)
		}
		if got := tk(c.EditTicket(ctx, 1, client.EditTicket{Subject: new("Invoices print blank"), Stakes: new(client.StakesPerson)})); got.Subject != "Invoices print blank" || got.Fire != client.Match {
			t.Errorf("edited: %s, %s", got.Subject, got.Fire)
		}
		if got := tk(c.Resolve(ctx, 1, "restarted")); got.Status != client.StatusResolved || got.Resolution != "restarted" || got.ResolvedAt.IsZero() {
			t.Errorf("resolved %+v", got)
		}
		if got := tk(c.Judge(ctx, 1, false)); got.Deadline.Real == nil || *got.Deadline.Real {
			t.Errorf("judged %+v", got.Deadline)
		}
		tl := must[client.Timeline](t)(c.Timeline(ctx, 1, ""))
		var kinds []string
		for _, i := range tl.Items {
			if i.Entry != nil {
				kinds = append(kinds, i.Entry.Kind)
			} else if i.Event.Actor != "Mara Lind" || i.Event.Via != "api" {
				t.Errorf("event %+v", i.Event)
			}
		}
		if !slices.Equal(kinds, []string{"note", "reply"}) {
			t.Errorf("entries %v", kinds)
		}
		found := must[client.FoundPage](t)(c.Search(ctx, "spooler", 0)).Items
		if len(found) != 1 || found[0].Number != 1 || found[0].Kind != "ticket" {
			t.Errorf("found %+v", found)
		}
	})
}

func TestListsAndPages(t *testing.T) {
	each(t, func(t *testing.T, c *client.Client, _ string) {
		ctx := t.Context()
		for i := range 7 {
			if _, err := c.OpenTicket(ctx, client.OpenTicket{Subject: fmt.Sprint("Ticket ", i), Stakes: client.StakesPerson, Spreading: i%2 == 0}); err != nil {
				t.Fatal(err)
			}
		}
		seen := map[int64]bool{}
		for tk, err := range c.AllTickets(ctx, client.ListTickets{View: "all", Limit: 2}) {
			if err != nil {
				t.Fatal(err)
			}
			if seen[tk.Number] {
				t.Errorf("ticket %d came twice", tk.Number)
			}
			seen[tk.Number] = true
		}
		if len(seen) != 7 {
			t.Errorf("%d tickets, want 7", len(seen))
		}
		page, err := c.Tickets(ctx, client.ListTickets{Fire: []client.Fire{client.Wildfire}, Status: []client.Status{client.StatusNew, client.StatusOpen}})
		if err != nil || len(page.Items) != 4 {
			t.Errorf("%d wildfires, %v; want 4", len(page.Items), err)
		}
		first, err := c.Tickets(ctx, client.ListTickets{View: "all", Limit: 2})
		if err != nil || first.Next == "" {
			t.Fatal(first.Next, err)
		}
		_, err = c.Tickets(ctx, client.ListTickets{View: "fires", Limit: 2, Cursor: first.Next})
		want(t, err, client.CodeInvalid, "cursor", 422)
	})
}

// want checks an error's code, field and status, and that it helps.
func want(t *testing.T, err error, code client.Code, field string, status int) {
	t.Helper()
	var e *client.Error
	if !errors.As(err, &e) {
		t.Errorf("got %v, want a *client.Error", err)
		return
	}
	if e.Code != code || e.Field != field || e.Status != status || e.Message == "" || e.Hint == "" {
		t.Errorf("got %+v; want %s, field %q, status %d, with a message and a hint", e, code, field, status)
	}
}

func TestRefusals(t *testing.T) {
	each(t, func(t *testing.T, c *client.Client, url string) {
		ctx := t.Context()
		_, err := c.OpenTicket(ctx, client.OpenTicket{Stakes: client.StakesTeam})
		want(t, err, client.CodeInvalid, "subject", 422)
		_, err = c.OpenTicket(ctx, client.OpenTicket{Subject: strings.Repeat("x", 301), Body: "a\x00b", Stakes: client.StakesTeam})
		want(t, err, client.CodeInvalid, "subject", 422)
		if e := new(client.Error); errors.As(err, &e) && (len(e.More) != 1 || e.More[0].Field != "body" || !strings.Contains(e.Error(), "body: ")) {
			t.Errorf("further faults %+v in %q", e.More, e.Error())
		}
		_, err = c.OpenTicket(ctx, client.OpenTicket{Subject: "ok", Tags: []string{"fine", "caf\xe9"}})
		want(t, err, client.CodeInvalid, "tags[1]", 0)
		_, err = c.OpenTicket(ctx, client.OpenTicket{Subject: "ok", Deadline: client.StatedDeadline{Reason: "\xff"}})
		want(t, err, client.CodeInvalid, "deadline.reason", 0)
		_, err = c.Ticket(ctx, 4711)
		want(t, err, client.CodeNotFound, "", 404)
		if _, err := c.OpenTicket(ctx, client.OpenTicket{Subject: "One", Stakes: client.StakesPerson}); err != nil {
			t.Fatal(err)
		}
		_, err = c.Lower(ctx, 1, "", "calm already")
		want2(t, err, client.CodeConflict, "fire")
		_, err = c.Move(ctx, 1, client.Move{Status: client.StatusClosed})
		want(t, err, client.CodeConflict, "status", 409)
		_, err = client.New(url, "fb_wrong").Tickets(ctx, client.ListTickets{})
		want(t, err, client.CodeUnauthenticated, "", 401)
		_, err = client.New(url, "").Me(ctx)
		want(t, err, client.CodeUnauthenticated, "", 401)
	})
}

// want2 is want without a look at the hint.
func want2(t *testing.T, err error, code client.Code, field string) {
	t.Helper()
	var e *client.Error
	if !errors.As(err, &e) || e.Code != code || e.Field != field {
		t.Errorf("got %+v; want %s in %q", err, code, field)
	}
}

func TestCatalogueAndPeople(t *testing.T) {
	each(t, func(t *testing.T, c *client.Client, _ string) {
		ctx := t.Context()
		me := must[client.Person](t)(c.Me(ctx))
		if me.Name != "Mara Lind" || me.Role != "admin" {
			t.Errorf("me %+v", me)
		}
		p := must[client.Person](t)(c.AddPerson(ctx, client.AddPerson{Email: "ivo@desk.example", Name: "Ivo Brandt", Role: "agent", Zone: "Europe/Berlin"}))
		if got := must[client.Person](t)(c.Person(ctx, p.ID)); got.Email != "ivo@desk.example" || got.HasPassword {
			t.Errorf("person %+v", got)
		}
		page := must[client.PersonPage](t)(c.People(ctx, client.ListPeople{Role: []string{"agent", "lead"}}))
		if len(page.Items) != 1 || page.Items[0].ID != p.ID {
			t.Errorf("people %+v", page)
		}
		_, err := c.AddPerson(ctx, client.AddPerson{Email: "ivo@desk.example", Name: "Ivo again", Role: "agent"})
		if e := new(client.Error); !errors.As(err, &e) || e.Code != client.CodeConflict {
			t.Errorf("the same address twice: %v", err)
		}
		a := must[client.Application](t)(c.AddApplication(ctx, client.AddApplication{Name: "Billing Extract", Primary: "me", Secondary: "Ivo Brandt"}))
		if a.Slug != "billing-extract" || a.Secondary != "Ivo Brandt" {
			t.Errorf("application %+v", a)
		}
		if got := must[client.Application](t)(c.Application(ctx, "Billing Extract")); got.ID != a.ID {
			t.Errorf("by name: %+v", got)
		}
		apps := must[client.ApplicationPage](t)(c.Applications(ctx, client.ListApplications{Q: "extract"}))
		if len(apps.Items) != 1 {
			t.Errorf("applications %+v", apps)
		}
	})
}

func TestEvidence(t *testing.T) {
	each(t, func(t *testing.T, c *client.Client, _ string) {
		ctx := t.Context()
		must[client.Ticket](t)(c.OpenTicket(ctx, client.OpenTicket{Subject: "One", Stakes: client.StakesPerson}))
		q := must[client.Entry](t)(c.AddEntry(ctx, 1, client.NewEntry{Kind: "sql", Statement: "select 1", Result: map[string]any{"columns": []string{"n"}, "rows": [][]any{{1}}}}))
		if q.Kind != "sql" || q.Public {
			t.Errorf("sql %+v", q)
		}
		text := strings.Repeat("2026-11-30T14:00:00Z ERROR cannot connect\n", 5000)
		e := must[client.Entry](t)(c.UploadEvidence(ctx, 1, client.Evidence{Name: "app.log", Title: "the morning", Body: "from app1", File: strings.NewReader(text)}))
		if e.Kind != "log" || e.Title != "the morning" || len(e.Files) == 0 || e.Files[0].Size != int64(len(text)) {
			t.Errorf("file %+v", e)
		}
		r := must[io.ReadCloser](t)(c.File(ctx, e.ID, "main"))
		defer r.Close()
		if got, err := io.ReadAll(r); err != nil || string(got) != text {
			t.Errorf("%d bytes came back, %v; sent %d", len(got), err, len(text))
		}
		_, err := c.File(ctx, e.ID, "nonsense")
		if e := new(client.Error); !errors.As(err, &e) || e.Code != client.CodeNotFound {
			t.Errorf("a role that is not there: %v", err)
		}
		_, err = c.UploadEvidence(ctx, 4711, client.Evidence{Name: "x", File: strings.NewReader("x")})
		if e := new(client.Error); !errors.As(err, &e) || e.Code != client.CodeNotFound {
			t.Errorf("a ticket that is not there: %v", err)
		}
	})
}

// flaky loses answers: the request arrives, the connection breaks before the answer comes.
type flaky struct {
	lose  atomic.Int64
	calls atomic.Int64
}

func (f *flaky) RoundTrip(r *http.Request) (*http.Response, error) {
	f.calls.Add(1)
	res, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && f.lose.Add(-1) >= 0 {
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
		return nil, errors.New("connection reset by peer")
	}
	return res, err
}

func TestLostAnswersOpenOneTicket(t *testing.T) {
	each(t, func(t *testing.T, c *client.Client, _ string) {
		ctx := t.Context()
		f := &flaky{}
		c.HTTP = &http.Client{Transport: f}
		f.lose.Store(2)
		tk, err := c.OpenTicket(ctx, client.OpenTicket{Subject: "Once", Stakes: client.StakesPerson})
		if err != nil || tk.Number != 1 || f.calls.Load() != 3 {
			t.Fatalf("ticket %d after %d calls, %v", tk.Number, f.calls.Load(), err)
		}
		f.lose.Store(1)
		page, err := c.Tickets(ctx, client.ListTickets{View: "all"})
		if err != nil || len(page.Items) != 1 {
			t.Errorf("%d tickets, %v; want exactly one", len(page.Items), err)
		}
		// What is not safe to repeat is not repeated.
		f.lose.Store(1)
		f.calls.Store(0)
		_, err = c.Note(ctx, 1, "written once")
		want(t, err, client.CodeUnavailable, "", 0)
		if f.calls.Load() != 1 {
			t.Errorf("a note was sent %d times", f.calls.Load())
		}
		f.lose.Store(9)
		_, err = c.Tickets(ctx, client.ListTickets{})
		want(t, err, client.CodeUnavailable, "", 0)
	})
}

func TestNotADesk(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/v1/tickets/1":
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<h1>Welcome</h1>")
		case "/api/v1/tickets/2":
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"number":"two"}`)
		case "/api/v1/tickets/3":
			http.Error(w, "too much", http.StatusRequestEntityTooLarge)
		default:
			http.Error(w, "bad gateway", http.StatusBadGateway)
		}
	}))
	defer srv.Close()
	c := client.New(srv.URL, "t")
	_, err := c.Ticket(t.Context(), 1)
	want(t, err, client.CodeUnavailable, "", 200)
	_, err = c.Ticket(t.Context(), 2)
	want(t, err, client.CodeInternal, "", 200)
	_, err = c.Ticket(t.Context(), 3)
	want(t, err, client.CodeTooLarge, "", 413)
	_, err = c.Ticket(t.Context(), 4)
	want(t, err, client.CodeUnavailable, "", 502)
	_, err = client.New("::nonsense", "t").Me(t.Context())
	want(t, err, client.CodeInvalid, "server", 0)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Me(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestTypesHoldWhatTheDeskSends compares the client's types with those the desk answers with, by their JSON names.
func TestTypesHoldWhatTheDeskSends(t *testing.T) {
	leftOut := map[string][]string{
		"Ticket": {"application_id", "team_id", "client_id", "warn_at", "warned_at", "effort_from"}, "Deadline": {"judged_at", "judged_by"},
		"Attachment": {"entry_id"}, "Event": {"ticket", "actor_id", "ref"}, "Person": {"client_id", "prefs"}, "TeamRef": {},
		"Application": {"team_id", "primary_id", "secondary_id"}, "Environment": {"application_id"}, "Host": {"environment_id"}, "Load": {}, "MirrorResult": {"phase"},
	}
	for _, pair := range [][2]reflect.Type{
		{reflect.TypeFor[ticket.Ticket](), reflect.TypeFor[client.Ticket]()}, {reflect.TypeFor[ticket.Deadline](), reflect.TypeFor[client.Deadline]()},
		{reflect.TypeFor[ticket.Entry](), reflect.TypeFor[client.Entry]()}, {reflect.TypeFor[ticket.Event](), reflect.TypeFor[client.Event]()},
		{reflect.TypeFor[ticket.Attachment](), reflect.TypeFor[client.Attachment]()}, {reflect.TypeFor[person.Person](), reflect.TypeFor[client.Person]()},
		{reflect.TypeFor[catalog.Application](), reflect.TypeFor[client.Application]()}, {reflect.TypeFor[catalog.Environment](), reflect.TypeFor[client.Environment]()},
		{reflect.TypeFor[catalog.Host](), reflect.TypeFor[client.Host]()}, {reflect.TypeFor[desk.SearchItem](), reflect.TypeFor[client.Found]()}, {reflect.TypeFor[desk.SearchPage](), reflect.TypeFor[client.FoundPage]()},
		{reflect.TypeFor[desk.OpenTicket](), reflect.TypeFor[client.OpenTicket]()}, {reflect.TypeFor[desk.TicketEdit](), reflect.TypeFor[client.EditTicket]()},
		{reflect.TypeFor[desk.MoveTicket](), reflect.TypeFor[client.Move]()},
		{reflect.TypeFor[desk.MirrorSite](), reflect.TypeFor[client.MirrorSite]()}, {reflect.TypeFor[desk.MirrorHit](), reflect.TypeFor[client.MirrorHit]()},
		{reflect.TypeFor[desk.MirrorQuestion](), reflect.TypeFor[client.MirrorQuestion]()}, {reflect.TypeFor[desk.MirrorAnswer](), reflect.TypeFor[client.MirrorAnswer]()},
		{reflect.TypeFor[desk.MirrorResult](), reflect.TypeFor[client.MirrorResult]()}, {reflect.TypeFor[desk.RemovedMirror](), reflect.TypeFor[client.RemovedMirror]()},
	} {
		have := names(pair[1])
		for _, n := range names(pair[0]) {
			if !slices.Contains(have, n) && !slices.Contains(leftOut[pair[0].Name()], n) {
				t.Errorf("%s has no %q of the desk's %s", pair[1], n, pair[0])
			}
		}
	}
}

func names(t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		if n, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); n != "" && n != "-" {
			out = append(out, n)
		}
	}
	return out
}
