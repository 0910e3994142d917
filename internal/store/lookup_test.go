package store_test

import (
	"context"
	"testing"
	"time"

	"firebreak/internal/clock"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/lookup"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
)

func TestLookupLog(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		ctx := context.Background()
		asker := person.Person{Email: "ada@example.com", Name: "Ada", Role: person.Agent}
		second := person.Person{Email: "ben@example.com", Name: "Ben", Role: person.Lead}
		team := person.Team{Name: "Billing"}
		write := func(fn func(*store.Tx) error) {
			t.Helper()
			if err := s.Write(ctx, fn); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx *store.Tx) error {
			if err := tx.AddPerson(ctx, &asker); err != nil {
				return err
			}
			if err := tx.AddPerson(ctx, &second); err != nil {
				return err
			}
			return tx.AddTeam(ctx, &team)
		})
		until := storetest.Start.Add(time.Hour)
		e := lookup.LogEntry{PersonID: asker.ID, TeamID: team.ID, Via: "page", Way: lookup.ByLink, Engine: "so", EngineName: "SO", Query: "ORA-01555 snapshot too old", URL: "https://so.example/?q=x",
			Masked: "ORA-01555 ‹person›", Removed: map[string]int{"person": 2}, Allowed: []string{"quux"}, Dropped: 1, Policy: lookup.Ask, State: lookup.Waiting, ExpiresAt: until, Press: "a"}
		write(func(tx *store.Tx) error { e.ID = 0; return tx.AddLookup(ctx, &e) })
		err := s.Write(ctx, func(tx *store.Tx) error { twice := e; twice.ID = 0; return tx.AddLookup(ctx, &twice) })
		if !fault.Is(err, fault.CodeConflict) {
			t.Errorf("the same press twice: %v", err)
		}
		got, err := s.Read().Lookup(ctx, e.ID)
		if err != nil || got.Person != "Ada" || got.Team != "Billing" || got.Removed["person"] != 2 || got.Allowed[0] != "quux" || !got.ExpiresAt.Equal(until) || got.Ticket != 0 {
			t.Errorf("read back %+v, %v", got, err)
		}
		count := func(not id.ID) int {
			n, err := s.Read().WaitingLookups(ctx, s.Now(), not, 100)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if count(second.ID) != 1 || count(asker.ID) != 0 {
			t.Errorf("waiting for Ben %d, for Ada %d; want 1 and 0", count(second.ID), count(asker.ID))
		}
		// Nobody approves their own, whatever the program says.
		own := e
		own.State, own.DeciderID = lookup.Approved, asker.ID
		if err := s.Write(ctx, func(tx *store.Tx) error { _, err := tx.MoveLookup(ctx, lookup.Waiting, &own); return err }); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("approving the own look-up: %v", err)
		}
		move := func(from, to lookup.State, by id.ID) (ok bool) {
			x := e
			x.State, x.DeciderID, x.DecidedAt = to, by, s.Now()
			write(func(tx *store.Tx) (err error) { ok, err = tx.MoveLookup(ctx, from, &x); return err })
			return ok
		}
		if !move(lookup.Waiting, lookup.Approved, second.ID) || move(lookup.Waiting, lookup.Denied, second.ID) {
			t.Error("a look-up was decided twice, or not at all")
		}
		if !move(lookup.Approved, lookup.Left, second.ID) || move(lookup.Approved, lookup.Left, second.ID) {
			t.Error("a look-up left twice, or not at all")
		}
		write(func(tx *store.Tx) error {
			late := e
			late.ID, late.Press, late.Engine = 0, "b", "ddg"
			return tx.AddLookup(ctx, &late)
		})
		c.Advance(2 * time.Hour)
		for _, x := range []struct {
			f    store.LookupFilter
			want int
		}{
			{store.LookupFilter{}, 2}, {store.LookupFilter{State: lookup.Left}, 1}, {store.LookupFilter{State: lookup.Expired}, 1}, {store.LookupFilter{State: lookup.Waiting}, 0},
			{store.LookupFilter{Engine: "ddg"}, 1}, {store.LookupFilter{Person: second.ID}, 0}, {store.LookupFilter{Text: "SNAPSHOT"}, 2}, {store.LookupFilter{Text: "%"}, 0},
			{store.LookupFilter{From: s.Now()}, 0}, {store.LookupFilter{To: s.Now(), Team: team.ID}, 2}, {store.LookupFilter{Ticket: 1}, 0},
		} {
			x.f.Now, x.f.Limit = s.Now(), 10
			found, err := s.Read().Lookups(ctx, x.f)
			if err != nil || len(found) != x.want {
				t.Errorf("%+v: %d, %v; want %d", x.f, len(found), err, x.want)
			}
		}
		states := map[lookup.State]int{}
		if err := s.Read().CountLookups(ctx, storetest.Start, s.Now(), s.Now(), func(c store.LookupCount) { states[c.State] += c.Removed["person"] }); err != nil || states[lookup.Left] != 2 || states[lookup.Expired] != 2 {
			t.Errorf("counted %v, %v", states, err)
		}
	})
}

func TestLookupWords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Manual) {
		ctx := context.Background()
		w := lookup.PublicWord{Text: "Frobnicator", Why: "a product of ours that is public"}
		if err := s.Write(ctx, func(tx *store.Tx) error { w.ID = 0; return tx.AddLookupWord(ctx, &w) }); err != nil {
			t.Fatal(err)
		}
		err := s.Write(ctx, func(tx *store.Tx) error { return tx.AddLookupWord(ctx, &lookup.PublicWord{Text: "frobnicator"}) })
		if !fault.Is(err, fault.CodeConflict) {
			t.Errorf("the same word twice: %v", err)
		}
		all, err := s.Read().LookupWords(ctx, 10)
		if err != nil || len(all) != 1 || all[0].Why != w.Why {
			t.Errorf("words: %+v, %v", all, err)
		}
		if err := s.Write(ctx, func(tx *store.Tx) error { return tx.RemoveLookupWord(ctx, w.ID) }); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Read().LookupWord(ctx, w.ID); !fault.Is(err, fault.CodeNotFound) {
			t.Errorf("a word that was taken back: %v", err)
		}
		if _, ok, err := s.Read().LookupSettings(ctx); ok || err != nil {
			t.Errorf("a fresh desk has rules: %v, %v", ok, err)
		}
		want := lookup.Settings{Policy: lookup.Ask, Teams: map[id.ID]lookup.Policy{7: lookup.Forbid}, Engines: lookup.Engines[:1], Hours: 4}
		if err := s.Write(ctx, func(tx *store.Tx) error { return tx.SaveLookupSettings(ctx, want) }); err != nil {
			t.Fatal(err)
		}
		if got, ok, err := s.Read().LookupSettings(ctx); err != nil || !ok || got.Teams[7] != lookup.Forbid || got.Hours != 4 || got.Engines[0].Key != want.Engines[0].Key {
			t.Errorf("rules: %+v, %v", got, err)
		}
	})
}
