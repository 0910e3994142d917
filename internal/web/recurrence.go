package web

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"firebreak/internal/catalog"
	"firebreak/internal/desk"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/recurrence"
)

func recurrenceRoutes() []route {
	return []route{
		show(get, "/recurring", "", person.SeeTickets, "what comes back, the best candidates for automation first", "recurring", (*Server).recurringPage),
		show(get, "", "/recurring", person.SeeTickets, "List what comes back, the best candidates for automation first", "", (*Server).listRecurring),
		table("/recurring", "recurring", person.SeeTickets, "what comes back, for spreadsheets", (*Server).listRecurring, recurringRows),
		show(get, "/recurring/{group}", "", person.SeeTickets, "one recurring issue with a picture of its rhythm", "recurring_issue", (*Server).recurringIssuePage),
		show(get, "", "/recurring/{group}", person.SeeTickets, "One recurring issue with its latest tickets", "", (*Server).recurringIssue),
		act(post, "/recurring/{group}/mark", "/recurring/{group}/mark", person.WorkTickets, "Say that a recurring issue has a workaround, is fixed, or is not worth it; undo takes it back", (*Server).markRecurring, toMarkedRecurring),
		show(get, "", "/tickets/{number}/recurrence", person.SeeTickets, "The recurring issues that a ticket belongs to", "", (*Server).recurrence),
	}
}

type recurringIn struct {
	Application string `query:"application" doc:"short name, name or id"`
	Rhythm      bool   `query:"rhythm" doc:"only those with a rhythm"`
	Mark        string `query:"mark" doc:"workaround, fixed, not_worth; broken: a fix that did not hold; open: what is not done with"`
	Cursor      string `query:"cursor" doc:"next of the page before"`
	Limit       int    `query:"limit" doc:"1 to 200, 50 when not given"`
}

func (s *Server) listRecurring(ctx context.Context, in *recurringIn) (desk.RecurringPage, error) {
	return s.desk.Recurring(ctx, desk.ListRecurring{Application: in.Application, Rhythm: in.Rhythm, Mark: in.Mark, Cursor: in.Cursor, Limit: in.Limit})
}

// recurringOut is the page of what comes back.
type recurringOut struct {
	desk.RecurringPage
	In           recurringIn
	Applications []catalog.Application
	Hours        float64 // a month, of those on the page
	Nights       int
}

func (s *Server) recurringPage(ctx context.Context, in *recurringIn) (out recurringOut, err error) {
	out.In = *in
	if out.RecurringPage, err = s.listRecurring(ctx, in); err != nil {
		return out, err
	}
	for _, g := range out.Items {
		out.Hours += g.Hours
		out.Nights += g.Nights
	}
	out.Applications, err = s.desk.ApplicationChoices(ctx)
	return out, err
}

// At is the address of a list with other filters.
func (in recurringIn) At(rhythm bool, mark string) string {
	q := []string{}
	if in.Application != "" {
		q = append(q, "application="+queryEscape(in.Application))
	}
	if rhythm {
		q = append(q, "rhythm=true")
	}
	if mark != "" {
		q = append(q, "mark="+mark)
	}
	if len(q) == 0 {
		return "/recurring"
	}
	return "/recurring?" + strings.Join(q, "&")
}

// Filtered reports whether the list leaves anything out.
func (in recurringIn) Filtered() bool { return in.Application != "" || in.Rhythm || in.Mark != "" }

type groupIn struct {
	Group id.ID `path:"group" doc:"id of the recurring issue"`
}

func (s *Server) recurringIssue(ctx context.Context, in *groupIn) (desk.Recurring, error) {
	return s.desk.RecurringIssue(ctx, in.Group)
}

// recurringIssueOut is the page of one recurring issue.
type recurringIssueOut struct {
	desk.Recurring
	Picture rhythmPicture
	Zone    *time.Location
}

func (s *Server) recurringIssuePage(ctx context.Context, in *groupIn) (out recurringIssueOut, err error) {
	if out.Recurring, err = s.desk.RecurringIssue(ctx, in.Group); err != nil {
		return out, err
	}
	if out.Zone, err = time.LoadLocation(out.Recurring.Zone); err != nil {
		out.Zone, err = time.UTC, nil
	}
	out.Picture = drawRhythm(&out.Recurring, out.Zone, s.desk.Now())
	return out, nil
}

type markRecurringIn struct {
	Group id.ID `path:"group"`
	Body  desk.MarkRecurring
}

// markedRecurring is a group that was marked, and how to take that back.
type markedRecurring struct {
	desk.Recurring
	Undo id.ID `json:"undo" doc:"POST /undo/{id} takes it back"`
}

func (s *Server) markRecurring(ctx context.Context, in *markRecurringIn) (out markedRecurring, err error) {
	out.Recurring, out.Undo, err = s.desk.MarkRecurring(ctx, in.Group, in.Body)
	return out, err
}

func toMarkedRecurring(in *markRecurringIn, out markedRecurring) next {
	text := "Nothing is said about it any more."
	if word := in.Body.Mark.Word(); word != "" {
		text = word + ": noted."
	}
	return next{To: "/recurring/" + in.Group.String(), Toast: text, Undo: "/undo/" + out.Undo.String(), Seconds: 20}
}

func (s *Server) recurrence(ctx context.Context, in *numberIn) (listOf[desk.Recurring], error) {
	return listed(s.desk.Recurrence(ctx, in.Number))
}

func recurringRows(p desk.RecurringPage) [][]string {
	out := [][]string{{"title", "application", "signature", "tickets", "first", "last", "rhythm", "rule", "regularity", "next", "minutes", "nights", "hours_per_month", "score", "mark", "change", "broken", "resolution"}}
	for _, g := range p.Items {
		row := []string{g.Title, g.Application, g.Signature, strconv.Itoa(g.Tickets), g.FirstAt.Format(time.RFC3339), g.LastAt.Format(time.RFC3339), "", "", "", "",
			strconv.Itoa(g.Minutes), strconv.Itoa(g.Nights), strconv.FormatFloat(g.Hours, 'f', 1, 64), strconv.FormatFloat(g.Score, 'f', 2, 64), string(g.Mark), g.Change, strconv.Itoa(g.Broken), ""}
		if g.Rhythm != nil {
			row[6], row[7], row[8] = g.Rhythm.Words, g.Rhythm.Rule, strconv.FormatFloat(g.Rhythm.Regularity, 'f', 2, 64)
		}
		if len(g.Next) > 0 {
			row[9] = g.Next[0].Format(time.RFC3339)
		}
		if g.Resolution != nil {
			row[17] = g.Resolution.Title
		}
		out = append(out, row)
	}
	return out
}

// rhythmPicture is the occurrences of a group on a grid: days of the month by months, or hours by weekdays.
type rhythmPicture struct {
	Rows    []pictureRow
	Columns []pictureLabel
	Dots    []pictureDot
	Slots   []pictureSlot // days the rhythm names
	Height  int
	Says    string // for those who cannot see it
}

type pictureRow struct {
	Label string
	Y     int
}

type pictureLabel struct {
	Label, X string
}

type pictureDot struct {
	X     string
	Y     int
	Class string
	Title string
}

type pictureSlot struct {
	X, Width string
	Y        int
}

const (
	pictureLine   = 22   // pixels of a row
	pictureLeft   = 11.0 // percent of the width for the labels
	pictureMonths = 13
)

// monthly reports whether a rhythm is seen best on days of the month.
func monthly(r *recurrence.Rhythm) bool {
	if r == nil {
		return false
	}
	switch r.Kind {
	case recurrence.MonthDay, recurrence.MonthTurn, recurrence.MonthRange, recurrence.MonthPair, recurrence.MonthWorkday, recurrence.WorkTurn, recurrence.MonthWeekday, recurrence.QuarterTurn, recurrence.QuarterWork:
		return true
	}
	return false
}

func drawRhythm(g *desk.Recurring, zone *time.Location, now time.Time) (p rhythmPicture) {
	if len(g.Occurrences) == 0 {
		return p
	}
	place := func(part float64) string { return percent(pictureLeft + part*(100-pictureLeft-1)) }
	dot := func(o desk.RecurrenceTicket, part float64, row int) {
		class := "other"
		if o.Fits {
			class = "fits"
		}
		if o.Night {
			class += " night"
		}
		p.Dots = append(p.Dots, pictureDot{X: place(part), Y: row*pictureLine + pictureLine/2, Class: class,
			Title: fmt.Sprintf("Ticket %d, %s", o.Number, o.At.In(zone).Format("Mon 2 Jan 2006 15:04"))})
	}
	if monthly(g.Rhythm) {
		last := now.In(zone)
		top := time.Date(last.Year(), last.Month()-(pictureMonths-2), 1, 0, 0, 0, 0, zone)
		if first := g.Occurrences[len(g.Occurrences)-1].At.In(zone); first.After(top) {
			top = time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, zone)
		}
		index := func(t time.Time) int { return (t.Year()-top.Year())*12 + int(t.Month()-top.Month()) }
		end := time.Date(last.Year(), last.Month()+2, 1, 0, 0, 0, 0, zone)
		for at := top; at.Before(end); at = at.AddDate(0, 1, 0) {
			p.Rows = append(p.Rows, pictureRow{at.Format("Jan 2006"), index(at)*pictureLine + pictureLine/2 + 4})
		}
		for _, at := range g.Rhythm.Next(top.Add(-time.Second), zone, 200) {
			if l := at.In(zone); l.Before(end) {
				p.Slots = append(p.Slots, pictureSlot{place((float64(l.Day()) - .95) / 31), percent(.9 / 31 * (100 - pictureLeft - 1)), index(l)*pictureLine + 2})
			}
		}
		for _, o := range g.Occurrences {
			if l := o.At.In(zone); !l.Before(top) {
				dot(o, (float64(l.Day())-.5)/31, index(l))
			}
		}
		for _, d := range []int{1, 5, 10, 15, 20, 25, 31} {
			p.Columns = append(p.Columns, pictureLabel{strconv.Itoa(d), place((float64(d) - .5) / 31)})
		}
		p.Says = "Occurrences by day of the month, one line a month"
	} else {
		for i, name := range []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} {
			p.Rows = append(p.Rows, pictureRow{name, i*pictureLine + pictureLine/2 + 4})
		}
		for _, o := range g.Occurrences {
			l := o.At.In(zone)
			dot(o, (float64(l.Hour())+float64(l.Minute())/60)/24, (int(l.Weekday())+6)%7)
		}
		for h := 0; h <= 24; h += 6 {
			p.Columns = append(p.Columns, pictureLabel{fmt.Sprintf("%02d:00", h), place(float64(h) / 24)})
		}
		p.Says = "Occurrences by weekday and time of day"
	}
	p.Height = len(p.Rows)*pictureLine + 20
	return p
}
