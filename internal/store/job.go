package store

import (
	"context"
	"time"

	"firebreak/internal/id"
)

// Job is a batch job as the desk keeps it.
type Job struct {
	ID            id.ID     `json:"id"`
	Name          string    `json:"name"`
	Type          string    `json:"type"`
	Box           string    `json:"box,omitempty"`
	ApplicationID id.ID     `json:"application_id,omitzero"`
	Machine       string    `json:"machine,omitempty"`
	Starts        string    `json:"starts,omitempty" doc:"when it starts by the clock, in words"`
	Condition     string    `json:"condition,omitempty" doc:"what it waits for, as the scheduler writes it"`
	Description   string    `json:"description,omitempty"`
	Definition    string    `json:"definition,omitempty" doc:"the scheduler's own text"`
	UpdatedAt     time.Time `json:"updated_at"`
	Waits         []JobWait `json:"waits,omitempty"`
}

// JobWait is a job that another one's condition names.
type JobWait struct {
	How      string `json:"how" doc:"s, f, d, t, n or e"`
	Needs    string `json:"needs"`
	Instance string `json:"instance,omitempty"`
	Known    bool   `json:"known" doc:"whether the desk knows that job"`
}

const jobSelect = "SELECT id, name, type, box, application_id, machine, starts, condition, description, definition, updated_at FROM job"

func scanJob(r row) (j Job, err error) {
	return j, r.Scan(&j.ID, &j.Name, &j.Type, &j.Box, refTo{&j.ApplicationID}, &j.Machine, &j.Starts, &j.Condition, &j.Description, &j.Definition, at{&j.UpdatedAt})
}

// JobsOf gives up to limit jobs of an application behind a name, with what they wait for.
func (r Read) JobsOf(ctx context.Context, application id.ID, after string, limit int) ([]Job, error) {
	rows, err := r.q.QueryContext(ctx, jobSelect+" WHERE application_id = $1 AND name > $2 ORDER BY name LIMIT $3", application, after, limit)
	jobs, err := collect(rows, err, scanJob)
	if err != nil || len(jobs) == 0 {
		return jobs, err
	}
	ids := make([]id.ID, len(jobs))
	place := map[id.ID]int{}
	for i, j := range jobs {
		ids[i], place[j.ID] = j.ID, i
	}
	rows, err = r.q.QueryContext(ctx, "SELECT w.job_id, w.how, w.needs, w.instance, EXISTS (SELECT 1 FROM job n WHERE n.name = w.needs) FROM job_wait w WHERE w.job_id IN ("+holes(1, len(ids))+") ORDER BY w.job_id, w.position", anyOf(ids)...)
	_, err = collect(rows, err, func(r row) (struct{}, error) {
		var of id.ID
		var w JobWait
		err := r.Scan(&of, &w.How, &w.Needs, &w.Instance, &w.Known)
		jobs[place[of]].Waits = append(jobs[place[of]].Waits, w)
		return struct{}{}, err
	})
	return jobs, err
}

// AllJobs gives every job, by name.
func (r Read) AllJobs(ctx context.Context) ([]Job, error) {
	rows, err := r.q.QueryContext(ctx, jobSelect+" ORDER BY name")
	return collect(rows, err, scanJob)
}

// JobObject is a machine, a calendar or what else a scheduler's export holds.
type JobObject struct {
	ID         id.ID
	Kind, Name string
	Definition string
}

// AllJobObjects gives everything of the scheduler that is not a job.
func (r Read) AllJobObjects(ctx context.Context) ([]JobObject, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT id, kind, name, definition FROM job_object ORDER BY kind, name")
	return collect(rows, err, func(r row) (o JobObject, err error) { return o, r.Scan(&o.ID, &o.Kind, &o.Name, &o.Definition) })
}

// PutJob inserts a job with what it waits for, or writes one that exists (an empty ID is made).
func (tx *Tx) PutJob(ctx context.Context, j *Job) error {
	if j.ID == 0 {
		j.ID = tx.NewID()
	}
	j.UpdatedAt = tx.Now
	if _, err := tx.q.ExecContext(ctx, "INSERT INTO job (id, name, type, box, application_id, machine, starts, condition, description, definition, updated_at) VALUES ("+holes(1, 11)+`)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, type = excluded.type, box = excluded.box, application_id = excluded.application_id, machine = excluded.machine, starts = excluded.starts,
		condition = excluded.condition, description = excluded.description, definition = excluded.definition, updated_at = excluded.updated_at`,
		j.ID, j.Name, j.Type, j.Box, ref(j.ApplicationID), j.Machine, j.Starts, j.Condition, j.Description, j.Definition, ms(j.UpdatedAt)); err != nil {
		return err
	}
	if _, err := tx.q.ExecContext(ctx, "DELETE FROM job_wait WHERE job_id = $1", j.ID); err != nil {
		return err
	}
	rows := make([][]any, len(j.Waits))
	for i, w := range j.Waits {
		rows[i] = []any{j.ID, i, w.How, w.Needs, w.Instance}
	}
	return tx.insertMany(ctx, "job_wait (job_id, position, how, needs, instance)", "", rows)
}

// RemoveJob deletes a job.
func (tx *Tx) RemoveJob(ctx context.Context, j id.ID) error {
	for _, q := range []string{"DELETE FROM job_wait WHERE job_id = $1", "DELETE FROM job WHERE id = $1"} {
		if _, err := tx.q.ExecContext(ctx, q, j); err != nil {
			return err
		}
	}
	return nil
}

// PutJobObject inserts an object of the scheduler, or writes one that exists (an empty ID is made).
func (tx *Tx) PutJobObject(ctx context.Context, o *JobObject) error {
	if o.ID == 0 {
		o.ID = tx.NewID()
	}
	_, err := tx.q.ExecContext(ctx, "INSERT INTO job_object (id, kind, name, definition, updated_at) VALUES ("+holes(1, 5)+") ON CONFLICT (id) DO UPDATE SET definition = excluded.definition, updated_at = excluded.updated_at",
		o.ID, o.Kind, o.Name, o.Definition, ms(tx.Now))
	return err
}

// RemoveJobObject deletes an object of the scheduler.
func (tx *Tx) RemoveJobObject(ctx context.Context, o id.ID) error {
	_, err := tx.q.ExecContext(ctx, "DELETE FROM job_object WHERE id = $1", o)
	return err
}

// MakeJobEdges counts anew how many jobs of each application wait for jobs of another one.
func (tx *Tx) MakeJobEdges(ctx context.Context) error {
	if _, err := tx.q.ExecContext(ctx, "DELETE FROM job_edge"); err != nil {
		return err
	}
	_, err := tx.q.ExecContext(ctx, `INSERT INTO job_edge (from_id, to_id, jobs) SELECT w.application_id, n.application_id, count(DISTINCT w.id) FROM job_wait x JOIN job w ON w.id = x.job_id
		JOIN job n ON n.name = x.needs WHERE x.instance = '' AND x.how <> 'v' AND w.application_id IS NOT NULL AND n.application_id IS NOT NULL AND w.application_id <> n.application_id GROUP BY w.application_id, n.application_id`)
	return err
}
