package web

import (
	"fmt"
	"net/http"
	"time"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/live"
	"firebreak/internal/person"
)

// keepAlive keeps proxies from closing a quiet stream; the caller's right to it is checked again as often.
const keepAlive = 20 * time.Second

// events streams what changed: {"topic":"ticket.7"} and nothing more. Staff hear everything, a requester
// only that something of their own changed.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	caller := desk.CallerOf(r.Context())
	if !caller.Signed() {
		s.fail(w, r, &fault.Fault{Code: fault.CodeUnauthenticated, Message: "You are not signed in.", Hint: "Sign in, or send an API token."})
		return
	}
	want := func(string) bool { return true }
	if !caller.May(person.SeeTickets) {
		own := desk.RequesterTopic(caller.Person.ID)
		want = func(topic string) bool { return topic == own || topic == live.Resync }
	}
	rc := http.NewResponseController(w)
	rc.SetWriteDeadline(time.Time{})
	if rec, ok := w.(*recorder); ok {
		rec.stream = true
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	sub := s.desk.Hub().Subscribe(want)
	defer sub.Close()
	fmt.Fprint(w, "retry: 2000\n: hello\n\n")
	if rc.Flush() != nil {
		return
	}
	tick := time.NewTicker(keepAlive)
	defer tick.Stop()
	for {
		select {
		case topic := <-sub.C:
			fmt.Fprintf(w, "data: {\"topic\":%q}\n\n", topic)
		case <-tick.C:
			if caller.Session != "" {
				if _, _, err := s.desk.PersonBySession(r.Context(), caller.Session); err != nil {
					return
				}
			}
			fmt.Fprint(w, ": still here\n\n")
		case <-s.done:
			return
		case <-r.Context().Done():
			return
		}
		if rc.Flush() != nil {
			return
		}
	}
}
