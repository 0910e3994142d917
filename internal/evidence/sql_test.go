package evidence

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

func TestParseResult(t *testing.T) {
	count := func(n int) *int { return &n }
	tests := []struct {
		name, text string
		want       Result
	}{
		{"psql", "orders=> select id, state from orders;\n id |  state   \n----+----------\n  1 | open\n  2 | a | b\n(2 rows)\n\nTime: 0.310 ms\norders=> \n",
			Result{Columns: []string{"id", "state"}, Rows: [][]string{{"1", "open"}, {"2", "a | b"}}, RowCount: count(2), DurationMS: 0.31, Format: "psql"}},
		{"psql one column", " count \n-------\n    42\n(1 row)\n\nTime: 61000.123 ms (01:01.000)\n",
			Result{Columns: []string{"count"}, Rows: [][]string{{"42"}}, RowCount: count(1), DurationMS: 61000.123, Format: "psql"}},
		{"psql one column with an empty cell", " name \n------\n a\n \n b\n(3 rows)\n",
			Result{Columns: []string{"name"}, Rows: [][]string{{"a"}, {""}, {"b"}}, RowCount: count(3), Format: "psql"}},
		{"psql no rows", " id | state \n----+-------\n(0 rows)\n",
			Result{Columns: []string{"id", "state"}, RowCount: count(0), Format: "psql"}},
		{"psql line breaks in a cell", " id |  note  | n \n----+--------+---\n  1 | first +| 5\n    | second | \n  2 | x      | 6\n(2 rows)\n",
			Result{Columns: []string{"id", "note", "n"}, Rows: [][]string{{"1", "first\nsecond", "5"}, {"2", "x", "6"}}, RowCount: count(2), Format: "psql"}},
		{"psql wide characters", "  city  | n \n--------+---\n 東京   | 1\n Köln | 2\n(2 rows)\n",
			Result{Columns: []string{"city", "n"}, Rows: [][]string{{"東京", "1"}, {"Köln", "2"}}, RowCount: count(2), Format: "psql"}},
		{"psql as version 15 prints it", " id |  name   |      note       |    v    \n----+---------+-----------------+---------\n  1 | Ann     | line one       +|    1.50\n    |         | line two        | \n  2 | 東京 😀 |                 |        \n  3 | a | b   | x+              | 12345.1\n  4 |         | ends with plus++|       0\n    |         | next            | \n(4 rows)\n",
			Result{Columns: []string{"id", "name", "note", "v"}, Rows: [][]string{{"1", "Ann", "line one\nline two", "1.50"}, {"2", "東京 😀", "", ""}, {"3", "a | b", "x+", "12345.1"}, {"4", "", "ends with plus+\nnext", "0"}}, RowCount: count(4), Format: "psql"}},
		{"psql with a border and Unicode lines", "┌────┬──────────┐\n│ id │   note   │\n├────┼──────────┤\n│  1 │ one     ↵│\n│    │ two      │\n│  2 │ ∅        │\n└────┴──────────┘\n(2 rows)\n",
			Result{Columns: []string{"id", "note"}, Rows: [][]string{{"1", "one\ntwo"}, {"2", "∅"}}, RowCount: count(2), Null: "∅", Format: "box"}},
		{"psql one column with an empty cell at the end", " name \n------\n a\n \n(2 rows)\n",
			Result{Columns: []string{"name"}, Rows: [][]string{{"a"}, {""}}, RowCount: count(2), Format: "psql"}},
		{"psql expanded over lines", "-[ RECORD 1 ]--\nnote | one    +\n     | two\nv    | 1\n",
			Result{Columns: []string{"note", "v"}, Rows: [][]string{{"one\ntwo", "1"}}, RowCount: count(1), Format: "vertical"}},
		{"sqlite3 columns", "id  name  v  \n--  ----  ---\n1   Ann      \n2   東京    2.5\n",
			Result{Columns: []string{"id", "name", "v"}, Rows: [][]string{{"1", "Ann", ""}, {"2", "東京", "2.5"}}, RowCount: count(2), Format: "fixed"}},
		{"psql expanded", "-[ RECORD 1 ]---\nid    | 1\nstate | open\n-[ RECORD 2 ]---\nid    | 2\nstate | \n\nTime: 1 ms\n",
			Result{Columns: []string{"id", "state"}, Rows: [][]string{{"1", "open"}, {"2", ""}}, RowCount: count(2), DurationMS: 1, Format: "vertical"}},
		{"psql unaligned", "id|state\n1|open\n2|done\n(2 rows)\n",
			Result{Columns: []string{"id", "state"}, Rows: [][]string{{"1", "open"}, {"2", "done"}}, RowCount: count(2), Format: "unaligned"}},
		{"mysql", "mysql> select * from t;\n+----+-------+\n| id | name  |\n+----+-------+\n|  1 | a|b   |\n|  2 | NULL  |\n+----+-------+\n2 rows in set (0.01 sec)\n",
			Result{Columns: []string{"id", "name"}, Rows: [][]string{{"1", "a|b"}, {"2", "NULL"}}, RowCount: count(2), DurationMS: 10, Null: "NULL", Format: "box"}},
		{"mysql line break in a cell", "+----+---------+\n| id | note    |\n+----+---------+\n|  1 | one\ntwo |\n|  2 | x       |\n+----+---------+\n2 rows in set, 1 warning (1 min 2.50 sec)\n",
			Result{Columns: []string{"id", "note"}, Rows: [][]string{{"1", "one\ntwo"}, {"2", "x"}}, RowCount: count(2), DurationMS: 62500, Format: "box"}},
		{"mysql vertical", "*************************** 1. row ***************************\n   id: 1\n note: a: b\n*************************** 2. row ***************************\n   id: 2\n note: one\ntwo\n2 rows in set (0.00 sec)\n",
			Result{Columns: []string{"id", "note"}, Rows: [][]string{{"1", "a: b"}, {"2", "one\ntwo"}}, RowCount: count(2), Format: "vertical"}},
		{"sqlite box", "┌────┬──────┐\n│ id │ name │\n├────┼──────┤\n│ 1  │ x    │\n└────┴──────┘\nRun Time: real 0.002 user 0.0 sys 0.0\n",
			Result{Columns: []string{"id", "name"}, Rows: [][]string{{"1", "x"}}, RowCount: count(1), DurationMS: 2, Format: "box"}},
		{"sqlplus", "SQL> select sid, event from v$session;\n\n       SID EVENT\n---------- ------------------------------\n        12 db file sequential read\n       345 latch: cache buffers chains\n\nElapsed: 00:00:01.31\nSQL> exit\n",
			Result{Columns: []string{"SID", "EVENT"}, Rows: [][]string{{"12", "db file sequential read"}, {"345", "latch: cache buffers chains"}}, RowCount: count(2), DurationMS: 1310, Format: "fixed"}},
		{"sqlplus one number", "\n  COUNT(*)\n----------\n        42\n",
			Result{Columns: []string{"COUNT(*)"}, Rows: [][]string{{"42"}}, RowCount: count(1), Format: "fixed"}},
		{"sqlplus pages", "       SID EVENT\n---------- -----\n         1 a\n\n       SID EVENT\n---------- -----\n         2 b\n\n2 rows selected.\n",
			Result{Columns: []string{"SID", "EVENT"}, Rows: [][]string{{"1", "a"}, {"2", "b"}}, RowCount: count(2), Format: "fixed"}},
		{"sqlplus tabs", "       SID EVENT\n---------- ----------\n\t12 latch\n",
			Result{Columns: []string{"SID", "EVENT"}, Rows: [][]string{{"12", "latch"}}, RowCount: count(1), Format: "fixed"}},
		{"sqlplus folded", "       SID\n----------\nPROGRAM\n--------------------\n         1\nsqlplus\n\n         2\njava\n\n",
			Result{Columns: []string{"SID", "PROGRAM"}, Rows: [][]string{{"1", "sqlplus"}, {"2", "java"}}, RowCount: count(2), Format: "fixed"}},
		{"sqlcmd", "1> select id, name from t\n2> go\nid          name      \n----------- ----------\n          1 Ann       \n          2 NULL      \n\n(2 rows affected)\n",
			Result{Columns: []string{"id", "name"}, Rows: [][]string{{"1", "Ann"}, {"2", "NULL"}}, RowCount: count(2), Null: "NULL", Format: "fixed"}},
		{"db2", "ID          NAME\n----------- ----------\n          1 x\n\n  1 record(s) selected.\n",
			Result{Columns: []string{"ID", "NAME"}, Rows: [][]string{{"1", "x"}}, RowCount: count(1), Format: "fixed"}},
		{"markdown", "| id | name |\n|---:|:-----|\n| 1 | a\\|b |\n| 2 | |\n",
			Result{Columns: []string{"id", "name"}, Rows: [][]string{{"1", "a|b"}, {"2", ""}}, RowCount: count(2), Format: "markdown"}},
		{"csv", "id,name\r\n1,\"a, b\"\r\n2,\"say \"\"x\"\"\"\r\n",
			Result{Columns: []string{"id", "name"}, Rows: [][]string{{"1", "a, b"}, {"2", `say "x"`}}, RowCount: count(2), Format: "csv"}},
		{"semicolons", "id;amount\n1;2,50\n", Result{Columns: []string{"id", "amount"}, Rows: [][]string{{"1", "2,50"}}, RowCount: count(1), Format: "csv"}},
		{"tsv", "id\tname\n1\tAnn Smith\n2\t[NULL]\n",
			Result{Columns: []string{"id", "name"}, Rows: [][]string{{"1", "Ann Smith"}, {"2", "[NULL]"}}, RowCount: count(2), Null: "[NULL]", Format: "tsv"}},
		{"json", `[{"id": 12345678901234567890, "name": "a"}, {"id": 2, "extra": {"k": [1, 2]}, "name": null}]`,
			Result{Columns: []string{"id", "name", "extra"}, Rows: [][]string{{"12345678901234567890", "a", ""}, {"2", "NULL", `{"k":[1,2]}`}}, RowCount: count(2), Null: "NULL", Format: "json"}},
		{"json lines", "{\"id\":1}\n{\"id\":true}\n", Result{Columns: []string{"id"}, Rows: [][]string{{"1"}, {"true"}}, RowCount: count(2), Format: "json"}},
		{"coloured", "\x1b[1m id \x1b[0m| n \n----+---\n  1 | 2\n(1 row)\n",
			Result{Columns: []string{"id", "n"}, Rows: [][]string{{"1", "2"}}, RowCount: count(1), Format: "psql"}},
		{"more stated than pasted", " id | n \n----+---\n  1 | 2\n(900 rows)\n",
			Result{Columns: []string{"id", "n"}, Rows: [][]string{{"1", "2"}}, RowCount: count(900), Truncated: true, Format: "psql"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := ParseResult(test.text)
			if !ok {
				t.Fatalf("not recognised: %+v", got)
			}
			if !reflect.DeepEqual(got, test.want) {
				a, _ := json.Marshal(got)
				b, _ := json.Marshal(test.want)
				t.Errorf("got  %s\nwant %s", a, b)
			}
		})
	}
}

func TestParseResultWithoutTable(t *testing.T) {
	for _, test := range []struct {
		text string
		rows int // -1 when none are stated
		ms   float64
	}{
		{"", -1, 0},
		{"no idea", -1, 0},
		{"Hello, I ran it.\nIt said, nothing.\n", -1, 0},
		{"The job was restarted twice, then it hung\nand the operator, as usual, called us", -1, 0},
		{"ORA-01555: snapshot too old", -1, 0},
		{"a | b", -1, 0},
		{"[1, 2, 3]", -1, 0},
		{"{\"cut", -1, 0},
		{"UPDATE 3\nTime: 1.5 ms", 3, 1.5},
		{"INSERT 0 7", 7, 0},
		{"Query OK, 3 rows affected (0.02 sec)", 3, 20},
		{"Empty set (0.00 sec)", 0, 0},
		{"no rows selected\n\nElapsed: 00:00:00.05", 0, 50},
		{"(4 rows affected)", 4, 0},
		{"Some heading that is long\n---\ntext below", -1, 0},
	} {
		got, ok := ParseResult(test.text)
		if ok || got.Columns != nil || got.Rows != nil {
			t.Errorf("%q: a table was seen: %+v", test.text, got)
		}
		rows := -1
		if got.RowCount != nil {
			rows = *got.RowCount
		}
		if rows != test.rows || got.DurationMS != test.ms {
			t.Errorf("%q: rows %d in %v ms, want %d in %v", test.text, rows, got.DurationMS, test.rows, test.ms)
		}
	}
}

func TestParseResultBounds(t *testing.T) {
	var b strings.Builder
	b.WriteString("id\tv\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "%d\tx\n", i)
	}
	got, ok := ParseResult(b.String())
	if !ok || len(got.Rows) != MaxRows || *got.RowCount != 5000 || !got.Truncated {
		t.Errorf("long: ok %v, %d rows kept, truncated %v", ok, len(got.Rows), got.Truncated)
	}
	wide := strings.Repeat("c\t", 499) + "c\n"
	got, ok = ParseResult(wide + wide)
	if !ok || len(got.Columns) != MaxColumns || len(got.Rows[0]) != MaxColumns || !got.Truncated {
		t.Errorf("wide: ok %v, %d columns, truncated %v", ok, len(got.Columns), got.Truncated)
	}
	got, ok = ParseResult("a\tb\n1\t" + strings.Repeat("é", MaxCellBytes) + "\n")
	if !ok || len(got.Rows[0][1]) > MaxCellBytes || !got.Truncated {
		t.Errorf("long cell: ok %v, %d bytes", ok, len(got.Rows[0][1]))
	}
}

// TestParseResultHostile is about layouts that could cost quadratic time or memory; a
// regression shows as a test that does not come back.
func TestParseResultHostile(t *testing.T) {
	const size = 512 << 10
	for _, unit := range map[string]string{
		"record lines": "-[ RECORD 1 ]\n", "rules": "---+---\n", "boxes": "+--+\n", "bars": "|--|--|\n",
		"stars": "* 1. row *\n", "dashes": "-- --\n", "short dashes": "- - -\n", "objects": "{}\n", "quotes": "a,\"\n", "brackets": "[",
		"blank": "\n", "box heads": "+-+\n|a|\n+-+\n", "box bodies": "|", "tabs": "\t", "bare boxes": "─",
	} {
		ParseResult(strings.Repeat(unit, size/len(unit)))
	}
	ParseResult("h\n" + strings.Repeat("- ", size/4) + "--\n" + strings.Repeat("x\n", size/4))
	ParseResult("h\n" + strings.Repeat("-+", size/4) + "-\n" + strings.Repeat("x\n", size/4))
}

// TestParseResultReadsBack writes random tables in the aligned layout and reads them again.
func TestParseResultReadsBack(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	letters := []rune("abcXYZ019 _.,;:äß東|-+'\"")
	word := func() string {
		n := rnd.IntN(12)
		out := make([]rune, n)
		for i := range out {
			out[i] = letters[rnd.IntN(len(letters))]
		}
		return strings.TrimSpace(string(out))
	}
	for range 300 {
		n, m := 2+rnd.IntN(4), rnd.IntN(6)
		cols := make([]string, n)
		for i := range cols {
			cols[i] = fmt.Sprintf("c%d", i)
		}
		rows := make([][]string, m)
		for i := range rows {
			rows[i] = make([]string, n)
			for j := range rows[i] {
				rows[i][j] = word()
			}
		}
		text := psqlTable(cols, rows)
		got, ok := ParseResult(text)
		if !ok || !reflect.DeepEqual(got.Columns, cols) || len(got.Rows) != m || *got.RowCount != m {
			t.Fatalf("table not read back:\n%s\ngot %+v", text, got)
		}
		for i := range rows {
			if !reflect.DeepEqual(got.Rows[i], rows[i]) {
				t.Fatalf("row %d read as %q, want %q:\n%s", i, got.Rows[i], rows[i], text)
			}
		}
	}
}

func psqlTable(cols []string, rows [][]string) string {
	widths := make([]int, len(cols))
	for _, row := range append([][]string{cols}, rows...) {
		for i, c := range row {
			widths[i] = max(widths[i], columns(c))
		}
	}
	var b strings.Builder
	line := func(row []string) {
		for i, c := range row {
			if i > 0 {
				b.WriteByte('|')
			}
			b.WriteString(" " + c)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-columns(c)+1))
			}
		}
		b.WriteByte('\n')
	}
	line(cols)
	for i, w := range widths {
		if i > 0 {
			b.WriteByte('+')
		}
		b.WriteString(strings.Repeat("-", w+2))
	}
	b.WriteByte('\n')
	for _, row := range rows {
		line(row)
	}
	fmt.Fprintf(&b, "(%d rows)\n", len(rows))
	return b.String()
}

func TestSQL(t *testing.T) {
	s, err := NewSQL("  select 1;\x00 ", "Oracle\n19c", "CRM", "ORA-01555: snapshot too old\r\n")
	if err != nil {
		t.Fatal(err)
	}
	if s.Statement != "select 1;␀" || s.Engine != "Oracle 19c" || s.Raw != "ORA-01555: snapshot too old\n" || s.RowCount != nil {
		t.Errorf("got %+v", s)
	}
	if text := s.Text(1000); !strings.Contains(text, "select 1;") || !strings.Contains(text, "ORA-01555") {
		t.Errorf("text %q", text)
	}
	s, err = NewSQL("select id, v from t", "", "", "id\tv\n1\tx\n")
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"statement":"select id, v from t","columns":["id","v"],"rows":[["1","x"]],"row_count":1,"format":"tsv"}`
	if string(data) != want {
		t.Errorf("JSON %s\nwant %s", data, want)
	}
	back, err := ParseSQL(data)
	if err != nil || !reflect.DeepEqual(back, s) {
		t.Errorf("read back %+v (%v), want %+v", back, err, s)
	}
}

func TestSQLRefused(t *testing.T) {
	for _, test := range []struct{ json, field string }{
		{`{`, "sql"},
		{`{"statement": 5}`, "sql"},
		{`{"statement": "  "}`, "statement"},
		{`{"statement": "` + strings.Repeat("x", MaxStatementBytes+1) + `"}`, "statement"},
		{`{"statement": "x", "rows": [["1"]]}`, "columns"},
		{`{"statement": "x", "columns": ["a"], "rows": [["1", "2"]]}`, "rows"},
		{`{"statement": "x", "row_count": -1}`, "row_count"},
		{`{"statement": "x", "duration_ms": -1}`, "duration_ms"},
	} {
		_, err := ParseSQL([]byte(test.json))
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Field != test.field || e.Hint == "" {
			t.Errorf("%.60s: error %v, want field %s with a hint", test.json, err, test.field)
		}
	}
}

func FuzzParseResult(f *testing.F) {
	for _, s := range []string{" id | n \n----+---\n  1 | 2\n(1 row)\n", "+-+\n|a|\n+-+\n|1|\n+-+\n", "a,b\n1,\"2\n", "-[ RECORD 1 ]\na | 1\n",
		"*** 1. row ***\n a: 1\n", "|a|b|\n|-|-|\n|1|2|", "A\tB\n1\t2", "A B\n-- --\n1 2\n", `[{"a":1},{"b":null}]`, "┌──┐\n│ a│\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, ok := ParseResult(text)
		if ok != (len(r.Columns) > 0) {
			t.Fatalf("ok %v with %d columns", ok, len(r.Columns))
		}
		for _, row := range r.Rows {
			if len(row) != len(r.Columns) {
				t.Fatalf("row of %d cells under %d columns", len(row), len(r.Columns))
			}
		}
		if ok && (r.RowCount == nil || *r.RowCount > len(r.Rows) && !r.Truncated) {
			t.Fatalf("count %v for %d rows, truncated %v", r.RowCount, len(r.Rows), r.Truncated)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Fatal(err)
		}
	})
}
