package web

import (
	"html"
	"html/template"
	"strings"
)

// richText shows what a person wrote: escaped, line breaks kept, addresses on the web as links, text between
// lines of three or more backticks as code, and quoted lines of a mail folded away. Nothing else is interpreted, so that
// logs and commands stay exactly as they were pasted.
func richText(s string) template.HTML {
	var out strings.Builder
	lines := strings.Split(s, "\n")
	for i := 0; i < len(lines); {
		switch {
		case strings.HasPrefix(strings.TrimSpace(lines[i]), "```"):
			fence := strings.TrimSpace(lines[i])
			fence = fence[:len(fence)-len(strings.TrimLeft(fence, "`"))]
			end := i + 1
			for end < len(lines) && strings.TrimSpace(lines[end]) != fence {
				end++
			}
			out.WriteString(`<pre tabindex="0"><code>`)
			out.WriteString(html.EscapeString(strings.Join(lines[i+1:min(end, len(lines))], "\n")))
			out.WriteString("</code></pre>")
			i = end + 1
		case strings.HasPrefix(lines[i], ">"):
			end := i
			for end < len(lines) && strings.HasPrefix(lines[end], ">") {
				end++
			}
			quoted := make([]string, 0, end-i)
			for _, l := range lines[i:end] {
				quoted = append(quoted, strings.TrimPrefix(strings.TrimPrefix(l, ">"), " "))
			}
			body := `<blockquote class="text">` + linked(strings.Join(quoted, "\n")) + "</blockquote>"
			if end-i > 3 {
				body = `<details class="quoted"><summary title="Show what was quoted">···</summary>` + body + "</details>"
			}
			out.WriteString(body)
			i = end
		default:
			end := i
			for end < len(lines) && !strings.HasPrefix(lines[end], ">") && !strings.HasPrefix(strings.TrimSpace(lines[end]), "```") {
				end++
			}
			if part := strings.Trim(strings.Join(lines[i:end], "\n"), "\n"); part != "" {
				out.WriteString(`<div class="text">` + linked(part) + "</div>")
			}
			i = end
		}
	}
	return template.HTML(out.String())
}

// linked escapes s and makes http and https addresses links.
func linked(s string) string {
	var out strings.Builder
	for s != "" {
		at := strings.Index(s, "http")
		if at < 0 {
			break
		}
		rest := s[at:]
		if !strings.HasPrefix(rest, "http://") && !strings.HasPrefix(rest, "https://") {
			out.WriteString(html.EscapeString(s[:at+4]))
			s = s[at+4:]
			continue
		}
		end := strings.IndexFunc(rest, func(r rune) bool { return r <= ' ' || strings.ContainsRune("<>\"'`{}|\\^", r) || r == 0x7f })
		if end < 0 {
			end = len(rest)
		}
		url := strings.TrimRight(rest[:end], ".,;:!?)]")
		out.WriteString(html.EscapeString(s[:at]))
		u := html.EscapeString(url)
		out.WriteString(`<a href="` + u + `" rel="noopener noreferrer nofollow" target="_blank">` + u + "</a>")
		s = rest[len(url):]
	}
	out.WriteString(html.EscapeString(s))
	return out.String()
}
