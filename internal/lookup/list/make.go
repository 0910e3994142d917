//go:build ignore

// Make writes the public vocabulary, ../words.gz: the words that may leave, lower case and in order, each with its class.
//
// What is public is learned from public technical texts (count.go counts their words) and from lists of English words. What
// people, places and firms are called is taken away again; a word that is both stays only when technical texts are full of
// it, as a shared word, which package lookup lets out more carefully.
//
//	go run make.go -count count.tsv -english FOLDER -names FILE,… -moreNames FILE,… -places FILE,… -wordnet FOLDER
//
// NOTICE in this folder says which bodies of text and lists were used.
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// The classes, as package lookup reads them.
const (
	core    = 'c' // technical
	shared  = 's' // technical, and a name of people, places or firms
	named   = 'n' // technical words that technical texts are full of, and that people are called
	general = 'g' // English
)

type counted struct{ bodies, files, all, lower int }

func main() {
	count := flag.String("count", "", "what count.go printed")
	english := flag.String("english", "", "folder of SCOWL's lists")
	names := flag.String("names", "", "files of given and family names, one a line, with commas")
	more := flag.String("moreNames", "", "files of names that are rare or doubtful")
	places := flag.String("places", "", "files of places and streets")
	wordnet := flag.String("wordnet", "", "folder of WordNet's data.noun and index.noun")
	probe := flag.String("probe", "", "words to say the reasons of, with commas; nothing is written")
	flag.Parse()

	tech := counts(*count)
	small := scowl(*english, 35)
	common := scowl(*english, 55)
	proper := properNames(*english)
	strong := wordsOf(files(*names), 3)
	for w := range wordsOf([]string{"evocative.txt", "name.txt"}, 3) {
		strong[w] = true
	}
	mild := wordsOf(files(*more), 2)
	given := wordsOf([]string{"given.txt"}, 3)
	place := wordsOf(files(*places), 3)
	firm := wordsOf([]string{"firm.txt"}, 2)
	thing := things(*wordnet)
	term := wordsOf([]string{"term.txt"}, 2)
	sure := map[string]bool{} // technical, whoever else may be called so
	for _, l := range lines("term.txt") {
		if strings.HasPrefix(l, "!") {
			for _, w := range strings.Fields(l[1:]) {
				sure[w] = true
			}
		}
	}

	judge := func(w string) (byte, string) {
		t := tech[w]
		why := fmt.Sprint(t, " strong ", strong[w], " proper ", proper[w] && !small[w], " mild ", mild[w], " place ", place[w], " firm ", firm[w], " thing ", thing[w], " small ", small[w], " common ", common[w])
		if term[w] {
			if strong[w] && !sure[w] {
				if t.files >= 3000 && !given[w] {
					return named, why
				}
				return shared, why
			}
			return core, why
		}
		isName := strong[w] || proper[w] && !common[w]
		isMild := mild[w] || place[w] || firm[w] || thing[w]
		known := t.bodies >= 4 && t.files >= 40 && 25*t.lower >= t.all
		switch {
		case hasDigit(w):
			if known && t.files >= 60 && t.bodies >= 6 && len(w) >= 3 {
				return core, why
			}
			return 0, why
		case len(w) == 2:
			if t.files >= 1500 && !isName || common[w] && small[w] {
				return core, why
			}
			return 0, why
		case isName:
			switch {
			case sure[w]:
				return core, why
			case !common[w] && t.files < 6000:
				return 0, why
			case t.files >= 3000 && t.bodies >= 20 && !given[w]:
				return named, why
			case t.files >= 700 && t.bodies >= 12:
				return shared, why
			}
			return 0, why
		case isMild:
			switch {
			case t.files >= 700 && t.bodies >= 12 && !firm[w] && (common[w] || t.files >= 1500):
				return core, why
			case sure[w]:
				return core, why
			case t.files >= 120 && t.bodies >= 6 && (common[w] || t.files >= 1500):
				return shared, why
			}
			if common[w] && !firm[w] && t.files >= 10 && (small[w] || !place[w] && !thing[w]) && (!place[w] || t.files >= 60) {
				return general, why // first of all a word
			}
			return 0, why
		case known && (common[w] || t.files >= 80):
			return core, why
		case common[w]:
			return general, why
		}
		return 0, why
	}
	if *probe != "" {
		for _, w := range strings.Split(*probe, ",") {
			c, why := judge(w)
			fmt.Printf("%-16s %q %s\n", w, string(c), why)
		}
		return
	}
	all := map[string]byte{}
	add := func(w string) {
		if c, _ := judge(w); c != 0 {
			all[w] = c
		}
	}
	for w := range tech {
		add(w)
	}
	for w := range common {
		add(w)
	}
	for w := range term {
		add(w)
	}
	write("../words.gz", all)
}

// write front-codes the words: how many letters are those of the word before, as a letter from 'A', the rest, the class.
func write(name string, all map[string]byte) {
	list := make([]string, 0, len(all))
	for w := range all {
		list = append(list, w)
	}
	slices.Sort(list)
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	before := ""
	n := map[byte]int{}
	for _, w := range list {
		same := 0
		for same < len(w) && same < len(before) && w[same] == before[same] {
			same++
		}
		fmt.Fprintf(z, "%c%s%c\n", 'A'+same, w[same:], all[w]-'a'+'A')
		before = w
		n[all[w]]++
	}
	z.Close()
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		panic(err)
	}
	fmt.Fprintln(os.Stderr, len(list), "words,", n[core], "technical,", n[shared], "shared,", n[named], "named,", n[general], "English,", b.Len(), "bytes")
}

func files(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

func plain(w string) bool {
	if len(w) < 2 || len(w) > 24 {
		return false
	}
	for i := range len(w) {
		if !(w[i] >= 'a' && w[i] <= 'z' || i > 0 && w[i] >= '0' && w[i] <= '9') {
			return false
		}
	}
	return true
}

func lines(name string) []string {
	b, err := os.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return strings.Split(string(b), "\n")
}

// wordsOf gives the words of files, lower case; lines that begin with # are left out.
func wordsOf(names []string, shortest int) map[string]bool {
	out := map[string]bool{}
	for _, name := range names {
		for _, l := range lines(name) {
			if strings.HasPrefix(l, "#") {
				continue
			}
			for _, w := range strings.FieldsFunc(strings.ToLower(l), func(r rune) bool { return !unicode.IsLetter(r) }) {
				if len(w) >= shortest {
					out[w] = true
				}
			}
		}
	}
	return out
}

func counts(name string) map[string]counted {
	f, err := os.Open(name)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	out := map[string]counted{}
	s := bufio.NewScanner(f)
	for s.Scan() {
		p := strings.Split(s.Text(), "\t")
		if !plain(p[0]) {
			continue
		}
		var n [4]int
		for i := range n {
			n[i], _ = strconv.Atoi(p[i+1])
		}
		out[p[0]] = counted{n[0], n[1], n[2], n[3]}
	}
	return out
}

// scowl gives the lower-case words of the lists up to a size.
func scowl(dir string, size int) map[string]bool {
	out := map[string]bool{}
	names, _ := filepath.Glob(filepath.Join(dir, "*-words.*"))
	for _, name := range names {
		base := filepath.Base(name)
		n, _ := strconv.Atoi(filepath.Ext(name)[1:])
		if n > size || !strings.HasPrefix(base, "english-") && !strings.HasPrefix(base, "american-") && !strings.HasPrefix(base, "british-") {
			continue
		}
		for _, w := range lines(name) {
			if plain(w) {
				out[w] = true
			}
		}
	}
	return out
}

// properNames gives SCOWL's lists of names.
func properNames(dir string) map[string]bool {
	out := map[string]bool{}
	for _, pattern := range []string{"*-proper-names.*", "*-upper.*"} {
		names, _ := filepath.Glob(filepath.Join(dir, pattern))
		for _, name := range names {
			for _, w := range lines(name) {
				if w = strings.ToLower(strings.TrimSuffix(w, "'s")); plain(w) {
					out[w] = true
				}
			}
		}
	}
	return out
}

// things gives the nouns that are first of all an animal, a plant, a dish, a person, a place or a stuff.
func things(dir string) map[string]bool {
	lexfile := map[string]string{}
	for _, l := range lines(filepath.Join(dir, "data.noun")) {
		if p := strings.SplitN(l, " ", 3); len(p) == 3 && p[0] != "" {
			lexfile[p[0]] = p[1]
		}
	}
	out := map[string]bool{}
	for _, l := range lines(filepath.Join(dir, "index.noun")) {
		p := strings.Fields(l)
		if len(p) < 6 || !plain(p[0]) || strings.HasPrefix(l, " ") {
			continue
		}
		pointers, _ := strconv.Atoi(p[3])
		if 6+pointers >= len(p) {
			continue
		}
		switch lexfile[p[6+pointers]] { // the sense that is met most
		case "05", "20", "13", "18", "15", "27":
			out[p[0]] = true
		}
	}
	return out
}
