package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/ticket"
)

// entryRoutes are the rows about entries and their files.
func entryRoutes() []route {
	return []route{
		addEntryRoute(),
		uploadRoute("/tickets/{number}/evidence"),
		uploadRoute("/portal/tickets/{number}/files"),
		show(get, "", "/entries/{entry}", person.SeeTickets, "One entry, with what the desk knows of its evidence", "", (*Server).getEntry),
		show(get, "", "/entries/{entry}/lines", person.SeeTickets, "Lines of a log, of one level and above if wished", "", (*Server).logLines),
		show(get, "", "/entries/{entry}/lines/find", person.SeeTickets, "The nearest line of a log with a text", "", (*Server).findInLog),
		serve("/entries/{entry}/lines", "", person.SeeTickets, "lines of a log for the page, or with find the nearest with a text", (*Server).logView),
		serve("/files/{entry}/{role}", "/entries/{entry}/files/{role}", person.SeeOwn, "A file of an entry: main, thumbnail, cast, timing …; with ?download=1 always as a download", (*Server).serveFile),
		serve("/entries/{entry}/cast", "/entries/{entry}/cast", person.SeeTickets, "A terminal session as asciicast 2", (*Server).serveCast),
		serve("/entries/{entry}/text", "/entries/{entry}/text", person.SeeTickets, "A terminal session as plain text", (*Server).serveTranscript),
		serve("/entries/{entry}/csv", "/entries/{entry}/csv", person.SeeTickets, "The result of a statement as CSV", (*Server).serveCSV),
	}
}

type addEntryIn struct {
	Number int64 `path:"number" minimum:"1" doc:"the ticket's number"`
	Body   desk.NewEntry
}

func (s *Server) addEntry(ctx context.Context, in *addEntryIn) (ticket.Entry, error) {
	e, err := s.desk.AddEntry(ctx, in.Number, in.Body)
	return ownSide(e), err
}

// ownSide hides from a requester which ticket theirs was merged into, as it may be somebody else's.
func ownSide(e ticket.Entry) ticket.Entry {
	if !e.FromStaff && e.Origin != 0 {
		e.Ticket, e.Origin = e.Origin, 0
	}
	return e
}

// addEntryRoute is the JSON half that also takes files: multipart/form-data with the same names as fields.
func addEntryRoute() route {
	r := route{method: post, api: "/tickets/{number}/entries", may: person.SeeOwn, what: "+Add a reply, a note or evidence: as JSON, or with files as multipart/form-data (the same fields, and file; timing for a typescript)"}
	r.mount = func(s *Server) {
		register(s, r, http.StatusCreated, handle((*Server).addEntry), func(op *operation) {
			op.Errors = append(op.Errors, http.StatusRequestEntityTooLarge)
			op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{Type: "object", Properties: map[string]*huma.Schema{
				"kind": {Type: "string", Description: "as in JSON; when left out the desk finds out. Send it before file"},
				"file": {Type: "string", Format: "binary"}, "timing": {Type: "string", Format: "binary", Description: "of a typescript"}, "body": {Type: "string"}, "title": {Type: "string"},
			}}}}}
			op.stream = func(w http.ResponseWriter, req *http.Request) bool {
				if !isMultipart(req) {
					return false
				}
				e, err := s.takeUpload(w, req)
				return s.finish(w, req, http.StatusCreated, e, err)
			}
		})
	}
	return r
}

// uploadRoute is the page half: a form with files, or one file pasted or dropped, which a script sends. From the
// portal it is an answer with files.
func uploadRoute(page string) route {
	r := route{method: post, page: page, may: person.SeeOwn, what: "add evidence"}
	r.mount = func(s *Server) {
		s.mux.HandleFunc("POST "+page, func(w http.ResponseWriter, req *http.Request) {
			e, err := s.takeUpload(w, req)
			switch {
			case isHTMX(req) && err != nil:
				f := s.asFault(req, err)
				w.Header().Set("HX-Reswap", "none")
				writeProblem(w, newProblem(f))
			case isHTMX(req):
				w.Header().Set("HX-Reswap", "none")
				writeJSON(w, http.StatusCreated, e)
			case err != nil:
				s.again(w, req, err)
			default:
				n := next{To: fmt.Sprintf("/tickets/%d#e-%s", e.Ticket, e.ID), Toast: "Evidence added. It stays on the desk."}
				if e.Public {
					n.Toast = "Sent to the requester."
				}
				if !e.FromStaff {
					n.To, n.Toast = portalAddress(e.Ticket)+"#e-"+e.ID.String(), "Your answer is with the desk."
				}
				s.lead(w, req, n)
			}
		})
	}
	return r
}

func init() {
	redraw("evidence", "ticket", func(s *Server, r *http.Request) (any, error) {
		n, err := ticketNumber(r)
		if err != nil {
			return nil, err
		}
		return s.ticketPage(r.Context(), &ticketIn{Number: n})
	})
}

func isMultipart(r *http.Request) bool {
	return strings.HasPrefix(strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Type"))), "multipart/")
}

func ticketNumber(r *http.Request) (int64, error) {
	n, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil || n < 1 {
		return 0, fault.NotFound("ticket")
	}
	return n, nil
}

// Bounds of one upload beyond the size of its files.
const (
	maxFiles   = 20
	maxFields  = 40
	maxText    = 9 << 20  // of all text fields together: a pasted result may have 8 MB
	formWeight = 16 << 20 // of the form around the files
)

// takeUpload reads a form with files. Each file streams into the desk as it comes in; a request that says at its
// start that it is too large is refused before anything is read.
func (s *Server) takeUpload(w http.ResponseWriter, r *http.Request) (ticket.Entry, error) {
	ctx := r.Context()
	if err := desk.Allow(ctx, person.SeeOwn); err != nil {
		return ticket.Entry{}, err
	}
	number, err := ticketNumber(r)
	if err != nil {
		return ticket.Entry{}, err
	}
	limit := s.desk.MaxUpload
	if r.ContentLength > limit+formWeight {
		w.Header().Set("Connection", "close") // the rest is not read
		return ticket.Entry{}, desk.FileTooLarge(limit)
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit+formWeight)
	u := upload{s: s, number: number, form: url.Values{}}
	err = u.read(r)
	r.PostForm, r.Form = u.form, u.form
	if err != nil {
		w.Header().Set("Connection", "close")
		return ticket.Entry{}, uploadFault(ctx, limit, err)
	}
	if len(u.files) == 0 && u.in.Kind == "" && u.form.Get("form") == "evidence" && strings.TrimSpace(u.in.Statement) == "" {
		return ticket.Entry{}, fault.Invalid("file", "There is neither a file nor a text.", "Choose a file, or choose what it is and paste it.")
	}
	e, err := s.desk.AddEntry(ctx, number, u.in, u.files...)
	return ownSide(e), err
}

// uploadFault gives the sentence for an upload that broke off.
func uploadFault(ctx context.Context, limit int64, err error) error {
	switch {
	case fault.Of(err) != nil || ctx.Err() != nil:
		return err
	case isTooLarge(err):
		return desk.FileTooLarge(limit)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, multipart.ErrMessageTooLarge), strings.Contains(err.Error(), "multipart: "), strings.Contains(err.Error(), "malformed MIME"):
		return &fault.Fault{Code: fault.CodeInvalid, Field: "file", Message: "The upload ended before its end, or is not multipart/form-data.", Hint: "Send it again; nothing was stored.", Err: err}
	}
	return err
}

// upload is a form with files while it is read.
type upload struct {
	s      *Server
	number int64
	form   url.Values
	in     desk.NewEntry
	files  []desk.Incoming
	text   int
	fields int
}

func (u *upload) read(r *http.Request) error {
	if !isMultipart(r) { // a form without files, sent by a page without scripts or by curl -d
		if err := r.ParseForm(); err != nil {
			return fault.Invalid("body", "The form cannot be read.", "Send it again as multipart/form-data.")
		}
		for name, values := range r.PostForm {
			for _, v := range values {
				if err := u.set(name, v); err != nil {
					return err
				}
			}
		}
		return nil
	}
	mr, err := r.MultipartReader()
	if err != nil {
		return fault.Invalid("body", "The form has no boundary or cannot be read.", "Send multipart/form-data as browsers and curl -F do.")
	}
	for {
		part, err := mr.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if u.fields++; u.fields > maxFields {
			return fault.Invalid("body", "The form has too many fields.", "Send one piece of evidence at a time.")
		}
		if err := u.part(r.Context(), part); err != nil {
			return err
		}
	}
}

func (u *upload) part(ctx context.Context, part *multipart.Part) error {
	name := part.FormName()
	_, params, _ := strings.Cut(part.Header.Get("Content-Disposition"), ";")
	isFile := strings.Contains(params, "filename") || name == "file" || name == "timing"
	if !isFile {
		b, err := io.ReadAll(io.LimitReader(part, int64(maxText-u.text)+1))
		if err != nil {
			return err
		}
		if u.text += len(b); u.text > maxText {
			return fault.TooLarge(name, "The text is larger than 9 MB.", "Send it as a file.")
		}
		return u.set(name, string(b))
	}
	var first [1]byte
	if n, err := io.ReadFull(part, first[:]); n == 0 {
		if err != io.EOF {
			return err
		}
		if part.FileName() == "" {
			return nil // a browser sends the field of a file that was not chosen
		}
		return fault.Invalid("file", fmt.Sprintf("The file %s is empty.", part.FileName()), "Choose the file again; nothing was stored.")
	}
	if len(u.files) == maxFiles {
		return fault.Invalid("file", fmt.Sprintf("These are more than %d files.", maxFiles), "Pack them together, or send them in parts.")
	}
	if len(u.files) == 0 {
		if err := u.s.desk.Attach(ctx, u.number, u.in.Kind); err != nil {
			return err
		}
	}
	file := part.FileName()
	if file == "" {
		file = "file"
	}
	f, err := u.s.desk.TakeFile(ctx, u.in.Kind, file, io.MultiReader(strings.NewReader(string(first[:])), part))
	if err != nil {
		return err
	}
	f.Timing = name == "timing"
	u.files = append(u.files, f)
	return nil
}

// set takes a text field. Those of the page's own machinery are kept for it alone.
func (u *upload) set(name, value string) error {
	u.form.Add(name, value)
	in := &u.in
	switch name {
	case "kind":
		in.Kind = ticket.Kind(strings.TrimSpace(value))
	case "body":
		in.Body = value
	case "title":
		in.Title = value
	case "name":
		in.Name = value
	case "status":
		in.Status = ticket.Status(value)
	case "statement":
		in.Statement = value
	case "engine":
		in.Engine = value
	case "database":
		in.Database = value
	case "cast":
		in.Cast = value
	case "result":
		if strings.TrimSpace(value) != "" {
			in.Result = value
		}
	case "public":
		b, err := strconv.ParseBool(value)
		if err != nil {
			return fault.Invalid(name, fmt.Sprintf("%q is neither true nor false.", value), "Send true or false, or leave it out.")
		}
		in.Public = &b
	case "row_count":
		if value == "" {
			break
		}
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			return fault.Invalid(name, fmt.Sprintf("%q is not a number of rows.", value), "Send a whole number, or leave it out.")
		}
		in.RowCount = &n
	case "duration_ms":
		if value == "" {
			break
		}
		ms, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return fault.Invalid(name, fmt.Sprintf("%q is not a number of milliseconds.", value), "Send a number, or leave it out.")
		}
		in.DurationMS = ms
	case "confirm_private":
		in.ConfirmPrivate = value == "true"
	case "mask_private":
		in.MaskPrivate = value == "true"
	case "form", "back":
	default:
		return fault.Invalid(name, "There is no field of this name.", "Use kind, body, title, file, timing, statement, engine, database, result, row_count, duration_ms, cast, status or public.")
	}
	return nil
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.Encode(v)
}
