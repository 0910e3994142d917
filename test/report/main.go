// Report reads the stream of go test -json and prints what a person wants of it: the line of each package, the
// whole output of what failed, and every skipped test with its reason. Its exit code is 1 when something failed,
// or, with -no-skips, when something was skipped.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is a line of the stream; see go doc test2json.
type event struct {
	Action     string
	Package    string
	ImportPath string
	Test       string
	Output     string
	FailedTest string
}

func main() {
	noSkips := flag.Bool("no-skips", false, "a skipped test is a failure")
	flag.Parse()
	failed, skipped, err := report(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
	}
	if failed > 0 || err != nil || *noSkips && skipped > 0 {
		os.Exit(1)
	}
}

// report copies to out what matters and counts failed packages or builds, and skipped tests.
func report(in io.Reader, out io.Writer) (failed, skipped int, err error) {
	type key struct{ pkg, test string }
	said := map[key][]string{} // output of a test, or of a package outside of tests, until its end is known
	packages, passed := 0, 0
	var skips []string
	lines := bufio.NewReader(in)
	for {
		line, readErr := lines.ReadBytes('\n')
		var e event
		if len(line) > 0 {
			if json.Unmarshal(line, &e) != nil {
				out.Write(line) // not of the stream: a message of the go command itself
			}
			k := key{e.Package, e.Test}
			switch e.Action {
			case "build-output":
				io.WriteString(out, e.Output)
			case "build-fail":
				failed++
			case "output":
				if e.Test == "" && summary(e.Output) {
					io.WriteString(out, e.Output)
				} else {
					said[k] = append(said[k], e.Output)
				}
			case "pass":
				if e.Test == "" {
					packages++
				} else {
					passed++
				}
				delete(said, k)
			case "skip":
				if e.Test != "" {
					skipped++
					skips = append(skips, e.Package+" "+e.Test+": "+reason(said[k]))
				}
				delete(said, k)
			case "fail":
				if e.Test == "" {
					packages++
					failed++
				}
				for _, s := range said[k] {
					if !strings.HasPrefix(s, "=== ") {
						io.WriteString(out, s)
					}
				}
				delete(said, k)
			}
		}
		if readErr == io.EOF {
			break
		}
		if readErr != nil {
			return failed, skipped, readErr
		}
	}
	for _, s := range skips {
		fmt.Fprintln(out, "SKIP", s)
	}
	fmt.Fprintf(out, "%d tests passed in %d packages, %d packages failed, %d tests skipped\n", passed, packages, failed, skipped)
	if packages == 0 {
		return failed, skipped, fmt.Errorf("no package was tested")
	}
	return failed, skipped, nil
}

// summary reports whether a package's output line is its result.
func summary(s string) bool {
	for _, p := range []string{"ok  \t", "FAIL\t", "?   \t"} {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// reason gives what a skipped test said, as one line.
func reason(said []string) string {
	var parts []string
	for _, s := range said {
		s = strings.TrimSpace(s)
		if s != "" && !strings.HasPrefix(s, "===") && !strings.HasPrefix(s, "---") {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " ")
}
