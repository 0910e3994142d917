package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/spf13/cobra"

	"firebreak/internal/evidence"
	"firebreak/internal/fault"
	"firebreak/internal/redact"
)

// redacted is what the command says about a text.
type redacted struct {
	Text  string         `json:"text"`
	Spans []redactedSpan `json:"spans"`
}

// redactedSpan is one finding; start and end are bytes of the input.
type redactedSpan struct {
	Start  int         `json:"start"`
	End    int         `json:"end"`
	Kind   redact.Kind `json:"kind"`
	Score  float64     `json:"score"`
	Reason string      `json:"reason"`
}

func (p *program) redactCommand() *cobra.Command {
	var kinds []string
	var own, region string
	c := &cobra.Command{Use: "redact [FILE]", Short: "Mask what is private in a text", Args: arguments(0, 1),
		Long: `Writes the text with names in place of what is private: people and how to reach them, numbers that identify,
machines, secrets. The same value has the same name throughout, so a log can still be followed. Reads standard input when
no file is named, and as a filter in a pipe passes lines on as they come. It needs no desk.

What it finds and what it cannot is told in docs/privacy.md. The desk's own people, logins, clients, hosts, applications
and patterns come from a TOML file:

  people = ["Mara Lind"]
  hosts = ["app-db-03"]
  [[patterns]]
  name = "policy number"
  expr = 'POL-\d{8}'`,
		Example: "  firebreak redact app.log > app.masked.log\n  journalctl -fu billing | firebreak redact\n  firebreak redact --json --kind email --kind phone mail.txt",
		RunE: func(cmd *cobra.Command, args []string) error {
			o := redact.Options{Region: strings.ToUpper(region)}
			for _, k := range kinds {
				if !slices.Contains(redact.Kinds, redact.Kind(k)) {
					return fault.Invalid("kind", fmt.Sprintf("There is no kind %q.", k), "Use "+kindList()+".")
				}
				o.Kinds = append(o.Kinds, redact.Kind(k))
			}
			if own != "" {
				var err error
				if o.Own, err = readOwn(own); err != nil {
					return err
				}
			}
			f, err := redact.New(o)
			if err != nil {
				return err
			}
			_, in, _, err := input(cmd, args)
			if err != nil {
				return err
			}
			defer in.Close()
			text, err := bytesOf(in)
			if err != nil {
				return readError(err)
			}
			out := p.output(cmd)
			if !out.json {
				return maskStream(out.w, text, f)
			}
			b, err := io.ReadAll(text)
			if err != nil {
				return readError(err)
			}
			found := f.Find(string(b))
			r := redacted{Text: redact.Mask(string(b), found, &redact.Pseudonyms{}), Spans: []redactedSpan{}}
			for _, x := range found {
				r.Spans = append(r.Spans, redactedSpan(x))
			}
			return out.printJSON(r)
		}}
	c.Flags().StringSliceVar(&kinds, "kind", nil, "mask only this kind; may be repeated")
	c.Flags().StringVar(&own, "own", "", "TOML file with the desk's own names and patterns")
	c.Flags().StringVar(&region, "region", "US", "country whose telephone numbers are written without +")
	c.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(strings.Split(kindList(), ", "), cobra.ShellCompDirectiveNoFileComp))
	jsonFlag(c)
	return c
}

func kindList() string {
	var names []string
	for _, k := range redact.Kinds {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

// readOwn reads the desk's own names and patterns.
func readOwn(file string) (o redact.Own, err error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return o, fault.Invalid("own", fmt.Sprintf("The file %s cannot be read: %v.", file, err), "Check its name and that you may read it.")
	}
	m, err := toml.Decode(string(b), &o)
	if err != nil {
		return o, fault.Invalid("own", fmt.Sprintf("The file %s cannot be read: %v.", file, err), "It is TOML with people, logins, clients, hosts, applications and patterns.")
	}
	if extra := m.Undecoded(); len(extra) > 0 {
		return o, fault.Invalid("own", fmt.Sprintf("The file %s has %q, which is nothing.", file, extra[0].String()), "It may have people, logins, clients, hosts, applications, and patterns with name, kind and expr.")
	}
	return o, nil
}

// bytesOf gives the bytes of the input, those of UTF-16 as UTF-8: between its zeros nothing would be found.
func bytesOf(in io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(in, 64<<10)
	mark, err := b.Peek(2)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if !bytes.Equal(mark, []byte{0xff, 0xfe}) && !bytes.Equal(mark, []byte{0xfe, 0xff}) {
		return b, nil
	}
	text, _, err := evidence.UTF8Log(b)
	return text, err
}

// idle is how long the input may pause before the lines that are whole are passed on.
const idle = 50 * time.Millisecond

// maskStream masks in and writes it on. Memory does not grow with the input.
func maskStream(to io.Writer, in io.Reader, f *redact.Finder) error {
	type chunk struct {
		b   []byte
		err error
	}
	read, free := make(chan chunk), make(chan []byte, 2)
	free <- make([]byte, 64<<10)
	free <- make([]byte, 64<<10)
	go func() {
		defer close(read)
		for b := range free {
			n, err := in.Read(b[:cap(b)])
			read <- chunk{b[:n], err}
			if err != nil {
				return
			}
		}
	}()
	out := bufio.NewWriterSize(to, 64<<10)
	w := redact.NewWriter(out, f, &redact.Pseudonyms{})
	pause := time.NewTimer(idle)
	defer pause.Stop()
	for {
		select {
		case c := <-read:
			if _, err := w.Write(c.b); err != nil {
				return err
			}
			if c.err == io.EOF {
				if err := w.Close(); err != nil {
					return err
				}
				return out.Flush()
			}
			if c.err != nil {
				return readError(c.err)
			}
			free <- c.b
			pause.Reset(idle)
		case <-pause.C:
			if err := w.Flush(); err != nil {
				return err
			}
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
}
