package redact

import (
	"strings"

	"firebreak/internal/redact/list"
)

// place gives the points of the best stretch of the run i to j-1 as the name of a place.
func (n *namer) place(i, j int) (points float64, from, to int) {
	points = -9
	for a := i; a < j && a < i+6; a++ {
		for b := min(j, a+4); b > a; b-- {
			if n.t.words[b-1].shape == lower && !n.grade.caseless {
				continue
			}
			p := n.locality(a, b)
			if a > i || b < j { // a place that fills the run is likelier than one within it
				p -= 0.4
			}
			if p > points || p == points && b-a > to-from {
				points, from, to = p, a, b
			}
		}
	}
	if to > from && to < j && n.initial(to) && points >= enough && n.gap(to) == " " {
		to++ // København K
	}
	// Cyprus (Greek) is one name.
	if to > from && to < n.to && n.gap(to) == " (" && n.of(to)&list.Demonym != 0 {
		if e := int(n.t.words[to].end); e < len(n.t.s) && n.t.s[e] == ')' && points >= enough {
			n.t.add(Finding{int(n.t.words[from].start), e + 1, Place, score(points + 1), "a place"})
			n.taken[to] = true
		}
	}
	return points, from, to
}

// locality gives the points of the words a to b-1 as the name of one place.
func (n *namer) locality(a, b int) float64 {
	var c list.Class
	if b == a+1 {
		c = n.of(a)
		if n.never(a) {
			return -9
		}
	} else {
		c = list.Of(n.t.s[n.t.words[a].start:n.end(b-1)])
		// A phrase of plain words that a list seems to have may be an accident of fingerprints.
		if plain := n.plain(a, b); plain && (n.grade.caseless && c&list.Country == 0 || c&(list.Country|list.CityBig|list.Region) == 0) {
			c = 0
		}
		if c&list.Place == 0 && n.gap(a+1) != " " {
			return -9
		}
	}
	p, unknown := 0.0, false
	word, person := c&list.Word != 0, c&list.Person != 0
	switch {
	case c&list.Country != 0 && !word && !person:
		p = 3
	case c&list.Country != 0 && c&(list.Given|list.Common) == 0:
		p = 2.2
	case c&list.Country != 0:
		p = 1.7
	case c&list.CityBig != 0 && !word && !person:
		p = 1.8
	case c&list.CityBig != 0 && !word:
		p = 1.2
	case c&list.CityBig != 0:
		p = 0.6
	case c&(list.City|list.Region) != 0 && !word:
		p = 1.1
	case c&(list.City|list.Region) != 0:
		p = 0.4
	case b > a+1:
		// A name of several words that no list has: its words must not be plain.
		for k := a; k < b; k++ {
			if n.grade.caseless && (!n.card.is || n.gap(k) != " " && k > a || n.of(k)&list.Word != 0 || n.cue[k]&(cueWeekday|cueMonth) != 0) {
				return -9
			}
			if n.t.words[k].shape != lower && n.part(k) <= -1 && n.of(k)&list.Place == 0 && n.cue[k]&(cueDirection|cueBetween) == 0 || n.never(k) || n.cue[k]&cueFunction != 0 {
				if n.never(k) || n.cue[k]&cueFunction != 0 || !n.grade.prose || n.tech >= 0 || n.where(a, b) < 1.5 {
					return -9
				}
			}
		}
		p, unknown = 0.5, true
	case c == 0:
		p, unknown = 0.6, true
	case word:
		return -1
	case person:
		p = 0.1
	}
	if b > a+1 && c&list.Place != 0 {
		p += 0.8
	}
	if b == a+1 && n.t.words[a].end-n.t.words[a].start <= 3 && c&list.Country == 0 {
		p -= 1
	}
	ctx := n.where(a, b)
	if n.card.is && n.card.place && a == n.from && b == n.to {
		ctx += 1.6
	}
	p += ctx
	if unknown && ctx < 1 {
		if !(n.grade.prose && n.tech < 0 && ctx >= 0.6) {
			return min(p, 1)
		}
		p += 0.3
	}
	if n.grade.log {
		p -= 1.2
		if unknown {
			p -= 1
		}
	} else if n.tech > 2 {
		p -= 0.5
		if unknown {
			p -= 0.6
		}
	} else if n.grade.prose && n.tech < 0 {
		p += 0.3
	}
	return p
}

// plain tells whether the words a to b-1 are all ordinary words.
func (n *namer) plain(a, b int) bool {
	for k := a; k < b; k++ {
		if n.of(k)&list.Word == 0 && n.cue[k]&(cueFunction|cueOpener|cueParticle) == 0 || n.t.words[k].shape >= digits {
			return false
		}
		if k > a && n.grade.caseless && n.gap(k) != " " {
			return true
		}
	}
	return true
}

// placeLabels stand before a place in a form, with a colon.
var placeLabels = hashes(`country birthplace birth destination hometown location origin citizenship stadt ville ciudad land pays`)

var be = hashes(`am is are was were i'm she's he's we're they're you're be been`)

// where gives the points of the words around a to b-1 for a place.
func (n *namer) where(a, b int) float64 {
	p := 0.0
	if a > n.from && n.beside(a) {
		c := n.cue[a-1]
		switch {
		case n.gap(a) == ": " && (c&cuePlaceHead != 0 || placeLabels[n.t.words[a-1].hash]):
			p = 2
		case c&cueIn != 0:
			p = 0.6
			prev := n.t.of(n.t.words[a-1])
			if prev == "in" || prev == "near" || prev == "In" {
				p = 0.8
			}
			if n.back(a-1, 4)&cueGo != 0 {
				p += 1.1
			} else if b := n.back(a-1, 1); b&cueFunction != 0 && a >= n.from+2 && be[n.t.words[a-2].hash] && n.grade.prose {
				p += 0.5 // she is in X
			} else if n.back(a-1, 3)&(cueStreet|cuePlaceHead|cueVisit) != 0 || n.street(a-2) {
				p += 0.8
			} else if n.back(a-1, 5)&cueOrgHead != 0 {
				p += 0.4
			}
		case c&cueDirection != 0:
			p = 0.9
		case c&cuePlaceHead != 0 && n.gap(a) == " " && n.t.words[a-1].shape == lower && n.cue[a-1]&cueStreet == 0:
			p = 1.3 // her home city X
		case c&cueVisit != 0 && strings.TrimSpace(n.gap(a)) == "":
			p = 1
		case n.as[a-1] == Place && n.gap(a) == ", ":
			p = 1.2
		case n.t.of(n.t.words[a-1]) == "for" && n.back(a-1, 2)&cueGo != 0:
			p = 1.4
		case n.t.of(n.t.words[a-1]) == "of" && n.back(a-1, 1)&(cuePlaceHead|cueOrgHead|cueRole|cueDirection) != 0:
			p = 1.2
		case n.t.of(n.t.words[a-1]) == "and" && a >= n.from+2 && n.as[a-2] == Place:
			p = 1.2
		}
	}
	if b < n.to {
		c := n.cue[b]
		switch g := n.gap(b); {
		case g == " " && c&cuePlaceHead != 0:
			p += 1.1
		case g == ", " && n.capital(b) && n.of(b)&(list.Country|list.Region) != 0:
			p += 1
		case g == ", " && n.cue[b]&cueState != 0 && n.t.words[b].shape == upper:
			p += 1
		case g == " " && c&cueFunction != 0 && (n.t.of(n.t.words[b]) == "was" || n.t.of(n.t.words[b]) == "is") && n.opens(a):
			p += 0.3
		}
	}
	return p
}

// street tells whether a word before was taken as part of a street.
func (n *namer) street(i int) bool {
	return i >= n.from && i < len(n.taken) && n.taken[i] && n.cue[i]&cueStreet != 0
}

// plural tells whether the word is a people with an s: Estonians.
func (n *namer) plural(i int) bool {
	s := n.word(i)
	return len(s) > 5 && s[len(s)-1] == 's' && n.of(i)&list.Word == 0 && list.Of(s[:len(s)-1])&list.Demonym != 0
}

// peoples proposes nationalities, religions and political groups.
func (n *namer) peoples() {
	if n.grade.log {
		return
	}
	for i := n.from; i < n.to; i++ {
		if n.taken[i] || n.code(i) {
			continue
		}
		capital := n.t.words[i].shape == title || n.t.words[i].shape == upper && n.t.words[i].end-n.t.words[i].start > 3
		if n.cue[i]&cuePeople == 0 && !((capital || n.grade.prose) && n.plural(i)) && !((capital || n.grade.caseless) && n.of(i)&list.Demonym != 0 && n.of(i)&(list.Country|list.Given) == 0) {
			continue
		}
		if i+1 < n.to && n.gap(i+1) == " " && list.Of(n.t.s[n.t.words[i].start:n.end(i+1)])&list.Place != 0 || n.gap(i) == " (" && i > n.from && n.of(i-1)&list.Country != 0 {
			continue // Czech Republic, Cyprus (Greek)
		}
		p := 2.2
		if !capital {
			p = 0.9
		}
		if n.of(i)&(list.Common|list.Person) != 0 && n.of(i)&list.Demonym == 0 && (!capital || n.opens(i)) {
			p -= 1.0
		}
		talk := n.grade.prose && n.tech < 0
		next := cue(0)
		if i+1 < n.to && n.gap(i+1) == " " {
			next = n.cue[i+1]
		}
		if next&(cueHuman|cueKin|cueRole) != 0 {
			p += 1.5
		}
		if i > n.from && n.beside(i) {
			switch n.t.of(n.t.words[i-1]) {
			case "proud", "fellow", "young", "devout", "many", "most", "native", "am", "is", "are", "I'm", "i'm", "was", "were", "he's", "she's", "a", "an", "be":
				p += 1.2
			case "in", "In", "into":
				if !talk {
					p -= 0.8 // a language
				}
			}
			if n.cue[i-1]&cueLanguage != 0 && !talk {
				p -= 1.5
			}
		}
		if next&cueLanguage != 0 && !talk {
			p -= 1.5
		}
		if n.tech > 2 {
			p -= 1.2
		} else if !n.grade.prose && n.grade.words > 3 {
			p -= 0.5
		}
		// Part of a longer name is not the people: Bank of American Samoa, Portuguese Creek.
		if p >= enough {
			n.take(i, i+1, Nationality, p, "a nationality, religion or political group")
		}
	}
}
