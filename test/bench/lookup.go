package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"firebreak/internal/knownerror"
	"firebreak/internal/lookup"
	"firebreak/internal/redact"
)

// measureLookup measures the query that leaves the house: whether anything of an invented person, firm or secret is in it,
// how much of the error is kept, whether it still finds the answer, and how long it takes.
func measureLookup(_ context.Context, args []string) error {
	f := flag.NewFlagSet("lookup", flag.ExitOnError)
	logs := f.String("loghub", "", "folder of CSV files with the columns Content and EventTemplate, one a system")
	tickets := f.String("tickets", "", "folder of ticket sets: hadoop for the leaks, stackfaq for the questions")
	n := f.Int("queries", 10_000, "how many texts get private data put in")
	seed := f.Uint64("seed", 1, "the same seed invents the same people")
	show := f.Int("show", 20, "how many leaks are printed")
	own := f.Bool("own", false, "the desk knows the firm, the host and the customer")
	hard := f.Bool("hard", false, "people, firms and machines are called by words of the tickets themselves, which no list can know")
	lost := f.Bool("lost", false, "print the words of templates that are lost most")
	parts := f.String("part", "words,leaks,frames,codes,questions,speed", "what is measured")
	seeds := f.Int("seeds", 1, "frames: how many seeds, one after the other")
	f.Parse(args)
	part := func(name string) bool { return slices.Contains(strings.Split(*parts, ","), name) }
	files, err := filepath.Glob(filepath.Join(*logs, "*.csv"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("there are no CSV files in %q (%v); name the folder with --loghub", *logs, err)
	}
	var systems []logFile
	for _, name := range files {
		file, err := readLog(name)
		if err != nil {
			return err
		}
		systems = append(systems, file)
	}
	finder, err := redact.New(redact.Options{MinScore: 0.3})
	if err != nil {
		return err
	}
	if part("words") {
		keptWords(systems, finder, *lost)
	}
	if *tickets != "" && part("leaks") {
		issues, err := readSimilarDocs(filepath.Join(*tickets, "hadoop", "docs.jsonl"))
		if err != nil {
			return err
		}
		leaks(systems, issues, finder, *n, *seed, *show, *own, *hard)
	}
	if part("frames") {
		var list []uint64
		for i := range *seeds {
			list = append(list, *seed+uint64(i))
		}
		framed(systems, finder, *n, list, *show)
	}
	if part("codes") {
		keptCodes(finder)
	}
	if *tickets != "" && part("questions") {
		set, err := readSimilarSet(filepath.Join(*tickets, "stackfaq"), "qrels.dev.tsv")
		if err != nil {
			return err
		}
		fmt.Println("\n| questions | R@1 | R@5 | R@10 | R@20 | MRR |\n|---|---|---|---|---|---|")
		fmt.Println("| as asked, BM25 |", set.score(set.bm25()), "|")
		fmt.Println("| as asked, Firebreak |", set.score(set.ours(true)), "|")
		for i, q := range set.queries {
			built := lookup.Build(q.Title, lookup.Options{Finder: finder})
			set.queries[i] = similarDoc{ID: q.ID, Title: built.Text}
			if *lost && len(built.Removed) > 0 {
				fmt.Printf("%s\n   %s\n", q.Title, built.Text)
				for _, r := range built.Removed {
					fmt.Printf("      %s (%s: %s)\n", r.Text, r.Kind, r.Why)
				}
			}
		}
		fmt.Println("| as they leave, BM25 |", set.score(set.bm25()), "|")
		fmt.Println("| as they leave, Firebreak |", set.score(set.ours(true)), "|")
	}
	if part("speed") {
		lookupSpeed(systems, finder)
	}
	return nil
}

var constantWord = regexp.MustCompile(`[A-Za-z]{2,}`)

var sayNothing = strings.Fields("the and of to in on at by for from with is was are be has have had not no a an or it its this that as")

func wordSet(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range constantWord.FindAllString(s, -1) {
		out[strings.ToLower(w)] = true
	}
	return out
}

// portion is a part of a whole.
type portion struct{ part, whole int }

func (s *portion) add(ok bool) {
	s.whole++
	if ok {
		s.part++
	}
}

func (s portion) String() string {
	return fmt.Sprintf("%.3f (%d of %d)", float64(s.part)/float64(max(1, s.whole)), s.part, s.whole)
}

// kept counts the words of a template that are in a query: all, those that say something.
func kept(template, query string, all, telling *portion, lost map[string]int) {
	have := wordSet(query)
	for w := range wordSet(strings.ReplaceAll(template, "<*>", " ")) {
		all.add(have[w])
		if !slices.Contains(sayNothing, w) {
			telling.add(have[w])
		}
		if !have[w] && lost != nil {
			lost[w]++
		}
	}
}

func keptWords(systems []logFile, finder *redact.Finder, show bool) {
	said := func(s, line, template, q string, removed []lookup.Removed) {
		var gone []string
		have := wordSet(q)
		for w := range wordSet(strings.ReplaceAll(template, "<*>", " ")) {
			if !have[w] {
				for _, r := range removed {
					if wordSet(r.Text)[w] {
						w += " (" + r.Kind + ": " + r.Why + ")"
						break
					}
				}
				gone = append(gone, w)
			}
		}
		if len(gone) > 0 {
			fmt.Printf("%s %v\n   %.300s\n   %s\n", s, gone, line, q)
		}
	}
	fmt.Println("| system | templates | constant words kept | those that say something |\n|---|---|---|---|")
	var all, telling, lineAll, lineTelling portion
	lost := map[string]int{}
	for _, s := range systems {
		var a, t portion
		seen := map[string]bool{}
		for i, line := range s.lines {
			var q string
			var removed []lookup.Removed
			if !seen[s.said[i]] || i%10 == 0 {
				built := lookup.Build(line, lookup.Options{Finder: finder})
				q, removed = built.Text, built.Removed
			}
			if !seen[s.said[i]] {
				seen[s.said[i]] = true
				kept(s.said[i], q, &a, &t, lost)
				if show {
					said(s.name, line, s.said[i], q, removed)
				}
			}
			if i%10 == 0 {
				kept(s.said[i], q, &lineAll, &lineTelling, nil)
			}
		}
		all.part, all.whole, telling.part, telling.whole = all.part+a.part, all.whole+a.whole, telling.part+t.part, telling.whole+t.whole
		fmt.Printf("| %s | %d | %v | %v |\n", s.name, len(seen), a, t)
	}
	fmt.Printf("| all, each template once | | %v | %v |\n| all, each line | | %v | %v |\n", all, telling, lineAll, lineTelling)
	if show {
		printLost(lost)
	}
}

func printLost(lost map[string]int) {
	var list []string
	for w := range lost {
		list = append(list, w)
	}
	slices.SortFunc(list, func(a, b string) int { return lost[b] - lost[a] })
	for _, w := range list[:min(200, len(list))] {
		fmt.Print(w, " ", lost[w], ", ")
	}
	fmt.Println()
}

// tokens are the words of a value that must not leave: three letters or digits and longer.
func tokens(s string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len([]rune(w)) >= 3 {
			out = append(out, w)
		}
	}
	return out
}

// ticketWords are the words of titles, as they would be written in a name.
func ticketWords(issues []similarDoc) []string {
	seen := map[string]bool{}
	var out []string
	for _, d := range issues {
		for _, w := range constantWord.FindAllString(d.Title, -1) {
			if w = strings.ToLower(w); len(w) >= 4 && !seen[w] && !slices.Contains(sayNothing, w) {
				seen[w] = true
				out = append(out, strings.ToUpper(w[:1])+w[1:])
			}
		}
	}
	return out
}

func lowered(list []string) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = strings.ToLower(w)
	}
	return out
}

type leak struct{ kind, value, token, text, query string }

// leaks puts invented private data into lines of logs and tickets, and looks for it in the queries.
func leaks(systems []logFile, issues []similarDoc, finder *redact.Finder, n int, seed uint64, show int, own, hard bool) {
	if hard {
		plain := ticketWords(issues)
		wordFirst, wordLast, farFirst, farLast, plainWord, hostWord = plain, plain, plain, plain, plain, lowered(plain)
	}
	r := rand.New(rand.NewPCG(seed, 1))
	var found []leak
	byKind := map[string]int{}
	count := map[string]int{}
	texts := map[string]bool{}
	var all, telling portion
	for range n {
		p := invent(r)
		host, template, inLog := "", "", r.IntN(10) < 7
		if inLog {
			s := oneOf(r, systems)
			i := r.IntN(len(s.lines))
			host, template = s.lines[i], s.said[i]
		} else {
			d := oneOf(r, issues)
			host = d.Title + "\n" + d.Body
			if r.IntN(2) == 0 {
				host = d.Title
			}
			host = host[:min(len(host), 3000)]
		}
		type put struct{ kind, value, place, around string }
		var puts []put
		for range 1 + r.IntN(4) {
			kind := oneOf(r, injected)
			value := p.value(kind, r)
			if r.IntN(4) == 0 {
				value = strings.ToLower(value)
			}
			shown := value
			if r.IntN(5) == 0 {
				shown = encode(r, value)
			}
			around := oneOf(r, injections[kind])
			puts = append(puts, put{kind, value, strings.ReplaceAll(around, "%s", shown), strings.ReplaceAll(around, "%s", " ")})
		}
		text, said := inject(r, host, func(yield func(string)) {
			for _, v := range puts {
				yield(v.place)
			}
		}), host
		for _, v := range puts { // the words around a value are no secret
			said += " " + v.around
		}
		o := lookup.Options{Finder: finder}
		if own {
			o.Own = redact.Own{Clients: []string{p.company}, Hosts: []string{p.host}}
			o.Finder = nil
		}
		q := lookup.Build(text, o)
		if inLog {
			kept(template, q.Text, &all, &telling, nil)
		}
		in, left := " "+strings.Join(tokens(said), " ")+" ", strings.ToLower(q.Text)
		leftWords := " " + strings.Join(tokens(q.Text), " ") + " "
		for w := range wordSet(camel(said)) {
			in += w + " "
		}
		bad := false
		for _, v := range puts {
			count[v.kind]++
			for _, t := range append(tokens(v.value), longest(v.place)...) {
				if strings.Contains(in, " "+t+" ") {
					continue
				}
				if strings.Contains(leftWords, " "+t+" ") || len([]rune(t)) >= 6 && strings.Contains(left, t) && !strings.Contains(strings.ToLower(host), t) {
					byKind[v.kind]++
					if !bad {
						bad = true
						texts[text] = true
						found = append(found, leak{v.kind, v.value, t, text, q.Text})
					}
				}
			}
		}
	}
	fmt.Printf("\n%d texts with private data in them (seed %d, firm and host known to the desk: %v): %d leak\n\n| kind | put in | tokens that leak |\n|---|---|---|\n", n, seed, own, len(found))
	for _, k := range injected {
		fmt.Printf("| %s | %d | %d |\n", k, count[k], byKind[k])
	}
	fmt.Printf("\nconstant words kept beside private data: %v, those that say something: %v\n", all, telling)
	for _, l := range found[:min(show, len(found))] {
		fmt.Printf("  %s %q leaks %q\n    of %.300q\n    as %q\n", l.kind, l.value, l.token, l.text, l.query)
	}
}

// longest gives the longest run of letters and digits of an encoded value, so that it does not leave as it stands either.
func longest(place string) []string {
	best := ""
	for _, w := range tokens(place) {
		if len(w) > len(best) {
			best = w
		}
	}
	if len(best) < 16 {
		return nil
	}
	return []string{best}
}

// inject puts each place into a text: before it, after it, or between two of its words.
func inject(r *rand.Rand, host string, places func(func(string))) string {
	var gaps []int
	for i := range len(host) {
		if host[i] == ' ' && i > 0 {
			gaps = append(gaps, i)
		}
	}
	at := map[int]string{}
	before, after := "", ""
	places(func(p string) {
		switch {
		case p[0] != ' ' && p[0] != '\n':
			before = p + before
		case p[0] == ' ' && len(gaps) > 0 && r.IntN(2) == 0:
			at[oneOf(r, gaps)] += p
		default:
			after += p
		}
	})
	var b strings.Builder
	b.WriteString(before)
	for i := range len(host) {
		b.WriteString(at[i])
		b.WriteByte(host[i])
	}
	return b.String() + after
}

func camel(s string) string {
	var b strings.Builder
	before := ' '
	for _, c := range s {
		if unicode.IsUpper(c) && unicode.IsLower(before) {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
		before = c
	}
	return b.String()
}

// keptCodes counts the error codes that are in the query of a line that states them.
func keptCodes(finder *redact.Finder) {
	var whole portion
	lost := map[knownerror.Family]*portion{}
	i := 0
	for e := range knownerror.All() {
		if i++; i%5 != 0 && e.Family != knownerror.Oracle && e.Family != knownerror.SQLState && e.Family != knownerror.HTTP {
			continue
		}
		line := "2026-03-04 05:06:07 ERROR [worker-3] request failed: " + e.Code + ": " + e.Title
		if len(knownerror.Find(line)) == 0 {
			continue
		}
		q := lookup.Build(line, lookup.Options{Finder: finder})
		ok := true
		have := " " + strings.Join(tokens(q.Text), " ") + " "
		for _, t := range tokens(e.Code) {
			ok = ok && strings.Contains(have, " "+t+" ")
		}
		if lost[e.Family] == nil {
			lost[e.Family] = &portion{}
		}
		lost[e.Family].add(ok)
		whole.add(ok)
	}
	fmt.Println("\nerror codes kept:", whole)
	for _, f := range knownerror.Families {
		if s := lost[f]; s != nil && s.part < s.whole {
			fmt.Println("  ", f, s)
		}
	}
}

func lookupSpeed(systems []logFile, finder *redact.Finder) {
	var paste strings.Builder
	for i := 0; paste.Len() < 4096; i++ {
		s := systems[i%len(systems)]
		paste.WriteString(s.lines[i*7%len(s.lines)])
		paste.WriteByte('\n')
	}
	text := paste.String()[:4096]
	const rounds = 200
	lookup.Build(text, lookup.Options{Finder: finder})
	start := time.Now()
	for range rounds {
		lookup.Build(text, lookup.Options{Finder: finder})
	}
	fmt.Printf("\na paste of 4 kB: %.2f ms\n", float64(time.Since(start).Microseconds())/rounds/1000)
	for name, unit := range map[string]string{"one word": "a", "quotes": `"' `, "capitals": "Rose Baker ", "encoded": "%41%42\\u0041", "keys": "user=", "base64": "cm9zZWJha2Vy", "equals": "=", "lines": "at a.b.C(D.java:1)\n", "dots": "a.", "slashes": "/", "at": "a@b."} {
		for _, size := range []int{1 << 20, 10 << 20} {
			s := strings.Repeat(unit, size/len(unit))
			start := time.Now()
			lookup.Build(s, lookup.Options{Finder: finder})
			fmt.Printf("%d MB of %s: %d ms\n", size>>20, name, time.Since(start).Milliseconds())
		}
	}
}
