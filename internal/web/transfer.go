package web

import (
	"archive/zip"
	"errors"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/transfer"
)

// transferRoutes are the rows about bringing data in and out.
func transferRoutes() []route { return []route{importRoute(), exportRoute()} }

type exportIn struct {
	Masked bool `query:"masked" doc:"names in place of what is private, the same for the same throughout"`
}

// exportRoute gives the whole desk as a zip. It is made whole before the first byte leaves, so that a failure is told as one
// and not by half a file.
func exportRoute() route {
	r := route{method: post, api: "/export", may: person.MoveData,
		what: "Export the whole desk as a zip of what firebreak export writes, without password hashes. It is sent once it is complete, which takes a while on a large desk"}
	r.mount = func(s *Server) {
		register(s, r, http.StatusOK, handle[exportIn, none](nil), func(op *operation) {
			op.Responses = map[string]*huma.Response{"200": {Description: "The exported desk", Content: map[string]*huma.MediaType{"application/zip": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}}
			op.stream = func(w http.ResponseWriter, req *http.Request) bool {
				in := &exportIn{}
				if p := s.read(w, req, op, reflect.ValueOf(in).Elem()); p != nil {
					writeProblem(w, p)
				} else if err := s.giveExport(w, req, desk.ExportDesk{Masked: in.Masked}); err != nil {
					s.fail(w, req, err)
				}
				return true
			}
		})
	}
	return r
}

// giveExport writes the zip; an error means that nothing was written.
func (s *Server) giveExport(w http.ResponseWriter, r *http.Request, o desk.ExportDesk) error {
	if err := desk.Allow(r.Context(), person.MoveData); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "firebreak-export-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	m, err := s.desk.Export(r.Context(), dir, o, nil)
	if err != nil {
		return err
	}
	name := "firebreak-" + m.ExportedAt.Format("2006-01-02-1504")
	if m.Masked != nil {
		name += "-masked"
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.zip"`)
	z := zip.NewWriter(w)
	if err := errors.Join(z.AddFS(os.DirFS(dir)), z.Close()); err != nil {
		panic(http.ErrAbortHandler) // the connection breaks, so that nobody takes the half for the whole
	}
	return nil
}

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
				return s.finish(w, req, http.StatusOK, res, err)
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
