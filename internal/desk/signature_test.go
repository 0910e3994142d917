package desk

import (
	"slices"
	"testing"

	"firebreak/internal/fault"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

func TestTicketsOfOneErrorFindEachOther(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		first := d.open(d.req, OpenTicket{Body: "It says:\nORA-01653: unable to extend table BILLING.LINES by 8192 in tablespace USERS"})
		second := d.open(d.req, OpenTicket{Subject: "Month end", Body: "Nothing happens."})
		must(d.AddEntry(d.agent, second, NewEntry{Kind: ticket.Log, Body: "2026-11-30 10:00:00 INFO start\n2026-11-30 10:00:01 ERROR ORA-01653: unable to extend table BILLING.LINES by 128 in tablespace USERS\n"}))(t)
		must(d.Note(d.agent, second, "Found nothing else."))(t)
		signatures := must(d.Signatures(d.agent, first))(t)
		if len(signatures) != 1 || signatures[0].Exception != "ORA-01653" {
			t.Fatalf("errors of the first: %+v", signatures)
		}
		if got := must(d.TicketsOfSignature(d.agent, signatures[0].ID, 10))(t); !slices.Equal(got, []int64{second, first}) {
			t.Errorf("tickets of the error: %v", got)
		}
		if _, err := d.Signatures(d.req, first); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("a requester reads signatures: %v", err)
		}
		if _, err := d.TicketsOfSignature(d.req, signatures[0].ID, 10); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("a requester finds tickets: %v", err)
		}
	})
}

func TestOlderTicketsAreLookedThrough(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		var numbers []int64
		for range 250 {
			numbers = append(numbers, d.open(d.req, OpenTicket{Body: "ORA-00060: deadlock detected while waiting for resource"}))
		}
		sig := must(d.Signatures(d.agent, numbers[0]))(t)[0].ID
		err := d.store.Write(t.Context(), func(tx *store.Tx) error { // as if they were from before
			for _, n := range numbers {
				if err := tx.ReplaceSignatures(t.Context(), n, 0, nil, tx.Now); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := must(d.SweepSignatures(t.Context()))(t); n != 250 {
			t.Errorf("looked at %d tickets, want 250", n)
		}
		if got := must(d.TicketsOfSignature(d.agent, sig, 1000))(t); len(got) != 250 {
			t.Errorf("%d tickets have the error, want 250", len(got))
		}
		if n := must(d.SweepSignatures(t.Context()))(t); n != 0 {
			t.Errorf("looked at %d tickets again", n)
		}
	})
}
