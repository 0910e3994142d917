package desk

import (
	"context"
	"fmt"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
)

// MaxTokens is how many API tokens a person may have.
const MaxTokens = 100

// CreateToken makes an API token for a person (zero: the caller) that acts with all their rights until expires
// (zero: until revoked). The secret is given once and kept as a hash. Tokens of others are for admins.
func (d *Desk) CreateToken(ctx context.Context, who id.ID, name string, expires time.Time) (secret string, t person.Token, err error) {
	caller, who, err := ownOr(ctx, who, person.EditPeople)
	if err != nil {
		return "", t, err
	}
	name, bad := line("name", name, 80, true)
	if bad != nil {
		bad.Hint = "Say what the token is for, so that you know later which one to revoke."
		return "", t, bad
	}
	expires = expires.UTC().Truncate(time.Millisecond)
	if y := expires.Year(); !expires.IsZero() && (!expires.After(d.store.Now()) || y > 2200) {
		return "", t, fault.Invalid("expires_at", "The token would have expired already.", "Choose a day to come, or none.")
	}
	secret, hash := newSecret(TokenPrefix)
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		p, err := tx.PersonForChange(ctx, who)
		if err != nil {
			return err
		}
		if !p.DisabledAt.IsZero() {
			return fault.Conflict("person", p.Name+" is disabled.", "Enable the account first.")
		}
		have, err := tx.Tokens(ctx, who)
		if err != nil {
			return err
		}
		if len(have) >= MaxTokens {
			return fault.Conflict("name", fmt.Sprintf("There are %d tokens already.", len(have)), "Revoke those that nothing uses any more.")
		}
		t = person.Token{PersonID: who, Name: name, Hint: secret[len(secret)-4:], CreatedAt: tx.Now, ExpiresAt: expires}
		if err := tx.AddToken(ctx, hash, &t); err != nil {
			return err
		}
		return d.audit(ctx, tx, caller, "token.create", p.Name, name)
	})
	if err != nil {
		return "", person.Token{}, err
	}
	return secret, t, nil
}

// Tokens gives a person's API tokens (zero: the caller's), newest first, without their secrets.
func (d *Desk) Tokens(ctx context.Context, who id.ID) ([]person.Token, error) {
	_, who, err := ownOr(ctx, who, person.EditPeople)
	if err != nil {
		return nil, err
	}
	return d.store.Read().Tokens(ctx, who)
}

// RevokeToken ends an API token at once: an own one, or as an admin anybody's.
func (d *Desk) RevokeToken(ctx context.Context, i id.ID) error {
	caller, err := may(ctx, person.SignedIn)
	if err != nil {
		return err
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		t, err := tx.Token(ctx, i)
		if err != nil {
			return err
		}
		if !caller.isSelf(t.PersonID) && !caller.May(person.EditPeople) {
			return fault.NotFound("token")
		}
		p, err := tx.Person(ctx, t.PersonID)
		if err != nil {
			return err
		}
		tx.After(d.access.forget)
		if err := tx.DropToken(ctx, i); err != nil {
			return err
		}
		return d.audit(ctx, tx, caller, "token.revoke", p.Name, t.Name)
	})
}
