package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"firebreak/client"
)

// questions asks a person on a terminal.
type questions struct {
	ctx   context.Context
	lines chan string // closed at the end of the input
	w     io.Writer
	o     *output
}

var errGivenUp = usage("Nothing was opened.", "Give the answers as flags to do without questions; see firebreak ticket open --help.")

// newQuestions reads answers from in and writes questions to w. Reading goes on in the background, so that Ctrl-C ends
// a question at once.
func newQuestions(ctx context.Context, in io.Reader, w io.Writer, o *output) *questions {
	q := &questions{ctx: ctx, lines: make(chan string), w: w, o: o}
	go func() {
		defer close(q.lines)
		r := bufio.NewReader(in)
		for {
			line, err := r.ReadString('\n')
			if line != "" {
				select {
				case q.lines <- strings.TrimRight(line, "\r\n"):
				case <-ctx.Done():
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	return q
}

// ask puts one question and gives the answer, trimmed.
func (q *questions) ask(prompt string) (string, error) {
	fmt.Fprint(q.w, prompt+" ")
	select {
	case line, ok := <-q.lines:
		if ok {
			return strings.TrimSpace(line), nil
		}
		fmt.Fprintln(q.w)
		return "", errGivenUp
	case <-q.ctx.Done():
		fmt.Fprintln(q.w)
		return "", errGivenUp
	}
}

// until asks again until take accepts the answer; its error is shown.
func (q *questions) until(prompt string, take func(string) error) error {
	for {
		answer, err := q.ask(prompt)
		if err != nil {
			return err
		}
		if err = take(answer); err == nil {
			return nil
		}
		if f := asFault(err); f != nil {
			fmt.Fprintf(q.w, "  %s %s\n", f.Message, f.Hint)
		} else {
			fmt.Fprintf(q.w, "  %v\n", err)
		}
	}
}

var stakesByNumber = []client.Stakes{client.StakesPerson, client.StakesTeam, client.StakesClient, client.StakesCompany}

// ticket asks what happened and the four questions about urgency, and fills in what no flag gave.
func (q *questions) ticket(in *client.OpenTicket) error {
	err := q.until("What is wrong, in one line?", func(s string) error {
		in.Subject = s
		if s == "" {
			return errors.New("One line is enough, but it takes one.")
		}
		return nil
	})
	if err != nil {
		return err
	}
	if in.Body == "" {
		fmt.Fprintln(q.w, "What happened? (an empty line ends it)")
		var body []string
		for {
			line, err := q.ask(" ")
			if err != nil {
				return err
			}
			if line == "" {
				break
			}
			body = append(body, line)
		}
		in.Body = strings.Join(body, "\n")
	}
	if in.Application == "" {
		if in.Application, err = q.ask("Which application? (Enter: not sure)"); err != nil {
			return err
		}
	}
	if in.Stakes == "" {
		if err := q.stakes(in); err != nil {
			return err
		}
	}
	if err := q.deadline(in); err != nil {
		return err
	}
	if !in.Workaround {
		if in.Workaround, err = q.yes("Can people go on working another way? (y/N)"); err != nil {
			return err
		}
	}
	if !in.Spreading {
		if in.Spreading, err = q.yes("Is it getting worse or reaching more people? (y/N)"); err != nil {
			return err
		}
	}
	return nil
}

func (q *questions) stakes(in *client.OpenTicket) error {
	return q.until("Who is hurt? 1 one person  2 a team  3 a client  4 the company:", func(s string) error {
		s = strings.ToLower(s)
		for i, k := range stakesByNumber {
			if s == fmt.Sprint(i+1) || s == string(k) || len(s) == 1 && strings.HasPrefix(string(k), s) && s != "c" {
				in.Stakes = k
				return nil
			}
		}
		if s == "" {
			return errors.New("Take the smallest that is true; it can be changed later.")
		}
		return errors.New("Type a number from 1 to 4.")
	})
}

// deadline asks by when, what happens then, who said so and why. Without a deadline only the consequence is asked.
func (q *questions) deadline(in *client.OpenTicket) error {
	var err error
	if in.Deadline.At.IsZero() {
		now := q.o.now.In(q.o.zone)
		if err := q.until(`By when? ("today 17:00", "tomorrow 6:00", "in 3h"; Enter: nobody said)`, func(s string) error {
			in.Deadline.At, err = parseWhen("deadline", s, now)
			return err
		}); err != nil {
			return err
		}
		if !in.Deadline.At.IsZero() {
			fmt.Fprintf(q.w, "  %s\n", in.Deadline.At.In(q.o.zone).Format("Monday 2 January 2006, 15:04 MST"))
		}
	}
	if in.Deadline.Consequence == "" {
		prompt := "What happens at that minute? (Enter: nothing that anyone can name)"
		if in.Deadline.At.IsZero() {
			prompt = "What happens if it stays like this, and when? (Enter: nothing that anyone can name)"
		}
		if in.Deadline.Consequence, err = q.ask(prompt); err != nil {
			return err
		}
	}
	if in.Deadline.At.IsZero() {
		return nil
	}
	if in.Deadline.SaidBy == "" {
		if in.Deadline.SaidBy, err = q.ask("Who said so?"); err != nil {
			return err
		}
	}
	if in.Deadline.Reason == "" {
		if in.Deadline.Reason, err = q.ask("Why then?"); err != nil {
			return err
		}
	}
	return nil
}

func (q *questions) yes(prompt string) (answer bool, err error) {
	err = q.until(prompt, func(s string) error {
		switch strings.ToLower(s) {
		case "y", "yes":
			answer = true
		case "", "n", "no":
			answer = false
		default:
			return errors.New("Type y or n.")
		}
		return nil
	})
	return answer, err
}
