package store

import (
	"context"
	"strings"

	"firebreak/internal/catalog"
	"firebreak/internal/estate"
	"firebreak/internal/id"
)

const interfaceSelect = `SELECT i.id, i.from_id, f.name, f.slug, i.to_id, t.name, t.slug, i.name, i.host, i.addresses, i.port, i.protocol, i.via, i.clear, i.note, i.created_at, i.updated_at
	FROM interface i JOIN application f ON f.id = i.from_id JOIN application t ON t.id = i.to_id`

func scanInterface(r row) (i estate.Interface, err error) {
	var addresses, via string
	err = r.Scan(&i.ID, &i.FromID, &i.From, &i.FromSlug, &i.ToID, &i.To, &i.ToSlug, &i.Name, &i.Host, &addresses, &i.Port, &i.Protocol, &via, &i.Clear, &i.Note, at{&i.CreatedAt}, at{&i.UpdatedAt})
	i.Addresses = strings.Fields(addresses)
	if via != "" {
		i.Between = strings.Split(via, ",")
	}
	return i, err
}

// Interface gives one interface.
func (r Read) Interface(ctx context.Context, i id.ID) (estate.Interface, error) {
	out, err := scanInterface(r.q.QueryRowContext(ctx, interfaceSelect+" WHERE i.id = $1", i))
	return out, one(err, "interface")
}

// InterfacesOf gives up to limit interfaces that an application calls or is called by, by the names of both sides.
func (r Read) InterfacesOf(ctx context.Context, application id.ID, limit int) ([]estate.Interface, error) {
	rows, err := r.q.QueryContext(ctx, interfaceSelect+" WHERE i.from_id = $1 OR i.to_id = $1 ORDER BY lower(f.name), lower(t.name), i.id LIMIT $2 + 0", application, limit)
	return collect(rows, err, scanInterface)
}

// Interfaces gives up to limit interfaces behind one, in the order they were made.
func (r Read) Interfaces(ctx context.Context, after id.ID, limit int) ([]estate.Interface, error) {
	rows, err := r.q.QueryContext(ctx, interfaceSelect+" WHERE i.id > $1 ORDER BY i.id LIMIT $2 + 0", after, limit)
	return collect(rows, err, scanInterface)
}

// SameInterface finds the interface between the same two applications of the same name, host and port.
func (r Read) SameInterface(ctx context.Context, i estate.Interface) (estate.Interface, error) {
	out, err := scanInterface(r.q.QueryRowContext(ctx, interfaceSelect+" WHERE i.from_id = $1 AND i.to_id = $2 AND lower(i.name) = lower($3) AND lower(i.host) = lower($4) AND i.port = $5", i.FromID, i.ToID, i.Name, i.Host, i.Port))
	return out, one(err, "interface")
}

// PutInterface inserts an interface, or writes one that exists (an empty ID is made).
func (tx *Tx) PutInterface(ctx context.Context, i *estate.Interface) error {
	if i.ID == 0 {
		i.ID = tx.NewID()
	}
	if i.CreatedAt.IsZero() {
		i.CreatedAt = tx.Now
	}
	i.UpdatedAt = tx.Now
	_, err := tx.q.ExecContext(ctx, "INSERT INTO interface (id, from_id, to_id, name, host, addresses, port, protocol, via, clear, note, created_at, updated_at) VALUES ("+holes(1, 13)+`)
		ON CONFLICT (id) DO UPDATE SET from_id = excluded.from_id, to_id = excluded.to_id, name = excluded.name, host = excluded.host, addresses = excluded.addresses, port = excluded.port,
		protocol = excluded.protocol, via = excluded.via, clear = excluded.clear, note = excluded.note, updated_at = excluded.updated_at`,
		i.ID, i.FromID, i.ToID, i.Name, i.Host, strings.Join(i.Addresses, " "), i.Port, i.Protocol, strings.Join(i.Between, ","), i.Clear, i.Note, ms(i.CreatedAt), ms(i.UpdatedAt))
	return err
}

// RemoveInterface deletes an interface; the records of its changes stay with their application.
func (tx *Tx) RemoveInterface(ctx context.Context, application, i id.ID) error {
	if _, err := tx.q.ExecContext(ctx, "UPDATE change_record SET interface_id = NULL WHERE interface_id = $1", i); err != nil {
		return err
	}
	return tx.remove(ctx, "interface", "DELETE FROM interface WHERE (from_id = $1 OR to_id = $1) AND id = $2", application, i)
}

// Products gives the installed products of an application, by name and host.
func (r Read) Products(ctx context.Context, application id.ID) ([]estate.Product, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT id, application_id, host, name, version, note, updated_at FROM product WHERE application_id = $1 ORDER BY lower(name), lower(host) LIMIT 2000", application)
	return collect(rows, err, func(r row) (p estate.Product, err error) {
		return p, r.Scan(&p.ID, &p.ApplicationID, &p.Host, &p.Name, &p.Version, &p.Note, at{&p.UpdatedAt})
	})
}

// PutProduct inserts a product, or writes one that exists (an empty ID is made).
func (tx *Tx) PutProduct(ctx context.Context, p *estate.Product) error {
	if p.ID == 0 {
		p.ID = tx.NewID()
	}
	p.UpdatedAt = tx.Now
	_, err := tx.q.ExecContext(ctx, "INSERT INTO product (id, application_id, host, name, version, note, updated_at) VALUES ("+holes(1, 7)+`)
		ON CONFLICT (id) DO UPDATE SET host = excluded.host, name = excluded.name, version = excluded.version, note = excluded.note, updated_at = excluded.updated_at`,
		p.ID, p.ApplicationID, p.Host, p.Name, p.Version, p.Note, ms(p.UpdatedAt))
	return err
}

// RemoveProduct deletes a product of an application.
func (tx *Tx) RemoveProduct(ctx context.Context, application, product id.ID) error {
	return tx.remove(ctx, "product", "DELETE FROM product WHERE application_id = $1 AND id = $2", application, product)
}

// EstateEdges gives how applications depend on one another where one of the given is an end of it.
func (r Read) EstateEdges(ctx context.Context, applications []id.ID) ([]estate.Edge, error) {
	if len(applications) == 0 {
		return nil, nil
	}
	in := holes(1, len(applications))
	rows, err := r.q.QueryContext(ctx, `SELECT from_id, to_id, CAST(sum(calls) AS BIGINT), CAST(sum(jobs) AS BIGINT) FROM (
		SELECT from_id, to_id, 1 AS calls, 0 AS jobs FROM interface WHERE from_id IN (`+in+`) OR to_id IN (`+in+`)
		UNION ALL SELECT from_id, to_id, 0, jobs FROM job_edge WHERE from_id IN (`+in+`) OR to_id IN (`+in+`)) AS e GROUP BY from_id, to_id ORDER BY from_id, to_id LIMIT 5000`, anyOf(applications)...)
	return collect(rows, err, func(r row) (e estate.Edge, err error) { return e, r.Scan(&e.From, &e.To, &e.Calls, &e.Jobs) })
}

// ApplicationsOf gives id, short name and name of applications by their ids, also of archived ones.
func (r Read) ApplicationsOf(ctx context.Context, ids []id.ID) (map[id.ID]catalog.Application, error) {
	out := make(map[id.ID]catalog.Application, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := r.q.QueryContext(ctx, "SELECT id, slug, name FROM application WHERE id IN ("+holes(1, len(ids))+")", anyOf(ids)...)
	_, err = collect(rows, err, func(r row) (struct{}, error) {
		var a catalog.Application
		err := r.Scan(&a.ID, &a.Slug, &a.Name)
		out[a.ID] = a
		return struct{}{}, err
	})
	return out, err
}

// EstateCounts are how much of the estate the desk knows.
type EstateCounts struct {
	Applications int `json:"applications"`
	Hosts        int `json:"hosts"`
	Interfaces   int `json:"interfaces"`
	Products     int `json:"products"`
	Jobs         int `json:"jobs"`
}

// EstateCounts counts what the desk knows of the estate.
func (r Read) EstateCounts(ctx context.Context) (c EstateCounts, err error) {
	return c, r.q.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM application WHERE archived_at = 0 AND merged_into IS NULL), (SELECT count(*) FROM host), (SELECT count(*) FROM interface),
		(SELECT count(*) FROM product), (SELECT count(*) FROM job)`).Scan(&c.Applications, &c.Hosts, &c.Interfaces, &c.Products, &c.Jobs)
}

// Dependents is an application of the estate with how many others it has on both sides.
type Dependents struct {
	ID    id.ID  `json:"id"`
	Slug  string `json:"slug"`
	Name  string `json:"name"`
	Calls int    `json:"calls" doc:"interfaces by which it calls others"`
	By    int    `json:"called_by" doc:"interfaces by which others call it"`
	Jobs  int    `json:"jobs" doc:"batch jobs of it"`
}

// EstateApplications gives up to limit applications in use behind a name, with what the estate knows of them.
func (r Read) EstateApplications(ctx context.Context, after string, limit int) ([]Dependents, error) {
	rows, err := r.q.QueryContext(ctx, `SELECT a.id, a.slug, a.name, (SELECT count(*) FROM interface WHERE from_id = a.id), (SELECT count(*) FROM interface WHERE to_id = a.id), (SELECT count(*) FROM job WHERE application_id = a.id)
		FROM application a WHERE a.archived_at = 0 AND a.merged_into IS NULL AND lower(a.name) > lower($1) ORDER BY lower(a.name) LIMIT $2 + 0`, after, limit)
	return collect(rows, err, func(r row) (d Dependents, err error) {
		return d, r.Scan(&d.ID, &d.Slug, &d.Name, &d.Calls, &d.By, &d.Jobs)
	})
}

// mergeEstate hands the estate of an application that is merged to the one that stays. What both have is kept once.
func (tx *Tx) mergeEstate(ctx context.Context, from, to id.ID) error {
	for _, q := range []string{
		"UPDATE change_record SET application_id = $2, sender_key = CASE WHEN EXISTS (SELECT 1 FROM change_record o WHERE o.application_id = $2 AND o.sender_key = change_record.sender_key) THEN '' ELSE sender_key END WHERE application_id = $1",
		"UPDATE job SET application_id = $2 WHERE application_id = $1",
		"UPDATE product SET application_id = $2 WHERE application_id = $1 AND NOT EXISTS (SELECT 1 FROM product o WHERE o.application_id = $2 AND lower(o.name) = lower(product.name) AND lower(o.host) = lower(product.host))",
		"DELETE FROM product WHERE application_id = $1 AND application_id <> $2",
		"UPDATE change_record SET interface_id = NULL WHERE interface_id IN (SELECT id FROM interface WHERE from_id IN ($1, $2) AND to_id IN ($1, $2))",
		"DELETE FROM interface WHERE from_id IN ($1, $2) AND to_id IN ($1, $2)",
		`UPDATE interface SET from_id = $2 WHERE from_id = $1 AND NOT EXISTS (SELECT 1 FROM interface o WHERE o.from_id = $2 AND o.to_id = interface.to_id
			AND lower(o.name) = lower(interface.name) AND lower(o.host) = lower(interface.host) AND o.port = interface.port)`,
		`UPDATE interface SET to_id = $2 WHERE to_id = $1 AND NOT EXISTS (SELECT 1 FROM interface o WHERE o.to_id = $2 AND o.from_id = interface.from_id
			AND lower(o.name) = lower(interface.name) AND lower(o.host) = lower(interface.host) AND o.port = interface.port)`,
		"UPDATE change_record SET interface_id = NULL WHERE interface_id IN (SELECT id FROM interface WHERE (from_id = $1 OR to_id = $1) AND from_id <> $2)",
		"DELETE FROM interface WHERE (from_id = $1 OR to_id = $1) AND from_id <> $2",
	} {
		if _, err := tx.q.ExecContext(ctx, q, int64(from), int64(to)); err != nil {
			return err
		}
	}
	return tx.MakeJobEdges(ctx)
}

// RenameProductHost lets the products on a host follow its new name.
func (tx *Tx) RenameProductHost(ctx context.Context, application id.ID, from, to string) error {
	_, err := tx.q.ExecContext(ctx, `UPDATE product SET host = $3 WHERE application_id = $1 AND lower(host) = lower($2) AND NOT EXISTS (SELECT 1 FROM product o WHERE o.application_id = $1
		AND lower(o.name) = lower(product.name) AND lower(o.host) = lower($3) AND o.id <> product.id)`, application, from, to)
	return err
}
