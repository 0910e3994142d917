package urgency

import (
	"math/rand/v2"
	"testing"
	"time"
)

type ticket struct {
	a      Answers
	events []Event
	effort Effort
	s      Settings
}

func (c ticket) judge(at time.Time) Verdict { return Judge(at, c.a, c.events, c.effort, c.s) }

func randomTicket(r *rand.Rand) ticket {
	one := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	moment := func() time.Time { return now.Add(time.Duration(r.IntN(240*60)-60*60) * time.Minute) }
	c := ticket{
		a: Answers{
			SaidBy:      one("", "Marta Lind"),
			Reason:      one("", "asap", "the billing run is tomorrow", "payroll is late", "auditors arrive"),
			Consequence: one("", "n/a", "billing run goes wrong", "the port closes", "payroll"),
			Stakes:      Stakes(one("", "person", "team", "client", "client", "company", "company")),
			Workaround:  r.IntN(2) == 0,
			Spreading:   r.IntN(4) == 0,
		},
		effort: Effort{P80: time.Duration(r.Int64N(int64(30 * time.Hour))), Sample: 9, Source: SourceSimilar},
		s:      DefaultSettings(),
	}
	if r.IntN(4) > 0 {
		c.a.StatedAt = moment()
	}
	for range r.IntN(4) {
		c.events = append(c.events, Event{one("Billing run", "Payroll transfer", "Nightly export", "Month-end close"), moment()})
	}
	if r.IntN(3) == 0 {
		c.effort = Effort{}
	}
	c.s.Margin = time.Duration(r.IntN(3)) * time.Hour
	c.s.WarnBefore = time.Duration(r.IntN(3)) * time.Hour
	return c
}

// As time passes and nothing else changes, a fire never cools, as long as the
// real deadline is the same one.
func TestTimeNeverCoolsAFire(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 3000 {
		c := randomTicket(r)
		at := now
		last := c.judge(at)
		for range 40 {
			at = at.Add(time.Duration(1 + r.Int64N(int64(8*time.Hour))))
			next := c.judge(at)
			check(t, at, next, c.s)
			if next.RealAt.Equal(last.RealAt) && next.Fire.Rank() > last.Fire.Rank() {
				t.Fatalf("case %d: %s became %s at %s\n%+v", i, last.Fire, next.Fire, at, c)
			}
			if !next.RealAt.Equal(last.RealAt) && last.RealAt.After(at) {
				t.Fatalf("case %d: the real deadline %s was given up before it came, at %s\n%+v", i, last.RealAt, at, c)
			}
			last = next
		}
	}
}

// The turn comes exactly at TurnsAt.
func TestTurn(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	turns := 0
	for i := range 5000 {
		c := randomTicket(r)
		v := c.judge(now)
		if v.TurnsAt.IsZero() {
			continue
		}
		turns++
		at, before := c.judge(v.TurnsAt), c.judge(v.TurnsAt.Add(-time.Millisecond))
		if at.Fire != v.TurnsInto || before.Fire != v.Fire {
			t.Fatalf("case %d: just before %s it is %s, then %s\n%+v", i, v.TurnsAt, before.Fire, at.Fire, c)
		}
		if !v.WarnAt.IsZero() && c.judge(v.WarnAt).Fire != v.Fire {
			t.Fatalf("case %d: the warning comes too late\n%+v", i, c)
		}
	}
	if turns < 500 {
		t.Fatalf("only %d of the cases turn", turns)
	}
}

// Everything that is worse makes the fire no better: higher stakes, spreading,
// no workaround, more work, a larger margin.
func TestMonotone(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for i := range 3000 {
		c := randomTicket(r)
		is := c.judge(now).Fire
		for name, worse := range map[string]func(*ticket){
			"stakes": func(c *ticket) {
				c.a.Stakes = map[Stakes]Stakes{"": Person, Person: Team, Team: Client, Client: Company, Company: Company}[c.a.Stakes]
			},
			"spreading":     func(c *ticket) { c.a.Spreading = true },
			"no workaround": func(c *ticket) { c.a.Workaround = false },
			"margin":        func(c *ticket) { c.s.Margin += 3 * time.Hour },
			"effort": func(c *ticket) {
				c.effort = Effort{P80: max(c.effort.P80, c.s.DefaultEffort) + 3*time.Hour, Sample: 9, Source: SourceSimilar}
			},
		} {
			d := c
			worse(&d)
			if got := d.judge(now).Fire; got.Rank() > is.Rank() {
				t.Fatalf("case %d: with worse %s %s became %s\n%+v", i, name, is, got, c)
			}
		}
	}
}

// No event, however named and wherever it lies beyond the window, hides a
// consequence that somebody named with a time.
func TestNoFarEventHidesANamedConsequence(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for i := range 3000 {
		c := randomTicket(r)
		if c.a.StatedAt.IsZero() || !named(c.a.Consequence) {
			continue
		}
		for j := range c.events {
			c.events[j].At = c.a.StatedAt.Add(c.s.EventWindow + time.Duration(1+r.Int64N(int64(1000*time.Hour))))
		}
		if v := c.judge(now); !v.RealAt.Equal(c.a.StatedAt) {
			t.Fatalf("case %d: %s hides %s\n%+v", i, v.RealAt, c.a.StatedAt, c)
		}
	}
}

func FuzzJudge(f *testing.F) {
	f.Add("the billing run is tomorrow", "wrong invoices", "Billing run", "client", int64(10800), int64(57600), int64(24000), int64(0), true, false)
	f.Add("\xff", "\x00", "", "", int64(-1<<62), int64(1<<62), int64(-1), int64(1<<62), false, true)
	f.Fuzz(func(t *testing.T, reason, consequence, name, stakes string, stated, event, p80, margin int64, workaround, spreading bool) {
		a := Answers{Reason: reason, Consequence: consequence, SaidBy: name, Stakes: Stakes(stakes), Workaround: workaround, Spreading: spreading}
		// Two centuries around now, in seconds.
		const span = 200 * 365 * 86400
		if stated != 0 {
			a.StatedAt = now.Add(time.Duration(stated%span) * time.Second)
		}
		s := DefaultSettings()
		s.Margin = time.Duration(margin)
		s.EventWindow = time.Duration(margin)
		v := Judge(now, a, []Event{{name, now.Add(time.Duration(event%span) * time.Second)}}, Effort{P80: time.Duration(p80), Source: SourceSimilar}, s)
		check(t, now, v, s)
	})
}
