// Package client is the Go client of a Firebreak desk's API.
//
//	desk := client.New("https://desk.example.com", token)
//	t, err := desk.OpenTicket(ctx, client.OpenTicket{Subject: "Invoices do not print", Stakes: client.StakesTeam})
//
// Every method takes a context for deadline and cancellation, and gives an *Error where the desk refused.
// A Client is safe for concurrent use.
package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Client talks to one desk with one API token.
type Client struct {
	// HTTP sends the requests; http.DefaultClient when nil.
	HTTP *http.Client
	// Agent names the calling program to the desk, as X-Firebreak-Client.
	Agent string
	// Attempts is how often a call that is safe to repeat is sent when the connection fails; 3 when 0.
	Attempts int

	server string
	token  string
}

// New makes a client of the desk at server, e.g. https://desk.example.com, with an API token.
func New(server, token string) *Client {
	return &Client{server: strings.TrimRight(server, "/"), token: token}
}

// maxAnswer is the largest answer that is read, in bytes.
const maxAnswer = 64 << 20

// call is one request.
type call struct {
	method, path string
	query        url.Values
	body         any
	key          string // idempotency key
	repeat       bool   // safe to send twice
}

func (c *Client) get(ctx context.Context, path string, query url.Values, out any) error {
	return c.do(ctx, call{method: http.MethodGet, path: path, query: query, repeat: true}, out)
}

func (c *Client) post(ctx context.Context, path string, body, out any) error {
	return c.do(ctx, call{method: http.MethodPost, path: path, body: body}, out)
}

// do sends a call, again where that is safe and the connection failed, and reads its answer into out.
func (c *Client) do(ctx context.Context, k call, out any) error {
	var body []byte
	if k.body != nil {
		if err := checkText(k.body); err != nil {
			return err
		}
		var err error
		if body, err = json.Marshal(k.body); err != nil {
			return err
		}
	}
	attempts := c.Attempts
	if attempts == 0 {
		attempts = 3
	}
	if !k.repeat {
		attempts = 1
	}
	for n := 1; ; n++ {
		err := c.once(ctx, k, body, out)
		if n >= attempts || ctx.Err() != nil || !passing(err) {
			return err
		}
		select {
		case <-time.After(time.Duration(n*n) * 100 * time.Millisecond):
		case <-ctx.Done():
			return err
		}
	}
}

func (c *Client) once(ctx context.Context, k call, body []byte, out any) error {
	target := c.server + "/api/v1" + k.path
	if len(k.query) > 0 {
		target += "?" + k.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, k.method, target, bytes.NewReader(body))
	if err != nil {
		return &Error{Code: CodeInvalid, Field: "server", Message: fmt.Sprintf("%q is not the address of a desk.", c.server), Hint: "Write it like https://desk.example.com.", Err: err}
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if k.key != "" {
		req.Header.Set("Idempotency-Key", k.key)
	}
	c.sign(req)
	res, err := c.http().Do(req)
	if err != nil {
		return c.unreachable(ctx, err)
	}
	defer res.Body.Close()
	return c.read(res, out)
}

// sign adds who is calling.
func (c *Client) sign(req *http.Request) {
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if c.Agent != "" {
		req.Header.Set("X-Firebreak-Client", c.Agent)
	}
	req.Header.Set("Accept", "application/json")
}

func (c *Client) http() *http.Client {
	if c.HTTP != nil {
		return c.HTTP
	}
	return http.DefaultClient
}

// read takes an answer apart: a problem into an *Error, anything else into out.
func (c *Client) read(res *http.Response, out any) error {
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return &Error{Status: res.StatusCode, Code: CodeUnavailable, Message: "The answer of the desk broke off.", Hint: "Try again.", Err: err}
	}
	kind, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	if res.StatusCode >= 400 {
		return problem(res.StatusCode, kind, b)
	}
	if out == nil || len(bytes.TrimSpace(b)) == 0 {
		return nil
	}
	if raw, ok := out.(*json.RawMessage); ok {
		*raw = b
		return nil
	}
	if kind != "application/json" {
		return &Error{Status: res.StatusCode, Code: CodeUnavailable, Message: fmt.Sprintf("%s answered, but not as a desk (%s).", c.server, kind), Hint: "Check the address; it is the one you open in a browser, without a path."}
	}
	if err := json.Unmarshal(b, out); err != nil {
		return &Error{Status: res.StatusCode, Code: CodeInternal, Message: "The answer of the desk cannot be read.", Hint: "This program may be older than the desk; use the same version.", Err: err}
	}
	return nil
}

// unreachable describes a request that got no answer.
func (c *Client) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	why := err
	if u := (*url.Error)(nil); errors.As(err, &u) {
		why = u.Err
	}
	if op := (*net.OpError)(nil); errors.As(err, &op) {
		why = op.Err
	}
	return &Error{Code: CodeUnavailable, Message: fmt.Sprintf("The desk at %s does not answer: %s.", c.server, strings.TrimSuffix(why.Error(), ".")),
		Hint: "Check the address and that the desk is running: " + c.server + "/healthz answers ok when it is.", Err: err, lost: true}
}

// passing reports whether an error may be gone at the next attempt: no answer came, or a proxy or a starting desk
// gave it.
func passing(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	return e.lost || e.Status == http.StatusBadGateway || e.Status == http.StatusServiceUnavailable || e.Status == http.StatusGatewayTimeout
}

// newKey makes an idempotency key.
func newKey() string { return rand.Text() }

func number(n int64) string { return strconv.FormatInt(n, 10) }

// values builds a query from name and value pairs, leaving out what is empty.
func values(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q
}

func limit(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
