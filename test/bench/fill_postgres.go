package main

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"firebreak/internal/id"
)

type postgresLoader struct {
	conn    *pgx.Conn
	indexes []string
	buf     bytes.Buffer
}

func newPostgresLoader(ctx context.Context, url string) (*postgresLoader, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, err
	}
	return &postgresLoader{conn: conn}, nil
}

func (l *postgresLoader) begin(ctx context.Context) error {
	rows, err := l.conn.Query(ctx, `SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.schemaname = current_schema()
		AND i.tablename IN ('ticket', 'ticket_signature', 'ticket_tag', 'entry', 'history', 'doc')
		AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)`)
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
	if err := rows.Err(); err != nil {
		return err
	}
	for _, name := range drop {
		if _, err := l.conn.Exec(ctx, "DROP INDEX "+name); err != nil {
			return err
		}
	}
	// Without checks of references, which needs a superuser; without it the load is only slower.
	l.conn.Exec(ctx, "SET session_replication_role = replica")
	_, err = l.conn.Exec(ctx, "SET synchronous_commit = off; SET maintenance_work_mem = '1GB'")
	return err
}

func (l *postgresLoader) load(ctx context.Context, b batch) error {
	tx, err := l.conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx)
	for _, t := range b.tables {
		l.buf.Reset()
		for _, row := range t.rows {
			for i, v := range row {
				if i > 0 {
					l.buf.WriteByte('\t')
				}
				copyText(&l.buf, v)
			}
			l.buf.WriteByte('\n')
		}
		if _, err := l.conn.PgConn().CopyFrom(ctx, &l.buf, "COPY "+t.name+" ("+strings.Join(t.columns, ", ")+") FROM STDIN"); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return tx.Commit(ctx)
}

var copyEscape = strings.NewReplacer("\\", "\\\\", "\t", "\\t", "\n", "\\n", "\r", "\\r")

// copyText writes one value in the text format of COPY.
func copyText(w *bytes.Buffer, v any) {
	switch v := v.(type) {
	case nil:
		w.WriteString("\\N")
	case string:
		copyEscape.WriteString(w, v)
	case bool:
		w.WriteString(strconv.FormatBool(v))
	case id.ID:
		w.WriteString(strconv.FormatInt(int64(v), 10))
	case int64:
		w.WriteString(strconv.FormatInt(v, 10))
	default:
		fmt.Fprint(w, v)
	}
}

func (l *postgresLoader) finish(ctx context.Context, tickets int, say func(string, ...any)) error {
	for _, text := range l.indexes {
		if _, err := l.conn.Exec(ctx, text); err != nil {
			return err
		}
	}
	say("%d indexes are built", len(l.indexes))
	if _, err := l.conn.Exec(ctx, "SELECT setval('ticket_number', $1)", tickets); err != nil {
		return err
	}
	_, err := l.conn.Exec(ctx, "VACUUM (ANALYZE)")
	return err
}

func (l *postgresLoader) close() { l.conn.Close(context.Background()) }
