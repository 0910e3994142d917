package desk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// What is planted, all invented: none of it may be read by somebody without the right.
const (
	plantedCard = "4111 1111 1111 1111"
	plantedSSN  = "078-05-1120"
	cardDigits  = "4111"
)

// leaks reports whether a planted value can be read in v.
func leaks(t *testing.T, what string, v any) {
	t.Helper()
	text, ok := v.(string)
	if !ok {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		text = string(b)
	}
	for _, secret := range []string{plantedCard, strings.ReplaceAll(plantedCard, " ", ""), plantedSSN} {
		if strings.Contains(text, secret) {
			t.Errorf("%s shows %s", what, secret)
		}
	}
}

// planted opens a ticket with private data in every text of it.
func planted(d *staffed) (int64, map[ticket.Kind]ticket.Entry) {
	n := d.open(d.agent, OpenTicket{Subject: "Card " + plantedCard + " declined", Body: "Paid with " + plantedCard + ", SSN " + plantedSSN + "."})
	out := map[ticket.Kind]ticket.Entry{}
	for _, in := range []NewEntry{
		{Kind: ticket.Note, Body: "She read me " + plantedCard + " and SSN " + plantedSSN},
		{Kind: ticket.SQL, Title: "card " + plantedCard, Statement: "select * from payment where pan = '" + plantedCard + "'", Columns: []string{"id", "ssn", "pan"}, Rows: [][]any{{1, plantedSSN, plantedCard}, {2, nil, "none"}}},
		{Kind: ticket.Terminal, Body: "$ grep 42 pay.log\npan=" + plantedCard + " ssn=" + plantedSSN},
		{Kind: ticket.Log, Name: "pay.log", Body: strings.Repeat("2026-11-30 10:00:00 INFO started\n", 30) + "2026-11-30 10:00:01 ERROR declined pan=" + plantedCard + "\n" + strings.Repeat("2026-11-30 10:00:02 INFO going on\n", 30)},
		{Kind: ticket.File, Name: "mail " + strings.ReplaceAll(plantedCard, " ", "") + ".txt", Body: "SSN " + plantedSSN + "\nCard " + plantedCard + "\n"},
	} {
		out[in.Kind] = must(d.AddEntry(d.agent, n, in))(d.t)
	}
	return n, out
}

func TestPlantedDataIsMaskedEverywhere(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n, es := planted(d)
		tk := must(d.Ticket(d.agent, n))(t)
		leaks(t, "the ticket", tk)
		if tk.Private == nil || tk.Private.Counts["card"] != 2 || !strings.Contains(tk.Body, "Paid with CARD_1, SSN SSN_1.") {
			t.Errorf("%+v %q", tk.Private, tk.Body)
		}
		leaks(t, "the list", must(d.Tickets(d.agent, ListTickets{}))(t))
		leaks(t, "the search", must(d.Tickets(d.agent, ListTickets{Q: "declined"}))(t))
		leaks(t, "the timeline", must(d.Timeline(d.agent, n, 0))(t))
		leaks(t, "an act", must(d.Assign(d.agent, n, "me", nil))(t))
		leaks(t, "the draft", must(d.DraftResolution(d.agent, n))(t))
		leaks(t, "the look-up", must(d.LookupOf(d.agent, n, es[ticket.Log].ID))(t))
		leaks(t, "the briefing", must(d.Briefing(d.agent, n))(t))
		for kind, e := range es {
			got := must(d.Entry(d.agent, e.ID))(t)
			leaks(t, string(kind), got)
			if got.Private == nil || got.Private.Counts["card"] == 0 || got.Private.Revealed || got.Private.Pending {
				t.Errorf("%s: %+v", kind, got.Private)
			}
			for _, f := range got.Files {
				o := must(d.File(d.agent, e.ID, f.Role))(t)
				leaks(t, f.Role+" of "+string(kind), string(must(io.ReadAll(o.Content))(t)))
				o.Close()
			}
		}
		_, text, err := d.Transcript(d.agent, es[ticket.Terminal].ID)
		if leaks(t, "the transcript", text); err != nil || !strings.Contains(text, "pan=CARD_1") {
			t.Error(text, err)
		}
		_, q, err := d.SQLResult(d.agent, es[ticket.SQL].ID)
		if leaks(t, "the result", q); err != nil || q.Rows[0][2] != "CARD_1" || q.Rows[1][2] != "none" || q.Rows[0][0] != "1" {
			t.Error(q.Rows, err)
		}
		log := es[ticket.Log].ID
		page := must(d.LogLines(d.agent, log, LogView{From: 28, Count: 5}))(t)
		leaks(t, "the log", page)
		alone := must(d.LogLines(d.agent, log, LogView{Level: "error"}))(t)
		if page.Lines[2].Text != alone.Lines[0].Text || !strings.Contains(alone.Lines[0].Text, "pan=CARD_") {
			t.Errorf("the same card has two names: %q, %q", page.Lines[2].Text, alone.Lines[0].Text)
		}
		for _, back := range []bool{false, true} {
			after := 0
			if back {
				after = 100
			}
			if _, err := d.FindInLog(d.agent, log, FindInLog{Text: cardDigits, After: after, Back: back}); !fault.Is(err, fault.CodeNotFound) {
				t.Errorf("the card can be guessed by searching, back %v: %v", back, err)
			}
			if hit, err := d.FindInLog(d.agent, log, FindInLog{Text: "DECLINED", After: after, Back: back}); err != nil || hit.N != 31 {
				t.Errorf("back %v: %+v %v", back, hit, err)
			}
		}

		// A change of what is masked shows it as text comes in, not as it was kept.
		tl := must(d.Timeline(d.agent, n, 0))(t)
		if b, _ := json.Marshal(tl); !bytes.Contains(b, []byte("CARD_1")) {
			t.Error("nothing stands in its place")
		}
	})
}

func TestRevealNeedsTheRightAndIsKept(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n, es := planted(d)
		sys := AsSystem(t.Context(), "cli", "")
		looks := func() (out []person.Audit) {
			for _, a := range must(d.AuditLog(sys, "", 100))(t).Items {
				if a.Act == "private.reveal" {
					out = append(out, a)
				}
			}
			return out
		}
		if _, err := d.Reveal(d.agent, es[ticket.Note].ID, ""); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("an agent looked: %v", err)
		}
		for what, err := range map[string]error{
			"ticket": erring(d.Ticket(Revealing(d.agent, ""), n)), "timeline": erring(d.Timeline(Revealing(d.agent, ""), n, 0)),
			"entry": erring(d.Entry(Revealing(d.agent, ""), es[ticket.SQL].ID)), "log": erring(d.LogLines(Revealing(d.agent, ""), es[ticket.Log].ID, LogView{})),
			"file": erring(d.File(Revealing(d.agent, ""), es[ticket.File].ID, RoleMain)),
		} {
			if !fault.Is(err, fault.CodeForbidden) {
				t.Errorf("%s: an agent looked: %v", what, err)
			}
		}
		if len(looks()) != 0 {
			t.Error("looks that did not happen are kept")
		}
		e := must(d.Reveal(d.lead, es[ticket.Note].ID, "to call her back"))(t)
		if !strings.Contains(e.Body, plantedCard) || e.Private == nil || !e.Private.Revealed || e.Private.Counts["card"] != 1 {
			t.Errorf("%q %+v", e.Body, e.Private)
		}
		open := Revealing(d.lead, "")
		if page := must(d.LogLines(open, es[ticket.Log].ID, LogView{From: 30, Count: 1}))(t); !strings.Contains(page.Lines[0].Text, plantedCard) {
			t.Error(page)
		}
		must(d.LogLines(open, es[ticket.Log].ID, LogView{From: 31, Count: 1}))(t)
		if hit, err := d.FindInLog(open, es[ticket.Log].ID, FindInLog{Text: cardDigits}); err != nil || hit.N != 31 {
			t.Errorf("%+v %v", hit, err)
		}
		kept := looks()
		if len(kept) != 2 {
			t.Fatalf("%d looks are kept: %+v", len(kept), kept)
		}
		if a := kept[1]; a.ActorID != d.dana.ID || a.Subject != fmt.Sprintf("ticket %d, note %s", n, e.ID) || a.Detail != "to call her back" {
			t.Errorf("%+v", a)
		}
		d.clock.Advance(lookAgain + time.Second)
		must(d.LogLines(open, es[ticket.Log].ID, LogView{From: 31, Count: 1}))(t)
		if len(looks()) != 3 {
			t.Error("a look after a while is not kept")
		}
		for _, a := range looks() {
			leaks(t, "the audit log", a)
		}
	})
}

func erring[T any](_ T, err error) error { return err }

func TestEditingAMaskedTicketKeepsTheOriginal(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n, _ := planted(d)
		shown := must(d.Ticket(d.agent, n))(t)
		body := shown.Body + " Called back."
		must(d.EditTicket(d.agent, n, TicketEdit{Subject: &shown.Subject, Body: &body}))(t)
		got := must(d.Ticket(Revealing(d.lead, ""), n))(t)
		if want := "Paid with " + plantedCard + ", SSN " + plantedSSN + ". Called back."; got.Body != want || got.Subject != "Card "+plantedCard+" declined" {
			t.Errorf("%q, %q", got.Subject, got.Body)
		}
	})
}

func TestAKeyInALogIsMaskedFromAnyLine(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.agent, OpenTicket{})
		var log strings.Builder
		log.WriteString("2026-11-30 10:00:00 INFO writing the key\n-----BEGIN RSA PRIVATE KEY-----\n")
		for i := range 25 {
			fmt.Fprintf(&log, "MIIEowIBAAKCAQEA%02dq7BFUpkGp3Lpdk1bVvH1oNzTx5hW0rQvQ8xZJ2m4c9d7e6f\n", i)
		}
		log.WriteString("-----END RSA PRIVATE KEY-----\n2026-11-30 10:00:01 INFO done\n")
		e := must(d.AddEntry(d.agent, n, NewEntry{Kind: ticket.Log, Name: "key.log", Body: log.String()}))(t)
		for _, from := range []int{0, 2, 5, 20, 26} {
			page := must(d.LogLines(d.agent, e.ID, LogView{From: from, Count: 3}))(t)
			if b, _ := json.Marshal(page); bytes.Contains(b, []byte("MIIEowIBAAKCAQEA")) {
				t.Errorf("from line %d the key can be read: %s", from+1, b)
			}
		}
		if b, _ := json.Marshal(must(d.Entry(d.agent, e.ID))(t)); bytes.Contains(b, []byte("MIIEowIBAAKCAQEA")) {
			t.Errorf("head and tail show the key: %s", b)
		}
		if page := must(d.LogLines(d.agent, e.ID, LogView{From: 28, Count: 1}))(t); !strings.Contains(page.Lines[0].Text, "INFO done") {
			t.Error(page)
		}
	})
}

func TestLargeFilesAreLookedThroughLater(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.agent, OpenTicket{})
		log := strings.Repeat("2026-11-30 10:00:00 INFO all is well here\n", 10_000) + "pan=" + plantedCard + "\n"
		e := must(d.AddEntry(d.agent, n, NewEntry{Kind: ticket.Log, Name: "big.log", Body: log}))(t)
		got := must(d.Entry(d.agent, e.ID))(t)
		if got.Private == nil || !got.Private.Pending {
			t.Errorf("%+v", got.Private)
		}
		leaks(t, "the log before it was looked through", must(d.LogLines(d.agent, e.ID, LogView{From: 9_999, Count: 2}))(t))

		// A node that claimed it and died leaves it to others after a while.
		err := d.store.Write(t.Context(), func(tx *store.Tx) error {
			ok, err := tx.ClaimPrivate(t.Context(), e.ID, tx.Now.Add(scanClaim), false)
			if !ok {
				t.Error("nothing is due")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if k := must(d.SweepPrivacy(t.Context()))(t); k != 0 {
			t.Errorf("%d were taken from a node at work", k)
		}
		d.clock.Advance(scanClaim + time.Second)
		if k := must(d.SweepPrivacy(t.Context()))(t); k != 1 {
			t.Errorf("%d were looked through", k)
		}
		if got = must(d.Entry(d.agent, e.ID))(t); got.Private == nil || got.Private.Pending || got.Private.Counts["card"] != 1 {
			t.Errorf("%+v", got.Private)
		}
		if k := must(d.SweepPrivacy(t.Context()))(t); k != 0 {
			t.Errorf("%d are due still", k)
		}
	})
}

func TestPatternsOfTheDesk(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		sys := AsSystem(t.Context(), "cli", "")
		n := d.open(d.agent, OpenTicket{})
		note := must(d.Note(d.agent, n, "Again KXQ-77120."))(t)
		in := PatternFields{Name: new("contract"), Expr: new(`\bKXQ-[0-9]{5}\b`), Finds: new("KXQ-12345\n\nof KXQ-00000"), Spares: new("KXQ-1")}
		if _, err := d.AddPattern(d.lead, in); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("a lead changed settings: %v", err)
		}
		p := must(d.AddPattern(sys, in))(t)
		if len(p.Finds) != 2 || p.Kind != "customer" {
			t.Errorf("%+v", p)
		}
		if _, err := d.AddPattern(sys, in); fault.Of(err) == nil || fault.Of(err).Field != "name" {
			t.Errorf("two patterns of a name: %v", err)
		}
		if e := must(d.Entry(d.agent, note.ID))(t); e.Body != "Again CUSTOMER_1." {
			t.Errorf("what was written before is shown: %q", e.Body)
		}
		if _, err := d.ChangePattern(sys, p.ID, PatternFields{Expr: new(`\bKXQ-[0-9]{6}\b`)}); fault.Of(err) == nil || fault.Of(err).Field != "finds" {
			t.Errorf("a change that breaks an example: %v", err)
		}
		try := must(d.TryPattern(sys, PatternFields{}, "KXQ-77121 and "+plantedCard))(t)
		if len(try.Spans) != 2 || try.Spans[0].Reason != "the desk's own pattern: contract" {
			t.Errorf("%+v", try)
		}
		try = must(d.TryPattern(sys, PatternFields{Expr: new("(")}, "x"))(t)
		if try.Problem == "" {
			t.Error("a broken pattern is tried without a word")
		}
		gone := must(d.RemovePattern(sys, p.ID))(t)
		if e := must(d.Entry(d.agent, note.ID))(t); e.Body != "Again KXQ-77120." {
			t.Errorf("%q", e.Body)
		}
		must(d.Undo(sys, gone.Undo))(t)
		if e := must(d.Entry(d.agent, note.ID))(t); e.Body != "Again CUSTOMER_1." {
			t.Errorf("%q", e.Body)
		}
	})
}

func TestRepliesWithPrivateDataWait(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.req, OpenTicket{})
		body := "Dear Marta Lind, your card " + plantedCard + " was charged twice."
		_, err := d.Reply(d.agent, n, Reply{Body: body})
		f := fault.Of(err)
		if f == nil || f.Code != fault.CodePrivate || f.Field != "body" || len(f.More) != 1 || !strings.Contains(f.Message, "1 card number") {
			t.Fatalf("%+v", f)
		}
		leaks(t, "the refusal", f)
		if entries := must(d.store.Read().Entries(t.Context(), n, 0, 10))(t); len(entries) > 0 {
			t.Error("it was sent")
		}
		if e := must(d.Reply(d.agent, n, Reply{Body: body, Consent: Consent{MaskPrivate: true}}))(t); e.Body != "Dear Marta Lind, your card CARD_1 was charged twice." {
			t.Errorf("%q", e.Body)
		}
		if e := must(d.Reply(d.agent, n, Reply{Body: body, Consent: Consent{ConfirmPrivate: true}}))(t); e.Body != body {
			t.Errorf("%q", e.Body)
		}
		audit := must(d.AuditLog(AsSystem(t.Context(), "cli", ""), "", 10))(t).Items[0]
		if audit.Act != "private.send" || audit.ActorID != d.sam.ID || audit.Detail != "sent as it is: 1 card number" {
			t.Errorf("%+v", audit)
		}
		for body, held := range map[string]bool{
			"Write to marta@northwind.example or to us, sam@desk.example.": false,
			"Ask somebody@elsewhere.example about it.":                     true,
			"Dana Reyes will call you, Marta Lind.":                        false,
			"ORA-01555 on 10.4.2.19 is gone since 2026-11-30 10:00.":       false,
		} {
			_, err := d.Reply(d.agent, n, Reply{Body: body})
			if got := fault.Is(err, fault.CodePrivate); got != held || err != nil && !got {
				t.Errorf("%q: %v", body, err)
			}
		}
		// Requesters write what they like.
		must(d.Reply(d.req, n, Reply{Body: "My card is " + plantedCard}))(t)
	})
}
