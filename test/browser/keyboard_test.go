package browser

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"firebreak/internal/desk"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// ctrl presses a key with Control held.
func (b *tab) ctrl(key string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(key, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
}

// press strikes keys as shortcuts: the page sees the key go down, and no letter is typed behind it when the page
// takes the key for itself.
func (b *tab) press(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		b.do(func(ctx context.Context, tg *chromedp.Target) (chromedp.Void, error) {
			for _, kind := range []input.DispatchKeyEventType{"rawKeyDown", "keyUp"} {
				if _, err := cdp.Call(ctx, tg, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: k}); err != nil {
					return chromedp.Void{}, err
				}
			}
			return chromedp.Void{}, nil
		})
	}
}

// ticket reads a ticket from the desk until ok, since what a key does arrives a moment later.
func (x *site) ticket(t *testing.T, n int64, what string, ok func(ticket.Ticket) bool) ticket.Ticket {
	t.Helper()
	ctx := desk.AsSystem(context.Background(), "cli", "test")
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(25 * time.Millisecond) {
		tk, err := x.desk.Ticket(ctx, n)
		if err != nil {
			t.Fatal(err)
		}
		if ok(tk) {
			return tk
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s: %+v", what, tk)
		}
	}
}

// entry waits for an entry of a kind with a text.
func (x *site) entry(t *testing.T, n int64, kind ticket.Kind, text string) {
	t.Helper()
	ctx := desk.AsSystem(context.Background(), "cli", "test")
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(25 * time.Millisecond) {
		tl, err := x.desk.Timeline(ctx, n, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range tl.Items {
			if i.Entry != nil && i.Entry.Kind == kind && strings.Contains(i.Entry.Body, text) {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("no %s with %q on ticket %d", kind, text, n)
		}
	}
}

// TestWorkATicketByKeyboardAlone goes from the inbox through a ticket's life without a pointer: choose, take, note, reply,
// raise, let wait, lower, resolve.
func TestWorkATicketByKeyboardAlone(t *testing.T) {
	x := newSite(t)
	n := x.number(t, "Two delivery addresses swapped on the labels")
	b := browse(t, x, dana)
	b.look(1440, 1000, "light")
	b.visit(x.url + "/inbox?view=unassigned")
	b.until("the keys are ready", `document.querySelector("[data-row]")`)
	for range 20 { // the house fire stands before the matches
		b.press("j")
		if eval[bool](b, fmt.Sprintf(`!!document.querySelector('#t-%d:focus-within, #t-%d.on, #t-%d[aria-selected="true"], #t-%d .s:focus')`, n, n, n, n)) {
			break
		}
	}
	b.press("o")
	b.until("the ticket is open beside the list", fmt.Sprintf(`document.querySelector('article[data-ticket="%d"]') && document.querySelector("#list")`, n))

	b.press("a")
	x.ticket(t, n, "Dana has it", func(tk ticket.Ticket) bool { return tk.Assignee == "Dana Reyes" })
	b.until("the page says so", `document.querySelector("#ticket-facts").innerText.includes("· you")`)

	b.press("n")
	b.until("the note is in reach", `document.activeElement.matches("form.note textarea")`)
	b.keys("Same as last week: the sorter was restarted.")
	b.ctrl(kb.Enter)
	x.entry(t, n, ticket.Note, "the sorter was restarted")
	b.until("the note shows", `[...document.querySelectorAll(".e.note")].some(e => e.innerText.includes("sorter was restarted"))`)

	b.keys(kb.Escape)
	b.press("r")
	b.until("the reply is in reach", `document.activeElement.matches("form.reply textarea")`)
	b.keys("We look at the labels now.")
	b.ctrl(kb.Enter)
	b.until("the reply leaves", `[...document.querySelectorAll(".e.reply")].some(e => e.innerText.includes("labels now"))`)
	x.entry(t, n, ticket.Reply, "labels now")

	b.keys(kb.Escape)
	if tk := x.ticket(t, n, "it can be read", func(ticket.Ticket) bool { return true }); tk.Fire != urgency.HouseFire {
		t.Fatalf("before it is raised it is a %s", tk.Fire)
	}
	b.press("!")
	x.ticket(t, n, "it is a wildfire", func(tk ticket.Ticket) bool { return tk.Fire == urgency.Wildfire })
	b.until("the page says wildfire", `document.querySelector("#ticket-facts .fuse.wildfire")`)

	b.press("l")
	b.until("the reason is asked for", `document.querySelector("dialog#lower[open]")`)
	b.until("the reason is in reach", `document.activeElement.id === "lower-reason"`)
	b.keys("The parcels are still here.", kb.Enter)
	x.ticket(t, n, "it is lowered", func(tk ticket.Ticket) bool { return tk.Fire == urgency.HouseFire && tk.ByHand != nil })
	b.until("the page is back", `!document.querySelector("dialog[open]") && document.querySelector("#ticket-facts .fuse.house_fire")`)

	b.press("e")
	b.until("the resolution is asked for", `document.querySelector("dialog#resolve[open]")`)
	b.until("the resolution is in reach", `document.activeElement.id === "resolution"`)
	b.ctrl("a") // the draft is taken from the notes; this says it better
	b.keys("Printed the two labels again.")
	b.ctrl(kb.Enter)
	tk := x.ticket(t, n, "it is resolved", func(tk ticket.Ticket) bool { return tk.Status == ticket.Resolved })
	if tk.Resolution != "Printed the two labels again." {
		t.Errorf("resolution %q", tk.Resolution)
	}
	b.until("one key judges the deadline", `document.querySelector('[data-key="y"]')`)
	b.press("y")
	x.ticket(t, n, "the deadline is judged", func(tk ticket.Ticket) bool { return tk.Deadline.Real != nil && *tk.Deadline.Real })
	b.clean("by keyboard")
}

// TestFindAnythingByKeyboard opens the palette, finds a ticket by an error code, and reads the list of keys.
func TestFindAnythingByKeyboard(t *testing.T) {
	x := newSite(t)
	b := browse(t, x, dana)
	b.look(1440, 1000, "dark")
	b.visit(x.url + "/inbox")
	b.until("the keys are ready", `document.querySelector("[data-row]")`)
	b.ctrl("k")
	b.until("the palette is open", `document.querySelector("dialog[open] input")`)
	b.keys("ora-01555")
	b.until("what is known comes first", `document.querySelector("dialog[open] [role=option][aria-selected=true]").innerText.includes("Snapshot too old") && !document.querySelector("dialog[open] [aria-selected=true] .num")`)
	b.keys(" kind:ticket")
	b.until("the filter leaves tickets alone", `document.querySelector("dialog[open] [role=option][aria-selected=true] .num")`)
	b.until("it finds the tickets", `[...document.querySelectorAll("dialog[open] a, dialog[open] [role=option]")].some(e => e.innerText.includes("ORA-01555"))`)
	b.accessible("palette")
	b.shot("palette-dark")
	b.keys(kb.Enter)
	b.until("the ticket is open", `document.querySelector("article[data-ticket]") && document.querySelector("#work h1").innerText.includes("ORA-01555")`)
	b.press("?")
	b.until("the keys are listed", `document.querySelector("dialog[open]") && document.querySelector("dialog[open]").innerText.includes("Private note")`)
	b.accessible("keys")
	b.keys(kb.Escape)
	b.clean("palette")
}

// TestPageFollowsTheDesk sees what somebody else does without asking again.
func TestPageFollowsTheDesk(t *testing.T) {
	x := newSite(t)
	n := x.number(t, "Payments gateway refuses all cards")
	b := browse(t, x, dana)
	b.look(1440, 1000, "light")
	b.visit(fmt.Sprintf("%s/tickets/%d", x.url, n))
	b.until("the stream is open", `document.readyState === "complete"`)
	time.Sleep(300 * time.Millisecond)
	if _, err := x.desk.Note(desk.WithCaller(context.Background(), x.caller(t, "sam@desk.example")), n, "Line 1 carries everything now."); err != nil {
		t.Fatal(err)
	}
	b.until("Sam's note shows by itself", `document.querySelector("#line").innerText.includes("Line 1 carries everything now.")`)
	b.clean("live")
}

// caller is somebody of the demo, as if on a page.
func (x *site) caller(t *testing.T, email string) desk.Caller {
	t.Helper()
	p, err := x.desk.Store().Read().FindPerson(context.Background(), email)
	if err != nil {
		t.Fatal(err)
	}
	return desk.Caller{Person: p, Via: "page"}
}
