package lookup

import (
	"strings"

	"firebreak/internal/redact"
	"firebreak/internal/signature"
)

// quotes keeps back what stands in quotes, unless it is a sentence: a quoted word is somebody's.
func (b *builder) quotes() {
	for _, l := range b.lines {
		if l.from == l.to {
			continue
		}
		from, to := b.pieces[l.from].start, b.pieces[l.to-1].end
		for from > 0 && b.text[from-1] != '\n' {
			from--
		}
		for to < len(b.text) && b.text[to] != '\n' {
			to++
		}
		i := l.from
		for at := from; at < to; at++ {
			c := b.text[at]
			if c != '"' && c != '\'' && c != '`' || c == '\'' && at > from && wordByte(b.text[at-1]) {
				continue
			}
			end := strings.IndexByte(b.text[at+1:to], c)
			if c == '`' && end < 0 {
				end = strings.IndexByte(b.text[at+1:to], '\'')
			}
			if end < 0 {
				continue
			}
			end += at + 1
			for i < l.to && b.pieces[i].start < at {
				i++
			}
			j := i
			for j < l.to && b.pieces[j].end <= end {
				j++
			}
			key := end+1 < to && strings.HasPrefix(strings.TrimLeft(b.text[end+1:min(to, end+4)], " "), ":")
			if c == '"' && key && j-i == 1 { // "key": value
				at = end
				i = j
				continue
			}
			sentence := j-i >= 4 && !b.field(i, j, c, c)
			if i > l.from && messages[b.pieces[i-1].fold] {
				sentence = sentence || j-i >= 2
			}
			if !sentence {
				for k := i; k < j; k++ {
					if p := b.pieces[k]; methods[p.fold] { // "GET /x HTTP/1.1"
						continue
					}
					p := &b.pieces[k]
					if _, slot := slotOf[b.before(i)]; slot && p.class != core || p.shape < mixed && (p.class == shared || p.class == private || p.class == general && p.shape == title) {
						b.names.deny(p.fold, redact.User)
					}
					b.remove(k, "value", "a quoted value")
				}
			}
			at = end
			i = j
		}
	}
}

// before gives the last word before piece i on its line.
func (b *builder) before(i int) string {
	if i == 0 || i >= len(b.pieces) || b.pieces[i-1].line != b.pieces[i].line {
		return ""
	}
	return b.last(i - 1)
}

// templates keeps back what the signature of a line takes for a value.
func (b *builder) templates() {
	for _, l := range b.lines {
		if l.from == l.to {
			continue
		}
		from, to := b.pieces[l.from].start, b.pieces[l.to-1].end
		for to < len(b.text) && b.text[to] != '\n' {
			to++
		}
		line := b.text[from:to]
		if len(line) > 8<<10 {
			line = line[:8<<10]
		}
		template := signature.Cold(line).Template
		at, i := 0, l.from
		for k, constant := range strings.Split(template, signature.Wildcard) {
			constant = strings.TrimSpace(constant)
			start := len(line)
			if constant != "" {
				found := strings.Index(line[at:], constant)
				if found < 0 { // the template is written in another way than the line: nothing can be said
					break
				}
				start = at + found
			} else if k == 0 || at < len(line) && k+1 < strings.Count(template, signature.Wildcard)+1 {
				continue
			}
			for i < l.to && b.pieces[i].end <= from+start {
				b.value(i, k > 0)
				i++
			}
			at = start + len(constant)
			for i < l.to && b.pieces[i].start < from+at {
				i++
			}
		}
	}
}

// value keeps a piece back that the template has no word for.
func (b *builder) value(i int, variable bool) {
	p := &b.pieces[i]
	if _, version := b.version(i); version || b.port(i, p.fold) || units[p.fold] && p.class == core {
		return
	}
	if variable && p.state == "" {
		b.remove(i, "value", "changes from case to case")
	}
}

// slots keeps back what is named after words such as user, host or customer, and every value of key=value.
func (b *builder) slots() {
	for i := range b.pieces {
		p := &b.pieces[i]
		if p.before == '=' && i > 0 && b.pieces[i-1].line == p.line {
			key := b.last(i - 1)
			kind, named := slotOf[key]
			switch {
			case b.isKey(i) && b.spaced(i): // logname= uid=0
			case named:
				b.fill(i, kind)
			case messages[key] && p.class != private && p.class != shared:
			case publicRoot(b.text[p.start:p.end]):
			default:
				b.remove(i, "value", "the value of a setting")
				if p.class != core && p.class != product && p.shape <= mixed {
					b.names.deny(b.text[p.start:p.end], redact.User)
				}
			}
			continue
		}
		kind, named := slotOf[b.last(i)]
		if !named || i+1 >= len(b.pieces) || b.pieces[i+1].line != p.line {
			continue
		}
		j := i + 1
		next := &b.pieces[j]
		switch {
		case b.isKey(j):
		case next.before == ':' && (telling[kind] || kind == redact.Customer):
			if next.shape == lower && next.class == core && (kind == redact.User && noUser[next.fold] || kind == redact.Host || kind == redact.Customer) {
				continue // user: unknown
			}
			if kind == redact.Street && next.class == core && next.shape != number {
				continue // client address: Connection reset
			}
			b.fill(j, kind)
		case (!next.gap || next.before == '#' || next.before == '(') && (telling[kind] || kind == redact.Customer):
			for steps := 0; steps < 2 && j < len(b.pieces) && linking[b.pieces[j].fold] && b.pieces[j].line == p.line; steps++ {
				j++
			}
			if j >= len(b.pieces) || b.pieces[j].line != p.line {
				continue
			}
			next = &b.pieces[j]
			if kind == redact.User && next.shape <= mixed && !noUser[next.fold] && next.shape != upper && !b.calm(j) {
				b.fill(j, kind)
				continue
			}
			if kind == redact.Organization && b.trade(j) > j {
				b.fill(j, kind)
				continue
			}
			if kind == redact.Host && next.class == core && strings.HasSuffix(next.fold, "ed") {
				continue // VM Started
			}
			if next.shape <= mixed && (stop[next.fold] && next.class != shared || next.class == core && (next.shape != title || kind == redact.Secret || kind == redact.Customer) || next.class == product && next.shape == lower) {
				continue
			}
			if kind == redact.Customer && next.shape <= mixed || b.calm(j) {
				continue
			}
			b.fill(j, kind)
		}
	}
	for i := 0; i+1 < len(b.pieces); i++ {
		p, next := &b.pieces[i], &b.pieces[i+1]
		if !beforeName[p.fold] || p.shape > mixed || next.gap || next.line != p.line {
			continue
		}
		switch {
		case next.shape == joined && publicRoot(b.text[next.start:next.end]):
		case next.shape == title && !next.opening && !b.howTo && next.class != product && len(next.fold) > 2 && !b.verb(i+1) && !strings.HasSuffix(next.fold, "ed"):
			b.follow(i+1, redact.Person)
		case next.shape == joined && !technical(b.text[next.start:next.end]):
			b.name(i+1, redact.Host, "named in the sentence")
		case b.calm(i + 1):
		case b.firmAfter(i + 1):
			b.fill(i+1, redact.Organization)
		case next.class == named && next.shape == lower && !b.howTo && (p.fold == "for" || p.fold == "by") && !b.same(i+1, i+2) && !(i+2 < len(b.pieces) && b.pieces[i+2].line == p.line):
			b.follow(i+1, redact.Person)
		case b.tight && next.class == named && next.shape == lower && !b.number(i+2):
			b.follow(i+1, redact.Person)
		case next.shape <= mixed && b.doubtful(next) && next.shape != upper, next.shape == title && (next.class == general || next.class == named):
			b.follow(i+1, redact.Person)
		case next.shape == lower && !b.howTo && (next.class == general && !stop[next.fold] || next.class == named && (i+2 == len(b.pieces) || b.pieces[i+2].line != p.line)) && p.fold == "as":
			b.remove(i+1, "unknown", "may be somebody's login")
		case p.fold == "as" && b.tight && next.shape <= mixed && next.shape != upper && !stop[next.fold] && !b.howTo:
			b.name(i+1, redact.User, "may be somebody's login")
		case next.shape == lower && (next.class == named || b.words.firms[next.fold] || next.class == general && !stop[next.fold]):
			// by mark page, for global health: a name when what goes on is none of a program, or when a firm ends it
			j := i + 2
			for j < len(b.pieces) && j < i+6 && !b.pieces[j].gap && b.pieces[j].line == p.line && (b.words.firms[b.pieces[j].fold] || b.pieces[j].class == named || b.pieces[j].class == general) && !stop[b.pieces[j].fold] {
				j++
			}
			switch {
			case j > i+2 && (j == len(b.pieces) || b.pieces[j].gap || b.pieces[j].line != p.line) && next.class == named && b.pieces[j-1].class != core && p.fold != "and" && p.fold != "on",
				j > i+2 && trades[b.pieces[j-1].fold], next.class == named && (p.fold == "by" || p.fold == "behalf" || p.fold == "of" && i > 0 && b.pieces[i-1].fold == "behalf"), p.fold == "call" && next.class == named:
				b.follow(i+1, redact.Person)
			}
		}
	}
}

var linking = set("is was are named called id name number no nr code of am the")

// calm reports whether a small word of a question is no name: nothing else in the question tells of anybody, and what
// follows it is public as well.
func (b *builder) calm(i int) bool {
	p := &b.pieces[i]
	if !b.howTo || b.tight || p.shape != lower {
		return false
	}
	if i+1 < len(b.pieces) && !b.pieces[i+1].gap && b.pieces[i+1].line == p.line {
		next := &b.pieces[i+1]
		return next.shape == lower && next.class != private
	}
	return true
}

// isKey reports whether = follows a piece at once.
func (b *builder) isKey(i int) bool {
	return b.pieces[i].end < len(b.text) && b.text[b.pieces[i].end] == '='
}

// spaced reports whether space stands between a = and the piece after it, as between an empty value and the next key.
func (b *builder) spaced(i int) bool {
	return b.text[b.pieces[i].start-1] == ' '
}

// technical reports whether a name held together by signs is plainly one of a program: with a case or a low line in it.
func technical(w string) bool {
	for i := 1; i < len(w); i++ {
		if w[i] == '_' || w[i] == '(' || w[i] < 'a' && w[i] >= 'A' && w[i-1] >= 'a' {
			return true
		}
	}
	return false
}

// last gives the last word of a piece: name of user.name and userName.
func (b *builder) last(i int) string {
	p := &b.pieces[i]
	if p.shape < mixed {
		return p.fold
	}
	w := b.text[p.start:p.end]
	if len(w) > 60 {
		return ""
	}
	last, before := "", ""
	parts(w, func(part string) { before, last = last, part })
	if _, ok := slotOf[last]; ok && (last == "name" || last == "id" || last == "number" || last == "no") && before != "" {
		if _, ok := slotOf[before]; ok {
			return before
		}
		if last != "name" {
			return ""
		}
	}
	return last
}

// doubtful reports whether a piece may well be a name, though technical texts know it.
func (b *builder) doubtful(p *piece) bool {
	return p.class == shared || p.class == product && b.words.products[p.fold].with != nil && b.words.of(p.fold) != core
}

// follow keeps back a name that begins at piece i, and the next word as well when it may be the second of it.
func (b *builder) follow(i int, kind redact.Kind) {
	b.fill(i, kind)
	b.names.deny(b.text[b.pieces[i].start:b.pieces[i].end], kind)
	for j := i + 1; j < len(b.pieces) && !b.pieces[j].gap && b.pieces[j].line == b.pieces[i].line; j++ {
		p := &b.pieces[j]
		if p.state == Gone {
			continue
		}
		if p.shape < mixed && !stop[p.fold] && !speaks[p.fold] && !suffered[p.fold] {
			b.name(j, kind, whyKind(kind)+", as it stands in the sentence")
			b.names.deny(p.fold, kind)
		}
		return
	}
}

// firmAfter reports whether a firm's name begins at piece i: a few words, not all of them technical, that end in what firms do.
func (b *builder) firmAfter(i int) bool {
	last := b.trade(i)
	if last == i {
		return false
	}
	for k := i; k <= last; k++ {
		if c := b.pieces[k].class; b.tight || c != core && c != product {
			return true
		}
	}
	return false
}

// number reports whether piece i goes on in its phrase as a number or an id.
func (b *builder) number(i int) bool {
	return i < len(b.pieces) && b.same(i-1, i) && b.pieces[i].shape >= joined && b.pieces[i].shape != other
}

// trade gives the last word of a firm whose name begins at piece i, by what it says it does; i when it says nothing.
func (b *builder) trade(i int) int {
	last := i
	for j := i + 1; j <= i+4 && b.same(i, j) && b.pieces[j].shape < mixed && !stop[b.pieces[j].fold]; j++ {
		if trades[b.pieces[j].fold] || incorporated[b.pieces[j].fold] {
			last = j
		}
	}
	return last
}

// fill keeps back a name that begins at piece i, and the words that go on with it.
func (b *builder) fill(i int, kind redact.Kind) {
	why := whyKind(kind) + ", as it stands in the sentence"
	b.name(i, kind, why)
	last := i
	if kind == redact.Organization {
		last = b.trade(i)
	}
	for j := i + 1; j <= last; j++ {
		b.name(j, kind, why)
		b.names.deny(b.pieces[j].fold, kind)
	}
	signed := b.pieces[i].before == ':' || b.pieces[i].before == '='
	for n, j := 0, i+1; j < len(b.pieces) && n < 5; n, j = n+1, j+1 {
		p := &b.pieces[j]
		if p.line != b.pieces[i].line || p.gap && !(n == 0 && p.before == ',' && (signed || p.shape == title || b.doubtful(p) || p.class == named)) || p.shape > mixed && p.shape != other {
			return
		}
		if _, slot := slotOf[p.fold]; slot && j+1 < len(b.pieces) && (b.pieces[j+1].before == '=' || b.pieces[j+1].before == ':') {
			return
		}
		if signed && !stop[p.fold] && b.pieces[i].before == ':' && (kind == redact.Person || kind == redact.Organization || kind == redact.Street || kind == redact.User && n == 0 && p.class == named) && p.shape < mixed && !speaks[p.fold] {
			b.name(j, kind, why)
			b.names.deny(p.fold, kind)
			continue
		}
		firm := b.words.firms[p.fold]
		if !(p.shape == title || b.doubtful(p) || p.class == named || p.class == private || firm || p.class == general && !stop[p.fold] && kind == redact.Organization) || stop[p.fold] && p.class != shared && !(p.class == named && p.shape == title) {
			return
		}
		b.name(j, kind, why)
		if (p.class == core || p.class == product) && p.shape == title {
			b.names[p.fold] = kind
		}
	}
}

// plain decides by the vocabulary.
func (b *builder) plain() {
	for i := range b.pieces {
		p := &b.pieces[i]
		if p.state != "" {
			continue
		}
		w := b.text[p.start:p.end]
		switch p.shape {
		case other:
			b.name(i, redact.Secret, "not written in plain letters")
			p.kind = "unknown"
		case number:
			if v, ok := b.version(i); ok {
				p.state, p.code = Leaves, v
			} else if b.port(i, w) {
				p.state = Leaves
			} else {
				b.remove(i, "number", "a number that is no known code")
			}
		case joined:
			b.compound(i, w)
		default:
			switch p.class {
			case core:
				if stop[p.fold] && b.bracketed(i) {
					b.remove(i, "value", "alone in brackets")
				} else {
					p.state = Leaves
				}
			case product:
				if b.public(b.words.products[p.fold], i) {
					p.state = Leaves
				} else if c := b.words.of(p.fold); c != private && p.shape == lower {
					p.class, p.state = c, Leaves
				} else {
					b.remove(i, "name", "a product, but a name of people and places as well")
				}
			case shared:
				if p.shape == title && !b.howTo || b.bracketed(i) {
					b.remove(i, "name", "a name as well as a word")
				} else {
					p.state = Leaves
				}
			case named:
				if p.shape == title && !p.opening && !b.howTo {
					b.remove(i, "name", "a name as well as a word")
				} else {
					p.state = Leaves
				}
			case general:
				switch {
				case b.bracketed(i) && !b.howTo:
					b.remove(i, "value", "alone in brackets")
				case stop[p.fold], b.o.Public != nil && b.o.Public(p.fold):
					p.state = Leaves
				case b.tight:
					b.remove(i, "unknown", "no technical word, in a text that tells of people")
				case p.shape == title && !p.opening:
					b.remove(i, "name", "written like a name")
				default:
					p.state = Leaves
				}
			default:
				switch {
				case stop[p.fold]:
					p.state = Leaves
				case b.o.Public != nil && p.shape != title && b.o.Public(p.fold):
					p.state, p.class = Leaves, core
				default:
					b.remove(i, "unknown", "not known to be public")
				}
			}
		}
	}
}

// bracketed reports whether a piece stands alone in round brackets, as logins do.
func (b *builder) bracketed(i int) bool {
	p := &b.pieces[i]
	return p.before == '(' && p.end < len(b.text) && b.text[p.end] == ')'
}

// public reports whether a product may be named here: it is nothing else, or a word that goes with it is near.
func (b *builder) public(p *publicProduct, i int) bool {
	if p.with == nil {
		return true
	}
	for j := max(0, i-6); j < min(len(b.pieces), i+7); j++ {
		if j != i && p.with[b.pieces[j].fold] && b.pieces[j].state != Gone {
			return true
		}
	}
	return false
}
