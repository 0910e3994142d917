package redact

import (
	"strings"

	"firebreak/internal/redact/list"
)

// dates proposes dates in sentences. The time of a log line is no date of a person, and stays.
func (n *namer) dates() {
	w := n.t.words
	for i := n.from; i < n.to; i++ {
		if n.taken[i] {
			continue
		}
		switch {
		case n.grade.prose && n.tech <= 2 && n.britishCode(i):
			n.take(i, i+2, Postcode, 2.5, "a postal code")
			i++
		case n.grade.prose && n.tech <= 2 && n.grade.seen&cuePostcode != 0 && w[i].shape == digits && w[i].end-w[i].start >= 4 && w[i].end-w[i].start <= 6 && !n.code(i) && n.gap(i) != "-" && n.gap(i) != ".":
			n.take(i, i+1, Postcode, 2.5, "a number in a sentence on postal codes")
		case w[i].shape == digits && w[i].end-w[i].start >= 4 && w[i].end-w[i].start <= 6 && n.ends(i+1) && i > n.from && n.gap(i) == " " && n.to-n.from <= 5 && !n.grade.log && n.lastPlace(i):
			n.take(i, i+1, Postcode, 2.5, "a number behind a place")
		case w[i].shape == digits && w[i].end-w[i].start >= 3 && w[i].end-w[i].start <= 6 && n.postal(i):
			n.take(i, i+1, Postcode, 2.4, "a number beside a place")
		case w[i].shape == digits || w[i].shape == alnum:
			if end, last, ok := n.numeric(i); ok {
				n.date(i, last, end)
				i = last - 1
				continue
			}
			if last, ok := n.spelled(i); ok {
				n.date(i, last, int(w[last-1].end))
				i = last - 1
				continue
			}
			if n.year(i) && n.yearSlot(i) || n.theDay(i) {
				n.date(i, i+1, int(w[i].end))
			}
		case n.cue[i]&cueMonth != 0 && w[i].shape == title:
			if last, ok := n.monthFirst(i); ok {
				n.date(i, last, int(w[last-1].end))
				i = last - 1
			}
		case n.cue[i]&cueWeekday != 0 && w[i].shape == title && n.grade.prose:
			if last, ok := n.monthFirst(i + 1); ok && i+1 < n.to && n.cue[i+1]&cueMonth != 0 {
				n.date(i, last, int(w[last-1].end))
				i = last - 1
			} else if n.tech <= 2 {
				n.date(i, i+1, int(w[i].end))
			}
		case n.cue[i]&cuePostcode != 0:
			n.postcode(i)
		case n.grade.prose && (w[i].shape == lower || w[i].shape == title) && ordinals[w[i].hash]:
			if last, ok := n.ordinal(i); ok {
				n.date(i, last, int(w[last-1].end))
				i = last - 1
			}
		}
	}
}

// date proposes the words i to last-1, and says what kind of date it is by the words before.
func (n *namer) date(i, last, end int) {
	k, why, p := Date, "a date", 0.6
	if n.backLine(i, 6)&cueBirth != 0 {
		k, why, p = BirthDate, "a date of birth", 0.8
	} else if n.grade.log || n.tech > 6 && !n.grade.prose {
		return
	}
	n.t.add(Finding{int(n.t.words[i].start), end, k, p, why})
	for x := i; x < last; x++ {
		n.taken[x] = true
	}
}

// backLine gathers the cues of the words before i in its line, whatever stands between.
func (n *namer) backLine(i, k int) cue {
	var c cue
	for x := max(n.from, i-k); x < i; x++ {
		c |= n.cue[x]
	}
	return c
}

func (n *namer) num(i int) int {
	v := 0
	for _, c := range []byte(n.t.of(n.t.words[i])) {
		if c < '0' || c > '9' || v > 1e6 {
			return -1
		}
		v = v*10 + int(c-'0')
	}
	return v
}

func (n *namer) year(i int) bool {
	w := n.t.words[i]
	if w.shape != digits || w.end-w.start != 4 {
		return false
	}
	v := n.num(i)
	return v >= 1890 && v <= 2060
}

// numeric reads 2/8/1935, 2007-01-17, 17.01.2007, with a time behind if there is one.
func (n *namer) numeric(i int) (end, last int, ok bool) {
	w, s := n.t.words, n.t.s
	if i+2 >= n.to || w[i].shape != digits || w[i+1].shape != digits && w[i+1].shape != title && w[i+1].shape != upper || w[i+2].shape != digits && w[i+2].shape != alnum {
		return 0, 0, false
	}
	g := n.gap(i + 1)
	if g != "/" && g != "-" && g != "." || n.gap(i+2) != g {
		return 0, 0, false
	}
	if a := int(w[i].start); a > 0 && strings.IndexByte("/.-:_=", s[a-1]) >= 0 {
		return 0, 0, false
	}
	last = i + 3
	third := i + 2
	size := func(k int) int32 { return w[k].end - w[k].start }
	x, y, z := n.num(i), n.num(i+1), n.num(third)
	if n.cue[i+1]&cueMonth != 0 {
		y = 1
	}
	if w[third].shape == alnum { // 2007-01-17T23:08:55
		v := n.t.of(w[third])
		if len(v) < 3 || v[2] != 'T' {
			return 0, 0, false
		}
		z = int(v[0]-'0')*10 + int(v[1]-'0')
	}
	day := func(v int) bool { return v >= 1 && v <= 31 }
	switch {
	case n.year(i) && y >= 1 && y <= 12 && day(z):
	case n.year(third) && day(x) && day(y) && (x <= 12 || y <= 12):
	case size(third) == 2 && size(i) <= 2 && size(i+1) <= 2 && g == "/" && day(x) && day(y) && (x <= 12 || y <= 12) && n.backLine(i, 5)&(cueBirth|cueYear|cueFunction) != 0:
	default:
		return 0, 0, false
	}
	end = int(w[last-1].end)
	if end < len(s) && (s[end] == '.' || s[end] == '-' || s[end] == '/' || s[end] == '_') && end+1 < len(s) && class[s[end+1]] != 0 {
		return 0, 0, false
	}
	for last < n.to && last < i+8 && (w[last].shape == digits || w[last].shape == alnum) && w[last].end-w[last].start <= 6 && (last == i+3 && (n.gap(last) == " " || n.gap(last) == ", " || n.gap(last) == ":") && last+1 < n.to && n.gap(last+1) == ":" || last > i+3 && (n.gap(last) == ":" || n.gap(last) == ".")) {
		last++
	}
	return int(w[last-1].end), last, true
}

// spelled reads 5 January 2010, 5th of January.
func (n *namer) spelled(i int) (last int, ok bool) {
	if i+1 >= n.to || n.cue[i+1]&(cueMonth|cueBetween) == 0 || !n.dayNumber(i) {
		return 0, false
	}
	k := i + 1
	if n.t.of(n.t.words[k]) == "of" {
		k++
	}
	if k >= n.to || n.cue[k]&cueMonth == 0 || n.t.words[k].shape == lower && !n.grade.caseless || n.t.words[k].shape == upper && !n.grade.caseless {
		return 0, false
	}
	last = k + 1
	if last < n.to && n.year(last) && len(n.gap(last)) <= 2 {
		last++
	}
	return last, true
}

func (n *namer) dayNumber(i int) bool {
	s := n.t.of(n.t.words[i])
	s = strings.TrimRight(s, "stndrh")
	return len(s) >= 1 && len(s) <= 2 && s[0] >= '0' && s[0] <= '9' && (len(s) == 1 || s[1] >= '0' && s[1] <= '9')
}

// monthFirst reads January 5th, 2010 and January 2010.
func (n *namer) monthFirst(i int) (last int, ok bool) {
	if i >= n.to || n.cue[i]&cueMonth == 0 {
		return 0, false
	}
	k := i + 1
	short := n.t.words[i].end-n.t.words[i].start <= 4
	if k < n.to && n.dayNumber(k) && len(n.gap(k)) <= 2 && (strings.TrimSpace(n.gap(k)) == "" || short && n.gap(k) == ". ") {
		k++
		if k < n.to && n.year(k) && len(n.gap(k)) <= 2 {
			k++
		}
		return k, true
	}
	if k < n.to && n.year(k) && len(n.gap(k)) <= 2 {
		return k + 1, true
	}
	s := n.t.of(n.t.words[i])
	if n.grade.prose && len(s) >= 3 && n.theMonth(i) {
		return k, true
	}
	if n.grade.prose && len(s) > 3 && s != "March" && i > n.from && n.cue[i-1]&(cueYear|cueIn) != 0 && n.of(i)&list.Given == 0 {
		return k, true
	}
	return 0, false
}

// ordinals are days of a month in words.
var ordinals = hashes(`first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth
	seventeenth eighteenth nineteenth twentieth twenty thirtieth thirty twenty-first thirty-first`)

// ordinal reads the third of May 1969 and twenty-first May.
func (n *namer) ordinal(i int) (last int, ok bool) {
	k := i + 1
	if k < n.to && n.gap(k) == "-" && ordinals[n.t.words[k].hash] {
		k++
	}
	if k < n.to && n.t.of(n.t.words[k]) == "of" && n.gap(k) == " " {
		k++
	}
	if k >= n.to || n.cue[k]&cueMonth == 0 || n.gap(k) != " " || n.t.words[k].shape == lower && !n.grade.caseless {
		return 0, false
	}
	last = k + 1
	if last < n.to && n.year(last) && len(n.gap(last)) <= 2 {
		last++
	}
	return last, true
}

// theDay tells whether word i is a day of the month by itself: until the 5th.
func (n *namer) theDay(i int) bool {
	if !n.grade.prose || n.tech > 2 || i < n.from+2 || n.t.words[i].shape != alnum || !n.dayNumber(i) || n.gap(i) != " " || !strings.EqualFold(n.t.of(n.t.words[i-1]), "the") {
		return false
	}
	switch strings.ToLower(n.t.of(n.t.words[i-2])) {
	case "on", "until", "till", "by", "from", "since", "before", "after", "to", "for":
		return i+1 >= n.to || n.gap(i+1) != " " || n.cue[i+1]&(cueFunction|cueIn|cueWith) != 0
	}
	return false
}

// theMonth tells whether a month stands by itself where a date does: since May, last June.
func (n *namer) theMonth(i int) bool {
	if i == n.from || n.gap(i) != " " || n.t.words[i].shape != title || i+1 < n.to && n.gap(i+1) == " " && n.t.words[i+1].shape != lower || n.end(i) != int(n.t.words[i].end) {
		return false
	}
	switch strings.ToLower(n.t.of(n.t.words[i-1])) {
	case "in", "since", "until", "till", "during", "last", "next", "this", "early", "late", "mid", "every", "each", "of", "by", "before", "after", "throughout":
		return true
	}
	return false
}

// yearSlot tells whether a year stands where a date does: in 1977, a 2017 film, (1977).
func (n *namer) yearSlot(i int) bool {
	if !n.grade.prose || n.tech > 3 || i == n.from {
		return false
	}
	s, w := n.t.s, n.t.words[i]
	if int(w.end) < len(s) && (s[w.end] == '-' || s[w.end] == '/' || s[w.end] == '_' || s[w.end] == ':') {
		return false
	}
	g := n.gap(i)
	if g == " (" && int(w.end) < len(s) && s[w.end] == ')' {
		return true
	}
	if g != " " && g != ", " {
		return false
	}
	if n.cue[i-1]&(cueYear|cueMonth) == 0 {
		return false
	}
	// "a 2017 comedy" is a year; "of 2001 items" is a number.
	next := i + 1
	if next < n.to && n.gap(next) == " " && n.t.words[next].shape == lower && n.cue[next] == 0 {
		prev := n.t.of(n.t.words[i-1])
		return prev == "in" || prev == "In" || prev == "since" || prev == "Since" || prev == "a" || prev == "the" || prev == "until" || n.of(next)&list.Tech == 0 && prev == "of" && n.capital(max(i-2, n.from))
	}
	return true
}

// ages proposes how old somebody is.
func (n *namer) ages() {
	w := n.t.words
	if n.grade.log && n.tech > 4 {
		return
	}
	for i := n.from; i < n.to; i++ {
		if w[i].shape == lower && n.grade.prose && !n.taken[i] && i > n.from && numerals[w[i].hash] {
			n.spelledAge(i)
			continue
		}
		if w[i].shape != digits || w[i].end-w[i].start > 3 || n.taken[i] {
			continue
		}
		v := n.num(i)
		if v < 1 || v > 120 || w[i].start > 0 && strings.IndexByte(".:/-_=", n.t.s[w[i].start-1]) >= 0 {
			continue
		}
		p := 0.0
		word := func(k int) string {
			if k < n.from || k >= n.to {
				return ""
			}
			return strings.ToLower(n.t.of(w[k]))
		}
		a, b, c := word(i+1), word(i+2), word(i+3)
		switch {
		case (a == "year" || a == "years" || a == "yr" || a == "yrs" || a == "month" || a == "months" || a == "weeks") && (b == "old" || b == "olds" || b == "young" || b == "of" && c == "age"):
			p = 3
		case a == "yo" || a == "y" && b == "o" || a == "yrs" && b == "old":
			p = 3
		}
		prev, prev2 := word(i-1), word(i-2)
		near := i > n.from && len(n.gap(i)) <= 2
		switch {
		case !near:
		case (prev == "under" || prev == "over" || prev == "below") && minors[prev2]:
			p = max(p, 2.1)
		case prev == "aged" || prev == "age" || prev2 == "age" && (prev == "of" || prev == "is") || prev == "turned" || prev == "turning" || prev == "turns":
			p = max(p, 2.5)
		case n.grade.prose && (prev == "was" || prev == "is" || prev == "am" || prev == "i'm" || prev == "be" || prev == "turn" || prev == "he's" || prev == "she's") && n.ageSubject(i-1) && (i+1 >= n.to || n.gap(i+1) != " " || n.cue[i+1]&(cueFunction|cueYear|cueIn) != 0 && a != "of"):
			p = max(p, 2.1)
		}
		if i > n.from && n.gap(i) == ", " && n.capital(i-1) && n.of(i-1)&list.Person != 0 && i+1 < n.to && n.gap(i+1) == ", " && n.cue[i+1]&(cuePersonal|cueGo|cueRole|cueJob|cueFunction|cueIn|cueWith|cueSay) != 0 && v > 3 {
			p = max(p, 2.2) // Ana Example, 42, lives
		}
		if p < enough {
			continue
		}
		n.t.add(Finding{int(w[i].start), int(w[i].end), Age, score(p), "an age"})
		n.taken[i] = true
	}
}

var minors = map[string]bool{"children": true, "kids": true, "child": true, "anyone": true, "people": true, "adults": true, "persons": true, "aged": true}

// numerals are words for numbers that ages are made of.
var numerals = hashes(`one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
	nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred`)

// spelledAge proposes an age in words: turned eighty-two, nine years old.
func (n *namer) spelledAge(i int) {
	w := n.t.words
	j := i + 1
	for j < n.to && j < i+3 && numerals[w[j].hash] && (n.gap(j) == "-" || n.gap(j) == " ") {
		j++
	}
	word := func(k int) string {
		if k < n.from || k >= n.to || k >= j && k > n.from && len(n.gap(k)) > 1 {
			return ""
		}
		return strings.ToLower(n.t.of(w[k]))
	}
	old := (strings.HasPrefix(word(j), "year") || strings.HasPrefix(word(j), "month")) && (strings.HasPrefix(word(j+1), "old") || word(j+1) == "of" && word(j+2) == "age")
	prev, prev2 := word(i-1), word(i-2)
	said := prev == "aged" || prev == "turned" || prev == "turning" || prev == "turns" || prev2 == "age" && (prev == "of" || prev == "is")
	is := (prev == "is" || prev == "am" || prev == "i'm" || prev == "he's" || prev == "she's") && n.gap(i) == " " && n.ageSubject(i-1) && (j >= n.to || n.gap(j) != " ")
	if n.gap(i) == " " && (old || said) || is {
		n.take(i, j, Age, 2.2, "an age in words")
	}
}

// ageSubject tells whether a person stands before the verb at i.
func (n *namer) ageSubject(i int) bool {
	if s := strings.ToLower(n.t.of(n.t.words[i])); s == "i'm" || s == "am" || s == "he's" || s == "she's" || s == "turn" {
		return true
	}
	if i == n.from {
		return false
	}
	switch strings.ToLower(n.t.of(n.t.words[i-1])) {
	case "he", "she", "i", "you", "they", "who", "will":
		return true
	}
	return n.cue[i-1]&(cueKin|cueRole) != 0 || n.taken[i-1]
}

// postcode proposes the number after a word for it.
func (n *namer) postcode(i int) {
	w, s := n.t.words, n.t.s
	k := i + 1
	for k < n.to && k <= i+3 && (n.t.of(w[k]) == "code" || n.t.of(w[k]) == "Code" || n.t.of(w[k]) == "is" || n.t.of(w[k]) == "number") {
		k++
	}
	if k >= n.to || w[k].shape != digits && w[k].shape != alnum && w[k].shape != upper || len(n.gap(k)) > 3 || n.code(i) {
		return
	}
	if w[k].shape == upper && (k+1 >= n.to || w[k+1].shape != alnum && w[k+1].shape != digits) {
		return
	}
	if size := w[k].end - w[k].start; size < 2 || size > 9 || n.t.of(w[i]) == "zip" && n.tech > 2 {
		return
	}
	last := k + 1
	if last < n.to && (w[last].shape == digits || w[last].shape == alnum) && (n.gap(last) == " " || n.gap(last) == "-") && w[last].end-w[last].start <= 4 {
		last++
	}
	_ = s
	n.take(k, last, Postcode, 3, "a postal code after its name")
}

// lastPlace tells whether the words of the line before i are a place.
func (n *namer) lastPlace(i int) bool {
	return list.Of(n.t.s[n.t.words[n.from].start:n.end(i-1)])&list.Place != 0
}

// postal tells whether the number at i stands like a postal code: "Springfield, IL 62704", or beside capitals on a line
// of a card.
func (n *namer) postal(i int) bool {
	w := n.t.words
	if n.grade.log || n.tech > 2 || n.code(i) {
		return false
	}
	if i >= n.from+2 && n.cue[i-1]&cueState != 0 && w[i-1].shape == upper && w[i-1].end-w[i-1].start == 2 && n.gap(i) == " " && n.gap(i-1) == ", " && w[i].end-w[i].start == 5 {
		return true
	}
	if !n.card.is || n.to-n.from > 5 || n.to-n.from < 2 || i != n.from && !n.ends(i+1) || n.year(i) {
		return false
	}
	for k := n.from; k < n.to; k++ {
		if k != i && (!n.capital(k) || n.of(k)&list.Word != 0 && n.of(k)&list.Place == 0 || n.gap(k) != " " && k > n.from) {
			return false
		}
	}
	return true
}
