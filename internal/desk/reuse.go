package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/resolution"
	"firebreak/internal/store"
)

// ReuseReport says how knowledge was used: links from tickets to what solved them. How much was written is not a measure
// and is not told.
type ReuseReport struct {
	Period
	Resolved int `json:"resolved" doc:"tickets resolved in the period"`
	Helped   int `json:"helped" doc:"marks that a resolution solved a ticket"`
	// Share is Helped of Resolved; nil when nothing was resolved.
	Share  *float64     `json:"share,omitempty" doc:"helped of resolved, 0 to 1"`
	Months []ReuseMonth `json:"months"`
	Teams  []ReuseTeam  `json:"teams" doc:"by the team of the ticket"`
	Top    []ReuseTop   `json:"top" doc:"the resolutions that helped most"`
}

// ReuseMonth is one month, in the desk's zone.
type ReuseMonth struct {
	Month  string `json:"month" doc:"2026-11"`
	Helped int    `json:"helped"`
	Wrong  int    `json:"wrong"`
}

// ReuseTeam is one team.
type ReuseTeam struct {
	TeamID id.ID  `json:"team_id,omitzero"`
	Team   string `json:"team" doc:"empty: tickets without a team"`
	Helped int    `json:"helped"`
	Wrong  int    `json:"wrong"`
}

// ReuseTop is one resolution.
type ReuseTop struct {
	ID     id.ID            `json:"id"`
	Title  string           `json:"title"`
	State  resolution.State `json:"state"`
	Helped int              `json:"helped"`
	Wrong  int              `json:"wrong"`
}

// ReuseReport tells which resolutions were reused in a period, by whom, and how often in each month.
func (d *Desk) ReuseReport(ctx context.Context, from, to string) (ReuseReport, error) {
	if _, err := may(ctx, person.SeeReports); err != nil {
		return ReuseReport{}, err
	}
	p, err := d.period(ctx, from, to)
	out := ReuseReport{Period: p, Months: []ReuseMonth{}, Teams: []ReuseTeam{}, Top: []ReuseTop{}}
	if err != nil {
		return out, err
	}
	r := d.store.Read()
	if out.Resolved, out.Helped, _, err = r.ResolvedIn(ctx, p.From, p.To); err != nil {
		return out, err
	}
	if out.Resolved > 0 {
		out.Share = new(float64(out.Helped) / float64(out.Resolved))
	}
	counts, err := r.UseCounts(ctx, p.From, p.To, func(t time.Time) string { return t.In(p.Zone).Format("2006-01") })
	if err != nil {
		return out, err
	}
	for m := p.From.In(p.Zone); m.Before(p.To); m = time.Date(m.Year(), m.Month()+1, 1, 0, 0, 0, 0, p.Zone) {
		out.Months = append(out.Months, ReuseMonth{Month: m.Format("2006-01")})
	}
	teams := map[id.ID]*ReuseTeam{}
	var ids []id.ID
	for _, c := range counts {
		helped, wrong := 0, 0
		switch c.Mark {
		case resolution.Helped:
			helped = c.Count
		case resolution.Wrong:
			wrong = c.Count
		default:
			continue
		}
		if i := slices.IndexFunc(out.Months, func(m ReuseMonth) bool { return m.Month == c.Month }); i >= 0 {
			out.Months[i].Helped += helped
			out.Months[i].Wrong += wrong
		}
		if teams[c.TeamID] == nil {
			teams[c.TeamID] = &ReuseTeam{TeamID: c.TeamID}
			if c.TeamID != 0 {
				ids = append(ids, c.TeamID)
			}
		}
		teams[c.TeamID].Helped += helped
		teams[c.TeamID].Wrong += wrong
	}
	names, err := r.Names(ctx, store.TeamNames, ids)
	if err != nil {
		return out, err
	}
	for i, t := range teams {
		t.Team = names[i]
		out.Teams = append(out.Teams, *t)
	}
	slices.SortFunc(out.Teams, func(a, b ReuseTeam) int { return cmp.Or(cmp.Compare(b.Helped, a.Helped), cmp.Compare(a.Team, b.Team)) })
	most, err := r.ReusedMost(ctx, p.From, p.To, 20)
	if err != nil {
		return out, err
	}
	var of []id.ID
	for _, m := range most {
		of = append(of, m.Resolution)
	}
	xs, err := r.ResolutionsByID(ctx, of)
	if err != nil {
		return out, err
	}
	hide, err := d.hiding(ctx)
	for _, m := range most {
		if i := slices.IndexFunc(xs, func(x Resolution) bool { return x.ID == m.Resolution }); i >= 0 {
			out.Top = append(out.Top, ReuseTop{m.Resolution, hide.text(xs[i].Title), xs[i].State, m.Helped, m.Wrong})
		}
	}
	return out, err
}
