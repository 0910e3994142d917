// Package jobs is the way in for work whose time has come. River keeps the jobs in the desk's own database, in
// the transaction of the act that asked for them; every job is a short call of one desk function, and a
// sweep calls the same functions for whatever was missed.
package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"firebreak/internal/desk"
	"firebreak/internal/id"
	"firebreak/internal/store"
)

// Client enqueues jobs and, once started, works them.
type Client struct {
	// insert adds a job to the engine's own transaction.
	insert func(ctx context.Context, native any, args river.JobArgs, opts *river.InsertOpts) error
	work   interface {
		Start(context.Context) error
		Stop(context.Context) error
	}
	pool  *pgxpool.Pool
	store *store.Store
	log   *slog.Logger
	desk  *desk.Desk
	stop  context.CancelFunc
	done  chan struct{}
	// similar is closed when the index of similar tickets is left.
	similar chan struct{}
}

const (
	jobTimeout = time.Minute
	// rescueAfter must be longer than jobTimeout: River takes a job for stuck by its age alone.
	rescueAfter = 3 * time.Minute
	sweepEvery  = 15 * time.Second
	workers     = 8
)

// Open prepares the queue's tables in the desk's database. database is the PostgreSQL URL, empty on SQLite.
func Open(ctx context.Context, s *store.Store, database string, log *slog.Logger) (*Client, error) {
	c := &Client{store: s, log: log}
	if !s.Shared() {
		driver := riversqlite.New(s.Writer())
		if err := migrate(ctx, driver); err != nil {
			return nil, err
		}
		r, err := river.NewClient(driver, &river.Config{Logger: quiet(log)})
		c.insert = func(ctx context.Context, native any, args river.JobArgs, opts *river.InsertOpts) error {
			_, err := r.InsertTx(ctx, native.(*sql.Tx), args, opts)
			return err
		}
		return c, err
	}
	cfg, err := pgxpool.ParseConfig(database)
	if err != nil {
		return nil, err
	}
	cfg.MaxConns = 6
	if c.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, err
	}
	driver := riverpgxv5.New(c.pool)
	if err := migrate(ctx, driver); err != nil {
		return nil, err
	}
	r, err := river.NewClient(driver, &river.Config{Logger: quiet(log)})
	c.insert = func(ctx context.Context, native any, args river.JobArgs, opts *river.InsertOpts) error {
		_, err := r.InsertTx(ctx, native.(pgx.Tx), args, opts)
		return err
	}
	return c, err
}

func migrate[TTx any](ctx context.Context, driver riverdriver.Driver[TTx]) error {
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("prepare the job queue: %w", err)
	}
	return nil
}

func (c *Client) config(w *river.Workers, poll bool) *river.Config {
	return &river.Config{
		Logger: quiet(c.log), Workers: w, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workers}},
		JobTimeout: jobTimeout, RescueStuckJobsAfter: rescueAfter, PollOnly: poll, FetchPollInterval: time.Second,
		CompletedJobRetentionPeriod: time.Hour,
	}
}

// quiet keeps River's chatter out of the log below warnings.
func quiet(log *slog.Logger) *slog.Logger { return slog.New(warnOnly{log.Handler()}) }

type warnOnly struct{ slog.Handler }

func (w warnOnly) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && w.Handler.Enabled(ctx, l)
}

// Enqueue puts a job into the transaction. It implements desk.Queue.
func (c *Client) Enqueue(ctx context.Context, tx *store.Tx, j desk.Job) error {
	var args river.JobArgs
	switch j.Kind {
	case desk.JobClock:
		args = clockArgs{Ticket: j.Ticket}
	case desk.JobSend:
		args = sendArgs{Entry: j.Entry}
	default:
		return fmt.Errorf("no worker for jobs of kind %q", j.Kind)
	}
	return c.insert(ctx, tx.Native(), args, &river.InsertOpts{ScheduledAt: j.At, MaxAttempts: 5})
}

type clockArgs struct {
	Ticket int64 `json:"ticket"`
}

func (clockArgs) Kind() string { return string(desk.JobClock) }

type sendArgs struct {
	Entry id.ID `json:"entry"`
}

func (sendArgs) Kind() string { return string(desk.JobSend) }

// Start works jobs and sweeps until Stop. Every node of a shared desk may do both.
func (c *Client) Start(ctx context.Context, d *desk.Desk) error {
	c.desk = d
	w := river.NewWorkers()
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, j *river.Job[clockArgs]) error { return d.ClockDue(ctx, j.Args.Ticket) }))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, j *river.Job[sendArgs]) error { return d.SendDue(ctx, j.Args.Entry) }))
	var err error
	if c.pool != nil {
		c.work, err = river.NewClient(riverpgxv5.New(c.pool), c.config(w, false))
	} else {
		c.work, err = river.NewClient(riversqlite.New(c.store.Writer()), c.config(w, true))
	}
	if err != nil {
		return err
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	if err := c.work.Start(run); err != nil {
		stop()
		return fmt.Errorf("start the job queue: %w", err)
	}
	c.stop, c.done = stop, make(chan struct{})
	go c.sweep(run)
	go c.sweepFiles(run)
	go c.sweepGroups(run)
	go c.sweepPrivacy(run)
	go c.sortSearch(run)
	if c.store.Shared() {
		c.joinNodes(run)
	}
	c.similar = make(chan struct{})
	go c.keepSimilar(run)
	return nil
}

// sweepGroups keeps the groups of recurring issues up to date, beside the sweep of promises, which must not wait for an import
// of a million tickets. Between its short transactions others come to write.
func (c *Client) sweepGroups(ctx context.Context) {
	timer := time.NewTimer(2 * time.Second)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		n, err := c.desk.SweepRecurrence(ctx)
		if err != nil && ctx.Err() == nil {
			c.log.Error("sweep", "of", "recurring issues", "error", err)
		}
		if n >= desk.RecurrenceSweep {
			timer.Reset(time.Second)
		} else {
			timer.Reset(sweepEvery)
		}
	}
}

// sweepPrivacy looks through large files for private data, soon after they came.
func (c *Client) sweepPrivacy(ctx context.Context) {
	timer := time.NewTimer(3 * time.Second)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-c.desk.PrivacyWake():
		case <-ctx.Done():
			return
		}
		n, err := c.desk.SweepPrivacy(ctx)
		if err != nil && ctx.Err() == nil {
			c.log.Error("sweep", "of", "private data", "error", err)
		}
		timer.Reset(sweepEvery)
		if n > 0 && err == nil {
			timer.Reset(time.Second) // there may be more, and others want to work too
		}
	}
}

// sweepFiles removes what broken uploads left behind: once the process has run for ten minutes, then daily.
func (c *Client) sweepFiles(ctx context.Context) {
	timer := time.NewTimer(10 * time.Minute)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		if n, err := c.desk.SweepFiles(ctx); err != nil && ctx.Err() == nil {
			c.log.Error("sweep", "of", "files", "error", err)
		} else if n > 0 {
			c.log.Info("removed files of broken uploads", "count", n)
		}
		timer.Reset(24 * time.Hour)
	}
}

// sortSearch keeps the full-text index in order, resting twice as long as it worked and some seconds at least: much at
// once is less work.
func (c *Client) sortSearch(ctx context.Context) {
	const rest = 5 * time.Second
	for wait := time.Second; ; {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
		start := time.Now()
		if err := c.store.SortSearch(ctx); err != nil && ctx.Err() == nil {
			c.log.Error("order the full-text index", "error", err)
		}
		wait = max(rest, 2*time.Since(start))
	}
}

// keepSimilar keeps the index of similar tickets: at once when a ticket was opened here, within a second when it was on
// another node.
func (c *Client) keepSimilar(ctx context.Context) {
	defer close(c.similar)
	wake := c.desk.ServeSimilar()
	const rest = time.Second
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			if err := c.desk.LeaveSimilar(context.WithoutCancel(ctx)); err != nil {
				c.log.Error("leave the index of similar tickets", "error", err)
			}
			return
		case <-timer.C:
		case <-wake:
		}
		start := time.Now()
		busy, err := c.desk.WorkSimilar(ctx)
		wait := rest
		switch {
		case err != nil && ctx.Err() == nil:
			c.log.Error("index of similar tickets", "error", err)
		case busy:
			// Three times as much as it took is left to whoever opens tickets.
			wait = min(max(3*time.Since(start), 5*time.Millisecond), rest)
		}
		select { // what woke it meanwhile can wait as long
		case <-time.After(wait / 2):
		case <-ctx.Done():
		}
		timer.Reset(wait / 2)
	}
}

// sweep does what no job did: it is the second leg of every promise.
func (c *Client) sweep(ctx context.Context) {
	defer close(c.done)
	timer := time.NewTimer(sweepEvery)
	defer timer.Stop()
	var kept time.Time
	for {
		for name, fn := range map[string]func(context.Context) (int, error){"clocks": c.desk.SweepClocks, "replies": c.desk.SweepReplies, "signatures": c.desk.SweepSignatures, "words": c.desk.SweepWords, "mirror": c.desk.SweepMirror} {
			if _, err := fn(ctx); err != nil && ctx.Err() == nil {
				c.log.Error("sweep", "of", name, "error", err)
			}
		}
		if time.Since(kept) > sweepEvery {
			kept = time.Now()
			if err := c.store.KeepNode(ctx); err != nil && ctx.Err() == nil {
				c.log.Error("renew the node number", "error", err)
			}
		}
		// It wakes at the next due time, so that a fire turns at its instant.
		wait := sweepEvery
		if next, err := c.store.Read().NextDue(ctx); err == nil && !next.IsZero() {
			wait = max(50*time.Millisecond, min(wait, next.Sub(c.store.Now())))
		}
		timer.Reset(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
	}
}

// Stop waits for running jobs, up to the context's deadline.
func (c *Client) Stop(ctx context.Context) error {
	var err error
	if c.work != nil {
		err = c.work.Stop(ctx)
		c.stop()
		<-c.done
		<-c.similar
	}
	if c.pool != nil {
		c.pool.Close()
	}
	return err
}
