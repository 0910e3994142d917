package desk

import (
	"cmp"
	"context"
	"fmt"
	"maps"
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

// recentChanges is how far back a change is marked in the picture and told in a briefing.
const recentChanges = 7 * 24 * time.Hour

const (
	maxInterfaces = 1000 // shown of one application
	maxNodes      = 120  // in a picture
	maxJobsShown  = 200
)

// Around is an application with what stands around it.
type Around struct {
	Application catalog.Application `json:"application"`
	Graph       estate.Graph        `json:"graph" doc:"one and two steps around it"`
	Calls       []estate.Interface  `json:"calls" doc:"interfaces by which it calls others"`
	CalledBy    []estate.Interface  `json:"called_by" doc:"interfaces by which others call it"`
	Products    []estate.Product    `json:"products"`
	Jobs        []store.Job         `json:"jobs"`
	MoreJobs    string              `json:"more_jobs,omitempty" doc:"name to continue the jobs behind"`
	Changes     []estate.Change     `json:"changes" doc:"what was changed in the last 7 days on it and its neighbours"`
}

// Around gives an application (id, short name or name) with its interfaces, products, jobs, the changes nearby and the
// applications one and two steps around it. jobsAfter continues the jobs behind a name.
func (d *Desk) Around(ctx context.Context, name, jobsAfter string) (Around, error) {
	var out Around
	if _, err := may(ctx, person.SeeCatalog); err != nil {
		return out, err
	}
	r := d.store.Read()
	a, err := d.application(ctx, r, name)
	if err != nil {
		return out, err
	}
	out = Around{Application: a, Calls: []estate.Interface{}, CalledBy: []estate.Interface{}, Products: []estate.Product{}, Jobs: []store.Job{}}
	if out.Graph, err = d.graph(ctx, r, a.ID, 2); err != nil {
		return out, err
	}
	all, err := r.InterfacesOf(ctx, a.ID, maxInterfaces)
	if err != nil {
		return out, err
	}
	for _, i := range all {
		if i.FromID == a.ID {
			out.Calls = append(out.Calls, i)
		} else {
			out.CalledBy = append(out.CalledBy, i)
		}
	}
	products, err := r.Products(ctx, a.ID)
	if err != nil {
		return out, err
	}
	out.Products = append(out.Products, products...)
	jobs, err := r.JobsOf(ctx, a.ID, jobsAfter, maxJobsShown+1)
	if err != nil {
		return out, err
	}
	if len(jobs) > maxJobsShown {
		jobs = jobs[:maxJobsShown]
		out.MoreJobs = jobs[maxJobsShown-1].Name
	}
	out.Jobs = append(out.Jobs, jobs...)
	out.Changes, err = d.ChangesNear(ctx, a.ID.String(), d.store.Now().Add(-recentChanges))
	return out, err
}

// graph gives the applications up to steps around one, with their open fires and recent changes.
func (d *Desk) graph(ctx context.Context, r store.Read, center id.ID, steps int) (estate.Graph, error) {
	g := estate.Graph{Nodes: []estate.Node{}, Edges: []estate.Edge{}}
	edges := map[[2]id.ID]estate.Edge{}
	asked := map[id.ID]bool{}
	for range steps {
		place := estate.Around(center, slices.Collect(maps.Values(edges)), steps)
		var ask []id.ID
		for i := range place {
			if !asked[i] && len(ask) < maxNodes {
				ask = append(ask, i)
				asked[i] = true
			}
		}
		slices.Sort(ask)
		found, err := r.EstateEdges(ctx, ask)
		if err != nil {
			return g, err
		}
		for _, e := range found {
			edges[[2]id.ID{e.From, e.To}] = e
		}
	}
	place := estate.Around(center, slices.Collect(maps.Values(edges)), steps)
	ids := make([]id.ID, 0, len(place))
	for i := range place {
		ids = append(ids, i)
	}
	slices.SortFunc(ids, func(a, b id.ID) int { // the nearest first, for they are kept
		if x, y := max(place[a], -place[a]), max(place[b], -place[b]); x != y {
			return x - y
		}
		return cmp.Compare(a, b)
	})
	if len(ids) > maxNodes {
		g.Left = len(ids) - maxNodes
		ids = ids[:maxNodes]
	}
	apps, err := r.ApplicationsOf(ctx, ids)
	if err != nil {
		return g, err
	}
	loads, err := r.Loads(ctx, ids)
	if err != nil {
		return g, err
	}
	changed, err := r.ChangeCounts(ctx, ids, d.store.Now().Add(-recentChanges))
	if err != nil {
		return g, err
	}
	shown := map[id.ID]bool{}
	for _, i := range ids {
		a := apps[i]
		shown[i] = true
		g.Nodes = append(g.Nodes, estate.Node{ID: i, Slug: a.Slug, Name: a.Name, Step: place[i], Active: loads[i], Changes: changed[i]})
	}
	for _, e := range edges {
		if shown[e.From] && shown[e.To] && e.From != e.To {
			g.Edges = append(g.Edges, e)
		}
	}
	slices.SortFunc(g.Edges, func(a, b estate.Edge) int {
		if a.From != b.From {
			return strings.Compare(a.From.String(), b.From.String())
		}
		return strings.Compare(a.To.String(), b.To.String())
	})
	return g, nil
}

// EstatePage is the estate from above.
type EstatePage struct {
	Counts store.EstateCounts `json:"counts"`
	Items  []store.Dependents `json:"items" doc:"applications by name"`
	Next   string             `json:"next,omitempty" doc:"cursor of the next page; absent at the end"`
	// Changes are the newest of the last 7 days.
	Changes []estate.Change `json:"changes"`
}

// Estate gives how much of the estate the desk knows, its applications page by page, and the newest changes.
func (d *Desk) Estate(ctx context.Context, cursor string, limit int) (EstatePage, error) {
	page := EstatePage{Items: []store.Dependents{}, Changes: []estate.Change{}}
	if _, err := may(ctx, person.SeeCatalog); err != nil {
		return page, err
	}
	limit, err := pageLimit(limit)
	if err != nil {
		return page, err
	}
	after := ""
	if cursor != "" {
		name, err := readPlace[string](cursor, "estate")
		if err != nil {
			return page, err
		}
		after = *name
	}
	r := d.store.Read()
	if page.Counts, err = r.EstateCounts(ctx); err != nil {
		return page, err
	}
	items, err := r.EstateApplications(ctx, after, limit+1)
	if err != nil {
		return page, err
	}
	if len(items) > limit {
		items = items[:limit]
		page.Next = writePlace(items[limit-1].Name, "estate")
	}
	page.Items = append(page.Items, items...)
	changes, err := d.Changes(ctx, ListChanges{Since: d.store.Now().Add(-recentChanges), Limit: nearMost})
	page.Changes = changes.Items
	return page, err
}

// InterfaceFields are the fields of an interface; those left out stay as they are, or empty when it is added.
type InterfaceFields struct {
	From      *string `json:"from,omitempty" doc:"the application that calls: short name, name or id"`
	To        *string `json:"to,omitempty" doc:"the application that is called"`
	Name      *string `json:"name,omitempty" doc:"what it is for"`
	Host      *string `json:"host,omitempty" doc:"the name by which the caller finds the other side"`
	Addresses *string `json:"addresses,omitempty" doc:"IP addresses believed behind the name, with blanks between them"`
	Port      *int    `json:"port,omitempty" minimum:"0" maximum:"65535"`
	Protocol  *string `json:"protocol,omitempty" doc:"https, jdbc, mq …"`
	Between   *string `json:"between,omitempty" doc:"what keeps an address on the way: pool, jvm, dns, hosts, proxy, balancer, nat, with commas"`
	Clear     *string `json:"clear,omitempty" doc:"how what keeps the address is cleared"`
	Note      *string `json:"note,omitempty"`
}

// Interface gives one interface.
func (d *Desk) Interface(ctx context.Context, i id.ID) (estate.Interface, error) {
	if _, err := may(ctx, person.SeeCatalog); err != nil {
		return estate.Interface{}, err
	}
	return d.store.Read().Interface(ctx, i)
}

// InterfacePage is one page of interfaces, in the order they were made.
type InterfacePage struct {
	Items []estate.Interface `json:"items"`
	Next  string             `json:"next,omitempty" doc:"cursor of the next page; absent at the end"`
}

// Interfaces gives a page of all interfaces.
func (d *Desk) Interfaces(ctx context.Context, cursor string, limit int) (InterfacePage, error) {
	page := InterfacePage{Items: []estate.Interface{}}
	if _, err := may(ctx, person.SeeCatalog); err != nil {
		return page, err
	}
	limit, err := pageLimit(limit)
	if err != nil {
		return page, err
	}
	var after id.ID
	if cursor != "" {
		p, err := readPlace[id.ID](cursor, "interfaces")
		if err != nil {
			return page, err
		}
		after = *p
	}
	items, err := d.store.Read().Interfaces(ctx, after, limit+1)
	if len(items) > limit {
		items = items[:limit]
		page.Next = writePlace(items[limit-1].ID, "interfaces")
	}
	page.Items = append(page.Items, items...)
	return page, err
}

// AddInterface adds an interface between two applications.
func (d *Desk) AddInterface(ctx context.Context, in InterfaceFields) (estate.Interface, error) {
	caller, err := may(ctx, person.EditCatalog)
	if err != nil {
		return estate.Interface{}, err
	}
	var i estate.Interface
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		i = estate.Interface{}
		if err := d.fillInterface(ctx, tx.Read, &i, in); err != nil {
			return err
		}
		if err := tx.PutInterface(ctx, &i); err != nil {
			return err
		}
		d.catalogChanged(tx)
		return d.audit(ctx, tx, caller, "interface.add", i.From, i.Title())
	})
	return i, err
}

// UpdateInterface changes an interface. Other addresses than before are recorded as a change of the called application.
func (d *Desk) UpdateInterface(ctx context.Context, which id.ID, in InterfaceFields) (estate.Interface, error) {
	caller, err := may(ctx, person.EditCatalog)
	if err != nil {
		return estate.Interface{}, err
	}
	var i estate.Interface
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		was, err := tx.Interface(ctx, which)
		if err != nil {
			return err
		}
		i = was
		i.Addresses, i.Between = slices.Clone(was.Addresses), slices.Clone(was.Between)
		if err := d.fillInterface(ctx, tx.Read, &i, in); err != nil {
			return err
		}
		if err := tx.PutInterface(ctx, &i); err != nil {
			return err
		}
		if err := d.noteAddresses(ctx, tx, was, i); err != nil {
			return err
		}
		d.catalogChanged(tx)
		return d.audit(ctx, tx, caller, "interface.change", i.From, i.Title())
	})
	return i, err
}

// noteAddresses records that an interface leads to other addresses.
func (d *Desk) noteAddresses(ctx context.Context, tx *store.Tx, was, is estate.Interface) error {
	if len(was.Addresses) == 0 || slices.Equal(was.Addresses, is.Addresses) {
		return nil
	}
	name := is.Host
	if name == "" {
		name = is.To
	}
	return d.noteChange(ctx, tx, catalog.Application{ID: is.ToID, Name: is.To}, estate.Change{Kind: "address", Title: "New address of " + name + " for " + is.From,
		InterfaceID: is.ID, Old: strings.Join(was.Addresses, " "), New: strings.Join(is.Addresses, " ")})
}

// RemoveInterface removes an interface.
func (d *Desk) RemoveInterface(ctx context.Context, which id.ID) (Removed, error) {
	if _, err := may(ctx, person.EditCatalog); err != nil {
		return Removed{}, err
	}
	i, err := d.store.Read().Interface(ctx, which)
	if err != nil {
		return Removed{}, err
	}
	return d.removePart(ctx, i.FromID.String(), "interface", func(tx *store.Tx, a catalog.Application, gone *gonePart) (string, error) {
		gone.Interface = &i
		return i.Title(), tx.RemoveInterface(ctx, a.ID, which)
	})
}

func (d *Desk) fillInterface(ctx context.Context, r store.Read, i *estate.Interface, in InterfaceFields) error {
	var bad []*fault.Fault
	for _, side := range []struct {
		field string
		given *string
		id    *id.ID
		name  *string
		slug  *string
	}{{"from", in.From, &i.FromID, &i.From, &i.FromSlug}, {"to", in.To, &i.ToID, &i.To, &i.ToSlug}} {
		if side.given == nil && *side.id != 0 {
			continue
		}
		a, err := r.FindApplication(ctx, deref(side.given))
		if fault.Is(err, fault.CodeNotFound) || deref(side.given) == "" {
			bad = append(bad, fault.Invalid(side.field, "There is no application called "+cutLine(deref(side.given))+".", "Choose one of the catalogue, or add it there first."))
			continue
		} else if err != nil {
			return err
		}
		*side.id, *side.name, *side.slug = a.ID, a.Name, a.Slug
	}
	if i.FromID != 0 && i.FromID == i.ToID {
		bad = append(bad, fault.Invalid("to", "An application does not call itself.", "Choose two applications."))
	}
	text := func(field string, given *string, into *string, limit int) {
		if given != nil {
			s, f := line(field, *given, limit, false)
			*into = s
			bad = append(bad, f)
		}
	}
	text("name", in.Name, &i.Name, 120)
	text("host", in.Host, &i.Host, 255)
	text("protocol", in.Protocol, &i.Protocol, 40)
	text("clear", in.Clear, &i.Clear, ticket.MaxShort)
	text("note", in.Note, &i.Note, ticket.MaxShort)
	if strings.ContainsAny(i.Host, " \t/") {
		bad = append(bad, fault.Invalid("host", "This is not the name of a host.", "Write it like stock01.example.com, without a scheme and a path."))
	}
	if in.Addresses != nil {
		list, wrong := estate.ParseAddresses(*in.Addresses)
		if wrong != "" || len(list) > 50 {
			bad = append(bad, fault.Invalid("addresses", fmt.Sprintf("%q is not an IP address.", cutLine(wrong)), "Write addresses such as 10.4.2.19 or 2001:db8::19 with blanks between them; at most 50."))
		}
		i.Addresses = list
	}
	if in.Between != nil {
		list, wrong := estate.ParseBetween(*in.Between)
		if wrong != "" {
			bad = append(bad, fault.Invalid("between", fmt.Sprintf("%q is not known.", cutLine(wrong)), "Use pool, jvm, dns, hosts, proxy, balancer or nat."))
		}
		i.Between = list
	}
	if in.Port != nil {
		if i.Port = *in.Port; i.Port < 0 || i.Port > 65535 {
			bad = append(bad, fault.Invalid("port", "This is not a port.", "Use a number from 1 to 65535, or leave it out."))
		}
	}
	return fault.Collect(bad...)
}

// ProductFields are the fields of an installed product.
type ProductFields struct {
	Name    string `json:"name" doc:"as its vendor calls it"`
	Version string `json:"version"`
	Host    string `json:"host,omitempty" doc:"on which host; empty: the whole application"`
	Note    string `json:"note,omitempty"`
}

// PutProduct lists an installed product of an application, or changes its version: a product of the same name on the same
// host is the same. Another version than before is recorded as a change.
func (d *Desk) PutProduct(ctx context.Context, application string, in ProductFields) (estate.Product, error) {
	caller, err := may(ctx, person.EditCatalog)
	if err != nil {
		return estate.Product{}, err
	}
	var p estate.Product
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		a, err := tx.FindApplication(ctx, application)
		if err != nil {
			return err
		}
		have, err := tx.Products(ctx, a.ID)
		if err != nil {
			return err
		}
		var changed bool
		if p, changed, err = d.putProduct(ctx, tx, a, have, in); err != nil || !changed {
			return err
		}
		d.catalogChanged(tx)
		return d.audit(ctx, tx, caller, "product.set", a.Name, strings.TrimSpace(p.Name+" "+p.Version+" "+p.Host))
	})
	return p, err
}

func (d *Desk) putProduct(ctx context.Context, tx *store.Tx, a catalog.Application, have []estate.Product, in ProductFields) (p estate.Product, changed bool, err error) {
	p = estate.Product{ApplicationID: a.ID}
	var bad [4]*fault.Fault
	p.Name, bad[0] = line("name", in.Name, 120, true)
	p.Version, bad[1] = line("version", in.Version, 120, true)
	p.Host, bad[2] = line("host", in.Host, 255, false)
	p.Note, bad[3] = line("note", in.Note, ticket.MaxShort, false)
	if err := fault.Collect(bad[:]...); err != nil {
		return p, false, err
	}
	for _, h := range have {
		if !strings.EqualFold(h.Name, p.Name) || !strings.EqualFold(h.Host, p.Host) {
			continue
		}
		p.ID = h.ID
		if h.Version == p.Version && h.Note == p.Note && h.Name == p.Name {
			return h, false, nil
		}
		if h.Version != p.Version {
			c := estate.Change{Kind: "deploy", Title: p.Name + " " + p.Version, Host: p.Host, Old: h.Version, New: p.Version}
			if err := d.noteChange(ctx, tx, a, c); err != nil {
				return p, false, err
			}
		}
	}
	return p, true, tx.PutProduct(ctx, &p)
}

// RemoveProduct takes a product off the list of an application.
func (d *Desk) RemoveProduct(ctx context.Context, application string, product id.ID) (Removed, error) {
	return d.removePart(ctx, application, "product", func(tx *store.Tx, a catalog.Application, gone *gonePart) (string, error) {
		all, err := tx.Products(ctx, a.ID)
		if err != nil {
			return "", err
		}
		i := slices.IndexFunc(all, func(p estate.Product) bool { return p.ID == product })
		if i < 0 {
			return "", fault.NotFound("product")
		}
		gone.Product = &all[i]
		return all[i].Name, tx.RemoveProduct(ctx, a.ID, product)
	})
}
