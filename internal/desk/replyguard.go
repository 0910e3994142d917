package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/privacy"
	"firebreak/internal/redact"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// Consent is what the writer of a reply with private data says about it.
type Consent struct {
	// ConfirmPrivate sends it as it is, which the audit log keeps.
	ConfirmPrivate bool `json:"confirm_private,omitempty" doc:"send it although it holds private data; kept in the audit log"`
	// MaskPrivate sends it with names in place of what is private.
	MaskPrivate bool `json:"mask_private,omitempty" doc:"send it with names in place of private data"`
}

// HeldReply is why a reply is held back.
type HeldReply struct {
	Items  []HeldItem `json:"items"`
	Words  string     `json:"words" doc:"what it holds, as people say it"`
	Masked string     `json:"masked" doc:"the reply with names in place of it"`
	// Files says that an attached file holds some of it; files are not changed.
	Files bool `json:"files,omitempty"`
}

// HeldItem is one private part of a reply.
type HeldItem struct {
	Span
	Text string `json:"text" doc:"as it was written"`
	Word string `json:"word" doc:"what it is"`
}

// CheckReply gives what of a reply would hold it back; nothing is sent.
func (d *Desk) CheckReply(ctx context.Context, number int64, body string) (HeldReply, error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return HeldReply{}, err
	}
	t, err := d.store.Read().Ticket(ctx, number)
	if err != nil {
		return HeldReply{}, err
	}
	held, _, err := d.heldReply(ctx, caller, &t, body, "")
	return held, err
}

// guard holds a reply back that carries private data outside, until its writer says how to go on. It masks the reply where
// they said so, and gives what goes out as it is.
func (d *Desk) guard(ctx context.Context, caller Caller, number int64, e *ticket.Entry, files string, c Consent) (privacy.Counts, error) {
	t, err := d.store.Read().Ticket(ctx, number)
	if err != nil {
		return nil, err
	}
	held, counts, err := d.heldReply(ctx, caller, &t, e.Body, files)
	if err != nil || len(counts) == 0 {
		return nil, err
	}
	switch {
	case c.ConfirmPrivate:
		return counts, nil
	case c.MaskPrivate && held.Files:
		return nil, fault.Conflict("file", "An attached file holds private data, and files are sent as they are.", "Take the file out, or send it as it is.")
	case c.MaskPrivate:
		e.Body = held.Masked
		return nil, nil
	}
	out := &fault.Fault{Code: fault.CodePrivate, Field: "body", Message: "This reply would take private data outside: " + held.Words + ".",
		Hint: "Change the text, or send it with mask_private (names instead) or confirm_private (as it is; the audit log keeps that)."}
	for _, i := range held.Items {
		if len(out.More) == 10 {
			break
		}
		out.More = append(out.More, fault.Fault{Code: fault.CodePrivate, Field: "body", Message: fmt.Sprintf("%s at character %d: %s.", strings.ToUpper(i.Word[:1])+i.Word[1:], 1+utf8.RuneCountInString(e.Body[:i.Start]), i.Reason)})
	}
	return nil, out
}

// heldReply looks through a reply and the text of its files.
func (d *Desk) heldReply(ctx context.Context, caller Caller, t *ticket.Ticket, body, files string) (HeldReply, privacy.Counts, error) {
	out := HeldReply{Items: []HeldItem{}, Masked: body}
	f, err := d.findersNow(ctx)
	if err != nil {
		return out, nil, err
	}
	who := outsiders{d: d, f: f, t: t, caller: caller}
	found, err := who.only(ctx, body, f.warn.Find(body))
	if err != nil {
		return out, nil, err
	}
	inFiles, err := who.only(ctx, files, f.warn.Find(files))
	if err != nil {
		return out, nil, err
	}
	counts := privacy.Count(slices.Concat(found, inFiles))
	for _, x := range found {
		out.Items = append(out.Items, HeldItem{Span(x), body[x.Start:x.End], privacy.Word(x.Kind, 1)})
	}
	out.Words, out.Files = counts.String(), len(inFiles) > 0
	out.Masked = redact.Mask(body, found, &redact.Pseudonyms{})
	return out, counts, nil
}

// outsiders tells people whom the requester may read about from others.
type outsiders struct {
	d      *Desk
	f      *finders
	t      *ticket.Ticket
	caller Caller
	own    *person.Person // the requester, once they were read
}

// only keeps the findings that hold a reply back.
func (w *outsiders) only(ctx context.Context, text string, found []redact.Finding) ([]redact.Finding, error) {
	var out []redact.Finding
	for _, x := range found {
		keep := slices.Contains(w.f.set.Warn, x.Kind)
		if !keep && w.f.set.Others {
			var err error
			if keep, err = w.is(ctx, text[x.Start:x.End], x); err != nil {
				return nil, err
			}
		}
		if keep {
			out = append(out, x)
		}
	}
	return out, nil
}

// is reports whether a name, a client or an address of mail belongs to somebody who is neither the requester nor of their
// client, nor of this desk.
func (w *outsiders) is(ctx context.Context, value string, x redact.Finding) (bool, error) {
	r := w.d.store.Read()
	if w.own == nil && w.t.RequesterID != 0 {
		p, err := r.Person(ctx, w.t.RequesterID)
		if err != nil {
			return false, err
		}
		w.own = &p
	}
	knows := func(p person.Person) bool {
		return p.Role.Desk() || p.ID == w.t.RequesterID || w.own != nil && p.ClientID != 0 && p.ClientID == w.own.ClientID
	}
	known := strings.HasSuffix(x.Reason, "of this desk")
	switch x.Kind {
	case redact.Email:
		if p, err := r.FindPerson(ctx, value); err == nil {
			return !knows(p), nil
		} else if !fault.Is(err, fault.CodeNotFound) {
			return false, err
		}
		return !sameDomain(value, w.caller.Person.Email) && (w.own == nil || !sameDomain(value, w.own.Email)), nil
	case redact.Person:
		if !known {
			return false, nil // only a guess
		}
		people, err := r.PeopleNamed(ctx, value, 20)
		return len(people) > 0 && !slices.ContainsFunc(people, knows), err
	case redact.Organization:
		if !known {
			return false, nil
		}
		c, err := r.FindClient(ctx, value)
		if fault.Is(err, fault.CodeNotFound) {
			return false, nil
		}
		return err == nil && c.ID != w.t.ClientID && (w.own == nil || c.ID != w.own.ClientID), err
	}
	return false, nil
}

// sameDomain reports whether two addresses of mail belong to one house. Those of public providers do not.
func sameDomain(a, b string) bool {
	_, x, ok := strings.Cut(strings.ToLower(a), "@")
	_, y, _ := strings.Cut(strings.ToLower(b), "@")
	return ok && x == y && !slices.Contains(providers, x)
}

// providers are where anybody has a mailbox.
var providers = []string{"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "icloud.com", "me.com", "aol.com",
	"gmx.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "proton.me", "protonmail.com", "mail.com", "zoho.com", "comcast.net", "verizon.net", "att.net"}

// keepConsent keeps that private data went outside as it was.
func (d *Desk) keepConsent(ctx context.Context, tx *store.Tx, caller Caller, number int64, sent privacy.Counts) error {
	if len(sent) == 0 {
		return nil
	}
	return d.audit(ctx, tx, caller, "private.send", fmt.Sprintf("ticket %d", number), "sent as it is: "+sent.String())
}
