package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"firebreak/internal/fault"
)

//go:embed migration/*.sql
var migrations embed.FS

type migration struct {
	version int
	name    string
	sql     string
}

// loadMigrations gives the migrations for an engine in order. NNNN_name.sql serves both engines,
// NNNN_name.ENGINE.sql one. Migrations go forward only.
func loadMigrations(engine string) ([]migration, error) {
	names, err := fs.Glob(migrations, "migration/*.sql")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var out []migration
	for _, n := range names {
		base := strings.TrimSuffix(filepath.Base(n), ".sql")
		if b, e, ok := strings.Cut(base, "."); ok {
			if e != engine {
				continue
			}
			base = b
		}
		v, err := strconv.Atoi(base[:4])
		if err != nil {
			return nil, fmt.Errorf("migration %s: the name must start with four digits", n)
		}
		text, err := migrations.ReadFile(n)
		if err != nil {
			return nil, err
		}
		out = append(out, migration{v, base, string(text)})
	}
	return out, nil
}

// SchemaVersion is the version this program brings a database to.
func SchemaVersion() int {
	ms, _ := loadMigrations("sqlite")
	return ms[len(ms)-1].version
}

// migrate applies what is missing, each migration in its own transaction.
func (s *Store) migrate(ctx context.Context) error {
	all, err := loadMigrations(s.d.name())
	if err != nil {
		return err
	}
	unlock, err := s.d.lockSchema(ctx, s.writer)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := s.writer.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS schema_migration (
		version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)`); err != nil {
		return fmt.Errorf("open the desk database: %w", err)
	}
	var have int
	if err := s.writer.QueryRowContext(ctx, "SELECT coalesce(max(version), 0) FROM schema_migration").Scan(&have); err != nil {
		return err
	}
	newest := all[len(all)-1].version
	if have > newest {
		return &fault.Fault{Code: fault.CodeConflict,
			Message: fmt.Sprintf("The database has schema version %d, this program knows only up to %d: it was opened by a newer Firebreak.", have, newest),
			Hint:    "Start the newer program again, or restore the snapshot that was taken before the upgrade (folder snapshots in the data directory)."}
	}
	if have == newest {
		return nil
	}
	if have > 0 {
		if err := s.snapshot(ctx, have); err != nil {
			return fmt.Errorf("take a snapshot before upgrading the database: %w", err)
		}
	}
	for _, m := range all {
		if m.version <= have {
			continue
		}
		if err := s.apply(ctx, m); err != nil {
			return fmt.Errorf("migration %s: %w", m.name, err)
		}
	}
	return nil
}

func (s *Store) apply(ctx context.Context, m migration) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for stmt := range strings.SplitSeq(m.sql, ";\n") {
		if strings.TrimSpace(stmt) == "" {
			continue
		}
		if _, err := tx.ExecContext(ctx, stmt); err != nil {
			return fmt.Errorf("%w in: %.80s", err, strings.TrimSpace(stmt))
		}
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO schema_migration (version, name, applied_at) VALUES ($1, $2, $3)",
		m.version, m.name, ms(s.Now())); err != nil {
		return err
	}
	return tx.Commit()
}

// snapshot keeps a copy of a file database before its schema changes. A server database is its
// operator's to back up, so nothing is done there.
func (s *Store) snapshot(ctx context.Context, version int) error {
	if s.d.shared() {
		return nil
	}
	dir := filepath.Join(s.dir, "snapshots")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	file := filepath.Join(dir, fmt.Sprintf("before-upgrade-from-%d-%s.db", version, s.Now().Format("20060102-150405")))
	_, err := s.writer.ExecContext(ctx, "VACUUM INTO $1", file)
	return err
}
