package desk

import (
	"context"
	"fmt"
	"strings"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
)

// audit keeps an administrative act within its own transaction.
func (d *Desk) audit(ctx context.Context, tx *store.Tx, caller Caller, act, subject, detail string) error {
	return tx.AddAudit(ctx, caller.Person.ID, caller.Via, act, subject, detail)
}

// changes collects "field: old → new" for an audit row.
type changes []string

func (c *changes) note(field, old, new string) {
	if old != new {
		*c = append(*c, fmt.Sprintf("%s: %s → %s", field, orNone(old), orNone(new)))
	}
}

func (c changes) String() string { return strings.Join(c, "; ") }

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// AuditPage is a page of administrative acts.
type AuditPage struct {
	Items []person.Audit `json:"items"`
	Next  string         `json:"next,omitempty" doc:"cursor of the next page; absent at the end"`
}

// AuditLog gives administrative acts, newest first.
func (d *Desk) AuditLog(ctx context.Context, cursor string, limit int) (AuditPage, error) {
	if _, err := may(ctx, person.EditSettings); err != nil {
		return AuditPage{}, err
	}
	limit, err := pageLimit(limit)
	if err != nil {
		return AuditPage{}, err
	}
	before, err := id.Parse(cursor)
	if err != nil {
		return AuditPage{}, fault.Invalid("cursor", "This cursor cannot be read.", "Use the value of next from the page before, unchanged.")
	}
	items, err := d.store.Read().Audit(ctx, before, limit+1)
	if err != nil {
		return AuditPage{}, err
	}
	page := AuditPage{Items: items}
	if len(items) > limit {
		page.Items = items[:limit]
		page.Next = items[limit-1].ID.String()
	}
	if page.Items == nil {
		page.Items = []person.Audit{}
	}
	return page, nil
}

// pageLimit gives the page size for a wish: 50 for none.
func pageLimit(n int) (int, error) {
	if n == 0 {
		return 50, nil
	}
	if n < 1 || n > MaxPage {
		return 0, fault.Invalid("limit", fmt.Sprintf("The limit must be 1 to %d.", MaxPage), "Ask page by page with cursor.")
	}
	return n, nil
}
