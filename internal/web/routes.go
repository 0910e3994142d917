package web

import (
	"net/http"
	"slices"

	"firebreak/internal/person"
)

const (
	get    = http.MethodGet
	post   = http.MethodPost
	patch  = http.MethodPatch
	put    = http.MethodPut
	remove = http.MethodDelete
)

// routes is the table of everything the desk answers: method, page, API address, permission, what it does.
// A + before the description means that the API answers 201 Created.
func routes() []route {
	return slices.Concat(
		ticketRoutes(),
		entryRoutes(),
		personRoutes(),
		catalogRoutes(),
		estateRoutes(),
		actRoutes(),
		inboxRoutes(),
		searchRoutes(),
		similarRoutes(),
		portalRoutes(),
		reportRoutes(),
		recurrenceRoutes(),
		resolutionRoutes(),
		transferRoutes(),
		signatureRoutes(),
		knownRoutes(),
		lookupRoutes(),
		mirrorRoutes(),
		privacyRoutes(),
	)
}

func ticketRoutes() []route {
	return []route{
		show(get, "/tickets/new", "", person.OpenTicket, "the form to open a ticket", "ticket_new", (*Server).newTicketForm),
		act(post, "/tickets", "/tickets", person.OpenTicket, "+Open a ticket", (*Server).openTicket, toOpened),
		show(get, "/tickets/{number}", "", person.SeeTickets, "a ticket with its timeline", "ticket", (*Server).ticketPage),
		show(get, "", "/tickets", person.SeeTickets, "List tickets", "", (*Server).listTickets),
		show(get, "", "/tickets/{number}", person.SeeTickets, "One ticket", "", (*Server).getTicket),
		show(get, "/tickets/{number}/briefing", "/tickets/{number}/briefing", person.SeeTickets, "What to know about a ticket before doing anything", "briefing", (*Server).briefing),
		show(get, "", "/tickets/{number}/timeline", person.SeeTickets, "What happened on a ticket: entries and history", "", (*Server).timeline),
		act(post, "/tickets/{number}/reply", "/tickets/{number}/reply", person.SeeOwn, "+Reply to the requester", (*Server).reply, toReplied),
		act(post, "/tickets/{number}/note", "/tickets/{number}/note", person.WorkTickets, "+Write a private note", (*Server).note, toNoted),
		act(post, "/entries/{entry}/take-back", "/entries/{entry}/take-back", person.WorkTickets, "Take back a reply that has not left yet", (*Server).takeBack, toTakenBack),
		act(post, "/tickets/{number}/assign", "/tickets/{number}/assign", person.WorkTickets, "Give a ticket to somebody", (*Server).assign, toAssigned),
		act(post, "/tickets/{number}/status", "/tickets/{number}/status", person.WorkTickets, "Change a ticket's state", (*Server).move, toMoved),
		act(post, "/tickets/{number}/raise", "/tickets/{number}/raise", person.SeeOwn, "Raise a ticket's fire", (*Server).raise, toFire),
		act(post, "/tickets/{number}/lower", "/tickets/{number}/lower", person.WorkTickets, "Lower a ticket's fire, with a reason", (*Server).lower, toFire),
	}
}
