package evidence

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// levelledLog has n lines of random levels and some that contain a needle.
func levelledLog(seed uint64, n int) string {
	rnd := rand.New(rand.NewPCG(seed, 2))
	var b strings.Builder
	for i := range n {
		b.WriteString([]string{"DEBUG ", "INFO ", "WARN ", "ERROR ", "\tat java.", "FATAL "}[rnd.IntN(6)])
		fmt.Fprintf(&b, "line %d", i+1)
		if rnd.IntN(15) == 0 {
			b.WriteString(" Needle")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// The views by level must agree with reading the whole log and filtering it.
func TestLogViewsAgreeWithFiltering(t *testing.T) {
	for seed := range uint64(8) {
		text := levelledLog(seed, 100+int(seed)*37)
		r := strings.NewReader(text)
		x, err := IndexLog(strings.NewReader(text), 1+int(seed)*5)
		if err != nil {
			t.Fatal(err)
		}
		data, _ := x.MarshalBinary()
		var back LogIndex
		if err := back.UnmarshalBinary(data); err != nil || !reflect.DeepEqual(*x, back) {
			t.Fatalf("the index does not come back: %v", err)
		}
		all, err := ReadLines(r, x, 1, MaxReadLines)
		if err != nil {
			t.Fatal(err)
		}
		for _, level := range []Level{LevelNone, LevelInfo, LevelWarn, LevelError, LevelFatal} {
			var want []Line
			for _, l := range all {
				if level == LevelNone || l.Level >= level {
					want = append(want, l)
				}
			}
			if n := x.CountFrom(level); n != len(want) {
				t.Errorf("%s: %d lines, want %d", level, n, len(want))
			}
			for _, from := range []int{0, 1, 7, len(want) - 1, len(want), len(want) + 3} {
				got, err := ReadLevel(r, x, level, from, 9)
				if err != nil {
					t.Fatal(err)
				}
				from = min(max(from, 0), len(want))
				if slice := want[from:min(from+9, len(want))]; len(got) != len(slice) || len(got) > 0 && !reflect.DeepEqual(got, slice) {
					t.Errorf("%s from %d: %v, want %v", level, from, got, slice)
				}
			}
			for i, l := range want {
				if place, err := x.Place(r, level, l.Number); err != nil || place != i {
					t.Errorf("%s: line %d stands at %d, want %d (%v)", level, l.Number, place, i, err)
				}
			}
			for before := 0; before <= x.Lines+2; before += 3 {
				nearest := 0
				for _, l := range want {
					if l.Number < before && strings.Contains(l.Text, "Needle") {
						nearest = l.Number
					}
				}
				hit, _, done, err := FindBefore(r, x, "needle", before, level)
				if err != nil || hit != nearest || !done {
					t.Errorf("%s: before line %d found %d, want %d (%v)", level, before, hit, nearest, err)
				}
			}
		}
	}
}

// When places are forgotten the counts of their blocks must move together.
func TestBlocksOfAVeryLongLog(t *testing.T) {
	text := strings.Repeat("INFO a\nERROR b\nx\n", (maxOffsets+100)/3)
	x, err := IndexLog(strings.NewReader(text), 1)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := x.MarshalBinary()
	if err := new(LogIndex).UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	got, err := ReadLevel(strings.NewReader(text), x, LevelError, 20_000, 1)
	if err != nil || len(got) != 1 || got[0].Number != 20_000*3+2 {
		t.Errorf("%v, %v", got, err)
	}
	if len(data) > 700<<10 {
		t.Errorf("the index takes %d bytes", len(data))
	}
}
