// Package mirror reads the published dumps of question and answer sites (Posts.xml of Stack Exchange), so that a desk can
// look an error up without anything leaving it. It reads rows as a stream in constant memory, makes plain text of their
// HTML, and knows under which licence each post stands and where it came from.
package mirror

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"firebreak/internal/fault"
)

// MaxID is the largest id of a post that is taken.
const MaxID = 1<<40 - 1

// Kind is what a post is.
type Kind int

const (
	Question Kind = 1
	Answer   Kind = 2
)

// Post is a question or an answer of a site.
type Post struct {
	Line     int64 // of the file
	ID       int64
	Kind     Kind
	Question int64 // of an answer: what it answers
	Accepted int64 // of a question: the answer its author took; 0: none
	Score    int
	Created  time.Time
	Title    string // of a question
	Text     string // plain; code stands between lines of backticks
	Tags     []string
	Licence  string
}

// Fingerprint tells whether a post says what it said when it was read before.
func (p *Post) Fingerprint() int64 {
	h := fnv.New64a()
	var n [8]byte
	for _, v := range []int64{p.Question, p.Accepted, int64(p.Score), p.Created.UnixMilli()} {
		binary.BigEndian.PutUint64(n[:], uint64(v))
		h.Write(n[:])
	}
	for _, s := range append([]string{p.Title, p.Text, p.Licence}, p.Tags...) {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return int64(h.Sum64())
}

// The dates from which a contribution to Stack Exchange stands under a newer licence, as the network's help says
// (stackoverflow.com/help/licensing).
var (
	since3 = time.Date(2011, 4, 8, 0, 0, 0, 0, time.UTC)
	since4 = time.Date(2018, 5, 2, 0, 0, 0, 0, time.UTC)
)

// LicenceAt is the licence of what was written at that time.
func LicenceAt(written time.Time) string {
	switch {
	case written.Before(since3):
		return "CC BY-SA 2.5"
	case written.Before(since4):
		return "CC BY-SA 3.0"
	}
	return "CC BY-SA 4.0"
}

// LicenceURL is the text of a licence that LicenceAt gives; "" for another.
func LicenceURL(licence string) string {
	if version, ok := strings.CutPrefix(licence, "CC BY-SA "); ok && slices.Contains([]string{"2.5", "3.0", "4.0"}, version) {
		return "https://creativecommons.org/licenses/by-sa/" + version + "/"
	}
	return ""
}

// Link is where a post stands on its site.
func Link(site string, kind Kind, id int64) string {
	letter := "q"
	if kind == Answer {
		letter = "a"
	}
	return "https://" + site + "/" + letter + "/" + strconv.FormatInt(id, 10)
}

// Site checks the name of a site: a host such as dba.stackexchange.com.
func Site(name string) (string, *fault.Fault) {
	name = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(name), "."))
	const most = 100
	good := len(name) <= most && strings.Contains(name, ".")
	for label := range strings.SplitSeq(name, ".") {
		good = good && label != "" && label[0] != '-' && label[len(label)-1] != '-' &&
			!strings.ContainsFunc(label, func(r rune) bool { return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') })
	}
	if !good {
		return "", fault.Invalid("site", fmt.Sprintf("%q is not the name of a site.", name), "Write it as in its address, e.g. stackoverflow.com or dba.stackexchange.com.")
	}
	return name, nil
}

// Excerpt is the beginning of a text in one line, about width runes, without the fences of code.
func Excerpt(text string, width int) string {
	var b strings.Builder
	n := 0
	for line := range strings.Lines(text) {
		if isFence(line) {
			continue
		}
		for word := range strings.FieldsSeq(line) {
			size := len([]rune(word))
			if n > 0 && n+size > width {
				b.WriteString(" …")
				return b.String()
			}
			if n > 0 {
				b.WriteByte(' ')
			}
			if size > width {
				b.WriteString(string([]rune(word)[:width]) + "…")
				return b.String()
			}
			b.WriteString(word)
			n += size + 1
		}
	}
	return b.String()
}

func isFence(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= 3 && strings.Trim(line, "`") == ""
}
