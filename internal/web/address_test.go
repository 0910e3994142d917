package web

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestClientAddress(t *testing.T) {
	s := &Server{opts: Options{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
	for _, c := range []struct{ peer, forwarded, want string }{
		{"192.0.2.1:4711", "", "192.0.2.1"},
		{"192.0.2.1:4711", "203.0.113.9", "192.0.2.1"}, // a browser may say what it likes
		{"127.0.0.1:4711", "", "127.0.0.1"},
		{"127.0.0.1:4711", "203.0.113.9", "203.0.113.9"},
		{"[::1]:4711", "203.0.113.9", "203.0.113.9"},
		{"10.1.2.3:4711", "6.6.6.6, 203.0.113.9", "203.0.113.9"}, // the browser wrote 6.6.6.6
		{"10.1.2.3:4711", "6.6.6.6, 203.0.113.9, 10.9.9.9", "203.0.113.9"},
		{"[::ffff:10.1.2.3]:4711", "2001:db8::1", "2001:db8::1"},
		{"10.1.2.3:4711", "<script>", "10.1.2.3"},
		{"10.1.2.3:4711", "10.0.0.1", "10.0.0.1"},
		{"@", "", "@"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{}}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := s.clientAddress(r); got != c.want {
			t.Errorf("peer %s, header %q: %q, want %q", c.peer, c.forwarded, got, c.want)
		}
	}
}
