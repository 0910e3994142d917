package person

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// The matrix is written down once more here: a change of rights is made twice, on purpose.
var wantMatrix = map[Permission]string{
	Public:       "admin lead agent requester nobody",
	SignedIn:     "admin lead agent requester",
	OpenTicket:   "admin lead agent requester",
	SeeOwn:       "admin lead agent requester",
	SeeTickets:   "admin lead agent",
	WorkTickets:  "admin lead agent",
	SeeReports:   "admin lead agent",
	SeeCatalog:   "admin lead agent",
	EditCatalog:  "admin lead",
	SeePeople:    "admin lead agent",
	EditClients:  "admin lead",
	EditPeople:   "admin",
	EditSettings: "admin",
	MoveData:     "admin",
	SeePrivate:   "admin lead",

	AllowWords:     "admin lead",
	ApproveLookups: "admin lead",
}

func TestPermissionMatrix(t *testing.T) {
	if len(wantMatrix) != len(Permissions) {
		t.Errorf("%d permissions are tested, %d exist", len(wantMatrix), len(Permissions))
	}
	for _, p := range Permissions {
		var who []string
		for _, r := range append(Roles[:len(Roles):len(Roles)], "nobody") {
			if r.May(p) {
				who = append(who, string(r))
			}
		}
		if got := strings.Join(who, " "); got != wantMatrix[p] {
			t.Errorf("%s: granted to %q, want %q", p, got, wantMatrix[p])
		}
	}
	for r := range matrix {
		for p := range matrix[r] {
			if _, ok := wantMatrix[p]; !ok {
				t.Errorf("%s is granted %s, which no list knows", r, p)
			}
		}
	}
}

// TestPermissionDoc keeps docs/permissions.md true; FIREBREAK_WRITE_DOCS=1 writes it.
func TestPermissionDoc(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Who may do what\n\nEvery page and every API call names one of these permissions, and the desk checks it again where the work is done.\n" +
		"This table is made from `internal/person/person.go`; a test keeps it true.\n\n| permission | allows | admin | lead | agent | requester |\n|---|---|---|---|---|---|\n")
	for _, p := range Permissions {
		fmt.Fprintf(&b, "| `%s` | %s |", p, p.Word())
		for _, r := range Roles {
			if r.May(p) {
				b.WriteString(" yes |")
			} else {
				b.WriteString(" |")
			}
		}
		b.WriteByte('\n')
	}
	b.WriteString("\nOn their own account everybody signed in may change name, phone, time zone, look and password, end sessions, and make and revoke API tokens.\n" +
		"A token acts with all rights of its person, until it is revoked or expires.\n")
	const path = "../../docs/permissions.md"
	if os.Getenv("FIREBREAK_WRITE_DOCS") != "" {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != b.String() {
		t.Error("docs/permissions.md is out of date; run FIREBREAK_WRITE_DOCS=1 go test ./internal/person/")
	}
}
