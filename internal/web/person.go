package web

import (
	"context"
	"net/http"
	"net/url"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/ticket"
)

// personRoutes are people, teams and clients, everybody's own account, the desk's settings, and the doors.
func personRoutes() []route {
	rows := []route{
		show(get, "/people", "", person.SeePeople, "people", "people", (*Server).peoplePage),
		show(get, "", "/people", person.SeePeople, "List people", "", (*Server).people),
		show(get, "/people/new", "", person.EditClients, "the form to add a person", "person_new", (*Server).newPersonForm),
		act(post, "/people", "/people", person.EditClients, "+Add a person", (*Server).addPerson, toPerson[addPersonIn]("Added.")),
		show(get, "/people/{person}", "", person.SeePeople, "a person", "person", (*Server).personPage),
		show(get, "", "/people/{person}", person.SeePeople, "One person", "", (*Server).person),
		act(patch, "/people/{person}", "/people/{person}", person.EditClients, "Change a person", (*Server).updatePerson, toPerson[updatePersonIn]("Saved.")),
		act(put, "/people/{person}/password", "/people/{person}/password", person.EditPeople, "Set a person's password; their sessions end", (*Server).setPassword,
			func(in *setPasswordIn, _ none) next {
				return next{To: "/people/" + in.Person.String(), Toast: "The password is set. Tell it to them in person."}
			}),
		act(post, "/people/{person}/disable", "/people/{person}/disable", person.EditPeople, "Disable a person; sessions and tokens end, tickets stay assigned", (*Server).disablePerson,
			func(in *personIn, out desk.Disabled) next {
				return next{To: "/people/" + in.Person.String(), Toast: out.Person.Name + " is disabled.", Undo: "/people/" + in.Person.String() + "/enable"}
			}),
		act(post, "/people/{person}/enable", "/people/{person}/enable", person.EditPeople, "Enable a disabled person", (*Server).enablePerson,
			func(in *personIn, p person.Person) next {
				return next{To: "/people/" + in.Person.String(), Toast: p.Name + " may sign in again."}
			}),
		act(remove, "/people/{person}/sessions/end", "/people/{person}/sessions", person.EditPeople, "End all sessions of a person", (*Server).endSessionsOf,
			func(in *personIn, out endedOut) next {
				return next{To: "/people/" + in.Person.String(), Toast: plural(out.Ended, "session has", "sessions have") + " ended."}
			}),
	}
	for _, more := range [][]route{teamRoutes(), accountRoutes(), settingsRoutes(), doorRoutes()} {
		rows = append(rows, more...)
	}
	return rows
}

func init() {
	redraw("person_new", "person_new", func(s *Server, r *http.Request) (any, error) {
		return s.newPersonForm(r.Context(), &newPersonIn{Role: r.PostForm.Get("role")})
	})
	for _, form := range []string{"person", "setpassword"} {
		redraw(form, "person", func(s *Server, r *http.Request) (any, error) {
			i, err := id.Parse(r.PathValue("person"))
			if err != nil || i == 0 {
				return nil, fault.NotFound("person")
			}
			return s.personPage(r.Context(), &personIn{i})
		})
	}
}

type peopleIn struct {
	Q        string   `query:"q" doc:"part of a name or an e-mail address"`
	Role     []string `query:"role" doc:"admin, lead, agent, requester; desk for the first three"`
	Team     string   `query:"team" doc:"name or id"`
	Client   string   `query:"client" doc:"name or id"`
	Disabled bool     `query:"disabled" doc:"only those who are disabled"`
	Cursor   string   `query:"cursor" doc:"next of the page before"`
	Limit    int      `query:"limit" doc:"1 to 200, 50 when not given"`
}

func (s *Server) people(ctx context.Context, in *peopleIn) (desk.PersonPage, error) {
	return s.desk.People(ctx, desk.ListPeople{Q: in.Q, Role: in.Role, Team: in.Team, Client: in.Client, Disabled: in.Disabled, Cursor: in.Cursor, Limit: in.Limit})
}

type peopleOut struct {
	Tab   string
	Page  desk.PersonPage
	Q     string
	Role  string
	Team  string
	Teams []person.Team
	Next  string
	First string // address of the first page, when this is not it
}

func (s *Server) peoplePage(ctx context.Context, in *peopleIn) (out peopleOut, err error) {
	out.Tab = "desk"
	switch {
	case in.Disabled:
		out.Tab = "disabled"
	case len(in.Role) == 1 && in.Role[0] == "requester":
		out.Tab, out.Role = "requester", "requester"
	case len(in.Role) == 0:
		in.Role = []string{"desk"}
	default:
		out.Role = in.Role[0]
	}
	out.Q, out.Team = in.Q, in.Team
	if out.Page, err = s.people(ctx, in); err != nil {
		return out, err
	}
	teams, err := s.desk.TeamNames(ctx)
	out.Teams = teams
	q := url.Values{}
	for k, v := range map[string]string{"q": in.Q, "role": out.Role, "team": in.Team} {
		if v != "" {
			q.Set(k, v)
		}
	}
	if in.Disabled {
		q.Set("disabled", "true")
	}
	if in.Cursor != "" {
		out.First = "/people?" + q.Encode()
	}
	if out.Page.Next != "" {
		q.Set("cursor", out.Page.Next)
		out.Next = "/people?" + q.Encode()
	}
	return out, err
}

type newPersonIn struct {
	Role string `query:"role"`
}

type newPersonOut struct {
	Role    person.Role
	Roles   []person.Role
	Teams   []person.Team
	Clients []person.Client
}

func (s *Server) newPersonForm(ctx context.Context, in *newPersonIn) (out newPersonOut, err error) {
	out.Role = person.Agent
	out.Roles = rolesFor(ctx)
	if in.Role == "requester" || len(out.Roles) == 1 {
		out.Role = person.Requester
	}
	if out.Teams, err = s.desk.TeamNames(ctx); err != nil {
		return out, err
	}
	clients, err := s.desk.Clients(ctx, "", desk.MaxPage)
	out.Clients = clients.Items
	return out, err
}

// rolesFor gives the roles that the caller may give.
func rolesFor(ctx context.Context) []person.Role {
	if desk.CallerOf(ctx).May(person.EditPeople) {
		return person.Roles
	}
	return []person.Role{person.Requester}
}

type addPersonIn struct {
	Body desk.AddPerson
}

func (s *Server) addPerson(ctx context.Context, in *addPersonIn) (person.Person, error) {
	return s.desk.AddPerson(ctx, in.Body)
}

func toPerson[I any](toast string) func(*I, person.Person) next {
	return func(_ *I, p person.Person) next { return next{To: "/people/" + p.ID.String(), Toast: toast} }
}

type personIn struct {
	Person id.ID `path:"person" doc:"the person's id"`
}

func (s *Server) person(ctx context.Context, in *personIn) (person.Person, error) {
	if in.Person == 0 {
		return person.Person{}, fault.NotFound("person")
	}
	return s.desk.Person(ctx, in.Person)
}

type personOut struct {
	Person   person.Person
	MayEdit  bool // this person, by this caller
	Self     bool
	Roles    []person.Role
	Teams    []person.Team
	Clients  []person.Client
	Sessions []person.Session
	Tokens   []person.Token
	Assigned []ticket.Ticket // still assigned to a disabled person
}

// InTeam reports whether the person is in the team, for the boxes of the form.
func (o personOut) InTeam(team id.ID) bool {
	for _, t := range o.Person.Teams {
		if t.ID == team {
			return true
		}
	}
	return false
}

func (s *Server) personPage(ctx context.Context, in *personIn) (out personOut, err error) {
	if out.Person, err = s.person(ctx, in); err != nil {
		return out, err
	}
	caller := desk.CallerOf(ctx)
	admin := caller.May(person.EditPeople)
	out.Self = caller.Person.ID == in.Person
	out.MayEdit = admin || caller.May(person.EditClients) && out.Person.Role == person.Requester
	if out.MayEdit {
		out.Roles = rolesFor(ctx)
		if out.Teams, err = s.desk.TeamNames(ctx); err != nil {
			return out, err
		}
		clients, err := s.desk.Clients(ctx, "", desk.MaxPage)
		if err != nil {
			return out, err
		}
		out.Clients = clients.Items
	}
	if admin {
		if out.Sessions, err = s.desk.Sessions(ctx, in.Person); err != nil {
			return out, err
		}
		if out.Tokens, err = s.desk.Tokens(ctx, in.Person); err != nil {
			return out, err
		}
	}
	if !out.Person.DisabledAt.IsZero() {
		page, err := s.desk.Tickets(ctx, desk.ListTickets{Assignee: in.Person.String(), Status: []string{"active"}, Limit: desk.MaxPage})
		if err != nil {
			return out, err
		}
		out.Assigned = page.Items
	}
	return out, nil
}

type updatePersonIn struct {
	Person id.ID `path:"person" doc:"the person's id"`
	Body   desk.UpdatePerson
}

func (s *Server) updatePerson(ctx context.Context, in *updatePersonIn) (person.Person, error) {
	if in.Person == 0 {
		return person.Person{}, fault.NotFound("person")
	}
	return s.desk.UpdatePerson(ctx, in.Person, in.Body)
}

type setPasswordIn struct {
	Person id.ID `path:"person" doc:"the person's id"`
	Body   struct {
		Password string `json:"password" doc:"at least 12 characters"`
		Current  string `json:"current,omitempty" doc:"needed for your own account"`
	}
}

func (s *Server) setPassword(ctx context.Context, in *setPasswordIn) (none, error) {
	if in.Person == 0 {
		return none{}, fault.NotFound("person")
	}
	return none{}, s.desk.SetPassword(ctx, in.Person, in.Body.Current, in.Body.Password)
}

func (s *Server) disablePerson(ctx context.Context, in *personIn) (desk.Disabled, error) {
	return s.desk.DisablePerson(ctx, in.Person)
}

func (s *Server) enablePerson(ctx context.Context, in *personIn) (person.Person, error) {
	return s.desk.EnablePerson(ctx, in.Person)
}

func (s *Server) endSessionsOf(ctx context.Context, in *personIn) (out endedOut, err error) {
	if in.Person == 0 {
		return out, fault.NotFound("person")
	}
	out.Ended, err = s.desk.EndOtherSessions(ctx, in.Person)
	return out, err
}
