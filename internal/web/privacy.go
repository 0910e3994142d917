package web

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/privacy"
	"firebreak/internal/redact"
	"firebreak/internal/ticket"
)

func privacyRoutes() []route {
	const one = "/settings/privacy/patterns/{pattern}"
	return []route{
		show(get, "/settings/privacy", "", person.EditSettings, "what counts as private data, and where", "privacy", (*Server).privacyPage),
		show(get, "", "/privacy", person.SeeTickets, "Which kinds of private data are masked and asked about, and the desk's own patterns", "", (*Server).getPrivacy),
		act(put, "/settings/privacy", "/privacy", person.EditSettings, "Change which kinds of private data are masked and asked about", (*Server).savePrivacy, saved[privacyIn, privacy.Settings]("/settings/privacy", "Saved. Tickets are shown that way from now on.")),
		show(get, "", "/privacy/kinds", person.SeeTickets, "The kinds of private data that are known", "", (*Server).privacyKinds),
		show(get, "", "/privacy/patterns", person.SeeTickets, "The desk's own patterns for private data", "", (*Server).listPatterns),
		show(get, "/settings/privacy/patterns/new", "", person.EditSettings, "the form to add a pattern", "privacy_pattern", (*Server).newPattern),
		act(post, "/settings/privacy/patterns", "/privacy/patterns", person.EditSettings, "+Add a pattern for private data", (*Server).addPattern, toPattern),
		show(get, one, "/privacy/patterns/{pattern}", person.EditSettings, "One pattern", "privacy_pattern", (*Server).patternPage),
		act(patch, one, "/privacy/patterns/{pattern}", person.EditSettings, "Change a pattern", (*Server).changePattern, toPatternChanged),
		act(remove, one+"/remove", "/privacy/patterns/{pattern}", person.EditSettings, "Remove a pattern; undo takes it back", (*Server).removePattern, toPatternRemoved),
		show(post, "/settings/privacy/try", "/privacy/try", person.SeeTickets, "Mark what a pattern that is not kept yet would find in a text; without one what the desk finds", "privacy_try", (*Server).tryPattern),
		act(post, "/entries/{entry}/reveal", "/entries/{entry}/reveal", person.SeePrivate, "See the original of an entry; the look is in the audit log", (*Server).reveal, toRevealed),
		act(post, "/tickets/{number}/reveal", "", person.SeePrivate, "see the original of a ticket's own text", (*Server).revealTicket, toRevealedTicket),
		redactRoute(),
	}
}

func init() {
	redraw("privacy", "privacy", func(s *Server, r *http.Request) (any, error) { return s.privacyPage(r.Context(), nil) })
	redraw("reply", "ticket", func(s *Server, r *http.Request) (any, error) {
		n, err := ticketNumber(r)
		if err != nil {
			return nil, err
		}
		out, err := s.ticketPage(r.Context(), &ticketIn{Number: n})
		if err != nil {
			return nil, err
		}
		held, err := s.desk.CheckReply(r.Context(), n, r.PostFormValue("body"))
		if len(held.Items) > 0 {
			out.Held = &held
		}
		return out, err
	})
	redraw("pattern-new", "privacy_pattern", func(s *Server, r *http.Request) (any, error) { return s.newPattern(r.Context(), nil) })
	redraw("pattern", "privacy_pattern", func(s *Server, r *http.Request) (any, error) {
		i, err := id.Parse(r.PathValue("pattern"))
		if err != nil {
			return nil, fault.NotFound("pattern")
		}
		return s.patternPage(r.Context(), &PatternIn{i})
	})
	funcs["markedSpans"] = markedSpans
	funcs["kindOf"] = func(k redact.Kind) string { return privacy.Word(k, 1) }
}

// RevealIn is part of the input of every row that can give originals instead of masked texts.
type RevealIn struct {
	Reveal bool   `query:"reveal" doc:"the original instead of the masked text; needs see_private, and the look is in the audit log"`
	Why    string `query:"why" doc:"why, for the audit log"`
}

func (in RevealIn) ctx(ctx context.Context) context.Context {
	if !in.Reveal {
		return ctx
	}
	return desk.Revealing(ctx, in.Why)
}

// revealing is RevealIn for rows that write their own answer.
func revealing(r *http.Request) context.Context {
	q := r.URL.Query()
	return RevealIn{q.Get("reveal") == "true", q.Get("why")}.ctx(r.Context())
}

// --- settings ---

// privacyKind is a kind of private data with what the desk decided about it.
type privacyKind struct {
	Kind redact.Kind `json:"kind"`
	What string      `json:"what" doc:"what it covers"`
	Mask bool        `json:"mask" doc:"it is masked in tickets and evidence"`
	Warn bool        `json:"warn" doc:"a reply with it is asked about"`
	Hard bool        `json:"hard" doc:"nobody needs to read it to give support"`
}

type privacyOut struct {
	desk.PrivateData
	Kinds []privacyKind
}

func (s *Server) privacyPage(ctx context.Context, _ *none) (out privacyOut, err error) {
	if out.PrivateData, err = s.desk.Privacy(ctx); err != nil {
		return out, err
	}
	for _, k := range redact.Kinds {
		out.Kinds = append(out.Kinds, privacyKind{k, privacy.What(k), slices.Contains(out.Mask, k), slices.Contains(out.Warn, k), slices.Contains(privacy.Hard, k)})
	}
	slices.SortStableFunc(out.Kinds, func(a, b privacyKind) int { return boolRank(b.Hard) - boolRank(a.Hard) })
	return out, nil
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (s *Server) getPrivacy(ctx context.Context, _ *none) (desk.PrivateData, error) {
	return s.desk.Privacy(ctx)
}

func (s *Server) privacyKinds(ctx context.Context, _ *none) (listOf[privacyKind], error) {
	out, err := s.privacyPage(ctx, nil)
	return whole(out.Kinds), err
}

type privacyIn struct {
	Body privacy.Settings
}

func (s *Server) savePrivacy(ctx context.Context, in *privacyIn) (privacy.Settings, error) {
	return s.desk.SavePrivacy(ctx, in.Body)
}

// --- patterns ---

// PatternIn is the input of every row about one pattern; it is exported because huma only reads embedded inputs that are.
type PatternIn struct {
	Pattern id.ID `path:"pattern"`
}

// patternOut is the form of a pattern.
type patternOut struct {
	privacy.Pattern
	Kinds []privacyKind `json:"-"`
}

// Lines gives examples as they are written in the form.
func (o patternOut) Lines(examples []string) string { return strings.Join(examples, "\n") }

func (s *Server) listPatterns(ctx context.Context, _ *none) (listOf[privacy.Pattern], error) {
	p, err := s.desk.Privacy(ctx)
	return whole(p.Patterns), err
}

func (s *Server) newPattern(ctx context.Context, _ *none) (patternOut, error) {
	kinds, err := s.privacyPage(ctx, nil)
	return patternOut{privacy.Pattern{Kind: redact.Customer}, kinds.Kinds}, err
}

func (s *Server) patternPage(ctx context.Context, in *PatternIn) (patternOut, error) {
	p, err := s.desk.Pattern(ctx, in.Pattern)
	if err != nil {
		return patternOut{}, err
	}
	kinds, err := s.privacyPage(ctx, nil)
	return patternOut{p, kinds.Kinds}, err
}

type addPatternIn struct {
	Body desk.PatternFields
}

func (s *Server) addPattern(ctx context.Context, in *addPatternIn) (privacy.Pattern, error) {
	return s.desk.AddPattern(ctx, in.Body)
}

func toPattern(_ *addPatternIn, p privacy.Pattern) next {
	return next{To: "/settings/privacy#patterns", Toast: fmt.Sprintf("“%s” is looked for from now on.", p.Name)}
}

type changePatternIn struct {
	PatternIn
	Body desk.PatternFields
}

func (s *Server) changePattern(ctx context.Context, in *changePatternIn) (privacy.Pattern, error) {
	return s.desk.ChangePattern(ctx, in.Pattern, in.Body)
}

func toPatternChanged(_ *changePatternIn, p privacy.Pattern) next {
	return next{To: "/settings/privacy#patterns", Toast: fmt.Sprintf("“%s” is changed.", p.Name)}
}

func (s *Server) removePattern(ctx context.Context, in *PatternIn) (desk.Removed, error) {
	return s.desk.RemovePattern(ctx, in.Pattern)
}

func toPatternRemoved(_ *PatternIn, r desk.Removed) next {
	return next{To: "/settings/privacy#patterns", Toast: fmt.Sprintf("“%s” is no longer looked for.", r.Name), Undo: "/undo/" + r.Undo.String(), Seconds: 20}
}

type tryPatternIn struct {
	Body struct {
		desk.PatternFields
		Text string `json:"text,omitempty" doc:"up to 20,000 characters"`
	}
}

func (s *Server) tryPattern(ctx context.Context, in *tryPatternIn) (desk.PatternTrial, error) {
	return s.desk.TryPattern(ctx, in.Body.PatternFields, in.Body.Text)
}

// markedSpans is a text with what is private in it marked, and why in the title.
func markedSpans(t desk.PatternTrial) template.HTML {
	var b strings.Builder
	at := 0
	text := func(s string) { b.WriteString(template.HTMLEscapeString(s)) }
	for _, s := range t.Spans {
		if s.Start < at || s.End > len(t.Text) {
			continue
		}
		text(t.Text[at:s.Start])
		b.WriteString(`<mark title="`)
		text(privacy.Word(s.Kind, 1) + ": " + s.Reason)
		b.WriteString(`">`)
		text(t.Text[s.Start:s.End])
		b.WriteString(`</mark>`)
		at = s.End
	}
	text(t.Text[at:])
	return template.HTML(b.String())
}

// --- originals ---

type revealIn struct {
	Entry id.ID `path:"entry" doc:"the entry's id"`
	Body  struct {
		Why string `json:"why,omitempty" doc:"why, for the audit log"`
	}
}

func (s *Server) reveal(ctx context.Context, in *revealIn) (ticket.Entry, error) {
	return s.desk.Reveal(ctx, in.Entry, in.Body.Why)
}

func toRevealed(_ *revealIn, e ticket.Entry) next {
	return next{To: fmt.Sprintf("/tickets/%d?reveal=%s#e-%s", e.Ticket, e.ID, e.ID)}
}

type revealTicketIn struct {
	Number int64 `path:"number" minimum:"1"`
	Body   struct {
		Why string `json:"why,omitempty"`
	}
}

func (s *Server) revealTicket(ctx context.Context, in *revealTicketIn) (ticket.Ticket, error) {
	return s.desk.Ticket(desk.Revealing(ctx, in.Body.Why), in.Number)
}

func toRevealedTicket(_ *revealTicketIn, t ticket.Ticket) next {
	return next{To: ticketAddress(t.Number) + "?reveal=ticket#e-first"}
}

// revealed puts the original of one entry, or of the ticket's own text, in place of what is masked on its page.
func (s *Server) revealed(ctx context.Context, what string, out *ticketOut) (err error) {
	if what == "" {
		return nil
	}
	if what == "ticket" {
		out.Ticket, err = s.desk.Ticket(desk.Revealing(ctx, ""), out.Ticket.Number)
		return err
	}
	entry, err := id.Parse(what)
	if err != nil {
		return errNoEntry
	}
	for _, i := range out.Timeline.Items {
		if i.Entry != nil && i.Entry.ID == entry {
			*i.Entry, err = s.desk.Reveal(ctx, entry, "")
			return err
		}
	}
	return nil
}

// --- the finder as a call ---

type redactIn struct {
	Body struct {
		Text string `json:"text" doc:"up to 4 MB"`
	}
}

func (s *Server) redact(ctx context.Context, in *redactIn) (desk.Redacted, error) {
	return s.desk.Redact(ctx, in.Body.Text)
}

// redactRoute also takes the text as it is, text/plain.
func redactRoute() route {
	r := route{method: post, api: "/redact", may: person.SeeTickets, what: "Find private data in a text and give it names: as JSON, or as text/plain"}
	r.mount = func(s *Server) {
		register(s, r, http.StatusOK, handle((*Server).redact), func(op *operation) {
			op.Errors = append(op.Errors, http.StatusRequestEntityTooLarge)
			op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: "string"}}}}
			op.stream = func(w http.ResponseWriter, req *http.Request) bool {
				if !strings.HasPrefix(strings.ToLower(req.Header.Get("Content-Type")), "text/plain") {
					return false
				}
				out, err := s.redactPlain(w, req)
				if err != nil {
					s.fail(w, req, err)
				} else {
					writeJSON(w, http.StatusOK, out)
				}
				return true
			}
		})
	}
	return r
}

func (s *Server) redactPlain(w http.ResponseWriter, r *http.Request) (out desk.Redacted, err error) {
	if err := desk.Allow(r.Context(), person.SeeTickets); err != nil {
		return out, err
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxJSON))
	if err != nil {
		return out, err
	}
	if !utf8.Valid(text) {
		return out, fault.Invalid("text", notUTF8, "Convert it to UTF-8, or use firebreak redact.")
	}
	return s.desk.Redact(r.Context(), string(text))
}
