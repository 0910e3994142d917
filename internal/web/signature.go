package web

import (
	"context"

	"firebreak/internal/desk"
	"firebreak/internal/person"
)

func signatureRoutes() []route {
	return []route{
		act(post, "", "/signature", person.SeeOwn, "Give each line of a text its signature, and name the errors it speaks of", (*Server).signature, nil),
		show(get, "", "/tickets/{number}/signatures", person.SeeTickets, "The errors that a ticket and its entries speak of", "", (*Server).ticketSignatures),
		show(get, "", "/signatures/{signature}/tickets", person.SeeTickets, "The newest tickets that speak of an error", "", (*Server).ticketsOfSignature),
	}
}

type signatureIn struct {
	Body struct {
		Text string `json:"text" doc:"one line or many" maxLength:"1000000"`
		Cold bool   `json:"cold,omitempty" doc:"judge each line by itself instead of learning from all of them first"`
	}
}

func (s *Server) signature(ctx context.Context, in *signatureIn) (desk.SignedText, error) {
	return s.desk.Signature(ctx, in.Body.Text, in.Body.Cold)
}

// signaturesOut is a list of errors.
type signaturesOut struct {
	Items []desk.TicketSignature `json:"items"`
}

type signaturesIn struct {
	Number int64 `path:"number"`
}

func (s *Server) ticketSignatures(ctx context.Context, in *signaturesIn) (signaturesOut, error) {
	items, err := s.desk.Signatures(ctx, in.Number)
	if items == nil {
		items = []desk.TicketSignature{}
	}
	return signaturesOut{items}, err
}

type ofSignatureIn struct {
	Signature string `path:"signature"`
	Limit     int    `query:"limit" doc:"1 to 1000, 50 when not given"`
}

// numbersOut is a list of tickets by number.
type numbersOut struct {
	Items []int64 `json:"items" doc:"ticket numbers, newest first"`
}

func (s *Server) ticketsOfSignature(ctx context.Context, in *ofSignatureIn) (numbersOut, error) {
	if in.Limit == 0 {
		in.Limit = 50
	}
	items, err := s.desk.TicketsOfSignature(ctx, in.Signature, in.Limit)
	if items == nil {
		items = []int64{}
	}
	return numbersOut{items}, err
}
