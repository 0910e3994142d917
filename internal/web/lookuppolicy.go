package web

import (
	"context"
	"net/http"
	"strings"

	"firebreak/internal/desk"
	"firebreak/internal/id"
	"firebreak/internal/lookup"
	"firebreak/internal/person"
)

func lookupPolicyRoutes() []route {
	const page = "/settings/lookup"
	return []route{
		show(get, "/lookup/words", "", person.WorkTickets, "the words that may leave for ever", "lookup_words", (*Server).wordsPage),
		show(get, "", "/lookup/words", person.WorkTickets, "The words that may leave for ever", "", (*Server).publicWords),
		act(post, "/lookup/words", "/lookup/words", person.AllowWords, "+Let a word leave in every look-up from now on", (*Server).allowWord,
			func(_ *allowWordIn, w lookup.PublicWord) next {
				return next{To: "/lookup/words", Toast: w.Text + " may leave from now on."}
			}),
		act(remove, "/lookup/words/{word}/remove", "/lookup/words/{word}", person.AllowWords, "Keep a word in again", (*Server).takeBackWord,
			func(_ *wordIn, w lookup.PublicWord) next {
				return next{To: "/lookup/words", Toast: w.Text + " stays inside again."}
			}),
		show(get, page, "", person.EditSettings, "the rules for looking up outside", "settings_lookup", (*Server).lookupSettingsPage),
		show(get, "", "/lookup/policy", person.WorkTickets, "The rules for looking up: policy of the desk and of teams, engines, direct search", "", (*Server).lookupSettings),
		act(put, "", "/lookup/policy", person.EditSettings, "Replace the rules for looking up", (*Server).saveLookup, func(*saveLookupIn, lookup.Settings) next { return next{} }),
		act(patch, page, "/lookup/policy", person.EditSettings, "Set the policy of the desk, and how long an approval is waited for", (*Server).setLookupPolicy, saved[lookupPolicyIn, lookup.Settings](page, "The policy is saved.")),
		act(post, page+"/team", "/lookup/policy/team", person.EditSettings, "Give a team a policy of its own; empty: that of the desk", (*Server).setTeamLookup, saved[teamLookupIn, lookup.Settings](page, "The team’s policy is saved.")),
		act(post, page+"/search", "", person.EditSettings, "set up direct search", (*Server).setLookupSearch, saved[endpointIn, lookup.Settings](page, "Direct search is saved.")),
		act(post, page+"/engines", "", person.EditSettings, "add or change an engine", (*Server).putEngine, saved[engineIn, lookup.Settings](page, "The engine is saved.")),
		act(post, page+"/engines/{engine}/move", "", person.EditSettings, "move an engine", (*Server).moveEngine, saved[moveEngineIn, lookup.Settings](page+"#engines", "")),
		act(post, page+"/engines/{engine}/remove", "", person.EditSettings, "remove an engine", (*Server).removeEngine, saved[EngineKeyIn, lookup.Settings](page+"#engines", "The engine is gone.")),
	}
}

func init() {
	redraw("lookup-words", "lookup_words", func(s *Server, r *http.Request) (any, error) { return s.wordsPage(r.Context(), nil) })
	for _, form := range []string{"lookup-policy", "lookup-search", "lookup-engine"} {
		redraw(form, "settings_lookup", func(s *Server, r *http.Request) (any, error) { return s.lookupSettingsPage(r.Context(), nil) })
	}
}

// --- words ---

func (s *Server) publicWords(ctx context.Context, _ *none) (listOf[lookup.PublicWord], error) {
	words, err := s.desk.PublicWords(ctx)
	return whole(words), err
}

func (s *Server) wordsPage(ctx context.Context, _ *none) ([]lookup.PublicWord, error) {
	return s.desk.PublicWords(ctx)
}

type allowWordIn struct {
	Body struct {
		Text string `json:"text" doc:"one word"`
		Why  string `json:"why,omitempty"`
	}
}

func (s *Server) allowWord(ctx context.Context, in *allowWordIn) (lookup.PublicWord, error) {
	return s.desk.AllowWord(ctx, in.Body.Text, in.Body.Why)
}

type wordIn struct {
	Word id.ID `path:"word" doc:"its id"`
}

func (s *Server) takeBackWord(ctx context.Context, in *wordIn) (lookup.PublicWord, error) {
	return s.desk.TakeBackWord(ctx, in.Word)
}

// --- rules ---

func (s *Server) lookupSettings(ctx context.Context, _ *none) (lookup.Settings, error) {
	return s.desk.LookupSettings(ctx)
}

// lookupSettingsOut is the page of rules.
type lookupSettingsOut struct {
	lookup.Settings
	AllTeams []person.Team
	Policies []lookup.Policy
}

// Of gives a team's own policy, "" for that of the desk.
func (o lookupSettingsOut) Of(team id.ID) lookup.Policy { return o.Teams[team] }

func (s *Server) lookupSettingsPage(ctx context.Context, _ *none) (out lookupSettingsOut, err error) {
	out.Policies = lookup.Policies
	if out.Settings, err = s.lookupSettings(ctx, nil); err != nil {
		return out, err
	}
	teams, err := s.desk.Teams(ctx)
	out.AllTeams = teams.Items
	return out, err
}

type saveLookupIn struct{ Body lookup.Settings }

func (s *Server) saveLookup(ctx context.Context, in *saveLookupIn) (lookup.Settings, error) {
	return s.desk.SaveLookupSettings(ctx, in.Body)
}

type lookupPolicyIn struct {
	Body struct {
		Policy lookup.Policy `json:"policy"`
		Hours  int           `json:"approval_hours"`
	}
}

func (s *Server) setLookupPolicy(ctx context.Context, in *lookupPolicyIn) (lookup.Settings, error) {
	return s.desk.SetLookupPolicy(ctx, in.Body.Policy, in.Body.Hours)
}

type teamLookupIn struct {
	Body struct {
		Team   string        `json:"team"`
		Policy lookup.Policy `json:"policy"`
	}
}

func (s *Server) setTeamLookup(ctx context.Context, in *teamLookupIn) (lookup.Settings, error) {
	return s.desk.SetTeamLookup(ctx, in.Body.Team, in.Body.Policy)
}

type endpointIn struct {
	Body struct {
		Kind    string `json:"kind"`
		URL     string `json:"endpoint"`
		Proxy   string `json:"proxy"`
		Seconds int    `json:"seconds"`
	}
}

func (s *Server) setLookupSearch(ctx context.Context, in *endpointIn) (lookup.Settings, error) {
	return s.desk.SetLookupSearch(ctx, desk.Endpoint(in.Body))
}

type engineIn struct {
	Body struct {
		Key      string `json:"key"`
		Name     string `json:"name"`
		URL      string `json:"url"`
		Products string `json:"products"`
	}
}

func (s *Server) putEngine(ctx context.Context, in *engineIn) (lookup.Settings, error) {
	return s.desk.PutEngine(ctx, lookup.Engine{Key: in.Body.Key, Name: in.Body.Name, URL: strings.TrimSpace(in.Body.URL), Products: strings.Split(in.Body.Products, ",")})
}

// EngineKeyIn names an engine; it is exported because huma only reads embedded inputs that are.
type EngineKeyIn struct {
	Engine string `path:"engine"`
}

type moveEngineIn struct {
	EngineKeyIn
	Body struct {
		By int `json:"by"`
	}
}

func (s *Server) moveEngine(ctx context.Context, in *moveEngineIn) (lookup.Settings, error) {
	return s.desk.MoveEngine(ctx, in.Engine, in.Body.By)
}

func (s *Server) removeEngine(ctx context.Context, in *EngineKeyIn) (lookup.Settings, error) {
	return s.desk.RemoveEngine(ctx, in.Engine)
}
