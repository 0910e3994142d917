package client

import "context"

// Found is one thing that a search found.
type Found struct {
	Kind       string   `json:"kind"` // ticket, known_error, person, application, host, interface, resolution or answer
	Number     int64    `json:"number,omitzero"`
	ID         string   `json:"id,omitempty"` // of what is no ticket; the short name of an application, the key of a known error
	Title      string   `json:"title"`
	URL        string   `json:"url,omitempty"` // page on the desk
	Fire       Fire     `json:"fire,omitempty"`
	Status     Status   `json:"status,omitempty"`
	Note       string   `json:"note,omitempty"` // a few words on what it is
	Snippet    string   `json:"snippet,omitempty"`
	Marks      [][2]int `json:"marks,omitempty"`       // byte ranges of Snippet that match
	TitleMarks [][2]int `json:"title_marks,omitempty"` // byte ranges of Title that match
}

// FoundPage is what a search found, best first.
type FoundPage struct {
	Items      []Found `json:"items"`
	Suggestion string  `json:"suggestion,omitempty"` // the search as it may have been meant; it finds something
	Partial    bool    `json:"partial,omitempty"`    // of very many matches only the newest were held against the filters
	Filtered   bool    `json:"filtered,omitempty"`   // the search has filters and no words
}

// Search finds everything on the desk: tickets by number, words and filters, what solved them before, known errors by
// their code, and people, applications, hosts and interfaces by name. max is 1 to 100; 20 when 0.
func (c *Client) Search(ctx context.Context, q string, max int) (FoundPage, error) {
	var page FoundPage
	err := c.get(ctx, "/search", values("q", q, "limit", limit(max), "whole", "true"), &page)
	return page, err
}
