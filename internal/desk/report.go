package desk

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/urgency"
)

const (
	reportDays    = 90  // when no period is asked for
	reportYears   = 5   // the longest period
	reportTimeTop = 500 // pairs of person and application shown in the report on time
	reportTimeAll = 20_000
)

// Period is what a report is about: from one instant up to before another.
type Period struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to" doc:"the end, itself not included"`
	// Zone is the desk's zone, in which days and weeks begin.
	Zone *time.Location `json:"-"`
}

// LastDay is the last day of the period, for showing it.
func (p Period) LastDay() time.Time { return p.local(p.To.Add(-time.Millisecond)) }

// FirstDay is the first day of the period.
func (p Period) FirstDay() time.Time { return p.local(p.From) }

func (p Period) local(t time.Time) time.Time {
	if p.Zone == nil {
		return t.UTC()
	}
	return t.In(p.Zone)
}

// period reads what was asked for: days (2026-11-30, the last one included) in the desk's zone, or
// instants (RFC 3339). Empty: the 90 days up to now.
func (d *Desk) period(ctx context.Context, from, to string) (Period, error) {
	settings, err := d.store.Read().Settings(ctx)
	if err != nil {
		return Period{}, err
	}
	zone := settings.Location()
	var bad []*fault.Fault
	read := func(field, s string, end bool) time.Time {
		if t, err := time.ParseInLocation(time.DateOnly, s, zone); err == nil {
			if end {
				t = t.AddDate(0, 0, 1)
			}
			return t
		}
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			bad = append(bad, fault.Invalid(field, cutLine(s)+" is not a day.", "Write it like 2026-11-30, or as RFC 3339."))
		}
		return t
	}
	y, m, day := d.store.Now().In(zone).Date()
	p := Period{To: time.Date(y, m, day+1, 0, 0, 0, 0, zone), Zone: zone}
	if to != "" {
		p.To = read("to", to, true)
	}
	p.From = p.To.AddDate(0, 0, -reportDays)
	if from != "" {
		p.From = read("from", from, false)
	}
	switch {
	case len(bad) > 0:
	case !p.From.Before(p.To):
		bad = append(bad, fault.Invalid("from", "The period ends before it begins.", "Choose a first day that is not after the last."))
	case p.From.AddDate(reportYears, 0, 1).Before(p.To):
		bad = append(bad, fault.Invalid("from", fmt.Sprintf("The period is longer than %d years.", reportYears), "Choose a shorter one."))
	}
	p.From, p.To = p.From.UTC(), p.To.UTC()
	return p, fault.Collect(bad...)
}

// DeadlineReport tells how often stated deadlines were real, kindly: for finding out what to ask, not
// whom to blame.
type DeadlineReport struct {
	Period
	Sentence string        `json:"sentence"`
	Total    DeadlineRow   `json:"total"`
	Clients  []DeadlineRow `json:"clients" doc:"the most stated deadlines first"`
	Teams    []DeadlineRow `json:"teams"`
}

// DeadlineRow is the deadlines of one client or team.
type DeadlineRow struct {
	ID      id.ID  `json:"id,omitzero"`
	Name    string `json:"name,omitempty" doc:"empty for tickets of no client or team"`
	Stated  int    `json:"stated" doc:"tickets with a stated deadline"`
	Judged  int    `json:"judged" doc:"those judged after closing"`
	Real    int    `json:"real"`
	NotReal int    `json:"not_real"`
	// Share is nil while nothing is judged.
	Share *float64 `json:"share_real,omitempty" doc:"real of judged, 0 to 1"`
	// Later is nil while nothing is agreed.
	Later    *int   `json:"median_later_minutes,omitempty" doc:"median of agreed less stated deadline, in minutes"`
	Sentence string `json:"sentence"`

	agreed, couldWait []int32 // minutes, while the report is made
}

// DeadlineReport gives the report on the deadlines of tickets opened in a period.
func (d *Desk) DeadlineReport(ctx context.Context, from, to string) (DeadlineReport, error) {
	if _, err := may(ctx, person.SeeReports); err != nil {
		return DeadlineReport{}, err
	}
	p, err := d.period(ctx, from, to)
	if err != nil {
		return DeadlineReport{}, err
	}
	r := d.store.Read()
	counts, err := r.DeadlineCounts(ctx, p.From, p.To)
	if err != nil {
		return DeadlineReport{}, err
	}
	total := DeadlineRow{}
	clients, teams := map[id.ID]*DeadlineRow{}, map[id.ID]*DeadlineRow{}
	for _, c := range counts {
		total.add(c)
		rowOf(clients, c.Client).add(c)
		rowOf(teams, c.Team).add(c)
	}
	err = r.DeadlinesLater(ctx, p.From, p.To, func(l store.Later) {
		total.later(l)
		rowOf(clients, l.Client).later(l)
		rowOf(teams, l.Team).later(l)
	})
	if err != nil {
		return DeadlineReport{}, err
	}
	if err := named(ctx, r, store.ClientNames, clients); err != nil {
		return DeadlineReport{}, err
	}
	if err := named(ctx, r, store.TeamNames, teams); err != nil {
		return DeadlineReport{}, err
	}
	total.finish()
	return DeadlineReport{Period: p, Sentence: total.Sentence, Total: total, Clients: sorted(clients), Teams: sorted(teams)}, nil
}

func rowOf(rows map[id.ID]*DeadlineRow, i id.ID) *DeadlineRow {
	if rows[i] == nil {
		rows[i] = &DeadlineRow{ID: i}
	}
	return rows[i]
}

func (d *DeadlineRow) add(c store.DeadlineCount) {
	d.Stated += c.Stated
	d.Real += c.Real
	d.NotReal += c.NotReal
	d.Judged += c.Real + c.NotReal
}

// later collects by how much a deadline was agreed later than stated, in minutes.
func (d *DeadlineRow) later(l store.Later) {
	minutes := int32(min(max(l.By/time.Minute, math.MinInt32), math.MaxInt32))
	d.agreed = append(d.agreed, minutes)
	if l.NotReal {
		d.couldWait = append(d.couldWait, minutes)
	}
}

// finish works out share, median and sentence from what was counted and collected.
func (d *DeadlineRow) finish() {
	if d.Judged > 0 {
		d.Share = new(float64(d.Real) / float64(d.Judged))
	}
	if n := len(d.agreed); n > 0 {
		slices.Sort(d.agreed)
		d.Later = new(int(d.agreed[(n-1)/2]))
	}
	w := waits{Agreed: len(d.couldWait)}
	if w.Agreed > 0 {
		slices.Sort(d.couldWait)
		w.Median = time.Duration(d.couldWait[(w.Agreed-1)/2]) * time.Minute
		w.Most = time.Duration(d.couldWait[(w.Agreed-1)/4]) * time.Minute
	}
	d.Sentence = d.sentence(w)
	d.agreed, d.couldWait = nil, nil
}

// waits tells how much later than stated the deadlines that were not real could be.
type waits struct {
	Agreed int
	Median time.Duration // the lower of two middle ones
	Most   time.Duration // what three quarters of them reach or exceed
}

// named gives the rows their names.
func named(ctx context.Context, r store.Read, table store.NameTable, rows map[id.ID]*DeadlineRow) error {
	names, err := r.Names(ctx, table, slices.Collect(maps.Keys(rows)))
	for i, row := range rows {
		row.Name = names[i]
	}
	return err
}

func sorted(rows map[id.ID]*DeadlineRow) []DeadlineRow {
	out := make([]DeadlineRow, 0, len(rows))
	for _, r := range rows {
		r.finish()
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b DeadlineRow) int {
		return cmp.Or(cmp.Compare(b.Stated, a.Stated), strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// sentence says it kindly; w is how long those that were not real could wait.
func (d *DeadlineRow) sentence(w waits) string {
	judged := plural(d.Judged, "judged deadline", "judged deadlines")
	var out string
	switch {
	case d.Stated == 0:
		return "Nobody stated a deadline in this time."
	case d.Judged == 0:
		return plural(d.Stated, "deadline was", "deadlines were") + " stated and none is judged yet; it takes one key when a ticket is closed."
	case d.Real == d.Judged && d.Judged == 1:
		return "The one judged deadline was real."
	case d.Real == d.Judged:
		return "All " + judged + " were real."
	case d.Real == 0 && d.Judged == 1:
		out = "The one judged deadline was not real"
	case d.Real == 0:
		out = "None of " + judged + " was real"
	default:
		out = fmt.Sprintf("%d of %s were real", d.Real, judged)
		if d.Real == 1 {
			out = fmt.Sprintf("1 of %s was real", judged)
		}
	}
	switch {
	case w.Agreed == 0:
	case d.NotReal == 1 && w.Median >= time.Hour:
		out += "; the other could wait " + wait(w.Median)
		if d.Real == 0 {
			out = strings.Replace(out, "the other", "it", 1)
		}
	case w.Most >= time.Hour:
		out += "; most of the rest could wait " + wait(w.Most)
		if d.Real == 0 {
			out = strings.Replace(out, "most of the rest", "most of them", 1)
		}
	case w.Median >= time.Hour:
		out += "; half of the rest could wait " + wait(w.Median)
		if d.Real == 0 {
			out = strings.Replace(out, "half of the rest", "half of them", 1)
		}
	}
	return out + "."
}

// wait is a length of time in round words.
func wait(d time.Duration) string {
	if days := int(d / (24 * time.Hour)); days > 0 {
		return plural(days, "day", "days")
	}
	return plural(int(d/time.Hour), "hour", "hours")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// WeekReport tells what came in, what was resolved, and how it burned, week by week.
type WeekReport struct {
	Period
	Weeks []WeekRow `json:"weeks" doc:"the earliest first; the first and last may be cut by the period"`
}

// WeekRow is one week, from Monday in the desk's zone.
type WeekRow struct {
	From       time.Time `json:"from"`
	To         time.Time `json:"to"`
	Opened     int       `json:"opened"`
	Resolved   int       `json:"resolved"`
	Matches    int       `json:"matches" doc:"of those opened, by the fire they have now"`
	HouseFires int       `json:"house_fires"`
	Wildfires  int       `json:"wildfires"`
	Raised     int       `json:"raised" doc:"fires raised by hand in the week"`
	Lowered    int       `json:"lowered" doc:"fires lowered by hand in the week"`
}

// WeekReport gives the report by weeks.
func (d *Desk) WeekReport(ctx context.Context, from, to string) (WeekReport, error) {
	if _, err := may(ctx, person.SeeReports); err != nil {
		return WeekReport{}, err
	}
	p, err := d.period(ctx, from, to)
	if err != nil {
		return WeekReport{}, err
	}
	spans := p.weeks()
	r := d.store.Read()
	opened, err := r.OpenedByFire(ctx, spans)
	if err != nil {
		return WeekReport{}, err
	}
	resolved, err := r.Resolved(ctx, spans)
	if err != nil {
		return WeekReport{}, err
	}
	hands, err := r.SetByHand(ctx, spans)
	if err != nil {
		return WeekReport{}, err
	}
	out := WeekReport{Period: p, Weeks: make([]WeekRow, len(spans))}
	for i, s := range spans {
		w := WeekRow{From: s.From, To: s.To, Resolved: resolved[i], Raised: hands[i].Raised, Lowered: hands[i].Lowered,
			Matches: opened[i][urgency.Match], HouseFires: opened[i][urgency.HouseFire], Wildfires: opened[i][urgency.Wildfire]}
		w.Opened = w.Matches + w.HouseFires + w.Wildfires
		out.Weeks[i] = w
	}
	return out, nil
}

// weeks cuts the period at each Monday midnight of its zone.
func (p Period) weeks() (out []store.Span) {
	for from := p.From; from.Before(p.To); {
		y, m, day := from.In(p.Zone).Date()
		weekday := (int(from.In(p.Zone).Weekday()) + 6) % 7 // days since Monday
		to := time.Date(y, m, day-weekday+7, 0, 0, 0, 0, p.Zone).UTC()
		if to.After(p.To) {
			to = p.To
		}
		out = append(out, store.Span{From: from, To: to})
		from = to
	}
	return out
}

// TimeReport tells where the time booked on tickets went.
type TimeReport struct {
	Period
	Minutes      int         `json:"minutes"`
	People       []TimeTotal `json:"people" doc:"the most time first"`
	Applications []TimeTotal `json:"applications"`
	Rows         []TimeRow   `json:"rows" doc:"the 500 largest pairs of person and application"`
}

// TimeTotal is the time of one person or of one application.
type TimeTotal struct {
	ID      id.ID  `json:"id,omitzero"`
	Name    string `json:"name,omitempty" doc:"empty for tickets without an application"`
	Minutes int    `json:"minutes"`
}

// TimeRow is the time of one person on one application.
type TimeRow struct {
	PersonID      id.ID  `json:"person_id"`
	Person        string `json:"person"`
	ApplicationID id.ID  `json:"application_id,omitzero"`
	Application   string `json:"application,omitempty"`
	Minutes       int    `json:"minutes"`
	Tickets       int    `json:"tickets"`
}

// TimeReport gives the report on time spent.
func (d *Desk) TimeReport(ctx context.Context, from, to string) (TimeReport, error) {
	if _, err := may(ctx, person.SeeReports); err != nil {
		return TimeReport{}, err
	}
	p, err := d.period(ctx, from, to)
	if err != nil {
		return TimeReport{}, err
	}
	r := d.store.Read()
	counts, err := r.TimeSpentBetween(ctx, p.From, p.To, reportTimeAll)
	if err != nil {
		return TimeReport{}, err
	}
	people, apps := map[id.ID]int{}, map[id.ID]int{}
	for _, c := range counts {
		people[c.Person] += c.Minutes
		apps[c.Application] += c.Minutes
	}
	personNames, err := r.Names(ctx, store.PersonNames, slices.Collect(maps.Keys(people)))
	if err != nil {
		return TimeReport{}, err
	}
	appNames, err := r.Names(ctx, store.ApplicationNames, slices.Collect(maps.Keys(apps)))
	if err != nil {
		return TimeReport{}, err
	}
	out := TimeReport{Period: p, People: totals(people, personNames), Applications: totals(apps, appNames), Rows: []TimeRow{}}
	for i, c := range counts {
		if out.Minutes += c.Minutes; i >= reportTimeTop {
			continue
		}
		out.Rows = append(out.Rows, TimeRow{c.Person, personNames[c.Person], c.Application, appNames[c.Application], c.Minutes, c.Tickets})
	}
	return out, nil
}

func totals(minutes map[id.ID]int, names map[id.ID]string) []TimeTotal {
	out := make([]TimeTotal, 0, len(minutes))
	for i, n := range minutes {
		out = append(out, TimeTotal{i, names[i], n})
	}
	slices.SortFunc(out, func(a, b TimeTotal) int {
		return cmp.Or(cmp.Compare(b.Minutes, a.Minutes), strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out
}
