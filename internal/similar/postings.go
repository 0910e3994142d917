package similar

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	"slices"
)

// Posting says that a ticket has a word.
type Posting struct {
	Number int64
	impact byte // how often, in the upper half; how long the ticket is, in the lower
}

// List is a word with the tickets that have it.
type List struct {
	Hash     uint32
	Count    int       // tickets that have the word
	Postings []Posting // by number; of a word that very many have, those that it tells most about
}

const (
	// blockSize is how many bytes a block has at about the most; a longer list has a block of its own.
	blockSize = 4 << 10
	// maxList is how many tickets of a segment one word leads to.
	maxList = 4096
)

func impactOf(t *Term, length float64) byte {
	n := min(int(found(t)), 15)
	l := int(math.Round(2 * math.Log2(max(length, 4)/4))) // 4 words: 0; 724 words: 15
	return byte(n<<4 | min(l, 15))
}

// tell is how much the posting tells of its ticket, whatever the word.
func (p Posting) tell(average float64) float64 {
	return saturated(float64(p.impact>>4), 4*math.Pow(2, float64(p.impact&15)/2), average)
}

// Lists turns tickets into lists, ordered by hash.
func Lists(numbers []int64, features []Features) []List {
	at := map[uint32]int{}
	var out []List
	for i := range features {
		f := &features[i]
		length := f.length()
		for j := range f.Terms {
			t := &f.Terms[j]
			k, ok := at[t.Hash]
			if !ok {
				k = len(out)
				at[t.Hash] = k
				out = append(out, List{Hash: t.Hash})
			}
			out[k].Count++
			out[k].Postings = append(out[k].Postings, Posting{numbers[i], impactOf(t, length)})
		}
	}
	slices.SortFunc(out, func(a, b List) int { return cmp.Compare(a.Hash, b.Hash) })
	for i := range out {
		out[i].trim()
	}
	return out
}

// trim orders the postings by number, each once, and keeps the most telling of too many.
func (l *List) trim() {
	newest := func(a, b Posting) int { return cmp.Compare(a.Number, b.Number) }
	slices.SortStableFunc(l.Postings, newest)
	l.Postings = slices.CompactFunc(l.Postings, func(a, b Posting) bool { return a.Number == b.Number })
	if len(l.Postings) <= maxList {
		return
	}
	const usual = 60
	slices.SortStableFunc(l.Postings, func(a, b Posting) int {
		return cmp.Or(cmp.Compare(b.tell(usual), a.tell(usual)), cmp.Compare(b.Number, a.Number))
	})
	l.Postings = l.Postings[:maxList]
	slices.SortFunc(l.Postings, newest)
}

// Merge joins several runs of lists, each ordered by hash, into one.
func Merge(runs ...iter.Seq2[List, error]) iter.Seq2[List, error] {
	return func(yield func(List, error) bool) {
		type head struct {
			list List
			next func() (List, error, bool)
		}
		var heads []*head
		for _, r := range runs {
			next, stop := iter.Pull2(r)
			defer stop()
			l, err, ok := next()
			if err != nil {
				yield(l, err)
				return
			}
			if ok {
				heads = append(heads, &head{l, next})
			}
		}
		for len(heads) > 0 {
			least := heads[0].list.Hash
			for _, h := range heads[1:] {
				least = min(least, h.list.Hash)
			}
			out := List{Hash: least}
			for i := 0; i < len(heads); i++ {
				h := heads[i]
				if h.list.Hash != least {
					continue
				}
				out.Count += h.list.Count
				out.Postings = append(out.Postings, h.list.Postings...)
				l, err, ok := h.next()
				if err != nil {
					yield(l, err)
					return
				}
				if !ok {
					heads = slices.Delete(heads, i, i+1)
					i--
					continue
				}
				h.list = l
			}
			out.trim()
			if !yield(out, nil) {
				return
			}
		}
	}
}

// Block is a stretch of lists as the desk keeps it.
type Block struct {
	First uint32 // hash of the first list
	Data  []byte
}

// Blocks cuts lists, ordered by hash, into blocks.
func Blocks(lists iter.Seq2[List, error]) iter.Seq2[Block, error] {
	return func(yield func(Block, error) bool) {
		var b Block
		last := uint32(0)
		for l, err := range lists {
			if err != nil {
				yield(Block{}, err)
				return
			}
			data := appendList(nil, l)
			if len(b.Data) > 0 && len(b.Data)+len(data) > blockSize {
				if !yield(b, nil) {
					return
				}
				b = Block{}
			}
			if len(b.Data) == 0 {
				b.First, last = l.Hash, l.Hash
			}
			b.Data = binary.AppendUvarint(b.Data, uint64(l.Hash-last))
			b.Data = append(b.Data, data...)
			last = l.Hash
		}
		if len(b.Data) > 0 {
			yield(b, nil)
		}
	}
}

// appendList writes a list without its hash: count, length in bytes, postings.
func appendList(b []byte, l List) []byte {
	var body []byte
	last := int64(0)
	for _, p := range l.Postings {
		body = binary.AppendUvarint(body, uint64(p.Number-last))
		body = append(body, p.impact)
		last = p.Number
	}
	b = binary.AppendUvarint(b, uint64(l.Count))
	b = binary.AppendUvarint(b, uint64(len(body)))
	return append(b, body...)
}

var errBlock = fmt.Errorf("a block of similar tickets is damaged")

// Lists reads the lists of a block.
func (b Block) Lists() iter.Seq2[List, error] {
	return func(yield func(List, error) bool) {
		r, h := reader{b: b.Data}, b.First
		for len(r.b) > 0 {
			l, body := r.list(&h)
			if !r.bad {
				l.Postings = make([]Posting, 0, len(body)/2)
				r.bad = !eachPosting(body, func(p Posting) { l.Postings = append(l.Postings, p) })
			}
			if r.bad {
				yield(List{}, errBlock)
				return
			}
			if !yield(l, nil) {
				return
			}
		}
	}
}

func (r *reader) list(h *uint32) (l List, body []byte) {
	*h += uint32(r.uvarint(1<<32 - 1))
	l.Hash, l.Count = *h, int(r.uvarint(1<<40))
	n := int(r.uvarint(uint64(len(r.b))))
	if n > len(r.b) {
		r.bad, r.b = true, nil
		return l, nil
	}
	body, r.b = r.b[:n], r.b[n:]
	return l, body
}

func eachPosting(b []byte, fn func(Posting)) bool {
	last := int64(0)
	for len(b) > 0 {
		d, n := binary.Uvarint(b)
		if n <= 0 || n >= len(b) || d > math.MaxInt64 {
			return false
		}
		last += int64(d)
		fn(Posting{last, b[n]})
		b = b[n+1:]
	}
	return true
}

// Directory tells in which block of a segment a word is.
type Directory []uint32

// Of gives the number of the block that holds the word, if any block does.
func (d Directory) Of(hash uint32) (block int, ok bool) {
	i, exact := slices.BinarySearch(d, hash)
	if !exact {
		i--
	}
	return i, i >= 0
}

// Encode writes the directory as the desk keeps it.
func (d Directory) Encode() []byte {
	b := make([]byte, 0, 3*len(d))
	last := uint32(0)
	for _, h := range d {
		b = binary.AppendUvarint(b, uint64(h-last))
		last = h
	}
	return b
}

// DecodeDirectory reads what Encode wrote.
func DecodeDirectory(b []byte) (Directory, error) {
	r, last := reader{b: b}, uint32(0)
	d := make(Directory, 0, len(b)/3)
	for len(r.b) > 0 {
		last += uint32(r.uvarint(1<<32 - 1))
		d = append(d, last)
	}
	if r.bad {
		return nil, errBlock
	}
	return d, nil
}

// Gathering adds up which tickets have the words of a query.
type Gathering struct {
	average float64
	tells   [256]float32
	scores  map[int64]float32
}

// Gather begins to add up for the words that Lookup gave. Room for most of their tickets is made at once: a map that grows
// takes as long as all else.
func (m *Model) Gather(words []Telling) *Gathering {
	const most = 1 << 16
	tickets := 0.0
	for _, w := range words {
		tickets += m.Count(w.Hash)
	}
	g := &Gathering{scores: make(map[int64]float32, int(min(tickets*3/4, most))), average: m.avgLen()}
	for i := range g.tells {
		g.tells[i] = float32(Posting{impact: byte(i)}.tell(g.average))
	}
	return g
}

// AddBlock adds what a block knows of the words, which are ordered by hash.
func (g *Gathering) AddBlock(b Block, words []Telling) error {
	r, h := reader{b: b.Data}, b.First
	for len(r.b) > 0 && len(words) > 0 {
		l, body := r.list(&h)
		if r.bad {
			return errBlock
		}
		for len(words) > 0 && words[0].Hash < l.Hash {
			words = words[1:]
		}
		if len(words) > 0 && words[0].Hash == l.Hash {
			w := float32(words[0].Weight)
			if !eachPosting(body, func(p Posting) { g.scores[p.Number] += w * g.tells[p.impact] }) {
				return errBlock
			}
		}
	}
	return nil
}

// Add adds one ticket that no block holds yet.
func (g *Gathering) Add(number int64, f *Features, words []Telling) {
	length := f.length()
	var x float32
	for _, w := range words {
		if t := f.find(w.Hash); t != nil {
			x += float32(w.Weight) * g.tells[impactOf(t, length)]
		}
	}
	if x > 0 {
		g.scores[number] = max(g.scores[number], x)
	}
}

// Best gives up to n tickets that have most of what the words tell, best first.
func (g *Gathering) Best(n int, without int64) []int64 {
	type scored struct {
		number int64
		score  float32
	}
	better := func(a, b scored) bool { return a.score > b.score || a.score == b.score && a.number > b.number }
	// A heap of the best so far, the worst of them on top: of a hundred thousand tickets few get in.
	heap := make([]scored, 0, n)
	sink := func(i int) {
		for {
			worst := i
			for _, c := range [2]int{2*i + 1, 2*i + 2} {
				if c < len(heap) && better(heap[worst], heap[c]) {
					worst = c
				}
			}
			if worst == i {
				return
			}
			heap[i], heap[worst] = heap[worst], heap[i]
			i = worst
		}
	}
	for number, score := range g.scores {
		s := scored{number, score}
		switch {
		case number == without || n == 0:
		case len(heap) < n:
			if heap = append(heap, s); len(heap) == n {
				for i := n/2 - 1; i >= 0; i-- {
					sink(i)
				}
			}
		case better(s, heap[0]):
			heap[0] = s
			sink(0)
		}
	}
	slices.SortFunc(heap, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.number, a.number))
	})
	out := make([]int64, len(heap))
	for i, s := range heap {
		out[i] = s.number
	}
	return out
}
