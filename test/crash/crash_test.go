// Package crash proves that an acknowledged ticket or entry survives kill -9 at any moment. It runs the real program
// under load, kills it, starts it again on the same data, and looks for everything that was acknowledged.
package crash

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"firebreak/internal/desk"
	"firebreak/internal/live"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
)

const (
	rounds  = 20
	clients = 8
)

func TestAcknowledgedWorkSurvivesKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills the program 40 times")
	}
	program := filepath.Join(t.TempDir(), "firebreak")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", program, "firebreak")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	t.Run("sqlite", func(t *testing.T) {
		dir := t.TempDir()
		run(t, program, store.Options{Dir: dir}, "sqlite", "file:"+filepath.Join(dir, store.DatabaseFile)+"?_pragma=busy_timeout(10000)")
	})
	t.Run("postgres", func(t *testing.T) {
		db := storetest.PostgresURL(t)
		run(t, program, store.Options{Dir: t.TempDir(), Database: db}, "pgx", db)
	})
}

func run(t *testing.T, program string, o store.Options, driver, dsn string) {
	p := &proof{t: t, program: program, o: o, tickets: map[int64]*opened{}}
	p.token = setUp(t, o)
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	p.rand = rand.New(rand.NewPCG(seed, 1))
	for round := range rounds {
		p.round = round
		p.start()
		p.settle()
		p.check(false)
		p.checkRows(db, driver)
		p.load(150*time.Millisecond + time.Duration(p.rand.IntN(450))*time.Millisecond)
		if t.Failed() {
			return
		}
	}
	p.start()
	p.settle()
	p.check(true)
	p.checkRows(db, driver)
	p.kill()
	notes := 0
	for _, o := range p.tickets {
		notes += len(o.notes)
	}
	if len(p.tickets) < rounds || notes < rounds {
		t.Errorf("only %d tickets and %d notes were written; the load did not run", len(p.tickets), notes)
	}
	t.Logf("%d times killed: all %d acknowledged tickets and %d acknowledged notes are there once and unchanged, %d requests were under way and are there once or not at all",
		rounds, p.acked-p.notes, p.notes, p.inFlight)
}

// setUp makes the first admin and gives an API token.
func setUp(t *testing.T, o store.Options) string {
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	d := desk.New(s, &live.Hub{}, nil, slog.New(slog.DiscardHandler))
	admin, err := d.SetUp(t.Context(), "Rosa Admin", "rosa@example.com", "violet-harbour-lantern-42", "")
	if err != nil {
		t.Fatal(err)
	}
	ctx := desk.WithCaller(t.Context(), desk.Caller{Person: admin, Via: "cli"})
	token, _, err := d.CreateToken(ctx, 0, "crash", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// proof is one desk that is killed again and again, and all that it must still know.
type proof struct {
	t       *testing.T
	program string
	o       store.Options
	token   string
	rand    *rand.Rand
	round   int

	cmd    *exec.Cmd
	base   string
	stderr *bytes.Buffer
	http   *http.Client

	mu       sync.Mutex
	tickets  map[int64]*opened
	pending  []*opened // opened, no answer came
	unsure   []unsure  // notes to which no answer came
	acked    int
	notes    int
	inFlight int
}

// opened is a ticket that was sent, and its notes by their text.
type opened struct {
	number        int64
	key           string
	subject, body string
	word          string
	notes         map[string]string // text: entry id
	round         int
}

type unsure struct {
	on   *opened
	body string
}

var listens = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

func (p *proof) start() {
	p.t.Helper()
	args := []string{"serve", "--listen", "127.0.0.1:0", "--data", p.o.Dir}
	if p.o.Database != "" {
		args = append(args, "--database", p.o.Database)
	}
	cmd := exec.Command(p.program, args...)
	p.stderr = &bytes.Buffer{}
	cmd.Stderr = p.stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.cmd = cmd
	p.t.Cleanup(func() { cmd.Process.Kill() }) // harmless when it is dead already
	p.http = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	addr := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if a := listens.FindString(lines.Text()); a != "" {
				addr <- a
			}
		}
		close(addr)
	}()
	select {
	case p.base = <-addr:
	case <-time.After(30 * time.Second):
	}
	if p.base == "" {
		p.t.Fatalf("round %d: the program did not come up again:\n%s", p.round, p.stderr)
	}
	for range 300 {
		resp, err := p.http.Get(p.base + "/healthz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.t.Fatalf("round %d: not ready:\n%s", p.round, p.stderr)
}

// kill is kill -9: no handler of the program runs.
func (p *proof) kill() {
	p.cmd.Process.Kill()
	p.cmd.Wait()
	p.http.CloseIdleConnections()
	p.base = ""
}

// errNoAnswer is a request whose fate is unknown: the connection broke.
var errNoAnswer = errors.New("no answer")

// call sends JSON and reads JSON. Anything but success or a broken connection fails the test.
func (p *proof) call(ctx context.Context, method, path, key string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, p.base+"/api/v1"+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := p.http.Do(req)
	if err != nil {
		return errNoAnswer
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return errNoAnswer // the status came, the answer did not: not acknowledged
	}
	if resp.StatusCode >= 300 {
		p.t.Errorf("round %d: %s %s: %d %s", p.round, method, path, resp.StatusCode, b)
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return json.Unmarshal(b, out)
}

type ticketJSON struct {
	Number  int64  `json:"number"`
	Subject string `json:"subject"`
	Body    string `json:"body"`
}

type entryJSON struct {
	ID     string `json:"id"`
	Ticket int64  `json:"ticket"`
	Kind   string `json:"kind"`
	Body   string `json:"body"`
}

// load opens tickets and writes notes from several clients for about d, then kills the program in the midst of it.
func (p *proof) load(d time.Duration) {
	var wg sync.WaitGroup
	for c := range clients {
		seed := p.rand.Uint64()
		wg.Go(func() { p.client(c, rand.New(rand.NewPCG(seed, 2))) })
	}
	time.Sleep(d)
	p.cmd.Process.Kill()
	p.cmd.Wait()
	wg.Wait()
	p.kill()
}

func (p *proof) client(c int, r *rand.Rand) {
	var mine []*opened
	for n := 0; ; n++ {
		word := fmt.Sprintf("wreck%dq%dq%d", p.round, c, n)
		o := &opened{key: "key-" + word, word: word, round: p.round, notes: map[string]string{},
			subject: "Settlement run stopped " + word,
			body:    strings.Repeat("ORA-01555 snapshot too old in batch "+word+".\n", 1+r.IntN(12)) + "– «ünïcode» & <b>markup</b>"}
		err := p.open(o)
		p.mu.Lock()
		if err == errNoAnswer {
			p.pending = append(p.pending, o)
		} else if err == nil {
			p.acked++
			p.tickets[o.number] = o
		}
		p.mu.Unlock()
		if err != nil {
			return
		}
		mine = append(mine, o)
		for i := range 1 + r.IntN(2) {
			on := mine[r.IntN(len(mine))]
			text := fmt.Sprintf("Note %d after %s: noted%s%d\n", i, word, word, i) + strings.Repeat("checked the queue, still growing. ", r.IntN(20)) + "end"
			var e entryJSON
			err := p.call(context.Background(), "POST", fmt.Sprintf("/tickets/%d/note", on.number), "", map[string]string{"body": text}, &e)
			p.mu.Lock()
			if err == errNoAnswer {
				p.unsure = append(p.unsure, unsure{on, text})
			} else if err == nil {
				p.acked++
				p.notes++
				on.notes[text] = e.ID
			}
			p.mu.Unlock()
			if err != nil {
				return
			}
		}
	}
}

func (p *proof) open(o *opened) error {
	var t ticketJSON
	err := p.call(context.Background(), "POST", "/tickets", o.key, map[string]any{"subject": o.subject, "body": o.body, "application": "Ledger", "tags": []string{"crash", o.word}}, &t)
	o.number = t.Number
	return err
}

// settle learns the fate of what was under way when the program died: a ticket is sent again under its key, a note
// is looked for. Each must be there once, or not at all before it was sent again.
func (p *proof) settle() {
	p.inFlight += len(p.pending) + len(p.unsure)
	for _, o := range p.pending {
		if err := p.open(o); err != nil {
			p.t.Fatalf("round %d: open again under the same key: %v", p.round, err)
		}
		if other := p.tickets[o.number]; other != nil {
			p.t.Errorf("key %s gave ticket %d, which belongs to %s", o.key, o.number, other.key)
		}
		p.tickets[o.number] = o
	}
	for _, u := range p.unsure {
		for _, e := range p.entries(u.on.number) {
			if e.Body == u.body {
				u.on.notes[u.body] = e.ID
			}
		}
	}
	p.pending, p.unsure = nil, nil
}

func (p *proof) entries(number int64) []entryJSON {
	var tl struct {
		Items []struct {
			Entry *entryJSON `json:"entry"`
		} `json:"items"`
	}
	if err := p.call(context.Background(), "GET", fmt.Sprintf("/tickets/%d/timeline", number), "", nil, &tl); err != nil {
		p.t.Errorf("round %d: timeline of ticket %d: %v", p.round, number, err)
	}
	var out []entryJSON
	for _, i := range tl.Items {
		if i.Entry != nil {
			out = append(out, *i.Entry)
		}
	}
	return out
}

// check reads the whole desk: every ticket there must be one we know, once, word for word. Notes and search are
// checked for the tickets of the last round, at the end for all.
func (p *proof) check(all bool) {
	seen := map[int64]bool{}
	for cursor := ""; ; {
		var page struct {
			Items []ticketJSON `json:"items"`
			Next  string       `json:"next"`
		}
		if err := p.call(context.Background(), "GET", "/tickets?view=all&limit=200&cursor="+cursor, "", nil, &page); err != nil {
			p.t.Fatalf("round %d: list: %v", p.round, err)
		}
		for _, t := range page.Items {
			o := p.tickets[t.Number]
			switch {
			case o == nil:
				p.t.Errorf("round %d: ticket %d is there, but nobody opened it: %s", p.round, t.Number, t.Subject)
			case seen[t.Number]:
				p.t.Errorf("round %d: ticket %d is there twice", p.round, t.Number)
			case o.subject != t.Subject || o.body != t.Body:
				p.t.Errorf("round %d: ticket %d changed:\n%q\n%q", p.round, t.Number, o.body, t.Body)
			}
			seen[t.Number] = true
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	var look []*opened
	for n, o := range p.tickets {
		if !seen[n] {
			p.t.Errorf("round %d: ticket %d was acknowledged (round %d) and is lost", p.round, n, o.round)
		}
		if all || o.round == p.round-1 {
			look = append(look, o)
		}
	}
	var wg sync.WaitGroup
	queue := make(chan *opened)
	for range clients {
		wg.Go(func() {
			for o := range queue {
				p.checkNotes(o)
			}
		})
	}
	for _, o := range look {
		queue <- o
	}
	close(queue)
	wg.Wait()
	for i, o := range look {
		if i == 20 {
			break
		}
		p.mustFind(o.word, o.number)
		for text := range o.notes {
			_, word, _ := strings.Cut(strings.SplitN(text, "\n", 2)[0], ": ")
			p.mustFind(word, o.number)
		}
	}
}

func (p *proof) checkNotes(o *opened) {
	got := map[string]int{}
	for _, e := range p.entries(o.number) {
		got[e.Body]++
		switch want, ok := o.notes[e.Body]; {
		case !ok:
			p.t.Errorf("round %d: ticket %d has a note that nobody wrote there: %q", p.round, o.number, e.Body)
		case want != e.ID:
			p.t.Errorf("round %d: the note on ticket %d is %s, acknowledged as %s", p.round, o.number, e.ID, want)
		}
	}
	for text := range o.notes {
		if got[text] != 1 {
			p.t.Errorf("round %d: a note on ticket %d (round %d) is there %d times: %q", p.round, o.number, o.round, got[text], text)
		}
	}
}

func (p *proof) mustFind(word string, number int64) {
	var page struct {
		Items []ticketJSON `json:"items"`
	}
	if err := p.call(context.Background(), "GET", "/tickets?q="+url.QueryEscape(word), "", nil, &page); err != nil {
		p.t.Errorf("round %d: search: %v", p.round, err)
		return
	}
	for _, t := range page.Items {
		if t.Number == number {
			return
		}
	}
	p.t.Errorf("round %d: search for %s does not find ticket %d", p.round, word, number)
}

// checkRows looks below the program: the file is sound, and nothing is half there.
func (p *proof) checkRows(db *sql.DB, driver string) {
	if driver == "sqlite" {
		var verdict string
		if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
			p.t.Errorf("round %d: integrity check: %s %v", p.round, verdict, err)
		}
		rows, err := db.Query("PRAGMA foreign_key_check")
		if err != nil {
			p.t.Fatal(err)
		}
		for rows.Next() {
			p.t.Errorf("round %d: a row points nowhere", p.round)
		}
		rows.Close()
	}
	for what, query := range map[string]string{
		"tickets without history":            "SELECT count(*) FROM ticket t WHERE (SELECT count(*) FROM history h WHERE h.ticket = t.number AND h.field = 'opened') <> 1",
		"tickets not in the search index":    "SELECT count(*) FROM ticket t WHERE (SELECT count(*) FROM doc d WHERE d.ticket = t.number AND d.entry_id = 0) <> 1",
		"entries not in the search index":    "SELECT count(*) FROM entry e WHERE NOT EXISTS (SELECT 1 FROM doc d WHERE d.id = e.id AND d.ticket = e.ticket)",
		"index rows without a ticket":        "SELECT count(*) FROM doc d WHERE d.entry_id <> 0 AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.id = d.entry_id)",
		"keys without a ticket":              "SELECT count(*) FROM idempotency i WHERE NOT EXISTS (SELECT 1 FROM ticket t WHERE t.number = i.ticket)",
		"tickets whose tags are only partly": "SELECT count(*) FROM ticket t WHERE (SELECT count(*) FROM ticket_tag g WHERE g.ticket = t.number) <> 2",
	} {
		var n int
		if err := db.QueryRow(query).Scan(&n); err != nil {
			p.t.Fatalf("%s: %v", what, err)
		}
		if n != 0 {
			p.t.Errorf("round %d: %d %s", p.round, n, what)
		}
	}
}
