package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"firebreak/internal/catalog"
	"firebreak/internal/desk"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/ticket"
)

// actRoutes are the acts on tickets beyond the daily ones of ticketRoutes.
func actRoutes() []route {
	return []route{
		show(get, "/tickets/{number}/edit", "", person.WorkTickets, "the form to change a ticket", "ticket_edit", (*Server).editForm),
		act(patch, "/tickets/{number}/edit", "/tickets/{number}", person.WorkTickets, "Change fields of a ticket; new facts name the fire anew", (*Server).edit, toEdited),
		act(post, "/tickets/{number}/judge", "/tickets/{number}/judge", person.WorkTickets, "Judge whether the deadline was real", (*Server).judge, toJudged),
		act(post, "/tickets/{number}/merge", "/tickets/{number}/merge", person.WorkTickets, "Merge tickets; undo takes it back", (*Server).merge, toMerged),
		show(get, "/tickets/{number}/split", "", person.WorkTickets, "the form to split a ticket", "ticket_split", (*Server).splitForm),
		act(post, "/tickets/{number}/split", "/tickets/{number}/split", person.WorkTickets, "+Move entries to a new ticket; undo takes it back", (*Server).split, toSplit),
		act(post, "/tickets/bulk", "/tickets/bulk", person.WorkTickets, "Change up to 500 tickets; undo takes it back", (*Server).bulk, toBulk),
		act(post, "/undo/{act}", "/undo/{act}", person.WorkTickets, "Take a merge, a split or a bulk change back", (*Server).undo, toUndone),
		show(get, "", "/tickets/{number}/links", person.SeeTickets, "What a ticket is linked with", "", (*Server).links),
		act(post, "/tickets/{number}/links", "/tickets/{number}/links", person.WorkTickets, "+Link a ticket with another", (*Server).addLink, toLinked),
		act(remove, "/links/{link}/remove", "/links/{link}", person.WorkTickets, "Remove a link", (*Server).removeLink, toast[linkIn, none]("The link is gone.")),
		show(get, "", "/tickets/{number}/time", person.SeeTickets, "Work time booked on a ticket", "", (*Server).timeSpent),
		act(post, "/tickets/{number}/time", "/tickets/{number}/time", person.WorkTickets, "+Book work time on a ticket", (*Server).addTime, toBooked),
		act(remove, "/time/{booking}/remove", "/time/{booking}", person.WorkTickets, "Remove work time you booked", (*Server).removeTime, toast[bookingIn, ticket.Ticket]("The time is no longer booked.")),
		show(get, "", "/tickets/{number}/viewing", person.SeeTickets, "Who else has a ticket open", "", (*Server).viewers),
		act(post, "", "/tickets/{number}/viewing", person.SeeTickets, "Say that you have a ticket open, every 15 seconds", (*Server).viewing, nil),
		act(remove, "", "/tickets/{number}/viewing", person.SeeTickets, "Say that you left a ticket", (*Server).leave, nil),
		quiet(post, "/tickets/{number}/presence", person.SeeTickets, (*Server).presence),
		show(get, "", "/drafts", person.SeeOwn, "Your unsent texts", "", (*Server).drafts),
		act(put, "", "/tickets/{number}/draft", person.SeeOwn, "Keep your unsent text on a ticket", (*Server).saveDraft, nil),
		act(remove, "", "/tickets/{number}/draft", person.SeeOwn, "Discard your unsent text on a ticket", (*Server).dropDraft, nil),
		quiet(put, "/tickets/{number}/draft", person.SeeOwn, (*Server).saveDraft),
		quiet(remove, "/tickets/{number}/draft", person.SeeOwn, (*Server).dropDraft),
	}
}

// quiet is a row that a script of the page calls in the background; it answers 204 and no page.
func quiet[I, O any](method, page string, p person.Permission, h func(*Server, context.Context, *I) (O, error)) route {
	return quieted(route{method: method, page: page, may: p}, handle(h))
}

func quieted(r route, h handler) route {
	r.mount = func(s *Server) {
		s.mux.HandleFunc(r.method+" "+r.page, func(w http.ResponseWriter, req *http.Request) {
			req.Body = http.MaxBytesReader(w, req.Body, maxJSON)
			if _, _, err := call(s, req, r.may, h); err != nil {
				s.fail(w, req, err)
				return
			}
			w.WriteHeader(http.StatusNoContent)
		})
	}
	return r
}

// toast leads back to where the form was, with a sentence.
func toast[I, O any](text string) func(*I, O) next {
	return func(*I, O) next { return next{Toast: text} }
}

func ticketAddress(n int64) string { return fmt.Sprintf("/tickets/%d", n) }

// ticketMore is what stands beside a ticket on its page.
type ticketMore struct {
	Links    []ticket.Link
	Spent    []ticket.TimeSpent
	Viewers  []ticket.Viewer
	Audience []person.Person
	Drafts   []ticket.Draft
	// Judgeable reports that there is a deadline of which one can say whether it was real.
	Judgeable bool
}

// Draft is the caller's unsent text of one kind.
func (m ticketMore) Draft(kind string) string {
	for _, d := range m.Drafts {
		if string(d.Kind) == kind {
			return d.Body
		}
	}
	return ""
}

// Readers says who will read a reply.
func (m ticketMore) Readers() string {
	switch len(m.Audience) {
	case 0:
		return "the requester"
	case 1:
		return m.Audience[0].Name
	}
	return fmt.Sprintf("%d people", len(m.Audience))
}

func (s *Server) more(ctx context.Context, t ticket.Ticket) (m ticketMore, err error) {
	if m.Links, err = s.desk.Links(ctx, t.Number); err != nil {
		return m, err
	}
	if t.MinutesSpent > 0 {
		if m.Spent, err = s.desk.TimeSpent(ctx, t.Number); err != nil {
			return m, err
		}
	}
	if m.Viewers, err = s.desk.Viewers(ctx, t.Number); err != nil {
		return m, err
	}
	if m.Audience, err = s.desk.Audience(ctx, t.Number); err != nil {
		return m, err
	}
	m.Judgeable = !t.Deadline.At.IsZero() || !t.RealAt.IsZero()
	m.Drafts, err = s.desk.Drafts(ctx, t.Number)
	return m, err
}

// --- editing ---

type editIn struct {
	Number int64 `path:"number" minimum:"1"`
	Body   desk.TicketEdit
}

// editOut is the form to change a ticket.
type editOut struct {
	Ticket       ticket.Ticket
	Applications []catalog.Application
}

func (s *Server) editForm(ctx context.Context, in *numberIn) (out editOut, err error) {
	if out.Ticket, err = s.desk.Ticket(ctx, in.Number); err != nil {
		return out, err
	}
	out.Applications, err = s.desk.ApplicationChoices(ctx)
	return out, err
}

func init() {
	redraw("edit", "ticket_edit", func(s *Server, r *http.Request) (any, error) {
		var in numberIn
		if err := bind(r, &in); err != nil {
			return nil, err
		}
		return s.editForm(r.Context(), &in)
	})
	redraw("split", "ticket_split", func(s *Server, r *http.Request) (any, error) {
		var in numberIn
		if err := bind(r, &in); err != nil {
			return nil, err
		}
		return s.splitForm(r.Context(), &in)
	})
}

func (s *Server) edit(ctx context.Context, in *editIn) (ticket.Ticket, error) {
	return s.desk.EditTicket(ctx, in.Number, in.Body)
}

func toEdited(in *editIn, t ticket.Ticket) next {
	return next{To: ticketAddress(t.Number), Toast: fmt.Sprintf("Ticket %d is changed: %s.", t.Number, lowerFirst(t.Fire.Word()))}
}

type judgeIn struct {
	Number int64 `path:"number" minimum:"1"`
	Body   struct {
		Real bool `json:"real" doc:"was the deadline real?"`
	}
}

func (s *Server) judge(ctx context.Context, in *judgeIn) (ticket.Ticket, error) {
	return s.desk.JudgeDeadline(ctx, in.Number, in.Body.Real)
}

func toJudged(in *judgeIn, t ticket.Ticket) next {
	if in.Body.Real {
		return next{Toast: "Noted: the deadline was real."}
	}
	return next{Toast: "Noted: the deadline was not real."}
}

// --- merge, split, bulk, undo ---

type mergeIn struct {
	Number int64 `path:"number" minimum:"1"`
	Body   struct {
		Into int64   `json:"into,omitempty" doc:"the ticket that this one is to live on in"`
		From []int64 `json:"from,omitempty" doc:"or the tickets that are to live on in this one"`
	}
}

// undoable is an act that can be taken back.
type undoable struct {
	Number int64 `json:"number,omitzero" doc:"the ticket to go on with"`
	Undo   id.ID `json:"undo,omitzero" doc:"POST /undo/{id} takes it back"`
}

func (s *Server) merge(ctx context.Context, in *mergeIn) (out undoable, err error) {
	from := in.Body.From
	out.Number = in.Number
	if in.Body.Into != 0 {
		from, out.Number = append(from, in.Number), in.Body.Into
	}
	out.Undo, err = s.desk.Merge(ctx, from, out.Number)
	return out, err
}

func toMerged(_ *mergeIn, out undoable) next {
	return next{To: ticketAddress(out.Number), Toast: fmt.Sprintf("Merged into ticket %d.", out.Number), Undo: "/undo/" + out.Undo.String(), Seconds: 20}
}

type splitIn struct {
	Number int64 `path:"number" minimum:"1"`
	Body   desk.SplitTicket
}

// splitOut is the form to split a ticket.
type splitOut struct {
	Ticket  ticket.Ticket
	Entries []ticket.Entry
}

func (s *Server) splitForm(ctx context.Context, in *numberIn) (out splitOut, err error) {
	if out.Ticket, err = s.desk.Ticket(ctx, in.Number); err != nil {
		return out, err
	}
	tl, err := s.desk.Timeline(ctx, in.Number, 0)
	for _, i := range tl.Items {
		if i.Entry != nil {
			out.Entries = append(out.Entries, *i.Entry)
		}
	}
	return out, err
}

// splitDone is the ticket that was split off.
type splitDone struct {
	ticket.Ticket
	Undo id.ID `json:"undo" doc:"POST /undo/{id} takes it back"`
}

func (s *Server) split(ctx context.Context, in *splitIn) (out splitDone, err error) {
	out.Ticket, out.Undo, err = s.desk.Split(ctx, in.Number, in.Body)
	return out, err
}

func toSplit(_ *splitIn, out splitDone) next {
	return next{To: ticketAddress(out.Number), Toast: fmt.Sprintf("Ticket %d is split off.", out.Number), Undo: "/undo/" + out.Undo.String(), Seconds: 20}
}

type bulkIn struct {
	Body struct {
		Numbers []int64 `json:"numbers" doc:"up to 500 tickets"`
		desk.BulkAct
	}
}

func (s *Server) bulk(ctx context.Context, in *bulkIn) (desk.BulkResult, error) {
	return s.desk.Bulk(ctx, in.Body.Numbers, in.Body.BulkAct)
}

func toBulk(_ *bulkIn, out desk.BulkResult) next {
	n := next{Toast: plural(out.Done, "ticket is changed", "tickets are changed") + "."}
	if out.Undo != 0 {
		n.Undo, n.Seconds = "/undo/"+out.Undo.String(), 20
	}
	if k := len(out.Skipped); k > 0 {
		n.Toast += fmt.Sprintf(" %s left alone: %s", plural(k, "was", "were"), out.Skipped[0].Why)
	}
	return n
}

type undoActIn struct {
	Act id.ID `path:"act" doc:"the undo of the answer to the act"`
}

func (s *Server) undo(ctx context.Context, in *undoActIn) (desk.Undone, error) {
	return s.desk.Undo(ctx, in.Act)
}

func toUndone(_ *undoActIn, out desk.Undone) next {
	n := next{Toast: "Taken back."}
	if out.Act != "bulk" && len(out.Tickets) > 0 {
		n.To = ticketAddress(out.Tickets[0])
	}
	return n
}

// --- links ---

// listed is a use case's short list in its JSON form.
func listed[T any](items []T, err error) (listOf[T], error) { return whole(items), err }

func (s *Server) links(ctx context.Context, in *numberIn) (listOf[ticket.Link], error) {
	return listed(s.desk.Links(ctx, in.Number))
}

type addLinkIn struct {
	Number int64 `path:"number" minimum:"1"`
	Body   struct {
		Other int64           `json:"other" doc:"number of the other ticket"`
		Kind  ticket.LinkKind `json:"kind,omitempty" doc:"how they belong together" enum:",related,duplicate_of,caused_by,follow_up_of,split_from"`
	}
}

func (s *Server) addLink(ctx context.Context, in *addLinkIn) (ticket.Link, error) {
	return s.desk.AddLink(ctx, in.Number, in.Body.Other, in.Body.Kind)
}

func toLinked(_ *addLinkIn, l ticket.Link) next {
	return next{Toast: fmt.Sprintf("Linked: %s %d.", l.Word, l.Other)}
}

type linkIn struct {
	Link id.ID `path:"link"`
}

func (s *Server) removeLink(ctx context.Context, in *linkIn) (none, error) {
	return none{}, s.desk.RemoveLink(ctx, in.Link)
}

// --- time ---

func (s *Server) timeSpent(ctx context.Context, in *numberIn) (listOf[ticket.TimeSpent], error) {
	return listed(s.desk.TimeSpent(ctx, in.Number))
}

type addTimeIn struct {
	Number int64 `path:"number" minimum:"1"`
	Body   desk.AddTime
}

func (s *Server) addTime(ctx context.Context, in *addTimeIn) (ticket.TimeSpent, error) {
	return s.desk.AddTime(ctx, in.Number, in.Body)
}

func toBooked(_ *addTimeIn, t ticket.TimeSpent) next {
	return next{Toast: plural(t.Minutes, "minute", "minutes") + " booked.", Undo: "/time/" + t.ID.String() + "/remove"}
}

type bookingIn struct {
	Booking id.ID `path:"booking"`
}

func (s *Server) removeTime(ctx context.Context, in *bookingIn) (ticket.Ticket, error) {
	return s.desk.RemoveTime(ctx, in.Booking)
}

// --- presence and drafts ---

func (s *Server) viewers(ctx context.Context, in *numberIn) (listOf[ticket.Viewer], error) {
	return listed(s.desk.Viewers(ctx, in.Number))
}

type viewingIn struct {
	Number int64 `path:"number" minimum:"1"`
	Body   struct {
		Composing ticket.Kind `json:"composing,omitempty" doc:"reply or note while you write one" enum:",reply,note"`
	}
}

func (s *Server) viewing(ctx context.Context, in *viewingIn) (listOf[ticket.Viewer], error) {
	return listed(s.desk.Viewing(ctx, in.Number, in.Body.Composing))
}

func (s *Server) leave(ctx context.Context, in *numberIn) (none, error) {
	return none{}, s.desk.LeaveTicket(ctx, in.Number)
}

type presenceIn struct {
	Number int64 `path:"number"`
	Body   struct {
		Doing string `json:"doing"`
	}
}

// presence is the page's sign of life: doing is looking or writing.
func (s *Server) presence(ctx context.Context, in *presenceIn) (none, error) {
	var composing ticket.Kind
	if in.Body.Doing == "writing" {
		composing = ticket.Reply
	}
	_, err := s.desk.Viewing(ctx, in.Number, composing)
	return none{}, err
}

func (s *Server) drafts(ctx context.Context, _ *none) (listOf[ticket.Draft], error) {
	return listed(s.desk.Drafts(ctx, 0))
}

type saveDraftIn struct {
	Number int64       `path:"number"`
	Kind   ticket.Kind `query:"kind" doc:"reply or note" enum:"reply,note"`
	Body   struct {
		Body string `json:"body" doc:"the text so far; empty discards it"`
	}
}

func (s *Server) saveDraft(ctx context.Context, in *saveDraftIn) (none, error) {
	return none{}, s.desk.SaveDraft(ctx, in.Number, in.Kind, in.Body.Body)
}

type dropDraftIn struct {
	Number int64       `path:"number"`
	Kind   ticket.Kind `query:"kind" doc:"reply or note" enum:"reply,note"`
}

func (s *Server) dropDraft(ctx context.Context, in *dropDraftIn) (none, error) {
	return none{}, s.desk.SaveDraft(ctx, in.Number, in.Kind, "")
}

// excerpt is the beginning of a text on one line.
func excerpt(s string, n int) string {
	r := []rune(strings.Join(strings.Fields(strings.ReplaceAll(s, "`", "")), " "))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n]) + "…"
}
