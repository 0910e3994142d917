package knownerror

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Format is how a message manual is written.
type Format string

const (
	Auto   Format = ""       // found out from the first lines
	Oerr   Format = "oerr"   // NNNNN, 00000, "text" with // *Cause: and // *Action: lines
	CSV    Format = "csv"    // comma, semicolon or tab; the first line names the columns
	Manual Format = "manual" // CODE text, then Reason: (Cause:, Explanation:) and Action: (Response:) paragraphs
)

// Formats lists what can be asked for.
var Formats = []Format{Auto, Oerr, CSV, Manual}

// Limits of one manual.
const (
	MaxManual  = 64 << 20 // bytes
	MaxEntries = 100_000
	MaxCode    = 80
	MaxTitle   = 300
	MaxText    = 8_000 // of a meaning, of all steps together
	MaxLink    = 500
)

// ImportOptions say how to read a manual.
type ImportOptions struct {
	Format Format
	// Facility is put before the numbers of an oerr file: ORA for oraus.msg.
	Facility string
	Product  string // of entries that name none
}

// Record is an entry of a manual, and the line it begins at.
type Record struct {
	Line    int
	Code    string
	Title   string
	Meaning string
	Try     []string
	Product string
	Link    string
}

// Problem is a part of a manual that could not be read.
type Problem struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
	Text   string `json:"text,omitempty" doc:"what stands there, shortened"`
}

// Facility guesses what stands before the numbers of an oerr file from its name: oraus.msg is ORA, tnsus.msg is TNS.
func Facility(file string) string {
	name := strings.ToLower(file)
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name, ok := strings.CutSuffix(name, ".msg")
	if !ok {
		return ""
	}
	if len(name) > 2 {
		name = name[:len(name)-2] // the language: us, d, f
	}
	return strings.ToUpper(name)
}

// Import reads a manual. What cannot be read becomes a problem with its line; the rest is read all the same. The error is
// the reader's own, or says that nothing at all could be understood.
func Import(r io.Reader, o ImportOptions) ([]Record, []Problem, error) {
	in := bufio.NewReaderSize(&limited{r: r, left: MaxManual}, 64<<10)
	if mark, _ := in.Peek(3); string(mark) == "\ufeff" {
		in.Discard(3)
	}
	head, err := in.Peek(32 << 10)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, nil, err
	}
	if len(strings.TrimSpace(string(head))) == 0 {
		return nil, nil, errEmpty
	}
	if strings.ContainsRune(string(head), 0) {
		return nil, nil, errBinary
	}
	m := manual{o: o, at: map[string]int{}}
	format := o.Format
	if format == Auto {
		format = guess(string(head))
	}
	switch format {
	case Oerr:
		err = m.oerr(in)
	case CSV:
		err = m.csv(in, string(head))
	case Manual:
		err = m.text(in)
	default:
		return nil, nil, fmt.Errorf("%w: %s", errFormat, format)
	}
	return m.records, m.problems, err
}

var (
	errEmpty  = errors.New("the file is empty")
	errBinary = errors.New("the file is not text")
	errFormat = errors.New("there is no such format")
	// ErrTooLarge is a manual beyond MaxManual or MaxEntries.
	ErrTooLarge = errors.New("the manual is too large")
	// ErrColumns is a CSV file whose first line does not name a code and a title.
	ErrColumns = errors.New("the first line must name the columns, with at least code and title")
)

// limited ends with ErrTooLarge instead of a quiet end.
type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, ErrTooLarge
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}

// guess finds the format out from the first lines.
func guess(head string) Format {
	for line := range strings.Lines(head) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(line, "/") || strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		if _, _, ok := oerrLine(line); ok {
			return Oerr
		}
		if _, err := columnsOf(splitHead(line)); err == nil {
			return CSV
		}
		return Manual
	}
	return Oerr
}

type manual struct {
	o        ImportOptions
	records  []Record
	problems []Problem
	at       map[string]int // key → line
}

const maxProblems = 1000

func (m *manual) problem(line int, reason, text string) {
	if len(m.problems) < maxProblems {
		m.problems = append(m.problems, Problem{line, reason, cut(text, 120)})
	}
}

// cut shortens a text to n bytes at most, at the border of a character.
func cut(s string, n int) string {
	s = strings.ToValidUTF8(s, "�")
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// add takes a record over when it is sound.
func (m *manual) add(r Record) error {
	r.Code, r.Title, r.Meaning, r.Product, r.Link = tidy(r.Code), tidy(r.Title), paragraph(r.Meaning), tidy(r.Product), strings.TrimSpace(r.Link)
	if r.Product == "" {
		r.Product = m.o.Product
	}
	key := Key(r.Code)
	switch {
	case r.Code == "":
		m.problem(r.Line, "The code is missing.", r.Title)
		return nil
	case key == "" || len(r.Code) > MaxCode:
		m.problem(r.Line, fmt.Sprintf("This is no code: it needs a letter or digit and at most %d characters.", MaxCode), r.Code)
		return nil
	case r.Title == "":
		m.problem(r.Line, "The title is missing.", r.Code)
		return nil
	case r.Link != "" && !strings.HasPrefix(r.Link, "https://") && !strings.HasPrefix(r.Link, "http://"):
		m.problem(r.Line, "The link must begin with https:// or http://.", r.Link)
		return nil
	case m.at[key] != 0:
		m.problem(r.Line, fmt.Sprintf("%s stands in line %d already; that one was taken.", r.Code, m.at[key]), r.Title)
		return nil
	case len(m.records) >= MaxEntries:
		return ErrTooLarge
	}
	for _, s := range []string{r.Code, r.Title, r.Meaning} {
		if !utf8.ValidString(s) {
			m.problem(r.Line, "The text is not UTF-8. Save the file as UTF-8 and import it again.", r.Code)
			return nil
		}
	}
	r.Title, r.Meaning, r.Link = cut(r.Title, MaxTitle), cut(r.Meaning, MaxText), cut(r.Link, MaxLink)
	m.at[key] = r.Line
	m.records = append(m.records, r)
	return nil
}

func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }

// paragraph joins wrapped lines; an empty line begins a new paragraph.
func paragraph(s string) string {
	var out []string
	for part := range strings.SplitSeq(strings.ReplaceAll(s, "\r", ""), "\n\n") {
		if p := tidy(part); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "\n\n")
}

// Steps cuts an instruction into steps: numbered or dashed lines, else one step a paragraph.
func Steps(s string) []string {
	var steps []string
	open := false // the step may go on in the next line
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		rest, marked := listItem(line)
		switch {
		case line == "":
			open = false
		case marked || !open:
			steps, open = append(steps, rest), true
		default:
			steps[len(steps)-1] += " " + line
		}
	}
	size := 0
	for i, step := range steps {
		if size += len(step); size > MaxText {
			steps = append(steps[:i], cut(step, max(0, MaxText-size+len(step))))
			break
		}
	}
	return steps
}

// listItem takes the mark off a line of a list: "- x", "* x", "1. x", "1) x", "(1) x".
func listItem(line string) (string, bool) {
	for _, mark := range []string{"- ", "* ", "• "} {
		if rest, ok := strings.CutPrefix(line, mark); ok {
			return strings.TrimSpace(rest), true
		}
	}
	rest := strings.TrimPrefix(line, "(")
	n := 0
	for n < len(rest) && n < 2 && isDigit(rest[n]) {
		n++
	}
	if n > 0 && n+1 < len(rest) && (rest[n] == '.' || rest[n] == ')') && rest[n+1] == ' ' {
		return strings.TrimSpace(rest[n+1:]), true
	}
	return line, false
}

// --- oerr ---

// oerrLine reads NNNNN, 00000, "text".
func oerrLine(line string) (number, text string, ok bool) {
	number, rest, ok := strings.Cut(line, ",")
	number = strings.TrimSpace(number)
	if !ok || number == "" || len(number) > 8 || !allDigits(number) {
		return "", "", false
	}
	level, rest, ok := strings.Cut(rest, ",")
	if level = strings.TrimSpace(level); !ok || level == "" || !allDigits(level) {
		return "", "", false
	}
	rest = strings.TrimSpace(rest)
	if !strings.HasPrefix(rest, `"`) {
		return "", "", false
	}
	rest = rest[1:]
	if i := strings.LastIndexByte(rest, '"'); i >= 0 {
		rest = rest[:i]
	}
	return number, strings.ReplaceAll(rest, `\"`, `"`), true
}

func (m *manual) oerr(in *bufio.Reader) error {
	var r Record
	var cause, action, other strings.Builder
	into := &other
	flush := func() error {
		if r.Line == 0 {
			return nil
		}
		r.Meaning, r.Try = cause.String(), Steps(action.String())
		return m.add(r)
	}
	err := eachLine(in, func(n int, line string) error {
		if number, text, ok := oerrLine(line); ok {
			if err := flush(); err != nil {
				return err
			}
			if len(number) < 5 {
				number = strings.Repeat("0", 5-len(number)) + number
			}
			code := number
			if m.o.Facility != "" {
				code = strings.ToUpper(m.o.Facility) + "-" + number
			}
			r = Record{Line: n, Code: code, Title: text}
			cause.Reset()
			action.Reset()
			into = &other
			return nil
		}
		rest, comment := strings.CutPrefix(line, "//")
		if !comment {
			if strings.TrimSpace(line) != "" && line[0] != '/' && line[0] != '#' {
				m.problem(n, `This is neither NNNNN, 00000, "text" nor a // line.`, line)
			}
			return nil
		}
		text := strings.TrimSpace(rest)
		if strings.HasPrefix(text, "*") {
			name, said, ok := strings.Cut(text[1:], ":")
			if ok {
				switch strings.ToLower(strings.TrimSpace(name)) {
				case "cause":
					into = &cause
				case "action":
					into = &action
				default:
					into = &other
				}
				text = strings.TrimSpace(said)
			}
		}
		if r.Line != 0 && into.Len() < 2*MaxText {
			into.WriteString(text + "\n")
		}
		return nil
	})
	if err != nil {
		return err
	}
	if m.o.Facility == "" && len(m.records) > 0 {
		m.problem(1, "The numbers have nothing in front. Say what they belong to, e.g. ORA, and import the file again.", "")
		m.records = nil
		return nil
	}
	return flush()
}

// eachLine gives every line with its number. A line beyond a megabyte is cut.
func eachLine(in *bufio.Reader, fn func(n int, line string) error) error {
	var b strings.Builder
	for n := 1; ; n++ {
		b.Reset()
		var err error
		for more := true; more; {
			var part []byte
			part, err = in.ReadSlice('\n')
			if b.Len() < 1<<20 {
				b.Write(part)
			}
			more = errors.Is(err, bufio.ErrBufferFull)
		}
		if b.Len() > 0 {
			if err := fn(n, strings.TrimRight(b.String(), "\r\n")); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// --- CSV ---

var columnNames = map[string]string{"code": "code", "error": "code", "error code": "code", "message id": "code", "id": "code",
	"title": "title", "message": "title", "text": "title", "name": "title",
	"meaning": "meaning", "cause": "meaning", "reason": "meaning", "description": "meaning", "explanation": "meaning",
	"action": "action", "try": "action", "what to try": "action", "solution": "action", "response": "action", "user response": "action", "resolution": "action",
	"product": "product", "system": "product", "application": "product", "link": "link", "url": "link"}

func separator(head string) rune {
	first, _, _ := strings.Cut(head, "\n")
	best, most := ',', 0
	for _, r := range []rune{'\t', ';', ','} {
		if n := strings.Count(first, string(r)); n > most {
			best, most = r, n
		}
	}
	return best
}

func splitHead(line string) []string {
	c := csv.NewReader(strings.NewReader(line))
	c.Comma, c.LazyQuotes = separator(line), true
	row, _ := c.Read()
	return row
}

// columnsOf gives the place of each known column.
func columnsOf(row []string) (map[string]int, error) {
	at := map[string]int{}
	for i, name := range row {
		if known := columnNames[strings.ToLower(tidy(name))]; known != "" {
			if _, ok := at[known]; !ok {
				at[known] = i
			}
		}
	}
	if _, ok := at["code"]; !ok {
		return nil, ErrColumns
	}
	if _, ok := at["title"]; !ok {
		return nil, ErrColumns
	}
	return at, nil
}

func (m *manual) csv(in io.Reader, head string) error {
	c := csv.NewReader(in)
	c.Comma, c.LazyQuotes, c.FieldsPerRecord, c.ReuseRecord = separator(head), true, -1, true
	first, err := c.Read()
	if err != nil {
		return err
	}
	at, err := columnsOf(first)
	if err != nil {
		return err
	}
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			m.problem(bad.StartLine, "The row cannot be read: "+bad.Err.Error()+".", "")
			continue
		}
		if err != nil {
			return err
		}
		cell := func(name string) string {
			if i, ok := at[name]; ok && i < len(row) {
				return row[i]
			}
			return ""
		}
		line, _ := c.FieldPos(0)
		if len(row) == 1 && strings.TrimSpace(row[0]) == "" {
			continue
		}
		if err := m.add(Record{Line: line, Code: cell("code"), Title: cell("title"), Meaning: cell("meaning"), Try: Steps(cell("action")), Product: cell("product"), Link: cell("link")}); err != nil {
			return err
		}
	}
}

// --- plain manuals ---

// messageID reports whether a word is an identifier of a message: capitals, hyphens and underscores, then digits, and perhaps
// one capital for the severity: CAUAJM_E_10062, IEF450I, DSNT408I, ABC-1234.
func messageID(s string) bool {
	letters, digits := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z':
			if digits > 0 && i != len(s)-1 {
				if digits > 1 && letters > 2 {
					return false
				}
				digits = 0
			}
			letters++
		case isDigit(c):
			digits++
		case c == '_' || c == '-':
		default:
			return false
		}
	}
	return letters >= 2 && digits >= 2 && len(s) <= 40
}

var manualHeads = map[string]string{"reason": "cause", "cause": "cause", "explanation": "cause", "description": "cause", "meaning": "cause",
	"action": "action", "user response": "action", "response": "action", "operator response": "action", "programmer response": "action", "system programmer response": "action", "what to try": "action", "solution": "action", "user action": "action", "corrective action": "action", "system action": "other", "severity": "other", "component": "other"}

func (m *manual) text(in *bufio.Reader) error {
	var r Record
	var title, cause, action, other strings.Builder
	into := &other
	flush := func() error {
		if r.Line == 0 {
			return nil
		}
		r.Title, r.Meaning, r.Try = title.String(), cause.String(), Steps(action.String())
		return m.add(r)
	}
	lost := false
	err := eachLine(in, func(n int, line string) error {
		text := strings.TrimSpace(line)
		first, rest, _ := strings.Cut(text, " ")
		first = strings.TrimRight(first, ":")
		if messageID(first) && len(line) == len(strings.TrimLeft(line, " \t")) {
			if err := flush(); err != nil {
				return err
			}
			r = Record{Line: n, Code: first}
			for _, b := range []*strings.Builder{&title, &cause, &action} {
				b.Reset()
			}
			title.WriteString(strings.TrimSpace(rest))
			into = &title
			return nil
		}
		if name, said, ok := strings.Cut(text, ":"); ok && len(name) <= 30 {
			if kind := manualHeads[strings.ToLower(name)]; kind != "" {
				into = map[string]*strings.Builder{"cause": &cause, "action": &action, "other": &other}[kind]
				if into.Len() > 0 {
					into.WriteString("\n\n")
				}
				text = strings.TrimSpace(said)
			}
		}
		switch {
		case r.Line == 0 && text != "" && !lost:
			lost = true
			m.problem(n, "The text before the first message code was left out.", text)
		case r.Line != 0 && into.Len() < 2*MaxText:
			if text == "" && into == &title && title.Len() > 0 {
				into = &cause // a blank line ends the message; what follows without a heading explains it
				return nil
			}
			into.WriteString(" " + text)
			if into != &title {
				into.WriteString("\n")
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}
