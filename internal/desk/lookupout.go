package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/lookup"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

const (
	lookupTopic  = "lookups"
	lookupPress  = 3 * time.Second // within which two presses are one
	lookupMasked = 2000            // characters of the masked text that are kept
	// DirectEngine is the engine of a look-up that the desk searched for itself.
	DirectEngine = "direct"
)

// LookupOut is a look-up that is to leave.
type LookupOut struct {
	LookupText
	Engine string   `json:"engine,omitempty" doc:"key of the engine; not for a direct search"`
	Seen   []string `json:"seen,omitempty" doc:"the keys of what was shown as known inside; what was not shown yet keeps the query in"`
}

// LookupResults is what became of a look-up, and for a direct search what it found.
type LookupResults struct {
	lookup.LogEntry
	Items []WebResult `json:"items,omitempty" doc:"of a direct search"`
}

// OpenOutside takes a look-up outside by a link: the answer holds the address to open when its state is left. The query is
// built here from the text and the choices; nothing else that a caller sends can leave.
func (d *Desk) OpenOutside(ctx context.Context, in LookupOut) (LookupResults, error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return LookupResults{}, err
	}
	e, err := d.leave(ctx, caller, in, lookup.ByLink)
	return LookupResults{LogEntry: e}, err
}

// SearchOutside takes a look-up outside by the desk's own search, and gives what it found.
func (d *Desk) SearchOutside(ctx context.Context, in LookupOut) (LookupResults, error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return LookupResults{}, err
	}
	in.Engine = DirectEngine
	e, err := d.leave(ctx, caller, in, lookup.BySearch)
	if err != nil || e.State != lookup.Left {
		return LookupResults{LogEntry: e}, err
	}
	return d.searchWeb(ctx, e)
}

// leave checks a look-up against the policy and logs it, whatever comes of it.
func (d *Desk) leave(ctx context.Context, caller Caller, in LookupOut, way lookup.Way) (lookup.LogEntry, error) {
	l, set, err := d.look(ctx, caller, in.LookupText)
	if err != nil {
		return lookup.LogEntry{}, err
	}
	e, err := d.logEntry(ctx, caller, set, &l, way, in.Engine)
	if err != nil {
		return e, err
	}
	if e.Query == "" {
		return e, fault.Invalid("text", "Nothing in it is known to be public, so there is nothing to look up.", "Paste the line with the error, or allow a word.")
	}
	for _, k := range l.Known {
		if !slices.Contains(in.Seen, k.Key) {
			return e, fault.Conflict("seen", "More is known inside than you were shown: "+cutLine(k.Title)+".", "Look at it first; it may be all you need.")
		}
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		e.ID, e.At, e.ExpiresAt, e.LeftAt = 0, tx.Now, time.Time{}, time.Time{}
		if caller.Person.ID != 0 {
			before, err := tx.Lookups(ctx, store.LookupFilter{Person: caller.Person.ID, Engine: e.Engine, Query: e.Query, Now: tx.Now, Limit: 20})
			if err != nil {
				return err
			}
			for _, b := range before {
				switch {
				case b.Way != way || b.Ticket != e.Ticket:
				case b.State == lookup.Waiting && l.Policy == lookup.Ask:
					e = b
					return nil
				case b.State == lookup.Approved && l.Policy == lookup.Ask:
					return fault.Conflict("engine", "This look-up is approved already.", "Open it among your look-ups that wait.")
				case b.State == lookup.Left && tx.Now.Sub(b.LeftAt) < lookupPress && l.Policy == lookup.Allow:
					return fault.Conflict("engine", "This look-up left a moment ago.", "It is open in the tab beside this one, and stands in the log.")
				}
			}
		}
		e.Press = press(e, tx.Now)
		switch l.Policy {
		case lookup.Allow:
			e.State, e.LeftAt = lookup.Left, tx.Now
		case lookup.Ask:
			e.State, e.ExpiresAt = lookup.Waiting, tx.Now.Add(time.Duration(set.Hours)*time.Hour)
			tx.After(func() { d.hub.Publish(lookupTopic) })
		default:
			e.State, e.Press = lookup.Refused, tx.NewID().String()
		}
		return tx.AddLookup(ctx, &e)
	})
	if err == nil && e.State == lookup.Refused {
		err = refusedBy(l.Team)
	}
	return e, err
}

func refusedBy(team string) error {
	whose := "This desk forbids"
	if team != "" {
		whose = "The policy of " + team + " forbids"
	}
	return &fault.Fault{Code: fault.CodeForbidden, Field: "engine", Message: whose + " look-ups outside. Nothing left.", Hint: "What is known inside stands beside your text. An admin sets the policy in the settings."}
}

// press is the same for two presses of one button within a moment.
func press(e lookup.LogEntry, now time.Time) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\x00%s\x00%s\x00%d\x00%s\x00%d", e.PersonID, e.Way, e.Engine, e.Ticket, e.Query, now.UnixMilli()/lookupPress.Milliseconds()))
	return hex.EncodeToString(sum[:12])
}

// logEntry describes a look-up for the log. engine is empty when several addresses are handed out.
func (d *Desk) logEntry(ctx context.Context, caller Caller, set lookup.Settings, l *Lookup, way lookup.Way, engine string) (lookup.LogEntry, error) {
	e := lookup.LogEntry{PersonID: caller.Person.ID, Person: caller.Person.Name, Ticket: l.In.Ticket, Via: caller.Via, Way: way, Engine: engine, Query: l.Text,
		Masked: maskedText(l.In.Text, l.Marks), Removed: map[string]int{}, Policy: l.Policy, Team: l.Team}
	for _, x := range l.Removed {
		e.Removed[x.Kind]++
	}
	for _, m := range l.Marks {
		switch word := l.In.Text[m.Start:m.End]; {
		case m.State == lookup.Dropped:
			e.Dropped++
		case m.State == lookup.Allowed && !slices.Contains(e.Allowed, word) && slices.ContainsFunc(l.In.Allow, func(a string) bool { return strings.EqualFold(a, word) }):
			e.Allowed = append(e.Allowed, word)
		}
	}
	r := d.store.Read()
	var t *ticket.Ticket
	if l.In.Ticket != 0 {
		found, err := r.Ticket(ctx, l.In.Ticket)
		if err != nil {
			return e, err
		}
		t = &found
	}
	var err error
	if _, _, e.TeamID, err = d.lookupPolicy(ctx, r, caller, set, t); err != nil {
		return e, err
	}
	switch way {
	case lookup.ByLink:
		i := slices.IndexFunc(set.Engines, func(x lookup.Engine) bool { return x.Key == engine })
		if i < 0 {
			return e, fault.Invalid("engine", "There is no engine called "+cutLine(engine)+".", "Choose one of those that are offered.")
		}
		e.EngineName, e.URL = set.Engines[i].Name, lookup.Links(e.Query, set.Engines[i:i+1])[engine]
	case lookup.BySearch:
		if !l.Direct {
			return e, fault.Invalid("engine", "This desk does not search outside by itself.", "Open a link instead, or ask an admin to set up direct search.")
		}
		e.EngineName, e.URL = "Direct search", set.Search.URL
		if u, err := url.Parse(set.Search.URL); err == nil {
			e.EngineName += " at " + u.Host
		}
	}
	return e, nil
}

// maskedText gives the text with each word that does not leave replaced by its kind. It is put together from public words
// alone, so that what nobody recognised is not in it either.
func maskedText(text string, marks []lookup.Mark) string {
	var b strings.Builder
	last := ""
	n := 0
	for _, m := range marks {
		word := text[m.Start:m.End]
		switch m.State {
		case lookup.Gone:
			word = "‹" + m.Kind + "›"
		case lookup.Dropped:
			word = "‹held back›"
		}
		if word == last && strings.HasPrefix(word, "‹") {
			continue // a run of the same kind reads as one
		}
		if n += len(word) + 1; n > lookupMasked {
			b.WriteString(" …")
			break
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
		last = word
	}
	return b.String()
}

// logGiven logs that the addresses of a query were handed to a program.
func (d *Desk) logGiven(ctx context.Context, caller Caller, set lookup.Settings, l *Lookup) error {
	e, err := d.logEntry(ctx, caller, set, l, lookup.ByLinks, "")
	if err != nil {
		return err
	}
	e.EngineName = "Links for a program"
	return d.store.Write(ctx, func(tx *store.Tx) error {
		e.ID, e.State, e.LeftAt, e.Press = 0, lookup.Left, tx.Now, tx.NewID().String()
		return tx.AddLookup(ctx, &e)
	})
}

// searchWeb asks the configured endpoint for a look-up that is logged as left.
func (d *Desk) searchWeb(ctx context.Context, e lookup.LogEntry) (LookupResults, error) {
	out := LookupResults{LogEntry: e, Items: []WebResult{}}
	set, err := d.lookupSettings(ctx, d.store.Read())
	if err != nil {
		return out, err
	}
	if !set.Search.On() || d.Web == nil {
		return out, fault.Conflict("engine", "This desk does not search outside by itself any more.", "Open a link instead.")
	}
	asked, cancel := context.WithTimeout(ctx, time.Duration(set.Search.Seconds)*time.Second)
	defer cancel()
	found, err := d.Web.Search(asked, set.Search, e.Query)
	problem := ""
	if err != nil {
		problem = "The search gave no answer."
		if f := fault.Of(err); f != nil {
			problem = f.Message
		} else if errors.Is(err, context.DeadlineExceeded) {
			problem = fmt.Sprintf("The search did not answer within %d seconds.", set.Search.Seconds)
		}
		d.log.Warn("direct search", "error", err)
	}
	for _, x := range found {
		if u, err := url.Parse(x.URL); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && len(out.Items) < 20 {
			out.Items = append(out.Items, WebResult{Title: cutText(x.Title, 200), URL: u.String(), Snippet: cutText(x.Snippet, 500)})
		}
	}
	out.Results, out.Problem = len(out.Items), problem
	if e := d.store.Write(ctx, func(tx *store.Tx) error { return tx.EndLookup(ctx, out.ID, out.Results, problem) }); e != nil {
		return out, e
	}
	if err != nil {
		return out, &fault.Fault{Code: fault.CodeUnavailable, Message: problem, Hint: "Open a link instead, or try again.", Err: err}
	}
	return out, nil
}

// --- the second person ---

// LookupApprovals are look-ups that wait for somebody.
type LookupApprovals struct {
	Items []lookup.LogEntry `json:"items" doc:"what waits for the caller to decide, newest first"`
	Mine  []lookup.LogEntry `json:"mine" doc:"the caller's own of the last days: waiting, approved, denied and expired"`
}

// LookupApprovals gives what waits for the caller's decision, and what the caller waits for.
func (d *Desk) LookupApprovals(ctx context.Context) (LookupApprovals, error) {
	out := LookupApprovals{Items: []lookup.LogEntry{}, Mine: []lookup.LogEntry{}}
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return out, err
	}
	r, now := d.store.Read(), d.store.Now()
	if caller.May(person.ApproveLookups) {
		waiting, err := r.Lookups(ctx, store.LookupFilter{State: lookup.Waiting, Now: now, Limit: MaxPage})
		if err != nil {
			return out, err
		}
		for _, e := range waiting {
			if e.PersonID == 0 || e.PersonID != caller.Person.ID {
				out.Items = append(out.Items, e)
			}
		}
	}
	if caller.Person.ID == 0 {
		return out, nil
	}
	mine, err := r.Lookups(ctx, store.LookupFilter{Person: caller.Person.ID, From: now.Add(-7 * 24 * time.Hour), Now: now, Limit: MaxPage})
	for _, e := range mine {
		if e.Policy == lookup.Ask && e.State != lookup.Left && len(out.Mine) < 50 {
			out.Mine = append(out.Mine, e)
		}
	}
	return out, err
}

// LookupsWaiting counts what waits for the caller's decision, up to 100; 0 for those who may not decide.
func (d *Desk) LookupsWaiting(ctx context.Context) (int, error) {
	caller, err := may(ctx, person.SignedIn)
	if err != nil || !caller.May(person.ApproveLookups) {
		return 0, err
	}
	return d.store.Read().WaitingLookups(ctx, d.store.Now(), caller.Person.ID, 100)
}

// DecideLookup approves or denies a look-up of somebody else. An approval lets the asker open it, once, within the desk's time.
func (d *Desk) DecideLookup(ctx context.Context, i id.ID, approve bool, reason string) (lookup.LogEntry, error) {
	caller, err := may(ctx, person.ApproveLookups)
	if err != nil {
		return lookup.LogEntry{}, err
	}
	if caller.Person.ID == 0 {
		return lookup.LogEntry{}, &fault.Fault{Code: fault.CodeForbidden, Message: "A look-up is decided by a person.", Hint: "Say who you are with --as, or decide on the page."}
	}
	reason, bad := line("reason", reason, ticket.MaxShort, !approve)
	if bad != nil {
		if !approve && strings.TrimSpace(reason) == "" && bad.Message == "This must not be empty." {
			bad.Hint = "Tell the asker in a few words why not."
		}
		return lookup.LogEntry{}, bad
	}
	var e lookup.LogEntry
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		if e, err = tx.Lookup(ctx, i); err != nil {
			return err
		}
		switch state := e.Settle(tx.Now).State; {
		case e.PersonID == caller.Person.ID:
			return &fault.Fault{Code: fault.CodeForbidden, Message: "Nobody approves their own look-up.", Hint: "Ask somebody else who may approve."}
		case state == lookup.Expired:
			return fault.Conflict("id", "This look-up has expired.", "Whoever wants it can ask again.")
		case state != lookup.Waiting:
			return fault.Conflict("id", "This look-up is decided already: "+strings.ToLower(state.Word())+".", "")
		}
		set, err := d.lookupSettings(ctx, tx.Read)
		if err != nil {
			return err
		}
		e.State, e.DeciderID, e.Decider, e.DecidedAt, e.Reason = lookup.Denied, caller.Person.ID, caller.Person.Name, tx.Now, reason
		if approve {
			e.State, e.ExpiresAt = lookup.Approved, tx.Now.Add(time.Duration(set.Hours)*time.Hour)
		}
		return d.moveLookup(ctx, tx, lookup.Waiting, &e)
	})
	return e, err
}

// OpenApproved takes an approved look-up of the caller outside, once: the answer holds the address to open, or what a direct
// search found.
func (d *Desk) OpenApproved(ctx context.Context, i id.ID) (LookupResults, error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return LookupResults{}, err
	}
	var e lookup.LogEntry
	var refused error
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		refused = nil
		if e, err = tx.Lookup(ctx, i); err != nil {
			return err
		}
		if e.PersonID != caller.Person.ID {
			return fault.NotFound("look-up of yours")
		}
		switch state := e.Settle(tx.Now).State; state {
		case lookup.Approved:
		case lookup.Left:
			return fault.Conflict("id", "This look-up has left already.", "It stands in the log; look it up anew to open it again.")
		default:
			return fault.Conflict("id", "This look-up cannot be opened: "+strings.ToLower(state.Word())+".", "Look it up anew.")
		}
		set, err := d.lookupSettings(ctx, tx.Read)
		if err != nil {
			return err
		}
		var t *ticket.Ticket
		if e.Ticket != 0 {
			found, err := tx.Ticket(ctx, e.Ticket)
			if err != nil {
				return err
			}
			t = &found
		}
		policy, team, _, err := d.lookupPolicy(ctx, tx.Read, caller, set, t)
		if err != nil {
			return err
		}
		e.State, e.LeftAt = lookup.Left, tx.Now
		if policy == lookup.Forbid { // the rules changed since
			e.State, e.LeftAt, e.Policy, refused = lookup.Refused, time.Time{}, policy, refusedBy(team)
		}
		return d.moveLookup(ctx, tx, lookup.Approved, &e)
	})
	if err = errors.Join(err, refused); err != nil || e.Way != lookup.BySearch {
		return LookupResults{LogEntry: e}, err
	}
	return d.searchWeb(ctx, e)
}

func (d *Desk) moveLookup(ctx context.Context, tx *store.Tx, from lookup.State, e *lookup.LogEntry) error {
	moved, err := tx.MoveLookup(ctx, from, e)
	if err == nil && !moved {
		err = fault.Conflict("id", "Somebody was faster: this look-up is decided or open already.", "Look at the list again.")
	}
	tx.After(func() { d.hub.Publish(lookupTopic) })
	return err
}
