package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"firebreak/client"
	"firebreak/internal/fault"
)

func (p *program) estateCommand() *cobra.Command {
	return group("estate", "Who calls whom, what runs where, and which side holds a stale address",
		p.estateImportCommand(), p.estateShowCommand(), p.estateCallCommand(), p.estateCheckCommand(), p.estateJILCommand())
}

func (p *program) estateImportCommand() *cobra.Command {
	var o client.ImportEstateOptions
	var maps []string
	c := &cobra.Command{Use: "import [FILE]", Short: "Import hosts, interfaces and products from CSV, or jobs from AutoSys JIL", Args: arguments(0, 1),
		Long: `Import hosts, interfaces or products from CSV (the first line names the columns), or jobs, boxes, machines and calendars
from AutoSys JIL; "-" or no file reads standard input. The same file again changes nothing. With a problem in it nothing is
written: every line that is wrong is named with the reason, and the exit code is 2.`,
		Example: `  firebreak estate import hosts.csv --create --dry-run
  autorep -J ALL -q | firebreak estate import --format jil --map BILLING=Billing --map 'FIN_*=Ledger'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			name, in, _, err := input(cmd, args)
			if err != nil {
				return err
			}
			defer in.Close()
			desk, done, err := p.connect(cmd)
			if err != nil {
				return err
			}
			defer done()
			o.Map = strings.Join(maps, ",")
			res, err := desk.ImportEstate(cmd.Context(), in, o)
			if err != nil {
				return err
			}
			return p.output(cmd).estateResult(cmd.ErrOrStderr(), name, res)
		}}
	c.Flags().StringVar(&o.Format, "format", "", "csv or jil (default: by the first characters)")
	c.Flags().BoolVar(&o.DryRun, "dry-run", false, "check and count everything, write nothing")
	c.Flags().BoolVar(&o.Create, "create", false, "add applications that the catalogue has not")
	c.Flags().StringArrayVar(&maps, "map", nil, "NAME=APPLICATION: the application behind an application or group of the scheduler, or behind job names that begin with NAME*")
	p.remoteFlags(c)
	return c
}

// estateResult tells what an import did; with a problem it fails with exit code 2.
func (o *output) estateResult(errOut io.Writer, name string, r client.EstateResult) error {
	if name == "-" {
		name = "standard input"
	}
	if o.json {
		if err := o.printJSON(r); err != nil {
			return err
		}
	}
	hints := map[string]bool{"": true}
	tell := func(kind string, list []client.LineProblem) {
		for _, p := range list {
			field := ""
			if p.Field != "" {
				field = p.Field + ": "
			}
			fmt.Fprintf(errOut, "%s:%d: %s%s%s\n", tame(name), p.Line, kind, tame(field), tame(p.Reason))
			if !hints[p.Hint] {
				fmt.Fprintf(errOut, "hint: %s\n", tame(p.Hint))
			}
			hints[p.Hint] = true
		}
	}
	tell("", r.Problems)
	if n := len(r.Problems); n > 0 {
		if r.More > 0 {
			fmt.Fprintf(errOut, "… and %d more.\n", r.More)
		}
		lines := "lines need"
		if n+r.More == 1 {
			lines = "line needs"
		}
		return usage(fmt.Sprintf("Nothing was written: %d %s a change.", n+r.More, lines), "Mend the file and import it again.")
	}
	tell("warning: ", r.Warnings)
	if r.Forgotten > 0 {
		fmt.Fprintf(errOut, "… and %d more warnings.\n", r.Forgotten)
	}
	if o.json {
		return nil
	}
	verb := "Imported"
	if r.DryRun {
		verb = "Nothing was written. It would import"
	}
	count := func(c client.Counts) string {
		return fmt.Sprintf("%d new, %d changed, %d unchanged, %d removed", c.Added, c.Changed, c.Unchanged, c.Removed)
	}
	if r.Format == "jil" {
		o.printf("%s jobs: %s; machines, calendars and the like: %s.\n", verb, count(r.Jobs), count(r.Objects))
	} else {
		o.printf("%s %s: %s.\n", verb, r.Table, count(r.Rows))
	}
	if len(r.Created) > 0 {
		added := "Added"
		if r.DryRun {
			added = "It would add"
		}
		o.printf("%s to the catalogue: %s.\n", added, oneLine(strings.Join(r.Created, ", ")))
	}
	if r.Unmapped > 0 {
		o.printf("%d jobs belong to no application of the catalogue", r.Unmapped)
		if len(r.Names) > 0 {
			o.printf(" (%s)", oneLine(strings.Join(r.Names, ", ")))
		}
		o.printf("; name it with --map NAME=APPLICATION, or add what is missing with --create.\n")
	}
	return nil
}

func (p *program) estateShowCommand() *cobra.Command {
	c := &cobra.Command{Use: "show APPLICATION", Short: "Show what stands around an application", Args: arguments(1, 1), RunE: func(cmd *cobra.Command, args []string) error {
		desk, done, err := p.connect(cmd)
		if err != nil {
			return err
		}
		defer done()
		a, err := desk.Around(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		o := p.output(cmd)
		if o.json {
			return o.printJSON(a)
		}
		o.around(a)
		return nil
	}}
	p.remoteFlags(c)
	return c
}

func (o *output) around(a client.Around) {
	o.printf("%s (%s)\n", oneLine(a.Application.Name), a.Application.Slug)
	for _, part := range []struct {
		step int
		head string
	}{{-1, "Depend on it"}, {-2, "Depend on it over another"}, {1, "It depends on"}, {2, "It depends on over another"}} {
		var names []string
		for _, n := range a.Graph.Nodes {
			if n.Step != part.step {
				continue
			}
			s := n.Name
			var marks []string
			if l := load(n.Active); l != "" {
				marks = append(marks, l)
			}
			if n.Changes > 0 {
				marks = append(marks, fmt.Sprintf("changes in 7 days: %d", n.Changes))
			}
			if len(marks) > 0 {
				s += " (" + strings.Join(marks, ", ") + ")"
			}
			names = append(names, s)
		}
		if len(names) > 0 {
			o.printf("%-26s %s\n", part.head, oneLine(strings.Join(names, ", ")))
		}
	}
	for _, part := range []struct {
		head string
		list []client.Interface
		to   bool
	}{{"It calls", a.Calls, true}, {"It is called by", a.CalledBy, false}} {
		if len(part.list) == 0 {
			continue
		}
		o.printf("\n%s\n", part.head)
		t := table{{"  APPLICATION", "NAME AND PORT", "ADDRESSES", "IN BETWEEN", "WHAT FOR", "ID"}}
		for _, i := range part.list {
			other, target := i.From, i.Host
			if part.to {
				other = i.To
			}
			if i.Port > 0 {
				target = fmt.Sprintf("%s:%d", target, i.Port)
			}
			t = append(t, []string{"  " + other, target, strings.Join(i.Addresses, " "), strings.Join(i.Between, ","), i.Name, i.ID})
		}
		o.printTable(t)
	}
	if len(a.Products) > 0 {
		o.printf("\nInstalled\n")
		t := table{{"  PRODUCT", "VERSION", "HOST"}}
		for _, p := range a.Products {
			t = append(t, []string{"  " + p.Name, p.Version, p.Host})
		}
		o.printTable(t)
	}
	if len(a.Jobs) > 0 {
		o.printf("\nBatch jobs\n")
		t := table{{"  JOB", "TYPE", "BOX", "STARTS", "WAITS FOR"}}
		for _, j := range a.Jobs {
			t = append(t, []string{"  " + j.Name, j.Type, j.Box, j.Starts, j.Condition})
		}
		o.printTable(t)
		if a.MoreJobs != "" {
			o.printf("  … and more.\n")
		}
	}
	if len(a.Changes) > 0 {
		o.printf("\nChanged here and next to it in 7 days\n")
		o.changes(a.Changes)
	}
}

func (p *program) estateCallCommand() *cobra.Command {
	var in client.InterfaceFields
	c := &cobra.Command{Use: "call CALLER CALLED", Short: "Record that one application calls another", Args: arguments(2, 2),
		Example: "  firebreak estate call Orders Stock --host stock01.example.com --address 10.4.2.19 --port 8443 --between jvm,pool",
		RunE: func(cmd *cobra.Command, args []string) error {
			desk, done, err := p.connect(cmd)
			if err != nil {
				return err
			}
			defer done()
			in.From, in.To = args[0], args[1]
			i, err := desk.AddInterface(cmd.Context(), in)
			if err != nil {
				return err
			}
			o := p.output(cmd)
			if o.json {
				return o.printJSON(i)
			}
			o.printf("%s calls %s: interface %s.\n", oneLine(i.From), oneLine(i.To), i.ID)
			return nil
		}}
	f := c.Flags()
	f.StringVar(&in.Name, "name", "", "what for")
	f.StringVar(&in.Host, "host", "", "the name by which the caller finds the other side")
	f.StringVar(&in.Addresses, "address", "", "IP addresses behind the name, with blanks between them")
	f.IntVar(&in.Port, "port", 0, "port")
	f.StringVar(&in.Protocol, "protocol", "", "https, jdbc, mq …")
	f.StringVar(&in.Between, "between", "", "what keeps an address on the way: pool, jvm, dns, hosts, proxy, balancer, nat")
	f.StringVar(&in.Clear, "clear", "", "how that is cleared")
	f.StringVar(&in.Note, "note", "", "what somebody should know")
	p.remoteFlags(c)
	return c
}

// checkFlags are the flags of estate check.
type checkFlags struct {
	name, caller, callee string
	dns                  bool
	ticket               int64
}

func (p *program) estateCheckCommand() *cobra.Command {
	var f checkFlags
	c := &cobra.Command{Use: "check CALLER CALLED | INTERFACE", Short: "Compare the addresses each side holds, and say which is stale", Args: arguments(1, 2),
		Long: `Compare what the desk believes, what DNS answers now (--dns) and what each side reports, and say in one sentence which
side holds a stale address and what to do. The files hold what the commands printed: getent, nslookup, dig, host, ping,
ss -tn, netstat, Resolve-DnsName, an error message; from the called side hostname -I, ip addr or ipconfig. "-" reads
standard input. Exit code 1 says that somebody holds a stale address, or that nobody can tell.`,
		Example: `  ssh orders01 'getent hosts stock01.example.com; ss -tn' | firebreak estate check Orders Stock --dns --caller -`,
		RunE:    func(cmd *cobra.Command, args []string) error { return p.estateCheck(cmd, args, f) }}
	c.Flags().StringVar(&f.name, "name", "", "which interface between the two, when there are several")
	c.Flags().StringVar(&f.caller, "caller", "", `file with what the calling machine says, or "-"`)
	c.Flags().StringVar(&f.callee, "called", "", `file with what the called machine says, or "-"`)
	c.Flags().BoolVar(&f.dns, "dns", false, "ask DNS now, from where the desk runs")
	c.Flags().Int64Var(&f.ticket, "ticket", 0, "keep the result on this ticket as a private note")
	p.remoteFlags(c)
	return c
}

func (p *program) estateCheck(cmd *cobra.Command, args []string, f checkFlags) error {
	in := client.AddressCheck{AskDNS: f.dns, Ticket: f.ticket}
	for _, side := range []struct {
		field, file string
		into        *string
	}{{"caller", f.caller, &in.Caller}, {"called", f.callee, &in.Callee}} {
		if side.file == "" {
			continue
		}
		text, err := readText(cmd, side.field, side.file)
		if err != nil {
			return err
		}
		*side.into = text
	}
	desk, done, err := p.connect(cmd)
	if err != nil {
		return err
	}
	defer done()
	which := args[0]
	if len(args) == 2 {
		if which, err = findInterface(cmd.Context(), desk, args[0], args[1], f.name); err != nil {
			return err
		}
	}
	v, err := desk.CheckAddress(cmd.Context(), which, in)
	if err != nil {
		return err
	}
	o := p.output(cmd)
	if o.json {
		if err := o.printJSON(v); err != nil {
			return err
		}
	} else {
		o.printf("%s\n", oneLine(v.Sentence))
		if len(v.Rows) > 0 {
			t := table{{"  WHO", "HOLDS", "STALE", "HOW"}}
			for _, r := range v.Rows {
				t = append(t, []string{"  " + r.Who, strings.Join(r.Addresses, " "), strings.Join(r.Stale, " "), strings.TrimSpace(r.How + " " + r.Note)})
			}
			o.printTable(t)
		}
		for _, s := range append(v.Also, v.Unread...) {
			o.printf("%s\n", oneLine(s))
		}
		if v.Entry != "" {
			o.printf("Kept on ticket %d.\n", f.ticket)
		}
	}
	if v.Side != "nobody" {
		return errNegative
	}
	return nil
}

// readText reads a file that a flag names; "-" is standard input.
func readText(cmd *cobra.Command, field, file string) (string, error) {
	const most = 256 << 10
	in := cmd.InOrStdin()
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return "", fault.Invalid(field, fmt.Sprintf("The file %s cannot be read: %v.", file, reason(err)), "Check its name and that you may read it.")
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, most))
	return strings.ToValidUTF8(string(b), "?"), err
}

// findInterface finds the one interface between two applications.
func findInterface(ctx context.Context, desk *client.Client, from, to, name string) (string, error) {
	a, err := desk.Around(ctx, from)
	if err != nil {
		return "", err
	}
	var found []client.Interface
	for _, i := range a.Calls {
		if (strings.EqualFold(i.To, to) || i.ToSlug == to) && (name == "" || strings.EqualFold(i.Name, name)) {
			found = append(found, i)
		}
	}
	switch {
	case len(found) == 0:
		return "", fault.Invalid("interface", fmt.Sprintf("No interface is known by which %s calls %s.", a.Application.Name, to), fmt.Sprintf("Record it first: firebreak estate call %q %q --host NAME --port PORT.", from, to))
	case len(found) > 1:
		var names []string
		for _, i := range found {
			names = append(names, fmt.Sprintf("%q", i.Name))
		}
		return "", fault.Invalid("interface", fmt.Sprintf("%s calls %s in %d ways.", a.Application.Name, to, len(found)), "Say which with --name: "+strings.Join(names, ", ")+".")
	}
	return found[0].ID, nil
}

func (p *program) estateJILCommand() *cobra.Command {
	c := &cobra.Command{Use: "jil", Short: "Print jobs, machines and calendars as AutoSys JIL", Args: arguments(0, 0), RunE: func(cmd *cobra.Command, args []string) error {
		desk, done, err := p.connect(cmd)
		if err != nil {
			return err
		}
		defer done()
		text, err := desk.SchedulerText(cmd.Context())
		if err != nil {
			return err
		}
		o := p.output(cmd)
		if o.json {
			return o.printJSON(map[string]string{"text": text})
		}
		o.printf("%s", text)
		return nil
	}}
	p.remoteFlags(c)
	return c
}
