package desk

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// TestPortalTypesCannotHoldPrivateText walks everything the portal may answer with.
func TestPortalTypesCannotHoldPrivateText(t *testing.T) {
	private := []reflect.Type{reflect.TypeFor[ticket.Entry](), reflect.TypeFor[ticket.Event](), reflect.TypeFor[ticket.Ticket](), reflect.TypeFor[ticket.Draft](),
		reflect.TypeFor[ticket.TimeSpent](), reflect.TypeFor[ticket.Link](), reflect.TypeFor[person.Person](), reflect.TypeFor[urgency.Override](), reflect.TypeFor[ticket.Deadline]()}
	fields := 0
	seen := map[reflect.Type]bool{}
	var walk func(path string, ty reflect.Type)
	walk = func(path string, ty reflect.Type) {
		if slices.Contains(private, ty) {
			t.Errorf("%s is a %s", path, ty)
		}
		switch ty.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			walk(path+"[]", ty.Elem())
		case reflect.Interface, reflect.Func, reflect.Chan:
			t.Errorf("%s is a %s: it could hold anything", path, ty)
		case reflect.Struct:
			if ty == reflect.TypeFor[time.Time]() || seen[ty] {
				return
			}
			seen[ty] = true
			for f := range ty.Fields() {
				fields++
				walk(path+"."+f.Name, f.Type)
			}
		}
	}
	for _, ty := range []reflect.Type{reflect.TypeFor[PortalPage](), reflect.TypeFor[PortalTicket]()} {
		walk(ty.Name(), ty)
	}
	if fields < 20 {
		t.Errorf("only %d fields were looked at", fields)
	}
}

// TestNoSecretReachesThePortal writes a secret into every private place there is and looks for it outside.
func TestNoSecretReachesThePortal(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		secrets := 0
		secret := func() string { secrets++; return fmt.Sprintf("zzsecret%dzz", secrets) }
		n := d.open(d.req, OpenTicket{Subject: "Extract stopped", Body: "It stops at noon.", Application: "billing"})
		other := d.open(d.r2, OpenTicket{Subject: secret(), Body: secret()})
		outside := d.open(d.r2, OpenTicket{Subject: secret(), Body: secret()})

		must(d.Note(d.agent, n, secret()))(t)
		for _, kind := range []ticket.Kind{ticket.SQL, ticket.Terminal, ticket.Log, ticket.Screenshot, ticket.File} {
			d.add(ticket.Entry{Ticket: n, Kind: kind, FromStaff: true, Title: secret(), Body: secret(), Data: fmt.Sprintf("%q", secret()),
				Files: []ticket.Attachment{{Role: "main", Name: secret(), Type: "text/plain", Hash: strings.Repeat("0", 63) + "1", Size: 1}}}, secret())
		}
		d.add(ticket.Entry{Ticket: n, Kind: ticket.Reply, Public: true, FromStaff: true, Title: secret(), Body: "Thank you."}, "")
		d.add(ticket.Entry{Ticket: n, Kind: ticket.Reply, Public: true, FromStaff: true, Body: secret(), SendAt: d.clock.Now().Add(time.Hour)}, "")
		for _, kind := range []ticket.Kind{ticket.Note, ticket.Reply} {
			if err := d.SaveDraft(d.agent, n, kind, secret()); err != nil {
				t.Fatal(err)
			}
		}
		must(d.EditTicket(d.agent, n, TicketEdit{Tags: &[]string{secret()}, Deadline: &DeadlineEdit{Reason: new(secret()), SaidBy: new(secret()), Consequence: new(secret())}}))(t)
		must(d.Raise(d.agent, n, "", secret()))(t)
		must(d.Lower(d.agent, n, "", secret()))(t)
		must(d.Assign(d.agent, n, "sam@desk.example", nil))(t)
		must(d.AddTime(d.agent, n, AddTime{Minutes: 5, Note: secret()}))(t)
		must(d.AddLink(d.agent, n, outside, ticket.CausedBy))(t)
		must(d.AddView(d.agent, SaveView{Name: secret(), Query: "tag=" + secret()}))(t)
		must(d.Bulk(d.agent, []int64{n}, BulkAct{Status: ticket.Resolved, Resolution: secret()}))(t)
		must(d.Move(d.agent, n, MoveTicket{Status: ticket.Open, Reason: secret()}))(t)
		// Somebody else's ticket is merged into this one: their words stay theirs.
		must(d.Reply(d.r2, other, Reply{Body: secret()}))(t)
		must(d.Note(d.agent, other, secret()))(t)
		must(d.Merge(d.agent, []int64{other}, n))(t)
		must(d.Reply(d.r2, other, Reply{Body: secret()}))(t)
		// A part is split off with a note in it.
		note := must(d.Note(d.agent, n, secret()))(t)
		public := must(d.Reply(d.agent, n, Reply{Body: "We found it."}))(t)
		part, _, err := d.Split(d.agent, n, SplitTicket{Subject: "The slow report", Entries: []id.ID{note.ID, public.ID}})
		if err != nil {
			t.Fatal(err)
		}

		var shown strings.Builder
		show := func(v any, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			shown.Write(b)
		}
		show(d.OwnTickets(d.req, ""))
		show(d.OwnTicket(d.req, n))
		show(d.OwnTicket(d.req, part.Number))
		for _, q := range []string{"Extract", "found", fmt.Sprint(n), "zzsecret*", "Thank you"} {
			show(d.Search(d.req, q, true, 50))
		}
		for i := range secrets {
			if s := fmt.Sprintf("zzsecret%dzz", i+1); strings.Contains(shown.String(), s) {
				t.Errorf("%s is shown to the requester: %s", s, shown.String())
			}
			if found := must(d.Search(d.req, fmt.Sprintf("zzsecret%dzz", i+1), false, 50))(t); len(found.Items) != 0 {
				t.Errorf("secret %d is found by the requester: %+v", i+1, found)
			}
		}
		for _, want := range []string{"It stops at noon.", "Thank you.", "We found it.", `"handler":"Sam"`, "The slow report"} {
			if !strings.Contains(shown.String(), want) {
				t.Errorf("the requester does not see %q", want)
			}
		}
		if strings.Contains(shown.String(), "Ito") && strings.Contains(shown.String(), `"handler":"Sam Ito"`) {
			t.Error("more than the first name is shown")
		}
		if secrets < 35 {
			t.Errorf("only %d secrets were written", secrets)
		}
		for _, stranger := range []int64{other, outside, 99} {
			refused(t, second(d.OwnTicket(d.req, stranger)), fault.CodeNotFound, "ticket")
		}
	})
}

// add puts an entry on a ticket below the use cases.
func (d *staffed) add(e ticket.Entry, searchText string) id.ID {
	d.t.Helper()
	err := d.store.Write(d.lead, func(tx *store.Tx) error {
		t, err := tx.Ticket(d.lead, e.Ticket)
		if err != nil {
			return err
		}
		return tx.AddEntry(d.lead, &e, searchText, t.RequesterID)
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return e.ID
}

func TestPortalFollowsMerges(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		win, lose, own := d.open(d.req, OpenTicket{}), d.open(d.r2, OpenTicket{Subject: "Mine too"}), d.open(d.req, OpenTicket{Subject: "Again"})
		must(d.Reply(d.agent, win, Reply{Body: "to Marta alone"}))(t)
		must(d.Reply(d.r2, lose, Reply{Body: "from Nils"}))(t)
		d.clock.Advance(time.Minute)
		must(d.Merge(d.agent, []int64{lose, own}, win))(t)
		d.clock.Advance(time.Minute)
		must(d.Reply(d.agent, win, Reply{Body: "to everybody"}))(t)
		bodies := func(p PortalTicket) (out []string) {
			for _, e := range p.Entries {
				out = append(out, e.Body)
			}
			return out
		}
		nils := must(d.OwnTicket(d.r2, lose))(t)
		if got := bodies(nils); !slices.Equal(got, []string{"from Nils", "to everybody"}) || nils.State != "working" || nils.Subject != "Mine too" || nils.ContinuesIn != 0 {
			t.Errorf("Nils sees %v of %+v", got, nils)
		}
		marta := must(d.OwnTicket(d.req, win))(t)
		if got := bodies(marta); !slices.Equal(got, []string{"to Marta alone", "to everybody"}) {
			t.Errorf("Marta sees %v", got)
		}
		if p := must(d.OwnTicket(d.req, own))(t); p.ContinuesIn != win {
			t.Errorf("her second ticket continues in %d", p.ContinuesIn)
		}
		if who := must(d.Audience(d.agent, win))(t); len(who) != 2 || who[0].Name != "Marta Lind" || who[1].Name != "Nils Holm" {
			t.Errorf("audience %+v", who)
		}
		if p := must(d.Search(d.r2, "Nils", false, 5))(t); len(p.Items) != 1 || p.Items[0].Number != lose || p.Items[0].Title != "Mine too" {
			t.Errorf("Nils finds %+v", p)
		}
		page := must(d.OwnTickets(d.r2, ""))(t)
		if len(page.Items) != 1 || page.Items[0].State != "working" || page.Items[0].Word() != "Being worked on" {
			t.Errorf("his list %+v", page)
		}
		refused(t, second(d.OwnTickets(d.r2, "nonsense")), fault.CodeInvalid, "cursor")
	})
}

func TestSearchByNumberNameAndWords(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		a := d.open(d.req, OpenTicket{Subject: "Billing extract", Body: "ORA-01555: snapshot too old in the nightly extract"})
		b := d.open(d.r2, OpenTicket{Subject: "Printer on fire"})
		for _, c := range []struct {
			q    string
			want []string
		}{
			{fmt.Sprintf("#%d", b), []string{fmt.Sprintf("ticket %d", b)}},
			{"bill", []string{"application 0", fmt.Sprintf("ticket %d", a)}},
			{"mart", []string{"person 0"}},
			{"ORA-01555", []string{"known_error 0", fmt.Sprintf("ticket %d", a)}},
			{"illing", nil},
			{"", nil},
		} {
			var got []string
			for _, i := range must(d.Search(d.agent, c.q, true, 10))(t).Items {
				got = append(got, fmt.Sprint(i.Kind, " ", i.Number))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q finds %v, want %v", c.q, got, c.want)
			}
		}
		hit := must(d.Search(d.agent, "snapshot", false, 10))(t).Items[0]
		if len(hit.Marks) != 1 || hit.Snippet[hit.Marks[0][0]:hit.Marks[0][1]] != "snapshot" || hit.URL != fmt.Sprintf("/tickets/%d", a) {
			t.Errorf("%+v", hit)
		}
		if p := must(d.Search(d.req, fmt.Sprint(b), true, 10))(t); len(p.Items) != 0 {
			t.Errorf("a requester finds somebody else's number: %+v", p)
		}
		refused(t, second(d.Search(d.agent, strings.Repeat("x", 600), false, 10)), fault.CodeInvalid, "q")
		refused(t, second(d.Search(d.agent, "x", false, 1000)), fault.CodeInvalid, "limit")
	})
}
