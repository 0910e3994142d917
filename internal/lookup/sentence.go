package lookup

import "firebreak/internal/redact"

// same reports whether pieces i and j stand in one phrase, all between them included.
func (b *builder) same(i, j int) bool {
	if i < 0 || j >= len(b.pieces) || b.pieces[i].line != b.pieces[j].line {
		return false
	}
	for k := i + 1; k <= j; k++ {
		if b.pieces[k].gap {
			return false
		}
	}
	return true
}

// streets keeps back what reads like an address: a number, a few words, Street.
func (b *builder) streets() {
	for i := range b.pieces {
		p := &b.pieces[i]
		if p.shape != number && p.shape != coded || p.end-p.start > 6 || !isDigit(b.text[p.start]) {
			continue
		}
		for j := i + 1; j <= i+5 && b.same(i, j); j++ {
			if b.pieces[j].shape >= mixed && b.pieces[j].shape != other {
				break
			}
			if j > i+1 && street[b.pieces[j].fold] {
				for k := i; k <= j; k++ {
					b.name(k, redact.Street, whyKind(redact.Street))
					b.names.deny(b.text[b.pieces[k].start:b.pieces[k].end], redact.Street)
				}
				break
			}
		}
	}
}

// firms keeps back what ends like a firm: Ltd, & Sons.
func (b *builder) firms() {
	for i := range b.pieces {
		p := &b.pieces[i]
		if !incorporated[p.fold] && !(p.fold == "sons" && i > 0) && !(p.fold == "co" && p.shape == title) {
			continue
		}
		b.name(i, redact.Organization, whyKind(redact.Organization))
		for j, n := i-1, 0; j >= 0 && n < 4 && b.pieces[j].line == p.line && (b.same(j, i) || b.pieces[j+1].before == ',' && j == i-1); j, n = j-1, n+1 {
			q := &b.pieces[j]
			if q.shape >= joined && q.shape != other || stop[q.fold] && q.shape != title && q.fold != "and" || speaks[q.fold] {
				break
			}
			if beforeName[q.fold] && q.shape == lower && q.fold != "and" {
				break
			}
			b.name(j, redact.Organization, whyKind(redact.Organization))
			b.names.deny(q.fold, redact.Organization)
		}
	}
}

// speakers keeps back who is said to have called, written, asked; who signs; and Last, First.
func (b *builder) speakers() {
	who := func(from, to int) {
		for k := from; k < to; k++ {
			p := &b.pieces[k]
			if p.shape > mixed && p.shape != other || stop[p.fold] && p.shape == lower && p.class != shared && p.class != named {
				continue
			}
			b.names.deny(p.fold, redact.Person)
			b.name(k, redact.Person, whyKind(redact.Person)+", as it stands in the sentence")
		}
	}
	for n, l := range b.lines {
		if l.from == l.to {
			continue
		}
		b.prefixed(l)
		start := l.from
		for start < l.to-1 && (greets[b.pieces[start].fold] || slotOf[b.pieces[start].fold] == redact.Organization) {
			start++
		}
		// whoever opens a sentence, up to the verb
		for from := start; from < l.to; from++ {
			p := &b.pieces[from]
			if from > start && !p.opening {
				continue
			}
			for j := from; j < l.to && j <= from+4; j++ {
				q := &b.pieces[j]
				titles := j-from >= 2 && b.titles(from, j)
				if j > from && (speaks[q.fold] && q.shape == lower || suffered[q.fold] && (titles || b.surely(j) || b.unsure(from, j))) {
					if titles || b.surely(j) || !b.technicalLine(from, j) {
						who(from, j)
					}
					break
				}
				if q.shape > mixed && q.shape != other || j > from && q.gap && q.before != ',' || stop[q.fold] && q.shape == lower && q.class != named && q.class != shared {
					break
				}
			}
		}
		// a line that is nothing but a name
		if l.to-l.from <= 3 && (n > 0 || len(b.lines) > 1) && b.pieces[l.from].start != b.pieces[l.to-1].end {
			all := true
			for i := l.from; i < l.to; i++ {
				p := &b.pieces[i]
				all = all && (p.shape == title || p.shape == other || p.shape == upper && p.end-p.start <= 2) && p.class != core
			}
			if all {
				who(l.from, l.to)
			}
		}
		// after a greeting or a farewell on the line before
		if n > 0 && l.to > l.from {
			if before := b.lines[n-1]; before.to > before.from && before.to-before.from <= 3 && signs[b.pieces[before.to-1].fold] {
				end := l.from
				for end < l.to && end < l.from+3 && (end == l.from || !b.pieces[end].gap || end == l.from+1 && b.pieces[end].before == ',') && b.pieces[end].shape <= mixed {
					if _, slot := slotOf[b.pieces[end].fold]; slot && end > l.from {
						break
					}
					end++
				}
				who(l.from, end)
			}
		}
		// Last, First
		for i := l.from; i+1 < l.to; i++ {
			p, q := &b.pieces[i], &b.pieces[i+1]
			if q.before == ',' && (p.shape == title || p.shape == other) && (q.shape == title || q.shape == other) && (p.class != core || q.class != core) && p.class != product && q.class != product {
				who(i, i+2)
			} else if q.before == ',' && p.shape < mixed && q.shape < mixed && (p.class == private && (b.doubtful(q) || q.class == named) || q.class == private && (b.doubtful(p) || p.class == named)) && !stop[p.fold] {
				who(i, i+2)
			}
		}
		// by one, two
		for i := l.from; i+2 < l.to; i++ {
			p, q := &b.pieces[i+1], &b.pieces[i+2]
			weak := weakly[b.pieces[i].fold] && p.class != core && q.class != core
			weak = weak || weakly[b.pieces[i].fold] && p.shape == title && q.shape == title
			if !introduces[b.pieces[i].fold] && !weak || p.gap || q.before != ',' || p.shape >= mixed || q.shape >= mixed || p.class == core && q.class == core && p.shape != title {
				continue
			}
			both := (p.class == named || b.doubtful(p)) && (q.class == named || b.doubtful(q))
			if end := i + 3; both || end >= len(b.pieces) || b.isKey(end) || b.pieces[end].before != ',' && (b.pieces[end].gap || b.pieces[end].line != q.line || b.pieces[end].shape != lower || stop[b.pieces[end].fold] || b.pieces[end].fold == "back") {
				who(i+1, i+3)
			}
		}
		// this is somebody, my name is somebody
		for i := l.from; i+2 < l.to; i++ {
			p, q, w := b.pieces[i].fold, b.pieces[i+1].fold, &b.pieces[i+2]
			if !((p == "this" || p == "it" || p == "name") && q == "is" || p == "i" && q == "am") || w.gap || w.shape >= mixed && w.shape != other || stop[w.fold] && w.class != shared || w.class == core && w.shape != title {
				continue
			}
			end := i + 3
			if end < l.to && !b.pieces[end].gap && b.pieces[end].shape < mixed && !stop[b.pieces[end].fold] && b.pieces[end].class != core {
				end++
			}
			if !b.calm(i + 2) {
				who(i+2, end)
			}
		}
		b.asked(l, who)
		// From: somebody
		if p := &b.pieces[l.from]; l.from+1 < l.to && heads[p.fold] && b.pieces[l.from+1].before == ':' {
			b.fill(l.from+1, redact.Person)
		}
	}
}

var (
	greets     = set("hi hello dear hey our the customer client this is")
	waits      = set("waiting asking calling unable angry here away out back happy unhappy sure sick")
	weakly     = set("for from to at with is")
	introduces = set("by call phone ask tell contact behalf of mr mrs ms called")
	signs      = set("regards cheers sincerely thanks thank yours best br greetings rgds thx")
	heads      = set("from to cc bcc by contact reporter author caller requester assignee")
)

// titles reports whether pieces are Capitals In A Row.
func (b *builder) titles(from, to int) bool {
	for k := from; k < to; k++ {
		if b.pieces[k].shape != title || stop[b.pieces[k].fold] {
			return false
		}
	}
	return true
}

// asked keeps back who is named where nothing but somebody can stand: reported by, on behalf of, call somebody back.
func (b *builder) asked(l span, who func(from, to int)) {
	phrase := func(i, most int) int {
		j := i
		for j < l.to && j < i+most && (j == i || !b.pieces[j].gap || b.pieces[j].before == ',' && j == i+1) && b.pieces[j].shape <= mixed && (j > i || !b.pieces[j].gap) && !beforeName[b.pieces[j].fold] && !(j > i && stop[b.pieces[j].fold]) {
			j++
		}
		return j
	}
	for i := l.from; i+1 < l.to; i++ {
		p, next := b.pieces[i].fold, &b.pieces[i+1]
		before := ""
		if i > l.from {
			before = b.pieces[i-1].fold
		}
		switch {
		case p == "by" && raised[before], p == "of" && before == "behalf":
			who(i+1, phrase(i+1, 2))
		case p == "by" && next.shape == title && !next.gap:
			who(i+1, phrase(i+1, 1))
		case p == "call" || p == "phone" || p == "ring":
			if end := phrase(i+1, 4); end > i+1 && (end < l.to && b.pieces[end].fold == "back" || b.pieces[end-1].fold == "back") {
				who(i+1, end)
			}
		case p == "is" && before == "this" && i-3 <= l.from+1 && greets[b.pieces[l.from].fold]:
			who(i+1, phrase(i+1, 3))
		}
	}
}

var raised = set("reported requested raised submitted approved owned escalated signed entered mentioned noticed")

// surely reports whether a verb at piece i has somebody for its subject: called: …, reported this, is waiting.
func (b *builder) surely(i int) bool {
	if i+1 >= len(b.pieces) || b.pieces[i+1].line != b.pieces[i].line {
		return false
	}
	next := &b.pieces[i+1]
	switch b.pieces[i].fold {
	case "is":
		return waits[next.fold] && next.fold != "back" && next.fold != "out" && next.fold != "away" && i+2 < len(b.pieces) && b.pieces[i+2].fold == "for" && i+3 < len(b.pieces) && (b.pieces[i+3].fold == "it" || b.pieces[i+3].fold == "us" || b.pieces[i+3].fold == "you")
	case "called", "phoned", "wrote", "said", "reported", "complained", "emailed", "mailed", "says", "asked":
		return next.before == ':' || !next.gap && (next.fold == "this" || next.fold == "that" || next.fold == "us" || next.fold == "me" || next.fold == "about")
	}
	return false
}

// unsure reports whether pieces are words that may all be a name, and one of them likely is.
func (b *builder) unsure(from, to int) bool {
	likely := false
	if to-from >= 2 && trades[b.pieces[to-1].fold] {
		return true
	}
	for k := from; k < to; k++ {
		p := &b.pieces[k]
		switch {
		case p.shape > mixed && p.shape != other, p.class == core && !b.words.firms[p.fold] || stop[p.fold] && p.class != named && p.class != shared:
			return false
		case p.class == named && to-from == 1 && to+1 < len(b.pieces) && b.pieces[to].fold == "is" && waits[b.pieces[to+1].fold]:
			likely = true
		case p.class == shared || p.class == private || p.class == named && p.shape == title || trades[p.fold] && to-from > 1:
			likely = true
		}
	}
	return likely
}

// technicalLine reports whether what is said to have called something is plainly a part of a program.
func (b *builder) technicalLine(from, to int) bool {
	for k := from; k < to; k++ {
		if p := &b.pieces[k]; p.shape > title || p.class != core || b.words.firms[p.fold] && to-from > 1 && p.shape == title {
			return false
		}
	}
	return true
}

// prefixed marks the level that a logger wrote before a message.
func (b *builder) prefixed(l span) {
	for i := l.from; i < min(l.to, l.from+8); i++ {
		if p := &b.pieces[i]; p.shape == upper && levels[p.fold] && l.to-i > 3 && i > l.from {
			p.prefix = true
			return
		}
	}
}
