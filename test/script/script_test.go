// Package script runs the whole program through scenarios that read like a story: one .txtar file each, in the
// language of testscript (github.com/rogpeppe/go-internal/testscript), on both engines.
//
// Besides the commands of testscript a scenario has:
//
//	firebreak ARG…            the program
//	serve [ARG…]              starts firebreak serve, waits for /healthz, sets $SERVER
//	halt                      stops it as Ctrl-C does and checks that it left in peace
//	http METHOD PATH [BODY]   one request to $SERVER with $TOKEN; prints status, then body; @FILE sends a file
//	exits CODE COMMAND ARG…   runs a command and checks its exit code
//	take NAME [REGEXP]        sets a variable to the last output, or to the first group of REGEXP in it
//	until REGEXP COMMAND ARG… repeats a command until its output matches, for up to 30 seconds
package script

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"firebreak/internal/cli"
	"firebreak/internal/store/storetest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"firebreak": func() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
		"http":      request,
	})
}

func TestScripts(t *testing.T) {
	files, err := filepath.Glob("*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			for _, f := range files {
				if engine == "postgres" && filesOnly(t, f) {
					continue
				}
				t.Run(strings.TrimSuffix(f, ".txtar"), func(t *testing.T) { run(t, f, engine) })
			}
		})
	}
}

// filesOnly reports whether a scenario is about files, and so has nothing to show on PostgreSQL.
func filesOnly(t *testing.T, file string) bool {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(text, []byte("[postgres] skip"))
}

func run(t *testing.T, file, engine string) {
	database := ""
	if engine == "postgres" {
		database = storetest.PostgresURL(t)
	}
	testscript.Run(t, testscript.Params{
		Files: []string{file},
		Setup: func(e *testscript.Env) error {
			for _, kv := range os.Environ() {
				if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "FIREBREAK_") {
					e.Setenv(name, "")
				}
			}
			e.Setenv("TZ", "UTC")
			e.Setenv("FIREBREAK_DATA", filepath.Join(e.WorkDir, "data"))
			e.Setenv("FIREBREAK_DATABASE", database)
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name != "postgres" && name != "sqlite" {
				return false, fmt.Errorf("no condition %q", name)
			}
			return name == engine, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"serve": serve, "exits": exits, "take": take, "until": until},
	})
}

// request is the command http: as curl would send it.
func request() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: http METHOD PATH [BODY|@FILE]")
		os.Exit(2)
	}
	var body io.Reader
	if len(os.Args) > 3 {
		text := []byte(os.Args[3])
		if name, ok := strings.CutPrefix(os.Args[3], "@"); ok {
			var err error
			if text, err = os.ReadFile(name); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(2)
			}
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequest(os.Args[1], os.Getenv("SERVER")+os.Args[2], body)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if token := os.Getenv("TOKEN"); token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if key := os.Getenv("KEY"); key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	noRedirect := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := noRedirect.Do(req)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	defer res.Body.Close()
	fmt.Printf("%d %s\n", res.StatusCode, res.Header.Get("Content-Type"))
	io.Copy(os.Stdout, res.Body)
	if res.StatusCode >= 400 {
		os.Exit(1)
	}
}

// serve starts the desk and registers halt for it.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("unsupported: ! serve")
	}
	cmd := exec.Command("firebreak", append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	path, err := exec.LookPath("firebreak")
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if p := filepath.Join(dir, "firebreak"); err != nil && exists(p) {
			path, err = p, nil
		}
	}
	ts.Check(err)
	cmd.Path, cmd.Err = path, nil
	cmd.Dir = ts.Getenv("WORK")
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "TZ", "FIREBREAK_DATA", "FIREBREAK_DATABASE", "FIREBREAK_CLOCK"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	ts.Check(cmd.Start())
	ended := make(chan error, 1)
	var said bytes.Buffer
	lines := bufio.NewReader(io.TeeReader(out, &said))
	line, err := lines.ReadString('\n')
	address := regexp.MustCompile(`http://\S+`).FindString(line)
	go func() {
		io.Copy(io.Discard, lines)
		ended <- cmd.Wait()
		close(ended)
	}()
	ts.Defer(func() {
		cmd.Process.Kill() // nothing to kill after halt
		<-ended
	})
	if err != nil || address == "" {
		ts.Fatalf("serve said %q: %v", line, err)
	}
	ts.Setenv("SERVER", address)
	ts.SetCmd("halt", func(ts *testscript.TestScript, neg bool, args []string) {
		ts.Check(cmd.Process.Signal(os.Interrupt))
		select {
		case err := <-ended:
			if err != nil || errs.Len() > 0 {
				ts.Fatalf("serve did not leave in peace: %v\n%s", err, errs.String())
			}
		case <-time.After(20 * time.Second):
			cmd.Process.Kill()
			ts.Fatalf("serve did not leave within 20 seconds")
		}
		fmt.Fprint(ts.Stdout(), said.String())
	})
	deadline, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for {
		req, _ := http.NewRequestWithContext(deadline, http.MethodGet, address+"/healthz", nil)
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		if deadline.Err() != nil {
			ts.Fatalf("the desk is not ready: %v\n%s", err, errs.String())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || neg {
		ts.Fatalf("usage: exits CODE COMMAND ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var e *exec.ExitError
		if !errors.As(err, &e) {
			ts.Fatalf("%v", err)
		}
		code = e.ExitCode()
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d\n%s", code, want, ts.ReadFile("stderr"))
	}
}

func take(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 1 || neg {
		ts.Fatalf("usage: take NAME [REGEXP]")
	}
	value := strings.TrimSpace(ts.ReadFile("stdout"))
	if len(args) > 1 {
		m := regexp.MustCompile("(?m)" + args[1]).FindStringSubmatch(value)
		if len(m) < 2 {
			ts.Fatalf("%q is not in the output", args[1])
		}
		value = m[1]
	}
	ts.Setenv(args[0], value)
}

func until(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || neg {
		ts.Fatalf("usage: until REGEXP COMMAND ARG…")
	}
	want := regexp.MustCompile("(?m)" + args[0])
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		err := ts.Exec(args[1], args[2:]...)
		if err == nil && want.MatchString(ts.ReadFile("stdout")) {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("%q did not come: %v\n%s", args[0], err, ts.ReadFile("stdout"))
		}
	}
}
