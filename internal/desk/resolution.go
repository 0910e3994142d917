package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"firebreak/internal/evidence"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/resolution"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// Resolution is what solves an error.
type Resolution = resolution.Resolution

// ResolutionFields are what people write of a resolution.
type ResolutionFields = resolution.Fields

// WriteResolution is a resolution as it is written or changed. Fields that are nil stay as they are.
type WriteResolution struct {
	Title       *string `json:"title,omitempty" doc:"what goes wrong, in the words of those who ask"`
	Symptom     *string `json:"symptom,omitempty" doc:"what people see"`
	Cause       *string `json:"cause,omitempty" doc:"why it happens"`
	Fix         *string `json:"fix,omitempty" doc:"what to do, with the commands"`
	Check       *string `json:"check,omitempty" doc:"what proves that it worked"`
	Environment *string `json:"environment,omitempty" doc:"where it was seen"`
	Version     *string `json:"product_version,omitempty" doc:"of the product it was seen with"`
	Answer      *string `json:"answer,omitempty" doc:"what requesters may read; empty: the resolution stays inside"`
	// Applications and Signatures replace what was there.
	Applications *[]string `json:"applications,omitempty" doc:"what it applies to: short names, names or ids"`
	Signatures   *[]string `json:"signatures,omitempty" doc:"errors it solves"`
	Ticket       int64     `json:"ticket,omitzero" doc:"the ticket it is written on, for a new one"`
	Search       id.ID     `json:"search,omitzero" doc:"the search that found nothing and that it answers, for a new one"`
	Expect       int       `json:"expect,omitzero" doc:"the version that was read; a change in between is refused"`
}

func (in WriteResolution) apply(f *resolution.Fields) error {
	var bad []*fault.Fault
	set := func(to *string, from *string, field string, limit int, oneLine bool) {
		if from == nil {
			return
		}
		s, f := checked(field, *from, limit, field == "title", oneLine)
		*to, bad = s, append(bad, f)
	}
	set(&f.Title, in.Title, "title", resolution.MaxTitle, true)
	set(&f.Symptom, in.Symptom, "symptom", resolution.MaxField, false)
	set(&f.Cause, in.Cause, "cause", resolution.MaxField, false)
	set(&f.Fix, in.Fix, "fix", resolution.MaxField, false)
	set(&f.Check, in.Check, "check", resolution.MaxField, false)
	set(&f.Environment, in.Environment, "environment", 200, true)
	set(&f.Version, in.Version, "product_version", 200, true)
	set(&f.Answer, in.Answer, "answer", resolution.MaxField, false)
	return fault.Collect(bad...)
}

// scope sets what a resolution applies to.
func (in WriteResolution) scope(ctx context.Context, r store.Read, x *resolution.Resolution) error {
	if in.Applications != nil {
		x.Applications = nil
		for _, name := range *in.Applications {
			if name == "" {
				continue
			}
			a, err := r.FindApplication(ctx, name)
			if fault.Is(err, fault.CodeNotFound) {
				return fault.Invalid("applications", "There is no application called "+cutLine(name)+".", "Choose one of the catalogue, or leave it out: then it applies to any.")
			} else if err != nil {
				return err
			}
			x.Applications = append(x.Applications, resolution.Application{ID: a.ID, Name: a.Name})
		}
		if len(x.Applications) > 50 {
			return fault.Invalid("applications", "A resolution applies to at most 50 applications.", "Leave them out: then it applies to any.")
		}
	}
	if in.Signatures != nil {
		known := map[string]string{}
		for _, s := range x.Signatures {
			known[s.ID] = s.Template
		}
		x.Signatures = nil
		for _, s := range *in.Signatures {
			s, bad := line("signatures", s, 64, false)
			if bad != nil {
				return bad
			}
			if s == "" || slices.ContainsFunc(x.Signatures, func(o resolution.Signature) bool { return o.ID == s }) {
				continue
			}
			if known[s] == "" {
				var err error
				if known[s], err = r.TemplateOf(ctx, s); err != nil {
					return err
				}
			}
			x.Signatures = append(x.Signatures, resolution.Signature{ID: s, Template: known[s]})
		}
		if len(x.Signatures) > 20 {
			return fault.Invalid("signatures", "A resolution solves at most 20 errors.", "Write another one for the rest.")
		}
	}
	return nil
}

// AddResolution writes a resolution. Written on a ticket it takes application and errors from there where none are given.
func (d *Desk) AddResolution(ctx context.Context, in WriteResolution) (Resolution, error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return Resolution{}, err
	}
	if in.Title == nil {
		in.Title = new("")
	}
	var out Resolution
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		out = Resolution{State: resolution.Draft, Ticket: in.Ticket}
		if err := in.apply(&out.Fields); err != nil {
			return err
		}
		if out.Fields.Empty() {
			return fault.Invalid("fix", "There is nothing here that would help anybody yet.", "Write what to do, or at least why it happens.")
		}
		if in.Ticket != 0 {
			t, err := tx.Ticket(ctx, in.Ticket)
			if err != nil {
				return err
			}
			if err := takeScope(ctx, tx.Read, &t, &in); err != nil {
				return err
			}
		}
		if err := in.scope(ctx, tx.Read, &out); err != nil {
			return err
		}
		if err := tx.PutResolution(ctx, nil, &out, caller.Person.ID); err != nil {
			return err
		}
		if in.Search != 0 {
			if err := tx.AnswerMiss(ctx, in.Search, out.ID); err != nil {
				return err
			}
		}
		if in.Ticket != 0 {
			if _, err := tx.MarkResolution(ctx, resolution.Use{Resolution: out.ID, Ticket: in.Ticket, Mark: resolution.Written}, caller.Person.ID); err != nil {
				return err
			}
			tx.After(func() { d.hub.Publish(TicketTopic(in.Ticket)) })
		}
		return nil
	})
	if err != nil {
		return Resolution{}, err
	}
	return d.Resolution(ctx, out.ID)
}

// takeScope fills in application and errors from a ticket where none are given.
func takeScope(ctx context.Context, r store.Read, t *ticket.Ticket, in *WriteResolution) error {
	if in.Applications == nil && t.ApplicationID != 0 {
		in.Applications = &[]string{t.ApplicationID.String()}
	}
	if in.Signatures == nil {
		keys, err := keysOf(ctx, r, t)
		if err != nil {
			return err
		}
		in.Signatures = &keys
	}
	return nil
}

// EditResolution changes what a resolution says. What it said before is kept, and what was said to be wrong about it is
// taken as answered.
func (d *Desk) EditResolution(ctx context.Context, i id.ID, in WriteResolution) (Resolution, error) {
	return d.changeResolution(ctx, i, func(tx *store.Tx, x *Resolution) error {
		if in.Expect != 0 && in.Expect != x.Version {
			return fault.Conflict("expect", "Somebody changed this resolution a moment ago.", "Look at it again, then make your change.")
		}
		if err := in.apply(&x.Fields); err != nil {
			return err
		}
		if x.Fields.Empty() {
			return fault.Invalid("fix", "There is nothing left here that would help anybody.", "Write what to do, or retire the resolution.")
		}
		x.Wrong = 0
		return in.scope(ctx, tx.Read, x)
	})
}

// VerifyResolution says that somebody looked at a resolution and it is right.
func (d *Desk) VerifyResolution(ctx context.Context, i id.ID) (Resolution, error) {
	return d.changeResolution(ctx, i, func(tx *store.Tx, x *Resolution) error {
		x.State, x.VerifiedAt, x.RetiredAt, x.Wrong = resolution.Verified, tx.Now, time.Time{}, 0
		return nil
	})
}

// retireUndo is the act of retiring a resolution, which can be taken back.
const retireUndo = "resolution.retire"

// RetireResolution takes a resolution out of use: it is kept, and found no more. The second result takes it back.
func (d *Desk) RetireResolution(ctx context.Context, i id.ID) (Resolution, id.ID, error) {
	var undo id.ID
	out, err := d.changeResolution(ctx, i, func(tx *store.Tx, x *Resolution) error {
		if x.State == resolution.Retired {
			return fault.Conflict("state", "It is retired already.", "")
		}
		u := store.Undo{PersonID: CallerOf(ctx).Person.ID, Act: retireUndo, Detail: asJSON(retired{x.ID, x.State})}
		if err := tx.AddUndo(ctx, &u); err != nil {
			return err
		}
		undo = u.ID
		x.State, x.RetiredAt = resolution.Retired, tx.Now
		return nil
	})
	return out, undo, err
}

type retired struct {
	Resolution id.ID            `json:"resolution"`
	State      resolution.State `json:"state"`
}

// unretire takes a resolution back into use.
func (d *Desk) unretire(ctx context.Context, tx *store.Tx, u store.Undo) error {
	var r retired
	if err := json.Unmarshal([]byte(u.Detail), &r); err != nil {
		return fmt.Errorf("undo %s: %w", u.ID, err)
	}
	old, err := tx.ResolutionForChange(ctx, r.Resolution)
	if err != nil {
		return err
	}
	if old.State != resolution.Retired {
		return fault.Conflict("undo", "This cannot be taken back: the resolution is in use again.", "")
	}
	x := old
	x.State, x.RetiredAt = r.State, time.Time{}
	return tx.PutResolution(ctx, &old, &x, CallerOf(ctx).Person.ID)
}

func (d *Desk) changeResolution(ctx context.Context, i id.ID, fn func(*store.Tx, *Resolution) error) (Resolution, error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return Resolution{}, err
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		old, err := tx.ResolutionForChange(ctx, i)
		if err != nil {
			return err
		}
		x := old
		if err := fn(tx, &x); err != nil {
			return err
		}
		return tx.PutResolution(ctx, &old, &x, caller.Person.ID)
	})
	if err != nil {
		return Resolution{}, err
	}
	return d.Resolution(ctx, i)
}

// MarkResolution is what a resolution was for a ticket.
type MarkResolution struct {
	Ticket int64           `json:"ticket" minimum:"1"`
	Mark   resolution.Mark `json:"mark" enum:",helped,wrong" doc:"empty takes back what was said"`
	Note   string          `json:"note,omitempty" doc:"for wrong: what is wrong or outdated"`
}

// UseResolution says that a resolution solved a ticket, or was wrong for it. A draft that solves a ticket other than the one
// it was written on is verified by that: reuse is review.
func (d *Desk) UseResolution(ctx context.Context, i id.ID, in MarkResolution) (Resolution, error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return Resolution{}, err
	}
	note, bad := line("note", in.Note, ticket.MaxShort, false)
	if in.Mark != "" && !in.Mark.Valid() {
		bad = fault.Invalid("mark", "There is no mark "+cutLine(string(in.Mark))+".", "Use helped or wrong, or leave it empty to take back what was said.")
	}
	if bad != nil {
		return Resolution{}, bad
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Ticket(ctx, in.Ticket); err != nil {
			return err
		}
		return d.use(ctx, tx, caller, i, in.Ticket, in.Mark, note)
	})
	if err != nil {
		return Resolution{}, err
	}
	return d.Resolution(ctx, i)
}

func (d *Desk) use(ctx context.Context, tx *store.Tx, caller Caller, i id.ID, number int64, mark resolution.Mark, note string) error {
	x, err := tx.ResolutionForChange(ctx, i)
	if err != nil {
		return err
	}
	before, err := tx.MarkResolution(ctx, resolution.Use{Resolution: i, Ticket: number, Mark: mark, Note: note}, caller.Person.ID)
	if err != nil {
		return err
	}
	next := x.State
	switch {
	case mark == resolution.Helped && before != resolution.Written:
		next = resolution.AfterMark(x.State, mark)
	case mark == "" && before == resolution.Helped && x.Helped == 1 && x.State == resolution.Verified && x.VerifiedAt.Equal(x.UsedAt):
		next = resolution.Draft // a slip, taken back: it was verified by this very use
	}
	if next != x.State {
		at := tx.Now
		if next == resolution.Draft {
			at = time.Time{}
		}
		if err := tx.SetResolutionState(ctx, i, next, at, caller.Person.ID); err != nil {
			return err
		}
	}
	tx.After(func() { d.hub.Publish(TicketTopic(number)) })
	return nil
}

// ResolutionDraft is a resolution written from what is on a ticket, to be corrected.
type ResolutionDraft struct {
	ResolutionFields
	// Existing is the resolution that was written on the ticket before; the draft is what it says.
	Existing id.ID `json:"existing,omitzero"`
}

// DraftResolution writes a resolution from what is on a ticket: the failure in the requester's words, the cause from the
// notes, what was run, and the check that proved it. Nothing is stored.
func (d *Desk) DraftResolution(ctx context.Context, number int64) (ResolutionDraft, error) {
	if _, err := may(ctx, person.WorkTickets); err != nil {
		return ResolutionDraft{}, err
	}
	r := d.store.Read()
	t, err := r.Ticket(ctx, number)
	if err != nil {
		return ResolutionDraft{}, err
	}
	uses, err := r.UsesOn(ctx, number)
	if err != nil {
		return ResolutionDraft{}, err
	}
	for _, u := range uses {
		if u.Mark == resolution.Written {
			x, err := r.Resolution(ctx, u.Resolution)
			return ResolutionDraft{x.Fields, x.ID}, err
		}
	}
	entries, err := r.Entries(ctx, number, 0, timelinePage)
	if err != nil {
		return ResolutionDraft{}, err
	}
	s, err := d.shield(ctx)
	if err != nil {
		return ResolutionDraft{}, err
	}
	s.ticket(&t) // what is kept for the next person has no private data in it
	for i := range entries {
		s.entry(&entries[i])
	}
	return ResolutionDraft{ResolutionFields: draft(&t, entries)}, nil
}

// DraftOf is DraftResolution for a ticket and a timeline that were read already.
func DraftOf(t *ticket.Ticket, tl Timeline) ResolutionFields {
	var entries []ticket.Entry
	for _, i := range tl.Items {
		if i.Entry != nil {
			entries = append(entries, *i.Entry)
		}
	}
	return draft(t, entries)
}

// draft writes a resolution from a ticket and its entries.
func draft(t *ticket.Ticket, entries []ticket.Entry) resolution.Fields {
	s := resolution.Source{Subject: t.Subject, Body: t.Body, Typed: t.Resolution}
	for _, e := range entries {
		out := resolution.Entry{FromStaff: e.FromStaff, Private: !e.Public, Text: e.Body, At: e.CreatedAt}
		switch e.Kind {
		case ticket.Reply, ticket.Note:
			if l, ok := evidence.LinkOf(e.Data); ok {
				out.Evidence, out.Where, out.Text = resolution.Link, l.URL, FoundNote(&e)
			}
		case ticket.SQL:
			var q evidence.SQL
			if json.Unmarshal([]byte(e.Data), &q) != nil {
				continue
			}
			out.Evidence, out.Statement, out.Where, out.Rows, out.Text = resolution.SQL, q.Statement, q.Database, q.RowCount, e.Title+"\n"+e.Body
			if s.Environment == "" {
				s.Environment = joined(q.Database, q.Engine)
			}
		case ticket.Terminal:
			var f evidence.TerminalFacts
			if json.Unmarshal([]byte(e.Data), &f) != nil {
				continue
			}
			out.Evidence, out.Exit = resolution.Terminal, f.Exit
			if f.Text != "" {
				out.Text = f.Text
			}
		default:
			continue
		}
		s.Entries = append(s.Entries, out)
	}
	return resolution.Write(s)
}

func joined(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return a + ", " + b
}

// capture keeps a resolution while its ticket is resolved.
func (d *Desk) capture(ctx context.Context, c *change, in WriteResolution) error {
	var old *resolution.Resolution
	x := resolution.Resolution{State: resolution.Draft, Ticket: c.t.Number}
	uses, err := c.tx.UsesOn(ctx, c.t.Number)
	if err != nil {
		return err
	}
	for _, u := range uses {
		if u.Mark == resolution.Written { // solved again: the same resolution says more now
			was, err := c.tx.ResolutionForChange(ctx, u.Resolution)
			if err != nil {
				return err
			}
			old, x = &was, was
		}
	}
	if in.Title == nil && x.Title == "" {
		title := []rune(c.t.Subject)
		in.Title = new(string(title[:min(len(title), resolution.MaxTitle)]))
	}
	if err := in.apply(&x.Fields); err != nil {
		return err
	}
	if x.Fix == "" {
		fix := []rune(c.t.Resolution)
		x.Fix = string(fix[:min(len(fix), resolution.MaxField)])
	}
	if x.Fields.Empty() {
		return nil // nothing was said that could help anybody; resolving does not fail for that
	}
	if old == nil {
		if err := takeScope(ctx, c.tx.Read, &c.t, &in); err != nil {
			return err
		}
	}
	if err := in.scope(ctx, c.tx.Read, &x); err != nil {
		return err
	}
	if err := c.tx.PutResolution(ctx, old, &x, c.caller.Person.ID); err != nil || old != nil {
		return err
	}
	_, err = c.tx.MarkResolution(ctx, resolution.Use{Resolution: x.ID, Ticket: c.t.Number, Mark: resolution.Written}, c.caller.Person.ID)
	return err
}
