package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/lookup"
	"firebreak/internal/person"
	"firebreak/internal/store"
)

// ListLookups selects look-ups of the log. The zero value is the newest page of all.
type ListLookups struct {
	Q      string       `json:"q,omitempty"`
	Person string       `json:"person,omitempty"`
	Team   string       `json:"team,omitempty"`
	Ticket int64        `json:"ticket,omitzero"`
	Engine string       `json:"engine,omitempty"`
	State  lookup.State `json:"state,omitempty"`
	From   string       `json:"from,omitempty"`
	To     string       `json:"to,omitempty"`
	Cursor string       `json:"-"`
	Limit  int          `json:"-"`
}

// LookupPage is a page of the log.
type LookupPage struct {
	Items []lookup.LogEntry `json:"items"`
	Next  string            `json:"next,omitempty" doc:"cursor of the next page; absent at the end"`
}

// LookupLog gives a page of the log of look-ups, newest first.
func (d *Desk) LookupLog(ctx context.Context, in ListLookups) (LookupPage, error) {
	out := LookupPage{Items: []lookup.LogEntry{}}
	caller, err := may(ctx, person.SeeReports)
	if err != nil {
		return out, err
	}
	limit, err := pageLimit(in.Limit)
	if err != nil {
		return out, err
	}
	r := d.store.Read()
	f := store.LookupFilter{Ticket: in.Ticket, Engine: in.Engine, State: in.State, Now: d.store.Now(), Limit: limit + 1}
	if in.State != "" && !in.State.Valid() {
		return out, fault.Invalid("state", "There is no state "+cutLine(string(in.State))+".", "Use left, waiting, approved, denied, expired or refused.")
	}
	var bad *fault.Fault
	if f.Text, bad = line("q", in.Q, 200, false); bad != nil {
		return out, bad
	}
	if in.From != "" || in.To != "" {
		p, err := d.period(ctx, in.From, in.To)
		if err != nil {
			return out, err
		}
		f.From, f.To = p.From, p.To
	}
	switch in.Person {
	case "":
	case "me":
		f.Person = caller.Person.ID
	default:
		p, err := r.FindPerson(ctx, in.Person)
		if fault.Is(err, fault.CodeNotFound) {
			return out, nil
		} else if err != nil {
			return out, err
		}
		f.Person = p.ID
	}
	if in.Team != "" {
		t, err := r.FindTeam(ctx, in.Team)
		if fault.Is(err, fault.CodeNotFound) {
			return out, nil
		} else if err != nil {
			return out, err
		}
		f.Team = t.ID
	}
	if in.Cursor != "" {
		before, err := readPlace[id.ID](in.Cursor, in)
		if err != nil {
			return out, err
		}
		f.Before = *before
	}
	items, err := r.Lookups(ctx, f)
	if err != nil {
		return out, err
	}
	if len(items) > limit {
		items = items[:limit]
		out.Next = writePlace(items[limit-1].ID, in)
	}
	out.Items = append(out.Items, items...)
	return out, nil
}

// LookupReport counts look-ups of a period.
type LookupReport struct {
	Period
	Total   LookupRow   `json:"total"`
	Teams   []LookupRow `json:"teams"`
	Engines []LookupRow `json:"engines"`
	Days    []LookupRow `json:"days" doc:"days with look-ups, in the desk's zone"`
	Kinds   []WordCount `json:"removed" doc:"what did not leave, by kind, the most first"`
	Words   []WordCount `json:"allowed" doc:"words that were allowed once, the most first: candidates for allowing for ever"`
}

// LookupRow counts the look-ups of a team, an engine or a day.
type LookupRow struct {
	ID      id.ID  `json:"id,omitzero"`
	Name    string `json:"name,omitempty" doc:"empty: of no team"`
	Asked   int    `json:"asked"`
	Left    int    `json:"left"`
	Open    int    `json:"open" doc:"waiting for a second person, or approved and not opened yet"`
	Denied  int    `json:"denied"`
	Expired int    `json:"expired"`
	Refused int    `json:"refused" doc:"by policy"`
	Removed int    `json:"removed" doc:"words that did not leave"`
	Allowed int    `json:"allowed" doc:"words that were allowed once"`
}

// WordCount is how often something was counted.
type WordCount struct {
	Word  string `json:"word"`
	Count int    `json:"count"`
}

func (r *LookupRow) add(c store.LookupCount) {
	r.Asked++
	switch c.State {
	case lookup.Left:
		r.Left++
	case lookup.Waiting, lookup.Approved:
		r.Open++
	case lookup.Denied:
		r.Denied++
	case lookup.Expired:
		r.Expired++
	case lookup.Refused:
		r.Refused++
	}
	for _, n := range c.Removed {
		r.Removed += n
	}
	r.Allowed += len(c.Allowed)
}

// LookupReport tells what was looked up outside in a period, by team, engine and day, and what did not leave.
func (d *Desk) LookupReport(ctx context.Context, from, to string) (LookupReport, error) {
	if _, err := may(ctx, person.SeeReports); err != nil {
		return LookupReport{}, err
	}
	p, err := d.period(ctx, from, to)
	out := LookupReport{Period: p, Teams: []LookupRow{}, Engines: []LookupRow{}, Days: []LookupRow{}, Kinds: []WordCount{}, Words: []WordCount{}}
	if err != nil {
		return out, err
	}
	r := d.store.Read()
	teams, engines, days := map[id.ID]*LookupRow{}, map[string]*LookupRow{}, map[string]*LookupRow{}
	kinds, words := map[string]int{}, map[string]int{}
	err = r.CountLookups(ctx, p.From, p.To, d.store.Now(), func(c store.LookupCount) {
		day := c.At.In(p.Zone).Format(time.DateOnly)
		for _, row := range []*LookupRow{&out.Total, lookupRow(teams, c.Team), lookupRow(engines, c.Engine), lookupRow(days, day)} {
			row.add(c)
		}
		teams[c.Team].ID, engines[c.Engine].Name, days[day].Name = c.Team, cmp.Or(c.Name, c.Engine), day
		for k, n := range c.Removed {
			kinds[k] += n
		}
		for _, w := range c.Allowed {
			words[w]++
		}
	})
	if err != nil {
		return out, err
	}
	ids := make([]id.ID, 0, len(teams))
	for i := range teams {
		if i != 0 {
			ids = append(ids, i)
		}
	}
	names, err := r.Names(ctx, store.TeamNames, ids)
	for i, row := range teams {
		row.Name = names[i]
	}
	out.Teams, out.Engines, out.Days = mostAsked(teams), mostAsked(engines), mostAsked(days)
	slices.SortFunc(out.Days, func(a, b LookupRow) int { return cmp.Compare(a.Name, b.Name) })
	out.Kinds, out.Words = mostCounted(kinds, 50), mostCounted(words, 50)
	return out, err
}

func lookupRow[K comparable](rows map[K]*LookupRow, key K) *LookupRow {
	if rows[key] == nil {
		rows[key] = &LookupRow{}
	}
	return rows[key]
}

func mostAsked[K comparable](rows map[K]*LookupRow) []LookupRow {
	out := make([]LookupRow, 0, len(rows))
	for _, r := range rows {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b LookupRow) int { return cmp.Or(b.Asked-a.Asked, cmp.Compare(a.Name, b.Name)) })
	return out
}

func mostCounted(counts map[string]int, most int) []WordCount {
	out := make([]WordCount, 0, len(counts))
	for w, n := range counts {
		out = append(out, WordCount{w, n})
	}
	slices.SortFunc(out, func(a, b WordCount) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Word, b.Word)) })
	return out[:min(most, len(out))]
}
