package signature

import "strings"

// field takes one value that no space, bracket, quote, colon or equals sign is part of, and judges what of it changes.
func (s *scanner) field(f string) {
	if f == "" {
		return
	}
	m := classes(f)
	named := s.named
	s.named = false
	switch {
	case m&(digit|slash|dot|joint) == 0:
		s.named = named
		s.plainWord(f, named && m&letter != 0)
	case m&(digit|letter) == 0 && m&slash == 0: // a rule, an arrow
		s.text(f)
	case m&slash != 0:
		s.path(f, m)
	case m&digit == 0:
		s.dotted(f, m, named)
	case code(f), s.messageID(f):
		s.text(f)
	default:
		s.numbered(f, m)
	}
}

// messageID reports whether f, at the beginning of a line, is the number of a message as some products print it first:
// %ASA-4-106023, $HASP395.
func (s *scanner) messageID(f string) bool {
	if len(s.key) > 0 || len(f) < 6 || (f[0] != '%' && f[0] != '$') || class[f[1]]&upper == 0 {
		return false
	}
	return classes(f[1:])&(lower|dot|slash) == 0
}

// path takes what has a slash.
func (s *scanner) path(f string, m uint16) {
	switch {
	case len(f) == 1 || m&(digit|letter) == 0:
		s.text(f)
	case (f[0] == '/' || f[0] == '\\'), strings.HasPrefix(f, "~/"), strings.HasPrefix(f, "./"), strings.HasPrefix(f, "../"):
		s.slot(Wildcard)
	case len(f) > 5 && f[:5] == "HTTP/" && isDigit(f[5]) && s.joined > 0 && string(s.key[s.joined:]) == " ":
		s.key = s.key[:s.joined] // GET /index.html HTTP/1.1: part of what was asked for
	case m&dot != 0 || m&digit != 0 && strings.Count(f, "/") > 1 || strings.Count(f, `\`) > 1:
		s.slot(Wildcard)
	case m&digit != 0:
		s.parts(f)
	case strings.Count(f, "/") > 2:
		s.slot(Wildcard)
	default:
		s.text(f) // read/write
	}
}

// dotted takes what has no digit but a dot or another joint.
func (s *scanner) dotted(f string, m uint16, named bool) {
	if at := strings.IndexByte(f, '@'); at > 0 && at+1 < len(f) {
		if strings.IndexByte(f[at:], '.') > 0 { // somebody@example.com
			s.slot(Wildcard)
			return
		}
		if hexadecimal(f[at+1:]) {
			s.field(f[:at])
			s.key = append(s.key, '@')
			s.slot(Wildcard)
			return
		}
		if strings.IndexByte(f[at+1:], '@') < 0 && isLetter(f[at+1]) { // root@localhost
			s.slot(f)
			return
		}
	}
	switch {
	case m&dot != 0 && host(f):
		s.slot(Wildcard)
	case m&dot != 0 && file(f):
		s.slot(f)
	case named && isLetter(f[0]):
		s.slot(f)
	default:
		s.text(f)
	}
}

// numbered takes what has a digit.
func (s *scanner) numbered(f string, m uint16) {
	if at := strings.LastIndexAny(f, "#@"); at > 0 && at+1 < len(f) && (f[at] == '#' || hexadecimal(f[at+1:])) {
		s.field(f[:at])
		s.key = append(s.key, f[at])
		s.field(f[at+1:])
		return
	}
	if len(f) > 1 && strings.IndexByte("#$&@", f[0]) >= 0 && number(f[1:]) == len(f)-1 {
		s.slot(f[:1] + Wildcard)
		return
	}
	if strings.IndexByte(f, '@') > 0 {
		s.slot(Wildcard)
		return
	}
	switch n := number(f); {
	case n == len(f):
		s.slot(Wildcard)
		s.number = true
	case n > 0 && (f[n:] == "%" || units.has(f[n:]) || glued.has(f[n:])):
		s.slot(Wildcard)
	case m&(dot|joint|under) == 0 && word(f), code(f):
		s.text(f)
	case uuid(f), m&dot != 0 && (isDigit(f[0]) || version(f) || host(f)):
		s.slot(Wildcard)
	case m&^uint16(digit|lower|hexa) == 0 && m&upper == 0 && short(f):
		s.slot(f) // eth0, tty2: it may be meant, and shows as long as no line has another
	default:
		s.parts(f)
	}
}

// short reports whether f is letters and a small number.
func short(f string) bool {
	i := 0
	for i < len(f) && isLetter(f[i]) {
		i++
	}
	n := digitsEnd(f, i)
	return i >= 2 && n == len(f) && n-i <= 2
}

// parts takes a name that is joined of parts, some of which change: node-17. The name is one slot, which shows the parts
// that stand, unless none has a digit that counts.
func (s *scanner) parts(f string) {
	var b [64]byte
	shown := b[:0]
	changes, was := false, false
	for from := 0; from <= len(f); {
		to := from
		for to < len(f) && (class[f[to]]&(joint|dot|slash) == 0 || to > from && f[to] == '-' && f[to-1] == '_') {
			to++
		}
		part := f[from:to]
		is := classes(part)&digit != 0 && !word(part)
		switch {
		case is && was && (f[from-1] == '.' || isLetter(f[0]) && f[from-1] == '-'): // <*>.<*> is <*>
			shown = shown[:len(shown)-1]
		case is:
			shown = append(shown, Wildcard...)
		default:
			shown = append(shown, part...)
		}
		changes, was = changes || is, is
		if to < len(f) {
			shown = append(shown, f[to])
		}
		from = to + 1
	}
	if changes {
		s.slot(string(shown))
	} else {
		s.text(f)
	}
}

// number gives how many bytes at the start of f are a number: -12, 1,024.5, 0x1f, 6.02e23; 0 for none.
func number(f string) int {
	i := 0
	if len(f) > 1 && (f[0] == '-' || f[0] == '+') {
		i++
	}
	if len(f) > i+2 && f[i] == '0' && f[i+1]|0x20 == 'x' {
		for i += 2; i < len(f) && isHex(f[i]); i++ {
		}
		return i
	}
	from := i
	for i < len(f) && (isDigit(f[i]) || f[i] == '.' && i > from && i+1 < len(f) && isDigit(f[i+1])) {
		i++
	}
	if i == from {
		return 0
	}
	if i+1 < len(f) && f[i]|0x20 == 'e' {
		e := i + 1
		if f[e] == '-' || f[e] == '+' {
			e++
		}
		if e < len(f) && isDigit(f[e]) {
			for i = e; i < len(f) && isDigit(f[i]); i++ {
			}
		}
	}
	return i
}

// word reports whether a word with digits is a word all the same: sha256, HttpServer2.
func word(f string) bool {
	digits, lowers, humps := 0, 0, 0
	for i := range len(f) {
		switch k := class[f[i]]; {
		case k&digit != 0:
			digits++
		case k&lower != 0:
			lowers++
		case k&upper != 0:
			if i > 0 && class[f[i-1]]&lower != 0 {
				humps++
			}
		}
	}
	if digits == 0 {
		return true
	}
	if digits > 3 || digits == len(f) {
		return false
	}
	if technical.has(f) {
		return true
	}
	if isDigit(f[0]) {
		return false
	}
	return digits == 1 && humps > 0 && lowers >= 4
}

// code reports whether a word is an error code of a product, which is the name of an error rather than one of its
// values: ORA-01555, DSNT408I, CAUAJM_E_50029.
func code(f string) bool {
	if len(f) < 6 || len(f) > 20 || class[f[0]]&upper == 0 {
		return false
	}
	i := 0
	for i < len(f) && class[f[i]]&(upper|under) != 0 {
		i++
	}
	letters := i
	hyphen := i < len(f) && f[i] == '-'
	if hyphen {
		i++
	}
	from := i
	for i < len(f) && isDigit(f[i]) {
		i++
	}
	digits := i - from
	if hyphen {
		return i == len(f) && digits >= 3 && families.has(f[:letters])
	}
	if digits < 3 || digits > 6 || letters < 3 {
		return false
	}
	if f[letters-1] == '_' && letters > 4 && f[letters-3] == '_' { // …_E_…
		return i == len(f)
	}
	if products.has(f[:3]) && i >= len(f)-1 && letters <= 5 {
		return true
	}
	return i == len(f)-1 && strings.IndexByte("IWESADNTCF", f[i]) >= 0 && !strings.Contains(f, "_")
}

// version reports whether f is a version: v1.2.3, 6.1.26-rc1.
func version(f string) bool {
	if f[0]|0x20 == 'v' {
		f = f[1:]
	}
	return f != "" && isDigit(f[0])
}

func uuid(f string) bool {
	if len(f) != 36 {
		return false
	}
	for i := range len(f) {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if f[i] != '-' {
				return false
			}
		} else if !isHex(f[i]) {
			return false
		}
	}
	return true
}

func hexadecimal(f string) bool {
	for i := range len(f) {
		if !isHex(f[i]) {
			return false
		}
	}
	return len(f) >= 3
}

// groups reports whether f is digits in groups with colons: a time, a hardware address, an IPv6 address, a bus number.
func groups(f string) bool {
	colons, digits, run := 0, 0, 0
	for i := range len(f) {
		switch k := class[f[i]]; {
		case k&colon != 0:
			colons++
			run = 0
		case k&digit != 0:
			digits++
			run++
		case k&hexa != 0:
			if run++; run > 4 {
				return false
			}
		case k&dot != 0:
			run = 0
		case f[i] == '%' && colons > 1: // the interface of a link-local address
			return digits > 0
		default:
			return false
		}
	}
	return colons > 1 && (digits > 0 || colons > 4) || colons == 1 && classes(f)&letter == 0 && digits > 1
}

// host reports whether f is the name of a host or an address with dots.
func host(f string) bool {
	first, last, dots := "", f, 0
	for i := range len(f) {
		switch k := class[f[i]]; {
		case k&dot != 0:
			if dots == 0 {
				first = f[:i]
			}
			dots++
			last = f[i+1:]
		case k&(digit|letter) == 0 && f[i] != '-' && f[i] != '_':
			return false
		}
	}
	if dots == 0 || first == "" || last == "" {
		return false
	}
	k := classes(last)
	if k&^uint16(digit|hexa) == 0 && k&letter == 0 {
		return dots == 3 && classes(f)&letter == 0
	}
	if dots >= 3 && k&^uint16(lower|hexa) == 0 && k&upper == 0 {
		return true
	}
	mixed := k&lower != 0 && k&upper != 0
	return !mixed && topLevel.has(last) && !roots.has(first)
}

// file reports whether f is the name of a file that comes and goes; names of source files stand.
func file(f string) bool {
	at := strings.LastIndexByte(f, '.')
	return at > 0 && data.has(f[at+1:])
}

// address reports whether f, before a colon and digits, is where something is reached.
func address(f string) bool {
	if f == "" {
		return false
	}
	m := classes(f)
	if m&slash != 0 {
		return f[0] == '/' || m&dot != 0
	}
	if m&dot != 0 {
		if at := strings.LastIndexByte(f, '.'); sources.has(f[at+1:]) && m&digit == 0 {
			return false
		}
		return host(f) || m&upper == 0 && strings.Count(f, ".") > 1
	}
	return m&digit != 0 && m&letter != 0 && !word(f) || f == "localhost" || m&joint != 0 && m&digit != 0
}
