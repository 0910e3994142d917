package cli

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"firebreak/client"
	"firebreak/internal/config"
	"firebreak/internal/desk"
	"firebreak/internal/mirror"
	"firebreak/internal/transfer"
)

func (p *program) mirrorCommand() *cobra.Command {
	g := group("mirror", "Keep copies of question and answer sites and search them without going outside", p.mirrorImport(), p.mirrorList(), p.mirrorSearch(), p.mirrorRemove())
	g.Long = "Brings in the published dumps of sites such as Stack Overflow and searches them on this desk, by the ranking of similar tickets.\nNothing leaves the desk."
	return g
}

type mirrorFlags struct {
	site, rejected string
	minScore       int64
	tags           []string
	dry            bool
}

func (p *program) mirrorImport() *cobra.Command {
	var f mirrorFlags
	c := &cobra.Command{Use: "import FILE|-", Short: "Import the dump of a site: Posts.xml, also as .gz, .bz2 or .zip", Args: arguments(1, 1),
		Long: `Reads a Posts.xml of a Stack Exchange dump (archive.org/details/stackexchange) as a stream; a file of a hundred gigabytes needs no more
memory than a small one. A second import writes what changed and never doubles; one that was killed goes on with the same command.
--min-score and --tag leave out what you will not need. Rows that cannot be taken go to FILE.rejected.jsonl with the reason. Exit code 1
says that there are some.`,
		Example: `  firebreak mirror import Posts.xml --site dba.stackexchange.com
  7z x -so stackoverflow.com-Posts.7z | firebreak mirror import - --site stackoverflow.com --tag oracle,java --min-score 2`,
		RunE: func(cmd *cobra.Command, args []string) error { return p.importMirror(cmd, args, f) },
	}
	c.Flags().StringVar(&f.site, "site", "", "the site's name, e.g. stackoverflow.com")
	c.Flags().Int64Var(&f.minScore, "min-score", 0, "leave out posts with a lower score; accepted answers stay")
	c.Flags().StringSliceVar(&f.tags, "tag", nil, "take questions with this tag alone; several with commas: any of them")
	c.Flags().StringVar(&f.rejected, "rejected", "", "where rows that cannot be taken go (default: FILE.rejected.jsonl)")
	c.Flags().BoolVar(&f.dry, "dry-run", false, "check and count everything, write nothing")
	c.MarkFlagRequired("site")
	setting(c, "server", "token", "clock")
	jsonFlag(c)
	return c
}

// mirrorSummary is what mirror import prints with --json.
type mirrorSummary struct {
	desk.MirrorResult
	Seconds      float64 `json:"seconds"`
	RejectedFile string  `json:"rejected_file,omitempty"`
}

// counting counts the bytes that were read.
type counting struct {
	in io.Reader
	n  atomic.Int64
}

func (c *counting) Read(b []byte) (int, error) {
	n, err := c.in.Read(b)
	c.n.Add(int64(n))
	return n, err
}

func (p *program) importMirror(cmd *cobra.Command, args []string, f mirrorFlags) error {
	cfg, _, err := p.load(cmd)
	if err != nil {
		return err
	}
	o := desk.MirrorImport{Site: f.site, Tags: f.tags, DryRun: f.dry}
	if cmd.Flags().Changed("min-score") {
		o.MinScore = &f.minScore
	}
	if _, bad := mirror.Site(f.site); bad != nil {
		return bad
	}
	name, file, size, err := input(cmd, args)
	if err != nil {
		return err
	}
	defer file.Close()
	read := &counting{in: file}
	if f, ok := file.(*os.File); ok && name != "-" {
		head := make([]byte, 4)
		if n, _ := f.ReadAt(head, 0); mirror.IsZip(head[:n]) {
			inside, whole, err := mirror.OpenZip(f, size)
			if err != nil {
				return err
			}
			defer inside.Close()
			read.in, size = inside, whole
		}
	}
	bar := newProgress(cmd.ErrOrStderr(), "posts", size)
	bad := &rejects{path: f.rejected, dry: f.dry}
	if bad.path == "" {
		bad.path = rejectedName(name)
	}
	o.Rejected = bad.take
	run := p.mirrorLocal
	if cfg.Server != "" {
		run = p.mirrorRemote
	}
	res, err := run(cmd, cfg, read, o, bar)
	bar.end()
	if cerr := bad.close(); err == nil {
		err = cerr
	}
	return p.mirrorDone(cmd, res, bad, bar, err)
}

// mirrorDone tells how an import went; err is what ended it early.
func (p *program) mirrorDone(cmd *cobra.Command, res desk.MirrorResult, bad *rejects, bar *progress, err error) error {
	o, took := p.output(cmd), time.Since(bar.start)
	counts := fmt.Sprintf("%s posts: %s new, %s updated, %s unchanged, %s left out, %s rejected", grouped(res.Rows), grouped(res.New), grouped(res.Updated), grouped(res.Unchanged), grouped(res.LeftOut), grouped(res.Rejected))
	if err != nil {
		if res.Rows > 0 && !res.DryRun {
			fmt.Fprintf(cmd.ErrOrStderr(), "The import ended early. %s; the same command again goes on without doubling.\n", counts)
		}
		return err
	}
	if o.json {
		s := mirrorSummary{MirrorResult: res, Seconds: took.Seconds()}
		if s.Rejections = bad.first; bad.f != nil {
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
		o.printf("%s %s: %s, in %s (%s posts a second).\n", verb, tame(res.Site), counts, took.Round(10*time.Millisecond), grouped(bar.rate(res.Rows)))
	}
	bad.list(cmd.ErrOrStderr(), res.Rejected)
	if bad.f != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "The rejected rows are in %s.\n", bad.path)
	}
	if res.Rejected > 0 {
		return errNegative
	}
	return nil
}

// mirrorLocal imports into the desk of this machine, which is made when there is none.
func (p *program) mirrorLocal(cmd *cobra.Command, cfg config.Config, read *counting, o desk.MirrorImport, bar *progress) (desk.MirrorResult, error) {
	in, err := mirror.Open(read)
	if err != nil {
		return desk.MirrorResult{}, err
	}
	a, err := p.openFresh(cmd, cfg)
	if err != nil {
		return desk.MirrorResult{}, err
	}
	defer a.close()
	o.Progress = func(r desk.MirrorResult) {
		switch r.Phase {
		case "reading":
			bar.say("posts", read.n.Load(), r.Rows)
		case "indexing":
			bar.say("questions indexed", r.Indexed, r.Indexed)
		case "learning":
			bar.say("questions indexed; learning their words", r.Indexed, r.Indexed)
		case "waiting":
			bar.say("posts; waiting for another import of this site", 0, 0)
		}
	}
	return a.desk.ImportMirror(desk.AsSystem(cmd.Context(), "cli", "command line"), mirror.NewReader(in), o)
}

// mirrorRemote streams the file into a desk elsewhere, as it is.
func (p *program) mirrorRemote(cmd *cobra.Command, _ config.Config, read *counting, o desk.MirrorImport, bar *progress) (desk.MirrorResult, error) {
	c, done, err := p.connect(cmd)
	if err != nil {
		return desk.MirrorResult{}, err
	}
	defer done()
	bar.what = "bytes sent"
	shown := readerFunc(func(b []byte) (int, error) {
		n, err := read.Read(b)
		bar.show(read.n.Load(), read.n.Load())
		return n, err
	})
	there, err := c.ImportMirror(cmd.Context(), shown, client.MirrorImport{Site: o.Site, MinScore: o.MinScore, Tags: o.Tags, DryRun: o.DryRun})
	res := desk.MirrorResult{Site: there.Site, DryRun: there.DryRun, Rows: there.Rows, Questions: there.Questions, Answers: there.Answers, New: there.New, Updated: there.Updated,
		Unchanged: there.Unchanged, LeftOut: there.LeftOut, Rejected: there.Rejected, Indexed: there.Indexed, Cut: there.Cut}
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

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

func (p *program) mirrorList() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "List the sites of which the desk has a copy", Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, done, err := p.connect(cmd)
			if err != nil {
				return err
			}
			defer done()
			sites, err := d.MirrorSites(cmd.Context())
			if err != nil {
				return err
			}
			o := p.output(cmd)
			if o.json {
				return o.printJSON(sites)
			}
			if len(sites) == 0 {
				o.printf("No site yet. firebreak mirror import brings one in.\n")
				return nil
			}
			t := table{{"SITE", "QUESTIONS", "ANSWERS", "UP TO", "IMPORTED", "LICENCE"}}
			for _, s := range sites {
				imported := s.ImportedAt.Format(time.DateOnly)
				if !s.Complete {
					imported = "not complete"
				}
				t = append(t, []string{s.Name, grouped(int64(s.Questions)), grouped(int64(s.Answers)), s.Newest.Format(time.DateOnly), imported, strings.Join(s.Licences, ", ")})
			}
			o.printTable(t)
			return nil
		}}
	p.remoteFlags(c)
	return c
}

func (p *program) mirrorSearch() *cobra.Command {
	var site string
	var max int
	c := &cobra.Command{Use: "search TEXT…", Short: "Find questions like an error, a question or some words", Args: arguments(1, -1),
		Long:    "Finds the questions of mirrored sites that are most like a text, with the beginning of the accepted answer or of that with the most votes.\nNothing leaves the desk. Exits 1 when nothing is found.",
		Example: "  firebreak mirror search ORA-01555 snapshot too old\n  firebreak mirror search 'connection refused' --site serverfault.com --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			d, done, err := p.connect(cmd)
			if err != nil {
				return err
			}
			defer done()
			hits, err := d.SearchMirror(cmd.Context(), strings.Join(args, " "), site, max)
			if err != nil {
				return err
			}
			o := p.output(cmd)
			switch {
			case o.json:
				err = o.printJSON(hits)
			case len(hits) == 0:
				o.printf("Nothing found.\n")
			}
			for _, h := range hits {
				if o.json {
					break
				}
				answers := strconv.Itoa(h.Answers) + " answers"
				if h.Accepted {
					answers += ", one accepted"
				}
				o.printf("%s\n  %s · %d votes · %s · %s\n", oneLine(h.Title), oneLine(h.Link), h.Votes, answers, oneLine(h.Licence))
				if h.Answer != "" {
					o.printf("%s\n", indent(oneLine(h.Answer)))
				}
			}
			if err == nil && len(hits) == 0 {
				err = errNegative
			}
			return err
		}}
	c.Flags().StringVar(&site, "site", "", "one site alone")
	c.Flags().IntVar(&max, "limit", 5, "how many questions, 1 to 50")
	p.remoteFlags(c)
	return c
}

func (p *program) mirrorRemove() *cobra.Command {
	c := &cobra.Command{Use: "remove SITE", Short: "Remove the copy of a site", Args: arguments(1, 1),
		Example: "  firebreak mirror remove dba.stackexchange.com",
		RunE: func(cmd *cobra.Command, args []string) error {
			d, done, err := p.connect(cmd)
			if err != nil {
				return err
			}
			defer done()
			gone, err := d.RemoveMirror(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			o := p.output(cmd)
			if o.json {
				return o.printJSON(gone)
			}
			o.printf("The copy of %s is removed: %s questions and %s answers.\n", oneLine(gone.Name), grouped(gone.Questions), grouped(gone.Answers))
			return nil
		}}
	p.remoteFlags(c)
	return c
}
