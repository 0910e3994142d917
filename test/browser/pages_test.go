package browser

import (
	"fmt"
	"strings"
	"testing"

	"firebreak/internal/desk"
)

const (
	dana  = "dana@desk.example"
	ruth  = "ruth@desk.example"
	alex  = "alex@desk.example"
	marta = "marta@northwind.example"
)

// page is a page of the product as somebody sees it.
type page struct {
	name, who, path string
}

func pages(t *testing.T, x *site) []page {
	return append(append(append(personPages(t, x), actPages(t, x)...), lookupPages(t, x)...), []page{
		{"ticket-house-fire", dana, fmt.Sprintf("/tickets/%d", x.number(t, "Snapshot too old during billing extract"))},
		{"ticket-wildfire", dana, fmt.Sprintf("/tickets/%d", x.number(t, "Payments gateway refuses all cards"))},
		{"ticket-match", dana, fmt.Sprintf("/tickets/%d", x.number(t, "Report export opens with odd characters"))},
		{"ticket-waiting", dana, fmt.Sprintf("/tickets/%d", x.number(t, "App B cannot reach App A since the move"))},
		{"ticket-resolved", dana, fmt.Sprintf("/tickets/%d", x.number(t, "Price file loaded with shifted columns, 61,000 rows wrong"))},
		{"briefing", dana, fmt.Sprintf("/tickets/%d/briefing", x.number(t, "App B cannot reach App A since the move"))},
		{"briefing-nothing", dana, fmt.Sprintf("/tickets/%d/briefing", x.number(t, "Fee table differs from the contract"))},
		{"similar", dana, fmt.Sprintf("/tickets/%d/similar", x.number(t, "Snapshot too old during billing extract"))},
		{"similar-nothing", dana, fmt.Sprintf("/tickets/%d/similar", x.number(t, "Fee table differs from the contract"))},
		{"ticket-new", dana, "/tickets/new"},
		{"recurring", dana, "/recurring"},
		{"recurring-issue", dana, x.firstRecurring(t)},
		{"resolutions", dana, "/resolutions"},
		{"resolution", dana, x.firstResolution(t)},
		{"resolution-new", dana, "/resolutions/new"},
		{"missing-knowledge", dana, "/missing-knowledge"},
		{"report-reuse", ruth, "/reports/reuse"},
		{"estate", ruth, "/estate"},
		{"estate-application", ruth, "/catalogue/stock/estate"},
		{"estate-middle", dana, "/catalogue/billing/estate"},
		{"interface", ruth, x.stockLookup(t)},
		{"estate-import", ruth, "/estate/import"},
		{"changes", dana, "/changes?application=orders&near=true"},
		{"change-new", dana, "/changes/new?application=stock"},
		{"change", dana, "/changes/" + x.lastChange(t)},
		{"not-found", dana, "/tickets/999999"},
	}...)
}

// TestEveryPage draws each page in light and dark and as a phone shows it, and finds nothing that axe-core, the
// content policy or the script engine objects to.
func TestEveryPage(t *testing.T) {
	x := newSite(t)
	b := browse(t, x, "")
	for _, p := range pages(t, x) {
		t.Run(p.name, func(t *testing.T) { b.everyWay(t, x, p) })
	}
}

// everyWay draws a page in light and dark and as a phone shows it.
func (b *tab) everyWay(t *testing.T, x *site, p page) {
	b.t = t
	if p.who != "" {
		b.signIn(x, p.who)
	} else {
		b.signOut(x)
	}
	for _, scheme := range []string{"light", "dark"} {
		b.look(1440, 1000, scheme)
		b.visit(x.url + p.path)
		b.settle()
		b.accessible(p.name + " " + scheme)
		b.shot(p.name + "-" + scheme)
	}
	b.look(390, 844, "light")
	b.visit(x.url + p.path)
	b.settle()
	b.accessible(p.name + " phone")
	b.shot(p.name + "-phone")
	if w := eval[float64](b, "document.documentElement.scrollWidth"); w > 390 {
		t.Errorf("the page is %v px wide on a phone of 390", w)
	}
	b.clean(p.name)
	if title := eval[string](b, "document.title"); strings.TrimSpace(title) == "" {
		t.Error("no title")
	}
}

// settle waits for the briefing beside a ticket, which comes after the ticket itself.
func (b *tab) settle() {
	b.t.Helper()
	b.until("the briefing is there", `!document.querySelector("#briefing") || document.querySelector("#briefing[data-live]")`)
}

// firstRecurring is the page of the issue that the night shift of the 1st is.
func (x *site) firstRecurring(t *testing.T) string {
	t.Helper()
	page, err := x.desk.Recurring(desk.AsSystem(t.Context(), "cli", "test"), desk.ListRecurring{Application: "batch"})
	if err != nil || len(page.Items) == 0 {
		t.Fatalf("the demo has nothing that recurs: %v", err)
	}
	return "/recurring/" + page.Items[0].ID.String()
}

// firstResolution is the page of what solves it.
func (x *site) firstResolution(t *testing.T) string {
	t.Helper()
	page, err := x.desk.Resolutions(desk.AsSystem(t.Context(), "cli", "test"), desk.ListResolutions{Q: "month-end feed period"})
	if err != nil || len(page.Items) == 0 {
		t.Fatalf("the demo has no resolution: %v", err)
	}
	return "/resolutions/" + page.Items[0].ID.String()
}
