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
	} {
		if got := Mask(in, f.Find(in), &Pseudonyms{}); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
