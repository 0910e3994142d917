package cli

import (
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"firebreak/internal/desk"
)

func (p *program) serveCommand() *cobra.Command {
	c := &cobra.Command{Use: "serve", Short: "Run the desk", Args: arguments(0, 0),
		Long: "Run the desk until Ctrl-C or SIGTERM. It is ready when /healthz answers 200.",
		Example: `  firebreak serve
  firebreak serve --data /var/lib/firebreak --listen :8080
  firebreak serve --database postgres://desk@db/firebreak`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, _, err := p.load(cmd)
			if err != nil {
				return err
			}
			a, err := open(cmd.Context(), cfg, newLog(cmd.ErrOrStderr(), cfg.LogLevel))
			if err != nil {
				return err
			}
			defer a.close()
			err = a.serve(cmd.Context(), func(addr string) {
				out := cmd.OutOrStdout()
				fmt.Fprintf(out, "Firebreak listens on %s\n", address(addr))
				if needs, err := a.desk.NeedsSetup(desk.AsSystem(cmd.Context(), "cli", "serve")); err == nil && needs {
					fmt.Fprintf(out, "The desk is new. Make the first admin at %s/setup\n", address(addr))
				}
			})
			if err == nil {
				fmt.Fprintln(cmd.OutOrStdout(), "Stopped.")
			}
			return err
		}}
	setting(c, "listen", "max_upload", "secure_cookies", "proxies", "smtp", "clock", "dev")
	return c
}

// address is where a browser on this machine finds a listener.
func address(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "http://" + addr
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}
