// Package storetest opens throw-away desks for tests, on both engines. PostgreSQL is used when
// FIREBREAK_TEST_POSTGRES holds a URL of a server (make test starts one); without it the test says
// what it skips, and fails instead when FIREBREAK_TEST_REQUIRE_POSTGRES is set, as in CI.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"firebreak/internal/clock"
	"firebreak/internal/store"
)

// Start is the instant at which test clocks begin: a Monday afternoon before a month's end.
var Start = time.Date(2026, 11, 30, 14, 0, 0, 0, time.UTC)

// Each runs fn once for each engine, with a fresh store on a clock that stands still at Start.
func Each(t *testing.T, fn func(t *testing.T, s *store.Store, c *clock.Manual)) {
	t.Run("sqlite", func(t *testing.T) {
		s, c := SQLite(t)
		fn(t, s, c)
	})
	t.Run("postgres", func(t *testing.T) {
		s, c := Postgres(t)
		fn(t, s, c)
	})
}

// SQLite opens a fresh store in a temporary folder.
func SQLite(t testing.TB) (*store.Store, *clock.Manual) {
	c := clock.NewManual(Start)
	s, err := store.Open(context.Background(), store.Options{Dir: t.TempDir(), Clock: c.Now, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, c
}

// Postgres opens a fresh store in a new database, dropped at the end of the test.
func Postgres(t testing.TB) (*store.Store, *clock.Manual) {
	c := clock.NewManual(Start)
	s, err := store.Open(context.Background(), store.Options{Dir: t.TempDir(), Database: PostgresURL(t), Clock: c.Now, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, c
}

var databases atomic.Int64

// PostgresURL makes a new database on the test server and gives its URL.
func PostgresURL(t testing.TB) string {
	base := os.Getenv("FIREBREAK_TEST_POSTGRES")
	if base == "" {
		const why = "no PostgreSQL: set FIREBREAK_TEST_POSTGRES, or run make test, which starts one"
		if os.Getenv("FIREBREAK_TEST_REQUIRE_POSTGRES") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	admin, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("firebreak_test_%d_%d", os.Getpid(), databases.Add(1))
	if _, err := admin.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		defer admin.Close()
		if _, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Log(err)
		}
	})
	// postgres://user@host:port/base?params
	at := strings.LastIndexByte(strings.SplitN(base, "?", 2)[0], '/')
	rest := ""
	if i := strings.IndexByte(base, '?'); i >= 0 {
		rest = base[i:]
	}
	return base[:at+1] + name + rest
}
