package ticket

import (
	"time"

	"firebreak/internal/id"
)

// SavedView is a named list of tickets: private to one person, or shared with the whole desk.
type SavedView struct {
	ID        id.ID     `json:"id"`
	Name      string    `json:"name"`
	Shared    bool      `json:"shared"`
	OwnerID   id.ID     `json:"owner_id"`
	Owner     string    `json:"owner,omitempty"`
	Query     ViewQuery `json:"query"`
	Position  int       `json:"position"`
	CreatedAt time.Time `json:"created_at"`
}

// ViewQuery is what a saved view asks for; the words are those of the ticket list.
type ViewQuery struct {
	View        string   `json:"view,omitempty" doc:"me, team, unassigned, fires, waiting, active or all"`
	Q           string   `json:"q,omitempty" doc:"words to search for"`
	Status      []string `json:"status,omitempty"`
	Fire        []string `json:"fire,omitempty"`
	Application string   `json:"application,omitempty"`
	Assignee    string   `json:"assignee,omitempty" doc:"id, e-mail address, name, me or none"`
	Requester   string   `json:"requester,omitempty"`
	Team        string   `json:"team,omitempty"`
	Tag         string   `json:"tag,omitempty"`
}
