package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

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
	return showing(route{method: method, page: page, api: api, may: p, what: what, tmpl: tmpl}, handle(h))
}

func showing(r route, h handler) route {
	r.zero = func() any { return reflect.Zero(h.out).Interface() }
	r.mount = func(s *Server) {
		if r.api != "" {
			register(s, r, http.StatusOK, h)
		}
		if r.page != "" {
			s.mux.HandleFunc(r.method+" "+r.page, func(w http.ResponseWriter, req *http.Request) {
				_, out, err := call(s, req, r.may, h)
				if err != nil {
					s.fail(w, req, err)
					return
				}
				s.page(w, req, http.StatusOK, r.tmpl, s.chrome(w, req), out)
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
	return acting(route{method: method, page: page, api: api, may: p, what: what}, handle(h), func(in, out any) next {
		o, _ := out.(O) // an O that is an interface may be nil
		return then(in.(*I), o)
	})
}

func acting(r route, h handler, then func(in, out any) next) route {
	r.mount = func(s *Server) {
		if r.api != "" {
			status := http.StatusOK
			if r.method == http.MethodPost && strings.HasPrefix(r.what, "+") {
				status = http.StatusCreated
			}
			register(s, r, status, h)
		}
		if r.page != "" {
			s.mux.HandleFunc("POST "+r.page, func(w http.ResponseWriter, req *http.Request) {
				req.Body = http.MaxBytesReader(w, req.Body, maxJSON)
				in, out, err := call(s, req, r.may, h)
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
func call(s *Server, req *http.Request, p person.Permission, h handler) (in, out any, err error) {
	if err := desk.Allow(req.Context(), p); err != nil {
		return nil, nil, err
	}
	in = reflect.New(h.in).Interface()
	if err := bindIn(req, in, s.zone(req.Context())); err != nil {
		return in, nil, err
	}
	out, err = h.run(s, req.Context(), in)
	return in, out, err
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
