package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"firebreak/internal/catalog"
	"firebreak/internal/estate"
	"firebreak/internal/fault"
	"firebreak/internal/jil"
	"firebreak/internal/person"
	"firebreak/internal/store"
)

// MaxEstateFile is the largest file of the estate that is imported at once, in bytes.
const MaxEstateFile = 32 << 20

// EstateImport says how a file of the estate is brought in.
type EstateImport struct {
	Format string // "csv" or "jil"; empty: by the first characters
	DryRun bool   // check and count everything, write nothing
	// Create adds applications that the file names and the catalogue has not.
	Create bool
	// Map names the application behind an application or a group of the scheduler, or behind the beginning of job names that
	// ends with *.
	Map map[string]string
}

// EstateResult is what an import did, or would do. With a problem nothing is written.
type EstateResult struct {
	Format    string           `json:"format"`
	Table     string           `json:"table,omitempty" doc:"of a CSV file: hosts, interfaces or products"`
	DryRun    bool             `json:"dry_run,omitempty"`
	Rows      jil.Counts       `json:"rows" doc:"of a CSV file"`
	Jobs      jil.Counts       `json:"jobs" doc:"of a JIL file"`
	Objects   jil.Counts       `json:"objects" doc:"of a JIL file: machines, calendars and the like"`
	Created   []string         `json:"created,omitempty" doc:"applications that were added to the catalogue"`
	Unmapped  int              `json:"unmapped,omitempty" doc:"jobs that belong to no application of the catalogue"`
	Names     []string         `json:"names,omitempty" doc:"applications and groups of the scheduler that the catalogue has not"`
	Problems  []estate.Problem `json:"problems" doc:"why nothing was written"`
	More      int              `json:"more,omitempty" doc:"problems beyond those listed"`
	Warnings  []estate.Problem `json:"warnings" doc:"what was taken but is likely not what was meant"`
	Forgotten int              `json:"forgotten,omitempty" doc:"warnings beyond those listed"`
}

// Refused reports whether nothing was written because something is wrong.
func (r EstateResult) Refused() bool { return len(r.Problems) > 0 }

// shownWarnings is how many warnings a result lists.
const shownWarnings = 200

// ImportEstate brings in hosts, interfaces or products from CSV, or jobs, machines and calendars from AutoSys JIL. The same
// file again changes nothing. Either the whole file is taken or, with a problem in it, nothing.
func (d *Desk) ImportEstate(ctx context.Context, in io.Reader, o EstateImport) (EstateResult, error) {
	out := EstateResult{Format: o.Format, DryRun: o.DryRun, Problems: []estate.Problem{}, Warnings: []estate.Problem{}}
	caller, err := may(ctx, person.EditCatalog)
	if err != nil {
		return out, err
	}
	text, err := io.ReadAll(io.LimitReader(in, MaxEstateFile+1))
	if err != nil {
		return out, err
	}
	if len(text) > MaxEstateFile {
		return out, fault.TooLarge("file", fmt.Sprintf("The file is larger than %d MiB.", MaxEstateFile>>20), "Import it in parts.")
	}
	switch out.Format {
	case "":
		out.Format = guessFormat(string(text[:min(len(text), 64<<10)]))
	case "csv", "jil":
	default:
		return out, fault.Invalid("format", "This format is not known.", "Use csv or jil.")
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		run := EstateResult{Format: out.Format, DryRun: o.DryRun, Problems: []estate.Problem{}, Warnings: []estate.Problem{}}
		m := &estateImporter{Desk: d, tx: tx, o: o, out: &run, apps: map[string]catalog.Application{}}
		var err error
		if out.Format == "jil" {
			err = m.jil(ctx, string(text))
		} else {
			err = m.csv(ctx, text)
		}
		slices.Sort(run.Created)
		out = run
		if err != nil {
			return err
		}
		if run.Refused() || o.DryRun {
			return errNothingWritten
		}
		d.catalogChanged(tx)
		return d.audit(ctx, tx, caller, "estate.import", run.Format, run.sums())
	})
	if errors.Is(err, errNothingWritten) {
		err = nil
	}
	return out, err
}

// errNothingWritten rolls a dry run and a refused file back.
var errNothingWritten = errors.New("nothing is to be written")

func guessFormat(head string) string {
	for line := range strings.Lines(head) {
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		if line == "" {
			continue
		}
		if strings.HasPrefix(line, "/*") || strings.HasPrefix(line, "#") {
			return "jil"
		}
		word, _, colon := strings.Cut(line, ":")
		if colon && !strings.ContainsAny(word, ",;\t") {
			return "jil"
		}
		return "csv"
	}
	return "csv"
}

func (r EstateResult) sums() string {
	var parts []string
	for _, c := range []struct {
		what string
		n    jil.Counts
	}{{r.Table, r.Rows}, {"jobs", r.Jobs}, {"objects", r.Objects}} {
		if c.n != (jil.Counts{}) {
			parts = append(parts, fmt.Sprintf("%s: %d added, %d changed, %d unchanged, %d removed", c.what, c.n.Added, c.n.Changed, c.n.Unchanged, c.n.Removed))
		}
	}
	return strings.Join(parts, "; ")
}

// estateImporter works through one file in one transaction.
type estateImporter struct {
	*Desk
	tx   *store.Tx
	o    EstateImport
	out  *EstateResult
	apps map[string]catalog.Application // by the name in the file; zero: not in the catalogue
}

func (m *estateImporter) bad(line int, field, reason, hint string) {
	const most = 1000
	if len(m.out.Problems) >= most {
		m.out.More++
		return
	}
	m.out.Problems = append(m.out.Problems, estate.Problem{Line: line, Field: field, Reason: reason, Hint: hint})
}

func (m *estateImporter) warn(line int, reason, hint string) {
	if len(m.out.Warnings) >= shownWarnings {
		m.out.Forgotten++
		return
	}
	m.out.Warnings = append(m.out.Warnings, estate.Problem{Line: line, Reason: reason, Hint: hint})
}

// faults takes what a use case says about a field as problems of a line.
func (m *estateImporter) faults(line int, err error) error {
	f := fault.Of(err)
	if f == nil || f.Code == fault.CodeForbidden {
		return err
	}
	m.bad(line, f.Field, f.Message, f.Hint)
	for _, more := range f.More {
		m.bad(line, more.Field, more.Message, more.Hint)
	}
	return nil
}

// application finds an application by name, and adds it where that is asked for. ok is false where there is none.
func (m *estateImporter) application(ctx context.Context, name string) (a catalog.Application, ok bool, err error) {
	if a, known := m.apps[name]; known {
		return a, a.ID != 0, nil
	}
	a, err = m.tx.FindApplication(ctx, name)
	if fault.Is(err, fault.CodeNotFound) {
		a, err = catalog.Application{}, nil
		if clean, bad := line("application", name, maxApplicationName, true); m.o.Create && bad == nil {
			a = catalog.Application{Name: clean}
			if a.Slug, err = freeSlug(ctx, m.tx.Read, clean); err == nil {
				err = m.tx.AddApplication(ctx, &a)
			}
			m.out.Created = append(m.out.Created, clean)
		}
	}
	if err == nil && a.ID != 0 {
		if a.Environments, err = m.tx.Environments(ctx, a.ID); err != nil {
			return a, false, err
		}
	}
	if err == nil {
		m.apps[name] = a
	}
	return a, a.ID != 0, err
}

func (m *estateImporter) csv(ctx context.Context, text []byte) error {
	table, rows, problems, more := estate.ReadCSV(text)
	m.out.Table, m.out.Problems, m.out.More = string(table), append(m.out.Problems, problems...), more
	seen := map[string]int{}
	for _, r := range rows {
		var key string
		var err error
		switch table {
		case estate.Hosts:
			key, err = m.host(ctx, r)
		case estate.Interfaces:
			key, err = m.iface(ctx, r)
		case estate.Products:
			key, err = m.product(ctx, r)
		}
		if err != nil {
			return err
		}
		if key == "" {
			continue
		}
		if before, twice := seen[key]; twice {
			m.bad(r.Line, "", fmt.Sprintf("This is on line %d already.", before), "Take one of the two lines out.")
		}
		seen[key] = r.Line
	}
	return nil
}

func (m *estateImporter) needs(ctx context.Context, line int, field, name string) (catalog.Application, bool, error) {
	a, ok, err := m.application(ctx, name)
	if err == nil && !ok {
		m.bad(line, field, fmt.Sprintf("There is no application called %q.", cutLine(name)), "Correct the name, add it to the catalogue, or let the import add it (--create).")
	}
	return a, ok, err
}

// keep counts a row that is new, changed or as before.
func (m *estateImporter) keep(isNew, changed bool) {
	switch c := &m.out.Rows; {
	case isNew:
		c.Added++
	case changed:
		c.Changed++
	default:
		c.Unchanged++
	}
}

func (m *estateImporter) host(ctx context.Context, r estate.CSVRow) (string, error) {
	f := r.Fields
	a, ok, err := m.needs(ctx, r.Line, "application", f["application"])
	if err != nil || !ok {
		return "", err
	}
	env := f["environment"]
	if env == "" {
		env = "Production"
	}
	kind := strings.ToLower(f["kind"])
	if kind == "" && slices.Contains(catalog.Kinds, strings.ToLower(env)) {
		kind = strings.ToLower(env)
	}
	at := slices.IndexFunc(a.Environments, func(e catalog.Environment) bool { return strings.EqualFold(e.Name, env) })
	if at < 0 {
		e := catalog.Environment{ApplicationID: a.ID}
		if err := fillEnvironment(&e, EnvironmentFields{Name: &env, Kind: &kind}); err != nil {
			return "", m.faults(r.Line, err)
		}
		if err := m.tx.PutEnvironment(ctx, &e); err != nil {
			return "", err
		}
		a.Environments = append(a.Environments, e)
		at = len(a.Environments) - 1
	}
	e := &a.Environments[at]
	h := catalog.Host{EnvironmentID: e.ID}
	was := slices.IndexFunc(e.Hosts, func(h catalog.Host) bool { return strings.EqualFold(h.Name, f["host"]) })
	if was >= 0 {
		h = e.Hosts[was]
	}
	before := h
	in := HostFields{Name: new(f["host"])}
	if v, given := f["address"]; given && v != "" {
		in.Address = &v
	}
	if v, given := f["note"]; given && v != "" {
		in.Note = &v
	}
	if err := fillHost(&h, in); err != nil {
		return "", m.faults(r.Line, err)
	}
	h.Name = cmp.Or(before.Name, h.Name) // the name found it whatever its case
	if h != before {
		if err := m.tx.PutHost(ctx, &h); err != nil {
			return "", err
		}
		if was >= 0 {
			e.Hosts[was] = h
			if err := m.noteHost(ctx, m.tx, a, before, h); err != nil {
				return "", err
			}
		} else {
			e.Hosts = append(e.Hosts, h)
		}
	}
	m.apps[f["application"]] = a
	m.keep(was < 0, h != before)
	return strings.ToLower(a.ID.String() + "\n" + e.Name + "\n" + h.Name), nil
}

func (m *estateImporter) iface(ctx context.Context, r estate.CSVRow) (string, error) {
	i, from, to, problems := r.Interface()
	for _, p := range problems {
		m.bad(p.Line, p.Field, p.Reason, p.Hint)
	}
	a, okA, err := m.needs(ctx, r.Line, "from", from)
	if err != nil {
		return "", err
	}
	b, okB, err := m.needs(ctx, r.Line, "to", to)
	if err != nil || !okA || !okB || len(problems) > 0 {
		return "", err
	}
	port := i.Port
	fields := InterfaceFields{From: new(a.ID.String()), To: new(b.ID.String()), Name: &i.Name, Host: &i.Host, Port: &port}
	var found estate.Interface
	if err := m.fillInterface(ctx, m.tx.Read, &found, fields); err != nil {
		return "", m.faults(r.Line, err)
	}
	was, err := m.tx.SameInterface(ctx, found)
	isNew := fault.Is(err, fault.CodeNotFound)
	if err != nil && !isNew {
		return "", err
	}
	is := found
	if !isNew {
		is = was
		is.Addresses, is.Between = slices.Clone(was.Addresses), slices.Clone(was.Between)
	}
	var more InterfaceFields
	for _, f := range []struct {
		column string
		into   **string
		value  string
	}{{"address", &more.Addresses, strings.Join(i.Addresses, " ")}, {"between", &more.Between, strings.Join(i.Between, ",")}, {"protocol", &more.Protocol, i.Protocol}, {"clear", &more.Clear, i.Clear}, {"note", &more.Note, i.Note}} {
		if r.Fields[f.column] != "" {
			*f.into = &f.value
		}
	}
	if err := m.fillInterface(ctx, m.tx.Read, &is, more); err != nil {
		return "", m.faults(r.Line, err)
	}
	changed := isNew || asJSON(was) != asJSON(is)
	if changed {
		if err := m.tx.PutInterface(ctx, &is); err != nil {
			return "", err
		}
		if !isNew {
			if err := m.noteAddresses(ctx, m.tx, was, is); err != nil {
				return "", err
			}
		}
	}
	m.keep(isNew, changed)
	return strings.ToLower(fmt.Sprint(is.FromID, is.ToID, is.Name, "\n", is.Host, "\n", is.Port)), nil
}

func (m *estateImporter) product(ctx context.Context, r estate.CSVRow) (string, error) {
	f := r.Fields
	a, ok, err := m.needs(ctx, r.Line, "application", f["application"])
	if err != nil || !ok {
		return "", err
	}
	if f["host"] != "" && !slices.ContainsFunc(a.Environments, func(e catalog.Environment) bool {
		return slices.ContainsFunc(e.Hosts, func(h catalog.Host) bool { return strings.EqualFold(h.Name, f["host"]) })
	}) {
		m.warn(r.Line, fmt.Sprintf("%s has no host called %q; the product is listed all the same.", a.Name, cutLine(f["host"])), "Import the hosts as well.")
	}
	have, err := m.tx.Products(ctx, a.ID)
	if err != nil {
		return "", err
	}
	p, changed, err := m.putProduct(ctx, m.tx, a, have, ProductFields{Name: f["product"], Version: f["version"], Host: f["host"], Note: f["note"]})
	if err != nil {
		return "", m.faults(r.Line, err)
	}
	isNew := !slices.ContainsFunc(have, func(h estate.Product) bool { return h.ID == p.ID })
	m.keep(isNew, changed)
	return strings.ToLower(a.ID.String() + "\n" + p.Name + "\n" + p.Host), nil
}

// book reads what the desk knows of the scheduler.
func (m *estateImporter) book(ctx context.Context) (*jil.Book, map[string]store.Job, map[jil.ObjectKey]store.JobObject, error) {
	b, jobs, objects := jil.NewBook(), map[string]store.Job{}, map[jil.ObjectKey]store.JobObject{}
	all, err := m.tx.AllJobs(ctx)
	if err != nil {
		return b, jobs, objects, err
	}
	var text strings.Builder
	for _, j := range all {
		jobs[j.Name] = j
		text.WriteString(j.Definition)
	}
	others, err := m.tx.AllJobObjects(ctx)
	for _, o := range others {
		key := jil.ObjectKey{Kind: o.Kind, Name: o.Name}
		objects[key] = o
		text.WriteString(o.Definition)
	}
	b.Apply(jil.Parse(text.String()))
	return b, jobs, objects, err
}

func (m *estateImporter) jil(ctx context.Context, text string) error {
	f := jil.Parse(text)
	for _, p := range f.Problems {
		m.bad(p.Line, "", p.Reason, p.Hint)
	}
	m.out.More += f.More
	if len(f.Problems) == 0 && len(f.Statements) == 0 {
		m.bad(1, "", "The file holds no statement.", "A JIL file has statements such as insert_job: NAME; get one with autorep -J ALL -q.")
	}
	book, jobs, objects, err := m.book(ctx)
	if err != nil {
		return err
	}
	line := map[string]int{}
	for _, s := range f.Statements {
		line[s.Name] = s.Line
	}
	res := book.Apply(f)
	m.out.Jobs, m.out.Objects = res.Jobs, res.Objects
	for _, p := range res.Problems {
		m.bad(p.Line, "", p.Reason, p.Hint)
	}
	warnings := append(f.Warnings, res.Warnings...)
	slices.SortStableFunc(warnings, func(a, b jil.Problem) int { return a.Line - b.Line })
	for _, w := range warnings {
		m.warn(w.Line, w.Reason, w.Hint)
	}
	slices.SortStableFunc(m.out.Problems, func(a, b estate.Problem) int { return a.Line - b.Line })
	if m.out.Refused() {
		return nil
	}
	missing := map[string]bool{}
	for name, j := range book.Jobs {
		have := jobs[name]
		is, owner, err := m.job(ctx, j, have)
		if err != nil {
			return err
		}
		if is.ApplicationID == 0 {
			if _, touched := line[name]; touched {
				m.out.Unmapped++
				if owner != "" && !missing[owner] {
					missing[owner] = true
					m.out.Names = append(m.out.Names, owner)
				}
			}
		}
		if have.ID != 0 && have.Definition == is.Definition && have.ApplicationID == is.ApplicationID {
			continue
		}
		if m.o.DryRun {
			continue
		}
		if err := m.tx.PutJob(ctx, &is); err != nil {
			return err
		}
	}
	slices.Sort(m.out.Names)
	for name, j := range jobs {
		if book.Jobs[name] == nil {
			if err := m.tx.RemoveJob(ctx, j.ID); err != nil {
				return err
			}
		}
	}
	for key, o := range book.Objects {
		have := objects[key]
		if text := o.Text(); have.Definition != text {
			if err := m.tx.PutJobObject(ctx, &store.JobObject{ID: have.ID, Kind: key.Kind, Name: key.Name, Definition: text}); err != nil {
				return err
			}
		}
	}
	for key, o := range objects {
		if book.Objects[key] == nil {
			if err := m.tx.RemoveJobObject(ctx, o.ID); err != nil {
				return err
			}
		}
	}
	if m.o.DryRun {
		return nil
	}
	return m.tx.MakeJobEdges(ctx)
}

// job makes the row of a job, and gives the name by which its application was looked for.
func (m *estateImporter) job(ctx context.Context, j *jil.Job, have store.Job) (store.Job, string, error) {
	is := store.Job{ID: have.ID, Name: j.Name, Type: j.Type(), Box: j.Get("box_name"), Machine: j.Get("machine"), Starts: j.Starts(), Condition: j.Get("condition"),
		Description: strings.Trim(j.Get("description"), `"`), Definition: j.Text(), ApplicationID: have.ApplicationID}
	for _, w := range j.Waits() {
		if w.Kind != "v" {
			is.Waits = append(is.Waits, store.JobWait{How: w.Kind, Needs: w.Name, Instance: w.Instance})
		}
	}
	owner := ""
	for _, name := range m.owners(j) {
		if owner == "" {
			owner = name
		}
		a, ok, err := m.application(ctx, name)
		if err != nil {
			return is, owner, err
		}
		if ok {
			is.ApplicationID = a.ID
			return is, owner, nil
		}
	}
	return is, owner, nil
}

// owners gives the names under which a job's application may be found, the best first: what the mapping says, the job's
// application, its group.
func (m *estateImporter) owners(j *jil.Job) (out []string) {
	app, group := j.Get("application"), j.Get("group")
	for _, key := range []string{app, group} {
		if to := m.o.Map[key]; key != "" && to != "" {
			out = append(out, to)
		}
	}
	longest := ""
	for key := range m.o.Map {
		if begin, ok := strings.CutSuffix(key, "*"); ok && strings.HasPrefix(j.Name, begin) && len(key) > len(longest) {
			longest = key
		}
	}
	if longest != "" {
		out = append(out, m.o.Map[longest])
	}
	for _, name := range []string{app, group} {
		if name != "" {
			out = append(out, name)
		}
	}
	if m.o.Create && len(out) > 1 {
		out = out[:1] // only the best is added to the catalogue
	}
	return out
}

// SchedulerText gives everything the desk knows of the scheduler as JIL.
func (d *Desk) SchedulerText(ctx context.Context) (string, error) {
	if _, err := may(ctx, person.SeeCatalog); err != nil {
		return "", err
	}
	r := d.store.Read()
	objects, err := r.AllJobObjects(ctx)
	if err != nil {
		return "", err
	}
	jobs, err := r.AllJobs(ctx)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	for _, j := range jobs {
		text.WriteString(j.Definition)
	}
	for _, o := range objects {
		text.WriteString(o.Definition)
	}
	b := jil.NewBook()
	b.Apply(jil.Parse(text.String()))
	return b.File().String(), nil
}
