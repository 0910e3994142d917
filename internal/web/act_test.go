package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"firebreak/internal/person"
)

func TestActsThroughTheAPI(t *testing.T) {
	x := newSite(t)
	a, b := x.open(map[string]any{"subject": "First"}), x.open(map[string]any{"subject": "Second"})
	call := func(role person.Role, method, path string, body any, want int) map[string]any {
		t.Helper()
		r := x.do(role, method, "/api/v1"+path, body)
		if r.StatusCode != want {
			t.Fatalf("%s %s: %d, want %d: %s", method, path, r.StatusCode, want, r.text)
		}
		return r.json(t)
	}
	at := func(n int64, rest string) string { return fmt.Sprintf("/tickets/%d%s", n, rest) }

	v := call(person.Agent, "PATCH", at(a, ""), `{"subject":"First, renamed","tags":["x"],"stakes":"team"}`, 200)
	if v["subject"] != "First, renamed" || v["stakes"] != "team" {
		t.Errorf("%v", v)
	}
	call(person.Agent, "PATCH", at(a, ""), `{"subject":"mine","version":1}`, 409)
	call(person.Agent, "PATCH", at(a, ""), `{"deadline":{"at":"soon"}}`, 422)
	call(person.Requester, "PATCH", at(a, ""), `{"subject":"no"}`, 403)

	v = call(person.Agent, "POST", at(b, "/merge"), map[string]any{"into": a}, 200)
	undo := v["undo"].(string)
	if got := call(person.Agent, "GET", at(b, ""), nil, 200); got["status"] != "merged" || got["merged_into"] != float64(a) {
		t.Errorf("%v", got)
	}
	call(person.Agent, "POST", "/undo/"+undo, nil, 200)
	call(person.Agent, "POST", "/undo/"+undo, nil, 409)

	note := call(person.Agent, "POST", at(a, "/note"), `{"body":"another matter"}`, 201)
	part := call(person.Agent, "POST", at(a, "/split"), map[string]any{"subject": "Another matter", "entries": []any{note["id"]}}, 201)
	if part["subject"] != "Another matter" || part["undo"] == nil {
		t.Errorf("%v", part)
	}
	v = call(person.Agent, "POST", "/tickets/bulk", map[string]any{"numbers": []int64{a, b, 99}, "level": "L2", "add_tags": []string{"month-end"}}, 200)
	if v["done"] != 2.0 || len(v["skipped"].([]any)) != 1 {
		t.Errorf("%v", v)
	}
	call(person.Agent, "POST", "/tickets/bulk", `{"numbers":[]}`, 422)

	link := call(person.Agent, "POST", at(a, "/links"), map[string]any{"other": b, "kind": "related"}, 201)
	if n := len(call(person.Agent, "GET", at(b, "/links"), nil, 200)["items"].([]any)); n != 1 {
		t.Errorf("%d links", n)
	}
	call(person.Agent, "DELETE", "/links/"+link["id"].(string), nil, 200)
	spent := call(person.Agent, "POST", at(a, "/time"), `{"minutes":30}`, 201)
	call(person.Agent, "POST", at(a, "/time"), `{"minutes":0}`, 422)
	call(person.Lead, "DELETE", "/time/"+spent["id"].(string), nil, 403)
	call(person.Agent, "DELETE", "/time/"+spent["id"].(string), nil, 200)

	call(person.Lead, "POST", at(a, "/viewing"), `{"composing":"note"}`, 200)
	seen := call(person.Agent, "GET", at(a, "/viewing"), nil, 200)["items"].([]any)
	if len(seen) != 1 || seen[0].(map[string]any)["composing"] != "note" {
		t.Errorf("%v", seen)
	}
	call(person.Lead, "DELETE", at(a, "/viewing"), nil, 200)
	call(person.Agent, "PUT", at(a, "/draft?kind=note"), `{"body":"half a"}`, 200)
	if d := call(person.Agent, "GET", "/drafts", nil, 200)["items"].([]any); len(d) != 1 {
		t.Errorf("%v", d)
	}
	call(person.Agent, "DELETE", at(a, "/draft?kind=note"), nil, 200)

	call(person.Agent, "POST", at(a, "/judge"), `{"real":true}`, 409)
	view := call(person.Agent, "POST", "/views", `{"name":"Mine","query":"view=me"}`, 201)
	call(person.Agent, "POST", "/views", `{"name":"For all","query":"view=all","shared":true}`, 403)
	call(person.Agent, "PUT", "/views/"+view["id"].(string), `{"name":"My own","query":"view=me"}`, 200)
	call(person.Agent, "DELETE", "/views/"+view["id"].(string), nil, 200)
	call(person.Agent, "GET", "/inbox?view=active", nil, 200)
	call(person.Agent, "GET", "/inbox/counts", nil, 200)

	found := call(person.Agent, "GET", fmt.Sprintf("/search?q=%d&limit=5", a), nil, 200)["items"].([]any)
	if len(found) == 0 || found[0].(map[string]any)["url"] != at(a, "") {
		t.Errorf("%v", found)
	}
	if n := len(call(person.Requester, "GET", "/search?q=renamed", nil, 200)["items"].([]any)); n != 0 {
		t.Errorf("a requester finds %d", n)
	}
	call(person.Requester, "GET", "/inbox", nil, 403)
}

func TestInboxPage(t *testing.T) {
	x := newSite(t)
	n := x.open(map[string]any{"subject": "It spreads", "spreading": true, "assignee": "me"})
	page := x.do(person.Agent, "GET", "/inbox", nil)
	for _, want := range []string{"Burning now", "It spreads", `name="numbers"`, `aria-current="page">Mine`, "Choose a ticket"} {
		if page.StatusCode != 200 || !strings.Contains(page.text, want) {
			t.Errorf("the inbox (%d) lacks %q", page.StatusCode, want)
		}
	}
	for _, q := range []string{"view=team", "view=unassigned", "view=fires", "view=waiting", "view=all", "q=spreads", "view=all&tag=none"} {
		if a := x.do(person.Agent, "GET", "/inbox?"+q, nil); a.StatusCode != 200 {
			t.Errorf("%s: %d %s", q, a.StatusCode, a.text)
		}
	}
	a := x.do(person.Agent, "POST", "/tickets/bulk", url.Values{"numbers": {fmt.Sprint(n)}, "status": {"waiting"}})
	if a.StatusCode != http.StatusSeeOther {
		t.Fatalf("bulk: %d %s", a.StatusCode, a.text)
	}
	a = x.do(person.Agent, "POST", "/views", url.Values{"name": {"Spread"}, "query": {"q=spreads&view=all"}})
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/inbox?q=spreads&view=all" {
		t.Errorf("view: %d %s", a.StatusCode, a.Header.Get("Location"))
	}
	if page = x.do(person.Agent, "GET", "/inbox?view=all&q=spreads", nil); !strings.Contains(page.text, "<h1>Spread</h1>") {
		t.Error("the list is not known as the saved view it is")
	}
	if a := x.do(person.Agent, "GET", "/search?q=spreads", nil); !strings.Contains(a.text, "<mark>spreads</mark>") && !strings.Contains(a.text, "It spreads") {
		t.Errorf("search page: %d", a.StatusCode)
	}
}

func TestEditAndSplitPages(t *testing.T) {
	x := newSite(t)
	n := x.open(map[string]any{"subject": "Before", "tags": []string{"old"}, "deadline": map[string]any{"at": "2026-12-01T06:00:00Z"}})
	path := fmt.Sprintf("/tickets/%d", n)
	if a := x.do(person.Agent, "GET", path+"/edit", nil); a.StatusCode != 200 || !strings.Contains(a.text, `value="2026-12-01T06:00"`) {
		t.Errorf("edit: %d", a.StatusCode)
	}
	form := url.Values{"form": {"edit"}, "version": {"1"}, "subject": {"After"}, "body": {"More"}, "tags": {""}, "deadline.at": {""}, "agreed_at": {"2026-12-02T09:00"},
		"stakes": {"client"}, "workaround": {"false", "true"}, "spreading": {"false"}, "level": {"L3"}, "application": {""}, "requester": {"Test Agent"}}
	if a := x.do(person.Agent, "POST", path+"/edit", form); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("edit: %d %s", a.StatusCode, a.text)
	}
	v := x.do(person.Agent, "GET", "/api/v1"+path, nil).json(t)
	deadline, _ := v["deadline"].(map[string]any)
	if v["subject"] != "After" || v["tags"] != nil || deadline["at"] != nil || deadline["agreed_at"] != "2026-12-02T09:00:00Z" || v["workaround"] != true || v["level"] != "L3" {
		t.Errorf("%v", v)
	}
	a := x.do(person.Agent, "POST", path+"/edit", form)
	if a.StatusCode != 409 || !strings.Contains(a.text, "Test Agent changed the ticket") || !strings.Contains(a.text, `value="After"`) {
		t.Errorf("a stale edit: %d", a.StatusCode)
	}
	if a := x.do(person.Agent, "GET", path+"/split", nil); a.StatusCode != 200 || !strings.Contains(a.text, "Nothing to split off") {
		t.Errorf("split: %d", a.StatusCode)
	}
	x.do(person.Agent, "POST", "/api/v1"+path+"/note", `{"body":"the other matter"}`)
	page := x.do(person.Agent, "GET", path+"/split", nil)
	entry := regexp.MustCompile(`name="entries" value="(\w+)"`).FindStringSubmatch(page.text)
	if entry == nil {
		t.Fatalf("no entry to choose: %s", page.text)
	}
	a = x.do(person.Agent, "POST", path+"/split", url.Values{"form": {"split"}, "subject": {""}, "entries": {entry[1]}})
	if a.StatusCode != 422 || !strings.Contains(a.text, "must not be empty") {
		t.Errorf("split without a subject: %d", a.StatusCode)
	}
	a = x.do(person.Agent, "POST", path+"/split", url.Values{"form": {"split"}, "subject": {"The other"}, "entries": {entry[1]}})
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != fmt.Sprintf("/tickets/%d", n+1) {
		t.Errorf("split: %d %s", a.StatusCode, a.text)
	}
	for _, quiet := range []struct {
		method, path string
		form         url.Values
	}{{"PUT", path + "/draft?kind=note", url.Values{"body": {"half"}}}, {"DELETE", path + "/draft?kind=note", nil}, {"POST", path + "/presence", url.Values{"doing": {"writing"}}}} {
		var body any
		if quiet.form != nil {
			body = quiet.form
		}
		if a := x.do(person.Agent, quiet.method, quiet.path, body); a.StatusCode != http.StatusNoContent {
			t.Errorf("%s %s: %d %s", quiet.method, quiet.path, a.StatusCode, a.text)
		}
	}
}

func TestPortalPages(t *testing.T) {
	x := newSite(t)
	if a := x.do(person.Requester, "GET", "/portal", nil); a.StatusCode != 200 || !strings.Contains(a.text, "Open your first ticket") {
		t.Fatalf("empty portal: %d %s", a.StatusCode, a.text)
	}
	if a := x.do(person.Requester, "GET", "/portal/new", nil); a.StatusCode != 200 || !strings.Contains(a.text, "Four short questions") {
		t.Errorf("the form: %d", a.StatusCode)
	}
	a := x.do(person.Requester, "POST", "/portal/new", url.Values{"form": {"portal"}, "subject": {""}, "body": {"kept"}})
	if a.StatusCode != 422 || !strings.Contains(a.text, "kept") {
		t.Errorf("a form with a fault: %d", a.StatusCode)
	}
	a = x.do(person.Requester, "POST", "/portal/new", url.Values{"form": {"portal"}, "subject": {"It stopped"}, "body": {"At noon"}, "stakes": {"client"}, "deadline.at": {"2026-12-01T06:00"}})
	if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/portal/tickets/") {
		t.Fatalf("open: %d %s", a.StatusCode, a.text)
	}
	path := a.Header.Get("Location")
	number := strings.TrimPrefix(path, "/portal/tickets/")
	x.do(person.Agent, "POST", "/api/v1/tickets/"+number+"/note", `{"body":"secret note"}`)
	x.do(person.Agent, "POST", "/api/v1/tickets/"+number+"/assign", `{"assignee":"me"}`)
	x.do(person.Agent, "POST", "/api/v1/tickets/"+number+"/reply", `{"body":"We look into it.","status":"waiting"}`)
	page := x.do(person.Requester, "GET", path, nil)
	for _, want := range []string{"It stopped", "At noon", "We look into it.", "Waiting for your answer", "Test is on it"} {
		if !strings.Contains(page.text, want) {
			t.Errorf("the ticket lacks %q", want)
		}
	}
	if strings.Contains(page.text, "secret") {
		t.Error("the note is shown")
	}
	if a := x.do(person.Requester, "POST", path+"/reply", url.Values{"form": {"answer"}, "body": {""}}); a.StatusCode != 422 {
		t.Errorf("an empty answer: %d", a.StatusCode)
	}
	if a := x.do(person.Requester, "POST", path+"/reply", url.Values{"form": {"answer"}, "body": {"It was the cable."}}); a.StatusCode != http.StatusSeeOther {
		t.Errorf("an answer: %d %s", a.StatusCode, a.text)
	}
	if page = x.do(person.Requester, "GET", path, nil); !strings.Contains(page.text, "It was the cable.") || !strings.Contains(page.text, "Being worked on") {
		t.Error("the answer is not there")
	}
	if a := x.do(person.Requester, "GET", "/search?q=cable", nil); !strings.Contains(a.text, path) {
		t.Errorf("the requester does not find their own answer: %d", a.StatusCode)
	}
	other := x.open(map[string]any{"subject": "not theirs"})
	if a := x.do(person.Requester, "GET", fmt.Sprintf("/portal/tickets/%d", other), nil); a.StatusCode != 404 {
		t.Errorf("somebody else's ticket: %d", a.StatusCode)
	}
}
