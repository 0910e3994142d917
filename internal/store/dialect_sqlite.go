package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"modernc.org/sqlite"

	"firebreak/internal/fault"
)

type sqliteDialect struct{ writes *statements }

// DatabaseFile is the name of the SQLite file in the data directory.
const DatabaseFile = "firebreak.db"

func (s *Store) openSQLite(ctx context.Context, o Options) error {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return &fault.Fault{Code: fault.CodeInvalid, Field: "data", Message: fmt.Sprintf("The data directory %s cannot be made: %v.", o.Dir, err),
			Hint: "Name a directory that this user may write, with --data or FIREBREAK_DATA.", Err: err}
	}
	sync := "FULL" // an acknowledged ticket survives a power cut
	if o.NoSync {
		sync = "OFF"
	}
	// busy_timeout comes first, so that the following pragmas wait for a lock too.
	params := url.Values{"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(" + sync + ")", "foreign_keys(1)",
		"temp_store(MEMORY)", "cache_size(-8000)", "journal_size_limit(67108864)",
		"wal_autocheckpoint(4000)"}} // 16 MB of log: a page that many transactions wrote goes to the file once
	dsn := "file:" + (&url.URL{Path: filepath.Join(o.Dir, DatabaseFile)}).EscapedPath() + "?"
	w := url.Values{"_txlock": {"immediate"}, "_pragma": params["_pragma"]}
	writer, err := sql.Open("sqlite", dsn+w.Encode())
	if err != nil {
		return err
	}
	writer.SetMaxOpenConns(1)
	r := url.Values{"_pragma": append(params["_pragma"][:len(params["_pragma"]):len(params["_pragma"])], "query_only(1)", "cache_size(-4000)")}
	reader, err := sql.Open("sqlite", dsn+r.Encode())
	if err != nil {
		return err
	}
	n := max(4, 2*runtime.NumCPU())
	reader.SetMaxOpenConns(n)
	reader.SetMaxIdleConns(n)
	s.writer, s.reader, s.d = writer, reader, sqliteDialect{newStatements(writer)}
	s.reads = preparedReader{newStatements(reader)}
	if err := writer.PingContext(ctx); err != nil {
		return &fault.Fault{Code: fault.CodeUnavailable, Field: "data", Message: fmt.Sprintf("The database %s cannot be opened: %v.", filepath.Join(o.Dir, DatabaseFile), err),
			Hint: "Check that the file is a Firebreak database and that this user may write it and its folder.", Err: err}
	}
	s.blobs = newDiskBlobs(filepath.Join(o.Dir, "files"), s.Now)
	return nil
}

func (d sqliteDialect) begin(ctx context.Context, db *sql.DB) (txn, error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &preparedTx{tx: tx, s: d.writes}, nil
}

func (sqliteDialect) name() string { return "sqlite" }
func (sqliteDialect) shared() bool { return false }
func (sqliteDialect) lockSchema(context.Context, *sql.DB) (func(), error) {
	return func() {}, nil
}
func (sqliteDialect) nextTicket() string {
	return "UPDATE counter SET value = value + 1 WHERE name = 'ticket' RETURNING value"
}
func (sqliteDialect) reserveTicket() string {
	return "UPDATE counter SET value = max(value, $1) WHERE name = 'ticket'"
}
func (sqliteDialect) forUpdate() string        { return "" }
func (sqliteDialect) snapshot() *sql.TxOptions { return nil }

func (sqliteDialect) retryable(error, int) bool { return false }

func (sqliteDialect) constraint(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	const busy, full, constraint = 5, 13, 19
	switch e.Code() & 0xff {
	case constraint:
		// "UNIQUE constraint failed: index 'person_email'" or "CHECK constraint failed: ticket_fire" or columns "client.name"
		msg := e.Error()
		for name, f := range constraints {
			if strings.Contains(msg, name) || (f.column != "" && strings.Contains(msg, f.column)) {
				return f.fault(err)
			}
		}
		return err
	case busy:
		return &fault.Fault{Code: fault.CodeUnavailable, Message: "The database is busy with another writer.", Hint: "Try again in a moment.", Err: err}
	case full:
		return &fault.Fault{Code: fault.CodeUnavailable, Message: "The disk that holds the database is full; nothing was changed.", Hint: "Free space, then try again.", Err: err}
	}
	return err
}

func (sqliteDialect) indexDoc(_ context.Context, q querier, d docTerms) error {
	q.(*preparedTx).later(indexStep{add: d})
	return nil
}

func (sqliteDialect) sortSearch(context.Context, *sql.DB) error { return nil }

func (d sqliteDialect) putDoc(ctx context.Context, q querier, n newDoc) error {
	if _, err := q.ExecContext(ctx, "INSERT INTO doc (id, ticket, entry_id) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET ticket = excluded.ticket",
		n.rowid, n.ticket, n.entry); err != nil {
		return err
	}
	return d.indexDoc(ctx, q, n.docTerms)
}

func (d sqliteDialect) addDocs(ctx context.Context, tx *Tx, docs []newDoc) error {
	rows := make([][]any, len(docs))
	for i, d := range docs {
		rows[i] = []any{d.rowid, d.ticket, d.entry}
	}
	if err := tx.insertMany(ctx, "doc (id, ticket, entry_id)", "", rows); err != nil {
		return err
	}
	for _, n := range docs {
		d.indexDoc(ctx, tx.q, n.docTerms)
	}
	return nil
}

// marks are nameless here: the driver asks for the name of each parameter, and finding the name of the thousandth
// walks over all before it.
func (sqliteDialect) marks(_, n int) string { return strings.Repeat("?, ", n-1) + "?" }

func (sqliteDialect) among(column string, from int, keys []int64) (string, []any) {
	return column + " IN (" + holes(from, len(keys)) + ")", anyOf(keys)
}

func (sqliteDialect) takeTickets(ctx context.Context, q querier, n int) ([]int64, error) {
	var last int64
	err := q.QueryRowContext(ctx, "UPDATE counter SET value = value + $1 WHERE name = 'ticket' RETURNING value", n).Scan(&last)
	out := make([]int64, n)
	for i := range out {
		out[i] = last - int64(n-1-i)
	}
	return out, err
}

func (sqliteDialect) dropDoc(_ context.Context, q querier, rowid int64) error {
	q.(*preparedTx).later(indexStep{drop: rowid})
	return nil
}

func (sqliteDialect) searchDocs(ctx context.Context, q querier, s docSearch) (found []int64, err error) {
	for _, s.titleOnly = range []bool{false, true} {
		rows, err := q.QueryContext(ctx, "SELECT rowid FROM doc_fts WHERE doc_fts MATCH $1 ORDER BY rowid DESC LIMIT $2 + 0", s.match(), s.limit)
		ids, err := collect(rows, err, scanInt)
		if found = append(found, ids...); err != nil || len(ids) < s.limit { // those were all matches there are
			return found, err
		}
		s.limit /= titleShare
	}
	return found, nil
}

// match is the query for FTS5.
func (s docSearch) match() string {
	match := "{title body parts} : (" + s.query.FTSMatch() + ")"
	if s.titleOnly {
		match = "(" + s.query.TitleFTSMatch() + ")"
	}
	for _, a := range s.acl {
		match += ` AND {acl} : "` + a + `"`
	}
	return match
}

func (d sqliteDialect) searchAmong(ctx context.Context, q querier, s docSearch, docs []int64) (out []int64, err error) {
	const chunk = 200
	for part := range slices.Chunk(docs, chunk) {
		keys := slices.Clone(part)
		for len(keys) < chunk {
			keys = append(keys, keys[0])
		}
		cond, args := d.among("rowid", 2, keys)
		rows, err := q.QueryContext(ctx, "SELECT rowid FROM doc_fts WHERE doc_fts MATCH $1 AND "+cond+" ORDER BY rowid DESC", append([]any{s.match()}, args...)...)
		found, err := collect(rows, err, scanInt)
		if err != nil {
			return nil, err
		}
		if out = append(out, found...); len(out) >= s.limit {
			return out[:s.limit], nil
		}
	}
	return out, nil
}

// searchNarrowed walks from the newest match to older ones, in steps that grow, and looks at the ticket of each.
func (sqliteDialect) searchNarrowed(ctx context.Context, q querier, s docSearch) (ids []int64, more bool, err error) {
	below, match := int64(1<<62), s.match()
	for _, step := range narrowSteps {
		args := []any{match, below, firstID(s.narrow.After), step}
		conds := s.narrow.conds(func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) })
		rows, err := q.QueryContext(ctx, `SELECT f.rowid, CASE WHEN `+strings.Join(conds, " AND ")+` THEN 1 ELSE 0 END
			FROM (SELECT rowid FROM doc_fts WHERE doc_fts MATCH $1 AND rowid < $2 AND rowid >= $3 ORDER BY rowid DESC LIMIT $4 + 0) f
			CROSS JOIN doc d CROSS JOIN ticket t WHERE d.id = f.rowid AND t.number = d.ticket`, args...)
		found, err := collect(rows, err, scanStep)
		if err != nil {
			return nil, false, err
		}
		for _, f := range found {
			below = min(below, f.id)
			if f.fits {
				ids = append(ids, f.id)
			}
		}
		if len(ids) >= s.limit {
			return ids[:s.limit], true, nil
		}
		if len(found) < step || s.titleOnly {
			return ids, len(found) == step, nil
		}
	}
	return ids, true, nil
}

func (sqliteDialect) examine(ctx context.Context, s *Store, full bool) (out []Finding) {
	pragma := "quick_check"
	if full {
		pragma = "integrity_check"
	}
	var answer, version string
	err := s.reader.QueryRowContext(ctx, "PRAGMA "+pragma+"(1)").Scan(&answer)
	if err == nil {
		err = s.reader.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version)
	}
	if err != nil || answer != "ok" {
		return append(out, Finding{"database", Problem, fmt.Sprintf("The database is damaged: %s.", cmp.Or(answer, fmt.Sprint(err))), "Stop the desk, keep a copy of its directory, and restore the latest backup."})
	}
	out = append(out, Finding{"database", Fine, "SQLite " + version + " reads and is sound.", ""})
	rows, err := s.reader.QueryContext(ctx, "SELECT DISTINCT \"table\" FROM pragma_foreign_key_check")
	broken, err := collect(rows, err, func(r row) (t string, err error) { return t, r.Scan(&t) })
	if err != nil || len(broken) > 0 {
		out = append(out, Finding{"database", Problem, fmt.Sprintf("Rows of %s point to what is not there.", cmp.Or(strings.Join(broken, ", "), fmt.Sprint(err))), "Keep a copy of the directory and restore the latest backup."})
	}
	const large = 256 << 20
	if st, err := os.Stat(filepath.Join(s.dir, DatabaseFile+"-wal")); err == nil && st.Size() > large {
		out = append(out, Finding{"database", Warning, fmt.Sprintf("The write-ahead log has %d MiB.", st.Size()>>20), "A program reads the database for very long; end it, and the log shrinks by itself."})
	}
	return out
}
