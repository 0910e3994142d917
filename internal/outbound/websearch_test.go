package outbound

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/lookup"
)

func answer(s string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, s) }
}

func TestSearXNG(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1") // must not be looked at
	var asked *http.Request
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Clone(context.Background())
		http.SetCookie(w, &http.Cookie{Name: "who", Value: "you"})
		io.WriteString(w, `{"query":"x","number_of_results":0,"results":[
			{"url":"https://stackoverflow.com/q/1","title":"Snapshot &amp; <b>too old</b>","content":"Make undo  bigger.\u202e\u0007 If 1 < 2 then <script>x</script>."},
			{"url":"javascript:alert(1)","title":"bad"},{"url":"https://user:pw@example.com/","title":"bad"},{"url":"ftp://example.com/","title":"bad"},{"url":"/relative","title":"bad"},{"url":"https://","title":"bad"},
			{"url":"http://example.com/a","title":"","content":null}],"answers":[],"unresponsive_engines":[["x","timeout"]]}`)
	}))
	defer s.Close()
	for _, address := range []string{s.URL, s.URL + "/", s.URL + "/search", s.URL + "/search/"} {
		got, err := WebSearch{}.Search(t.Context(), lookup.Endpoint{Kind: "searxng", URL: address}, "ORA-01555 snapshot & old")
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 2 || got[0] != (lookup.WebResult{Title: "Snapshot & too old", URL: "https://stackoverflow.com/q/1", Snippet: "Make undo bigger. If 1 < 2 then x."}) ||
			got[1] != (lookup.WebResult{Title: "example.com", URL: "http://example.com/a"}) {
			t.Errorf("%+v", got)
		}
		if asked.URL.Path != "/search" || asked.URL.Query().Get("q") != "ORA-01555 snapshot & old" || asked.URL.Query().Get("format") != "json" {
			t.Errorf("asked for %s", asked.URL)
		}
	}
	for name := range asked.Header {
		if name != "User-Agent" && name != "Accept" && name != "Accept-Language" && name != "Accept-Encoding" && name != "Connection" {
			t.Errorf("the header %s goes out", name)
		}
	}
	if asked.Header.Get("User-Agent") != webAgent {
		t.Errorf("it says it is %q", asked.Header.Get("User-Agent"))
	}
}

func TestMediaWiki(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); q.Get("srsearch") != "deadlock" || q.Get("action") != "query" || q.Get("list") != "search" {
			t.Errorf("asked for %s", r.URL)
		}
		fmt.Fprintf(w, `{"batchcomplete":"","query":{"search":[{"ns":0,"title":"%s","pageid":105,"snippet":"A <span class=\"searchmatch\">deadlock</span> is &quot;bad&quot;"}]}}`, r.URL.Path)
	}))
	defer s.Close()
	for address, want := range map[string][2]string{"": {"/w/api.php", "/w/index.php"}, "/wiki/api.php": {"/wiki/api.php", "/wiki/index.php"}, "/api.php": {"/api.php", "/index.php"}} {
		got, err := WebSearch{}.Search(t.Context(), lookup.Endpoint{Kind: "mediawiki", URL: s.URL + address}, "deadlock")
		if err != nil || len(got) != 1 || got[0] != (lookup.WebResult{Title: want[0], URL: s.URL + want[1] + "?curid=105", Snippet: `A deadlock is "bad"`}) {
			t.Errorf("%s: %+v, %v", address, got, err)
		}
	}
}

func TestSearchFailsInWords(t *testing.T) {
	other := httptest.NewServer(answer(`{"results":[]}`))
	defer other.Close()
	released := make(chan struct{})
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		code    fault.Code
		field   string
		says    string
	}{
		{"malformed", answer(`{"results":[{"url":`), fault.CodeUnavailable, settingURL, "not with the results"},
		{"another object", answer(`{"ok":true}`), fault.CodeUnavailable, settingURL, "not with the results"},
		{"a page", answer("<!doctype html><title>hello</title>"), fault.CodeUnavailable, settingURL, "not with the results"},
		{"a list", answer("[]"), fault.CodeUnavailable, settingURL, "not with the results"},
		{"empty", answer(""), fault.CodeUnavailable, settingURL, "not with the results"},
		{"huge", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, `{"results":[],"x":"`)
			for range 3 << 10 {
				if _, err := io.WriteString(w, strings.Repeat("a", 1<<10)); err != nil {
					return
				}
			}
		}, fault.CodeUnavailable, settingURL, "more than 1 MB"},
		{"429", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "90")
			w.WriteHeader(http.StatusTooManyRequests)
		}, fault.CodeLimited, settingURL, "Wait 1m30s"},
		{"403", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, fault.CodeUnavailable, settingURL, "formats"},
		{"404", http.NotFound, fault.CodeUnavailable, settingURL, "no search at this address"},
		{"500", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, fault.CodeUnavailable, settingURL, "status 500"},
		{"redirect elsewhere", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL+"/search?q=x", http.StatusFound)
		}, fault.CodeUnavailable, settingURL, "another address"},
		{"redirect inside", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
		}, fault.CodeUnavailable, settingURL, "another address"},
		{"in circles", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/search?again", http.StatusFound)
		}, fault.CodeUnavailable, settingURL, "circles"},
		{"many headers", func(w http.ResponseWriter, r *http.Request) {
			for i := range 3000 {
				w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("a", 100))
			}
		}, fault.CodeUnavailable, settingURL, "could not be reached"},
		{"slow", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, `{"results":[`)
			w.(http.Flusher).Flush()
			select {
			case <-r.Context().Done():
			case <-released:
			}
		}, fault.CodeUnavailable, settingSeconds, "within 1 seconds"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := httptest.NewServer(c.handler)
			defer s.Close()
			_, err := WebSearch{}.Search(t.Context(), lookup.Endpoint{Kind: "searxng", URL: s.URL, Seconds: 1}, "secret words")
			f := fault.Of(err)
			if f == nil || f.Code != c.code || f.Field != c.field || !strings.Contains(f.Message+f.Hint, c.says) || f.Hint == "" {
				t.Fatalf("%+v", err)
			}
			if strings.Contains(f.Message+f.Hint, "secret") {
				t.Errorf("the query stands in the error: %v", f)
			}
		})
	}
	close(released)
}

func TestSearchSettings(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	for _, c := range []struct {
		e     lookup.Endpoint
		q     string
		field string
	}{
		{lookup.Endpoint{Kind: "bing", URL: "https://example.com"}, "q", settingKind},
		{lookup.Endpoint{Kind: "searxng"}, "q", settingURL},
		{lookup.Endpoint{Kind: "searxng", URL: "example.com"}, "q", settingURL},
		{lookup.Endpoint{Kind: "searxng", URL: "file:///etc/passwd"}, "q", settingURL},
		{lookup.Endpoint{Kind: "searxng", URL: "https://u:p@example.com"}, "q", settingURL},
		{lookup.Endpoint{Kind: "searxng", URL: "https://example.com", Proxy: "ftp://x"}, "q", settingProxy},
		{lookup.Endpoint{Kind: "searxng", URL: "https://example.com", Seconds: 61}, "q", settingSeconds},
		{lookup.Endpoint{Kind: "searxng", URL: "https://example.com"}, "  ", "q"},
		{lookup.Endpoint{Kind: "searxng", URL: closed.URL}, "q", settingURL},
		{lookup.Endpoint{Kind: "searxng", URL: "https://example.com", Proxy: closed.URL}, "q", settingProxy},
		{lookup.Endpoint{Kind: "searxng", URL: "https://example.com", Proxy: "socks5://" + strings.TrimPrefix(closed.URL, "http://")}, "q", settingProxy},
	} {
		_, err := WebSearch{}.Search(t.Context(), c.e, c.q)
		if f := fault.Of(err); f == nil || f.Field != c.field || strings.Contains(f.Message, "u:p") {
			t.Errorf("%+v: %v", c.e, err)
		}
	}
}

func TestSearchTrustsNoStrangersCertificate(t *testing.T) {
	var reached atomic.Bool
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	defer s.Close()
	s.Config.ErrorLog = nil
	_, err := WebSearch{}.Search(t.Context(), lookup.Endpoint{Kind: "searxng", URL: s.URL}, "q")
	if f := fault.Of(err); f == nil || !strings.Contains(f.Message, "certificate") || reached.Load() {
		t.Errorf("%v", err)
	}
}

func TestRedirectOnTheSameHostTellsNoReferrer(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/search" {
			http.SetCookie(w, &http.Cookie{Name: "who", Value: "you"})
			http.Redirect(w, r, "/there?q="+url.QueryEscape(r.URL.Query().Get("q")), http.StatusFound)
			return
		}
		if r.Referer() != "" || r.Header.Get("Cookie") != "" || r.UserAgent() != webAgent {
			t.Errorf("after the redirect: %v", r.Header)
		}
		io.WriteString(w, `{"results":[]}`)
	}))
	defer s.Close()
	if got, err := (WebSearch{}).Search(t.Context(), lookup.Endpoint{Kind: "searxng", URL: s.URL}, "q"); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}

// TestSearchGoesThroughItsProxy asks a host that does not exist, through a proxy that answers for it.
func TestSearchGoesThroughItsProxy(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Host != "searx.invalid" {
			t.Errorf("the proxy is asked for %s", r.URL)
		}
		io.WriteString(w, `{"results":[{"url":"https://example.com/","title":"by proxy"}]}`)
	}))
	defer proxy.Close()
	got, err := WebSearch{}.Search(t.Context(), lookup.Endpoint{Kind: "searxng", URL: "http://searx.invalid", Proxy: proxy.URL}, "q")
	if err != nil || len(got) != 1 || got[0].Title != "by proxy" {
		t.Errorf("%v, %v", got, err)
	}
	// SOCKS5: the name is resolved there, not here.
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	asked := make(chan string, 1)
	go func() {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(10 * time.Second))
		b := make([]byte, 300)
		io.ReadFull(c, b[:2])
		io.ReadFull(c, b[:b[1]])
		c.Write([]byte{5, 0})
		io.ReadFull(c, b[:5]) // version, connect, 0, domain, length
		n := int(b[4])
		io.ReadFull(c, b[:n+2])
		asked <- string(b[:n])
		c.Write([]byte{5, 0, 0, 1, 127, 0, 0, 1, 0, 80})
		c.Read(b)
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 14\r\nConnection: close\r\n\r\n{\"results\":[]}")
	}()
	if _, err := (WebSearch{}).Search(t.Context(), lookup.Endpoint{Kind: "searxng", URL: "http://searx.invalid", Proxy: "socks5://" + ln.Addr().String()}, "q"); err != nil {
		t.Error(err)
	}
	if host := <-asked; host != "searx.invalid" {
		t.Errorf("the SOCKS proxy is asked for %q", host)
	}
}

func TestSearchEndsWithItsCaller(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { stop(); <-r.Context().Done() }))
	defer s.Close()
	if _, err := (WebSearch{}).Search(ctx, lookup.Endpoint{Kind: "searxng", URL: s.URL}, "q"); err == nil || fault.Of(err) != nil {
		t.Errorf("%v", err)
	}
}

func FuzzReadWeb(f *testing.F) {
	f.Add("searxng", `{"results":[{"url":"https://a.example/","title":"<b>x</b>","content":"a < b"}]}`)
	f.Add("mediawiki", `{"query":{"search":[{"title":"x","pageid":1,"snippet":"<i"}]}}`)
	at, _ := url.Parse("https://wiki.example/w/api.php")
	f.Fuzz(func(t *testing.T, kind, body string) {
		got, err := readWeb(kind, at, []byte(body))
		for _, r := range got {
			u, perr := url.Parse(r.URL)
			if err != nil || perr != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || r.Title == "" || strings.ContainsAny(r.Title+r.Snippet, "\x00\x1b\n") {
				t.Fatalf("%+v, %v", r, err)
			}
		}
	})
}
