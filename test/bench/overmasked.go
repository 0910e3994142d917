package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"firebreak/internal/redact"
)

// overmasked measures what is masked without need: the constant words of templates of logs, and the words of tickets
// that are masked most.
func overmasked(_ context.Context, args []string) error {
	f := flag.NewFlagSet("overmasked", flag.ExitOnError)
	logs := f.String("logs", "", "folder of CSV files with the columns Content and EventTemplate, one a system")
	tickets := f.String("tickets", "", "folder of sets of tickets, each with a docs.jsonl")
	most := f.Int("most", 40, "how many words are printed of each")
	limit := f.Int("limit", 3000, "tickets read of each set")
	f.Parse(args)
	finder, err := redact.New(redact.Options{})
	if err != nil {
		return err
	}
	if *logs != "" {
		files, err := filepath.Glob(filepath.Join(*logs, "*.csv"))
		if err != nil || len(files) == 0 {
			return fmt.Errorf("there are no CSV files in %q (%v); name the folder with --logs", *logs, err)
		}
		all, masked := 0, 0
		counts := map[string]int{}
		for _, name := range files {
			file, err := readLog(name)
			if err != nil {
				return err
			}
			a, b := overmaskedLog(finder, file, counts)
			all, masked = all+a, masked+b
			fmt.Printf("%-12s %7d constant words, %5d masked, %.3f%%\n", file.name, a, b, 100*share(float64(b), float64(a)))
		}
		fmt.Printf("%-12s %7d constant words, %5d masked, %.3f%%\n", "all", all, masked, 100*share(float64(masked), float64(all)))
		printMost(counts, *most)
	}
	if *tickets == "" {
		return nil
	}
	files, _ := filepath.Glob(filepath.Join(*tickets, "*", "docs.jsonl"))
	for _, name := range files {
		if err := overmaskedTickets(finder, name, *limit, *most); err != nil {
			return err
		}
	}
	return nil
}

func overmaskedLog(finder *redact.Finder, file logFile, counts map[string]int) (all, masked int) {
	for i, line := range file.lines {
		constant := constants(line, file.said[i])
		found := finder.Find(line)
		for _, w := range words(line) {
			if !slices.ContainsFunc(constant, func(c [2]int) bool { return c[0] <= w[0] && w[1] <= c[1] }) {
				continue
			}
			all++
			for _, x := range found {
				if x.Start < w[1] && w[0] < x.End {
					masked++
					counts[line[w[0]:w[1]]+" ("+string(x.Kind)+", "+file.name+")"]++
					break
				}
			}
		}
	}
	return all, masked
}

// constants gives the parts of a line that are constant in its template.
func constants(line, template string) [][2]int {
	var out [][2]int
	at := 0
	parts := strings.Split(template, "<*>")
	for i, part := range parts {
		var j int
		switch {
		case i == len(parts)-1 && i > 0:
			if j = len(line) - len(part) - at; j < 0 || !strings.HasSuffix(line, part) {
				return out
			}
		default:
			if j = strings.Index(line[at:], part); j < 0 {
				return out
			}
		}
		if part != "" {
			out = append(out, [2]int{at + j, at + j + len(part)})
		}
		at += j + len(part)
	}
	return out
}

func overmaskedTickets(finder *redact.Finder, name string, limit, most int) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 16<<20)
	counts := map[string]int{}
	all, masked, n := 0, 0, 0
	for n < limit && s.Scan() {
		var x struct{ Title, Body string }
		if err := json.Unmarshal(s.Bytes(), &x); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		n++
		text := x.Title + "\n" + x.Body
		all += len(words(text))
		for _, y := range finder.Find(text) {
			masked += len(words(text[y.Start:y.End]))
			counts[string(y.Kind)+" "+text[y.Start:y.End]]++
		}
	}
	fmt.Printf("\n%s: %d tickets, %d words, %d masked, %.3f%%\n", filepath.Base(filepath.Dir(name)), n, all, masked, 100*share(float64(masked), float64(all)))
	printMost(counts, most)
	return s.Err()
}

func printMost(counts map[string]int, most int) {
	keys := make([]string, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	for _, k := range keys[:min(most, len(keys))] {
		fmt.Printf("  %5d %q\n", counts[k], k)
	}
}
