package store

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// groups runs the writes that wait at the same time in one transaction, on an engine with a single writer: one sync
// of the disk, one segment of the full-text index and each touched page written once serve all of them. Every caller
// is answered only after the commit. When one of them fails having written something, all is rolled back and each is
// run on its own, so that nobody's failure is another's.
type groups struct {
	mu      sync.Mutex
	leading bool
	waiting []*write
}

// write is one caller's function and how it ended.
type write struct {
	ctx   context.Context
	fn    func(*Tx) error
	turn  chan bool // true: lead the next group; false: done
	after []func()
	err   error
	panic *panicked
}

// panicked carries a panic of a function to the goroutine of its caller.
type panicked struct {
	value any
	stack []byte
}

const (
	maxGroup  = 64
	groupTime = 20 * time.Millisecond // a group takes no further writer after so long
)

func (s *Store) writeInGroup(ctx context.Context, fn func(*Tx) error) ([]func(), error) {
	w := &write{ctx: ctx, fn: fn, turn: make(chan bool, 1)}
	g := &s.groups
	g.mu.Lock()
	g.waiting = append(g.waiting, w)
	lead := !g.leading
	g.leading = true
	g.mu.Unlock()
	if !lead {
		lead = <-w.turn
	}
	if lead {
		s.lead(w)
	}
	if w.panic != nil {
		panic(fmt.Errorf("%v\n\n%s", w.panic.value, w.panic.stack))
	}
	return w.after, w.err
}

// lead runs the group at the head of which own stands, then hands on to whoever waits next.
func (s *Store) lead(own *write) {
	g := &s.groups
	var group []*write
	defer func() {
		g.mu.Lock()
		if len(g.waiting) > 0 {
			g.waiting[0].turn <- true
		} else {
			g.leading = false
		}
		g.mu.Unlock()
		for _, w := range group {
			if w != own {
				w.turn <- false
			}
		}
	}()
	group = s.together()
}

// take gives the next write that waits, nil when none does.
func (g *groups) take() *write {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		return nil
	}
	w := g.waiting[0]
	g.waiting = g.waiting[1:]
	return w
}

// together runs the writes that wait, as many as come in time, and gives them.
func (s *Store) together() (group []*write) {
	first := s.groups.take()
	group = append(group, first)
	// The transaction must outlive the request of whoever came first.
	ctx := context.WithoutCancel(first.ctx)
	t, err := s.d.begin(ctx, s.writer)
	if err != nil {
		first.err = err
		return group
	}
	defer t.rollback(ctx)
	clean, start := true, s.now()
	for w := first; w != nil && clean; {
		s.runIn(t, w)
		if wrote := t.wrote(); w.panic != nil || w.err != nil && wrote {
			clean = false
		} else if w = nil; len(group) < maxGroup && s.now().Sub(start) < groupTime {
			if w = s.groups.take(); w != nil {
				group = append(group, w)
			}
		}
	}
	if clean && t.commit(ctx) == nil {
		return group
	}
	t.rollback(ctx)
	for _, w := range group {
		s.alone(w)
	}
	return group
}

// alone runs one write in a transaction of its own.
func (s *Store) alone(w *write) {
	w.after, w.err, w.panic = nil, nil, nil
	t, err := s.d.begin(context.WithoutCancel(w.ctx), s.writer)
	if err != nil {
		w.err = err
		return
	}
	defer t.rollback(w.ctx)
	if s.runIn(t, w); w.err == nil && w.panic == nil {
		if w.err = t.commit(w.ctx); w.err != nil {
			w.after = nil
		}
	}
}

func (s *Store) runIn(t txn, w *write) {
	defer func() {
		if v := recover(); v != nil {
			w.panic = &panicked{v, debug.Stack()}
		}
	}()
	if w.err = w.ctx.Err(); w.err != nil {
		return
	}
	tx := &Tx{Read: Read{q: t, d: s.d}, tx: t, Now: s.Now(), ids: s.ids}
	if w.err = w.fn(tx); w.err == nil {
		w.after = tx.after
	}
}

// changes reports whether a statement may write.
func changes(query string) bool {
	return !strings.HasPrefix(strings.TrimSpace(query), "SELECT")
}
