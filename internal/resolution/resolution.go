// Package resolution is what was learned from solving a ticket, in a form that the next person can use: the states it passes
// through, and the draft that is written from what is already on the ticket.
//
// It follows KCS (Knowledge-Centered Service, Consortium for Service Innovation): knowledge is written while solving, in
// the requester's words; reuse is review; what counts is how often a resolution was used, never how many were written.
package resolution

import (
	"time"

	"firebreak/internal/id"
)

// State says how far a resolution can be trusted.
type State string

const (
	// Draft was written while one ticket was solved; nobody has used it since.
	Draft State = "draft"
	// Verified solved a later ticket too, or a lead looked at it.
	Verified State = "verified"
	// Retired is kept and found no more: the fault is gone, or another resolution is better.
	Retired State = "retired"
)

// States lists the states in the order a resolution passes through them.
var States = []State{Draft, Verified, Retired}

// Valid reports whether s is one of States.
func (s State) Valid() bool { return s == Draft || s == Verified || s == Retired }

// Word is the state as a person reads it.
func (s State) Word() string {
	switch s {
	case Draft:
		return "Draft"
	case Verified:
		return "Verified"
	case Retired:
		return "Retired"
	}
	return string(s)
}

// Limits of the fields, in characters. They are short on purpose: it is read at three in the morning.
const (
	MaxTitle = 160
	MaxField = 8000
)

// Fields are what people write.
type Fields struct {
	Title       string `json:"title,omitempty" doc:"what goes wrong, in the words of those who ask"`
	Symptom     string `json:"symptom,omitempty" doc:"what people see"`
	Cause       string `json:"cause,omitempty" doc:"why it happens"`
	Fix         string `json:"fix,omitempty" doc:"what to do, with the commands"`
	Check       string `json:"check,omitempty" doc:"what proves that it worked"`
	Environment string `json:"environment,omitempty" doc:"where it was seen: production, the database"`
	Version     string `json:"product_version,omitempty" doc:"of the product it was seen with"`
	// Answer is what requesters may read; without it the resolution never leaves the desk.
	Answer string `json:"answer,omitempty" doc:"what requesters may read; empty: it stays inside"`
}

// Empty reports whether nothing was written that could help anybody.
func (f Fields) Empty() bool { return f.Fix == "" && f.Cause == "" && f.Answer == "" }

// Resolution is what solves an error, an application's error where it says so.
type Resolution struct {
	ID id.ID `json:"id"`
	Fields
	State        State         `json:"state"`
	Applications []Application `json:"applications,omitempty" doc:"what it applies to; empty: any"`
	Signatures   []Signature   `json:"signatures,omitempty" doc:"errors it solves"`
	Ticket       int64         `json:"ticket,omitzero" doc:"the ticket it was written on"`
	AuthorID     id.ID         `json:"author_id,omitzero"`
	Author       string        `json:"author,omitempty"`
	Version      int           `json:"version" doc:"rises with every change"`
	CreatedAt    time.Time     `json:"created_at"`
	UpdatedAt    time.Time     `json:"updated_at"`
	VerifiedAt   time.Time     `json:"verified_at,omitzero"`
	VerifiedBy   string        `json:"verified_by,omitempty"`
	RetiredAt    time.Time     `json:"retired_at,omitzero"`
	// Helped, Wrong are how many tickets it was marked on; the one it was written on does not count.
	Helped   int       `json:"helped"`
	Wrong    int       `json:"wrong" doc:"tickets on which somebody marked it as wrong or outdated since it changed last"`
	UsedAt   time.Time `json:"used_at,omitzero" doc:"when it helped last"`
	Why      []string  `json:"why,omitempty" doc:"why it is offered"`
	Score    float64   `json:"score,omitempty"`
	Marked   Mark      `json:"marked,omitempty" doc:"how it was marked on the ticket that is looked at"`
	Suspect  bool      `json:"suspect,omitempty" doc:"somebody marked it as wrong or outdated"`
	Versions []Version `json:"versions,omitempty"`
}

// Application is one that a resolution applies to.
type Application struct {
	ID   id.ID  `json:"id"`
	Name string `json:"name"`
}

// Signature is an error that a resolution solves.
type Signature struct {
	ID       string `json:"signature"`
	Template string `json:"template,omitempty"`
}

// Version is what a resolution said before a change.
type Version struct {
	Version int       `json:"version"`
	Fields  Fields    `json:"fields"`
	State   State     `json:"state"`
	Who     string    `json:"who,omitempty"`
	At      time.Time `json:"at"`
}

// Mark says what a resolution was for a ticket.
type Mark string

const (
	Written Mark = "written" // it was written on the ticket
	Helped  Mark = "helped"  // it solved the ticket
	Wrong   Mark = "wrong"   // it did not hold, or is outdated
)

// Valid reports whether people may set the mark.
func (m Mark) Valid() bool { return m == Helped || m == Wrong }

// Use is a mark on a ticket.
type Use struct {
	ID         id.ID     `json:"id"`
	Resolution id.ID     `json:"resolution"`
	Ticket     int64     `json:"ticket"`
	Subject    string    `json:"subject,omitempty"`
	Mark       Mark      `json:"mark"`
	Who        string    `json:"who,omitempty"`
	Note       string    `json:"note,omitempty"`
	At         time.Time `json:"at"`
}

// AfterMark is the state a resolution has once it was marked on a ticket that is not the one it was written on: reuse is
// review. What is wrong keeps its state and is flagged, so that a slip does not hide what helps others.
func AfterMark(s State, m Mark) State {
	if m == Helped && s == Draft {
		return Verified
	}
	return s
}
