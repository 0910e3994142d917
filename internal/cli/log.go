package cli

import (
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"

	"firebreak/internal/desk"
	"firebreak/internal/redact"
)

// newLog writes to w, with secrets, mail addresses and numbers of cards and accounts masked: whoever reads the log of
// a desk need not be one who may read its tickets.
func newLog(w io.Writer, level string) *slog.Logger {
	var l slog.Level
	if l.UnmarshalText([]byte(level)) != nil {
		l = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: l, ReplaceAttr: maskAttr}))
}

// logFinder is made for the first line that needs it.
var logFinder = sync.OnceValue(func() *redact.Finder {
	const word = `(?:[a-z0-9]+[_-])*(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|(?:api|access|private)[_-]?key|sig(?:nature)?|auth(?:orization)?|credentials?|session|cookie|jwt|otp)`
	f, err := redact.New(redact.Options{
		Kinds: []redact.Kind{redact.Secret, redact.Email, redact.Card, redact.IBAN, redact.SSN},
		Own: redact.Own{Patterns: []redact.Pattern{
			{Name: "a token or a session of this desk", Kind: redact.Secret, Expr: `\b` + desk.TokenPrefix + `[0-9A-Za-z_-]{16,}`},
			{Name: "a value that its name says is secret", Kind: redact.Secret, Expr: `(?i)\b` + word + `(?:["']?\s*=\s*["']?|["']\s*:\s*["'])([^\s"'&;,)}\]]{3,})`},
			{Name: "a value that its name says is secret", Kind: redact.Secret, Expr: `(?i)\b` + word + `:\s*([^\s"'&;,)}\]]*[0-9][^\s"'&;,)}\]]*)`},
			{Name: "a secret in the query of an address", Kind: redact.Secret, Expr: `(?i)[?&](?:code|key|state|` + word + `)=([^\s"'&#]+)`},
			{Name: "what opens a door by HTTP", Kind: redact.Secret, Expr: `(?i)\b(?:bearer|basic)\s+([A-Za-z0-9+/_.=~-]{8,})`},
			{Name: "a password in an address", Kind: redact.Secret, Expr: `[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/:@"']*:([^\s/"']+)@`},
		}},
	})
	if err != nil {
		panic("the log's patterns: " + err.Error())
	}
	return f
})

// logNames names the same value the same way for as long as the program runs, and cannot be tried out.
var logNames = sync.OnceValue(func() *redact.Pseudonyms {
	key := make([]byte, 32)
	rand.Read(key) // never fails
	return &redact.Pseudonyms{Key: key}
})

// masked gives a text as the log may hold it.
func masked(s string) string {
	if !suspicious(s) {
		return s
	}
	return redact.Mask(s, logFinder().Find(s), logNames())
}

// suspicious reports whether a text may hold anything that is masked. It is wrong in one direction alone, and far
// cheaper than looking.
func suspicious(s string) bool {
	numbers, run := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '@' || c == '=' || c == '%':
			return true
		case c >= '0' && c <= '9':
			if numbers++; numbers >= 9 {
				return true
			}
			run++
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '-' || c == '+':
			run++
		default:
			run = 0
		}
		if run >= 16 {
			return true // long enough for a token
		}
	}
	lower := strings.ToLower(s)
	for _, word := range []string{"pass", "pwd", "secret", "token", "key", "auth", "bearer", "basic", "credential", "cookie", "session", "jwt", "otp"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

// maskAttr masks a part of a line of the log, its message too.
func maskAttr(_ []string, a slog.Attr) slog.Attr {
	var text string
	switch a.Value.Kind() {
	case slog.KindString:
		text = a.Value.String()
	case slog.KindAny:
		switch v := a.Value.Any().(type) {
		case *slog.Source, slog.Level:
			return a
		case []byte:
			text = string(v)
		default:
			text = fmt.Sprintf("%+v", v)
		}
	default:
		return a
	}
	if text != "" && secretName(a.Key) {
		return slog.String(a.Key, logNames().Of(redact.Secret, text))
	}
	if m := masked(text); m != text {
		return slog.String(a.Key, m)
	}
	return a
}

// secretName reports whether what goes by this name is never to be read.
func secretName(key string) bool {
	key = strings.ToLower(key)
	for _, word := range []string{"pass", "pwd", "secret", "token", "authorization", "credential", "cookie", "jwt", "otp"} {
		if strings.Contains(key, word) {
			return true
		}
	}
	return false
}
