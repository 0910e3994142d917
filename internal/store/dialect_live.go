package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/stdlib"

	"firebreak/internal/live"
)

func (sqliteDialect) live(context.Context, *Store, func(string), func(error)) func(string) {
	return nil
}

const (
	liveChannel = "firebreak_live"
	liveGather  = 50 * time.Millisecond // what changes meanwhile is told at once
	liveRetry   = 2 * time.Second
	livePayload = 7900 // bytes of one notification; the server takes fewer than 8000
)

// live uses LISTEN and NOTIFY. A notification is the number of the node that sends it and the topics, one a line.
func (postgresDialect) live(ctx context.Context, s *Store, deliver func(string), failed func(error)) func(string) {
	again := func(run func() error) {
		for ctx.Err() == nil {
			if err := run(); err != nil && ctx.Err() == nil {
				failed(err)
				select {
				case <-time.After(liveRetry):
				case <-ctx.Done():
				}
			}
		}
	}
	own, missed := strconv.Itoa(s.node), false
	go again(func() error {
		conn, err := s.writer.Conn(ctx)
		if err != nil {
			missed = true
			return err
		}
		defer conn.Close()
		return conn.Raw(func(c any) error {
			pg := c.(*stdlib.Conn).Conn()
			defer pg.Close(context.WithoutCancel(ctx)) // not to the pool: it listens
			if _, err := pg.Exec(ctx, "LISTEN "+liveChannel); err != nil {
				missed = true
				return err
			}
			if missed {
				missed = false
				deliver(live.Resync)
			}
			for {
				n, err := pg.WaitForNotification(ctx)
				if err != nil {
					missed = true
					return err
				}
				from, topics, _ := strings.Cut(n.Payload, "\n")
				if from == own {
					continue
				}
				for topic := range strings.Lines(topics) {
					deliver(strings.TrimSuffix(topic, "\n"))
				}
			}
		})
	})
	waiting := make(chan string, 4096)
	go again(func() error {
		select {
		case topic := <-waiting:
			return tellOthers(ctx, s.writer, own, topic, waiting)
		case <-ctx.Done():
			return nil
		}
	})
	return func(topic string) {
		select {
		case waiting <- topic:
		default: // the others see it when they next ask
		}
	}
}

// tellOthers sends a topic and those that come within liveGather.
func tellOthers(ctx context.Context, db *sql.DB, own, topic string, waiting <-chan string) error {
	told := map[string]bool{topic: true}
	payload := own + "\n" + topic + "\n"
	for gather := time.After(liveGather); ; {
		select {
		case t := <-waiting:
			if told[t] {
				continue
			}
			if len(payload)+len(t) < livePayload {
				told[t] = true
				payload += t + "\n"
				continue
			}
			payload = own + "\n" + live.Resync + "\n" // too much to name
			told[live.Resync] = true
		case <-gather:
			_, err := db.ExecContext(ctx, "SELECT pg_notify($1, $2)", liveChannel, payload)
			return err
		case <-ctx.Done():
			return nil
		}
	}
}
