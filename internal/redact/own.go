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

// own is Own made ready: a tree of words by their hash, so that any number of names costs one look-up a word of the text.
type own struct {
	terms    map[uint64]term     // by the hashes of the words so far
	parts    map[uint64]struct{} // words of names of people, by hash
	joints   []string            // signs between the words of names, each once; the first is none
	patterns []ownPattern
}

// term is a beginning of a name, or all of it. A desk may have hundreds of thousands, so it is small.
type term struct {
	more   bool   // longer names begin like it
	list   uint8  // one of ownLists, counted from 1; 0: not a whole name
	joints uint16 // signs between the words that the name was given with, when they must be the same: place in own.joints
}

// ownLists are the kinds of the desk's own names.
var ownLists = []struct {
	kind   Kind
	reason string
}{
	{Person, "a person of this desk"},
	{User, "a login of this desk"},
	{Organization, "a client of this desk"},
	{Host, "a host of this desk"},
	{Application, "an application of this desk"},
	{Person, familyFirst},
}

// familyFirstList are people with the family name first, in ownLists counted from 1.
const familyFirstList = 6

type ownPattern struct {
	expr   *regexp.Regexp
	kind   Kind
	reason string
}

// step continues a hash with the next word.
func step(h, word uint64) uint64 { return (h ^ word) * hashPrime }

// familyFirst is the reason for Lind, Mara.
const familyFirst = "a person of this desk, the family name first"

// maxOwnWords bounds the words of a name that are compared.
const maxOwnWords = 12

func (o *own) add(name string, list uint8, known map[string]uint16) {
	t := text{}
	t.reset(name)
	if len(t.words) == 0 || len(t.words) > maxOwnWords {
		return
	}
	h := uint64(0)
	joints := ""
	for i, w := range t.words {
		h = step(h, w.hash)
		e := o.terms[h]
		if i > 0 {
			joints += name[t.words[i-1].end:w.start]
		}
		if i < len(t.words)-1 {
			e.more = true
		} else if e.list == 0 {
			e.list = list
			if k := ownLists[list-1].kind; k != Person && k != Organization {
				e.joints = o.joint(joints, known)
			}
		}
		o.terms[h] = e
	}
}

// joint gives the place of signs between words in o.joints. When there are more ways to join words than places, any will do.
func (o *own) joint(s string, known map[string]uint16) uint16 {
	n, ok := known[s]
	if !ok && len(o.joints) < 1<<16 {
		n = uint16(len(o.joints))
		o.joints = append(o.joints, strings.Clone(s))
		known[o.joints[n]] = n
	}
	return n
}

func newOwn(o Own) (*own, error) {
	w := &own{terms: map[uint64]term{}, parts: map[uint64]struct{}{}, joints: []string{""}}
	known := map[string]uint16{"": 0}
	for i, names := range [][]string{o.People, o.Logins, o.Clients, o.Hosts, o.Applications} { // as ownLists has them
		for _, s := range names {
			w.add(strings.TrimSpace(s), uint8(i+1), known)
		}
	}
	for _, s := range o.People {
		t := text{}
		t.reset(s)
		for _, word := range t.words {
			w.parts[word.hash] = struct{}{}
		}
		if n := len(t.words); n > 1 && n <= maxOwnWords { // Lind, Mara
			last := t.words[n-1]
			w.add(s[last.start:last.end]+", "+s[:t.words[n-2].end], familyFirstList, known)
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
		for i := range t.words {
			t.exactAt(f.own, i)
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

// exactAt finds the longest of the desk's own names that word i begins.
func (t *text) exactAt(o *own, i int) {
	h := step(0, t.words[i].hash)
	var joints [32]byte
	n, apart := 0, false
	var found uint8
	end := int32(0)
	for k := i; ; {
		e, ok := o.terms[h]
		if !ok {
			break
		}
		if e.list != 0 && (e.joints == 0 && !apart || e.joints != 0 && o.joints[e.joints] == string(joints[:n])) {
			found, end = e.list, t.words[k].end
		}
		if !e.more || k+1 == len(t.words) {
			break
		}
		gap := t.s[t.words[k].end:t.words[k+1].start]
		if len(gap) > 3 || n+len(gap) > len(joints) {
			break
		}
		n += copy(joints[n:], gap)
		apart = apart || strings.ContainsAny(gap, "()[]{}<>@:;/|=") // another name begins
		k++
		h = step(h, t.words[k].hash)
	}
	if found != 0 {
		l := ownLists[found-1]
		score := 1.0
		if found == familyFirstList { // in a list the other order is as likely
			score = 0.95
		}
		t.add(Finding{int(t.words[i].start), int(end), l.kind, score, l.reason})
	}
}
