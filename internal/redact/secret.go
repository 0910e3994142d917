package redact

import (
	"math"
	"strings"
)

// maxSecret bounds a secret that nothing else ends, bytes.
const maxSecret = 4096

// secretLabel reads what comes after password, token, api key, Authorization and the like.
func (t *text) secretLabel(i int) {
	s := t.s
	w := &t.words[i]
	a := w.about
	if a&(ofPassword|ofToken|ofAuth) == 0 { // key is a secret only as api key, access_key and so on
		if i == 0 || t.words[i-1].about&(ofKeyPart|ofToken) == 0 || w.start-t.words[i-1].end > 1 {
			return
		}
	}
	if a&ofAuth != 0 {
		t.scheme(i)
		return
	}
	p, ok := t.assigned(i)
	switch {
	case ok:
		t.secretAt(p, i, a)
	case w.start > 1 && s[w.start-1] == '-' && int(w.end)+1 < len(s) && s[w.end] == ' ' && s[w.end+1] != '-': // --password hunter2
		if a&ofPassword != 0 || i > 0 {
			t.secretAt(int(w.end)+1, i, a)
		}
	case a&ofPassword != 0:
		t.spokenPassword(i)
	}
}

// secretSuffix reads what is assigned to a name that ends with password, secret, token or key: dbPassword=.
func (t *text) secretSuffix(i int) {
	w := &t.words[i]
	name := t.s[w.start:w.end]
	a := about(0)
	switch {
	case endsWith(name, "password"), endsWith(name, "passwd"), endsWith(name, "passphrase"), endsWith(name, "pwd"), endsWith(name, "passcode"):
		a = ofPassword
	case endsWith(name, "secret"), endsWith(name, "token"), endsWith(name, "apikey"), endsWith(name, "accesskey"), endsWith(name, "secretkey"), endsWith(name, "privatekey"), endsWith(name, "accountkey"), endsWith(name, "credential"), endsWith(name, "credentials"):
		a = ofToken
	default:
		return
	}
	if p, ok := t.assigned(i); ok {
		t.secretAt(p, i, a)
	}
}

func endsWith(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}

// secretAt judges the value at p that word i announces.
func (t *text) secretAt(p, i int, a about) {
	s := t.s
	if p < int(t.secretEnd) { // inside a value that was read already
		return
	}
	quote := byte(0)
	if c := s[p-1]; c == '"' || c == '\'' || c == '`' {
		quote = c
	}
	for _, scheme := range []string{"Bearer ", "Basic ", "Token ", "bearer ", "basic ", "Digest "} {
		if strings.HasPrefix(s[p:], scheme) {
			p += len(scheme)
			a |= ofToken
		}
	}
	end := secretEnd(s, p, quote, a&ofPassword != 0)
	v := s[p:end]
	t.secretEnd = int32(end)
	if v == "" || placeholder(v) {
		return
	}
	spaced := quote == 0 && (s[p-1] == ' ' || s[p-1] == '\t')
	if a&ofPassword != 0 {
		if spaced && plainWord(v) && (status.hasWord(v) || end < len(s) && s[end] == ' ' && t.prose(end)) {
			return // password: incorrect; a password: the one that
		}
		if len(v) > 1 || !spaced {
			t.add(Finding{p, end, Secret, 0.93, "a value after a word for passwords"})
		}
		return
	}
	if len(v) < 6 || plainWord(v) && (len(v) < 20 || spaced) || !secretLike(v, spaced) {
		return
	}
	t.add(Finding{p, end, Secret, 0.88, "a value after a word for tokens or keys"})
}

// secretEnd gives the end of a secret that begins at p.
func secretEnd(s string, p int, quote byte, password bool) int {
	start := p
	for p < len(s) && p-start < maxSecret {
		c := s[p]
		switch {
		case c == '\n' || c == '\r':
			return p
		case quote != 0 && c == quote:
			switch escaped := start > 1 && s[start-2] == '\\'; {
			case p == start || s[p-1] != '\\':
				return p
			case escaped: // the whole text is quoted, and so is the end of this quotation
				return p - 1
			}
		case quote != 0:
		case c <= ' ', c == '"', c == '\'', c == '`', c == '<', c == ';', c == '|', c == '&' && (!password || p+1 == len(s) || s[p+1] <= ' ' || s[p+1] == '&' || namesNext(s[p+1:])):
			return p
		case c == ',' || c == ')' || c == ']' || c == '}':
			if !password || p+1 == len(s) || s[p+1] <= ' ' || s[p+1] == ',' || s[p+1] == '}' || s[p+1] == ']' || s[p+1] == '"' || s[p+1] == ';' || c == ',' && namesNext(s[p+1:]) {
				return p
			}
		case c == '\\' && p+1 < len(s) && (s[p+1] == 'n' || s[p+1] == 'r' || s[p+1] == '"' || s[p+1] == 't'):
			return p
		case c == '.' && (p+1 == len(s) || s[p+1] <= ' '): // the end of the sentence
			return p
		}
		p++
	}
	return p
}

// namesNext tells whether what follows a comma is the next name and its value.
func namesNext(s string) bool {
	for i := 0; i < len(s) && i < 40; i++ {
		switch {
		case s[i] == '=' || s[i] == ':':
			return i > 0
		case class[s[i]] == 0 && s[i] != '_' && s[i] != '.' && s[i] != '-':
			return false
		}
	}
	return false
}

// scheme reads the token after Bearer and Basic.
func (t *text) scheme(i int) {
	s := t.s
	p := int(t.words[i].end)
	if p+8 >= len(s) || s[p] != ' ' && s[p] != ':' {
		return
	}
	for p < len(s) && (s[p] == ' ' || s[p] == ':' || s[p] == '"' || s[p] == '\'') {
		p++
	}
	end := p
	for end < len(s) && end-p < maxSecret && inToken[s[end]] {
		end++
	}
	if v := s[p:end]; len(v) >= 8 && !plainWord(v) && !placeholder(v) && secretLike(v, true) {
		t.add(Finding{p, end, Secret, 0.93, "a token of an Authorization header"})
	}
}

// inToken are the signs of tokens (RFC 6750) and of base64.
var inToken = func() (set [256]bool) {
	for c := range 256 {
		set[c] = class[c]&(isLower|isUpper|isDigit) != 0 || strings.IndexByte("-._~+/=", byte(c)) >= 0
	}
	return set
}()

// spokenPassword reads "the password is hunter2" and "password hunter2".
func (t *text) spokenPassword(i int) {
	s := t.s
	k := i + 1
	spoken := 0
	for k < len(t.words) && k < i+4 && t.words[k].about&isJoin != 0 && t.words[k].start-t.words[k-1].end == 1 && s[t.words[k].start-1] == ' ' {
		k++
		spoken++
	}
	if i+1 < len(t.words) && leads.has(t.words[i+1].hash) { // password for the database is hunter2
		for n := i + 2; n < len(t.words) && n < i+7 && t.words[n].start-t.words[n-1].end <= 2; n++ {
			if isWas.has(t.words[n].hash) {
				k, spoken = n+1, 1
				break
			}
		}
		if t.words[i].hash == hashIdentified {
			k, spoken = i+2, 1
		}
	}
	if k >= len(t.words) {
		return
	}
	p := int(t.words[k-1].end)
	if p >= len(s) || s[p] != ' ' && s[p] != ':' {
		return
	}
	for n := 0; p < len(s) && n < 3 && (s[p] == ' ' || s[p] == ':'); n++ {
		p++
	}
	quote := byte(0)
	if p < len(s) && (s[p] == '"' || s[p] == '\'' || s[p] == '`') {
		quote = s[p]
		p++
	}
	end := secretEnd(s, p, quote, true)
	v := s[p:end]
	if len(v) < 4 || len(v) > 128 || placeholder(v) || v[0] == '-' || v[0] == '(' || v[0] == '/' {
		return
	}
	letters, numbers, signs := shapes(v)
	switch {
	case quote != 0 && spoken > 0, spoken > 0 && letters > 0 && (numbers > 0 || signs > 0) && !dashed(v):
		t.add(Finding{p, end, Secret, 0.85, "a value in a sentence about passwords"})
	case letters > 2 && numbers > 0 && signs > 0 && !dashed(v):
		t.add(Finding{p, end, Secret, 0.65, "written as a password after a word for passwords"})
	}
}

var (
	leads          = set("for of to by on")
	isWas          = set("is was")
	hashIdentified = hashOf("identified")
)

func shapes(v string) (letters, numbers, signs int) {
	for i := 0; i < len(v); i++ {
		switch c := class[v[i]]; {
		case c == isDigit:
			numbers++
		case c != 0:
			letters++
		default:
			signs++
		}
	}
	return
}

// dashed tells whether a word is letters with dashes, stops or apostrophes: built-in, don't, a.b.
func dashed(v string) bool {
	for i := 0; i < len(v); i++ {
		if class[v[i]]&(isLower|isUpper|isWide) == 0 && strings.IndexByte("-.'/,:_", v[i]) < 0 {
			return false
		}
	}
	return true
}

// plainWord tells whether a value is small letters and dashes alone, or a word with a capital: no secret by its look.
func plainWord(v string) bool {
	for i := 0; i < len(v); i++ {
		if class[v[i]]&isLower == 0 && v[i] != '-' && v[i] != '_' && !(i == 0 && class[v[i]] == isUpper) {
			return false
		}
	}
	return true
}

// status are words that follow "password:" without being one.
var status = set(`incorrect invalid wrong expired failed failure missing required empty none null nil unknown changed reset
	set unset not yes no true false ok accepted rejected denied error ok blank hidden protected encrypted hashed weak strong
	too must should is was has will cannot please enter the a an your my new old see please click here for to and or of in
	authentication attempt attempts mismatch match matches correct updated success successful disabled enabled optional string`)

// secretLike tells whether a value can be a token: not a number, a path, a name of a class, a call or a sentence.
func secretLike(v string, spaced bool) bool {
	upper, lower, numbers, signs, stops := 0, 0, 0, 0, 0
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case class[c] == isUpper:
			upper++
		case class[c] == isLower:
			lower++
		case class[c] == isDigit:
			numbers++
		case c == '.' || c == '/' || c == '\\' || c == ':':
			stops++
		case c == '(' || c == '{' || c == '$' || c == '<' || c == '[':
			return false
		default:
			signs++
		}
	}
	switch {
	case numbers == len(v):
		return !spaced && len(v) >= 8
	case stops > 0 && numbers == 0 && len(v) < 40, strings.HasPrefix(v, "0x"), v[0] == '/' && stops > 1:
		return false
	case numbers == 0:
		return len(v) >= 12 && upper > 1 && lower > 1 && entropy(v) > 3.3 && !camel(v) || !spaced && len(v) >= 16 && signs == 0 && entropy(v) > 3
	case upper+lower < 2:
		return !spaced && signs > 0
	case signs+stops == 0 && numbers*5 <= len(v) && upper > 0 && lower >= 3*upper:
		return false // words written together: ITestS3Settings
	}
	return len(v) >= 8 || !spaced
}

// camel tells whether a value is words written together.
func camel(v string) bool {
	humps := 0
	for i := 1; i < len(v); i++ {
		if class[v[i]] == isUpper && class[v[i-1]] == isLower {
			humps++
		}
	}
	return humps*5 <= len(v)
}

// entropy is Shannon's, bits a sign.
func entropy(s string) float64 {
	var n [256]int
	for i := 0; i < len(s); i++ {
		n[s[i]]++
	}
	e, all := 0.0, float64(len(s))
	for _, k := range n {
		if k > 0 {
			p := float64(k) / all
			e -= p * math.Log2(p)
		}
	}
	return e
}

// placeholder tells whether a value stands for one: ***, <password>, ${PASSWORD}, null, SECRET_1.
func placeholder(v string) bool {
	switch v[0] {
	case '*', '<', '%':
		return true
	case '$':
		return len(v) > 1 && (v[1] == '{' || v[1] == '(' || class[v[1]]&(isUpper|isLower) != 0 && !strings.ContainsAny(v, "!@#%^&") && plainName(v[1:]))
	case '{':
		return strings.HasPrefix(v, "{{") || strings.HasSuffix(v, "}")
	case '[':
		return strings.HasSuffix(v, "]") || plainWord(strings.ToLower(v[1:]))
	}
	same := true
	for i := 1; i < len(v); i++ {
		if v[i] != v[0] {
			same = false
			break
		}
	}
	if same && (len(v) > 2 || v[0] == 'x' || v[0] == 'X' || class[v[0]] == 0) {
		return true
	}
	if stands.hasWord(v) {
		return true
	}
	k := strings.LastIndexByte(v, '_') // a name of ours
	if k <= 0 || k == len(v)-1 {
		return false
	}
	for i := k + 1; i < len(v); i++ {
		if class[v[i]] != isDigit {
			return false
		}
	}
	return pseudonymKinds.has(hashOf(v[:k]))
}

var stands = set("null none nil undefined true false redacted masked removed hidden empty unset string your_password yourpassword password passwd xxx xxxx")

var pseudonymKinds = func() *wordSet {
	var list strings.Builder
	for _, k := range Kinds {
		list.WriteString(string(k))
		list.WriteByte(' ')
	}
	return set(list.String())
}()

// plainName tells whether s is a name of a variable.
func plainName(s string) bool {
	for i := 0; i < len(s); i++ {
		if class[s[i]] == 0 && s[i] != '_' {
			return false
		}
	}
	return true
}

// dense finds tokens that nothing announces: 28 signs and more, in which capitals, small letters and digits change
// places as they do by chance and in no word. Word i has letters and digits.
func (t *text) dense(i int) {
	s := t.s
	w := &t.words[i]
	start, end := int(w.start), int(w.end)
	for start > 0 && int(w.start)-start < 512 && inDense(s[start-1]) {
		start--
	}
	if start < int(w.start) && t.denseEnd > int32(start) {
		return // looked at from its first word
	}
	for end < len(s) && end-start < maxSecret && inDense(s[end]) {
		end++
	}
	t.denseEnd = int32(end)
	for end > start && s[end-1] == '-' {
		end--
	}
	n := end - start
	if n < 28 || n >= maxSecret {
		return
	}
	changes, upper, lower, numbers, slashes := 0, 0, 0, 0, 0
	last := uint8(0)
	for p := start; p < end; p++ {
		k := class[s[p]]
		switch k {
		case isUpper:
			upper++
		case isLower:
			lower++
		case isDigit:
			numbers++
		default:
			if s[p] == '/' {
				slashes++
			}
		}
		if k != last {
			changes++
		}
		last = k
	}
	if upper < 4 || lower < 4 || numbers < 2 || changes*100 < n*35 || slashes > 1+n/25 || start > 0 && s[start-1] == '.' || n > 200 && s[start] != 'e' {
		return
	}
	if entropy(s[start:end]) < 4.2 {
		return
	}
	t.add(Finding{start, end, Secret, 0.6, "letters and digits mixed as in a generated key"})
}

func inDense(c byte) bool {
	return class[c]&(isLower|isUpper|isDigit) != 0 || c == '+' || c == '/' || c == '=' || c == '_' || c == '-'
}

// jwt finds JSON web tokens (RFC 7519): three parts of base64, the first two of which begin with {".
func (t *text) jwt(i int) {
	s := t.s
	start := int(t.words[i].start)
	if start < int(t.jwtEnd) || !strings.HasPrefix(s[start:], "eyJ") {
		return
	}
	end, stops := start, 0
	for end < len(s) && end-start < 4*maxSecret && (inDense(s[end]) || s[end] == '.' && end+1 < len(s) && inDense(s[end+1])) {
		if s[end] == '.' {
			stops++
		}
		end++
	}
	t.jwtEnd = int32(end)
	if stops >= 1 && end-start >= 30 {
		t.add(Finding{start, end, Secret, 0.98, "a JSON web token"})
	}
}
