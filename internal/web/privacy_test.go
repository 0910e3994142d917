package web_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"firebreak/internal/person"
)

// TestPlantedCardIsReadNowhere plants a card number, in two ways of writing, in every text of a ticket, and looks for it as an
// agent in pages, API, files, log, stream and problems.
func TestPlantedCardIsReadNowhere(t *testing.T) {
	x := newSite(t)
	const card, digits = "4111 1111 1111 1111", "4111111111111111"
	n := x.open(map[string]any{"subject": "Declined " + card, "body": "My card is " + digits})
	path := fmt.Sprintf("/api/v1/tickets/%d/entries", n)
	ids := map[string]string{}
	for kind, body := range map[string]any{
		"note": map[string]any{"kind": "note", "body": "read to me: " + card}, "terminal": map[string]any{"kind": "terminal", "body": "$ cat pay\npan=" + digits},
		"log":  map[string]any{"kind": "log", "name": "pay.log", "body": strings.Repeat("INFO all is well\n", 40) + "ERROR pan=" + digits + " declined\n"},
		"file": map[string]any{"kind": "file", "name": "mail.txt", "body": "pay with " + card + "\n"},
		"sql":  map[string]any{"kind": "sql", "statement": "select pan from t", "result": map[string]any{"columns": []string{"pan"}, "rows": [][]any{{digits}}}},
	} {
		got := x.do(person.Agent, "POST", path, body)
		if got.StatusCode != http.StatusCreated {
			t.Fatal(kind, got.StatusCode, got.text)
		}
		ids[kind] = got.json(t)["id"].(string)
	}
	clean := func(role person.Role, method, path string, body any, want int) {
		t.Helper()
		got := x.do(role, method, path, body)
		if got.StatusCode != want {
			t.Errorf("%s %s: %d, want %d: %.200s", method, path, got.StatusCode, want, got.text)
		}
		for _, s := range []string{card, digits} {
			if strings.Contains(got.text, s) {
				t.Errorf("%s %s shows %s", method, path, s)
			}
		}
	}
	ticket := fmt.Sprintf("/tickets/%d", n)
	api := "/api/v1" + ticket
	for _, p := range []string{ticket, ticket + "/briefing", ticket + "/edit", "/inbox?view=all", "/lookup?ticket=" + fmt.Sprint(n) + "&entry=" + ids["log"],
		api, api + "/timeline", api + "/briefing", api + "/similar", api + "/resolution-draft", "/api/v1/tickets", "/api/v1/tickets?q=declined"} {
		clean(person.Agent, "GET", p, nil, 200)
	}
	for kind, id := range ids {
		clean(person.Agent, "GET", "/api/v1/entries/"+id, nil, 200)
		clean(person.Agent, "GET", "/api/v1/entries/"+id+"?reveal=true", nil, 403)
		clean(person.Agent, "POST", "/api/v1/entries/"+id+"/reveal", map[string]any{}, 403)
		clean(person.Agent, "GET", ticket+"?reveal="+id, nil, 403)
		if kind == "log" || kind == "file" {
			clean(person.Agent, "GET", "/files/"+id+"/main?download=1", nil, 200)
			clean(person.Agent, "GET", "/files/"+id+"/main?reveal=true", nil, 403)
			clean(person.Agent, "GET", "/api/v1/entries/"+id+"/files/main", nil, 200)
		}
	}
	for _, p := range []string{"/lines?from=38&count=5", "/lines?level=error"} {
		clean(person.Agent, "GET", "/entries/"+ids["log"]+p, nil, 200)
		clean(person.Agent, "GET", "/entries/"+ids["log"]+p+"&reveal=true", nil, 403)
		clean(person.Agent, "GET", "/api/v1/entries/"+ids["log"]+p, nil, 200)
	}
	clean(person.Agent, "GET", "/entries/"+ids["log"]+"/lines?find=4111&after=0&dir=next", nil, 404)
	clean(person.Agent, "GET", "/entries/"+ids["log"]+"/lines?find=declined&after=0&dir=next", nil, 200)
	clean(person.Agent, "GET", "/entries/"+ids["terminal"]+"/text", nil, 200)
	clean(person.Agent, "GET", "/entries/"+ids["sql"]+"/csv", nil, 200)
	clean(person.Agent, "POST", api+"/assign", map[string]any{"assignee": "me"}, 200)
	clean(person.Agent, "POST", api+"/reply", map[string]any{"body": "Is it " + card + "?"}, 409)
	clean(person.Requester, "GET", fmt.Sprintf("/files/%s/main", ids["file"]), nil, 404)

	// The lead sees the original, and the audit log knows.
	for _, p := range []string{"/api/v1/entries/" + ids["note"] + "?reveal=true&why=refund", "/files/" + ids["file"] + "/main?reveal=true", "/entries/" + ids["terminal"] + "/text?reveal=true"} {
		if got := x.do(person.Lead, "GET", p, nil); got.StatusCode != 200 || !strings.Contains(got.text, card) && !strings.Contains(got.text, digits) {
			t.Errorf("%s: %d %.200s", p, got.StatusCode, got.text)
		}
	}
	if log := x.do(person.Admin, "GET", "/api/v1/audit", nil); strings.Count(log.text, `"private.reveal"`) != 3 || !strings.Contains(log.text, "refund") || strings.Contains(log.text, "4111") {
		t.Error(log.text)
	}

	// The stream says that something changed, never what.
	ctx, stop := context.WithTimeout(t.Context(), 3*time.Second)
	defer stop()
	req, _ := http.NewRequestWithContext(ctx, "GET", x.url+"/api/v1/events", nil)
	req.Header.Set("Authorization", "Bearer "+x.tokens[person.Agent])
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	go x.do(person.Agent, "POST", path, map[string]any{"kind": "note", "body": "again " + card})
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		if strings.Contains(lines.Text(), "4111") {
			t.Error("the stream shows it")
		}
		if strings.Contains(lines.Text(), "ticket.") {
			break
		}
	}
}

// TestHeldReplyOnThePage keeps what was typed, and goes on as its writer says.
func TestHeldReplyOnThePage(t *testing.T) {
	x := newSite(t)
	n := x.open(map[string]any{})
	form := url.Values{"form": {"reply"}, "body": {"Charged on 4111 1111 1111 1111 today."}, "status": {"waiting"}}
	post := func(extra ...string) answer {
		f := url.Values{}
		for k, v := range form {
			f[k] = v
		}
		for _, k := range extra {
			f.Set(k, "true")
		}
		return x.send(person.Agent, fmt.Sprintf("/tickets/%d/reply", n), "application/x-www-form-urlencoded", strings.NewReader(f.Encode()))
	}
	held := post()
	if held.StatusCode != http.StatusConflict {
		t.Fatal(held.StatusCode, held.text)
	}
	for _, want := range []string{"This would take private data outside", ">Charged on 4111 1111 1111 1111 today.</textarea>", `name="mask_private" value="true"`, `name="confirm_private" value="true"`,
		`<option value="waiting" selected>`, "Charged on CARD_1 today."} {
		if !strings.Contains(held.text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if got := post("mask_private"); got.StatusCode != http.StatusSeeOther {
		t.Error(got.StatusCode, got.text)
	}
	page := x.do(person.Agent, "GET", fmt.Sprintf("/api/v1/tickets/%d/timeline", n), nil).text
	if !strings.Contains(page, "Charged on CARD_1 today.") {
		t.Error(page)
	}
	p := x.do(person.Agent, "POST", fmt.Sprintf("/api/v1/tickets/%d/entries", n), map[string]any{"kind": "reply", "body": form.Get("body")})
	if j := p.json(t); p.StatusCode != 409 || j["code"] != "private" || j["field"] != "body" || !strings.Contains(j["hint"].(string), "confirm_private") {
		t.Error(p.text)
	}
	if p := x.do(person.Agent, "POST", fmt.Sprintf("/api/v1/tickets/%d/entries", n), map[string]any{"kind": "reply", "body": form.Get("body"), "confirm_private": true}); p.StatusCode != 201 {
		t.Error(p.text)
	}
}

// TestRedactCall answers as the command does, with JSON and with plain text.
func TestRedactCall(t *testing.T) {
	x := newSite(t)
	got := x.do(person.Agent, "POST", "/api/v1/redact", map[string]any{"text": "paid with 4111 1111 1111 1111"})
	if got.StatusCode != 200 || got.json(t)["text"] != "paid with CARD_1" || !strings.Contains(got.text, `"start":10,"end":29,"kind":"card"`) {
		t.Error(got.StatusCode, got.text)
	}
	if plain := x.send(person.Agent, "/api/v1/redact", "text/plain; charset=utf-8", strings.NewReader("paid with 4111 1111 1111 1111")); plain.text != got.text {
		t.Errorf("%s, want %s", plain.text, got.text)
	}
	if got := x.send(person.Requester, "/api/v1/redact", "text/plain", strings.NewReader("x")); got.StatusCode != 403 {
		t.Error(got.StatusCode)
	}
	if got := x.send(person.Agent, "/api/v1/redact", "text/plain", strings.NewReader("\xff")); got.StatusCode != 422 {
		t.Error(got.StatusCode, got.text)
	}
}
