package lookup

// WebResult is one thing that a search outside found. Its texts come from elsewhere and are shown as plain text.
type WebResult struct {
	Title   string `json:"title"`
	URL     string `json:"url" doc:"https or http"`
	Snippet string `json:"snippet,omitempty" doc:"plain text"`
}
