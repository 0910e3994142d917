package mirror

import (
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxText is how much of a post is kept, in bytes; the rest is cut off.
const MaxText = 256 << 10

// Text makes plain text of a post's HTML. Nothing of the HTML remains: paragraphs are set apart by an empty line, lists
// have "- " or numbers, quotations "> ", inline code stands in backticks, links and pictures are followed by their address
// where that is http or https. Code keeps its every character, between lines of at least three backticks.
func Text(body string) string {
	w := writer{}
	for body != "" && w.b.Len() < MaxText {
		at := strings.IndexByte(body, '<')
		if at < 0 {
			w.text(body)
			break
		}
		w.text(body[:at])
		body = body[at:]
		switch {
		case strings.HasPrefix(body, "<!--"):
			if end := strings.Index(body[4:], "-->"); end >= 0 {
				body = body[4+end+3:]
			} else {
				body = ""
			}
		case len(body) > 1 && (body[1] == '/' || body[1] == '!' || body[1] == '?' || isLetter(body[1])):
			t, rest, ok := cutTag(body)
			if !ok { // never closed: it is text
				w.text(body)
				body = ""
				break
			}
			body = rest
			if w.tag(t); t.name == "script" || t.name == "style" {
				if !t.closes {
					_, body = cutAt(body, "</"+t.name)
				}
			}
		default:
			w.text("<")
			body = body[1:]
		}
	}
	w.endCode()
	text := tame(w.b.String())
	if len(text) > MaxText {
		text = strings.ToValidUTF8(text[:MaxText], "") + " …"
	}
	return strings.TrimSpace(text)
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// cutAt splits s before the first sep, whatever the case; without one, all is before.
func cutAt(s, sep string) (before, after string) {
	for at := 0; ; {
		i := strings.IndexByte(s[at:], sep[0])
		if i < 0 || len(s)-at-i < len(sep) {
			return s, ""
		}
		if at += i; strings.EqualFold(s[at:at+len(sep)], sep) {
			return s[:at], s[at:]
		}
		at++
	}
}

// tame leaves out what could deceive a reader or a terminal: control and direction-changing characters.
func tame(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "�")
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0xfeff:
			return -1
		}
		return r
	}, s)
}

type tag struct {
	name             string // lower case
	closes           bool
	href, src, alt   string
	selfClosing, any bool
}

// cutTag takes the tag that s begins with; ok is false when it has no end.
func cutTag(s string) (t tag, rest string, ok bool) {
	i := 1
	if i < len(s) && s[i] == '/' {
		t.closes = true
		i++
	}
	from := i
	for i < len(s) && (isLetter(s[i]) || '0' <= s[i] && s[i] <= '9') {
		i++
	}
	t.name = strings.ToLower(s[from:i])
	for {
		for i < len(s) && s[i] != '>' && (s[i] <= ' ' || s[i] == '/' || s[i] == '"' || s[i] == '\'' || s[i] == '=') {
			i++
		}
		if i >= len(s) {
			return t, "", false
		}
		if s[i] == '>' {
			return t, s[i+1:], true
		}
		from = i
		for i < len(s) && s[i] > ' ' && s[i] != '=' && s[i] != '>' && s[i] != '/' {
			i++
		}
		name := s[from:i]
		for i < len(s) && s[i] <= ' ' {
			i++
		}
		if i >= len(s) || s[i] != '=' {
			continue
		}
		i++
		for i < len(s) && s[i] <= ' ' {
			i++
		}
		var value string
		if i < len(s) && (s[i] == '"' || s[i] == '\'') {
			end := strings.IndexByte(s[i+1:], s[i])
			if end < 0 {
				return t, "", false
			}
			value = s[i+1 : i+1+end]
			i += end + 2
		} else {
			from = i
			for i < len(s) && s[i] > ' ' && s[i] != '>' {
				i++
			}
			value = s[from:i]
		}
		switch strings.ToLower(name) {
		case "href":
			t.href = html.UnescapeString(value)
		case "src":
			t.src = html.UnescapeString(value)
		case "alt":
			t.alt = html.UnescapeString(value)
		}
	}
}

// writer writes the text as it is read.
type writer struct {
	b       strings.Builder
	pending int  // line ends to write before the next word
	blank   bool // a blank before the next word
	begun   bool // something stands on this line
	quote   int
	lists   []int // for each open list the next number; -1: without numbers
	bullet  string
	code    *strings.Builder // inside pre
	link    string
	linkAt  int
}

const maxDepth = 8

// breakLine ends the line; with n of 2 an empty one follows.
func (w *writer) breakLine(n int) {
	if w.b.Len() > 0 {
		w.pending = max(w.pending, n)
	}
	w.blank, w.begun = false, false
}

// open writes what stands before the first word of a line.
func (w *writer) open() {
	for ; w.pending > 0; w.pending-- {
		w.b.WriteByte('\n')
	}
	if !w.begun {
		w.b.WriteString(strings.Repeat("> ", min(w.quote, maxDepth)))
		if n := len(w.lists); n > 0 {
			w.b.WriteString(strings.Repeat("  ", min(n-1, maxDepth)))
			if w.bullet != "" {
				w.b.WriteString(w.bullet)
			} else {
				w.b.WriteString("  ")
			}
			w.bullet = ""
		}
	} else if w.blank {
		w.b.WriteByte(' ')
	}
	w.begun, w.blank = true, false
}

// text takes text between tags.
func (w *writer) text(s string) {
	if s == "" {
		return
	}
	s = html.UnescapeString(s)
	if w.code != nil {
		w.code.WriteString(s)
		return
	}
	for i := 0; i < len(s); {
		if c := s[i]; c <= ' ' {
			w.blank = w.blank || w.begun
			i++
			continue
		}
		end := i
		for end < len(s) && s[end] > ' ' {
			end++
		}
		begins := !w.begun
		w.open()
		if begins && strings.HasPrefix(s[i:end], "```") {
			w.b.WriteByte('\'') // a line of prose that would look like the fence of code
		}
		w.b.WriteString(s[i:end])
		i = end
	}
}

func web(address string) bool {
	return strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")
}

func (w *writer) tag(t tag) {
	if w.code != nil {
		switch {
		case t.name == "pre" && t.closes:
			w.endCode()
		case t.name == "br":
			w.code.WriteByte('\n')
		}
		return
	}
	switch t.name {
	case "pre":
		if !t.closes {
			w.code = &strings.Builder{}
		}
	case "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "table", "hr":
		n := 2
		if len(w.lists) > 0 {
			n = 1
		}
		w.breakLine(n)
	case "br", "tr", "dt", "dd":
		w.breakLine(1)
	case "td", "th":
		if t.closes {
			w.blank = w.begun
		} else if w.begun {
			w.text(" | ")
		}
	case "blockquote":
		w.breakLine(2)
		if t.closes {
			w.quote = max(w.quote-1, 0)
		} else {
			w.quote++
		}
	case "ul", "ol":
		n := 1
		if len(w.lists) == 0 || t.closes && len(w.lists) == 1 {
			n = 2
		}
		w.breakLine(n)
		switch {
		case t.closes && len(w.lists) > 0:
			w.lists = w.lists[:len(w.lists)-1]
		case !t.closes && len(w.lists) < 64:
			w.lists = append(w.lists, map[string]int{"ul": -1, "ol": 1}[t.name])
		}
	case "li":
		w.breakLine(1)
		if !t.closes && len(w.lists) > 0 {
			w.bullet = "- "
			if n := &w.lists[len(w.lists)-1]; *n > 0 {
				w.bullet = strconv.Itoa(*n) + ". "
				*n++
			}
		}
	case "code":
		if !t.closes {
			w.open()
			w.b.WriteByte('`')
		} else if w.begun {
			w.b.WriteByte('`')
		}
	case "a":
		switch {
		case !t.closes && web(t.href):
			w.link, w.linkAt = t.href, w.b.Len()
		case t.closes && w.link != "":
			if said := w.b.String()[w.linkAt:]; !strings.Contains(said, w.link) {
				w.text(" (" + w.link + ")")
			}
			w.link = ""
		}
	case "img":
		if web(t.src) {
			w.text("[picture " + strings.TrimSpace(t.alt) + ": " + t.src + "]")
		}
	}
}

// endCode writes a block of code, between fences that it does not hold itself.
func (w *writer) endCode() {
	if w.code == nil {
		return
	}
	code := strings.Trim(strings.ReplaceAll(w.code.String(), "\r\n", "\n"), "\n")
	w.code = nil
	if strings.TrimSpace(code) == "" {
		return
	}
	if len(code) > MaxText {
		code = code[:MaxText]
	}
	fence := "```"
	for line := range strings.Lines(code) {
		if isFence(line) && len(strings.TrimSpace(line)) >= len(fence) {
			fence = strings.TrimSpace(line) + "`"
		}
	}
	w.breakLine(2)
	for ; w.pending > 0; w.pending-- {
		w.b.WriteByte('\n')
	}
	w.b.WriteString(fence + "\n" + code + "\n" + fence)
	w.breakLine(2)
}
