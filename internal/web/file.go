package web

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"firebreak/internal/desk"
	"firebreak/internal/evidence"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
)

var errNoEntry = fault.NotFound("entry")

// serve is a row that writes its own answer, as page and as API twin: files and what is made from them.
func serve(page, api string, p person.Permission, what string, h func(*Server, http.ResponseWriter, *http.Request, id.ID) error) route {
	r := route{method: get, page: page, api: api, may: p, what: what}
	r.mount = func(s *Server) {
		answer := func(w http.ResponseWriter, req *http.Request) {
			err := desk.Allow(req.Context(), p)
			var entry id.ID
			if err == nil {
				if entry, err = id.Parse(req.PathValue("entry")); err != nil || entry == 0 {
					err = errNoEntry
				}
			}
			if err == nil {
				err = h(s, w, req, entry)
			}
			if err != nil {
				s.fail(w, req, err)
			}
		}
		if page != "" {
			s.mux.HandleFunc("GET "+page, answer)
		}
		if api != "" {
			s.mux.HandleFunc("GET "+apiRoot+api, answer)
			op := &huma.Operation{OperationID: operationID(get, api), Method: get, Path: apiRoot + api, Summary: what, Security: []map[string][]string{{"token": {}}},
				Responses: map[string]*huma.Response{"200": {Description: "The content"}, "404": {Description: "No such thing, or not visible to you"}}}
			for _, part := range strings.Split(api, "/") {
				if name, ok := strings.CutPrefix(part, "{"); ok {
					op.Parameters = append(op.Parameters, &huma.Param{Name: strings.TrimSuffix(name, "}"), In: "path", Required: true, Schema: &huma.Schema{Type: "string"}})
				}
			}
			s.api.OpenAPI().AddOperation(op)
		}
	}
	return r
}

// fileCSP lets nothing in a stored file run, load or send anything, even if a browser could be made to render it.
const fileCSP = "sandbox; default-src 'none'"

// serveFile gives a file as it is stored. What is in it decides how: pictures and plain text may be shown, all
// else is only ever downloaded, and nothing is rendered as a page.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request, entry id.ID) error {
	f, err := s.desk.File(revealing(r), entry, r.PathValue("role"))
	if err != nil {
		return err
	}
	defer f.Close()
	return content(w, r, f)
}

func content(w http.ResponseWriter, r *http.Request, f desk.Opened) error {
	head, err := f.Head()
	if err != nil {
		return err
	}
	kind, inline := evidence.Sniff(head, f.Name)
	fileHeaders(w, r, kind, f.Name, inline)
	return give(w, r, f)
}

// give writes the content of a file.
func give(w http.ResponseWriter, r *http.Request, f desk.Opened) error {
	if f.Masked != nil {
		w.Header().Set("Cache-Control", "private, no-store") // what is masked depends on the rules of the moment
		if r.Method == http.MethodHead {
			return nil
		}
		return f.Masked(w)
	}
	w.Header().Set("ETag", `"`+f.Tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, f.Content)
	return nil
}

// fileHeaders are the headers of everything that people put into the desk.
func fileHeaders(w http.ResponseWriter, r *http.Request, contentType, name string, inline bool) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Security-Policy", fileCSP)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-cache") // kept, but asked about each time: rights may have changed
	how := "attachment"
	if inline && r.URL.Query().Get("download") == "" {
		how = "inline"
	}
	if d := mime.FormatMediaType(how, map[string]string{"filename": evidence.CleanName(name)}); d != "" {
		how = d
	}
	h.Set("Content-Disposition", how)
}

// serveCast gives a session to the player.
func (s *Server) serveCast(w http.ResponseWriter, r *http.Request, entry id.ID) error {
	f, err := s.desk.File(revealing(r), entry, desk.RoleCast)
	if err != nil {
		return err
	}
	defer f.Close()
	fileHeaders(w, r, "application/x-asciicast", f.Name, false)
	return give(w, r, f)
}

// serveTranscript gives a session as text.
func (s *Server) serveTranscript(w http.ResponseWriter, r *http.Request, entry id.ID) error {
	_, text, err := s.desk.Transcript(revealing(r), entry)
	if err != nil {
		return err
	}
	fileHeaders(w, r, "text/plain; charset=utf-8", "session.txt", true)
	io.WriteString(w, text)
	return nil
}

// serveCSV gives the whole result of a statement.
func (s *Server) serveCSV(w http.ResponseWriter, r *http.Request, entry id.ID) error {
	e, sql, err := s.desk.SQLResult(revealing(r), entry)
	if err != nil {
		return err
	}
	fileHeaders(w, r, "text/csv; charset=utf-8", fmt.Sprintf("ticket-%d-%s.csv", e.Ticket, e.ID), false)
	return sql.WriteCSV(w)
}
