package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"firebreak/client"
	"firebreak/internal/config"
	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/store"
	"firebreak/internal/web"
)

// remoteFlags let a command work on a remote desk or on the local one.
func (p *program) remoteFlags(cmds ...*cobra.Command) {
	for _, c := range cmds {
		setting(c, "server", "token", "clock")
		c.Flags().StringVar(&p.as, "as", "", "on the local desk: act as this person (e-mail, name or id), not as the desk itself")
		jsonFlag(c)
	}
}

// connect gives a client of the desk that the configuration names: over the network with --server, else of the
// local desk in this very process. Commands are written once, against the client; what differs is only what
// carries their requests.
func (p *program) connect(cmd *cobra.Command) (*client.Client, func(), error) {
	cfg, _, err := p.load(cmd)
	if err != nil {
		return nil, nil, err
	}
	if cfg.Server != "" {
		if cfg.Token == "" {
			return nil, nil, fault.Invalid("token", "A remote desk needs an API token.", "Make one on your account page or with «firebreak token create», and give it with --token or FIREBREAK_TOKEN.")
		}
		if p.as != "" {
			return nil, nil, fault.Invalid("as", "--as works on the local desk only.", "On a remote desk you are the person whose token you use.")
		}
		c := client.New(cfg.Server, cfg.Token)
		c.Agent = "cli"
		return c, func() {}, nil
	}
	a, err := p.openLocal(cmd, cfg)
	if err != nil {
		return nil, nil, err
	}
	w, err := web.New(a.desk, a.log, web.Options{Version: Version})
	if err != nil {
		a.close()
		return nil, nil, err
	}
	caller := desk.CallerOf(desk.AsSystem(cmd.Context(), "cli", "command line"))
	if p.as != "" {
		who, err := a.store.Read().FindPerson(cmd.Context(), p.as)
		if err != nil {
			a.close()
			if fault.Is(err, fault.CodeNotFound) {
				err = fault.Invalid("as", fmt.Sprintf("Nobody here is called %s.", p.as), "firebreak user list shows everybody.")
			}
			return nil, nil, err
		}
		caller = desk.Caller{Person: who, Via: "cli"}
	}
	c := client.New("http://local", "")
	c.HTTP = &http.Client{Transport: inProcess{w.Handler(), caller}}
	return c, a.close, nil
}

// openLocal opens the local desk and refuses to make a new one: a mistyped directory must not look like an empty desk.
func (p *program) openLocal(cmd *cobra.Command, cfg config.Config) (*app, error) {
	if cfg.Database == "" {
		if _, err := os.Stat(filepath.Join(cfg.Data, store.DatabaseFile)); errors.Is(err, fs.ErrNotExist) {
			return nil, fault.Invalid("data", fmt.Sprintf("There is no desk in %s.", cfg.Data), "Name its directory with --data, a remote desk with --server, or start a new one with firebreak serve.")
		}
	}
	return p.openFresh(cmd, cfg)
}

// openFresh opens the local desk, which may be new.
func (p *program) openFresh(cmd *cobra.Command, cfg config.Config) (*app, error) {
	if _, chosen := p.lookup(config.EnvPrefix + "LOG_LEVEL"); !chosen && !cmd.Flags().Changed("log-level") {
		cfg.LogLevel = "error" // a short command has no use for the desk's chatter
	}
	return open(cmd.Context(), cfg, newLog(cmd.ErrOrStderr(), cfg.LogLevel))
}

// inProcess carries requests to a handler in this process, in a caller's name.
type inProcess struct {
	handler http.Handler
	caller  desk.Caller
}

// RoundTrip answers a request; it implements http.RoundTripper.
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	a := &answer{header: http.Header{}, status: http.StatusOK}
	t.handler.ServeHTTP(a, r.WithContext(desk.WithCaller(r.Context(), t.caller)))
	r.Body.Close()
	if err := r.Context().Err(); err != nil {
		return nil, context.Cause(r.Context())
	}
	return &http.Response{StatusCode: a.status, Status: http.StatusText(a.status), Header: a.header, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(&a.body), ContentLength: int64(a.body.Len()), Request: r}, nil
}

// answer collects what a handler writes.
type answer struct {
	header http.Header
	status int
	wrote  bool
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if !a.wrote {
		a.status, a.wrote = status, true
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.wrote = true
	return a.body.Write(b)
}
