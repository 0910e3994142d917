package browser

import (
	"os"
	"strings"
	"testing"

	"firebreak/internal/demo"
	"firebreak/internal/desk"
	"firebreak/internal/mirror"
)

// mirrored imports a small dump, so that the pages of the mirror have something to show.
func (x *site) mirrored(t *testing.T) {
	t.Helper()
	f, err := os.Open("../../internal/mirror/testdata/Posts.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := x.desk.ImportMirror(desk.AsSystem(t.Context(), "cli", "test"), mirror.NewReader(f), desk.MirrorImport{Site: "dba.stackexchange.com"}); err != nil {
		t.Fatal(err)
	}
}

func mirrorPages() []page {
	return []page{
		{"mirror-empty", dana, "/mirror"},
		{"mirror", alex, "/mirror"},
		{"mirror-search", dana, "/mirror?q=ORA-01555+snapshot+too+old"},
		{"mirror-nothing", dana, "/mirror?q=quokka"},
		{"mirror-post", dana, "/mirror/dba.stackexchange.com/101"},
	}
}

// TestMirrorPages looks at the pages of the mirror before and after a site came in.
func TestMirrorPages(t *testing.T) {
	x := newSite(t)
	b := browse(t, x, "")
	for _, p := range mirrorPages() {
		switch p.name {
		case "mirror-empty":
			if _, err := x.desk.RemoveMirror(desk.AsSystem(t.Context(), "cli", "test"), demo.MirrorSite); err != nil {
				t.Fatal(err)
			}
		case "mirror":
			x.mirrored(t)
		}
		t.Run(p.name, func(t *testing.T) { b.everyWay(t, x, p) })
	}
}

// TestMirrorByHand searches, opens a question with the keyboard, and removes the site by typing its name.
func TestMirrorByHand(t *testing.T) {
	x := newSite(t)
	x.mirrored(t)
	b := browse(t, x, "")
	b.t = t
	if _, err := x.desk.RemoveMirror(desk.AsSystem(t.Context(), "cli", "test"), demo.MirrorSite); err != nil {
		t.Fatal(err)
	}
	b.signIn(x, alex)
	b.look(1280, 900, "light")
	b.visit(x.url + "/mirror")
	eval[bool](b, `(() => { document.querySelector("#q").value = "snapshot too old"; document.querySelector("#q").form.requestSubmit(); return true })()`)
	b.until("the question is found", `document.querySelector(".results a.main")?.textContent.includes("ORA-01555")`)
	eval[bool](b, `(() => { document.querySelector(".results a.main").click(); return true })()`)
	b.until("the question is shown", `document.querySelector("#a-103 pre code")`)
	if code := eval[string](b, `document.querySelector("#a-103 pre code").textContent`); code != "ALTER TABLESPACE undotbs1 RETENTION GUARANTEE;" {
		t.Errorf("the code reads %q", code)
	}
	if links := eval[string](b, `[...document.querySelectorAll(".e .tiny a")].map(a => a.href).join(" ")`); !strings.Contains(links, "https://dba.stackexchange.com/a/103") || !strings.Contains(links, "https://creativecommons.org/licenses/by-sa/3.0/") {
		t.Errorf("it is attributed to %s", links)
	}
	b.visit(x.url + "/mirror")
	eval[bool](b, `(() => { document.querySelector("[popovertarget=remove-0]").click(); return true })()`)
	b.until("the button waits for the name", `document.querySelector("#remove-0 button").disabled`)
	eval[bool](b, `(() => { const i = document.querySelector("#confirm-0"); i.value = "dba.stackexchange.com"; i.dispatchEvent(new Event("input", {bubbles: true})); return true })()`)
	b.until("the button wakes", `!document.querySelector("#remove-0 button").disabled`)
	eval[bool](b, `(() => { document.querySelector("#remove-0 button").click(); return true })()`)
	b.until("the site is gone", `document.querySelector("main .empty h2")?.textContent === "No site yet"`)
	b.clean("mirror")
}
