package store

import (
	"context"

	"firebreak/internal/catalog"
	"firebreak/internal/id"
)

const applicationSelect = `SELECT a.id, a.slug, a.name, a.description, a.team_id, t.name, a.primary_id, p1.name, a.secondary_id, p2.name, a.created_at, a.archived_at
	FROM application a LEFT JOIN team t ON t.id = a.team_id LEFT JOIN person p1 ON p1.id = a.primary_id LEFT JOIN person p2 ON p2.id = a.secondary_id`

func scanApplication(r row) (a catalog.Application, err error) {
	return a, r.Scan(&a.ID, &a.Slug, &a.Name, &a.Description, refTo{&a.TeamID}, text{&a.Team}, refTo{&a.PrimaryID}, text{&a.Primary}, refTo{&a.SecondaryID}, text{&a.Secondary}, at{&a.CreatedAt}, at{&a.ArchivedAt})
}

// FindApplication finds an application by id, short name or name.
func (r Read) FindApplication(ctx context.Context, name string) (catalog.Application, error) {
	i, _ := id.Parse(name)
	a, err := scanApplication(r.q.QueryRowContext(ctx, applicationSelect+" WHERE a.id = $1 OR a.slug = lower($2) OR lower(a.name) = lower($2) ORDER BY a.id LIMIT 1", i, name))
	return a, one(err, "application called "+name)
}

// AddApplication inserts a (an empty ID is made).
func (tx *Tx) AddApplication(ctx context.Context, a *catalog.Application) error {
	if a.ID == 0 {
		a.ID = tx.NewID()
	}
	if a.CreatedAt.IsZero() {
		a.CreatedAt = tx.Now
	}
	_, err := tx.q.ExecContext(ctx, "INSERT INTO application (id, slug, name, description, team_id, primary_id, secondary_id, created_at, archived_at) VALUES ("+holes(1, 9)+")",
		a.ID, a.Slug, a.Name, a.Description, ref(a.TeamID), ref(a.PrimaryID), ref(a.SecondaryID), ms(a.CreatedAt), ms(a.ArchivedAt))
	return err
}

// BusinessEvents gives the business calendar of an application.
func (r Read) BusinessEvents(ctx context.Context, application id.ID) ([]catalog.Event, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT id, application_id, name, rule, zone, consequence FROM business_event WHERE application_id = $1 ORDER BY lower(name)", application)
	return collect(rows, err, func(r row) (e catalog.Event, err error) {
		return e, r.Scan(&e.ID, &e.ApplicationID, &e.Name, &e.Rule, &e.Zone, &e.Consequence)
	})
}

// ApplicationNames gives id, short name and name of every application in use, by name.
func (r Read) ApplicationNames(ctx context.Context) ([]catalog.Application, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT id, slug, name FROM application WHERE archived_at = 0 ORDER BY lower(name) LIMIT 2000")
	return collect(rows, err, func(r row) (a catalog.Application, err error) { return a, r.Scan(&a.ID, &a.Slug, &a.Name) })
}
