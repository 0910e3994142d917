package cli

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"firebreak/client"
	"firebreak/internal/evidence"
	"firebreak/internal/fault"
	"firebreak/internal/knownerror"
	"firebreak/internal/lookup"
)

// lookedUp is what the command says about a text.
type lookedUp struct {
	Query   string            `json:"query"`
	HowTo   bool              `json:"how_to,omitempty"`
	Product string            `json:"product,omitempty"`
	Codes   []string          `json:"codes,omitempty"`
	Sign    string            `json:"signature,omitempty"`
	Removed []lookup.Removed  `json:"removed"`
	Known   []knownLine       `json:"known"`
	URLs    map[string]string `json:"urls"`
}

// knownLine is something that is known inside already.
type knownLine struct {
	Kind  string   `json:"kind"` // known_error
	Code  string   `json:"code,omitempty"`
	Title string   `json:"title"`
	Try   []string `json:"try,omitempty"`
}

// maxLookup is how much of a text is read, in bytes.
const maxLookup = 16 << 20

func (p *program) lookupCommand() *cobra.Command {
	var o lookup.Options
	var shipped bool
	var number int64
	c := &cobra.Command{Use: "lookup [TEXT]", Short: "Make the query that may leave the house from an error", Args: arguments(0, -1),
		Long: `Builds a query for a search engine from an error, a log or a question. A word leaves only when it is known to be public: names,
numbers, paths, values and everything unknown stay, and are listed with the reason. Reads standard input when no text is given.
Where a desk is named (--data, --database, --server) or lies in the usual place, its own names stay too, what it knows comes
first, its policy decides whether there are links, and it logs that they were given. Nothing is sent: the links are for you to
open. Exits 1 when no word may leave. Quote the text, so that its first word is not taken for a command.`,
		Example: "  firebreak lookup 'ORA-01555: snapshot too old: rollback segment number 9'\n  tail -50 app.log | firebreak lookup --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			text := strings.Join(args, " ")
			if len(args) == 0 || text == "-" {
				log, _, err := evidence.UTF8Log(cmd.InOrStdin())
				if err != nil {
					return err
				}
				b, err := io.ReadAll(io.LimitReader(log, maxLookup))
				if err != nil {
					return readError(err)
				}
				text = string(b)
			}
			if strings.TrimSpace(text) == "" {
				return fault.Invalid("text", "There is nothing to look up.", "Give the error as an argument, or on standard input.")
			}
			if shipped {
				return p.output(cmd).lookedUp(lookUp(text, o))
			}
			desk, done, err := p.knownDesk(cmd)
			if err != nil {
				return err
			}
			defer done()
			if desk == nil {
				return p.output(cmd).lookedUp(lookUp(text, o))
			}
			return p.output(cmd).lookUpAt(cmd.Context(), desk, client.LookupText{Text: text, Ticket: number, Allow: o.Allow, Drop: o.Drop, HowTo: o.HowTo})
		}}
	c.Flags().StringSliceVar(&o.Allow, "allow", nil, "words to let through; secrets stay all the same")
	c.Flags().StringSliceVar(&o.Drop, "drop", nil, "words to keep back")
	c.Flags().BoolVar(&o.HowTo, "how-to", false, "take the text for a question, whatever it looks like")
	c.Flags().IntVar(&o.MaxWords, "words", lookup.DefaultWords, "how many words the query has at most, without a desk")
	c.Flags().BoolVar(&shipped, "shipped", false, "what is shipped alone, whatever desk is there")
	c.Flags().Int64Var(&number, "ticket", 0, "the ticket it belongs to")
	p.remoteFlags(c)
	c.AddCommand(p.lookupOut(), p.lookupWaiting(), p.lookupDecide(true), p.lookupDecide(false), p.lookupOpen(), p.lookupLog(), p.lookupReport(), p.lookupWords(), p.lookupAllow(), p.lookupTakeBack(), p.lookupPolicy())
	return c
}

// lookUp answers with what is shipped alone.
func lookUp(text string, o lookup.Options) lookedUp {
	q := lookup.Build(text, o)
	out := lookedUp{Query: q.Text, HowTo: q.HowTo, Product: q.Product, Codes: q.Codes, Sign: q.Signature, Removed: q.Removed, Known: []knownLine{},
		URLs: lookup.Links(q.Text, lookup.For(q.Product, lookup.Engines))}
	for _, code := range q.Codes {
		if e, ok := knownerror.Lookup(code); ok {
			out.Known = append(out.Known, knownLine{Kind: "known_error", Code: e.Code, Title: e.Title, Try: e.Try})
		}
	}
	return out
}

func (o *output) lookedUp(l lookedUp) error {
	if o.json {
		e := json.NewEncoder(o.w)
		e.SetEscapeHTML(false)
		if err := e.Encode(l); err != nil {
			return err
		}
	} else {
		for _, k := range l.Known {
			o.printf("Known: %s: %s\n", k.Code, oneLine(k.Title))
			o.steps(k.Try)
		}
		if l.Query == "" {
			o.printf("No word of it is known to be public, so nothing may leave.\n")
		} else {
			o.printf("May leave: %s\n", l.Query)
		}
		if len(l.Removed) > 0 {
			o.printf("\nStays:\n")
			t := table{{"WORD", "KIND", "WHY"}}
			for _, r := range l.Removed {
				t = append(t, []string{oneLine(r.Text), r.Kind, r.Why})
			}
			o.printTable(t)
		}
		if l.Query != "" {
			o.printf("\nLinks, for you to open:\n")
			t := table{}
			for _, e := range lookup.For(l.Product, lookup.Engines) {
				if u := l.URLs[e.Key]; u != "" {
					t = append(t, []string{e.Name, u})
				}
			}
			o.printTable(t)
		}
	}
	if l.Query == "" {
		return errNegative
	}
	return nil
}
