package main

import (
	"strings"
	"testing"
)

const stream = `{"Action":"start","Package":"firebreak/a"}
{"Action":"run","Package":"firebreak/a","Test":"TestGood"}
{"Action":"output","Package":"firebreak/a","Test":"TestGood","Output":"=== RUN   TestGood\n"}
{"Action":"output","Package":"firebreak/a","Test":"TestGood","Output":"    a_test.go:3: chatter\n"}
{"Action":"pass","Package":"firebreak/a","Test":"TestGood"}
{"Action":"output","Package":"firebreak/a","Test":"TestSkip","Output":"=== RUN   TestSkip\n"}
{"Action":"output","Package":"firebreak/a","Test":"TestSkip","Output":"    a_test.go:9: no PostgreSQL\n"}
{"Action":"skip","Package":"firebreak/a","Test":"TestSkip"}
{"Action":"output","Package":"firebreak/a","Output":"PASS\n"}
{"Action":"output","Package":"firebreak/a","Output":"ok  \tfirebreak/a\t0.1s\n"}
{"Action":"pass","Package":"firebreak/a"}
`

const failing = `{"Action":"output","Package":"firebreak/b","Test":"TestBad","Output":"=== RUN   TestBad\n"}
{"Action":"output","Package":"firebreak/b","Test":"TestBad","Output":"    b_test.go:4: got 1, want 2\n"}
{"Action":"fail","Package":"firebreak/b","Test":"TestBad"}
{"Action":"output","Package":"firebreak/b","Output":"panic: boom\n"}
{"Action":"output","Package":"firebreak/b","Output":"FAIL\tfirebreak/b\t0.1s\n"}
{"Action":"fail","Package":"firebreak/b"}
{"ImportPath":"firebreak/c","Action":"build-output","Output":"c.go:1: syntax error\n"}
{"ImportPath":"firebreak/c","Action":"build-fail"}
`

func TestReport(t *testing.T) {
	tests := []struct {
		name            string
		in              string
		failed, skipped int
		has, hasNot     []string
	}{
		{"passing and skipped", stream, 0, 1, []string{"ok  \tfirebreak/a\t0.1s\n", "SKIP firebreak/a TestSkip: a_test.go:9: no PostgreSQL\n", "1 tests passed in 1 packages"}, []string{"chatter", "PASS"}},
		{"failing", failing, 2, 0, []string{"got 1, want 2", "panic: boom", "FAIL\tfirebreak/b", "syntax error"}, []string{"=== RUN"}},
		{"both", stream + failing, 2, 1, []string{"ok  \t", "FAIL\t"}, nil},
		{"a message of the go command", "go: cannot find main module\n" + stream, 0, 1, []string{"go: cannot find main module\n"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			failed, skipped, err := report(strings.NewReader(tt.in), &out)
			if err != nil || failed != tt.failed || skipped != tt.skipped {
				t.Errorf("failed %d, skipped %d, %v; want %d, %d, nil", failed, skipped, err, tt.failed, tt.skipped)
			}
			for _, s := range tt.has {
				if !strings.Contains(out.String(), s) {
					t.Errorf("%q is missing in\n%s", s, out.String())
				}
			}
			for _, s := range tt.hasNot {
				if strings.Contains(out.String(), s) {
					t.Errorf("%q is in\n%s", s, out.String())
				}
			}
		})
	}
	if _, _, err := report(strings.NewReader(""), new(strings.Builder)); err == nil {
		t.Error("an empty stream is no success")
	}
}
