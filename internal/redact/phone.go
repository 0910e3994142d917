package redact

import (
	_ "embed"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// phoneTable are the telephone plans of libphonenumber (see NOTICE), a row a country: region, country code, national
// prefix, lengths, expression of the numbers without the prefix.
//
//go:embed rule/phone.tsv
var phoneTable string

// plan is how numbers of a country look.
type plan struct {
	prefix  string // national
	lengths uint32 // a bit each
	expr    func() *regexp.Regexp
}

type plans struct {
	byCode   [1000][]plan
	byRegion map[string]int // its country code
	own      map[string]plan
}

var plansOf = sync.OnceValue(func() *plans {
	p := &plans{byRegion: map[string]int{}, own: map[string]plan{}}
	for line := range strings.Lines(phoneTable) {
		col := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		code, _ := strconv.Atoi(col[1])
		one := plan{prefix: col[2], expr: sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("^(?:" + col[4] + ")$") })}
		for n := range strings.SplitSeq(col[3], ",") {
			k, _ := strconv.Atoi(n)
			one.lengths |= 1 << (k & 31)
		}
		p.byCode[code] = append(p.byCode[code], one)
		p.byRegion[col[0]] = code
		p.own[col[0]] = one
	}
	return p
})

// international tells whether digits are a country code and a number of that country.
func international(d []byte) bool {
	p := plansOf()
	code := 0
	for n := 1; n <= 3 && n < len(d); n++ {
		code = code*10 + val(d[n-1])
		for _, one := range p.byCode[code] {
			if one.holds(d[n:]) {
				return true
			}
		}
	}
	return false
}

// holds tells whether digits are a number of the country, with or without the national prefix.
func (p plan) holds(d []byte) bool {
	if k := len(p.prefix); k > 0 && len(d) > k && string(d[:k]) == p.prefix && p.holdsBare(d[k:]) {
		return true
	}
	return p.holdsBare(d)
}

func (p plan) holdsBare(d []byte) bool {
	return len(d) < 32 && p.lengths&(1<<len(d)) != 0 && p.expr().Match(d)
}

// phone finds the telephone number that word i begins, with a plus or a bracket before it perhaps.
func (t *text) phone(f *Finder, i int) {
	s := t.s
	first := int(t.words[i].start)
	if first < int(t.phoneEnd) {
		return
	}
	start := first
	plus, bracket := false, false
	if start > 0 {
		switch s[start-1] {
		case '+':
			plus = true
			start--
		case '(':
			bracket = true
			start--
			if start > 0 && s[start-1] == '+' {
				plus = true
				start--
			}
		case 'B', 'b': // a plus in the address of a page
			if start > 2 && s[start-3] == '%' && s[start-2] == '2' {
				plus = true
				start -= 3
			}
		}
	}
	if length := int(t.words[i].end) - first; !plus && !bracket && (length > 15 || length == 1 && s[first] != '1' && s[first] != '0' && !t.near(ofPhone, i, 2)) {
		return
	}
	if i > 0 && !plus && !bracket && t.words[i-1].shape == digits && t.words[i-1].end+1 == t.words[i].start && s[t.words[i-1].end] == ' ' && !t.near(ofPhone, i, 2) {
		return // in a row of numbers that was tried from its beginning
	}
	left := t.leftOf(start)
	if left == inside || left == joined && !plus && t.s[start-1] == '-' && start > 1 && class[s[start-2]] == 0 {
		return
	}
	var groups [10]group
	bare := &t.dialled
	n, d := 0, 0
	p := first
	open := bracket
	for n < len(groups) {
		from := p
		for p < len(s) && class[s[p]] == isDigit && d < len(bare) {
			bare[d] = s[p]
			d++
			p++
		}
		if p == from {
			break
		}
		groups[n] = group{int32(from), int32(p)}
		n++
		if d == len(bare) {
			return
		}
		q := p
		if open && q < len(s) && s[q] == ')' {
			open = false
			q++
		}
		q = phoneSign(s, q, n)
		if q < len(s) && s[q] == '(' && !open && q+1 < len(s) && class[s[q+1]] == isDigit && n < 3 {
			open = true
			q++
		}
		if q >= len(s) || class[s[q]] != isDigit || q == p {
			break
		}
		p = q
	}
	if open && n > 0 { // the bracket never closed
		return
	}
	t.judgePhone(f, i, start, plus, bracket, left, groups[:n], bare[:d])
}

// phoneSign steps over what joins the groups of a number: a space, a dash, a stop, two of them.
func phoneSign(s string, q, n int) int {
	for k := 0; k < 3 && q < len(s); k++ {
		switch {
		case s[q] == ' ' || s[q] == '-' || s[q] == '.':
			q++
		case s[q] == '/' && n < 2:
			q++
		case strings.HasPrefix(s[q:], "\u00a0"):
			q += 2
		case strings.HasPrefix(s[q:], "\u2013") || strings.HasPrefix(s[q:], "\u2011") || strings.HasPrefix(s[q:], "\u2010") || strings.HasPrefix(s[q:], "\u202f"):
			q += 3
		default:
			return q
		}
	}
	return q
}

// judgePhone tells how likely groups of digits are a telephone number, and takes off groups that do not belong to it.
func (t *text) judgePhone(f *Finder, i, start int, plus, bracket bool, left border, groups []group, d []byte) {
	said := t.near(ofPhone, i, 5)
	for n := len(groups); n > 0; n-- {
		g := groups[:n]
		end := int(g[n-1].end)
		right := t.rightOf(end)
		if right == inside && t.extension(end) > end {
			right = clean
		}
		if right == clean || right == joined && n == len(groups) {
			if score, reason := t.scorePhone(f, i, start, plus, bracket, said, g, d); score > 0 {
				if left != clean || right != clean {
					score -= 0.1
				}
				end = t.extension(end)
				t.phoneEnd = int32(end)
				t.add(Finding{start, end, Phone, score, reason})
				return
			}
		}
		d = d[:len(d)-int(g[n-1].end-g[n-1].start)]
		if len(d) < 6 {
			return
		}
	}
}

// extension gives the end of a number with the extension after it: x123, ext. 123.
func (t *text) extension(end int) int {
	s := t.s
	p := end
	for n := 0; p < len(s) && n < 2 && (s[p] == ' ' || s[p] == ','); n++ {
		p++
	}
	rest := s[p:]
	k := 0
	switch {
	case len(rest) > 3 && strings.EqualFold(rest[:3], "ext"):
		k = 3
		if len(rest) > 9 && strings.EqualFold(rest[:9], "extension") {
			k = 9
		}
	case len(rest) > 1 && (rest[0] == 'x' || rest[0] == 'X' || rest[0] == '#'):
		k = 1
	default:
		return end
	}
	for n := 0; k < len(rest) && n < 3 && (rest[k] == '.' || rest[k] == ' ' || rest[k] == ':'); n++ {
		k++
	}
	from := k
	for k < len(rest) && k-from < 7 && class[rest[k]] == isDigit {
		k++
	}
	if k == from || k < len(rest) && class[rest[k]] != 0 {
		return end
	}
	return p + k
}

func (t *text) scorePhone(f *Finder, i, start int, plus, bracket, said bool, g []group, d []byte) (float64, string) {
	s := t.s
	n := len(g)
	size := func(k int) int { return int(g[k].end - g[k].start) }
	end := int(g[n-1].end)
	signs := joints(s, g)
	switch {
	case len(d) < 6 || len(d) > 15:
		return 0, ""
	case plus && len(d) >= 7 && international(d):
		return 0.97, "an international telephone number"
	case plus && len(d) >= 8 && (n > 1 || said):
		return 0.8, "written as an international telephone number"
	case plus && len(d) >= 9:
		return 0.7, "written as an international telephone number"
	}
	if dated(s, g) && !said {
		return 0, ""
	}
	calls := said || t.near(ofCall, i, 4) || t.after(i, end)&ofPhone != 0
	if calls && t.after(i, end)&isQuantity != 0 {
		calls, said = false, false
	}
	nanp := func(d []byte) bool { return len(d) == 10 && d[0] >= '2' && d[3] >= '2' }
	american := n >= 3 && size(n-1) == 4 && size(n-2) == 3 && size(n-3) == 3 && (n == 3 || n == 4 && size(0) == 1 && d[0] == '1' || n == 4 && size(0) <= 3 && d[0] == '0')
	switch {
	case american && (n > 3 || nanp(d)) && (signs == '-' || signs == '.' || bracket || signs == 'm'):
		return 0.9, "a North American telephone number"
	case american && nanp(d) && signs == ' ' && (calls || t.spoken(i)):
		return 0.85, "a North American telephone number"
	case american && (signs == '-' || bracket || calls):
		return 0.7, "written as a North American telephone number"
	case n == 2 && size(0) == 3 && size(1) == 7 && bracket && nanp(d):
		return 0.8, "a North American telephone number"
	case bracket && n > 1 && len(d) >= 8 && size(0) <= 5 && size(n-1) >= 2:
		return 0.75, "a telephone number with its area in brackets"
	case said && (len(d) >= 7 || n > 1):
		return 0.9, "a number said to be of a telephone"
	case n > 1 && len(d) >= 11 && (s[g[0].start] == '0' && s[g[0].start+1] == '0' && size(0) >= 2 || strings.HasPrefix(string(d), "011") && size(0) == 3) && (signs != '.' || n < 4):
		return 0.8, "an international telephone number"
	case calls && (n > 1 && len(d) >= 7 || len(d) >= 9 && len(d) <= 12 && (d[0] == '0' || nanp(d))):
		return 0.8, "a number where somebody is called"
	case d[0] == '0' && d[1] != '0' && n > 1 && len(d) >= 9 && len(d) <= 11 && size(0) >= 2 && size(0) <= 5 && evenly(g, size) && (signs == ' ' || signs == '-' || signs == '/'):
		return 0.7, "a telephone number with its area"
	case n > 1 && n <= 5 && len(d) >= 8 && (signs == ' ' || signs == '-') && evenly(g, size) && f.national(d):
		return 0.7, "a telephone number of the region"
	case n > 1 && n <= 5 && len(d) >= 7 && len(d) <= 11 && signs == ' ' && evenly(g, size) && size(0) >= 2 && t.spoken(i):
		return 0.55, "grouped as a telephone number in a sentence"
	}
	return 0, ""
}

// national tells whether digits are a number of the Finder's region, where that is not North America, whose numbers are
// known by their groups.
func (f *Finder) national(d []byte) bool {
	p := plansOf()
	return p.byRegion[f.region] > 1 && p.own[f.region].holds(d)
}

// evenly tells whether all groups after the first have two to four digits, or there are only two.
func evenly(g []group, size func(int) int) bool {
	for k := 1; k < len(g); k++ {
		if n := size(k); n < 2 || n > 4 && (len(g) > 2 || n > 8) {
			return false
		}
	}
	return true
}

// joints gives the sign between the groups: m where they differ.
func joints(s string, g []group) byte {
	var sign byte
	for k := 1; k < len(g); k++ {
		c := s[g[k-1].end]
		if c >= 0x80 {
			c = ' '
		}
		if sign != 0 && c != sign {
			return 'm'
		}
		sign = c
	}
	return sign
}

// dated tells whether groups are a day, or a day and a time.
func dated(s string, g []group) bool {
	if len(g) < 3 {
		return len(g) == 2 && g[0].end-g[0].start == 8 && (s[g[0].start] == '1' || s[g[0].start] == '2')
	}
	a, b, c := int(g[0].end-g[0].start), int(g[1].end-g[1].start), int(g[2].end-g[2].start)
	year := func(k group) bool {
		return s[k.start] == '1' && s[k.start+1] == '9' || s[k.start] == '2' && s[k.start+1] == '0'
	}
	return a == 4 && b <= 2 && c <= 2 && year(g[0]) || a <= 2 && b <= 2 && c == 4 && year(g[2])
}

// spoken tells whether a number stands in a sentence: after a word such as on or my, on a line that does not begin with
// a number as lines of logs do.
func (t *text) spoken(i int) bool {
	if i == 0 || t.words[i-1].about&(isTowards|ofCall) == 0 || t.words[i].start-t.words[i-1].end > 3 {
		return false
	}
	k := i - 1
	for n := 0; k > 0 && n < 30 && !t.newline(k-1); n++ {
		k--
	}
	return t.words[k].shape < digits
}
