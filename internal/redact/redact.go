// Package redact finds what is private in a text: people and how to reach them, numbers that identify, addresses of
// machines, secrets. It reads the text once, in windows, so that its cost grows with the length of the text and with
// nothing else, and it needs no network, no database and no clock.
//
// Finding is never complete. What must not leave at all is kept back by package lookup, which lets known words out instead.
package redact

import (
	"slices"
	"sync"
)

// Kind says what a finding is.
type Kind string

// The kinds. Those of one line are told apart by the same finders.
const (
	Person, Title, Nationality, Age      Kind = "person", "title", "nationality", "age"
	BirthDate, Date                      Kind = "birth_date", "date"
	Organization                         Kind = "organization"
	Street, Place, Postcode, Coordinates Kind = "street", "place", "postcode", "coordinates"
	Phone, Email, User                   Kind = "phone", "email", "user"
	Host, Domain, URL, IP, MAC           Kind = "host", "domain", "url", "ip", "mac"
	Card, IBAN, Routing, Account         Kind = "card", "iban", "routing", "account"
	SSN, NationalID, Passport, Licence   Kind = "ssn", "national_id", "passport", "driver_licence"
	Customer                             Kind = "customer"
	Secret                               Kind = "secret"
	Application                          Kind = "application"
)

// Kinds are all kinds, in the order in which they are explained to people.
var Kinds = []Kind{Person, Title, Nationality, Age, BirthDate, Date, Organization, Street, Place, Postcode, Coordinates,
	Phone, Email, User, Host, Domain, URL, IP, MAC, Card, IBAN, Routing, Account, SSN, NationalID, Passport, Licence,
	Customer, Secret, Application}

// Finding is one private thing in a text.
type Finding struct {
	Start, End int     // bytes of the text
	Kind       Kind    // what it is
	Score      float64 // 0 to 1: how sure; 1 means a dictionary of the desk or a check digit says so
	Reason     string  // why, in plain words
}

// Options says what to find.
type Options struct {
	Own      Own     // what this desk knows to be its own
	Kinds    []Kind  // nil: all
	MinScore float64 // findings below are left out; 0 means 0.5
	Region   string  // country of telephone numbers written without +, ISO 3166; empty means US
}

// Finder finds. It may be used by many goroutines at once.
type Finder struct {
	own      *own
	kinds    map[Kind]bool // nil: all
	minScore float64
	region   string
	texts    sync.Pool
}

// New makes a Finder. The error names the pattern of Options.Own that cannot be read.
func New(o Options) (*Finder, error) {
	own, err := newOwn(o.Own)
	if err != nil {
		return nil, err
	}
	f := &Finder{own: own, minScore: o.MinScore, region: o.Region}
	if f.minScore == 0 {
		f.minScore = 0.5
	}
	if f.region == "" {
		f.region = "US"
	}
	if o.Kinds != nil {
		f.kinds = map[Kind]bool{}
		for _, k := range o.Kinds {
			f.kinds[k] = true
		}
	}
	f.texts.New = func() any { return &text{} }
	return f, nil
}

// Only gives a finder of these kinds alone, which shares everything with f. It finds what another kind would have covered.
func (f *Finder) Only(kinds ...Kind) *Finder {
	o := &Finder{own: f.own, kinds: map[Kind]bool{}, minScore: f.minScore, region: f.region}
	for _, k := range kinds {
		o.kinds[k] = true
	}
	o.texts.New = f.texts.New
	return o
}

// Find gives what is private in s, in the order of the text and without overlaps.
func (f *Finder) Find(s string) []Finding {
	var out []Finding
	w := window{f: f}
	for at := 0; at < len(s); {
		fresh := s[at:min(len(s), at+windowSize)]
		before := min(at, w.context)
		n := w.find(s[at-before:at+len(fresh)], before, at+len(fresh) == len(s))
		for _, x := range w.found {
			x.Start += at
			x.End += at
			if k := len(out) - 1; w.joined && k >= 0 && x.Start == at && out[k].End == at && out[k].Kind == x.Kind {
				out[k].End = x.End
				continue
			}
			out = append(out, x)
		}
		at += n
	}
	w.close()
	return out
}

// find runs every finder over t.
func (f *Finder) find(t *text) {
	t.keys()
	f.scan(t)
	t.services()
	if f.named() {
		f.names(t)
	}
	f.exact(t)
}

// namedKinds are what names finds; only it needs the lists.
var namedKinds = []Kind{Person, Title, Nationality, Age, BirthDate, Date, Organization, Street, Place, Postcode}

// named reports whether a kind is asked for that names finds.
func (f *Finder) named() bool {
	return f.kinds == nil || slices.ContainsFunc(namedKinds, func(k Kind) bool { return f.kinds[k] })
}
