package client

import (
	"context"
	"iter"
	"net/http"
	"time"
)

// Fire is how a ticket burns.
type Fire string

// The three fires, the calmest first.
const (
	Match     Fire = "match"      // low stakes, or no consequence that anyone can name
	HouseFire Fire = "house_fire" // high stakes with time left; it turns into a wildfire by itself
	Wildfire  Fire = "wildfire"   // no time left, or spreading
)

// Word names the fire for people.
func (f Fire) Word() string {
	switch f {
	case Wildfire:
		return "Wildfire"
	case HouseFire:
		return "House fire"
	case Match:
		return "Burning match"
	}
	return string(f)
}

// Stakes is who is hurt when the deadline is missed.
type Stakes string

// The stakes, from the lowest; empty is not stated.
const (
	StakesPerson  Stakes = "person"
	StakesTeam    Stakes = "team"
	StakesClient  Stakes = "client"
	StakesCompany Stakes = "company"
)

// Status is where a ticket stands.
type Status string

// The states of a ticket.
const (
	StatusNew       Status = "new"
	StatusOpen      Status = "open"
	StatusWaiting   Status = "waiting"
	StatusResolved  Status = "resolved"
	StatusClosed    Status = "closed"
	StatusCancelled Status = "cancelled"
	StatusMerged    Status = "merged"
)

// Ticket is a ticket as staff see it. Times are UTC; a zero time is not set.
type Ticket struct {
	Number       int64     `json:"number"`
	ExternalID   string    `json:"external_id,omitempty"` // the number it had where it was imported from
	Source       string    `json:"source,omitempty"`
	Subject      string    `json:"subject"`
	Body         string    `json:"body"`
	Status       Status    `json:"status"`
	WaitingOn    string    `json:"waiting_on,omitempty"` // requester, third_party, change or date
	WakeAt       time.Time `json:"wake_at,omitzero"`
	Level        string    `json:"level"` // L1, L1.5, L2 or L3
	Channel      string    `json:"channel,omitempty"`
	Tags         []string  `json:"tags,omitempty"`
	Application  string    `json:"application,omitempty"`
	Team         string    `json:"team,omitempty"`
	Requester    string    `json:"requester,omitempty"`
	Client       string    `json:"client,omitempty"`
	Assignee     string    `json:"assignee,omitempty"`
	AssigneeID   string    `json:"assignee_id,omitempty"`
	RequesterID  string    `json:"requester_id,omitempty"`
	MergedInto   int64     `json:"merged_into,omitzero"`
	ReopenCount  int       `json:"reopen_count,omitzero"`
	MinutesSpent int       `json:"minutes_spent,omitzero"`
	Resolution   string    `json:"resolution,omitempty"`
	Private      *Private  `json:"private,omitempty"` // what of its texts is masked

	Deadline     Deadline  `json:"deadline,omitzero"`
	Stakes       Stakes    `json:"stakes,omitempty"`
	Workaround   bool      `json:"workaround"`
	Spreading    bool      `json:"spreading"`
	Fire         Fire      `json:"fire"`
	FireReasons  []string  `json:"fire_reasons,omitempty"`
	RealDeadline time.Time `json:"real_deadline,omitzero"` // the earliest confirmed consequence
	RealFrom     string    `json:"real_deadline_from,omitempty"`
	StartBy      time.Time `json:"start_by,omitzero"` // the latest safe start
	TurnsAt      time.Time `json:"turns_at,omitzero"` // when it turns into the next fire by itself
	SetByHand    *SetFire  `json:"set_by_hand,omitempty"`

	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"`
	FirstReplyAt time.Time `json:"first_reply_at,omitzero"`
	ResolvedAt   time.Time `json:"resolved_at,omitzero"`
	ClosedAt     time.Time `json:"closed_at,omitzero"`
	Version      int64     `json:"version"` // rises with every change
}

// SetFire is a fire that a person set, and what it would be otherwise.
type SetFire struct {
	Fire   Fire   `json:"fire"`
	Base   Fire   `json:"base"`
	By     string `json:"by"`
	Reason string `json:"reason,omitempty"`
}

// Deadline is what was said about the deadline. To open a ticket only At, Reason, SaidBy and Consequence count.
type Deadline struct {
	At          time.Time `json:"at,omitzero"`
	Reason      string    `json:"reason,omitempty"`
	SaidBy      string    `json:"said_by,omitempty"`
	Consequence string    `json:"consequence,omitempty"` // what happens at that minute
	AgreedAt    time.Time `json:"agreed_at,omitzero"`
	Real        *bool     `json:"real,omitempty"` // judged after closing
}

// OpenTicket is what a ticket is opened with; only Subject is required.
type OpenTicket struct {
	Subject     string         `json:"subject"`
	Body        string         `json:"body,omitempty"`
	Application string         `json:"application,omitempty"` // short name, name or id
	Requester   string         `json:"requester,omitempty"`   // e-mail, name or id; the token's person when empty
	Deadline    StatedDeadline `json:"deadline,omitzero"`
	Stakes      Stakes         `json:"stakes,omitempty"`
	Workaround  bool           `json:"workaround,omitempty"`
	Spreading   bool           `json:"spreading,omitempty"`
	Level       string         `json:"level,omitempty"`
	Assignee    string         `json:"assignee,omitempty"` // e-mail, name, id or me
	Tags        []string       `json:"tags,omitempty"`
	// Key makes opening idempotent: one key opens one ticket. Empty: a fresh one, so that only the client's own
	// attempts count as one.
	Key string `json:"-"`
}

// StatedDeadline is the deadline as the client puts it.
type StatedDeadline struct {
	At          time.Time `json:"at,omitzero"`
	Reason      string    `json:"reason,omitempty"`
	SaidBy      string    `json:"said_by,omitempty"`
	Consequence string    `json:"consequence,omitempty"`
}

// OpenTicket opens a ticket and gives it with its fire. It is sent again when the connection fails, and still
// opens one ticket.
func (c *Client) OpenTicket(ctx context.Context, in OpenTicket) (Ticket, error) {
	if in.Key == "" {
		in.Key = newKey()
	}
	var t Ticket
	err := c.do(ctx, call{method: http.MethodPost, path: "/tickets", body: in, key: in.Key, repeat: true}, &t)
	return t, err
}

// Ticket gives one ticket.
func (c *Client) Ticket(ctx context.Context, n int64) (Ticket, error) {
	var t Ticket
	return t, c.get(ctx, "/tickets/"+number(n), nil, &t)
}

// ListTickets selects tickets; the zero value is the first page of all.
type ListTickets struct {
	View        string   // me, team, unassigned, fires, waiting, active or all
	Q           string   // words, "a phrase", ORA-01555, -without: gives the best matches as one page
	Status      []Status // or "active"
	Fire        []Fire
	Application string
	Assignee    string // e-mail, name, id, me or none
	Requester   string
	Team        string
	Tag         string
	Cursor      string // Next of the page before
	Limit       int    // 1 to 200; 50 when 0
}

// TicketPage is one page of a list.
type TicketPage struct {
	Items []Ticket `json:"items"`
	Next  string   `json:"next,omitempty"` // cursor of the next page; empty at the end
}

// Tickets gives one page of a list.
func (c *Client) Tickets(ctx context.Context, in ListTickets) (TicketPage, error) {
	q := values("view", in.View, "q", in.Q, "application", in.Application, "assignee", in.Assignee, "requester", in.Requester,
		"team", in.Team, "tag", in.Tag, "cursor", in.Cursor, "limit", limit(in.Limit), "status", joined(in.Status), "fire", joined(in.Fire))
	var page TicketPage
	return page, c.get(ctx, "/tickets", q, &page)
}

// AllTickets goes through a whole list, page by page. It ends after an error.
func (c *Client) AllTickets(ctx context.Context, in ListTickets) iter.Seq2[Ticket, error] {
	return func(yield func(Ticket, error) bool) {
		for {
			page, err := c.Tickets(ctx, in)
			if err != nil {
				yield(Ticket{}, err)
				return
			}
			for _, t := range page.Items {
				if !yield(t, nil) {
					return
				}
			}
			if in.Cursor = page.Next; in.Cursor == "" {
				return
			}
		}
	}
}

// Move is a change of state.
type Move struct {
	Status     Status    `json:"status"`
	WaitingOn  string    `json:"waiting_on,omitempty"` // requester, third_party, change or date
	WakeAt     time.Time `json:"wake_at,omitzero"`
	Resolution string    `json:"resolution,omitempty"` // what fixed it
	Reason     string    `json:"reason,omitempty"`     // needed to reopen
	// Capture keeps what solved it for the next person, Helped are ids of resolutions that solved it; both when resolving.
	Capture *ResolutionFields `json:"capture,omitempty"`
	Helped  []string          `json:"helped,omitempty"`
}

// Move changes a ticket's state.
func (c *Client) Move(ctx context.Context, n int64, in Move) (Ticket, error) {
	var t Ticket
	return t, c.post(ctx, "/tickets/"+number(n)+"/status", in, &t)
}

// Resolve ends a ticket with what fixed it.
func (c *Client) Resolve(ctx context.Context, n int64, resolution string) (Ticket, error) {
	return c.Move(ctx, n, Move{Status: StatusResolved, Resolution: resolution})
}

// Assign gives a ticket to somebody: e-mail, name, id, me or none.
func (c *Client) Assign(ctx context.Context, n int64, who string) (Ticket, error) {
	var t Ticket
	return t, c.post(ctx, "/tickets/"+number(n)+"/assign", struct {
		Assignee string `json:"assignee"`
	}{who}, &t)
}

type setFire struct {
	Fire   Fire   `json:"fire,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Raise makes a ticket's fire worse: one step, or to the fire named.
func (c *Client) Raise(ctx context.Context, n int64, to Fire, reason string) (Ticket, error) {
	var t Ticket
	return t, c.post(ctx, "/tickets/"+number(n)+"/raise", setFire{to, reason}, &t)
}

// Lower makes a ticket's fire calmer: one step, or to the fire named. It needs a reason.
func (c *Client) Lower(ctx context.Context, n int64, to Fire, reason string) (Ticket, error) {
	var t Ticket
	return t, c.post(ctx, "/tickets/"+number(n)+"/lower", setFire{to, reason}, &t)
}

// EditTicket is what to change about a ticket; what is nil stays. New facts name the fire anew.
type EditTicket struct {
	Subject     *string       `json:"subject,omitempty"`
	Body        *string       `json:"body,omitempty"`
	Application *string       `json:"application,omitempty"` // empty: none
	Team        *string       `json:"team,omitempty"`        // empty: none
	Requester   *string       `json:"requester,omitempty"`
	Level       *string       `json:"level,omitempty"`
	Tags        *[]string     `json:"tags,omitempty"` // all tags the ticket is to have
	Deadline    *EditDeadline `json:"deadline,omitempty"`
	AgreedAt    *string       `json:"agreed_at,omitempty"` // RFC 3339; empty: none
	Stakes      *Stakes       `json:"stakes,omitempty"`
	Workaround  *bool         `json:"workaround,omitempty"`
	Spreading   *bool         `json:"spreading,omitempty"`
	// Version is the version the caller saw; when the ticket changed since, nothing is changed. Nil: not checked.
	Version *int64 `json:"version,omitempty"`
}

// EditDeadline changes what was said of the deadline.
type EditDeadline struct {
	At          *string `json:"at,omitempty"` // RFC 3339; empty: no deadline
	Reason      *string `json:"reason,omitempty"`
	SaidBy      *string `json:"said_by,omitempty"`
	Consequence *string `json:"consequence,omitempty"`
}

// EditTicket changes fields of a ticket.
func (c *Client) EditTicket(ctx context.Context, n int64, in EditTicket) (Ticket, error) {
	var t Ticket
	return t, c.do(ctx, call{method: http.MethodPatch, path: "/tickets/" + number(n), body: in}, &t)
}

// Judge notes, after a ticket is resolved or closed, whether its deadline was real.
func (c *Client) Judge(ctx context.Context, n int64, real bool) (Ticket, error) {
	var t Ticket
	return t, c.post(ctx, "/tickets/"+number(n)+"/judge", struct {
		Real bool `json:"real"`
	}{real}, &t)
}

func joined[T ~string](items []T) string {
	s := ""
	for i, item := range items {
		if i > 0 {
			s += ","
		}
		s += string(item)
	}
	return s
}
