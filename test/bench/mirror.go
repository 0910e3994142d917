package main

import (
	"bufio"
	"context"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"firebreak/internal/clock"
	"firebreak/internal/desk"
	"firebreak/internal/live"
	"firebreak/internal/mirror"
	"firebreak/internal/store"
)

// measureMirror makes a dump of a set of questions whose answers are known and of further posts around them, imports it into
// a throw-away desk, and measures how well and how fast a question is found:
//
//	go run ./test/bench mirror --data DIR/stackfaq --posts 100000
//
// The set is a folder as for similar: docs.jsonl, queries.jsonl, qrels.dev.tsv. The posts around it are those of the folders
// of --around, and then made-up ones.
func measureMirror(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("mirror", flag.ExitOnError)
	data := f.String("data", "", "folder of the set")
	judged := f.String("qrels", "qrels.dev.tsv", "file of what is relevant")
	around := f.String("around", "", "folders of further questions, with commas")
	posts := f.Int("posts", 0, "questions in all, made-up ones included; 0: the set alone")
	database := f.String("database", "", "an empty PostgreSQL database; SQLite in a temporary folder when not given")
	keep := f.String("dump", "", "write the dump to this file and keep it")
	home := f.String("desk", "", "keep the desk in this folder, and use it again")
	f.Parse(args)
	if *data == "" {
		return fmt.Errorf("name the folder of the set with --data")
	}
	set, err := readSimilarSet(*data, *judged)
	if err != nil {
		return err
	}
	dir := *home
	if dir == "" {
		if dir, err = os.MkdirTemp("", "mirror"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	file := filepath.Join(dir, "Posts.xml")
	if *keep != "" {
		file = *keep
	}
	var others []similarDoc
	for name := range strings.FieldsFuncSeq(*around, func(r rune) bool { return r == ',' }) {
		docs, err := readSimilarDocs(filepath.Join(name, "docs.jsonl"))
		if err != nil {
			return err
		}
		others = append(others, docs...)
	}
	s, err := store.Open(ctx, store.Options{Dir: dir, Database: *database, Clock: clock.Real})
	if err != nil {
		return err
	}
	defer s.Close()
	d := desk.New(s, &live.Hub{}, nil, slog.New(slog.DiscardHandler))
	ctx = desk.AsSystem(ctx, "cli", "benchmark")
	if sites, err := d.MirrorSites(ctx); err != nil {
		return err
	} else if len(sites) == 0 {
		if err := importDump(ctx, d, file, set.docs, others, *posts); err != nil {
			return err
		}
	}
	return askMirror(ctx, d, set)
}

// importDump writes a dump, imports it and tells how long it took.
func importDump(ctx context.Context, d *desk.Desk, file string, docs, others []similarDoc, n int) error {
	size, err := writeDump(file, docs, others, n)
	if err != nil {
		return err
	}
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	phases, start := map[string]time.Duration{}, time.Now()
	last := start
	res, err := d.ImportMirror(ctx, mirror.NewReader(in), desk.MirrorImport{Site: "faq.example.com", Progress: func(r desk.MirrorResult) {
		phases[r.Phase] += time.Since(last)
		last = time.Now()
	}})
	if err != nil {
		return err
	}
	phases["learning"] += time.Since(last)
	took := time.Since(start)
	fmt.Printf("%d posts, %.0f MB, in %.1f s: %.0f posts a second, %.1f MB/s; reading %.1f s, indexing %.1f s, learning and counting %.1f s; most memory %s\n", res.Rows, float64(size)/1e6, took.Seconds(),
		float64(res.Rows)/took.Seconds(), float64(size)/1e6/took.Seconds(), phases["reading"].Seconds(), phases["indexing"].Seconds(), phases["learning"].Seconds(), peakMemory())
	return nil
}

// askMirror asks every question of the set, one after the other, as people do.
func askMirror(ctx context.Context, d *desk.Desk, set *similarSet) error {
	sites, err := d.MirrorSites(ctx)
	if err != nil {
		return err
	}
	var times []time.Duration
	before := ownTime()
	found := make([][]int64, len(set.queries))
	for i, q := range set.queries {
		start := time.Now()
		hits, err := d.SearchMirror(ctx, q.Title, 20)
		if err != nil {
			return err
		}
		times = append(times, time.Since(start))
		for _, h := range hits {
			found[i] = append(found[i], (h.ID+1)/2) // back to the place in the set
		}
	}
	cpu := (ownTime() - before).Seconds() * 1000 / float64(len(times))
	slices.Sort(times)
	fmt.Println("| questions in the mirror | asked | R@1 | R@5 | R@10 | R@20 | MRR |\n|---|---|---|---|---|---|---|")
	fmt.Printf("| %d | %d | %s |\n", sites[0].Questions, len(set.queries), set.score(func(i int) []int64 { return found[i] }))
	fmt.Printf("a search took p50 %.1f, p95 %.1f, p99 %.1f ms; %.1f ms of processor time each; the program has %s\n", ms(times, .5), ms(times, .95), ms(times, .99), cpu, peakMemory())
	return nil
}

func ms(sorted []time.Duration, share float64) float64 {
	return sorted[int(share*float64(len(sorted)-1))].Seconds() * 1000
}

// ownTime is the processor time of this process, to a hundredth of a second; 0 where the system does not tell.
func ownTime() time.Duration {
	text, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	var ticks [2]int64
	if f := strings.Fields(rest); len(f) > 12 {
		fmt.Sscan(f[11], &ticks[0])
		fmt.Sscan(f[12], &ticks[1])
	}
	return time.Duration(ticks[0]+ticks[1]) * 10 * time.Millisecond
}

// peakMemory is the most memory this process had, where the system tells.
func peakMemory() string {
	text, err := os.ReadFile("/proc/self/status")
	if err == nil {
		for line := range strings.Lines(string(text)) {
			if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
				return strings.TrimSpace(rest)
			}
		}
	}
	return "not known"
}

// writeDump writes a Posts.xml: the documents of the set first, question n with the id 2n-1 and its answer with 2n, then others
// and made-up ones up to n questions.
func writeDump(file string, docs, others []similarDoc, n int) (size int64, err error) {
	f, err := os.Create(file)
	if err != nil {
		return 0, err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	io.WriteString(w, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<posts>\n")
	day := time.Date(2012, 1, 1, 0, 0, 0, 0, time.UTC)
	escape := func(s string) string {
		var b strings.Builder
		xml.EscapeText(&b, []byte(strings.ToValidUTF8(s, "")))
		return b.String()
	}
	body := func(s string) string {
		var b strings.Builder
		for p := range strings.SplitSeq(s, "\n") {
			b.WriteString("<p>" + escape(p) + "</p>\n")
		}
		return escape(b.String())
	}
	row := func(i int, d similarDoc) {
		at := day.Add(time.Duration(i) * time.Minute).Format("2006-01-02T15:04:05.000")
		text := d.Body
		if strings.TrimSpace(text) == "" {
			text = d.Title
		}
		fmt.Fprintf(w, "  <row Id=\"%d\" PostTypeId=\"1\" AcceptedAnswerId=\"%d\" CreationDate=\"%s\" Score=\"%d\" Body=\"%s\" Title=\"%s\" Tags=\"&lt;faq&gt;\" AnswerCount=\"1\" />\n", 2*i-1, 2*i, at, i%50, body(text), escape(strings.Join(strings.Fields(d.Title), " ")))
		if strings.TrimSpace(d.Resolution) != "" {
			fmt.Fprintf(w, "  <row Id=\"%d\" PostTypeId=\"2\" ParentId=\"%d\" CreationDate=\"%s\" Score=\"%d\" Body=\"%s\" />\n", 2*i, 2*i-1, at, i%70, body(d.Resolution))
		}
	}
	i := 0
	for _, d := range slices.Concat(docs, others) {
		if strings.TrimSpace(d.Title) == "" {
			d.Title = "(no title)"
		}
		i++
		row(i, d)
	}
	r := rand.New(rand.NewPCG(1, 0x3a))
	p := &prose{v: newVocabulary(1), r: r}
	for i < n {
		i++
		row(i, similarDoc{Title: p.title(""), Body: p.text(300 + r.IntN(700)), Resolution: p.text(200 + r.IntN(500))})
	}
	io.WriteString(w, "</posts>\n")
	if err := w.Flush(); err != nil {
		return 0, err
	}
	st, err := f.Stat()
	if err == nil {
		size = st.Size()
	}
	return size, f.Close()
}
