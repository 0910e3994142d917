package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/resolution"
	"firebreak/internal/search"
)

const resolutionSelect = `SELECT x.id, x.title, x.symptom, x.cause, x.fix, x.proof, x.environment, x.product_version, x.answer, x.state, coalesce(x.ticket, 0), x.author_id, a.name, x.version,
	x.created_at, x.updated_at, x.verified_at, v.name, x.retired_at, x.helped, x.wrong, x.used_at
	FROM resolution x LEFT JOIN person a ON a.id = x.author_id LEFT JOIN person v ON v.id = x.verifier_id`

func scanResolution(r row) (x resolution.Resolution, err error) {
	err = r.Scan(&x.ID, &x.Title, &x.Symptom, &x.Cause, &x.Fix, &x.Check, &x.Environment, &x.Fields.Version, &x.Answer, &x.State, &x.Ticket, refTo{&x.AuthorID}, text{&x.Author}, &x.Version,
		at{&x.CreatedAt}, at{&x.UpdatedAt}, at{&x.VerifiedAt}, text{&x.VerifiedBy}, at{&x.RetiredAt}, &x.Helped, &x.Wrong, at{&x.UsedAt})
	x.Suspect = x.Wrong > 0
	return x, err
}

// Resolution gives one resolution with what it applies to.
func (r Read) Resolution(ctx context.Context, i id.ID) (resolution.Resolution, error) {
	x, err := scanResolution(r.q.QueryRowContext(ctx, resolutionSelect+" WHERE x.id = $1", i))
	if err != nil {
		return x, one(err, "resolution")
	}
	out := []resolution.Resolution{x}
	err = r.applies(ctx, out)
	return out[0], err
}

// ResolutionForChange is Resolution, and keeps other transactions from changing it until this one ends.
func (tx *Tx) ResolutionForChange(ctx context.Context, i id.ID) (resolution.Resolution, error) {
	if lock := tx.d.forUpdate(); lock != "" {
		if _, err := tx.q.ExecContext(ctx, "SELECT 1 FROM resolution WHERE id = $1"+lock, i); err != nil {
			return resolution.Resolution{}, err
		}
	}
	return tx.Resolution(ctx, i)
}

// applies fills in applications and signatures.
func (r Read) applies(ctx context.Context, xs []resolution.Resolution) error {
	if len(xs) == 0 {
		return nil
	}
	at := map[id.ID]*resolution.Resolution{}
	ids := make([]id.ID, len(xs))
	for i := range xs {
		at[xs[i].ID], ids[i] = &xs[i], xs[i].ID
	}
	rows, err := r.q.QueryContext(ctx, "SELECT ra.resolution_id, ap.id, ap.name FROM resolution_application ra JOIN application ap ON ap.id = ra.application_id WHERE ra.resolution_id IN ("+holes(1, len(ids))+") ORDER BY lower(ap.name)", anyOf(ids)...)
	_, err = collect(rows, err, func(r row) (_ struct{}, err error) {
		var of id.ID
		var a resolution.Application
		if err = r.Scan(&of, &a.ID, &a.Name); err == nil {
			at[of].Applications = append(at[of].Applications, a)
		}
		return struct{}{}, err
	})
	if err != nil {
		return err
	}
	rows, err = r.q.QueryContext(ctx, "SELECT resolution_id, signature, template FROM resolution_signature WHERE resolution_id IN ("+holes(1, len(ids))+") ORDER BY signature", anyOf(ids)...)
	_, err = collect(rows, err, func(r row) (_ struct{}, err error) {
		var of id.ID
		var s resolution.Signature
		if err = r.Scan(&of, &s.ID, &s.Template); err == nil {
			at[of].Signatures = append(at[of].Signatures, s)
		}
		return struct{}{}, err
	})
	return err
}

// PutResolution writes a resolution and what it applies to; an empty ID is made. What it said before is kept as a version
// when its words or state changed; old is nil for a new one.
func (tx *Tx) PutResolution(ctx context.Context, old, x *resolution.Resolution, who id.ID) error {
	x.UpdatedAt = tx.Now
	var ticket any
	if x.Ticket != 0 {
		ticket = x.Ticket
	}
	if old == nil {
		x.ID, x.Version, x.CreatedAt, x.AuthorID = tx.NewID(), 1, tx.Now, who
		if _, err := tx.q.ExecContext(ctx, `INSERT INTO resolution (id, title, symptom, cause, fix, proof, environment, product_version, answer, state, ticket, author_id, version, created_at, updated_at, verified_at, retired_at)
			VALUES (`+holes(1, 17)+")", x.ID, x.Title, x.Symptom, x.Cause, x.Fix, x.Check, x.Environment, x.Fields.Version, x.Answer, string(x.State), ticket, ref(who), x.Version, ms(x.CreatedAt), ms(x.UpdatedAt), ms(x.VerifiedAt), ms(x.RetiredAt)); err != nil {
			return err
		}
	} else {
		if old.Fields != x.Fields || old.State != x.State {
			if _, err := tx.q.ExecContext(ctx, "INSERT INTO resolution_version (resolution_id, version, fields, state, person_id, at) VALUES ("+holes(1, 6)+")",
				x.ID, old.Version, jsonText(old.Fields), string(old.State), ref(who), ms(tx.Now)); err != nil {
				return err
			}
			x.Version = old.Version + 1
		}
		var verifier any
		if !x.VerifiedAt.IsZero() && !x.VerifiedAt.Equal(old.VerifiedAt) {
			verifier = ref(who)
		}
		if _, err := tx.q.ExecContext(ctx, `UPDATE resolution SET title = $2, symptom = $3, cause = $4, fix = $5, proof = $6, environment = $7, product_version = $8, answer = $9, state = $10, version = $11, updated_at = $12,
			verified_at = $13, retired_at = $14, wrong = $15, verifier_id = coalesce($16, verifier_id) WHERE id = $1`,
			x.ID, x.Title, x.Symptom, x.Cause, x.Fix, x.Check, x.Environment, x.Fields.Version, x.Answer, string(x.State), x.Version, ms(x.UpdatedAt), ms(x.VerifiedAt), ms(x.RetiredAt), x.Wrong, verifier); err != nil {
			return err
		}
		for _, q := range []string{"DELETE FROM resolution_application WHERE resolution_id = $1", "DELETE FROM resolution_signature WHERE resolution_id = $1"} {
			if _, err := tx.q.ExecContext(ctx, q, x.ID); err != nil {
				return err
			}
		}
	}
	var apps, signatures [][]any
	var touched []string
	for _, a := range x.Applications {
		apps = append(apps, []any{x.ID, a.ID})
	}
	for _, s := range x.Signatures {
		signatures = append(signatures, []any{x.ID, s.ID, s.Template})
		touched = append(touched, s.ID)
	}
	if err := tx.insertMany(ctx, "resolution_application (resolution_id, application_id)", " ON CONFLICT DO NOTHING", apps); err != nil {
		return err
	}
	if err := tx.insertMany(ctx, "resolution_signature (resolution_id, signature, template)", " ON CONFLICT DO NOTHING", signatures); err != nil {
		return err
	}
	if old != nil {
		for _, s := range old.Signatures {
			touched = append(touched, s.ID)
		}
	}
	if err := tx.TouchGroupsOf(ctx, touched); err != nil {
		return err
	}
	return tx.indexResolution(ctx, x)
}

// maxWords is how many different words of a resolution are findable.
const maxWords = 2000

// indexResolution makes the words of a resolution findable; a retired one is found no more.
func (tx *Tx) indexResolution(ctx context.Context, x *resolution.Resolution) error {
	if _, err := tx.q.ExecContext(ctx, "DELETE FROM resolution_term WHERE resolution_id = $1", x.ID); err != nil || x.State == resolution.Retired {
		return err
	}
	weights := map[string]int{}
	add := func(s string, weight int) {
		d := search.Index(s)
		for _, terms := range [][]string{d.Main, d.Parts} {
			for _, t := range terms {
				if weights[t] > 0 || len(t) >= 2 && len(weights) < maxWords {
					weights[t] = max(weights[t], weight)
				}
			}
		}
	}
	add(x.Title, 4)
	add(x.Symptom+"\n"+x.Answer, 3)
	add(x.Cause, 2)
	add(x.Fix+"\n"+x.Check+"\n"+x.Environment+"\n"+x.Fields.Version, 1)
	for _, s := range x.Signatures {
		add(s.Template, 2)
	}
	rows := make([][]any, 0, len(weights))
	for _, t := range slices.Sorted(maps.Keys(weights)) {
		rows = append(rows, []any{t, x.ID, weights[t]})
	}
	return tx.insertMany(ctx, "resolution_term (term, resolution_id, weight)", "", rows)
}

// indexResolutions makes all resolutions findable, after a desk was loaded.
func (tx *Tx) indexResolutions(ctx context.Context) error {
	for last := id.ID(0); ; {
		rows, err := tx.q.QueryContext(ctx, "SELECT id FROM resolution WHERE id > $1 ORDER BY id LIMIT 200", last)
		ids, err := collect(rows, err, func(r row) (i id.ID, err error) { return i, r.Scan(&i) })
		if err != nil || len(ids) == 0 {
			return err
		}
		xs, err := tx.ResolutionsByID(ctx, ids)
		if err != nil {
			return err
		}
		for i := range xs {
			if err := tx.indexResolution(ctx, &xs[i]); err != nil {
				return err
			}
		}
		last = ids[len(ids)-1]
	}
}

// WordHit is a resolution that has words of a text.
type WordHit struct {
	ID    id.ID
	Words map[string]int // and their weight in it
}

// perWord is how many of the newest resolutions with a word are looked at; a word that more have tells little.
const perWord = 300

// ResolutionsByWords gives resolutions that have any of the words, and how many resolutions have each word, up to perWord.
func (r Read) ResolutionsByWords(ctx context.Context, words []string) (hits []WordHit, common map[string]int, err error) {
	common = map[string]int{}
	at := map[id.ID]int{}
	for _, w := range words {
		rows, err := r.q.QueryContext(ctx, "SELECT resolution_id, weight FROM resolution_term WHERE term = $1 ORDER BY resolution_id DESC LIMIT $2 + 0", w, perWord)
		found, err := collect(rows, err, func(r row) (p [2]int64, err error) { return p, r.Scan(&p[0], &p[1]) })
		if err != nil {
			return nil, nil, err
		}
		common[w] = len(found)
		for _, f := range found {
			i, there := at[id.ID(f[0])]
			if !there {
				i = len(hits)
				at[id.ID(f[0])] = i
				hits = append(hits, WordHit{id.ID(f[0]), map[string]int{}})
			}
			hits[i].Words[w] = int(f[1])
		}
	}
	return hits, common, nil
}

// ResolutionsBySignature gives resolutions, not retired, of any of the errors, the most helpful first.
func (r Read) ResolutionsBySignature(ctx context.Context, signatures []string, limit int) ([]id.ID, error) {
	if len(signatures) == 0 {
		return nil, nil
	}
	args := make([]any, 0, len(signatures)+1)
	for _, s := range signatures {
		args = append(args, s)
	}
	args = append(args, limit)
	rows, err := r.q.QueryContext(ctx, "SELECT DISTINCT x.id, x.helped FROM resolution_signature s JOIN resolution x ON x.id = s.resolution_id WHERE x.state <> 'retired' AND s.signature IN ("+holes(1, len(signatures))+") ORDER BY x.helped DESC, x.id DESC LIMIT "+fmt.Sprintf("$%d + 0", len(args)), args...)
	return collect(rows, err, func(r row) (i id.ID, err error) {
		var helped int
		return i, r.Scan(&i, &helped)
	})
}

// ResolutionsByID gives these resolutions with what they apply to, in any order.
func (r Read) ResolutionsByID(ctx context.Context, ids []id.ID) (out []resolution.Resolution, err error) {
	for part := range slices.Chunk(ids, 200) {
		rows, err := r.q.QueryContext(ctx, resolutionSelect+" WHERE x.id IN ("+holes(1, len(part))+")", anyOf(part)...)
		xs, err := collect(rows, err, scanResolution)
		if err != nil {
			return nil, err
		}
		if err := r.applies(ctx, xs); err != nil {
			return nil, err
		}
		out = append(out, xs...)
	}
	return out, nil
}

// ResolutionFilter selects resolutions. Zero fields do not filter.
type ResolutionFilter struct {
	State       resolution.State
	Application id.ID
	Signature   string
	Wrong       bool // only those that somebody marked as wrong
	Public      bool // only those with an answer for requesters, not retired
	After       *ResolutionKey
	Limit       int
}

// ResolutionKey is where a page of resolutions ends.
type ResolutionKey struct {
	At int64 `json:"a"`
	ID id.ID `json:"i"`
}

// Resolutions gives a page of resolutions, the latest change first, and the key to go on with, nil at the end.
func (r Read) Resolutions(ctx context.Context, f ResolutionFilter) ([]resolution.Resolution, *ResolutionKey, error) {
	conds, args := []string{"1 = 1"}, []any{}
	arg := func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) }
	if f.State != "" {
		conds = append(conds, "x.state = "+arg(string(f.State)))
	}
	if f.Application != 0 {
		conds = append(conds, "EXISTS (SELECT 1 FROM resolution_application ra WHERE ra.resolution_id = x.id AND ra.application_id = "+arg(f.Application)+")")
	}
	if f.Signature != "" {
		conds = append(conds, "x.id IN (SELECT resolution_id FROM resolution_signature WHERE signature = "+arg(f.Signature)+")")
	}
	if f.Wrong {
		conds = append(conds, "x.wrong > 0")
	}
	if f.Public {
		conds = append(conds, "x.answer <> '' AND x.state <> 'retired'")
	}
	if f.After != nil {
		conds = append(conds, "(x.updated_at, x.id) < ("+arg(f.After.At)+", "+arg(f.After.ID)+")")
	}
	rows, err := r.q.QueryContext(ctx, resolutionSelect+" WHERE "+strings.Join(conds, " AND ")+" ORDER BY x.updated_at DESC, x.id DESC LIMIT "+arg(f.Limit+1)+" + 0", args...)
	out, err := collect(rows, err, scanResolution)
	if err != nil {
		return nil, nil, err
	}
	var next *ResolutionKey
	if len(out) > f.Limit {
		out = out[:f.Limit]
		next = &ResolutionKey{ms(out[f.Limit-1].UpdatedAt), out[f.Limit-1].ID}
	}
	return out, next, r.applies(ctx, out)
}

// ResolutionVersions gives what a resolution said before, the latest first.
func (r Read) ResolutionVersions(ctx context.Context, i id.ID, limit int) ([]resolution.Version, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT v.version, v.fields, v.state, p.name, v.at FROM resolution_version v LEFT JOIN person p ON p.id = v.person_id WHERE v.resolution_id = $1 ORDER BY v.version DESC LIMIT $2 + 0", i, limit)
	return collect(rows, err, func(r row) (v resolution.Version, err error) {
		return v, r.Scan(&v.Version, fromJSON{&v.Fields}, &v.State, text{&v.Who}, at{&v.At})
	})
}

const useSelect = "SELECT u.id, u.resolution_id, u.ticket, t.subject, u.mark, p.name, u.note, u.at FROM resolution_use u JOIN ticket t ON t.number = u.ticket LEFT JOIN person p ON p.id = u.person_id"

func scanUse(r row) (u resolution.Use, err error) {
	return u, r.Scan(&u.ID, &u.Resolution, &u.Ticket, &u.Subject, &u.Mark, text{&u.Who}, &u.Note, at{&u.At})
}

// UsesOf gives the tickets a resolution was marked on, the latest first.
func (r Read) UsesOf(ctx context.Context, i id.ID, limit int) ([]resolution.Use, error) {
	rows, err := r.q.QueryContext(ctx, useSelect+" WHERE u.resolution_id = $1 ORDER BY u.at DESC, u.id DESC LIMIT $2 + 0", i, limit)
	return collect(rows, err, scanUse)
}

// UsesOn gives the resolutions that were marked on a ticket.
func (r Read) UsesOn(ctx context.Context, number int64) ([]resolution.Use, error) {
	rows, err := r.q.QueryContext(ctx, useSelect+" WHERE u.ticket = $1 ORDER BY u.at, u.id", number)
	return collect(rows, err, scanUse)
}

// MarkResolution keeps what a resolution was for a ticket, instead of what was said before, and counts it. An empty mark
// takes back what was said. The mark of the ticket it was written on is not counted and does not change.
func (tx *Tx) MarkResolution(ctx context.Context, u resolution.Use, who id.ID) (before resolution.Mark, err error) {
	var old id.ID
	err = tx.q.QueryRowContext(ctx, "SELECT id, mark FROM resolution_use WHERE resolution_id = $1 AND ticket = $2", u.Resolution, u.Ticket).Scan(&old, &before)
	if err != nil && err != sql.ErrNoRows {
		return "", err
	}
	if before == u.Mark || before == resolution.Written && u.Mark == resolution.Helped {
		return before, nil
	}
	switch {
	case u.Mark == "":
		_, err = tx.q.ExecContext(ctx, "DELETE FROM resolution_use WHERE id = $1", old)
	case old != 0:
		_, err = tx.q.ExecContext(ctx, "UPDATE resolution_use SET mark = $1, person_id = $2, note = $3, at = $4 WHERE id = $5", string(u.Mark), ref(who), u.Note, ms(tx.Now), old)
	default:
		_, err = tx.q.ExecContext(ctx, "INSERT INTO resolution_use (id, resolution_id, ticket, mark, person_id, note, at) VALUES ("+holes(1, 7)+")", tx.NewID(), u.Resolution, u.Ticket, string(u.Mark), ref(who), u.Note, ms(tx.Now))
	}
	if err != nil {
		return before, err
	}
	count := func(m resolution.Mark, by int) error {
		column := map[resolution.Mark]string{resolution.Helped: "helped", resolution.Wrong: "wrong"}[m]
		if column == "" {
			return nil
		}
		_, err := tx.q.ExecContext(ctx, "UPDATE resolution SET "+column+" = CASE WHEN "+column+" + $1 < 0 THEN 0 ELSE "+column+" + $1 END WHERE id = $2", by, u.Resolution)
		return err
	}
	if err := count(before, -1); err != nil {
		return before, err
	}
	if err := count(u.Mark, 1); err != nil {
		return before, err
	}
	if u.Mark == resolution.Helped {
		_, err = tx.q.ExecContext(ctx, "UPDATE resolution SET used_at = $1 WHERE id = $2", ms(tx.Now), u.Resolution)
	}
	return before, err
}

// SetResolutionState writes the state alone, as reuse changes it.
func (tx *Tx) SetResolutionState(ctx context.Context, i id.ID, s resolution.State, verified time.Time, who id.ID) error {
	_, err := tx.q.ExecContext(ctx, "UPDATE resolution SET state = $1, verified_at = $2, verifier_id = $3 WHERE id = $4", string(s), ms(verified), ref(who), i)
	return err
}

// HasResolution reports whether any resolution, not retired, is for an error.
func (r Read) HasResolution(ctx context.Context, signature string) (x resolution.Resolution, ok bool, err error) {
	x, err = scanResolution(r.q.QueryRowContext(ctx, resolutionSelect+` WHERE x.id = (SELECT s.resolution_id FROM resolution_signature s JOIN resolution y ON y.id = s.resolution_id
		WHERE s.signature = $1 AND y.state <> 'retired' ORDER BY CASE y.state WHEN 'verified' THEN 0 ELSE 1 END, y.helped DESC, y.id DESC LIMIT 1)`, signature))
	if err == sql.ErrNoRows {
		return x, false, nil
	}
	return x, err == nil, err
}

// UseCount counts marks of a month and team.
type UseCount struct {
	Month  string // 2026-11, in UTC
	TeamID id.ID
	Mark   resolution.Mark
	Count  int
}

// UseCounts counts the marks of a period by month, by the team of the ticket, and by mark. It reads the period of one index.
func (r Read) UseCounts(ctx context.Context, from, to time.Time, month func(time.Time) string) ([]UseCount, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT u.at, t.team_id, u.mark FROM resolution_use u JOIN ticket t ON t.number = u.ticket WHERE u.at >= $1 AND u.at < $2", ms(from), ms(to))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	counts := map[UseCount]int{}
	for rows.Next() {
		var c UseCount
		var t time.Time
		if err := rows.Scan(at{&t}, refTo{&c.TeamID}, &c.Mark); err != nil {
			return nil, err
		}
		c.Month = month(t)
		counts[c]++
	}
	out := make([]UseCount, 0, len(counts))
	for c, n := range counts {
		c.Count = n
		out = append(out, c)
	}
	return out, rows.Err()
}

// ReuseCount is how often a resolution helped in a period.
type ReuseCount struct {
	Resolution id.ID
	Helped     int
	Wrong      int
}

// ReusedMost gives the resolutions that helped most in a period.
func (r Read) ReusedMost(ctx context.Context, from, to time.Time, limit int) ([]ReuseCount, error) {
	rows, err := r.q.QueryContext(ctx, `SELECT resolution_id, sum(CASE WHEN mark = 'helped' THEN 1 ELSE 0 END), sum(CASE WHEN mark = 'wrong' THEN 1 ELSE 0 END) FROM resolution_use
		WHERE at >= $1 AND at < $2 AND mark IN ('helped', 'wrong') GROUP BY resolution_id ORDER BY 2 DESC, 1 LIMIT $3 + 0`, ms(from), ms(to), limit)
	return collect(rows, err, func(r row) (c ReuseCount, err error) { return c, r.Scan(&c.Resolution, &c.Helped, &c.Wrong) })
}

// ResolvedIn counts the tickets resolved in a period, and those of them on which a resolution helped or was written.
func (r Read) ResolvedIn(ctx context.Context, from, to time.Time) (resolved, helped, written int, err error) {
	if err = r.q.QueryRowContext(ctx, "SELECT count(*) FROM ticket WHERE resolved_at >= $1 AND resolved_at < $2 AND resolved_at > 0", ms(from), ms(to)).Scan(&resolved); err != nil {
		return
	}
	err = r.q.QueryRowContext(ctx, `SELECT coalesce(sum(CASE WHEN mark = 'helped' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN mark = 'written' THEN 1 ELSE 0 END), 0)
		FROM resolution_use WHERE at >= $1 AND at < $2`, ms(from), ms(to)).Scan(&helped, &written)
	return
}

// TemplateOf gives the template of an error, from the newest ticket that speaks of it; "" when none does.
func (r Read) TemplateOf(ctx context.Context, signature string) (template string, err error) {
	err = r.q.QueryRowContext(ctx, "SELECT template FROM ticket_signature WHERE signature = $1 ORDER BY ticket DESC LIMIT 1", signature).Scan(&template)
	if err == sql.ErrNoRows {
		err = nil
	}
	return template, err
}
