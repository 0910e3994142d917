package store

import (
	"context"
	"database/sql"
	"strconv"
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

// PeopleNamed gives up to limit people of a name, whatever the case.
func (r Read) PeopleNamed(ctx context.Context, name string, limit int) ([]person.Person, error) {
	rows, err := r.q.QueryContext(ctx, personSelect+" WHERE lower(p.name) = lower($1) ORDER BY p.id LIMIT $2 + 0", name, limit)
	return collect(rows, err, scanPerson)
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
	if err != nil {
		return err
	}
	return tx.namePerson(ctx, p.ID, p.Name, p.Email, false)
}

// SavePerson updates p: everything but the password and the teams.
func (tx *Tx) SavePerson(ctx context.Context, p *person.Person) error {
	_, err := tx.q.ExecContext(ctx, "UPDATE person SET email = $1, name = $2, role = $3, client_id = $4, zone = $5, phone = $6, prefs = $7, updated_at = $8, disabled_at = $9 WHERE id = $10",
		p.Email, p.Name, string(p.Role), ref(p.ClientID), p.Zone, p.Phone, jsonText(p.Prefs), ms(tx.Now), ms(p.DisabledAt), p.ID)
	if err != nil {
		return err
	}
	return tx.namePerson(ctx, p.ID, p.Name, p.Email, true)
}

// PersonForChange gives one person and keeps other transactions from changing them until this one ends.
func (tx *Tx) PersonForChange(ctx context.Context, i id.ID) (person.Person, error) {
	if lock := tx.d.forUpdate(); lock != "" {
		if _, err := tx.q.ExecContext(ctx, "SELECT 1 FROM person WHERE id = $1"+lock, i); err != nil {
			return person.Person{}, err
		}
	}
	return tx.Person(ctx, i)
}

// SetPassword keeps the hashed form of a person's password.
func (tx *Tx) SetPassword(ctx context.Context, i id.ID, hash string) error {
	_, err := tx.q.ExecContext(ctx, "UPDATE person SET password_hash = $1, updated_at = $2 WHERE id = $3", hash, ms(tx.Now), i)
	return err
}

// PasswordHash gives the hashed form of a person's password; empty when they have none.
func (r Read) PasswordHash(ctx context.Context, i id.ID) (hash string, err error) {
	err = r.q.QueryRowContext(ctx, "SELECT password_hash FROM person WHERE id = $1", i).Scan(&hash)
	return hash, one(err, "person")
}

// Credential gives the person with an e-mail address and the hashed form of their password. Both are empty,
// without an error, when there is nobody.
func (r Read) Credential(ctx context.Context, email string) (i id.ID, hash string, err error) {
	err = r.q.QueryRowContext(ctx, "SELECT id, password_hash FROM person WHERE lower(email) = lower($1) AND email <> ''", email).Scan(&i, &hash)
	if err == sql.ErrNoRows {
		err = nil
	}
	return i, hash, err
}

// HasAdmin reports whether somebody can sign in and run the desk.
func (r Read) HasAdmin(ctx context.Context) (bool, error) {
	return r.exists(ctx, "SELECT 1 FROM person WHERE role = 'admin' AND password_hash <> '' AND disabled_at = 0 LIMIT 1")
}

// LockAdmins keeps other transactions from taking an admin away until this one ends, and gives the ids of all
// who are not disabled.
func (tx *Tx) LockAdmins(ctx context.Context) ([]id.ID, error) {
	rows, err := tx.q.QueryContext(ctx, "SELECT id FROM person WHERE role = 'admin' AND disabled_at = 0 ORDER BY id"+tx.d.forUpdate())
	return collect(rows, err, func(r row) (i id.ID, err error) { return i, r.Scan(&i) })
}

// LockSetUp lets one transaction at a time set the desk up.
func (tx *Tx) LockSetUp(ctx context.Context) error {
	_, err := tx.q.ExecContext(ctx, `INSERT INTO setting (key, value, updated_at) VALUES ('set_up', '{}', $1)
		ON CONFLICT (key) DO UPDATE SET updated_at = excluded.updated_at`, ms(tx.Now))
	return err
}

// PersonFilter selects people; the zero value is everybody who is not disabled.
type PersonFilter struct {
	Q        string // beginnings of words of the name or the e-mail address, whatever the case and accents
	Roles    []person.Role
	Team     id.ID
	Client   id.ID
	Disabled bool // only those who are disabled
	After    *PersonKey
	Limit    int
}

// PersonKey is a place in a list of people, which is in the order of names.
type PersonKey struct {
	Name string `json:"n"` // in lower case, as the database makes it
	ID   id.ID  `json:"i"`
}

// People gives a page of people with their teams, and the key of the next page when there is one.
func (r Read) People(ctx context.Context, f PersonFilter) ([]person.Person, *PersonKey, error) {
	var where []string
	var args []any
	arg := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	if f.Disabled {
		where = append(where, "p.disabled_at > 0")
	} else {
		where = append(where, "p.disabled_at = 0")
	}
	if f.Q != "" {
		named, err := r.named(ctx, f.Q, arg)
		if err != nil {
			return nil, nil, err
		}
		if named != "" {
			where = append(where, named)
		}
		if named == "" {
			q := arg("%" + likeText.Replace(strings.ToLower(f.Q)) + "%")
			where = append(where, `(lower(p.name) LIKE `+q+` ESCAPE '\' OR lower(p.email) LIKE `+q+` ESCAPE '\')`)
		}
	}
	if len(f.Roles) > 0 {
		var in []string
		for _, role := range f.Roles {
			in = append(in, arg(string(role)))
		}
		where = append(where, "p.role IN ("+strings.Join(in, ", ")+")")
	}
	if f.Team != 0 {
		where = append(where, "p.id IN (SELECT person_id FROM membership WHERE team_id = "+arg(f.Team)+")")
	}
	if f.Client != 0 {
		where = append(where, "p.client_id = "+arg(f.Client))
	}
	if f.After != nil {
		where = append(where, "(lower(p.name), p.id) > ("+arg(f.After.Name)+", "+arg(f.After.ID)+")")
	}
	type keyed struct {
		person.Person
		key string
	}
	rows, err := r.q.QueryContext(ctx, strings.Replace(personSelect, "SELECT ", "SELECT lower(p.name), ", 1)+" WHERE "+strings.Join(where, " AND ")+
		" ORDER BY lower(p.name), p.id LIMIT "+arg(f.Limit+1), args...)
	found, err := collect(rows, err, func(r row) (k keyed, err error) {
		k.Person, err = scanPerson(prefixed{r, &k.key})
		return k, err
	})
	if err != nil {
		return nil, nil, err
	}
	var next *PersonKey
	if len(found) > f.Limit {
		found = found[:f.Limit]
		last := found[len(found)-1]
		next = &PersonKey{last.key, last.ID}
	}
	out := make([]person.Person, len(found))
	for i := range found {
		out[i] = found[i].Person
	}
	return out, next, r.addTeams(ctx, out)
}

// likeText keeps the wildcards of LIKE from meaning anything in what a person typed.
var likeText = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

// prefixed scans a row whose first column goes to first.
type prefixed struct {
	row
	first any
}

func (p prefixed) Scan(dest ...any) error { return p.row.Scan(append([]any{p.first}, dest...)...) }

// addTeams fills in the teams of many people with one query.
func (r Read) addTeams(ctx context.Context, people []person.Person) error {
	if len(people) == 0 {
		return nil
	}
	at := make(map[id.ID]*person.Person, len(people))
	ids := make([]id.ID, len(people))
	for i := range people {
		ids[i], at[people[i].ID] = people[i].ID, &people[i]
	}
	rows, err := r.q.QueryContext(ctx, "SELECT m.person_id, t.id, t.name FROM membership m JOIN team t ON t.id = m.team_id WHERE m.person_id IN ("+holes(1, len(ids))+") ORDER BY lower(t.name)", anyOf(ids)...)
	_, err = collect(rows, err, func(r row) (struct{}, error) {
		var who id.ID
		var t person.TeamRef
		err := r.Scan(&who, &t.ID, &t.Name)
		if p := at[who]; err == nil && p != nil {
			p.Teams = append(p.Teams, t)
		}
		return struct{}{}, err
	})
	return err
}

// StaffNames gives id, name and e-mail address of those who work tickets and are not disabled, by name.
func (r Read) StaffNames(ctx context.Context, limit int) ([]person.Person, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT id, name, email, role FROM person WHERE role IN ('agent', 'lead', 'admin') AND disabled_at = 0 ORDER BY lower(name) LIMIT $1 + 0", limit)
	return collect(rows, err, func(r row) (p person.Person, err error) { return p, r.Scan(&p.ID, &p.Name, &p.Email, &p.Role) })
}
