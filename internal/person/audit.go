package person

import (
	"time"

	"firebreak/internal/id"
)

// Audit is one administrative act: who did what to whom, and what changed. Rows are never altered.
type Audit struct {
	ID      id.ID     `json:"id"`
	At      time.Time `json:"at"`
	ActorID id.ID     `json:"actor_id,omitzero" doc:"absent when the desk itself or its command line acted"`
	Actor   string    `json:"actor,omitempty"`
	Via     string    `json:"via" doc:"page, api, cli, job or import"`
	Act     string    `json:"act" doc:"e.g. person.role, token.create, settings"`
	Subject string    `json:"subject" doc:"whom or what it was done to"`
	Detail  string    `json:"detail,omitempty" doc:"what changed, old → new; never a secret"`
}
