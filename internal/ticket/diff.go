package ticket

import (
	"strconv"
	"strings"
	"time"

	"firebreak/internal/urgency"
)

// Diff gives one event for each field that differs between old and t, so that history is complete
// whatever act made the change. Long texts are cut to 2,000 bytes.
func Diff(old, t *Ticket) []Event {
	var out []Event
	add := func(field, a, b string) {
		if a != b {
			out = append(out, Event{Ticket: t.Number, Field: field, Old: cut(a), New: cut(b)})
		}
	}
	add("subject", old.Subject, t.Subject)
	add("body", old.Body, t.Body)
	add("status", string(old.Status), string(t.Status))
	add("waiting_on", string(old.WaitingOn), string(t.WaitingOn))
	add("wake_at", instant(old.WakeAt), instant(t.WakeAt))
	add("level", string(old.Level), string(t.Level))
	add("tags", strings.Join(old.Tags, ", "), strings.Join(t.Tags, ", "))
	add("application", named(old.Application, old.ApplicationID.String()), named(t.Application, t.ApplicationID.String()))
	add("team", named(old.Team, old.TeamID.String()), named(t.Team, t.TeamID.String()))
	add("requester", named(old.Requester, old.RequesterID.String()), named(t.Requester, t.RequesterID.String()))
	add("assignee", named(old.Assignee, old.AssigneeID.String()), named(t.Assignee, t.AssigneeID.String()))
	add("merged_into", number(old.MergedInto), number(t.MergedInto))
	add("resolution", old.Resolution, t.Resolution)
	add("stated_deadline", instant(old.Deadline.At), instant(t.Deadline.At))
	add("deadline_reason", old.Deadline.Reason, t.Deadline.Reason)
	add("deadline_said_by", old.Deadline.SaidBy, t.Deadline.SaidBy)
	add("consequence", old.Deadline.Consequence, t.Deadline.Consequence)
	add("agreed_deadline", instant(old.Deadline.AgreedAt), instant(t.Deadline.AgreedAt))
	add("deadline_was_real", judged(old.Deadline.Real), judged(t.Deadline.Real))
	add("stakes", string(old.Stakes), string(t.Stakes))
	add("workaround", yes(old.Work), yes(t.Work))
	add("spreading", yes(old.Spread), yes(t.Spread))
	add("fire", string(old.Fire), string(t.Fire))
	add("set_by_hand", byHand(old.ByHand), byHand(t.ByHand))
	add("real_deadline", instant(old.RealAt), instant(t.RealAt))
	return out
}

const maxEventText = 2000

func cut(s string) string {
	if len(s) <= maxEventText {
		return s
	}
	return strings.ToValidUTF8(s[:maxEventText], "") + "…"
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func named(name, id string) string {
	if name != "" {
		return name
	}
	return id
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func judged(b *bool) string {
	if b == nil {
		return ""
	}
	return yes(*b)
}

func byHand(o *urgency.Override) string {
	if o == nil {
		return ""
	}
	return string(o.Fire)
}
