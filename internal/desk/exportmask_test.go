package desk_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"firebreak/internal/clock"
	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
	"firebreak/internal/ticket"
)

// TestMaskedExport plants private data where people and machines write, and looks for it in every byte of the folder, which
// must still be a desk that can be brought in.
func TestMaskedExport(t *testing.T) {
	const mail, card, ssn, key = "quillon.abernathy@client.example", "4111 1111 1111 1111", "078-05-1120", "Tr0ub4dor-and-3"
	private := []string{"Quillon", "Abernathy", "quillon", "client.example", "4111", "078-05", "Tr0ub4dor", "billprd01", "192.0.2.44", "Zoë", "zoe@example.com", "Ledger", "ledger"}
	all := "Quillon Abernathy (" + mail + ", SSN " + ssn + ") paid with " + card + " from 192.0.2.44; password=" + key + " on billprd01.corp.example.com"
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Manual) {
		ctx := desk.AsSystem(t.Context(), "cli", "")
		d := newDesk(s)
		fullDesk(t, ctx, d, s)
		open := func(e ticket.Entry, files ...desk.Incoming) ticket.Entry {
			t.Helper()
			x, err := d.AddEntry(ctx, 1, desk.NewEntry{Kind: e.Kind, Title: e.Title, Body: e.Body, Statement: e.Data}, files...)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		take := func(kind ticket.Kind, name, text string) desk.Incoming {
			t.Helper()
			f, err := d.TakeFile(ctx, kind, name, strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		if _, err := d.AddPerson(ctx, desk.AddPerson{Name: "Quillon Abernathy", Email: mail, Role: "requester"}); err != nil {
			t.Fatal(err)
		}
		made, err := d.OpenTicket(ctx, desk.OpenTicket{Subject: "Payment of Quillon Abernathy failed", Body: all, Tags: []string{"Quillon Abernathy"}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Move(ctx, made.Number, desk.MoveTicket{Status: ticket.Resolved, Resolution: "Refunded " + card, Capture: &desk.WriteResolution{}}); err != nil {
			t.Fatal(err)
		}
		open(ticket.Entry{Kind: ticket.Note, Body: all})
		log := open(ticket.Entry{Kind: ticket.Log}, take(ticket.Log, "Quillon Abernathy.log", strings.Repeat("2026-11-22 10:00:00 INFO started\n", 50)+"2026-11-22 10:00:01 ERROR "+all+"\n"))
		if _, err := d.AddEntry(ctx, 1, desk.NewEntry{Kind: ticket.SQL, Statement: "SELECT * FROM payer", Columns: []string{"id", "ssn", "card_number", "email"},
			Rows: [][]any{{1, ssn, card, mail}, {2, nil, "4111111111111111", "zoe@example.com"}}}); err != nil {
			t.Fatal(err)
		}
		open(ticket.Entry{Kind: ticket.File, Title: "picture"}, take(ticket.File, "Quillon Abernathy.bin", "\x00\x01"+all))
		open(ticket.Entry{Kind: ticket.Terminal}, take(ticket.Terminal, "s.cast", `{"version": 2, "width": 80, "height": 24, "title": "`+mail+`"}
[0.1, "o", "$ pay --password=Tr0ub"]
[0.2, "o", "\u001b[1m4dor-and-3\u001b[0m 41"]
[0.3, "o", "11111111111111\r\n"]
`))
		dir := filepath.Join(t.TempDir(), "masked")
		m, err := d.Export(ctx, dir, desk.ExportDesk{Masked: true}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if m.Masked == nil || m.Masked.FilesLeftOut != 1 || m.Masked.Kinds["person"] < 2 || m.Masked.Kinds["card"] != 1 || m.Contents != 3 {
			t.Errorf("%d contents, masked %+v", m.Contents, m.Masked)
		}
		err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			for _, p := range private {
				if i := bytes.Index(b, []byte(p)); i >= 0 {
					t.Errorf("%s holds %q: …%s…", filepath.Base(path), p, b[max(0, i-80):min(len(b), i+80)])
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var said struct {
			Masked *desk.MaskedExport `json:"masked"`
		}
		if b, err := os.ReadFile(filepath.Join(dir, "manifest.json")); err != nil || json.Unmarshal(b, &said) != nil || said.Masked == nil || len(said.Masked.LeftOut) == 0 {
			t.Errorf("the manifest does not say so: %s", b)
		}
		if _, err := os.Stat(filepath.Join(dir, "audit.ndjson")); err == nil {
			t.Error("the audit log is in it")
		}
		if _, err := d.Export(ctx, filepath.Join(t.TempDir(), "x"), desk.ExportDesk{Masked: true, Passwords: true}, nil); !fault.Is(err, fault.CodeInvalid) {
			t.Error(err)
		}
		audit, err := d.AuditLog(ctx, "", 10)
		if err != nil || len(audit.Items) == 0 || audit.Items[0].Detail != "masked" {
			t.Errorf("%+v %v", audit, err)
		}

		there, _ := storetest.SQLite(t)
		other := newDesk(there)
		if _, err := other.ImportDesk(ctx, dir, nil); err != nil {
			t.Fatal(err)
		}
		x, err := other.Ticket(ctx, made.Number)
		if err != nil || !strings.HasPrefix(x.Subject, "Payment of PERSON_") || !strings.Contains(x.Body, strings.Fields(x.Subject)[2]) {
			t.Errorf("%q %q %v", x.Subject, x.Body, err)
		}
		lines, err := other.LogLines(ctx, log.ID, desk.LogView{Level: "error", From: 0, Count: 10})
		if err != nil || len(lines.Lines) != 1 || !strings.Contains(lines.Lines[0].Text, "CARD_1") || !strings.Contains(lines.Lines[0].Text, "2026-11-22 10:00:01 ERROR") {
			t.Errorf("%+v %v", lines, err)
		}
	})
}
