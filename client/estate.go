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

// Interface is one way in which an application calls another.
type Interface struct {
	ID        string   `json:"id"`
	From      string   `json:"from"` // the application that calls
	FromSlug  string   `json:"from_slug"`
	To        string   `json:"to"` // the application that is called
	ToSlug    string   `json:"to_slug"`
	Name      string   `json:"name,omitempty"`
	Host      string   `json:"host,omitempty"` // the name by which the caller finds the other side
	Addresses []string `json:"addresses,omitempty"`
	Port      int      `json:"port,omitempty"`
	Protocol  string   `json:"protocol,omitempty"`
	Between   []string `json:"between,omitempty"` // pool, jvm, dns, hosts, proxy, balancer, nat
	Clear     string   `json:"clear,omitempty"`
	Note      string   `json:"note,omitempty"`
}

// InterfaceFields are what an interface is added with; From and To are required.
type InterfaceFields struct {
	From      string `json:"from,omitempty"`
	To        string `json:"to,omitempty"`
	Name      string `json:"name,omitempty"`
	Host      string `json:"host,omitempty"`
	Addresses string `json:"addresses,omitempty"` // with blanks between them
	Port      int    `json:"port,omitempty"`
	Protocol  string `json:"protocol,omitempty"`
	Between   string `json:"between,omitempty"`
	Clear     string `json:"clear,omitempty"`
	Note      string `json:"note,omitempty"`
}

// Change is a record of something that was changed.
type Change struct {
	ID          string    `json:"id"`
	Application string    `json:"application"`
	Slug        string    `json:"slug"`
	Kind        string    `json:"kind"`
	Title       string    `json:"title"`
	From        time.Time `json:"from"`
	To          time.Time `json:"to,omitzero"`
	By          string    `json:"by,omitempty"`
	Planned     bool      `json:"planned"`
	Reference   string    `json:"reference,omitempty"`
	Note        string    `json:"note,omitempty"`
	Host        string    `json:"host,omitempty"`
	Old         string    `json:"old,omitempty"`
	New         string    `json:"new,omitempty"`
	Near        string    `json:"near,omitempty"` // how it stands to the application that was asked about
	Updated     bool      `json:"updated,omitempty"`
	Dependents  []Node    `json:"dependents,omitempty"`
}

// AddChange is a change to record; Application and Title are required.
type AddChange struct {
	Application string    `json:"application"`
	Title       string    `json:"title"`
	Kind        string    `json:"kind,omitempty"` // deploy when empty
	From        time.Time `json:"from,omitzero"`
	To          time.Time `json:"to,omitzero"`
	By          string    `json:"by,omitempty"`
	Planned     *bool     `json:"planned,omitempty"`
	Reference   string    `json:"reference,omitempty"`
	Note        string    `json:"note,omitempty"`
	Host        string    `json:"host,omitempty"`
	Old         string    `json:"old,omitempty"`
	New         string    `json:"new,omitempty"`
	Key         string    `json:"key,omitempty"` // sent again it updates the record
}

// ListChanges selects changes, newest first.
type ListChanges struct {
	Application string
	Near        bool // those of its neighbours too
	Days        int
	Cursor      string
	Limit       int
}

// ChangePage is one page of changes.
type ChangePage struct {
	Items []Change `json:"items"`
	Next  string   `json:"next,omitempty"`
}

// Node is an application in the picture around another one.
type Node struct {
	Slug    string `json:"slug"`
	Name    string `json:"name"`
	Step    int    `json:"step"` // below 0: depends on it; above: it depends on this
	Active  Load   `json:"active,omitzero"`
	Changes int    `json:"changes,omitempty"`
}

// Product is something installed.
type Product struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Host    string `json:"host,omitempty"`
}

// Job is a batch job.
type Job struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	Box       string `json:"box,omitempty"`
	Starts    string `json:"starts,omitempty"`
	Condition string `json:"condition,omitempty"`
	Machine   string `json:"machine,omitempty"`
}

// Around is an application with what stands around it.
type Around struct {
	Application Application `json:"application"`
	Graph       struct {
		Nodes []Node `json:"nodes"`
	} `json:"graph"`
	Calls    []Interface `json:"calls"`
	CalledBy []Interface `json:"called_by"`
	Products []Product   `json:"products"`
	Jobs     []Job       `json:"jobs"`
	MoreJobs string      `json:"more_jobs,omitempty"`
	Changes  []Change    `json:"changes"`
}

// AddressCheck is what an address check is given: what each machine says, pasted.
type AddressCheck struct {
	AskDNS bool   `json:"ask_dns,omitempty"`
	Caller string `json:"caller,omitempty"`
	Callee string `json:"callee,omitempty"`
	Ticket int64  `json:"ticket,omitempty"` // keep it there as a private note
}

// AddressVerdict says which side holds a stale address.
type AddressVerdict struct {
	Side     string   `json:"side"` // nobody, caller, dns, desk or unknown
	Act      string   `json:"act"`
	Sentence string   `json:"sentence"`
	Right    []string `json:"right,omitempty"`
	Rows     []struct {
		Who       string   `json:"who"`
		How       string   `json:"how"`
		Addresses []string `json:"addresses"`
		Stale     []string `json:"stale,omitempty"`
		Note      string   `json:"note,omitempty"`
	} `json:"rows"`
	Also   []string `json:"also,omitempty"`
	Unread []string `json:"unread,omitempty"`
	Entry  string   `json:"entry,omitempty"`
}

// Counts are how many were added, changed, left as they are and removed.
type Counts struct {
	Added     int `json:"added"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
	Removed   int `json:"removed"`
}

// LineProblem is what is wrong on a line of a file.
type LineProblem struct {
	Line   int    `json:"line"`
	Field  string `json:"field,omitempty"`
	Reason string `json:"reason"`
	Hint   string `json:"hint,omitempty"`
}

// EstateResult is what an import of the estate did. With a problem nothing was written.
type EstateResult struct {
	Format   string        `json:"format"`
	Table    string        `json:"table,omitempty"`
	DryRun   bool          `json:"dry_run,omitempty"`
	Rows     Counts        `json:"rows"`
	Jobs     Counts        `json:"jobs"`
	Objects  Counts        `json:"objects"`
	Created  []string      `json:"created,omitempty"`
	Unmapped int           `json:"unmapped,omitempty"`
	Names    []string      `json:"names,omitempty"`
	Problems []LineProblem `json:"problems"`
	More     int           `json:"more,omitempty"`
	Warnings []LineProblem `json:"warnings"`
	// Forgotten are warnings beyond those listed.
	Forgotten int `json:"forgotten,omitempty"`
}

// ImportEstateOptions say how a file of the estate is imported.
type ImportEstateOptions struct {
	Format string // csv or jil; empty: by the first characters
	DryRun bool
	Create bool   // add applications that the catalogue has not
	Map    string // NAME=Application, with commas
}

// ImportEstate brings in hosts, interfaces or products from CSV, or jobs from AutoSys JIL. The same file again changes
// nothing, so a call that broke off can be repeated.
func (c *Client) ImportEstate(ctx context.Context, file io.Reader, o ImportEstateOptions) (EstateResult, error) {
	q := values("format", o.Format, "map", o.Map)
	if o.DryRun {
		q.Set("dry_run", "true")
	}
	if o.Create {
		q.Set("create", "true")
	}
	var out EstateResult
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.server+"/api/v1/estate/import?"+q.Encode(), file)
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

// Around gives an application with what stands around it.
func (c *Client) Around(ctx context.Context, application string) (Around, error) {
	var a Around
	return a, c.get(ctx, "/estate/applications/"+url.PathEscape(application), nil, &a)
}

// AddInterface adds an interface between two applications.
func (c *Client) AddInterface(ctx context.Context, in InterfaceFields) (Interface, error) {
	var i Interface
	return i, c.post(ctx, "/estate/interfaces", in, &i)
}

// CheckAddress compares the addresses that the desk, DNS and both sides of an interface hold.
func (c *Client) CheckAddress(ctx context.Context, interfaceID string, in AddressCheck) (AddressVerdict, error) {
	var v AddressVerdict
	return v, c.post(ctx, "/estate/interfaces/"+url.PathEscape(interfaceID)+"/check", in, &v)
}

// SchedulerText gives jobs, machines and calendars as JIL.
func (c *Client) SchedulerText(ctx context.Context) (string, error) {
	var out struct {
		Text string `json:"text"`
	}
	err := c.get(ctx, "/estate/jil", nil, &out)
	return out.Text, err
}

// AddChange records a change; the same key again updates it.
func (c *Client) AddChange(ctx context.Context, in AddChange) (Change, error) {
	var out Change
	return out, c.post(ctx, "/changes", in, &out)
}

// Changes gives a page of changes.
func (c *Client) Changes(ctx context.Context, in ListChanges) (ChangePage, error) {
	q := values("application", in.Application, "cursor", in.Cursor, "limit", limit(in.Limit))
	if in.Near {
		q.Set("near", "true")
	}
	if in.Days > 0 {
		q.Set("days", strconv.Itoa(in.Days))
	}
	var page ChangePage
	return page, c.get(ctx, "/changes", q, &page)
}
