package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"firebreak/internal/desk"
)

// moving draws how far an export or the import of one is.
func moving(cmd *cobra.Command) (desk.Moving, func()) {
	bar := newProgress(cmd.ErrOrStderr(), "", 0)
	return func(what string, n int64) {
		bar.what = what
		bar.show(0, n)
	}, bar.end
}

func (p *program) exportCommand() *cobra.Command {
	var how desk.ExportDesk
	c := &cobra.Command{Use: "export DIR", Short: "Write the whole desk into an open folder", Args: arguments(1, 1),
		Long: `Write the whole desk into a new folder: JSON lines for each noun (tickets.ndjson, entries.ndjson …), file contents by their
SHA-256, and manifest.json with counts and hashes. It is one consistent state, also of a running desk. Sessions, API
tokens and passwords are left out. firebreak import desk DIR brings it into an empty desk, on either database.

With --masked the folder can be given to others, as for tests: people, clients, hosts, numbers of cards, secrets and all else
that is private has a name in its place, the same for the same throughout. Files that are no text, the audit log and what
the desk decided about itself are left out; the manifest says so. Each export is in the audit log of the desk.`,
		Example: "  firebreak export /tmp/desk --data /var/lib/firebreak\n  firebreak export /tmp/desk-for-tests --masked",
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.administer(cmd, false, func(d *desk.Desk, o *output) error {
				tell, end := moving(cmd)
				m, err := d.Export(cmd.Context(), args[0], how, tell)
				end()
				if err != nil {
					return err
				}
				return printManifest(o, "Exported to "+args[0], m)
			})
		}}
	c.Flags().BoolVar(&how.Masked, "masked", false, "write names such as PERSON_1 in place of private data, the same for the same throughout")
	c.Flags().BoolVar(&how.Passwords, "passwords", false, "keep the password hashes, so that people can sign in to the imported desk as before")
	jsonFlag(c)
	return c
}

func (p *program) importDeskCommand() *cobra.Command {
	c := &cobra.Command{Use: "desk DIR", Short: "Bring an exported desk into an empty one", Args: arguments(1, 1),
		Long: `Bring a desk that firebreak export wrote into an empty one, which is made when there is none. Every file is compared with the
manifest before anything is written, and all comes in one transaction.`,
		Example: "  firebreak import desk /tmp/desk --database postgres://firebreak@db/firebreak",
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.administer(cmd, true, func(d *desk.Desk, o *output) error {
				tell, end := moving(cmd)
				m, err := d.ImportDesk(cmd.Context(), args[0], tell)
				end()
				if err != nil {
					return err
				}
				if err := printManifest(o, "Imported from "+args[0], m); err != nil || o.json || m.Passwords {
					return err
				}
				o.printf("The export holds no passwords: open the desk in a browser to set the first admin up.\n")
				return nil
			})
		}}
	jsonFlag(c)
	return c
}

func printManifest(o *output, done string, m desk.Manifest) error {
	if o.json {
		if err := o.printJSON(m); err != nil {
			return err
		}
	} else {
		var rows, tickets int64
		for _, f := range m.Nouns {
			rows += f.Rows
			if f.Name == "tickets.ndjson" {
				tickets = f.Rows
			}
		}
		o.printf("%s: %s tickets, %s rows, %s files (%s).\n", tame(done), grouped(tickets), grouped(rows), grouped(m.Contents), sized(m.Bytes))
		if m.Masked != nil {
			values := 0
			for _, n := range m.Masked.Kinds {
				values += n
			}
			o.printf("Masked: %s private values have a name instead, %s files that are no text are left out.\n", grouped(int64(values)), grouped(int64(m.Masked.FilesLeftOut)))
		}
		for _, h := range m.Missing {
			o.printf("missing or damaged: file %s\n", h)
		}
	}
	if len(m.Missing) > 0 {
		return fmt.Errorf("%w: files are missing", errNegative)
	}
	return nil
}
