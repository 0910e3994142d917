package store_test

import (
	"testing"
	"time"

	"firebreak/internal/live"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
)

// Two nodes on one database: what is published on one reaches the pages of the other, and not its own twice.
func TestLiveBetweenNodes(t *testing.T) {
	url := storetest.PostgresURL(t)
	var hubs [2]live.Hub
	var subs [2]*live.Sub
	for i := range hubs {
		s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Database: url, NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		hubs[i].Relay = s.Live(t.Context(), hubs[i].Deliver, func(err error) { t.Logf("node %d: %v", i, err) })
		subs[i] = hubs[i].Subscribe(func(topic string) bool { return topic != "noise" })
	}
	next := func(s *live.Sub) string {
		select {
		case topic := <-s.C:
			return topic
		case <-time.After(10 * time.Second):
			t.Fatal("no news")
			return ""
		}
	}
	// Listening begins in the background: say so until it is heard.
	for heard := false; !heard; {
		hubs[0].Publish("hello")
		select {
		case topic := <-subs[1].C:
			heard = topic == "hello"
		case <-time.After(100 * time.Millisecond):
		}
	}
	hubs[0].Publish("noise", "ticket.7", "ticket.7", "inbox")
	for got := next(subs[1]); got != "ticket.7"; got = next(subs[1]) {
		if got != "hello" {
			t.Fatalf("heard %q", got)
		}
	}
	if got := next(subs[1]); got != "inbox" {
		t.Errorf("after the ticket came %q; one told twice at once is told once", got)
	}
	for own := len(subs[0].C); own > 0; own-- {
		<-subs[0].C
	}
	hubs[1].Publish("ticket.8")
	if got := next(subs[0]); got != "ticket.8" {
		t.Errorf("the first node heard %q", got)
	}
	// Very many at once: their names do not fit, so everybody reloads.
	for i := range 3000 {
		hubs[1].Relay("ticket.100000000000" + string(rune('a'+i%26)) + time.Duration(i).String())
	}
	for next(subs[0]) != live.Resync {
	}
}

func TestLiveAlone(t *testing.T) {
	s, _ := storetest.SQLite(t)
	if s.Live(t.Context(), func(string) {}, func(error) {}) != nil {
		t.Error("a desk that no other node can share tells nobody")
	}
}
