package desk

import (
	"slices"
	"testing"

	"firebreak/internal/person"
	"firebreak/internal/redact"
)

func TestOwnWordsFollowTheDesk(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		sys := AsSystem(t.Context(), "cli", "")
		before := must(d.ownWords(sys))(t)
		again := must(d.finder(sys))(t)
		if again != must(d.finder(sys))(t) {
			t.Error("the finder is made anew although nothing changed")
		}
		must(d.AddPerson(sys, AddPerson{Name: "Quillon Abernathy", Email: "quillon.abernathy@client.example", Role: person.Requester}))(t)
		own := must(d.ownWords(sys))(t)
		for what, ok := range map[string]bool{
			"person": slices.Contains(own.People, "Quillon Abernathy"), "login": slices.Contains(own.Logins, "quillon.abernathy"),
			"mail": slices.Contains(own.Logins, "quillon.abernathy@client.example"),
		} {
			if !ok {
				t.Errorf("the %s is not known: %+v", what, own)
			}
		}
		if len(own.People) != len(before.People)+1 {
			t.Errorf("%d people became %d", len(before.People), len(own.People))
		}
		f := must(d.finder(sys))(t)
		if got := redact.Mask("ask Quillon Abernathy", f.Find("ask Quillon Abernathy"), &redact.Pseudonyms{}); got != "ask PERSON_1" {
			t.Error(got)
		}
	})
}

func TestHostNames(t *testing.T) {
	for in, want := range map[string][]string{
		"billprd01.corp.example.com":             {"billprd01.corp.example.com", "billprd01"},
		"https://billing.example.com:8443/start": {"billing.example.com"},
		"10.4.2.19 10.4.2.20":                    {"10.4.2.19", "10.4.2.20"},
		"localhost":                              nil,
		"*.pay.example.com":                      {"pay.example.com"},
	} {
		if got := hostNames(in); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}
