package lookup

import (
	"cmp"
	"slices"
	"strings"

	"firebreak/internal/signature"
)

// enough is how many words are told before another line is begun.
const enough = 8

// person does what a person decided: lets words through, or keeps them back.
func (b *builder) person() {
	for i := range b.pieces {
		p := &b.pieces[i]
		w := fold(b.text[p.start:p.end])
		if b.drop[w] || b.drop[p.fold] {
			p.state, p.kind, p.why = Dropped, "", "you keep it back"
		} else if p.state == Gone && (b.allow[w] || b.allow[p.fold]) {
			if b.secretLike(p) {
				p.why += "; this cannot be allowed"
			} else {
				p.state, p.kind, p.why = Allowed, "", "you let it through"
			}
		}
	}
}

// secretLike reports whether a piece is kept back whatever a person says.
func (b *builder) secretLike(p *piece) bool {
	w := b.text[p.start:p.end]
	if _, own := b.own[p.fold]; own {
		return true
	}
	k, named := b.names[p.fold]
	return p.hard || named && hard[k] || strings.Contains(w, "@") || p.shape == coded && len(w) >= 16 || p.shape == number && len(w) >= 8 || p.kind == "encoded"
}

// choose takes the words of the query: of the errors' lines, the most telling error first, in the order of the text.
func (b *builder) choose(q *Query, errors []signature.Found) {
	most := b.o.MaxWords
	if most <= 0 {
		most = DefaultWords
	}
	var picked []int
	seen := map[string]bool{}
	take := func(i int, stops bool) {
		p := &b.pieces[i]
		if len(picked) >= most || p.state != Leaves && p.state != Allowed || p.state == Leaves && (stop[p.fold] && (!stops || p.shape == title && !p.opening && p.class != core) || p.end-p.start == 1 || p.prefix) {
			return
		}
		w := fold(b.word(i))
		if !seen[w] {
			seen[w] = true
			picked = append(picked, i)
		}
	}
	for i, p := range b.pieces {
		if p.state == Allowed || p.state == Leaves && b.isCode(p) {
			take(i, true)
		}
	}
	rows := b.rows(errors)
	if len(picked) > most/2 {
		picked = picked[:most/2]
	}
	for _, n := range rows {
		if len(picked) >= enough && !b.howTo {
			break
		}
		l := b.lines[n]
		room := 0
		for i := l.from; i < l.to; i++ {
			if b.pieces[i].state == Leaves {
				room++
			}
		}
		stops := !b.howTo && room <= most-len(picked)
		for i := l.from; i < l.to; i++ {
			take(i, stops)
		}
	}
	slices.Sort(picked)
	var byRow []int // the first line of rows first
	order := map[int32]int{}
	for i, n := range rows {
		order[int32(n)] = i
	}
	byRow = append(byRow, picked...)
	slices.SortStableFunc(byRow, func(x, y int) int {
		return cmp.Compare(order[b.pieces[x].line], order[b.pieces[y].line])
	})
	for _, i := range byRow {
		q.Words = append(q.Words, b.word(i))
		b.pieces[i].chosen = true
	}
	if b.onlyStops(byRow) {
		q.Words = []string{}
	}
	q.Text = strings.Join(q.Words, " ")
}

// onlyStops reports whether a choice says nothing.
func (b *builder) onlyStops(picked []int) bool {
	for _, i := range picked {
		if !stop[b.pieces[i].fold] {
			return false
		}
	}
	return true
}

func (b *builder) isCode(p piece) bool {
	return p.code != "" || p.shape == coded && p.state == Leaves && p.class == private || p.shape == joined && strings.ContainsAny(b.text[p.start:p.end], "0123456789") && p.class == private
}

// word gives what leaves of a piece.
func (b *builder) word(i int) string {
	p := &b.pieces[i]
	if p.code != "" {
		return p.code
	}
	w := b.text[p.start:p.end]
	return strings.TrimSuffix(w, "'s")
}

// rows gives the lines in the order in which they are told: those of errors first, then those that say most in public
// words.
func (b *builder) rows(errors []signature.Found) []int {
	worth := make([]int, len(b.lines))
	var rows []int
	for n, l := range b.lines {
		if l.from == l.to {
			continue
		}
		rows = append(rows, n)
		good, bad := 0, 0
		for i := l.from; i < l.to; i++ {
			switch p := b.pieces[i]; {
			case p.state == Leaves && !stop[p.fold] && (p.class == core || p.class == product || p.shape >= mixed):
				good++
			case p.state == Gone && b.nameLike(&p):
				bad++
			}
		}
		worth[n] = 3*min(good, 12) - 2*bad
	}
	if b.howTo {
		return rows
	}
	for i, e := range errors[:min(3, len(errors))] {
		if e.Line >= 1 && e.Line <= len(worth) {
			worth[e.Line-1] += 1000 - 100*i
		}
	}
	slices.SortStableFunc(rows, func(x, y int) int { return worth[y] - worth[x] })
	return rows[:min(len(rows), 8)]
}

// product gives the first product that the text names.
func (b *builder) product() string {
	for _, p := range b.pieces {
		if p.state != Leaves {
			continue
		}
		if p.class == product {
			if known := b.words.products[p.fold]; known != nil {
				return known.name
			}
		}
	}
	for i := range b.pieces {
		if p := &b.pieces[i]; p.shape == joined && p.state == Leaves {
			found := ""
			parts(b.text[p.start:p.end], func(part string) {
				if k := b.words.products[part]; k != nil && k.with == nil {
					found = k.name
				}
			})
			if found != "" {
				return found
			}
		}
	}
	return ""
}

// report writes down what became of every piece.
func (b *builder) report(q *Query) {
	seen := map[[2]string]bool{}
	for _, p := range b.pieces {
		m := Mark{Start: p.start, End: p.end, State: p.state, Kind: p.kind, Why: p.why}
		switch p.state {
		case Leaves, Allowed:
			m.Kind = ""
			if !p.chosen {
				m.State, m.Why = Spare, "public, but not needed"
			}
			if p.state == Allowed {
				m.State = Allowed
			}
		case "":
			m.State, m.Kind, m.Why = Gone, "unknown", "not known to be public"
		}
		if m.State == Gone {
			w := b.text[p.start:p.end]
			if key := [2]string{fold(w), m.Kind}; !seen[key] && len(q.Removed) < 500 {
				seen[key] = true
				q.Removed = append(q.Removed, Removed{Text: w, Kind: m.Kind, Why: m.Why, Start: p.start, End: p.end})
			}
		}
		if n := len(q.Marks) - 1; n >= 0 && m.State == Gone && q.Marks[n].State == Gone && q.Marks[n].Kind == m.Kind && q.Marks[n].Why == m.Why && strings.TrimSpace(b.text[q.Marks[n].End:m.Start]) == "" && !strings.Contains(b.text[q.Marks[n].End:m.Start], "\n") {
			q.Marks[n].End = m.End
			continue
		}
		q.Marks = append(q.Marks, m)
	}
}
