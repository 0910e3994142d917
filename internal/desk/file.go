package desk

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"firebreak/internal/evidence"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/privacy"
	"firebreak/internal/redact"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// Roles of the files of an entry. Further files of one entry carry a number: main-2, thumbnail-2.
const (
	RoleMain      = "main"      // what was attached
	RoleThumbnail = "thumbnail" // of a picture
	RoleTiming    = "timing"    // of a typescript
	RoleCast      = "cast"      // a terminal session as the player takes it: asciicast 2, without what was typed
	RoleIndex     = "index"     // of a log
	RoleTable     = "table"     // the whole of a large SQL result, as JSON
)

// Incoming is a file whose content the desk holds already, on its way to an entry.
type Incoming struct {
	Timing bool // the timing of a typescript
	name   string
	typ    string
	hash   string
	size   int64
	thumb  *ticket.Attachment
	image  evidence.ImageFacts
}

// Attach reports whether the caller may put files of this kind on the ticket, before anything is sent: staff any,
// the requester on an own ticket a reply, a screenshot or a file. An empty kind is one the desk finds out.
func (d *Desk) Attach(ctx context.Context, number int64, kind ticket.Kind) error {
	caller, err := may(ctx, person.SeeOwn)
	if err != nil {
		return err
	}
	if kind != "" && !kind.Valid() {
		return errKind(kind)
	}
	t, err := d.store.Read().Ticket(ctx, number)
	if err != nil {
		return err
	}
	if caller.May(person.WorkTickets) {
		if t.Status == ticket.Merged {
			return mergedAway(t)
		}
		return nil
	}
	if t.RequesterID != caller.Person.ID {
		return fault.NotFound("ticket")
	}
	switch kind {
	case "", ticket.Reply, ticket.Screenshot, ticket.File:
		return nil
	}
	return fault.Forbidden("add notes and evidence of this kind")
}

func errKind(kind ticket.Kind) error {
	return fault.Invalid("kind", fmt.Sprintf("There is no kind of entry called %q.", string(kind)), "Use reply, note, sql, terminal, log, screenshot or file.")
}

// Content is the content of a stored file, open for reading at any place.
type Content = store.Blob

// FileTooLarge is what somebody is told whose file is larger than limit bytes.
func FileTooLarge(limit int64) error { return store.TooLarge(limit) }

// TakeFile streams a file into the desk, where it waits for AddEntry; without one a sweep removes it after a day.
// A picture that is to be shown is written anew on its way, so that only its pixels ever reach the disk.
// Call Attach before.
func (d *Desk) TakeFile(ctx context.Context, kind ticket.Kind, name string, r io.Reader) (Incoming, error) {
	in := Incoming{name: evidence.CleanName(name)}
	if _, err := may(ctx, person.SeeOwn); err != nil {
		return in, err
	}
	head, rest, err := peek(r)
	if err != nil {
		return in, err
	}
	if len(head) == 0 {
		return in, fault.Invalid("file", "The file is empty.", "Choose the file again; nothing was stored.")
	}
	in.typ, _ = evidence.Sniff(head, in.name)
	picture := strings.HasPrefix(in.typ, "image/")
	if kind == ticket.Screenshot || picture && (kind == "" || kind == ticket.Reply || kind == ticket.Note) {
		return in, d.takePicture(ctx, &in, rest)
	}
	in.hash, in.size, err = d.store.Blobs().Put(ctx, rest, d.MaxUpload)
	return in, err
}

// thumbnailSide is the longest side of a thumbnail, in pixels: twice what a page shows, for fine screens.
const thumbnailSide = 640

// takePicture keeps a picture written anew, and its thumbnail.
func (d *Desk) takePicture(ctx context.Context, in *Incoming, r io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(r, evidence.MaxImageBytes+1)) // before the turn: a slow sender holds nobody up
	if err != nil {
		return err
	}
	return d.unpack(ctx, func() error {
		var clean, small bytes.Buffer
		img, err := evidence.CleanImage(bytes.NewReader(data), &clean)
		if err != nil {
			return evidenceFault(err)
		}
		w, h, err := evidence.WriteThumbnail(&small, img.Pixels, thumbnailSide)
		if err != nil {
			return err
		}
		in.image = evidence.ImageFacts{Width: img.Width, Height: img.Height, ThumbWidth: w, ThumbHeight: h}
		in.typ = img.ContentType
		in.thumb = &ticket.Attachment{Role: RoleThumbnail, Name: "thumbnail.jpg", Type: "image/jpeg"}
		if in.thumb.Hash, in.thumb.Size, err = d.store.Blobs().Put(ctx, &small, d.MaxUpload); err != nil {
			return err
		}
		in.hash, in.size, err = d.store.Blobs().Put(ctx, &clean, d.MaxUpload)
		return err
	})
}

// unpack runs fn when few enough others unpack.
func (d *Desk) unpack(ctx context.Context, fn func() error) error {
	select {
	case d.heavy <- struct{}{}:
		defer func() { <-d.heavy }()
		return fn()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// peek gives the start of r, and r whole.
func peek(r io.Reader) (head []byte, whole io.Reader, err error) {
	head = make([]byte, evidence.SniffBytes)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, nil, err
	}
	head = head[:n]
	return head, io.MultiReader(bytes.NewReader(head), r), nil
}

// evidenceFault gives an error of package evidence as the fault it is.
func evidenceFault(err error) error {
	var bad *evidence.Error
	if errors.As(err, &bad) {
		return bad.Fault()
	}
	return err
}

// attachments gives the files as an entry holds them: the first is main, further ones main-2 and so on, each
// picture followed by its thumbnail.
func attachments(files []Incoming) (out []ticket.Attachment, images []evidence.ImageFacts) {
	for i, f := range files {
		suffix := ""
		if i > 0 {
			suffix = fmt.Sprintf("-%d", i+1)
		}
		out = append(out, ticket.Attachment{Role: RoleMain + suffix, Name: f.name, Type: f.typ, Size: f.size, Hash: f.hash})
		if f.thumb != nil {
			t := *f.thumb
			t.Role += suffix
			out = append(out, t)
			images = append(images, f.image)
		}
	}
	return out, images
}

// pictures is what an entry keeps about its pictures, in order; "" when there are none.
func pictures(images []evidence.ImageFacts) string {
	if len(images) == 0 {
		return ""
	}
	return jsonOf(evidence.PictureFacts{Images: images})
}

func jsonOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("desk: facts cannot be JSON: " + err.Error()) // only own types come here
	}
	return string(b)
}

// Opened is a stored file as its reader may have it; Close ends it.
type Opened struct {
	ticket.Attachment
	Content io.ReadSeeker
	stored  store.Blob
	// Tag names the content as this reader has it.
	Tag string
	// Masked writes a large file with names in place of what is private; Content is nil then.
	Masked func(io.Writer) error
}

// Close ends the reading.
func (o Opened) Close() error { return o.stored.Close() }

// Head is the start of the file as it is stored, to tell its type by. It is not to be given out.
func (o Opened) Head() ([]byte, error) {
	head := make([]byte, evidence.SniffBytes)
	n, err := o.stored.ReadAt(head, 0)
	if err == io.EOF {
		err = nil
	}
	return head[:n], err
}

// maskAtOnce is how large a file may be to be masked in memory, in bytes.
const maskAtOnce = 1 << 20

// File gives a file of an entry, open; the caller closes it. Staff see all, with private data masked where the file is text,
// unless they asked for the original; a requester only the files of public entries on own tickets, as they are. ctx must last
// as long as the file is read.
func (d *Desk) File(ctx context.Context, entry id.ID, role string) (Opened, error) {
	a, b, err := d.file(ctx, entry, role)
	if err != nil {
		return Opened{}, err
	}
	out := Opened{Attachment: a, Content: b, stored: b, Tag: a.Hash}
	if !CallerOf(ctx).May(person.SeeTickets) || role == RoleIndex || role == RoleTiming || strings.HasPrefix(role, RoleThumbnail) {
		return out, nil
	}
	if err := d.maskFile(ctx, &out, entry); err != nil {
		b.Close()
		return Opened{}, err
	}
	return out, nil
}

// maskFile masks a file that is text, unless the caller asked for the original or nothing is private in it.
func (d *Desk) maskFile(ctx context.Context, o *Opened, entry id.ID) error {
	e, err := d.store.Read().Entry(ctx, entry)
	if err != nil {
		return err
	}
	if open, err := d.lookAtEntry(ctx, &e); err != nil || open {
		return err
	}
	text, err := plainText(o.stored)
	if err != nil || text == nil {
		return err
	}
	s, err := d.shield(ctx)
	if err != nil {
		return err
	}
	o.Name = s.text(o.Name)
	// What is private in a recording may stand in pieces, which the look through its file does not see.
	recording := e.Kind == ticket.Terminal && (o.Role == RoleCast || o.Role == RoleMain)
	if m, ok := privacy.ReadMarks(e.Marks); ok && !recording && m.Rules == s.rules && m.File != nil && m.File.Total() == 0 {
		return nil
	}
	write := func(w io.Writer) error {
		if recording {
			return evidence.MaskRecording(w, &stoppable{ctx, text}, s.mask, s.names(&e))
		}
		m := redact.NewWriter(w, s.mask, s.names(&e))
		if _, err := io.Copy(m, &stoppable{ctx, text}); err != nil {
			return err
		}
		return m.Close()
	}
	o.Content, o.Masked, o.Tag = nil, write, o.Hash+"-"+s.rules
	if o.stored.Size() <= maskAtOnce {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			return err
		}
		o.Content, o.Masked = bytes.NewReader(b.Bytes()), nil
	}
	return nil
}

// plainText gives a file as text in UTF-8, whatever Windows made of it; nil when it is none.
func plainText(b store.Blob) (io.Reader, error) {
	head := make([]byte, evidence.SniffBytes)
	n, err := b.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	head = head[:n]
	wide := len(head) > 1 && (head[0] == 0xff && head[1] == 0xfe || head[0] == 0xfe && head[1] == 0xff)
	if !wide && !isText(head) {
		return nil, nil
	}
	whole := io.NewSectionReader(b, 0, b.Size())
	if !wide {
		return whole, nil
	}
	text, _, err := evidence.UTF8Log(whole)
	return text, err
}

// isText reports whether the start of a file is text, in UTF-8 or one of the old encodings.
func isText(head []byte) bool {
	if isBinary(head) || len(head) == 0 {
		return false
	}
	for _, magic := range []string{"%PDF", "PK\x03\x04", "\x1f\x8b", "BZh", "\xfd7zXZ", "7z\xbc\xaf", "\x89PNG", "\xff\xd8\xff", "GIF8", "RIFF", "\x7fELF"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return false
		}
	}
	odd := 0
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\b' && c != 0x1b {
			odd++
		}
	}
	return odd*20 < len(head)
}

// file gives a file of an entry as it is stored.
func (d *Desk) file(ctx context.Context, entry id.ID, role string) (ticket.Attachment, store.Blob, error) {
	caller, err := may(ctx, person.SeeOwn)
	if err != nil {
		return ticket.Attachment{}, nil, err
	}
	r := d.store.Read()
	var a ticket.Attachment
	if caller.May(person.SeeTickets) {
		a, err = r.File(ctx, entry, role)
	} else {
		var number int64
		if number, a, err = r.PublicFile(ctx, entry, role); err == nil {
			var requester id.ID
			if requester, err = r.RequesterOf(ctx, number); err == nil && requester != caller.Person.ID {
				if heard, e := hears(ctx, r, caller.Person.ID, number, entry); e != nil || !heard {
					err = cmp.Or(e, error(fault.NotFound("file")))
				}
			}
		}
	}
	if err != nil {
		return ticket.Attachment{}, nil, err
	}
	b, err := d.store.Blobs().Open(ctx, a.Hash)
	return a, b, err
}

// orphanAge is how long a file may wait for its entry.
const orphanAge = 24 * time.Hour

// SweepFiles removes what broken uploads left behind, a day after. It may run any number of times.
func (d *Desk) SweepFiles(ctx context.Context) (int, error) {
	return d.store.SweepFiles(ctx, d.store.Now().Add(-orphanAge))
}
