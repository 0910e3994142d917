package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"firebreak/internal/similar"
)

// measureSimilar measures how well similar tickets are found, on sets whose duplicates are known. A set is a folder with
// docs.jsonl (id, title, body, resolution), qrels*.tsv (query, relevant id) and, where the queries are not tickets of the
// set, queries.jsonl.
func measureSimilar(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("similar", flag.ExitOnError)
	data := f.String("data", "", "folder of the sets, or of one set")
	only := f.String("set", "", "names of sets, with commas; all when empty")
	judged := f.String("qrels", "qrels.dev.tsv", "file of what is relevant")
	f.Parse(args)
	if *data == "" {
		return fmt.Errorf("name the folder of the sets with --data")
	}
	var dirs []string
	err := filepath.WalkDir(*data, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Name() == *judged && (*only == "" || slices.Contains(strings.Split(*only, ","), filepath.Base(filepath.Dir(path)))) {
			dirs = append(dirs, filepath.Dir(path))
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(dirs) == 0 {
		return fmt.Errorf("there is no %s in %s", *judged, *data)
	}
	fmt.Println("| set | tickets | queries | method | R@1 | R@5 | R@10 | R@20 | MRR |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|")
	for _, dir := range dirs {
		if err := ctx.Err(); err != nil {
			return err
		}
		s, err := readSimilarSet(dir, *judged)
		if err != nil {
			return err
		}
		for _, method := range []struct {
			name string
			make func() func(int) []int64
		}{{"BM25", s.bm25}, {"TF-IDF", s.tfidf}, {"Firebreak, before learning", func() func(int) []int64 { return s.ours(false) }}, {"Firebreak", func() func(int) []int64 { return s.ours(true) }}} {
			rank := method.make()
			fmt.Printf("| %s | %d | %d | %s | %s |\n", filepath.Base(dir), len(s.docs), len(s.queries), method.name, s.score(rank))
		}
		fmt.Fprintf(os.Stderr, "%s: analysed %d tickets in %d ms, learned in %d ms, a query took %.1f ms on one processor\n", filepath.Base(dir), len(s.docs), s.analysed.Milliseconds(), s.learned.Milliseconds(), s.perQuery)
	}
	return nil
}

type similarDoc struct{ ID, Title, Body, Resolution string }

func (d similarDoc) text() similar.Text {
	return similar.Text{Title: d.Title, Body: d.Body, Answer: d.Resolution}
}

type similarSet struct {
	docs     []similarDoc
	queries  []similarDoc
	self     []int64          // the query's own ticket, 1 + index in docs; 0: none
	relevant []map[int64]bool // 1 + index in docs

	analysed, learned time.Duration
	perQuery          float64
}

func readSimilarSet(dir, judged string) (*similarSet, error) {
	s := &similarSet{}
	var err error
	if s.docs, err = readSimilarDocs(filepath.Join(dir, "docs.jsonl")); err != nil {
		return nil, err
	}
	at := map[string]int64{}
	for i, d := range s.docs {
		at[d.ID] = int64(i) + 1
	}
	asked := map[string]similarDoc{}
	if qs, err := readSimilarDocs(filepath.Join(dir, "queries.jsonl")); err == nil {
		for _, q := range qs {
			asked[q.ID] = q
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, judged))
	if err != nil {
		return nil, err
	}
	place := map[string]int{}
	for line := range strings.Lines(string(text)) {
		q, d, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || at[d] == 0 {
			continue
		}
		i, known := place[q]
		if !known {
			own, other := asked[q]
			switch {
			case other:
				s.queries, s.self = append(s.queries, own), append(s.self, 0)
			case at[q] != 0:
				s.queries, s.self = append(s.queries, s.docs[at[q]-1]), append(s.self, at[q])
			default:
				continue
			}
			i = len(s.relevant)
			place[q] = i
			s.relevant = append(s.relevant, map[int64]bool{})
		}
		s.relevant[i][at[d]] = true
	}
	return s, nil
}

func readSimilarDocs(file string) (out []similarDoc, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var d similarDoc
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		out = append(out, d)
	}
	return out, lines.Err()
}

// score ranks for every query and averages recall and reciprocal rank.
func (s *similarSet) score(rank func(int) []int64) string {
	depths := []int{1, 5, 10, 20}
	var mu sync.Mutex
	var wg sync.WaitGroup
	sums := make([]float64, len(depths)+1)
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(s.queries); i += workers {
				ranked, relevant := rank(i), s.relevant[i]
				own := make([]float64, len(sums))
				for k, depth := range depths {
					for _, d := range ranked[:min(depth, len(ranked))] {
						if relevant[d] {
							own[k] += 1 / float64(len(relevant))
						}
					}
				}
				if first := slices.IndexFunc(ranked, func(d int64) bool { return relevant[d] }); first >= 0 {
					own[len(depths)] = 1 / float64(first+1)
				}
				mu.Lock()
				for k, x := range own {
					sums[k] += x
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	out := make([]string, len(sums))
	for k, x := range sums {
		out[k] = fmt.Sprintf("%.3f", x/float64(len(s.queries)))
	}
	return strings.Join(out, " | ")
}

// ours ranks as the desk does: candidates from the postings, then compared one by one.
func (s *similarSet) ours(learn bool) func(int) []int64 {
	numbers, features := make([]int64, len(s.docs)), make([]similar.Features, len(s.docs))
	start := time.Now()
	for i, d := range s.docs {
		numbers[i], features[i] = int64(i)+1, similar.Analyse(d.text())
	}
	s.analysed = time.Since(start)
	var m *similar.Model
	if learn {
		start = time.Now()
		m = similar.Learn(features, len(features))
		s.learned = time.Since(start)
	}
	var blocks []similar.Block
	lists := similar.Lists(numbers, features)
	for b := range similar.Blocks(func(yield func(similar.List, error) bool) {
		for _, l := range lists {
			if !yield(l, nil) {
				return
			}
		}
	}) {
		blocks = append(blocks, b)
	}
	var mu sync.Mutex
	var took time.Duration
	asked := 0
	return func(i int) []int64 {
		start := time.Now()
		q := similar.NewQuery(s.queries[i].text())
		words := q.Lookup(m)
		g := m.Gather(words)
		for _, b := range blocks {
			g.AddBlock(b, words)
		}
		var cs []similar.Candidate
		for _, n := range g.Best(m.MaxCandidates(), s.self[i]) {
			cs = append(cs, similar.Candidate{Number: n, Title: s.docs[n-1].Title, Features: features[n-1]})
		}
		var out []int64
		for _, x := range m.Rank(q, cs) {
			out = append(out, x.Number)
		}
		mu.Lock()
		took += time.Since(start)
		asked++
		s.perQuery = took.Seconds() * 1000 / float64(asked)
		mu.Unlock()
		return out
	}
}

// The baselines: words of letters and digits, a stop list, the title twice, no stemming.

var plainStop = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq("a an and are as at be been but by can could did do does for from had has have he her his how i if in into is it its me my not of on or our she so that the their them then there these they this to us was we were what when where which who why will with would you your") {
		m[w] = true
	}
	return m
}()

type plainIndex struct {
	counts  []map[string]float64
	lengths []float64
	average float64
	lists   map[string][]int
}

func plainWords(d similarDoc) map[string]float64 {
	out := map[string]float64{}
	for w := range strings.FieldsFuncSeq(strings.ToLower(d.Title+" "+d.Title+" "+d.Body+" "+d.Resolution), func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') }) {
		if !plainStop[w] {
			out[w]++
		}
	}
	return out
}

func (s *similarSet) plain() *plainIndex {
	x := &plainIndex{lists: map[string][]int{}}
	for i, d := range s.docs {
		c := plainWords(d)
		n := 0.0
		for w, k := range c {
			n += k
			x.lists[w] = append(x.lists[w], i)
		}
		x.counts, x.lengths = append(x.counts, c), append(x.lengths, n)
		x.average += n / float64(len(s.docs))
	}
	return x
}

func ordered(scores []float64, self int64) []int64 {
	var out []int64
	for i, x := range scores {
		if x > 0 && int64(i)+1 != self {
			out = append(out, int64(i)+1)
		}
	}
	slices.SortStableFunc(out, func(a, b int64) int {
		switch x, y := scores[a-1], scores[b-1]; {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return out
}

func (s *similarSet) bm25() func(int) []int64 {
	x := s.plain()
	n := float64(len(s.docs))
	return func(i int) []int64 {
		scores := make([]float64, len(s.docs))
		q := s.queries[i]
		q.Resolution = ""
		for w, asked := range plainWords(q) {
			list := x.lists[w]
			df := float64(len(list))
			idf := math.Log(1 + (n-df+.5)/(df+.5))
			for _, d := range list {
				tf := x.counts[d][w]
				scores[d] += asked * idf * tf * 2.2 / (tf + 1.2*(.25+.75*x.lengths[d]/x.average))
			}
		}
		return ordered(scores, s.self[i])
	}
}

func (s *similarSet) tfidf() func(int) []int64 {
	x := s.plain()
	n := float64(len(s.docs))
	norms := make([]float64, len(s.docs))
	for i, c := range x.counts {
		for _, k := range c {
			norms[i] += (1 + math.Log(k)) * (1 + math.Log(k))
		}
		norms[i] = math.Sqrt(norms[i])
	}
	return func(i int) []int64 {
		scores := make([]float64, len(s.docs))
		q := s.queries[i]
		q.Resolution = ""
		for w, asked := range plainWords(q) {
			list := x.lists[w]
			if len(list) == 0 {
				continue
			}
			weight := (1 + math.Log(asked)) * math.Log(n/float64(len(list)))
			for _, d := range list {
				scores[d] += weight * (1 + math.Log(x.counts[d][w])) / norms[d]
			}
		}
		return ordered(scores, s.self[i])
	}
}
