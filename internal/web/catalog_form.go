package web

import (
	"context"
	"net/http"

	"firebreak/internal/catalog"
	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/id"
)

// formPage is a form of the catalogue as a page of its own, so that it works without scripts.
type formPage struct {
	Title, Lead string
	Back        string // address of the page it belongs to
	BackName    string
	Action      string // where it is sent
	Form        string // name for drawing it again
	Button      string
	Danger      bool   // it cannot be undone
	Confirm     string // the name to type
	Fields      []formField
	Preview     *previewOut // shown under the fields, renewed while somebody writes
}

// formField is one field; with Options it is a choice, with Rows a text of many lines.
type formField struct {
	Name, Label, Value, Hint, Placeholder string
	Type                                  string
	Options                               []formOption
	List                                  []string // suggestions
	Rows                                  int
	Optional, Live                        bool
	Max                                   int
}

type formOption struct{ Value, Label string }

func init() {
	again := func(form string, draw func(*Server, context.Context, *http.Request) (formPage, error)) {
		redraw(form, "catalog_form", func(s *Server, r *http.Request) (any, error) { return draw(s, r.Context(), r) })
	}
	part := func(r *http.Request, name string) id.ID { i, _ := id.Parse(r.PathValue(name)); return i }
	again("application-new", func(s *Server, ctx context.Context, _ *http.Request) (formPage, error) {
		return s.newApplicationForm(ctx, nil)
	})
	again("application", func(s *Server, ctx context.Context, r *http.Request) (formPage, error) {
		return s.applicationForm(ctx, &AppIn{r.PathValue("application")})
	})
	again("merge-application", func(s *Server, ctx context.Context, r *http.Request) (formPage, error) {
		return s.mergeForm(ctx, &AppIn{r.PathValue("application")})
	})
	again("environment", func(s *Server, ctx context.Context, r *http.Request) (formPage, error) {
		return s.environmentForm(ctx, &EnvironmentIn{AppIn{r.PathValue("application")}, part(r, "environment")})
	})
	again("host-new", func(s *Server, ctx context.Context, r *http.Request) (formPage, error) {
		return s.newHostForm(ctx, &EnvironmentIn{AppIn{r.PathValue("application")}, part(r, "environment")})
	})
	again("host", func(s *Server, ctx context.Context, r *http.Request) (formPage, error) {
		return s.hostForm(ctx, &HostIn{AppIn{r.PathValue("application")}, part(r, "host")})
	})
	again("event-new", func(s *Server, ctx context.Context, r *http.Request) (formPage, error) {
		return s.newEventForm(ctx, &AppIn{r.PathValue("application")})
	})
	again("event", func(s *Server, ctx context.Context, r *http.Request) (formPage, error) {
		return s.eventForm(ctx, &EventIn{AppIn{r.PathValue("application")}, part(r, "event")})
	})
}

func (s *Server) newApplicationForm(ctx context.Context, _ *none) (formPage, error) {
	f := formPage{Title: "Add an application", Lead: "A system the desk supports. Only the name is needed now.", Back: "/catalogue", BackName: "Catalogue",
		Action: "/catalogue", Form: "application-new", Button: "Add the application"}
	fields, err := s.applicationFields(ctx, catalog.Application{})
	f.Fields = fields
	return f, err
}

func (s *Server) applicationForm(ctx context.Context, in *AppIn) (formPage, error) {
	a, err := s.desk.Application(ctx, in.Application)
	if err != nil {
		return formPage{}, err
	}
	f := formPage{Title: "Describe " + a.Name, Lead: "Who looks after it, and what it does.", Back: pageOf(a), BackName: a.Name, Action: pageOf(a), Form: "application", Button: "Save"}
	f.Fields, err = s.applicationFields(ctx, a)
	return f, err
}

func (s *Server) applicationFields(ctx context.Context, a catalog.Application) ([]formField, error) {
	teams, err := s.desk.Teams(ctx)
	if err != nil {
		return nil, err
	}
	owners := []formOption{{"", "No team yet"}}
	for _, t := range teams.Items {
		owners = append(owners, formOption{t.ID.String(), t.Name})
	}
	staff, err := s.desk.People(ctx, desk.ListPeople{Role: []string{"desk"}, Limit: desk.MaxPage})
	if err != nil {
		return nil, err
	}
	who := func(name, label, hint string, i id.ID, current string) formField {
		f := formField{Name: name, Label: label, Hint: hint, Optional: true}
		if staff.Next != "" { // more people than a list holds: they are named by address
			f.Hint = "E-mail address or exact name. " + hint
			f.Value = current
			for _, p := range staff.Items {
				f.List = append(f.List, p.Email)
			}
			return f
		}
		f.Value, f.Options = i.String(), []formOption{{"", "Nobody"}}
		known := i == 0
		for _, p := range staff.Items {
			f.Options = append(f.Options, formOption{p.ID.String(), p.Name})
			known = known || p.ID == i
		}
		if !known {
			f.Options = append(f.Options, formOption{i.String(), current + " (does not work here any more)"})
		}
		return f
	}
	fields := []formField{
		{Name: "name", Label: "Name", Value: a.Name, Hint: "As people know it.", Max: 120},
		{Name: "description", Label: "What it does", Value: a.Description, Rows: 4, Optional: true},
		{Name: "team", Label: "Owning team", Value: a.TeamID.String(), Options: owners, Optional: true},
		who("primary", "Primary support", "Triages what comes in.", a.PrimaryID, a.Primary),
		who("secondary", "Secondary support", "Covers when the primary is away, so it should be somebody else.", a.SecondaryID, a.Secondary),
	}
	if a.ID != 0 {
		fields = append(fields, formField{Name: "slug", Label: "Short name", Value: a.Slug, Hint: "For links and the API: lower-case letters, digits and hyphens.", Max: 40})
	}
	return fields, nil
}

func (s *Server) mergeForm(ctx context.Context, in *AppIn) (formPage, error) {
	a, err := s.desk.Application(ctx, in.Application)
	if err != nil {
		return formPage{}, err
	}
	all, err := s.desk.ApplicationChoices(ctx)
	if err != nil {
		return formPage{}, err
	}
	var names []string
	for _, o := range all {
		if o.ID != a.ID {
			names = append(names, o.Name)
		}
	}
	return formPage{Title: "Merge " + a.Name + " into another", Back: "/catalogue", BackName: "Catalogue", Danger: true, Action: pageOf(a) + "/merge", Form: "merge-application",
		Lead:   "All its tickets move, and its name then leads to the other application. This cannot be undone.",
		Button: "Merge for good", Fields: []formField{
			{Name: "into", Label: "Which one stays?", List: names, Hint: "Name or short name."},
			{Name: "name", Label: "Type " + a.Name + " to confirm", Hint: "So that nobody merges by accident."},
		}}, nil
}

func (s *Server) environmentForm(ctx context.Context, in *EnvironmentIn) (formPage, error) {
	a, err := s.desk.Application(ctx, in.Application)
	if err != nil {
		return formPage{}, err
	}
	f := formPage{Title: "Add an environment to " + a.Name, Lead: "One place it runs, such as production.", Back: pageOf(a) + "#environments", BackName: a.Name,
		Action: pageOf(a) + "/environments", Form: "environment", Button: "Add the environment"}
	e := catalog.Environment{Kind: "production"}
	if in.Environment != 0 {
		if e, err = environmentOf(a, in.Environment); err != nil {
			return f, err
		}
		f.Title, f.Button, f.Action = "Change "+e.Name+" of "+a.Name, "Save", pageOf(a)+"/environments/"+e.ID.String()
	}
	kinds := []formOption{{"", "Not said"}}
	for _, k := range catalog.Kinds {
		kinds = append(kinds, formOption{k, k})
	}
	f.Fields = []formField{
		{Name: "name", Label: "Name", Value: e.Name, Placeholder: "Production", Max: 120},
		{Name: "kind", Label: "Kind", Value: e.Kind, Options: kinds, Optional: true},
		{Name: "url", Label: "Address on the web", Value: e.URL, Type: "url", Placeholder: "https://billing.example.com", Optional: true},
		{Name: "note", Label: "Note", Value: e.Note, Hint: "What somebody should know before they touch it.", Optional: true, Max: 500},
	}
	return f, nil
}

func environmentOf(a catalog.Application, i id.ID) (catalog.Environment, error) {
	for _, e := range a.Environments {
		if e.ID == i {
			return e, nil
		}
	}
	return catalog.Environment{}, fault.NotFound("environment")
}

func (s *Server) newHostForm(ctx context.Context, in *EnvironmentIn) (formPage, error) {
	a, err := s.desk.Application(ctx, in.Application)
	if err != nil {
		return formPage{}, err
	}
	e, err := environmentOf(a, in.Environment)
	return hostForm(a, catalog.Host{}, formPage{Title: "Add a host to " + e.Name + " of " + a.Name, Form: "host-new", Button: "Add the host",
		Action: pageOf(a) + "/environments/" + e.ID.String() + "/hosts"}), err
}

func (s *Server) hostForm(ctx context.Context, in *HostIn) (formPage, error) {
	a, err := s.desk.Application(ctx, in.Application)
	if err != nil {
		return formPage{}, err
	}
	for _, e := range a.Environments {
		for _, h := range e.Hosts {
			if h.ID == in.Host {
				return hostForm(a, h, formPage{Title: "Change " + h.Name, Lead: e.Name + " of " + a.Name + ".", Form: "host", Button: "Save", Action: pageOf(a) + "/hosts/" + h.ID.String()}), nil
			}
		}
	}
	return formPage{}, fault.NotFound("host")
}

func hostForm(a catalog.Application, h catalog.Host, f formPage) formPage {
	f.Back, f.BackName = pageOf(a)+"#environments", a.Name
	f.Fields = []formField{
		{Name: "name", Label: "Name", Value: h.Name, Placeholder: "billprd01", Max: 120},
		{Name: "address", Label: "Address", Value: h.Address, Hint: "IP address or DNS name.", Placeholder: "10.4.2.19", Optional: true, Max: 255},
		{Name: "note", Label: "Note", Value: h.Note, Optional: true, Max: 500},
	}
	return f
}

// ruleHint shows how rules are written.
const ruleHint = "Write it as monthly 1 06:00 · monthly last workday 18:00 · workdays 06:00,18:00 · weekly mon,thu 06:00 · daily 23:00 · yearly 12-31 23:59 · once 2026-12-01 06:00."

func (s *Server) newEventForm(ctx context.Context, in *AppIn) (formPage, error) {
	a, err := s.desk.Application(ctx, in.Application)
	if err != nil {
		return formPage{}, err
	}
	settings, err := s.desk.DeskSettings(ctx)
	return eventForm(a, catalog.Event{Zone: settings.Zone}, formPage{Title: "Add a business event to " + a.Name, Form: "event-new", Button: "Add the event",
		Lead:   "A date that makes deadlines real, such as the billing run. Active tickets are judged anew at once.",
		Action: pageOf(a) + "/events"}), err
}

func (s *Server) eventForm(ctx context.Context, in *EventIn) (formPage, error) {
	a, err := s.desk.Application(ctx, in.Application)
	if err != nil {
		return formPage{}, err
	}
	for _, e := range a.Events {
		if e.ID == in.Event {
			return eventForm(a, e, formPage{Title: "Change " + e.Name + " of " + a.Name, Form: "event", Button: "Save", Lead: "Active tickets are judged anew at once.",
				Action: pageOf(a) + "/events/" + e.ID.String()}), nil
		}
	}
	return formPage{}, fault.NotFound("event")
}

func eventForm(a catalog.Application, e catalog.Event, f formPage) formPage {
	f.Back, f.BackName, f.Preview = pageOf(a)+"#events", a.Name, &previewOut{Event: e}
	f.Fields = []formField{
		{Name: "name", Label: "What is it called?", Value: e.Name, Placeholder: "Billing run", Max: 120},
		{Name: "rule", Label: "When does it happen?", Value: e.Rule, Hint: ruleHint, Placeholder: "monthly 1 06:00", Live: true},
		{Name: "zone", Label: "Time zone", Value: e.Zone, Hint: "Such as Europe/Berlin, America/New_York or UTC.", Live: true, Optional: true},
		{Name: "consequence", Label: "What happens at that minute?", Value: e.Consequence, Placeholder: "Invoices go to clients", Optional: true, Max: 500},
	}
	return f
}
