package jil

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Book is what a scheduler knows: its jobs by name, and everything else by kind and name.
type Book struct {
	Jobs    map[string]*Job
	Objects map[ObjectKey]*Object
}

// NewBook gives an empty book.
func NewBook() *Book { return &Book{Jobs: map[string]*Job{}, Objects: map[ObjectKey]*Object{}} }

// Job is a job as it stands after all statements about it.
type Job struct {
	Name       string
	Attributes []Attribute
}

// Get gives an attribute of the job, "" when it is not set.
func (j *Job) Get(key string) string { v, _ := get(j.Attributes, key); return v }

// Type is the job's type in its long form: CMD, BOX, FW, or what the text says, in capitals. A job without one is CMD.
func (j *Job) Type() string { return LongType(j.Get("job_type")) }

// LongType gives the long form of a job type.
func LongType(s string) string {
	switch s = strings.ToUpper(s); s {
	case "", "C":
		return "CMD"
	case "B":
		return "BOX"
	case "F":
		return "FW"
	}
	return s
}

// Text is the job as an insert_job statement.
func (j *Job) Text() string {
	return Statement{Keyword: "insert_job", Name: j.Name, Attributes: j.Attributes}.String()
}

// Waits gives what the job's conditions name: condition, box_success and box_failure.
func (j *Job) Waits() []Term {
	var out []Term
	for _, key := range []string{"condition", "box_success", "box_failure"} {
		if c, err := ParseCondition(j.Get(key)); err == nil {
			out = append(out, c.Terms()...)
		}
	}
	return out
}

// ObjectKey names what is not a job: kind (machine, calendar, extended_calendar, cycle, global, resource, xinst,
// override …) and name.
type ObjectKey struct{ Kind, Name string }

// Object is what is not a job, as it stands after all statements about it.
type Object struct {
	Key        ObjectKey
	Attributes []Attribute
}

// Text is the object as the statement that makes it.
func (o *Object) Text() string {
	keyword := "insert_" + o.Key.Kind
	switch o.Key.Kind {
	case "calendar", "extended_calendar", "cycle":
		keyword = o.Key.Kind
	case "override":
		keyword = "override_job"
	}
	return Statement{Keyword: keyword, Name: o.Key.Name, Attributes: o.Attributes}.String()
}

// Result is what applying a file to a book did.
type Result struct {
	Jobs, Objects Counts
	// Problems make the whole file refused; the book is then half changed and of no use. Warnings do not.
	Problems []Problem
	Warnings []Problem
}

// Counts are how many were added, changed, left as they are and removed.
type Counts struct {
	Added     int `json:"added"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
	Removed   int `json:"removed"`
}

// applier carries out the statements of a file on a book.
type applier struct {
	*Book
	res      Result
	before   map[string]string          // text of jobs before the file touched them; "" for new ones
	objects  map[ObjectKey]string       // the same of objects
	inserted map[string]int             // jobs inserted by this file, and the line
	line     map[string]int             // last line about a job
	in       map[string]map[string]bool // what is in each box; made when it is first asked for
}

// Apply carries out a file's statements in their order. A file that is applied again changes nothing.
func (b *Book) Apply(f File) Result {
	a := &applier{Book: b, before: map[string]string{}, objects: map[ObjectKey]string{}, inserted: map[string]int{}, line: map[string]int{}}
	for i := range f.Statements {
		s := &f.Statements[i]
		switch s.Noun() {
		case "job", "box":
			a.job(s)
		default:
			a.object(s)
		}
	}
	a.check()
	for name, was := range a.before {
		a.res.Jobs.count(was, b.Jobs[name] != nil, func() string { return b.Jobs[name].Text() })
	}
	for key, was := range a.objects {
		a.res.Objects.count(was, b.Objects[key] != nil, func() string { return b.Objects[key].Text() })
	}
	byLine := func(x, y Problem) int { return cmp.Compare(x.Line, y.Line) }
	slices.SortStableFunc(a.res.Problems, byLine)
	slices.SortStableFunc(a.res.Warnings, byLine)
	return a.res
}

func (c *Counts) count(was string, is bool, text func() string) {
	switch {
	case was == "" && is:
		c.Added++
	case was != "" && !is:
		c.Removed++
	case is && was == text():
		c.Unchanged++
	case is:
		c.Changed++
	}
}

func (a *applier) problem(line int, reason, hint string) {
	if len(a.res.Problems) < maxProblems {
		a.res.Problems = append(a.res.Problems, Problem{line, reason, hint})
	}
}

func (a *applier) warn(line int, reason, hint string) {
	if len(a.res.Warnings) < maxProblems {
		a.res.Warnings = append(a.res.Warnings, Problem{line, reason, hint})
	}
}

// touch remembers how a job was before this file.
func (a *applier) touch(name string, line int) {
	a.line[name] = line
	if _, known := a.before[name]; known {
		return
	}
	a.before[name] = ""
	if j := a.Jobs[name]; j != nil {
		a.before[name] = j.Text()
	}
}

// set puts a job into the book, nil takes it out.
func (a *applier) set(name string, j *Job) {
	if have := a.Jobs[name]; have != nil && a.in != nil {
		delete(a.in[have.Get("box_name")], name)
	}
	if j == nil {
		delete(a.Jobs, name)
		return
	}
	a.Jobs[name] = j
	if a.in != nil {
		a.enter(name, j)
	}
}

func (a *applier) enter(name string, j *Job) {
	if box := j.Get("box_name"); box != "" {
		if a.in[box] == nil {
			a.in[box] = map[string]bool{}
		}
		a.in[box][name] = true
	}
}

func (a *applier) job(s *Statement) {
	have := a.Jobs[s.Name]
	switch s.Keyword {
	case "insert_job":
		if line, twice := a.inserted[s.Name]; twice {
			a.problem(s.Line, fmt.Sprintf("The job %s is inserted twice.", quote(s.Name)), fmt.Sprintf("The first is on line %d; use update_job to change it, or take one away.", line))
			return
		}
		a.touch(s.Name, s.Line)
		a.inserted[s.Name] = s.Line
		a.set(s.Name, &Job{Name: s.Name, Attributes: settled(nil, s.Attributes)})
	case "update_job":
		if have == nil {
			a.unknown(s)
			return
		}
		a.touch(s.Name, s.Line)
		a.set(s.Name, &Job{Name: s.Name, Attributes: settled(have.Attributes, s.Attributes)})
	case "delete_job", "delete_box":
		if have == nil {
			a.warn(s.Line, fmt.Sprintf("There is no job %s to delete.", quote(s.Name)), "")
			return
		}
		if s.Keyword == "delete_box" && have.Type() != "BOX" {
			a.problem(s.Line, fmt.Sprintf("%s is not a box.", quote(s.Name)), "Use delete_job.")
			return
		}
		a.delete(s.Name, s.Line, s.Keyword == "delete_box")
	case "override_job":
		if have == nil {
			a.unknown(s)
			return
		}
		key := ObjectKey{"override", s.Name}
		a.touchObject(key)
		if s.Delete {
			delete(a.Objects, key)
			return
		}
		a.Objects[key] = &Object{key, settled(nil, s.Attributes)}
	case "rename_job":
		to, _ := s.Get("new_name")
		switch {
		case have == nil && a.Jobs[to] != nil:
			a.warn(s.Line, fmt.Sprintf("%s is called %s already.", quote(s.Name), quote(to)), "")
		case have == nil:
			a.unknown(s)
		case a.Jobs[to] != nil:
			a.problem(s.Line, fmt.Sprintf("There is a job %s already.", quote(to)), "Choose another name.")
		default:
			a.touch(s.Name, s.Line)
			a.touch(to, s.Line)
			a.set(s.Name, nil)
			a.set(to, &Job{Name: to, Attributes: have.Attributes})
		}
	}
}

func (a *applier) unknown(s *Statement) {
	a.problem(s.Line, fmt.Sprintf("There is no job %s to %s.", quote(s.Name), s.Verb()), "Names are case-sensitive; insert it first, or import the file that does.")
}

// delete removes a job, and with members all jobs in the box, however deep.
func (a *applier) delete(name string, line int, members bool) {
	gone := map[string]bool{name: true}
	if members {
		if a.in == nil {
			a.in = map[string]map[string]bool{}
			for n, j := range a.Jobs {
				a.enter(n, j)
			}
		}
		for queue := []string{name}; len(queue) > 0; queue = queue[1:] {
			for n := range a.in[queue[0]] {
				if !gone[n] {
					gone[n] = true
					queue = append(queue, n)
				}
			}
		}
	}
	for n := range gone {
		a.touch(n, line)
		a.set(n, nil)
		delete(a.inserted, n)
		if key := (ObjectKey{"override", n}); a.Objects[key] != nil {
			a.touchObject(key)
			delete(a.Objects, key)
		}
	}
}

func (a *applier) touchObject(key ObjectKey) {
	if _, known := a.objects[key]; known {
		return
	}
	a.objects[key] = ""
	if o := a.Objects[key]; o != nil {
		a.objects[key] = o.Text()
	}
}

func (a *applier) object(s *Statement) {
	key := ObjectKey{s.Noun(), s.Name}
	if n, value, ok := strings.Cut(s.Name, "="); ok && key.Kind == "global" {
		key.Name = n
		s.Attributes = append([]Attribute{{"value", value, s.Line}}, s.Attributes...)
	}
	a.touchObject(key)
	have := a.Objects[key]
	switch s.Verb() {
	case "insert", "define":
		a.Objects[key] = &Object{key, settled(nil, s.Attributes)}
	case "update":
		if have == nil {
			a.problem(s.Line, fmt.Sprintf("There is no %s %s to update.", strings.ReplaceAll(key.Kind, "_", " "), quote(key.Name)), "Insert it first, or import the file that does.")
			return
		}
		a.Objects[key] = &Object{key, settled(have.Attributes, s.Attributes)}
	case "delete":
		if have == nil {
			a.warn(s.Line, fmt.Sprintf("There is no %s %s to delete.", strings.ReplaceAll(key.Kind, "_", " "), quote(key.Name)), "")
		}
		delete(a.Objects, key)
	}
}

// settled gives the attributes after a statement: those that are named replace what was there, an empty value clears.
// Lines are left out, so that equal definitions are equal.
func settled(have, given []Attribute) []Attribute {
	named := map[string]bool{}
	for _, g := range given {
		named[g.Key] = true
	}
	var out []Attribute
	kept := map[string]bool{}
	put := func(key string) {
		for _, g := range given {
			if g.Key == key && g.Value != "" {
				out = append(out, Attribute{Key: g.Key, Value: g.Value})
			}
		}
		kept[key] = true
	}
	for _, h := range have {
		switch {
		case !named[h.Key]:
			out = append(out, h)
		case !kept[h.Key]:
			put(h.Key)
		}
	}
	if have == nil {
		for _, g := range given {
			if g.Value != "" {
				out = append(out, Attribute{Key: g.Key, Value: g.Value})
			}
		}
		return out
	}
	for _, g := range given {
		if !kept[g.Key] {
			put(g.Key)
		}
	}
	return out
}

// check judges the jobs that the file touched against the whole book.
func (a *applier) check() {
	rings := a.rings()
	for name, line := range a.line {
		j := a.Jobs[name]
		if j == nil {
			continue
		}
		if box := j.Get("box_name"); box != "" {
			switch b := a.Jobs[box]; {
			case box == name:
				a.problem(line, fmt.Sprintf("The box %s is in itself.", quote(name)), "Take its box_name away.")
			case b == nil:
				a.warn(line, fmt.Sprintf("The box %s of %s is not known.", quote(box), quote(name)), "Import the file that has it.")
			case b.Type() != "BOX":
				a.problem(line, fmt.Sprintf("%s is to be in %s, which is no box.", quote(name), quote(box)), "Name a job of type BOX.")
			case rings[name]:
				a.problem(line, fmt.Sprintf("The box %s is, over other boxes, in itself.", quote(name)), "Take one box_name away.")
			}
		}
		for _, t := range j.Waits() {
			if t.Kind != "v" && t.Instance == "" && a.Jobs[t.Name] == nil {
				a.warn(line, fmt.Sprintf("%s waits for %s, which is not known.", quote(name), quote(t.Name)), "Such a condition is never true, and nobody is told. Import the file that has the job, or mend the name.")
			}
		}
		for _, key := range []string{"run_calendar", "exclude_calendar"} {
			cal := j.Get(key)
			if cal != "" && a.Objects[ObjectKey{"calendar", cal}] == nil && a.Objects[ObjectKey{"extended_calendar", cal}] == nil {
				a.warn(line, fmt.Sprintf("The calendar %s of %s is not known.", quote(cal), quote(name)), "Export the calendars with autocal_asc -e ALL, and import that file too.")
			}
		}
	}
}

// rings gives the boxes that are, over others, in themselves. Each job is walked over once.
func (a *applier) rings() map[string]bool {
	out, walk := map[string]bool{}, map[string]int{} // which walk met a job
	n := 0
	for start := range a.line {
		n++
		for name := start; a.Jobs[name] != nil; name = a.Jobs[name].Get("box_name") {
			if w, met := walk[name]; met {
				if w == n { // of this very walk: the ring
					for in := name; !out[in]; in = a.Jobs[in].Get("box_name") {
						out[in] = true
					}
				}
				break
			}
			walk[name] = n
		}
	}
	return out
}

// File gives the whole book as statements: objects first, boxes before what is in them, all by name.
func (b *Book) File() File {
	var f File
	for _, key := range slices.SortedFunc(maps.Keys(b.Objects), func(x, y ObjectKey) int {
		return cmp.Or(btoi(x.Kind == "override")-btoi(y.Kind == "override"), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Name, y.Name))
	}) {
		if key.Kind == "override" {
			continue
		}
		f.Statements = append(f.Statements, Parse(b.Objects[key].Text()).Statements...)
	}
	placed := map[string]bool{}
	var place func(name string, depth int)
	place = func(name string, depth int) {
		j := b.Jobs[name]
		if j == nil || placed[name] {
			return
		}
		if box := j.Get("box_name"); depth < maxDepth && box != name {
			placed[name] = true // against rings
			place(box, depth+1)
		}
		placed[name] = true
		f.Statements = append(f.Statements, Statement{Keyword: "insert_job", Name: name, Attributes: j.Attributes})
	}
	for _, name := range slices.Sorted(maps.Keys(b.Jobs)) {
		place(name, 0)
	}
	for key, o := range b.Objects {
		if key.Kind == "override" {
			f.Statements = append(f.Statements, Statement{Keyword: "override_job", Name: key.Name, Attributes: o.Attributes})
		}
	}
	return f
}

// Starts says in words when the clock starts the job, "" when it does not.
func (j *Job) Starts() string {
	if d := strings.ToLower(j.Get("date_conditions")); d == "" || !strings.ContainsAny(d, "1yt") {
		return ""
	}
	var parts []string
	if t := j.Get("start_times"); t != "" {
		parts = append(parts, "at "+t)
	}
	if m := j.Get("start_mins"); m != "" {
		parts = append(parts, "at minute "+m+" of each hour")
	}
	if w := j.Get("run_window"); w != "" {
		parts = append(parts, "between "+strings.Replace(w, "-", " and ", 1))
	}
	switch d := j.Get("days_of_week"); {
	case d == "all":
		parts = append(parts, "every day")
	case d != "":
		parts = append(parts, "on "+strings.ReplaceAll(d, ",", ", "))
	}
	if c := j.Get("run_calendar"); c != "" {
		parts = append(parts, "on the days of "+c)
	}
	if c := j.Get("exclude_calendar"); c != "" {
		parts = append(parts, "but not those of "+c)
	}
	if z := j.Get("timezone"); z != "" && len(parts) > 0 {
		parts = append(parts, "("+z+")")
	}
	return strings.Join(parts, " ")
}
