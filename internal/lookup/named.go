package lookup

import (
	"strings"

	"firebreak/internal/redact"
)

// many reports whether a text has more than one line.
func (b *builder) many() bool {
	n := 0
	for _, l := range b.lines {
		if l.from < l.to {
			n++
		}
	}
	return n > 1
}

// opened keeps back a value whose quote is not closed on its line: name="first national.
func (b *builder) opened() {
	for i := 1; i < len(b.pieces); i++ {
		if !b.quotedKey(i) || b.pieces[i-1].line != b.pieces[i].line || messages[b.last(i-1)] {
			continue
		}
		rest, _, _ := strings.Cut(b.text[b.pieces[i].start:min(len(b.text), b.pieces[i].start+400)], "\n")
		if !strings.Contains(rest, `"`) {
			b.take(i, max(i+1, b.goesOn(i)), redact.Person, "the value of a setting")
		}
	}
}

// told keeps back who a sentence begins with, up to what they wrote, said or reported; and who is to be called back.
func (b *builder) told() {
	for i := range b.pieces {
		p := &b.pieces[i]
		if (p.fold == "call" || p.fold == "phone" || p.fold == "ring") && p.shape <= title {
			for j := i + 2; j <= i+4 && b.same(i, j); j++ {
				if b.pieces[j].fold == "back" {
					b.take(i+1, j, redact.Person, whyKind(redact.Person)+", as it stands in the sentence")
					break
				}
			}
		}
		if !speaks[p.fold] || p.shape != lower || i+1 >= len(b.pieces) || b.pieces[i+1].line != p.line {
			continue
		}
		next := &b.pieces[i+1]
		if next.before != ':' && (next.gap || next.fold != "that" && next.fold != "this" && next.fold != "us" && next.fold != "me" && next.fold != "to") {
			continue
		}
		from := i
		for from > 0 && i-from < 8 && b.pieces[from-1].line == p.line && !b.pieces[from].opening && (!b.pieces[from].gap || b.pieces[from].before == ',') {
			from--
		}
		if from == i || !b.pieces[from].opening {
			continue
		}
		of := false
		for k := from + 1; k < i; k++ {
			f := b.pieces[k].fold
			of = of || f == "from" || f == "of" || f == "at"
		}
		for k := from; of && k < i; k++ {
			if !stop[b.pieces[k].fold] || b.pieces[k].fold == "and" {
				b.take(k, k+1, redact.Person, whyKind(redact.Person)+", as it stands in the sentence")
			}
		}
	}
}

// doers are what programs say things are done by.
var doers = set(`peer server client user signal policy default administrator admin system kernel configuration config rule error exception timeout remote host zero another other container manager firewall proxy parent child process thread program
	application task job scheduler driver browser compiler root name id key value index size date time type column row line reference hash path owner group node service daemon device operator request design hand now others caller
	interrupt watchdog controller plugin module script filter router gateway database listener handler`)

// beside keeps back the whole of what a small word names when a word of it is unknown: for callbacks veldelwen.
func (b *builder) beside() {
	for i := 0; i+1 < len(b.pieces); i++ {
		p, next := &b.pieces[i], &b.pieces[i+1]
		_, slot := slotOf[b.last(i)]
		if p.shape > mixed && !slot || !beforeName[p.fold] && !slot && !strongly[p.fold] || next.line != p.line || next.gap && next.before != ':' && next.before != '=' || b.isKey(i+1) && next.before != '=' {
			continue
		}
		j := i + 1
		for j < len(b.pieces) && j <= i+3 && (j == i+1 || b.same(j-1, j)) && (b.pieces[j].shape <= mixed || b.pieces[j].shape == other) && !stop[b.pieces[j].fold] && !b.isKey(j) {
			if _, next := slotOf[b.pieces[j].fold]; next && b.pieces[j].shape == lower && b.pieces[j].state == Leaves {
				break // for invalid user X: what follows user is looked at by itself
			}
			j++
		}
		unknown, known := false, 0
		for k := i + 1; k < j; k++ {
			q := &b.pieces[k]
			if b.nameLike(q) && (q.class == private || q.kind != "name") {
				unknown = true
			} else if q.state == Leaves {
				known++
			}
		}
		// X, Y: a last and a first name
		if j == i+2 && next.state == Gone && j < len(b.pieces) && b.pieces[j].line == p.line && b.pieces[j].before == ',' && b.pieces[j].shape <= mixed && !stop[b.pieces[j].fold] && !b.isKey(j) {
			b.take(j, j+1, redact.Person, "goes on with a name")
		}
		if unknown && known > 0 && j > i+2 {
			for j-1 > i+1 && b.verb(j-1) && j < len(b.pieces) && b.same(j-1, j) {
				j--
			}
			b.take(i+1, j, redact.Person, "beside a word that is not public")
		}
		if p.fold == "by" && j == i+2 && next.shape == lower && !doers[next.fold] && next.class != product && next.state == Leaves && !next.gap {
			b.take(i+1, j, redact.User, "may be somebody's name")
		}
	}
}

// quotedPrintable keeps back what a mail writes as early=20elfengel.
func (b *builder) quotedPrintable() {
	at := func(i int) bool { // =XX, and more at once
		e := b.pieces[i].end
		return e+3 < len(b.text) && b.text[e] == '=' && hexDigit(b.text[e+1]) && hexDigit(b.text[e+2]) && (wordByte(b.text[e+3]) || b.text[e+3] == '=' || b.text[e+3] == '?')
	}
	for i := range b.pieces {
		if p := &b.pieces[i]; p.shape <= mixed && at(i) {
			b.remove(i, "encoded", "says something else than it shows")
		} else if p.start > 3 && b.text[p.start-1] == '?' && strings.Contains(b.text[max(0, p.start-20):p.start], "=?") {
			b.remove(i, "encoded", "says something else than it shows")
		}
	}
}

func hexDigit(c byte) bool { return isDigit(c) || c >= 'A' && c <= 'F' }
