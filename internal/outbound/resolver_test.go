package outbound

import (
	"context"
	"testing"

	"firebreak/internal/desk"
)

var _ desk.Resolver = Resolver{}

func TestResolver(t *testing.T) {
	if a := (Resolver{}).Resolve(t.Context(), "localhost"); len(a.Addresses) == 0 || !a.Addresses[0].IsLoopback() || a.Missing || a.Failed != "" {
		t.Errorf("localhost: %+v", a)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if a := (Resolver{}).Resolve(ended, "nowhere.invalid"); len(a.Addresses) != 0 || !a.Missing && a.Failed == "" {
		t.Errorf("ended: %+v", a)
	}
}
