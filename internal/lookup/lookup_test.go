package lookup

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"firebreak/internal/redact"
)

func TestBuildKeepsTheErrorAndNothingElse(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a login, an address, a number", "Failed password for invalid user rbaker from 192.0.2.7 port 50022", "Failed password for invalid user from port"},
		{"a known port", "cannot connect: port 1521 refused", "cannot connect port 1521 refused"},
		{"a code with its text", "ORA-01653: unable to extend table BILLING.INVOICE by 8192 in tablespace KLEE_DATA", "ORA-01653 unable to extend table by in tablespace"},
		{"an exception and no frames of the house", "java.lang.IllegalStateException: Failed to load ApplicationContext\n\tat com.zorvan.billing.InvoiceService.run(InvoiceService.java:33)\nCaused by: java.net.ConnectException: Connection refused",
			"java.lang.IllegalStateException Failed to load ApplicationContext Caused by java.net.ConnectException Connection refused"},
		{"an own exception without its package", "com.zorvan.billing.InvalidRequestException: Invalid request", "InvalidRequestException Invalid request"},
		{"names of public libraries", "Adding filter org.apache.hadoop.yarn.server.webproxy.amfilter.AmIpFilter to context", "Adding filter org.apache.hadoop.yarn.server.webproxy.amfilter.AmIpFilter to context"},
		{"a version after its product", "upgrade of PostgreSQL 15.3 failed", "upgrade of PostgreSQL 15.3 failed"},
		{"a level says nothing", "2026-03-04 05:06:07 ERROR connection pool exhausted", "connection pool exhausted"},
		{"values of settings", "Connection reset url=jdbc:oracle:thin:@orion:1521:klee user=mark timeout=30", "Connection reset url user timeout"},
		{"a question", "How do I delete all pods of a namespace in kubernetes?", "delete pods namespace kubernetes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Build(c.text, Options{}).Text; got != c.want {
				t.Errorf("of %q\n leaves %q\n not    %q", c.text, got, c.want)
			}
		})
	}
}

// Nothing of these may be in the query, in whatever sentence it stands.
func TestBuildNeverLetsOut(t *testing.T) {
	for text, private := range map[string]string{
		"Rose Baker called: connection refused":                                              "rose baker",
		"will baker called: connection refused, please call mark back":                       "baker mark",
		"connection refused\nRegards,\nMark Page":                                            "mark page",
		"Reported by bishop, will: connection refused":                                       "bishop will",
		"session closed for blue river logistics after timeout":                              "blue river logistics",
		"Customer Public Storage called, connection refused":                                 "storage",
		"for General Data Systems the connection is refused":                                 "general data systems",
		"The client open consulting is down, connection refused":                             "consulting",
		"connection refused, ship to 12 Main Street":                                         "main street",
		"connection refused on db-prod-web":                                                  "prod web",
		"connection to datasystems.example refused":                                          "datasystems example",
		"host=orion-db-07 connection refused":                                                "orion",
		`{"user":"mark","host":"zeus","msg":"connection refused","customer":"Summit Trust"}`: "mark zeus summit trust",
		"password=Correct-Horse7 connection refused":                                         "correct horse7",
		"connection refused C:\\Users\\rbaker\\zorvan.txt /home/keldric/run":                 "rbaker zorvan keldric",
		"card 4111 1111 1111 1111 ssn 078-05-1120 connection refused tel 212-555-0123":       "4111 1111 078 1120 0123 555",
		"mail rose.baker@example.com connection refused":                                     "rose baker example",
		"connection refused \"jo\" + \"hn\" and john":                                        "john",
		"connection refused r\u043ese \uff42\uff41\uff4b\uff45\uff52 ro\u200bse":             "rose baker",
		"connection refused bakerRoseTmp rose_baker baker.rose mark.page":                    "baker rose mark page",
		"table locked, field by mark page; page locked":                                      "mark",
		"connection refused 52:6f:73:65 AKIAIOSFODNN7EXAMPLE":                                "akiaiosfodnn7example",
		"Hello, this is Case. connection refused":                                            "case",
		"connection refused (requested for Job Server)":                                      "job server",
		"connection refused cc: green field energy":                                          "green field energy",
		"connection refused with Job_Server":                                                 "job",
		"host Lorvan, Santel and Keldric: connection refused":                                "lorvan santel keldric and",
		"connection refused (address apt 12)":                                                "apt",
		"connection refused by Teradata":                                                     "teradata",
		"connection refused realm=garden media":                                              "garden media",
		"connection refused on polar cache 58":                                               "polar cache",
		"ERROR\tMOON QUEUE 54\tconnection refused":                                           "moon queue",
		"<who>Planet Table</who> connection refused":                                         "planet table",
		"\x1b[31mForest Data 85\x1b[0m connection refused":                                   "forest data",
		"connection refused name=\"first national":                                           "first national",
	} {
		q := Build(text, Options{})
		if got := leaked(q.Text, strings.Fields(private)); got != "" {
			t.Errorf("%q lets out %q: %q", text, got, q.Text)
		}
		if !strings.Contains(strings.ToLower(q.Text), "refused") && !strings.Contains(text, "locked") && !strings.Contains(text, "closed") {
			t.Errorf("%q keeps nothing of the error: %q", text, q.Text)
		}
	}
}

func leaked(query string, private []string) string {
	have := map[string]bool{}
	wordsIn(query, func(w string) { have[w] = true })
	parts(query, func(w string) { have[w] = true })
	for _, w := range private {
		if have[w] {
			return w
		}
	}
	return ""
}

func TestBuildLooksThroughEncodings(t *testing.T) {
	// summit is no public word; mark is, so only its being inside an encoding can keep it in.
	const name = "mark max"
	for how, code := range map[string]string{
		"url": url.QueryEscape("mark&max"), "base64": base64.StdEncoding.EncodeToString([]byte("user mark max here")), "hex": hex.EncodeToString([]byte("user mark max here")),
		"json": `\u006d\u0061\u0072\u006b \u006d\u0061\u0078`, "twice": url.QueryEscape(base64.StdEncoding.EncodeToString([]byte("user mark max here"))),
	} {
		q := Build("connection refused data="+code+" and mark the max", Options{})
		if got := leaked(q.Text, strings.Fields(name)); got != "" {
			t.Errorf("%s: %q leaves in %q", how, got, q.Text)
		}
	}
}

func TestBuildKnowsItsOwnDesk(t *testing.T) {
	own := redact.Own{Clients: []string{"Server Software"}, Hosts: []string{"gateway"}, Applications: []string{"scheduler"}, People: []string{"Will Key"}, Logins: []string{"timeout"}}
	q := Build("scheduler on gateway failed for server software: timeout, key not found, the server is full", Options{Own: own, Allow: []string{"scheduler", "timeout", "software"}})
	if got := leaked(q.Text, []string{"scheduler", "gateway", "timeout", "key", "software"}); got != "" {
		t.Errorf("%q of the desk leaves: %q", got, q.Text)
	}
	if !strings.Contains(q.Text, "failed") || !strings.Contains(q.Text, "found") {
		t.Errorf("too little is left: %q", q.Text)
	}
}

func TestPersonDecides(t *testing.T) {
	const text = "connection refused by zorvan, mail a.keldric@example.com, key AKIAIOSFODNN7EXAMPLE"
	q := Build(text, Options{Allow: []string{"Zorvan", "a.keldric@example.com", "AKIAIOSFODNN7EXAMPLE"}, Drop: []string{"refused"}})
	if !slices.Contains(q.Words, "zorvan") || slices.Contains(q.Words, "refused") || strings.Contains(q.Text, "keldric") || strings.Contains(q.Text, "AKIA") {
		t.Errorf("leaves %q", q.Text)
	}
	states := map[string]string{}
	for _, m := range q.Marks {
		states[text[m.Start:m.End]] = m.State
	}
	if states["zorvan"] != Allowed || states["refused"] != Dropped || states["connection"] != Leaves {
		t.Errorf("marks %v", states)
	}
}

func TestRemovedSaysWhy(t *testing.T) {
	q := Build("connection refused by Rose Baker, zorvan 4711", Options{})
	for _, r := range q.Removed {
		if r.Text == "" || r.Kind == "" || r.Why == "" {
			t.Errorf("removed without a word: %+v", r)
		}
	}
	if len(q.Removed) < 4 {
		t.Errorf("removed %v", q.Removed)
	}
}

func TestLongTextIsBoundedAndStillSearched(t *testing.T) {
	text := "ERROR connection refused for page\n" + strings.Repeat("INFO all is well\n", 40_000) + "Reported by Wilhelmina Zorvan, rose@example.com\n" + strings.Repeat("INFO all is well\n", 40_000)
	q := Build(text, Options{})
	if !strings.Contains(q.Text, "connection refused") {
		t.Errorf("leaves %q", q.Text)
	}
	inOrder(t, text, q)
}

func inOrder(t *testing.T, text string, q Query) {
	t.Helper()
	at := 0
	for _, m := range q.Marks {
		if m.Start < at || m.End <= m.Start || m.End > len(text) {
			t.Fatalf("mark %+v after %d in a text of %d", m, at, len(text))
		}
		at = m.End
	}
	for _, r := range q.Removed {
		if r.Start < 0 || r.End > len(text) || text[r.Start:r.End] != r.Text {
			t.Fatalf("removed %+v", r)
		}
	}
}

// TestSecretsNeverLeave puts generated secrets into sentences, plain and encoded.
func TestSecretsNeverLeave(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	for range 2000 {
		b := make([]byte, 12+r.IntN(30))
		for i := range b {
			b[i] = letters[r.IntN(len(letters))]
		}
		s := string(b)
		shown := []string{s, base64.StdEncoding.EncodeToString(b), hex.EncodeToString(b), url.QueryEscape(s + "/+"), s[:5] + `" + "` + s[5:]}[r.IntN(5)]
		text := fmt.Sprintf([]string{"login failed: %s", "token %s is invalid", "connection to %s refused", "%s", "Authorization: Bearer %s\nHTTP 401"}[r.IntN(5)], shown)
		if q := Build(text, Options{}); strings.Contains(q.Text, s) || strings.Contains(q.Text, shown) {
			t.Fatalf("%q leaves of %q", q.Text, text)
		}
	}
}

func TestLinks(t *testing.T) {
	urls := Links(`ORA-01555 "snapshot" a&b`, For("Oracle Database", Engines))
	if got := urls["stackoverflow"]; got != "https://stackoverflow.com/search?q=ORA-01555+%22snapshot%22+a%26b" {
		t.Error(got)
	}
	if urls["oracle"] == "" || urls["broadcom"] != "" {
		t.Errorf("vendors: %v", urls)
	}
	if len(Links(" ", Engines)) != 0 {
		t.Error("an empty query has links")
	}
}

func TestVocabulary(t *testing.T) {
	v := words()
	if n := len(v.classes); n < 40_000 {
		t.Fatalf("%d words", n)
	}
	for w, want := range map[string]class{"timeout": core, "connection": core, "tablespace": core, "rose": private, "baker": private, "logistics": private, "smith": private, "mark": shared, "block": named, "kubernetes": product, "beautiful": general, "": private, "zzzz": private, "connectio": private} {
		if got := v.class(w); got != want {
			t.Errorf("%q is %q, not %q", w, got, want)
		}
	}
	for i := 1; i < len(v.classes); i++ {
		if v.text[v.starts[i-1]:v.starts[i]] >= v.text[v.starts[i]:v.starts[i+1]] {
			t.Fatalf("word %d is out of order", i)
		}
	}
}

func FuzzBuild(f *testing.F) {
	for _, s := range []string{"", "a", "user=\"x", "'", "\\u00", "%4", "a@b", "x" + strings.Repeat("=", 50), "Rose Baker's \xff\xfe thing", "at a.b.C(D.java:1)\n\n", "\"jo\" + \"hn\"", "1 a Street", "C:\\x", "https://a:b@c/d?e=f", "ORA-00001 HTTP 503 errno 2", "— “quoted” \u200b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		const secret = "xqzvkwplm7391"
		for _, text := range []string{s, s + " password=" + secret + " " + s, secret + s} {
			q := Build(text, Options{Allow: []string{secret}})
			inOrder(t, text, q)
			if text != s && strings.Contains(text, "password="+secret) && strings.Contains(strings.ToLower(q.Text), secret) {
				t.Fatalf("the secret leaves: %q", q.Text)
			}
			if len(q.Words) > DefaultWords {
				t.Fatalf("%d words", len(q.Words))
			}
		}
	})
}
