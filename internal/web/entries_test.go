package web_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"firebreak/internal/person"
)

// part is a field of a form; a name makes it a file.
type part struct{ field, name, value string }

func form(parts ...part) (contentType string, body []byte) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		if p.name == "" {
			w.WriteField(p.field, p.value)
			continue
		}
		f, _ := w.CreateFormFile(p.field, p.name)
		io.WriteString(f, p.value)
	}
	w.Close()
	return w.FormDataContentType(), b.Bytes()
}

// send posts a form as role, with further headers as "name: value".
func (x *site) send(role person.Role, path, contentType string, body io.Reader, headers ...string) answer {
	x.t.Helper()
	req, err := http.NewRequest("POST", x.url+path, body)
	if err != nil {
		x.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Authorization", "Bearer "+x.tokens[role])
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
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

func (x *site) upload(role person.Role, path string, parts ...part) answer {
	x.t.Helper()
	contentType, body := form(parts...)
	return x.send(role, path, contentType, bytes.NewReader(body))
}

func picture() string {
	var b bytes.Buffer
	png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30)))
	return b.String()
}

const cast = "{\"version\": 2, \"width\": 80, \"height\": 24}\n[0.5, \"o\", \"$ df\\r\\n\"]\n[1.0, \"o\", \"disk full\\r\\n\"]\n"

func TestEntriesTakeJSONAndFiles(t *testing.T) {
	x := newSite(t)
	n := x.open(map[string]any{})
	path := fmt.Sprintf("/api/v1/tickets/%d/entries", n)
	for _, c := range []struct {
		name, kind string
		got        answer
	}{
		{"note", "note", x.do(person.Agent, "POST", path, `{"kind":"note","body":"n"}`)},
		{"reply", "reply", x.do(person.Agent, "POST", path, `{"kind":"reply","body":"r","public":true}`)},
		{"sql", "sql", x.do(person.Agent, "POST", path, `{"kind":"sql","statement":"SELECT 1","result":"a | b\n--+--\n1 | 2\n","duration_ms":3.5}`)},
		{"sql table", "sql", x.do(person.Agent, "POST", path, `{"kind":"sql","body":"SELECT 1","result":{"columns":["a"],"rows":[[null],[1]]}}`)},
		{"terminal", "terminal", x.do(person.Agent, "POST", path, `{"kind":"terminal","body":"$ ls\nx"}`)},
		{"log", "log", x.do(person.Agent, "POST", path, `{"kind":"log","body":"ERROR x"}`)},
		{"file from body", "file", x.do(person.Agent, "POST", path, `{"kind":"file","body":"a,b\n1,2\n","name":"rows.csv"}`)},
		{"cast file", "terminal", x.upload(person.Agent, path, part{"kind", "", "terminal"}, part{"file", "s.cast", cast})},
		{"file before kind", "log", x.upload(person.Agent, path, part{"file", "x.txt", "INFO a\n"}, part{"kind", "", "log"})},
		{"picture, no kind", "screenshot", x.upload(person.Agent, path, part{"file", "x.png", picture()})},
		{"reply with files", "reply", x.upload(person.Agent, path, part{"kind", "", "reply"}, part{"body", "", "see"}, part{"file", "x.png", picture()}, part{"file", "y.pdf", "%PDF-1.7"})},
		{"form without files", "note", x.send(person.Agent, fmt.Sprintf("/tickets/%d/evidence", n), "application/x-www-form-urlencoded", strings.NewReader("kind=note&body=hi"), "HX-Request: true")},
	} {
		if c.got.StatusCode != http.StatusCreated {
			t.Errorf("%s: %d %s", c.name, c.got.StatusCode, c.got.text)
			continue
		}
		e := c.got.json(t)
		if e["kind"] != c.kind || e["id"] == "" {
			t.Errorf("%s: %s", c.name, c.got.text)
		}
		if again := x.do(person.Agent, "GET", "/api/v1/entries/"+e["id"].(string), nil); again.StatusCode != 200 || again.json(t)["kind"] != c.kind {
			t.Errorf("%s: %d %s", c.name, again.StatusCode, again.text)
		}
	}
	page := x.do(person.Agent, "GET", fmt.Sprintf("/tickets/%d", n), nil)
	for _, want := range []string{`data-cast-src="/entries/`, `data-log-src="/entries/`, `<td class="null num">null</td>`, `data-picture href="/files/`, "rows.csv", "y.pdf"} {
		if !strings.Contains(page.text, want) {
			t.Errorf("the ticket page lacks %s", want)
		}
	}
	if doc := x.do("", "GET", "/api/openapi.json", nil); !strings.Contains(doc.text, "multipart/form-data") || !strings.Contains(doc.text, "/api/v1/entries/{entry}/files/{role}") {
		t.Error("the API description lacks uploads or files")
	}
}

func TestBadUploadsNameTheFieldAndTheRemedy(t *testing.T) {
	x := newSite(t)
	n := x.open(map[string]any{})
	path := fmt.Sprintf("/api/v1/tickets/%d/entries", n)
	contentType, whole := form(part{"kind", "", "file"}, part{"file", "x.bin", strings.Repeat("x", 5000)})
	for _, c := range []struct {
		name   string
		got    answer
		status int
		field  string
	}{
		{"corrupt cast", x.upload(person.Agent, path, part{"kind", "", "terminal"}, part{"file", "s.cast", cast + "[oops\n"}), 422, "file"},
		{"cut off", x.send(person.Agent, path, contentType, bytes.NewReader(whole[:3000])), 422, "file"},
		{"no boundary", x.send(person.Agent, path, "multipart/form-data", bytes.NewReader(whole)), 422, "body"},
		{"unknown field", x.upload(person.Agent, path, part{"knid", "", "log"}, part{"file", "x", "x"}), 422, "knid"},
		{"unknown kind", x.upload(person.Agent, path, part{"kind", "", "logg"}, part{"file", "x", "x"}), 422, "kind"},
		{"empty file", x.upload(person.Agent, path, part{"kind", "", "log"}, part{"file", "x", ""}), 422, "file"},
		{"nothing", x.upload(person.Agent, path, part{"title", "", "t"}), 422, "kind"},
		{"broken text", x.upload(person.Agent, path, part{"kind", "", "note"}, part{"body", "", "\xff"}), 422, "body"},
		{"not a number", x.upload(person.Agent, path, part{"kind", "", "sql"}, part{"statement", "", "SELECT 1"}, part{"duration_ms", "", "fast"}), 422, "duration_ms"},
		{"no such ticket", x.upload(person.Agent, "/api/v1/tickets/999/entries", part{"kind", "", "file"}, part{"file", "x", "x"}), 404, ""},
		{"JSON of the wrong type", x.do(person.Agent, "POST", path, `{"kind":"sql","statement":7}`), 422, "statement"},
		{"JSON with broken UTF-8", x.do(person.Agent, "POST", path, []byte("{\"kind\":\"log\",\"body\":\"\xff\"}")), 422, "body"},
	} {
		p := map[string]any{}
		if c.got.StatusCode == c.status {
			p = c.got.json(t)
		}
		if c.got.StatusCode != c.status || fmt.Sprint(p["field"]) != c.field && c.field != "" || p["hint"] == "" {
			t.Errorf("%s: %d %s", c.name, c.got.StatusCode, c.got.text)
		}
	}
	if tl := x.do(person.Agent, "GET", fmt.Sprintf("/api/v1/tickets/%d/timeline", n), nil); strings.Contains(tl.text, `"entry"`) {
		t.Errorf("something was stored: %s", tl.text)
	}
}

// A file of five gigabytes is refused from its stated length at once, and without one as soon as the limit is
// passed; in neither case is it held in memory.
func TestFiveGigabytesAreRefused(t *testing.T) {
	x := newSite(t)
	n := x.open(map[string]any{})
	path := fmt.Sprintf("/api/v1/tickets/%d/entries", n)
	conn, err := net.Dial("tcp", strings.TrimPrefix(x.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(30 * time.Second))
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer %s\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n--b\r\n", path, x.tokens[person.Agent], 5<<30)
	head := make([]byte, 4096)
	k, err := io.ReadAtLeast(conn, head, 200) // the answer comes though almost nothing was sent
	if err != nil || !strings.HasPrefix(string(head[:k]), "HTTP/1.1 413") || !strings.Contains(string(head[:k]), `"field":"file"`) && !strings.Contains(string(head[:k]), "problem+json") {
		t.Errorf("%v: %s", err, head[:k])
	}

	x.desk.MaxUpload = 24 << 20
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := "--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nfile\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"big.bin\"\r\n\r\n"
	body := io.MultiReader(strings.NewReader(start), io.LimitReader(zeros{}, 5<<30)) // no stated length: chunked
	req, _ := http.NewRequest("POST", x.url+path, body)
	req.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	req.Header.Set("Authorization", "Bearer "+x.tokens[person.Agent])
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Log("the connection was cut before the answer was read:", err) // what a client may see when it never stops sending
		return
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if res.StatusCode != 413 || !strings.Contains(string(text), "24 MB") || !strings.Contains(string(text), `"field":"file"`) {
		t.Errorf("%d %s", res.StatusCode, text)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestFilesAreNeverPages(t *testing.T) {
	x := newSite(t)
	n := x.open(map[string]any{})
	path := fmt.Sprintf("/api/v1/tickets/%d/entries", n)
	for _, c := range []struct{ name, content, contentType, how string }{
		{"page.html", "<html><script>alert(1)</script>", "application/octet-stream", "attachment"},
		{"pic.svg", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "application/octet-stream", "attachment"},
		{"notes.txt", "plain words", "text/plain; charset=utf-8", "inline"},
		{"fake.txt", "<html><script>alert(1)</script>", "application/octet-stream", "attachment"},
		{"run.js", "alert(1)", "application/octet-stream", "attachment"},
		{"doc.pdf", "%PDF-1.7", "application/octet-stream", "attachment"},
		{"Übersicht \"a\".png", picture(), "image/png", "inline"},
	} {
		e := x.upload(person.Agent, path, part{"kind", "", "file"}, part{"file", c.name, c.content}).json(t)
		id := e["id"].(string)
		for _, address := range []string{"/files/" + id + "/main", "/api/v1/entries/" + id + "/files/main"} {
			a := x.do(person.Agent, "GET", address, nil)
			h := a.Header
			if a.StatusCode != 200 || a.text != c.content || h.Get("Content-Type") != c.contentType || !strings.HasPrefix(h.Get("Content-Disposition"), c.how) ||
				h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Security-Policy") != "sandbox; default-src 'none'" {
				t.Errorf("%s: %d %v", c.name, a.StatusCode, h)
			}
			if d := x.do(person.Agent, "GET", address+"?download=1", nil); !strings.HasPrefix(d.Header.Get("Content-Disposition"), "attachment") {
				t.Errorf("%s: download is %s", c.name, d.Header.Get("Content-Disposition"))
			}
			req, _ := http.NewRequest("GET", x.url+address, nil)
			req.Header.Set("Authorization", "Bearer "+x.tokens[person.Agent])
			req.Header.Set("Range", "bytes=2-4")
			if res, err := http.DefaultClient.Do(req); err != nil || res.StatusCode != http.StatusPartialContent {
				t.Errorf("%s: range %v %v", c.name, res.Status, err)
			} else if b, _ := io.ReadAll(res.Body); string(b) != c.content[2:5] {
				t.Errorf("%s: range gave %q", c.name, b)
			}
			req.Header.Del("Range")
			req.Header.Set("If-None-Match", h.Get("ETag"))
			if res, err := http.DefaultClient.Do(req); err != nil || res.StatusCode != http.StatusNotModified {
				t.Errorf("%s: unchanged %v %v", c.name, res.Status, err)
			}
		}
	}
}

func TestEvidenceIsReadByStaffAlone(t *testing.T) {
	x := newSite(t)
	n := x.open(map[string]any{"requester": x.people[person.Requester].Email})
	path := fmt.Sprintf("/api/v1/tickets/%d/entries", n)
	sql := x.do(person.Agent, "POST", path, `{"kind":"sql","statement":"SELECT 1","result":{"columns":["a"],"rows":[["=1+1"],[null]]}}`).json(t)["id"].(string)
	term := x.upload(person.Agent, path, part{"kind", "", "terminal"}, part{"file", "s.cast", cast}).json(t)["id"].(string)
	log := x.upload(person.Agent, path, part{"kind", "", "log"}, part{"file", "a.log", "INFO one\nERROR two\nINFO three\n"}).json(t)["id"].(string)
	for _, c := range []struct{ path, part, contentType string }{
		{"/entries/" + sql + "/csv", "a\r\n'=1+1\r\n", "text/csv; charset=utf-8"},
		{"/entries/" + term + "/cast", `"version":2`, "application/x-asciicast"},
		{"/entries/" + term + "/text", "disk full", "text/plain; charset=utf-8"},
		{"/entries/" + log + "/lines?from=1&count=1", `{"lines":[{"n":2,"level":"error","text":"ERROR two"}],"total":3}`, "application/json"},
		{"/entries/" + log + "/lines?level=error", `"total":1}`, "application/json"},
		{"/entries/" + log + "/lines?find=three&after=1&dir=next", `{"index":2,"n":3}`, "application/json"},
		{"/entries/" + log + "/lines?find=info&after=3&dir=prev", `{"index":0,"n":1}`, "application/json"},
		{"/files/" + log + "/main", "INFO one", "text/plain; charset=utf-8"},
	} {
		a := x.do(person.Agent, "GET", c.path, nil)
		if a.StatusCode != 200 || !strings.Contains(a.text, c.part) || a.Header.Get("Content-Type") != c.contentType {
			t.Errorf("%s: %d %s %s", c.path, a.StatusCode, a.Header.Get("Content-Type"), a.text)
		}
		if r := x.do(person.Requester, "GET", c.path, nil); r.StatusCode != 403 && r.StatusCode != 404 || strings.Contains(r.text, c.part) {
			t.Errorf("a requester reads %s: %d", c.path, r.StatusCode)
		}
		if r := x.do("", "GET", "/api/v1"+strings.Replace(c.path, "/files/"+log, "/entries/"+log+"/files", 1), nil); r.StatusCode != 401 {
			t.Errorf("nobody reads %s: %d", c.path, r.StatusCode)
		}
	}
	if a := x.do(person.Agent, "GET", "/api/v1/entries/"+log+"/lines/find?find=nowhere", nil); a.StatusCode != 404 {
		t.Errorf("%d %s", a.StatusCode, a.text)
	}
	for _, path := range []string{"/files/zzz/main", "/entries/0000000000001/lines", "/files/" + log + "/none"} {
		if a := x.do(person.Agent, "GET", path, nil); a.StatusCode != 404 {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
	mine := x.upload(person.Requester, path, part{"kind", "", "file"}, part{"file", "mine.txt", "mine"})
	if mine.StatusCode != 201 || mine.json(t)["public"] != true {
		t.Fatalf("%d %s", mine.StatusCode, mine.text)
	}
	if a := x.do(person.Requester, "GET", "/files/"+mine.json(t)["id"].(string)+"/main", nil); a.StatusCode != 200 || a.text != "mine" {
		t.Errorf("%d %s", a.StatusCode, a.text)
	}
}

func TestEvidenceFormWorksWithoutScripts(t *testing.T) {
	x := newSite(t)
	n := x.open(map[string]any{})
	path := fmt.Sprintf("/tickets/%d/evidence", n)
	common := []part{{"form", "", "evidence"}, {"title", "", ""}, {"statement", "", ""}, {"result", "", ""}, {"engine", "", ""}, {"database", "", ""}, {"body", "", ""}}
	good := x.upload(person.Agent, path, append([]part{{"kind", "", ""}, {"file", "a.log", "ERROR x\n"}}, common...)...)
	if good.StatusCode != http.StatusSeeOther || !strings.Contains(good.Header.Get("Location"), "#e-") {
		t.Errorf("%d %s", good.StatusCode, good.Header.Get("Location"))
	}
	for name, parts := range map[string][]part{
		"corrupt":    {{"kind", "", "terminal"}, {"file", "a.cast", "{\"version\": 2"}},
		"nothing":    {{"kind", "", ""}},
		"no picture": {{"kind", "", "screenshot"}},
	} {
		bad := x.upload(person.Agent, path, append(parts, common...)...)
		if bad.StatusCode != 422 || !strings.Contains(bad.text, `class="errors"`) || !strings.Contains(bad.text, `value="evidence" checked`) {
			t.Errorf("%s: %d %.600s", name, bad.StatusCode, bad.text)
		}
	}
	contentType, body := form(part{"file", "a.cast", "{\"version\": 2"})
	if a := x.send(person.Agent, path, contentType, bytes.NewReader(body), "HX-Request: true"); a.StatusCode != 422 || a.json(t)["detail"] == "" {
		t.Errorf("a dropped file: %d %s", a.StatusCode, a.text)
	}
	if a := x.do(person.Agent, "POST", path, url.Values{"form": {"evidence"}, "kind": {"sql"}, "statement": {"SELECT 1"}}); a.StatusCode != http.StatusSeeOther {
		t.Errorf("%d %s", a.StatusCode, a.text)
	}
}

// A requester answers with files through the portal and sees the desk's pictures there, and nothing of a ticket
// of somebody else's that theirs was merged into.
func TestPortalAnswersWithFiles(t *testing.T) {
	x := newSite(t)
	n := x.open(map[string]any{"requester": x.people[person.Requester].Email})
	page := fmt.Sprintf("/portal/tickets/%d", n)
	x.upload(person.Agent, fmt.Sprintf("/api/v1/tickets/%d/entries", n), part{"kind", "", "reply"}, part{"body", "", "Is it this?"}, part{"file", "desk.png", picture()})
	sent := x.upload(person.Requester, page+"/files", part{"form", "", "answer"}, part{"kind", "", "reply"}, part{"body", "", "No, this."}, part{"file", "mine.png", picture()}, part{"file", "rows.csv", "a,b\n"})
	if sent.StatusCode != http.StatusSeeOther || !strings.HasPrefix(sent.Header.Get("Location"), page+"#e-") {
		t.Fatalf("%d %s %s", sent.StatusCode, sent.Header.Get("Location"), sent.text)
	}
	got := x.do(person.Requester, "GET", page, nil)
	for _, want := range []string{"No, this.", `alt="mine.png"`, `alt="desk.png"`, "rows.csv", `enctype="multipart/form-data"`} {
		if !strings.Contains(got.text, want) {
			t.Errorf("the portal page lacks %s", want)
		}
	}
	empty := x.upload(person.Requester, page+"/files", part{"form", "", "answer"}, part{"kind", "", "reply"}, part{"body", "", ""}, part{"file", "", ""})
	if empty.StatusCode != 422 || !strings.Contains(empty.text, `id="body-e"`) {
		t.Errorf("an empty answer: %d", empty.StatusCode)
	}
	other := x.open(map[string]any{"requester": x.people[person.Lead].Email})
	if a := x.do(person.Agent, "POST", fmt.Sprintf("/api/v1/tickets/%d/merge", n), map[string]any{"into": other}); a.StatusCode >= 300 {
		t.Fatalf("merge: %d %s", a.StatusCode, a.text)
	}
	late := x.do(person.Requester, "POST", fmt.Sprintf("/api/v1/tickets/%d/entries", n), `{"kind":"reply","body":"late"}`)
	if e := late.json(t); late.StatusCode != 201 || int64(e["ticket"].(float64)) != n || e["origin"] != nil {
		t.Errorf("a late reply: %d %s", late.StatusCode, late.text)
	}
}

// FuzzUpload: whatever arrives as a form, the answer is a sentence for people and never a defect.
func FuzzUpload(f *testing.F) {
	contentType, whole := form(part{"kind", "", "terminal"}, part{"file", "s.cast", cast}, part{"timing", "t", "0.1 2\n"})
	boundary := strings.TrimPrefix(contentType, "multipart/form-data; boundary=")
	f.Add(whole, boundary)
	f.Add(whole[:len(whole)/2], boundary)
	f.Add([]byte("--b\r\nContent-Disposition: form-data; name=file; filename=x\r\n\r\n\x1f\x8b\x08\r\n--b--"), "b")
	f.Fuzz(func(t *testing.T, body []byte, boundary string) {
		if strings.ContainsAny(boundary, "\r\n\x00") {
			return
		}
		x := newSite(t)
		x.open(map[string]any{})
		a := x.send(person.Agent, "/api/v1/tickets/1/entries", "multipart/form-data; boundary="+boundary, bytes.NewReader(body))
		if a.StatusCode >= 500 {
			t.Errorf("%d %s", a.StatusCode, a.text)
		}
	})
}
