package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/lookup"
)

const lookupKey = "lookup"

// LookupSettings gives the desk's rules for looking up; ok is false where nobody has set any.
func (r Read) LookupSettings(ctx context.Context) (s lookup.Settings, ok bool, err error) {
	err = r.q.QueryRowContext(ctx, "SELECT value FROM setting WHERE key = $1", lookupKey).Scan(fromJSON{&s})
	if err == sql.ErrNoRows {
		return s, false, nil
	}
	return s, err == nil, err
}

// SaveLookupSettings keeps the desk's rules for looking up.
func (tx *Tx) SaveLookupSettings(ctx context.Context, s lookup.Settings) error {
	_, err := tx.q.ExecContext(ctx, `INSERT INTO setting (key, value, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`, lookupKey, jsonText(s), ms(tx.Now))
	return err
}

// --- words ---

const lookupWordSelect = "SELECT w.id, w.text, w.why, w.person_id, p.name, w.created_at FROM lookup_word w LEFT JOIN person p ON p.id = w.person_id"

func scanLookupWord(r row) (w lookup.PublicWord, err error) {
	return w, r.Scan(&w.ID, &w.Text, &w.Why, refTo{&w.PersonID}, text{&w.Person}, at{&w.CreatedAt})
}

// LookupWords gives the words that were allowed for ever, in their order, up to limit.
func (r Read) LookupWords(ctx context.Context, limit int) ([]lookup.PublicWord, error) {
	rows, err := r.q.QueryContext(ctx, lookupWordSelect+" ORDER BY w.word LIMIT $1 + 0", limit)
	return collect(rows, err, scanLookupWord)
}

// LookupWord gives one word that was allowed for ever.
func (r Read) LookupWord(ctx context.Context, i id.ID) (lookup.PublicWord, error) {
	w, err := scanLookupWord(r.q.QueryRowContext(ctx, lookupWordSelect+" WHERE w.id = $1", i))
	return w, one(err, "word")
}

// AddLookupWord allows a word for ever (an empty ID is made). It is compared without regard to case.
func (tx *Tx) AddLookupWord(ctx context.Context, w *lookup.PublicWord) error {
	if w.ID == 0 {
		w.ID = tx.NewID()
	}
	if w.CreatedAt.IsZero() {
		w.CreatedAt = tx.Now
	}
	_, err := tx.q.ExecContext(ctx, "INSERT INTO lookup_word (id, word, text, why, person_id, created_at) VALUES ("+holes(1, 6)+")",
		w.ID, strings.ToLower(w.Text), w.Text, w.Why, ref(w.PersonID), ms(w.CreatedAt))
	return err
}

// RemoveLookupWord takes a word back.
func (tx *Tx) RemoveLookupWord(ctx context.Context, i id.ID) error {
	_, err := tx.q.ExecContext(ctx, "DELETE FROM lookup_word WHERE id = $1", i)
	return err
}

// --- log ---

const lookupSelect = `SELECT l.id, l.at, l.person_id, p.name, l.team_id, t.name, l.ticket, l.via, l.way, l.engine, l.engine_name, l.query, l.url, l.masked, l.removed, l.allowed, l.dropped,
	l.policy, l.state, l.decider_id, d.name, l.decided_at, l.reason, l.expires_at, l.left_at, l.results, l.problem, l.press
	FROM lookup_log l LEFT JOIN person p ON p.id = l.person_id LEFT JOIN team t ON t.id = l.team_id LEFT JOIN person d ON d.id = l.decider_id`

func scanLookup(r row) (e lookup.LogEntry, err error) {
	var ticket sql.NullInt64
	err = r.Scan(&e.ID, at{&e.At}, refTo{&e.PersonID}, text{&e.Person}, refTo{&e.TeamID}, text{&e.Team}, &ticket, &e.Via, &e.Way, &e.Engine, &e.EngineName, &e.Query, &e.URL, &e.Masked,
		fromJSON{&e.Removed}, fromJSON{&e.Allowed}, &e.Dropped, &e.Policy, &e.State, refTo{&e.DeciderID}, text{&e.Decider}, at{&e.DecidedAt}, &e.Reason, at{&e.ExpiresAt}, at{&e.LeftAt},
		&e.Results, &e.Problem, &e.Press)
	e.Ticket = ticket.Int64
	return e, err
}

// AddLookup writes a look-up into the log (an empty ID is made). Two with the same press are a conflict.
func (tx *Tx) AddLookup(ctx context.Context, e *lookup.LogEntry) error {
	if e.ID == 0 {
		e.ID = tx.NewID()
	}
	if e.At.IsZero() {
		e.At = tx.Now
	}
	_, err := tx.q.ExecContext(ctx, `INSERT INTO lookup_log (id, at, person_id, team_id, ticket, via, way, engine, engine_name, query, url, masked, removed, allowed, dropped,
		policy, state, decider_id, decided_at, reason, expires_at, left_at, results, problem, press) VALUES (`+holes(1, 25)+")",
		e.ID, ms(e.At), ref(e.PersonID), ref(e.TeamID), ref(id.ID(e.Ticket)), e.Via, string(e.Way), e.Engine, e.EngineName, e.Query, e.URL, e.Masked, jsonText(e.Removed), jsonText(e.Allowed), e.Dropped,
		string(e.Policy), string(e.State), ref(e.DeciderID), ms(e.DecidedAt), e.Reason, ms(e.ExpiresAt), ms(e.LeftAt), e.Results, e.Problem, e.Press)
	if err != nil {
		return fmt.Errorf("log of look-ups: %w", err)
	}
	return nil
}

// MoveLookup takes a look-up from one state to the next with who decided, why, and when it left; false when it is not in the
// state from any more.
func (tx *Tx) MoveLookup(ctx context.Context, from lookup.State, e *lookup.LogEntry) (bool, error) {
	res, err := tx.q.ExecContext(ctx, `UPDATE lookup_log SET state = $1, decider_id = $2, decided_at = $3, reason = $4, expires_at = $5, left_at = $6, policy = $7 WHERE id = $8 AND state = $9`,
		string(e.State), ref(e.DeciderID), ms(e.DecidedAt), e.Reason, ms(e.ExpiresAt), ms(e.LeftAt), string(e.Policy), e.ID, string(from))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// EndLookup writes down how a direct search ended.
func (tx *Tx) EndLookup(ctx context.Context, i id.ID, results int, problem string) error {
	_, err := tx.q.ExecContext(ctx, "UPDATE lookup_log SET results = $1, problem = $2 WHERE id = $3", results, problem, i)
	return err
}

// Lookup gives one look-up of the log.
func (r Read) Lookup(ctx context.Context, i id.ID) (lookup.LogEntry, error) {
	e, err := scanLookup(r.q.QueryRowContext(ctx, lookupSelect+" WHERE l.id = $1", i))
	return e, one(err, "look-up")
}

// LookupFilter selects look-ups. Zero fields do not filter.
type LookupFilter struct {
	From, To time.Time // To itself not included
	Person   id.ID
	Team     id.ID
	Ticket   int64
	Engine   string
	State    lookup.State
	Query    string    // exactly this one left
	Text     string    // part of the query, whatever the case
	Now      time.Time // what had to be decided before has expired; required
	Before   id.ID     // older than this one
	Limit    int
}

func (f LookupFilter) where() (string, []any) {
	var conds []string
	var args []any
	add := func(cond string, v any) {
		args = append(args, v)
		conds = append(conds, strings.ReplaceAll(cond, "?", fmt.Sprintf("$%d", len(args))))
	}
	if !f.From.IsZero() {
		add("l.at >= ?", ms(f.From))
	}
	if !f.To.IsZero() {
		add("l.at < ?", ms(f.To))
	}
	if f.Person != 0 {
		add("l.person_id = ?", f.Person)
	}
	if f.Team != 0 {
		add("l.team_id = ?", f.Team)
	}
	if f.Ticket != 0 {
		add("l.ticket = ?", f.Ticket)
	}
	if f.Engine != "" {
		add("l.engine = ?", f.Engine)
	}
	if f.Query != "" {
		add("l.query = ?", f.Query)
	}
	if f.Text != "" {
		add("lower(l.query) LIKE ? ESCAPE '\\'", "%"+strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(f.Text))+"%")
	}
	switch f.State {
	case "":
	case lookup.Expired:
		add("l.state IN ('waiting','approved') AND l.expires_at <= ?", ms(f.Now))
	case lookup.Waiting, lookup.Approved:
		add("l.state = ?", string(f.State))
		add("l.state IN ('waiting','approved') AND l.expires_at > ?", ms(f.Now))
	default:
		add("l.state = ?", string(f.State))
	}
	if f.Before != 0 {
		add("l.id < ?", f.Before)
	}
	if len(conds) == 0 {
		return "", args
	}
	return " WHERE " + strings.Join(conds, " AND "), args
}

// Lookups gives the newest look-ups that fit, as they stand at f.Now, newest first.
func (r Read) Lookups(ctx context.Context, f LookupFilter) ([]lookup.LogEntry, error) {
	where, args := f.where()
	args = append(args, f.Limit)
	rows, err := r.q.QueryContext(ctx, lookupSelect+where+fmt.Sprintf(" ORDER BY l.id DESC LIMIT $%d + 0", len(args)), args...)
	return collect(rows, err, func(r row) (lookup.LogEntry, error) {
		e, err := scanLookup(r)
		return e.Settle(f.Now), err
	})
}

// WaitingLookups counts the look-ups that wait for a second person other than this one, up to most.
func (r Read) WaitingLookups(ctx context.Context, now time.Time, not id.ID, most int) (n int, err error) {
	return n, r.q.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM lookup_log WHERE state IN ('waiting','approved') AND state = 'waiting' AND expires_at > $1
		AND (person_id IS NULL OR person_id <> $2) LIMIT $3 + 0) x`, ms(now), not, most).Scan(&n)
}

// LookupCount is what a report needs of one look-up.
type LookupCount struct {
	At      time.Time
	Team    id.ID
	Engine  string
	Name    string
	State   lookup.State
	Removed map[string]int
	Allowed []string
	Dropped int
}

// CountLookups calls fn for each look-up of a period, oldest first.
func (r Read) CountLookups(ctx context.Context, from, to, now time.Time, fn func(LookupCount)) error {
	rows, err := r.q.QueryContext(ctx, `SELECT at, team_id, engine, engine_name, state, expires_at, removed, allowed, dropped FROM lookup_log WHERE at >= $1 AND at < $2 ORDER BY at, id`, ms(from), ms(to))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var c LookupCount
		var e lookup.LogEntry
		if err := rows.Scan(at{&c.At}, refTo{&c.Team}, &c.Engine, &c.Name, &e.State, at{&e.ExpiresAt}, fromJSON{&c.Removed}, fromJSON{&c.Allowed}, &c.Dropped); err != nil {
			return err
		}
		c.State = e.Settle(now).State
		fn(c)
	}
	return rows.Err()
}
