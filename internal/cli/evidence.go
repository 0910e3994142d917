package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"firebreak/client"
	"firebreak/internal/fault"
)

func (p *program) ticketEvidence() *cobra.Command {
	var in client.Evidence
	var timing string
	c := p.act("evidence NUMBER [FILE|-]", "Add evidence: a result, a session, a log, a screenshot, any file", 1, 2, func(ctx context.Context, cmd *cobra.Command, d *client.Client, n int64, args []string) (any, string, error) {
		e := in
		if len(args) > 0 || e.Statement == "" {
			name := "-"
			if len(args) > 0 {
				name = args[0]
			}
			f, err := openInput(cmd, "file", name)
			if err != nil {
				return nil, "", err
			}
			defer f.Close()
			e.File = f
			if e.Name == "" {
				if e.Name = filepath.Base(name); name == "-" {
					e.Name = "stdin.txt"
				}
			}
		}
		if timing != "" {
			f, err := openInput(cmd, "timing", timing)
			if err != nil {
				return nil, "", err
			}
			defer f.Close()
			e.Timing = f
		}
		got, err := d.UploadEvidence(ctx, n, e)
		what := got.Kind
		if len(got.Files) > 0 {
			what += " " + oneLine(got.Files[0].Name)
		}
		return got, fmt.Sprintf("Added %s to ticket %d. It stays on the desk.", what, n), err
	})
	c.Long = "Add evidence to a ticket: the result of a statement, a terminal session (asciicast, or a typescript with its timing),\na log, a screenshot, or any file. The desk finds out what it is unless --kind says so. The file is streamed, whatever its size."
	c.Example = `  firebreak ticket evidence 4821 app.log
  firebreak ticket evidence 4821 session.cast --title "Restart fails"
  firebreak ticket evidence 4821 typescript --kind terminal --timing timing
  psql -f check.sql | firebreak ticket evidence 4821 --kind sql --statement "$(cat check.sql)" -`
	c.Flags().StringVar(&in.Kind, "kind", "", "sql, terminal, log, screenshot or file; found out when not given")
	c.Flags().StringVar(&in.Title, "title", "", "what it shows, in one line")
	c.Flags().StringVar(&in.Body, "body", "", "a remark beside it")
	c.Flags().StringVar(&in.Name, "name", "", "file name, when read from standard input")
	c.Flags().StringVar(&in.Statement, "statement", "", "for sql: what was run; the file is then its result")
	c.Flags().StringVar(&in.Engine, "engine", "", "for sql: e.g. Oracle 19c")
	c.Flags().StringVar(&in.Database, "database", "", "for sql: where it ran")
	c.Flags().StringVar(&timing, "timing", "", "timing file of a typescript")
	return c
}

// openInput opens a file, or standard input for -.
func openInput(cmd *cobra.Command, field, name string) (io.ReadCloser, error) {
	if name == "-" {
		in := cmd.InOrStdin()
		if isTerminal(in) {
			return nil, fault.Invalid(field, "The file is missing.", "Name it after the number, or pipe it in.")
		}
		return io.NopCloser(in), nil
	}
	f, err := os.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Invalid(field, fmt.Sprintf("There is no file %s.", name), "Check the name.")
	case err != nil:
		return nil, fault.Invalid(field, fmt.Sprintf("The file %s cannot be read: %v.", name, err), "Check that you may read it.")
	}
	if st, err := f.Stat(); err == nil && st.IsDir() {
		f.Close()
		return nil, fault.Invalid(field, name+" is a folder.", "Name a file, or pack the folder first.")
	}
	return f, nil
}
