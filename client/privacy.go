package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Pattern is how a desk finds private numbers of its own.
type Pattern struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Kind      string    `json:"kind"`
	Expr      string    `json:"expr"`
	Keyword   string    `json:"keyword,omitempty"` // stands before it
	Finds     []string  `json:"finds,omitempty"`   // examples it finds
	Spares    []string  `json:"spares,omitempty"`  // examples it leaves alone
	AuthorID  string    `json:"author_id,omitempty"`
	Author    string    `json:"author,omitempty"`
	CreatedAt time.Time `json:"created_at,omitzero"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
}

// WritePattern is a pattern as somebody writes it; nil leaves a field as it is.
type WritePattern struct {
	Name    *string `json:"name,omitempty"`
	Kind    *string `json:"kind,omitempty"`
	Expr    *string `json:"expr,omitempty"`
	Keyword *string `json:"keyword,omitempty"`
	Finds   *string `json:"finds,omitempty"`  // one a line
	Spares  *string `json:"spares,omitempty"` // one a line
}

// Privacy is what a desk decided about private data.
type Privacy struct {
	Mask     []string  `json:"mask"` // kinds that are masked when shown
	Warn     []string  `json:"warn"` // kinds that a reply is held back for
	Others   bool      `json:"others"`
	Patterns []Pattern `json:"patterns,omitempty"`
}

// Span is a private part of a text; start and end are bytes of it.
type Span struct {
	Start  int     `json:"start"`
	End    int     `json:"end"`
	Kind   string  `json:"kind"`
	Score  float64 `json:"score"`
	Reason string  `json:"reason"`
}

// Redacted is a text with names in place of what is private.
type Redacted struct {
	Text  string `json:"text"`
	Spans []Span `json:"spans"`
}

// PatternTrial is a text with what a pattern finds in it.
type PatternTrial struct {
	Text    string `json:"text"`
	Spans   []Span `json:"spans"`
	Problem string `json:"problem,omitempty"` // with the pattern
}

// Private says what of a text is masked.
type Private struct {
	Counts   map[string]int `json:"counts"`
	Words    string         `json:"words"` // the same as people say it
	Revealed bool           `json:"revealed,omitempty"`
	Pending  bool           `json:"pending,omitempty"` // the file was not looked through yet
}

// Redact finds what is private in a text with what the desk knows about itself.
func (c *Client) Redact(ctx context.Context, text string) (Redacted, error) {
	var out Redacted
	return out, c.post(ctx, "/redact", map[string]string{"text": text}, &out)
}

// Privacy gives what the desk decided about private data, with its patterns.
func (c *Client) Privacy(ctx context.Context) (Privacy, error) {
	var out Privacy
	return out, c.get(ctx, "/privacy", nil, &out)
}

// SavePrivacy changes what the desk decided; patterns have calls of their own.
func (c *Client) SavePrivacy(ctx context.Context, in Privacy) error {
	in.Patterns = nil
	return c.do(ctx, call{method: http.MethodPut, path: "/privacy", body: in}, &struct{}{})
}

// AddPattern adds a pattern. Its examples must come true.
func (c *Client) AddPattern(ctx context.Context, in WritePattern) (Pattern, error) {
	var p Pattern
	return p, c.post(ctx, "/privacy/patterns", in, &p)
}

// ChangePattern changes a pattern.
func (c *Client) ChangePattern(ctx context.Context, id string, in WritePattern) (Pattern, error) {
	var p Pattern
	return p, c.do(ctx, call{method: http.MethodPatch, path: "/privacy/patterns/" + url.PathEscape(id), body: in}, &p)
}

// RemovePattern removes a pattern and gives what takes that back.
func (c *Client) RemovePattern(ctx context.Context, id string) (undo string, err error) {
	var out struct {
		Undo string `json:"undo"`
	}
	err = c.do(ctx, call{method: http.MethodDelete, path: "/privacy/patterns/" + url.PathEscape(id)}, &out)
	return out.Undo, err
}

// TryPattern marks in a text what a pattern would find; a pattern without an expression tries what the desk finds.
func (c *Client) TryPattern(ctx context.Context, in WritePattern, text string) (PatternTrial, error) {
	var out PatternTrial
	return out, c.post(ctx, "/privacy/try", struct {
		WritePattern
		Text string `json:"text"`
	}{in, text}, &out)
}

// Reveal gives the original of an entry whose private data is masked. It needs the permission see_private, and the look is in
// the audit log with the reason.
func (c *Client) Reveal(ctx context.Context, entry, why string) (Entry, error) {
	var e Entry
	return e, c.post(ctx, "/entries/"+url.PathEscape(entry)+"/reveal", map[string]string{"why": why}, &e)
}
