package web

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
)

const (
	sessionCookie = "firebreak_session"
	flashCookie   = "firebreak_flash"
	// csp allows nothing from elsewhere, no inline script and no inline style. The terminal player needs wasm.
	csp = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; " +
		"connect-src 'self'; font-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

// logged recovers from panics and logs every request that failed or was slow.
func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		rec := &recorder{ResponseWriter: w}
		defer func() {
			if v := recover(); v != nil {
				if v == http.ErrAbortHandler {
					panic(v)
				}
				s.log.Error("panic", "path", r.URL.Path, "value", v, "stack", string(debug.Stack()))
				if rec.status == 0 {
					s.fail(rec, r, fmt.Errorf("panic: %v", v))
				}
			}
			if d := time.Since(start); rec.status >= 500 || d > 2*time.Second && !rec.stream {
				s.log.Warn("request", "method", r.Method, "path", r.URL.Path, "status", rec.status, "took", d.Round(time.Millisecond))
			}
		}()
		next.ServeHTTP(rec, r)
	})
}

// recorder remembers the status.
type recorder struct {
	http.ResponseWriter
	status int
	stream bool
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func secureHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if !strings.HasPrefix(r.URL.Path, "/static/") {
			h.Set("Cache-Control", "no-store")
		}
		next.ServeHTTP(w, r)
	})
}

// sameSite refuses state-changing requests that another site's page made a browser send.
func (s *Server) sameSite(next http.Handler) http.Handler {
	p := http.NewCrossOriginProtection()
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, &fault.Fault{Code: fault.CodeForbidden, Message: "This request came from a page of another site.", Hint: "Open the desk itself and do it there."})
	}))
	return p.Handler(next)
}

// identify finds the caller by session cookie or bearer token. A wrong token is refused at once; without
// either the caller is nobody, and the route decides.
func (s *Server) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/static/") || r.URL.Path == "/healthz" {
			next.ServeHTTP(w, r)
			return
		}
		ctx := r.Context()
		via := "page"
		if isAPI(r) {
			via = "api"
		}
		if auth := r.Header.Get("Authorization"); auth != "" {
			token, ok := strings.CutPrefix(auth, "Bearer ")
			if !ok {
				s.fail(w, r, &fault.Fault{Code: fault.CodeUnauthenticated, Message: "This way to sign in is not known.", Hint: "Send «Authorization: Bearer TOKEN» with a token from your account page."})
				return
			}
			p, err := s.desk.PersonByToken(ctx, strings.TrimSpace(token))
			if err != nil {
				s.fail(w, r, err)
				return
			}
			if r.Header.Get("X-Firebreak-Client") == "cli" {
				via = "cli"
			}
			ctx = desk.WithCaller(ctx, desk.Caller{Person: p, Via: via})
		} else if c, err := r.Cookie(sessionCookie); err == nil {
			p, _, err := s.desk.PersonBySession(ctx, c.Value)
			switch {
			case err == nil:
				if via == "page" && !p.Role.Desk() {
					via = "portal"
				}
				ctx = desk.WithCaller(ctx, desk.Caller{Person: p, Via: via, Session: c.Value})
			case !fault.Is(err, fault.CodeUnauthenticated):
				s.fail(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// isAPI reports whether the JSON form was asked for. The address decides, never the Accept header.
func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

// isHTMX reports whether htmx asks for a part of a page.
func isHTMX(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

// clientAddress is the browser's address: the peer's, or when that is a proxy to be believed, the last one that
// the proxies saw and that is none of them. What a browser itself wrote into the header is never reached.
func (s *Server) clientAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	client, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.isProxy(client); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		client = next
	}
	return client.Unmap().String()
}

func (s *Server) isProxy(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsLoopback() || slices.ContainsFunc(s.opts.Proxies, func(n netip.Prefix) bool { return n.Contains(a) })
}

func isTooLarge(err error) bool {
	var e *http.MaxBytesError
	return errors.As(err, &e)
}
