package web

import (
	"fmt"
	"strings"
	"time"

	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// fuse is the picture of a ticket's time: from now over the latest safe start to the real deadline.
// Places are percentages of that span, as SVG wants them.
type fuse struct {
	Show   bool // there is a real deadline ahead
	Late   bool // the real deadline or the latest safe start has passed
	Start  float64
	Marks  []fuseMark
	Effort string
}

// fuseMark is a deadline on the picture that is not the real one.
type fuseMark struct {
	Class string // stated, agreed
	Label string
	At    time.Time
	X     float64
}

func newFuse(t ticket.Ticket, now time.Time) (f fuse) {
	f.Effort = urgency.Duration(t.Effort)
	if t.RealAt.IsZero() || !t.Status.Active() || t.Fire == urgency.Match {
		return f
	}
	span := t.RealAt.Sub(now)
	if span <= 0 {
		f.Late = true
		return f
	}
	place := func(at time.Time) float64 { return max(0, min(100, 100*float64(at.Sub(now))/float64(span))) }
	f.Show, f.Start = true, place(t.StartBy)
	f.Late = !t.StartBy.After(now)
	for _, m := range []fuseMark{{Class: "stated", Label: "stated", At: t.Deadline.At}, {Class: "agreed", Label: "agreed", At: t.Deadline.AgreedAt}} {
		if m.At.After(now) && m.At.Before(t.RealAt) {
			m.X = place(m.At)
			f.Marks = append(f.Marks, m)
		}
	}
	return f
}

// Pct is a place as SVG writes it.
func (f fuse) Pct(x float64) string { return fmt.Sprintf("%.1f%%", x) }

// Rest is the width of the work at the end of the fuse.
func (f fuse) Rest() string { return f.Pct(100 - f.Start) }

// Mid is the middle of the work.
func (f fuse) Mid() string { return f.Pct(f.Start + (100-f.Start)/2) }

// fuseText explains a ticket's fire in one or two sentences, with times as the reader's clock shows them. All reasons,
// as they were judged, stand behind "Why?".
func fuseText(c *chrome, t ticket.Ticket) string {
	var out []string
	d := t.Deadline
	if !d.At.IsZero() {
		s := "Stated " + clockText(c, d.At)
		if d.SaidBy != "" {
			s += " by " + d.SaidBy
		}
		if d.Reason != "" {
			s += ": “" + d.Reason + "”"
		}
		out = append(out, s+".")
	}
	if !t.Status.Active() {
		return strings.Join(out, " ")
	}
	switch {
	case !t.RealAt.IsZero():
		s := "Real deadline: " + clockText(c, t.RealAt)
		if t.RealFrom != "" {
			s += ", " + lowerFirst(t.RealFrom)
		}
		out = append(out, s+".")
	case d.Consequence != "":
		out = append(out, "What happens then: "+d.Consequence+".")
	case t.Stakes == "":
		out = append(out, "Ask who is hurt if it is not done in time, and what happens then.")
	case t.Stakes.High():
		out = append(out, "Ask what happens if it is not done in time, and when.")
	}
	if !t.TurnsAt.IsZero() {
		from := "Similar tickets"
		switch t.EffortOf {
		case urgency.SourceApplication:
			from = "Tickets of this application"
		case urgency.SourceDefault:
			from = ""
		}
		if from == "" {
			out = append(out, urgency.Duration(t.Effort)+" of work is assumed, so start by "+clockText(c, t.StartBy)+".")
		} else {
			out = append(out, from+" took up to "+urgency.Duration(t.Effort)+", so start by "+clockText(c, t.StartBy)+".")
		}
	}
	if t.Spread {
		if t.Work {
			out = append(out, "It is spreading; there is a way around it.")
		} else {
			out = append(out, "It is spreading and there is no way around it.")
		}
	}
	if h := t.ByHand; h != nil {
		s := "Set by hand by " + h.By
		if h.Reason != "" {
			s += ": “" + h.Reason + "”"
		}
		out = append(out, s+".")
	}
	return strings.Join(out, " ")
}
