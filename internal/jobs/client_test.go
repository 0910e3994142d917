package jobs_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"firebreak/internal/desk"
	"firebreak/internal/jobs"
	"firebreak/internal/live"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
	"firebreak/internal/urgency"
)

// TestHouseFireTurns opens a house fire whose latest safe start is a moment away on the real clock, and waits
// for the job to turn it.
func TestHouseFireTurns(t *testing.T) {
	for name, database := range map[string]func(testing.TB) string{
		"sqlite":   func(testing.TB) string { return "" },
		"postgres": storetest.PostgresURL,
	} {
		t.Run(name, func(t *testing.T) {
			url := database(t)
			ctx := desk.AsSystem(t.Context(), "cli", "test")
			s, err := store.Open(ctx, store.Options{Dir: t.TempDir(), Database: url, NoSync: true})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			log := slog.New(slog.DiscardHandler)
			q, err := jobs.Open(ctx, s, url, log)
			if err != nil {
				t.Fatal(err)
			}
			hub := &live.Hub{}
			d := desk.New(s, hub, q, log)
			if err := q.Start(ctx, d); err != nil {
				t.Fatal(err)
			}
			defer q.Stop(context.WithoutCancel(ctx))
			sub := hub.Subscribe(nil)
			defer sub.Close()
			deadline := time.Now().Add(urgency.DefaultSettings().DefaultEffort + 1500*time.Millisecond)
			tk, err := d.OpenTicket(ctx, desk.OpenTicket{Subject: "Extract stopped", Requester: "Marta Lind", Stakes: urgency.Client,
				Deadline: desk.StatedDeadline{At: deadline, Consequence: "the billing run starts"}})
			if err != nil {
				t.Fatal(err)
			}
			if tk.Fire != urgency.HouseFire || tk.TurnsAt.IsZero() {
				t.Fatalf("opened as %s, turns at %v", tk.Fire, tk.TurnsAt)
			}
			timeout := time.After(40 * time.Second)
			for tk.Fire != urgency.Wildfire {
				select {
				case <-sub.C:
				case <-timeout:
					t.Fatalf("still a %s", tk.Fire)
				}
				if tk, err = d.Ticket(ctx, tk.Number); err != nil {
					t.Fatal(err)
				}
			}
			tl, err := d.Timeline(ctx, tk.Number, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range tl.Items {
				if i.Event != nil && i.Event.Field == "fire" && i.Event.Rule == "clock" && i.Event.New == string(urgency.Wildfire) && i.Event.Via == "job" {
					return
				}
			}
			t.Errorf("no history of the turn: %+v", tl.Items)
		})
	}
}
