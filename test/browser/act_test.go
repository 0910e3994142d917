package browser

import (
	"fmt"
	"testing"

	"firebreak/internal/desk"
)

// actPages are the inbox, the forms for acts on tickets, search, and the requester's portal.
func actPages(t *testing.T, x *site) []page {
	snapshot := x.number(t, "Snapshot too old during billing extract")
	return []page{
		{"inbox", dana, "/inbox"},
		{"inbox-fires", dana, "/inbox?view=fires"},
		{"inbox-all", dana, "/inbox?view=all"},
		{"inbox-empty", dana, "/inbox?view=all&tag=nobody-used-this"},
		{"search", dana, "/search?q=snapshot"},
		{"search-nothing", dana, "/search?q=zzzzzz"},
		{"ticket-edit", dana, fmt.Sprintf("/tickets/%d/edit", snapshot)},
		{"ticket-split", dana, fmt.Sprintf("/tickets/%d/split", snapshot)},
		{"known-errors", dana, "/known-errors"},
		{"known-errors-search", dana, "/known-errors?q=ora-01555"},
		{"known-errors-nothing", dana, "/known-errors?q=zzzzzz"},
		{"known-error", dana, "/known-errors/ora-01555"},
		{"known-error-new", ruth, "/known-errors/new?code=BILL-1234"},
		{"known-error-import", ruth, "/known-errors/import"},
		{"ticket-known", dana, fmt.Sprintf("/tickets/%d/known", x.number(t, "Customer extract stopped: ORA-01555 snapshot too old"))},
		{"portal", marta, "/portal"},
		{"portal-new", marta, "/portal/new"},
		{"portal-ticket", marta, fmt.Sprintf("/portal/tickets/%d", x.own(t, marta))},
		{"portal-search", marta, "/search?q=extract"},
	}
}

// own gives a ticket that somebody opened.
func (x *site) own(t *testing.T, email string) int64 {
	t.Helper()
	page, err := x.desk.Tickets(desk.AsSystem(t.Context(), "cli", "test"), desk.ListTickets{Requester: email, Limit: 1})
	if err != nil || len(page.Items) == 0 {
		t.Fatalf("%s opened no ticket: %v", email, err)
	}
	return page.Items[0].Number
}
