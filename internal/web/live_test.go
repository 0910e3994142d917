package web_test

import (
	"bufio"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"firebreak/internal/person"
)

// TestStreamsCarryNoText listens as staff and as a requester while private data is written in every way there is, and
// finds topics in the streams and nothing else.
func TestStreamsCarryNoText(t *testing.T) {
	x := newSite(t)
	const secret = "Tr0ub4dor-and-3 4111111111111111 quillon@client.example"
	topic := regexp.MustCompile(`^(data: \{"topic":"(ticket\.[0-9]+|requester\.[0-9a-z]{13}|[a-z_]+(\.[0-9a-z]+)?)"\}|: [a-z ]+|retry: [0-9]+|)$`)
	listen := func(role person.Role) func() string {
		req, err := http.NewRequestWithContext(t.Context(), "GET", x.url+"/api/v1/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+x.tokens[role])
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { res.Body.Close() })
		lines := make(chan string, 1000)
		go func() {
			defer close(lines)
			for s := bufio.NewScanner(res.Body); s.Scan(); {
				lines <- s.Text()
			}
		}()
		if first := <-lines; first != "retry: 2000" {
			t.Fatal(first)
		}
		return func() string {
			var all []string
			for {
				select {
				case l := <-lines:
					all = append(all, l)
				case <-time.After(300 * time.Millisecond): // nothing more comes
					return strings.Join(all, "\n")
				}
			}
		}
	}
	staff, requester := listen(person.Agent), listen(person.Requester)
	n := x.open(map[string]any{"subject": "Payment " + secret, "body": secret})
	number := fmt.Sprint(n)
	own := x.do(person.Requester, "POST", "/api/v1/tickets", map[string]any{"subject": secret, "body": secret}).json(t)["number"].(float64)
	for _, c := range []struct{ path, body string }{
		{number + "/note", `{"body":"` + secret + `"}`},
		{number + "/reply", `{"body":"` + secret + `"}`},
		{number + "/entries", `{"kind":"sql","statement":"SELECT '` + secret + `'"}`},
		{number + "/entries", `{"kind":"terminal","body":"$ ` + secret + `"}`},
		{number + "/entries", `{"kind":"log","body":"ERROR ` + secret + `","name":"quillon.log"}`},
		{number + "/raise", `{"reason":"` + secret + `"}`},
		{number + "/viewing", `{"composing":"reply"}`},
		{number + "/status", `{"status":"resolved","resolution":"` + secret + `"}`},
		{fmt.Sprint(int64(own)) + "/reply", `{"body":"` + secret + `"}`},
	} {
		if a := x.do(person.Agent, "POST", "/api/v1/tickets/"+c.path, c.body); a.StatusCode >= 500 || a.StatusCode == 404 {
			t.Errorf("%s: %d %s", c.path, a.StatusCode, a.text)
		}
	}
	x.do(person.Agent, "PUT", "/api/v1/tickets/"+number+"/draft", `{"kind":"note","body":"`+secret+`"}`)
	for who, heard := range map[string]string{"staff": staff(), "requester": requester()} {
		if !strings.Contains(heard, `"topic"`) {
			t.Errorf("%s heard nothing: %q", who, heard)
		}
		for line := range strings.Lines(heard) {
			if line = strings.TrimSuffix(line, "\n"); !topic.MatchString(line) {
				t.Errorf("%s heard %q", who, line)
			}
		}
	}
}
