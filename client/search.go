package client

import "context"

// Found is one thing that a search found.
type Found struct {
	Kind    string   `json:"kind"` // ticket, person or application
	Number  int64    `json:"number,omitzero"`
	ID      string   `json:"id,omitempty"` // of a person; the short name of an application
	Title   string   `json:"title"`
	URL     string   `json:"url,omitempty"` // page on the desk
	Fire    Fire     `json:"fire,omitempty"`
	Status  Status   `json:"status,omitempty"`
	Snippet string   `json:"snippet,omitempty"`
	Marks   [][2]int `json:"marks,omitempty"` // byte ranges of Snippet that match
}

// Search finds tickets by number and by words anywhere on them, and people and applications by name, best first.
// max is 1 to 100; 20 when 0.
func (c *Client) Search(ctx context.Context, q string, max int) ([]Found, error) {
	var page struct {
		Items []Found `json:"items"`
	}
	err := c.get(ctx, "/search", values("q", q, "limit", limit(max), "whole", "true"), &page)
	return page.Items, err
}
