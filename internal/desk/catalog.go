package desk

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"firebreak/internal/catalog"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
)

const (
	maxApplicationName = 120
	maxDescription     = 20_000
)

// Application gives one application, by id, short name or name, with its environments, hosts, calendar,
// load and risks.
func (d *Desk) Application(ctx context.Context, name string) (catalog.Application, error) {
	if _, err := may(ctx, person.SeeCatalog); err != nil {
		return catalog.Application{}, err
	}
	return d.application(ctx, d.store.Read(), name)
}

func (d *Desk) application(ctx context.Context, r store.Read, name string) (catalog.Application, error) {
	a, err := r.FindApplication(ctx, name)
	if err != nil {
		return a, err
	}
	if a.Environments, err = r.Environments(ctx, a.ID); err != nil {
		return a, err
	}
	if a.Events, err = r.BusinessEvents(ctx, a.ID); err != nil {
		return a, err
	}
	for i := range a.Events {
		a.Events[i].Foresee(d.store.Now())
	}
	if a.OtherNames, err = r.OtherNames(ctx, a.ID); err != nil {
		return a, err
	}
	loads, err := r.Loads(ctx, []id.ID{a.ID})
	a.Active, a.Warnings = loads[a.ID], a.Risks()
	return a, err
}

// ListApplications selects applications. The zero value is the first page of all that are in use.
type ListApplications struct {
	Q         string // part of the name or short name
	Team      string
	Person    string // primary or secondary: id, e-mail, name or "me"
	Archived  bool
	Described string // "", "yes" or "no": whether anybody said more than the name
	Cursor    string
	Limit     int
}

// ApplicationPage is one page of applications, by name.
type ApplicationPage struct {
	Items []catalog.Application `json:"items"`
	Next  string                `json:"next,omitempty" doc:"cursor of the next page; absent at the end"`
}

// Applications gives a page of applications with their load and risks, without environments and events.
func (d *Desk) Applications(ctx context.Context, in ListApplications) (ApplicationPage, error) {
	page := ApplicationPage{Items: []catalog.Application{}}
	caller, err := may(ctx, person.SeeCatalog)
	if err != nil {
		return page, err
	}
	if in.Limit, err = pageLimit(in.Limit); err != nil {
		return page, err
	}
	r := d.store.Read()
	q, bad := line("q", in.Q, maxApplicationName, false)
	if bad != nil {
		return page, bad
	}
	f := store.ApplicationFilter{Text: q, Archived: in.Archived, Limit: in.Limit}
	switch in.Described {
	case "":
	case "yes":
		f.Undescribed = new(false)
	case "no":
		f.Undescribed = new(true)
	default:
		return page, fault.Invalid("described", "This is neither yes nor no.", "Leave it out to see both.")
	}
	if in.Team != "" {
		t, err := r.FindTeam(ctx, in.Team)
		if fault.Is(err, fault.CodeNotFound) {
			return page, nil
		} else if err != nil {
			return page, err
		}
		f.Team = t.ID
	}
	if in.Person == "me" {
		f.Person = caller.Person.ID
	} else if in.Person != "" {
		p, err := r.FindPerson(ctx, in.Person)
		if fault.Is(err, fault.CodeNotFound) {
			return page, nil
		} else if err != nil {
			return page, err
		}
		f.Person = p.ID
	}
	of := in
	of.Cursor, of.Limit = "", 0
	if in.Cursor != "" {
		if f.After, err = readPlace[store.ApplicationKey](in.Cursor, of); err != nil {
			return page, err
		}
	}
	items, next, err := r.Applications(ctx, f)
	if err != nil {
		return page, err
	}
	ids := make([]id.ID, len(items))
	for i, a := range items {
		ids[i] = a.ID
	}
	loads, err := r.Loads(ctx, ids)
	for i := range items {
		items[i].Active, items[i].Warnings = loads[items[i].ID], items[i].Risks()
	}
	page.Items = append(page.Items, items...)
	if next != nil {
		page.Next = writePlace(*next, of)
	}
	return page, err
}

// place is where a page of one particular list ends; every other list refuses it.
type place[K any] struct {
	Of  string `json:"o"`
	Key K      `json:"k"`
}

func writePlace[K, L any](key K, list L) string {
	of, _ := json.Marshal(list)
	b, _ := json.Marshal(place[K]{shortHash(string(of)), key})
	return base64.RawURLEncoding.EncodeToString(b)
}

func readPlace[K, L any](s string, list L) (*K, error) {
	var p place[K]
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil {
		return nil, fault.Invalid("cursor", "This cursor cannot be read.", "Use the value of next from the page before, unchanged.")
	}
	if of, _ := json.Marshal(list); p.Of != shortHash(string(of)) {
		return nil, fault.Invalid("cursor", "This cursor belongs to another list.", "Start again without a cursor when a filter changes.")
	}
	return &p.Key, nil
}

// AddApplication is what an application is added with. Empty fields are left open.
type AddApplication struct {
	Name        string `json:"name" doc:"as people know it"`
	Slug        string `json:"slug,omitempty" doc:"short name for links: lower-case letters, digits, hyphens; made from the name when empty"`
	Description string `json:"description,omitempty"`
	Team        string `json:"team,omitempty" doc:"owning team: name or id"`
	Primary     string `json:"primary,omitempty" doc:"primary support: e-mail address, name, id or me"`
	Secondary   string `json:"secondary,omitempty" doc:"secondary support"`
}

// AddApplication adds an application to the catalogue.
func (d *Desk) AddApplication(ctx context.Context, in AddApplication) (catalog.Application, error) {
	change := ChangeApplication{Name: &in.Name, Description: &in.Description, Team: &in.Team, Primary: &in.Primary, Secondary: &in.Secondary}
	if in.Slug != "" {
		change.Slug = &in.Slug
	}
	caller, err := may(ctx, person.EditCatalog)
	if err != nil {
		return catalog.Application{}, err
	}
	var a catalog.Application
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		a = catalog.Application{}
		if err := d.describe(ctx, tx, caller, &a, change); err != nil {
			return err
		}
		if a.Slug == "" {
			if a.Slug, err = freeSlug(ctx, tx.Read, a.Name); err != nil {
				return err
			}
		}
		if err := tx.AddApplication(ctx, &a); err != nil {
			return err
		}
		d.catalogChanged(tx)
		return d.audit(ctx, tx, caller, "application.add", a.Name, "")
	})
	a.Warnings = a.Risks()
	return a, err
}

// reservedSlug is the address of the form to add an application.
const reservedSlug = "new"

// freeSlug makes a short name that no application has yet.
func freeSlug(ctx context.Context, r store.Read, name string) (string, error) {
	base := catalog.Slug(name)
	if base == "" || base == reservedSlug {
		base = "application" // a name in another script, or the address of a page
	}
	slug := base
	for n := 2; ; n++ {
		_, err := r.FindApplication(ctx, slug)
		if fault.Is(err, fault.CodeNotFound) {
			return slug, nil
		} else if err != nil {
			return "", err
		}
		slug = fmt.Sprintf("%s-%d", base, n)
	}
}

// ChangeApplication changes the fields that are given; an empty team or person clears it.
type ChangeApplication struct {
	Name        *string `json:"name,omitempty"`
	Slug        *string `json:"slug,omitempty"`
	Description *string `json:"description,omitempty"`
	Team        *string `json:"team,omitempty"`
	Primary     *string `json:"primary,omitempty"`
	Secondary   *string `json:"secondary,omitempty"`
	Archived    *bool   `json:"archived,omitempty" doc:"an archived application is kept, but no longer offered"`
}

// UpdateApplication changes an application. When its owning team changes, the active tickets that were
// with the old team (or with none) follow to the new one.
func (d *Desk) UpdateApplication(ctx context.Context, name string, in ChangeApplication) (catalog.Application, error) {
	caller, err := may(ctx, person.EditCatalog)
	if err != nil {
		return catalog.Application{}, err
	}
	var old, a catalog.Application
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		if old, err = tx.FindApplication(ctx, name); err != nil {
			return err
		}
		a = old
		if err := d.describe(ctx, tx, caller, &a, in); err != nil {
			return err
		}
		c := applicationChanges(old, a)
		if len(c) == 0 {
			return nil
		}
		if err := tx.SaveApplication(ctx, &a); err != nil {
			return err
		}
		d.catalogChanged(tx)
		return d.audit(ctx, tx, caller, "application.change", a.Name, c.String())
	})
	if err != nil {
		return a, err
	}
	if a.TeamID != 0 && a.TeamID != old.TeamID {
		if err := d.followTeam(ctx, a, old.TeamID); err != nil {
			return a, err
		}
	}
	return d.application(ctx, d.store.Read(), a.ID.String())
}

// ArchiveApplication takes an application out of use, or back into it.
func (d *Desk) ArchiveApplication(ctx context.Context, name string, archived bool) (catalog.Application, error) {
	return d.UpdateApplication(ctx, name, ChangeApplication{Archived: &archived})
}

// describe checks the given fields and takes them over.
func (d *Desk) describe(ctx context.Context, tx *store.Tx, caller Caller, a *catalog.Application, in ChangeApplication) error {
	var bad []*fault.Fault
	check := func(f *fault.Fault) { bad = append(bad, f) }
	var f *fault.Fault
	if in.Name != nil {
		a.Name, f = line("name", *in.Name, maxApplicationName, true)
		check(f)
	}
	if in.Slug != nil {
		if a.Slug = *in.Slug; a.Slug == "" || a.Slug == reservedSlug || catalog.Slug(a.Slug) != a.Slug {
			check(fault.Invalid("slug", "A short name has lower-case letters and digits joined by single hyphens, up to 40.", "Write it like "+exampleSlug(a.Name)+"."))
		}
	}
	if in.Description != nil {
		a.Description, f = prose("description", *in.Description, maxDescription, false)
		check(f)
	}
	if in.Team != nil {
		t := person.Team{}
		if *in.Team != "" {
			var err error
			if t, err = tx.FindTeam(ctx, *in.Team); fault.Is(err, fault.CodeNotFound) {
				check(fault.Invalid("team", "There is no team called "+cutLine(*in.Team)+".", "The people page lists the teams."))
			} else if err != nil {
				return err
			}
		}
		a.TeamID, a.Team = t.ID, t.Name
	}
	for _, who := range []struct {
		field string
		given *string
		id    *id.ID
		name  *string
	}{{"primary", in.Primary, &a.PrimaryID, &a.Primary}, {"secondary", in.Secondary, &a.SecondaryID, &a.Secondary}} {
		if who.given == nil {
			continue
		}
		p := person.Person{}
		if *who.given != "" {
			var err error
			if p, err = d.findStaff(ctx, tx.Read, caller, who.field, *who.given); fault.Is(err, fault.CodeInvalid) {
				check(fault.Of(err))
			} else if err != nil {
				return err
			}
		}
		*who.id, *who.name = p.ID, p.Name
	}
	if in.Archived != nil && *in.Archived == a.ArchivedAt.IsZero() {
		a.ArchivedAt = time.Time{}
		if *in.Archived {
			a.ArchivedAt = tx.Now
		}
	}
	return fault.Collect(bad...)
}

func exampleSlug(name string) string {
	if s := catalog.Slug(name); s != "" {
		return s
	}
	return "billing-eu"
}

// cutLine shortens what somebody wrote for quoting it in a sentence.
func cutLine(s string) string {
	if r := []rune(strings.ToValidUTF8(s, "")); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return strings.ToValidUTF8(s, "")
}

func applicationChanges(old, a catalog.Application) (c changes) {
	c.note("name", old.Name, a.Name)
	c.note("short name", old.Slug, a.Slug)
	if old.Description != a.Description {
		c = append(c, "description changed")
	}
	c.note("team", old.Team, a.Team)
	c.note("primary", old.Primary, a.Primary)
	c.note("secondary", old.Secondary, a.Secondary)
	switch was, is := old.ArchivedAt.IsZero(), a.ArchivedAt.IsZero(); {
	case was && !is:
		c = append(c, "archived")
	case !was && is:
		c = append(c, "taken back into use")
	}
	return c
}

// catalogTopic is the live topic of the catalogue.
const catalogTopic = "catalog"

func (d *Desk) catalogChanged(tx *store.Tx) { tx.After(func() { d.hub.Publish(catalogTopic) }) }
