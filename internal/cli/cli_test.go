package cli

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"firebreak/client"
	"firebreak/internal/config"
	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/person"
)

// every calls fn with all commands that people may use.
func every(c *cobra.Command, fn func(*cobra.Command)) {
	for _, sub := range c.Commands() {
		if sub.Hidden || sub.Name() == "help" || sub.Name() == "completion" {
			continue
		}
		fn(sub)
		every(sub, fn)
	}
}

func TestEveryCommandSaysWhatItDoes(t *testing.T) {
	root := newRoot(func(string) (string, bool) { return "", false })
	every(root, func(c *cobra.Command) {
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: the short help is %q", c.CommandPath(), c.Short)
		}
		if c.RunE == nil && c.Run == nil {
			t.Errorf("%s does nothing", c.CommandPath())
		}
		if c.Args == nil {
			t.Errorf("%s takes any argument without a word", c.CommandPath())
		}
		if c.Parent() == root && c.GroupID == "" {
			t.Errorf("%s is in no group of the help", c.CommandPath())
		}
	})
}

// TestDocumentation holds the guide to the program: every command and every key is in it.
func TestDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../docs/command-line.md")
	if err != nil {
		t.Fatal(err)
	}
	operations, _ := os.ReadFile("../../docs/operations.md")
	guide := string(text) + string(operations)
	every(newRoot(func(string) (string, bool) { return "", false }), func(c *cobra.Command) {
		name := strings.TrimPrefix(c.CommandPath(), "firebreak ")
		if !c.HasSubCommands() && !strings.Contains(guide, "`"+name) && !strings.Contains(guide, "firebreak "+name) {
			t.Errorf("the guide does not have %s", name)
		}
	})
	for _, key := range config.Keys() {
		if !strings.Contains(guide, "`"+key+"`") || !strings.Contains(guide, "FIREBREAK_"+strings.ToUpper(key)) {
			t.Errorf("the guide does not have the key %s", key)
		}
	}
}

func TestReport(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		code int
		want string
	}{
		{"fault", fault.Invalid("subject", "It is missing.", "Add one."), 2, "firebreak: subject: It is missing.\nhint: Add one.\n"},
		{"several", fault.Collect(fault.Invalid("a", "One.", "Same."), fault.Invalid("b", "Two.", "Same."), fault.Invalid("c", "Three.", "Other.")), 2,
			"firebreak: a: One.; b: Two.; c: Three.\nhint: Same.\nhint: Other.\n"},
		{"remote", &client.Error{Code: client.CodeForbidden, Message: "You may not.", Hint: "Ask."}, 2, "firebreak: You may not.\nhint: Ask.\n"},
		{"away", &client.Error{Code: client.CodeUnavailable, Message: "No answer."}, 3, "firebreak: No answer.\n"},
		{"defect", errors.New("disk on fire"), 3, "firebreak: disk on fire\n"},
		{"escape", fault.Invalid("x", "\x1b[2J", ""), 2, "firebreak: x: �[2J\n"},
	} {
		var b bytes.Buffer
		if code := report(&b, tt.err); code != tt.code || b.String() != tt.want {
			t.Errorf("%s: code %d, %q", tt.name, code, b.String())
		}
	}
}

// TestInProcess checks that a request carried inside the process has the caller, its body and its answer.
func TestInProcess(t *testing.T) {
	who := desk.Caller{Person: person.Person{Name: "Mara"}, Via: "cli"}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := new(bytes.Buffer)
		body.ReadFrom(r.Body)
		w.Header().Set("X-Who", desk.CallerOf(r.Context()).Person.Name)
		w.WriteHeader(http.StatusTeapot)
		w.WriteHeader(http.StatusOK) // only the first counts
		w.Write(body.Bytes())
	})
	c := &http.Client{Transport: inProcess{h, who}}
	res, err := c.Post("http://local/x", "text/plain", strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got := new(bytes.Buffer)
	got.ReadFrom(res.Body)
	if res.StatusCode != http.StatusTeapot || res.Header.Get("X-Who") != "Mara" || got.String() != "hello" {
		t.Errorf("got %d %q %q", res.StatusCode, res.Header.Get("X-Who"), got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://local/x", nil)
	if _, err := c.Do(req); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}

func TestQuestions(t *testing.T) {
	now := time.Date(2026, 11, 30, 14, 0, 0, 0, time.UTC)
	ask := func(t *testing.T, answers string, in client.OpenTicket) (client.OpenTicket, string, error) {
		o, _ := plain(now)
		var w bytes.Buffer
		err := newQuestions(t.Context(), strings.NewReader(answers), &w, o).ticket(&in)
		return in, w.String(), err
	}
	t.Run("everything", func(t *testing.T) {
		in, said, err := ask(t, "\nPrinter\nline 1\n\nBilling\nnobody\nclient\nin 3h\nlate\nRui\npost\nperhaps\ny\nN\n", client.OpenTicket{})
		want := client.OpenTicket{Subject: "Printer", Body: "line 1", Application: "Billing", Stakes: client.StakesClient, Workaround: true,
			Deadline: client.StatedDeadline{At: now.Add(3 * time.Hour), Consequence: "late", SaidBy: "Rui", Reason: "post"}}
		if err != nil || in.Subject != want.Subject || in.Body != want.Body || in.Application != want.Application || in.Stakes != want.Stakes ||
			in.Deadline != want.Deadline || !in.Workaround || in.Spreading {
			t.Errorf("got %+v, %v", in, err)
		}
		for _, again := range []string{"it takes one", "Type a number from 1 to 4", "Type y or n", "Monday 30 November 2026, 17:00 UTC"} {
			if !strings.Contains(said, again) {
				t.Errorf("it did not say %q in %q", again, said)
			}
		}
	})
	t.Run("nobody said a deadline", func(t *testing.T) {
		in, said, err := ask(t, "Printer\n\n\n1\n\n\n\n\n", client.OpenTicket{})
		if err != nil || !in.Deadline.At.IsZero() || in.Stakes != client.StakesPerson || strings.Contains(said, "Who said so") {
			t.Errorf("got %+v, %v after %q", in, err, said)
		}
	})
	t.Run("flags answer", func(t *testing.T) {
		in, said, err := ask(t, "Printer\nn\n", client.OpenTicket{Body: "b", Application: "a", Stakes: client.StakesTeam, Spreading: true,
			Deadline: client.StatedDeadline{At: now, Consequence: "c", SaidBy: "s", Reason: "r"}})
		if err != nil || in.Stakes != client.StakesTeam || strings.Contains(said, "Who is hurt") {
			t.Errorf("got %+v, %v after %q", in, err, said)
		}
	})
	t.Run("broken off", func(t *testing.T) {
		if _, _, err := ask(t, "Printer\n", client.OpenTicket{}); !errors.Is(err, errGivenUp) {
			t.Errorf("got %v", err)
		}
	})
}
