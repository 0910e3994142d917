package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"firebreak/client"
)

func (p *program) changeCommand() *cobra.Command {
	var in client.AddChange
	var from, to string
	var unplanned bool
	add := &cobra.Command{Use: "add APPLICATION TITLE", Short: "Record that something was changed", Args: arguments(2, 2),
		Long: `Record a deployment, a new server, a new address. It stands beside the next ticket of the application and of those that
depend on it. With --key the same call again updates the record, so that a pipeline can say when it begins and when it ends.`,
		Example: `  firebreak change add Stock 'Moved to stock01 on the new network' --kind server --old 10.4.1.7 --new 10.4.2.19 --ref CHG0042
  firebreak change add Orders "Release $TAG" --key "$CI_PIPELINE_ID" --server https://desk.example.com`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o := p.output(cmd)
			now := o.now.In(o.zone)
			var err error
			if in.From, err = parseWhen("from", from, now); err != nil {
				return err
			}
			if in.To, err = parseWhen("to", to, now); err != nil {
				return err
			}
			if unplanned {
				in.Planned = new(false)
			}
			in.Application, in.Title = args[0], args[1]
			desk, done, err := p.connect(cmd)
			if err != nil {
				return err
			}
			defer done()
			c, err := desk.AddChange(cmd.Context(), in)
			if err != nil {
				return err
			}
			if o.json {
				return o.printJSON(c)
			}
			verb := "Recorded"
			if c.Updated {
				verb = "Updated"
			}
			o.printf("%s on %s: %s.\n", verb, oneLine(c.Application), oneLine(strings.TrimRight(c.Title, ".")))
			var names []string
			for _, d := range c.Dependents {
				names = append(names, d.Name)
			}
			if len(names) > 0 {
				o.printf("Depend on it: %s.\n", oneLine(strings.Join(names, ", ")))
			}
			return nil
		}}
	f := add.Flags()
	f.StringVar(&in.Kind, "kind", "", "deploy, config, address, server, database, network, job or other (default: deploy)")
	f.StringVar(&from, "from", "", "when it began (default: now)")
	f.StringVar(&to, "to", "", "when it ended")
	f.StringVar(&in.By, "by", "", "who did it (default: you)")
	f.BoolVar(&unplanned, "unplanned", false, "it was not planned")
	f.StringVar(&in.Reference, "ref", "", "number of the change elsewhere")
	f.StringVar(&in.Note, "note", "", "what somebody should know")
	f.StringVar(&in.Host, "host", "", "on which host")
	f.StringVar(&in.Old, "old", "", "what it was before")
	f.StringVar(&in.New, "new", "", "what it is now")
	f.StringVar(&in.Key, "key", "", "your own key; the same key again updates the record")

	var list client.ListChanges
	show := &cobra.Command{Use: "list [APPLICATION]", Short: "List changes, of an application with its neighbours", Args: arguments(0, 1), RunE: func(cmd *cobra.Command, args []string) error {
		desk, done, err := p.connect(cmd)
		if err != nil {
			return err
		}
		defer done()
		if len(args) > 0 {
			list.Application, list.Near = args[0], true
		}
		if list.Limit == 0 {
			list.Limit = 100
		}
		page, err := desk.Changes(cmd.Context(), list)
		if err != nil {
			return err
		}
		o := p.output(cmd)
		if o.json {
			return o.printJSON(page.Items)
		}
		if len(page.Items) == 0 {
			o.printf("No changes.\n")
			return nil
		}
		o.changes(page.Items)
		return nil
	}}
	show.Flags().IntVar(&list.Days, "days", 7, "of the last days; 0 for all")
	show.Flags().IntVar(&list.Limit, "limit", 0, "at most so many, up to 200 (default 100)")
	p.remoteFlags(add, show)
	return group("change", "Record and list what was changed", add, show)
}

func (o *output) changes(list []client.Change) {
	t := table{{"  WHEN", "APPLICATION", "KIND", "WHAT", "BY", "NUMBER"}}
	for _, c := range list {
		what := c.Title
		if c.Old != "" && c.New != "" {
			what += fmt.Sprintf(" (%s → %s)", c.Old, c.New)
		}
		if !c.Planned {
			what += ", not planned"
		}
		app := c.Application
		if c.Near != "" {
			app += " (" + c.Near + ")"
		}
		t = append(t, []string{"  " + o.clock(c.From), app, c.Kind, what, c.By, c.Reference})
	}
	o.printTable(t)
}
