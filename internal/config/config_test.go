package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"firebreak/internal/fault"
)

func env(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
}

func origins(settings []Setting) map[string]string {
	out := map[string]string{}
	for _, s := range settings {
		out[s.Key] = s.Value + " from " + s.From
	}
	return out
}

func TestDefaultsAreValid(t *testing.T) {
	t.Chdir(t.TempDir())
	c, settings, err := Load(Sources{})
	if err != nil {
		t.Fatal(err)
	}
	if c != Default() {
		t.Errorf("got %+v", c)
	}
	for _, s := range settings {
		if s.From != "default" || s.Doc == "" || s.Key == "" {
			t.Errorf("setting %+v", s)
		}
	}
}

func TestPrecedence(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	file := filepath.Join("desk", FileName)
	os.Mkdir("desk", 0o700)
	write(t, file, "listen = \"127.0.0.1:1\"\nmax_upload = 1000\nlog_level = \"warn\"\nsecure_cookies = true\n")
	write(t, FileName, "listen = \"127.0.0.1:9\"\n")
	c, settings, err := Load(Sources{
		Flags:  map[string]string{"data": "desk", "log_level": "error"},
		Lookup: env(map[string]string{"FIREBREAK_LOG_LEVEL": "debug", "FIREBREAK_MAX_UPLOAD": "2 MiB", "FIREBREAK_LISTEN": ""}),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Config{Data: "desk", Listen: "127.0.0.1:1", MaxUpload: 2 << 20, Secure: true, LogLevel: "error"}
	if c != want {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
	got := origins(settings)
	for key, want := range map[string]string{
		"data": "desk from --data", "listen": "127.0.0.1:1 from " + file, "log_level": "error from --log-level",
		"max_upload": "2097152 from FIREBREAK_MAX_UPLOAD", "secure_cookies": "true from " + file, "clock": " from default",
	} {
		if got[key] != want {
			t.Errorf("%s: %q, want %q", key, got[key], want)
		}
	}
}

func TestFileInWorkingDirectoryAndByName(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, FileName, `data = "elsewhere"`)
	write(t, "other.toml", `data = "third"`)
	for _, tt := range []struct {
		src  Sources
		want string
	}{
		{Sources{}, "elsewhere"},
		{Sources{File: "other.toml"}, "third"},
		{Sources{Lookup: env(map[string]string{"FIREBREAK_CONFIG": "other.toml"})}, "third"},
		{Sources{File: FileName, Lookup: env(map[string]string{"FIREBREAK_CONFIG": "other.toml"})}, "elsewhere"},
	} {
		c, _, err := Load(tt.src)
		if err != nil || c.Data != tt.want {
			t.Errorf("%+v: data %q, %v; want %q", tt.src.File, c.Data, err, tt.want)
		}
	}
}

func TestBadValues(t *testing.T) {
	for _, tt := range []struct {
		name, file     string
		flags, env     map[string]string
		field          string
		message, hints string
	}{
		{name: "unknown key", file: "liste = 1", field: "liste", message: "no such key", hints: "Did you mean listen?"},
		{name: "hyphen", file: "log-level = \"info\"", field: "log-level", hints: "Did you mean log_level?"},
		{name: "far from any", file: "colour = \"red\"", field: "colour", hints: "Keys are data, database"},
		{name: "table", file: "[listen]\nport = 1", field: "listen", message: "not a text"},
		{name: "broken", file: "listen = ", field: "config", message: "firebreak.toml, line 1"},
		{name: "number for address", file: "listen = 8080", field: "listen", message: `"8080" is not an address (firebreak.toml)`},
		{name: "port", flags: map[string]string{"listen": "127.0.0.1:99999"}, field: "listen", message: "--listen"},
		{name: "size", env: map[string]string{"FIREBREAK_MAX_UPLOAD": "huge"}, field: "max_upload", message: "(FIREBREAK_MAX_UPLOAD)", hints: "MiB"},
		{name: "zero size", file: "max_upload = 0", field: "max_upload"},
		{name: "negative size", file: "max_upload = -5", field: "max_upload"},
		{name: "bool", env: map[string]string{"FIREBREAK_DEV": "maybe"}, field: "dev", message: `"maybe" is neither`},
		{name: "clock", flags: map[string]string{"clock": "tomorrow"}, field: "clock", hints: "RFC 3339"},
		{name: "level", file: `log_level = "loud"`, field: "log_level", hints: "debug"},
		{name: "server", flags: map[string]string{"server": "desk.example.com"}, field: "server", hints: "https://"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if tt.file != "" {
				write(t, FileName, tt.file)
			}
			_, _, err := Load(Sources{Flags: tt.flags, Lookup: env(tt.env)})
			f := fault.Of(err)
			if f == nil {
				t.Fatalf("got %v, want a fault", err)
			}
			if f.Code != fault.CodeInvalid || f.Field != tt.field || !strings.Contains(f.Message, tt.message) || !strings.Contains(f.Hint, tt.hints) || f.Hint == "" {
				t.Errorf("got %+v", f)
			}
		})
	}
}

func TestMissingNamedFile(t *testing.T) {
	_, _, err := Load(Sources{File: filepath.Join(t.TempDir(), "none.toml")})
	if f := fault.Of(err); f == nil || f.Field != "config" || !strings.Contains(f.Message, "none.toml") {
		t.Errorf("got %v", err)
	}
}

func TestSecretsAreMasked(t *testing.T) {
	t.Chdir(t.TempDir())
	_, settings, err := Load(Sources{Flags: map[string]string{
		"database": "postgres://desk:s3cret@db:5432/desk?sslmode=require&password=s3cret", "token": "fb_s3cret"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range settings {
		if strings.Contains(s.Value, "s3cret") {
			t.Errorf("%s shows its secret: %s", s.Key, s.Value)
		}
	}
	_, keyed, err := Load(Sources{Flags: map[string]string{"database": "host=db password=s3cret"}})
	if got := origins(keyed)["database"]; err != nil || strings.Contains(got, "s3cret") {
		t.Errorf("database is %s, %v", got, err)
	}
	if got := origins(settings)["database"]; !strings.Contains(got, "desk:xxxxx@db:5432/desk") {
		t.Errorf("database is %s", got)
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"listen", "listen", 0}, {"liste", "listen", 1}, {"kitten", "sitting", 3}} {
		if got := distance(tt.a, tt.b); got != tt.want || distance(tt.b, tt.a) != tt.want {
			t.Errorf("%s/%s: %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
