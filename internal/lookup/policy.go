package lookup

import (
	"time"

	"firebreak/internal/id"
)

// Policy says whether a look-up may leave the desk.
type Policy string

const (
	Allow  Policy = "allow"  // whoever looks up opens the link
	Ask    Policy = "ask"    // a second person approves first
	Forbid Policy = "forbid" // nothing leaves
)

// Policies lists them, the most open first.
var Policies = []Policy{Allow, Ask, Forbid}

// Valid reports whether p is a known policy.
func (p Policy) Valid() bool { return p.rank() > 0 }

func (p Policy) rank() int {
	for i, q := range Policies {
		if p == q {
			return i + 1
		}
	}
	return 0
}

// Word says what the policy does, for people.
func (p Policy) Word() string {
	switch p {
	case Allow:
		return "Allow"
	case Ask:
		return "Ask a second person"
	case Forbid:
		return "Forbid"
	}
	return ""
}

// Strictest gives the strictest of these policies; Forbid when none is known, since what nobody decided must not leave.
func Strictest(ps ...Policy) Policy {
	out := Policy("")
	for _, p := range ps {
		if p.rank() > out.rank() {
			out = p
		}
	}
	if out == "" {
		return Forbid
	}
	return out
}

// State is how far a look-up came.
type State string

const (
	Left     State = "left"     // it went outside
	Waiting  State = "waiting"  // for a second person
	Approved State = "approved" // the asker may open it
	Denied   State = "denied"   // by a second person
	Expired  State = "expired"  // nobody decided in time, or it was not opened in time; never stored
	Refused  State = "refused"  // by policy
)

// States lists them as people ask for them.
var States = []State{Left, Waiting, Approved, Denied, Expired, Refused}

// Valid reports whether s is a known state.
func (s State) Valid() bool { return s.Word() != "" }

// Word names the state for people.
func (s State) Word() string {
	switch s {
	case Left:
		return "Left"
	case Waiting:
		return "Waits for a second person"
	case Approved:
		return "Approved, not opened yet"
	case Denied:
		return "Denied"
	case Expired:
		return "Expired"
	case Refused:
		return "Refused by policy"
	}
	return ""
}

// Way is how a look-up leaves.
type Way string

const (
	ByLink   Way = "link"   // a person opened an engine's page
	ByLinks  Way = "links"  // the addresses were handed to a program
	BySearch Way = "search" // the desk asked an engine itself
)

// Word names the way for people.
func (w Way) Word() string {
	switch w {
	case ByLink:
		return "link"
	case ByLinks:
		return "links given to a program"
	case BySearch:
		return "direct search"
	}
	return ""
}

// LogEntry is one look-up in the log. It holds no private text: Query has public words alone, and Masked is the text with each
// word that did not leave replaced by its kind.
type LogEntry struct {
	ID         id.ID          `json:"id"`
	At         time.Time      `json:"at"`
	PersonID   id.ID          `json:"person_id,omitzero"`
	Person     string         `json:"person,omitempty" doc:"absent when the desk's own command line asked"`
	TeamID     id.ID          `json:"team_id,omitzero"`
	Team       string         `json:"team,omitempty" doc:"the team whose policy decided"`
	Ticket     int64          `json:"ticket,omitzero"`
	Via        string         `json:"via" doc:"page, api or cli"`
	Way        Way            `json:"way" doc:"link: opened by the person; links: addresses given to a program; search: the desk asked itself"`
	Engine     string         `json:"engine"`
	EngineName string         `json:"engine_name,omitempty"`
	Query      string         `json:"query" doc:"exactly what left, or would have"`
	URL        string         `json:"url,omitempty"`
	Masked     string         `json:"masked,omitempty" doc:"the text with every word that did not leave replaced by its kind"`
	Removed    map[string]int `json:"removed,omitempty" doc:"how many words of each kind did not leave"`
	Allowed    []string       `json:"allowed,omitempty" doc:"words that were allowed for this once"`
	Dropped    int            `json:"dropped,omitzero" doc:"public words that were held back by hand"`
	Policy     Policy         `json:"policy"`
	State      State          `json:"state"`
	DeciderID  id.ID          `json:"decider_id,omitzero"`
	Decider    string         `json:"decider,omitempty" doc:"who approved or denied it"`
	DecidedAt  time.Time      `json:"decided_at,omitzero"`
	Reason     string         `json:"reason,omitempty"`
	ExpiresAt  time.Time      `json:"expires_at,omitzero" doc:"until when it may be approved, then opened"`
	LeftAt     time.Time      `json:"left_at,omitzero"`
	Results    int            `json:"results,omitzero" doc:"of a direct search"`
	Problem    string         `json:"problem,omitempty" doc:"why a direct search gave nothing"`
	// Press is the same for two presses of one button.
	Press string `json:"-"`
}

// Open reports whether the entry still waits for somebody.
func (e LogEntry) Open() bool { return e.State == Waiting || e.State == Approved }

// Settle gives the entry as it stands at an instant: what waits too long has expired.
func (e LogEntry) Settle(now time.Time) LogEntry {
	if e.Open() && !e.ExpiresAt.After(now) {
		e.State = Expired
	}
	return e
}

// PublicWord is a word that somebody allowed to leave for ever.
type PublicWord struct {
	ID        id.ID     `json:"id"`
	Text      string    `json:"text"`
	Why       string    `json:"why,omitempty"`
	PersonID  id.ID     `json:"person_id,omitzero"`
	Person    string    `json:"person,omitempty"`
	CreatedAt time.Time `json:"created_at"`
}

// Endpoint is where the desk itself searches.
type Endpoint struct {
	Kind string `json:"kind,omitempty" enum:",searxng,mediawiki" doc:"empty: no direct search"`
	URL  string `json:"url,omitempty" doc:"https address of the instance: of SearXNG its /search, of MediaWiki its api.php"`
	// Proxy is an http, https or socks5 address; empty: none.
	Proxy   string `json:"proxy,omitempty"`
	Seconds int    `json:"seconds,omitzero" doc:"how long an answer may take, 1 to 60"`
}

// On reports whether the desk may search itself.
func (e Endpoint) On() bool { return e.Kind != "" }

// Settings are the desk's rules for looking up.
type Settings struct {
	Policy Policy `json:"policy" enum:"allow,ask,forbid" doc:"for teams without one of their own"`
	// Teams have a policy of their own, by their id.
	Teams   map[id.ID]Policy `json:"teams,omitempty"`
	Engines []Engine         `json:"engines"`
	Search  Endpoint         `json:"search"`
	// Hours is how long an approval may be waited for, and then used.
	Hours int `json:"approval_hours" minimum:"1" maximum:"168"`
}
