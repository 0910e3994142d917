package client

import (
	"context"
	"fmt"
	"time"
)

// Briefing is what the person who picks a ticket up should know before doing anything.
type Briefing struct {
	Ticket      int64               `json:"ticket"`
	Application *BriefedApplication `json:"application,omitempty"`
	Signatures  []TicketSignature   `json:"signatures"`
	Known       KnownErrorCards     `json:"known_errors"`
	Same        []SameError         `json:"same_error"` // other open tickets of the same error
	Similar     []SimilarTicket     `json:"similar"`
	Resolutions []BriefedResolution `json:"resolutions"`
	Recurring   []BriefedRecurrence `json:"recurring"`
	Changes     []Change            `json:"changes"` // of the last 7 days, on the application and its neighbours
	Effort      ExpectedEffort      `json:"effort"`
	AlsoFrom    []BriefedTicket     `json:"also_from"` // the requester's other tickets
}

// BriefedApplication is who looks after the ticket's application.
type BriefedApplication struct {
	Slug      string `json:"slug"`
	Name      string `json:"name"`
	Team      string `json:"team,omitempty"`
	Primary   string `json:"primary,omitempty"`
	Secondary string `json:"secondary,omitempty"`
}

// TicketSignature is an error that a ticket speaks of.
type TicketSignature struct {
	ID        string `json:"signature"`
	Template  string `json:"template"`
	Kind      string `json:"kind"`
	Exception string `json:"exception,omitempty"`
	Count     int    `json:"count"`
}

// KnownErrorCards are what is known about the codes on a ticket.
type KnownErrorCards struct {
	Items []KnownError `json:"items"`
	More  bool         `json:"more,omitempty"`
}

// BriefedTicket is a ticket in one line.
type BriefedTicket struct {
	Number      int64     `json:"number"`
	Subject     string    `json:"subject"`
	Status      Status    `json:"status"`
	Fire        Fire      `json:"fire"`
	Application string    `json:"application,omitempty"`
	Assignee    string    `json:"assignee,omitempty"`
	Resolution  string    `json:"resolution,omitempty"`
	CreatedAt   time.Time `json:"created_at"`
}

// SameError is an open ticket that speaks of the same error.
type SameError struct {
	BriefedTicket
	Signature string `json:"signature"`
}

// BriefedResolution is what may solve a ticket.
type BriefedResolution struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	State string   `json:"state"`
	Cause string   `json:"cause,omitempty"`
	Fix   string   `json:"fix,omitempty"`
	Check string   `json:"check,omitempty"`
	Why   []string `json:"why,omitempty"`
}

// BriefedRecurrence is a recurring issue that a ticket belongs to.
type BriefedRecurrence struct {
	ID      string      `json:"id"`
	Title   string      `json:"title"`
	Tickets int         `json:"tickets"`
	FirstAt time.Time   `json:"first_at"`
	LastAt  time.Time   `json:"last_at"`
	Nights  int         `json:"nights"`
	Next    []time.Time `json:"next,omitempty"`
	Broken  int         `json:"broken,omitempty"`
	Rhythm  *struct {
		Words string `json:"words"`
	} `json:"rhythm,omitempty"`
}

// ExpectedEffort is how long tickets like it took.
type ExpectedEffort struct {
	Minutes int    `json:"minutes"`
	From    string `json:"from"` // similar, application or default
}

// Briefing gives the briefing of a ticket.
func (c *Client) Briefing(ctx context.Context, number int64) (b Briefing, err error) {
	return b, c.get(ctx, fmt.Sprintf("/tickets/%d/briefing", number), nil, &b)
}
