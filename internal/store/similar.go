package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/similar"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// The index of similar tickets. Opening or changing a ticket only notes it in similar_due. What is due is taken apart
// into features, first found one by one (the tail), then by the blocks of a segment. Nothing here is the only copy of
// anything: all of it can be made anew from the tickets.

// similarDue notes that a ticket's words changed.
func (tx *Tx) similarDue(ctx context.Context, numbers ...int64) error {
	rows := make([][]any, len(numbers))
	for i, n := range numbers {
		rows[i] = []any{n, int64(tx.NewID())}
	}
	return tx.insertMany(ctx, "similar_due (ticket, mark)", " ON CONFLICT (ticket) DO UPDATE SET mark = excluded.mark", rows)
}

// SimilarDue is a ticket to be taken apart.
type SimilarDue struct {
	Number int64
	Mark   int64
	Text   similar.Text
}

// SimilarDue gives up to limit tickets whose words are to be taken apart, the newest first: they are asked for most.
func (r Read) SimilarDue(ctx context.Context, limit int) ([]SimilarDue, error) {
	rows, err := r.q.QueryContext(ctx, `SELECT d.ticket, d.mark, t.subject, substr(t.body, 1, 70000), substr(t.resolution, 1, 70000)
		FROM (SELECT ticket, mark FROM similar_due ORDER BY ticket DESC LIMIT $1 + 0) d JOIN ticket t ON t.number = d.ticket`, limit)
	return collect(rows, err, func(r row) (d SimilarDue, err error) {
		return d, r.Scan(&d.Number, &d.Mark, &d.Text.Title, &d.Text.Body, &d.Text.Answer)
	})
}

// SimilarWaiting reports whether at least n tickets are due.
func (r Read) SimilarWaiting(ctx context.Context, n int) (bool, error) {
	return r.exists(ctx, "SELECT 1 FROM similar_due LIMIT 1 OFFSET $1", n-1)
}

// SaveSimilar writes the features of tickets that were due. One that changed since stays due.
func (tx *Tx) SaveSimilar(ctx context.Context, due []SimilarDue, features []similar.Features) error {
	rows := make([][]any, len(due))
	for i := range due {
		rows[i] = []any{due[i].Number, similar.Version, true, features[i].Encode()}
	}
	if err := tx.insertMany(ctx, "similar_ticket (ticket, version, tail, data)", " ON CONFLICT (ticket) DO UPDATE SET version = excluded.version, tail = excluded.tail, data = excluded.data", rows); err != nil {
		return fmt.Errorf("keep the words of %d tickets: %w", len(due), err)
	}
	for _, d := range due {
		if _, err := tx.q.ExecContext(ctx, "DELETE FROM similar_due WHERE ticket = $1 AND mark = $2", d.Number, d.Mark); err != nil {
			return err
		}
	}
	return nil
}

// SimilarFree reports whether no other process works on the index.
func (s *Store) SimilarFree(ctx context.Context) (bool, error) {
	return s.Read().exists(ctx, "SELECT 1 FROM similar_work WHERE id = 1 AND (node = $1 OR until < $2)", s.node, ms(s.Now()))
}

// LeadSimilar takes or renews the work on the index for this process until then; false: another one does it.
func (s *Store) LeadSimilar(ctx context.Context, until time.Time) (bool, error) {
	res, err := s.writer.ExecContext(ctx, "UPDATE similar_work SET node = $1, until = $2 WHERE id = 1 AND (node = $1 OR until < $3)", s.node, ms(until), ms(s.Now()))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// LeaveSimilar gives the work back.
func (s *Store) LeaveSimilar(ctx context.Context) error {
	_, err := s.writer.ExecContext(ctx, "UPDATE similar_work SET until = 0 WHERE id = 1 AND node = $1", s.node)
	return err
}

// CheckSimilar looks for tickets that have no features of this version and are not due, and notes them: after an
// upgrade, and those that came another way than through the desk. It checks up to span numbers and reports whether
// there are more.
func (tx *Tx) CheckSimilar(ctx context.Context, span int64) (more bool, err error) {
	var version, checked, last int64
	if err := tx.q.QueryRowContext(ctx, "SELECT version, checked FROM similar_work WHERE id = 1").Scan(&version, &checked); err != nil {
		return false, err
	}
	if err := tx.q.QueryRowContext(ctx, "SELECT coalesce(max(number), 0) FROM ticket").Scan(&last); err != nil {
		return false, err
	}
	if version != similar.Version {
		version, checked = similar.Version, 0
	}
	to := min(last, checked+span)
	if to <= checked && version == similar.Version {
		return false, nil
	}
	if _, err := tx.q.ExecContext(ctx, `INSERT INTO similar_due (ticket, mark) SELECT t.number, 0 FROM ticket t
		LEFT JOIN similar_ticket s ON s.ticket = t.number AND s.version = $1
		WHERE t.number > $2 AND t.number <= $3 AND s.ticket IS NULL ON CONFLICT (ticket) DO NOTHING`, similar.Version, checked, to); err != nil {
		return false, err
	}
	_, err = tx.q.ExecContext(ctx, "UPDATE similar_work SET version = $1, checked = $2 WHERE id = 1", version, to)
	return to < last, err
}

// SimilarItem is a ticket as the index knows it.
type SimilarItem struct {
	Number   int64
	Features similar.Features
}

func scanSimilar(r row) (i SimilarItem, err error) {
	var data sql.RawBytes
	if err := r.Scan(&i.Number, &data); err != nil {
		return i, err
	}
	i.Features, err = similar.DecodeFeatures(data)
	return i, err
}

// SimilarTail gives up to limit tickets whose words are in no segment yet.
func (r Read) SimilarTail(ctx context.Context, limit int) ([]SimilarItem, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT ticket, data FROM similar_ticket WHERE tail AND version = $1 ORDER BY ticket DESC LIMIT $2 + 0", similar.Version, limit)
	return collect(rows, err, scanSimilar)
}

// SimilarFeatures gives what the index knows of these tickets.
func (r Read) SimilarFeatures(ctx context.Context, numbers []int64) (out []SimilarItem, err error) {
	for part := range slices.Chunk(numbers, 256) {
		part = padded(part)
		rows, err := r.q.QueryContext(ctx, "SELECT ticket, data FROM similar_ticket WHERE version = $1 AND ticket IN ("+holes(2, len(part))+")", append([]any{similar.Version}, anyOf(part)...)...)
		some, err := collect(rows, err, scanSimilar)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

// padded fills a list up to a power of two with its last value, so that lists of many lengths are few statements.
func padded(list []int64) []int64 {
	size := 1
	for size < len(list) {
		size *= 2
	}
	out := make([]int64, size)
	for i := range out {
		out[i] = list[min(i, len(list)-1)]
	}
	return out
}

// SimilarSegment is a part of the index.
type SimilarSegment struct {
	ID      int64
	Site    int64 // of mirrored questions; 0: the desk's tickets
	Tickets int64
	Changed int64 // when it was put to use; an id may be used again
	// Directory tells which block has a word; read on its own.
	Directory similar.Directory
}

const segmentBits = 24

func (s *SimilarSegment) block(n int) int64 { return s.ID<<segmentBits | int64(n) }

// SimilarSegments gives the segments in use of the desk's tickets, without directories, the oldest first.
func (r Read) SimilarSegments(ctx context.Context) ([]SimilarSegment, error) {
	return r.segments(ctx, "site = 0")
}

func (r Read) segments(ctx context.Context, which string) ([]SimilarSegment, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT id, site, tickets, changed_at FROM similar_segment WHERE state = 'live' AND version = $1 AND "+which+" ORDER BY id", similar.Version)
	return collect(rows, err, func(r row) (s SimilarSegment, err error) { return s, r.Scan(&s.ID, &s.Site, &s.Tickets, &s.Changed) })
}

// SimilarDirectory gives a segment's directory.
func (r Read) SimilarDirectory(ctx context.Context, segment int64) (similar.Directory, error) {
	var data []byte
	if err := r.q.QueryRowContext(ctx, "SELECT directory FROM similar_segment WHERE id = $1", segment).Scan(&data); err != nil {
		return nil, one(err, "segment of similar tickets")
	}
	return similar.DecodeDirectory(data)
}

// SimilarBlocks reads the blocks of these segments that may hold the words, which are ordered by hash, and hands each to
// use with what it may hold.
func (r Read) SimilarBlocks(ctx context.Context, segments []SimilarSegment, words []similar.Telling, use func(similar.Block, []similar.Telling) error) error {
	type wanted struct {
		first    uint32
		from, to int
	}
	want := map[int64]wanted{}
	var ids []int64
	for i := range segments {
		s := &segments[i]
		for j, w := range words {
			n, ok := s.Directory.Of(w.Hash)
			if !ok {
				continue
			}
			at := s.block(n)
			x, known := want[at]
			if !known {
				x = wanted{s.Directory[n], j, j}
				ids = append(ids, at)
			}
			x.to = j + 1
			want[at] = x
		}
	}
	slices.Sort(ids)
	for part := range slices.Chunk(ids, 512) {
		part = padded(part)
		rows, err := r.q.QueryContext(ctx, "SELECT id, data FROM similar_block WHERE id IN ("+holes(1, len(part))+")", anyOf(part)...)
		if err != nil {
			return err
		}
		err = func() error {
			defer rows.Close()
			var at int64
			var data sql.RawBytes
			for rows.Next() {
				if err := rows.Scan(&at, &data); err != nil {
					return err
				}
				w := want[at]
				if err := use(similar.Block{First: w.first, Data: data}, words[w.from:w.to]); err != nil {
					return err
				}
			}
			return rows.Err()
		}()
		if err != nil {
			return err
		}
	}
	return nil
}

// SegmentBlocks gives n blocks of a segment from number from on.
func (r Read) SegmentBlocks(ctx context.Context, s SimilarSegment, from, n int) ([]similar.Block, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT id, data FROM similar_block WHERE id >= $1 AND id < $2 ORDER BY id", s.block(from), s.block(min(from+n, len(s.Directory))))
	return collect(rows, err, func(r row) (b similar.Block, err error) {
		var at int64
		err = r.Scan(&at, &b.Data)
		b.First = s.Directory[at&(1<<segmentBits-1)]
		return b, err
	})
}

// BeginSegment notes a segment of a site (0: of tickets) that is being written and gives its id.
func (tx *Tx) BeginSegment(ctx context.Context, site int64) (n int64, err error) {
	if err := tx.q.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) + 1 FROM similar_segment").Scan(&n); err != nil {
		return 0, err
	}
	_, err = tx.q.ExecContext(ctx, "INSERT INTO similar_segment (id, site, version, state, tickets, directory, changed_at) VALUES ($1, $2, $3, 'building', 0, $4, $5)", n, site, similar.Version, []byte{}, ms(tx.Now))
	return n, err
}

// AddBlocks writes blocks of a segment that is being written; from is the number of the first.
func (tx *Tx) AddBlocks(ctx context.Context, segment int64, from int, blocks []similar.Block) error {
	s := SimilarSegment{ID: segment}
	rows := make([][]any, len(blocks))
	for i, b := range blocks {
		rows[i] = []any{s.block(from + i), b.Data}
	}
	if _, err := tx.q.ExecContext(ctx, "UPDATE similar_segment SET changed_at = $1 WHERE id = $2", ms(tx.Now), segment); err != nil {
		return err // else it would look left behind
	}
	return tx.insertMany(ctx, "similar_block (id, data)", "", rows)
}

// EndSegment puts a segment to use in place of others.
func (tx *Tx) EndSegment(ctx context.Context, s SimilarSegment, instead []int64) error {
	if _, err := tx.q.ExecContext(ctx, "UPDATE similar_segment SET state = 'live', tickets = $1, directory = $2, changed_at = $3 WHERE id = $4", s.Tickets, s.Directory.Encode(), ms(tx.Now), s.ID); err != nil {
		return err
	}
	for _, i := range instead {
		if _, err := tx.q.ExecContext(ctx, "UPDATE similar_segment SET state = 'dead', changed_at = $1 WHERE id = $2", ms(tx.Now), i); err != nil {
			return err
		}
	}
	return nil
}

// LeaveTail takes tickets out of the tail, now that a segment has them.
func (tx *Tx) LeaveTail(ctx context.Context, taken []SimilarItem) error {
	for part := range slices.Chunk(taken, 256) {
		list := make([]int64, len(part))
		for i := range part {
			list[i] = part[i].Number
		}
		list = padded(list)
		if _, err := tx.q.ExecContext(ctx, "UPDATE similar_ticket SET tail = FALSE WHERE tail AND ticket IN ("+holes(1, len(list))+")", anyOf(list)...); err != nil {
			return err
		}
	}
	return nil
}

// SweepSegments removes up to limit blocks of segments that are out of use since before, or were left half-written, and
// reports whether anything is left to remove.
func (tx *Tx) SweepSegments(ctx context.Context, before time.Time, limit int) (more bool, err error) {
	var segment int64
	err = tx.q.QueryRowContext(ctx, "SELECT id FROM similar_segment WHERE (state <> 'live' OR version <> $1) AND changed_at < $2 ORDER BY id LIMIT 1", similar.Version, ms(before)).Scan(&segment)
	if err == sql.ErrNoRows {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	res, err := tx.q.ExecContext(ctx, `DELETE FROM similar_block WHERE id IN (SELECT id FROM similar_block WHERE id >= $1 AND id < $2 ORDER BY id LIMIT $3 + 0)`,
		segment<<segmentBits, (segment+1)<<segmentBits, limit)
	if err != nil {
		return false, err
	}
	if n, err := res.RowsAffected(); err != nil || n == int64(limit) {
		return true, err
	}
	_, err = tx.q.ExecContext(ctx, "DELETE FROM similar_segment WHERE id = $1", segment)
	return true, err
}

// SimilarTickets is how many tickets the segments in use hold, about.
func (r Read) SimilarTickets(ctx context.Context) (n int64, err error) {
	return n, r.q.QueryRowContext(ctx, "SELECT coalesce(sum(tickets), 0) FROM similar_segment WHERE state = 'live' AND version = $1 AND site = 0", similar.Version).Scan(&n)
}

// ModelOf says whose words a model knows.
type ModelOf int

const (
	TicketModel ModelOf = 1
	MirrorModel ModelOf = 2
)

// SimilarModel gives when the model was last learned, from how many tickets or questions, and, when that is not known, the model.
func (r Read) SimilarModel(ctx context.Context, of ModelOf, known time.Time) (m *similar.Model, learned time.Time, docs int64, err error) {
	err = r.q.QueryRowContext(ctx, "SELECT learned_at, tickets FROM similar_model WHERE id = $1 AND version = $2", int64(of), similar.Version).Scan(at{&learned}, &docs)
	if err == sql.ErrNoRows {
		return nil, time.Time{}, 0, nil
	}
	if err != nil || learned.Equal(known) {
		return nil, learned, docs, err
	}
	var data []byte
	if err := r.q.QueryRowContext(ctx, "SELECT data, learned_at FROM similar_model WHERE id = $1", int64(of)).Scan(&data, at{&learned}); err != nil {
		return nil, learned, docs, err
	}
	m, err = similar.DecodeModel(data)
	return m, learned, docs, err
}

// SaveSimilarModel replaces a model.
func (tx *Tx) SaveSimilarModel(ctx context.Context, of ModelOf, m *similar.Model) error {
	_, err := tx.q.ExecContext(ctx, `INSERT INTO similar_model (id, version, tickets, learned_at, data) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET version = excluded.version, tickets = excluded.tickets, learned_at = excluded.learned_at, data = excluded.data`,
		int64(of), similar.Version, m.Docs, ms(tx.Now), m.Encode())
	return err
}

// SimilarCandidate is a ticket to compare with another.
type SimilarCandidate struct {
	SimilarItem
	Subject     string
	Status      ticket.Status
	Fire        urgency.Fire
	Application id.ID
	MergedInto  int64
	Answered    bool // it has a resolution
}

const candidateColumns = `s.ticket, s.data, t.subject, t.status, t.fire, t.application_id, t.merged_into, t.resolution <> ''`

func scanCandidate(r row) (c SimilarCandidate, err error) {
	var data sql.RawBytes
	if err := r.Scan(&c.Number, &data, &c.Subject, &c.Status, &c.Fire, refTo{&c.Application}, &c.MergedInto, &c.Answered); err != nil {
		return c, err
	}
	c.Features, err = similar.DecodeFeatures(data)
	return c, err
}

// SimilarCandidates gives these tickets with what is needed to compare them.
func (r Read) SimilarCandidates(ctx context.Context, numbers []int64) (out []SimilarCandidate, err error) {
	for part := range slices.Chunk(numbers, 512) {
		part = padded(part)
		rows, err := r.q.QueryContext(ctx, "SELECT "+candidateColumns+" FROM similar_ticket s JOIN ticket t ON t.number = s.ticket WHERE s.version = $1 AND s.ticket IN ("+holes(2, len(part))+")",
			append([]any{similar.Version}, anyOf(part)...)...)
		some, err := collect(rows, err, scanCandidate)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

// SimilarOwn gives the newest tickets of a requester, to compare.
func (r Read) SimilarOwn(ctx context.Context, requester id.ID, limit int) ([]SimilarCandidate, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT "+candidateColumns+` FROM ticket t JOIN similar_ticket s ON s.ticket = t.number AND s.version = $1
		WHERE t.requester_id = $2 ORDER BY t.number DESC LIMIT $3 + 0`, similar.Version, requester, limit)
	return collect(rows, err, scanCandidate)
}

// SimilarTailCount counts the tickets whose words are in no segment yet, up to limit.
func (r Read) SimilarTailCount(ctx context.Context, limit int) (n int64, err error) {
	return n, r.q.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT ticket FROM similar_ticket WHERE tail LIMIT $1 + 0) x", limit).Scan(&n)
}

// LastTicket is the highest number of any ticket.
func (r Read) LastTicket(ctx context.Context) (n int64, err error) {
	return n, r.q.QueryRowContext(ctx, "SELECT coalesce(max(number), 0) FROM ticket").Scan(&n)
}

// ForgetSimilar drops the whole index of tickets, so that it is made anew from the tickets.
func (tx *Tx) ForgetSimilar(ctx context.Context) error {
	for _, statement := range []string{"DELETE FROM similar_due", "DELETE FROM similar_ticket",
		`DELETE FROM similar_block WHERE NOT EXISTS (SELECT 1 FROM similar_segment s WHERE s.site <> 0 AND s.id = similar_block.id / 16777216)`,
		"DELETE FROM similar_segment WHERE site = 0", "DELETE FROM similar_model WHERE id = 1",
		"UPDATE similar_work SET checked = 0 WHERE id = 1"} {
		if _, err := tx.q.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
