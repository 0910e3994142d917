package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"firebreak/internal/clock"
	"firebreak/internal/config"
	"firebreak/internal/demo"
	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/live"
	"firebreak/internal/store"
)

// demoData is where the demo lives when nobody says otherwise.
const demoData = "./firebreak-demo"

func (p *program) demoCommand() *cobra.Command {
	c := &cobra.Command{Use: "demo", Short: "Run a desk full of stories to try", Args: arguments(0, 0),
		Long: "Run a desk full of stories to try. It lives in " + demoData + " unless --data says otherwise; running it again goes on with the same desk.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, settings, err := p.load(cmd)
			if err != nil {
				return err
			}
			anyPort := false
			for _, s := range settings {
				switch {
				case s.Key == "listen" && s.From == "default":
					anyPort = true // nobody asked for this address; a free one will do
				case s.Key == "data" && s.From == "default":
					cfg.Data = demoData
				case s.Key == "log_level" && s.From == "default":
					cfg.LogLevel = "warn"
				}
			}
			out := cmd.OutOrStdout()
			if anyPort && taken(cfg.Listen) {
				cfg.Listen = "127.0.0.1:0"
			}
			if err := makeDemo(cmd.Context(), cfg, func() { fmt.Fprintln(out, "Making the demo desk …") }); err != nil {
				return err
			}
			a, err := open(cmd.Context(), cfg, newLog(cmd.ErrOrStderr(), cfg.LogLevel))
			if err != nil {
				return err
			}
			defer a.close()
			err = a.serve(cmd.Context(), func(addr string) {
				fmt.Fprintf(out, "Firebreak listens on %s\n\n", address(addr))
				t := table{{"SIGN IN AS", "PASSWORD", "ROLE", "WHO"}}
				for _, l := range demo.Logins {
					t = append(t, []string{l.Email, demo.Password, l.Role, l.Name + ", " + l.What})
				}
				p.output(cmd).printTable(t)
				fmt.Fprintf(out, "\nCtrl-C stops it; the desk stays in %s.\n", cfg.Data)
			})
			if err == nil {
				fmt.Fprintln(out, "Stopped.")
			}
			return err
		}}
	setting(c, "listen", "smtp", "clock", "dev")
	return c
}

// taken reports whether somebody listens on an address already.
func taken(addr string) bool {
	ln, err := net.Listen("tcp", addr)
	if err == nil {
		ln.Close()
	}
	return err != nil
}

// makeDemo tells the stories on a new desk. A demo desk that exists is left as it is, any other desk is refused. On
// files it is made beside its place and moved there when it is whole, so a broken-off start leaves nothing half done.
func makeDemo(ctx context.Context, cfg config.Config, begin func()) error {
	if cfg.Database != "" {
		return tellStories(ctx, cfg, begin)
	}
	place := filepath.Join(cfg.Data, store.DatabaseFile)
	if _, err := os.Stat(place); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return fault.Invalid("data", fmt.Sprintf("The data directory %s cannot be made: %v.", cfg.Data, err), "Name a directory that this user may write, with --data.")
	}
	parts := cfg
	parts.Data = filepath.Join(cfg.Data, ".making")
	if err := os.RemoveAll(parts.Data); err != nil {
		return err
	}
	if err := tellStories(ctx, parts, begin); err != nil {
		return err
	}
	made, err := os.ReadDir(parts.Data)
	if err != nil {
		return err
	}
	for _, last := range []bool{false, true} { // the database comes last: it is what makes the desk exist
		for _, e := range made {
			if (e.Name() == store.DatabaseFile) != last {
				continue
			}
			if err := os.Rename(filepath.Join(parts.Data, e.Name()), filepath.Join(cfg.Data, e.Name())); err != nil {
				return err
			}
		}
	}
	return os.Remove(parts.Data)
}

// tellStories fills the desk that cfg names, unless it is set up already.
func tellStories(ctx context.Context, cfg config.Config, begin func()) error {
	now, fixed := cfg.Now()
	if !fixed {
		now = time.Now().UTC()
	}
	c := clock.NewManual(now)
	s, err := store.Open(ctx, store.Options{Dir: cfg.Data, Database: cfg.Database, Clock: c.Now, NoSync: true})
	if err != nil {
		return err
	}
	defer s.Close()
	d := desk.New(s, &live.Hub{}, nil, slog.New(slog.DiscardHandler))
	if fresh, err := d.NeedsSetup(ctx); err != nil || !fresh {
		return err
	}
	begin()
	return demo.Seed(ctx, d, c, now)
}
