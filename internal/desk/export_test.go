package desk_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"firebreak/internal/catalog"
	"firebreak/internal/clock"
	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/live"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
	"firebreak/internal/ticket"
)

// fullDesk fills a desk with something of most nouns.
func fullDesk(t *testing.T, ctx context.Context, d *desk.Desk, s *store.Store) {
	t.Helper()
	importText(t, ctx, d, threeTickets, desk.ImportOptions{})
	hash, size, err := s.Blobs().Put(ctx, strings.NewReader("the log of the night"), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Write(ctx, func(tx *store.Tx) error {
		team := person.Team{Name: "Ops"}
		if err := tx.AddTeam(ctx, &team); err != nil {
			return err
		}
		p := person.Person{Name: "Zoë <Q>", Email: "zoe@example.com", Role: person.Agent, Zone: "Europe/Berlin", Prefs: person.Prefs{Theme: "dark"}}
		if err := tx.AddPerson(ctx, &p); err != nil {
			return err
		}
		if err := tx.SetPassword(ctx, p.ID, "secret hash"); err != nil {
			return err
		}
		a := catalog.Application{Name: "Ledger", Slug: "ledger", TeamID: team.ID, PrimaryID: p.ID}
		if err := tx.AddApplication(ctx, &a); err != nil {
			return err
		}
		e := ticket.Entry{Ticket: 1, Kind: ticket.Log, AuthorID: p.ID, FromStaff: true, Title: "night.log", Data: `{"lines":1}`,
			Files: []ticket.Attachment{{Role: "main", Name: "night.log", Type: "text/plain", Size: size, Hash: hash}}}
		if err := tx.AddEntry(ctx, &e, "only in the log: quokka", 0); err != nil {
			return err
		}
		if err := tx.SaveDraft(ctx, p.ID, ticket.Draft{Ticket: 2, Kind: ticket.Reply, Body: "not yet"}); err != nil {
			return err
		}
		if err := tx.SaveSettings(ctx, store.DefaultSettings()); err != nil {
			return err
		}
		return tx.AddLink(ctx, &ticket.Link{Ticket: 1, Other: 2, Kind: ticket.Related})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Raise(ctx, 3, "", "it spreads"); err != nil {
		t.Fatal(err)
	}
}

func newDesk(s *store.Store) *desk.Desk {
	return desk.New(s, &live.Hub{}, nil, slog.New(slog.DiscardHandler))
}

// sameExport compares two exports byte by byte.
func sameExport(t *testing.T, one, two string) {
	t.Helper()
	for _, n := range store.Nouns {
		a, err := os.ReadFile(filepath.Join(one, n.Name+".ndjson"))
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(two, n.Name+".ndjson"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs:\n%s\n%s", n.Name, a, b)
		}
	}
}

// TestExportRoundTrip takes a desk from one engine to the other and back.
func TestExportRoundTrip(t *testing.T) {
	ctx := desk.AsSystem(t.Context(), "cli", "")
	first, _ := storetest.SQLite(t)
	d := newDesk(first)
	fullDesk(t, ctx, d, first)
	for _, passwords := range []bool{false, true} {
		one := filepath.Join(t.TempDir(), "one")
		m, err := d.Export(ctx, one, desk.ExportDesk{Passwords: passwords}, nil)
		if err != nil || m.Contents != 1 || len(m.Missing) != 0 {
			t.Fatalf("%+v %v", m, err)
		}
		people, _ := os.ReadFile(filepath.Join(one, "people.ndjson"))
		if got := bytes.Contains(people, []byte("secret hash")); got != passwords {
			t.Errorf("with passwords %v: %s", passwords, people)
		}
		from := one
		for _, open := range []func(testing.TB) (*store.Store, *clock.Manual){storetest.Postgres, storetest.SQLite} {
			s, _ := open(t)
			there := newDesk(s)
			if _, err := there.ImportDesk(ctx, from, nil); err != nil {
				t.Fatal(err)
			}
			if _, err := there.ImportDesk(ctx, from, nil); !fault.Is(err, fault.CodeConflict) {
				t.Error("a desk came into one that is not empty:", err)
			}
			two := filepath.Join(t.TempDir(), "two")
			if _, err := there.Export(ctx, two, desk.ExportDesk{Passwords: passwords}, nil); err != nil {
				t.Fatal(err)
			}
			sameExport(t, one, two)
			from = two
			for _, q := range []string{"ORA-01555", "quokka", "undo"} {
				found, err := there.Search(ctx, q+" kind:ticket", false, 10)
				if err != nil || len(found.Items) != 1 || found.Items[0].Number != 1 {
					t.Errorf("search %q: %+v %v", q, found.Items, err)
				}
			}
			opened, err := there.OpenTicket(ctx, desk.OpenTicket{Subject: "the next one", Requester: "zoe@example.com"})
			if err != nil || opened.Number != 4 {
				t.Errorf("the next ticket is %d: %v", opened.Number, err)
			}
			if res := importText(t, ctx, there, threeTickets, desk.ImportOptions{}); res.Unchanged != 3 {
				t.Error("an import into the imported desk:", counts(res))
			}
			list, err := there.Tickets(ctx, desk.ListTickets{Tag: "night"})
			if err != nil || len(list.Items) != 1 {
				t.Errorf("by tag: %+v %v", list, err)
			}
		}
	}
}

func TestImportOfADamagedExportWritesNothing(t *testing.T) {
	ctx := desk.AsSystem(t.Context(), "cli", "")
	s, _ := storetest.SQLite(t)
	d := newDesk(s)
	fullDesk(t, ctx, d, s)
	for name, harm := range map[string]func(dir string) error{
		"a changed row": func(dir string) error {
			path := filepath.Join(dir, "tickets.ndjson")
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(path, bytes.Replace(b, []byte("Printer"), []byte("Printed"), 1), 0o600)
		},
		"a missing noun":    func(dir string) error { return os.Remove(filepath.Join(dir, "entries.ndjson")) },
		"no manifest":       func(dir string) error { return os.Remove(filepath.Join(dir, "manifest.json")) },
		"a missing content": func(dir string) error { return os.RemoveAll(filepath.Join(dir, "files")) },
		"a manifest of later": func(dir string) error {
			path := filepath.Join(dir, "manifest.json")
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(path, bytes.Replace(b, []byte(`"schema": `), []byte(`"schema": 9`), 1), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "x")
			if _, err := d.Export(ctx, dir, desk.ExportDesk{}, nil); err != nil {
				t.Fatal(err)
			}
			if _, err := d.Export(ctx, dir, desk.ExportDesk{}, nil); fault.Of(err) == nil {
				t.Error("an export into a folder that is not empty:", err)
			}
			if err := harm(dir); err != nil {
				t.Fatal(err)
			}
			there, _ := storetest.SQLite(t)
			_, err := newDesk(there).ImportDesk(ctx, dir, nil)
			if f := fault.Of(err); f == nil || f.Code != fault.CodeInvalid || f.Hint == "" {
				t.Errorf("%v", err)
			}
			if empty, err := there.Read().Empty(ctx); err != nil || !empty {
				t.Error("something was written", err)
			}
		})
	}
}

// TestExportIsOneState exports while tickets come in: every entry belongs to a ticket that is there.
func TestExportIsOneState(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		ctx := desk.AsSystem(t.Context(), "cli", "")
		d := newDesk(s)
		importText(t, ctx, d, threeTickets, desk.ImportOptions{})
		stop, done := make(chan struct{}), make(chan error, 1)
		go func() {
			for {
				select {
				case <-stop:
					done <- nil
					return
				default:
				}
				o, err := d.OpenTicket(ctx, desk.OpenTicket{Subject: "while exporting", Requester: "Ann"})
				if err == nil {
					_, err = d.Note(ctx, o.Number, "a note")
				}
				if err != nil {
					done <- err
					return
				}
				time.Sleep(time.Millisecond)
			}
		}()
		dir := filepath.Join(t.TempDir(), "x")
		_, err := d.Export(ctx, dir, desk.ExportDesk{}, nil)
		close(stop)
		if werr := <-done; err != nil || werr != nil {
			t.Fatal(err, werr)
		}
		there, _ := storetest.SQLite(t)
		if _, err := newDesk(there).ImportDesk(ctx, dir, nil); err != nil {
			t.Error(err) // a foreign key would be broken
		}
	})
}
