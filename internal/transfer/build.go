package transfer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"firebreak/internal/ticket"
)

const (
	maxID      = 200
	maxEntries = 20_000
	maxName    = 120
)

// builder makes a row from a record and remembers the first thing that is wrong.
type builder struct {
	m     *Mapping
	r     *record
	field string
	bad   string
	hint  string
}

func (b *builder) fail(field, problem, hint string) {
	if b.bad == "" {
		b.field, b.bad, b.hint = field, problem, hint
	}
}

// word gives a one-valued field as text, with the mapping's words and constants applied.
func (b *builder) word(field string) string {
	var s string
	for _, v := range b.r.find(b.m, field) {
		if s = strings.TrimSpace(textOf(v)); s != "" {
			break
		}
	}
	return b.meant(field, s)
}

func (b *builder) meant(field, s string) string {
	if to, ok := b.m.Values[field][strings.ToLower(s)]; ok {
		s = to
	}
	if s == "" {
		s = b.m.Constants[field]
	}
	return s
}

func (b *builder) text(field, s string, limit int, oneLine bool) string {
	clean, problem, hint := ticket.CleanText(s, limit, oneLine)
	if problem != "" {
		b.fail(field, problem, hint)
	}
	return clean
}

func (b *builder) line(field string, limit int) string {
	return b.text(field, b.word(field), limit, true)
}

// prose gives a text of many lines; several columns follow one another as paragraphs.
func (b *builder) prose(field string) string {
	var parts []string
	for _, v := range b.r.find(b.m, field) {
		if s := textOf(v); strings.TrimSpace(s) != "" {
			parts = append(parts, s)
		}
	}
	return b.text(field, b.meant(field, strings.Join(parts, "\n\n")), ticket.MaxBody, false)
}

func (b *builder) person(field string) Person {
	var p Person
	for _, v := range b.r.find(b.m, field) {
		if p = personOf(v); !p.IsZero() {
			break
		}
	}
	if to := b.meant(field, p.Name); to != p.Name {
		p = ParsePerson(to)
	} else if to, ok := b.m.Values[field][strings.ToLower(p.Email)]; ok && p.Email != "" {
		p = ParsePerson(to)
	} else if p.IsZero() {
		p = ParsePerson(b.m.Constants[field])
	}
	p.Name = b.text(field, p.Name, ticket.MaxShort, true)
	return p
}

// row gives the row; the problem is in bad.
func (b *builder) row() Row {
	var t Row
	t.ID = b.line("id", maxID)
	if t.ID == "" {
		b.fail("id", "The row has no id, so a second import could not recognise it.", "Give every row its id, or name the column in the mapping file: id = \"Their column\" under [fields].")
	}
	b.subject(&t)
	if w := b.word("status"); w != "" {
		var ok bool
		if t.Status, t.WaitingOn, ok = Status(w); !ok {
			b.fail("status", fmt.Sprintf("The state %q is not known.", short(w)), fmt.Sprintf("Say what it means in the mapping file: under [values.status] write %q = \"open\" (or new, waiting, resolved, closed, cancelled).", w))
		}
	}
	if w := ticket.Waiting(b.word("waiting_on")); w.Valid() && w != ticket.OnDate && t.Status == ticket.OnHold {
		t.WaitingOn = w
	}
	t.Resolution = b.prose("resolution")
	b.instants(&t)
	t.Application = b.application()
	t.Requester = b.person("requester")
	t.Assignee = b.person("assignee")
	if w := b.word("level"); w != "" {
		var ok bool
		if t.Level, ok = level(w); !ok {
			b.fail("level", fmt.Sprintf("The level %q is not known.", short(w)), "Use L1, L1.5, L2 or L3.")
		}
	}
	t.Tags = b.tags()
	b.urgency(&t)
	if w := b.word("minutes_spent"); w != "" {
		n, err := strconv.ParseFloat(w, 64)
		if err != nil || n < 0 || n > 10_000_000 {
			b.fail("minutes_spent", fmt.Sprintf("%q is not a number of minutes.", short(w)), "Write whole minutes.")
		}
		t.Minutes = int(n)
	}
	t.Entries = b.entries()
	return t
}

// subject reads title and body. A title longer than the desk keeps is cut, and stands whole above the body; a
// row without one takes the first line of its body.
func (b *builder) subject(t *Row) {
	title := b.text("title", b.word("title"), ticket.MaxBody, true)
	t.Body = b.prose("body")
	t.Title = title
	if title == "" {
		t.Title, _, _ = strings.Cut(t.Body, "\n")
		if t.Title == "" {
			b.fail("title", "The row has neither a title nor a body.", "Give it a title, or name the column in the mapping file: title = \"Their column\" under [fields].")
		}
	}
	if r := []rune(t.Title); len(r) > ticket.MaxSubject {
		t.Title = strings.TrimSpace(string(r[:ticket.MaxSubject-1])) + "…"
		if title != "" {
			t.Body = b.text("body", title+"\n\n"+t.Body, ticket.MaxBody, false)
		}
	}
}

func (b *builder) instants(t *Row) {
	read := func(field string) (out ticket.Instant) {
		w := b.word(field)
		out, problem, hint := b.m.dates.Parse(w)
		if problem != "" {
			b.fail(field, problem, hint)
		}
		return out
	}
	t.Created, t.Updated, t.Resolved, t.Closed = read("created"), read("updated"), read("resolved"), read("closed")
	if !t.Created.IsZero() && !t.Resolved.IsZero() && t.Resolved.Before(t.Created) {
		b.fail("resolved", "The row was resolved before it was created.", "Mend one of the two dates; if they come from different zones, give both an offset.")
	}
}

// application gives the first of several components, since a ticket belongs to one application.
func (b *builder) application() string {
	vs := b.r.find(b.m, "application")
	var s string
	for _, v := range vs {
		if list, ok := v.([]any); ok && len(list) > 0 {
			v = list[0]
		}
		if s = strings.TrimSpace(textOf(v)); s != "" {
			break
		}
	}
	return b.text("application", b.meant("application", s), maxName, true)
}

func (b *builder) tags() []string {
	var out []string
	add := func(s string) {
		for tag := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' }) {
			tag = strings.ToLower(b.meant("tags", b.text("tags", tag, ticket.MaxShort, true)))
			if r := []rune(tag); len(r) > ticket.MaxTag {
				tag = strings.TrimSpace(string(r[:ticket.MaxTag]))
			}
			if tag != "" {
				out = append(out, tag)
			}
		}
	}
	for _, v := range b.r.find(b.m, "tags") {
		if list, ok := v.([]any); ok {
			for _, w := range list {
				add(textOf(w))
			}
		} else {
			add(textOf(v))
		}
	}
	if len(out) == 0 {
		add(b.m.Constants["tags"])
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) > ticket.MaxTags {
		b.fail("tags", fmt.Sprintf("There are %d tags, the desk keeps up to %d.", len(out), ticket.MaxTags), "Keep the ones somebody will search for.")
	}
	return out
}

func (b *builder) urgency(t *Row) {
	for _, v := range b.r.find(b.m, "deadline") {
		if m, ok := v.(map[string]any); ok { // as the desk's own API writes it
			t.Deadline.Reason = b.text("deadline_reason", textOf(m["reason"]), ticket.MaxShort, true)
			t.Deadline.SaidBy = b.text("said_by", textOf(m["said_by"]), ticket.MaxShort, true)
			t.Deadline.Consequence = b.text("consequence", textOf(m["consequence"]), ticket.MaxShort, true)
			v = m["at"]
		}
		at, problem, hint := b.m.dates.Parse(textOf(v))
		if problem != "" {
			b.fail("deadline", problem, hint)
		}
		t.Deadline.At = at
		break
	}
	for field, to := range map[string]*string{"deadline_reason": &t.Deadline.Reason, "said_by": &t.Deadline.SaidBy, "consequence": &t.Deadline.Consequence} {
		if s := b.line(field, ticket.MaxShort); s != "" {
			*to = s
		}
	}
	if w := b.word("stakes"); w != "" {
		var ok bool
		if t.Stakes, ok = stakes(w); !ok {
			b.fail("stakes", fmt.Sprintf("The stakes %q are not known.", short(w)), "Use person, team, client or company.")
		}
	}
	for field, to := range map[string]**bool{"workaround": &t.Workaround, "spreading": &t.Spreading} {
		if w := b.word(field); w != "" {
			yes, ok := yesNo(w)
			if !ok {
				b.fail(field, fmt.Sprintf("%q is neither yes nor no.", short(w)), "Write true or false.")
			}
			*to = &yes
		}
	}
}

func (b *builder) entries() []Comment {
	var out []Comment
	for _, v := range b.r.find(b.m, "entries") {
		items, ok := v.([]any)
		if !ok {
			items = []any{v}
			if s, isText := v.(string); isText && strings.HasPrefix(strings.TrimSpace(s), "[{") { // a list kept in a cell
				d := json.NewDecoder(strings.NewReader(s))
				d.UseNumber()
				var list []any
				if d.Decode(&list) == nil {
					items = list
				}
			}
		}
		for _, item := range items {
			if c, ok := b.comment(item, len(out)+1); ok {
				out = append(out, c)
			}
		}
	}
	if len(out) > maxEntries {
		b.fail("entries", fmt.Sprintf("The row has %d entries, the desk takes up to %d on one ticket.", len(out), maxEntries), "Split the ticket.")
	}
	seen := map[string]bool{}
	for i := range out {
		for seen[out[i].ID] { // an id that comes twice would overwrite the first
			out[i].ID += "+"
		}
		seen[out[i].ID] = true
	}
	return out
}

func (b *builder) comment(v any, n int) (Comment, bool) {
	c := Comment{ID: "#" + strconv.Itoa(n), Public: b.m.CommentsPublic}
	field := fmt.Sprintf("entries[%d]", n-1)
	m, ok := v.(map[string]any)
	if !ok {
		s := textOf(v)
		// Jira writes "date;author;text" into one cell.
		if date, rest, ok := strings.Cut(s, ";"); ok {
			if author, text, ok := strings.Cut(rest, ";"); ok && len(date) < 40 {
				if at, problem, _ := b.m.dates.Parse(date); problem == "" && !at.IsZero() {
					c.Created, c.Author, s = at, ParsePerson(author), text
				}
			}
		}
		c.Author.Name = b.text(field+".author", c.Author.Name, ticket.MaxShort, true)
		c.Body = b.text(field+".body", s, ticket.MaxBody, false)
		return c, c.Body != ""
	}
	get := func(keys ...string) any {
		for _, k := range keys {
			if w, ok := m[k]; ok && textOf(w) != "" {
				return w
			}
		}
		return nil
	}
	if id := b.text(field+".id", textOf(get("id", "external_id", "key")), maxID, true); id != "" {
		c.ID = id
	}
	if w := get("author", "from", "by", "user", "creator", "author_email", "sender"); w != nil {
		c.Author = personOf(w)
		c.Author.Name = b.text(field+".author", c.Author.Name, ticket.MaxShort, true)
	}
	c.Body = b.text(field+".body", textOf(get("body", "text", "content", "message", "comment", "plain_body", "body_text", "note")), ticket.MaxBody, false)
	at, problem, hint := b.m.dates.Parse(textOf(get("created", "created_at", "date", "at", "time", "createdAt", "timestamp")))
	if problem != "" {
		b.fail(field+".created", problem, hint)
	}
	c.Created = at
	switch w := get("public", "is_public"); {
	case w != nil:
		yes, ok := yesNo(textOf(w))
		if !ok {
			b.fail(field+".public", fmt.Sprintf("%q is neither yes nor no.", short(textOf(w))), "Write true or false.")
		}
		c.Public = yes
	default:
		if yes, ok := yesNo(textOf(get("private", "internal", "is_internal"))); ok {
			c.Public = !yes
		}
		switch fold(textOf(get("visibility", "kind", "type"))) {
		case "public", "reply", "external", "publicreply":
			c.Public = true
		case "private", "internal", "note", "worknote", "worknotes", "internalnote":
			c.Public = false
		}
	}
	return c, c.Body != ""
}
