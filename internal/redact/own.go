package redact

import (
	"fmt"
	"regexp"
	"strings"

	"firebreak/internal/fault"
)

// Pattern finds numbers that only this desk knows: of customers, policies, contracts.
type Pattern struct {
	Name string // what it finds, for people
	Kind Kind   // empty means Customer
	Expr string // a regular expression as RE2 reads it; the first group, if there is one, is the private part
}

// Own are the desk's own people, logins, clients, hosts and applications, found wherever they stand as whole words in
// any case, and its own patterns.
type Own struct {
	People, Logins, Clients, Hosts, Applications []string
	Patterns                                     []Pattern
}

// own is Own made ready.
type own struct {
	terms    map[uint64][]term // by the hash of the first word
	patterns []ownPattern
}

type term struct {
	text   string // small letters
	kind   Kind
	reason string
}

type ownPattern struct {
	expr   *regexp.Regexp
	kind   Kind
	reason string
}

func newOwn(o Own) (*own, error) {
	w := &own{terms: map[uint64][]term{}}
	for _, list := range []struct {
		terms  []string
		kind   Kind
		reason string
	}{
		{o.People, Person, "a person of this desk"},
		{o.Logins, User, "a login of this desk"},
		{o.Clients, Organization, "a client of this desk"},
		{o.Hosts, Host, "a host of this desk"},
		{o.Applications, Application, "an application of this desk"},
	} {
		for _, s := range list.terms {
			s = strings.ToLower(strings.TrimSpace(s))
			t := text{}
			if t.reset(s); len(t.words) == 0 {
				continue
			}
			h := t.words[0].hash
			w.terms[h] = append(w.terms[h], term{s, list.kind, list.reason})
		}
	}
	for i, p := range o.Patterns {
		e, err := regexp.Compile(p.Expr)
		if err != nil {
			return nil, fault.Invalid(fmt.Sprintf("patterns[%d].expr", i), fmt.Sprintf("The pattern %q cannot be read: %v.", p.Name, err), "Write it as RE2 reads it: https://github.com/google/re2/wiki/Syntax.")
		}
		k := p.Kind
		if k == "" {
			k = Customer
		}
		w.patterns = append(w.patterns, ownPattern{e, k, "the desk's own pattern: " + p.Name})
	}
	return w, nil
}

// exact finds the desk's own.
func (f *Finder) exact(t *text) {
	if len(f.own.terms) > 0 {
		for _, w := range t.words {
			for _, o := range f.own.terms[w.hash] {
				end := int(w.start) + len(o.text)
				if end <= len(t.s) && strings.EqualFold(t.s[w.start:end], o.text) && (end == len(t.s) || class[t.s[end]] == 0) {
					t.add(Finding{int(w.start), end, o.kind, 1, o.reason})
				}
			}
		}
	}
	for _, p := range f.own.patterns {
		for _, m := range p.expr.FindAllStringSubmatchIndex(t.s, -1) {
			if len(m) > 2 && m[2] >= 0 {
				m = m[2:]
			}
			t.add(Finding{m[0], m[1], p.kind, 1, p.reason})
		}
	}
}
