package lookup

import (
	"strings"

	"firebreak/internal/knownerror"
	"firebreak/internal/signature"
)

// Build makes the query of a text.
func Build(text string, o Options) Query {
	q := Query{Words: []string{}, Removed: []Removed{}, Marks: []Mark{}}
	if found := signature.Of(text); len(found) > 0 {
		q.Signature, q.Template = found[0].ID, found[0].Template
	} else {
		s := signature.Cold(text)
		q.Signature, q.Template = s.ID, s.Template
	}
	for _, f := range knownerror.Shipped().FindSome(text, 20) {
		q.Codes = append(q.Codes, f.Code)
		q.Words = append(q.Words, f.Code)
		if e, ok := knownerror.Lookup(f.Code); ok && q.Product == "" {
			q.Product = e.Product
		}
	}
	q.Text = strings.Join(q.Words, " ")
	return q
}
