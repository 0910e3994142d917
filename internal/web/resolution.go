package web

import (
	"cmp"
	"context"
	"net/http"
	"strconv"

	"firebreak/internal/catalog"
	"firebreak/internal/desk"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/resolution"
)

func resolutionRoutes() []route {
	const one = "/resolutions/{resolution}"
	return []route{
		show(get, "/resolutions", "", person.SeeTickets, "what solved what", "resolutions", (*Server).resolutionsPage),
		show(get, "", "/resolutions", person.SeeTickets, "List resolutions, the latest change first; with q the best matches", "", (*Server).listResolutions),
		show(get, "/resolutions/new", "", person.WorkTickets, "the form to write a resolution", "resolution_form", (*Server).newResolutionForm),
		act(post, "/resolutions", "/resolutions", person.WorkTickets, "+Write a resolution", (*Server).addResolution, toResolution),
		show(get, one, "", person.SeeTickets, "one resolution with the tickets it solved", "resolution", (*Server).resolutionPage),
		show(get, "", one, person.SeeTickets, "One resolution with what it said before", "", (*Server).getResolution),
		show(get, one+"/edit", "", person.WorkTickets, "the form to change a resolution", "resolution_form", (*Server).resolutionForm),
		act(patch, one, one, person.WorkTickets, "Change a resolution; what it said before is kept", (*Server).editResolution, toResolutionChanged),
		act(post, one+"/verify", one+"/verify", person.WorkTickets, "Say that a resolution is right", (*Server).verifyResolution, toVerified),
		act(post, one+"/retire", one+"/retire", person.WorkTickets, "Take a resolution out of use; undo takes it back", (*Server).retireResolution, toRetired),
		act(post, one+"/used", one+"/used", person.WorkTickets, "Say that a resolution solved a ticket, or was wrong for it", (*Server).useResolution, toUsed),
		show(get, "", one+"/uses", person.SeeTickets, "The tickets a resolution solved", "", (*Server).resolutionUses),
		show(get, "", "/tickets/{number}/resolutions", person.SeeTickets, "Resolutions that may solve a ticket, the best first, with reasons", "", (*Server).resolutionsFor),
		show(get, "", "/tickets/{number}/resolution-draft", person.WorkTickets, "A resolution written from what is on a ticket; nothing is stored", "", (*Server).draftResolution),
		show(get, "/missing-knowledge", "", person.SeeTickets, "searches that found nothing", "missing", (*Server).missingPage),
		show(get, "", "/missing-knowledge", person.SeeTickets, "Searches that found nothing, the most asked first", "", (*Server).missing),
		act(post, "/missing-knowledge/{search}/dismiss", "/missing-knowledge/{search}/dismiss", person.WorkTickets, "Take a search off the list of missing knowledge; undo takes it back", (*Server).dismissMissing, toDismissed),
		show(get, "/reports/reuse", "/reports/reuse", person.SeeReports, "Which resolutions were reused, by whom, month by month", "report_reuse", (*Server).reuseReport),
		table("/reports/reuse", "reuse", person.SeeReports, "the report on reuse for spreadsheets", (*Server).reuseReport, reuseRows),
		show(get, "/answers/{resolution}", "/answers/{resolution}", person.SeeOwn, "What requesters may read of a resolution", "answer", (*Server).answer),
		show(get, "", "/answers", person.SeeOwn, "Answers that requesters may read", "", (*Server).answers),
	}
}

type resolutionsIn struct {
	Q           string           `query:"q" doc:"words"`
	State       resolution.State `query:"state" doc:"draft, verified or retired"`
	Application string           `query:"application"`
	Signature   string           `query:"signature" doc:"of an error"`
	Wrong       bool             `query:"wrong" doc:"only those that somebody marked as wrong or outdated"`
	Cursor      string           `query:"cursor" doc:"next of the page before"`
	Limit       int              `query:"limit" doc:"1 to 200, 50 when not given"`
}

func (s *Server) listResolutions(ctx context.Context, in *resolutionsIn) (desk.ResolutionPage, error) {
	return s.desk.Resolutions(ctx, desk.ListResolutions{Q: in.Q, State: in.State, Application: in.Application, Signature: in.Signature, Wrong: in.Wrong, Cursor: in.Cursor, Limit: in.Limit})
}

// resolutionsOut is the page of resolutions.
type resolutionsOut struct {
	desk.ResolutionPage
	In resolutionsIn
}

func (s *Server) resolutionsPage(ctx context.Context, in *resolutionsIn) (out resolutionsOut, err error) {
	out.In = *in
	out.ResolutionPage, err = s.listResolutions(ctx, in)
	return out, err
}

type resolutionIn struct {
	Resolution id.ID `path:"resolution" doc:"its id"`
}

func (s *Server) getResolution(ctx context.Context, in *resolutionIn) (desk.Resolution, error) {
	return s.desk.Resolution(ctx, in.Resolution)
}

// resolutionOut is the page of one resolution.
type resolutionOut struct {
	desk.Resolution
	Uses []resolution.Use
}

func (s *Server) resolutionPage(ctx context.Context, in *resolutionIn) (out resolutionOut, err error) {
	if out.Resolution, err = s.desk.Resolution(ctx, in.Resolution); err != nil {
		return out, err
	}
	out.Uses, err = s.desk.ResolutionUses(ctx, in.Resolution)
	return out, err
}

func (s *Server) resolutionUses(ctx context.Context, in *resolutionIn) (listOf[resolution.Use], error) {
	return listed(s.desk.ResolutionUses(ctx, in.Resolution))
}

// --- writing ---

// resolutionFormOut is the form to write or change a resolution.
type resolutionFormOut struct {
	desk.Resolution
	Search       id.ID // the search that found nothing and that it answers
	Applications []catalog.Application
}

// Applies lists what the resolution applies to, as it is written in the form.
func (o resolutionFormOut) Applies() string {
	out := ""
	for i, a := range o.Resolution.Applications {
		if i > 0 {
			out += ", "
		}
		out += a.Name
	}
	return out
}

type newResolutionIn struct {
	Search id.ID `query:"search" doc:"a search that found nothing"`
	Ticket int64 `query:"ticket" doc:"a ticket to write it from"`
}

func (s *Server) newResolutionForm(ctx context.Context, in *newResolutionIn) (out resolutionFormOut, err error) {
	if out.Applications, err = s.desk.ApplicationChoices(ctx); err != nil {
		return out, err
	}
	if in.Search != 0 {
		m, err := s.desk.MissingSearch(ctx, in.Search)
		if err != nil {
			return out, err
		}
		out.Search, out.Title = m.ID, m.Text
	}
	if in.Ticket != 0 {
		d, err := s.desk.DraftResolution(ctx, in.Ticket)
		if err != nil {
			return out, err
		}
		out.Fields, out.Ticket = d.ResolutionFields, in.Ticket
	}
	return out, nil
}

func (s *Server) resolutionForm(ctx context.Context, in *resolutionIn) (out resolutionFormOut, err error) {
	if out.Applications, err = s.desk.ApplicationChoices(ctx); err != nil {
		return out, err
	}
	out.Resolution, err = s.desk.Resolution(ctx, in.Resolution)
	return out, err
}

func init() {
	redraw("resolution-new", "resolution_form", func(s *Server, r *http.Request) (any, error) {
		out, err := s.newResolutionForm(r.Context(), &newResolutionIn{})
		out.Search, _ = id.Parse(r.PostFormValue("search"))
		out.Ticket, _ = strconv.ParseInt(r.PostFormValue("ticket"), 10, 64)
		return out, err
	})
	redraw("resolution", "resolution_form", func(s *Server, r *http.Request) (any, error) {
		var in resolutionIn
		if err := bind(r, &in); err != nil {
			return nil, err
		}
		return s.resolutionForm(r.Context(), &in)
	})
}

type addResolutionIn struct {
	Body desk.WriteResolution
}

func (s *Server) addResolution(ctx context.Context, in *addResolutionIn) (desk.Resolution, error) {
	return s.desk.AddResolution(ctx, in.Body)
}

func resolutionAddress(i id.ID) string { return "/resolutions/" + i.String() }

func toResolution(_ *addResolutionIn, x desk.Resolution) next {
	return next{To: resolutionAddress(x.ID), Toast: "Kept as a draft. The next ticket that it solves verifies it."}
}

type editResolutionIn struct {
	Resolution id.ID `path:"resolution"`
	Body       desk.WriteResolution
}

func (s *Server) editResolution(ctx context.Context, in *editResolutionIn) (desk.Resolution, error) {
	return s.desk.EditResolution(ctx, in.Resolution, in.Body)
}

func toResolutionChanged(_ *editResolutionIn, x desk.Resolution) next {
	return next{To: resolutionAddress(x.ID), Toast: "Changed. What it said before is kept below."}
}

func (s *Server) verifyResolution(ctx context.Context, in *resolutionIn) (desk.Resolution, error) {
	return s.desk.VerifyResolution(ctx, in.Resolution)
}

func toVerified(_ *resolutionIn, x desk.Resolution) next {
	return next{To: resolutionAddress(x.ID), Toast: "Verified."}
}

// retiredResolution is a resolution that was retired, and how to take that back.
type retiredResolution struct {
	desk.Resolution
	Undo id.ID `json:"undo" doc:"POST /undo/{id} takes it back"`
}

func (s *Server) retireResolution(ctx context.Context, in *resolutionIn) (out retiredResolution, err error) {
	out.Resolution, out.Undo, err = s.desk.RetireResolution(ctx, in.Resolution)
	return out, err
}

func toRetired(_ *resolutionIn, x retiredResolution) next {
	return next{To: resolutionAddress(x.ID), Toast: "Retired. It is found no more.", Undo: "/undo/" + x.Undo.String(), Seconds: 20}
}

type useResolutionIn struct {
	Resolution id.ID `path:"resolution"`
	Body       desk.MarkResolution
}

func (s *Server) useResolution(ctx context.Context, in *useResolutionIn) (desk.Resolution, error) {
	return s.desk.UseResolution(ctx, in.Resolution, in.Body)
}

func toUsed(in *useResolutionIn, x desk.Resolution) next {
	switch in.Body.Mark {
	case resolution.Helped:
		if x.State == resolution.Verified && x.Helped == 1 {
			return next{Toast: "Noted: this helped. It is verified by that."}
		}
		return next{Toast: "Noted: this helped, on " + plural(x.Helped, "ticket", "tickets") + " so far."}
	case resolution.Wrong:
		return next{Toast: "Noted: it is flagged until somebody corrects it."}
	}
	return next{Toast: "Taken back."}
}

// --- for a ticket ---

func (s *Server) resolutionsFor(ctx context.Context, in *numberIn) (listOf[desk.Resolution], error) {
	return listed(s.desk.ResolutionsFor(ctx, in.Number))
}

func (s *Server) draftResolution(ctx context.Context, in *numberIn) (desk.ResolutionDraft, error) {
	return s.desk.DraftResolution(ctx, in.Number)
}

// --- missing knowledge ---

type missingIn struct {
	Cursor string `query:"cursor" doc:"next of the page before"`
	Limit  int    `query:"limit" doc:"1 to 200, 50 when not given"`
}

func (s *Server) missing(ctx context.Context, in *missingIn) (desk.MissingPage, error) {
	return s.desk.MissingKnowledge(ctx, in.Cursor, in.Limit)
}

// missingOut is the page of searches that found nothing.
type missingOut struct {
	desk.MissingPage
	First bool
}

func (s *Server) missingPage(ctx context.Context, in *missingIn) (out missingOut, err error) {
	out.First = in.Cursor == ""
	out.MissingPage, err = s.missing(ctx, in)
	return out, err
}

type missIn struct {
	Search id.ID `path:"search"`
}

// dismissed is how to take back that a search was taken off the list.
type dismissed struct {
	Undo id.ID `json:"undo" doc:"POST /undo/{id} takes it back"`
}

func (s *Server) dismissMissing(ctx context.Context, in *missIn) (out dismissed, err error) {
	out.Undo, err = s.desk.DismissMissing(ctx, in.Search)
	return out, err
}

func toDismissed(_ *missIn, out dismissed) next {
	return next{To: "/missing-knowledge", Toast: "Off the list.", Undo: "/undo/" + out.Undo.String(), Seconds: 20}
}

// --- reports and answers ---

func (s *Server) reuseReport(ctx context.Context, in *reportIn) (desk.ReuseReport, error) {
	return s.desk.ReuseReport(ctx, in.From, in.To)
}

func reuseRows(r desk.ReuseReport) [][]string {
	out := [][]string{{"group", "name", "helped", "wrong"}}
	for _, m := range r.Months {
		out = append(out, []string{"month", m.Month, strconv.Itoa(m.Helped), strconv.Itoa(m.Wrong)})
	}
	for _, t := range r.Teams {
		out = append(out, []string{"team", cmp.Or(t.Team, "no team"), strconv.Itoa(t.Helped), strconv.Itoa(t.Wrong)})
	}
	for _, t := range r.Top {
		out = append(out, []string{"resolution", t.Title, strconv.Itoa(t.Helped), strconv.Itoa(t.Wrong)})
	}
	return out
}

// most is the largest month of a report, for its bars.
func mostHelped(months []desk.ReuseMonth) (n int) {
	for _, m := range months {
		n = max(n, m.Helped, m.Wrong)
	}
	return n
}

func (s *Server) answer(ctx context.Context, in *resolutionIn) (desk.Answer, error) {
	return s.desk.Answer(ctx, in.Resolution)
}

type answersIn struct {
	Q     string `query:"q" doc:"words; without, the latest answers"`
	Limit int    `query:"limit" doc:"1 to 200, 50 when not given"`
}

func (s *Server) answers(ctx context.Context, in *answersIn) (listOf[desk.Answer], error) {
	return listed(s.desk.Answers(ctx, in.Q, in.Limit))
}

// draftFor gives what the dialog that resolves a ticket begins with: the resolution that was written on it earlier, else a
// draft made of the ticket itself.
func (s *Server) draftFor(ctx context.Context, out *ticketOut) (desk.ResolutionFields, error) {
	written, err := s.desk.ResolutionWritten(ctx, out.Ticket.Number)
	if err != nil || written != nil {
		if written == nil {
			return desk.ResolutionFields{}, err
		}
		return written.Fields, err
	}
	return desk.DraftOf(&out.Ticket, out.Timeline), nil
}
