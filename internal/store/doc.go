package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/search"
)

// docTerms is a text broken into terms for one engine's index.
type docTerms struct {
	rowid              int64
	title, body, parts string
	vector             string
	acl                []string
}

type docSearch struct {
	query     search.Query
	titleOnly bool
	acl       []string
	limit     int
	narrow    *Narrow // for searchNarrowed
}

// Who may find a document is part of the index, so that permission is inside the query and a
// requester's search is as fast as an agent's.
const aclPublic = "public"

func aclRequester(i id.ID) string { return "r" + i.String() }

// makeTerms breaks a text into the terms of one engine's index. It takes most of the time of indexing and needs no
// transaction.
func makeTerms(shared bool, title, body string) (d docTerms) {
	t, b := search.Index(title), search.Index(body)
	if shared {
		d.vector = search.TSVector(t, b)
		return d
	}
	d.title, _ = search.FTSText(t)
	d.body, d.parts = search.FTSText(b)
	if _, p := search.FTSText(t); p != "" {
		d.parts += " " + p
	}
	return d
}

// own says which document the terms are and who may find it.
func (d *docTerms) own(rowid int64, requester id.ID, public bool) {
	d.rowid, d.acl = rowid, nil
	if public {
		d.acl = append(d.acl, aclPublic)
		if requester != 0 {
			d.acl = append(d.acl, aclRequester(requester))
		}
	}
}

// SearchVector gives the literal of a document's tsvector, for programs that fill a database of PostgreSQL directly.
// A requester of 0 with public false makes it the team's alone.
func SearchVector(i id.ID, title, body string, requester id.ID, public bool) string {
	d := makeTerms(true, title, body)
	d.own(int64(i), requester, public)
	return d.literal()
}

// literal gives the vector with the terms that say who may find the document and when it was written.
func (d *docTerms) literal() string {
	v := d.vector
	for _, a := range d.acl {
		v += " '@" + a + "':1"
	}
	for _, e := range erasOf(id.ID(d.rowid)) {
		v += " '" + e + "':1"
	}
	return v
}

// Eras are spans of time, of several lengths, that are terms of each document, so that an index which knows no
// order can be asked for the newest alone. Era n of length l covers the milliseconds n<<l to (n+1)<<l of ids.
var eraBits = [...]uint{14, 18, 22, 26, 30, 34} // 16 s, 4 min, 70 min, 19 h, 12 days, 199 days

func era(level int, ms int64) string {
	return "@" + string(rune('A'+level)) + strconv.FormatInt(ms>>eraBits[level], 16)
}

func erasOf(i id.ID) (out [len(eraBits)]string) {
	for level := range eraBits {
		out[level] = era(level, i.Millis())
	}
	return out
}

// newestEras gives the condition for documents of span milliseconds up to newest, and some before them, in up to 17
// eras; empty when the span is longer than they can cover.
func newestEras(newest, span int64) string {
	const most = 16
	for level, bits := range eraBits {
		if span>>bits > most {
			continue
		}
		var out []string
		for n := (newest - span) >> bits; n <= newest>>bits; n++ {
			out = append(out, era(level, n<<bits))
		}
		return " & ('" + strings.Join(out, "' | '") + "')"
	}
	return ""
}

func (tx *Tx) indexDoc(ctx context.Context, rowid id.ID, number int64, entry id.ID, title, body string, requester id.ID, public bool) error {
	return tx.indexTerms(ctx, rowid, number, entry, makeTerms(tx.d.shared(), title, body), requester, public)
}

func (tx *Tx) indexTerms(ctx context.Context, rowid id.ID, number int64, entry id.ID, d docTerms, requester id.ID, public bool) error {
	d.own(int64(rowid), requester, public)
	if err := tx.d.putDoc(ctx, tx.q, newDoc{d, number, entry}); err != nil {
		return fmt.Errorf("index ticket %d: %w", number, err)
	}
	return nil
}

// SortSearch takes the documents that were written since the last time into the order of the full-text index, so that
// searches are fast. It takes up to seconds, and nobody waits for it.
func (s *Store) SortSearch(ctx context.Context) error { return s.d.sortSearch(ctx, s.writer) }

// reindexTicket writes all documents of a ticket anew, each in its old place in the order: after subject,
// body or requester changed, or when entries moved between tickets.
func (tx *Tx) reindexTicket(ctx context.Context, number int64) error {
	t, err := tx.Ticket(ctx, number)
	if err != nil {
		return err
	}
	var own id.ID
	if err := tx.q.QueryRowContext(ctx, "SELECT coalesce(min(id), 0) FROM doc WHERE ticket = $1 AND entry_id = 0", number).Scan(&own); err != nil {
		return err
	}
	if own == 0 {
		own = tx.NewID()
	}
	if err := tx.reindexDoc(ctx, own, number, 0, t.Subject, t.Body, t.RequesterID, true); err != nil {
		return err
	}
	entries, err := tx.Entries(ctx, number, 0, 1_000_000)
	if err != nil {
		return err
	}
	for _, e := range entries {
		text, err := tx.EntryText(ctx, e.ID)
		if err != nil {
			return err
		}
		requester := t.RequesterID
		if e.Origin != 0 { // written on another ticket: its requester may find it, this one's may not
			if requester, err = tx.RequesterOf(ctx, e.Origin); err != nil {
				return err
			}
		}
		if err := tx.reindexDoc(ctx, e.ID, number, e.ID, entryTitle(&e), e.Body+"\n"+text, requester, e.Public && e.SendAt.IsZero()); err != nil {
			return err
		}
	}
	return nil
}

// RequesterOf gives who opened a ticket; 0 when nobody is known.
func (r Read) RequesterOf(ctx context.Context, number int64) (i id.ID, err error) {
	return i, one(r.q.QueryRowContext(ctx, "SELECT requester_id FROM ticket WHERE number = $1", number).Scan(refTo{&i}), "ticket")
}

func (tx *Tx) reindexDoc(ctx context.Context, rowid id.ID, number int64, entry id.ID, title, body string, requester id.ID, public bool) error {
	if err := tx.d.dropDoc(ctx, tx.q, int64(rowid)); err != nil {
		return err
	}
	return tx.indexDoc(ctx, rowid, number, entry, title, body, requester, public)
}

// Hit is a document that matched, with the text to show.
type Hit struct {
	Ticket    int64
	Entry     id.ID
	Subject   string
	Origin    int64  // the ticket the entry was written on, where that is another
	Kind      string // "" for the ticket's own text
	Text      string
	TitleHit  bool
	CreatedAt time.Time
}

// Searcher says on whose behalf a search runs.
type Searcher struct {
	Staff     bool
	Requester id.ID // when not staff: only public documents of this requester's tickets
}

// candidates bounds how many of the newest matches are looked at for ranking; matches in titles may be older, a third as
// many.
const (
	candidates = 90
	titleShare = 3
)

// Search gives the newest matching documents within the searcher's rights, title matches included
// even when older. Ranking is the caller's, by package search; a common word is never ranked over all rows.
func (r Read) Search(ctx context.Context, q search.Query, who Searcher) ([]Hit, error) {
	if q.Empty() {
		return nil, nil
	}
	s := docSearch{query: q, limit: candidates}
	if !who.Staff {
		s.acl = []string{aclPublic, aclRequester(who.Requester)}
	}
	ids, err := r.d.searchDocs(ctx, r.q, s)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return r.hits(ctx, ids)
}

// hits reads the documents that were found.
func (r Read) hits(ctx context.Context, ids []int64) ([]Hit, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	// Few lengths of the list, so that the statement is prepared once for each; a repeated id changes nothing.
	for len(ids)%(candidates/titleShare) != 0 {
		ids = append(ids, ids[0])
	}
	cond, args := r.d.among("d.id", 1, ids)
	rows, err := r.q.QueryContext(ctx, `SELECT d.ticket, d.entry_id, t.subject, coalesce(e.kind, ''), coalesce(e.origin, 0),
		CASE WHEN e.id IS NULL THEN substr(t.body, 1, 2000) ELSE substr(CASE WHEN e.public THEN '' ELSE e.title || ' ' END || e.body || ' ' || coalesce(x.text, ''), 1, 4000) END,
		coalesce(e.created_at, t.created_at)
		FROM doc d JOIN ticket t ON t.number = d.ticket LEFT JOIN entry e ON e.id = d.entry_id LEFT JOIN entry_text x ON x.entry_id = d.entry_id
		WHERE `+cond, args...)
	return collect(rows, err, func(r row) (h Hit, err error) {
		return h, r.Scan(&h.Ticket, &h.Entry, &h.Subject, &h.Kind, &h.Origin, &h.Text, at{&h.CreatedAt})
	})
}
