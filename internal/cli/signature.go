package cli

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"firebreak/internal/evidence"
	"firebreak/internal/fault"
	"firebreak/internal/signature"
)

// signedLine is what the command says about a line.
type signedLine struct {
	Line int `json:"line"`
	signature.Signature
}

// signedGroup is what it says about all lines of one signature.
type signedGroup struct {
	Count int `json:"count"`
	First int `json:"first"` // number of the first line
	signature.Signature
}

func (p *program) signatureCommand() *cobra.Command {
	var cold, groups bool
	c := &cobra.Command{Use: "signature [FILE]", Short: "Tell the errors of a log apart", Args: arguments(0, 1),
		Long: `Gives every line of a log its signature: the same for lines that differ in ids, numbers, paths, hosts, users, dates,
durations and addresses alone. What changes among the lines of the whole input is learned from it first; with --cold
each line is judged by itself, as one that is pasted into a ticket. Reads standard input when no file is named.

Prints one JSON object a line; on a terminal, or with --groups, one for each signature.`,
		Example: "  firebreak signature app.log --groups\n  journalctl -u billing | firebreak signature --json\n  echo 'ORA-01653: unable to extend table A.B by 8' | firebreak signature --cold",
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
			o := p.output(cmd)
			groups = groups || o.columns > 0 && !o.json
			s := &signer{}
			if cold && !groups {
				return s.stream(o.w, text)
			}
			if err := s.read(text, cold); err != nil {
				return err
			}
			switch {
			case !groups:
				return s.printLines(o.w)
			case o.json:
				return printEach(o.w, s.groups())
			}
			t := table{{"COUNT", "FIRST LINE", "SIGNATURE", "TEMPLATE"}}
			for _, g := range s.groups() {
				t = append(t, []string{strconv.Itoa(g.Count), strconv.Itoa(g.First), g.ID, g.Template})
			}
			o.printTable(t)
			return nil
		}}
	c.Flags().BoolVar(&cold, "cold", false, "judge each line by itself")
	c.Flags().BoolVar(&groups, "groups", false, "print each signature once, the most frequent first")
	jsonFlag(c)
	return c
}

// signer gives lines their signatures.
type signer struct {
	l  *signature.Learner
	of []int32 // of each line the number of its cold template
}

// stream answers line by line, and keeps nothing.
func (s *signer) stream(w io.Writer, in io.Reader) error {
	out := bufio.NewWriterSize(w, 64<<10)
	e := lineEncoder(out)
	n := 0
	var failed error
	err := signature.Lines(in, func(line string) {
		n++
		if failed == nil {
			failed = e.Encode(signedLine{n, signature.Cold(line)})
		}
	})
	return cmp.Or(failed, readError(err), out.Flush())
}

// read takes all lines in. Of a line only the number of its template stays in memory.
func (s *signer) read(in io.Reader, cold bool) error {
	s.l = signature.NewLearner()
	err := signature.Lines(in, func(line string) { s.of = append(s.of, int32(s.l.Add(line))) })
	if err != nil {
		return readError(err)
	}
	if cold {
		s.l.Freeze()
	} else {
		s.l.Learn()
	}
	return nil
}

func (s *signer) printLines(w io.Writer) error {
	out := bufio.NewWriterSize(w, 64<<10)
	e := lineEncoder(out)
	for i, n := range s.of {
		if err := e.Encode(signedLine{i + 1, s.l.Group(int(n))}); err != nil {
			return err
		}
	}
	return out.Flush()
}

func (s *signer) groups() []signedGroup {
	at := map[string]int{}
	var out []signedGroup
	for i, n := range s.of {
		sig := s.l.Group(int(n))
		k, ok := at[sig.ID]
		if !ok {
			k = len(out)
			at[sig.ID] = k
			out = append(out, signedGroup{First: i + 1, Signature: sig})
		}
		out[k].Count++
	}
	slices.SortStableFunc(out, func(a, b signedGroup) int { return b.Count - a.Count })
	return out
}

func printEach(w io.Writer, groups []signedGroup) error {
	e := lineEncoder(w)
	for _, g := range groups {
		if err := e.Encode(g); err != nil {
			return err
		}
	}
	return nil
}

func lineEncoder(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}

func readError(err error) error {
	if err == nil {
		return nil
	}
	return fault.Invalid("file", fmt.Sprintf("The log cannot be read to its end: %v.", err), "Check the file; nothing was changed.")
}
