package desk

import (
	"context"

	"firebreak/internal/catalog"
	"firebreak/internal/person"
)

// ApplicationChoices gives the applications a caller may name on a ticket, for a form: name and short name only.
func (d *Desk) ApplicationChoices(ctx context.Context) ([]catalog.Application, error) {
	if _, err := may(ctx, person.OpenTicket); err != nil {
		return nil, err
	}
	return d.store.Read().ApplicationNames(ctx)
}

// Staff gives everybody who works tickets, by name, for choosing an assignee: at most 500.
func (d *Desk) Staff(ctx context.Context) ([]person.Person, error) {
	if _, err := may(ctx, person.WorkTickets); err != nil {
		return nil, err
	}
	return d.store.Read().StaffNames(ctx, 500)
}
