package redact

import "unicode/utf8"

// inLocal are the signs besides letters and digits that stand in the part of an address before the at sign.
var inLocal = byteSet(".!#$%&'*+-/=?^_`{|}~")

// inName are those of names of machines, the low line because Windows allows it.
var inName = byteSet("-._")

func byteSet(s string) (set [256]bool) {
	for c := range 256 {
		set[c] = class[c] != 0
	}
	for _, c := range []byte(s) {
		set[c] = true
	}
	return set
}

// maxLocal and maxDomain bound the two parts of an address (RFC 5321, 4.5.3.1).
const (
	maxLocal  = 64
	maxDomain = 255
)

// mail finds the address of mail whose local part ends with word i: an at sign follows.
func (t *text) mail(i int) {
	t.address(int(t.words[i].end), i)
}

// mailLocal finds those whose local part ends with a sign.
func (t *text) mailLocal(i int) {
	if end := int(t.words[i].end); end+1 < len(t.s) && t.s[end+1] == '@' {
		t.address(end+1, i)
	}
}

// address finds the address around the at sign at byte at.
func (t *text) address(at, i int) {
	s := t.s
	if at < int(t.urlEnd) {
		return
	}
	start := at
	for start > 0 && at-start < maxLocal && inLocal[s[start-1]] {
		start--
	}
	if k := lastOf(s[start:at], "=/|?&`{"); k >= 0 { // to=ann@example.com
		start += k + 1
	}
	for start < at && class[s[start]] == 0 && s[start] != '_' { // a quote opens
		start++
	}
	for start < at && !utf8.RuneStart(s[start]) {
		start++
	}
	end := at + 1
	dot, letters, digit, dash := 0, false, false, false
	for end < len(s) && end-at <= maxDomain && inName[s[end]] {
		c := s[end]
		if c == '.' {
			if end+1 >= len(s) || class[s[end+1]] == 0 {
				break
			}
			dot = end
		}
		if c == '_' && end+1 < len(s) && class[s[end+1]] == 0 {
			break
		}
		letters = letters || class[c]&(isLower|isUpper|isWide) != 0
		digit = digit || class[c] == isDigit
		dash = dash || c == '-'
		end++
	}
	for end > at+1 && !utf8.RuneStart(s[min(end, len(s)-1)]) && end < len(s) {
		end--
	}
	for end > at+1 && (s[end-1] == '-' || s[end-1] == '_') {
		end--
	}
	if start == at || end == at+1 {
		return
	}
	if start > 0 && s[start-1] == '/' && i > 1 && oracle.has(t.words[i-2].hash) { // thin:scott/tiger@db, sqlplus scott/tiger@db
		t.add(Finding{start, at, Secret, 0.97, "the password in a connection string"})
		t.user(int(t.words[i-1].start), start-1, 0.9, "the login in a connection string")
		return
	}
	switch {
	case dot > 0 && class[s[end-1]]&(isLower|isUpper|isWide) != 0 && end-dot >= 3 && letters:
		t.add(Finding{start, end, Email, 0.99, "an address of mail"})
	case dot > 0 && letters && !version(s[at+1:end]):
		t.add(Finding{start, end, Email, 0.8, "written as an address of mail"})
	case dot > 0 && !letters && dotted(s[at+1:end]):
		t.user(start, at, 0.85, "a login before the address of a machine")
	case letters && !hexOnly(s[at+1:end]) && (digit || dash) && end-at > 4 && class[s[at+1]] != isDigit && t.plainLogin(start, at):
		t.user(start, at, 0.75, "a login before the name of a machine")
		t.add(Finding{at + 1, end, Host, 0.75, "a machine after a login"})
	case letters && !hexOnly(s[at+1:end]) && t.near(ofUser|ofHost|isLogin, i, 3) && t.plainLogin(start, at) && class[s[at+1]] != isDigit:
		t.user(start, at, 0.65, "a login before the name of a machine")
		if s[at+1:end] != "localhost" {
			t.add(Finding{at + 1, end, Host, 0.65, "a machine after a login"})
		}
	}
}

// plainLogin tells whether a part before an at sign may be a login: not a class with its package before the number of an
// object.
func (t *text) plainLogin(start, at int) bool {
	capitals, stops := 0, 0
	for p := start; p < at; p++ {
		switch c := t.s[p]; {
		case class[c] == isUpper:
			capitals++
		case c == '.' || c == '$' || c == '/':
			stops++
		}
	}
	return stops < 2 && (stops == 0 || capitals == 0) && at-start <= 32
}

func lastOf(s, any string) int {
	for i := len(s) - 1; i >= 0; i-- {
		for k := 0; k < len(any); k++ {
			if s[i] == any[k] {
				return i
			}
		}
	}
	return -1
}

// version tells whether what follows an at sign is a version: lodash@4.17.21, module@v1.2.3-rc.1.
func version(s string) bool {
	if len(s) > 1 && (s[0] == 'v' || s[0] == '^' || s[0] == '~') {
		s = s[1:]
	}
	return class[s[0]] == isDigit
}

func dotted(s string) bool {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] == '.' {
			n++
		}
	}
	return n == 3
}

func hexOnly(s string) bool {
	for i := 0; i < len(s); i++ {
		if !hex[s[i]] {
			return false
		}
	}
	return len(s) <= 16
}

var oracle = set("thin oci oci8 sqlplus connect conn rman sqlldr exp imp expdp impdp")
