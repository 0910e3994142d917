package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"firebreak/client"
)

func (p *program) applicationCommand() *cobra.Command {
	var filter client.ListApplications
	list := &cobra.Command{Use: "list [WORD]", Short: "List the applications the desk supports", Args: arguments(0, 1), RunE: func(cmd *cobra.Command, args []string) error {
		desk, done, err := p.connect(cmd)
		if err != nil {
			return err
		}
		defer done()
		if len(args) > 0 {
			filter.Q = args[0]
		}
		all := []client.Application{}
		for {
			filter.Limit = 200
			page, err := desk.Applications(cmd.Context(), filter)
			if err != nil {
				return err
			}
			all = append(all, page.Items...)
			if filter.Cursor = page.Next; filter.Cursor == "" {
				break
			}
		}
		o := p.output(cmd)
		if o.json {
			return o.printJSON(all)
		}
		if len(all) == 0 {
			o.printf("No applications.\n")
			return nil
		}
		t := table{{"SHORT NAME", "TEAM", "PRIMARY", "SECONDARY", "FIRES", "NAME"}}
		for _, a := range all {
			t = append(t, []string{a.Slug, a.Team, a.Primary, a.Secondary, load(a.Active), a.Name})
		}
		o.printTable(t)
		return nil
	}}
	list.Flags().StringVar(&filter.Team, "team", "", "owned by this team")
	list.Flags().StringVar(&filter.Person, "person", "", "supported by this person: e-mail, name or me")
	list.Flags().BoolVar(&filter.Archived, "archived", false, "those no longer in use")

	show := &cobra.Command{Use: "show NAME", Short: "Show an application with its environments, hosts and business calendar", Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			desk, done, err := p.connect(cmd)
			if err != nil {
				return err
			}
			defer done()
			a, err := desk.Application(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			o := p.output(cmd)
			if o.json {
				return o.printJSON(a)
			}
			o.application(a)
			return nil
		}}

	var in client.AddApplication
	add := &cobra.Command{Use: "add NAME", Short: "Add an application to the catalogue", Args: arguments(1, 1), RunE: func(cmd *cobra.Command, args []string) error {
		desk, done, err := p.connect(cmd)
		if err != nil {
			return err
		}
		defer done()
		in.Name = args[0]
		a, err := desk.AddApplication(cmd.Context(), in)
		if err != nil {
			return err
		}
		o := p.output(cmd)
		if o.json {
			return o.printJSON(a)
		}
		o.printf("Added %s as %s.\n", oneLine(a.Name), a.Slug)
		return nil
	}}
	add.Flags().StringVar(&in.Slug, "slug", "", "short name for links (default: made from the name)")
	add.Flags().StringVar(&in.Description, "description", "", "what it is for")
	add.Flags().StringVar(&in.Team, "team", "", "owning team")
	add.Flags().StringVar(&in.Primary, "primary", "", "primary support: e-mail, name or me")
	add.Flags().StringVar(&in.Secondary, "secondary", "", "secondary support")
	p.remoteFlags(list, show, add)
	return group("app", "List, show and add applications", list, show, add)
}

// load says how many tickets of each fire are active.
func load(l client.Load) string {
	var parts []string
	for _, f := range []struct {
		n    int
		fire client.Fire
	}{{l.Wildfires, client.Wildfire}, {l.HouseFires, client.HouseFire}, {l.Matches, client.Match}} {
		if f.n > 0 {
			plural := "s"
			if f.n == 1 {
				plural = ""
			} else if f.fire == client.Match {
				plural = "es"
			}
			parts = append(parts, fmt.Sprintf("%d %s%s", f.n, strings.ToLower(f.fire.Word()), plural))
		}
	}
	return strings.Join(parts, ", ")
}

func (o *output) application(a client.Application) {
	o.printf("%s (%s)\n", oneLine(a.Name), a.Slug)
	if a.Description != "" {
		o.printf("%s\n", indent(a.Description))
	}
	for _, row := range [][2]string{{"Team", a.Team}, {"Primary", a.Primary}, {"Secondary", a.Secondary}, {"Fires", load(a.Active)}, {"Also", strings.Join(a.OtherNames, ", ")}} {
		if row[1] != "" {
			o.printf("%-12s %s\n", row[0], oneLine(row[1]))
		}
	}
	for _, w := range a.Warnings {
		o.printf("  - %s\n", oneLine(w))
	}
	for _, e := range a.Environments {
		o.printf("\n%s", oneLine(strings.TrimSpace(e.Name+" "+e.URL)))
		o.printf("\n")
		for _, h := range e.Hosts {
			o.printf("  %s\n", oneLine(strings.TrimSpace(h.Name+" "+h.Address+" "+h.Note)))
		}
	}
	if len(a.Events) > 0 {
		o.printf("\nBusiness calendar\n")
		t := table{{"  EVENT", "NEXT", "RULE"}}
		for _, e := range a.Events {
			t = append(t, []string{"  " + e.Name, o.clock(e.NextAt), e.Rule + " " + e.Zone})
		}
		o.printTable(t)
	}
}
