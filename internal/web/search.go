package web

import (
	"context"
	"html/template"
	"net/url"
	"strings"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/search"
)

func searchRoutes() []route {
	return []route{
		show(get, "/search", "", person.SeeOwn, "the search page", "search", (*Server).searchPage),
		show(get, "", "/search", person.SeeOwn, "Find tickets, what solved them, known errors, people and the catalogue", "", (*Server).search),
	}
}

type searchIn struct {
	Q     string `query:"q" doc:"words, a \"phrase\", ORA-01555, -without, a ticket's number, and filters: app: is: fire: from: assignee: tag: before: after: sig: kind:"`
	Limit int    `query:"limit" doc:"1 to 100, 20 when not given"`
	Whole bool   `query:"whole" doc:"take the last word as it is; without, it may go on, as while typing"`
	// Typing is set by the page's script: the last word may go on, and a search that finds nothing is not kept.
	Typing bool `query:"typing" doc:"for the search page"`
}

func (s *Server) search(ctx context.Context, in *searchIn) (desk.SearchPage, error) {
	return s.desk.Search(ctx, in.Q, !in.Whole, in.Limit)
}

// searchOut is the search page.
type searchOut struct {
	desk.SearchPage
	Q    string
	Help []search.FilterHelp
	// Problem and Hint say what is wrong with the search, as it was typed.
	Problem, Hint string
	// View is the list of tickets that the filters make, for keeping it.
	View string
}

// With is the address of the same search with a filter more.
func (o searchOut) With(filter string) string {
	return "/search?q=" + url.QueryEscape(strings.TrimSpace(o.Q+" "+filter))
}

// Again is the address of another search.
func (o searchOut) Again(q string) string { return "/search?q=" + url.QueryEscape(q) }

func (s *Server) searchPage(ctx context.Context, in *searchIn) (out searchOut, err error) {
	if in.Limit == 0 {
		in.Limit = 50
	}
	out.Q = in.Q
	staff := desk.CallerOf(ctx).May(person.SeeTickets)
	for _, h := range search.Help {
		switch {
		case staff:
			out.Help = append(out.Help, h)
		case h.Name == "is:":
			h.Values = []string{"open", "resolved", "closed"}
			out.Help = append(out.Help, h)
		case h.Name == "kind:":
		case h.Public:
			out.Help = append(out.Help, h)
		}
	}
	out.SearchPage, err = s.desk.Search(ctx, in.Q, in.Typing, in.Limit)
	if f := fault.Of(err); f != nil && f.Code == fault.CodeInvalid && f.Field == "q" {
		out.Problem, out.Hint, err = f.Message, f.Hint, nil
	}
	if out.Filtered && staff {
		out.View = url.Values{"q": {in.Q}}.Encode()
	}
	return out, err
}

// marked is a snippet with what was searched for highlighted.
func marked(i desk.SearchItem) template.HTML { return markedText(i.Snippet, i.Marks) }

// markedTitle is its title, likewise.
func markedTitle(i desk.SearchItem) template.HTML { return markedText(i.Title, i.TitleMarks) }

func markedText(text string, marks [][2]int) template.HTML {
	var b strings.Builder
	at := 0
	for _, m := range marks {
		if m[0] < at || m[1] < m[0] || m[1] > len(text) {
			continue
		}
		b.WriteString(template.HTMLEscapeString(text[at:m[0]]))
		b.WriteString("<mark>" + template.HTMLEscapeString(text[m[0]:m[1]]) + "</mark>")
		at = m[1]
	}
	b.WriteString(template.HTMLEscapeString(text[at:]))
	return template.HTML(b.String())
}
