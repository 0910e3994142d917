package ticket

import (
	"strconv"
	"time"

	"firebreak/internal/id"
)

// Verdict is what somebody says about a thing they were shown on a ticket.
type Verdict string

const (
	Used  Verdict = "used"  // it helped
	Wrong Verdict = "wrong" // it does not belong here
)

// Valid reports whether v is a verdict.
func (v Verdict) Valid() bool { return v == Used || v == Wrong }

// Feedback is a verdict on a thing shown on a ticket. Kind and Item name the thing: ticket and its number; others as their
// makers name them.
type Feedback struct {
	Ticket  int64     `json:"ticket"`
	Kind    string    `json:"kind"`
	Item    string    `json:"item"`
	Verdict Verdict   `json:"verdict"`
	Person  id.ID     `json:"person_id,omitzero"`
	At      time.Time `json:"at"`
}

// KindTicket is the kind of feedback on another ticket; the item is its number.
const KindTicket = "ticket"

// Item names a ticket as an item of feedback.
func Item(number int64) string { return strconv.FormatInt(number, 10) }
