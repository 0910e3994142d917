package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/recurrence"
	"firebreak/internal/resolution"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// Recurring is a group of tickets that come back: of one error or one kind of subject, and of one application.
type Recurring struct {
	ID            id.ID              `json:"id"`
	Title         string             `json:"title" doc:"subject of the latest ticket"`
	Signature     string             `json:"signature,omitempty" doc:"the error they share; absent: their subjects are alike"`
	Template      string             `json:"template,omitempty"`
	ApplicationID id.ID              `json:"application_id,omitzero"`
	Application   string             `json:"application,omitempty"`
	Tickets       int                `json:"tickets"`
	FirstAt       time.Time          `json:"first_at"`
	LastAt        time.Time          `json:"last_at"`
	Zone          string             `json:"zone" doc:"in which the rhythm is told"`
	Rhythm        *Rhythm            `json:"rhythm,omitempty" doc:"absent: it has honestly none"`
	Next          []time.Time        `json:"next,omitempty" doc:"when it is expected next"`
	Minutes       int                `json:"minutes" doc:"time booked on the tickets"`
	Nights        int                `json:"nights" doc:"distinct nights, 22:00 to 06:00, on which a ticket came or time was booked"`
	Hours         float64            `json:"hours_per_month" doc:"what it costs: booked time, at least 10 minutes a ticket, and 3 hours for each broken night"`
	Score         float64            `json:"score" doc:"as a candidate for automation"`
	Mark          Mark               `json:"mark,omitempty"`
	Note          string             `json:"note,omitempty"`
	Change        string             `json:"change,omitempty" doc:"that brought the fix"`
	MarkedAt      time.Time          `json:"marked_at,omitzero"`
	MarkedBy      string             `json:"marked_by,omitempty"`
	Broken        int                `json:"broken,omitempty" doc:"tickets since it was said to be fixed: the fix did not hold"`
	Resolution    *ResolutionRef     `json:"resolution,omitempty" doc:"what solves it, where somebody wrote it down"`
	Occurrences   []RecurrenceTicket `json:"occurrences,omitempty"`
}

// Rhythm is when it comes back.
type Rhythm = recurrence.Rhythm

// ResolutionRef names a resolution.
type ResolutionRef struct {
	ID    id.ID            `json:"id"`
	Title string           `json:"title"`
	State resolution.State `json:"state"`
}

// RecurrenceTicket is one time that it came back.
type RecurrenceTicket struct {
	Number  int64     `json:"number"`
	At      time.Time `json:"at"`
	Minutes int       `json:"minutes,omitempty"`
	Night   bool      `json:"night,omitempty"`
	Fits    bool      `json:"fits,omitempty" doc:"whether the rhythm explains it"`
	After   bool      `json:"after,omitempty" doc:"it came after it was said to be fixed"`
}

// Mark is what somebody said about a group.
type Mark string

const (
	MarkWorkaround Mark = "workaround" // people get by
	MarkFixed      Mark = "fixed"      // it should not come back
	MarkNotWorth   Mark = "not_worth"  // it stays as it is
)

// Word is the mark as a person reads it.
func (m Mark) Word() string {
	switch m {
	case MarkWorkaround:
		return "Workaround exists"
	case MarkFixed:
		return "Fixed for good"
	case MarkNotWorth:
		return "Not worth it"
	}
	return ""
}

// ListRecurring selects groups. The zero value is the first page of all.
type ListRecurring struct {
	Application string `json:"application,omitempty"`
	Rhythm      bool   `json:"rhythm,omitempty"`
	Mark        string `json:"mark,omitempty"`
	Cursor      string `json:"-"`
	Limit       int    `json:"-"`
}

// RecurringPage is a page of groups, the best candidates for automation first.
type RecurringPage struct {
	Items []Recurring `json:"items"`
	Next  string      `json:"next,omitempty" doc:"cursor of the next page; absent at the end"`
}

// Recurring gives a page of what comes back, at least three times so far.
func (d *Desk) Recurring(ctx context.Context, in ListRecurring) (RecurringPage, error) {
	out := RecurringPage{Items: []Recurring{}}
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return out, err
	}
	limit, err := pageLimit(in.Limit)
	if err != nil {
		return out, err
	}
	if !slices.Contains([]string{"", "open", "broken", string(MarkWorkaround), string(MarkFixed), string(MarkNotWorth)}, in.Mark) {
		return out, fault.Invalid("mark", "There is no mark "+cutLine(in.Mark)+".", "Use workaround, fixed, not_worth, broken or open.")
	}
	r := d.store.Read()
	f := store.GroupFilter{Rhythm: in.Rhythm, Mark: in.Mark, Limit: limit}
	if in.Application != "" {
		a, err := r.FindApplication(ctx, in.Application)
		if fault.Is(err, fault.CodeNotFound) {
			return out, nil
		} else if err != nil {
			return out, err
		}
		f.Application = a.ID
	}
	if in.Cursor != "" {
		if f.After, err = readPlace[store.GroupKey](in.Cursor, in); err != nil {
			return out, err
		}
	}
	groups, next, err := r.RecurringGroups(ctx, f)
	if err != nil {
		return out, err
	}
	hide, err := d.hiding(ctx)
	if err != nil {
		return out, err
	}
	for _, g := range groups {
		o, err := d.recurring(ctx, r, g, hide)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, o)
	}
	if next != nil {
		out.Next = writePlace(*next, in)
	}
	return out, nil
}

// RecurringIssue gives one group with its latest tickets.
func (d *Desk) RecurringIssue(ctx context.Context, i id.ID) (Recurring, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return Recurring{}, err
	}
	r := d.store.Read()
	g, err := r.RecurringGroup(ctx, i)
	if err != nil {
		return Recurring{}, err
	}
	hide, err := d.hiding(ctx)
	if err != nil {
		return Recurring{}, err
	}
	out, err := d.recurring(ctx, r, g, hide)
	if err != nil {
		return out, err
	}
	occurrences, err := r.Occurrences(ctx, g, recurrence.MaxOccurrences)
	zone := location(g.Zone)
	for _, o := range slices.Backward(occurrences) {
		t := RecurrenceTicket{Number: o.Ticket, At: o.At, Minutes: o.Minutes, Night: len(o.Nights) > 0, After: out.Mark == MarkFixed && o.At.After(out.MarkedAt)}
		t.Fits = out.Rhythm != nil && out.Rhythm.Fits(o.At, zone)
		out.Occurrences = append(out.Occurrences, t)
	}
	return out, err
}

// Recurrence gives the groups that a ticket belongs to, the largest first. It asks by what the ticket says now, so that it
// answers the moment a ticket is open.
func (d *Desk) Recurrence(ctx context.Context, number int64) ([]Recurring, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return nil, err
	}
	r := d.store.Read()
	t, err := r.Ticket(ctx, number)
	if err != nil {
		return nil, err
	}
	keys, err := keysOf(ctx, r, &t)
	if err != nil {
		return nil, err
	}
	hide, err := d.hiding(ctx)
	if err != nil {
		return nil, err
	}
	out := []Recurring{}
	for _, k := range keys {
		groups, err := r.GroupsOfSignature(ctx, k, t.ApplicationID, 1)
		if err != nil {
			return nil, err
		}
		for _, g := range groups {
			if g.ApplicationID != t.ApplicationID || g.Tickets < 2 {
				continue
			}
			o, err := d.recurring(ctx, r, g, hide)
			if err != nil {
				return nil, err
			}
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b Recurring) int { return b.Tickets - a.Tickets })
	return out, nil
}

// keysOf gives what a ticket recurs as, as SweepRecurrence finds it.
func keysOf(ctx context.Context, r store.Read, t *ticket.Ticket) (keys []string, err error) {
	signatures, err := r.TicketSignatures(ctx, t.Number)
	own := false
	for _, s := range signatures {
		own = own || s.Entry == 0
		if s.Position == 0 && (s.Entry == 0 || !own) && len(keys) < 3 && !slices.Contains(keys, s.ID) {
			keys = append(keys, s.ID)
		}
	}
	if k := recurrence.SubjectKey(t.Subject); k != "" && len(keys) == 0 {
		keys = append(keys, k)
	}
	return keys, err
}

// recurring is a group as it is shown: its title is that of one of its tickets.
func (d *Desk) recurring(ctx context.Context, r store.Read, g store.RecurringGroup, hide hiding) (Recurring, error) {
	o := Recurring{ID: g.ID, Title: g.Title, Template: g.Template, ApplicationID: g.ApplicationID, Application: g.Application, Tickets: g.Tickets, FirstAt: g.FirstAt, LastAt: g.LastAt,
		Zone: g.Zone, Rhythm: g.Rhythm, Minutes: g.Minutes, Nights: g.Nights, Hours: g.Hours, Score: g.Score, Mark: Mark(g.Mark), Note: g.MarkNote, Change: g.MarkChange, MarkedAt: g.MarkedAt, MarkedBy: g.Marker, Broken: g.Broken}
	if !recurrence.BySubject(g.Signature) {
		o.Signature = g.Signature
	}
	if g.Rhythm != nil && (Mark(g.Mark) != MarkFixed || g.Broken > 0) {
		o.Next = g.Rhythm.Next(d.store.Now(), location(g.Zone), 3)
	}
	x, ok, err := r.HasResolution(ctx, g.Signature)
	if ok {
		o.Resolution = &ResolutionRef{x.ID, hide.text(x.Title), x.State}
	}
	o.Title, o.Template, o.Note, o.Change = hide.text(o.Title), hide.text(o.Template), hide.text(o.Note), hide.text(o.Change)
	return o, err
}

func location(zone string) *time.Location {
	if l, err := time.LoadLocation(zone); err == nil {
		return l
	}
	return time.UTC
}

// MarkRecurring is what somebody says about a group.
type MarkRecurring struct {
	Mark   Mark   `json:"mark" enum:",workaround,fixed,not_worth" doc:"empty takes back what was said"`
	Note   string `json:"note,omitempty" doc:"what the workaround is, or why it is not worth it"`
	Change string `json:"change,omitempty" doc:"that brought the fix: its number or name"`
}

// recurringUndo is the act of marking a group, which can be taken back.
const recurringUndo = "recurring.mark"

// MarkRecurring says that a group has a workaround, is fixed, or is not worth automating. The second result takes it back.
func (d *Desk) MarkRecurring(ctx context.Context, i id.ID, in MarkRecurring) (Recurring, id.ID, error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return Recurring{}, 0, err
	}
	note, bad := line("note", in.Note, ticket.MaxShort, false)
	change, bad2 := line("change", in.Change, 200, false)
	var bad3 *fault.Fault
	if in.Mark != "" && in.Mark.Word() == "" {
		bad3 = fault.Invalid("mark", "There is no mark "+cutLine(string(in.Mark))+".", "Use workaround, fixed or not_worth, or leave it empty to take it back.")
	}
	if err := fault.Collect(bad, bad2, bad3); err != nil {
		return Recurring{}, 0, err
	}
	var undo id.ID
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		g, err := tx.GroupForChange(ctx, i)
		if err != nil {
			return err
		}
		u := store.Undo{PersonID: caller.Person.ID, Act: recurringUndo, Detail: asJSON(markOf(g))}
		if err := tx.AddUndo(ctx, &u); err != nil {
			return err
		}
		undo = u.ID
		g.Mark, g.MarkNote, g.MarkChange, g.MarkedAt, g.MarkerID = string(in.Mark), note, change, tx.Now, caller.Person.ID
		if in.Mark == "" {
			g.MarkedAt, g.MarkerID = time.Time{}, 0
		}
		if err := tx.MarkGroup(ctx, g); err != nil {
			return err
		}
		if err := d.audit(ctx, tx, caller, "recurring.mark", g.Title, orNone(string(in.Mark))); err != nil {
			return err
		}
		tx.After(func() { d.hub.Publish(recurringTopic) })
		return d.lookAtGroup(ctx, tx, i)
	})
	if err != nil {
		return Recurring{}, 0, err
	}
	out, err := d.RecurringIssue(ctx, i)
	return out, undo, err
}

// recurringTopic is the live topic of the recurring issues.
const recurringTopic = "recurring"

// groupMark is what was said about a group before.
type groupMark struct {
	Group  id.ID     `json:"group"`
	Mark   string    `json:"mark"`
	Note   string    `json:"note"`
	Change string    `json:"change"`
	At     time.Time `json:"at,omitzero"`
	Who    id.ID     `json:"who,omitzero"`
}

func markOf(g store.RecurringGroup) groupMark {
	return groupMark{g.ID, g.Mark, g.MarkNote, g.MarkChange, g.MarkedAt, g.MarkerID}
}

// unmarkRecurring puts back what was said about a group before.
func (d *Desk) unmarkRecurring(ctx context.Context, tx *store.Tx, u store.Undo) error {
	var m groupMark
	if err := json.Unmarshal([]byte(u.Detail), &m); err != nil {
		return fmt.Errorf("undo %s: %w", u.ID, err)
	}
	g, err := tx.GroupForChange(ctx, m.Group)
	if err != nil {
		return err
	}
	g.Mark, g.MarkNote, g.MarkChange, g.MarkedAt, g.MarkerID = m.Mark, m.Note, m.Change, m.At, m.Who
	if err := tx.MarkGroup(ctx, g); err != nil {
		return err
	}
	tx.After(func() { d.hub.Publish(recurringTopic) })
	return d.lookAtGroup(ctx, tx, g.ID)
}

const (
	recurrenceBatch  = 50 // tickets of one transaction
	recurrenceRounds = 40 // transactions of one sweep
	groupsBatch      = 10
	// RecurrenceSweep is how many tickets one sweep looks at; when it did, there may be more.
	RecurrenceSweep = recurrenceBatch * recurrenceRounds
)

// SweepRecurrence brings the groups of tickets that came or changed up to date and looks for their rhythms. It gives how
// many tickets there were. The rest of a large import is left to the next sweep.
func (d *Desk) SweepRecurrence(ctx context.Context) (int, error) {
	n := 0
	zones := map[id.ID]*time.Location{}
	for range recurrenceRounds {
		due, err := d.store.Read().DueRecurrence(ctx, recurrenceBatch)
		if err != nil {
			return n, err
		}
		if len(due) == 0 {
			break
		}
		// One order of numbers everywhere, so that two nodes wait for one another and never in a circle.
		slices.Sort(due)
		err = d.store.Write(ctx, func(tx *store.Tx) error {
			for _, number := range due {
				if err := d.regroup(ctx, tx, number, zones); err != nil {
					return fmt.Errorf("groups of ticket %d: %w", number, err)
				}
			}
			return nil
		})
		if err != nil {
			return n, err
		}
		n += len(due)
	}
	for range recurrenceRounds {
		dirty, err := d.store.Read().DirtyGroups(ctx, groupsBatch)
		if err != nil || len(dirty) == 0 {
			return n, err
		}
		slices.Sort(dirty)
		err = d.store.Write(ctx, func(tx *store.Tx) error {
			for _, g := range dirty {
				if err := d.lookAtGroup(ctx, tx, g); err != nil {
					return fmt.Errorf("recurring issue %s: %w", g, err)
				}
			}
			tx.After(func() { d.hub.Publish(recurringTopic) })
			return nil
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// regroup brings the groups of one ticket up to date.
func (d *Desk) regroup(ctx context.Context, tx *store.Tx, number int64, zones map[id.ID]*time.Location) error {
	t, ok, err := tx.TakeRecurrence(ctx, number)
	if err != nil || !ok {
		return err
	}
	zone := zones[t.ApplicationID]
	if zone == nil {
		if zone, err = zoneOf(ctx, tx.Read, t.ApplicationID); err != nil {
			return err
		}
		zones[t.ApplicationID] = zone
	}
	var nights []string
	for _, at := range append([]time.Time{t.At}, t.Worked...) {
		if n, ok := recurrence.Night(at, zone); ok && !slices.Contains(nights, n) {
			nights = append(nights, n)
		}
	}
	slices.Sort(nights)
	keys := t.Signatures
	if k := recurrence.SubjectKey(t.Subject); len(keys) == 0 && k != "" {
		keys = []store.RecurringKey{{Signature: k}}
	}
	if t.Out {
		keys = nil
	}
	return tx.SetRecurrence(ctx, t, keys, nights)
}

// zoneOf is the zone in which an application's day runs: that of its business calendar, else the desk's.
func zoneOf(ctx context.Context, r store.Read, application id.ID) (*time.Location, error) {
	if application != 0 {
		events, err := r.BusinessEvents(ctx, application)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			if l, err := time.LoadLocation(e.Zone); err == nil {
				return l, nil
			}
		}
	}
	s, err := r.Settings(ctx)
	return s.Location(), err
}

// lookAtGroup finds a group's rhythm and cost anew, from its latest tickets.
func (d *Desk) lookAtGroup(ctx context.Context, tx *store.Tx, i id.ID) error {
	g, err := tx.GroupForChange(ctx, i)
	if err != nil {
		return err
	}
	occurrences, err := tx.Occurrences(ctx, g, recurrence.MaxOccurrences)
	if err != nil {
		return err
	}
	if g.FirstAt, err = tx.FirstOccurrence(ctx, g); err != nil {
		return err
	}
	zone, err := zoneOf(ctx, tx.Read, g.ApplicationID)
	if err != nil {
		return err
	}
	g.Zone, g.Rhythm, g.NextAt, g.LastAt, g.Broken, g.Nights = zone.String(), nil, time.Time{}, time.Time{}, 0, 0
	cost := recurrence.Cost{Since: tx.Now.Sub(g.FirstAt)}
	// A year is looked at, or less when the latest tickets of the group do not reach back so far.
	from := tx.Now.AddDate(-1, 0, 0)
	if len(occurrences) == recurrence.MaxOccurrences && occurrences[0].At.After(from) {
		from = occurrences[0].At
	}
	cost.Since = min(cost.Since, tx.Now.Sub(from))
	at := make([]time.Time, len(occurrences))
	nights, lately := map[string]bool{}, map[string]bool{}
	for k, o := range occurrences {
		at[k] = o.At
		for _, n := range o.Nights {
			nights[n] = true
		}
		if !o.At.Before(from) {
			cost.Tickets++
			cost.Minutes += o.Minutes
			for _, n := range o.Nights {
				lately[n] = true
			}
		}
		if Mark(g.Mark) == MarkFixed && o.At.After(g.MarkedAt) {
			g.Broken++
		}
	}
	g.Nights, cost.Nights = len(nights), len(lately)
	if n := len(occurrences); n > 0 {
		g.LastAt = occurrences[n-1].At
		if g.Title, err = tx.SubjectOf(ctx, occurrences[n-1].Ticket); err != nil {
			return err
		}
	}
	changes, err := tx.ChangeTimes(ctx, g.ApplicationID, g.FirstAt.AddDate(0, 0, -2), recurrence.MaxOccurrences)
	if err != nil {
		return err
	}
	if rhythm, ok := recurrence.Find(recurrence.Input{At: at, Zone: zone, Changes: changes, Now: tx.Now}); ok {
		g.Rhythm, cost.Rhythm = &rhythm, &rhythm
		if next := rhythm.Next(tx.Now, zone, 1); len(next) > 0 {
			g.NextAt = next[0]
		}
	}
	x, written, err := tx.HasResolution(ctx, g.Signature)
	if err != nil {
		return err
	}
	cost.Steps = written && x.Fix != ""
	cost.Asleep = Mark(g.Mark) == MarkNotWorth || Mark(g.Mark) == MarkFixed && g.Broken == 0
	g.Hours, g.Score = cost.Hours(), cost.Score()
	return tx.SaveGroup(ctx, g)
}
