package similar

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

const (
	// Dims is how many directions of meaning are learned at most.
	Dims = 200
	// SampleSize is from how many tickets a model is learned at most.
	SampleSize = 20_000
	maxKnown   = 60_000 // words whose count is kept
	maxVectors = 24_000 // words that get a vector
	oversample = 16
	rounds     = 3
)

// Learn makes a model from a sample of a desk's tickets; docs is how many the desk has in all. It takes some seconds of
// one processor for a few thousand tickets and half a minute for SampleSize. The same sample gives the same model.
func Learn(sample []Features, docs int) *Model {
	m := &Model{Docs: max(docs, len(sample)), share: 1}
	if len(sample) == 0 {
		return m
	}
	m.share = float64(m.Docs) / float64(len(sample))
	m.pairs = learnPairs(sample)
	headed := map[uint32]uint32{}
	df := map[uint32]uint32{}
	for i := range sample {
		m.AvgLen += sample[i].length() / float64(len(sample))
		for _, t := range sample[i].Terms {
			df[t.Hash]++
			if t.N[title] > 0 {
				headed[t.Hash]++
			}
		}
	}
	var all counts
	for h, n := range df {
		if n >= 2 { // a word that is in one ticket is as rare as one that is in none
			all = append(all, counted{h, n})
		}
	}
	clear(df)
	slices.SortFunc(all, func(a, b counted) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.hash, b.hash)) })
	all = all[:min(len(all), maxKnown)]
	// The words with vectors: neither in one or two tickets nor in half of all.
	common, vectors := 0, 0
	for _, k := range all {
		if 2*int(k.n) > len(sample) {
			common++
		} else if k.n >= 3 && vectors < maxVectors {
			vectors++
		}
	}
	with := map[uint32]bool{}
	for _, k := range all[common : common+vectors] {
		with[k.hash] = true
	}
	slices.SortFunc(all, func(a, b counted) int { return cmp.Compare(a.hash, b.hash) })
	m.hashes, m.counts, m.rows = make([]uint32, len(all)), make([]uint32, len(all)), make([]int32, len(all))
	n := 0
	m.heads = make([]uint8, len(all))
	for i, k := range all {
		m.heads[i] = uint8(255 * (float64(headed[k.hash]) + 1) / (float64(k.n) + 5))
		m.hashes[i], m.counts[i], m.rows[i] = k.hash, k.n, -1
		if with[k.hash] {
			m.rows[i] = int32(n)
			n++
		}
	}
	m.dims = min(Dims, len(sample)/3, n/3)
	if m.dims < 2 {
		m.dims = 0
		for i := range m.rows {
			m.rows[i] = -1
		}
		return m
	}
	m.decompose(sample, n)
	return m
}

// learnPairs counts which words follow one another in more than one ticket, the most common.
func learnPairs(sample []Features) (out counts) {
	df := map[uint32]uint32{}
	for i := range sample {
		for _, p := range sample[i].Pairs {
			df[p]++
		}
	}
	for h, n := range df {
		if n >= 2 {
			out = append(out, counted{h, n})
		}
	}
	slices.SortFunc(out, func(a, b counted) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.hash, b.hash)) })
	out = slices.Clone(out[:min(len(out), maxKnown)])
	slices.SortFunc(out, func(a, b counted) int { return cmp.Compare(a.hash, b.hash) })
	return out
}

// cell is a weight in a sparse row.
type cell struct {
	col int32
	w   float32
}

// decompose finds the leading directions of the tickets' words by randomised subspace iteration and gives every word its
// place in them.
func (m *Model) decompose(sample []Features, words int) {
	rows := make([][]cell, len(sample))
	for i := range sample {
		ws := m.weights(&sample[i], wholeTicket)
		for _, w := range ws {
			if at := m.at(w.hash); at >= 0 && m.rows[at] >= 0 {
				rows[i] = append(rows[i], cell{m.rows[at], w.w})
			}
		}
	}
	l := m.dims + oversample
	right, left := make([]float32, words*l), make([]float32, len(rows)*l)
	random := rand.New(rand.NewPCG(7, 11))
	for i := range right {
		right[i] = float32(random.NormFloat64())
	}
	forward := func() {
		clear(left)
		for i, r := range rows {
			out := left[i*l : i*l+l]
			for _, c := range r {
				axpy(out, right[int(c.col)*l:int(c.col)*l+l], c.w)
			}
		}
	}
	for range rounds {
		forward()
		orthonormal(left, l)
		clear(right)
		for i, r := range rows {
			in := left[i*l : i*l+l]
			for _, c := range r {
				axpy(right[int(c.col)*l:int(c.col)*l+l], in, c.w)
			}
		}
		orthonormal(right, l)
	}
	forward()
	values, turn := eigen(gram(left, l), l)
	order := make([]int, l)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(values[b], values[a]) })
	m.vector, m.scale = make([]int8, words*m.dims), make([]float32, words)
	row := make([]float64, m.dims)
	for w := range words {
		in := right[w*l : w*l+l]
		most := 0.0
		for k := range row {
			var x float64
			for j, y := range in {
				x += float64(y) * turn[j*l+order[k]]
			}
			row[k] = x
			most = max(most, math.Abs(x))
		}
		if most == 0 {
			continue
		}
		m.scale[w] = float32(most / 127)
		for k, x := range row {
			m.vector[w*m.dims+k] = int8(math.Round(x / most * 127))
		}
	}
	for i, r := range m.rows {
		if r >= 0 {
			m.rows[i] = r * int32(m.dims)
		}
	}
}

func axpy(out, in []float32, w float32) {
	in = in[:len(out)]
	for i := range out {
		out[i] += w * in[i]
	}
}

// gram gives the products of the columns of a matrix of rows of length l.
func gram(a []float32, l int) []float64 {
	g := make([]float64, l*l)
	for at := 0; at < len(a); at += l {
		r := a[at : at+l]
		for i, x := range r {
			if x == 0 {
				continue
			}
			out, y := g[i*l:i*l+i+1], float64(x)
			for j := range out {
				out[j] += y * float64(r[j])
			}
		}
	}
	for i := range l {
		for j := range i {
			g[j*l+i] = g[i*l+j]
		}
	}
	return g
}

// orthonormal makes the columns orthogonal and of length one, by the Cholesky factor of their products.
func orthonormal(a []float32, l int) {
	g := gram(a, l)
	tiny := 0.0
	for i := range l {
		tiny = max(tiny, g[i*l+i])
	}
	tiny = max(tiny*1e-9, 1e-30)
	for i := range l {
		for j := 0; j <= i; j++ {
			x := g[i*l+j]
			for k := range j {
				x -= g[i*l+k] * g[j*l+k]
			}
			if i == j {
				g[i*l+i] = math.Sqrt(max(x, tiny))
			} else {
				g[i*l+j] = x / g[j*l+j]
			}
		}
	}
	for at := 0; at < len(a); at += l {
		r := a[at : at+l]
		for i := range r {
			x := float64(r[i])
			row := g[i*l : i*l+i]
			for k, y := range row {
				x -= y * float64(r[k])
			}
			r[i] = float32(x / g[i*l+i])
		}
	}
}

// eigen gives the eigenvalues of a symmetric matrix and, as columns, its eigenvectors, by Jacobi's rotations.
func eigen(a []float64, n int) (values, vectors []float64) {
	v := make([]float64, n*n)
	for i := range n {
		v[i*n+i] = 1
	}
	for range 8 {
		var off, all float64
		for i := range n {
			for j := range n {
				x := a[i*n+j] * a[i*n+j]
				all += x
				if i != j {
					off += x
				}
			}
		}
		if off <= 1e-14*all {
			break
		}
		small := math.Sqrt(all) * 1e-9 / float64(n)
		for p := range n {
			for q := p + 1; q < n; q++ {
				if math.Abs(a[p*n+q]) <= small {
					continue
				}
				theta := (a[q*n+q] - a[p*n+p]) / (2 * a[p*n+q])
				t := math.Copysign(1/(math.Abs(theta)+math.Sqrt(theta*theta+1)), theta)
				c := 1 / math.Sqrt(t*t+1)
				s := t * c
				for i := range n {
					x, y := a[i*n+p], a[i*n+q]
					a[i*n+p], a[i*n+q] = c*x-s*y, s*x+c*y
				}
				rp, rq := a[p*n:p*n+n], a[q*n:q*n+n]
				for i, x := range rp {
					y := rq[i]
					rp[i], rq[i] = c*x-s*y, s*x+c*y
				}
				for i := range n {
					x, y := v[i*n+p], v[i*n+q]
					v[i*n+p], v[i*n+q] = c*x-s*y, s*x+c*y
				}
			}
		}
	}
	values = make([]float64, n)
	for i := range n {
		values[i] = a[i*n+i]
	}
	return values, v
}
