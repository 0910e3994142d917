package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"firebreak/internal/fault"
	"firebreak/internal/id"
)

type postgresDialect struct {
	unsorted *atomic.Bool // documents were written that the index has not taken into its order
}

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
	// What is new waits unordered until sortSearch takes it into the index; past this size, where no desk is served, a
	// writer has to do it and waits for seconds.
	cfg.RuntimeParams["gin_pending_list_limit"] = "16MB"
	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(max(8, 4*runtime.NumCPU()))
	db.SetMaxIdleConns(8)
	s.writer, s.reader, s.reads, s.d = db, db, db, postgresDialect{new(atomic.Bool)}
	s.d.(postgresDialect).unsorted.Store(true) // whoever wrote last may have stopped too soon
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
	tx     pgx.Tx
	queue  pgx.Batch // statements that nobody waits for: one trip to the server carries many
	failed error     // of the queue
}

func (t *postgresTxn) native() any { return t.tx }
func (t *postgresTxn) wrote() bool { return true }
func (t *postgresTxn) late() error { return t.failed }

const queueLength = 32

func (t *postgresTxn) enqueue(ctx context.Context, query string, args []any) error {
	t.queue.Queue(query, args...)
	if t.queue.Len() >= queueLength {
		return t.flush(ctx)
	}
	return nil
}

func (t *postgresTxn) flush(ctx context.Context) error {
	if t.failed == nil && t.queue.Len() > 0 {
		t.failed = t.tx.SendBatch(ctx, &t.queue).Close()
		t.queue = pgx.Batch{}
	}
	return t.failed
}

func (t *postgresTxn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := t.flush(ctx); err != nil {
		return nil, err
	}
	return t.Conn.ExecContext(ctx, query, args...)
}

func (t *postgresTxn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := t.flush(ctx); err != nil {
		return nil, err
	}
	return t.Conn.QueryContext(ctx, query, args...)
}

// QueryRowContext fails too when the queue did, since the server has given the transaction up; late has the reason.
func (t *postgresTxn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	t.flush(ctx)
	return t.Conn.QueryRowContext(ctx, query, args...)
}

func (t *postgresTxn) commit(ctx context.Context) error {
	defer t.Conn.Close()
	if err := t.flush(ctx); err != nil {
		return err
	}
	return t.tx.Commit(ctx)
}

func (t *postgresTxn) rollback(ctx context.Context) {
	defer t.Conn.Close() // after a commit both only say that it is over
	t.tx.Rollback(context.WithoutCancel(ctx))
}

func (postgresDialect) begin(ctx context.Context, db *sql.DB) (txn, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	t := &postgresTxn{Conn: conn}
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

func (p postgresDialect) indexDoc(ctx context.Context, q querier, d docTerms) error {
	p.unsorted.Store(true)
	_, err := q.ExecContext(ctx, "UPDATE doc SET terms = $2::tsvector WHERE id = $1", d.rowid, d.literal())
	return err
}

// putDoc is one statement: a row that is changed once it stands goes into the index twice.
func (p postgresDialect) putDoc(ctx context.Context, q querier, d newDoc) error {
	p.unsorted.Store(true)
	return put(ctx, q, `INSERT INTO doc (id, ticket, entry_id, terms) VALUES ($1, $2, $3, $4::text::tsvector)
		ON CONFLICT (id) DO UPDATE SET ticket = excluded.ticket, terms = excluded.terms`, d.rowid, d.ticket, d.entry, d.literal())
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

func (p postgresDialect) sortSearch(ctx context.Context, db *sql.DB) error {
	if !p.unsorted.Swap(false) {
		return nil
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	const key = 0x736f7274 // "sort"
	var mine bool
	if err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", int64(key)).Scan(&mine); err != nil || !mine {
		p.unsorted.Store(true) // another node is at it
		return err
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(key))
	_, err = conn.ExecContext(ctx, "SELECT gin_clean_pending_list('doc_terms')")
	return err
}

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
	reach, err := d.reach(ctx, q)
	if err != nil {
		return nil, false, err
	}
	if since := id.ID(firstID(s.narrow.After)).Millis(); since > reach.oldest {
		reach.oldest, reach.last = since, newestEras(reach.newest, reach.newest-since)
	}
	query := s.tsquery()
	_, whole, err := reach.widen(reach.first, most, func(eras string, _ bool) (int, found, error) {
		n, err := find(query + eras)
		if more = n >= most; len(ids) >= s.limit || n >= most/2 {
			return n, enough, err
		}
		return n, few, err
	})
	return ids, more || !whole || len(ids) >= s.limit, err
}

// reach begins with a span of some two thousand documents: enough for a common word, and a rare one shows how rare it
// is. The newest may lie much denser than the rest, after an import for example: the mean of both is taken.
func (postgresDialect) reach(ctx context.Context, q querier) (r reach, err error) {
	const sample, want = 200, 2000
	var newest, recent, oldest int64
	var total float64
	err = q.QueryRowContext(ctx, `SELECT coalesce((SELECT max(id) FROM doc), 0), coalesce((SELECT id FROM doc ORDER BY id DESC OFFSET $1 LIMIT 1), 0),
		coalesce((SELECT min(id) FROM doc), 0), (SELECT reltuples FROM pg_class WHERE oid = 'doc'::regclass)`, sample).Scan(&newest, &recent, &oldest, &total)
	r.newest, r.oldest = id.ID(newest).Millis(), id.ID(oldest).Millis()
	if recent > 0 {
		late := float64(r.newest-id.ID(recent).Millis()) / sample
		mean := float64(r.newest-r.oldest) / max(total, sample)
		r.first, r.wide = max(int64(want*math.Sqrt(late*mean)), 1), int64(100_000*mean)
	}
	return r, err
}

// searchDocs asks the index for the newest matches, and then for those in titles, unless it knows them all.
func (d postgresDialect) searchDocs(ctx context.Context, q querier, s docSearch) (all []int64, err error) {
	var reach reach
	if len(s.acl) == 0 { // one requester's documents are few: all of them at once
		if reach, err = d.reach(ctx, q); err != nil {
			return nil, err
		}
	}
	span := reach.first
	for _, s.titleOnly = range []bool{false, true} {
		var ids []int64
		query, most := s.tsquery(), 8*s.limit
		last, whole, err := reach.widen(span, s.limit, func(eras string, last bool) (int, found, error) {
			bound := most
			if last {
				bound = math.MaxInt32
			}
			// Fenced, and planned anew for each query: the planner knows nothing of a rare word, and would rather walk
			// rows in some order until it has met enough.
			rows, err := q.QueryContext(ctx, `WITH found AS MATERIALIZED (SELECT id FROM doc WHERE terms @@ $1::tsquery)
				SELECT id, count(*) OVER () FROM (SELECT id FROM found LIMIT $2 + 0) s ORDER BY id DESC LIMIT $3 + 0`, pgx.QueryExecModeExec, query+eras, bound, s.limit)
			n := 0
			ids, err = collect(rows, err, func(r row) (i int64, err error) { return i, r.Scan(&i, &n) })
			switch {
			case n >= bound:
				return n, many, err
			case n >= s.limit:
				return n, enough, err
			}
			return n, few, err
		})
		if all = append(all, ids...); err != nil || whole && len(ids) < s.limit {
			return all, err
		}
		s.limit, span = s.limit/titleShare, last
	}
	return all, nil
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
