package client

import (
	"context"
	"encoding/json"
	"time"
)

// Entry is one item on a ticket's timeline that somebody wrote or attached.
type Entry struct {
	ID        string       `json:"id"`
	Ticket    int64        `json:"ticket"`
	Kind      string       `json:"kind"` // reply, note, sql, terminal, log, screenshot or file
	Public    bool         `json:"public"`
	AuthorID  string       `json:"author_id,omitempty"`
	Author    string       `json:"author,omitempty"`
	FromStaff bool         `json:"from_staff"`
	Title     string       `json:"title,omitempty"`
	Body      string       `json:"body,omitempty"`
	Files     []Attachment `json:"files,omitempty"`
	// Evidence is what the desk knows of a piece of evidence, by its kind; see /api/openapi.json.
	Evidence  json.RawMessage `json:"evidence,omitempty"`
	Private   *Private        `json:"private,omitempty"` // what of it is masked; nil: nothing
	Origin    int64           `json:"origin,omitzero"`   // the ticket it was written on, when a merge or a split moved it
	CreatedAt time.Time       `json:"created_at"`
	SendAt    time.Time       `json:"send_at,omitzero"` // when a held reply leaves the desk
}

// Attachment is a stored file of an entry.
type Attachment struct {
	Role string `json:"role"`
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
	Hash string `json:"hash"` // SHA-256 of the content
}

// Event is one line of a ticket's history.
type Event struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Actor  string    `json:"actor,omitempty"`
	Via    string    `json:"via"`
	Rule   string    `json:"rule,omitempty"` // the rule or clock that did it, when no person did
	Field  string    `json:"field"`
	Old    string    `json:"old,omitempty"`
	New    string    `json:"new,omitempty"`
	Reason string    `json:"reason,omitempty"`
}

// Timeline is what happened on a ticket, oldest first.
type Timeline struct {
	Items []TimelineItem `json:"items"`
	// Earlier is the entry before which more can be asked for; empty when this is all.
	Earlier string `json:"earlier,omitempty"`
}

// TimelineItem is an entry or an event.
type TimelineItem struct {
	At    time.Time `json:"at"`
	Entry *Entry    `json:"entry,omitempty"`
	Event *Event    `json:"event,omitempty"`
}

// Timeline gives the latest page of a ticket's timeline, or the page before an entry.
func (c *Client) Timeline(ctx context.Context, n int64, before string) (Timeline, error) {
	var t Timeline
	return t, c.get(ctx, "/tickets/"+number(n)+"/timeline", values("before", before), &t)
}

// Reply answers the requester. Status is the state after the reply; empty leaves it.
func (c *Client) Reply(ctx context.Context, n int64, body string, status Status, consent ...Consent) (Entry, error) {
	var e Entry
	in := struct {
		Body   string `json:"body"`
		Status Status `json:"status,omitempty"`
		Consent
	}{Body: body, Status: status}
	for _, c := range consent {
		in.Consent = c
	}
	return e, c.post(ctx, "/tickets/"+number(n)+"/reply", in, &e)
}

// Consent is what the writer says about private data in a reply. Without one such a reply is refused with CodePrivate, and
// nothing is sent.
type Consent struct {
	ConfirmPrivate bool `json:"confirm_private,omitempty"` // send it as it is; the audit log keeps that
	MaskPrivate    bool `json:"mask_private,omitempty"`    // send it with names in place of private data
}

// Note writes a private note; it never leaves the desk.
func (c *Client) Note(ctx context.Context, n int64, body string) (Entry, error) {
	var e Entry
	return e, c.post(ctx, "/tickets/"+number(n)+"/note", struct {
		Body string `json:"body"`
	}{body}, &e)
}

// NewEntry is an entry to add as text: a reply, a note, or evidence. UploadEvidence takes files.
type NewEntry struct {
	Kind   string `json:"kind,omitempty"` // reply, note, sql, terminal, log, screenshot or file
	Body   string `json:"body,omitempty"` // the text: message, pasted session or log
	Title  string `json:"title,omitempty"`
	Name   string `json:"name,omitempty"`   // file name for a body that is kept as a file
	Status Status `json:"status,omitempty"` // for a reply: the state after it

	Statement  string  `json:"statement,omitempty"` // for sql: what was run
	Engine     string  `json:"engine,omitempty"`
	Database   string  `json:"database,omitempty"`
	Result     any     `json:"result,omitempty"` // text pasted from any client, or an object with columns and rows
	DurationMS float64 `json:"duration_ms,omitempty"`
	Cast       string  `json:"cast,omitempty"` // for terminal: an asciicast, version 2 or 3
}

// AddEntry puts an entry on a ticket.
func (c *Client) AddEntry(ctx context.Context, n int64, in NewEntry) (Entry, error) {
	var e Entry
	return e, c.post(ctx, "/tickets/"+number(n)+"/entries", in, &e)
}
