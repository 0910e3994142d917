package web

import (
	"context"
	"fmt"
	"net/http"

	"firebreak/internal/desk"
	"firebreak/internal/person"
	"firebreak/internal/ticket"
)

// portalRoutes are a requester's own small portal. Its answers are the desk's portal types alone.
func portalRoutes() []route {
	return []route{
		show(get, "/portal", "/portal/tickets", person.SeeOwn, "Your own tickets", "portal_tickets", (*Server).ownTickets),
		show(get, "/portal/new", "", person.OpenTicket, "the form to open a ticket", "portal_new", (*Server).newTicketForm),
		act(post, "/portal/new", "", person.OpenTicket, "Open a ticket", (*Server).openTicket, toOwnOpened),
		show(get, "/portal/tickets/{number}", "/portal/tickets/{number}", person.SeeOwn, "One of your own tickets", "portal_ticket", (*Server).ownTicket),
		act(post, "/portal/tickets/{number}/reply", "", person.SeeOwn, "Answer on your own ticket", (*Server).ownReply, toOwnReplied),
		act(post, "/portal/tickets/{number}/raise", "", person.SeeOwn, "Say that it got worse", (*Server).raise, toast[fireIn, ticket.Ticket]("The desk knows that it got worse.")),
	}
}

func init() {
	redraw("portal", "portal_new", func(s *Server, r *http.Request) (any, error) { return s.newTicketForm(r.Context(), nil) })
	redraw("answer", "portal_ticket", func(s *Server, r *http.Request) (any, error) {
		var in numberIn
		if err := bind(r, &in); err != nil {
			return nil, err
		}
		return s.ownTicket(r.Context(), &in)
	})
}

type ownTicketsIn struct {
	Cursor string `query:"cursor" doc:"next of the page before"`
}

func (s *Server) ownTickets(ctx context.Context, in *ownTicketsIn) (desk.PortalPage, error) {
	return s.desk.OwnTickets(ctx, in.Cursor)
}

func (s *Server) ownTicket(ctx context.Context, in *numberIn) (desk.PortalTicket, error) {
	return s.desk.OwnTicket(ctx, in.Number)
}

func toOwnOpened(_ *openTicketIn, t ticket.Ticket) next {
	return next{To: portalAddress(t.Number), Toast: fmt.Sprintf("Your ticket %d is open. The desk will answer here.", t.Number)}
}

func portalAddress(n int64) string { return fmt.Sprintf("/portal/tickets/%d", n) }

type ownReplyIn struct {
	Number int64 `path:"number" minimum:"1"`
	Body   struct {
		Body string `json:"body"`
	}
}

func (s *Server) ownReply(ctx context.Context, in *ownReplyIn) (ticket.PublicEntry, error) {
	e, err := s.desk.Reply(ctx, in.Number, desk.Reply{Body: in.Body.Body})
	if err == nil && e.Ticket != in.Number && e.Origin == 0 {
		in.Number = e.Ticket // the old one is closed for good: the answer opened a new one
	}
	return ticket.PublicEntry{ID: e.ID, Kind: e.Kind, Author: e.Author, Body: e.Body, CreatedAt: e.CreatedAt}, err
}

func toOwnReplied(in *ownReplyIn, e ticket.PublicEntry) next {
	return next{To: portalAddress(in.Number) + "#e-" + e.ID.String(), Toast: "Your answer is with the desk."}
}
