package redact

import (
	"net/netip"
	"strings"
)

// ipv4 finds addresses of four numbers; versions and numbers of sections are none.
func (t *text) ipv4(i int) {
	s := t.s
	if i+3 >= len(t.words) {
		return
	}
	w := &t.words[i]
	if int(w.end) >= len(s) || s[w.end] != '.' {
		return
	}
	start, end := int(w.start), 0
	var octets [4]int
	for k := range 4 {
		w := &t.words[i+k]
		if w.shape != digits || w.end-w.start > 3 || k > 0 && (t.words[i+k-1].end+1 != w.start || s[w.start-1] != '.') {
			return
		}
		for p := w.start; p < w.end; p++ {
			octets[k] = octets[k]*10 + val(s[p])
		}
		if octets[k] > 255 {
			return
		}
		end = int(w.end)
	}
	if start > 0 {
		switch c := s[start-1]; {
		case c == '.' || c == '_' && !t.near(ofIP|ofHost, i, 2):
			return
		case c == '-' && start > 1 && class[s[start-2]]&(isLower|isUpper) != 0 && !t.near(ofIP|ofHost, i, 1):
			return // a version in a file name
		case c == '/' && t.product(i):
			return
		}
	}
	if end < len(s) {
		after := byte(0)
		if end+1 < len(s) {
			after = s[end+1]
		}
		if s[end] == '.' && class[after] != 0 && class[after] != isWide || s[end] == '_' || s[end] == '-' && class[after]&(isLower|isUpper) != 0 {
			return
		}
	}
	if number := uint32(octets[0])<<24 | uint32(octets[1])<<16 | uint32(octets[2])<<8 | uint32(octets[3]); number == 127<<24|1 || number == 127<<24|1<<8|1 || number == 0 ||
		octets[0] == 255 && ^number&(^number+1) == 0 { // this machine, no machine, a mask
		return
	}
	score := 0.97
	if t.near(ofVersion, i, 2) && !t.near(ofIP, i, 2) {
		if octets[0] < 32 && octets[1] < 32 {
			return
		}
		score = 0.6
	}
	t.add(Finding{start, end, IP, score, "an address of a machine"})
}

// product tells whether the number after the slash before word i is the version of a product: Chrome/96.0.4664.110.
func (t *text) product(i int) bool {
	if i == 0 {
		return false
	}
	w, start := &t.words[i-1], t.words[i].start
	return w.end+1 == start && (w.shape == title || w.shape == mixed) && (w.start == 0 || t.s[w.start-1] == ' ' || t.s[w.start-1] == '(' || t.s[w.start-1] == '"')
}

// colon finds what words and colons make: addresses of pages, of network cards, and of machines in six.
func (t *text) colon(i int) {
	s := t.s
	w := &t.words[i]
	end := int(w.end)
	if strings.HasPrefix(s[end:], "://") {
		t.url(i)
		return
	}
	if end+1 < len(s) && (hex[s[end+1]] || s[end+1] == ':') && w.end-w.start <= 4 && (w.start == 0 || s[w.start-1] != ':' && s[w.start-1] != '.' && s[w.start-1] != '_') {
		t.hexColons(int(w.start), i)
	}
}

// colonBefore finds addresses that begin with two colons.
func (t *text) colonBefore(i int) {
	start := int(t.words[i].start) - 2
	if start >= 0 && t.s[start] == ':' && (start == 0 || class[t.s[start-1]] == 0 && t.s[start-1] != ':') {
		t.hexColons(start, i)
	}
}

// hexColons finds an address that begins at start, before or at word i.
func (t *text) hexColons(start, i int) {
	s := t.s
	end, colons, digit := start, 0, false
	for end < len(s) && end-start < 46 && (hex[s[end]] || s[end] == ':' || s[end] == '.') {
		if s[end] == ':' {
			colons++
		}
		digit = digit || class[s[end]] == isDigit
		end++
	}
	if end < len(s) && class[s[end]] != 0 && s[end] != '%' {
		return
	}
	for end > start && (s[end-1] == '.' || s[end-1] == ':' && (end-2 < start || s[end-2] != ':')) {
		if s[end-1] == ':' {
			colons--
		}
		end--
	}
	token := s[start:end]
	if colons == 5 && len(token) == 17 {
		t.mac(start, ':')
		return
	}
	if colons < 2 || len(token) < 4 {
		return
	}
	if end < len(s) && s[end] == '_' {
		return
	}
	double := strings.Contains(token, "::")
	if !double && colons != 7 && !(colons == 6 && strings.Contains(token, ".")) {
		return
	}
	a, err := netip.ParseAddr(token)
	if err != nil {
		if colons != 8 { // with a port after it
			return
		}
		k := strings.LastIndexByte(token, ':')
		if a, err = netip.ParseAddr(token[:k]); err != nil {
			return
		}
		end = start + k
	}
	if a.IsLoopback() || a.IsUnspecified() || double && colons == 2 && (!digit || len(token) < 6) && !t.near(ofIP|ofHost, i, 3) {
		return
	}
	t.add(Finding{start, end, IP, 0.97, "an address of a machine"})
}

// mac finds an address of a network card, six pairs that one sign joins.
func (t *text) mac(start int, sign byte) {
	s := t.s
	if start+17 > len(s) || start > 0 && (class[s[start-1]] != 0 || s[start-1] == sign) {
		return
	}
	if start+17 < len(s) && (class[s[start+17]] != 0 || s[start+17] == sign && start+18 < len(s) && hex[s[start+18]]) {
		return
	}
	same := true
	for k := range 17 {
		c := s[start+k]
		if k%3 == 2 {
			if c != sign {
				return
			}
		} else if !hex[c] {
			return
		} else {
			same = same && c == s[start]
		}
	}
	if same { // none, or everybody
		return
	}
	t.add(Finding{start, start + 17, MAC, 0.97, "an address of a network card"})
}

// dottedMAC finds an address of a network card in three groups of four, as switches write it: 0050.56ab.cdef.
func (t *text) dottedMAC(i int) {
	s := t.s
	start := int(t.words[i].start)
	end := start + 14
	if end > len(s) || s[start+4] != '.' || s[start+9] != '.' || t.leftOf(start) != clean || t.rightOf(end) != clean {
		return
	}
	letters, numbers := 0, 0
	for k := range 14 {
		switch c := s[start+k]; {
		case k == 4 || k == 9:
		case !hex[c]:
			return
		case class[c] == isDigit:
			numbers++
		default:
			letters++
		}
	}
	if letters > 0 && numbers > 0 || t.near(ofIP, i, 2) {
		t.add(Finding{start, end, MAC, 0.85, "an address of a network card"})
	}
}

// coordinate finds a place on the globe: two decimal degrees with at least three decimals each, or degrees with the
// letters of the compass.
func (t *text) coordinate(i int) {
	s := t.s
	if w := &t.words[i]; int(w.end)+3 >= len(s) || s[w.end] != '.' && !strings.HasPrefix(s[w.end:], "°") || t.leftOf(int(w.start)) == inside {
		return
	}
	start := int(t.words[i].start)
	if start > 0 && s[start-1] == '-' {
		start--
	}
	if end, ok := degrees(s, start); ok {
		t.add(Finding{start, end, Coordinates, 0.9, "a place on the globe in degrees"})
		return
	}
	p, lat, decimals := decimal(s, start)
	if p == 0 || lat > 180 || decimals < 3 {
		return
	}
	said := t.near(ofGeo, i, 4)
	if said && decimals >= 4 {
		t.add(Finding{start, p, Coordinates, 0.85, "a degree of latitude or longitude"})
	}
	if lat > 90 {
		return
	}
	q := p
	for q < len(s) && q-p < 3 && (s[q] == ',' || s[q] == ' ' || s[q] == ';') {
		q++
	}
	if q == p {
		return
	}
	end, lon, more := decimal(s, q)
	if end == 0 || lon > 180 || more < 3 || t.rightOf(end) == inside {
		return
	}
	if said || decimals >= 4 && more >= 4 && s[p] == ',' {
		score := 0.75
		if said {
			score = 0.95
		}
		t.add(Finding{start, end, Coordinates, score, "latitude and longitude"})
	}
}

// decimal reads a number with a fraction and gives its end, 0 for none, its whole part and how many decimals it has.
func decimal(s string, p int) (end, whole, decimals int) {
	if p < len(s) && (s[p] == '-' || s[p] == '+') {
		p++
	}
	from := p
	for p < len(s) && p-from < 4 && class[s[p]] == isDigit {
		whole = whole*10 + val(s[p])
		p++
	}
	if p == from || p >= len(s) || s[p] != '.' {
		return 0, 0, 0
	}
	p++
	from = p
	for p < len(s) && p-from < 18 && class[s[p]] == isDigit {
		p++
	}
	return p, whole, p - from
}

// degrees reads 40°26′46″N 79°58′56″W and the like.
func degrees(s string, p int) (end int, ok bool) {
	sign := false
	for from := p; p < len(s) && end == 0 && p-from < 64; {
		c := s[p]
		switch {
		case class[c] == isDigit || c == '.' || c == ' ' || c == '\'' || c == '"' || c == ',' || c == '-':
			p++
		case strings.HasPrefix(s[p:], "°"):
			sign = true
			p += len("°")
		case strings.HasPrefix(s[p:], "′") || strings.HasPrefix(s[p:], "″"):
			p += len("′")
		case c == 'N' || c == 'S' || c == 'E' || c == 'W':
			p++
			if c == 'E' || c == 'W' || !sign {
				end = p
			}
		default:
			return 0, false
		}
		if !sign && p < len(s) && (c == ' ' || c == ',') {
			return 0, false
		}
	}
	return end, sign && end > 0 && (end >= len(s) || class[s[end]] == 0)
}
