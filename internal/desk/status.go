package desk

import (
	"context"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/ticket"
)

// MoveTicket is a change of state.
type MoveTicket struct {
	Status     ticket.Status  `json:"status" enum:"open,waiting,resolved,closed,cancelled"`
	WaitingOn  ticket.Waiting `json:"waiting_on,omitempty" enum:",requester,third_party,change,date"`
	WakeAt     time.Time      `json:"wake_at,omitzero" doc:"when a waiting ticket wakes by itself"`
	Resolution string         `json:"resolution,omitempty" doc:"what fixed it"`
	Reason     string         `json:"reason,omitempty" doc:"asked for when something done is reopened"`
	// Capture keeps what solved it for the next person, when the ticket is resolved.
	Capture *WriteResolution `json:"capture,omitempty" doc:"when it is resolved: the resolution to keep for the next person; what is left out is taken from the ticket"`
	Helped  []id.ID          `json:"helped,omitempty" maxItems:"20" doc:"when it is resolved: resolutions that solved it"`
}

// Move changes a ticket's state.
func (d *Desk) Move(ctx context.Context, number int64, in MoveTicket) (ticket.Ticket, error) {
	resolution, bad := prose("resolution", in.Resolution, ticket.MaxBody, false)
	reason, bad2 := line("reason", in.Reason, ticket.MaxShort, false)
	if err := fault.Collect(bad, bad2); err != nil {
		return ticket.Ticket{}, err
	}
	return d.change(ctx, number, person.WorkTickets, func(c *change) error {
		if resolution != "" {
			c.t.Resolution = resolution
		}
		if in.Status == ticket.Resolved && in.Capture != nil && in.Capture.Fix != nil && c.t.Resolution == "" {
			if c.t.Resolution, bad = prose("fix", *in.Capture.Fix, ticket.MaxBody, false); bad != nil {
				return bad
			}
		}
		if err := d.moveTo(c, in.Status, in.WaitingOn, in.WakeAt, reason); err != nil || in.Status != ticket.Resolved {
			return err
		}
		for _, i := range in.Helped {
			if err := d.use(ctx, c.tx, c.caller, i, number, "helped", ""); err != nil {
				return err
			}
		}
		if in.Capture == nil {
			return nil
		}
		return d.capture(ctx, c, *in.Capture)
	})
}

// moveTo applies the state machine to a change.
func (d *Desk) moveTo(c *change, next ticket.Status, on ticket.Waiting, wake time.Time, reason string) error {
	now := c.tx.Now
	if !next.Valid() {
		return fault.Invalid("status", "The state "+string(next)+" does not exist.", "Use open, waiting, resolved, closed or cancelled.")
	}
	if !c.t.Status.CanBecome(next) {
		return fault.Conflict("status", "A ticket that is "+string(c.t.Status)+" cannot become "+string(next)+".", "Its next states are on the ticket page.")
	}
	if c.t.Status.NeedsReason(next) && reason == "" {
		return fault.Invalid("reason", "Reopening needs a reason.", "Say in one line what came back.")
	}
	if reason != "" {
		c.reason = reason
	}
	if next == ticket.OnHold {
		if on == "" {
			on = ticket.OnRequester
			if !wake.IsZero() {
				on = ticket.OnDate
			}
		}
		if !on.Valid() {
			return fault.Invalid("waiting_on", "A ticket cannot wait on "+string(on)+".", "Use requester, third_party, change or date.")
		}
		if on == ticket.OnDate && wake.IsZero() {
			return fault.Invalid("wake_at", "Waiting for a date needs the date.", "Give it as RFC 3339, e.g. 2026-12-01T09:00:00Z.")
		}
		if !wake.IsZero() && !wake.After(now) {
			return fault.Invalid("wake_at", "The date to wake is not in the future.", "Choose a later one.")
		}
	} else {
		on, wake = "", time.Time{}
	}
	if next == ticket.Open && !c.t.Status.Active() {
		if c.t.Status.Done() {
			c.t.ReopenCount++
		}
		c.t.ResolvedAt, c.t.ClosedAt = time.Time{}, time.Time{}
	}
	switch next {
	case ticket.Resolved:
		c.t.ResolvedAt = now
	case ticket.Closed, ticket.Cancelled:
		c.t.ClosedAt = now
	}
	c.t.Status, c.t.WaitingOn, c.t.WakeAt = next, on, wake.UTC().Truncate(time.Millisecond)
	if wake.IsZero() {
		c.t.WakeAt = time.Time{}
	}
	return nil
}

// Assign gives the ticket to somebody: an id, an e-mail address, a name, "me", or "" for nobody.
// expect, when not nil, is the version the caller saw; a ticket somebody else took meanwhile is not stolen.
func (d *Desk) Assign(ctx context.Context, number int64, who string, expect *int64) (ticket.Ticket, error) {
	return d.change(ctx, number, person.WorkTickets, func(c *change) error {
		if expect != nil && *expect != c.t.Version && c.t.AssigneeID != 0 {
			return fault.Conflict("version", c.t.Assignee+" took the ticket a moment ago.", "Look at it again before you take it over.")
		}
		if who == "" || who == "none" {
			c.t.AssigneeID, c.t.Assignee = 0, ""
			return nil
		}
		p, err := d.findStaff(ctx, c.tx.Read, c.caller, "assignee", who)
		if err != nil {
			return err
		}
		c.t.AssigneeID, c.t.Assignee = p.ID, p.Name
		if c.t.Status == ticket.New {
			c.t.Status = ticket.Open
		}
		return nil
	})
}
