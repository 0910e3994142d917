package store

import (
	"context"

	"firebreak/internal/id"
	"firebreak/internal/person"
)

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

const teamSelect = "SELECT id, name, description, created_at FROM team"

func scanTeam(r row) (t person.Team, err error) {
	return t, r.Scan(&t.ID, &t.Name, &t.Description, at{&t.CreatedAt})
}

// maxTeams bounds a desk's teams; a list of them is one page.
const maxTeams = 1000

// Teams gives all teams in the order of their names, with their members where members is set.
func (r Read) Teams(ctx context.Context, members bool) ([]person.Team, error) {
	rows, err := r.q.QueryContext(ctx, teamSelect+" ORDER BY lower(name), id LIMIT $1 + 0", maxTeams)
	teams, err := collect(rows, err, scanTeam)
	if err != nil || !members {
		return teams, err
	}
	for i := range teams {
		if teams[i].Members, err = r.members(ctx, teams[i].ID); err != nil {
			return nil, err
		}
	}
	return teams, nil
}

// Team gives one team with its members.
func (r Read) Team(ctx context.Context, i id.ID) (person.Team, error) {
	t, err := scanTeam(r.q.QueryRowContext(ctx, teamSelect+" WHERE id = $1", i))
	if err != nil {
		return t, one(err, "team")
	}
	t.Members, err = r.members(ctx, i)
	return t, err
}

func (r Read) members(ctx context.Context, team id.ID) ([]person.Person, error) {
	rows, err := r.q.QueryContext(ctx, personSelect+" JOIN membership m ON m.person_id = p.id WHERE m.team_id = $1 ORDER BY lower(p.name), p.id", team)
	return collect(rows, err, scanPerson)
}

// AddTeam inserts t (an empty ID is made); members are set on their own.
func (tx *Tx) AddTeam(ctx context.Context, t *person.Team) error {
	if t.ID == 0 {
		t.ID = tx.NewID()
	}
	if t.CreatedAt.IsZero() {
		t.CreatedAt = tx.Now
	}
	_, err := tx.q.ExecContext(ctx, "INSERT INTO team (id, name, description, created_at) VALUES ($1, $2, $3, $4)", t.ID, t.Name, t.Description, ms(t.CreatedAt))
	return err
}

// SaveTeam updates name and description.
func (tx *Tx) SaveTeam(ctx context.Context, t *person.Team) error {
	_, err := tx.q.ExecContext(ctx, "UPDATE team SET name = $1, description = $2 WHERE id = $3", t.Name, t.Description, t.ID)
	return err
}

// SetMembers makes exactly these people the members of a team.
func (tx *Tx) SetMembers(ctx context.Context, team id.ID, members []id.ID) error {
	if _, err := tx.q.ExecContext(ctx, "DELETE FROM membership WHERE team_id = $1", team); err != nil {
		return err
	}
	for _, m := range members {
		if err := tx.join(ctx, team, m); err != nil {
			return err
		}
	}
	return nil
}

// SetTeams makes a person a member of exactly these teams.
func (tx *Tx) SetTeams(ctx context.Context, who id.ID, teams []id.ID) error {
	if _, err := tx.q.ExecContext(ctx, "DELETE FROM membership WHERE person_id = $1", who); err != nil {
		return err
	}
	for _, t := range teams {
		if err := tx.join(ctx, t, who); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) join(ctx context.Context, team, who id.ID) error {
	_, err := tx.q.ExecContext(ctx, "INSERT INTO membership (team_id, person_id) VALUES ($1, $2) ON CONFLICT (team_id, person_id) DO NOTHING", team, who)
	return err
}

const clientSelect = "SELECT id, name, domain, created_at FROM client"

func scanClient(r row) (c person.Client, err error) {
	return c, r.Scan(&c.ID, &c.Name, &c.Domain, at{&c.CreatedAt})
}

// Client gives one client.
func (r Read) Client(ctx context.Context, i id.ID) (person.Client, error) {
	c, err := scanClient(r.q.QueryRowContext(ctx, clientSelect+" WHERE id = $1", i))
	return c, one(err, "client")
}

// FindClient finds a client by id or name.
func (r Read) FindClient(ctx context.Context, name string) (person.Client, error) {
	i, _ := id.Parse(name)
	c, err := scanClient(r.q.QueryRowContext(ctx, clientSelect+" WHERE id = $1 OR lower(name) = lower($2)", i, name))
	return c, one(err, "client called "+name)
}

// Clients gives up to limit clients in the order of their names, after a key, and the key of the next page.
func (r Read) Clients(ctx context.Context, after *PersonKey, limit int) ([]person.Client, *PersonKey, error) {
	where, args := "", []any{limit + 1}
	if after != nil {
		where, args = " WHERE (lower(name), id) > ($2, $3)", append(args, after.Name, after.ID)
	}
	type keyed struct {
		person.Client
		key string
	}
	rows, err := r.q.QueryContext(ctx, "SELECT lower(name), id, name, domain, created_at FROM client"+where+" ORDER BY lower(name), id LIMIT $1 + 0", args...)
	found, err := collect(rows, err, func(r row) (k keyed, err error) {
		k.Client, err = scanClient(prefixed{r, &k.key})
		return k, err
	})
	if err != nil {
		return nil, nil, err
	}
	var next *PersonKey
	if len(found) > limit {
		found = found[:limit]
		next = &PersonKey{found[limit-1].key, found[limit-1].ID}
	}
	out := make([]person.Client, len(found))
	for i := range found {
		out[i] = found[i].Client
	}
	return out, next, nil
}

// AddClient inserts c (an empty ID is made).
func (tx *Tx) AddClient(ctx context.Context, c *person.Client) error {
	if c.ID == 0 {
		c.ID = tx.NewID()
	}
	if c.CreatedAt.IsZero() {
		c.CreatedAt = tx.Now
	}
	_, err := tx.q.ExecContext(ctx, "INSERT INTO client (id, name, domain, created_at) VALUES ($1, $2, $3, $4)", c.ID, c.Name, c.Domain, ms(c.CreatedAt))
	return err
}

// SaveClient updates name and domain.
func (tx *Tx) SaveClient(ctx context.Context, c *person.Client) error {
	_, err := tx.q.ExecContext(ctx, "UPDATE client SET name = $1, domain = $2 WHERE id = $3", c.Name, c.Domain, c.ID)
	return err
}
