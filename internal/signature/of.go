package signature

import (
	"cmp"
	"slices"
	"strings"

	"firebreak/internal/evidence"
)

// maxText is how much of a text is looked through, in bytes: the first three quarters from its head, the last from its
// tail.
const maxText = 512 << 10

// alarming are words of lines that speak of an error without stating a level.
var alarming = setOf(`error errors err failed failure fails fail fatal exception cannot refused denied timeout timed unable severe critical panic abend abended aborted
	unreachable invalid killed corrupt corrupted traceback violation violates violated rejected overflow exceeded unavailable crash crashed segfault deadlock
	sqlcode sqlstate ora emerg exhausted insufficient mismatch duplicate overdue lost full conflict unexpected`)

// How telling an error is, the most telling first.
const (
	byTrace = iota
	byCode
	byLevel
	byWord
)

// maxByWord is how many lines are taken that only sound like an error; prose does too.
const maxByWord = 3

// candidate is an error on its way into the answer.
type candidate struct {
	Found
	rank int
}

// Of gives the errors that a text speaks of, most telling first, at most MaxFound of them: stack traces, lines with an
// error code, lines of a log at level error and above, and a few lines that sound like an error message. What a logger
// puts before a message is no part of the error.
func Of(text string) []Found {
	if len(text) > maxText {
		text = text[:maxText*3/4] + "\n" + text[len(text)-maxText/4:]
	}
	s := scanners.Get().(*scanner)
	defer scanners.Put(s)
	f := finder{s: s, at: map[string]int{}}
	var line string
	for rest := text; rest != ""; {
		line, rest = cutLine(rest)
		next, _ := cutLine(rest)
		f.line(line, next)
	}
	f.r.close()
	f.settle()
	f.oracle()
	return f.answer()
}

func cutLine(text string) (line, rest string) {
	line, rest, _ = strings.Cut(text, "\n")
	return strings.TrimSuffix(line, "\r"), rest
}

type finder struct {
	s     *scanner
	r     reader
	found []candidate
	at    map[string]int // by signature
	words int            // lines taken by their words
	// An ORA- stack under way: what was raised and in which program units.
	ora     []string
	units   []string
	oraLine int
	held    *candidate // a line with an exception, which may turn out to begin a trace
}

func (f *finder) line(line, next string) {
	if len(line) > 4*maxLine {
		line = line[:4*maxLine]
	}
	from := message(line)
	msg := line[from:]
	after := next
	if n := message(after); n > 0 {
		after = after[n:]
	}
	traced := f.r.line(msg, after)
	f.settle()
	if traced || strings.TrimSpace(msg) == "" {
		f.oracle()
		return
	}
	if i := strings.Index(msg, "ORA-"); i >= 0 && f.r.open == nil && f.oracleLine(msg[i:]) {
		return
	}
	f.oracle()
	rank, exception := judge(line, msg, from > 0)
	if rank < 0 || rank == byWord && f.words >= maxByWord {
		return
	}
	template := exception
	if from > 0 || !sentences(msg) && !mentions(msg, exception) {
		f.s.scan(msg)
		if !f.s.plain {
			return
		}
		template = string(f.s.key)
	} else if exception == "" {
		return // somebody writes about an error
	}
	kind := Line
	if rank == byCode {
		kind = Code
	}
	c := candidate{Found{Signature: named(template), Kind: kind, Exception: exception, Line: f.r.n, Count: 1}, rank}
	if f.r.headLine == f.r.n { // an exception: with its frames it is a trace, else a line
		f.held = &c
		return
	}
	f.take(c)
}

// settle takes the traces that ended, and the line of an exception that no frames followed.
func (f *finder) settle() {
	for _, t := range f.r.done {
		f.take(candidate{t.found(f.s), byTrace})
		f.heldLine(t.line)
	}
	f.r.done = f.r.done[:0]
	if f.r.open != nil {
		f.heldLine(f.r.open.line)
	}
	if f.held != nil && f.r.headLine != f.held.Line {
		f.take(*f.held)
		f.held = nil
	}
}

// heldLine forgets the held line when a trace began with it.
func (f *finder) heldLine(line int) {
	if f.held != nil && f.held.Line == line {
		f.held = nil
	}
}

// take keeps an error, or counts it once more.
func (f *finder) take(c candidate) {
	if i, ok := f.at[c.ID]; ok {
		f.found[i].Count++
		return
	}
	if len(f.found) >= 50*MaxFound {
		return
	}
	if c.rank == byWord {
		f.words++
	}
	f.at[c.ID] = len(f.found)
	f.found = append(f.found, c)
}

func (f *finder) answer() []Found {
	slices.SortStableFunc(f.found, func(a, b candidate) int { return cmp.Or(a.rank-b.rank, a.Line-b.Line) })
	var out []Found
	for _, c := range f.found[:min(len(f.found), MaxFound)] {
		out = append(out, c.Found)
	}
	return out
}

// oracleLine takes a line of an ORA- stack: errors, and between them, as ORA-06512, the program units they came through.
func (f *finder) oracleLine(msg string) bool {
	if len(msg) < 9 || digitsEnd(msg, 4) != 9 {
		return false
	}
	if len(f.ora) == 0 && len(f.units) == 0 {
		f.oraLine = f.r.n
	}
	if strings.HasPrefix(msg, "ORA-06512") {
		if _, unit, ok := strings.Cut(msg, `at "`); ok && len(f.units) < maxFrames {
			unit, _, _ = strings.Cut(unit, `"`)
			f.units = append(f.units, unit)
		}
	} else if len(f.ora) < maxChain {
		f.ora = append(f.ora, strings.TrimSpace(msg))
	}
	return true
}

// oracle ends an ORA- stack. Its first error is the one that was raised last, and names it, unless that only says that
// an error occurred at all.
func (f *finder) oracle() {
	if len(f.ora) == 0 {
		f.units = f.units[:0]
		return
	}
	main := f.ora[0]
	for _, e := range f.ora {
		if !generic.has(e[:9]) {
			main = e
			break
		}
	}
	name, text := main[:9], ""
	if rest, ok := strings.CutPrefix(main[9:], ":"); ok { // else the code is mentioned in a sentence
		text, _, _ = strings.Cut(rest, ". ")
	}
	t := trace{chain: []raised{{name: name, message: strings.TrimSpace(text)}}, line: f.oraLine}
	for _, u := range f.units {
		t.chain[0].frames = append(t.chain[0].frames, frame{name: u, own: !strings.HasPrefix(u, "SYS.")})
	}
	c := candidate{t.found(f.s), byCode}
	if c.Kind = Code; len(f.units) > 0 {
		c.Kind, c.rank = Trace, byTrace
	}
	f.take(c)
	f.ora, f.units = f.ora[:0], f.units[:0]
}

// generic are ORA- errors that only say that there is another one.
var generic = setOf("ora-00604 ora-04088 ora-06550 ora-12801 ora-00603 ora-29400 ora-04045 ora-02063")

// judge gives how telling a line is, -1 when it speaks of no error, and the name of the error where it states one.
func judge(line, msg string, logged bool) (rank int, exception string) {
	rank = -1
	count := 0
	// Prose is told from a message by having neither a colon nor a number.
	prose := !logged && classes(msg)&(digit|slash|colon) == 0
	for i := 0; i < len(msg) && i < maxLine; {
		if !isLetter(msg[i]) {
			i++
			continue
		}
		e := i
		for e < len(msg) && class[msg[e]]&(letter|under) != 0 {
			e++
		}
		count++
		w := msg[i:e]
		switch {
		case class[w[0]]&upper != 0 && e < len(msg) && (isDigit(msg[e]) || msg[e] == '-' || msg[e] == '='):
			full := e
			for full < len(msg) && class[msg[full]]&(letter|digit|under) != 0 || full < len(msg) && msg[full] == '-' {
				full++
			}
			if code(msg[i:full]) && severe(msg[i:full]) {
				return byCode, msg[i:full]
			}
			if msg[e] == '=' && telling.has(w) && e+2 < len(msg) {
				v := e + 1
				for v < len(msg) && class[msg[v]]&(letter|digit) != 0 || v == e+1 && msg[v] == '-' {
					v++
				}
				if value := msg[e+1 : v]; strings.Trim(value, "0") != "" {
					return byCode, w + "=" + value
				}
			}
		case exceptionName(w) && exception == "":
			exception, rank = w, byLevel
			if x, ok := exceptionIn(msg); ok {
				exception = x.name
			}
		case rank < 0 && !prose && len(w) >= 3 && len(w) <= 12 && alarming.has(w):
			rank = byWord
		}
		i = e
	}
	if count > 60 || count < 2 {
		if exception == "" {
			return -1, ""
		}
		return rank, exception
	}
	if l := evidence.LevelOf([]byte(line)); l >= evidence.LevelError && (logged || rank >= 0 || prose) {
		return byLevel, exception
	}
	return rank, exception
}

// mentions reports whether a line comes to an error late, as people do who tell what happened.
func mentions(msg, exception string) bool {
	return exception != "" && strings.Index(msg, exception) > 80
}

// sentences reports whether a line is prose of more than one sentence.
func sentences(s string) bool {
	for i := 1; i+2 < len(s); i++ {
		if s[i] == '.' && s[i+1] == ' ' && class[s[i+2]]&upper != 0 && class[s[i-1]]&(letter|digit) != 0 {
			return true
		}
	}
	return false
}

// severe reports whether a code is of an error rather than for information, where its letter tells.
func severe(c string) bool {
	last := c[len(c)-1]
	return !strings.Contains(c, "_I_") && (isDigit(last) || last != 'I' || strings.HasPrefix(c, "IE") || strings.HasPrefix(c, "DSN"))
}
