package redact

// scan goes over the words once and hands each to the finders that it may be the beginning of.
func (f *Finder) scan(t *text) {
	s := t.s
	for i := range t.words {
		w := &t.words[i]
		t.seen |= w.about
		if w.shape >= digits {
			t.number(f, i)
		}
		if w.shape == upper && w.end-w.start == 2 && i+1 < len(t.words) && t.words[i+1].shape == digits {
			t.forms(i)
		}
		if s[w.start] == 'e' && (w.shape == mixed || w.shape == alnum) && w.end-w.start >= 6 {
			t.jwt(i)
		}
		if w.shape == mixed && w.end-w.start >= 6 && w.about == 0 {
			t.secretSuffix(i)
		}
		if w.about&labels != 0 {
			t.label(i)
		}
		if w.about&isLogin != 0 {
			t.loginSentence(i)
		}
		if w.about&ofCommand != 0 {
			t.command(i)
		}
		if int(w.end) < len(s) {
			switch s[w.end] {
			case '@':
				t.mail(i)
			case ':':
				t.colon(i)
			case '%':
				t.encodedMail(i)
			case '.':
				t.dots(i)
				t.mailLocal(i)
			case '-':
				t.dashes(i)
			case '\\', '/':
				t.folder(i)
			}
		}
		if w.start > 0 && s[w.start-1] == ':' {
			t.colonBefore(i)
		}
	}
}

// labels announce a value that comes next.
const labels = isDriver | ofAccount | ofRouting | ofSSN | ofNational | ofPassport | ofLicence | ofBirth | ofUser | ofHost | ofCustomer | ofPassword | ofToken | ofKey | ofAuth | ofGeo | ofCard | ofIBAN

// border says how a run of letters, digits and signs is joined to what stands before or after it.
type border uint8

const (
	clean  border = iota // a space, a bracket, a quote, the end of the text
	joined               // a dash or a stop that may be punctuation or part of a name
	inside               // the run is part of a longer one
)

// leftOf tells how what begins at i is joined to what stands before.
func (t *text) leftOf(i int) border {
	if i == 0 {
		return clean
	}
	c := t.s[i-1]
	if class[c]&(isLower|isUpper|isDigit) != 0 {
		return inside
	}
	var before byte
	if i > 1 {
		before = t.s[i-2]
	}
	switch c {
	case '_', '$':
		return inside
	case '.', ':', '/', '+':
		if class[before] == isDigit {
			return inside
		}
		if c == '.' && class[before] != 0 {
			return joined
		}
	case '-':
		if class[before] == isDigit || before == '_' {
			return inside
		}
		return joined
	}
	return clean
}

// rightOf tells how what ends before i is joined to what follows.
func (t *text) rightOf(i int) border {
	if i >= len(t.s) {
		return clean
	}
	c := t.s[i]
	if class[c]&(isLower|isUpper|isDigit) != 0 {
		return inside
	}
	var after byte
	if i+1 < len(t.s) {
		after = t.s[i+1]
	}
	switch c {
	case '_':
		return inside
	case '.', ':', '/':
		if class[after] == isDigit {
			return inside
		}
		if c == '.' && class[after] != 0 {
			return joined
		}
	case '-':
		if class[after] == isDigit {
			return inside
		}
		if class[after] != 0 {
			return joined
		}
	case '%':
		if !(i+2 < len(t.s) && hex[after] && hex[t.s[i+2]]) {
			return inside
		}
	}
	return clean
}
