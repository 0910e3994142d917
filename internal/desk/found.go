package desk

import (
	"context"
	"net/url"
	"strings"
	"time"

	"firebreak/internal/evidence"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/ticket"
)

// KeepFound is a page outside that helped.
type KeepFound struct {
	URL  string `json:"url" doc:"https address of the page"`
	Note string `json:"note" doc:"in your own words: what it says that helps here"`
}

// FoundOutside is a page outside that helped with a ticket.
type FoundOutside struct {
	Entry  id.ID     `json:"entry"`
	Ticket int64     `json:"ticket"`
	URL    string    `json:"url"`
	Note   string    `json:"note"`
	Author string    `json:"author,omitempty"`
	At     time.Time `json:"at"`
}

const maxFoundNote = 1000

// KeepFoundOutside keeps on a ticket what was found outside, as a private note with its link. It goes into the draft of the
// resolution, and the next ticket of the same error is shown it.
func (d *Desk) KeepFoundOutside(ctx context.Context, number int64, in KeepFound) (ticket.Entry, error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return ticket.Entry{}, err
	}
	note, badNote := prose("note", in.Note, maxFoundNote, true)
	if badNote != nil && in.Note == "" {
		badNote.Hint = "Write in a sentence what the page says that helps here; pages vanish."
	}
	var badURL *fault.Fault
	address, problem, hint := evidence.CheckLink(in.URL)
	if problem != "" {
		badURL = fault.Invalid("url", problem, hint)
	}
	f, err := d.findersNow(ctx)
	if err != nil {
		return ticket.Entry{}, err
	}
	if badURL == nil && len(f.mask.Find(plainAddress(address))) > 0 {
		badURL = fault.Invalid("url", "The address carries private data.", "Keep the part that leads to the page, without what stands behind the question mark.")
	}
	if err := fault.Collect(badURL, badNote); err != nil {
		return ticket.Entry{}, err
	}
	e := ticket.Entry{Kind: ticket.Note, AuthorID: caller.Person.ID, Author: caller.Person.Name, FromStaff: true, Title: "Found outside", Body: note + "\n" + address, Data: asJSON(evidence.Link{URL: address})}
	return d.addPrivate(ctx, number, e, "")
}

// plainAddress gives the parts of an address as words, with what is escaped in it read.
func plainAddress(address string) string {
	if plain, err := url.QueryUnescape(address); err == nil {
		address = plain
	}
	return strings.NewReplacer("?", " ", "&", " ", "=", " ", "/", " ", "#", " ").Replace(address)
}

// foundOn gives what was found outside on some tickets, the newest first, each address once.
func (d *Desk) foundOn(ctx context.Context, numbers []int64, limit int) ([]FoundOutside, error) {
	out := []FoundOutside{}
	if len(numbers) == 0 {
		return out, nil
	}
	entries, err := d.store.Read().NotesWithFacts(ctx, numbers, 50)
	if err != nil || len(entries) == 0 {
		return out, err
	}
	s, err := d.shield(ctx)
	if err != nil {
		return out, err
	}
	seen := map[string]bool{}
	for _, e := range entries {
		if l, ok := evidence.LinkOf(e.Data); ok && !seen[l.URL] && len(out) < limit {
			seen[l.URL] = true
			out = append(out, FoundOutside{e.ID, e.Ticket, l.URL, s.text(FoundNote(&e)), e.Author, e.CreatedAt})
		}
	}
	return out, nil
}

// FoundNote gives the note of an entry that keeps a link, without the link.
func FoundNote(e *ticket.Entry) string {
	l, ok := evidence.LinkOf(e.Data)
	if n := len(e.Body) - len(l.URL); ok && n > 0 && e.Body[n:] == l.URL {
		return e.Body[:n-1]
	}
	return e.Body
}
