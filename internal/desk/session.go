package desk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// Attempts to sign in: five per account and address, so that somebody who forgot can still try; a hundred per
// address, for a flood over many accounts; a hundred per account from anywhere (NIST SP 800-63B, 5.2.2). They
// count whether or not the account exists.
var attempts = []struct {
	of    func(email, address string) string
	limit int
	span  time.Duration
}{
	{func(email, address string) string { return "pair " + email + " " + address }, 5, 15 * time.Minute},
	{func(_, address string) string { return "address " + address }, 100, 15 * time.Minute},
	{func(email, _ string) string { return "account " + email }, 100, time.Hour},
}

// network is the part of an address that one household or company holds: all of IPv4, half of IPv6 (RFC 6177).
func network(address string) string {
	if a, err := netip.ParseAddr(address); err == nil && a.Is6() && !a.Is4In6() {
		if n, err := a.WithZone("").Prefix(64); err == nil {
			return n.String()
		}
	}
	return address
}

// attemptNames gives under which names an attempt counts. They are hashes: people type passwords into the wrong
// field, and those must not be found in the database.
func attemptNames(email, address string) []string {
	address = network(address)
	names := make([]string, len(attempts))
	for i, a := range attempts {
		h := sha256.Sum256([]byte(a.of(strings.ToLower(email), address)))
		names[i] = hex.EncodeToString(h[:12])
	}
	return names
}

// attempt counts an attempt as failed until it is taken back, so that many at once cannot outrun the count.
func (d *Desk) attempt(ctx context.Context, names []string) (id.ID, error) {
	check := func(allowed int) error {
		now := d.store.Now()
		for i, a := range attempts {
			n, nth, err := d.store.Read().Failures(ctx, names[i], now.Add(-a.span), a.limit)
			if err != nil {
				return err
			}
			if n >= a.limit+allowed {
				wait := max(nth.Add(a.span).Sub(now), time.Second)
				return &fault.Fault{Code: fault.CodeLimited, Message: "There were too many attempts to sign in.",
					Hint: "Try again in " + span(wait) + ". Whoever is signed in stays signed in."}
			}
		}
		return nil
	}
	if err := check(0); err != nil {
		return 0, err
	}
	mine := d.store.NewID()
	if err := d.store.Write(ctx, func(tx *store.Tx) error { return tx.AddFailure(ctx, mine, names) }); err != nil {
		return 0, err
	}
	if err := check(1); err != nil {
		if drop := d.store.Write(ctx, func(tx *store.Tx) error { return tx.DropFailure(ctx, mine) }); drop != nil {
			return 0, drop
		}
		return 0, err
	}
	return mine, nil
}

// span gives a wait in words, rounded up.
func span(w time.Duration) string {
	if m := int((w + time.Minute - 1) / time.Minute); m > 1 {
		return fmt.Sprintf("%d minutes", m)
	}
	return "a minute"
}

// hashPassword hashes a password; few at once, since each takes 19 MiB.
func (d *Desk) hashPassword(ctx context.Context, password string) (hash string, err error) {
	err = d.withArgon(ctx, func() {
		var salt [person.SaltSize]byte
		rand.Read(salt[:])
		hash = person.HashPassword(password, salt[:])
	})
	return hash, err
}

func (d *Desk) checkPassword(ctx context.Context, stored, password string) (ok, outdated bool, err error) {
	err = d.withArgon(ctx, func() { ok, outdated = person.CheckPassword(stored, password) })
	return ok, outdated, err
}

func (d *Desk) withArgon(ctx context.Context, fn func()) error {
	select {
	case d.access.argon <- struct{}{}:
		defer func() { <-d.access.argon }()
		fn()
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// nobody is a stored password of today's cost that fits nothing; an unknown address costs as much as a wrong password.
var nobody = person.HashPassword("nobody", make([]byte, person.SaltSize))

// SignIn begins a session and gives its secret, for the cookie alone. An unknown address and a wrong password
// are refused with the same sentence after the same work. A session that the browser had ends, so that a
// planted one is worth nothing.
func (d *Desk) SignIn(ctx context.Context, email, password, userAgent, address string) (secret string, p person.Person, err error) {
	email = strings.TrimSpace(email)
	if email == "" || password == "" {
		var bad []*fault.Fault
		if email == "" {
			bad = append(bad, fault.Invalid("email", "The e-mail address is missing.", "Write the address your desk knows you by."))
		}
		if password == "" {
			bad = append(bad, fault.Invalid("password", "The password is missing.", "Type your password; an admin can set a new one."))
		}
		return "", p, fault.Collect(bad...)
	}
	if clean, ok := person.CleanEmail(email); ok {
		email = clean
	}
	names := attemptNames(email, address)
	mine, err := d.attempt(ctx, names)
	if err != nil {
		return "", p, err
	}
	who, stored, err := d.store.Read().Credential(ctx, email)
	if err != nil {
		return "", p, err
	}
	try := stored
	if try == "" {
		try = nobody
	}
	if len(password) > person.MaxPassword {
		password = "" // fits nothing, at the same cost
	}
	ok, outdated, err := d.checkPassword(ctx, try, password)
	if err != nil {
		return "", p, err
	}
	if !ok || stored == "" {
		return "", p, errSignIn
	}
	fresh := ""
	if outdated {
		if fresh, err = d.hashPassword(ctx, password); err != nil {
			return "", p, err
		}
	}
	secret, hash := newSecret("")
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		if p, err = tx.PersonForChange(ctx, who); err != nil {
			return err
		}
		if now, err := tx.PasswordHash(ctx, who); err != nil {
			return err
		} else if now != stored {
			return errSignIn // it was changed while we were looking
		}
		if !p.DisabledAt.IsZero() {
			return unauthenticated("This account is disabled.", "Ask an admin of your desk.")
		}
		if fresh != "" {
			if err := tx.SetPassword(ctx, who, fresh); err != nil {
				return err
			}
		}
		if err := tx.ForgetFailures(ctx, names[0]); err != nil {
			return err
		}
		if err := tx.DropFailure(ctx, mine); err != nil {
			return err
		}
		if err := tx.ForgetExpired(ctx, tx.Now.Add(-24*time.Hour)); err != nil {
			return err
		}
		return d.beginSession(ctx, tx, hash, p, userAgent, address)
	})
	if err != nil {
		return "", person.Person{}, err
	}
	return secret, p, nil
}

var errSignIn = unauthenticated("The e-mail address or the password is wrong.", "Check both; an admin can set a new password.")

// beginSession keeps a new session and ends the one that the caller's browser had.
func (d *Desk) beginSession(ctx context.Context, tx *store.Tx, hash string, p person.Person, userAgent, address string) error {
	if old := CallerOf(ctx).Session; old != "" {
		if s, err := tx.Session(ctx, hashSecret(old)); err == nil {
			if err := tx.EndSession(ctx, s.Key); err != nil {
				return err
			}
		} else if !fault.Is(err, fault.CodeNotFound) {
			return err
		}
	}
	agent, _, _ := ticket.CleanText(clip(userAgent, 300), 400, true)
	address, _, _ = ticket.CleanText(clip(address, 100), 200, true)
	tx.After(d.access.forget)
	return tx.AddSession(ctx, hash, person.Session{Key: tx.NewID().String(), PersonID: p.ID, CreatedAt: tx.Now, SeenAt: tx.Now,
		ExpiresAt: sessionEnd(tx.Now, tx.Now), UserAgent: agent, Address: address})
}

// clip gives at most n bytes of valid UTF-8.
func clip(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "")
}

// SignOut ends the caller's own session. Without one there is nothing to do.
func (d *Desk) SignOut(ctx context.Context) error {
	secret := CallerOf(ctx).Session
	if secret == "" {
		return nil
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		s, err := tx.Session(ctx, hashSecret(secret))
		if fault.Is(err, fault.CodeNotFound) {
			return nil
		} else if err != nil {
			return err
		}
		tx.After(d.access.forget)
		return tx.EndSession(ctx, s.Key)
	})
}

// Sessions gives the living sessions of a person, last used first; of the caller when who is zero. Those of
// others are for admins.
func (d *Desk) Sessions(ctx context.Context, who id.ID) ([]person.Session, error) {
	caller, who, err := ownOr(ctx, who, person.EditPeople)
	if err != nil {
		return nil, err
	}
	list, err := d.store.Read().Sessions(ctx, who, d.store.Now())
	if err != nil || caller.Session == "" {
		return list, err
	}
	current, err := d.store.Read().Session(ctx, hashSecret(caller.Session))
	if err != nil && !fault.Is(err, fault.CodeNotFound) {
		return nil, err
	}
	for i := range list {
		list[i].Current = list[i].Key == current.Key
	}
	return list, nil
}

// ownOr lets everybody act on their own account, and on others' only with permission p. A zero who is the caller.
func ownOr(ctx context.Context, who id.ID, p person.Permission) (Caller, id.ID, error) {
	caller, err := may(ctx, person.SignedIn)
	if err != nil {
		return caller, 0, err
	}
	if who == 0 {
		who = caller.Person.ID
	}
	if !caller.isSelf(who) {
		_, err = may(ctx, p)
	}
	return caller, who, err
}

// EndSession ends one session by its key: an own one, or as an admin anybody's.
func (d *Desk) EndSession(ctx context.Context, key string) error {
	caller, err := may(ctx, person.SignedIn)
	if err != nil {
		return err
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		s, err := tx.SessionByKey(ctx, key)
		if err != nil {
			return err
		}
		if !caller.isSelf(s.PersonID) {
			if !caller.May(person.EditPeople) {
				return fault.NotFound("session")
			}
			p, err := tx.Person(ctx, s.PersonID)
			if err != nil {
				return err
			}
			if err := d.audit(ctx, tx, caller, "session.end", p.Name, ""); err != nil {
				return err
			}
		}
		tx.After(d.access.forget)
		return tx.EndSession(ctx, s.Key)
	})
}

// EndOtherSessions ends all sessions of a person (zero: the caller) except the caller's present one, and gives
// how many. Those of others are for admins.
func (d *Desk) EndOtherSessions(ctx context.Context, who id.ID) (n int, err error) {
	caller, who, err := ownOr(ctx, who, person.EditPeople)
	if err != nil {
		return 0, err
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		p, err := tx.Person(ctx, who)
		if err != nil {
			return err
		}
		if !caller.isSelf(who) {
			if err := d.audit(ctx, tx, caller, "session.end", p.Name, "all"); err != nil {
				return err
			}
		}
		n, err = d.endSessions(ctx, tx, caller, who)
		return err
	})
	return n, err
}

func (d *Desk) endSessions(ctx context.Context, tx *store.Tx, caller Caller, who id.ID) (int, error) {
	keep := ""
	if caller.Session != "" {
		keep = hashSecret(caller.Session)
	}
	tx.After(d.access.forget)
	return tx.EndSessions(ctx, who, keep)
}
