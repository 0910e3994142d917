package jil

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"
)

const sample = `/* month-end feed */
insert_job: FIN_ME_BOX   job_type: BOX
owner: batch@prod01
date_conditions: 1
run_calendar: LAST3_AND_FIRST
exclude_calendar: BANK_HOLS
start_times: "01:00"
timezone: America/New_York
must_complete_times: +90

insert_job: FIN_ME_EXTRACT   job_type: CMD
box_name: FIN_ME_BOX
command: /apps/fin/bin/extract.sh $$BUS_DATE
machine: prod01
owner: batch@prod01
condition: s(FIN_GL_CLOSE,12.00) & n(FIN_ME_PURGE)
std_out_file: /logs/$AUTO_JOB_NAME.out
std_err_file: /logs/$AUTO_JOB_NAME.err
max_run_alarm: 45
term_run_time: 120
n_retrys: 1
alarm_if_fail: 1

extended_calendar: LAST3_AND_FIRST
workday: mo,tu,we,th,fr
non_workday: S
holiday: S
adjust: 0
condition: MNTHDM01 | MNTHDM02 | MNTHDM03 | MNTHD#01
`

// lines of attributes are of no interest where definitions are compared.
func bare(f File) []Statement {
	out := make([]Statement, len(f.Statements))
	for i, s := range f.Statements {
		s.Line = 0
		as := s.Attributes
		s.Attributes = nil
		for _, a := range as {
			a.Line = 0
			s.Attributes = append(s.Attributes, a)
		}
		out[i] = s
	}
	return out
}

func TestSampleIsReadExactly(t *testing.T) {
	f := Parse(sample)
	if len(f.Problems) > 0 || len(f.Warnings) > 0 {
		t.Fatalf("problems %v, warnings %v", f.Problems, f.Warnings)
	}
	want := []Statement{
		{Keyword: "insert_job", Name: "FIN_ME_BOX", Line: 2, Attributes: []Attribute{{"job_type", "BOX", 2}, {"owner", "batch@prod01", 3}, {"date_conditions", "1", 4}, {"run_calendar", "LAST3_AND_FIRST", 5},
			{"exclude_calendar", "BANK_HOLS", 6}, {"start_times", "01:00", 7}, {"timezone", "America/New_York", 8}, {"must_complete_times", "+90", 9}}},
		{Keyword: "insert_job", Name: "FIN_ME_EXTRACT", Line: 11, Attributes: []Attribute{{"job_type", "CMD", 11}, {"box_name", "FIN_ME_BOX", 12}, {"command", "/apps/fin/bin/extract.sh $$BUS_DATE", 13},
			{"machine", "prod01", 14}, {"owner", "batch@prod01", 15}, {"condition", "s(FIN_GL_CLOSE,12.00) & n(FIN_ME_PURGE)", 16}, {"std_out_file", "/logs/$AUTO_JOB_NAME.out", 17},
			{"std_err_file", "/logs/$AUTO_JOB_NAME.err", 18}, {"max_run_alarm", "45", 19}, {"term_run_time", "120", 20}, {"n_retrys", "1", 21}, {"alarm_if_fail", "1", 22}}},
		{Keyword: "extended_calendar", Name: "LAST3_AND_FIRST", Line: 24, Attributes: []Attribute{{"workday", "mo,tu,we,th,fr", 25}, {"non_workday", "S", 26}, {"holiday", "S", 27}, {"adjust", "0", 28},
			{"condition", "MNTHDM01 | MNTHDM02 | MNTHDM03 | MNTHD#01", 29}}},
	}
	if !reflect.DeepEqual(f.Statements, want) {
		t.Errorf("read\n%+v\nwant\n%+v", f.Statements, want)
	}
	b := NewBook()
	r := b.Apply(f)
	if len(r.Problems) > 0 || r.Jobs != (Counts{Added: 2}) || r.Objects != (Counts{Added: 1}) {
		t.Errorf("applied: %+v", r)
	}
	var said []string
	for _, w := range r.Warnings {
		said = append(said, w.Error())
	}
	if got := strings.Join(said, "\n"); !strings.Contains(got, "line 11: “FIN_ME_EXTRACT” waits for “FIN_GL_CLOSE”, which is not known.") || !strings.Contains(got, "BANK_HOLS") {
		t.Errorf("warnings: %s", got)
	}
	if again := b.Apply(f); again.Jobs != (Counts{Unchanged: 2}) || again.Objects != (Counts{Unchanged: 1}) {
		t.Errorf("a second time: %+v", again)
	}
	waits := b.Jobs["FIN_ME_EXTRACT"].Waits()
	if len(waits) != 2 || waits[0].Name != "FIN_GL_CLOSE" || *waits[0].Look != (LookBack{12, 0}) || waits[1].Kind != "n" {
		t.Errorf("waits %+v", waits)
	}
}

// TestValues reads one attribute of a job from a text, after "insert_job: J\n".
func TestValues(t *testing.T) {
	for _, c := range []struct{ text, key, want string }{
		{"command: echo a: b", "command", "echo a: b"},
		{`command: copy C\:\tmp\x D\:\y`, "command", `copy C:\tmp\x D:\y`},
		{`command: "C:\Program Files\x.exe" -a "b: c"`, "command", `"C:\Program Files\x.exe" -a "b: c"`},
		{`command: grep '"' file: x`, "command", `grep '"' file: x`},
		{"command: rm /tmp/* /var/*", "command", "rm /tmp/* /var/*"},
		{"command: tar /* /opt/*/", "command", "tar /* /opt/*/"},
		{"COMMAND :  x  ", "command", "x"},
		{"owner: a@b /* who */", "owner", "a@b"},
		{`owner: "DOM\bob"`, "owner", `DOM\bob`},
		{`start_times: "10:00, 11:30"`, "start_times", "10:00, 11:30"},
		{`start_times: 10\:00,11\:30`, "start_times", "10:00, 11:30"},
		{"start_times: 10:00", "start_times", "10:00"},
		{"start_times: \"10:00,\n11:30,\n12:00\"", "start_times", "10:00, 11:30, 12:00"},
		{"start_times: 10:00,\n  11:30\n\"12:00\"", "start_times", "10:00, 11:30, 12:00"},
		{"start_mins: 0, 15,\n30, 45", "start_mins", "0, 15, 30, 45"},
		{"must_start_times: +10,\n+20", "must_start_times", "+10, +20"},
		{"days_of_week: MO, Tuesday,we", "days_of_week", "mo,tu,we"},
		{`run_window: "22:00 - 02:00"`, "run_window", "22:00-02:00"},
		{"machine: a,b ,c", "machine", "a, b, c"},
		{"machine: m1   owner: bob", "owner", "bob"},
		{"machine: m1   owner: bob", "machine", "m1"},
		{"condition: success(A^PRD, 00.30) and (f(B) | v(X) != \"DONE: yes\")", "condition", "success(A^PRD, 00.30) and (f(B) | v(X) != \"DONE: yes\")"},
		{"box_name: A\\:B", "box_name", "A:B"},
		{"envvars: A=1:2", "envvars", "A=1:2"},
		{"/* x */ machine: m1", "machine", "m1"},
		{"/* x\n y: z\n */ machine: m1", "machine", "m1"},
		{"blob_input: <auto_blobt>one: two\ninsert_job: no\n</auto_blobt>", "blob_input", "one: two\ninsert_job: no\n"},
		{"permission: gx,we", "permission", "gx,we"},
		{"success_codes: 0,4,10-20", "success_codes", "0,4,10-20"},
		{"description: ", "description", ""},
	} {
		f := Parse("insert_job: J\n" + c.text)
		if len(f.Problems) > 0 || len(f.Statements) != 1 {
			t.Errorf("%q: %v", c.text, f.Problems)
			continue
		}
		if got, ok := f.Statements[0].Get(c.key); !ok || got != c.want {
			t.Errorf("%q: %s is %q, want %q", c.text, c.key, got, c.want)
		}
		again := Parse(f.String())
		if len(again.Problems) > 0 || !reflect.DeepEqual(bare(again), bare(f)) {
			t.Errorf("%q is written as %q, which reads as %+v %v", c.text, f.String(), bare(again), again.Problems)
		}
	}
}

func TestProblemsNameLineAndReason(t *testing.T) {
	for _, c := range []struct {
		text string
		line int
		want string
	}{
		{"insert_jobs: A", 1, "no statement “insert_jobs”"},
		{"insert_job: A\n\nupsert: x", 3, "no attribute “upsert”"},
		{"insert_job: A\nupdate_frobnicator: x\nmachine: y", 2, "no statement “update_frobnicator”"},
		{"insert_job: A\ncomand: x", 2, "no attribute “comand”"},
		{"machine: x", 1, "before any statement"},
		{"insert_job: A\njust words", 2, "no colon"},
		{"insert_job: A\n # note", 2, "first column"},
		{"insert_job: A\n/* open\nmachine: x", 2, "does not end"},
		{"insert_job:", 1, "is missing"},
		{"insert_job: A B", 1, "cannot be read"},
		{"insert_job: A job_typ: c", 1, "“job_typ” is not an attribute"},
		{"insert_job: A\nstart_times: 25:00", 2, "cannot be “25:00”"},
		{"insert_job: A\nstart_times: \"10:00\nmachine: m", 2, "not closed"},
		{"insert_job: A\nstart_mins: 60", 2, "cannot be"},
		{"insert_job: A\nstart_times: 10:00\nstart_mins: 5", 3, "exclude each other"},
		{"insert_job: A\ndays_of_week: mo\nrun_calendar: C", 3, "exclude each other"},
		{"insert_job: A\ndays_of_week: mo,xx", 2, "cannot be"},
		{"insert_job: A\nn_retrys: many", 2, "whole number"},
		{"insert_job: A\nalarm_if_fail: perhaps", 2, "Use 1 or 0"},
		{"insert_job: A\ncondition: s(B", 2, "not closed"},
		{"insert_job: A\ncondition: s(B) s(C)", 2, "missing"},
		{"insert_job: A\ncondition: s(B) && s(C)", 2, "single &"},
		{"insert_job: A\ncondition: !s(B)", 2, "no “not”"},
		{"insert_job: A\ncondition: not s(B)", 2, "no “not”"},
		{"insert_job: A\ncondition: x(B)", 2, "no condition “x”"},
		{"insert_job: A\ncondition: s(B,1.5)", 2, "look-back"},
		{"insert_job: A\ncondition: s(B,00.75)", 2, "look-back"},
		{"insert_job: A\ncondition: s(B^)", 2, "instance"},
		{"insert_job: A\ncondition: e(B)", 2, "compared with"},
		{"insert_job: A\ncondition: e(B) = high", 2, "number"},
		{"insert_job: A\ncondition: s(B))", 2, "not opened"},
		{"insert_job: A\ncondition:", 2, "no value"},
		{"insert_job: A\nmachine: x\nmachine: y", 3, "twice"},
		{"insert_job: A job_type: b\ncommand: x", 2, "box runs no command"},
		{"insert_job: A\npermission: gx,rw", 2, "gx"},
		{"insert_job: A\nblob_input: <auto_blobt>x", 2, "does not end"},
		{"insert_job: A\nmachine: \xff", 2, "UTF-8"},
		{"delete_job: A\nmachine: x", 2, "takes no attributes"},
		{"rename_job: A", 1, "new name"},
		{"calendar: C\n02/30/2026", 2, "not a date"},
		{"calendar: C\n12/24/2026 24:00", 2, "not a date"},
		{"insert_machine: m\ncommand: x", 2, "insert_machine has no attribute"},
		{"extended_calendar: C\ncondition: (DAILY", 2, "not closed"},
	} {
		f := Parse(c.text)
		if len(f.Problems) != 1 {
			t.Errorf("%q: %d problems: %v", c.text, len(f.Problems), f.Problems)
			continue
		}
		if p := f.Problems[0]; p.Line != c.line || !strings.Contains(p.Reason+" "+p.Hint, c.want) {
			t.Errorf("%q: %v (%s), want line %d and %q", c.text, p, p.Hint, c.line, c.want)
		}
	}
}

func TestApply(t *testing.T) {
	for _, c := range []struct{ have, text, line, want string }{
		{"", "update_job: A\nmachine: m", "line 1", "There is no job “A” to update"},
		{"", "insert_job: A\nmachine: m\ncommand: c\ninsert_job: A\nmachine: m\ncommand: c", "line 4", "inserted twice"},
		{"", "override_job: A\nmachine: m", "line 1", "to override"},
		{"insert_job: A", "insert_job: B\nbox_name: A", "line 1", "no box"},
		{"", "insert_job: A job_type: box\nbox_name: B\ninsert_job: B job_type: box\nbox_name: A", "line 1", "in itself"},
		{"", "insert_job: A job_type: box\nbox_name: A", "line 1", "in itself"},
		{"insert_job: A", "delete_box: A", "line 1", "is not a box"},
		{"insert_job: A\ninsert_job: B", "rename_job: A\nnew_name: B", "line 1", "already"},
		{"", "update_machine: m\ntype: a", "line 1", "no machine"},
	} {
		b := NewBook()
		b.Apply(Parse(c.have))
		f := Parse(c.text)
		r := b.Apply(f)
		if len(f.Problems) > 0 || len(r.Problems) == 0 || !strings.HasPrefix(r.Problems[0].Error(), c.line) || !strings.Contains(r.Problems[0].Reason, c.want) {
			t.Errorf("%q: %v %v", c.text, f.Problems, r.Problems)
		}
	}
	b := NewBook()
	b.Apply(Parse("insert_job: X job_type: BOX\ninsert_job: A job_type: b\nbox_name: X\ninsert_job: B\nbox_name: A\nmachine: m\ncommand: c\ndescription: d\ninsert_job: C\nmachine: m\ncommand: c"))
	r := b.Apply(Parse("update_job: B\ncommand: d\ndescription:\nmax_run_alarm: 5\noverride_job: C\nmachine: n\nrename_job: C\nnew_name: D"))
	if len(r.Problems) > 0 || b.Jobs["B"].Text() != "insert_job: B\nbox_name: A\nmachine: m\ncommand: d\nmax_run_alarm: 5\n" {
		t.Errorf("updated: %v %s", r.Problems, b.Jobs["B"].Text())
	}
	if r.Jobs != (Counts{Added: 1, Changed: 1, Removed: 1}) || b.Jobs["D"] == nil || b.Objects[ObjectKey{"override", "C"}] == nil {
		t.Errorf("counts %+v", r)
	}
	if r = b.Apply(Parse("delete_box: X")); r.Jobs.Removed != 3 || len(b.Jobs) != 1 {
		t.Errorf("a box goes with what is in it: %+v", r)
	}
	f := b.File()
	back := NewBook()
	if r := back.Apply(Parse(f.String())); len(r.Problems) > 0 && !strings.Contains(r.Problems[0].Reason, "override") || len(back.Jobs) != len(b.Jobs) {
		t.Errorf("the book written and read: %v\n%s", r.Problems, f.String())
	}
}

func TestConditions(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"s(A)", "s(A)"}, {"success( A ) AND done(B)|t(C)", "s(A) & d(B) | t(C)"}, {"((s(A)))", "((s(A)))"},
		{"s(A,12.00)", "s(A,12)"}, {"s(A,30)", "s(A,30)"}, {"s(A, 00.30)", "s(A,00.30)"}, {"s(A,0)", "s(A,0)"}, {"s(A,9999)", "s(A,9999)"}, {`s(A,"01:15")`, "s(A,01.15)"},
		{"s(A^PRD)", "s(A^PRD)"}, {"n(A^PRD,01.00) & exitcode(B)>=4", "n(A^PRD,1) & e(B) >= 4"}, {"v(G)=ON|value(H) != \"a b\"", "v(G) = ON | v(H) != \"a b\""},
		{"e(A) = -1", "e(A) = -1"}, {"notrunning(a.b-c#1)", "n(a.b-c#1)"},
	} {
		got, err := ParseCondition(c.text)
		if err != nil || got.String() != c.want {
			t.Errorf("%q: %q, %v", c.text, got, err)
			continue
		}
		again, err := ParseCondition(got.String())
		if err != nil || !reflect.DeepEqual(again, got) {
			t.Errorf("%q reads back as %+v, %v", got, again, err)
		}
	}
}

// TestWrittenTextReadsTheSame is the property on random statements.
func TestWrittenTextReadsTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(s ...string) string { return s[r.IntN(len(s))] }
	word := func() string { return pick("A", "b.c", "X-1", "n_2", "J#3", "a:b", "q@r") }
	text := func() string {
		var b strings.Builder
		for range r.IntN(8) {
			b.WriteString(pick("x", ":", " ", `"`, `\`, `\"`, "/*", "*/", "a b", "machine:", " owner: ", "'", "<", "#", ",", "ö"))
		}
		return b.String()
	}
	for range 20_000 {
		var b strings.Builder
		for range 1 + r.IntN(3) {
			fmt.Fprintf(&b, "%s: %s\n", pick("insert_job", "update_job", "override_job", "INSERT_JOB"), strings.ReplaceAll(word(), ":", `\:`))
			for _, key := range []string{"command", "owner", "description", "profile", "group", "application", "timezone", "start_times", "condition"} {
				switch {
				case r.IntN(3) > 0:
				case key == "start_times":
					b.WriteString(pick("start_times: \"01:00,\n02:00\"\n", "start_times: 3\\:00\n"))
				case key == "condition":
					b.WriteString("condition: " + pick("s(A)&f(B)", "v(G) = \"x: y\"", "(s(A^P,1.00))") + "\n")
				default:
					fmt.Fprintf(&b, "%s: %s\n", key, text())
				}
			}
		}
		f := Parse(b.String())
		if len(f.Problems) > 0 {
			continue
		}
		if again := Parse(f.String()); len(again.Problems) > 0 || !reflect.DeepEqual(bare(again), bare(f)) {
			t.Fatalf("%q\nis written as\n%s\nwhich reads as %+v %v\nnot %+v", b.String(), f, bare(again), again.Problems, bare(f))
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Add("insert_job: A job_type: c machine: x owner: \"y\"\nstart_times: \"10:00,\n11:00\"\nblob_input: <auto_blobt>x\n</auto_blobt>\n")
	f.Add("calendar: C\n12/31/2026 10:00:00\ncycle: D\nstart_date: 01/01/2026 end_date: 02/01/2026\n")
	f.Fuzz(func(t *testing.T, text string) {
		file := Parse(text)
		for _, p := range append(file.Problems, file.Warnings...) {
			if p.Line < 1 || p.Line > strings.Count(text, "\n")+1 || p.Reason == "" {
				t.Fatalf("%+v of %d lines", p, strings.Count(text, "\n")+1)
			}
		}
		NewBook().Apply(file)
		if len(file.Problems) > 0 {
			return
		}
		if again := Parse(file.String()); len(again.Problems) > 0 || !reflect.DeepEqual(bare(again), bare(file)) {
			t.Fatalf("%q\nis written as\n%q\nwhich reads as %+v %v\nnot %+v", text, file.String(), bare(again), again.Problems, bare(file))
		}
	})
}

// TestNothingIsSlow reads 10 MB of what is made to be slow; with a quadratic step this does not end. FIREBREAK_LONG runs it.
func TestNothingIsSlow(t *testing.T) {
	size := 256 << 10
	if os.Getenv("FIREBREAK_LONG") != "" {
		size = 10 << 20
	}
	for _, unit := range []string{"insert_job: A\n", "/*", "/* */", "blob_input: <auto_blobt>\n", "machine: a ", "x: ", "\"", "start_times: \"\n", "start_times: 1\n\"\n", "(", "a:b", " owner: x", `\"`, "insert_jub: A\n",
		"insert_machine: m\nmachine: a ", "12:00\n", "a\n", ":", " :", "A" + strings.Repeat(" ", 50)} {
		for _, head := range []string{"", "insert_job: J\n", "insert_job: J\ncommand: ", "insert_job: J\nowner: ", "insert_job: J\ncondition: ", "insert_job: J\nstart_times: "} {
			text := head + strings.Repeat(unit, size/len(unit))
			NewBook().Apply(Parse(text))
		}
	}
}
