package desk

import (
	"strings"
	"testing"

	"firebreak/internal/fault"
	"firebreak/internal/knownerror"
	"firebreak/internal/ticket"
)

func TestKnownErrorsOfATicket(t *testing.T) {
	eachCatalog(t, func(t *testing.T, d catalogDesk) {
		tk := ok[ticket.Ticket](t)(d.OpenTicket(d.agent, OpenTicket{Subject: "Extract fails with ORA-01555", Body: "It says\nORA-01555: snapshot too old\nBILL-1234: no rate\nHTTP 500"}))
		cards := ok[KnownErrorCards](t)(d.KnownErrors(d.agent, tk.Number))
		if got := cardCodes(cards); got != "ORA-01555 HTTP 500" {
			t.Fatalf("cards %q", got)
		}
		first := cards.Items[0]
		if first.Count != 2 || len(first.Places) != 2 || first.Places[0].Line != 0 || first.Places[1].Line != 2 || first.Places[1].Text != "ORA-01555" || len(first.Try) == 0 || first.Source == "" {
			t.Errorf("card %+v", first)
		}

		// a log on the ticket is looked through too, and lines are those of the log
		_, err := d.AddEntry(d.agent, tk.Number, NewEntry{Kind: "log", Body: "2026-11-30 01:00:00 INFO start\n2026-11-30 01:00:01 ERROR connect ECONNREFUSED 10.0.0.1:5432\n"})
		if err != nil {
			t.Fatal(err)
		}
		cards = ok[KnownErrorCards](t)(d.KnownErrors(d.agent, tk.Number))
		if got := cardCodes(cards); got != "ECONNREFUSED ORA-01555 HTTP 500" {
			t.Fatalf("with a log: %q", got)
		}
		if p := cards.Items[0].Places[0]; p.Line != 2 || p.Kind != ticket.Log || p.Entry == 0 {
			t.Errorf("place %+v", p)
		}

		// an own entry comes first, and stands in front of the shipped one
		add := AddKnownError{Code: "BILL-1234", KnownErrorFields: KnownErrorFields{Title: new("The rate is missing"), Try: new("1. Look into the rate table.\n2. Call Billing.")}}
		if _, err := d.AddKnownError(d.agent, add); !fault.Is(err, fault.CodeForbidden) {
			t.Fatalf("an agent wrote an entry: %v", err)
		}
		e := ok[knownerror.Entry](t)(d.AddKnownError(d.lead, add))
		if e.Own == nil || e.Own.Author != "Dana Reyes" || strings.Join(e.Try, "|") != "Look into the rate table.|Call Billing." {
			t.Errorf("written %+v %+v", e, e.Own)
		}
		ok[knownerror.Entry](t)(d.AddKnownError(d.lead, AddKnownError{Code: "ora-1555", KnownErrorFields: KnownErrorFields{Title: new("Ours: the nightly extract"), Link: new("https://wiki.example/extract")}}))
		cards = ok[KnownErrorCards](t)(d.KnownErrors(d.agent, tk.Number))
		if got := cardCodes(cards); got != "ORA-01555 BILL-1234 ECONNREFUSED HTTP 500" {
			t.Fatalf("with own entries: %q", got)
		}
		if c := cards.Items[0]; c.Title != "Ours: the nightly extract" || len(c.Try) == 0 || !c.Own.Overrides || !strings.Contains(c.Source, "this desk") || c.Link == "" {
			t.Errorf("own before shipped: %+v", c)
		}
		if _, err := d.AddKnownError(d.lead, add); !fault.Is(err, fault.CodeConflict) {
			t.Errorf("twice: %v", err)
		}

		// retired, it is the shipped one again
		ok[knownerror.Entry](t)(d.ChangeKnownError(d.lead, "ORA-01555", KnownErrorFields{State: new("retired")}))
		ok[knownerror.Entry](t)(d.ChangeKnownError(d.lead, "bill-1234", KnownErrorFields{State: new("retired")}))
		cards = ok[KnownErrorCards](t)(d.KnownErrors(d.agent, tk.Number))
		if got := cardCodes(cards); got != "ECONNREFUSED ORA-01555 HTTP 500" || cards.Items[1].Own != nil {
			t.Errorf("after retiring: %q", got)
		}
	})
}

func cardCodes(c KnownErrorCards) string {
	var list []string
	for _, i := range c.Items {
		list = append(list, i.Code)
	}
	return strings.Join(list, " ")
}

func TestKnownErrorSearchAndPage(t *testing.T) {
	eachCatalog(t, func(t *testing.T, d catalogDesk) {
		tk := ok[ticket.Ticket](t)(d.OpenTicket(d.agent, OpenTicket{Subject: "Cannot connect", Body: "psql: connection refused"}))
		page := ok[KnownErrorPage](t)(d.KnownErrorList(d.agent, ListKnownErrors{Q: "ora-1555"}))
		if len(page.Items) == 0 || page.Items[0].Code != "ORA-01555" {
			t.Errorf("by code: %+v", page.Items)
		}
		page = ok[KnownErrorPage](t)(d.KnownErrorList(d.agent, ListKnownErrors{Q: "deadlock"}))
		if len(page.Items) < 4 {
			t.Errorf("by word: %d", len(page.Items))
		}
		// every page once, and nothing twice
		seen := map[string]bool{}
		in := ListKnownErrors{Family: "errno", Limit: 50}
		for {
			page = ok[KnownErrorPage](t)(d.KnownErrorList(d.agent, in))
			for _, e := range page.Items {
				if seen[e.Key] {
					t.Fatalf("%s twice", e.Code)
				}
				seen[e.Key] = true
			}
			if in.Cursor = page.Next; in.Cursor == "" {
				break
			}
		}
		if len(seen) < 125 {
			t.Errorf("%d system errors", len(seen))
		}
		for _, bad := range []ListKnownErrors{{Family: "x"}, {State: "x"}, {Cursor: "x"}, {Limit: -1}} {
			if _, err := d.KnownErrorList(d.agent, bad); !fault.Is(err, fault.CodeInvalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		for _, code := range []string{"ECONNREFUSED", "econnrefused", "[Errno 111] Connection refused"} {
			v := ok[KnownErrorView](t)(d.KnownError(d.agent, code))
			if v.Code != "ECONNREFUSED" || len(v.Tickets) != 1 || v.Tickets[0].Number != tk.Number {
				t.Errorf("%s: %s with %+v", code, v.Code, v.Tickets)
			}
		}
		if _, err := d.KnownError(d.agent, "NOBODY-KNOWS"); !fault.Is(err, fault.CodeNotFound) {
			t.Errorf("unknown: %v", err)
		}
		found := ok[[]FoundError](t)(d.FindErrors(d.agent, "x\nHTTP 503"))
		if len(found) != 1 || found[0].Line != 2 || found[0].Title == "" {
			t.Errorf("found %+v", found)
		}
	})
}

func TestImportKnownErrorsAgainUpdates(t *testing.T) {
	eachCatalog(t, func(t *testing.T, d catalogDesk) {
		in := ImportManual{Name: "/u01/oraus.msg", Manual: "Oracle 19c", Product: "Oracle"}
		text := "20001, 00000, \"one\"\n// *Cause: a\n// *Action: b\n20002, 00000, \"two\"\nnonsense\n"
		if _, err := d.ImportKnownErrors(d.agent, in, strings.NewReader(text)); !fault.Is(err, fault.CodeForbidden) {
			t.Fatalf("an agent imported: %v", err)
		}
		dry := in
		dry.DryRun = true
		res := ok[ManualResult](t)(d.ImportKnownErrors(d.lead, dry, strings.NewReader(text)))
		if res.Added != 2 || len(res.Problems) != 1 || res.Problems[0].Line != 5 {
			t.Errorf("dry %+v", res)
		}
		if page := ok[KnownErrorPage](t)(d.KnownErrorList(d.lead, ListKnownErrors{Family: "own"})); len(page.Items) != 0 {
			t.Errorf("a dry run wrote %+v", page.Items)
		}
		res = ok[ManualResult](t)(d.ImportKnownErrors(d.lead, in, strings.NewReader(text)))
		if res.Added != 2 {
			t.Errorf("first %+v", res)
		}
		ok[knownerror.Entry](t)(d.ChangeKnownError(d.lead, "ORA-20002", KnownErrorFields{Title: new("by hand")}))
		res = ok[ManualResult](t)(d.ImportKnownErrors(d.lead, in, strings.NewReader(strings.Replace(text, "one", "uno", 1)+"20003, 00000, \"three\"\n")))
		if res.Added != 1 || res.Updated != 1 || res.Unchanged != 0 || res.Kept != 1 {
			t.Errorf("again %+v", res)
		}
		res = ok[ManualResult](t)(d.ImportKnownErrors(d.lead, in, strings.NewReader(strings.Replace(text, "one", "uno", 1))))
		if res.Added != 0 || res.Updated != 0 || res.Unchanged != 1 || res.Kept != 1 {
			t.Errorf("third %+v", res)
		}
		v := ok[KnownErrorView](t)(d.KnownError(d.agent, "ORA-20001"))
		if v.Title != "uno" || v.Own.Manual != "Oracle 19c" || v.Meaning != "a" || strings.Join(v.Try, "") != "b" || v.Product != "Oracle" {
			t.Errorf("read %+v %+v", v.Entry, v.Own)
		}
		for name, bad := range map[string]ImportManual{"format": {Name: "x", Format: "pdf"}, "name": {}} {
			if _, err := d.ImportKnownErrors(d.lead, bad, strings.NewReader(text)); !fault.Is(err, fault.CodeInvalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := d.ImportKnownErrors(d.lead, ImportManual{Name: "x.csv", Format: "csv"}, strings.NewReader("a,b\n1,2\n")); !fault.Is(err, fault.CodeInvalid) {
			t.Errorf("no columns: %v", err)
		}
	})
}
