// Package transfer reads tickets of other systems: JSON lines and CSV in, rows of the desk's own fields out. It
// knows the names that other systems give to a column, the dates and the states they write, and how to say
// which row cannot be taken and why. It never guesses where guessing loses something: an ambiguous date or
// an unknown state is a rejection with a remedy.
package transfer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/mail"
	"strings"
	"time"

	"firebreak/internal/person"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// Row is one ticket as another system tells it. Its JSON form is a line the desk reads back unchanged. A zero
// field was not given: an update leaves the desk's own value as it is.
type Row struct {
	ID          string         `json:"id"` // the other system's own id, never empty
	Title       string         `json:"title"`
	Body        string         `json:"body,omitempty"`
	Status      ticket.Status  `json:"status,omitempty"`
	WaitingOn   ticket.Waiting `json:"waiting_on,omitempty"`
	Resolution  string         `json:"resolution,omitempty"`
	Created     time.Time      `json:"created,omitzero"`
	Updated     time.Time      `json:"updated,omitzero"`
	Resolved    time.Time      `json:"resolved,omitzero"`
	Closed      time.Time      `json:"closed,omitzero"`
	Application string         `json:"application,omitempty"`
	Requester   Person         `json:"requester,omitzero"`
	Assignee    Person         `json:"assignee,omitzero"`
	Level       ticket.Level   `json:"level,omitempty"`
	Tags        []string       `json:"tags,omitempty"`
	Deadline    Deadline       `json:"deadline,omitzero"`
	Stakes      urgency.Stakes `json:"stakes,omitempty"`
	Workaround  *bool          `json:"workaround,omitempty"`
	Spreading   *bool          `json:"spreading,omitempty"`
	Minutes     int            `json:"minutes_spent,omitempty"`
	Entries     []Comment      `json:"entries,omitempty"`

	// Line is where the row begins in its file, from 1.
	Line int64 `json:"-"`

	raw json.RawMessage
	rec *record
}

// Reject gives the rejection of a row that was read well but that the desk could not take.
func (r *Row) Reject(field, reason, hint string) *Rejection {
	raw := r.raw
	if r.rec != nil {
		raw = r.rec.raw()
	}
	return &Rejection{Line: r.Line, Field: field, Reason: reason, Hint: hint, ID: r.ID, Row: raw}
}

// Deadline is what the other system knows of when it must be done.
type Deadline struct {
	At          time.Time `json:"at,omitzero"`
	Reason      string    `json:"reason,omitempty"`
	SaidBy      string    `json:"said_by,omitempty"`
	Consequence string    `json:"consequence,omitempty"`
}

// Person is somebody named in a row: by address, by name, or both.
type Person struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
}

// IsZero reports whether nobody is named.
func (p Person) IsZero() bool { return p == Person{} }

// Key identifies the person among others: the address when there is one, else the name, whatever the case.
func (p Person) Key() string {
	if p.Email != "" {
		return strings.ToLower(p.Email)
	}
	return strings.ToLower(p.Name)
}

// Shown is the name to show: the name, or the part of the address before the @.
func (p Person) Shown() string {
	if p.Name != "" {
		return p.Name
	}
	local, _, _ := strings.Cut(p.Email, "@")
	return local
}

// ParsePerson reads "Name <name@example.com>", an address, or a name.
func ParsePerson(s string) Person {
	s = strings.TrimSpace(s)
	if mail, ok := person.CleanEmail(s); ok {
		return Person{Email: mail}
	}
	if strings.HasSuffix(s, ">") {
		if a, err := mail.ParseAddress(s); err == nil {
			if clean, ok := person.CleanEmail(a.Address); ok {
				return Person{Name: a.Name, Email: clean}
			}
		}
	}
	return Person{Name: s}
}

// Comment is one message or note on a row. Without a word on it, it is private: nothing becomes
// visible to a requester by an import that was not so before.
type Comment struct {
	ID      string    `json:"id"` // the other system's, or #1, #2 … by place
	Author  Person    `json:"author,omitzero"`
	Body    string    `json:"body"`
	Public  bool      `json:"public,omitempty"`
	Created time.Time `json:"created,omitzero"`
}

// State is where the ticket stands: as told, or as its resolution tells.
func (r *Row) State() ticket.Status {
	switch {
	case r.Status != "":
		return r.Status
	case !r.Closed.IsZero():
		return ticket.Closed
	case !r.Resolved.IsZero() || r.Resolution != "":
		return ticket.Resolved
	}
	return ticket.New
}

// Fingerprint changes when anything the row says changes; the desk keeps it to see what a second import brings.
func (r *Row) Fingerprint() string {
	b, err := json.Marshal(r)
	if err != nil {
		panic("transfer: row cannot be JSON: " + err.Error()) // fields are checked: years are sane, text is UTF-8
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// Size estimates the row's text in bytes.
func (r *Row) Size() int {
	n := len(r.Title) + len(r.Body) + len(r.Resolution)
	for i := range r.Entries {
		n += len(r.Entries[i].Body) + 64
	}
	return n
}

// Rejection is a row that was not taken. It is written as one JSON line, which the reader takes again once
// the row inside is mended.
type Rejection struct {
	Line   int64           `json:"line"`
	Field  string          `json:"field,omitempty"`
	Reason string          `json:"reason"`
	Hint   string          `json:"hint,omitempty"`
	ID     string          `json:"id,omitempty" doc:"the row's own id, when it could be read"`
	Row    json.RawMessage `json:"row,omitempty" doc:"the row as it was; columns of a CSV file by name"`
	Text   string          `json:"text,omitempty" doc:"the line, when it is not JSON"`
	// Cut tells that the file ends within this row.
	Cut bool `json:"cut,omitempty"`
}

// Error gives the reason as a sentence with its line.
func (r *Rejection) Error() string { return r.Reason }
