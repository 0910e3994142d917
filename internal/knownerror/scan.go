package knownerror

import (
	"slices"
	"strings"
	"sync"
)

// The scanner goes over a text once, word by word. A word is a run of letters, digits and underscores (every byte of a
// multi-byte character is a letter). Its hash is made on the way; a small filter says whether the word can begin or carry
// a code, and only then anything more is done. Whatever is done then looks at a bounded stretch of text, so that the whole
// takes time in proportion to the text, whatever the text is.

const (
	maxPhrase  = 14  // words of a phrase
	maxGap     = 4   // bytes between two words of a phrase
	maxName    = 200 // bytes of a qualified name
	hashStart  = 14695981039346656037
	hashFactor = 1099511628211
)

// fold is the lower-case letter for every byte that a word may have, 0 for the others.
var fold = func() (t [256]byte) {
	for c := range 256 {
		switch {
		case c >= 'A' && c <= 'Z':
			t[c] = byte(c) + 'a' - 'A'
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '_', c >= 0x80:
			t[c] = byte(c)
		}
	}
	return t
}()

func hashOf(word string) uint64 {
	h := uint64(hashStart)
	for i := range len(word) {
		h = (h ^ uint64(fold[word[i]])) * hashFactor
	}
	return h
}

func isDigit(c byte) bool { return c-'0' < 10 }

// step is a word of the phrase tree, reached from another.
type step struct {
	from int32
	hash uint64
}

// trigger is what a word can set off.
type trigger struct {
	exact string // the word must be spelled so; empty: in any case of letters
	code  string // the word alone is this code
	keep  func(*scan, span) (int, bool)
	hint  hint
	names []exception
}

// Book finds codes: the shipped ones, and those of one desk. It never changes once made, and many may use it at a time.
type Book struct {
	triggers map[uint64][]trigger
	tree     map[step]int32
	ends     map[int32]end
	filter   [1 << 10]uint64 // 65,536 bits: hashes of words that can start something
	tight    map[string]bool // own codes without a space inside: they must stand as they are spelled
	shipped  *Book           // asked as well, nil in the shipped book itself
	last     int32
}

// end is what a phrase means that ends at a node of the tree.
type end struct {
	code string
	// said: ordinary words that count only where a message begins: after a colon, a quote, a bracket or at the start of a line.
	said bool
}

func newBook() *Book {
	return &Book{triggers: map[uint64][]trigger{}, tree: map[step]int32{}, ends: map[int32]end{}, tight: map[string]bool{}}
}

func (b *Book) mark(h uint64) { b.filter[h>>48>>6] |= 1 << (h >> 48 & 63) }

func (b *Book) may(h uint64) bool { return b.filter[h>>48>>6]&(1<<(h>>48&63)) != 0 }

func (b *Book) trigger(word string, t trigger) {
	h := hashOf(word)
	b.triggers[h] = append(b.triggers[h], t)
	b.mark(h)
}

// words cuts a text into words.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r < 0x80 && fold[byte(r)] == 0 })
}

// phrase makes a text mean a code. It is false when the text has no word or too many. A colon in front makes it count only
// where a message begins.
func (b *Book) phrase(text, code string) bool {
	text, said := strings.CutPrefix(text, ":")
	ws := words(text)
	if len(ws) == 0 || len(ws) > maxPhrase {
		return false
	}
	var at int32
	for i, w := range ws {
		h := hashOf(w)
		if i == 0 {
			b.mark(h)
		}
		next, ok := b.tree[step{at, h}]
		if !ok {
			b.last++
			next = b.last
			b.tree[step{at, h}] = next
		}
		at = next
	}
	if _, taken := b.ends[at]; !taken {
		b.ends[at] = end{code, said}
	}
	return true
}

// Shipped is the book of the shipped codes, made when it is first asked for.
var Shipped = sync.OnceValue(func() *Book {
	b := newBook()
	for _, a := range wisdom().entries {
		for _, p := range a.phrases {
			b.phrase(p, a.code)
		}
		for _, n := range a.names {
			b.trigger(n, trigger{exact: n, code: a.code})
		}
		if e, ok := exceptionOf(a); ok {
			b.trigger(e.simple, trigger{exact: e.simple, names: []exception{e}})
		}
	}
	for _, name := range tableOf[Errno].load().order {
		b.trigger(name, trigger{exact: name, code: name})
	}
	for _, name := range tableOf[Kafka].load().order {
		b.trigger(name, trigger{exact: name, keep: kafkaName})
	}
	for _, k := range keywords {
		b.trigger(k.word, trigger{keep: k.keep, hint: k.hint})
	}
	return b
})

// With makes a book that knows the codes of one desk as well; they come first where both know one.
func With(codes []string) *Book {
	b := newBook()
	b.shipped = Shipped()
	for _, c := range codes {
		if b.phrase(c, c) && !strings.ContainsAny(c, " \t") {
			b.tight[c] = true
		}
	}
	return b
}

type span struct {
	start, end int
	hash       uint64
}

// scan is one pass over one text.
type scan struct {
	b, own *Book
	s      string
	out    []Found
	seen   [hints]int // where a hint was last seen, plus one
	limit  int
}

// Find gives the codes in a text in the order they stand there. Stretches of text overlap in no two of them.
func (b *Book) Find(text string) []Found { return b.FindSome(text, 0) }

// FindSome is Find that stops after limit codes; 0 means no limit.
func (b *Book) FindSome(text string, limit int) []Found {
	x := scan{b: b, s: text, limit: limit}
	if b.shipped != nil {
		x.b, x.own = b.shipped, b
	}
	x.run()
	return number(text, x.out)
}

// Find gives the shipped codes in a text.
func Find(text string) []Found { return Shipped().Find(text) }

func (x *scan) run() {
	s := x.s
	for i := 0; i < len(s); {
		if fold[s[i]] == 0 {
			i++
			continue
		}
		w := span{start: i, hash: hashStart}
		for i < len(s) {
			c := fold[s[i]]
			if c == 0 {
				break
			}
			w.hash = (w.hash ^ uint64(c)) * hashFactor
			i++
		}
		w.end = i
		if x.own != nil && x.own.may(w.hash) {
			if end := x.phraseAt(x.own, w); end > 0 {
				i = end
				continue
			}
		}
		end := 0
		if x.b.may(w.hash) {
			end = x.known(w)
		}
		if end == 0 {
			end = x.shaped(w)
		}
		if end > i {
			i = end
		}
		if x.limit > 0 && len(x.out) >= x.limit {
			return
		}
	}
}

// known handles a word that can start something; 0 when it did not.
func (x *scan) known(w span) int {
	for _, t := range x.b.triggers[w.hash] {
		if t.exact != "" && x.s[w.start:w.end] != t.exact {
			continue
		}
		if t.hint != 0 {
			x.seen[t.hint] = w.end
		}
		if t.code != "" && x.alone(w) {
			return x.add(w.start, w.end, t.code)
		}
		if len(t.names) > 0 {
			if end := x.exception(w); end > 0 {
				return end
			}
		}
		if t.keep != nil {
			if end, ok := t.keep(x, w); ok {
				return end
			}
		}
	}
	return x.phraseAt(x.b, w)
}

// phraseAt follows the phrase tree from a word; the longest phrase wins. It gives its end, or 0.
func (x *scan) phraseAt(b *Book, w span) int {
	node, ok := b.tree[step{0, w.hash}]
	if !ok {
		return 0
	}
	end, code := 0, ""
	at := w
	for range maxPhrase {
		if e, ok := b.ends[node]; ok && (!e.said || x.begins(w.start)) && (!b.tight[e.code] || strings.EqualFold(x.s[w.start:at.end], e.code)) {
			end, code = at.end, e.code
		}
		next, ok := x.next(at.end, maxGap)
		if !ok || x.line(at.end, next.start) {
			break
		}
		if node, ok = b.tree[step{node, next.hash}]; !ok {
			break
		}
		at = next
	}
	if end == 0 {
		return 0
	}
	return x.add(w.start, end, code)
}

// next gives the word that begins within gap bytes after at, in the same line.
func (x *scan) next(at, gap int) (w span, ok bool) {
	s := x.s
	stop := min(len(s), at+gap+1)
	for at < stop && fold[s[at]] == 0 {
		if s[at] == '\n' {
			return w, false
		}
		at++
	}
	if at >= stop {
		return w, false
	}
	w.start, w.hash = at, hashStart
	for at < len(s) && at-w.start < maxName {
		c := fold[s[at]]
		if c == 0 {
			break
		}
		w.hash = (w.hash ^ uint64(c)) * hashFactor
		at++
	}
	w.end = at
	return w, true
}

// begins reports whether a message begins at a place.
func (x *scan) begins(at int) bool {
	for range 3 {
		if at == 0 {
			return true
		}
		at--
		if c := x.s[at]; c != ' ' && c != '\t' {
			return strings.IndexByte(":\n\"'`([{=>|,;-", c) >= 0
		}
	}
	return false
}

func (x *scan) line(from, to int) bool { return strings.IndexByte(x.s[from:to], '\n') >= 0 }

// alone reports whether a word is not part of a path, an address or a dotted name.
func (x *scan) alone(w span) bool {
	if w.start > 0 {
		switch x.s[w.start-1] {
		case '/', '\\', '@', '$', '-':
			return false
		case '.':
			return w.start < 2 || fold[x.s[w.start-2]] == 0 // after the end of a sentence, not in a name
		}
	}
	if w.end < len(x.s) {
		switch x.s[w.end] {
		case '@', '/', '\\', '-', '$':
			return false
		case '.':
			return w.end+1 >= len(x.s) || fold[x.s[w.end+1]] == 0
		}
	}
	return true
}

func (x *scan) add(start, end int, code string) int {
	x.out = append(x.out, Found{Start: start, End: end, Code: code})
	if strings.HasPrefix(code, "SQLSTATE ") || strings.HasPrefix(code, "MySQL ") {
		x.seen[hintSQL] = end
	}
	return end
}

func (x *scan) word(w span) string { return x.s[w.start:w.end] }

// near reports whether a hint was seen within so many bytes before at.
func (x *scan) near(h hint, at, within int) bool {
	p := x.seen[h]
	return p > 0 && at-p <= within
}

// ahead gives up to n bytes after at, no further than the end of the line.
func (x *scan) ahead(at, n int) string {
	s := x.s[at:min(len(x.s), at+n)]
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		s = s[:i]
	}
	return s
}

// number fills in line and text of what was found, which is in order.
func number(text string, found []Found) []Found {
	slices.SortFunc(found, func(a, b Found) int { return a.Start - b.Start })
	line, at := 1, 0
	for i := range found {
		f := &found[i]
		line += strings.Count(text[at:f.Start], "\n")
		at = f.Start
		f.Line, f.Text = line, text[f.Start:f.End]
	}
	return found
}
