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
	OtherNames   []string      `json:"other_names,omitempty" doc:"names of applications that were merged into this one"`
	Environments []Environment `json:"environments,omitempty"`
	Events       []Event       `json:"events,omitempty"`
	Active       Load          `json:"active,omitzero" doc:"active tickets by fire"`
	Warnings     []string      `json:"warnings,omitempty" doc:"what puts its support at risk"`
	CreatedAt    time.Time     `json:"created_at"`
	ArchivedAt   time.Time     `json:"archived_at,omitzero"`
}

// Load counts active tickets by fire.
type Load struct {
	Wildfires  int `json:"wildfires"`
	HouseFires int `json:"house_fires"`
	Matches    int `json:"matches"`
}

// Total is the number of active tickets.
func (l Load) Total() int { return l.Wildfires + l.HouseFires + l.Matches }

// Described reports whether somebody said anything about the application beyond its name. One that a
// ticket named first is not described yet.
func (a Application) Described() bool {
	return a.TeamID != 0 || a.PrimaryID != 0 || a.SecondaryID != 0 || a.Description != ""
}

// Risks gives, in sentences, what puts the application's support at risk. Archived applications have none.
func (a Application) Risks() []string {
	var out []string
	switch {
	case !a.ArchivedAt.IsZero():
	case a.PrimaryID != 0 && a.PrimaryID == a.SecondaryID:
		out = append(out, a.Primary+" is both primary and secondary: when they are away, nobody is there. Name another secondary.")
	case a.PrimaryID == 0 && a.SecondaryID == 0:
		out = append(out, "Nobody is named as primary or secondary support.")
	case a.PrimaryID == 0:
		out = append(out, "Nobody is named as primary support.")
	case a.SecondaryID == 0:
		out = append(out, "Nobody is named as secondary support: when "+a.Primary+" is away, nobody is there.")
	}
	return out
}

// Environment is one place an application runs: production, test.
type Environment struct {
	ID            id.ID  `json:"id"`
	ApplicationID id.ID  `json:"application_id"`
	Name          string `json:"name"`
	Kind          string `json:"kind,omitempty" enum:",production,test,development,other"`
	URL           string `json:"url,omitempty"`
	Note          string `json:"note,omitempty"`
	Hosts         []Host `json:"hosts,omitempty"`
}

// Kinds lists the kinds of environment, the most important first.
var Kinds = []string{"production", "test", "development", "other"}

// Host is a machine of an environment.
type Host struct {
	ID            id.ID  `json:"id"`
	EnvironmentID id.ID  `json:"environment_id"`
	Name          string `json:"name"`
	Address       string `json:"address,omitempty" doc:"IP address or DNS name"`
	Note          string `json:"note,omitempty"`
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
