package web

import (
	"context"
	"fmt"
	"net/http"

	"firebreak/internal/catalog"
	"firebreak/internal/desk"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

type none struct{}

// numberIn is the input of every row about one ticket.
type numberIn struct {
	Number int64 `path:"number" minimum:"1" doc:"the ticket's number"`
}

// --- opening ---

type newTicketOut struct {
	Applications []catalog.Application
}

func (s *Server) newTicketForm(ctx context.Context, _ *none) (newTicketOut, error) {
	apps, err := s.desk.ApplicationChoices(ctx)
	return newTicketOut{apps}, err
}

func init() {
	redraw("open", "ticket_new", func(s *Server, r *http.Request) (any, error) { return s.newTicketForm(r.Context(), nil) })
}

type openTicketIn struct {
	Key  string `header:"Idempotency-Key" doc:"opening twice with one key opens one ticket"`
	Body desk.OpenTicket
}

func (s *Server) openTicket(ctx context.Context, in *openTicketIn) (ticket.Ticket, error) {
	in.Body.Key = in.Key
	return s.desk.OpenTicket(ctx, in.Body)
}

func toOpened(_ *openTicketIn, t ticket.Ticket) next {
	return next{To: fmt.Sprintf("/tickets/%d", t.Number), Toast: fmt.Sprintf("Ticket %d is open: %s.", t.Number, t.Fire.Word())}
}

// --- reading ---

type listIn struct {
	View        string   `query:"view" doc:"me, team, unassigned, fires, waiting, active, all"`
	Q           string   `query:"q" doc:"words, \"a phrase\", ORA-01555, -without"`
	Status      []string `query:"status" doc:"new, open, waiting, resolved, closed, cancelled, merged; active for the first three"`
	Fire        []string `query:"fire" doc:"match, house_fire, wildfire"`
	Application string   `query:"application"`
	Assignee    string   `query:"assignee" doc:"id, e-mail, name, me or none"`
	Requester   string   `query:"requester"`
	Team        string   `query:"team"`
	Tag         string   `query:"tag"`
	Cursor      string   `query:"cursor" doc:"next of the page before"`
	Limit       int      `query:"limit" doc:"1 to 200, 50 when not given"`
}

func (in listIn) desk() desk.ListTickets {
	return desk.ListTickets{View: desk.View(in.View), Q: in.Q, Status: in.Status, Fire: in.Fire, Application: in.Application,
		Assignee: in.Assignee, Requester: in.Requester, Team: in.Team, Tag: in.Tag, Cursor: in.Cursor, Limit: in.Limit}
}

func (s *Server) listTickets(ctx context.Context, in *listIn) (desk.TicketPage, error) {
	return s.desk.Tickets(ctx, in.desk())
}

func (s *Server) getTicket(ctx context.Context, in *getTicketIn) (ticket.Ticket, error) {
	return s.desk.Ticket(in.ctx(ctx), in.Number)
}

type getTicketIn struct {
	Number int64 `path:"number" minimum:"1" doc:"the ticket's number"`
	RevealIn
}

type timelineIn struct {
	Number int64 `path:"number" minimum:"1"`
	RevealIn
	Before id.ID `query:"before" doc:"entry to end before; for the page of earlier entries"`
}

func (s *Server) timeline(ctx context.Context, in *timelineIn) (desk.Timeline, error) {
	return s.desk.Timeline(in.ctx(ctx), in.Number, in.Before)
}

type ticketIn struct {
	Number int64  `path:"number"`
	Before id.ID  `query:"before"`
	View   string `query:"view" doc:"the list to stand beside it"`
	Reveal string `query:"reveal" doc:"an entry whose original is shown, or ticket for its own text; needs see_private"`
	Part   string `header:"HX-Request" doc:"set when only the ticket is asked for, not the list beside it"`
}

// ticketOut is the ticket page: the ticket, its timeline, what the composer needs, and what stands beside it.
type ticketOut struct {
	Ticket   ticket.Ticket
	Timeline desk.Timeline
	Fuse     fuse
	More     ticketMore
	Draft    desk.ResolutionFields // what the dialog that resolves it begins with
	Staff    []person.Person
	Held     *desk.HeldReply // why the reply that was sent is held back
	Reveal   string          // what of it is shown as the original
	List     *inboxOut       // the list on the left; nil when only the ticket is asked for
}

func (s *Server) ticketPage(ctx context.Context, in *ticketIn) (out ticketOut, err error) {
	if out.Ticket, err = s.desk.Ticket(ctx, in.Number); err != nil {
		return out, err
	}
	if out.Timeline, err = s.desk.Timeline(ctx, in.Number, in.Before); err != nil {
		return out, err
	}
	if err = s.revealed(ctx, in.Reveal, &out); err != nil {
		return out, err
	}
	out.Reveal = in.Reveal
	t := &out.Ticket
	out.Fuse = newFuse(*t, s.desk.Now())
	if out.More, err = s.more(ctx, *t); err != nil {
		return out, err
	}
	if t.Status.Active() {
		if out.Staff, err = s.desk.Staff(ctx); err != nil {
			return out, err
		}
		if out.Draft, err = s.draftFor(ctx, &out); err != nil {
			return out, err
		}
	}
	if in.Part == "" {
		const beside = 30 // enough to see what is next
		list, err := s.inbox(ctx, &listIn{View: in.View, Limit: beside})
		if err != nil {
			return out, err
		}
		out.List = &list
	}
	return out, nil
}

// --- acting ---

type replyIn struct {
	Number int64 `path:"number" minimum:"1"`
	Body   desk.Reply
}

func (s *Server) reply(ctx context.Context, in *replyIn) (ticket.Entry, error) {
	e, err := s.desk.Reply(ctx, in.Number, in.Body)
	return ownSide(e), err
}

func toReplied(in *replyIn, e ticket.Entry) next {
	n := next{To: fmt.Sprintf("/tickets/%d#e-%s", e.Ticket, e.ID), Toast: "Your reply is sent."}
	if e.Ticket != in.Number {
		n.Toast = fmt.Sprintf("The old ticket is closed for good; your reply opened ticket %d.", e.Ticket)
	}
	if !e.SendAt.IsZero() {
		n.Toast, n.Undo = "Your reply leaves in a moment.", "/entries/"+e.ID.String()+"/take-back"
		n.Seconds = int(e.SendAt.Sub(e.CreatedAt).Seconds())
	}
	return n
}

type noteIn struct {
	Number int64 `path:"number" minimum:"1"`
	Body   struct {
		Body string `json:"body" doc:"private: never leaves the desk"`
	}
}

func (s *Server) note(ctx context.Context, in *noteIn) (ticket.Entry, error) {
	return s.desk.Note(ctx, in.Number, in.Body.Body)
}

func toNoted(in *noteIn, e ticket.Entry) next {
	return next{To: fmt.Sprintf("/tickets/%d#e-%s", in.Number, e.ID), Toast: "Private note added."}
}

type entryIn struct {
	Entry id.ID `path:"entry" doc:"the entry's id"`
}

func (s *Server) takeBack(ctx context.Context, in *entryIn) (ticket.Entry, error) {
	return s.desk.TakeBack(ctx, in.Entry)
}

func toTakenBack(_ *entryIn, e ticket.Entry) next {
	return next{To: fmt.Sprintf("/tickets/%d", e.Ticket), Toast: "Taken back; the text is in your draft."}
}

type assignIn struct {
	Number int64 `path:"number" minimum:"1"`
	Body   struct {
		Assignee string `json:"assignee" doc:"e-mail, name, id, me, or none"`
		Version  *int64 `json:"version,omitempty" doc:"the version you saw; refused when somebody else took it since"`
	}
}

func (s *Server) assign(ctx context.Context, in *assignIn) (ticket.Ticket, error) {
	return s.desk.Assign(ctx, in.Number, in.Body.Assignee, in.Body.Version)
}

func toAssigned(_ *assignIn, t ticket.Ticket) next {
	if t.AssigneeID == 0 {
		return next{Toast: "Nobody has it now."}
	}
	return next{Toast: t.Assignee + " has it now."}
}

type moveIn struct {
	Number int64  `path:"number" minimum:"1"`
	Keep   string `query:"keep" doc:"no: nothing is kept for the next person, whatever capture says"`
	Body   desk.MoveTicket
}

func (s *Server) move(ctx context.Context, in *moveIn) (ticket.Ticket, error) {
	if in.Keep == "no" {
		in.Body.Capture = nil
	}
	return s.desk.Move(ctx, in.Number, in.Body)
}

func toMoved(in *moveIn, t ticket.Ticket) next {
	if t.Status == ticket.Resolved && in.Body.Capture != nil {
		return next{Toast: fmt.Sprintf("Ticket %d is resolved, and what fixed it is kept.", t.Number)}
	}
	return next{Toast: fmt.Sprintf("Ticket %d is %s.", t.Number, string(t.Status))}
}

type fireIn struct {
	Number int64 `path:"number" minimum:"1"`
	Body   struct {
		Fire   urgency.Fire `json:"fire,omitempty" doc:"the fire to set; one step when empty" enum:",match,house_fire,wildfire"`
		Reason string       `json:"reason,omitempty"`
	}
}

func (s *Server) raise(ctx context.Context, in *fireIn) (ticket.Ticket, error) {
	return s.desk.Raise(ctx, in.Number, in.Body.Fire, in.Body.Reason)
}

func (s *Server) lower(ctx context.Context, in *fireIn) (ticket.Ticket, error) {
	return s.desk.Lower(ctx, in.Number, in.Body.Fire, in.Body.Reason)
}

func toFire(_ *fireIn, t ticket.Ticket) next {
	return next{Toast: fmt.Sprintf("Ticket %d is a %s now.", t.Number, lowerFirst(t.Fire.Word()))}
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return string(s[0]|0x20) + s[1:]
}
