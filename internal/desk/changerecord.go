package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"firebreak/internal/catalog"
	"firebreak/internal/estate"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// AddChange records that something was changed. Pipelines send the same key when a deployment begins and when it ends: the
// second call updates the record of the first.
type AddChange struct {
	Application string    `json:"application" doc:"short name, name or id"`
	Title       string    `json:"title" doc:"what was changed, in one line"`
	Kind        string    `json:"kind,omitempty" enum:",deploy,config,address,server,database,network,job,other" doc:"deploy when not given"`
	From        time.Time `json:"from,omitzero" doc:"when it began; now when not given"`
	To          time.Time `json:"to,omitzero" doc:"when it ended"`
	By          string    `json:"by,omitempty" doc:"who did it; the caller when not given"`
	Planned     *bool     `json:"planned,omitempty" doc:"whether it was planned; true when not given"`
	Reference   string    `json:"reference,omitempty" doc:"number of the change elsewhere"`
	Note        string    `json:"note,omitempty"`
	Host        string    `json:"host,omitempty" doc:"on which host"`
	Interface   id.ID     `json:"interface,omitempty" doc:"on which interface"`
	Old         string    `json:"old,omitempty" doc:"what it was before: the old address, the old version"`
	New         string    `json:"new,omitempty"`
	Key         string    `json:"key,omitempty" doc:"your own key for this change; sent again it updates the record instead of adding one"`
}

// Recorded is a change record, and who depends on what was changed.
type Recorded struct {
	estate.Change
	Updated    bool          `json:"updated,omitempty" doc:"a record with this key was there and is updated"`
	Dependents []estate.Node `json:"dependents" doc:"the applications that depend on the changed one"`
}

// AddChange records a change on an application.
func (d *Desk) AddChange(ctx context.Context, in AddChange) (Recorded, error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return Recorded{}, err
	}
	var bad []*fault.Fault
	text := func(field, s string, limit int, required bool) string {
		s, f := line(field, s, limit, required)
		bad = append(bad, f)
		return s
	}
	c := estate.Change{Kind: in.Kind, FromAt: in.From.UTC(), ToAt: in.To.UTC(), Planned: in.Planned == nil || *in.Planned, InterfaceID: in.Interface, Source: caller.Via, AuthorID: caller.Person.ID, Author: caller.Person.Name}
	c.Title = text("title", in.Title, ticket.MaxShort, true)
	c.DoneBy, c.Reference = text("by", in.By, 120, false), text("reference", in.Reference, 120, false)
	c.Host, c.Old, c.New, c.Key = text("host", in.Host, 255, false), text("old", in.Old, ticket.MaxShort, false), text("new", in.New, ticket.MaxShort, false), text("key", in.Key, 200, false)
	note, f := prose("note", in.Note, maxDescription, false)
	c.Note = note
	bad = append(bad, f)
	if c.Kind == "" {
		c.Kind = "deploy"
	}
	if !slices.ContainsFunc(estate.ChangeKinds, func(k struct{ Kind, Word string }) bool { return k.Kind == c.Kind }) {
		bad = append(bad, fault.Invalid("kind", "This kind of change does not exist.", "Use deploy, config, address, server, database, network, job or other."))
	}
	if c.DoneBy == "" {
		c.DoneBy = caller.Person.Name
	}
	now := d.store.Now()
	if in.From.IsZero() {
		if c.FromAt = now; !in.To.IsZero() && c.ToAt.Before(now) {
			c.FromAt = c.ToAt
		}
	}
	if in.To.IsZero() {
		c.ToAt = time.Time{}
	} else if c.ToAt.Before(c.FromAt) {
		bad = append(bad, fault.Invalid("to", "The change ends before it begins.", "Correct one of the two times."))
	}
	if c.FromAt.After(now.AddDate(1, 0, 0)) || c.FromAt.Before(now.AddDate(-20, 0, 0)) {
		bad = append(bad, fault.Invalid("from", "This time is too far away.", "Write it like 2026-12-01 06:00."))
	}
	if strings.TrimSpace(in.Application) == "" {
		bad = append(bad, fault.Invalid("application", "It is not said which application was changed.", "Name it by its name or short name."))
	}
	if err := fault.Collect(bad...); err != nil {
		return Recorded{}, err
	}
	var out Recorded
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		out = Recorded{Change: c}
		a, err := tx.FindApplication(ctx, in.Application)
		if fault.Is(err, fault.CodeNotFound) {
			return fault.Invalid("application", "There is no application called "+cutLine(in.Application)+".", "The catalogue lists them.")
		} else if err != nil {
			return err
		}
		out.ApplicationID, out.Application, out.Slug = a.ID, a.Name, a.Slug
		if c.InterfaceID != 0 {
			i, err := tx.Interface(ctx, c.InterfaceID)
			if fault.Is(err, fault.CodeNotFound) || err == nil && i.FromID != a.ID && i.ToID != a.ID {
				return fault.Invalid("interface", "This interface is not one of "+a.Name+".", "Leave it out, or name the right application.")
			} else if err != nil {
				return err
			}
		}
		if c.Key != "" {
			have, err := tx.ChangeByKey(ctx, a.ID, c.Key)
			if err == nil {
				out.ID, out.CreatedAt, out.Updated = have.ID, have.CreatedAt, true
				out.AuthorID, out.Author, out.Source = have.AuthorID, have.Author, have.Source
				if in.From.IsZero() {
					out.FromAt = have.FromAt
				}
				if !out.ToAt.IsZero() && out.ToAt.Before(out.FromAt) {
					return fault.Invalid("to", "The change ends before it begins.", "It began at "+out.FromAt.Format(time.RFC3339)+".")
				}
			} else if !fault.Is(err, fault.CodeNotFound) {
				return err
			}
		}
		if err := tx.PutChangeRecord(ctx, &out.Change); err != nil {
			return err
		}
		out.Dependents, err = d.dependents(ctx, tx.Read, a.ID)
		d.changesTopic(tx, a.ID)
		return err
	})
	return out, err
}

// changesTopic announces that changes of an application are new.
func (d *Desk) changesTopic(tx *store.Tx, application id.ID) {
	tx.After(func() { d.hub.Publish("changes." + application.String()); d.hub.Publish("changes") })
}

// noteChange records a change that the desk itself saw: in the catalogue, at an interface.
func (d *Desk) noteChange(ctx context.Context, tx *store.Tx, a catalog.Application, c estate.Change) error {
	caller := CallerOf(ctx)
	c.ApplicationID, c.Application, c.FromAt, c.ToAt, c.Source, c.Planned = a.ID, a.Name, tx.Now, tx.Now, "catalogue", true
	c.AuthorID, c.DoneBy = caller.Person.ID, caller.Person.Name
	d.changesTopic(tx, a.ID)
	return tx.PutChangeRecord(ctx, &c)
}

func hasHosts(a catalog.Application) bool {
	return slices.ContainsFunc(a.Environments, func(e catalog.Environment) bool { return len(e.Hosts) > 0 })
}

// noteHost records that a host has another address or another name, and keeps the products on it.
func (d *Desk) noteHost(ctx context.Context, tx *store.Tx, a catalog.Application, was, is catalog.Host) error {
	if was.Name != is.Name {
		if err := tx.RenameProductHost(ctx, a.ID, was.Name, is.Name); err != nil {
			return err
		}
		if err := d.noteChange(ctx, tx, a, estate.Change{Kind: "server", Title: was.Name + " is called " + is.Name + " now", Host: is.Name, Old: was.Name, New: is.Name}); err != nil {
			return err
		}
	}
	if was.Address == is.Address || was.Address == "" {
		return nil
	}
	return d.noteChange(ctx, tx, a, estate.Change{Kind: "address", Title: "New address of " + is.Name, Host: is.Name, Old: was.Address, New: is.Address})
}

// ListChanges selects change records, newest first.
type ListChanges struct {
	Application string
	Near        bool // those of its neighbours too
	Interface   id.ID
	Since       time.Time
	Cursor      string
	Limit       int
}

// ChangePage is one page of change records.
type ChangePage struct {
	Items []estate.Change `json:"items"`
	Next  string          `json:"next,omitempty" doc:"cursor of the next page; absent at the end"`
}

// Changes lists change records: of the whole desk, of an application, or of an application and those it calls or is
// called by.
func (d *Desk) Changes(ctx context.Context, in ListChanges) (ChangePage, error) {
	page := ChangePage{Items: []estate.Change{}}
	if _, err := may(ctx, person.SeeCatalog); err != nil {
		return page, err
	}
	var err error
	if in.Limit, err = pageLimit(in.Limit); err != nil {
		return page, err
	}
	r := d.store.Read()
	f := store.ChangeFilter{Interface: in.Interface, Since: in.Since, Limit: in.Limit}
	near := map[id.ID]string{}
	if in.Application != "" {
		a, err := r.FindApplication(ctx, in.Application)
		if err != nil {
			return page, err
		}
		f.Applications = []id.ID{a.ID}
		if in.Near {
			if near, err = d.neighbours(ctx, r, a.ID); err != nil {
				return page, err
			}
			for i := range near {
				f.Applications = append(f.Applications, i)
			}
			slices.Sort(f.Applications)
		}
	}
	of := in
	of.Cursor, of.Limit = "", 0
	if in.Cursor != "" {
		if f.Before, err = readPlace[store.ChangeKey](in.Cursor, of); err != nil {
			return page, err
		}
	}
	items, next, err := r.ChangeRecords(ctx, f)
	if err != nil {
		return page, err
	}
	for i := range items {
		items[i].Near = near[items[i].ApplicationID]
	}
	page.Items = append(page.Items, items...)
	if next != nil {
		page.Next = writePlace(*next, of)
	}
	return page, nil
}

// nearMost is how many changes a briefing takes.
const nearMost = 20

// ChangesNear gives what was changed since an instant on an application (id, short name or name) and its direct
// neighbours, newest first, at most 20. Each says in Near how the changed application stands to this one.
func (d *Desk) ChangesNear(ctx context.Context, application string, since time.Time) ([]estate.Change, error) {
	page, err := d.Changes(ctx, ListChanges{Application: application, Near: true, Since: since, Limit: nearMost})
	return page.Items, err
}

// neighbours gives the applications one step around one, with how they stand to it.
func (d *Desk) neighbours(ctx context.Context, r store.Read, a id.ID) (map[id.ID]string, error) {
	edges, err := r.EstateEdges(ctx, []id.ID{a})
	out := map[id.ID]string{}
	const most = 500
	for _, e := range edges {
		other, how := e.To, "called by it"
		if e.To == a {
			other, how = e.From, "calls it"
		}
		if e.Kind() == "jobs" {
			if e.To == a {
				how = "waits for its jobs"
			} else {
				how = "its jobs wait for it"
			}
		}
		if other == a || len(out) >= most {
			continue
		}
		if before := out[other]; before != "" && !strings.Contains(before, how) {
			how = before + ", " + how
		}
		out[other] = how
	}
	return out, err
}

// Change gives one change record with who depends on what was changed.
func (d *Desk) Change(ctx context.Context, change id.ID) (Recorded, error) {
	if _, err := may(ctx, person.SeeCatalog); err != nil {
		return Recorded{}, err
	}
	r := d.store.Read()
	c, err := r.ChangeRecord(ctx, change)
	if err != nil {
		return Recorded{}, err
	}
	deps, err := d.dependents(ctx, r, c.ApplicationID)
	return Recorded{Change: c, Dependents: deps}, err
}

// dependents gives the applications that depend on one: one step first, then two.
func (d *Desk) dependents(ctx context.Context, r store.Read, a id.ID) ([]estate.Node, error) {
	g, err := d.graph(ctx, r, a, 2)
	out := []estate.Node{}
	for _, step := range []int{-1, -2} {
		for _, n := range g.Nodes {
			if n.Step == step {
				out = append(out, n)
			}
		}
	}
	return out, err
}

// RemoveChange takes a record away. Who recorded it may, and who keeps the catalogue.
func (d *Desk) RemoveChange(ctx context.Context, change id.ID) (Removed, error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return Removed{}, err
	}
	var out Removed
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		c, err := tx.ChangeRecord(ctx, change)
		if err != nil {
			return err
		}
		if (c.AuthorID != caller.Person.ID || c.AuthorID == 0) && !caller.May(person.EditCatalog) {
			return fault.Forbidden("remove a change that somebody else recorded")
		}
		if err := tx.RemoveChangeRecord(ctx, c.ApplicationID, c.ID); err != nil {
			return err
		}
		u := store.Undo{PersonID: caller.Person.ID, Act: catalogUndo + "change", Detail: asJSON(gonePart{Application: c.ApplicationID, Change: &c})}
		if err := tx.AddUndo(ctx, &u); err != nil {
			return err
		}
		out = Removed{Name: c.Title, Undo: u.ID}
		d.changesTopic(tx, c.ApplicationID)
		return d.audit(ctx, tx, caller, "change.remove", c.Application, fmt.Sprintf("%s of %s", c.Title, c.FromAt.Format("2006-01-02")))
	})
	return out, err
}
