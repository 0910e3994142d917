package urgency

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// now is 14:00 on the last day of November, in a zone an hour ahead of UTC.
var now = time.Date(2026, 11, 30, 14, 0, 0, 0, time.FixedZone("CET", 3600))

func in(hours float64) time.Time { return now.Add(time.Duration(hours * float64(time.Hour))) }

var (
	billing   = Event{"Billing run", time.Date(2026, 12, 1, 6, 0, 0, 0, now.Location())} // in 16 h
	nextMonth = Event{"Billing run", time.Date(2027, 1, 1, 6, 0, 0, 0, now.Location())}
	nightly   = Event{"Nightly export", in(8)}
	similar   = Effort{P80: 6*time.Hour + 40*time.Minute, Sample: 12, Source: SourceSimilar}
)

func TestTheBillingRunStory(t *testing.T) {
	v := Judge(now, Answers{
		StatedAt: in(3), SaidBy: "Marta Lind", Reason: "the billing run is tomorrow at six", Stakes: Client,
	}, []Event{billing}, similar, DefaultSettings())

	turns := time.Date(2026, 11, 30, 23, 20, 0, 0, now.Location())
	if v.Fire != HouseFire || !v.RealAt.Equal(billing.At) || v.RealFrom != "business calendar: Billing run" {
		t.Errorf("got %s, %s from %q", v.Fire, v.RealAt, v.RealFrom)
	}
	if v.Slack != 9*time.Hour+20*time.Minute || !v.LatestStart.Equal(turns) {
		t.Errorf("slack %s, latest start %s", v.Slack, v.LatestStart)
	}
	if !v.TurnsAt.Equal(turns) || v.TurnsInto != Wildfire || !v.WarnAt.Equal(turns.Add(-time.Hour)) {
		t.Errorf("turns into %q at %s, warns at %s", v.TurnsInto, v.TurnsAt, v.WarnAt)
	}
	want := []string{
		"Stated by Marta Lind: 2026-11-30 17:00 CET. Real deadline: Billing run, 2026-12-01 06:00 CET (business calendar).",
		"Similar tickets took up to 6 h 40 min (80 of 100, 12 tickets), so start by 23:20.",
		"Slack: 9 h 20 min.",
		"The stakes are high (a client): it becomes a wildfire at 23:20 unless it is solved.",
	}
	if !slices.Equal(v.Reasons, want) {
		t.Errorf("reasons:\n%s\nwant:\n%s", strings.Join(v.Reasons, "\n"), strings.Join(want, "\n"))
	}
}

func TestJudge(t *testing.T) {
	const why = "the auditors arrive"
	const what = "the port closes and 40 containers stay"
	for _, tt := range []struct {
		name   string
		a      Answers
		events []Event
		effort Effort
		fire   Fire
		real   time.Time
		says   string // part of some reason
	}{
		// Who is hurt.
		{"nothing known", Answers{}, nil, Effort{}, Match, time.Time{}, "No deadline was stated. Nobody has named a real deadline."},
		{"end of the day, no reason", Answers{StatedAt: in(3), Stakes: Client}, nil, Effort{}, Match, time.Time{}, "Nobody has said what happens at that minute."},
		{"end of the day, because", Answers{StatedAt: in(3), Stakes: Client, Reason: "Because my boss wants it ASAP!!", Consequence: "n/a"}, nil, Effort{}, Match, time.Time{}, "nobody has named a consequence"},
		{"60 hours with a reason", Answers{StatedAt: in(60), Stakes: Client, Reason: why}, nil, Effort{}, HouseFire, in(60), "because of: the auditors arrive. Ask"},
		{"48 hours, however calm", Answers{StatedAt: in(48), Stakes: Company, Consequence: what}, nil, Effort{}, HouseFire, in(48), "the company"},
		{"one hour with a reason, default effort", Answers{StatedAt: in(1), Stakes: Client, Reason: why}, nil, Effort{}, Wildfire, in(1), "No similar tickets yet: 4 h is assumed."},
		{"stakes of one person", Answers{StatedAt: in(1), Stakes: Person, Consequence: what}, nil, Effort{}, Match, in(1), "The stakes are low (one person)."},
		{"stakes of a team", Answers{StatedAt: in(1), Stakes: Team, Consequence: what}, []Event{billing}, Effort{}, Match, in(1), "The stakes are low (a team)."},
		{"stakes not stated", Answers{StatedAt: in(1), Consequence: what}, nil, Effort{}, Match, in(1), "low stakes are assumed"},
		{"stakes unknown word", Answers{StatedAt: in(1), Consequence: what, Stakes: "galaxy"}, nil, Effort{}, Match, in(1), "low stakes are assumed"},
		{"missed, low stakes", Answers{StatedAt: in(-1), Consequence: what, Stakes: Team}, nil, Effort{}, Match, in(-1), "The deadline passed 1 h ago."},
		{"missed, high stakes", Answers{StatedAt: in(-26), Consequence: what, Stakes: Client}, nil, Effort{}, Wildfire, in(-26), "The deadline passed 1 d 2 h ago."},

		// Slack.
		{"slack of exactly nothing", Answers{StatedAt: in(4), Consequence: what, Stakes: Client}, nil, Effort{}, Wildfire, in(4), "no slack is left"},
		{"slack of a minute", Answers{StatedAt: in(4).Add(time.Minute), Consequence: what, Stakes: Client}, nil, Effort{}, HouseFire, in(4).Add(time.Minute), "Slack: 1 min."},
		{"the work may end too late", Answers{StatedAt: in(3), Consequence: what, Stakes: Client}, nil, similar, Wildfire, in(3), "may end 3 h 40 min too late"},
		{"effort of the application", Answers{StatedAt: in(30), Consequence: what, Stakes: Client}, nil, Effort{time.Hour, 1, SourceApplication}, HouseFire, in(30), "Tickets of this application took up to 1 h (80 of 100, 1 ticket), so start by 2026-12-01 19:00 CET."},

		// Spreading.
		{"spreading without a workaround", Answers{Spreading: true}, nil, Effort{}, Wildfire, time.Time{}, "spreading and there is no workaround"},
		{"spreading, low stakes, time left", Answers{Spreading: true, Stakes: Person, StatedAt: in(90), Consequence: what}, nil, Effort{}, Wildfire, in(90), "spreading"},
		{"spreading with a workaround", Answers{Spreading: true, Workaround: true, Stakes: Client, StatedAt: in(90), Consequence: what}, nil, Effort{}, HouseFire, in(90), "if the workaround stops working"},
		{"a workaround moves no deadline", Answers{Workaround: true, Stakes: Client, StatedAt: in(2), Consequence: what}, nil, Effort{}, Wildfire, in(2), "does not move the deadline"},

		// A consequence without a time.
		{"no time, high stakes", Answers{Consequence: what, Stakes: Client}, nil, Effort{}, HouseFire, time.Time{}, "Ask for the time."},
		{"no time, high stakes: no countdown", Answers{Consequence: what, Stakes: Client}, nil, Effort{}, HouseFire, time.Time{}, "there is no countdown"},
		{"no time, low stakes", Answers{Consequence: what, Stakes: Team}, nil, Effort{}, Match, time.Time{}, "Ask for the time."},
		{"no time, but an event", Answers{Consequence: what, Stakes: Client}, []Event{billing}, Effort{}, HouseFire, billing.At, "Real deadline: Billing run"},
		{"a reason without a time", Answers{Reason: why, Stakes: Client}, nil, Effort{}, Match, time.Time{}, "Ask what happens, and when."},
		{"no time, the words choose the event", Answers{Consequence: "billing goes out wrong", Stakes: Client}, []Event{nightly, billing}, Effort{}, HouseFire, billing.At, "Billing run"},

		// The business calendar.
		{"only the calendar", Answers{Stakes: Client}, []Event{billing}, Effort{}, HouseFire, billing.At, "Billing run"},
		{"the earliest of the calendar, in any order", Answers{Stakes: Client}, []Event{nextMonth, billing, nightly}, Effort{}, HouseFire, nightly.At, "Nightly export"},
		{"past events that nobody named", Answers{Stakes: Client}, []Event{{"Billing run", in(-1)}, {"Empty", time.Time{}}}, Effort{}, Match, time.Time{}, ""},
		{"an event at this very minute is past", Answers{Stakes: Client}, []Event{{"Billing run", now}}, Effort{}, Match, time.Time{}, ""},
		{"stated without a reason, an event", Answers{StatedAt: in(3), Stakes: Client}, []Event{billing}, Effort{}, HouseFire, billing.At, "Stated deadline: 2026-11-30 17:00 CET. Real deadline: Billing run"},
		{"a reason gives way to an event within the window", Answers{StatedAt: in(3), Reason: why, Stakes: Client}, []Event{billing}, Effort{}, HouseFire, billing.At, ""},
		{"a reason gives way at the end of the window", Answers{StatedAt: in(3), Reason: why, Stakes: Client}, []Event{{"Audit", in(75)}}, Effort{}, HouseFire, in(75), ""},
		{"a reason holds beyond the window", Answers{StatedAt: in(3), Reason: why, Stakes: Client}, []Event{{"Stocktaking", in(75.1)}}, Effort{}, Wildfire, in(3), ""},
		{"a reason gives way to the event it names, out of several", Answers{StatedAt: in(3), Reason: "for the billing", Stakes: Client}, []Event{nightly, billing}, Effort{}, HouseFire, billing.At, ""},
		{"a reason that names half of the event", Answers{StatedAt: in(3), Reason: "payroll is late", Stakes: Client}, []Event{nightly, {"Payroll transfer", in(20)}}, Effort{}, HouseFire, in(20), ""},
		{"an event named comes before the stated time", Answers{StatedAt: in(40), Reason: "needed for the billing run", Stakes: Client}, []Event{billing}, similar, HouseFire, billing.At, ""},
		{"a reason names an event far away: that is the truth, but ask", Answers{StatedAt: in(3), Reason: "the billing run", Stakes: Client}, []Event{nextMonth}, Effort{}, HouseFire, nextMonth.At, "which is 31 d 13 h after the stated time: ask which"},
		{"a consequence with the event named beside it", Answers{StatedAt: in(3), Reason: "The BILLING-RUN is tomorrow", Consequence: "40,000 wrong invoices go out", Stakes: Client}, []Event{billing}, similar, HouseFire, billing.At, ""},

		// The danger: an event that hides an earlier consequence.
		{"danger: an event far away", Answers{StatedAt: in(3), Consequence: what, Stakes: Client}, []Event{nextMonth}, Effort{}, Wildfire, in(3), "when this happens: the port closes"},
		{"danger: an event nearby", Answers{StatedAt: in(3), Consequence: what, Stakes: Client}, []Event{billing}, Effort{}, Wildfire, in(3), "the port closes"},
		{"danger: an event far away that is named beside it", Answers{StatedAt: in(3), Consequence: what, Reason: "and the billing run needs it", Stakes: Client}, []Event{nextMonth}, Effort{}, Wildfire, in(3), "ask which of the two is meant"},
		{"danger: half a name", Answers{StatedAt: in(3), Consequence: "the payroll portal goes dark", Stakes: Client}, []Event{{"Payroll transfer", in(20)}}, Effort{}, Wildfire, in(3), ""},
		{"danger: a generic word", Answers{StatedAt: in(3), Consequence: "nothing can run", Stakes: Client}, []Event{billing}, Effort{}, Wildfire, in(3), ""},
		{"danger: a named event, another one earlier", Answers{StatedAt: in(30), Consequence: what, Stakes: Client}, []Event{nextMonth, nightly}, Effort{}, HouseFire, nightly.At, ""},

		// A named event that was missed.
		{"missed, the words say so", Answers{StatedAt: in(-9), Reason: "billing run at six", Stakes: Client}, []Event{{"Billing run", in(-2)}, nextMonth}, Effort{}, Wildfire, in(-2), "The deadline passed 2 h ago."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := Judge(now, tt.a, tt.events, tt.effort, DefaultSettings())
			if v.Fire != tt.fire || !v.RealAt.Equal(tt.real) {
				t.Errorf("got %s with real deadline %s, want %s with %s\n%s", v.Fire, v.RealAt, tt.fire, tt.real, strings.Join(v.Reasons, "\n"))
			}
			if !strings.Contains(strings.Join(v.Reasons, "\n"), tt.says) {
				t.Errorf("no reason says %q:\n%s", tt.says, strings.Join(v.Reasons, "\n"))
			}
			check(t, now, v, DefaultSettings())
		})
	}
}

func TestJudgeRealFrom(t *testing.T) {
	for want, a := range map[string]Answers{
		"named consequence: doors close":      {StatedAt: in(3), Consequence: " doors\n close. "},
		"stated by Marta Lind, not confirmed": {StatedAt: in(3), Reason: "doors close", SaidBy: "Marta Lind"},
		"stated, not confirmed":               {StatedAt: in(3), Reason: "doors close"},
		"":                                    {StatedAt: in(3)},
		"named consequence: lights out\ufffd (all)": {StatedAt: in(3), Consequence: "\u202elights\x00out\xff (all)?!"},
	} {
		if got := Judge(now, a, nil, Effort{}, DefaultSettings()).RealFrom; got != want {
			t.Errorf("%+v: got %q, want %q", a, got, want)
		}
	}
}

func TestJudgeSettings(t *testing.T) {
	a := Answers{StatedAt: in(5), Consequence: "doors close", Stakes: Client}
	s := DefaultSettings()
	s.Margin = time.Hour
	if v := Judge(now, a, nil, Effort{}, s); v.Fire != Wildfire || v.Slack != time.Hour {
		t.Errorf("slack of 1 h at a margin of 1 h: %s %s", v.Fire, v.Slack)
	}
	s.Margin = 59 * time.Minute
	if v := Judge(now, a, nil, Effort{}, s); v.Fire != HouseFire || !v.TurnsAt.Equal(now.Add(time.Minute)) || !v.WarnAt.Equal(now) ||
		!strings.Contains(strings.Join(v.Reasons, "\n"), "start by 14:01 (a margin of 59 min kept)") {
		t.Errorf("slack of 1 h at a margin of 59 min: %+v", v)
	}
	s.Margin, s.WarnBefore = -time.Hour, 0
	if v := Judge(now, a, nil, Effort{}, s); v.Fire != HouseFire || !v.TurnsAt.Equal(now.Add(time.Hour)) || !v.WarnAt.IsZero() {
		t.Errorf("a negative margin is none, and no warning was asked for: %+v", v)
	}
	if v := Judge(now, a, nil, Effort{}, Settings{}); v.Effort != (Effort{4 * time.Hour, 0, SourceDefault}) {
		t.Errorf("empty settings assume %+v", v.Effort)
	}
	s = Settings{DefaultEffort: 90 * time.Minute}
	if v := Judge(now, a, nil, Effort{P80: -1, Sample: 3, Source: SourceSimilar}, s); v.Effort != (Effort{90 * time.Minute, 0, SourceDefault}) {
		t.Errorf("an effort that is not known became %+v", v.Effort)
	}
	// Instants are stored in milliseconds; a stored turn must not come too early.
	v := Judge(now, a, nil, Effort{P80: time.Hour + 1, Sample: 9, Source: SourceSimilar}, s)
	stored := time.UnixMilli(v.TurnsAt.UnixMilli())
	if got := Judge(stored, a, nil, Effort{P80: time.Hour + 1, Sample: 9, Source: SourceSimilar}, s).Fire; got != Wildfire {
		t.Errorf("at the stored turn it is a %s", got)
	}
}

// check holds for every verdict.
func check(t testing.TB, now time.Time, v Verdict, s Settings) {
	t.Helper()
	if !v.Fire.Valid() {
		t.Errorf("fire %q", v.Fire)
	}
	if v.RealAt.IsZero() != v.LatestStart.IsZero() || v.RealAt.IsZero() != (v.RealFrom == "") {
		t.Errorf("a real deadline without its parts: %+v", v)
	}
	if v.TurnsAt.IsZero() != (v.TurnsInto == "") || !v.TurnsAt.IsZero() && (v.Fire != HouseFire || !v.TurnsAt.After(now) || !v.TurnsAt.Equal(v.LatestStart)) {
		t.Errorf("turns at %s into %q: %+v", v.TurnsAt, v.TurnsInto, v)
	}
	if !v.WarnAt.IsZero() && (v.WarnAt.Before(now) || !v.WarnAt.Before(v.TurnsAt)) || v.WarnAt.IsZero() != (v.TurnsAt.IsZero() || s.WarnBefore <= 0) {
		t.Errorf("warns at %s for a turn at %s", v.WarnAt, v.TurnsAt)
	}
	if v.Effort.P80 <= 0 || len(v.Reasons) < 3 {
		t.Errorf("effort %+v, reasons %q", v.Effort, v.Reasons)
	}
	for _, reason := range v.Reasons {
		if !strings.HasSuffix(reason, ".") || strings.ContainsAny(reason, "\n\x00") || strings.Contains(reason, "%!") {
			t.Errorf("not a sentence: %q", reason)
		}
	}
}
