// Package urgency names the fire a ticket is: a burning match, a house fire or
// a wildfire, and the instant at which it becomes the next one by itself.
//
// The real deadline is the earliest consequence that somebody confirmed, from
// the answers or from the application's business calendar; the deadline as
// stated is only where the questions start. What counts is the slack: the time
// to the real deadline less the time the work is expected to take.
package urgency

import "time"

// Fire is how urgent a ticket is.
type Fire string

const (
	// Match is a burning match: local, or without a deadline anyone can name.
	Match Fire = "match"
	// HouseFire has high stakes and still time to act. It becomes a wildfire
	// when the latest safe start passes.
	HouseFire Fire = "house_fire"
	// Wildfire needs everybody now: no time is left, or it is spreading.
	Wildfire Fire = "wildfire"
)

// Rank orders fires, the most severe first: 0 wildfire, 1 house fire, 2 match,
// 3 anything else.
func (f Fire) Rank() int {
	switch f {
	case Wildfire:
		return 0
	case HouseFire:
		return 1
	case Match:
		return 2
	}
	return 3
}

// Word is the name people see. It is empty for an invalid fire.
func (f Fire) Word() string {
	switch f {
	case Wildfire:
		return "Wildfire"
	case HouseFire:
		return "House fire"
	case Match:
		return "Burning match"
	}
	return ""
}

// Up is the next more severe fire; a wildfire stays one.
func (f Fire) Up() Fire {
	switch f {
	case Wildfire, HouseFire:
		return Wildfire
	case Match:
		return HouseFire
	}
	return Match
}

// Down is the next less severe fire; a match stays one.
func (f Fire) Down() Fire {
	if f == Wildfire {
		return HouseFire
	}
	return Match
}

// Valid reports whether f is one of the three fires.
func (f Fire) Valid() bool { return f.Rank() < 3 }

// Stakes is who is hurt if the deadline is missed. Empty is not stated.
type Stakes string

// The stakes, from the lowest.
const (
	Person  Stakes = "person"
	Team    Stakes = "team"
	Client  Stakes = "client"
	Company Stakes = "company"
)

// Valid reports whether s is one of the four; not stated is not valid.
func (s Stakes) Valid() bool { return s == Person || s == Team || s.High() }

// High reports whether a client or the company is hurt.
func (s Stakes) High() bool { return s == Client || s == Company }

// Word is what people see: "a client". Anything invalid is "not stated".
func (s Stakes) Word() string {
	switch s {
	case Person:
		return "one person"
	case Team:
		return "a team"
	case Client:
		return "a client"
	case Company:
		return "the company"
	}
	return "not stated"
}

// Answers are the four short questions as answered, plus what is known of the
// damage. Every part may be missing.
type Answers struct {
	StatedAt    time.Time // the deadline as stated; zero = none
	SaidBy      string    // who said it
	Reason      string    // why
	Consequence string    // what happens at that minute
	Stakes      Stakes
	Workaround  bool // people can go on working another way
	Spreading   bool // more people or systems are hit as time passes
}

// Event is a dated event of the application's business calendar.
//
// Pass the next occurrence of each. Where the words of the answers name an
// event, an occurrence in the past counts as a deadline that was missed, so for
// a ticket that outlives its event pass also the first occurrence after the
// ticket was opened: without it the ticket would cool down at the very moment
// the deadline is missed. Other past events are ignored.
type Event struct {
	Name string
	At   time.Time
}

// Effort is how long the work is expected to take.
type Effort struct {
	P80    time.Duration // 80 of 100 such tickets took no longer; 0 or less = not known
	Sample int           // how many tickets it was learned from
	Source string        // SourceSimilar, SourceApplication or SourceDefault
}

// Where an Effort was learned.
const (
	SourceSimilar     = "similar"     // tickets with the same signature or wording
	SourceApplication = "application" // tickets of the same application
	SourceDefault     = "default"     // nothing to learn from: Settings.DefaultEffort
)

// Settings are the choices an administrator may change.
type Settings struct {
	DefaultEffort time.Duration // assumed where too few tickets are known; 0 or less = 4 h
	Margin        time.Duration // slack at which a house fire becomes a wildfire; below 0 = 0
	WarnBefore    time.Duration // how long before the turn to warn; 0 or less = no warning
	EventWindow   time.Duration // how far after an unconfirmed stated deadline a calendar event may lie and still be what is meant
	MinSample     int           // fewest tickets to learn an effort from; below 1 = 1
}

// DefaultSettings are the settings of a new desk.
func DefaultSettings() Settings {
	return Settings{DefaultEffort: 4 * time.Hour, WarnBefore: time.Hour, EventWindow: 72 * time.Hour, MinSample: 5}
}

// Verdict is the fire of a ticket at one instant, and why.
type Verdict struct {
	Fire        Fire
	RealAt      time.Time     // zero = nobody can name a real deadline
	RealFrom    string        // sentence fragment: `business calendar: Billing run`
	Slack       time.Duration // RealAt - now - effort; meaningful only if RealAt is set
	LatestStart time.Time     // RealAt - effort - margin; zero without RealAt
	TurnsAt     time.Time     // when it turns into TurnsInto by itself; zero = never
	TurnsInto   Fire
	WarnAt      time.Time // when to warn of the turn; zero = no warning
	Effort      Effort    // the effort used, the default filled in
	Reasons     []string  // short sentences for the person
}
