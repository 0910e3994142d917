package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/person"
)

// doorRoutes are the ways in and out of a browser session. They set the cookie, so they exist as pages only;
// programs bring a token.
func doorRoutes() []route {
	login := show(get, "/login", "", person.Public, "signing in", "login", (*Server).loginPage)
	login.mount = func(s *Server) { s.mux.HandleFunc("GET /login", s.door(s.showLogin)) }
	setup := show(get, "/setup", "", person.Public, "the first set-up of a new desk", "setup", (*Server).setupPage)
	setup.mount = func(s *Server) { s.mux.HandleFunc("GET /setup", s.door(s.showSetup)) }
	return []route{
		login, setup,
		{method: post, page: "/login", may: person.Public, what: "Sign in", mount: func(s *Server) { s.mux.HandleFunc("POST /login", s.door(s.signIn)) }},
		{method: post, page: "/setup", may: person.Public, what: "Make the first admin", mount: func(s *Server) { s.mux.HandleFunc("POST /setup", s.door(s.setUp)) }},
		{method: post, page: "/logout", may: person.Public, what: "Sign out", mount: func(s *Server) { s.mux.HandleFunc("POST /logout", s.door(s.signOut)) }},
	}
}

// door runs a handler that speaks HTTP itself, and writes its error as any other.
func (s *Server) door(h func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		if err := r.ParseForm(); err != nil {
			if !isTooLarge(err) {
				err = fault.Invalid("body", "The form cannot be read.", "Send it again.")
			}
			s.fail(w, r, err)
			return
		}
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	}
}

type loginOut struct {
	Next string
}

func (s *Server) loginPage(context.Context, *none) (loginOut, error) { return loginOut{}, nil }

type setupOut struct{}

func (s *Server) setupPage(context.Context, *none) (setupOut, error) { return setupOut{}, nil }

// within gives an address on this site, or "/".
func within(to string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") || strings.HasPrefix(to, "/login") {
		return "/"
	}
	return to
}

func (s *Server) showLogin(w http.ResponseWriter, r *http.Request) error {
	needs, err := s.desk.NeedsSetup(r.Context())
	if err != nil {
		return err
	}
	to := within(r.URL.Query().Get("next"))
	switch {
	case needs:
		http.Redirect(w, r, "/setup", http.StatusSeeOther)
	case desk.CallerOf(r.Context()).Signed():
		http.Redirect(w, r, to, http.StatusSeeOther)
	default:
		s.page(w, r, http.StatusOK, "login", s.chrome(w, r), loginOut{to})
	}
	return nil
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	to := within(r.PostForm.Get("next"))
	secret, _, err := s.desk.SignIn(r.Context(), r.PostForm.Get("email"), r.PostForm.Get("password"), r.UserAgent(), s.clientAddress(r))
	if f := fault.Of(err); f != nil && statuses[f.Code] < 500 {
		c := s.chrome(w, r)
		r.PostForm.Set("form", "login")
		c.Fault, c.Form = f, r.PostForm
		s.page(w, r, statuses[f.Code], "login", c, loginOut{to})
		return nil
	} else if err != nil {
		return err
	}
	s.setSession(w, secret)
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func (s *Server) setSession(w http.ResponseWriter, secret string) {
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: secret, Path: "/", MaxAge: int(desk.SessionLife / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.opts.Secure})
}

func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.desk.SignOut(r.Context()); err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.opts.Secure})
	s.setFlash(w, flash{Text: "You are signed out."})
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}

func (s *Server) showSetup(w http.ResponseWriter, r *http.Request) error {
	needs, err := s.desk.NeedsSetup(r.Context())
	if err != nil {
		return err
	}
	if !needs {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	s.page(w, r, http.StatusOK, "setup", s.chrome(w, r), setupOut{})
	return nil
}

func (s *Server) setUp(w http.ResponseWriter, r *http.Request) error {
	form := r.PostForm
	_, err := s.desk.SetUp(r.Context(), form.Get("name"), form.Get("email"), form.Get("password"), form.Get("desk_name"))
	if f := fault.Of(err); f != nil && statuses[f.Code] < 500 {
		c := s.chrome(w, r)
		form.Set("form", "setup")
		c.Fault, c.Form = f, form
		s.page(w, r, statuses[f.Code], "setup", c, setupOut{})
		return nil
	} else if err != nil {
		return err
	}
	secret, _, err := s.desk.SignIn(r.Context(), form.Get("email"), form.Get("password"), r.UserAgent(), s.clientAddress(r))
	if err != nil {
		return err
	}
	s.setSession(w, secret)
	s.setFlash(w, flash{Text: "The desk is yours. Add people and applications next."})
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}
