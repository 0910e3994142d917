package cli

import (
	"fmt"
	"net"
	"os"
	"time"

	"github.com/spf13/cobra"

	"firebreak/internal/config"
	"firebreak/internal/fault"
	"firebreak/internal/store"
)

func (p *program) doctorCommand() *cobra.Command {
	var full bool
	c := &cobra.Command{Use: "doctor", Short: "Examine database, files, clock and configuration, and say what to do", Args: arguments(0, 0),
		Long: `Examine the database, the files, the clock and the configuration of a desk, and say what to do about what is wrong. Nothing is
changed; the desk may be running. Exit code 1 says that there are findings.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			found, err := p.examine(cmd, full)
			if err != nil {
				return err
			}
			o := p.output(cmd)
			if o.json {
				if err := o.printJSON(found); err != nil {
					return err
				}
			}
			bad := 0
			for _, f := range found {
				if f.Severity != store.Fine {
					bad++
				}
				if o.json {
					continue
				}
				o.printf("%-8s %-14s %s\n", f.Severity, f.Check, tame(f.Message))
				if f.Hint != "" {
					o.printf("%-8s %-14s hint: %s\n", "", "", tame(f.Hint))
				}
			}
			if bad > 0 {
				return errNegative
			}
			if !o.json {
				o.printf("Everything is well.\n")
			}
			return nil
		}}
	c.Flags().BoolVar(&full, "full", false, "read the whole database and every file, not a sample")
	jsonFlag(c)
	return c
}

func (p *program) examine(cmd *cobra.Command, full bool) ([]store.Finding, error) {
	cfg, _, err := p.load(cmd)
	if err != nil {
		f := fault.Of(err)
		if f == nil {
			return nil, err
		}
		return []store.Finding{{Check: "configuration", Severity: store.Problem, Message: f.Error(), Hint: f.Hint}}, nil
	}
	out := append(examineConfig(cfg), examineMachine(cfg)...)
	found, err := store.Examine(cmd.Context(), where(cfg), full)
	return append(out, found...), err
}

func examineConfig(cfg config.Config) (out []store.Finding) {
	say := func(s store.Severity, message, hint string) {
		out = append(out, store.Finding{Check: "configuration", Severity: s, Message: message, Hint: hint})
	}
	host, _, err := net.SplitHostPort(cfg.Listen)
	if ip := net.ParseIP(host); err == nil && !cfg.Secure && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		say(store.Warning, fmt.Sprintf("The desk listens on %s, and its cookies travel without TLS, too.", cfg.Listen), "Put a proxy with TLS before it and set secure_cookies = true.")
	}
	if st, err := os.Stat(cfg.Data); err == nil && st.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		say(store.Warning, fmt.Sprintf("Other users of this machine may look into %s (%v).", cfg.Data, st.Mode().Perm()), "chmod 700 "+cfg.Data)
	}
	if cfg.Clock != "" {
		say(store.Warning, "The clock is fixed at "+cfg.Clock+": no deadline comes nearer.", "Leave clock empty, except for demonstrations.")
	}
	if cfg.Dev {
		say(store.Warning, "Development mode is on.", "Leave dev away where people work.")
	}
	if len(out) == 0 {
		say(store.Fine, "Nothing to say.", "")
	}
	return out
}

// Free space under which a desk is in danger, and under which somebody should look.
const (
	diskDanger = 256 << 20
	diskLow    = 2 << 30
)

func examineMachine(cfg config.Config) (out []store.Finding) {
	say := func(check string, s store.Severity, message, hint string) {
		out = append(out, store.Finding{Check: check, Severity: s, Message: message, Hint: hint})
	}
	if free, ok := freeSpace(cfg.Data); ok {
		const hint = "Free space on the disk that holds the data directory."
		switch {
		case free < diskDanger:
			say("disk", store.Problem, fmt.Sprintf("Only %s are free.", sized(free)), hint)
		case free < diskLow:
			say("disk", store.Warning, fmt.Sprintf("Only %s are free.", sized(free)), hint)
		default:
			say("disk", store.Fine, sized(free)+" are free.", "")
		}
	}
	if _, err := time.LoadLocation("America/New_York"); err != nil {
		say("time zones", store.Problem, "The time zones of the world are not known on this machine.", "Install the time zone data (Debian: apt install tzdata).")
	} else {
		say("time zones", store.Fine, "The time zones are known.", "")
	}
	if y := time.Now().Year(); y < 2026 {
		say("clock", store.Problem, fmt.Sprintf("The machine's clock says %d.", y), "Set the clock, and let it keep time by NTP.")
	}
	return out
}
