package cli

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestLogHoldsNoSecrets plants what is private everywhere in a line of the log: message, values, groups, errors.
func TestLogHoldsNoSecrets(t *testing.T) {
	for _, c := range []struct{ text, private string }{
		{"token fb_0123456789abcdefABCDEF was refused", "0123456789abcdef"},
		{"GET /api/v1/tickets?limit=5&access_token=s3cr3tvalue&x=1", "s3cr3tvalue"},
		{"GET https://desk.example.com/callback?code=Zx81aa&state=qq7", "Zx81aa"},
		{"dial postgres://firebreak:hunter2@db.example.com:5432/desk: refused", "hunter2"},
		{"dial postgres://firebreak:p%40ss%3Aw0rd@db.example.com/desk: refused", "w0rd"},
		{`mail of anna.berg@example.com could not be read`, "anna.berg@example.com"},
		{"user=app password=Tr0ub4dor&3 host=db", "Tr0ub4dor"},
		{`{"db_password": "correct horse"}`, "correct"},
		{"export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI"},
		{"Authorization: Bearer abcDEF123.ghi-456", "abcDEF123"},
		{"Authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNz"},
		{"Cookie: firebreak_session=3f9a0c8be1; theme=dark", "3f9a0c8be1"},
		{"api-key: 9f8e7d6c", "9f8e7d6c"},
		{"card 4111111111111111 declined", "4111111111111111"},
	} {
		for how, write := range map[string]func(*slog.Logger){
			"message":         func(l *slog.Logger) { l.Error(c.text) },
			"value":           func(l *slog.Logger) { l.Error("x", "value", c.text) },
			"error":           func(l *slog.Logger) { l.Error("x", "error", fmt.Errorf("open: %w", errors.New(c.text))) },
			"joined":          func(l *slog.Logger) { l.Error("x", "error", errors.Join(errors.New("a"), errors.New(c.text))) },
			"any":             func(l *slog.Logger) { l.Error("x", "value", struct{ A string }{c.text}) },
			"bytes":           func(l *slog.Logger) { l.Error("x", "value", []byte(c.text)) },
			"group":           func(l *slog.Logger) { l.Error("x", slog.Group("g", slog.Group("h", "value", c.text))) },
			"with":            func(l *slog.Logger) { l.With("value", c.text).Error("x") },
			"with group":      func(l *slog.Logger) { l.WithGroup("g").With("value", c.text).Error("x", "y", 1) },
			"late":            func(l *slog.Logger) { l.Error("x", "value", late(c.text)) },
			"below the level": func(l *slog.Logger) { l.Warn("x", "value", c.text) },
			"standard logger": func(l *slog.Logger) { slog.NewLogLogger(l.Handler(), slog.LevelWarn).Print(c.text) },
		} {
			var b bytes.Buffer
			write(newLog(&b, "warn"))
			if b.Len() == 0 || strings.Contains(b.String(), c.private) || strings.Contains(strings.ReplaceAll(b.String(), `\`, ""), c.private) {
				t.Errorf("%s: %s", how, b.String())
			}
		}
	}
	var b bytes.Buffer
	l := newLog(&b, "info")
	l.Info("connect", "password", "plain words", "token", errors.New("abc"), "session_cookie", []byte("q1"))
	if strings.Contains(b.String(), "plain words") || strings.Contains(b.String(), "abc") || strings.Contains(b.String(), "q1") {
		t.Errorf("a value with a telling name is logged: %s", b.String())
	}
	b.Reset()
	l.Info("a", "from", "anna@example.com", "to", "ben@example.com", "again", "ANNA@example.com")
	if f := strings.Fields(strings.NewReplacer("from=", "", "to=", "", "again=", "").Replace(b.String())); len(f) < 6 || f[3] == f[4] || f[3] != f[5] {
		t.Errorf("the same value has not the same name, or others have: %s", b.String())
	}
}

type late string

func (l late) LogValue() slog.Value { return slog.StringValue(string(l)) }

// TestLogStaysReadable: what an operator needs is left alone.
func TestLogStaysReadable(t *testing.T) {
	for _, line := range []string{
		"internal error", "request", "sweep", "index of similar tickets", "removed files of broken uploads",
		"/api/v1/tickets/4821/entries", "/entries/0A1B2C3D4E5F6/lines", "0A1B2C3D4E5F6", "context deadline exceeded",
		"database is locked (5) (SQLITE_BUSY)", "pq: duplicate key value violates unique constraint \"ticket_pkey\"",
		"password authentication failed for user \"firebreak\"", "dial tcp 127.0.0.1:5432: connect: connection refused",
		"template: ticket.html:12:3: executing \"main\" at <.Token>: can't evaluate field Token", "2m0.5s",
		"open /var/lib/firebreak/desk.sqlite3: permission denied", "invalid token: unexpected end of input",
	} {
		var b bytes.Buffer
		newLog(&b, "info").Info(line, "value", line, "count", 1234567890123)
		if got := strings.ReplaceAll(b.String(), `\"`, `"`); strings.Count(got, line) != 2 || !strings.Contains(got, "count=1234567890123") {
			t.Errorf("%q became %s", line, got)
		}
	}
}

func BenchmarkLog(b *testing.B) {
	l := newLog(discard{}, "info")
	b.ReportAllocs()
	for b.Loop() {
		l.Warn("request", "method", "GET", "path", "/tickets/4821", "status", 503, "took", "2.1s")
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
