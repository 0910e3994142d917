package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"time"

	"firebreak/internal/store"
)

// loader puts rows into a desk as fast as its engine takes them: without the secondary indexes, which are built at
// the end, and without syncing, which a later checkpoint makes up for.
type loader interface {
	begin(ctx context.Context) error
	load(ctx context.Context, b batch) error
	// finish builds the indexes, moves the ticket counter to tickets and refreshes the planner's knowledge.
	finish(ctx context.Context, tickets int, say func(string, ...any)) error
	close()
}

// fill makes a desk of the size on an empty database.
func fill(ctx context.Context, o store.Options, z size, seed uint64, w io.Writer) error {
	start := time.Now()
	say := func(format string, args ...any) {
		fmt.Fprintf(w, "%6.0fs  %s\n", time.Since(start).Seconds(), fmt.Sprintf(format, args...))
	}
	s, err := store.Open(ctx, o)
	if err != nil {
		return err
	}
	defer s.Close()
	if have, _, err := s.Read().Tickets(ctx, store.TicketFilter{View: store.ViewAll, Limit: 1}); err != nil {
		return err
	} else if len(have) > 0 {
		return fmt.Errorf("the desk has tickets already; generate into an empty one")
	}
	c, err := addCast(ctx, s, z, seed)
	if err != nil {
		return fmt.Errorf("add people and catalogue: %w", err)
	}
	if err := s.Write(ctx, func(tx *store.Tx) error { return tx.SetSignatureBackfill(ctx, 0) }); err != nil {
		return err // the tickets come with their signatures
	}
	say("people and catalogue are there")
	// The desk is as old on every machine, whatever the day: its clock ends now.
	m := &maker{z: z, seed: seed, now: s.Now(), v: newVocabulary(seed), c: c, vector: s.Shared()}
	var l loader
	if s.Shared() {
		l, err = newPostgresLoader(ctx, o.Database)
	} else {
		s.Close()
		l, err = newSQLiteLoader(o.Dir)
	}
	if err != nil {
		return err
	}
	defer l.close()
	if err := l.begin(ctx); err != nil {
		return err
	}
	// Ctrl-C ends with a smaller desk that is whole, not with a broken one.
	stop := ctx
	ctx = context.WithoutCancel(ctx)
	loaded := z.tickets
	batches := (z.tickets + batchSize - 1) / batchSize
	entries, told := 0, time.Now()
	for n, b := range inOrder(batches, runtime.NumCPU(), m.batch) {
		if err := l.load(ctx, b); err != nil {
			return fmt.Errorf("load batch %d: %w", n, err)
		}
		entries += b.entries
		if stop.Err() != nil {
			loaded = min((n+1)*batchSize, z.tickets)
			say("interrupted; finishing with %d tickets", loaded)
			break
		}
		if done := min((n+1)*batchSize, z.tickets); time.Since(told) > 5*time.Second || n == batches-1 {
			told = time.Now()
			say("%d tickets, %d entries (%.0f tickets/s)", done, entries, float64(done)/time.Since(start).Seconds())
		}
	}
	if err := l.finish(ctx, loaded, say); err != nil {
		return err
	}
	say("done")
	return nil
}

// inOrder makes n values on several goroutines and gives them in order.
func inOrder[T any](n, workers int, make1 func(int) T) func(func(int, T) bool) {
	return func(yield func(int, T) bool) {
		queue := make(chan chan T, workers+1)
		stop := make(chan struct{})
		defer close(stop)
		slots := make(chan struct{}, workers)
		go func() {
			defer close(queue)
			for i := range n {
				out := make(chan T, 1)
				select {
				case queue <- out:
				case <-stop:
					return
				}
				slots <- struct{}{}
				go func() {
					out <- make1(i)
					<-slots
				}()
			}
		}()
		i := 0
		for out := range queue {
			if !yield(i, <-out) {
				return
			}
			i++
		}
	}
}
