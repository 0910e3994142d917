package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/live"
	"firebreak/internal/person"
	"firebreak/internal/store"
)

// all makes a desk (or takes the one in --data), runs the program on it and prints one table.
func all(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("all", flag.ExitOnError)
	tickets := f.Int("tickets", 1_000_000, "how many tickets")
	engine := f.String("engine", "sqlite", "sqlite or postgres")
	data := f.String("data", "", "folder of the desk, kept and used again; empty: a temporary one")
	database := f.String("database", "", "PostgreSQL URL of a database for this alone; empty: a server is started in the folder")
	seconds := f.Int("seconds", 10, "how long each kind of request is sent")
	what := f.String("what", strings.Join(names(kinds), ","), "kinds of requests, in order")
	counts := f.String("clients", "1,8", "how many clients at once")
	program := f.String("program", "", "program to measure; empty: built from this source")
	f.Parse(args)
	chosen, err := choose(*what)
	if err != nil {
		return err
	}
	dir := *data
	if dir == "" {
		if dir, err = os.MkdirTemp("", "firebreak-bench-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	o := store.Options{Dir: filepath.Join(dir, *engine)}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	switch *engine {
	case "sqlite":
	case "postgres":
		if o.Database = *database; o.Database == "" {
			url, stop, err := startPostgres(ctx, filepath.Join(dir, "server"))
			if err != nil {
				return err
			}
			defer stop()
			o.Database = url
		}
	default:
		return fmt.Errorf("the engine is sqlite or postgres")
	}
	if *program == "" {
		*program = filepath.Join(dir, "firebreak")
		build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-trimpath", "-ldflags", "-s -w", "-o", *program, "firebreak")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("build the program: %w\n%s", err, out)
		}
	}
	info, err := os.Stat(*program)
	if err != nil {
		return err
	}
	if has, err := hasTickets(ctx, o); err != nil {
		return err
	} else if !has {
		if err := fill(ctx, o, sizeOf(*tickets, 3**tickets), 1, os.Stderr); err != nil {
			return err
		}
	}
	tokens, err := agentTokens(ctx, o, 8)
	if err != nil {
		return err
	}
	fmt.Printf("%s, %d CPUs, %s, load average %s\n\n", *engine, runtime.NumCPU(), time.Now().UTC().Format("2006-01-02 15:04"), loadAverage())
	var ready []time.Duration
	var s *serving
	for range 3 { // the last one stays
		if s != nil {
			s.stop()
		}
		if s, err = serve(ctx, *program, o); err != nil {
			return err
		}
		ready = append(ready, s.ready)
	}
	defer s.stop()
	slices.Sort(ready)
	idleFor := 10 * time.Second
	time.Sleep(idleFor)
	idle := s.rss()
	d, err := newDriver(s.base, tokens)
	if err != nil {
		return err
	}
	d.cpu = func() time.Duration { return cpuTime(strconv.Itoa(s.cmd.Process.Pid)) }
	if *engine == "postgres" && *database == "" {
		pid, _ := os.ReadFile(filepath.Join(dir, "server", "data", "postmaster.pid"))
		first, _, _ := strings.Cut(string(pid), "\n")
		own := d.cpu
		d.cpu = func() time.Duration { return own() + cpuTime(first) + childrenTime(first) }
	}
	fmt.Printf("%d tickets. Program: %.1f MB. Ready after %d ms (median of 3). Memory after 10 s idle: %.0f MB.\n\n%s\n", d.tickets, float64(info.Size())/1e6, ready[1].Milliseconds(), idle, resultHead)
	for _, k := range chosen {
		for n := range strings.SplitSeq(*counts, ",") {
			clients, err := strconv.Atoi(n)
			if err != nil {
				return err
			}
			r, err := d.run(ctx, k, clients, time.Duration(*seconds)*time.Second)
			if err != nil {
				return err
			}
			fmt.Println(r)
		}
	}
	fmt.Printf("\nMemory after the load: %.0f MB. Load average %s.\n", s.rss(), loadAverage())
	return nil
}

func hasTickets(ctx context.Context, o store.Options) (bool, error) {
	s, err := store.Open(ctx, o)
	if err != nil {
		return false, err
	}
	defer s.Close()
	have, _, err := s.Read().Tickets(ctx, store.TicketFilter{View: store.ViewAll, Limit: 1})
	return len(have) > 0, err
}

// agentTokens sets the desk up and gives API tokens of n agents who have tickets and teams.
func agentTokens(ctx context.Context, o store.Options, n int) (tokens []string, err error) {
	s, err := store.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	d := desk.New(s, &live.Hub{}, nil, slog.New(slog.DiscardHandler))
	if _, err := d.SetUp(ctx, "Rosa Admin", "rosa@desk.example", "violet-harbour-lantern-42", ""); err != nil && !fault.Is(err, fault.CodeConflict) {
		return nil, err
	}
	for i := range n {
		p, err := s.Read().FindPerson(ctx, fmt.Sprintf("agent%03d@desk.example", i))
		if err != nil {
			return nil, err
		}
		me := desk.WithCaller(ctx, desk.Caller{Person: p, Via: "cli"})
		if err := dropTokens(me, d, p); err != nil {
			return nil, err
		}
		token, _, err := d.CreateToken(me, 0, "bench", time.Time{})
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, token)
	}
	return tokens, nil
}

func dropTokens(ctx context.Context, d *desk.Desk, p person.Person) error {
	old, err := d.Tokens(ctx, id.ID(0))
	for _, t := range old {
		if err := d.RevokeToken(ctx, t.ID); err != nil {
			return err
		}
	}
	return err
}

// serving is a running program.
type serving struct {
	cmd   *exec.Cmd
	base  string
	ready time.Duration // from starting the process to the first «ok» of /healthz
}

var listens = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

func serve(ctx context.Context, program string, o store.Options) (*serving, error) {
	args := []string{"serve", "--listen", "127.0.0.1:0", "--data", o.Dir}
	if o.Database != "" {
		args = append(args, "--database", o.Database)
	}
	if extra := os.Getenv("FIREBREAK_BENCH_SERVE"); extra != "" {
		args = append(args, strings.Fields(extra)...)
	}
	cmd := exec.Command(program, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &serving{cmd: cmd}
	lines := bufio.NewScanner(out)
	for s.base == "" && lines.Scan() {
		s.base = listens.FindString(lines.Text())
	}
	if s.base == "" {
		s.stop()
		return nil, fmt.Errorf("the program did not come up")
	}
	go io.Copy(io.Discard, out)
	for {
		resp, err := http.Get(s.base + "/healthz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				s.ready = time.Since(start)
				return s, nil
			}
		}
		if time.Since(start) > time.Minute || ctx.Err() != nil {
			s.stop()
			return nil, fmt.Errorf("the program does not become ready: %v", err)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// stop ends the program as an operator does, and by force after 15 seconds.
func (s *serving) stop() {
	if s.cmd.ProcessState != nil {
		return
	}
	s.cmd.Process.Signal(os.Interrupt)
	timer := time.AfterFunc(15*time.Second, func() { s.cmd.Process.Kill() })
	defer timer.Stop()
	s.cmd.Wait()
}

// rss is the program's resident memory in MB, 0 where /proc does not tell.
func (s *serving) rss() float64 {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	for line := range strings.SplitSeq(string(b), "\n") {
		if v, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(v, "kB")), 64)
			return kb / 1000
		}
	}
	return 0
}

// cpuTime is the user and system time of a process and of its children that have ended, 0 where /proc does not tell.
func cpuTime(pid string) (used time.Duration) {
	b, _ := os.ReadFile("/proc/" + pid + "/stat")
	_, rest, _ := strings.Cut(string(b), ") ") // behind the name
	for i, f := range strings.Fields(rest) {
		if i >= 11 && i <= 14 {
			n, _ := strconv.ParseInt(f, 10, 64)
			used += time.Duration(n) * 10 * time.Millisecond // USER_HZ is 100 on Linux
		}
	}
	return used
}

// childrenTime is the time of a process's living children.
func childrenTime(pid string) (used time.Duration) {
	b, _ := os.ReadFile("/proc/" + pid + "/task/" + pid + "/children")
	for child := range strings.FieldsSeq(string(b)) {
		used += cpuTime(child)
	}
	return used
}

func loadAverage() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(b))[:2], " ")
}
