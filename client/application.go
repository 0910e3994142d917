package client

import (
	"context"
	"net/url"
	"time"
)

// Application is a supported system.
type Application struct {
	ID           string        `json:"id"`
	Slug         string        `json:"slug"` // short name used in links
	Name         string        `json:"name"`
	Description  string        `json:"description,omitempty"`
	Team         string        `json:"team,omitempty"`
	Primary      string        `json:"primary,omitempty"`
	Secondary    string        `json:"secondary,omitempty"`
	OtherNames   []string      `json:"other_names,omitempty"`
	Environments []Environment `json:"environments,omitempty"`
	Events       []Occasion    `json:"events,omitempty"`
	Active       Load          `json:"active,omitzero"`
	Warnings     []string      `json:"warnings,omitempty"` // what puts its support at risk
	CreatedAt    time.Time     `json:"created_at"`
	ArchivedAt   time.Time     `json:"archived_at,omitzero"`
}

// Load counts active tickets by fire.
type Load struct {
	Wildfires  int `json:"wildfires"`
	HouseFires int `json:"house_fires"`
	Matches    int `json:"matches"`
}

// Environment is one place an application runs.
type Environment struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Kind  string `json:"kind,omitempty"` // production, test, development or other
	URL   string `json:"url,omitempty"`
	Note  string `json:"note,omitempty"`
	Hosts []Host `json:"hosts,omitempty"`
}

// Host is a machine of an environment.
type Host struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Address string `json:"address,omitempty"`
	Note    string `json:"note,omitempty"`
}

// Occasion is a dated event of an application's business calendar.
type Occasion struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Rule     string `json:"rule"` // e.g. monthly 1 06:00
	Zone     string `json:"zone"`
	Sentence string `json:"sentence,omitempty"`
	// Consequence is what happens at that minute.
	Consequence string    `json:"consequence,omitempty"`
	NextAt      time.Time `json:"next_at,omitzero"`
}

// ListApplications selects applications; the zero value is the first page of all that are in use.
type ListApplications struct {
	Q        string // part of the name or short name
	Team     string
	Person   string // primary or secondary support
	Archived bool
	Cursor   string
	Limit    int
}

// ApplicationPage is one page of applications, by name.
type ApplicationPage struct {
	Items []Application `json:"items"`
	Next  string        `json:"next,omitempty"`
}

// Applications gives a page of the catalogue.
func (c *Client) Applications(ctx context.Context, in ListApplications) (ApplicationPage, error) {
	q := values("q", in.Q, "team", in.Team, "person", in.Person, "cursor", in.Cursor, "limit", limit(in.Limit))
	if in.Archived {
		q.Set("archived", "true")
	}
	var page ApplicationPage
	return page, c.get(ctx, "/applications", q, &page)
}

// Application gives one application by id, short name or name, with environments, hosts and business calendar.
func (c *Client) Application(ctx context.Context, name string) (Application, error) {
	var a Application
	return a, c.get(ctx, "/applications/"+url.PathEscape(name), nil, &a)
}

// AddApplication is an application to add; only Name is required.
type AddApplication struct {
	Name        string `json:"name"`
	Slug        string `json:"slug,omitempty"`
	Description string `json:"description,omitempty"`
	Team        string `json:"team,omitempty"`      // name or id
	Primary     string `json:"primary,omitempty"`   // e-mail, name, id or me
	Secondary   string `json:"secondary,omitempty"` // e-mail, name, id or me
}

// AddApplication adds an application to the catalogue.
func (c *Client) AddApplication(ctx context.Context, in AddApplication) (Application, error) {
	var a Application
	return a, c.post(ctx, "/applications", in, &a)
}
