package signature

// dateAt gives where the date, the time, or both that begin at line[i] end; 0 when none begins there. It knows
// 2026-11-22T10:00:00.123Z, 22/Nov/2026:10:00:00 +0100, Sun Nov 22 10:00:00 UTC 2026, Nov 22, 2026 10:00 PM, 22-NOV-26
// and the like, as programs write them.
func dateAt(line string, i int) int {
	p, day := i, false
	if isLetter(line[i]) {
		if !dayOrMonth(line[i:]) {
			return 0
		}
		e := wordEnd(line, p)
		w := line[p:e]
		if weekdays.has(w) {
			p = skip(line, e, ", ")
			if p == e || p >= len(line) {
				return 0
			}
			if isLetter(line[p]) {
				if e = wordEnd(line, p); !months.has(line[p:e]) {
					return 0
				}
				w = line[p:e]
			} else {
				w = ""
			}
		}
		if w != "" { // a month by name and its day
			if !months.has(w) {
				return 0
			}
			p = skip(line, e, " ")
			if p == e {
				return 0
			}
			n := digitsEnd(line, p)
			if n == p || n > p+2 || !ends(line, n) {
				return 0
			}
			p, day = n, true
		}
	}
	if !day {
		e := dayAt(line, p)
		if e == 0 {
			t := timeAt(line, p)
			if t == 0 || p != i {
				return 0
			}
			return half(line, t)
		}
		p = e
	}
	// A time may follow, then a zone and a year.
	n := p
	if n < len(line) && (line[n] == 'T' || line[n] == ':' || line[n] == '_' || line[n] == '-') {
		n++
	} else {
		n = skip(line, p, ", ")
		if n < len(line) && n > p && isDigit(line[n]) && digitsEnd(line, n) == n+4 && ends(line, n+4) { // Nov 22, 2026
			p = n + 4
			n = skip(line, p, ", ")
		}
	}
	if t := timeAt(line, n); t > 0 {
		p = half(line, t)
		n = skip(line, p, " ")
		if e := digitsEnd(line, n); n > p && e == n+4 && ends(line, e) && isLetter(line[i]) { // … 10:00:00 2026
			p = e
		}
	}
	return p
}

// dayOrMonth reports whether a text begins like the name of a weekday or a month. It is asked of every word.
func dayOrMonth(s string) bool {
	if len(s) < 3 {
		return false
	}
	switch uint32(s[0]|0x20)<<16 | uint32(s[1]|0x20)<<8 | uint32(s[2]|0x20) {
	case 'm'<<16 | 'o'<<8 | 'n', 't'<<16 | 'u'<<8 | 'e', 'w'<<16 | 'e'<<8 | 'd', 't'<<16 | 'h'<<8 | 'u', 'f'<<16 | 'r'<<8 | 'i', 's'<<16 | 'a'<<8 | 't', 's'<<16 | 'u'<<8 | 'n',
		'j'<<16 | 'a'<<8 | 'n', 'f'<<16 | 'e'<<8 | 'b', 'm'<<16 | 'a'<<8 | 'r', 'a'<<16 | 'p'<<8 | 'r', 'm'<<16 | 'a'<<8 | 'y', 'j'<<16 | 'u'<<8 | 'n', 'j'<<16 | 'u'<<8 | 'l',
		'a'<<16 | 'u'<<8 | 'g', 's'<<16 | 'e'<<8 | 'p', 'o'<<16 | 'c'<<8 | 't', 'n'<<16 | 'o'<<8 | 'v', 'd'<<16 | 'e'<<8 | 'c':
		return true
	}
	return false
}

// dayAt gives where a day in digits ends: 2026-11-22, 22/11/2026, 22.11.26, 22-Nov-2026, 22 Nov 2026.
func dayAt(line string, p int) int {
	a := digitsEnd(line, p)
	if a == p || a-p > 4 || a >= len(line) || a-p == 3 {
		return 0
	}
	sep := line[a]
	if sep != '-' && sep != '/' && sep != '.' && sep != ' ' {
		return 0
	}
	b := digitsEnd(line, a+1)
	byName := false
	if b == a+1 {
		if b = wordEnd(line, a+1); b-a != 4 || !months.has(line[a+1:b]) {
			return 0
		}
		byName = true
	} else if b-a > 3 || sep == ' ' {
		return 0
	}
	if b >= len(line) || line[b] != sep {
		if byName && sep == ' ' {
			return b
		}
		return 0
	}
	c := digitsEnd(line, b+1)
	n := c - b - 1
	if n != 2 && n != 4 || (a-p == 4) == (n == 4) && !byName && n == 4 {
		return 0
	}
	if sep == '.' && !(n == 4 && a-p <= 2) { // 1.2.34 is a version
		return 0
	}
	if a-p != 4 && n != 4 && !byName && (sep == '-' || a-p != 2 || b-a != 3) {
		return 0
	}
	if c < len(line) && (line[c] == sep && sep != ' ' || isLetter(line[c]) && line[c] != 'T' && line[c] != 'Z') {
		return 0
	}
	if byName && sep == ' ' && n == 2 {
		return b
	}
	return c
}

// timeAt gives where a time of day ends, with its fraction and its distance from UTC: 10:00, 10:00:00,123, 10:00:00.5+01:00.
func timeAt(line string, p int) int {
	h := digitsEnd(line, p)
	if h == p || h-p > 2 || h >= len(line) || line[h] != ':' {
		return 0
	}
	m := digitsEnd(line, h+1)
	if m != h+3 {
		return 0
	}
	e := m
	if e < len(line) && line[e] == ':' {
		if s := digitsEnd(line, e+1); s == e+3 {
			e = s
			if e+1 < len(line) && (line[e] == '.' || line[e] == ',' || line[e] == ':') && isDigit(line[e+1]) {
				e = digitsEnd(line, e+1)
			}
		}
	}
	if e < len(line) && line[e] == ':' && e+1 < len(line) && isHex(line[e+1]) {
		return 0 // a hardware address
	}
	if e < len(line) && line[e] == 'Z' {
		e++
	}
	return offset(line, e)
}

// half takes what may follow a time: AM, PM, a zone.
func half(line string, p int) int {
	for range 2 {
		n := skip(line, p, " ")
		if n == p {
			break
		}
		if e := offset(line, n); e > n {
			p = e
			continue
		}
		if e := wordEnd(line, n); e > n && e-n >= 2 && e-n <= 4 && zones.has(line[n:e]) && ends(line, e) && (class[line[n]]&upper != 0 || line[n+1] == 'm') {
			p = e
		}
	}
	return p
}

// offset gives where a distance from UTC ends, or p: +0100, -05:30.
func offset(line string, p int) int {
	if p+4 < len(line) && (line[p] == '+' || line[p] == '-') {
		e := digitsEnd(line, p+1)
		if e == p+5 {
			return e
		}
		if e == p+3 && line[e] == ':' {
			if f := digitsEnd(line, e+1); f == e+3 {
				return f
			}
		}
	}
	return p
}

func digitsEnd(line string, p int) int {
	for p < len(line) && isDigit(line[p]) {
		p++
	}
	return p
}

func wordEnd(line string, p int) int {
	from := p
	for p < len(line) && isLetter(line[p]) && p-from < 12 {
		p++
	}
	return p
}

// skip gives p behind any of a few marks.
func skip(line string, p int, marks string) int {
	for p < len(line) {
		at := false
		for i := range len(marks) {
			at = at || line[p] == marks[i]
		}
		if !at {
			break
		}
		p++
	}
	return p
}

// ends reports whether a word ends at p.
func ends(line string, p int) bool {
	return p >= len(line) || class[line[p]]&(digit|letter|under) == 0
}
