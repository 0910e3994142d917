package store

import (
	"context"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/stdlib"

	"firebreak/internal/live"
)

func (sqliteDialect) listen(context.Context, *Store, func(), func(string)) error { return nil }
func (sqliteDialect) tell(context.Context, *Store, []string) error               { return nil }

const (
	liveChannel = "firebreak_live"
	livePayload = 7900 // bytes of one notification; the server takes fewer than 8000
)

// listen uses LISTEN and NOTIFY. A notification is the number of the node that sends it and the topics, one a line.
func (postgresDialect) listen(ctx context.Context, s *Store, ready func(), deliver func(string)) error {
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	own := strconv.Itoa(s.node)
	return conn.Raw(func(c any) error {
		pg := c.(*stdlib.Conn).Conn()
		defer pg.Close(context.WithoutCancel(ctx)) // not back to the pool: it listens
		if _, err := pg.Exec(ctx, "LISTEN "+liveChannel); err != nil {
			return err
		}
		ready()
		for {
			n, err := pg.WaitForNotification(ctx)
			if err != nil {
				return err
			}
			from, topics, _ := strings.Cut(n.Payload, "\n")
			if from == own {
				continue
			}
			for topic := range strings.SplitSeq(topics, "\n") {
				deliver(topic)
			}
		}
	})
}

func (postgresDialect) tell(ctx context.Context, s *Store, topics []string) error {
	own := strconv.Itoa(s.node) + "\n"
	payload := own + strings.Join(topics, "\n")
	if len(payload) > livePayload {
		payload = own + live.Resync
	}
	_, err := s.writer.ExecContext(ctx, "SELECT pg_notify($1, $2)", liveChannel, payload)
	return err
}
