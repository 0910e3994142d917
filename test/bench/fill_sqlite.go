package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite"

	"firebreak/internal/id"
	"firebreak/internal/store"
)

type sqliteLoader struct {
	db      *sql.DB
	indexes []string
	insert  map[string]*sql.Stmt
	tx      *sql.Tx
	n       int
}

func newSQLiteLoader(dir string) (*sqliteLoader, error) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, store.DatabaseFile)+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)"+
		"&_pragma=foreign_keys(0)&_pragma=cache_size(-400000)&_pragma=temp_store(FILE)&_pragma=wal_autocheckpoint(20000)&_pragma=threads(2)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return &sqliteLoader{db: db, insert: map[string]*sql.Stmt{}}, nil
}

func (l *sqliteLoader) begin(ctx context.Context) error {
	rows, err := l.db.QueryContext(ctx, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('ticket', 'ticket_signature', 'ticket_tag', 'entry', 'history', 'doc')")
	if err != nil {
		return err
	}
	var drop []string
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return err
		}
		drop, l.indexes = append(drop, name), append(l.indexes, text)
	}
	rows.Close()
	for _, name := range drop {
		if _, err := l.db.ExecContext(ctx, "DROP INDEX "+name); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	// A large buffer before a segment is written, and few merges: both come back to what the desk runs with in finish.
	return l.exec(ctx, "INSERT INTO doc_fts (doc_fts, rank) VALUES ('hashsize', 100000000)", "INSERT INTO doc_fts (doc_fts, rank) VALUES ('automerge', 0)")
}

func (l *sqliteLoader) exec(ctx context.Context, statements ...string) error {
	for _, text := range statements {
		if _, err := l.db.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return nil
}

// perTransaction is how many batches one transaction holds: the full-text index merges less when it gets more at once.
const perTransaction = 20

func (l *sqliteLoader) load(ctx context.Context, b batch) (err error) {
	if l.tx == nil {
		if l.tx, err = l.db.BeginTx(ctx, nil); err != nil {
			return err
		}
		clear(l.insert)
	}
	for _, t := range b.tables {
		st := l.insert[t.name]
		if st == nil {
			st, err = l.tx.PrepareContext(ctx, "INSERT INTO "+t.name+" ("+strings.Join(t.columns, ", ")+") VALUES ("+strings.TrimSuffix(strings.Repeat("?, ", len(t.columns)), ", ")+")")
			if err != nil {
				return err
			}
			l.insert[t.name] = st
		}
		for _, row := range t.rows {
			for i, v := range row {
				if v, ok := v.(id.ID); ok {
					row[i] = int64(v)
				}
			}
			if _, err := st.ExecContext(ctx, row...); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
		}
	}
	if l.n++; l.n%perTransaction == 0 {
		return l.commit()
	}
	return nil
}

func (l *sqliteLoader) commit() error {
	if l.tx == nil {
		return nil
	}
	err := l.tx.Commit()
	l.tx = nil
	return err
}

func (l *sqliteLoader) finish(ctx context.Context, tickets int, say func(string, ...any)) error {
	if err := l.commit(); err != nil {
		return err
	}
	if err := l.exec(ctx, l.indexes...); err != nil {
		return err
	}
	say("%d indexes are built", len(l.indexes))
	// One segment, so that the desk's first writes do not have to merge what the load left.
	return l.exec(ctx,
		"INSERT INTO doc_fts (doc_fts) VALUES ('optimize')",
		"INSERT INTO doc_fts (doc_fts, rank) VALUES ('hashsize', 1048576)",
		"INSERT INTO doc_fts (doc_fts, rank) VALUES ('automerge', 4)",
		fmt.Sprintf("UPDATE counter SET value = %d WHERE name = 'ticket'", tickets),
		"PRAGMA analysis_limit = 1000", "ANALYZE", // as PRAGMA optimize does it, but now and for every table
		"PRAGMA wal_checkpoint(TRUNCATE)")
}

func (l *sqliteLoader) close() { l.db.Close() }
