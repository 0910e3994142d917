package desk

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"firebreak/internal/evidence"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/ticket"
)

const castFile = `{"version": 2, "width": 80, "height": 24, "timestamp": 1504467315, "title": "Restart billing"}
[0.248848, "o", "$ systemctl restart billing\r\n"]
[1.5, "i", "secret\r"]
[2.001376, "o", "Job for billing.service failed.\r\n"]
`

func pngFile(w, h int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w {
		img.Set(i, h/2, color.RGBA{200, 30, 30, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// take streams a file in as the agent.
func (d *staffed) take(kind ticket.Kind, name string, data []byte) Incoming {
	d.t.Helper()
	return must(d.TakeFile(d.agent, kind, name, bytes.NewReader(data)))(d.t)
}

func (d *staffed) read(f ticket.Attachment) []byte {
	d.t.Helper()
	_, b, err := d.file(d.agent, f.EntryID, f.Role)
	if err != nil {
		d.t.Fatal(err)
	}
	defer b.Close()
	data, err := io.ReadAll(b)
	if err != nil {
		d.t.Fatal(err)
	}
	return data
}

func file(e ticket.Entry, role string) ticket.Attachment {
	for _, f := range e.Files {
		if f.Role == role {
			return f
		}
	}
	return ticket.Attachment{}
}

func wantFault(t *testing.T, err error, code fault.Code, field, part string) {
	t.Helper()
	f := fault.Of(err)
	if f == nil || f.Code != code || f.Field != field || !strings.Contains(f.Message+" "+f.Hint, part) {
		t.Errorf("got %v, want %s on %q with %q", err, code, field, part)
	}
}

func TestEvidenceOfEveryKind(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.agent, OpenTicket{})
		for _, c := range []struct {
			name  string
			in    NewEntry
			files []Incoming
			kind  ticket.Kind
			found string // a word that search finds it by
		}{
			{"sql, pasted", NewEntry{Kind: ticket.SQL, Statement: "SELECT code FROM sqlpasted", Result: " code | n\n------+---\n A1   | 3\n(1 row)\n", Engine: "PostgreSQL 17"}, nil, ticket.SQL, "sqlpasted"},
			{"sql, in the body", NewEntry{Kind: ticket.SQL, Body: "SELECT * FROM sqlbody;\n code | n\n------+---\n B2   | 3\n(1 row)\n"}, nil, ticket.SQL, "sqlbody"},
			{"terminal, cast", NewEntry{Kind: ticket.Terminal}, []Incoming{d.take(ticket.Terminal, "s.cast", []byte(castFile))}, ticket.Terminal, "systemctl"},
			{"terminal, found out", NewEntry{}, []Incoming{d.take("", "s.cast", []byte(castFile))}, ticket.Terminal, "systemctl"},
			{"terminal, cast as text", NewEntry{Kind: ticket.Terminal, Body: castFile}, nil, ticket.Terminal, "systemctl"},
			{"terminal, typescript", NewEntry{Kind: ticket.Terminal}, []Incoming{d.take(ticket.Terminal, "timing", []byte("0.5 6\n0.1 5\n")), d.take(ticket.Terminal, "typescript", []byte("$ df\r\nfull\n"))}, ticket.Terminal, "full"},
			{"terminal, pasted", NewEntry{Kind: ticket.Terminal, Body: "\x1b[32m$ uptime\x1b[0m\n 14:00 up pastedterm\n"}, nil, ticket.Terminal, "pastedterm"},
			{"log, file", NewEntry{Kind: ticket.Log, Body: "from node 2"}, []Incoming{d.take(ticket.Log, "app.log", []byte("INFO start\nERROR ORA-01555 snapshot\n"))}, ticket.Log, "ORA-01555"},
			{"log, found out", NewEntry{}, []Incoming{d.take("", "app.log", []byte("INFO start\nERROR logguessed\n"))}, ticket.Log, "logguessed"},
			{"log, pasted", NewEntry{Kind: ticket.Log, Body: "WARN logpasted\n"}, nil, ticket.Log, "logpasted"},
			{"screenshot", NewEntry{Kind: ticket.Screenshot, Title: "The errorpicture dialog"}, []Incoming{d.take(ticket.Screenshot, "shot.png", pngFile(900, 300))}, ticket.Screenshot, "errorpicture"},
			{"screenshot, found out", NewEntry{}, []Incoming{d.take("", "guessedshot.png", pngFile(10, 10))}, ticket.Screenshot, "guessedshot"},
			{"file", NewEntry{Kind: ticket.File}, []Incoming{d.take(ticket.File, "dump.bin", []byte{0, 1, 2, 3})}, ticket.File, "dump"},
			{"file, text", NewEntry{Kind: ticket.File}, []Incoming{d.take(ticket.File, "notes.txt", []byte("textinfile"))}, ticket.File, "textinfile"},
			{"file, html", NewEntry{}, []Incoming{d.take("", "page.html", []byte("<script>alert(1)</script>"))}, ticket.File, "page"},
			{"note", NewEntry{Kind: ticket.Note, Body: "noteword"}, nil, ticket.Note, "noteword"},
			{"reply", NewEntry{Kind: ticket.Reply, Body: "replyword"}, nil, ticket.Reply, "replyword"},
		} {
			e, err := d.AddEntry(d.agent, n, c.in, c.files...)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			if e.Kind != c.kind || e.Ticket != n || e.Public != (c.kind == ticket.Reply) {
				t.Errorf("%s: kind %s, ticket %d, public %v", c.name, e.Kind, e.Ticket, e.Public)
			}
			kept := must(d.Entry(d.agent, e.ID))(t)
			if len(kept.Files) != len(e.Files) || kept.Data != e.Data {
				t.Errorf("%s: kept %+v", c.name, kept)
			}
			hits, err := d.Tickets(d.agent, ListTickets{Q: c.found})
			if err != nil || len(hits.Items) != 1 {
				t.Errorf("%s: search for %q found %d tickets (%v)", c.name, c.found, len(hits.Items), err)
			}
		}
	})
}

func TestSQLResultsComeBackWhole(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.agent, OpenTicket{})
		rows := make([][]any, 1500)
		for i := range rows {
			rows[i] = []any{float64(i), nil, "NULL"}
		}
		e := must(d.AddEntry(d.agent, n, NewEntry{Kind: ticket.SQL, Statement: "SELECT 1", Columns: []string{"n", "nothing", "word"}, Rows: rows, DurationMS: 310}))(t)
		var preview evidence.SQL
		if err := json.Unmarshal([]byte(e.Data), &preview); err != nil || len(preview.Rows) != previewRows || *preview.RowCount != 1500 {
			t.Errorf("preview of %d rows: %v", len(preview.Rows), err)
		}
		_, all, err := d.SQLResult(d.agent, e.ID)
		if err != nil || len(all.Rows) != 1500 {
			t.Fatalf("%d rows: %v", len(all.Rows), err)
		}
		last := all.Rows[1499]
		if last[0] != "1499" || !all.IsNull(last[1]) || all.IsNull(last[2]) || last[2] != "NULL" {
			t.Errorf("last row %q, null is %q", last, all.Null)
		}
		small := must(d.AddEntry(d.agent, n, NewEntry{Kind: ticket.SQL, Statement: "UPDATE t", Result: map[string]any{"columns": []any{"a"}, "rows": []any{[]any{1.5}, []any{true}}}}))(t)
		if _, s, err := d.SQLResult(d.agent, small.ID); err != nil || fmt.Sprint(s.Rows) != "[[1.5] [true]]" || len(small.Files) != 0 {
			t.Errorf("%v, %v, %v", s.Rows, small.Files, err)
		}
	})
}

func TestLogIsReadByLinesLevelsAndText(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.agent, OpenTicket{})
		var text strings.Builder
		for i := 1; i <= 3000; i++ {
			level := "INFO"
			if i%100 == 0 {
				level = "ERROR"
			}
			fmt.Fprintf(&text, "%s line %d\n", level, i)
		}
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		z.Write([]byte(text.String()))
		z.Close()
		var wide bytes.Buffer
		wide.Write([]byte{0xff, 0xfe})
		for _, u := range utf16.Encode([]rune(text.String())) {
			wide.Write([]byte{byte(u), byte(u >> 8)})
		}
		for name, data := range map[string][]byte{"app.log": []byte(text.String()), "app.log.gz": packed.Bytes(), "ERRORLOG": wide.Bytes()} {
			e := must(d.AddEntry(d.agent, n, NewEntry{Kind: ticket.Log}, d.take(ticket.Log, name, data)))(t)
			if got := d.read(file(e, RoleMain)); string(got) != text.String() {
				t.Errorf("%s: the stored log has %d bytes, want %d", name, len(got), text.Len())
			}
			var facts evidence.LogFacts
			if err := json.Unmarshal([]byte(e.Data), &facts); err != nil || facts.Lines != 3000 || facts.Levels["error"] != 30 || len(facts.Head) != headLines || facts.Tail[tailLines-1].Number != 3000 {
				t.Errorf("%s: %+v %v", name, facts, err)
			}
			page := must(d.LogLines(d.agent, e.ID, LogView{From: 2998, Count: 10}))(t)
			if len(page.Lines) != 2 || page.Lines[1] != (LogLine{N: 3000, Level: "error", Text: "ERROR line 3000"}) || page.Total != 3000 {
				t.Errorf("%s: %+v", name, page)
			}
			page = must(d.LogLines(d.agent, e.ID, LogView{Level: "warn", From: 4, Count: 2}))(t)
			if page.Total != 30 || len(page.Lines) != 2 || page.Lines[0].N != 500 {
				t.Errorf("%s: %+v", name, page)
			}
			for _, c := range []struct {
				in   FindInLog
				want LogHit
			}{
				{FindInLog{Text: "LINE 1", After: 0}, LogHit{0, 1}},
				{FindInLog{Text: "line 1", After: 1}, LogHit{9, 10}},
				{FindInLog{Text: "line 1", After: 10, Back: true}, LogHit{0, 1}},
				{FindInLog{Text: "line", After: 501, Back: true, Level: "error"}, LogHit{4, 500}},
				{FindInLog{Text: "line 1", After: 900, Level: "error"}, LogHit{9, 1000}},
			} {
				if hit, err := d.FindInLog(d.agent, e.ID, c.in); err != nil || hit != c.want {
					t.Errorf("%s: %+v found %+v, want %+v (%v)", name, c.in, hit, c.want, err)
				}
			}
			if _, err := d.FindInLog(d.agent, e.ID, FindInLog{Text: "nowhere"}); !fault.Is(err, fault.CodeNotFound) {
				t.Error(err)
			}
			for _, bad := range []LogView{{Level: "loud"}, {Count: 1001}, {Count: -1}, {From: -1}} {
				if _, err := d.LogLines(d.agent, e.ID, bad); !fault.Is(err, fault.CodeInvalid) {
					t.Errorf("%+v: %v", bad, err)
				}
			}
			if _, err := d.LogLines(d.req, e.ID, LogView{}); !fault.Is(err, fault.CodeForbidden) {
				t.Errorf("a requester reads a log: %v", err)
			}
		}
	})
}

func TestTerminalKeepsWhatWasShownNotWhatWasTyped(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.agent, OpenTicket{})
		e := must(d.AddEntry(d.agent, n, NewEntry{Kind: ticket.Terminal}, d.take(ticket.Terminal, "s.cast", []byte(castFile))))(t)
		cast := string(d.read(file(e, RoleCast)))
		if _, err := evidence.ParseCast(strings.NewReader(cast)); err != nil || strings.Contains(cast, "secret") {
			t.Errorf("%v in %s", err, cast)
		}
		_, text, err := d.Transcript(d.agent, e.ID)
		if err != nil || text != "$ systemctl restart billing\nJob for billing.service failed.\n" && !strings.HasPrefix(text, "$ systemctl restart billing\nJob") {
			t.Errorf("%q, %v", text, err)
		}
		var facts evidence.TerminalFacts
		if err := json.Unmarshal([]byte(e.Data), &facts); err != nil || !facts.Recorded || facts.Width != 80 || facts.DurationMS != 2001 || facts.Title != "Restart billing" {
			t.Errorf("%+v, %v", facts, err)
		}
	})
}

func TestScreenshotIsPixelsAlone(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.agent, OpenTicket{})
		var b bytes.Buffer
		if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 1200, 800)), nil); err != nil {
			t.Fatal(err)
		}
		comment := append([]byte{0xff, 0xd8, 0xff, 0xfe, 0, 14}, "GPS 59.91 10"...) // a comment segment after the start
		data := append(comment, b.Bytes()[2:]...)
		e := must(d.AddEntry(d.agent, n, NewEntry{Kind: ticket.Screenshot}, d.take(ticket.Screenshot, "photo.jpg", data)))(t)
		got := d.read(file(e, RoleMain))
		if bytes.Contains(got, []byte("GPS")) {
			t.Error("the comment is still in the picture")
		}
		thumb, err := jpeg.DecodeConfig(bytes.NewReader(d.read(file(e, RoleThumbnail))))
		if err != nil || thumb.Width != thumbnailSide {
			t.Errorf("thumbnail %+v, %v", thumb, err)
		}
		var facts evidence.PictureFacts
		if err := json.Unmarshal([]byte(e.Data), &facts); err != nil || len(facts.Images) != 1 || facts.Images[0].Width != 1200 {
			t.Errorf("%+v, %v", facts, err)
		}
	})
}

func TestBadEvidenceIsRefusedAndLosesNothing(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.agent, OpenTicket{})
		yes, no := true, false
		corrupt := strings.Replace(castFile, `[1.5, "i"`, `[1.5 "i"`, 1)
		for _, c := range []struct {
			name        string
			in          NewEntry
			files       []Incoming
			field, part string
		}{
			{"nothing said", NewEntry{Body: "what is this"}, nil, "kind", "reply, note"},
			{"unknown kind", NewEntry{Kind: "poem"}, nil, "kind", "poem"},
			{"empty note", NewEntry{Kind: ticket.Note}, nil, "body", "empty"},
			{"public note", NewEntry{Kind: ticket.Note, Body: "x", Public: &yes}, nil, "public", "private"},
			{"private reply", NewEntry{Kind: ticket.Reply, Body: "x", Public: &no}, nil, "public", "kind note"},
			{"corrupt cast", NewEntry{Kind: ticket.Terminal}, []Incoming{d.take(ticket.Terminal, "s.cast", []byte(corrupt))}, "file", "Line 3"},
			{"corrupt cast as text", NewEntry{Kind: ticket.Terminal, Cast: corrupt}, nil, "file", "Line 3"},
			{"cut cast header", NewEntry{Kind: ticket.Terminal}, []Incoming{d.take(ticket.Terminal, "s.cast", []byte(castFile[:30]))}, "file", "ine 1"},
			{"timing alone", NewEntry{Kind: ticket.Terminal}, []Incoming{{Timing: true}}, "file", "typescript"},
			{"binary terminal", NewEntry{Kind: ticket.Terminal}, []Incoming{d.take(ticket.Terminal, "x", []byte{0, 1, 2})}, "file", "text file"},
			{"binary log", NewEntry{Kind: ticket.Log}, []Incoming{d.take(ticket.Log, "x.log", pngFile(2, 2))}, "file", "text file"},
			{"damaged gzip", NewEntry{Kind: ticket.Log}, []Incoming{d.take(ticket.Log, "x.log.gz", []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 9, 9, 9})}, "file", "damaged"},
			{"two logs", NewEntry{Kind: ticket.Log}, []Incoming{d.take(ticket.Log, "a.log", []byte("a")), d.take(ticket.Log, "b.log", []byte("b"))}, "file", "one by one"},
			{"no statement", NewEntry{Kind: ticket.SQL, Result: "a\n-\n1\n"}, nil, "statement", "empty"},
			{"broken statement", NewEntry{Kind: ticket.SQL, Statement: "SELECT \xff"}, nil, "statement", "UTF-8"},
			{"NUL in the result", NewEntry{Kind: ticket.SQL, Statement: "SELECT 1", Result: "a\x00b"}, nil, "result", "NUL"},
			{"result of the wrong type", NewEntry{Kind: ticket.SQL, Statement: "SELECT 1", Result: 7.0}, nil, "result", "table"},
			{"rows without columns", NewEntry{Kind: ticket.SQL, Statement: "SELECT 1", Rows: [][]any{{1.0}}}, nil, "columns", "names"},
			{"row too long", NewEntry{Kind: ticket.SQL, Statement: "SELECT 1", Columns: []string{"a"}, Rows: [][]any{{1.0, 2.0}}}, nil, "rows", "2 cells"},
			{"screenshot without a picture", NewEntry{Kind: ticket.Screenshot, Body: "see it"}, nil, "file", "multipart"},
			{"text as screenshot", NewEntry{Kind: ticket.Screenshot}, []Incoming{d.take("", "x.txt", []byte("text"))}, "file", "picture"},
			{"long title", NewEntry{Kind: ticket.Log, Title: strings.Repeat("x", 301), Body: "x"}, nil, "title", "301"},
			{"broken title", NewEntry{Kind: ticket.Log, Title: "\xff", Body: "x"}, nil, "title", "UTF-8"},
			{"empty log", NewEntry{Kind: ticket.Log, Body: " \n"}, nil, "file", "neither"},
		} {
			_, err := d.AddEntry(d.agent, n, c.in, c.files...)
			if !fault.Is(err, fault.CodeInvalid) {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			t.Run(c.name, func(t *testing.T) { wantFault(t, err, fault.CodeInvalid, c.field, c.part) })
		}
		if _, err := d.TakeFile(d.agent, ticket.Screenshot, "x.svg", strings.NewReader("<svg onload=alert(1)>")); !fault.Is(err, fault.CodeInvalid) {
			t.Error("SVG as screenshot:", err)
		}
		if _, err := d.TakeFile(d.agent, ticket.File, "x", strings.NewReader("")); !fault.Is(err, fault.CodeInvalid) {
			t.Error("empty file:", err)
		}
		d.MaxUpload = 1 << 20
		_, err := d.TakeFile(d.agent, ticket.File, "x", io.LimitReader(endlessText{}, 5<<30))
		wantFault(t, err, fault.CodeTooLarge, "file", "1 MB")
		var bomb bytes.Buffer
		z := gzip.NewWriter(&bomb)
		io.Copy(z, io.LimitReader(endlessText{}, 8<<20))
		z.Close()
		_, err = d.AddEntry(d.agent, n, NewEntry{Kind: ticket.Log}, d.take(ticket.Log, "b.log.gz", bomb.Bytes()))
		wantFault(t, err, fault.CodeTooLarge, "file", "1 MB")
		if tl := must(d.Timeline(d.agent, n, 0))(t); len(entriesOf(tl)) != 0 {
			t.Errorf("%d entries were stored", len(entriesOf(tl)))
		}
		// What the refused uploads left goes after a day.
		d.clock.Advance(25 * time.Hour)
		if removed, err := d.SweepFiles(d.agent); err != nil || removed == 0 {
			t.Errorf("swept %d: %v", removed, err)
		}
	})
}

func entriesOf(tl Timeline) (out []ticket.Entry) {
	for _, i := range tl.Items {
		if i.Entry != nil {
			out = append(out, *i.Entry)
		}
	}
	return out
}

// endlessText never ends.
type endlessText struct{}

func (endlessText) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "INFO all is well\n"[i%17]
	}
	return len(p), nil
}

func TestSweepKeepsWhatEntriesHold(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.agent, OpenTicket{})
		e := must(d.AddEntry(d.agent, n, NewEntry{Kind: ticket.Log}, d.take(ticket.Log, "a.log", []byte("INFO kept\n"))))(t)
		d.take(ticket.File, "lost.txt", []byte("nobody names this"))
		d.clock.Advance(48 * time.Hour)
		if removed, err := d.SweepFiles(d.agent); err != nil || removed != 1 {
			t.Errorf("swept %d: %v", removed, err)
		}
		if got := d.read(file(e, RoleMain)); string(got) != "INFO kept\n" {
			t.Errorf("%q", got)
		}
	})
}

// What is private is never a requester's, whatever the way to it; what they sent themselves is.
func TestRequesterReachesPublicFilesOfOwnTicketsOnly(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.req, OpenTicket{})
		private := []ticket.Entry{
			must(d.AddEntry(d.agent, n, NewEntry{Kind: ticket.Screenshot}, d.take(ticket.Screenshot, "a.png", pngFile(3, 3))))(t),
			must(d.AddEntry(d.agent, n, NewEntry{Kind: ticket.File}, d.take(ticket.File, "a.bin", []byte("secret"))))(t),
			must(d.AddEntry(d.agent, n, NewEntry{Kind: ticket.Log}, d.take(ticket.Log, "a.log", []byte("secret"))))(t),
			must(d.AddEntry(d.agent, n, NewEntry{Kind: ticket.Terminal}, d.take(ticket.Terminal, "a.cast", []byte(castFile))))(t),
			must(d.AddEntry(d.agent, n, NewEntry{Kind: ticket.Note, Body: "see"}, d.take(ticket.Note, "a.txt", []byte("secret"))))(t),
		}
		own := []ticket.Entry{
			must(d.AddEntry(d.req, n, NewEntry{Kind: ticket.File}, must(d.TakeFile(d.req, ticket.File, "mine.txt", strings.NewReader("mine")))(t)))(t),
			must(d.AddEntry(d.req, n, NewEntry{}, must(d.TakeFile(d.req, "", "mine.log", strings.NewReader("mine")))(t)))(t),
			must(d.AddEntry(d.req, n, NewEntry{Kind: ticket.Screenshot}, must(d.TakeFile(d.req, ticket.Screenshot, "mine.png", bytes.NewReader(pngFile(4, 4))))(t)))(t),
			must(d.AddEntry(d.agent, n, NewEntry{Kind: ticket.Reply, Body: "Look."}, d.take(ticket.Reply, "b.png", pngFile(5, 5))))(t),
		}
		open := func(e ticket.Entry, who string, want bool) {
			t.Helper()
			ctx := map[string]context.Context{"marta": d.req, "nils": d.r2}[who]
			for _, f := range e.Files {
				_, b, err := d.file(ctx, f.EntryID, f.Role)
				if err == nil {
					b.Close()
				}
				if (err == nil) != want || err != nil && !fault.Is(err, fault.CodeNotFound) {
					t.Errorf("%s and the %s of a %s: %v", who, f.Role, e.Kind, err)
				}
			}
		}
		for _, e := range private {
			if e.Public {
				t.Errorf("a %s of the desk is public", e.Kind)
			}
			open(e, "marta", false)
			open(e, "nils", false)
		}
		for _, e := range own {
			if !e.Public || e.Kind.Evidence() && e.Kind != ticket.File && e.Kind != ticket.Screenshot {
				t.Errorf("%s, public %v", e.Kind, e.Public)
			}
			open(e, "marta", true)
			open(e, "nils", false)
		}
		for _, kind := range []ticket.Kind{ticket.Note, ticket.SQL, ticket.Terminal, ticket.Log} {
			if _, err := d.AddEntry(d.req, n, NewEntry{Kind: kind, Body: "x"}); !fault.Is(err, fault.CodeForbidden) {
				t.Errorf("a requester adds a %s: %v", kind, err)
			}
		}
		if err := d.Attach(d.r2, n, ticket.File); !fault.Is(err, fault.CodeNotFound) {
			t.Errorf("somebody else attaches: %v", err)
		}
		for _, read := range []func() error{
			func() error { _, err := d.Entry(d.req, private[0].ID); return err },
			func() error { _, _, err := d.Transcript(d.req, private[3].ID); return err },
			func() error { _, _, err := d.SQLResult(d.req, private[3].ID); return err },
		} {
			if err := read(); !fault.Is(err, fault.CodeForbidden) {
				t.Error(err)
			}
		}
		if _, _, err := d.file(d.req, id.ID(7), RoleMain); !fault.Is(err, fault.CodeNotFound) {
			t.Error(err)
		}
	})
}

// A held reply's files are as unseen as the reply itself, and go with it.
func TestFilesOfAHeldReply(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.req, OpenTicket{})
		f := d.take(ticket.Reply, "b.txt", []byte("not yet"))
		e := must(d.AddEntry(d.lead, n, NewEntry{Kind: ticket.Reply, Body: "Look."}, f))(t)
		if e.SendAt.IsZero() {
			t.Skip("replies are not held")
		}
		if _, _, err := d.file(d.req, e.ID, RoleMain); !fault.Is(err, fault.CodeNotFound) {
			t.Errorf("the requester has the file of a held reply: %v", err)
		}
		if _, err := d.TakeBack(d.lead, e.ID); err != nil {
			t.Fatal(err)
		}
		if _, _, err := d.file(d.lead, e.ID, RoleMain); !fault.Is(err, fault.CodeNotFound) {
			t.Errorf("the file outlives its reply: %v", err)
		}
	})
}

func TestRequesterFileReopensAsAReplyDoes(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		n := d.open(d.req, OpenTicket{})
		must(d.Move(d.agent, n, MoveTicket{Status: ticket.Resolved, Resolution: "restarted"}))(t)
		must(d.AddEntry(d.req, n, NewEntry{Kind: ticket.File}, must(d.TakeFile(d.req, ticket.File, "again.txt", strings.NewReader("again")))(t)))(t)
		if got := must(d.Ticket(d.agent, n))(t); got.Status != ticket.Open {
			t.Errorf("the ticket is %s", got.Status)
		}
	})
}
