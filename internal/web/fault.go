package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/id"
)

// problem is a fault as application/problem+json (RFC 9457), with the field and the remedy as further members.
type problem struct {
	Type   string       `json:"type"`
	Title  string       `json:"title"`
	Status int          `json:"status"`
	Detail string       `json:"detail"`
	Code   fault.Code   `json:"code"`
	Field  string       `json:"field,omitempty"`
	Hint   string       `json:"hint,omitempty"`
	Errors []fieldFault `json:"errors,omitempty"`
}

// fieldFault is one of several wrong fields.
type fieldFault struct {
	Field  string `json:"field,omitempty"`
	Detail string `json:"detail"`
	Hint   string `json:"hint,omitempty"`
}

// problemType is the media type of RFC 9457.
const problemType = "application/problem+json"

var statuses = map[fault.Code]int{
	fault.CodeInvalid:         http.StatusUnprocessableEntity,
	fault.CodeUnauthenticated: http.StatusUnauthorized,
	fault.CodeForbidden:       http.StatusForbidden,
	fault.CodeNotFound:        http.StatusNotFound,
	fault.CodeConflict:        http.StatusConflict,
	fault.CodePrivate:         http.StatusConflict,
	fault.CodeTooLarge:        http.StatusRequestEntityTooLarge,
	fault.CodeLimited:         http.StatusTooManyRequests,
	fault.CodeUnavailable:     http.StatusServiceUnavailable,
	fault.CodeInternal:        http.StatusInternalServerError,
}

// asFault gives the fault in err; anything else becomes an internal one with an incident number, which the log knows.
func (s *Server) asFault(r *http.Request, err error) *fault.Fault {
	if f := fault.Of(err); f != nil {
		if f.Err != nil && statuses[f.Code] >= 500 {
			s.log.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", f.Err)
		}
		return f
	}
	if isTooLarge(err) {
		return fault.TooLarge("", "The request is larger than the desk takes.", "Send less at once, or attach it as a file.")
	}
	if errors.Is(r.Context().Err(), err) || r.Context().Err() != nil {
		return &fault.Fault{Code: fault.CodeUnavailable, Message: "The request was given up.", Hint: "Try again.", Err: err}
	}
	incident := id.NewMaker(0, s.desk.Now).Next()
	s.log.Error("internal error", "incident", incident.String(), "method", r.Method, "path", r.URL.Path, "error", err)
	return &fault.Fault{Code: fault.CodeInternal, Message: fmt.Sprintf("Something went wrong here (incident %s). Nothing was changed.", incident), Hint: "Try again; if it happens again, give an admin the incident number, the log has the details."}
}

func newProblem(f *fault.Fault) *problem {
	p := &problem{Type: "about:blank", Status: statuses[f.Code], Title: http.StatusText(statuses[f.Code]), Detail: f.Message, Code: f.Code, Field: f.Field, Hint: f.Hint}
	if len(f.More) > 0 {
		p.Errors = append(p.Errors, fieldFault{f.Field, f.Message, f.Hint})
		for _, m := range f.More {
			p.Errors = append(p.Errors, fieldFault{m.Field, m.Message, m.Hint})
		}
	}
	return p
}

// fail writes any error, as a problem or as a page. It is the only place that does.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	f := s.asFault(r, err)
	if isAPI(r) {
		if f.Code == fault.CodeUnauthenticated {
			w.Header().Set("WWW-Authenticate", `Bearer realm="Firebreak"`)
		}
		writeProblem(w, newProblem(f))
		return
	}
	if f.Code == fault.CodeUnauthenticated && r.Method == http.MethodGet && !isHTMX(r) {
		http.Redirect(w, r, "/login?next="+queryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	if isHTMX(r) && r.Method != http.MethodGet {
		text := f.Message
		if f.Hint != "" {
			text += " " + f.Hint
		}
		w.Header().Set("HX-Trigger", jsonASCII(map[string]any{"toast": map[string]any{"text": text, "tone": "bad"}}))
		w.Header().Set("HX-Reswap", "none")
		w.WriteHeader(statuses[f.Code])
		return
	}
	s.page(w, r, statuses[f.Code], "fault", chromeOf(desk.CallerOf(r.Context())), f)
}

func writeProblem(w http.ResponseWriter, p *problem) {
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.Encode(p)
}

func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, &fault.Fault{Code: fault.CodeNotFound, Message: "There is nothing at " + r.URL.Path + ".", Hint: "Check the address, or find the thing with Ctrl K."})
}

// fromHuma turns huma's own findings (wrong types, missing or unknown fields) into a problem that names the field.
func fromHuma(status int, msg string, errs ...error) *problem {
	f := &fault.Fault{Code: fault.CodeInvalid, Message: sentence(msg)}
	for code, s := range statuses {
		if s == status {
			f.Code = code
		}
	}
	var faults []*fault.Fault
	for _, err := range errs {
		if inner := fault.Of(err); inner != nil {
			faults = append(faults, inner)
			continue
		}
		if err == nil {
			continue
		}
		if d, ok := err.(huma.ErrorDetailer); ok {
			faults = append(faults, fromDetail(d.ErrorDetail()))
		} else {
			faults = append(faults, &fault.Fault{Code: f.Code, Field: "body", Message: sentence(err.Error()), Hint: "Send one JSON object in UTF-8."})
		}
	}
	if c := fault.Of(fault.Collect(faults...)); c != nil {
		f = c
	} else if f.Hint == "" && status < 500 {
		f.Hint = "See /api/openapi.json for what this call takes."
	}
	p := newProblem(f)
	if status == http.StatusBadRequest {
		p.Status, p.Title = http.StatusUnprocessableEntity, http.StatusText(http.StatusUnprocessableEntity)
	} else if status != 0 {
		p.Status, p.Title = status, http.StatusText(status)
	}
	return p
}

// fromDetail turns one finding of huma's into a fault on its field.
func fromDetail(d *huma.ErrorDetail) *fault.Fault {
	name, msg := field(d.Location), d.Message
	if rest, ok := strings.CutPrefix(msg, "expected required property "); ok {
		missing, _, _ := strings.Cut(rest, " ")
		if name == "body" || name == "" {
			name = missing
		} else {
			name += "." + missing
		}
	} else if broken, rest, ok := strings.Cut(msg, ": "); ok && rest == notUTF8 {
		name, msg = broken, rest // the decoder's own finding, which huma only keeps as text
	}
	return fault.Invalid(name, sentence(msg), remedy(msg))
}

// field gives the name of a field from huma's location, e.g. body.deadline.at.
func field(location string) string {
	for _, prefix := range []string{"body.", "query.", "path.", "header."} {
		if rest, ok := strings.CutPrefix(location, prefix); ok {
			return rest
		}
	}
	return location
}

func sentence(s string) string {
	if s == "" {
		return "The request is not right."
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

func remedy(msg string) string {
	switch {
	case msg == notUTF8:
		return "Save or convert it as UTF-8 and send it again; nothing was stored."
	case strings.Contains(msg, "unexpected property"):
		return "Remove the field or correct its name; /api/openapi.json lists the fields."
	case strings.Contains(msg, "required property"):
		return "Add the field."
	case strings.Contains(msg, "expected"):
		return "Send the field in that form."
	}
	return "Correct the field and send the request again; nothing was stored."
}
