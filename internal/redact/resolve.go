package redact

import (
	"cmp"
	"slices"
)

// resolve gives the findings that stay, in order: of those that overlap the surer one, of equally sure ones the longer.
// The slice belongs to t.
func (t *text) resolve(f *Finder) []Finding {
	found := slices.DeleteFunc(t.found, func(x Finding) bool {
		return x.Score < f.minScore || f.kinds != nil && !f.kinds[x.Kind]
	})
	slices.SortFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(b.Score, a.Score), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Reason, b.Reason))
	})
	out := found[:0]
	for _, x := range found {
		for len(out) > 0 && out[len(out)-1].End > x.Start {
			last := out[len(out)-1]
			if last.Score > x.Score || last.Score == x.Score && last.End-last.Start >= x.End-x.Start {
				x.End = x.Start
				break
			}
			out = out[:len(out)-1]
		}
		if x.Start < x.End {
			out = append(out, x)
		}
	}
	t.found = out
	return out
}
