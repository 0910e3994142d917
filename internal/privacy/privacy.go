// Package privacy is what a desk decides about private data: which kinds are masked where, the patterns by which it finds
// numbers that nobody else knows, and what was found in a text. Finding itself is package redact.
package privacy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"firebreak/internal/redact"
)

// Settings say which kinds count where.
type Settings struct {
	// Mask are masked in tickets and evidence, for everybody, until somebody who may reveals them.
	Mask []redact.Kind `json:"mask" doc:"kinds that are masked in tickets and evidence"`
	// Warn are asked about before a reply that holds them leaves.
	Warn []redact.Kind `json:"warn" doc:"kinds that a reply is held back for until its writer says so"`
	// Others also asks about people of other clients and addresses of mail that are not the requester's.
	Others bool `json:"others" doc:"also ask about names and mail addresses of people other than the requester"`
}

// Hard are the kinds that nobody needs to read for support: what opens something, what pays, what identifies a person to
// an office.
var Hard = []redact.Kind{redact.Secret, redact.Card, redact.IBAN, redact.Routing, redact.Account, redact.SSN, redact.NationalID,
	redact.Passport, redact.Licence, redact.BirthDate, redact.Customer}

// Default is a desk that has decided nothing: hard kinds are masked and asked about, what people work with stays readable.
func Default() Settings {
	return Settings{Mask: slices.Clone(Hard), Warn: slices.Clone(Hard), Others: true}
}

// Known reports whether redact has the kind.
func Known(k redact.Kind) bool { return slices.Contains(redact.Kinds, k) }

// Order gives the kinds once each, in the order in which they are explained.
func Order(kinds []redact.Kind) []redact.Kind {
	out := []redact.Kind{}
	for _, k := range redact.Kinds {
		if slices.Contains(kinds, k) {
			out = append(out, k)
		}
	}
	return out
}

// version changes when texts that were looked through must be looked through anew.
const version = "1"

// Rules names what masking rests on: the finder's version, the kinds and the patterns. Marks made by other rules are made
// anew before they are used.
func Rules(s Settings, patterns []Pattern) string {
	h := sha256.New()
	fmt.Fprintln(h, version, Order(s.Mask))
	for _, p := range patterns {
		fmt.Fprintf(h, "%q %q %q\n", p.Kind, p.Keyword, p.Expr)
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// kindWords name a kind for one and for many, and say what it is.
var kindWords = map[redact.Kind][3]string{
	redact.Person: {"name", "names", "names of people"}, redact.Title: {"title", "titles", "titles before names"},
	redact.Nationality: {"nationality", "nationalities", "nationalities"}, redact.Age: {"age", "ages", "ages"},
	redact.BirthDate: {"date of birth", "dates of birth", "dates of birth"}, redact.Date: {"date", "dates", "dates"},
	redact.Organization: {"organisation", "organisations", "companies and other organisations"}, redact.Street: {"street", "streets", "streets with house numbers"},
	redact.Place: {"place", "places", "places"}, redact.Postcode: {"postcode", "postcodes", "postcodes"}, redact.Coordinates: {"position", "positions", "geographic positions"},
	redact.Phone: {"telephone number", "telephone numbers", "telephone numbers"}, redact.Email: {"mail address", "mail addresses", "mail addresses"},
	redact.User: {"user name", "user names", "user names"}, redact.Host: {"host", "hosts", "host names"}, redact.Domain: {"domain", "domains", "domains"},
	redact.URL: {"web address", "web addresses", "web addresses"}, redact.IP: {"IP address", "IP addresses", "IP addresses"}, redact.MAC: {"MAC address", "MAC addresses", "MAC addresses"},
	redact.Card: {"card number", "card numbers", "card numbers"}, redact.IBAN: {"IBAN", "IBANs", "IBANs"}, redact.Routing: {"bank code", "bank codes", "bank routing numbers"},
	redact.Account: {"account number", "account numbers", "bank account numbers"}, redact.SSN: {"social security number", "social security numbers", "US social security numbers"},
	redact.NationalID: {"national id", "national ids", "national ids"}, redact.Passport: {"passport number", "passport numbers", "passport numbers"},
	redact.Licence: {"driver licence", "driver licences", "driver licences"}, redact.Customer: {"customer number", "customer numbers", "customer and policy numbers, by your patterns"},
	redact.Secret: {"secret", "secrets", "passwords, keys, tokens and other secrets"}, redact.Application: {"application", "applications", "names of your applications"},
}

// Word names a kind: of one, or of several.
func Word(k redact.Kind, n int) string {
	w, ok := kindWords[k]
	switch {
	case !ok:
		return strings.ReplaceAll(string(k), "_", " ")
	case n == 1:
		return w[0]
	}
	return w[1]
}

// What says what a kind covers.
func What(k redact.Kind) string {
	if w, ok := kindWords[k]; ok {
		return w[2]
	}
	return Word(k, 2)
}

// Counts is how often each kind was found.
type Counts map[redact.Kind]int

// Total is how much was found.
func (c Counts) Total() int {
	n := 0
	for _, v := range c {
		n += v
	}
	return n
}

// String says what was found: 3 secrets, 2 card numbers and 1 IBAN.
func (c Counts) String() string {
	var parts []string
	kinds := slices.Clone(redact.Kinds)
	slices.SortStableFunc(kinds, func(a, b redact.Kind) int { return c[b] - c[a] })
	for _, k := range kinds {
		if n := c[k]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, Word(k, n)))
		}
	}
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

// Count counts findings.
func Count(found []redact.Finding) Counts {
	c := Counts{}
	for _, f := range found {
		c[f.Kind]++
	}
	return c
}
