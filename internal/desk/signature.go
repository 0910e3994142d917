package desk

import (
	"context"
	"strings"

	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/signature"
	"firebreak/internal/store"
)

// TicketSignature is an error that a ticket speaks of.
type TicketSignature = store.TicketSignature

// Signatures gives the errors that a ticket and its entries speak of, the ticket's own text first, of each text the most
// telling first.
func (d *Desk) Signatures(ctx context.Context, number int64) ([]TicketSignature, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return nil, err
	}
	if _, err := d.store.Read().Ticket(ctx, number); err != nil {
		return nil, err
	}
	return d.store.Read().TicketSignatures(ctx, number)
}

// MaxOfSignature is how many tickets of a signature one call gives.
const MaxOfSignature = 1000

// TicketsOfSignature gives the numbers of the newest tickets that speak of an error, newest first.
func (d *Desk) TicketsOfSignature(ctx context.Context, sig string, limit int) ([]int64, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return nil, err
	}
	if limit < 1 || limit > MaxOfSignature {
		return nil, fault.Invalid("limit", "The limit must be 1 to 1000.", "Ask for fewer.")
	}
	return d.store.Read().TicketsOfSignature(ctx, sig, 0, limit)
}

const (
	backfillTickets = 100 // of one transaction
	backfillRounds  = 20  // of one sweep
	backfillText    = 256 << 10
)

// SweepSignatures looks through tickets that are older than signatures, newest first, a part at each call. It gives
// how many it looked at.
func (d *Desk) SweepSignatures(ctx context.Context) (int, error) {
	n := 0
	for range backfillRounds {
		r := d.store.Read()
		from, err := r.SignatureBackfill(ctx)
		if err != nil || from == 0 {
			return n, err
		}
		texts, next, err := r.SignatureTexts(ctx, from, backfillTickets, backfillText)
		if err != nil {
			return n, err
		}
		found := make([][]signature.Found, len(texts))
		for i, t := range texts {
			found[i] = signature.Of(t.Text)
			if t.Entry == 0 {
				n++
			}
		}
		err = d.store.Write(ctx, func(tx *store.Tx) error {
			for i, t := range texts {
				if err := tx.AddSignatures(ctx, t.Ticket, t.Entry, found[i], t.At); err != nil {
					return err
				}
			}
			return tx.SetSignatureBackfill(ctx, next)
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// SignedText is a text with the signature of each of its lines, and the errors it speaks of.
type SignedText struct {
	Items  []SignedLine      `json:"items"`
	Errors []signature.Found `json:"errors" doc:"the errors the text speaks of, most telling first"`
}

// SignedLine is a line and its signature.
type SignedLine struct {
	Line int `json:"line"`
	signature.Signature
}

// maxSigned is the longest text that is signed in one call, in bytes.
const maxSigned = 1 << 20

// Signature gives each line of a text its signature: learned from all lines, or with cold judged one by one.
func (d *Desk) Signature(ctx context.Context, text string, cold bool) (SignedText, error) {
	out := SignedText{Items: []SignedLine{}, Errors: []signature.Found{}}
	if _, err := may(ctx, person.SeeOwn); err != nil {
		return out, err
	}
	if len(text) > maxSigned {
		return out, fault.Invalid("text", "The text is longer than a megabyte.", "Use firebreak signature FILE, which takes logs of any size.")
	}
	l := signature.NewLearner()
	var at []int
	for line := range strings.Lines(text) {
		at = append(at, l.Add(strings.TrimRight(line, "\r\n")))
	}
	if cold {
		l.Freeze()
	} else {
		l.Learn()
	}
	for i, n := range at {
		out.Items = append(out.Items, SignedLine{i + 1, l.Group(n)})
	}
	out.Errors = append(out.Errors, signature.Of(text)...)
	return out, nil
}

// tellingErrors is how many errors say what a ticket is about.
const tellingErrors = 3

// telling keeps the few errors that say most, each once: those of the ticket's own text first.
func telling(found []TicketSignature) []TicketSignature {
	var out []TicketSignature
	seen := map[string]bool{}
	for _, position := range []int{0, 1, 2} {
		for _, s := range found {
			if s.Position == position && !seen[s.ID] && len(out) < tellingErrors {
				seen[s.ID] = true
				out = append(out, s)
			}
		}
	}
	return out
}
