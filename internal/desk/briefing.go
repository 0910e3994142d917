package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"firebreak/internal/catalog"
	"firebreak/internal/estate"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// Briefing is what the person who picks a ticket up should know before doing anything: what this is, when it happened
// before and what fixed it, what changed nearby, and who to ask.
type Briefing struct {
	Ticket      int64             `json:"ticket"`
	Application *BriefedApp       `json:"application,omitempty"`
	Signatures  []TicketSignature `json:"signatures" doc:"the errors it speaks of, the most telling first"`
	Known       KnownErrorCards   `json:"known_errors"`
	Same        []SameError       `json:"same_error" doc:"other tickets of the same error that are still open; they may belong together"`
	Similar     []SimilarTicket   `json:"similar" doc:"earlier tickets like it, with the line that fixed them"`
	Resolutions []Resolution      `json:"resolutions" doc:"what may solve it, the proven first"`
	Recurring   []Recurring       `json:"recurring" doc:"the recurring issues it belongs to"`
	Changes     []estate.Change   `json:"changes" doc:"what changed on the application and its neighbours in the last 7 days"`
	Found       []FoundOutside    `json:"found_outside" doc:"pages outside that helped with earlier tickets like it"`
	Effort      ExpectedEffort    `json:"effort"`
	AlsoFrom    []BriefedTicket   `json:"also_from" doc:"other tickets of the same requester, newest first"`
}

// BriefedApp is who looks after the application, and the dates that matter to it.
type BriefedApp struct {
	Slug        string          `json:"slug"`
	Name        string          `json:"name"`
	Team        string          `json:"team,omitempty"`
	Primary     string          `json:"primary,omitempty"`
	PrimaryID   id.ID           `json:"primary_id,omitzero"`
	Secondary   string          `json:"secondary,omitempty"`
	SecondaryID id.ID           `json:"secondary_id,omitzero"`
	Events      []catalog.Event `json:"events,omitempty"`
}

// SameError is an open ticket that speaks of the same error.
type SameError struct {
	BriefedTicket
	Signature string `json:"signature"`
}

// BriefedTicket is a ticket in one line.
type BriefedTicket struct {
	Number      int64         `json:"number"`
	Subject     string        `json:"subject"`
	Status      ticket.Status `json:"status"`
	Fire        urgency.Fire  `json:"fire"`
	Application string        `json:"application,omitempty"`
	Assignee    string        `json:"assignee,omitempty"`
	Resolution  string        `json:"resolution,omitempty"`
	CreatedAt   time.Time     `json:"created_at"`
}

func briefed(t ticket.Ticket) BriefedTicket {
	return BriefedTicket{t.Number, t.Subject, t.Status, t.Fire, t.Application, t.Assignee, t.Resolution, t.CreatedAt}
}

// ExpectedEffort is how long tickets like it took; the fire is judged by it.
type ExpectedEffort struct {
	Minutes int    `json:"minutes" doc:"within which four of five were resolved"`
	From    string `json:"from" doc:"similar, application or default"`
}

const (
	briefedSimilar = 5
	briefedRecent  = 5
	briefedFound   = 3
	foundReach     = 40 // tickets of each error whose links are looked at
	changesSince   = 7 * 24 * time.Hour
)

// Briefing gathers what is known about a ticket. The parts are looked up at the same time; one that fails fails the
// briefing, since half of one would be trusted as a whole.
func (d *Desk) Briefing(ctx context.Context, number int64) (Briefing, error) {
	caller, err := may(ctx, person.SeeTickets)
	if err != nil {
		return Briefing{}, err
	}
	t, err := d.store.Read().Ticket(ctx, number)
	if err != nil {
		return Briefing{}, err
	}
	b := Briefing{Ticket: number, Effort: ExpectedEffort{int(t.Effort / time.Minute), t.EffortOf}, Signatures: []TicketSignature{}, Same: []SameError{},
		Similar: []SimilarTicket{}, Changes: []estate.Change{}, AlsoFrom: []BriefedTicket{}}
	whole := ctx
	g, ctx := errgroup.WithContext(ctx)
	part := func(name string, find func() error) {
		g.Go(func() error {
			if err := find(); err != nil {
				return fmt.Errorf("briefing of %d: %s: %w", number, name, err)
			}
			return nil
		})
	}
	part("errors", func() (err error) {
		if b.Signatures, err = d.store.Read().TicketSignatures(ctx, number); err == nil {
			b.Signatures = append([]TicketSignature{}, telling(b.Signatures)...)
			b.Same, err = d.openWithSameError(ctx, number, b.Signatures)
		}
		return err
	})
	part("known errors", func() (err error) { b.Known, err = d.KnownErrors(ctx, number); return err })
	part("similar tickets", func() error {
		page, err := d.Similar(ctx, number, briefedSimilar)
		for _, s := range page.Items {
			if s.Likely || s.Verdict == "used" { // a briefing that shows what is hardly alike is not read twice
				b.Similar = append(b.Similar, s)
			}
		}
		return err
	})
	part("resolutions", func() (err error) { b.Resolutions, err = d.ResolutionsFor(ctx, number); return err })
	part("recurring issues", func() (err error) { b.Recurring, err = d.Recurrence(ctx, number); return err })
	if t.ApplicationID != 0 && caller.May(person.SeeCatalog) {
		part("application", func() error { return d.briefApplication(ctx, t.ApplicationID, &b) })
		part("changes", func() error {
			changes, err := d.ChangesNear(ctx, t.ApplicationID.String(), d.store.Now().Add(-changesSince))
			b.Changes = append(b.Changes, changes...)
			return err
		})
	}
	if t.RequesterID != 0 {
		part("requester", func() error {
			others, _, err := d.store.Read().Tickets(ctx, store.TicketFilter{View: store.ViewAll, Requester: t.RequesterID, Limit: briefedRecent + 1, Brief: true})
			for _, o := range others {
				if o.Number != number && len(b.AlsoFrom) < briefedRecent {
					b.AlsoFrom = append(b.AlsoFrom, briefed(o))
				}
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return b, err
	}
	var like []int64
	for _, s := range b.Similar {
		like = append(like, s.Number)
	}
	for _, s := range b.Signatures {
		same, err := d.store.Read().TicketsOfSignature(whole, s.ID, 0, foundReach)
		if err != nil {
			return b, err
		}
		like = append(like, same...)
	}
	b.Found, err = d.foundOn(whole, slices.DeleteFunc(like, func(n int64) bool { return n == number }), briefedFound)
	return b, err
}

// openWithSameError gives the open tickets, other than number, that speak of one of these errors.
func (d *Desk) openWithSameError(ctx context.Context, number int64, errors []TicketSignature) ([]SameError, error) {
	out := []SameError{}
	of := map[int64]string{}
	var numbers []int64
	for _, e := range errors {
		found, err := d.store.Read().TicketsOfSignature(ctx, e.ID, 0, MaxOfSignature)
		if err != nil {
			return nil, err
		}
		for _, n := range found {
			if of[n] == "" && n != number {
				of[n] = e.ID
				numbers = append(numbers, n)
			}
		}
	}
	if len(numbers) == 0 {
		return out, nil
	}
	open, _, err := d.store.Read().Tickets(ctx, store.TicketFilter{View: store.ViewActive, Numbers: numbers, Limit: briefedSimilar, Brief: true})
	if err != nil {
		return nil, err
	}
	s, err := d.shield(ctx)
	if err != nil {
		return nil, err
	}
	s.list(open)
	for _, t := range open {
		out = append(out, SameError{briefed(t), of[t.Number]})
	}
	return out, err
}

func (d *Desk) briefApplication(ctx context.Context, application id.ID, b *Briefing) error {
	r := d.store.Read()
	a, err := r.FindApplication(ctx, application.String())
	if fault.Is(err, fault.CodeNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	b.Application = &BriefedApp{a.Slug, a.Name, a.Team, a.Primary, a.PrimaryID, a.Secondary, a.SecondaryID, nil}
	b.Application.Events, err = r.BusinessEvents(ctx, a.ID)
	for i := range b.Application.Events {
		b.Application.Events[i].Foresee(d.store.Now())
	}
	return err
}
