package redact

import (
	"strconv"
	"sync"
	"testing"
)

func TestMask(t *testing.T) {
	f, err := New(Options{Own: Own{People: []string{"Mara Lind"}}})
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"":             "",
		"nothing here": "nothing here",
		"from 192.0.2.7 to 192.0.2.8, again 192.0.2.7":   "from IP_1 to IP_2, again IP_1",
		"paid with 4111111111111111 by ann@example.com.": "paid with CARD_1 by EMAIL_1.",
		"MARA LIND said so":                              "PERSON_1 said so",
		"Lind, Mara; Mara Lind (mara@example.com)":       "PERSON_1; PERSON_1 (EMAIL_1)",
	} {
		if got := Mask(in, f.Find(in), &Pseudonyms{}); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestNamesByKey(t *testing.T) {
	p, q := &Pseudonyms{Key: []byte("k")}, &Pseudonyms{Key: []byte("other")}
	a, b := p.Of(Card, "4111 1111 1111 1111"), p.Of(Card, "4111111111111111")
	if a != b || len(a) != len("CARD_XXXX") || a == p.Of(Card, "5555 5555 5555 4444") || a == q.Of(Card, "4111111111111111") {
		t.Errorf("names by key: %s %s", a, b)
	}
}

func TestOnly(t *testing.T) {
	f, err := New(Options{Own: Own{People: []string{"Mara Lind"}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := Mask("Mara Lind 192.0.2.7", f.Only(IP).Find("Mara Lind 192.0.2.7"), &Pseudonyms{}); got != "Mara Lind IP_1" {
		t.Error(got)
	}
}

// TestManyNames holds memory small: beyond a number of values names come from a hash, and are still the same each time.
func TestManyNames(t *testing.T) {
	p := &Pseudonyms{}
	for i := range maxNames + 10 {
		v := strconv.Itoa(i)
		first := p.Of(User, v)
		if again := p.Of(User, v); again != first || i < maxNames && first != "USER_"+strconv.Itoa(i+1) {
			t.Fatalf("%s: %s, then %s", v, first, again)
		}
	}
	if p.Of(User, strconv.Itoa(maxNames)) == p.Of(User, strconv.Itoa(maxNames+1)) || len(p.names) != maxNames {
		t.Error("values beyond the number have one name, or are kept")
	}
}

func TestSameValue(t *testing.T) {
	p := &Pseudonyms{}
	for _, c := range []struct {
		kind Kind
		a, b string
		same bool
	}{
		{Person, "Mara Lind", "LIND, Mara", true}, {Person, "Mara Lind", "mara.lind", true}, {Person, "Mara Lind", "Maria Lind", false},
		{Card, "4111 1111 1111 1111", "4111-1111-1111-1111", true}, {Phone, "(202) 555-0143", "202.555.0143", true},
		{Email, "Ann@Example.com", "ann@example.com", true}, {Secret, "hunter2", "Hunter2", false}, {IP, "192.0.2.1", "192.0.21", false},
	} {
		if same := p.Of(c.kind, c.a) == p.Of(c.kind, c.b); same != c.same {
			t.Errorf("%s %q and %q: %v", c.kind, c.a, c.b, same)
		}
	}
}

// TestTogether lets many goroutines use one Finder.
func TestTogether(t *testing.T) {
	f := finder(t, Options{Own: Own{People: []string{"Mara Lind"}}})
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for _, c := range valid {
				want := c.value
				if want == "" {
					want = c.text
				}
				if !says(f, c.text, want, c.kind) {
					t.Errorf("%q: no %s", c.text, c.kind)
				}
			}
		})
	}
	wait.Wait()
}

// TestOwn finds names of the desk whatever the case, the order and the spaces, as whole words, the longest first, and
// hosts only as they are written.
func TestOwn(t *testing.T) {
	f := finder(t, Options{Own: Own{
		People: []string{"Mara Lind", "Will Baker"}, Logins: []string{"mlind"}, Clients: []string{"Northwind", "Northwind Traders Ltd"},
		Hosts: []string{"app-db-03", "web"}, Applications: []string{"Ledger"}, Patterns: []Pattern{{Name: "policy", Expr: `\bP(\d{6})\b`, Kind: Customer}},
	}})
	for in, want := range map[string]string{
		"MARA LIND, mara\tlind and Lind, Mara":         "PERSON_1, PERSON_1 and PERSON_1",
		"northwind traders ltd and Northwind":          "ORGANIZATION_1 and ORGANIZATION_2",
		"APP-DB-03 is up, app db 03 and app-db-031":    "HOST_1 is up, app db 03 and app-db-031",
		"mlind opened P123456 in ledger; mlinda P1234": "USER_1 opened PCUSTOMER_1 in APPLICATION_1; mlinda P1234",
		"ask mara.lind@example.com":                    "ask EMAIL_1",
	} {
		if got := Mask(in, f.Find(in), &Pseudonyms{}); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if _, err := New(Options{Own: Own{Patterns: []Pattern{{Name: "policy", Expr: "("}}}}); err == nil {
		t.Error("a pattern that cannot be read is taken")
	}
}

// TestOnlyKeepsSecrets: a password that looks like something nobody asked for is a password.
func TestOnlyKeepsSecrets(t *testing.T) {
	f, err := New(Options{Own: Own{People: []string{"Mara Lind"}, Hosts: []string{"billprd01"}}})
	if err != nil {
		t.Fatal(err)
	}
	hard := f.Only(Secret, Card)
	for in, want := range map[string]string{
		"password=P@ssw0rd.com":                   "password=SECRET_1",
		"password=mara@example.com, mara@x.com":   "password=SECRET_1, mara@x.com",
		"mysql -u root --password=billprd01 desk": "mysql -u root --password=SECRET_1 desk",
		"password: hunter2, said Mara Lind":       "password: SECRET_1, said Mara Lind",
		"card 4111 1111 1111 1111 of Mara Lind":   "card CARD_1 of Mara Lind",
		"2026-11-22 10:00:00 billprd01 started":   "2026-11-22 10:00:00 billprd01 started",
	} {
		if got := Mask(in, hard.Find(in), &Pseudonyms{}); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
