package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"reflect"
	"strings"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
	"firebreak/internal/transfer"
)

const (
	importBatch   = 500     // rows of one transaction
	importBytes   = 4 << 20 // text of one transaction
	importRefused = 20      // rows in a row that the database refuses before the import gives up
	// MaxRejections is how many rejected rows an answer carries; all are counted.
	MaxRejections = 1000
)

// DefaultSource is the source of an import that does not name one.
const DefaultSource = "import"

// ImportOptions say how tickets are imported.
type ImportOptions struct {
	// Source names the system the rows come from; a row's id is unique within it. Empty is DefaultSource, under which
	// a row that shares nothing with the ticket of its id is rejected: it is likely of another system.
	Source string
	// DryRun checks and counts everything and writes nothing.
	DryRun bool
	// Rejected is told every row that is not taken; nil: the result carries the first MaxRejections.
	Rejected func(*transfer.Rejection) error
	// Progress is told the counts after every batch.
	Progress func(ImportResult)
}

// ImportResult counts what an import did.
type ImportResult struct {
	Source    string `json:"source"`
	DryRun    bool   `json:"dry_run,omitempty"`
	Rows      int64  `json:"rows" doc:"rows read, blank lines aside"`
	New       int64  `json:"new"`
	Updated   int64  `json:"updated"`
	Unchanged int64  `json:"unchanged"`
	Rejected  int64  `json:"rejected"`
	// Cut tells that the file ends in the middle of a row.
	Cut        bool                  `json:"cut,omitempty"`
	Unused     []string              `json:"unused_columns,omitempty" doc:"columns that no field took"`
	Rejections []*transfer.Rejection `json:"rejections,omitempty" doc:"the first rejected rows"`
}

// Rows are tickets to import, one after the other: io.EOF at the end. A rejection is a row that cannot be taken.
type Rows interface {
	Next() (transfer.Row, *transfer.Rejection, error)
}

// ImportTickets brings tickets of another system in. A row whose id the desk knows from the same source updates that
// ticket when the row says something else than last time, so an import can be repeated. No rule, mail, clock, notice
// or page stream fires; tickets in work are judged once. When it fails in the middle, what was counted is kept, and the same
// call again goes on.
func (d *Desk) ImportTickets(ctx context.Context, rows Rows, o ImportOptions) (ImportResult, error) {
	caller, err := may(ctx, person.MoveData)
	if err != nil {
		return ImportResult{}, err
	}
	source, bad := line("source", cmp.Or(o.Source, DefaultSource), 80, true)
	if bad != nil {
		return ImportResult{}, bad
	}
	caller.Via = "import"
	im := &importer{d: d, caller: caller, o: o, res: ImportResult{Source: source, DryRun: o.DryRun},
		people: map[string]contact{}, apps: map[string]home{}, clients: map[string]id.ID{}, seen: map[uint64]struct{}{}}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	batches := make(chan *importLot, 1)
	go im.read(ctx, rows, batches)
	for lot := range batches {
		if err := im.take(ctx, lot); err != nil {
			stop(err)
			for range batches { // let the reader end
			}
			return im.res, err
		}
		if o.Progress != nil {
			o.Progress(im.res)
		}
	}
	if err := context.Cause(ctx); err != nil {
		return im.res, err
	}
	d.forgetEfforts()
	const few = 5000 // what takes seconds; more is left to the desk when it is served
	if !o.DryRun && im.res.New+im.res.Updated <= few {
		if err := d.catchUpSimilar(ctx); err != nil {
			return im.res, err
		}
	}
	return im.res, nil
}

// importer is one import under way.
type importer struct {
	d       *Desk
	caller  Caller
	o       ImportOptions
	res     ImportResult
	refused int // rows in a row that the database refused
	renewed time.Time
	// What earlier batches found; filled after a commit only.
	people  map[string]contact
	apps    map[string]home
	clients map[string]id.ID
	seen    map[uint64]struct{} // ids of a dry run
}

// importLot is what one transaction takes.
type importLot struct {
	rows []*importRow
	bad  []*transfer.Rejection
	read int64
	err  error // reading failed behind these rows
}

type importRow struct {
	transfer.Row
	print   string
	text    store.IndexedText
	entries []store.IndexedText
	indexed bool
}

// read makes batches: rows decoded, compared with what the desk has, and the text of new ones broken into search terms,
// all while the batch before is being written.
func (im *importer) read(ctx context.Context, rows Rows, out chan<- *importLot) {
	defer close(out)
	for {
		lot := &importLot{}
		ids, size := map[string]bool{}, 0
		var held *importRow
		for lot.err == nil && len(lot.rows) < importBatch && size < importBytes && len(lot.bad) < importBatch {
			row, bad, err := rows.Next()
			if err != nil {
				lot.err = err
				break
			}
			lot.read++
			if bad != nil {
				lot.bad = append(lot.bad, bad)
				continue
			}
			r := &importRow{Row: row, print: row.Fingerprint()}
			if ids[row.ID] { // the same id again: it updates what stands before it
				held = r
				break
			}
			ids[row.ID] = true
			size += row.Size()
			lot.rows = append(lot.rows, r)
		}
		for _, lot := range []*importLot{lot, {rows: holding(held)}} {
			if len(lot.rows)+len(lot.bad) == 0 && lot.err == nil {
				continue
			}
			if err := im.prepare(ctx, lot); err != nil {
				lot.err = err
			}
			select {
			case out <- lot:
			case <-ctx.Done():
				return
			}
			if lot.err != nil {
				return
			}
		}
	}
}

func holding(r *importRow) []*importRow {
	if r == nil {
		return nil
	}
	return []*importRow{r}
}

// prepare breaks the text of rows that look new into search terms.
func (im *importer) prepare(ctx context.Context, lot *importLot) error {
	if im.o.DryRun {
		return nil
	}
	have, err := im.d.store.Read().ImportedTickets(ctx, im.res.Source, lot.ids())
	if err != nil {
		return err
	}
	for _, r := range lot.rows {
		if _, ok := have[r.ID]; ok {
			continue
		}
		r.text, r.indexed = im.d.store.IndexText(r.Title, r.Body), true
		for _, e := range r.Entries {
			r.entries = append(r.entries, im.d.store.IndexText("", e.Body))
		}
	}
	return nil
}

func (l *importLot) ids() []string {
	out := make([]string, len(l.rows))
	for i, r := range l.rows {
		out[i] = r.ID
	}
	return out
}

// take counts and writes a batch.
func (im *importer) take(ctx context.Context, lot *importLot) error {
	im.res.Rows += lot.read
	for _, bad := range lot.bad {
		if err := im.reject(bad); err != nil {
			return err
		}
	}
	if now := im.d.store.Now(); now.Sub(im.renewed) > 30*time.Second {
		if err := im.d.store.KeepNode(ctx); err != nil {
			return err
		}
		im.renewed = now
	}
	var err error
	if im.o.DryRun {
		err = im.count(ctx, lot)
	} else {
		err = im.write(ctx, lot.rows)
	}
	if err != nil {
		return err
	}
	if lot.err != nil && lot.err != io.EOF {
		return lot.err
	}
	return nil
}

func (im *importer) reject(bad *transfer.Rejection) error {
	im.res.Rejected++
	im.res.Cut = im.res.Cut || bad.Cut
	if im.o.Rejected != nil {
		return im.o.Rejected(bad)
	}
	if len(im.res.Rejections) < MaxRejections {
		im.res.Rejections = append(im.res.Rejections, bad)
	}
	return nil
}

var importSeed = maphash.MakeSeed()

// count tells what a batch would do.
func (im *importer) count(ctx context.Context, lot *importLot) error {
	have, err := im.d.store.Read().ImportedTickets(ctx, im.res.Source, lot.ids())
	if err != nil {
		return err
	}
	for _, r := range lot.rows {
		known, ok := have[r.ID]
		key := maphash.String(importSeed, r.ID)
		_, before := im.seen[key]
		im.seen[key] = struct{}{}
		switch {
		case before:
			im.res.Updated++
		case !ok:
			im.res.New++
		case known.Fingerprint == r.print:
			im.res.Unchanged++
		default:
			im.res.Updated++
		}
	}
	return nil
}

// write writes rows in one transaction. When the database refuses them, it is tried with halves, so that one row it
// cannot take is rejected alone.
func (im *importer) write(ctx context.Context, rows []*importRow) error {
	if len(rows) == 0 {
		return nil
	}
	var b *importTx
	err := im.d.store.Write(ctx, func(tx *store.Tx) (err error) {
		b = &importTx{importer: im, tx: tx, found: map[string]contact{}, placed: map[string]home{}}
		return b.write(ctx, rows)
	})
	if err == nil {
		b.keep()
		im.refused = 0
		for _, bad := range b.bad {
			if err := im.reject(bad); err != nil {
				return err
			}
		}
		return nil
	}
	if ctx.Err() != nil || fault.Is(err, fault.CodeUnavailable) {
		return err
	}
	if len(rows) > 1 {
		half := len(rows) / 2
		return errors.Join(im.write(ctx, rows[:half]), im.write(ctx, rows[half:]))
	}
	if im.refused++; im.refused > importRefused {
		return fmt.Errorf("import line %d: %w", rows[0].Line, err)
	}
	r := rows[0]
	if f := fault.Of(err); f != nil {
		return im.reject(r.Reject(f.Field, f.Message, f.Hint))
	}
	if im.d.log != nil {
		im.d.log.ErrorContext(ctx, "import of a row", "line", r.Line, "id", r.ID, "error", err)
	}
	return im.reject(r.Reject("", "The database refused the row: "+err.Error()+".", "The log of the desk tells more."))
}

// importTx is one transaction of an import.
type importTx struct {
	*importer
	tx       *store.Tx
	settings store.Settings
	found    map[string]contact // people looked up or added in this transaction
	placed   map[string]home
	events   map[id.ID][]event
	bad      []*transfer.Rejection
	done     struct{ added, updated, unchanged int64 }
}

// keep takes over what the transaction found out, now that it is committed.
func (b *importTx) keep() {
	const most = 100_000
	if len(b.people) > most {
		clear(b.people)
	}
	for k, p := range b.found {
		b.people[k] = p
	}
	for k, a := range b.placed {
		b.apps[k] = a
	}
	b.res.New += b.done.added
	b.res.Updated += b.done.updated
	b.res.Unchanged += b.done.unchanged
}

func (b *importTx) write(ctx context.Context, rows []*importRow) error {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	have, err := b.tx.ImportedTickets(ctx, b.res.Source, ids)
	if err != nil {
		return err
	}
	var work []*importRow
	for _, r := range rows {
		if known, ok := have[r.ID]; ok && known.Fingerprint == r.print {
			b.done.unchanged++
		} else {
			work = append(work, r)
		}
	}
	if len(work) == 0 {
		return nil
	}
	if b.settings, err = b.tx.Settings(ctx); err != nil {
		return err
	}
	b.events = map[id.ID][]event{}
	if err := b.meet(ctx, work); err != nil {
		return err
	}
	var fresh []*store.NewTicket
	for _, r := range work {
		if known, ok := have[r.ID]; ok {
			if err := b.update(ctx, r, known.Number); err != nil {
				return err
			}
			continue
		}
		n, err := b.make(ctx, r)
		if err != nil {
			return err
		}
		fresh = append(fresh, n)
	}
	b.done.added += int64(len(fresh))
	return b.tx.AddTickets(ctx, fresh)
}

// make gives the ticket that a row becomes.
func (b *importTx) make(ctx context.Context, r *importRow) (*store.NewTicket, error) {
	n := &store.NewTicket{Fingerprint: r.print, Text: r.text}
	if !r.indexed {
		n.Text = b.d.store.IndexText(r.Title, r.Body)
	}
	t := &n.Ticket
	*t = ticket.Ticket{ExternalID: r.ID, Source: b.res.Source, Channel: "import", Level: ticket.L1, Fire: "match",
		CreatedAt: firstSet(r.Created, firstOf(r.Updated, r.Resolved, r.Closed), b.tx.Now)}
	if err := b.apply(ctx, t, r); err != nil {
		return nil, err
	}
	n.Entries = b.newEntries(t, r, nil)
	for _, e := range n.Entries {
		if e.Entry.Public && e.Entry.FromStaff && t.FirstReplyAt.IsZero() {
			t.FirstReplyAt = e.Entry.CreatedAt
		}
		t.UpdatedAt = later(t.UpdatedAt, e.Entry.CreatedAt)
	}
	for _, at := range []time.Time{t.CreatedAt, r.Updated, t.ResolvedAt, t.ClosedAt} {
		t.UpdatedAt = later(t.UpdatedAt, at)
	}
	if err := b.judge(ctx, t); err != nil {
		return nil, err
	}
	n.Event = ticket.Event{ActorID: b.caller.Person.ID, Via: b.caller.Via, Field: "imported", New: b.res.Source + " " + r.ID}
	if !r.Assignee.IsZero() && t.AssigneeID == 0 {
		n.Event.Reason = "It was assigned to " + r.Assignee.Shown() + " there."
	}
	return n, nil
}

// update makes a ticket say what its source says now. Fields the row does not have stay as they are.
func (b *importTx) update(ctx context.Context, r *importRow, number int64) error {
	t, err := b.tx.TicketForChange(ctx, number)
	if err != nil {
		return err
	}
	old := t
	if b.o.Source == "" && stranger(&t, r) {
		b.bad = append(b.bad, r.Reject("id", fmt.Sprintf("Ticket %d has this id already, with another title, text and date: the row seems to come from another system.", number),
			"Name the system with --source, so that its ids stand apart."))
		return nil
	}
	if err := b.apply(ctx, &t, r); err != nil {
		return err
	}
	if !r.Created.IsZero() {
		t.CreatedAt = r.Created
	}
	if t.Answers() != old.Answers() || t.ApplicationID != old.ApplicationID || t.Status.Active() != old.Status.Active() {
		if err := b.judge(ctx, &t); err != nil {
			return err
		}
	}
	changed := !reflect.DeepEqual(old, t)
	if changed {
		events := ticket.Diff(&old, &t)
		if err := b.tx.SaveTicket(ctx, &old, &t); err != nil {
			return err
		}
		for _, e := range events {
			e.ActorID, e.Via, e.Reason = b.caller.Person.ID, b.caller.Via, "Its source says so now."
			if err := b.tx.AddEvent(ctx, e); err != nil {
				return err
			}
		}
	}
	have, err := b.tx.ImportedEntries(ctx, number)
	if err != nil {
		return err
	}
	for _, c := range r.Entries {
		e, ok := have[c.ID]
		if !ok || e.Body == c.Body && e.Public == c.Public {
			continue
		}
		e.Body, e.Public, e.Kind = c.Body, c.Public, kindOf(c)
		if err := b.tx.ChangeImportedEntry(ctx, e, t.RequesterID); err != nil {
			return err
		}
		changed = true
	}
	r.entries = nil // their terms were made for all entries, if at all
	if more := b.newEntries(&t, r, have); len(more) > 0 {
		if err := b.tx.AddEntries(ctx, t.RequesterID, more); err != nil {
			return err
		}
		changed = true
	}
	if changed {
		b.done.updated++
	} else {
		b.done.unchanged++
	}
	return b.tx.SetFingerprint(ctx, number, r.print)
}

// stranger reports whether a row has nothing in common with the ticket of its id.
func stranger(t *ticket.Ticket, r *importRow) bool {
	if t.Body == r.Body || t.Body == "" || r.Body == "" || !r.Created.IsZero() && r.Created.Equal(t.CreatedAt) {
		return false
	}
	words := map[string]bool{}
	for w := range strings.FieldsSeq(strings.ToLower(t.Subject)) {
		words[w] = true
	}
	for w := range strings.FieldsSeq(strings.ToLower(r.Title)) {
		if words[w] {
			return false
		}
	}
	return true
}

// apply writes what a row says into a ticket.
func (b *importTx) apply(ctx context.Context, t *ticket.Ticket, r *importRow) error {
	setText(&t.Subject, r.Title)
	setText(&t.Body, r.Body)
	setText(&t.Resolution, r.Resolution)
	if t.Number == 0 || r.Status != "" && t.Status != ticket.Merged {
		t.Status, t.WaitingOn = r.State(), ""
		if t.Status == ticket.OnHold {
			t.WaitingOn = r.WaitingOn
			if !t.WaitingOn.Valid() || t.WaitingOn == ticket.OnDate {
				t.WaitingOn = ticket.OnRequester
			}
		}
		t.WakeAt = time.Time{}
		if t.Status.Active() {
			t.ResolvedAt, t.ClosedAt = time.Time{}, time.Time{}
		}
	}
	if !t.Status.Active() {
		if t.Status != ticket.Cancelled {
			t.ResolvedAt = firstSet(r.Resolved, r.Closed, t.ResolvedAt)
		}
		if t.Status != ticket.Resolved {
			t.ClosedAt = firstSet(r.Closed, r.Resolved, t.ClosedAt)
		}
	}
	if r.Level != "" {
		t.Level = r.Level
	}
	if len(r.Tags) > 0 {
		t.Tags = r.Tags
	}
	if r.Minutes > 0 {
		t.MinutesSpent = r.Minutes
	}
	if !r.Deadline.At.IsZero() {
		t.Deadline.At = r.Deadline.At
	}
	setText(&t.Deadline.Reason, r.Deadline.Reason)
	setText(&t.Deadline.SaidBy, r.Deadline.SaidBy)
	setText(&t.Deadline.Consequence, r.Deadline.Consequence)
	if r.Stakes != "" {
		t.Stakes = r.Stakes
	}
	if r.Workaround != nil {
		t.Work = *r.Workaround
	}
	if r.Spreading != nil {
		t.Spread = *r.Spreading
	}
	return b.place(ctx, t, r)
}

// newEntries gives the entries of a row that the ticket does not have yet.
func (b *importTx) newEntries(t *ticket.Ticket, r *importRow, have map[string]ticket.Entry) []store.NewEntry {
	var out []store.NewEntry
	at := t.CreatedAt
	for i, c := range r.Entries {
		if !c.Created.IsZero() {
			at = c.Created
		}
		if _, ok := have[c.ID]; ok {
			continue
		}
		e := ticket.Entry{Ticket: t.Number, Kind: kindOf(c), Public: c.Public, Author: c.Author.Shown(), Body: c.Body, CreatedAt: at}
		author := c.Author
		if author.Email == "" && author.Key() == strings.ToLower(r.Requester.Name) {
			author = r.Requester
		}
		who, ok := b.person(author)
		switch {
		case ok:
			e.AuthorID, e.FromStaff = who.id, who.staff
			if e.Author == "" {
				e.Author = who.name
			}
		default:
			e.FromStaff = author.IsZero() || author.Key() != r.Requester.Key()
		}
		n := store.NewEntry{Entry: e, ExternalID: c.ID}
		if i < len(r.entries) {
			n.Text = r.entries[i]
		} else {
			n.Text = b.d.store.IndexText("", c.Body)
		}
		out = append(out, n)
	}
	return out
}

func kindOf(c transfer.Comment) ticket.Kind {
	if c.Public {
		return ticket.Reply
	}
	return ticket.Note
}

func setText(to *string, s string) {
	if s != "" {
		*to = s
	}
}

// firstSet gives the first instant that is set.
func firstSet(ts ...time.Time) time.Time {
	for _, t := range ts {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// firstOf gives the earliest instant that is set.
func firstOf(ts ...time.Time) (first time.Time) {
	for _, t := range ts {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
