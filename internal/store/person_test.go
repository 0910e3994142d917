package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"firebreak/internal/clock"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
)

func TestPeoplePagesCoverEverybodyOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		ctx := t.Context()
		var team person.Team
		var client person.Client
		err := s.Write(ctx, func(tx *store.Tx) error {
			team, client = person.Team{Name: "Billing"}, person.Client{Name: "Northwind", Domain: "northwind.example"}
			if err := tx.AddTeam(ctx, &team); err != nil {
				return err
			}
			if err := tx.AddClient(ctx, &client); err != nil {
				return err
			}
			for i := range 60 {
				p := person.Person{Name: fmt.Sprintf("Name %d", i%9), Email: fmt.Sprintf("p%d@example.com", i), Role: person.Roles[i%4]}
				if p.Role == person.Requester {
					p.ClientID = client.ID
				}
				if i == 59 {
					p.DisabledAt = tx.Now
				}
				if err := tx.AddPerson(ctx, &p); err != nil {
					return err
				}
				if p.Role == person.Agent {
					if err := tx.SetTeams(ctx, p.ID, []id.ID{team.ID}); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		walk := func(f store.PersonFilter) (all []person.Person) {
			t.Helper()
			f.Limit = 7
			seen := map[id.ID]bool{}
			for {
				page, next, err := s.Read().People(ctx, f)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range page {
					if seen[p.ID] {
						t.Fatalf("%s is on two pages", p.Email)
					}
					seen[p.ID] = true
				}
				all = append(all, page...)
				if next == nil {
					return all
				}
				f.After = next
			}
		}
		all := walk(store.PersonFilter{})
		if len(all) != 59 || !slices.IsSortedFunc(all, func(a, b person.Person) int {
			if a.Name < b.Name || a.Name == b.Name && a.ID < b.ID {
				return -1
			}
			return 1
		}) {
			t.Errorf("%d people in the order of names, want 59", len(all))
		}
		for name, f := range map[string]struct {
			f    store.PersonFilter
			want int
		}{
			"disabled": {store.PersonFilter{Disabled: true}, 1},
			"role":     {store.PersonFilter{Roles: []person.Role{person.Admin, person.Lead}}, 30},
			"team":     {store.PersonFilter{Team: team.ID}, 15},
			"client":   {store.PersonFilter{Client: client.ID}, 14},
			"name":     {store.PersonFilter{Q: "NAME 3"}, 7},
			"email":    {store.PersonFilter{Q: "p5@"}, 1},
			"wildcard": {store.PersonFilter{Q: "p%@"}, 0},
			"quote":    {store.PersonFilter{Q: `'; DROP TABLE person; --\`}, 0},
		} {
			if got := walk(f.f); len(got) != f.want {
				t.Errorf("%s: %d people, want %d", name, len(got), f.want)
			}
		}
		if p := walk(store.PersonFilter{Team: team.ID})[0]; len(p.Teams) != 1 || p.Teams[0].Name != "Billing" {
			t.Errorf("teams of a listed person: %+v", p.Teams)
		}
	})
}

func TestPersonChangesRoundTrip(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		ctx := t.Context()
		p := person.Person{Name: "Dana", Email: "dana@example.com", Role: person.Agent}
		err := s.Write(ctx, func(tx *store.Tx) error { return tx.AddPerson(ctx, &p) })
		if err != nil {
			t.Fatal(err)
		}
		p.Name, p.Email, p.Role, p.Zone, p.Phone = "Dana Reyes", "Reyes@example.com", person.Lead, "Europe/Berlin", "+49 30 1"
		p.Prefs = person.Prefs{Theme: "dark", Density: "comfortable"}
		err = s.Write(ctx, func(tx *store.Tx) error {
			if _, err := tx.PersonForChange(ctx, p.ID); err != nil {
				return err
			}
			if err := tx.SetPassword(ctx, p.ID, "$hash"); err != nil {
				return err
			}
			return tx.SavePerson(ctx, &p)
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Read().Person(ctx, p.ID)
		if err != nil || got.Name != p.Name || got.Email != p.Email || got.Role != p.Role || got.Zone != p.Zone || got.Phone != p.Phone || got.Prefs != p.Prefs || !got.HasPassword {
			t.Errorf("got %+v, %v; want %+v", got, err, p)
		}
		if i, hash, err := s.Read().Credential(ctx, "REYES@EXAMPLE.COM"); err != nil || i != p.ID || hash != "$hash" {
			t.Errorf("credential: %v, %q, %v", i, hash, err)
		}
		if i, _, err := s.Read().Credential(ctx, ""); err != nil || i != 0 {
			t.Errorf("credential of nobody: %v, %v", i, err)
		}
		twin := person.Person{Name: "Twin", Email: "REYES@example.com", Role: person.Agent}
		err = s.Write(ctx, func(tx *store.Tx) error { return tx.AddPerson(ctx, &twin) })
		if !fault.Is(err, fault.CodeConflict) || fault.Of(err).Field != "email" {
			t.Errorf("a second person with the address: %v", err)
		}
		bad := person.Person{Name: "Bad", Role: "owner"}
		if err := s.Write(ctx, func(tx *store.Tx) error { return tx.AddPerson(ctx, &bad) }); !fault.Is(err, fault.CodeInvalid) {
			t.Errorf("an unknown role: %v", err)
		}
		for range 2 { // several people without an address are fine
			q := person.Person{Name: "No Address", Role: person.Requester}
			if err := s.Write(ctx, func(tx *store.Tx) error { return tx.AddPerson(ctx, &q) }); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestSessionsAndTokens(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		ctx := t.Context()
		p := person.Person{Name: "Dana", Email: "dana@example.com", Role: person.Agent}
		now := s.Now()
		err := s.Write(ctx, func(tx *store.Tx) error {
			if err := tx.AddPerson(ctx, &p); err != nil {
				return err
			}
			for i, life := range []time.Duration{time.Hour, 2 * time.Hour, -time.Hour} {
				if err := tx.AddSession(ctx, fmt.Sprint("hash", i), person.Session{Key: fmt.Sprint("key", i), PersonID: p.ID, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(life)}); err != nil {
					return err
				}
			}
			return tx.AddToken(ctx, "token hash", &person.Token{PersonID: p.ID, Name: "ci", Hint: "abcd", CreatedAt: now})
		})
		if err != nil {
			t.Fatal(err)
		}
		if list, err := s.Read().Sessions(ctx, p.ID, now); err != nil || len(list) != 2 {
			t.Errorf("%d living sessions (%v), want 2", len(list), err)
		}
		c.Advance(time.Minute)
		var ended int
		err = s.Write(ctx, func(tx *store.Tx) error {
			if err := tx.TouchSession(ctx, "key0", tx.Now, tx.Now.Add(time.Hour)); err != nil {
				return err
			}
			if err := tx.ForgetExpired(ctx, now); err != nil {
				return err
			}
			ended, err = tx.EndSessions(ctx, p.ID, "hash0")
			return err
		})
		if got, err2 := s.Read().Session(ctx, "hash0"); err != nil || err2 != nil || ended != 1 || !got.SeenAt.Equal(s.Now()) || !got.ExpiresAt.Equal(s.Now().Add(time.Hour)) {
			t.Errorf("ended %d, %v; session %+v, %v", ended, err, got, err2)
		}
		if _, err := s.Read().SessionByKey(ctx, "key2"); !fault.Is(err, fault.CodeNotFound) {
			t.Errorf("an expired session is still there: %v", err)
		}
		tok, err := s.Read().TokenByHash(ctx, "token hash")
		if err != nil || tok.Name != "ci" || !tok.UsedAt.IsZero() {
			t.Errorf("token %+v, %v", tok, err)
		}
		if err := s.Write(ctx, func(tx *store.Tx) error { return tx.TouchToken(ctx, tok.ID) }); err != nil {
			t.Fatal(err)
		}
		if list, err := s.Read().Tokens(ctx, p.ID); err != nil || len(list) != 1 || !list[0].UsedAt.Equal(s.Now()) {
			t.Errorf("tokens %+v, %v", list, err)
		}
	})
}

func TestFailuresAreCountedWithinTheSpan(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		ctx := t.Context()
		var first time.Time
		for i := range 4 {
			err := s.Write(ctx, func(tx *store.Tx) error { return tx.AddFailure(ctx, tx.NewID(), []string{"a", "b"}) })
			if err != nil {
				t.Fatal(err)
			}
			if i == 1 {
				first = s.Now()
			}
			c.Advance(time.Minute)
		}
		n, nth, err := s.Read().Failures(ctx, "a", storetest.Start.Add(-time.Second), 3)
		if err != nil || n != 4 || !nth.Equal(first) {
			t.Errorf("%d failures, third latest at %v (%v); want 4, %v", n, nth, err, first)
		}
		if n, _, err := s.Read().Failures(ctx, "a", storetest.Start.Add(90*time.Second), 3); err != nil || n != 2 {
			t.Errorf("%d failures in the shorter span (%v), want 2", n, err)
		}
		if err := s.Write(ctx, func(tx *store.Tx) error { return tx.ForgetFailures(ctx, "a") }); err != nil {
			t.Fatal(err)
		}
		a, _, _ := s.Read().Failures(ctx, "a", time.Time{}, 3)
		b, _, _ := s.Read().Failures(ctx, "b", time.Time{}, 3)
		if a != 0 || b != 4 {
			t.Errorf("after forgetting a: a %d, b %d; want 0, 4", a, b)
		}
	})
}

func TestTeamsAndClients(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		ctx := t.Context()
		p := person.Person{Name: "Dana", Role: person.Agent}
		var t1 person.Team
		err := s.Write(ctx, func(tx *store.Tx) error {
			if err := tx.AddPerson(ctx, &p); err != nil {
				return err
			}
			t1 = person.Team{Name: "Payments", Description: "cards"}
			t2 := person.Team{Name: "billing"}
			if err := tx.AddTeam(ctx, &t1); err != nil {
				return err
			}
			if err := tx.AddTeam(ctx, &t2); err != nil {
				return err
			}
			if err := tx.SetMembers(ctx, t1.ID, []id.ID{p.ID, p.ID}); err != nil {
				return err
			}
			t1.Description = "cards and cash"
			if err := tx.SaveTeam(ctx, &t1); err != nil {
				return err
			}
			for _, name := range []string{"Acme", "Beta", "Corp"} {
				if err := tx.AddClient(ctx, &person.Client{Name: name}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		teams, err := s.Read().Teams(ctx, true)
		if err != nil || len(teams) != 2 || teams[0].Name != "billing" || len(teams[1].Members) != 1 || teams[1].Description != "cards and cash" {
			t.Errorf("teams %+v, %v", teams, err)
		}
		if err := s.Write(ctx, func(tx *store.Tx) error { return tx.AddTeam(ctx, &person.Team{Name: "BILLING"}) }); !fault.Is(err, fault.CodeConflict) {
			t.Errorf("a second team of the name: %v", err)
		}
		first, next, err := s.Read().Clients(ctx, nil, 2)
		if err != nil || len(first) != 2 || next == nil {
			t.Fatalf("clients %+v, %v, %v", first, next, err)
		}
		if rest, next, err := s.Read().Clients(ctx, next, 2); err != nil || len(rest) != 1 || next != nil || rest[0].Name != "Corp" {
			t.Errorf("second page %+v, %v, %v", rest, next, err)
		}
	})
}
