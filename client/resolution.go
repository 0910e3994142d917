package client

import (
	"context"
	"net/url"
	"strconv"
	"time"
)

// ResolutionFields are what people write of a resolution.
type ResolutionFields struct {
	Title       string `json:"title,omitempty"`
	Symptom     string `json:"symptom,omitempty"`
	Cause       string `json:"cause,omitempty"`
	Fix         string `json:"fix,omitempty"`
	Check       string `json:"check,omitempty"`
	Environment string `json:"environment,omitempty"`
	Version     string `json:"product_version,omitempty"`
	Answer      string `json:"answer,omitempty"` // what requesters may read
}

// Resolution is what solves an error.
type Resolution struct {
	ID string `json:"id"`
	ResolutionFields
	State        string        `json:"state"` // draft, verified or retired
	Applications []Named       `json:"applications,omitempty"`
	Signatures   []SolvedError `json:"signatures,omitempty"`
	Ticket       int64         `json:"ticket,omitempty"` // it was written on
	Author       string        `json:"author,omitempty"`
	Revision     int           `json:"version"`
	Helped       int           `json:"helped"`
	Wrong        int           `json:"wrong"`
	Why          []string      `json:"why,omitempty"` // it is offered
	Marked       string        `json:"marked,omitempty"`
	CreatedAt    time.Time     `json:"created_at"`
	UpdatedAt    time.Time     `json:"updated_at"`
	UsedAt       time.Time     `json:"used_at,omitzero"`
}

// Named is a thing with an id and a name.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// SolvedError is an error that a resolution solves.
type SolvedError struct {
	Signature string `json:"signature"`
	Template  string `json:"template,omitempty"`
}

// ListResolutions selects resolutions.
type ListResolutions struct {
	Q, State, Application, Signature, Cursor string
	Wrong                                    bool
	Limit                                    int
}

// ResolutionPage is one page of resolutions.
type ResolutionPage struct {
	Items []Resolution `json:"items"`
	Next  string       `json:"next"`
}

// Resolutions gives a page of resolutions, the latest change first; with Q the best matches.
func (c *Client) Resolutions(ctx context.Context, in ListResolutions) (p ResolutionPage, err error) {
	wrong := ""
	if in.Wrong {
		wrong = "true"
	}
	return p, c.get(ctx, "/resolutions", values("q", in.Q, "state", in.State, "application", in.Application, "signature", in.Signature, "wrong", wrong, "cursor", in.Cursor, "limit", limit(in.Limit)), &p)
}

// Resolution gives one resolution.
func (c *Client) Resolution(ctx context.Context, id string) (r Resolution, err error) {
	return r, c.get(ctx, "/resolutions/"+url.PathEscape(id), nil, &r)
}

// ResolutionsFor gives the resolutions that may solve a ticket, the best first.
func (c *Client) ResolutionsFor(ctx context.Context, n int64) ([]Resolution, error) {
	var out struct{ Items []Resolution }
	return out.Items, c.get(ctx, "/tickets/"+number(n)+"/resolutions", nil, &out)
}

// DraftResolution gives a resolution written from what is on a ticket.
func (c *Client) DraftResolution(ctx context.Context, n int64) (f ResolutionFields, err error) {
	return f, c.get(ctx, "/tickets/"+number(n)+"/resolution-draft", nil, &f)
}

// UseResolution says that a resolution helped on a ticket, or was wrong for it; an empty mark takes back what was said.
func (c *Client) UseResolution(ctx context.Context, id string, ticket int64, mark, note string) (r Resolution, err error) {
	return r, c.post(ctx, "/resolutions/"+url.PathEscape(id)+"/used", struct {
		Ticket int64  `json:"ticket"`
		Mark   string `json:"mark"`
		Note   string `json:"note,omitempty"`
	}{ticket, mark, note}, &r)
}

// Recurring is a group of tickets that come back.
type Recurring struct {
	ID          string      `json:"id"`
	Title       string      `json:"title"`
	Signature   string      `json:"signature,omitempty"`
	Template    string      `json:"template,omitempty"`
	Application string      `json:"application,omitempty"`
	Tickets     int         `json:"tickets"`
	FirstAt     time.Time   `json:"first_at"`
	LastAt      time.Time   `json:"last_at"`
	Zone        string      `json:"zone"`
	Rhythm      *Rhythm     `json:"rhythm,omitempty"`
	Next        []time.Time `json:"next,omitempty"`
	Minutes     int         `json:"minutes"`
	Nights      int         `json:"nights"`
	Hours       float64     `json:"hours_per_month"`
	Score       float64     `json:"score"`
	Mark        string      `json:"mark,omitempty"`
	Change      string      `json:"change,omitempty"`
	Broken      int         `json:"broken,omitempty"` // tickets since it was said to be fixed
	Resolution  *struct {
		ID    string `json:"id"`
		Title string `json:"title"`
		State string `json:"state"`
	} `json:"resolution,omitempty"`
}

// Rhythm is when something comes back.
type Rhythm struct {
	Kind        string  `json:"kind"`
	Words       string  `json:"words"`
	Rule        string  `json:"rule,omitempty"` // of the business calendar
	Explained   int     `json:"explained"`
	Occurrences int     `json:"occurrences"`
	Filled      int     `json:"filled"`
	Slots       int     `json:"slots"`
	Missed      int     `json:"missed"`
	Regularity  float64 `json:"regularity"`
	Gain        float64 `json:"gain"`
}

// ListRecurring selects recurring issues.
type ListRecurring struct {
	Application, Mark, Cursor string
	Rhythm                    bool
	Limit                     int
}

// RecurringPage is one page of recurring issues.
type RecurringPage struct {
	Items []Recurring `json:"items"`
	Next  string      `json:"next"`
}

// Recurring gives a page of what comes back, the best candidates for automation first.
func (c *Client) Recurring(ctx context.Context, in ListRecurring) (p RecurringPage, err error) {
	rhythm := ""
	if in.Rhythm {
		rhythm = strconv.FormatBool(true)
	}
	return p, c.get(ctx, "/recurring", values("application", in.Application, "mark", in.Mark, "rhythm", rhythm, "cursor", in.Cursor, "limit", limit(in.Limit)), &p)
}
