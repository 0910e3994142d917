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

func TestEstateByPages(t *testing.T) {
	x := newSite(t)
	if a := x.do(person.Lead, "GET", "/estate", nil); a.StatusCode != 200 || !strings.Contains(a.text, "Nothing is known of the estate yet") {
		t.Fatalf("empty: %d", a.StatusCode)
	}
	form := func(role person.Role, path string, f url.Values, status int, want string) answer {
		t.Helper()
		a := x.do(role, "POST", path, f)
		if a.StatusCode != status || !strings.Contains(a.text+a.Header.Get("Location"), want) {
			t.Fatalf("%s: %d to %s: %s", path, a.StatusCode, a.Header.Get("Location"), a.text)
		}
		return a
	}
	for _, name := range []string{"Orders", "Stock"} {
		form(person.Lead, "/catalogue", url.Values{"name": {name}}, 303, "/catalogue/")
	}
	form(person.Lead, "/estate/interfaces", url.Values{"form": {"interface-new"}, "from": {"Orders"}, "to": {"Stok"}, "host": {"stock01.example"}}, 422, "There is no application called Stok")
	to := form(person.Lead, "/estate/interfaces", url.Values{"from": {"Orders"}, "to": {"Stock"}, "name": {"Stock of each line"}, "host": {"stock01.example"}, "port": {"8443"}, "addresses": {"10.4.1.7"}, "between": {"jvm, pool"}}, 303, "/estate/interfaces/").Header.Get("Location")
	form(person.Agent, "/estate/interfaces", url.Values{"from": {"Orders"}, "to": {"Stock"}}, 403, "")
	x.open(map[string]any{"subject": "Orders cannot reach Stock", "application": "orders"})
	page := x.do(person.Agent, "GET", to+"?ticket=1", nil)
	for _, want := range []string{"stock01.example:8443", "Java address cache, connection pool", "Compare the addresses", `value="1"`} {
		if !strings.Contains(page.text, want) {
			t.Errorf("the interface lacks %q", want)
		}
	}
	if strings.Contains(page.text, to+"/edit") {
		t.Error("an agent is offered to edit")
	}
	form(person.Lead, to, url.Values{"addresses": {"10.4.2.19"}}, 303, to)
	pasted := "$ getent hosts stock01.example\n10.4.2.19 stock01.example\nSYN-SENT 0 1 10.4.3.30:48122 10.4.1.7:8443\n"
	found := form(person.Agent, to+"/check", url.Values{"caller": {pasted}, "callee": {"$ hostname -I\n10.4.2.19\n"}, "ticket": {"1"}}, 200, "Orders holds a stale address: it connects to 10.4.1.7 while its machine already resolves 10.4.2.19 for stock01.example; restart its connection pool.")
	if !strings.Contains(found.text, "Kept as a private note on") || !strings.Contains(found.text, "SYN-SENT") {
		t.Error("the check is not kept, or what was pasted is gone")
	}
	if a := x.do(person.Agent, "POST", to+"/check", url.Values{"caller": {pasted}, "ticket": {"999"}}); a.StatusCode != 200 || !strings.Contains(a.text, "There is no ticket") || !strings.Contains(a.text, "SYN-SENT") {
		t.Errorf("a wrong ticket: %d %s", a.StatusCode, a.text)
	}
	form(person.Requester, to+"/check", url.Values{}, 403, "")

	form(person.Agent, "/changes", url.Values{"form": {"change-new"}, "application": {"Stock"}}, 422, "must not be empty")
	change := form(person.Agent, "/changes", url.Values{"application": {"Stock"}, "title": {"Moved to a new server"}, "kind": {"server"}, "planned": {"false"}}, 303, "/changes/").Header.Get("Location")
	form(person.Lead, "/catalogue/stock/products", url.Values{"name": {"Tomcat"}, "version": {"9.0.82"}}, 303, "/catalogue/stock/estate#products")
	for path, wants := range map[string][]string{
		change:                                  {"Moved to a new server", "not planned", "Orders", "directly"},
		"/changes":                              {"10.4.1.7 → 10.4.2.19", "Moved to a new server"},
		"/changes?application=orders&near=true": {"called by it"},
		"/catalogue/stock/estate":               {`class="map wide"`, `class="map tall"`, `href="/catalogue/orders/estate"`, "The same as a table", "Tomcat", "2 changes"},
		"/catalogue/orders":                     {"Around it", "Moved to a new server", to},
		"/estate":                               {"Orders", "Moved to a new server"},
		"/changes/new?application=stock":        {`value="Stock"`}, "/estate/interfaces/new?from=Stock": {`value="Stock"`}, to + "/edit": {"10.4.2.19"}, "/estate/import": {"hosts: application"},
	} {
		a := x.do(person.Lead, "GET", path, nil)
		if a.StatusCode != 200 {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.text)
		}
		for _, want := range wants {
			if !strings.Contains(a.text, want) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
	}
	form(person.Lead, to+"/remove", url.Values{}, 303, "/estate")
	form(person.Agent, change+"/remove", url.Values{}, 303, "/changes")
	for _, path := range []string{"/estate", "/changes", "/catalogue/stock/estate"} {
		if a := x.do(person.Requester, "GET", path, nil); a.StatusCode != 403 {
			t.Errorf("a requester reads %s: %d", path, a.StatusCode)
		}
	}
	if a := x.do(person.Agent, "GET", "/estate/import", nil); a.StatusCode != 403 {
		t.Errorf("an agent imports: %d", a.StatusCode)
	}
}

func TestImportPageLooksFirstAndNamesLines(t *testing.T) {
	x := newSite(t)
	send := func(fields map[string]string, file string) answer {
		t.Helper()
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		for k, v := range fields {
			w.WriteField(k, v)
		}
		if file != "" {
			f, _ := w.CreateFormFile("file", "jobs.jil")
			f.Write([]byte(file))
		}
		w.Close()
		req, _ := http.NewRequest("POST", x.url+"/estate/import", &b)
		req.Header.Set("Content-Type", w.FormDataContentType())
		req.Header.Set("Authorization", "Bearer "+x.tokens[person.Lead])
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var text bytes.Buffer
		text.ReadFrom(res.Body)
		return answer{res, text.String()}
	}
	if a := send(map[string]string{"act": "look"}, ""); a.StatusCode != 422 || !strings.Contains(a.text, "There is nothing to import") {
		t.Errorf("nothing: %d", a.StatusCode)
	}
	bad := "insert_job: A\ncommand: x\nmachine: m\nupsert_job: B\n"
	if a := send(map[string]string{"act": "import", "text": bad}, ""); a.StatusCode != 422 || !strings.Contains(a.text, "no attribute “upsert_job”") || !strings.Contains(a.text, `data-label="line">4<`) {
		t.Errorf("a wrong file: %d %s", a.StatusCode, a.text)
	}
	good := "insert_job: A\ncommand: x\nmachine: m\napplication: Ledger\n"
	if a := send(map[string]string{"act": "look", "create": "true"}, good); a.StatusCode != 200 || !strings.Contains(a.text, "This is what the import would do") || !strings.Contains(a.text, "1 jobs new") {
		t.Errorf("a look: %d %s", a.StatusCode, a.text)
	}
	if a := x.do(person.Lead, "GET", "/api/v1/estate", nil).json(t); a["counts"].(map[string]any)["jobs"] != float64(0) {
		t.Error("a look wrote")
	}
	if a := send(map[string]string{"act": "import", "create": "true", "map": "nonsense"}, good); a.StatusCode != 422 || !strings.Contains(a.text, "NAME=Application") {
		t.Errorf("a wrong map: %d", a.StatusCode)
	}
	if a := send(map[string]string{"act": "import", "create": "true"}, good); a.StatusCode != 200 || !strings.Contains(a.text, "It is imported") {
		t.Errorf("import: %d %s", a.StatusCode, a.text)
	}
	if a := x.do(person.Agent, "GET", "/estate/jobs.jil", nil); a.StatusCode != 200 || !strings.Contains(a.text, "insert_job: A") {
		t.Errorf("as JIL: %d %s", a.StatusCode, a.text)
	}
}

func TestEstateByAPI(t *testing.T) {
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
	csv := "application,host,address\nStock,stock01.example,10.4.1.7\nOrders,orders01.example,10.4.3.30\n"
	if r := do(person.Lead, "POST", "/estate/import?format=csv", csv, 200).json(t); len(r["problems"].([]any)) != 2 {
		t.Errorf("unknown applications: %v", r)
	}
	do(person.Agent, "POST", "/estate/import", csv, 403)
	do(person.Lead, "POST", "/estate/import?format=xml", csv, 422)
	if r := do(person.Lead, "POST", "/estate/import?create=true", csv, 200).json(t); r["rows"].(map[string]any)["added"] != float64(2) || r["table"] != "hosts" {
		t.Errorf("imported: %v", r)
	}
	i := do(person.Lead, "POST", "/estate/interfaces", `{"from":"orders","to":"stock","host":"stock01.example","port":8443,"between":"pool"}`, 201).json(t)
	which := i["id"].(string)
	do(person.Agent, "POST", "/estate/interfaces", `{"from":"orders","to":"stock"}`, 403)
	do(person.Agent, "GET", "/estate/interfaces/"+which, "", 200)
	do(person.Lead, "PATCH", "/estate/interfaces/"+which, `{"protocol":"https"}`, 200)
	if v := do(person.Agent, "GET", "/estate/interfaces", "", 200).json(t); len(v["items"].([]any)) != 1 {
		t.Errorf("interfaces %v", v)
	}
	v := do(person.Agent, "POST", "/estate/interfaces/"+which+"/check", `{"caller":"ESTAB 0 0 10.4.3.30:1 10.4.9.9:8443"}`, 200).json(t)
	if v["side"] != "unknown" || !strings.HasPrefix(v["sentence"].(string), "Nobody can tell which is stale") {
		t.Errorf("check %v", v)
	}
	do(person.Requester, "POST", "/estate/interfaces/"+which+"/check", `{}`, 403)
	c := do(person.Agent, "POST", "/changes", `{"application":"stock","title":"Release 4.2","key":"run-7","reference":"CHG0042"}`, 201).json(t)
	if c["dependents"].([]any)[0].(map[string]any)["slug"] != "orders" || c["planned"] != true {
		t.Errorf("change %v", c)
	}
	if again := do(person.Agent, "POST", "/changes", `{"application":"stock","title":"Release 4.2","key":"run-7"}`, 201).json(t); again["updated"] != true || again["id"] != c["id"] {
		t.Errorf("again %v", again)
	}
	if f := do(person.Agent, "POST", "/changes", `{"application":"nothing","title":"x"}`, 422).json(t)["field"]; f != "application" {
		t.Errorf("field %v", f)
	}
	if l := do(person.Agent, "GET", "/changes?application=orders&near=true&days=7", "", 200).json(t); len(l["items"].([]any)) != 1 {
		t.Errorf("near %v", l)
	}
	a := do(person.Agent, "GET", "/estate/applications/stock", "", 200).json(t)
	if len(a["called_by"].([]any)) != 1 || len(a["graph"].(map[string]any)["nodes"].([]any)) != 2 {
		t.Errorf("around %v", a)
	}
	p := do(person.Lead, "PUT", "/estate/applications/stock/products", `{"name":"Tomcat","version":"9"}`, 200).json(t)
	do(person.Lead, "DELETE", "/estate/applications/stock/products/"+p["id"].(string), "", 200)
	do(person.Agent, "GET", "/estate/jil", "", 200)
	do(person.Agent, "DELETE", "/changes/"+c["id"].(string), "", 200)
	do(person.Lead, "DELETE", "/estate/interfaces/"+which, "", 200)
	do(person.Lead, "DELETE", "/estate/interfaces/"+which, "", 404)
}
