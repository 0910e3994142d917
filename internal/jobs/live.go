package jobs

import (
	"context"
	"slices"
	"time"

	"firebreak/internal/live"
)

const (
	liveGather = 50 * time.Millisecond // what changes meanwhile is told at once
	liveRetry  = 2 * time.Second
)

// joinNodes carries topics between the hubs of the nodes that share the database. After a time in which some may have been
// missed, pages reload.
func (c *Client) joinNodes(ctx context.Context) {
	hub := c.desk.Hub()
	topics := make(chan string, 4096)
	hub.Relay = func(topic string) {
		select {
		case topics <- topic:
		default: // the others see it when they next ask
		}
	}
	go c.tellNodes(ctx, topics)
	go func() {
		for missed := false; ctx.Err() == nil; missed = true {
			err := c.store.Listen(ctx, func() {
				if missed {
					hub.Deliver(live.Resync)
				}
			}, hub.Deliver)
			if err != nil && ctx.Err() == nil {
				c.log.Warn("hear of other nodes", "error", err)
			}
			c.rest(ctx, liveRetry)
		}
	}()
}

// tellNodes tells the other nodes of topics, those of a moment together.
func (c *Client) tellNodes(ctx context.Context, topics <-chan string) {
	for {
		var told []string
		select {
		case topic := <-topics:
			told = append(told, topic)
		case <-ctx.Done():
			return
		}
		c.rest(ctx, liveGather)
		for n := len(topics); n > 0; n-- {
			if topic := <-topics; !slices.Contains(told, topic) {
				told = append(told, topic)
			}
		}
		if err := c.store.Tell(ctx, told); err != nil && ctx.Err() == nil {
			c.log.Warn("tell other nodes", "error", err)
			c.rest(ctx, liveRetry)
		}
	}
}

// rest waits, or until ctx ends.
func (c *Client) rest(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
