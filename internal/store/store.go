// Package store is the only SQL of the desk: rows in, rows out, the same text on SQLite and PostgreSQL.
//
// Reading is open to everybody through Read; changing exists only on Tx, inside Write, so a
// query on the writer pool within a transaction cannot be written by mistake. The transaction carries
// its own now. Names of engines appear in dialect.go alone.
package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"firebreak/internal/clock"
	"firebreak/internal/fault"
	"firebreak/internal/id"
)

// Store is an open desk database.
type Store struct {
	writer *sql.DB
	reader *sql.DB
	reads  querier // the reader pool, through prepared statements where that pays
	d      dialect
	now    clock.Clock
	ids    *id.Maker
	dir    string
	blobs  Blobs
	node   int
	groups groups
	writes atomic.Uint64
}

// Read holds the reading methods, on the reader pool or inside a transaction.
type Read struct {
	q querier
	d dialect
}

// Tx is a write transaction. Its methods are the only way to change the desk.
type Tx struct {
	Read
	tx    txn
	Now   time.Time // the transaction's instant, in UTC, cut to milliseconds
	ids   *id.Maker
	after []func()
}

// txn is a running write transaction of an engine.
type txn interface {
	querier
	commit(context.Context) error
	rollback(context.Context) // harmless after commit
	native() any
	wrote() bool // whether something may have been written since it was asked last
}

// querier runs statements. A limit is written "LIMIT $n + 0": SQLite plans a statement anew for each value of a bare
// parameter there, which takes longer than most of our queries.
type querier interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// Options say which database to open and how.
type Options struct {
	Dir      string // data directory: SQLite file, files, snapshots
	Database string // PostgreSQL URL; empty: SQLite in Dir
	Clock    clock.Clock
	// NoSync gives up durability for speed; only for throw-away test databases.
	NoSync bool
}

// Open opens the database, brings its schema up to date (after an automatic snapshot where the engine
// is a file), and claims a node number. A database newer than this program is refused.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Clock == nil {
		o.Clock = clock.Real
	}
	s := &Store{now: o.Clock, dir: o.Dir}
	if err := s.open(ctx, o); err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		s.Close()
		return nil, err
	}
	node, last, err := s.claimNode(ctx)
	if err != nil {
		s.Close()
		return nil, err
	}
	s.ids = id.NewMaker(node, s.now)
	s.ids.After(last)
	return s, nil
}

// Close gives the node number back and closes all connections.
func (s *Store) Close() error {
	if s.node != 0 {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		s.writer.ExecContext(ctx, "DELETE FROM node WHERE node = $1", s.node) // else it lapses by itself
		s.node = 0
	}
	if s.reader != nil && s.reader != s.writer {
		s.reader.Close()
	}
	return s.writer.Close()
}

// Read gives the reading methods on the reader pool.
func (s *Store) Read() Read { return Read{q: s.reads, d: s.d} }

// Now is the store's instant, in UTC, cut to milliseconds.
func (s *Store) Now() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// Writes counts the transactions that this process committed: what was read before it grew may be out of date.
func (s *Store) Writes() uint64 { return s.writes.Load() }

// NewID makes an id.
func (s *Store) NewID() id.ID { return s.ids.Next() }

// NewID makes an id.
func (tx *Tx) NewID() id.ID { return tx.ids.Next() }

// Native is the engine's own transaction (*sql.Tx on SQLite, pgx.Tx on PostgreSQL), for the job queue alone: a job is
// enqueued in the transaction it belongs to.
func (tx *Tx) Native() any { return tx.tx.native() }

// After runs fn once the transaction is committed; it does not run on rollback.
func (tx *Tx) After(fn func()) { tx.after = append(tx.after, fn) }

// Write runs fn in one write transaction. When fn fails nothing is kept; constraint violations come
// back as faults. A transaction may be run again (one that lost a race on PostgreSQL; one that shared its commit with
// another that failed on SQLite), perhaps on another goroutine, so fn must not have effects outside tx other than
// through After, and must set what it gives out anew.
func (s *Store) Write(ctx context.Context, fn func(*Tx) error) error {
	run := s.writeOnce
	if !s.d.shared() {
		run = s.writeInGroup
	}
	for attempt := 0; ; attempt++ {
		after, err := run(ctx, fn)
		if err == nil {
			s.writes.Add(1)
			for _, f := range after {
				f()
			}
			return nil
		}
		if s.d.retryable(err, attempt) && ctx.Err() == nil {
			continue
		}
		return s.d.constraint(err)
	}
}

func (s *Store) writeOnce(ctx context.Context, fn func(*Tx) error) ([]func(), error) {
	t, err := s.d.begin(ctx, s.writer)
	if err != nil {
		return nil, err
	}
	defer t.rollback(ctx)
	tx := &Tx{Read: Read{q: t, d: s.d}, tx: t, Now: s.Now(), ids: s.ids}
	if err := fn(tx); err != nil {
		if q, ok := t.(interface{ late() error }); ok && q.late() != nil {
			err = q.late() // the reason why the server gave up
		}
		return nil, err
	}
	if err := t.commit(ctx); err != nil {
		return nil, err
	}
	return tx.after, nil
}

// put runs a statement of whose outcome only an error matters. Where a trip to the server costs more than the statement it may
// wait for the next one that is answered, or for the commit, which then fails.
func put(ctx context.Context, q querier, query string, args ...any) error {
	if l, ok := q.(interface {
		enqueue(ctx context.Context, query string, args []any) error
	}); ok {
		return l.enqueue(ctx, query, args)
	}
	_, err := q.ExecContext(ctx, query, args...)
	return err
}

// row is one row to scan, from Query or QueryRow.
type row interface{ Scan(...any) error }

// ms gives an instant as the database keeps it: epoch milliseconds, 0 for unset.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// at scans epoch milliseconds into an instant.
type at struct{ t *time.Time }

func (a at) Scan(v any) error {
	n, ok := v.(int64)
	if !ok && v != nil {
		return fmt.Errorf("scan %T as time", v)
	}
	*a.t = time.Time{}
	if n != 0 {
		*a.t = time.UnixMilli(n).UTC()
	}
	return nil
}

// ref gives an id for a nullable reference column.
func ref(i id.ID) any {
	if i == 0 {
		return nil
	}
	return int64(i)
}

// refTo scans a nullable reference.
type refTo struct{ i *id.ID }

func (r refTo) Scan(v any) error {
	n, ok := v.(int64)
	if !ok && v != nil {
		return fmt.Errorf("scan %T as id", v)
	}
	*r.i = id.ID(n)
	return nil
}

// text scans nullable text.
type text struct{ s *string }

func (t text) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*t.s = ""
	case string:
		*t.s = v
	case []byte:
		*t.s = string(v)
	default:
		return fmt.Errorf("scan %T as text", v)
	}
	return nil
}

// jsonText gives v as JSON text; "" for nil values that marshal to null.
func jsonText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("store: value cannot be JSON: " + err.Error()) // only program types come here
	}
	if string(b) == "null" {
		return ""
	}
	return string(b)
}

// fromJSON scans JSON text into v.
type fromJSON struct{ v any }

func (j fromJSON) Scan(v any) error {
	var s string
	if err := (text{&s}).Scan(v); err != nil || s == "" {
		return err
	}
	return json.Unmarshal([]byte(s), j.v)
}

// holes gives "$from, …" for n parameters.
func holes(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
	}
	return b.String()
}

// anyOf gives n ids as arguments.
func anyOf[T ~int64](ids []T) []any {
	out := make([]any, len(ids))
	for i, v := range ids {
		out[i] = int64(v)
	}
	return out
}

// one turns "no rows" into a not-found fault.
func one(err error, what string) error {
	if err == sql.ErrNoRows {
		return fault.NotFound(what)
	}
	return err
}

func scanInt(r row) (v int64, err error) { return v, r.Scan(&v) }

// collect scans every row with scan.
func collect[T any](rows *sql.Rows, err error, scan func(row) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// exists reports whether the query gives a row.
func (r Read) exists(ctx context.Context, query string, args ...any) (bool, error) {
	var n int
	err := r.q.QueryRowContext(ctx, query, args...).Scan(&n)
	if err == sql.ErrNoRows {
		return false, nil
	}
	return err == nil, err
}

// claimNode takes a node number that no living process holds, and gives the highest id of the desk. On SQLite too a
// command may work beside the running desk.
func (s *Store) claimNode(ctx context.Context) (node int, last id.ID, err error) {
	stale := ms(s.Now().Add(-nodeLease))
	for n := 1; s.node == 0; n++ {
		if n > id.MaxNode {
			return 0, 0, fmt.Errorf("all %d node numbers are taken by living processes", id.MaxNode)
		}
		res, err := s.writer.ExecContext(ctx, `INSERT INTO node (node, name, seen_at) VALUES ($1, $2, $3)
			ON CONFLICT (node) DO UPDATE SET name = excluded.name, seen_at = excluded.seen_at WHERE node.seen_at < $4`,
			n, "node", ms(s.Now()), stale)
		if err != nil {
			return 0, 0, err
		}
		if k, _ := res.RowsAffected(); k == 1 {
			s.node = n
		}
	}
	// Only after the claim: whoever held the number before is done with it.
	r := Read{q: s.writer, d: s.d}
	for _, table := range []string{"entry", "history", "doc", "person"} {
		var m sql.NullInt64
		if err := r.q.QueryRowContext(ctx, "SELECT max(id) FROM "+table).Scan(&m); err != nil {
			return 0, 0, err
		}
		last = max(last, id.ID(m.Int64))
	}
	return s.node, last, nil
}

const nodeLease = 2 * time.Minute

// KeepNode renews this process's claim on its node number; call it every 30 seconds.
func (s *Store) KeepNode(ctx context.Context) error {
	if s.node == 0 {
		return nil
	}
	_, err := s.writer.ExecContext(ctx, "UPDATE node SET seen_at = $1 WHERE node = $2", ms(s.Now()), s.node)
	return err
}
