package transfer

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/ticket"
)

func readAll(t *testing.T, text string, o Options) (rows []Row, bad []*Rejection) {
	t.Helper()
	r, err := NewReader(strings.NewReader(text), o)
	if err != nil {
		t.Fatal(err)
	}
	for {
		row, no, err := r.Next()
		if err == io.EOF {
			return rows, bad
		}
		if err != nil {
			t.Fatal(err)
		}
		if no != nil {
			bad = append(bad, no)
		} else {
			row.raw, row.rec = nil, nil
			rows = append(rows, row)
		}
	}
}

func TestDatesOfManySystems(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	want := time.Date(2021, 9, 30, 17, 20, 0, 0, time.UTC)
	for _, s := range []string{
		"30/Sep/21 17:20", "30/Sep/21 5:20 PM", "2021-09-30 17:20:00", "2021-09-30T17:20:00Z", "2021-09-30T19:20:00+02:00",
		"2021-09-30T19:20:00.000+0200", "2021-09-30T17:20", "1633022400", "1633022400000", "1633022400.000", "2021-09-30 17:20:00.000000",
		"Thu, 30 Sep 2021 17:20:00 +0000", "Thu, 30 Sep 2021 17:20:00 GMT", "30.09.2021 17:20", "Sep 30, 2021 5:20 PM",
		"20210930172000", "30/09/2021 17:20", "9/30/2021 5:20 PM", "2021/09/30 17:20", "2021-09-30 19:20:00 +0200", "30-Sep-2021 17:20",
	} {
		if got, problem, _ := (Dates{}).Parse(s); problem != "" || !got.Equal(want) {
			t.Errorf("%q: %v %s", s, got, problem)
		}
	}
	if got, _, _ := (Dates{Zone: berlin}).Parse("2021-09-30 19:20:00"); !got.Equal(want) {
		t.Errorf("in Berlin: %v", got)
	}
	if got, _, _ := (Dates{Zone: berlin}).Parse("2021-09-30"); got.Hour() != 22 || got.Day() != 29 {
		t.Errorf("a day begins where it begins: %v", got)
	}
	for _, s := range []string{"", "0", "null", "0000-00-00 00:00:00", "N/A", "-"} {
		if got, problem, _ := (Dates{}).Parse(s); problem != "" || !got.IsZero() {
			t.Errorf("%q must be no time: %v %s", s, got, problem)
		}
	}
	for s, word := range map[string]string{"03/04/2021 10:00": "month/day", "yesterday": "cannot be read", "2021-09-30 17:20:00 XYT": "zone", "0812-01-01": "year 812", "2021-02-30": "cannot be read"} {
		if _, problem, hint := (Dates{}).Parse(s); !strings.Contains(problem, word) || hint == "" {
			t.Errorf("%q: %q %q", s, problem, hint)
		}
	}
	yes, no := true, false
	if got, _, _ := (Dates{DayFirst: &yes}).Parse("03/04/2021 10:00"); got.Month() != time.April {
		t.Error(got)
	}
	if got, _, _ := (Dates{DayFirst: &no}).Parse("03/04/2021 10:00"); got.Month() != time.March {
		t.Error(got)
	}
	if got, _, _ := (Dates{Layouts: []string{"15h04 02-01-2006"}}).Parse("17h20 30-09-2021"); !got.Equal(want) {
		t.Error(got)
	}
}

func TestStatesOfManySystems(t *testing.T) {
	for word, want := range map[string]ticket.Status{
		"Open": ticket.Open, "Reopened": ticket.Open, "In Progress": ticket.Open, "Patch Available": ticket.Open, "RESOLVED": ticket.Resolved, "Fixed": ticket.Resolved,
		"closed successful": ticket.Closed, "To Do": ticket.New, "pending reminder": ticket.OnHold, "Waiting for customer": ticket.OnHold, "On Hold": ticket.OnHold,
		"Won't Fix": ticket.Cancelled, "CANCELED": ticket.Cancelled, "VERIFIED": ticket.Closed, "Done": ticket.Resolved, "waiting": ticket.OnHold,
	} {
		if got, _, ok := Status(word); !ok || got != want {
			t.Errorf("%q: %q %v", word, got, ok)
		}
	}
	for _, s := range ticket.Statuses {
		if s == ticket.Merged {
			continue // what it was merged into is not known here
		}
		if got, _, ok := Status(string(s)); !ok || got != s {
			t.Errorf("own word %q: %q", s, got)
		}
	}
}

func TestJSONLines(t *testing.T) {
	rows, bad := readAll(t, `{"id":"13404344","title":"JAR in conflict","body":"a\r\nb","status":"Resolved","resolution":"Duplicate","created":"30/Sep/21 17:20","resolved":"20/Jul/22 20:51","application":"HDFS","labels":["Perf","disk"],"reporter":{"displayName":"Ann","emailAddress":"Ann@Example.com"},"due":"2022-01-01","unknown":1}

{"key":7,"summary":"second","comments":[{"author":"Bo <bo@example.com>","body":"secret"},{"id":"c9","author":"Ann","body":"hello","public":true,"created":1633022400}, "plain"]}
`, Options{})
	if len(bad) != 0 || len(rows) != 2 {
		t.Fatal(rows, bad)
	}
	a := rows[0]
	if a.ID != "13404344" || a.Body != "a\nb" || a.Status != ticket.Resolved || a.Resolution != "Duplicate" || a.Created.Year() != 2021 || a.Resolved.Year() != 2022 ||
		!reflect.DeepEqual(a.Tags, []string{"disk", "perf"}) || a.Requester != (Person{"Ann", "Ann@example.com"}) || a.Line != 1 || a.Deadline.At.IsZero() {
		t.Errorf("%+v", a)
	}
	b := rows[1]
	if b.ID != "7" || b.Line != 3 || b.State() != ticket.New || len(b.Entries) != 3 {
		t.Fatalf("%+v", b)
	}
	if e := b.Entries[0]; e.Public || e.Author.Email != "bo@example.com" || e.ID != "#1" {
		t.Errorf("a comment without a word on it must be private: %+v", e)
	}
	if e := b.Entries[1]; !e.Public || e.ID != "c9" || e.Created.IsZero() {
		t.Errorf("%+v", e)
	}
}

// TestRowIsReadBack holds the promise of the type: a row written as JSON is read as the same row.
func TestRowIsReadBack(t *testing.T) {
	yes := true
	row := Row{ID: "1", Title: "t", Body: "b\nc", Status: ticket.OnHold, WaitingOn: ticket.OnThirdParty, Resolution: "r", Created: time.UnixMilli(1633022400123).UTC(), Resolved: time.UnixMilli(1633022500123).UTC(),
		Application: "App", Requester: Person{"Ann B", "ann@example.com"}, Assignee: Person{Name: "Bo"}, Level: ticket.L15, Tags: []string{"a", "b c"},
		Deadline: Deadline{At: time.UnixMilli(1733022400000).UTC(), Reason: "x", SaidBy: "y", Consequence: "z"}, Stakes: "client", Workaround: &yes, Minutes: 5, Line: 1,
		Entries: []Comment{{ID: "#1", Author: Person{Name: "Cy"}, Body: "x"}, {ID: "q", Body: "y", Public: true, Created: time.UnixMilli(1633022400123).UTC()}}}
	b, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	rows, bad := readAll(t, string(b)+"\n", Options{})
	if len(bad) > 0 || !reflect.DeepEqual(rows[0], row) {
		t.Errorf("got  %+v\nwant %+v\n%v", rows, row, bad)
	}
	if rows[0].Fingerprint() != row.Fingerprint() {
		t.Error("the fingerprint differs")
	}
}

func TestRejectionsSayWhatAndWhere(t *testing.T) {
	for name, c := range map[string]struct{ line, field, reason string }{
		"no id":         {`{"title":"x"}`, "id", "no id"},
		"no text":       {`{"id":"1","title":" "}`, "title", "neither"},
		"unknown state": {`{"id":"1","title":"x","status":"Zurückgestellt"}`, "status", "Zurückgestellt"},
		"bad date":      {`{"id":"1","title":"x","created":"soon"}`, "created", "soon"},
		"turned round":  {`{"id":"1","title":"x","created":"2021-01-02","resolved":"2021-01-01"}`, "resolved", "before"},
		"NUL":           {`{"id":"1","title":"x\u0000y"}`, "title", "NUL"},
		"not JSON":      {`id=1`, "", "not JSON"},
		"not an object": {`[1]x`, "", "JSON"},
		"a list":        {` [1,2]`, "", "not an object"},
		"two values":    {`{"id":"1","title":"x"} {"id":"2","title":"x"}`, "", "more than one"},
		"UTF-8":         {"{\"id\":\"1\",\"title\":\"Z\xfcrich\"}", "", "UTF-8 at byte 21"},
		"long body":     {`{"id":"1","title":"x","body":"` + strings.Repeat("ä", ticket.MaxBody+1) + `"}`, "body", "200001 characters"},
		"stakes":        {`{"id":"1","title":"x","stakes":"galaxy"}`, "stakes", "galaxy"},
	} {
		t.Run(name, func(t *testing.T) {
			rows, bad := readAll(t, `{"id":"0","title":"ok"}`+"\n"+c.line+"\n"+`{"id":"9","title":"ok"}`+"\n", Options{})
			if len(rows) != 2 || len(bad) != 1 {
				t.Fatal(rows, bad)
			}
			if b := bad[0]; b.Line != 2 || b.Field != c.field || !strings.Contains(b.Reason, c.reason) || b.Hint == "" || b.Row == nil && b.Text == "" {
				t.Errorf("%+v", b)
			}
		})
	}
}

func TestFileThatWasCutOff(t *testing.T) {
	rows, bad := readAll(t, `{"id":"1","title":"x"}`+"\n"+`{"id":"2","tit`, Options{})
	if len(rows) != 1 || len(bad) != 1 || !bad[0].Cut || bad[0].Line != 2 || !strings.Contains(bad[0].Reason, "cut off") {
		t.Error(rows, bad)
	}
	rows, bad = readAll(t, "id,title,body\n1,x,y\n2,\"a,b\nc", Options{Format: CSV})
	if len(rows) != 1 || len(bad) != 1 || !bad[0].Cut || bad[0].Line != 3 {
		t.Error(rows, bad)
	}
	rows, bad = readAll(t, `{"id":"1","title":"x"}`+"\n"+`{"id":"2","title":"whole"}`, Options{})
	if len(rows) != 2 || len(bad) != 0 {
		t.Error("a last line without its end is whole", rows, bad)
	}
}

// TestMendedRejectionsAreTaken feeds rejected rows back after mending what was wrong.
func TestMendedRejectionsAreTaken(t *testing.T) {
	_, bad := readAll(t, "id;title;status;body\n7;\"a;b\";strange;x\n8;only two\n", Options{Format: CSV})
	if len(bad) != 2 {
		t.Fatal(bad)
	}
	b, _ := json.Marshal(bad[0])
	rows, again := readAll(t, strings.Replace(string(b), `"status":"strange"`, `"status":"open"`, 1)+"\n", Options{})
	if len(again) != 0 || rows[0].ID != "7" || rows[0].Title != "a;b" || rows[0].Status != ticket.Open || rows[0].Line != 1 {
		t.Errorf("%s: %+v %+v", b, rows, again)
	}
	_, bad = readAll(t, `{"id":"1","title":"x"`+"\n"+`{"id":"2","title":"y"}`+"\n", Options{})
	bad[0].Text += "}"
	b, _ = json.Marshal(bad[0])
	if rows, again = readAll(t, string(b), Options{}); len(again) != 0 || rows[0].Title != "x" {
		t.Errorf("%s: %+v %+v", b, rows, again)
	}
}

func TestCSV(t *testing.T) {
	m, err := ParseMapping([]byte(`
source = "jira"
zone = "Europe/Berlin"
[fields]
id = "Issue key"
tags = ["Labels", "Fix Version"]
[values.status]
"Selected" = "open"
"Waiting for support" = "open"
[values.application]
"HDFS" = "Hadoop HDFS"
[constants]
requester = "old-desk@example.com"
`))
	if err != nil {
		t.Fatal(err)
	}
	text := "\ufeffSummary,Issue key,Issue id,Status,Labels,Labels,Fix Version,Comment,Comment,Component,Created\r\n" +
		"\"multi, part\nline\",AB-1,100,Selected,One,two,3.1,30/Sep/21 5:20 PM;bo;first; really,,HDFS,30/Sep/21 17:20\r\n"
	rows, bad := readAll(t, text, Options{Name: "x.csv", Mapping: m})
	if len(bad) > 0 || len(rows) != 1 {
		t.Fatal(bad[0], rows)
	}
	r := rows[0]
	if r.ID != "AB-1" || r.Title != "multi, part line" || r.Status != ticket.Open || !reflect.DeepEqual(r.Tags, []string{"3.1", "one", "two"}) || r.Application != "Hadoop HDFS" ||
		r.Requester.Email != "old-desk@example.com" || r.Created.Hour() != 15 || len(r.Entries) != 1 || r.Entries[0].Body != "first; really" || r.Entries[0].Author.Name != "bo" || r.Line != 2 {
		t.Errorf("%+v", r)
	}
}

func TestHeaderIsCheckedFirst(t *testing.T) {
	if _, err := NewReader(strings.NewReader("Nummer;Titel\n1;x\n"), Options{Format: CSV}); err == nil || !strings.Contains(err.Error(), "Nummer, Titel") || fault.Of(err).Hint == "" {
		t.Error(err)
	}
	m, err := ParseMapping([]byte("[fields]\nid = \"Nope\"\ntitle = \"Titel\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewReader(strings.NewReader("Nummer;Titel\n1;x\n"), Options{Format: CSV, Mapping: m}); err == nil || !strings.Contains(err.Error(), "Nope") {
		t.Error(err)
	}
	for text, word := range map[string]string{"[fields]\ncolour = \"x\"": "colour", "[fieldz]\nid = \"x\"": "fieldz", "x = ": "line 1", "zone = \"Mars/Base\"": "Mars/Base", "[values.status]\nA = \"gone\"": "gone", "delimiter = \"ab\"": "one character"} {
		if _, err := ParseMapping([]byte(text)); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"[\n{}]", "{\n \"id\": 1\n}"} {
		if _, err := NewReader(strings.NewReader(text), Options{Format: JSONL}); err == nil || !strings.Contains(fault.Of(err).Hint, "jq") {
			t.Error(err)
		}
	}
}

func TestPathsAndUnusedColumns(t *testing.T) {
	m, err := ParseMapping([]byte("[fields]\ntitle = \"fields.summary\"\nassignee = \"fields.assignee\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(strings.NewReader(`{"id":1,"fields":{"summary":"deep","assignee":{"name":"bo"}},"votes":3}`), Options{Mapping: m})
	if err != nil {
		t.Fatal(err)
	}
	row, bad, err := r.Next()
	if bad != nil || err != nil || row.Title != "deep" || row.Assignee.Name != "bo" {
		t.Error(row, bad, err)
	}
	if got := r.Unused(); !reflect.DeepEqual(got, []string{"votes"}) {
		t.Error(got)
	}
}

func TestUTF16OfSpreadsheets(t *testing.T) {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, r := range "id\ttitle\n1\tZürich\n" {
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	rows, bad := readAll(t, b.String(), Options{Name: "x.csv"})
	if len(bad) > 0 || rows[0].Title != "Zürich" {
		t.Error(rows, bad)
	}
}

func TestLongTitleIsKeptWhole(t *testing.T) {
	title := strings.Repeat("word ", 100) + "end"
	rows, bad := readAll(t, `{"id":"1","title":"`+title+`","body":"b"}`, Options{})
	if len(bad) > 0 || len([]rune(rows[0].Title)) > ticket.MaxSubject || rows[0].Body != title+"\n\nb" {
		t.Error(rows, bad)
	}
}

// TestRealTickets reads public tickets that are too many for the repository, from the folder that FIREBREAK_TEST_TICKETS
// names. It is an extra: without the folder there is nothing to read.
func TestRealTickets(t *testing.T) {
	dir := os.Getenv("FIREBREAK_TEST_TICKETS")
	if dir == "" {
		return
	}
	for name, n := range map[string]int{"hadoop": 2503, "openoffice": 4548, "firefox": 2355, "stackfaq": 125} {
		f, err := os.Open(filepath.Join(dir, name, "docs.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		r, err := NewReader(f, Options{Name: f.Name()})
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		for {
			_, bad, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil || bad != nil {
				t.Fatal(name, bad, err)
			}
			got++
		}
		if got != n || len(r.Unused()) > 0 {
			t.Errorf("%s: %d rows, unused %v", name, got, r.Unused())
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add(`{"id":"1","title":"x","status":"Open","created":"30/Sep/21 17:20"}`+"\n", false)
	f.Add("id,title,comments\n1,\"a\nb\",\"[{\"\"body\"\":1}]\"\n2,", true)
	f.Add(`{"line":1,"reason":"x","row":{"id":1,"title":"t","entries":[{"body":"x","public":"maybe"}]}}`, false)
	f.Fuzz(func(t *testing.T, text string, table bool) {
		o := Options{Format: JSONL}
		if table {
			o.Format = CSV
		}
		r, err := NewReader(strings.NewReader(text), o)
		if err != nil {
			if fault.Of(err) == nil && table {
				t.Fatal(err)
			}
			return
		}
		for range len(text) + 3 {
			row, bad, err := r.Next()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if bad != nil {
				if bad.Reason == "" {
					t.Fatal("a rejection without a reason")
				}
				continue
			}
			b, err := json.Marshal(row)
			if err != nil {
				t.Fatal(err)
			}
			again, err := NewReader(strings.NewReader(string(b)), Options{Format: JSONL})
			if err != nil {
				t.Fatal(err)
			}
			back, bad, err := again.Next()
			if err != nil || bad != nil {
				t.Fatalf("%s is not read back: %+v %v", b, bad, err)
			}
			if back.Fingerprint() != row.Fingerprint() {
				t.Fatalf("%s comes back as %+v", b, back)
			}
		}
		t.Fatal("the reader does not end")
	})
}
