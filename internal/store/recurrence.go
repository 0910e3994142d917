package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/recurrence"
)

// RecurringGroup is tickets that recur: of one error, or one kind of subject, and one application.
type RecurringGroup struct {
	ID            id.ID
	Signature     string
	ApplicationID id.ID
	Application   string
	Title         string
	Template      string
	Tickets       int
	Minutes       int
	Nights        int
	FirstAt       time.Time
	LastAt        time.Time
	Zone          string
	Rhythm        *recurrence.Rhythm
	NextAt        time.Time
	Hours         float64 // a month
	Score         float64
	Mark          string
	MarkNote      string
	MarkChange    string
	MarkedAt      time.Time
	MarkerID      id.ID
	Marker        string
	Broken        int
}

// Occurrence is a ticket of a group.
type Occurrence struct {
	Ticket  int64
	At      time.Time
	Minutes int
	Nights  []string // days on which the nights began
}

// markRecurrence notes that a ticket's groups are to be brought up to date. The row is written even when it is there, so
// that whoever works on it at this moment looks again.
func (tx *Tx) markRecurrence(ctx context.Context, numbers ...int64) error {
	slices.Sort(numbers)
	rows := make([][]any, 0, len(numbers))
	for _, n := range slices.Compact(numbers) {
		rows = append(rows, []any{n, ms(tx.Now)})
	}
	return tx.insertMany(ctx, "recurrence_due (ticket, at)", " ON CONFLICT (ticket) DO UPDATE SET at = excluded.at", rows)
}

// DueRecurrence gives up to limit tickets whose groups are to be brought up to date, newest first: what people look at
// now comes before the history of an import.
func (r Read) DueRecurrence(ctx context.Context, limit int) ([]int64, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT ticket FROM recurrence_due ORDER BY ticket DESC LIMIT $1 + 0", limit)
	return collect(rows, err, scanInt)
}

// RecurringTicket is what of a ticket bears on its groups.
type RecurringTicket struct {
	Number        int64
	Subject       string
	ApplicationID id.ID
	At            time.Time
	Minutes       int
	Out           bool // merged or cancelled: it does not count
	Signatures    []RecurringKey
	Worked        []time.Time // when time was booked
}

// RecurringKey is an error that a ticket speaks of most, with its template.
type RecurringKey struct{ Signature, Template string }

// TakeRecurrence takes a ticket off the list of those due and gives what bears on its groups; false when it was off
// already, or is gone.
func (tx *Tx) TakeRecurrence(ctx context.Context, number int64) (t RecurringTicket, ok bool, err error) {
	if ok, err = tx.affects(ctx, "DELETE FROM recurrence_due WHERE ticket = $1", number); err != nil || !ok {
		return t, false, err
	}
	var status string
	err = tx.q.QueryRowContext(ctx, "SELECT number, subject, application_id, created_at, minutes_spent, status FROM ticket WHERE number = $1", number).
		Scan(&t.Number, &t.Subject, refTo{&t.ApplicationID}, at{&t.At}, &t.Minutes, &status)
	if err == sql.ErrNoRows {
		return t, false, nil
	} else if err != nil {
		return t, false, err
	}
	t.Out = status == "merged" || status == "cancelled"
	rows, err := tx.q.QueryContext(ctx, "SELECT entry_id, signature, template FROM ticket_signature WHERE ticket = $1 AND position = 0 ORDER BY entry_id", number)
	own := false
	_, err = collect(rows, err, func(r row) (struct{}, error) {
		var entry id.ID
		var k RecurringKey
		err := r.Scan(&entry, &k.Signature, &k.Template)
		// What the ticket itself speaks of counts; what turned up in its evidence only where it speaks of nothing.
		own = own || entry == 0
		if err == nil && (entry == 0 || !own) && len(t.Signatures) < 3 && !slices.ContainsFunc(t.Signatures, func(o RecurringKey) bool { return o.Signature == k.Signature }) {
			t.Signatures = append(t.Signatures, k)
		}
		return struct{}{}, err
	})
	if err != nil {
		return t, false, err
	}
	rows, err = tx.q.QueryContext(ctx, "SELECT at FROM time_spent WHERE ticket = $1 LIMIT 200", number)
	t.Worked, err = collect(rows, err, func(r row) (t time.Time, err error) { return t, r.Scan(at{&t}) })
	return t, true, err
}

// SetRecurrence brings the groups of a ticket up to date: keys are what it recurs as now, none when it does not count.
func (tx *Tx) SetRecurrence(ctx context.Context, t RecurringTicket, keys []RecurringKey, nights []string) error {
	rows, err := tx.q.QueryContext(ctx, "SELECT signature, application_id, at, minutes, nights FROM recurrence_member WHERE ticket = $1", t.Number)
	type member struct {
		signature   string
		application id.ID
		o           Occurrence
		nights      string
	}
	had, err := collect(rows, err, func(r row) (m member, err error) {
		return m, r.Scan(&m.signature, refTo{&m.application}, at{&m.o.At}, &m.o.Minutes, &m.nights)
	})
	if err != nil {
		return err
	}
	now := strings.Join(nights, " ")
	for _, m := range had {
		if slices.ContainsFunc(keys, func(k RecurringKey) bool { return k.Signature == m.signature }) && m.application == t.ApplicationID {
			continue
		}
		if _, err := tx.q.ExecContext(ctx, "DELETE FROM recurrence_member WHERE ticket = $1 AND signature = $2", t.Number, m.signature); err != nil {
			return err
		}
		if _, err := tx.q.ExecContext(ctx, "UPDATE recurrence_group SET tickets = tickets - 1, minutes = minutes - $1, dirty_at = $2 WHERE signature = $3 AND application_id = $4",
			m.o.Minutes, ms(tx.Now), m.signature, m.application); err != nil {
			return err
		}
	}
	for _, k := range keys {
		i := slices.IndexFunc(had, func(m member) bool { return m.signature == k.Signature && m.application == t.ApplicationID })
		if i >= 0 {
			m := had[i]
			if m.o.Minutes == t.Minutes && m.nights == now && m.o.At.Equal(t.At) {
				continue
			}
			if _, err := tx.q.ExecContext(ctx, "UPDATE recurrence_member SET at = $1, minutes = $2, nights = $3 WHERE ticket = $4 AND signature = $5", ms(t.At), t.Minutes, now, t.Number, k.Signature); err != nil {
				return err
			}
			if _, err := tx.q.ExecContext(ctx, "UPDATE recurrence_group SET minutes = minutes + $1, dirty_at = $2 WHERE signature = $3 AND application_id = $4",
				t.Minutes-m.o.Minutes, ms(tx.Now), k.Signature, t.ApplicationID); err != nil {
				return err
			}
			continue
		}
		if err := tx.joinGroup(ctx, t, k, now); err != nil {
			return err
		}
	}
	return nil
}

// joinGroup adds a ticket to its group. The group exists from its second ticket on: most errors are never seen twice.
func (tx *Tx) joinGroup(ctx context.Context, t RecurringTicket, k RecurringKey, nights string) error {
	if _, err := tx.q.ExecContext(ctx, "INSERT INTO recurrence_member (ticket, signature, application_id, at, minutes, nights) VALUES ("+holes(1, 6)+")",
		t.Number, k.Signature, t.ApplicationID, ms(t.At), t.Minutes, nights); err != nil {
		return err
	}
	there, err := tx.affects(ctx, "UPDATE recurrence_group SET tickets = tickets + 1, minutes = minutes + $1, dirty_at = $2 WHERE signature = $3 AND application_id = $4",
		t.Minutes, ms(tx.Now), k.Signature, t.ApplicationID)
	if err != nil || there {
		return err
	}
	var n, minutes int
	if err := tx.q.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(minutes), 0) FROM (SELECT minutes FROM recurrence_member WHERE signature = $1 AND application_id = $2 LIMIT 1000) x",
		k.Signature, t.ApplicationID).Scan(&n, &minutes); err != nil || n < 2 {
		return err
	}
	_, err = tx.q.ExecContext(ctx, `INSERT INTO recurrence_group (id, signature, application_id, template, tickets, minutes, dirty_at, created_at) VALUES (`+holes(1, 8)+`)
		ON CONFLICT (signature, application_id) DO UPDATE SET tickets = recurrence_group.tickets + 1, minutes = recurrence_group.minutes + $9, dirty_at = excluded.dirty_at`,
		tx.NewID(), k.Signature, t.ApplicationID, k.Template, n, minutes, ms(tx.Now), ms(tx.Now), t.Minutes)
	return err
}

// remakeRecurrence lets the groups find their tickets again, after a desk was loaded. What people said about them is loaded.
func (tx *Tx) remakeRecurrence(ctx context.Context) error {
	for _, q := range []string{"DELETE FROM recurrence_member", "UPDATE recurrence_group SET tickets = 0, minutes = 0",
		"INSERT INTO recurrence_due (ticket, at) SELECT number, created_at FROM ticket WHERE number NOT IN (SELECT ticket FROM recurrence_due)"} {
		if _, err := tx.q.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// DirtyGroups gives up to limit groups to be looked at anew.
func (r Read) DirtyGroups(ctx context.Context, limit int) ([]id.ID, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT id FROM recurrence_group WHERE dirty_at > 0 ORDER BY dirty_at LIMIT $1 + 0", limit)
	return collect(rows, err, func(r row) (i id.ID, err error) { return i, r.Scan(&i) })
}

// Occurrences gives the latest limit tickets of a group, oldest first.
func (r Read) Occurrences(ctx context.Context, g RecurringGroup, limit int) ([]Occurrence, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT ticket, at, minutes, nights FROM recurrence_member WHERE signature = $1 AND application_id = $2 ORDER BY at DESC, ticket DESC LIMIT $3 + 0",
		g.Signature, g.ApplicationID, limit)
	out, err := collect(rows, err, func(r row) (o Occurrence, err error) {
		var nights string
		err = r.Scan(&o.Ticket, at{&o.At}, &o.Minutes, &nights)
		o.Nights = strings.Fields(nights)
		return o, err
	})
	slices.Reverse(out)
	return out, err
}

// FirstOccurrence is when a group was seen first.
func (r Read) FirstOccurrence(ctx context.Context, g RecurringGroup) (first time.Time, err error) {
	err = r.q.QueryRowContext(ctx, "SELECT coalesce(min(at), 0) FROM recurrence_member WHERE signature = $1 AND application_id = $2", g.Signature, g.ApplicationID).Scan(at{&first})
	return first, err
}

// SaveGroup keeps what was found about a group and takes it off the list of dirty ones. What people said about it stays.
func (tx *Tx) SaveGroup(ctx context.Context, g RecurringGroup) error {
	rhythm := ""
	if g.Rhythm != nil {
		rhythm = jsonText(g.Rhythm)
	}
	_, err := tx.q.ExecContext(ctx, `UPDATE recurrence_group SET title = $2, nights = $3, first_at = $4, last_at = $5, zone = $6, rhythm = $7, next_at = $8, hours = $9, score = $10, broken = $11, dirty_at = 0 WHERE id = $1`,
		g.ID, g.Title, g.Nights, ms(g.FirstAt), ms(g.LastAt), g.Zone, rhythm, ms(g.NextAt), int64(g.Hours*10+.5), int64(g.Score*100+.5), g.Broken)
	return err
}

// MarkGroup keeps what somebody said about a group.
func (tx *Tx) MarkGroup(ctx context.Context, g RecurringGroup) error {
	_, err := tx.q.ExecContext(ctx, "UPDATE recurrence_group SET mark = $2, mark_note = $3, mark_change = $4, marked_at = $5, marker_id = $6, dirty_at = $7 WHERE id = $1",
		g.ID, g.Mark, g.MarkNote, g.MarkChange, ms(g.MarkedAt), ref(g.MarkerID), ms(tx.Now))
	return err
}

// TouchGroupsOf marks the groups of errors dirty, after a resolution for them came or went.
func (tx *Tx) TouchGroupsOf(ctx context.Context, signatures []string) error {
	for _, s := range signatures {
		if _, err := tx.q.ExecContext(ctx, "UPDATE recurrence_group SET dirty_at = $1 WHERE signature = $2", ms(tx.Now), s); err != nil {
			return err
		}
	}
	return nil
}

const groupSelect = `SELECT g.id, g.signature, g.application_id, ap.name, g.title, g.template, g.tickets, g.minutes, g.nights, g.first_at, g.last_at, g.zone, g.rhythm, g.next_at,
	g.hours, g.score, g.mark, g.mark_note, g.mark_change, g.marked_at, g.marker_id, p.name, g.broken
	FROM recurrence_group g LEFT JOIN application ap ON ap.id = g.application_id LEFT JOIN person p ON p.id = g.marker_id`

func scanGroup(r row) (g RecurringGroup, err error) {
	var hours, score int64
	err = r.Scan(&g.ID, &g.Signature, refTo{&g.ApplicationID}, text{&g.Application}, &g.Title, &g.Template, &g.Tickets, &g.Minutes, &g.Nights, at{&g.FirstAt}, at{&g.LastAt}, &g.Zone,
		fromJSON{&g.Rhythm}, at{&g.NextAt}, &hours, &score, &g.Mark, &g.MarkNote, &g.MarkChange, at{&g.MarkedAt}, refTo{&g.MarkerID}, text{&g.Marker}, &g.Broken)
	g.Hours, g.Score = float64(hours)/10, float64(score)/100
	return g, err
}

// RecurringGroup gives one group.
func (r Read) RecurringGroup(ctx context.Context, i id.ID) (RecurringGroup, error) {
	g, err := scanGroup(r.q.QueryRowContext(ctx, groupSelect+" WHERE g.id = $1", i))
	return g, one(err, "recurring issue")
}

// GroupForChange is RecurringGroup, and keeps other transactions from changing it until this one ends.
func (tx *Tx) GroupForChange(ctx context.Context, i id.ID) (RecurringGroup, error) {
	if lock := tx.d.forUpdate(); lock != "" {
		if _, err := tx.q.ExecContext(ctx, "SELECT 1 FROM recurrence_group WHERE id = $1"+lock, i); err != nil {
			return RecurringGroup{}, err
		}
	}
	return tx.RecurringGroup(ctx, i)
}

// GroupFilter selects groups. Zero fields do not filter.
type GroupFilter struct {
	Application id.ID
	Rhythm      bool   // only those with one
	Mark        string // workaround, fixed, not_worth; open: none of them or broken since
	After       *GroupKey
	Limit       int
}

// GroupKey is where a page of groups ends.
type GroupKey struct {
	Score int64 `json:"s"`
	ID    id.ID `json:"i"`
}

// RecurringGroups gives a page of groups of three or more tickets, the best candidates for automation first, and the key
// to go on with, nil at the end.
func (r Read) RecurringGroups(ctx context.Context, f GroupFilter) ([]RecurringGroup, *GroupKey, error) {
	conds, args := []string{"g.tickets >= 3"}, []any{}
	arg := func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) }
	if f.Application != 0 {
		conds = append(conds, "g.application_id = "+arg(f.Application))
	}
	if f.Rhythm {
		conds = append(conds, "g.rhythm <> ''")
	}
	switch f.Mark {
	case "":
	case "broken":
		conds = append(conds, "g.broken > 0")
	case "open":
		conds = append(conds, "(g.mark IN ('', 'workaround') OR g.broken > 0)")
	default:
		conds = append(conds, "g.mark = "+arg(f.Mark))
	}
	if f.After != nil {
		conds = append(conds, "(g.score, g.id) < ("+arg(f.After.Score)+", "+arg(f.After.ID)+")")
	}
	rows, err := r.q.QueryContext(ctx, groupSelect+" WHERE "+strings.Join(conds, " AND ")+" ORDER BY g.score DESC, g.id DESC LIMIT "+arg(f.Limit+1)+" + 0", args...)
	out, err := collect(rows, err, scanGroup)
	if err != nil || len(out) <= f.Limit {
		return out, nil, err
	}
	out = out[:f.Limit]
	last := out[f.Limit-1]
	return out, &GroupKey{int64(last.Score*100 + .5), last.ID}, nil
}

// GroupsOfTicket gives the groups a ticket belongs to.
func (r Read) GroupsOfTicket(ctx context.Context, number int64) ([]RecurringGroup, error) {
	rows, err := r.q.QueryContext(ctx, groupSelect+" JOIN recurrence_member m ON m.signature = g.signature AND m.application_id = g.application_id WHERE m.ticket = $1 ORDER BY g.tickets DESC, g.id", number)
	return collect(rows, err, scanGroup)
}

// GroupsOfSignature gives the groups of an error, the one of the application first.
func (r Read) GroupsOfSignature(ctx context.Context, signature string, application id.ID, limit int) ([]RecurringGroup, error) {
	rows, err := r.q.QueryContext(ctx, groupSelect+" WHERE g.signature = $1 ORDER BY CASE WHEN g.application_id = $2 THEN 0 ELSE 1 END, g.tickets DESC, g.id LIMIT $3 + 0", signature, application, limit)
	return collect(rows, err, scanGroup)
}

// SubjectOf gives a ticket's subject, "" when it is gone.
func (r Read) SubjectOf(ctx context.Context, number int64) (s string, err error) {
	err = r.q.QueryRowContext(ctx, "SELECT subject FROM ticket WHERE number = $1", number).Scan(&s)
	if err == sql.ErrNoRows {
		err = nil
	}
	return s, err
}

// ChangeTimes gives when an application was changed since an instant, the latest limit of them.
func (r Read) ChangeTimes(ctx context.Context, application id.ID, since time.Time, limit int) ([]time.Time, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT from_at FROM change_record WHERE application_id = $1 AND from_at >= $2 ORDER BY from_at DESC, id DESC LIMIT $3 + 0", application, ms(since), limit)
	return collect(rows, err, func(r row) (t time.Time, err error) { return t, r.Scan(at{&t}) })
}
