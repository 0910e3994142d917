package desk

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/redact"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// Revealing is a context in which the caller asks for originals instead of masked texts. It needs person.SeePrivate, and
// each look is in the audit log; why may be empty.
func Revealing(ctx context.Context, why string) context.Context {
	c := CallerOf(ctx)
	c.reveal, c.why = true, why
	return WithCaller(ctx, c)
}

// lookAgain is how long further looks at the same thing are no new line in the audit log: a log is read in many parts.
const lookAgain = 10 * time.Minute

// maxWhy is the longest reason for a look, in characters.
const maxWhy = 200

// reveals reports whether the caller asked for originals, and keeps that they look. what is an entry, or a ticket's number with
// a minus before it; name says it in words.
func (d *Desk) reveals(ctx context.Context, what int64, name func() string) (bool, error) {
	c := CallerOf(ctx)
	if !c.reveal {
		return false, nil
	}
	if _, err := may(ctx, person.SeePrivate); err != nil {
		return false, err
	}
	why, bad := line("why", c.why, maxWhy, false)
	if bad != nil {
		return false, bad
	}
	return true, d.store.Write(ctx, func(tx *store.Tx) error {
		fresh, err := tx.Look(ctx, c.Person.ID, what, tx.Now.Add(-lookAgain))
		if err != nil || !fresh && why == "" {
			return err
		}
		return d.audit(ctx, tx, c, "private.reveal", name(), why)
	})
}

func (d *Desk) lookAtEntry(ctx context.Context, e *ticket.Entry) (bool, error) {
	return d.reveals(ctx, int64(e.ID), func() string { return nameOfEntry(e) })
}

// nameOfEntry says which entry it is, for the audit log: never what is in it.
func nameOfEntry(e *ticket.Entry) string {
	return fmt.Sprintf("ticket %d, %s %s", e.Ticket, e.Kind, e.ID)
}

// showEntry masks an entry, or leaves it as it is for a caller who asked for the original.
func (d *Desk) showEntry(ctx context.Context, e *ticket.Entry) error {
	s, err := d.shield(ctx)
	if err != nil {
		return err
	}
	open, err := d.lookAtEntry(ctx, e)
	if err != nil {
		return err
	}
	s.show(e, open)
	return nil
}

// show masks an entry, or says what would be masked.
func (s *shield) show(e *ticket.Entry, open bool) {
	if !open {
		s.entry(e)
		return
	}
	masked := *e
	masked.Files = append([]ticket.Attachment(nil), e.Files...)
	s.entry(&masked)
	if e.Private = masked.Private; e.Private == nil {
		e.Private = &ticket.Private{Counts: map[string]int{}}
	}
	e.Private.Revealed = true
}

// showTicket masks a ticket, or leaves it as it is for a caller who asked for the original.
func (d *Desk) showTicket(ctx context.Context, t *ticket.Ticket) error {
	s, err := d.shield(ctx)
	if err != nil {
		return err
	}
	open, err := d.reveals(ctx, -t.Number, func() string { return fmt.Sprintf("ticket %d", t.Number) })
	if err != nil {
		return err
	}
	masked := *t
	s.ticket(&masked)
	if !open {
		*t = masked
		return nil
	}
	if t.Private = masked.Private; t.Private == nil {
		t.Private = &ticket.Private{Counts: map[string]int{}}
	}
	t.Private.Revealed = true
	return nil
}

// Reveal gives the original of an entry, and keeps who looked, when, and why where they said so.
func (d *Desk) Reveal(ctx context.Context, entry id.ID, why string) (ticket.Entry, error) {
	if _, err := may(ctx, person.SeePrivate); err != nil {
		return ticket.Entry{}, err
	}
	return d.Entry(Revealing(ctx, why), entry)
}

// unmask puts the originals back where somebody left masked names in a text they changed.
func unmask(text string, names map[string]string) string {
	if len(names) == 0 {
		return text
	}
	pairs := make([]string, 0, 2*len(names))
	for name, value := range names {
		pairs = append(pairs, name, value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// maskedNames gives what stands behind the names in a masked ticket.
func (s *shield) maskedNames(t ticket.Ticket) map[string]string {
	p := &redact.Pseudonyms{}
	out := map[string]string{}
	parts := ticketParts(&t)
	for _, m := range s.d.marks.ofTicket(s, &t) {
		value := (*parts[m.Text].at)[m.Start:m.End]
		if name := p.Of(m.Kind, value); out[name] == "" {
			out[name] = value
		}
	}
	return out
}

// namesKey gives the secret from which names in logs are made, and makes it when there is none yet.
func (d *Desk) namesKey(ctx context.Context) ([]byte, error) {
	m := &d.finders
	m.mu.Lock()
	key := m.key
	m.mu.Unlock()
	if key != nil {
		return key, nil
	}
	kept, err := d.store.Read().PrivacyNames(ctx)
	if err != nil {
		return nil, err
	}
	if kept == "" {
		var b [32]byte
		rand.Read(b[:])
		made := base64.StdEncoding.EncodeToString(b[:])
		if err := d.store.Write(ctx, func(tx *store.Tx) (err error) { kept, err = tx.SavePrivacyNames(ctx, made); return err }); err != nil {
			return nil, err
		}
	}
	if key, err = base64.StdEncoding.DecodeString(kept); err != nil {
		return nil, fault.Wrap("read the key for names of private data", err)
	}
	m.mu.Lock()
	m.key = key
	m.mu.Unlock()
	return key, nil
}
