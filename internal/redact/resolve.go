package redact

import (
	"cmp"
	"slices"
)

// resolve gives the findings that stay, in order. Of those that overlap the surer stays, where length counts as well: an
// address of mail beats the name in it. What of the other is outside the winner stays too, so that nothing private shows.
// The slice belongs to t.
func (t *text) resolve(f *Finder) []Finding {
	found := slices.DeleteFunc(t.found, func(x Finding) bool { return x.Score < f.minScore })
	t.kept = t.settleAll(found, t.kept[:0])
	if f.kinds == nil {
		return t.kept
	}
	// What nobody asks for still tells that a number is another thing. It does not tell that a secret is none: a password
	// may well look like an address of mail, or be a name.
	t.kept = slices.DeleteFunc(t.kept, func(x Finding) bool { return !f.kinds[x.Kind] })
	asked := slices.DeleteFunc(found, func(x Finding) bool {
		return !f.kinds[x.Kind] || x.Score < certain && (x.Kind != Secret || x.Score < likely)
	})
	if lost := slices.ContainsFunc(asked, func(x Finding) bool { return !under(x, t.kept) }); lost {
		t.kept = t.settleAll(append(asked, t.kept...), nil)
	}
	return t.kept
}

// certain and likely are the scores from which a finding, or a secret, is not given up for a kind that nobody asked for.
const certain, likely = 0.95, 0.8

// under reports whether one of the findings covers x.
func under(x Finding, by []Finding) bool {
	i, _ := slices.BinarySearchFunc(by, x.Start, func(y Finding, at int) int { return cmp.Compare(y.End, at+1) })
	return i < len(by) && by[i].Start <= x.Start && by[i].End >= x.End
}

// settleAll appends what stays of findings to out, in order.
func (t *text) settleAll(found, out []Finding) []Finding {
	slices.SortFunc(found, inOrder)
	for i := 0; i < len(found); {
		end := found[i].End
		k := i + 1
		for k < len(found) && found[k].Start < end {
			end = max(end, found[k].End)
			k++
		}
		if k == i+1 {
			out = append(out, found[i])
		} else {
			out = t.settle(found[i:k], out)
		}
		i = k
	}
	return out
}

func inOrder(a, b Finding) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(b.Score, a.Score), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Reason, b.Reason))
}

// weight is what decides between findings that overlap: the score, and up to 0.3 for sixty bytes and more.
func weight(x Finding) float64 {
	return x.Score + 0.3*float64(min(x.End-x.Start, 60))/60
}

// maxSettle is how many findings that overlap are weighed against each other one by one.
const maxSettle = 32

// settle appends what stays of findings that overlap one another.
func (t *text) settle(group, out []Finding) []Finding {
	first := len(out)
	slices.SortStableFunc(group, func(a, b Finding) int { return cmp.Compare(weight(b), weight(a)) })
	if len(group) > maxSettle {
		out = t.settleMany(group, out)
	} else {
		for _, x := range group {
			out = t.settleOne(x, out, first)
		}
	}
	slices.SortFunc(out[first:], inOrder)
	return out
}

// settleMany does it for crowds, which no honest text has: with a mark for every byte that is taken.
func (t *text) settleMany(group, out []Finding) []Finding {
	t.taken = append(t.taken[:0], make([]bool, len(t.s))...)
	for _, x := range group {
		whole := true
		for p := x.Start; p < x.End; {
			for p < x.End && t.taken[p] {
				p, whole = p+1, false
			}
			part := x
			for part.Start = p; p < x.End && !t.taken[p]; p++ {
				t.taken[p] = true
			}
			if part.End = p; part.Start < p && (whole && p == x.End || t.worth(part)) {
				out = append(out, part)
			}
		}
	}
	return out
}

// settleOne appends x, or the parts of it that are outside what stays already.
func (t *text) settleOne(x Finding, out []Finding, first int) []Finding {
	for k := first; k < len(out); k++ {
		w := out[k]
		switch {
		case w.End <= x.Start || w.Start >= x.End:
			continue
		case w.Start <= x.Start && w.End >= x.End:
			return out
		case w.Start <= x.Start:
			x.Start = w.End
		case w.End >= x.End:
			x.End = w.Start
		default:
			rest := x
			rest.Start = w.End
			x.End = w.Start
			if t.worth(rest) {
				out = t.settleOne(rest, out, first)
			}
		}
		if !t.worth(x) {
			return out
		}
	}
	return append(out, x)
}

// worth tells whether a part of a finding says anything.
func (t *text) worth(x Finding) bool {
	signs := 0
	for p := x.Start; p < x.End; p++ {
		if class[t.s[p]] != 0 {
			if signs++; signs > 2 {
				return x.Score >= 0.6
			}
		}
	}
	return false
}
