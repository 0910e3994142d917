package ticket

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"firebreak/internal/urgency"
)

func TestStatesFollowTheTable(t *testing.T) {
	for _, c := range []struct {
		from, to Status
		ok       bool
	}{
		{New, Open, true}, {New, OnHold, true}, {New, Resolved, true}, {New, Closed, false}, {New, Merged, false},
		{Open, New, false}, {Open, OnHold, true}, {Open, Resolved, true}, {Open, Cancelled, true}, {Open, Closed, false},
		{OnHold, Open, true}, {OnHold, OnHold, true}, {Resolved, Open, true}, {Resolved, Closed, true}, {Resolved, OnHold, false},
		{Closed, Open, true}, {Closed, Resolved, false}, {Cancelled, Open, true}, {Merged, Open, false},
	} {
		if got := c.from.CanBecome(c.to); got != c.ok {
			t.Errorf("%s to %s: %v", c.from, c.to, got)
		}
	}
	for _, from := range Statuses {
		if from.Word() == "" || !from.Valid() {
			t.Errorf("%q has no word", from)
		}
		for _, to := range from.Next() {
			if reopening := !from.Active() && to == Open; from.NeedsReason(to) != reopening {
				t.Errorf("%s to %s asks for a reason: %v", from, to, !reopening)
			}
		}
	}
}

func TestRequesterReply(t *testing.T) {
	now := time.Date(2026, 11, 30, 14, 0, 0, 0, time.UTC)
	const fortnight = 14 * 24 * time.Hour
	for _, c := range []struct {
		from     Status
		resolved time.Time
		next     Status
		fresh    bool
	}{
		{New, time.Time{}, New, false}, {Open, time.Time{}, Open, false}, {OnHold, time.Time{}, Open, false},
		{Resolved, now.Add(-time.Hour), Open, false}, {Resolved, now.Add(-fortnight), Open, false},
		{Resolved, now.Add(-fortnight - time.Millisecond), Resolved, true}, {Closed, now, Closed, true}, {Cancelled, now, Cancelled, true},
	} {
		if next, fresh := c.from.AfterRequesterReply(c.resolved, now, fortnight); next != c.next || fresh != c.fresh {
			t.Errorf("%s: %s, %v", c.from, next, fresh)
		}
	}
}

// TestDiffMissesNothing alters each exported field in turn and wants history for it, but for those that follow from others
// or are told by an event of their own.
func TestDiffMissesNothing(t *testing.T) {
	silent := strings.Fields(`Number ExternalID Source Channel Client ClientID ReopenCount MinutesSpent
		Reasons RealFrom StartBy TurnsAt WarnAt WarnedAt Effort EffortOf CreatedAt UpdatedAt FirstReplyAt ResolvedAt ClosedAt Version Private`)
	kind := reflect.TypeFor[Ticket]()
	for i := range kind.NumField() {
		name := kind.Field(i).Name
		var old, changed Ticket
		f := reflect.ValueOf(&changed).Elem().Field(i)
		switch v := f.Addr().Interface().(type) {
		case *time.Time:
			*v = time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC)
		case *[]string:
			*v = []string{"x"}
		case **urgency.Override:
			*v = &urgency.Override{Fire: urgency.Wildfire}
		case *Deadline:
			v.Reason = "x"
		case **Private:
			*v = &Private{Revealed: true}
		default:
			switch f.Kind() {
			case reflect.String:
				f.SetString("x")
			case reflect.Bool:
				f.SetBool(true)
			case reflect.Int, reflect.Int64:
				f.SetInt(7)
			default:
				t.Fatalf("how is %s altered?", name)
			}
		}
		if got := len(Diff(&old, &changed)) > 0; got == slices.Contains(silent, name) {
			t.Errorf("%s: history %v", name, got)
		}
	}
	d := reflect.TypeFor[Deadline]()
	for i := range d.NumField() {
		var old, changed Ticket
		f := reflect.ValueOf(&changed.Deadline).Elem().Field(i)
		switch v := f.Addr().Interface().(type) {
		case *time.Time:
			*v = time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC)
		case **bool:
			*v = new(false)
		case *string:
			*v = "x"
		default:
			continue
		}
		if name := d.Field(i).Name; name != "JudgedAt" && len(Diff(&old, &changed)) == 0 {
			t.Errorf("Deadline.%s: no history", name)
		}
	}
}

func FuzzCleanText(f *testing.F) {
	for _, s := range []string{"plain", " two\r\nlines\r", "a\x00b", "\xff", "e\u0301", strings.Repeat("x", 400), "\u202eabc", "\n\n"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, oneLine bool) {
		clean, problem, hint := CleanText(s, MaxSubject, oneLine)
		if problem != "" {
			if clean != "" || hint == "" {
				t.Fatalf("%q: refused with %q and without a remedy", s, clean)
			}
			return
		}
		if !utf8.ValidString(clean) || strings.ContainsAny(clean, "\x00\r") || utf8.RuneCountInString(clean) > MaxSubject || oneLine && strings.Contains(clean, "\n") {
			t.Fatalf("%q became %q", s, clean)
		}
		if again, problem, _ := CleanText(clean, MaxSubject, oneLine); again != clean || problem != "" {
			t.Fatalf("%q cleaned again is %q", clean, again)
		}
	})
}
