package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"firebreak/internal/person"
)

const lookupPaste = "ORA-01555: snapshot too old, zorptang on billprd01 for Anselm Quist"

// shown gives the values of the hidden fields of a name on a page.
func shown(text, name string) (out []string) {
	for _, m := range regexp.MustCompile(`<input type="hidden" name="`+name+`" value="([^"]*)">`).FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

func TestLookupByPages(t *testing.T) {
	x := newSite(t)
	n := x.open(map[string]any{"subject": "Extract fails", "body": "ORA-01555: snapshot too old"})
	if a := x.do(person.Agent, "GET", "/lookup?ticket=1", nil); a.StatusCode != 200 || !strings.Contains(a.text, "Extract fails\nORA-01555") || !strings.Contains(a.text, `href="/tickets/1"`) {
		t.Errorf("from ticket %d: %d %s", n, a.StatusCode, a.text)
	}
	form := url.Values{"form": {"lookup"}, "text": {lookupPaste}}
	page := x.do(person.Agent, "POST", "/lookup", form)
	if page.StatusCode != 200 {
		t.Fatalf("typed: %d %s", page.StatusCode, page.text)
	}
	for _, want := range []string{"Known inside", "Snapshot too old", `name="allow" value="zorptang"`, `formaction="/lookup/out"`, `rel="noopener noreferrer"`, "Open Stack Overflow"} {
		if !strings.Contains(page.text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	inside, query, out := strings.Index(page.text, `id="inside"`), strings.Index(page.text, `id="query"`), strings.Index(page.text, `id="out"`)
	if inside < 0 || inside > query || query > out {
		t.Errorf("known inside at %d, the query at %d, the way out at %d", inside, query, out)
	}
	if strings.Contains(page.text, "For ever") {
		t.Error("an agent is offered to allow for ever")
	}
	if a := x.do(person.Lead, "POST", "/lookup", form); !strings.Contains(a.text, "For ever") {
		t.Error("a lead is not offered to allow for ever")
	}

	// Choices are made by the buttons, kept by hidden fields, and taken back.
	form.Set("allow", "zorptang")
	form.Set("drop", "old")
	page = x.do(person.Agent, "POST", "/lookup", form)
	if got := shown(page.text, "allow"); !slices.Equal(got, []string{"zorptang"}) || !slices.Equal(shown(page.text, "drop"), []string{"old"}) {
		t.Errorf("kept choices %v", got)
	}
	form.Set("unallow", "Zorptang")
	page = x.do(person.Agent, "POST", "/lookup", form)
	if got := shown(page.text, "allow"); len(got) != 0 {
		t.Errorf("still allowed: %v", got)
	}
	form.Del("unallow")
	form.Del("allow")

	// The desk builds the query; what else a browser sends is no matter. What is known and was not shown keeps it in.
	form.Set("engine", "stackoverflow")
	form.Set("query", "billprd01 Anselm Quist")
	form.Set("url", "https://evil.example/")
	if a := x.do(person.Agent, "POST", "/lookup/out", form); a.StatusCode != 409 || !strings.Contains(a.text, "More is known inside") || !strings.Contains(a.text, `id="inside"`) {
		t.Errorf("unseen: %d", a.StatusCode)
	}
	form["seen"] = shown(page.text, "seen")
	a := x.do(person.Agent, "POST", "/lookup/out", form)
	refresh := a.Header.Get("Refresh")
	if a.StatusCode != 200 || !strings.HasPrefix(refresh, "0; url=https://stackoverflow.com/search?q=ORA-01555") || a.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Fatalf("out: %d %q %s", a.StatusCode, refresh, a.text)
	}
	for _, w := range []string{"billprd01", "Anselm", "Quist", "evil", "old"} {
		if strings.Contains(refresh, w) {
			t.Errorf("%s left: %s", w, refresh)
		}
	}
	if a := x.do(person.Agent, "POST", "/lookup/out", form); a.StatusCode != 409 || a.Header.Get("Refresh") != "" {
		t.Errorf("pressed twice: %d", a.StatusCode)
	}
	if a := x.do(person.Agent, "GET", "/lookup/log", nil); strings.Count(a.text, "ORA-01555") < 1 || strings.Contains(a.text, "Quist") || strings.Contains(a.text, "billprd01") {
		t.Errorf("the log: %s", a.text)
	}
	if a := x.do(person.Agent, "GET", "/lookup/log.csv", nil); a.StatusCode != 200 || !strings.HasPrefix(a.text, "at,person,team,") || strings.Contains(a.text, "Quist") {
		t.Errorf("the log as CSV: %d %s", a.StatusCode, a.text)
	}
	if a := x.do(person.Agent, "GET", "/reports/lookups.csv", nil); a.StatusCode != 200 || !strings.Contains(a.text, "engine,Stack Overflow,1,1,") {
		t.Errorf("the report as CSV: %d %s", a.StatusCode, a.text)
	}
	if a := x.do(person.Agent, "POST", "/lookup", url.Values{"text": {strings.Repeat("x", 3<<20)}}); a.StatusCode != 200 || !strings.Contains(a.text, "up to 2097152 are looked up at once") {
		t.Errorf("too much: %d", a.StatusCode)
	}

	// Rules are the admins'; a second person decides.
	for _, c := range [][2]string{{"/settings/lookup", "policy"}, {"/settings/lookup/engines", "url"}} {
		if a := x.do(person.Lead, "POST", c[0], url.Values{c[1]: {"ask"}}); a.StatusCode != 403 {
			t.Errorf("a lead at %s: %d", c[0], a.StatusCode)
		}
	}
	if a := x.do(person.Admin, "POST", "/settings/lookup", url.Values{"form": {"lookup-policy"}, "policy": {"ask"}, "approval_hours": {"4"}}); a.StatusCode != 303 {
		t.Fatalf("policy: %d %s", a.StatusCode, a.text)
	}
	if a := x.do(person.Admin, "POST", "/settings/lookup/engines", url.Values{"form": {"lookup-engine"}, "name": {"Bad"}, "url": {"http://example.com/%s"}}); a.StatusCode != 422 || !strings.Contains(a.text, "must begin with https") || !strings.Contains(a.text, "http://example.com/%s") {
		t.Errorf("a bad engine: %d", a.StatusCode)
	}
	form.Set("engine", "github")
	if a := x.do(person.Agent, "POST", "/lookup/out", form); a.StatusCode != 303 || a.Header.Get("Location") != "/lookup/approvals" {
		t.Fatalf("asked: %d %s", a.StatusCode, a.text)
	}
	waiting := x.do(person.Lead, "GET", "/lookup/approvals", nil).text
	i := regexp.MustCompile(`/lookup/approvals/([0-9a-z]+)/decide`).FindStringSubmatch(waiting)
	if i == nil || strings.Contains(waiting, "Quist") || !strings.Contains(waiting, "‹person›") {
		t.Fatalf("waiting: %s", waiting)
	}
	decide := "/lookup/approvals/" + i[1] + "/decide"
	if a := x.do(person.Agent, "POST", decide, url.Values{"approve": {"true"}}); a.StatusCode != 403 {
		t.Errorf("an agent decides: %d", a.StatusCode)
	}
	if a := x.do(person.Lead, "POST", decide, url.Values{"form": {"lookup-approvals"}, "approve": {"false"}}); a.StatusCode != 422 {
		t.Errorf("denied without a reason: %d", a.StatusCode)
	}
	if a := x.do(person.Lead, "POST", decide, url.Values{"form": {"lookup-approvals"}, "approve": {"true"}}); a.StatusCode != 303 {
		t.Fatalf("approved: %d %s", a.StatusCode, a.text)
	}
	open := "/lookup/approvals/" + i[1] + "/open"
	if a := x.do(person.Agent, "POST", open, url.Values{}); a.StatusCode != 200 || !strings.HasPrefix(a.Header.Get("Refresh"), "0; url=https://github.com/search?") {
		t.Errorf("opened: %d %s", a.StatusCode, a.text)
	}
	if a := x.do(person.Agent, "POST", open, url.Values{}); a.StatusCode != 409 || a.Header.Get("Refresh") != "" {
		t.Errorf("opened twice: %d", a.StatusCode)
	}

	// Brought back.
	if a := x.do(person.Agent, "POST", "/tickets/1/found", url.Values{"form": {"found"}, "url": {"javascript:alert(1)"}, "note": {"Raise it."}}); a.StatusCode != 422 || !strings.Contains(a.text, "Raise it.") {
		t.Errorf("a bad link: %d", a.StatusCode)
	}
	if a := x.do(person.Agent, "POST", "/tickets/1/found", url.Values{"form": {"found"}, "url": {"https://example.com/undo"}, "note": {"Raise it."}}); a.StatusCode != 303 {
		t.Fatalf("kept: %d %s", a.StatusCode, a.text)
	}
	if a := x.do(person.Agent, "GET", "/tickets/1", nil); !strings.Contains(a.text, `<a href="https://example.com/undo" rel="noopener noreferrer" target="_blank">`) {
		t.Error("the link is not on the ticket")
	}
}

func TestLookupByAPI(t *testing.T) {
	x := newSite(t)
	x.open(map[string]any{"subject": "Extract fails", "body": "ORA-01555: snapshot too old"})
	v := x.do(person.Agent, "POST", "/api/v1/lookup", `{"text":"`+lookupPaste+`"}`).json(t)
	if urls := v["urls"].(map[string]any); !strings.HasPrefix(urls["stackoverflow"].(string), "https://") || strings.Contains(v["query"].(string), "Quist") || len(v["known"].([]any)) == 0 || len(v["marks"].([]any)) == 0 || v["policy"] != "allow" {
		t.Errorf("looked up %v", v)
	}
	for _, r := range v["removed"].([]any) {
		if w := r.(map[string]any); w["text"] == "" || w["kind"] == "" || w["why"] == "" {
			t.Errorf("removed %v", w)
		}
	}
	if log := x.do(person.Agent, "GET", "/api/v1/lookup/log", nil).json(t)["items"].([]any); len(log) != 1 || log[0].(map[string]any)["way"] != "links" {
		t.Errorf("log %v", log)
	}
	if v := x.do(person.Agent, "POST", "/api/v1/lookup", `{"text":"ORA-01555","no_links":true}`).json(t); len(v["urls"].(map[string]any)) != 0 {
		t.Errorf("links although none were asked for: %v", v)
	}
	if v := x.do(person.Admin, "PATCH", "/api/v1/lookup/policy", `{"policy":"forbid","approval_hours":2}`).json(t); v["policy"] != "forbid" {
		t.Errorf("policy %v", v)
	}
	if a := x.do(person.Agent, "POST", "/api/v1/lookup/out", `{"text":"ORA-00942: table or view does not exist","engine":"github","seen":["known_error:ora-00942"]}`); a.StatusCode != http.StatusForbidden {
		t.Errorf("forbidden: %d %s", a.StatusCode, a.text)
	}
	rules := x.do(person.Agent, "GET", "/api/v1/lookup/policy", nil)
	if a := x.do(person.Admin, "PUT", "/api/v1/lookup/policy", rules.text); a.StatusCode != 200 {
		t.Errorf("the rules as they were read are not taken: %d %s", a.StatusCode, a.text)
	}
	if v := x.do(person.Lead, "POST", "/api/v1/lookup/words", `{"text":"zorptang","why":"public"}`).json(t); v["text"] != "zorptang" {
		t.Errorf("allowed %v", v)
	}
	if v := x.do(person.Agent, "GET", "/api/v1/lookup/report", nil).json(t); v["total"].(map[string]any)["refused"].(float64) != 1 {
		t.Errorf("report %v", v)
	}
	for _, c := range [][3]string{{"GET", "/api/v1/lookup/log", ""}, {"POST", "/api/v1/lookup", `{"text":"x"}`}, {"POST", "/api/v1/lookup/out", `{"text":"x","engine":"github"}`}, {"GET", "/api/v1/lookup/policy", ""},
		{"GET", "/api/v1/lookup/words", ""}, {"GET", "/api/v1/lookup/approvals", ""}, {"GET", "/api/v1/lookup/report", ""}, {"POST", "/api/v1/tickets/1/found", `{"url":"https://example.com","note":"x"}`}} {
		var body any
		if c[2] != "" {
			body = c[2]
		}
		if a := x.do(person.Requester, c[0], c[1], body); a.StatusCode != http.StatusForbidden {
			t.Errorf("a requester at %s %s: %d", c[0], c[1], a.StatusCode)
		}
	}
}
