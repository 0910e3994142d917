package redact

import (
	"strings"

	"firebreak/internal/redact/list"
)

// organization gives the points of the run i to j-1 as the name of an organisation, and the words that make it, which
// may be more than the run: "Hawkins, Richardson and Santana", "Example Trading, Inc".
func (n *namer) organization(i, j int) (points float64, from, to int) {
	from, to = i, j
	w := n.t.words
	// Small words at either end of the run are not part of it.
	for from < to && (n.never(from) || n.cue[from]&cueHonorific != 0) {
		from++
	}
	for from < to && n.never(to-1) {
		to--
	}
	if from == to {
		return -9, i, j
	}
	p, legal, head := 0.0, false, false
	for k := from; k < to; k++ {
		c, q := n.of(k), n.cue[k]
		switch {
		case q&cueLegal != 0 && k > from && n.gap(k) != "-" && (int(w[k].end) >= len(n.t.s) || n.t.s[w[k].end] != '-') && (k == to-1 || n.cue[k+1]&cueLegal != 0) && (w[k].shape == upper || w[k].shape == title || w[k].shape == mixed):
			legal = true
		case q&cueOrgHead != 0 && (k == to-1 && k > from || k == from && k < to-1):
			head = true
		case c == 0:
			p = max(p, 0.7)
		case c&list.Company != 0 && c&list.Tech == 0:
			p = max(p, 0.8)
		case c&list.Person != 0 && c&list.Word == 0:
			p = max(p, 0.2)
		}
	}
	// Example Trading, Inc.
	if !legal && to < n.to && (n.gap(to) == ", " || n.gap(to) == " & ") && n.cue[to]&cueLegal != 0 && n.capital(to) {
		to++
		legal = true
	}
	// Bank of Exampleland, University of Somewhere
	if head && to == from+1 || n.cue[from]&cueOrgHead != 0 && to == from+1 {
		if to+1 < n.to && n.t.of(w[to]) == "of" && n.gap(to) == " " && n.capital(to+1) {
			to = n.run(to + 1)
			head = true
			p = max(p, 1)
		}
	}
	chain := false
	if !legal && !head {
		if e := n.chain(from); e > to {
			to, chain = e, true
		}
	}
	if to == from+1 && to+1 < n.to && !legal && n.gap(to) == " " && n.gap(to+1) == " " {
		if s := n.t.of(w[to]); s == "and" || s == "&" {
			switch n.t.of(w[to+1]) {
			case "Sons", "Son", "Brothers", "Bros", "Co", "Company", "Partners", "Associates", "Daughters":
				to += 2
				legal = true
			}
		}
	}
	for !legal && to < n.to && n.gap(to) == " & " && n.capital(to) && to-from < 4 { // Harbeck & Sons
		to++
		chain = true
	}
	hyphen := to-from == 2 && n.gap(from+1) == "-"
	switch {
	case legal:
		p += 4.5
	case head && to-from >= 2:
		p += 1.4
		if to-from > 2 {
			p += 0.5
		}
		switch n.t.of(w[to-1]) {
		case "Bank", "University", "College", "Hospital", "Institute", "Insurance", "Airlines", "Orchestra", "Foundation", "Group", "Partners", "Holdings", "Union", "Church", "School", "Clinic":
			p += 0.6
		}
	case chain:
		p += 1.7
	case hyphen:
		p += 0.4
	}
	for k := from; k < to; k++ {
		if n.initial(k) && !legal {
			p -= 2
		}
	}
	ctx := n.firm(from, to)
	if n.card.is && from == n.from && to == n.to {
		if n.card.person {
			ctx += 1.6
		} else if n.card.above {
			ctx += 1
		}
	}
	if n.of(from)&list.Country != 0 && to == from+1 {
		ctx -= 1.5
	}
	p += ctx
	if ctx >= 1.2 && n.of(from)&list.Given == 0 && (n.grade.prose || ctx >= 1.8) && n.tech <= 2 {
		p += 1.4
	}
	if to-from == 1 && n.of(from)&list.Word != 0 && n.of(from)&list.Tech != 0 && !legal {
		p -= 0.7
	}
	plain := true
	for k := from; k < to; k++ {
		if n.of(k)&list.Word == 0 || !n.never(k) && n.of(k)&list.Tech == 0 && ctx >= 1.2 {
			plain = false
		}
	}
	if plain && !legal {
		p -= 1
	}
	switch {
	case n.grade.log && !legal:
		p -= 1.8
	case n.grade.log:
		p -= 0.6
	case n.tech > 2:
		p -= 0.8
	case n.grade.prose && n.tech < 0:
		p += 0.3
	}
	return p, from, to
}

// chain gives the end of "Hawkins, Richardson and Santana" that begins at i, or 0.
func (n *namer) chain(i int) int {
	if i+3 >= n.to || !n.family(i) || n.gap(i+1) != ", " || !n.family(i+1) || n.gap(i+2) != " " || n.gap(i+3) != " " || !n.family(i+3) && n.cue[i+3]&cueOrgHead == 0 {
		return 0
	}
	if s := n.t.of(n.t.words[i+2]); s != "and" && s != "&" {
		return 0
	}
	if i > n.from && strings.HasPrefix(n.gap(i), ":") && (n.backLine(i, 14)&cueOrgNoun == 0 || n.backLine(i, 3)&(cueRole|cueKin) != 0) {
		return 0 // a list of people
	}
	return i + 4
}

func (n *namer) family(i int) bool {
	if n.grade.caseless {
		return n.of(i)&(list.Surname|list.Name) != 0 && n.cue[i]&cueFunction == 0
	}
	return (n.t.words[i].shape == title || n.t.words[i].shape == mixed && n.namelike(i)) && n.of(i)&(list.Surname|list.Name|list.Given) != 0
}

// firm gives the points of the words around for an organisation.
func (n *namer) firm(a, b int) float64 {
	p := 0.0
	if a > n.from && n.beside(a) {
		prev := n.t.of(n.t.words[a-1])
		switch prev {
		case "at", "for", "by", "with", "of", "from", "in", "to", "as", "called", "is", "was":
			if n.back(a-1, 4)&cueWork != 0 {
				p = 1.5
			} else if prev == "at" {
				p = 0.6
			}
		case "The", "the":
			p = 0.2
			if q := n.back(a-1, 3); q&cueWork != 0 {
				p = 0.8
			}
		default:
			if n.gap(a) == ": " && n.cue[a-1]&(cueWork|cueOrgNoun) != 0 && n.cue[a-1]&(cueTech|cueRole|cueSlot) == 0 {
				p = 1.8 // Employer:
			} else if c := n.cue[a-1]; c&cueWork != 0 && n.t.words[a-1].shape == lower {
				p = 1.3
			}
		}
		if prev == "from" && a >= n.from+3 && n.t.of(n.t.words[a-2]) == "is" && n.taken[a-3] || (prev == "from" || prev == "of" || prev == "at" || prev == "with") && a >= n.from+2 && n.as[a-2] == Person {
			p = max(p, 1.5) // somebody is from an organisation, or from a place
		}
	}
	if n.end(b-1) != int(n.t.words[b-1].end) {
		if b < n.to && n.cue[b]&cueOrgNoun != 0 {
			p += 1
		}
		return p
	}
	if b < n.to {
		switch g := n.gap(b); {
		case g == " " && n.cue[b]&(cueOrgNoun|cueOrgHead) != 0 && n.cue[b]&cueJob == 0 || g == " " && n.cue[b]&cueOrgNoun != 0 && b+1 < n.to && n.capital(b+1):
			p += 1.4
		case g == " " && (n.t.of(n.t.words[b]) == "is" || n.t.of(n.t.words[b]) == "was"):
			for k := b + 1; k < min(b+9, n.to) && n.beside(k); k++ {
				if n.cue[k]&(cueOrgNoun) != 0 && n.cue[k]&cueRole == 0 {
					p += 1.6
					break
				}
			}
		case g == ", " && n.t.words[b].shape == digits:
			p += 0.8 // an address follows
		}
	}
	return p
}
