package desk

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"testing"

	"firebreak/internal/fault"
	"firebreak/internal/live"
	"firebreak/internal/store/storetest"
	"firebreak/internal/ticket"
)

// BenchmarkLargeLog is a log of 100 MB with about a million lines: taking it in, reading a page of it from any
// place, of all lines and of the errors alone, and a search that finds nothing.
func BenchmarkLargeLog(b *testing.B) {
	s, _ := storetest.SQLite(b)
	d := New(s, &live.Hub{}, nil, slog.New(slog.DiscardHandler))
	ctx := AsSystem(b.Context(), "cli", "benchmark")
	t, err := d.OpenTicket(ctx, OpenTicket{Subject: "A large log"})
	if err != nil {
		b.Fatal(err)
	}
	var text bytes.Buffer
	lines := 0
	for ; text.Len() < 100<<20; lines++ {
		level := "INFO"
		if lines%5000 == 0 {
			level = "ERROR"
		}
		fmt.Fprintf(&text, "2026-11-30T14:00:00.%06dZ %-5s [worker-%d] c.n.billing.Extract - part %d read, %d rows, %d ms\n", lines%1e6, level, lines%17, lines, lines*3, lines%900)
	}
	var e ticket.Entry
	b.Run("take", func(b *testing.B) {
		b.SetBytes(int64(text.Len()))
		for b.Loop() {
			f, err := d.TakeFile(ctx, ticket.Log, "extract.log", bytes.NewReader(text.Bytes()))
			if err != nil {
				b.Fatal(err)
			}
			if e, err = d.AddEntry(ctx, t.Number, NewEntry{Kind: ticket.Log}, f); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, level := range []string{"", "error"} {
		b.Run("page"+level, func(b *testing.B) {
			total := lines
			if level != "" {
				total /= 5000
			}
			for i := 0; b.Loop(); i++ {
				if _, err := d.LogLines(ctx, e.ID, LogView{Level: level, From: i * 7919 % total, Count: 200}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("find nothing", func(b *testing.B) {
		b.SetBytes(int64(text.Len()))
		for b.Loop() {
			if _, err := d.FindInLog(ctx, e.ID, FindInLog{Text: "ORA-00600"}); !fault.Is(err, fault.CodeNotFound) {
				b.Fatal(err)
			}
		}
	})
	b.Run("download", func(b *testing.B) {
		b.SetBytes(int64(text.Len()))
		for b.Loop() {
			_, f, err := d.file(ctx, e.ID, RoleMain)
			if err != nil {
				b.Fatal(err)
			}
			io.Copy(io.Discard, f)
			f.Close()
		}
	})
}
