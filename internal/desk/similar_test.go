package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// similarDesk opens tickets of a few stories, half of them Marta's.
func similarDesk(d *staffed) (numbers map[string]int64) {
	d.t.Helper()
	numbers = map[string]int64{}
	for i, s := range [][2]string{
		{"Billing extract fails with ORA-01555 snapshot too old", "The monthly billing extract stopped at 02:14.\nORA-01555: snapshot too old: rollback segment number 9"},
		{"Snapshot too old in the invoice extract", "We see ORA-01555 again since the undo retention was lowered on BILLPRD."},
		{"Printer on floor 3 jams", "Paper gets stuck in tray 2 of the large printer."},
		{"Paper jam on the third floor", "The big printer eats paper, tray two."},
		{"Password reset mail never arrives", "I asked for a new password three times and no mail came."},
		{"Connection refused from order service", "java.net.ConnectException: Connection refused\n\tat com.acme.order.OrderClient.send(OrderClient.java:88)"},
		{"Order service cannot reach billing", "OrderClient.send throws ConnectException since the billing host moved."},
	} {
		ctx := d.agent
		if i%2 == 0 {
			ctx = d.req
		}
		t, err := d.OpenTicket(ctx, OpenTicket{Subject: s[0], Body: s[1]})
		if err != nil {
			d.t.Fatal(err)
		}
		numbers[strings.Fields(s[0])[0]] = t.Number
	}
	return numbers
}

func found(p SimilarPage) (out []int64) {
	for _, i := range p.Items {
		out = append(out, i.Number)
	}
	return out
}

func TestSimilar(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := similarDesk(d)
		for ask, want := range map[string]string{"Billing": "Snapshot", "Printer": "Paper", "Connection": "Order"} {
			got, err := d.Similar(d.agent, n[ask], 5)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Items) == 0 || got.Items[0].Number != n[want] {
				t.Errorf("like %s: %+v, want %d first", ask, got.Items, n[want])
				continue
			}
			if slices.Contains(found(got), n[ask]) {
				t.Errorf("%s is like itself", ask)
			}
			if len(got.Items[0].Why) == 0 || got.Items[0].Score <= 0 {
				t.Errorf("%s gives no reason: %+v", ask, got.Items[0])
			}
		}
		got, err := d.Similar(d.agent, n["Billing"], 1)
		if err != nil || !strings.Contains(strings.Join(got.Items[0].Why, "; "), "ORA-01555") {
			t.Errorf("the code in common is not told: %+v, %v", got, err)
		}
		if _, err := d.Similar(d.agent, 999, 5); !fault.Is(err, fault.CodeNotFound) {
			t.Errorf("ticket 999: %v", err)
		}
		if _, err := d.Similar(d.agent, n["Billing"], 101); !fault.Is(err, fault.CodeInvalid) {
			t.Errorf("limit 101: %v", err)
		}
	})
}

func TestSimilarTellsWhatFixedIt(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := similarDesk(d)
		if _, err := d.Move(d.agent, n["Snapshot"], MoveTicket{Status: ticket.Resolved, Resolution: "\nRaised undo_retention to 10800 on BILLPRD.\nThen restarted the extract."}); err != nil {
			t.Fatal(err)
		}
		got, err := d.Similar(d.agent, n["Billing"], 5)
		if err != nil || len(got.Items) == 0 || got.Items[0].Resolution != "Raised undo_retention to 10800 on BILLPRD." {
			t.Fatalf("got %+v, %v", got.Items, err)
		}
		// The words of the resolution find it too.
		got, err = d.SimilarWhileTyping(d.agent, SimilarText{Subject: "what should undo_retention be?"})
		if err != nil || len(got.Items) == 0 || got.Items[0].Number != n["Snapshot"] {
			t.Errorf("by the resolution: %+v, %v", got.Items, err)
		}
	})
}

func TestSimilarWithinTheReadersRights(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := similarDesk(d)
		if _, err := d.Move(d.agent, n["Printer"], MoveTicket{Status: ticket.Resolved, Resolution: "private words of the desk"}); err != nil {
			t.Fatal(err)
		}
		own := []int64{n["Billing"], n["Printer"], n["Password"], n["Order"]}
		for _, ask := range []SimilarText{
			{Subject: "Snapshot too old ORA-01555 in the invoice extract"},
			{Subject: "paper jam on the third floor, printer tray"},
			{Subject: "Connection refused com.acme.order.OrderClient.send"},
			{Subject: "private words of the desk"},
		} {
			ask.Limit = MaxSimilar
			got, err := d.SimilarWhileTyping(d.req, ask)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range got.Items {
				if !slices.Contains(own, i.Number) {
					t.Errorf("%q shows Marta ticket %d, which is not hers", ask.Subject, i.Number)
				}
				if i.Resolution != "" || i.Fire != "" || i.ResolvedBy != "" || i.ExternalID != "" || strings.Contains(strings.Join(i.Why, " "), "resol") {
					t.Errorf("%q shows Marta what is the desk's: %+v", ask.Subject, i)
				}
			}
			if got, err := d.SimilarWhileTyping(d.r2, ask); err != nil || len(got.Items) > 0 {
				t.Errorf("Nils, who has no ticket, is shown %+v, %v", got.Items, err)
			}
		}
		if got, err := d.Similar(d.req, n["Printer"], 10); err != nil || slices.Contains(found(got), n["Paper"]) {
			t.Errorf("like her own: %v, %v", found(got), err)
		}
		if _, err := d.Similar(d.r2, n["Printer"], 10); !fault.Is(err, fault.CodeNotFound) {
			t.Errorf("like somebody else's: %v", err)
		}
		if _, err := d.SimilarWhileTyping(context.Background(), SimilarText{Subject: "paper"}); !fault.Is(err, fault.CodeUnauthenticated) {
			t.Errorf("nobody: %v", err)
		}
	})
}

func TestMarksMoveWhatIsShown(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := similarDesk(d)
		item := ticket.Item(n["Paper"])
		if _, err := d.Mark(d.agent, n["Printer"], MarkIn{Kind: ticket.KindTicket, Item: item, Verdict: ticket.Wrong}); err != nil {
			t.Fatal(err)
		}
		got, err := d.Similar(d.agent, n["Printer"], 10)
		if err != nil || slices.Contains(found(got), n["Paper"]) {
			t.Errorf("what is wrong is shown again: %v, %v", found(got), err)
		}
		if got, err := d.Similar(d.agent, n["Paper"], 10); err != nil || len(got.Items) == 0 || got.Items[0].Number != n["Printer"] {
			t.Errorf("it is wrong on that ticket alone: %v, %v", found(got), err)
		}
		if _, err := d.Mark(d.agent2, n["Printer"], MarkIn{Kind: ticket.KindTicket, Item: item, Verdict: ticket.Used}); err != nil {
			t.Fatal(err)
		}
		got, err = d.Similar(d.agent, n["Printer"], 10)
		if err != nil || len(got.Items) == 0 || got.Items[0].Number != n["Paper"] || got.Items[0].Verdict != ticket.Used || got.Items[0].Helped != 1 {
			t.Fatalf("after it helped: %+v, %v", got.Items, err)
		}
		said, err := d.Feedback(d.agent, n["Printer"])
		if err != nil || len(said) != 1 || said[0].Person != d.kim.ID {
			t.Errorf("marks: %+v, %v", said, err)
		}
		if _, err := d.Mark(d.agent, n["Printer"], MarkIn{Kind: ticket.KindTicket, Item: item}); err != nil {
			t.Fatal(err)
		}
		if said, err = d.Feedback(d.agent, n["Printer"]); err != nil || len(said) != 0 {
			t.Errorf("after it was taken back: %+v, %v", said, err)
		}
		// Other kinds are kept as they are named.
		if _, err := d.Mark(d.agent, n["Printer"], MarkIn{Kind: "runbook", Item: "clear-the-tray", Verdict: ticket.Used}); err != nil {
			t.Error(err)
		}
		for _, bad := range []MarkIn{{Kind: ticket.KindTicket, Item: "x", Verdict: ticket.Used}, {Kind: ticket.KindTicket, Item: ticket.Item(n["Printer"]), Verdict: ticket.Used},
			{Kind: "", Item: "1", Verdict: ticket.Used}, {Kind: "ticket", Item: item, Verdict: "good"}} {
			if _, err := d.Mark(d.agent, n["Printer"], bad); !fault.Is(err, fault.CodeInvalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if _, err := d.Mark(d.req, n["Printer"], MarkIn{Kind: ticket.KindTicket, Item: item, Verdict: ticket.Used}); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("a requester marks: %v", err)
		}
	})
}

// TestSimilarIndexGrows opens as many tickets as make segments, joins them, changes one, and finds each by its own words.
func TestSimilarIndexGrows(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		ctx := t.Context()
		var open []*store.NewTicket
		words := strings.Fields("alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo sierra tango")
		const many = 2300
		for i := range many {
			subject := fmt.Sprintf("%s %s fails on node-%d", words[i%len(words)], words[i/len(words)%len(words)], i)
			tk := ticket.Ticket{Subject: subject, Body: "It stopped with E-" + fmt.Sprint(70000+i), Status: ticket.Open, Level: ticket.L1, Fire: "match", CreatedAt: d.clock.Now(), UpdatedAt: d.clock.Now()}
			open = append(open, &store.NewTicket{Ticket: tk, Text: d.store.IndexText(tk.Subject, tk.Body)})
		}
		if err := d.store.Write(ctx, func(tx *store.Tx) error { return tx.AddTickets(ctx, open) }); err != nil {
			t.Fatal(err)
		}
		find := func(subject string) int64 {
			t.Helper()
			got, err := d.SimilarWhileTyping(d.agent, SimilarText{Subject: subject})
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Items) == 0 {
				return 0
			}
			return got.Items[0].Number
		}
		for _, i := range []int{0, 511, 512, 1500, many - 1} {
			if got := find(fmt.Sprintf("error E-%d", 70000+i)); got != open[i].Ticket.Number {
				t.Errorf("E-%d leads to ticket %d, want %d", 70000+i, got, open[i].Ticket.Number)
			}
		}
		segments, err := d.store.Read().SimilarSegments(ctx)
		if err != nil || len(segments) == 0 || len(segments) >= 2*similarJoin {
			t.Errorf("%d segments, %v", len(segments), err)
		}
		if m, _, n, err := d.store.Read().SimilarModel(ctx, store.TicketModel, time.Time{}); err != nil || m.Len() == 0 || n == 0 {
			t.Errorf("nothing was learned: %d words of %d tickets, %v", m.Len(), n, err)
		}
		// A change is found at once, by the new words.
		if _, err := d.EditTicket(d.agent, open[7].Ticket.Number, TicketEdit{Subject: new("The zeppelin does not land")}); err != nil {
			t.Fatal(err)
		}
		if got := find("zeppelin landing"); got != open[7].Ticket.Number {
			t.Errorf("the changed words lead to %d, want %d", got, open[7].Ticket.Number)
		}
		// Out-of-use segments go after a while; nothing is lost by it.
		d.clock.Advance(time.Hour)
		for range 100 {
			if busy, err := d.WorkSimilar(ctx); err != nil {
				t.Fatal(err)
			} else if !busy {
				break
			}
		}
		if got := find("error E-70100"); got != open[100].Ticket.Number {
			t.Errorf("after the sweep E-70100 leads to %d", got)
		}
		// What came past the desk is found by the check.
		if err := d.store.Write(ctx, func(tx *store.Tx) error { return tx.ForgetSimilar(ctx) }); err != nil {
			t.Fatal(err)
		}
		d.similarIndex.tended = time.Time{}
		if got := find("error E-70200"); got != open[200].Ticket.Number {
			t.Errorf("made anew, E-70200 leads to %d", got)
		}
	})
}

func TestSimilarWorkIsOnesAtATime(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		ctx := t.Context()
		n := similarDesk(d)
		if busy, err := d.WorkSimilar(ctx); err != nil || !busy {
			t.Fatalf("the first does not work: %v", err)
		}
		// Another process on the same database, while this one's claim lasts.
		other := New(d.store, d.hub, nil, d.log)
		if free, err := d.store.SimilarFree(ctx); err != nil || !free {
			t.Errorf("not free for its own process: %v", err)
		}
		if _, err := other.WorkSimilar(ctx); err != nil {
			t.Error(err)
		}
		if err := d.LeaveSimilar(ctx); err != nil {
			t.Error(err)
		}
		if got, err := other.Similar(d.agent, n["Billing"], 3); err != nil || len(got.Items) == 0 {
			t.Errorf("after it was left: %+v, %v", got, err)
		}
	})
}
