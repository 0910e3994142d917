package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"time"

	"firebreak/internal/redact"
)

// redactSpeed measures how fast private data is found in logs, what memory a long stream takes, and whether texts made
// to be slow are.
func redactSpeed(_ context.Context, args []string) error {
	f := flag.NewFlagSet("redact", flag.ExitOnError)
	dir := f.String("data", "", "folder of CSV files with the columns Content and EventTemplate, one a system")
	megabytes := f.Int("stream", 1000, "how long a stream is masked for its memory, MB")
	size := f.Int("adversarial", 10, "how long the texts made to be slow are, MB")
	people := f.Int("people", 0, "how many people, logins, clients and hosts of its own the desk has")
	f.Parse(args)
	files, err := filepath.Glob(filepath.Join(*dir, "*.csv"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("there are no CSV files in %q (%v); name the folder with --data", *dir, err)
	}
	var lines []string
	for _, name := range files {
		file, err := readLog(name)
		if err != nil {
			return err
		}
		lines = append(lines, file.lines...)
	}
	finder, err := redact.New(redact.Options{Own: manyOwn(*people)})
	if err != nil {
		return err
	}
	whole := strings.Join(lines, "\n") + "\n"
	finder.Find(whole) // what is loaded on first use
	fmt.Printf("%d lines, %.1f MB\n", len(lines), float64(len(whole))/1e6)
	rate := func(name string, run func()) {
		const passes = 4 // long enough for the clock of processor time
		var took []time.Duration
		for range 15 {
			start := cpu()
			for range passes {
				run()
			}
			took = append(took, cpu()-start)
		}
		slices.Sort(took)
		mb := float64(passes*len(whole)) / 1e6
		fmt.Printf("%-22s %6.1f MB a second of processor time, median of %d; the best %.1f\n", name, mb/took[len(took)/2].Seconds(), len(took), mb/took[0].Seconds())
	}
	rate("found, whole", func() { finder.Find(whole) })
	rate("found, line by line", func() {
		for _, l := range lines {
			finder.Find(l)
		}
	})
	rate("masked as a stream", func() {
		w := redact.NewWriter(io.Discard, finder, &redact.Pseudonyms{})
		io.WriteString(w, whole)
		w.Close()
	})
	if *megabytes > 0 {
		w := redact.NewWriter(io.Discard, finder, &redact.Pseudonyms{})
		before, most, start := heap(), uint64(0), cpu()
		for n := 0; n < *megabytes*1e6; n += len(whole) {
			io.WriteString(w, whole)
			most = max(most, heap())
		}
		w.Close()
		fmt.Printf("%-22s %d MB in %.1f s of processor time, heap %.1f MB before, %.1f MB at most\n", "a long stream", *megabytes, (cpu() - start).Seconds(), float64(before)/1e6, float64(most)/1e6)
	}
	if *size == 0 {
		return nil
	}
	fmt.Printf("texts of %d MB made to be slow, whole and as a stream, of processor time\n", *size)
	slowest := 1e9
	defer func() { fmt.Printf("the slowest: %.1f MB a second\n", slowest) }()
	for _, a := range adversarial(*size * 1e6) {
		start := cpu()
		found := finder.Find(a.text)
		took := max(cpu()-start, time.Millisecond)
		start = cpu()
		w := redact.NewWriter(io.Discard, finder, &redact.Pseudonyms{})
		io.WriteString(w, a.text)
		w.Close()
		streamed := max(cpu()-start, time.Millisecond)
		mb := float64(len(a.text)) / 1e6
		slowest = min(slowest, mb/took.Seconds(), mb/streamed.Seconds())
		fmt.Printf("%-22s %6.1f MB/s, %6.1f as a stream, %d findings\n", a.name, mb/took.Seconds(), mb/streamed.Seconds(), len(found))
	}
	return nil
}

// heap gives the bytes of live and not yet collected objects.
func heap() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	runtime.Gosched()
	metrics.Read(s)
	return s[0].Value.Uint64()
}

type named struct{ name, text string }

// adversarial gives texts that finders with a square in them take for ever over.
func adversarial(n int) (out []named) {
	for _, a := range []named{
		{"at signs", "@"}, {"a@a@a", "a@"}, {"digits", "7"}, {"stops", "."}, {"1.1.1.1", "1."}, {"a.a.a", "a."}, {"dashes", "-"},
		{"a-a-a", "a-"}, {"spaces", " "}, {"lines", "\n"}, {"1 1 1 1", "1 "}, {"1234 1234", "1234 "}, {"colons", ":"}, {"a:a:a", "a:"}, {"::::1", "::1"},
		{"keys begin", "-----BEGIN RSA PRIVATE KEY-----"}, {"keys begin, lines", "-----BEGIN PRIVATE KEY-----\n"}, {"begin", "-----BEGIN "},
		{"escaped percents", "%25"}, {"hex", "deadbeef01234567"}, {"base64", "dGhpcyBpcyBub3Qg"}, {"eyJ", "eyJ"}, {"eyJ.", "eyJhbGciOiJIUzI1NiJ9."},
		{"schemes", "http://"}, {"schemes with logins", "http://a:b@"}, {"password=", "password="}, {"password is", "password is "}, {"quotes", `password="`},
		{"bearer", "Bearer "}, {"slack", "xoxb-"}, {"keyword", "sk"}, {"slack =", "slack= "}, {"home", "/home/"}, {"names", "Mara Lind "}, {"Names", "Maralind"},
		{"brackets", "("}, {"(1)", "(1)"}, {"plus", "+1 "}, {"iban", "GB29 "}, {"not UTF-8", "\xff\xfe"}, {"wide", "é"}, {"wide words", "Éa "}, {"nul", "\x00"},
		{"degrees", "1.0°"}, {"born", "born "}, {"account", "account number "}, {"user", "for user "}, {"upper", "A"}, {"apostrophes", "a'"},
	} {
		out = append(out, named{a.name, strings.Repeat(a.text, n/len(a.text)+1)[:n]})
	}
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	out = append(out, named{"noise", string(b)})
	for i := range b {
		b[i] = "@.:-/=+ \n1aA\"'%("[r.IntN(16)]
	}
	return append(out, named{"noise of signs", string(b)})
}

// manyOwn makes the dictionaries of a desk with n of everything.
func manyOwn(n int) (o redact.Own) {
	for i := range n {
		o.People = append(o.People, fmt.Sprintf("Given%d Family%d", i%997, i))
		o.Logins = append(o.Logins, fmt.Sprintf("gfam%d", i))
		o.Clients = append(o.Clients, fmt.Sprintf("Client %d Limited", i))
		o.Hosts = append(o.Hosts, fmt.Sprintf("app-db-%d.corp.internal", i))
	}
	return o
}
