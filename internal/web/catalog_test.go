package web_test

import (
	"net/url"
	"strings"
	"testing"

	"firebreak/internal/person"
)

func TestCatalogueByPages(t *testing.T) {
	x := newSite(t)
	if a := x.do(person.Lead, "GET", "/catalogue", nil); a.StatusCode != 200 || !strings.Contains(a.text, "No application yet") {
		t.Fatalf("empty catalogue: %d", a.StatusCode)
	}
	x.open(map[string]any{"application": "Biling", "stakes": "client"})
	lead := x.people[person.Lead].ID.String()
	step := func(path string, form url.Values, to string) {
		t.Helper()
		if a := x.do(person.Lead, "POST", path, form); a.StatusCode != 303 || a.Header.Get("Location") != to {
			t.Fatalf("%s: %d to %s, want %s: %s", path, a.StatusCode, a.Header.Get("Location"), to, a.text)
		}
	}
	step("/catalogue", url.Values{"name": {"Billing"}, "primary": {lead}, "secondary": {lead}}, "/catalogue/billing")
	list := x.do(person.Agent, "GET", "/catalogue", nil)
	for _, want := range []string{"Named by tickets, not described yet", "Biling", "the same person", "Billing"} {
		if !strings.Contains(list.text, want) {
			t.Errorf("the list lacks %q", want)
		}
	}
	if strings.Contains(list.text, "/catalogue/biling/merge") {
		t.Error("an agent is offered to merge")
	}
	step("/catalogue/billing/events", url.Values{"name": {"Billing run"}, "rule": {"monthly 3 06:00"}, "zone": {"Europe/Berlin"}, "consequence": {"Invoices go out"}}, "/catalogue/billing#events")
	step("/catalogue/billing/environments", url.Values{"name": {"Production"}, "kind": {"production"}, "url": {"https://b.example"}}, "/catalogue/billing#environments")
	step("/catalogue/biling/merge", url.Values{"into": {"Billing"}, "name": {"biling"}}, "/catalogue/billing")
	page := x.do(person.Lead, "GET", "/catalogue/biling", nil)
	for _, want := range []string{"every month on the 3rd at 06:00", "Thu 3 Dec 06:00 CET", "Invoices go out", "Production", "both primary and secondary", "Biling", "1 house fire"} {
		if !strings.Contains(page.text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	v := x.do(person.Agent, "GET", "/api/v1/applications/billing", nil).json(t)
	env := v["environments"].([]any)[0].(map[string]any)["id"].(string)
	event := v["events"].([]any)[0].(map[string]any)["id"].(string)
	step("/catalogue/billing/environments/"+env+"/hosts", url.Values{"name": {"billprd01"}, "address": {"10.4.2.19"}}, "/catalogue/billing#environments")
	for _, path := range []string{"/catalogue/new", "/catalogue/billing/edit", "/catalogue/billing/merge", "/catalogue/billing/events/new", "/catalogue/billing/events/" + event,
		"/catalogue/billing/environments/new", "/catalogue/billing/environments/" + env, "/catalogue/billing/environments/" + env + "/hosts/new", "/calendar/preview?rule=monthly+1+06:00", "/calendar/preview?rule=soon", "/catalogue?archived=true", "/catalogue?q=zzz"} {
		if a := x.do(person.Lead, "GET", path, nil); a.StatusCode != 200 {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.text)
		}
	}
	// A wrong field is named at the field, and what was typed stays.
	form := url.Values{"form": {"event"}, "name": {"Billing run"}, "rule": {"on the first"}, "zone": {"Europe/Berlin"}, "consequence": {"typed text stays"}}
	if a := x.do(person.Lead, "POST", "/catalogue/billing/events/"+event, form); a.StatusCode != 422 || !strings.Contains(a.text, "typed text stays") || !strings.Contains(a.text, `id="rule-e"`) || !strings.Contains(a.text, "monthly 1 06:00") {
		t.Errorf("a wrong rule: %d %s", a.StatusCode, a.text)
	}
	// An emptied field is emptied.
	step("/catalogue/billing", url.Values{"name": {"Billing"}, "secondary": {""}}, "/catalogue/billing")
	if v := x.do(person.Agent, "GET", "/api/v1/applications/billing", nil).json(t); v["secondary_id"] != nil || v["primary_id"] != lead {
		t.Errorf("secondary is still %v, primary %v", v["secondary_id"], v["primary_id"])
	}
	a := x.do(person.Lead, "POST", "/catalogue/billing/events/"+event+"/remove", url.Values{})
	if a.StatusCode != 303 {
		t.Fatalf("remove: %d %s", a.StatusCode, a.text)
	}
	if a := x.do(person.Agent, "POST", "/catalogue/billing/environments/"+env+"/remove", url.Values{}); a.StatusCode != 403 {
		t.Errorf("an agent removes: %d", a.StatusCode)
	}
	if a := x.do(person.Requester, "GET", "/catalogue", nil); a.StatusCode != 403 {
		t.Errorf("a requester reads the catalogue: %d", a.StatusCode)
	}
}

func TestCatalogueByAPI(t *testing.T) {
	x := newSite(t)
	do := func(role person.Role, method, path, body string, status int) answer {
		t.Helper()
		var b any
		if body != "" {
			b = body
		}
		a := x.do(role, method, "/api/v1"+path, b)
		if a.StatusCode != status {
			t.Fatalf("%s %s: %d, want %d: %s", method, path, a.StatusCode, status, a.text)
		}
		return a
	}
	do(person.Lead, "POST", "/applications", `{"name":"Billing","primary":"me"}`, 201)
	do(person.Agent, "POST", "/applications", `{"name":"Other"}`, 403)
	do(person.Lead, "POST", "/applications", `{"name":"billing"}`, 409)
	if f := do(person.Lead, "PATCH", "/applications/billing", `{"slug":"Not A Slug"}`, 422).json(t)["field"]; f != "slug" {
		t.Errorf("field %v", f)
	}
	do(person.Lead, "PATCH", "/applications/billing", `{"description":"Writes invoices","secondary":"agent@desk.example"}`, 200)
	env := do(person.Lead, "POST", "/applications/billing/environments", `{"name":"Production"}`, 201).json(t)["id"].(string)
	host := do(person.Lead, "POST", "/applications/billing/environments/"+env+"/hosts", `{"name":"b1","address":"10.0.0.1"}`, 201).json(t)["id"].(string)
	do(person.Lead, "PATCH", "/applications/billing/hosts/"+host, `{"address":"10.0.0.2"}`, 200)
	do(person.Lead, "PATCH", "/applications/billing/environments/"+env, `{"kind":"test"}`, 200)
	event := do(person.Lead, "POST", "/applications/billing/events", `{"name":"Billing run","rule":"Monthly 1 06:00"}`, 201).json(t)
	if event["rule"] != "monthly 1 06:00" || event["zone"] != "UTC" || len(event["next"].([]any)) != 5 {
		t.Errorf("event %v", event)
	}
	bad := do(person.Lead, "POST", "/applications/billing/events", `{"name":"x","rule":"sometimes"}`, 422).json(t)
	if bad["field"] != "rule" || !strings.Contains(bad["hint"].(string), "monthly 1 06:00") {
		t.Errorf("a wrong rule: %v", bad)
	}
	if v := do(person.Agent, "GET", "/applications/billing/hosts", "", 200).json(t); v["items"].([]any)[0].(map[string]any)["address"] != "10.0.0.2" {
		t.Errorf("hosts %v", v)
	}
	do(person.Agent, "GET", "/applications/billing/environments", "", 200)
	do(person.Agent, "GET", "/applications/billing/events", "", 200)
	do(person.Agent, "GET", "/calendar/preview?rule=daily+06:00", "", 200)
	if f := do(person.Agent, "GET", "/calendar/preview?rule=daily", "", 422).json(t)["field"]; f != "rule" {
		t.Errorf("preview of a wrong rule names %v", f)
	}
	if v := do(person.Agent, "GET", "/applications?q=bill", "", 200).json(t); len(v["items"].([]any)) != 1 {
		t.Errorf("list %v", v)
	}
	if v := do(person.Lead, "DELETE", "/applications/billing/hosts/"+host, "", 200).json(t); v["name"] != "b1" || v["undo"] == "" {
		t.Errorf("removed %v", v)
	}
	do(person.Lead, "DELETE", "/applications/billing/hosts/"+host, "", 404)
	do(person.Agent, "GET", "/applications/none", "", 404)
}
