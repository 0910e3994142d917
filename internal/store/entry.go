package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/signature"
	"firebreak/internal/ticket"
)

const entrySelect = `SELECT e.id, e.ticket, e.kind, e.public, e.author_id, CASE WHEN e.author <> '' THEN e.author ELSE p.name END, e.from_staff, e.title, e.body, e.data, e.created_at, e.send_at, e.origin, e.private
	FROM entry e LEFT JOIN person p ON p.id = e.author_id`

func scanEntry(r row) (e ticket.Entry, err error) {
	err = r.Scan(&e.ID, &e.Ticket, &e.Kind, &e.Public, refTo{&e.AuthorID}, text{&e.Author}, &e.FromStaff, &e.Title, &e.Body, &e.Data, at{&e.CreatedAt}, at{&e.SendAt}, &e.Origin, &e.Marks)
	if e.Data != "" {
		e.Evidence = json.RawMessage(e.Data)
	}
	return e, err
}

// Entries gives up to limit entries of a ticket, the newest page that ends before the entry `before`
// (0: the end), oldest first, with their files.
func (r Read) Entries(ctx context.Context, number int64, before id.ID, limit int) ([]ticket.Entry, error) {
	cond, args := "", []any{number, limit}
	if before != 0 {
		cond = " AND (e.created_at, e.id) < (SELECT created_at, id FROM entry WHERE id = $3)"
		args = append(args, before)
	}
	rows, err := r.q.QueryContext(ctx, entrySelect+" WHERE e.ticket = $1"+cond+" ORDER BY e.created_at DESC, e.id DESC LIMIT $2 + 0", args...)
	out, err := collect(rows, err, scanEntry)
	if err != nil {
		return nil, err
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out, r.withFiles(ctx, len(out), func(i int) (id.ID, *[]ticket.Attachment) { return out[i].ID, &out[i].Files })
}

// NotesWithFacts gives the newest notes of some tickets that hold more than text, such as a link that was found, newest first.
func (r Read) NotesWithFacts(ctx context.Context, numbers []int64, limit int) ([]ticket.Entry, error) {
	numbers = numbers[:min(len(numbers), 200)]
	args := append(anyOf(numbers), limit)
	rows, err := r.q.QueryContext(ctx, entrySelect+" WHERE e.ticket IN ("+holes(1, len(numbers))+") AND e.kind = 'note' AND e.data <> '' ORDER BY e.created_at DESC, e.id DESC LIMIT $"+strconv.Itoa(len(args))+" + 0", args...)
	return collect(rows, err, scanEntry)
}

// Entry gives one entry with its files.
func (r Read) Entry(ctx context.Context, entry id.ID) (ticket.Entry, error) {
	e, err := scanEntry(r.q.QueryRowContext(ctx, entrySelect+" WHERE e.id = $1", entry))
	if err != nil {
		return e, one(err, "entry")
	}
	return e, r.withFiles(ctx, 1, func(int) (id.ID, *[]ticket.Attachment) { return e.ID, &e.Files })
}

// PublicEntries gives what of a ticket may leave the desk, oldest first: read from the view public_entry,
// which holds public, sent entries only. Mail and the portal have no other way to a ticket's text.
func (r Read) PublicEntries(ctx context.Context, number int64, limit int) ([]ticket.PublicEntry, error) {
	rows, err := r.q.QueryContext(ctx, `SELECT e.id, e.kind, e.author, e.from_staff, e.body, e.created_at
		FROM public_entry e WHERE e.ticket = $1 ORDER BY e.created_at, e.id LIMIT $2 + 0`, number, limit)
	out, err := collect(rows, err, func(r row) (e ticket.PublicEntry, err error) {
		return e, r.Scan(&e.ID, &e.Kind, &e.Author, &e.FromStaff, &e.Body, at{&e.CreatedAt})
	})
	if err != nil {
		return nil, err
	}
	return out, r.withFiles(ctx, len(out), func(i int) (id.ID, *[]ticket.Attachment) { return out[i].ID, &out[i].Files })
}

// OwnEntries gives what one requester may read of a ticket, oldest first: public entries written on tickets of
// theirs. After a merge these are not all of the ticket's; with staffSince set, what staff wrote to everybody on the
// ticket since then belongs to them too.
func (r Read) OwnEntries(ctx context.Context, number int64, requester id.ID, staffSince time.Time, limit int) ([]ticket.PublicEntry, error) {
	since := int64(1) << 62
	if !staffSince.IsZero() {
		since = ms(staffSince)
	}
	rows, err := r.q.QueryContext(ctx, `SELECT e.id, e.kind, e.author, e.from_staff, e.body, e.created_at
		FROM public_entry e JOIN ticket o ON o.number = CASE WHEN e.origin = 0 THEN e.ticket ELSE e.origin END
		WHERE e.ticket = $1 AND (o.requester_id = $2 OR (e.from_staff AND e.origin = 0 AND e.created_at >= $3)) ORDER BY e.created_at DESC, e.id DESC LIMIT $4 + 0`,
		number, requester, since, limit)
	out, err := collect(rows, err, func(r row) (e ticket.PublicEntry, err error) {
		return e, r.Scan(&e.ID, &e.Kind, &e.Author, &e.FromStaff, &e.Body, at{&e.CreatedAt})
	})
	if err != nil {
		return nil, err
	}
	slices.Reverse(out)
	return out, r.withFiles(ctx, len(out), func(i int) (id.ID, *[]ticket.Attachment) { return out[i].ID, &out[i].Files })
}

// PublicEntry gives one public entry, and the ticket it was written on, whose requester may see it; not found when
// it is private.
func (r Read) PublicEntry(ctx context.Context, entry id.ID) (number int64, e ticket.PublicEntry, err error) {
	err = r.q.QueryRowContext(ctx, "SELECT CASE WHEN origin = 0 THEN ticket ELSE origin END, id, kind, author, from_staff, body, created_at FROM public_entry WHERE id = $1", entry).
		Scan(&number, &e.ID, &e.Kind, &e.Author, &e.FromStaff, &e.Body, at{&e.CreatedAt})
	if err != nil {
		return 0, e, one(err, "entry")
	}
	return number, e, r.withFiles(ctx, 1, func(int) (id.ID, *[]ticket.Attachment) { return e.ID, &e.Files })
}

func (r Read) withFiles(ctx context.Context, n int, at func(i int) (id.ID, *[]ticket.Attachment)) error {
	if n == 0 {
		return nil
	}
	ids, to := make([]id.ID, n), map[id.ID]*[]ticket.Attachment{}
	for i := range n {
		e, files := at(i)
		ids[i], to[e] = e, files
	}
	for start := 0; start < n; start += 500 {
		part := ids[start:min(start+500, n)]
		rows, err := r.q.QueryContext(ctx, "SELECT entry_id, role, name, type, size, hash FROM entry_file WHERE entry_id IN ("+holes(1, len(part))+") ORDER BY entry_id, position", anyOf(part)...)
		files, err := collect(rows, err, func(r row) (a ticket.Attachment, err error) {
			return a, r.Scan(&a.EntryID, &a.Role, &a.Name, &a.Type, &a.Size, &a.Hash)
		})
		if err != nil {
			return err
		}
		for _, a := range files {
			*to[a.EntryID] = append(*to[a.EntryID], a)
		}
	}
	return nil
}

// AddEntry inserts e (an empty ID is made) with its files and makes it searchable; text is searchable
// content beyond title and body, such as what a terminal showed. requester is the ticket's.
func (tx *Tx) AddEntry(ctx context.Context, e *ticket.Entry, searchText string, requester id.ID) error {
	if e.ID == 0 {
		e.ID = tx.NewID()
	}
	if e.CreatedAt.IsZero() {
		e.CreatedAt = tx.Now
	}
	if _, err := tx.q.ExecContext(ctx, `INSERT INTO entry (id, ticket, kind, public, author_id, author, from_staff, title, body, data, created_at, send_at, origin, private)
		VALUES (`+holes(1, 14)+`)`, e.ID, e.Ticket, string(e.Kind), e.Public, ref(e.AuthorID), e.Author, e.FromStaff, e.Title, e.Body, e.Data, ms(e.CreatedAt), ms(e.SendAt), e.Origin, e.Marks); err != nil {
		return err
	}
	if e.Unread {
		if err := tx.DuePrivate(ctx, e.ID); err != nil {
			return err
		}
	}
	for i := range e.Files {
		e.Files[i].EntryID = e.ID
		f := e.Files[i]
		if _, err := tx.q.ExecContext(ctx, "INSERT INTO file (hash, size, created_at) VALUES ($1, $2, $3) ON CONFLICT (hash) DO UPDATE SET created_at = excluded.created_at", f.Hash, f.Size, ms(tx.Now)); err != nil {
			return err
		}
		if _, err := tx.q.ExecContext(ctx, "INSERT INTO entry_file (entry_id, position, role, name, type, size, hash) VALUES ("+holes(1, 7)+")",
			e.ID, i, f.Role, f.Name, f.Type, f.Size, f.Hash); err != nil {
			return err
		}
	}
	if searchText != "" {
		if _, err := tx.q.ExecContext(ctx, "INSERT INTO entry_text (entry_id, text) VALUES ($1, $2)", e.ID, searchText); err != nil {
			return err
		}
	}
	if err := tx.indexDoc(ctx, e.ID, e.Ticket, e.ID, entryTitle(e), e.Body+"\n"+searchText, requester, e.Public && e.SendAt.IsZero()); err != nil {
		return err
	}
	return tx.AddSignatures(ctx, e.Ticket, e.ID, signature.Of(e.Body+"\n"+searchText), e.CreatedAt)
}

// entryTitle is the title an entry is found by. Titles are the desk's own words, so a public entry has none.
func entryTitle(e *ticket.Entry) string {
	if e.Public {
		return ""
	}
	return e.Title
}

// EntryText gives the searchable text of an entry beyond its body.
func (r Read) EntryText(ctx context.Context, entry id.ID) (s string, err error) {
	err = r.q.QueryRowContext(ctx, "SELECT coalesce((SELECT text FROM entry_text WHERE entry_id = $1), '')", entry).Scan(&s)
	return s, err
}

// DueReplies gives replies whose time to take them back is over but which are not out yet.
func (r Read) DueReplies(ctx context.Context, now time.Time, limit int) ([]ticket.Entry, error) {
	rows, err := r.q.QueryContext(ctx, entrySelect+" WHERE e.send_at > 0 AND e.send_at <= $1 ORDER BY e.send_at LIMIT $2 + 0", ms(now), limit)
	return collect(rows, err, scanEntry)
}

// ReleaseReply lets a held reply out; false when it was taken back or is out already.
func (tx *Tx) ReleaseReply(ctx context.Context, entry id.ID) (bool, error) {
	res, err := tx.q.ExecContext(ctx, "UPDATE entry SET send_at = 0 WHERE id = $1 AND send_at > 0", entry)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 {
		return false, err
	}
	e, err := tx.Entry(ctx, entry)
	if err != nil {
		return false, err
	}
	return true, tx.reindexTicket(ctx, e.Ticket)
}

// TakeBack removes a reply that is still held, so that nobody outside ever saw it.
func (tx *Tx) TakeBack(ctx context.Context, entry id.ID) (bool, error) {
	held, err := tx.exists(ctx, "SELECT 1 FROM entry WHERE id = $1 AND send_at > 0"+tx.d.forUpdate(), entry)
	if err != nil || !held {
		return false, err
	}
	for _, q := range []string{"DELETE FROM privacy_due WHERE entry_id = $1", "DELETE FROM entry_file WHERE entry_id = $1", "DELETE FROM entry_text WHERE entry_id = $1", "DELETE FROM ticket_signature WHERE entry_id = $1", "DELETE FROM doc WHERE id = $1", "DELETE FROM entry WHERE id = $1"} {
		if _, err := tx.q.ExecContext(ctx, q, entry); err != nil {
			return false, err
		}
	}
	return true, tx.d.dropDoc(ctx, tx.q, int64(entry))
}

// MoveEntries moves entries to another ticket, for merge and split. Each remembers the ticket it was written on.
func (tx *Tx) MoveEntries(ctx context.Context, entries []id.ID, from, to int64) error {
	if len(entries) == 0 {
		return nil
	}
	moved := 0
	for part := range slices.Chunk(entries, 500) {
		args := append([]any{to, from}, anyOf(part)...)
		res, err := tx.q.ExecContext(ctx, `UPDATE entry SET ticket = $1, origin = CASE WHEN origin = 0 THEN ticket WHEN origin = $1 THEN 0 ELSE origin END
			WHERE ticket = $2 AND id IN (`+holes(3, len(part))+")", args...)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		moved += int(n)
		if err := tx.moveSignatures(ctx, part, from, to); err != nil {
			return err
		}
	}
	if moved != len(entries) {
		return fmt.Errorf("move %d entries from ticket %d to %d: %d were there", len(entries), from, to, moved)
	}
	if err := tx.reindexTicket(ctx, from); err != nil {
		return err
	}
	return tx.reindexTicket(ctx, to)
}

// AddEvent writes a line of history.
func (tx *Tx) AddEvent(ctx context.Context, e ticket.Event) error {
	if e.ID == 0 {
		e.ID = tx.NewID()
	}
	if e.At.IsZero() {
		e.At = tx.Now
	}
	return put(ctx, tx.q, "INSERT INTO history (id, ticket, at, actor_id, via, rule, field, old, new, reason, ref) VALUES ("+holes(1, 11)+")",
		e.ID, e.Ticket, ms(e.At), ref(e.ActorID), e.Via, e.Rule, e.Field, e.Old, e.New, e.Reason, e.Ref)
}

// History gives the latest limit events of a ticket, oldest first.
func (r Read) History(ctx context.Context, number int64, limit int) ([]ticket.Event, error) {
	rows, err := r.q.QueryContext(ctx, `SELECT h.id, h.ticket, h.at, h.actor_id, p.name, h.via, h.rule, h.field, h.old, h.new, h.reason, h.ref
		FROM history h LEFT JOIN person p ON p.id = h.actor_id WHERE h.ticket = $1 ORDER BY h.at DESC, h.id DESC LIMIT $2 + 0`, number, limit)
	out, err := collect(rows, err, func(r row) (e ticket.Event, err error) {
		return e, r.Scan(&e.ID, &e.Ticket, at{&e.At}, refTo{&e.ActorID}, text{&e.Actor}, &e.Via, &e.Rule, &e.Field, &e.Old, &e.New, &e.Reason, &e.Ref)
	})
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out, err
}
