package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"firebreak/internal/clock"
	"firebreak/internal/desk"
	"firebreak/internal/live"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
	"firebreak/internal/web"
)

// site is a desk behind HTTP with one person of each role.
type site struct {
	t      *testing.T
	url    string
	desk   *desk.Desk
	clock  *clock.Manual
	tokens map[person.Role]string
	people map[person.Role]person.Person
}

func newSite(t *testing.T) *site {
	s, c := storetest.SQLite(t)
	return newSiteOn(t, s, c)
}

func newSiteOn(t *testing.T, s *store.Store, c *clock.Manual) *site {
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	d := desk.New(s, &live.Hub{}, nil, log)
	w, err := web.New(d, log, web.Options{Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(w.Handler())
	t.Cleanup(srv.Close)
	t.Cleanup(w.Close)
	x := &site{t: t, url: srv.URL, desk: d, clock: c, tokens: map[person.Role]string{}, people: map[person.Role]person.Person{}}
	ctx := desk.AsSystem(t.Context(), "cli", "test")
	for _, role := range person.Roles {
		p := person.Person{Name: "Test " + role.Word(), Email: string(role) + "@desk.example", Role: role}
		if err := s.Write(ctx, func(tx *store.Tx) error { return tx.AddPerson(ctx, &p) }); err != nil {
			t.Fatal(err)
		}
		secret, _, err := d.CreateToken(ctx, p.ID, "test", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		x.tokens[role], x.people[role] = secret, p
	}
	return x
}

// answer is a response read to its end.
type answer struct {
	*http.Response
	text string
}

func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(a.text), &v); err != nil {
		t.Fatalf("not JSON (%d): %s", a.StatusCode, a.text)
	}
	return v
}

// do sends a request as role ("" for nobody) without following redirects. A string body is JSON, url.Values a form.
func (x *site) do(role person.Role, method, path string, body any) answer {
	x.t.Helper()
	var r io.Reader
	contentType := ""
	switch b := body.(type) {
	case nil:
	case string:
		r, contentType = strings.NewReader(b), "application/json"
	case []byte:
		r, contentType = bytes.NewReader(b), "application/json"
	case url.Values:
		r, contentType = strings.NewReader(b.Encode()), "application/x-www-form-urlencoded"
	default:
		j, err := json.Marshal(b)
		if err != nil {
			x.t.Fatal(err)
		}
		r, contentType = bytes.NewReader(j), "application/json"
	}
	req, err := http.NewRequest(method, x.url+path, r)
	if err != nil {
		x.t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if role != "" {
		req.Header.Set("Authorization", "Bearer "+x.tokens[role])
	}
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Do(req)
	if err != nil {
		x.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	return answer{res, string(b)}
}

// open opens a ticket as an agent and gives its number.
func (x *site) open(fields map[string]any) int64 {
	x.t.Helper()
	if fields["subject"] == nil {
		fields["subject"] = "Extract stopped"
	}
	a := x.do(person.Agent, "POST", "/api/v1/tickets", fields)
	if a.StatusCode != http.StatusCreated {
		x.t.Fatalf("open: %d %s", a.StatusCode, a.text)
	}
	return int64(a.json(x.t)["number"].(float64))
}

func TestOpenTicketNamesTheFire(t *testing.T) {
	x := newSite(t)
	now := x.clock.Now()
	for _, c := range []struct {
		name, fire string
		fields     map[string]any
	}{
		{"no stakes", "match", map[string]any{}},
		{"one person, today", "match", map[string]any{"stakes": "person", "deadline": map[string]any{"at": now.Add(3 * time.Hour), "reason": "wants it", "said_by": "Kim"}}},
		{"a client in 60 hours", "house_fire", map[string]any{"stakes": "client", "deadline": map[string]any{"at": now.Add(60 * time.Hour), "reason": "the contract ends", "said_by": "Kim"}}},
		{"a client in an hour", "wildfire", map[string]any{"stakes": "client", "deadline": map[string]any{"at": now.Add(time.Hour), "reason": "trading opens"}}},
		{"spreading without a way around", "wildfire", map[string]any{"stakes": "company", "spreading": true}},
		{"a client, but nobody can say why", "match", map[string]any{"stakes": "client", "deadline": map[string]any{"at": now.Add(3 * time.Hour)}}},
	} {
		c.fields["subject"] = c.name
		a := x.do(person.Agent, "POST", "/api/v1/tickets", c.fields)
		v := a.json(t)
		if a.StatusCode != 201 || v["fire"] != c.fire || v["number"] == nil || len(v["fire_reasons"].([]any)) == 0 {
			t.Errorf("%s: %d %v, want %s", c.name, a.StatusCode, a.text, c.fire)
		}
	}
}

func TestBadInputNamesFieldAndRemedy(t *testing.T) {
	x := newSite(t)
	n := x.open(map[string]any{})
	long := strings.Repeat("x", 301)
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		field                    string
	}{
		{"subject missing", "POST", "/tickets", `{}`, 422, "subject"},
		{"subject empty", "POST", "/tickets", `{"subject":"  "}`, 422, "subject"},
		{"subject over-long", "POST", "/tickets", `{"subject":"` + long + `"}`, 422, "subject"},
		{"subject of wrong type", "POST", "/tickets", `{"subject":7}`, 422, "subject"},
		{"NUL", "POST", "/tickets", `{"subject":"a","body":"x\u0000y"}`, 422, "body"},
		{"broken UTF-8", "POST", "/tickets", "{\"subject\":\"a\",\"body\":\"x\xff\"}", 422, "body"},
		{"broken UTF-8 deep", "POST", "/tickets", "{\"subject\":\"a\",\"deadline\":{\"reason\":\"\xc3(\"}}", 422, "deadline.reason"},
		{"unknown stakes", "POST", "/tickets", `{"subject":"a","stakes":"galaxy"}`, 422, "stakes"},
		{"unknown field", "POST", "/tickets", `{"subject":"a","colour":"red"}`, 422, "colour"},
		{"deadline not a time", "POST", "/tickets", `{"subject":"a","deadline":{"at":"soon"}}`, 422, "deadline.at"},
		{"workaround not a bool", "POST", "/tickets", `{"subject":"a","workaround":"maybe"}`, 422, "workaround"},
		{"not JSON", "POST", "/tickets", `{"subject":`, 422, "body"},
		{"an array", "POST", "/tickets", `[]`, 422, "body"},
		{"limit too large", "GET", "/tickets?limit=9999", "", 422, "limit"},
		{"limit not a number", "GET", "/tickets?limit=many", "", 422, "limit"},
		{"unknown state", "GET", "/tickets?status=burning", "", 422, "status"},
		{"cursor of rubbish", "GET", "/tickets?cursor=rubbish", "", 422, "cursor"},
		{"number not a number", "GET", "/tickets/seven", "", 422, "number"},
		{"lower without reason", "POST", fmt.Sprintf("/tickets/%d/lower", n), `{}`, 409, "fire"},
		{"empty note", "POST", fmt.Sprintf("/tickets/%d/note", n), `{"body":""}`, 422, "body"},
		{"assign to nobody known", "POST", fmt.Sprintf("/tickets/%d/assign", n), `{"assignee":"Nemo"}`, 422, "assignee"},
		{"state that does not follow", "POST", fmt.Sprintf("/tickets/%d/status", n), `{"status":"closed"}`, 409, "status"},
	} {
		var body any
		if c.body != "" {
			body = []byte(c.body)
		}
		a := x.do(person.Agent, c.method, "/api/v1"+c.path, body)
		if a.StatusCode != c.status || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s: %d %s %s", c.name, a.StatusCode, a.Header.Get("Content-Type"), a.text)
			continue
		}
		v := a.json(t)
		if v["field"] != c.field || v["detail"] == "" || (v["hint"] == nil && c.status == 422) {
			t.Errorf("%s: field %v, want %s: %s", c.name, v["field"], c.field, a.text)
		}
	}
	if v := x.do(person.Agent, "GET", "/api/v1/tickets", nil).json(t); len(v["items"].([]any)) != 1 {
		t.Errorf("bad input left tickets behind: %v", v["items"])
	}
}

func TestCursorOfAnotherViewIsRefused(t *testing.T) {
	x := newSite(t)
	for range 5 {
		x.open(map[string]any{})
	}
	v := x.do(person.Agent, "GET", "/api/v1/tickets?limit=2&view=active", nil).json(t)
	next, _ := v["next"].(string)
	if next == "" {
		t.Fatal("no next")
	}
	if a := x.do(person.Agent, "GET", "/api/v1/tickets?limit=2&view=all&cursor="+next, nil); a.StatusCode != 422 || a.json(t)["field"] != "cursor" {
		t.Errorf("%d %s", a.StatusCode, a.text)
	}
	if a := x.do(person.Agent, "GET", "/api/v1/tickets?limit=2&view=active&cursor="+next, nil); a.StatusCode != 200 {
		t.Errorf("%d %s", a.StatusCode, a.text)
	}
}

func TestHTMLStaysText(t *testing.T) {
	x := newSite(t)
	evil := `<script>alert(1)</script><img src=x onerror=alert(2)> "'&`
	n := x.open(map[string]any{"subject": evil, "body": evil, "application": "App " + evil, "requester": evil, "tags": []string{evil},
		"deadline": map[string]any{"reason": evil, "said_by": evil, "consequence": evil}})
	x.do(person.Agent, "POST", fmt.Sprintf("/api/v1/tickets/%d/note", n), map[string]any{"body": evil})
	page := x.do(person.Agent, "GET", fmt.Sprintf("/tickets/%d", n), nil)
	if page.StatusCode != 200 || strings.Contains(page.text, "<script>alert") || strings.Contains(page.text, "<img src=x") {
		t.Errorf("%d: the page carries what was typed as markup", page.StatusCode)
	}
	if !strings.Contains(page.text, "&lt;script&gt;alert(1)") {
		t.Error("the text itself is gone")
	}
	if csp := page.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self'") || strings.Contains(csp, "unsafe-inline") {
		t.Errorf("policy: %s", csp)
	}
}

func TestPagesOfATicket(t *testing.T) {
	x := newSite(t)
	now := x.clock.Now()
	n := x.open(map[string]any{"subject": "Snapshot too old", "application": "Billing", "stakes": "client", "requester": "marta@northwind.example",
		"deadline": map[string]any{"at": now.Add(20 * time.Hour), "consequence": "the extract is late", "said_by": "Marta"}})
	for _, act := range []struct{ path, body string }{
		{"note", `{"body":"same as 3977"}`}, {"reply", `{"body":"We are on it.\n\n> quoted\n\nhttps://example.com/a?b=c.","status":"waiting"}`},
		{"raise", `{"reason":"second client"}`}, {"lower", `{"reason":"it was a test system"}`}, {"assign", `{"assignee":"me"}`},
		{"status", `{"status":"resolved","resolution":"Retention to 10,800"}`}, {"status", `{"status":"open","reason":"it came back"}`},
	} {
		if a := x.do(person.Agent, "POST", fmt.Sprintf("/api/v1/tickets/%d/%s", n, act.path), act.body); a.StatusCode >= 300 {
			t.Errorf("%s: %d %s", act.path, a.StatusCode, a.text)
		}
	}
	page := x.do(person.Agent, "GET", fmt.Sprintf("/tickets/%d", n), nil)
	for _, want := range []string{"Snapshot too old", "Private note", "never leaves the desk", "second client", "it came back", `href="https://example.com/a?b=c"`, "House fire"} {
		if !strings.Contains(page.text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if a := x.do(person.Agent, "GET", "/tickets/new", nil); a.StatusCode != 200 || !strings.Contains(a.text, "What happens at that minute?") {
		t.Errorf("new: %d", a.StatusCode)
	}
	form := url.Values{"form": {"open"}, "subject": {""}, "body": {"typed text stays"}, "stakes": {"client"}}
	if a := x.do(person.Agent, "POST", "/tickets", form); a.StatusCode != 422 || !strings.Contains(a.text, "typed text stays") || !strings.Contains(a.text, "must not be empty") {
		t.Errorf("a form with a fault: %d %s", a.StatusCode, a.text)
	}
	form.Set("subject", "By form")
	form.Set("deadline.at", "2026-12-01T06:00")
	if a := x.do(person.Agent, "POST", "/tickets", form); a.StatusCode != 303 || a.Header.Get("Location") != fmt.Sprintf("/tickets/%d", n+1) {
		t.Errorf("a good form: %d %s", a.StatusCode, a.text)
	}
	if a := x.do("", "GET", fmt.Sprintf("/tickets/%d", n), nil); a.StatusCode != 303 || !strings.HasPrefix(a.Header.Get("Location"), "/login?next=") {
		t.Errorf("nobody: %d %s", a.StatusCode, a.Header.Get("Location"))
	}
	if a := x.do(person.Requester, "GET", fmt.Sprintf("/tickets/%d", n), nil); a.StatusCode != 403 {
		t.Errorf("requester: %d", a.StatusCode)
	}
}

func TestSpecDescribesItself(t *testing.T) {
	x := newSite(t)
	a := x.do("", "GET", "/api/openapi.json", nil)
	if a.StatusCode != 200 || a.json(t)["openapi"] != "3.1.0" {
		t.Errorf("%d %.200s", a.StatusCode, a.text)
	}
}

func TestRequesterSeesNothingOfTheDesk(t *testing.T) {
	x := newSite(t)
	a := x.do(person.Requester, "POST", "/api/v1/tickets", map[string]any{"subject": "mine", "stakes": "client"})
	if a.StatusCode != 201 {
		t.Fatal(a.text)
	}
	n := int64(a.json(t)["number"].(float64))
	for path, body := range map[string]string{"note": `{"body":"zebra note"}`, "assign": `{"assignee":"me"}`} {
		if a := x.do(person.Agent, "POST", fmt.Sprintf("/api/v1/tickets/%d/%s", n, path), body); a.StatusCode >= 300 {
			t.Fatal(a.text)
		}
	}
	raised := x.do(person.Requester, "POST", fmt.Sprintf("/api/v1/tickets/%d/raise", n), `{}`)
	if raised.StatusCode != 200 || raised.json(t)["fire"] != "house_fire" {
		t.Errorf("raising: %d %s", raised.StatusCode, raised.text)
	}
	for _, text := range []string{a.text, raised.text} {
		for _, private := range []string{"zebra", "assignee", "fire_reasons", "tags", "level\":\"L1"} {
			if strings.Contains(text, private) {
				t.Errorf("a requester reads %q in %s", private, text)
			}
		}
	}
	for _, path := range []string{"", "/timeline"} {
		if a := x.do(person.Requester, "GET", fmt.Sprintf("/api/v1/tickets/%d%s", n, path), nil); a.StatusCode != 403 {
			t.Errorf("GET %s: %d", path, a.StatusCode)
		}
	}
	other := x.open(map[string]any{})
	for _, act := range []string{"raise", "reply"} {
		if a := x.do(person.Requester, "POST", fmt.Sprintf("/api/v1/tickets/%d/%s", other, act), `{"body":"x"}`); a.StatusCode != 404 && a.StatusCode != 422 {
			t.Errorf("%s on somebody else's ticket: %d %s", act, a.StatusCode, a.text)
		}
	}
}
