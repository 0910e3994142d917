package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"firebreak/internal/config"
	"firebreak/internal/fault"
)

// Version of the program.
var Version = "0.1.0-dev"

// Exit codes of every command.
const (
	exitDone     = 0
	exitFindings = 1 // findings, or a negative answer
	exitUsage    = 2 // bad usage or bad input
	exitInternal = 3
)

// Main runs the command line and gives the exit code.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	return report(errOut, err)
}

// report writes an error as one sentence and hint lines.
func report(w io.Writer, err error) int {
	f := fault.Of(err)
	if f == nil {
		fmt.Fprintf(w, "firebreak: %v\n", err)
		var internal *internalError
		if errors.As(err, &internal) {
			return exitInternal
		}
		return exitUsage
	}
	fmt.Fprintf(w, "firebreak: %s\n", f.Error())
	if f.Hint != "" {
		fmt.Fprintf(w, "hint: %s\n", f.Hint)
	}
	for _, m := range f.More {
		if m.Hint != "" {
			fmt.Fprintf(w, "hint: %s\n", m.Hint)
		}
	}
	if f.Code == fault.CodeInternal || f.Code == fault.CodeUnavailable {
		return exitInternal
	}
	return exitUsage
}

// internalError marks a defect or a failing part, as opposed to wrong usage.
type internalError struct{ error }

func (e *internalError) Unwrap() error { return e.error }

func newRoot() *cobra.Command {
	cfg := config.Default()
	root := &cobra.Command{Use: "firebreak", Short: "The production support desk", SilenceUsage: true, SilenceErrors: true}
	root.PersistentFlags().StringVar(&cfg.Data, "data", cfg.Data, "data directory")
	root.PersistentFlags().StringVar(&cfg.Database, "database", cfg.Database, "PostgreSQL URL; empty: SQLite in the data directory")
	serve := &cobra.Command{Use: "serve", Short: "Run the desk", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		a, err := open(cmd.Context(), cfg, newLog(cfg.LogLevel))
		if err != nil {
			return err
		}
		defer a.close()
		return a.serve(cmd.Context(), func(addr string) { fmt.Fprintf(cmd.OutOrStdout(), "Firebreak listens on http://%s\n", addr) })
	}}
	serve.Flags().StringVar(&cfg.Listen, "listen", cfg.Listen, "address to serve HTTP on")
	serve.Flags().BoolVar(&cfg.Dev, "dev", cfg.Dev, "read templates and static files from the source tree")
	root.AddCommand(serve)
	return root
}
