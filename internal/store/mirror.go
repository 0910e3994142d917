package store

import (
	"bytes"
	"compress/flate"
	"context"
	"database/sql"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/mirror"
	"firebreak/internal/similar"
)

// The mirror: copies of question and answer sites. Everything here came from a published dump and can be imported again, so
// an export leaves it out.

// mirrorBits is where the number of the site begins in a key.
const mirrorBits = 40

// MirrorKey is the key of a site's post.
func MirrorKey(site, post int64) int64 { return site<<mirrorBits | post }

// MirrorSite is a mirrored site.
type MirrorSite struct {
	ID        int64
	Name      string
	Ready     bool   // an import went through to its end
	MinScore  *int64 // the filters of the last import
	Tags      []string
	Questions int64
	Answers   int64
	Newest    time.Time // when the newest post was written
	Imported  time.Time // when the last import ended
}

const mirrorSiteColumns = "id, name, state, min_score, tags, questions, answers, newest_at, imported_at"

func scanMirrorSite(r row) (s MirrorSite, err error) {
	var state, tags string
	var least sql.NullInt64
	err = r.Scan(&s.ID, &s.Name, &state, &least, &tags, &s.Questions, &s.Answers, at{&s.Newest}, at{&s.Imported})
	if s.Ready, s.Tags = state == "ready", strings.Fields(tags); least.Valid {
		s.MinScore = &least.Int64
	}
	return s, err
}

// MirrorSites gives the mirrored sites by name.
func (r Read) MirrorSites(ctx context.Context) ([]MirrorSite, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT "+mirrorSiteColumns+" FROM mirror_site WHERE state <> 'removing' ORDER BY name")
	return collect(rows, err, scanMirrorSite)
}

// MirrorSite gives a mirrored site by name.
func (r Read) MirrorSite(ctx context.Context, name string) (MirrorSite, error) {
	s, err := scanMirrorSite(r.q.QueryRowContext(ctx, "SELECT "+mirrorSiteColumns+" FROM mirror_site WHERE name = $1 AND state <> 'removing'", name))
	return s, one(err, "copy of "+name)
}

// BeginMirror puts a site to the work of one import until then, and makes it when it is new. It is not ok while another
// import works on it.
func (tx *Tx) BeginMirror(ctx context.Context, name string, minScore *int64, tags []string, run id.ID, until time.Time) (site int64, ok bool, err error) {
	var other, lapses int64
	err = tx.q.QueryRowContext(ctx, "SELECT id, run, until FROM mirror_site WHERE name = $1 AND state <> 'removing'"+tx.d.forUpdate(), name).Scan(&site, &other, &lapses)
	least := sql.NullInt64{}
	if minScore != nil {
		least = sql.NullInt64{Int64: *minScore, Valid: true}
	}
	switch {
	case err == sql.ErrNoRows:
		if err := tx.q.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) + 1 FROM mirror_site").Scan(&site); err != nil {
			return 0, false, err
		}
		_, err = tx.q.ExecContext(ctx, `INSERT INTO mirror_site (id, name, state, min_score, tags, questions, answers, newest_at, imported_at, run, until)
			VALUES ($1, $2, 'importing', $3, $4, 0, 0, 0, 0, $5, $6)`, site, name, least, strings.Join(tags, " "), int64(run), ms(until))
		return site, err == nil, err
	case err != nil:
		return 0, false, err
	case other != int64(run) && lapses > ms(tx.Now):
		return site, false, nil
	}
	_, err = tx.q.ExecContext(ctx, "UPDATE mirror_site SET state = 'importing', min_score = $1, tags = $2, run = $3, until = $4 WHERE id = $5", least, strings.Join(tags, " "), int64(run), ms(until), site)
	return site, err == nil, err
}

// KeepMirror renews an import's hold on a site; false when the site was removed, or another import took it.
func (tx *Tx) KeepMirror(ctx context.Context, site int64, run id.ID, until time.Time) (bool, error) {
	res, err := tx.q.ExecContext(ctx, "UPDATE mirror_site SET until = $1 WHERE id = $2 AND run = $3 AND state = 'importing'", ms(until), site, int64(run))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// EndMirror counts a site and gives it back; done tells that its import went through to the end.
func (tx *Tx) EndMirror(ctx context.Context, site int64, run id.ID, done bool) error {
	from, to := MirrorKey(site, 0), MirrorKey(site+1, 0)
	_, err := tx.q.ExecContext(ctx, `UPDATE mirror_site SET until = 0, run = 0, state = CASE WHEN $1 THEN 'ready' ELSE state END, imported_at = CASE WHEN $1 THEN $2 ELSE imported_at END,
		questions = (SELECT count(*) FROM mirror_question WHERE id >= $3 AND id < $4), answers = (SELECT count(*) FROM mirror_answer WHERE id >= $3 AND id < $4),
		newest_at = (SELECT coalesce(max(created_at), 0) FROM mirror_question WHERE id >= $3 AND id < $4)
		WHERE id = $5 AND run = $6 AND state <> 'removing'`, done, ms(tx.Now), from, to, site, int64(run))
	return err
}

// MirrorRow is a post ready to be written.
type MirrorRow struct {
	mirror.Post
	print int64
	body  []byte
}

// NewMirrorRow makes a row of a post: it takes most of the time and needs no transaction.
func NewMirrorRow(p mirror.Post) MirrorRow {
	r := MirrorRow{Post: p, print: p.Fingerprint(), body: deflate(p.Text)}
	r.Text = ""
	return r
}

// MirrorCount is what a batch did.
type MirrorCount struct{ New, Updated, Unchanged int64 }

// KnownMirror tells of posts of a site which are there, and which of them say the same. Rows of site 0 are all new.
func (r Read) KnownMirror(ctx context.Context, site int64, rows []MirrorRow) (there, same map[int64]bool, err error) {
	there, same = map[int64]bool{}, map[int64]bool{}
	if site == 0 {
		return there, same, nil
	}
	prints := make(map[int64]int64, len(rows))
	keys := map[mirror.Kind][]int64{}
	for _, p := range rows {
		prints[MirrorKey(site, p.ID)] = p.print
		keys[p.Kind] = append(keys[p.Kind], MirrorKey(site, p.ID))
	}
	for kind, list := range keys {
		table := map[mirror.Kind]string{mirror.Question: "mirror_question", mirror.Answer: "mirror_answer"}[kind]
		for part := range slices.Chunk(list, 512) {
			cond, args := r.d.among("id", 1, padded(part))
			found, err := r.q.QueryContext(ctx, "SELECT id, print FROM "+table+" WHERE "+cond, args...)
			_, err = collect(found, err, func(r row) (struct{}, error) {
				var key, print int64
				err := r.Scan(&key, &print)
				post := key & (1<<mirrorBits - 1)
				there[post] = true
				same[post] = print == prints[key]
				return struct{}{}, err
			})
			if err != nil {
				return nil, nil, err
			}
		}
	}
	return there, same, nil
}

// MirrorQuestions tells which questions of a site are there, and adds the answers that they accepted.
func (r Read) MirrorQuestions(ctx context.Context, site int64, questions []int64, accepted map[int64]bool) (map[int64]bool, error) {
	out := map[int64]bool{}
	for part := range slices.Chunk(questions, 512) {
		keys := make([]int64, len(part))
		for i, q := range part {
			keys[i] = MirrorKey(site, q)
		}
		cond, args := r.d.among("id", 1, padded(keys))
		rows, err := r.q.QueryContext(ctx, "SELECT id, accepted FROM mirror_question WHERE "+cond, args...)
		_, err = collect(rows, err, func(r row) (struct{}, error) {
			var key, answer int64
			err := r.Scan(&key, &answer)
			out[key&(1<<mirrorBits-1)], accepted[answer] = true, true
			return struct{}{}, err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// SaveMirror writes posts of a site, each id once, and notes the questions whose words changed.
func (tx *Tx) SaveMirror(ctx context.Context, site int64, posts []MirrorRow) (n MirrorCount, err error) {
	there, same, err := tx.KnownMirror(ctx, site, posts)
	if err != nil {
		return n, err
	}
	var questions, answers, due [][]any
	noted := map[int64]bool{}
	for _, p := range posts {
		switch {
		case same[p.ID]:
			n.Unchanged++
			continue
		case there[p.ID]:
			n.Updated++
		default:
			n.New++
		}
		q := p.Question
		if p.Kind == mirror.Question {
			q = p.ID
			questions = append(questions, []any{MirrorKey(site, p.ID), p.print, int64(p.Score), p.Accepted, ms(p.Created), p.Licence, strings.Join(p.Tags, " "), p.Title, p.body})
		} else {
			answers = append(answers, []any{MirrorKey(site, p.ID), p.print, MirrorKey(site, q), int64(p.Score), ms(p.Created), p.Licence, p.body})
		}
		if !noted[q] {
			noted[q] = true
			due = append(due, []any{MirrorKey(site, q)})
		}
	}
	if err := tx.insertMany(ctx, "mirror_question (id, print, score, accepted, created_at, licence, tags, title, body)", ` ON CONFLICT (id) DO UPDATE SET print = excluded.print,
		score = excluded.score, accepted = excluded.accepted, created_at = excluded.created_at, licence = excluded.licence, tags = excluded.tags, title = excluded.title, body = excluded.body`, questions); err != nil {
		return n, fmt.Errorf("keep %d questions: %w", len(questions), err)
	}
	if err := tx.insertMany(ctx, "mirror_answer (id, print, question, score, created_at, licence, body)", ` ON CONFLICT (id) DO UPDATE SET print = excluded.print,
		question = excluded.question, score = excluded.score, created_at = excluded.created_at, licence = excluded.licence, body = excluded.body`, answers); err != nil {
		return n, fmt.Errorf("keep %d answers: %w", len(answers), err)
	}
	return n, tx.insertMany(ctx, "mirror_due (question)", " ON CONFLICT (question) DO NOTHING", due)
}

// DropMirrorOrphans removes answers whose question is not there, from a key on, and gives where to go on; 0 at the end.
func (tx *Tx) DropMirrorOrphans(ctx context.Context, site, from int64, limit int) (next, dropped int64, err error) {
	rows, err := tx.q.QueryContext(ctx, `SELECT a.id, a.question FROM mirror_answer a LEFT JOIN mirror_question q ON q.id = a.question
		WHERE a.id > $1 AND a.id < $2 AND q.id IS NULL ORDER BY a.id LIMIT $3 + 0`, max(from, MirrorKey(site, 0)), MirrorKey(site+1, 0), limit)
	found, err := collect(rows, err, func(r row) (x [2]int64, err error) { return x, r.Scan(&x[0], &x[1]) })
	if err != nil {
		return 0, 0, err
	}
	for _, x := range found {
		if _, err := tx.q.ExecContext(ctx, "DELETE FROM mirror_answer WHERE id = $1", x[0]); err != nil {
			return 0, 0, err
		}
		if _, err := tx.q.ExecContext(ctx, "DELETE FROM mirror_due WHERE question = $1", x[1]); err != nil {
			return 0, 0, err
		}
		next = x[0]
	}
	if len(found) < limit {
		next = 0
	}
	return next, int64(len(found)), nil
}

// HideMirror takes a site out of use; its rows go with SweepMirror.
func (tx *Tx) HideMirror(ctx context.Context, site MirrorSite) error {
	if _, err := tx.q.ExecContext(ctx, "UPDATE mirror_site SET state = 'removing', name = $1, run = 0, until = 0 WHERE id = $2", fmt.Sprintf("%s#%d", site.Name, site.ID), site.ID); err != nil {
		return err
	}
	_, err := tx.q.ExecContext(ctx, "UPDATE similar_segment SET state = 'dead', changed_at = $1 WHERE site = $2", ms(tx.Now), site.ID)
	return err
}

// MirrorRemoving reports whether rows of a site that was taken out of use are left.
func (r Read) MirrorRemoving(ctx context.Context) (bool, error) {
	return r.exists(ctx, "SELECT 1 FROM mirror_site WHERE state = 'removing'")
}

// SweepMirror removes up to limit rows of each kind of sites that were taken out of use, and reports whether more are left.
func (tx *Tx) SweepMirror(ctx context.Context, limit int) (more bool, err error) {
	var site int64
	err = tx.q.QueryRowContext(ctx, "SELECT id FROM mirror_site WHERE state = 'removing' ORDER BY id LIMIT 1").Scan(&site)
	if err == sql.ErrNoRows {
		return false, nil
	} else if err != nil {
		return false, err
	}
	for table, key := range map[string]string{"mirror_answer": "id", "mirror_question": "id", "mirror_due": "question", "mirror_feature": "question"} {
		res, err := tx.q.ExecContext(ctx, fmt.Sprintf("DELETE FROM %s WHERE %s IN (SELECT %s FROM %s WHERE %s >= $1 AND %s < $2 ORDER BY %s LIMIT $3 + 0)", table, key, key, table, key, key, key),
			MirrorKey(site, 0), MirrorKey(site+1, 0), limit)
		if err != nil {
			return false, err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return false, err
		}
		more = more || n == int64(limit)
	}
	if !more {
		_, err = tx.q.ExecContext(ctx, "DELETE FROM mirror_site WHERE id = $1", site)
	}
	return true, err
}

// MirrorAnswer is an answer as it is shown.
type MirrorAnswer struct {
	ID      int64
	Score   int
	Created time.Time
	Licence string
	Text    string
}

// MirrorQuestion is a question as it is shown. Answers are the accepted one, then by score.
type MirrorQuestion struct {
	Key       int64
	Site, ID  int64
	Score     int
	Accepted  int64
	Created   time.Time
	Licence   string
	Tags      []string
	Title     string
	Text      string
	Answers   []MirrorAnswer
	Available int // answers there are, of which Answers may be the first
}

// MirrorPosts gives questions with up to most answers each, in the order of the keys. A question that is not there is left out.
func (r Read) MirrorPosts(ctx context.Context, keys []int64, most int) ([]MirrorQuestion, error) {
	var out []MirrorQuestion
	for _, part := range slices.Collect(slices.Chunk(keys, 256)) {
		cond, args := r.d.among("id", 1, padded(part))
		rows, err := r.q.QueryContext(ctx, "SELECT id, score, accepted, created_at, licence, tags, title, body FROM mirror_question WHERE "+cond, args...)
		found, err := collect(rows, err, func(r row) (q MirrorQuestion, err error) {
			var tags string
			err = r.Scan(&q.Key, &q.Score, &q.Accepted, at{&q.Created}, &q.Licence, &tags, &q.Title, inflated{&q.Text})
			q.Site, q.ID, q.Tags = q.Key>>mirrorBits, q.Key&(1<<mirrorBits-1), strings.Fields(tags)
			return q, err
		})
		if err != nil {
			return nil, err
		}
		at := make(map[int64]int, len(found))
		for i := range found {
			at[found[i].Key] = i
		}
		if err := r.mirrorAnswers(ctx, part, most, func(question int64, a MirrorAnswer, available int) {
			if i, ok := at[question]; ok {
				found[i].Answers, found[i].Available = append(found[i].Answers, a), available
			}
		}); err != nil {
			return nil, err
		}
		for _, k := range part {
			if i, ok := at[k]; ok {
				out = append(out, found[i])
				delete(at, k)
			}
		}
	}
	return out, nil
}

// mirrorAnswers gives the first answers of each question: the accepted one, then by score.
func (r Read) mirrorAnswers(ctx context.Context, questions []int64, most int, use func(question int64, a MirrorAnswer, available int)) error {
	if most == 0 {
		return nil
	}
	type ranked struct {
		key, question int64
		score         int
		accepted      bool
	}
	cond, args := r.d.among("a.question", 1, padded(questions))
	rows, err := r.q.QueryContext(ctx, "SELECT a.id, a.question, a.score, q.accepted FROM mirror_answer a JOIN mirror_question q ON q.id = a.question WHERE "+cond, args...)
	all, err := collect(rows, err, func(r row) (x ranked, err error) {
		var accepted int64
		err = r.Scan(&x.key, &x.question, &x.score, &accepted)
		x.accepted = x.key&(1<<mirrorBits-1) == accepted
		return x, err
	})
	if err != nil || len(all) == 0 {
		return err
	}
	slices.SortFunc(all, func(a, b ranked) int {
		switch {
		case a.accepted != b.accepted:
			return 1 - 2*boolInt(a.accepted)
		case a.score != b.score:
			return b.score - a.score
		}
		return int(a.key - b.key)
	})
	available, taken := map[int64]int{}, all[:0:0]
	for _, x := range all {
		if available[x.question]++; available[x.question] <= most {
			taken = append(taken, x)
		}
	}
	texts := make(map[int64]MirrorAnswer, len(taken))
	for part := range slices.Chunk(taken, 256) {
		keys := make([]int64, len(part))
		for i, x := range part {
			keys[i] = x.key
		}
		cond, args := r.d.among("id", 1, padded(keys))
		rows, err := r.q.QueryContext(ctx, "SELECT id, score, created_at, licence, body FROM mirror_answer WHERE "+cond, args...)
		_, err = collect(rows, err, func(r row) (struct{}, error) {
			var a MirrorAnswer
			var key int64
			err := r.Scan(&key, &a.Score, at{&a.Created}, &a.Licence, inflated{&a.Text})
			a.ID = key & (1<<mirrorBits - 1)
			texts[key] = a
			return struct{}{}, err
		})
		if err != nil {
			return err
		}
	}
	for _, x := range taken {
		use(x.question, texts[x.key], available[x.question])
	}
	return nil
}

var deflaters = sync.Pool{New: func() any { w, _ := flate.NewWriter(nil, 3); return w }}

// deflate packs a text: it is half to a third as long.
func deflate(s string) []byte {
	var b bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&b)
	io.WriteString(w, s)
	w.Close()
	return b.Bytes()
}

// inflated scans a packed text.
type inflated struct{ s *string }

func (i inflated) Scan(v any) error {
	b, ok := v.([]byte)
	if !ok {
		return fmt.Errorf("scan %T as packed text", v)
	}
	r := flate.NewReader(bytes.NewReader(b))
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, 2*mirror.MaxText))
	*i.s = string(text)
	return err
}

// MirrorDue gives up to limit questions of a site whose words are to be taken apart.
func (r Read) MirrorDue(ctx context.Context, site int64, limit int) ([]int64, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT question FROM mirror_due WHERE question >= $1 AND question < $2 ORDER BY question LIMIT $3 + 0", MirrorKey(site, 0), MirrorKey(site+1, 0), limit)
	return collect(rows, err, scanInt)
}

// RenewMirrorDue notes all questions of a site when what was kept of them is of another version.
func (tx *Tx) RenewMirrorDue(ctx context.Context, site int64) error {
	var version int64
	from, to := MirrorKey(site, 0), MirrorKey(site+1, 0)
	err := tx.q.QueryRowContext(ctx, "SELECT version FROM mirror_feature WHERE question >= $1 AND question < $2 ORDER BY question LIMIT 1", from, to).Scan(&version)
	if err == sql.ErrNoRows || err == nil && version == similar.Version {
		return nil
	} else if err != nil {
		return err
	}
	_, err = tx.q.ExecContext(ctx, "INSERT INTO mirror_due (question) SELECT id FROM mirror_question WHERE id >= $1 AND id < $2 ON CONFLICT (question) DO NOTHING", from, to)
	return err
}

// SaveMirrorFeatures keeps what questions were taken apart into; they stay due.
func (tx *Tx) SaveMirrorFeatures(ctx context.Context, items []SimilarItem) error {
	rows := make([][]any, len(items))
	for i := range items {
		rows[i] = []any{items[i].Number, similar.Version, items[i].Features.Encode()}
	}
	return tx.insertMany(ctx, "mirror_feature (question, version, data)", " ON CONFLICT (question) DO UPDATE SET version = excluded.version, data = excluded.data", rows)
}

// DoneMirror takes questions off what is due, now that a segment has them.
func (tx *Tx) DoneMirror(ctx context.Context, keys []int64) error {
	for part := range slices.Chunk(keys, 256) {
		cond, args := tx.d.among("question", 1, padded(part))
		if _, err := tx.q.ExecContext(ctx, "DELETE FROM mirror_due WHERE "+cond, args...); err != nil {
			return err
		}
	}
	return nil
}

// MirrorSegments gives the segments in use of mirrored questions, without directories, the oldest first.
func (r Read) MirrorSegments(ctx context.Context) ([]SimilarSegment, error) {
	return r.segments(ctx, "site > 0")
}

// MirrorCandidate is a question to compare with a text.
type MirrorCandidate struct {
	SimilarItem
	Title    string
	Score    int
	Accepted bool
}

// MirrorCandidates gives these questions with what is needed to compare them.
func (r Read) MirrorCandidates(ctx context.Context, keys []int64) (out []MirrorCandidate, err error) {
	for part := range slices.Chunk(keys, 512) {
		cond, args := r.d.among("f.question", 2, padded(part))
		rows, err := r.q.QueryContext(ctx, "SELECT f.question, f.data, q.title, q.score, q.accepted <> 0 FROM mirror_feature f JOIN mirror_question q ON q.id = f.question WHERE f.version = $1 AND "+cond,
			append([]any{similar.Version}, args...)...)
		some, err := collect(rows, err, func(r row) (c MirrorCandidate, err error) {
			var data sql.RawBytes
			if err := r.Scan(&c.Number, &data, &c.Title, &c.Score, &c.Accepted); err != nil {
				return c, err
			}
			c.Features, err = similar.DecodeFeatures(data)
			return c, err
		})
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

// MirrorFeatures gives up to limit questions of a site as the index knows them, from a key on.
func (r Read) MirrorFeatures(ctx context.Context, site, from int64, limit int) ([]SimilarItem, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT question, data FROM mirror_feature WHERE question >= $1 AND question < $2 AND version = $3 ORDER BY question LIMIT $4 + 0",
		max(from, MirrorKey(site, 0)), MirrorKey(site+1, 0), similar.Version, limit)
	return collect(rows, err, scanSimilar)
}

// LastMirrored is the highest key of a site's questions; 0 when it has none.
func (r Read) LastMirrored(ctx context.Context, site int64) (n int64, err error) {
	return n, r.q.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM mirror_question WHERE id >= $1 AND id < $2", MirrorKey(site, 0), MirrorKey(site+1, 0)).Scan(&n)
}
