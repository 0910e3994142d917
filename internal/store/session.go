package store

import (
	"context"
	"database/sql"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/person"
)

// Secrets of sessions and tokens come here as hashes only; the store never sees one.

const sessionSelect = "SELECT key, person_id, created_at, seen_at, expires_at, user_agent, address FROM session"

func scanSession(r row) (s person.Session, err error) {
	return s, r.Scan(&s.Key, &s.PersonID, at{&s.CreatedAt}, at{&s.SeenAt}, at{&s.ExpiresAt}, &s.UserAgent, &s.Address)
}

// Session gives the session whose secret has this hash, expired or not.
func (r Read) Session(ctx context.Context, hash string) (person.Session, error) {
	s, err := scanSession(r.q.QueryRowContext(ctx, sessionSelect+" WHERE hash = $1", hash))
	return s, one(err, "session")
}

// SessionByKey gives the session with this public handle.
func (r Read) SessionByKey(ctx context.Context, key string) (person.Session, error) {
	s, err := scanSession(r.q.QueryRowContext(ctx, sessionSelect+" WHERE key = $1", key))
	return s, one(err, "session")
}

// Sessions gives a person's sessions that are alive at now, last used first.
func (r Read) Sessions(ctx context.Context, who id.ID, now time.Time) ([]person.Session, error) {
	rows, err := r.q.QueryContext(ctx, sessionSelect+" WHERE person_id = $1 AND expires_at > $2 ORDER BY seen_at DESC, key LIMIT 200", who, ms(now))
	return collect(rows, err, scanSession)
}

// AddSession keeps a new session under the hash of its secret.
func (tx *Tx) AddSession(ctx context.Context, hash string, s person.Session) error {
	_, err := tx.q.ExecContext(ctx, "INSERT INTO session (hash, key, person_id, created_at, seen_at, expires_at, user_agent, address) VALUES ("+holes(1, 8)+")",
		hash, s.Key, s.PersonID, ms(s.CreatedAt), ms(s.SeenAt), ms(s.ExpiresAt), s.UserAgent, s.Address)
	return err
}

// TouchSession notes that a session was used and how long it lasts now.
func (tx *Tx) TouchSession(ctx context.Context, key string, seen, expires time.Time) error {
	_, err := tx.q.ExecContext(ctx, "UPDATE session SET seen_at = $1, expires_at = $2 WHERE key = $3 AND seen_at < $1", ms(seen), ms(expires), key)
	return err
}

// EndSession forgets one session by its public handle.
func (tx *Tx) EndSession(ctx context.Context, key string) error {
	_, err := tx.q.ExecContext(ctx, "DELETE FROM session WHERE key = $1", key)
	return err
}

// EndSessions forgets a person's sessions except the one with the hash keep; it gives how many.
func (tx *Tx) EndSessions(ctx context.Context, who id.ID, keep string) (int, error) {
	res, err := tx.q.ExecContext(ctx, "DELETE FROM session WHERE person_id = $1 AND hash <> $2", who, keep)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// ForgetExpired removes sessions that ended and failed attempts to sign in from before old.
func (tx *Tx) ForgetExpired(ctx context.Context, old time.Time) error {
	if _, err := tx.q.ExecContext(ctx, "DELETE FROM session WHERE expires_at <= $1", ms(tx.Now)); err != nil {
		return err
	}
	_, err := tx.q.ExecContext(ctx, "DELETE FROM login_failure WHERE at < $1", ms(old))
	return err
}

const tokenSelect = "SELECT id, person_id, name, hint, created_at, used_at, expires_at FROM token"

func scanToken(r row) (t person.Token, err error) {
	return t, r.Scan(&t.ID, &t.PersonID, &t.Name, &t.Hint, at{&t.CreatedAt}, at{&t.UsedAt}, at{&t.ExpiresAt})
}

// TokenByHash gives the token whose secret has this hash, expired or not.
func (r Read) TokenByHash(ctx context.Context, hash string) (person.Token, error) {
	t, err := scanToken(r.q.QueryRowContext(ctx, tokenSelect+" WHERE hash = $1", hash))
	return t, one(err, "token")
}

// Token gives one token.
func (r Read) Token(ctx context.Context, i id.ID) (person.Token, error) {
	t, err := scanToken(r.q.QueryRowContext(ctx, tokenSelect+" WHERE id = $1", i))
	return t, one(err, "token")
}

// Tokens gives a person's tokens, newest first.
func (r Read) Tokens(ctx context.Context, who id.ID) ([]person.Token, error) {
	rows, err := r.q.QueryContext(ctx, tokenSelect+" WHERE person_id = $1 ORDER BY id DESC LIMIT 200", who)
	return collect(rows, err, scanToken)
}

// AddToken keeps a new token under the hash of its secret (an empty ID is made).
func (tx *Tx) AddToken(ctx context.Context, hash string, t *person.Token) error {
	if t.ID == 0 {
		t.ID = tx.NewID()
	}
	_, err := tx.q.ExecContext(ctx, "INSERT INTO token (id, hash, person_id, name, hint, created_at, used_at, expires_at) VALUES ("+holes(1, 8)+")",
		t.ID, hash, t.PersonID, t.Name, t.Hint, ms(t.CreatedAt), ms(t.UsedAt), ms(t.ExpiresAt))
	return err
}

// TouchToken notes that a token was used.
func (tx *Tx) TouchToken(ctx context.Context, i id.ID) error {
	_, err := tx.q.ExecContext(ctx, "UPDATE token SET used_at = $1 WHERE id = $2 AND used_at < $1", ms(tx.Now), i)
	return err
}

// DropToken forgets a token.
func (tx *Tx) DropToken(ctx context.Context, i id.ID) error {
	_, err := tx.q.ExecContext(ctx, "DELETE FROM token WHERE id = $1", i)
	return err
}

// DropTokens forgets all tokens of a person.
func (tx *Tx) DropTokens(ctx context.Context, who id.ID) error {
	_, err := tx.q.ExecContext(ctx, "DELETE FROM token WHERE person_id = $1", who)
	return err
}

// Failures gives how many attempts of who to sign in failed since, and when the n-th latest was (zero when fewer).
func (r Read) Failures(ctx context.Context, who string, since time.Time, n int) (count int, nth time.Time, err error) {
	if err = r.q.QueryRowContext(ctx, "SELECT count(*) FROM login_failure WHERE who = $1 AND at > $2", who, ms(since)).Scan(&count); err != nil {
		return 0, nth, err
	}
	if count >= n {
		err = r.q.QueryRowContext(ctx, "SELECT at FROM login_failure WHERE who = $1 AND at > $2 ORDER BY at DESC LIMIT 1 OFFSET $3", who, ms(since), n-1).Scan(at{&nth})
		if err == sql.ErrNoRows {
			err = nil
		}
	}
	return count, nth, err
}

// AddFailure counts an attempt under each of whose names.
func (tx *Tx) AddFailure(ctx context.Context, attempt id.ID, whose []string) error {
	for _, who := range whose {
		if _, err := tx.q.ExecContext(ctx, "INSERT INTO login_failure (id, who, at) VALUES ($1, $2, $3)", attempt, who, ms(tx.Now)); err != nil {
			return err
		}
	}
	return nil
}

// DropFailure takes an attempt back.
func (tx *Tx) DropFailure(ctx context.Context, attempt id.ID) error {
	_, err := tx.q.ExecContext(ctx, "DELETE FROM login_failure WHERE id = $1", attempt)
	return err
}

// ForgetFailures starts the count of who anew.
func (tx *Tx) ForgetFailures(ctx context.Context, who string) error {
	_, err := tx.q.ExecContext(ctx, "DELETE FROM login_failure WHERE who = $1", who)
	return err
}
