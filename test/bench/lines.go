package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"firebreak/internal/ticket"
	"firebreak/internal/transfer"
)

// lines writes tickets as JSON lines, for measuring an import:
//
//	go run ./test/bench lines --tickets 100000 > tickets.jsonl
//	firebreak import tickets tickets.jsonl --data DIR
func lines(_ context.Context, args []string) error {
	f := flag.NewFlagSet("lines", flag.ExitOnError)
	tickets := f.Int("tickets", 100_000, "how many tickets")
	seed := f.Uint64("seed", 1, "the same seed writes the same lines")
	f.Parse(args)
	r := rand.New(rand.NewPCG(*seed, 0x11e5))
	p := &prose{v: newVocabulary(*seed), r: r}
	w := bufio.NewWriter(os.Stdout)
	out := json.NewEncoder(w)
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range *tickets {
		who := r.IntN(*tickets/20 + 1)
		row := transfer.Row{ID: fmt.Sprintf("OLD-%d", i+1), Title: p.title(""), Body: p.text(380 + r.IntN(300)), Status: ticket.Open,
			Created: day.Add(time.Duration(i) * time.Minute), Application: fmt.Sprintf("Application %03d", r.IntN(300)),
			Requester: transfer.Person{Name: fmt.Sprintf("Requester %d", who), Email: fmt.Sprintf("requester%d@client.example", who)}}
		if r.IntN(50) > 0 {
			row.Status, row.Resolution = ticket.Resolved, p.title("")
			row.Resolved = row.Created.Add(time.Duration(1+r.IntN(2000)) * time.Minute)
		}
		if err := out.Encode(row); err != nil {
			return err
		}
	}
	return w.Flush()
}
