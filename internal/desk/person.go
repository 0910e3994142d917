package desk

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

const (
	maxName  = 80
	maxPhone = 40
)

// ListPeople selects people; the zero value is everybody who is not disabled.
type ListPeople struct {
	Q        string   `json:"q,omitempty" doc:"part of a name or an e-mail address"`
	Role     []string `json:"role,omitempty" doc:"admin, lead, agent, requester, or desk for all but requesters"`
	Team     string   `json:"team,omitempty" doc:"name or id"`
	Client   string   `json:"client,omitempty" doc:"name or id"`
	Disabled bool     `json:"disabled,omitempty" doc:"only those who are disabled"`
	Cursor   string   `json:"-"`
	Limit    int      `json:"-"`
}

// PersonPage is one page of a list of people.
type PersonPage struct {
	Items []person.Person `json:"items"`
	Next  string          `json:"next,omitempty" doc:"cursor of the next page; absent at the end"`
}

// People gives a page of people in the order of their names.
func (d *Desk) People(ctx context.Context, in ListPeople) (PersonPage, error) {
	page := PersonPage{Items: []person.Person{}}
	if _, err := may(ctx, person.SeePeople); err != nil {
		return page, err
	}
	limit, err := pageLimit(in.Limit)
	if err != nil {
		return page, err
	}
	q, bad := line("q", in.Q, ticket.MaxShort, false)
	if bad != nil {
		return page, bad
	}
	f := store.PersonFilter{Q: q, Disabled: in.Disabled, Limit: limit}
	for _, role := range in.Role {
		switch {
		case role == "desk":
			f.Roles = append(f.Roles, person.Admin, person.Lead, person.Agent)
		case person.Role(role).Valid():
			f.Roles = append(f.Roles, person.Role(role))
		default:
			return page, fault.Invalid("role", "The role "+clip(role, 40)+" does not exist.", "Use admin, lead, agent, requester or desk.")
		}
	}
	r := d.store.Read()
	if in.Team != "" {
		t, err := r.FindTeam(ctx, in.Team)
		if fault.Is(err, fault.CodeNotFound) {
			return page, nil
		} else if err != nil {
			return page, err
		}
		f.Team = t.ID
	}
	if in.Client != "" {
		c, err := r.FindClient(ctx, in.Client)
		if fault.Is(err, fault.CodeNotFound) {
			return page, nil
		} else if err != nil {
			return page, err
		}
		f.Client = c.ID
	}
	list := peopleList(in)
	if f.After, err = readNameCursor(in.Cursor, list); err != nil {
		return page, err
	}
	items, next, err := r.People(ctx, f)
	if err != nil {
		return page, err
	}
	page.Items, page.Next = append(page.Items, items...), writeNameCursor(next, list)
	return page, nil
}

func peopleList(in ListPeople) string {
	b, _ := json.Marshal(in)
	return "people " + string(b)
}

// nameCursor is a place in one particular list in the order of names.
type nameCursor struct {
	Of  string          `json:"o"`
	Key store.PersonKey `json:"k"`
}

func writeNameCursor(k *store.PersonKey, list string) string {
	if k == nil {
		return ""
	}
	b, _ := json.Marshal(nameCursor{shortHash(list), *k})
	return base64.RawURLEncoding.EncodeToString(b)
}

func readNameCursor(s, list string) (*store.PersonKey, error) {
	if s == "" {
		return nil, nil
	}
	var c nameCursor
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil {
		return nil, fault.Invalid("cursor", "This cursor cannot be read.", "Use the value of next from the page before, unchanged.")
	}
	if c.Of != shortHash(list) {
		return nil, fault.Invalid("cursor", "This cursor belongs to another list.", "Start again without a cursor when a filter changes.")
	}
	return &c.Key, nil
}

// Person gives one person: oneself, or anybody for those who may see people. A zero id is the caller.
func (d *Desk) Person(ctx context.Context, i id.ID) (person.Person, error) {
	_, i, err := ownOr(ctx, i, person.SeePeople)
	if err != nil {
		return person.Person{}, err
	}
	return d.store.Read().Person(ctx, i)
}

// AddPerson is who to add.
type AddPerson struct {
	Email    string      `json:"email,omitempty" doc:"needed by everybody who signs in"`
	Name     string      `json:"name"`
	Role     person.Role `json:"role" enum:"admin,lead,agent,requester"`
	Password string      `json:"password,omitempty" doc:"at least 12 characters; without one the person cannot sign in yet"`
	Client   string      `json:"client,omitempty" doc:"name or id; by the domain of the address when empty"`
	Teams    []string    `json:"teams,omitempty" doc:"names or ids"`
	Zone     string      `json:"zone,omitempty" doc:"IANA time zone"`
	Phone    string      `json:"phone,omitempty"`
}

// AddPerson adds somebody. Leads may add requesters, admins anybody. The command line calls it as the system.
func (d *Desk) AddPerson(ctx context.Context, in AddPerson) (person.Person, error) {
	need := person.EditPeople
	if in.Role == person.Requester && in.Password == "" {
		need = person.EditClients
	}
	caller, err := may(ctx, need)
	if err != nil {
		return person.Person{}, err
	}
	p := person.Person{Role: in.Role, Zone: in.Zone}
	bad := make([]*fault.Fault, 6)
	p.Email, bad[0] = cleanEmail(in.Email, in.Role != person.Requester || in.Password != "")
	p.Name, bad[1] = line("name", in.Name, maxName, true)
	p.Phone, bad[2] = line("phone", in.Phone, maxPhone, false)
	bad[3] = checkZone("zone", in.Zone)
	if !in.Role.Valid() {
		bad[4] = errRole(in.Role)
	}
	if in.Password != "" {
		bad[5] = person.JudgePassword("password", in.Password, p.Email, p.Name)
	}
	if err := fault.Collect(bad...); err != nil {
		return p, err
	}
	hash := ""
	if in.Password != "" {
		if hash, err = d.hashPassword(ctx, in.Password); err != nil {
			return p, err
		}
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		p.ID = 0
		if err := d.setClient(ctx, tx, &p, in.Client, true); err != nil {
			return err
		}
		teams, err := findTeams(ctx, tx.Read, &p, in.Teams)
		if err != nil {
			return err
		}
		if err := tx.AddPerson(ctx, &p); err != nil {
			return err
		}
		if err := tx.SetTeams(ctx, p.ID, teams); err != nil {
			return err
		}
		if hash != "" {
			if err := tx.SetPassword(ctx, p.ID, hash); err != nil {
				return err
			}
		}
		d.peopleChanged(tx)
		if err := d.audit(ctx, tx, caller, "person.add", p.Name, string(p.Role)); err != nil {
			return err
		}
		p, err = tx.Person(ctx, p.ID)
		return err
	})
	return p, err
}

func errRole(r person.Role) *fault.Fault {
	return fault.Invalid("role", "The role "+clip(string(r), 40)+" does not exist.", "Use admin, lead, agent or requester.")
}

// cleanEmail checks an e-mail address.
func cleanEmail(s string, required bool) (string, *fault.Fault) {
	if strings.TrimSpace(s) == "" {
		if required {
			return "", fault.Invalid("email", "The e-mail address is missing.", "Everybody who signs in needs one, like name@example.com.")
		}
		return "", nil
	}
	mail, ok := person.CleanEmail(s)
	if clean, problem, _ := ticket.CleanText(mail, 254, true); !ok || problem != "" || clean != mail {
		return "", fault.Invalid("email", "This is not an e-mail address.", "Write it like name@example.com.")
	}
	return mail, nil
}

// setClient puts p to the client of a name or id; byDomain takes the one whose mail domain fits when none is named.
func (d *Desk) setClient(ctx context.Context, tx *store.Tx, p *person.Person, client string, byDomain bool) error {
	p.ClientID, p.Client = 0, ""
	if strings.TrimSpace(client) != "" {
		c, err := tx.FindClient(ctx, strings.TrimSpace(client))
		if fault.Is(err, fault.CodeNotFound) {
			return fault.Invalid("client", "There is no client "+clip(client, maxName)+".", "Add the client first, or leave it empty.")
		}
		p.ClientID, p.Client = c.ID, c.Name
		return err
	}
	if _, domain, ok := strings.Cut(p.Email, "@"); ok && byDomain && p.Role == person.Requester {
		c, err := tx.ClientByDomain(ctx, domain)
		if fault.Is(err, fault.CodeNotFound) {
			return nil
		}
		p.ClientID, p.Client = c.ID, c.Name
		return err
	}
	return nil
}

// findTeams finds teams by name or id; requesters have none.
func findTeams(ctx context.Context, r store.Read, p *person.Person, names []string) ([]id.ID, error) {
	var out []id.ID
	for _, name := range names {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		t, err := r.FindTeam(ctx, name)
		if fault.Is(err, fault.CodeNotFound) {
			return nil, fault.Invalid("teams", "There is no team "+clip(name, maxName)+".", "Add the team first; the people page lists all teams.")
		} else if err != nil {
			return nil, err
		}
		if !slices.Contains(out, t.ID) {
			out = append(out, t.ID)
		}
	}
	if len(out) > 0 && !p.Role.Desk() {
		return nil, fault.Invalid("teams", "A requester cannot be in a team.", "Give the role agent, lead or admin, or leave the teams empty.")
	}
	return out, nil
}

// peopleChanged makes what is remembered about people and what pages show of them fresh, after commit.
func (d *Desk) peopleChanged(tx *store.Tx) {
	tx.After(func() {
		d.access.forget()
		d.hub.Publish("people")
	})
}

// UpdatePerson is what to change about a person; what is nil stays.
type UpdatePerson struct {
	Email   *string      `json:"email,omitempty"`
	Name    *string      `json:"name,omitempty"`
	Role    *person.Role `json:"role,omitempty" enum:"admin,lead,agent,requester"`
	Client  *string      `json:"client,omitempty" doc:"name or id; empty for none"`
	Teams   *[]string    `json:"teams,omitempty" doc:"exactly these teams, by name or id"`
	Zone    *string      `json:"zone,omitempty" doc:"IANA time zone; empty for UTC"`
	Phone   *string      `json:"phone,omitempty"`
	Theme   *string      `json:"theme,omitempty" doc:"light, dark, or empty to follow the device" enum:",light,dark"`
	Density *string      `json:"density,omitempty" doc:"comfortable, or empty for dense" enum:",comfortable"`
}

// UpdatePerson changes a person (zero: the caller). Everybody may change their own name, phone, zone and look;
// leads may change requesters; admins anybody. The last admin stays one.
func (d *Desk) UpdatePerson(ctx context.Context, i id.ID, in UpdatePerson) (person.Person, error) {
	caller, i, err := ownOr(ctx, i, person.EditClients)
	if err != nil {
		return person.Person{}, err
	}
	admin := caller.May(person.EditPeople)
	if !admin && (in.Role != nil || in.Teams != nil) {
		return person.Person{}, fault.Forbidden("change roles and teams")
	}
	var p person.Person
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		var admins []id.ID
		if in.Role != nil && *in.Role != person.Admin {
			if admins, err = tx.LockAdmins(ctx); err != nil {
				return err
			}
		}
		if p, err = tx.PersonForChange(ctx, i); err != nil {
			return err
		}
		old := p
		if !admin && !caller.isSelf(i) && p.Role != person.Requester {
			return fault.Forbidden("change people of the desk")
		}
		if !admin && caller.isSelf(i) && !(caller.May(person.EditClients) && p.Role == person.Requester) && (in.Email != nil || in.Client != nil) {
			return fault.Forbidden("change your own address or client")
		}
		if err := d.applyPerson(ctx, tx, &p, in); err != nil {
			return err
		}
		if old.Role == person.Admin && p.Role != person.Admin && slices.Equal(admins, []id.ID{i}) {
			return errLastAdmin("role")
		}
		if err := tx.SavePerson(ctx, &p); err != nil {
			return err
		}
		if err := d.applyTeams(ctx, tx, &p, in.Teams); err != nil {
			return err
		}
		d.peopleChanged(tx)
		if p, err = tx.Person(ctx, i); err != nil {
			return err
		}
		if ch := personChanges(old, p); len(ch) > 0 && (!caller.isSelf(i) || old.Role != p.Role || old.Email != p.Email) {
			return d.audit(ctx, tx, caller, "person.change", p.Name, ch.String())
		}
		return nil
	})
	return p, err
}

func errLastAdmin(field string) *fault.Fault {
	return fault.Conflict(field, "This is the last admin; nobody could run the desk.", "Make somebody else an admin first.")
}

func (d *Desk) applyPerson(ctx context.Context, tx *store.Tx, p *person.Person, in UpdatePerson) error {
	var bad []*fault.Fault
	check := func(f *fault.Fault) { bad = append(bad, f) }
	var f *fault.Fault
	if in.Role != nil {
		p.Role = *in.Role
		if !p.Role.Valid() {
			check(errRole(p.Role))
		}
	}
	if in.Email != nil {
		p.Email, f = cleanEmail(*in.Email, p.Role != person.Requester || p.HasPassword)
		check(f)
	} else if p.Email == "" && p.Role != person.Requester {
		check(fault.Invalid("email", "Somebody who works at the desk needs an e-mail address.", "Give one together with the role."))
	}
	if in.Name != nil {
		p.Name, f = line("name", *in.Name, maxName, true)
		check(f)
	}
	if in.Phone != nil {
		p.Phone, f = line("phone", *in.Phone, maxPhone, false)
		check(f)
	}
	if in.Zone != nil {
		p.Zone = *in.Zone
		check(checkZone("zone", p.Zone))
	}
	if in.Theme != nil {
		if p.Prefs.Theme = *in.Theme; !slices.Contains([]string{"", "light", "dark"}, p.Prefs.Theme) {
			check(fault.Invalid("theme", "This theme does not exist.", "Use light, dark, or nothing to follow the device."))
		}
	}
	if in.Density != nil {
		if p.Prefs.Density = *in.Density; p.Prefs.Density != "" && p.Prefs.Density != "comfortable" {
			check(fault.Invalid("density", "This density does not exist.", "Use comfortable, or nothing for dense."))
		}
	}
	if err := fault.Collect(bad...); err != nil {
		return err
	}
	if in.Client != nil {
		return d.setClient(ctx, tx, p, *in.Client, false)
	}
	return nil
}

// applyTeams sets the teams when they were given; somebody who became a requester leaves them all.
func (d *Desk) applyTeams(ctx context.Context, tx *store.Tx, p *person.Person, names *[]string) error {
	if names == nil && p.Role.Desk() {
		return nil
	}
	if names == nil {
		names = &[]string{}
	}
	teams, err := findTeams(ctx, tx.Read, p, *names)
	if err != nil {
		return err
	}
	return tx.SetTeams(ctx, p.ID, teams)
}

func personChanges(old, p person.Person) (c changes) {
	teams := func(p person.Person) string {
		var names []string
		for _, t := range p.Teams {
			names = append(names, t.Name)
		}
		return strings.Join(names, ", ")
	}
	c.note("name", old.Name, p.Name)
	c.note("email", old.Email, p.Email)
	c.note("role", string(old.Role), string(p.Role))
	c.note("client", old.Client, p.Client)
	c.note("teams", teams(old), teams(p))
	c.note("zone", old.Zone, p.Zone)
	c.note("phone", old.Phone, p.Phone)
	return c
}

// Disabled is what became of a person who was disabled.
type Disabled struct {
	Person person.Person `json:"person"`
	// Tickets are those still assigned to them, the most urgent first, up to MaxPage.
	Tickets []ticket.Ticket `json:"tickets" doc:"still assigned to the person"`
}

// DisablePerson shuts somebody out: sessions and tokens end at once, what they wrote stays. Tickets stay assigned
// and are listed, so that somebody can take them over. The last admin cannot be disabled.
func (d *Desk) DisablePerson(ctx context.Context, i id.ID) (Disabled, error) {
	caller, err := may(ctx, person.EditPeople)
	if err != nil {
		return Disabled{}, err
	}
	out := Disabled{Tickets: []ticket.Ticket{}}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		admins, err := tx.LockAdmins(ctx)
		if err != nil {
			return err
		}
		p, err := tx.PersonForChange(ctx, i)
		if err != nil {
			return err
		}
		if slices.Equal(admins, []id.ID{i}) {
			return errLastAdmin("")
		}
		if p.DisabledAt.IsZero() {
			p.DisabledAt = tx.Now
			if err := tx.SavePerson(ctx, &p); err != nil {
				return err
			}
			if err := d.audit(ctx, tx, caller, "person.disable", p.Name, ""); err != nil {
				return err
			}
		}
		if _, err := tx.EndSessions(ctx, i, ""); err != nil {
			return err
		}
		if err := tx.DropTokens(ctx, i); err != nil {
			return err
		}
		d.peopleChanged(tx)
		out.Person = p
		tickets, _, err := tx.Tickets(ctx, store.TicketFilter{View: store.ViewActive, Assignee: i, Limit: MaxPage})
		out.Tickets = append(out.Tickets[:0], tickets...)
		return err
	})
	return out, err
}

// EnablePerson lets a disabled person in again; they sign in anew.
func (d *Desk) EnablePerson(ctx context.Context, i id.ID) (person.Person, error) {
	caller, err := may(ctx, person.EditPeople)
	if err != nil {
		return person.Person{}, err
	}
	var p person.Person
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		if p, err = tx.PersonForChange(ctx, i); err != nil || p.DisabledAt.IsZero() {
			return err
		}
		p.DisabledAt = time.Time{}
		if err := tx.SavePerson(ctx, &p); err != nil {
			return err
		}
		d.peopleChanged(tx)
		return d.audit(ctx, tx, caller, "person.enable", p.Name, "")
	})
	return p, err
}
