package redact

import (
	_ "embed"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// secretTable are the rules of gitleaks (see NOTICE), a row each: name, a for the value of an assignment, t for a token
// that has the keyword in it, n for one near the keyword, least entropy, least length, keywords, expression.
//
//go:embed rule/secret.tsv
var secretTable string

// secretRules is how many rows there are room for.
const secretRules = 224

// rule finds the tokens of one service.
type rule struct {
	name    string
	how     byte    // a, t or n
	entropy float64 // least
	least   int     // bytes
	expr    func() *regexp.Regexp
	reason  string
}

// trigger is a keyword of a rule.
type trigger struct {
	rule   int
	exact  string // the keyword in the only case in which the rule takes it; empty: any
	length int
}

type ruleSet struct {
	rules    []rule
	triggers [][]trigger // by keyword
	words    *keywords
}

// secretsOf reads the table on first use, which takes a few milliseconds.
var secretsOf = sync.OnceValue(func() *ruleSet {
	set := &ruleSet{}
	number := map[string]int{}
	var words []string
	for line := range strings.Lines(secretTable) {
		col := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		entropy, _ := strconv.ParseFloat(col[2], 64)
		least, _ := strconv.Atoi(col[3])
		r := rule{name: col[0], how: col[1][0], entropy: entropy, least: least,
			expr:   sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(col[5]) }),
			reason: "a secret as " + strings.ReplaceAll(col[0], "-", " ") + " writes it"}
		for k := range strings.SplitSeq(col[4], ",") {
			exact := k
			k, any := strings.CutSuffix(strings.ToLower(k), "~i")
			if any {
				exact = ""
			}
			n, known := number[k]
			if !known {
				n = len(words)
				number[k] = n
				words = append(words, k)
				set.triggers = append(set.triggers, nil)
			}
			set.triggers[n] = append(set.triggers[n], trigger{len(set.rules), exact, len(k)})
		}
		set.rules = append(set.rules, r)
	}
	set.words = newKeywords(words)
	return set
})

// services finds tokens of services: one pass for the keywords of all rules, and where one stands and what follows has
// the length of a token, the expression of its rule over a few hundred bytes.
func (t *text) services() {
	set := secretsOf()
	k := set.words
	s := t.s
	steps := k.steps
	row := uint32(0)
	for i := 0; i < len(s); i++ {
		to := steps[row+uint32(k.class[s[i]])]
		row = to >> 1
		if to&1 == 0 {
			continue
		}
		for _, word := range k.says[int(row)/k.width] {
			for n := range set.triggers[word] {
				tr := &set.triggers[word][n]
				from := i + 1 - tr.length
				if tr.exact != "" && s[from:i+1] != tr.exact {
					continue
				}
				switch r := &set.rules[tr.rule]; r.how {
				case 'a':
					t.assignRule(r, tr.rule, i+1)
				case 't':
					t.tokenRule(r, tr.rule, from, i+1)
				default:
					t.nearRule(r, tr.rule, from, i+1)
				}
			}
		}
	}
}

// assignRule tries a rule about a value on what is assigned after the keyword.
func (t *text) assignRule(r *rule, n, p int) {
	s := t.s
	if int(t.tried[n]) > p {
		return
	}
	stop := min(len(s), p+26)
	for p < stop && (class[s[p]] != 0 && class[s[p]] != isWide || s[p] == '_' || s[p] == '.' || s[p] == '-' || s[p] == ' ' || s[p] == '\t' || s[p] == '"' || s[p] == '\'') {
		p++
	}
	if p >= stop {
		return
	}
	switch s[p] {
	case '=', '>', ':', '|', '?', ',':
	default:
		return
	}
	for n := 0; p < len(s) && n < 4 && (s[p] == '=' || s[p] == '>' || s[p] == ':' || s[p] == '|' || s[p] == '?' || s[p] == ','); n++ {
		p++
	}
	for n := 0; p < len(s) && n < 5 && (s[p] == ' ' || s[p] == '"' || s[p] == '\'' || s[p] == '`' || s[p] == '=' || s[p] == '\t'); n++ {
		p++
	}
	t.tried[n], t.looked = int32(p), true
	if len(s)-p < r.least || !inToken[s[p]] || !inToken[s[min(len(s)-1, p+r.least-1)]] {
		return
	}
	window := s[p:min(len(s), p+300)]
	m := r.expr().FindStringSubmatchIndex(window)
	if len(m) < 4 || m[2] < 0 {
		return
	}
	v := window[m[2]:m[3]]
	if plainWord(v) || placeholder(v) || r.entropy > 0 && entropy(v) < r.entropy {
		return
	}
	t.add(Finding{p + m[2], p + m[3], Secret, 0.9, r.reason})
}

// maxToken bounds what a rule about tokens looks at, bytes.
const maxToken = 1200

// tokenRule tries a rule about a token on the run of signs around the keyword.
func (t *text) tokenRule(r *rule, n, from, to int) {
	s := t.s
	if int(t.tried[n]) > from {
		return
	}
	start, end := from, to
	for start > 0 && from-start < 160 && tokenSign[s[start-1]] {
		start--
	}
	for end < len(s) && end-start < maxToken && tokenSign[s[end]] {
		end++
	}
	if end-start < r.least {
		return
	}
	t.tried[n], t.looked = int32(end), true
	t.match(r, max(0, start-1), min(len(s), end+1))
}

// nearRule tries a rule about a token that has no keyword in it around the keyword.
func (t *text) nearRule(r *rule, n, from, to int) {
	if int(t.tried[n]) > from {
		return
	}
	end := min(len(t.s), to+240)
	t.tried[n], t.looked = int32(to+120), true
	t.match(r, max(0, from-120), end)
}

// match runs the expression of a rule from start to end.
func (t *text) match(r *rule, start, end int) {
	window := t.s[start:end]
	for _, m := range r.expr().FindAllStringSubmatchIndex(window, 16) {
		if len(m) >= 4 && 2*(m[3]-m[2]) > m[1]-m[0] { // the group is the secret; smaller ones are parts of it
			m = m[2:4]
		}
		v := window[m[0]:m[1]]
		if r.entropy > 0 && entropy(v) < r.entropy {
			continue
		}
		t.add(Finding{start + m[0], start + m[1], Secret, 0.95, r.reason})
	}
}

// tokenSign are the signs that stand in tokens and what rules need around them.
var tokenSign = func() (set [256]bool) {
	for c := range 256 {
		set[c] = inToken[c] || c == ':' || c == '@' || c == '%' || c == '|' || c == '?' || c == '#'
	}
	return set
}()
