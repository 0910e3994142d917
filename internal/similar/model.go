package similar

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// Model is what a desk's own tickets taught: how common each word is, and which words mean the like because they are
// used alike (latent semantic analysis). It is learned from a sample; a word it does not know is rare.
type Model struct {
	Docs   int     // tickets of the desk when it was learned
	AvgLen float64 // average length of a ticket
	share  float64 // tickets of the desk for one of the sample
	pairs  counts  // words that follow one another
	hashes []uint32
	counts []uint32 // in how many tickets of the sample each word is
	heads  []uint8  // share of the word's tickets that have it in their title, of 255
	rows   []int32  // where the word's vector begins in vectors; -1: none
	dims   int
	vector []int8
	scale  []float32 // of each vector, by row/dims
}

// counted is in how many tickets of the sample something is; counts are by hash.
type counted struct{ hash, n uint32 }
type counts []counted

func (c counts) of(h uint32) uint32 {
	i, ok := slices.BinarySearchFunc(c, h, func(c counted, h uint32) int { return cmp.Compare(c.hash, h) })
	if !ok {
		return 0
	}
	return c[i].n
}

// Len is how many words the model knows.
func (m *Model) Len() int {
	if m == nil {
		return 0
	}
	return len(m.hashes)
}

func (m *Model) at(h uint32) int {
	if m == nil {
		return -1
	}
	i, ok := slices.BinarySearch(m.hashes, h)
	if !ok {
		return -1
	}
	return i
}

// Count is about how many tickets of the desk have the word; 0 for a word the model does not know.
func (m *Model) Count(h uint32) float64 {
	i := m.at(h)
	if i < 0 {
		return 0
	}
	return float64(m.counts[i]) * m.share
}

// idf is how telling a word is.
func (m *Model) idf(h uint32) float64 {
	n := float64(100)
	if m != nil {
		n = float64(max(m.Docs, 10))
	}
	return telling(n, max(m.Count(h), 1))
}

// subject is how much a word tells what a ticket is about: the root of the share of its tickets that have it in their
// title. What stands in bodies alone is the form that people fill in.
func (m *Model) subject(h uint32) float64 {
	if i := m.at(h); i >= 0 {
		return math.Sqrt(float64(m.heads[i]) / 255)
	}
	return .57
}

// unit gives the word's vector at length one, in out when that is long enough; nil when it has none.
func (m *Model) unit(h uint32, out []float32) []float32 {
	i := m.at(h)
	if i < 0 || m.rows[i] < 0 {
		return nil
	}
	row := m.vector[m.rows[i]:][:m.dims]
	if len(out) < m.dims {
		out = make([]float32, m.dims)
	}
	out = out[:len(row)]
	var sum int32
	for j, x := range row {
		out[j] = float32(x)
		sum += int32(x) * int32(x)
	}
	if sum == 0 {
		return nil
	}
	scale := float32(1 / math.Sqrt(float64(sum)))
	for j := range out {
		out[j] *= scale
	}
	return out
}

// pairIDF is how telling it is that two words follow one another.
func (m *Model) pairIDF(h uint32) float64 {
	n, df := float64(100), float64(1)
	if m != nil {
		n, df = float64(max(m.Docs, 10)), max(float64(m.pairs.of(h))*m.share, 1)
	}
	return telling(n, df)
}

func telling(n, df float64) float64 {
	return math.Log(1 + (n-min(df, n)+.5)/(df+.5))
}

func (m *Model) avgLen() float64 {
	if m == nil || m.AvgLen == 0 {
		return 60
	}
	return m.AvgLen
}

// add adds w times the word's vector to v.
func (m *Model) add(v []float32, h uint32, w float32) {
	i := m.at(h)
	if i < 0 || m.rows[i] < 0 {
		return
	}
	row := m.vector[m.rows[i]:][:m.dims]
	w *= m.scale[int(m.rows[i])/m.dims]
	v = v[:len(row)]
	for j, x := range row {
		v[j] += w * float32(x)
	}
}

const modelFormat = 1

// Encode writes the model as the desk keeps it.
func (m *Model) Encode() []byte {
	b := []byte{modelFormat, Version}
	b = binary.AppendUvarint(b, uint64(m.Docs))
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(m.AvgLen))
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(m.share))
	b = binary.AppendUvarint(b, uint64(m.dims))
	b = binary.AppendUvarint(b, uint64(len(m.hashes)))
	b = binary.AppendUvarint(b, uint64(len(m.pairs)))
	last := uint32(0)
	for _, p := range m.pairs {
		b = binary.AppendUvarint(b, uint64(p.hash-last))
		b = binary.AppendUvarint(b, uint64(p.n))
		last = p.hash
	}
	last = 0
	for i, h := range m.hashes {
		b = binary.AppendUvarint(b, uint64(h-last))
		last = h
		n := uint64(m.counts[i]) << 1
		if m.rows[i] >= 0 {
			n |= 1
		}
		b = append(binary.AppendUvarint(b, n), m.heads[i])
		if m.rows[i] >= 0 {
			b = binary.BigEndian.AppendUint32(b, math.Float32bits(m.scale[int(m.rows[i])/m.dims]))
			for _, x := range m.vector[m.rows[i]:][:m.dims] {
				b = append(b, byte(x))
			}
		}
	}
	return b
}

// DecodeModel reads what Encode wrote. A model of another version is an error.
func DecodeModel(b []byte) (*Model, error) {
	if len(b) < 2 || b[0] != modelFormat || b[1] != Version {
		return nil, fmt.Errorf("the model is not of version %d", Version)
	}
	r := reader{b: b[2:]}
	m := &Model{Docs: int(r.uvarint(1 << 40))}
	m.AvgLen, m.share = math.Float64frombits(r.fixed(8)), math.Float64frombits(r.fixed(8))
	m.dims = int(r.uvarint(4096))
	n, pairs := int(r.uvarint(1<<24)), int(r.uvarint(1<<24))
	if r.bad || n > len(r.b) || pairs > len(r.b) {
		return nil, fmt.Errorf("the model is damaged")
	}
	m.pairs = make(counts, pairs)
	known := uint32(0)
	for i := range m.pairs {
		known += uint32(r.uvarint(1<<32 - 1))
		m.pairs[i] = counted{known, uint32(r.uvarint(1<<32 - 1))}
	}
	m.hashes, m.counts, m.heads, m.rows = make([]uint32, n), make([]uint32, n), make([]uint8, n), make([]int32, n)
	last := uint32(0)
	for i := range n {
		last += uint32(r.uvarint(1<<32 - 1))
		c := r.uvarint(1 << 33)
		m.hashes[i], m.counts[i], m.heads[i], m.rows[i] = last, uint32(c>>1), r.byte(), -1
		if c&1 == 1 {
			m.rows[i] = int32(len(m.vector))
			m.scale = append(m.scale, math.Float32frombits(uint32(r.fixed(4))))
			if len(r.b) < m.dims {
				r.bad = true
				break
			}
			for _, x := range r.b[:m.dims] {
				m.vector = append(m.vector, int8(x))
			}
			r.b = r.b[m.dims:]
		}
	}
	if r.bad || len(r.b) > 0 {
		return nil, fmt.Errorf("the model is damaged")
	}
	m.vector, m.scale = slices.Clip(m.vector), slices.Clip(m.scale)
	return m, nil
}

func (r *reader) fixed(n int) (v uint64) {
	if len(r.b) < n {
		r.bad, r.b = true, nil
		return 0
	}
	for _, c := range r.b[:n] {
		v = v<<8 | uint64(c)
	}
	r.b = r.b[n:]
	return v
}
