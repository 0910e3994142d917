package desk

import (
	"context"
	"strings"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// The portal shows requesters their own tickets. Its types hold nothing that could carry a private text: they are
// filled field by field here, and from public entries. A test walks them and writes secrets everywhere else.

// PortalItem is a ticket in the requester's list.
type PortalItem struct {
	Number      int64     `json:"number"`
	Subject     string    `json:"subject"`
	Application string    `json:"application,omitempty"`
	State       string    `json:"state" doc:"received, working, your_turn, solved or closed"`
	OpenedAt    time.Time `json:"opened_at"`
}

// Word names the state for the requester.
func (p PortalItem) Word() string { return portalWords[p.State] }

var portalWords = map[string]string{
	"received": "Received", "working": "Being worked on", "your_turn": "Waiting for your answer", "solved": "Solved", "closed": "Closed",
}

// PortalPage is one page of the requester's list.
type PortalPage struct {
	Items []PortalItem `json:"items"`
	Next  string       `json:"next,omitempty" doc:"cursor of the next page; absent at the end"`
}

// PortalTicket is a ticket as its requester sees it.
type PortalTicket struct {
	PortalItem
	Body     string               `json:"body"`
	Deadline time.Time            `json:"deadline,omitzero" doc:"as stated"`
	AgreedAt time.Time            `json:"agreed_at,omitzero"`
	Handler  string               `json:"handler,omitempty" doc:"first name of the person working on it"`
	Entries  []ticket.PublicEntry `json:"entries"`
	// ContinuesIn is another ticket of the same requester that this one was merged into.
	ContinuesIn int64 `json:"continues_in,omitzero"`
	// ReplyOpens reports that a reply will open a new ticket, because this one is closed for good.
	ReplyOpens bool `json:"reply_opens,omitempty"`
}

// portalState gives what a requester is told about the state of a ticket: no inner reasons.
func portalState(t ticket.Ticket) string {
	switch t.Status {
	case ticket.New:
		return "received"
	case ticket.Open:
		return "working"
	case ticket.OnHold:
		if t.WaitingOn == ticket.OnRequester {
			return "your_turn"
		}
		return "working"
	case ticket.Resolved:
		return "solved"
	}
	return "closed"
}

func portalItem(t, here ticket.Ticket) PortalItem {
	return PortalItem{Number: t.Number, Subject: t.Subject, Application: t.Application, State: portalState(here), OpenedAt: t.CreatedAt}
}

const portalPage = 50

// OwnTickets gives the caller's own tickets, newest first.
func (d *Desk) OwnTickets(ctx context.Context, after string) (PortalPage, error) {
	caller, err := may(ctx, person.SeeOwn)
	if err != nil {
		return PortalPage{}, err
	}
	out := PortalPage{Items: []PortalItem{}}
	if caller.Person.ID == 0 {
		return out, nil
	}
	list := ListTickets{View: store.ViewAll, Requester: caller.Person.ID.String()}
	f := store.TicketFilter{View: store.ViewAll, Requester: caller.Person.ID, Limit: portalPage}
	if after != "" {
		if f.After, err = readCursor(after, list); err != nil {
			return out, err
		}
	}
	r := d.store.Read()
	tickets, next, err := r.Tickets(ctx, f)
	if err != nil {
		return out, err
	}
	for _, t := range tickets {
		here, err := livesOn(ctx, r, t)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, portalItem(t, here))
	}
	if next != nil {
		out.Next = writeCursor(*next, list)
	}
	return out, nil
}

// OwnTicket gives one of the caller's own tickets with what was said publicly on it. Other people's tickets do not
// exist. A ticket that was merged into somebody else's shows the caller's part, and what staff wrote to all since.
func (d *Desk) OwnTicket(ctx context.Context, number int64) (PortalTicket, error) {
	caller, err := may(ctx, person.SeeOwn)
	if err != nil {
		return PortalTicket{}, err
	}
	r, me := d.store.Read(), caller.Person.ID
	t, err := r.Ticket(ctx, number)
	if err != nil || me == 0 || t.RequesterID != me {
		if err == nil {
			err = fault.NotFound("ticket")
		}
		return PortalTicket{}, err
	}
	here, err := livesOn(ctx, r, t)
	if err != nil {
		return PortalTicket{}, err
	}
	settings, err := r.Settings(ctx)
	if err != nil {
		return PortalTicket{}, err
	}
	out := PortalTicket{PortalItem: portalItem(t, here), Body: t.Body, Deadline: t.Deadline.At, AgreedAt: t.Deadline.AgreedAt, Entries: []ticket.PublicEntry{}}
	if first := strings.Fields(here.Assignee); len(first) > 0 {
		out.Handler = first[0]
	}
	_, out.ReplyOpens = here.Status.AfterRequesterReply(here.ResolvedAt, d.store.Now(), time.Duration(settings.ReopenDays)*24*time.Hour)
	var since time.Time
	switch {
	case here.Number == t.Number:
	case here.RequesterID == me:
		out.ContinuesIn = here.Number
	default:
		since = t.ClosedAt
	}
	entries, err := r.OwnEntries(ctx, here.Number, me, since, 1000)
	out.Entries = append(out.Entries, entries...)
	return out, err
}

// Audience gives who reads a public reply on a ticket: its requester, and those of the tickets merged into it.
func (d *Desk) Audience(ctx context.Context, number int64) ([]person.Person, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return nil, err
	}
	r := d.store.Read()
	family, err := mergedFamily(ctx, r, number)
	if err != nil {
		return nil, err
	}
	return r.RequestersOf(ctx, family)
}

// hears reports whether a public entry on a ticket was also written to somebody whose own ticket had been merged
// into it by then.
func hears(ctx context.Context, r store.Read, who id.ID, number int64, entry id.ID) (bool, error) {
	_, e, err := r.PublicEntry(ctx, entry)
	if err != nil || !e.FromStaff {
		return false, err
	}
	family, err := mergedFamily(ctx, r, number)
	if err != nil {
		return false, err
	}
	for _, n := range family[1:] {
		if t, err := r.Ticket(ctx, n); err != nil || t.RequesterID == who && !e.CreatedAt.Before(t.ClosedAt) {
			return err == nil, err
		}
	}
	return false, nil
}
