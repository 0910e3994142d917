package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// undoable is the part of a ticket that acts with an undo change.
type undoable struct {
	Status      ticket.Status     `json:"status"`
	WaitingOn   ticket.Waiting    `json:"waiting_on,omitempty"`
	WakeAt      time.Time         `json:"wake_at,omitzero"`
	ResolvedAt  time.Time         `json:"resolved_at,omitzero"`
	ClosedAt    time.Time         `json:"closed_at,omitzero"`
	ReopenCount int               `json:"reopen_count,omitzero"`
	MergedInto  int64             `json:"merged_into,omitzero"`
	Resolution  string            `json:"resolution,omitempty"`
	Level       ticket.Level      `json:"level"`
	Tags        []string          `json:"tags,omitempty"`
	AssigneeID  id.ID             `json:"assignee_id,omitzero"`
	Assignee    string            `json:"assignee,omitempty"`
	TeamID      id.ID             `json:"team_id,omitzero"`
	Team        string            `json:"team,omitempty"`
	AppID       id.ID             `json:"application_id,omitzero"`
	Application string            `json:"application,omitempty"`
	Deadline    ticket.Deadline   `json:"deadline,omitzero"`
	Stakes      urgency.Stakes    `json:"stakes,omitempty"`
	Work        bool              `json:"workaround,omitempty"`
	Spread      bool              `json:"spreading,omitempty"`
	ByHand      *urgency.Override `json:"by_hand,omitempty"`
	Fire        urgency.Fire      `json:"fire"`
}

func undoableOf(t *ticket.Ticket) undoable {
	return undoable{t.Status, t.WaitingOn, t.WakeAt, t.ResolvedAt, t.ClosedAt, t.ReopenCount, t.MergedInto, t.Resolution, t.Level,
		slices.Clone(t.Tags), t.AssigneeID, t.Assignee, t.TeamID, t.Team, t.ApplicationID, t.Application, t.Deadline, t.Stakes, t.Work, t.Spread, t.ByHand, t.Fire}
}

// aspect is a group of fields that change together, under the name people know.
type aspect struct {
	name string
	view func(*undoable) any // what must be equal
	copy func(to *ticket.Ticket, from *undoable)
	// urgent aspects bear on the fire, which is named anew.
	urgent bool
}

var aspects = []aspect{
	{"status", func(u *undoable) any { return []any{u.Status, u.WaitingOn, u.WakeAt, u.MergedInto} }, func(t *ticket.Ticket, u *undoable) {
		t.Status, t.WaitingOn, t.WakeAt, t.MergedInto = u.Status, u.WaitingOn, u.WakeAt, u.MergedInto
		t.ResolvedAt, t.ClosedAt, t.ReopenCount = u.ResolvedAt, u.ClosedAt, u.ReopenCount
	}, false},
	{"resolution", func(u *undoable) any { return u.Resolution }, func(t *ticket.Ticket, u *undoable) { t.Resolution = u.Resolution }, false},
	{"level", func(u *undoable) any { return u.Level }, func(t *ticket.Ticket, u *undoable) { t.Level = u.Level }, false},
	{"tags", func(u *undoable) any { return strings.Join(u.Tags, "\n") }, func(t *ticket.Ticket, u *undoable) { t.Tags = u.Tags }, false},
	{"assignee", func(u *undoable) any { return u.AssigneeID }, func(t *ticket.Ticket, u *undoable) { t.AssigneeID, t.Assignee = u.AssigneeID, u.Assignee }, false},
	{"team", func(u *undoable) any { return u.TeamID }, func(t *ticket.Ticket, u *undoable) { t.TeamID, t.Team = u.TeamID, u.Team }, false},
	{"application", func(u *undoable) any { return u.AppID }, func(t *ticket.Ticket, u *undoable) { t.ApplicationID, t.Application = u.AppID, u.Application }, true},
	{"deadline", func(u *undoable) any { return []any{u.Deadline, u.Stakes, u.Work, u.Spread} }, func(t *ticket.Ticket, u *undoable) {
		t.Deadline, t.Stakes, t.Work, t.Spread = u.Deadline, u.Stakes, u.Work, u.Spread
	}, true},
	{"fire", func(u *undoable) any { return u.ByHand }, func(t *ticket.Ticket, u *undoable) { t.ByHand = u.ByHand }, true},
}

func (a aspect) same(x, y *undoable) bool {
	return asJSON(a.view(x)) == asJSON(a.view(y))
}

func asJSON(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// undoDetail is what an act left behind to take it back by.
type undoDetail struct {
	Tickets []undoTicket `json:"tickets,omitempty"`
	Moves   []undoMove   `json:"moves,omitempty"`
	Links   []id.ID      `json:"links,omitempty"`
	// Made is the ticket that the act opened (split); undoing empties and cancels it.
	Made int64 `json:"made,omitzero"`
}

type undoTicket struct {
	Number int64    `json:"number"`
	Before undoable `json:"before"`
	After  undoable `json:"after"`
}

type undoMove struct {
	From    int64   `json:"from"`
	To      int64   `json:"to"`
	Entries []id.ID `json:"entries"`
}

// keepUndo stores what an act left behind, and gives the id to take it back by.
func keepUndo(ctx context.Context, tx *store.Tx, caller Caller, i id.ID, act string, detail undoDetail) error {
	return tx.AddUndo(ctx, &store.Undo{ID: i, PersonID: caller.Person.ID, Act: act, Detail: asJSON(detail)})
}

// Undone is what taking an act back changed.
type Undone struct {
	Act     string  `json:"act" doc:"merge, split, bulk, or catalog. and what was removed"`
	Tickets []int64 `json:"tickets"`
}

// Undo takes a merge, a split, a bulk change or a removal from the catalogue back. It changes nothing, and says why, when the act was taken
// back already or when somebody changed the same things since. The person who did it may, and leads.
func (d *Desk) Undo(ctx context.Context, act id.ID) (Undone, error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return Undone{}, err
	}
	var out Undone
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		u, err := tx.UndoForUse(ctx, act)
		if err != nil {
			return err
		}
		if u.PersonID != caller.Person.ID && !leads(caller) {
			return fault.Forbidden("take back what somebody else did")
		}
		if !u.UsedAt.IsZero() {
			return fault.Conflict("undo", "This was taken back already.", "")
		}
		out = Undone{Act: u.Act}
		if strings.HasPrefix(u.Act, catalogUndo) {
			if err := d.restorePart(ctx, tx, caller, u); err != nil {
				return err
			}
			return tx.UseUndo(ctx, act)
		}
		if undo := map[string]func(context.Context, *store.Tx, store.Undo) error{
			recurringUndo: d.unmarkRecurring, retireUndo: d.unretire, dismissUndo: d.undismiss, patternUndo: d.restorePattern,
		}[u.Act]; undo != nil {
			if err := undo(ctx, tx, u); err != nil {
				return err
			}
			return tx.UseUndo(ctx, act)
		}
		var detail undoDetail
		if err := json.Unmarshal([]byte(u.Detail), &detail); err != nil {
			return fmt.Errorf("undo %s: %w", act, err)
		}
		if err := d.revert(ctx, tx, caller, u, detail); err != nil {
			return err
		}
		for _, t := range detail.Tickets {
			out.Tickets = append(out.Tickets, t.Number)
		}
		return tx.UseUndo(ctx, act)
	})
	return out, err
}

// leads reports whether the caller answers for the work of others.
func leads(c Caller) bool { return c.Person.Role == person.Lead || c.Person.Role == person.Admin }

func (d *Desk) revert(ctx context.Context, tx *store.Tx, caller Caller, u store.Undo, detail undoDetail) error {
	// Locks are taken in the order of the numbers, as everywhere several tickets change at once.
	slices.SortFunc(detail.Tickets, func(a, b undoTicket) int { return int(a.Number - b.Number) })
	changes := make([]*change, len(detail.Tickets))
	var clashes []string
	for i, ut := range detail.Tickets {
		t, err := tx.TicketForChange(ctx, ut.Number)
		if err != nil {
			return err
		}
		c := &change{tx: tx, caller: caller, old: t, t: t, reason: "Undo.", ref: u.ID, keepByHand: true}
		c.t.Tags = slices.Clone(t.Tags)
		changes[i] = c
		now, judge := undoableOf(&t), false
		for _, a := range aspects {
			if a.same(&ut.Before, &ut.After) {
				continue
			}
			if !a.same(&now, &ut.After) {
				clashes = append(clashes, fmt.Sprintf("%s of ticket %d", a.name, ut.Number))
				continue
			}
			a.copy(&c.t, &ut.Before)
			judge = judge || a.urgent
		}
		if judge {
			if err := d.judge(ctx, tx, &c.t); err != nil {
				return err
			}
		}
	}
	if len(clashes) > 0 {
		more := ""
		if len(clashes) > 5 {
			more, clashes = fmt.Sprintf(" and %d more", len(clashes)-5), clashes[:5]
		}
		return fault.Conflict("undo", "This cannot be taken back: the "+strings.Join(clashes, ", the ")+more+" changed since.", "Look at the history there, and change back by hand what should change back.")
	}
	for _, m := range detail.Moves {
		if err := d.moveBack(ctx, tx, m); err != nil {
			return err
		}
	}
	for _, l := range detail.Links {
		if _, err := tx.RemoveLink(ctx, l); err != nil {
			return err
		}
	}
	if detail.Made != 0 {
		if left, err := tx.EntryIDs(ctx, detail.Made); err != nil {
			return err
		} else if len(left) > 0 {
			return fault.Conflict("undo", fmt.Sprintf("This cannot be taken back: somebody wrote on ticket %d since.", detail.Made), fmt.Sprintf("Merge ticket %d back instead.", detail.Made))
		}
	}
	for _, c := range changes {
		if err := d.save(ctx, c); err != nil {
			return err
		}
		if err := c.event(ctx, ticket.Event{Field: "undo", New: u.Act}); err != nil {
			return err
		}
	}
	return nil
}

// moveBack returns entries to the ticket they came from, with what was written through that ticket since.
func (d *Desk) moveBack(ctx context.Context, tx *store.Tx, m undoMove) error {
	places, err := tx.EntryPlaces(ctx, m.Entries)
	if err != nil {
		return err
	}
	var back []id.ID
	for _, e := range m.Entries {
		switch at, there := places[e]; {
		case !there: // taken back before it left
		case at == m.From:
			back = append(back, e)
		default:
			return fault.Conflict("undo", fmt.Sprintf("This cannot be taken back: part of it moved on to ticket %d since.", at), fmt.Sprintf("Undo that first, on ticket %d.", at))
		}
	}
	family, err := mergedFamily(ctx, tx.Read, m.To)
	if err != nil {
		return err
	}
	late, err := tx.EntryIDs(ctx, m.From, family...)
	if err != nil {
		return err
	}
	for _, e := range late {
		if !slices.Contains(back, e) {
			back = append(back, e)
		}
	}
	return tx.MoveEntries(ctx, back, m.From, m.To)
}

// mergedFamily gives a ticket and all that were merged into it, directly or through others.
func mergedFamily(ctx context.Context, r store.Read, number int64) ([]int64, error) {
	family := []int64{number}
	for i := 0; i < len(family) && len(family) < 1000; i++ {
		more, err := r.MergedInto(ctx, family[i])
		if err != nil {
			return nil, err
		}
		for _, n := range more {
			if !slices.Contains(family, n) {
				family = append(family, n)
			}
		}
	}
	return family, nil
}
