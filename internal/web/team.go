package web

import (
	"context"
	"net/http"
	"net/url"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
)

func teamRoutes() []route {
	return []route{
		show(get, "/teams", "/teams", person.SeePeople, "List teams with their members", "teams", (*Server).teams),
		act(post, "/teams", "/teams", person.EditPeople, "+Add a team", (*Server).addTeam, toTeam[addTeamIn]("The team is added. Choose who is in it.")),
		show(get, "/teams/{team}", "", person.SeePeople, "a team", "team", (*Server).teamPage),
		show(get, "", "/teams/{team}", person.SeePeople, "One team", "", (*Server).team),
		act(patch, "/teams/{team}", "/teams/{team}", person.EditPeople, "Change a team or who is in it", (*Server).updateTeam, toTeam[updateTeamIn]("Saved.")),
		show(get, "/clients", "", person.SeePeople, "clients", "clients", (*Server).clientsPage),
		show(get, "", "/clients", person.SeePeople, "List clients", "", (*Server).clients),
		act(post, "/clients", "/clients", person.EditClients, "+Add a client", (*Server).addClient,
			func(_ *addClientIn, c person.Client) next {
				return next{To: "/clients/" + c.ID.String(), Toast: "The client is added."}
			}),
		show(get, "/clients/{client}", "", person.SeePeople, "a client", "client", (*Server).clientPage),
		show(get, "", "/clients/{client}", person.SeePeople, "One client", "", (*Server).client),
		act(patch, "/clients/{client}", "/clients/{client}", person.EditClients, "Change a client", (*Server).updateClient, saved[updateClientIn, person.Client]("", "Saved.")),
	}
}

func init() {
	redraw("team_new", "teams", func(s *Server, r *http.Request) (any, error) { return s.teams(r.Context(), nil) })
	redraw("team", "team", func(s *Server, r *http.Request) (any, error) {
		i, _ := id.Parse(r.PathValue("team"))
		return s.teamPage(r.Context(), &teamIn{i})
	})
	redraw("client_new", "clients", func(s *Server, r *http.Request) (any, error) { return s.clientsPage(r.Context(), &clientsIn{}) })
	redraw("client", "client", func(s *Server, r *http.Request) (any, error) {
		i, _ := id.Parse(r.PathValue("client"))
		return s.clientPage(r.Context(), &clientIn{Client: i})
	})
}

func (s *Server) teams(ctx context.Context, _ *none) (desk.TeamList, error) { return s.desk.Teams(ctx) }

type addTeamIn struct {
	Body desk.AddTeam
}

func (s *Server) addTeam(ctx context.Context, in *addTeamIn) (person.Team, error) {
	return s.desk.AddTeam(ctx, in.Body)
}

func toTeam[I any](toast string) func(*I, person.Team) next {
	return func(_ *I, t person.Team) next { return next{To: "/teams/" + t.ID.String(), Toast: toast} }
}

type teamIn struct {
	Team id.ID `path:"team" doc:"the team's id"`
}

func (s *Server) team(ctx context.Context, in *teamIn) (person.Team, error) {
	return s.desk.Team(ctx, in.Team)
}

type teamOut struct {
	Team  person.Team
	Staff []person.Person // who can be in it
}

// Has reports whether somebody is in the team.
func (o teamOut) Has(i id.ID) bool {
	for _, m := range o.Team.Members {
		if m.ID == i {
			return true
		}
	}
	return false
}

func (s *Server) teamPage(ctx context.Context, in *teamIn) (out teamOut, err error) {
	if out.Team, err = s.desk.Team(ctx, in.Team); err != nil {
		return out, err
	}
	if !desk.CallerOf(ctx).May(person.EditPeople) {
		return out, nil
	}
	page, err := s.desk.People(ctx, desk.ListPeople{Role: []string{"desk"}, Limit: desk.MaxPage})
	if err != nil {
		return out, err
	}
	known := map[id.ID]bool{}
	for _, p := range page.Items {
		known[p.ID] = true
	}
	for _, m := range out.Team.Members { // members beyond the first page must keep their box
		if !known[m.ID] {
			out.Staff = append(out.Staff, m)
		}
	}
	out.Staff = append(out.Staff, page.Items...)
	return out, nil
}

type updateTeamIn struct {
	Team id.ID `path:"team" doc:"the team's id"`
	Body desk.UpdateTeam
}

func (s *Server) updateTeam(ctx context.Context, in *updateTeamIn) (person.Team, error) {
	return s.desk.UpdateTeam(ctx, in.Team, in.Body)
}

type clientsIn struct {
	Cursor string `query:"cursor" doc:"next of the page before"`
	Limit  int    `query:"limit" doc:"1 to 200, 50 when not given"`
}

func (s *Server) clients(ctx context.Context, in *clientsIn) (desk.ClientPage, error) {
	return s.desk.Clients(ctx, in.Cursor, in.Limit)
}

type clientsOut struct {
	Page  desk.ClientPage
	Next  string
	First bool
}

func (s *Server) clientsPage(ctx context.Context, in *clientsIn) (out clientsOut, err error) {
	out.First = in.Cursor == ""
	out.Page, err = s.clients(ctx, in)
	if out.Page.Next != "" {
		out.Next = "/clients?cursor=" + url.QueryEscape(out.Page.Next)
	}
	return out, err
}

type addClientIn struct {
	Body desk.AddClient
}

func (s *Server) addClient(ctx context.Context, in *addClientIn) (person.Client, error) {
	return s.desk.AddClient(ctx, in.Body)
}

type clientIn struct {
	Client id.ID  `path:"client" doc:"the client's id"`
	Cursor string `query:"cursor"`
}

func (s *Server) client(ctx context.Context, in *clientIn) (person.Client, error) {
	return s.desk.Client(ctx, in.Client)
}

type clientOut struct {
	Client person.Client
	People desk.PersonPage
	Next   string
}

func (s *Server) clientPage(ctx context.Context, in *clientIn) (out clientOut, err error) {
	if in.Client == 0 {
		return out, fault.NotFound("client")
	}
	if out.Client, err = s.desk.Client(ctx, in.Client); err != nil {
		return out, err
	}
	out.People, err = s.desk.People(ctx, desk.ListPeople{Client: in.Client.String(), Cursor: in.Cursor})
	if out.People.Next != "" {
		out.Next = "/clients/" + in.Client.String() + "?cursor=" + url.QueryEscape(out.People.Next)
	}
	return out, err
}

type updateClientIn struct {
	Client id.ID `path:"client" doc:"the client's id"`
	Body   desk.UpdateClient
}

func (s *Server) updateClient(ctx context.Context, in *updateClientIn) (person.Client, error) {
	return s.desk.UpdateClient(ctx, in.Client, in.Body)
}
