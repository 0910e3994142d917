// Package cli is the command line, and the one place where the desk is wired together.
package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"firebreak/internal/clock"
	"firebreak/internal/config"
	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/jobs"
	"firebreak/internal/live"
	"firebreak/internal/outbound"
	"firebreak/internal/store"
	"firebreak/internal/web"
)

// app is an open desk: the parts that every command works with.
type app struct {
	cfg   config.Config
	log   *slog.Logger
	store *store.Store
	desk  *desk.Desk
	jobs  *jobs.Client
}

// open opens the desk that the configuration names.
func open(ctx context.Context, cfg config.Config, log *slog.Logger) (*app, error) {
	now := clock.Clock(clock.Real)
	if t, fixed := cfg.Now(); fixed {
		now = clock.Fixed(t)
	}
	s, err := store.Open(ctx, store.Options{Dir: cfg.Data, Database: cfg.Database, Clock: now})
	if err != nil {
		return nil, err
	}
	q, err := jobs.Open(ctx, s, cfg.Database, log)
	if err != nil {
		s.Close()
		return nil, err
	}
	a := &app{cfg: cfg, log: log, store: s, jobs: q, desk: desk.New(s, &live.Hub{}, q, log)}
	a.desk.MaxUpload, a.desk.Resolver, a.desk.Web = cfg.MaxUpload, outbound.Resolver{}, outbound.WebSearch{}
	return a, nil
}

func (a *app) close() { a.store.Close() }

// serve answers HTTP until ctx ends, then lets running requests and jobs finish for up to ten seconds.
func (a *app) serve(ctx context.Context, ready func(addr string)) error {
	proxies, _ := a.cfg.ProxyNetworks() // judged when the configuration was loaded
	w, err := web.New(a.desk, a.log, web.Options{Version: Version, Dev: a.cfg.Dev, Secure: a.cfg.Secure, Proxies: proxies, Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { metrics.WritePrometheus(w, true) }),
		Ready: func(ctx context.Context) error { _, err := a.store.Read().Settings(ctx); return err }})
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", a.cfg.Listen)
	if err != nil {
		return &fault.Fault{Code: fault.CodeInvalid, Field: "listen", Message: fmt.Sprintf("The address %s cannot be listened on: %v.", a.cfg.Listen, reason(err)),
			Hint: "Choose another with --listen, e.g. 127.0.0.1:8090, or 127.0.0.1:0 for any free port.", Err: err}
	}
	if err := a.jobs.Start(ctx, a.desk); err != nil {
		ln.Close()
		return err
	}
	srv := &http.Server{Handler: w.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn)}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	ready(ln.Addr().String())
	// What the start needed is given back once the first sweeps have run; a desk may rest for hours.
	rest := time.AfterFunc(5*time.Second, debug.FreeOSMemory)
	defer rest.Stop()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	w.Close()
	stop, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err = srv.Shutdown(stop)
	if errors.Is(err, context.DeadlineExceeded) {
		srv.Close() // whoever still downloads is cut off
		err = nil
	}
	return errors.Join(err, a.jobs.Stop(stop))
}

// reason gives the part of a network error that tells something.
func reason(err error) error {
	if op := (*net.OpError)(nil); errors.As(err, &op) {
		return op.Err
	}
	return err
}
