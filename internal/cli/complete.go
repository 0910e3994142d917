package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

// choices are the values that a shell offers for a flag, wherever it appears.
var choices = map[string][]string{
	"stakes":    {"person\tone person is hurt", "team\ta team is hurt", "client\ta client is hurt", "company\tthe company is hurt"},
	"status":    {"new", "open", "waiting", "resolved", "closed", "cancelled", "merged", "active"},
	"level":     {"L1", "L1.5", "L2", "L3"},
	"view":      {"me", "team", "unassigned", "fires", "waiting", "active", "all"},
	"fire":      {"match", "house_fire", "wildfire"},
	"to":        {"match", "house_fire", "wildfire"},
	"on":        {"requester", "third_party", "change", "date"},
	"role":      {"admin", "lead", "agent", "requester"},
	"log-level": {"debug", "info", "warn", "error"},
	"by":        {"today 17:00", "tomorrow 9:00", "in 3h", "in 2 days"},
	"until":     {"tomorrow 9:00", "monday 9:00", "in 2 days"},
}

// offer registers the choices with every command below c, and offers names of files only where a file is meant.
func offer(c *cobra.Command) {
	for _, sub := range c.Commands() {
		offer(sub)
		if sub.ValidArgsFunction == nil && !sub.HasSubCommands() && !strings.Contains(sub.Use, "FILE") && !strings.Contains(sub.Use, "DIR") {
			sub.ValidArgsFunction = cobra.NoFileCompletions
		}
		for flag, values := range choices {
			if sub.Flags().Lookup(flag) != nil {
				// It fails only for a flag that is not there.
				sub.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
			}
		}
	}
}
