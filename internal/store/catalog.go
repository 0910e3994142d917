package store

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"firebreak/internal/catalog"
	"firebreak/internal/fault"
	"firebreak/internal/id"
)

const applicationSelect = `SELECT a.id, a.slug, a.name, a.description, a.team_id, t.name, a.primary_id, p1.name, a.secondary_id, p2.name, a.created_at, a.archived_at
	FROM application a LEFT JOIN team t ON t.id = a.team_id LEFT JOIN person p1 ON p1.id = a.primary_id LEFT JOIN person p2 ON p2.id = a.secondary_id`

func scanApplication(r row) (a catalog.Application, err error) {
	return a, r.Scan(&a.ID, &a.Slug, &a.Name, &a.Description, refTo{&a.TeamID}, text{&a.Team}, refTo{&a.PrimaryID}, text{&a.Primary}, refTo{&a.SecondaryID}, text{&a.Secondary}, at{&a.CreatedAt}, at{&a.ArchivedAt})
}

// FindApplication finds an application by id, short name or name. The names of applications that were
// merged into another find that other one.
func (r Read) FindApplication(ctx context.Context, name string) (catalog.Application, error) {
	i, _ := id.Parse(name)
	a, err := scanApplication(r.q.QueryRowContext(ctx, applicationSelect+` WHERE a.id = (SELECT coalesce(n.merged_into, n.id) FROM application n
		WHERE n.id = $1 OR n.slug = lower($2) OR lower(n.name) = lower($2) ORDER BY n.merged_into IS NOT NULL, n.id LIMIT 1)`, i, name))
	return a, one(err, "application called "+name)
}

// ApplicationFilter selects applications. Zero fields do not filter; merged ones are never listed.
type ApplicationFilter struct {
	Text        string // part of the name or short name, whatever the case
	Team        id.ID
	Person      id.ID // primary or secondary
	Archived    bool  // archived ones instead of those in use
	Undescribed *bool // only those (not) yet described by anybody
	After       *ApplicationKey
	Limit       int
}

// ApplicationKey is where a page of applications ends.
type ApplicationKey struct {
	Name string `json:"n"`
	ID   id.ID  `json:"i"`
}

// Applications gives a page of applications by name, and the key to continue behind it, nil at the end.
func (r Read) Applications(ctx context.Context, f ApplicationFilter) ([]catalog.Application, *ApplicationKey, error) {
	conds := []string{"a.merged_into IS NULL"}
	var args []any
	arg := func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) }
	if f.Archived {
		conds = append(conds, "a.archived_at > 0")
	} else {
		conds = append(conds, "a.archived_at = 0")
	}
	if f.Text != "" {
		part := arg("%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(f.Text) + "%")
		conds = append(conds, "(lower(a.name) LIKE lower("+part+`) ESCAPE '\' OR a.slug LIKE lower(`+part+`) ESCAPE '\')`)
	}
	if f.Team != 0 {
		conds = append(conds, "a.team_id = "+arg(int64(f.Team)))
	}
	if f.Person != 0 {
		who := arg(int64(f.Person))
		conds = append(conds, "(a.primary_id = "+who+" OR a.secondary_id = "+who+")")
	}
	if f.Undescribed != nil {
		const undescribed = "(a.team_id IS NULL AND a.primary_id IS NULL AND a.secondary_id IS NULL AND a.description = '')"
		if *f.Undescribed {
			conds = append(conds, undescribed)
		} else {
			conds = append(conds, "NOT "+undescribed)
		}
	}
	if f.After != nil {
		conds = append(conds, "(lower(a.name), a.id) > ("+arg(f.After.Name)+", "+arg(int64(f.After.ID))+")")
	}
	query := strings.Replace(applicationSelect, "\n\tFROM application a", ", lower(a.name) FROM application a", 1) +
		" WHERE " + strings.Join(conds, " AND ") + " ORDER BY lower(a.name), a.id LIMIT " + arg(f.Limit+1)
	rows, err := r.q.QueryContext(ctx, query, args...)
	var key ApplicationKey
	n := 0
	out, err := collect(rows, err, func(r row) (catalog.Application, error) {
		var name string
		a, err := scanApplication(tail{r, []any{&name}})
		if n++; n == f.Limit {
			key = ApplicationKey{Name: name, ID: a.ID}
		}
		return a, err
	})
	if err != nil {
		return nil, nil, err
	}
	if len(out) > f.Limit {
		return out[:f.Limit], &key, nil
	}
	return out, nil, nil
}

// OtherNames gives the names of the applications that were merged into one.
func (r Read) OtherNames(ctx context.Context, application id.ID) ([]string, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT name FROM application WHERE merged_into = $1 ORDER BY lower(name)", application)
	return collect(rows, err, func(r row) (s string, err error) { return s, r.Scan(&s) })
}

// Loads counts the active tickets of applications by fire.
func (r Read) Loads(ctx context.Context, applications []id.ID) (map[id.ID]catalog.Load, error) {
	out := make(map[id.ID]catalog.Load, len(applications))
	if len(applications) == 0 {
		return out, nil
	}
	rows, err := r.q.QueryContext(ctx, "SELECT application_id, fire_rank, count(*) FROM ticket WHERE active AND application_id IN ("+
		holes(1, len(applications))+") GROUP BY application_id, fire_rank", anyOf(applications)...)
	_, err = collect(rows, err, func(r row) (struct{}, error) {
		var i id.ID
		var rank, n int
		err := r.Scan(&i, &rank, &n)
		l := out[i]
		switch rank {
		case 0:
			l.Wildfires = n
		case 1:
			l.HouseFires = n
		default:
			l.Matches = n
		}
		out[i] = l
		return struct{}{}, err
	})
	return out, err
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

// SaveApplication writes name, description, owners and archiving of a.
func (tx *Tx) SaveApplication(ctx context.Context, a *catalog.Application) error {
	_, err := tx.q.ExecContext(ctx, "UPDATE application SET slug = $1, name = $2, description = $3, team_id = $4, primary_id = $5, secondary_id = $6, archived_at = $7 WHERE id = $8",
		a.Slug, a.Name, a.Description, ref(a.TeamID), ref(a.PrimaryID), ref(a.SecondaryID), ms(a.ArchivedAt), a.ID)
	return err
}

// MergeApplication makes from another name of to. The tickets of from are moved before, by MoveTickets.
func (tx *Tx) MergeApplication(ctx context.Context, from, to id.ID) error {
	if err := tx.mergeEstate(ctx, from, to); err != nil {
		return fmt.Errorf("merge applications: %w", err)
	}
	for _, q := range []string{
		"UPDATE application SET merged_into = $2 WHERE merged_into = $1",
		"UPDATE application SET merged_into = $2, archived_at = CASE WHEN archived_at = 0 THEN $3 ELSE archived_at END, rejudge_at = 0 WHERE id = $1",
		"INSERT INTO resolution_application (resolution_id, application_id) SELECT resolution_id, $2 FROM resolution_application WHERE application_id = $1 ON CONFLICT DO NOTHING",
		"DELETE FROM resolution_application WHERE application_id = $1 AND application_id <> $2",
	} {
		args := []any{from, to}
		if strings.Contains(q, "$3") {
			args = append(args, ms(tx.Now))
		}
		if _, err := tx.q.ExecContext(ctx, q, args...); err != nil {
			return fmt.Errorf("merge applications: %w", err)
		}
	}
	return nil
}

// TicketsOf gives up to limit numbers of tickets of an application, active or not.
func (r Read) TicketsOf(ctx context.Context, application id.ID, active bool, limit int) ([]int64, error) {
	cond := "active"
	if !active {
		cond = "NOT active"
	}
	rows, err := r.q.QueryContext(ctx, "SELECT number FROM ticket WHERE application_id = $1 AND "+cond+" ORDER BY number LIMIT $2 + 0", application, limit)
	return collect(rows, err, func(r row) (n int64, err error) { return n, r.Scan(&n) })
}

// MoveTickets hands tickets that are done to another application, with a line of history for each; what
// they were judged stays as it is.
func (tx *Tx) MoveTickets(ctx context.Context, numbers []int64, to id.ID, history func(number int64) error) error {
	if len(numbers) == 0 {
		return nil
	}
	args := append([]any{to}, anyOf(numbers)...)
	if _, err := tx.q.ExecContext(ctx, "UPDATE ticket SET application_id = $1, version = version + 1 WHERE number IN ("+holes(2, len(numbers))+")", args...); err != nil {
		return err
	}
	if err := tx.markRecurrence(ctx, append([]int64(nil), numbers...)...); err != nil {
		return err
	}
	for _, n := range numbers {
		if err := history(n); err != nil {
			return err
		}
	}
	return nil
}

// TicketsToRejudge gives up to limit numbers of active tickets of an application that its calendar can
// concern: high stakes, or burning already.
func (r Read) TicketsToRejudge(ctx context.Context, application id.ID, limit int) ([]int64, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT number FROM ticket WHERE active AND application_id = $1 AND (stakes IN ('client', 'company') OR fire_rank < 2) ORDER BY fire_rank, sort_at, number LIMIT $2 + 0", application, limit)
	return collect(rows, err, func(r row) (n int64, err error) { return n, r.Scan(&n) })
}

// MarkRejudge notes that the active tickets of an application wait to be judged anew.
func (tx *Tx) MarkRejudge(ctx context.Context, application id.ID) error {
	_, err := tx.q.ExecContext(ctx, "UPDATE application SET rejudge_at = CASE WHEN rejudge_at >= $1 THEN rejudge_at + 1 ELSE $1 END WHERE id = $2", ms(tx.Now), application)
	return err
}

// Rejudge is an application whose active tickets wait to be judged anew.
type Rejudge struct {
	Application id.ID
	Mark        int64 // tells a later wait from this one
}

// Rejudged notes that all active tickets were judged since r was read; a wait that began meanwhile stays.
func (tx *Tx) Rejudged(ctx context.Context, r Rejudge) error {
	_, err := tx.q.ExecContext(ctx, "UPDATE application SET rejudge_at = 0 WHERE id = $1 AND rejudge_at = $2", r.Application, r.Mark)
	return err
}

// Rejudges gives the applications whose active tickets wait to be judged anew, the longest wait first.
func (r Read) Rejudges(ctx context.Context, limit int) ([]Rejudge, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT id, rejudge_at FROM application WHERE rejudge_at > 0 ORDER BY rejudge_at LIMIT $1 + 0", limit)
	return collect(rows, err, func(r row) (j Rejudge, err error) { return j, r.Scan(&j.Application, &j.Mark) })
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

// PutEvent inserts an event, or writes one that exists (an empty ID is made).
func (tx *Tx) PutEvent(ctx context.Context, e *catalog.Event) error {
	if e.ID == 0 {
		e.ID = tx.NewID()
	}
	_, err := tx.q.ExecContext(ctx, "INSERT INTO business_event (id, application_id, name, rule, zone, consequence) VALUES ("+holes(1, 6)+`)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, rule = excluded.rule, zone = excluded.zone, consequence = excluded.consequence`,
		e.ID, e.ApplicationID, e.Name, e.Rule, e.Zone, e.Consequence)
	return err
}

// RemoveEvent deletes an event of an application.
func (tx *Tx) RemoveEvent(ctx context.Context, application, event id.ID) error {
	return tx.remove(ctx, "event", "DELETE FROM business_event WHERE application_id = $1 AND id = $2", application, event)
}

// Environments gives the environments of an application with their hosts, by name.
func (r Read) Environments(ctx context.Context, application id.ID) ([]catalog.Environment, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT id, application_id, name, kind, url, note FROM environment WHERE application_id = $1 ORDER BY lower(name)", application)
	envs, err := collect(rows, err, func(r row) (e catalog.Environment, err error) {
		return e, r.Scan(&e.ID, &e.ApplicationID, &e.Name, &e.Kind, &e.URL, &e.Note)
	})
	if err != nil || len(envs) == 0 {
		return envs, err
	}
	rows, err = r.q.QueryContext(ctx, "SELECT h.id, h.environment_id, h.name, h.address, h.note FROM host h JOIN environment e ON e.id = h.environment_id WHERE e.application_id = $1 ORDER BY lower(h.name)", application)
	hosts, err := collect(rows, err, func(r row) (h catalog.Host, err error) {
		return h, r.Scan(&h.ID, &h.EnvironmentID, &h.Name, &h.Address, &h.Note)
	})
	place := make(map[id.ID]int, len(envs))
	for i, e := range envs {
		place[e.ID] = i
	}
	for _, h := range hosts {
		if i, ok := place[h.EnvironmentID]; ok {
			envs[i].Hosts = append(envs[i].Hosts, h)
		}
	}
	return envs, err
}

// PutEnvironment inserts an environment, or writes one that exists (an empty ID is made). Hosts are apart.
func (tx *Tx) PutEnvironment(ctx context.Context, e *catalog.Environment) error {
	if e.ID == 0 {
		e.ID = tx.NewID()
	}
	_, err := tx.q.ExecContext(ctx, "INSERT INTO environment (id, application_id, name, kind, url, note) VALUES ("+holes(1, 6)+`)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, url = excluded.url, note = excluded.note`,
		e.ID, e.ApplicationID, e.Name, e.Kind, e.URL, e.Note)
	return err
}

// RemoveEnvironment deletes an environment of an application with its hosts.
func (tx *Tx) RemoveEnvironment(ctx context.Context, application, environment id.ID) error {
	if _, err := tx.q.ExecContext(ctx, "DELETE FROM host WHERE environment_id = (SELECT id FROM environment WHERE application_id = $1 AND id = $2)", application, environment); err != nil {
		return err
	}
	return tx.remove(ctx, "environment", "DELETE FROM environment WHERE application_id = $1 AND id = $2", application, environment)
}

// PutHost inserts a host, or writes one that exists (an empty ID is made).
func (tx *Tx) PutHost(ctx context.Context, h *catalog.Host) error {
	if h.ID == 0 {
		h.ID = tx.NewID()
	}
	_, err := tx.q.ExecContext(ctx, "INSERT INTO host (id, environment_id, name, address, note) VALUES ("+holes(1, 5)+`)
		ON CONFLICT (id) DO UPDATE SET environment_id = excluded.environment_id, name = excluded.name, address = excluded.address, note = excluded.note`,
		h.ID, h.EnvironmentID, h.Name, h.Address, h.Note)
	return err
}

// RemoveHost deletes a host of an environment.
func (tx *Tx) RemoveHost(ctx context.Context, environment, host id.ID) error {
	return tx.remove(ctx, "host", "DELETE FROM host WHERE environment_id = $1 AND id = $2", environment, host)
}

func (tx *Tx) remove(ctx context.Context, what, query string, of, i id.ID) error {
	res, err := tx.q.ExecContext(ctx, query, of, i)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return cmp.Or(err, error(fault.NotFound(what)))
	}
	return nil
}
