package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"firebreak/client"
	"firebreak/internal/fault"
)

func (p *program) privacyCommand() *cobra.Command {
	g := group("privacy", "Say what counts as private data at this desk", p.patternsCommand(), p.revealCommand())
	g.Long = "Keeps the desk's own patterns for private data, such as policy numbers, and shows originals of what is masked to whoever may see them."
	return g
}

func (p *program) patternsCommand() *cobra.Command {
	return group("patterns", "Patterns for numbers that only your company has", p.patternsList(), p.patternsAdd(), p.patternsRemove(), p.patternsTest())
}

// onDesk is a command that needs a desk.
func (p *program) onDesk(c *cobra.Command, run func(ctx context.Context, d *client.Client, o *output, args []string) error) *cobra.Command {
	c.RunE = func(cmd *cobra.Command, args []string) error {
		desk, done, err := p.connect(cmd)
		if err != nil {
			return err
		}
		defer done()
		return run(cmd.Context(), desk, p.output(cmd), args)
	}
	p.remoteFlags(c)
	return c
}

func (p *program) patternsList() *cobra.Command {
	return p.onDesk(&cobra.Command{Use: "list", Short: "List the patterns", Args: arguments(0, 0)}, func(ctx context.Context, d *client.Client, o *output, _ []string) error {
		set, err := d.Privacy(ctx)
		if err != nil {
			return err
		}
		if o.json {
			return o.printJSON(set.Patterns)
		}
		if len(set.Patterns) == 0 {
			o.printf("No pattern yet. firebreak privacy patterns add --help shows how to add one.\n")
			return nil
		}
		t := table{{"NAME", "KIND", "EXPRESSION", "AFTER"}}
		for _, x := range set.Patterns {
			t = append(t, []string{x.Name, x.Kind, x.Expr, x.Keyword})
		}
		o.printTable(t)
		return nil
	})
}

func (p *program) patternsAdd() *cobra.Command {
	var kind, keyword string
	var finds, spares []string
	c := p.onDesk(&cobra.Command{Use: "add NAME EXPRESSION", Short: "Add a pattern; its examples must come true", Args: arguments(2, 2),
		Long: `Adds a regular expression (RE2) by which the desk finds numbers of its own. A group in ( ) is the private part. The examples are
kept with the pattern: they must come true now, and whenever it is changed.`,
		Example: `  firebreak privacy patterns add "policy number" '\bPOL-[0-9]{8}\b' --finds "see POL-20260001" --spares "POL-1"
  firebreak privacy patterns add "customer number" '[0-9]{7}' --keyword customer --finds "customer 1234567"`},
		func(ctx context.Context, d *client.Client, o *output, args []string) error {
			yes, no := strings.Join(finds, "\n"), strings.Join(spares, "\n")
			x, err := d.AddPattern(ctx, client.WritePattern{Name: &args[0], Expr: &args[1], Kind: &kind, Keyword: &keyword, Finds: &yes, Spares: &no})
			if err != nil {
				return err
			}
			if o.json {
				return o.printJSON(x)
			}
			o.printf("%s is looked for from now on.\n", oneLine(x.Name))
			return nil
		})
	f := c.Flags()
	f.StringVar(&kind, "kind", "customer", "what it counts as, as redact names kinds")
	f.StringVar(&keyword, "keyword", "", "a word that stands at most 40 characters before it")
	f.StringArrayVar(&finds, "finds", nil, "a text in which it must be found; again for the next")
	f.StringArrayVar(&spares, "spares", nil, "a text in which nothing must be found; again for the next")
	return c
}

// pattern finds a pattern by name or id.
func pattern(ctx context.Context, d *client.Client, name string) (client.Pattern, error) {
	set, err := d.Privacy(ctx)
	if err != nil {
		return client.Pattern{}, err
	}
	for _, x := range set.Patterns {
		if x.ID == name || strings.EqualFold(x.Name, name) {
			return x, nil
		}
	}
	return client.Pattern{}, &fault.Fault{Code: fault.CodeNotFound, Message: "There is no pattern called " + oneLine(name) + ".", Hint: "firebreak privacy patterns list shows them."}
}

func (p *program) patternsRemove() *cobra.Command {
	return p.onDesk(&cobra.Command{Use: "remove NAME", Short: "Remove a pattern", Args: arguments(1, 1)}, func(ctx context.Context, d *client.Client, o *output, args []string) error {
		x, err := pattern(ctx, d, args[0])
		if err != nil {
			return err
		}
		if _, err := d.RemovePattern(ctx, x.ID); err != nil {
			return err
		}
		if o.json {
			return o.printJSON(x)
		}
		o.printf("%s is no longer looked for.\n", oneLine(x.Name))
		return nil
	})
}

func (p *program) patternsTest() *cobra.Command {
	var name, expr, keyword string
	c := &cobra.Command{Use: "test [TEXT]", Short: "Say what is found in a text, by which pattern and why", Args: arguments(0, 1),
		Long:    "Looks through a text with everything the desk knows, with one of its patterns (--pattern), or with an expression that is not kept (--expr). Reads\nstandard input when no text is given. Exits 1 when nothing is found.",
		Example: "  firebreak privacy patterns test 'policy POL-20260001'\n  firebreak privacy patterns test --expr '\\bPOL-[0-9]{8}\\b' < mail.txt"}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		text, err := words(cmd, args, "text")
		if err != nil {
			return err
		}
		desk, done, err := p.connect(cmd)
		if err != nil {
			return err
		}
		defer done()
		var in client.WritePattern
		if name != "" {
			x, err := pattern(cmd.Context(), desk, name)
			if err != nil {
				return err
			}
			in = client.WritePattern{Name: &x.Name, Kind: &x.Kind, Expr: &x.Expr, Keyword: &x.Keyword}
		} else if expr != "" {
			in = client.WritePattern{Expr: &expr, Keyword: &keyword}
		}
		out, err := desk.TryPattern(cmd.Context(), in, text)
		if err != nil {
			return err
		}
		if out.Problem != "" {
			return fault.Invalid("expr", out.Problem, "")
		}
		o := p.output(cmd)
		switch {
		case o.json:
			err = o.printJSON(out)
		case len(out.Spans) == 0:
			o.printf("Nothing is found.\n")
		default:
			t := table{{"FROM", "TO", "KIND", "TEXT", "WHY"}}
			for _, s := range out.Spans {
				t = append(t, []string{fmt.Sprint(s.Start), fmt.Sprint(s.End), s.Kind, oneLine(text[s.Start:min(s.End, len(text))]), s.Reason})
			}
			o.printTable(t)
		}
		if err == nil && len(out.Spans) == 0 {
			err = errNegative
		}
		return err
	}
	f := c.Flags()
	f.StringVar(&name, "pattern", "", "one of the desk's patterns alone")
	f.StringVar(&expr, "expr", "", "an expression that is not kept")
	f.StringVar(&keyword, "keyword", "", "the word before it, with --expr")
	p.remoteFlags(c)
	return c
}

func (p *program) revealCommand() *cobra.Command {
	var why string
	c := p.onDesk(&cobra.Command{Use: "reveal ENTRY", Short: "Show the original of an entry; the audit log keeps that you looked", Args: arguments(1, 1)},
		func(ctx context.Context, d *client.Client, o *output, args []string) error {
			e, err := d.Reveal(ctx, args[0], why)
			if err != nil {
				return err
			}
			if o.json {
				return o.printJSON(e)
			}
			o.printf("%s\n", e.Body)
			if len(e.Evidence) > 0 {
				o.printf("%s\n", e.Evidence)
			}
			return nil
		})
	c.Flags().StringVar(&why, "why", "", "why, for the audit log")
	return c
}

// askConsent tells what a reply would take outside and asks how to go on. Where nobody can answer, the refusal stands.
func askConsent(cmd *cobra.Command, held *client.Error, typed bool) (c client.Consent, err error) {
	in := cmd.InOrStdin()
	if !typed || !isTerminal(in) {
		refused := *held
		refused.Hint = "Change the text, or add --mask-private (send names instead) or --confirm-private (send it as it is; the audit log keeps that)."
		return c, &refused
	}
	w := cmd.ErrOrStderr()
	fmt.Fprintln(w, held.Message)
	for _, m := range held.More {
		fmt.Fprintln(w, "  "+m.Message)
	}
	q := newQuestions(cmd.Context(), in, w, nil)
	left := false
	err = q.until("Send it with [n]ames instead, [a]s it is, or [l]eave it?", func(s string) error {
		switch strings.ToLower(s) {
		case "n", "names":
			c.MaskPrivate = true
		case "a", "as it is":
			c.ConfirmPrivate = true
		case "l", "leave", "":
			left = true
		default:
			return fmt.Errorf("%q is none of n, a and l.", s)
		}
		return nil
	})
	if err != nil || left {
		return c, errLeft
	}
	return c, nil
}

var errLeft = usage("Nothing was sent.", "Change the text and send it again.")
