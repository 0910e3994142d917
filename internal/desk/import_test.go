package desk_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"firebreak/internal/clock"
	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/live"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
	"firebreak/internal/ticket"
	"firebreak/internal/transfer"
	"firebreak/internal/urgency"
)

// noQueue fails the test when anything is enqueued.
type noQueue struct{ t *testing.T }

func (q noQueue) Enqueue(_ context.Context, _ *store.Tx, j desk.Job) error {
	q.t.Errorf("an import enqueued a job: %+v", j)
	return nil
}

func importDesk(t *testing.T, fn func(t *testing.T, ctx context.Context, d *desk.Desk, s *store.Store, c *clock.Manual)) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		hub := &live.Hub{}
		fn(t, desk.AsSystem(t.Context(), "cli", ""), desk.New(s, hub, noQueue{t}, slog.New(slog.DiscardHandler)), s, c)
	})
}

func importText(t *testing.T, ctx context.Context, d *desk.Desk, text string, o desk.ImportOptions) desk.ImportResult {
	t.Helper()
	r, err := transfer.NewReader(strings.NewReader(text), transfer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if o.Source == "" {
		o.Source = "old"
	}
	res, err := d.ImportTickets(ctx, r, o)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func counts(r desk.ImportResult) string {
	return fmt.Sprintf("%d rows: %d new, %d updated, %d unchanged, %d rejected", r.Rows, r.New, r.Updated, r.Unchanged, r.Rejected)
}

func numberOf(t *testing.T, ctx context.Context, s *store.Store, external string) int64 {
	t.Helper()
	n, err := s.Read().TicketByExternal(ctx, "old", external)
	if err != nil || n == 0 {
		t.Fatalf("ticket %s is not there: %v", external, err)
	}
	return n
}

const threeTickets = `{"id":"A-1","title":"ORA-01555 in the night run","body":"snapshot too old","status":"Resolved","resolution":"Larger undo","created":"30/Sep/21 17:20","resolved":"20/Jul/22 20:51","application":"Billing","reporter":"Ann <ann@client.example>","assignee":"Bo Past","labels":"DB, night","comments":[{"author":"Bo Past","body":"looked at undo","created":"2021-10-01T08:00:00Z"},{"author":"Ann","body":"it works, thanks","public":true,"created":"2021-10-02T08:00:00Z"},{"author":"Bo Past","body":"please try again","public":true}]}
{"id":"A-2","title":"Printer","status":"In Progress","assignee":"Bo Past","reporter":"cy@other.example","stakes":"client","consequence":"invoices do not leave","deadline":"2026-11-30T15:00:00Z","created":"2026-11-29T00:00:00Z"}
{"id":"A-3","title":"Nothing known"}
`

func TestImportTickets(t *testing.T) {
	importDesk(t, func(t *testing.T, ctx context.Context, d *desk.Desk, s *store.Store, c *clock.Manual) {
		if err := s.Write(ctx, func(tx *store.Tx) error {
			return tx.AddClient(ctx, &person.Client{Name: "Client Ltd", Domain: "client.example"})
		}); err != nil {
			t.Fatal(err)
		}
		if res := importText(t, ctx, d, threeTickets, desk.ImportOptions{DryRun: true}); counts(res) != "3 rows: 3 new, 0 updated, 0 unchanged, 0 rejected" {
			t.Error("dry run:", counts(res))
		}
		if n, _ := s.Read().CountTickets(ctx, 10, store.TicketFilter{}); n[0] != 0 {
			t.Fatal("a dry run wrote tickets")
		}
		if res := importText(t, ctx, d, threeTickets, desk.ImportOptions{}); counts(res) != "3 rows: 3 new, 0 updated, 0 unchanged, 0 rejected" {
			t.Error(counts(res))
		}
		a, err := d.Ticket(ctx, numberOf(t, ctx, s, "A-1"))
		if err != nil {
			t.Fatal(err)
		}
		if a.Status != ticket.Resolved || a.Resolution != "Larger undo" || a.Application != "Billing" || a.Requester != "Ann" || a.Client != "Client Ltd" || a.Assignee != "Bo Past" ||
			a.CreatedAt.Year() != 2021 || a.ResolvedAt.Year() != 2022 || strings.Join(a.Tags, " ") != "db night" || a.Source != "old" || a.Fire != urgency.Match || a.FirstReplyAt.IsZero() {
			t.Errorf("%+v", a)
		}
		bo, err := s.Read().FindPerson(ctx, "Bo Past")
		if err != nil || bo.DisabledAt.IsZero() || bo.HasPassword {
			t.Errorf("somebody unknown who did old work must not be able to sign in: %+v %v", bo, err)
		}
		entries, err := s.Read().Entries(ctx, a.Number, 0, 10)
		if err != nil || len(entries) != 3 || entries[0].Public || !entries[0].FromStaff || !entries[1].Public || entries[1].FromStaff || !entries[2].FromStaff {
			t.Errorf("%+v %v", entries, err)
		}
		history, err := s.Read().History(ctx, a.Number, 10)
		if err != nil || len(history) != 1 || history[0].Field != "imported" || history[0].Via != "import" || history[0].New != "old A-1" {
			t.Errorf("history: %+v %v", history, err)
		}
		b, err := d.Ticket(ctx, numberOf(t, ctx, s, "A-2"))
		if err != nil || b.AssigneeID != 0 || b.Fire != urgency.Wildfire || b.Status != ticket.Open {
			t.Errorf("a ticket in work goes to nobody who left, and is judged: %+v %v", b, err)
		}
		if history, _ := s.Read().History(ctx, b.Number, 10); len(history) != 1 || !strings.Contains(history[0].Reason, "Bo Past") {
			t.Errorf("%+v", history)
		}
		if due, err := s.Read().DueTickets(ctx, s.Now(), 10); err != nil || len(due) > 0 {
			t.Errorf("clocks would act on %v at once: %v", due, err)
		}
		for _, q := range []string{"ORA-01555", "snapshot", "undo", "thanks"} {
			found, err := d.Search(ctx, q+" kind:ticket", false, 10)
			if err != nil || len(found.Items) != 1 || found.Items[0].Number != a.Number {
				t.Errorf("search %q: %+v %v", q, found, err)
			}
		}
	})
}

func TestImportAgainWritesOnlyWhatChanged(t *testing.T) {
	importDesk(t, func(t *testing.T, ctx context.Context, d *desk.Desk, s *store.Store, c *clock.Manual) {
		importText(t, ctx, d, threeTickets, desk.ImportOptions{})
		n := numberOf(t, ctx, s, "A-1")
		before, err := d.Ticket(ctx, n)
		if err != nil {
			t.Fatal(err)
		}
		c.Advance(time.Hour)
		if res := importText(t, ctx, d, threeTickets, desk.ImportOptions{}); counts(res) != "3 rows: 0 new, 0 updated, 3 unchanged, 0 rejected" {
			t.Error(counts(res))
		}
		if again, _ := d.Ticket(ctx, n); again.Version != before.Version {
			t.Error("a row that did not change was written")
		}
		changed := strings.Replace(threeTickets, "snapshot too old", "snapshot far too old", 1)
		changed = strings.Replace(changed, "looked at undo", "looked at redo", 1)
		changed = strings.Replace(changed, `{"author":"Ann","body":"it works`, `{"id":"x","author":"Ann","body":"one more"},{"author":"Ann","body":"it works`, 1)
		if res := importText(t, ctx, d, changed, desk.ImportOptions{DryRun: true}); counts(res) != "3 rows: 0 new, 1 updated, 2 unchanged, 0 rejected" {
			t.Error(counts(res))
		}
		if res := importText(t, ctx, d, changed, desk.ImportOptions{}); counts(res) != "3 rows: 0 new, 1 updated, 2 unchanged, 0 rejected" {
			t.Error(counts(res))
		}
		after, err := d.Ticket(ctx, n)
		if err != nil || after.Body != "snapshot far too old" || after.Resolution != "Larger undo" {
			t.Errorf("%+v %v", after, err)
		}
		for q, want := range map[string]int{"far": 1, "redo": 1, "more": 1, "looked undo": 0} {
			found, err := d.Search(ctx, q, false, 10)
			if err != nil || len(found.Items) != want {
				t.Errorf("search %q: %+v %v", q, found.Items, err)
			}
		}
		history, _ := s.Read().History(ctx, n, 10)
		if len(history) != 2 || history[1].Field != "body" || history[1].Via != "import" {
			t.Errorf("history: %+v", history)
		}
		// What an agent did since is kept while the source says nothing new.
		if _, err := d.Move(ctx, n, desk.MoveTicket{Status: ticket.Closed}); err != nil {
			t.Fatal(err)
		}
		importText(t, ctx, d, changed, desk.ImportOptions{})
		if now, _ := d.Ticket(ctx, n); now.Status != ticket.Closed {
			t.Error("an unchanged row undid an agent's work")
		}
		// The same ids from another system are other tickets.
		if res := importText(t, ctx, d, threeTickets, desk.ImportOptions{Source: "other"}); res.New != 3 {
			t.Error(counts(res))
		}
	})
}

func TestImportTakesTheSameIDTwiceAsAnUpdate(t *testing.T) {
	importDesk(t, func(t *testing.T, ctx context.Context, d *desk.Desk, s *store.Store, c *clock.Manual) {
		text := `{"id":"1","title":"first"}` + "\n" + `{"id":"2","title":"b"}` + "\n" + `{"id":"1","title":"second"}` + "\n" + `{"id":"3","title":"c"}`
		if res := importText(t, ctx, d, text, desk.ImportOptions{DryRun: true}); counts(res) != "4 rows: 3 new, 1 updated, 0 unchanged, 0 rejected" {
			t.Error(counts(res))
		}
		if res := importText(t, ctx, d, text, desk.ImportOptions{}); counts(res) != "4 rows: 3 new, 1 updated, 0 unchanged, 0 rejected" {
			t.Error(counts(res))
		}
		if got, _ := d.Ticket(ctx, numberOf(t, ctx, s, "1")); got.Subject != "second" {
			t.Error(got.Subject)
		}
	})
}

func TestImportDoesNotMixTwoSystems(t *testing.T) {
	importDesk(t, func(t *testing.T, ctx context.Context, d *desk.Desk, s *store.Store, c *clock.Manual) {
		read := func(text string) desk.ImportResult {
			r, err := transfer.NewReader(strings.NewReader(text), transfer.Options{})
			if err != nil {
				t.Fatal(err)
			}
			res, err := d.ImportTickets(ctx, r, desk.ImportOptions{})
			if err != nil {
				t.Fatal(err)
			}
			return res
		}
		read(`{"id":"7","title":"Printer on fire","body":"smoke"}`)
		if res := read(`{"id":"7","title":"Cannot sign in","body":"wrong password"}`); counts(res) != "1 rows: 0 new, 0 updated, 0 unchanged, 1 rejected" || !strings.Contains(res.Rejections[0].Hint, "--source") {
			t.Error(counts(res))
		}
		if res := read(`{"id":"7","title":"Printer is out","body":"no more smoke"}`); res.Updated != 1 {
			t.Error(counts(res))
		}
	})
}

func TestImportKeepsWhatStandsBeforeTheBadRows(t *testing.T) {
	importDesk(t, func(t *testing.T, ctx context.Context, d *desk.Desk, s *store.Store, c *clock.Manual) {
		var b strings.Builder
		for i := range 1200 {
			fmt.Fprintf(&b, `{"id":"%d","title":"ticket %d","status":"Closed","reporter":"person %d","application":"app %d"}`+"\n", i, i, i%300, i%7)
			if i == 600 {
				b.WriteString(`{"id":"bad","title":"x","status":"Kaputt"}` + "\n")
			}
		}
		b.WriteString(`{"id":"cut","ti`)
		var seen []int64
		res := importText(t, ctx, d, b.String(), desk.ImportOptions{Rejected: func(r *transfer.Rejection) error { seen = append(seen, r.Line); return nil }})
		if counts(res) != "1202 rows: 1200 new, 0 updated, 0 unchanged, 2 rejected" || !res.Cut {
			t.Error(counts(res), res.Cut)
		}
		if len(seen) != 2 || seen[0] != 602 || seen[1] != 1202 {
			t.Error("rejected lines", seen)
		}
		if n, err := s.Read().CountTickets(ctx, 5000, store.TicketFilter{}); err != nil || n[0] != 1200 {
			t.Error(n, err)
		}
		if names, err := s.Read().ApplicationNames(ctx); err != nil || len(names) != 7 {
			t.Error(names, err)
		}
	})
}

// brokenRows ends with an error of reading.
type brokenRows struct{ n int }

func (b *brokenRows) Next() (transfer.Row, *transfer.Rejection, error) {
	if b.n == 0 {
		return transfer.Row{}, nil, io.ErrClosedPipe
	}
	b.n--
	return transfer.Row{ID: fmt.Sprint(b.n), Title: "x", Line: int64(b.n)}, nil, nil
}

func TestImportThatBreaksOffKeepsItsRows(t *testing.T) {
	importDesk(t, func(t *testing.T, ctx context.Context, d *desk.Desk, s *store.Store, c *clock.Manual) {
		res, err := d.ImportTickets(ctx, &brokenRows{700}, desk.ImportOptions{Source: "old"})
		if err != io.ErrClosedPipe || res.New != 700 {
			t.Error(res, err)
		}
		ctx, cancel := context.WithCancel(ctx)
		res, err = d.ImportTickets(ctx, &brokenRows{10_000_000}, desk.ImportOptions{Source: "old", Progress: func(desk.ImportResult) { cancel() }})
		if err != context.Canceled || res.Rows > 5000 {
			t.Error(res, err)
		}
	})
}

func TestImportIsForAdmins(t *testing.T) {
	s, _ := storetest.SQLite(t)
	d := desk.New(s, &live.Hub{}, nil, slog.New(slog.DiscardHandler))
	_, err := d.ImportTickets(desk.WithCaller(t.Context(), desk.Caller{Person: person.Person{ID: 1, Role: person.Lead}}), &brokenRows{1}, desk.ImportOptions{Source: "x"})
	if !fault.Is(err, fault.CodeForbidden) {
		t.Error(err)
	}
	if _, err = d.ImportTickets(desk.AsSystem(t.Context(), "cli", ""), &brokenRows{1}, desk.ImportOptions{Source: "a\x00b"}); fault.Of(err) == nil || fault.Of(err).Field != "source" {
		t.Error(err)
	}
}

// TestImportRealTickets imports 2,503 public tickets twice, from the folder that FIREBREAK_TEST_TICKETS names. It is an
// extra: without the folder there is nothing to import.
func TestImportRealTickets(t *testing.T) {
	dir := os.Getenv("FIREBREAK_TEST_TICKETS")
	if dir == "" {
		return
	}
	file := filepath.Join(dir, "hadoop", "docs.jsonl")
	importDesk(t, func(t *testing.T, ctx context.Context, d *desk.Desk, s *store.Store, c *clock.Manual) {
		for round, want := range []string{"2503 rows: 2503 new, 0 updated, 0 unchanged, 0 rejected", "2503 rows: 0 new, 0 updated, 2503 unchanged, 0 rejected"} {
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			r, err := transfer.NewReader(f, transfer.Options{Name: file})
			if err != nil {
				t.Fatal(err)
			}
			res, err := d.ImportTickets(ctx, r, desk.ImportOptions{Source: "old"})
			if err != nil || counts(res) != want {
				t.Errorf("round %d: %s %v %v", round+1, counts(res), err, res.Rejections)
			}
		}
		got, err := d.Ticket(ctx, numberOf(t, ctx, s, "13404344"))
		if err != nil || got.Resolution != "Duplicate" || got.Status != ticket.Resolved {
			t.Errorf("%+v %v", got, err)
		}
	})
}

// manyRows makes tickets without keeping them.
type manyRows struct{ n, at int }

func (m *manyRows) Next() (transfer.Row, *transfer.Rejection, error) {
	if m.at == m.n {
		return transfer.Row{}, nil, io.EOF
	}
	m.at++
	return transfer.Row{ID: fmt.Sprint(m.at), Title: "Ticket that came from elsewhere", Body: strings.Repeat("some words of body text ", 20), Status: ticket.Closed, Line: int64(m.at)}, nil, nil
}

// TestImportMemoryIsBounded holds that memory does not grow with the number of rows.
func TestImportMemoryIsBounded(t *testing.T) {
	s, _ := storetest.SQLite(t)
	d := desk.New(s, &live.Hub{}, nil, slog.New(slog.DiscardHandler))
	var early, most uint64
	batch := 0
	_, err := d.ImportTickets(desk.AsSystem(t.Context(), "cli", ""), &manyRows{n: 15_000}, desk.ImportOptions{Source: "x", Progress: func(desk.ImportResult) {
		if batch++; batch%5 != 0 {
			return
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if batch == 10 {
			early = m.HeapAlloc
		}
		most = max(most, m.HeapAlloc)
	}})
	if err != nil {
		t.Fatal(err)
	}
	if most > early+16<<20 {
		t.Errorf("the heap grew from %d to %d bytes", early, most)
	}
}
