package desk

import (
	"context"

	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/signature"
	"firebreak/internal/store"
)

// Signatures gives the errors that a ticket and its entries speak of, the ticket's own text first, of each text the most
// telling first.
func (d *Desk) Signatures(ctx context.Context, number int64) ([]store.TicketSignature, error) {
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
