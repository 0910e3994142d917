package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"firebreak/internal/evidence"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/ticket"
)

// NewEntry is an entry as it arrives: a reply, a note or evidence. Body is the text of any kind: the message, the
// statement, the pasted session, the log; beside a file it is a remark about it.
type NewEntry struct {
	Kind   ticket.Kind   `json:"kind,omitempty" enum:",reply,note,sql,terminal,log,screenshot,file" doc:"what it is; with a file it may be left out and the desk finds out"`
	Body   string        `json:"body,omitempty" doc:"the text: message, pasted session or log; for sql the statement; beside a file a remark"`
	Title  string        `json:"title,omitempty" doc:"what it shows, in one line"`
	Name   string        `json:"name,omitempty" doc:"file name for a body that is kept as a file"`
	Public *bool         `json:"public,omitempty" doc:"a reply is public, all else is private; anything contrary is refused"`
	Status ticket.Status `json:"status,omitempty" enum:",open,waiting,resolved" doc:"for a reply: the state after it"`

	Statement  string   `json:"statement,omitempty" doc:"for sql: what was run"`
	Engine     string   `json:"engine,omitempty" doc:"for sql: Oracle 19c, PostgreSQL …"`
	Database   string   `json:"database,omitempty" doc:"for sql: where it ran"`
	Result     any      `json:"result,omitempty" doc:"for sql: the result as text pasted from any client, or an object with columns and rows"`
	Columns    []string `json:"columns,omitempty" doc:"for sql: names of the columns, instead of result"`
	Rows       [][]any  `json:"rows,omitempty" doc:"for sql: the rows; null is NULL"`
	RowCount   *int     `json:"row_count,omitempty" minimum:"0" doc:"for sql: rows there were, when more than sent"`
	DurationMS float64  `json:"duration_ms,omitempty" doc:"for sql: how long it took"`

	Cast string `json:"cast,omitempty" doc:"for terminal: an asciicast, version 2 or 3"`

	Consent
}

// searchLimit is how much of a piece of evidence can be found by search, in bytes.
const searchLimit = 200_000

// made is a piece of evidence ready to be written.
type made struct {
	kind   ticket.Kind
	body   string
	data   string
	search string
	files  []ticket.Attachment
}

// AddEntry puts an entry on a ticket: a reply, a note or evidence, with the files that TakeFile took. Whatever
// cannot be read is refused with the place and the remedy, and nothing is stored.
func (d *Desk) AddEntry(ctx context.Context, number int64, in NewEntry, files ...Incoming) (ticket.Entry, error) {
	if err := d.Attach(ctx, number, in.Kind); err != nil {
		return ticket.Entry{}, err
	}
	if err := in.clean(); err != nil {
		return ticket.Entry{}, err
	}
	if in.Kind == "" {
		if in.Kind = in.guess(); in.Kind == "" && len(files) > 0 {
			var err error
			if in.Kind, err = d.kindOf(ctx, files); err != nil {
				return ticket.Entry{}, err
			}
		}
		if in.Kind == "" {
			return ticket.Entry{}, fault.Invalid("kind", "It is not said what this is.", "Use reply, note, sql, terminal, log, screenshot or file.")
		}
	}
	caller := CallerOf(ctx)
	staff := caller.May(person.WorkTickets)
	if !staff && in.Kind.Evidence() && in.Kind != ticket.Screenshot {
		in.Kind = ticket.File // what a requester sends is theirs to see, so it is never of a private kind
	}
	if in.Public != nil && *in.Public && in.Kind != ticket.Reply && staff {
		return ticket.Entry{}, fault.Invalid("public", "Notes and evidence are private.", "Leave public out, or attach the file to a reply.")
	}
	if in.Public != nil && !*in.Public && in.Kind == ticket.Reply {
		return ticket.Entry{}, fault.Invalid("public", "A reply is public.", "Write a note instead, kind note.")
	}
	switch in.Kind {
	case ticket.Reply, ticket.Note:
		return d.addMessage(ctx, caller, number, in, files)
	}
	m, err := d.make(ctx, in, files)
	if err != nil {
		return ticket.Entry{}, evidenceFault(err)
	}
	e := ticket.Entry{Kind: m.kind, AuthorID: caller.Person.ID, Author: caller.Person.Name, FromStaff: staff, Title: in.Title, Body: m.body,
		Data: m.data, Evidence: json.RawMessage(m.data), Files: m.files}
	if m.data == "" {
		e.Evidence = nil
	}
	if !staff {
		return d.answer(ctx, caller, number, e, "", m.search, Consent{})
	}
	return d.addPrivate(ctx, number, e, m.search)
}

// addMessage writes a reply or a note that may have files.
func (d *Desk) addMessage(ctx context.Context, caller Caller, number int64, in NewEntry, files []Incoming) (ticket.Entry, error) {
	body, bad := prose("body", in.Body, ticket.MaxBody, len(files) == 0)
	if bad != nil {
		return ticket.Entry{}, bad
	}
	kept, images := attachments(files)
	e := ticket.Entry{Kind: in.Kind, Body: body, Files: kept, Data: pictures(images)}
	search, err := d.searchable(ctx, files)
	if err != nil {
		return e, err
	}
	if in.Kind == ticket.Reply {
		return d.answer(ctx, caller, number, e, in.Status, search, in.Consent)
	}
	e.AuthorID, e.Author, e.FromStaff = caller.Person.ID, caller.Person.Name, true
	return d.addPrivate(ctx, number, e, search)
}

// clean checks the short texts; those of each kind are checked where they are read.
func (in *NewEntry) clean() error {
	var bad [6]*fault.Fault
	in.Title, bad[0] = line("title", in.Title, ticket.MaxSubject, false)
	in.Engine, bad[1] = line("engine", in.Engine, 100, false)
	in.Database, bad[2] = line("database", in.Database, 200, false)
	in.Name, bad[3] = line("name", in.Name, 1000, false)
	bad[4] = sound("statement", in.Statement)
	bad[5] = sound("cast", in.Cast)
	return fault.Collect(bad[:]...)
}

// sound checks a long text whose spaces and line ends count.
func sound(field, s string) *fault.Fault {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return nil
	}
	_, problem, hint := ticket.CleanText(s, len(s), false) // finds the place
	return fault.Invalid(field, problem, hint)
}

// guess gives the kind that the fields speak for.
func (in *NewEntry) guess() ticket.Kind {
	switch {
	case in.Statement != "" || in.Result != nil || len(in.Columns) > 0:
		return ticket.SQL
	case in.Cast != "":
		return ticket.Terminal
	}
	return ""
}

// kindOf looks into the first file.
func (d *Desk) kindOf(ctx context.Context, files []Incoming) (ticket.Kind, error) {
	f := files[0]
	if f.thumb != nil {
		return ticket.Screenshot, nil
	}
	if len(files) == 2 && (files[1].Timing || f.Timing) {
		return ticket.Terminal, nil
	}
	b, err := d.store.Blobs().Open(ctx, f.hash)
	if err != nil {
		return "", err
	}
	defer b.Close()
	head, _, err := peek(b)
	if err != nil {
		return "", err
	}
	ext := strings.ToLower(path.Ext(strings.TrimSuffix(strings.ToLower(f.name), ".gz")))
	switch {
	case ext == ".cast" && len(head) > 0 && head[0] == '{', bytes.HasPrefix(head, []byte("Script started on ")), isCast(head):
		return ticket.Terminal, nil
	case !isBinary(head) && (ext == ".log" || ext == ".out" || ext == ".trc") || ext == ".log" && isGzip(head):
		return ticket.Log, nil
	}
	return ticket.File, nil
}

// make reads a piece of evidence.
func (d *Desk) make(ctx context.Context, in NewEntry, files []Incoming) (made, error) {
	switch in.Kind {
	case ticket.SQL:
		return d.makeSQL(ctx, in, files)
	case ticket.Terminal:
		return d.makeTerminal(ctx, in, files)
	case ticket.Log:
		return d.makeLog(ctx, in, files)
	case ticket.Screenshot, ticket.File:
		return d.makeFiles(ctx, in, files)
	}
	return made{}, errKind(in.Kind)
}

// remark checks the words beside a file.
func remark(in NewEntry) (string, error) {
	body, bad := prose("body", in.Body, ticket.MaxBody, false)
	if bad != nil {
		return "", bad
	}
	return body, nil
}

// one gives the only file, made from the body when there is none.
func (d *Desk) one(ctx context.Context, in *NewEntry, files []Incoming, name string) (Incoming, error) {
	if len(files) > 1 {
		return Incoming{}, fault.Invalid("file", fmt.Sprintf("These are %d files; a %s takes one.", len(files), evidence.Kind(in.Kind).Word()), "Send them one by one.")
	}
	if len(files) == 1 {
		return files[0], nil
	}
	if strings.TrimSpace(in.Body) == "" {
		return Incoming{}, fault.Invalid("file", "There is neither a file nor a text.", "Choose a file, or paste the text.")
	}
	if bad := sound("body", in.Body); bad != nil {
		return Incoming{}, bad
	}
	if in.Name != "" {
		name = in.Name
	}
	f, err := d.TakeFile(ctx, in.Kind, name, strings.NewReader(in.Body))
	in.Body = ""
	return f, err
}

// makeFiles keeps files as they are; pictures among them were written anew on their way in.
func (d *Desk) makeFiles(ctx context.Context, in NewEntry, files []Incoming) (m made, err error) {
	if len(files) == 0 {
		if in.Kind == ticket.Screenshot {
			return m, fault.Invalid("file", "A screenshot is a picture; there is none.", "Send it as multipart/form-data in the field file, as PNG, JPEG, GIF or WebP.")
		}
		f, err := d.one(ctx, &in, nil, "pasted.txt")
		if err != nil {
			return m, err
		}
		files = []Incoming{f}
	}
	m.kind = in.Kind
	if m.body, err = remark(in); err != nil {
		return m, err
	}
	var images []evidence.ImageFacts
	m.files, images = attachments(files)
	if in.Kind == ticket.Screenshot && len(images) != len(files) {
		return m, fault.Invalid("file", "This is not a PNG, JPEG, GIF or WebP picture.", "Take the screenshot again as PNG, or attach it as an ordinary file.")
	}
	if in.Kind == ticket.File && len(images) > 0 { // sent before it was said that it must stay as it is
		return m, fault.Invalid("kind", "The kind came after the file, so the picture was taken for a screenshot.", "Send kind before file.")
	}
	m.data = pictures(images)
	m.search, err = d.searchable(ctx, files)
	return m, err
}

// searchable is the names of the files and what of their text search may find.
func (d *Desk) searchable(ctx context.Context, files []Incoming) (string, error) {
	var out strings.Builder
	for _, f := range files {
		out.WriteString(f.name)
		out.WriteByte('\n')
		if !strings.HasPrefix(f.typ, "text/") || out.Len() >= searchLimit {
			continue
		}
		b, err := d.store.Blobs().Open(ctx, f.hash)
		if err != nil {
			return "", err
		}
		text, err := evidence.LogText(b, searchLimit-out.Len())
		b.Close()
		if err != nil {
			return "", err
		}
		out.WriteString(text)
	}
	return out.String(), nil
}

// entryOf gives an entry of one kind to staff.
func (d *Desk) entryOf(ctx context.Context, entry id.ID, kind ticket.Kind) (ticket.Entry, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return ticket.Entry{}, err
	}
	e, err := d.store.Read().Entry(ctx, entry)
	if err != nil {
		return e, err
	}
	if kind != "" && e.Kind != kind {
		return e, fault.NotFound(evidence.Kind(kind).Word())
	}
	return e, nil
}

// Entry gives one entry as staff see it.
func (d *Desk) Entry(ctx context.Context, entry id.ID) (ticket.Entry, error) {
	e, err := d.entryOf(ctx, entry, "")
	if err != nil {
		return e, err
	}
	return e, d.showEntry(ctx, &e)
}
