package desk

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/resolution"
	"firebreak/internal/ticket"
)

func (d *staffed) sweep() {
	d.t.Helper()
	if _, err := d.SweepRecurrence(context.Background()); err != nil {
		d.t.Fatal(err)
	}
}

// at moves the clock to an instant; it never goes back.
func (d *staffed) at(year int, month time.Month, day, hour, minute int) {
	to := time.Date(year, month, day, hour, minute, 0, 0, time.UTC)
	d.clock.Advance(to.Sub(d.clock.Now()))
}

func TestRecurrence(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		var numbers []int64
		for month := time.December; month <= time.December+4; month++ {
			d.at(2026, month, 1, 1, 2)
			n := d.open(d.req, OpenTicket{Application: "billing", Subject: fmt.Sprintf("Feed waits for the period file (%s)", month), Body: "FATAL: period file is of the month before last"})
			numbers = append(numbers, n)
			d.at(2026, month, 1, 1, 40)
			must(d.AddTime(d.agent, n, AddTime{Minutes: 30}))(t)
			must(d.Move(d.agent, n, MoveTicket{Status: ticket.Resolved, Resolution: "Put the previous month into the file."}))(t)
			d.open(d.req, OpenTicket{Application: "billing", Subject: fmt.Sprintf("Question about invoice %d", month)}) // says too little to be a group
			if month == time.December+1 {
				d.sweep() // groups grow as tickets come
			}
		}
		d.sweep()
		page := must(d.Recurring(d.agent, ListRecurring{}))(t)
		if len(page.Items) != 1 {
			t.Fatalf("%d groups: %+v", len(page.Items), page.Items)
		}
		g := page.Items[0]
		if g.Tickets != 5 || g.Minutes != 150 || g.Nights != 5 || g.Application != "Billing" || g.Rhythm == nil || g.Rhythm.Words != "the 1st of the month at 01:00" || g.Rhythm.Rule != "monthly 1 01:00" {
			t.Errorf("%+v, rhythm %+v", g, g.Rhythm)
		}
		if len(g.Next) != 3 || g.Next[0].UTC().Format("2006-01-02 15") != "2027-05-01 01" {
			t.Errorf("next: %v", g.Next)
		}
		if !strings.HasPrefix(g.Title, "Feed waits") || g.Score <= 0 {
			t.Errorf("%q, score %v", g.Title, g.Score)
		}
		of := must(d.Recurrence(d.agent, numbers[2]))(t)
		if len(of) != 1 || of[0].ID != g.ID {
			t.Errorf("the groups of ticket %d: %+v", numbers[2], of)
		}

		// One that is open for a moment only belongs to its group already.
		d.at(2027, time.April, 20, 12, 0)
		fresh := d.open(d.req, OpenTicket{Application: "billing", Subject: "Feed waits for the period file, test", Body: "FATAL: period file is of the month before last"})
		if of := must(d.Recurrence(d.agent, fresh))(t); len(of) != 1 || of[0].ID != g.ID {
			t.Errorf("the groups of a new ticket: %+v", of)
		}
		must(d.Move(d.agent, fresh, MoveTicket{Status: ticket.Cancelled}))(t)
		d.sweep()
		if g := must(d.RecurringIssue(d.agent, g.ID))(t); g.Tickets != 5 || len(g.Occurrences) != 5 || !g.Occurrences[0].Fits || !g.Occurrences[0].Night {
			t.Errorf("after a cancelled ticket: %d tickets, %+v", g.Tickets, g.Occurrences)
		}

		// Fixed, undone, fixed again, and it did not hold.
		_, undo, err := d.MarkRecurring(d.agent, g.ID, MarkRecurring{Mark: MarkFixed, Change: "CHG0042"})
		if err != nil {
			t.Fatal(err)
		}
		if g := must(d.RecurringIssue(d.agent, g.ID))(t); g.Mark != MarkFixed || g.Change != "CHG0042" || g.MarkedBy != "Sam Ito" || g.Score != 0 || len(g.Next) != 0 {
			t.Errorf("marked: %+v", g)
		}
		must(d.Undo(d.agent, undo))(t)
		if g := must(d.RecurringIssue(d.agent, g.ID))(t); g.Mark != "" || g.Score == 0 {
			t.Errorf("undone: %+v", g)
		}
		if _, _, err := d.MarkRecurring(d.agent, g.ID, MarkRecurring{Mark: MarkFixed, Change: "CHG0042"}); err != nil {
			t.Fatal(err)
		}
		d.at(2027, time.May, 1, 1, 3)
		broke := d.open(d.req, OpenTicket{Application: "billing", Subject: "Feed waits for the period file (May)", Body: "FATAL: period file is of the month before last"})
		d.sweep()
		if page := must(d.Recurring(d.agent, ListRecurring{Mark: "broken"}))(t); len(page.Items) != 1 || page.Items[0].Broken != 1 || page.Items[0].Score == 0 {
			t.Errorf("a fix that did not hold: %+v", page.Items)
		}
		if g := must(d.RecurringIssue(d.agent, g.ID))(t); !g.Occurrences[0].After || g.Occurrences[0].Number != broke || g.Occurrences[1].After {
			t.Errorf("tickets since the fix: %+v", g.Occurrences)
		}

		// A ticket that moves to another application leaves the group.
		none := ""
		must(d.EditTicket(d.agent, broke, TicketEdit{Application: &none}))(t)
		d.sweep()
		if g := must(d.RecurringIssue(d.agent, g.ID))(t); g.Tickets != 5 || g.Broken != 0 {
			t.Errorf("after a move: %d tickets, %d broken", g.Tickets, g.Broken)
		}

		for _, ctx := range []context.Context{d.req, t.Context()} {
			if _, err := d.Recurring(ctx, ListRecurring{}); fault.Of(err) == nil {
				t.Error("a requester lists recurring issues")
			}
			if _, err := d.Recurrence(ctx, numbers[0]); fault.Of(err) == nil {
				t.Error("a requester sees recurring issues")
			}
			if _, _, err := d.MarkRecurring(ctx, g.ID, MarkRecurring{Mark: MarkFixed}); fault.Of(err) == nil {
				t.Error("a requester marks recurring issues")
			}
		}
		if _, _, err := d.MarkRecurring(d.agent, g.ID, MarkRecurring{Mark: "gone"}); !fault.Is(err, fault.CodeInvalid) {
			t.Error(err)
		}
		if _, err := d.Recurring(d.agent, ListRecurring{Mark: "x"}); !fault.Is(err, fault.CodeInvalid) {
			t.Error(err)
		}
	})
}

// TestRecurringPages walks the pages of the list, each group once, by falling score.
func TestRecurringPages(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		for i, word := range strings.Fields("printer gateway ledger invoice scanner mailbox") {
			for range 3 + i {
				d.clock.Advance(5 * time.Hour)
				d.open(d.req, OpenTicket{Subject: "The " + word + " shows strange characters", Application: "billing"})
			}
		}
		d.sweep()
		var titles []string
		cursor, last := "", 1e9
		for {
			page := must(d.Recurring(d.agent, ListRecurring{Cursor: cursor, Limit: 2}))(t)
			for _, g := range page.Items {
				titles = append(titles, g.Title)
				if g.Score > last {
					t.Errorf("%s scores %v, more than the one before", g.Title, g.Score)
				}
				last = g.Score
			}
			if cursor = page.Next; cursor == "" {
				break
			}
			if _, err := d.Recurring(d.agent, ListRecurring{Cursor: cursor, Rhythm: true}); !fault.Is(err, fault.CodeInvalid) {
				t.Error("another list takes the cursor:", err)
			}
		}
		if len(titles) != 6 {
			t.Errorf("%d of 6 groups: %q", len(titles), titles)
		}
	})
}

func TestResolutions(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		first := d.open(d.req, OpenTicket{Application: "billing", Subject: "Snapshot too old during billing extract", Body: "Hi,\nThe extract stopped with \nORA-01555: snapshot too old\nPlease help.\nThanks\nMarta"})
		must(d.Note(d.agent, first, "It fails because undo is kept for 5,400 s and the extract reads for 9,142 s."))(t)
		must(d.AddEntry(d.agent, first, NewEntry{Kind: ticket.SQL, Statement: "alter system set undo_retention = 10800", Database: "BILLPRD"}))(t)
		draft := must(d.DraftResolution(d.agent, first))(t)
		if draft.Title != "Snapshot too old during billing extract" || !strings.Contains(draft.Symptom, "ORA-01555") || !strings.Contains(draft.Cause, "because undo is kept") || !strings.Contains(draft.Fix, "undo_retention") {
			t.Errorf("draft: %+v", draft)
		}
		resolved := must(d.Move(d.agent, first, MoveTicket{Status: ticket.Resolved, Capture: &WriteResolution{Fix: new("Retention to 10,800 on UNDOTBS1, rerun from checkpoint 60."), Cause: &draft.Cause, Symptom: &draft.Symptom, Version: new("Oracle 19c")}}))(t)
		if resolved.Resolution != "Retention to 10,800 on UNDOTBS1, rerun from checkpoint 60." {
			t.Errorf("the ticket says %q", resolved.Resolution)
		}
		page := must(d.Resolutions(d.agent, ListResolutions{}))(t)
		if len(page.Items) != 1 {
			t.Fatalf("%d resolutions", len(page.Items))
		}
		x := page.Items[0]
		if x.State != resolution.Draft || x.Ticket != first || len(x.Applications) != 1 || x.Applications[0].Name != "Billing" || len(x.Signatures) != 1 || x.Author != "Sam Ito" || x.Helped != 0 {
			t.Errorf("captured: %+v", x)
		}

		// The next ticket of that error is offered it, says why, and being solved by it verifies it.
		second := d.open(d.req, OpenTicket{Application: "billing", Subject: "Extract broke off", Body: "ORA-01555: snapshot too old"})
		offered := must(d.ResolutionsFor(d.agent, second))(t)
		if len(offered) != 1 || offered[0].ID != x.ID || len(offered[0].Why) == 0 || offered[0].Why[0] != "the same error" || offered[0].Marked != "" {
			t.Fatalf("offered: %+v", offered)
		}
		got := must(d.UseResolution(d.agent2, x.ID, MarkResolution{Ticket: first, Mark: resolution.Helped}))(t)
		if got.State != resolution.Draft || got.Helped != 0 {
			t.Errorf("its own ticket verified it: %+v", got)
		}
		got = must(d.UseResolution(d.agent2, x.ID, MarkResolution{Ticket: second, Mark: resolution.Helped}))(t)
		if got.State != resolution.Verified || got.Helped != 1 || got.VerifiedBy != "Kim Berg" || got.UsedAt.IsZero() {
			t.Errorf("used: %+v", got)
		}
		must(d.UseResolution(d.agent2, x.ID, MarkResolution{Ticket: second, Mark: resolution.Helped}))(t) // twice is once
		if got = must(d.UseResolution(d.agent2, x.ID, MarkResolution{Ticket: second}))(t); got.State != resolution.Draft || got.Helped != 0 {
			t.Errorf("taken back: %+v", got)
		}
		must(d.Move(d.agent2, second, MoveTicket{Status: ticket.Resolved, Helped: []id.ID{x.ID}}))(t)
		if got = must(d.Resolution(d.agent, x.ID))(t); got.State != resolution.Verified || got.Helped != 1 {
			t.Errorf("resolved with it: %+v", got)
		}
		if offered := must(d.ResolutionsFor(d.agent, second))(t); len(offered) != 1 || offered[0].Marked != resolution.Helped {
			t.Errorf("marked on the ticket: %+v", offered)
		}

		// Wrong, corrected, retired, back.
		third := d.open(d.req, OpenTicket{Application: "billing", Subject: "Extract broke off once more", Body: "ORA-01555: snapshot too old"})
		got = must(d.UseResolution(d.agent, x.ID, MarkResolution{Ticket: third, Mark: resolution.Wrong, Note: "the tablespace has another name since May"}))(t)
		if !got.Suspect || got.State != resolution.Verified {
			t.Errorf("wrong: %+v", got)
		}
		if _, err := d.EditResolution(d.agent, x.ID, WriteResolution{Expect: got.Version + 7, Fix: new("x")}); !fault.Is(err, fault.CodeConflict) {
			t.Error("a change in between is overwritten:", err)
		}
		got = must(d.EditResolution(d.agent, x.ID, WriteResolution{Expect: got.Version, Fix: new("Retention to 10,800 on UNDO2."), Answer: new("We raised a limit; your extract runs through now.")}))(t)
		if got.Suspect || got.Version != 2 || len(got.Versions) != 1 || !strings.Contains(got.Versions[0].Fields.Fix, "UNDOTBS1") {
			t.Errorf("changed: %+v", got)
		}
		uses := must(d.ResolutionUses(d.agent, x.ID))(t)
		if len(uses) != 3 {
			t.Errorf("%d uses: %+v", len(uses), uses)
		}
		_, undo, err := d.RetireResolution(d.agent, x.ID)
		if err != nil {
			t.Fatal(err)
		}
		if offered := must(d.Resolutions(d.agent, ListResolutions{Q: "snapshot too old"}))(t); len(offered.Items) != 0 {
			t.Error("a retired one is found")
		}
		must(d.Undo(d.agent, undo))(t)
		if found := must(d.Resolutions(d.agent, ListResolutions{Q: "undo2 retention"}))(t); len(found.Items) != 1 || found.Items[0].State != resolution.Verified {
			t.Errorf("back in use: %+v", found.Items)
		}
		if found := must(d.Search(d.agent, "snapshot retention", false, 0))(t); len(found.Items) == 0 || found.Items[0].Kind != "resolution" {
			t.Errorf("search: %+v", found.Items)
		}

		// Requesters read answers alone.
		if found := must(d.Search(d.req, "snapshot retention", false, 0))(t); len(found.Items) == 0 || found.Items[0].Kind != "answer" || strings.Contains(found.Items[0].Snippet, "UNDO2") {
			t.Errorf("a requester finds: %+v", found.Items)
		}
		if a := must(d.Answers(d.req, "", 0))(t); len(a) != 1 || a[0].Answer == "" {
			t.Errorf("answers: %+v", a)
		}
		must(d.EditResolution(d.agent, x.ID, WriteResolution{Answer: new("")}))(t)
		if _, err := d.Answer(d.req, x.ID); !fault.Is(err, fault.CodeNotFound) {
			t.Error("a requester reads what has no answer:", err)
		}
		for name, call := range map[string]func() error{
			"lists":    func() error { _, err := d.Resolutions(d.req, ListResolutions{}); return err },
			"reads":    func() error { _, err := d.Resolution(d.req, x.ID); return err },
			"is given": func() error { _, err := d.ResolutionsFor(d.req, second); return err },
			"drafts":   func() error { _, err := d.DraftResolution(d.req, first); return err },
			"writes": func() error {
				_, err := d.AddResolution(d.req, WriteResolution{Title: new("x"), Fix: new("y")})
				return err
			},
			"marks": func() error {
				_, err := d.UseResolution(d.req, x.ID, MarkResolution{Ticket: first, Mark: resolution.Helped})
				return err
			},
			"verifies": func() error { _, err := d.VerifyResolution(d.req, x.ID); return err },
			"retires":  func() error { _, _, err := d.RetireResolution(d.req, x.ID); return err },
			"reports":  func() error { _, err := d.ReuseReport(d.req, "", ""); return err },
		} {
			if err := call(); !fault.Is(err, fault.CodeForbidden) {
				t.Errorf("a requester %s: %v", name, err)
			}
		}

		report := must(d.ReuseReport(d.lead, "", ""))(t)
		if report.Helped != 1 || report.Resolved != 2 || len(report.Top) != 1 || report.Top[0].Helped != 1 || report.Top[0].Wrong != 1 || len(report.Months) == 0 {
			t.Errorf("report: %+v", report)
		}
	})
}

// TestCaptureKeepsTheTicket resolves although the capture is empty, and writes one resolution however often the ticket is
// reopened.
func TestCaptureKeepsTheTicket(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.req, OpenTicket{Subject: "Printer prints question marks"})
		must(d.Move(d.agent, n, MoveTicket{Status: ticket.Resolved, Capture: &WriteResolution{Title: new("Printer prints question marks")}}))(t)
		if page := must(d.Resolutions(d.agent, ListResolutions{}))(t); len(page.Items) != 0 {
			t.Error("an empty resolution was kept")
		}
		for i, fix := range []string{"Installed the font.", "Installed the font on both servers."} {
			must(d.Move(d.agent, n, MoveTicket{Status: ticket.Open, Reason: "came back"}))(t)
			must(d.Move(d.agent, n, MoveTicket{Status: ticket.Resolved, Resolution: "done", Capture: &WriteResolution{Fix: &fix}}))(t)
			page := must(d.Resolutions(d.agent, ListResolutions{}))(t)
			if len(page.Items) != 1 || page.Items[0].Fix != fix || page.Items[0].Version != i+1 {
				t.Errorf("%d: %+v", i, page.Items)
			}
		}
		if _, err := d.Move(d.agent, n, MoveTicket{Status: ticket.Open, Reason: "again"}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Move(d.agent, n, MoveTicket{Status: ticket.Resolved, Capture: &WriteResolution{Title: new(strings.Repeat("x", 500))}}); !fault.Is(err, fault.CodeInvalid) {
			t.Error("a title of 500 characters:", err)
		}
		if d.ticket(n).Status != ticket.Open {
			t.Error("resolved although the capture was refused")
		}
	})
}

func TestMissingKnowledge(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		for _, q := range []string{"Frobnicator  manual", "frobnicator manual", "x", "reset for jo@x.example now"} {
			must(d.Search(d.agent, q, false, 0))(t)
		}
		d.clock.Advance(time.Hour)
		must(d.Search(d.agent2, "frobnicator manual", false, 0))(t)
		must(d.Search(d.agent2, "typing frobnicat", true, 0))(t)
		must(d.Search(d.req, "of a requester", false, 0))(t)
		page := must(d.MissingKnowledge(d.agent, "", 0))(t)
		if len(page.Items) != 2 || page.Items[0].Text != "frobnicator manual" || page.Items[0].Asked != 2 || page.Items[1].Text != "reset for … now" {
			t.Fatalf("%+v", page.Items)
		}
		undo := must(d.DismissMissing(d.agent, page.Items[1].ID))(t)
		if page := must(d.MissingKnowledge(d.agent, "", 0))(t); len(page.Items) != 1 {
			t.Errorf("dismissed: %+v", page.Items)
		}
		must(d.Undo(d.agent, undo))(t)
		x := must(d.AddResolution(d.agent, WriteResolution{Title: new("Frobnicator manual"), Fix: new("It is on the share."), Search: page.Items[0].ID}))(t)
		if page := must(d.MissingKnowledge(d.agent, "", 0))(t); len(page.Items) != 1 || page.Items[0].Text == "frobnicator manual" {
			t.Errorf("answered: %+v", page.Items)
		}
		if found := must(d.Search(d.agent, "frobnicator manual", false, 0))(t); len(found.Items) != 1 || found.Items[0].ID != x.ID.String() {
			t.Errorf("found: %+v", found.Items)
		}
		if _, err := d.MissingKnowledge(d.req, "", 0); !fault.Is(err, fault.CodeForbidden) {
			t.Error(err)
		}
	})
}
