package store

import (
	"context"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/urgency"
)

// DeadlineCount counts stated deadlines of one client and team; zero ids mean none.
type DeadlineCount struct {
	Client  id.ID
	Team    id.ID
	Stated  int
	Real    int
	NotReal int
}

// DeadlineCounts counts the stated deadlines of tickets opened from one instant up to before another. It
// reads one index, and of that only the period.
func (r Read) DeadlineCounts(ctx context.Context, from, to time.Time) ([]DeadlineCount, error) {
	rows, err := r.q.QueryContext(ctx, `SELECT client_id, team_id, count(*), sum(CASE WHEN judged = 'real' THEN 1 ELSE 0 END), sum(CASE WHEN judged = 'not_real' THEN 1 ELSE 0 END)
		FROM ticket WHERE stated_at > 0 AND created_at >= $1 AND created_at < $2 GROUP BY client_id, team_id`, ms(from), ms(to))
	return collect(rows, err, func(r row) (c DeadlineCount, err error) {
		return c, r.Scan(refTo{&c.Client}, refTo{&c.Team}, &c.Stated, &c.Real, &c.NotReal)
	})
}

// Group is what a deadline report is grouped by.
type Group string

const (
	ByClient Group = "client"
	ByTeam   Group = "team"
	ByNobody Group = "" // all in one
)

// Wait tells how much later than stated the agreed deadlines of a group were.
type Wait struct {
	Group  id.ID
	Agreed int           // tickets with an agreed deadline
	Median time.Duration // agreed less stated; the lower of two middle ones
	// Most is what three quarters of them reach or exceed.
	Most time.Duration
}

// DeadlineWaits tells for each group how much later than stated the agreed deadlines of the period were.
// With notReal only deadlines that were judged not real count.
func (r Read) DeadlineWaits(ctx context.Context, from, to time.Time, by Group, notReal bool) ([]Wait, error) {
	column := "0"
	switch by {
	case ByClient:
		column = "coalesce(client_id, 0)"
	case ByTeam:
		column = "coalesce(team_id, 0)"
	}
	cond := ""
	if notReal {
		cond = " AND judged = 'not_real'"
	}
	rows, err := r.q.QueryContext(ctx, `SELECT grp, n, min(CASE WHEN rn = (n + 1) / 2 THEN d END), min(CASE WHEN rn = (n + 3) / 4 THEN d END) FROM (
			SELECT grp, d, row_number() OVER (PARTITION BY grp ORDER BY d) rn, count(*) OVER (PARTITION BY grp) n FROM (
				SELECT `+column+` grp, agreed_at - stated_at d FROM ticket
				WHERE stated_at > 0 AND agreed_at > 0 AND created_at >= $1 AND created_at < $2`+cond+`) a) b
		WHERE rn = (n + 1) / 2 OR rn = (n + 3) / 4 GROUP BY grp, n`, ms(from), ms(to))
	return collect(rows, err, func(r row) (w Wait, err error) {
		var median, most int64
		err = r.Scan(&w.Group, &w.Agreed, &median, &most)
		w.Median, w.Most = time.Duration(median)*time.Millisecond, time.Duration(most)*time.Millisecond
		return w, err
	})
}

// Names gives the names of teams, clients, people or applications by id.
func (r Read) Names(ctx context.Context, of NameTable, ids []id.ID) (map[id.ID]string, error) {
	out := make(map[id.ID]string, len(ids))
	for len(ids) > 0 {
		batch := ids[:min(500, len(ids))]
		ids = ids[len(batch):]
		rows, err := r.q.QueryContext(ctx, "SELECT id, name FROM "+string(of)+" WHERE id IN ("+holes(1, len(batch))+")", anyOf(batch)...)
		_, err = collect(rows, err, func(r row) (struct{}, error) {
			var i id.ID
			var name string
			err := r.Scan(&i, &name)
			out[i] = name
			return struct{}{}, err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// NameTable is a table whose rows have a name.
type NameTable string

const (
	TeamNames        NameTable = "team"
	ClientNames      NameTable = "client"
	PersonNames      NameTable = "person"
	ApplicationNames NameTable = "application"
)

// Span is a period from one instant up to before another.
type Span struct{ From, To time.Time }

// OpenedByFire counts, for each span, the tickets opened in it, by the fire they have now.
func (r Read) OpenedByFire(ctx context.Context, spans []Span) ([]map[urgency.Fire]int, error) {
	out := make([]map[urgency.Fire]int, len(spans))
	for i, s := range spans {
		out[i] = map[urgency.Fire]int{}
		rows, err := r.q.QueryContext(ctx, "SELECT fire, count(*) FROM ticket WHERE created_at >= $1 AND created_at < $2 GROUP BY fire", ms(s.From), ms(s.To))
		_, err = collect(rows, err, func(r row) (struct{}, error) {
			var f urgency.Fire
			var n int
			err := r.Scan(&f, &n)
			out[i][f] = n
			return struct{}{}, err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Resolved counts, for each span, the tickets resolved in it.
func (r Read) Resolved(ctx context.Context, spans []Span) ([]int, error) {
	out := make([]int, len(spans))
	for i, s := range spans {
		if err := r.q.QueryRowContext(ctx, "SELECT count(*) FROM ticket WHERE resolved_at > 0 AND resolved_at >= $1 AND resolved_at < $2", ms(s.From), ms(s.To)).Scan(&out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// ByHand counts fires that people set against the desk's own judgement.
type ByHand struct {
	Raised  int
	Lowered int
}

// SetByHand counts, for each span, the fires that were raised and lowered by hand in it.
func (r Read) SetByHand(ctx context.Context, spans []Span) ([]ByHand, error) {
	out := make([]ByHand, len(spans))
	for i, s := range spans {
		rows, err := r.q.QueryContext(ctx, `SELECT f.old, f.new, count(*) FROM history h JOIN history f ON f.ticket = h.ticket AND f.at = h.at AND f.field = 'fire'
			WHERE h.field = 'set_by_hand' AND h.new <> '' AND h.at >= $1 AND h.at < $2 GROUP BY f.old, f.new`, ms(s.From), ms(s.To))
		_, err = collect(rows, err, func(r row) (struct{}, error) {
			var old, new urgency.Fire
			var n int
			err := r.Scan(&old, &new, &n)
			if new.Rank() < old.Rank() {
				out[i].Raised += n
			} else {
				out[i].Lowered += n
			}
			return struct{}{}, err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// TimeCount is the time that one person spent on one application.
type TimeCount struct {
	Person      id.ID
	Application id.ID // 0: tickets without one
	Minutes     int
	Tickets     int
}

// TimeSpentBetween sums the time booked in a period by person and application, the most first, up to limit
// pairs.
func (r Read) TimeSpentBetween(ctx context.Context, from, to time.Time, limit int) ([]TimeCount, error) {
	rows, err := r.q.QueryContext(ctx, `SELECT s.person_id, t.application_id, sum(s.minutes), count(DISTINCT s.ticket) FROM time_spent s JOIN ticket t ON t.number = s.ticket
		WHERE s.at >= $1 AND s.at < $2 GROUP BY s.person_id, t.application_id ORDER BY sum(s.minutes) DESC, s.person_id LIMIT $3`, ms(from), ms(to), limit)
	return collect(rows, err, func(r row) (c TimeCount, err error) {
		return c, r.Scan(&c.Person, refTo{&c.Application}, &c.Minutes, &c.Tickets)
	})
}
