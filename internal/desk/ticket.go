package desk

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/search"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// Ticket gives one ticket as staff see it.
func (d *Desk) Ticket(ctx context.Context, number int64) (ticket.Ticket, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return ticket.Ticket{}, err
	}
	t, err := d.store.Read().Ticket(ctx, number)
	if err != nil {
		return t, err
	}
	return t, d.showTicket(ctx, &t)
}

// Timeline is what happened on a ticket: entries and history merged by time, oldest first.
type Timeline struct {
	Items []TimelineItem `json:"items"`
	// Earlier is the entry before which more can be asked for; empty when this is all.
	Earlier id.ID `json:"earlier,omitzero"`
}

// TimelineItem is an entry or an event.
type TimelineItem struct {
	At    time.Time     `json:"at"`
	Entry *ticket.Entry `json:"entry,omitempty"`
	Event *ticket.Event `json:"event,omitempty"`
}

const timelinePage = 200

// Timeline gives a ticket's timeline, the latest page or the page before an entry.
func (d *Desk) Timeline(ctx context.Context, number int64, before id.ID) (Timeline, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return Timeline{}, err
	}
	r := d.store.Read()
	tl, err := timeline(ctx, r, number, before)
	if err == nil && len(tl.Items) == 0 {
		_, err = r.Ticket(ctx, number) // only one that is not there has none
	}
	if err != nil {
		return tl, err
	}
	s, err := d.shield(ctx)
	if err != nil {
		return tl, err
	}
	open, err := d.reveals(ctx, -number, func() string { return fmt.Sprintf("ticket %d", number) })
	if err != nil {
		return tl, err
	}
	for _, i := range tl.Items {
		switch {
		case i.Entry != nil:
			s.show(i.Entry, open)
		case !open:
			s.event(i.Event)
		}
	}
	return tl, nil
}

func timeline(ctx context.Context, r store.Read, number int64, before id.ID) (Timeline, error) {
	entries, err := r.Entries(ctx, number, before, timelinePage+1)
	if err != nil {
		return Timeline{}, err
	}
	var tl Timeline
	if len(entries) > timelinePage {
		entries = entries[1:]
		tl.Earlier = entries[0].ID
	}
	events, err := r.History(ctx, number, 1000)
	if err != nil {
		return Timeline{}, err
	}
	from, to := time.Time{}, time.Time{}
	if tl.Earlier != 0 {
		from = entries[0].CreatedAt
	}
	if before != 0 && len(entries) > 0 {
		to = entries[len(entries)-1].CreatedAt
	}
	for i := range entries {
		tl.Items = append(tl.Items, TimelineItem{At: entries[i].CreatedAt, Entry: &entries[i]})
	}
	for i := range events {
		if e := &events[i]; !e.At.Before(from) && (to.IsZero() || !e.At.After(to)) {
			tl.Items = append(tl.Items, TimelineItem{At: e.At, Event: e})
		}
	}
	slices.SortStableFunc(tl.Items, func(a, b TimelineItem) int { return a.At.Compare(b.At) })
	return tl, nil
}

// View names a list of tickets: me, team, unassigned, fires, waiting, active or all.
type View = store.View

// ListTickets selects tickets. The zero value is the first page of everything, newest first.
type ListTickets struct {
	View        View
	Q           string
	Status      []string
	Fire        []string
	Application string
	Assignee    string // id, e-mail, name, "me" or "none"
	Requester   string
	Team        string
	Tag         string
	Cursor      string
	Limit       int
	// Brief gives of each ticket only what a line in a list shows, see store.TicketFilter.
	Brief bool
}

// TicketPage is one page of a list.
type TicketPage struct {
	Items []ticket.Ticket `json:"items"`
	Next  string          `json:"next,omitempty" doc:"cursor of the next page; absent at the end"`
}

// MaxPage is the largest page of a list.
const MaxPage = 200

// Tickets gives a page of a list. With Q it gives the best matches of a search, as one page.
func (d *Desk) Tickets(ctx context.Context, in ListTickets) (TicketPage, error) {
	caller, err := may(ctx, person.SeeTickets)
	if err != nil {
		return TicketPage{}, err
	}
	if in.Limit == 0 {
		in.Limit = 50
	}
	if in.Limit < 1 || in.Limit > MaxPage {
		return TicketPage{}, fault.Invalid("limit", fmt.Sprintf("The limit must be 1 to %d.", MaxPage), "Ask page by page with cursor.")
	}
	r := d.store.Read()
	f, none, err := d.filter(ctx, r, caller, in)
	if err != nil || none {
		return TicketPage{Items: []ticket.Ticket{}}, err
	}
	if strings.TrimSpace(in.Q) != "" {
		page, err := d.searchPage(ctx, r, caller, f, in)
		if err != nil {
			return page, err
		}
		s, err := d.shield(ctx)
		if err == nil {
			s.list(page.Items)
		}
		return page, err
	}
	if in.Cursor != "" {
		key, err := readCursor(in.Cursor, in)
		if err != nil {
			return TicketPage{}, err
		}
		f.After = key
	}
	items, next, err := r.Tickets(ctx, f)
	if err != nil {
		return TicketPage{}, err
	}
	page := TicketPage{Items: items}
	if page.Items == nil {
		page.Items = []ticket.Ticket{}
	}
	s, err := d.shield(ctx)
	if err != nil {
		return page, err
	}
	s.list(page.Items)
	if next != nil {
		page.Next = writeCursor(*next, in)
	}
	return page, nil
}

// filter turns the words of a request into a filter; none reports that nothing can match.
func (d *Desk) filter(ctx context.Context, r store.Read, caller Caller, in ListTickets) (f store.TicketFilter, none bool, err error) {
	f = store.TicketFilter{View: in.View, Viewer: caller.Person.ID, Tag: strings.ToLower(in.Tag), Limit: in.Limit, Brief: in.Brief}
	switch in.View {
	case "", store.ViewMine, store.ViewTeam, store.ViewUnassigned, store.ViewFires, store.ViewWaiting, store.ViewActive, store.ViewAll:
	default:
		return f, false, fault.Invalid("view", "This view does not exist.", "Use me, team, unassigned, fires, waiting, active or all.")
	}
	if in.View == store.ViewTeam {
		for _, t := range caller.Person.Teams {
			f.Teams = append(f.Teams, t.ID)
		}
	}
	for _, s := range in.Status {
		if s == "active" {
			f.Status = append(f.Status, ticket.New, ticket.Open, ticket.OnHold)
			continue
		}
		if !ticket.Status(s).Valid() {
			return f, false, fault.Invalid("status", "The state "+s+" does not exist.", "Use new, open, waiting, resolved, closed, cancelled, merged or active.")
		}
		f.Status = append(f.Status, ticket.Status(s))
	}
	for _, s := range in.Fire {
		if !urgency.Fire(s).Valid() {
			return f, false, fault.Invalid("fire", "The fire "+s+" does not exist.", "Use match, house_fire or wildfire.")
		}
		f.Fire = append(f.Fire, urgency.Fire(s))
	}
	if in.Application != "" {
		a, err := r.FindApplication(ctx, in.Application)
		if fault.Is(err, fault.CodeNotFound) {
			return f, true, nil
		} else if err != nil {
			return f, false, err
		}
		f.Application = a.ID
	}
	if in.Assignee == "none" {
		f.Unassigned = true
	} else if in.Assignee != "" {
		who := in.Assignee
		if who == "me" {
			who = caller.Person.ID.String()
		}
		p, err := r.FindPerson(ctx, who)
		if fault.Is(err, fault.CodeNotFound) {
			return f, true, nil
		} else if err != nil {
			return f, false, err
		}
		f.Assignee = p.ID
	}
	if in.Requester != "" {
		p, err := r.FindPerson(ctx, in.Requester)
		if fault.Is(err, fault.CodeNotFound) {
			return f, true, nil
		} else if err != nil {
			return f, false, err
		}
		f.Requester = p.ID
	}
	if in.Team != "" {
		t, err := r.FindTeam(ctx, in.Team)
		if fault.Is(err, fault.CodeNotFound) {
			return f, true, nil
		} else if err != nil {
			return f, false, err
		}
		f.Team = t.ID
	}
	return f, false, nil
}

// cursor is a place in one particular list; it is refused by every other list.
type cursor struct {
	Of  string          `json:"o"`
	Key store.TicketKey `json:"k"`
}

func listName(in ListTickets) string {
	in.Cursor, in.Limit, in.Brief = "", 0, false
	b, _ := json.Marshal(in)
	return string(b)
}

func writeCursor(k store.TicketKey, in ListTickets) string {
	b, _ := json.Marshal(cursor{shortHash(listName(in)), k})
	return base64.RawURLEncoding.EncodeToString(b)
}

func readCursor(s string, in ListTickets) (*store.TicketKey, error) {
	var c cursor
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil {
		return nil, fault.Invalid("cursor", "This cursor cannot be read.", "Use the value of next from the page before, unchanged.")
	}
	if c.Of != shortHash(listName(in)) {
		return nil, fault.Invalid("cursor", "This cursor belongs to another list.", "Start again without a cursor when the view or a filter changes.")
	}
	return &c.Key, nil
}

func (d *Desk) searchPage(ctx context.Context, r store.Read, caller Caller, f store.TicketFilter, in ListTickets) (TicketPage, error) {
	req, err := d.request(ctx, r, caller, in.Q)
	if err != nil {
		return TicketPage{}, err
	}
	var hits []store.Hit
	if req.Filters.OfTickets() {
		n, missing, err := d.narrow(ctx, r, caller, req.Filters)
		if err != nil || missing != nil {
			return TicketPage{Items: []ticket.Ticket{}}, err
		}
		if hits, err = d.narrowed(ctx, r, req, n); err != nil {
			return TicketPage{}, err
		}
	} else if hits, err = d.search(ctx, r, req.Words, false, store.Searcher{Staff: true}); err != nil {
		return TicketPage{}, err
	}
	page := TicketPage{Items: []ticket.Ticket{}}
	if len(hits) == 0 {
		return page, nil
	}
	if f.View == "" {
		f.View = store.ViewAll
	}
	place := map[int64]int{}
	var numbers []int64
	for i, h := range hits {
		if _, ok := place[h.Ticket]; !ok {
			place[h.Ticket] = i
			numbers = append(numbers, h.Ticket)
		}
	}
	// Page by page, best first: without further filters the first page is full, and a ticket's many columns are read
	// for those shown alone.
	for chunk := range slices.Chunk(numbers, in.Limit) {
		f.Numbers, f.Limit = chunk, len(chunk)
		items, _, err := r.Tickets(ctx, f)
		if err != nil {
			return page, err
		}
		slices.SortStableFunc(items, func(a, b ticket.Ticket) int { return place[a.Number] - place[b.Number] })
		page.Items = append(page.Items, items[:min(in.Limit-len(page.Items), len(items))]...)
		if len(page.Items) == in.Limit {
			break
		}
	}
	return page, nil
}

// search gives matching documents, best first.
func (d *Desk) search(ctx context.Context, r store.Read, text string, typing bool, who store.Searcher) ([]store.Hit, error) {
	q, err := search.ParseQuery(text, typing)
	if err != nil {
		return nil, err
	}
	hits, err := r.Search(ctx, q, who)
	return d.ranked(q, hits), err
}

// ranked puts hits into the order of how well they answer q.
func (d *Desk) ranked(q search.Query, hits []store.Hit) []store.Hit {
	now := d.store.Now()
	score := make(map[*store.Hit]float64, len(hits))
	order := make([]*store.Hit, len(hits))
	for i := range hits {
		order[i] = &hits[i]
		score[order[i]] = search.Score(q, hits[i].Subject, hits[i].Text, now.Sub(hits[i].CreatedAt))
	}
	slices.SortStableFunc(order, func(a, b *store.Hit) int {
		if score[a] != score[b] {
			if score[a] > score[b] {
				return -1
			}
			return 1
		}
		return int(b.Ticket - a.Ticket)
	})
	out := make([]store.Hit, len(order))
	for i, h := range order {
		out[i] = *h
	}
	return out
}
