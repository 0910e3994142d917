package redact

import (
	"bufio"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sentence is a text with what is private in it.
type sentence struct {
	text  string
	found []Finding
	clean bool // nothing must be found
}

var bracket = regexp.MustCompile(`\[([a-z_]+) ([^\]]+)\]`)

func sentences(t testing.TB) []sentence {
	t.Helper()
	f, err := os.Open("testdata/names.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []sentence
	for s := bufio.NewScanner(f); s.Scan(); {
		line := strings.ReplaceAll(s.Text(), `\n`, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		x := sentence{clean: line[0] == '!'}
		line = strings.TrimPrefix(line, "!")
		last := 0
		for _, m := range bracket.FindAllStringSubmatchIndex(line, -1) {
			x.text += line[last:m[0]]
			start := len(x.text)
			x.text += line[m[4]:m[5]]
			x.found = append(x.found, Finding{Start: start, End: len(x.text), Kind: Kind(line[m[2]:m[3]])})
			last = m[1]
		}
		x.text += line[last:]
		all = append(all, x)
	}
	return all
}

// ours are the kinds that names finds.
var ours = []Kind{Person, Title, Nationality, Age, BirthDate, Date, Organization, Street, Place, Postcode}

func TestSentences(t *testing.T) {
	finder, err := New(Options{Kinds: ours})
	if err != nil {
		t.Fatal(err)
	}
	there, right, kinds := 0, 0, 0
	for _, x := range sentences(t) {
		found := finder.Find(x.text)
		if x.clean {
			for _, y := range found {
				t.Errorf("%q: %s %q is masked without need", x.text, y.Kind, x.text[y.Start:y.End])
			}
			continue
		}
		for _, w := range x.found {
			there++
			i := slices.IndexFunc(found, func(y Finding) bool { return y.Start == w.Start && y.End == w.End })
			if i < 0 {
				t.Logf("%q: %s %q is not found", x.text, w.Kind, x.text[w.Start:w.End])
				continue
			}
			right++
			if found[i].Kind == w.Kind {
				kinds++
			} else {
				t.Logf("%q: %q is %s, not %s", x.text, x.text[w.Start:w.End], found[i].Kind, w.Kind)
			}
		}
		for _, y := range found {
			if !slices.ContainsFunc(x.found, func(w Finding) bool { return w.Start < y.End && y.Start < w.End }) {
				t.Logf("%q: %s %q is masked without need", x.text, y.Kind, x.text[y.Start:y.End])
			}
		}
	}
	t.Logf("%d of %d found, %d of the right kind", right, there, kinds)
	if right*100 < there*95 || kinds*100 < there*88 {
		t.Errorf("only %d of %d private things are found exactly, %d with the right kind", right, there, kinds)
	}
}
