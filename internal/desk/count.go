package desk

import (
	"context"
	"fmt"
	"sync"
	"time"

	"firebreak/internal/store"
)

const (
	countFresh = time.Second // another process may write to the same database unheard
	countsKept = 2000
)

// countMemory keeps the counts of lists until somebody writes or another node tells of a change: every page shows some, and
// most pages are read between two changes.
type countMemory struct {
	mu    sync.Mutex
	stamp [2]uint64
	kept  map[string]keptCount
}

type keptCount struct {
	counts []int
	at     time.Time
}

// count counts the tickets of several lists, each up to limit.
func (d *Desk) count(ctx context.Context, r store.Read, limit int, lists ...store.TicketFilter) ([]int, error) {
	m, key := &d.counts, fmt.Sprint(limit, lists)
	stamp, now := [2]uint64{d.store.Writes(), d.hub.Heard()}, d.store.Now() // before counting: what changes meanwhile makes it old
	m.mu.Lock()
	if m.stamp != stamp || len(m.kept) >= countsKept {
		m.stamp, m.kept = stamp, map[string]keptCount{}
	}
	k, known := m.kept[key]
	m.mu.Unlock()
	// A clock that stands still says nothing of age.
	if age := now.Sub(k.at); known && age > 0 && age < countFresh {
		return k.counts, nil
	}
	counts, err := r.CountTickets(ctx, limit, lists...)
	if err == nil {
		m.mu.Lock()
		if m.stamp == stamp {
			m.kept[key] = keptCount{counts, now}
		}
		m.mu.Unlock()
	}
	return counts, err
}
