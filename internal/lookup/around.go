package lookup

import (
	"firebreak/internal/redact"
)

// runs keeps back names of several words: Capitals In A Row of which one is no technical word.
func (b *builder) runs() {
	for i := 0; i < len(b.pieces); {
		j := i
		for j < len(b.pieces) && (j == i || !b.pieces[j].gap && b.pieces[j].line == b.pieces[i].line) && b.capital(j) {
			j++
		}
		if j-i >= 2 {
			bad := false
			for k := i; k < j; k++ {
				p := &b.pieces[k]
				bad = bad || p.class != core && p.class != product && !(k == i && p.opening && (stop[p.fold] || p.class == named))
				bad = bad || p.state == Gone && p.kind != "value"
			}
			last := b.pieces[j-1].fold
			bad = bad || trades[last] || street[last] || b.introduced(i)
			if bad && !b.howTo {
				for k := i; k < j; k++ {
					b.name(k, redact.Organization, "capitals in a row, like a name")
				}
			}
		}
		i = max(i+1, j)
	}
}

// introduced reports whether what stands before piece i says that a name follows.
func (b *builder) introduced(i int) bool {
	if i == 0 || b.pieces[i].gap || b.pieces[i-1].line != b.pieces[i].line || b.pieces[i].opening {
		return false
	}
	_, slot := slotOf[b.pieces[i-1].fold]
	return beforeName[b.pieces[i-1].fold] || slot
}

func (b *builder) capital(i int) bool {
	p := &b.pieces[i]
	return p.shape == title || p.shape == joined && p.state == Gone && b.text[p.start] >= 'A' && b.text[p.start] <= 'Z' && b.lettered(p) || p.shape == upper && p.class != core && p.class != product && p.end-p.start > 2
}

// neighbours keeps back words that are part of a name because the word beside them is.
func (b *builder) neighbours() {
	near := func(i, j int) {
		if i < 0 || j < 0 || i >= len(b.pieces) || j >= len(b.pieces) || b.pieces[i].line != b.pieces[j].line || b.pieces[max(i, j)].gap {
			return
		}
		p, q := &b.pieces[i], &b.pieces[j]
		if p.state == Gone || p.shape > mixed || !b.nameLike(q) && !(b.hyphened(q) && (b.doubtful(p) || b.words.firms[p.fold])) {
			return
		}
		if b.doubtful(p) || p.class == named && (!b.howTo || i > 1 && j < i && beforeName[b.pieces[j-min(j, 1)].fold]) && (q.shape == title || q.shape == lower) || p.class == general && !stop[p.fold] || b.words.firms[p.fold] && q.shape != joined && !(p.class == core && q.kind == "unknown" && q.shape == upper) {
			b.name(i, redact.Organization, "beside a word that is no public one")
			b.names[p.fold] = redact.Organization
		}
	}
	for i := range b.pieces {
		near(i, i-1)
	}
	for i := len(b.pieces) - 1; i >= 0; i-- {
		near(i, i+1)
	}
	for i := 1; i+1 < len(b.pieces); i++ { // between two
		p := &b.pieces[i]
		if p.state == Leaves && p.shape <= mixed && !stop[p.fold] && p.code == "" && !p.gap && !b.pieces[i+1].gap && b.pieces[i-1].line == b.pieces[i+1].line && b.nameLike(&b.pieces[i-1]) && b.nameLike(&b.pieces[i+1]) {
			b.remove(i, "name", "between two words that are no public ones")
		}
	}
}

// hyphened reports whether a piece is a word with a hyphen that may be a name: Al-Rashid.
func (b *builder) hyphened(p *piece) bool {
	return p.state == Gone && p.shape == joined && p.kind != "value" && p.kind != "path" && b.lettered(p)
}

// lettered reports whether a piece is written with letters, hyphens and apostrophes alone.
func (b *builder) lettered(p *piece) bool {
	for i := p.start; i < p.end; i++ {
		if c := b.text[i]; !asciiLetter(c) && c != '-' && c != '\'' {
			return false
		}
	}
	return true
}

// nameLike reports whether a piece that stays may be a part of a name.
func (b *builder) nameLike(p *piece) bool {
	return p.state == Gone && (p.shape < mixed || p.shape == other && p.end-p.start > 2) && p.kind != "value" && p.kind != "number"
}

// everywhere keeps back, wherever they stand, the words that are private somewhere in the text.
func (b *builder) everywhere() {
	for i := range b.pieces {
		p := &b.pieces[i]
		if p.state != Leaves {
			continue
		}
		w := p.code
		if w == "" {
			w = b.text[p.start:p.end]
		}
		check := func(part string) {
			if k, ok := b.names[part]; ok {
				b.remove(i, string(k), "part of "+whyKind(k)+" that stands in the text, or a name of this desk")
				p.hard = p.hard || hard[k]
			}
		}
		check(fold(w))
		wordsIn(w, check)
		parts(w, check)
	}
}
