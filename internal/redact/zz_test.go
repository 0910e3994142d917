package redact

import (
	"fmt"
	"os"
	"testing"
)

func TestZZ(t *testing.T) {
	s := os.Getenv("ZZ")
	f, _ := New(Options{})
	_ = f
	x := &text{}
	x.reset(s)
	n := &namer{cues: cues()}
	n.reset(x)
	n.lines()
	for k, r := range n.rows {
		n.from, n.to, n.grade, n.tech = r.from, r.to, r.grade, r.tech
		fmt.Printf("row %d prose=%v log=%v low=%v tech=%d\n", k, r.grade.prose, r.grade.log, r.grade.caseless, r.tech)
		clear(n.taken)
		for i := r.from; i < r.to; i++ {
			if !n.capital(i) && !n.grade.caseless {
				continue
			}
			j := n.run(i)
			b, sl := n.before(i)
			o, _, _ := n.organization(i, j)
			p, _, _ := n.place(i, j)
			fmt.Printf("  %s..%d part=%.1f person=%.1f before=%.1f %v after=%.1f org=%.1f place=%.1f opens=%v code=%v cls=%b\n", n.word(i), j-i, n.part(i), n.person(i, j), b, sl, n.after(i, j), o, p, n.opens(i), n.code(i), n.of(i))
		}
	}
}
