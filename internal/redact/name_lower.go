package redact

import (
	"strings"

	"firebreak/internal/redact/list"
)

// caseless looks for people in a line without capitals, or with nothing else, where only the words around can tell.
func (n *namer) caseless() {
	if n.grade.log && n.tech > 6 {
		return
	}
	w := n.t.words
	for i := n.from; i < n.to; i++ {
		if n.taken[i] || n.code(i) || n.cue[i]&(cueFunction|cueOpener|cueSay) != 0 || w[i].shape == digits || w[i].shape == alnum {
			continue
		}
		if p, a, b := n.place(i, min(i+3, n.to)); p >= enough && a == i {
			n.take(a, b, Place, p, "a place")
			i = b - 1
			continue
		}
		if e := n.lowFirm(i); e > i {
			n.take(i, e, Organization, 2.5, "an organisation's name")
			i = e - 1
			continue
		}
		j := i
		for j < n.to && j < i+4 && !n.taken[j] && !n.code(j) && (j == i || n.joins(j) && n.gap(j) != "  ") && n.lowName(j) {
			j++
		}
		if j == i {
			continue
		}
		before, _ := n.before(i)
		p := n.person(i, j) - 0.3
		switch {
		case j == i+1 && w[i].end-w[i].start < 3:
			p = 0
		case j == i+1 && before < 1 && n.of(i)&list.Word != 0:
			p = 0
		case j > i+1 && before < 0.5 && (n.part(i) < 1 || n.grade.log || n.of(i)&list.Given == 0):
			p = 0
		}
		if p >= enough {
			n.found(i, j, p)
			i = j - 1
		}
	}
}

// lowName tells whether a word in small letters may be part of a name.
func (n *namer) lowName(i int) bool {
	w := n.t.words[i]
	if w.shape == digits || w.shape == alnum || n.cue[i]&(cueFunction|cueOpener|cueSay|cueIn) != 0 {
		return n.initial(i)
	}
	c := n.of(i)
	return n.initial(i) || n.part(i) > -0.5 && (c&list.Common == 0 || c&list.Given != 0 && (c&list.Surname != 0 || i+1 < n.to && n.gap(i+1) == " " && n.of(i+1)&list.Surname != 0 && n.of(i+1)&list.Word == 0))
}

// lowFirm gives the end of the name of an organisation in small letters that begins at i, or i: those of a company end in
// its form, and on a card it stands below a person.
func (n *namer) lowFirm(i int) int {
	for k := i; k < min(i+5, n.to); k++ {
		if k > i && n.gap(k) != " " && n.gap(k) != ", " && n.gap(k) != "-" || n.cue[k]&(cueFunction|cueIn|cueSay) != 0 || n.taken[k] {
			break
		}
		if s := n.t.of(n.t.words[k]); k > i && n.cue[k]&cueLegal != 0 && (s == "inc" || s == "llc" || s == "ltd" || s == "gmbh" || s == "corp" || s == "plc" || s == "llp") {
			return k + 1
		}
	}
	if e := n.chain(i); e > 0 && (i == n.from && n.ends(e) || n.of(i)&list.Word == 0 && n.of(i+1)&list.Word == 0 && n.of(i+3)&list.Word == 0) {
		return e
	}
	if n.card.is && n.card.person && i == n.from && n.tech <= 0 {
		for k := i; k < n.to; k++ {
			if n.cue[k]&(cueStreet|cueUnit|cueJob) != 0 || n.taken[k] || n.t.words[k].shape == digits {
				return i
			}
		}
		return n.to
	}
	return i
}

// boldLow takes what is left in a line without capitals, or with nothing else: after words that only a name follows any
// word that is no common one, and given names that are nothing else wherever they stand.
func (n *namer) boldLow() {
	defer n.honored()
	w := n.t.words
	for i := n.from; i < n.to; i++ {
		if n.taken[i] || n.code(i) || w[i].shape > mixed || w[i].end-w[i].start < 3 || n.never(i) || n.cue[i]&(cueFunction|cueOpener|cueSay|cueMonth|cueWeekday|cueHonorific|cueGreeting|cuePeople) != 0 {
			continue
		}
		c := n.of(i)
		must := n.must(i)
		switch {
		case must && c&list.Common == 0:
		case must && c&list.Given != 0 && n.cue[i]&(cueKin|cueRole|cueJob) == 0:
		case !n.grade.prose || n.tech > 0 || c&list.Word != 0 || w[i].end-w[i].start < 4:
			continue
		case c&list.Given != 0 && c&(list.CityBig|list.Country) == 0:
		case c&(list.CityBig|list.Country|list.Region) != 0 && i > n.from && n.gap(i) == " " && n.cue[i-1]&(cueIn|cueVisit) != 0:
			n.take(i, i+1, Place, enough, "a place in small letters")
			continue
		case c&list.Company != 0 && i > n.from && n.gap(i) == " " && (n.business(i, i+1) > 0 || n.after3(i)):
			n.take(i, i+1, Organization, enough, "a company in small letters")
			continue
		case c == 0 && w[i].end-w[i].start >= 5 && i > n.from && n.gap(i) == " " && (n.cue[i-1]&cueIn != 0 || n.business(i, i+1) > 0 || n.firm(i, i+1) >= 1.2):
		default:
			continue
		}
		j := i + 1
		for j < n.to && j < i+4 && !n.taken[j] && !n.code(j) && n.joins(j) && n.gap(j) != "  " && n.lowName(j) && (n.initial(j) || n.of(j)&list.Word == 0 && w[j].end-w[j].start > 2) && n.cue[j]&(cueFunction|cueIn|cueWith|cuePersonal) == 0 {
			j++
		}
		k, why := Person, "a name in small letters"
		if !must && c == 0 {
			k, why = Place, "an unknown word where a place stands"
			if n.firm(i, j) >= 1.2 || n.business(i, j) > 0 {
				k, why = Organization, "an unknown word where an organisation stands"
			}
		}
		n.take(i, j, k, enough, why)
		i = j - 1
	}
}

// honored proposes titles before names in a line without capitals, or with nothing else.
func (n *namer) honored() {
	for i := n.from; i+1 < n.to; i++ {
		if n.cue[i]&cueHonorific != 0 && n.taken[i+1] && n.as[i+1] == Person && (n.gap(i+1) == " " || n.gap(i+1) == ". ") {
			n.honorific(i)
		}
	}
}

// must tells whether only a name can stand at word i, whatever case it is in.
func (n *namer) must(i int) bool {
	if i == n.from || len(n.gap(i)) > 3 {
		return false
	}
	prev, g := strings.ToLower(n.t.of(n.t.words[i-1])), strings.TrimSpace(n.gap(i))
	if n.cue[i-1]&cueHonorific != 0 && (g == "" || g == ".") && prev != "sir" && prev != "miss" && prev != "mag" && prev != "don" && prev != "pan" && prev != "capt" {
		return true
	}
	before := func(k int) string {
		if i-k < n.from {
			return ""
		}
		return strings.ToLower(n.t.of(n.t.words[i-k]))
	}
	switch {
	case g == ":" && (n.cue[i-1]&(cueNamed|cueSlot) != 0 || prev == "from" || prev == "attn") && !(i-2 >= n.from && notPeople[n.t.words[i-2].hash]):
		return n.grade.seen&cueTech == 0
	case g != "":
		return false
	case prev == "is" && before(2) == "name" && !notPeople[n.t.words[max(i-3, n.from)].hash]:
		return true
	case prev == "me" && (before(2) == "call" || before(2) == "calls"):
		return n.of(i)&list.Word == 0 || n.of(i)&list.Person != 0
	case prev == "called" || prev == "named" || prev == "nicknamed" || prev == "dear" || prev == "attn" || prev == "signed":
		return n.of(i)&list.Word == 0 || n.of(i)&list.Given != 0
	case (prev == "am" && before(2) == "i" || prev == "i'm" || prev == "is" && before(2) == "this") && n.of(i)&list.Word == 0:
		return n.of(i)&list.Person != 0 || n.ends(i+1) || strings.HasPrefix(n.t.s[n.t.words[i].end:], ",")
	}
	return false
}
