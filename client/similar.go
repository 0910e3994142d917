package client

import (
	"context"
	"fmt"
	"time"
)

// SimilarTicket is an earlier ticket that is like another.
type SimilarTicket struct {
	Number      int64     `json:"number"`
	Score       float64   `json:"score"` // 0 nothing in common, about 1 the same text
	Why         []string  `json:"why"`   // what they have in common
	Subject     string    `json:"subject"`
	Status      Status    `json:"status"`
	Fire        Fire      `json:"fire,omitempty"`
	Application string    `json:"application,omitempty"`
	ExternalID  string    `json:"external_id,omitempty"`
	Resolution  string    `json:"resolution,omitempty"` // the line that fixed it
	ResolvedAt  time.Time `json:"resolved_at,omitzero"`
	ResolvedBy  string    `json:"resolved_by,omitempty"`
	MergedInto  int64     `json:"merged_into,omitzero"`
	Helped      int       `json:"helped,omitzero"`   // on how many tickets it was marked as used
	Verdict     Verdict   `json:"verdict,omitempty"` // as marked on this ticket
	Likely      bool      `json:"likely"`            // alike enough to be shown unasked
	URL         string    `json:"url,omitempty"`
}

// Verdict is what somebody says about a thing they were shown on a ticket.
type Verdict string

// The verdicts; empty takes one back.
const (
	Used  Verdict = "used"
	Wrong Verdict = "wrong"
)

// Similar gives the tickets most like a ticket, best first. max is 1 to 100; 10 when 0.
func (c *Client) Similar(ctx context.Context, number int64, max int) ([]SimilarTicket, error) {
	var page struct {
		Items []SimilarTicket `json:"items"`
	}
	err := c.get(ctx, fmt.Sprintf("/tickets/%d/similar", number), values("limit", limit(max)), &page)
	return page.Items, err
}

// SimilarText gives the tickets most like one that is being written. max is 1 to 100; 5 when 0.
func (c *Client) SimilarText(ctx context.Context, subject, body, application string, max int) ([]SimilarTicket, error) {
	var page struct {
		Items []SimilarTicket `json:"items"`
	}
	err := c.post(ctx, "/similar", map[string]any{"subject": subject, "body": body, "application": application, "limit": max}, &page)
	return page.Items, err
}

// Mark says that a thing shown on a ticket helped or does not belong there. kind is ticket for another ticket, whose number
// is the item.
func (c *Client) Mark(ctx context.Context, number int64, kind, item string, verdict Verdict) error {
	return c.post(ctx, fmt.Sprintf("/tickets/%d/feedback", number), map[string]any{"kind": kind, "item": item, "verdict": verdict}, nil)
}
