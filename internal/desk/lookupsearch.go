package desk

import (
	"context"

	"firebreak/internal/lookup"
)

// Endpoint is where a direct search asks.
type Endpoint = lookup.Endpoint

// WebResult is one thing that a search outside found.
type WebResult = lookup.WebResult

// WebSearch asks a configured endpoint. It sends the query and nothing else that tells who asks, keeps to the endpoint's time
// limit and proxy, and bounds what it reads.
type WebSearch interface {
	Search(ctx context.Context, endpoint Endpoint, query string) ([]WebResult, error)
}
