package desk

import (
	"context"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/store"
)

// NeedsSetup reports whether the desk is new: no admin can sign in yet.
func (d *Desk) NeedsSetup(ctx context.Context) (bool, error) {
	if d.access.setUp.Load() {
		return false, nil
	}
	has, err := d.store.Read().HasAdmin(ctx)
	if has {
		d.access.setUp.Store(true)
	}
	return !has, err
}

// SetUp makes the first admin of a new desk and names the desk (empty: Firebreak). Of two at once one wins; once
// an admin can sign in it is refused for ever. The new admin then signs in.
func (d *Desk) SetUp(ctx context.Context, name, email, password, deskName string) (person.Person, error) {
	done := fault.Conflict("", "This desk is set up already.", "Sign in, or ask an admin for an account.")
	if needs, err := d.NeedsSetup(ctx); err != nil {
		return person.Person{}, err
	} else if !needs {
		return person.Person{}, done
	}
	p := person.Person{Role: person.Admin}
	bad := make([]*fault.Fault, 4)
	p.Name, bad[0] = line("name", name, maxName, true)
	p.Email, bad[1] = cleanEmail(email, true)
	bad[2] = person.JudgePassword("password", password, p.Email, p.Name)
	deskName, bad[3] = line("desk_name", deskName, maxName, false)
	if err := fault.Collect(bad...); err != nil {
		return p, err
	}
	hash, err := d.hashPassword(ctx, password)
	if err != nil {
		return p, err
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.LockSetUp(ctx); err != nil {
			return err
		}
		if has, err := tx.HasAdmin(ctx); err != nil {
			return err
		} else if has {
			return done
		}
		p.ID = 0
		if known, _, err := tx.Credential(ctx, p.Email); err != nil {
			return err
		} else if known != 0 { // an import may have brought the admin along as a requester
			was, err := tx.Person(ctx, known)
			if err != nil {
				return err
			}
			was.Name, was.Role = p.Name, person.Admin
			was.DisabledAt = time.Time{}
			p = was
			if err := tx.SavePerson(ctx, &p); err != nil {
				return err
			}
		} else if err := tx.AddPerson(ctx, &p); err != nil {
			return err
		}
		if err := tx.SetPassword(ctx, p.ID, hash); err != nil {
			return err
		}
		p.HasPassword = true
		if deskName != "" {
			s, err := tx.Settings(ctx)
			if err != nil {
				return err
			}
			s.DeskName = deskName
			if err := tx.SaveSettings(ctx, s); err != nil {
				return err
			}
		}
		c := CallerOf(ctx)
		c.Person = p
		if c.Via == "" {
			c.Via = "page"
		}
		tx.After(d.access.forget)
		return d.audit(ctx, tx, c, "setup", p.Name, "first admin")
	})
	return p, err
}
