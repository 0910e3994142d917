package desk

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"firebreak/internal/catalog"
	"firebreak/internal/estate"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

const (
	maxEnvironments = 50
	maxHosts        = 500 // in one environment
)

// EnvironmentFields are the fields of an environment; those left out stay as they are, or empty when it is added.
type EnvironmentFields struct {
	Name *string `json:"name,omitempty" doc:"e.g. Production"`
	Kind *string `json:"kind,omitempty" enum:",production,test,development,other"`
	URL  *string `json:"url,omitempty" doc:"http or https address"`
	Note *string `json:"note,omitempty"`
}

// HostFields are the fields of a host; those left out stay as they are, or empty when it is added.
type HostFields struct {
	Name    *string `json:"name,omitempty" doc:"e.g. billprd01"`
	Address *string `json:"address,omitempty" doc:"IP address or DNS name"`
	Note    *string `json:"note,omitempty"`
}

// AddEnvironment adds an environment to an application.
func (d *Desk) AddEnvironment(ctx context.Context, application string, in EnvironmentFields) (catalog.Environment, error) {
	var e catalog.Environment
	err := d.editEnvironments(ctx, application, "environment.add", func(tx *store.Tx, a catalog.Application) (string, error) {
		if len(a.Environments) >= maxEnvironments {
			return "", fault.Invalid("name", fmt.Sprintf("The application has %d environments already.", maxEnvironments), "Remove one that is gone.")
		}
		e = catalog.Environment{ApplicationID: a.ID}
		if err := fillEnvironment(&e, in); err != nil {
			return "", err
		}
		return e.Name, tx.PutEnvironment(ctx, &e)
	})
	return e, err
}

// UpdateEnvironment changes an environment.
func (d *Desk) UpdateEnvironment(ctx context.Context, application string, environment id.ID, in EnvironmentFields) (catalog.Environment, error) {
	var e catalog.Environment
	err := d.editEnvironments(ctx, application, "environment.change", func(tx *store.Tx, a catalog.Application) (_ string, err error) {
		if e, err = findEnvironment(a, environment); err != nil {
			return "", err
		}
		if err := fillEnvironment(&e, in); err != nil {
			return "", err
		}
		return e.Name, tx.PutEnvironment(ctx, &e)
	})
	return e, err
}

// RemoveEnvironment removes an environment with its hosts.
func (d *Desk) RemoveEnvironment(ctx context.Context, application string, environment id.ID) (Removed, error) {
	return d.removePart(ctx, application, "environment", func(tx *store.Tx, a catalog.Application, gone *gonePart) (string, error) {
		e, err := findEnvironment(a, environment)
		gone.Environment = &e
		if err != nil {
			return "", err
		}
		return e.Name, tx.RemoveEnvironment(ctx, a.ID, environment)
	})
}

// AddHost adds a host to an environment of an application.
func (d *Desk) AddHost(ctx context.Context, application string, environment id.ID, in HostFields) (catalog.Host, error) {
	var h catalog.Host
	err := d.editEnvironments(ctx, application, "host.add", func(tx *store.Tx, a catalog.Application) (string, error) {
		e, err := findEnvironment(a, environment)
		if err != nil {
			return "", err
		}
		if len(e.Hosts) >= maxHosts {
			return "", fault.Invalid("name", fmt.Sprintf("The environment has %d hosts already.", maxHosts), "Make a second environment, or remove hosts that are gone.")
		}
		h = catalog.Host{EnvironmentID: e.ID}
		if err := fillHost(&h, in); err != nil {
			return "", err
		}
		if err := tx.PutHost(ctx, &h); err != nil {
			return "", err
		}
		if !hasHosts(a) {
			return e.Name + ": " + h.Name, nil // the first is how the catalogue is filled, not a change
		}
		return e.Name + ": " + h.Name, d.noteChange(ctx, tx, a, estate.Change{Kind: "server", Title: "New server " + h.Name, Host: h.Name, New: h.Address})
	})
	return h, err
}

// UpdateHost changes a host.
func (d *Desk) UpdateHost(ctx context.Context, application string, host id.ID, in HostFields) (catalog.Host, error) {
	var h catalog.Host
	err := d.editEnvironments(ctx, application, "host.change", func(tx *store.Tx, a catalog.Application) (string, error) {
		e, found, err := findHost(a, host)
		if err != nil {
			return "", err
		}
		h = found
		if err := fillHost(&h, in); err != nil {
			return "", err
		}
		if err := tx.PutHost(ctx, &h); err != nil {
			return "", err
		}
		return e.Name + ": " + h.Name, d.noteHost(ctx, tx, a, found, h)
	})
	return h, err
}

// RemoveHost removes a host.
func (d *Desk) RemoveHost(ctx context.Context, application string, host id.ID) (Removed, error) {
	return d.removePart(ctx, application, "host", func(tx *store.Tx, a catalog.Application, gone *gonePart) (string, error) {
		e, h, err := findHost(a, host)
		gone.Host = &h
		if err != nil {
			return "", err
		}
		return h.Name, tx.RemoveHost(ctx, e.ID, host)
	})
}

// editEnvironments runs one act on the environments of an application and keeps an audit row of it.
func (d *Desk) editEnvironments(ctx context.Context, application, act string, fn func(*store.Tx, catalog.Application) (string, error)) error {
	caller, err := may(ctx, person.EditCatalog)
	if err != nil {
		return err
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		a, err := tx.FindApplication(ctx, application)
		if err != nil {
			return err
		}
		if a.Environments, err = tx.Environments(ctx, a.ID); err != nil {
			return err
		}
		detail, err := fn(tx, a)
		if err != nil {
			return err
		}
		d.catalogChanged(tx)
		return d.audit(ctx, tx, caller, act, a.Name, detail)
	})
}

func findEnvironment(a catalog.Application, environment id.ID) (catalog.Environment, error) {
	i := slices.IndexFunc(a.Environments, func(e catalog.Environment) bool { return e.ID == environment })
	if i < 0 {
		return catalog.Environment{}, fault.NotFound("environment")
	}
	return a.Environments[i], nil
}

func findHost(a catalog.Application, host id.ID) (catalog.Environment, catalog.Host, error) {
	for _, e := range a.Environments {
		for _, h := range e.Hosts {
			if h.ID == host {
				return e, h, nil
			}
		}
	}
	return catalog.Environment{}, catalog.Host{}, fault.NotFound("host")
}

func fillEnvironment(e *catalog.Environment, in EnvironmentFields) error {
	var bad [4]*fault.Fault
	if in.Name != nil || e.ID == 0 {
		e.Name, bad[0] = line("name", deref(in.Name), maxApplicationName, true)
	}
	if in.Kind != nil {
		if e.Kind = *in.Kind; e.Kind != "" && !slices.Contains(catalog.Kinds, e.Kind) {
			bad[1] = fault.Invalid("kind", "This kind of environment does not exist.", "Use production, test, development or other.")
		}
	}
	if in.URL != nil {
		e.URL, bad[2] = line("url", *in.URL, ticket.MaxShort, false)
		if u, err := url.Parse(e.URL); bad[2] == nil && e.URL != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
			bad[2] = fault.Invalid("url", "This is not a web address.", "Write it like https://billing.example.com.")
		}
	}
	if in.Note != nil {
		e.Note, bad[3] = line("note", *in.Note, ticket.MaxShort, false)
	}
	return fault.Collect(bad[:]...)
}

func fillHost(h *catalog.Host, in HostFields) error {
	var bad [3]*fault.Fault
	if in.Name != nil || h.ID == 0 {
		h.Name, bad[0] = line("name", deref(in.Name), maxApplicationName, true)
	}
	if in.Address != nil {
		h.Address, bad[1] = line("address", *in.Address, 255, false)
	}
	if in.Note != nil {
		h.Note, bad[2] = line("note", *in.Note, ticket.MaxShort, false)
	}
	return fault.Collect(bad[:]...)
}
