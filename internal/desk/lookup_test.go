package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/lookup"
	"firebreak/internal/person"
	"firebreak/internal/store"
)

const lookupError = "2026-11-30 02:14:07 ERROR [billprd01.northwind.example] extract for Marta Lind failed\nORA-01555: snapshot too old: rollback segment number 9 with name \"_SYSSMU9$\" too small"

// admin is somebody who sets rules.
func (d *staffed) admin() context.Context {
	d.t.Helper()
	ada := person.Person{Name: "Ada Park", Email: "ada@desk.example", Role: person.Admin}
	if err := d.store.Write(d.t.Context(), func(tx *store.Tx) error { ada.ID = 0; return tx.AddPerson(d.t.Context(), &ada) }); err != nil {
		d.t.Fatal(err)
	}
	return WithCaller(d.t.Context(), Caller{Person: ada, Via: "page"})
}

// team makes a team of some people.
func (d *staffed) team(name string, people ...person.Person) person.Team {
	d.t.Helper()
	team := person.Team{Name: name}
	err := d.store.Write(d.t.Context(), func(tx *store.Tx) error {
		team.ID = 0
		if err := tx.AddTeam(d.t.Context(), &team); err != nil {
			return err
		}
		var who []id.ID
		for _, p := range people {
			who = append(who, p.ID)
		}
		return tx.SetMembers(d.t.Context(), team.ID, who)
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return team
}

// lookUp is what the page sends after it has shown what is known inside.
func (d *staffed) lookUp(ctx context.Context, text, engine string) LookupOut {
	d.t.Helper()
	l, _, err := d.look(ctx, CallerOf(ctx), LookupText{Text: text})
	if err != nil {
		d.t.Fatal(err)
	}
	return LookupOut{LookupText: LookupText{Text: text}, Engine: engine, Seen: l.Seen()}
}

func (d *staffed) logged(f store.LookupFilter) []lookup.LogEntry {
	d.t.Helper()
	f.Now, f.Limit = d.Now(), 100
	return must(d.store.Read().Lookups(d.t.Context(), f))(d.t)
}

func TestLookupKeepsPrivateWordsIn(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		old := d.open(d.req, OpenTicket{Subject: "Extract stopped with ORA-01555", Body: lookupError})
		page := WithCaller(t.Context(), Caller{Person: d.sam, Via: "page"})
		l, err := d.Lookup(page, LookupText{Text: lookupError})
		if err != nil {
			t.Fatal(err)
		}
		low := strings.ToLower(l.Text)
		for _, w := range []string{"marta", "lind", "northwind", "billprd01"} {
			if strings.Contains(low, w) {
				t.Errorf("%s would leave: %q", w, l.Text)
			}
		}
		if !strings.Contains(l.Text, "ORA-01555") || !strings.Contains(low, "snapshot") {
			t.Errorf("the error is not in the query: %q", l.Text)
		}
		kinds := map[string]bool{}
		for _, k := range l.Known {
			kinds[k.Kind] = true
			if k.Kind == "ticket" && k.Number != old {
				t.Errorf("ticket %d is known", k.Number)
			}
		}
		if !kinds["known_error"] || !kinds["ticket"] {
			t.Errorf("known inside: %+v", l.Known)
		}
		if len(l.URLs) > 0 || len(d.logged(store.LookupFilter{})) > 0 {
			t.Error("looking at the page gave addresses, or was logged as left")
		}
		// What belongs to the desk stays, whoever asks.
		forced, err := d.Lookup(page, LookupText{Text: lookupError, Allow: []string{"Marta", "Lind", "billprd01", "northwind", "billprd01.northwind.example"}})
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range []string{"marta", "lind", "northwind"} {
			if strings.Contains(strings.ToLower(forced.Text), w) {
				t.Errorf("%s was let through by hand: %q", w, forced.Text)
			}
		}
		dropped, err := d.Lookup(page, LookupText{Text: lookupError, Drop: []string{"Snapshot"}})
		if err != nil || strings.Contains(strings.ToLower(dropped.Text), "snapshot") {
			t.Errorf("a word that was held back: %q, %v", dropped.Text, err)
		}
		// A program is given addresses, and that is logged.
		given, err := d.Lookup(d.agent, LookupText{Text: lookupError})
		log := d.logged(store.LookupFilter{})
		if err != nil || len(given.URLs) == 0 || len(log) != 1 || log[0].Way != lookup.ByLinks || log[0].Query != given.Text {
			t.Errorf("given %v, %v; logged %+v", given.URLs, err, log)
		}
		for _, w := range []string{"Marta", "Lind", "billprd01", "northwind"} {
			if strings.Contains(fmt.Sprintf("%+v", log), w) {
				t.Errorf("the log holds %s: %+v", w, log)
			}
		}
		if _, err := d.Lookup(d.req, LookupText{Text: lookupError}); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("a requester looks up: %v", err)
		}
		if _, err := d.Lookup(page, LookupText{Text: strings.Repeat("x", MaxLookup+1)}); !fault.Is(err, fault.CodeInvalid) {
			t.Errorf("a text that is too long: %v", err)
		}
	})
}

func TestLookupLeavesOnceByPolicy(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		admin := d.admin()
		in := d.lookUp(d.agent, lookupError, "stackoverflow")
		out, err := d.OpenOutside(d.agent, in)
		if err != nil || out.State != lookup.Left || !strings.HasPrefix(out.URL, "https://stackoverflow.com/search?q=") || strings.Contains(out.URL, "Marta") {
			t.Fatalf("out: %+v, %v", out, err)
		}
		if _, err := d.OpenOutside(d.agent, in); !fault.Is(err, fault.CodeConflict) {
			t.Errorf("the second press: %v", err)
		}
		if n := len(d.logged(store.LookupFilter{State: lookup.Left})); n != 1 {
			t.Errorf("%d look-ups left, want 1", n)
		}
		d.clock.Advance(time.Minute)
		if _, err := d.OpenOutside(d.agent, in); err != nil {
			t.Errorf("the same a minute later: %v", err)
		}
		for name, bad := range map[string]func(*LookupOut){
			"another engine": func(o *LookupOut) { o.Engine = "elsewhere" },
			"no text":        func(o *LookupOut) { o.Text = "  " },
			"known unseen":   func(o *LookupOut) { o.Seen = nil },
			"no such ticket": func(o *LookupOut) { o.Ticket = 4711 },
		} {
			x := in
			bad(&x)
			if got, err := d.OpenOutside(d.agent, x); err == nil {
				t.Errorf("%s left: %+v", name, got)
			}
		}
		if _, err := d.SearchOutside(d.agent, in); !fault.Is(err, fault.CodeInvalid) {
			t.Errorf("direct search is on: %v", err)
		}

		// The strictest policy of the teams and the ticket holds.
		sams, kims, tickets := d.team("Night", d.sam), d.team("Day", d.kim, d.sam), d.team("Payments")
		number := d.open(d.agent, OpenTicket{Subject: "Cards refused"})
		must(d.EditTicket(d.lead, number, TicketEdit{Team: &tickets.Name}))(t)
		for _, x := range []struct {
			night, day, payments, desk lookup.Policy
			ticket                     bool
			want                       lookup.Policy
			team                       string
		}{
			{"", "", "", lookup.Allow, false, lookup.Allow, "Day"},
			{"", "", "", lookup.Forbid, false, lookup.Forbid, "Day"},
			{lookup.Ask, "", "", lookup.Allow, false, lookup.Ask, "Night"},
			{lookup.Allow, lookup.Forbid, "", lookup.Allow, false, lookup.Forbid, "Day"},
			{lookup.Allow, lookup.Allow, "", lookup.Forbid, false, lookup.Allow, "Day"},
			{lookup.Allow, lookup.Allow, lookup.Ask, lookup.Allow, true, lookup.Ask, "Payments"},
			{lookup.Forbid, lookup.Allow, lookup.Ask, lookup.Allow, true, lookup.Forbid, "Night"},
			{"", "", lookup.Ask, lookup.Allow, false, lookup.Allow, "Day"},
		} {
			must(d.SetLookupPolicy(admin, x.desk, 8))(t)
			must(d.SetTeamLookup(admin, sams.Name, x.night))(t)
			must(d.SetTeamLookup(admin, kims.Name, x.day))(t)
			must(d.SetTeamLookup(admin, tickets.Name, x.payments))(t)
			text := LookupText{Text: lookupError}
			if x.ticket {
				text.Ticket = number
			}
			l, _, err := d.look(d.agent, CallerOf(d.agent), text)
			if err != nil || l.Policy != x.want || l.Team != x.team {
				t.Errorf("%+v: %s of %q, %v", x, l.Policy, l.Team, err)
			}
		}
		must(d.SetTeamLookup(admin, sams.Name, lookup.Forbid))(t)
		if _, err := d.OpenOutside(d.agent, in); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("forbidden: %v", err)
		}
		if l, err := d.Lookup(d.agent, LookupText{Text: lookupError}); err != nil || len(l.URLs) != 0 {
			t.Errorf("addresses are given although policy forbids: %v, %v", l.URLs, err)
		}
		if refused := d.logged(store.LookupFilter{State: lookup.Refused}); len(refused) != 1 || refused[0].Team != "Night" || !refused[0].LeftAt.IsZero() {
			t.Errorf("refusals in the log: %+v", refused)
		}
	})
}

func TestLookupNeedsASecondPerson(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		admin := d.admin()
		must(d.SetLookupPolicy(admin, lookup.Ask, 4))(t)
		in := d.lookUp(d.agent, lookupError, "duckduckgo")
		asked, err := d.OpenOutside(d.agent, in)
		if err != nil || asked.State != lookup.Waiting || asked.LeftAt.Unix() > 0 {
			t.Fatalf("asked: %+v, %v", asked, err)
		}
		if again, err := d.OpenOutside(d.agent, in); err != nil || again.ID != asked.ID {
			t.Errorf("the second press asked again: %+v, %v", again, err)
		}
		if n, err := d.LookupsWaiting(d.lead); n != 1 || err != nil {
			t.Errorf("waiting for the lead: %d, %v", n, err)
		}
		if n, _ := d.LookupsWaiting(d.agent); n != 0 {
			t.Errorf("%d wait for somebody who may not decide", n)
		}
		if _, err := d.DecideLookup(d.agent2, asked.ID, true, ""); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("an agent decides: %v", err)
		}
		if _, err := d.OpenApproved(d.agent, asked.ID); !fault.Is(err, fault.CodeConflict) {
			t.Errorf("opened before it was approved: %v", err)
		}
		if _, err := d.DecideLookup(d.lead, asked.ID, false, " "); !fault.Is(err, fault.CodeInvalid) {
			t.Errorf("denied without a reason: %v", err)
		}
		if _, err := d.DecideLookup(AsSystem(t.Context(), "cli", "x"), asked.ID, true, ""); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("nobody in particular decides: %v", err)
		}
		ok, err := d.DecideLookup(d.lead, asked.ID, true, "")
		if err != nil || ok.State != lookup.Approved || ok.Decider != "Dana Reyes" {
			t.Fatalf("approved: %+v, %v", ok, err)
		}
		if _, err := d.DecideLookup(d.lead, asked.ID, false, "too late"); !fault.Is(err, fault.CodeConflict) {
			t.Errorf("decided twice: %v", err)
		}
		if _, err := d.OpenApproved(d.agent2, asked.ID); !fault.Is(err, fault.CodeNotFound) {
			t.Errorf("somebody else opens it: %v", err)
		}
		left, err := d.OpenApproved(d.agent, asked.ID)
		if err != nil || left.State != lookup.Left || !strings.HasPrefix(left.URL, "https://duckduckgo.com/?q=") {
			t.Errorf("opened: %+v, %v", left, err)
		}
		if _, err := d.OpenApproved(d.agent, asked.ID); !fault.Is(err, fault.CodeConflict) {
			t.Errorf("opened twice: %v", err)
		}

		// Nobody approves their own, and nobody approves what has expired.
		own, err := d.OpenOutside(d.lead, d.lookUp(d.lead, lookupError, "github"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.DecideLookup(d.lead, own.ID, true, ""); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("approving the own look-up: %v", err)
		}
		if a, err := d.LookupApprovals(d.lead); err != nil || len(a.Items) != 0 || len(a.Mine) != 1 {
			t.Errorf("what waits for the asker: %+v, %v", a, err)
		}
		d.clock.Advance(5 * time.Hour)
		if _, err := d.DecideLookup(admin, own.ID, true, ""); !fault.Is(err, fault.CodeConflict) {
			t.Errorf("approved after it expired: %v", err)
		}
		if got := d.logged(store.LookupFilter{State: lookup.Expired}); len(got) != 1 || got[0].ID != own.ID {
			t.Errorf("expired: %+v", got)
		}

		// Rules that became stricter hold for what was approved before.
		later, err := d.OpenOutside(d.agent, d.lookUp(d.agent, lookupError, "github"))
		if err != nil {
			t.Fatal(err)
		}
		must(d.DecideLookup(d.lead, later.ID, true, ""))(t)
		must(d.SetLookupPolicy(admin, lookup.Forbid, 4))(t)
		if got, err := d.OpenApproved(d.agent, later.ID); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("opened although it is forbidden now: %+v, %v", got, err)
		}
		report, err := d.LookupReport(d.agent, "", "")
		if err != nil || report.Total.Asked != 3 || report.Total.Left != 1 || report.Total.Expired != 1 || report.Total.Refused != 1 || len(report.Days) != 1 || report.Total.Removed == 0 {
			t.Errorf("report: %+v, %v", report, err)
		}
	})
}

func TestWordsAllowedForEver(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		const text = "zorptang failed with ORA-01555: snapshot too old"
		query := func() string { return strings.ToLower(must(d.Lookup(d.lead, LookupText{Text: text}))(t).Text) }
		if strings.Contains(query(), "zorptang") {
			t.Fatal("an unknown word leaves")
		}
		if _, err := d.AllowWord(d.agent, "zorptang", ""); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("an agent allows for ever: %v", err)
		}
		for _, w := range []string{"Marta", "northwind", "marta@northwind.example", "Dana", "Billing", "4111111111111111", "", "two words"} {
			if got, err := d.AllowWord(d.lead, w, ""); !fault.Is(err, fault.CodeInvalid) {
				t.Errorf("%q was allowed: %+v, %v", w, got, err)
			}
		}
		w, err := d.AllowWord(d.lead, "Zorptang", "the name of a public library")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(query(), "zorptang") {
			t.Errorf("an allowed word stays: %q", query())
		}
		// It became the name of an application since.
		must(d.AddApplication(d.lead, AddApplication{Name: "Zorptang"}))(t)
		if strings.Contains(query(), "zorptang") {
			t.Error("the name of an application leaves")
		}
		if _, err := d.TakeBackWord(d.lead, w.ID); err != nil {
			t.Fatal(err)
		}
		if words, err := d.PublicWords(d.agent); err != nil || len(words) != 0 {
			t.Errorf("words: %+v, %v", words, err)
		}
		audit := must(d.store.Read().Audit(t.Context(), 0, 10))(t)
		var acts []string
		for _, a := range audit {
			acts = append(acts, a.Act)
		}
		if !slices.Contains(acts, "lookup.allow") || !slices.Contains(acts, "lookup.take_back") {
			t.Errorf("audit: %v", acts)
		}
	})
}

func TestLookupRules(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		admin := d.admin()
		if _, err := d.SetLookupPolicy(d.lead, lookup.Forbid, 8); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("a lead sets the policy: %v", err)
		}
		for _, bad := range []string{"http://example.com/?q=%s", "https://example.com/", "https://%s.example.com/", "https://u:p@example.com/?q=%s", "javascript:%s", "https://example.com/?q=%s&r=%s", "https://example.com/ ?q=%s"} {
			if _, err := d.PutEngine(admin, lookup.Engine{Name: "Bad", URL: bad}); !fault.Is(err, fault.CodeInvalid) {
				t.Errorf("%s was taken: %v", bad, err)
			}
		}
		set := must(d.PutEngine(admin, lookup.Engine{Name: "Vendor desk", URL: "https://vendor.example.com/find?words=%s", Products: []string{" Oracle ", ""}}))(t)
		last := set.Engines[len(set.Engines)-1]
		if last.Key != "vendor-desk" || len(last.Products) != 1 || last.Products[0] != "Oracle" {
			t.Errorf("added %+v", last)
		}
		set = must(d.MoveEngine(admin, "vendor-desk", -100))(t)
		if set.Engines[0].Key != "vendor-desk" {
			t.Errorf("moved to the front: %+v", set.Engines)
		}
		set = must(d.RemoveEngine(admin, "vendor-desk"))(t)
		if len(set.Engines) != len(lookup.Engines) {
			t.Errorf("%d engines are left", len(set.Engines))
		}
		for _, bad := range []Endpoint{{Kind: "yahoo", URL: "https://example.com", Seconds: 5}, {Kind: "searxng", URL: "http://example.com/search", Seconds: 5}, {Kind: "searxng", URL: "https://example.com/search", Seconds: 900},
			{Kind: "mediawiki", URL: "", Seconds: 5}, {Kind: "searxng", URL: "https://example.com/search", Proxy: "ftp://proxy", Seconds: 5}} {
			if _, err := d.SetLookupSearch(admin, bad); !fault.Is(err, fault.CodeInvalid) {
				t.Errorf("%+v was taken: %v", bad, err)
			}
		}
		web := &fakeWeb{}
		d.Web = web
		must(d.SetLookupSearch(admin, Endpoint{Kind: "searxng", URL: "http://127.0.0.1:8888/search"}))(t)
		got, err := d.SearchOutside(d.agent, d.lookUp(d.agent, lookupError, ""))
		if err != nil || len(got.Items) != 1 || got.Items[0].Title != "Snapshot too old" || strings.Contains(web.query, "Marta") || web.query != got.Query || web.seconds < 9 {
			t.Errorf("found %+v with %q, %v", got, web.query, err)
		}
		web.err = fault.Invalid("", "The instance is asleep.", "")
		d.clock.Advance(time.Minute)
		if _, err := d.SearchOutside(d.agent, d.lookUp(d.agent, lookupError, "")); !fault.Is(err, fault.CodeUnavailable) {
			t.Errorf("a search that fails: %v", err)
		}
		if log := d.logged(store.LookupFilter{Engine: DirectEngine}); len(log) != 2 || log[0].Problem == "" || log[1].Results != 1 {
			t.Errorf("log of direct searches: %+v", log)
		}
	})
}

// fakeWeb is a search engine that finds one page, and one that is no page.
type fakeWeb struct {
	query   string
	seconds float64
	err     error
}

func (w *fakeWeb) Search(ctx context.Context, e Endpoint, query string) ([]WebResult, error) {
	if at, ok := ctx.Deadline(); ok {
		w.seconds = time.Until(at).Seconds()
	}
	w.query = query
	return []WebResult{{Title: "Snapshot\ntoo old", URL: "https://example.com/1"}, {Title: "bad", URL: "javascript:alert(1)"}}, w.err
}

func TestFoundOutside(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		old := d.open(d.req, OpenTicket{Subject: "Extract stopped with ORA-01555", Body: lookupError})
		for _, bad := range []KeepFound{{"http://example.com/a", "x"}, {"https://example.com/a", " "}, {"javascript:alert(1)", "x"}} {
			if _, err := d.KeepFoundOutside(d.agent, old, bad); !fault.Is(err, fault.CodeInvalid) {
				t.Errorf("%+v was kept: %v", bad, err)
			}
		}
		e := must(d.KeepFoundOutside(d.agent, old, KeepFound{"https://example.com/snapshot?id=7", "Raise undo_retention, then rerun."}))(t)
		if e.Public || FoundNote(&e) != "Raise undo_retention, then rerun." {
			t.Errorf("kept %+v", e)
		}
		draft := must(d.DraftResolution(d.agent, old))(t)
		if !strings.Contains(draft.Fix, "Raise undo_retention, then rerun. https://example.com/snapshot?id=7") {
			t.Errorf("the draft: %q", draft.Fix)
		}
		next := d.open(d.req, OpenTicket{Subject: "The extract failed: ORA-01555", Body: strings.ReplaceAll(lookupError, "02:14", "03:30")})
		b := must(d.Briefing(d.agent, next))(t)
		if len(b.Found) != 1 || b.Found[0].URL != "https://example.com/snapshot?id=7" || b.Found[0].Ticket != old {
			t.Errorf("the next one's briefing: %+v", b.Found)
		}
		if b := must(d.Briefing(d.agent, old))(t); len(b.Found) != 0 {
			t.Errorf("its own briefing: %+v", b.Found)
		}
		l := must(d.Lookup(d.lead, LookupText{Text: lookupError, Ticket: next}))(t)
		if !slices.ContainsFunc(l.Known, func(k KnownInside) bool { return k.Kind == "found" && k.Number == old }) {
			t.Errorf("not among what is known: %+v", l.Known)
		}
	})
}

// TestManyPressesLeaveOnce presses one button many times at once: one look-up leaves, and one is asked for.
func TestManyPressesLeaveOnce(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		admin := d.admin()
		press := func(in LookupOut) (states []lookup.State, refused int) {
			const presses = 8
			got := make(chan error, presses)
			out := make(chan lookup.State, presses)
			for range presses {
				go func() {
					e, err := d.OpenOutside(d.agent, in)
					if err == nil {
						out <- e.State
					}
					got <- err
				}()
			}
			for range presses {
				if err := <-got; fault.Is(err, fault.CodeConflict) {
					refused++
				} else if err != nil {
					t.Error(err)
				}
			}
			for len(out) > 0 {
				states = append(states, <-out)
			}
			return states, refused
		}
		if left, refused := press(d.lookUp(d.agent, lookupError, "github")); len(left) != 1 || refused != 7 {
			t.Errorf("left %v, refused %d", left, refused)
		}
		must(d.SetLookupPolicy(admin, lookup.Ask, 8))(t)
		press(d.lookUp(d.agent, lookupError, "stackoverflow"))
		if n := len(d.logged(store.LookupFilter{State: lookup.Waiting})); n != 1 {
			t.Errorf("%d look-ups wait", n)
		}
		asked := d.logged(store.LookupFilter{State: lookup.Waiting})[0]
		must(d.DecideLookup(d.lead, asked.ID, true, ""))(t)
		opened := make(chan bool, 8)
		for range 8 {
			go func() { _, err := d.OpenApproved(d.agent, asked.ID); opened <- err == nil }()
		}
		n := 0
		for range 8 {
			if <-opened {
				n++
			}
		}
		if n != 1 {
			t.Errorf("an approval was used %d times", n)
		}
	})
}

// TestLookupOfATicketIsMasked begins with what a ticket says, as it is shown.
func TestLookupOfATicketIsMasked(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.req, OpenTicket{Subject: "Refund refused", Body: "java.lang.IllegalStateException: refused for card 4111 1111 1111 1111"})
		in := must(d.LookupOf(d.agent, n, 0))(t)
		if in.Ticket != n || strings.Contains(in.Text, "4111") || !strings.Contains(in.Text, "IllegalStateException") {
			t.Errorf("begins with %+v", in)
		}
		if _, err := d.KeepFoundOutside(d.agent, n, KeepFound{"https://example.com/?card=4111111111111111", "x"}); !fault.Is(err, fault.CodeInvalid) {
			t.Errorf("a link with a card number was kept: %v", err)
		}
	})
}
