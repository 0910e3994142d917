package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"firebreak/internal/clock"
	"firebreak/internal/config"
	"firebreak/internal/fault"
	"firebreak/internal/store"
)

// where gives the store that the configuration names, without opening it.
func where(cfg config.Config) store.Options {
	now := clock.Clock(clock.Real)
	if t, ok := cfg.Now(); ok {
		now = clock.Fixed(t)
	}
	return store.Options{Dir: cfg.Data, Database: cfg.Database, Clock: now}
}

func (p *program) backupCommand() *cobra.Command {
	var force bool
	c := &cobra.Command{Use: "backup FILE", Short: "Write a backup of a desk, also of a running one", Args: arguments(1, 1),
		Long: `Write the database and all files of a desk into one file (a gzipped tar with a manifest of hashes). The desk may be
running; everything acknowledged before the backup began is in it. A desk on PostgreSQL is dumped by pg_dump, which
must be installed.`,
		Example: "  firebreak backup /backup/firebreak-$(date +%F).tar.gz --data /var/lib/firebreak",
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, _, err := p.load(cmd)
			if err != nil {
				return err
			}
			if _, err := os.Stat(args[0]); !errors.Is(err, fs.ErrNotExist) && !force {
				return fault.Conflict("file", fmt.Sprintf("The file %s is there already.", args[0]), "Name another, or give --force to replace it.")
			}
			bar := newProgress(cmd.ErrOrStderr(), "files", 0)
			n := int64(0)
			m, err := store.Backup(cmd.Context(), where(cfg), args[0], func(string, int64) { n++; bar.show(0, n) })
			bar.end()
			if err != nil {
				return err
			}
			o := p.output(cmd)
			if o.json {
				if err := o.printJSON(m); err != nil {
					return err
				}
			} else {
				o.printf("Backed up to %s: %d files, %s unpacked, in %s.\n", tame(args[0]), len(m.Items), sized(m.Bytes()), time.Since(bar.start).Round(10*time.Millisecond))
				for _, h := range m.Missing {
					o.printf("missing or damaged: file %s\n", h)
				}
			}
			if len(m.Missing) > 0 {
				return errNegative
			}
			return nil
		}}
	c.Flags().BoolVar(&force, "force", false, "replace the file when it is there")
	jsonFlag(c)
	return c
}

func (p *program) restoreCommand() *cobra.Command {
	var force bool
	c := &cobra.Command{Use: "restore FILE", Short: "Bring a backup back", Args: arguments(1, 1),
		Long: `Bring a backup back into an empty data directory, or an empty PostgreSQL database. The backup is verified as a whole
first. With --force a directory that is not empty is moved aside, and the tables in a database are replaced. Stop the desk
before.`,
		Example: "  firebreak restore /backup/firebreak-2026-11-30.tar.gz --data /var/lib/firebreak",
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, _, err := p.load(cmd)
			if err != nil {
				return err
			}
			if _, err := os.Stat(args[0]); err != nil {
				return fault.Invalid("file", fmt.Sprintf("The backup cannot be read: %v.", err), "Check its name.")
			}
			m, aside, err := store.Restore(cmd.Context(), args[0], where(cfg), force)
			if err != nil {
				return err
			}
			o := p.output(cmd)
			if o.json {
				return o.printJSON(struct {
					store.BackupManifest
					Aside string `json:"moved_aside,omitempty"`
				}{m, aside})
			}
			o.printf("Restored the backup of %s: %d files, %s.\n", m.TakenAt.Format(time.RFC3339), len(m.Items), sized(m.Bytes()))
			if aside != "" {
				o.printf("What was there before is in %s.\n", tame(aside))
			}
			return nil
		}}
	c.Flags().BoolVar(&force, "force", false, "also where something is already; a directory is moved aside")
	jsonFlag(c)
	return c
}
