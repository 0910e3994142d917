package desk

import (
	"context"
	"fmt"
	"strings"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// maxMembers bounds a team.
const maxMembers = 500

// TeamList is all teams; there is one page of them.
type TeamList struct {
	Items []person.Team `json:"items"`
}

// Teams gives all teams in the order of their names, with their members.
func (d *Desk) Teams(ctx context.Context) (TeamList, error) {
	out := TeamList{Items: []person.Team{}}
	if _, err := may(ctx, person.SeePeople); err != nil {
		return out, err
	}
	teams, err := d.store.Read().Teams(ctx, true)
	out.Items = append(out.Items, teams...)
	return out, err
}

// TeamNames gives all teams without their members, for forms that choose one.
func (d *Desk) TeamNames(ctx context.Context) ([]person.Team, error) {
	if _, err := may(ctx, person.SeePeople); err != nil {
		return nil, err
	}
	return d.store.Read().Teams(ctx, false)
}

// Team gives one team with its members.
func (d *Desk) Team(ctx context.Context, i id.ID) (person.Team, error) {
	if _, err := may(ctx, person.SeePeople); err != nil {
		return person.Team{}, err
	}
	return d.store.Read().Team(ctx, i)
}

// AddTeam is the team to add.
type AddTeam struct {
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty" doc:"what the team looks after"`
	Members     []string `json:"members,omitempty" doc:"e-mail addresses, names or ids"`
}

// AddTeam adds a team.
func (d *Desk) AddTeam(ctx context.Context, in AddTeam) (person.Team, error) {
	caller, err := may(ctx, person.EditPeople)
	if err != nil {
		return person.Team{}, err
	}
	var t person.Team
	bad := make([]*fault.Fault, 2)
	t.Name, bad[0] = line("name", in.Name, maxName, true)
	t.Description, bad[1] = line("description", in.Description, ticket.MaxShort, false)
	if err := fault.Collect(bad...); err != nil {
		return t, err
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		t.ID = 0
		if err := tx.AddTeam(ctx, &t); err != nil {
			return err
		}
		members, err := d.findMembers(ctx, tx.Read, caller, in.Members)
		if err != nil {
			return err
		}
		if err := tx.SetMembers(ctx, t.ID, members); err != nil {
			return err
		}
		d.peopleChanged(tx)
		if err := d.audit(ctx, tx, caller, "team.add", t.Name, ""); err != nil {
			return err
		}
		t, err = tx.Team(ctx, t.ID)
		return err
	})
	return t, err
}

// UpdateTeam is what to change about a team; what is nil stays.
type UpdateTeam struct {
	Name        *string   `json:"name,omitempty"`
	Description *string   `json:"description,omitempty"`
	Members     *[]string `json:"members,omitempty" doc:"exactly these people, by e-mail address, name or id"`
}

// UpdateTeam changes a team.
func (d *Desk) UpdateTeam(ctx context.Context, i id.ID, in UpdateTeam) (person.Team, error) {
	caller, err := may(ctx, person.EditPeople)
	if err != nil {
		return person.Team{}, err
	}
	var t person.Team
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		if t, err = tx.Team(ctx, i); err != nil {
			return err
		}
		old := t
		bad := make([]*fault.Fault, 2)
		if in.Name != nil {
			t.Name, bad[0] = line("name", *in.Name, maxName, true)
		}
		if in.Description != nil {
			t.Description, bad[1] = line("description", *in.Description, ticket.MaxShort, false)
		}
		if err := fault.Collect(bad...); err != nil {
			return err
		}
		if err := tx.SaveTeam(ctx, &t); err != nil {
			return err
		}
		if in.Members != nil {
			members, err := d.findMembers(ctx, tx.Read, caller, *in.Members)
			if err != nil {
				return err
			}
			if err := tx.SetMembers(ctx, i, members); err != nil {
				return err
			}
		}
		d.peopleChanged(tx)
		if t, err = tx.Team(ctx, i); err != nil {
			return err
		}
		var ch changes
		ch.note("name", old.Name, t.Name)
		ch.note("description", old.Description, t.Description)
		ch.note("members", memberNames(old), memberNames(t))
		if len(ch) == 0 {
			return nil
		}
		return d.audit(ctx, tx, caller, "team.change", t.Name, ch.String())
	})
	return t, err
}

// SetMembers makes exactly these people the members of a team.
func (d *Desk) SetMembers(ctx context.Context, team id.ID, members []string) (person.Team, error) {
	return d.UpdateTeam(ctx, team, UpdateTeam{Members: &members})
}

func memberNames(t person.Team) string {
	names := make([]string, len(t.Members))
	for i, m := range t.Members {
		names[i] = m.Name
	}
	return strings.Join(names, ", ")
}

func (d *Desk) findMembers(ctx context.Context, r store.Read, caller Caller, who []string) ([]id.ID, error) {
	if len(who) > maxMembers {
		return nil, fault.Invalid("members", fmt.Sprintf("%d people are more than a team can have.", len(who)), fmt.Sprintf("Make several teams of up to %d.", maxMembers))
	}
	var out []id.ID
	for _, w := range who {
		if w = strings.TrimSpace(w); w == "" {
			continue
		}
		p, err := d.findStaff(ctx, r, caller, "members", w)
		if err != nil {
			return nil, err
		}
		out = append(out, p.ID)
	}
	return out, nil
}

// ClientPage is a page of clients.
type ClientPage struct {
	Items []person.Client `json:"items"`
	Next  string          `json:"next,omitempty" doc:"cursor of the next page; absent at the end"`
}

// Clients gives a page of clients in the order of their names.
func (d *Desk) Clients(ctx context.Context, cursor string, limit int) (ClientPage, error) {
	page := ClientPage{Items: []person.Client{}}
	if _, err := may(ctx, person.SeePeople); err != nil {
		return page, err
	}
	limit, err := pageLimit(limit)
	if err != nil {
		return page, err
	}
	after, err := readNameCursor(cursor, "clients")
	if err != nil {
		return page, err
	}
	items, next, err := d.store.Read().Clients(ctx, after, limit)
	page.Items, page.Next = append(page.Items, items...), writeNameCursor(next, "clients")
	return page, err
}

// Client gives one client.
func (d *Desk) Client(ctx context.Context, i id.ID) (person.Client, error) {
	if _, err := may(ctx, person.SeePeople); err != nil {
		return person.Client{}, err
	}
	return d.store.Read().Client(ctx, i)
}

// AddClient is the client to add.
type AddClient struct {
	Name   string `json:"name"`
	Domain string `json:"domain,omitempty" doc:"mail domain whose senders belong to this client"`
}

// AddClient adds a client.
func (d *Desk) AddClient(ctx context.Context, in AddClient) (person.Client, error) {
	caller, err := may(ctx, person.EditClients)
	if err != nil {
		return person.Client{}, err
	}
	var c person.Client
	bad := make([]*fault.Fault, 2)
	c.Name, bad[0] = line("name", in.Name, maxName, true)
	c.Domain, bad[1] = cleanDomain(in.Domain)
	if err := fault.Collect(bad...); err != nil {
		return c, err
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		c.ID = 0
		if err := freeDomain(ctx, tx, c); err != nil {
			return err
		}
		if err := tx.AddClient(ctx, &c); err != nil {
			return err
		}
		d.peopleChanged(tx)
		return d.audit(ctx, tx, caller, "client.add", c.Name, c.Domain)
	})
	return c, err
}

// UpdateClient is what to change about a client; what is nil stays.
type UpdateClient struct {
	Name   *string `json:"name,omitempty"`
	Domain *string `json:"domain,omitempty"`
}

// UpdateClient changes a client. People stay with the client they have.
func (d *Desk) UpdateClient(ctx context.Context, i id.ID, in UpdateClient) (person.Client, error) {
	caller, err := may(ctx, person.EditClients)
	if err != nil {
		return person.Client{}, err
	}
	var c person.Client
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		if c, err = tx.Client(ctx, i); err != nil {
			return err
		}
		old := c
		bad := make([]*fault.Fault, 2)
		if in.Name != nil {
			c.Name, bad[0] = line("name", *in.Name, maxName, true)
		}
		if in.Domain != nil {
			c.Domain, bad[1] = cleanDomain(*in.Domain)
		}
		if err := fault.Collect(bad...); err != nil {
			return err
		}
		if err := freeDomain(ctx, tx, c); err != nil {
			return err
		}
		if err := tx.SaveClient(ctx, &c); err != nil {
			return err
		}
		d.peopleChanged(tx)
		var ch changes
		ch.note("name", old.Name, c.Name)
		ch.note("domain", old.Domain, c.Domain)
		if len(ch) == 0 {
			return nil
		}
		return d.audit(ctx, tx, caller, "client.change", c.Name, ch.String())
	})
	return c, err
}

// cleanDomain checks a mail domain.
func cleanDomain(s string) (string, *fault.Fault) {
	s, bad := line("domain", strings.ToLower(strings.TrimPrefix(strings.TrimSpace(s), "@")), 253, false)
	if bad != nil || s == "" {
		return s, bad
	}
	if mail, ok := person.CleanEmail("a@" + s); !ok || mail != "a@"+s || !strings.Contains(s, ".") {
		return "", fault.Invalid("domain", "This is not a mail domain.", "Write what stands behind the @, like example.com.")
	}
	return s, nil
}

// freeDomain refuses a mail domain that another client has: a sender belongs to one client.
func freeDomain(ctx context.Context, tx *store.Tx, c person.Client) error {
	if c.Domain == "" {
		return nil
	}
	other, err := tx.ClientByDomain(ctx, c.Domain)
	if fault.Is(err, fault.CodeNotFound) || err == nil && other.ID == c.ID {
		return nil
	} else if err != nil {
		return err
	}
	return fault.Conflict("domain", "The mail domain belongs to "+other.Name+".", "A sender can belong to one client only; choose another domain or none.")
}
