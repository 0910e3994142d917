package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/live"
	"firebreak/internal/person"
	"firebreak/internal/store/storetest"
)

// tried has one of everything that the inputs of the table have.
type tried struct {
	Page
	Number int64     `path:"number" minimum:"1" doc:"a number"`
	Limit  int       `query:"limit" minimum:"0" maximum:"200"`
	Dry    bool      `query:"dry_run"`
	Since  time.Time `query:"since"`
	States []string  `query:"state" enum:"open,closed" maxItems:"2"`
	Kinds  []word    `query:"kind"`
	Format string    `query:"format" enum:",csv,jsonl"`
	Match  string    `header:"If-Match" maxLength:"5"`
	Body   triedBody
}

type word string

type Page struct {
	Cursor string `query:"cursor" maxLength:"10"`
}

type triedBody struct {
	Title  string            `json:"title" minLength:"1" maxLength:"20"`
	Count  int               `json:"count,omitempty" minimum:"0"`
	Owner  *id.ID            `json:"owner,omitempty"`
	At     *time.Time        `json:"at,omitempty"`
	Words  []string          `json:"words,omitempty"`
	Maybe  *string           `json:"maybe,omitempty"`
	Below  *triedBelow       `json:"below,omitempty"`
	Values map[string]string `json:"values,omitempty"`
}

type triedBelow struct {
	Kind string `json:"kind" enum:"a,b"`
	Rows []struct {
		N int `json:"n"`
	} `json:"rows,omitempty"`
}

// asHuma makes a problem what huma's own registration sends, for the comparison alone.
type asHuma problem

func (p *asHuma) Error() string             { return p.Detail }
func (p *asHuma) GetStatus() int            { return p.Status }
func (p *asHuma) ContentType(string) string { return problemType }

// TestOperation compares the JSON half with huma's own generic registration of the same handler: every answer to
// every request is the same, and so is the description.
func TestOperation(t *testing.T) {
	oldError, oldContext := huma.NewError, huma.NewErrorWithContext
	t.Cleanup(func() { huma.NewError, huma.NewErrorWithContext = oldError, oldContext })
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return (*asHuma)(fromHuma(status, msg, errs...))
	}
	huma.NewErrorWithContext = func(_ huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return huma.NewError(status, msg, errs...)
	}

	st, _ := storetest.SQLite(t)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	s := &Server{desk: desk.New(st, &live.Hub{}, nil, log), log: log, mux: http.NewServeMux()}
	s.api = newAPI(s.mux, "test")
	echo := func(_ *Server, _ context.Context, in *tried) (map[string]any, error) {
		switch in.Body.Title {
		case "fault":
			return nil, fault.Invalid("title", "The title <is> bad.", "Take another.")
		case "gone":
			return nil, fault.NotFound("ticket")
		}
		return map[string]any{"in": in, "html": "<b>"}, nil
	}
	register(s, route{method: post, api: "/tried/{number}", may: person.SeeOwn, what: "+Try"}, http.StatusCreated, handle(echo))
	register(s, route{method: get, api: "/plain", may: person.SeeOwn, what: "List"}, http.StatusOK, handle(func(*Server, context.Context, *none) ([]triedBelow, error) { return nil, nil }))
	register(s, route{method: put, api: "/perhaps", may: person.SeeOwn, what: "Perhaps"}, http.StatusOK, handle(func(_ *Server, _ context.Context, in *perhaps) (perhaps, error) { return *in, nil }))

	mux := http.NewServeMux()
	api := newAPI(mux, "test")
	theirs(s, api, post, "/tried/{number}", "Try", http.StatusCreated, echo)
	theirs(s, api, get, "/plain", "List", http.StatusOK, func(*Server, context.Context, *none) ([]triedBelow, error) { return nil, nil })
	theirs(s, api, put, "/perhaps", "Perhaps", http.StatusOK, func(_ *Server, _ context.Context, in *perhaps) (perhaps, error) { return *in, nil })

	described := func(a huma.API) (v any) {
		doc, err := json.Marshal(a.OpenAPI())
		if err != nil || json.Unmarshal(bytes.ReplaceAll(doc, []byte("AsHuma"), []byte("Problem")), &v) != nil {
			t.Fatal(err)
		}
		return v
	}
	if ours, want := described(s.api), described(api); !reflect.DeepEqual(ours, want) {
		t.Errorf("descriptions differ:\n%s\n%s", ours, want)
	}

	ctx := desk.AsSystem(t.Context(), "cli", "test")
	cases := []struct {
		method, path, kind, body string
		header                   string
	}{
		{post, "/tried/1", "", `{"title":"x"}`, ""},
		{post, "/tried/1?limit=5&dry_run=true&since=2026-01-02T03:04:05Z&state=open,closed&kind=a,b&format=csv&cursor=abc", "application/json", `{"title":"x","count":3,"owner":"0000000000001","at":"2026-01-02T03:04:05Z","words":["a"],"maybe":"","below":{"kind":"a","rows":[{"n":1}]},"values":{"a":"b"}}`, "abc"},
		{post, "/tried/1?limit=5&dry_run", "application/json; charset=utf-8", `{"title":"x","maybe":null,"words":null,"below":null,"owner":null}`, ""},
		{post, "/tried/0", "", `{"title":"x"}`, ""},
		{post, "/tried/x", "", `{"title":"x"}`, ""},
		{post, "/tried/99999999999999999999", "", `{"title":"x"}`, ""},
		{post, "/tried/1?limit=500", "", `{"title":"x"}`, ""},
		{post, "/tried/1?limit=-1&dry_run=perhaps", "", `{"title":"x"}`, ""},
		{post, "/tried/1?limit=ten", "", `{"title":"x"}`, ""},
		{post, "/tried/1?limit=", "", `{"title":"x"}`, ""},
		{post, "/tried/1?unknown=1", "", `{"title":"x"}`, ""},
		{post, "/tried/1?since=yesterday", "", `{"title":"x"}`, ""},
		{post, "/tried/1?state=open,lost", "", `{"title":"x"}`, ""},
		{post, "/tried/1?state=open,open,open", "", `{"title":"x"}`, ""},
		{post, "/tried/1?state=open&state=closed", "", `{"title":"x"}`, ""},
		{post, "/tried/1?format=xml&cursor=01234567890", "", `{"title":"x"}`, "toolong"},
		{post, "/tried/1?cursor=%zz&limit=%31", "", `{"title":"x"}`, ""},
		{post, "/tried/1", "", `{"title":"x","nope":1}`, ""},
		{post, "/tried/1", "", `{}`, ""},
		{post, "/tried/1", "", `{"title":""}`, ""},
		{post, "/tried/1", "", `{"title":null}`, ""},
		{post, "/tried/1", "", `{"title":"` + strings.Repeat("x", 21) + `"}`, ""},
		{post, "/tried/1", "", `{"title":5,"count":"many","words":"one","below":[]}`, ""},
		{post, "/tried/1", "", `{"title":"x","count":1.5}`, ""},
		{post, "/tried/1", "", `{"title":"x","count":-1}`, ""},
		{post, "/tried/1", "", `{"title":"x","count":99999999999999999999}`, ""},
		{post, "/tried/1", "", `{"title":"x","owner":"zzz"}`, ""},
		{post, "/tried/1", "", `{"title":"x","at":"soon"}`, ""},
		{post, "/tried/1", "", `{"title":"x","below":{}}`, ""},
		{post, "/tried/1", "", `{"title":"x","below":{"kind":"c","rows":[{"n":1},{"n":"2"},{"m":3}]}}`, ""},
		{post, "/tried/1", "", `{"title":"x","values":{"a":1}}`, ""},
		{post, "/tried/1", "", `{"title":"x","TITLE":"y"}`, ""},
		{post, "/tried/1", "", `{"title":"x"`, ""},
		{post, "/tried/1", "", `{"title":"x"}}`, ""},
		{post, "/tried/1", "", `[]`, ""},
		{post, "/tried/1", "", `null`, ""},
		{post, "/tried/1", "", `"text"`, ""},
		{post, "/tried/1", "", ``, ""},
		{post, "/tried/0", "", ``, ""},
		{post, "/tried/1", "", "{\"title\":\"\xff\"}", ""},
		{post, "/tried/1", "", "{\"title\":\"x\",\"below\":{\"kind\":\"\xff\"}}", ""},
		{post, "/tried/1", "text/plain", `{"title":"x"}`, ""},
		{post, "/tried/1", "application/cbor", `{"title":"x"}`, ""},
		{post, "/tried/1", "application/vnd.x+json", `{"title":"x"}`, ""},
		{post, "/tried/1", "application/x-www-form-urlencoded", `title=x`, ""},
		{post, "/tried/1", ";;+", `{"title":"x"}`, ""},
		{post, "/tried/1", "", `{"title":"` + strings.Repeat("x", maxJSON) + `"}`, ""},
		{post, "/tried/1", "", strings.Repeat(`[`, 1000), ""},
		{post, "/tried/1", "", `{"title":"fault"}`, ""},
		{post, "/tried/1", "", `{"title":"gone"}`, ""},
		{get, "/tried/1", "", ``, ""},
		{get, "/plain?limit=x", "", ``, ""},
		{get, "/plain", "", `{"title":`, ""},
		{put, "/perhaps", "", ``, ""},
		{put, "/perhaps", "", `{"kind":"a"}`, ""},
		{put, "/perhaps", "", `null`, ""},
		{put, "/perhaps", "", `{"kind":"c"}`, ""},
	}
	for _, c := range cases {
		ask := func(h http.Handler) (int, string, string) {
			r := httptest.NewRequestWithContext(ctx, c.method, apiRoot+c.path, strings.NewReader(c.body))
			if c.kind != "" {
				r.Header.Set("Content-Type", c.kind)
			}
			if c.header != "" {
				r.Header.Set("If-Match", c.header)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w.Code, w.Header().Get("Content-Type"), w.Body.String()
		}
		status, kind, body := ask(s.mux)
		wantStatus, wantKind, wantBody := ask(mux)
		if status != wantStatus || kind != wantKind || body != wantBody {
			t.Errorf("%s %s %.80q:\n%d %s %.600s\nhuma itself answers\n%d %s %.600s", c.method, c.path, c.body, status, kind, body, wantStatus, wantKind, wantBody)
		}
	}
}

type perhaps struct {
	Body *triedBelow
}

type reply[O any] struct {
	Status int
	Body   O
}

// theirs registers a handler with huma's own generic function.
func theirs[I, O any](s *Server, api huma.API, method, path, what string, status int, h func(*Server, context.Context, *I) (O, error)) {
	huma.Register(api, huma.Operation{
		OperationID: operationID(method, path), Method: method, Path: apiRoot + path, Summary: what, DefaultStatus: status, MaxBodyBytes: maxJSON,
		Errors: []int{401, 403, 404, 409, 422}, Security: []map[string][]string{{"token": {}}},
	}, func(ctx context.Context, in *I) (*reply[O], error) {
		out, err := h(s, ctx, in)
		if err != nil {
			r, _ := http.NewRequestWithContext(ctx, method, path, nil)
			return nil, (*asHuma)(newProblem(s.asFault(r, err)))
		}
		return &reply[O]{status, out}, nil
	})
}

// TestNoDefaults finds a default in the description: the desk's use cases know the defaults, not the way in.
func TestNoDefaults(t *testing.T) {
	s := &Server{mux: http.NewServeMux(), desk: nil}
	s.api = newAPI(s.mux, "test")
	for _, r := range routes() {
		r.mount(s)
	}
	doc, err := json.Marshal(s.api.OpenAPI())
	if err != nil || bytes.Contains(doc, []byte(`"default":`)) {
		t.Errorf("a default is described that nothing fills in (%v)", err)
	}
}

// TestIDParameter: an id is read in its text form; by its kind alone huma would take it for a number.
func TestIDParameter(t *testing.T) {
	s := &Server{mux: http.NewServeMux()}
	s.api = newAPI(s.mux, "test")
	type in struct {
		Entry id.ID `query:"entry"`
	}
	register(s, route{method: get, api: "/entry", may: person.SeeOwn, what: "One"}, http.StatusOK, handle(func(_ *Server, _ context.Context, in *in) (id.ID, error) { return in.Entry, nil }))
	for text, want := range map[string]int{"": 200, "0000000000007": 200, "7": 422, "zzz": 422, "000000000000U": 422} {
		w := httptest.NewRecorder()
		s.mux.ServeHTTP(w, httptest.NewRequestWithContext(desk.AsSystem(t.Context(), "cli", "test"), get, apiRoot+"/entry?entry="+text, nil))
		if w.Code != want || want == 200 && text != "" && strings.TrimSpace(w.Body.String()) != `"`+text+`"` || want == 422 && !strings.Contains(w.Body.String(), `"field":"entry"`) {
			t.Errorf("%q: %d %s", text, w.Code, w.Body)
		}
	}
}

type failing struct{ io.Reader }

func (failing) Read([]byte) (int, error) { return 0, errors.New("the line broke") }

type unwritable struct{}

func (unwritable) MarshalJSON() ([]byte, error) { return nil, errors.New("cannot be written") }

// TestBrokenOff: a body that cannot be read and an answer that cannot be written are told as such, never as success.
func TestBrokenOff(t *testing.T) {
	st, _ := storetest.SQLite(t)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	s := &Server{desk: desk.New(st, &live.Hub{}, nil, log), log: log, mux: http.NewServeMux()}
	s.api = newAPI(s.mux, "test")
	register(s, route{method: put, api: "/perhaps", may: person.SeeOwn, what: "Perhaps"}, http.StatusOK, handle(func(_ *Server, _ context.Context, in *perhaps) (unwritable, error) { return unwritable{}, nil }))
	for _, body := range []io.Reader{failing{}, strings.NewReader("")} {
		w := httptest.NewRecorder()
		s.mux.ServeHTTP(w, httptest.NewRequestWithContext(desk.AsSystem(t.Context(), "cli", "test"), put, apiRoot+"/perhaps", body))
		if w.Code != http.StatusInternalServerError || w.Header().Get("Content-Type") != problemType {
			t.Errorf("%d %s %s", w.Code, w.Header(), w.Body)
		}
	}
}
