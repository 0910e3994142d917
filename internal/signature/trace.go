package signature

import "strings"

// raised is one exception of a trace: its name, its message and where it was raised, innermost frame first.
type raised struct {
	name, message string
	frames        []frame
}

// trace is a stack trace as it was read. The first exception is the one that was reported; each next one is the cause
// of the one before.
type trace struct {
	chain []raised
	line  int // of its first line
}

const (
	maxFrames = 200 // of one exception
	maxChain  = 20
	shown     = 3 // frames that a signature rests on
)

// root is the exception at the bottom of a trace: what went wrong first.
func (t *trace) root() *raised { return &t.chain[len(t.chain)-1] }

// frames gives the frames that a signature rests on: the innermost of the application itself, of the cause if it has
// some, else of what it caused; the innermost of all where nothing is the application's.
func (t *trace) frames() []string {
	for _, own := range []bool{true, false} {
		for i := len(t.chain) - 1; i >= 0; i-- {
			var out []string
			for _, f := range t.chain[i].frames {
				if (f.own || !own) && (len(out) == 0 || out[len(out)-1] != f.name) {
					if out = append(out, f.name); len(out) == shown {
						break
					}
				}
			}
			if len(out) > 0 {
				return out
			}
		}
	}
	return nil
}

// found names the trace: exception, message template, frames. Line numbers, arguments and library versions change with
// every release and are no part of it.
func (t *trace) found(s *scanner) Found {
	r := t.root()
	var b strings.Builder
	b.WriteString(r.name)
	if r.message != "" {
		s.scan(r.message)
		b.WriteString(": ")
		b.Write(s.key)
	}
	frames := t.frames()
	for _, f := range frames {
		b.WriteString(" at ")
		b.WriteString(f)
	}
	return Found{Signature: named(b.String()), Kind: Trace, Exception: r.name, Frames: frames, Line: t.line, Count: 1}
}

// reader reads the stack traces of a text, line by line.
type reader struct {
	n     int // number of the line read last
	done  []trace
	open  *trace
	quiet int // lines of something else since the last line of the open trace
	// suppressed: the frames that come are of an exception that was suppressed, which is not the error.
	suppressed bool
	// The last line that could begin a trace, and its number.
	head     raised
	headLine int
	python   int // in a Python trace: 1 a frame may come, 2 its source line
	golang   bool
}

// maxGap is how many lines of something else may stand between the lines of one trace: other threads write too.
const maxGap = 2

// line takes one line, its message and the line after it. It reports whether the line is part of a stack trace.
func (r *reader) line(msg, next string) bool {
	r.n++
	switch {
	case strings.Contains(msg, "Traceback (most recent call last)"):
		r.start(raised{})
		r.python, r.golang = 1, false
		return true
	case strings.HasPrefix(msg, "panic: ") || strings.HasPrefix(msg, "fatal error: "):
		name, text, _ := strings.Cut(msg, ": ")
		if at := strings.Index(text, " [recovered"); at >= 0 {
			text = text[:at]
		}
		r.close()
		r.head, r.headLine = raised{name: name, message: text}, r.n
		r.golang = true
		return false
	case strings.HasPrefix(msg, "goroutine ") && strings.Contains(msg, " ["):
		r.golang = r.open == nil && r.headLine > 0 && r.n-r.headLine < 8
		return r.golang
	}
	if r.python > 0 {
		return r.pythonLine(msg)
	}
	if r.golang {
		return r.goLine(msg, next)
	}
	if strings.Contains(msg, "at ") {
		if f, ok := callFrame(msg); ok {
			r.add(f)
			return true
		}
	}
	if r.open != nil {
		trimmed := strings.TrimSpace(msg)
		switch {
		case strings.HasPrefix(trimmed, "Caused by: ") || strings.HasPrefix(trimmed, "---> "):
			_, rest, _ := strings.Cut(trimmed, " ")
			rest = strings.TrimPrefix(rest, "by: ")
			if x, ok := exceptionAt(rest); ok && len(r.open.chain) < maxChain {
				r.open.chain = append(r.open.chain, x)
				r.suppressed, r.quiet = false, 0
				return true
			}
		case strings.HasPrefix(trimmed, "Suppressed: "):
			r.suppressed, r.quiet = true, 0
			return true
		case strings.HasPrefix(trimmed, "... ") || strings.HasPrefix(trimmed, "--- End of "):
			r.quiet = 0
			return true
		}
		if r.quiet++; r.quiet > maxGap {
			r.close()
		}
	}
	if x, ok := exceptionIn(msg); ok {
		r.close()
		r.head, r.headLine = x, r.n
	}
	return false
}

func (r *reader) start(x raised) {
	r.close()
	r.open = &trace{chain: []raised{x}, line: r.n}
	r.quiet, r.suppressed = 0, false
}

// add adds a frame, to the open trace or to a new one of the exception named before.
func (r *reader) add(f frame) {
	if r.open == nil {
		if r.headLine == 0 || r.n-r.headLine > 12 {
			return // a frame of nothing
		}
		n := r.n
		r.n = r.headLine
		head := r.head
		r.start(head)
		r.n = n
		for _, name := range inner(head.message) {
			r.open.chain = append(r.open.chain, name)
		}
		if i := strings.Index(head.message, " ---> "); i >= 0 {
			r.open.chain[0].message = head.message[:i]
		}
	}
	r.quiet = 0
	if x := r.open.root(); len(x.frames) < maxFrames && !r.suppressed {
		x.frames = append(x.frames, f)
	}
}

// inner gives the exceptions that .NET writes behind an arrow on the same line.
func inner(message string) (out []raised) {
	for len(out) < maxChain {
		_, rest, ok := strings.Cut(message, " ---> ")
		if !ok {
			break
		}
		own, _, _ := strings.Cut(rest, " ---> ")
		if x, ok := exceptionAt(own); ok {
			out = append(out, x)
		}
		message = rest
	}
	return out
}

func (r *reader) close() {
	if r.open != nil && len(r.open.chain) > 0 && r.open.chain[0].name != "" {
		r.done = append(r.done, *r.open)
	}
	r.open, r.python, r.golang, r.headLine = nil, 0, false, 0
}

// pythonLine takes a line behind «Traceback»: frames outermost first, each with its source line, then the exception.
func (r *reader) pythonLine(msg string) bool {
	trimmed := strings.TrimSpace(msg)
	if f, ok := pythonFrame(msg); ok {
		x := r.open.root()
		if len(x.frames) < maxFrames {
			x.frames = append(x.frames, f)
		}
		r.python = 2
		return true
	}
	if x, ok := exceptionAt(trimmed); ok && !strings.HasPrefix(msg, "  ") {
		last := r.open.root()
		for i, j := 0, len(last.frames)-1; i < j; i, j = i+1, j-1 { // innermost first, as everywhere
			last.frames[i], last.frames[j] = last.frames[j], last.frames[i]
		}
		last.name, last.message = x.name, x.message
		r.close()
		return true
	}
	if r.python == 2 || trimmed == "" || strings.Trim(trimmed, "^~ ") == "" {
		r.python = 1
		return true
	}
	if r.quiet++; r.quiet > maxGap+2 {
		r.close()
	}
	return false
}

// goLine takes a line behind «panic:» or «goroutine»: functions innermost first, each with its file on the next line.
func (r *reader) goLine(msg, next string) bool {
	if f, ok := goFrame(msg, next); ok {
		r.add(f)
		r.golang = true
		return true
	}
	if r.open != nil && strings.TrimSpace(msg) == "" {
		r.close() // the other goroutines
		return true
	}
	if r.open == nil && r.n-r.headLine > 8 {
		r.close()
	}
	return strings.Contains(msg, ".go:") || strings.HasPrefix(strings.TrimSpace(msg), "created by ")
}

// exceptionAt reads «name: message» at the start of a text.
func exceptionAt(s string) (x raised, ok bool) {
	e := 0
	for e < len(s) && (class[s[e]]&(letter|digit|under|dot) != 0 || s[e] == '$' || s[e] == '+') {
		e++
	}
	name := s[:e]
	if !exceptionName(name) && (strings.Count(name, ".") < 2 || e >= len(s) || s[e] != ':') {
		return x, false
	}
	rest := s[e:]
	if rest != "" && rest[0] != ':' && rest[0] != ' ' && rest[0] != '\r' {
		return x, false
	}
	return raised{name: name, message: strings.TrimSpace(strings.TrimPrefix(rest, ":"))}, true
}

// exceptionIn finds «name: message» anywhere in a line, as in «Exception in thread "main" java.io.IOException: …».
func exceptionIn(s string) (x raised, ok bool) {
	for from := 0; from < len(s) && from < 400; {
		for from < len(s) && !isLetter(s[from]) {
			from++
		}
		e := from
		for e < len(s) && (class[s[e]]&(letter|digit|under|dot) != 0 || s[e] == '$') {
			e++
		}
		if e-from > 6 && exceptionName(s[from:e]) {
			return exceptionAt(s[from:])
		}
		from = e + 1
	}
	return x, false
}
