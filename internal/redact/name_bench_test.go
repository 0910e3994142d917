package redact

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkNames measures the finder of names alone on lines of logs that FIREBREAK_LOGS names.
func BenchmarkNames(b *testing.B) {
	files, _ := filepath.Glob(filepath.Join(os.Getenv("FIREBREAK_LOGS"), "*.csv"))
	if len(files) == 0 {
		b.Skip("FIREBREAK_LOGS names no folder of logs")
	}
	var s strings.Builder
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		s.Write(raw)
	}
	f, err := New(Options{})
	if err != nil {
		b.Fatal(err)
	}
	var t text
	t.reset(s.String()[:256<<10])
	f.names(&t)
	b.SetBytes(256 << 10)
	for b.Loop() {
		t.found = t.found[:0]
		f.names(&t)
	}
}
