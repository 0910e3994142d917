package web

import (
	"context"
	"html/template"
	"strings"

	"firebreak/internal/desk"
	"firebreak/internal/person"
)

func searchRoutes() []route {
	return []route{
		show(get, "/search", "", person.SeeOwn, "the search page", "search", (*Server).searchPage),
		show(get, "", "/search", person.SeeOwn, "Find tickets, people and applications", "", (*Server).search),
	}
}

type searchIn struct {
	Q     string `query:"q" doc:"words, a \"phrase\", ORA-01555, -without, or a ticket's number"`
	Limit int    `query:"limit" doc:"1 to 100, 20 when not given"`
	Whole bool   `query:"whole" doc:"take the last word as it is; without, it may go on, as while typing"`
}

func (s *Server) search(ctx context.Context, in *searchIn) (desk.SearchPage, error) {
	return s.desk.Search(ctx, in.Q, !in.Whole, in.Limit)
}

// searchOut is the search page.
type searchOut struct {
	desk.SearchPage
	Q string
}

func (s *Server) searchPage(ctx context.Context, in *searchIn) (searchOut, error) {
	if in.Limit == 0 {
		in.Limit = 50
	}
	page, err := s.desk.Search(ctx, in.Q, false, in.Limit)
	return searchOut{page, in.Q}, err
}

// marked is a snippet with what was searched for highlighted.
func marked(i desk.SearchItem) template.HTML {
	var b strings.Builder
	at := 0
	for _, m := range i.Marks {
		if m[0] < at || m[1] < m[0] || m[1] > len(i.Snippet) {
			continue
		}
		b.WriteString(template.HTMLEscapeString(i.Snippet[at:m[0]]))
		b.WriteString("<mark>" + template.HTMLEscapeString(i.Snippet[m[0]:m[1]]) + "</mark>")
		at = m[1]
	}
	b.WriteString(template.HTMLEscapeString(i.Snippet[at:]))
	return template.HTML(b.String())
}
