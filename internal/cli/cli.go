package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"firebreak/client"
	"firebreak/internal/config"
	"firebreak/internal/fault"
)

// Version of the program; a release build sets it.
var Version = "0.1.0-dev"

// Exit codes of every command.
const (
	exitDone     = 0
	exitNegative = 1 // findings, or a negative answer
	exitUsage    = 2 // bad usage or bad input
	exitInternal = 3
)

// Main runs the command line and gives the exit code.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	root := newRoot(os.LookupEnv)
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errNegative), errors.Is(err, context.Canceled), errors.Is(err, syscall.EPIPE):
		return exitNegative
	}
	return report(errOut, err)
}

// errNegative is a negative answer that was printed already.
var errNegative = errors.New("no")

// report writes an error as one sentence and hint lines.
func report(w io.Writer, err error) int {
	f := asFault(err)
	if f == nil {
		fmt.Fprintf(w, "firebreak: %s\n", tame(masked(err.Error())))
		return exitInternal
	}
	fmt.Fprintf(w, "firebreak: %s\n", tame(f.Error()))
	hints := []string{f.Hint}
	for _, m := range f.More {
		hints = append(hints, m.Hint)
	}
	said := map[string]bool{"": true}
	for _, h := range hints {
		if !said[h] {
			fmt.Fprintf(w, "hint: %s\n", tame(h))
		}
		said[h] = true
	}
	if f.Code == fault.CodeInternal || f.Code == fault.CodeUnavailable {
		return exitInternal
	}
	return exitUsage
}

// asFault gives the fault in err, be it the desk's own or the answer of a remote one; nil when it is internal.
func asFault(err error) *fault.Fault {
	var e *client.Error
	if !errors.As(err, &e) {
		return fault.Of(err)
	}
	f := &fault.Fault{Code: fault.Code(e.Code), Message: e.Message, Field: e.Field, Hint: e.Hint, Err: err}
	for _, m := range e.More {
		f.More = append(f.More, fault.Fault{Code: f.Code, Message: m.Message, Field: m.Field, Hint: m.Hint})
	}
	return f
}

// usage is a fault in how the program was called.
func usage(message, hint string) error {
	return &fault.Fault{Code: fault.CodeInvalid, Message: message, Hint: hint}
}

// The groups of the root help.
const (
	groupDesk  = "desk"
	groupWork  = "work"
	groupAdmin = "admin"
	groupTools = "tools"
)

// program is what all commands share: where settings come from.
type program struct {
	lookup func(string) (string, bool)
	file   string    // --config
	as     string    // --as
	clock  time.Time // the fixed instant of the configuration; zero: the machine's clock
}

func newRoot(lookup func(string) (string, bool)) *cobra.Command {
	p := &program{lookup: lookup}
	root := &cobra.Command{
		Use: "firebreak COMMAND", Short: "The production support desk",
		Long: "Firebreak is a production support desk: tickets come in, their fire is named, they are worked with evidence, and resolved.",
		Example: `  firebreak demo                             a desk full of stories to try
  firebreak serve --data /var/lib/firebreak  the desk
  firebreak ticket open                      asks what happened and how urgent it is
  firebreak ticket list --fire wildfire --server https://desk.example.com`,
		SilenceUsage: true, SilenceErrors: true, Version: Version,
		Args: cobra.ArbitraryArgs, RunE: subcommand,
	}
	root.SetVersionTemplate("firebreak {{.Version}}\n")
	root.SetUsageTemplate(usageTemplate)
	root.SetHelpTemplate(helpTemplate)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage(sentence(err.Error()), "See "+cmd.CommandPath()+" --help.")
	})
	f := root.PersistentFlags()
	f.StringVar(&p.file, "config", "", "configuration file (default: "+config.FileName+" in the data directory or here)")
	for _, key := range []string{"data", "database", "log_level"} {
		f.String(config.FlagName(key), "", config.Doc(key))
	}
	root.AddGroup(&cobra.Group{ID: groupDesk, Title: "Run a desk"}, &cobra.Group{ID: groupWork, Title: "Work at a desk, local or remote"},
		&cobra.Group{ID: groupAdmin, Title: "Administer the local desk"}, &cobra.Group{ID: groupTools, Title: "Tools"})
	add := func(id string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = id
			root.AddCommand(c)
		}
	}
	add(groupDesk, p.demoCommand(), p.serveCommand())
	add(groupWork, p.ticketCommand(), p.searchCommand(), p.knownCommand(), p.privacyCommand(), p.recurringCommand(), p.resolutionCommand(), p.applicationCommand(), p.estateCommand(), p.changeCommand())
	add(groupAdmin, p.userCommand(), p.tokenCommand(), p.configCommand(), p.importCommand(), p.mirrorCommand(), p.exportCommand(), p.backupCommand(), p.restoreCommand(), p.doctorCommand())
	add(groupTools, p.signatureCommand(), p.redactCommand(), p.lookupCommand(), p.calendarCommand(), p.versionCommand())
	root.SetHelpCommandGroupID(groupTools)
	root.SetCompletionCommandGroupID(groupTools)
	offer(root)
	return root
}

// group makes a command that only holds others.
func group(use, short string, sub ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use + " COMMAND", Short: short, Args: cobra.ArbitraryArgs, RunE: subcommand}
	c.AddCommand(sub...)
	return c
}

// subcommand answers a call of a group: help, or that there is no such command.
func subcommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	cmd.SuggestionsMinimumDistance = 2
	hint := "See " + cmd.CommandPath() + " --help."
	if s := cmd.SuggestionsFor(args[0]); len(s) > 0 {
		hint = "Did you mean " + cmd.CommandPath() + " " + strings.Join(s, " or ") + "?"
	}
	return usage(fmt.Sprintf("There is no command %q.", cmd.CommandPath()+" "+args[0]), hint)
}

// arguments checks the number of arguments: at least least, at most most (-1: any number).
func arguments(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return usage("Something is missing: "+cmd.UseLine()+".", "See "+cmd.CommandPath()+" --help.")
		case most >= 0 && len(args) > most:
			return usage(fmt.Sprintf("%q is one argument too many.", args[most]), "Put text with spaces in quotes; see "+cmd.CommandPath()+" --help.")
		}
		return nil
	}
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the version", Args: arguments(0, 0), Run: func(cmd *cobra.Command, _ []string) {
		fmt.Fprintf(cmd.OutOrStdout(), "firebreak %s\n", Version)
	}}
}

// sentence makes a message of a library one: a capital and a full stop.
func sentence(s string) string {
	if s = strings.TrimRight(s, "."); s == "" {
		return "Something is wrong."
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

const usageTemplate = `Usage: {{if .Runnable}}{{.UseLine}}{{else}}{{.CommandPath}} COMMAND{{end}}
{{- if .HasAvailableSubCommands}}{{$all := .Commands}}{{if .Groups}}{{range $g := .Groups}}

{{.Title}}{{range $all}}{{if and (eq .GroupID $g.ID) (or .IsAvailableCommand (eq .Name "help"))}}
  {{rpad .Name .NamePadding}}  {{.Short}}{{end}}{{end}}{{end}}{{else}}
{{range $all}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}}  {{.Short}}{{end}}{{end}}{{end}}{{end}}
{{- if .HasExample}}

Examples
{{.Example}}{{end}}
{{- if .HasAvailableLocalFlags}}

Flags
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
{{- if and .HasAvailableInheritedFlags (not .HasAvailableSubCommands)}}

Flags of every command
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
`

const helpTemplate = `{{with (or .Long .Short)}}{{. | trimTrailingWhitespaces}}

{{end}}{{.UsageString}}`
