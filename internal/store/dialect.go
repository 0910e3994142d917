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
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"

	"firebreak/internal/fault"
	"firebreak/internal/id"
)

// dialect is what truly differs between the engines. This file alone names one.
type dialect interface {
	name() string
	// shared reports whether other nodes may use the same database.
	shared() bool
	// begin starts a write transaction on the writer pool.
	begin(context.Context, *sql.DB) (txn, error)
	// lockSchema keeps other nodes from migrating at the same time.
	lockSchema(context.Context, *sql.DB) (unlock func(), err error)
	// nextTicket is the statement that gives the next ticket number; reserve makes numbers up to $1 used.
	nextTicket() string
	reserveTicket() string
	// marks gives n parameters from number from on, in the form that long statements of the engine take best.
	marks(from, n int) string
	// among gives a condition that column is one of keys, with its parameters from number from on.
	among(column string, from int, keys []int64) (cond string, args []any)
	// takeTickets gives n ticket numbers.
	takeTickets(ctx context.Context, q querier, n int) ([]int64, error)
	// forUpdate ends a SELECT whose rows this transaction is about to change.
	forUpdate() string
	// indexDoc, dropDoc and searchDocs keep and ask the full-text index. A change may be found only after the commit.
	indexDoc(ctx context.Context, q querier, d docTerms) error
	// addDocs writes many new documents and their index.
	addDocs(ctx context.Context, tx *Tx, docs []newDoc) error
	dropDoc(ctx context.Context, q querier, rowid int64) error
	searchDocs(ctx context.Context, q querier, s docSearch) ([]int64, error)
	// searchAmong asks for matches among these documents; searchNarrowed for the newest matches on tickets that fit, and
	// tells whether there may be more among those it did not look at.
	searchAmong(ctx context.Context, q querier, s docSearch, docs []int64) ([]int64, error)
	searchNarrowed(ctx context.Context, q querier, s docSearch) (ids []int64, more bool, err error)
	// constraint turns a violated constraint into a fault by its name.
	constraint(error) error
	// retryable reports whether a transaction that failed so for the attempt-th time (from 0) may succeed when run again.
	retryable(err error, attempt int) bool
	// snapshot says how to begin a transaction that reads one state of the database.
	snapshot() *sql.TxOptions
	// examine looks at what only this engine has, for doctor.
	examine(ctx context.Context, s *Store, full bool) []Finding
}

func (s *Store) open(ctx context.Context, o Options) error {
	if o.Database != "" {
		return s.openPostgres(ctx, o)
	}
	return s.openSQLite(ctx, o)
}

// Engine names the engine, for people and for doctor.
func (s *Store) Engine() string { return s.d.name() }

// Shared reports whether several nodes may use this database.
func (s *Store) Shared() bool { return s.d.shared() }

// Writer is the pool that may write; for the job queue alone.
func (s *Store) Writer() *sql.DB { return s.writer }

// Dir is the data directory.
func (s *Store) Dir() string { return s.dir }

// --- SQLite ---

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

func (sqliteDialect) searchDocs(ctx context.Context, q querier, s docSearch) ([]int64, error) {
	rows, err := q.QueryContext(ctx, "SELECT rowid FROM doc_fts WHERE doc_fts MATCH $1 ORDER BY rowid DESC LIMIT $2 + 0", s.match(), s.limit)
	return collect(rows, err, scanInt)
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

// --- PostgreSQL ---

type postgresDialect struct{}

func (s *Store) openPostgres(ctx context.Context, o Options) error {
	cfg, err := pgx.ParseConfig(o.Database)
	if err != nil {
		return &fault.Fault{Code: fault.CodeInvalid, Field: "database", Message: "The database address cannot be read.",
			Hint: "It looks like postgres://user:password@host:5432/firebreak.", Err: err}
	}
	if o.NoSync {
		cfg.RuntimeParams["synchronous_commit"] = "off"
	}
	cfg.RuntimeParams["application_name"] = "firebreak"
	cfg.RuntimeParams["jit"] = "off" // compiling takes longer than any query of ours
	// The index takes what is new into its order in small helpings, so that no writer waits seconds for a large one.
	cfg.RuntimeParams["gin_pending_list_limit"] = "256kB"
	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(max(8, 4*runtime.NumCPU()))
	db.SetMaxIdleConns(8)
	s.writer, s.reader, s.reads, s.d = db, db, db, postgresDialect{}
	if err := db.PingContext(ctx); err != nil {
		return &fault.Fault{Code: fault.CodeUnavailable, Field: "database", Message: fmt.Sprintf("PostgreSQL at %s:%d does not answer: %v.", cfg.Host, cfg.Port, err),
			Hint: "Check the address, the password and that the server runs; firebreak doctor tells more.", Err: err}
	}
	s.blobs = tableBlobs{db: db, newID: s.NewID, now: s.Now}
	return nil
}

// postgresTxn is a transaction begun on the driver's own connection, so that the job queue, which speaks pgx,
// writes in the same transaction as the desk, which speaks database/sql.
type postgresTxn struct {
	*sql.Conn
	tx pgx.Tx
}

func (t postgresTxn) native() any { return t.tx }
func (t postgresTxn) wrote() bool { return true }

func (t postgresTxn) commit(ctx context.Context) error {
	defer t.Conn.Close()
	return t.tx.Commit(ctx)
}

func (t postgresTxn) rollback(ctx context.Context) {
	defer t.Conn.Close() // after a commit both only say that it is over
	t.tx.Rollback(context.WithoutCancel(ctx))
}

func (postgresDialect) begin(ctx context.Context, db *sql.DB) (txn, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	t := postgresTxn{Conn: conn}
	err = conn.Raw(func(driver any) (err error) {
		t.tx, err = driver.(*stdlib.Conn).Conn().Begin(ctx)
		return err
	})
	if err != nil {
		conn.Close()
		return nil, err
	}
	return t, nil
}

func (postgresDialect) name() string { return "postgres" }
func (postgresDialect) shared() bool { return true }
func (postgresDialect) lockSchema(ctx context.Context, db *sql.DB) (func(), error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	const key = 0x66697265 // "fire"
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(key)); err != nil {
		conn.Close()
		return nil, err
	}
	return func() {
		conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(key))
		conn.Close()
	}, nil
}
func (postgresDialect) nextTicket() string { return "SELECT nextval('ticket_number')" }
func (postgresDialect) reserveTicket() string {
	return "SELECT setval('ticket_number', greatest($1, (SELECT last_value FROM ticket_number)))"
}
func (postgresDialect) forUpdate() string { return " FOR UPDATE" }
func (postgresDialect) snapshot() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

func (postgresDialect) retryable(err error, attempt int) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case "40001", "40P01": // serialization failure, deadlock
		return attempt < 5
	case "23505":
		// What two transactions looked for and both added: the second finds it when it looks again.
		return attempt < 2 && foundOrAdded[e.ConstraintName]
	}
	return false
}

// foundOrAdded are the unique constraints of rows that a use case adds when it does not find them.
var foundOrAdded = map[string]bool{"application_slug": true, "application_name": true, "person_email": true, "client_name": true, "idempotency_pkey": true,
	"interface_key": true, "similar_segment_pkey": true, "mirror_site_pkey": true, "mirror_site_name": true, "product_name": true, "change_record_key": true, "job_name": true, "job_object_name": true}

func (postgresDialect) constraint(err error) error {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return err
	}
	if f, ok := constraints[e.ConstraintName]; ok {
		return f.fault(err)
	}
	if strings.HasPrefix(e.Code, "57P") || strings.HasPrefix(e.Code, "53") {
		return &fault.Fault{Code: fault.CodeUnavailable, Message: "The database does not take requests at the moment.", Hint: "Try again in a moment; firebreak doctor tells more.", Err: err}
	}
	return err
}

func (postgresDialect) indexDoc(ctx context.Context, q querier, d docTerms) error {
	_, err := q.ExecContext(ctx, "UPDATE doc SET terms = $2::tsvector WHERE id = $1", d.rowid, d.literal())
	return err
}

func (postgresDialect) addDocs(ctx context.Context, tx *Tx, docs []newDoc) error {
	// Of a large load the index takes in much at a time, which is less work for each document.
	if _, err := tx.q.ExecContext(ctx, "SET LOCAL gin_pending_list_limit = '64MB'"); err != nil {
		return err
	}
	rows := make([][]any, len(docs))
	for i, d := range docs {
		rows[i] = []any{d.rowid, d.ticket, d.entry, d.literal()}
	}
	return tx.insertMany(ctx, "doc (id, ticket, entry_id, terms)", "", rows)
}

func (postgresDialect) marks(from, n int) string { return holes(from, n) }

// One array is planned much faster than a list of hundreds of parameters.
func (postgresDialect) among(column string, from int, keys []int64) (string, []any) {
	return fmt.Sprintf("%s = ANY($%d)", column, from), []any{keys}
}

func (postgresDialect) takeTickets(ctx context.Context, q querier, n int) ([]int64, error) {
	rows, err := q.QueryContext(ctx, "SELECT nextval('ticket_number') FROM generate_series(1, $1)", n)
	return collect(rows, err, scanInt)
}

func (postgresDialect) dropDoc(ctx context.Context, q querier, rowid int64) error { return nil }

func (postgresDialect) searchAmong(ctx context.Context, q querier, s docSearch, docs []int64) ([]int64, error) {
	rows, err := q.QueryContext(ctx, `WITH few AS MATERIALIZED (SELECT id, terms FROM doc WHERE id = ANY($2::bigint[]))
		SELECT id FROM few WHERE terms @@ $1::tsquery ORDER BY id DESC LIMIT $3 + 0`, pgx.QueryExecModeExec, s.tsquery(), docs, s.limit)
	return collect(rows, err, scanInt)
}

// tsquery is the query for the index of lexemes.
func (s docSearch) tsquery() string {
	query := "(" + s.query.TSQuery() + ")"
	if s.titleOnly {
		query = "(" + s.query.TitleTSQuery() + ")"
	}
	for _, a := range s.acl {
		query += " & '@" + a + "'"
	}
	return query
}

// searchNarrowed widens the span of eras as searchDocs does, and looks at the tickets of the matches in it.
func (d postgresDialect) searchNarrowed(ctx context.Context, q querier, s docSearch) (ids []int64, more bool, err error) {
	most := narrowSteps[len(narrowSteps)-1]
	find := func(query string) (looked int, err error) {
		args := []any{pgx.QueryExecModeExec, query, most}
		conds := s.narrow.conds(func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)-1) })
		rows, err := q.QueryContext(ctx, `WITH found AS MATERIALIZED (SELECT id, ticket FROM doc WHERE terms @@ $1::tsquery LIMIT $2 + 0)
			SELECT f.id, `+strings.Join(conds, " AND ")+` FROM found f JOIN ticket t ON t.number = f.ticket ORDER BY f.id DESC`, args...)
		found, err := collect(rows, err, scanStep)
		ids = ids[:0]
		for _, f := range found {
			if f.fits && len(ids) < s.limit {
				ids = append(ids, f.id)
			}
		}
		return len(found), err
	}
	newest, recent, oldest, err := d.reach(ctx, q)
	if err != nil {
		return nil, false, err
	}
	oldest = max(oldest, firstID(s.narrow.After))
	query := s.tsquery()
	for span := eraFirst * (id.ID(newest).Millis() - id.ID(recent).Millis()); recent > 0; {
		eras := newestEras(id.ID(newest), span)
		if eras == nil || id.ID(newest).Millis()-span <= id.ID(oldest).Millis() {
			break
		}
		n, err := find(query + " & ('" + strings.Join(eras, "' | '") + "')")
		if err != nil || len(ids) >= s.limit || n >= most/2 {
			return ids, true, err
		}
		grow := 8
		if n > 0 {
			grow = min(max(most/n, 2), 8)
		}
		span *= int64(grow)
	}
	if eras := newestEras(id.ID(newest), id.ID(newest).Millis()-id.ID(oldest).Millis()); eras != nil && !s.narrow.After.IsZero() {
		query += " & ('" + strings.Join(eras, "' | '") + "')"
	}
	n, err := find(query)
	return ids, n >= most || len(ids) >= s.limit, err
}

// reach gives the newest document, one some way behind it, and the oldest, to measure how dense they are.
func (postgresDialect) reach(ctx context.Context, q querier) (newest, recent, oldest int64, err error) {
	const sample = 1000
	err = q.QueryRowContext(ctx, `SELECT coalesce((SELECT max(id) FROM doc), 0), coalesce((SELECT id FROM doc ORDER BY id DESC OFFSET $1 LIMIT 1), 0),
		coalesce((SELECT min(id) FROM doc), 0)`, sample).Scan(&newest, &recent, &oldest)
	return newest, recent, oldest, err
}

// eraFirst is how many times the span of the sample is looked at first.
const eraFirst = 16

// searchDocs asks the index for the matches of a few newest eras, and widens the span until there are enough: the
// index gives its rows in no order, and all rows of a common word are too many to fetch.
func (d postgresDialect) searchDocs(ctx context.Context, q querier, s docSearch) ([]int64, error) {
	query := s.tsquery()
	// Fenced, and planned anew for each query: the planner knows nothing of a rare word, and would rather walk the
	// newest rows until it meets one.
	find := func(query string) ([]int64, error) {
		rows, err := q.QueryContext(ctx, `WITH found AS MATERIALIZED (SELECT id FROM doc WHERE terms @@ $1::tsquery)
			SELECT id FROM found ORDER BY id DESC LIMIT $2 + 0`, pgx.QueryExecModeExec, query, s.limit)
		return collect(rows, err, scanInt)
	}
	if len(s.acl) > 0 {
		return find(query) // one requester's documents are few
	}
	newest, recent, oldest, err := d.reach(ctx, q)
	if err != nil {
		return nil, err
	}
	for span := eraFirst * (id.ID(newest).Millis() - id.ID(recent).Millis()); recent > 0; {
		eras := newestEras(id.ID(newest), span)
		if eras == nil || id.ID(newest).Millis()-span <= id.ID(oldest).Millis() {
			break
		}
		found, err := find(query + " & ('" + strings.Join(eras, "' | '") + "')")
		if err != nil || len(found) >= s.limit {
			return found, err
		}
		grow := 8
		if len(found) > 0 {
			grow = min(max(2*s.limit/len(found), 2), 8)
		}
		span *= int64(grow)
	}
	return find(query)
}

func (postgresDialect) examine(ctx context.Context, s *Store, _ bool) (out []Finding) {
	var version, encoding string
	var now int64
	err := s.reader.QueryRowContext(ctx, "SELECT current_setting('server_version'), current_setting('server_encoding'), (extract(epoch FROM clock_timestamp()) * 1000)::bigint").Scan(&version, &encoding, &now)
	if err != nil {
		return append(out, Finding{"database", Problem, fmt.Sprintf("The database does not answer: %v.", err), "Read the log of the server."})
	}
	out = append(out, Finding{"database", Fine, "PostgreSQL " + version + " answers.", ""})
	if encoding != "UTF8" {
		out = append(out, Finding{"database", Problem, "The database keeps text as " + encoding + ".", "Create it with ENCODING 'UTF8'."})
	}
	const most = 2 * time.Second
	if skew := s.Now().Sub(time.UnixMilli(now)).Abs(); skew > most {
		out = append(out, Finding{"clock", Warning, fmt.Sprintf("The clocks of this machine and of the database server differ by %s.", skew.Round(time.Second)), "Let both keep time by NTP."})
	} else {
		out = append(out, Finding{"clock", Fine, "This machine and the database server agree.", ""})
	}
	return out
}
