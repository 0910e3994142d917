package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// KnownError is what is known about an error code.
type KnownError struct {
	Code    string   `json:"code"`
	Key     string   `json:"key"` // the code as addresses spell it
	Family  string   `json:"family,omitempty"`
	Product string   `json:"product,omitempty"`
	Name    string   `json:"name,omitempty"` // its symbol
	Title   string   `json:"title"`
	Meaning string   `json:"meaning,omitempty"`
	Try     []string `json:"try,omitempty"` // steps, the first first
	Link    string   `json:"link,omitempty"`
	Source  string   `json:"source"`
	// General says that the steps are those of the whole class of codes.
	General bool           `json:"general,omitempty"`
	Own     *OwnKnownError `json:"own,omitempty"` // set on entries of the desk itself
}

// OwnKnownError is what belongs to an entry that a desk wrote or imported itself.
type OwnKnownError struct {
	ID        string    `json:"id"`
	State     string    `json:"state"` // active or retired
	Manual    string    `json:"manual,omitempty"`
	AuthorID  string    `json:"author_id,omitempty"`
	Author    string    `json:"author,omitempty"`
	CreatedAt time.Time `json:"created_at,omitzero"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	Overrides bool      `json:"overrides,omitempty"`
}

// KnownErrorView is a known error with tickets that carry it.
type KnownErrorView struct {
	KnownError
	Shipped *KnownError `json:"shipped,omitempty"` // where the desk's own entry stands in front of it
	Tickets []Found     `json:"tickets"`
}

// TicketError is a known error on a ticket.
type TicketError struct {
	KnownError
	Count  int          `json:"count"`
	Places []ErrorPlace `json:"places"` // the newest
}

// ErrorPlace is where a code stands on a ticket.
type ErrorPlace struct {
	Entry string    `json:"entry,omitempty"` // empty: the ticket's own text
	Kind  string    `json:"kind,omitempty"`
	Title string    `json:"title,omitempty"`
	Line  int       `json:"line,omitempty"`
	Text  string    `json:"text"`
	At    time.Time `json:"at"`
}

// ListKnownErrors selects known errors; the zero value is the first page of all.
type ListKnownErrors struct {
	Q      string // a code, or words
	Family string // own: the desk's alone
	State  string // of the desk's own: active or retired
	Cursor string
	Limit  int
}

// KnownErrorPage is one page of known errors.
type KnownErrorPage struct {
	Items []KnownError `json:"items"`
	Next  string       `json:"next,omitempty"`
}

// WriteKnownError is an entry of the desk as somebody writes it.
type WriteKnownError struct {
	Code    string  `json:"code,omitempty"`
	Title   *string `json:"title,omitempty"`
	Meaning *string `json:"meaning,omitempty"`
	Try     *string `json:"try,omitempty"` // one step a line
	Product *string `json:"product,omitempty"`
	Link    *string `json:"link,omitempty"`
	State   *string `json:"state,omitempty"`
}

// ImportManual says what a message manual is.
type ImportManual struct {
	Name     string // of the file
	Manual   string
	Format   string // oerr, csv, manual; found out when empty
	Facility string // before the numbers of an oerr file, e.g. ORA
	Product  string
	DryRun   bool
}

// ManualResult is what an import of a manual did.
type ManualResult struct {
	Manual    string          `json:"manual"`
	Added     int             `json:"added"`
	Updated   int             `json:"updated"`
	Unchanged int             `json:"unchanged"`
	Kept      int             `json:"kept"`
	DryRun    bool            `json:"dry_run,omitempty"`
	Problems  []ManualProblem `json:"problems"`
}

// ManualProblem is a line of a manual that was not taken.
type ManualProblem struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
	Text   string `json:"text,omitempty"`
}

// KnownErrors gives a page of known errors.
func (c *Client) KnownErrors(ctx context.Context, in ListKnownErrors) (KnownErrorPage, error) {
	var page KnownErrorPage
	return page, c.get(ctx, "/known-errors", values("q", in.Q, "family", in.Family, "state", in.State, "cursor", in.Cursor, "limit", limit(in.Limit)), &page)
}

// KnownError gives one known error by its code or any way to write it.
func (c *Client) KnownError(ctx context.Context, code string) (KnownErrorView, error) {
	var v KnownErrorView
	return v, c.get(ctx, "/known-errors/"+url.PathEscape(code), nil, &v)
}

// TicketErrors gives the known errors of a ticket.
func (c *Client) TicketErrors(ctx context.Context, number int64) ([]TicketError, error) {
	var page struct {
		Items []TicketError `json:"items"`
	}
	err := c.get(ctx, fmt.Sprintf("/tickets/%d/known-errors", number), nil, &page)
	return page.Items, err
}

// AddKnownError writes an entry of the desk.
func (c *Client) AddKnownError(ctx context.Context, in WriteKnownError) (KnownError, error) {
	var e KnownError
	return e, c.post(ctx, "/known-errors", in, &e)
}

// ChangeKnownError changes an entry of the desk.
func (c *Client) ChangeKnownError(ctx context.Context, code string, in WriteKnownError) (KnownError, error) {
	var e KnownError
	in.Code = ""
	return e, c.do(ctx, call{method: http.MethodPatch, path: "/known-errors/" + url.PathEscape(code), body: in}, &e)
}

// ImportKnownErrors sends a message manual. The same manual again updates its entries.
func (c *Client) ImportKnownErrors(ctx context.Context, manual io.Reader, in ImportManual) (ManualResult, error) {
	q := values("name", in.Name, "manual", in.Manual, "format", in.Format, "facility", in.Facility, "product", in.Product)
	if in.DryRun {
		q.Set("dry_run", strconv.FormatBool(in.DryRun))
	}
	var out ManualResult
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.server+"/api/v1/known-errors/import?"+q.Encode(), manual)
	if err != nil {
		return out, &Error{Code: CodeInvalid, Field: "server", Message: fmt.Sprintf("%q is not the address of a desk.", c.server), Hint: "Write it like https://desk.example.com.", Err: err}
	}
	req.Header.Set("Content-Type", "text/plain")
	c.sign(req)
	res, err := c.http().Do(req)
	if err != nil {
		return out, c.unreachable(ctx, err)
	}
	defer res.Body.Close()
	return out, c.read(res, &out)
}
