package search

// partVisitor is told one searchable part of a code and where it stands in the
// text, in bytes.
type partVisitor func(term []byte, from, to int)

// parts calls visit with every part of the code that can be searched by
// itself. A joint of a stronger rank separates first: paths and addresses
// (/ \ : @ [ ] $ #), then dots, then dashes and underscores. So
// /opt/order-service/run.sh gives order_service as well as order and service.
// Neighbours are also given in pairs, and the first and last three together,
// so that a piece of a long name is found: FrameworkServlet.doGet.
func (c *code) parts(visit partVisitor) {
	n := len(c.pieces)
	switch {
	case c.cjk:
	case c.clock:
		if n > 2 {
			c.give(0, 2, visit)
		}
	case n == 1:
		c.words(0, visit)
	case n == 5 && c.uuid():
		// Its five groups mean nothing by themselves; a prefix search finds it.
	default:
		c.split(0, n, 1, visit)
	}
}

func (c *code) give(i, j int, visit partVisitor) {
	visit(c.span(i, j), c.pieces[i].srcFrom, c.pieces[j-1].srcTo)
}

// rank orders joints by how strongly they separate, 1 first.
func rank(joint byte) int {
	switch joint {
	case '/', ':':
		return 1
	case '.':
		return 2
	}
	return 3
}

// split visits the parts of pieces i to j-1, which the joints of the given
// rank separate first.
func (c *code) split(i, j, level int, visit partVisitor) {
	var starts [maxPieces + 1]int
	n := 1
	starts[0] = i
	numeric := true
	for k := i; k < j; k++ {
		if k > i && rank(c.pieces[k].joint) == level {
			starts[n] = k
			n++
		}
		numeric = numeric && digits(c.buf[c.pieces[k].from:c.pieces[k].to])
	}
	starts[n] = j
	if n == 1 {
		c.split(i, j, level+1, visit)
		return
	}
	for g := range n {
		a, b := starts[g], starts[g+1]
		c.give(a, b, visit)
		if b-a > 1 {
			c.split(a, b, level+1, visit)
		} else {
			c.words(a, visit)
		}
	}
	if n == 2 {
		return
	}
	if numeric { // 10.4.2.19: the networks it lies in, not 4.2
		for g := 2; g < n; g++ {
			c.give(i, starts[g], visit)
		}
		return
	}
	for g := range n - 1 {
		c.give(starts[g], starts[g+2], visit)
	}
	if n > 3 {
		c.give(i, starts[3], visit)
		c.give(starts[n-3], j, visit)
	}
}

// words visits the words inside piece i: the humps of camelCase (two letters
// or more) and both sides of an apostrophe (three or more, so that l'école is
// found as école and don't is not found as t).
func (c *code) words(i int, visit partVisitor) {
	p := c.pieces[i]
	seams := c.seams[p.seam:]
	for k, s := range seams {
		if s.at >= p.to {
			seams = seams[:k]
			break
		}
	}
	humps, apostrophes := 1, 0
	for _, s := range seams {
		if s.apostrophe {
			apostrophes++
		} else {
			humps++
		}
	}
	if humps == 1 && apostrophes == 0 {
		return
	}
	if humps*3 > p.to-p.from { // base64 and keys, not words
		return
	}
	least := 2
	if apostrophes > 0 {
		least = 3
	}
	from, src := p.from, p.srcFrom
	for _, s := range seams {
		if s.at-from >= least {
			visit(c.buf[from:s.at], src, s.srcEnd)
		}
		from, src = s.at, s.src
	}
	if p.to-from >= least {
		visit(c.buf[from:p.to], src, p.srcTo)
	}
}

// uuid reports the 8-4-4-4-12 shape of a code of five pieces.
func (c *code) uuid() bool {
	for i, n := range [5]int{8, 4, 4, 4, 12} {
		p := c.pieces[i]
		if p.to-p.from != n || i > 0 && p.joint != '-' {
			return false
		}
	}
	return true
}

// numeric reports whether every piece is a number.
func (c *code) numeric() bool {
	for _, p := range c.pieces {
		if !digits(c.buf[p.from:p.to]) {
			return false
		}
	}
	return true
}
