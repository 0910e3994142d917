package redact

import (
	"strings"
	"sync"
	"unicode/utf8"

	"firebreak/internal/redact/list"
)

// names finds people, organisations, streets, places, dates and what goes with them. It reads t.words and proposes with
// t.add; overlaps are resolved afterwards.
//
// Each candidate is a run of words written like a name. Points are added for what the lists know of its words and for
// the words on both sides, and taken away where the line reads like a log or the text is technical; what reaches
// enough points is proposed as the kind that has most. No list decides alone.
func (f *Finder) names(t *text) {
	n := namers.Get().(*namer)
	defer namers.Put(n)
	n.reset(t)
	n.lines()
	n.mentions()
}

var namers = sync.Pool{New: func() any { return &namer{cues: cues()} }}

// namer is the work of finding names in one text.
type namer struct {
	t      *text
	cues   *cueTable
	cue    []cue
	class  []list.Class
	known  []bool // class is set
	taken  []bool // the word is part of a finding of names
	as     []Kind // what kind it is
	rows   []row
	card   card // of the line in hand
	people map[uint64]bool
	grade  grade // of the line in hand
	from   int   // words of the line in hand
	to     int
	tech   int // technical words less plain ones of the lines so far, between -8 and 24
	at     int // the row in hand
}

// grade says how a line reads.
type grade struct {
	prose    bool // a sentence
	log      bool // a line of a log, or code
	caseless bool // no capitals, or nothing else
	words    int
	seen     cue  // all cues of the line
	wide     bool // has letters beyond ASCII
}

func (n *namer) reset(t *text) {
	n.t, n.tech = t, 0
	w := len(t.words)
	n.cue = grown(n.cue, w)
	n.class = grown(n.class, w)
	n.known = grown(n.known, w)
	n.taken = grown(n.taken, w)
	n.as = grown(n.as, w)
	clear(n.people)
	for i := range t.words {
		n.cue[i] = n.cues.of(t.words[i].hash)
	}
}

func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	s = s[:n]
	clear(s)
	return s
}

// row is a line that has words.
type row struct {
	from, to int
	grade    grade
	tech     int
}

// lines goes through the text a line at a time: first for addresses, which go over several lines and say much of what
// stands around them, then for everything else.
func (n *namer) lines() {
	w, s := n.t.words, n.t.s
	n.rows = n.rows[:0]
	for i := 0; i < len(w); {
		j := i + 1
		for ; j < len(w) && strings.IndexByte(s[w[j-1].end:w[j].start], '\n') < 0; j++ {
		}
		n.from, n.to = i, j
		n.weigh()
		n.rows = append(n.rows, row{i, j, n.grade, n.tech})
		if !n.grade.log || n.grade.wide || n.grade.seen&(cueStreet|cueUnit) != 0 {
			n.streets()
		}
		i = j
	}
	for k, r := range n.rows {
		n.from, n.to, n.grade, n.tech = r.from, r.to, r.grade, r.tech
		n.card, n.at = n.isCard(k), k
		n.line()
	}
}

func (n *namer) line() {
	log := n.grade.log
	if !log || n.grade.seen&(cueBirth|cuePostcode) != 0 {
		n.dates()
	}
	n.ages()
	n.peoples()
	if n.grade.seen&cueJob != 0 && n.grade.prose {
		n.jobs()
	}
	if !log && n.tech <= boldest {
		n.signed()
		defer n.filled()
	}
	if n.grade.caseless {
		n.caseless()
		if !log && n.tech <= boldest {
			n.boldLow()
		}
		n.jobs()
		return
	}
	for i := n.from; i < n.to; {
		if n.taken[i] || !n.capital(i) || n.code(i) {
			i++
			continue
		}
		j := n.run(i)
		if log && j == i+1 && n.alone(i) {
			i = j
			continue
		}
		n.judge(i, j)
		i = j
	}
	if !log {
		n.jobs()
	}
	if n.grade.prose && n.tech <= boldest {
		n.bold()
	}
}

// alone tells, at little cost, that a single word of a line of a log is no name: nothing before it makes a slot for one,
// and no list has it as a name without having it as a word too.
func (n *namer) alone(i int) bool {
	if i > n.from && n.cue[i-1]&(cueSlot|cueNamed|cueHonorific|cueDeal|cueKin|cueRole|cueGreeting|cueSay|cueWith|cueIn|cueWork|cueFunction) != 0 {
		return false
	}
	c := n.of(i)
	return c&list.Word != 0 || c&(list.Given|list.Surname|list.Country|list.CityBig) == 0
}

// card says where a short line stands among others of the kind that letters and visiting cards have.
type card struct {
	is     bool
	person bool // the line above ends in a person or a title
	place  bool // the line above is an address, or the one below a country or a postal code
	above  bool // the line below is an address
}

// isCard tells whether row k is a line of its own in a block of short ones, one of which is an address, a number, an
// address of mail or a country.
func (n *namer) isCard(k int) (c card) {
	r := n.rows[k]
	if r.to-r.from > 6 || r.grade.log || r.tech > 3 || !n.short(r) {
		return c
	}
	for d := -4; d <= 4; d++ {
		if d == 0 || k+d < 0 || k+d >= len(n.rows) {
			continue
		}
		o := n.rows[k+d]
		if o.to-o.from > 12 || o.grade.log {
			continue
		}
		street := n.as[o.from] == Street
		country := o.to-o.from <= 3 && list.Of(n.t.s[n.t.words[o.from].start:n.end(o.to-1)])&list.Country != 0
		numbers := 0
		for i := o.from; i < o.to; i++ {
			if n.t.words[i].shape == digits {
				numbers++
			}
		}
		if street || country || numbers > 1 && o.to-o.from-numbers <= 2 {
			c.is = true
		}
		switch d {
		case -1:
			c.person = n.taken[o.to-1] && n.as[o.to-1] != Street
			c.place = c.place || street
		case 1:
			c.above = street
			c.place = c.place || country
		}
	}
	return c
}

// short tells whether the row has nothing but a name or a label, perhaps behind a mark of quotation.
func (n *namer) short(r row) bool {
	for i := r.from; i < r.to; i++ {
		if n.cue[i]&(cueFunction|cueGreeting) != 0 || i > r.from && strings.ContainsAny(n.gap(i), ":=?!;") {
			return false
		}
	}
	return !strings.HasPrefix(n.t.s[n.t.words[r.to-1].end:], ":")
}

// weigh works out how the line reads.
func (n *namer) weigh() {
	t := n.t
	w := t.words[n.from:n.to]
	a, b := int(w[0].start), int(w[len(w)-1].end)
	if end := strings.IndexByte(t.s[b:], '\n'); end >= 0 {
		b += end
	} else {
		b = len(t.s)
	}
	g := grade{words: len(w)}
	function, levels, capitals, lowers, odd, tech, human := 0, 0, 0, 0, 0, 0, 0
	for k := range w {
		c := n.cue[n.from+k]
		g.seen |= c
		g.wide = g.wide || w[k].wide
		if c&cueFunction != 0 {
			function++
		}
		switch w[k].shape {
		case lower:
			lowers++
			if c&cueTech != 0 {
				tech++
			}
			if c&(cuePersonal|cueDeal|cueSay|cueGo|cueKin|cueHuman) != 0 {
				human++
			}
		case title:
			capitals++
		case upper:
			if c&cueLevel != 0 {
				levels++
			}
			if w[k].end-w[k].start > 1 {
				capitals++
			}
		case mixed:
			capitals++
			if s := t.of(w[k]); !n.namelike(n.from+k) && !elided(s) && !(len(s) < 6 && strings.HasSuffix(s, "s") && strings.ToUpper(s[:len(s)-1]) == s[:len(s)-1]) {
				odd += 2
			}
		case alnum:
			odd++
		}
	}
	marks := 0
	for k := range w {
		from, to := int(w[k].end), b
		if k+1 < len(w) {
			to = int(w[k+1].start)
		}
		for i := from; i < to; i++ {
			switch t.s[i] {
			case ' ', '.', ',', '-':
			case '=', '[', ']', '{', '}', '/', '\\', '_', '<', '>', '$', '|', '*', '%', '+', ';':
				marks++
			case '(':
				if i+1 < b && t.s[i+1] == ')' {
					marks += 3
				}
			case ':':
				if i+1 < b && t.s[i+1] == ':' {
					marks += 3
				}
			}
		}
	}
	if strings.Contains(t.s[a:b], "://") { // an address of a site says nothing of the line
		marks -= 6
	}
	g.caseless = lowers > 0 && capitals == 0 || lowers == 0 && capitals >= 4 && n.allUpper()
	g.log = levels > 0 && function < 3 || marks*8 > b-a || marks+odd > 3+len(w)/4 || odd*4 > len(w)+2 || n.stamped(a)
	g.prose = function >= 1 && !g.log && (function > 1 || function*12 >= len(w))
	g.prose = g.prose || !g.log && (lowers*2 >= len(w) && lowers > 1 || human > 0) && odd == 0 && marks <= 0 && tech == 0
	n.grade = g
	if g.log {
		n.tech = min(n.tech+4, 24)
	} else if g.prose {
		n.tech = max(n.tech-1, -8)
	}
	n.tech = min(n.tech+odd+max(tech-1, 0)*3/2, 24)
}

// stamped tells whether the line begins with a time, as those of logs do.
func (n *namer) stamped(a int) bool {
	s := n.t.s[a:]
	s = s[:min(len(s), 40)]
	if k := n.from; n.cue[k]&(cueMonth|cueWeekday) != 0 && n.t.words[k].shape == title && len(n.t.of(n.t.words[k])) == 3 {
		s = s[3:]
	}
	numbers, colons := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			numbers++
		case c == ':':
			colons++
		case c == '-' || c == '/' || c == '.' || c == ' ' || c == 'T' || c == ',' || c == 'Z' || c == '+' || c == '[' || c == ']' || c == '(':
		default:
			return numbers >= 6 && colons >= 1
		}
	}
	return false
}

func (n *namer) allUpper() bool {
	for _, w := range n.t.words[n.from:n.to] {
		if w.shape == title || w.shape == mixed {
			return false
		}
	}
	return true
}

// end is where the word ends without a possessive 's.
func (n *namer) end(i int) int {
	w := n.t.words[i]
	s := n.t.s[w.start:w.end]
	if k := len(s) - 2; k > 1 && (s[k+1] == 's' || s[k+1] == 'S') && s[k] == '\'' {
		return int(w.start) + k
	}
	return int(w.start) + len(strings.TrimSuffix(s, "’s"))
}

func (n *namer) word(i int) string { return n.t.s[n.t.words[i].start:n.end(i)] }

// of is what the lists know of a word.
func (n *namer) of(i int) list.Class {
	if !n.known[i] {
		n.known[i] = true
		n.class[i] = list.Of(n.word(i))
	}
	return n.class[i]
}

// gap is what stands between a word and the one before it.
func (n *namer) gap(i int) string {
	if i <= 0 || i >= len(n.t.words) {
		return "\n"
	}
	return n.t.s[n.t.words[i-1].end:n.t.words[i].start]
}

// beside tells whether word i and the one before it stand in one sentence with little between them.
func (n *namer) beside(i int) bool {
	g := n.gap(i)
	if len(g) > 4 && (len(g) > 16 || strings.TrimRight(g, " \t") != ":") {
		return false
	}
	switch strings.TrimRight(g, " \t") {
	case "", ",", ":", "-", "(", "\"", ", \"", "“", " “", " \"", " (", "’", "=", "–", " –", " -", "'", " '", ":\"", ": \"", "=\"", "['", "[":
		return true
	case ".":
		return n.cue[i-1]&cueHonorific != 0 || n.initial(i-1)
	}
	return false
}

// opens tells whether word i begins a sentence, or what is quoted.
func (n *namer) opens(i int) bool {
	if i == n.from {
		return true
	}
	g := n.gap(i)
	for k := len(g) - 1; k >= 0; k-- {
		switch g[k] {
		case ' ':
		case '.':
			return !(n.cue[i-1]&cueHonorific != 0 || n.initial(i-1))
		case '!', '?', '"', ':', ']', '>', '*', '#', '|', '-':
			return true
		default:
			return g[k] >= utf8.RuneSelf
		}
	}
	return false
}

func (n *namer) initial(i int) bool {
	w := n.t.words[i]
	return (w.shape == upper || w.shape == lower && n.grade.caseless && i > n.from && w.end < int32(len(n.t.s)) && n.t.s[w.end] == '.') && utf8.RuneCountInString(n.t.s[w.start:w.end]) == 1
}

// longest is the most words that a name is looked for in at once, and longestWord the most bytes of a word whose ends are
// looked at. They keep the cost in step with the length of the text.
const (
	longest     = 14
	longestWord = 48
)

// run gives the end of the run of words written like a name that begins at i.
func (n *namer) run(i int) int {
	j := i + 1
	for j < n.to && j < i+longest && !n.taken[j] {
		if n.capital(j) && !n.code(j) && n.joins(j) {
			j++
			continue
		}
		if n.grade.prose && n.gap(j) == "-" && n.t.words[j].shape == lower && n.of(j)&list.Word == 0 && n.of(j-1)&list.Word == 0 {
			j++ // Hauta-aho
			continue
		}
		// Small particles count when a capital follows: van der Berg.
		k := j
		for k < n.to && k < j+3 && n.cue[k]&cueParticle != 0 && n.t.words[k].shape == lower && n.gap(k) == " " && !n.taken[k] {
			k++
		}
		if k > j && k < n.to && n.capital(k) && !n.taken[k] && n.gap(k) == " " && !n.code(k) {
			j = k + 1
			continue
		}
		break
	}
	return j
}

// joins tells whether word i goes on the name that the one before it is part of.
func (n *namer) joins(i int) bool {
	if n.end(i-1) != int(n.t.words[i-1].end) {
		return false // a possessive ends a name
	}
	switch n.gap(i) {
	case " ", "-", "\u00a0", "'", "’":
		return true
	case "  ":
		return !n.grade.log
	case ". ", ".":
		return n.initial(i-1) || n.cue[i-1]&cueHonorific != 0 || n.t.words[i-1].end-n.t.words[i-1].start == 2 && n.t.of(n.t.words[i-1]) == "St"
	}
	return false
}

// take proposes the words a to b-1 as one finding.
func (n *namer) take(a, b int, k Kind, points float64, why string) {
	n.propose(a, b, k, points, why)
	for i := a; i < b; i++ {
		n.taken[i], n.as[i] = true, k
	}
}

func (n *namer) propose(a, b int, k Kind, points float64, why string) {
	n.t.add(Finding{int(n.t.words[a].start), n.end(b - 1), k, score(points), why})
}

// score turns points, of which 2 are enough, into how sure a finding is.
func score(points float64) float64 {
	return min(0.95, 0.5+0.1*(points-2))
}
