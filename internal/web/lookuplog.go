package web

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"firebreak/internal/desk"
	"firebreak/internal/lookup"
	"firebreak/internal/person"
)

func lookupLogRoutes() []route {
	return []route{
		show(get, "/lookup/log", "", person.SeeReports, "the log of look-ups", "lookup_log", (*Server).lookupLogPage),
		show(get, "", "/lookup/log", person.SeeReports, "What was looked up outside, newest first: who, when, what left, and what did not, by kind", "", (*Server).lookupLog),
		table("/lookup/log", "look-ups", person.SeeReports, "the log of look-ups for spreadsheets", (*Server).wholeLookupLog, lookupRows),
		show(get, "/reports/lookups", "/lookup/report", person.SeeReports, "Look-ups by team, engine and day, and what did not leave", "report_lookups", (*Server).lookupReport),
		table("/reports/lookups", "look-ups-by-day", person.SeeReports, "the report on look-ups for spreadsheets", (*Server).lookupReport, lookupReportRows),
	}
}

type lookupLogIn struct {
	Q      string       `query:"q" doc:"part of what left"`
	Person string       `query:"person" doc:"id, e-mail, name or me"`
	Team   string       `query:"team" doc:"id or name"`
	Ticket int64        `query:"ticket"`
	Engine string       `query:"engine" doc:"key of an engine; direct for direct searches"`
	State  lookup.State `query:"state" doc:"left, waiting, approved, denied, expired or refused"`
	From   string       `query:"from" doc:"first day, 2026-11-30, or an instant (RFC 3339)"`
	To     string       `query:"to" doc:"last day, itself included, or an instant"`
	Cursor string       `query:"cursor" doc:"next of the page before"`
	Limit  int          `query:"limit" doc:"1 to 200, 50 when not given"`
}

func (s *Server) lookupLog(ctx context.Context, in *lookupLogIn) (desk.LookupPage, error) {
	return s.desk.LookupLog(ctx, desk.ListLookups(*in))
}

// lookupLogOut is the log as a page.
type lookupLogOut struct {
	desk.LookupPage
	In      lookupLogIn
	Engines []lookup.Engine
	States  []lookup.State
}

func (s *Server) lookupLogPage(ctx context.Context, in *lookupLogIn) (lookupLogOut, error) {
	page, err := s.lookupLog(ctx, in)
	out := lookupLogOut{page, *in, nil, lookup.States}
	if err != nil || !desk.CallerOf(ctx).May(person.WorkTickets) {
		return out, err
	}
	set, err := s.desk.LookupSettings(ctx)
	out.Engines = set.Engines
	return out, err
}

// At gives the address of the list as it is filtered, with csv that of the file, or with a cursor that of the next page.
func (o lookupLogOut) At(csv bool, cursor string) string {
	q := url.Values{}
	for name, v := range map[string]string{"q": o.In.Q, "person": o.In.Person, "team": o.In.Team, "engine": o.In.Engine, "state": string(o.In.State), "from": o.In.From, "to": o.In.To, "cursor": cursor} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if o.In.Ticket != 0 {
		q.Set("ticket", strconv.FormatInt(o.In.Ticket, 10))
	}
	address := "/lookup/log"
	if csv {
		address += ".csv"
	}
	if len(q) == 0 {
		return address
	}
	return address + "?" + q.Encode()
}

// Filtered reports whether anything was chosen.
func (o lookupLogOut) Filtered() bool { return o.At(false, "") != "/lookup/log" }

// lookupLogRows is the most rows of the log in one file.
const lookupLogRows = 20_000

func (s *Server) wholeLookupLog(ctx context.Context, in *lookupLogIn) ([]lookup.LogEntry, error) {
	var out []lookup.LogEntry
	in.Limit = desk.MaxPage
	for {
		page, err := s.lookupLog(ctx, in)
		out = append(out, page.Items...)
		if in.Cursor = page.Next; err != nil || page.Next == "" || len(out) >= lookupLogRows {
			return out, err
		}
	}
}

func lookupRows(items []lookup.LogEntry) [][]string {
	out := [][]string{{"at", "person", "team", "ticket", "via", "way", "engine", "left", "text_masked", "removed", "allowed_once", "held_back", "policy", "state", "decided_by", "reason", "left_at"}}
	for _, e := range items {
		number, leftAt := "", ""
		if e.Ticket != 0 {
			number = strconv.FormatInt(e.Ticket, 10)
		}
		if !e.LeftAt.IsZero() {
			leftAt = e.LeftAt.Format(time.RFC3339)
		}
		out = append(out, []string{e.At.Format(time.RFC3339), cmp.Or(e.Person, "the desk"), e.Team, number, e.Via, string(e.Way), cmp.Or(e.EngineName, e.Engine), e.Query, e.Masked, kindsText(e.Removed),
			strings.Join(e.Allowed, " "), strconv.Itoa(e.Dropped), string(e.Policy), string(e.State), e.Decider, e.Reason, leftAt})
	}
	return out
}

func init() {
	funcs["kinds"] = kindsText
}

// kindsText says how many words of each kind did not leave: "2 × person, 1 × host".
func kindsText(kinds map[string]int) string {
	var out []string
	for _, k := range slices.SortedFunc(maps.Keys(kinds), func(a, b string) int { return cmp.Or(kinds[b]-kinds[a], cmp.Compare(a, b)) }) {
		out = append(out, fmt.Sprintf("%d × %s", kinds[k], strings.ReplaceAll(k, "_", " ")))
	}
	return strings.Join(out, ", ")
}

func (s *Server) lookupReport(ctx context.Context, in *reportIn) (desk.LookupReport, error) {
	return s.desk.LookupReport(ctx, in.From, in.To)
}

func lookupReportRows(r desk.LookupReport) [][]string {
	out := [][]string{{"group", "name", "asked", "left", "open", "denied", "expired", "refused", "words_removed", "words_allowed_once"}}
	add := func(group, nameless string, rows ...desk.LookupRow) {
		for _, x := range rows {
			row := []string{group, cmp.Or(x.Name, nameless)}
			for _, n := range []int{x.Asked, x.Left, x.Open, x.Denied, x.Expired, x.Refused, x.Removed, x.Allowed} {
				row = append(row, strconv.Itoa(n))
			}
			out = append(out, row)
		}
	}
	add("all", "all", r.Total)
	add("team", "no team", r.Teams...)
	add("engine", "none", r.Engines...)
	add("day", "", r.Days...)
	return out
}
