package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"time"

	"firebreak/internal/desk"
	"firebreak/internal/live"
	"firebreak/internal/store"
)

// indexSimilar makes the index of similar tickets, which a served desk makes by itself in the background, at full speed.
func indexSimilar(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("index", flag.ExitOnError)
	data := f.String("data", "bench-data", "data directory")
	database := f.String("database", "", "PostgreSQL URL; empty: SQLite in the data directory")
	f.Parse(args)
	s, err := store.Open(ctx, store.Options{Dir: *data, Database: *database})
	if err != nil {
		return err
	}
	defer s.Close()
	d := desk.New(s, &live.Hub{}, nil, slog.New(slog.DiscardHandler))
	defer d.LeaveSimilar(context.WithoutCancel(ctx))
	start, told := time.Now(), time.Now()
	for busy := true; busy && ctx.Err() == nil; {
		if busy, err = d.WorkSimilar(ctx); err != nil {
			return err
		}
		if time.Since(told) > 5*time.Second || !busy {
			told = time.Now()
			segments, err := s.Read().SimilarSegments(ctx)
			if err != nil {
				return err
			}
			n := int64(0)
			for _, x := range segments {
				n += x.Tickets
			}
			fmt.Fprintf(os.Stderr, "%6.0fs  %d tickets in %d segments\n", time.Since(start).Seconds(), n, len(segments))
		}
	}
	return ctx.Err()
}
