package estate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"firebreak/internal/catalog"
	"firebreak/internal/id"
)

// Node is an application in the picture, with what is to be marked on it.
type Node struct {
	ID      id.ID        `json:"id"`
	Slug    string       `json:"slug"`
	Name    string       `json:"name"`
	Step    int          `json:"step" doc:"0 for the application itself, -1 and -2 for those that depend on it, 1 and 2 for those it depends on"`
	Active  catalog.Load `json:"active,omitzero" doc:"active tickets by fire"`
	Changes int          `json:"changes,omitempty" doc:"changes of the last 7 days"`
}

// State says what is marked on the node, in words; "" for nothing.
func (n Node) State() string {
	var parts []string
	count := func(k int, one, many string) {
		if k == 1 {
			parts = append(parts, "1 "+one)
		} else if k > 1 {
			parts = append(parts, fmt.Sprintf("%d %s", k, many))
		}
	}
	count(n.Active.Wildfires, "wildfire", "wildfires")
	count(n.Active.HouseFires, "house fire", "house fires")
	count(n.Changes, "change", "changes")
	return strings.Join(parts, ", ")
}

// Fire is the worst open fire to be marked: wildfire, house_fire or "".
func (n Node) Fire() string {
	switch {
	case n.Active.Wildfires > 0:
		return "wildfire"
	case n.Active.HouseFires > 0:
		return "house_fire"
	}
	return ""
}

// Graph is an application with those around it.
type Graph struct {
	Nodes []Node `json:"nodes"`
	Edges []Edge `json:"edges" doc:"from depends on to: by calls, by jobs that wait, or by both"`
	// Left is how many applications around are not shown, because there are too many.
	Left int `json:"left,omitempty"`
}

// Box is a node with its place in the picture, in pixels.
type Box struct {
	Node
	X, Y, W, H int
	Label      string // the name, cut to fit
	Head       string // heading above the first node of its column or group
}

// Line is an edge with its way through the picture.
type Line struct {
	Edge
	D     string // path data
	Kind  string // "calls", "jobs" or "both"
	Title string
}

// Picture is a graph with places: once in columns for a wide page, once in one column for a phone.
type Picture struct {
	Wide, Tall Drawing
}

// Drawing is one of the two.
type Drawing struct {
	W, H  int
	Boxes []Box
	Lines []Line
	Heads []Head
}

// Head is a heading within a drawing.
type Head struct {
	X, Y int
	Text string
}

// heads name the columns by step.
var heads = map[int]string{-2: "two steps before", -1: "depend on it", 0: "", 1: "it depends on", 2: "two steps behind"}

// Draw lays a graph out. The same graph gives the same picture.
func Draw(g Graph) Picture {
	nodes := slices.Clone(g.Nodes)
	slices.SortStableFunc(nodes, func(a, b Node) int {
		return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return Picture{Wide: wide(nodes, g.Edges), Tall: tall(nodes, g.Edges)}
}

const (
	boxW, boxH, boxGap = 172, 44, 10
	lowH, lowGap       = 30, 7 // where a column is long
	colGap             = 62
	headH              = 30
	longColumn         = 12
)

// wide draws a column for each step, those who depend on the application on the left.
func wide(nodes []Node, edges []Edge) Drawing {
	columns := map[int][]Node{}
	for _, n := range nodes {
		columns[n.Step] = append(columns[n.Step], n)
	}
	longest := 0
	var steps []int
	for s := -2; s <= 2; s++ {
		if len(columns[s]) > 0 {
			steps = append(steps, s)
			longest = max(longest, len(columns[s]))
		}
	}
	h, gap := boxH, boxGap
	if longest > longColumn {
		h, gap = lowH, lowGap
	}
	// Nodes two steps away stand beside those that lead to them.
	at := map[id.ID]int{}
	for _, s := range []int{0, -1, 1, -2, 2} {
		if s == -2 || s == 2 {
			weigh := map[id.ID]float64{}
			for _, n := range columns[s] {
				sum, k := 0, 0
				for _, e := range edges {
					other := e.From
					if e.From == n.ID {
						other = e.To
					} else if e.To != n.ID {
						continue
					}
					if i, placed := at[other]; placed {
						sum += i
						k++
					}
				}
				weigh[n.ID] = float64(sum) / float64(max(k, 1))
			}
			slices.SortStableFunc(columns[s], func(a, b Node) int { return cmp.Compare(weigh[a.ID], weigh[b.ID]) })
		}
		for i, n := range columns[s] {
			at[n.ID] = i
		}
	}
	d := Drawing{H: headH + longest*(h+gap) - gap + 4}
	place := map[id.ID]Box{}
	for c, s := range steps {
		x := c*(boxW+colGap) + 2
		y := headH + (longest-len(columns[s]))*(h+gap)/2
		if heads[s] != "" {
			d.Heads = append(d.Heads, Head{x, 14, heads[s]})
		}
		for _, n := range columns[s] {
			b := Box{Node: n, X: x, Y: y, W: boxW, H: h, Label: cut(n.Name, 21)}
			if n.State() != "" && h == lowH {
				b.Label = cut(n.Name, 17)
			}
			place[n.ID] = b
			d.Boxes = append(d.Boxes, b)
			y += h + gap
		}
		d.W = x + boxW + 2
	}
	for _, e := range edges {
		a, okA := place[e.From]
		b, okB := place[e.To]
		if !okA || !okB || e.From == e.To {
			continue
		}
		ya, yb := a.Y+a.H/2, b.Y+b.H/2
		var path string
		switch {
		case a.X == b.X: // within a column, around its left side
			path = fmt.Sprintf("M%d %dC%d %d %d %d %d %d", a.X, ya, a.X-36, ya, b.X-36, yb, b.X-5, yb)
			if a.X < 40 {
				path = fmt.Sprintf("M%d %dC%d %d %d %d %d %d", a.X+a.W, ya, a.X+a.W+36, ya, b.X+b.W+36, yb, b.X+b.W+5, yb)
			}
		case a.X < b.X:
			x1, x2 := a.X+a.W, b.X-5
			m := (x2 - x1) / 2
			path = fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, ya, x1+m, ya, x2-m, yb, x2, yb)
		default:
			x1, x2 := a.X, b.X+b.W+5
			m := (x1 - x2) / 2
			path = fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, ya, x1-m, ya, x2+m, yb, x2, yb)
		}
		d.Lines = append(d.Lines, lineOfEdge(e, path, a, b))
	}
	return d
}

const (
	tallW   = 340
	tallX   = 56
	tallH   = 44 // a thumb's width
	tallGap = 8
)

// tall draws one column under another; the ways run on the left.
func tall(nodes []Node, edges []Edge) Drawing {
	d := Drawing{W: tallW}
	place := map[id.ID]Box{}
	y, last := 0, -9
	for _, n := range nodes {
		if n.Step != last {
			last = n.Step
			if heads[n.Step] != "" {
				d.Heads = append(d.Heads, Head{tallX, y + 16, heads[n.Step]})
				y += 24
			} else {
				y += 6
			}
		}
		b := Box{Node: n, X: tallX, Y: y, W: tallW - tallX - 2, H: tallH, Label: cut(n.Name, 32)}
		place[n.ID] = b
		d.Boxes = append(d.Boxes, b)
		y += tallH + tallGap
	}
	d.H = max(y, 10)
	for _, e := range edges {
		a, okA := place[e.From]
		b, okB := place[e.To]
		if !okA || !okB || e.From == e.To {
			continue
		}
		ya, yb := a.Y+a.H/2+4, b.Y+b.H/2-4
		bow := min(tallX-4, 14+max(ya-yb, yb-ya)/12)
		d.Lines = append(d.Lines, lineOfEdge(e, fmt.Sprintf("M%d %dC%d %d %d %d %d %d", a.X, ya, a.X-bow, ya, b.X-bow, yb, b.X-5, yb), a, b))
	}
	return d
}

func lineOfEdge(e Edge, path string, a, b Box) Line {
	l := Line{Edge: e, D: path, Kind: e.Kind(), Title: a.Name + " " + e.Words() + " " + b.Name}
	return l
}

// Kind is calls, jobs or both.
func (e Edge) Kind() string {
	switch {
	case e.Calls > 0 && e.Jobs > 0:
		return "both"
	case e.Jobs > 0:
		return "jobs"
	}
	return "calls"
}

// Words says how From depends on To.
func (e Edge) Words() string {
	switch e.Kind() {
	case "both":
		return "calls and waits for jobs of"
	case "jobs":
		return "waits for jobs of"
	}
	return "calls"
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n-1])) + "…"
	}
	return s
}
