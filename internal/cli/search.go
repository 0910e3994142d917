package cli

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"firebreak/client"
)

func (p *program) searchCommand() *cobra.Command {
	var max int
	c := &cobra.Command{Use: "search WORDS…", Short: "Search everything on the desk", Args: arguments(1, -1),
		Long: "Search tickets with their entries and evidence, what solved them before, known errors, people and the catalogue, the best match first. " +
			"Filters narrow it: app: is: fire: from: assignee: tag: before: after: sig: kind:. Exits 1 when nothing is found.",
		Example: "  firebreak search ORA-01555\n  firebreak search '\"connection refused\" -staging'\n  firebreak search app:billing is:open after:7d timeout",
		RunE: func(cmd *cobra.Command, args []string) error {
			desk, done, err := p.connect(cmd)
			if err != nil {
				return err
			}
			defer done()
			o := p.output(cmd)
			found, err := desk.Search(cmd.Context(), strings.Join(args, " "), max)
			if err != nil {
				return err
			}
			switch {
			case o.json:
				err = o.printJSON(found)
			case len(found.Items) == 0:
				o.printf("Nothing found.\n")
			default:
				o.found(found.Items)
			}
			if !o.json && found.Suggestion != "" {
				o.printf("Did you mean: %s\n", found.Suggestion)
			}
			if !o.json && found.Partial {
				o.printf("Only the newest matches were held against the filters; a rarer word or a narrower filter finds older ones.\n")
			}
			if err == nil && len(found.Items) == 0 {
				err = errNegative
			}
			return err
		}}
	c.Flags().IntVar(&max, "limit", 20, "how many matches")
	p.remoteFlags(c)
	return c
}

// found prints what a search found, with the words around it.
func (o *output) found(items []client.Found) {
	t := table{{"WHAT", "FIRE", "STATUS", "TITLE"}}
	for _, f := range items {
		what := strings.ReplaceAll(f.Kind, "_", " ") + " " + f.ID
		if f.Number != 0 {
			what = "#" + strconv.FormatInt(f.Number, 10)
		}
		title := f.Title
		if f.Snippet != "" && !strings.HasPrefix(f.Title, f.Snippet) {
			title += "  " + f.Snippet
		}
		t = append(t, []string{what, f.Fire.Word(), string(f.Status), title})
	}
	o.printTable(t)
}
