package browser

import (
	"fmt"
	"strings"
	"testing"

	"firebreak/internal/desk"
	"firebreak/internal/ticket"
)

// TestEvidenceInThePage uses each viewer as a person does: the log is scrolled, filtered and searched, the session
// plays, the picture opens, a file is dropped, a form is refused with its words kept.
func TestEvidenceInThePage(t *testing.T) {
	x := newSite(t)
	sys := desk.AsSystem(t.Context(), "cli", "test")
	made, err := x.desk.OpenTicket(sys, desk.OpenTicket{Subject: "A ticket for every kind of evidence"})
	if err != nil {
		t.Fatal(err)
	}
	n := made.Number
	add := func(in desk.NewEntry, file, content string) {
		t.Helper()
		var files []desk.Incoming
		if file != "" {
			f, err := x.desk.TakeFile(sys, in.Kind, file, strings.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		if _, err := x.desk.AddEntry(sys, n, in, files...); err != nil {
			t.Fatal(err)
		}
	}
	var log strings.Builder
	for i := 1; i <= 50_000; i++ {
		level := "INFO "
		if i%1000 == 0 {
			level = "ERROR"
		}
		fmt.Fprintf(&log, "2026-11-30 13:%02d:%02d %s worker-%d took %d ms\n", i/60%60, i%60, level, i%7, i)
	}
	log.WriteString("2026-11-30 14:00:00 FATAL needle in the haystack\n")
	add(desk.NewEntry{Kind: ticket.SQL, Statement: "SELECT code, amount, paid_at\n  FROM invoice\n WHERE run = 7", Engine: "Oracle 19c", Database: "BILLPRD, read only",
		Columns: []string{"code", "amount", "paid_at"}, Rows: [][]any{{"A-17", 1234.5, nil}, {"B-02", -3, "2026-11-29"}}, DurationMS: 310}, "", "")
	add(desk.NewEntry{Kind: ticket.Terminal, Title: "Disk on bill-db1"}, "df.cast", "{\"version\": 2, \"width\": 60, \"height\": 8}\n[0.2, \"o\", \"$ df -h /undo\\r\\n\"]\n[1.2, \"o\", \"Filesystem  Size  Used Avail Use%\\r\\n/dev/sdb1    50G   49G  1.0G  98%\\r\\n\"]\n[3.0, \"o\", \"$ \"]\n")
	add(desk.NewEntry{Kind: ticket.Terminal, Body: "$ uptime\n 14:02:11 up 81 days, load average: 9.12"}, "", "")
	add(desk.NewEntry{Kind: ticket.Log, Title: "Workers"}, "worker.log", log.String())
	add(desk.NewEntry{Kind: ticket.File, Body: "From the client, **as it came**."}, "rows.csv", "a,b\n1,2\n")

	b := browse(t, x, dana)
	b.look(1440, 1000, "light")
	b.visit(x.url + fmt.Sprintf("/tickets/%d", n))
	b.until("the log is there", `document.querySelectorAll(".log .lines .l").length > 5`)
	b.until("the player is there", `document.querySelector(".cast .ap-player")`)
	b.accessible("evidence")
	b.shot("evidence-light")
	b.scrollTo(".log")
	b.shot("evidence-log")

	// By level, and to the text: both answered by the desk's index.
	eval[bool](b, `(() => { const s = document.querySelector(".log select"); s.value = "error"; s.dispatchEvent(new Event("change")); return true })()`)
	b.until("errors alone are shown", `document.querySelector(".log .status").textContent.startsWith("51 lines") && [...document.querySelectorAll(".log .lines .l")].every(l => l.matches(".error, .fatal"))`)
	b.shot("evidence-log-errors")
	eval[bool](b, `(() => { const s = document.querySelector(".log select"); s.value = ""; s.dispatchEvent(new Event("change")); const i = document.querySelector(".log input"); i.value = "NEEDLE"; i.focus(); return true })()`)
	b.until("all lines are back", `document.querySelector(".log .status").textContent.startsWith("50,001")`)
	b.keys("\r")
	b.until("the needle is found", `document.querySelector(".log .l.at mark")?.textContent === "needle"`)
	b.shot("evidence-log-found")

	// A change elsewhere on the ticket refreshes the line but leaves the viewers as they are.
	eval[bool](b, `(document.querySelector(".log .lines").dataset.mine = "yes", document.querySelector(".cast .ap-player").dataset.mine = "yes", true)`)
	add(desk.NewEntry{Kind: ticket.Note, Body: "a note from elsewhere"}, "", "")
	eval[bool](b, `(document.dispatchEvent(new CustomEvent("desk:refresh")), true)`)
	b.until("the note has come", `document.querySelector("#line").textContent.includes("a note from elsewhere")`)
	if !eval[bool](b, `document.querySelector(".log .lines")?.dataset.mine === "yes" && document.querySelector(".cast .ap-player")?.dataset.mine === "yes"`) {
		t.Error("the refresh rebuilt the viewers")
	}

	// A picture dropped on the page is a screenshot; it opens large.
	eval[bool](b, `new Promise(done => { const c = document.createElement("canvas"); c.width = 800; c.height = 500; const g = c.getContext("2d"); g.fillStyle = "#357"; g.fillRect(0, 0, 800, 500); g.fillStyle = "#fff"; g.font = "40px sans-serif"; g.fillText("Something went wrong", 60, 120);
		c.toBlob(blob => { const data = new DataTransfer(); data.items.add(new File([blob], "dropped.png", {type: "image/png"})); document.querySelector(".work").dispatchEvent(new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: data})); done(true) }) })`)
	b.until("the picture has come", `document.querySelector(".shots img")?.complete && document.querySelector(".shots img").naturalWidth === 640`)
	b.scrollTo(".shots")
	b.shot("evidence-dropped")
	eval[bool](b, `(document.querySelector(".shot").click(), true)`)
	b.until("the picture is open", `document.querySelector("dialog.picture[open] img")?.naturalWidth === 800`)
	b.shot("evidence-picture")
	b.keys("\x1b")

	// The form, by keyboard: v opens it, a refusal keeps what was typed.
	eval[bool](b, `(document.querySelector("#line").focus(), true)`)
	b.keys("v")
	b.until("the form is open", `document.activeElement.id === "kind" && document.querySelector("form.evidence").checkVisibility()`)
	b.accessible("evidence form")
	b.shot("evidence-form")
	eval[bool](b, `(() => { const k = document.querySelector("#kind"); k.value = "sql"; k.dispatchEvent(new Event("change", {bubbles: true})); return true })()`)
	b.until("the statement is asked for", `document.querySelector("#statement").checkVisibility() && !document.querySelector("#file").checkVisibility()`)
	b.shot("evidence-form-sql")
	eval[bool](b, `(document.querySelector("#result").value = " a \n---\n 1 \n(1 row)\n", document.querySelector("form.evidence").requestSubmit(), true)`)
	b.until("the refusal is shown", `document.querySelector("form.evidence .errors")?.checkVisibility()`)
	if got := eval[string](b, `document.querySelector("#result").value`); !strings.Contains(got, "(1 row)") {
		t.Errorf("the result typed is lost: %q", got)
	}
	b.accessible("evidence refused")
	b.shot("evidence-refused")
	eval[bool](b, `(document.querySelector("#statement").value = "select 1 as kept", document.querySelector("form.evidence").requestSubmit(), true)`)
	b.until("the statement is on the ticket", `document.querySelector("#line")?.textContent.includes("select 1 as kept")`)
	b.clean("evidence")

	for _, scheme := range []string{"dark", "light"} {
		width := int64(1440)
		if scheme == "light" {
			width = 390
		}
		b.look(width, 844, scheme)
		b.visit(x.url + fmt.Sprintf("/tickets/%d", n))
		b.until("the player is there", `document.querySelector(".cast .ap-player")`)
		b.accessible("evidence " + scheme)
		b.shot("evidence-" + scheme + fmt.Sprint(width))
	}
	if w := eval[float64](b, "document.documentElement.scrollWidth"); w > 390 {
		t.Errorf("the page is %v px wide on a phone of 390", w)
	}
}

// scrollTo brings an element into sight.
func (b *tab) scrollTo(selector string) {
	b.t.Helper()
	eval[bool](b, fmt.Sprintf("(document.querySelector(%q).scrollIntoView({block: \"center\"}), true)", selector))
}
