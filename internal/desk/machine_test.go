package desk

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"firebreak/internal/clock"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// machine does random acts on a few tickets and checks after each that nothing impossible came about.
type machine struct {
	*staffed
	r       *rand.Rand
	opening map[int64]map[string]string // fields of each ticket when it was first seen
	last    map[int64]ticket.Ticket
	undos   []id.ID
	entries int
	log     []string
}

// TestRandomActsKeepTheDeskSound runs long random histories. The seed is in the failure message.
func TestRandomActsKeepTheDeskSound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		steps := 500
		if s.Shared() || testing.Short() {
			steps = 150
		}
		const seed = 20261130
		m := &machine{staffed: staff(t, s, c), r: rand.New(rand.NewPCG(seed, 1)), opening: map[int64]map[string]string{}, last: map[int64]ticket.Ticket{}}
		defer func() {
			if t.Failed() {
				t.Logf("seed %d, the latest acts:\n%s", seed, strings.Join(m.log[max(0, len(m.log)-12):], "\n"))
			}
		}()
		for range 4 {
			m.open(m.req, OpenTicket{Application: "billing"})
		}
		m.check()
		for range steps {
			m.step()
			m.check()
			if t.Failed() {
				return
			}
		}
		if len(m.undos) < 5 || len(m.last) < 8 {
			t.Errorf("%d undos, %d tickets: the acts hardly did anything", len(m.undos), len(m.last))
		}
	})
}

func pick[T any](m *machine, of ...T) T { return of[m.r.IntN(len(of))] }

// step does one random act. It may be refused, with a fault, but must not fail otherwise.
func (m *machine) step() {
	numbers := slices.Sorted(maps.Keys(m.last))
	n := pick(m, numbers...)
	ctx := pick(m, m.agent, m.agent, m.lead)
	var err error
	var what string
	switch m.r.IntN(16) {
	case 0:
		what = "open"
		err = second(m.OpenTicket(pick(m, m.req, m.r2), OpenTicket{Subject: "Another", Stakes: pick(m, urgency.Client, urgency.Person, ""), Spreading: m.r.IntN(9) == 0}))
	case 1, 2, 3:
		in := MoveTicket{Status: pick(m, ticket.Statuses...), WaitingOn: pick(m, "", ticket.OnRequester, ticket.OnChange, ticket.OnDate), Reason: pick(m, "", "It came back.")}
		if m.r.IntN(2) == 0 {
			in.WakeAt = m.clock.Now().Add(time.Duration(m.r.IntN(100)-20) * time.Minute)
		}
		what = fmt.Sprintf("move %+v", in)
		err = second(m.Move(ctx, n, in))
	case 4:
		what = "assign"
		err = second(m.Assign(ctx, n, pick(m, "me", "none", "kim@desk.example"), nil))
	case 5:
		at := m.clock.Now().Add(time.Duration(m.r.IntN(200)-20) * time.Hour).Format(time.RFC3339)
		in := TicketEdit{Stakes: pick(m, nil, new(urgency.Client), new(urgency.Person)), Deadline: pick(m, nil, &DeadlineEdit{At: new(at), Consequence: new("invoices are late")}),
			Tags: pick(m, nil, &[]string{"a"}, &[]string{"b", "c"}), Application: pick(m, nil, new("billing"), new(""))}
		what = "edit"
		err = second(m.EditTicket(ctx, n, in))
	case 6:
		what = "raise"
		err = second(m.Raise(ctx, n, "", ""))
	case 7:
		what = "lower"
		err = second(m.Lower(ctx, n, "", pick(m, "", "It can wait.")))
	case 8:
		what = "note"
		if _, err = m.Note(ctx, n, "a note"); err == nil {
			m.entries++
		}
	case 9, 10:
		what = "reply"
		who := pick(m, ctx, m.req, m.r2)
		before := len(m.all())
		if _, err = m.Reply(who, n, Reply{Body: "a reply", Status: pick(m, "", "", ticket.OnHold, ticket.Resolved)}); err == nil && len(m.all()) == before {
			m.entries++ // a reply to a closed ticket is the body of a new one instead
		}
	case 11:
		from := []int64{pick(m, numbers...), pick(m, numbers...)}
		what = fmt.Sprint("merge ", from)
		m.keep(m.Merge(ctx, from, n))(&err)
	case 12:
		what = "split"
		at := must(m.store.Read().EntryIDs(m.lead, n))(m.t)
		if len(at) > 0 {
			_, undo, e := m.Split(ctx, n, SplitTicket{Subject: "A part", Entries: at[:1+m.r.IntN(len(at))]})
			m.keep(undo, e)(&err)
		}
	case 13:
		out, e := m.Bulk(ctx, []int64{n, pick(m, numbers...), 999}, BulkAct{Status: pick(m, "", ticket.OnHold, ticket.Resolved), AddTags: []string{"bulk"}, Level: pick(m, "", ticket.L2)})
		what = fmt.Sprintf("bulk %+v", out)
		if m.keep(out.Undo, e)(&err); out.Done+len(out.Skipped) < 2 {
			m.t.Errorf("bulk lost tickets: %+v", out)
		}
	case 14:
		if len(m.undos) > 0 {
			what = "undo"
			err = second(m.Undo(m.lead, pick(m, m.undos...)))
		}
	case 15:
		what = "time passes"
		m.clock.Advance(time.Duration(m.r.IntN(48*60)) * time.Minute)
		err = second(m.SweepClocks(context.WithoutCancel(m.lead)))
	}
	m.clock.Advance(time.Second)
	m.log = append(m.log, fmt.Sprintf("%s on %d: %v", what, n, err))
	if err != nil && fault.Of(err) == nil {
		m.t.Fatalf("%s on %d: %v", what, n, err)
	}
}

func (m *machine) keep(undo id.ID, e error) func(*error) {
	return func(err *error) {
		*err = e
		if e == nil && undo != 0 {
			m.undos = append(m.undos, undo)
		}
	}
}

func (m *machine) all() []ticket.Ticket {
	all, _, err := m.store.Read().Tickets(m.lead, store.TicketFilter{View: store.ViewAll, Limit: 2000})
	if err != nil {
		m.t.Fatal(err)
	}
	return all
}

func (m *machine) check() {
	m.t.Helper()
	all := m.all()
	byNumber := map[int64]ticket.Ticket{}
	for _, t := range all {
		byNumber[t.Number] = t
	}
	entries := 0
	for _, t := range all {
		if bad := impossible(t, byNumber); bad != "" {
			m.t.Errorf("ticket %d: %s: %+v", t.Number, bad, t)
		}
		before, known := m.last[t.Number]
		m.last[t.Number] = t
		if !known {
			m.opening[t.Number] = fieldsOf(t)
		}
		entries += len(must(m.store.Read().EntryIDs(m.lead, t.Number))(m.t))
		if known && before.Version == t.Version {
			if changes := ticket.Diff(&before, &t); len(changes) > 0 {
				m.t.Errorf("ticket %d changed without a new version: %+v", t.Number, changes)
			}
			continue
		}
		m.replay(t)
	}
	if entries != m.entries {
		m.t.Errorf("%d entries, want %d", entries, m.entries)
	}
}

// replay folds a ticket's history over its opening state, which must give the ticket as it is.
func (m *machine) replay(t ticket.Ticket) {
	m.t.Helper()
	got := maps.Clone(m.opening[t.Number])
	for _, e := range must(m.store.Read().History(m.lead, t.Number, 100_000))(m.t) {
		if _, field := got[e.Field]; !field {
			continue
		}
		if got[e.Field] != e.Old {
			m.t.Errorf("ticket %d: %s was %q, the history says it was %q", t.Number, e.Field, got[e.Field], e.Old)
		}
		if e.Via == "" || e.ActorID == 0 && e.Rule == "" {
			m.t.Errorf("nobody did %+v", e)
		}
		got[e.Field] = e.New
	}
	if want := fieldsOf(t); !maps.Equal(got, want) {
		m.t.Errorf("ticket %d: the history gives\n%v\nthe ticket is\n%v", t.Number, got, want)
	}
}

// fieldsOf gives every field that history records, as text.
func fieldsOf(t ticket.Ticket) map[string]string {
	out := map[string]string{}
	// Against a ticket that differs everywhere, Diff names every field.
	other := ticket.Ticket{Subject: "\x00", Body: "\x00", Status: "\x00", WaitingOn: "\x00", Level: "\x00", Tags: []string{"\x00"}, Application: "\x00", Team: "\x00",
		Requester: "\x00", Assignee: "\x00", MergedInto: -1, Resolution: "\x00", Stakes: "\x00", Work: !t.Work, Spread: !t.Spread, Fire: "\x00",
		ByHand: &urgency.Override{Fire: "\x00"}, WakeAt: time.Unix(1, 0), RealAt: time.Unix(1, 0),
		Deadline: ticket.Deadline{At: time.Unix(1, 0), Reason: "\x00", SaidBy: "\x00", Consequence: "\x00", AgreedAt: time.Unix(1, 0)}}
	if t.Deadline.Real == nil {
		other.Deadline.Real = new(true)
	}
	for _, e := range ticket.Diff(&other, &t) {
		out[e.Field] = e.New
	}
	return out
}

// impossible says what is wrong with a ticket, "" when nothing is.
func impossible(t ticket.Ticket, all map[int64]ticket.Ticket) string {
	switch {
	case !t.Status.Valid(), !t.Fire.Valid(), !t.Level.Valid():
		return "an unknown word"
	case (t.Status == ticket.Merged) != (t.MergedInto != 0):
		return "merged and not merged"
	case (t.Status == ticket.OnHold) != (t.WaitingOn != ""):
		return "waiting for nothing, or for something without waiting"
	case t.WaitingOn == ticket.OnDate && t.WakeAt.IsZero(), t.Status != ticket.OnHold && !t.WakeAt.IsZero():
		return "a wake-up that is missing or left behind"
	case t.Status.Active() && (!t.ResolvedAt.IsZero() || !t.ClosedAt.IsZero()):
		return "active and done"
	case t.Status == ticket.Resolved && t.ResolvedAt.IsZero(), (t.Status == ticket.Closed || t.Status == ticket.Cancelled) && t.ClosedAt.IsZero():
		return "done at no time"
	case t.Fire == urgency.Wildfire && !t.TurnsAt.IsZero() && t.ByHand == nil:
		return "a wildfire that turns"
	case !slices.IsSorted(t.Tags) || len(slices.Compact(slices.Clone(t.Tags))) != len(t.Tags):
		return "untidy tags"
	}
	for hops, at := 0, t; at.Status == ticket.Merged; hops++ {
		next, there := all[at.MergedInto]
		if !there || hops > len(all) {
			return "merged into nowhere or in a circle"
		}
		at = next
	}
	return ""
}
