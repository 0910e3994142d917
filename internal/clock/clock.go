// Package clock is the one way time enters the program. Floors below the edge take instants
// as arguments or from their transaction, so tests move time freely.
package clock

import (
	"sync"
	"time"
)

// Clock tells the present instant, in UTC.
type Clock func() time.Time

// Real is the machine's clock.
func Real() time.Time { return time.Now().UTC() }

// Fixed always tells t.
func Fixed(t time.Time) Clock { return func() time.Time { return t.UTC() } }

// Manual is a clock that tests and demos move by hand.
type Manual struct {
	mu sync.Mutex
	t  time.Time
}

// NewManual starts a manual clock at t.
func NewManual(t time.Time) *Manual { return &Manual{t: t.UTC()} }

// Now tells the clock's instant.
func (m *Manual) Now() time.Time { m.mu.Lock(); defer m.mu.Unlock(); return m.t }

// Advance moves the clock forward by d and returns the new instant.
func (m *Manual) Advance(d time.Duration) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.t = m.t.Add(d)
	return m.t
}
