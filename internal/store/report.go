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

// Later is by how much a deadline that was agreed differs from the one that was stated.
type Later struct {
	Client  id.ID
	Team    id.ID
	NotReal bool          // the stated one was judged not real
	By      time.Duration // agreed less stated
}

// DeadlinesLater calls fn for each ticket opened in the period that has a stated and an agreed deadline. It
// reads the period of one index; sorting them there would take the engines many times longer.
func (r Read) DeadlinesLater(ctx context.Context, from, to time.Time, fn func(Later)) error {
	rows, err := r.q.QueryContext(ctx, `SELECT client_id, team_id, judged, agreed_at - stated_at FROM ticket
		WHERE stated_at > 0 AND agreed_at > 0 AND created_at >= $1 AND created_at < $2`, ms(from), ms(to))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var l Later
		var judged string
		var by int64
		if err := rows.Scan(refTo{&l.Client}, refTo{&l.Team}, &judged, &by); err != nil {
			return err
		}
		l.NotReal, l.By = judged == "not_real", time.Duration(by)*time.Millisecond
		fn(l)
	}
	return rows.Err()
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
		var all, house, wild int
		if err := r.q.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(CASE WHEN fire = 'house_fire' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN fire = 'wildfire' THEN 1 ELSE 0 END), 0)
			FROM ticket WHERE created_at >= $1 AND created_at < $2`, ms(s.From), ms(s.To)).Scan(&all, &house, &wild); err != nil {
			return nil, err
		}
		out[i] = map[urgency.Fire]int{urgency.Match: all - house - wild, urgency.HouseFire: house, urgency.Wildfire: wild}
	}
	return out, nil
}

// Resolved counts, for each span, the tickets resolved in it. The span comes before "> 0", which only
// says that the index over resolved tickets may be used: SQLite searches by the first lower bound it reads.
func (r Read) Resolved(ctx context.Context, spans []Span) ([]int, error) {
	out := make([]int, len(spans))
	for i, s := range spans {
		if err := r.q.QueryRowContext(ctx, "SELECT count(*) FROM ticket WHERE resolved_at >= $1 AND resolved_at < $2 AND resolved_at > 0", ms(s.From), ms(s.To)).Scan(&out[i]); err != nil {
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
		WHERE s.at >= $1 AND s.at < $2 GROUP BY s.person_id, t.application_id ORDER BY sum(s.minutes) DESC, s.person_id LIMIT $3 + 0`, ms(from), ms(to), limit)
	return collect(rows, err, func(r row) (c TimeCount, err error) {
		return c, r.Scan(&c.Person, refTo{&c.Application}, &c.Minutes, &c.Tickets)
	})
}
