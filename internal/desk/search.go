package desk

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/knownerror"
	"firebreak/internal/person"
	"firebreak/internal/search"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// SearchItem is one thing that was found.
type SearchItem struct {
	Kind    string        `json:"kind" doc:"ticket, known_error, person, application, host, interface, resolution, or answer for requesters"`
	Number  int64         `json:"number,omitzero" doc:"of a ticket"`
	ID      string        `json:"id,omitempty" doc:"of a person, a host, an interface, a resolution, an answer; the short name of an application; the key of a known error"`
	Title   string        `json:"title"`
	URL     string        `json:"url,omitempty" doc:"page on this desk"`
	Fire    urgency.Fire  `json:"fire,omitempty"`
	Status  ticket.Status `json:"status,omitempty"`
	Note    string        `json:"note,omitempty" doc:"a few words on what it is: the state of a resolution, the application of a host"`
	Snippet string        `json:"snippet,omitempty" doc:"the words around what was searched for"`
	// Marks are the byte ranges of Snippet to highlight.
	Marks [][2]int `json:"marks,omitempty"`
	// TitleMarks are the byte ranges of Title to highlight.
	TitleMarks [][2]int `json:"title_marks,omitempty"`
}

// SearchPage is what was found, best first.
type SearchPage struct {
	Items []SearchItem `json:"items"`
	// Suggestion is the search as it may have been meant.
	Suggestion string `json:"suggestion,omitempty" doc:"the same search with words the desk knows, when little was found; it finds something"`
	// Partial reports that of very many matches only the newest were held against the filters.
	Partial bool `json:"partial,omitempty"`
	// Filtered reports that the search has filters and no words: a list of tickets, newest first.
	Filtered bool `json:"filtered,omitempty"`
}

// MaxFound is the most a search gives.
const MaxFound = 100

const snippetWidth = 180

// Search finds tickets by number and by words anywhere on them, known errors by their code, resolutions by their words, and
// people, applications, hosts and interfaces by name. Filters narrow it, see [search.Help]. With typing the last word may
// be unfinished. A requester finds own tickets, by what they may read there, and public answers.
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
	r := d.store.Read()
	req, err := d.request(ctx, r, caller, q)
	if err != nil {
		return out, err
	}
	f := finding{desk: d, r: r, caller: caller, staff: caller.May(person.SeeTickets), request: req, typing: typing, limit: limit, page: &out}
	if f.hide, err = d.hiding(ctx); err != nil {
		return out, err
	}
	if err := f.run(ctx); err != nil {
		return out, err
	}
	out.Items = out.Items[:min(limit, len(out.Items))]
	for i := range out.Items {
		if item := &out.Items[i]; ofTexts[item.Kind] {
			item.Title = f.hide.text(item.Title)
		}
		out.Items[i].TitleMarks = f.titleMarks(out.Items[i].Title)
	}
	if len(out.Items) < fewFound {
		if out.Suggestion, err = d.suggest(ctx, f, q); err != nil {
			return out, err
		}
	}
	if !typing && len(out.Items) == 0 && out.Suggestion == "" && req.Filters.Empty() {
		d.missed(ctx, caller, q)
	}
	return out, nil
}

// request reads the filters of a search; days are those of the caller's zone, or else of the desk's.
func (d *Desk) request(ctx context.Context, r store.Read, caller Caller, q string) (search.Request, error) {
	now := d.store.Now()
	if strings.Contains(q, ":") {
		zone := caller.Person.Location()
		if caller.Person.Zone == "" {
			set, err := r.Settings(ctx)
			if err != nil {
				return search.Request{}, err
			}
			zone = set.Location()
		}
		now = now.In(zone)
	}
	return search.ParseRequest(q, now, caller.May(person.SeeTickets))
}

// finding is one search under way.
type finding struct {
	desk    *Desk
	r       store.Read
	caller  Caller
	staff   bool
	request search.Request
	typing  bool
	limit   int
	page    *SearchPage
	words   search.Query
	missing *noSuch // a value of a filter that nothing goes by
	hide    hiding
}

// ofTexts are the kinds of things whose titles people write freely.
var ofTexts = map[string]bool{"ticket": true, "resolution": true, "answer": true}

// snippet is what of a text shows most of what is searched for.
func (f *finding) snippet(text string) (string, [][2]int) {
	return search.SnippetHiding(text, f.words, snippetWidth, f.hide.around)
}

// run finds what there is, in the order in which people look for it: what was named exactly, then by name, what solved it
// before, and tickets.
func (f *finding) run(ctx context.Context) (err error) {
	words, only := f.request.Words, f.request.Filters
	if f.words, err = search.ParseQuery(words, f.typing); err != nil {
		return err
	}
	if words == "" && !only.OfTickets() {
		return nil
	}
	out, names := f.page, words != "" && !only.OfTickets()
	if names && f.staff && only.Wants("known_error") {
		if err := f.knownErrors(ctx); err != nil {
			return err
		}
	}
	if names && only.Wants("ticket") {
		if err := byNumber(ctx, f.r, f.caller, words, out); err != nil {
			return err
		}
	}
	if names && f.staff {
		if err := byName(ctx, f.r, words, only, out); err != nil {
			return err
		}
	}
	var n store.Narrow
	if f.staff && only.OfTickets() {
		if n, f.missing, err = f.desk.narrow(ctx, f.r, f.caller, only); err != nil || f.missing != nil {
			return err
		}
	}
	if !only.TicketsAlone() && (only.Wants("resolution") || only.Wants("answer")) {
		if err := f.resolutions(ctx, n); err != nil {
			return err
		}
	}
	if !only.Wants("ticket") {
		return nil
	}
	return f.tickets(ctx, n)
}

// titleMarks are the places of the words in a title.
func (f *finding) titleMarks(title string) [][2]int {
	if f.words.Empty() {
		return nil
	}
	shown, marks := search.Snippet(title, f.words, 1000)
	if shown != title {
		return nil
	}
	return marks
}

// knownErrors puts the errors first whose codes were typed.
func (f *finding) knownErrors(ctx context.Context) error {
	const most, long = 2, 200
	words := strings.Trim(f.request.Words, `"`)
	if len(words) > long {
		return nil
	}
	book, _, err := f.desk.knownBook(ctx, f.r)
	if err != nil {
		return err
	}
	for _, c := range book.FindSome(words, most) {
		e, err := f.desk.knownEntry(ctx, f.r, c.Code)
		if fault.Is(err, fault.CodeNotFound) || err == nil && e.Own != nil && e.Own.State == knownerror.Retired {
			continue
		} else if err != nil {
			return err
		}
		item := SearchItem{Kind: "known_error", ID: e.Key, Title: e.Code, URL: "/known-errors/" + url.PathEscape(e.Key), Snippet: cutText(e.Meaning, snippetWidth)}
		if e.Title != "" && e.Title != e.Code {
			item.Title = e.Code + ": " + e.Title
		}
		if !slices.ContainsFunc(f.page.Items, func(i SearchItem) bool { return i.ID == item.ID }) {
			f.page.Items = append(f.page.Items, item)
		}
	}
	return nil
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
func byName(ctx context.Context, r store.Read, q string, only search.Filters, out *SearchPage) error {
	if utf8.RuneCountInString(q) < 2 || utf8.RuneCountInString(q) > 80 || strings.ContainsAny(q, `"*#`) {
		return nil
	}
	const each = 4
	if only.Wants("application") {
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
	}
	if only.Wants("host") {
		hosts, err := r.FindHosts(ctx, q, each)
		if err != nil {
			return err
		}
		for _, h := range hosts {
			out.Items = append(out.Items, SearchItem{Kind: "host", ID: h.ID.String(), Title: h.Name, URL: "/catalogue/" + h.Slug, Note: h.Application, Snippet: h.Address})
		}
	}
	if only.Wants("interface") {
		found, err := r.FindInterfaces(ctx, q, each)
		if err != nil {
			return err
		}
		for _, i := range found {
			out.Items = append(out.Items, SearchItem{Kind: "interface", ID: i.ID.String(), Title: cmp.Or(i.Name, i.Host), URL: "/estate/interfaces/" + i.ID.String(), Note: i.From + " calls " + i.To, Snippet: i.Host})
		}
	}
	if !only.Wants("person") {
		return nil
	}
	people, _, err := r.People(ctx, store.PersonFilter{Q: q, Limit: 20})
	if err != nil {
		return err
	}
	n := 0
	for _, p := range people {
		if n < each {
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

// tickets adds the tickets that fit and whose texts match, each once, with the words around the best match.
func (f *finding) tickets(ctx context.Context, n store.Narrow) error {
	only := f.request.Filters
	switch {
	case !f.staff && only.OfTickets():
		return f.ownTickets(ctx)
	case f.words.Empty() && !only.OfTickets(), f.words.Empty() && f.request.Words != "":
		return nil
	case f.words.Empty():
		f.page.Filtered = true
		return f.listed(ctx, n)
	}
	who := store.Searcher{Staff: f.staff, Requester: f.caller.Person.ID}
	var hits []store.Hit
	var err error
	if only.OfTickets() {
		hits, f.page.Partial, err = f.r.SearchNarrowed(ctx, f.words, n)
	} else {
		hits, err = f.r.Search(ctx, f.words, who)
	}
	if err != nil {
		return err
	}
	return f.add(ctx, f.desk.ranked(f.words, hits), nil)
}

// listed adds the newest tickets that fit.
func (f *finding) listed(ctx context.Context, n store.Narrow) error {
	numbers, partial, err := f.r.NarrowedTickets(ctx, n, f.limit)
	if err != nil || len(numbers) == 0 {
		f.page.Partial = partial
		return err
	}
	found, _, err := f.r.Tickets(ctx, store.TicketFilter{View: store.ViewAll, Numbers: numbers, Limit: len(numbers), Brief: true})
	for _, t := range found {
		f.page.Items = append(f.page.Items, foundTicket(t, f.caller))
	}
	f.page.Partial = partial && len(found) < f.limit
	return err
}

// ownTickets adds a requester's own tickets, in the states that the portal tells of.
func (f *finding) ownTickets(ctx context.Context) error {
	only, me := f.request.Filters, f.caller.Person.ID
	if me == 0 {
		return nil
	}
	fits := func(t ticket.Ticket) (bool, error) {
		if !only.Before.IsZero() && !t.CreatedAt.Before(only.Before) || t.CreatedAt.Before(only.After) {
			return false, nil
		}
		if len(only.States) == 0 {
			return true, nil
		}
		here, err := livesOn(ctx, f.r, t)
		state := "open"
		switch portalState(here) {
		case "solved":
			state = "resolved"
		case "closed":
			state = "closed"
		}
		return slices.Contains(only.States, state), err
	}
	if f.request.Words != "" {
		hits, err := f.r.Search(ctx, f.words, store.Searcher{Requester: me})
		if err != nil {
			return err
		}
		return f.add(ctx, f.desk.ranked(f.words, hits), fits)
	}
	f.page.Filtered = true
	const most = 400
	numbers, partial, err := f.r.NarrowedTickets(ctx, store.Narrow{Requesters: []id.ID{me}, Before: only.Before, After: only.After}, most)
	if err != nil || len(numbers) == 0 {
		return err
	}
	found, _, err := f.r.Tickets(ctx, store.TicketFilter{View: store.ViewAll, Requester: me, Numbers: numbers, Limit: len(numbers)})
	for _, t := range found {
		ok, err := fits(t)
		if err != nil {
			return err
		}
		if ok && len(f.page.Items) < f.limit {
			f.page.Items = append(f.page.Items, foundTicket(t, f.caller))
		}
	}
	f.page.Partial = partial && len(f.page.Items) < f.limit
	return err
}

// add adds the tickets of hits, where fits, if given, agrees.
func (f *finding) add(ctx context.Context, hits []store.Hit, fits func(ticket.Ticket) (bool, error)) error {
	if len(hits) == 0 {
		return nil
	}
	out := f.page
	var numbers []int64
	for _, h := range hits {
		if f.staff && len(numbers) > f.limit { // each will be shown, but one that was typed and stands there already
			break
		}
		for _, n := range []int64{h.Ticket, h.Origin} {
			if n != 0 && !slices.Contains(numbers, n) {
				numbers = append(numbers, n)
			}
		}
	}
	found, _, err := f.r.Tickets(ctx, store.TicketFilter{View: store.ViewAll, Numbers: numbers, Limit: len(numbers), Brief: f.staff})
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
		if !f.staff && t.RequesterID != f.caller.Person.ID {
			// Merged into somebody else's ticket: the requester knows it by their own.
			if t, there = byNumber[h.Origin]; t.RequesterID != f.caller.Person.ID {
				continue
			}
		}
		if !there || listed[t.Number] || len(out.Items) >= f.limit {
			continue
		}
		if fits != nil {
			if ok, err := fits(t); err != nil {
				return err
			} else if !ok {
				continue
			}
		}
		listed[t.Number] = true
		item := foundTicket(t, f.caller)
		item.Snippet, item.Marks = f.snippet(h.Text)
		out.Items = append(out.Items, item)
	}
	return nil
}

// findTickets gives the tickets on which a text stands.
func (d *Desk) findTickets(ctx context.Context, r store.Read, caller Caller, text string, limit int) ([]SearchItem, error) {
	var out SearchPage
	f := finding{desk: d, r: r, caller: caller, staff: caller.May(person.SeeTickets), limit: limit, page: &out}
	f.request.Words = text
	var err error
	if f.hide, err = d.hiding(ctx); err != nil {
		return nil, err
	}
	if f.words, err = search.ParseQuery(text, false); err == nil {
		err = f.tickets(ctx, store.Narrow{})
	}
	for i := range out.Items {
		out.Items[i].Title = f.hide.text(out.Items[i].Title)
	}
	return out.Items, err
}
