// Package list knows words that are names: of persons, places, countries and peoples, and the English and technical
// words that are not. It answers for single words and for short phrases.
//
// What is kept of a word is a 26-bit fingerprint, not the word: the table is small (about 1.5 MB in memory), it cannot
// be read back as a list of persons, and one unknown word in about 150 is taken for a known one. A caller weighs
// the answer with context and never acts on it alone.
//
// The table is derived from published lists; NOTICE names them. gen/main.go makes it anew.
package list

import (
	"bytes"
	"compress/flate"
	_ "embed" // the table
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"unicode"
)

// Class is a set of what a word is known as. A word may be many things: "Rose" is a given name, a surname, an English
// word and a town.
type Class uint16

// The classes.
const (
	Given     Class = 1 << iota // a given name that is common somewhere
	GivenRare                   // a given name that is not
	Surname                     // a family name that is common somewhere
	Name                        // any part of a person's name
	CityBig                     // a city of 50,000 people or more, or one that is widely known
	City                        // a place of 5,000 people or more
	Country                     // a country, in one of several languages
	Region                      // a part of a country: state, county, province
	Demonym                     // a people: "Norwegian"
	Common                      // a common English word
	English                     // any other English word
	Tech                        // a word of computing
	Company                     // a well-known company or brand of computing
)

// Person is the set of classes that say a word may be a part of a person's name.
const Person = Given | GivenRare | Surname | Name

// Place is the set of classes that say a word or phrase is a place.
const Place = CityBig | City | Country | Region

// Word is the set of classes of words that are ordinary.
const Word = Common | English | Tech

// Bits is the width of a fingerprint.
const Bits = 26

const (
	low     = 10 // bits of a fingerprint within its bucket
	buckets = 1 << (Bits - low)
)

//go:embed words.bin
var packed []byte

type table struct {
	start [buckets + 1]uint32
	rest  []uint16 // low bits of the fingerprints, ascending within a bucket
	class []Class
}

var loaded = sync.OnceValue(func() *table {
	t, err := unpack(packed)
	if err != nil {
		panic("the embedded list of names cannot be read: " + err.Error())
	}
	return t
})

// Load reads the table now instead of at the first question.
func Load() { loaded() }

// Of says what is known of a word or phrase. Letter case, accents, apostrophes and full stops do not matter; words of a
// phrase are parted by any white space. It does not allocate.
func Of(word string) Class {
	return loaded().of(Fingerprint(word))
}

// OfParts says what is known of the phrase that the words make.
func OfParts(words ...string) Class {
	h := uint64(offset)
	for i, w := range words {
		if i > 0 {
			h = (h ^ ' ') * prime
		}
		h, _ = hash(h, w)
	}
	return loaded().of(finish(h))
}

func (t *table) of(print uint32) Class {
	b := print >> low
	want := uint16(print & (1<<low - 1))
	for i := t.start[b]; i < t.start[b+1]; i++ {
		if t.rest[i] == want {
			return t.class[i]
		}
	}
	return 0
}

const (
	offset = 14695981039346656037
	prime  = 1099511628211
)

// Fingerprint is what the table keeps of a word.
func Fingerprint(word string) uint32 {
	h, _ := hash(offset, word)
	return finish(h)
}

func finish(h uint64) uint32 {
	h ^= h >> 32
	h *= 0x9e3779b97f4a7c15
	return uint32(h >> (64 - Bits))
}

// hash mixes the folded word into h, and says whether anything was left of the word.
func hash(h uint64, word string) (uint64, bool) {
	some, gap := false, false
	for _, r := range word {
		if r < 0x80 {
			switch {
			case 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' || r == '&':
			case 'A' <= r && r <= 'Z':
				r += 'a' - 'A'
			case r == '\'' || r == '.':
				continue
			default:
				gap = some
				continue
			}
			if gap {
				h, gap = (h^' ')*prime, false
			}
			h, some = (h^uint64(r))*prime, true
			continue
		}
		if r == '’' || r == '‘' || r == '´' || unicode.Is(unicode.Mn, r) {
			continue
		}
		if unicode.IsSpace(r) {
			gap = some
			continue
		}
		if gap {
			h, gap = (h^' ')*prime, false
		}
		some = true
		a, b := fold(r)
		h = (h ^ uint64(a)) * prime
		if b != 0 {
			h = (h ^ uint64(b)) * prime
		}
	}
	return h, some
}

// fold gives the one or two plain letters for a letter beyond ASCII.
func fold(r rune) (a, b rune) {
	r = unicode.ToLower(r)
	switch r {
	case 'ß':
		return 's', 's'
	case 'æ':
		return 'a', 'e'
	case 'œ':
		return 'o', 'e'
	case 'þ':
		return 't', 'h'
	case 'ς':
		return 'σ', 0
	case 'ё':
		return 'е', 0
	}
	if r < rune(len(plain))+0xe0 && r >= 0xe0 {
		if p := plain[r-0xe0]; p != ' ' {
			return rune(p), 0
		}
	}
	if i, ok := greek[r]; ok {
		return i, 0
	}
	if 0x1e00 <= r && r <= 0x1eff {
		if p, ok := vietnamese(r); ok {
			return p, 0
		}
	}
	return r, 0
}

// plain has the letter without its mark for U+00E0 to U+017F, and a space where there is none.
const plain = "aaaaaa ceeeeiiiid" + "nooooo ouuuuy y" + // e0..ff; æ ÷ þ have none
	"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii  jjkkklllllllllln" + // 100..143
	"nnnnnnnnooooooOOrrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzz "

var greek = map[rune]rune{'ά': 'α', 'έ': 'ε', 'ή': 'η', 'ί': 'ι', 'ό': 'ο', 'ύ': 'υ', 'ώ': 'ω', 'ϊ': 'ι', 'ϋ': 'υ', 'ΐ': 'ι', 'ΰ': 'υ', 'ș': 's', 'ț': 't', 'ơ': 'o', 'ư': 'u', 'ǎ': 'a', 'ə': 'e', '∆': 'δ'}

func vietnamese(r rune) (rune, bool) {
	switch {
	case 0x1ea0 <= r && r <= 0x1eb7:
		return 'a', true
	case 0x1eb8 <= r && r <= 0x1ec7:
		return 'e', true
	case 0x1ec8 <= r && r <= 0x1ecb:
		return 'i', true
	case 0x1ecc <= r && r <= 0x1ee3:
		return 'o', true
	case 0x1ee4 <= r && r <= 0x1ef1:
		return 'u', true
	case 0x1ef2 <= r && r <= 0x1ef9:
		return 'y', true
	}
	return 0, false
}

// Pack makes the table's form at rest from fingerprints and their classes. The prints must ascend.
func Pack(prints []uint32, classes []Class) ([]byte, error) {
	if len(prints) != len(classes) || len(prints) == 0 {
		return nil, fmt.Errorf("there are %d fingerprints and %d classes", len(prints), len(classes))
	}
	k := 0
	for mean := (uint64(1) << Bits) / uint64(len(prints)); mean > 1; mean >>= 1 {
		k++
	}
	k--
	var bits bitWriter
	last := int64(-1)
	for _, p := range prints {
		if int64(p) <= last {
			return nil, fmt.Errorf("fingerprint %d does not ascend", p)
		}
		bits.rice(uint64(int64(p)-last-1), k)
		last = int64(p)
	}
	bits.flush()
	codes := make([]byte, 2*len(classes)) // the low bytes, then the high ones: they pack better apart
	for i, c := range classes {
		codes[i], codes[len(classes)+i] = byte(c), byte(c>>8)
	}
	var out bytes.Buffer
	put := func(v any) { binary.Write(&out, binary.LittleEndian, v) }
	put(uint32(len(prints)))
	put(uint8(k))
	put(uint32(len(bits.out)))
	out.Write(bits.out)
	z, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	z.Write(codes)
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func unpack(b []byte) (*table, error) {
	r := bytes.NewReader(b)
	var n, size uint32
	var k uint8
	get := func(v any) error { return binary.Read(r, binary.LittleEndian, v) }
	if err := get(&n); err != nil {
		return nil, err
	}
	if err := get(&k); err != nil {
		return nil, err
	}
	t := &table{}
	if err := get(&size); err != nil {
		return nil, err
	}
	if int64(size) > r.Size() || n > 1<<Bits {
		return nil, fmt.Errorf("a list of %d words in %d bytes", n, size)
	}
	rice := make([]byte, size)
	if _, err := io.ReadFull(r, rice); err != nil {
		return nil, err
	}
	t.rest, t.class = make([]uint16, n), make([]Class, n)
	bits := bitReader{in: rice}
	print, bucket := int64(-1), 0
	for i := range t.rest {
		d, ok := bits.rice(int(k))
		if !ok {
			return nil, io.ErrUnexpectedEOF
		}
		print += int64(d) + 1
		if print >= 1<<Bits {
			return nil, fmt.Errorf("fingerprint %d is too wide", print)
		}
		for bucket <= int(print>>low) {
			t.start[bucket] = uint32(i)
			bucket++
		}
		t.rest[i] = uint16(print & (1<<low - 1))
	}
	for ; bucket <= buckets; bucket++ {
		t.start[bucket] = n
	}
	codes := make([]byte, 2*n)
	if _, err := io.ReadFull(flate.NewReader(r), codes); err != nil {
		return nil, err
	}
	for i := range t.class {
		t.class[i] = Class(codes[i]) | Class(codes[int(n)+i])<<8
	}
	return t, nil
}

// bitWriter writes numbers in Golomb-Rice code: the quotient by 1<<k in unary, the rest in k bits.
type bitWriter struct {
	out  []byte
	last byte
	used int
}

func (w *bitWriter) bit(b uint64) {
	w.last |= byte(b&1) << w.used
	if w.used++; w.used == 8 {
		w.flush()
	}
}

func (w *bitWriter) flush() {
	if w.used > 0 {
		w.out = append(w.out, w.last)
		w.last, w.used = 0, 0
	}
}

func (w *bitWriter) rice(v uint64, k int) {
	for range v >> k {
		w.bit(1)
	}
	w.bit(0)
	for i := range k {
		w.bit(v >> i)
	}
}

type bitReader struct {
	in []byte
	at int
}

func (r *bitReader) bit() (uint64, bool) {
	i := r.at >> 3
	if i >= len(r.in) {
		return 0, false
	}
	b := r.in[i] >> (r.at & 7) & 1
	r.at++
	return uint64(b), true
}

func (r *bitReader) rice(k int) (uint64, bool) {
	var v uint64
	for {
		b, ok := r.bit()
		if !ok {
			return 0, false
		}
		if b == 0 {
			break
		}
		v++
	}
	v <<= k
	for i := range k {
		b, ok := r.bit()
		if !ok {
			return 0, false
		}
		v |= b << i
	}
	return v, true
}
