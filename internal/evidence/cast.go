package evidence

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Bounds of a terminal recording. Beyond them a recording is refused, not cut: half a session
// played back as if it were whole would mislead.
const (
	MaxCastBytes  = 64 << 20
	MaxCastEvents = 1_000_000
	MaxCastSide   = 1000 // columns or rows
	// MaxCastTime is the longest session accepted.
	MaxCastTime = 366 * 24 * time.Hour
)

// hintAsFile is the way out that always works.
const hintAsFile = "Record the session again, or attach the recording as an ordinary file."

// Event is one thing that happened in a recorded terminal session.
type Event struct {
	At   time.Duration // since the start of the session; never less than the event before
	Code byte          // o output, i input (may hold passwords), m marker, r resize (Data "80x24"), x exit (Data is the status)
	Data string        // valid UTF-8
}

// Cast is a recorded terminal session, whatever the format it came in.
type Cast struct {
	Version        int   // of asciicast it came from: 2 or 3; 0 from a typescript
	Width, Height  int   // at the start, in character cells
	StartedAt      int64 // Unix seconds, 0 when the recording does not say
	Title, Command string
	IdleLimit      float64 // pauses are to be shortened to this many seconds; 0 is no limit
	Term, Shell    string  // the only two environment variables kept: the others can hold secrets
	Theme          *Theme
	Exit           *int // exit status when the recording states it
	Events         []Event
	Duration       time.Duration
}

// Theme is the colours of the recorded terminal, as asciicast writes them.
type Theme struct {
	Fg      string `json:"fg"`
	Bg      string `json:"bg"`
	Palette string `json:"palette"`
}

// castHeader is the first line of asciicast v2 and v3 together.
type castHeader struct {
	Version   *json.Number    `json:"version"`
	Width     int             `json:"width"`
	Height    int             `json:"height"`
	Timestamp json.Number     `json:"timestamp"`
	Duration  float64         `json:"duration"`
	IdleLimit float64         `json:"idle_time_limit"`
	Command   json.RawMessage `json:"command"`
	Title     string          `json:"title"`
	Env       map[string]any  `json:"env"`
	Theme     json.RawMessage `json:"theme"`
	Term      *struct {
		Cols  int             `json:"cols"`
		Rows  int             `json:"rows"`
		Type  string          `json:"type"`
		Theme json.RawMessage `json:"theme"`
	} `json:"term"`
}

// ParseCast reads an asciicast of version 2 (docs.asciinema.org/manual/asciicast/v2, times
// since the start) or 3 (…/v3, times since the event before, lines starting with # are
// comments). Events with codes it does not know are left out. A damaged recording gives an
// *Error with the line; an error of r itself is returned as it is.
func ParseCast(r io.Reader) (*Cast, error) {
	lines := &lineReader{r: bufio.NewReaderSize(r, 64<<10), left: MaxCastBytes}
	first, err := lines.next()
	if err == io.EOF {
		return nil, fileError(0, "the recording is empty", hintAsFile)
	}
	if err != nil {
		return nil, err
	}
	first = bytes.TrimPrefix(first, []byte("\ufeff"))
	c, headerDuration, err := parseCastHeader(first)
	if err != nil {
		return nil, err
	}
	var now time.Duration
	for {
		line, err := lines.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 || c.Version == 3 && line[0] == '#' {
			continue
		}
		if len(c.Events) >= MaxCastEvents {
			return nil, tooBig(lines.n, "the recording has more than 1,000,000 events", "Cut it into shorter recordings, or attach it as an ordinary file.")
		}
		e, seconds, bad := parseCastEvent(line)
		if bad != nil {
			bad.Line = lines.n
			return nil, bad
		}
		at := time.Duration(math.Round(seconds*1e6)) * time.Microsecond
		if c.Version == 3 {
			at += now
		}
		if at > MaxCastTime {
			return nil, fileError(lines.n, "event time is more than a year after the start", hintAsFile)
		}
		// A version 2 recording whose clock stepped back still plays: the event happens at once.
		now = max(now, at)
		e.At = now
		switch e.Code {
		case 0:
			continue
		case 'x':
			if status, err := strconv.Atoi(strings.TrimSpace(e.Data)); err == nil {
				c.Exit = &status
			}
		}
		c.Events = append(c.Events, e)
	}
	c.Duration = max(now, headerDuration)
	return c, nil
}

func parseCastHeader(line []byte) (*Cast, time.Duration, error) {
	const wanted = "This must be an asciicast of version 2 or 3, as asciinema records it. Otherwise attach it as an ordinary file."
	var h castHeader
	if !utf8.Valid(line) {
		return nil, 0, fileError(1, "the header is not UTF-8 text", wanted)
	}
	if err := json.Unmarshal(line, &h); err != nil {
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
			return nil, 0, fileError(1, "the header's "+wrong.Field+" has the wrong type", wanted)
		}
		return nil, 0, fileError(1, "the header is not a JSON object", wanted)
	}
	if h.Version == nil {
		return nil, 0, fileError(1, "the header does not state a version", wanted)
	}
	c := &Cast{Width: h.Width, Height: h.Height, Title: clip(h.Title, 1000), IdleLimit: h.IdleLimit}
	theme := h.Theme
	switch h.Version.String() {
	case "2":
		c.Version = 2
	case "3":
		c.Version = 3
		if h.Term == nil {
			return nil, 0, fileError(1, "the header has no term with cols and rows", wanted)
		}
		c.Width, c.Height, c.Term, theme = h.Term.Cols, h.Term.Rows, clip(h.Term.Type, 200), h.Term.Theme
	case "1":
		return nil, 0, fileError(1, "asciicast version 1 is not supported", "Convert it with `asciinema convert`, or attach it as an ordinary file.")
	default:
		return nil, 0, fileError(1, "asciicast version "+clip(h.Version.String(), 20)+" is not supported", wanted)
	}
	if !validSide(c.Width) || !validSide(c.Height) {
		return nil, 0, fileError(1, "the terminal size must be 1 to 1000 columns and rows", "Correct the size in the first line, or record again in a smaller terminal.")
	}
	if !(c.IdleLimit >= 0 && c.IdleLimit < 1e6) {
		c.IdleLimit = 0
	}
	if f, err := h.Timestamp.Float64(); err == nil && f > 0 && f < 1e12 {
		c.StartedAt = int64(f)
	}
	c.Command = commandText(h.Command)
	if c.Term == "" {
		c.Term = envText(h.Env, "TERM")
	}
	c.Shell = envText(h.Env, "SHELL")
	var t Theme
	if json.Unmarshal(theme, &t) == nil && t.valid() {
		c.Theme = &t
	}
	var d time.Duration
	if h.Duration > 0 && h.Duration <= MaxCastTime.Seconds() {
		d = time.Duration(math.Round(h.Duration*1e6)) * time.Microsecond
	}
	return c, d, nil
}

// parseCastEvent reads [time, code, data]. Its error still lacks the line. The code is 0 for
// an event of a kind that is to be left out.
func parseCastEvent(line []byte) (Event, float64, *Error) {
	const remedy = "Delete that line, or attach the recording as an ordinary file."
	var parts []json.RawMessage
	if !utf8.Valid(line) {
		return Event{}, 0, fileError(0, "event is not UTF-8 text", remedy)
	}
	if err := json.Unmarshal(line, &parts); err != nil {
		return Event{}, 0, fileError(0, "event is not a JSON array; the recording may be cut short", remedy)
	}
	if len(parts) != 3 {
		return Event{}, 0, fileError(0, "event must have three parts: time, code and data", remedy)
	}
	seconds, err := strconv.ParseFloat(string(parts[0]), 64)
	if err != nil {
		return Event{}, 0, fileError(0, "event time is not a number", remedy)
	}
	if seconds < 0 {
		return Event{}, 0, fileError(0, "event time is negative", remedy)
	}
	if seconds > MaxCastTime.Seconds() {
		return Event{}, 0, fileError(0, "event time is more than a year after the start", remedy)
	}
	var code string
	if json.Unmarshal(parts[1], &code) != nil || code == "" || parts[1][0] != '"' {
		return Event{}, 0, fileError(0, "event code is not text such as \"o\"", remedy)
	}
	e := Event{}
	switch code {
	case "o", "i", "m", "r", "x":
		e.Code = code[0]
	default:
		return e, seconds, nil
	}
	if parts[2][0] != '"' && !(e.Code == 'x' && parts[2][0] != '{' && parts[2][0] != '[') {
		return Event{}, 0, fileError(0, "event data is not text", remedy)
	}
	if parts[2][0] != '"' {
		e.Data = string(parts[2])
	} else if json.Unmarshal(parts[2], &e.Data) != nil {
		return Event{}, 0, fileError(0, "event data is not text", remedy)
	}
	if e.Code == 'r' {
		w, h, ok := parseSize(e.Data)
		if !ok {
			return Event{}, 0, fileError(0, "a resize must look like 80x24, with 1 to 1000 columns and rows", remedy)
		}
		e.Data = strconv.Itoa(w) + "x" + strconv.Itoa(h)
	}
	return e, seconds, nil
}

// WriteV2 writes the session as an asciicast of version 2, which every player reads. The exit
// status, unknown to version 2, is left out, and so is what was typed: players do not show it,
// and it holds the passwords that a terminal does not echo.
func (c *Cast) WriteV2(w io.Writer) error {
	env := map[string]string{}
	if c.Term != "" {
		env["TERM"] = c.Term
	}
	if c.Shell != "" {
		env["SHELL"] = c.Shell
	}
	bw := bufio.NewWriterSize(w, 64<<10)
	enc := json.NewEncoder(bw)
	enc.SetEscapeHTML(false)
	err := enc.Encode(struct {
		Version   int               `json:"version"`
		Width     int               `json:"width"`
		Height    int               `json:"height"`
		Timestamp int64             `json:"timestamp,omitempty"`
		Duration  float64           `json:"duration,omitempty"`
		IdleLimit float64           `json:"idle_time_limit,omitempty"`
		Command   string            `json:"command,omitempty"`
		Title     string            `json:"title,omitempty"`
		Env       map[string]string `json:"env,omitempty"`
		Theme     *Theme            `json:"theme,omitempty"`
	}{2, c.Width, c.Height, c.StartedAt, c.Duration.Seconds(), c.IdleLimit, c.Command, c.Title, env, c.Theme})
	if err != nil {
		return err
	}
	var buf []byte
	for _, e := range c.Events {
		if e.Code == 'x' || e.Code == 'i' {
			continue
		}
		us := e.At.Microseconds()
		buf = append(buf[:0], '[')
		buf = strconv.AppendInt(buf, us/1e6, 10)
		buf = append(buf, '.')
		frac := strconv.Itoa(int(us%1e6) + 1e6)
		buf = append(buf, frac[1:]...)
		buf = append(buf, ',', '"', e.Code, '"', ',')
		if _, err := bw.Write(buf); err != nil {
			return err
		}
		// The encoder ends the value with a newline, which JSON allows inside the array but
		// the line format does not; the text is therefore marshalled apart.
		text, err := marshalText(e.Data)
		if err != nil {
			return err
		}
		if _, err := bw.Write(append(text, ']', '\n')); err != nil {
			return err
		}
	}
	return bw.Flush()
}

func marshalText(s string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Text is what the session showed, as plain text for searching: escape sequences are gone and
// lines that were edited or overwritten read as they ended. At most limit bytes.
func (c *Cast) Text(limit int) string {
	s := newScreen(c.Width, limit)
	for _, e := range c.Events {
		switch e.Code {
		case 'o':
			s.write(e.Data)
		case 'r':
			if w, _, ok := parseSize(e.Data); ok {
				s.resize(w)
			}
		case 'm':
			if e.Data != "" {
				s.mark(e.Data)
			}
		}
		if s.full() {
			break
		}
	}
	return s.text()
}

func validSide(n int) bool { return n >= 1 && n <= MaxCastSide }

func parseSize(s string) (w, h int, ok bool) {
	a, b, found := strings.Cut(s, "x")
	w, err1 := strconv.Atoi(a)
	h, err2 := strconv.Atoi(b)
	return w, h, found && err1 == nil && err2 == nil && validSide(w) && validSide(h)
}

// commandText reads a command that is either one text or a list of words.
func commandText(raw json.RawMessage) string {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return clip(one, 1000)
	}
	var words []string
	if json.Unmarshal(raw, &words) == nil {
		return clip(strings.Join(words, " "), 1000)
	}
	return ""
}

func envText(env map[string]any, name string) string {
	s, _ := env[name].(string)
	return clip(s, 200)
}

// valid allows only colours written #rrggbb: they end up in a style attribute of the player.
func (t Theme) valid() bool {
	colour := func(s string) bool {
		if len(s) != 7 || s[0] != '#' {
			return false
		}
		_, err := strconv.ParseUint(s[1:], 16, 32)
		return err == nil
	}
	if !colour(t.Fg) || !colour(t.Bg) {
		return false
	}
	palette := strings.Split(clip(t.Palette, 200), ":")
	for _, s := range palette {
		if !colour(s) {
			return false
		}
	}
	return len(palette) == 8 || len(palette) == 16
}

// clip shortens s to at most n bytes without cutting a character in two.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// lineReader hands out lines and refuses input beyond its allowance.
type lineReader struct {
	r    *bufio.Reader
	left int
	n    int // number of the line handed out last
	buf  []byte
}

// next gives the next line without its line ending; it is valid until the next call.
func (l *lineReader) next() ([]byte, error) {
	l.buf = l.buf[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		l.left -= len(part)
		if l.left < 0 {
			return nil, tooBig(l.n+1, "the recording is larger than 64 MB", "Cut it into shorter recordings, or attach it as an ordinary file.")
		}
		l.buf = append(l.buf, part...)
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && len(l.buf) > 0, err == nil:
			l.n++
			return bytes.TrimRight(l.buf, "\r\n"), nil
		}
		return nil, err
	}
}
