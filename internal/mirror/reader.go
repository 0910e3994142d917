package mirror

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"firebreak/internal/fault"
	"firebreak/internal/transfer"
)

const (
	// maxRow is the longest row that is taken, in bytes. A post has at most 30,000 characters, which escaping makes
	// several times as long.
	maxRow  = 4 << 20
	bufSize = 256 << 10
	// maxShown is how much of a rejected row is kept.
	maxShown = 2000
	maxTitle = 500
	maxTags  = 20
)

// Reader reads the rows of a Posts.xml, one after the other, in constant memory.
type Reader struct {
	in      io.Reader
	buf     []byte
	at      int   // of what is not looked at yet
	line    int64 // of buf[at]
	counted int   // up to where lines are counted
	eof     error // why in gives no more
	begun   bool
	done    bool
	other   int64
}

// NewReader reads a Posts.xml from in, which is not compressed; see Open.
func NewReader(in io.Reader) *Reader { return &Reader{in: in, line: 1} }

// Other is how many rows were neither question nor answer (wikis of tags, elections), so far.
func (r *Reader) Other() int64 { return r.other }

// Next gives the next question or answer, or why a row cannot be taken, or io.EOF at the end of the file. A file that is
// not a whole Posts.xml is a fault; what was read before stands.
func (r *Reader) Next() (Post, *transfer.Rejection, error) {
	if !r.begun {
		if err := r.begin(); err != nil {
			return Post{}, nil, err
		}
		r.begun = true
	}
	for {
		if r.done {
			return Post{}, nil, io.EOF
		}
		if err := r.skipTo('<'); err != nil {
			return Post{}, nil, r.cut(err)
		}
		line := r.lineHere()
		switch {
		case r.has("</posts"):
			r.done = true
			return Post{}, nil, r.drain()
		case r.has("<row") && r.need(5) && (r.buf[r.at+4] <= ' ' || r.buf[r.at+4] == '/'):
			raw, err := r.element()
			if broken, ok := errors.AsType[rowError](err); ok {
				return Post{}, reject(line, "", "", broken.why, "", raw), nil
			}
			if err != nil {
				return Post{}, nil, r.cut(err)
			}
			p, bad := parse(line, raw)
			if bad != nil {
				return Post{}, bad, nil
			}
			if p.Kind != Question && p.Kind != Answer {
				r.other++
				continue
			}
			return p, nil, nil
		case r.has("<!--"):
			if err := r.skipPast("-->"); err != nil {
				return Post{}, nil, r.cut(err)
			}
		default: // nothing that such a file has; go on behind it
			r.at++
		}
	}
}

// cut tells of a file that ends too early, or of what kept it from being read.
func (r *Reader) cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &fault.Fault{Code: fault.CodeInvalid, Field: "file", Err: io.ErrUnexpectedEOF,
			Message: fmt.Sprintf("The file is cut off: it ends in line %d, before </posts>.", r.lineHere()),
			Hint:    "Download or unpack it again, then run the same import again: what was taken stays and is not doubled."}
	}
	if fault.Of(err) != nil {
		return err
	}
	return &fault.Fault{Code: fault.CodeInvalid, Field: "file", Err: err, Message: fmt.Sprintf("The file cannot be read behind line %d: %v.", r.lineHere(), err),
		Hint: "If it is damaged, download it again; the same import goes on without doubling."}
}

// drain reads what follows, so that the checksum of a compressed file is looked at.
func (r *Reader) drain() error {
	r.buf, r.at = nil, 0
	if _, err := io.Copy(io.Discard, r.in); err != nil {
		return &fault.Fault{Code: fault.CodeInvalid, Field: "file", Err: err, Message: fmt.Sprintf("The file is damaged: %v.", err), Hint: "Download it again; the same import takes over what changed."}
	}
	return io.EOF
}

// fill reads more into the buffer; false when there is none.
func (r *Reader) fill() bool {
	if r.eof != nil {
		return false
	}
	if r.at > 1 && r.at >= len(r.buf)/2 {
		r.lineHere()
		n := copy(r.buf, r.buf[r.at-1:]) // root looks back by one
		r.buf, r.at, r.counted = r.buf[:n], 1, 1
	}
	if cap(r.buf)-len(r.buf) < bufSize/4 {
		r.buf = slices.Grow(r.buf, max(bufSize, len(r.buf)/2))
	}
	for range 100 {
		n, err := r.in.Read(r.buf[len(r.buf):cap(r.buf)])
		r.buf = r.buf[:len(r.buf)+n]
		if err != nil {
			r.eof = err
		}
		if n > 0 || err != nil {
			return n > 0
		}
	}
	r.eof = io.ErrNoProgress
	return false
}

// lineHere is the number of the line at which the reader stands.
func (r *Reader) lineHere() int64 {
	r.line += int64(bytes.Count(r.buf[r.counted:r.at], []byte{'\n'}))
	r.counted = r.at
	return r.line
}

// need makes sure that n bytes are at hand.
func (r *Reader) need(n int) bool {
	for len(r.buf)-r.at < n {
		if !r.fill() {
			return false
		}
	}
	return true
}

func (r *Reader) has(s string) bool {
	return r.need(len(s)) && strings.EqualFold(string(r.buf[r.at:r.at+len(s)]), s)
}

func (r *Reader) skipTo(c byte) error {
	for {
		if i := bytes.IndexByte(r.buf[r.at:], c); i >= 0 {
			r.at += i
			return nil
		}
		if r.at = len(r.buf); !r.fill() {
			return r.eof
		}
	}
}

func (r *Reader) skipPast(s string) error {
	for {
		if err := r.skipTo(s[0]); err != nil {
			return err
		}
		if r.has(s) {
			r.at += len(s)
			return nil
		}
		r.at++
	}
}

// begin reads what stands before the first row, and refuses what is not a Posts.xml.
func (r *Reader) begin() error {
	const hint = "Name the Posts.xml of a Stack Exchange dump (archive.org/details/stackexchange), unpacked or as .gz, .bz2 or .zip."
	other := func(what string) error { return fault.Invalid("file", "This is not a Posts.xml: "+what+".", hint) }
	if !r.need(1) {
		if r.eof != io.EOF {
			return r.cut(r.eof)
		}
		return other("the file is empty")
	}
	r.need(6)
	switch head := r.buf[r.at:min(len(r.buf), r.at+6)]; {
	case bytes.HasPrefix(head, []byte("7z\xbc\xaf\x27\x1c")):
		return fault.Invalid("file", "This is a 7z archive, which Firebreak does not unpack.", "Unpack it on the way: 7z x -so FILE.7z Posts.xml | firebreak mirror import - --site SITE")
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return fault.Invalid("file", "The file is UTF-16; a Posts.xml is UTF-8.", "Convert it: iconv -f UTF-16 -t UTF-8 FILE | firebreak mirror import - --site SITE")
	case bytes.HasPrefix(head, []byte("\ufeff")):
		r.at += 3
	}
	for {
		if !r.need(1) {
			return r.cut(r.eof)
		}
		switch c := r.buf[r.at]; {
		case c <= ' ':
			r.at++
			continue
		case c != '<':
			return other("it does not begin as XML does")
		}
		switch {
		case r.has("<?"):
			const longest = 1000
			r.need(longest)
			end := bytes.Index(r.buf[r.at:], []byte("?>"))
			if end < 0 || end > longest {
				return other("its declaration has no end")
			}
			said := strings.ToLower(string(r.buf[r.at : r.at+end]))
			if i := strings.Index(said, "encoding"); i >= 0 && !strings.Contains(said[i:], "utf-8") && !strings.Contains(said[i:], "ascii") {
				return other("it is not UTF-8")
			}
			r.at += end + 2
		case r.has("<!--"):
			if err := r.skipPast("-->"); err != nil {
				return r.cut(err)
			}
		case r.has("<!"):
			return other("it has a document type of its own")
		default:
			return r.root(other)
		}
	}
}

// root takes the first element.
func (r *Reader) root(other func(string) error) error {
	r.need(64)
	name := r.buf[r.at+1 : min(len(r.buf), r.at+64)]
	if i := bytes.IndexFunc(name, func(c rune) bool { return c <= ' ' || c == '>' || c == '/' }); i >= 0 {
		name = name[:i]
	}
	if !strings.EqualFold(string(name), "posts") {
		return other(fmt.Sprintf("it holds <%s>, not <posts>", tame(strings.ToValidUTF8(string(name), ""))))
	}
	if err := r.skipTo('>'); err != nil {
		return r.cut(err)
	}
	if r.buf[r.at-1] == '/' {
		r.done = true
	}
	r.at++
	return nil
}

// rowError is a row that does not end where it should.
type rowError struct{ why string }

func (e rowError) Error() string { return e.why }

// element takes the element at which the reader stands, up to its end. A row that does not end where it should is a
// rowError; the reader then stands at the next element.
func (r *Reader) element() ([]byte, error) {
	var quote byte
	i := 1 // from r.at, which moves with the buffer
	for {
		rest := r.buf[r.at+i:]
		var n int
		if quote != 0 {
			n = bytes.IndexByte(rest, quote)
			part := rest
			if n >= 0 {
				part = rest[:n]
			}
			if j := bytes.IndexByte(part, '<'); j >= 0 {
				return r.broken(i+j, "A value of the row has no end: the next element begins within it.")
			}
		} else {
			n = bytes.IndexAny(rest, `"'<>`)
		}
		if n < 0 {
			i += len(rest)
			if i > maxRow {
				return r.broken(i, fmt.Sprintf("The row is longer than %d MB.", maxRow>>20))
			}
			if !r.fill() {
				return nil, r.eof
			}
			continue
		}
		i += n + 1
		switch c := rest[n]; {
		case quote != 0:
			quote = 0
		case c == '"' || c == '\'':
			quote = c
		case c == '<':
			return r.broken(i-1, "The row has no end: the next element begins within it.")
		default:
			raw := r.buf[r.at : r.at+i]
			r.lineHere()
			r.at += i
			if i > maxRow {
				return raw, rowError{fmt.Sprintf("The row is longer than %d MB.", maxRow>>20)}
			}
			return raw, nil
		}
	}
}

func (r *Reader) broken(n int, why string) ([]byte, error) {
	raw := r.buf[r.at : r.at+n]
	r.lineHere()
	r.at += n
	return raw, rowError{why}
}

func reject(line int64, id, field, reason, hint string, raw []byte) *transfer.Rejection {
	text := strings.TrimSpace(strings.ToValidUTF8(string(raw[:min(len(raw), maxShown)]), "�"))
	if len(raw) > maxShown {
		text += " …"
	}
	return &transfer.Rejection{Line: line, ID: id, Field: field, Reason: reason, Hint: hint, Text: text}
}

// parse makes a post of a row.
func parse(line int64, raw []byte) (p Post, bad *transfer.Rejection) {
	p.Line = line
	id := ""
	no := func(field, reason string) (Post, *transfer.Rejection) {
		return p, reject(line, id, field, reason, "", raw)
	}
	values := map[string][]byte{}
	rest := bytes.TrimSuffix(bytes.TrimSuffix(raw[len("<row"):], []byte(">")), []byte("/"))
	for rest = bytes.TrimSpace(rest); len(rest) > 0; rest = bytes.TrimLeft(rest, " \t\r\n") {
		eq := bytes.IndexByte(rest, '=')
		if eq < 0 {
			return no("", "The row is not XML: an attribute has no value.")
		}
		name := string(bytes.TrimSpace(rest[:eq]))
		rest = bytes.TrimLeft(rest[eq+1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return no("", "The row is not XML: a value stands without quotation marks.")
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return no("", "The row is not XML: a value has no end.")
		}
		if _, twice := values[name]; twice {
			return no(name, "The row has this attribute twice.")
		}
		values[name] = rest[1 : 1+end]
		rest = rest[end+2:]
	}
	number := func(name string) (int64, bool) {
		v, ok := values[name]
		if !ok || len(v) == 0 {
			return 0, true
		}
		n, err := strconv.ParseInt(string(v), 10, 64)
		return n, err == nil
	}
	var ok bool
	if p.ID, ok = number("Id"); !ok || p.ID < 1 || p.ID > MaxID {
		return no("Id", "The row has no usable Id.")
	}
	id = strconv.FormatInt(p.ID, 10)
	kind, ok := number("PostTypeId")
	if !ok || kind < 1 {
		return no("PostTypeId", "The row does not say what kind of post it is.")
	}
	if p.Kind = Kind(kind); p.Kind != Question && p.Kind != Answer {
		return p, nil
	}
	if p.Question, ok = number("ParentId"); p.Kind == Answer && (!ok || p.Question < 1 || p.Question > MaxID) {
		return no("ParentId", "The answer does not say which question it answers.")
	} else if p.Kind == Question {
		p.Question = 0
	}
	if p.Accepted, ok = number("AcceptedAnswerId"); !ok || p.Accepted < 0 || p.Accepted > MaxID {
		return no("AcceptedAnswerId", "The id of the accepted answer is no number.")
	}
	score, ok := number("Score")
	const wide = 1 << 30
	if !ok || score < -wide || score > wide {
		return no("Score", "The score is no number.")
	}
	p.Score = int(score)
	at, given := values["CreationDate"]
	if !given {
		return no("CreationDate", "The row has no date, on which its licence depends.")
	}
	var err error
	if p.Created, err = date(string(at)); err != nil {
		return no("CreationDate", "The date cannot be read; it looks like 2019-08-30T17:20:00.000.")
	}
	text := map[string]string{}
	for _, name := range []string{"Title", "Body", "Tags", "ContentLicense"} {
		v, why := unescape(values[name])
		if why != "" {
			return no(name, why)
		}
		text[name] = v
	}
	if p.Kind == Question {
		p.Title = cutRunes(strings.Join(strings.Fields(tame(text["Title"])), " "), maxTitle)
		if p.Title == "" {
			return no("Title", "The question has no title.")
		}
		p.Tags = tags(text["Tags"])
	}
	if p.Text = Text(text["Body"]); p.Text == "" {
		return no("Body", "The post has no text.")
	}
	if p.Licence = text["ContentLicense"]; LicenceURL(p.Licence) == "" {
		p.Licence = LicenceAt(p.Created)
	}
	return p, nil
}

func date(s string) (time.Time, error) {
	t, err := time.Parse("2006-01-02T15:04:05", s) // takes a fraction too
	if err != nil {
		t, err = time.Parse(time.RFC3339, s)
	}
	if err == nil && (t.Year() < 1990 || t.Year() > 2200) {
		err = errors.New("year")
	}
	return t.UTC().Truncate(time.Millisecond), err
}

// tags reads both ways in which dumps have written them: <a><b> and |a|b|.
func tags(s string) (out []string) {
	for t := range strings.FieldsFuncSeq(tame(s), func(r rune) bool { return r == '<' || r == '>' || r == '|' || r <= ' ' }) {
		if len(out) < maxTags && len(t) <= 100 && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

func cutRunes(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}

// unescape reads the value of an attribute, or says why it cannot be. XML knows five entities by name, and no document type may add to them.
func unescape(v []byte) (value, why string) {
	if bytes.IndexByte(v, '&') < 0 {
		return string(v), ""
	}
	var b strings.Builder
	b.Grow(len(v))
	for {
		i := bytes.IndexByte(v, '&')
		if i < 0 {
			b.Write(v)
			return b.String(), ""
		}
		b.Write(v[:i])
		v = v[i+1:]
		const longest = 12
		end := bytes.IndexByte(v[:min(len(v), longest)], ';')
		if end < 0 {
			return "", "The value is not XML: an ampersand stands alone."
		}
		name := string(v[:end])
		v = v[end+1:]
		switch name {
		case "lt":
			b.WriteByte('<')
		case "gt":
			b.WriteByte('>')
		case "amp":
			b.WriteByte('&')
		case "quot":
			b.WriteByte('"')
		case "apos":
			b.WriteByte('\'')
		default:
			digits, base := strings.TrimPrefix(name, "#"), 10
			if x, hex := strings.CutPrefix(digits, "x"); hex {
				digits, base = x, 16
			}
			n, err := strconv.ParseUint(digits, base, 32)
			if digits == name || err != nil || n == 0 || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
				return "", fmt.Sprintf("The value is not XML: &%s; is not known.", tame(strings.ToValidUTF8(name, "")))
			}
			b.WriteRune(rune(n))
		}
	}
}
