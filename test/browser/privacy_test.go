package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"firebreak/internal/desk"
)

// TestPrivacyPages draws the pages about private data in every way.
func TestPrivacyPages(t *testing.T) {
	x := newSite(t)
	set, err := x.desk.Privacy(desk.AsSystem(t.Context(), "cli", "test"))
	if err != nil || len(set.Patterns) == 0 {
		t.Fatal("the demo has no pattern", err)
	}
	n := x.number(t, "Two customers were charged twice yesterday")
	b := browse(t, x, "")
	for _, p := range []page{
		{"privacy", alex, "/settings/privacy"},
		{"privacy-pattern", alex, "/settings/privacy/patterns/" + set.Patterns[0].ID.String()},
		{"privacy-pattern-new", alex, "/settings/privacy/patterns/new"},
		{"ticket-masked", dana, fmt.Sprintf("/tickets/%d", n)},
	} {
		t.Run(p.name, func(t *testing.T) { b.everyWay(t, x, p) })
	}
}

// TestPrivacyByKeyboard adds a pattern, reads masked evidence, looks at an original and answers with a card number in it,
// with nothing but keys.
func TestPrivacyByKeyboard(t *testing.T) {
	x := newSite(t)
	n := x.number(t, "Two customers were charged twice yesterday")
	b := browse(t, x, alex)
	b.look(1440, 1000, "light")
	b.visit(x.url + "/inbox")
	b.goTo("Private data", "/settings/privacy")

	// The test box marks while one types.
	b.tabTo("#try-text")
	b.keys("paid with 4111 1111 1111 1111 by NF-204417-K")
	b.until("the text is marked", `document.querySelectorAll("#tried mark").length === 2 && document.querySelector("#tried").innerText.includes("contract number")`)
	b.accessible("test box")
	b.shot("privacy-tried")

	// A pattern, first one that cannot be read.
	eval[bool](b, `(document.querySelector("#main").focus(), true)`)
	b.press("n")
	b.until("the form is there", `location.pathname === "/settings/privacy/patterns/new"`)
	b.tabTo("#pattern-new-name")
	b.keys("meter number", kb.Tab, "(MTR")
	b.tabTo("#try-text")
	b.keys("MTR-1234")
	b.until("the problem is told", `document.querySelector("#tried .notice")?.innerText.includes("missing closing")`)
	b.shot("privacy-pattern-problem")
	b.tabTo("#pattern-new-name")
	b.keys(kb.Enter)
	b.until("it is refused", `document.querySelector(".errors")`)
	b.accessible("pattern refused")
	if got := eval[string](b, `document.querySelector("#pattern-new-name").value`); got != "meter number" {
		t.Errorf("what was typed is lost: %q", got)
	}
	eval[bool](b, `(document.querySelector("#pattern-new-expr").value = "", document.querySelector("#pattern-new-expr").focus(), true)`)
	b.keys(`\bMTR-[0-9]{4}\b`)
	b.tabTo("#try-text")
	b.keys("MTR-1234 and MTR-12")
	b.until("it is marked", `document.querySelectorAll("#tried mark").length === 1`)
	b.shot("privacy-pattern-tried")
	b.tabTo("#pattern-new-name")
	b.keys(kb.Enter)
	b.until("it is listed", `location.pathname === "/settings/privacy" && document.querySelector("#patterns").innerText.includes("meter number")`)
	b.tabTo(`button[aria-label="Remove meter number"]`)
	b.keys(kb.Enter)
	b.until("it is gone", `!document.querySelector("#patterns table").innerText.includes("meter number") && document.querySelector(".toasts button")`)
	b.press("z")
	b.until("it is back", `document.querySelector("#patterns table")?.innerText.includes("meter number")`)

	// Masked evidence; the original by right, with a reason.
	ticket := x.url + fmt.Sprintf("/tickets/%d", n)
	b.signIn(x, dana)
	b.visit(ticket)
	b.until("the log is there", `document.querySelectorAll(".log .lines .l").length > 5`)
	if eval[bool](b, `/4111111111111111|tr0ub4dor|NF-204417-K/.test(document.documentElement.outerHTML)`) {
		t.Error("private data can be read on the page")
	}
	if eval[bool](b, `!!document.querySelector(".veil details")`) {
		t.Error("an agent is offered the original")
	}
	if status := eval[int](b, fmt.Sprintf(`fetch("/tickets/%d?reveal=ticket").then(r => r.status)`, n)); status != 403 {
		t.Errorf("an agent who asks for the original gets %d", status)
	}
	b.clean("masked") // the refusal above is no fault
	b.signIn(x, ruth)
	b.visit(ticket)
	b.until("the log is there", `document.querySelectorAll(".log .lines .l").length > 5`)
	b.tabTo(".e.evidence:has(.log) .veil summary")
	b.keys(kb.Enter, kb.Tab, "refund by hand")
	b.accessible("reveal")
	b.shot("privacy-reveal")
	b.keys(kb.Enter)
	b.until("the original is shown", `location.search.startsWith("?reveal=") && document.querySelector(".log .lines")?.innerText.includes("4111111111111111")`)
	if eval[bool](b, `document.querySelector(".e.note").innerText.includes("NF-204417-K")`) {
		t.Error("the original of something else is shown too")
	}
	b.accessible("revealed")
	b.shot("privacy-revealed")

	// A reply that would take a card number outside.
	b.signIn(x, dana)
	b.visit(x.url + fmt.Sprintf("/tickets/%d", x.number(t, "Payments gateway refuses all cards")))
	b.settle()
	eval[bool](b, `(document.querySelector("#line").focus(), true)`)
	b.press("r")
	b.until("the box is open", `document.activeElement.matches("form.reply textarea")`)
	b.keys("Please try 4111 1111 1111 1111 once more.")
	b.ctrl(kb.Enter)
	b.until("it is held back", `document.querySelector(".held-reply")?.checkVisibility() && document.activeElement.matches(".held-reply")`)
	if got := eval[string](b, `document.querySelector("form.reply textarea").value`); got != "Please try 4111 1111 1111 1111 once more." {
		t.Errorf("the reply typed is lost: %q", got)
	}
	b.accessible("held reply")
	b.shot("privacy-held")
	b.look(1440, 1000, "dark")
	b.accessible("held reply dark")
	b.shot("privacy-held-dark")
	b.look(390, 844, "light")
	b.accessible("held reply phone")
	b.shot("privacy-held-phone")
	b.look(1440, 1000, "light")
	b.tabTo(`.held-reply button[name="mask_private"]`)
	b.keys(kb.Enter)
	b.until("it is sent with names", `document.querySelector("#line")?.innerText.includes("Please try CARD_1 once more.") && !document.querySelector(".held-reply")`)
	b.clean("private data by keyboard")
}
