package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"firebreak/client"
)

func (p *program) searchCommand() *cobra.Command {
	var max int
	c := &cobra.Command{Use: "search WORDS…", Short: "Search tickets with their entries and evidence", Args: arguments(1, -1),
		Long:    "Search tickets with their entries and evidence, the best match first. Exits 1 when nothing is found.",
		Example: "  firebreak search ORA-01555\n  firebreak search '\"connection refused\" -staging'",
		RunE: func(cmd *cobra.Command, args []string) error {
			desk, done, err := p.connect(cmd)
			if err != nil {
				return err
			}
			defer done()
			o := p.output(cmd)
			page, err := desk.Tickets(cmd.Context(), client.ListTickets{Q: strings.Join(args, " "), Limit: max})
			if err != nil {
				return err
			}
			if o.json {
				err = o.printJSON(page)
			} else if len(page.Items) > 0 {
				o.tickets(page.Items)
			} else {
				o.printf("Nothing found.\n")
			}
			if err == nil && len(page.Items) == 0 {
				err = errNegative
			}
			return err
		}}
	c.Flags().IntVar(&max, "limit", 20, "how many matches")
	p.remoteFlags(c)
	return c
}
