package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"firebreak/internal/ticket"
)

// tabTo moves the focus with the Tab key until it rests on what selector names: what cannot be reached so, a person
// without a pointer cannot use.
func (b *tab) tabTo(selector string) {
	b.t.Helper()
	const most = 250
	for range most {
		b.keys(kb.Tab)
		if eval[bool](b, fmt.Sprintf(`document.activeElement.matches(%q)`, selector)) {
			if !eval[bool](b, `(s => s.outlineStyle !== "none" || s.boxShadow !== "none" || s.borderColor !== "")(getComputedStyle(document.activeElement))`) {
				b.fault("the focus on %s is not visible", selector)
			}
			return
		}
	}
	b.t.Fatalf("%s is not reached by %d presses of Tab; the focus is on %s", selector, most, eval[string](b, `document.activeElement.outerHTML.slice(0, 200)`))
}

// goTo opens a page through the palette.
func (b *tab) goTo(words, path string) {
	b.t.Helper()
	b.ctrl("k")
	b.until("the palette is open", `document.activeElement.matches("dialog[open] input")`)
	b.keys(words)
	b.until("the palette offers it", fmt.Sprintf(`[...document.querySelectorAll("dialog[open] [role=option], dialog[open] a")].some(e => e.innerText.includes(%q))`, words))
	b.keys(kb.Enter)
	b.until(words+" is open", fmt.Sprintf(`location.pathname === %q && document.readyState === "complete"`, path))
}

// TestCatalogueByKeyboard describes an application with an environment, a host and a business event.
func TestCatalogueByKeyboard(t *testing.T) {
	x := newSite(t)
	b := browse(t, x, alex)
	b.look(1440, 1000, "light")
	b.visit(x.url + "/inbox")
	b.goTo("Catalogue", "/catalogue")
	b.press("n")
	b.until("the form is there", `location.pathname === "/catalogue/new"`)
	b.tabTo("#name")
	b.keys("Tariff engine", kb.Enter)
	b.until("the application is there", `location.pathname === "/catalogue/tariff-engine"`)
	for _, part := range []struct{ link, field, text, shows string }{
		{`a[href$="/environments/new"]`, "#name", "Production", "Production"},
		{`a[href$="/hosts/new"]`, "#name", "trf-app-01", "trf-app-01"},
		{`a[href$="/events/new"]`, "#name", "Tariffs go live", "Tariffs go live"},
	} {
		b.tabTo(part.link)
		b.keys(kb.Enter)
		b.until("the form is there", `document.querySelector("form.fields #name")`)
		b.tabTo(part.field)
		b.keys(part.text)
		if eval[bool](b, `!!document.querySelector("#rule")`) {
			b.tabTo("#rule")
			b.keys("monthly 1 06:00")
			b.tabTo("#consequence")
			b.keys("Clients see the old prices.")
		}
		b.ctrl(kb.Enter)
		b.until(part.text+" is on the page", fmt.Sprintf(`location.pathname === "/catalogue/tariff-engine" && document.querySelector("main").innerText.includes(%q)`, part.shows))
	}
	b.clean("catalogue by keyboard")
}

// TestReportsAndSettingsByKeyboard reads the reports of another span, and changes a setting.
func TestReportsAndSettingsByKeyboard(t *testing.T) {
	x := newSite(t)
	b := browse(t, x, alex)
	b.look(1440, 1000, "light")
	b.visit(x.url + "/inbox")
	b.goTo("Deadlines against reality", "/reports/deadlines")
	b.tabTo(`a[href*=".csv"]`)
	b.tabTo(`nav.tabs a[href^="/reports"]:not([aria-current])`)
	b.keys(kb.Enter)
	b.until("the other report is open", `location.pathname === "/reports"`)
	b.tabTo("details summary")
	b.keys(kb.Enter)
	b.until("the numbers are open", `document.querySelector("details[open] table")`)

	b.goTo("Settings", "/settings")
	b.tabTo(`[name="desk_name"]`)
	b.keys("Night desk", kb.Enter)
	b.until("the setting is saved", `document.title.includes("Night desk")`)
	b.clean("reports and settings by keyboard")
}

// TestPortalByKeyboard opens a ticket as a requester, answers the four questions, and adds to it.
func TestPortalByKeyboard(t *testing.T) {
	x := newSite(t)
	b := browse(t, x, marta)
	b.look(1440, 1000, "light")
	b.visit(x.url + "/portal")
	b.tabTo(`a[href="/portal/new"]`)
	b.keys(kb.Enter)
	b.until("the form is there", `location.pathname === "/portal/new"`)
	b.tabTo("#subject")
	b.keys("The tariff list is empty")
	b.tabTo("#body")
	b.keys("Since this morning the list has no rows.")
	b.tabTo(`[name="stakes"]`)
	b.keys(" ")
	b.ctrl(kb.Enter)
	b.until("the ticket is open", `/^\/portal\/tickets\/\d+$/.test(location.pathname)`)
	n := x.number(t, "The tariff list is empty")
	b.tabTo("#body")
	b.keys("It is filled again since ten.")
	b.tabTo("form .formfoot button.go")
	b.keys(kb.Enter)
	b.until("the answer shows", `document.querySelector("#conversation").innerText.includes("filled again since ten")`)
	x.entry(t, n, ticket.Reply, "filled again since ten")
	b.clean("portal by keyboard")
}

// TestBulkAndUndoByKeyboard chooses two tickets of a list, takes them, and takes that back.
func TestBulkAndUndoByKeyboard(t *testing.T) {
	x := newSite(t)
	b := browse(t, x, dana)
	b.look(1440, 1000, "light")
	b.visit(x.url + "/inbox?view=unassigned")
	b.until("the keys are ready", `document.querySelector("[data-row]")`)
	b.tabTo("input.pick")
	b.keys(" ")
	first := eval[int64](b, `Number(document.activeElement.value)`)
	b.tabTo(`#bulk button[value="me"]`)
	b.keys(kb.Enter)
	x.ticket(t, first, "Dana has it", func(tk ticket.Ticket) bool { return tk.Assignee == "Dana Reyes" })
	b.until("undo is offered", `document.querySelector("#toasts button, #toasts a")`)
	b.tabTo("#toasts button, #toasts a")
	b.keys(kb.Enter)
	x.ticket(t, first, "nobody has it again", func(tk ticket.Ticket) bool { return tk.Assignee == "" })
	b.clean("bulk by keyboard")
}
