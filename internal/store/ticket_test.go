package store_test

import (
	"slices"
	"testing"
	"time"

	"firebreak/internal/clock"
	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/search"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

func newTicket(subject, body string, fire urgency.Fire, at time.Time) *ticket.Ticket {
	return &ticket.Ticket{Subject: subject, Body: body, Status: ticket.New, Level: ticket.L1, Fire: fire, CreatedAt: at, UpdatedAt: at}
}

func TestTicketRoundTrip(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		ctx := t.Context()
		want := newTicket("Snapshot too old", "ORA-01555 in the billing extract", urgency.HouseFire, c.Now())
		want.Tags, want.Stakes, want.Reasons = []string{"month-end"}, urgency.Client, []string{"because"}
		want.RealAt, want.TurnsAt, want.WarnAt = c.Now().Add(16*time.Hour), c.Now().Add(9*time.Hour), c.Now().Add(8*time.Hour)
		want.Effort, want.EffortOf = 4*time.Hour, "default"
		want.Deadline = ticket.Deadline{At: c.Now().Add(3 * time.Hour), Reason: "billing run", SaidBy: "Marta", Real: new(true)}
		want.ByHand = &urgency.Override{Fire: urgency.HouseFire, Base: urgency.Match, By: "Dana"}
		if err := s.Write(ctx, func(tx *store.Tx) error { return tx.AddTicket(ctx, want) }); err != nil {
			t.Fatal(err)
		}
		got, err := s.Read().Ticket(ctx, want.Number)
		if err != nil {
			t.Fatal(err)
		}
		if d := ticket.Diff(want, &got); len(d) != 0 || got.Number != 1 || !got.WarnAt.Equal(want.WarnAt) || got.Effort != want.Effort || got.Version != 1 || *got.ByHand != *want.ByHand {
			t.Errorf("got %+v\nwant %+v\ndiff %v", got, *want, d)
		}
		if due, err := s.Read().DueTickets(ctx, want.WarnAt, 10); err != nil || len(due) != 1 {
			t.Errorf("due at the warning: %v, %v", due, err)
		}
		if due, err := s.Read().DueTickets(ctx, want.WarnAt.Add(-time.Millisecond), 10); err != nil || len(due) != 0 {
			t.Errorf("due before the warning: %v, %v", due, err)
		}
		if _, err := s.Read().Ticket(ctx, 99); !fault.Is(err, fault.CodeNotFound) {
			t.Errorf("ticket 99: %v", err)
		}
	})
}

func TestListPagesCoverEverythingOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		ctx := t.Context()
		fires := []urgency.Fire{urgency.Match, urgency.HouseFire, urgency.Wildfire}
		err := s.Write(ctx, func(tx *store.Tx) error {
			for i := range 60 {
				tk := newTicket("t", "b", fires[i%3], c.Now().Add(time.Duration(i%7)*time.Minute))
				if tk.Fire == urgency.HouseFire {
					tk.TurnsAt = c.Now().Add(time.Duration(100-i) * time.Hour)
				}
				if err := tx.AddTicket(ctx, tk); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, view := range []store.View{store.ViewActive, store.ViewAll, store.ViewUnassigned, store.ViewFires} {
			seen := map[int64]bool{}
			f := store.TicketFilter{View: view, Limit: 7}
			lastRank, pages := -1, 0
			for {
				page, next, err := s.Read().Tickets(ctx, f)
				if err != nil {
					t.Fatal(err)
				}
				for _, tk := range page {
					if seen[tk.Number] {
						t.Fatalf("%s: ticket %d twice", view, tk.Number)
					}
					seen[tk.Number] = true
					if f.Burning() {
						if tk.Fire.Rank() < lastRank {
							t.Fatalf("%s: %s after rank %d", view, tk.Fire, lastRank)
						}
						lastRank = tk.Fire.Rank()
					}
				}
				pages++
				if next == nil {
					break
				}
				f.After = next
			}
			want := 60
			if view == store.ViewFires {
				want = 40
			}
			if len(seen) != want || pages != (want+6)/7 {
				t.Errorf("%s: %d tickets on %d pages, want %d", view, len(seen), pages, want)
			}
		}
		one := store.TicketFilter{View: store.ViewActive, Fire: []urgency.Fire{urgency.Wildfire}}
		n, err := s.Read().CountTickets(ctx, 15, store.TicketFilter{View: store.ViewActive}, one, store.TicketFilter{View: store.ViewMine, Viewer: 1})
		if err != nil || !slices.Equal(n, []int{15, 15, 0}) {
			t.Errorf("counts up to 15: %v, %v", n, err)
		}
	})
}

func TestSearchWithinRights(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		ctx := t.Context()
		marta := person.Person{Name: "Marta", Role: person.Requester, Email: "marta@northwind.example"}
		other := person.Person{Name: "Other", Role: person.Requester, Email: "other@northwind.example"}
		mine, theirs := newTicket("Extract stopped", "ORA-01555: snapshot too old", urgency.Match, c.Now()), newTicket("Café ORA-01555", "also", urgency.Match, c.Now())
		note := ticket.Entry{Kind: ticket.Note, Body: "undo retention is xylophone", FromStaff: true}
		err := s.Write(ctx, func(tx *store.Tx) error {
			if err := tx.AddPerson(ctx, &marta); err != nil {
				return err
			}
			if err := tx.AddPerson(ctx, &other); err != nil {
				return err
			}
			mine.RequesterID, theirs.RequesterID = marta.ID, other.ID
			if err := tx.AddTicket(ctx, mine); err != nil {
				return err
			}
			if err := tx.AddTicket(ctx, theirs); err != nil {
				return err
			}
			note.Ticket = mine.Number
			return tx.AddEntry(ctx, &note, "", marta.ID)
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			q    string
			who  store.Searcher
			want int
		}{
			{"ORA-01555", store.Searcher{Staff: true}, 2},
			{"ora-015*", store.Searcher{Staff: true}, 2},
			{`"snapshot too old"`, store.Searcher{Staff: true}, 1},
			{`"too snapshot"`, store.Searcher{Staff: true}, 0},
			{"01555", store.Searcher{Staff: true}, 2},
			{"cafe", store.Searcher{Staff: true}, 1},
			{"ORA-01555 -snapshot", store.Searcher{Staff: true}, 1},
			{"xylophone", store.Searcher{Staff: true}, 1},
			{"xylophone", store.Searcher{Requester: marta.ID}, 0},
			{"ORA-01555", store.Searcher{Requester: marta.ID}, 1},
			{"public", store.Searcher{Staff: true}, 0},
		} {
			q, err := search.ParseQuery(c.q, false)
			if err != nil {
				t.Fatal(err)
			}
			hits, err := s.Read().Search(ctx, q, c.who)
			if err != nil || len(hits) != c.want {
				t.Errorf("%q for %+v: %d hits %+v, %v; want %d", c.q, c.who, len(hits), hits, err, c.want)
			}
		}
	})
}

func TestPrivateEntriesNeverBecomePublic(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		ctx := t.Context()
		tk := newTicket("s", "b", urgency.Match, c.Now())
		if err := s.Write(ctx, func(tx *store.Tx) error { return tx.AddTicket(ctx, tk) }); err != nil {
			t.Fatal(err)
		}
		for _, kind := range []ticket.Kind{ticket.Note, ticket.SQL, ticket.Terminal, ticket.Log} {
			err := s.Write(ctx, func(tx *store.Tx) error {
				return tx.AddEntry(ctx, &ticket.Entry{Ticket: tk.Number, Kind: kind, Public: true, Body: "secret"}, "", 0)
			})
			if f := fault.Of(err); f == nil || f.Field != "public" {
				t.Errorf("a public %s: %v", kind, err)
			}
		}
		if got, err := s.Read().PublicEntries(ctx, tk.Number, 10); err != nil || len(got) != 0 {
			t.Errorf("public entries: %v, %v", got, err)
		}
	})
}
