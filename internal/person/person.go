// Package person says who works at and writes to the desk, and what each role may do.
package person

import (
	"net/mail"
	"strings"
	"time"

	"firebreak/internal/id"
)

// Role is a person's standing at the desk.
type Role string

const (
	Admin     Role = "admin"     // runs the desk: people, settings, import, export
	Lead      Role = "lead"      // leads a team: catalogue, shared views, requesters
	Agent     Role = "agent"     // works tickets
	Requester Role = "requester" // opens and follows own tickets through the portal
)

// Roles lists every role, most powerful first.
var Roles = []Role{Admin, Lead, Agent, Requester}

// Valid reports whether r is a known role.
func (r Role) Valid() bool { _, ok := matrix[r]; return ok }

// Word names the role for people.
func (r Role) Word() string {
	switch r {
	case Admin:
		return "Admin"
	case Lead:
		return "Lead"
	case Agent:
		return "Agent"
	}
	return "Requester"
}

// Desk reports whether the role works at the desk (sees all tickets, private notes, evidence).
func (r Role) Desk() bool { return r == Admin || r == Lead || r == Agent }

// Permission is one thing a person may do. Routes name it, and the use case checks it again.
type Permission string

const (
	Public       Permission = "public"        // nobody needs to be signed in
	SignedIn     Permission = "signed_in"     // any signed-in person, for their own account
	OpenTicket   Permission = "open_ticket"   // open a ticket; a requester only for themselves
	SeeOwn       Permission = "see_own"       // follow and answer own tickets, public entries only
	SeeTickets   Permission = "see_tickets"   // see every ticket with notes and evidence
	WorkTickets  Permission = "work_tickets"  // reply, note, assign, raise, resolve, merge
	SeeReports   Permission = "see_reports"   // reports on deadlines, time, teams
	SeeCatalog   Permission = "see_catalog"   // applications, environments, hosts, events
	EditCatalog  Permission = "edit_catalog"  // change the catalogue
	SeePeople    Permission = "see_people"    // the people page
	EditClients  Permission = "edit_clients"  // add and change requesters and clients
	EditPeople   Permission = "edit_people"   // add and change people and teams, end their sessions
	EditSettings Permission = "edit_settings" // desk settings
	MoveData     Permission = "move_data"     // import and export the desk
	SeePrivate   Permission = "see_private"   // the originals of masked private data; each look is in the audit log
	// AllowWords lets words leave the desk for ever, ApproveLookups decides about what others want to look up outside.
	AllowWords     Permission = "allow_words"
	ApproveLookups Permission = "approve_lookups"
)

// Permissions lists them all, in the order of the documentation.
var Permissions = []Permission{Public, SignedIn, OpenTicket, SeeOwn, SeeTickets, WorkTickets, SeeReports, SeeCatalog, EditCatalog, SeePeople, EditClients, EditPeople, EditSettings, MoveData, SeePrivate, AllowWords, ApproveLookups}

// Word says what a permission allows, for the documentation.
func (p Permission) Word() string { return permissionWords[p] }

var permissionWords = map[Permission]string{
	Public:       "what nobody needs to sign in for",
	SignedIn:     "the own account",
	OpenTicket:   "open tickets; requesters for themselves only",
	SeeOwn:       "follow and answer own tickets, public entries only",
	SeeTickets:   "see every ticket with notes and evidence",
	WorkTickets:  "reply, note, assign, raise, resolve, merge",
	SeeReports:   "see reports",
	SeeCatalog:   "see applications, environments, hosts and business events",
	EditCatalog:  "change the catalogue and the known errors of the desk",
	SeePeople:    "see people, teams and clients",
	EditClients:  "add and change requesters and clients",
	EditPeople:   "add, change and disable people, change teams, end others' sessions and tokens",
	EditSettings: "change the desk's settings and read the audit log",
	MoveData:     "import and export the desk",

	SeePrivate:     "see the originals of masked private data; each look is in the audit log",
	AllowWords:     "allow words to leave the desk in every look-up from now on, and take that back",
	ApproveLookups: "approve or deny what others want to look up outside, never their own",
}

var matrix = map[Role]map[Permission]bool{
	Requester: set(SignedIn, OpenTicket, SeeOwn),
	Agent:     set(SignedIn, OpenTicket, SeeOwn, SeeTickets, WorkTickets, SeeReports, SeeCatalog, SeePeople),
	Lead:      set(SignedIn, OpenTicket, SeeOwn, SeeTickets, WorkTickets, SeeReports, SeeCatalog, SeePeople, EditCatalog, EditClients, SeePrivate, AllowWords, ApproveLookups),
	Admin:     set(SignedIn, OpenTicket, SeeOwn, SeeTickets, WorkTickets, SeeReports, SeeCatalog, SeePeople, EditCatalog, EditClients, EditPeople, EditSettings, MoveData, SeePrivate, AllowWords, ApproveLookups),
}

func set(ps ...Permission) map[Permission]bool {
	m := make(map[Permission]bool, len(ps))
	for _, p := range ps {
		m[p] = true
	}
	return m
}

// May reports whether role r has permission p. An unknown role may only what is public.
func (r Role) May(p Permission) bool { return p == Public || matrix[r][p] }

// Person is anyone the desk knows: staff or requester.
type Person struct {
	ID         id.ID     `json:"id"`
	Email      string    `json:"email"`
	Name       string    `json:"name"`
	Role       Role      `json:"role"`
	ClientID   id.ID     `json:"client_id,omitzero"`
	Client     string    `json:"client,omitempty"`
	Zone       string    `json:"zone,omitempty" doc:"IANA time zone, e.g. Europe/Berlin"`
	Phone      string    `json:"phone,omitempty"`
	Prefs      Prefs     `json:"prefs,omitzero"`
	Teams      []TeamRef `json:"teams,omitempty"`
	CreatedAt  time.Time `json:"created_at"`
	DisabledAt time.Time `json:"disabled_at,omitzero"`
	// HasPassword tells whether the person can sign in with a password.
	HasPassword bool `json:"has_password"`
}

// Prefs are a person's choices of look.
type Prefs struct {
	Theme   string `json:"theme,omitempty"`   // "", light, dark
	Density string `json:"density,omitempty"` // "", comfortable
}

// Location is the person's time zone, UTC when unset or unknown.
func (p Person) Location() *time.Location {
	if l, err := time.LoadLocation(p.Zone); err == nil && p.Zone != "" {
		return l
	}
	return time.UTC
}

// TeamRef names a team.
type TeamRef struct {
	ID   id.ID  `json:"id"`
	Name string `json:"name"`
}

// Team is a group of people who share a queue.
type Team struct {
	ID          id.ID     `json:"id"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Members     []Person  `json:"members,omitempty"`
	CreatedAt   time.Time `json:"created_at"`
}

// Client is an organisation that requesters belong to.
type Client struct {
	ID        id.ID     `json:"id"`
	Name      string    `json:"name"`
	Domain    string    `json:"domain,omitempty" doc:"mail domain whose senders belong to this client"`
	CreatedAt time.Time `json:"created_at"`
}

// Session is a signed-in browser. Key is the public handle of the session; the secret is only in the cookie.
type Session struct {
	Key       string    `json:"key"`
	PersonID  id.ID     `json:"person_id"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
	UserAgent string    `json:"user_agent,omitempty"`
	Address   string    `json:"address,omitempty"`
	Current   bool      `json:"current,omitempty"`
}

// Token is an API token; the secret is shown once and stored hashed (SHA-256: it has 256 random bits of its own).
type Token struct {
	ID        id.ID     `json:"id"`
	PersonID  id.ID     `json:"person_id"`
	Name      string    `json:"name"`
	Hint      string    `json:"hint" doc:"last four characters"`
	CreatedAt time.Time `json:"created_at"`
	UsedAt    time.Time `json:"used_at,omitzero"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

// CleanEmail gives the address in the form the desk stores: trimmed, domain in lower case.
// The second result is false when it is not one plain address (RFC 5322 addr-spec).
func CleanEmail(s string) (string, bool) {
	s = strings.TrimSpace(s)
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 254 {
		return "", false
	}
	at := strings.LastIndexByte(s, '@')
	return s[:at] + strings.ToLower(s[at:]), true
}
