package web

import (
	"context"
	"fmt"

	"firebreak/internal/catalog"
	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
)

func catalogRoutes() []route {
	const app, env, host, event = "/applications/{application}", "/environments/{environment}", "/hosts/{host}", "/events/{event}"
	return []route{
		show(get, "/catalogue", "", person.SeeCatalog, "the catalogue", "catalog", (*Server).catalogPage),
		show(get, "", "/applications", person.SeeCatalog, "List applications", "", (*Server).listApplications),
		show(get, "/catalogue/new", "", person.EditCatalog, "the form to add an application", "catalog_form", (*Server).newApplicationForm),
		act(post, "/catalogue", "/applications", person.EditCatalog, "+Add an application", (*Server).addApplication, toApplicationAdded),
		show(get, "/catalogue/{application}", "", person.SeeCatalog, "an application with what stands around it", "application", (*Server).applicationPage),
		show(get, "", app, person.SeeCatalog, "One application with its environments, hosts and business events", "", (*Server).getApplication),
		show(get, "/catalogue/{application}/edit", "", person.EditCatalog, "the form to describe an application", "catalog_form", (*Server).applicationForm),
		act(patch, "/catalogue/{application}", app, person.EditCatalog, "Change an application", (*Server).updateApplication, toApplicationChanged),
		act(post, "/catalogue/{application}/unarchive", "", person.EditCatalog, "Take an application back into use", (*Server).unarchive, toUnarchived),
		show(get, "/catalogue/{application}/merge", "", person.EditCatalog, "the form to merge an application", "catalog_form", (*Server).mergeForm),
		act(post, "/catalogue/{application}/merge", app+"/merge", person.EditCatalog, "Merge an application into another; this cannot be undone", (*Server).mergeApplication, toMergedApplication),

		show(get, "", app+"/environments", person.SeeCatalog, "List environments with their hosts", "", (*Server).listEnvironments),
		show(get, "/catalogue/{application}/environments/new", "", person.EditCatalog, "the form to add an environment", "catalog_form", (*Server).environmentForm),
		act(post, "/catalogue/{application}/environments", app+"/environments", person.EditCatalog, "+Add an environment", (*Server).addEnvironment, toEnvironment),
		show(get, "/catalogue/{application}/environments/{environment}", "", person.EditCatalog, "the form to change an environment", "catalog_form", (*Server).environmentForm),
		act(patch, "/catalogue/{application}/environments/{environment}", app+env, person.EditCatalog, "Change an environment", (*Server).updateEnvironment, toEnvironmentChanged),
		act(remove, "/catalogue/{application}/environments/{environment}/remove", app+env, person.EditCatalog, "Remove an environment with its hosts", (*Server).removeEnvironment, toRemovedEnvironment),

		show(get, "", app+"/hosts", person.SeeCatalog, "List the hosts of all environments", "", (*Server).listHosts),
		show(get, "/catalogue/{application}/environments/{environment}/hosts/new", "", person.EditCatalog, "the form to add a host", "catalog_form", (*Server).newHostForm),
		act(post, "/catalogue/{application}/environments/{environment}/hosts", app+env+"/hosts", person.EditCatalog, "+Add a host to an environment", (*Server).addHost, toHost),
		show(get, "/catalogue/{application}/hosts/{host}", "", person.EditCatalog, "the form to change a host", "catalog_form", (*Server).hostForm),
		act(patch, "/catalogue/{application}/hosts/{host}", app+host, person.EditCatalog, "Change a host", (*Server).updateHost, toHostChanged),
		act(remove, "/catalogue/{application}/hosts/{host}/remove", app+host, person.EditCatalog, "Remove a host", (*Server).removeHost, toRemovedHost),

		show(get, "", app+"/events", person.SeeCatalog, "List business events with their next occurrences", "", (*Server).listEvents),
		show(get, "/catalogue/{application}/events/new", "", person.EditCatalog, "the form to add a business event", "catalog_form", (*Server).newEventForm),
		act(post, "/catalogue/{application}/events", app+"/events", person.EditCatalog, "+Add a business event; active tickets are judged anew", (*Server).addEvent, toEvent),
		show(get, "/catalogue/{application}/events/{event}", "", person.EditCatalog, "the form to change a business event", "catalog_form", (*Server).eventForm),
		act(patch, "/catalogue/{application}/events/{event}", app+event, person.EditCatalog, "Change a business event; active tickets are judged anew", (*Server).updateEvent, toEventChanged),
		act(remove, "/catalogue/{application}/events/{event}/remove", app+event, person.EditCatalog, "Remove a business event; active tickets are judged anew", (*Server).removeEvent, toRemovedEvent),
		show(get, "", "/calendar/preview", person.SeeCatalog, "The sentence and the next dates of a rule", "", (*Server).previewEvent),
		show(get, "/calendar/preview", "", person.SeeCatalog, "the sentence and the next dates of a rule", "calendar_preview", (*Server).previewPage),

		act(post, "/catalogue-undo/{undo}", "", person.EditCatalog, "Take a removal from the catalogue back", (*Server).undoCatalog, toUndoneCatalog),
	}
}

// AppIn is the input of every row about one application. It is exported, as those below, because huma
// only reads embedded inputs that are.
type AppIn struct {
	Application string `path:"application" doc:"short name, name or id"`
}

func (in *AppIn) page() string { return "/catalogue/" + in.Application }

func pageOf(a catalog.Application) string { return "/catalogue/" + a.Slug }

// --- reading ---

type applicationsIn struct {
	Q         string `query:"q" doc:"part of the name or short name"`
	Team      string `query:"team"`
	Person    string `query:"person" doc:"primary or secondary support: id, e-mail, name or me"`
	Archived  bool   `query:"archived" doc:"archived ones instead of those in use"`
	Described string `query:"described" doc:"yes or no: whether anybody said more than the name"`
	Cursor    string `query:"cursor" doc:"next of the page before"`
	Limit     int    `query:"limit" doc:"1 to 200, 50 when not given"`
}

func (in applicationsIn) desk() desk.ListApplications { return desk.ListApplications(in) }

func (s *Server) listApplications(ctx context.Context, in *applicationsIn) (desk.ApplicationPage, error) {
	return s.desk.Applications(ctx, in.desk())
}

type catalogOut struct {
	In          applicationsIn
	Undescribed []catalog.Application // named by tickets, not described yet; on the first page only
	Page        desk.ApplicationPage
	Filtered    bool
}

func (s *Server) catalogPage(ctx context.Context, in *applicationsIn) (out catalogOut, err error) {
	out.In = *in
	out.Filtered = in.Q != "" || in.Team != "" || in.Person != "" || in.Archived
	list := in.desk()
	if !in.Archived {
		list.Described = "yes"
	}
	if out.Page, err = s.desk.Applications(ctx, list); err != nil {
		return out, err
	}
	if !in.Archived && in.Cursor == "" && in.Team == "" && in.Person == "" {
		list.Described, list.Limit = "no", desk.MaxPage
		first, err := s.desk.Applications(ctx, list)
		out.Undescribed = first.Items
		return out, err
	}
	return out, nil
}

// applicationOut is an application with who stands around it and what was changed there.
type applicationOut struct {
	catalog.Application
	Around desk.Around
}

func (s *Server) applicationPage(ctx context.Context, in *AppIn) (out applicationOut, err error) {
	out.Around, err = s.desk.Around(ctx, in.Application, "")
	out.Application = out.Around.Application
	return out, err
}

func (s *Server) getApplication(ctx context.Context, in *AppIn) (catalog.Application, error) {
	return s.desk.Application(ctx, in.Application)
}

// listOf is a whole list; parts of an application are few, so there are no further pages.
type listOf[T any] struct {
	Items []T `json:"items"`
}

func whole[T any](items []T) listOf[T] { return listOf[T]{append([]T{}, items...)} }

func (s *Server) listEnvironments(ctx context.Context, in *AppIn) (listOf[catalog.Environment], error) {
	a, err := s.desk.Application(ctx, in.Application)
	return whole(a.Environments), err
}

func (s *Server) listHosts(ctx context.Context, in *AppIn) (listOf[catalog.Host], error) {
	a, err := s.desk.Application(ctx, in.Application)
	var hosts []catalog.Host
	for _, e := range a.Environments {
		hosts = append(hosts, e.Hosts...)
	}
	return whole(hosts), err
}

func (s *Server) listEvents(ctx context.Context, in *AppIn) (listOf[catalog.Event], error) {
	a, err := s.desk.Application(ctx, in.Application)
	return whole(a.Events), err
}

type previewIn struct {
	Rule string `query:"rule" doc:"e.g. monthly 1 06:00"`
	Zone string `query:"zone" doc:"IANA time zone; the desk's own when empty"`
}

func (s *Server) previewEvent(ctx context.Context, in *previewIn) (catalog.Event, error) {
	return s.desk.PreviewEvent(ctx, desk.EventFields{Rule: &in.Rule, Zone: &in.Zone})
}

// previewOut is a preview while somebody writes: a rule that is not right yet is no error there.
type previewOut struct {
	catalog.Event
	Problem string
}

func (s *Server) previewPage(ctx context.Context, in *previewIn) (previewOut, error) {
	e, err := s.previewEvent(ctx, in)
	if f := fault.Of(err); f != nil && f.Code == fault.CodeInvalid {
		out := previewOut{Event: catalog.Event{Rule: in.Rule, Zone: in.Zone}}
		if in.Rule != "" {
			out.Problem = f.Message + " " + f.Hint
		}
		return out, nil
	}
	return previewOut{Event: e}, err
}

// --- applications ---

type addApplicationIn struct{ Body desk.AddApplication }

func (s *Server) addApplication(ctx context.Context, in *addApplicationIn) (catalog.Application, error) {
	return s.desk.AddApplication(ctx, in.Body)
}

func toApplicationAdded(_ *addApplicationIn, a catalog.Application) next {
	return next{To: pageOf(a), Toast: a.Name + " is in the catalogue. Say next which dates matter for it."}
}

type updateApplicationIn struct {
	AppIn
	Body desk.ChangeApplication
}

func (s *Server) updateApplication(ctx context.Context, in *updateApplicationIn) (catalog.Application, error) {
	return s.desk.UpdateApplication(ctx, in.Application, in.Body)
}

func toApplicationChanged(in *updateApplicationIn, a catalog.Application) next {
	n := next{To: pageOf(a), Toast: a.Name + " is changed."}
	if in.Body.Archived != nil && *in.Body.Archived {
		n.Toast, n.Undo = a.Name+" is archived.", pageOf(a)+"/unarchive"
	}
	return n
}

func (s *Server) unarchive(ctx context.Context, in *AppIn) (catalog.Application, error) {
	return s.desk.ArchiveApplication(ctx, in.Application, false)
}

func toUnarchived(_ *AppIn, a catalog.Application) next {
	return next{To: pageOf(a), Toast: a.Name + " is in use again."}
}

type mergeApplicationIn struct {
	AppIn
	Body desk.MergeApplication
}

func (s *Server) mergeApplication(ctx context.Context, in *mergeApplicationIn) (catalog.Application, error) {
	return s.desk.MergeApplication(ctx, in.Application, in.Body)
}

func toMergedApplication(in *mergeApplicationIn, a catalog.Application) next {
	return next{To: pageOf(a), Toast: fmt.Sprintf("The tickets are with %s now, and the old name leads here.", a.Name)}
}

// --- environments ---

type addEnvironmentIn struct {
	AppIn
	Body desk.EnvironmentFields
}

func (s *Server) addEnvironment(ctx context.Context, in *addEnvironmentIn) (catalog.Environment, error) {
	return s.desk.AddEnvironment(ctx, in.Application, in.Body)
}

func toEnvironment(in *addEnvironmentIn, e catalog.Environment) next {
	return next{To: in.page() + "#environments", Toast: e.Name + " is added."}
}

// EnvironmentIn is the input of every row about one environment.
type EnvironmentIn struct {
	AppIn
	Environment id.ID `path:"environment"`
}

type updateEnvironmentIn struct {
	EnvironmentIn
	Body desk.EnvironmentFields
}

func (s *Server) updateEnvironment(ctx context.Context, in *updateEnvironmentIn) (catalog.Environment, error) {
	return s.desk.UpdateEnvironment(ctx, in.Application, in.Environment, in.Body)
}

func toEnvironmentChanged(in *updateEnvironmentIn, e catalog.Environment) next {
	return next{To: in.page() + "#environments", Toast: e.Name + " is changed."}
}

func (s *Server) removeEnvironment(ctx context.Context, in *EnvironmentIn) (desk.Removed, error) {
	return s.desk.RemoveEnvironment(ctx, in.Application, in.Environment)
}

func toRemovedEnvironment(in *EnvironmentIn, r desk.Removed) next {
	return removedFrom(in.page()+"#environments", r)
}

func removedFrom(page string, r desk.Removed) next {
	return next{To: page, Toast: r.Name + " is removed.", Undo: "/catalogue-undo/" + r.Undo.String()}
}

// --- hosts ---

type addHostIn struct {
	EnvironmentIn
	Body desk.HostFields
}

func (s *Server) addHost(ctx context.Context, in *addHostIn) (catalog.Host, error) {
	return s.desk.AddHost(ctx, in.Application, in.Environment, in.Body)
}

func toHost(in *addHostIn, h catalog.Host) next {
	return next{To: in.page() + "#environments", Toast: h.Name + " is added."}
}

// HostIn is the input of every row about one host.
type HostIn struct {
	AppIn
	Host id.ID `path:"host"`
}

type updateHostIn struct {
	HostIn
	Body desk.HostFields
}

func (s *Server) updateHost(ctx context.Context, in *updateHostIn) (catalog.Host, error) {
	return s.desk.UpdateHost(ctx, in.Application, in.Host, in.Body)
}

func toHostChanged(in *updateHostIn, h catalog.Host) next {
	return next{To: in.page() + "#environments", Toast: h.Name + " is changed."}
}

func (s *Server) removeHost(ctx context.Context, in *HostIn) (desk.Removed, error) {
	return s.desk.RemoveHost(ctx, in.Application, in.Host)
}

func toRemovedHost(in *HostIn, r desk.Removed) next {
	return removedFrom(in.page()+"#environments", r)
}

// --- business events ---

type addEventIn struct {
	AppIn
	Body desk.EventFields
}

func (s *Server) addEvent(ctx context.Context, in *addEventIn) (catalog.Event, error) {
	return s.desk.AddEvent(ctx, in.Application, in.Body)
}

func toEvent(in *addEventIn, e catalog.Event) next {
	return next{To: in.page() + "#events", Toast: e.Name + " is in the calendar: " + e.Sentence + "."}
}

// EventIn is the input of every row about one business event.
type EventIn struct {
	AppIn
	Event id.ID `path:"event"`
}

type updateEventIn struct {
	EventIn
	Body desk.EventFields
}

func (s *Server) updateEvent(ctx context.Context, in *updateEventIn) (catalog.Event, error) {
	return s.desk.UpdateEvent(ctx, in.Application, in.Event, in.Body)
}

func toEventChanged(in *updateEventIn, e catalog.Event) next {
	return next{To: in.page() + "#events", Toast: e.Name + " is changed: " + e.Sentence + "."}
}

func (s *Server) removeEvent(ctx context.Context, in *EventIn) (desk.Removed, error) {
	return s.desk.RemoveEvent(ctx, in.Application, in.Event)
}

func toRemovedEvent(in *EventIn, r desk.Removed) next { return removedFrom(in.page()+"#events", r) }

type undoIn struct {
	Undo id.ID `path:"undo"`
}

func (s *Server) undoCatalog(ctx context.Context, in *undoIn) (desk.Undone, error) {
	return s.desk.Undo(ctx, in.Undo)
}

func toUndoneCatalog(*undoIn, desk.Undone) next { return next{Toast: "It is back."} }
