package desk

import (
	"testing"
	"time"

	"firebreak/internal/catalog"
	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// stated is a ticket of a client with a deadline, real or not, agreed later by some hours.
func (d catalogDesk) stated(t *testing.T, client person.Client, opened time.Time, real *bool, later time.Duration) {
	t.Helper()
	tk := ticket.Ticket{Subject: "s", Status: ticket.Closed, Level: ticket.L1, Fire: urgency.Match, ClientID: client.ID, CreatedAt: opened, UpdatedAt: opened,
		Deadline: ticket.Deadline{At: opened.Add(3 * time.Hour), Real: real}}
	if real != nil {
		tk.Deadline.JudgedAt = opened.Add(24 * time.Hour)
	}
	if later != 0 {
		tk.Deadline.AgreedAt = tk.Deadline.At.Add(later)
	}
	if err := d.store.Write(t.Context(), func(tx *store.Tx) error { return tx.AddTicket(t.Context(), &tk) }); err != nil {
		t.Fatal(err)
	}
}

func TestDeadlineReport(t *testing.T) {
	eachCatalog(t, func(t *testing.T, d catalogDesk) {
		north, south := person.Client{Name: "Northwind"}, person.Client{Name: "Southwind"}
		err := d.store.Write(t.Context(), func(tx *store.Tx) error {
			if err := tx.AddClient(t.Context(), &north); err != nil {
				return err
			}
			return tx.AddClient(t.Context(), &south)
		})
		if err != nil {
			t.Fatal(err)
		}
		day := 24 * time.Hour
		now := storetest.Start
		d.stated(t, north, now.Add(-day), new(true), 0)
		d.stated(t, north, now.Add(-2*day), new(false), 2*day)
		d.stated(t, north, now.Add(-3*day), new(false), 3*day)
		d.stated(t, north, now.Add(-4*day), new(false), 50*time.Hour)
		d.stated(t, north, now.Add(-5*day), nil, 0)
		d.stated(t, south, now.Add(-day), new(true), 0)
		d.stated(t, person.Client{}, now.Add(-day), nil, -time.Hour)
		d.stated(t, south, now.Add(-100*day), new(false), day) // before the period
		got := ok[DeadlineReport](t)(d.DeadlineReport(d.agent, "", ""))
		if got.Total.Stated != 7 || got.Total.Judged != 5 || got.Total.Real != 2 || got.Total.NotReal != 3 || *got.Total.Share != 0.4 {
			t.Errorf("total %+v", got.Total)
		}
		if want := "2 of 5 judged deadlines were real; most of the rest could wait 2 days."; got.Sentence != want {
			t.Errorf("sentence %q, want %q", got.Sentence, want)
		}
		if len(got.Clients) != 3 || got.Clients[0].Name != "Northwind" || got.Clients[0].Stated != 5 || *got.Clients[0].Later != 50*60 {
			t.Errorf("clients %+v", got.Clients)
		}
		if got.Clients[1].Name != "" || got.Clients[1].Share != nil || *got.Clients[1].Later != -60 {
			t.Errorf("without a client %+v", got.Clients[1])
		}
		if got.Clients[2].Sentence != "The one judged deadline was real." {
			t.Errorf("Southwind: %q", got.Clients[2].Sentence)
		}
		if len(got.Teams) != 1 || got.Teams[0].Stated != 7 {
			t.Errorf("teams %+v", got.Teams)
		}
		old := ok[DeadlineReport](t)(d.DeadlineReport(d.agent, "2026-08-20", "2026-08-23"))
		if old.Total.Stated != 1 || old.Sentence != "The one judged deadline was not real; it could wait 1 day." {
			t.Errorf("in August: %+v", old)
		}
		for field, p := range map[string][2]string{"from": {"soon", ""}, "to": {"", "2026-13-01"}} {
			_, err := d.DeadlineReport(d.agent, p[0], p[1])
			if f := fault.Of(err); f == nil || f.Field != field {
				t.Errorf("%v: %v", p, err)
			}
		}
		if _, err := d.DeadlineReport(d.agent, "2026-12-02", "2026-12-01"); !fault.Is(err, fault.CodeInvalid) {
			t.Errorf("an end before the start: %v", err)
		}
		if _, err := d.DeadlineReport(d.agent, "1999-12-02", "2026-12-01"); !fault.Is(err, fault.CodeInvalid) {
			t.Errorf("27 years: %v", err)
		}
		who := WithCaller(t.Context(), Caller{Person: person.Person{ID: 9, Role: person.Requester}})
		if _, err := d.DeadlineReport(who, "", ""); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("a requester reads reports: %v", err)
		}
	})
}

func TestDeadlineSentences(t *testing.T) {
	for want, c := range map[string]struct {
		row  DeadlineRow
		wait waits
	}{
		"Nobody stated a deadline in this time.":                                                    {},
		"3 deadlines were stated and none is judged yet; it takes one key when a ticket is closed.": {row: DeadlineRow{Stated: 3}},
		"All 4 judged deadlines were real.":                                                         {row: DeadlineRow{Stated: 5, Judged: 4, Real: 4}},
		"None of 4 judged deadlines was real.":                                                      {row: DeadlineRow{Stated: 5, Judged: 4, NotReal: 4}},
		"1 of 2 judged deadlines was real; the other could wait 5 hours.":                           {DeadlineRow{Stated: 5, Judged: 2, Real: 1, NotReal: 1}, waits{Agreed: 1, Median: 5*time.Hour + time.Minute, Most: 5 * time.Hour}},
		"31 of 64 judged deadlines were real; half of the rest could wait 2 days.":                  {DeadlineRow{Stated: 70, Judged: 64, Real: 31, NotReal: 33}, waits{Agreed: 20, Median: 50 * time.Hour}},
		"None of 9 judged deadlines was real; most of them could wait 1 day.":                       {DeadlineRow{Stated: 70, Judged: 9, NotReal: 9}, waits{Agreed: 9, Median: 50 * time.Hour, Most: 25 * time.Hour}},
	} {
		if got := c.row.sentence(c.wait); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

func TestWeekReportCountsWhatHappened(t *testing.T) {
	eachCatalog(t, func(t *testing.T, d catalogDesk) {
		ok[catalog.Application](t)(d.AddApplication(d.lead, AddApplication{Name: "Billing"}))
		open := func() int64 {
			return ok[ticket.Ticket](t)(d.OpenTicket(d.agent, OpenTicket{Subject: "s", Application: "billing"})).Number
		}
		a, _ := open(), open()
		ok[ticket.Ticket](t)(d.Raise(d.agent, a, urgency.Wildfire, ""))
		d.clock.Advance(8 * 24 * time.Hour)
		b := open()
		ok[ticket.Ticket](t)(d.Raise(d.agent, b, urgency.HouseFire, ""))
		d.clock.Advance(time.Minute)
		ok[ticket.Ticket](t)(d.Lower(d.agent, b, urgency.Match, "it can wait"))
		got := ok[WeekReport](t)(d.WeekReport(d.agent, "2026-11-28", "2026-12-09"))
		if len(got.Weeks) != 3 {
			t.Fatalf("%d weeks: %+v", len(got.Weeks), got.Weeks)
		}
		first := got.Weeks[0]
		if first.From.Format(time.DateOnly) != "2026-11-28" || first.To.Format(time.DateOnly) != "2026-11-30" || first.Opened != 0 {
			t.Errorf("the cut week %+v", first)
		}
		if w := got.Weeks[1]; w.Opened != 2 || w.Wildfires != 1 || w.Matches != 1 || w.Raised != 1 || w.Lowered != 0 {
			t.Errorf("the first week %+v", w)
		}
		if w := got.Weeks[2]; w.Opened != 1 || w.Matches != 1 || w.Raised != 1 || w.Lowered != 1 || w.To.Format(time.DateOnly) != "2026-12-10" {
			t.Errorf("the second week %+v", w)
		}
	})
}

// A week in a zone with daylight saving begins at its own midnight on both sides of the change.
func TestWeeksOverAClockChange(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	p := Period{From: time.Date(2026, 10, 19, 0, 0, 0, 0, berlin).UTC(), To: time.Date(2026, 11, 2, 0, 0, 0, 0, berlin).UTC(), Zone: berlin}
	w := p.weeks()
	if len(w) != 2 || w[0].To.Format(time.RFC3339) != "2026-10-25T23:00:00Z" || w[1].From != w[0].To || w[1].To != p.To {
		t.Errorf("weeks %v", w)
	}
}

func TestTimeReport(t *testing.T) {
	eachCatalog(t, func(t *testing.T, d catalogDesk) {
		n := ok[ticket.Ticket](t)(d.OpenTicket(d.agent, OpenTicket{Subject: "s", Application: "Billing"})).Number
		m := ok[ticket.Ticket](t)(d.OpenTicket(d.agent, OpenTicket{Subject: "s"})).Number
		for i, row := range []struct {
			ticket  int64
			who     person.Person
			minutes int
		}{{n, d.sam, 40}, {n, d.sam, 20}, {m, d.sam, 5}, {n, d.dana, 10}} {
			_, err := d.store.Writer().Exec("INSERT INTO time_spent (id, ticket, person_id, minutes, at) VALUES ($1, $2, $3, $4, $5)", i+1, row.ticket, int64(row.who.ID), row.minutes, d.Now().UnixMilli())
			if err != nil {
				t.Fatal(err)
			}
		}
		got := ok[TimeReport](t)(d.TimeReport(d.agent, "", ""))
		if got.Minutes != 75 || len(got.People) != 2 || got.People[0].Name != "Sam Ito" || got.People[0].Minutes != 65 {
			t.Errorf("people %+v", got.People)
		}
		if len(got.Applications) != 2 || got.Applications[0] != (TimeTotal{got.Applications[0].ID, "Billing", 70}) || got.Applications[1].Name != "" {
			t.Errorf("applications %+v", got.Applications)
		}
		if len(got.Rows) != 3 || got.Rows[0].Minutes != 60 || got.Rows[0].Tickets != 1 {
			t.Errorf("rows %+v", got.Rows)
		}
		if later := ok[TimeReport](t)(d.TimeReport(d.agent, "2026-12-02", "2026-12-03")); later.Minutes != 0 || later.Rows == nil {
			t.Errorf("later %+v", later)
		}
	})
}
