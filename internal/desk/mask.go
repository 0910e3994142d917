package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"sync"

	"firebreak/internal/evidence"
	"firebreak/internal/privacy"
	"firebreak/internal/redact"
	"firebreak/internal/ticket"
)

// part is one of the texts of a ticket or an entry that people read.
type part struct {
	at *string
	// before are words that the finder is shown before it, so that a number is known by the name of its column.
	before string
	// goesOn says that the text before goes on here: a line of a log.
	goesOn bool
}

// partsOf gives the texts of an entry: title, body, names of files, then what its evidence holds, which the second result
// writes back. Marks number them, so their order must stay. Without evidence only the first ones are given.
func partsOf(e *ticket.Entry, withEvidence bool) ([]part, func()) {
	parts := []part{{at: &e.Title}, {at: &e.Body}}
	for i := range e.Files {
		parts = append(parts, part{at: &e.Files[i].Name})
	}
	if !withEvidence || e.Data == "" {
		return parts, func() {}
	}
	var facts any
	switch e.Kind {
	case ticket.SQL:
		s := &evidence.SQL{}
		if json.Unmarshal([]byte(e.Data), s) != nil {
			return parts, func() {}
		}
		parts, facts = append(parts, sqlParts(s)...), s
	case ticket.Terminal:
		t := &evidence.TerminalFacts{}
		if json.Unmarshal([]byte(e.Data), t) != nil {
			return parts, func() {}
		}
		parts, facts = append(parts, part{at: &t.Title}, part{at: &t.Command}, part{at: &t.Text}), t
	case ticket.Log:
		l := &evidence.LogFacts{}
		if json.Unmarshal([]byte(e.Data), l) != nil {
			return parts, func() {}
		}
		for _, lines := range [][]evidence.Line{l.Head, l.Tail} {
			for i := range lines {
				parts = append(parts, part{at: &lines[i].Text, goesOn: i > 0})
			}
		}
		facts = l
	default:
		return parts, func() {}
	}
	return parts, func() {
		e.Data = jsonOf(facts)
		e.Evidence = json.RawMessage(e.Data)
	}
}

// sqlParts gives the texts of a statement with its result. A cell is read with the name of its column before it.
func sqlParts(s *evidence.SQL) []part {
	parts := []part{{at: &s.Statement}, {at: &s.Engine}, {at: &s.Database}, {at: &s.Raw}}
	before := make([]string, len(s.Columns))
	for i := range s.Columns {
		parts = append(parts, part{at: &s.Columns[i]})
		before[i] = strings.ReplaceAll(s.Columns[i], "_", " ") + ": "
	}
	for _, row := range s.Rows {
		for i := range row {
			p := part{at: &row[i], goesOn: i > 0}
			if i < len(before) {
				p.before = before[i]
			}
			parts = append(parts, p)
		}
	}
	return parts
}

// markParts gives where private data stands in texts that are read together.
func markParts(f *redact.Finder, parts []part) []privacy.Mark {
	var b strings.Builder
	starts := make([]int, len(parts))
	for i, p := range parts {
		if i > 0 && *p.at != "" {
			b.WriteByte('\n')
			if !p.goesOn {
				b.WriteByte('\n')
			}
		}
		if *p.at != "" {
			b.WriteString(p.before)
		}
		starts[i] = b.Len()
		b.WriteString(*p.at)
	}
	var out []privacy.Mark
	i := 0
	for _, x := range f.Find(b.String()) {
		for i < len(parts) && starts[i]+len(*parts[i].at) <= x.Start {
			i++
		}
		for k := i; k < len(parts) && starts[k] < x.End; k++ {
			from, to := max(x.Start-starts[k], 0), min(x.End-starts[k], len(*parts[k].at))
			if from < to {
				out = append(out, privacy.Mark{Text: k, Start: from, End: to, Kind: x.Kind})
			}
		}
	}
	return out
}

// maskParts writes names in place of what is marked; false when the marks do not fit the texts.
func maskParts(parts []part, marks []privacy.Mark, p *redact.Pseudonyms) bool {
	for _, m := range marks {
		if m.Text >= len(parts) || m.End > len(*parts[m.Text].at) {
			return false
		}
	}
	for i := 0; i < len(marks); {
		n := i
		for n < len(marks) && marks[n].Text == marks[i].Text {
			n++
		}
		to := parts[marks[i].Text].at
		found := make([]redact.Finding, n-i)
		for k, m := range marks[i:n] {
			found[k] = redact.Finding{Start: m.Start, End: m.End, Kind: m.Kind}
		}
		*to = redact.Mask(*to, found, p)
		i = n
	}
	return true
}

// marksOf looks through an entry. The lines of a log may begin and end within a key.
func (f *finders) marksOf(e *ticket.Entry) []privacy.Mark {
	parts, _ := partsOf(e, true)
	marks := markParts(f.mask, parts)
	if e.Kind == ticket.Log && slices.Contains(f.set.Mask, redact.Secret) {
		for i := 2 + len(e.Files); i < len(parts); i++ {
			whole := privacy.Mark{Text: i, End: len(*parts[i].at), Kind: redact.Secret}
			if at, marked := slices.BinarySearchFunc(marks, i, func(m privacy.Mark, i int) int { return m.Text - i }); !marked && keyLine(*parts[i].at) {
				marks = slices.Insert(marks, at, whole)
			}
		}
	}
	return marks
}

// keyLine reports whether a line is nothing but letters and digits as keys are written in files: of what stands around it
// nothing may be known.
func keyLine(s string) bool {
	s = strings.TrimSpace(s)
	if len(s) < 40 || len(s) > 80 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '=') {
			return false
		}
	}
	return strings.ContainsAny(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") && strings.ContainsAny(s, "abcdefghijklmnopqrstuvwxyz")
}

// shield masks what is shown to one caller.
type shield struct {
	*finders
	d   *Desk
	key []byte // for names in logs
}

// shield gives what masks for the caller.
func (d *Desk) shield(ctx context.Context) (*shield, error) {
	f, err := d.findersNow(ctx)
	if err != nil {
		return nil, err
	}
	key, err := d.namesKey(ctx)
	return &shield{f, d, key}, err
}

// names gives the names for private values of an entry: counted, but in a log made of the values, as it is read in parts.
func (s *shield) names(e *ticket.Entry) *redact.Pseudonyms {
	if e.Kind == ticket.Log {
		return &redact.Pseudonyms{Key: append([]byte(e.ID.String()), s.key...)}
	}
	return &redact.Pseudonyms{}
}

// entry masks an entry.
func (s *shield) entry(e *ticket.Entry) {
	kept, ok := privacy.ReadMarks(e.Marks)
	marks := kept.Marks
	if !ok || kept.Rules != s.rules {
		marks = s.d.marks.of(s, e)
	}
	e.Private = s.found(e, marks, kept.File)
	if len(marks) == 0 {
		return
	}
	parts, put := partsOf(e, marks[len(marks)-1].Text >= 2+len(e.Files))
	if !maskParts(parts, marks, s.names(e)) {
		marks = s.marksOf(e) // written by something else
		parts, put = partsOf(e, true)
		maskParts(parts, marks, s.names(e))
	}
	put()
}

// found says what of an entry is masked: in its texts, or in its file, of which the texts of its evidence are a part.
func (s *shield) found(e *ticket.Entry, marks []privacy.Mark, file privacy.Counts) *ticket.Private {
	p := ticket.Private{Counts: map[string]int{}, Pending: file == nil && readable(e.Files)}
	c, shown := privacy.Counts{}, privacy.Counts{}
	for _, m := range marks {
		if m.Text < 2+len(e.Files) {
			c[m.Kind]++
		} else {
			shown[m.Kind]++
		}
	}
	for _, k := range s.set.Mask {
		if n := max(shown[k], file[k]); n > 0 {
			c[k] += n
		}
	}
	for k, n := range c {
		p.Counts[string(k)] = n
	}
	if p.Words = c.String(); p.Words == "" && !p.Pending {
		return nil
	}
	return &p
}

// readable reports whether one of the files is text that can be looked through.
func readable(files []ticket.Attachment) bool {
	return slices.ContainsFunc(files, textFile)
}

func textFile(f ticket.Attachment) bool {
	return strings.HasPrefix(f.Role, RoleMain) && (strings.HasPrefix(f.Type, "text/") || f.Type == evidence.Attachment)
}

// text masks a short text.
func (s *shield) text(text string) string {
	if text == "" {
		return text
	}
	return redact.Mask(text, s.mask.Find(text), &redact.Pseudonyms{})
}

// texts masks short texts that are read together.
func (s *shield) texts(at ...*string) {
	parts := make([]part, len(at))
	for i := range at {
		parts[i].at = at[i]
	}
	maskParts(parts, markParts(s.mask, parts), &redact.Pseudonyms{})
}

// list masks the tickets of a list.
func (s *shield) list(tickets []ticket.Ticket) {
	for i := range tickets {
		s.ticket(&tickets[i])
	}
}

// ticketParts are the texts of a ticket.
func ticketParts(t *ticket.Ticket) []part {
	return []part{{at: &t.Subject}, {at: &t.Body}, {at: &t.Resolution}, {at: &t.Deadline.Reason}, {at: &t.Deadline.Consequence}}
}

// ticket masks a ticket's own texts.
func (s *shield) ticket(t *ticket.Ticket) {
	marks := s.d.marks.ofTicket(s, t)
	if len(marks) == 0 {
		return
	}
	c := privacy.Counts{}
	for _, m := range marks {
		c[m.Kind]++
	}
	t.Private = &ticket.Private{Counts: map[string]int{}, Words: c.String()}
	for k, n := range c {
		t.Private.Counts[string(k)] = n
	}
	maskParts(ticketParts(t), marks, &redact.Pseudonyms{})
}

// event masks what a line of history tells of texts.
func (s *shield) event(e *ticket.Event) {
	switch e.Field {
	case "subject", "resolution", "deadline_reason", "link", "merged_from":
		e.Old, e.New = s.text(e.Old), s.text(e.New)
	}
	e.Reason = s.text(e.Reason)
}

// marksMemory remembers where private data stands in texts for which nothing is kept: tickets, and entries that were
// imported or looked through by older rules.
type marksMemory struct {
	mu   sync.Mutex
	kept map[marksKey][]privacy.Mark
}

type marksKey struct {
	texts uint64 // a hash of what was looked through
	rules string
}

var marksSeed = maphash.MakeSeed()

// keyOf names texts that are read together.
func keyOf(rules string, texts ...string) marksKey {
	var h maphash.Hash
	h.SetSeed(marksSeed)
	for _, s := range texts {
		h.WriteString(s)
		h.WriteByte(0)
	}
	return marksKey{h.Sum64(), rules}
}

const marksKept = 4096

func (m *marksMemory) get(k marksKey, find func() []privacy.Mark) []privacy.Mark {
	m.mu.Lock()
	marks, ok := m.kept[k]
	m.mu.Unlock()
	if ok {
		return marks
	}
	marks = find()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil || len(m.kept) >= marksKept {
		m.kept = map[marksKey][]privacy.Mark{}
	}
	m.kept[k] = marks
	return marks
}

func (m *marksMemory) of(s *shield, e *ticket.Entry) []privacy.Mark {
	return m.get(keyOf(s.rules, string(e.Kind), e.Title, e.Body, e.Data, fmt.Sprint(len(e.Files))), func() []privacy.Mark { return s.marksOf(e) })
}

func (m *marksMemory) ofTicket(s *shield, t *ticket.Ticket) []privacy.Mark {
	parts := ticketParts(t)
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = *p.at
	}
	return m.get(keyOf(s.rules, texts...), func() []privacy.Mark { return markParts(s.mask, parts) })
}
