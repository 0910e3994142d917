package jil

import "strings"

// String writes the statements in their canonical form; Parse reads them back to the same statements, without their
// lines.
func (f File) String() string {
	var b strings.Builder
	for i, s := range f.Statements {
		if i > 0 {
			b.WriteByte('\n')
		}
		s.write(&b)
	}
	return b.String()
}

// String writes one statement in its canonical form.
func (s Statement) String() string {
	var b strings.Builder
	s.write(&b)
	return b.String()
}

func (s *Statement) write(b *strings.Builder) {
	b.WriteString(s.Keyword + ": " + escape(s.Name))
	if s.Delete {
		b.WriteString(" delete")
	}
	known := attributes[s.Noun()]
	for i, a := range s.Attributes {
		switch {
		case i == 0 && a.Key == "job_type":
			b.WriteString("   ")
		default:
			b.WriteByte('\n')
		}
		if a.Key == "" {
			b.WriteString(a.Value)
			continue
		}
		b.WriteString(a.Key + ":")
		if a.Value == "" && known[a.Key] != blob {
			continue
		}
		b.WriteByte(' ')
		switch k := known[a.Key]; k {
		case blob:
			b.WriteString(blobOpen + a.Value + blobClose)
		case times, minutes, must, window:
			if strings.Contains(a.Value, ":") {
				b.WriteString(`"` + a.Value + `"`)
			} else {
				b.WriteString(a.Value)
			}
		case free:
			b.WriteString(escape(a.Value))
		default:
			b.WriteString(whole(a.Value, known))
		}
	}
	b.WriteByte('\n')
}

// escape writes the colons of a value that stand outside quotation marks as \:.
func escape(s string) string {
	if strings.IndexByte(s, ':') < 0 {
		return s
	}
	var b strings.Builder
	noQuotes := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && s[i+1] == '"':
			b.WriteString(`\"`)
			i++
		case c == '"' && !noQuotes:
			end := closing(s, i)
			if end < 0 {
				noQuotes = true
				b.WriteByte(c)
				continue
			}
			b.WriteString(s[i : end+1])
			i = end
		case c == ':':
			b.WriteString(`\:`)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// whole writes a value that is no free text; where a part of it would be taken for a comment, in quotation marks.
func whole(v string, known map[string]kind) string {
	plain := escape(v)
	if !strings.Contains(v, "/*") {
		return plain
	}
	var p parser
	if got, rest := p.value(plain, known, true); got == v && rest == "" && len(p.Problems) == 0 {
		return plain
	}
	return `"` + v + `"`
}
