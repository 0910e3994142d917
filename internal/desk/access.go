package desk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
)

const (
	// SessionIdle ends a session that nobody used for so long, SessionLife ends it in any case.
	SessionIdle = 14 * 24 * time.Hour
	SessionLife = 90 * 24 * time.Hour
	// TokenPrefix starts every API token, so that scanners for leaked secrets can know one.
	TokenPrefix = "fb_"

	seenEvery   = time.Minute     // how exactly the last use of a session or token is kept
	accessFresh = 5 * time.Second // how long another node's change to a person may go unnoticed here
	accessMax   = 8192            // entries kept
)

// access answers "who is this?" for every request, from memory where it was asked a moment ago.
type access struct {
	mu sync.Mutex
	// generation counts changes to people, so that what was read before a change is not kept after it.
	generation uint64
	known      map[string]*known
	settings   *store.Settings
	settingsAt time.Time
	// argon lets only so many passwords be hashed at once: each takes 19 MiB.
	argon chan struct{}
	// setUp is set once an admin exists; there is no way back.
	setUp atomic.Bool
}

type known struct {
	person  person.Person
	session person.Session // of a browser
	token   person.Token   // of a program
	at      time.Time
}

func newAccess() *access {
	return &access{known: map[string]*known{}, argon: make(chan struct{}, 2)}
}

// get gives what is known about the secret with this hash, and the generation it belongs to.
func (a *access) get(hash string, now time.Time) (*known, uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k := a.known[hash]
	if k != nil && now.Sub(k.at).Abs() >= accessFresh {
		delete(a.known, hash)
		k = nil
	}
	return k, a.generation
}

func (a *access) put(hash string, k *known, generation uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.generation != generation {
		return
	}
	if len(a.known) >= accessMax {
		clear(a.known)
	}
	a.known[hash] = k
}

// forget makes the next request of everybody ask the database; call it after a change to people, teams,
// sessions or tokens was committed.
func (a *access) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.generation++
	clear(a.known)
	a.settings = nil
}

// newSecret gives 256 random bits as text, and the hash under which they are stored.
func newSecret(prefix string) (secret, hash string) {
	var b [32]byte
	rand.Read(b[:])
	secret = prefix + base64.RawURLEncoding.EncodeToString(b[:])
	return secret, hashSecret(secret)
}

// hashSecret is SHA-256: a secret has 256 random bits of its own, so there is nothing to guess that a slow hash
// would protect.
func hashSecret(secret string) string {
	h := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(h[:])
}

func unauthenticated(message, hint string) error {
	return &fault.Fault{Code: fault.CodeUnauthenticated, Message: message, Hint: hint}
}

var (
	errSession = unauthenticated("You are not signed in, or your session has ended.", "Sign in again.")
	errToken   = unauthenticated("This API token is not valid: it is unknown, revoked or expired.", "Create a new one on your account page.")
)

// PersonBySession gives whose browser holds the secret. It is an unauthenticated fault when the session does not
// exist, has expired, or its person is disabled.
func (d *Desk) PersonBySession(ctx context.Context, secret string) (person.Person, person.Session, error) {
	if len(secret) < 20 || len(secret) > 100 {
		return person.Person{}, person.Session{}, errSession
	}
	hash, now := hashSecret(secret), d.store.Now()
	k, generation := d.access.get(hash, now)
	if k == nil {
		r := d.store.Read()
		s, err := r.Session(ctx, hash)
		if fault.Is(err, fault.CodeNotFound) {
			return person.Person{}, person.Session{}, errSession
		} else if err != nil {
			return person.Person{}, person.Session{}, err
		}
		p, err := r.Person(ctx, s.PersonID)
		if err != nil {
			return person.Person{}, person.Session{}, err
		}
		s.Current = true
		k = &known{person: p, session: s, at: now}
		if now.Sub(s.SeenAt) >= seenEvery && now.Before(s.ExpiresAt) && p.DisabledAt.IsZero() {
			k.session.SeenAt = now
			k.session.ExpiresAt = sessionEnd(s.CreatedAt, now)
			d.touched(ctx, d.store.Write(ctx, func(tx *store.Tx) error {
				return tx.TouchSession(ctx, s.Key, k.session.SeenAt, k.session.ExpiresAt)
			}))
		}
		d.access.put(hash, k, generation)
	}
	if !now.Before(k.session.ExpiresAt) || !k.person.DisabledAt.IsZero() {
		return person.Person{}, person.Session{}, errSession
	}
	return k.person, k.session, nil
}

// sessionEnd is when a session ends that was begun and last used at these instants.
func sessionEnd(begun, used time.Time) time.Time {
	idle, life := used.Add(SessionIdle), begun.Add(SessionLife)
	if idle.Before(life) {
		return idle
	}
	return life
}

// PersonByToken gives whose API token it is. It is an unauthenticated fault when the token does not exist, has
// expired, or its person is disabled.
func (d *Desk) PersonByToken(ctx context.Context, token string) (person.Person, error) {
	if len(token) > 100 || !strings.HasPrefix(token, TokenPrefix) {
		return person.Person{}, errToken
	}
	hash, now := hashSecret(token), d.store.Now()
	k, generation := d.access.get(hash, now)
	if k == nil {
		r := d.store.Read()
		t, err := r.TokenByHash(ctx, hash)
		if fault.Is(err, fault.CodeNotFound) {
			return person.Person{}, errToken
		} else if err != nil {
			return person.Person{}, err
		}
		p, err := r.Person(ctx, t.PersonID)
		if err != nil {
			return person.Person{}, err
		}
		k = &known{person: p, token: t, at: now}
		if now.Sub(t.UsedAt) >= seenEvery && (t.ExpiresAt.IsZero() || now.Before(t.ExpiresAt)) && p.DisabledAt.IsZero() {
			d.touched(ctx, d.store.Write(ctx, func(tx *store.Tx) error { return tx.TouchToken(ctx, t.ID) }))
		}
		d.access.put(hash, k, generation)
	}
	if (!k.token.ExpiresAt.IsZero() && !now.Before(k.token.ExpiresAt)) || !k.person.DisabledAt.IsZero() {
		return person.Person{}, errToken
	}
	return k.person, nil
}

// touched notes that the last use could not be kept; no request fails for that.
func (d *Desk) touched(ctx context.Context, err error) {
	if err != nil && d.log != nil {
		d.log.WarnContext(ctx, "last use not kept", "error", err)
	}
}

// isSelf reports whether the caller acts on their own account.
func (c Caller) isSelf(i id.ID) bool { return c.Person.ID != 0 && c.Person.ID == i }
