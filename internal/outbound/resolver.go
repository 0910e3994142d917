// Package outbound is how the desk reaches out of itself. Each part implements a small interface that package desk
// declares, and knows its protocol and nothing of the desk.
package outbound

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"

	"firebreak/internal/estate"
)

// Resolver asks DNS from the machine the desk runs on, past that machine's hosts file as far as the system allows: Go's own
// resolver is used. It keeps nothing, so the answer is that of this moment.
type Resolver struct{}

// Resolve gives the addresses of a name, IPv4 and IPv6. ctx bounds the time.
func (Resolver) Resolve(ctx context.Context, name string) estate.Answer {
	a := estate.Answer{Name: name}
	r := &net.Resolver{PreferGo: true}
	full := strings.TrimSuffix(name, ".") + "." // as it stands, without the search list of this machine
	if !strings.Contains(name, ".") {
		full = name
	}
	addrs, err := r.LookupNetIP(ctx, "ip", full)
	if err != nil {
		if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
			a.Missing = true
			return a
		} else if ok && e.IsTimeout || errors.Is(err, context.DeadlineExceeded) {
			a.Failed = "the name server did not answer in time"
			return a
		}
		a.Failed = "the name server gave no answer"
		return a
	}
	for _, ip := range addrs {
		if u := ip.Unmap(); !slices.Contains(a.Addresses, u) {
			a.Addresses = append(a.Addresses, u)
		}
	}
	if alias, err := r.LookupCNAME(ctx, full); err == nil {
		if alias = strings.TrimSuffix(alias, "."); !strings.EqualFold(alias, strings.TrimSuffix(name, ".")) {
			a.Alias = alias
		}
	}
	return a
}
