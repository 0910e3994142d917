package desk

import (
	"context"

	"firebreak/internal/id"
)

// Stand-ins until inbox.go and view.go arrive; whoever lands one deletes it here.

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
