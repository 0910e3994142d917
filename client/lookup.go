package client

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// LookupText is a text to look up, and what somebody decided about its words.
type LookupText struct {
	Text   string   `json:"text"`
	Ticket int64    `json:"ticket,omitempty"`
	Allow  []string `json:"allow,omitempty"` // to let through this once
	Drop   []string `json:"drop,omitempty"`  // public words to hold back
	HowTo  bool     `json:"how_to,omitempty"`
	// NoLinks gives no addresses; nothing is handed out then, and nothing logged.
	NoLinks bool `json:"no_links,omitempty"`
}

// Lookup is what is known inside about a text, and what of it may leave.
type Lookup struct {
	Query     string            `json:"query"`
	Words     []string          `json:"words"`
	HowTo     bool              `json:"how_to,omitempty"`
	Signature string            `json:"signature,omitempty"`
	Template  string            `json:"template,omitempty"`
	Product   string            `json:"product,omitempty"`
	Codes     []string          `json:"codes,omitempty"`
	Removed   []RemovedWord     `json:"removed"`
	Marks     []LookupMark      `json:"marks"`
	Known     []KnownInside     `json:"known"`
	URLs      map[string]string `json:"urls"` // by engine; empty where policy does not allow it outright
	Policy    string            `json:"policy"`
	Team      string            `json:"team,omitempty"` // whose policy it is
	Direct    bool              `json:"direct"`         // the desk can search itself
}

// RemovedWord is a word that does not leave. Start and End are byte offsets in the text.
type RemovedWord struct {
	Text  string `json:"text"`
	Kind  string `json:"kind"`
	Why   string `json:"why"`
	Start int    `json:"start"`
	End   int    `json:"end"`
}

// LookupMark says what becomes of a stretch of the text.
type LookupMark struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	State string `json:"state"` // leaves, removed, allowed, dropped, spare
	Kind  string `json:"kind,omitempty"`
	Why   string `json:"why,omitempty"`
}

// KnownInside is something the desk knows already.
type KnownInside struct {
	Key    string   `json:"key"`
	Kind   string   `json:"kind"` // ticket, known_error, resolution, found, mirror
	Title  string   `json:"title"`
	Number int64    `json:"number,omitempty"`
	Status Status   `json:"status,omitempty"`
	Text   string   `json:"text,omitempty"`
	Try    []string `json:"try,omitempty"`
	Why    []string `json:"why,omitempty"`
	URL    string   `json:"url"`
}

// LookupOut is a look-up that is to leave. Seen are the keys of what was shown as known inside.
type LookupOut struct {
	LookupText
	Engine string   `json:"engine,omitempty"`
	Seen   []string `json:"seen,omitempty"`
}

// LookupEntry is one look-up in the log.
type LookupEntry struct {
	ID         string         `json:"id"`
	At         time.Time      `json:"at"`
	PersonID   string         `json:"person_id,omitempty"`
	Person     string         `json:"person,omitempty"`
	TeamID     string         `json:"team_id,omitempty"`
	Team       string         `json:"team,omitempty"`
	Ticket     int64          `json:"ticket,omitempty"`
	Via        string         `json:"via"`
	Way        string         `json:"way"` // link, links, search
	Engine     string         `json:"engine"`
	EngineName string         `json:"engine_name,omitempty"`
	Query      string         `json:"query"` // exactly what left, or would have
	URL        string         `json:"url,omitempty"`
	Masked     string         `json:"masked,omitempty"`
	Removed    map[string]int `json:"removed,omitempty"` // words of each kind that did not leave
	Allowed    []string       `json:"allowed,omitempty"`
	Dropped    int            `json:"dropped,omitempty"`
	Policy     string         `json:"policy"`
	State      string         `json:"state"` // left, waiting, approved, denied, expired, refused
	DeciderID  string         `json:"decider_id,omitempty"`
	Decider    string         `json:"decider,omitempty"`
	DecidedAt  time.Time      `json:"decided_at,omitzero"`
	Reason     string         `json:"reason,omitempty"`
	ExpiresAt  time.Time      `json:"expires_at,omitzero"`
	LeftAt     time.Time      `json:"left_at,omitzero"`
	Results    int            `json:"results,omitempty"`
	Problem    string         `json:"problem,omitempty"`
}

// LookupResults is what became of a look-up, and for a direct search what it found.
type LookupResults struct {
	LookupEntry
	Items []WebResult `json:"items,omitempty"`
}

// WebResult is one thing that a direct search found.
type WebResult struct {
	Title   string `json:"title"`
	URL     string `json:"url"`
	Snippet string `json:"snippet,omitempty"`
}

// ListLookups selects look-ups of the log; the zero value is the newest page of all.
type ListLookups struct {
	Q      string // part of what left
	Person string
	Team   string
	Ticket int64
	Engine string
	State  string
	From   string // a day, or RFC 3339
	To     string
	Cursor string
	Limit  int
}

// LookupPage is a page of the log.
type LookupPage struct {
	Items []LookupEntry `json:"items"`
	Next  string        `json:"next,omitempty"`
}

// LookupApprovals are look-ups that wait.
type LookupApprovals struct {
	Items []LookupEntry `json:"items"` // for the caller to decide
	Mine  []LookupEntry `json:"mine"`
}

// PublicWord is a word that somebody allowed to leave for ever.
type PublicWord struct {
	ID        string    `json:"id"`
	Text      string    `json:"text"`
	Why       string    `json:"why,omitempty"`
	PersonID  string    `json:"person_id,omitempty"`
	Person    string    `json:"person,omitempty"`
	CreatedAt time.Time `json:"created_at"`
}

// LookupSettings are the desk's rules for looking up.
type LookupSettings struct {
	Policy  string            `json:"policy"`          // allow, ask or forbid
	Teams   map[string]string `json:"teams,omitempty"` // by the team's id
	Engines []LookupEngine    `json:"engines"`
	Search  LookupEndpoint    `json:"search"`
	Hours   int               `json:"approval_hours"`
}

// LookupEngine is a place to search in; %s in its address stands for the query.
type LookupEngine struct {
	Key      string   `json:"key"`
	Name     string   `json:"name"`
	URL      string   `json:"url"`
	Products []string `json:"products,omitempty"`
}

// LookupEndpoint is where the desk searches itself; off while Kind is empty.
type LookupEndpoint struct {
	Kind    string `json:"kind,omitempty"` // searxng or mediawiki
	URL     string `json:"url,omitempty"`
	Proxy   string `json:"proxy,omitempty"`
	Seconds int    `json:"seconds,omitempty"`
}

// LookupRow counts the look-ups of a team, an engine or a day.
type LookupRow struct {
	ID      string `json:"id,omitempty"`
	Name    string `json:"name,omitempty"`
	Asked   int    `json:"asked"`
	Left    int    `json:"left"`
	Open    int    `json:"open"`
	Denied  int    `json:"denied"`
	Expired int    `json:"expired"`
	Refused int    `json:"refused"`
	Removed int    `json:"removed"`
	Allowed int    `json:"allowed"`
}

// LookupReport counts look-ups of a period.
type LookupReport struct {
	From    time.Time   `json:"from"`
	To      time.Time   `json:"to"`
	Total   LookupRow   `json:"total"`
	Teams   []LookupRow `json:"teams"`
	Engines []LookupRow `json:"engines"`
	Days    []LookupRow `json:"days"`
	Kinds   []WordCount `json:"removed"`
	Words   []WordCount `json:"allowed"`
}

// WordCount is how often something was counted.
type WordCount struct {
	Word  string `json:"word"`
	Count int    `json:"count"`
}

// Lookup tells what is known inside about a text and gives a query that is safe to take outside. Where policy allows that
// outright it has the addresses, and the desk logs that it gave them.
func (c *Client) Lookup(ctx context.Context, in LookupText) (Lookup, error) {
	var l Lookup
	return l, c.post(ctx, "/lookup", in, &l)
}

// OpenOutside takes a look-up outside by a link. State left: URL is to be opened. State waiting: a second person is asked.
func (c *Client) OpenOutside(ctx context.Context, in LookupOut) (LookupResults, error) {
	var out LookupResults
	return out, c.post(ctx, "/lookup/out", in, &out)
}

// SearchOutside lets the desk search outside itself, where that is set up.
func (c *Client) SearchOutside(ctx context.Context, in LookupOut) (LookupResults, error) {
	var out LookupResults
	return out, c.post(ctx, "/lookup/search", in, &out)
}

// LookupApprovals gives what waits for the caller's decision, and what the caller waits for.
func (c *Client) LookupApprovals(ctx context.Context) (LookupApprovals, error) {
	var a LookupApprovals
	return a, c.get(ctx, "/lookup/approvals", nil, &a)
}

// DecideLookup approves or denies a look-up of somebody else; denying needs a reason.
func (c *Client) DecideLookup(ctx context.Context, id string, approve bool, reason string) (LookupEntry, error) {
	var e LookupEntry
	return e, c.post(ctx, "/lookup/approvals/"+url.PathEscape(id)+"/decide", map[string]any{"approve": approve, "reason": reason}, &e)
}

// OpenApproved takes an approved look-up of the caller outside, once.
func (c *Client) OpenApproved(ctx context.Context, id string) (LookupResults, error) {
	var out LookupResults
	return out, c.post(ctx, "/lookup/approvals/"+url.PathEscape(id)+"/open", nil, &out)
}

// LookupLog gives a page of the log, newest first.
func (c *Client) LookupLog(ctx context.Context, in ListLookups) (LookupPage, error) {
	var page LookupPage
	q := values("q", in.Q, "person", in.Person, "team", in.Team, "engine", in.Engine, "state", in.State, "from", in.From, "to", in.To, "cursor", in.Cursor, "limit", limit(in.Limit))
	if in.Ticket != 0 {
		q.Set("ticket", fmt.Sprint(in.Ticket))
	}
	return page, c.get(ctx, "/lookup/log", q, &page)
}

// LookupReport counts the look-ups of a period; empty: the 90 days up to now.
func (c *Client) LookupReport(ctx context.Context, from, to string) (LookupReport, error) {
	var r LookupReport
	return r, c.get(ctx, "/lookup/report", values("from", from, "to", to), &r)
}

// PublicWords gives the words that may leave for ever.
func (c *Client) PublicWords(ctx context.Context) ([]PublicWord, error) {
	var page struct {
		Items []PublicWord `json:"items"`
	}
	err := c.get(ctx, "/lookup/words", nil, &page)
	return page.Items, err
}

// AllowWord lets a word leave in every look-up from now on.
func (c *Client) AllowWord(ctx context.Context, word, why string) (PublicWord, error) {
	var w PublicWord
	return w, c.post(ctx, "/lookup/words", map[string]string{"text": word, "why": why}, &w)
}

// TakeBackWord keeps a word in again.
func (c *Client) TakeBackWord(ctx context.Context, id string) (PublicWord, error) {
	var w PublicWord
	return w, c.do(ctx, call{method: http.MethodDelete, path: "/lookup/words/" + url.PathEscape(id)}, &w)
}

// LookupSettings gives the rules for looking up.
func (c *Client) LookupSettings(ctx context.Context) (LookupSettings, error) {
	var s LookupSettings
	return s, c.get(ctx, "/lookup/policy", nil, &s)
}

// SaveLookupSettings replaces the rules for looking up.
func (c *Client) SaveLookupSettings(ctx context.Context, in LookupSettings) (LookupSettings, error) {
	var s LookupSettings
	return s, c.do(ctx, call{method: http.MethodPut, path: "/lookup/policy", body: in}, &s)
}

// SetTeamLookup gives a team, by its name or id, a policy of its own; empty: that of the desk.
func (c *Client) SetTeamLookup(ctx context.Context, team, policy string) (LookupSettings, error) {
	var s LookupSettings
	return s, c.post(ctx, "/lookup/policy/team", map[string]string{"team": team, "policy": policy}, &s)
}

// KeepFound keeps on a ticket a page that was found outside, with a note of one's own.
func (c *Client) KeepFound(ctx context.Context, ticket int64, address, note string) (Entry, error) {
	var e Entry
	return e, c.post(ctx, fmt.Sprintf("/tickets/%d/found", ticket), map[string]string{"url": address, "note": note}, &e)
}
