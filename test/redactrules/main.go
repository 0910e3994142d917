// Command redactrules writes the tables in internal/redact/rule from sources that lie on this machine: the rules of
// gitleaks, which know the tokens of some two hundred services, and the telephone plans of libphonenumber. It needs no
// network.
//
//	go run ./test/redactrules --gitleaks "$(go list -m -f '{{.Dir}}' github.com/zricethezav/gitleaks/v8)"/config/gitleaks.toml
//
// NOTICE names the versions the committed tables were made from.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/nyaruka/phonenumbers"
)

func main() {
	leaks := flag.String("gitleaks", "", "gitleaks.toml")
	out := flag.String("out", "internal/redact/rule", "folder to write to")
	flag.Parse()
	for name, rows := range map[string]func() ([]string, error){
		"secret": func() ([]string, error) { return secrets(*leaks) },
		"phone":  phones,
	} {
		list, err := rows()
		if err != nil {
			log.Fatalf("%s: %v", name, err)
		}
		if err := os.WriteFile(filepath.Join(*out, name+".tsv"), []byte(strings.Join(list, "\n")+"\n"), 0o644); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %d\n", name, len(list))
	}
}

// leftOut are the rules that the finder's own scanners replace, or that look at names of files.
var leftOut = []string{"generic-api-key", "private-key", "jwt", "jwt-base64", "kubernetes-secret-yaml", "curl-auth-header", "curl-auth-user", "pkcs12-file",
	"hashicorp-tf-password", "nuget-config-password", "freemius-secret-key", "sidekiq-sensitive-url"}

type rule struct {
	ID, Regex string
	Entropy   float64
	Keywords  []string
}

// The common frame of rules about a value that is assigned to a name with a service in it.
const (
	head = `(?i)[\w.-]{0,50}?(?:`
	mid  = `)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}(`
	tail = `)(?:[\x60'"\s;]|\\[nr]|$)`
)

// headSensitive and midSensitive are the same where case matters.
const (
	headSensitive = `[\w.-]{0,50}?(?i:[\w.-]{0,50}?(?:`
	midSensitive  = `)(?:[ \t\w.-]{0,20})[\s'"]{0,3})(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}(`
)

// secrets gives a row a rule: its name, a for the value of an assignment, t for a token or n for one near the keyword, the least entropy, the least
// length, the keywords, and the expression of the secret.
func secrets(file string) (rows []string, err error) {
	var c struct{ Rules []rule }
	if _, err := toml.DecodeFile(file, &c); err != nil {
		return nil, err
	}
	for _, r := range c.Rules {
		if slices.Contains(leftOut, r.ID) || r.Regex == "" {
			continue
		}
		for _, e := range alternatives(r.Regex) {
			kind, flags := "t", ""
			if rest, ok := strings.CutPrefix(e, head); ok {
				if _, value, ok := strings.Cut(rest, mid); ok && strings.HasSuffix(value, tail) {
					kind, flags, e = "a", "(?i)", strings.TrimSuffix(value, tail)
				}
			} else if rest, ok := strings.CutPrefix(e, headSensitive); ok {
				if _, value, ok := strings.Cut(rest, midSensitive); ok && strings.HasSuffix(value, tail) {
					kind, e = "a", strings.TrimSuffix(value, tail)
				}
			}
			switch {
			case kind == "a" && holds(e, r.Keywords): // the keyword stands in the value
				kind, e = "t", flags+`\b(`+e+`)(?:[^A-Za-z0-9]|$)`
			case kind == "a":
				e = `^` + flags + `(` + e + `)(?:[^A-Za-z0-9]|$)`
			default:
				e = strings.ReplaceAll(e, tail[1:], `(?:[^A-Za-z0-9]|$)`)
			}
			parsed, err := syntax.Parse(e, syntax.Perl)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", r.ID, err)
			}
			keywords := slices.Clone(r.Keywords)
			if kind == "t" {
				if in := slices.DeleteFunc(slices.Clone(keywords), func(k string) bool { return !holds(e, []string{k}) }); len(in) > 0 {
					keywords = in
				} else {
					kind = "n"
				}
			}
			var words []string
			for _, k := range keywords {
				words = append(words, strings.ReplaceAll(written(k, e, kind), ",", ""))
			}
			rows = append(rows, strings.Join([]string{r.ID, kind, strconv.FormatFloat(r.Entropy, 'g', -1, 64), strconv.Itoa(least(parsed)), strings.Join(words, ","), e}, "\t"))
		}
	}
	return rows, nil
}

// holds tells whether an expression has all words in it.
func holds(e string, words []string) bool {
	plain := strings.ToLower(strings.ReplaceAll(e, `\`, ""))
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(plain, strings.TrimRight(w, "_-.")) && len(w) > 3 })
}

// alternatives takes a rule about an assignment or a token apart.
func alternatives(e string) []string {
	if k := strings.Index(e, tail+`|\b(`); k >= 0 && strings.HasPrefix(e, head) {
		return []string{e[:k+len(tail)], e[k+len(tail)+1:]}
	}
	return []string{e}
}

// written gives a keyword in the case in which alone the expression takes it, or in small letters for any case. Then it
// ends with a tilde and an i.
func written(k, e, kind string) string {
	if kind == "t" && !strings.HasPrefix(e, "(?i)") {
		plain := strings.ReplaceAll(e, `\`, "")
		var in []string
		for _, form := range []string{k, strings.ToUpper(k)} {
			if strings.Contains(plain, form) && !slices.Contains(in, form) {
				in = append(in, form)
			}
		}
		if i := strings.Index(strings.ToLower(plain), k); i >= 0 && !slices.Contains(in, plain[i:i+len(k)]) {
			in = append(in, plain[i:i+len(k)])
		}
		if len(in) == 1 {
			return in[0]
		}
	}
	return k + "~i"
}

// least is the length of the shortest match, anchors and what ends it aside.
func least(r *syntax.Regexp) (n int) {
	switch r.Op {
	case syntax.OpLiteral:
		return len(r.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpCapture, syntax.OpConcat:
		for _, s := range r.Sub {
			n += least(s)
		}
		return n
	case syntax.OpPlus:
		return least(r.Sub[0])
	case syntax.OpRepeat:
		return r.Min * least(r.Sub[0])
	case syntax.OpAlternate:
		n = least(r.Sub[0])
		for _, s := range r.Sub[1:] {
			n = min(n, least(s))
		}
		return n
	}
	return 0
}

// phones gives a row a country: region, country code, national prefix, lengths, and the expression of its numbers.
func phones() (rows []string, err error) {
	all, err := phonenumbers.MetadataCollection()
	if err != nil {
		return nil, err
	}
	for _, m := range all.GetMetadata() {
		var lengths []string
		for _, n := range m.GetGeneralDesc().GetPossibleLength() {
			lengths = append(lengths, strconv.Itoa(int(n)))
		}
		rows = append(rows, strings.Join([]string{m.GetId(), strconv.Itoa(int(m.GetCountryCode())), m.GetNationalPrefix(),
			strings.Join(lengths, ","), m.GetGeneralDesc().GetNationalNumberPattern()}, "\t"))
	}
	slices.Sort(rows)
	return rows, nil
}
