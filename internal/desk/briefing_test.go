package desk

import (
	"testing"
	"time"

	"firebreak/internal/ticket"
)

// TestEffortIsLearnedFromTheSameError: once enough tickets of an error were resolved, the next one is judged by how long
// they took, whatever else the application's tickets take.
func TestEffortIsLearnedFromTheSameError(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		const snapshot = "The extract ended with ORA-01555: snapshot too old: rollback segment number 12 with name \"_SYSSMU12$\" too small"
		set := must(d.store.Read().Settings(t.Context()))(t)
		for i := range set.MinSample {
			n := d.open(d.req, OpenTicket{Subject: "Extract", Body: snapshot, Application: "billing"})
			d.clock.Advance(time.Duration(3+i%2) * time.Hour)
			must(d.Move(d.agent, n, MoveTicket{Status: ticket.Resolved, Resolution: "More undo."}))(t)
		}
		for range set.MinSample {
			n := d.open(d.req, OpenTicket{Subject: "Invoice layout", Body: "The logo is too small.", Application: "billing"})
			d.clock.Advance(30 * time.Hour)
			must(d.Move(d.agent, n, MoveTicket{Status: ticket.Resolved, Resolution: "Larger."}))(t)
		}
		next := d.ticket(d.open(d.req, OpenTicket{Subject: "Again", Body: snapshot, Application: "billing"}))
		if next.EffortOf != "similar" || next.Effort < 3*time.Hour || next.Effort > 4*time.Hour {
			t.Errorf("effort %s from %q, want 3 to 4 hours from similar tickets", next.Effort, next.EffortOf)
		}
		other := d.ticket(d.open(d.req, OpenTicket{Subject: "Question", Body: "Which font is it?", Application: "billing"}))
		if other.EffortOf != "application" || other.Effort < 30*time.Hour {
			t.Errorf("effort %s from %q, want the application's", other.Effort, other.EffortOf)
		}
		// A ticket that is judged again keeps its measure.
		must(d.Raise(d.agent, next.Number, "", "for the test"))(t)
		if again := d.ticket(next.Number); again.EffortOf != "similar" {
			t.Errorf("judged again by %q", again.EffortOf)
		}
	})
}
