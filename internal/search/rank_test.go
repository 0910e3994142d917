package search_test

import (
	"strings"
	"testing"
	"time"

	"firebreak/internal/search"
)

func TestScore(t *testing.T) {
	const day = 24 * time.Hour
	type doc struct {
		title, body string
		age         time.Duration
	}
	for _, c := range []struct {
		name, query   string
		better, worse doc
	}{
		{"title over body", "billing", doc{"billing", "x", 0}, doc{"x", "billing", 0}},
		{"an old title over a new mention", "billing", doc{"billing", "x", 700 * day}, doc{"x", "billing", 0}},
		{"new over old", "billing", doc{"billing", "x", day}, doc{"billing", "x", 30 * day}},
		{"whole over piece", "billing", doc{"billing stopped", "", 0}, doc{"billing-test stopped", "", 0}},
		{"all in the title", "billing run", doc{"billing run", "", 0}, doc{"billing", "run", 0}},
		{"more often", "billing", doc{"x", "billing billing", 0}, doc{"x", "billing", 0}},
		{"repeats do not beat the title", "billing", doc{"billing", "", 0}, doc{"x", strings.Repeat("billing ", 100), 0}},
		{"exclusions do not count", "billing -test", doc{"billing", "", 0}, doc{"test", "billing", 0}},
		{"phrase", `"run failed"`, doc{"run failed", "", 0}, doc{"failed run", "", 0}},
		{"found below what is read", "billing", doc{"x", "billing", 0}, doc{"x", strings.Repeat("é ", 1000) + "billing", 0}},
	} {
		q := parse(t, c.query, false)
		a, b := search.Score(q, c.better.title, c.better.body, c.better.age), search.Score(q, c.worse.title, c.worse.body, c.worse.age)
		if a <= b || b <= 0 {
			t.Errorf("%s: %v is not above %v", c.name, a, b)
		}
	}
	if s := search.Score(search.Query{}, "a", "b", 0); s != 0 {
		t.Errorf("an empty query scores %v", s)
	}
	q := parse(t, "billing", false)
	if a, b := search.Score(q, "billing", "", -day), search.Score(q, "billing", "", 0); a != b {
		t.Errorf("a row from the future scores %v, not %v", a, b)
	}
}

func BenchmarkScore(b *testing.B) {
	q, err := search.ParseQuery(`billing "run failed" ora-015`, true)
	if err != nil {
		b.Fatal(err)
	}
	body := ticketText(600)
	b.ReportAllocs()
	for b.Loop() {
		search.Score(q, "Billing run failed on db01", body, time.Hour)
	}
}
