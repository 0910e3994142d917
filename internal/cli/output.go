package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/term"
	"golang.org/x/text/width"

	"firebreak/client"
	"firebreak/internal/urgency"
)

// output is where and how a command prints.
type output struct {
	w      io.Writer
	json   bool
	colour bool
	// columns is the width of the terminal; 0 when the output is none.
	columns int
	now     time.Time
	zone    *time.Location
}

// output looks at the command's flags and at where it prints to. Colour needs a terminal and no NO_COLOR
// (no-color.org).
func (p *program) output(cmd *cobra.Command) *output {
	o := &output{w: cmd.OutOrStdout(), now: time.Now(), zone: time.Local}
	o.json, _ = cmd.Flags().GetBool("json")
	if !p.clock.IsZero() {
		o.now = p.clock
	}
	if f, ok := o.w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		o.columns, _, _ = term.GetSize(int(f.Fd()))
		no, _ := p.lookup("NO_COLOR")
		kind, _ := p.lookup("TERM")
		o.colour = no == "" && kind != "dumb"
	}
	return o
}

// isTerminal reports whether a person types at r.
func isTerminal(r any) bool {
	f, ok := r.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func (o *output) printf(format string, args ...any) { fmt.Fprintf(o.w, format, args...) }

func (o *output) printJSON(v any) error {
	e := json.NewEncoder(o.w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// table is rows of cells, the first row the heads.
type table [][]string

// printTable aligns the columns; the last one is cut at the edge of a terminal.
func (o *output) printTable(t table) {
	widths := make([]int, len(t[0]))
	for r := range t {
		for i, cell := range t[r] {
			t[r][i] = oneLine(cell)
			widths[i] = max(widths[i], cells(t[r][i]))
		}
	}
	for r, row := range t {
		var b strings.Builder
		left := 0
		for i, cell := range row {
			if i == len(row)-1 {
				if o.columns > 0 {
					cell = cut(cell, max(o.columns-left, 12))
				}
				b.WriteString(o.paint(cell, r == 0))
				break
			}
			b.WriteString(o.paint(cell, r == 0))
			b.WriteString(strings.Repeat(" ", widths[i]-cells(cell)+2))
			left += widths[i] + 2
		}
		fmt.Fprintln(o.w, strings.TrimRight(b.String(), " "))
	}
}

// paint colours the heads of a table and the words of fires. Colour only repeats what the word says.
func (o *output) paint(s string, head bool) string {
	if !o.colour || s == "" {
		return s
	}
	code := ""
	switch {
	case head:
		code = "2"
	case s == client.Wildfire.Word():
		code = "1;31"
	case s == client.HouseFire.Word():
		code = "1;33"
	default:
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// tame makes text of other people fit for a terminal: control characters, which could move the cursor or change
// the title, and characters that turn the direction of writing become visible; line ends and tabs stay.
func tame(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return utf8.RuneError
		}
		return r
	}, s)
}

func oneLine(s string) string { return strings.Join(strings.Fields(tame(s)), " ") }

// cells counts the columns that a text takes on a terminal.
func cells(s string) int {
	n := 0
	for _, r := range s {
		switch k := width.LookupRune(r).Kind(); {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
		case k == width.EastAsianWide || k == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// cut shortens a text to most columns.
func cut(s string, most int) string {
	if cells(s) <= most {
		return s
	}
	n := 0
	for i, r := range s {
		if n += cells(string(r)); n > most-1 {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return s
}

// clock is an instant as short as it can be without being vague.
func (o *output) clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t, now := t.In(o.zone), o.now.In(o.zone)
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return t.Format("15:04 MST")
	case t.Year() == now.Year() || t.Sub(now).Abs() < 60*24*time.Hour:
		return t.Format("Mon 2 Jan 15:04 MST")
	}
	return t.Format("2 Jan 2006 15:04 MST")
}

// age is how long ago an instant was, in one word.
func (o *output) age(t time.Time) string {
	d := o.now.Sub(t)
	switch {
	case t.IsZero():
		return ""
	case d < time.Minute:
		return "now"
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d d", int(d.Hours()/24))
}

// left is the time until an instant, for a table.
func (o *output) left(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if d := t.Sub(o.now); d > 0 {
		return urgency.Duration(d)
	}
	return "due"
}

// indent puts two spaces before every line of a text of other people.
func indent(s string) string {
	return "  " + strings.ReplaceAll(strings.TrimRight(tame(s), "\n"), "\n", "\n  ")
}
