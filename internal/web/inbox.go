package web

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"firebreak/internal/desk"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/ticket"
)

func inboxRoutes() []route {
	return []route{
		show(get, "/inbox", "/inbox", person.SeeTickets, "A list of tickets in groups of the same fire", "inbox", (*Server).inbox),
		show(get, "", "/inbox/counts", person.SeeTickets, "The numbers beside the views, each up to 200", "", (*Server).inboxCounts),
		show(get, "", "/views", person.SeeTickets, "Your saved views and those of the desk", "", (*Server).views),
		act(post, "/views", "/views", person.SeeTickets, "+Save a list under a name", (*Server).addView, toView[addViewIn]),
		act(put, "/views/{view}", "/views/{view}", person.SeeTickets, "Change a saved view", (*Server).changeView, toView[changeViewIn]),
		act(remove, "/views/{view}/remove", "/views/{view}", person.SeeTickets, "Remove a saved view", (*Server).removeView, func(*viewIn, none) next {
			return next{To: "/inbox", Toast: "The view is gone."}
		}),
	}
}

// inboxOut is the inbox page.
type inboxOut struct {
	desk.InboxPage
	View string `json:"view"`
	// Query is the list's query string without cursor, for saving it; Saved is the saved view it is.
	Query string            `json:"-"`
	Saved *ticket.SavedView `json:"-"`
	In    listIn            `json:"-"`
}

// Filtered reports whether the list is narrowed beyond its view.
func (o inboxOut) Filtered() bool {
	return o.In.Q+o.In.Application+o.In.Assignee+o.In.Requester+o.In.Team+o.In.Tag != "" || len(o.In.Status)+len(o.In.Fire) > 0
}

// Has reports whether a filter with several values has one.
func (o inboxOut) Has(values []string, v string) bool { return slices.Contains(values, v) }

// Shown is how many tickets the page holds.
func (o inboxOut) Shown() (n int) {
	for _, g := range o.Groups {
		n += len(g.Tickets)
	}
	return n
}

// NextQuery is the query string of the next page.
func (o inboxOut) NextQuery() string { return o.Query + "&cursor=" + url.QueryEscape(o.Next) }

func (s *Server) inbox(ctx context.Context, in *listIn) (out inboxOut, err error) {
	if in.View == "" && in.Q == "" {
		in.View = "me"
	}
	if out.InboxPage, err = s.desk.Inbox(ctx, in.desk()); err != nil {
		return out, err
	}
	out.View, out.In, out.Query = in.View, *in, in.query()
	views, err := s.desk.SavedViews(ctx)
	for i := range views {
		if views[i].Query == out.Query {
			out.Saved = &views[i]
		}
	}
	return out, err
}

// query writes the list's query string in the form in which saved views keep it.
func (in listIn) query() string {
	q := url.Values{}
	for name, v := range map[string]string{"view": in.View, "q": in.Q, "application": in.Application, "assignee": in.Assignee, "requester": in.Requester, "team": in.Team, "tag": in.Tag} {
		if v = strings.TrimSpace(v); v != "" {
			q.Set(name, v)
		}
	}
	for _, v := range in.Status {
		q.Add("status", v)
	}
	for _, v := range in.Fire {
		q.Add("fire", v)
	}
	return q.Encode()
}

func (s *Server) inboxCounts(ctx context.Context, _ *none) (desk.InboxCounts, error) {
	return s.desk.InboxCounts(ctx)
}

func (s *Server) views(ctx context.Context, _ *none) (listOf[ticket.SavedView], error) {
	return listed(s.desk.SavedViews(ctx))
}

type addViewIn struct{ Body desk.SaveView }

func (s *Server) addView(ctx context.Context, in *addViewIn) (ticket.SavedView, error) {
	return s.desk.AddView(ctx, in.Body)
}

type changeViewIn struct {
	View id.ID `path:"view"`
	Body desk.SaveView
}

func (s *Server) changeView(ctx context.Context, in *changeViewIn) (ticket.SavedView, error) {
	return s.desk.ChangeView(ctx, in.View, in.Body)
}

func toView[I any](_ *I, v ticket.SavedView) next {
	return next{To: "/inbox?" + v.Query, Toast: "The view “" + v.Name + "” is kept."}
}

type viewIn struct {
	View id.ID `path:"view"`
}

func (s *Server) removeView(ctx context.Context, in *viewIn) (none, error) {
	return none{}, s.desk.RemoveView(ctx, in.View)
}
