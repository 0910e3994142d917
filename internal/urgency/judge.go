package urgency

import "time"

// Judge names the fire of a ticket at one instant. It is a pure function: ask
// again at TurnsAt and the answer is TurnsInto. Events may come in any order.
// The reasons write instants in the location of now.
func Judge(now time.Time, a Answers, events []Event, e Effort, s Settings) Verdict {
	s.Margin = wholeMillis(s.Margin)
	v := Verdict{Effort: e.orDefault(s)}
	d := findDeadline(now, a, events, s)
	consequence := d.known() || named(a.Consequence)
	if d.known() {
		v.RealAt = d.at
		v.RealFrom = d.from(a)
		v.Slack = v.RealAt.Add(-v.Effort.P80).Sub(now)
		v.LatestStart = v.RealAt.Add(-v.Effort.P80 - s.Margin)
	}
	switch {
	case a.Spreading && !a.Workaround:
		v.Fire = Wildfire
	case !a.Stakes.High() || !consequence:
		v.Fire = Match
	case d.known() && !now.Before(v.LatestStart):
		v.Fire = Wildfire
	default:
		v.Fire = HouseFire
		if d.known() {
			v.TurnsAt, v.TurnsInto = v.LatestStart, Wildfire
			if s.WarnBefore > 0 {
				v.WarnAt = latest(now, v.TurnsAt.Add(-s.WarnBefore))
			}
		}
	}
	v.Reasons = explain(now, a, d, v, s)
	return v
}

// source is where the real deadline comes from.
type source int

const (
	nobody    source = iota // no real deadline is known
	calendar                // an event of the business calendar
	confirmed               // the stated time, with a consequence named
	atItsWord               // the stated time, with only a reason named
)

type deadline struct {
	at     time.Time
	source source
	// event is the calendar's deadline, or, beside a confirmed one, the event
	// that the words name too (far is then set).
	event     Event
	far       bool // the named event lies beyond the window after the stated time
	unfounded bool // a deadline was stated, but nothing that happens then
}

func (d deadline) known() bool { return d.source != nobody }

func (d deadline) from(a Answers) string {
	switch d.source {
	case calendar:
		return "business calendar: " + plain(d.event.Name)
	case confirmed:
		return "named consequence: " + plain(a.Consequence)
	}
	if by := plain(a.SaidBy); by != "" {
		return "stated by " + by + ", not confirmed"
	}
	return "stated, not confirmed"
}

// findDeadline picks the real deadline.
//
// The danger it guards against is a calendar event that hides an earlier
// consequence somebody named: an event replaces a confirmed time only when the
// words name it and it lies within the event window. In every other case the
// earliest candidate counts. An unconfirmed time gives way more easily.
func findDeadline(now time.Time, a Answers, events []Event, s Settings) deadline {
	stated := nobody
	if !a.StatedAt.IsZero() {
		switch {
		case named(a.Consequence):
			stated = confirmed
		case named(a.Reason):
			stated = atItsWord
		}
	}
	meant, said := pick(now, a, events)
	if stated == nobody {
		d := onCalendar(meant)
		d.unfounded = !a.StatedAt.IsZero()
		return d
	}
	inWindow := func(e Event) bool { return !e.At.IsZero() && e.At.Sub(a.StatedAt) <= s.EventWindow }
	next, _ := pick(now, Answers{}, events)
	switch {
	case said == fully && (stated == atItsWord || inWindow(meant)):
		d := onCalendar(meant)
		d.far = !inWindow(meant)
		return d
	case said == partly && stated == atItsWord && inWindow(meant):
		return onCalendar(meant)
	case stated == atItsWord && inWindow(next), !next.At.IsZero() && next.At.Before(a.StatedAt):
		return onCalendar(next)
	}
	d := deadline{at: millis(a.StatedAt), source: stated}
	if said == fully {
		d.event, d.far = meant, true
	}
	return d
}

func onCalendar(e Event) deadline {
	if e.At.IsZero() {
		return deadline{}
	}
	return deadline{at: millis(e.At), source: calendar, event: e}
}

// pick is the event the answers speak of: the one they name most clearly, and
// of those the earliest. A past occurrence counts only when it is named fully.
// Without any event it answers the zero Event.
func pick(now time.Time, a Answers, events []Event) (Event, match) {
	var best Event
	var bestSaid match
	for _, e := range events {
		said := max(names(a.Consequence, e.Name), names(a.Reason, e.Name))
		if e.At.IsZero() || !e.At.After(now) && said != fully {
			continue
		}
		if best.At.IsZero() || said > bestSaid || said == bestSaid && e.At.Before(best.At) {
			best, bestSaid = e, said
		}
	}
	return best, bestSaid
}

// millis cuts an instant to the unit in which instants are stored.
func millis(t time.Time) time.Time { return t.Truncate(time.Millisecond) }

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
