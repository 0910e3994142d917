package main

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"firebreak/internal/redact"
)

// labelled is a text with what is private in it, as presidio-research writes it: offsets count characters.
type labelled struct {
	Text     string `json:"full_text"`
	Template int    `json:"template_id"`
	Spans    []struct {
		Type  string `json:"entity_type"`
		Start int    `json:"start_position"`
		End   int    `json:"end_position"`
	} `json:"spans"`
}

// place is where a private thing stands, in bytes.
type place struct {
	start, end int
	kind       string
}

// same says which kinds of the finder are the same thing as a label. A label that is missing matches its own name.
var same = map[string][]redact.Kind{
	"PERSON": {redact.Person, redact.User}, "STREET_ADDRESS": {redact.Street, redact.Postcode, redact.Place},
	"LOCATION": {redact.Place, redact.Street, redact.Postcode}, "GPE": {redact.Place}, "ORGANIZATION": {redact.Organization},
	"CREDIT_CARD": {redact.Card}, "DATE_TIME": {redact.Date, redact.BirthDate}, "BIRTHDAY": {redact.BirthDate, redact.Date},
	"PHONE_NUMBER": {redact.Phone}, "TITLE": {redact.Title}, "AGE": {redact.Age}, "NRP": {redact.Nationality},
	"NATIONALITY": {redact.Nationality, redact.Place}, "EMAIL_ADDRESS": {redact.Email}, "EMAIL": {redact.Email},
	"ZIP_CODE": {redact.Postcode, redact.Street}, "DOMAIN_NAME": {redact.Domain, redact.URL, redact.Host}, "DOMAIN": {redact.Domain, redact.URL, redact.Host},
	"URL": {redact.URL, redact.Domain}, "IBAN_CODE": {redact.IBAN}, "IBAN": {redact.IBAN}, "US_SSN": {redact.SSN, redact.NationalID},
	"IP_ADDRESS": {redact.IP}, "US_DRIVER_LICENSE": {redact.Licence},
}

// tally counts what was right, of what was there and of what was said.
type tally struct{ right, hit, there, said float64 }

func (a tally) p() float64 { return share(a.hit, a.said) }
func (a tally) r() float64 { return share(a.right, a.there) }
func (a tally) f(beta float64) float64 {
	p, r := a.p(), a.r()
	return share((1+beta*beta)*p*r, beta*beta*p+r)
}

func share(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// private measures the finder of private data on labelled texts.
func private(_ context.Context, args []string) error {
	f := flag.NewFlagSet("private", flag.ExitOnError)
	file := f.String("data", "", "JSON file of labelled texts, as presidio-research publishes them")
	fold := f.String("fold", "", "K/N or K,L/N: only the texts of templates whose number leaves K when divided by N")
	wrong := f.String("wrong", "", "print what is wrong of a label, or of all")
	mode := f.String("wrong-mode", "loose", "what is wrong: loose, whatever no finding covers by half; strict, by 0.7 of both")
	most := f.Int("most", 60, "how many wrong things are printed")
	f.Parse(args)
	raw, err := os.ReadFile(*file)
	if err != nil {
		return fmt.Errorf("the labelled texts cannot be read (%w); name the file with --data", err)
	}
	var texts []labelled
	if err := json.Unmarshal(raw, &texts); err != nil {
		return fmt.Errorf("%s: %w", *file, err)
	}
	if *fold != "" {
		keep, of, ok := strings.Cut(*fold, "/")
		n, err := strconv.Atoi(of)
		if !ok || err != nil || n < 1 {
			return fmt.Errorf("--fold is written K/N or K,L/N, not %q", *fold)
		}
		texts = slices.DeleteFunc(texts, func(x labelled) bool {
			return !slices.Contains(strings.Split(keep, ","), strconv.Itoa(x.Template%n))
		})
	}
	finder, err := redact.New(redact.Options{})
	if err != nil {
		return err
	}
	m := newMeasure(*wrong, *mode == "strict", *most)
	size, began := 0, time.Now()
	found := make([][]redact.Finding, len(texts))
	for i, x := range texts {
		found[i] = finder.Find(x.Text)
		size += len(x.Text)
	}
	took := time.Since(began)
	for i, x := range texts {
		m.add(x, found[i])
	}
	m.print(os.Stdout)
	fmt.Printf("\n%d texts, %.2f MB/s\n", len(texts), float64(size)/1e6/took.Seconds())
	return nil
}

type measure struct {
	ways                map[string]*tally // exact, iou, token, character; each with any kind and with the right kind
	label, kind         map[string]*tally // of one label: recall; of one kind: precision
	leaks               map[string]int    // labels of which a character was left
	leaked, wrongLabel  []string
	wrong               string
	strict              bool
	most                int
	falseOf             map[string]map[string]int
	misses, falses      []string
	personsIoU, persons tally
}

func newMeasure(wrong string, strict bool, most int) *measure {
	return &measure{ways: map[string]*tally{}, label: map[string]*tally{}, kind: map[string]*tally{}, leaks: map[string]int{}, wrong: wrong, strict: strict, most: most, falseOf: map[string]map[string]int{}}
}

func at[K comparable](m map[K]*tally, k K) *tally {
	if m[k] == nil {
		m[k] = &tally{}
	}
	return m[k]
}

func (m *measure) add(x labelled, found []redact.Finding) {
	var truth, said []place
	index := []int{}
	for i := range x.Text {
		index = append(index, i)
	}
	index = append(index, len(x.Text))
	for _, s := range x.Spans {
		if s.Start < s.End && s.End < len(index) {
			truth = append(truth, place{index[s.Start], index[s.End], s.Type})
		}
	}
	for _, y := range found {
		said = append(said, place{y.Start, y.End, string(y.Kind)})
	}
	slices.SortFunc(truth, func(a, b place) int { return cmp.Compare(a.start, b.start) })
	m.pairs("exact", truth, said, func(a, b place) bool { return a.start == b.start && a.end == b.end })
	m.pairs("IoU .7", truth, said, func(a, b place) bool { return iou(a, b) >= .7 })
	m.pairs("IoU .5", truth, said, func(a, b place) bool { return iou(a, b) >= .5 })
	m.tokens("token", x.Text, truth, said, words(x.Text))
	m.tokens("character", x.Text, truth, said, characters(x.Text))
	m.covered(x, truth, said)
}

func iou(a, b place) float64 {
	in := min(a.end, b.end) - max(a.start, b.start)
	if in <= 0 {
		return 0
	}
	return float64(in) / float64(max(a.end, b.end)-min(a.start, b.start))
}

func match(label, kind string) bool {
	kinds, ok := same[label]
	return ok && slices.Contains(kinds, redact.Kind(kind))
}

// pairs counts spans that are the same by some measure, each used once.
func (m *measure) pairs(way string, truth, said []place, same func(a, b place) bool) {
	any, typed := at(m.ways, way), at(m.ways, way+", kind")
	used, usedTyped := make([]bool, len(said)), make([]bool, len(said))
	for _, a := range truth {
		any.there++
		typed.there++
		for i, b := range said {
			if !used[i] && same(a, b) {
				used[i] = true
				any.right++
				any.hit++
				break
			}
		}
		for i, b := range said {
			if !usedTyped[i] && same(a, b) && match(a.kind, b.kind) {
				usedTyped[i] = true
				typed.right++
				typed.hit++
				break
			}
		}
	}
	any.said += float64(len(said))
	typed.said += float64(len(said))
}

func words(s string) [][2]int {
	var out [][2]int
	start := -1
	for i, r := range s + " " {
		in := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
		if in && start < 0 {
			start = i
		}
		if !in && start >= 0 {
			out = append(out, [2]int{start, i})
			start = -1
		}
	}
	return out
}

func characters(s string) [][2]int {
	var out [][2]int
	for i, r := range s {
		if !unicode.IsSpace(r) {
			out = append(out, [2]int{i, i + utf8.RuneLen(r)})
		}
	}
	return out
}

func over(spans []place, u [2]int) string {
	for _, s := range spans {
		if s.start < u[1] && u[0] < s.end {
			return s.kind
		}
	}
	return ""
}

func (m *measure) tokens(way, text string, truth, said []place, units [][2]int) {
	any, typed := at(m.ways, way), at(m.ways, way+", kind")
	for _, u := range units {
		a, b := over(truth, u), over(said, u)
		for _, x := range []*tally{any, typed} {
			if a != "" {
				x.there++
			}
			if b != "" {
				x.said++
			}
		}
		if a != "" && b != "" {
			any.right++
			any.hit++
			if match(a, b) {
				typed.right++
				typed.hit++
			}
		}
	}
}

// covered counts, label by label, what is masked, and collects what is wrong.
func (m *measure) covered(x labelled, truth, said []place) {
	for _, a := range truth {
		units, best := 0, 0.0
		chars := characters(x.Text[a.start:a.end])
		for _, u := range chars {
			if over(said, [2]int{u[0] + a.start, u[1] + a.start}) != "" {
				units++
			}
		}
		for _, b := range said {
			best = max(best, iou(a, b))
		}
		l := at(m.label, a.kind)
		l.there++
		masked := share(float64(units), float64(len(chars)))
		if masked >= .8 {
			l.right++
		} else {
			m.leaks[a.kind]++
		}
		if best >= .7 {
			l.hit++
		}
		if (!m.strict && masked < .8 || m.strict && best < .7) && (m.wrong == a.kind || m.wrong == "all") && len(m.misses) < m.most {
			m.misses = append(m.misses, fmt.Sprintf("%4d %-14s %q in %s", x.Template, a.kind, x.Text[a.start:a.end], marked(x.Text, said, a.start)))
		}
	}
	for _, b := range said {
		k := at(m.kind, b.kind)
		k.said++
		in := 0
		chars := characters(x.Text[b.start:b.end])
		label := ""
		for _, u := range chars {
			if s := over(truth, [2]int{u[0] + b.start, u[1] + b.start}); s != "" {
				in++
				label = s
			}
		}
		if float64(in) >= .7*float64(len(chars)) {
			k.hit++
			if match(label, b.kind) {
				k.right++
			}
		} else if m.wrong != "" && (m.wrong == b.kind || m.wrong == "all" || m.wrong == "false") && len(m.falses) < m.most {
			m.falses = append(m.falses, fmt.Sprintf("%4d %-14s %q in %s", x.Template, b.kind, x.Text[b.start:b.end], marked(x.Text, said, b.start)))
		}
	}
}

// marked is the text around a place, with what was found in brackets.
func marked(text string, said []place, at int) string {
	var b strings.Builder
	last := 0
	for _, s := range said {
		b.WriteString(text[last:s.start])
		b.WriteString("[" + s.kind + " " + text[s.start:s.end] + "]")
		last = s.end
	}
	b.WriteString(text[last:])
	out := []rune(b.String())
	return fmt.Sprintf("%q", string(out[:min(len(out), 420)]))
}

func (m *measure) print(w *os.File) {
	fmt.Fprintf(w, "%-18s %6s %6s %6s %6s\n", "measure", "P", "R", "F1", "F2")
	for _, way := range slices.Sorted(maps.Keys(m.ways)) {
		x := m.ways[way]
		fmt.Fprintf(w, "%-18s %6.3f %6.3f %6.3f %6.3f\n", way, x.p(), x.r(), x.f(1), x.f(2))
	}
	fmt.Fprintf(w, "\n%-18s %6s %8s %8s %6s\n", "label", "there", "masked", "IoU .7", "left")
	for _, k := range slices.Sorted(maps.Keys(m.label)) {
		x := m.label[k]
		fmt.Fprintf(w, "%-18s %6.0f %8.3f %8.3f %6d\n", k, x.there, x.r(), share(x.hit, x.there), m.leaks[k])
	}
	fmt.Fprintf(w, "\n%-18s %6s %8s %8s\n", "kind", "said", "private", "kind")
	for _, k := range slices.Sorted(maps.Keys(m.kind)) {
		x := m.kind[k]
		fmt.Fprintf(w, "%-18s %6.0f %8.3f %8.3f\n", k, x.said, x.p(), share(x.right, x.said))
	}
	for _, s := range m.misses {
		fmt.Fprintln(w, "missed", s)
	}
	for _, s := range m.falses {
		fmt.Fprintln(w, "false ", s)
	}
}
