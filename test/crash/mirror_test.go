package crash

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"firebreak/internal/desk"
	"firebreak/internal/live"
	"firebreak/internal/mirror"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
)

// TestMirrorImportSurvivesKill kills the import of a site's dump a few times, each time a little later, and then lets the same
// command through: everything is there once, and is found.
func TestMirrorImportSurvivesKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills the program")
	}
	program := filepath.Join(t.TempDir(), "firebreak")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, "firebreak").CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	const questions = 9000
	dump := filepath.Join(t.TempDir(), "Posts.xml")
	writePosts(t, dump, questions)
	t.Run("sqlite", func(t *testing.T) { killImport(t, program, dump, questions, store.Options{Dir: t.TempDir()}) })
	t.Run("postgres", func(t *testing.T) {
		killImport(t, program, dump, questions, store.Options{Dir: t.TempDir(), Database: storetest.PostgresURL(t)})
	})
}

func writePosts(t *testing.T, file string, questions int) {
	t.Helper()
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<posts>\n")
	for i := 1; i <= questions; i++ {
		fmt.Fprintf(&b, "  <row Id=\"%d\" PostTypeId=\"1\" AcceptedAnswerId=\"%d\" CreationDate=\"2020-01-02T03:04:05.678\" Score=\"1\" Body=\"&lt;p&gt;Job number%dx stops at step %d with code %d.&lt;/p&gt;\" Title=\"Job number%dx stops\" Tags=\"&lt;batch&gt;\" />\n", 2*i-1, 2*i, i, i%7, i%91, i)
		fmt.Fprintf(&b, "  <row Id=\"%d\" PostTypeId=\"2\" ParentId=\"%d\" CreationDate=\"2020-01-02T03:04:05.678\" Score=\"1\" Body=\"&lt;p&gt;Start step %d again.&lt;/p&gt;\" />\n", 2*i, 2*i-1, i%7)
	}
	b.WriteString("</posts>\n")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

func killImport(t *testing.T, program, dump string, questions int, o store.Options) {
	const site = "dba.stackexchange.com"
	command := func() *exec.Cmd {
		c := exec.Command(program, "mirror", "import", dump, "--site", site, "--data", o.Dir)
		if o.Database != "" {
			c.Args = append(c.Args, "--database", o.Database)
		}
		return c
	}
	for wait := 300 * time.Millisecond; wait < 5*time.Second; wait *= 2 {
		c := command()
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(wait)
		c.Process.Kill()
		c.Wait()
	}
	out, err := command().CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	d := desk.New(s, &live.Hub{}, nil, slog.New(slog.DiscardHandler))
	ctx := desk.AsSystem(t.Context(), "cli", "test")
	sites, err := d.MirrorSites(ctx)
	if err != nil || len(sites) != 1 || sites[0].Questions != questions || sites[0].Answers != questions || !sites[0].Complete {
		t.Fatalf("%+v, %v", sites, err)
	}
	for _, i := range []int64{1, 77, 4096, 4097, 8500, int64(questions)} {
		hits, err := d.SearchMirror(ctx, fmt.Sprintf("number%dx", i), 5)
		if err != nil || len(hits) == 0 || hits[0].ID != 2*i-1 || !hits[0].Accepted {
			t.Errorf("question %d: %d found, %v", i, len(hits), err)
		}
		if slices.ContainsFunc(hits[min(1, len(hits)):], func(h desk.MirrorHit) bool { return h.ID == 2*i-1 }) {
			t.Errorf("question %d is found twice", i)
		}
	}
	f, err := os.Open(dump)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	res, err := d.ImportMirror(ctx, mirror.NewReader(f), desk.MirrorImport{Site: site})
	if err != nil || res.Unchanged != int64(2*questions) || res.New+res.Updated+res.Indexed != 0 {
		t.Errorf("once more: %+v, %v", res, err)
	}
}
