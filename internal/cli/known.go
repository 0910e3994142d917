package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"firebreak/client"
	"firebreak/internal/evidence"
	"firebreak/internal/fault"
	"firebreak/internal/knownerror"
	"firebreak/internal/store"
)

func (p *program) knownCommand() *cobra.Command {
	g := group("known", "Know error codes: find them, read about them, write your own", p.knownFind(), p.knownShow(), p.knownList(), p.knownAdd(), p.knownImport())
	g.Long = "Say what an error code means and what to try first. The shipped knowledge needs neither a desk nor a network; where a desk is\nnamed (--data, --database, --server) or lies in the usual place, what it knows itself comes first."
	return g
}

// knownDesk gives the desk when there is one; nil when only the shipped knowledge is at hand.
func (p *program) knownDesk(cmd *cobra.Command) (*client.Client, func(), error) {
	cfg, _, err := p.load(cmd)
	if err != nil {
		return nil, nil, err
	}
	if cfg.Server == "" && cfg.Database == "" && !cmd.Flags().Changed("data") {
		if _, err := os.Stat(filepath.Join(cfg.Data, store.DatabaseFile)); err != nil {
			return nil, func() {}, nil
		}
	}
	return p.connect(cmd)
}

// foundLine is what known find prints of a code, one JSON object a line.
type foundLine struct {
	Line  int      `json:"line"`
	Start int      `json:"start"` // byte offsets in the input
	End   int      `json:"end"`
	Code  string   `json:"code"`
	Text  string   `json:"text"`
	Title string   `json:"title"`
	Try   []string `json:"try,omitempty"`
}

func (p *program) knownFind() *cobra.Command {
	var shipped bool
	c := &cobra.Command{Use: "find [FILE]", Short: "Find error codes in a log, a mail, any text", Args: arguments(0, 1),
		Long: `Finds error codes in a text: where they stand, what they mean and, for each code once, what to try first. Reads standard input when
no file is named. With --json one object a line, offsets in bytes of the input. Exits 1 when there is none.`,
		Example: "  firebreak known find app.log\n  journalctl -u billing | firebreak known find --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			_, in, _, err := input(cmd, args)
			if err != nil {
				return err
			}
			defer in.Close()
			text, _, err := evidence.UTF8Log(in)
			if err != nil {
				return err
			}
			own := map[string]client.KnownError{}
			if !shipped {
				if own, err = p.ownKnown(cmd); err != nil {
					return err
				}
			}
			return p.output(cmd).findKnown(text, own)
		}}
	c.Flags().BoolVar(&shipped, "shipped", false, "the shipped knowledge alone, whatever desk is there")
	p.remoteFlags(c)
	return c
}

// ownKnown gives the entries of the desk itself, by key.
func (p *program) ownKnown(cmd *cobra.Command) (map[string]client.KnownError, error) {
	own := map[string]client.KnownError{}
	desk, done, err := p.knownDesk(cmd)
	if err != nil || desk == nil {
		return own, err
	}
	defer done()
	for in := (client.ListKnownErrors{Family: "own", State: "active", Limit: 200}); ; {
		page, err := desk.KnownErrors(cmd.Context(), in)
		if err != nil {
			return nil, err
		}
		for _, e := range page.Items {
			own[e.Key] = e
		}
		if in.Cursor = page.Next; in.Cursor == "" {
			return own, nil
		}
	}
}

const findPart = 4 << 20 // bytes looked through at a time, to the end of a line

func (o *output) findKnown(in io.Reader, own map[string]client.KnownError) error {
	codes := make([]string, 0, len(own))
	for _, e := range own {
		codes = append(codes, e.Code)
	}
	book := knownerror.With(codes)
	about := func(code string) foundLine {
		if e, ok := own[knownerror.Key(code)]; ok {
			return foundLine{Title: e.Title, Try: e.Try}
		}
		e, _ := knownerror.Lookup(code)
		return foundLine{Title: e.Title, Try: e.Try}
	}
	var order []string
	count := map[string]int{}
	t := table{{"LINE", "CODE", "WHAT IT IS", "AS WRITTEN"}}
	w := bufio.NewWriter(o.w)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	r := bufio.NewReaderSize(in, findPart)
	for at, line, end := 0, 0, false; !end; {
		part, err := r.Peek(findPart)
		end = errors.Is(err, io.EOF)
		if err != nil && !end {
			return err
		}
		if i := strings.LastIndexByte(string(part), '\n'); i >= 0 && !end {
			part = part[:i+1]
		}
		text := string(part)
		for _, f := range book.Find(text) {
			if count[f.Code]++; count[f.Code] == 1 {
				order = append(order, f.Code)
			}
			x := about(f.Code)
			if o.json {
				x.Line, x.Start, x.End, x.Code, x.Text = line+f.Line, at+f.Start, at+f.End, f.Code, f.Text
				if err := enc.Encode(x); err != nil {
					return err
				}
			} else if count[f.Code] <= 3 {
				t = append(t, []string{strconv.Itoa(line + f.Line), f.Code, x.Title, oneLine(f.Text)})
			}
		}
		at, line = at+len(text), line+strings.Count(text, "\n")
		if _, err := r.Discard(len(part)); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	switch {
	case len(order) == 0 && !o.json:
		o.printf("No known error code in it.\n")
	case !o.json:
		o.printTable(t)
		for _, code := range order {
			x := about(code)
			if n := count[code]; n > 3 {
				o.printf("\n%s stands there %s times. %s\n", code, grouped(int64(n)), oneLine(x.Title))
			} else {
				o.printf("\n%s: %s\n", code, oneLine(x.Title))
			}
			o.steps(x.Try)
		}
	}
	if len(order) == 0 {
		return errNegative
	}
	return nil
}

func (o *output) steps(try []string) {
	for i, s := range try {
		o.printf("  %d. %s\n", i+1, oneLine(s))
	}
}

func (p *program) knownShow() *cobra.Command {
	c := &cobra.Command{Use: "show CODE…", Short: "Say what a code means and what to try", Args: arguments(1, -1),
		Example: "  firebreak known show ORA-01555\n  firebreak known show exit code 137\n  firebreak known show 0x80070005 --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			code := strings.Join(args, " ")
			desk, done, err := p.knownDesk(cmd)
			if err != nil {
				return err
			}
			defer done()
			var v client.KnownErrorView
			if desk != nil {
				if v, err = desk.KnownError(cmd.Context(), code); err != nil {
					return err
				}
			} else {
				e, ok := knownerror.Lookup(code)
				if !ok {
					if found := knownerror.Find(code); len(found) > 0 {
						e, ok = knownerror.Lookup(found[0].Code)
					}
				}
				if !ok {
					return &fault.Fault{Code: fault.CodeNotFound, Message: "Nothing is known about " + oneLine(code) + ".", Hint: "firebreak known list WORDS searches by words."}
				}
				v.KnownError = shippedKnown(e)
				v.Tickets = []client.Found{}
			}
			o := p.output(cmd)
			if o.json {
				return o.printJSON(v)
			}
			o.knownError(v)
			return nil
		}}
	p.remoteFlags(c)
	return c
}

func shippedKnown(e knownerror.Entry) client.KnownError {
	return client.KnownError{Code: e.Code, Key: e.Key, Family: string(e.Family), Product: e.Product, Name: e.Name, Title: e.Title, Meaning: e.Meaning, Try: e.Try, Link: e.Link, Source: e.Source, General: e.General}
}

func (o *output) knownError(v client.KnownErrorView) {
	o.printf("%s: %s\n", oneLine(v.Code), oneLine(v.Title))
	if v.Meaning != "" {
		o.printf("%s\n", indent(v.Meaning))
	}
	if len(v.Try) > 0 {
		o.printf("\nWhat to try\n")
		o.steps(v.Try)
	}
	o.printf("\n")
	rows := [][2]string{{"Raised by", v.Product}, {"Also", v.Name}, {"More", v.Link}, {"Source", v.Source}}
	if v.Own != nil {
		rows = append(rows, [2]string{"Written by", v.Own.Author}, [2]string{"State", v.Own.State})
	}
	for _, row := range rows {
		if row[1] != "" {
			o.printf("%-12s %s\n", row[0], oneLine(row[1]))
		}
	}
	if len(v.Tickets) > 0 {
		o.printf("\nTickets that carry it\n")
		o.found(v.Tickets)
	}
}

func (p *program) knownList() *cobra.Command {
	in := client.ListKnownErrors{}
	c := &cobra.Command{Use: "list [WORDS…]", Short: "Search known errors by code or words", Args: arguments(0, -1),
		Example: "  firebreak known list deadlock\n  firebreak known list --family own",
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Q = strings.Join(args, " ")
			desk, done, err := p.knownDesk(cmd)
			if err != nil {
				return err
			}
			defer done()
			items := []client.KnownError{}
			if desk != nil {
				page, err := desk.KnownErrors(cmd.Context(), in)
				if err != nil {
					return err
				}
				items = page.Items
			} else {
				var families []knownerror.Family
				if in.Family != "" {
					families = append(families, knownerror.Family(in.Family))
				}
				for e := range knownerror.All(families...) {
					if e.Mentions(in.Q) {
						items = append(items, shippedKnown(e))
					}
					if len(items) >= in.Limit {
						break
					}
				}
			}
			o := p.output(cmd)
			switch {
			case o.json:
				err = o.printJSON(items)
			case len(items) == 0:
				o.printf("Nothing found.\n")
			default:
				t := table{{"CODE", "FAMILY", "WHAT IT IS"}}
				for _, e := range items {
					t = append(t, []string{e.Code, e.Family, e.Title})
				}
				o.printTable(t)
			}
			if err == nil && len(items) == 0 {
				err = errNegative
			}
			return err
		}}
	c.Flags().StringVar(&in.Family, "family", "", "one family, e.g. sqlstate, errno, http, java; own: the desk's alone")
	c.Flags().IntVar(&in.Limit, "limit", 50, "how many, 1 to 200")
	p.remoteFlags(c)
	return c
}

func (p *program) knownAdd() *cobra.Command {
	var title, meaning, product, link string
	var try []string
	c := &cobra.Command{Use: "add CODE", Short: "Write down what this desk knows about a code", Args: arguments(1, 1),
		Long:    "Writes an entry of the desk's own. It shows on every ticket that carries the code; for a shipped code it stands in front of that one.",
		Example: `  firebreak known add BILL-1234 --title "The rate is missing" --try "Look into the rate table" --try "Call Billing"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			desk, done, err := p.connect(cmd)
			if err != nil {
				return err
			}
			defer done()
			steps := strings.Join(try, "\n")
			e, err := desk.AddKnownError(cmd.Context(), client.WriteKnownError{Code: args[0], Title: &title, Meaning: &meaning, Try: &steps, Product: &product, Link: &link})
			if err != nil {
				return err
			}
			o := p.output(cmd)
			if o.json {
				return o.printJSON(e)
			}
			o.printf("%s is kept. It shows on the tickets that carry it.\n", oneLine(e.Code))
			return nil
		}}
	f := c.Flags()
	f.StringVar(&title, "title", "", "what it is, in a few words")
	f.StringVar(&meaning, "meaning", "", "what it means")
	f.StringArrayVar(&try, "try", nil, "a step to try; again for the next")
	f.StringVar(&product, "product", "", "what raises it")
	f.StringVar(&link, "link", "", "where more is written")
	p.remoteFlags(c)
	return c
}

func (p *program) knownImport() *cobra.Command {
	var m client.ImportManual
	c := &cobra.Command{Use: "import FILE|-", Short: "Import a message manual: oerr text, CSV or plain text", Args: arguments(1, 1),
		Long: `Reads a message manual that you have into the desk. Three forms are understood: Oracle's oerr text (oraus.msg), CSV whose first line
names the columns (code, title, meaning, action, product, link), and plain text with a code at the start of a line and paragraphs
Reason: and Action:. The same manual again updates its entries; what somebody wrote by hand is left alone. Exits 1 when lines were
not taken; they are named with their reason.`,
		Example: "  firebreak known import oraus.msg --manual \"Oracle 19c messages\" --product \"Oracle Database\"\n  firebreak known import codes.csv --dry-run",
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := openInput(cmd, "file", args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			if m.Name = filepath.Base(args[0]); args[0] == "-" {
				m.Name = ""
			}
			desk, done, err := p.connect(cmd)
			if err != nil {
				return err
			}
			defer done()
			res, err := desk.ImportKnownErrors(cmd.Context(), f, m)
			if err != nil {
				return err
			}
			o := p.output(cmd)
			if o.json {
				err = o.printJSON(res)
			} else {
				verb := "Imported from"
				if res.DryRun {
					verb = "Nothing was written. It would import from"
				}
				o.printf("%s %s: %d added, %d updated, %d unchanged, %d left as they are.\n", verb, oneLine(res.Manual), res.Added, res.Updated, res.Unchanged, res.Kept)
			}
			for i, x := range res.Problems {
				if i == 20 {
					fmt.Fprintf(cmd.ErrOrStderr(), "and %d more; --json lists them.\n", len(res.Problems)-i)
					break
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "line %d: %s %s\n", x.Line, oneLine(x.Reason), oneLine(x.Text))
			}
			if err == nil && len(res.Problems) > 0 {
				err = errNegative
			}
			return err
		}}
	f := c.Flags()
	f.StringVar(&m.Manual, "manual", "", "name of the manual (default: the file's)")
	f.StringVar(&m.Format, "format", "", "oerr, csv or manual; found out when not given")
	f.StringVar(&m.Facility, "facility", "", "what stands before the numbers of an oerr file, e.g. ORA")
	f.StringVar(&m.Product, "product", "", "what raises these errors")
	f.BoolVar(&m.DryRun, "dry-run", false, "check and count, write nothing")
	p.remoteFlags(c)
	return c
}
