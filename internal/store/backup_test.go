package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"firebreak/internal/clock"
	"firebreak/internal/fault"
	"firebreak/internal/ticket"
)

// TestEveryTableIsExportedOrNot holds that a new table is thought of.
func TestEveryTableIsExportedOrNot(t *testing.T) {
	s := openTest(t, Options{Dir: t.TempDir()})
	rows, err := s.reader.Query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'doc_fts%'")
	tables, err := collect(rows, err, func(r row) (n string, err error) { return n, r.Scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tables {
		exported := slices.ContainsFunc(Nouns, func(n Noun) bool { return n.table == name })
		if exported == slices.Contains(notExported, name) {
			t.Errorf("table %s: say in export.go whether an export holds it", name)
		}
	}
}

func openTest(t *testing.T, o Options) *Store {
	t.Helper()
	o.NoSync, o.Clock = true, clock.Real
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func addTicket(ctx context.Context, s *Store, subject string) error {
	return s.Write(ctx, func(tx *Tx) error {
		return tx.AddTicket(ctx, &ticket.Ticket{Subject: subject, Status: ticket.New, Level: ticket.L1, Fire: "match", CreatedAt: tx.Now, UpdatedAt: tx.Now})
	})
}

// whileWriting runs fn while tickets are added, and gives how many were acknowledged before it began.
func whileWriting(t *testing.T, s *Store, fn func()) (before int) {
	t.Helper()
	for n := range 30 {
		if err := addTicket(t.Context(), s, fmt.Sprint("before ", n)); err != nil {
			t.Fatal(err)
		}
	}
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				done <- nil
				return
			default:
				if err := addTicket(context.Background(), s, "meanwhile"); err != nil {
					done <- err
					return
				}
			}
		}
	}()
	fn()
	close(stop)
	if err := <-done; err != nil {
		t.Fatal("the writer was held up:", err)
	}
	return 30
}

func TestBackupOfARunningDesk(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	s := openTest(t, Options{Dir: filepath.Join(dir, "live")})
	hash, size, err := s.Blobs().Put(ctx, strings.NewReader("evidence"), 100)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.writer.Exec("INSERT INTO file (hash, size, created_at) VALUES ($1, $2, 1)", hash, size); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "b.tar.gz")
	before := whileWriting(t, s, func() {
		if m, err := Backup(ctx, Options{Dir: s.dir, Clock: clock.Real}, file, nil); err != nil || len(m.Items) != 2 || m.Schema != SchemaVersion() {
			t.Fatal(m, err)
		}
	})
	to := Options{Dir: filepath.Join(dir, "restored"), Clock: clock.Real}
	if _, _, err := Restore(ctx, file, to, false); err != nil {
		t.Fatal(err)
	}
	back := openTest(t, to)
	var answer string
	if err := back.reader.QueryRow("PRAGMA integrity_check").Scan(&answer); err != nil || answer != "ok" {
		t.Error(answer, err)
	}
	var n int
	if err := back.reader.QueryRow("SELECT count(*) FROM ticket WHERE subject LIKE 'before %'").Scan(&n); err != nil || n != before {
		t.Errorf("%d of %d acknowledged tickets are there: %v", n, before, err)
	}
	if b, err := back.Blobs().Open(ctx, hash); err != nil {
		t.Error(err)
	} else {
		b.Close()
	}
	if found, err := Examine(ctx, to, true); err != nil || slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == Problem }) {
		t.Error(found, err)
	}
	// Where something is, it is neither overwritten nor, while it is open, moved.
	if _, _, err := Restore(ctx, file, to, false); !fault.Is(err, fault.CodeConflict) {
		t.Error(err)
	}
	if _, _, err := Restore(ctx, file, to, true); !fault.Is(err, fault.CodeConflict) || !strings.Contains(err.Error(), "running") {
		t.Error(err)
	}
	back.Close()
	_, aside, err := Restore(ctx, file, to, true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(aside, DatabaseFile)); err != nil {
		t.Error("the old desk is not kept:", err)
	}
}

func TestDamagedBackupIsRefused(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	s := openTest(t, Options{Dir: filepath.Join(dir, "live")})
	file := filepath.Join(dir, "b.tar.gz")
	if _, err := Backup(ctx, Options{Dir: s.dir, Clock: clock.Real}, file, nil); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	to := Options{Dir: filepath.Join(dir, "restored"), Clock: clock.Real}
	flipped := slices.Clone(whole)
	flipped[len(flipped)/2] ^= 0xff
	for name, b := range map[string][]byte{"cut off": whole[:len(whole)/2], "almost whole": whole[:len(whole)-4], "damaged": flipped, "something else": []byte("hello"), "empty": {}} {
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := Restore(ctx, file, to, false); fault.Of(err) == nil || fault.Of(err).Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(to.Dir); err == nil {
			t.Errorf("%s: something was written", name)
		}
	}
}

func TestBackupOnPostgres(t *testing.T) {
	base := os.Getenv("FIREBREAK_TEST_POSTGRES")
	if base == "" {
		if os.Getenv("FIREBREAK_TEST_REQUIRE_POSTGRES") != "" {
			t.Fatal("no PostgreSQL")
		}
		t.Skip("no PostgreSQL: set FIREBREAK_TEST_POSTGRES, or run make test, which starts one")
	}
	ctx := t.Context()
	admin, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	at := strings.LastIndexByte(base, '/')
	var urls [2]string
	for i := range urls {
		name := fmt.Sprintf("firebreak_backup_%d_%d", os.Getpid(), i)
		if _, err := admin.Exec("CREATE DATABASE " + name); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			admin, err := sql.Open("pgx", base)
			if err == nil {
				admin.Exec("DROP DATABASE " + name + " WITH (FORCE)")
				admin.Close()
			}
		})
		urls[i] = base[:at+1] + name
	}
	s := openTest(t, Options{Dir: t.TempDir(), Database: urls[0]})
	file := filepath.Join(t.TempDir(), "b.tar.gz")
	before := whileWriting(t, s, func() {
		if m, err := Backup(ctx, Options{Database: urls[0], Clock: clock.Real}, file, nil); err != nil || len(m.Items) != 1 {
			t.Fatal(m, err)
		}
	})
	if _, _, err := Restore(ctx, file, Options{Dir: t.TempDir(), Clock: clock.Real}, false); fault.Of(err) == nil || fault.Of(err).Field != "database" {
		t.Error(err)
	}
	to := Options{Dir: t.TempDir(), Database: urls[1], Clock: clock.Real}
	if _, _, err := Restore(ctx, file, to, false); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Restore(ctx, file, to, false); !fault.Is(err, fault.CodeConflict) {
		t.Error(err)
	}
	back := openTest(t, to)
	var n int
	if err := back.reader.QueryRow("SELECT count(*) FROM ticket WHERE subject LIKE 'before %'").Scan(&n); err != nil || n != before {
		t.Errorf("%d of %d acknowledged tickets are there: %v", n, before, err)
	}
	if found, err := Examine(ctx, to, true); err != nil || slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == Problem }) {
		t.Error(found, err)
	}
}

func TestExamineSaysWhatToDo(t *testing.T) {
	ctx := t.Context()
	find := func(o Options, check string) Finding {
		t.Helper()
		found, err := Examine(ctx, o, true)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if f.Check == check && f.Severity != Fine {
				return f
			}
		}
		return Finding{}
	}
	if f := find(Options{Dir: t.TempDir()}, "database"); f.Severity != Problem || f.Hint == "" {
		t.Error("no desk:", f)
	}
	s := openTest(t, Options{Dir: t.TempDir()})
	o := Options{Dir: s.dir}
	if f := find(o, "files"); f != (Finding{}) {
		t.Error(f)
	}
	hash, _, err := s.Blobs().Put(ctx, strings.NewReader("evidence"), 100)
	if err != nil {
		t.Fatal(err)
	}
	if f := find(o, "files"); f.Severity != Warning || !strings.Contains(f.Message, "belong to nothing") {
		t.Error("orphan:", f)
	}
	if _, err := s.writer.Exec("INSERT INTO file (hash, size, created_at) VALUES ($1, 8, 1)", hash); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(s.dir, "files", hash[:2], hash)
	if err := os.WriteFile(path, []byte("evidently"), 0o600); err != nil {
		t.Fatal(err)
	}
	if f := find(o, "files"); f.Severity != Problem || !strings.Contains(f.Message, "1 damaged") {
		t.Error("damaged:", f)
	}
	os.Remove(path)
	if f := find(o, "files"); f.Severity != Problem || !strings.Contains(f.Message, "1 are missing") {
		t.Error("missing:", f)
	}
	if err := addTicket(ctx, s, "x"); err != nil {
		t.Fatal(err)
	}
	late := time.Now().Add(-time.Hour).UnixMilli()
	if _, err := s.writer.Exec("UPDATE ticket SET due_at = $1", late); err != nil {
		t.Fatal(err)
	}
	if f := find(o, "clocks"); f.Severity != Warning {
		t.Error("late:", f)
	}
	if _, err := s.writer.Exec("DELETE FROM doc"); err != nil {
		t.Fatal(err)
	}
	if f := find(o, "search"); f.Severity != Problem {
		t.Error("search:", f)
	}
	if _, err := s.writer.Exec("INSERT INTO schema_migration (version, name, applied_at) VALUES (9999, 'later', 1)"); err != nil {
		t.Fatal(err)
	}
	if f := find(o, "schema"); f.Severity != Problem {
		t.Error("schema:", f)
	}
}
