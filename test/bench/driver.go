package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// kind is a kind of request.
type kind struct {
	name string
	make func(d *driver, r *rand.Rand) request
}

type request struct {
	method, path string
	body         any
	// then, when set, is the address of what is asked for next about the ticket that the request made; both are timed as one.
	then string
}

func get(format string, args ...any) request {
	return request{method: "GET", path: fmt.Sprintf(format, args...)}
}

func post(path string, body any) request { return request{method: "POST", path: path, body: body} }

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// kinds are all kinds of requests, in the order in which they are run: what writes comes last.
var kinds = []kind{
	{"inbox", func(d *driver, r *rand.Rand) request {
		return get("/inbox?view=%s", pick(r, "me", "team", "unassigned", "fires", "waiting", "all"))
	}},
	{"inbox-api", func(d *driver, r *rand.Rand) request {
		return get("/api/v1/tickets?view=%s", pick(r, "me", "team", "unassigned", "fires", "waiting", "active", "all"))
	}},
	{"ticket", func(d *driver, r *rand.Rand) request { return get("/tickets/%d", d.anyTicket(r)) }},
	{"ticket-api", func(d *driver, r *rand.Rand) request { return get("/api/v1/tickets/%d", d.anyTicket(r)) }},
	{"timeline-api", func(d *driver, r *rand.Rand) request { return get("/api/v1/tickets/%d/timeline", d.anyTicket(r)) }},
	{"search-rare", func(d *driver, r *rand.Rand) request { return get("/api/v1/tickets?q=%s", pick(r, rareMarkers...)) }},
	{"search-common", func(d *driver, r *rand.Rand) request { return get("/api/v1/tickets?q=%s", pick(r, commonMarkers...)) }},
	{"search-two", func(d *driver, r *rand.Rand) request {
		return get("/api/v1/tickets?q=%s", url.QueryEscape(pick(r, commonMarkers...)+" "+d.word(r)))
	}},
	{"search-page", func(d *driver, r *rand.Rand) request {
		return get("/search?q=%s", pick(r, slices.Concat(rareMarkers, commonMarkers)...))
	}},
	{"similar", func(d *driver, r *rand.Rand) request { return get("/api/v1/tickets/%d/similar", d.anyTicket(r)) }},
	{"similar-typing", func(d *driver, r *rand.Rand) request {
		p := d.prose(r)
		return post("/api/v1/similar", map[string]any{"subject": p.title(""), "body": p.text(100 + r.IntN(200))})
	}},
	{"note", func(d *driver, r *rand.Rand) request {
		return post(fmt.Sprintf("/api/v1/tickets/%d/note", d.anyTicket(r)), map[string]string{"body": d.prose(r).text(150 + r.IntN(200))})
	}},
	{"briefing", func(d *driver, r *rand.Rand) request { return get("/api/v1/tickets/%d/briefing", d.anyTicket(r)) }},
	// From the moment that a ticket is sent until its briefing is read.
	{"arrival", func(d *driver, r *rand.Rand) request {
		q := d.newTicket(r)
		q.then = "/api/v1/tickets/%d/briefing"
		return q
	}},
	{"create", (*driver).newTicket},
}

func names(ks []kind) (out []string) {
	for _, k := range ks {
		out = append(out, k.name)
	}
	return out
}

func choose(what string) (out []kind, err error) {
	for name := range strings.SplitSeq(what, ",") {
		i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == strings.TrimSpace(name) })
		if i < 0 {
			return nil, fmt.Errorf("there is no kind %q; choose from %s", name, strings.Join(names(kinds), ","))
		}
		out = append(out, kinds[i])
	}
	return out, nil
}

// driver sends requests to one desk.
type driver struct {
	base    string
	tokens  []string
	tickets int64
	v       *vocabulary
	client  *http.Client
	cpu     func() time.Duration // CPU time that the desk has used so far; nil: unknown
}

// maxClients and maxTime keep a slip of the finger from becoming an attack.
const (
	maxClients = 64
	maxTime    = 10 * time.Minute
)

func newDriver(server string, tokens []string) (*driver, error) {
	u, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("%s is not a loopback address; the load driver measures the machine it runs on and nothing else", u.Hostname())
	}
	d := &driver{base: strings.TrimSuffix(server, "/"), tokens: tokens, v: newVocabulary(1),
		client: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: maxClients, DisableCompression: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	var page struct {
		Items []struct {
			Number int64 `json:"number"`
		} `json:"items"`
	}
	if _, err := d.send(context.Background(), get("/api/v1/tickets?view=all&limit=1"), tokens[0], &page); err != nil {
		return nil, err
	}
	if len(page.Items) == 0 {
		return nil, fmt.Errorf("the desk has no tickets; make some with «bench generate»")
	}
	d.tickets = page.Items[0].Number
	return d, nil
}

func (d *driver) newTicket(r *rand.Rand) request {
	p := d.prose(r)
	return post("/api/v1/tickets", map[string]any{"subject": p.title(""), "body": p.text(400 + r.IntN(300)),
		"application": fmt.Sprintf("app-%03d", r.IntN(300)), "stakes": pick(r, "person", "team", "client"), "tags": []string{"bench", d.word(r)}})
}

func (d *driver) anyTicket(r *rand.Rand) int64    { return 1 + r.Int64N(d.tickets) }
func (d *driver) prose(r *rand.Rand) *prose       { return &prose{v: d.v, r: r} }
func (d *driver) word(r *rand.Rand) string        { return d.prose(r).word() }
func (d *driver) token(client int) (token string) { return d.tokens[client%len(d.tokens)] }

func (d *driver) send(ctx context.Context, q request, token string, out any) (size int64, err error) {
	var body io.Reader
	if q.body != nil {
		b, err := json.Marshal(q.body)
		if err != nil {
			return 0, err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, q.method, d.base+q.path, body)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := d.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		b, _ := io.ReadAll(io.LimitReader(resp.Body, 300))
		return 0, fmt.Errorf("%s %s: %s %s", q.method, q.path, resp.Status, b)
	}
	if out != nil {
		return 0, json.NewDecoder(resp.Body).Decode(out)
	}
	return io.Copy(io.Discard, resp.Body)
}

// ask sends a request, and what is to be asked about the ticket that it made.
func (d *driver) ask(ctx context.Context, q request, token string) (size int64, err error) {
	if q.then == "" {
		return d.send(ctx, q, token, nil)
	}
	var made struct {
		Number int64 `json:"number"`
	}
	if _, err := d.send(ctx, q, token, &made); err != nil {
		return 0, err
	}
	return d.send(ctx, get(q.then, made.Number), token, nil)
}

// result is what one kind of request took.
type result struct {
	kind          string
	clients       int
	took          []time.Duration // sorted
	span          time.Duration
	bytes         int64
	errors        int
	firstErr      error
	p50, p95, p99 time.Duration
	cpu           time.Duration // of the desk's processes, when the driver started them
}

const resultHead = "| request | clients | p50 ms | p95 ms | p99 ms | per second | errors | kB each | CPU ms each |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|"

func (r result) String() string {
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }
	n := max(1, len(r.took))
	s := fmt.Sprintf("| %s | %d | %s | %s | %s | %.0f | %d | %.1f | %.2f |", r.kind, r.clients, ms(r.p50), ms(r.p95), ms(r.p99),
		float64(len(r.took))/r.span.Seconds(), r.errors, float64(r.bytes)/float64(n)/1000, r.cpu.Seconds()*1000/float64(n))
	if r.firstErr != nil {
		s += fmt.Sprintf(" %.120q", r.firstErr.Error())
	}
	return s
}

// run sends one kind of request from several clients for a time, each the next as soon as the last is answered. What
// the first second brings is not counted: connections are made, caches filled.
func (d *driver) run(ctx context.Context, k kind, clients int, span time.Duration) (result, error) {
	if clients < 1 || clients > maxClients || span > maxTime {
		return result{}, fmt.Errorf("1 to %d clients for at most %s", maxClients, maxTime)
	}
	warm := min(time.Second, span/5)
	start := time.Now()
	counted, end := start.Add(warm), start.Add(warm+span)
	out := result{kind: k.name, clients: clients, span: span}
	var used time.Duration
	if d.cpu != nil {
		timer := time.AfterFunc(warm, func() { used = d.cpu() })
		defer timer.Stop()
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(c)+1, uint64(start.UnixNano())))
			var took []time.Duration
			var size int64
			failed, first := 0, error(nil)
			for ctx.Err() == nil {
				q := k.make(d, r)
				at := time.Now()
				if !at.Before(end) {
					break
				}
				n, err := d.ask(ctx, q, d.token(c))
				if at.Before(counted) && err == nil {
					continue
				}
				if err != nil {
					if failed++; first == nil {
						first = err
					}
					if failed > 20 {
						break
					}
					continue
				}
				took, size = append(took, time.Since(at)), size+n
			}
			mu.Lock()
			defer mu.Unlock()
			out.took, out.bytes, out.errors = append(out.took, took...), out.bytes+size, out.errors+failed
			if out.firstErr == nil {
				out.firstErr = first
			}
		})
	}
	wg.Wait()
	if d.cpu != nil {
		out.cpu = d.cpu() - used
	}
	slices.Sort(out.took)
	at := func(p float64) time.Duration {
		if len(out.took) == 0 {
			return 0
		}
		return out.took[min(len(out.took)-1, int(p*float64(len(out.took))))]
	}
	out.p50, out.p95, out.p99 = at(.50), at(.95), at(.99)
	return out, ctx.Err()
}
