package main

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"

	"firebreak/internal/lookup"
	"firebreak/internal/redact"
)

// Words of a dictionary that people, firms and machines are called by; some of them technical.
var dictionary = strings.Fields(`amber anchor apple arrow autumn barn basket beach bright bronze butter candle canyon castle cedar cherry circle clear clever cloud clover coast cobalt comet copper coral corner cotton crest crown
	daisy desert diamond dolphin eagle early earth ember fable falcon feather fern field first flint forest fountain fresh frost garden giant glacier global golden grand granite green happy harbour hazel hill honey horizon
	island ivory jasper jungle kettle ladder lake lantern lemon liberty lion little lucky magic maple marble meadow metro mirror misty modern moon mountain nectar noble north ocean olive orchard otter paper pearl pepper
	pilot pine planet plum polar prairie prime quartz quick rabbit rain rapid raven river robin rocket royal ruby saddle sail salmon scarlet shadow sharp silent silver simple sky smart snow solar south spring star stone
	storm stream strong summit sun swift table tiger timber tower trail true turtle union upper urban valley velvet village violet walnut water west whale wheel white wild willow winter wise wolf wonder yellow young`)

// framed is the invented value of one kind in the way in which a text would write it.
var framedKinds = []string{"name", "surname", "company", "host", "street", "login"}

func framedValue(r *rand.Rand, kind string) string {
	word := func() string {
		if r.IntN(3) == 0 {
			return strings.ToLower(madeUp(r, 2+r.IntN(2)))
		}
		return oneOf(r, dictionary)
	}
	switch kind {
	case "name":
		return word() + " " + word()
	case "surname":
		return word()
	case "company":
		switch r.IntN(4) {
		case 0:
			return word() + " " + word() + " " + strings.ToLower(oneOf(r, trade))
		case 1:
			return word() + " " + strings.ToLower(oneOf(r, trade))
		case 2:
			return word() + ", " + word() + " and " + word()
		}
		return word() + " " + word()
	case "host":
		if r.IntN(2) == 0 {
			return word() + digitsOf(r, 2)
		}
		return word() + " " + oneOf(r, hostWord) + " " + digitsOf(r, 2)
	case "street":
		s := fmt.Sprint(1+r.IntN(900), " ", word(), " ", strings.ToLower(oneOf(r, ways)))
		if r.IntN(3) == 0 {
			s += oneOf(r, []string{" apt ", " suite ", " unit ", " floor "}) + digitsOf(r, 2)
		}
		return s
	}
	return word() + oneOf(r, []string{" ", "", " "}) + word()
}

var cases = []string{"lower", "UPPER", "Title", "camelCase", "snake_case", "kebab-case"}

func cased(how, s string) string {
	w := strings.Fields(s)
	up := func(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
	switch how {
	case "UPPER":
		return strings.ToUpper(s)
	case "Title":
		for i := range w {
			if w[i] != "and" {
				w[i] = up(w[i])
			}
		}
		return strings.Join(w, " ")
	case "camelCase":
		for i := 1; i < len(w); i++ {
			w[i] = up(w[i])
		}
		return strings.ReplaceAll(strings.Join(w, ""), ",", "")
	case "snake_case":
		return strings.ReplaceAll(strings.Join(w, "_"), ",", "")
	case "kebab-case":
		return strings.ReplaceAll(strings.Join(w, "-"), ",", "")
	}
	return s
}

var codings = []string{"plain", "url", "url twice", "base64", "base64 url", "base64 unpadded", "base64 in JSON", "hex", `\u`, "entities", "joined by +", "split over lines", "zero width"}

func coded(how, s string) string {
	each := func(format string) string {
		var b strings.Builder
		for _, c := range s {
			fmt.Fprintf(&b, format, c)
		}
		return b.String()
	}
	half := len(s) / 2
	switch how {
	case "url":
		return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
	case "url twice":
		return url.QueryEscape(each("%%%02X"))
	case "base64":
		return base64.StdEncoding.EncodeToString([]byte(s))
	case "base64 url":
		return base64.URLEncoding.EncodeToString([]byte(s))
	case "base64 unpadded":
		return base64.RawStdEncoding.EncodeToString([]byte(s))
	case "base64 in JSON":
		return `{"d":"` + base64.StdEncoding.EncodeToString([]byte(`{"v":"`+s+`"}`)) + `"}`
	case "hex":
		return hex.EncodeToString([]byte(s))
	case `\u`:
		return each(`\u%04x`)
	case "entities":
		if len(s)%2 == 0 {
			return each("&#x%x;")
		}
		return html.EscapeString(each("&#%d;"))
	case "joined by +":
		return `"` + s[:half] + `" + "` + s[half:] + `"`
	case "split over lines":
		return strings.Replace(s, " ", "\n", 1)
	case "zero width":
		return s[:half] + "\u200b" + s[half:]
	}
	return s
}

// frames are texts into which a line and values are put, by the kind of text. {line} stands for the line.
var frames = map[string][]string{
	"mail": {"Hi team,\n{name} from {company} wrote that the import fails since Monday.\n{line}\n", "{line}\n\nBest wishes\n{name}\n{company}\n{street}", "> On Tuesday {name} wrote:\n> {line}\n", "Could you check what {login} did on {host}? It says\n{line}",
		"Ticket raised for {company} (their contact is {name}).\n{line}", "{line}\nI spoke to {name}, who will be at {street} until noon.", "Dear {surname},\nwe see this since the update:\n{line}", "As discussed with {name} of {company}: {line}", "{name} forwarded this to {surname}.\n{line}"},
	"json": {`{"level":"error","actor":"{login}","org":"{company}","text":"{line}"}`, `{"assignee":{"displayName":"{name}"},"node_name":"{host}","message":"{line}"}`, `{"shipTo":"{street}","createdBy":"{login}","error":"{line}"}`, `{"ts":1,"requester":"{name}","site":"{company}","msg":"{line}"}`},
	"xml":  {`<event><Requester>{name}</Requester><Message>{line}</Message></event>`, `<fault client="{company}" node="{host}">{line}</fault>`, `<addr>{street}</addr><who>{login}</who> {line}`, `<ns:Buyer xmlns:ns="u">{company}</ns:Buyer>{line}`},
	"csv":  {"time,level,login,person,message\n1,ERROR,{login},{name},{line}", `2026-03-04,ERROR,"{name}","{company}",{host},"{line}"`, "{line};{login};{company};{street}"},
	"stack": {"java.lang.IllegalStateException: no account for {name}\n\tat a.b.C.run(C.java:3)\n{line}", "Caused by: java.lang.RuntimeException: tenant '{company}' is locked\n{line}", "{line}\nKeyError: '{login}'", "{line}\nRuntimeError: could not reach {host}", "ValueError: unknown customer {company}\n{line}",
		"System.InvalidOperationException: the owner {name} has no mailbox\n{line}"},
	"sql":              {"{line} INSERT INTO orders (buyer, firm) VALUES ('{name}', '{company}')", "SELECT id FROM people WHERE surname = '{surname}' AND login='{login}' -- {line}", "{line}\nUPDATE site SET address = '{street}' WHERE host LIKE '{host}%'"},
	"url":              {"{line} GET /app/find?who={login}&firm={company}&page=2", "https://portal.example.com/run?name={name}&host={host} {line}", "{line} referer=http://{host}/start?q={surname}"},
	"key=value":        {"actor={login} org={company} {line}", `{line} owner="{name}" node={host}`, "{line} agent: {name}; site: {company}", "{line} assignee={name}", "{line} principal={login} realm={company}"},
	"tab":              {"ERROR\t{login}\t{host}\t{line}", "{line}\t{name}\t{company}\t{street}", "1\t{company}\tfailed\t{line}"},
	"quoted-printable": {"Reported=20by=20{name}=\n=20of=20{company}\n{line}", "{line}=0D=0AYours=2C=0D=0A{name}", "{line}\nFrom: =?utf-8?Q?{name}?= <a@example.com>"},
	"terminal":         {"\x1b[31m{login}\x1b[0m@\x1b[32m{host}\x1b[0m:~$ {line}", "\x1b[1m{name}\x1b[0m {line}", "{line} \x1b[33mfor {company}\x1b[0m"},
	"phrase": {"{line} assigned to {name}", "{line} (cc: {name})", "{line} requested for {company}", "session of {login}: {line}", "{line} on {host}", "{line} by {name}", "{line} with {company}", "account of {company} {line}", "contact {name} {line}", "client {company}: {line}", "{line} called {surname}",
		"{line} name=\"{name}", "reported by {name} {line}", "{line} at {street}", "{line} handled by {surname} for {company}", "{line} from {host} to {host}", "{line} owned by {login}", "{line} logged in as {login}"},
}

// framed puts invented values into texts of many kinds, and counts what leaves, by the kind of text, of value, of case and of coding.
func framed(systems []logFile, finder *redact.Finder, n int, seeds []uint64, show int) {
	by := map[string]map[string]*portion{}
	note := func(class, of string, ok bool) {
		if by[class] == nil {
			by[class] = map[string]*portion{}
		}
		if by[class][of] == nil {
			by[class][of] = &portion{}
		}
		by[class][of].add(!ok)
	}
	kinds := slices.Sorted(maps.Keys(frames))
	total, texts := 0, 0
	for _, seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 3))
		bad := 0
		for range n {
			s := oneOf(r, systems)
			line := oneOf(r, s.lines)
			form := oneOf(r, kinds)
			frame := oneOf(r, frames[form])
			text, said := frame, strings.ReplaceAll(frame, "{line}", line)
			type put struct{ kind, how, coding, value string }
			var puts []put
			for _, kind := range framedKinds {
				if !strings.Contains(frame, "{"+kind+"}") {
					continue
				}
				how, coding := cases[min(r.IntN(9), 8)%6], "plain"
				if r.IntN(4) == 0 {
					coding = oneOf(r, codings)
				}
				v := cased(how, framedValue(r, kind))
				shown := coded(coding, v)
				if form == "quoted-printable" {
					shown = strings.ReplaceAll(shown, " ", "=20")
				} else if form == "url" && coding == "plain" {
					shown = url.QueryEscape(v)
				}
				text = strings.ReplaceAll(text, "{"+kind+"}", shown)
				said = strings.ReplaceAll(said, "{"+kind+"}", " ")
				puts = append(puts, put{kind, how, coding, v})
			}
			text = strings.ReplaceAll(text, "{line}", line)
			q := lookup.Build(text, lookup.Options{Finder: finder})
			texts++
			in, left := tokenSet(said), tokenSet(q.Text)
			whole := strings.Join(tokens(q.Text), "")
			leaked := false
			for _, p := range puts {
				out := ""
				for t := range tokenSet(p.value) {
					if left[t] && !in[t] {
						out = t
					}
				}
				if all := strings.Join(tokens(p.value), ""); len(all) >= 8 && strings.Contains(whole, all) && !strings.Contains(strings.ToLower(said), all) {
					out = all
				}
				note("text", form, out == "")
				note("value", p.kind, out == "")
				note("written", p.how, out == "")
				note("coded", p.coding, out == "")
				if out != "" {
					if leaked = true; show > 0 {
						show--
						fmt.Printf("  %s %s %s %s: %q leaves %q\n    of %.400q\n    as %q\n", form, p.kind, p.how, p.coding, p.value, out, text, q.Text)
					}
				}
			}
			if leaked {
				bad++
			}
		}
		total += bad
	}
	fmt.Printf("\nframes: %d of %d texts leak (seeds %v)\n", total, texts, seeds)
	for _, class := range []string{"text", "value", "written", "coded"} {
		fmt.Printf("  %s:", class)
		for _, k := range slices.Sorted(maps.Keys(by[class])) {
			fmt.Printf(" %s %d/%d,", k, by[class][k].part, by[class][k].whole)
		}
		fmt.Println()
	}
}

// tokenSet are the words of a text as it has them, and the parts of those in camelCase.
func tokenSet(s string) map[string]bool {
	out := map[string]bool{}
	for _, t := range append(tokens(s), tokens(camel(s))...) {
		out[t] = true
	}
	return out
}
