package web

import (
	"context"
	"html/template"
	"strings"

	"firebreak/internal/desk"
	"firebreak/internal/person"
)

// briefingOut is the briefing beside a ticket.
type briefingOut struct {
	desk.Briefing
	marks bool
}

func (s *Server) briefing(ctx context.Context, in *numberIn) (briefingOut, error) {
	b, err := s.desk.Briefing(ctx, in.Number)
	return briefingOut{b, desk.CallerOf(ctx).May(person.WorkTickets)}, err
}

// Like gives the similar tickets for their part of the page.
func (o briefingOut) Like() similarOut {
	return similarOut{o.Ticket, desk.SimilarPage{Items: o.Similar}, o.marks}
}

// Slug is the short name of the ticket's application, "" for none.
func (o briefingOut) Slug() string {
	if o.Application == nil {
		return ""
	}
	return o.Application.Slug
}

// Empty reports whether nothing at all is known.
func (o briefingOut) Empty() bool {
	return len(o.Signatures)+len(o.Known.Items)+len(o.Same)+len(o.Similar)+len(o.Resolutions)+len(o.Recurring)+len(o.Changes) == 0
}

// variable is how the template of an error writes what changes from one time to the next.
const variable = "<*>"

// template shows the template of an error, with what changes marked.
func errorTemplate(s string) template.HTML {
	var b strings.Builder
	for i, part := range strings.Split(s, variable) {
		if i > 0 {
			b.WriteString(`<mark><span aria-hidden="true">…</span><span class="sr">something</span></mark>`)
		}
		b.WriteString(template.HTMLEscapeString(part))
	}
	return template.HTML(b.String())
}
