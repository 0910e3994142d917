package similar

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// titleWeight is how many words of the body one of the title counts for in a ticket that is found.
const titleWeight = 2

const (
	// MaxWords is by how many words of a query tickets are looked up.
	MaxWords = 64
	// maxCandidates is how many tickets are compared with a query on a small desk, fewCandidates on a large one.
	maxCandidates, fewCandidates = 300, 80
)

// MaxCandidates is how many tickets are compared with a query. On the sets of the benchmark 80 lose at most .003 of
// Recall@10 against 300, and take a quarter of the time, which counts when each is read from a large database.
func (m *Model) MaxCandidates() int {
	if m != nil && m.Docs > smallDesk {
		return fewCandidates
	}
	return maxCandidates
}

// Query is the ticket for which others are sought.
type Query struct {
	f     Features
	pairs []pair
	raw   map[uint32]string // how the words were written
	codes map[uint32]bool   // words that are codes, names or paths in one piece
	title []gram4
}

// NewQuery takes the text of a ticket apart; its answer is not looked at.
func NewQuery(t Text) *Query {
	q := &Query{raw: map[uint32]string{}, codes: map[uint32]bool{}}
	t.Answer = ""
	q.f, q.pairs = analyse(t, func(h uint32, w word) {
		if old, ok := q.raw[h]; !ok || len(w.raw) < len(old) {
			q.raw[h] = w.raw
		}
		q.codes[h] = q.codes[h] || w.whole
	})
	q.title = grams(t.Title)
	return q
}

// Empty reports whether there is nothing to look for.
func (q *Query) Empty() bool { return len(q.f.Terms) == 0 }

// count is how often the query has a word, as titles count for asking.
func count(t *Term) float64 {
	return 3*float64(t.N[title]) + float64(t.N[body]) + float64(t.N[answer])
}

// Telling is a word to look tickets up by, and how much it tells.
type Telling struct {
	Hash   uint32
	Weight float64
}

// Telling gives up to n words of the query, the most telling first.
func (q *Query) Telling(m *Model, n int) []Telling {
	out := make([]Telling, len(q.f.Terms))
	for i := range q.f.Terms {
		t := &q.f.Terms[i]
		out[i] = Telling{t.Hash, count(t) * math.Pow(m.idf(t.Hash), idfPower)}
	}
	slices.SortFunc(out, func(a, b Telling) int { return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Hash, b.Hash)) })
	return out[:min(n, len(out))]
}

const (
	smallDesk = 20_000 // tickets up to which every word is looked up
	fewWords  = 24     // words looked up on a larger desk
)

// Lookup gives the words to look tickets up by, ordered by hash: on a large desk the fewer and rarer ones.
func (q *Query) Lookup(m *Model) []Telling {
	words := q.Telling(m, MaxWords)
	if m != nil && m.Docs > smallDesk {
		const least = 8
		kept := words[:0]
		for _, w := range words {
			if len(kept) < least || len(kept) < fewWords && m.Count(w.Hash) < float64(m.Docs)/200 {
				kept = append(kept, w)
			}
		}
		words = kept
	}
	slices.SortFunc(words, func(a, b Telling) int { return cmp.Compare(a.Hash, b.Hash) })
	return words
}

const (
	idfPower = 1.2
	k1       = 2
	lengthB  = .95
)

// saturated is how much a count tells in a ticket of this length (BM25).
func saturated(n, length, average float64) float64 {
	return n / (n + k1*(1-lengthB+lengthB*length/average))
}

// found is how often a ticket that may be found has a word.
func found(t *Term) float64 {
	return titleWeight*float64(t.N[title]) + float64(t.N[body]) + float64(t.N[answer])
}

// Candidate is a ticket to be compared with the query.
type Candidate struct {
	Number   int64
	Title    string
	Features Features
	// Prior is what is known beside the text. .1 decides between near-equals; 1 is as much as a good deal of the text.
	Prior float64
}

// Match is a candidate and how alike it is.
type Match struct {
	Number int64
	// Score is about 0 for nothing in common and 1 for the same text.
	Score float64
	// Words are the most telling words in common, codes first, as the query writes them.
	Words []string
	// Meant tells that the texts are alike in meaning more than in words.
	Meant bool
	parts [parts]float64
	rank  float64
}

// The parts of a score. Each is about 0 to 1.
const (
	pBM25      = iota // BM25 over title, body and answer
	pAll              // cosine of all words
	pTitle            // of the titles
	pBody             // of the bodies
	pAsked            // share of the query's title that the ticket has
	pAnswered         // share of the ticket's title that the query has
	pPairs            // words that follow one another
	pGrams            // letters of the titles that do
	pMeaning          // cosine of the meanings
	pRare             // the three most telling words in common
	pCrowd            // like the best candidates on average
	pFeedback         // like the very best
	pLength           // of the ticket
	pFromTitle        // BM25 of the query's title
	pToTitle          // of the query in the ticket's title
	pSubject          // BM25 by words that stand in titles
	pAlign            // for each word of the query's title, the word of the ticket that means the nearest
	parts
)

// weights of the parts as they are, and of each as a share of the largest among the candidates: how good a match is
// depends on what else there is. docs/similar.md tells how they were found.
var weights = [2][parts]float64{
	{1.00, -.79, .12, -1.77, -.31, .34, -1.99, -.17, 1.81, 2.69, -2.44, -1.52, -.34, -1.06, .06, .38, 2.57},
	{.25, -.21, -.83, 1.48, -1.00, .84, .76, 1.49, 2.60, 1.92, -1.49, .61, -1.90, -.44, 1.41, 1.75, 2.37},
}

// unlearned are the weights on a desk that has not learned from its tickets yet: it knows no word to be common.
var unlearned = [2][parts]float64{{pBM25: 6, pAll: 6, pTitle: 1, pBody: 1, pAsked: .5, pAnswered: 1, pPairs: 3, pGrams: 1, pRare: 4, pCrowd: -5}}

// weighted is a word and its weight in a text.
type weighted struct {
	hash uint32
	w    float32
}

type vector []weighted

type which int

const (
	wholeTicket which = iota
	titleOnly
	bodyOnly
)

// weights gives the words of a text by hash, weighted by how often and how telling, the length of all being one.
func (m *Model) weights(f *Features, part which) vector {
	out := make(vector, 0, len(f.Terms))
	var sum float64
	for i := range f.Terms {
		t := &f.Terms[i]
		var n float64
		switch part {
		case wholeTicket:
			n = count(t)
		case titleOnly:
			n = float64(t.N[title])
		case bodyOnly:
			n = float64(t.N[body]) + float64(t.N[answer])
		}
		if n == 0 {
			continue
		}
		w := (1 + math.Log(n)) * m.idf(t.Hash)
		out = append(out, weighted{t.Hash, float32(w)})
		sum += w * w
	}
	if sum > 0 {
		scale := float32(1 / math.Sqrt(sum))
		for i := range out {
			out[i].w *= scale
		}
	}
	return out
}

func (v vector) dot(u vector) float64 {
	var x float32
	for i, j := 0, 0; i < len(v) && j < len(u); {
		switch {
		case v[i].hash < u[j].hash:
			i++
		case v[i].hash > u[j].hash:
			j++
		default:
			x += v[i].w * u[j].w
			i++
			j++
		}
	}
	return float64(x)
}

// meaning is where the model places a text; nil without a model.
func (m *Model) meaning(v vector) []float32 {
	if m == nil || m.dims == 0 {
		return nil
	}
	out := make([]float32, m.dims)
	for _, w := range v {
		m.add(out, w.hash, w.w)
	}
	return out
}

func cosine(a, b []float32) float64 {
	if len(a) == 0 || len(a) != len(b) {
		return 0
	}
	var ab, aa, bb float32
	for i, x := range a {
		y := b[i]
		ab += x * y
		aa += x * x
		bb += y * y
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return float64(ab) / math.Sqrt(float64(aa)*float64(bb))
}

// gram4 is four letters of a title that follow one another.
type gram4 uint32

func grams(title string) []gram4 {
	var out []gram4
	words(title, func(w word) {
		if w.stop || w.whole {
			return
		}
		s := "_" + w.text + "_"
		for i := 0; i+4 <= len(s); i++ {
			out = append(out, gram4(uint32(s[i])|uint32(s[i+1])<<8|uint32(s[i+2])<<16|uint32(s[i+3])<<24))
		}
	})
	slices.Sort(out)
	return slices.Compact(out)
}

func overlap[T cmp.Ordered](a, b []T) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n++
			i++
			j++
		}
	}
	return float64(n) / math.Sqrt(float64(len(a))*float64(len(b)))
}

// crowd is how many of the best candidates stand for the crowd: what is like all of them is like none in particular.
const crowd = 40

// Rank compares every candidate with the query and gives them best first.
func (m *Model) Rank(q *Query, candidates []Candidate) []Match {
	out, _ := m.rank(q, candidates)
	return out
}

func (m *Model) rank(q *Query, candidates []Candidate) ([]Match, []vector) {
	r := ranking{m: m, q: q, idf: make([]float64, len(q.f.Terms)), average: m.avgLen()}
	for i := range q.f.Terms {
		t := &q.f.Terms[i]
		r.idf[i] = m.idf(t.Hash)
		r.most += count(t) * math.Pow(r.idf[i], idfPower)
		r.mostSubject += count(t) * r.idf[i] * m.subject(t.Hash)
		if t.N[title] > 0 {
			r.titleIDF += r.idf[i]
			r.heads = append(r.heads, i)
		}
	}
	for _, p := range q.pairs {
		r.pairIDF += m.pairIDF(p.hash)
	}
	r.all, r.title, r.body = m.weights(&q.f, wholeTicket), m.weights(&q.f, titleOnly), m.weights(&q.f, bodyOnly)
	r.meaning = m.meaning(r.all)
	r.beginAlign()
	out := make([]Match, len(candidates))
	vectors := make([]vector, len(candidates))
	for i := range candidates {
		out[i], vectors[i] = r.compare(&candidates[i])
	}
	r.crowd(out, vectors)
	var most [parts]float64
	for i := range out {
		for j, x := range out[i].parts {
			most[j] = max(most[j], x)
		}
	}
	w := &weights
	if m == nil {
		w = &unlearned
	}
	for i := range out {
		o := &out[i]
		for j, x := range o.parts {
			o.rank += w[0][j] * x
			if most[j] > 0 {
				o.rank += w[1][j] * x / most[j]
			}
		}
		if r.meaning == nil {
			o.parts[pMeaning] = o.parts[pAll]
		}
		o.rank += candidates[i].Prior
		o.Score = likeness(&o.parts)
		o.Meant = o.parts[pMeaning] > .5 && o.parts[pMeaning] > 2*o.parts[pAll]
	}
	slices.SortFunc(out, func(a, b Match) int { return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(b.Number, a.Number)) })
	for i := range out { // the score falls as the rank does
		if i > 0 {
			out[i].Score = min(out[i].Score, out[i-1].Score)
		}
	}
	return out, vectors
}

// likeness is a score of its own that does not depend on the other candidates: about 1 for the same text.
func likeness(p *[parts]float64) float64 {
	return min(max(.35*p[pAll]+.35*p[pMeaning]+.15*p[pAnswered]+.15*p[pAsked], 0), 1)
}

// ranking is one query at work.
type ranking struct {
	m                 *Model
	q                 *Query
	idf               []float64
	most, mostSubject float64
	titleIDF, pairIDF float64
	average           float64
	all, title, body  vector
	meaning           []float32
	heads             []int // the terms of the title
	units             [][]float32
	near              map[uint32][]float32
	scratch           []float32
}

func (r *ranking) compare(c *Candidate) (Match, vector) {
	f, q := &c.Features, &r.q.f
	out := Match{Number: c.Number}
	p := &out.parts
	length := f.length()
	var asked, answered, titleIDF float64
	type shared struct {
		hash uint32
		w    float64
	}
	var both []shared
	for i, j := 0, 0; i < len(q.Terms) && j < len(f.Terms); {
		a, b := &q.Terms[i], &f.Terms[j]
		switch {
		case a.Hash < b.Hash:
			i++
			continue
		case a.Hash > b.Hash:
			j++
			continue
		}
		idf := r.idf[i]
		p[pBM25] += count(a) * math.Pow(idf, idfPower) * saturated(found(b), length, r.average)
		p[pSubject] += count(a) * idf * r.m.subject(a.Hash) * saturated(found(b), length, r.average)
		if a.N[title] > 0 {
			asked += idf
			p[pFromTitle] += idf * saturated(found(b), length, r.average)
		}
		if b.N[title] > 0 {
			answered += idf
			p[pToTitle] += math.Pow(idf, idfPower) * count(a)
		}
		both = append(both, shared{a.Hash, idf})
		i++
		j++
	}
	for i := range f.Terms {
		if f.Terms[i].N[title] > 0 {
			titleIDF += r.m.idf(f.Terms[i].Hash)
		}
	}
	p[pBM25] /= r.most + 1e-9
	p[pSubject] /= r.mostSubject + 1e-9
	p[pAlign] = r.align(f)
	p[pToTitle] /= r.most + 1e-9
	p[pFromTitle] /= r.titleIDF + 1e-9
	p[pAsked] = asked / (r.titleIDF + 1e-9)
	p[pAnswered] = answered / (titleIDF + 1e-9)
	all, head, rest := r.m.weights(f, wholeTicket), r.m.weights(f, titleOnly), r.m.weights(f, bodyOnly)
	p[pAll], p[pTitle], p[pBody] = r.all.dot(all), r.title.dot(head), r.body.dot(rest)
	p[pPairs] = r.pairsShared(f)
	p[pGrams] = overlap(r.q.title, grams(c.Title))
	p[pMeaning] = cosine(r.meaning, r.m.meaning(all))
	p[pLength] = math.Log(2+length) / 10
	slices.SortFunc(both, func(a, b shared) int { return cmp.Or(cmp.Compare(b.w, a.w), cmp.Compare(a.hash, b.hash)) })
	for _, s := range both[:min(3, len(both))] {
		p[pRare] += s.w / 30
	}
	var codes, plain []string
	for _, s := range both[:min(8, len(both))] {
		switch raw := r.q.raw[s.hash]; {
		case r.q.codes[s.hash]:
			codes = append(codes, raw)
		case !strings.ContainsFunc(raw, isLetter):
		default:
			plain = append(plain, raw)
		}
	}
	out.Words = append(codes, plain...)
	return out, all
}

func isLetter(r rune) bool { k := kindOf(r); return k == lower || k == upper || k == single }

// pairsShared is how much of what follows one another in the query does so in the ticket, less for a long ticket.
func (r *ranking) pairsShared(f *Features) float64 {
	var x float64
	for i, j := 0, 0; i < len(r.q.pairs) && j < len(f.Pairs); {
		switch p := r.q.pairs[i]; {
		case p.hash < f.Pairs[j]:
			i++
		case p.hash > f.Pairs[j]:
			j++
		default:
			x += r.m.pairIDF(p.hash)
			i++
			j++
		}
	}
	if x == 0 {
		return 0
	}
	return x / math.Sqrt((r.pairIDF+1e-9)*(r.pairIDF/float64(len(r.q.pairs))*float64(len(f.Pairs))+1e-9))
}

// crowd tells of each candidate how like it is to the best of them on average, and to the few at the very top.
func (r *ranking) crowd(ms []Match, vectors []vector) {
	order := make([]int, len(ms))
	for i := range order {
		order[i] = i
	}
	first := func(i int) float64 {
		p := &ms[i].parts
		return p[pBM25] + p[pAll] + .5*p[pMeaning]
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(first(b), first(a)) })
	near := order[:min(crowd, len(order))]
	mean := map[uint32]float64{}
	for _, i := range near {
		for _, w := range vectors[i] {
			mean[w.hash] += float64(w.w)
		}
	}
	in := make([]bool, len(ms))
	for _, i := range near {
		in[i] = true
	}
	top := order[:min(5, len(order))]
	lead, sum := map[uint32]float64{}, 0.0
	own := map[int]float64{}
	for _, i := range top {
		w := math.Exp(4 * (ms[i].parts[pAll] + .5*ms[i].parts[pMeaning]))
		own[i] = w
		sum += w
		for _, x := range vectors[i] {
			lead[x.hash] += w * float64(x.w)
		}
	}
	for i := range ms {
		var x, y float64
		for _, w := range vectors[i] {
			x += mean[w.hash] * float64(w.w)
			y += lead[w.hash] * float64(w.w)
		}
		n := float64(len(near))
		if in[i] {
			x, n = x-1, n-1
		}
		ms[i].parts[pCrowd] = x / max(n, 1)
		ms[i].parts[pFeedback] = (y - own[i]) / max(sum, 1e-9)
	}
}

// beginAlign unpacks the vectors of the words of the query's title.
func (r *ranking) beginAlign() {
	r.units, r.near = make([][]float32, len(r.heads)), map[uint32][]float32{}
	if r.m != nil {
		r.scratch = make([]float32, r.m.dims)
	}
	for k, i := range r.heads {
		r.units[k] = r.m.unit(r.q.f.Terms[i].Hash, nil)
	}
}

// align looks for each word of the query's title for the word of the ticket that means the nearest.
func (r *ranking) align(f *Features) float64 {
	best := make([]float32, len(r.heads))
	for i := range f.Terms {
		near := r.nearness(f.Terms[i].Hash)
		for k, x := range near {
			best[k] = max(best[k], x)
		}
	}
	var x float64
	for k, i := range r.heads {
		x += float64(best[k]) * r.idf[i]
	}
	return x / (r.titleIDF + 1e-9)
}

// nearness is how near a word is to each of the query's title in meaning; 1 for the same word. Nil when it is near none.
func (r *ranking) nearness(h uint32) []float32 {
	out, known := r.near[h]
	if known {
		return out
	}
	u := r.m.unit(h, r.scratch)
	for k, i := range r.heads {
		var x float32
		if same := r.q.f.Terms[i].Hash == h; same {
			x = 1
		} else if v := r.units[k]; u != nil && v != nil {
			x = dot(u, v)
		}
		if x > 0 && out == nil {
			out = make([]float32, len(r.heads))
		}
		if x > 0 {
			out[k] = x
		}
	}
	r.near[h] = out
	return out
}

func dot(a, b []float32) (x float32) {
	b = b[:len(a)]
	for i, y := range a {
		x += y * b[i]
	}
	return x
}
