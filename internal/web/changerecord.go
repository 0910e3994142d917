package web

import (
	"context"
	"strings"
	"time"

	"firebreak/internal/desk"
	"firebreak/internal/estate"
	"firebreak/internal/id"
)

type changesIn struct {
	Application string    `query:"application" doc:"short name, name or id"`
	Near        bool      `query:"near" doc:"those of its neighbours too: who calls it, and whom it calls"`
	Interface   id.ID     `query:"interface"`
	Since       time.Time `query:"since" doc:"ended or began since then"`
	Days        int       `query:"days" minimum:"0" maximum:"3650" doc:"instead of since: the last days"`
	Cursor      string    `query:"cursor" doc:"next of the page before"`
	Limit       int       `query:"limit" doc:"1 to 200, 50 when not given"`
}

type changesOut struct {
	desk.ChangePage
	In changesIn `json:"-"`
}

func (s *Server) listChanges(ctx context.Context, in *changesIn) (changesOut, error) {
	list := desk.ListChanges{Application: in.Application, Near: in.Near, Interface: in.Interface, Since: in.Since, Cursor: in.Cursor, Limit: in.Limit}
	if in.Days > 0 && in.Since.IsZero() { // cut to the hour, so that the pages of one list are of one list
		list.Since = s.desk.Now().Truncate(time.Hour).Add(-time.Duration(in.Days) * 24 * time.Hour)
	}
	page, err := s.desk.Changes(ctx, list)
	return changesOut{page, *in}, err
}

type addChangeIn struct{ Body desk.AddChange }

func (s *Server) addChange(ctx context.Context, in *addChangeIn) (desk.Recorded, error) {
	return s.desk.AddChange(ctx, in.Body)
}

func toChange(_ *addChangeIn, c desk.Recorded) next {
	toast := "The change is recorded."
	if n := len(c.Dependents); n > 0 {
		toast = "The change is recorded. " + plural(n, "application depends", "applications depend") + " on " + c.Application + "."
	}
	return next{To: "/changes/" + c.ID.String(), Toast: toast}
}

// ChangeIn is the input of every row about one change record.
type ChangeIn struct {
	Change id.ID `path:"change"`
}

func (s *Server) getChange(ctx context.Context, in *ChangeIn) (desk.Recorded, error) {
	return s.desk.Change(ctx, in.Change)
}

func (s *Server) removeChange(ctx context.Context, in *ChangeIn) (desk.Removed, error) {
	return s.desk.RemoveChange(ctx, in.Change)
}

func toRemovedChange(_ *ChangeIn, r desk.Removed) next { return removedFrom("/changes", r) }

type changeFormIn struct {
	Application string `query:"application"`
	Host        string `query:"host"`
}

func (s *Server) changeForm(ctx context.Context, in *changeFormIn) (formPage, error) {
	f := formPage{Title: "Record a change", Lead: "So that the next person sees it beside the next ticket. Pipelines record theirs over the API.", Back: "/changes", BackName: "Changes",
		Action: "/changes", Form: "change-new", Button: "Record the change"}
	if in.Application != "" {
		f.Back, f.BackName = "/catalogue/"+in.Application+"/estate", in.Application
	}
	apps, err := s.desk.ApplicationChoices(ctx)
	if err != nil {
		return f, err
	}
	var names []string
	for _, a := range apps {
		names = append(names, a.Name)
	}
	name := in.Application
	for _, a := range apps {
		if a.Slug == in.Application {
			name = a.Name
		}
	}
	var kinds []formOption
	for _, k := range estate.ChangeKinds {
		kinds = append(kinds, formOption{k.Kind, strings.ToUpper(k.Word[:1]) + k.Word[1:]})
	}
	f.Fields = []formField{
		{Name: "application", Label: "Which application?", Value: name, List: names, Max: 120},
		{Name: "title", Label: "What was changed?", Placeholder: "Moved to a new server", Max: 500},
		{Name: "kind", Label: "Kind", Value: "config", Options: kinds},
		{Name: "from", Label: "When did it begin?", Type: "datetime-local", Hint: "Now, when left empty.", Optional: true},
		{Name: "to", Label: "When did it end?", Type: "datetime-local", Optional: true},
		{Name: "by", Label: "Who did it?", Hint: "You, when left empty.", Optional: true, Max: 120},
		{Name: "planned", Label: "Was it planned?", Value: "true", Options: []formOption{{"true", "Planned"}, {"false", "Not planned"}}},
		{Name: "reference", Label: "Number elsewhere", Placeholder: "CHG0042", Optional: true, Max: 120},
		{Name: "host", Label: "On which host?", Value: in.Host, Optional: true, Max: 255},
		{Name: "old", Label: "What was it before?", Hint: "The old address, the old version.", Optional: true, Max: 500},
		{Name: "new", Label: "What is it now?", Optional: true, Max: 500},
		{Name: "note", Label: "Note", Rows: 4, Optional: true},
	}
	return f, nil
}
