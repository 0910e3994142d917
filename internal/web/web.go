// Package web is the desk's way in over HTTP: pages for people, JSON for programs, both from one route
// table (routes.go). A handler translates and never decides; the desk decides.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"firebreak/internal/desk"
)

// Server answers HTTP for one desk.
type Server struct {
	desk   *desk.Desk
	log    *slog.Logger
	opts   Options
	pages  *pages
	static http.Handler
	mux    *http.ServeMux
	api    huma.API
	done   chan struct{}
}

// Options are what the server needs to know beyond the desk.
type Options struct {
	Version string
	// Dev reads templates and static files from the source tree at every request and opens /dev/pages.
	Dev bool
	// Secure marks cookies for HTTPS only; set when the desk is served or proxied over TLS.
	Secure bool
	// Proxies are the networks of the proxies in front, whose X-Forwarded-For is believed; so is that of a proxy on
	// this machine.
	Proxies []netip.Prefix
	// Ready reports whether the desk can work; /healthz answers 503 until it is nil, and the log has the error.
	Ready func(context.Context) error
	// Metrics answers /metrics.
	Metrics http.Handler
}

// New builds the server; it fails only on a defect in templates or routes.
func New(d *desk.Desk, log *slog.Logger, o Options) (*Server, error) {
	s := &Server{desk: d, log: log, opts: o, mux: http.NewServeMux(), done: make(chan struct{})}
	var err error
	if s.pages, err = loadPages(o.Dev); err != nil {
		return nil, err
	}
	if s.static, err = staticHandler(o.Dev); err != nil {
		return nil, err
	}
	s.api = newAPI(s.mux, o.Version)
	for _, r := range routes() {
		r.mount(s)
	}
	s.mountPlain()
	return s, nil
}

// mountPlain adds what is neither page nor JSON: health, metrics, static files, streams, file contents.
func (s *Server) mountPlain() {
	s.mux.HandleFunc("GET /healthz", s.healthz)
	if s.opts.Metrics != nil {
		s.mux.Handle("GET /metrics", s.opts.Metrics)
	}
	s.mux.Handle("GET /static/", s.static)
	s.mux.HandleFunc("GET /events", s.events)
	s.mux.HandleFunc("GET /api/v1/events", s.events)
	s.mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/static/icon.svg", http.StatusMovedPermanently)
	})
	s.mux.HandleFunc("GET /{$}", s.home)
	if s.opts.Dev {
		s.mountGallery()
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.notFound(w, r) })
}

// Handler is the whole server with its middleware, outermost first: recovery and log, security headers,
// refusal of cross-site requests, identity.
func (s *Server) Handler() http.Handler {
	var h http.Handler = s.mux
	h = s.identify(h)
	h = s.sameSite(h)
	h = secureHeaders(h)
	return s.logged(h)
}

// Close ends the open event streams so that a graceful shutdown is not held up by them.
func (s *Server) Close() { close(s.done) }

func (s *Server) healthz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if s.opts.Ready != nil {
		if err := s.opts.Ready(ctx); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			s.log.Warn("not ready", "error", err)
			w.Write([]byte("not ready; the log says why\n"))
			return
		}
	}
	w.Write([]byte("ok\n"))
}

// home sends everybody where they work: staff to the inbox, requesters to their tickets, anybody else to sign in,
// and the first visitor of a new desk to setting it up.
func (s *Server) home(w http.ResponseWriter, r *http.Request) {
	caller := desk.CallerOf(r.Context())
	to := "/login"
	switch {
	case caller.Signed() && caller.Person.Role.Desk():
		to = "/inbox"
	case caller.Signed():
		to = "/portal"
	default:
		needs, err := s.desk.NeedsSetup(r.Context())
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if needs {
			to = "/setup"
		}
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}
