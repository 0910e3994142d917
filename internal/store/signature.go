package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/signature"
)

// TicketSignature is an error that a ticket speaks of.
type TicketSignature struct {
	Ticket int64 `json:"ticket"`
	Entry  id.ID `json:"entry,omitzero" doc:"the entry it stands in; absent: the ticket's own text"`
	signature.Signature
	Kind      signature.Kind `json:"kind"`
	Exception string         `json:"exception,omitempty"`
	Frames    []string       `json:"frames,omitempty"`
	Count     int            `json:"count"`
	FirstAt   time.Time      `json:"first_at"`
	LastAt    time.Time      `json:"last_at"`
	Position  int            `json:"-"` // 0: the most telling of its source
}

const signatureSelect = "SELECT s.ticket, s.entry_id, s.signature, s.template, s.kind, s.exception, s.frames, s.count, s.first_at, s.last_at, s.position FROM ticket_signature s"

func scanSignature(r row) (s TicketSignature, err error) {
	return s, r.Scan(&s.Ticket, &s.Entry, &s.ID, &s.Template, &s.Kind, &s.Exception, fromJSON{&s.Frames}, &s.Count, at{&s.FirstAt}, at{&s.LastAt}, &s.Position)
}

// TicketSignatures gives all errors of a ticket, its own text before its entries, of each source the most telling first.
func (r Read) TicketSignatures(ctx context.Context, number int64) ([]TicketSignature, error) {
	rows, err := r.q.QueryContext(ctx, signatureSelect+" WHERE s.ticket = $1 ORDER BY s.entry_id, s.position", number)
	return collect(rows, err, scanSignature)
}

// TicketsOfSignature gives the newest tickets with a signature, by number, below `before` (0: from the newest).
func (r Read) TicketsOfSignature(ctx context.Context, sig string, before int64, limit int) ([]int64, error) {
	if before == 0 {
		before = 1 << 62
	}
	rows, err := r.q.QueryContext(ctx, "SELECT DISTINCT ticket FROM ticket_signature WHERE signature = $1 AND ticket < $2 ORDER BY ticket DESC LIMIT $3 + 0", sig, before, limit)
	return collect(rows, err, func(r row) (n int64, err error) { return n, r.Scan(&n) })
}

// AddSignatures keeps the errors found in the text of a ticket (entry 0) or of an entry, written at `when`.
func (tx *Tx) AddSignatures(ctx context.Context, number int64, entry id.ID, found []signature.Found, when time.Time) error {
	return tx.insertSignatures(ctx, signatureRows(number, entry, found, when))
}

func signatureRows(number int64, entry id.ID, found []signature.Found, when time.Time) [][]any {
	rows := make([][]any, len(found))
	for i, f := range found {
		frames := ""
		if len(f.Frames) > 0 {
			b, _ := json.Marshal(f.Frames) // strings always can be
			frames = string(b)
		}
		rows[i] = []any{number, entry, f.ID, i, string(f.Kind), f.Exception, f.Template, frames, f.Count, ms(when), ms(when)}
	}
	return rows
}

func (tx *Tx) insertSignatures(ctx context.Context, rows [][]any) error {
	var changed []int64
	for _, r := range rows {
		if n, ok := r[0].(int64); ok {
			changed = append(changed, n)
		}
	}
	if err := tx.markRecurrence(ctx, changed...); err != nil {
		return err
	}
	return tx.insertMany(ctx, "ticket_signature ("+signatureColumns+")", " ON CONFLICT DO NOTHING", rows)
}

const signatureColumns = "ticket, entry_id, signature, position, kind, exception, template, frames, count, first_at, last_at"

// SignatureRows gives the columns of table ticket_signature and the values that AddSignatures would store, for a loader
// that fills a desk faster than one transaction per ticket (test/bench).
func SignatureRows(number int64, entry id.ID, found []signature.Found, when time.Time) (columns []string, rows [][]any) {
	return strings.Split(signatureColumns, ", "), signatureRows(number, entry, found, when)
}

// ReplaceSignatures keeps what is found in a text that changed, instead of what was found in it before.
func (tx *Tx) ReplaceSignatures(ctx context.Context, number int64, entry id.ID, found []signature.Found, when time.Time) error {
	if _, err := tx.q.ExecContext(ctx, "DELETE FROM ticket_signature WHERE ticket = $1 AND entry_id = $2", number, entry); err != nil {
		return err
	}
	return tx.AddSignatures(ctx, number, entry, found, when)
}

// moveSignatures lets the errors of entries go where the entries go.
func (tx *Tx) moveSignatures(ctx context.Context, entries []id.ID, from, to int64) error {
	if err := tx.markRecurrence(ctx, from, to); err != nil {
		return err
	}
	args := append([]any{to, from}, anyOf(entries)...)
	_, err := tx.q.ExecContext(ctx, "UPDATE ticket_signature SET ticket = $1 WHERE ticket = $2 AND entry_id IN ("+holes(3, len(entries))+")", args...)
	return err
}

// backfillKey holds how far tickets from before signatures were made have been looked through.
const backfillKey = "signature_backfill"

// backfill is the state of looking through older tickets, newest first.
type backfill struct {
	Version string `json:"version"`
	Next    int64  `json:"next"` // the highest number not looked at; 0: done
}

// SignatureBackfill gives the highest ticket number whose text may still have to be looked through; 0 when all is done.
func (r Read) SignatureBackfill(ctx context.Context) (next int64, err error) {
	var b backfill
	err = r.q.QueryRowContext(ctx, "SELECT value FROM setting WHERE key = $1", backfillKey).Scan(fromJSON{&b})
	if err != nil && err != sql.ErrNoRows {
		return 0, err
	}
	if b.Version == signature.Version {
		return b.Next, nil
	}
	return next, r.q.QueryRowContext(ctx, "SELECT coalesce(max(number), 0) FROM ticket").Scan(&next)
}

// SetSignatureBackfill keeps how far the older tickets are done.
func (tx *Tx) SetSignatureBackfill(ctx context.Context, next int64) error {
	_, err := tx.q.ExecContext(ctx, `INSERT INTO setting (key, value, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`, backfillKey, jsonText(backfill{signature.Version, next}), ms(tx.Now))
	return err
}

// SignatureText is a text to look for errors in.
type SignatureText struct {
	Ticket int64
	Entry  id.ID
	Text   string
	At     time.Time
}

// SignatureTexts gives the texts of the `limit` tickets from number `from` downwards, and the number to go on with; 0 when
// there are no more. Of a text at most `size` characters are read.
func (r Read) SignatureTexts(ctx context.Context, from int64, limit, size int) (texts []SignatureText, next int64, err error) {
	rows, err := r.q.QueryContext(ctx, "SELECT number, subject, substr(body, 1, $3), created_at FROM ticket WHERE number <= $1 ORDER BY number DESC LIMIT $2 + 0", from, limit, size)
	texts, err = collect(rows, err, func(r row) (t SignatureText, err error) {
		var subject string
		err = r.Scan(&t.Ticket, &subject, &t.Text, at{&t.At})
		t.Text = subject + "\n" + t.Text
		return t, err
	})
	if err != nil || len(texts) == 0 {
		return nil, 0, err
	}
	lowest := texts[len(texts)-1].Ticket
	rows, err = r.q.QueryContext(ctx, `SELECT e.ticket, e.id, substr(e.body, 1, $3), substr(coalesce(x.text, ''), 1, $3), e.created_at
		FROM entry e LEFT JOIN entry_text x ON x.entry_id = e.id WHERE e.ticket BETWEEN $1 AND $2`, lowest, from, size)
	more, err := collect(rows, err, func(r row) (t SignatureText, err error) {
		var shown string
		err = r.Scan(&t.Ticket, &t.Entry, &t.Text, &shown, at{&t.At})
		t.Text += "\n" + shown
		return t, err
	})
	return append(texts, more...), lowest - 1, err
}
