package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
)

// statements keeps the prepared statements of one pool by their text, because preparing takes the embedded engine
// longer than running most of them. A text is prepared when it comes a second time; past maxStatements
// texts run unprepared, so lists of many shapes cannot fill the memory.
type statements struct {
	db   *sql.DB
	mu   sync.RWMutex
	have map[string]*sql.Stmt // nil: seen once
}

const maxStatements = 400

func newStatements(db *sql.DB) *statements {
	return &statements{db: db, have: map[string]*sql.Stmt{}}
}

// get gives the prepared statement for a text, or nil; want reports that it is time to prepare it.
func (s *statements) get(query string) (stmt *sql.Stmt, want bool) {
	s.mu.RLock()
	stmt, seen := s.have[query]
	full := len(s.have) >= maxStatements
	s.mu.RUnlock()
	if stmt != nil || seen {
		return stmt, stmt == nil
	}
	if !full {
		s.mu.Lock()
		if _, ok := s.have[query]; !ok {
			s.have[query] = nil
		}
		s.mu.Unlock()
	}
	return nil, false
}

// prepare prepares a text; failure is left to the next plain run to report.
func (s *statements) prepare(ctx context.Context, query string) *sql.Stmt {
	stmt, err := s.db.PrepareContext(ctx, query)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.have[query]; old != nil {
		stmt.Close()
		return old
	}
	s.have[query] = stmt
	return stmt
}

// preparedReader runs reads on a pool through prepared statements.
type preparedReader struct{ s *statements }

func (p preparedReader) stmt(ctx context.Context, query string) *sql.Stmt {
	stmt, want := p.s.get(query)
	if want {
		stmt = p.s.prepare(context.WithoutCancel(ctx), query)
	}
	return stmt
}

func (p preparedReader) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return p.s.db.ExecContext(ctx, query, args...)
}

func (p preparedReader) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if st := p.stmt(ctx, query); st != nil {
		return st.QueryContext(ctx, args...)
	}
	return p.s.db.QueryContext(ctx, query, args...)
}

func (p preparedReader) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if st := p.stmt(ctx, query); st != nil {
		return st.QueryRowContext(ctx, args...)
	}
	return p.s.db.QueryRowContext(ctx, query, args...)
}

// preparedTx runs a transaction's statements prepared. The writer pool has one connection, which the transaction
// holds, so what is to be prepared is remembered and prepared after it.
type preparedTx struct {
	tx   *sql.Tx
	s    *statements
	todo []string
	// dirty is whether something may have been written since wrote was asked last.
	dirty bool
	index []indexStep
}

// indexStep is a change of the full-text index: a document, or the removal of one. They wait until the commit: any
// statement that could fail half-way makes the index write out what it has gathered, and a hundred small segments
// take longer to merge than all the rest of the transaction takes.
type indexStep struct {
	drop int64
	add  docTerms
}

func (p *preparedTx) later(s indexStep) {
	p.dirty = true
	p.index = append(p.index, s)
}

func (p *preparedTx) stmt(ctx context.Context, query string) *sql.Stmt {
	stmt, want := p.s.get(query)
	if want {
		p.todo = append(p.todo, query)
	}
	if stmt == nil {
		return nil
	}
	return p.tx.StmtContext(ctx, stmt)
}

func (p *preparedTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	p.dirty = true
	if st := p.stmt(ctx, query); st != nil {
		return st.ExecContext(ctx, args...)
	}
	return p.tx.ExecContext(ctx, query, args...)
}

func (p *preparedTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	p.dirty = p.dirty || changes(query)
	if st := p.stmt(ctx, query); st != nil {
		return st.QueryContext(ctx, args...)
	}
	return p.tx.QueryContext(ctx, query, args...)
}

func (p *preparedTx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	p.dirty = p.dirty || changes(query)
	if st := p.stmt(ctx, query); st != nil {
		return st.QueryRowContext(ctx, args...)
	}
	return p.tx.QueryRowContext(ctx, query, args...)
}

// native is the transaction itself, for the job queue.
func (p *preparedTx) native() any {
	p.dirty = true
	return p.tx
}

// wrote reports whether something may have been written since it was asked last.
func (p *preparedTx) wrote() bool {
	dirty := p.dirty
	p.dirty = false
	return dirty
}

func (p *preparedTx) commit(ctx context.Context) error {
	steps := p.index
	p.index = nil
	for _, s := range steps {
		var err error
		if s.drop != 0 {
			_, err = p.ExecContext(ctx, "DELETE FROM doc_fts WHERE rowid = $1", s.drop)
		} else {
			_, err = p.ExecContext(ctx, "INSERT INTO doc_fts (rowid, title, body, parts, acl) VALUES ($1, $2, $3, $4, $5)",
				s.add.rowid, s.add.title, s.add.body, s.add.parts, strings.Join(s.add.acl, " "))
		}
		if err != nil {
			return fmt.Errorf("index: %w", err)
		}
	}
	if err := p.tx.Commit(); err != nil {
		return err
	}
	for _, query := range p.todo {
		p.s.prepare(context.WithoutCancel(ctx), query)
	}
	return nil
}

func (p *preparedTx) rollback(context.Context) { p.tx.Rollback() }
