package ticket

import (
	"slices"
	"time"
)

// Status is where a ticket stands.
type Status string

const (
	New       Status = "new"       // nobody has taken it up
	Open      Status = "open"      // being worked
	OnHold    Status = "waiting"   // on somebody or something else, see Waiting
	Resolved  Status = "resolved"  // done; a reply reopens it
	Closed    Status = "closed"    // done for good; a reply opens a new, linked ticket
	Cancelled Status = "cancelled" // not to be done: spam, mistake
	Merged    Status = "merged"    // lives on in another ticket
)

// Statuses lists all states in their natural order.
var Statuses = []Status{New, Open, OnHold, Resolved, Closed, Cancelled, Merged}

// Valid reports whether s is a known state.
func (s Status) Valid() bool { return slices.Contains(Statuses, s) }

// Active reports whether the ticket still needs somebody (new, open or waiting).
func (s Status) Active() bool { return s == New || s == Open || s == OnHold }

// Done reports whether the ticket was brought to an end.
func (s Status) Done() bool { return s == Resolved || s == Closed }

// Word names the state for people.
func (s Status) Word() string {
	switch s {
	case New:
		return "New"
	case Open:
		return "Open"
	case OnHold:
		return "Waiting"
	case Resolved:
		return "Resolved"
	case Closed:
		return "Closed"
	case Cancelled:
		return "Cancelled"
	case Merged:
		return "Merged"
	}
	return string(s)
}

// Waiting says what a waiting ticket waits for.
type Waiting string

const (
	OnRequester  Waiting = "requester"
	OnThirdParty Waiting = "third_party"
	OnChange     Waiting = "change"
	OnDate       Waiting = "date" // wakes at WakeAt
)

// Valid reports whether w is a known reason to wait.
func (w Waiting) Valid() bool {
	return w == OnRequester || w == OnThirdParty || w == OnChange || w == OnDate
}

// Word names what is waited for.
func (w Waiting) Word() string {
	switch w {
	case OnRequester:
		return "requester"
	case OnThirdParty:
		return "third party"
	case OnChange:
		return "change"
	case OnDate:
		return "a date"
	}
	return ""
}

// transitions by hand. Merging and undoing a merge have their own acts and are not in the table.
var transitions = map[Status][]Status{
	New:       {Open, OnHold, Resolved, Cancelled},
	Open:      {OnHold, Resolved, Cancelled},
	OnHold:    {Open, Resolved, Cancelled, OnHold},
	Resolved:  {Open, Closed},
	Closed:    {Open},
	Cancelled: {Open},
	Merged:    {},
}

// CanBecome reports whether a person may move a ticket from s to next.
func (s Status) CanBecome(next Status) bool { return slices.Contains(transitions[s], next) }

// Next lists the states a person may choose from s.
func (s Status) Next() []Status { return transitions[s] }

// NeedsReason reports whether moving from s to next asks for a reason: reopening what was done.
func (s Status) NeedsReason(next Status) bool {
	return next == Open && (s == Resolved || s == Closed || s == Cancelled)
}

// AfterRequesterReply gives what a public reply by the requester does: the next state, and whether
// a new, linked ticket must be opened instead because the old one is closed for good
// (closed, or resolved longer than reopenWithin ago).
func (s Status) AfterRequesterReply(resolvedAt, now time.Time, reopenWithin time.Duration) (next Status, newTicket bool) {
	switch s {
	case OnHold:
		return Open, false
	case Resolved:
		if !resolvedAt.IsZero() && now.Sub(resolvedAt) > reopenWithin {
			return s, true
		}
		return Open, false
	case Closed, Cancelled:
		return s, true
	}
	return s, false
}
