package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"firebreak/internal/catalog"
	"firebreak/internal/clock"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/live"
	"firebreak/internal/person"
	"firebreak/internal/search"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// staffed is a desk with people on it: a lead, two agents, two requesters and a team with an application.
type staffed struct {
	*Desk
	t                            *testing.T
	clock                        *clock.Manual
	dana, sam, kim, marta, nils  person.Person
	lead, agent, agent2, req, r2 context.Context
}

func eachStaffed(t *testing.T, fn func(t *testing.T, d *staffed)) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) { fn(t, staff(t, s, c)) })
}

func staff(t *testing.T, s *store.Store, c *clock.Manual) *staffed {
	d := &staffed{Desk: New(s, &live.Hub{}, nil, slog.New(slog.DiscardHandler)), t: t, clock: c,
		dana:  person.Person{Name: "Dana Reyes", Email: "dana@desk.example", Role: person.Lead},
		sam:   person.Person{Name: "Sam Ito", Email: "sam@desk.example", Role: person.Agent},
		kim:   person.Person{Name: "Kim Berg", Email: "kim@desk.example", Role: person.Agent},
		marta: person.Person{Name: "Marta Lind", Email: "marta@northwind.example", Role: person.Requester},
		nils:  person.Person{Name: "Nils Holm", Email: "nils@northwind.example", Role: person.Requester}}
	for _, p := range []struct {
		p   *person.Person
		ctx *context.Context
		via string
	}{{&d.dana, &d.lead, "page"}, {&d.sam, &d.agent, "api"}, {&d.kim, &d.agent2, "api"}, {&d.marta, &d.req, "portal"}, {&d.nils, &d.r2, "portal"}} {
		if err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.AddPerson(t.Context(), p.p) }); err != nil {
			t.Fatal(err)
		}
		*p.ctx = WithCaller(t.Context(), Caller{Person: *p.p, Via: p.via})
	}
	err := s.Write(t.Context(), func(tx *store.Tx) error {
		return tx.AddApplication(t.Context(), &catalog.Application{Name: "Billing", Slug: "billing", PrimaryID: d.dana.ID})
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (d *staffed) open(ctx context.Context, in OpenTicket) int64 {
	d.t.Helper()
	if in.Subject == "" {
		in.Subject = "Extract stopped"
	}
	return must(d.OpenTicket(ctx, in))(d.t).Number
}

func (d *staffed) ticket(n int64) ticket.Ticket {
	d.t.Helper()
	return must(d.Ticket(d.lead, n))(d.t)
}

// dump is everything a ticket is, apart from its history and its version.
func (d *staffed) dump(numbers ...int64) string {
	d.t.Helper()
	var out []any
	for _, n := range numbers {
		t := d.ticket(n)
		t.Version, t.UpdatedAt = 0, time.Time{}
		r := d.store.Read()
		entries := must(r.Entries(d.lead, n, 0, 1000))(d.t)
		links := must(r.Links(d.lead, n))(d.t)
		public := must(r.PublicEntries(d.lead, n, 1000))(d.t)
		spent := must(r.TimeSpent(d.lead, n))(d.t)
		found := map[string]bool{}
		for _, word := range []string{"alpha", "bravo", "charlie", "delta", "late"} {
			q := must(search.ParseQuery(word, false))(d.t)
			for who, s := range map[string]store.Searcher{"staff": {Staff: true}, "marta": {Requester: d.marta.ID}, "nils": {Requester: d.nils.ID}} {
				for _, h := range must(r.Search(d.lead, q, s))(d.t) {
					found[fmt.Sprint(word, " ", who, " ", h.Ticket, " ", h.Entry)] = true
				}
			}
		}
		out = append(out, t, t.Effort, entries, links, public, spent, found)
	}
	b, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		d.t.Fatal(err)
	}
	return string(b)
}

func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Fatalf("%s: line %d\n got %s\nwant %s", what, i, g[i], w[i])
		}
	}
	t.Fatalf("%s: %d lines, want %d", what, len(g), len(w))
}

func refused(t *testing.T, err error, code fault.Code, words string) {
	t.Helper()
	if f := fault.Of(err); f == nil || f.Code != code || !strings.Contains(f.Error()+f.Hint, words) {
		t.Fatalf("got %v, want %s with %q", err, code, words)
	}
}

func TestMergeMovesEverythingAndUndoRestoresIt(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		win := d.open(d.req, OpenTicket{Subject: "alpha extract", Body: "bravo"})
		lose := d.open(d.r2, OpenTicket{Subject: "charlie extract", Body: "delta", Stakes: urgency.Client,
			Deadline: StatedDeadline{At: d.clock.Now().Add(30 * time.Hour), Reason: "end of month", Consequence: "invoices are late"}})
		must(d.EditTicket(d.agent, lose, TicketEdit{Tags: &[]string{"month-end"}}))(t)
		must(d.EditTicket(d.agent, win, TicketEdit{Tags: &[]string{"oracle"}}))(t)
		for i, n := range []int64{win, lose, win, lose} {
			d.clock.Advance(time.Minute)
			must(d.Note(d.agent, n, fmt.Sprintf("note %d alpha", i)))(t)
			must(d.Reply(d.agent, n, Reply{Body: fmt.Sprintf("reply %d bravo", i)}))(t)
		}
		must(d.AddTime(d.agent, lose, AddTime{Minutes: 30}))(t)
		before := d.dump(win, lose)
		if d.ticket(win).Fire != urgency.Match || d.ticket(lose).Fire != urgency.HouseFire {
			t.Fatalf("fires %s, %s", d.ticket(win).Fire, d.ticket(lose).Fire)
		}

		undo := must(d.Merge(d.agent, []int64{lose}, win))(t)
		w, l := d.ticket(win), d.ticket(lose)
		if l.Status != ticket.Merged || l.MergedInto != win || w.Fire != urgency.HouseFire || w.TurnsAt.IsZero() || !slices.Equal(w.Tags, []string{"month-end", "oracle"}) {
			t.Fatalf("after the merge: %+v\n%+v", w, l)
		}
		entries := must(d.store.Read().Entries(d.lead, win, 0, 100))(t)
		if len(entries) != 8 || !slices.IsSortedFunc(entries, func(a, b ticket.Entry) int { return a.CreatedAt.Compare(b.CreatedAt) }) {
			t.Fatalf("%d entries on the winner", len(entries))
		}
		if entries[2].Origin != lose || entries[0].Origin != 0 {
			t.Errorf("origins %d, %d", entries[2].Origin, entries[0].Origin)
		}
		// Who wrote to the desk follows the merge, and staff are shown the way.
		d.clock.Advance(time.Minute)
		late := must(d.Reply(d.r2, lose, Reply{Body: "late answer"}))(t)
		if late.Ticket != win || late.Origin != lose {
			t.Errorf("the late answer is on %d from %d", late.Ticket, late.Origin)
		}
		refused(t, second(d.Note(d.agent, lose, "x")), fault.CodeConflict, "merged")
		refused(t, second(d.Reply(d.agent, lose, Reply{Body: "x"})), fault.CodeConflict, "merged")
		refused(t, second(d.Merge(d.agent, []int64{win}, lose)), fault.CodeConflict, "merged")

		refused(t, second(d.Undo(d.agent2, undo)), fault.CodeForbidden, "somebody else")
		must(d.Undo(d.agent, undo))(t)
		refused(t, second(d.Undo(d.agent, undo)), fault.CodeConflict, "already")
		if got := must(d.store.Read().Entry(d.lead, late.ID))(t); got.Ticket != lose || got.Origin != 0 {
			t.Errorf("the late answer stayed on %d (%d)", got.Ticket, got.Origin)
		}
		d.dropEntry(late.ID)
		same(t, "after undo", d.dump(win, lose), before)
	})
}

// dropEntry removes an entry as if it had never been written.
func (d *staffed) dropEntry(entry id.ID) {
	d.t.Helper()
	if _, err := d.store.Writer().ExecContext(d.lead, "UPDATE entry SET send_at = 1 WHERE id = $1", entry); err != nil {
		d.t.Fatal(err)
	}
	if err := d.store.Write(d.lead, func(tx *store.Tx) error { return second(tx.TakeBack(d.lead, entry)) }); err != nil {
		d.t.Fatal(err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestMergeChainsAndUndoInTurn(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		a, b, c := d.open(d.req, OpenTicket{}), d.open(d.r2, OpenTicket{}), d.open(d.r2, OpenTicket{})
		must(d.Note(d.agent, a, "alpha"))(t)
		must(d.Note(d.agent, b, "bravo"))(t)
		start := d.dump(a, b, c)
		first := must(d.Merge(d.agent, []int64{a}, b))(t)
		between := d.dump(a, b, c)
		then := must(d.Merge(d.agent, []int64{b}, c))(t)
		if e := must(d.Reply(d.req, a, Reply{Body: "late"}))(t); e.Ticket != c {
			t.Errorf("the reply went to %d, not along the chain to %d", e.Ticket, c)
		} else {
			d.dropEntry(e.ID)
		}
		refused(t, second(d.Undo(d.agent, first)), fault.CodeConflict, fmt.Sprintf("ticket %d", c))
		must(d.Undo(d.agent, then))(t)
		same(t, "one back", d.dump(a, b, c), between)
		must(d.Undo(d.lead, first))(t)
		same(t, "two back", d.dump(a, b, c), start)
	})
}

func TestMergeRefusals(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		a, b := d.open(d.req, OpenTicket{}), d.open(d.r2, OpenTicket{})
		refused(t, second(d.Merge(d.agent, []int64{a}, a)), fault.CodeInvalid, "itself")
		refused(t, second(d.Merge(d.agent, nil, a)), fault.CodeInvalid, "from")
		refused(t, second(d.Merge(d.agent, []int64{99}, a)), fault.CodeNotFound, "99")
		refused(t, second(d.Merge(d.req, []int64{b}, a)), fault.CodeForbidden, "work")
		must(d.Move(d.agent, a, MoveTicket{Status: ticket.Cancelled}))(t)
		refused(t, second(d.Merge(d.agent, []int64{b}, a)), fault.CodeConflict, "Reopen")
		if d.ticket(b).Status != ticket.New {
			t.Error("a refused merge changed something")
		}
	})
}

func TestUndoRefusesWhatChangedSince(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		a, b := d.open(d.req, OpenTicket{}), d.open(d.req, OpenTicket{})
		done := must(d.Bulk(d.agent, []int64{a, b}, BulkAct{Assignee: new("kim@desk.example"), AddTags: []string{"x"}}))(t)
		must(d.Assign(d.agent, b, "me", nil))(t)
		refused(t, second(d.Undo(d.agent, done.Undo)), fault.CodeConflict, fmt.Sprintf("assignee of ticket %d", b))
		if d.ticket(a).AssigneeID != d.kim.ID {
			t.Error("a refused undo changed something")
		}
		must(d.Assign(d.agent, b, "kim@desk.example", nil))(t)
		must(d.Undo(d.agent, done.Undo))(t)
		if x := d.ticket(a); x.AssigneeID != 0 || x.Status != ticket.New || len(x.Tags) != 0 {
			t.Errorf("after undo %+v", x)
		}
	})
}

func TestSplitAndUndo(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.req, OpenTicket{Subject: "alpha", Application: "billing", Stakes: urgency.Team})
		var entries []id.ID
		for i := range 4 {
			d.clock.Advance(time.Minute)
			entries = append(entries, must(d.Reply(d.req, n, Reply{Body: fmt.Sprintf("bravo %d", i)}))(t).ID)
		}
		before := d.dump(n)
		part, undo, err := d.Split(d.agent, n, SplitTicket{Subject: "The other matter", Entries: entries[1:3]})
		if err != nil {
			t.Fatal(err)
		}
		if part.RequesterID != d.marta.ID || part.Application != "Billing" || part.Status != ticket.New {
			t.Errorf("the part is %+v", part)
		}
		if got := must(d.store.Read().EntryIDs(d.lead, part.Number))(t); !slices.Equal(got, entries[1:3]) {
			t.Errorf("the part has %v", got)
		}
		if links := must(d.Links(d.agent, n))(t); len(links) != 1 || links[0].Word != "split into" || links[0].Other != part.Number {
			t.Errorf("links %+v", links)
		}
		_, _, err = d.Split(d.agent, n, SplitTicket{Subject: "again", Entries: entries[1:2]})
		refused(t, err, fault.CodeInvalid, "not on ticket")
		must(d.Undo(d.agent, undo))(t)
		same(t, "after undo", d.dump(n), before)
		if d.ticket(part.Number).Status != ticket.Cancelled {
			t.Errorf("the part is %s", d.ticket(part.Number).Status)
		}
	})
}

func TestBulkReportsWhatItSkips(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		var all []int64
		for range 5 {
			all = append(all, d.open(d.req, OpenTicket{}))
		}
		must(d.Move(d.agent, all[1], MoveTicket{Status: ticket.Cancelled}))(t)
		must(d.Merge(d.agent, []int64{all[2]}, all[0]))(t)
		before := d.dump(all...)
		out := must(d.Bulk(d.agent, append(all, 99, all[0]), BulkAct{Status: ticket.Resolved, Resolution: "Fixed at the source.", Level: ticket.L2}))(t)
		if out.Done != 3 || len(out.Skipped) != 3 {
			t.Fatalf("%+v", out)
		}
		for _, s := range out.Skipped {
			if s.Why == "" || !slices.Contains([]int64{all[1], all[2], 99}, s.Number) {
				t.Errorf("skipped %+v", s)
			}
		}
		if x := d.ticket(all[3]); x.Status != ticket.Resolved || x.Resolution == "" || x.Level != ticket.L2 || x.ResolvedAt.IsZero() {
			t.Errorf("%+v", x)
		}
		must(d.Undo(d.lead, out.Undo))(t)
		same(t, "after undo", d.dump(all...), before)
		refused(t, second(d.Bulk(d.agent, all, BulkAct{})), fault.CodeInvalid, "Nothing")
		refused(t, second(d.Bulk(d.agent, make([]int64, 0), BulkAct{Level: ticket.L1})), fault.CodeInvalid, "0 tickets")
		refused(t, second(d.Bulk(d.agent, all, BulkAct{Assignee: new("marta@northwind.example")})), fault.CodeInvalid, "does not work tickets")
		refused(t, second(d.Bulk(d.req, all, BulkAct{Level: ticket.L1})), fault.CodeForbidden, "work")
	})
}

func TestEditJudgesNewFactsAndRefusesStaleWriters(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.req, OpenTicket{})
		seen := d.ticket(n).Version
		at := d.clock.Now().Add(40 * time.Hour)
		x := must(d.EditTicket(d.agent, n, TicketEdit{Stakes: new(urgency.Client), Version: &seen,
			Deadline: &DeadlineEdit{At: new(at.Format(time.RFC3339)), Consequence: new("invoices go out wrong")}, AgreedAt: new(at.Add(-time.Hour).Format(time.RFC3339))}))(t)
		if x.Fire != urgency.HouseFire || !x.Deadline.At.Equal(at) || !x.Deadline.AgreedAt.Equal(at.Add(-time.Hour)) || x.Subject != "Extract stopped" {
			t.Errorf("%+v", x)
		}
		_, err := d.EditTicket(d.agent2, n, TicketEdit{Subject: new("mine"), Version: &seen})
		refused(t, err, fault.CodeConflict, "Sam Ito changed the ticket")
		refused(t, second(d.EditTicket(d.agent, n, TicketEdit{Subject: new("")})), fault.CodeInvalid, "subject")
		refused(t, second(d.EditTicket(d.agent, n, TicketEdit{Application: new("nowhere")})), fault.CodeInvalid, "application")
		refused(t, second(d.EditTicket(d.agent, n, TicketEdit{Deadline: &DeadlineEdit{At: new("soon")}})), fault.CodeInvalid, "deadline.at")
		refused(t, second(d.EditTicket(d.agent, n, TicketEdit{Stakes: new(urgency.Stakes("moon")), Level: new(ticket.Level("L9"))})), fault.CodeInvalid, "stakes")
		x = must(d.EditTicket(d.agent, n, TicketEdit{Deadline: &DeadlineEdit{At: new("")}, Application: new("billing")}))(t)
		if !x.Deadline.At.IsZero() || x.Application != "Billing" {
			t.Errorf("%+v", x)
		}
	})
}

func TestJudgeDeadlineAfterTheFact(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.req, OpenTicket{Deadline: StatedDeadline{At: d.clock.Now().Add(time.Hour)}})
		refused(t, second(d.JudgeDeadline(d.agent, n, true)), fault.CodeConflict, "Resolve")
		must(d.Move(d.agent, n, MoveTicket{Status: ticket.Resolved}))(t)
		for _, real := range []bool{true, false} {
			if x := must(d.JudgeDeadline(d.agent, n, real))(t); x.Deadline.Real == nil || *x.Deadline.Real != real || x.Deadline.JudgedBy != d.sam.ID {
				t.Errorf("judged %v: %+v", real, x.Deadline)
			}
		}
		var lines []string
		for _, e := range must(d.store.Read().History(d.lead, n, 100))(t) {
			if e.Field == "deadline_was_real" {
				lines = append(lines, e.Old+">"+e.New)
			}
		}
		if !slices.Equal(lines, []string{">yes", "yes>no"}) {
			t.Errorf("history %v", lines)
		}
		none := d.open(d.req, OpenTicket{})
		must(d.Move(d.agent, none, MoveTicket{Status: ticket.Resolved}))(t)
		refused(t, second(d.JudgeDeadline(d.agent, none, true)), fault.CodeConflict, "no deadline")
	})
}

func TestTimeSpent(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.req, OpenTicket{})
		s := must(d.AddTime(d.agent, n, AddTime{Minutes: 45, Note: "read the undo log"}))(t)
		must(d.AddTime(d.agent2, n, AddTime{Minutes: 15}))(t)
		if got := d.ticket(n).MinutesSpent; got != 60 {
			t.Errorf("%d minutes", got)
		}
		for _, m := range []int{0, -5, 1441} {
			refused(t, second(d.AddTime(d.agent, n, AddTime{Minutes: m})), fault.CodeInvalid, "minutes")
		}
		refused(t, second(d.RemoveTime(d.agent2, s.ID)), fault.CodeForbidden, "Sam Ito")
		must(d.RemoveTime(d.agent, s.ID))(t)
		refused(t, second(d.RemoveTime(d.agent, s.ID)), fault.CodeNotFound, "")
		if list := must(d.TimeSpent(d.agent, n))(t); len(list) != 1 || list[0].Person != "Kim Berg" || d.ticket(n).MinutesSpent != 15 {
			t.Errorf("%+v", list)
		}
	})
}

func TestLinksDraftsAndViews(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		a, b := d.open(d.req, OpenTicket{}), d.open(d.r2, OpenTicket{})
		l := must(d.AddLink(d.agent, a, b, ticket.CausedBy))(t)
		refused(t, second(d.AddLink(d.agent, a, b, ticket.CausedBy)), fault.CodeConflict, "already")
		refused(t, second(d.AddLink(d.agent, a, a, "")), fault.CodeInvalid, "itself")
		refused(t, second(d.AddLink(d.agent, a, 99, "")), fault.CodeInvalid, "no ticket 99")
		if there := must(d.Links(d.agent, b))(t); len(there) != 1 || there[0].Word != "causes" {
			t.Errorf("%+v", there)
		}
		if err := d.RemoveLink(d.agent, l.ID); err != nil {
			t.Fatal(err)
		}
		if here := must(d.Links(d.agent, a))(t); len(here) != 0 {
			t.Errorf("%+v", here)
		}

		if err := d.SaveDraft(d.agent, a, ticket.Note, "half a thought "); err != nil {
			t.Fatal(err)
		}
		if got := must(d.Draft(d.agent, a, ticket.Note))(t); got != "half a thought " {
			t.Errorf("draft %q", got)
		}
		if got := must(d.Draft(d.agent2, a, ticket.Note))(t); got != "" {
			t.Errorf("somebody else's draft %q", got)
		}
		refused(t, d.SaveDraft(d.req, a, ticket.Note, "x"), fault.CodeForbidden, "notes")
		refused(t, d.SaveDraft(d.r2, a, ticket.Reply, "x"), fault.CodeNotFound, "")
		if err := d.SaveDraft(d.agent, a, ticket.Note, ""); err != nil {
			t.Fatal(err)
		}
		if got := must(d.Drafts(d.agent, 0))(t); len(got) != 0 {
			t.Errorf("drafts %v", got)
		}

		mine := must(d.AddView(d.agent, SaveView{Name: "Month end", Query: "?tag=month-end&view=active&cursor=x"}))(t)
		if mine.Query != "tag=month-end&view=active" {
			t.Errorf("query %q", mine.Query)
		}
		refused(t, second(d.AddView(d.agent, SaveView{Name: "x", Query: "drop=table"})), fault.CodeInvalid, "drop")
		refused(t, second(d.AddView(d.agent, SaveView{Name: "x", Shared: true})), fault.CodeForbidden, "share")
		shared := must(d.AddView(d.lead, SaveView{Name: "Wildfires", Query: "fire=wildfire&view=active", Shared: true}))(t)
		names := func(ctx context.Context) (out []string) {
			for _, v := range must(d.SavedViews(ctx))(t) {
				out = append(out, v.Name)
			}
			return out
		}
		if got := names(d.agent2); !slices.Equal(got, []string{"Wildfires"}) {
			t.Errorf("others see %v", got)
		}
		must(d.ChangeView(d.agent, mine.ID, SaveView{Name: "Month end", Query: mine.Query, Position: new(5)}))(t)
		if got := names(d.agent); !slices.Equal(got, []string{"Wildfires", "Month end"}) {
			t.Errorf("order %v", got)
		}
		must(d.ChangeView(d.agent, mine.ID, SaveView{Name: "Month's end", Query: mine.Query, Position: new(0)}))(t)
		if got := names(d.agent); !slices.Equal(got, []string{"Month's end", "Wildfires"}) {
			t.Errorf("order %v", got)
		}
		refused(t, d.RemoveView(d.agent2, mine.ID), fault.CodeNotFound, "")
		refused(t, d.RemoveView(d.agent2, shared.ID), fault.CodeForbidden, "shares")
		if err := d.RemoveView(d.agent, mine.ID); err != nil {
			t.Fatal(err)
		}
	})
}

func TestPresenceIsQuietUnlessSomebodyComesOrGoes(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.req, OpenTicket{})
		sub := d.hub.Subscribe(func(topic string) bool { return topic == TicketTopic(n) })
		defer sub.Close()
		told := func() (k int) {
			for {
				select {
				case <-sub.C:
					k++
				default:
					return k
				}
			}
		}
		view := func(ctx context.Context, composing ticket.Kind) []ticket.Viewer {
			return must(d.Viewing(ctx, n, composing))(t)
		}
		if got := view(d.agent, ""); len(got) != 0 || told() != 1 {
			t.Errorf("alone with %v", got)
		}
		for range 40 {
			d.clock.Advance(5 * time.Second)
			view(d.agent, "")
		}
		if k := told(); k != 0 {
			t.Errorf("looking on was announced %d times", k)
		}
		if got := view(d.agent2, ticket.Reply); len(got) != 1 || got[0].Name != "Sam Ito" || told() != 1 {
			t.Errorf("the second sees %v", got)
		}
		if got := must(d.Viewers(d.agent, n))(t); len(got) != 1 || got[0].Composing != ticket.Reply || got[0].Name != "Kim Berg" {
			t.Errorf("the first sees %v", got)
		}
		d.clock.Advance(46 * time.Second)
		if got := view(d.agent, ""); len(got) != 0 || told() != 1 {
			t.Errorf("after the second fell silent: %v", got)
		}
		if err := d.LeaveTicket(d.agent, n); err != nil || told() != 1 {
			t.Errorf("leaving: %v", err)
		}
		if err := d.LeaveTicket(d.agent, n); err != nil || told() != 0 {
			t.Errorf("leaving twice: %v", err)
		}
		refused(t, second(d.Viewing(d.req, n, "")), fault.CodeForbidden, "")
		refused(t, second(d.Viewing(d.agent, n, "poem")), fault.CodeInvalid, "composing")
	})
}

func TestInboxGroupsCountsAndUnread(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		calm := d.open(d.req, OpenTicket{Assignee: ""})
		hot := d.open(d.agent, OpenTicket{Subject: "Spreading", Spreading: true, Assignee: "me"})
		house := d.open(d.agent, OpenTicket{Subject: "House", Stakes: urgency.Client, Assignee: "me",
			Deadline: StatedDeadline{At: d.clock.Now().Add(48 * time.Hour), Reason: "run", Consequence: "invoices are late"}})
		page := must(d.Inbox(d.agent, ListTickets{View: store.ViewActive}))(t)
		var titles []string
		for _, g := range page.Groups {
			titles = append(titles, fmt.Sprint(g.Title, " ", g.Count, " ", g.Tickets[0].Number))
		}
		want := []string{fmt.Sprint("Burning now 1 ", hot), fmt.Sprint("Can still catch 1 ", house), fmt.Sprint("Matches 1 ", calm)}
		if !slices.Equal(titles, want) {
			t.Errorf("groups %v, want %v", titles, want)
		}
		if len(page.Unread) != 3 {
			t.Errorf("unread %v", page.Unread)
		}
		if err := d.MarkSeen(d.agent, hot); err != nil {
			t.Fatal(err)
		}
		must(d.Note(d.agent, hot, "my own act is no news to me"))(t)
		if page = must(d.Inbox(d.agent, ListTickets{View: store.ViewActive}))(t); page.Unread[hot] || !page.Unread[calm] {
			t.Errorf("unread %v", page.Unread)
		}
		must(d.Note(d.agent2, hot, "somebody else's is"))(t)
		if page = must(d.Inbox(d.agent, ListTickets{View: store.ViewActive}))(t); !page.Unread[hot] {
			t.Errorf("unread %v", page.Unread)
		}
		n := must(d.InboxCounts(d.agent))(t)
		if n != (InboxCounts{Mine: 2, Unassigned: 1, Fires: 2, Wildfires: 1}) {
			t.Errorf("counts %+v", n)
		}
	})
}
