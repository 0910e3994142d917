package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"firebreak/client"
	"firebreak/internal/fault"
	"firebreak/internal/urgency"
)

// maxStdin is the longest text taken from standard input, in bytes; the desk checks the characters.
const maxStdin = 3 << 20

func (p *program) ticketCommand() *cobra.Command {
	c := group("ticket", "Open, read and work tickets", p.ticketOpen(), p.ticketList(), p.ticketShow(), p.ticketSimilar(), p.ticketBriefing())
	c.AddCommand(p.ticketActs()...)
	c.AddCommand(p.foundCommand())
	return c
}

// ticketNumber reads the number of a ticket; a leading # is fine.
func ticketNumber(s string) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimPrefix(strings.TrimSpace(s), "#"), 10, 64)
	if err != nil || n < 1 {
		return 0, fault.Invalid("number", fmt.Sprintf("%q is not the number of a ticket.", s), "Give the number as firebreak ticket list shows it.")
	}
	return n, nil
}

func (p *program) ticketOpen() *cobra.Command {
	var in client.OpenTicket
	var by, stakes string
	c := &cobra.Command{Use: "open [-]", Short: "Open a ticket and name its fire", Args: arguments(0, 1),
		Long: `Open a ticket and name its fire. On a terminal without --subject it asks: what happened, and the four questions
about urgency. With - as argument, or with --body -, the body is read from standard input.`,
		Example: `  firebreak ticket open
  firebreak ticket open --subject "Invoices do not print" --application billing --stakes client --by "tomorrow 6:00" --consequence "billing run"
  journalctl -u billing -n 50 | firebreak ticket open --subject "Billing does not start" -`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && args[0] != "-" {
				return usage(fmt.Sprintf("%q is one argument too many.", args[0]), "Put the subject in quotes after --subject.")
			}
			desk, done, err := p.connect(cmd)
			if err != nil {
				return err
			}
			defer done()
			o := p.output(cmd)
			in.Stakes = client.Stakes(stakes)
			if in.Deadline.At, err = parseWhen("deadline.at", by, o.now.In(o.zone)); err != nil {
				return err
			}
			if !cmd.Flags().Changed("subject") && len(args) == 0 && isTerminal(cmd.InOrStdin()) {
				q := newQuestions(cmd.Context(), cmd.InOrStdin(), cmd.ErrOrStderr(), o)
				if err := q.ticket(&in); err != nil {
					return err
				}
			} else if len(args) == 1 || in.Body == "-" {
				if in.Body, err = readAll(cmd.InOrStdin(), maxStdin); err != nil {
					return err
				}
			}
			t, err := desk.OpenTicket(cmd.Context(), in)
			if err != nil {
				return err
			}
			if o.json {
				return o.printJSON(t)
			}
			o.printf("Ticket %d is open.\n", t.Number)
			o.fire(t)
			return nil
		}}
	f := c.Flags()
	f.StringVarP(&in.Subject, "subject", "s", "", "what is wrong, in one line")
	f.StringVarP(&in.Body, "body", "b", "", "what happened; - reads standard input")
	f.StringVarP(&in.Application, "application", "a", "", "short name, name or id of the application")
	f.StringVar(&in.Requester, "requester", "", "e-mail, name or id of who is affected")
	f.StringVar(&stakes, "stakes", "", "who is hurt: person, team, client or company")
	f.StringVar(&in.Deadline.Consequence, "consequence", "", "what happens at that minute")
	f.StringVar(&by, "by", "", `by when: "today 17:00", "tomorrow 6:00", "in 3h", RFC 3339`)
	f.StringVar(&in.Deadline.SaidBy, "said-by", "", "who said so")
	f.StringVar(&in.Deadline.Reason, "reason", "", "why then")
	f.BoolVar(&in.Workaround, "workaround", false, "people can go on working another way")
	f.BoolVar(&in.Spreading, "spreading", false, "it gets worse or reaches more people")
	f.StringVar(&in.Level, "level", "", "L1, L1.5, L2 or L3")
	f.StringVar(&in.Assignee, "assignee", "", "who works on it: e-mail, name, id or me")
	f.StringSliceVar(&in.Tags, "tag", nil, "tag; may be repeated")
	f.StringVar(&in.Key, "key", "", "idempotency key: opening twice with one key opens one ticket")
	p.remoteFlags(c)
	return c
}

// fire prints how a ticket burns: the word, the countdown, the reasons.
func (o *output) fire(t client.Ticket) {
	line := o.paint(t.Fire.Word(), false)
	if when := o.turn(t); when != "" {
		line += ", " + when
	}
	o.printf("%s.\n", line)
	if t.SetByHand != nil {
		reason := ""
		if t.SetByHand.Reason != "" {
			reason = ": " + oneLine(t.SetByHand.Reason)
		}
		o.printf("  - Set by %s%s\n", oneLine(t.SetByHand.By), reason)
	}
	for _, r := range t.FireReasons {
		o.printf("  - %s\n", oneLine(r))
	}
}

// turn says when a ticket's fire turns into the next.
func (o *output) turn(t client.Ticket) string {
	if t.TurnsAt.IsZero() || t.Fire == client.Wildfire {
		return ""
	}
	next := strings.ToLower(client.Wildfire.Word())
	if d := t.TurnsAt.Sub(o.now); d > 0 {
		return "turns into a " + next + " in " + urgency.Duration(d) + " (" + o.clock(t.TurnsAt) + ")"
	}
	return "turns into a " + next + " now"
}

func (p *program) ticketList() *cobra.Command {
	var in client.ListTickets
	var status, fire []string
	var all bool
	c := &cobra.Command{Use: "list [WORDS…]", Short: "List tickets, the most urgent first", Args: arguments(0, -1),
		Long: "List tickets. Without options: all that are not done, the most urgent first. Words search.",
		Example: `  firebreak ticket list --fire wildfire,house_fire
  firebreak ticket list --view unassigned
  firebreak ticket list ORA-01555 --status resolved --json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			desk, done, err := p.connect(cmd)
			if err != nil {
				return err
			}
			defer done()
			for _, s := range status {
				in.Status = append(in.Status, client.Status(s))
			}
			for _, f := range fire {
				in.Fire = append(in.Fire, client.Fire(strings.ReplaceAll(f, " ", "_")))
			}
			in.Q = strings.Join(args, " ")
			if in.View == "" && len(status) == 0 && in.Q == "" && in.Cursor == "" {
				in.View = "active"
			}
			o := p.output(cmd)
			page, err := desk.Tickets(cmd.Context(), in)
			if err != nil {
				return err
			}
			for all && page.Next != "" {
				in.Cursor = page.Next
				more, err := desk.Tickets(cmd.Context(), in)
				if err != nil {
					return err
				}
				page.Items, page.Next = append(page.Items, more.Items...), more.Next
			}
			if o.json {
				return o.printJSON(page)
			}
			if len(page.Items) == 0 {
				o.printf("No tickets.\n")
				return nil
			}
			o.tickets(page.Items)
			if page.Next != "" {
				o.printf("\nMore with --cursor %s, or all with --all.\n", page.Next)
			}
			return nil
		}}
	f := c.Flags()
	f.StringVar(&in.View, "view", "", "me, team, unassigned, fires, waiting, active or all")
	f.StringSliceVar(&status, "status", nil, "new, open, waiting, resolved, closed, cancelled, merged, or active for the first three")
	f.StringSliceVar(&fire, "fire", nil, "match, house_fire or wildfire")
	f.StringVarP(&in.Application, "application", "a", "", "short name, name or id of the application")
	f.StringVar(&in.Assignee, "assignee", "", "e-mail, name, id, me or none")
	f.StringVar(&in.Requester, "requester", "", "e-mail, name or id")
	f.StringVar(&in.Team, "team", "", "name or id of the team")
	f.StringVar(&in.Tag, "tag", "", "tag")
	f.IntVar(&in.Limit, "limit", 0, "tickets on a page, 1 to 200 (default 50)")
	f.StringVar(&in.Cursor, "cursor", "", "where the page before ended")
	f.BoolVar(&all, "all", false, "all pages")
	p.remoteFlags(c)
	return c
}

// tickets prints a table of tickets.
func (o *output) tickets(items []client.Ticket) {
	t := table{{"NUMBER", "FIRE", "TURNS IN", "STATUS", "LEVEL", "APPLICATION", "ASSIGNEE", "AGE", "SUBJECT"}}
	for _, i := range items {
		left := ""
		if i.Fire != client.Wildfire && active(i.Status) {
			left = o.left(i.TurnsAt)
		}
		t = append(t, []string{strconv.FormatInt(i.Number, 10), i.Fire.Word(), left, string(i.Status), i.Level, cut(oneLine(i.Application), 20), cut(oneLine(i.Assignee), 20), o.age(i.CreatedAt), i.Subject})
	}
	o.printTable(t)
}

func active(s client.Status) bool {
	return s == client.StatusNew || s == client.StatusOpen || s == client.StatusWaiting
}

func (p *program) ticketShow() *cobra.Command {
	c := &cobra.Command{Use: "show NUMBER", Short: "Show a ticket with its timeline", Args: arguments(1, 1),
		Long: "Show a ticket with its timeline. With --json it is {\"ticket\":…,\"timeline\":[…]}.",
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := ticketNumber(args[0])
			if err != nil {
				return err
			}
			desk, done, err := p.connect(cmd)
			if err != nil {
				return err
			}
			defer done()
			o := p.output(cmd)
			t, err := desk.Ticket(cmd.Context(), n)
			if err != nil {
				return err
			}
			tl, err := desk.Timeline(cmd.Context(), n, "")
			if err != nil {
				return err
			}
			if o.json {
				return o.printJSON(struct {
					Ticket   client.Ticket         `json:"ticket"`
					Timeline []client.TimelineItem `json:"timeline"`
				}{t, tl.Items})
			}
			o.ticket(t)
			o.timeline(tl)
			return nil
		}}
	p.remoteFlags(c)
	return c
}

// ticket prints one ticket.
func (o *output) ticket(t client.Ticket) {
	o.printf("#%d  %s\n", t.Number, oneLine(t.Subject))
	if active(t.Status) {
		o.fire(t)
	} else {
		o.printf("%s (out).\n", t.Fire.Word())
	}
	state := string(t.Status)
	switch {
	case t.MergedInto != 0:
		state += fmt.Sprintf(" into #%d", t.MergedInto)
	case t.WaitingOn != "":
		state += " on " + strings.ReplaceAll(t.WaitingOn, "_", " ")
		if !t.WakeAt.IsZero() {
			state += " until " + o.clock(t.WakeAt)
		}
	}
	row := func(name, value string) {
		if value != "" {
			o.printf("%-12s %s\n", name, oneLine(value))
		}
	}
	o.printf("\n")
	row("Status", state)
	row("Level", t.Level)
	row("Application", t.Application)
	row("Team", t.Team)
	row("Assignee", t.Assignee)
	row("Requester", strings.TrimSuffix(t.Requester+", "+t.Client, ", "))
	row("Stakes", string(t.Stakes))
	row("Deadline", o.deadline(t.Deadline))
	row("Agreed", o.clock(t.Deadline.AgreedAt))
	row("Tags", strings.Join(t.Tags, ", "))
	row("Opened", o.clock(t.CreatedAt))
	row("Came as", t.ExternalID)
	if t.Body != "" {
		o.printf("\n%s\n", indent(t.Body))
	}
	if t.Resolution != "" {
		o.printf("\nWhat fixed it\n%s\n", indent(t.Resolution))
	}
}

func (o *output) deadline(d client.Deadline) string {
	var parts []string
	if !d.At.IsZero() {
		parts = append(parts, o.clock(d.At))
	}
	if d.SaidBy != "" {
		parts = append(parts, "said "+d.SaidBy)
	}
	if d.Reason != "" {
		parts = append(parts, d.Reason)
	}
	if d.Consequence != "" {
		parts = append(parts, "then: "+d.Consequence)
	}
	return strings.Join(parts, "; ")
}

// timeline prints what happened: what people wrote in full, history in one line each.
func (o *output) timeline(tl client.Timeline) {
	if len(tl.Items) == 0 {
		return
	}
	o.printf("\n")
	if tl.Earlier != "" {
		o.printf("… earlier entries are on the ticket's page\n")
	}
	for _, item := range tl.Items {
		at := item.At.In(o.zone).Format("2 Jan 15:04")
		switch {
		case item.Entry != nil:
			e := item.Entry
			kind := e.Kind
			if !e.Public {
				kind = "private " + kind
			}
			o.printf("%s  %s by %s\n", at, kind, orDesk(e.Author))
			if e.Title != "" {
				o.printf("  %s\n", oneLine(e.Title))
			}
			if e.Body != "" {
				o.printf("%s\n", indent(e.Body))
			}
			for _, f := range e.Files {
				if f.Role == "main" {
					o.printf("  %s (%d bytes)\n", oneLine(f.Name), f.Size)
				}
			}
		case item.Event != nil && item.Event.Field != "set_by_hand": // the line about the fire says it
			o.printf("%s  %s\n", at, o.event(*item.Event))
		}
	}
}

func (o *output) event(e client.Event) string {
	field := strings.ReplaceAll(e.Field, "_", " ")
	who := e.Actor
	if who == "" {
		who = e.Rule
	}
	text := field
	switch {
	case e.Field == "opened":
		text = "opened as a " + strings.ToLower(client.Fire(e.New).Word())
	case e.Field == "body" || e.Field == "resolution":
		text += " changed"
	case e.Field == "fire":
		text = "fire: " + client.Fire(e.Old).Word() + " → " + client.Fire(e.New).Word()
	case e.Old != "" && e.New != "":
		text += ": " + o.value(e.Old) + " → " + o.value(e.New)
	case e.New != "":
		text += ": " + o.value(e.New)
	case e.Old != "":
		text += ": no longer " + o.value(e.Old)
	}
	text += " by " + orDesk(who)
	if e.Reason != "" {
		text += " (" + e.Reason + ")"
	}
	return oneLine(text)
}

// value shows a value of the history; instants as times.
func (o *output) value(s string) string {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return o.clock(t)
	}
	return cut(oneLine(s), 80)
}

func orDesk(name string) string {
	if name == "" {
		return "the desk"
	}
	return oneLine(name)
}
