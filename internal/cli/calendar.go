package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"firebreak/internal/calendar"
	"firebreak/internal/fault"
)

// slot is one occurrence of a rule.
type slot struct {
	Slot         time.Time `json:"slot"`
	BusinessDate string    `json:"business_date"` // the local day of the slot
	Period       string    `json:"period"`        // the month of the business date
}

func (p *program) calendarCommand() *cobra.Command {
	var from, zone string
	var count int
	c := &cobra.Command{Use: "preview RULE", Short: "List the next occurrences of a calendar rule", Args: arguments(1, 1),
		Example: `  firebreak calendar preview "monthly 1 06:00" --zone Europe/Berlin
  firebreak calendar preview "monthly last workday 18:00" --from 2026-11-01 --count 12 --json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			rule, err := calendar.Parse(args[0])
			if err != nil {
				return fault.Invalid("rule", sentence(err.Error()), `Examples: "monthly 1 06:00", "monthly last workday 18:00", "weekly mon,fri 09:00", "workdays 17:30", "yearly 12-31 23:00".`)
			}
			place, err := time.LoadLocation(zone)
			if err != nil || zone == "Local" {
				return fault.Invalid("zone", fmt.Sprintf("%q is not a time zone.", zone), "Use an IANA name such as Europe/Berlin or UTC.")
			}
			if count < 1 || count > 10_000 {
				return fault.Invalid("count", fmt.Sprintf("%d slots cannot be listed.", count), "Ask for 1 to 10000.")
			}
			if _, _, err := p.load(cmd); err != nil {
				return err
			}
			o := p.output(cmd)
			start := o.now
			if from != "" {
				if start, err = time.ParseInLocation(time.DateOnly, from, place); err != nil {
					if start, err = time.Parse(time.RFC3339, from); err != nil {
						return fault.Invalid("from", fmt.Sprintf("%q is not a date.", from), "Write it like 2026-12-01, or as RFC 3339.")
					}
				}
			}
			slots := []slot{}
			for _, at := range rule.Between(start, time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), place, count) {
				at = at.In(place)
				slots = append(slots, slot{at, at.Format(time.DateOnly), at.Format("2006-01")})
			}
			if o.json {
				return o.printJSON(slots)
			}
			o.printf("%s, %s\n", sentence(rule.Sentence())[:len(rule.Sentence())], zone)
			t := table{{"SLOT", "DAY", "BUSINESS DATE", "PERIOD"}}
			for _, s := range slots {
				t = append(t, []string{s.Slot.Format(time.RFC3339), s.Slot.Format("Mon"), s.BusinessDate, s.Period})
			}
			o.printTable(t)
			if len(slots) == 0 {
				return errNegative
			}
			return nil
		}}
	c.Flags().StringVar(&from, "from", "", "first day (default: now)")
	c.Flags().IntVar(&count, "count", 10, "how many")
	c.Flags().StringVar(&zone, "zone", "UTC", "time zone of the rule")
	setting(c, "clock")
	jsonFlag(c)
	return group("calendar", "Try out rules of business calendars", c)
}
