package store_test

import (
	"testing"

	"firebreak/internal/clock"
	"firebreak/internal/id"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
)

// Two processes on one desk, at the very same instant, must never make the same id; on SQLite they are a command
// beside the running desk.
func TestProcessesOnOneDeskMakeDifferentIDs(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			o := store.Options{Dir: t.TempDir(), Clock: clock.Fixed(storetest.Start), NoSync: true}
			if engine == "postgres" {
				o.Database = storetest.PostgresURL(t)
			}
			seen := map[id.ID]bool{}
			take := func(s *store.Store) {
				for range 50 {
					i := s.NewID()
					if seen[i] {
						t.Fatalf("%s was made twice", i)
					}
					seen[i] = true
				}
			}
			open := func() *store.Store {
				s, err := store.Open(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
			a, b := open(), open()
			defer a.Close()
			take(a)
			take(b)
			take(a)
			b.Close()
			c := open() // takes the number that b gave back
			defer c.Close()
			if a.NewID() == c.NewID() {
				t.Error("two processes hold one node number")
			}
		})
	}
}
