package redact

import "strings"

// label reads the value that word i announces: account number 12345, password: hunter2, user=ann, born 12 May 1980.
func (t *text) label(i int) {
	w := &t.words[i]
	a := w.about
	if a&(ofPassword|ofToken|ofKey|ofAuth) != 0 {
		t.secretLabel(i)
	}
	if a&ofUser != 0 {
		t.userLabel(i)
	}
	if a&ofHost != 0 {
		t.hostLabel(i)
	}
	if a&ofBirth != 0 {
		t.birth(i)
	}
	switch {
	case a&ofLicence != 0, a&isDriver != 0:
		t.licence(i)
	case a&ofPassport != 0:
		t.numberLabel(i, Passport, 6, 14, 0.9, "a number said to be of a passport")
	}
	if a&(ofSSN|ofNational) != 0 && a&ofCard == 0 {
		t.national(i)
	}
	if a&ofRouting != 0 {
		t.numberLabel(i, Account, 8, 9, 0.75, "a number said to be of a bank")
	}
	if a&ofAccount != 0 {
		t.numberLabel(i, Account, 5, 24, 0.85, "a number said to be of an account")
	}
	if a&ofCustomer != 0 {
		t.numberLabel(i, Customer, 4, 24, 0.75, "a number said to be of a customer or a contract")
	}
}

// value is a number with or without letters that stands after its label.
type value struct {
	start, end int
	digits     int  // how many
	letters    int  // how many
	marked     bool // a word such as number, or a sign, says that a number comes
	named      bool // a word does
	steps      int  // words between
}

// valueAfter finds the value that word i announces: the next word with a digit, not further than five words that only
// lead to it, on the same line, or on the next when the line ends with a colon.
func (t *text) valueAfter(i int) (v value, ok bool) {
	s := t.s
	k := i + 1
	for ; k < len(t.words); k++ {
		w := &t.words[k]
		gap := s[t.words[k-1].end:w.start]
		if len(gap) > 24 {
			return v, false
		}
		colon := false
		for p := 0; p < len(gap); p++ {
			switch gap[p] {
			case '\n':
				if !colon {
					return v, false
				}
			case ':', '=', '#':
				colon = true
				v.marked = true
			case '"', '\'':
			case ';', '!', '?', '|', '{', '}', '[', '<', '@', '/', '\\', '$':
				return v, false
			}
		}
		if w.shape >= digits {
			break
		}
		if w.about&(isNumber|isJoin|ofSSN|ofNational|ofAccount|ofLicence|ofPassport|ofCustomer|ofRouting|isDriver|ofIBAN|ofKeyPart) == 0 || k-i > 5 {
			if w.shape == upper && w.end-w.start <= 4 && int(w.end) < len(s) && s[w.end] == '-' && k+1 < len(t.words) && t.words[k+1].shape >= digits && t.words[k+1].start == w.end+1 {
				break // POL-12345
			}
			return v, false
		}
		v.named = v.named || w.about&isNumber != 0
		v.marked = v.marked || v.named
	}
	if k == len(t.words) {
		return v, false
	}
	v.steps = k - i - 1
	v.start = int(t.words[k].start)
	if v.start > 0 && (s[v.start-1] == '_' || s[v.start-1] == '.' || s[v.start-1] == '%') {
		return v, false
	}
	for first := k; k < len(t.words); k++ {
		w := &t.words[k]
		if w.wide || w.end-int32(v.start) > 40 {
			break
		}
		if k > first {
			last := t.words[k-1]
			if w.start != last.end+1 {
				break
			}
			switch c := s[last.end]; {
			case c == '-' || c == '/' && w.shape == digits && v.letters > 0:
			case c == ' ' && w.shape == digits && last.shape == digits && w.end-w.start >= 2:
			case c == '.' && w.shape == digits && last.shape == digits && w.end-w.start >= 2:
			default:
				return v, true
			}
			if w.shape < digits && w.end-w.start > 4 {
				break
			}
		}
		for p := w.start; p < w.end; p++ {
			if class[s[p]] == isDigit {
				v.digits++
			} else {
				v.letters++
			}
		}
		v.end = int(w.end)
	}
	return v, v.end > 0
}

// numberLabel adds the value that word i announces, when it has from least to most signs.
func (t *text) numberLabel(i int, k Kind, least, most int, score float64, reason string) {
	v, ok := t.valueAfter(i)
	if !ok || v.digits+v.letters < least || v.digits+v.letters > most || v.digits < 3 || v.letters > v.digits+4 {
		return
	}
	if strings.HasPrefix(t.s[v.start:], "0x") {
		return
	}
	if k == Customer && !v.named && programs.has(t.words[i].hash) {
		return
	}
	if !v.marked {
		if v.digits < 5 {
			return
		}
		score -= 0.15
	}
	if v.end < len(t.s) && (t.s[v.end] == '%' || t.s[v.end] == '_' || t.s[v.end] == ':' && v.end+1 < len(t.s) && class[t.s[v.end+1]] == isDigit) {
		return
	}
	if !v.marked && t.after(i, v.end)&isQuantity != 0 {
		return
	}
	t.add(Finding{v.start, v.end, k, score, reason})
}

// programs are words for customers that mean a program in logs; a number after them is one of a customer only when it
// is called a number.
var programs = set("client clients subscriber member contract")

// national adds the number that a word such as SSN or passport announces, whatever its form.
func (t *text) national(i int) {
	a := t.words[i].about
	v, ok := t.valueAfter(i)
	if !ok || v.digits < 4 || v.digits+v.letters < 6 || v.digits+v.letters > 20 {
		return
	}
	k, reason := NationalID, "a number said to be of a person or a taxpayer"
	if a&ofSSN != 0 {
		k, reason = SSN, "a number said to be of social security"
	}
	if !v.marked && v.steps == 0 && v.digits < 8 || t.after(i, v.end)&isQuantity != 0 {
		return
	}
	t.add(Finding{v.start, v.end, k, 0.7, reason})
}

// licence adds the number of a driver's licence. US states write a letter or two and 4 to 14 digits, or digits alone.
func (t *text) licence(i int) {
	k := i
	if t.words[i].about&isDriver != 0 { // driver's license, driver license
		if k+1 < len(t.words) && t.words[k+1].end-t.words[k+1].start == 1 { // driver s license
			k++
		}
		if k++; k >= len(t.words) || !licenceWord.has(t.words[k].hash) {
			return
		}
	}
	v, ok := t.valueAfter(k)
	if !ok || v.digits < 3 || v.digits+v.letters < 5 || v.digits+v.letters > 20 {
		return
	}
	t.add(Finding{v.start, v.end, Licence, 0.95, "a number said to be of a driver's licence"})
}

var licenceWord = set("license licence licenses licences lic permit permis")

// hostLabel adds the name that a word such as host= announces.
func (t *text) hostLabel(i int) {
	p, direct := t.assigned(i)
	if !direct {
		return
	}
	s := t.s
	start := p
	letters, others := false, false
	for p < len(s) && p-start <= maxHost && inName[s[p]] && class[s[p]] != isWide {
		letters = letters || class[s[p]]&(isLower|isUpper) != 0
		others = others || class[s[p]] == isDigit || s[p] == '-' || s[p] == '.'
		p++
	}
	for p > start && class[s[p-1]] == 0 {
		p--
	}
	if strings.HasPrefix(s[p:], "://") {
		return
	}
	if p-start < 3 || !letters || p < len(s) && s[p] == '=' || isUUID(s[start:p]) || hostWord(s[start:p]) || isLocal(s[start:p]) || placeholder(s[start:p]) || p < len(s) && (s[p] == '(' || s[p] == ' ' && !others && s[start-1] == ' ') {
		return
	}
	if isPublic(s[start:p]) || version(s[start:p]) {
		return
	}
	score := 0.7
	if others {
		score = 0.8
	}
	t.add(Finding{start, p, Host, score, "a name where a machine is named"})
}

// hostWord tells whether a word announces a host itself: node: host unknown.
func hostWord(s string) bool { return contextTable[contextSlot(hashOf(s))].about != 0 }

// isUUID tells whether s has the groups of a UUID.
func isUUID(s string) bool {
	return len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-'
}

// assigned tells where the value begins that an equals sign or a colon after word i gives it, over quotes and spaces.
func (t *text) assigned(i int) (start int, ok bool) {
	s := t.s
	p := int(t.words[i].end)
	for n := 0; p < len(s) && n < 2 && (s[p] == '"' || s[p] == '\'' || s[p] == ']' || s[p] == '\\' || s[p] == ')'); n++ {
		p++
	}
	for n := 0; p < len(s) && n < 8 && (s[p] == ' ' || s[p] == '\t'); n++ {
		p++
	}
	if p >= len(s) || s[p] != '=' && s[p] != ':' {
		if w := int(t.words[i].start); p < len(s) && s[p] == '>' && w > 0 && (s[w-1] == '<' || s[w-1] == ':') && p == int(t.words[i].end) { // <password>hunter2</password>
			return p + 1, p+1 < len(s)
		}
		if strings.HasPrefix(s[p:], `value="`) { // <add key="Password" value="hunter2"/>
			return p + len(`value="`), p+len(`value="`) < len(s)
		}
		return 0, false
	}
	if s[p] == ':' && p+2 < len(s) && s[p+1] == ':' && s[p+2] != '=' {
		return 0, false
	}
	for n := 0; p < len(s) && n < 3 && (s[p] == '=' || s[p] == ':' || s[p] == '>'); n++ {
		p++
	}
	for n := 0; p < len(s) && n < 8 && (s[p] == ' ' || s[p] == '\t' || s[p] == '"' || s[p] == '\'' || s[p] == '`' || s[p] == '\\' && p+1 < len(s) && s[p+1] == '"'); n++ {
		p++
	}
	return p, p < len(s)
}
