package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"firebreak/internal/desk"
	"firebreak/internal/person"
	"firebreak/internal/urgency"
)

const demoPassword = "stop the fire early"

func (p *program) demoCommand() *cobra.Command {
	c := &cobra.Command{Use: "demo", Short: "Run a desk full of stories to try", Args: arguments(0, 0),
		Long: "Run a desk full of stories to try. It lives in ./firebreak-demo unless --data says otherwise; running it again goes on with the same desk.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, settings, err := p.load(cmd)
			if err != nil {
				return err
			}
			for _, s := range settings {
				if s.Key == "data" && s.From == "default" {
					cfg.Data = "./firebreak-demo"
				}
				if s.Key == "log_level" && s.From == "default" {
					cfg.LogLevel = "warn"
				}
			}
			a, err := open(cmd.Context(), cfg, newLog(cmd.ErrOrStderr(), cfg.LogLevel))
			if err != nil {
				return err
			}
			defer a.close()
			logins, err := seedDemo(cmd.Context(), a.desk)
			if err != nil {
				return err
			}
			err = a.serve(cmd.Context(), func(addr string) {
				out := cmd.OutOrStdout()
				fmt.Fprintf(out, "Firebreak listens on %s\n\nSign in as\n", address(addr))
				for _, l := range logins {
					fmt.Fprintf(out, "  %-10s %-24s %s\n", l.role, l.email, demoPassword)
				}
				fmt.Fprintf(out, "\nCtrl-C stops it; the desk stays in %s.\n", cfg.Data)
			})
			if err == nil {
				fmt.Fprintln(cmd.OutOrStdout(), "Stopped.")
			}
			return err
		}}
	setting(c, "listen", "smtp", "clock", "dev")
	return c
}

type demoLogin struct{ role, email string }

// seedDemo fills a new desk with a few people and tickets; a desk that has an admin is left as it is.
func seedDemo(ctx context.Context, d *desk.Desk) ([]demoLogin, error) {
	people := []desk.AddPerson{
		{Name: "Ada Admin", Email: "ada@desk.example", Role: person.Admin},
		{Name: "Lena Lead", Email: "lena@desk.example", Role: person.Lead},
		{Name: "Mara Lind", Email: "mara@desk.example", Role: person.Agent},
		{Name: "Rui Costa", Email: "rui@northwind.example", Role: person.Requester},
	}
	var logins []demoLogin
	for _, in := range people {
		logins = append(logins, demoLogin{string(in.Role), in.Email})
	}
	ctx = desk.AsSystem(ctx, "cli", "demo")
	fresh, err := d.NeedsSetup(ctx)
	if err != nil || !fresh {
		return logins, err
	}
	now := d.Now()
	for _, in := range []desk.OpenTicket{
		{Subject: "Invoices of the month do not print", Application: "Billing", Requester: "rui@northwind.example", Stakes: urgency.Client,
			Deadline: desk.StatedDeadline{At: now.Add(30 * time.Hour), SaidBy: "Rui", Reason: "the post leaves then", Consequence: "4,000 invoices are posted a day late and the client pays a penalty"}},
		{Subject: "Please change the colour of the report header by the end of the day", Application: "Reports", Requester: "rui@northwind.example", Stakes: urgency.Person,
			Deadline: desk.StatedDeadline{At: now.Add(2 * time.Hour), SaidBy: "Rui", Reason: "asap"}},
		{Subject: "Orders cannot be saved, more branches report it every minute", Application: "Orders", Requester: "rui@northwind.example", Stakes: urgency.Company, Spreading: true},
	} {
		if _, err := d.OpenTicket(ctx, in); err != nil {
			return nil, err
		}
	}
	for _, in := range people {
		in.Password = demoPassword
		if in.Role == person.Requester {
			p, err := d.Store().Read().FindPerson(ctx, in.Email)
			if err != nil {
				return nil, err
			}
			if err := d.SetPassword(ctx, p.ID, "", in.Password); err != nil {
				return nil, err
			}
			continue
		}
		if _, err := d.AddPerson(ctx, in); err != nil {
			return nil, err
		}
	}
	return logins, nil
}
