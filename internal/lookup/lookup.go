// Package lookup builds the query that may leave the house when somebody looks an error up outside.
//
// It promises by permission, not by detection: a word leaves only when it is known to be public. What is not known stays,
// however harmless it looks, and is shown with the reason.
package lookup

import (
	"firebreak/internal/redact"
)

// Options say what else is known about the desk and what a person decided about single words.
type Options struct {
	Own    redact.Own     // the desk's own names; none of their words ever leaves
	Finder *redact.Finder // finds private data in the text; nil: one that knows Own alone
	Allow  []string       // words a person lets through; secrets and the like stay all the same
	Drop   []string       // words a person keeps back
	// Public tells a word that is public by other knowledge: seen in the errors of unrelated applications. It is asked in
	// lower case, and never about what belongs to Own or looks private.
	Public func(word string) bool
	// HowTo says that the text is a question, not an error; false: found out from the text.
	HowTo    bool
	MaxWords int // of the query; 0: DefaultWords
}

// DefaultWords is how many words a query has at most: what search engines take, and what a long line of a log needs.
const DefaultWords = 32

// What becomes of a stretch of the text.
const (
	Leaves  = "leaves"  // stands in the query
	Gone    = "removed" // must not leave
	Allowed = "allowed" // a person let it through
	Dropped = "dropped" // a person keeps it back
	Spare   = "spare"   // public, but not needed: says little, or said already
)

// Removed is a word that must not leave.
type Removed struct {
	Text  string `json:"text"`
	Kind  string `json:"kind" doc:"what it is taken for: a kind of private data, or unknown, number, value, name"`
	Why   string `json:"why"`
	Start int    `json:"start" doc:"offset of its first byte in the text"`
	End   int    `json:"end"`
}

// Mark says what becomes of a stretch of the text. Marks are in order and do not overlap; what lies between them is space
// and punctuation.
type Mark struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	State string `json:"state" enum:"leaves,removed,allowed,dropped,spare"`
	Kind  string `json:"kind,omitempty"`
	Why   string `json:"why,omitempty"`
}

// Query is what would leave, and what would not.
type Query struct {
	Text      string    `json:"query"`
	Words     []string  `json:"words"`
	HowTo     bool      `json:"how_to,omitempty" doc:"the text was taken for a question rather than an error"`
	Signature string    `json:"signature,omitempty"`
	Template  string    `json:"template,omitempty" doc:"of the error, for use inside: it may hold private words"`
	Product   string    `json:"product,omitempty" doc:"what raises the error, as far as it is recognised"`
	Codes     []string  `json:"codes,omitempty" doc:"error codes recognised"`
	Removed   []Removed `json:"removed"`
	Marks     []Mark    `json:"marks"`
}
