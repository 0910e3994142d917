package redact

import "testing"

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
