package store

import (
	"context"
	"database/sql"
)

// dialect is what truly differs between the engines. The files dialect*.go alone name one.
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
	// putDoc writes a document, new or in the place of the one before, and its index.
	putDoc(ctx context.Context, q querier, d newDoc) error
	// addDocs writes many new documents and their index.
	addDocs(ctx context.Context, tx *Tx, docs []newDoc) error
	dropDoc(ctx context.Context, q querier, rowid int64) error
	// sortSearch takes new documents into the order of the full-text index, where the engine leaves that for later.
	sortSearch(ctx context.Context, db *sql.DB) error
	// searchDocs gives the newest limit matches, and then the newest of those in titles, of which some may be the same.
	searchDocs(ctx context.Context, q querier, s docSearch) ([]int64, error)
	// searchAmong asks for matches among these documents; searchNarrowed for the newest matches on tickets that fit, and
	// tells whether there may be more among those it did not look at.
	searchAmong(ctx context.Context, q querier, s docSearch, docs []int64) ([]int64, error)
	searchNarrowed(ctx context.Context, q querier, s docSearch) (ids []int64, more bool, err error)
	// listen and tell join the nodes of one database, see [Store.Listen].
	listen(ctx context.Context, s *Store, ready func(), deliver func(topic string)) error
	tell(ctx context.Context, s *Store, topics []string) error
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
