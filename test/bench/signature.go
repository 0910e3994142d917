package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"firebreak/internal/signature"
)

// logFile is the lines of one system and the templates people gave them.
type logFile struct {
	name        string
	lines, said []string
}

// grouping is what a method says about the lines: a group each, and the group's template.
type grouping struct{ group, template []string }

// signatures measures how well lines of logs are told apart: accuracy against what people said, whether a signature
// stays what it is, and speed.
func signatures(_ context.Context, args []string) error {
	f := flag.NewFlagSet("signature", flag.ExitOnError)
	dir := f.String("data", "", "folder of CSV files with the columns Content and EventTemplate, one a system")
	wrong := f.String("wrong", "", "print what is grouped wrongly of one system, or of all")
	cold := f.Bool("cold", false, "judge each line alone")
	f.Parse(args)
	files, err := filepath.Glob(filepath.Join(*dir, "*.csv"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("there are no CSV files in %q (%v); name the folder with --data", *dir, err)
	}
	method := learned
	if *cold {
		method = alone
	}
	fmt.Printf("%-12s %7s %6s %6s %6s %6s %8s %8s %7s %7s\n", "system", "lines", "GA", "PA", "FGA", "FTA", "shuffled", "grown", "groups", "true")
	var sum [6]float64
	for _, name := range files {
		file, err := readLog(name)
		if err != nil {
			return err
		}
		got := method(file.lines)
		s := score(file.said, got)
		row := [6]float64{s.ga, s.pa, s.fga, s.fta, shuffled(file.lines, method, 5), grown(file.lines, method, 200)}
		fmt.Printf("%-12s %7d %6.3f %6.3f %6.3f %6.3f %8.4f %8.4f %7d %7d\n", file.name, len(file.lines), row[0], row[1], row[2], row[3], row[4], row[5], s.groups, s.truth)
		for i, v := range row {
			sum[i] += v / float64(len(files))
		}
		if *wrong == file.name || *wrong == "all" {
			printWrong(file, got)
		}
	}
	fmt.Printf("%-12s %7s %6.3f %6.3f %6.3f %6.3f %8.4f %8.4f\n", "mean", "", sum[0], sum[1], sum[2], sum[3], sum[4], sum[5])
	return speed(files)
}

func learned(lines []string) grouping {
	l := signature.NewLearner()
	at := make([]int, len(lines))
	for i, line := range lines {
		at[i] = l.Add(line)
	}
	l.Learn()
	var g grouping
	for _, n := range at {
		s := l.Group(n)
		g.group, g.template = append(g.group, s.ID), append(g.template, s.Template)
	}
	return g
}

func alone(lines []string) (g grouping) {
	for _, line := range lines {
		s := signature.Cold(line)
		g.group, g.template = append(g.group, s.ID), append(g.template, s.Template)
	}
	return g
}

func readLog(file string) (l logFile, err error) {
	in, err := os.Open(file)
	if err != nil {
		return l, err
	}
	defer in.Close()
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil || len(rows) == 0 {
		return l, fmt.Errorf("%s: %w", file, err)
	}
	content, template := slices.Index(rows[0], "Content"), slices.Index(rows[0], "EventTemplate")
	if content < 0 || template < 0 {
		return l, fmt.Errorf("%s has no columns Content and EventTemplate", file)
	}
	l.name, _, _ = strings.Cut(filepath.Base(file), ".")
	for _, r := range rows[1:] {
		l.lines, l.said = append(l.lines, r[content]), append(l.said, r[template])
	}
	return l, nil
}

// scores are the four figures of log parsing: of lines in a group that is exactly a true one (GA) and of lines with the
// exact template (PA), and of groups the harmonic mean of precision and recall, where a group is right when it is
// exactly a true one (FGA), and when besides its template is exact (FTA).
type scores struct {
	ga, pa, fga, fta float64
	groups, truth    int
}

func score(truth []string, got grouping) (s scores) {
	trueLines, gotLines, both := map[string]int{}, map[string]int{}, map[[2]string]int{}
	template := map[string]string{}
	exact := 0
	for i, t := range truth {
		trueLines[t]++
		gotLines[got.group[i]]++
		both[[2]string{got.group[i], t}]++
		template[got.group[i]] = got.template[i]
		if got.template[i] == t {
			exact++
		}
	}
	n, right, rightText := 0, 0, 0
	for k, lines := range both {
		if lines == gotLines[k[0]] && lines == trueLines[k[1]] {
			n += lines
			right++
			if template[k[0]] == k[1] {
				rightText++
			}
		}
	}
	f1 := func(right int) float64 { return 2 * float64(right) / float64(len(trueLines)+len(gotLines)) }
	all := float64(max(1, len(truth)))
	return scores{float64(n) / all, float64(exact) / all, f1(right), f1(rightText), len(gotLines), len(trueLines)}
}

// shuffled gives the share of lines that keep their signature when the lines come in another order, the least of some tries.
func shuffled(lines []string, method func([]string) grouping, tries int) float64 {
	want := method(lines)
	least := 1.0
	for seed := range tries {
		order := rand.New(rand.NewPCG(uint64(seed), 1)).Perm(len(lines))
		mixed := make([]string, len(lines))
		for i, p := range order {
			mixed[i] = lines[p]
		}
		got := method(mixed)
		same := 0
		for i, p := range order {
			if got.group[i] == want.group[p] {
				same++
			}
		}
		least = min(least, float64(same)/float64(len(lines)))
	}
	return least
}

// grown gives the share of the first lines that have the signature they had when only they were there.
func grown(lines []string, method func([]string) grouping, first int) float64 {
	first = min(first, len(lines))
	before, after := method(lines[:first]), method(lines)
	same := 0
	for i := range first {
		if before.group[i] == after.group[i] {
			same++
		}
	}
	return float64(same) / float64(max(1, first))
}

// speed prints how many lines a second one core takes.
func speed(files []string) error {
	var lines []string
	bytes := 0
	for _, name := range files {
		f, err := readLog(name)
		if err != nil {
			return err
		}
		lines = append(lines, f.lines...)
	}
	for _, l := range lines {
		bytes += len(l)
	}
	for _, m := range []struct {
		name string
		run  func() int
	}{
		{"cold", func() int { return len(alone(lines).group) }},
		{"learned", func() int { return len(learned(lines).group) }},
	} {
		n, start := 0, cpu()
		for cpu()-start < 2*time.Second {
			n += m.run()
		}
		took := cpu() - start
		fmt.Printf("%s: %.0f lines, %.1f MB a second of processor time\n", m.name, float64(n)/took.Seconds(), float64(n)/float64(len(lines))*float64(bytes)/1e6/took.Seconds())
	}
	return nil
}

func cpu() time.Duration { return cpuTime("self") }

// printWrong prints the true groups that were not found, largest first, with what was found instead.
func printWrong(f logFile, got grouping) {
	byTrue, byGot := map[string][]int{}, map[string][]int{}
	for i, t := range f.said {
		byTrue[t] = append(byTrue[t], i)
		byGot[got.group[i]] = append(byGot[got.group[i]], i)
	}
	truths := make([]string, 0, len(byTrue))
	for t := range byTrue {
		truths = append(truths, t)
	}
	slices.SortFunc(truths, func(a, b string) int { return cmp.Or(len(byTrue[b])-len(byTrue[a]), strings.Compare(a, b)) })
	for _, t := range truths {
		parts := map[string]int{}
		for _, i := range byTrue[t] {
			parts[got.group[i]]++
		}
		first := byTrue[t][0]
		g := got.group[first]
		switch {
		case len(parts) == 1 && len(byGot[g]) == len(byTrue[t]):
			if got.template[first] != t {
				fmt.Printf("  text  %5d  %s\n               %s\n", len(byTrue[t]), t, got.template[first])
			}
		case len(parts) == 1:
			fmt.Printf("  wide  %5d  %s\n        %5d  %s\n", len(byTrue[t]), t, len(byGot[g]), got.template[first])
		default:
			fmt.Printf("  split %5d  %s\n", len(byTrue[t]), t)
			shown := 0
			for id, n := range parts {
				if shown++; shown > 6 {
					break
				}
				fmt.Printf("        %5d of %d  %s\n", n, len(byGot[id]), got.template[byGot[id][0]])
			}
		}
	}
}
