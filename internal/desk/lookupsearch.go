package desk

import (
	"context"

	"firebreak/internal/lookup"
)

// Endpoint is where a direct search asks.
type Endpoint = lookup.Endpoint

// WebResult is one thing that a search outside found. Its texts come from elsewhere and are shown as plain text.
type WebResult struct {
	Title   string `json:"title"`
	URL     string `json:"url" doc:"https or http"`
	Snippet string `json:"snippet,omitempty" doc:"plain text"`
}

// WebSearch asks a configured endpoint. It sends the query and nothing else that tells who asks, keeps to the endpoint's time
// limit and proxy, and bounds what it reads.
type WebSearch interface {
	Search(ctx context.Context, endpoint Endpoint, query string) ([]WebResult, error)
}
