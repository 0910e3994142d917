package redact

import (
	"strings"

	"firebreak/internal/redact/list"
)

// boldest is how technical the text may be for a capital inside a sentence to be enough of a sign.
const boldest = 3

// bold takes what the points left in a sentence for people: a capital inside such a sentence is a name unless the word
// is known as something else, and ordinary words with capitals are an organisation where one must stand.
func (n *namer) bold() {
	for i := n.from; i < n.to; {
		if n.taken[i] || n.code(i) {
			i++
			continue
		}
		if !n.capital(i) {
			i = max(n.small(i), i+1)
			continue
		}
		j := n.run(i)
		n.dare(i, j)
		i = j
	}
}

// small takes a name in small letters, or in odd ones, that stands in a sentence with capitals, and gives its end.
func (n *namer) small(i int) int {
	w := n.t.words
	if w[i].shape != lower && w[i].shape != mixed || w[i].end-w[i].start < 3 || n.cue[i]&(cueFunction|cueOpener|cueSay|cueHonorific|cueGreeting|cueMonth|cueWeekday) != 0 || n.never(i) {
		return i
	}
	c := n.of(i)
	if c&list.Word != 0 && (c&list.Common != 0 || c&list.Person == 0) {
		return i
	}
	if c&(list.CityBig|list.Country) != 0 && c&list.Word == 0 && n.within(i) && w[i].shape == lower && n.tech <= 0 {
		n.take(i, i+1, Place, enough, "a place in small letters")
		return i + 1
	}
	pair := i+1 < n.to && w[i].shape == lower && c&list.Given != 0 && c&list.Word == 0 && n.gap(i+1) == " " && w[i+1].shape == lower && !n.taken[i+1] && n.of(i+1)&(list.Surname|list.Given) != 0 && n.of(i+1)&list.Word == 0
	if !pair && !n.must(i) {
		return i
	}
	j := i + 1
	for j < n.to && j < i+4 && !n.taken[j] && !n.code(j) && n.joins(j) && n.lowName(j) && (n.initial(j) || n.of(j)&list.Word == 0 && w[j].end-w[j].start > 2) && n.cue[j]&(cueFunction|cueIn|cueWith|cuePersonal) == 0 {
		j++
	}
	n.take(i, j, Person, enough, "a name in small letters")
	return j
}

// dare decides about the run i to j-1 of words with capitals that were left.
func (n *namer) dare(i, j int) {
	if i > n.from && n.gap(i) == " " && j-i <= 5 && n.cue[i]&cueFunction != 0 && !articles[n.t.words[i].hash] && (n.firm(i, j) >= 1.5 || n.business(i, j) >= 1.5) && !n.never(i) {
		n.take(i, j, Organization, enough, "words with capitals where an organisation stands")
		return
	}
	for i < j && n.idle(i) {
		i++
	}
	for j > i && (n.idle(j-1) || n.initial(j-1)) {
		j--
	}
	for k := i; k < j; k++ {
		if n.never(k) || n.cue[k]&(cueHonorific|cueWeekday|cueMonth) != 0 && n.of(k)&list.Given == 0 {
			n.dare(k+1, j)
			j = k
			break
		}
	}
	if i >= j || n.initial(i) && j == i+1 || interjections[n.t.words[i].hash] {
		return
	}
	if j < n.to && n.t.words[j].shape >= digits && n.gap(j) == " " && n.of(j-1)&list.Word != 0 {
		return // Reason Code 2035
	}
	open := n.opens(i) && !n.talk(i)
	unknown, plain, capitals, tech := 0, true, 0, false
	for k := i; k < j; k++ {
		c := n.of(k)
		if n.t.words[k].shape == lower {
			continue
		}
		if n.t.words[k].shape == upper && n.t.words[k].end-n.t.words[k].start < 6 && !n.initial(k) {
			return // an abbreviation
		}
		if c&list.Word == 0 {
			plain = false
		}
		tech = tech || c&list.Tech != 0 || n.cue[k]&cueTech != 0
		if c == 0 {
			unknown++
		}
		if n.t.words[k].shape != upper {
			capitals++
		}
	}
	tech = tech && n.tech > -1
	if capitals == 0 {
		return
	}
	firm := n.firm(i, j)
	if !tech || !plain {
		firm = max(firm, n.business(i, j))
	}
	if open && j == i+1 && n.pair(i) {
		n.take(i, j, Person, enough, "two names that begin a sentence")
		n.take(i+2, i+3, Person, enough, "two names that begin a sentence")
		return
	}
	switch kin := n.listed(i, j); {
	case kin != "" && (!open || !plain || n.of(i)&list.Person != 0):
		n.take(i, j, kin, enough, "beside another name")
	case open && plain && j-i >= 2 && n.predicate(j) && !tech:
		n.take(i, j, Organization, enough, "ordinary words with capitals, of which something is said")
	case open && plain && j == i+1 && n.of(i)&list.Given != 0 && n.cue[i]&(cueOpener|cueFunction|cueJob|cueRole|cueKin) == 0 && n.predicate(j):
		n.take(i, j, Person, enough, "a given name of which something is said")
	case open && plain && j == i+1 && n.of(i)&list.Surname != 0 && n.of(i)&list.Tech == 0 && n.cue[i]&(cueOpener|cueFunction|cueJob&^cueRole) == 0 && j < n.to && n.gap(j) == " " && (n.cue[j]&cueSay != 0 || deeds[n.t.words[j].hash]):
		n.take(i, j, Person, enough, "a family name of which a deed is told")
	case open && plain && j == i+1 && n.of(i)&list.Company != 0 && n.predicate(j):
		n.take(i, j, Organization, enough, "a company of which something is said")
	case open && (plain || j == i+1 && unknown == 0 && n.of(i)&list.Person == 0):
	case open && j == i+1 && !n.predicate(j) && n.t.words[i].shape != lower && !(n.tech < 0 && j < n.to && n.gap(j) == " " && n.cue[j]&(cueIn|cueWith|cueFunction) != 0) && n.end(i) == int(n.t.words[i].end) && (j >= n.to || n.gap(j) != ", "):
	case !plain && firm >= 0.6:
		n.take(i, j, Organization, enough, "a name where an organisation stands")
	case firm >= 1.2 && n.cue[i]&(cueJob|cueRole|cuePeople) == 0:
		n.take(i, j, Organization, enough, "words with capitals where an organisation stands")
	case plain && j-i >= 2 && !tech && n.after3(i):
		n.take(i, j, Organization, enough, "words with capitals where an organisation stands")
	case n.of(i)&list.Place != 0 && n.of(i)&list.Tech == 0 && j == i+1 && n.within(i):
		n.take(i, j, Place, enough, "a place where one may stand")
	case plain && j == i+1 && n.of(i)&list.Place != 0 && n.of(i)&(list.Common|list.Tech) == 0:
		n.take(i, j, Place, enough, "a place")
	case plain:
		if n.given(i) {
			n.take(i, j, Person, enough, "where a person is named")
		}
	case n.within(i) && n.where(i, j) >= 0.6:
		n.take(i, j, Place, enough, "a name where a place stands")
	default:
		n.take(i, j, Person, enough, "a capital inside a sentence, and no known word")
	}
}

// articles are words with capitals that begin no organisation's name by themselves.
var articles = hashes(`the a an i my our your his her their its this that these those it he she we they you i'm i'd i've i'll`)

// pair tells whether words i and i+2 are two names of people joined by and, of which something is said.
func (n *namer) pair(i int) bool {
	return i+3 < n.to && !n.taken[i+2] && n.gap(i+1) == " " && n.gap(i+2) == " " && n.gap(i+3) == " " && n.t.of(n.t.words[i+1]) == "and" &&
		n.t.words[i].shape == title && n.t.words[i+2].shape == title && n.t.words[i+3].shape == lower && n.of(i)&n.of(i+2)&list.Surname != 0 &&
		(n.of(i)|n.of(i+2))&list.Given != 0 && n.cue[i]&(cueFunction|cueOpener) == 0
}

// idle tells whether a word with a capital is one of sentences, not of names.
func (n *namer) idle(i int) bool {
	c := n.cue[i]
	return c&cueFunction != 0 || n.opens(i) && c&(cueOpener|cueGreeting|cueSay|cueIn|cueWith|cueYear) != 0 && n.of(i)&list.Given == 0 || c&(cuePeople) != 0 && n.of(i)&list.Given == 0
}

// others are who is greeted without a name.
var others = hashes(`all everyone everybody team there sir madam folks support community guys again friends colleagues customer customers
	service user users you reader readers committee manager hiring world help both ladies gentlemen students parents members and the
	to for from so very much in a lot it that this if i we my our is are was have has can could would bot people just any what how`)

// signed proposes the name below a formula that ends a letter, and who is greeted at the beginning of a line.
func (n *namer) signed() {
	i := n.from
	if n.at > 0 && n.to-i <= 4 {
		r := n.rows[n.at-1]
		w := n.t.words[r.to-1]
		if r.to-r.from <= 4 && closings[w.hash] && strings.HasPrefix(strings.TrimLeft(n.t.s[w.end:n.t.words[i].start], " ,.!"), "\n") && n.gap(i) != "" {
			j := i
			for j < n.to && !n.taken[j] && (j == i || n.joins(j)) && n.t.words[j].shape <= mixed && !n.code(j) && !n.never(j) && n.cue[j]&(cueFunction|cueJob) == 0 && (n.of(j)&list.Common == 0 || n.of(j)&list.Person != 0) && !others[n.t.words[j].hash] {
				j++
			}
			if j == n.to {
				n.take(i, j, Person, enough, "the name below a letter")
				return
			}
		}
	}
	k := i + 1
	for k < n.to && k < i+3 && n.cue[k]&cueGreeting != 0 && n.gap(k) == " " && n.of(k)&list.Given == 0 {
		k++
	}
	if n.cue[i]&cueGreeting == 0 || k >= n.to || n.taken[k] || n.gap(k) != " " && n.gap(k) != ", " {
		return
	}
	w := n.t.words[k]
	if others[w.hash] || n.code(k) || n.never(k) || w.shape > mixed || n.cue[k]&(cueFunction|cueOpener) != 0 || !n.capital(k) && (n.of(k)&list.Common != 0 || n.gap(k) == ", ") {
		return
	}
	j := k + 1
	for j < n.to && j < k+4 && !n.taken[j] && n.joins(j) && !n.code(j) && n.t.words[j].shape == w.shape && n.of(j)&list.Common == 0 && n.cue[j]&cueFunction == 0 {
		j++
	}
	if e := int(n.t.words[j-1].end); j == n.to || strings.IndexByte(",!.?;:", n.t.s[e]) >= 0 || n.capital(k) && n.of(k)&list.Person != 0 {
		n.take(k, j, Person, enough, "who is greeted")
	}
}

// filled proposes what stands after the label of a form for a name, an organisation or a place, to the end of the line;
// and a line that is nothing but capitals among the lines of an address or a visiting card.
func (n *namer) filled() {
	a, k := n.from, Kind("")
	if n.card.is && (n.card.person || n.card.above || n.card.place) && n.to-n.from <= 4 {
		k = Organization
		if !n.card.person && !n.card.above {
			k = Place
		}
	}
	for x := n.from + 1; x < min(n.from+4, n.to); x++ {
		if g := n.gap(x); len(g) > 1 && g[0] == ':' && strings.Trim(g[1:], " \t\"") == "" {
			a, k = x, ""
			switch w := n.t.words[x-1]; {
			case houses[w.hash] && w.hash != calledHash:
				k = Organization
			case placeLabels[w.hash] || n.cue[x-1]&cuePlaceHead != 0:
				k = Place
			case n.cue[x-1]&(cueNamed|cueSlot|cueKin) != 0 && !notPeople[n.t.words[max(x-2, n.from)].hash]:
				k = Person
			}
			break
		}
	}
	if k == "" || n.to-a > 5 || !n.ends(n.to) {
		return
	}
	for x := a; x < n.to; x++ {
		if n.taken[x] || n.code(x) || n.never(x) || n.t.words[x].shape >= digits || !n.capital(x) && n.cue[x]&cueBetween == 0 || legends[n.t.words[x].hash] || n.t.words[x].end-n.t.words[x].start > longestName ||
			x > a && n.gap(x) != " " && n.gap(x) != "-" && n.gap(x) != ". " && n.gap(x) != ", " || a == n.from && n.cue[x]&(cueJob|cueStreet|cueUnit) != 0 || x > a && n.cue[x]&cueFunction != 0 {
			return
		}
	}
	n.take(a, n.to, k, enough, "a line of a form or a card")
}

var calledHash = hashOf("called")

// legends are lines of cards that say what a number is.
var legends = hashes(`office fax mobile phone desk tel telephone email e-mail mail website web cell home work address name date subject from to cc
	info personal contact summary skills experience education none unknown yes no n/a other regards thanks best hello hi dear where when
	total amount price invoice account number page draft new old open closed high low medium normal priority status default`)

// closings end a letter.
var closings = hashes(`regards faithfully sincerely cheers best wishes thanks truly yours cordially greetings love grüße gruß cordialement saludos thx hugs`)

// talk tells whether word i opens after a colon or a mark of quotation, where the words before still count.
func (n *namer) talk(i int) bool {
	return i > n.from && (strings.HasPrefix(n.gap(i), ":") || strings.HasPrefix(n.gap(i), " \"") || strings.HasPrefix(n.gap(i), " “"))
}

// deeds are what only people do.
var deeds = hashes(`scored phoned rang texted emailed cried smiled laughed nodded shouted whispered married died lives lived retired resigned
	apologised apologized waved kissed hugged promised lent borrowed drove slept ate drank walked knows thinks wants loves hates`)

// predicate tells whether something is said of what ends before word j: a word in small letters follows.
func (n *namer) predicate(j int) bool {
	if j >= n.to || n.gap(j) != " " || n.t.words[j].shape != lower {
		return false
	}
	if n.cue[j]&(cuePersonal|cueSay) != 0 && n.t.of(n.t.words[j]) != "and" {
		return true
	}
	switch n.t.of(n.t.words[j]) {
	case "cannot", "can't", "won't", "hasn't", "isn't", "wasn't", "didn't", "doesn't", "never", "always", "froze", "gave", "may", "might", "must", "refused", "wants":
		return true
	}
	return false
}

// listed gives the kind of the name that the run is in a list with.
func (n *namer) listed(i, j int) Kind {
	if i > n.from+1 && n.gap(i) == " " && n.taken[i-2] && n.gap(i-1) == " " {
		if s := n.t.of(n.t.words[i-1]); (s == "and" || s == "or") && (n.as[i-2] == Person || n.as[i-2] == Organization || n.as[i-2] == Place) {
			return n.as[i-2]
		}
	}
	if i > n.from && n.gap(i) == ", " && n.taken[i-1] && (n.as[i-1] == Person || n.as[i-1] == Organization || n.as[i-1] == Title) && n.end(j-1) == int(n.t.words[j-1].end) && (j >= n.to || n.gap(j) != " " || n.t.of(n.t.words[j]) == "and") {
		if n.as[i-1] == Title {
			return Organization
		}
		return n.as[i-1]
	}
	if j+1 < n.to && n.taken[j+1] && n.gap(j) == " " && n.gap(j+1) == " " && n.as[j+1] == Person && n.of(i)&list.Person != 0 && n.cue[i]&(cueFunction|cueOpener) == 0 {
		if s := n.t.of(n.t.words[j]); s == "and" || s == "or" {
			return Person
		}
	}
	return ""
}

// interjections are words with capitals that are written so for other reasons.
var interjections = hashes("c'mon sir madam ma'am mr mrs ms ok okay y'all hmm haha ah oh ugh")

// tradeWords stand before what is bought, owed or worked at.
var tradeWords = hashes(`buy buys bought order ordered orders purchase purchased account accounts bank banks subscription subscribed contract
	policy claim invoice invoices bill bills loan mortgage shares stake job position career work works worked working employed
	letter refund booking booked reservation delivery merger website page office address invoice letter supplier supplies switched switch customer customers client clients
	branch branches manager owner founder director ceo cfo cto chairman head employee employees staff member members partner
	partnership interview internship intern volunteer shop shopping website site quarrel complaint complain sued sue lawsuit
	hired fired joined left leave quit stayed staying dinner lunch ate products services support sponsored acquired funded
	published produced sold sells spokesman spokeswoman spokesperson representative resigned joining office offices`)

// houses stand right before the name of an organisation.
var houses = hashes(`company store shop restaurant firm brand bakery hotel bar cafe café pub supermarket retailer startup start-up agency charity bank
	insurer airline supplier vendor employer publisher label band organisation organization club clinic gym salon called`)

// business gives the points of words of trade before the run i to j-1.
func (n *namer) business(i, j int) float64 {
	if i == n.from {
		return 0
	}
	prev := i - 1
	g := strings.TrimSpace(n.gap(i))
	if g == ":" && (houses[n.t.words[prev].hash]) {
		return 2
	}
	if g != "" && g != "\"" && g != "“" {
		return 0
	}
	if n.t.of(n.t.words[prev]) == "the" && prev > n.from {
		prev--
	}
	if houses[n.t.words[prev].hash] {
		if n.t.of(n.t.words[prev]) != "called" || n.back(prev, 3)&(cueOrgNoun|cueOrgHead) != 0 {
			return 2
		}
		return 0
	}
	switch n.t.of(n.t.words[prev]) {
	case "at", "for", "from", "of", "by", "with", "to", "behind", "left", "joined":
	default:
		return 0
	}
	for k := prev; k >= max(n.from, prev-5); k-- {
		if tradeWords[n.t.words[k].hash] {
			return 1.5
		}
	}
	return 0
}

// after3 tells whether the word before i is one after which a name of several ordinary words is one of an organisation.
func (n *namer) after3(i int) bool {
	if i == n.from || n.gap(i) != " " {
		return false
	}
	switch n.t.of(n.t.words[i-1]) {
	case "at", "from", "by", "for", "with":
		return true
	case "The":
		return !n.opens(i - 1)
	case "own", "owns", "owned", "bought", "sued", "joined", "runs", "acquired", "like", "visited":
		return true
	}
	return false
}

// within tells whether a preposition of place stands before word i.
func (n *namer) within(i int) bool {
	return i > n.from && n.gap(i) == " " && n.cue[i-1]&(cueIn|cueVisit) != 0 && n.t.words[i-1].shape == lower
}

// given tells whether a person must stand at word i: my name is X, call me X, under X.
func (n *namer) given(i int) bool {
	if i == n.from || len(n.gap(i)) > 2 || n.cue[i]&(cueOpener|cueFunction) != 0 || n.of(i)&list.Common != 0 && n.of(i)&list.Person == 0 {
		return false
	}
	p, slot := n.before(i)
	if slot && p >= 1.8 || n.cue[i-1]&(cueGreeting|cueKin|cueDeal|cueHonorific) != 0 && n.of(i)&list.Person != 0 && strings.TrimSpace(n.gap(i)) == "" {
		return true
	}
	return n.of(i)&list.Given != 0 && n.of(i)&list.Tech == 0 && !n.opens(i)
}
