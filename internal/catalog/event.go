package catalog

import (
	"time"

	"firebreak/internal/calendar"
	"firebreak/internal/id"
)

// Event is a dated business event of an application, by a rule of package calendar.
type Event struct {
	ID            id.ID       `json:"id"`
	ApplicationID id.ID       `json:"application_id"`
	Name          string      `json:"name" doc:"e.g. Billing run"`
	Rule          string      `json:"rule" doc:"e.g. monthly 1 06:00"`
	Zone          string      `json:"zone" doc:"IANA time zone the rule is read in"`
	Consequence   string      `json:"consequence,omitempty" doc:"what happens at that minute"`
	NextAt        time.Time   `json:"next_at,omitzero" doc:"next occurrence, filled when read"`
	Next          []time.Time `json:"next,omitempty" doc:"the next five occurrences, with the offset of the zone"`
	Sentence      string      `json:"sentence,omitempty" doc:"the rule in English"`
}

// shown is how many occurrences of an event are shown.
const shown = 5

// Location is the event's time zone, UTC when unknown.
func (e Event) Location() *time.Location {
	if l, err := time.LoadLocation(e.Zone); err == nil {
		return l
	}
	return time.UTC
}

// Foresee fills what follows from the rule: its sentence and its next occurrences after now, in the
// event's zone. A rule this program cannot read leaves them empty.
func (e *Event) Foresee(now time.Time) {
	e.Sentence, e.Next, e.NextAt = "", nil, time.Time{}
	rule, err := calendar.Parse(e.Rule)
	if err != nil {
		return
	}
	zone := e.Location()
	e.Sentence = rule.Sentence()
	for after := now; len(e.Next) < shown; {
		at, ok := rule.Next(after, zone)
		if !ok {
			break
		}
		e.Next = append(e.Next, at.In(zone))
		after = at
	}
	if len(e.Next) > 0 {
		e.NextAt = e.Next[0].UTC()
	}
}
