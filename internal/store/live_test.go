package store_test

import (
	"fmt"
	"testing"
	"time"

	"firebreak/internal/live"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
)

// Two nodes on one database: what one tells reaches the other, and not itself.
func TestLiveBetweenNodes(t *testing.T) {
	url := storetest.PostgresURL(t)
	var nodes [2]*store.Store
	var heard [2]chan string
	for i := range nodes {
		s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Database: url, NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		ready := make(chan struct{})
		nodes[i], heard[i] = s, make(chan string, 100)
		go s.Listen(t.Context(), func() { close(ready) }, func(topic string) { heard[i] <- topic })
		<-ready
	}
	next := func(node int, want string) {
		t.Helper()
		select {
		case topic := <-heard[node]:
			if topic != want {
				t.Fatalf("node %d heard %q, want %q", node, topic, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("node %d heard nothing, want %q", node, want)
		}
	}
	tell := func(node int, topics ...string) {
		t.Helper()
		if err := nodes[node].Tell(t.Context(), topics); err != nil {
			t.Fatal(err)
		}
	}
	tell(0, "ticket.7", "inbox")
	next(1, "ticket.7")
	next(1, "inbox")
	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprintf("ticket.%d", 1_000_000+i))
	}
	tell(1, many...)
	next(0, live.Resync) // and nothing of its own before
}

func TestLiveAlone(t *testing.T) {
	s, _ := storetest.SQLite(t)
	if err := s.Listen(t.Context(), func() { t.Error("nobody to listen to") }, nil); err != nil {
		t.Error(err)
	}
	if err := s.Tell(t.Context(), []string{"inbox"}); err != nil {
		t.Error(err)
	}
}
