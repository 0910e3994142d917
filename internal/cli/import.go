package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"firebreak/client"
	"firebreak/internal/config"
	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/transfer"
)

func (p *program) importCommand() *cobra.Command {
	return group("import", "Bring tickets of another system, or an exported desk, in", p.importTicketsCommand(), p.importDeskCommand())
}

// importFlags are the flags of import tickets.
type importFlags struct {
	format, mapFile, source, rejected string
	dry                               bool
}

func (p *program) importTicketsCommand() *cobra.Command {
	var f importFlags
	c := &cobra.Command{Use: "tickets [FILE]", Short: "Import tickets from JSON lines or CSV", Args: arguments(0, 1),
		Long: `Import tickets from JSON lines (one object a line) or CSV; "-" or no file reads standard input. The usual column
names of other systems are known; a mapping file (TOML) names others, see docs/import.md. A second import of the same ids
writes what changed and never doubles. No rule, mail, clock or notice fires. Rows that cannot be taken go to
FILE.rejected.jsonl with the reason; mend them there and import that file. Exit code 1 says that there are some.`,
		Example: `  firebreak import tickets jira.csv --source jira --map jira.toml --dry-run
  firebreak import tickets old-desk.jsonl --source otrs
  zcat dump.jsonl.gz | firebreak import tickets - --source zendesk --server https://desk.example.com --token T`,
		RunE: func(cmd *cobra.Command, args []string) error { return p.importTickets(cmd, args, f) },
	}
	c.Flags().StringVar(&f.format, "format", "", "jsonl or csv (default: by the file's name, else by its first character)")
	c.Flags().StringVar(&f.mapFile, "map", "", "mapping file: which column and which word is what (TOML)")
	c.Flags().StringVar(&f.source, "source", "", `name of the system the tickets come from (default: the mapping file's, else "`+desk.DefaultSource+`")`)
	c.Flags().StringVar(&f.rejected, "rejected", "", "where rows that cannot be taken go (default: FILE.rejected.jsonl)")
	c.Flags().BoolVar(&f.dry, "dry-run", false, "check and count everything, write nothing")
	setting(c, "server", "token", "clock")
	jsonFlag(c)
	return c
}

// importSummary is what import tickets prints with --json.
type importSummary struct {
	desk.ImportResult
	Seconds      float64 `json:"seconds"`
	RejectedFile string  `json:"rejected_file,omitempty"`
}

func (p *program) importTickets(cmd *cobra.Command, args []string, f importFlags) error {
	cfg, _, err := p.load(cmd)
	if err != nil {
		return err
	}
	name, in, size, err := input(cmd, args)
	if err != nil {
		return err
	}
	defer in.Close()
	o := transfer.Options{Name: name, Format: transfer.Format(f.format)}
	if f.mapFile != "" {
		text, err := os.ReadFile(f.mapFile)
		if err != nil {
			return fault.Invalid("map", fmt.Sprintf("The mapping file %s cannot be read: %v.", f.mapFile, err), "Check its name.")
		}
		if o.Mapping, err = transfer.ParseMapping(text); err != nil {
			return err
		}
		if f.source == "" {
			f.source = o.Mapping.Source
		}
	}
	rows, err := transfer.NewReader(in, o)
	if err != nil {
		return err
	}
	bar := newProgress(cmd.ErrOrStderr(), "rows", size)
	bad := &rejects{path: f.rejected, dry: f.dry}
	if bad.path == "" {
		bad.path = rejectedName(name)
	}
	run := p.importLocal
	if cfg.Server != "" {
		run = p.importRemote
	}
	res, err := run(cmd, cfg, rows, desk.ImportOptions{Source: f.source, DryRun: f.dry, Rejected: bad.take,
		Progress: func(r desk.ImportResult) { bar.show(rows.Read(), r.Rows) }})
	bar.end()
	res.Unused = rows.Unused()
	if cerr := bad.close(); err == nil {
		err = cerr
	}
	return p.importDone(cmd, res, bad, bar, err)
}

// importDone tells how an import went; err is what ended it early.
func (p *program) importDone(cmd *cobra.Command, res desk.ImportResult, bad *rejects, bar *progress, err error) error {
	o := p.output(cmd)
	took := time.Since(bar.start)
	if err != nil {
		if res.Rows > 0 && !res.DryRun {
			fmt.Fprintf(cmd.ErrOrStderr(), "The import ended early. %s; the same command again goes on without doubling.\n", counted(res))
		}
		return err
	}
	if o.json {
		res.Rejections = bad.first
		s := importSummary{ImportResult: res, Seconds: took.Seconds()}
		if bad.f != nil {
			s.RejectedFile = bad.path
		}
		if err := o.printJSON(s); err != nil {
			return err
		}
	} else {
		verb := "Imported from"
		if res.DryRun {
			verb = "Nothing was written. It would import from"
		}
		o.printf("%s %s: %s, in %s (%s rows a second).\n", verb, tame(res.Source), counted(res), took.Round(10*time.Millisecond), grouped(bar.rate(res.Rows)))
		if len(res.Unused) > 0 {
			o.printf("Columns that no field took: %s.\n", tame(strings.Join(res.Unused, ", ")))
		}
	}
	bad.tell(cmd.ErrOrStderr(), res)
	if res.Rejected > 0 {
		return errNegative
	}
	return nil
}

func counted(r desk.ImportResult) string {
	return fmt.Sprintf("%s rows: %s new, %s updated, %s unchanged, %s rejected", grouped(r.Rows), grouped(r.New), grouped(r.Updated), grouped(r.Unchanged), grouped(r.Rejected))
}

// importLocal imports into the desk of this machine, which is made when there is none.
func (p *program) importLocal(cmd *cobra.Command, cfg config.Config, rows *transfer.Reader, o desk.ImportOptions) (desk.ImportResult, error) {
	a, err := p.openFresh(cmd, cfg)
	if err != nil {
		return desk.ImportResult{}, err
	}
	defer a.close()
	return a.desk.ImportTickets(desk.AsSystem(cmd.Context(), "cli", "command line"), rows, o)
}

// importRemote streams rows into a desk elsewhere. They are read, mapped and checked here, so that a mapping file works
// there too and that a row is rejected with the line and the text it has here.
func (p *program) importRemote(cmd *cobra.Command, cfg config.Config, rows *transfer.Reader, o desk.ImportOptions) (desk.ImportResult, error) {
	c, done, err := p.connect(cmd)
	if err != nil {
		return desk.ImportResult{}, err
	}
	defer done()
	var local desk.ImportResult
	out, w := io.Pipe()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		w.CloseWithError(sendRows(w, rows, o, &local))
	}()
	there, err := c.ImportTickets(cmd.Context(), out, client.ImportOptions{Source: o.Source, DryRun: o.DryRun})
	out.CloseWithError(io.ErrClosedPipe) // stops the sender when the desk refused
	<-sent
	res := desk.ImportResult{Source: there.Source, DryRun: there.DryRun, Rows: local.Rows, New: there.New, Updated: there.Updated, Unchanged: there.Unchanged,
		Rejected: local.Rejected + there.Rejected, Cut: local.Cut}
	if err != nil {
		return res, err
	}
	for _, r := range there.Rejections {
		if err := o.Rejected(&transfer.Rejection{Line: r.Line, Field: r.Field, Reason: r.Reason, Hint: r.Hint, ID: r.ID, Row: r.Row, Text: r.Text}); err != nil {
			return res, err
		}
	}
	return res, nil
}

// sendRows writes rows in the desk's own form, each with the line it has in its file.
func sendRows(w io.Writer, rows *transfer.Reader, o desk.ImportOptions, local *desk.ImportResult) error {
	b := bufio.NewWriterSize(w, 256<<10)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	for {
		row, bad, err := rows.Next()
		if err == io.EOF {
			return b.Flush()
		}
		if err != nil {
			return err
		}
		local.Rows++
		if bad != nil {
			local.Rejected++
			local.Cut = local.Cut || bad.Cut
			if err := o.Rejected(bad); err != nil {
				return err
			}
			continue
		}
		if err := e.Encode(struct {
			Line int64        `json:"line"`
			Row  transfer.Row `json:"row"`
		}{row.Line, row}); err != nil {
			return err
		}
		if local.Rows%100 == 0 {
			o.Progress(*local)
		}
	}
}

// input opens the file that is named, or standard input; size is 0 when it is not known.
func input(cmd *cobra.Command, args []string) (name string, in io.ReadCloser, size int64, err error) {
	if len(args) == 0 || args[0] == "-" {
		return "-", io.NopCloser(cmd.InOrStdin()), 0, nil
	}
	f, err := os.Open(args[0])
	if err != nil {
		return "", nil, 0, fault.Invalid("file", fmt.Sprintf("The file %s cannot be read: %v.", args[0], err), "Check its name and that you may read it.")
	}
	st, err := f.Stat()
	if err == nil && st.IsDir() {
		f.Close()
		return "", nil, 0, fault.Invalid("file", args[0]+" is a directory.", "Name a file of JSON lines or CSV; an exported desk comes in with firebreak import desk.")
	}
	if err == nil && st.Mode().IsRegular() {
		size = st.Size()
	}
	return args[0], f, size, nil
}

const rejectedSuffix = ".rejected.jsonl"

// rejectedName is the file for the rows of a file that cannot be taken; never that file itself.
func rejectedName(name string) string {
	switch {
	case name == "-":
		return "stdin" + rejectedSuffix
	case strings.HasSuffix(name, rejectedSuffix):
		return strings.TrimSuffix(name, rejectedSuffix) + ".again" + rejectedSuffix
	}
	return name + rejectedSuffix
}

// rejects writes the rows that cannot be taken. The file is made with the first of them.
type rejects struct {
	path  string
	dry   bool
	f     *os.File
	w     *bufio.Writer
	first []*transfer.Rejection
}

const (
	rejectsShown = 10
	rejectsKept  = 100
)

func (r *rejects) take(bad *transfer.Rejection) error {
	if len(r.first) < rejectsKept {
		r.first = append(r.first, bad)
	}
	if r.dry {
		return nil
	}
	if r.f == nil {
		f, err := os.OpenFile(r.path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return fault.Invalid("rejected", fmt.Sprintf("The file for rejected rows cannot be written: %v.", err), "Name another with --rejected.")
		}
		r.f, r.w = f, bufio.NewWriter(f)
	}
	b, err := json.Marshal(bad)
	if err != nil {
		return err
	}
	_, err = r.w.Write(append(b, '\n'))
	return err
}

func (r *rejects) close() error {
	if r.f == nil {
		return nil
	}
	err := r.w.Flush()
	if cerr := r.f.Close(); err == nil {
		err = cerr
	}
	return err
}

// tell names the first rejected rows, and says what to do with them.
func (r *rejects) tell(w io.Writer, res desk.ImportResult) {
	r.list(w, res.Rejected)
	if r.f != nil {
		fmt.Fprintf(w, "The rejected rows are in %s. Mend them there, then: firebreak import tickets %s\n", r.path, r.path)
	}
}

// list names the first of all rejected rows.
func (r *rejects) list(w io.Writer, all int64) {
	hints := map[string]bool{"": true}
	for i, bad := range r.first {
		if i == rejectsShown {
			fmt.Fprintf(w, "… and %s more.\n", grouped(all-rejectsShown))
			break
		}
		where := fmt.Sprintf("line %d", bad.Line)
		if bad.ID != "" {
			where += ", id " + bad.ID
		}
		if bad.Field != "" {
			where += ", " + bad.Field
		}
		fmt.Fprintf(w, "%s: %s\n", tame(where), tame(bad.Reason))
		if !hints[bad.Hint] {
			fmt.Fprintf(w, "hint: %s\n", tame(bad.Hint))
		}
		hints[bad.Hint] = true
	}
}
