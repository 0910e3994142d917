package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"firebreak/internal/clock"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
)

// Many writers at once, some of which fail before or after writing, give up, or panic: those who were told that it is
// done are in the desk, once, and nobody else is.
func TestWritersShareCommitsButNotFailures(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Manual) {
		var mu sync.Mutex
		var want []string
		var announced atomic.Int64
		wrong := errors.New("wrong")
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		var wg sync.WaitGroup
		for i := range 400 {
			wg.Go(func() {
				name := fmt.Sprintf("writer %03d", i)
				ctx := t.Context()
				if i%20 == 4 {
					ctx = gone
				}
				panics := true
				defer func() {
					if panics != (i%20 == 3) {
						t.Errorf("%s: panic: %v", name, panics)
					}
					recover()
				}()
				err := s.Write(ctx, func(tx *store.Tx) error {
					if i%20 == 1 {
						return wrong
					}
					if err := tx.AddTeam(ctx, &person.Team{Name: name}); err != nil {
						return err
					}
					switch i % 20 {
					case 2:
						return wrong
					case 3:
						panic("in the midst of it")
					case 5: // the same name as somebody else's, or this one's
						return tx.AddTeam(ctx, &person.Team{Name: name})
					}
					tx.After(func() { announced.Add(1) })
					return nil
				})
				panics = false
				if fails := slices.Contains([]int{1, 2, 4, 5}, i%20); (err != nil) != fails {
					t.Errorf("%s: %v", name, err)
				}
				if err == nil {
					mu.Lock()
					defer mu.Unlock()
					want = append(want, name)
				}
			})
		}
		wg.Wait()
		var got []string
		teams, err := s.Read().Teams(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		for _, team := range teams {
			got = append(got, team.Name)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%d teams are there, %d writers were told so", len(got), len(want))
		}
		if int(announced.Load()) != len(want) {
			t.Errorf("%d commits were announced, %d happened", announced.Load(), len(want))
		}
	})
}
