//go:build ignore

// Count counts the words of public technical texts: manuals, and the sources of libraries with their comments and messages.
// Each argument is NAME=FOLDER, a body of text. It prints a word a line, lower case: the bodies it stands in, the files,
// how often in all, how often in lower case as a word of its own.
//
//	go run count.go go=$(go env GOROOT)/src man=/usr/share/man … > count.tsv
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

type tally struct {
	bodies            uint64
	files, all, lower uint32
	last              int32
}

var (
	seen = map[string]*tally{}
	file int32
	kept = map[string]bool{".go": true, ".java": true, ".py": true, ".html": true, ".htm": true, ".txt": true, ".rst": true, ".md": true, ".gz": true, ".xml": true, ".proto": true,
		".c": true, ".h": true, ".yaml": true, ".yml": true, ".properties": true, ".conf": true, ".tsv": true, ".en": true, ".1": true, ".5": true, ".8": true, ".7": true, "": true, ".sql": true, ".po": true, ".js": true}
)

func main() {
	for i, arg := range os.Args[1:] {
		name, dir, ok := strings.Cut(arg, "=")
		if !ok {
			fmt.Fprintln(os.Stderr, "count: NAME=FOLDER, please, not", arg)
			os.Exit(2)
		}
		n := 0
		filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && (d.Name() == "vendor" || d.Name() == "node_modules" || d.Name() == "testdata") {
				return fs.SkipDir
			}
			if !d.Type().IsRegular() || !kept[strings.ToLower(filepath.Ext(path))] {
				return nil
			}
			text := read(path)
			if text == nil {
				return nil
			}
			n++
			file++
			count(text, 1<<i)
			return nil
		})
		fmt.Fprintln(os.Stderr, name, n, "files", len(seen), "words")
	}
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	words := make([]string, 0, len(seen))
	for s, t := range seen {
		if t.files >= 3 {
			words = append(words, s)
		}
	}
	slices.Sort(words)
	for _, s := range words {
		t := seen[s]
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\n", s, bits.OnesCount64(t.bodies), t.files, t.all, t.lower)
	}
}

func read(path string) []byte {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil
		}
		r = z
	}
	b, _ := io.ReadAll(io.LimitReader(r, 3<<20))
	if bytes.IndexByte(b[:min(len(b), 1024)], 0) >= 0 {
		return nil
	}
	if strings.Contains(path, ".htm") {
		b = untag(b)
	}
	return b
}

func untag(b []byte) []byte {
	out := b[:0]
	in := false
	for _, c := range b {
		switch {
		case c == '<':
			in = true
			out = append(out, ' ')
		case c == '>':
			in = false
		case !in:
			out = append(out, c)
		}
	}
	return out
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func upper(c byte) bool  { return c >= 'A' && c <= 'Z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }

// count takes the words of a text: each run of letters and digits, and the parts of names in camel case.
func count(b []byte, body uint64) {
	for i := 0; i < len(b); {
		if !letter(b[i]) {
			i++
			continue
		}
		e := i
		for e < len(b) && (letter(b[e]) || digit(b[e])) {
			e++
		}
		alone := (i == 0 || b[i-1] != '_' && b[i-1] != '-' && b[i-1] != '@' && b[i-1] < 0x80) && (e == len(b) || b[e] != '_' && b[e] != '@' && b[e] < 0x80)
		w := b[i:e]
		i = e
		if len(w) > 40 {
			continue
		}
		if bytes.IndexFunc(w, func(r rune) bool { return r >= '0' && r <= '9' }) >= 0 && len(w) <= 12 {
			take(w, body, alone)
		}
		for s := 0; s < len(w); {
			if digit(w[s]) {
				s++
				continue
			}
			t := s + 1
			if upper(w[s]) && t < len(w) && upper(w[t]) { // HTTPServer: HTTP, Server
				for t < len(w) && upper(w[t]) {
					t++
				}
				if t < len(w) && letter(w[t]) {
					t--
				}
			} else {
				for t < len(w) && letter(w[t]) && !upper(w[t]) {
					t++
				}
			}
			take(w[s:t], body, alone && s == 0 && t == len(w))
			s = t
		}
	}
}

func take(w []byte, body uint64, alone bool) {
	if len(w) < 2 || len(w) > 24 {
		return
	}
	lower := bytes.ToLower(w)
	t := seen[string(lower)]
	if t == nil {
		t = &tally{last: -1}
		seen[string(lower)] = t
	}
	t.bodies |= body
	t.all++
	if t.last != file {
		t.files++
		t.last = file
	}
	if alone && bytes.Equal(lower, w) {
		t.lower++
	}
}
