package signature

import "strings"

// maxLine is how much of a line is judged, in bytes; what is behind changes nothing.
const maxLine = 4 << 10

// A scanner takes a line apart into text that stands and slots for what changes.
//
// It works on two levels. The key is what lines are compared by: in it every slot is <*>, and slots that stand side by
// side are one, so that two lists of different length are the same. What a slot shows is for people: «<*> bytes» where
// the key has <*> for any quantity, or the word itself where it is a word that might change (a user's name). A group
// shows what all of its lines show, and <*> where they differ.
//
// A scanner is used again for the next line and keeps its memory.
type scanner struct {
	key    []byte
	slots  []slot
	shown  []byte // what the slots show, one behind the other
	joined int    // end of the last slot in key, 0: there is none
	plain  bool   // the key has a letter outside of slots
	number bool   // the last slot is a number, which a unit may follow
	named  bool   // the word before is a noun whose name follows: user alice
	sure   bool   // and a colon stands between: user: alice
}

// slot is a place in the key for what changes.
type slot struct {
	at       int // offset of its <*> in the key
	from, to int // what it shows
}

// scan judges a line. The key and the slots hold until the next call.
func (s *scanner) scan(line string) {
	s.key, s.slots, s.shown = s.key[:0], s.slots[:0], s.shown[:0]
	s.joined, s.plain, s.number, s.named, s.sure = 0, false, false, false, false
	if len(line) > maxLine {
		line = line[:maxLine]
	}
	for i := 0; i < len(line); {
		if class[line[i]]&space != 0 {
			for i++; i < len(line) && class[line[i]]&space != 0; i++ {
			}
			if len(s.key) > 0 && i < len(line) {
				s.key = append(s.key, ' ')
			}
			continue
		}
		// Most words are letters alone, or letters and a full stop: they are told from the classes of their bytes.
		j, seen, last := i, uint16(0), uint16(0)
		for j < len(line) {
			c := class[line[j]]
			if c&space != 0 {
				break
			}
			seen |= last
			last = c
			j++
		}
		switch {
		case (seen|last)&special == 0:
			i = s.word(line, i, j)
		case seen&special == 0 && last&(dot|colon) != 0, seen&special == 0 && (line[j-1] == ',' || line[j-1] == ';'):
			if i = s.word(line, i, j-1); i == j-1 {
				s.key = append(s.key, line[j-1])
				s.named = s.named && last&colon != 0
				s.sure = s.named // user: alice
				i = j
			}
		default:
			i = s.chunk(line, i, j)
		}
	}
	if !s.plain {
		s.bare()
	}
}

// bare is for lines without a word of their own: here what the slots show is all there is to tell lines apart.
func (s *scanner) bare() {
	for i := range s.slots {
		for _, c := range s.shown[s.slots[i].from:s.slots[i].to] {
			if isLetter(c) {
				s.key = s.appendShown(nil, nil)
				s.slots = s.slots[:0]
				return
			}
		}
	}
}

// word takes line[i:j], which has neither digits nor punctuation that means something, and gives where to go on.
func (s *scanner) word(line string, i, j int) int {
	if j-i >= 3 && j-i <= 9 && class[line[i]]&upper != 0 {
		if end := dateAt(line, i); end > 0 {
			s.slot(Wildcard)
			return end
		}
	}
	s.plainWord(line[i:j], s.named && (s.sure || called(line, j)))
	return j
}

// plainWord takes a word of letters. It is a name where the word before says so, a unit behind a number, sometimes a
// value; else it stands.
func (s *scanner) plainWord(w string, name bool) {
	n := len(w)
	switch {
	case s.number && n <= 12 && units.has(w):
		s.more(" ", w)
		s.number = false
		return
	case s.named && n <= 4 && (strings.EqualFold(w, "name") || strings.EqualFold(w, "id")): // user name alice
		s.text(w)
		return
	case name && !notNames.has(w):
		s.slot(w)
		return
	}
	s.named, s.sure = false, false
	if n == 4 || n == 5 {
		switch w[0] | 0x20 {
		case 't', 'f', 'n', 'r':
			if values.has(w) {
				s.slot(Wildcard)
				return
			}
		}
	}
	s.text(w)
	if n >= 4 && n <= 8 {
		switch w[0] | 0x20 {
		case 'u', 'l', 'a', 'h':
			s.named = whose.has(w)
		}
	}
}

// called reports whether the word that ends at p can be somebody's name by what follows it: user alice from, but not
// user interface ready.
func called(line string, p int) bool {
	for p < len(line) && class[line[p]]&space != 0 {
		p++
	}
	e := p
	for e < len(line) && isLetter(line[e]) {
		e++
	}
	return e == p || behindNames.has(line[p:e])
}

// text adds what stands.
func (s *scanner) text(t string) {
	s.key = append(s.key, t...)
	if !s.plain {
		s.plain = classes(t)&letter != 0
	}
	s.number = false
}

// slot adds a place for what changes, which shows a text. Directly behind another one it becomes part of that.
func (s *scanner) slot(shows string) {
	s.number, s.named, s.sure = false, false, false
	if s.joined > 0 && s.touches(s.key[s.joined:]) {
		between := string(s.key[s.joined:])
		if (between == "" || between == "." || between == ":") && shows == Wildcard && strings.HasSuffix(string(s.shown), Wildcard) {
			s.key = s.key[:s.joined] // <*>.<*> is <*>
			return
		}
		s.more(between, shows)
		return
	}
	for n := len(s.key); n > 0 && s.key[n-1] == '<'; n-- {
		s.key = s.key[:n-1]
	}
	s.slots = append(s.slots, slot{at: len(s.key), from: len(s.shown), to: len(s.shown) + len(shows)})
	s.shown = append(s.shown, shows...)
	s.key = append(s.key, Wildcard...)
	s.joined = len(s.key)
}

// touches reports whether what stands between two slots makes them one: a list.
func (s *scanner) touches(between []byte) bool {
	switch string(between) {
	case "", " ", ",", ", ", "-", ".", ":", "/", "_", "; ", " - ":
		return true
	}
	return false
}

// more adds to the last slot.
func (s *scanner) more(between, shows string) {
	last := &s.slots[len(s.slots)-1]
	s.key = s.key[:s.joined]
	s.shown = append(s.shown, between...)
	s.shown = append(s.shown, shows...)
	last.to = len(s.shown)
}

// appendShown appends the key with what its slots show; a slot of which varies says so shows <*>.
func (s *scanner) appendShown(b []byte, varies func(int) bool) []byte {
	from := 0
	for i, sl := range s.slots {
		b = append(b, s.key[from:sl.at]...)
		if varies != nil && varies(i) {
			b = append(b, Wildcard...)
		} else {
			b = append(b, s.shown[sl.from:sl.to]...)
		}
		from = sl.at + len(Wildcard)
	}
	return append(b, s.key[from:]...)
}

// chunk takes line[i:j], a stretch without spaces, value by value, and gives where to go on: what it begins may end
// behind j, as a date does.
func (s *scanner) chunk(line string, i, j int) int {
	p := i
	for p < j {
		c := line[p]
		switch k := class[c]; {
		case k&(cut|quote|equals|colon) != 0:
			if end := s.punctuation(line, p, j); end > p {
				p = end
				continue
			}
			if c != '>' || s.joined == 0 || s.joined < len(s.key) { // <value> is a value
				s.key = append(s.key, c)
			}
			p++
			continue
		case k&(digit|letter) != 0 && (p == i || class[line[p-1]]&(cut|quote|equals) != 0):
			if end := dateAt(line, p); end > 0 {
				s.slot(Wildcard)
				if p = end; p >= j {
					return p
				}
				continue
			}
		}
		p = s.value(line, p, j)
	}
	return max(p, j)
}

// punctuation takes marks that are part of a value; it gives p when there is nothing to them.
func (s *scanner) punctuation(line string, p, j int) int {
	next := byte(0)
	if p+1 < len(line) {
		next = line[p+1]
	}
	switch line[p] {
	case '(':
		if s.number || s.joined > 0 && string(s.key[s.joined:]) == " " {
			if end := s.again(line, p); end > p { // 1301 bytes (1.27 KB)
				return end
			}
			if next == ')' && p+2 == j { // from 10.0.0.1 (), where a name may stand
				s.key = append(s.key, '(')
				s.joined = 0
				s.slot("")
				s.key = append(s.key, ')')
				return j
			}
		}
	case '<', '>':
		if line[p] == '<' && next == '>' && p > 0 && line[p-1] == '=' { // from=<>
			s.joined = 0
			s.slot("<>")
			return p + 2
		}
		if isDigit(next) && (p == 0 || class[line[p-1]]&space != 0) { // <1 sec
			end := p + 1
			for end < j && isDigit(line[end]) {
				end++
			}
			if end == j || line[end] != '>' {
				s.slot(line[p:p+1] + Wildcard)
				s.number = true
				return end
			}
		}
	}
	return p
}

// again takes a quantity in brackets that repeats the one before in another unit, up to the closing bracket.
func (s *scanner) again(line string, p int) int {
	if len(s.slots) == 0 || string(s.key[s.joined:]) != " " {
		return p
	}
	end := p + 1
	for end < len(line) && end < p+24 && class[line[end]]&(digit|dot) != 0 {
		end++
	}
	from := end
	if from == p+1 || from >= len(line) || line[from] != ' ' {
		return p
	}
	from++
	for end = from; end < len(line) && end < from+12 && class[line[end]]&letter != 0; end++ {
	}
	if end == len(line) || line[end] != ')' || !units.has(line[from:end]) {
		return p
	}
	s.more(" ", "("+Wildcard+" "+line[from:end]+")")
	return end + 1
}

// value takes one value that begins at p and gives where it ends.
func (s *scanner) value(line string, p, j int) int {
	if line[p] == '/' || line[p] == '\\' {
		if end := s.rooted(line, p, j); end > p {
			return end
		}
	}
	e, col := p, -1
	for e < j {
		k := class[line[e]]
		if k&(cut|equals) != 0 || k&quote != 0 && (e+1 == j || !isLetter(line[e+1]) || e == p || !isLetter(line[e-1])) {
			break
		}
		if k&colon != 0 && col < 0 {
			col = e
		}
		e++
	}
	if col >= 0 {
		if end := s.withColon(line, p, e, j, col); end > 0 {
			return end
		}
		e = col
	}
	if at := strings.Index(line[p:e], ".."); at > 0 && p+at+2 < e { // name.....value
		e = p + at
		for n := e; n < j && line[n] == '.'; n++ {
			at++
		}
		s.field(line[p:e])
		s.key = append(s.key, line[e:p+at]...)
		s.number, s.joined = false, 0
		return p + at
	}
	f := line[p:e]
	end := e
	for len(f) > 1 && (class[f[len(f)-1]]&(dot|other) != 0) { // a full stop, an exclamation mark, three stars
		f = f[:len(f)-1]
	}
	switch {
	case e < j && line[e] == '=':
		return s.keyed(line, p, e, j)
	case e == col && e+1 < j && identity(f):
		s.text(line[p:e])
		s.key = append(s.key, ':')
		return s.identified(line, e+1, j)
	case e+1 < j && line[e] == '(' && line[e+1] == ')' && classes(f)&(joint|slash) == 0 && isLetter(f[0]):
		s.text(f) // a function of the program
	default:
		s.field(f)
	}
	if rest := line[p+len(f) : end]; rest != "" {
		s.key = append(s.key, rest...)
		s.number = false
	}
	return end
}

// rooted takes a path from its root, with all that may follow in an address: a port, a query.
func (s *scanner) rooted(line string, p, j int) int {
	e, query := p, false
	for e < j {
		k, c := class[line[e]], line[e]
		if k&quote != 0 || c == '"' || c == '<' || c == '>' || c == '|' || !query && k&(cut|equals|colon) != 0 {
			break
		}
		query = query || c == '?'
		e++
	}
	if e == p+1 && strings.HasPrefix(line[e:], " HTTP/") {
		s.slot(Wildcard)
		return e
	}
	if e < p+2 || classes(line[p:e])&(letter|digit) == 0 {
		return p
	}
	for class[line[e-1]]&(dot|colon) != 0 || line[e-1] == ')' || line[e-1] == ',' || line[e-1] == ';' {
		e--
	}
	s.slot(Wildcard)
	if n := digitsEnd(line, e+1); e+1 < j && line[e] == ':' && n > e+1 && n <= j && ends(line, n) { // /10.0.0.1:5432
		s.more(":", Wildcard)
		e = n
	}
	return e
}

// withColon takes values that a colon is part of: addresses, times, names of places. It gives 0 when the colon parts
// two things. The value is line[p:e], its first colon at col; only what has no end there reaches to j.
func (s *scanner) withColon(line string, p, e, j, col int) int {
	if col+1 < e && line[col+1] == ':' && !groups(line[p:e]) { // Class::method
		s.text(line[p : col+2])
		return col + 2
	}
	v := line[p:e]
	for len(v) > 0 && class[v[len(v)-1]]&(dot|colon) != 0 && p+len(v) > col+1 {
		v = v[:len(v)-1]
	}
	if n := digitsEnd(v, col+1-p); n > col+1-p && n < len(v) && v[n] == ':' && address(v[:col-p]) { // host:port:text
		v = v[:n]
	}
	left, right := line[p:col], line[min(col+1, p+len(v)):p+len(v)]
	switch {
	case strings.HasPrefix(line[col:j], "://"):
		end := col
		for end < j && !strings.ContainsRune("\"'<>|`", rune(line[end])) {
			end++
		}
		for class[line[end-1]]&(dot|colon|quote|other) != 0 || strings.ContainsRune(",;)]}", rune(line[end-1])) {
			end--
		}
		s.slot(Wildcard)
		return end
	case right == "":
		return 0
	case len(left) == 1 && isLetter(left[0]) && (right[0] == '\\' || right[0] == '/'):
		s.slot(Wildcard)
		return p + len(v)
	case groups(v):
		s.slot(Wildcard)
		return p + len(v)
	case classes(right)&^uint16(digit) == 0 && address(left):
		s.slot(Wildcard)
		return p + len(v)
	case address(left) && strings.Contains(right, ".") && (right == left || address(right)):
		s.slot(Wildcard)
		return p + len(v)
	}
	return 0
}

// keyed takes key=value; the key is line[p:e].
func (s *scanner) keyed(line string, p, e, j int) int {
	k := line[p:e]
	if values.has(k) {
		s.field(k)
	} else {
		s.text(k)
	}
	s.key = append(s.key, '=')
	if e++; e < j && line[e] == '=' { // ==
		return e
	}
	switch {
	case identity(k):
		return s.identified(line, e, j)
	case telling.has(k):
		for p = e; p < j && class[line[p]]&(cut|quote) == 0; p++ {
		}
		s.text(line[e:p])
		return p
	}
	return e
}

// identified takes the value of a key that names somebody or some place: a slot, even where it is empty.
func (s *scanner) identified(line string, p, j int) int {
	e := p
	for e < j && class[line[e]]&(cut|quote|equals) == 0 {
		e++
	}
	if e < j && e == p && (class[line[p]]&quote != 0 || line[p] == '"') {
		return p // what is quoted is judged by itself
	}
	if e < j && line[e] == '=' && e > p { // a=b=c
		return p
	}
	v := line[p:e]
	for len(v) > 1 && class[v[len(v)-1]]&(dot|colon) != 0 {
		v = v[:len(v)-1]
	}
	s.joined = 0
	if classes(v)&(digit|slash) != 0 || values.has(v) || v != "" && host(v) {
		s.slot(Wildcard)
	} else {
		s.slot(v)
	}
	return p + len(v)
}

// identity reports whether a key's value names somebody or some place.
func identity(k string) bool {
	n := len(k)
	if n == 0 || n > 40 {
		return false
	}
	for _, w := range identities {
		d := n - len(w)
		if d < 0 || !strings.EqualFold(k[d:], w) {
			continue
		}
		if d == 0 || len(w) >= 4 || class[k[d-1]]&(under|joint|dot) != 0 || class[k[d]]&upper != 0 && class[k[d-1]]&upper == 0 {
			return !strings.Contains(k, "lass") && !strings.Contains(k, "ethod")
		}
	}
	return false
}
