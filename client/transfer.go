package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// ImportOptions say how tickets are imported.
type ImportOptions struct {
	Source string // the system the rows come from
	Format string // jsonl or csv; empty: JSON lines
	DryRun bool   // check and count, write nothing
}

// ImportResult counts what an import did.
type ImportResult struct {
	Source     string      `json:"source"`
	DryRun     bool        `json:"dry_run,omitempty"`
	Rows       int64       `json:"rows"`
	New        int64       `json:"new"`
	Updated    int64       `json:"updated"`
	Unchanged  int64       `json:"unchanged"`
	Rejected   int64       `json:"rejected"`
	Cut        bool        `json:"cut,omitempty"` // the file ends in the middle of a row
	Unused     []string    `json:"unused_columns,omitempty"`
	Rejections []Rejection `json:"rejections,omitempty"` // the first 1,000
}

// Rejection is a row that was not taken, and why.
type Rejection struct {
	Line   int64           `json:"line"`
	Field  string          `json:"field,omitempty"`
	Reason string          `json:"reason"`
	Hint   string          `json:"hint,omitempty"`
	ID     string          `json:"id,omitempty"`
	Row    json.RawMessage `json:"row,omitempty"`
	Text   string          `json:"text,omitempty"`
	Cut    bool            `json:"cut,omitempty"`
}

// ImportTickets streams rows into the desk, one JSON object a line. It needs a token of an admin. The same ids again
// update what is there, so a call that broke off can be repeated.
func (c *Client) ImportTickets(ctx context.Context, rows io.Reader, o ImportOptions) (ImportResult, error) {
	q := values("source", o.Source, "format", o.Format)
	if o.DryRun {
		q.Set("dry_run", strconv.FormatBool(o.DryRun))
	}
	var out ImportResult
	// A reader of a known size would be sent with it; anything else goes in chunks.
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.server+"/api/v1/tickets/import?"+q.Encode(), rows)
	if err != nil {
		return out, &Error{Code: CodeInvalid, Field: "server", Message: fmt.Sprintf("%q is not the address of a desk.", c.server), Hint: "Write it like https://desk.example.com.", Err: err}
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	if o.Format == "csv" {
		req.Header.Set("Content-Type", "text/csv")
	}
	c.sign(req)
	res, err := c.http().Do(req)
	if err != nil {
		return out, c.unreachable(ctx, err)
	}
	defer res.Body.Close()
	return out, c.read(res, &out)
}
