// Package live carries "this changed" between the parts of one node. A message is a topic and
// nothing else, so no content can leak through it: readers ask again through the ordinary handlers.
package live

import "sync"

// Hub fans topics out to subscribers. A subscriber that cannot keep up loses messages and is told
// to reload by the topic Resync. The zero Hub is ready to use.
type Hub struct {
	mu   sync.Mutex
	subs map[*Sub]struct{}
	// Relay, when set, is called with every locally published topic so that other nodes hear it.
	Relay func(topic string)
	heard uint64
}

// Resync tells a subscriber that it missed messages and should reload.
const Resync = "resync"

// Sub is one subscription. Read from C until it closes.
type Sub struct {
	C    chan string
	want func(topic string) bool
	hub  *Hub
	lost bool
}

// Publish tells all subscribers that topics changed. It never blocks.
func (h *Hub) Publish(topics ...string) {
	for _, t := range topics {
		h.Deliver(t)
		if h.Relay != nil {
			h.Relay(t)
		}
	}
}

// Deliver hands a topic to this node's subscribers only; for messages that came from another node.
func (h *Hub) Deliver(topic string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.heard++
	for s := range h.subs {
		if s.want != nil && topic != Resync && !s.want(topic) {
			continue
		}
		if s.lost {
			topic := Resync
			select {
			case s.C <- topic:
				s.lost = false
			default:
			}
			continue
		}
		select {
		case s.C <- topic:
		default:
			s.lost = true
		}
	}
}

// Heard counts the topics so far, of this node and of others.
func (h *Hub) Heard() uint64 { h.mu.Lock(); defer h.mu.Unlock(); return h.heard }

// Subscribe starts a subscription to the topics that want accepts (nil: all). Close it when done.
func (h *Hub) Subscribe(want func(topic string) bool) *Sub {
	s := &Sub{C: make(chan string, 32), want: want, hub: h}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.subs == nil {
		h.subs = map[*Sub]struct{}{}
	}
	h.subs[s] = struct{}{}
	return s
}

// Close ends the subscription.
func (s *Sub) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	delete(s.hub.subs, s)
}

// Count is the number of subscribers.
func (h *Hub) Count() int { h.mu.Lock(); defer h.mu.Unlock(); return len(h.subs) }
