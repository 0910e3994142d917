package desk

import (
	"cmp"
	"context"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/privacy"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// Reply answers the requester: public. The ticket moves to next when that is set ("reply and wait").
// A requester's own reply reopens a waiting or recently resolved ticket; on a closed one it opens a new,
// linked ticket, whose number the entry then carries.
type Reply struct {
	Body   string        `json:"body"`
	Status ticket.Status `json:"status,omitempty" doc:"state after the reply; empty leaves it" enum:",open,waiting,resolved"`
	// Files are stored already; a reply with files needs no text.
	Files []ticket.Attachment `json:"-"`
	Consent
}

// Reply writes a public reply. A reply by staff is held for the desk's hold time, in which TakeBack undoes it.
func (d *Desk) Reply(ctx context.Context, number int64, in Reply) (ticket.Entry, error) {
	caller, err := may(ctx, person.SeeOwn)
	if err != nil {
		return ticket.Entry{}, err
	}
	body, bad := prose("body", in.Body, ticket.MaxBody, len(in.Files) == 0)
	if bad != nil {
		return ticket.Entry{}, bad
	}
	e := ticket.Entry{Kind: ticket.Reply, Body: body, Files: in.Files}
	return d.answer(ctx, caller, number, e, in.Status, "", in.Consent)
}

// answer puts a public entry on a ticket: a reply, or a file that the requester attaches, which counts as one.
func (d *Desk) answer(ctx context.Context, caller Caller, number int64, e ticket.Entry, status ticket.Status, searchText string, consent Consent) (ticket.Entry, error) {
	staff := caller.May(person.WorkTickets)
	var asItIs privacy.Counts
	if staff {
		var err error
		if asItIs, err = d.guard(ctx, caller, number, &e, searchText, consent); err != nil {
			return e, err
		}
	}
	e.Public, e.AuthorID, e.Author, e.FromStaff = true, caller.Person.ID, caller.Person.Name, staff
	if err := d.scan(ctx, &e); err != nil {
		return e, err
	}
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		t, err := tx.TicketForChange(ctx, number)
		if err != nil {
			return err
		}
		if !staff && t.RequesterID != caller.Person.ID {
			return fault.NotFound("ticket")
		}
		settings, err := tx.Settings(ctx)
		if err != nil {
			return err
		}
		e.ID, e.Ticket, e.CreatedAt, e.SendAt = tx.NewID(), number, tx.Now, time.Time{}
		here := t
		if t.Status == ticket.Merged {
			if staff {
				return mergedAway(t)
			}
			// A late reply follows the ticket to where it lives on, and stays its requester's.
			if here, err = livesOn(ctx, tx.Read, t); err != nil {
				return err
			}
			e.Ticket, e.Origin = here.Number, number
		}
		if !staff {
			if _, fresh := here.Status.AfterRequesterReply(here.ResolvedAt, tx.Now, time.Duration(settings.ReopenDays)*24*time.Hour); fresh {
				if e.Ticket, err = d.followUp(ctx, tx, caller, t, cmp.Or(e.Body, e.Title, "Sent files.")); err != nil || len(e.Files) == 0 {
					return err
				}
				files := e
				files.Body = "" // it is the new ticket's own text
				return tx.AddEntry(ctx, &files, searchText, t.RequesterID)
			}
		}
		if staff && settings.HoldSeconds > 0 && caller.Via == "page" {
			e.SendAt = tx.Now.Add(time.Duration(settings.HoldSeconds) * time.Second)
		}
		_, err = d.changeIn(ctx, tx, caller, e.Ticket, func(c *change) error {
			c.ref = e.ID
			if err := tx.AddEntry(ctx, &e, searchText, t.RequesterID); err != nil {
				return err
			}
			if staff {
				if c.t.FirstReplyAt.IsZero() {
					c.t.FirstReplyAt = tx.Now
				}
				if c.t.Status == ticket.New {
					c.t.Status = ticket.Open
				}
				if status != "" && status != c.t.Status {
					return d.moveTo(c, status, ticket.OnRequester, time.Time{}, "")
				}
				return nil
			}
			if next, _ := c.t.Status.AfterRequesterReply(c.t.ResolvedAt, tx.Now, time.Duration(settings.ReopenDays)*24*time.Hour); next != c.t.Status {
				c.reason = "The requester answered."
				return d.moveTo(c, next, "", time.Time{}, c.reason)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if err := d.keepConsent(ctx, tx, caller, number, asItIs); err != nil {
			return err
		}
		if err := sent(ctx, tx, caller, number, ticket.Reply); err != nil || e.SendAt.IsZero() {
			return err
		}
		return d.enqueue(ctx, tx, Job{Kind: JobSend, Entry: e.ID, At: e.SendAt})
	})
	if e.Unread && err == nil {
		d.wakePrivacy()
	}
	return e, err
}

// followUp opens a new ticket for a reply to one that is closed for good, and links the two.
func (d *Desk) followUp(ctx context.Context, tx *store.Tx, caller Caller, old ticket.Ticket, body string) (int64, error) {
	t := ticket.Ticket{Subject: old.Subject, Body: body, Status: ticket.New, Level: ticket.L1, Channel: caller.Via,
		ApplicationID: old.ApplicationID, TeamID: old.TeamID, RequesterID: old.RequesterID, ClientID: old.ClientID,
		CreatedAt: tx.Now, UpdatedAt: tx.Now, Stakes: old.Stakes}
	if err := d.judge(ctx, tx, &t); err != nil {
		return 0, err
	}
	if err := tx.AddTicket(ctx, &t); err != nil {
		return 0, err
	}
	c := change{tx: tx, caller: caller, t: t}
	if err := c.event(ctx, ticket.Event{Field: "opened", New: string(t.Fire), Reason: "A reply to a closed ticket."}); err != nil {
		return 0, err
	}
	d.announce(tx, &t)
	return t.Number, tx.AddLink(ctx, &ticket.Link{Ticket: t.Number, Other: old.Number, Kind: ticket.FollowUp})
}

// Note writes a private note; it never leaves the desk.
func (d *Desk) Note(ctx context.Context, number int64, body string) (ticket.Entry, error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return ticket.Entry{}, err
	}
	body, bad := prose("body", body, ticket.MaxBody, true)
	if bad != nil {
		return ticket.Entry{}, bad
	}
	e := ticket.Entry{Kind: ticket.Note, AuthorID: caller.Person.ID, Author: caller.Person.Name, FromStaff: true, Body: body}
	return d.addPrivate(ctx, number, e, "")
}

// addPrivate puts a private entry on a ticket.
func (d *Desk) addPrivate(ctx context.Context, number int64, e ticket.Entry, searchText string) (ticket.Entry, error) {
	if err := d.scan(ctx, &e); err != nil {
		return e, err
	}
	_, err := d.change(ctx, number, person.WorkTickets, func(c *change) error {
		if c.t.Status == ticket.Merged {
			return fault.Conflict("number", "The ticket was merged.", "Write on the ticket it lives on in.")
		}
		e.ID, e.Ticket, e.CreatedAt, e.Public = c.tx.NewID(), number, c.tx.Now, false
		if err := c.tx.AddEntry(ctx, &e, searchText, c.t.RequesterID); err != nil || e.Kind != ticket.Note {
			return err
		}
		return sent(ctx, c.tx, c.caller, number, ticket.Note)
	})
	if e.Unread && err == nil {
		d.wakePrivacy()
	}
	return e, err
}

// sent forgets the draft of what has just been written.
func sent(ctx context.Context, tx *store.Tx, caller Caller, number int64, kind ticket.Kind) error {
	if caller.Person.ID == 0 {
		return nil
	}
	return tx.SaveDraft(ctx, caller.Person.ID, ticket.Draft{Ticket: number, Kind: kind})
}

// TakeBack undoes a reply that has not left yet and gives its text back as a draft.
func (d *Desk) TakeBack(ctx context.Context, entry id.ID) (ticket.Entry, error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return ticket.Entry{}, err
	}
	var e ticket.Entry
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		if e, err = tx.Entry(ctx, entry); err != nil {
			return err
		}
		if e.AuthorID != caller.Person.ID {
			return fault.Forbidden("take back somebody else's reply")
		}
		ok, err := tx.TakeBack(ctx, entry)
		if err != nil {
			return err
		}
		if !ok {
			return fault.Conflict("entry", "The reply is out already.", "Write a correction.")
		}
		if err := tx.SaveDraft(ctx, caller.Person.ID, ticket.Draft{Ticket: e.Ticket, Kind: e.Kind, Body: e.Body}); err != nil {
			return err
		}
		_, err = d.changeIn(ctx, tx, caller, e.Ticket, func(c *change) error {
			return c.event(ctx, ticket.Event{Field: "reply_taken_back", Ref: e.ID})
		})
		return err
	})
	return e, err
}

// SendDue lets a held reply out when its time has come. It may run any number of times.
func (d *Desk) SendDue(ctx context.Context, entry id.ID) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		e, err := tx.Entry(ctx, entry)
		if fault.Is(err, fault.CodeNotFound) {
			return nil // taken back
		}
		if err != nil || e.SendAt.IsZero() || e.SendAt.After(tx.Now) {
			return err
		}
		if _, err := tx.ReleaseReply(ctx, entry); err != nil {
			return err
		}
		t, err := tx.Ticket(ctx, e.Ticket)
		if err != nil {
			return err
		}
		d.announce(tx, &t)
		return nil
	})
}

// SweepReplies lets every reply out whose hold is over and that no job let out.
func (d *Desk) SweepReplies(ctx context.Context) (int, error) {
	due, err := d.store.Read().DueReplies(ctx, d.store.Now(), 500)
	if err != nil {
		return 0, err
	}
	for _, e := range due {
		if err := d.SendDue(ctx, e.ID); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}
