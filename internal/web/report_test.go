package web_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

func TestReports(t *testing.T) {
	x := newSite(t)
	for _, path := range []string{"/reports", "/reports/deadlines"} {
		if a := x.do(person.Agent, "GET", path, nil); a.StatusCode != 200 || !strings.Contains(a.text, "Nobody stated a deadline") {
			t.Errorf("%s of an empty desk: %d", path, a.StatusCode)
		}
	}
	ctx := t.Context()
	evil := person.Client{Name: `=HYPERLINK("http://evil.example")`}
	err := x.desk.Store().Write(ctx, func(tx *store.Tx) error {
		if err := tx.AddClient(ctx, &evil); err != nil {
			return err
		}
		for i := range 4 {
			at := tx.Now.Add(-time.Duration(i) * 24 * time.Hour)
			tk := ticket.Ticket{Subject: "s", Status: ticket.Closed, Level: ticket.L1, Fire: urgency.Match, ClientID: evil.ID, CreatedAt: at, UpdatedAt: at, ResolvedAt: at.Add(time.Hour),
				Deadline: ticket.Deadline{At: at.Add(time.Hour), AgreedAt: at.Add(49 * time.Hour), Real: new(i == 0), JudgedAt: tx.Now}}
			if err := tx.AddTicket(ctx, &tk); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	page := x.do(person.Agent, "GET", "/reports/deadlines", nil)
	for _, want := range []string{"1 of 4 judged deadlines was real; most of the rest could wait 2 days.", "1 of 4 judged deadlines were real", `width="25.00%"`, "2 d later", "25%<"} {
		if !strings.Contains(page.text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if a := x.do(person.Agent, "GET", "/reports?from=2026-01-01&to=2026-12-31", nil); a.StatusCode != 200 || !strings.Contains(a.text, "4 resolved") {
		t.Errorf("a year: %d", a.StatusCode)
	}
	v := x.do(person.Agent, "GET", "/api/v1/reports/deadlines?from=2026-11-01&to=2026-11-30", nil).json(t)
	total := v["total"].(map[string]any)
	if total["stated"] != 4.0 || total["real"] != 1.0 || total["share_real"] != .25 || total["median_later_minutes"] != 2880.0 {
		t.Errorf("total %v", total)
	}
	for _, name := range []string{"deadlines", "weeks", "time"} {
		for _, root := range []string{"", "/api/v1"} {
			a := x.do(person.Agent, "GET", fmt.Sprintf("%s/reports/%s.csv", root, name), nil)
			rows, err := csv.NewReader(strings.NewReader(a.text)).ReadAll()
			if a.StatusCode != 200 || err != nil || len(rows) < 1 || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/csv") {
				t.Errorf("%s%s: %d %v", root, name, a.StatusCode, err)
			}
			for _, row := range rows {
				for _, cell := range row {
					if strings.HasPrefix(cell, "=") {
						t.Errorf("%s: a spreadsheet would run %q", name, cell)
					}
				}
			}
		}
		if a := x.do(person.Requester, "GET", "/api/v1/reports/"+name, nil); a.StatusCode != 403 {
			t.Errorf("a requester reads %s: %d", name, a.StatusCode)
		}
		if a := x.do(person.Requester, "GET", "/reports/"+name+".csv", nil); a.StatusCode != 403 {
			t.Errorf("a requester reads %s.csv: %d", name, a.StatusCode)
		}
		if a := x.do(person.Agent, "GET", "/api/v1/reports/"+name+"?from=soon", nil); a.StatusCode != 422 || a.json(t)["field"] != "from" {
			t.Errorf("%s from soon: %d %s", name, a.StatusCode, a.text)
		}
	}
}
