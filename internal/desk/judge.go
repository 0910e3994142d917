package desk

import (
	"context"

	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/ticket"
)

// JudgeDeadline notes, once a ticket is resolved or closed, whether its deadline was real. It can be changed later.
func (d *Desk) JudgeDeadline(ctx context.Context, number int64, real bool) (ticket.Ticket, error) {
	return d.change(ctx, number, person.WorkTickets, func(c *change) error {
		if !c.t.Status.Done() {
			return fault.Conflict("status", "Whether the deadline was real shows when the ticket is resolved.", "Resolve or close it first.")
		}
		if c.t.Deadline.At.IsZero() && c.t.RealAt.IsZero() {
			return fault.Conflict("deadline", "The ticket has no deadline to judge.", "")
		}
		if c.t.Deadline.Real != nil && *c.t.Deadline.Real == real {
			return nil
		}
		c.t.Deadline.Real, c.t.Deadline.JudgedAt, c.t.Deadline.JudgedBy = new(real), c.tx.Now, c.caller.Person.ID
		return nil
	})
}
