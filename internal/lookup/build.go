package lookup

import (
	"maps"
	"slices"
	"strings"

	"firebreak/internal/knownerror"
	"firebreak/internal/redact"
	"firebreak/internal/signature"
)

// maxText is how much of a text the query is built from, in bytes: three quarters from its head, one from its tail. The rest
// is searched for private words all the same.
const maxText = 64 << 10

// Build makes the query of a text. Its cost grows with the length of the text and with nothing else.
func Build(text string, o Options) Query {
	b := builder{o: o, words: words(), names: names{}}
	if b.finder = o.Finder; b.finder == nil {
		if b.finder = noFinder(); !empty(o.Own) {
			if f, err := redact.New(redact.Options{Own: o.Own, MinScore: 0.3}); err == nil {
				b.finder = f
			}
		}
	}
	b.allow, b.drop = foldSet(o.Allow), foldSet(o.Drop)
	b.names.own(o.Own)
	b.own = maps.Clone(b.names)
	if len(text) <= maxText {
		return b.query(text)
	}
	head, tail := cutAt(text, maxText*3/4), cutAt(text, len(text)-maxText/4)
	b.far(text[head:tail])
	q := b.query(text[:head] + "\n" + text[tail:])
	for _, shifted := range []func(at *int){func(at *int) {
		if *at > head {
			*at += tail - head - 1
		}
	}} {
		for i := range q.Marks {
			shifted(&q.Marks[i].Start)
			shifted(&q.Marks[i].End)
		}
		for i := range q.Removed {
			shifted(&q.Removed[i].Start)
			shifted(&q.Removed[i].End)
		}
	}
	i, _ := slices.BinarySearchFunc(q.Marks, head, func(m Mark, at int) int { return m.Start - at })
	q.Marks = slices.Insert(q.Marks, i, Mark{Start: head, End: tail, State: Gone, Kind: "unread", Why: "the middle of a long text is not looked at for the query"})
	return q
}

// cutAt gives the end of a line, or else of a word, near a place.
func cutAt(s string, at int) int {
	if i := strings.LastIndexByte(s[max(0, at-4096):at], '\n'); i >= 0 {
		return max(0, at-4096) + i
	}
	for at > 0 && s[at]&0xC0 == 0x80 {
		at--
	}
	return at
}

func empty(o redact.Own) bool {
	return len(o.People)+len(o.Logins)+len(o.Clients)+len(o.Hosts)+len(o.Applications)+len(o.Patterns) == 0
}

func foldSet(list []string) map[string]bool {
	out := map[string]bool{}
	for _, s := range list {
		if s = fold(strings.TrimSpace(s)); s != "" {
			out[s] = true
		}
	}
	return out
}

type builder struct {
	o           Options
	finder      *redact.Finder
	words       *vocabulary
	names       names
	own         names // of these, what the desk knows to be its own
	allow, drop map[string]bool

	text   string
	pieces []piece
	lines  []span // of pieces
	tight  bool   // the text tells of people: English that is not technical stays
	howTo  bool
}

type span struct{ from, to int }

// far notes the private words of what the query is not built from.
func (b *builder) far(s string) {
	const window = 256 << 10
	for len(s) > 0 {
		w := s
		if len(w) > window {
			w = w[:max(1, cutAt(s, window))]
		}
		for _, f := range b.finder.Find(w) {
			if personal[f.Kind] && f.End-f.Start < 200 && len(b.names) < 20_000 {
				b.names.deny(w[f.Start:f.End], f.Kind)
				b.tight = true
			}
		}
		s = s[len(w):]
	}
}

func (b *builder) query(text string) Query {
	b.text = text
	q := Query{Words: []string{}, Removed: []Removed{}, Marks: []Mark{}}
	b.pieces = cutPieces(text)
	for i, p := range b.pieces {
		if int(p.line) != len(b.lines)-1 {
			for len(b.lines) <= int(p.line) {
				b.lines = append(b.lines, span{i, i})
			}
		}
		b.lines[p.line].to = i + 1
	}
	errors := signature.Of(text)
	if len(errors) > 0 {
		q.Signature, q.Template = errors[0].ID, errors[0].Template
	} else if line := strings.TrimSpace(firstLine(text)); line != "" {
		s := signature.Cold(line)
		q.Signature, q.Template = s.ID, s.Template
	}
	codes := knownerror.Shipped().FindSome(text, 200)
	b.howTo = b.o.HowTo || question(text, errors, codes)
	q.HowTo = b.howTo

	b.found()
	b.coded(codes, &q)
	b.quotes()
	if !b.howTo {
		b.templates()
	}
	b.slots()
	b.streets()
	b.firms()
	b.speakers()
	b.plain()
	b.runs()
	b.neighbours()
	b.strict()
	b.everywhere()
	b.person()
	b.choose(&q, errors)
	if q.Product == "" {
		q.Product = b.product()
	}
	b.report(&q)
	return q
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return s[:min(len(s), 4096)]
}

// question reports whether a text asks how something is done: a few words of prose, and nothing of an error.
func question(text string, errors []signature.Found, codes []knownerror.Found) bool {
	if len(text) > 400 || strings.Count(strings.TrimSpace(text), "\n") > 1 || len(errors) > 0 && errors[0].Kind != signature.Line {
		return false
	}
	for _, c := range codes {
		if strings.ContainsAny(c.Text, "0123456789") {
			return false
		}
	}
	if strings.ContainsAny(text, "={}[]<>|\\") && !strings.Contains(text, "?") {
		return false
	}
	first, n, me, figures := "", 0, false, 0
	wordsIn(text, func(w string) {
		if n == 0 {
			first = w
		}
		n++
		me = me || speaksOfMe[w]
		if strings.ContainsAny(w, "0123456789") {
			figures++
		}
	})
	return n >= 3 && (asks[first] || strings.Contains(text, "?") || me && figures <= 2)
}

var (
	asks       = set("how what why where when which who can could does do did should would whats hows")
	speaksOfMe = set("i my me we our")
)

// remove decides that a piece stays.
func (b *builder) remove(i int, kind, why string) {
	p := &b.pieces[i]
	if p.state == "" || p.state == Leaves {
		p.state, p.kind, p.why = Gone, kind, why
	}
}

// name decides that a piece stays, and its words everywhere else.
func (b *builder) name(i int, kind redact.Kind, why string) {
	p := &b.pieces[i]
	b.remove(i, string(kind), why)
	w := b.text[p.start:p.end]
	if p.shape <= mixed {
		if p.class != core && p.class != product {
			b.names.deny(w, kind)
		}
		return
	}
	parts(w, func(part string) {
		if len(part) >= 3 && b.words.class(part) != core && b.words.class(part) != product {
			b.names[part] = kind
		}
	})
}

// found removes what the finder of private data finds.
func (b *builder) found() {
	i := 0
	for _, f := range b.finder.Find(b.text) {
		if f.Score < 1 && (f.Kind == redact.Organization || f.Kind == redact.Person || f.Kind == redact.Place) && b.everyoneKnows(b.text[f.Start:f.End]) {
			continue
		}
		if personal[f.Kind] {
			b.tight = true
		}
		b.names.deny(b.text[f.Start:f.End], f.Kind)
		for i < len(b.pieces) && b.pieces[i].end <= f.Start {
			i++
		}
		for j := i; j < len(b.pieces) && b.pieces[j].start < f.End; j++ {
			b.remove(j, string(f.Kind), whyKind(f.Kind))
			b.pieces[j].hard = b.pieces[j].hard || hard[f.Kind] || strings.HasSuffix(f.Reason, "of this desk")
		}
	}
	b.names.joinedParts(b.text)
	for i := range b.pieces {
		p := &b.pieces[i]
		w := b.text[p.start:p.end]
		if p.shape == other || p.shape == coded || p.shape == joined || p.end-p.start >= 12 && p.class == private {
			decoded(b.around(p), func(plain string) {
				parts(plain, func(part string) {
					if len(part) >= 3 && b.words.class(part) != core {
						b.names[part] = redact.Secret
					}
				})
				b.decodedNames(plain)
				if p.shape == other || strings.ContainsAny(w, "%\\") {
					b.remove(i, "encoded", "says something else than it shows")
				}
			})
		}
	}
}

// everyoneKnows reports whether a name is nothing but public products and contractions.
func (b *builder) everyoneKnows(s string) bool {
	for _, w := range strings.Fields(s) {
		w = fold(strings.Trim(w, ".,;:!?()"))
		if p := b.words.products[w]; !contractions[w] && (p == nil || p.with != nil) {
			return false
		}
	}
	return true
}

// decodedNames notes what is private in a text that was encoded.
func (b *builder) decodedNames(plain string) {
	if len(plain) > 4096 {
		plain = plain[:4096]
	}
	for _, f := range b.finder.Find(plain) {
		b.names.deny(plain[f.Start:f.End], f.Kind)
	}
}

// around gives a piece with what an encoding may have put beside it: = of base64, \ and & of escapes.
func (b *builder) around(p *piece) string {
	from, to := p.start, p.end
	for from > 0 && p.start-from < 3 && strings.IndexByte(`\&%#`, b.text[from-1]) >= 0 {
		from--
	}
	for to < len(b.text) && to-p.end < 3 && strings.IndexByte("=;", b.text[to]) >= 0 {
		to++
	}
	return b.text[from:to]
}

// coded lets error codes out, and looks up what raises them.
func (b *builder) coded(codes []knownerror.Found, q *Query) {
	i := 0
	seen := map[string]bool{}
	for _, c := range codes {
		e, known := knownerror.Lookup(c.Code)
		digits := strings.ContainsAny(c.Text, "0123456789")
		for i < len(b.pieces) && b.pieces[i].end <= c.Start {
			i++
		}
		first := true
		kept := true
		for j := i; j < len(b.pieces) && b.pieces[j].start < c.End; j++ {
			if p := b.pieces[j]; p.state == Gone && (p.hard || personal[redact.Kind(p.kind)]) {
				kept = false
			}
		}
		if !kept || !known && !digits {
			continue
		}
		for j := i; j < len(b.pieces) && b.pieces[j].start < c.End; j++ {
			p := &b.pieces[j]
			if !digits && p.shape != joined && p.shape != mixed && (p.shape != upper || p.start != c.Start || p.end != c.End) {
				continue // words: the vocabulary decides
			}
			if p.end > c.End+1 || p.start+1 < c.Start {
				continue // a part of something longer
			}
			p.state, p.code = Leaves, ""
			if first && p.shape != number && strings.ContainsAny(c.Text, "-_ .") && p.end-p.start >= len(c.Text) {
				p.code = c.Text
			}
			first = false
		}
		if !seen[c.Code] {
			seen[c.Code] = true
			q.Codes = append(q.Codes, c.Code)
			if q.Product == "" && known {
				q.Product = e.Product
			}
		}
	}
}
