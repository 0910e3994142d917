package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// MaxBulk is how many tickets one bulk change may touch.
const MaxBulk = 500

// BulkAct is what is done to each of many tickets. Absent parts leave them as they are.
type BulkAct struct {
	Assignee    *string        `json:"assignee,omitempty" doc:"e-mail address, name, id or me; empty: nobody"`
	Status      ticket.Status  `json:"status,omitempty" enum:",open,waiting,resolved,closed,cancelled"`
	WaitingOn   ticket.Waiting `json:"waiting_on,omitempty" enum:",requester,third_party,change,date"`
	WakeAt      time.Time      `json:"wake_at,omitzero"`
	Resolution  string         `json:"resolution,omitempty" doc:"what fixed it"`
	Reason      string         `json:"reason,omitempty" doc:"asked for when something done is reopened"`
	Level       ticket.Level   `json:"level,omitempty" enum:",L1,L1.5,L2,L3"`
	Team        *string        `json:"team,omitempty"`
	Application *string        `json:"application,omitempty"`
	AddTags     []string       `json:"add_tags,omitempty"`
	RemoveTags  []string       `json:"remove_tags,omitempty"`
}

func (a BulkAct) empty() bool {
	return a.Assignee == nil && a.Status == "" && a.Level == "" && a.Team == nil && a.Application == nil && a.Resolution == "" && len(a.AddTags)+len(a.RemoveTags) == 0
}

// BulkResult is what a bulk change did.
type BulkResult struct {
	Done    int       `json:"done"`
	Skipped []Skipped `json:"skipped,omitempty"`
	Undo    id.ID     `json:"undo,omitzero" doc:"POST /undo/{id} takes it back"`
}

// Skipped is a ticket that a bulk change left alone, and why.
type Skipped struct {
	Number int64  `json:"number"`
	Why    string `json:"why"`
}

// Bulk changes many tickets in one transaction: each that can be changed is, and every other is reported with the
// reason. What was done can be taken back with Undo.
func (d *Desk) Bulk(ctx context.Context, numbers []int64, act BulkAct) (BulkResult, error) {
	var out BulkResult
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return out, err
	}
	numbers = slices.Compact(slices.Sorted(slices.Values(numbers)))
	if err := act.clean(numbers); err != nil {
		return out, err
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		out = BulkResult{}
		set, err := d.prepare(ctx, tx.Read, caller, act)
		if err != nil {
			return err
		}
		undo := tx.NewID()
		var detail undoDetail
		for _, n := range numbers {
			before, after, err := d.bulkOne(ctx, tx, caller, n, undo, act, set)
			if f := fault.Of(err); f != nil && f.Code != fault.CodeUnavailable {
				out.Skipped = append(out.Skipped, Skipped{n, f.Message})
				continue
			}
			if err != nil {
				return err
			}
			out.Done++
			if before != nil {
				detail.Tickets = append(detail.Tickets, undoTicket{n, *before, *after})
			}
		}
		if len(detail.Tickets) == 0 {
			return nil
		}
		out.Undo = undo
		return keepUndo(ctx, tx, caller, undo, "bulk", detail)
	})
	return out, err
}

// clean checks what can be said without looking at a ticket.
func (a *BulkAct) clean(numbers []int64) error {
	var bad [5]*fault.Fault
	if len(numbers) == 0 || len(numbers) > MaxBulk {
		bad[0] = fault.Invalid("numbers", fmt.Sprintf("%d tickets cannot be changed at once.", len(numbers)), fmt.Sprintf("Choose 1 to %d.", MaxBulk))
	} else if a.empty() {
		bad[0] = fault.Invalid("status", "Nothing is to be changed.", "Say what to do with the tickets: assign, status, level, team, application or tags.")
	}
	a.Resolution, bad[1] = prose("resolution", a.Resolution, ticket.MaxBody, false)
	a.Reason, bad[2] = line("reason", a.Reason, ticket.MaxShort, false)
	a.AddTags, bad[3] = cleanTags(a.AddTags)
	a.RemoveTags, bad[4] = cleanTags(a.RemoveTags)
	if a.Level != "" && !a.Level.Valid() {
		return fault.Collect(append(bad[:], fault.Invalid("level", "This level is not known.", "Use L1, L1.5, L2 or L3."))...)
	}
	return fault.Collect(bad[:]...)
}

// prepare looks up once what a bulk change names, and gives how it is set on a ticket.
func (d *Desk) prepare(ctx context.Context, r store.Read, caller Caller, act BulkAct) (func(*ticket.Ticket), error) {
	var like ticket.Ticket
	if act.Assignee != nil && *act.Assignee != "" && *act.Assignee != "none" {
		p, err := d.findStaff(ctx, r, caller, "assignee", *act.Assignee)
		if err != nil {
			return nil, err
		}
		like.AssigneeID, like.Assignee = p.ID, p.Name
	}
	if act.Application != nil {
		if err := setApplication(ctx, r, &like, *act.Application, act.Team == nil); err != nil {
			return nil, err
		}
	}
	if act.Team != nil {
		if err := setTeam(ctx, r, &like, *act.Team); err != nil {
			return nil, err
		}
	}
	return func(t *ticket.Ticket) {
		if act.Assignee != nil {
			t.AssigneeID, t.Assignee = like.AssigneeID, like.Assignee
			if t.AssigneeID != 0 && t.Status == ticket.New {
				t.Status = ticket.Open
			}
		}
		if act.Application != nil {
			t.ApplicationID, t.Application = like.ApplicationID, like.Application
		}
		if act.Team != nil || like.TeamID != 0 {
			t.TeamID, t.Team = like.TeamID, like.Team
		}
	}, nil
}

// bulkOne changes one ticket. A fault means that nothing was written for it; no state means that nothing changed.
func (d *Desk) bulkOne(ctx context.Context, tx *store.Tx, caller Caller, n int64, undo id.ID, act BulkAct, set func(*ticket.Ticket)) (before, after *undoable, err error) {
	t, err := tx.TicketForChange(ctx, n)
	if err != nil {
		return nil, nil, err
	}
	if t.Status == ticket.Merged {
		return nil, nil, mergedAway(t)
	}
	c := &change{tx: tx, caller: caller, old: t, t: t, ref: undo}
	c.t.Tags = slices.Clone(t.Tags)
	set(&c.t)
	if act.Level != "" {
		c.t.Level = act.Level
	}
	for _, tag := range act.AddTags {
		if !slices.Contains(c.t.Tags, tag) {
			c.t.Tags = append(c.t.Tags, tag)
		}
	}
	c.t.Tags = slices.DeleteFunc(c.t.Tags, func(tag string) bool { return slices.Contains(act.RemoveTags, tag) })
	slices.Sort(c.t.Tags)
	if len(c.t.Tags) > ticket.MaxTags {
		return nil, nil, fault.Invalid("add_tags", fmt.Sprintf("It would have more than %d tags.", ticket.MaxTags), "")
	}
	if act.Resolution != "" {
		c.t.Resolution = act.Resolution
	}
	if act.Status != "" && (act.Status != c.t.Status || act.Status == ticket.OnHold) {
		if err := d.moveTo(c, act.Status, act.WaitingOn, act.WakeAt, act.Reason); err != nil {
			return nil, nil, err
		}
	}
	b, a := undoableOf(&t), undoableOf(&c.t)
	if asJSON(b) == asJSON(a) {
		return nil, nil, nil
	}
	if err := d.save(ctx, c); err != nil {
		return nil, nil, err
	}
	a = undoableOf(&c.t)
	return &b, &a, nil
}
