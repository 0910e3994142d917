package evidence

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

func TestLevelOf(t *testing.T) {
	for _, test := range []struct {
		line string
		want Level
	}{
		{"", LevelNone},
		{"just some text", LevelNone},
		// log4j, logback, Spring, Hadoop
		{"2015-10-18 18:01:47,978 INFO [main] org.apache.hadoop.mapreduce.v2.app.MRAppMaster: Created", LevelInfo},
		{"2026-03-04 05:06:07,890 WARN [LeaseRenewer:clerk@node-41:9000] org.apache.hadoop.hdfs.LeaseRenewer: Failed", LevelWarn},
		{"2015-10-18 18:05:27,570 ERROR [RMCommunicator Allocator] org.apache.hadoop.ContainerAllocator: ERROR IN CONTACTING RM.", LevelError},
		{"2024-01-01 12:00:00.000  WARN 1234 --- [main] o.s.b.Demo : x", LevelWarn},
		{"12:00:00.123 [http-nio-8080-exec-1] DEBUG com.example.A - error handling request", LevelDebug},
		{"FATAL|2024-01-01|x", LevelFatal},
		// java.util.logging
		{"SEVERE: Servlet.service() for servlet threw exception", LevelError},
		{"FINE: entering", LevelDebug},
		// Python
		{"WARNING:root:low disk", LevelWarn},
		{"2024-01-01 00:00:00,123 - billing.run - CRITICAL - out of disk", LevelFatal},
		{"Traceback (most recent call last):", LevelError},
		// syslog
		{"<13>Oct 11 22:14:15 host su: 'su root' ok", LevelInfo},
		{"<34>1 2003-10-11T22:14:15.003Z mymachine su - ID47 - x", LevelFatal},
		{"<11>x", LevelError}, {"<12>x", LevelWarn}, {"<15>x", LevelDebug},
		{"<999>x", LevelNone}, {"<b>bold</b>", LevelNone},
		{"Jan 12 06:49:41 web1 sshd[123]: error: maximum authentication attempts exceeded", LevelError},
		// klog
		{"E0102 15:04:05.000000   12345 server.go:10] x", LevelError},
		{"I0102 15:04:05.000000 1 a.go:1] ERROR was here", LevelInfo},
		{"Every 2.0s: ls", LevelNone},
		// JSON
		{`{"time":"x","level":"error","msg":"info"}`, LevelError},
		{`{"msg":"level\": \"fatal\"","severity": "WARNING"}`, LevelWarn},
		{`{"level":30,"msg":"pino"}`, LevelInfo}, {`{"level":60}`, LevelFatal}, {`{"version":"1.1","level":3}`, LevelError},
		{`{"@l":"Error"}`, LevelError}, {`{"log.level":"debug"}`, LevelDebug}, {`{"level":null}`, LevelNone}, {`{"level":`, LevelNone},
		{`web_1 | {"level":"warn","msg":"x"}`, LevelWarn},
		{`{"timestamp":"2024-01-01T00:00:00Z","message":"all is well"}`, LevelNone},
		// logfmt
		{`time=2024-01-01T00:00:00Z level=warn msg="error in x"`, LevelWarn},
		{`ts=1 lvl=eror msg=x`, LevelError}, {`level="info" msg=x`, LevelInfo},
		// nginx, Apache, MySQL, PostgreSQL
		{"2024/01/01 00:00:00 [error] 12#12: *1 open() failed", LevelError},
		{"[Wed Oct 11 14:32:52.123456 2000] [core:error] [pid 1] x", LevelError},
		{"[Wed Oct 11 14:32:52 2000] [notice] x", LevelInfo},
		{"2024-01-01T00:00:00.000000Z 0 [Warning] [MY-010068] [Server] x", LevelWarn},
		{`2024-01-01 00:00:00.000 UTC [123] ERROR:  relation "x" does not exist`, LevelError},
		{"2024-01-01 00:00:00.000 UTC [123] FATAL:  password authentication failed", LevelFatal},
		// zap, hclog, coloured
		{"2024-01-01T00:00:00.000Z\tinfo\tserver/server.go:10\tstarted", LevelInfo},
		{"2024-01-01T00:00:00.000Z [WARN]  agent: x", LevelWarn},
		{"\x1b[31mERROR\x1b[0m x", LevelError}, {"\x1b[33mwarn\x1b[0m: x", LevelWarn},
		// Oracle
		{"ORA-01555: snapshot too old: rollback segment number 9", LevelError},
		{"Errors in file /u01/trace/x.trc: ORA-00600: internal error code", LevelError},
		{"ORA-00000: normal, successful completion", LevelNone},
		{"2024-01-01 INFO retrying after ORA-00060", LevelInfo},
		{"TNS-12541: TNS:no listener", LevelError}, {"ORA-x", LevelNone}, {"FLORA-12345", LevelNone},
		// programs on a terminal
		{"error: cannot open file", LevelError}, {"fatal: not a git repository", LevelFatal}, {"Warning: deprecated", LevelWarn},
		{"panic: runtime error: index out of range", LevelFatal},
		{"Error: 18456, Severity: 14, State: 8.", LevelError},
		{"Exception in thread \"main\" java.lang.NullPointerException", LevelError},
		{"Caused by: java.sql.SQLException: x", LevelError},
		{"\tat com.example.Error.call(Error.java:5)", LevelNone},
		// words that are not levels
		{"wrote /var/log/error.log", LevelNone}, {"no error found", LevelNone}, {"GET /api/error HTTP/1.1", LevelNone},
		{"information technology", LevelNone}, {"INFORMED CONSENT", LevelNone}, {"Info about the run", LevelNone},
		{"10.0.0.1 - - [01/Jan/2024:00:00:00 +0000] \"GET /warn HTTP/1.1\" 200 5", LevelNone},
		{"ERROR-1 is a name", LevelNone}, {"--debug=true", LevelNone},
	} {
		if got := LevelOf([]byte(test.line)); got != test.want {
			t.Errorf("%q: %v, want %v", test.line, got, test.want)
		}
	}
}

func TestLevelWords(t *testing.T) {
	for l := LevelNone; l <= LevelFatal; l++ {
		if back, ok := ParseLevel(l.String()); !ok || back != l {
			t.Errorf("%v reads back as %v", l, back)
		}
	}
	if _, ok := ParseLevel("loud"); ok {
		t.Error("loud is a level")
	}
	var line Line
	if err := json.Unmarshal([]byte(`{"level":"fatal"}`), &line); err != nil || line.Level != LevelFatal {
		t.Errorf("read as %v, %v", line.Level, err)
	}
	if err := json.Unmarshal([]byte(`{"level":"loud"}`), &line); err == nil {
		t.Error("loud is read as a level")
	}
	if b, _ := json.Marshal(Line{Number: 1, Level: LevelWarn}); !strings.Contains(string(b), `"level":"warn"`) {
		t.Errorf("JSON %s", b)
	}
}

// randomLog makes a log with short, empty, very long, binary and CRLF lines.
func randomLog(rnd *rand.Rand) string {
	pieces := []string{"INFO ok", "ERROR bad", "é東", "\x00\x01", "\xff\xfe", "\t", "plain words", "\r", "WARN ü", strings.Repeat("x", 700)}
	var b strings.Builder
	for range rnd.IntN(60) {
		for range rnd.IntN(4) {
			b.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		switch rnd.IntN(12) {
		case 0:
			b.WriteString("\r\n")
		case 1:
			b.WriteString("\n\n\n")
		case 2:
			b.WriteString(strings.Repeat("long ", rnd.IntN(120_000)))
			fallthrough
		default:
			b.WriteByte('\n')
		}
	}
	if rnd.IntN(2) == 0 {
		b.WriteString("the last line has no end")
	}
	return b.String()
}

// splitLog is the plain meaning of lines.
func splitLog(text string) []string {
	if text == "" {
		return nil
	}
	ended := strings.HasSuffix(text, "\n")
	lines := strings.Split(text, "\n")
	if ended {
		lines = lines[:len(lines)-1]
	}
	for i := range lines {
		if ended || i < len(lines)-1 {
			lines[i] = strings.TrimSuffix(lines[i], "\r")
		}
	}
	return lines
}

// TestReadLinesEqualsSplit: reading by the index gives the lines that splitting gives, whatever
// the index, the place and the number.
func TestReadLinesEqualsSplit(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 150 {
		text := randomLog(rnd)
		want := splitLog(text)
		every := 1 + rnd.IntN(20)
		x, err := IndexLog(iotest.HalfReader(strings.NewReader(text)), every)
		if err != nil {
			t.Fatal(err)
		}
		longest, sum := 0, 0
		for _, l := range want {
			longest = max(longest, len(l))
		}
		for _, n := range x.Levels {
			sum += n
		}
		if x.Lines != len(want) || x.Bytes != int64(len(text)) || x.Longest != longest || sum != x.Lines || x.UTF8 != utf8.ValidString(text) {
			t.Fatalf("index of %d lines, %d bytes, longest %d, UTF-8 %v; want %d, %d, %d, %v",
				x.Lines, x.Bytes, x.Longest, x.UTF8, len(want), len(text), longest, utf8.ValidString(text))
		}
		if x.Lines > 0 && len(want[x.LongestLine-1]) != longest {
			t.Fatalf("line %d is not the longest", x.LongestLine)
		}
		for range 5 {
			from, count := 1+rnd.IntN(len(want)+2), rnd.IntN(30)
			lines, err := ReadLines(strings.NewReader(text), x, from, count)
			if err != nil {
				t.Fatal(err)
			}
			if len(lines) != max(0, min(count, len(want)-from+1)) {
				t.Fatalf("%d lines from %d of %d, asked for %d", len(lines), from, len(want), count)
			}
			for i, l := range lines {
				w := want[from-1+i]
				if l.Number != from+i || l.Bytes != len(w) || l.Cut != (len(w) > MaxLineBytes) || l.Level != LevelOf([]byte(w)) {
					t.Fatalf("line %+v for %.80q", l, w)
				}
				if !l.Cut && l.Text != Visible([]byte(w)) || l.Cut && !strings.HasPrefix(Visible([]byte(w)), l.Text) {
					t.Fatalf("line %d is %.80q, want %.80q", l.Number, l.Text, w)
				}
			}
		}
		data, err := x.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var back LogIndex
		if err := back.UnmarshalBinary(data); err != nil || !reflect.DeepEqual(&back, x) {
			t.Fatalf("index read back (%v)\n%+v\nwant\n%+v", err, back, x)
		}
	}
}

func TestVisible(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"plain\ttext", "plain\ttext"},
		{"a\x00b\x1bc\x7f", "a␀b␛c␡"},
		{"\x1b[1;31mred\x1b[0m\x1b[K x\x1b[2J", "red x␛[2J"},
		{"a\xffb", "a\ufffdb"},
		{"a\u202eb\u2066\u0085\u2028", "a⟨U+202E⟩b⟨U+2066⟩⟨U+0085⟩⟨U+2028⟩"},
		{"käse 東京 😀", "käse 東京 😀"},
		{"<script>alert(1)</script>", "<script>alert(1)</script>"},
	} {
		if got := Visible([]byte(test.in)); got != test.want {
			t.Errorf("%q: %q, want %q", test.in, got, test.want)
		}
	}
}

func TestReadLinesCutsBetweenCharacters(t *testing.T) {
	text := "x" + strings.Repeat("é", MaxLineBytes) + "\nnext\n"
	x, err := IndexLog(strings.NewReader(text), 0)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := ReadLines(strings.NewReader(text), x, 1, 10)
	if err != nil || len(lines) != 2 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	if !lines[0].Cut || strings.Contains(lines[0].Text, "\ufffd") || lines[0].Bytes != 1+2*MaxLineBytes || lines[1].Text != "next" || lines[1].Cut {
		t.Errorf("cut %v, %d bytes; then %+v", lines[0].Cut, lines[0].Bytes, lines[1])
	}
}

// TestIndexStaysSmall: many short lines make the remembered places fewer, not the index larger.
func TestIndexStaysSmall(t *testing.T) {
	const n = 1_000_000
	text := strings.Repeat("a\n", n)
	x, err := IndexLog(strings.NewReader(text), 1)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := x.MarshalBinary()
	if x.Lines != n || len(x.Offsets) > maxOffsets || x.Every != 16 || len(data) > 700<<10 {
		t.Errorf("%d lines, %d offsets, every %d, %d bytes", x.Lines, len(x.Offsets), x.Every, len(data))
	}
	for _, from := range []int{1, 16, 17, 524_288, n} {
		lines, err := ReadLines(strings.NewReader(text), x, from, 1)
		if err != nil || len(lines) != 1 || lines[0].Number != from {
			t.Errorf("from %d: %+v, %v", from, lines, err)
		}
	}
	var back LogIndex
	if err := back.UnmarshalBinary(data); err != nil || !reflect.DeepEqual(&back, x) {
		t.Errorf("not read back: %v", err)
	}
}

func TestIndexLogError(t *testing.T) {
	if _, err := IndexLog(iotest.ErrReader(io.ErrClosedPipe), 0); err != io.ErrClosedPipe {
		t.Errorf("error %v", err)
	}
	x, err := IndexLog(strings.NewReader(""), 0)
	if err != nil || x.Lines != 0 || !x.UTF8 {
		t.Errorf("empty log: %+v, %v", x, err)
	}
	if lines, err := ReadLines(strings.NewReader(""), x, 1, 10); lines != nil || err != nil {
		t.Errorf("lines of an empty log: %v, %v", lines, err)
	}
}

func TestIndexDamaged(t *testing.T) {
	x, err := IndexLog(strings.NewReader(strings.Repeat("INFO something\n", 100)), 10)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := x.MarshalBinary()
	for n := range data {
		var back LogIndex
		if err := back.UnmarshalBinary(data[:n]); err == nil {
			t.Errorf("the first %d of %d bytes are accepted", n, len(data))
		}
	}
	var back LogIndex
	if err := back.UnmarshalBinary(append(bytes.Clone(data), 0)); err == nil {
		t.Error("a byte too many is accepted")
	}
	if !reflect.DeepEqual(back, LogIndex{}) {
		t.Error("a refused index changed the receiver")
	}
}

func TestFindLines(t *testing.T) {
	var b strings.Builder
	var want []int
	for i := 1; i <= 1000; i++ {
		switch {
		case i%100 == 0:
			fmt.Fprintf(&b, "2024-01-01 ERROR the Größe of %d\n", i)
			want = append(want, i)
		case i%50 == 0:
			fmt.Fprintf(&b, "2024-01-01 INFO the GRÖSSE and größe of %d\n", i)
		default:
			fmt.Fprintf(&b, "2024-01-01 INFO line %d\n", i)
		}
	}
	text := b.String()
	x, err := IndexLog(strings.NewReader(text), 7)
	if err != nil {
		t.Fatal(err)
	}
	find := func(query string, from, limit int, levels ...Level) ([]int, int, bool) {
		t.Helper()
		hits, next, done, err := FindLines(strings.NewReader(text), x, query, from, limit, levels...)
		if err != nil {
			t.Fatal(err)
		}
		return hits, next, done
	}
	if hits, next, done := find("GRÖßE", 1, 100, LevelError); !reflect.DeepEqual(hits, want) || next != 1001 || !done {
		t.Errorf("größe at error: %v, next %d, done %v", hits, next, done)
	}
	if hits, _, _ := find("error", 1, 100); !reflect.DeepEqual(hits, want) {
		t.Errorf("error: %v", hits)
	}
	if hits, _, _ := find("", 150, 3, LevelError, LevelFatal); !reflect.DeepEqual(hits, []int{200, 300, 400}) {
		t.Errorf("any error from 150: %v", hits)
	}
	// Page by page gives the same as at once.
	var pages []int
	for from, done := 1, false; !done; {
		var hits []int
		hits, from, done = find("error", from, 3)
		pages = append(pages, hits...)
	}
	if !reflect.DeepEqual(pages, want) {
		t.Errorf("page by page: %v", pages)
	}
	if hits, next, done := find("line", 1001, 10); hits != nil || next != 1001 || !done {
		t.Errorf("beyond the end: %v, %d, %v", hits, next, done)
	}
	if hits, _, done := find("line 99", 990, 1); !reflect.DeepEqual(hits, []int{990}) || done {
		t.Errorf("a limit of one: %v, done %v", hits, done)
	}
}

// TestFindLinesBudget: one call reads a bounded part of the log and goes on where it stopped.
func TestFindLinesBudget(t *testing.T) {
	line := strings.Repeat("x", 1<<16-1) + "\n"
	const lines = 400 // 25 MB
	text := strings.Repeat(line, lines) + "needle\n"
	x, err := IndexLog(strings.NewReader(text), 16)
	if err != nil {
		t.Fatal(err)
	}
	hits, next, done, err := FindLines(strings.NewReader(text), x, "needle", 1, 10)
	if err != nil || hits != nil || done || next != 257 {
		t.Fatalf("first call: %v, next %d, done %v, %v", hits, next, done, err)
	}
	hits, next, done, err = FindLines(strings.NewReader(text), x, "needle", next, 10)
	if err != nil || !reflect.DeepEqual(hits, []int{lines + 1}) || !done || next != lines+2 {
		t.Fatalf("second call: %v, next %d, done %v, %v", hits, next, done, err)
	}
}

func TestLogText(t *testing.T) {
	if got, err := LogText(strings.NewReader("one\ntwo\x00\x1b[31mred\x1b[0m"), 1000); got != "one\ntwored\n" || err != nil {
		t.Errorf("short log %q, %v", got, err)
	}
	var b strings.Builder
	for i := range 50_000 {
		switch {
		case i == 25_000:
			b.WriteString("2024-01-01 ERROR ORA-01555 in the middle\n")
		case i%10 == 5:
			fmt.Fprintf(&b, "2024-01-01 WARN slow %d ms\n", i)
		default:
			fmt.Fprintf(&b, "2024-01-01 INFO line %d\n", i)
		}
	}
	got, err := LogText(strings.NewReader(b.String()), 30_000)
	if err != nil || len(got) > 30_000 {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	for _, want := range []string{"line 0\n", "line 1\n", "ORA-01555 in the middle\n", "line 49999\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
	last := -1
	for line := range strings.Lines(got) {
		var n int
		if _, err := fmt.Sscanf(line, "2024-01-01 INFO line %d", &n); err == nil {
			if n <= last {
				t.Fatalf("line %d after %d", n, last)
			}
			last = n
		}
	}
	for _, limit := range []int{0, 1, 2, 10, 100} {
		if got, err := LogText(strings.NewReader(b.String()), limit); len(got) > limit || err != nil {
			t.Errorf("limit %d: %d bytes, %v", limit, len(got), err)
		}
	}
}

func FuzzLevel(f *testing.F) {
	for _, s := range []string{"2024 INFO x", `{"level":"error"}`, "<13>x", "E0102 15:04:05.0 x", "level=warn", "\x1b[31mERROR", "ORA-01555", `{"level`, "[error]", "<1"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		before := bytes.Clone(line)
		if l := LevelOf(line); l > LevelFatal {
			t.Fatalf("level %d", l)
		}
		if !bytes.Equal(before, line) {
			t.Fatal("the line was changed")
		}
		if s := Visible(line); !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\x1b\r\n\u202e") {
			t.Fatalf("not fit to show: %q", s)
		}
	})
}

func FuzzLogIndexDecode(f *testing.F) {
	x, err := IndexLog(strings.NewReader("INFO a\nERROR b\n\nc"), 2)
	if err != nil {
		f.Fatal(err)
	}
	data, _ := x.MarshalBinary()
	f.Add(data)
	f.Add([]byte("FLI\x01\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var x LogIndex
		if x.UnmarshalBinary(data) != nil {
			return
		}
		again, err := x.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var back LogIndex
		if err := back.UnmarshalBinary(again); err != nil || !reflect.DeepEqual(back, x) {
			t.Fatalf("not read back: %v", err)
		}
		// An index of another file must not harm.
		if _, err := ReadLines(strings.NewReader("a\nb\n"), &x, x.Lines/2, 10); err != nil && err != io.EOF {
			t.Fatal(err)
		}
		if _, _, _, err := FindLines(strings.NewReader("a\nb\n"), &x, "a", x.Lines/2, 10); err != nil && err != io.EOF {
			t.Fatal(err)
		}
	})
}

func benchmarkLog() []byte {
	var b bytes.Buffer
	for i := range 100_000 {
		fmt.Fprintf(&b, "2015-10-18 18:01:%02d,978 INFO [AsyncDispatcher event handler] org.apache.hadoop.mapreduce.v2.app.job.impl.TaskImpl: task_%d Task Transitioned from NEW to SCHEDULED\n", i%60, i)
	}
	return b.Bytes()
}

func BenchmarkIndexLog(b *testing.B) {
	data := benchmarkLog()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := IndexLog(bytes.NewReader(data), 0); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFindLines(b *testing.B) {
	data := benchmarkLog()
	x, err := IndexLog(bytes.NewReader(data), 0)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(min(int64(len(data)), findBudget))
	for b.Loop() {
		if _, _, _, err := FindLines(bytes.NewReader(data), x, "not there", 1, 10); err != nil {
			b.Fatal(err)
		}
	}
}
