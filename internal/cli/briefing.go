package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"firebreak/client"
	"firebreak/internal/urgency"
)

func (p *program) ticketBriefing() *cobra.Command {
	c := &cobra.Command{Use: "briefing NUMBER", Short: "What to know about a ticket before doing anything", Args: arguments(1, 1),
		Long: `Tell what a ticket is about: the error and what is known about it, open tickets of the same error, when it comes back,
what may solve it, tickets like it and what fixed them, what changed nearby in the last 7 days, who to ask, and how long it takes.`,
		Example: "  firebreak ticket briefing 4821\n  firebreak ticket briefing 4821 --json | jq '.similar[].resolution'",
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
			b, err := desk.Briefing(cmd.Context(), n)
			if err != nil {
				return err
			}
			o := p.output(cmd)
			if o.json {
				return o.printJSON(b)
			}
			o.briefing(b)
			return nil
		}}
	p.remoteFlags(c)
	return c
}

// briefing prints a briefing, leaving out what is not known.
func (o *output) briefing(b client.Briefing) {
	head := func(title string, n int) bool {
		if n > 0 {
			o.printf("%s\n", o.paint(title, true))
		}
		return n > 0
	}
	if head("What this is", len(b.Signatures)) {
		for _, s := range b.Signatures {
			o.printf("  %s  %s\n", s.ID, oneLine(strings.TrimSpace(s.Exception+" "+s.Template)))
		}
	}
	if head("Known errors", len(b.Known.Items)) {
		for _, k := range b.Known.Items {
			o.printf("  %s  %s\n", k.Code, oneLine(k.Title))
			for i, step := range k.Try {
				o.printf("    %d. %s\n", i+1, oneLine(step))
			}
		}
	}
	if head("The same error, still open", len(b.Same)) {
		for _, t := range b.Same {
			o.printf("  #%d  %s  (%s)\n", t.Number, oneLine(t.Subject), t.Status)
		}
	}
	if head("Comes back", len(b.Recurring)) {
		for _, r := range b.Recurring {
			rhythm := ""
			if r.Rhythm != nil {
				rhythm = ", " + r.Rhythm.Words
			}
			o.printf("  %d times%s; first %s ago, last %s ago\n", r.Tickets, rhythm, o.age(r.FirstAt), o.age(r.LastAt))
		}
	}
	if head("What may solve it", len(b.Resolutions)) {
		for _, r := range b.Resolutions {
			o.printf("  %s  (%s)\n", oneLine(r.Title), r.State)
			for _, part := range []struct{ word, text string }{{"cause", r.Cause}, {"fix", r.Fix}, {"check", r.Check}} {
				if part.text != "" {
					o.printf("    %s: %s\n", part.word, oneLine(part.text))
				}
			}
		}
	}
	if head("Happened before", len(b.Similar)) {
		for _, s := range b.Similar {
			o.printf("  #%d  %s\n", s.Number, oneLine(s.Subject))
			if s.Resolution != "" {
				o.printf("    fixed by: %s\n", oneLine(s.Resolution))
			}
			o.printf("    %s\n", oneLine(strings.Join(s.Why, "; ")))
		}
	}
	if head("Changed nearby", len(b.Changes)) {
		for _, c := range b.Changes {
			o.printf("  %s  %s, %s ago\n", c.Application, oneLine(c.Title), o.age(c.From))
		}
	}
	o.printf("%s\n", o.paint("People and effort", true))
	if a := b.Application; a != nil {
		o.printf("  primary %s, secondary %s\n", nobody(a.Primary), nobody(a.Secondary))
	}
	from := map[string]string{"similar": "as tickets of this error did", "application": "as tickets of this application did"}[b.Effort.From]
	if from == "" {
		from = "until the desk has learned better"
	}
	o.printf("  takes about %s, %s\n", urgency.Duration(time.Duration(b.Effort.Minutes)*time.Minute), from)
}

func nobody(name string) string {
	if name == "" {
		return "nobody"
	}
	return name
}
