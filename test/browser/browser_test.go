// Package browser tests the pages as a person meets them: in Chromium, in light and dark, on a wide screen and
// on a phone, by keyboard alone, with axe-core for what assistive technology would stumble over.
//
// FIREBREAK_TEST_CHROMIUM names the browser when it is not on the PATH; without one the tests are skipped, and fail
// instead when FIREBREAK_TEST_REQUIRE_BROWSER is set. FIREBREAK_SHOTS names a folder for screenshots.
package browser

import (
	"context"
	_ "embed"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"firebreak/internal/clock"
	"firebreak/internal/demo"
	"firebreak/internal/desk"
	"firebreak/internal/live"
	"firebreak/internal/store"
	"firebreak/internal/web"
)

//go:embed vendor/axe-core/axe.min.js
var axe string

// present is the instant at which every browser test lives: the afternoon before a billing run.
var present = time.Date(2026, 11, 30, 14, 0, 0, 0, time.UTC)

// site is the demo desk behind HTTP.
type site struct {
	url     string
	desk    *desk.Desk
	clock   *clock.Manual
	cookies map[string]string // by e-mail address
}

func newSite(t *testing.T) *site {
	t.Helper()
	c := clock.NewManual(present)
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Clock: c.Now, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	d := desk.New(s, &live.Hub{}, nil, log)
	if err := demo.Seed(t.Context(), d, c, present); err != nil {
		t.Fatal(err)
	}
	w, err := web.New(d, log, web.Options{Version: "test", Dev: false})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(w.Handler())
	t.Cleanup(srv.Close)
	t.Cleanup(w.Close)
	x := &site{url: srv.URL, desk: d, clock: c, cookies: map[string]string{}}
	for _, l := range demo.Logins {
		secret, _, err := d.SignIn(t.Context(), l.Email, demo.Password, "browser test", "127.0.0.1")
		if err != nil {
			t.Fatal(err)
		}
		x.cookies[l.Email] = secret
	}
	return x
}

// number finds a ticket of the demo by its subject.
func (x *site) number(t *testing.T, subject string) int64 {
	t.Helper()
	page, err := x.desk.Tickets(desk.AsSystem(t.Context(), "cli", "test"), desk.ListTickets{View: store.ViewAll, Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, tk := range page.Items {
		if tk.Subject == subject {
			return tk.Number
		}
	}
	t.Fatalf("the demo has no ticket %q", subject)
	return 0
}

// tab is one browser tab.
type tab struct {
	t      *testing.T
	ctx    context.Context
	mu     sync.Mutex
	faults []string // script errors and refusals of the content policy
}

func chromium(t *testing.T) string {
	names := []string{os.Getenv("FIREBREAK_TEST_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"}
	for _, n := range names {
		if n == "" {
			continue
		}
		if p, err := exec.LookPath(n); err == nil {
			return p
		}
	}
	const why = "no Chromium: install it (Debian: apt-get install chromium) or set FIREBREAK_TEST_CHROMIUM"
	if os.Getenv("FIREBREAK_TEST_REQUIRE_BROWSER") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
	return ""
}

// browse starts a browser and gives a tab that is signed in as email ("" for nobody).
func browse(t *testing.T, x *site, email string) *tab {
	t.Helper()
	path := chromium(t)
	profile, err := os.MkdirTemp("", "firebreak-browser-*")
	if err != nil {
		t.Fatal(err)
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(profile),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("force-prefers-reduced-motion", true))...)
	b := &tab{t: t}
	ctx, stop := chromedp.NewContext(alloc, chromedp.WithListener(b.listen))
	b.ctx = ctx
	t.Cleanup(func() {
		stop()
		stopAlloc()
		os.RemoveAll(profile)
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	if email != "" {
		b.signIn(x, email)
	}
	return b
}

func (b *tab) signIn(x *site, email string) {
	b.t.Helper()
	b.do(func(ctx context.Context, tg *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, tg, network.SetCookie, network.SetCookieParams{Name: "firebreak_session", Value: x.cookies[email], URL: x.url})
		return chromedp.Void{}, err
	})
}

// signOut forgets who was signed in.
func (b *tab) signOut(x *site) {
	b.t.Helper()
	b.do(func(ctx context.Context, tg *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, tg, network.DeleteCookies, network.DeleteCookiesParams{Name: "firebreak_session", URL: x.url})
		return chromedp.Void{}, err
	})
}

// do runs steps within fifteen seconds.
func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, 15*time.Second)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%v (at %s)", err, b.where())
	}
}

// eval gives the value of a script expression.
func eval[T any](b *tab, expr string) T {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, 30*time.Second)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expr, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expr, err)
	}
	return v
}

func (b *tab) where() string {
	u, _ := chromedp.Run(b.ctx, chromedp.Location())
	return u
}

// until waits for a script expression to become true.
func (b *tab) until(what, expr string) {
	b.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for time.Now().Before(deadline) {
		ctx, stop := context.WithTimeout(b.ctx, 5*time.Second)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.readyState === "complete" && !!(`+expr+`)`))
		stop()
		if err == nil && ok {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	b.t.Fatalf("waited in vain until %s (at %s, focus on %s)", what, b.where(), eval[string](b, `(document.activeElement||{outerHTML:""}).outerHTML.slice(0,200)`))
}

// visit opens a page and waits for its scripts.
func (b *tab) visit(url string) {
	b.t.Helper()
	b.do(chromedp.Navigate(url))
	b.until("the page is drawn", `document.readyState === "complete"`)
}

// look sets the window and the colour scheme.
func (b *tab) look(width, height int64, scheme string) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, height), func(ctx context.Context, tg *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, tg, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return chromedp.Void{}, err
	})
}

// keys types keys, one after the other, as a person would.
func (b *tab) keys(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		b.do(chromedp.KeyEvent(k))
	}
}

// shot keeps a picture of the page when FIREBREAK_SHOTS is set.
func (b *tab) shot(name string) {
	dir := os.Getenv("FIREBREAK_SHOTS")
	if dir == "" {
		return
	}
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, 15*time.Second)
	defer stop()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// violation is what axe-core found.
type violation struct {
	ID    string   `json:"id"`
	Help  string   `json:"help"`
	Nodes []string `json:"nodes"`
}

// accessible fails for every violation that axe-core finds on the page as it stands.
func (b *tab) accessible(name string) {
	b.t.Helper()
	eval[bool](b, axe+";true")
	for _, v := range eval[[]violation](b, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.map(n => n.html.slice(0, 200) + " — " + (n.any[0]||n.all[0]||n.none[0]||{message:""}).message)})))`) {
		b.t.Errorf("%s: %s (%s)\n  %s", name, v.Help, v.ID, strings.Join(v.Nodes, "\n  "))
	}
}

// clean fails for script errors and refusals since the last call.
func (b *tab) clean(name string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.faults {
		b.t.Errorf("%s: %s", name, f)
	}
	b.faults = nil
}

func (b *tab) fault(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, fmt.Sprintf(format, args...))
}
