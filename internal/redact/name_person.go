package redact

import (
	"strings"

	"firebreak/internal/redact/list"
)

// enough is how many points make a finding.
const enough = 2.0

// nameEnds are ends of family names of many languages.
var nameEnds = []string{"sson", "dottir", "dóttir", "ovič", "ovic", "ović", "evič", "ević", "ová", "ova", "eva", "ski", "ska", "sky", "skaya", "skiy", "skii",
	"cki", "cka", "wicz", "vich", "vitch", "enko", "chuk", "yuk", "yev", "yeva", "iev", "ieva", "kov", "nov", "rov", "lov", "mov", "tov", "gov",
	"berg", "ström", "strom", "qvist", "quist", "lund", "gren", "blom", "stein", "mann", "bauer", "meyer", "schmidt", "escu", "eanu",
	"idis", "adis", "poulos", "poulou", "akis", "ellis", "oğlu", "oglu", "shvili", "dze", "yan", "ian", "ez", "inho", "eira", "ington",
	"nen", "sen", "zadeh", "pour", "ić", "čić", "ič", "ák", "ček", "čková", "szky", "ssy", "ffy", "ne", "uddin", "ullah"}

// longestName bounds a part of a name, bytes; what is longer is data.
const longestName = 64

// part gives the points of a word as part of a person's name.
func (n *namer) part(i int) float64 {
	if n.initial(i) {
		return 0.4
	}
	c, q := n.of(i), n.cue[i]
	if w := n.t.words[i]; n.never(i) || w.end-w.start > longestName {
		return -3
	}
	if n.t.words[i].shape == lower && !n.grade.caseless {
		return 0 // a particle
	}
	if w := n.t.words[i]; w.shape == upper && w.end-w.start <= 3 && !n.grade.caseless && n.grade.seen&cueHonorific == 0 {
		return -0.5 // an abbreviation
	}
	if n.t.words[i].shape == upper && q&(cueJob|cueRole) != 0 && !n.grade.caseless {
		return -2 // CEO
	}
	strong, any, word := c&(list.Given|list.Surname) != 0, c&list.Person != 0, c&list.Word != 0
	switch {
	case c&list.Country != 0 && c&list.Given == 0:
		return -2
	case q&cuePeople != 0 && c&list.Given == 0:
		return -1.5
	case q&(cueMonth|cueWeekday) != 0 && c&list.Given == 0:
		return -2
	case q&(cueStreet|cueUnit|cueOrgHead|cueLegal) != 0 && c&list.Given == 0 && c&list.Word != 0:
		return -1.5
	case strong && !word:
		p := 1.8
		if c&list.Given != 0 {
			p = 2
		}
		if c&(list.CityBig|list.Region|list.Company) != 0 {
			p -= 0.2
			if c&list.Given == 0 {
				p -= 0.3
			}
		}
		if n.grade.caseless {
			p -= 0.4
		}
		return p
	case any && !word:
		if c&(list.CityBig|list.Company) != 0 {
			return 0.5
		}
		return 1
	case strong && c&list.Tech != 0:
		if c&list.Given != 0 && c&list.Surname != 0 {
			return 0.7
		}
		return 0.5
	case c&list.Given != 0 && c&list.Surname != 0:
		return 0.9
	case strong:
		return 0.7
	case any && c&list.Common == 0 && c&list.Tech == 0:
		return 0.6
	case any && c&list.Tech == 0:
		return 0.2
	case any:
		return -0.2
	case word:
		return -2
	case c&(list.CityBig|list.Region) != 0:
		return 0
	case c&list.Company != 0:
		return -0.5
	case n.grade.caseless:
		return 0.4
	case n.t.words[i].shape == upper && n.t.words[i].end-n.t.words[i].start <= 4:
		return -1
	}
	s := n.word(i)
	if len(s) <= longestWord {
		low := s
		if n.t.words[i].shape != title {
			low = strings.ToLower(s)
		}
		for _, e := range nameEnds {
			if len(s) > len(e)+2 && strings.HasSuffix(low, e) {
				return 1.2
			}
		}
	}
	if len(s) < 3 {
		return 0.2
	}
	return 0.7
}

// never tells whether the word is one of computing or of sentences that is no name. Short ones are abbreviations, and
// count only where they are written like one: API, not Api.
func (n *namer) never(i int) bool {
	w := n.t.words[i]
	return n.cue[i]&cueNever != 0 && (w.shape != title || w.end-w.start > 3)
}

// notPeople are words before "name" that say it is a thing's.
var notPeople = hashes(`file host class table function package domain queue thread process server image column field variable method module
	service job cluster database schema index topic bucket pod container node device path folder directory property key parameter attribute
	tag element principal realm stack application app project product event feature command option program tool library api script network
	interface branch repository component resource display branch version system screen menu window profile theme font style bundle`)

// owners are slots for a person whatever stands before them: the owner of a file is a person.
var owners = hashes(`owner user assignee requester author contact reporter`)

// adverbs stand between a person and what the person does.
var adverbs = hashes(`just also never always so really then still already often usually even only soon once first finally later recently`)

func hashes(s string) map[uint64]bool {
	m := map[uint64]bool{}
	for w := range strings.FieldsSeq(s) {
		m[hashOf(w)] = true
	}
	return m
}

// before gives the points that the words before a person's name give, and whether they make a slot that only a person fills.
func (n *namer) before(i int) (p float64, slot bool) {
	if i == n.from {
		return 0, false
	}
	if !n.beside(i) {
		if n.gap(i) == "? " && n.cue[i-1]&cueNamed != 0 {
			return 2, true // What is your name? Example
		}
		return 0, false
	}
	c, g := n.cue[i-1], strings.TrimSpace(n.gap(i))
	if i-1 < n.from {
		return 0, false
	}
	thing := i >= n.from+2 && notPeople[n.t.words[i-2].hash]
	prev := n.t.of(n.t.words[i-1])
	switch {
	case c&cueHonorific != 0:
		return 3, true
	case c&cueNamed != 0 && !thing:
		return 2.5, true
	case c&cueSlot != 0 && (!thing || owners[n.t.words[i-1].hash]):
		return 1.8, true
	case c&cueKin != 0:
		return 1.5, false
	case c&cueRole != 0 && g == "":
		return 1.3, false
	case c&cueGreeting != 0:
		return 1.6, false
	case c&cueSelf != 0 && g == "" && prev != "it's" && prev != "It's":
		return 1.4, false
	case n.as[i-1] == Person && g == ",":
		p = 0.9 // one of a list
	case c&cueDeal != 0 && c&cueWith == 0 && g == "":
		p = 1
	case c&cueSay != 0 && g != ":":
		p = 1
	}
	if g == "" && n.end(i-1) != int(n.t.words[i-1].end) {
		p = max(p, 0.5) // Example's founder's name
	}
	// A verb or a label stands a word or two further left: "my name is", "change it to", "assigned to".
	switch prev {
	case "is", "was", "to", "by", "as", "am", "be", "it", "with", "for", "on", "the", "are", "under", "of", "s", "a", "=", "from", "it's", "that", "him", "her", "them", "me":
		if q := n.back(i-1, 4); q&cueNamed != 0 && prev != "of" && prev != "on" {
			return max(p, 2), true
		} else if q := n.back(i-1, 2); q&(cueSlot|cueDeal) != 0 && (prev == "to" || prev == "by" || prev == "with" || prev == "is" || prev == "for") {
			return max(p, 1.5), q&cueSlot != 0 || prev == "to" || prev == "by"
		}
	}
	switch prev {
	case "by", "By":
		return max(p, 0.9), false
	case "am", "Am":
		return max(p, 1.4), false
	case "is":
		if i >= n.from+2 {
			switch n.t.of(n.t.words[i-2]) {
			case "this", "This", "he", "she", "He", "She", "who", "Who":
				return max(p, 1), false
			case "why", "Why", "where", "Where", "how", "How", "when", "When":
				return max(p, 0.6), false
			}
		}
	case "and", "or", "&":
		if i >= n.from+2 && n.as[i-2] == Person {
			return max(p, 1), false
		}
	case "in", "at", "In", "At", "near", "into":
		if prev == "at" && n.back(i-1, 1)&cueDeal != 0 {
			return max(p, 1), false
		}
		return max(p, 0) - 0.8, false
	case "with", "from", "to", "for", "about", "of", "under", "than":
		p = max(p, 0.5)
	case "was", "has", "does", "did", "can", "will", "should", "would", "could", "why", "how", "when", "Is", "Was", "Has", "Does", "Did", "Can",
		"but", "But", "because", "if", "If", "When", "while", "While", "that", "And", "then", "Why", "let", "Let":
		if n.grade.prose && g == "" {
			return max(p, 0.4), false
		}
	}
	if g == ":" || g == "=" {
		if c&(cueJob|cueRole|cueGreeting|cueSay|cueKin|cueAddress) != 0 && c&cueTech == 0 {
			return max(p, 1.2), false
		}
	}
	return p, false
}

// back gathers the cues of up to k words before i in the same sentence.
func (n *namer) back(i, k int) cue {
	var c cue
	for ; k > 0 && i > n.from && n.beside(i); k-- {
		i--
		if n.cue[i]&cueNamed != 0 && i > n.from && notPeople[n.t.words[i-1].hash] {
			continue
		}
		c |= n.cue[i]
	}
	return c
}

// after gives the points that what follows word j-1 gives to a person's name.
func (n *namer) after(i, j int) float64 {
	if n.end(j-1) != int(n.t.words[j-1].end) {
		return 0.5 // possessive
	}
	if j >= n.to {
		if e := int(n.t.words[j-1].end); e < len(n.t.s) && (n.t.s[e] == '!' || n.t.s[e] == '?') && i > n.from && n.gap(i) == ", " && n.grade.prose {
			return 1.2 // spoken to
		}
		return 0
	}
	g := n.gap(j)
	c := n.cue[j]
	switch strings.TrimSpace(g) {
	case "":
		switch {
		case c&cueSay != 0:
			return 1.2
		case c&cuePersonal != 0 && n.t.words[j].shape == lower:
			return 0.7
		case n.t.of(n.t.words[j]) == "and" && j+1 < n.to && n.capital(j+1) && n.part(j+1) > 0.3 && n.gap(j+1) == " ":
			if j+2 < n.to && n.cue[j+2]&(cueFunction|cuePersonal|cueSay) != 0 && n.t.words[j+2].shape == lower {
				return 1
			}
			return 0.5
		case c&cueFunction != 0 && n.t.of(n.t.words[j]) == "is":
			return 0.4
		case n.t.words[j].shape == lower && j+1 < n.to && n.gap(j+1) == " " && n.cue[j+1]&cuePersonal != 0 && adverbs[n.t.words[j].hash]:
			return 0.6
		}
	case ",":
		if n.opens(i) && c&(cueFunction|cueOpener|cueSay) != 0 {
			return 0.8 // spoken to
		}
		if n.grade.caseless && n.of(j)&list.Given != 0 && n.of(j)&(list.Common|list.Tech) == 0 {
			return 0.8 // one of a list
		}
		if c&(cueFunction|cueKin|cueRole|cueHonorific) != 0 {
			return 0.4
		}
		if c&cueSay != 0 {
			return 0.8
		}
	case ":", ": \"", ":\"":
		if n.opens(i) && !n.grade.log {
			return 0.8
		}
	case "!", "?":
		if i > n.from && strings.HasPrefix(n.gap(i), ",") && n.grade.prose {
			return 1.2
		}
	}
	return 0
}

// person gives the points of the words i to j-1 as a person's name.
func (n *namer) person(i, j int) float64 {
	p, parts, unknown := 0.0, 0, 0
	for k := i; k < j; k++ {
		v := n.part(k)
		p += v
		if !n.initial(k) && (n.t.words[k].shape != lower || n.grade.caseless) {
			parts++
			if n.of(k)&(list.Given|list.Surname|list.Word|list.Country) == 0 {
				unknown++
			}
		}
	}
	if parts == 0 {
		return 0
	}
	if parts > 3 {
		p *= 3 / float64(parts)
	}
	b, slot := n.before(i)
	a := n.after(i, j)
	p += b + a
	if parts == 1 && j == i+1 && n.of(i)&list.Given == 0 && b+a < 0.5 && !(n.grade.prose && n.tech < 0 && (!n.opens(i) || i > n.from && n.gap(i) == ": ")) {
		p -= 0.5 // a lone family name says little
	}
	if n.card.is && i == n.from && j == n.to {
		p += 0.6
		if unknown > 0 {
			p += 0.5
		}
		if n.card.person || parts == 1 {
			p -= 0.5
		}
	}
	return p - n.doubt(slot, unknown > 0, parts)
}

// doubt is what is taken away because of the text around.
func (n *namer) doubt(slot, unknown bool, parts int) float64 {
	if slot {
		return 0
	}
	d := 0.0
	switch {
	case n.grade.log:
		d = 1.6
	case !n.grade.prose && n.grade.words > 2:
		d = 0.3
	case n.grade.prose && n.tech < 0:
		d = -0.5
		if unknown && !n.grade.caseless {
			d = -1.3
		}
	}
	if n.tech > 2 {
		d += min(float64(n.tech)*0.06, 0.8)
		if unknown {
			d += 0.4
		}
		if parts == 1 {
			d += 0.4
		}
	}
	return d
}

// judge decides what the run of words i to j-1 is, or what its parts are.
func (n *namer) judge(i, j int) {
	// Words that only begin the sentence are not part of it.
	for i < j {
		c := n.cue[i]
		if c&cueHonorific != 0 && i+1 < j && n.t.words[i].shape != upper {
			n.honorific(i)
			i++
			continue
		}
		if c&cueGreeting != 0 && i+1 < j && (n.of(i)&list.Given == 0 || n.opens(i)) || c&cueFunction != 0 && n.t.words[i].shape == title && (n.opens(i) || n.of(i)&list.Given != 0 || i+1 == j || n.t.of(n.t.words[i]) == "The") ||
			n.opens(i) && c&cueOpener != 0 && (i+1 < j && n.part(i+1) < 1.8 || n.part(i) < 0.5) && !(i+1 < j && n.of(i)&list.Given != 0 && n.part(i+1) > 0.5) ||
			n.opens(i) && i+1 < j && n.gap(i+1) == " " && n.of(i)&list.Common != 0 && list.Of(n.t.s[n.t.words[i].start:n.end(i+1)])&list.Place == 0 && n.part(i+1) >= 1.8 && n.of(i+1)&list.Given != 0 && (c&cueOpener != 0 || n.of(i)&list.Given == 0) {
			i++
			continue
		}
		break
	}
	for i < j && (n.cue[j-1]&(cueFunction|cueWeekday) != 0) && (j == i+1 || n.of(j-1)&list.Given == 0) {
		j--
	}
	if i >= j {
		return
	}
	if i > n.from && n.cue[i-1]&cueHonorific != 0 && !n.taken[i-1] && (n.gap(i) == " " || n.gap(i) == ". ") && n.part(i) > -1.5 {
		n.honorific(i - 1)
	}
	org, orgFrom, orgTo := n.organization(i, j)
	place, placeFrom, placeTo := n.place(i, j)
	begin := i
	for i+1 < j && n.cue[i]&(cueRole|cueSlot|cueKin) != 0 && n.of(i)&list.Common != 0 && n.gap(i+1) == " " && (n.of(i)&list.Given == 0 || n.part(i+1) > 1.5) {
		i++ // President, Uncle
	}
	// The best stretch of words that can be a person's name: pure words at the ends fall away, and split the run.
	pf := i
	for pf < j && n.part(pf) <= -1 {
		pf++
	}
	pt := pf
	for pt < j && n.part(pt) > -1 {
		pt++
	}
	for pt > pf && n.t.words[pt-1].shape == lower && n.gap(pt-1) != "-" {
		pt--
	}
	person := -9.0
	if pf < pt {
		person = n.person(pf, pt)
	} else if p, slot := n.before(i); slot && p >= 2 && n.back(i, 4)&cueNamed != 0 && n.grade.prose && n.tech <= 2 && j == i+1 && n.t.words[i].shape == title && !n.never(i) && n.cue[i]&(cueOpener|cueFunction) == 0 {
		pf, pt, person = i, j, enough
	}
	if pt-pf == 1 && n.initial(pf) {
		person = -9
	}
	switch {
	case org >= enough && org >= place-0.2 && (org >= person+0.3 || orgTo-orgFrom > pt-pf):
		n.take(orgFrom, orgTo, Organization, org, "an organisation's name")
		n.rest(begin, j, orgFrom, orgTo)
	case place >= enough && place >= person:
		n.take(placeFrom, placeTo, Place, place, "a place")
		n.rest(begin, j, placeFrom, placeTo)
	case person >= enough:
		if pt == pf+1 && pt+1 == j && n.grade.prose && n.of(pf)&list.Given != 0 && n.gap(pt) == " " && n.t.words[pt].shape == title && !n.never(pt) && n.cue[pt]&(cueFunction|cueOpener|cueMonth|cueWeekday|cueStreet|cueOrgHead|cueHonorific) == 0 {
			if _, slot := n.before(pf); slot {
				pt++ // a family name that is a plain word, where a name must stand
			}
		}
		n.found(pf, pt, person)
		n.rest(i, j, pf, pt)
	case pt < j && pt > i:
		n.judge(pt, j)
	}
}

// rest judges what is left of a run on both sides.
func (n *namer) rest(i, j, a, b int) {
	if i < a && a < j {
		n.judge(i, a)
	}
	if b < j && b > i {
		n.judge(b, j)
	}
}

// found proposes a person and remembers the parts for later mentions.
func (n *namer) found(i, j int, points float64) {
	if _, slot := n.before(i); slot && j-i > 1 {
		points += 3 // two names where one must stand
	}
	n.take(i, j, Person, points, "a person's name")
	if n.people == nil {
		n.people = map[uint64]bool{}
	}
	for k := i; k < j; k++ {
		if !n.initial(k) && n.t.words[k].shape != lower && n.of(k)&list.Tech == 0 && n.part(k) > 0 && (n.of(k)&list.Common == 0 || points > 3) {
			n.people[hashOf(n.word(k))] = n.of(k)&list.Common == 0
		}
	}
}

// honorific proposes Mr, Dr and the like.
func (n *namer) honorific(i int) {
	if n.taken[i] {
		return
	}
	w := n.t.words[i]
	end := int(w.end)
	if end < len(n.t.s) && n.t.s[end] == '.' {
		end++
	}
	n.t.add(Finding{int(w.start), end, Title, 0.7, "a title before a name"})
	n.taken[i] = true
}

// mentions finds the parts of names that were found elsewhere in the text.
func (n *namer) mentions() {
	if len(n.people) == 0 {
		return
	}
	for i := range n.t.words {
		if n.taken[i] || n.initial(i) {
			continue
		}
		if s := n.t.words[i].shape; s != title && s != mixed && s != upper || n.code(i) {
			continue
		}
		sure, ok := n.people[hashOf(n.word(i))]
		if !ok || !sure && (n.t.words[i].shape != title || n.gap(i) != " " || n.tech > 2) {
			continue // an ordinary word counts only inside a sentence
		}
		n.take(i, i+1, Person, 2.5, "part of a person's name found elsewhere in the text")
	}
}
