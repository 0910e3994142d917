package evidence

import (
	"bufio"
	"bytes"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ParseTypescript reads what util-linux script(1) wrote: the typescript and its timing file,
// which is either classic ("delay bytes") or advanced ("O delay bytes", and I, S and H lines).
// Without timing (nil) the whole session is shown at once. The "Script started" and "Script
// done" lines are read for the time, the command, the size and the exit status, not shown.
//
// When input was logged to a file of its own, script has only the output, and the input events
// are left out.
func ParseTypescript(script, timing io.Reader) (*Cast, error) {
	data, err := readAllBounded(script, MaxCastBytes, tooBig(0, "the typescript is larger than 64 MB", "Cut it into shorter recordings, or attach it as an ordinary file."))
	if err != nil {
		return nil, err
	}
	if len(data) == 0 {
		return nil, fileError(0, "the typescript is empty", hintAsFile)
	}
	c := &Cast{Width: 80, Height: 24}
	body := c.typescriptBody(data)
	if timing == nil {
		c.Events = []Event{{Code: 'o', Data: strings.ToValidUTF8(string(body), "\ufffd")}}
		return c, nil
	}
	steps, err := c.parseTiming(timing)
	if err != nil {
		return nil, err
	}
	return c, c.play(body, steps)
}

// typescriptBody takes off the first and the last line and reads what they say.
func (c *Cast) typescriptBody(data []byte) []byte {
	if bytes.HasPrefix(data, []byte("Script started on ")) {
		head, rest, _ := bytes.Cut(data, []byte("\n"))
		data = rest
		c.typescriptHeader(strings.ToValidUTF8(strings.TrimPrefix(string(clipBytes(head, 8192)), "Script started on "), ""))
	}
	i := bytes.LastIndex(data, []byte("\nScript done on "))
	if i < 0 {
		return data
	}
	tail := data[i+1:]
	if end := bytes.IndexByte(tail, '\n'); end < 0 || end == len(tail)-1 {
		data = data[:i]
		if _, after, ok := bytes.Cut(tail, []byte(`COMMAND_EXIT_CODE="`)); ok {
			code, _, _ := bytes.Cut(after, []byte(`"`))
			c.setExit(string(code))
		}
	}
	return data
}

// typescriptHeader reads `2026-11-22 06:15:59+00:00 [COMMAND="make" TERM="xterm" COLUMNS="80" LINES="24"]`.
func (c *Cast) typescriptHeader(s string) {
	when, fields, _ := strings.Cut(s, " [")
	c.setStart(strings.TrimSpace(when))
	for _, name := range []string{"TERM", "COLUMNS", "LINES"} {
		if _, after, ok := strings.Cut(fields, name+`="`); ok {
			value, _, _ := strings.Cut(after, `"`)
			c.setHeader(name, value)
		}
	}
	if after, ok := strings.CutPrefix(fields, `COMMAND="`); ok {
		// The command may itself hold quotes; what follows it is one of these.
		end := len(after)
		for _, next := range []string{`" <not executed on terminal>]`, `" TERM="`, `"]`} {
			if i := strings.Index(after, next); i >= 0 {
				end = min(end, i)
			}
		}
		c.setHeader("COMMAND", after[:end])
	}
}

func (c *Cast) setHeader(name, value string) {
	value = strings.ToValidUTF8(value, "\ufffd")
	switch name {
	case "START_TIME":
		c.setStart(value)
	case "TERM":
		c.Term = clip(value, 200)
	case "SHELL":
		c.Shell = clip(value, 200)
	case "COMMAND":
		c.Command = clip(value, 1000)
	case "COLUMNS":
		if n, err := strconv.Atoi(value); err == nil && validSide(n) {
			c.Width = n
		}
	case "LINES":
		if n, err := strconv.Atoi(value); err == nil && validSide(n) {
			c.Height = n
		}
	case "EXIT_CODE":
		c.setExit(value)
	}
}

func (c *Cast) setStart(value string) {
	if t, err := time.Parse("2006-01-02 15:04:05Z07:00", value); err == nil && t.Unix() > 0 {
		c.StartedAt = t.Unix()
	}
}

func (c *Cast) setExit(value string) {
	if n, err := strconv.Atoi(value); err == nil {
		c.Exit = &n
	}
}

// timingStep is one line of a timing file that stands for bytes or for a resize.
type timingStep struct {
	at    time.Duration
	code  byte // o, i or r
	bytes int
	size  string // of a resize
	line  int
}

type timingSteps struct {
	steps []timingStep
	// separateInput: the headers say that input went to another file than output.
	separateInput, sameFile bool
	end                     time.Duration
}

func (c *Cast) parseTiming(r io.Reader) (timingSteps, error) {
	const remedy = "Send the timing file that script wrote together with this typescript, or leave the timing out."
	bad := func(line int, message string) error {
		return &Error{Field: "timing", Line: line, Message: message, Hint: remedy}
	}
	var t timingSteps
	var output, input string
	var duration time.Duration
	lines := &lineReader{r: bufio.NewReaderSize(r, 64<<10), left: MaxCastBytes}
	for {
		raw, err := lines.next()
		if err == io.EOF {
			break
		}
		if e, ok := err.(*Error); ok {
			e.Field = "timing"
			e.Message = "the timing file is larger than 64 MB"
		}
		if err != nil {
			return t, err
		}
		line := string(bytes.TrimSpace(raw))
		if line == "" {
			continue
		}
		kind := byte('O')
		if line[0] < '0' || line[0] > '9' {
			kind = line[0]
			if len(line) < 2 || line[1] != ' ' || strings.IndexByte("OISH", kind) < 0 {
				return t, bad(lines.n, "a timing line must be \"delay bytes\", or start with O, I, S or H")
			}
			line = line[2:]
		}
		delayText, rest, _ := strings.Cut(line, " ")
		delay, err := strconv.ParseFloat(strings.Replace(delayText, ",", ".", 1), 64)
		if err != nil || math.IsNaN(delay) {
			return t, bad(lines.n, "the delay is not a number of seconds")
		}
		if delay < 0 || delay > MaxCastTime.Seconds() {
			return t, bad(lines.n, "the delay must be between 0 and a year")
		}
		t.end += time.Duration(math.Round(delay*1e6)) * time.Microsecond
		if t.end > MaxCastTime {
			return t, bad(lines.n, "the session is longer than a year")
		}
		rest = strings.TrimSpace(rest)
		step := timingStep{at: t.end, line: lines.n}
		switch kind {
		case 'H':
			name, value, _ := strings.Cut(rest, " ")
			switch name {
			case "OUTPUT_LOG":
				output = value
			case "INPUT_LOG":
				input = value
			case "DURATION":
				if s, err := strconv.ParseFloat(value, 64); err == nil && s > 0 && s <= MaxCastTime.Seconds() {
					duration = time.Duration(math.Round(s*1e6)) * time.Microsecond
				}
			default:
				c.setHeader(name, value)
			}
			continue
		case 'S':
			if step.size = windowSize(rest); step.size == "" {
				continue
			}
			step.code = 'r'
		default:
			n, err := strconv.Atoi(rest)
			if err != nil || n < 0 {
				return t, bad(lines.n, "the number of bytes is not a number")
			}
			step.code, step.bytes = 'o', n
			if kind == 'I' {
				step.code = 'i'
			}
		}
		if len(t.steps) >= MaxCastEvents {
			return t, bad(lines.n, "the timing file has more than 1,000,000 lines")
		}
		t.steps = append(t.steps, step)
	}
	t.end = max(t.end, duration)
	t.separateInput = output != "" && input != output
	t.sameFile = output != "" && input == output
	return t, nil
}

// windowSize reads "SIGWINCH ROWS=24 COLS=80".
func windowSize(s string) string {
	if !strings.HasPrefix(s, "SIGWINCH") {
		return ""
	}
	var cols, rows string
	for f := range strings.FieldsSeq(s) {
		if v, ok := strings.CutPrefix(f, "COLS="); ok {
			cols = v
		}
		if v, ok := strings.CutPrefix(f, "ROWS="); ok {
			rows = v
		}
	}
	w, h, ok := parseSize(cols + "x" + rows)
	if !ok {
		return ""
	}
	return strconv.Itoa(w) + "x" + strconv.Itoa(h)
}

// play cuts body into events.
func (c *Cast) play(body []byte, t timingSteps) error {
	var out, in int
	for _, s := range t.steps {
		switch s.code {
		case 'o':
			out = min(out+s.bytes, math.MaxInt/2)
		case 'i':
			in = min(in+s.bytes, math.MaxInt/2)
		}
	}
	// Without headers, the length tells whether the input is in this file as well.
	withInput := in > 0 && (t.sameFile || !t.separateInput && out+in <= len(body))
	var carry [2][]byte // bytes of a character that the recorder cut in two, for o and i
	c.Events = make([]Event, 0, len(t.steps))
	for _, s := range t.steps {
		if s.code == 'r' {
			c.Events = append(c.Events, Event{At: s.at, Code: 'r', Data: s.size})
			continue
		}
		if s.code == 'i' && !withInput || s.bytes == 0 {
			continue
		}
		if s.bytes > len(body) {
			return &Error{Field: "timing", Line: s.line, Message: "the timing file speaks of more bytes than the typescript has",
				Hint: "Check that both files are of the same session and that neither was changed, or leave the timing out."}
		}
		which := 0
		if s.code == 'i' {
			which = 1
		}
		chunk := append(carry[which], body[:s.bytes]...)
		body = body[s.bytes:]
		whole := len(chunk) - partialRune(chunk)
		carry[which] = bytes.Clone(chunk[whole:])
		if whole > 0 {
			c.Events = append(c.Events, Event{At: s.at, Code: s.code, Data: strings.ToValidUTF8(string(chunk[:whole]), "\ufffd")})
		}
	}
	// What the timing does not cover (a recorder that was killed) is shown at the end.
	if rest := append(carry[0], body...); len(rest) > 0 {
		c.Events = append(c.Events, Event{At: t.end, Code: 'o', Data: strings.ToValidUTF8(string(rest), "\ufffd")})
	}
	c.Duration = t.end
	return nil
}

// partialRune is the number of bytes at the end of b that start a character without ending it.
func partialRune(b []byte) int {
	for i := 1; i <= min(utf8.UTFMax-1, len(b)); i++ {
		c := b[len(b)-i]
		if utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-i:]) {
				return i
			}
			return 0
		}
	}
	return 0
}

func clipBytes(b []byte, n int) []byte { return b[:min(len(b), n)] }

// readAllBounded reads all of r, or returns tooLarge when it holds more than limit bytes.
func readAllBounded(r io.Reader, limit int, tooLarge *Error) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	if len(data) > limit {
		return nil, tooLarge
	}
	return data, nil
}
