package desk

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/privacy"
	"firebreak/internal/redact"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

const (
	// scanAtOnce is how much of files is looked through while somebody waits, in bytes; larger ones later.
	scanAtOnce = 256 << 10
	// scanPart is how much of a file is looked through at a time.
	scanPart = 256 << 10
	// scanClaim is how long a node has an entry for itself; it renews that while it reads.
	scanClaim = 2 * time.Minute
	// scanFilesAtOnce is how many files one sweep looks through.
	scanFilesAtOnce = 20
)

// scan looks through a new entry before it is written: its texts, and its files unless they are large.
func (d *Desk) scan(ctx context.Context, e *ticket.Entry) error {
	f, err := d.findersNow(ctx)
	if err != nil {
		return err
	}
	m := privacy.Marks{Rules: f.rules, Marks: f.marksOf(e)}
	size := int64(0)
	for _, file := range e.Files {
		if strings.HasPrefix(file.Role, RoleMain) {
			size += file.Size
		}
	}
	if size > scanAtOnce {
		e.Unread = true
	} else if m.File, err = d.countFiles(ctx, f.mask, e.Files, nil); err != nil {
		return err
	}
	e.Marks = m.String()
	return nil
}

// countFiles counts what is private in the files that are text. more is called now and then; its error ends the work.
func (d *Desk) countFiles(ctx context.Context, f *redact.Finder, files []ticket.Attachment, more func() error) (privacy.Counts, error) {
	c := privacy.Counts{}
	for _, file := range files {
		if !strings.HasPrefix(file.Role, RoleMain) {
			continue
		}
		b, err := d.store.Blobs().Open(ctx, file.Hash)
		if fault.Is(err, fault.CodeNotFound) {
			continue // doctor tells of lost files
		} else if err != nil {
			return c, err
		}
		text, err := plainText(b)
		if err == nil && text != nil {
			err = countText(ctx, f, text, c, more)
		}
		b.Close()
		if err != nil {
			return c, err
		}
	}
	return c, nil
}

// countText counts what is private in a text of any length, in parts that end with a line.
func countText(ctx context.Context, f *redact.Finder, text io.Reader, c privacy.Counts, more func() error) error {
	r := bufio.NewReaderSize(&stoppable{ctx, text}, scanPart)
	for end := false; !end; {
		part, err := r.Peek(scanPart)
		if end = errors.Is(err, io.EOF); err != nil && !end {
			return err
		}
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 && !end {
			part = part[:i+1]
		}
		for _, x := range f.Find(string(part)) {
			c[x.Kind]++
		}
		if _, err := r.Discard(len(part)); err != nil {
			return err
		}
		if more != nil {
			if err := more(); err != nil {
				return err
			}
		}
	}
	return nil
}

// wakePrivacy has large files looked through soon.
func (d *Desk) wakePrivacy() {
	select {
	case d.unread <- struct{}{}:
	default:
	}
}

// PrivacyWake tells whoever sweeps that there is a large file to look through.
func (d *Desk) PrivacyWake() <-chan struct{} { return d.unread }

// SweepPrivacy looks through files that were too large while somebody waited, the newest first, and gives how many. What a
// node that died had begun is begun anew; a file stays on the list until its counts are written.
func (d *Desk) SweepPrivacy(ctx context.Context) (int, error) {
	due, err := d.store.Read().PrivateDue(ctx, d.store.Now(), scanFilesAtOnce)
	if err != nil {
		return 0, err
	}
	for n, entry := range due {
		if err := d.scanDue(ctx, entry); err != nil {
			return n, err
		}
	}
	return len(due), nil
}

// scanDue looks through the files of an entry, unless another node does.
func (d *Desk) scanDue(ctx context.Context, entry id.ID) error {
	claim := func(own bool) (ok bool, err error) {
		err = d.store.Write(ctx, func(tx *store.Tx) error {
			ok, err = tx.ClaimPrivate(ctx, entry, tx.Now.Add(scanClaim), own)
			return err
		})
		return ok, err
	}
	if ok, err := claim(false); err != nil || !ok {
		return err
	}
	e, err := d.store.Read().Entry(ctx, entry)
	if fault.Is(err, fault.CodeNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	f, err := d.findersNow(ctx)
	if err != nil {
		return err
	}
	m := privacy.Marks{Rules: f.rules, Marks: f.marksOf(&e)}
	renewed := d.store.Now()
	m.File, err = d.countFiles(ctx, f.mask, e.Files, func() error {
		if now := d.store.Now(); now.Sub(renewed) > scanClaim/4 {
			renewed = now
			if ok, err := claim(true); err != nil || !ok {
				return errors.Join(err, errTakenOver(ok))
			}
		}
		return nil
	})
	if errors.Is(err, errTaken) {
		return nil
	} else if err != nil {
		return err
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.SetPrivate(ctx, entry, m.String()); err != nil {
			return err
		}
		tx.After(func() { d.hub.Publish(TicketTopic(e.Ticket)) })
		return tx.DonePrivate(ctx, entry)
	})
}

var errTaken = errors.New("the entry is gone from the list")

func errTakenOver(ok bool) error {
	if ok {
		return nil
	}
	return errTaken
}
