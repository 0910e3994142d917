package store

import "firebreak/internal/ticket"

// TicketRow gives the columns of table ticket and t's values as AddTicket would store them, for a loader that fills a
// desk faster than one transaction per ticket (test/bench).
func TicketRow(t *ticket.Ticket) (columns []string, values []any) {
	return ticketColumns, ticketValues(t)
}
