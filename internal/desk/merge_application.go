package desk

import (
	"context"
	"fmt"
	"strings"

	"firebreak/internal/catalog"
	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// MergeApplication says into what an application is merged. It cannot be undone, so the name is asked for.
type MergeApplication struct {
	Into string `json:"into" doc:"the application that stays: short name, name or id"`
	Name string `json:"name" doc:"the name of the application that goes, typed to confirm"`
}

// moveBatch is how many tickets that are done move in one transaction.
const moveBatch = 500

// MergeApplication moves all tickets of an application to another and makes its name another name of that
// one, so that whoever uses the old name later finds the right one. Asked again after a failure it goes on.
func (d *Desk) MergeApplication(ctx context.Context, name string, in MergeApplication) (catalog.Application, error) {
	caller, err := may(ctx, person.EditCatalog)
	if err != nil {
		return catalog.Application{}, err
	}
	r := d.store.Read()
	from, err := d.application(ctx, r, name)
	if err != nil {
		return from, err
	}
	to, err := r.FindApplication(ctx, in.Into)
	switch {
	case fault.Is(err, fault.CodeNotFound):
		return from, fault.Invalid("into", "There is no application called "+cutLine(in.Into)+".", "Choose one of the catalogue.")
	case err != nil:
		return from, err
	case to.ID == from.ID:
		return from, fault.Invalid("into", "An application cannot be merged into itself.", "Choose another one.")
	case !to.ArchivedAt.IsZero():
		return from, fault.Invalid("into", to.Name+" is archived.", "Take it back into use first, or choose another one.")
	case !strings.EqualFold(strings.TrimSpace(in.Name), from.Name):
		return from, fault.Invalid("name", "The name does not match.", "Type "+from.Name+" to merge it into "+to.Name+"; this cannot be undone.")
	case len(from.Environments)+len(from.Events) > 0:
		return from, fault.Conflict("", from.Name+" has environments or business events of its own.", "Remove them, or enter them at "+to.Name+", then merge.")
	}
	for {
		empty, err := d.moveTickets(ctx, caller, from, to)
		if err != nil {
			return from, err
		}
		if empty {
			break
		}
	}
	d.forgetEfforts()
	return d.application(ctx, d.store.Read(), to.ID.String())
}

// moveTickets moves what is there; when nothing came meanwhile it ends the old application and reports true.
func (d *Desk) moveTickets(ctx context.Context, caller Caller, from, to catalog.Application) (bool, error) {
	why := from.Name + " was merged into " + to.Name + "."
	numbers, err := d.store.Read().TicketsOf(ctx, from.ID, true, rejudgeMost)
	if err != nil {
		return false, err
	}
	err = d.changeBatches(ctx, caller, numbers, func(c *change) error {
		if c.t.ApplicationID != from.ID || !c.t.Status.Active() {
			return errNothingDue
		}
		c.t.ApplicationID, c.t.Application = to.ID, to.Name
		if c.t.TeamID == from.TeamID && to.TeamID != 0 {
			c.t.TeamID, c.t.Team = to.TeamID, to.Team
		}
		c.reason, c.keepByHand = why, true
		return nil
	})
	if err != nil {
		return false, err
	}
	for {
		moved := 0
		err := d.store.Write(ctx, func(tx *store.Tx) error {
			done, err := tx.TicketsOf(ctx, from.ID, false, moveBatch)
			if err != nil {
				return err
			}
			moved = len(done)
			return tx.MoveTickets(ctx, done, to.ID, func(n int64) error {
				c := change{tx: tx, caller: caller, t: ticket.Ticket{Number: n}, reason: why}
				return c.event(ctx, ticket.Event{Field: "application", Old: from.Name, New: to.Name})
			})
		})
		if err != nil {
			return false, err
		}
		if moved < moveBatch {
			break
		}
	}
	empty := false
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		empty = false
		for _, active := range []bool{true, false} {
			if left, err := tx.TicketsOf(ctx, from.ID, active, 1); err != nil || len(left) > 0 {
				return err
			}
		}
		empty = true
		if err := tx.MergeApplication(ctx, from.ID, to.ID); err != nil {
			return err
		}
		d.catalogChanged(tx)
		return d.audit(ctx, tx, caller, "application.merge", from.Name, fmt.Sprintf("merged into %s", to.Name))
	})
	return empty, err
}
