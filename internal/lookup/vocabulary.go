package lookup

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"slices"
	"sort"
	"strings"
	"sync"
)

// class says how a word is public.
type class byte

const (
	private class = 0   // not known to be public
	core    class = 'C' // technical
	shared  class = 'S' // technical, and a name of people, places or firms besides
	named   class = 'N' // technical, and everywhere in technical texts, though people are called so
	general class = 'G' // English, and no name
	product class = 'P' // a public product; some only beside words that go with them
)

// The public vocabulary is made by list/make.go; list/NOTICE tells from what.
//
//go:embed words.gz
var wordsGz []byte

//go:embed list/product.txt
var productList string

//go:embed list/firm.txt
var firmList string

// vocabulary is a sorted list of words with their classes, and nothing is in it that was not put there.
type vocabulary struct {
	text     string // all words, one after the other
	starts   []uint32
	classes  []class
	firms    map[string]bool
	products map[string]*publicProduct // by each of their names, lower case
}

// publicProduct is a product that everybody knows.
type publicProduct struct {
	name string
	with map[string]bool // of which one must stand in the text; nil: none need
}

var words = sync.OnceValue(func() *vocabulary {
	v := &vocabulary{firms: map[string]bool{}, products: map[string]*publicProduct{}}
	z, err := gzip.NewReader(bytes.NewReader(wordsGz))
	if err != nil {
		return v // an empty vocabulary: nothing leaves
	}
	var all strings.Builder
	last := ""
	for s := bufio.NewScanner(z); s.Scan(); {
		l := s.Text()
		if len(l) < 3 {
			continue
		}
		last = last[:min(int(l[0]-'A'), len(last))] + l[1:len(l)-1]
		v.starts = append(v.starts, uint32(all.Len()))
		v.classes = append(v.classes, class(l[len(l)-1]))
		all.WriteString(last)
	}
	v.text = all.String()
	v.starts = append(slices.Clip(v.starts), uint32(len(v.text)))
	for l := range strings.Lines(firmList) {
		if !strings.HasPrefix(l, "#") {
			for _, w := range strings.Fields(l) {
				v.firms[w] = true
			}
		}
	}
	for l := range strings.Lines(productList) {
		if strings.HasPrefix(l, "#") {
			continue
		}
		names, with, _ := strings.Cut(strings.TrimSpace(l), ":")
		name, also, _ := strings.Cut(names, "=")
		p := &publicProduct{name: name}
		if with = strings.TrimSpace(with); with != "" {
			p.with = map[string]bool{}
			for _, w := range strings.Fields(with) {
				p.with[w] = true
			}
		}
		for _, n := range append(strings.Split(also, ","), name) {
			if n = strings.ToLower(n); n != "" && !strings.ContainsAny(n, " .") {
				v.products[n] = p
			}
		}
	}
	return v
})

// of gives the class of a word in lower case.
func (v *vocabulary) of(w string) class {
	n := len(v.classes)
	i := sort.Search(n, func(i int) bool { return v.text[v.starts[i]:v.starts[i+1]] >= w })
	if i < n && v.text[v.starts[i]:v.starts[i+1]] == w {
		return v.classes[i]
	}
	return private
}
