// Package catalog is what the desk supports: applications with their owners, environments, hosts,
// and the dated business events that make deadlines real.
package catalog

import (
	"strings"
	"time"
	"unicode"

	"firebreak/internal/id"
)

// Application is a supported system.
type Application struct {
	ID           id.ID         `json:"id"`
	Slug         string        `json:"slug" doc:"short name used in links and by the API"`
	Name         string        `json:"name"`
	Description  string        `json:"description,omitempty"`
	TeamID       id.ID         `json:"team_id,omitzero"`
	Team         string        `json:"team,omitempty"`
	PrimaryID    id.ID         `json:"primary_id,omitzero"`
	Primary      string        `json:"primary,omitempty" doc:"name of the primary support person"`
	SecondaryID  id.ID         `json:"secondary_id,omitzero"`
	Secondary    string        `json:"secondary,omitempty"`
	Environments []Environment `json:"environments,omitempty"`
	Events       []Event       `json:"events,omitempty"`
	CreatedAt    time.Time     `json:"created_at"`
	ArchivedAt   time.Time     `json:"archived_at,omitzero"`
}

// Environment is one place an application runs: production, test.
type Environment struct {
	ID            id.ID  `json:"id"`
	ApplicationID id.ID  `json:"application_id"`
	Name          string `json:"name"`
	Kind          string `json:"kind,omitempty" enum:"production,test,development,other"`
	URL           string `json:"url,omitempty"`
	Note          string `json:"note,omitempty"`
	Hosts         []Host `json:"hosts,omitempty"`
}

// Host is a machine of an environment.
type Host struct {
	ID            id.ID  `json:"id"`
	EnvironmentID id.ID  `json:"environment_id"`
	Name          string `json:"name"`
	Address       string `json:"address,omitempty"`
	Note          string `json:"note,omitempty"`
}

// Event is a dated business event of an application, by a rule of package calendar.
type Event struct {
	ID            id.ID     `json:"id"`
	ApplicationID id.ID     `json:"application_id"`
	Name          string    `json:"name" doc:"e.g. Billing run"`
	Rule          string    `json:"rule" doc:"e.g. monthly 1 06:00"`
	Zone          string    `json:"zone" doc:"IANA time zone the rule is read in"`
	Consequence   string    `json:"consequence,omitempty" doc:"what happens at that minute"`
	NextAt        time.Time `json:"next_at,omitzero" doc:"next occurrence, filled when read"`
	Sentence      string    `json:"sentence,omitempty"`
}

// Slug makes a short name from a display name: lower-case letters and digits joined by hyphens, at most 40 bytes.
func Slug(name string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(name) {
		if r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			dash = false
			b.WriteRune(r)
		} else {
			dash = true
		}
		if b.Len() >= 40 {
			break
		}
	}
	return b.String()
}
