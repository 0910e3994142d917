package person

import (
	"strings"
	"testing"

	"firebreak/internal/fault"
)

func TestHashPasswordRoundTrip(t *testing.T) {
	salt := []byte("0123456789abcdef")
	h := HashPassword("correct horse battery", salt)
	if !strings.HasPrefix(h, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("hash %q does not name its cost", h)
	}
	for _, c := range []struct {
		stored, password string
		ok, outdated     bool
	}{
		{h, "correct horse battery", true, false},
		{h, "correct horse batterz", false, false},
		{h, "", false, false},
		{HashPassword("Zo\u00eb sings loudly", salt), "Zoe\u0308 sings loudly", true, false}, // another keyboard
		// Made with the argon2 program of the reference implementation:
		// printf password | argon2 somesalt -id -t 2 -m 16 -p 1
		{"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password", true, true},
		{"", "", false, false},
		{"$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password", false, false},
		{"$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password", false, false},
	} {
		if ok, outdated := CheckPassword(c.stored, c.password); ok != c.ok || outdated != c.outdated {
			t.Errorf("CheckPassword(%q, %q) = %v, %v; want %v, %v", c.stored, c.password, ok, outdated, c.ok, c.outdated)
		}
	}
}

func FuzzReadHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$argon2id$v=19$m=,t=,p=$$")
	f.Fuzz(func(t *testing.T, s string) {
		if h, err := readHash(s); err == nil && (h.memory > 1<<20 || h.time > 32 || len(h.key) < 16) {
			t.Errorf("%q gives a hash of unbounded cost: %+v", s, h)
		}
	})
}

func TestJudgePassword(t *testing.T) {
	for _, c := range []struct {
		password string
		want     fault.Code // "": accepted
	}{
		{"four words are long", ""},
		{"пароль из слов", ""},
		{"elevenchars", fault.CodeInvalid},
		{"", fault.CodeInvalid},
		{"dana.reyes@example.com", fault.CodeInvalid},
		{"DANA.REYES@example.com", fault.CodeInvalid},
		{"Dana Margaret Reyes", fault.CodeInvalid},
		{"danamargaretreyes", fault.CodeInvalid},
		{"aaaaaaaaaaaaaaaa", fault.CodeInvalid},
		{"a broken \xff text here", fault.CodeInvalid},
		{"with a NUL \x00 inside", fault.CodeInvalid},
		{strings.Repeat("word ", 200), ""},
		{strings.Repeat("word ", 200) + "x", fault.CodeTooLarge},
	} {
		f := JudgePassword("password", c.password, "dana.reyes@example.com", "Dana Margaret Reyes")
		var got fault.Code
		if f != nil {
			got = f.Code
			if f.Field != "password" || f.Hint == "" {
				t.Errorf("%q: fault without field or remedy: %+v", c.password, f)
			}
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.password, got, c.want)
		}
	}
}

func TestCleanEmail(t *testing.T) {
	for in, want := range map[string]string{
		" Dana@Example.COM ": "Dana@example.com", "a@b": "a@b", "": "", "dana": "", "Dana <d@example.com>": "", "a@b, c@d": "",
		strings.Repeat("a", 250) + "@b.cd": "",
	} {
		if got, ok := CleanEmail(in); got != want || ok != (want != "") {
			t.Errorf("CleanEmail(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
}
