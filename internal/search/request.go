package search

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"firebreak/internal/fault"
)

// Request is what was typed into the search box: words, as [ParseQuery] reads them, and filters, such as app:billing or
// before:7d. A filter is a known name, a colon and at once its value; several values are separated by commas, and
// one with blanks stands in quotation marks. Values of one filter are alternatives, different filters narrow further.
type Request struct {
	// Words are what is left without the filters, as typed.
	Words   string
	Filters Filters
	// places are where the filters stand in the text, for Replace; spans those of the words, for Rewrite.
	places []place
	spans  [][2]int
}

type place struct {
	from, to    int // of the value, without quotation marks
	name, value string
}

// Filters narrow a search. The zero Filters narrow nothing.
type Filters struct {
	Applications []string // names
	From         []string // who asked: names, mail addresses or "me"
	Assignees    []string // names, mail addresses, "me" or "none"
	Tags         []string // lower case
	Signatures   []string // with version, "v1:…"
	Fires        []string // match, house_fire, wildfire
	States       []string // open, waiting, resolved, closed
	Kinds        []string // of what is found: see [Kinds]
	Burning      bool     // an open house fire or wildfire
	Mine         bool     // assigned to the one who searches
	Unassigned   bool
	// Before and After bound when a ticket was opened: After <= opened < Before. Zero: unbounded.
	Before, After time.Time
}

// Empty reports whether f narrows nothing.
func (f Filters) Empty() bool { return !f.OfTickets() && len(f.Kinds) == 0 }

// OfTickets reports whether f asks for what tickets alone have.
func (f Filters) OfTickets() bool {
	return len(f.Applications)+len(f.Signatures) > 0 || f.TicketsAlone()
}

// TicketsAlone reports whether f asks for what nothing but a ticket has. Resolutions too have an application and a signature.
func (f Filters) TicketsAlone() bool {
	return len(f.From)+len(f.Assignees)+len(f.Tags)+len(f.Fires)+len(f.States) > 0 || f.Burning || f.Mine || f.Unassigned || !f.Before.IsZero() || !f.After.IsZero()
}

// Wants reports whether things of a kind are asked for.
func (f Filters) Wants(kind string) bool { return len(f.Kinds) == 0 || slices.Contains(f.Kinds, kind) }

// Kinds are the values of the filter kind: what a search can find.
var Kinds = []string{"ticket", "known_error", "resolution", "application", "host", "interface", "person", "answer"}

// FilterHelp is one filter as a page explains it.
type FilterHelp struct {
	Name    string // with its colon
	Means   string
	Example string
	Values  []string // where they are few
	Public  bool     // requesters may use it
}

// Help lists the filters in the order in which people are shown them.
var Help = []FilterHelp{
	{Name: "app:", Means: "tickets and resolutions of an application", Example: "app:billing"},
	{Name: "is:", Means: "the state of a ticket; open is everything that is not done", Example: "is:open", Values: []string{"open", "waiting", "resolved", "closed", "fire", "mine", "unassigned"}, Public: true},
	{Name: "fire:", Means: "how urgent a ticket is", Example: "fire:wildfire", Values: []string{"match", "house_fire", "wildfire"}},
	{Name: "from:", Means: "who asked", Example: `from:"Marta Lind"`},
	{Name: "assignee:", Means: "who has it; me or none", Example: "assignee:me"},
	{Name: "tag:", Means: "a tag of the ticket", Example: "tag:month-end"},
	{Name: "before:", Means: "opened before a day, or longer ago", Example: "before:2026-11-01", Public: true},
	{Name: "after:", Means: "opened on a day or later, or not longer ago", Example: "after:7d", Public: true},
	{Name: "sig:", Means: "tickets and resolutions with the signature of an error", Example: "sig:v1:…"},
	{Name: "kind:", Means: "only one kind of thing", Example: "kind:person", Values: Kinds, Public: true},
}

// statesForAll are the values of is: that a requester may ask for: the others tell what the desk does.
var statesForAll = []string{"open", "resolved", "closed"}

var filterAlias = map[string]string{"application": "app", "by": "from", "requester": "from", "assigned": "assignee", "signature": "sig", "status": "is", "state": "is", "since": "after", "until": "before", "type": "kind", "tags": "tag"}

// schemes stand before a colon in what people paste, and are no attempt at a filter.
var schemes = strings.Fields(`jdbc java javax jndi ldap ldaps ldapi http https ftp sftp file mailto tel urn tcp udp tns jms amqp ssl tls oracle mysql postgres postgresql redis mongodb kafka git ssh nfs smb ws wss s3
	error err warn warning info debug fatal class exception caused host port code errno line user db sid pid uid gid id key name path level msg message time date at in on to is ora`)

const maxFilters = 20

// ParseRequest reads what was typed. now, in the zone of the one who types, gives days their meaning. A requester (staff
// false) may use fewer filters. What looks like a filter and is none is a fault that names the known ones; in quotation
// marks it is searched for as it stands.
func ParseRequest(text string, now time.Time, staff bool) (Request, error) {
	var q Request
	if len(text) > maxQueryBytes {
		return q, fault.Invalid("q", "The search is too long.", "Search for at most 512 characters: the words that matter, or the error code alone.")
	}
	if !strings.ContainsRune(text, ':') {
		q.Words, q.spans = text, [][2]int{{0, len(text)}}
		return q, nil
	}
	var words strings.Builder
	filters := 0
	for at := 0; at < len(text); {
		rest := text[at:]
		if r, n := utf8.DecodeRuneInString(rest); isBlank(r) {
			words.WriteString(rest[:n])
			at += n
			continue
		}
		lead := 0
		if rest[0] == '-' && len(rest) > 1 {
			lead = 1
		}
		if n := quoteLen(rest[lead:]); n > 0 { // a phrase, taken as it is
			_, after, _ := cutQuote(rest[lead+n:])
			end := len(rest) - len(after)
			words.WriteString(rest[:end])
			at += end
			continue
		}
		name, value, quoted, end := cutFilter(rest[lead:])
		end += lead
		known, yes, err := filterName(name, value, quoted, staff)
		switch {
		case err != nil:
			return q, err
		case !yes:
			word, _ := cutWord(rest)
			word = rest[:max(len(word), 1)]
			q.spans = append(q.spans, [2]int{at, at + len(word)})
			words.WriteString(word)
			at += len(word)
			continue
		case lead == 1:
			return q, fault.Invalid("q", "A filter cannot be taken away from a search: -"+known+":.", "Use the filter for what you want instead, such as is:open, or leave out the dash.")
		}
		if filters++; filters > maxFilters {
			return q, fault.Invalid("q", "The search has more than 20 filters.", "Leave some out; several values of one filter go behind one another, with commas between them.")
		}
		from := at + lead + len(name) + 1
		if quoted {
			from += quoteLen(text[from:])
		}
		if err := q.add(known, value, from, quoted, now, staff); err != nil {
			return q, err
		}
		at += end
	}
	q.Words = strings.TrimSpace(words.String())
	return q, nil
}

// cutFilter reads name:value at the beginning of s; end is where it ends. Without the shape of a filter name is "".
func cutFilter(s string) (name, value string, quoted bool, end int) {
	i := 0
	for i < len(s) && (s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' || s[i] == '_') {
		i++
	}
	if i == 0 || i > 20 || i >= len(s) || s[i] != ':' {
		return "", "", false, 0
	}
	name = s[:i]
	if n := quoteLen(s[i+1:]); n > 0 {
		value, after, _ := cutQuote(s[i+1+n:])
		return name, value, true, len(s) - len(after)
	}
	value, after := cutWord(s[i+1:])
	return name, value, false, len(s) - len(after)
}

// filterName decides whether name:value is a filter. Names are as the person typed them; known is the filter's own.
func filterName(name, value string, quoted, staff bool) (known string, yes bool, err error) {
	if name == "" {
		return "", false, nil
	}
	known = strings.ToLower(name)
	i := slices.IndexFunc(Help, func(h FilterHelp) bool { return h.Name == known+":" })
	if i < 0 {
		// A word such as status: is a filter only with a value at once behind it; a message may have it.
		if a, ok := filterAlias[known]; ok && value != "" {
			known = a
			i = slices.IndexFunc(Help, func(h FilterHelp) bool { return h.Name == a+":" })
		}
	}
	if i >= 0 && value == "" && !quoted {
		return "", false, nil // not yet typed, or a word with a colon
	}
	if i >= 0 && (staff || Help[i].Public) {
		return known, true, nil
	}
	// Upper case, further colons and slashes are addresses and pieces of messages.
	if i < 0 && (name != known || value == "" || quoted && strings.ContainsRune(value, ':') || !quoted && strings.ContainsAny(value, ":/\\@()=") || slices.Contains(schemes, known) || len(name) < 2) {
		return "", false, nil
	}
	var names []string
	for _, h := range Help {
		if staff || h.Public {
			names = append(names, h.Name)
		}
	}
	return "", false, fault.Invalid("q", "There is no filter “"+name+":”.",
		"The filters are "+strings.Join(names, " ")+" To search for the words, put them in quotation marks: \""+name+":"+value+"\".")
}

// add keeps the values of one filter.
func (q *Request) add(name, text string, from int, quoted bool, now time.Time, staff bool) error {
	values := []string{text}
	if !quoted {
		values = strings.Split(text, ",")
	}
	f := &q.Filters
	for _, v := range values {
		start := from
		from += len(v) + 1
		v = strings.TrimSpace(v)
		if v == "" {
			if len(values) > 1 {
				continue
			}
			return fault.Invalid("q", "The filter "+name+": has no value.", "Write it behind the colon, such as "+example(name)+".")
		}
		q.places = append(q.places, place{start, start + len(v), name, v})
		low := strings.ToLower(v)
		switch name {
		case "app":
			f.Applications = append(f.Applications, v)
		case "from":
			f.From = append(f.From, v)
		case "assignee":
			f.Assignees = append(f.Assignees, v)
		case "tag":
			f.Tags = append(f.Tags, low)
		case "sig":
			if !strings.Contains(v, ":") {
				v = "v1:" + v
			}
			f.Signatures = append(f.Signatures, v)
		case "fire":
			low = strings.NewReplacer("-", "_", "housefire", "house_fire").Replace(low)
			if low == "house" {
				low = "house_fire"
			}
			if !slices.Contains([]string{"match", "house_fire", "wildfire"}, low) {
				return wrong(name, v, Help[2].Values)
			}
			f.Fires = append(f.Fires, low)
		case "is":
			is := Help[1].Values
			if !staff {
				is = statesForAll
			}
			if !slices.Contains(is, low) {
				return wrong(name, v, is)
			}
			switch low {
			case "fire":
				f.Burning = true
			case "mine":
				f.Mine = true
			case "unassigned":
				f.Unassigned = true
			default:
				f.States = append(f.States, low)
			}
		case "kind":
			low = strings.NewReplacer("-", "_", " ", "_").Replace(low)
			switch low {
			case "app":
				low = "application"
			case "error":
				low = "known_error"
			case "people":
				low = "person"
			}
			if !slices.Contains(Kinds, low) && slices.Contains(Kinds, strings.TrimSuffix(low, "s")) {
				low = strings.TrimSuffix(low, "s")
			}
			if !slices.Contains(Kinds, low) {
				return wrong(name, v, Kinds)
			}
			f.Kinds = append(f.Kinds, low)
		case "before", "after":
			t, ok := instant(low, now)
			if !ok {
				return fault.Invalid("q", "“"+cutText(v, 40)+"” is not a day.", "Write "+name+":2026-11-01, "+name+":2026-11, "+name+":yesterday, or how long ago: "+name+":7d, 24h, 2w, 1y.")
			}
			if name == "before" && (f.Before.IsZero() || t.Before(f.Before)) {
				f.Before = t
			} else if name == "after" && t.After(f.After) {
				f.After = t
			}
		}
	}
	return nil
}

func example(name string) string {
	for _, h := range Help {
		if h.Name == name+":" {
			return h.Example
		}
	}
	return name + ":x"
}

func wrong(name, value string, values []string) error {
	return fault.Invalid("q", "The filter "+name+": has no value “"+cutText(value, 40)+"”.", "Use "+strings.Join(values[:len(values)-1], ", ")+" or "+values[len(values)-1]+".")
}

// instant reads a day (its beginning), a month, a year, an instant, or a time ago.
func instant(s string, now time.Time) (time.Time, bool) {
	y, m, d := now.Date()
	switch s {
	case "today":
		return time.Date(y, m, d, 0, 0, 0, 0, now.Location()).UTC(), true
	case "yesterday":
		return time.Date(y, m, d-1, 0, 0, 0, 0, now.Location()).UTC(), true
	}
	for _, layout := range []string{time.DateOnly, "2006-01", "2006", "2006-1-2"} {
		if t, err := time.ParseInLocation(layout, s, now.Location()); err == nil {
			return t.UTC(), t.Year() > 1900
		}
	}
	if t, err := time.Parse(time.RFC3339, strings.ToUpper(s)); err == nil {
		return t.UTC(), t.Year() > 1900
	}
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	n, err := strconv.Atoi(s[:i])
	if err != nil || n > 100_000 {
		return time.Time{}, false
	}
	switch s[i:] {
	case "h":
		return now.Add(-time.Duration(n) * time.Hour).UTC(), true
	case "d":
		return now.AddDate(0, 0, -n).UTC(), true
	case "w":
		return now.AddDate(0, 0, -7*n).UTC(), n < 10_000
	case "mo":
		return now.AddDate(0, -n, 0).UTC(), n < 1_200
	case "y":
		return now.AddDate(-n, 0, 0).UTC(), n < 100
	}
	return time.Time{}, false
}

// Replace gives the text that was parsed with one value of a filter written anew; "" when it has no such value.
func (q Request) Replace(text, name, value, by string) string {
	for _, p := range q.places {
		if p.name != name || !strings.EqualFold(p.value, value) || p.to > len(text) {
			continue
		}
		before, after := text[:p.from], text[p.to:]
		if quoteLen(after) == 0 && strings.ContainsFunc(by, func(r rune) bool { return isBlank(r) || r == ',' || r == ':' }) {
			by = `"` + by + `"`
		}
		return before + by + after
	}
	return ""
}

// Rewrite gives the text that was parsed with its words written anew by fn, which is told whether it is given the end of
// the text. Filters and phrases beside filters stay as they are.
func (q Request) Rewrite(text string, fn func(words string, last bool) string) string {
	var b strings.Builder
	at := 0
	for _, s := range q.spans {
		b.WriteString(text[at:s[0]])
		b.WriteString(fn(text[s[0]:s[1]], s[1] == len(text)))
		at = s[1]
	}
	b.WriteString(text[at:])
	return b.String()
}
