package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/knownerror"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// What of a ticket is looked through for codes.
const (
	knownEntries = 40      // newest entries
	knownText    = 200_000 // characters of each text
	knownTotal   = 4 << 20 // bytes of all together
	knownCards   = 20
	knownPlaces  = 5 // of each card
)

// KnownErrorCard is a known error on a ticket.
type KnownErrorCard struct {
	knownerror.Entry
	// Count is how often it stands there; Places are the newest of them.
	Count  int               `json:"count"`
	Places []KnownErrorPlace `json:"places"`
}

// KnownErrorPlace is where a code stands on a ticket.
type KnownErrorPlace struct {
	Entry id.ID       `json:"entry,omitzero" doc:"absent: the ticket's own text"`
	Kind  ticket.Kind `json:"kind,omitempty"`
	Title string      `json:"title,omitempty"`
	Line  int         `json:"line,omitempty" doc:"of the text; absent where it is not known"`
	Text  string      `json:"text" doc:"as it was written"`
	At    time.Time   `json:"at"`
}

// Word names the place for people.
func (p KnownErrorPlace) Word() string {
	if p.Entry == 0 {
		return "the first message"
	}
	switch p.Kind {
	case ticket.Reply:
		return "a reply"
	case ticket.Note:
		return "a note"
	case ticket.SQL:
		return "SQL"
	case ticket.Terminal:
		return "a terminal session"
	case ticket.Log:
		return "a log"
	}
	return "a file"
}

// KnownErrorCards are the known errors of a ticket: codes of one cause before general ones, then the newest first.
type KnownErrorCards struct {
	Items  []KnownErrorCard `json:"items"`
	Ticket int64            `json:"ticket"`
	// More says that the ticket holds more codes or text than is shown.
	More bool `json:"more,omitempty"`
}

// knownMemory remembers the desk's book of codes and the cards of tickets that were looked at lately.
type knownMemory struct {
	mu       sync.Mutex
	revision int64
	book     *knownerror.Book
	cards    map[int64]knownOf
}

type knownOf struct {
	version, revision int64
	cards             KnownErrorCards
}

const knownTickets = 256 // cards kept

// knownBook gives the book of the shipped codes and those of this desk, as they are now.
func (d *Desk) knownBook(ctx context.Context, r store.Read) (*knownerror.Book, int64, error) {
	revision, err := r.KnownErrorRevision(ctx)
	if err != nil {
		return nil, 0, err
	}
	if revision == 0 {
		return knownerror.Shipped(), 0, nil
	}
	m := &d.known
	m.mu.Lock()
	book := m.book
	if m.revision != revision {
		book = nil
	}
	m.mu.Unlock()
	if book != nil {
		return book, revision, nil
	}
	codes, err := r.KnownErrorCodes(ctx)
	if err != nil {
		return nil, 0, err
	}
	book = knownerror.With(codes)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.book, m.revision = book, revision
	return book, revision, nil
}

// KnownErrors gives what is known about the codes on a ticket: in its text, its newest entries and their evidence.
func (d *Desk) KnownErrors(ctx context.Context, number int64) (KnownErrorCards, error) {
	none := KnownErrorCards{Items: []KnownErrorCard{}, Ticket: number}
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return none, err
	}
	r := d.store.Read()
	t, err := r.Ticket(ctx, number)
	if err != nil {
		return none, err
	}
	book, revision, err := d.knownBook(ctx, r)
	if err != nil {
		return none, err
	}
	m := &d.known
	m.mu.Lock()
	was, ok := m.cards[number]
	m.mu.Unlock()
	if ok && was.version == t.Version && was.revision == revision {
		return was.cards, nil
	}
	cards, err := d.knownCards(ctx, r, book, number)
	if err != nil {
		return none, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cards == nil || len(m.cards) >= knownTickets {
		m.cards = map[int64]knownOf{}
	}
	m.cards[number] = knownOf{t.Version, revision, cards}
	return cards, nil
}

func (d *Desk) knownCards(ctx context.Context, r store.Read, book *knownerror.Book, number int64) (KnownErrorCards, error) {
	out := KnownErrorCards{Items: []KnownErrorCard{}, Ticket: number}
	pieces, err := r.TicketPieces(ctx, number, knownEntries, knownText)
	if err != nil {
		return out, err
	}
	out.More = len(pieces) > knownEntries
	at := map[string]int{} // key → place in Items
	total := 0
	for _, p := range pieces {
		for i, text := range []string{p.Title + "\n" + p.Body, p.Shown} {
			shown := i == 1
			if text == "" {
				continue
			}
			if total += len(text); total > knownTotal {
				out.More = true
				break
			}
			for _, f := range book.Find(text) {
				key := knownerror.Key(f.Code)
				n, ok := at[key]
				if !ok {
					n = len(out.Items)
					at[key] = n
					out.Items = append(out.Items, KnownErrorCard{Entry: knownerror.Entry{Code: f.Code, Key: key}})
				}
				c := &out.Items[n]
				if c.Count++; len(c.Places) < knownPlaces {
					c.Places = append(c.Places, KnownErrorPlace{Entry: p.Entry, Kind: p.Kind, Title: p.Title, Line: lineOf(p, shown, f), Text: cutLine(f.Text), At: p.At})
				}
			}
		}
	}
	keys := make([]string, len(out.Items))
	for i, c := range out.Items {
		keys[i] = c.Key
	}
	own, err := r.KnownErrorsByKey(ctx, keys)
	if err != nil {
		return out, err
	}
	out.Items = slices.DeleteFunc(out.Items, func(c KnownErrorCard) bool {
		_, known := merged(c.Key, own)
		return !known
	})
	for i := range out.Items {
		c := &out.Items[i]
		c.Entry, _ = merged(c.Key, own)
	}
	slices.SortStableFunc(out.Items, func(a, b KnownErrorCard) int {
		return cmp.Or(weight(a.Entry)-weight(b.Entry), b.Places[0].At.Compare(a.Places[0].At))
	})
	if len(out.Items) > knownCards {
		out.Items, out.More = out.Items[:knownCards], true
	}
	return out, nil
}

// lineOf is the line of the text that people see: the title is a line of its own before it, the name of the file before a
// log. Of a log that was too long to be kept whole for search only the beginning is numbered as the log is.
func lineOf(p store.TicketPiece, shown bool, f knownerror.Found) int {
	switch {
	case f.Line == 1 && (!shown || p.Kind == ticket.Log):
		return 0
	case !shown:
		return f.Line - 1
	case p.Kind != ticket.Log || len(p.Shown) > searchLimit/2 && f.Start > searchLimit/4:
		return 0
	}
	return f.Line - 1
}

// weight puts what the desk wrote itself first and what says little by itself last.
func weight(e knownerror.Entry) int {
	switch {
	case e.Own != nil:
		return 0
	case e.Family == knownerror.HTTP, e.Family == knownerror.Exit, e.Family == knownerror.Signal, e.Code == "ORA-06512", e.Code == "SQLSTATE 25P02":
		return 3
	case e.General:
		return 2
	}
	return 1
}

// merged gives what is known about a key: the desk's own entry in use before the shipped one. What an own entry leaves open
// the shipped one fills in.
func merged(key string, own map[string]knownerror.Entry) (knownerror.Entry, bool) {
	shipped, ok := knownerror.Lookup(key)
	e, mine := own[key]
	if !mine || e.Own.State == knownerror.Retired {
		return shipped, ok
	}
	return over(e, shipped, ok), true
}

func over(e, shipped knownerror.Entry, ok bool) knownerror.Entry {
	o := *e.Own
	e.Own = &o
	e.Source = "written at this desk"
	if o.Manual != "" {
		e.Source = "imported from " + o.Manual
	}
	if !ok {
		return e
	}
	o.Overrides = true
	e.Name, e.Product = shipped.Name, cmp.Or(e.Product, shipped.Product)
	filled := false
	if e.Meaning == "" && shipped.Meaning != "" {
		e.Meaning, filled = shipped.Meaning, true
	}
	if len(e.Try) == 0 && len(shipped.Try) > 0 {
		e.Try, e.General, filled = shipped.Try, shipped.General, true
	}
	if filled {
		e.Source += "; the rest: " + shipped.Source
	}
	return e
}

// FoundError is a code in a text with what it means, in short.
type FoundError struct {
	knownerror.Found
	Title string   `json:"title"`
	Try   []string `json:"try,omitempty"`
}

// MaxFindText is the longest text that is looked through for codes in one call, in bytes.
const MaxFindText = 4 << 20

// FindErrors gives the known errors in a text, in the order they stand there, up to 1000.
func (d *Desk) FindErrors(ctx context.Context, text string) ([]FoundError, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return nil, err
	}
	if len(text) > MaxFindText {
		return nil, fault.Invalid("text", fmt.Sprintf("The text has %d bytes; up to %d are looked through at once.", len(text), MaxFindText), "Send it in parts.")
	}
	r := d.store.Read()
	book, _, err := d.knownBook(ctx, r)
	if err != nil {
		return nil, err
	}
	found := book.FindSome(text, 1000)
	var keys []string
	for _, f := range found {
		keys = append(keys, knownerror.Key(f.Code))
	}
	slices.Sort(keys)
	own, err := r.KnownErrorsByKey(ctx, slices.Compact(keys))
	if err != nil {
		return nil, err
	}
	out := []FoundError{}
	for _, f := range found {
		if e, ok := merged(knownerror.Key(f.Code), own); ok {
			out = append(out, FoundError{Found: f, Title: e.Title, Try: e.Try})
		}
	}
	return out, nil
}

// ListKnownErrors selects known errors. The zero value is the first page of all.
type ListKnownErrors struct {
	Q      string // a code, or words of code, title or meaning
	Family string // one family; own: the desk's own alone
	State  string // of the desk's own: active, retired
	Cursor string
	Limit  int
}

// KnownErrorPage is one page of known errors.
type KnownErrorPage struct {
	Items []knownerror.Entry `json:"items"`
	Next  string             `json:"next,omitempty" doc:"cursor of the next page; absent at the end"`
}

// knownKey is where a page ends: behind an own entry, or at a place among the shipped ones.
type knownKey struct {
	Own string `json:"o,omitempty"`
	At  int    `json:"a,omitempty"`
}

// KnownErrorList gives a page of known errors: the one that was named exactly, then those of this desk, then the shipped ones.
func (d *Desk) KnownErrorList(ctx context.Context, in ListKnownErrors) (KnownErrorPage, error) {
	page := KnownErrorPage{Items: []knownerror.Entry{}}
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return page, err
	}
	limit, err := pageLimit(in.Limit)
	if err != nil {
		return page, err
	}
	q, bad := line("q", in.Q, 200, false)
	if bad != nil {
		return page, bad
	}
	family := knownerror.Family(in.Family)
	if in.Family != "" && family.Word() == "" {
		return page, fault.Invalid("family", "There is no family called "+cutLine(in.Family)+".", "Leave it out to see all.")
	}
	state := knownerror.State(in.State)
	if state != "" && state != knownerror.Active && state != knownerror.Retired {
		return page, fault.Invalid("state", "This state does not exist.", "Use active or retired.")
	}
	of := in
	of.Cursor, of.Limit = "", 0
	var from knownKey
	if in.Cursor != "" {
		k, err := readPlace[knownKey](in.Cursor, of)
		if err != nil {
			return page, err
		}
		from = *k
	}
	r := d.store.Read()
	if from.At == 0 && (family == "" || family == knownerror.Own) {
		own, next, err := r.KnownErrors(ctx, store.KnownErrorFilter{Text: q, State: state, After: from.Own, Limit: limit})
		if err != nil {
			return page, err
		}
		for _, e := range own {
			shipped, ok := knownerror.Lookup(e.Key)
			page.Items = append(page.Items, over(e, shipped, ok))
		}
		if next != "" {
			page.Next = writePlace(knownKey{Own: next}, of)
			return page, nil
		}
	}
	if family == knownerror.Own || state != "" {
		return page, nil
	}
	return d.shippedList(ctx, r, page, q, family, from.At, limit, of)
}

// shippedList adds shipped entries to a page, without those the desk has an entry of its own for.
func (d *Desk) shippedList(ctx context.Context, r store.Read, page KnownErrorPage, q string, family knownerror.Family, from, limit int, of ListKnownErrors) (KnownErrorPage, error) {
	var families []knownerror.Family
	if family != "" {
		families = append(families, family)
	}
	exact := map[string]bool{}
	if q != "" {
		if e, ok := knownerror.Lookup(q); ok {
			exact[e.Key] = true
		}
		for _, f := range knownerror.Find(q) {
			exact[knownerror.Key(f.Code)] = true
		}
	}
	var hits, words []knownerror.Entry
	n := -1
	if from == 0 {
		for key := range exact {
			if e, ok := knownerror.Lookup(key); ok && (family == "" || e.Family == family) {
				hits = append(hits, e)
			}
		}
		slices.SortFunc(hits, func(a, b knownerror.Entry) int { return strings.Compare(a.Key, b.Key) })
	}
	room := max(limit-len(page.Items)-len(hits), 1)
	for e := range knownerror.All(families...) {
		if n++; n < from || exact[e.Key] || !e.Mentions(q) {
			continue
		}
		if len(words) == room {
			page.Next = writePlace(knownKey{At: n}, of)
			break
		}
		words = append(words, e)
	}
	found := append(hits, words...)
	keys := make([]string, len(found))
	for i, e := range found {
		keys[i] = e.Key
	}
	own, err := r.KnownErrorsByKey(ctx, keys)
	if err != nil {
		return page, err
	}
	for _, e := range found {
		if o, mine := own[e.Key]; mine && o.Own.State == knownerror.Active {
			if from > 0 || family == "" {
				continue // it stands among the desk's own
			}
			e = over(o, e, true)
		}
		page.Items = append(page.Items, e)
	}
	return page, nil
}

// KnownErrorView is one known error as a whole.
type KnownErrorView struct {
	knownerror.Entry
	// Shipped is what the program knows about a code that the desk has an entry of its own for.
	Shipped *knownerror.Entry `json:"shipped,omitempty"`
	// Tickets are the newest or best tickets that carry the code.
	Tickets []SearchItem `json:"tickets"`
}

// KnownError gives one known error by its code, its key, or any way to write it, with tickets that carry it.
func (d *Desk) KnownError(ctx context.Context, code string) (KnownErrorView, error) {
	v := KnownErrorView{Tickets: []SearchItem{}}
	caller, err := may(ctx, person.SeeTickets)
	if err != nil {
		return v, err
	}
	r := d.store.Read()
	e, err := d.knownEntry(ctx, r, code)
	if err != nil {
		return v, err
	}
	v.Entry = e
	if shipped, ok := knownerror.Lookup(e.Key); ok && e.Own != nil {
		v.Shipped = &shipped
	}
	seen := map[int64]bool{}
	for _, q := range knownerror.Spellings(e.Code) {
		found, err := d.findTickets(ctx, r, caller, `"`+strings.ReplaceAll(q, `"`, " ")+`"`, 20)
		if err != nil {
			return v, err
		}
		for _, f := range found {
			if !seen[f.Number] && len(v.Tickets) < 20 {
				seen[f.Number] = true
				v.Tickets = append(v.Tickets, f)
			}
		}
	}
	return v, nil
}

// knownEntry finds an entry by code, key, or a text with one code in it. A retired own entry is found when nothing is shipped.
func (d *Desk) knownEntry(ctx context.Context, r store.Read, code string) (knownerror.Entry, error) {
	keys := []string{knownerror.Key(code)}
	if len(code) <= 500 {
		book, _, err := d.knownBook(ctx, r)
		if err != nil {
			return knownerror.Entry{}, err
		}
		for _, f := range book.FindSome(code, 1) {
			keys = append(keys, knownerror.Key(f.Code))
		}
	}
	own, err := r.KnownErrorsByKey(ctx, keys)
	if err != nil {
		return knownerror.Entry{}, err
	}
	for _, k := range keys {
		shipped, ok := knownerror.Lookup(k)
		if e, mine := own[k]; mine {
			return over(e, shipped, ok), nil
		}
		if ok {
			return shipped, nil
		}
	}
	return knownerror.Entry{}, &fault.Fault{Code: fault.CodeNotFound, Message: "Nothing is known about " + cutLine(code) + ".", Hint: "Write down what you find out about it, as a known error of this desk."}
}
