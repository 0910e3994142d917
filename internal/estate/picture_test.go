package estate

import (
	"fmt"
	"reflect"
	"testing"

	"firebreak/internal/id"
)

func TestAround(t *testing.T) {
	// 1 calls 2 calls 3 calls 4; 5 calls 2; 6's jobs wait for 5's; 3 calls 1, a ring.
	edges := []Edge{{From: 1, To: 2}, {From: 2, To: 3}, {From: 3, To: 4}, {From: 5, To: 2}, {From: 6, To: 5, Jobs: 1}, {From: 7, To: 6}, {From: 3, To: 1}, {From: 2, To: 2}}
	if got, want := Around(2, edges, 2), map[id.ID]int{2: 0, 3: 1, 4: 2, 1: -1, 5: -1, 6: -2}; !reflect.DeepEqual(got, want) {
		t.Errorf("around 2: %v, want %v", got, want)
	}
	if got := Around(9, edges, 2); len(got) != 1 {
		t.Errorf("around nothing: %v", got)
	}
}

func TestPictureOfFortyNeighbours(t *testing.T) {
	g := Graph{Nodes: []Node{{ID: 1, Name: "Middle"}}}
	for i := range 40 {
		n := Node{ID: id.ID(i + 2), Name: fmt.Sprintf("A neighbour with a long name %d", i), Step: []int{-2, -1, 1, 2}[i%4]}
		g.Nodes = append(g.Nodes, n)
		e := Edge{From: n.ID, To: 1, Calls: 1}
		if n.Step > 0 {
			e = Edge{From: 1, To: n.ID, Jobs: 1}
		}
		g.Edges = append(g.Edges, e)
	}
	p := Draw(g)
	for name, d := range map[string]Drawing{"wide": p.Wide, "tall": p.Tall} {
		if len(d.Boxes) != 41 || len(d.Lines) != 40 {
			t.Fatalf("%s: %d boxes, %d lines", name, len(d.Boxes), len(d.Lines))
		}
		for i, a := range d.Boxes {
			if a.X < 0 || a.Y < 0 || a.X+a.W > d.W || a.Y+a.H > d.H {
				t.Errorf("%s: %s at %d,%d leaves the picture of %d×%d", name, a.Name, a.X, a.Y, d.W, d.H)
			}
			for _, b := range d.Boxes[:i] {
				if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
					t.Errorf("%s: %s lies on %s", name, a.Name, b.Name)
				}
			}
		}
	}
	if p.Tall.W > 358 {
		t.Errorf("the picture for a phone is %d px wide", p.Tall.W)
	}
	if again := Draw(g); !reflect.DeepEqual(p, again) {
		t.Error("the same graph gives another picture")
	}
	if d := Draw(Graph{}); len(d.Wide.Boxes) != 0 {
		t.Errorf("nothing gives %+v", d)
	}
}
