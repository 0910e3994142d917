package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"firebreak/internal/config"
)

// load puts the configuration of one call together.
func (p *program) load(cmd *cobra.Command) (config.Config, []config.Setting, error) {
	given := map[string]string{}
	known := map[string]string{}
	for _, key := range config.Keys() {
		known[config.FlagName(key)] = key
	}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if key, ok := known[f.Name]; ok {
			given[key] = f.Value.String()
		}
	})
	cfg, settings, err := config.Load(config.Sources{Flags: given, Lookup: p.lookup, File: p.file})
	if err == nil {
		p.clock, _ = cfg.Now()
	}
	return cfg, settings, err
}

// setting adds flags for keys of the configuration to a command.
func setting(cmd *cobra.Command, keys ...string) {
	for _, key := range keys {
		switch key {
		case "dev", "secure_cookies":
			cmd.Flags().Bool(config.FlagName(key), false, config.Doc(key))
		default:
			cmd.Flags().String(config.FlagName(key), "", config.Doc(key))
		}
	}
}

func (p *program) configCommand() *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "Print the effective configuration and where each value came from", Args: arguments(0, 0),
		Long: "Print the effective configuration and where each value came from. Flags win over FIREBREAK_… variables, which win over the file, which wins over the defaults. Secrets are masked.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, settings, err := p.load(cmd)
			if err != nil {
				return err
			}
			o := p.output(cmd)
			if o.json {
				return o.printJSON(settings)
			}
			t := table{{"KEY", "VALUE", "FROM"}}
			for _, s := range settings {
				t = append(t, []string{s.Key, s.Value, s.From})
			}
			o.printTable(t)
			return nil
		}}
	setting(c, "listen", "max_upload", "secure_cookies", "proxies", "smtp", "clock", "dev", "server", "token")
	jsonFlag(c)
	return c
}

// jsonFlag adds --json.
func jsonFlag(cmds ...*cobra.Command) {
	for _, c := range cmds {
		c.Flags().Bool("json", false, "print JSON")
	}
}

// readAll reads standard input or a text given as an argument; "-" and "" stand for standard input.
func readAll(in io.Reader, most int64) (string, error) {
	b, err := io.ReadAll(io.LimitReader(in, most+1))
	if err != nil {
		return "", fmt.Errorf("read standard input: %w", err)
	}
	if int64(len(b)) > most {
		return "", usage(fmt.Sprintf("Standard input is longer than %d bytes.", most), "Attach it to the ticket as a file instead.")
	}
	return string(b), nil
}
