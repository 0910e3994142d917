package web

import (
	"context"
	"slices"

	"firebreak/internal/desk"
	"firebreak/internal/person"
	"firebreak/internal/ticket"
)

func similarRoutes() []route {
	return []route{
		show(get, "/tickets/{number}/similar", "/tickets/{number}/similar", person.SeeOwn, "Tickets like this one, with what fixed them", "similar", (*Server).similarTickets),
		show(post, "/similar", "/similar", person.OpenTicket, "Tickets like one that is being written", "similar_typing", (*Server).similarTyping),
		act(post, "/tickets/{number}/feedback", "/tickets/{number}/feedback", person.WorkTickets, "Mark what was shown on a ticket as used or wrong", (*Server).mark, toMarked),
		show(get, "", "/tickets/{number}/feedback", person.SeeTickets, "The marks on a ticket", "", (*Server).feedback),
	}
}

type similarIn struct {
	Number int64 `path:"number" minimum:"1" doc:"the ticket's number"`
	Limit  int   `query:"limit" doc:"1 to 100, 10 when not given"`
}

// similarOut is what is shown of the tickets like another.
type similarOut struct {
	Number int64 `json:"-"`
	desk.SimilarPage
	// Marks tells that the reader may mark the items.
	Marks bool `json:"-"`
}

func (s *Server) similarTickets(ctx context.Context, in *similarIn) (similarOut, error) {
	page, err := s.desk.Similar(ctx, in.Number, in.Limit)
	return similarOut{in.Number, page, desk.CallerOf(ctx).May(person.WorkTickets)}, err
}

// Likely are the items alike enough to be shown unasked; nil when there are none.
func (o similarOut) Likely() *similarOut {
	o.Items = slices.DeleteFunc(slices.Clone(o.Items), func(i desk.SimilarTicket) bool { return !i.Likely })
	if len(o.Items) == 0 {
		return nil
	}
	return &o
}

type similarTypingIn struct{ Body desk.SimilarText }

func (s *Server) similarTyping(ctx context.Context, in *similarTypingIn) (similarOut, error) {
	page, err := s.desk.SimilarWhileTyping(ctx, in.Body)
	return similarOut{0, page, false}, err
}

type markIn struct {
	Number int64 `path:"number" minimum:"1"`
	Body   desk.MarkIn
}

func (s *Server) mark(ctx context.Context, in *markIn) (ticket.Feedback, error) {
	return s.desk.Mark(ctx, in.Number, in.Body)
}

func toMarked(_ *markIn, f ticket.Feedback) next {
	switch f.Verdict {
	case ticket.Used:
		return next{Toast: "Marked as used. It will stand higher for others."}
	case ticket.Wrong:
		return next{Toast: "Marked as wrong. It is not shown on this ticket again."}
	}
	return next{Toast: "The mark is gone."}
}

type feedbackOut struct {
	Items []ticket.Feedback `json:"items"`
}

func (s *Server) feedback(ctx context.Context, in *numberIn) (feedbackOut, error) {
	items, err := s.desk.Feedback(ctx, in.Number)
	return feedbackOut{items}, err
}
