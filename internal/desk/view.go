package desk

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// MaxViews is how many views one person may keep.
const MaxViews = 50

// SaveView keeps a list under a name.
type SaveView struct {
	Name     string `json:"name" maxLength:"80"`
	Query    string `json:"query" doc:"the list's query string, e.g. view=team&fire=wildfire"`
	Shared   bool   `json:"shared,omitempty" doc:"for everybody at the desk; leads only"`
	Position *int   `json:"position,omitempty" doc:"place in the list of views, from 0; the end when absent"`
}

// SavedViews gives the caller's views and those shared with everybody, in their order.
func (d *Desk) SavedViews(ctx context.Context) ([]ticket.SavedView, error) {
	caller, err := may(ctx, person.SeeTickets)
	if err != nil {
		return nil, err
	}
	return d.store.Read().SavedViews(ctx, caller.Person.ID)
}

// AddView keeps a new view.
func (d *Desk) AddView(ctx context.Context, in SaveView) (ticket.SavedView, error) {
	return d.putView(ctx, 0, in)
}

// ChangeView renames, alters, shares or moves a view; a shared one is the leads' to change.
func (d *Desk) ChangeView(ctx context.Context, view id.ID, in SaveView) (ticket.SavedView, error) {
	return d.putView(ctx, view, in)
}

func (d *Desk) putView(ctx context.Context, view id.ID, in SaveView) (ticket.SavedView, error) {
	var v ticket.SavedView
	caller, err := may(ctx, person.SeeTickets)
	if err != nil {
		return v, err
	}
	name, bad := line("name", in.Name, 80, true)
	query, bad2 := cleanQuery(in.Query)
	if err := fault.Collect(bad, bad2); err != nil {
		return v, err
	}
	if in.Shared && !leads(caller) {
		return v, fault.Forbidden("share a view with the desk")
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		views, err := tx.SavedViews(ctx, caller.Person.ID)
		if err != nil {
			return err
		}
		v = ticket.SavedView{OwnerID: caller.Person.ID, Owner: caller.Person.Name, Position: len(views)}
		if view != 0 {
			if v, err = mayChangeView(ctx, tx.Read, caller, view); err != nil {
				return err
			}
		} else if own := slices.DeleteFunc(slices.Clone(views), func(o ticket.SavedView) bool { return o.OwnerID != caller.Person.ID }); len(own) >= MaxViews {
			return fault.Conflict("name", fmt.Sprintf("You keep %d views already.", MaxViews), "Remove one you no longer look at.")
		}
		v.Name, v.Query, v.Shared = name, query, in.Shared
		if err := tx.PutView(ctx, &v); err != nil {
			return err
		}
		if in.Position == nil {
			return nil
		}
		return reorder(ctx, tx, views, &v, *in.Position)
	})
	return v, err
}

// reorder puts v at a place among views and numbers them anew.
func reorder(ctx context.Context, tx *store.Tx, views []ticket.SavedView, v *ticket.SavedView, place int) error {
	views = slices.DeleteFunc(views, func(o ticket.SavedView) bool { return o.ID == v.ID })
	views = slices.Insert(views, min(max(place, 0), len(views)), *v)
	for i := range views {
		if views[i].ID == v.ID {
			v.Position = i
		}
		if views[i].Position == i && views[i].ID != v.ID {
			continue
		}
		views[i].Position = i
		if err := tx.PutView(ctx, &views[i]); err != nil {
			return err
		}
	}
	return nil
}

// RemoveView forgets a view; a shared one is the leads' to remove.
func (d *Desk) RemoveView(ctx context.Context, view id.ID) error {
	caller, err := may(ctx, person.SeeTickets)
	if err != nil {
		return err
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := mayChangeView(ctx, tx.Read, caller, view); err != nil {
			return err
		}
		return tx.RemoveView(ctx, view)
	})
}

func mayChangeView(ctx context.Context, r store.Read, caller Caller, view id.ID) (ticket.SavedView, error) {
	v, err := r.SavedView(ctx, view)
	switch {
	case err != nil:
		return v, err
	case v.OwnerID != caller.Person.ID && !v.Shared:
		return v, fault.NotFound("view")
	case v.OwnerID != caller.Person.ID && !leads(caller):
		return v, fault.Forbidden("change a view that the desk shares")
	}
	return v, nil
}

// queryFields are what a list can be asked for, by name.
var queryFields = []string{"view", "q", "status", "fire", "application", "assignee", "requester", "team", "tag"}

// cleanQuery keeps of a list's query string what selects tickets, in a fixed order.
func cleanQuery(s string) (string, *fault.Fault) {
	if len(s) > 2000 {
		return "", fault.Invalid("query", "The query is longer than 2,000 bytes.", "Ask for less at once.")
	}
	in, err := url.ParseQuery(strings.TrimPrefix(s, "?"))
	if err != nil {
		return "", fault.Invalid("query", "The query cannot be read.", "Write it as view=team&fire=wildfire.")
	}
	out := url.Values{}
	for name, values := range in {
		if name == "cursor" || name == "limit" {
			continue
		}
		if !slices.Contains(queryFields, name) {
			return "", fault.Invalid("query", "A list cannot be asked for "+name+".", "Use "+strings.Join(queryFields, ", ")+".")
		}
		for _, v := range values {
			if v == "" {
				continue
			}
			clean, bad := line("query", v, ticket.MaxShort, false)
			if bad != nil {
				return "", bad
			}
			out.Add(name, clean)
		}
	}
	return out.Encode(), nil
}
