package knownerror

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

const oerrSample = `/ a message file
/ of ours
00000, 00000, "normal, successful completion"
// *Cause:  Normal exit.
// *Action: None.
01555, 00000, "snapshot too old: segment \"%s\" with name %s"
// *Cause:  Rows needed by a reader
//          were overwritten.
// *Action: Do this:
//          1. Make the undo space larger.
//          2. Run it again
//             in a quiet hour.
garbage here
12345,broken
01555, 00000, "again"
20000, 00000, "last"
`

func TestImportOerr(t *testing.T) {
	records, problems, err := Import(strings.NewReader(oerrSample), ImportOptions{Facility: "ora", Product: "Oracle"})
	if err != nil {
		t.Fatal(err)
	}
	want := []Record{
		{3, "ORA-00000", "normal, successful completion", "Normal exit.", []string{"None."}, "Oracle", ""},
		{6, "ORA-01555", `snapshot too old: segment "%s" with name %s`, "Rows needed by a reader were overwritten.", []string{"Do this:", "Make the undo space larger.", "Run it again in a quiet hour."}, "Oracle", ""},
		{16, "ORA-20000", "last", "", nil, "Oracle", ""},
	}
	if !reflect.DeepEqual(records, want) {
		t.Errorf("read\n%+v\nwant\n%+v", records, want)
	}
	var lines []int
	for _, p := range problems {
		lines = append(lines, p.Line)
	}
	if !reflect.DeepEqual(lines, []int{13, 14, 15}) {
		t.Errorf("problems %+v", problems)
	}
	if _, problems, _ := Import(strings.NewReader(oerrSample), ImportOptions{}); len(problems) == 0 || !strings.Contains(problems[len(problems)-1].Reason, "ORA") {
		t.Errorf("numbers without a facility: %+v", problems)
	}
	for file, want := range map[string]string{"/u01/oraus.msg": "ORA", `C:\x\TNSUS.MSG`: "TNS", "codes.csv": ""} {
		if got := Facility(file); got != want {
			t.Errorf("%s is of %q, want %q", file, got, want)
		}
	}
}

func TestImportCSV(t *testing.T) {
	for name, text := range map[string]string{
		"comma":     "\ufeffCode,Title,Meaning,Action,Link\nBILL-1,No rate,\"The rate\nis missing\",\"- look\n- load it\",https://wiki.example/1\n,lost,,,\nBILL-2,,,,\nBILL-3,x,,,ftp://no\n\nbill 1,twice,,,\n",
		"semicolon": "message id;message;cause;user response;url\nBILL-1;No rate;The rate is missing;\"1) look\n2) load it\";https://wiki.example/1\n;lost\nBILL-2\nBILL-3;x;;;ftp://no\n\nbill 1;twice\n",
		"tab":       "code\ttitle\tmeaning\taction\tlink\nBILL-1\tNo rate\tThe rate is missing\t\"look\n\nload it\"\thttps://wiki.example/1\n\tlost\nBILL-2\nBILL-3\tx\t\t\tftp://no\n\nbill 1\ttwice\n",
	} {
		records, problems, err := Import(strings.NewReader(text), ImportOptions{})
		want := []Record{{records[0].Line, "BILL-1", "No rate", "The rate is missing", []string{"look", "load it"}, "", "https://wiki.example/1"}}
		if err != nil || !reflect.DeepEqual(records, want) || len(problems) != 4 {
			t.Errorf("%s: %+v\n%+v\n%v", name, records, problems, err)
		}
		for _, p := range problems {
			if p.Line < 3 || p.Reason == "" {
				t.Errorf("%s: %+v", name, p)
			}
		}
	}
	if _, _, err := Import(strings.NewReader("a,b\n1,2\n"), ImportOptions{Format: CSV}); !errors.Is(err, ErrColumns) {
		t.Errorf("a file without columns: %v", err)
	}
}

func TestImportManual(t *testing.T) {
	records, problems, err := Import(strings.NewReader(`Messages of the scheduler

CAUAJM_E_10062 No server could be reached by this
  command.
Reason:
The server is down, or its name
is wrong.

Action:
- Start it.
- Check the name.

IEF450I JOB ENDED
Explanation: The job ended.
System action: None.
User response: Look at the log.
`), ImportOptions{Product: "Scheduler"})
	want := []Record{
		{3, "CAUAJM_E_10062", "No server could be reached by this command.", "The server is down, or its name is wrong.", []string{"Start it.", "Check the name."}, "Scheduler", ""},
		{13, "IEF450I", "JOB ENDED", "The job ended.", []string{"Look at the log."}, "Scheduler", ""},
	}
	if err != nil || !reflect.DeepEqual(records, want) || len(problems) != 1 || problems[0].Line != 1 {
		t.Errorf("%+v\n%+v\n%v", records, problems, err)
	}
}

func TestImportRefuses(t *testing.T) {
	for name, text := range map[string]string{"nothing": " \n", "binary": "PK\x03\x04\x00\x00"} {
		if _, _, err := Import(strings.NewReader(text), ImportOptions{}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func FuzzImport(f *testing.F) {
	f.Add(oerrSample, "")
	f.Add("code,title\nA-1,x\n", "csv")
	f.Add("ABC-1234 text\nAction: x\n", "manual")
	f.Fuzz(func(t *testing.T, s, format string) {
		records, problems, _ := Import(strings.NewReader(s), ImportOptions{Format: Format(format), Facility: "ORA"})
		for _, r := range records {
			if Key(r.Code) == "" || r.Title == "" || r.Line < 1 || len(r.Code) > MaxCode {
				t.Fatalf("%+v", r)
			}
		}
		for _, p := range problems {
			if p.Line < 1 || p.Reason == "" {
				t.Fatalf("%+v", p)
			}
		}
	})
}

func TestKey(t *testing.T) {
	for code, want := range map[string]string{"ORA-01555": "ora-01555", "SQLSTATE 40P01": "sqlstate-40p01", "java.lang.OutOfMemoryError: Java heap space": "java.lang.outofmemoryerror-java-heap-space",
		"systemd 203/EXEC": "systemd-203-exec", " x  y ": "x-y", "SQLCODE -911": "sqlcode--911", "SQLCODE 911": "sqlcode-911", "": "", "--": "", "CAUAJM_E_1": "cauajm_e_1"} {
		if got := Key(code); got != want || Key(got) != got {
			t.Errorf("Key(%q) = %q, want %q", code, got, want)
		}
	}
}
