package jil

import (
	"strings"
	"unicode/utf8"
)

// parser walks over the lines of a text.
type parser struct {
	File
	text string
	pos  int // start of the next line
	line int // number of the current line
	cur  *Statement
	seen map[string]int // attributes of the current statement and their lines
	// noBlobEnd is set when no further </auto_blobt> follows, so that looking for it stays linear.
	noBlobEnd bool
	skipping  bool // below a statement that is not known, whose attributes cannot be judged
}

// Parse reads a text. It never fails as a whole: what cannot be taken is in Problems, each with its line. The time is
// linear in the length of the text.
func Parse(text string) File {
	p := &parser{text: strings.TrimPrefix(text, "\ufeff")}
	for p.pos < len(p.text) {
		p.next(p.take())
	}
	p.end()
	return p.File
}

// take gives the next line, without its end.
func (p *parser) take() string {
	rest := p.text[p.pos:]
	i := strings.IndexByte(rest, '\n')
	if i < 0 {
		i = len(rest)
		p.pos = len(p.text)
	} else {
		p.pos += i + 1
	}
	p.line++
	return strings.TrimSuffix(rest[:i], "\r")
}

func (p *parser) next(line string) {
	if !utf8.ValidString(line) || strings.IndexByte(line, 0) >= 0 {
		p.problem(p.line, "The line holds bytes that are not UTF-8 text.", "Convert the file first, e.g. iconv -f latin1 -t utf-8.")
		return
	}
	if strings.HasPrefix(line, "#") {
		return
	}
	line = strings.TrimSpace(line)
	for strings.HasPrefix(line, "/*") {
		var ok bool
		if line, ok = p.comment(line); !ok {
			return
		}
	}
	if line == "" {
		return
	}
	if p.cur != nil && isDateRow(line) && (p.cur.Keyword == "calendar" || p.cur.Noun() == "cycle") {
		p.dateRow(line)
		return
	}
	if p.continues(line) {
		return
	}
	p.pairs(line)
}

// comment skips the comment that line begins with, over as many lines as it takes, and gives what follows it.
func (p *parser) comment(line string) (string, bool) {
	start := p.line
	line = line[2:]
	for {
		if _, after, ok := strings.Cut(line, "*/"); ok {
			return strings.TrimSpace(after), true
		}
		if p.pos >= len(p.text) {
			p.problem(start, "The comment that begins here does not end.", "Close it with */.")
			return "", false
		}
		line = p.take()
	}
}

// pairs reads "key: value" of a line, several of them where the vendor's rules allow it.
func (p *parser) pairs(line string) {
	key, rest, ok := cutKey(line)
	if !ok {
		reason, hint := "The line has no colon after a keyword.", "Write it as attribute: value."
		if strings.HasPrefix(line, "#") {
			reason, hint = "A comment with # begins in the first column.", "Take the blanks before # away, or use /* … */."
		}
		p.problem(p.line, reason+" It reads "+quote(line)+".", hint)
		return
	}
	for {
		noun, begins := statements[key]
		switch {
		case begins && !(p.cur != nil && !p.skipping && isOwn(p.cur, key)):
			rest = p.begin(key, noun, rest)
		case looksLikeStatement(key):
			p.end()
			p.skipping = true
			p.problem(p.line, "There is no statement "+quote(key)+".", suggest(p, key, statements))
			return
		case p.skipping:
			return
		case p.cur == nil:
			p.problem(p.line, quote(key)+" stands before any statement.", "A file begins with a statement such as insert_job: NAME.")
			return
		default:
			rest = p.attribute(key, rest)
		}
		if rest == "" {
			return
		}
		if key, rest, ok = cutKey(rest); !ok { // rest begins with a keyword, so this does not happen
			return
		}
	}
}

// isOwn reports whether a word that can begin a statement is an attribute where it stands.
func isOwn(s *Statement, key string) bool {
	_, own := attributes[s.Noun()][key]
	return own
}

func looksLikeStatement(key string) bool {
	verb, rest, _ := strings.Cut(key, "_")
	switch verb {
	case "insert", "update", "delete", "override", "rename":
		return rest != "" && statements[key] == ""
	}
	return false
}

// cutKey splits "key: value" at the first colon, when what stands before it is a word. The key is in lower case.
func cutKey(line string) (key, rest string, ok bool) {
	for i := range len(line) {
		c := line[i]
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= '0' && c <= '9' && i > 0:
			continue
		case (c == ' ' || c == '\t') && i > 0: // blanks before the colon
			after := strings.TrimLeft(line[i:], " \t")
			if !strings.HasPrefix(after, ":") {
				return "", "", false
			}
			return strings.ToLower(line[:i]), strings.TrimSpace(after[1:]), true
		case c == ':' && i > 0:
			return strings.ToLower(line[:i]), strings.TrimSpace(line[i+1:]), true
		}
		return "", "", false
	}
	return "", "", false
}

// begin starts a statement and gives what follows its name on the line.
func (p *parser) begin(key, noun, rest string) string {
	p.end()
	p.skipping = false
	p.cur, p.seen = &Statement{Keyword: key, Line: p.line}, map[string]int{}
	before := len(p.Problems) + p.More
	value, rest := p.value(rest, attributes[noun], true)
	value = unquote(value)
	if key == "override_job" {
		if n, ok := cutLastWord(value, "delete"); ok {
			value, p.cur.Delete = n, true
		}
	}
	if reason := badName(value); reason != "" && len(p.Problems)+p.More == before && !(noun == "global" && strings.Contains(value, "=")) {
		p.problem(p.line, "The name after "+key+" "+reason, "Names have letters, digits and . _ - # @ and no blanks; a colon in a name is written \\:.")
	}
	p.cur.Name = value
	return rest
}

func cutLastWord(s, last string) (string, bool) {
	i := strings.LastIndexAny(s, " \t")
	if i < 0 || !strings.EqualFold(s[i+1:], last) {
		return s, false
	}
	return strings.TrimSpace(s[:i]), true
}

// end closes the current statement.
func (p *parser) end() {
	if p.cur == nil {
		return
	}
	p.whole(p.cur)
	p.Statements = append(p.Statements, *p.cur)
	p.cur = nil
}

// attribute reads one attribute of the current statement and gives what follows it on the line.
func (p *parser) attribute(key, rest string) string {
	noun := p.cur.Noun()
	known := attributes[noun]
	k, ok := known[key]
	if !ok {
		what := "A statement " + p.cur.Keyword + " has no attribute " + quote(key) + "."
		p.problem(p.line, what, suggest(p, key, known))
		_, rest = p.value(rest, known, true)
		return rest
	}
	line := p.line
	if before, twice := p.seen[key]; twice && !addsUp(noun, key) {
		p.problem(line, quote(key)+" stands twice in this statement.", "The first is on line "+itoa(before)+"; take one of them away.")
	}
	p.seen[key] = line
	if k == blob {
		p.add(key, p.blob(rest), line)
		return ""
	}
	if k == free {
		value, _ := p.value(rest, known, false)
		p.add(key, value, line)
		return ""
	}
	value, rest := p.value(rest, known, true)
	if k.list() {
		value = p.openQuote(value)
	}
	p.add(key, p.check(key, k, value, line), line)
	return rest
}

func (p *parser) add(key, value string, line int) {
	p.cur.Attributes = append(p.cur.Attributes, Attribute{key, value, line})
}

// value reads a value: escapes are taken off, and where split is set it ends before the next keyword on the line.
func (p *parser) value(s string, known map[string]kind, split bool) (value, rest string) {
	var b strings.Builder
	noQuotes := false
	wordAt := 0 // where the word that stands before a colon begins in s
	done := func() string {
		if split {
			return strings.TrimSpace(p.trailing(b.String()))
		}
		if v := strings.TrimSpace(b.String()); strings.HasSuffix(v, "*/") && strings.Contains(v, " /*") {
			p.warn(p.line, "What looks like a comment at the end of the line is kept as part of the value.", "Put the comment on a line of its own.")
		}
		return strings.TrimSpace(b.String())
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && s[i+1] == ':':
			b.WriteByte(':')
			i++
			wordAt = i + 1
		case c == '\\' && i+1 < len(s) && s[i+1] == '"':
			b.WriteString(`\"`)
			i++
		case c == '"' && !noQuotes:
			end := closing(s, i)
			if end < 0 {
				noQuotes = true
				b.WriteByte(c)
				continue
			}
			b.WriteString(s[i : end+1])
			i = end
		case c == ' ' || c == '\t':
			b.WriteByte(c)
			wordAt = i + 1
		case c == ':' && wordAt > 0 && i > wordAt && i-wordAt < 60:
			key := strings.ToLower(s[wordAt:i])
			_, attribute := known[key]
			_, statement := statements[key]
			if !attribute && !(statement && strings.Contains(key, "_")) && !looksLikeStatement(key) {
				if split && isWord(key) && i+1 < len(s) && (s[i+1] == ' ' || s[i+1] == '\t') {
					p.problem(p.line, quote(key)+" is not an attribute here.", "Mend the name, or write a colon that belongs to the value as \\:.")
				}
				b.WriteByte(c)
				continue
			}
			if !split {
				p.warn(p.line, quote(key+":")+" within the value is kept as part of it.", "If it was meant as an attribute, put it on a line of its own; else write the colon as \\:.")
				b.WriteByte(c)
				continue
			}
			v := b.String()
			b.Reset()
			b.WriteString(v[:len(v)-(i-wordAt)])
			return done(), s[wordAt:]
		default:
			b.WriteByte(c)
		}
	}
	return done(), ""
}

func isWord(s string) bool {
	for i := range len(s) {
		if c := s[i]; !(c >= 'a' && c <= 'z' || c == '_' || c >= '0' && c <= '9' && i > 0) {
			return false
		}
	}
	return s != ""
}

// closing finds the quotation mark that closes the one at i; -1 for none. \" does not close.
func closing(s string, i int) int {
	for j := i + 1; j < len(s); j++ {
		switch s[j] {
		case '\\':
			if j+1 < len(s) && s[j+1] == '"' {
				j++
			}
		case '"':
			return j
		}
	}
	return -1
}

// trailing takes /* … */ off the end of a value, where it stands outside quotation marks.
func (p *parser) trailing(s string) string {
	if !strings.Contains(s, "/*") {
		return s
	}
	open := -1 // of the first comment of those that reach to the end
	end := 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && s[i+1] == '"':
			i++
			open = -1
		case s[i] == '"':
			open = -1
			if e := closing(s, i); e > 0 {
				i = e
			} else {
				return s
			}
		case strings.HasPrefix(s[i:], "/*") && (i == 0 || s[i-1] == ' ' || s[i-1] == '\t'):
			e := strings.Index(s[i+2:], "*/")
			if e < 0 {
				p.problem(p.line, "The comment that begins within this value does not end on the line.", "Put comments on lines of their own.")
				return s
			}
			if open < 0 {
				open = i
			}
			i += 2 + e + 1
			end = i + 1
		case s[i] != ' ' && s[i] != '\t':
			open = -1
		}
	}
	if open >= 0 && strings.TrimSpace(s[end:]) == "" {
		return s[:open]
	}
	return s
}

// maxList is the longest list of times, in bytes.
const maxList = 24 * 60 * len("00:00, ")

// continues adds a line to a list of times that goes on, and reports whether it did.
func (p *parser) continues(line string) bool {
	if p.cur == nil || p.skipping || len(p.cur.Attributes) == 0 {
		return false
	}
	last := &p.cur.Attributes[len(p.cur.Attributes)-1]
	k := attributes[p.cur.Noun()][last.Key]
	if !k.list() {
		return false
	}
	switch c := line[0]; {
	case c >= '0' && c <= '9', c == '"', c == '+', c == ',':
	default:
		return false
	}
	more, rest := p.value(line, attributes[p.cur.Noun()], true)
	more = p.openQuote(more)
	if items := p.check(last.Key, k, more, p.line); items != "" {
		if len(last.Value) > maxList {
			p.problem(p.line, "The list of "+last.Key+" is longer than a day has minutes.", "Take some out.")
			return true
		}
		if last.Value != "" {
			last.Value += ", "
		}
		last.Value += items
	}
	if rest != "" {
		p.pairs(rest)
	}
	return true
}

// openQuote reads on while a quotation mark of a list is open, over at most maxQuoteLines lines.
func (p *parser) openQuote(value string) string {
	const maxQuoteLines = 100
	if strings.Count(value, `"`)%2 == 0 {
		return value
	}
	start, at, line := p.line, p.pos, p.line
	parts := []string{value}
	for range maxQuoteLines {
		if p.pos >= len(p.text) {
			break
		}
		l := strings.TrimSpace(p.take())
		if _, _, ok := cutKey(l); ok || l == "" {
			break
		}
		parts = append(parts, l)
		if strings.Contains(l, `"`) {
			return strings.Join(parts, " ")
		}
	}
	p.pos, p.line = at, line
	p.problem(start, "The quotation mark is not closed.", `Close it with ".`)
	return strings.ReplaceAll(value, `"`, "")
}

// Marks around the text of a blob.
const blobOpen, blobClose = "<auto_blobt>", "</auto_blobt>"

// blob reads text between the marks, over lines; rest is what follows the key on its line.
func (p *parser) blob(rest string) string {
	start := p.line
	text, ok := strings.CutPrefix(rest, blobOpen)
	if !ok {
		p.problem(start, "The text of blob_input does not begin with "+blobOpen+".", "Write "+blobOpen+" text "+blobClose+".")
		return ""
	}
	if inner, after, ok := strings.Cut(text, blobClose); ok {
		if strings.TrimSpace(after) != "" {
			p.problem(start, "Text follows "+blobClose+" on the line.", "Begin a new line after it.")
		}
		return inner
	}
	end := -1
	if !p.noBlobEnd {
		end = strings.Index(p.text[p.pos:], blobClose)
	}
	if end < 0 {
		p.noBlobEnd = true
		p.problem(start, "The text that begins here does not end.", "Close it with "+blobClose+".")
		return ""
	}
	inner := p.text[p.pos : p.pos+end]
	p.line += strings.Count(inner, "\n") + 1
	p.pos += end + len(blobClose)
	if i := strings.IndexByte(p.text[p.pos:], '\n'); i >= 0 {
		if strings.TrimSpace(p.text[p.pos:p.pos+i]) != "" {
			p.problem(p.line, "Text follows "+blobClose+" on the line.", "Begin a new line after it.")
		}
		p.pos += i + 1
	} else {
		p.pos = len(p.text)
	}
	out := strings.ReplaceAll(text+"\n"+inner, "\r", "")
	if !utf8.ValidString(out) || strings.IndexByte(out, 0) >= 0 {
		p.problem(start, "The text holds bytes that are not UTF-8 text.", "Convert the file first, e.g. iconv -f latin1 -t utf-8.")
		return ""
	}
	return out
}
