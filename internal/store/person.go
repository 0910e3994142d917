package store

import (
	"context"
	"strings"

	"firebreak/internal/id"
	"firebreak/internal/person"
)

const personSelect = `SELECT p.id, p.email, p.name, p.role, p.client_id, c.name, p.zone, p.phone, p.prefs, p.created_at, p.disabled_at, p.password_hash <> ''
	FROM person p LEFT JOIN client c ON c.id = p.client_id`

func scanPerson(r row) (p person.Person, err error) {
	return p, r.Scan(&p.ID, &p.Email, &p.Name, &p.Role, refTo{&p.ClientID}, text{&p.Client}, &p.Zone, &p.Phone, fromJSON{&p.Prefs}, at{&p.CreatedAt}, at{&p.DisabledAt}, &p.HasPassword)
}

// Person gives one person with the teams they belong to.
func (r Read) Person(ctx context.Context, i id.ID) (person.Person, error) {
	p, err := scanPerson(r.q.QueryRowContext(ctx, personSelect+" WHERE p.id = $1", i))
	if err != nil {
		return p, one(err, "person")
	}
	p.Teams, err = r.teamsOf(ctx, i)
	return p, err
}

// FindPerson finds somebody by id, e-mail address or exact name (whatever the case); names that several
// people share find the one the desk knew first.
func (r Read) FindPerson(ctx context.Context, who string) (person.Person, error) {
	if i, err := id.Parse(who); err == nil && i != 0 {
		if p, err := r.Person(ctx, i); err == nil {
			return p, nil
		}
	}
	column := "p.name"
	if strings.Contains(who, "@") {
		column = "p.email"
	}
	p, err := scanPerson(r.q.QueryRowContext(ctx, personSelect+" WHERE lower("+column+") = lower($1) ORDER BY p.id LIMIT 1", who))
	if err != nil {
		return p, one(err, "person called "+who)
	}
	p.Teams, err = r.teamsOf(ctx, p.ID)
	return p, err
}

func (r Read) teamsOf(ctx context.Context, i id.ID) ([]person.TeamRef, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT t.id, t.name FROM membership m JOIN team t ON t.id = m.team_id WHERE m.person_id = $1 ORDER BY lower(t.name)", i)
	return collect(rows, err, func(r row) (t person.TeamRef, err error) { return t, r.Scan(&t.ID, &t.Name) })
}

// AddPerson inserts p (an empty ID is made).
func (tx *Tx) AddPerson(ctx context.Context, p *person.Person) error {
	if p.ID == 0 {
		p.ID = tx.NewID()
	}
	if p.CreatedAt.IsZero() {
		p.CreatedAt = tx.Now
	}
	_, err := tx.q.ExecContext(ctx, "INSERT INTO person (id, email, name, role, client_id, zone, phone, prefs, created_at, updated_at, disabled_at) VALUES ("+holes(1, 11)+")",
		p.ID, p.Email, p.Name, string(p.Role), ref(p.ClientID), p.Zone, p.Phone, jsonText(p.Prefs), ms(p.CreatedAt), ms(tx.Now), ms(p.DisabledAt))
	return err
}

// FindTeam finds a team by id or name.
func (r Read) FindTeam(ctx context.Context, name string) (t person.Team, err error) {
	i, _ := id.Parse(name)
	err = r.q.QueryRowContext(ctx, "SELECT id, name, description, created_at FROM team WHERE id = $1 OR lower(name) = lower($2)", i, name).
		Scan(&t.ID, &t.Name, &t.Description, at{&t.CreatedAt})
	return t, one(err, "team called "+name)
}

// ClientByDomain gives the client whose mail domain it is.
func (r Read) ClientByDomain(ctx context.Context, domain string) (c person.Client, err error) {
	err = r.q.QueryRowContext(ctx, "SELECT id, name, domain, created_at FROM client WHERE domain = lower($1) AND domain <> '' ORDER BY id LIMIT 1", domain).
		Scan(&c.ID, &c.Name, &c.Domain, at{&c.CreatedAt})
	return c, one(err, "client with the domain "+domain)
}
