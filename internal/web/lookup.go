package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"firebreak/internal/desk"
	"firebreak/internal/evidence"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/lookup"
	"firebreak/internal/person"
	"firebreak/internal/ticket"
)

func lookupRoutes() []route {
	const one = "/lookup/approvals/{lookup}"
	return slices.Concat([]route{
		show(get, "/lookup", "", person.WorkTickets, "the page to look something up", "lookup", (*Server).lookupPage),
		show(post, "/lookup", "", person.WorkTickets, "what is known inside, and what would leave", "lookup", (*Server).lookupTyped),
		act(post, "", "/lookup", person.WorkTickets, "What is known inside about a text, and a query that is safe to take outside. Addresses are given where policy allows, and logged", (*Server).lookup, func(*lookupIn, desk.Lookup) next { return next{} }),
		leaving("/lookup/out", "Take a look-up outside by a link: the address to open, or the request to a second person", handle((*Server).lookupOut)),
		leaving("/lookup/search", "Search outside from the desk itself, where that is set up and policy allows", handle((*Server).lookupSearch)),
		show(get, "/lookup/approvals", "/lookup/approvals", person.WorkTickets, "Look-ups that wait: for the caller to decide, and the caller's own", "lookup_approvals", (*Server).lookupApprovals),
		act(post, one+"/decide", one+"/decide", person.ApproveLookups, "Approve or deny a look-up of somebody else", (*Server).decideLookup, toDecided),
		act(post, "/tickets/{number}/found", "/tickets/{number}/found", person.WorkTickets, "+Keep on a ticket what was found outside: a link with a note", (*Server).keepFound, toFound),
		show(get, "/tickets/{number}/found", "", person.WorkTickets, "the form to keep what was found outside", "catalog_form", (*Server).foundForm),
		leaving(one+"/open", "Take an approved look-up of one's own outside, once", handle((*Server).openApproved)),
	}, lookupLogRoutes(), lookupPolicyRoutes())
}

func init() {
	funcs["joined"] = func(words []string) string { return strings.Join(words, ", ") }
	funcs["begun"] = func(s string, n int) string {
		if r := []rune(s); len(r) > n {
			return string(r[:n]) + "…"
		}
		return s
	}
	redraw("lookup", "lookup", func(s *Server, r *http.Request) (any, error) {
		in := &lookupFormIn{}
		if err := bindIn(r, in, s.zone(r.Context())); err != nil {
			return nil, err
		}
		return s.lookupTyped(r.Context(), in)
	})
	funcs["found"] = foundOf
	redraw("found", "catalog_form", func(s *Server, r *http.Request) (any, error) {
		n, err := ticketNumber(r)
		if err != nil {
			return nil, err
		}
		return s.foundForm(r.Context(), &foundFormIn{Number: n})
	})
	redraw("lookup-approvals", "lookup_approvals", func(s *Server, r *http.Request) (any, error) { return s.lookupApprovals(r.Context(), nil) })
}

// leaving is a row by which a look-up goes outside. The page half sends the browser there once it has left: not by a
// redirect, since the rules of our pages let a form lead to this desk alone.
func leaving(address, what string, h handler) route {
	r := route{method: post, page: address, api: address, may: person.WorkTickets, what: what, tmpl: "lookup_left", zero: func() any { return desk.LookupResults{} }}
	r.mount = func(s *Server) {
		register(s, r, http.StatusOK, h)
		s.mux.HandleFunc("POST "+address, func(w http.ResponseWriter, req *http.Request) {
			req.Body = http.MaxBytesReader(w, req.Body, maxJSON)
			_, out, err := call(s, req, r.may, h)
			if err != nil {
				s.again(w, req, err)
				return
			}
			l := out.(desk.LookupResults)
			switch {
			case l.State != lookup.Left:
				s.lead(w, req, next{To: "/lookup/approvals", Toast: "Nothing has left yet. A second person is asked first."})
				return
			case l.Way == lookup.ByLink:
				w.Header().Set("Referrer-Policy", "no-referrer")
				w.Header().Set("Refresh", "0; url="+l.URL)
			}
			s.page(w, req, http.StatusOK, "lookup_left", s.chrome(w, req), l)
		})
	}
	return r
}

type lookupIn struct{ Body desk.LookupText }

func (s *Server) lookup(ctx context.Context, in *lookupIn) (desk.Lookup, error) {
	return s.desk.Lookup(ctx, in.Body)
}

// lookupOut is the page.
type lookupOut struct {
	desk.Lookup
	Problem *fault.Fault // with the text or a choice; it is shown beside it
}

type lookupPageIn struct {
	Ticket int64 `query:"ticket" doc:"begin with what this ticket is about"`
	Entry  id.ID `query:"entry" doc:"begin with this evidence of the ticket"`
}

func (s *Server) lookupPage(ctx context.Context, in *lookupPageIn) (lookupOut, error) {
	text := desk.LookupText{}
	if in.Ticket != 0 {
		var err error
		if text, err = s.desk.LookupOf(ctx, in.Ticket, in.Entry); err != nil {
			return lookupOut{}, err
		}
	}
	l, err := s.desk.Lookup(ctx, text)
	return lookupOut{Lookup: l}, err
}

// lookupFormIn is the form of the page: the text, the choices made before, and one more.
type lookupFormIn struct {
	Body struct {
		desk.LookupText
		Unallow []string `json:"unallow"`
		Undrop  []string `json:"undrop"`
		ForEver string   `json:"for_ever"`
	}
}

func (s *Server) lookupTyped(ctx context.Context, in *lookupFormIn) (lookupOut, error) {
	text := in.Body.LookupText
	text.Text = strings.ReplaceAll(text.Text, "\r\n", "\n")
	text.Allow, text.Drop = without(text.Allow, in.Body.Unallow), without(text.Drop, in.Body.Undrop)
	var problem error
	if in.Body.ForEver != "" {
		if _, problem = s.desk.AllowWord(ctx, in.Body.ForEver, ""); problem == nil {
			text.Allow = without(text.Allow, []string{in.Body.ForEver})
		}
	}
	l, err := s.desk.Lookup(ctx, text)
	if problem == nil {
		problem = err
	}
	out := lookupOut{l, fault.Of(problem)}
	if out.Problem == nil || out.Problem.Code == fault.CodeUnauthenticated {
		return out, problem
	}
	return out, nil
}

// without gives the words once each, whatever their case, less some.
func without(words, less []string) (out []string) {
	for _, w := range words {
		same := func(o string) bool { return strings.EqualFold(o, w) }
		if !slices.ContainsFunc(less, same) && !slices.ContainsFunc(out, same) {
			out = append(out, w)
		}
	}
	return out
}

type lookupOutIn struct{ Body desk.LookupOut }

func (in *lookupOutIn) lines() desk.LookupOut {
	in.Body.Text = strings.ReplaceAll(in.Body.Text, "\r\n", "\n")
	return in.Body
}

func (s *Server) lookupOut(ctx context.Context, in *lookupOutIn) (desk.LookupResults, error) {
	return s.desk.OpenOutside(ctx, in.lines())
}

func (s *Server) lookupSearch(ctx context.Context, in *lookupOutIn) (desk.LookupResults, error) {
	return s.desk.SearchOutside(ctx, in.lines())
}

// --- the text with its marks ---

// lookupShown is how much of a text is shown with its marks, in bytes; the rest is judged all the same.
const lookupShown = 6000

// piece is a stretch of the text that was pasted.
type piece struct {
	Text, State, Kind, Why string
	Start                  int
	// Act is what a press on it chooses: allow, unallow, drop, undrop; empty: nothing.
	Act string
}

// Pieces gives the beginning of the text cut at its marks.
func (o lookupOut) Pieces() (out []piece) {
	text, at := o.In.Text, 0
	for _, m := range o.Marks {
		if m.Start < at || m.End > len(text) || m.End > lookupShown {
			break
		}
		if m.Start > at {
			out = append(out, piece{Text: text[at:m.Start], Start: at})
		}
		p := piece{Text: text[m.Start:m.End], State: m.State, Kind: m.Kind, Why: m.Why, Start: m.Start}
		switch m.State {
		case lookup.Leaves:
			p.Act = "drop"
		case lookup.Allowed:
			if p.Act = "drop"; o.once(p.Text) {
				p.Act = "unallow"
			}
		case lookup.Dropped:
			p.Act = "undrop"
		case lookup.Gone:
			if o.May[m.Start] {
				p.Act = "allow"
			}
		}
		out, at = append(out, p), m.End
	}
	if rest := text[at:]; at < lookupShown {
		out = append(out, piece{Text: strings.ToValidUTF8(rest[:min(len(rest), lookupShown-at)], ""), Start: at})
	}
	return out
}

// once reports whether a word was allowed for this look-up, not for ever.
func (o lookupOut) once(word string) bool {
	return slices.ContainsFunc(o.In.Allow, func(a string) bool { return strings.EqualFold(a, word) })
}

// Hidden is how many bytes of the text are not shown with their marks.
func (o lookupOut) Hidden() int64 { return int64(max(0, len(o.In.Text)-lookupShown)) }

// removedWord is a word that does not leave, once, however often it stands there.
type removedWord struct {
	Text, Kind, Why string
	Count           int
	May             bool
}

// rank puts words that somebody may want to let through first, then numbers, then what never leaves.
func (w removedWord) rank() int {
	switch {
	case !w.May:
		return 2
	case w.Kind == "number" || w.Kind == "value":
		return 1
	}
	return 0
}

// lookupRemoved is how many removed words are listed.
const lookupRemoved = 80

// Gone gives the words that do not leave, each once: those that somebody may let through first.
func (o lookupOut) Gone() (out []removedWord) {
	at := map[string]int{}
	for _, x := range o.Removed {
		key := x.Kind + "\x00" + strings.ToLower(x.Text)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, removedWord{Text: x.Text, Kind: x.Kind, Why: x.Why, May: o.May[x.Start]})
		}
		out[i].Count++
	}
	slices.SortStableFunc(out, func(a, b removedWord) int { return a.rank() - b.rank() })
	return out[:min(len(out), lookupRemoved)]
}

// Press names the button of an engine: it says what the press will do.
func (o lookupOut) Press(e lookup.Engine) string {
	if o.Policy == lookup.Ask {
		return "Ask to open " + e.Name
	}
	return "Open " + e.Name
}

// --- the second person ---

func (s *Server) lookupApprovals(ctx context.Context, _ *none) (desk.LookupApprovals, error) {
	return s.desk.LookupApprovals(ctx)
}

// ApprovalIn is the input of every row about one look-up that waits; it is exported because huma only reads embedded inputs
// that are.
type ApprovalIn struct {
	Lookup id.ID `path:"lookup" doc:"its id"`
}

type decideIn struct {
	ApprovalIn
	Body struct {
		Approve bool   `json:"approve"`
		Reason  string `json:"reason,omitempty" doc:"needed to deny"`
	}
}

func (s *Server) decideLookup(ctx context.Context, in *decideIn) (lookup.LogEntry, error) {
	return s.desk.DecideLookup(ctx, in.Lookup, in.Body.Approve, in.Body.Reason)
}

func toDecided(_ *decideIn, e lookup.LogEntry) next {
	n := next{To: "/lookup/approvals", Toast: fmt.Sprintf("Denied. %s sees your reason.", e.Person)}
	if e.State == lookup.Approved {
		n.Toast = fmt.Sprintf("Approved. %s may open it once.", e.Person)
	}
	return n
}

func (s *Server) openApproved(ctx context.Context, in *ApprovalIn) (desk.LookupResults, error) {
	return s.desk.OpenApproved(ctx, in.Lookup)
}

// --- brought back ---

type foundFormIn struct {
	Number int64  `path:"number" minimum:"1"`
	URL    string `query:"url"`
}

func (s *Server) foundForm(ctx context.Context, in *foundFormIn) (formPage, error) {
	t, err := s.desk.Ticket(ctx, in.Number)
	if err != nil {
		return formPage{}, err
	}
	here := fmt.Sprintf("/tickets/%d", t.Number)
	return formPage{Title: "Found outside", Lead: fmt.Sprintf("For ticket %d, %s.", t.Number, t.Subject), Back: here, BackName: "the ticket", Action: here + "/found", Form: "found", Button: "Keep it on the ticket", Fields: []formField{
		{Name: "url", Label: "Address of the page", Value: in.URL, Type: "url", Placeholder: "https://", Max: 2000},
		{Name: "note", Label: "What it says that helps here", Rows: 3, Hint: "In your own words; pages vanish. It becomes part of the resolution."},
	}}, nil
}

type keepFoundIn struct {
	Number int64 `path:"number" minimum:"1" doc:"the ticket's number"`
	Body   desk.KeepFound
}

func (s *Server) keepFound(ctx context.Context, in *keepFoundIn) (ticket.Entry, error) {
	return s.desk.KeepFoundOutside(ctx, in.Number, in.Body)
}

func toFound(in *keepFoundIn, e ticket.Entry) next {
	return next{To: fmt.Sprintf("/tickets/%d#e-%s", in.Number, e.ID), Toast: "Kept. It goes into the resolution too."}
}

// foundLink is a page outside that an entry keeps.
type foundLink struct{ URL, Host, Note string }

// foundOf gives the page outside that an entry keeps; nil for any other entry.
func foundOf(e *ticket.Entry) *foundLink {
	l, ok := evidence.LinkOf(e.Data)
	if !ok {
		return nil
	}
	f := &foundLink{URL: l.URL, Note: desk.FoundNote(e)}
	if u, err := url.Parse(l.URL); err == nil {
		f.Host = u.Hostname()
	}
	return f
}
