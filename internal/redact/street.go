package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"firebreak/internal/redact/list"
)

// An address is a run of numbers, capitals, kinds of streets, units, places and codes, over several lines if need be.
// What is not one of these ends it. It needs evidence of two kinds, such as a number and a kind of street.

const (
	addressWords = 30 // the longest address, in words
	addressLines = 6
)

// address is what was seen of an address.
type address struct {
	from, to                                       int
	numbers, streets, units, boxes, places, states int
	country, zip, shared, joined                   bool
	capitals, lowers                               int
}

// streets proposes the addresses that begin in the line.
func (n *namer) streets() {
	w := n.t.words
	for i := n.from; i < n.to; i++ {
		if n.taken[i] || !n.begins(i) {
			continue
		}
		a, ok := n.address(i)
		if !ok {
			continue
		}
		p := n.addressPoints(&a)
		if p < enough {
			if w[i].shape == title || w[i].shape == upper { // try again after the words of this run
				for i+1 < a.to && i+1 < n.to && w[i+1].shape != digits && n.cue[i+1]&(cueUnit|cueStreet) == 0 {
					i++
				}
			}
			continue
		}
		n.takeAddress(&a, p)
		i = a.to - 1
	}
}

func (n *namer) takeAddress(a *address, p float64) {
	w := n.t.words
	end := int(w[a.to-1].end)
	if end < len(n.t.s) && n.t.s[end] == '.' && n.cue[a.to-1]&(cueStreet|cueUnit) != 0 && w[a.to-1].end-w[a.to-1].start <= 4 && w[a.to-1].shape != upper {
		end++
	}
	n.t.add(Finding{int(w[a.from].start), end, Street, score(p), "an address"})
	for k := a.from; k < a.to; k++ {
		n.taken[k], n.as[k] = true, Street
	}
}

// number tells whether word i is a number of an address: 12, 12a, 0605.
func (n *namer) number(i int) bool {
	w := n.t.words[i]
	size := w.end - w.start
	return w.shape == digits && size <= 6 || w.shape == alnum && size <= 5 && class[n.t.s[w.start]] == isDigit
}

// streetWord tells whether word i is a kind of street, or ends in one.
func (n *namer) streetWord(i int) bool {
	w := n.t.words[i]
	if n.cue[i]&cueStreet != 0 {
		return w.shape != upper || w.end-w.start > 2 || n.grade.caseless
	}
	if w.shape != title && !(n.grade.caseless && w.shape == lower) && w.shape != upper && w.shape != mixed || w.end-w.start < 6 || w.end-w.start > longestWord {
		return false
	}
	s := n.t.of(w)
	last, _ := utf8.DecodeLastRuneInString(s)
	if last >= utf8.RuneSelf && !strings.ContainsRune("ßäöåæøðíýæúüğ", unicode.ToLower(last)) {
		return false
	}
	if w.shape == upper || w.shape == mixed {
		s = strings.ToLower(s)
	}
	if !streetLast[lastTwo(s)] {
		return false
	}
	for _, e := range streetEnds {
		if len(s) > len(e)+2 && strings.HasSuffix(s, e) {
			return len(e) > 3 || n.of(i)&(list.Word|list.Person) == 0
		}
	}
	return false
}

// streetLast are the last two bytes of streetEnds: they turn nearly all words away.
var streetLast = func() (set [1 << 12]bool) {
	for _, e := range streetEnds {
		set[lastTwo(e)] = true
	}
	return set
}()

func lastTwo(s string) int { return int(s[len(s)-1]&63)<<6 | int(s[len(s)-2]&63) }

// begins tells whether an address may begin at word i. It turns nearly all words away at little cost.
func (n *namer) begins(i int) bool {
	w := n.t.words
	if i > n.from && n.cue[i-1]&cueHonorific != 0 && n.capital(i) {
		return false
	}
	if i+1 >= len(w) || n.code(i) {
		return n.number(i) && i > n.from && n.followsAddress(i) && i+1 >= len(w)
	}
	switch w[i].shape {
	case digits, alnum:
		if !n.number(i) || i+1 >= n.to {
			return false
		}
		if g := n.gap(i + 1); g != " " && g != ", " && g != ". " {
			return false
		}
		if i > 0 && n.gap(i) == "." {
			return false
		}
		next := i + 1
		if n.number(next) && next+1 < n.to {
			next++
		}
		return n.capital(next) && !n.code(next) || n.cue[next]&(cueStreet|cueUnit) != 0 || n.grade.caseless && n.addressAnchor(next)
	case lower:
		if n.t.of(w[i]) == "the" && i+3 < n.to && n.t.of(w[i+1]) == "corner" && n.t.of(w[i+2]) == "of" {
			return true
		}
		if n.grade.caseless && i+2 < n.to && n.streetWord(i+1) && n.number(i+2) && n.of(i)&list.Word == 0 {
			return true
		}
		return (n.cue[i]&cueUnit != 0 || n.grade.caseless && n.cue[i]&cueStreet != 0) && i+1 < n.to && n.number(i+1) && (n.gap(i+1) == " " || n.gap(i+1) == ". ")
	case title, upper, mixed:
		if i > n.from && n.gap(i) == " " && n.capital(i-1) && !n.taken[i-1] && n.cue[i-1]&(cueOpener|cueFunction) == 0 {
			if !n.unit(i) {
				return false // within a run that was tried
			}
		}
		if s := n.t.of(w[i]); w[i].shape == upper && (s == "USS" || s == "USNS" || s == "USNV" || s == "USCGC") && i+2 < len(w) && n.military(i+2) {
			return true
		}
		if n.cue[i]&cueHonorific != 0 && i+1 < n.to && n.gap(i+1) == ". " && n.capital(i+1) {
			return false // Dr. Example, not Drive
		}
		return n.addressAnchor(i)
	}
	return false
}

// unit tells whether word i begins "Apt. 12".
func (n *namer) unit(i int) bool {
	return n.cue[i]&cueUnit != 0 && i+1 < n.to && n.number(i+1)
}

// addressAnchor tells whether a street, a unit or a number comes within a few words.
func (n *namer) addressAnchor(i int) bool {
	w := n.t.words
	for k := i; k < min(i+6, n.to); k++ {
		if n.cue[k]&cueUnit != 0 && k+1 < n.to && n.number(k+1) || n.streetWord(k) {
			return true
		}
		if k > i && n.number(k) && (n.gap(k) == " " || n.gap(k) == ", ") {
			return true
		}
		if w[k].shape == lower && n.cue[k]&(cueParticle|cueStreet|cueBetween) == 0 && !n.grade.caseless {
			return false
		}
	}
	return false
}

// followsAddress tells whether an address ended just before word i.
func (n *namer) followsAddress(i int) bool {
	return i > 0 && n.taken[i-1] && strings.TrimLeft(n.gap(i), " \n,?>|*#-") == ""
}

// address reads as much of an address as there is from word i on.
func (n *namer) address(i int) (address, bool) {
	t, w := n.t, n.t.words
	a := address{from: i, to: i}
	k := i
	if w[i].shape == lower && n.cue[i]&(cueUnit|cueStreet) == 0 {
		a.shared = true // the corner of
		k = i + 3
	}
	lines, commas := 1, 0
	low := n.grade.caseless
	for k < len(w) && k-i < addressWords && !n.taken[k] {
		if k > i {
			g := n.gap(k)
			if strings.IndexByte(g, '\n') >= 0 {
				if lines++; lines > addressLines || !n.nextLine(&a, k, g) {
					break
				}
			} else if !n.addressGap(&a, k, g) {
				break
			}
			if strings.IndexByte(g, ',') >= 0 {
				commas++
			}
		}
		switch {
		case n.number(k):
			if a.zip || a.country && a.to < k {
				break
			}
			a.numbers++
			if size := w[k].end - w[k].start; size >= 3 && (k == i || n.cue[k-1]&cueUnit == 0) && (a.country || a.states > 0 || lines > 1 && size >= 4) {
				a.zip = true
			}
		case n.britishCode(k):
			if a.numbers+a.streets+a.units == 0 {
				k = addressStop
				break
			}
			a.zip = true
			a.states++
			k++
		case n.streetWord(k) && (w[k].shape != lower || low || k > i && w[k-1].shape != lower || k+1 < len(w) && n.gap(k+1) == ". " && w[k].end-w[k].start < 4):
			if w[k].shape == lower && !low && !n.glued(k) && !(k+1 < len(w) && n.number(k+1) && n.gap(k+1) == " ") {
				k = n.stopAt(&a, k)
				break
			}
			a.streets++
		case n.cue[k]&cueUnit != 0 && k+1 < len(w) && n.number(k+1) && (w[k].shape != lower || low || a.numbers > 0):
			a.units++
			if c := t.of(w[k]); strings.EqualFold(c, "box") || strings.EqualFold(c, "postbox") || strings.EqualFold(c, "psc") || strings.EqualFold(c, "pob") || strings.EqualFold(c, "postfach") {
				a.boxes++
			}
		case (w[k].shape == upper && w[k].end-w[k].start == 2 || low) && n.cue[k]&cueState != 0 && k > i && (w[k].end-w[k].start == 2):
			a.states++
		case w[k].shape == lower && t.of(w[k]) == "nan" && (strings.IndexByte(n.gap(k), ',') >= 0 || k+1 < len(w) && w[k+1].shape == digits && a.capitals > 0),
			w[k].shape == upper && k > i && w[k].end-w[k].start <= 3 && k+1 < len(w) && w[k+1].shape == digits && w[k+1].end-w[k+1].start >= 4 && n.gap(k+1) == " " && a.capitals > 0:
			a.states++
		case n.capital(k) && !(n.code(k) && n.gap(k) != "-"):
			if !n.addressCapital(&a, k) {
				k = n.stopAt(&a, k)
				break
			}
		case n.cue[k]&cueLegal != 0 && k > i && a.numbers == 0 && w[k].shape == title,
			a.numbers+a.streets == 0 && !a.shared && t.of(w[k]) == "of":
			return a, false // a company or a person, with an address further on
		case w[k].shape == lower && k > i && k+1 < len(w) && n.cue[k]&(cueParticle|cueBetween) != 0 && n.cue[k]&cueFunction == 0 && n.gap(k+1) == " " && n.gap(k) == " " && (n.capital(k+1) || n.cue[k+1]&(cueParticle|cueStreet) != 0 || low && a.shared) && !(t.of(w[k]) == "and" && !a.shared && !n.sharedCorner(k)):
			if t.of(w[k]) == "and" {
				a.joined = true
			}
			k++
			continue // a particle counts when something follows
		case w[k].shape == lower && !low && k > i && (n.capital(k-1) || n.cue[k-1]&cueStreet != 0) && n.gap(k) == " " && n.cue[k]&(cueFunction|cueOpener|cueIn|cueWith) == 0 && n.of(k)&(list.Common|list.Tech) == 0 &&
			k+1 < n.to && (n.number(k+1) && n.gap(k+1) == " " || n.cue[k+1]&cueStreet != 0 && n.glued(k+1) || n.cue[k-1]&cueStreet != 0):
			a.capitals++
		case low && w[k].shape == lower && n.cue[k]&(cueFunction|cueOpener|cueIn) == 0 && (n.of(k)&list.Common == 0 || n.of(k)&(list.Place|list.Person) != 0 || k+1 < n.to && n.streetWord(k+1)) && a.lowers < 5:
			a.lowers++
			a.capitals++
			if n.of(k)&list.Country != 0 {
				a.country = true
			} else if n.of(k)&list.Place != 0 {
				a.places++
			}
		default:
			k = n.stopAt(&a, k)
		}
		if k >= addressStop {
			break
		}
		a.to = k + 1
		k++
	}
	if a.to <= a.from {
		return a, false
	}
	// A word that ends an address must not be the start of the next sentence.
	for a.to > a.from+1 && n.trailing(&a) {
		a.to--
	}
	return a, a.to > a.from
}

// addressStop, or more, is a place beyond every text: the address ends before the word in hand.
const addressStop = 1 << 30

func (n *namer) stopAt(*address, int) int { return addressStop }

// trailing tells whether the last word of an address is not part of it.
func (n *namer) trailing(a *address) bool {
	k := a.to - 1
	if n.t.words[k].shape == digits || n.t.words[k].shape == alnum || n.streetWord(k) {
		return false
	}
	return n.cue[k]&(cueFunction|cueParticle|cueBetween|cueGreeting) != 0 && n.of(k)&list.Place == 0 && n.t.words[k].shape == lower || n.cue[k]&cueUnit != 0 && n.t.words[k].end-n.t.words[k].start < 8 && n.cue[k]&cueStreet == 0 && n.of(k)&list.Place == 0
}

// glued tells whether a kind of street in small letters belongs to the name before it: Main street, Petőfi utca.
func (n *namer) glued(k int) bool {
	s := n.t.of(n.t.words[k])
	switch s {
	case "street", "st", "place", "route", "court", "drive", "square", "close", "walk", "way", "hill", "row", "pass", "gate", "ring", "tie", "al", "weg", "cl", "corner", "crossing", "intersection", "trail", "loop", "circle", "lane", "road", "gang", "put", "via":
		return false
	}
	return true
}

// sharedCorner tells whether "and" at k joins two streets: Elm and Second Street.
func (n *namer) sharedCorner(k int) bool {
	return k+2 < n.to && (n.streetWord(k+1) || n.streetWord(k+2) || n.number(k+2) || k+3 < n.to && n.capital(k+2) && n.number(k+3)) && (n.capital(k+1) || n.cue[k+1]&cueStreet != 0)
}

// addressGap tells whether an address goes on over what stands before word k.
func (n *namer) addressGap(a *address, k int, g string) bool {
	switch strings.TrimRight(g, " ") {
	case "":
		return len(g) <= 2
	case ",", ", ", " ,":
		if n.t.words[k].shape == lower && !n.grade.caseless && n.cue[k]&cueUnit == 0 && n.t.of(n.t.words[k]) != "nan" {
			return false
		}
		return a.numbers+a.streets+a.units > 0
	case "-", "/", "'", "’":
		return true
	case ", #", " #", " nº", ", nº", " n°", " №":
		return true
	case "(", " (":
		return a.country || a.places > 0 || a.capitals > 1 && strings.IndexByte(n.gap(k-1), '\n') >= 0
	case ")":
		return strings.HasSuffix(n.gap(k-1), "(")
	case ".":
		p := n.t.words[k-1]
		if n.cue[k-1]&(cueStreet|cueUnit|cueHonorific) != 0 && (p.end-p.start <= 5) || n.initial(k-1) || p.end-p.start <= 3 && p.shape == title {
			return true
		}
		return n.number(k-1) && (n.cue[k]&cueUnit != 0 || k > 1 && n.hungarian(k-2) && n.capital(k)) || n.t.words[k].start == p.end+1 && n.t.words[k].shape == upper // P.O.
	}
	return false
}

// nextLine tells whether an address goes on in the line that word k begins.
func (n *namer) nextLine(a *address, k int, g string) bool {
	if strings.Count(g, "\n") > 1 {
		if !(n.of(k)&list.Country != 0 && a.capitals > 0) {
			return false
		}
	}
	if a.zip && a.states > 0 && !a.country && n.of(k)&list.Country != 0 && n.ends(k+1) {
		return true
	}
	if a.zip && (a.country || a.states > 0) || a.numbers+a.units+a.streets == 0 && !n.military(k) {
		return false
	}
	switch strings.Trim(g, " \n\r\t") {
	case "", ",":
	case ".":
		if n.cue[k-1]&(cueStreet|cueUnit) == 0 && !(n.number(k-1) && k > 1 && n.hungarian(k-2)) {
			return false
		}
	default:
		return false
	}
	// The line must be short and hold nothing but capitals and numbers.
	w := n.t.words
	for m := k; m < len(w) && m < k+8; m++ {
		if m > k && strings.IndexByte(n.gap(m), '\n') >= 0 {
			return true
		}
		if m > k && strings.ContainsAny(n.gap(m), ":=") {
			return false
		}
		if m > k && strings.ContainsAny(n.gap(m), "?!.") && m > k+1 {
			return true
		}
		if n.cue[m]&(cueFunction|cueGreeting) != 0 && n.cue[m]&cueState == 0 && m < k+3 && w[m].shape == lower {
			return m > k // the address may end with the first words of the line
		}
	}
	end := n.t.s[w[min(k+7, len(w)-1)].end:]
	return !strings.HasPrefix(end, ":")
}

// britishCode tells whether words i and i+1 are a postal code like BR1 4QX or K1A 0B1.
func (n *namer) britishCode(i int) bool {
	w := n.t.words
	if i+1 >= len(w) || w[i].shape != alnum || w[i+1].shape != alnum || n.gap(i+1) != " " || w[i].end-w[i].start > 4 || w[i+1].end-w[i+1].start != 3 {
		return false
	}
	a, b := n.t.of(w[i]), n.t.of(w[i+1])
	return class[a[0]] == isUpper && class[b[0]] == isDigit && class[b[1]]&(isUpper|isDigit) != 0 && class[b[2]]&(isUpper|isDigit) != 0
}

// hungarian tells whether word i is a kind of street after which the number has a full stop: Fő utca 12.
func (n *namer) hungarian(i int) bool {
	switch n.t.of(n.t.words[i]) {
	case "u", "rkp", "krt", "utca", "út", "útja", "tér", "körút", "sétány", "köz", "sor", "rakpart", "fasor", "liget":
		return true
	}
	return false
}

// military tells whether word i begins "APO AE 09012".
func (n *namer) military(i int) bool {
	switch n.t.of(n.t.words[i]) {
	case "APO", "DPO", "FPO":
		return i+2 < len(n.t.words) && n.cue[i+1]&cueState != 0
	}
	return false
}

// addressCapital takes a word that is written like a name.
func (n *namer) addressCapital(a *address, k int) bool {
	c, q := n.of(k), n.cue[k]
	w := n.t.words
	if q&(cueMonth|cueWeekday) != 0 && c&list.Given == 0 && a.numbers > 0 && a.streets == 0 || q&(cueFunction|cueGreeting|cueHonorific) != 0 && c&(list.Place|list.Person) == 0 || q&cueNever != 0 && w[k].shape != title {
		return false
	}
	if k > a.from && a.zip && (a.country || a.states > 0) && c&list.Country == 0 {
		return false
	}
	a.capitals++
	switch {
	case k+1 < len(w) && n.gap(k+1) == " " && n.capital(k+1) && list.Of(n.t.s[w[k].start:w[k+1].end])&list.Country != 0,
		c&list.Country != 0 && k > a.from+1:
		a.country = true
	case c&list.Place != 0 && k > a.from && strings.ContainsAny(n.gap(k), ",\n"):
		a.places++
	case w[k].shape == upper && k > a.from && strings.ContainsAny(n.gap(k), ",\n") && w[k].end-w[k].start > 3 && c&list.Word == 0:
		a.places++
	case w[k].shape == upper && (n.t.of(w[k]) == "APO" || n.t.of(w[k]) == "DPO" || n.t.of(w[k]) == "FPO"):
		a.places++
	case w[k].shape == upper && n.t.of(w[k]) == "PSC":
		a.boxes++
	}
	return true
}

func (n *namer) addressPoints(a *address) float64 {
	w := n.t.words
	p := 0.0
	switch {
	case a.numbers > 1:
		p = 1
	case a.numbers == 1:
		p = 0.7
	}
	if a.capitals == 0 && a.boxes == 0 && a.streets == 0 && a.units == 0 {
		if n.followsAddress(a.from) && a.zipOnly(n) {
			return enough
		}
		return 0
	}
	if a.streets > 0 {
		p += 1.1
		// A kind of street alone, or a street of ordinary words, is a figure of speech: Wall Street, Long Way.
		if a.numbers == 0 {
			plain := true
			for k := a.from; k < a.to; k++ {
				if !n.streetWord(k) || n.cue[k]&cueStreet == 0 {
					if n.of(k)&list.Word == 0 || n.of(k)&(list.Given|list.Surname) != 0 || n.glued(k) && n.cue[k]&cueStreet == 0 && n.streetWord(k) {
						plain = false
					}
				}
			}
			if a.to-a.from == 1 && n.cue[a.from]&cueStreet != 0 {
				return 0
			}
			if plain {
				p -= 0.6
			} else if a.to-a.from > 1 {
				p += 0.4
			}
		}
	}
	if a.units > 0 {
		p += 1.1
	}
	if a.boxes > 0 {
		p += 1
	}
	p += min(float64(a.places)*0.5, 1)
	if a.country && a.to-a.from > 2 {
		p += 0.9
	}
	if a.states > 0 && a.zip {
		p += 1
	} else if a.states > 0 || a.zip {
		p += 0.4
	}
	if a.shared {
		p += 1.2
	} else if a.joined {
		p += 0.4
	}
	if last := a.to - 1; a.from >= n.from && a.to <= n.to && a.from == n.from && a.numbers > 1 && n.number(last) && n.ends(a.to) {
		p += 0.7 // all of a line
	}
	// Words around.
	if n.followsAddress(a.from) {
		p += 1.2
	}
	if a.from > 0 && (a.from > n.from || strings.IndexByte(n.gap(a.from), ':') >= 0) {
		c, strong := cue(0), false
		for k, m := a.from-1, 0; k >= 0 && m < 6; k, m = k-1, m+1 {
			c |= n.cue[k]
			if g := n.gap(k); strings.ContainsAny(g, "?!\n") {
				break
			}
			strong = strong || strings.HasPrefix(strings.ToLower(n.t.of(w[k])), "address")
		}
		switch {
		case strong:
			p += 1.3
		case c&cueAddress != 0 && c&(cueIn|cueYear|cueWith) != 0:
			p += 0.9
		case c&cueAddress != 0:
			p += 0.5
		}
	}
	if a.numbers == 1 && a.capitals > 0 && n.number(a.to-1) && p > 1.5 {
		p += 0.3
	}
	if a.to < n.to && n.gap(a.to) == " " && n.cue[a.to]&cueStreet != 0 && a.numbers > 0 && a.capitals > 0 {
		p += 0.7 // "… 90 Whitchurch street": a kind of street in small letters follows
	}
	switch {
	case n.grade.log:
		p -= 1.5
	case n.tech > 2:
		p -= 0.8
	case n.grade.prose && n.tech < 0:
		p += 0.2
	}
	// A number, a word and nothing else is a count of things.
	if a.streets+a.units+a.boxes == 0 && !a.country {
		known := false
		for k := a.from; k < a.to; k++ {
			if n.capital(k) && n.of(k)&(list.Word) == 0 && n.cue[k]&cueNever == 0 {
				known = true
			}
		}
		if !known {
			return 0
		}
		if a.numbers > 1 && a.capitals > 0 && w[a.from].shape == digits {
			p += 0.4
		}
	}
	return p
}

func (a *address) zipOnly(n *namer) bool { return a.to-a.from == 1 && n.number(a.from) }
