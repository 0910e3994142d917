package transfer

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// record is a row before its meaning is known: values by column, several where a column comes repeatedly.
type record struct {
	columns []string
	values  map[string][]any // by folded column
	tree    map[string]any   // of JSON, for paths such as fields.summary
	used    map[string]bool
}

func newRecord() *record {
	return &record{values: map[string][]any{}, used: map[string]bool{}}
}

func (r *record) add(column string, v any) {
	key := fold(column)
	if _, ok := r.values[key]; !ok {
		r.columns = append(r.columns, column)
	}
	r.values[key] = append(r.values[key], v)
}

// find gives the values of a field: of the mapped columns, else of the first usual one that holds something.
func (r *record) find(m *Mapping, field string) []any {
	if columns, ok := m.columns[field]; ok {
		var out []any
		for _, c := range columns {
			out = append(out, r.column(c)...)
		}
		return out
	}
	for _, name := range names[field] {
		if vs, ok := r.values[name]; ok && !r.used[name] {
			r.used[name] = true
			if !blank(vs) {
				return vs
			}
		}
	}
	return nil
}

// column gives the values of a column by name, or of a path through nested objects.
func (r *record) column(name string) []any {
	key := fold(name)
	if vs, ok := r.values[key]; ok {
		r.used[key] = true
		return vs
	}
	var at any = r.tree
	for part := range strings.SplitSeq(name, ".") {
		m, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = m[part]
	}
	if at == nil {
		return nil
	}
	first, _, _ := strings.Cut(name, ".")
	r.used[fold(first)] = true
	return []any{at}
}

func blank(vs []any) bool {
	for _, v := range vs {
		if m, ok := v.(map[string]any); ok && len(m) > 0 || textOf(v) != "" {
			return false
		}
		if list, ok := v.([]any); ok && len(list) > 0 {
			return false
		}
	}
	return true
}

// textOf gives a value as text: of an object the part that names it, of a list its items joined.
func textOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	case []any:
		var parts []string
		for _, w := range v {
			if s := textOf(w); s != "" {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		for _, k := range []string{"name", "displayName", "display_name", "display_value", "value", "title", "label", "email", "key", "id"} {
			if s := textOf(v[k]); s != "" {
				return s
			}
		}
	}
	return ""
}

// personOf reads somebody from a value: a text, or an object with a name and an address.
func personOf(v any) Person {
	m, ok := v.(map[string]any)
	if !ok {
		return ParsePerson(textOf(v))
	}
	var p Person
	for _, k := range []string{"email", "emailAddress", "email_address", "mail"} {
		if s := textOf(m[k]); s != "" {
			p = ParsePerson(s)
			break
		}
	}
	for _, k := range []string{"name", "displayName", "display_name", "full_name", "fullname", "real_name", "username", "login"} {
		if s := strings.TrimSpace(textOf(m[k])); s != "" {
			if p.IsZero() {
				return ParsePerson(s)
			}
			p.Name = s
			break
		}
	}
	return p
}

// legible gives text that is not UTF-8 as Windows-1252 reads it, so that a rejected row can be mended.
func legible(v any) any {
	switch v := v.(type) {
	case string:
		if !utf8.ValidString(v) {
			s, _ := charmap.Windows1252.NewDecoder().String(v)
			return s
		}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = legible(v[i])
		}
		return out
	}
	return v
}

// raw gives the record as a JSON object, for the file of rejected rows.
func (r *record) raw() json.RawMessage {
	var b strings.Builder
	b.WriteByte('{')
	for i, c := range r.columns {
		if i > 0 {
			b.WriteByte(',')
		}
		k, _ := json.Marshal(c)
		vs := r.values[fold(c)]
		var v any = vs
		if len(vs) == 1 {
			v = vs[0]
		}
		w, err := json.Marshal(legible(v))
		if err != nil {
			w = []byte("null")
		}
		b.Write(k)
		b.WriteByte(':')
		b.Write(w)
	}
	b.WriteByte('}')
	return json.RawMessage(b.String())
}
