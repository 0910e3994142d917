package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/privacy"
)

const patternSelect = `SELECT k.id, k.name, k.kind, k.expr, k.keyword, k.finds, k.spares, k.author_id, p.name, k.created_at, k.updated_at
	FROM privacy_pattern k LEFT JOIN person p ON p.id = k.author_id`

func scanPattern(r row) (p privacy.Pattern, err error) {
	var finds, spares string
	err = r.Scan(&p.ID, &p.Name, &p.Kind, &p.Expr, &p.Keyword, &finds, &spares, refTo{&p.AuthorID}, text{&p.Author}, at{&p.CreatedAt}, at{&p.UpdatedAt})
	p.Finds, p.Spares = linesOf(finds), linesOf(spares)
	return p, err
}

func linesOf(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// PrivacyPatterns gives the desk's own patterns, by name.
func (r Read) PrivacyPatterns(ctx context.Context) ([]privacy.Pattern, error) {
	rows, err := r.q.QueryContext(ctx, patternSelect+" ORDER BY lower(k.name), k.id")
	return collect(rows, err, scanPattern)
}

// PrivacyPattern gives one pattern.
func (r Read) PrivacyPattern(ctx context.Context, i id.ID) (privacy.Pattern, error) {
	p, err := scanPattern(r.q.QueryRowContext(ctx, patternSelect+" WHERE k.id = $1", i))
	return p, one(err, "pattern")
}

// PutPrivacyPattern inserts a pattern (an empty ID is made), or writes one that exists.
func (tx *Tx) PutPrivacyPattern(ctx context.Context, p *privacy.Pattern) error {
	if p.ID == 0 {
		p.ID = tx.NewID()
	}
	if p.CreatedAt.IsZero() {
		p.CreatedAt = tx.Now
	}
	p.UpdatedAt = tx.Now
	_, err := tx.q.ExecContext(ctx, "INSERT INTO privacy_pattern (id, name, kind, expr, keyword, finds, spares, author_id, created_at, updated_at) VALUES ("+holes(1, 10)+`)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, expr = excluded.expr, keyword = excluded.keyword, finds = excluded.finds, spares = excluded.spares,
		author_id = excluded.author_id, updated_at = excluded.updated_at`,
		p.ID, p.Name, string(p.Kind), p.Expr, p.Keyword, strings.Join(p.Finds, "\n"), strings.Join(p.Spares, "\n"), ref(p.AuthorID), ms(p.CreatedAt), ms(p.UpdatedAt))
	return err
}

// RemovePrivacyPattern deletes a pattern.
func (tx *Tx) RemovePrivacyPattern(ctx context.Context, i id.ID) error {
	_, err := tx.q.ExecContext(ctx, "DELETE FROM privacy_pattern WHERE id = $1", i)
	return err
}

const (
	privacyKey = "privacy"
	// privacyNamesKey holds the key by which private values in logs are given names.
	privacyNamesKey = "privacy_names"
)

// Privacy gives what the desk decided about private data, the defaults where it decided nothing.
func (r Read) Privacy(ctx context.Context) (privacy.Settings, error) {
	s := privacy.Default()
	err := r.q.QueryRowContext(ctx, "SELECT value FROM setting WHERE key = $1", privacyKey).Scan(fromJSON{&s})
	if err == sql.ErrNoRows {
		err = nil
	}
	return s, err
}

// SavePrivacy keeps what the desk decided.
func (tx *Tx) SavePrivacy(ctx context.Context, s privacy.Settings) error {
	return tx.putSetting(ctx, privacyKey, jsonText(s))
}

func (tx *Tx) putSetting(ctx context.Context, key, value string) error {
	_, err := tx.q.ExecContext(ctx, `INSERT INTO setting (key, value, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`, key, value, ms(tx.Now))
	return err
}

// PrivacyNames gives the key by which private values in logs are given names; empty when none was made yet.
func (r Read) PrivacyNames(ctx context.Context) (key string, err error) {
	err = r.q.QueryRowContext(ctx, "SELECT value FROM setting WHERE key = $1", privacyNamesKey).Scan(fromJSON{&key})
	if err == sql.ErrNoRows {
		err = nil
	}
	return key, err
}

// SavePrivacyNames keeps the key; one that is there already stays, and is given back.
func (tx *Tx) SavePrivacyNames(ctx context.Context, key string) (string, error) {
	if _, err := tx.q.ExecContext(ctx, "INSERT INTO setting (key, value, updated_at) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING", privacyNamesKey, jsonText(key), ms(tx.Now)); err != nil {
		return "", err
	}
	return tx.PrivacyNames(ctx)
}

// PrivacyStamp changes whenever the patterns or what the desk decided about private data change; own whenever something
// changed that OwnWords gives. New things have new ids, and changes to old ones are in the audit log.
func (r Read) PrivacyStamp(ctx context.Context) (rules, own string, err error) {
	var setting, patterns, newest, audit, people, clients, applications, environments, hosts, interfaces sql.NullInt64
	err = r.q.QueryRowContext(ctx, `SELECT (SELECT max(updated_at) FROM setting WHERE key = $1), (SELECT count(*) FROM privacy_pattern), (SELECT max(updated_at) FROM privacy_pattern),
		(SELECT max(id) FROM audit), (SELECT max(id) FROM person), (SELECT max(id) FROM client), (SELECT max(id) FROM application), (SELECT max(id) FROM environment),
		(SELECT max(id) FROM host), (SELECT max(id) FROM interface)`, privacyKey).
		Scan(&setting, &patterns, &newest, &audit, &people, &clients, &applications, &environments, &hosts, &interfaces)
	return fmt.Sprint(setting.Int64, patterns.Int64, newest.Int64),
		fmt.Sprint(audit.Int64, people.Int64, clients.Int64, applications.Int64, environments.Int64, hosts.Int64, interfaces.Int64), err
}

// OwnWords are the names that belong to this desk.
type OwnWords struct {
	People, Logins, Clients, Hosts, Applications []string
}

// OwnWords gives the names of people, their mail addresses, clients and their domains, applications with their
// environments' addresses, hosts with their addresses, and both of interfaces.
func (r Read) OwnWords(ctx context.Context) (w OwnWords, err error) {
	for _, q := range []struct {
		query string
		to    *[]string
	}{
		{"SELECT name FROM person", &w.People},
		{"SELECT email FROM person WHERE email <> ''", &w.Logins},
		{"SELECT name FROM client", &w.Clients},
		{"SELECT domain FROM client WHERE domain <> ''", &w.Clients},
		{"SELECT name FROM application", &w.Applications},
		{"SELECT slug FROM application", &w.Applications},
		{"SELECT DISTINCT name FROM environment", &w.Applications},
		{"SELECT DISTINCT name FROM interface WHERE name <> ''", &w.Applications},
		{"SELECT name FROM host", &w.Hosts},
		{"SELECT address FROM host WHERE address <> ''", &w.Hosts},
		{"SELECT url FROM environment WHERE url <> ''", &w.Hosts},
		{"SELECT host FROM interface WHERE host <> ''", &w.Hosts},
		{"SELECT addresses FROM interface WHERE addresses <> ''", &w.Hosts},
		{"SELECT DISTINCT host FROM product WHERE host <> ''", &w.Hosts},
		{"SELECT DISTINCT machine FROM job WHERE machine <> ''", &w.Hosts},
	} {
		rows, err := r.q.QueryContext(ctx, q.query)
		if err != nil {
			return w, err
		}
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				rows.Close()
				return w, err
			}
			*q.to = append(*q.to, s)
		}
		if err := rows.Err(); err != nil {
			return w, err
		}
		rows.Close()
	}
	return w, nil
}

// SetPrivate keeps what was found in an entry.
func (tx *Tx) SetPrivate(ctx context.Context, entry id.ID, marks string) error {
	_, err := tx.q.ExecContext(ctx, "UPDATE entry SET private = $1 WHERE id = $2", marks, entry)
	return err
}

// DuePrivate asks for an entry's file to be looked through.
func (tx *Tx) DuePrivate(ctx context.Context, entry id.ID) error {
	_, err := tx.q.ExecContext(ctx, "INSERT INTO privacy_due (entry_id, at) VALUES ($1, $2) ON CONFLICT (entry_id) DO UPDATE SET at = excluded.at", entry, ms(tx.Now))
	return err
}

// PrivateDue gives entries whose file is to be looked through, the newest first.
func (r Read) PrivateDue(ctx context.Context, now time.Time, limit int) ([]id.ID, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT entry_id FROM privacy_due WHERE at <= $1 ORDER BY entry_id DESC LIMIT $2 + 0", ms(now), limit)
	return collect(rows, err, func(r row) (i id.ID, err error) { return i, r.Scan(&i) })
}

// ClaimPrivate takes an entry to look through, so that no other node does until the instant; false when another has it.
func (tx *Tx) ClaimPrivate(ctx context.Context, entry id.ID, until time.Time, own bool) (bool, error) {
	query, args := "UPDATE privacy_due SET at = $1 WHERE entry_id = $2", []any{ms(until), entry}
	if !own {
		query, args = query+" AND at <= $3", append(args, ms(tx.Now))
	}
	res, err := tx.q.ExecContext(ctx, query, args...)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// DonePrivate takes an entry off the list of those to look through.
func (tx *Tx) DonePrivate(ctx context.Context, entry id.ID) error {
	_, err := tx.q.ExecContext(ctx, "DELETE FROM privacy_due WHERE entry_id = $1", entry)
	return err
}

// Look notes that somebody looks at an original; false when they did so since the instant already. what is an entry, or a
// ticket's number with a minus before it.
func (tx *Tx) Look(ctx context.Context, who id.ID, what int64, since time.Time) (bool, error) {
	res, err := tx.q.ExecContext(ctx, `INSERT INTO privacy_look (person_id, what, at) VALUES ($1, $2, $3)
		ON CONFLICT (person_id, what) DO UPDATE SET at = excluded.at WHERE privacy_look.at < $4`, who, what, ms(tx.Now), ms(since))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}
