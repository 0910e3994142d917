package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/search"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// Narrow keeps of tickets those that fit all of it; of a field with several values, any. The zero Narrow keeps all.
type Narrow struct {
	Applications, Requesters, Assignees []id.ID
	Unassigned                          bool // also those that nobody has
	Tags, Signatures                    []string
	Status                              []ticket.Status
	Fire                                []urgency.Fire
	Burning                             bool      // active, a house fire or a wildfire
	Before, After                       time.Time // After <= opened < Before
}

// conds gives the conditions on a ticket t, with their parameters through arg.
func (n *Narrow) conds(arg func(any) string) (out []string) {
	list := func(vs []any) string {
		marks := make([]string, len(vs))
		for i, v := range vs {
			marks[i] = arg(v)
		}
		return " IN (" + strings.Join(marks, ", ") + ")"
	}
	if len(n.Applications) > 0 {
		out = append(out, "t.application_id"+list(anyOf(n.Applications)))
	}
	if len(n.Requesters) > 0 {
		out = append(out, "t.requester_id"+list(anyOf(n.Requesters)))
	}
	switch {
	case n.Unassigned && len(n.Assignees) > 0:
		out = append(out, "(t.assignee_id IS NULL OR t.assignee_id"+list(anyOf(n.Assignees))+")")
	case n.Unassigned:
		out = append(out, "t.assignee_id IS NULL")
	case len(n.Assignees) > 0:
		out = append(out, "t.assignee_id"+list(anyOf(n.Assignees)))
	}
	if len(n.Tags) > 0 {
		out = append(out, "EXISTS (SELECT 1 FROM ticket_tag g WHERE g.ticket = t.number AND g.tag"+list(anyText(n.Tags))+")")
	}
	if len(n.Signatures) > 0 {
		out = append(out, "EXISTS (SELECT 1 FROM ticket_signature g WHERE g.ticket = t.number AND g.signature"+list(anyText(n.Signatures))+")")
	}
	if len(n.Status) > 0 {
		out = append(out, "t.status"+list(anyText(n.Status)))
	}
	if len(n.Fire) > 0 {
		ranks := make([]any, len(n.Fire))
		for i, f := range n.Fire {
			ranks[i] = f.Rank()
		}
		out = append(out, "t.fire_rank"+list(ranks))
	}
	if n.Burning {
		out = append(out, "t.active", "t.fire_rank < 2")
	}
	if !n.Before.IsZero() {
		out = append(out, "t.created_at < "+arg(ms(n.Before)))
	}
	if !n.After.IsZero() {
		out = append(out, "t.created_at >= "+arg(ms(n.After)))
	}
	if len(out) == 0 {
		out = append(out, "TRUE")
	}
	return out
}

func anyText[T ~string](vs []T) []any {
	out := make([]any, len(vs))
	for i, v := range vs {
		out[i] = string(v)
	}
	return out
}

// way is an index that leads to tickets which may fit, for each of its values the newest first.
type way struct {
	query  string // $1 the value; the last parameter the limit
	values []any
}

// ways lists the indexes that lead to all tickets which fit, those that tend to lead to few first. No list is made
// without one of them, so that none ever walks the table.
func (n *Narrow) ways() (out []way) {
	active := n.Burning
	var inactive []ticket.Status
	for _, s := range n.Status {
		if !s.Active() {
			inactive = append(inactive, s)
		}
	}
	active = active || len(n.Status) > 0 && len(inactive) == 0
	add := func(query string, values []any) {
		if len(values) > 0 {
			out = append(out, way{query, values})
		}
	}
	add("SELECT DISTINCT ticket FROM ticket_signature WHERE signature = $1 ORDER BY ticket DESC LIMIT $2 + 0", anyText(n.Signatures))
	add("SELECT ticket FROM ticket_tag WHERE tag = $1 ORDER BY ticket DESC LIMIT $2 + 0", anyText(n.Tags))
	add("SELECT number FROM ticket WHERE requester_id = $1 ORDER BY number DESC LIMIT $2 + 0", anyOf(n.Requesters))
	if active {
		add("SELECT number FROM ticket WHERE application_id = $1 AND active ORDER BY fire_rank, sort_at, number LIMIT $2 + 0", anyOf(n.Applications))
		if !n.Unassigned {
			add("SELECT number FROM ticket WHERE assignee_id = $1 AND active ORDER BY fire_rank, sort_at, number LIMIT $2 + 0", anyOf(n.Assignees))
		}
		add("SELECT number FROM ticket WHERE active AND fire_rank < $1 ORDER BY fire_rank, sort_at, number LIMIT $2 + 0", []any{n.rank()})
	}
	if !n.Unassigned {
		add("SELECT number FROM ticket WHERE assignee_id = $1 ORDER BY number DESC LIMIT $2 + 0", anyOf(n.Assignees))
	}
	add("SELECT number FROM ticket WHERE application_id = $1 ORDER BY number DESC LIMIT $2 + 0", anyOf(n.Applications))
	if len(n.Status) > 0 {
		add("SELECT number FROM ticket WHERE status = $1 ORDER BY number DESC LIMIT $2 + 0", anyText(n.Status))
	}
	after, before := ms(n.After), ms(n.Before)
	if before == 0 {
		before = 1 << 60
	}
	out = append(out, way{fmt.Sprintf("SELECT number FROM ticket WHERE created_at < $1 AND created_at >= %d ORDER BY created_at DESC LIMIT $2 + 0", after), []any{before}})
	return out
}

// rank is above the ranks of the fires asked for.
func (n *Narrow) rank() int {
	top := 3
	if n.Burning {
		top = 2
	}
	if len(n.Fire) > 0 {
		most := 0
		for _, f := range n.Fire {
			most = max(most, f.Rank()+1)
		}
		top = min(top, most)
	}
	return top
}

const (
	// fewTickets is up to how many tickets are looked through one by one.
	fewTickets = 400
	// mostTickets is how many tickets of one index are looked at for a list.
	mostTickets = 4000
)

// walk gives the newest tickets a way leads to, up to limit for each value, and whether these are all.
func (r Read) walk(ctx context.Context, w way, limit int) (numbers []int64, all bool, err error) {
	all = true
	for _, v := range w.values {
		rows, err := r.q.QueryContext(ctx, w.query, v, limit)
		found, err := collect(rows, err, scanInt)
		if err != nil {
			return nil, false, err
		}
		all = all && len(found) < limit
		numbers = append(numbers, found...)
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	slices.Reverse(numbers)
	return numbers, all, nil
}

// fitting gives the first limit of the tickets that fit, in their order.
func (r Read) fitting(ctx context.Context, n *Narrow, numbers []int64, limit int) ([]int64, error) {
	var out []int64
	for chunk := range slices.Chunk(numbers, fewTickets) {
		keys := slices.Clone(chunk)
		for len(keys) < fewTickets && len(keys)%50 != 0 { // few lengths, so that the statement is prepared once for each
			keys = append(keys, keys[0])
		}
		cond, args := r.d.among("t.number", 1, keys)
		conds := n.conds(func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) })
		rows, err := r.q.QueryContext(ctx, "SELECT t.number FROM ticket t WHERE "+cond+" AND "+strings.Join(conds, " AND ")+" ORDER BY t.number DESC", args...)
		found, err := collect(rows, err, scanInt)
		if err != nil {
			return nil, err
		}
		if out = append(out, found...); len(out) >= limit {
			return out[:limit], nil
		}
	}
	return out, nil
}

// NarrowedTickets gives the newest tickets that fit, by number. partial reports that only the newest of many were looked at, so
// that there may be more.
func (r Read) NarrowedTickets(ctx context.Context, n Narrow, limit int) (numbers []int64, partial bool, err error) {
	for _, most := range []int{fewTickets, mostTickets} {
		numbers = numbers[:0]
		for _, w := range n.ways() {
			near, all, err := r.walk(ctx, w, most)
			if err != nil {
				return nil, false, fmt.Errorf("narrow: %w", err)
			}
			found, err := r.fitting(ctx, &n, near, limit)
			if err != nil {
				return nil, false, fmt.Errorf("narrow: %w", err)
			}
			if all {
				return found, false, nil
			}
			numbers = append(numbers, found...)
			if len(found) >= limit {
				break
			}
		}
		slices.Sort(numbers)
		numbers = slices.Compact(numbers)
		slices.Reverse(numbers)
		if len(numbers) >= limit {
			return numbers[:limit], true, nil
		}
	}
	return numbers, true, nil
}

// narrowSteps are how many matches are looked at in one step: few first, since most filters fit many.
var narrowSteps = [...]int{500, 1500, 3000}

// docStep is a matching document, and whether its ticket fits.
type docStep struct {
	id   int64
	fits bool
}

func scanStep(r row) (s docStep, err error) { return s, r.Scan(&s.id, &s.fits) }

// SearchNarrowed is Search among the tickets that fit, for people of the desk. It looks at a bounded number of the newest
// matches; partial reports that there may be older ones that fit.
func (r Read) SearchNarrowed(ctx context.Context, q search.Query, n Narrow) (hits []Hit, partial bool, err error) {
	if q.Empty() {
		return nil, false, nil
	}
	s := docSearch{query: q, narrow: &n}
	var ids []int64
	// Of few tickets the texts are asked one by one.
	for _, w := range n.ways() {
		near, all, err := r.walk(ctx, w, fewTickets)
		if err != nil {
			return nil, false, fmt.Errorf("search: %w", err)
		}
		if !all {
			continue
		}
		fit, err := r.fitting(ctx, &n, near, len(near))
		if err != nil || len(fit) == 0 {
			return nil, false, err
		}
		docs, err := r.docsOf(ctx, fit)
		if err != nil {
			return nil, false, err
		}
		if len(docs) > maxDocs {
			docs, partial = docs[:maxDocs], true
		}
		s.limit = candidates
		if ids, err = r.d.searchAmong(ctx, r.q, s, docs); err != nil {
			return nil, false, fmt.Errorf("search: %w", err)
		}
		hits, err = r.hits(ctx, ids)
		return hits, partial, err
	}
	for _, titleOnly := range []bool{true, false} {
		s.titleOnly, s.limit = titleOnly, candidates
		if titleOnly {
			s.limit = candidates / 3
		}
		found, more, err := r.d.searchNarrowed(ctx, r.q, s)
		if err != nil {
			return nil, false, fmt.Errorf("search: %w", err)
		}
		partial = partial || more && !titleOnly
		for _, i := range found {
			if !slices.Contains(ids, i) {
				ids = append(ids, i)
			}
		}
	}
	hits, err = r.hits(ctx, ids)
	return hits, partial, err
}

// maxDocs is how many texts are asked one by one.
const maxDocs = 2000

// docsOf gives the documents of tickets, the newest first.
func (r Read) docsOf(ctx context.Context, numbers []int64) (out []int64, err error) {
	for chunk := range slices.Chunk(numbers, fewTickets) {
		keys := slices.Clone(chunk)
		for len(keys) < fewTickets && len(keys)%50 != 0 {
			keys = append(keys, keys[0])
		}
		cond, args := r.d.among("ticket", 1, keys)
		rows, err := r.q.QueryContext(ctx, "SELECT id FROM doc WHERE "+cond, args...)
		found, err := collect(rows, err, scanInt)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out, nil
}

// firstID is the lowest id of an instant; 0 for the zero instant and all before there were ids.
func firstID(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return max(0, int64(id.First(t)))
}
