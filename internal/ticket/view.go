package ticket

import (
	"time"

	"firebreak/internal/id"
)

// SavedView is a named list of tickets: private to one person, or shared with the whole desk.
type SavedView struct {
	ID       id.ID  `json:"id"`
	Name     string `json:"name"`
	Query    string `json:"query" doc:"the list's query string, e.g. view=team&fire=wildfire"`
	Shared   bool   `json:"shared"`
	OwnerID  id.ID  `json:"owner_id"`
	Owner    string `json:"owner,omitempty"`
	Position int    `json:"position" doc:"place in the list of views, from 0"`

	CreatedAt time.Time `json:"created_at"`
}
