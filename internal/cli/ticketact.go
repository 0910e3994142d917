package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"firebreak/client"
	"firebreak/internal/fault"
)

// act is a command that changes one ticket and says what became of it.
func (p *program) act(use, short string, least, most int, do func(ctx context.Context, cmd *cobra.Command, desk *client.Client, n int64, args []string) (any, string, error)) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: arguments(least, most), RunE: func(cmd *cobra.Command, args []string) error {
		n, err := ticketNumber(args[0])
		if err != nil {
			return err
		}
		desk, done, err := p.connect(cmd)
		if err != nil {
			return err
		}
		defer done()
		out, said, err := do(cmd.Context(), cmd, desk, n, args[1:])
		if err != nil {
			return err
		}
		o := p.output(cmd)
		if o.json {
			return o.printJSON(out)
		}
		o.printf("%s\n", said)
		return nil
	}}
	p.remoteFlags(c)
	return c
}

// words gives the text of an act: the argument, or standard input when it is "-" or missing and something is piped in.
func words(cmd *cobra.Command, args []string, what string) (string, error) {
	if len(args) > 0 && args[0] != "-" {
		return args[0], nil
	}
	in := cmd.InOrStdin()
	if isTerminal(in) {
		if len(args) == 0 {
			return "", fault.Invalid(what, "The text is missing.", "Give it in quotes after the number, or - to type or pipe it in.")
		}
		fmt.Fprintln(cmd.ErrOrStderr(), "Write the text, then Ctrl-D on an empty line.")
	}
	return readAll(in, maxStdin)
}

func (p *program) ticketActs() []*cobra.Command {
	var status, reason, to, on, until string
	var consent client.Consent

	reply := p.act("reply NUMBER [TEXT|-]", "Answer the requester (public)", 1, 2, func(ctx context.Context, cmd *cobra.Command, d *client.Client, n int64, args []string) (any, string, error) {
		text, err := words(cmd, args, "body")
		if err != nil {
			return nil, "", err
		}
		e, err := d.Reply(ctx, n, text, client.Status(status), consent)
		if held := (*client.Error)(nil); errors.As(err, &held) && held.Code == client.CodePrivate {
			if consent, err = askConsent(cmd, held, len(args) > 0 && args[0] != "-"); err != nil {
				return e, "", err
			}
			e, err = d.Reply(ctx, n, text, client.Status(status), consent)
		}
		if e.Ticket != n {
			return e, fmt.Sprintf("Ticket %d is closed for good; your reply is on ticket %d.", n, e.Ticket), err
		}
		return e, fmt.Sprintf("Replied on ticket %d.", n), err
	})
	reply.Flags().BoolVar(&consent.ConfirmPrivate, "confirm-private", false, "send it although it holds private data; the audit log keeps that")
	reply.Flags().BoolVar(&consent.MaskPrivate, "mask-private", false, "send it with names in place of private data")
	reply.Flags().StringVar(&status, "status", "", "state after the reply: open, waiting or resolved")

	note := p.act("note NUMBER [TEXT|-]", "Write a private note; it never leaves the desk", 1, 2, func(ctx context.Context, cmd *cobra.Command, d *client.Client, n int64, args []string) (any, string, error) {
		text, err := words(cmd, args, "body")
		if err != nil {
			return nil, "", err
		}
		e, err := d.Note(ctx, n, text)
		return e, fmt.Sprintf("Private note added to ticket %d.", n), err
	})

	assign := p.act("assign NUMBER WHO", "Give a ticket to somebody: e-mail, name, me, or none", 2, 2, func(ctx context.Context, cmd *cobra.Command, d *client.Client, n int64, args []string) (any, string, error) {
		t, err := d.Assign(ctx, n, args[0])
		if t.Assignee == "" {
			return t, fmt.Sprintf("Nobody has ticket %d now.", n), err
		}
		return t, fmt.Sprintf("%s has ticket %d now.", oneLine(t.Assignee), n), err
	})

	raise := p.act("raise NUMBER", "Raise a ticket's fire, one step or --to a fire", 1, 1, func(ctx context.Context, cmd *cobra.Command, d *client.Client, n int64, _ []string) (any, string, error) {
		t, err := d.Raise(ctx, n, client.Fire(to), reason)
		return t, burns(t), err
	})
	lower := p.act("lower NUMBER --reason TEXT", "Lower a ticket's fire; it needs a reason", 1, 1, func(ctx context.Context, cmd *cobra.Command, d *client.Client, n int64, _ []string) (any, string, error) {
		t, err := d.Lower(ctx, n, client.Fire(to), reason)
		return t, burns(t), err
	})
	raise.Flags().StringVar(&to, "to", "", "house_fire or wildfire; one step when not given")
	lower.Flags().StringVar(&to, "to", "", "match or house_fire; one step when not given")
	raise.Flags().StringVar(&reason, "reason", "", "why")
	lower.Flags().StringVar(&reason, "reason", "", "why it can wait")

	resolve := p.resolveCommand()

	wait := p.act("wait NUMBER", "Let a ticket wait, on somebody or until a date that wakes it", 1, 1, func(ctx context.Context, cmd *cobra.Command, d *client.Client, n int64, _ []string) (any, string, error) {
		o := p.output(cmd)
		at, err := parseWhen("wake_at", until, o.now.In(o.zone))
		if err != nil {
			return nil, "", err
		}
		t, err := d.Move(ctx, n, client.Move{Status: client.StatusWaiting, WaitingOn: strings.ReplaceAll(on, " ", "_"), WakeAt: at, Reason: reason})
		said := stands(t)
		if !t.WakeAt.IsZero() {
			said = strings.TrimSuffix(said, ".") + " until " + o.clock(t.WakeAt) + "."
		}
		return t, said, err
	})
	wait.Flags().StringVar(&on, "on", "", "requester, third_party, change or date (default requester, or date with --until)")
	wait.Flags().StringVar(&until, "until", "", `when it wakes by itself: "tomorrow 9:00", "in 2 days", RFC 3339`)
	wait.Flags().StringVar(&reason, "reason", "", "why")

	reopen := p.act("reopen NUMBER REASON", "Reopen a ticket; it needs a reason", 1, 2, func(ctx context.Context, cmd *cobra.Command, d *client.Client, n int64, args []string) (any, string, error) {
		why := reason
		if len(args) > 0 {
			why = args[0]
		}
		t, err := d.Move(ctx, n, client.Move{Status: client.StatusOpen, Reason: why})
		return t, stands(t), err
	})
	reopen.Flags().StringVar(&reason, "reason", "", "what came back")

	closing := p.act("close NUMBER", "Close a resolved ticket for good", 1, 1, func(ctx context.Context, cmd *cobra.Command, d *client.Client, n int64, _ []string) (any, string, error) {
		t, err := d.Move(ctx, n, client.Move{Status: client.StatusClosed, Reason: reason})
		return t, stands(t), err
	})
	closing.Flags().StringVar(&reason, "reason", "", "why")

	judge := p.act("judge NUMBER yes|no", "Say, once it is over, whether the deadline was real", 2, 2, func(ctx context.Context, cmd *cobra.Command, d *client.Client, n int64, args []string) (any, string, error) {
		real, known := map[string]bool{"y": true, "yes": true, "n": false, "no": false}[strings.ToLower(args[0])]
		if !known {
			return nil, "", fault.Invalid("real", fmt.Sprintf("%q is neither yes nor no.", args[0]), "Was the deadline real? Say yes or no.")
		}
		t, err := d.Judge(ctx, n, real)
		if real {
			return t, fmt.Sprintf("Noted: the deadline of ticket %d was real.", n), err
		}
		return t, fmt.Sprintf("Noted: the deadline of ticket %d was not real.", n), err
	})
	return []*cobra.Command{reply, note, p.ticketEvidence(), assign, raise, lower, resolve, wait, reopen, closing, judge}
}

func burns(t client.Ticket) string {
	return fmt.Sprintf("Ticket %d is a %s now.", t.Number, strings.ToLower(t.Fire.Word()))
}

func stands(t client.Ticket) string { return fmt.Sprintf("Ticket %d is %s.", t.Number, t.Status) }
