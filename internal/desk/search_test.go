package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"firebreak/internal/fault"
)

// finds runs a search and gives what it found as kind:title, in order.
func finds(t *testing.T, d *staffed, ctx context.Context, q string) []string {
	t.Helper()
	page, err := d.Search(ctx, q, false, 50)
	if err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	out := []string{}
	for _, i := range page.Items {
		out = append(out, i.Kind+":"+i.Title)
	}
	return out
}

func TestSearchFilters(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		ctx := d.lead
		a := d.open(ctx, OpenTicket{Subject: "Extract is late", Body: "ORA-01555: snapshot too old", Application: "billing", Requester: "marta@northwind.example", Tags: []string{"month-end"}})
		b := d.open(ctx, OpenTicket{Subject: "Extract is empty", Body: "no rows", Application: "crm", Requester: "marta@northwind.example"})
		must(d.Assign(ctx, a, "me", nil))(t)
		must(d.Move(ctx, b, MoveTicket{Status: "resolved"}))(t)
		sigs, err := d.Signatures(ctx, a)
		if err != nil || len(sigs) == 0 {
			t.Fatal(sigs, err)
		}
		late, empty := "ticket:Extract is late", "ticket:Extract is empty"
		for q, want := range map[string][]string{
			"extract":                            {late, empty},
			"extract app:billing":                {late},
			"extract app:bill":                   {late},
			"app:billing,crm":                    {late, empty},
			"app:nowhere":                        {},
			"is:open":                            {late},
			"extract is:resolved":                {empty},
			"is:mine extract":                    {late},
			"is:unassigned app:crm":              {empty},
			"assignee:me":                        {late},
			"assignee:none extract":              {empty},
			"tag:month-end":                      {late},
			"tag:month-end rows":                 {},
			"from:marta@northwind.example":       {late, empty},
			"from:marta extract is:open":         {late},
			"after:1d":                           {late, empty},
			"before:1d":                          {},
			"before:2030 extract":                {late, empty},
			"fire:match,house_fire,wildfire":     {late, empty},
			"is:fire app:crm":                    {},
			"kind:ticket extract":                {late, empty},
			"kind:person extract":                {},
			"kind:person marta":                  {"person:" + d.marta.Name},
			"sig:" + sigs[0].ID:                  {late},
			"extract sig:" + sigs[0].ID:          {late},
			"sig:v1:00000000 extract":            {},
			`"extract is" -late app:billing,crm`: {empty},
			"ORA-01555 kind:known_error":         {"known_error:ORA-01555: Snapshot too old"},
		} {
			got := finds(t, d, ctx, q)
			if len(want) == 0 && len(got) == 0 || slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
				continue
			}
			t.Errorf("%s: %q", q, got)
		}
		if page, err := d.Tickets(ctx, ListTickets{Q: "is:resolved app:crm"}); err != nil || len(page.Items) != 1 || page.Items[0].Number != b {
			t.Errorf("list: %+v, %v", page, err)
		}
		if _, err := d.Search(ctx, "owner:dana", false, 0); !fault.Is(err, fault.CodeInvalid) {
			t.Errorf("unknown filter: %v", err)
		}
		if got := finds(t, d, ctx, fmt.Sprint(a)); len(got) == 0 || got[0] != late {
			t.Errorf("number: %q", got)
		}

		// The requester finds own tickets by what the portal tells, and by nothing else.
		own := d.req
		for q, want := range map[string][]string{
			"extract": {late, empty}, "is:open": {late}, "extract is:resolved": {empty}, "is:closed": {}, "before:1d": {}, "after:1d kind:ticket": {late, empty}, "snapshot is:open": {late},
		} {
			got := finds(t, d, own, q)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) && len(got)+len(want) > 0 {
				t.Errorf("requester %s: %q", q, got)
			}
		}
		for _, q := range []string{"app:billing", "fire:match", "from:marta", "assignee:dana", "tag:month-end", "sig:" + sigs[0].ID, "is:mine", "is:fire", "is:waiting"} {
			if _, err := d.Search(own, q, false, 0); !fault.Is(err, fault.CodeInvalid) {
				t.Errorf("requester %s: %v", q, err)
			}
		}
		other := d.r2
		for _, q := range []string{"extract", "is:open", "after:1d", "is:open extract"} {
			if got := finds(t, d, other, q); len(got) > 0 && strings.Contains(strings.Join(got, " "), "Extract") {
				t.Errorf("somebody else finds %q by %s", got, q)
			}
		}
	})
}

func TestSearchSuggests(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		ctx := d.lead
		d.open(ctx, OpenTicket{Subject: "Reconciliation is late", Application: "billing", Requester: "marta@northwind.example"})
		d.open(ctx, OpenTicket{Subject: "Zookeeper lost its quorum", Requester: "nils@northwind.example"})
		must(d.SweepWords(ctx))(t)
		for q, want := range map[string]string{
			"reconcilation":             "reconciliation",
			"recocniliation late":       "reconciliation late",
			"reconcilation app:billing": "reconciliation app:billing",
			"reconcilation app:crm":     "", // it would find nothing there
			"late app:biling":           "late app:Billing",
			"assignee:\"Dana Reyse\"":   "",
			"reconciliation":            "",
			"xylophone":                 "",
			"martha lind":               "marta lind",
			"kind:person martha":        "kind:person marta",
		} {
			if page := must(d.Search(ctx, q, false, 0))(t); page.Suggestion != want {
				t.Errorf("%s: %q, want %q", q, page.Suggestion, want)
			}
		}
		// A slip is not missing knowledge; a word that nobody knows is.
		missing := must(d.MissingKnowledge(ctx, "", 0))(t)
		for _, m := range missing.Items {
			if m.Text != "xylophone" {
				t.Errorf("missing: %q", m.Text)
			}
		}
		// Words of the desk and of others' tickets are no one's who asks from outside.
		for q, want := range map[string]string{"reconcilation": "reconciliation", "zookeper": "", "martha": "", "dana reyse": ""} {
			if page := must(d.Search(d.req, q, false, 0))(t); page.Suggestion != want {
				t.Errorf("requester %s: %q, want %q", q, page.Suggestion, want)
			}
		}
		// People are found by the beginning of any word of their name or address, in any order.
		for q, want := range map[string]int{"lind": 1, "mar li": 1, "li marta": 1, "marta@north": 1, "northwind": 2, "inda": 0, "arta": 0} {
			people, err := d.People(ctx, ListPeople{Q: q})
			if err != nil || len(people.Items) != want {
				t.Errorf("people %s: %+v, %v", q, people.Items, err)
			}
		}
		if n := must(d.SweepWords(ctx))(t); n != 0 {
			t.Errorf("%d are read again", n)
		}
	})
}
