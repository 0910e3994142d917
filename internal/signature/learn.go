package signature

import (
	"cmp"
	"slices"
	"strings"
)

// Learner sees many lines and gives each the signature of its group. Its groups depend on which lines it saw and how
// often, never on their order.
//
// Lines of one cold template are one group to begin with. What the learner adds are the words that change although they
// look like words: a domain, a service, somebody's name. It knows them by their siblings, which are lines that are the
// same but for that word.
type Learner struct {
	s     scanner
	known map[string]int
	cold  []*template
}

// NewLearner makes a learner that has seen nothing.
func NewLearner() *Learner { return &Learner{known: map[string]int{}} }

// template is what the lines of one cold template have in common.
type template struct {
	tokens []string // of the key; a slot is <*>
	shows  []string // what each token shows in all lines
	slots  []int    // which tokens are slots
	count  int
	key    string
	group  Signature
}

// Add takes a line and gives the number of its cold template, by which Group answers once all is learned.
func (l *Learner) Add(line string) int {
	s := &l.s
	s.scan(line)
	n, ok := l.known[string(s.key)]
	if !ok {
		n = len(l.cold)
		t := newTemplate(s)
		l.known[t.key] = n
		l.cold = append(l.cold, t)
	}
	t := l.cold[n]
	t.count++
	for i, at := range t.slots {
		if shows := t.shows[at]; shows != Wildcard && shows != string(s.shown[s.slots[i].from:s.slots[i].to]) {
			t.shows[at] = Wildcard
		}
	}
	return n
}

// newTemplate cuts a key into tokens: slots, words, and the marks between them.
func newTemplate(s *scanner) *template {
	t := &template{key: string(s.key)}
	slot, from := 0, 0
	for i := 0; i <= len(t.key); {
		at := len(t.key)
		if slot < len(s.slots) {
			at = s.slots[slot].at
		}
		if i < at && !separates(t.key[i]) {
			i++
			continue
		}
		if i > from {
			t.add(t.key[from:i], t.key[from:i])
		}
		switch {
		case i == len(t.key):
			return t
		case i == at:
			t.slots = append(t.slots, len(t.tokens))
			t.add(Wildcard, string(s.shown[s.slots[slot].from:s.slots[slot].to]))
			i += len(Wildcard)
			slot++
		default:
			t.add(t.key[i:i+1], t.key[i:i+1])
			i++
		}
		from = i
	}
	return t
}

func separates(c byte) bool { return class[c]&(space|cut|equals|colon|quote) != 0 }

func (t *template) add(token, shows string) {
	t.tokens, t.shows = append(t.tokens, token), append(t.shows, shows)
}

// Group gives the signature of a cold template, once Learn was called.
func (l *Learner) Group(n int) Signature { return l.cold[n].group }

// maxTokens bounds the templates that are compared with others; longer ones stay by themselves.
const maxTokens = 200

// Learn finds the groups of all lines added so far.
func (l *Learner) Learn() {
	work := make([]*pattern, len(l.cold))
	for i, t := range l.cold {
		work[i] = &pattern{t: t, tokens: slices.Clone(t.tokens), shows: slices.Clone(t.shows)}
	}
	mergePorts(work)
	mergeNames(work)
	for range 2 { // what the first pass made a slot may be what the second needs
		mergeWords(work)
	}
	byKey := map[string][]*pattern{}
	for _, p := range work {
		k := p.join()
		byKey[k] = append(byKey[k], p)
	}
	for _, group := range byKey {
		sig := nameOf(group)
		for _, p := range group {
			p.t.group = sig
		}
	}
}

// Freeze makes every cold template its own group: nothing is learned.
func (l *Learner) Freeze() {
	for _, t := range l.cold {
		t.group = named(t.key)
	}
}

// pattern is a template under work: more and more of its words become slots.
type pattern struct {
	t      *template
	tokens []string
	shows  []string
}

func (p *pattern) join() string { return strings.Join(p.tokens, "\x00") }

// sentence is how many words stand in the pattern apart from the place at; it is what the place can be judged by.
func (p *pattern) sentence(at int) (n int) {
	for i, token := range p.tokens {
		if i != at && token != Wildcard && isLetter(token[0]) {
			n++
		}
	}
	return n
}

// nameOf gives the signature of a group: that of its most frequent cold template, so that a few more lines seldom
// change it, and what all of its lines show.
func nameOf(group []*pattern) Signature {
	first := slices.MinFunc(group, func(a, b *pattern) int { return cmp.Or(b.t.count-a.t.count, strings.Compare(a.t.key, b.t.key)) })
	sig := named(first.t.key)
	var b strings.Builder
	for i, shows := range first.t.shows {
		for _, p := range group {
			if p.t.shows[i] != shows {
				shows = Wildcard
				break
			}
		}
		b.WriteString(shows)
	}
	sig.Template = b.String()
	return sig
}

// mergePorts makes name:port one slot where other lines have one slot for the two: an address without dots or digits.
func mergePorts(work []*pattern) {
	have := map[string]bool{}
	for _, p := range work {
		have[p.join()] = true
	}
	for _, p := range work {
		for i := 0; i+2 < len(p.tokens); i++ {
			if p.tokens[i+1] != ":" || p.tokens[i+2] != Wildcard || !isLetter(p.tokens[i][0]) || common.has(p.tokens[i]) {
				continue
			}
			q := pattern{tokens: slices.Concat(p.tokens[:i], p.tokens[i+2:])}
			if have[q.join()] {
				shows := strings.Join(p.shows[i:i+3], "")
				p.tokens, p.shows = q.tokens, slices.Concat(p.shows[:i], []string{shows}, p.shows[i+3:])
			}
		}
	}
}

// mergeNames finds names that change among templates that are the same but for their names: classes, properties, tables.
// A place where three different ones stand, or one beside a slot, is a slot. The word that a line begins with is what
// the line is about, and stands.
func mergeNames(work []*pattern) {
	buckets := map[string][]*pattern{}
	var b strings.Builder
	for _, p := range work {
		if len(p.tokens) > maxTokens {
			continue
		}
		b.Reset()
		words := 0
		for _, token := range p.tokens {
			if token == Wildcard || isName(token) {
				token = Wildcard
			} else if isLetter(token[0]) {
				words++
			}
			b.WriteString(token)
			b.WriteByte(0)
		}
		if words >= 2 {
			buckets[b.String()] = append(buckets[b.String()], p)
		}
	}
	for _, bucket := range buckets {
		for i := range bucket[0].tokens {
			different := map[string]bool{}
			for _, p := range bucket {
				different[p.tokens[i]] = true
			}
			if len(different) >= 3 && !bucket[0].subject(i) || len(different) >= 2 && different[Wildcard] {
				for _, p := range bucket {
					p.tokens[i] = Wildcard
				}
			}
		}
	}
}

// subject reports whether the place at is the first word of what a line says, perhaps behind the name of who says it.
func (p *pattern) subject(at int) bool {
	for i, token := range p.tokens[:at] {
		if token != " " && token != ":" && (i > 0 || token == Wildcard) {
			return false
		}
	}
	return true
}

// isName reports whether a word is the name of something rather than a word of a sentence. The name of an exception is the
// error itself.
func isName(w string) bool {
	humps, lowers := 0, 0
	for i := 1; i < len(w); i++ {
		k, before := class[w[i]], class[w[i-1]]
		if k&lower != 0 {
			lowers++
		}
		if k&(dot|under|joint) != 0 && i+1 < len(w) || k&upper != 0 && before&lower != 0 {
			humps++
		}
	}
	return humps > 0 && lowers > 0 && class[w[0]]&(letter|under) != 0 && !exceptionName(w)
}

// mergeWords finds words that change among templates that are the same but for this one word.
func mergeWords(work []*pattern) {
	type place struct {
		rest uint64 // of the template without the word
		at   int
	}
	siblings := map[place]map[string][]*pattern{}
	for _, p := range work {
		if len(p.tokens) > maxTokens {
			continue
		}
		all := uint64(0)
		for i, token := range p.tokens {
			all += spread(token, i)
		}
		for i, token := range p.tokens {
			if token != Wildcard && !isLetter(token[0]) {
				continue
			}
			k := place{all - spread(token, i), i}
			if siblings[k] == nil {
				siblings[k] = map[string][]*pattern{}
			}
			siblings[k][token] = append(siblings[k][token], p)
		}
	}
	for k, words := range siblings {
		if len(words) < 2 || !change(words, k.at) {
			continue
		}
		for _, ps := range words {
			for _, p := range ps {
				p.tokens[k.at] = Wildcard
			}
		}
	}
}

const (
	// severalWords is how many different words at one place of a sentence make a slot of it.
	severalWords = 5
	// A quoted or assigned word is a value; but few of them, each on many lines, are kinds of something, and stand.
	fewWords  = 3
	kindLines = 10
)

// change reports whether the words that stand at one place of otherwise equal templates are values.
func change(words map[string][]*pattern, at int) bool {
	var p *pattern
	ordinary, states, lines := 0, 0, 0
	for w, ps := range words {
		p = ps[0]
		for _, q := range ps {
			lines += q.t.count
		}
		switch {
		case w == Wildcard:
		case common.has(w):
			ordinary++
		case classes(w)&lower == 0: // RUNNING
			states++
		}
	}
	before, after := " ", " "
	if at > 0 {
		before = p.tokens[at-1]
	}
	if at+1 < len(p.tokens) {
		after = p.tokens[at+1]
	}
	_, slot := words[Wildcard]
	switch {
	case before == "=", before == after && (before == "'" || before == `"` || before == "`"):
		return slot || len(words) > fewWords || lines < kindLines*len(words)
	case ordinary > 0 || p.sentence(at) < 2:
		return false
	case slot:
		return states == 0
	}
	return !p.subject(at) && len(words) >= severalWords
}

// spread gives a number for a token at its place, such that the sum over a template does not depend on the order in
// which it is made, and a token can be taken out of it.
func spread(token string, at int) uint64 {
	h := uint64(14695981039346656037) + uint64(at)*0x9e3779b97f4a7c15
	for i := range len(token) {
		h = (h ^ uint64(token[i])) * 1099511628211
	}
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>29
}
