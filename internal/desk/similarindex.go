package desk

import (
	"context"
	"iter"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"firebreak/internal/similar"
	"firebreak/internal/store"
)

const (
	similarBatch = 200  // tickets taken apart in one transaction
	similarFlush = 512  // as many in the tail become a segment
	similarTail  = 4096 // of the tail, so many are looked at
	similarJoin  = 4    // as many segments of about one size become one
	similarLease = 30 * time.Second
	deadSegments = 2 * time.Minute // a segment out of use is kept so long for those who still read it
	blocksAtOnce = 64
)

// indexMemory is what a process keeps of an index: its model and the directories of its segments.
type indexMemory struct {
	mu          sync.Mutex
	model       *similar.Model
	learned     time.Time
	asked       time.Time
	directories map[segmentKey]similar.Directory
}

type segmentKey struct{ id, changed int64 }

// similarIndex is what a process keeps of the index of tickets, and the work on it.
type similarIndex struct {
	indexMemory

	working    sync.Mutex // one step at a time; it guards the three below
	leads      time.Time  // until when the work is this process's
	tended     time.Time
	untilFlush int

	serving  atomic.Bool
	learning atomic.Bool
	wake     chan struct{}
}

// similarModel gives the model of tickets; nil until one was learned.
func (d *Desk) similarModel(ctx context.Context, r store.Read) (*similar.Model, error) {
	return d.similarIndex.latest(ctx, r, store.TicketModel, d.store.Now())
}

// latest gives the model; nil until one was learned. Another node may have learned a new one, so it is asked for every
// few seconds.
func (x *indexMemory) latest(ctx context.Context, r store.Read, of store.ModelOf, now time.Time) (*similar.Model, error) {
	x.mu.Lock()
	m, known, asked := x.model, x.learned, x.asked
	x.mu.Unlock()
	const every = 3 * time.Second
	if now.Sub(asked).Abs() < every && !asked.IsZero() {
		return m, nil
	}
	fresh, learned, _, err := r.SimilarModel(ctx, of, known)
	if err != nil {
		return m, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.asked = now
	if !learned.Equal(known) {
		x.model, x.learned = fresh, learned
	}
	return x.model, nil
}

// similarSegments gives the segments of tickets in use with their directories, which are kept.
func (d *Desk) similarSegments(ctx context.Context, r store.Read) ([]store.SimilarSegment, error) {
	segments, err := r.SimilarSegments(ctx)
	if err != nil {
		return nil, err
	}
	return segments, d.similarIndex.direct(ctx, r, segments)
}

// direct gives all segments of an index their directories.
func (x *indexMemory) direct(ctx context.Context, r store.Read, segments []store.SimilarSegment) (err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	kept := make(map[segmentKey]similar.Directory, len(segments))
	for i := range segments {
		s := &segments[i]
		key := segmentKey{s.ID, s.Changed}
		dir, ok := x.directories[key]
		if !ok {
			if dir, err = r.SimilarDirectory(ctx, s.ID); err != nil {
				return err
			}
		}
		s.Directory, kept[key] = dir, dir
	}
	x.directories = kept
	return nil
}

// wakeSimilar tells the work loop that a ticket is due.
func (d *Desk) wakeSimilar() {
	select {
	case d.similarIndex.wake <- struct{}{}:
	default:
	}
}

// ServeSimilar tells that this process keeps calling WorkSimilar from now on, at once when the channel says so; without,
// whoever asks for similar tickets does first what is to be done.
func (d *Desk) ServeSimilar() <-chan struct{} {
	d.similarIndex.serving.Store(true)
	return d.similarIndex.wake
}

// LeaveSimilar gives the work on the index back, when this process ends.
func (d *Desk) LeaveSimilar(ctx context.Context) error {
	d.similarIndex.serving.Store(false)
	return d.store.LeaveSimilar(ctx)
}

// WorkSimilar does one step of what is to be done on the index, and reports whether there may be more. It does nothing
// while another node works on it.
func (d *Desk) WorkSimilar(ctx context.Context) (busy bool, err error) {
	x := &d.similarIndex
	x.working.Lock()
	defer x.working.Unlock()
	if leads, err := d.leadSimilar(ctx); err != nil || !leads {
		return false, err
	}
	n, err := d.takeApart(ctx)
	if err != nil {
		return false, err
	}
	if n > 0 {
		if x.untilFlush -= n; x.untilFlush <= 0 {
			if err := d.flushSimilar(ctx); err != nil {
				return false, err
			}
		}
		x.tended = time.Time{}
		return true, nil
	}
	const every = 15 * time.Second
	if now := d.store.Now(); x.tended.IsZero() || now.Sub(x.tended).Abs() > every {
		if busy, err = d.tendSimilar(ctx); err == nil && !busy {
			x.tended = now
		}
	}
	return busy, err
}

// leadSimilar reports whether the work is this process's, and renews its claim when half of it has passed.
func (d *Desk) leadSimilar(ctx context.Context) (bool, error) {
	x := &d.similarIndex
	now := d.store.Now()
	if now.Before(x.leads.Add(-similarLease / 2)) {
		return true, nil
	}
	if free, err := d.store.SimilarFree(ctx); err != nil || !free {
		return false, err
	}
	until := now.Add(similarLease)
	leads, err := d.store.LeadSimilar(ctx, until)
	if x.leads = until; !leads {
		x.leads = time.Time{}
	}
	return leads, err
}

// tendSimilar does what has time: it joins segments, looks for tickets that were missed, removes what is out of use and
// learns.
func (d *Desk) tendSimilar(ctx context.Context) (busy bool, err error) {
	if err := d.flushSimilar(ctx); err != nil {
		return false, err
	}
	if busy, err = d.joinSegments(ctx); err != nil || busy {
		return busy, err
	}
	var more, removed bool
	err = d.store.Write(ctx, func(tx *store.Tx) (err error) {
		if more, err = tx.CheckSimilar(ctx, 5000); err != nil {
			return err
		}
		removed, err = tx.SweepSegments(ctx, tx.Now.Add(-deadSegments), 500)
		return err
	})
	if err != nil || more || removed {
		return true, err
	}
	waiting, err := d.store.Read().SimilarWaiting(ctx, 1)
	if err != nil || waiting {
		return true, err
	}
	return d.learnSimilar(ctx)
}

// takeApart writes the features of some tickets that are due.
func (d *Desk) takeApart(ctx context.Context) (int, error) {
	due, err := d.store.Read().SimilarDue(ctx, similarBatch)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	features := make([]similar.Features, len(due))
	for i := range due {
		features[i] = similar.Analyse(due[i].Text)
	}
	return len(due), d.store.Write(ctx, func(tx *store.Tx) error { return tx.SaveSimilar(ctx, due, features) })
}

// flushSimilar makes a segment of the tail once it is long enough.
func (d *Desk) flushSimilar(ctx context.Context) error {
	r := d.store.Read()
	n, err := r.SimilarTailCount(ctx, similarTail)
	if err != nil {
		return err
	}
	if d.similarIndex.untilFlush = similarFlush - int(n); n < similarFlush {
		return nil
	}
	items, err := r.SimilarTail(ctx, similarTail)
	if err != nil {
		return err
	}
	numbers, features := make([]int64, len(items)), make([]similar.Features, len(items))
	for i := range items {
		numbers[i], features[i] = items[i].Number, items[i].Features
	}
	lists := similar.Lists(numbers, features)
	d.similarIndex.untilFlush = similarFlush
	done := func(tx *store.Tx) error { return tx.LeaveTail(ctx, items) }
	return d.writeSegment(ctx, store.SimilarSegment{Tickets: int64(len(items))}, similar.Blocks(each(lists)), nil, d.renewSimilar, done)
}

// renewSimilar keeps the work on the index of tickets this process's.
func (d *Desk) renewSimilar(ctx context.Context, until time.Time) error {
	if _, err := d.store.LeadSimilar(ctx, until); err != nil {
		return err
	}
	d.similarIndex.leads = until
	return nil
}

func each(lists []similar.List) iter.Seq2[similar.List, error] {
	return func(yield func(similar.List, error) bool) {
		for _, l := range lists {
			if !yield(l, nil) {
				return
			}
		}
	}
}

// writeSegment writes a segment in small transactions and puts it to use in place of others, together with what done does.
// renew is called every few seconds, to keep the work this process's.
func (d *Desk) writeSegment(ctx context.Context, s store.SimilarSegment, blocks iter.Seq2[similar.Block, error], instead []int64,
	renew func(context.Context, time.Time) error, done func(*store.Tx) error) error {
	if err := d.store.Write(ctx, func(tx *store.Tx) (err error) { s.ID, err = tx.BeginSegment(ctx, s.Site); return err }); err != nil {
		return err
	}
	var some []similar.Block
	var renewed time.Time
	write := func() error {
		if len(some) == 0 {
			return nil
		}
		if now := d.store.Now(); now.Sub(renewed) > similarLease/3 {
			renewed = now
			if err := renew(ctx, now.Add(similarLease)); err != nil {
				return err
			}
		}
		from := len(s.Directory) - len(some)
		err := d.store.Write(ctx, func(tx *store.Tx) error { return tx.AddBlocks(ctx, s.ID, from, some) })
		some = some[:0]
		return err
	}
	for b, err := range blocks {
		if err != nil {
			return err
		}
		some, s.Directory = append(some, b), append(s.Directory, b.First)
		if len(some) == blocksAtOnce {
			if err := write(); err != nil {
				return err
			}
		}
	}
	if err := write(); err != nil {
		return err
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.EndSegment(ctx, s, instead); err != nil || done == nil {
			return err
		}
		return done(tx)
	})
}

// sizeClass groups segments of about one size.
func sizeClass(tickets int64) (class int) {
	for n := int64(similarFlush); tickets >= n*similarJoin; n *= similarJoin {
		class++
	}
	return class
}

// joinSegments makes one segment of several of about one size.
func (d *Desk) joinSegments(ctx context.Context) (bool, error) {
	segments, err := d.similarSegments(ctx, d.store.Read())
	if err != nil {
		return false, err
	}
	classes := map[int][]store.SimilarSegment{}
	for _, s := range segments {
		c := sizeClass(s.Tickets)
		classes[c] = append(classes[c], s)
		if len(classes[c]) < similarJoin {
			continue
		}
		var runs []iter.Seq2[similar.List, error]
		var instead []int64
		var tickets int64
		for _, s := range classes[c] {
			runs, instead = append(runs, d.segmentLists(ctx, s)), append(instead, s.ID)
			tickets += s.Tickets
		}
		return true, d.writeSegment(ctx, store.SimilarSegment{Tickets: tickets}, similar.Blocks(similar.Merge(runs...)), instead, d.renewSimilar, nil)
	}
	return false, nil
}

// segmentLists reads a segment from its beginning to its end.
func (d *Desk) segmentLists(ctx context.Context, s store.SimilarSegment) iter.Seq2[similar.List, error] {
	return func(yield func(similar.List, error) bool) {
		for from := 0; from < len(s.Directory); from += blocksAtOnce {
			blocks, err := d.store.Read().SegmentBlocks(ctx, s, from, blocksAtOnce)
			if err != nil {
				yield(similar.List{}, err)
				return
			}
			for _, b := range blocks {
				for l, err := range b.Lists() {
					if !yield(l, err) || err != nil {
						return
					}
				}
			}
		}
	}
}

// learnSimilar begins to learn a model when the desk has grown by a quarter since the last one.
func (d *Desk) learnSimilar(ctx context.Context) (bool, error) {
	const least = 20
	r := d.store.Read()
	x := &d.similarIndex
	x.mu.Lock()
	known := x.learned
	x.mu.Unlock()
	m, learned, before, err := r.SimilarModel(ctx, store.TicketModel, known)
	if err != nil {
		return false, err
	}
	if m != nil {
		x.mu.Lock()
		x.model, x.learned = m, learned
		x.mu.Unlock()
	}
	have, err := r.SimilarTickets(ctx)
	if err != nil {
		return false, err
	}
	tail, err := r.SimilarTailCount(ctx, similarTail)
	if have += tail; err != nil || have < least || before > 0 && have < before+before/4+least {
		return false, err
	}
	if x.serving.Load() {
		if x.learning.CompareAndSwap(false, true) {
			go func() {
				defer x.learning.Store(false)
				if err := d.learn(ctx, have); err != nil && ctx.Err() == nil {
					d.log.ErrorContext(ctx, "learn from the desk's tickets", "error", err)
				}
			}()
		}
		return false, nil
	}
	return true, d.learn(ctx, have)
}

// learn makes a model from a sample of the desk.
func (d *Desk) learn(ctx context.Context, have int64) error {
	r := d.store.Read()
	last, err := r.LastTicket(ctx)
	if err != nil {
		return err
	}
	var numbers []int64
	if have <= similar.SampleSize {
		for n := range last {
			numbers = append(numbers, n+1)
		}
	} else {
		random := rand.New(rand.NewPCG(uint64(last), 1))
		for range similar.SampleSize * last / have {
			numbers = append(numbers, 1+random.Int64N(last))
		}
		slices.Sort(numbers)
		numbers = slices.Compact(numbers)
	}
	var sample []similar.Features
	seen := map[int64]bool{}
	for part := range slices.Chunk(numbers, 1024) {
		items, err := r.SimilarFeatures(ctx, part)
		if err != nil {
			return err
		}
		for _, i := range items {
			if !seen[i.Number] && len(sample) < similar.SampleSize {
				seen[i.Number] = true
				sample = append(sample, i.Features)
			}
		}
	}
	if len(sample) == 0 {
		return nil
	}
	m := similar.Learn(sample, int(have))
	if err := d.store.Write(ctx, func(tx *store.Tx) error { return tx.SaveSimilarModel(ctx, store.TicketModel, m) }); err != nil {
		return err
	}
	d.similarIndex.mu.Lock()
	d.similarIndex.asked = time.Time{}
	d.similarIndex.mu.Unlock()
	return nil
}

// catchUpSimilar does what is to be done on the index when no desk is served that does: after an import by the command
// line, for a while.
func (d *Desk) catchUpSimilar(ctx context.Context) error {
	if d.similarIndex.serving.Load() {
		return nil
	}
	const most = 300 // steps; a desk of a hundred thousand tickets is left to be served
	for range most {
		busy, err := d.WorkSimilar(ctx)
		if err != nil || !busy {
			return err
		}
	}
	return nil
}
