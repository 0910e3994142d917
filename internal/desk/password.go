package desk

import (
	"context"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
)

// SetPassword gives a person (zero: the caller) a new password. For oneself the current one is asked for, where
// there is one; for others it takes an admin. All other sessions end; API tokens stay.
func (d *Desk) SetPassword(ctx context.Context, i id.ID, current, password string) error {
	caller, i, err := ownOr(ctx, i, person.EditPeople)
	if err != nil {
		return err
	}
	p, err := d.store.Read().Person(ctx, i)
	if err != nil {
		return err
	}
	if p.Email == "" {
		return fault.Invalid("email", p.Name+" has no e-mail address to sign in with.", "Add one first.")
	}
	if bad := person.JudgePassword("password", password, p.Email, p.Name); bad != nil {
		return bad
	}
	var mine id.ID
	if caller.isSelf(i) && p.HasPassword {
		if mine, err = d.confirm(ctx, p, current); err != nil {
			return err
		}
	}
	hash, err := d.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.SetPassword(ctx, i, hash); err != nil {
			return err
		}
		if mine != 0 {
			if err := tx.DropFailure(ctx, mine); err != nil {
				return err
			}
		}
		if _, err := d.endSessions(ctx, tx, caller, i); err != nil {
			return err
		}
		d.peopleChanged(tx)
		return d.audit(ctx, tx, caller, "person.password", p.Name, "")
	})
}

// confirm checks the caller's own password, throttled as signing in is. It gives the attempt to take back.
func (d *Desk) confirm(ctx context.Context, p person.Person, current string) (id.ID, error) {
	mine, err := d.attempt(ctx, attemptNames(p.Email, "own account"))
	if err != nil {
		return 0, err
	}
	stored, err := d.store.Read().PasswordHash(ctx, p.ID)
	if err != nil {
		return 0, err
	}
	if len(current) > person.MaxPassword {
		current = ""
	}
	ok, _, err := d.checkPassword(ctx, stored, current)
	if err == nil && !ok {
		err = fault.Invalid("current", "This is not your current password.", "Type the one you signed in with; an admin can set a new one.")
	}
	return mine, err
}
