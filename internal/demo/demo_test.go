package demo_test

import (
	"log/slog"
	"testing"
	"time"

	"firebreak/internal/clock"
	"firebreak/internal/demo"
	"firebreak/internal/desk"
	"firebreak/internal/live"
	"firebreak/internal/store"
	"firebreak/internal/urgency"
)

// TestStoriesComeOutRight tells the stories at several presents, an ordinary one, midnight, a month's end and a clock
// change among them, and checks what a visitor must find.
func TestStoriesComeOutRight(t *testing.T) {
	for _, at := range []string{"2026-11-30T14:00:00Z", "2026-07-01T00:03:00+01:00", "2027-03-28T01:30:00Z", "2028-02-28T23:59:30Z"} {
		t.Run(at, func(t *testing.T) {
			now, err := time.Parse(time.RFC3339, at)
			if err != nil {
				t.Fatal(err)
			}
			now = now.UTC()
			c := clock.NewManual(now)
			s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Clock: c.Now, NoSync: true})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			d := desk.New(s, &live.Hub{}, nil, slog.New(slog.DiscardHandler))
			if err := demo.Seed(t.Context(), d, c, now); err != nil {
				t.Fatal(err)
			}
			if !s.Now().Equal(now) {
				t.Errorf("the clock is left at %v", s.Now())
			}
			ctx := desk.AsSystem(t.Context(), "cli", "test")
			page, err := d.Tickets(ctx, desk.ListTickets{View: store.ViewActive, Limit: 200})
			if err != nil {
				t.Fatal(err)
			}
			fires := map[string]urgency.Fire{}
			for _, tk := range page.Items {
				fires[tk.Subject] = tk.Fire
				if tk.Subject == "Snapshot too old during billing extract" {
					late := tk.RealAt.Sub(now) <= tk.Effort
					if tk.TurnsAt.IsZero() != late || (tk.Fire == urgency.Wildfire) != late || !tk.RealAt.After(now) || tk.EffortOf != "application" || tk.Effort != 400*time.Minute {
						t.Errorf("the billing extract: turns %v, real %v, effort from %s; %q", tk.TurnsAt, tk.RealAt, tk.EffortOf, tk.Reasons)
					}
				}
			}
			for subject, want := range map[string]urgency.Fire{
				"Payments gateway refuses all cards":       urgency.Wildfire,
				"App B cannot reach App A since the move":  urgency.Match,
				"Report export opens with odd characters":  urgency.Match,
				"Cannot sign in to the invoice archive":    urgency.Match,
				"New starter needs read access to AutoSys": urgency.Match,
			} {
				if fires[subject] != want {
					t.Errorf("%s is a %q, want %s", subject, fires[subject], want)
				}
			}
			monthEnd := urgency.HouseFire
			if at == "2026-07-01T00:03:00+01:00" {
				monthEnd = urgency.Wildfire // the close was two hours ago and nobody had changed the file
			}
			if f := fires["Month-end file carries the wrong period"]; f != monthEnd {
				t.Errorf("the month-end file is a %q, want %s", f, monthEnd)
			}
			recurring, err := d.Recurring(ctx, desk.ListRecurring{Application: "batch"})
			if err != nil || len(recurring.Items) == 0 || recurring.Items[0].Rhythm == nil || recurring.Items[0].Rhythm.Words != "the 1st of the month at 01:00" || recurring.Items[0].Resolution == nil || recurring.Items[0].Nights < 3 {
				t.Errorf("the night shift of the 1st: %+v %v", recurring.Items, err)
			}
			if len(page.Items) < 11 || len(page.Items) > 30 {
				t.Errorf("%d active tickets", len(page.Items))
			}
			if _, _, err := d.SignIn(t.Context(), demo.Logins[0].Email, demo.Password, "test", "127.0.0.1"); err != nil {
				t.Error(err)
			}
		})
	}
}
