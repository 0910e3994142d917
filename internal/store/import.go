package store

import (
	"context"
	"fmt"
	"strings"

	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/signature"
	"firebreak/internal/ticket"
)

// IndexedText is a text broken into the terms of this engine's search index. Making it is the dearest part of
// writing a ticket and needs no transaction, so that an import does it beside one.
type IndexedText struct {
	terms docTerms
	found []signature.Found
}

// IndexText breaks a text into search terms and finds the errors it speaks of.
func (s *Store) IndexText(title, body string) IndexedText { return indexText(s.d, title, body) }

func indexText(d dialect, title, body string) IndexedText {
	return IndexedText{makeTerms(d.shared(), title, body), signature.Of(title + "\n" + body)}
}

// Signatures are the ids of the errors the text speaks of, the most telling first.
func (t IndexedText) Signatures() []string {
	out := make([]string, len(t.found))
	for i, f := range t.found {
		out[i] = f.ID
	}
	return out
}

// newDoc is a document to be added to the search index.
type newDoc struct {
	docTerms
	ticket int64
	entry  id.ID
}

// NewTicket is a ticket to be added together with many others.
type NewTicket struct {
	Ticket      ticket.Ticket
	Text        IndexedText
	Entries     []NewEntry
	Event       ticket.Event
	Fingerprint string // empty: not from an import
}

// NewEntry is an entry to be added with its ticket, or later from the same source. It has no files.
type NewEntry struct {
	Entry      ticket.Entry
	ExternalID string
	Text       IndexedText
}

// AddTickets inserts many tickets with their entries, one line of history each, and their search documents. It gives
// every ticket the next number. It is many times faster than AddTicket, one by one.
func (tx *Tx) AddTickets(ctx context.Context, ts []*NewTicket) error {
	if len(ts) == 0 {
		return nil
	}
	numbers, err := tx.d.takeTickets(ctx, tx.q, len(ts))
	if err != nil {
		return fmt.Errorf("number %d tickets: %w", len(ts), err)
	}
	var tickets, tags, history, imported, errors [][]any
	var docs []newDoc
	var entries []NewEntry
	for i, n := range ts {
		t := &n.Ticket
		t.Number, t.Version = numbers[i], 1
		tickets = append(tickets, ticketValues(t))
		for _, tag := range t.Tags {
			tags = append(tags, []any{tag, t.Number})
		}
		d := newDoc{n.Text.terms, t.Number, 0}
		d.own(int64(tx.NewID()), t.RequesterID, true)
		docs = append(docs, d)
		errors = append(errors, signatureRows(t.Number, 0, n.Text.found, t.CreatedAt)...)
		for j := range n.Entries {
			e := &n.Entries[j]
			e.Entry.Ticket = t.Number
			entries = append(entries, *e)
			docs = append(docs, e.doc(tx, t.RequesterID))
			entries[len(entries)-1].Entry.ID = e.Entry.ID
		}
		if e := n.Event; e.Field != "" {
			history = append(history, []any{tx.NewID(), t.Number, ms(tx.Now), ref(e.ActorID), e.Via, e.Rule, e.Field, e.Old, e.New, e.Reason, e.Ref})
		}
		if n.Fingerprint != "" {
			imported = append(imported, []any{t.Number, n.Fingerprint})
		}
	}
	if err := tx.insertMany(ctx, "ticket ("+strings.Join(ticketColumns, ", ")+")", "", tickets); err != nil {
		return err
	}
	if err := tx.insertMany(ctx, "ticket_tag (tag, ticket)", " ON CONFLICT DO NOTHING", tags); err != nil {
		return err
	}
	if err := tx.insertEntries(ctx, entries); err != nil {
		return err
	}
	if err := tx.insertMany(ctx, "history (id, ticket, at, actor_id, via, rule, field, old, new, reason, ref)", "", history); err != nil {
		return err
	}
	if err := tx.insertMany(ctx, "imported (ticket, fingerprint)", "", imported); err != nil {
		return err
	}
	if err := tx.similarDue(ctx, numbers...); err != nil {
		return err
	}
	if err := tx.insertSignatures(ctx, errors); err != nil {
		return err
	}
	if err := tx.markRecurrence(ctx, numbers...); err != nil {
		return err
	}
	return tx.d.addDocs(ctx, tx, docs)
}

// doc gives the entry an id and its search document.
func (e *NewEntry) doc(tx *Tx, requester id.ID) newDoc {
	if e.Entry.ID == 0 {
		e.Entry.ID = tx.NewID()
	}
	d := newDoc{e.Text.terms, e.Entry.Ticket, e.Entry.ID}
	d.own(int64(e.Entry.ID), requester, e.Entry.Public)
	return d
}

func (tx *Tx) insertEntries(ctx context.Context, entries []NewEntry) error {
	rows := make([][]any, len(entries))
	var errors [][]any
	for i, n := range entries {
		e := &n.Entry
		errors = append(errors, signatureRows(e.Ticket, e.ID, n.Text.found, e.CreatedAt)...)
		rows[i] = []any{e.ID, e.Ticket, string(e.Kind), e.Public, ref(e.AuthorID), e.Author, e.FromStaff, e.Title, e.Body, e.Data, ms(e.CreatedAt), ms(e.SendAt), n.ExternalID}
	}
	if err := tx.insertMany(ctx, "entry (id, ticket, kind, public, author_id, author, from_staff, title, body, data, created_at, send_at, external_id)", "", rows); err != nil {
		return err
	}
	return tx.insertSignatures(ctx, errors)
}

// AddEntries inserts entries of one ticket, with their search documents.
func (tx *Tx) AddEntries(ctx context.Context, requester id.ID, entries []NewEntry) error {
	docs := make([]newDoc, len(entries))
	for i := range entries {
		docs[i] = entries[i].doc(tx, requester)
	}
	if err := tx.insertEntries(ctx, entries); err != nil {
		return err
	}
	return tx.d.addDocs(ctx, tx, docs)
}

// ChangeImportedEntry writes the text of an entry anew, as its source tells it now.
func (tx *Tx) ChangeImportedEntry(ctx context.Context, e ticket.Entry, requester id.ID) error {
	if _, err := tx.q.ExecContext(ctx, "UPDATE entry SET kind = $1, public = $2, body = $3 WHERE id = $4", string(e.Kind), e.Public, e.Body, e.ID); err != nil {
		return err
	}
	if err := tx.reindexDoc(ctx, e.ID, e.Ticket, e.ID, e.Title, e.Body, requester, e.Public); err != nil {
		return err
	}
	return tx.ReplaceSignatures(ctx, e.Ticket, e.ID, signature.Of(e.Body), e.CreatedAt)
}

// ImportedEntries gives the entries of a ticket that came from its source, by their id there. Of each only what an
// import may change is filled in, and when it was written.
func (r Read) ImportedEntries(ctx context.Context, number int64) (map[string]ticket.Entry, error) {
	out := map[string]ticket.Entry{}
	rows, err := r.q.QueryContext(ctx, "SELECT id, ticket, external_id, kind, public, title, body, created_at FROM entry WHERE ticket = $1 AND external_id <> ''", number)
	_, err = collect(rows, err, func(r row) (struct{}, error) {
		var e ticket.Entry
		var external string
		err := r.Scan(&e.ID, &e.Ticket, &external, &e.Kind, &e.Public, &e.Title, &e.Body, at{&e.CreatedAt})
		out[external] = e
		return struct{}{}, err
	})
	return out, err
}

// SetFingerprint keeps what the row said from which a ticket was imported.
func (tx *Tx) SetFingerprint(ctx context.Context, number int64, fingerprint string) error {
	_, err := tx.q.ExecContext(ctx, "INSERT INTO imported (ticket, fingerprint) VALUES ($1, $2) ON CONFLICT (ticket) DO UPDATE SET fingerprint = excluded.fingerprint", number, fingerprint)
	return err
}

// Imported is a ticket that came from another system.
type Imported struct {
	Number      int64
	Fingerprint string
}

// ImportedTickets finds tickets by their source's own ids.
func (r Read) ImportedTickets(ctx context.Context, source string, ids []string) (map[string]Imported, error) {
	out := make(map[string]Imported, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	args := append([]any{source}, inMany(ids)...)
	rows, err := r.q.QueryContext(ctx, `SELECT t.external_id, t.number, coalesce(i.fingerprint, '') FROM ticket t LEFT JOIN imported i ON i.ticket = t.number
		WHERE t.source = $1 AND t.external_id <> '' AND t.external_id IN (`+holes(2, len(args)-1)+")", args...)
	_, err = collect(rows, err, func(r row) (struct{}, error) {
		var external string
		var v Imported
		err := r.Scan(&external, &v.Number, &v.Fingerprint)
		out[external] = v
		return struct{}{}, err
	})
	return out, err
}

// FindPeople finds many people at once by e-mail address and by name, whatever the case. Of several people with one
// name, the one the desk knew first comes first.
func (r Read) FindPeople(ctx context.Context, emails, names []string) ([]person.Person, error) {
	var out []person.Person
	for column, keys := range map[string][]string{"email": emails, "name": names} {
		if len(keys) == 0 {
			continue
		}
		args := inMany(keys)
		marks := make([]string, len(args))
		for i := range marks {
			marks[i] = fmt.Sprintf("lower($%d)", i+1)
		}
		rows, err := r.q.QueryContext(ctx, personSelect+" WHERE p."+column+" <> '' AND lower(p."+column+") IN ("+strings.Join(marks, ", ")+") ORDER BY p.id", args...)
		found, err := collect(rows, err, scanPerson)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// AddPeople inserts many people; empty ids are made.
func (tx *Tx) AddPeople(ctx context.Context, people []*person.Person) error {
	rows := make([][]any, len(people))
	for i, p := range people {
		if p.ID == 0 {
			p.ID = tx.NewID()
		}
		if p.CreatedAt.IsZero() {
			p.CreatedAt = tx.Now
		}
		rows[i] = []any{p.ID, p.Email, p.Name, string(p.Role), ref(p.ClientID), p.Zone, p.Phone, jsonText(p.Prefs), ms(p.CreatedAt), ms(tx.Now), ms(p.DisabledAt)}
	}
	if err := tx.insertMany(ctx, "person (id, email, name, role, client_id, zone, phone, prefs, created_at, updated_at, disabled_at)", "", rows); err != nil {
		return err
	}
	var words [][]any
	for _, p := range people {
		words = append(words, nameRows(p.ID, p.Name, p.Email)...)
	}
	return tx.insertMany(ctx, nameInto, nameConflict, words)
}

// insertMany inserts rows into "table (columns)" by statements of 64, 32, … 1 rows, so that few texts are prepared.
func (tx *Tx) insertMany(ctx context.Context, into, after string, rows [][]any) error {
	for size := 64; len(rows) > 0; size /= 2 {
		for len(rows) >= size {
			width := len(rows[0])
			args := make([]any, 0, size*width)
			var b strings.Builder
			b.WriteString("INSERT INTO " + into + " VALUES ")
			for i, r := range rows[:size] {
				if i > 0 {
					b.WriteString(", ")
				}
				b.WriteString("(" + tx.d.marks(1+i*width, width) + ")")
				args = append(args, r...)
			}
			b.WriteString(after)
			if err := put(ctx, tx.q, b.String(), args...); err != nil {
				return err
			}
			rows = rows[size:]
		}
	}
	return nil
}

// inMany gives keys as arguments of a list, filled up to a power of two with the last one, so that lists of many
// lengths are few statements.
func inMany(keys []string) []any {
	size := 1
	for size < len(keys) {
		size *= 2
	}
	out := make([]any, size)
	for i := range out {
		out[i] = keys[min(i, len(keys)-1)]
	}
	return out
}
