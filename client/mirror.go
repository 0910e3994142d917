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

// MirrorSite is a question and answer site of which a desk has a copy.
type MirrorSite struct {
	Name       string    `json:"name"`
	Questions  int       `json:"questions"`
	Answers    int       `json:"answers"`
	Newest     time.Time `json:"newest,omitzero"` // when its newest question was written
	ImportedAt time.Time `json:"imported_at,omitzero"`
	Complete   bool      `json:"complete"` // the last import went through to its end
	MinScore   *int64    `json:"min_score,omitempty"`
	Tags       []string  `json:"tags,omitempty"`
	Licences   []string  `json:"licences"`
	URL        string    `json:"url"`
}

// MirrorHit is a question of a mirrored site that may answer a text.
type MirrorHit struct {
	Site       string   `json:"site"`
	ID         int64    `json:"id"`
	Title      string   `json:"title"`
	Snippet    string   `json:"snippet,omitempty"`
	Marks      [][2]int `json:"marks,omitempty"`       // byte ranges of Snippet
	TitleMarks [][2]int `json:"title_marks,omitempty"` // byte ranges of Title
	Score      float64  `json:"score"`                 // 0 nothing in common, about 1 the same text
	Why        []string `json:"why"`
	Likely     bool     `json:"likely"` // alike enough to be shown unasked
	Votes      int      `json:"votes"`
	Tags       []string `json:"tags"`
	Answers    int      `json:"answers"`
	Accepted   bool     `json:"accepted"`
	Answer     string   `json:"answer,omitempty"` // the beginning of the accepted answer, or of that with the most votes
	AnswerID   int64    `json:"answer_id,omitzero"`
	Licence    string   `json:"licence"`
	URL        string   `json:"url"`  // page on the desk
	Link       string   `json:"link"` // where it stands on its site
}

// MirrorQuestion is a question of a mirrored site with its answers: the accepted one, then by votes.
type MirrorQuestion struct {
	Site       string         `json:"site"`
	ID         int64          `json:"id"`
	Title      string         `json:"title"`
	Text       string         `json:"text"` // plain; code stands between lines of three or more backticks
	Tags       []string       `json:"tags"`
	Votes      int            `json:"votes"`
	Created    time.Time      `json:"created"`
	Licence    string         `json:"licence"`
	LicenceURL string         `json:"licence_url"`
	Link       string         `json:"link"`
	Answers    []MirrorAnswer `json:"answers"`
	More       int            `json:"more,omitzero"` // answers that are not given
}

// MirrorAnswer is an answer of a mirrored site.
type MirrorAnswer struct {
	ID         int64     `json:"id"`
	Accepted   bool      `json:"accepted,omitempty"`
	Votes      int       `json:"votes"`
	Created    time.Time `json:"created"`
	Text       string    `json:"text"`
	Licence    string    `json:"licence"`
	LicenceURL string    `json:"licence_url"`
	Link       string    `json:"link"`
}

// MirrorImport says which posts of a dump are taken.
type MirrorImport struct {
	Site     string
	MinScore *int64   // posts below it are left out; accepted answers stay
	Tags     []string // questions with one of these alone; none: all
	DryRun   bool     // check and count, write nothing
}

// MirrorResult counts what an import of a dump did.
type MirrorResult struct {
	Site       string      `json:"site"`
	DryRun     bool        `json:"dry_run,omitempty"`
	Rows       int64       `json:"rows"`
	Questions  int64       `json:"questions"`
	Answers    int64       `json:"answers"`
	New        int64       `json:"new"`
	Updated    int64       `json:"updated"`
	Unchanged  int64       `json:"unchanged"`
	LeftOut    int64       `json:"left_out"`
	Rejected   int64       `json:"rejected"`
	Indexed    int64       `json:"indexed"`
	Cut        bool        `json:"cut,omitempty"`
	Rejections []Rejection `json:"rejections,omitempty"` // the first
}

// RemovedMirror tells what was removed.
type RemovedMirror struct {
	Name      string `json:"name"`
	Questions int64  `json:"questions"`
	Answers   int64  `json:"answers"`
}

// MirrorSites lists the sites of which the desk has a copy.
func (c *Client) MirrorSites(ctx context.Context) ([]MirrorSite, error) {
	var page struct {
		Items []MirrorSite `json:"items"`
	}
	err := c.get(ctx, "/mirror", nil, &page)
	return page.Items, err
}

// SearchMirror gives the questions of mirrored sites most like a text, of one site or, with none named, of all. max is 1 to
// 50; 10 when 0.
func (c *Client) SearchMirror(ctx context.Context, text, site string, max int) ([]MirrorHit, error) {
	var page struct {
		Items []MirrorHit `json:"items"`
	}
	err := c.get(ctx, "/mirror/search", values("q", text, "site", site, "limit", limit(max)), &page)
	return page.Items, err
}

// MirrorQuestion gives a question of a mirrored site.
func (c *Client) MirrorQuestion(ctx context.Context, site string, question int64) (MirrorQuestion, error) {
	var q MirrorQuestion
	return q, c.get(ctx, fmt.Sprintf("/mirror/%s/%d", url.PathEscape(site), question), nil, &q)
}

// RemoveMirror removes the copy of a site.
func (c *Client) RemoveMirror(ctx context.Context, site string) (RemovedMirror, error) {
	var out RemovedMirror
	return out, c.do(ctx, call{method: http.MethodDelete, path: "/mirror/" + url.PathEscape(site)}, &out)
}

// ImportMirror streams the dump of a site: a Posts.xml, plain or packed by gzip or bzip2. The same posts again update.
func (c *Client) ImportMirror(ctx context.Context, dump io.Reader, in MirrorImport) (MirrorResult, error) {
	q := url.Values{"tag": in.Tags}
	if in.MinScore != nil {
		q.Set("min_score", strconv.FormatInt(*in.MinScore, 10))
	}
	if in.DryRun {
		q.Set("dry_run", "true")
	}
	var out MirrorResult
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.server+"/api/v1/mirror/"+url.PathEscape(in.Site)+"/import?"+q.Encode(), dump)
	if err != nil {
		return out, &Error{Code: CodeInvalid, Field: "server", Message: fmt.Sprintf("%q is not the address of a desk.", c.server), Hint: "Write it like https://desk.example.com.", Err: err}
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	c.sign(req)
	res, err := c.http().Do(req)
	if err != nil {
		return out, c.unreachable(ctx, err)
	}
	defer res.Body.Close()
	return out, c.read(res, &out)
}
