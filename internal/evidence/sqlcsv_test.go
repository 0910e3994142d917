package evidence

import (
	"encoding/csv"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestCSVIsHarmless(t *testing.T) {
	s := SQL{Statement: "SELECT 1", Result: Result{Columns: []string{"=cmd", "n"}, Null: "NULL", Rows: [][]string{
		{`=HYPERLINK("http://evil")`, "-12.5"}, {"@SUM(A1)", "NULL"}, {"+31 20 555", "3"}, {"a,\"b\"\nc", ""}, {"-1+1", "7"}}}}
	var b strings.Builder
	if err := s.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"'=cmd", "n"}, {`'=HYPERLINK("http://evil")`, "-12.5"}, {"'@SUM(A1)", ""}, {"'+31 20 555", "3"}, {"a,\"b\"\nc", ""}, {"'-1+1", "7"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestNumericColumns(t *testing.T) {
	r := Result{Columns: []string{"a", "b", "c", "d", "e"}, Null: "NULL", Rows: [][]string{
		{"1", "1,234.50", "x", "NULL", "2026-11-22"}, {"NULL", "-3e+07", "1", "NULL", "1"}, {"", "7", "2", "", "2"}}}
	if got := r.Numeric(); !slices.Equal(got, []bool{true, true, false, false, false}) {
		t.Error(got)
	}
}

func TestPreviewSaysWhenItIsNotTheWhole(t *testing.T) {
	s := SQL{Result: Result{Columns: []string{"a"}, Rows: [][]string{{"1"}, {"2"}, {"3"}}}}
	if p, whole := s.Preview(3, 1000); !whole || len(p.Rows) != 3 {
		t.Error(whole, p.Rows)
	}
	if p, whole := s.Preview(2, 1000); whole || len(p.Rows) != 2 || len(s.Rows) != 3 {
		t.Error(whole, p.Rows)
	}
	if p, whole := s.Preview(9, 11); whole || len(p.Rows) != 2 {
		t.Error(whole, p.Rows)
	}
}
