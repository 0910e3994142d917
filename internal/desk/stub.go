package desk

import (
	"context"

	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
)

// Stand-ins until person.go, inbox.go and view.go arrive; whoever lands one deletes it here.

func (d *Desk) PersonByToken(ctx context.Context, token string) (person.Person, error) {
	return d.store.Read().FindPerson(ctx, token)
}

func (d *Desk) PersonBySession(ctx context.Context, secret string) (person.Person, person.Session, error) {
	p, err := d.store.Read().FindPerson(ctx, secret)
	return p, person.Session{}, err
}

// InboxCounts are the numbers beside the views, each capped at 1,000.
type InboxCounts struct {
	Mine       int `json:"me"`
	Team       int `json:"team"`
	Unassigned int `json:"unassigned"`
	Fires      int `json:"fires"`
	Wildfires  int `json:"wildfires"`
	Waiting    int `json:"waiting"`
}

func (d *Desk) InboxCounts(ctx context.Context) (InboxCounts, error) { return InboxCounts{}, nil }

// SavedView is a list a person keeps.
type SavedView struct {
	ID     id.ID  `json:"id"`
	Name   string `json:"name"`
	Query  string `json:"query" doc:"the list's query string, e.g. view=team&fire=wildfire"`
	Shared bool   `json:"shared"`
}

func (d *Desk) SavedViews(ctx context.Context) ([]SavedView, error) { return nil, nil }

// DeskSettings gives the desk's settings without a permission: pages show its name and zone to everybody.
func (d *Desk) DeskSettings(ctx context.Context) (store.Settings, error) {
	return d.store.Read().Settings(ctx)
}
