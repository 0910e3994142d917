package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"firebreak/internal/person"
)

func TestKnownErrorsByPages(t *testing.T) {
	x := newSite(t)
	x.open(map[string]any{"subject": "Extract fails", "body": "ORA-01555: snapshot too old\nBILL-1234: no rate"})
	see := func(who person.Role, path string, want ...string) string {
		t.Helper()
		a := x.do(who, "GET", path, nil)
		if a.StatusCode != 200 {
			t.Fatalf("%s: %d %s", path, a.StatusCode, a.text)
		}
		for _, w := range want {
			if !strings.Contains(a.text, w) {
				t.Errorf("%s lacks %q", path, w)
			}
		}
		return a.text
	}
	see(person.Agent, "/tickets/1/known", `id="known"`, "ORA-01555", "Snapshot too old", "What to try", "the first message", "line 1")
	see(person.Agent, "/known-errors", "SQLSTATE 40P01", "Next page")
	see(person.Agent, "/known-errors?q=ora-1555", "ORA-01555")
	see(person.Agent, "/known-errors?q=zzzz", "Nothing is known about")
	see(person.Agent, "/known-errors?family=own", "No entry of your own yet")
	if text := see(person.Agent, "/known-errors/ora-01555", "What to try", "Extract fails", "own words"); strings.Contains(text, "Write your own") {
		t.Error("an agent is offered to write")
	}
	see(person.Lead, "/known-errors/new?code=BILL-1234", `value="BILL-1234"`)
	for _, path := range []string{"/known-errors/new", "/known-errors/import", "/known-errors/ora-01555/edit"} {
		if a := x.do(person.Agent, "GET", path, nil); a.StatusCode != 403 {
			t.Errorf("an agent at %s: %d", path, a.StatusCode)
		}
	}
	for _, path := range []string{"/known-errors", "/tickets/1/known", "/known-errors/ora-01555"} {
		if a := x.do(person.Requester, "GET", path, nil); a.StatusCode == 200 {
			t.Errorf("a requester sees %s", path)
		}
	}
	form := url.Values{"form": {"known-new"}, "code": {"BILL-1234"}, "title": {""}, "meaning": {"typed text stays"}}
	if a := x.do(person.Lead, "POST", "/known-errors", form); a.StatusCode != 422 || !strings.Contains(a.text, "typed text stays") || !strings.Contains(a.text, `id="title-e"`) {
		t.Errorf("without a title: %d %s", a.StatusCode, a.text)
	}
	form.Set("title", "The rate is missing")
	form.Set("try", "Look into the rate table.\nCall Billing.")
	if a := x.do(person.Lead, "POST", "/known-errors", form); a.StatusCode != 303 || a.Header.Get("Location") != "/known-errors/bill-1234" {
		t.Fatalf("written: %d %s", a.StatusCode, a.text)
	}
	see(person.Agent, "/known-errors/bill-1234", "The rate is missing", "Call Billing.", "Extract fails", "written at this desk")
	see(person.Agent, "/tickets/1/known", "BILL-1234", "this desk", "Look into the rate table.")
	see(person.Lead, "/known-errors/bill-1234/edit", "Call Billing.", "Retired: kept")
	if a := x.do(person.Lead, "POST", "/known-errors/bill-1234", url.Values{"state": {"retired"}}); a.StatusCode != 303 {
		t.Fatalf("retired: %d %s", a.StatusCode, a.text)
	}
	if text := see(person.Agent, "/tickets/1/known"); strings.Contains(text, "BILL-1234") {
		t.Error("a retired entry shows on a ticket")
	}
	see(person.Agent, "/known-errors/bill-1234", "retired")

	// a manual comes in by the page; lines that were not taken are named
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	m.WriteField("product", "Oracle")
	f, _ := m.CreateFormFile("file", "oraus.msg")
	f.Write([]byte("20001, 00000, \"the extract is locked\"\n// *Action: Wait.\nnonsense\n"))
	m.Close()
	a := x.send(person.Lead, "/known-errors/import", m.FormDataContentType(), &b)
	if a.StatusCode != 200 || !strings.Contains(a.text, "oraus.msg: 1 added") || !strings.Contains(a.text, "nonsense") {
		t.Fatalf("imported: %d %s", a.StatusCode, a.text)
	}
	see(person.Agent, "/known-errors/ora-20001", "the extract is locked", "imported from oraus.msg")
}

func TestKnownErrorsByAPI(t *testing.T) {
	x := newSite(t)
	x.open(map[string]any{"subject": "psql: connection refused", "body": "HTTP 503"})
	v := x.do(person.Agent, "GET", "/api/v1/tickets/1/known-errors", nil).json(t)
	items := v["items"].([]any)
	if len(items) != 2 || items[0].(map[string]any)["code"] != "ECONNREFUSED" || items[0].(map[string]any)["source"] == "" {
		t.Fatalf("cards %v", v)
	}
	if v := x.do(person.Agent, "GET", "/api/v1/known-errors?q=sqlstate+40p01", nil).json(t); v["items"].([]any)[0].(map[string]any)["code"] != "SQLSTATE 40P01" {
		t.Errorf("list %v", v)
	}
	if v := x.do(person.Agent, "GET", "/api/v1/known-errors/http-503", nil).json(t); v["code"] != "HTTP 503" || len(v["tickets"].([]any)) != 1 {
		t.Errorf("one %v", v)
	}
	if v := x.do(person.Agent, "POST", "/api/v1/known-errors/find", `{"text":"x ECONNRESET"}`).json(t); v["items"].([]any)[0].(map[string]any)["start"].(float64) != 2 {
		t.Errorf("found %v", v)
	}
	if v := x.do(person.Lead, "POST", "/api/v1/known-errors", `{"code":"BILL-1","title":"No rate","try":"look\ncall"}`).json(t); v["key"] != "bill-1" || v["own"] == nil {
		t.Errorf("written %v", v)
	}
	if v := x.do(person.Lead, "PATCH", "/api/v1/known-errors/BILL-1", `{"title":"No rate yet"}`).json(t); v["title"] != "No rate yet" || len(v["try"].([]any)) != 2 {
		t.Errorf("changed %v", v)
	}
	a := x.send(person.Lead, "/api/v1/known-errors/import?manual=Ours", "text/csv", strings.NewReader("code,title\nBILL-2,two\n,lost\n"))
	if v := a.json(t); v["added"].(float64) != 1 || len(v["problems"].([]any)) != 1 {
		t.Errorf("imported %v", v)
	}
	for path, want := range map[string]int{"/api/v1/known-errors/nobody-knows": 404, "/api/v1/tickets/99/known-errors": 404, "/api/v1/known-errors?limit=999": 422} {
		if a := x.do(person.Agent, "GET", path, nil); a.StatusCode != want {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
	for _, c := range [][3]string{{"GET", "/api/v1/known-errors", ""}, {"GET", "/api/v1/tickets/1/known-errors", ""}, {"POST", "/api/v1/known-errors", `{"code":"A-1","title":"x"}`}, {"POST", "/api/v1/known-errors/import?manual=x", "x"}} {
		var body any
		if c[2] != "" {
			body = c[2]
		}
		if a := x.do(person.Requester, c[0], c[1], body); a.StatusCode != http.StatusForbidden {
			t.Errorf("a requester at %s %s: %d", c[0], c[1], a.StatusCode)
		}
	}
}
