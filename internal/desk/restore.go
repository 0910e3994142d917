package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"firebreak/internal/catalog"
	"firebreak/internal/estate"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
)

// Removed is a part of an application that was removed, and how to take that back.
type Removed struct {
	Name string `json:"name"`
	Undo id.ID  `json:"undo" doc:"takes the removal back"`
}

// gonePart is what a removed part of an application was; one field is set.
type gonePart struct {
	Application id.ID                `json:"application"`
	Event       *catalog.Event       `json:"event,omitempty"`
	Environment *catalog.Environment `json:"environment,omitempty"`
	Host        *catalog.Host        `json:"host,omitempty"`
	Interface   *estate.Interface    `json:"interface,omitempty"`
	Product     *estate.Product      `json:"product,omitempty"`
	Change      *estate.Change       `json:"change,omitempty"`
}

// catalogUndo begins the acts of the catalogue that can be taken back.
const catalogUndo = "catalog."

// removePart removes a part of an application and keeps what it was. fn gives the part's name.
func (d *Desk) removePart(ctx context.Context, application, what string, fn func(*store.Tx, catalog.Application, *gonePart) (string, error)) (Removed, error) {
	var out Removed
	caller := CallerOf(ctx)
	err := d.editEnvironments(ctx, application, what+".remove", func(tx *store.Tx, a catalog.Application) (string, error) {
		gone := gonePart{Application: a.ID}
		name, err := fn(tx, a, &gone)
		if err != nil {
			return "", err
		}
		u := store.Undo{PersonID: caller.Person.ID, Act: catalogUndo + what, Detail: asJSON(gone)}
		if err := tx.AddUndo(ctx, &u); err != nil {
			return "", err
		}
		out = Removed{Name: name, Undo: u.ID}
		return name, nil
	})
	return out, err
}

// restorePart puts a removed part of an application back.
func (d *Desk) restorePart(ctx context.Context, tx *store.Tx, caller Caller, u store.Undo) error {
	if _, err := may(ctx, person.EditCatalog); err != nil {
		return err
	}
	var gone gonePart
	if err := json.Unmarshal([]byte(u.Detail), &gone); err != nil {
		return fmt.Errorf("undo %s: %w", u.ID, err)
	}
	a, err := tx.FindApplication(ctx, gone.Application.String())
	if err != nil {
		return err
	}
	name := ""
	switch {
	case gone.Event != nil:
		name, gone.Event.ApplicationID = gone.Event.Name, a.ID
		if err = tx.PutEvent(ctx, gone.Event); err == nil {
			err = tx.MarkRejudge(ctx, a.ID)
		}
		tx.After(func() { d.rejudge(ctx, a.ID) })
	case gone.Host != nil:
		name = gone.Host.Name
		if a.Environments, err = tx.Environments(ctx, a.ID); err != nil {
			return err
		}
		if _, err = findEnvironment(a, gone.Host.EnvironmentID); err == nil {
			err = tx.PutHost(ctx, gone.Host)
		}
	case gone.Interface != nil:
		name = gone.Interface.Title()
		err = tx.PutInterface(ctx, gone.Interface)
	case gone.Product != nil:
		name, gone.Product.ApplicationID = gone.Product.Name, a.ID
		err = tx.PutProduct(ctx, gone.Product)
	case gone.Change != nil:
		name, gone.Change.ApplicationID = gone.Change.Title, a.ID
		err = tx.PutChangeRecord(ctx, gone.Change)
	case gone.Environment != nil:
		name, gone.Environment.ApplicationID = gone.Environment.Name, a.ID
		err = tx.PutEnvironment(ctx, gone.Environment)
		for _, h := range gone.Environment.Hosts {
			if err == nil {
				err = tx.PutHost(ctx, &h)
			}
		}
	}
	if err != nil {
		return err
	}
	d.catalogChanged(tx)
	return d.audit(ctx, tx, caller, strings.TrimPrefix(u.Act, catalogUndo)+".restore", a.Name, name)
}
