package web

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
	"unicode"

	"firebreak/internal/desk"
	"firebreak/internal/id"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// funcs are what templates can do beyond showing fields.
var funcs = template.FuncMap{
	"icon":          icon,
	"rows":          rows,
	"choices":       choices,
	"glyph":         glyph,
	"errorTemplate": errorTemplate,
	"static":        staticPath,
	"when":          when,
	"exact":         exact,
	"clock":         clockText,
	"count":         countdown,
	"dur":           urgency.Duration,
	"minutes":       func(n int) string { return urgency.Duration(time.Duration(n) * time.Minute) },
	"rfc":           func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"local": func(c *chrome, t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(c.Zone).Format("2006-01-02T15:04")
	},
	"text":     richText,
	"size":     byteSize,
	"initials": initials,
	"first":    firstName,
	"capped":   func(n int) string { return capped(n, desk.MaxCount) },
	"beside":   func(n int) string { return capped(n, desk.MaxBeside) },
	"dict":     dict,
	"lower":    strings.ToLower,
	"join":     strings.Join,
	"begins":   strings.HasPrefix,
	"atMost":   func(n int, words []string) []string { return words[:min(n, len(words))] },
	"levels":   func() []ticket.Level { return ticket.Levels },
	"stakes": func() []urgency.Stakes {
		return []urgency.Stakes{urgency.Person, urgency.Team, urgency.Client, urgency.Company}
	},
	"plural":     plural,
	"mostHelped": mostHelped,
	"share":      share,
	"sharePtr":   sharePtr,
	"later":      later,
	"worked":     worked,
	"exhibit":    exhibitOf,
	"published":  publicExhibit,
	"thousands":  thousands,
	"add":        func(a, b int) int { return a + b },
	"or_time": func(a, b time.Time) time.Time {
		if a.IsZero() {
			return b
		}
		return a
	},
	"fuseText":    fuseText,
	"isTrue":      func(b *bool) bool { return b != nil && *b },
	"shown":       shownEvents,
	"eventText":   eventText,
	"marked":      marked,
	"markedTitle": markedTitle,
	"markedText":  markedText,
	"postText":    postText,
	"kindWord":    func(kind string) string { return strings.ReplaceAll(kind, "_", " ") },
	"deref":       func(b *bool) bool { return b != nil && *b },
	"excerpt":     excerpt,
	"stylesheets": func() []string {
		return []string{"tokens.css", "base.css", "shell.css", "forms.css", "ticket.css", "parts.css"}
	},
	"str": func(v any) string { return fmt.Sprint(v) },
}

// icon is one shape of the sprite; it carries no meaning of its own for a screen reader.
func icon(name string) template.HTML {
	return template.HTML(`<svg class="i" aria-hidden="true"><use href="` + staticPath("icons.svg") + `#` + template.HTMLEscapeString(name) + `"/></svg>`)
}

// glyph is a fire's shape; the word stands beside it or in an .sr.
func glyph(f urgency.Fire) template.HTML {
	return template.HTML(`<svg aria-hidden="true"><use href="` + staticPath("icons.svg") + `#` + template.HTMLEscapeString(string(f)) + `"/></svg>`)
}

// when is an instant as a person says it, with the exact time in the title.
func when(c *chrome, t time.Time) template.HTML {
	if t.IsZero() {
		return ""
	}
	return template.HTML(`<time datetime="` + t.UTC().Format(time.RFC3339) + `" title="` + template.HTMLEscapeString(exact(c, t)) + `">` + relative(c.Now, t, c.Zone) + `</time>`)
}

// exact is an instant with date, minute and zone.
func exact(c *chrome, t time.Time) string { return t.In(c.Zone).Format("Mon 2 Jan 2006 15:04 MST") }

// clockText is the shortest exact form: 15:04 today, the weekday within a week, else the date.
func clockText(c *chrome, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t, now := t.In(c.Zone), c.Now.In(c.Zone)
	d := t.Sub(now).Abs()
	switch {
	case t.Format("2006-01-02") == now.Format("2006-01-02"):
		return t.Format("15:04")
	case d < 6*24*time.Hour:
		return t.Format("Mon 15:04")
	case t.Year() == now.Year():
		return t.Format("2 Jan 15:04")
	}
	return t.Format("2 Jan 2006 15:04")
}

// countdown is the time left until an instant; the page keeps it going.
func countdown(c *chrome, t time.Time) template.HTML {
	left := t.Sub(c.Now)
	word := urgency.Duration(left)
	if left < 0 {
		word = urgency.Duration(-left) + " ago"
	}
	return template.HTML(fmt.Sprintf(`<time data-countdown="%s" datetime="%s" title="%s">%s</time>`,
		t.UTC().Format(time.RFC3339), t.UTC().Format(time.RFC3339), exact(c, t), template.HTMLEscapeString(word)))
}

func relative(now, t time.Time, zone *time.Location) string {
	d := now.Sub(t)
	switch {
	case d < 0:
		return "in " + urgency.Duration(-d)
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	case d < 7*24*time.Hour:
		return t.In(zone).Format("Mon")
	case t.Year() == now.Year():
		return t.In(zone).Format("2 Jan")
	}
	return t.In(zone).Format("2 Jan 2006")
}

func byteSize(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.0f kB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", n)
}

func initials(name string) string {
	var out []rune
	for _, w := range strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == '.' || r == '-' || r == '@' }) {
		out = append(out, unicode.ToUpper([]rune(w)[0]))
		if len(out) == 2 {
			break
		}
	}
	return string(out)
}

func firstName(name string) string {
	first, _, _ := strings.Cut(name, " ")
	return first
}

// capped shows a count that stopped at most: "200+".
func capped(n, most int) string {
	if n >= most {
		return strconv.Itoa(most) + "+"
	}
	return fmt.Sprint(n)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// dict passes several values to a template by name.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict wants name, value, …")
	}
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m, nil
}

// eventText says what an event did, in a few words.
func eventText(c *chrome, e *ticket.Event) string {
	word := func(s string) string {
		switch f := urgency.Fire(s); {
		case f.Valid():
			return lowerFirst(f.Word())
		}
		if t, err := time.Parse(time.RFC3339, s); err == nil {
			return clockText(c, t)
		}
		return s
	}
	old, new := word(e.Old), word(e.New)
	switch e.Field {
	case "opened":
		return "opened it: " + new
	case "status":
		return "set it to " + new
	case "assignee":
		switch {
		case e.New == "":
			return "took it from " + old
		case e.ActorID != 0 && e.New == e.Actor:
			return "took it"
		}
		return "gave it to " + new
	case "fire":
		if urgency.Fire(e.New).Rank() < urgency.Fire(e.Old).Rank() {
			return "raised it from " + old + " to " + new
		}
		return "lowered it from " + old + " to " + new
	case "merged_into":
		if e.New == "" {
			return "undid the merge into " + old
		}
		return "merged it into " + new
	case "merged_from":
		return "merged ticket " + new + " into this one"
	case "split_into":
		return "split off ticket " + new
	case "undo":
		return "took the " + new + " back"
	case "link":
		if e.New == "" {
			return "removed a link: " + old
		}
		return "linked it: " + new
	case "time_spent":
		if e.New == "" {
			return "took back " + old + " booked minutes"
		}
		return "booked " + new + " minutes"
	case "warning":
		return new
	case "reply_taken_back":
		return "took a reply back"
	case "body":
		return "changed the description"
	case "resolution":
		return "wrote down what fixed it"
	case "deadline_was_real":
		if e.New == "yes" {
			return "judged that the deadline was real"
		}
		return "judged that the deadline was not real"
	}
	if name, ok := fieldWords[e.Field]; ok {
		e = &ticket.Event{Field: name, Old: e.Old, New: e.New}
	}
	field := strings.ReplaceAll(e.Field, "_", " ")
	switch {
	case e.Field == "link" && e.Old == "":
		return "linked it: " + new
	case e.Field == "link":
		return "removed the link: " + old
	case e.Old == "" && e.New == "":
		return field
	case e.Old == "":
		return "set the " + field + " to " + new
	case e.New == "":
		return "cleared the " + field + ", was " + old
	}
	return "changed the " + field + " from " + old + " to " + new
}

// fieldWords are fields whose name in history is not how a person would say it.
var fieldWords = map[string]string{
	"stated_deadline": "stated deadline", "deadline_reason": "reason of the deadline", "deadline_said_by": "person who stated the deadline",
	"agreed_deadline": "agreed deadline", "wake_at": "time it wakes", "waiting_on": "party it waits on", "real_deadline": "real deadline",
	"set_by_hand": "fire set by hand",
}

// shownEvents leaves out of the page what another event of the same act says already: the state that follows
// from taking a ticket, the real deadline that follows from new answers. The history itself keeps every line.
func shownEvents(items []desk.TimelineItem) []desk.TimelineItem {
	type act struct {
		at    time.Time
		actor id.ID
	}
	has := map[act]map[string]bool{}
	for _, i := range items {
		if e := i.Event; e != nil {
			k := act{e.At, e.ActorID}
			if has[k] == nil {
				has[k] = map[string]bool{}
			}
			has[k][e.Field] = true
		}
	}
	out := items[:0:0]
	for _, i := range items {
		if e := i.Event; e != nil {
			h := has[act{e.At, e.ActorID}]
			switch {
			case e.Field == "status" && e.Old == "new" && e.New == "open" && h["assignee"],
				e.Field == "real_deadline",
				e.Field == "set_by_hand" && h["fire"],
				e.Field == "waiting_on", e.Field == "wake_at" && h["status"] && e.New == "",
				e.Field == "opened" && i.At.Equal(items[0].At):
				continue
			}
		}
		out = append(out, i)
	}
	return out
}
