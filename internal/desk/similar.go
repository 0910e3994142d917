package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/signature"
	"firebreak/internal/similar"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// SimilarTicket is an earlier ticket that is like another.
type SimilarTicket struct {
	Number      int64          `json:"number"`
	Score       float64        `json:"score" doc:"0 nothing in common, about 1 the same text"`
	Why         []string       `json:"why" doc:"what they have in common, the most telling first"`
	Subject     string         `json:"subject"`
	Status      ticket.Status  `json:"status"`
	Fire        urgency.Fire   `json:"fire,omitempty"`
	Application string         `json:"application,omitempty"`
	ExternalID  string         `json:"external_id,omitempty"`
	Resolution  string         `json:"resolution,omitempty" doc:"the line that fixed it"`
	ResolvedAt  time.Time      `json:"resolved_at,omitzero"`
	ResolvedBy  string         `json:"resolved_by,omitempty" doc:"who had it when it was resolved"`
	MergedInto  int64          `json:"merged_into,omitzero"`
	Helped      int            `json:"helped,omitzero" doc:"on how many tickets somebody marked it as used"`
	Verdict     ticket.Verdict `json:"verdict,omitempty" doc:"used or wrong, as marked on this ticket"`
	// Likely tells that the score is high enough to show it unasked.
	Likely bool   `json:"likely" doc:"alike enough to be shown unasked"`
	URL    string `json:"url,omitempty" doc:"page on this desk"`
}

// SimilarPage are tickets like another, the most alike first.
type SimilarPage struct {
	Items []SimilarTicket `json:"items"`
}

const (
	// MaxSimilar is the most similar tickets that one answer gives.
	MaxSimilar     = 100
	likelyScore    = .3
	requesterReach = 400 // of a requester's own tickets, the newest
)

// SimilarText is a ticket that is being written.
type SimilarText struct {
	Subject     string `json:"subject,omitempty" maxLength:"1000000"`
	Body        string `json:"body,omitempty"`
	Application string `json:"application,omitempty" doc:"short name, name or id"`
	Limit       int    `json:"limit,omitempty" doc:"1 to 100, 5 when not given"`
}

// Similar gives the tickets most like a ticket, without those that were marked as wrong for it. A requester is given own
// tickets only.
func (d *Desk) Similar(ctx context.Context, number int64, limit int) (SimilarPage, error) {
	caller, err := may(ctx, person.SeeOwn)
	if err != nil {
		return SimilarPage{}, err
	}
	if limit, err = similarLimit(limit, 10); err != nil {
		return SimilarPage{}, err
	}
	t, err := d.store.Read().Ticket(ctx, number)
	if err != nil {
		return SimilarPage{}, err
	}
	if !caller.May(person.SeeTickets) && (caller.Person.ID == 0 || t.RequesterID != caller.Person.ID) {
		return SimilarPage{}, fault.NotFound(fmt.Sprintf("ticket %d", number))
	}
	return d.similarTo(ctx, caller, similarAsk{number: number, application: t.ApplicationID, text: similar.Text{Title: t.Subject, Body: t.Body}}, limit)
}

// SimilarWhileTyping gives the tickets most like one that is being written.
func (d *Desk) SimilarWhileTyping(ctx context.Context, in SimilarText) (SimilarPage, error) {
	caller, err := may(ctx, person.OpenTicket)
	if err != nil {
		return SimilarPage{}, err
	}
	limit, err := similarLimit(in.Limit, 5)
	if err != nil {
		return SimilarPage{}, err
	}
	ask := similarAsk{}
	var bad [2]*fault.Fault
	ask.text.Title, bad[0] = line("subject", in.Subject, ticket.MaxSubject, false)
	ask.text.Body, bad[1] = prose("body", in.Body, ticket.MaxBody, false)
	if err := fault.Collect(bad[:]...); err != nil {
		return SimilarPage{}, err
	}
	if in.Application != "" {
		a, err := d.store.Read().FindApplication(ctx, in.Application)
		if err == nil {
			ask.application = a.ID
		} else if !fault.Is(err, fault.CodeNotFound) {
			return SimilarPage{}, err
		}
	}
	return d.similarTo(ctx, caller, ask, limit)
}

func similarLimit(n, usual int) (int, error) {
	if n == 0 {
		n = usual
	}
	if n < 1 || n > MaxSimilar {
		return 0, fault.Invalid("limit", fmt.Sprintf("The limit must be 1 to %d.", MaxSimilar), "")
	}
	return n, nil
}

type similarAsk struct {
	number      int64 // 0: not opened yet
	application id.ID
	text        similar.Text
	sameError   map[int64]float64 // tickets that speak of the same error, and how much that tells
}

// sameError finds the newest tickets that speak of an error of this one. An error that very many speak of tells little.
func sameError(ctx context.Context, r store.Read, ask similarAsk) (map[int64]float64, error) {
	const (
		most  = 3  // errors looked up
		reach = 60 // tickets of each
	)
	var ids []string
	if ask.number != 0 {
		known, err := r.TicketSignatures(ctx, ask.number)
		if err != nil {
			return nil, err
		}
		for _, s := range known {
			ids = append(ids, s.ID)
		}
	} else {
		for _, s := range signature.Of(ask.text.Title + "\n" + ask.text.Body) {
			ids = append(ids, s.ID)
		}
	}
	out := map[int64]float64{}
	for _, s := range ids[:min(most, len(ids))] {
		numbers, err := r.TicketsOfSignature(ctx, s, 0, reach)
		if err != nil {
			return nil, err
		}
		tells := .8
		if len(numbers) == reach {
			tells = .3
		}
		for _, n := range numbers {
			if n != ask.number {
				out[n] = max(out[n], tells)
			}
		}
	}
	return out, nil
}

func (d *Desk) similarTo(ctx context.Context, caller Caller, ask similarAsk, limit int) (SimilarPage, error) {
	out := SimilarPage{Items: []SimilarTicket{}}
	if err := d.catchUpSimilar(ctx); err != nil {
		return out, err
	}
	q := similar.NewQuery(ask.text)
	if q.Empty() {
		return out, nil
	}
	r := d.store.Read()
	m, err := d.similarModel(ctx, r)
	if err != nil {
		return out, err
	}
	var found []store.SimilarCandidate
	if staff := caller.May(person.SeeTickets); staff {
		if ask.sameError, err = sameError(ctx, r, ask); err != nil {
			return out, err
		}
		var numbers []int64
		if numbers, err = d.similarNumbers(ctx, r, m, q, ask.number); err == nil {
			for n := range ask.sameError {
				numbers = append(numbers, n)
			}
		}
		if err == nil && len(numbers) > 0 {
			slices.Sort(numbers)
			found, err = r.SimilarCandidates(ctx, slices.Compact(numbers))
		}
	} else {
		found, err = r.SimilarOwn(ctx, caller.Person.ID, requesterReach)
	}
	if err != nil || len(found) == 0 {
		return out, err
	}
	verdicts, uses, err := similarFeedback(ctx, r, ask.number, found)
	if err != nil {
		return out, err
	}
	known := make(map[int64]*store.SimilarCandidate, len(found))
	candidates := make([]similar.Candidate, 0, len(found))
	for i := range found {
		f := &found[i]
		if _, twice := known[f.Number]; twice || f.Number == ask.number || verdicts[f.Number] == ticket.Wrong || ask.number != 0 && f.MergedInto == ask.number {
			continue
		}
		known[f.Number] = f
		candidates = append(candidates, similar.Candidate{Number: f.Number, Title: f.Subject, Features: f.Features, Prior: similarPrior(ask, f, uses[ticket.Item(f.Number)])})
	}
	matches := m.Rank(q, candidates)
	if len(matches) > limit {
		matches = matches[:limit]
	}
	return d.similarPage(ctx, r, caller, ask, matches, verdicts, uses)
}

// similarPrior is what is known beside the text, small enough to decide only among near-equals.
func similarPrior(ask similarAsk, f *store.SimilarCandidate, used int) (p float64) {
	if f.Answered && !f.Status.Active() {
		p += .08
	}
	if ask.application != 0 && f.Application == ask.application {
		p += .3
	}
	return p + ask.sameError[f.Number] + .2*float64(min(used, 3))
}

// similarFeedback gives the verdicts on this ticket, by number, and how often each ticket helped anywhere.
func similarFeedback(ctx context.Context, r store.Read, number int64, found []store.SimilarCandidate) (map[int64]ticket.Verdict, map[string]int, error) {
	verdicts := map[int64]ticket.Verdict{}
	if number != 0 {
		said, err := r.FeedbackOn(ctx, number, ticket.KindTicket)
		if err != nil {
			return nil, nil, err
		}
		for _, f := range said {
			var n int64
			if _, err := fmt.Sscan(f.Item, &n); err == nil {
				verdicts[n] = f.Verdict
			}
		}
	}
	items := make([]string, len(found))
	for i := range found {
		items[i] = ticket.Item(found[i].Number)
	}
	uses, err := r.Uses(ctx, ticket.KindTicket, items)
	return verdicts, uses, err
}

// similarNumbers finds the tickets worth comparing, by the words of the query that tell most.
func (d *Desk) similarNumbers(ctx context.Context, r store.Read, m *similar.Model, q *similar.Query, own int64) ([]int64, error) {
	words := q.Lookup(m)
	g := m.Gather(words)
	segments, err := d.similarSegments(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := r.SimilarBlocks(ctx, segments, words, g.AddBlock); err != nil {
		return nil, err
	}
	tail, err := r.SimilarTail(ctx, similarTail)
	if err != nil {
		return nil, err
	}
	for i := range tail {
		g.Add(tail[i].Number, &tail[i].Features, words)
	}
	return g.Best(m.MaxCandidates(), own), nil
}

// similarPage fills in what is shown of each.
func (d *Desk) similarPage(ctx context.Context, r store.Read, caller Caller, ask similarAsk, matches []similar.Match, verdicts map[int64]ticket.Verdict, uses map[string]int) (SimilarPage, error) {
	out := SimilarPage{Items: []SimilarTicket{}}
	numbers := make([]int64, len(matches))
	for i, m := range matches {
		numbers[i] = m.Number
	}
	if len(numbers) == 0 {
		return out, nil
	}
	shown, _, err := r.Tickets(ctx, store.TicketFilter{View: store.ViewAll, Numbers: numbers, Limit: len(numbers)})
	if err != nil {
		return out, err
	}
	byNumber := make(map[int64]*ticket.Ticket, len(shown))
	for i := range shown {
		byNumber[shown[i].Number] = &shown[i]
	}
	staff := caller.May(person.SeeTickets)
	for _, m := range matches {
		t := byNumber[m.Number]
		if t == nil || !staff && t.RequesterID != caller.Person.ID {
			continue
		}
		i := SimilarTicket{Number: t.Number, Score: float64(int(max(m.Score, 0)*1000+.5)) / 1000, Subject: t.Subject, Status: t.Status, Application: t.Application,
			Likely: m.Score >= likelyScore, URL: fmt.Sprintf("/tickets/%d", t.Number)}
		if staff {
			i.Fire, i.ExternalID, i.MergedInto = t.Fire, t.ExternalID, t.MergedInto
			i.Resolution, i.ResolvedAt, i.ResolvedBy = fixLine(t.Resolution), t.ResolvedAt, t.Assignee
			i.Helped, i.Verdict = uses[ticket.Item(t.Number)], verdicts[t.Number]
			if t.ResolvedAt.IsZero() {
				i.ResolvedBy = ""
			}
		} else {
			i.URL = fmt.Sprintf("/portal/tickets/%d", t.Number)
		}
		i.Why = similarWhy(ask, m, t, i)
		out.Items = append(out.Items, i)
	}
	if staff {
		s, err := d.shield(ctx)
		if err != nil {
			return out, err
		}
		var texts []*string
		for i := range out.Items {
			texts = append(texts, &out.Items[i].Subject, &out.Items[i].Resolution)
		}
		s.texts(texts...)
	}
	return out, nil
}

// similarWhy says in a few words each what two tickets have in common.
func similarWhy(ask similarAsk, m similar.Match, t *ticket.Ticket, i SimilarTicket) []string {
	why := []string{}
	if ask.sameError[t.Number] > 0 {
		why = append(why, "the same error")
	}
	if len(m.Words) > 0 {
		why = append(why, "both say "+strings.Join(m.Words[:min(5, len(m.Words))], ", "))
	}
	if m.Meant {
		why = append(why, "alike in meaning")
	}
	if ask.application != 0 && t.ApplicationID == ask.application {
		why = append(why, "same application")
	}
	if i.Helped > 0 {
		why = append(why, cmp.Or(map[int]string{1: "helped on another ticket"}[i.Helped], fmt.Sprintf("helped on %d tickets", i.Helped)))
	}
	if i.Resolution != "" {
		if i.ResolvedBy != "" {
			why = append(why, "resolved by "+i.ResolvedBy)
		} else {
			why = append(why, "has a resolution")
		}
	}
	if len(why) == 0 {
		why = append(why, "alike in meaning")
	}
	return why
}

const fixWidth = 240

// fixLine gives the first line of a resolution that says something, cut at a word.
func fixLine(s string) string {
	for l := range strings.Lines(s) {
		if l = strings.TrimSpace(l); l == "" {
			continue
		}
		if utf8.RuneCountInString(l) <= fixWidth {
			return l
		}
		short := string([]rune(l)[:fixWidth])
		if i := strings.LastIndexByte(short, ' '); i > fixWidth/2 {
			short = short[:i]
		}
		return short + " …"
	}
	return ""
}

// MarkIn is what somebody says about a thing they were shown on a ticket.
type MarkIn struct {
	Kind    string         `json:"kind" doc:"ticket, or what the briefing names" maxLength:"40"`
	Item    string         `json:"item" doc:"the ticket's number, or the thing's id" maxLength:"200"`
	Verdict ticket.Verdict `json:"verdict" doc:"used: it helped; wrong: it does not belong here; empty: take the mark back" enum:",used,wrong"`
}

// Mark keeps that a thing shown on a ticket helped or does not belong there. What helped rises for others; what is wrong
// is not shown on this ticket again.
func (d *Desk) Mark(ctx context.Context, number int64, in MarkIn) (ticket.Feedback, error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return ticket.Feedback{}, err
	}
	f := ticket.Feedback{Ticket: number, Verdict: in.Verdict, Person: caller.Person.ID}
	var bad [3]*fault.Fault
	f.Kind, bad[0] = line("kind", in.Kind, 40, true)
	f.Item, bad[1] = line("item", in.Item, 200, true)
	if f.Verdict != "" && !f.Verdict.Valid() {
		bad[2] = fault.Invalid("verdict", "This mark is not known.", "Use used, wrong, or nothing to take it back.")
	}
	if err := fault.Collect(bad[:]...); err != nil {
		return f, err
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		t, err := tx.Ticket(ctx, number)
		if err != nil {
			return err
		}
		if f.Kind == ticket.KindTicket {
			var other int64
			if _, err := fmt.Sscan(f.Item, &other); err != nil || other == number {
				return fault.Invalid("item", "This is not the number of another ticket.", "")
			}
			if _, err := tx.Ticket(ctx, other); err != nil {
				return err
			}
			f.Item = ticket.Item(other)
		}
		f.At = tx.Now
		if err := tx.SetFeedback(ctx, f); err != nil {
			return err
		}
		d.announce(tx, &t)
		return nil
	})
	return f, err
}

// Feedback gives the marks on a ticket.
func (d *Desk) Feedback(ctx context.Context, number int64) ([]ticket.Feedback, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return nil, err
	}
	out, err := d.store.Read().FeedbackOn(ctx, number, "")
	return slices.Concat([]ticket.Feedback{}, out), err
}
