package similar

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Version is the version of the analyser. Features of another version are made anew by the desk in the background.
const Version = 1

// Text is what of a ticket is compared.
type Text struct {
	Title, Body string
	// Answer is what fixed it: the resolution. It is looked at when the ticket is found, never when it asks.
	Answer string
}

const (
	title = iota
	body
	answer
	fields
)

// Term is a word of a ticket and how often each field has it.
type Term struct {
	Hash uint32
	N    [fields]uint8 // at most maxCount each
}

// Features are what is kept of a ticket's text to compare it: its words, and which words follow one another, as hashes.
type Features struct {
	Terms []Term   // by hash
	Pairs []uint32 // hashes of words that follow one another, by hash, each once; pairBits wide
	Len   [fields]uint16
}

const (
	maxTerms = 512
	maxPairs = 512
	pairBits = 24
)

// maxCount is how often a word is counted in each field; more of the same tells nothing new.
var maxCount = [fields]uint8{3, 15, 3}

// hash is FNV-1a over 64 bits, folded. It is kept in the database and must not change within a Version.
func hash(s string) uint32 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h ^= uint64(s[i])
		h *= 1099511628211
	}
	return uint32(h>>32) ^ uint32(h)
}

func pairHash(a, b uint32) uint32 { return ((a*0x9e3779b1 ^ b) * 0x85ebca6b) >> (32 - pairBits) }

// Analyse takes a text apart.
func Analyse(t Text) Features {
	f, _ := analyse(t, nil)
	return f
}

// pair is two words of a query that follow one another.
type pair struct{ hash, a, b uint32 }

// analyse also tells seen every word as it reads, and gives the pairs with their words.
func analyse(t Text, seen func(hash uint32, w word)) (f Features, pairs []pair) {
	at := make(map[uint32]int, 64)
	for field, text := range [fields]string{t.Title, t.Body, t.Answer} {
		var last uint32
		words(text, func(w word) {
			if w.stop {
				return
			}
			h := hash(w.text)
			i, ok := at[h]
			if !ok {
				if len(f.Terms) == maxTerms {
					return
				}
				i = len(f.Terms)
				at[h] = i
				f.Terms = append(f.Terms, Term{Hash: h})
			}
			if n := &f.Terms[i].N[field]; *n < maxCount[field] {
				*n++
			}
			if seen != nil {
				seen(h, w)
			}
			if w.whole {
				return
			}
			f.Len[field] = min(f.Len[field]+1, 1<<14)
			if last != 0 && len(pairs) < maxPairs {
				pairs = append(pairs, pair{pairHash(last, h), last, h})
			}
			last = h
		})
	}
	slices.SortFunc(f.Terms, func(a, b Term) int { return int(int64(a.Hash) - int64(b.Hash)) })
	slices.SortFunc(pairs, func(a, b pair) int { return int(a.hash) - int(b.hash) })
	pairs = slices.CompactFunc(pairs, func(a, b pair) bool { return a.hash == b.hash })
	f.Pairs = make([]uint32, len(pairs))
	for i, p := range pairs {
		f.Pairs[i] = p.hash
	}
	return f, pairs
}

// length is how long the ticket is, in words, as titles count.
func (f *Features) length() float64 {
	return titleWeight*float64(f.Len[title]) + float64(f.Len[body]) + float64(f.Len[answer])
}

// find gives the term of a hash; nil when the ticket does not have it.
func (f *Features) find(h uint32) *Term {
	i, ok := slices.BinarySearchFunc(f.Terms, h, func(t Term, h uint32) int { return int(int64(t.Hash) - int64(h)) })
	if !ok {
		return nil
	}
	return &f.Terms[i]
}

// Encode writes features as the desk keeps them: about 400 bytes for a ticket of 60 words.
func (f *Features) Encode() []byte {
	b := make([]byte, 0, 16+5*len(f.Terms)+3*len(f.Pairs))
	b = append(b, Version)
	for _, n := range f.Len {
		b = binary.AppendUvarint(b, uint64(n))
	}
	b = binary.AppendUvarint(b, uint64(len(f.Terms)))
	last := uint32(0)
	for _, t := range f.Terms {
		b = binary.AppendUvarint(b, uint64(t.Hash-last))
		last = t.Hash
		b = append(b, t.N[title]<<6|t.N[answer]<<4|t.N[body])
	}
	b = binary.AppendUvarint(b, uint64(len(f.Pairs)))
	last = 0
	for _, p := range f.Pairs {
		b = binary.AppendUvarint(b, uint64(p-last))
		last = p
	}
	return b
}

// DecodeFeatures reads what Encode wrote. Features of another version are an error.
func DecodeFeatures(b []byte) (f Features, err error) {
	if len(b) == 0 || b[0] != Version {
		return f, fmt.Errorf("features are not of version %d", Version)
	}
	r := reader{b: b[1:]}
	for i := range f.Len {
		f.Len[i] = uint16(r.uvarint(1 << 14))
	}
	n := int(r.uvarint(maxTerms))
	f.Terms = make([]Term, n)
	last := uint32(0)
	for i := range f.Terms {
		last += uint32(r.uvarint(1<<32 - 1))
		c := r.byte()
		f.Terms[i] = Term{last, [fields]uint8{c >> 6, c & 15, c >> 4 & 3}}
	}
	f.Pairs = make([]uint32, int(r.uvarint(maxPairs)))
	last = 0
	for i := range f.Pairs {
		last += uint32(r.uvarint(1 << pairBits))
		f.Pairs[i] = last
	}
	if r.bad || len(r.b) > 0 {
		return Features{}, fmt.Errorf("features are damaged")
	}
	return f, nil
}

// reader reads what was encoded; bad tells that it ended early or held what cannot be.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) uvarint(most uint64) uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > most {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.bad = true
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}
