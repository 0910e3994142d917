package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/person"
)

// administer runs fn on the local desk as the desk itself: whoever may read the database may do everything.
func (p *program) administer(cmd *cobra.Command, fresh bool, fn func(*desk.Desk, *output) error) error {
	cfg, _, err := p.load(cmd)
	if err != nil {
		return err
	}
	openDesk := p.openLocal
	if fresh {
		openDesk = p.openFresh
	}
	a, err := openDesk(cmd, cfg)
	if err != nil {
		return err
	}
	defer a.close()
	cmd.SetContext(desk.AsSystem(cmd.Context(), "cli", "command line"))
	return fn(a.desk, p.output(cmd))
}

func (p *program) userCommand() *cobra.Command {
	var in desk.AddPerson
	var role string
	var stdin bool
	add := &cobra.Command{Use: "add --email EMAIL --name NAME --role ROLE", Short: "Add a person", Args: arguments(0, 0),
		Long: `Add a person. On a terminal the password is asked for; with --password-stdin it is the first line of standard
input. Without one the person cannot sign in yet, but can have API tokens. The desk is made when there is none.`,
		Example: `  firebreak user add --email mara@example.com --name "Mara Lind" --role admin
  pwgen 20 1 | firebreak user add --email bot@example.com --name Bot --role agent --password-stdin`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			in.Role = person.Role(role)
			if stdin {
				line, err := bufio.NewReader(io.LimitReader(cmd.InOrStdin(), 4096)).ReadString('\n')
				if err != nil && !errors.Is(err, io.EOF) {
					return fmt.Errorf("read the password: %w", err)
				}
				if in.Password = strings.TrimRight(line, "\r\n"); in.Password == "" {
					return fault.Invalid("password", "Standard input has no password.", "Pipe one in, or leave --password-stdin away.")
				}
			} else if f, ok := cmd.InOrStdin().(*os.File); ok && isTerminal(f) {
				var err error
				if in.Password, err = askPassword(f, cmd.ErrOrStderr()); err != nil {
					return err
				}
			}
			return p.administer(cmd, true, func(d *desk.Desk, o *output) error {
				who, err := d.AddPerson(cmd.Context(), in)
				if err != nil {
					return err
				}
				if o.json {
					return o.printJSON(who)
				}
				o.printf("%s is %s now.\n", oneLine(who.Name), article(who.Role.Word()))
				if !who.HasPassword {
					o.printf("There is no password yet; signing in needs one, API tokens do not.\n")
				}
				return nil
			})
		}}
	add.Flags().StringVar(&in.Email, "email", "", "e-mail address")
	add.Flags().StringVar(&in.Name, "name", "", "name")
	add.Flags().StringVar(&role, "role", "", "admin, lead, agent or requester")
	add.Flags().StringVar(&in.Client, "client", "", "client that a requester belongs to (default: by the mail domain)")
	add.Flags().StringSliceVar(&in.Teams, "team", nil, "team; may be repeated")
	add.Flags().StringVar(&in.Zone, "zone", "", "IANA time zone")
	add.Flags().BoolVar(&stdin, "password-stdin", false, "read the password from standard input")

	var filter desk.ListPeople
	list := &cobra.Command{Use: "list", Short: "List people", Args: arguments(0, 0), RunE: func(cmd *cobra.Command, _ []string) error {
		return p.administer(cmd, false, func(d *desk.Desk, o *output) error {
			all := []person.Person{}
			for {
				filter.Limit = desk.MaxPage
				page, err := d.People(cmd.Context(), filter)
				if err != nil {
					return err
				}
				all = append(all, page.Items...)
				if filter.Cursor = page.Next; filter.Cursor == "" {
					break
				}
			}
			if o.json {
				return o.printJSON(all)
			}
			t := table{{"ID", "ROLE", "SIGN-IN", "E-MAIL", "NAME"}}
			for _, who := range all {
				in := "password"
				if !who.HasPassword {
					in = "none"
				}
				if !who.DisabledAt.IsZero() {
					in = "disabled"
				}
				t = append(t, []string{who.ID.String(), string(who.Role), in, who.Email, who.Name})
			}
			o.printTable(t)
			return nil
		})
	}}
	list.Flags().StringSliceVar(&filter.Role, "role", nil, "only these roles")
	list.Flags().BoolVar(&filter.Disabled, "disabled", false, "only those who are disabled")
	jsonFlag(add, list)
	return group("user", "Add and list people", add, list)
}

func (p *program) tokenCommand() *cobra.Command {
	var who, name string
	var days int
	create := &cobra.Command{Use: "create --user WHO", Short: "Make an API token for a person and print it, alone", Args: arguments(0, 0),
		Long:    "Make an API token for a person (e-mail, name or id) and print it, alone. It is shown this once; the desk keeps a hash.",
		Example: `  export FIREBREAK_TOKEN=$(firebreak token create --user mara@example.com --name laptop)`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if who == "" {
				return fault.Invalid("user", "Whose token?", "Give an e-mail address with --user; firebreak user list shows everybody.")
			}
			return p.administer(cmd, false, func(d *desk.Desk, o *output) error {
				owner, err := d.Store().Read().FindPerson(cmd.Context(), who)
				if fault.Is(err, fault.CodeNotFound) {
					return fault.Invalid("user", fmt.Sprintf("Nobody here is called %s.", who), "firebreak user list shows everybody.")
				} else if err != nil {
					return err
				}
				var expires time.Time
				if days > 0 {
					expires = d.Now().AddDate(0, 0, days)
				}
				secret, token, err := d.CreateToken(cmd.Context(), owner.ID, name, expires)
				if err != nil {
					return err
				}
				if o.json {
					return o.printJSON(struct {
						Secret string `json:"secret"`
						person.Token
					}{secret, token})
				}
				o.printf("%s\n", secret)
				return nil
			})
		}}
	create.Flags().StringVar(&who, "user", "", "e-mail, name or id of the person")
	create.Flags().StringVar(&name, "name", "command line", "what the token is for")
	create.Flags().IntVar(&days, "days", 0, "days until it expires (default: never)")
	jsonFlag(create)
	return group("token", "Make API tokens", create)
}

// askPassword asks twice, without showing what is typed.
func askPassword(in *os.File, w io.Writer) (string, error) {
	one := func(prompt string) (string, error) {
		fmt.Fprint(w, prompt)
		b, err := term.ReadPassword(int(in.Fd()))
		fmt.Fprintln(w)
		return string(b), err
	}
	first, err := one("Password (at least 12 characters; Enter: none): ")
	if err != nil || first == "" {
		return first, err
	}
	again, err := one("Once more: ")
	if err == nil && again != first {
		err = fault.Invalid("password", "The two passwords differ.", "Try again.")
	}
	return first, err
}

func article(word string) string {
	word = strings.ToLower(word)
	if strings.ContainsRune("aeiou", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}
