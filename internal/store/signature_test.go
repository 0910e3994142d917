package store_test

import (
	"slices"
	"testing"
	"time"

	"firebreak/internal/clock"
	"firebreak/internal/id"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

func TestSignaturesFollowTheirText(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		ctx := t.Context()
		a := newTicket("Extract stopped", "ERROR ORA-01555: snapshot too old: rollback segment number 9 with name \"_SYSSMU9$\" too small", urgency.Match, c.Now())
		b := newTicket("Month end again", "It stopped.", urgency.Match, c.Now())
		e := ticket.Entry{Kind: ticket.Log, FromStaff: true, Body: "the log"}
		write := func(fn func(tx *store.Tx) error) {
			t.Helper()
			if err := s.Write(ctx, fn); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx *store.Tx) error { return tx.AddTicket(ctx, a) })
		write(func(tx *store.Tx) error { return tx.AddTicket(ctx, b) })
		e.Ticket = b.Number
		c.Advance(time.Hour)
		write(func(tx *store.Tx) error {
			return tx.AddEntry(ctx, &e, "started\nERROR ORA-01555: snapshot too old: rollback segment number 12 with name \"_SYSSMU12$\" too small\n", 0)
		})
		of := func(number int64) []store.TicketSignature {
			t.Helper()
			got, err := s.Read().TicketSignatures(ctx, number)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		first := of(a.Number)
		if len(first) != 1 || first[0].Entry != 0 || !first[0].FirstAt.Equal(a.CreatedAt) || first[0].Count != 1 {
			t.Fatalf("of the ticket's own text: %+v", first)
		}
		second := of(b.Number)
		if len(second) != 1 || second[0].Entry != e.ID || second[0].ID != first[0].ID || !second[0].LastAt.Equal(c.Now()) {
			t.Fatalf("of the entry: %+v\nwant the signature of %+v", second, first)
		}
		tickets := func(want ...int64) {
			t.Helper()
			got, err := s.Read().TicketsOfSignature(ctx, first[0].ID, 0, 10)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("tickets of the signature: %v, want %v (%v)", got, want, err)
			}
		}
		tickets(b.Number, a.Number)

		write(func(tx *store.Tx) error { return tx.MoveEntries(ctx, []id.ID{e.ID}, b.Number, a.Number) })
		if got := of(a.Number); len(got) != 2 || len(of(b.Number)) != 0 {
			t.Errorf("after the entry moved: %+v", got)
		}
		tickets(a.Number)

		write(func(tx *store.Tx) error {
			edited := *a
			edited.Body = "It was another error."
			return tx.SaveTicket(ctx, a, &edited)
		})
		if got := of(a.Number); len(got) != 1 || got[0].Entry != e.ID {
			t.Errorf("after the text changed: %+v", got)
		}
	})
}

func TestBackfillSeesEveryTextOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		ctx := t.Context()
		for range 7 {
			err := s.Write(ctx, func(tx *store.Tx) error {
				tk := newTicket("t", "b", urgency.Match, c.Now())
				if err := tx.AddTicket(ctx, tk); err != nil {
					return err
				}
				return tx.AddEntry(ctx, &ticket.Entry{Ticket: tk.Number, Kind: ticket.Note, FromStaff: true, Body: "n"}, "", 0)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		seen := map[[2]int64]int{}
		for rounds := 0; ; rounds++ {
			from, err := s.Read().SignatureBackfill(ctx)
			if err != nil || rounds > 10 {
				t.Fatal(rounds, err)
			}
			if from == 0 {
				break
			}
			texts, next, err := s.Read().SignatureTexts(ctx, from, 3, 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range texts {
				seen[[2]int64{x.Ticket, int64(x.Entry)}]++
			}
			if err := s.Write(ctx, func(tx *store.Tx) error { return tx.SetSignatureBackfill(ctx, next) }); err != nil {
				t.Fatal(err)
			}
		}
		if len(seen) != 14 {
			t.Errorf("%d texts were seen, want 14", len(seen))
		}
		for k, n := range seen {
			if n != 1 {
				t.Errorf("text %v was seen %d times", k, n)
			}
		}
	})
}
