package desk

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"firebreak/internal/evidence"
	"firebreak/internal/live"
	"firebreak/internal/search"
	"firebreak/internal/store/storetest"
	"firebreak/internal/ticket"
)

const testCard = "4111 1111 1111 1111"

// TestSearchShowsNoCards plants a card number in all that search shows: titles, texts, evidence, resolutions, and at every
// place of the cutting.
func TestSearchShowsNoCards(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.req, OpenTicket{Subject: "Payment quokka with " + testCard + " failed", Body: "The quokka paid with 4111111111111111 twice."})
		for i := range 12 {
			filler := strings.Repeat("lorem ipsum ", i*4)
			d.open(d.agent, OpenTicket{Subject: fmt.Sprintf("Another quokka %d", i), Body: filler + "card " + testCard + " " + strings.Repeat("x ", i*5) + "numbat " + filler + filler})
		}
		must(d.AddEntry(d.agent, n, NewEntry{Kind: ticket.Log}, d.take(ticket.Log, "a.log", []byte("ERROR wombat 4111-1111-1111-1111 declined\n"))))(t)
		must(d.Move(d.agent, n, MoveTicket{Status: ticket.Resolved, Resolution: "bilby refunded " + testCard}))(t)
		for _, q := range []string{"quokka", "numbat", "wombat", "bilby", "4111", "card", "paid", testCard, fmt.Sprint(n)} {
			for _, typing := range []bool{true, false} {
				for _, ctx := range map[string]func() (SearchPage, error){
					"staff":     func() (SearchPage, error) { return d.Search(d.agent, q, typing, 50) },
					"requester": func() (SearchPage, error) { return d.Search(d.req, q, typing, 50) },
				} {
					page := must(ctx())(t)
					for _, i := range page.Items {
						if s := i.Title + " | " + i.Snippet + " | " + i.Note; strings.Contains(digitsOf(s), "1111") {
							t.Errorf("%q shows %q", q, s)
						}
						for _, m := range i.Marks {
							if m[0] < 0 || m[1] > len(i.Snippet) || m[0] >= m[1] {
								t.Errorf("%q: mark %v of %q", q, m, i.Snippet)
							}
						}
					}
					if strings.Contains(page.Suggestion, "1111") && !strings.Contains(q, "1111") {
						t.Errorf("%q suggests %q", q, page.Suggestion)
					}
				}
			}
		}
		page := must(d.Search(d.agent, "quokka", false, 50))(t)
		if len(page.Items) != 13 || !strings.Contains(fmt.Sprint(page.Items), "Payment quokka with CARD_1 failed") {
			t.Errorf("%d found: %+v", len(page.Items), page.Items)
		}
	})
}

// TestRecurringShowsNoCards: the title of a group is that of one of its tickets.
func TestRecurringShowsNoCards(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		for range 3 {
			d.open(d.agent, OpenTicket{Subject: "Feed of card " + testCard + " waits", Body: "FATAL: period file is of the month before last"})
			d.clock.Advance(24 * time.Hour)
		}
		d.sweep()
		page := must(d.Recurring(d.agent, ListRecurring{}))(t)
		if len(page.Items) == 0 {
			t.Fatal("nothing recurs")
		}
		for _, g := range page.Items {
			if strings.Contains(digitsOf(g.Title+g.Template), "1111") || !strings.Contains(g.Title, "waits") {
				t.Errorf("%+v", g)
			}
		}
	})
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, s)
}

// TestRecordingIsMasked: a number that came onto the screen in pieces is in no answer, until somebody who may asks.
func TestRecordingIsMasked(t *testing.T) {
	const cast = `{"version": 2, "width": 80, "height": 24}
[0.1, "o", "$ pay --card 4111"]
[0.2, "o", "\u001b[1m11"]
[0.3, "o", "1111\u001b[0m"]
[0.4, "o", "111111\r\n"]
[0.5, "o", "declined\r\n"]
`
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.agent, OpenTicket{})
		e := must(d.AddEntry(d.agent, n, NewEntry{Kind: ticket.Terminal}, d.take(ticket.Terminal, "s.cast", []byte(cast))))(t)
		script := must(d.AddEntry(d.agent, n, NewEntry{Kind: ticket.Terminal}, d.take(ticket.Terminal, "typescript", []byte("$ pay --card 4111\x1b[1m111111\x1b[0m111111\r\ndeclined\r\n"))))(t)
		for _, f := range []ticket.Attachment{file(e, RoleCast), file(e, RoleMain), file(script, RoleMain)} {
			o, err := d.File(d.agent, f.EntryID, f.Role)
			if err != nil {
				t.Fatal(err)
			}
			text := string(must(io.ReadAll(o.Content))(t))
			o.Close()
			if f.Name != "typescript" {
				c := must(evidence.ParseCast(strings.NewReader(text)))(t)
				text = c.Text(1000)
			}
			if shown := evidence.Strip(text); strings.Contains(shown, "1111") || !strings.Contains(shown, "CARD_1") || !strings.Contains(shown, "declined") {
				t.Errorf("%s of %s: %q", f.Role, f.Name, text)
			}
			o, err = d.File(Revealing(d.lead, ""), f.EntryID, f.Role)
			if err != nil {
				t.Fatal(err)
			}
			if text := string(must(io.ReadAll(o.Content))(t)); !strings.Contains(text, "--card 4111") {
				t.Errorf("the original of %s is %q", f.Role, text)
			}
			o.Close()
		}
		for _, x := range []ticket.Entry{e, script} {
			if _, text, err := d.Transcript(d.agent, x.ID); err != nil || strings.Contains(text, "1111") || !strings.Contains(text, "CARD_1") {
				t.Errorf("%q %v", text, err)
			}
		}
		for _, i := range must(d.Search(d.agent, "declined", false, 20))(t).Items {
			if strings.Contains(i.Snippet, "1111") {
				t.Error(i.Snippet)
			}
		}
	})
}

func BenchmarkHiding(b *testing.B) {
	s, _ := storetest.SQLite(b)
	d := New(s, &live.Hub{}, nil, slog.New(slog.DiscardHandler))
	h, err := d.hiding(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat("2026-11-22 12:00:00 ERROR [main] c.e.Payment - payment of order 8812 failed: timeout after 3000 ms\n", 40)
	q, err := search.ParseQuery("payment failed", false)
	if err != nil {
		b.Fatal(err)
	}
	for _, hide := range []bool{false, true} {
		b.Run(fmt.Sprint("hiding ", hide), func(b *testing.B) {
			for b.Loop() {
				for range 20 { // what a page shows
					if hide {
						search.SnippetHiding(text, q, snippetWidth, h.around)
					} else {
						search.Snippet(text, q, snippetWidth)
					}
				}
			}
		})
	}
}
