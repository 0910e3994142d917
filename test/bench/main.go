// Command bench measures a desk: it makes one of a million tickets, puts load on it, and prints what it took.
//
//	go run ./test/bench                          everything, a million tickets, SQLite
//	go run ./test/bench all --engine postgres    the same on PostgreSQL
//	go run ./test/bench generate --data DIR      only make the desk
//	go run ./test/bench load --server URL --token T
//	go run ./test/bench lines --tickets 100000   tickets as JSON lines, for measuring an import
//	go run ./test/bench index --data DIR         make the index of similar tickets of a desk that was generated
//	go run ./test/bench similar --data DIR       how well similar tickets are found, on sets of known duplicates
//	go run ./test/bench lookup --loghub DIR --tickets DIR   what leaves when somebody looks up outside, and whether it helps
//	go run ./test/bench redact --data DIR        how fast private data is found in logs, memory of a stream, texts made to be slow
//	go run ./test/bench private --data FILE      how much of what is private is found, on labelled texts
//	go run ./test/bench overmasked --logs DIR --tickets DIR  which technical words are masked
//	go run ./test/bench mirror --data DIR        how well and how fast a question is found in the copy of a site
//
// Numbers are not asserted anywhere: a test that fails when the machine is busy teaches people to ignore it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"

	"firebreak/internal/store"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	word, args := "all", os.Args[1:]
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		word, args = args[0], args[1:]
	}
	if file := os.Getenv("FIREBREAK_BENCH_PROFILE"); file != "" {
		if f, err := os.Create(file); err == nil {
			pprof.StartCPUProfile(f)
			defer pprof.StopCPUProfile()
		}
	}
	var err error
	switch word {
	case "all":
		err = all(ctx, args)
	case "generate":
		err = generate(ctx, args)
	case "signature":
		err = signatures(ctx, args)
	case "private":
		err = private(ctx, args)
	case "overmasked":
		err = overmasked(ctx, args)
	case "redact":
		err = redactSpeed(ctx, args)
	case "load":
		err = load(ctx, args)
	case "lines":
		err = lines(ctx, args)
	case "index":
		err = indexSimilar(ctx, args)
	case "similar":
		err = measureSimilar(ctx, args)
	case "mirror":
		err = measureMirror(ctx, args)
	case "lookup":
		err = measureLookup(ctx, args)
	default:
		err = fmt.Errorf("there is no %q; use all, generate, load, lines, signature, index, similar, mirror, redact, private, overmasked or lookup", word)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func generate(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("generate", flag.ExitOnError)
	tickets := f.Int("tickets", 1_000_000, "how many tickets")
	entries := f.Int("entries", 0, "about how many entries; 0: three for each ticket")
	data := f.String("data", "bench-data", "data directory")
	database := f.String("database", "", "PostgreSQL URL; empty: SQLite in the data directory")
	seed := f.Uint64("seed", 1, "the same seed makes the same desk")
	f.Parse(args)
	if *entries == 0 {
		*entries = 3 * *tickets
	}
	return fill(ctx, store.Options{Dir: *data, Database: *database}, sizeOf(*tickets, *entries), *seed, os.Stderr)
}

func load(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("load", flag.ExitOnError)
	server := f.String("server", "http://127.0.0.1:8080", "address of the desk; loopback only")
	token := f.String("token", "", "API token, or several with commas: one for each client in turn")
	clients := f.Int("clients", 8, "how many requests are under way at once")
	seconds := f.Int("seconds", 20, "how long each kind of request is sent")
	what := f.String("what", strings.Join(names(kinds), ","), "kinds of requests, in order")
	f.Parse(args)
	d, err := newDriver(*server, strings.Split(*token, ","))
	if err != nil {
		return err
	}
	chosen, err := choose(*what)
	if err != nil {
		return err
	}
	fmt.Println(resultHead)
	for _, k := range chosen {
		r, err := d.run(ctx, k, *clients, time.Duration(*seconds)*time.Second)
		if err != nil {
			return err
		}
		fmt.Println(r)
	}
	return nil
}
