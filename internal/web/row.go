package web

import (
	"html/template"
	"strconv"
	"strings"

	"firebreak/internal/person"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// The markup in this file is not in templates: a page has fifty rows and as many choices as the desk has people, and as
// templates they took half of the time of the busiest pages.

// choices are the options of a list to pick a person from.
func choices(people []person.Person) template.HTML {
	var b strings.Builder
	for i := range people {
		b.WriteString(`<option value="` + template.HTMLEscapeString(people[i].Name) + `">`)
	}
	return template.HTML(b.String())
}

// rows draws the tickets of a list.
func rows(c *chrome, tickets []ticket.Ticket, unread map[int64]bool) template.HTML {
	var b strings.Builder
	b.Grow(800 * len(tickets))
	for i := range tickets {
		writeRow(&b, c, &tickets[i], unread[tickets[i].Number])
	}
	return template.HTML(b.String())
}

func writeRow(b *strings.Builder, c *chrome, t *ticket.Ticket, unread bool) {
	text := func(s string) { b.WriteString(template.HTMLEscapeString(s)) }
	put := func(parts ...string) {
		for _, p := range parts {
			b.WriteString(p)
		}
	}
	number, fire, word := strconv.FormatInt(t.Number, 10), template.HTMLEscapeString(string(t.Fire)), template.HTMLEscapeString(t.Fire.Word())
	put(`<li class="t`)
	if unread {
		put(` unread`)
	}
	put(`" data-row id="t-`, number, `"><span class="fire glyph `, fire, `" title="`, word, `">`, string(glyph(t.Fire)), `<span class="sr">`, word, "</span></span>\n",
		` <input class="pick" type="checkbox" form="bulk" name="numbers" value="`, number, `" aria-label="Choose `, number, "\">\n",
		` <a class="s" href="/tickets/`, number, `" hx-get="/tickets/`, number, `" hx-target="#main" hx-select="#main" hx-swap="outerHTML" hx-push-url="true"`)
	if c.Path == "/tickets/"+number {
		put(` aria-current="true"`)
	}
	put(`>`)
	text(t.Subject)
	if unread {
		put(`<span class="sr">, changed since you looked</span>`)
	}
	put("</a>\n ", string(when(c, t.UpdatedAt)), "\n ", `<span class="m">`)
	switch {
	case t.Status.Active() && !t.TurnsAt.IsZero():
		put(`<span class="fire `, fire, `">Wildfire in `, string(countdown(c, t.TurnsAt)), `</span> · `)
	case t.Status.Active() && t.Fire == urgency.Wildfire:
		put(`<span class="fire wildfire">Wildfire</span> · `)
	}
	switch {
	case !t.Status.Active():
		text(t.Status.Word())
		put(` · `)
	case t.Status == ticket.OnHold:
		put(`<b>waiting on `)
		text(t.WaitingOn.Word())
		put(`</b>`)
		if !t.WakeAt.IsZero() {
			put(`, wakes `, clockText(c, t.WakeAt))
		}
		put(` · `)
	}
	put(number)
	if t.Application != "" {
		put(` · `)
		text(t.Application)
	}
	switch t.AssigneeID {
	case 0:
	case c.Person.ID:
		put(` · you`)
	default:
		put(` · `)
		text(t.Assignee)
	}
	put("</span></li>\n")
}
