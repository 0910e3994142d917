package desk

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"unicode"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/knownerror"
	"firebreak/internal/lookup"
	"firebreak/internal/person"
	"firebreak/internal/signature"
	"firebreak/internal/similar"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

const (
	// MaxLookup is the longest text that is looked up at once, in bytes.
	MaxLookup = 2 << 20

	lookupChoices = 500      // words allowed or held back at once
	lookupWords   = 5000     // allowed for ever
	lookupSimilar = 5        // tickets shown as known inside
	lookupErrors  = 8        // known errors shown
	lookupInside  = 16 << 10 // bytes of the text that are compared with what is known
)

// LookupText is a text to look up, and what a person decided about its words.
type LookupText struct {
	Text   string   `json:"text" doc:"an error, a log, or a question"`
	Ticket int64    `json:"ticket,omitzero" doc:"the ticket it belongs to"`
	Allow  []string `json:"allow,omitempty" doc:"words to let through this once; what is surely private stays all the same"`
	Drop   []string `json:"drop,omitempty" doc:"public words to hold back"`
	HowTo  bool     `json:"how_to,omitempty" doc:"it is a question; found out when not said"`
	// NoLinks is for a program that only looks first.
	NoLinks bool `json:"no_links,omitempty" doc:"give no addresses: nothing is handed out, and nothing logged"`
}

// Lookup is what is known inside about a text, and what of it may be looked up outside.
type Lookup struct {
	lookup.Query
	Known []KnownInside `json:"known" doc:"what is known inside; to be looked at before anything leaves"`
	// URLs are for programs; a page opens a link through the desk.
	URLs    map[string]string `json:"urls" doc:"address of each engine for the query; empty where policy does not allow it outright"`
	Policy  lookup.Policy     `json:"policy" doc:"allow, ask or forbid: what holds for whoever asks, and the ticket"`
	Team    string            `json:"team,omitempty" doc:"the team whose policy it is"`
	Engines []lookup.Engine   `json:"-"`
	Direct  bool              `json:"direct" doc:"the desk can search itself and show what it finds"`
	// May are the places of removed words that a person may let through, by the offset of their first byte.
	May map[int]bool `json:"-"`
	In  LookupText   `json:"-"`
}

// Asked reports whether there was anything to look up.
func (l Lookup) Asked() bool { return strings.TrimSpace(l.In.Text) != "" }

// Seen gives the keys of what is shown as known.
func (l Lookup) Seen() []string {
	out := make([]string, len(l.Known))
	for i, k := range l.Known {
		out[i] = k.Key
	}
	return out
}

// KnownInside is something the desk knows already about what somebody wants to look up outside.
type KnownInside struct {
	Key    string        `json:"key" doc:"to be sent back as seen when the query leaves"`
	Kind   string        `json:"kind" enum:"ticket,known_error,resolution,found,mirror"`
	Title  string        `json:"title"`
	Number int64         `json:"number,omitzero" doc:"of a ticket"`
	Status ticket.Status `json:"status,omitempty"`
	Text   string        `json:"text,omitempty" doc:"what fixed it, or what it means"`
	Try    []string      `json:"try,omitempty" doc:"steps, the first first"`
	Why    []string      `json:"why,omitempty"`
	URL    string        `json:"url" doc:"page on this desk"`
}

// Lookup tells what is known inside about a text and what of it may leave. For the page nothing leaves by this; a program
// is given the addresses of the engines where policy allows that, and they are logged as handed out.
func (d *Desk) Lookup(ctx context.Context, in LookupText) (Lookup, error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return Lookup{}, err
	}
	l, set, err := d.look(ctx, caller, in)
	if err != nil || caller.Via == "page" || in.NoLinks || l.Policy != lookup.Allow || l.Text == "" {
		return l, err
	}
	l.URLs = lookup.Links(l.Text, l.Engines)
	return l, d.logGiven(ctx, caller, set, &l)
}

// LookupOf gives what of a ticket one would look up, masked as the ticket is shown: its text with the error in it, or the
// evidence with this id.
func (d *Desk) LookupOf(ctx context.Context, number int64, entry id.ID) (LookupText, error) {
	if _, err := may(ctx, person.WorkTickets); err != nil {
		return LookupText{}, err
	}
	in, err := d.lookupOf(ctx, number, entry)
	if err != nil {
		return in, err
	}
	s, err := d.shield(ctx)
	if err != nil {
		return in, err
	}
	in.Text = s.text(in.Text)
	return in, nil
}

func (d *Desk) lookupOf(ctx context.Context, number int64, entry id.ID) (LookupText, error) {
	r := d.store.Read()
	t, err := r.Ticket(ctx, number)
	if err != nil {
		return LookupText{}, err
	}
	in := LookupText{Ticket: number}
	s, err := d.shield(ctx)
	if err != nil {
		return in, err
	}
	if entry != 0 {
		e, err := r.Entry(ctx, entry)
		if err != nil {
			return in, err
		}
		if e.Ticket != number {
			return in, fault.NotFound("entry")
		}
		text, err := r.EntryText(ctx, entry)
		if err != nil {
			return in, err
		}
		in.Text = errorPart(s.text(e.Body + "\n" + text))
		return in, nil
	}
	in.Text = errorPart(s.text(t.Subject + "\n" + t.Body))
	if len(signature.Of(in.Text)) > 0 {
		return in, nil
	}
	// The requester did not say it; the latest evidence may.
	pieces, err := r.TicketPieces(ctx, number, 10, lookupInside)
	if err != nil {
		return in, err
	}
	for _, p := range pieces {
		if text := p.Body + "\n" + p.Shown; p.Entry != 0 && p.Kind.Evidence() && len(signature.Of(text)) > 0 {
			in.Text = errorPart(s.text(text))
			break
		}
	}
	return in, nil
}

// errorPart cuts a text to what can be read on a page: the lines around its first error.
func errorPart(text string) string {
	const most = 4 << 10
	text = strings.TrimSpace(text)
	if len(text) <= most {
		return text
	}
	from := 0
	if found := signature.Of(text); len(found) > 0 {
		line := 1
		for l := range strings.Lines(text) {
			if line >= found[0].Line-2 {
				break
			}
			line, from = line+1, from+len(l)
		}
	}
	return clipText(text[from:], most)
}

// look does what Lookup says, and gives the rules that hold.
func (d *Desk) look(ctx context.Context, caller Caller, in LookupText) (Lookup, lookup.Settings, error) {
	l := Lookup{In: in, URLs: map[string]string{}, Known: []KnownInside{}, May: map[int]bool{}}
	l.Words, l.Removed, l.Marks = []string{}, []lookup.Removed{}, []lookup.Mark{}
	r := d.store.Read()
	set, err := d.lookupSettings(ctx, r)
	if err != nil {
		return l, set, err
	}
	var t *ticket.Ticket
	if in.Ticket != 0 {
		found, err := r.Ticket(ctx, in.Ticket)
		if err != nil {
			return l, set, err
		}
		t = &found
	}
	l.Direct = set.Search.On() && d.Web != nil
	if l.Policy, l.Team, _, err = d.lookupPolicy(ctx, r, caller, set, t); err != nil || strings.TrimSpace(in.Text) == "" {
		return l, set, err
	}
	switch {
	case len(in.Text) > MaxLookup:
		return l, set, fault.Invalid("text", fmt.Sprintf("The text has %d bytes; up to %d are looked up at once.", len(in.Text), MaxLookup), "Paste the lines around the error.")
	case len(in.Allow) > lookupChoices || len(in.Drop) > lookupChoices:
		return l, set, fault.Invalid("allow", "Too many words were chosen one by one.", "Paste less of the text.")
	}
	if l.Query, l.May, err = d.safeQuery(ctx, r, in, caller.Via == "page"); err != nil {
		return l, set, err
	}
	l.Engines = lookup.For(l.Product, set.Engines)
	l.Known, err = d.knownInside(ctx, r, caller, in, t, l.Text)
	return l, set, err
}

// safeQuery builds the query, and with offer tells which of the removed words a person may let through.
func (d *Desk) safeQuery(ctx context.Context, r store.Read, in LookupText, offer bool) (lookup.Query, map[int]bool, error) {
	o, own, err := d.lookupOptions(ctx)
	if err != nil {
		return lookup.Query{}, nil, err
	}
	words, err := r.LookupWords(ctx, lookupWords)
	if err != nil {
		return lookup.Query{}, nil, err
	}
	for _, w := range words {
		o.Allow = append(o.Allow, w.Text)
	}
	// What became a name of this desk since is not let through any more.
	o.Allow = slices.DeleteFunc(append(o.Allow, in.Allow...), own.has)
	o.Drop, o.HowTo = in.Drop, in.HowTo
	q := lookup.Build(in.Text, o)
	may := map[int]bool{}
	if offer && len(q.Removed) > 0 {
		// Whatever stays although everything was asked for is what nobody may let through.
		for _, x := range q.Removed {
			if !own.has(x.Text) {
				o.Allow, may[x.Start] = append(o.Allow, x.Text), true
			}
		}
		for _, x := range lookup.Build(in.Text, o).Removed {
			delete(may, x.Start)
		}
	}
	return q, may, nil
}

// lookupOptions are what the desk knows of its own, which must not leave, and the single words of it.
func (d *Desk) lookupOptions(ctx context.Context) (lookup.Options, ownParts, error) {
	f, err := d.findersNow(ctx)
	if err != nil {
		return lookup.Options{}, nil, err
	}
	m := &d.lookupOwn
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of != f {
		m.of, m.parts = f, ownParts{}
		for _, names := range [][]string{f.own.People, f.own.Logins, f.own.Clients, f.own.Hosts, f.own.Applications} {
			for _, name := range names {
				for part := range wordParts(name) {
					m.parts[part] = true
				}
			}
		}
	}
	return lookup.Options{Own: f.own, Finder: f.all}, m.parts, nil
}

// ownMemory keeps the single words of the desk's own names for the finders they were taken from.
type ownMemory struct {
	mu    sync.Mutex
	of    *finders
	parts ownParts
}

// ownParts are the words of the names of this desk: its people, clients, hosts and applications. No right lets them out.
type ownParts map[string]bool

func (o ownParts) has(word string) bool {
	for part := range wordParts(word) {
		if o[part] {
			return true
		}
	}
	return false
}

// wordParts gives the words of a name of three letters and more, in lower case.
func wordParts(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for part := range strings.FieldsFuncSeq(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(part) >= 3 && !yield(part) {
				return
			}
		}
	}
}

// lookupPolicy gives the policy for a look-up, the team it comes from, and its id: the strictest of those of the caller's
// teams and the ticket's.
func (d *Desk) lookupPolicy(ctx context.Context, r store.Read, caller Caller, set lookup.Settings, t *ticket.Ticket) (lookup.Policy, string, id.ID, error) {
	p := caller.Person
	if p.ID != 0 && p.Teams == nil {
		var err error
		if p, err = r.Person(ctx, p.ID); err != nil {
			return lookup.Forbid, "", 0, err
		}
	}
	teams := p.Teams
	if t != nil && t.TeamID != 0 {
		teams = append([]person.TeamRef{{ID: t.TeamID, Name: t.Team}}, teams...)
	}
	if len(teams) == 0 {
		return set.Policy, "", 0, nil
	}
	policies := make([]lookup.Policy, len(teams))
	for i, team := range teams {
		policies[i] = set.Policy
		if own, ok := set.Teams[team.ID]; ok {
			policies[i] = own
		}
	}
	strictest := lookup.Strictest(policies...)
	team := teams[slices.Index(policies, strictest)]
	return strictest, team.Name, team.ID, nil
}

// knownInside gives what the desk knows about a text: known errors, resolutions, earlier tickets, and what the copies of
// public sites that it keeps say about the query.
func (d *Desk) knownInside(ctx context.Context, r store.Read, caller Caller, in LookupText, t *ticket.Ticket, query string) ([]KnownInside, error) {
	out := []KnownInside{}
	text := clipText(in.Text, lookupInside)
	found, err := d.FindErrors(ctx, text)
	if err != nil {
		return nil, err
	}
	for _, e := range found {
		key := knownerror.Key(e.Code)
		if k := "known_error:" + key; len(out) < lookupErrors && !slices.ContainsFunc(out, func(x KnownInside) bool { return x.Key == k }) {
			out = append(out, KnownInside{Key: k, Kind: "known_error", Title: e.Code + ": " + e.Title, Try: e.Try, URL: "/known-errors/" + key})
		}
	}
	var application id.ID
	if t != nil {
		application = t.ApplicationID
	}
	var keys []string
	asked := ""
	for _, s := range signature.Of(text) {
		if len(keys) < 3 {
			keys = append(keys, s.ID)
			asked += s.Template + "\n"
		}
	}
	rest := []rune(text)
	resolutions, err := resolutionsLike(ctx, r, wordsOf(asked+string(rest[:min(len(rest), 600)])), keys, application, wordsOfChance)
	if err != nil {
		return nil, err
	}
	for _, x := range resolutions[:min(len(resolutions), maxOffered)] {
		out = append(out, KnownInside{Key: "resolution:" + x.ID.String(), Kind: "resolution", Title: x.Title, Text: cutText(x.Fix, 300), Why: x.Why, URL: "/resolutions/" + x.ID.String()})
	}
	ask := similarAsk{application: application, text: similar.Text{Body: text}}
	if first, rest, ok := strings.Cut(text, "\n"); ok {
		ask.text = similar.Text{Title: first, Body: rest}
	}
	page, err := d.similarTo(ctx, caller, ask, 3*lookupSimilar)
	if err != nil {
		return nil, err
	}
	n, top, told := 0, 0.0, map[string]bool{}
	for _, s := range page.Items {
		if s.Number != in.Ticket {
			top = max(top, s.Score)
		}
		// A few words of prose are like many tickets; what is far behind the best, or comes again and again, is told once.
		if !s.Likely || s.Number == in.Ticket || n == lookupSimilar || told[s.Subject] || s.Score < min(.45, .7*top) {
			continue
		}
		n, told[s.Subject] = n+1, true
		out = append(out, KnownInside{Key: fmt.Sprintf("ticket:%d", s.Number), Kind: "ticket", Number: s.Number, Title: s.Subject, Status: s.Status, Text: cutText(s.Resolution, 300), Why: s.Why, URL: fmt.Sprintf("/tickets/%d", s.Number)})
	}
	like := []int64{}
	for _, k := range out {
		if k.Number != 0 {
			like = append(like, k.Number)
		}
	}
	kept, err := d.foundOn(ctx, like, 3)
	if err != nil {
		return nil, err
	}
	for _, k := range kept {
		out = append(out, KnownInside{Key: "found:" + k.Entry.String(), Kind: "found", Number: k.Ticket, Title: cutText(k.Note, 160), Why: []string{"found outside before: " + k.URL}, URL: fmt.Sprintf("/tickets/%d#e-%s", k.Ticket, k.Entry)})
	}
	s, err := d.shield(ctx)
	if err != nil {
		return nil, err
	}
	for i := range out {
		s.texts(&out[i].Title, &out[i].Text)
	}
	mirrored, err := d.SearchMirror(ctx, cmp.Or(query, clipText(text, maxMirrorQuery)), lookupSimilar)
	if err != nil {
		return nil, err
	}
	for _, m := range mirrored {
		if m.Likely {
			out = append(out, KnownInside{Key: fmt.Sprintf("mirror:%s/%d", m.Site, m.ID), Kind: "mirror", Title: m.Title, Text: cutText(cmp.Or(m.Answer, m.Snippet), 300), Why: append([]string{"kept here from " + m.Site}, m.Why...), URL: m.URL})
		}
	}
	return out, nil
}
