// Package test holds what is true of the whole program: its floors. The table below is the law; docs/architecture.md shows it
// to people and .golangci.yml to editors, and both are compared with it here. After a change of the table run
// go test ./test -run Architecture -update.
package test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "write the floor table into docs/architecture.md and .golangci.yml")

// floor is one row: packages of the same height and what they may import of Firebreak.
type floor struct {
	height   int
	packages []string
	are      string
	may      []string // packages, or the groups below
}

// Groups of packages in the column "may import".
const (
	all    = "all"
	domain = "domain"
	leaves = "leaves"
)

// floors is the table, top to bottom. Arrows run downwards only.
var floors = []floor{
	{7, []string{"cli"}, "are the command line, and wire everything (`app.go`)", []string{all}},
	{6, []string{"web"}, "are ways in: they translate and never decide", []string{"desk", domain, leaves}},
	{6, []string{"jobs"}, "work what is due; the job stands in the desk's own transaction, hence `store`", []string{"desk", "store", domain, leaves}},
	{5, []string{"outbound"}, "are ways out: each implements a small interface that `desk` declares, and knows its protocol alone", []string{domain, leaves}},
	{5, []string{"demo"}, "tells the stories of the demonstration desk through the use cases", []string{"desk", domain, leaves}},
	{4, []string{"desk"}, "are the use cases: permission, transaction, job, event; a file or a few per noun", []string{"store", domain, leaves}},
	{3, []string{"store"}, "is the only SQL: rows in, rows out, both engines", []string{domain, leaves}},
	{2, []string{"ticket", "urgency", "calendar", "catalog", "person", "evidence", "search", "transfer", "recurrence", "resolution", "signature", "jil", "estate", "knownerror", "similar", "redact", "lookup", "privacy", "mirror"}, "are what is true: pure functions and types; no clock, no SQL, no input or output but readers handed in", []string{domain, leaves}},
	{1, []string{"clock", "id", "live", "config"}, "are a small kit", []string{"fault"}},
	{1, []string{"fault"}, "is what every floor says when something is wrong", nil},
}

// elsewhere are the packages outside internal, and what they may import of Firebreak.
var elsewhere = map[string][]string{
	".":      {"cli"},
	"client": nil, // public: a program of somebody else may import it
	"test":   {all},
}

const module = "firebreak"

// pkg is what go list tells of a package.
type pkg struct {
	Dir, ImportPath, Name                              string
	GoFiles, TestGoFiles, XTestGoFiles, IgnoredGoFiles []string
	Imports                                            []string
}

// room is the name in the table: the first element below internal/.
func (p pkg) room() string {
	rest, inside := strings.CutPrefix(p.ImportPath, module+"/internal/")
	if !inside {
		rest = strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		if rest == "" {
			return "."
		}
	}
	room, _, _ := strings.Cut(rest, "/")
	return room
}

func (p pkg) internal() bool { return strings.HasPrefix(p.ImportPath, module+"/internal/") }

// forTests reports whether only tests import the package: storetest, webtest.
func (p pkg) forTests() bool { return strings.HasSuffix(p.ImportPath, "test") && p.internal() }

func (f floor) allows(room string) bool {
	for _, m := range f.may {
		if m == all || m == room || (m == domain && rowOf(room).height == 2) || (m == leaves && rowOf(room).height == 1) {
			return true
		}
	}
	return false
}

func rowOf(room string) floor {
	for _, f := range floors {
		if slices.Contains(f.packages, room) {
			return f
		}
	}
	return floor{}
}

// TestArchitectureFloors holds every import to the table.
func TestArchitectureFloors(t *testing.T) {
	for _, p := range packages(t) {
		row, may := rowOf(p.room()), elsewhere[p.room()]
		if p.internal() && row.height == 0 {
			t.Errorf("%s stands on no floor: add it to the table in test/architecture_test.go", p.ImportPath)
			continue
		}
		if _, known := elsewhere[p.room()]; !p.internal() && !known {
			t.Errorf("%s has no place: packages live in internal/, client/ and test/", p.ImportPath)
			continue
		}
		if !p.internal() {
			row = floor{packages: []string{p.room()}, may: may}
		}
		for _, imp := range p.Imports {
			if imp != module && !strings.HasPrefix(imp, module+"/") {
				continue
			}
			below := pkg{ImportPath: imp}
			if below.room() == p.room() && below.internal() == p.internal() {
				continue
			}
			if !row.allows(below.room()) {
				t.Errorf("%s imports %s: floor %d may import %s", p.ImportPath, imp, row.height, words(row.may))
			}
		}
	}
}

// places says who alone may import what, by the beginning of the import path. A file is named where a package would be too wide.
var places = []struct {
	imports string
	by      []string // rooms or files
	why     string
}{
	{"modernc.org/sqlite", []string{"internal/store/dialect", "internal/store/backup.go", "test/"}, "engines have one file"},
	{"github.com/jackc/pgx", []string{"internal/store/dialect", "internal/store/notify.go", "internal/jobs/client.go", "internal/store/storetest/", "test/"}, "engines have one file"},
	{"github.com/riverqueue/", []string{"internal/jobs/"}, "the queue can be replaced in one package"},
	{"database/sql", []string{"internal/store/", "internal/jobs/client.go", "test/"}, "the store is the only SQL"},
	{"github.com/danielgtaylor/huma", []string{"internal/web/"}, "the domain knows no HTTP"},
	{"net/http", []string{"internal/web/", "internal/outbound/", "internal/cli/", "client/", "test/"}, "the domain knows no HTTP"},
	{"github.com/spf13/cobra", []string{"internal/cli/"}, "the command line is floor 7"},
	{"os/exec", []string{"internal/cli/", "internal/store/backup.go", "test/"}, "programs are started in few places"},
}

// TestArchitecturePlaces keeps engines, queue and protocols where they belong.
func TestArchitecturePlaces(t *testing.T) {
	for f := range sources(t) {
		for _, imp := range f.ast.Imports {
			path := strings.Trim(imp.Path.Value, `"`)
			for _, p := range places {
				if !strings.HasPrefix(path, p.imports) || f.test {
					continue
				}
				if !slices.ContainsFunc(p.by, func(by string) bool { return strings.HasPrefix(f.path, by) }) {
					t.Errorf("%s imports %s, which belongs to %s: %s", f.path, path, strings.Join(p.by, ", "), p.why)
				}
			}
		}
	}
}

// TestArchitectureEngineNames keeps the names of engines in code, as opposed to sentences for people, in few files.
func TestArchitectureEngineNames(t *testing.T) {
	home := []string{"internal/store/dialect", "internal/store/blob.go", "internal/store/migrate.go", "internal/store/backup.go", "internal/store/storetest/", "internal/jobs/client.go", "test/",
		"internal/knownerror/",      // knows their error codes, as it knows those of other products
		"internal/lookup/",          // and their names and sites
		"internal/demo/lookup.go",   // looks an error up there
		"internal/config/config.go", // reads the address, whose scheme is the engine's
	}
	for f := range sources(t) {
		if f.test || slices.ContainsFunc(home, func(h string) bool { return strings.HasPrefix(f.path, h) }) {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			name := ""
			switch n := n.(type) {
			case *ast.Ident:
				name = n.Name
			case *ast.BasicLit:
				if n.Kind == token.STRING {
					name = strings.Trim(n.Value, "\"`")
				}
				if strings.ContainsAny(name, " \n") {
					name = "" // a sentence
				}
			}
			if engine := strings.ToLower(name); strings.Contains(engine, "sqlite") || strings.Contains(engine, "postgres") || strings.Contains(engine, "pgx") {
				t.Errorf("%s names an engine: %s. What differs between engines belongs into internal/store/dialect*.go", f.at(n), name)
			}
			return true
		})
	}
}

// TestArchitectureTime keeps the machine's clock away from floors 1 to 4: time enters at the edge.
func TestArchitectureTime(t *testing.T) {
	for f := range sources(t) {
		if f.test || f.row.height == 0 || f.row.height > 4 || strings.HasPrefix(f.path, "internal/clock/") {
			continue
		}
		if f.path == "internal/store/group.go" { // measures how long a commit took; nothing of it is kept
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick", "Sleep"}, s.Sel.Name) {
				t.Errorf("%s uses time.%s: take the instant as an argument or from the transaction", f.at(n), s.Sel.Name)
			}
			return true
		})
	}
}

// TestArchitecturePure keeps input and output out of the domain and the kit, and the kit on the standard library.
func TestArchitecturePure(t *testing.T) {
	outside := []string{"os", "os/exec", "os/signal", "net", "net/http", "log", "syscall"}
	for f := range sources(t) {
		if f.test || f.row.height == 0 || f.row.height > 2 || strings.HasPrefix(f.path, "internal/config/") { // config reads files and variables
			continue
		}
		for _, imp := range f.ast.Imports {
			path := strings.Trim(imp.Path.Value, `"`)
			if slices.Contains(outside, path) {
				t.Errorf("%s imports %s: floors 1 and 2 do no input or output", f.path, path)
			}
			if f.row.height == 1 && strings.Contains(path, ".") {
				t.Errorf("%s imports %s: the kit stands on the standard library", f.path, path)
			}
		}
	}
}

// TestArchitectureNames refuses packages named for nothing.
func TestArchitectureNames(t *testing.T) {
	for _, p := range packages(t) {
		if slices.Contains([]string{"util", "utils", "common", "models", "model", "helpers", "helper", "misc", "base", "shared", "types", "lib", "pkg"}, p.Name) {
			t.Errorf("%s: a package is named for what it provides", p.ImportPath)
		}
	}
}

// maxLines is the longest hand-written file; about 500 is the habit.
const maxLines = 800

// TestArchitectureFileSize keeps files short enough to be read.
func TestArchitectureFileSize(t *testing.T) {
	root := root(t)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{".git", "vendor", "testdata", "node_modules", "dist", "tools"}, d.Name()) {
			return fs.SkipDir
		}
		if !d.IsDir() && slices.Contains([]string{".go", ".js", ".css", ".html", ".sql", ".sh"}, filepath.Ext(path)) {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if n := bytes.Count(b, []byte("\n")); n > maxLines {
				rel, _ := filepath.Rel(root, path)
				t.Errorf("%s has %d lines, more than %d: split it by noun or act", rel, n, maxLines)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestArchitectureShown compares the table with docs/architecture.md and .golangci.yml.
func TestArchitectureShown(t *testing.T) {
	for _, shown := range []struct{ file, begin, end, want string }{
		{"docs/architecture.md", "<!-- floors -->\n", "<!-- /floors -->\n", floorTable()},
		{".golangci.yml", "        # floors\n", "        # /floors\n", floorRules()},
	} {
		file := filepath.Join(root(t), shown.file)
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		before, rest, found := strings.Cut(string(b), shown.begin)
		have, after, ended := strings.Cut(rest, shown.end)
		if !found || !ended {
			t.Errorf("%s: the marks %q and %q are missing", shown.file, shown.begin, shown.end)
			continue
		}
		if have == shown.want {
			continue
		}
		if *update {
			if err := os.WriteFile(file, []byte(before+shown.begin+shown.want+shown.end+after), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		t.Errorf("%s shows another table than test/architecture_test.go; run go test ./test -run Architecture -update. It should be:\n%s", shown.file, shown.want)
	}
}

// floorTable is the table for people.
func floorTable() string {
	var b strings.Builder
	b.WriteString("| floor | packages | they | may import |\n|---|---|---|---|\n")
	for _, f := range floors {
		fmt.Fprintf(&b, "| %d | `%s` | %s | %s |\n", f.height, strings.Join(f.packages, "` `"), f.are, words(f.may))
	}
	return b.String()
}

func words(may []string) string {
	var out []string
	for _, m := range may {
		if m != all && m != domain && m != leaves {
			m = "`" + m + "`"
		}
		out = append(out, m)
	}
	if len(out) == 0 {
		return "the standard library"
	}
	return strings.Join(out, ", ")
}

// floorRules is the table for depguard: what each row may not import.
func floorRules() string {
	var b strings.Builder
	for _, f := range floors {
		var deny []string
		for _, g := range floors {
			for _, p := range g.packages {
				if !slices.Contains(f.packages, p) && !f.allows(p) {
					deny = append(deny, p)
				}
			}
		}
		if len(deny) == 0 {
			continue
		}
		fmt.Fprintf(&b, "        %s:\n          files:\n", f.packages[0])
		for _, p := range f.packages {
			fmt.Fprintf(&b, "            - \"**/internal/%s/**\"\n", p)
		}
		b.WriteString("            - \"!$test\"\n          deny:\n")
		for _, p := range deny {
			fmt.Fprintf(&b, "            - {pkg: \"%s/internal/%s\", desc: \"floor %d may import %s\"}\n", module, p, f.height, strings.ReplaceAll(words(f.may), "`", ""))
		}
	}
	return b.String()
}

// source is a parsed file.
type source struct {
	path string // from the root, with slashes
	row  floor
	test bool // a test, or a package for tests
	ast  *ast.File
	set  *token.FileSet
}

func (f source) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", f.path, f.set.Position(n.Pos()).Line)
}

// sources gives every Go file of the module.
func sources(t *testing.T) func(func(source) bool) {
	return func(yield func(source) bool) {
		set := token.NewFileSet()
		for _, p := range packages(t) {
			for _, name := range slices.Concat(p.GoFiles, p.TestGoFiles, p.XTestGoFiles, p.IgnoredGoFiles) {
				file := filepath.Join(p.Dir, name)
				a, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
				if err != nil {
					t.Fatal(err)
				}
				rel, err := filepath.Rel(root(t), file)
				if err != nil {
					t.Fatal(err)
				}
				s := source{path: filepath.ToSlash(rel), ast: a, set: set, test: strings.HasSuffix(name, "_test.go") || p.forTests()}
				if p.internal() {
					s.row = rowOf(p.room())
				}
				if !yield(s) {
					return
				}
			}
		}
	}
}

// packages gives every package of the module.
func packages(t *testing.T) []pkg {
	t.Helper()
	ps, err := listed()
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

// listed asks the go command, once for all tests.
var listed = sync.OnceValues(func() ([]pkg, error) {
	cmd := exec.Command("go", "list", "-json=Dir,ImportPath,Name,GoFiles,TestGoFiles,XTestGoFiles,IgnoredGoFiles,Imports", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		if e, ok := errors.AsType[*exec.ExitError](err); ok {
			err = fmt.Errorf("%w\n%s", err, e.Stderr)
		}
		return nil, fmt.Errorf("go list: %w", err)
	}
	var ps []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		ps = append(ps, p)
	}
	if len(ps) < 10 {
		return nil, fmt.Errorf("go list gave only %d packages", len(ps))
	}
	return ps, nil
})

// root is the folder of the module.
func root(t *testing.T) string {
	t.Helper()
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(wd)
}
