package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"firebreak/client"
)

func (p *program) ticketSimilar() *cobra.Command {
	var max int
	var used, wrong, unmark int64
	c := &cobra.Command{Use: "similar NUMBER", Short: "Tickets like this one, and what fixed them", Args: arguments(1, 1),
		Long: `List the tickets most like this one, with why and what fixed them. With --used or --wrong another ticket is marked first:
what helped stands higher for others, what is wrong is not shown on this ticket again. Exits 1 when none is found.`,
		Example: "  firebreak ticket similar 4821\n  firebreak ticket similar 4821 --used 3107\n  firebreak ticket similar 4821 --json | jq '.[0].resolution'",
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := ticketNumber(args[0])
			if err != nil {
				return err
			}
			desk, done, err := p.connect(cmd)
			if err != nil {
				return err
			}
			defer done()
			o := p.output(cmd)
			for other, verdict := range map[int64]client.Verdict{used: client.Used, wrong: client.Wrong, unmark: ""} {
				if other == 0 {
					continue
				}
				if err := desk.Mark(cmd.Context(), n, "ticket", strconv.FormatInt(other, 10), verdict); err != nil {
					return err
				}
			}
			found, err := desk.Similar(cmd.Context(), n, max)
			if err != nil {
				return err
			}
			switch {
			case o.json:
				err = o.printJSON(found)
			case len(found) == 0:
				o.printf("No ticket is like this one.\n")
			default:
				o.similar(found)
			}
			if err == nil && len(found) == 0 {
				err = errNegative
			}
			return err
		}}
	f := c.Flags()
	f.IntVar(&max, "limit", 10, "how many tickets, 1 to 100")
	f.Int64Var(&used, "used", 0, "number of a ticket that helped here")
	f.Int64Var(&wrong, "wrong", 0, "number of a ticket that is not like this one")
	f.Int64Var(&unmark, "unmark", 0, "number of a ticket whose mark is taken back")
	p.remoteFlags(c)
	return c
}

// similar prints tickets that are like another.
func (o *output) similar(items []client.SimilarTicket) {
	for i, s := range items {
		if i > 0 {
			o.printf("\n")
		}
		state := string(s.Status)
		if !s.ResolvedAt.IsZero() {
			state += " " + o.age(s.ResolvedAt) + " ago"
		}
		o.printf("#%d  %s  (%s, %.2f)\n", s.Number, oneLine(s.Subject), state, s.Score)
		if s.Resolution != "" {
			o.printf("    fixed by: %s\n", oneLine(s.Resolution))
		}
		mark := ""
		if s.Verdict != "" {
			mark = fmt.Sprintf(" [%s]", s.Verdict)
		}
		o.printf("    %s%s\n", oneLine(strings.Join(s.Why, "; ")), mark)
	}
}
