package web

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"firebreak/internal/desk"
	"firebreak/internal/person"
)

func reportRoutes() []route {
	return []route{
		show(get, "/reports", "", person.SeeReports, "the reports", "reports", (*Server).reportsPage),
		show(get, "/reports/deadlines", "/reports/deadlines", person.SeeReports, "How often stated deadlines were real, per client and team", "report_deadlines", (*Server).deadlineReport),
		show(get, "", "/reports/weeks", person.SeeReports, "Tickets opened and resolved and their fires, week by week", "", (*Server).weekReport),
		show(get, "", "/reports/time", person.SeeReports, "Time spent per person and application", "", (*Server).timeReport),
		table("/reports/deadlines", "deadlines", person.SeeReports, "the report on deadlines for spreadsheets", (*Server).deadlineReport, deadlineRows),
		table("/reports/weeks", "weeks", person.SeeReports, "the report by weeks for spreadsheets", (*Server).weekReport, weekRows),
		table("/reports/time", "time", person.SeeReports, "the report on time for spreadsheets", (*Server).timeReport, timeRows),
	}
}

// reportIn is the period of a report; 90 days up to today when nothing is given.
type reportIn struct {
	From string `query:"from" doc:"first day, 2026-11-30, or an instant (RFC 3339)"`
	To   string `query:"to" doc:"last day, itself included, or an instant"`
}

func (s *Server) deadlineReport(ctx context.Context, in *reportIn) (desk.DeadlineReport, error) {
	return s.desk.DeadlineReport(ctx, in.From, in.To)
}

func (s *Server) weekReport(ctx context.Context, in *reportIn) (desk.WeekReport, error) {
	return s.desk.WeekReport(ctx, in.From, in.To)
}

func (s *Server) timeReport(ctx context.Context, in *reportIn) (desk.TimeReport, error) {
	return s.desk.TimeReport(ctx, in.From, in.To)
}

// reportsOut is the page of reports.
type reportsOut struct {
	desk.Period
	Sentence string // on deadlines
	Weeks    []weekBar
	Top      int // tickets at the top of the chart
	Opened   int
	Resolved int
	Raised   int
	Lowered  int
	Time     desk.TimeReport
	Most     int // minutes of the busiest, for the bars
}

// weekBar is a week and its place in the chart, in percent of the chart's size.
type weekBar struct {
	desk.WeekRow
	X, Width               string
	MatchY, MatchH         string
	HouseY, HouseH         string
	WildY, WildH           string
	ResolvedX, ResolvedEnd string
	ResolvedY              string
	Label                  bool // whether the day is written under the bar
	LabelX                 string
}

func (s *Server) reportsPage(ctx context.Context, in *reportIn) (out reportsOut, err error) {
	weeks, err := s.weekReport(ctx, in)
	if err != nil {
		return out, err
	}
	deadlines, err := s.deadlineReport(ctx, in)
	if err != nil {
		return out, err
	}
	if out.Time, err = s.timeReport(ctx, in); err != nil {
		return out, err
	}
	out.Period, out.Sentence = weeks.Period, deadlines.Sentence
	for _, w := range weeks.Weeks {
		out.Top = max(out.Top, w.Opened, w.Resolved)
		out.Opened += w.Opened
		out.Resolved += w.Resolved
		out.Raised += w.Raised
		out.Lowered += w.Lowered
	}
	out.Weeks = weekBars(weeks.Weeks, out.Top, out.Zone)
	for _, p := range out.Time.People {
		out.Most = max(out.Most, p.Minutes)
	}
	for _, a := range out.Time.Applications {
		out.Most = max(out.Most, a.Minutes)
	}
	return out, nil
}

// weekBars lays the weeks out from left to right, the fires of each stacked with the worst at the foot.
func weekBars(weeks []desk.WeekRow, top int, zone *time.Location) []weekBar {
	out := make([]weekBar, len(weeks))
	step := 100 / float64(max(len(weeks), 1))
	every := (len(weeks) + 9) / 10 // at most ten labels
	for i, w := range weeks {
		w.From = w.From.In(zone)
		x := float64(i) * step
		b := weekBar{WeekRow: w, X: percent(x + step*.15), Width: percent(step * .7), Label: i%max(every, 1) == 0, LabelX: percent(x + step/2)}
		y := 100.0
		part := func(n int) (string, string) {
			h := 100 * float64(n) / float64(max(top, 1))
			y -= h
			return percent(y), percent(h)
		}
		b.WildY, b.WildH = part(w.Wildfires)
		b.HouseY, b.HouseH = part(w.HouseFires)
		b.MatchY, b.MatchH = part(w.Matches)
		b.ResolvedX, b.ResolvedEnd = percent(x+step*.05), percent(x+step*.95)
		b.ResolvedY = percent(100 - 100*float64(w.Resolved)/float64(max(top, 1)))
		out[i] = b
	}
	return out
}

func percent(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) + "%" }

// share gives a part of a whole in percent, for a bar.
func share(part, of int) string { return percent(100 * float64(part) / float64(max(of, 1))) }

// sharePtr gives a share between 0 and 1 in whole percent.
func sharePtr(f *float64) string {
	if f == nil {
		return ""
	}
	return fmt.Sprintf("%.0f%%", *f*100)
}

// later says how much later than stated the agreed deadlines were.
func later(minutes *int) string {
	switch {
	case minutes == nil:
		return ""
	case *minutes == 0:
		return "as stated"
	case *minutes < 0:
		return span(-*minutes) + " earlier"
	}
	return span(*minutes) + " later"
}

func span(minutes int) string {
	d := time.Duration(minutes) * time.Minute
	switch {
	case d >= 48*time.Hour:
		return short(d.Hours()/24) + " d"
	case d >= time.Hour:
		return short(d.Hours()) + " h"
	}
	return fmt.Sprintf("%d min", minutes)
}

// short gives a number with one digit after the point, and none where that is 0.
func short(f float64) string { return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0") }

// worked gives working time in hours and minutes; a day would mean 24 hours to some and 8 to others.
func worked(minutes int) string {
	switch {
	case minutes < 60:
		return fmt.Sprintf("%d min", minutes)
	case minutes%60 == 0:
		return fmt.Sprintf("%d h", minutes/60)
	}
	return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
}

func deadlineRows(r desk.DeadlineReport) [][]string {
	out := [][]string{{"group", "name", "stated", "judged", "real", "not_real", "share_real", "median_later_minutes"}}
	add := func(group, nameless string, rows []desk.DeadlineRow) {
		for _, d := range rows {
			real, late := "", ""
			if d.Share != nil {
				real = strconv.FormatFloat(*d.Share, 'f', 3, 64)
			}
			if d.Later != nil {
				late = strconv.Itoa(*d.Later)
			}
			out = append(out, []string{group, cmp.Or(d.Name, nameless), strconv.Itoa(d.Stated), strconv.Itoa(d.Judged), strconv.Itoa(d.Real), strconv.Itoa(d.NotReal), real, late})
		}
	}
	add("all", "all", []desk.DeadlineRow{r.Total})
	add("client", "no client", r.Clients)
	add("team", "no team", r.Teams)
	return out
}

func weekRows(r desk.WeekReport) [][]string {
	out := [][]string{{"from", "opened", "resolved", "matches", "house_fires", "wildfires", "raised_by_hand", "lowered_by_hand"}}
	for _, w := range r.Weeks {
		row := []string{w.From.In(r.Zone).Format(time.DateOnly)}
		for _, n := range []int{w.Opened, w.Resolved, w.Matches, w.HouseFires, w.Wildfires, w.Raised, w.Lowered} {
			row = append(row, strconv.Itoa(n))
		}
		out = append(out, row)
	}
	return out
}

func timeRows(r desk.TimeReport) [][]string {
	out := [][]string{{"person", "application", "minutes", "tickets"}}
	for _, t := range r.Rows {
		out = append(out, []string{t.Person, cmp.Or(t.Application, "none"), strconv.Itoa(t.Minutes), strconv.Itoa(t.Tickets)})
	}
	return out
}
