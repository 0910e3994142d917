package evidence

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

const castV2 = `{"version": 2, "width": 80, "height": 24, "timestamp": 1504467315, "title": "Demo", "env": {"TERM": "xterm-256color", "SHELL": "/bin/zsh", "AWS_SECRET_ACCESS_KEY": "hunter2"}}
[0.248848, "o", "\u001b[1;31mHello \u001b[32mWorld!\u001b[0m\r\n"]
[1.001376, "o", "That was ok\rThis is better."]
[1.500000, "m", "restart"]
[2.143733, "o", "\r\nNow... "]
[4.050000, "r", "90x30"]
[6.541828, "o", "Bye!"]
`

const castV3 = `{"version": 3, "term": {"cols": 80, "rows": 24, "type": "xterm-256color", "theme": {"fg": "#d0d0d0", "bg": "#212121", "palette": "#151515:#ac4142:#7e8e50:#e5b567:#6c99bb:#9f4e85:#7dd6cf:#d0d0d0"}}, "timestamp": 1504467315, "title": "Demo", "command": "zsh", "idle_time_limit": 2, "tags": ["a"]}
# event stream follows the header
[0.248, "o", "Hello\r\n"]

[1.001, "o", "< & ü"]
[0.5, "z", {"unknown": true}]
[3.5, "i", "y"]
# resized
[2.05, "r", "90x30"]
[0.887, "x", "3"]
`

func TestParseCastV2(t *testing.T) {
	c, err := ParseCast(strings.NewReader(castV2))
	if err != nil {
		t.Fatal(err)
	}
	if c.Version != 2 || c.Width != 80 || c.Height != 24 || c.StartedAt != 1504467315 || c.Title != "Demo" || c.Shell != "/bin/zsh" {
		t.Errorf("header %+v", c)
	}
	if len(c.Events) != 6 || c.Events[2] != (Event{At: 1500 * time.Millisecond, Code: 'm', Data: "restart"}) || c.Duration != 6541828*time.Microsecond {
		t.Errorf("events %+v, duration %v", c.Events, c.Duration)
	}
	var b bytes.Buffer
	if err := c.WriteV2(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "hunter2") {
		t.Error("the environment is written on")
	}
	if got, want := c.Text(1<<20), "Hello World!\nThis is better.\nrestart\n\nNow...\nBye!\n"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if got := c.Text(7); got != "Hello W" {
		t.Errorf("limited text %q", got)
	}
}

func TestParseCastV3(t *testing.T) {
	c, err := ParseCast(strings.NewReader(castV3))
	if err != nil {
		t.Fatal(err)
	}
	want := []Event{ // the event of unknown kind is left out, but its interval counts
		{248 * time.Millisecond, 'o', "Hello\r\n"},
		{1249 * time.Millisecond, 'o', "< & ü"},
		{5249 * time.Millisecond, 'i', "y"},
		{7299 * time.Millisecond, 'r', "90x30"},
		{8186 * time.Millisecond, 'x', "3"},
	}
	if !reflect.DeepEqual(c.Events, want) {
		t.Errorf("events %+v\nwant %+v", c.Events, want)
	}
	if c.Exit == nil || *c.Exit != 3 || c.Term != "xterm-256color" || c.Command != "zsh" || c.IdleLimit != 2 || c.Theme == nil {
		t.Errorf("header %+v", c)
	}
	var b bytes.Buffer
	if err := c.WriteV2(&b); err != nil {
		t.Fatal(err)
	}
	const out = `{"version":2,"width":80,"height":24,"timestamp":1504467315,"duration":8.186,"idle_time_limit":2,"command":"zsh","title":"Demo","env":{"TERM":"xterm-256color"},"theme":{"fg":"#d0d0d0","bg":"#212121","palette":"#151515:#ac4142:#7e8e50:#e5b567:#6c99bb:#9f4e85:#7dd6cf:#d0d0d0"}}
[0.248000,"o","Hello\r\n"]
[1.249000,"o","< & ü"]
[7.299000,"r","90x30"]
`
	if b.String() != out {
		t.Errorf("written\n%s\nwant\n%s", b.String(), out)
	}
}

// TestWriteV2ReadsBack: what is written is read as the same session.
func TestWriteV2ReadsBack(t *testing.T) {
	for _, in := range []string{castV2, castV3} {
		c, err := ParseCast(strings.NewReader(in))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := c.WriteV2(&b); err != nil {
			t.Fatal(err)
		}
		back, err := ParseCast(&b)
		if err != nil {
			t.Fatal(err)
		}
		c.Version, c.Exit = 2, nil
		c.Events = slices.DeleteFunc(c.Events, func(e Event) bool { return e.Code == 'x' || e.Code == 'i' })
		if !reflect.DeepEqual(c, back) {
			t.Errorf("read back %+v\nwant %+v", back, c)
		}
	}
}

func TestParseCastRefused(t *testing.T) {
	const head = `{"version": 2, "width": 80, "height": 24}` + "\n"
	for _, test := range []struct {
		name, in, want string
	}{
		{"empty", "", "file: the recording is empty"},
		{"not JSON", "hello\n", "file: line 1: the header is not a JSON object"},
		{"binary", "\x1f\x8b\x08\x00\xff", "file: line 1: the header is not UTF-8 text"},
		{"no version", `{"width": 80, "height": 24}`, "file: line 1: the header does not state a version"},
		{"version 1", `{"version": 1, "width": 80, "height": 24, "stdout": []}`, "file: line 1: asciicast version 1 is not supported"},
		{"version 9", `{"version": 9}`, "file: line 1: asciicast version 9 is not supported"},
		{"width of the wrong type", `{"version": 2, "width": "80", "height": 24}`, "file: line 1: the header's width has the wrong type"},
		{"no size", `{"version": 2}`, "file: line 1: the terminal size must be 1 to 1000 columns and rows"},
		{"huge size", `{"version": 2, "width": 100000, "height": 24}`, "file: line 1: the terminal size must be 1 to 1000 columns and rows"},
		{"v3 without term", `{"version": 3, "width": 80, "height": 24}`, "file: line 1: the header has no term with cols and rows"},
		{"time", head + `[0.1, "o", "a"]` + "\n" + `["x", "o", "a"]`, "file: line 3: event time is not a number"},
		{"negative time", head + `[-1, "o", "a"]`, "file: line 2: event time is negative"},
		{"endless time", head + `[1e300, "o", "a"]`, "file: line 2: event time is more than a year after the start"},
		{"null time", head + `[null, "o", "a"]`, "file: line 2: event time is not a number"},
		{"code", head + `[1, 5, "a"]`, `file: line 2: event code is not text such as "o"`},
		{"null code", head + `[1, null, "a"]`, `file: line 2: event code is not text such as "o"`},
		{"data", head + `[1, "o", 5]`, "file: line 2: event data is not text"},
		{"null data", head + `[1, "o", null]`, "file: line 2: event data is not text"},
		{"object", head + `{"a": 1}`, "file: line 2: event is not a JSON array; the recording may be cut short"},
		{"cut short", head + `[1, "o", "a`, "file: line 2: event is not a JSON array; the recording may be cut short"},
		{"two parts", head + `[1, "o"]`, "file: line 2: event must have three parts: time, code and data"},
		{"resize", head + `[1, "r", "80x0"]`, "file: line 2: a resize must look like 80x24, with 1 to 1000 columns and rows"},
		{"broken UTF-8", head + "[1, \"o\", \"\xff\"]", "file: line 2: event is not UTF-8 text"},
		{"comment in v2", head + "# hello", "file: line 2: event is not a JSON array; the recording may be cut short"},
	} {
		_, err := ParseCast(strings.NewReader(test.in))
		e, ok := errors.AsType[*Error](err)
		if !ok || err.Error() != test.want || e.Hint == "" || e.Field != "file" {
			t.Errorf("%s: error %v\nwant %s (with a hint)", test.name, err, test.want)
		}
	}
	if _, err := ParseCast(iotest.ErrReader(io.ErrClosedPipe)); err != io.ErrClosedPipe {
		t.Errorf("reader's error became %v", err)
	}
}

func TestParseCastBounds(t *testing.T) {
	head := castV2[:strings.IndexByte(castV2, '\n')+1]
	_, err := ParseCast(io.MultiReader(strings.NewReader(head), &endless{unit: "[1,\"o\",\"\"]\n"}))
	if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Message, "1,000,000 events") || e.Line != MaxCastEvents+2 {
		t.Errorf("too many events: %v", err)
	}
	_, err = ParseCast(io.MultiReader(strings.NewReader(head), &endless{unit: "x"}))
	if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Message, "64 MB") {
		t.Errorf("one endless line: %v", err)
	}
}

// endless repeats unit for ever.
type endless struct {
	unit string
	buf  []byte
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.buf) == 0 {
		e.buf = []byte(strings.Repeat(e.unit, 1+64<<10/len(e.unit)))
	}
	n := copy(p, e.buf)
	e.buf = e.buf[n:]
	return n, nil
}

func TestCastTheme(t *testing.T) {
	for _, bad := range []string{`{"fg":"red","bg":"#000000","palette":""}`, `{"fg":"#000000","bg":"#000000","palette":"#000000;x"}`, `5`, `{"fg":"#000000","bg":"url(x)","palette":"a"}`} {
		c, err := ParseCast(strings.NewReader(`{"version":2,"width":1,"height":1,"theme":` + bad + `}`))
		if err != nil || c.Theme != nil {
			t.Errorf("theme %s: %+v, %v", bad, c, err)
		}
	}
}

const scriptHead = "Script started on 2026-11-22 06:15:59+00:00 [TERM=\"xterm\" TTY=\"/dev/pts/0\" COLUMNS=\"100\" LINES=\"30\"]\n"
const scriptTail = "\nScript done on 2026-11-22 06:16:09+00:00 [COMMAND_EXIT_CODE=\"3\"]\n"

func TestParseTypescript(t *testing.T) {
	two := 2
	three := 3
	tests := []struct {
		name, script, timing string
		want                 Cast
	}{
		{"classic", scriptHead + "hi\r\nthere\r\n" + scriptTail, "0.010241 4\n0.194930 7\n", Cast{
			Width: 100, Height: 30, StartedAt: 1795328159, Term: "xterm", Exit: &three, Duration: 205171 * time.Microsecond,
			Events: []Event{{10241 * time.Microsecond, 'o', "hi\r\n"}, {205171 * time.Microsecond, 'o', "there\r\n"}},
		}},
		{"advanced, one file for both streams", "Script started on 2026-11-22 06:15:59+00:00 [COMMAND=\"read \"x\"; echo\" <not executed on terminal>]\nyes\nyes\r\n" + scriptTail,
			"H 0.000000 START_TIME 2026-11-22 06:15:59+00:00\nH 0.000000 TERM vt220\nH 0.000000 COLUMNS 120\nH 0.000000 LINES 40\nH 0.000000 SHELL /bin/bash\nH 0.000000 COMMAND read \"x\"; echo\nH 0.000000 OUTPUT_LOG io.log\nH 0.000000 INPUT_LOG io.log\nI 0.5 4\nS 0.25 SIGWINCH ROWS=25 COLS=90\nS 0.05 SIGTERM 15\nO 0.2 5\nH 0.000000 DURATION 2.5\nH 0.000000 EXIT_CODE 2\n", Cast{
				Width: 120, Height: 40, StartedAt: 1795328159, Term: "vt220", Shell: "/bin/bash", Command: `read "x"; echo`, Exit: &two, Duration: 2500 * time.Millisecond,
				Events: []Event{{500 * time.Millisecond, 'i', "yes\n"}, {750 * time.Millisecond, 'r', "90x25"}, {time.Second, 'o', "yes\r\n"}},
			}},
		{"input in a file of its own", "Script started on x [COMMAND=\"a\"]\nyes\r\n",
			"H 0 OUTPUT_LOG out\nH 0 INPUT_LOG in\nI 0.5 4\nO 0.5 5\n", Cast{
				Width: 80, Height: 24, Command: "a", Duration: time.Second,
				Events: []Event{{time.Second, 'o', "yes\r\n"}},
			}},
		{"a character cut in two", "aé東z", "1 2\n1 2\n1 2\n1 1\n", Cast{
			Width: 80, Height: 24, Duration: 4 * time.Second,
			Events: []Event{{time.Second, 'o', "a"}, {2 * time.Second, 'o', "é"}, {3 * time.Second, 'o', "東"}, {4 * time.Second, 'o', "z"}},
		}},
		{"killed recorder: more output than timing", "one two", "1 3\n", Cast{
			Width: 80, Height: 24, Duration: time.Second,
			Events: []Event{{time.Second, 'o', "one"}, {time.Second, 'o', " two"}},
		}},
		{"decimal comma", "one", "1,5 3\n", Cast{Width: 80, Height: 24, Duration: 1500 * time.Millisecond, Events: []Event{{1500 * time.Millisecond, 'o', "one"}}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseTypescript(strings.NewReader(test.script), strings.NewReader(test.timing))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(*got, test.want) {
				t.Errorf("got  %+v\nwant %+v", *got, test.want)
			}
		})
	}
}

func TestParseTypescriptWithoutTiming(t *testing.T) {
	c, err := ParseTypescript(strings.NewReader(scriptHead+"make\r\nok\xff\r\n"+scriptTail), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Text(100), "make\nok\ufffd\n"; got != want || c.Width != 100 || *c.Exit != 3 {
		t.Errorf("text %q, want %q; %+v", got, want, c)
	}
}

func TestParseTypescriptRefused(t *testing.T) {
	for _, test := range []struct{ name, script, timing, want string }{
		{"empty", "", "1 1", "file: the typescript is empty"},
		{"words", "abc", "one two", `timing: line 1: a timing line must be "delay bytes", or start with O, I, S or H`},
		{"delay", "abc", "1 1\n2x 1", "timing: line 2: the delay is not a number of seconds"},
		{"delay NaN", "abc", "O NaN 1", "timing: line 1: the delay is not a number of seconds"},
		{"negative", "abc", "O -5 1", "timing: line 1: the delay must be between 0 and a year"},
		{"bytes", "abc", "1 -1", "timing: line 1: the number of bytes is not a number"},
		{"no bytes", "abc", "1", "timing: line 1: the number of bytes is not a number"},
		{"other session", "abc", "1 2\n1 2", "timing: line 2: the timing file speaks of more bytes than the typescript has"},
		{"overflow", "abc", "1 9223372036854775807\n1 9223372036854775807", "timing: line 1: the timing file speaks of more bytes than the typescript has"},
		{"years", "abc", strings.Repeat("20000000 0\n", 3), "timing: line 2: the session is longer than a year"},
	} {
		_, err := ParseTypescript(strings.NewReader(test.script), strings.NewReader(test.timing))
		e, ok := errors.AsType[*Error](err)
		if !ok || err.Error() != test.want || e.Hint == "" {
			t.Errorf("%s: error %v\nwant %s (with a hint)", test.name, err, test.want)
		}
	}
	_, err := ParseTypescript(strings.NewReader("x"), &endless{unit: "1 0\n"})
	if e, ok := errors.AsType[*Error](err); !ok || e.Field != "timing" {
		t.Errorf("endless timing: %v", err)
	}
	_, err = ParseTypescript(&endless{unit: "x"}, nil)
	if e, ok := errors.AsType[*Error](err); !ok || e.Field != "file" || !strings.Contains(e.Message, "64 MB") {
		t.Errorf("endless typescript: %v", err)
	}
}

func TestStrip(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"plain", "hello\n\tworld ü東", "hello\n\tworld ü東"},
		{"colours", "\x1b[1;31merror\x1b[0m: \x1b[38;2;1;2;3mx\x1b[m", "error: x"},
		{"line ends", "a\r\nb\r\n", "a\nb\n"},
		{"progress", "10%\r50%\r100%\ndone", "100%\ndone"},
		{"shorter overwrite", "abcdef\rxy\n", "xycdef\n"},
		{"erase line", "abcdef\r\x1b[Kxy\n", "xy\n"},
		{"backspace", "lss\b \b -l", "ls -l"},
		{"title", "\x1b]0;user@host: ~\x07$ ls\x1b]2;x\x1b\\\n", "$ ls\n"},
		{"unfinished title", "\x1b]0;user@host\n$ ls\n", "\n$ ls\n"},
		{"DCS", "a\x1bP1$r0m\x1b\\b\x1b_app\x1b\\c\x1b^pm\x1b\\d", "abcd"},
		{"DCS ended by the 8-bit terminator", "a\u0090x\u009cb", "ab"},
		{"8-bit CSI", "\u009b31mred", "red"},
		{"hyperlink", "\x1b]8;;https://x.example/\x1b\\text\x1b]8;;\x1b\\", "text"},
		{"character sets", "\x1b(Ba\x1b)0b", "ab"},
		{"readline insert", "echo hllo\b\b\b\x1b[1@e\n", "echo hello\n"},
		{"readline delete", "echo hexllo\x1b[4D\x1b[1P\n", "echo hello\n"},
		{"erase to the end", "echo hello\x1b[3D\x1b[K\n", "echo he\n"},
		{"cursor right over text", "abc\r\x1b[2Cx\n", "abx\n"},
		{"cursor right into nothing", "a\x1b[3Cb\n", "a   b\n"},
		{"column", "abcdef\x1b[3GX\n", "abXdef\n"},
		{"bell, NUL, DEL", "a\x07b\x00c\x7fd", "abcd"},
		{"bidi", "a\u202eb\u2066c", "abc"},
		{"cancelled sequence", "\x1b[31\x18mx", "mx"},
		{"escape in a sequence", "\x1b[31\x1b[32mx", "x"},
		{"bracketed paste", "\x1b[?2004h$ ls\x1b[?2004l\r\n", "$ ls\n"},
		{"cut sequence", "abc\x1b[3", "abc"},
		{"invalid UTF-8", "a\xffb", "a\ufffdb"},
		{"full screen", "\x1b[?1049h\x1b[H\x1b[2Jtop - 1\x1b[2;1Htasks\x1b[Htop - 1\x1b[2;1Htasks\x1b[?1049l$ \n", "top - 1\ntasks\n$\n"},
	} {
		if got := Strip(test.in); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestStripLongLine: a line longer than the editing window stays one line and whole.
func TestStripLongLine(t *testing.T) {
	long := strings.Repeat("0123456789", 2000)
	if got := Strip("\x1b[1m" + long + "\n" + long); got != long+"\n"+long {
		t.Errorf("long line: %d bytes of %d", len(got), 2*len(long)+1)
	}
}

// TestCastTextWraps: readline moves to the next screen row by writing a blank and a carriage
// return at the margin; the command must still be found in one piece.
func TestCastTextWraps(t *testing.T) {
	c := &Cast{Width: 10, Height: 5, Events: []Event{
		{Code: 'o', Data: "$ 23456789"}, {Code: 'o', Data: " \rabcdef\r\n"},
		{Code: 'o', Data: "0123456789\b\bX\r\n"},
		{Code: 'r', Data: "20x5"},
		{Code: 'o', Data: "012345678901\rab\n"},
	}}
	if got, want := c.Text(1000), "$ 23456789abcdef\n0123456X89\nab2345678901\n"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
}

// TestStripHostile is about sequences that could cost quadratic time or great memory.
func TestStripHostile(t *testing.T) {
	const size = 512 << 10
	for _, unit := range []string{"x\x1b[@", "x\x1b[9999C", "\x1b[9999Cx\n", "\x1b[P", "x\b", "\x1b]", "\x1bP", "\x1b[1K", "\x1b[9999X", "x\r", "\x1b[A", "\x1b[?1049h", "\x1b[9999@", "\x1b[31"} {
		in := strings.Repeat("y", 3000) + strings.Repeat("\x1b[D", 1500) + strings.Repeat(unit, size/len(unit))
		if got := Strip(in); len(got) > 32*len(in)+1024 {
			t.Errorf("%q: %d bytes became %d", unit, len(in), len(got))
		}
		c := &Cast{Width: 1000, Height: 24, Events: []Event{{Code: 'o', Data: in}}}
		if got := c.Text(1 << 20); len(got) > 1<<20 {
			t.Errorf("%q: text of %d bytes", unit, len(got))
		}
	}
}

func FuzzParseCast(f *testing.F) {
	f.Add([]byte(castV2))
	f.Add([]byte(castV3))
	f.Add([]byte(`{"version":2,"width":80,"height":24}` + "\n[1,\"o\",\"a\\ud800\"]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseCast(bytes.NewReader(data))
		if err != nil {
			if e, ok := errors.AsType[*Error](err); !ok || e.Hint == "" {
				t.Fatalf("error without a remedy: %v", err)
			}
			return
		}
		checkCast(t, c)
	})
}

func FuzzTypescript(f *testing.F) {
	f.Add([]byte(scriptHead+"hi\r\nthere\r\n"+scriptTail), []byte("0.01 4\n0.19 7\n"))
	f.Add([]byte("yes\nyes\r\n"), []byte("H 0 OUTPUT_LOG a\nH 0 INPUT_LOG a\nI 0.5 4\nS 0.25 SIGWINCH ROWS=25 COLS=90\nO 0.2 5\n"))
	f.Fuzz(func(t *testing.T, script, timing []byte) {
		c, err := ParseTypescript(bytes.NewReader(script), bytes.NewReader(timing))
		if err != nil {
			if e, ok := errors.AsType[*Error](err); !ok || e.Hint == "" {
				t.Fatalf("error without a remedy: %v", err)
			}
			return
		}
		checkCast(t, c)
	})
}

// checkCast checks what holds for every session that was accepted.
func checkCast(t *testing.T, c *Cast) {
	t.Helper()
	if !validSide(c.Width) || !validSide(c.Height) || c.Duration < 0 {
		t.Fatalf("impossible header %+v", c)
	}
	var before time.Duration
	for _, e := range c.Events {
		if e.At < before || e.At > c.Duration {
			t.Fatalf("event at %v after %v in %v", e.At, before, c.Duration)
		}
		before = e.At
	}
	var b bytes.Buffer
	if err := c.WriteV2(&b); err != nil {
		t.Fatal(err)
	}
	back, err := ParseCast(&b)
	if err != nil {
		t.Fatalf("what was written is refused: %v", err)
	}
	if got, want := back.Text(1<<16), c.Text(1<<16); got != want {
		t.Fatalf("text %q, want %q", got, want)
	}
	if s := c.Text(1 << 16); strings.ContainsAny(s, "\x1b\r\b\x00") {
		t.Fatalf("control characters in %q", s)
	}
}

func FuzzStrip(f *testing.F) {
	for _, s := range []string{"\x1b[31mx\x1b[0m", "a\rb\b\x1b[K", "\x1b]0;t\x07x", "\x1bPq\x1b\\", "\x1b[5C\x1b[2@y", "\u009b3mx"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Strip(s)
		for _, r := range got {
			if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
				t.Fatalf("%q keeps %U", got, r)
			}
		}
		if again := Strip(got); again != got {
			t.Fatalf("stripped twice %q, once %q", again, got)
		}
	})
}

func BenchmarkStrip(b *testing.B) {
	s := strings.Repeat("\x1b[32m2026-11-22\x1b[0m INFO  the quick brown fox\r\n50%\r100%\r\n", 2000)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		Strip(s)
	}
}
