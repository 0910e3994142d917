package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
)

// accountRoutes are everybody's own account.
func accountRoutes() []route {
	return []route{
		show(get, "/account", "", person.SignedIn, "the own account", "account", (*Server).accountPage),
		show(get, "", "/me", person.SignedIn, "Who I am", "", (*Server).me),
		act(patch, "/account", "/me", person.SignedIn, "Change my name, zone, phone or look", (*Server).updateMe, saved[updateMeIn, person.Person]("/account", "Saved.")),
		act(put, "/account/password", "/me/password", person.SignedIn, "Change my password; my other sessions end", (*Server).setMyPassword,
			func(*passwordIn, none) next {
				return next{To: "/account", Toast: "Your password is changed. Other browsers are signed out."}
			}),
		show(get, "", "/sessions", person.SignedIn, "My sessions, or as an admin those of a person", "", (*Server).sessions),
		act(remove, "/sessions/{key}/end", "/sessions/{key}", person.SignedIn, "End a session", (*Server).endSession, saved[sessionIn, none]("", "The session has ended.")),
		act(remove, "/account/sessions/end-others", "/sessions", person.SignedIn, "End all my other sessions", (*Server).endOthers,
			func(_ *none, out endedOut) next {
				return next{To: "/account", Toast: plural(out.Ended, "session has", "sessions have") + " ended."}
			}),
		show(get, "", "/tokens", person.SignedIn, "My API tokens, or as an admin those of a person", "", (*Server).tokens),
		act(post, "/account/tokens", "/tokens", person.SignedIn, "+Make an API token; its secret is shown this once", (*Server).createToken,
			func(_ *createTokenIn, out tokenOut) next { return next{Write: out.show} }),
		act(remove, "/tokens/{token}/revoke", "/tokens/{token}", person.SignedIn, "Revoke an API token", (*Server).revokeToken, saved[tokenIn, none]("", "The token is revoked.")),
	}
}

func init() {
	funcs["browser"] = browserName
	for _, form := range []string{"profile", "look", "password", "token"} {
		redraw(form, "account", func(s *Server, r *http.Request) (any, error) { return s.accountPage(r.Context(), nil) })
	}
}

// saved leads a form that was kept to an address, "" for where it came from.
func saved[I, O any](to, toast string) func(*I, O) next {
	return func(*I, O) next { return next{To: to, Toast: toast} }
}

type accountOut struct {
	Person   person.Person
	Sessions []person.Session
	Tokens   []person.Token
	Secret   string // of the token just made
	Made     person.Token
}

func (s *Server) accountPage(ctx context.Context, _ *none) (out accountOut, err error) {
	if out.Person, err = s.desk.Person(ctx, 0); err != nil {
		return out, err
	}
	if out.Sessions, err = s.desk.Sessions(ctx, 0); err != nil {
		return out, err
	}
	out.Tokens, err = s.desk.Tokens(ctx, 0)
	return out, err
}

func (s *Server) me(ctx context.Context, _ *none) (person.Person, error) {
	return s.desk.Person(ctx, 0)
}

type updateMeIn struct {
	Body struct {
		Name    *string `json:"name,omitempty"`
		Zone    *string `json:"zone,omitempty" doc:"IANA time zone; empty for the desk's"`
		Phone   *string `json:"phone,omitempty"`
		Theme   *string `json:"theme,omitempty" doc:"light, dark, or empty to follow the device"`
		Density *string `json:"density,omitempty" doc:"comfortable, or empty for dense"`
	}
}

func (s *Server) updateMe(ctx context.Context, in *updateMeIn) (person.Person, error) {
	b := in.Body
	return s.desk.UpdatePerson(ctx, 0, desk.UpdatePerson{Name: b.Name, Zone: b.Zone, Phone: b.Phone, Theme: b.Theme, Density: b.Density})
}

type passwordIn struct {
	Body struct {
		Current  string `json:"current,omitempty" doc:"the password until now; needed when there is one"`
		Password string `json:"password" doc:"at least 12 characters"`
	}
}

func (s *Server) setMyPassword(ctx context.Context, in *passwordIn) (none, error) {
	return none{}, s.desk.SetPassword(ctx, 0, in.Body.Current, in.Body.Password)
}

type ofPersonIn struct {
	Person id.ID `query:"person" doc:"whose; mine when not given"`
}

type sessionsOut struct {
	Items []person.Session `json:"items"`
}

func (s *Server) sessions(ctx context.Context, in *ofPersonIn) (sessionsOut, error) {
	list, err := s.desk.Sessions(ctx, in.Person)
	return sessionsOut{append([]person.Session{}, list...)}, err
}

type sessionIn struct {
	Key string `path:"key" maxLength:"40"`
}

func (s *Server) endSession(ctx context.Context, in *sessionIn) (none, error) {
	return none{}, s.desk.EndSession(ctx, in.Key)
}

type endedOut struct {
	Ended int `json:"ended"`
}

func (s *Server) endOthers(ctx context.Context, _ *none) (out endedOut, err error) {
	out.Ended, err = s.desk.EndOtherSessions(ctx, 0)
	return out, err
}

type tokensOut struct {
	Items []person.Token `json:"items"`
}

func (s *Server) tokens(ctx context.Context, in *ofPersonIn) (tokensOut, error) {
	list, err := s.desk.Tokens(ctx, in.Person)
	return tokensOut{append([]person.Token{}, list...)}, err
}

type createTokenIn struct {
	Body struct {
		Name      string    `json:"name" doc:"what the token is for"`
		ExpiresAt time.Time `json:"expires_at,omitzero" doc:"when it stops working; never when not given"`
		Person    id.ID     `json:"person,omitzero" doc:"whose rights it has; mine when not given"`
	}
}

// tokenOut is a token with its secret, which nobody can see again.
type tokenOut struct {
	person.Token
	Secret string `json:"secret" doc:"shown this once"`
	server *Server
}

func (s *Server) createToken(ctx context.Context, in *createTokenIn) (tokenOut, error) {
	secret, t, err := s.desk.CreateToken(ctx, in.Body.Person, in.Body.Name, in.Body.ExpiresAt)
	return tokenOut{Token: t, Secret: secret, server: s}, err
}

// show draws the account with the secret. It is no redirect: the secret must not be kept anywhere in between.
func (o tokenOut) show(w http.ResponseWriter, r *http.Request) {
	out, err := o.server.accountPage(r.Context(), nil)
	if err != nil {
		o.server.fail(w, r, err)
		return
	}
	out.Secret, out.Made = o.Secret, o.Token
	o.server.page(w, r, http.StatusOK, "account", o.server.chrome(w, r), out)
}

type tokenIn struct {
	Token id.ID `path:"token"`
}

func (s *Server) revokeToken(ctx context.Context, in *tokenIn) (none, error) {
	if in.Token == 0 {
		return none{}, fault.NotFound("token")
	}
	return none{}, s.desk.RevokeToken(ctx, in.Token)
}

// browserName says in two words which browser a User-Agent line is of; the line itself when it is of a program.
func browserName(agent string) string {
	if agent == "" {
		return "Unknown browser"
	}
	name, system := "", ""
	for _, b := range [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}} {
		if strings.Contains(agent, b[0]) {
			name = b[1]
			break
		}
	}
	for _, o := range [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}} {
		if strings.Contains(agent, o[0]) {
			system = o[1]
			break
		}
	}
	switch {
	case name == "" && len(agent) > 60:
		return strings.ToValidUTF8(agent[:60], "") + "…"
	case name == "":
		return agent
	case system == "":
		return name
	}
	return fmt.Sprintf("%s on %s", name, system)
}
