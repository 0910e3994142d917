package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/person"
)

// route is a row of the table: one thing the desk does, as page, as JSON or both.
type route struct {
	method string
	page   string // pattern of the page half; empty: none
	api    string // pattern of the JSON half below /api/v1; empty: none
	may    person.Permission
	what   string // one line for the API documentation
	tmpl   string // template of the page half, for the test that renders every page
	zero   func() any
	mount  func(*Server)
}

// api is the JSON half's address.
const apiRoot = "/api/v1"

// show is a row that reads: the page half renders tmpl with what h gives.
func show[I, O any](method, page, api string, p person.Permission, what, tmpl string, h func(*Server, context.Context, *I) (O, error)) route {
	r := route{method: method, page: page, api: api, may: p, what: what, tmpl: tmpl, zero: func() any { var o O; return o }}
	r.mount = func(s *Server) {
		if api != "" {
			register(s, r, http.StatusOK, h)
		}
		if page != "" {
			s.mux.HandleFunc(method+" "+page, func(w http.ResponseWriter, req *http.Request) {
				in := new(I)
				out, err := call(s, req, p, in, h)
				if err != nil {
					s.fail(w, req, err)
					return
				}
				s.page(w, req, http.StatusOK, tmpl, s.chrome(w, req), out)
			})
		}
	}
	return r
}

// next is where an act on a page leads, and what the person is told there.
type next struct {
	To    string // address; empty: back where the form was
	Toast string // what was done, one short sentence
	Undo  string // address that takes it back by POST
	// Seconds is how long undo is offered; 0: the toast's own time.
	Seconds int
	// Download, when set, is written instead of a redirect.
	Write func(w http.ResponseWriter, r *http.Request)
}

// act is a row that changes something: the page half leads on by redirect. again names a page template that shows
// the form once more with its faults; empty: the fault page.
func act[I, O any](method, page, api string, p person.Permission, what string, h func(*Server, context.Context, *I) (O, error), then func(*I, O) next) route {
	r := route{method: method, page: page, api: api, may: p, what: what}
	r.mount = func(s *Server) {
		if api != "" {
			status := http.StatusOK
			if method == http.MethodPost && strings.HasPrefix(what, "+") {
				status = http.StatusCreated
			}
			register(s, r, status, h)
		}
		if page != "" {
			s.mux.HandleFunc("POST "+page, func(w http.ResponseWriter, req *http.Request) {
				req.Body = http.MaxBytesReader(w, req.Body, maxJSON)
				in := new(I)
				out, err := call(s, req, p, in, h)
				if err != nil {
					s.again(w, req, err)
					return
				}
				s.lead(w, req, then(in, out))
			})
		}
	}
	return r
}

// call binds, checks the row's permission and runs the handler of the page half.
func call[I, O any](s *Server, req *http.Request, p person.Permission, in *I, h func(*Server, context.Context, *I) (O, error)) (out O, err error) {
	if err := desk.Allow(req.Context(), p); err != nil {
		return out, err
	}
	if err := bindIn(req, in, s.zone(req.Context())); err != nil {
		return out, err
	}
	return h(s, req.Context(), in)
}

// zone is where the caller's clock hangs: their own time zone, or the desk's.
func (s *Server) zone(ctx context.Context) *time.Location {
	p := desk.CallerOf(ctx).Person
	if p.Zone == "" {
		if set, err := s.desk.DeskSettings(ctx); err == nil {
			return set.Location()
		}
	}
	return p.Location()
}

type reply[O any] struct {
	Status int
	Body   O
}

// register adds the JSON half to huma, which validates, documents and writes it.
func register[I, O any](s *Server, r route, status int, h func(*Server, context.Context, *I) (O, error), edit ...func(*huma.Operation)) {
	op := huma.Operation{
		OperationID: operationID(r.method, r.api), Method: r.method, Path: apiRoot + r.api, Summary: strings.TrimPrefix(r.what, "+"),
		DefaultStatus: status, MaxBodyBytes: maxJSON, Errors: []int{401, 403, 404, 409, 422},
		Security: []map[string][]string{{"token": {}}},
	}
	for _, fn := range edit {
		fn(&op)
	}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*reply[O], error) {
		if err := desk.Allow(ctx, r.may); err != nil {
			return nil, s.problem(ctx, r, err)
		}
		out, err := h(s, ctx, in)
		if err != nil {
			return nil, s.problem(ctx, r, err)
		}
		return &reply[O]{status, out}, nil
	})
}

func (s *Server) problem(ctx context.Context, r route, err error) error {
	req, _ := http.NewRequestWithContext(ctx, r.method, apiRoot+r.api, nil)
	return newProblem(s.asFault(req, err))
}

func operationID(method, path string) string {
	return strings.ToLower(method) + strings.NewReplacer("/", "-", "{", "", "}", "").Replace(path)
}

// flash is what the next page tells.
type flash struct {
	Text    string `json:"t"`
	Undo    string `json:"u,omitempty"`
	Seconds int    `json:"s,omitempty"`
	Bad     bool   `json:"b,omitempty"`
}

// lead answers a successful act: redirect, with the toast carried over in a cookie.
func (s *Server) lead(w http.ResponseWriter, r *http.Request, n next) {
	if n.Write != nil {
		n.Write(w, r)
		return
	}
	if n.Toast != "" {
		s.setFlash(w, flash{Text: n.Toast, Undo: n.Undo, Seconds: n.Seconds})
	}
	to := n.To
	if to == "" {
		to = back(r)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// again answers a failed form: the page it came from, with what was typed and what is wrong.
func (s *Server) again(w http.ResponseWriter, r *http.Request, err error) {
	if form := r.PostFormValue("form"); form != "" && fault.Of(err) != nil && !fault.Is(err, fault.CodeUnauthenticated) {
		if f, ok := forms[form]; ok {
			f(s, w, r, s.asFault(r, err))
			return
		}
	}
	s.fail(w, r, err)
}

// back is the page on this site that the request came from, "/" when unknown.
func back(r *http.Request) string {
	if to := r.PostFormValue("back"); strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") {
		return to
	}
	if u, err := url.Parse(r.Referer()); err == nil && u.Host == r.Host && u.Path != "" {
		return u.RequestURI()
	}
	return "/"
}

func (s *Server) setFlash(w http.ResponseWriter, f flash) {
	b, _ := json.Marshal(f)
	http.SetCookie(w, &http.Cookie{Name: flashCookie, Value: base64.RawURLEncoding.EncodeToString(b), Path: "/", MaxAge: 60, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.opts.Secure})
}

func (s *Server) takeFlash(w http.ResponseWriter, r *http.Request) *flash {
	c, err := r.Cookie(flashCookie)
	if err != nil {
		return nil
	}
	http.SetCookie(w, &http.Cookie{Name: flashCookie, Path: "/", MaxAge: -1})
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	var f flash
	if err != nil || json.Unmarshal(b, &f) != nil {
		return nil
	}
	return &f
}

func queryEscape(s string) string { return url.QueryEscape(s) }

// jsonASCII gives JSON that is safe in a header.
func jsonASCII(v any) string {
	b, _ := json.Marshal(v)
	var out strings.Builder
	for _, r := range string(b) {
		if r < 128 {
			out.WriteRune(r)
		} else if r < 0x10000 {
			fmt.Fprintf(&out, `\u%04x`, r)
		} else {
			r -= 0x10000
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		}
	}
	return out.String()
}
