package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"firebreak/internal/desk"
	"firebreak/internal/live"
	"firebreak/internal/person"
	"firebreak/internal/store/storetest"
)

// site is a desk served over HTTP, seen by one browser.
type site struct {
	t       *testing.T
	desk    *desk.Desk
	url     string
	browser *http.Client
}

func newSite(t *testing.T) *site {
	s, _ := storetest.SQLite(t)
	d := desk.New(s, &live.Hub{}, nil, slog.New(slog.DiscardHandler))
	srv, err := New(d, slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})), Options{Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(srv.Handler())
	t.Cleanup(ts.Close)
	return &site{t: t, desk: d, url: ts.URL, browser: newBrowser(t)}
}

func newBrowser(t *testing.T) *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (s *site) do(method, path string, body io.Reader, header ...string) (int, string, http.Header) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.url+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := s.browser.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, string(b), res.Header
}

// get reads a page that must be there and hold the words.
func (s *site) get(path string, words ...string) string {
	s.t.Helper()
	status, body, h := s.do("GET", path, nil)
	if status != 200 {
		s.t.Fatalf("GET %s: %d %s %s", path, status, h.Get("Location"), body)
	}
	s.holds(path, body, words...)
	return body
}

func (s *site) holds(what, body string, words ...string) {
	s.t.Helper()
	for _, w := range words {
		if !strings.Contains(body, w) {
			s.t.Errorf("%s does not hold %q:\n%s", what, w, body[strings.Index(body, "<main")+1:])
		}
	}
}

// post sends a form; it gives where it leads, or the page when it fails.
func (s *site) post(path string, want int, form ...string) (to, body string) {
	s.t.Helper()
	v := url.Values{}
	for i := 0; i < len(form); i += 2 {
		v.Add(form[i], form[i+1])
	}
	status, body, h := s.do("POST", path, strings.NewReader(v.Encode()), "Content-Type", "application/x-www-form-urlencoded")
	if status != want {
		s.t.Fatalf("POST %s: %d to %s, want %d:\n%s", path, status, h.Get("Location"), want, body)
	}
	return h.Get("Location"), body
}

const sitePassword = "a long enough pass phrase"

func (s *site) setUp() {
	s.t.Helper()
	s.post("/setup", 303, "name", "Ada Park", "email", "ada@example.com", "password", sitePassword, "desk_name", "Night desk")
}

func TestFirstVisitSetsTheDeskUp(t *testing.T) {
	s := newSite(t)
	if status, _, h := s.do("GET", "/people", nil); status != 303 || h.Get("Location") != "/login?next=%2Fpeople" {
		t.Errorf("a page without a session: %d to %q", status, h.Get("Location"))
	}
	if _, _, h := s.do("GET", "/login", nil); h.Get("Location") != "/setup" {
		t.Errorf("a new desk's door leads to %q", h.Get("Location"))
	}
	s.get("/setup", `name="desk_name"`, `autocomplete="new-password"`)
	_, body := s.post("/setup", 422, "form", "setup", "name", "Ada <b>Park", "email", "nope", "password", "short")
	s.holds("the form once more", body, `value="Ada &lt;b&gt;Park"`, `id="setup-email-e"`, `aria-invalid="true"`, `href="#setup-password"`, "needs at least 12")
	if strings.Contains(body, "short\"") {
		t.Error("the password is sent back")
	}
	s.setUp()
	s.get("/people", "Ada Park", "Night desk", `data-toast="The desk is yours`)
	if _, _, h := s.do("GET", "/setup", nil); h.Get("Location") != "/" {
		t.Errorf("the set-up of a desk that is set up leads to %q", h.Get("Location"))
	}
	s.post("/setup", 409, "name", "Eve", "email", "eve@example.com", "password", sitePassword)
}

func TestSignInPage(t *testing.T) {
	s := newSite(t)
	s.setUp()
	s.browser = newBrowser(t)
	s.get("/login?next=/people", `value="/people"`)
	_, body := s.post("/login", 401, "email", "ada@example.com", "password", "wrong wrong wrong", "next", "/people")
	s.holds("the refusal", body, "The e-mail address or the password is wrong.", `value="ada@example.com"`, `value="/people"`)
	for next, want := range map[string]string{"/people?q=a": "/people?q=a", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/", "": "/"} {
		to, _ := s.post("/login", 303, "email", "ada@example.com", "password", sitePassword, "next", next)
		if to != want {
			t.Errorf("next=%q leads to %q, want %q", next, to, want)
		}
	}
	u, _ := url.Parse(s.url)
	status, _, h := s.do("POST", "/login", strings.NewReader(url.Values{"email": {"ada@example.com"}, "password": {sitePassword}}.Encode()), "Content-Type", "application/x-www-form-urlencoded")
	cookie := h.Get("Set-Cookie")
	if status != 303 || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") {
		t.Errorf("session cookie %q", cookie)
	}
	before := s.browser.Jar.Cookies(u)
	to, _ := s.post("/logout", 303)
	if to != "/login" {
		t.Errorf("signing out leads to %q", to)
	}
	s.browser.Jar.SetCookies(u, before) // the cookie from before is worth nothing
	if status, _, _ := s.do("GET", "/account", nil); status != 303 {
		t.Errorf("the old cookie still opens the account: %d", status)
	}
	status, _, _ = s.do("POST", "/login", strings.NewReader("email=a"), "Content-Type", "application/x-www-form-urlencoded", "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
	if status != 403 {
		t.Errorf("a form from another site: %d", status)
	}
}

func TestPeoplePages(t *testing.T) {
	s := newSite(t)
	s.setUp()
	to, _ := s.post("/clients", 303, "name", "Northwind", "domain", "northwind.example")
	s.get(to, "Northwind", "Nobody yet")
	team, _ := s.post("/teams", 303, "name", "Billing", "description", "invoices")
	teamID := strings.TrimPrefix(team, "/teams/")
	_, body := s.post("/people", 422, "form", "person_new", "name", "Dana <i>", "email", "x", "role", "agent", "teams", teamID, "password", "short")
	s.holds("the form once more", body, `value="Dana &lt;i&gt;"`, `id="person_new-email-e"`, `value="`+teamID+`" checked`, "needs at least 12")
	dana, _ := s.post("/people", 303, "form", "person_new", "name", "Dana Reyes", "email", "dana@example.com", "role", "agent", "teams", teamID, "password", sitePassword)
	s.get(dana, "Dana Reyes", "Billing", "Disable Dana Reyes", `value="`+teamID+`" checked`)
	s.get("/people", "Dana Reyes", "Ada Park")
	if body := s.get("/people?q=dana"); strings.Contains(body, "ada@example.com") {
		t.Error("the search finds everybody")
	}
	s.get("/people?q=zzz", "Nobody fits")
	s.get("/people?role=requester", "Nobody here yet")
	s.get("/teams", "Dana Reyes", "invoices")
	s.post(team, 303, "form", "team", "name", "Billing", "description", "invoices", "members", "")
	s.get("/teams", "nobody yet")
	s.post(dana, 303, "form", "person", "name", "Dana R.", "email", "dana@example.com", "role", "lead", "client", "", "phone", "+49 30 1", "zone", "Europe/Berlin", "teams", "", "teams", teamID)
	s.get(dana, "Dana R.", "Lead", "49 30 1", "Europe/Berlin", "Billing")
	s.post(dana, 303, "form", "person", "phone", "") // a field that was emptied is emptied
	if body := s.get(dana, "Dana R."); strings.Contains(body, "49 30 1") {
		t.Error("the phone number stayed")
	}
	_, body = s.post(dana, 422, "form", "person", "zone", "Nowhere")
	s.holds("the wrong zone", body, `id="person-zone-e"`, "not known")
	s.post(dana+"/password", 422, "form", "setpassword", "password", "short")
	s.post(dana+"/password", 303, "form", "setpassword", "password", "another four long words")
	s.post(dana+"/disable", 303)
	s.get(dana, "disabled", "Let Dana R. in again", `data-undo-url="`+dana+`/enable"`)
	s.get("/people?disabled=true", "Dana R.")
	s.post(dana+"/enable", 303)
	s.get("/settings/audit", "person.disable", "client.add", "Ada Park")
	for _, path := range []string{"/people/0000000000001", "/people/nonsense", "/teams/0000000000001", "/clients/0000000000001", "/people?cursor=x", "/people?role=owner", "/people?limit=100000", "/people?q=%ff"} {
		if status, body, _ := s.do("GET", path, nil); status != 404 && status != 422 {
			t.Errorf("GET %s: %d\n%s", path, status, body)
		}
	}
}

func TestAccountPage(t *testing.T) {
	s := newSite(t)
	s.setUp()
	s.post("/account", 303, "form", "look", "theme", "dark", "density", "comfortable")
	s.get("/account", `data-theme="dark" data-density="comfortable"`, "this browser", `name="current"`)
	_, body := s.post("/account/tokens", 200, "form", "token", "name", "nightly export", "expires_at", "")
	i := strings.Index(body, "fb_")
	if i < 0 {
		t.Fatalf("no token is shown:\n%s", body)
	}
	secret := body[i : i+46]
	if body := s.get("/account", "nightly export", secret[42:]); strings.Contains(body, secret) {
		t.Error("the token is shown a second time")
	}
	_, body = s.post("/account/tokens", 422, "form", "token", "name", "", "expires_at", "2001-01-01")
	s.holds("a token without a name", body, `id="token-name-e"`)
	if strings.Contains(body, `id="profile-name-e"`) {
		t.Error("the fault shows in another form too")
	}
	old := s.browser
	s.browser = newBrowser(t)
	if status, body, _ := s.do("GET", "/api/v1/me", nil, "Authorization", "Bearer "+secret); status != 200 || !strings.Contains(body, "ada@example.com") {
		t.Errorf("the token: %d %s", status, body)
	}
	if status, _, h := s.do("GET", "/api/v1/me", nil, "Authorization", "Bearer "+secret+"x"); status != 401 || h.Get("WWW-Authenticate") == "" {
		t.Errorf("a wrong token: %d", status)
	}
	s.post("/login", 303, "email", "ada@example.com", "password", sitePassword)
	s.browser = old
	s.get("/account", "End all other sessions")
	s.post("/account/password", 422, "form", "password", "current", "wrong wrong wrong", "password", "another four long words")
	s.post("/account/password", 303, "form", "password", "current", sitePassword, "password", "another four long words")
	if body := s.get("/account"); strings.Contains(body, "End all other sessions") {
		t.Error("the other session outlived the password")
	}
	tokens, err := s.desk.Tokens(desk.AsSystem(t.Context(), "cli", ""), s.ada().ID)
	if err != nil || len(tokens) != 1 {
		t.Fatal(tokens, err)
	}
	s.post("/tokens/"+tokens[0].ID.String()+"/revoke", 303)
	if status, _, _ := s.do("GET", "/api/v1/me", nil, "Authorization", "Bearer "+secret); status != 401 {
		t.Errorf("the revoked token: %d", status)
	}
}

func (s *site) ada() person.Person {
	s.t.Helper()
	page, err := s.desk.People(desk.AsSystem(s.t.Context(), "cli", ""), desk.ListPeople{Q: "ada@"})
	if err != nil || len(page.Items) != 1 {
		s.t.Fatal(page, err)
	}
	return page.Items[0]
}

func TestRequesterSeesOwnAccountAlone(t *testing.T) {
	s := newSite(t)
	s.setUp()
	s.post("/people", 303, "name", "Rita Berg", "email", "rita@example.com", "role", "requester", "password", sitePassword)
	s.browser = newBrowser(t)
	s.post("/login", 303, "email", "rita@example.com", "password", sitePassword)
	if body := s.get("/account", "Rita Berg"); strings.Contains(body, `href="/people"`) {
		t.Error("a requester is shown the desk's rail")
	}
	for _, path := range []string{"/people", "/people/new", "/people/" + s.ada().ID.String(), "/teams", "/clients", "/settings", "/settings/audit", "/api/v1/people", "/api/v1/teams", "/api/v1/clients", "/api/v1/settings", "/api/v1/audit", "/api/v1/sessions?person=" + s.ada().ID.String(), "/api/v1/tokens?person=" + s.ada().ID.String()} {
		if status, _, _ := s.do("GET", path, nil); status != 403 {
			t.Errorf("GET %s as a requester: %d, want 403", path, status)
		}
	}
	for _, path := range []string{"/people", "/teams", "/clients", "/settings", "/people/" + s.ada().ID.String() + "/disable", "/people/" + s.ada().ID.String() + "/password"} {
		s.post(path, 403, "name", "x", "password", sitePassword)
	}
}

func TestSettingsPage(t *testing.T) {
	s := newSite(t)
	s.setUp()
	form := []string{"form", "settings", "desk_name", "Day desk", "zone", "Europe/Berlin", "default_effort_minutes", "240", "margin_minutes", "30", "warn_minutes", "60", "min_sample", "5", "reopen_days", "14", "hold_seconds", "10"}
	s.post("/settings", 303, form...)
	s.get("/settings", "Day desk", `value="Europe/Berlin"`, "The settings are saved.")
	form[9] = "-5"
	form[11] = "soon"
	_, body := s.post("/settings", 422, form...)
	s.holds("the form once more", body, "soon", `aria-invalid="true"`)
	form[11] = "60"
	_, body = s.post("/settings", 422, form...)
	s.holds("the form once more", body, `id="settings-margin_minutes-e"`, `value="-5"`)
}

// call asks the JSON half.
func (s *site) call(method, path, body string, want int) map[string]any {
	s.t.Helper()
	status, answer, h := s.do(method, "/api/v1"+path, strings.NewReader(body), "Content-Type", "application/json")
	var out map[string]any
	if status != want || (len(answer) > 0 && json.Unmarshal([]byte(answer), &out) != nil) {
		s.t.Fatalf("%s %s %s: %d %s, want %d\n%s", method, path, body, status, h.Get("Content-Type"), want, answer)
	}
	return out
}

func TestPeopleAPI(t *testing.T) {
	s := newSite(t)
	s.setUp()
	if me := s.call("GET", "/me", "", 200); me["email"] != "ada@example.com" || me["role"] != "admin" {
		t.Errorf("me: %v", me)
	}
	team := s.call("POST", "/teams", `{"name":"Billing"}`, 201)
	client := s.call("POST", "/clients", `{"name":"Northwind","domain":"northwind.example"}`, 201)
	p := s.call("POST", "/people", `{"name":"Dana Reyes","email":"dana@example.com","role":"agent","teams":["billing"],"password":"`+sitePassword+`"}`, 201)
	at := "/people/" + p["id"].(string)
	for body, field := range map[string]string{
		`{"name":"X","email":"dana@example.com","role":"agent"}`: "email", `{"name":"X","email":"x@example.com","role":"owner"}`: "role",
		`{"name":"X","email":"x@example.com","role":"agent","rolle":1}`: "rolle", `{"name":7,"role":"agent"}`: "name", `{"email":"x@example.com","role":"agent"}`: "name",
		"{\"name\":\"\xff\",\"role\":\"agent\"}": "name", `{"name":"X\u0000","email":"x@example.com","role":"agent"}`: "name", `{"name":"X","role":"agent"}`: "email",
	} {
		status, answer, h := s.do("POST", "/api/v1/people", strings.NewReader(body), "Content-Type", "application/json")
		var prob problem
		if err := json.Unmarshal([]byte(answer), &prob); err != nil || status < 400 || status >= 500 || h.Get("Content-Type") != "application/problem+json" || prob.Hint == "" || !strings.Contains(prob.Field+fmt.Sprint(prob.Errors), field) {
			t.Errorf("POST /people %s: %d %s, want a problem at %s", body, status, answer, field)
		}
	}
	if got := s.call("PATCH", at, `{"role":"lead","phone":"1"}`, 200); got["role"] != "lead" || got["phone"] != "1" {
		t.Errorf("changed: %v", got)
	}
	s.call("PATCH", at, `{"client":"nobody"}`, 422)
	s.call("PUT", at+"/password", `{"password":"another four long words"}`, 200)
	if list := s.call("GET", "/people?role=lead&limit=1", "", 200); len(list["items"].([]any)) != 1 {
		t.Errorf("leads: %v", list)
	}
	tok := s.call("POST", "/tokens", `{"name":"theirs","person":"`+p["id"].(string)+`"}`, 201)
	if secret, _ := tok["secret"].(string); !strings.HasPrefix(secret, "fb_") || tok["name"] != "theirs" {
		t.Errorf("token: %v", tok)
	}
	if list := s.call("GET", "/tokens?person="+p["id"].(string), "", 200); len(list["items"].([]any)) != 1 {
		t.Errorf("tokens: %v", list)
	}
	s.call("DELETE", "/tokens/"+tok["id"].(string), "", 200)
	s.call("DELETE", "/tokens/"+tok["id"].(string), "", 404)
	sessions := s.call("GET", "/sessions", "", 200)["items"].([]any)
	if len(sessions) != 1 || sessions[0].(map[string]any)["current"] != true {
		t.Errorf("sessions: %v", sessions)
	}
	s.call("DELETE", "/sessions", "", 200)
	s.call("GET", "/teams", "", 200)
	s.call("PATCH", "/teams/"+team["id"].(string), `{"members":["Ada Park"]}`, 200)
	s.call("PATCH", "/clients/"+client["id"].(string), `{"domain":""}`, 200)
	s.call("GET", "/clients/"+client["id"].(string), "", 200)
	set := s.call("GET", "/settings", "", 200)
	set["margin_minutes"] = 15
	b, _ := json.Marshal(set)
	s.call("PUT", "/settings", string(b), 200)
	if audit := s.call("GET", "/audit?limit=3", "", 200); len(audit["items"].([]any)) != 3 || audit["next"] == "" {
		t.Errorf("audit: %v", audit)
	}
	out := s.call("POST", at+"/disable", "", 200)
	if tickets, ok := out["tickets"].([]any); !ok || len(tickets) != 0 {
		t.Errorf("disabled: %v", out)
	}
	s.call("POST", at+"/enable", "", 200)
	s.call("POST", "/people/"+s.ada().ID.String()+"/disable", "", 409)
}

// TestPagesOfPeopleWithZeroValues draws every page of this file's rows around its empty result.
func TestPagesOfPeopleWithZeroValues(t *testing.T) {
	s := newSite(t)
	for _, role := range []person.Role{"", person.Requester, person.Agent, person.Admin} {
		for _, r := range personRoutes() {
			if r.tmpl == "" {
				continue
			}
			c := chromeOf(desk.Caller{Person: person.Person{ID: 1, Role: role}})
			p, err := loadPages(false)
			if err != nil {
				t.Fatal(err)
			}
			tm, err := p.get(r.tmpl)
			if err != nil {
				t.Fatal(err)
			}
			var buf bytes.Buffer
			if err := tm.ExecuteTemplate(&buf, "layout.html", view{&c, r.zero()}); err != nil {
				t.Errorf("%s as %q: %v", r.tmpl, role, err)
			}
			if strings.Contains(buf.String(), "ZgotmplZ") || strings.Contains(buf.String(), " style=") {
				t.Errorf("%s: unsafe or inline style:\n%s", r.tmpl, buf.String())
			}
		}
	}
	_ = s
}

func TestBrowserName(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                           "Firefox on Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/141.0":            "Edge on Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile Safari/604.1": "Safari on iPhone",
		"curl/8.5.0": "curl/8.5.0", "": "Unknown browser",
	} {
		if got := browserName(agent); got != want {
			t.Errorf("browserName(%q) = %q, want %q", agent, got, want)
		}
	}
}
