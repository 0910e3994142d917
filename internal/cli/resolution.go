package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"firebreak/client"
	"firebreak/internal/fault"
)

func (p *program) recurringCommand() *cobra.Command {
	var in client.ListRecurring
	c := &cobra.Command{Use: "recurring", Short: "List what comes back, its rhythm and what it costs; the best candidates for automation first", Args: arguments(0, 0), RunE: func(cmd *cobra.Command, _ []string) error {
		desk, done, err := p.connect(cmd)
		if err != nil {
			return err
		}
		defer done()
		page, err := desk.Recurring(cmd.Context(), in)
		if err != nil {
			return err
		}
		o := p.output(cmd)
		if o.json {
			return o.printJSON(page)
		}
		if len(page.Items) == 0 {
			o.printf("Nothing has come back three times.\n")
			return nil
		}
		t := table{{"TICKETS", "HOURS/MONTH", "NIGHTS", "RHYTHM", "APPLICATION", "KNOWN", "WHAT"}}
		for _, g := range page.Items {
			rhythm, known := "none found", g.Mark
			if g.Rhythm != nil {
				rhythm = g.Rhythm.Words
			}
			switch {
			case g.Broken > 0:
				known = "fix did not hold"
			case known == "" && g.Resolution != nil:
				known = "resolution " + g.Resolution.ID
			}
			t = append(t, []string{fmt.Sprint(g.Tickets), fmt.Sprintf("%.1f", g.Hours), fmt.Sprint(g.Nights), rhythm, g.Application, strings.ReplaceAll(known, "_", " "), g.Title})
		}
		o.printTable(t)
		if page.Next != "" {
			o.printf("There are more: --cursor %s\n", page.Next)
		}
		return nil
	}}
	c.Flags().StringVar(&in.Application, "application", "", "of this application: short name, name or id")
	c.Flags().BoolVar(&in.Rhythm, "rhythm", false, "only those with a rhythm")
	c.Flags().StringVar(&in.Mark, "mark", "", "workaround, fixed, not_worth, broken or open")
	c.Flags().IntVar(&in.Limit, "limit", 0, "at most so many, 50 when not given")
	c.Flags().StringVar(&in.Cursor, "cursor", "", "go on where the last page ended")
	p.remoteFlags(c)
	return c
}

func (p *program) resolutionCommand() *cobra.Command {
	var in client.ListResolutions
	list := &cobra.Command{Use: "list [WORDS]", Short: "List resolutions, the latest change first; with words the best matches", Args: arguments(0, 1), RunE: func(cmd *cobra.Command, args []string) error {
		desk, done, err := p.connect(cmd)
		if err != nil {
			return err
		}
		defer done()
		if len(args) > 0 {
			in.Q = args[0]
		}
		page, err := desk.Resolutions(cmd.Context(), in)
		if err != nil {
			return err
		}
		o := p.output(cmd)
		if o.json {
			return o.printJSON(page)
		}
		if len(page.Items) == 0 {
			o.printf("No resolutions.\n")
			return nil
		}
		t := table{{"ID", "STATE", "HELPED", "FOR", "WHAT GOES WRONG"}}
		for _, r := range page.Items {
			var apps []string
			for _, a := range r.Applications {
				apps = append(apps, a.Name)
			}
			state := r.State
			if r.Wrong > 0 {
				state += ", marked as wrong"
			}
			t = append(t, []string{r.ID, state, fmt.Sprint(r.Helped), strings.Join(apps, ", "), r.Title})
		}
		o.printTable(t)
		if page.Next != "" {
			o.printf("There are more: --cursor %s\n", page.Next)
		}
		return nil
	}}
	list.Flags().StringVar(&in.State, "state", "", "draft, verified or retired")
	list.Flags().StringVar(&in.Application, "application", "", "for this application")
	list.Flags().StringVar(&in.Signature, "signature", "", "for this error")
	list.Flags().BoolVar(&in.Wrong, "wrong", false, "only those that somebody marked as wrong or outdated")
	list.Flags().IntVar(&in.Limit, "limit", 0, "at most so many, 50 when not given")
	list.Flags().StringVar(&in.Cursor, "cursor", "", "go on where the last page ended")

	show := &cobra.Command{Use: "show ID", Short: "Show a resolution", Args: arguments(1, 1), RunE: func(cmd *cobra.Command, args []string) error {
		desk, done, err := p.connect(cmd)
		if err != nil {
			return err
		}
		defer done()
		r, err := desk.Resolution(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		o := p.output(cmd)
		if o.json {
			return o.printJSON(r)
		}
		o.printf("%s\n%s, version %d, helped on %d tickets\n", r.Title, r.State, r.Revision, r.Helped)
		for _, s := range draftSections {
			if text := *s.of(&r.ResolutionFields); text != "" && s.head != draftSections[0].head {
				o.printf("\n%s\n%s\n", s.head, text)
			}
		}
		return nil
	}}
	p.remoteFlags(list, show)
	return group("resolution", "What solved what: list and show", list, show)
}

// draftSections are the fields of a draft as an editor shows them.
var draftSections = []struct {
	head string
	of   func(*client.ResolutionFields) *string
}{
	{"What goes wrong", func(f *client.ResolutionFields) *string { return &f.Title }},
	{"What they see", func(f *client.ResolutionFields) *string { return &f.Symptom }},
	{"Why it happens", func(f *client.ResolutionFields) *string { return &f.Cause }},
	{"What fixed it", func(f *client.ResolutionFields) *string { return &f.Fix }},
	{"What proves that it works again", func(f *client.ResolutionFields) *string { return &f.Check }},
}

// draftText is a draft for an editor.
func draftText(n int64, f client.ResolutionFields) string {
	var b strings.Builder
	fmt.Fprintf(&b, "This resolves ticket %d and keeps what solved it for the next person.\nCorrect what is below; empty everything to leave the ticket as it is.\n", n)
	for _, s := range draftSections {
		fmt.Fprintf(&b, "\n== %s ==\n%s\n", s.head, *s.of(&f))
	}
	return b.String()
}

// readDraft reads a draft that was edited; false when everything was emptied.
func readDraft(text string) (f client.ResolutionFields, ok bool) {
	var into *string
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		if head, is := strings.CutPrefix(strings.TrimSpace(line), "== "); is {
			head = strings.TrimSuffix(head, " ==")
			found := false
			for _, s := range draftSections {
				if s.head == head {
					into, found = s.of(&f), true
				}
			}
			if found {
				continue
			}
		}
		if into != nil {
			*into += line
		}
	}
	for _, s := range draftSections {
		t := s.of(&f)
		*t = strings.TrimSpace(*t)
		ok = ok || *t != ""
	}
	return f, ok
}

// resolveCommand resolves a ticket: with a text as it is, with --keep or a field of it with a resolution for the next
// person, and without either in an editor that shows the draft.
func (p *program) resolveCommand() *cobra.Command {
	var text string
	var keep, edit bool
	var f client.ResolutionFields
	var helped []string
	c := p.act("resolve NUMBER [TEXT|-]", "Resolve a ticket, with what fixed it", 1, 2, func(ctx context.Context, cmd *cobra.Command, d *client.Client, n int64, args []string) (any, string, error) {
		if len(args) > 0 {
			var err error
			if text, err = words(cmd, args, "resolution"); err != nil {
				return nil, "", err
			}
		}
		fields := f != client.ResolutionFields{}
		in := client.Move{Status: client.StatusResolved, Resolution: text, Helped: helped}
		if !edit && text == "" && !fields && !keep && len(helped) == 0 && isTerminal(cmd.InOrStdin()) && isTerminal(cmd.OutOrStdout()) {
			edit = true
		}
		if edit || keep || fields {
			draft, err := d.DraftResolution(ctx, n)
			if err != nil {
				return nil, "", err
			}
			for _, s := range draftSections {
				if given := *s.of(&f); given != "" {
					*s.of(&draft) = given
				}
			}
			if text != "" {
				draft.Fix = text
			}
			if edit {
				if draft, err = p.edit(ctx, cmd, n, draft); err != nil {
					return nil, "", err
				}
				in.Resolution = draft.Fix
			}
			in.Capture = &draft
		}
		t, err := d.Move(ctx, n, in)
		return t, stands(t), err
	})
	c.Flags().StringVar(&text, "resolution", "", "what fixed it")
	c.Flags().BoolVar(&edit, "edit", false, "open the draft in $VISUAL or $EDITOR; so it does on a terminal when nothing is given")
	c.Flags().BoolVar(&keep, "keep", false, "keep a resolution for the next person; what is not given is taken from the ticket")
	c.Flags().StringVar(&f.Title, "title", "", "for the next person: what goes wrong")
	c.Flags().StringVar(&f.Symptom, "symptom", "", "for the next person: what people see")
	c.Flags().StringVar(&f.Cause, "cause", "", "for the next person: why it happens")
	c.Flags().StringVar(&f.Check, "check", "", "for the next person: what proves that it works again")
	c.Flags().StringSliceVar(&helped, "helped", nil, "id of a resolution that solved it")
	return c
}

// edit lets the person correct a draft in their editor.
func (p *program) edit(ctx context.Context, cmd *cobra.Command, n int64, draft client.ResolutionFields) (client.ResolutionFields, error) {
	editor, _ := p.lookup("VISUAL")
	if editor == "" {
		editor, _ = p.lookup("EDITOR")
	}
	if editor == "" {
		return draft, fault.Invalid("edit", "No editor is set.", "Set EDITOR, or give the text: firebreak ticket resolve "+fmt.Sprint(n)+" \"what fixed it\" --keep.")
	}
	file, err := os.CreateTemp("", fmt.Sprintf("resolve-%d-*.md", n))
	if err != nil {
		return draft, err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(draftText(n, draft))
	if err = errors.Join(err, file.Close()); err != nil {
		return draft, err
	}
	words := append(strings.Fields(editor), file.Name())
	run := exec.CommandContext(ctx, words[0], words[1:]...)
	run.Stdin, run.Stdout, run.Stderr = cmd.InOrStdin(), cmd.ErrOrStderr(), cmd.ErrOrStderr()
	if err := run.Run(); err != nil {
		return draft, fault.Invalid("edit", fmt.Sprintf("The editor %s ended with an error: %v.", words[0], err), "The ticket is as it was. Check EDITOR.")
	}
	b, err := os.ReadFile(file.Name())
	if err != nil {
		return draft, err
	}
	out, ok := readDraft(string(b))
	if !ok {
		return draft, fault.Invalid("edit", "Everything was emptied, so the ticket is as it was.", "Resolve it with a text to keep nothing: firebreak ticket resolve "+fmt.Sprint(n)+" \"what fixed it\".")
	}
	out.Environment, out.Version = draft.Environment, draft.Version
	return out, nil
}
