package client

import (
	"context"
	"net/url"
	"time"
)

// Person is somebody the desk knows.
type Person struct {
	ID          string    `json:"id"`
	Email       string    `json:"email"`
	Name        string    `json:"name"`
	Role        string    `json:"role"` // admin, lead, agent or requester
	Client      string    `json:"client,omitempty"`
	Zone        string    `json:"zone,omitempty"` // IANA time zone
	Phone       string    `json:"phone,omitempty"`
	Teams       []Team    `json:"teams,omitempty"`
	CreatedAt   time.Time `json:"created_at"`
	DisabledAt  time.Time `json:"disabled_at,omitzero"`
	HasPassword bool      `json:"has_password"`
}

// Team names a team.
type Team struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// ListPeople selects people; the zero value is the first page of everybody who is not disabled.
type ListPeople struct {
	Q        string   // part of a name or an e-mail address
	Role     []string // admin, lead, agent, requester; desk for the first three
	Team     string
	Client   string
	Disabled bool // only those who are disabled
	Cursor   string
	Limit    int
}

// PersonPage is one page of people, by name.
type PersonPage struct {
	Items []Person `json:"items"`
	Next  string   `json:"next,omitempty"`
}

// People gives a page of people.
func (c *Client) People(ctx context.Context, in ListPeople) (PersonPage, error) {
	q := values("q", in.Q, "role", joined(in.Role), "team", in.Team, "client", in.Client, "cursor", in.Cursor, "limit", limit(in.Limit))
	if in.Disabled {
		q.Set("disabled", "true")
	}
	var page PersonPage
	return page, c.get(ctx, "/people", q, &page)
}

// Person gives one person by id.
func (c *Client) Person(ctx context.Context, id string) (Person, error) {
	var p Person
	return p, c.get(ctx, "/people/"+url.PathEscape(id), nil, &p)
}

// Me gives the person whose token it is.
func (c *Client) Me(ctx context.Context) (Person, error) {
	var p Person
	return p, c.get(ctx, "/me", nil, &p)
}

// AddPerson is somebody to add.
type AddPerson struct {
	Email    string   `json:"email,omitempty"`
	Name     string   `json:"name"`
	Role     string   `json:"role"`
	Password string   `json:"password,omitempty"`
	Client   string   `json:"client,omitempty"`
	Teams    []string `json:"teams,omitempty"`
	Zone     string   `json:"zone,omitempty"`
	Phone    string   `json:"phone,omitempty"`
}

// AddPerson adds somebody.
func (c *Client) AddPerson(ctx context.Context, in AddPerson) (Person, error) {
	var p Person
	return p, c.post(ctx, "/people", in, &p)
}
