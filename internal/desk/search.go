package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/search"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// SearchItem is one thing that was found.
type SearchItem struct {
	Kind    string        `json:"kind" doc:"ticket, person, application, resolution, or answer for requesters"`
	Number  int64         `json:"number,omitzero" doc:"of a ticket"`
	ID      string        `json:"id,omitempty" doc:"of a person, a resolution, an answer; the short name of an application"`
	Title   string        `json:"title"`
	URL     string        `json:"url,omitempty" doc:"page on this desk"`
	Fire    urgency.Fire  `json:"fire,omitempty"`
	Status  ticket.Status `json:"status,omitempty"`
	Snippet string        `json:"snippet,omitempty" doc:"the words around what was searched for"`
	// Marks are the byte ranges of Snippet to highlight.
	Marks [][2]int `json:"marks,omitempty"`
}

// SearchPage is what was found, best first.
type SearchPage struct {
	Items []SearchItem `json:"items"`
}

// MaxFound is the most a search gives.
const MaxFound = 100

const snippetWidth = 180

// Search finds tickets by number and by words anywhere on them, and people and applications by name. With typing
// the last word may be unfinished. A requester finds own tickets, by what they may read there.
func (d *Desk) Search(ctx context.Context, q string, typing bool, limit int) (SearchPage, error) {
	out := SearchPage{Items: []SearchItem{}}
	caller, err := may(ctx, person.SeeOwn)
	if err != nil {
		return out, err
	}
	if limit == 0 {
		limit = 20
	}
	if limit < 1 || limit > MaxFound {
		return out, fault.Invalid("limit", fmt.Sprintf("The limit must be 1 to %d.", MaxFound), "")
	}
	q, bad := line("q", q, 512, false)
	if bad != nil {
		return out, bad
	}
	if q == "" {
		return out, nil
	}
	r, staff := d.store.Read(), caller.May(person.SeeTickets)
	if err := byNumber(ctx, r, caller, q, &out); err != nil {
		return out, err
	}
	if staff {
		if err := byName(ctx, r, q, &out); err != nil {
			return out, err
		}
	}
	if err := foundResolutions(ctx, r, caller, q, &out); err != nil {
		return out, err
	}
	if err = d.byWords(ctx, r, caller, q, typing, limit, &out); err == nil && !typing && len(out.Items) == 0 {
		d.missed(ctx, caller, q)
	}
	out.Items = out.Items[:min(limit, len(out.Items))]
	return out, err
}

// byNumber puts the ticket first whose number was typed: 4821, #4821.
func byNumber(ctx context.Context, r store.Read, caller Caller, q string, out *SearchPage) error {
	n, err := strconv.ParseInt(strings.TrimPrefix(q, "#"), 10, 64)
	if err != nil || n < 1 {
		return nil
	}
	t, err := r.Ticket(ctx, n)
	if fault.Is(err, fault.CodeNotFound) || err == nil && !caller.May(person.SeeTickets) && (caller.Person.ID == 0 || t.RequesterID != caller.Person.ID) {
		return nil
	}
	if err == nil {
		out.Items = append(out.Items, foundTicket(t, caller))
	}
	return err
}

func foundTicket(t ticket.Ticket, caller Caller) SearchItem {
	i := SearchItem{Kind: "ticket", Number: t.Number, Title: t.Subject, URL: fmt.Sprintf("/tickets/%d", t.Number), Fire: t.Fire, Status: t.Status}
	if !caller.May(person.SeeTickets) {
		i.URL, i.Fire, i.Status = fmt.Sprintf("/portal/tickets/%d", t.Number), "", ""
	}
	return i
}

// byName finds people and applications whose name has a word that begins with what was typed.
func byName(ctx context.Context, r store.Read, q string, out *SearchPage) error {
	if utf8.RuneCountInString(q) < 2 || utf8.RuneCountInString(q) > 80 || strings.ContainsAny(q, `"*#`) {
		return nil
	}
	const each = 4
	apps, _, err := r.Applications(ctx, store.ApplicationFilter{Text: q, Limit: 20})
	if err != nil {
		return err
	}
	n := 0
	for _, a := range apps {
		if n < each && (wordBegins(a.Name, q) || wordBegins(a.Slug, q)) {
			n++
			out.Items = append(out.Items, SearchItem{Kind: "application", ID: a.Slug, Title: a.Name, URL: "/catalogue/" + a.Slug})
		}
	}
	people, _, err := r.People(ctx, store.PersonFilter{Q: q, Limit: 20})
	if err != nil {
		return err
	}
	n = 0
	for _, p := range people {
		if n < each && (wordBegins(p.Name, q) || wordBegins(p.Email, q)) {
			n++
			out.Items = append(out.Items, SearchItem{Kind: "person", ID: p.ID.String(), Title: p.Name, URL: "/people/" + p.ID.String(), Snippet: p.Email})
		}
	}
	return nil
}

// wordBegins reports whether q stands in s at the beginning of a word, whatever the case.
func wordBegins(s, q string) bool {
	s, q = strings.ToLower(s), strings.ToLower(q)
	for at := 0; ; {
		i := strings.Index(s[at:], q)
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(s[:at+i])
		if at+i == 0 || !unicode.IsLetter(before) && !unicode.IsDigit(before) {
			return true
		}
		_, size := utf8.DecodeRuneInString(s[at+i:])
		at += i + size
	}
}

// byWords adds the tickets whose texts match, each once, with the words around the best match.
func (d *Desk) byWords(ctx context.Context, r store.Read, caller Caller, text string, typing bool, limit int, out *SearchPage) error {
	staff := caller.May(person.SeeTickets)
	hits, err := d.search(ctx, r, text, typing, store.Searcher{Staff: staff, Requester: caller.Person.ID})
	if err != nil || len(hits) == 0 {
		return err
	}
	q, err := search.ParseQuery(text, typing)
	if err != nil {
		return err
	}
	var numbers []int64
	for _, h := range hits {
		numbers = append(numbers, h.Ticket)
		if h.Origin != 0 {
			numbers = append(numbers, h.Origin)
		}
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	found, _, err := r.Tickets(ctx, store.TicketFilter{View: store.ViewAll, Numbers: numbers, Limit: len(numbers)})
	if err != nil {
		return err
	}
	byNumber := map[int64]ticket.Ticket{}
	for _, t := range found {
		byNumber[t.Number] = t
	}
	listed := map[int64]bool{}
	for _, i := range out.Items {
		listed[i.Number] = i.Number != 0
	}
	for _, h := range hits {
		t, there := byNumber[h.Ticket]
		if !staff && t.RequesterID != caller.Person.ID {
			// Merged into somebody else's ticket: the requester knows it by their own.
			if t, there = byNumber[h.Origin]; t.RequesterID != caller.Person.ID {
				continue
			}
		}
		if !there || listed[t.Number] || len(out.Items) >= limit {
			continue
		}
		listed[t.Number] = true
		item := foundTicket(t, caller)
		item.Snippet, item.Marks = search.Snippet(h.Text, q, snippetWidth)
		out.Items = append(out.Items, item)
	}
	return nil
}
