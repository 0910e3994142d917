package desk

import (
	"testing"
	"time"

	"firebreak/internal/fault"
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

// TestBriefingTellsWhatIsKnown gathers each part on one ticket, within the reader's rights.
func TestBriefingTellsWhatIsKnown(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		const snapshot = "The extract ended with ORA-01555: snapshot too old: rollback segment number 12 with name \"_SYSSMU12$\" too small"
		old := d.open(d.req, OpenTicket{Subject: "Customer extract stopped with snapshot too old", Body: snapshot, Application: "billing"})
		d.clock.Advance(5 * time.Hour)
		must(d.Move(d.agent, old, MoveTicket{Status: ticket.Resolved, Resolution: "Raised undo retention to 10800."}))(t)
		d.clock.Advance(30 * 24 * time.Hour)
		must(d.AddChange(d.agent, AddChange{Application: "billing", Title: "Purge moved to 01:00", Kind: "job", From: d.clock.Now().Add(-24 * time.Hour)}))(t)
		other := d.open(d.r2, OpenTicket{Subject: "Extract again", Body: snapshot, Application: "billing"})
		n := d.open(d.req, OpenTicket{Subject: "Customer extract stopped", Body: snapshot, Application: "billing"})
		must(d.WorkSimilar(AsSystem(t.Context(), "job", "similar")))(t)

		b := must(d.Briefing(d.agent, n))(t)
		if len(b.Signatures) != 1 || b.Signatures[0].Exception != "ORA-01555" {
			t.Errorf("errors: %+v", b.Signatures)
		}
		if len(b.Known.Items) == 0 || b.Known.Items[0].Code != "ORA-01555" {
			t.Errorf("known errors: %+v", b.Known)
		}
		if len(b.Same) != 1 || b.Same[0].Number != other {
			t.Errorf("open tickets of the same error: %+v, want %d", b.Same, other)
		}
		if len(b.Similar) == 0 || b.Similar[0].Number != old || b.Similar[0].Resolution == "" {
			t.Errorf("similar: %+v, want %d with what fixed it", b.Similar, old)
		}
		if len(b.Changes) != 1 || b.Changes[0].Title != "Purge moved to 01:00" {
			t.Errorf("changes: %+v", b.Changes)
		}
		if b.Application == nil || b.Application.Primary != "Dana Reyes" {
			t.Errorf("application: %+v", b.Application)
		}
		if len(b.AlsoFrom) != 1 || b.AlsoFrom[0].Number != old {
			t.Errorf("also from: %+v", b.AlsoFrom)
		}
		if _, err := d.Briefing(d.req, n); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("a requester reads the briefing: %v", err)
		}
		if _, err := d.Briefing(d.agent, 999); !fault.Is(err, fault.CodeNotFound) {
			t.Errorf("no such ticket: %v", err)
		}
	})
}
