package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"firebreak/internal/desk"
	"firebreak/internal/lookup"
)

// lookupPages are looking up, the second person, the log, the words and the rules.
func lookupPages(t *testing.T, x *site) []page {
	carrier := x.number(t, "Carrier feed stops with a handshake error")
	return []page{
		{"lookup-empty", dana, "/lookup"},
		{"lookup-ask", dana, fmt.Sprintf("/lookup?ticket=%d", x.number(t, "Snapshot too old during billing extract"))},
		{"lookup", alex, fmt.Sprintf("/lookup?ticket=%d", carrier)},
		{"lookup-waiting", ruth, "/lookup/approvals"},
		{"lookup-waiting-own", dana, "/lookup/approvals"},
		{"lookup-log", ruth, "/lookup/log"},
		{"lookup-log-nothing", ruth, "/lookup/log?q=zzzzzz"},
		{"lookup-words", ruth, "/lookup/words"},
		{"lookup-settings", alex, "/settings/lookup"},
		{"lookup-report", ruth, "/reports/lookups"},
		{"lookup-found", dana, fmt.Sprintf("/tickets/%d/found", carrier)},
		{"ticket-found", dana, fmt.Sprintf("/tickets/%d", carrier)},
	}
}

// TestLookUpByKeyboard pastes an error, sees what is known and what would leave, lets a word through, holds one back, asks a
// second person, who approves, and takes it outside.
func TestLookUpByKeyboard(t *testing.T) {
	x := newSite(t)
	b := browse(t, x, dana)
	b.look(1440, 1000, "light")
	b.visit(x.url + "/inbox")
	b.press("g", "u")
	b.until("the page is open", `location.pathname === "/lookup" && document.activeElement.id === "text"`)
	b.keys("ORA-01555: snapshot too old, zorptang on billprd01 for Marta Lind 4111 1111 1111 1111")
	b.until("what would leave follows the typing", `document.querySelector("#query .query")?.innerText.includes("ORA-01555")`)
	b.until("what is known inside stands first", `document.querySelector("#inside .inside-known li")`)
	for _, word := range []string{"Marta", "Lind", "billprd01", "zorptang", "4111"} {
		if eval[bool](b, fmt.Sprintf(`document.querySelector("#query").innerText.includes(%q)`, word)) {
			t.Errorf("%s would leave", word)
		}
	}
	if eval[bool](b, `[...document.querySelectorAll('.gone button[name="allow"]')].some(e => ["Marta", "Lind", "billprd01"].includes(e.value))`) {
		t.Error("a name of the desk could be let through")
	}
	b.accessible("look-up while typing")
	b.shot("lookup-typed")

	b.tabTo(`.gone button[name="allow"][value="zorptang"]`)
	b.keys(kb.Enter)
	b.until("the word is let through", `document.querySelector("#query .query").innerText.includes("zorptang")`)
	b.tabTo(`#query button[name="drop"][value="snapshot"]`)
	b.keys(kb.Enter)
	b.until("the word is held back", `![...document.querySelectorAll("#query .query button")].some(e => e.value === "snapshot")`)
	b.tabTo("#out-oracle")
	b.keys(kb.Enter)
	b.until("it waits for a second person", `location.pathname === "/lookup/approvals" && document.querySelector("#mine").parentElement.innerText.includes("zorptang")`)
	waiting := x.lookups(t, lookup.Waiting)
	if len(waiting) != 2 || waiting[0].Person != "Dana Reyes" || strings.Contains(waiting[0].Query, "snapshot") || strings.Contains(fmt.Sprintf("%+v", waiting[0]), "Marta") {
		t.Fatalf("waiting: %+v", waiting)
	}
	b.clean("asking by keyboard")

	b.signIn(x, ruth)
	b.visit(x.url + "/inbox")
	b.until("the rail says that two wait", `document.querySelector('.rail a[href="/lookup"] b')?.innerText === "2"`)
	b.goTo("Look-ups that wait", "/lookup/approvals")
	// Another one comes in while somebody writes a reason: the list follows, and what is written stays.
	b.tabTo(fmt.Sprintf(`#l-%s [name="reason"]`, waiting[0].ID))
	b.keys("not so fast")
	sam := desk.WithCaller(t.Context(), x.caller(t, "sam@desk.example"))
	text := desk.LookupText{Text: "ORA-00942: table or view does not exist"}
	l, err := x.desk.Lookup(sam, text)
	if err == nil {
		_, err = x.desk.OpenOutside(sam, desk.LookupOut{LookupText: text, Engine: "github", Seen: l.Seen()})
	}
	if err != nil {
		t.Fatal(err)
	}
	b.until("the new one is on the page", `document.querySelectorAll(".approval").length === 3`)
	if got := eval[string](b, fmt.Sprintf(`document.querySelector("#l-%s [name=reason]").value`, waiting[0].ID)); got != "not so fast" {
		t.Errorf("of what was written %q is left", got)
	}
	b.tabTo(fmt.Sprintf(`#l-%s button[value="true"]`, waiting[0].ID))
	b.keys(kb.Enter)
	b.until("it is approved", fmt.Sprintf(`document.readyState === "complete" && !document.querySelector("#l-%s")`, waiting[0].ID))
	b.signIn(x, dana)
	b.visit(x.url + "/lookup/approvals")
	b.tabTo(fmt.Sprintf(`#m-%s form button`, waiting[0].ID))
	if left := x.lookups(t, lookup.Approved); len(left) != 1 || left[0].Decider != "Ruth Adeyemi" {
		t.Errorf("approved: %+v", left)
	}
	b.clean("approving by keyboard")
}

// lookups gives the look-ups in a state, newest first.
func (x *site) lookups(t *testing.T, state lookup.State) []lookup.LogEntry {
	t.Helper()
	page, err := x.desk.LookupLog(desk.AsSystem(t.Context(), "cli", "test"), desk.ListLookups{State: state})
	if err != nil {
		t.Fatal(err)
	}
	return page.Items
}
