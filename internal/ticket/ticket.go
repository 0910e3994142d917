// Package ticket is what a ticket is: its fields, the states it passes through, the entries on its
// timeline, and the typed history of everything that was done to it.
package ticket

import (
	"encoding/json"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/urgency"
)

// Ticket is one piece of work for the desk. It is known by its Number.
type Ticket struct {
	Number        int64    `json:"number"`
	ExternalID    string   `json:"external_id,omitempty" doc:"the number it had in the system it was imported from"`
	Source        string   `json:"source,omitempty" doc:"the system it was imported from"`
	Subject       string   `json:"subject"`
	Body          string   `json:"body"`
	Status        Status   `json:"status"`
	WaitingOn     Waiting  `json:"waiting_on,omitempty"`
	WakeAt        Instant  `json:"wake_at,omitzero" doc:"when a waiting ticket wakes by itself"`
	Level         Level    `json:"level"`
	Channel       string   `json:"channel,omitempty" doc:"page, portal, api, cli, mail, import"`
	Tags          []string `json:"tags,omitempty"`
	ApplicationID id.ID    `json:"application_id,omitzero"`
	Application   string   `json:"application,omitempty"`
	TeamID        id.ID    `json:"team_id,omitzero"`
	Team          string   `json:"team,omitempty"`
	RequesterID   id.ID    `json:"requester_id,omitzero"`
	Requester     string   `json:"requester,omitempty"`
	ClientID      id.ID    `json:"client_id,omitzero"`
	Client        string   `json:"client,omitempty"`
	AssigneeID    id.ID    `json:"assignee_id,omitzero"`
	Assignee      string   `json:"assignee,omitempty"`
	MergedInto    int64    `json:"merged_into,omitzero"`
	ReopenCount   int      `json:"reopen_count,omitzero"`
	MinutesSpent  int      `json:"minutes_spent,omitzero"`
	Resolution    string   `json:"resolution,omitempty"`
	Private       *Private `json:"private,omitempty" doc:"what of its texts is masked"`

	Deadline Deadline          `json:"deadline,omitzero"`
	Stakes   urgency.Stakes    `json:"stakes,omitempty"`
	Work     bool              `json:"workaround"`
	Spread   bool              `json:"spreading"`
	Fire     urgency.Fire      `json:"fire"`
	Reasons  []string          `json:"fire_reasons,omitempty"`
	RealAt   Instant           `json:"real_deadline,omitzero" doc:"earliest confirmed consequence"`
	RealFrom string            `json:"real_deadline_from,omitempty"`
	StartBy  Instant           `json:"start_by,omitzero" doc:"latest safe start"`
	TurnsAt  Instant           `json:"turns_at,omitzero" doc:"when it turns into the next fire by itself"`
	WarnAt   Instant           `json:"warn_at,omitzero"`
	WarnedAt Instant           `json:"warned_at,omitzero"`
	Effort   time.Duration     `json:"-"`
	EffortOf string            `json:"effort_from,omitempty" doc:"similar, application or default"`
	ByHand   *urgency.Override `json:"set_by_hand,omitempty"`

	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"`
	FirstReplyAt Instant   `json:"first_reply_at,omitzero"`
	ResolvedAt   Instant   `json:"resolved_at,omitzero"`
	ClosedAt     Instant   `json:"closed_at,omitzero"`
	// Version rises with every change; a writer may state the version it saw.
	Version int64 `json:"version"`
}

// Instant is a time that may be unset; the zero value is left out of JSON.
type Instant = time.Time

// Deadline is what the client said, what was agreed, and how it turned out.
type Deadline struct {
	At          Instant `json:"at,omitzero" doc:"the deadline as stated"`
	Reason      string  `json:"reason,omitempty" doc:"why then"`
	SaidBy      string  `json:"said_by,omitempty"`
	Consequence string  `json:"consequence,omitempty" doc:"what happens at that minute"`
	AgreedAt    Instant `json:"agreed_at,omitzero"`
	Real        *bool   `json:"real,omitempty" doc:"judged after closing: was it real?"`
	JudgedAt    Instant `json:"judged_at,omitzero"`
	JudgedBy    id.ID   `json:"judged_by,omitzero"`
}

// Answers gives the ticket's facts in the form that urgency judges.
func (t *Ticket) Answers() urgency.Answers {
	return urgency.Answers{
		StatedAt: t.Deadline.At, SaidBy: t.Deadline.SaidBy, Reason: t.Deadline.Reason,
		Consequence: t.Deadline.Consequence, Stakes: t.Stakes, Workaround: t.Work, Spreading: t.Spread,
	}
}

// SetVerdict takes over a verdict, honouring what was set by hand.
func (t *Ticket) SetVerdict(v urgency.Verdict) {
	fire, keep := urgency.Effective(v.Fire, t.ByHand)
	if !keep {
		t.ByHand = nil
	}
	t.Fire, t.Reasons, t.RealAt, t.RealFrom, t.StartBy = fire, v.Reasons, v.RealAt, v.RealFrom, v.LatestStart
	t.TurnsAt, t.WarnAt, t.Effort, t.EffortOf = v.TurnsAt, v.WarnAt, v.Effort.P80, v.Effort.Source
}

// Level is the support level that holds the ticket.
type Level string

const (
	L1  Level = "L1"
	L15 Level = "L1.5"
	L2  Level = "L2"
	L3  Level = "L3"
)

// Levels lists all levels in order.
var Levels = []Level{L1, L15, L2, L3}

// Valid reports whether l is a known level.
func (l Level) Valid() bool { return l == L1 || l == L15 || l == L2 || l == L3 }

// Kind is what an entry of the timeline is.
type Kind string

const (
	Reply      Kind = "reply"      // public: the requester reads it
	Note       Kind = "note"       // private: never leaves the desk
	SQL        Kind = "sql"        // evidence, private
	Terminal   Kind = "terminal"   // evidence, private
	Log        Kind = "log"        // evidence, private
	Screenshot Kind = "screenshot" // evidence; public only when a requester or a reply attached it
	File       Kind = "file"       // evidence; as screenshot
)

// Valid reports whether k is a known kind.
func (k Kind) Valid() bool {
	switch k {
	case Reply, Note, SQL, Terminal, Log, Screenshot, File:
		return true
	}
	return false
}

// Evidence reports whether the kind is evidence rather than a message.
func (k Kind) Evidence() bool { return k.Valid() && k != Reply && k != Note }

// Entry is one item on a ticket's timeline, as staff see it. What leaves the desk is a PublicEntry.
type Entry struct {
	ID        id.ID  `json:"id"`
	Ticket    int64  `json:"ticket"`
	Kind      Kind   `json:"kind"`
	Public    bool   `json:"public"`
	AuthorID  id.ID  `json:"author_id,omitzero"`
	Author    string `json:"author,omitempty"`
	FromStaff bool   `json:"from_staff"`
	Title     string `json:"title,omitempty"`
	Body      string `json:"body,omitempty"`
	Data      string `json:"-"` // JSON of the evidence's own facts (package evidence)
	// Evidence is Data as it leaves the desk; the store fills it.
	Evidence  json.RawMessage `json:"evidence,omitempty" doc:"what the desk knows of the evidence: the SQL with its result, the size of a picture, the lines of a log …"`
	Files     []Attachment    `json:"files,omitempty"`
	CreatedAt time.Time       `json:"created_at"`
	// SendAt is when a reply leaves the desk; until then it can be taken back. Zero: it is out.
	SendAt Instant `json:"send_at,omitzero"`
	// Origin is the ticket it was written on, when merging or splitting moved it since; 0: this one.
	Origin int64 `json:"origin,omitzero"`
	// Marks say where private data stands in it, as package privacy keeps them; empty: nobody looked yet.
	Marks string `json:"-"`
	// Unread asks, for a new entry, that its file is looked through for private data later.
	Unread bool `json:"-"`
	// Private says what of the entry is masked; nil when nothing is.
	Private *Private `json:"private,omitempty" doc:"what of it is masked"`
}

// Private says what of a text is masked.
type Private struct {
	Counts map[string]int `json:"counts" doc:"how much of each kind"`
	Words  string         `json:"words" doc:"the same as people say it"`
	// Revealed says that the originals are shown, which is in the audit log.
	Revealed bool `json:"revealed,omitempty"`
	// Pending says that the file was not looked through yet, so that there may be more. It is masked all the same.
	Pending bool `json:"pending,omitempty"`
}

// PublicEntry is an entry the requester may see. It can only be read from the public rows of the
// store, so code that builds replies, mail and the portal cannot hold a private note.
type PublicEntry struct {
	ID        id.ID        `json:"id"`
	Kind      Kind         `json:"kind"`
	Author    string       `json:"author,omitempty"`
	FromStaff bool         `json:"from_staff"`
	Body      string       `json:"body,omitempty"`
	Files     []Attachment `json:"files,omitempty"`
	CreatedAt time.Time    `json:"created_at"`
}

// Attachment is a stored file on an entry.
type Attachment struct {
	EntryID id.ID  `json:"entry_id"`
	Role    string `json:"role" doc:"main, thumbnail, timing, index, cast, table; further files of one entry are main-2, thumbnail-2 …"`
	Name    string `json:"name"`
	Type    string `json:"type"`
	Size    int64  `json:"size"`
	Hash    string `json:"hash" doc:"SHA-256 of the content"`
}

// Event is one typed line of a ticket's history. Events are only ever added.
type Event struct {
	ID      id.ID     `json:"id"`
	Ticket  int64     `json:"ticket"`
	At      time.Time `json:"at"`
	ActorID id.ID     `json:"actor_id,omitzero"`
	Actor   string    `json:"actor,omitempty"`
	Via     string    `json:"via" doc:"page, portal, api, cli, job, rule, import"`
	Rule    string    `json:"rule,omitempty" doc:"the rule or clock that did it, when no person did"`
	Field   string    `json:"field" doc:"what changed: status, assignee, fire, …"`
	Old     string    `json:"old,omitempty"`
	New     string    `json:"new,omitempty"`
	Reason  string    `json:"reason,omitempty"`
	Ref     id.ID     `json:"ref,omitzero" doc:"the entry or undo record it belongs to"`
}

// LinkKind says how two tickets belong together.
type LinkKind string

const (
	Related   LinkKind = "related"
	Duplicate LinkKind = "duplicate_of"
	CausedBy  LinkKind = "caused_by"
	FollowUp  LinkKind = "follow_up_of"
	SplitFrom LinkKind = "split_from"
)

// Valid reports whether k is a known kind of link.
func (k LinkKind) Valid() bool {
	switch k {
	case Related, Duplicate, CausedBy, FollowUp, SplitFrom:
		return true
	}
	return false
}

// Word names the link as read from the ticket that holds it (forward) or the other side.
func (k LinkKind) Word(forward bool) string {
	switch k {
	case Duplicate:
		if forward {
			return "duplicate of"
		}
		return "has duplicate"
	case CausedBy:
		if forward {
			return "caused by"
		}
		return "causes"
	case FollowUp:
		if forward {
			return "follows up"
		}
		return "followed by"
	case SplitFrom:
		if forward {
			return "split from"
		}
		return "split into"
	}
	return "related to"
}

// Link joins two tickets.
type Link struct {
	ID      id.ID    `json:"id"`
	Ticket  int64    `json:"ticket"`
	Other   int64    `json:"other"`
	Kind    LinkKind `json:"kind"`
	Subject string   `json:"subject,omitempty" doc:"subject of the other ticket"`
	Status  Status   `json:"status,omitempty"`
	Word    string   `json:"word,omitempty"`
}

// Draft is unsent text of one person on one ticket.
type Draft struct {
	Ticket    int64     `json:"ticket"`
	Kind      Kind      `json:"kind"`
	Body      string    `json:"body"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Viewer is somebody else who has the ticket open.
type Viewer struct {
	PersonID  id.ID     `json:"person_id"`
	Name      string    `json:"name"`
	Composing Kind      `json:"composing,omitempty" doc:"reply or note while they write one"`
	SeenAt    time.Time `json:"seen_at"`
}

// TimeSpent is work time booked on a ticket.
type TimeSpent struct {
	ID       id.ID     `json:"id"`
	Ticket   int64     `json:"ticket"`
	PersonID id.ID     `json:"person_id"`
	Person   string    `json:"person"`
	Minutes  int       `json:"minutes"`
	Note     string    `json:"note,omitempty"`
	At       time.Time `json:"at"`
}
