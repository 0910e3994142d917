package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/transfer"
)

// transferRoutes are the rows about bringing data in.
func transferRoutes() []route { return []route{importRoute()} }

type importIn struct {
	Source string `query:"source" maxLength:"80" doc:"the system the rows come from; ids are unique within it"`
	Format string `query:"format" enum:",jsonl,csv" doc:"by the Content-Type, else by the first character, when empty"`
	DryRun bool   `query:"dry_run" doc:"check and count everything, write nothing"`
}

// importRoute streams its body: JSON lines or CSV of any length, in constant memory.
func importRoute() route {
	r := route{method: post, api: "/tickets/import", may: person.MoveData,
		what: "Import tickets of another system: a stream of JSON lines or CSV. The same ids again update, never double; no rule, mail, clock or notice fires"}
	r.mount = func(s *Server) {
		register(s, r, http.StatusOK, handle[importIn, desk.ImportResult](nil), func(op *operation) {
			text := &huma.MediaType{Schema: &huma.Schema{Type: "string"}, Example: `{"id":"A-1","title":"Invoices do not print","body":"…","status":"Resolved","created":"2021-09-30T17:20:00Z","resolved":"2021-10-01T08:00:00Z","application":"Billing"}`}
			op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/x-ndjson": text, "text/csv": {Schema: &huma.Schema{Type: "string"}}}}
			op.stream = func(w http.ResponseWriter, req *http.Request) bool {
				res, err := s.takeImport(req)
				if err != nil {
					s.fail(w, req, err)
				} else {
					writeJSON(w, http.StatusOK, res)
				}
				return true
			}
		})
	}
	return r
}

func (s *Server) takeImport(r *http.Request) (desk.ImportResult, error) {
	if err := desk.Allow(r.Context(), person.MoveData); err != nil {
		return desk.ImportResult{}, err
	}
	q := r.URL.Query()
	o := transfer.Options{Format: transfer.Format(q.Get("format"))}
	if kind := strings.ToLower(r.Header.Get("Content-Type")); o.Format == transfer.Auto {
		switch {
		case strings.Contains(kind, "csv"):
			o.Format = transfer.CSV
		case strings.Contains(kind, "json"):
			o.Format = transfer.JSONL
		}
	}
	dry := false
	if v := q.Get("dry_run"); v != "" {
		var err error
		if dry, err = strconv.ParseBool(v); err != nil {
			return desk.ImportResult{}, fault.Invalid("dry_run", fmt.Sprintf("%q is neither true nor false.", v), "Use true or false.")
		}
	}
	rows, err := transfer.NewReader(r.Body, o)
	if err != nil {
		return desk.ImportResult{}, err
	}
	res, err := s.desk.ImportTickets(r.Context(), rows, desk.ImportOptions{Source: q.Get("source"), DryRun: dry})
	if err != nil {
		if f := fault.Of(err); f != nil && res.Rows > 0 {
			c := *f
			c.Message = fmt.Sprintf("%s Before that, %d rows were read: %d new, %d updated.", f.Message, res.Rows, res.New, res.Updated)
			return res, &c
		}
		return res, err
	}
	res.Unused = rows.Unused()
	return res, nil
}
