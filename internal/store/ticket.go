package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/signature"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// ticketColumns are the columns a ticket writes, in the order of ticketValues.
var ticketColumns = strings.Fields(`number external_id source subject body status active waiting_on wake_at level channel tags
	application_id team_id requester_id client_id assignee_id merged_into reopen_count minutes_spent resolution
	stated_at stated_reason stated_by consequence agreed_at judged judged_at judged_by stakes workaround spreading
	fire fire_rank sort_at reasons real_at real_from start_by turns_at warn_at warned_at effort_ms effort_from by_hand due_at
	created_at updated_at first_reply_at resolved_at closed_at version`)

func ticketValues(t *ticket.Ticket) []any {
	judged := ""
	if t.Deadline.Real != nil {
		judged = "not_real"
		if *t.Deadline.Real {
			judged = "real"
		}
	}
	tags := t.Tags
	if tags == nil {
		tags = []string{}
	}
	return []any{t.Number, t.ExternalID, t.Source, t.Subject, t.Body, string(t.Status), t.Status.Active(), string(t.WaitingOn), ms(t.WakeAt), string(t.Level), t.Channel, jsonText(tags),
		ref(t.ApplicationID), ref(t.TeamID), ref(t.RequesterID), ref(t.ClientID), ref(t.AssigneeID), t.MergedInto, t.ReopenCount, t.MinutesSpent, t.Resolution,
		ms(t.Deadline.At), t.Deadline.Reason, t.Deadline.SaidBy, t.Deadline.Consequence, ms(t.Deadline.AgreedAt), judged, ms(t.Deadline.JudgedAt), ref(t.Deadline.JudgedBy), string(t.Stakes), t.Work, t.Spread,
		string(t.Fire), t.Fire.Rank(), sortAt(t), jsonText(t.Reasons), ms(t.RealAt), t.RealFrom, ms(t.StartBy), ms(t.TurnsAt), ms(t.WarnAt), ms(t.WarnedAt), t.Effort.Milliseconds(), t.EffortOf, jsonText(t.ByHand), ms(dueAt(t)),
		ms(t.CreatedAt), ms(t.UpdatedAt), ms(t.FirstReplyAt), ms(t.ResolvedAt), ms(t.ClosedAt), t.Version}
}

// sortAt orders tickets within a fire: wildfires by their real deadline, house fires by when they
// turn, matches by the latest change first.
func sortAt(t *ticket.Ticket) int64 {
	switch t.Fire {
	case urgency.Wildfire:
		if !t.RealAt.IsZero() {
			return ms(t.RealAt)
		}
		return ms(t.CreatedAt)
	case urgency.HouseFire:
		if !t.TurnsAt.IsZero() {
			return ms(t.TurnsAt)
		}
		return 1 << 52 // no countdown: behind those that have one
	}
	return -ms(t.UpdatedAt)
}

// dueAt is the next instant at which a clock acts on the ticket: a warning, a turn, a wake-up. Zero: never.
func dueAt(t *ticket.Ticket) (due time.Time) {
	earlier := func(at time.Time) {
		if !at.IsZero() && (due.IsZero() || at.Before(due)) {
			due = at
		}
	}
	if t.Status.Active() {
		earlier(t.TurnsAt)
		if t.WarnedAt.IsZero() {
			earlier(t.WarnAt)
		}
	}
	if t.Status == ticket.OnHold {
		earlier(t.WakeAt)
	}
	return due
}

const ticketSelect = `SELECT t.number, t.external_id, t.source, t.subject, t.body, t.status, t.waiting_on, t.wake_at, t.level, t.channel, t.tags,
	t.application_id, ap.name, t.team_id, te.name, t.requester_id, rq.name, t.client_id, cl.name, t.assignee_id, asg.name, t.merged_into, t.reopen_count, t.minutes_spent, t.resolution,
	t.stated_at, t.stated_reason, t.stated_by, t.consequence, t.agreed_at, t.judged, t.judged_at, t.judged_by, t.stakes, t.workaround, t.spreading,
	t.fire, t.reasons, t.real_at, t.real_from, t.start_by, t.turns_at, t.warn_at, t.warned_at, t.effort_ms, t.effort_from, t.by_hand,
	t.created_at, t.updated_at, t.first_reply_at, t.resolved_at, t.closed_at, t.version`

const ticketJoins = `
	LEFT JOIN application ap ON ap.id = t.application_id LEFT JOIN team te ON te.id = t.team_id
	LEFT JOIN person rq ON rq.id = t.requester_id LEFT JOIN client cl ON cl.id = t.client_id LEFT JOIN person asg ON asg.id = t.assignee_id`

// ticketBrief is what a line in a list shows. A page of whole tickets takes three times as long to read.
const ticketBrief = `SELECT t.number, t.subject, t.status, t.waiting_on, t.wake_at, t.application_id, ap.name, t.assignee_id, asg.name, t.requester_id,
	t.resolution, t.fire, t.turns_at, t.created_at, t.updated_at, t.version`

const briefJoins = " LEFT JOIN application ap ON ap.id = t.application_id LEFT JOIN person asg ON asg.id = t.assignee_id"

func scanBrief(r row) (t ticket.Ticket, err error) {
	return t, r.Scan(&t.Number, &t.Subject, &t.Status, &t.WaitingOn, at{&t.WakeAt}, refTo{&t.ApplicationID}, text{&t.Application},
		refTo{&t.AssigneeID}, text{&t.Assignee}, refTo{&t.RequesterID}, &t.Resolution, &t.Fire, at{&t.TurnsAt}, at{&t.CreatedAt}, at{&t.UpdatedAt}, &t.Version)
}

func scanTicket(r row) (t ticket.Ticket, err error) {
	var judged string
	var effort int64
	err = r.Scan(&t.Number, &t.ExternalID, &t.Source, &t.Subject, &t.Body, &t.Status, &t.WaitingOn, at{&t.WakeAt}, &t.Level, &t.Channel, fromJSON{&t.Tags},
		refTo{&t.ApplicationID}, text{&t.Application}, refTo{&t.TeamID}, text{&t.Team}, refTo{&t.RequesterID}, text{&t.Requester}, refTo{&t.ClientID}, text{&t.Client}, refTo{&t.AssigneeID}, text{&t.Assignee}, &t.MergedInto, &t.ReopenCount, &t.MinutesSpent, &t.Resolution,
		at{&t.Deadline.At}, &t.Deadline.Reason, &t.Deadline.SaidBy, &t.Deadline.Consequence, at{&t.Deadline.AgreedAt}, &judged, at{&t.Deadline.JudgedAt}, refTo{&t.Deadline.JudgedBy}, &t.Stakes, &t.Work, &t.Spread,
		&t.Fire, fromJSON{&t.Reasons}, at{&t.RealAt}, &t.RealFrom, at{&t.StartBy}, at{&t.TurnsAt}, at{&t.WarnAt}, at{&t.WarnedAt}, &effort, &t.EffortOf, fromJSON{&t.ByHand},
		at{&t.CreatedAt}, at{&t.UpdatedAt}, at{&t.FirstReplyAt}, at{&t.ResolvedAt}, at{&t.ClosedAt}, &t.Version)
	t.Effort = time.Duration(effort) * time.Millisecond
	if judged != "" {
		t.Deadline.Real = new(judged == "real")
	}
	return t, err
}

// Ticket gives one ticket; a not-found fault when there is none.
func (r Read) Ticket(ctx context.Context, number int64) (ticket.Ticket, error) {
	t, err := scanTicket(r.q.QueryRowContext(ctx, ticketSelect+" FROM ticket t"+ticketJoins+" WHERE t.number = $1", number))
	return t, one(err, fmt.Sprintf("ticket %d", number))
}

// TicketForChange gives one ticket and keeps other transactions from changing it until this one ends.
func (tx *Tx) TicketForChange(ctx context.Context, number int64) (ticket.Ticket, error) {
	if lock := tx.d.forUpdate(); lock != "" {
		if _, err := tx.q.ExecContext(ctx, "SELECT 1 FROM ticket WHERE number = $1"+lock, number); err != nil {
			return ticket.Ticket{}, err
		}
	}
	return tx.Ticket(ctx, number)
}

// TicketByExternal gives the number of the ticket that source knows by external; 0 when there is none.
func (r Read) TicketByExternal(ctx context.Context, source, external string) (number int64, err error) {
	err = r.q.QueryRowContext(ctx, "SELECT number FROM ticket WHERE source = $1 AND external_id = $2 AND external_id <> ''", source, external).Scan(&number)
	if err == sql.ErrNoRows {
		return 0, nil
	}
	return number, err
}

// AddTicket inserts t. A zero Number is given the next one; t's Version becomes 1.
func (tx *Tx) AddTicket(ctx context.Context, t *ticket.Ticket) error {
	return tx.AddIndexedTicket(ctx, t, indexText(tx.d, t.Subject, t.Body))
}

// AddIndexedTicket is AddTicket for a ticket whose text was broken into terms before the transaction, in which other
// writers wait.
func (tx *Tx) AddIndexedTicket(ctx context.Context, t *ticket.Ticket, text IndexedText) error {
	if t.Number == 0 {
		if err := tx.q.QueryRowContext(ctx, tx.d.nextTicket()).Scan(&t.Number); err != nil {
			return fmt.Errorf("number the ticket: %w", err)
		}
	} else if _, err := tx.q.ExecContext(ctx, tx.d.reserveTicket(), t.Number); err != nil {
		return fmt.Errorf("keep ticket number %d: %w", t.Number, err)
	}
	t.Version = 1
	v := ticketValues(t)
	if err := put(ctx, tx.q, "INSERT INTO ticket ("+strings.Join(ticketColumns, ", ")+") VALUES ("+holes(1, len(v))+")", v...); err != nil {
		return err
	}
	if err := tx.setTags(ctx, t.Number, nil, t.Tags); err != nil {
		return err
	}
	if err := tx.similarDue(ctx, t.Number); err != nil {
		return err
	}
	if err := tx.indexTerms(ctx, tx.NewID(), t.Number, 0, text.terms, t.RequesterID, true); err != nil {
		return err
	}
	if err := tx.markRecurrence(ctx, t.Number); err != nil {
		return err
	}
	return tx.AddSignatures(ctx, t.Number, 0, text.found, t.CreatedAt)
}

var ticketUpdate = func() string {
	set := make([]string, 0, len(ticketColumns))
	for i, c := range ticketColumns {
		if c != "number" {
			set = append(set, fmt.Sprintf("%s = $%d", c, i+1))
		}
	}
	return "UPDATE ticket SET " + strings.Join(set, ", ") + " WHERE number = $1"
}()

// SaveTicket writes all fields of t, which was read as old in this transaction, and raises its version.
// Search documents follow when text or requester changed.
func (tx *Tx) SaveTicket(ctx context.Context, old, t *ticket.Ticket) error {
	t.Version = old.Version + 1
	t.UpdatedAt = tx.Now
	if _, err := tx.q.ExecContext(ctx, ticketUpdate, ticketValues(t)...); err != nil {
		return err
	}
	if !slices.Equal(old.Tags, t.Tags) {
		if err := tx.setTags(ctx, t.Number, old.Tags, t.Tags); err != nil {
			return err
		}
	}
	if old.Subject != t.Subject || old.Body != t.Body || old.Resolution != t.Resolution {
		if err := tx.similarDue(ctx, t.Number); err != nil {
			return err
		}
	}
	if old.Status != t.Status || old.ApplicationID != t.ApplicationID || old.MinutesSpent != t.MinutesSpent || old.Subject != t.Subject || old.Body != t.Body {
		if err := tx.markRecurrence(ctx, t.Number); err != nil {
			return err
		}
	}
	if old.Subject != t.Subject || old.Body != t.Body {
		if err := tx.ReplaceSignatures(ctx, t.Number, 0, signature.Of(t.Subject+"\n"+t.Body), t.CreatedAt); err != nil {
			return err
		}
	}
	if old.Subject != t.Subject || old.Body != t.Body || old.RequesterID != t.RequesterID {
		return tx.reindexTicket(ctx, t.Number)
	}
	return nil
}

func (tx *Tx) setTags(ctx context.Context, number int64, old, tags []string) error {
	if len(old) > 0 {
		if _, err := tx.q.ExecContext(ctx, "DELETE FROM ticket_tag WHERE ticket = $1", number); err != nil {
			return err
		}
	}
	rows := make([][]any, len(tags))
	for i, tag := range tags {
		rows[i] = []any{tag, number}
	}
	return tx.insertMany(ctx, "ticket_tag (tag, ticket)", " ON CONFLICT DO NOTHING", rows)
}

// DueTickets gives up to limit numbers of tickets whose clock is due at or before now, the longest due first.
func (r Read) DueTickets(ctx context.Context, now time.Time, limit int) ([]int64, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT number FROM ticket WHERE due_at > 0 AND due_at <= $1 ORDER BY due_at LIMIT $2 + 0", ms(now), limit)
	return collect(rows, err, func(r row) (n int64, err error) { return n, r.Scan(&n) })
}

// NextDue is the earliest due time of any ticket, zero when no clock runs.
func (r Read) NextDue(ctx context.Context) (next time.Time, err error) {
	err = r.q.QueryRowContext(ctx, "SELECT coalesce(min(due_at), 0) FROM ticket WHERE due_at > 0").Scan(at{&next})
	return next, err
}

// ResolveTimesOf is ResolveTimes for tickets that speak of an error: of the newest `limit` of them, those that are resolved.
func (r Read) ResolveTimesOf(ctx context.Context, signature string, limit int) ([]time.Duration, error) {
	rows, err := r.q.QueryContext(ctx, `SELECT t.resolved_at - t.created_at FROM (SELECT ticket FROM ticket_signature
		WHERE signature = $1 ORDER BY signature DESC, ticket DESC LIMIT $2 + 0) s CROSS JOIN ticket t
		WHERE t.number = s.ticket AND t.resolved_at > 0 AND t.status IN ('resolved', 'closed')`, signature, limit)
	return collect(rows, err, scanMillis)
}

// ResolveTimes gives how long the latest limit resolved tickets of an application took, from opening to resolution.
// Imported and merged tickets count; the zero application means tickets without one.
func (r Read) ResolveTimes(ctx context.Context, application id.ID, limit int) ([]time.Duration, error) {
	where, args := "application_id = $1", []any{int64(application), limit}
	if application == 0 {
		where, args = "application_id IS NULL AND $1 = 0", []any{int64(0), limit}
	}
	rows, err := r.q.QueryContext(ctx, "SELECT resolved_at - created_at FROM ticket WHERE "+where+
		" AND resolved_at > 0 AND status IN ('resolved', 'closed') ORDER BY resolved_at DESC LIMIT $2 + 0", args...)
	return collect(rows, err, scanMillis)
}

func scanMillis(r row) (time.Duration, error) {
	var n int64
	err := r.Scan(&n)
	return time.Duration(max(n, 0)) * time.Millisecond, err
}

// View names a list of tickets.
type View string

const (
	ViewMine       View = "me"         // active, assigned to Viewer
	ViewTeam       View = "team"       // active, of a team of the viewer
	ViewUnassigned View = "unassigned" // active, nobody has it
	ViewFires      View = "fires"      // active house fires and wildfires
	ViewWaiting    View = "waiting"    // waiting
	ViewActive     View = "active"     // everything active
	ViewAll        View = "all"        // everything, newest first
)

// TicketFilter selects tickets for a list. Zero fields do not filter.
type TicketFilter struct {
	View        View
	Viewer      id.ID   // for ViewMine
	Teams       []id.ID // for ViewTeam
	Status      []ticket.Status
	Fire        []urgency.Fire
	Application id.ID
	Assignee    id.ID
	Unassigned  bool
	Requester   id.ID
	Team        id.ID
	Client      id.ID
	Tag         string
	Numbers     []int64 // only these
	After       *TicketKey
	Limit       int
	// Brief reads of each ticket only what a line in a list shows: number, subject, status and what it waits for, fire and
	// when it turns, application, assignee, requester's id, resolution, when it was opened and changed, version.
	Brief bool
}

// TicketKey is where a page of a list ends.
type TicketKey struct {
	Rank   int   `json:"r"`
	SortAt int64 `json:"s"`
	Number int64 `json:"n"`
}

// Burning reports whether the list is ordered by fire (true) or by number, newest first.
func (f TicketFilter) Burning() bool {
	switch f.View {
	case ViewAll, "":
		return false
	}
	return true
}

// Tickets gives a page of a list, and the key to continue behind it, nil at the end.
// The order is by fire, then by what burns first, for active views; by number, newest first, for ViewAll.
func (r Read) Tickets(ctx context.Context, f TicketFilter) ([]ticket.Ticket, *TicketKey, error) {
	var args []any
	where, order := f.where(r.d, &args), " ORDER BY t.number DESC"
	if f.Burning() {
		order = " ORDER BY t.fire_rank, t.sort_at, t.number"
	}
	// The keys are found on the index alone; only a page of rows is then read and joined. CROSS keeps SQLite, which does
	// not know how short the page is, from walking the tickets in order instead.
	args = append(args, f.Limit+1)
	inner := "SELECT t.number FROM ticket t" + f.from() + " WHERE " + where + order + fmt.Sprintf(" LIMIT $%d + 0", len(args))
	columns, joins, scan := ticketSelect, ticketJoins, scanTicket
	if f.Brief {
		columns, joins, scan = ticketBrief, briefJoins, scanBrief
	}
	rows, err := r.q.QueryContext(ctx, columns+", t.fire_rank, t.sort_at FROM ("+inner+") k CROSS JOIN ticket t"+joins+" WHERE t.number = k.number"+order, args...)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	var out []ticket.Ticket
	var keys []TicketKey
	for rows.Next() {
		var k TicketKey
		t, err := scan(tail{rows, []any{&k.Rank, &k.SortAt}})
		if err != nil {
			return nil, nil, err
		}
		k.Number = t.Number
		out, keys = append(out, t), append(keys, k)
	}
	if err := rows.Err(); err != nil {
		return nil, nil, err
	}
	if len(out) > f.Limit {
		return out[:f.Limit], &keys[f.Limit-1], nil
	}
	return out, nil, nil
}

// tail scans further columns behind those of another scan.
type tail struct {
	row
	more []any
}

func (t tail) Scan(dest ...any) error { return t.row.Scan(append(dest, t.more...)...) }

func (f TicketFilter) from() string {
	if f.Tag != "" {
		return " JOIN ticket_tag tg ON tg.ticket = t.number"
	}
	return ""
}

// where gives the condition, and adds its parameters to args.
func (f TicketFilter) where(d dialect, args *[]any) string {
	var conds []string
	arg := func(v any) string { *args = append(*args, v); return fmt.Sprintf("$%d", len(*args)) }
	list := func(column string, vs []any) {
		marks := make([]string, len(vs))
		for i, v := range vs {
			marks[i] = arg(v)
		}
		conds = append(conds, column+" IN ("+strings.Join(marks, ", ")+")")
	}
	switch f.View {
	case ViewMine:
		conds = append(conds, "t.active", "t.assignee_id = "+arg(f.Viewer))
	case ViewTeam:
		conds = append(conds, "t.active")
		if len(f.Teams) == 1 { // in order on the index of its team
			conds = append(conds, "t.team_id = "+arg(f.Teams[0]))
		} else {
			list("t.team_id", append(anyOf(f.Teams), int64(-1)))
		}
	case ViewUnassigned:
		conds = append(conds, "t.active", "t.assignee_id IS NULL")
	case ViewFires:
		conds = append(conds, "t.active", "t.fire_rank < 2")
	case ViewWaiting:
		conds = append(conds, "t.active", "t.status = 'waiting'")
	case ViewActive:
		conds = append(conds, "t.active")
	}
	if len(f.Status) > 0 {
		vs := make([]any, len(f.Status))
		for i, s := range f.Status {
			vs[i] = string(s)
		}
		list("t.status", vs)
	}
	if len(f.Fire) > 0 {
		vs := make([]any, len(f.Fire))
		for i, s := range f.Fire {
			vs[i] = s.Rank() // which the indexes have
		}
		list("t.fire_rank", vs)
	}
	same := func(column string, v id.ID) {
		if v != 0 {
			conds = append(conds, column+" = "+arg(int64(v)))
		}
	}
	same("t.application_id", f.Application)
	same("t.assignee_id", f.Assignee)
	same("t.requester_id", f.Requester)
	same("t.team_id", f.Team)
	same("t.client_id", f.Client)
	if f.Unassigned {
		conds = append(conds, "t.assignee_id IS NULL")
	}
	if f.Tag != "" {
		conds = append(conds, "tg.tag = "+arg(f.Tag))
	}
	if len(f.Numbers) > 0 {
		cond, keys := d.among("t.number", len(*args)+1, f.Numbers)
		conds, *args = append(conds, cond), append(*args, keys...)
	}
	if k := f.After; k != nil {
		if f.Burning() {
			conds = append(conds, fmt.Sprintf("(t.fire_rank, t.sort_at, t.number) > (%s, %s, %s)", arg(k.Rank), arg(k.SortAt), arg(k.Number)))
		} else {
			conds = append(conds, "t.number < "+arg(k.Number))
		}
	}
	if len(conds) == 0 {
		return "TRUE"
	}
	return strings.Join(conds, " AND ")
}

// CountTickets counts the tickets of several lists in one query, each up to limit, so that no request counts a whole table.
func (r Read) CountTickets(ctx context.Context, limit int, lists ...TicketFilter) ([]int, error) {
	counts, args := make([]string, len(lists)), []any{limit}
	n, to := make([]int, len(lists)), make([]any, len(lists))
	for i, f := range lists {
		counts[i] = "(SELECT count(*) FROM (SELECT 1 FROM ticket t" + f.from() + " WHERE " + f.where(r.d, &args) + " LIMIT $1 + 0) x)"
		to[i] = &n[i]
	}
	return n, r.q.QueryRowContext(ctx, "SELECT "+strings.Join(counts, ", "), args...).Scan(to...)
}

// Idempotent remembers key for number; when the key was used before it gives the number kept then.
func (tx *Tx) Idempotent(ctx context.Context, key string, number int64) error {
	_, err := tx.q.ExecContext(ctx, "INSERT INTO idempotency (key, ticket, created_at) VALUES ($1, $2, $3)", key, number, ms(tx.Now))
	return err
}

// ByIdempotencyKey gives the ticket opened under key; 0 when none was.
func (r Read) ByIdempotencyKey(ctx context.Context, key string) (number int64, err error) {
	err = r.q.QueryRowContext(ctx, "SELECT ticket FROM idempotency WHERE key = $1", key).Scan(&number)
	if err == sql.ErrNoRows {
		return 0, nil
	}
	return number, err
}
