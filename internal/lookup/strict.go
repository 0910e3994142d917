package lookup

import (
	"strings"

	"firebreak/internal/redact"
)

// strict keeps back what only the grammar around it tells to be somebody's: the value of a field, what a sentence says
// somebody was asked or told, a whole address, the small words inside a name.
func (b *builder) strict() {
	if !b.howTo || b.tight || b.many() {
		b.fields()
		b.assigned()
		b.annotations()
		b.wholeRuns()
		b.vendors()
		b.lists()
		b.values()
		b.numbered()
		b.opened()
		b.broken()
		b.told()
		b.beside()
	}
	b.quotedPrintable()
	b.premises()
	b.degrees()
	b.inside()
}

// take keeps pieces from..to back as one name.
func (b *builder) take(from, to int, kind redact.Kind, why string) {
	for k := from; k < to; k++ {
		if p := &b.pieces[k]; p.code == "" || p.shape != number && !b.isCode(*p) {
			b.name(k, kind, why)
		}
	}
}

// verb reports whether a piece goes on with what somebody does, so that a name has ended before it.
func (b *builder) verb(i int) bool {
	p := &b.pieces[i]
	return p.shape == lower && (speaks[p.fold] || suffered[p.fold] || p.class != private && len(p.fold) > 4 && (strings.HasSuffix(p.fold, "ed") || strings.HasSuffix(p.fold, "ing")))
}

// goesOn gives where a name that begins at piece i ends: at punctuation, a small word or a verb, after six words.
func (b *builder) goesOn(i int) int {
	j := i
	for j < len(b.pieces) && j < i+6 && (j == i || b.same(j-1, j)) && b.pieces[j].shape <= mixed || j < len(b.pieces) && j < i+6 && (j == i || b.same(j-1, j)) && b.pieces[j].shape == other {
		if stop[b.pieces[j].fold] && !(j > i && and[b.pieces[j].fold] && j+1 < len(b.pieces) && b.same(j, j+1) && !stop[b.pieces[j+1].fold]) || b.verb(j) || b.isKey(j) {
			break
		}
		j++
	}
	return j
}

var (
	and = set("and or the und y et of")
	// toldTo and its like are what stands before the small word after which somebody is named.
	toldTo   = set("assigned forwarded escalated routed delegated addressed belongs belonging spoke talked reassigned handed registered licensed")
	ownOf    = set("account session behalf mailbox profile credentials request laptop desktop desk manager")
	spokenIn = set("spoke talked discussed agreed met")
	signedAs = set("in on logged signed")
	strongly = set("customer contact cc bcc owner login client called assignee requester reporter caller tenant buyer")
	// noClient are words after client and the like that say which part of a program is meant.
	noClient = set(`connection connections error errors certificate version library application applications process session sessions request requests thread socket address addresses authentication side port protocol mode machine code
		cache timeout timeouts failure page form attempt attempts key keys secret secrets credentials config configuration handshake os api ip tool tools program software driver disconnect request response host hosts pool object class list
		support service portal administrator admin admins function method procedure handler callback twice once again more than because when`)
)

// assigned keeps back who a sentence says something was assigned to, requested for, reported by.
func (b *builder) assigned() {
	for i := 0; i+1 < len(b.pieces); i++ {
		p, next := &b.pieces[i], &b.pieces[i+1]
		if p.shape > title && p.shape != upper && p.shape != mixed || next.line != p.line || stop[next.fold] || b.isKey(i+1) {
			continue
		}
		before := ""
		if i > 0 && b.pieces[i-1].line == p.line {
			before = b.pieces[i-1].fold
		}
		signed := next.before == ':' || next.before == '='
		if next.gap && !signed && next.before != '"' && next.before != '\'' {
			continue
		}
		sure := false
		switch p.fold {
		case "to":
			sure = toldTo[before] || (before == "this" || before == "it") && i > 1 && b.pieces[i-2].line == p.line && toldTo[b.pieces[i-2].fold]
		case "by":
			sure = raised[before] || before == "handled"
		case "for":
			sure = raised[before]
		case "of":
			sure = ownOf[before]
		case "with":
			sure = spokenIn[before]
		case "as":
			sure = signedAs[before]
		}
		if strongly[p.fold] && (signed || !noUser[next.fold] && !noClient[next.fold] || next.shape != lower) {
			sure = sure || !signed || next.class != core || next.shape != lower || p.fold == "cc" || p.fold == "bcc" || p.fold == "owner" || p.fold == "contact"
		}
		if !sure || next.shape > mixed && next.shape != other || b.verb(i+1) {
			continue
		}
		b.take(i+1, b.goesOn(i+1), redact.Person, "named in the sentence")
	}
}

// annotations keeps back short asides that a small word opens: (on consumer reports), (by job server).
func (b *builder) annotations() {
	for i := 0; i+1 < len(b.pieces); i++ {
		p := &b.pieces[i]
		_, slot := slotOf[p.fold]
		if p.before != '(' || !beforeName[p.fold] && !(slot && !stop[p.fold]) && !strongly[p.fold] && !raised[p.fold] && !toldTo[p.fold] {
			continue
		}
		j := i + 1
		for j < len(b.pieces) && j < i+8 && b.same(i, j) {
			j++
		}
		if end := b.pieces[j-1].end; j > i+1 && end < len(b.text) && b.text[end] == ')' {
			from := i + 1
			for from < j && (stop[b.pieces[from].fold] || raised[b.pieces[from].fold] || toldTo[b.pieces[from].fold]) {
				from++
			}
			b.take(from, j, redact.Person, "an aside that names somebody or something")
		}
	}
}

// wholeRuns keeps back capitals in a row as one: all of them when one is unknown, and when a small word names them.
func (b *builder) wholeRuns() {
	big := func(i int) bool {
		p := &b.pieces[i]
		return (p.shape == title || p.shape == upper) && !stop[p.fold] && !levels[p.fold] && !p.prefix && !methods[p.fold] && !(p.state == Leaves && p.code != "")
	}
	for _, l := range b.lines {
		for i := l.from; i < l.to; {
			j := i
			for j < l.to && big(j) && (j == i || !b.pieces[j].gap) {
				j++
			}
			if j-i >= 2 {
				unknown := false
				capitals := 0
				for k := i; k < j; k++ {
					p := &b.pieces[k]
					unknown = unknown || b.nameLike(p) && p.kind != "name" || p.class == private || b.words.firms[p.fold] && p.shape == upper && k > i
					if p.class == product {
						capitals++
					}
				}
				if unknown && (j-i) <= 5 || b.introduced(i) && capitals == 0 {
					b.take(i, j, redact.Organization, "capitals in a row, like a name")
				}
			}
			i = max(i+1, j)
		}
	}
}

var methods = set("get post put delete head options patch trace connect http https ftp")

// vendor are companies that make products, which may be somebody's customer as well.
var vendor = set(`microsoft oracle ibm google amazon apple facebook twitter linkedin netflix salesforce cisco dell intel nvidia adobe vmware citrix cloudera databricks teradata snowflake uber paypal ebay yahoo siemens bosch nokia ericsson samsung sony
	huawei lenovo fujitsu hitachi toshiba symantec mcafee atlassian hp hewlett packard foursquare dropbox spotify airbnb tesla verizon comcast motorola qualcomm xerox canon epson sap accenture infosys cognizant broadcom splunk stripe slack zoom shopify
	twilio pinterest reddit tumblr yelp vimeo flickr instagram whatsapp skype walmart target visa mastercard sybase informix novell redhat suse hashicorp mozilla`)

// vendors keeps back a well-known company where a name is expected and no product of it follows.
func (b *builder) vendors() {
	for i := 1; i < len(b.pieces); i++ {
		p, prev := &b.pieces[i], &b.pieces[i-1]
		if !vendor[p.fold] || p.shape > mixed || prev.line != p.line {
			continue
		}
		_, slot := slotOf[b.last(i-1)]
		if !beforeName[prev.fold] && !slot && !strongly[prev.fold] || p.gap && p.before != ':' && p.before != '=' && p.before != '"' {
			continue
		}
		if i+1 < len(b.pieces) && b.same(i, i+1) && b.pieces[i+1].state == Leaves && !stop[b.pieces[i+1].fold] && (b.pieces[i+1].class == product || productOf[b.pieces[i+1].fold]) {
			continue
		}
		b.take(i, i+1, redact.Organization, "a company, where somebody is named")
		b.names[p.fold] = redact.Organization
	}
}

var productOf = set("database db server client driver jdbc odbc cloud office listener instance error sql linux api sdk store endpoint windows java")

// lists keeps back A, B and C when one of them is nobody's word: a firm of partners.
func (b *builder) lists() {
	for i := 2; i+1 < len(b.pieces); i++ {
		if b.pieces[i].fold != "and" || !b.same(i-1, i+1) {
			continue
		}
		if p := &b.pieces[i-1]; p.before != ',' || b.pieces[i-2].line != p.line {
			continue
		}
		unknown := false
		for _, k := range []int{i - 2, i - 1, i + 1} {
			p := &b.pieces[k]
			unknown = unknown || p.shape <= mixed && p.class != core && p.class != product || b.nameLike(p)
		}
		if introduced := i > 2 && b.pieces[i-3].line == b.pieces[i].line && (beforeName[b.pieces[i-3].fold] || strongly[b.pieces[i-3].fold]); unknown || introduced {
			b.take(i-2, i+2, redact.Organization, "a list of names")
		}
	}
}

// fields keeps back the whole of a short field when a word of it is unknown: between quotes, tags, tabs, the commas of a table.
func (b *builder) fields() {
	for _, l := range b.lines {
		if l.to-l.from < 1 {
			continue
		}
		start, end := b.pieces[l.from].start, b.pieces[l.to-1].end
		for start > 0 && b.text[start-1] != '\n' {
			start--
		}
		for end < len(b.text) && b.text[end] != '\n' {
			end++
		}
		line := b.text[start:end]
		if len(line) > 16<<10 {
			continue
		}
		commas, semis := 0, 0
		outside(line, func(at int) {
			if tight := at+1 == len(line) || line[at+1] != ' '; tight && line[at] == ',' {
				commas++
			} else if tight && line[at] == ';' {
				semis++
			}
		})
		cut := map[int]bool{}
		outside(line, func(at int) {
			tight := at+1 == len(line) || line[at+1] != ' '
			cut[at] = tight && (line[at] == ',' && commas >= 3 || line[at] == ';' && semis >= 2)
		})
		i := l.from
		left, quoted := byte(0), false
		for at := 0; at <= len(line); {
			e := at
			for e < len(line) && !(cut[e] || quoted && line[e] == left || !quoted && delimits(line, e)) {
				e++
			}
			j := i
			for j < l.to && b.pieces[j].end <= start+e {
				j++
			}
			right := byte(0)
			if e < len(line) {
				right = line[e]
			}
			whole := quoted && right != 0 || left == '\t' || right == '\t' || left == ',' || right == ',' || left == ';' || right == ';' || left == 0x1b || right == 0x1b && left != 0 || left == '>' && right == '<'
			if whole && j > i && b.field(i, j, left, right) {
				b.take(i, j, redact.Organization, "a field with a word that is not public")
			}
			i = j
			if quoted && right == left {
				quoted, left = false, ')'
			} else {
				quoted = right == '"' || right == '\'' && !cut[e]
				left = right
			}
			at = e + 1
		}
	}
}

// outside calls fn with the commas and semicolons of a line that stand in no brackets and no quotes.
func outside(line string, fn func(at int)) {
	depth, quoted := 0, false
	for i := range len(line) {
		switch line[i] {
		case '"':
			quoted = !quoted
		case '(', '[', '{', '<':
			depth++
		case ')', ']', '}', '>':
			depth = max(0, depth-1)
		case ',', ';':
			if depth == 0 && !quoted {
				fn(i)
			}
		}
	}
}

// delimits reports whether a field may begin or end at a place.
func delimits(line string, at int) bool {
	switch line[at] {
	case '"', '\t', '<', '>', 0x1b:
		return true
	case '\'':
		return at == 0 || at+1 == len(line) || !asciiLetter(line[at-1]) || !asciiLetter(line[at+1])
	}
	return false
}

// field reports whether pieces that fill a field are a value, not a sentence.
func (b *builder) field(i, j int, left, right byte) bool {
	if j-i > 8 {
		return false
	}
	said, binds, unknown, numbers, acts := 0, false, false, false, false
	for k := i; k < j; k++ {
		p := &b.pieces[k]
		if b.isKey(k) || p.before == '=' && k > i {
			return false
		}
		acts = acts || b.verb(k)
		switch {
		case stop[p.fold] && p.shape <= mixed:
			binds = binds || !and[p.fold]
		case p.state == Leaves && p.class == core:
			said++
		case p.shape == number:
			numbers = numbers || k == j-1
		case p.shape <= mixed || b.nameLike(p) || p.shape == coded || p.shape == joined && p.kind != "value":
			unknown = true
		}
	}
	if p := &b.pieces[i]; j-i == 1 && p.shape == joined && (left == '\t' || left == ',' || left == ';' || left == 0x1b || left == '>' && right == '<') && strings.Trim(p.fold, "abcdefghijklmnopqrstuvwxyz_-") == "" {
		return true
	}
	if said >= 3 && binds || said >= 4 {
		return false
	}
	key := ""
	if i > 0 && b.pieces[i-1].line == b.pieces[i].line {
		key = b.last(i - 1)
	}
	if (b.pieces[i].before == ':' || b.quotedKey(i)) && messages[key] {
		return false
	}
	_, slot := slotOf[key]
	if table := left == '\t' || left == ',' || left == ';' || left == '>' && right == '<'; table && !messages[key] && !acts && !binds && (j-i > 1 && j-i <= 3 || left == '>' && slot) {
		return true
	}
	return unknown && (j-i > 1 || left == '"' || left == '\'') || numbers && said > 0 && j-i <= 4 && (left == '"' || left == '\'' || left == '\t' || left == ',' || left == ';' || left == '>' || left == 0x1b) || slot && left == '"' && b.quotedKey(i)
}

// quotedKey reports whether a value in quotes after a key begins at piece i: "key":"value".
func (b *builder) quotedKey(i int) bool {
	at := b.pieces[i].start - 1
	if at < 2 || b.text[at] != '"' {
		return false
	}
	before := strings.TrimRight(b.text[max(0, at-4):at], " ")
	return strings.HasSuffix(before, ":") || strings.HasSuffix(before, "=")
}

var premise = set("apt apartment suite ste unit box floor flat room building bldg block po pobox level door")

// premises keeps back the rest of an address: suite 12, the apt beside a street.
func (b *builder) premises() {
	for i := range b.pieces {
		p := &b.pieces[i]
		if p.fold == "corner" && i+1 < len(b.pieces) && b.pieces[i+1].fold == "of" && !b.howTo {
			b.remove(i, string(redact.Street), whyKind(redact.Street))
		}
		if !premise[p.fold] || p.shape > title && p.shape != upper {
			continue
		}
		numbered := i+1 < len(b.pieces) && b.pieces[i+1].line == p.line && (b.pieces[i+1].shape == number || b.pieces[i+1].shape == coded && b.pieces[i+1].end-b.pieces[i+1].start <= 4) && b.pieces[i+1].code == "" && (!b.pieces[i+1].gap || b.pieces[i+1].before == 0 || b.pieces[i+1].before == '#')
		rare := p.fold != "block" && p.fold != "level"
		beside := i > 0 && b.pieces[i-1].state == Gone && b.pieces[i-1].kind == string(redact.Street) && b.pieces[i-1].line == p.line || i+1 < len(b.pieces) && b.pieces[i+1].state == Gone && b.pieces[i+1].kind == string(redact.Street)
		if numbered && rare || beside {
			b.remove(i, string(redact.Street), whyKind(redact.Street))
		}
	}
}

// degrees keeps back what is written after a name: MD, DDS, Jr.
func (b *builder) degrees() {
	for i := 1; i < len(b.pieces); i++ {
		p, q := &b.pieces[i], &b.pieces[i-1]
		if p.state == Leaves && p.line == q.line && (!p.gap || p.before == ',' || p.before == 0) && q.state == Gone && q.kind == string(redact.Person) && (p.shape == upper || p.shape == title) && p.end-p.start <= 4 && p.code == "" && !levels[p.fold] && !methods[p.fold] {
			b.remove(i, string(redact.Person), "written after a name")
		}
	}
}

// inside keeps back the small words of names: the and of A, B and C, the the of the corner of.
func (b *builder) inside() {
	gone := func(i, j int) bool { // piece i of the phrase in which piece j stands
		if i < 0 || i >= len(b.pieces) || b.pieces[i].line != b.pieces[j].line {
			return false
		}
		p := &b.pieces[i]
		if last := &b.pieces[max(i, j)]; last.gap && last.before != ',' && last.before != 0 && last.before != '&' {
			return false
		}
		return p.state == Gone && p.kind != "value" && p.kind != "path" && (b.nameLike(p) || p.shape == joined || p.kind == string(redact.Street) || p.kind == "inside")
	}
	pass := func(i int) {
		p := &b.pieces[i]
		if p.state != Leaves || !stop[p.fold] || p.shape > mixed {
			return
		}
		if and[p.fold] && (gone(i-1, i) || gone(i+1, i)) || gone(i-1, i) && gone(i+1, i) && p.fold != "for" && p.fold != "by" {
			b.remove(i, "inside", "stands inside or beside a name")
		}
	}
	for i := range b.pieces {
		pass(i)
	}
	for i := len(b.pieces) - 1; i >= 0; i-- {
		pass(i)
	}
}

// values keeps back the words that go on with the value of a setting, up to the next setting or the end: realm=garden media.
func (b *builder) values() {
	for i := 1; i < len(b.pieces); i++ {
		p := &b.pieces[i]
		if p.before != '=' || p.state != Gone || p.shape > mixed && p.shape != other || b.pieces[i-1].line != p.line || messages[b.last(i-1)] || b.isKey(i) || b.spaced(i) {
			continue
		}
		j := i + 1
		for j < len(b.pieces) && j <= i+4 && b.same(i, j) && !b.isKey(j) && !stop[b.pieces[j].fold] && (speaks[b.pieces[j].fold] || !b.verb(j)) && b.pieces[j].shape <= mixed {
			j++
		}
		counts := j < len(b.pieces) && b.same(i, j) && b.pieces[j].shape == number
		if counts {
			j++
		}
		if j > i+1 && (counts || j == len(b.pieces) || b.pieces[j].line != p.line || b.pieces[j].gap || b.isKey(j)) {
			b.take(i+1, j, redact.User, "goes on with the value of a setting")
		}
	}
}

var counted = set("port line version pid release offset position index row column step stage level page exit status code size id time number rank job task thread worker attempt")

// numbered keeps back the words between an unknown one and a number, as in the name of a machine: polar cache 58.
func (b *builder) numbered() {
	for i := range b.pieces {
		p := &b.pieces[i]
		if !b.nameLike(p) || p.class == core && p.shape == lower {
			continue
		}
		for j := i + 1; j <= i+3 && j < len(b.pieces) && b.same(i, j); j++ {
			q := &b.pieces[j]
			if q.shape == number && q.end-q.start <= 3 && j > i+1 && q.state == Gone {
				b.take(i+1, j, redact.Host, whyKind(redact.Host))
				break
			}
			if q.shape > mixed || stop[q.fold] || counted[q.fold] || b.verb(j) {
				break
			}
		}
	}
}

// broken keeps back the rest of a name that a line break cuts, where a sign on the next line ends it.
func (b *builder) broken() {
	for n := 1; n < len(b.lines); n++ {
		before, l := b.lines[n-1], b.lines[n]
		if before.from == before.to || l.from == l.to {
			continue
		}
		last, first := &b.pieces[before.to-1], &b.pieces[l.from]
		if last.state != Gone || last.shape > mixed && last.shape != other && last.shape != number || strings.TrimSpace(b.text[last.end:first.start]) != "" {
			continue
		}
		j := l.from + 1
		for j < l.to && j < l.from+3 && !b.pieces[j].gap && !b.isKey(j) && !stop[b.pieces[j].fold] && !b.verb(j) {
			j++
		}
		if stop[first.fold] || b.verb(l.from) || first.shape > mixed {
			continue
		}
		end := b.pieces[j-1].end
		if end < len(b.text) && strings.IndexByte("\"'<;,)\t\x1b", b.text[end]) >= 0 || j < l.to && b.isKey(j) || j < l.to && b.verb(j) || j == l.to && j == l.from+1 {
			b.take(l.from, j, redact.Person, "goes on with a name of the line before")
		}
	}
}
