package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"firebreak/client"
	"firebreak/internal/fault"
)

// lookUpAt asks a desk: what it knows comes first, and its policy decides.
func (o *output) lookUpAt(ctx context.Context, desk *client.Client, in client.LookupText) error {
	l, err := desk.Lookup(ctx, in)
	if err != nil {
		return err
	}
	if o.json {
		e := json.NewEncoder(o.w)
		e.SetEscapeHTML(false)
		if err := e.Encode(l); err != nil {
			return err
		}
	} else {
		o.knownInside(l.Known)
		if l.Query == "" {
			o.printf("No word of it is known to be public, so nothing may leave.\n")
		} else {
			o.printf("May leave: %s\n", oneLine(l.Query))
		}
		if len(l.Removed) > 0 {
			o.printf("\nStays:\n")
			t := table{{"WORD", "KIND", "WHY"}}
			for _, r := range l.Removed {
				t = append(t, []string{oneLine(r.Text), r.Kind, r.Why})
			}
			o.printTable(t)
		}
		switch whose := l.Team; {
		case l.Query == "":
		case l.Policy == "allow":
			o.printf("\nLinks, for you to open:\n")
			t := table{}
			for _, key := range slices.Sorted(maps.Keys(l.URLs)) {
				t = append(t, []string{key, l.URLs[key]})
			}
			o.printTable(t)
		case l.Policy == "ask":
			o.printf("\n%s asks a second person first: firebreak lookup out ENGINE TEXT\n", cmp.Or(whose, "This desk"))
		default:
			o.printf("\n%s forbids look-ups outside.\n", cmp.Or(whose, "This desk"))
		}
	}
	if l.Query == "" {
		return errNegative
	}
	return nil
}

func (o *output) knownInside(known []client.KnownInside) {
	for _, k := range known {
		what := strings.ReplaceAll(k.Kind, "_", " ")
		if k.Number != 0 {
			what += " " + strconv.FormatInt(k.Number, 10)
		}
		o.printf("Known: %s: %s\n", what, oneLine(k.Title))
		if k.Text != "" {
			o.printf("  %s\n", oneLine(k.Text))
		}
		o.steps(k.Try)
	}
}

// atDesk is a command on the desk without a ticket.
func (p *program) atDesk(use, short string, least, most int, do func(ctx context.Context, cmd *cobra.Command, d *client.Client, args []string, o *output) error) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: arguments(least, most), RunE: func(cmd *cobra.Command, args []string) error {
		desk, done, err := p.connect(cmd)
		if err != nil {
			return err
		}
		defer done()
		return do(cmd.Context(), cmd, desk, args, p.output(cmd))
	}}
	p.remoteFlags(c)
	return c
}

func (p *program) lookupOut() *cobra.Command {
	in := client.LookupOut{}
	c := p.atDesk("out ENGINE [TEXT|-]", "Take a look-up outside through the desk: its policy, its log, its links", 1, 2, func(ctx context.Context, cmd *cobra.Command, d *client.Client, args []string, o *output) error {
		text, err := words(cmd, args[1:], "text")
		if err != nil {
			return err
		}
		in.Text, in.Engine = text, args[0]
		look := in.LookupText
		look.NoLinks = true
		known, err := d.Lookup(ctx, look)
		if err != nil {
			return err
		}
		for _, k := range known.Known {
			in.Seen = append(in.Seen, k.Key)
		}
		if !o.json {
			o.knownInside(known.Known)
		}
		send := d.OpenOutside
		if in.Engine == "direct" {
			in.Engine, send = "", d.SearchOutside
		}
		out, err := send(ctx, in)
		if err != nil {
			return err
		}
		return o.leftOutside(out)
	})
	c.Long = `Says what is known inside, then takes the safe query outside: prints the address to open, or where policy asks a second person,
that nothing has left yet. The engine direct lets the desk search itself. The desk builds the query anew from the text.`
	c.Example = "  firebreak lookup out stackoverflow 'ORA-01555: snapshot too old' --ticket 4821\n  firebreak lookup out direct - < error.txt"
	f := c.Flags()
	f.StringSliceVar(&in.Allow, "allow", nil, "words to let through this once")
	f.StringSliceVar(&in.Drop, "drop", nil, "public words to hold back")
	f.Int64Var(&in.Ticket, "ticket", 0, "the ticket it belongs to")
	return c
}

func (o *output) leftOutside(out client.LookupResults) error {
	switch {
	case o.json:
		return o.printJSON(out)
	case out.State == "waiting":
		o.printf("Nothing has left yet: %s waits for a second person (look-up %s, until %s).\n", oneLine(out.Query), out.ID, out.ExpiresAt.Format("2006-01-02 15:04 MST"))
	case out.Way == "search":
		o.printf("Left: %s\n", oneLine(out.Query))
		for _, x := range out.Items {
			o.printf("%s\n  %s\n", oneLine(x.Title), oneLine(x.URL))
			if x.Snippet != "" {
				o.printf("  %s\n", oneLine(x.Snippet))
			}
		}
		if len(out.Items) == 0 {
			o.printf("Nothing found outside.\n")
			return errNegative
		}
	default:
		o.printf("%s\n", out.URL)
	}
	return nil
}

func (p *program) lookupWaiting() *cobra.Command {
	return p.atDesk("waiting", "List look-ups that wait for a second person", 0, 0, func(ctx context.Context, cmd *cobra.Command, d *client.Client, _ []string, o *output) error {
		a, err := d.LookupApprovals(ctx)
		if err != nil {
			return err
		}
		if o.json {
			return o.printJSON(a)
		}
		t := table{{"ID", "FROM", "STATE", "WHERE TO", "WHAT WOULD LEAVE"}}
		for _, e := range a.Items {
			t = append(t, []string{e.ID, cmp.Or(e.Person, "the desk"), e.State, cmp.Or(e.EngineName, e.Engine), e.Query})
		}
		for _, e := range a.Mine {
			t = append(t, []string{e.ID, "you", e.State, cmp.Or(e.EngineName, e.Engine), e.Query})
		}
		if len(t) == 1 {
			o.printf("Nothing waits.\n")
			return nil
		}
		o.printTable(t)
		return nil
	})
}

func (p *program) lookupDecide(approve bool) *cobra.Command {
	use, short, least := "approve ID [REASON]", "Approve a look-up of somebody else", 1
	if !approve {
		use, short, least = "deny ID REASON", "Deny a look-up of somebody else", 2
	}
	return p.atDesk(use, short, least, 2, func(ctx context.Context, cmd *cobra.Command, d *client.Client, args []string, o *output) error {
		reason := ""
		if len(args) > 1 {
			reason = args[1]
		}
		e, err := d.DecideLookup(ctx, args[0], approve, reason)
		if err != nil {
			return err
		}
		if o.json {
			return o.printJSON(e)
		}
		if approve {
			o.printf("Approved. %s may open it once, until %s.\n", e.Person, e.ExpiresAt.Format("2006-01-02 15:04 MST"))
		} else {
			o.printf("Denied. %s sees your reason.\n", e.Person)
		}
		return nil
	})
}

func (p *program) lookupOpen() *cobra.Command {
	return p.atDesk("open ID", "Take an approved look-up of your own outside, once", 1, 1, func(ctx context.Context, cmd *cobra.Command, d *client.Client, args []string, o *output) error {
		out, err := d.OpenApproved(ctx, args[0])
		if err != nil {
			return err
		}
		return o.leftOutside(out)
	})
}

func (p *program) lookupLog() *cobra.Command {
	in := client.ListLookups{}
	c := p.atDesk("log", "List what was looked up outside, newest first", 0, 0, func(ctx context.Context, cmd *cobra.Command, d *client.Client, _ []string, o *output) error {
		page, err := d.LookupLog(ctx, in)
		if err != nil {
			return err
		}
		if o.json {
			return o.printJSON(page)
		}
		if len(page.Items) == 0 {
			o.printf("Nothing was looked up outside.\n")
			return nil
		}
		t := table{{"WHEN", "WHO", "STATE", "WHERE TO", "WHAT LEFT", "WORDS THAT DID NOT"}}
		for _, e := range page.Items {
			n := 0
			for _, k := range e.Removed {
				n += k
			}
			t = append(t, []string{e.At.Format("2006-01-02 15:04"), cmp.Or(e.Person, "the desk"), e.State, cmp.Or(e.EngineName, e.Engine), e.Query, strconv.Itoa(n)})
		}
		o.printTable(t)
		if page.Next != "" {
			o.printf("There are more: --cursor %s\n", page.Next)
		}
		return nil
	})
	f := c.Flags()
	f.StringVar(&in.Q, "q", "", "part of what left")
	f.StringVar(&in.Person, "person", "", "e-mail, name, id or me")
	f.StringVar(&in.Team, "team", "", "the team whose policy decided")
	f.Int64Var(&in.Ticket, "ticket", 0, "of this ticket")
	f.StringVar(&in.Engine, "engine", "", "key of an engine; direct for direct searches")
	f.StringVar(&in.State, "state", "", "left, waiting, approved, denied, expired or refused")
	f.StringVar(&in.From, "from", "", "first day")
	f.StringVar(&in.To, "to", "", "last day")
	f.IntVar(&in.Limit, "limit", 0, "at most so many, 50 when not given")
	f.StringVar(&in.Cursor, "cursor", "", "go on where the last page ended")
	return c
}

func (p *program) lookupReport() *cobra.Command {
	var from, to string
	c := p.atDesk("report", "Count look-ups by team, engine and day", 0, 0, func(ctx context.Context, cmd *cobra.Command, d *client.Client, _ []string, o *output) error {
		r, err := d.LookupReport(ctx, from, to)
		if err != nil {
			return err
		}
		if o.json {
			return o.printJSON(r)
		}
		o.printf("%d asked, %d left, %d denied, %d refused, %d expired; %d words stayed inside\n", r.Total.Asked, r.Total.Left, r.Total.Denied, r.Total.Refused, r.Total.Expired, r.Total.Removed)
		t := table{{"", "NAME", "ASKED", "LEFT"}}
		for what, rows := range map[string][]client.LookupRow{"team": r.Teams, "engine": r.Engines, "day": r.Days} {
			for _, x := range rows {
				t = append(t, []string{what, cmp.Or(x.Name, "none"), strconv.Itoa(x.Asked), strconv.Itoa(x.Left)})
			}
		}
		slices.SortStableFunc(t[1:], func(a, b []string) int { return strings.Compare(a[0], b[0]) })
		if len(t) > 1 {
			o.printTable(t)
		}
		return nil
	})
	c.Flags().StringVar(&from, "from", "", "first day (default: 90 days ago)")
	c.Flags().StringVar(&to, "to", "", "last day")
	return c
}

func (p *program) lookupWords() *cobra.Command {
	return p.atDesk("words", "List the words that may leave for ever", 0, 0, func(ctx context.Context, cmd *cobra.Command, d *client.Client, _ []string, o *output) error {
		items, err := d.PublicWords(ctx)
		if err != nil {
			return err
		}
		if o.json {
			return o.printJSON(items)
		}
		t := table{{"WORD", "WHO", "WHEN", "WHY"}}
		for _, w := range items {
			t = append(t, []string{w.Text, cmp.Or(w.Person, "the desk"), w.CreatedAt.Format("2006-01-02"), w.Why})
		}
		if len(t) == 1 {
			o.printf("No word was allowed.\n")
			return nil
		}
		o.printTable(t)
		return nil
	})
}

func (p *program) lookupAllow() *cobra.Command {
	why := ""
	c := p.atDesk("allow WORD", "Let a word leave in every look-up from now on", 1, 1, func(ctx context.Context, cmd *cobra.Command, d *client.Client, args []string, o *output) error {
		w, err := d.AllowWord(ctx, args[0], why)
		if err != nil {
			return err
		}
		if o.json {
			return o.printJSON(w)
		}
		o.printf("%s may leave from now on. firebreak lookup take-back takes that back.\n", oneLine(w.Text))
		return nil
	})
	c.Flags().StringVar(&why, "why", "", "why the word is public")
	return c
}

func (p *program) lookupTakeBack() *cobra.Command {
	return p.atDesk("take-back WORD", "Keep a word in again", 1, 1, func(ctx context.Context, cmd *cobra.Command, d *client.Client, args []string, o *output) error {
		items, err := d.PublicWords(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(items, func(w client.PublicWord) bool { return strings.EqualFold(w.Text, args[0]) || w.ID == args[0] })
		if i < 0 {
			return &fault.Fault{Code: fault.CodeNotFound, Message: fmt.Sprintf("%s is not among the words that may leave.", oneLine(args[0])), Hint: "firebreak lookup words lists them."}
		}
		w, err := d.TakeBackWord(ctx, items[i].ID)
		if err != nil {
			return err
		}
		if o.json {
			return o.printJSON(w)
		}
		o.printf("%s stays inside again.\n", oneLine(w.Text))
		return nil
	})
}

func (p *program) lookupPolicy() *cobra.Command {
	var team string
	c := p.atDesk("policy [allow|ask|forbid]", "Show or set who may look up outside", 0, 1, func(ctx context.Context, cmd *cobra.Command, d *client.Client, args []string, o *output) error {
		s, err := d.LookupSettings(ctx)
		switch {
		case err != nil:
		case team != "" && len(args) == 0:
			err = fault.Invalid("policy", "The policy of the team is missing.", "Give allow, ask, forbid or desk: as the desk.")
		case team != "":
			policy := args[0]
			if policy == "desk" {
				policy = ""
			}
			s, err = d.SetTeamLookup(ctx, team, policy)
		case len(args) > 0:
			s.Policy = args[0]
			s, err = d.SaveLookupSettings(ctx, s)
		}
		if err != nil {
			return err
		}
		if o.json {
			return o.printJSON(s)
		}
		o.printf("Policy: %s; an approval is waited for %d hours.\n", s.Policy, s.Hours)
		if n := len(s.Teams); n > 0 {
			o.printf("%d of the teams have their own.\n", n)
		}
		if s.Search.Kind != "" {
			o.printf("Direct search: %s at %s\n", s.Search.Kind, oneLine(s.Search.URL))
		}
		t := table{{"ENGINE", "NAME", "ADDRESS"}}
		for _, e := range s.Engines {
			t = append(t, []string{e.Key, e.Name, e.URL})
		}
		o.printTable(t)
		return nil
	})
	c.Flags().StringVar(&team, "team", "", "for this team; desk: as the desk")
	c.Example = "  firebreak lookup policy\n  firebreak lookup policy ask\n  firebreak lookup policy forbid --team Payments"
	return c
}

// foundCommand keeps on a ticket what was found outside.
func (p *program) foundCommand() *cobra.Command {
	note := ""
	c := p.act("found NUMBER URL", "Keep what was found outside: a link with a note of your own", 2, 2, func(ctx context.Context, cmd *cobra.Command, d *client.Client, n int64, args []string) (any, string, error) {
		e, err := d.KeepFound(ctx, n, args[0], note)
		return e, fmt.Sprintf("Kept on ticket %d. It goes into the resolution too.", n), err
	})
	c.Flags().StringVar(&note, "note", "", "what the page says that helps here, in your own words")
	c.Example = `  firebreak ticket found 4821 https://stackoverflow.com/q/12345 --note "Raise undo_retention, then rerun"`
	return c
}
