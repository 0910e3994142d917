package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/knownerror"
	"firebreak/internal/person"
)

func knownRoutes() []route {
	const code = "/known-errors/{code}"
	return []route{
		show(get, "/known-errors", "", person.SeeTickets, "known errors", "knownerrors", (*Server).knownPage),
		show(get, "", "/known-errors", person.SeeTickets, "Find known errors by code or words: those of this desk first, then the shipped ones", "", (*Server).listKnown),
		act(post, "", "/known-errors/find", person.SeeTickets, "Find error codes in a text", (*Server).findKnown, func(*findKnownIn, listOf[desk.FoundError]) next { return next{} }),
		show(get, "/known-errors/new", "", person.EditCatalog, "the form to write a known error", "catalog_form", (*Server).newKnownForm),
		act(post, "/known-errors", "/known-errors", person.EditCatalog, "+Write a known error of this desk", (*Server).addKnown, toKnown),
		show(get, "/known-errors/import", "", person.EditCatalog, "the page to import a message manual", "knownerror_import", (*Server).importKnownPage),
		importKnownRoute(),
		show(get, code, code, person.SeeTickets, "One known error, with tickets that carry it", "knownerror", (*Server).getKnown),
		show(get, code+"/edit", "", person.EditCatalog, "the form to change a known error", "catalog_form", (*Server).knownForm),
		act(patch, code, code, person.EditCatalog, "Change a known error of this desk", (*Server).changeKnown, toKnownChanged),
		show(get, "/tickets/{number}/known", "/tickets/{number}/known-errors", person.SeeTickets, "What is known about the error codes on a ticket", "ticket_known", (*Server).ticketKnown),
	}
}

func init() {
	redraw("known-new", "catalog_form", func(s *Server, r *http.Request) (any, error) { return s.newKnownForm(r.Context(), &newKnownIn{}) })
	redraw("known", "catalog_form", func(s *Server, r *http.Request) (any, error) {
		return s.knownForm(r.Context(), &KnownIn{r.PathValue("code")})
	})
}

// KnownIn is the input of every row about one known error; it is exported because huma only reads embedded inputs that are.
type KnownIn struct {
	Code string `path:"code" doc:"the code, its key, or any way to write it"`
}

func knownAddress(key string) string { return "/known-errors/" + key }

type listKnownIn struct {
	Q      string `query:"q" doc:"a code, or words of code, title or meaning"`
	Family string `query:"family" doc:"one family, e.g. sqlstate, errno, http, java; own: this desk's alone"`
	State  string `query:"state" doc:"of this desk's own: active or retired"`
	Cursor string `query:"cursor" doc:"next of the page before"`
	Limit  int    `query:"limit" doc:"1 to 200, 50 when not given"`
}

func (s *Server) listKnown(ctx context.Context, in *listKnownIn) (desk.KnownErrorPage, error) {
	return s.desk.KnownErrorList(ctx, desk.ListKnownErrors(*in))
}

// knownOut is the list as a page.
type knownOut struct {
	desk.KnownErrorPage
	In       listKnownIn
	Families []knownerror.Family
}

func (s *Server) knownPage(ctx context.Context, in *listKnownIn) (knownOut, error) {
	page, err := s.listKnown(ctx, in)
	return knownOut{page, *in, knownerror.Families}, err
}

type findKnownIn struct {
	Body struct {
		Text string `json:"text" doc:"a line, a log, a mail; up to 4 MB"`
	}
}

func (s *Server) findKnown(ctx context.Context, in *findKnownIn) (listOf[desk.FoundError], error) {
	found, err := s.desk.FindErrors(ctx, in.Body.Text)
	return whole(found), err
}

func (s *Server) getKnown(ctx context.Context, in *KnownIn) (desk.KnownErrorView, error) {
	return s.desk.KnownError(ctx, in.Code)
}

type knownOfTicketIn struct {
	Number int64 `path:"number" minimum:"1"`
}

func (s *Server) ticketKnown(ctx context.Context, in *knownOfTicketIn) (desk.KnownErrorCards, error) {
	return s.desk.KnownErrors(ctx, in.Number)
}

// --- writing ---

type newKnownIn struct {
	Code string `query:"code" doc:"filled in already"`
}

func (s *Server) newKnownForm(ctx context.Context, in *newKnownIn) (formPage, error) {
	f := formPage{Title: "Write a known error", Lead: "What your desk has learned about a code. It shows on every ticket that carries it; for a code that is known already, yours stands in front.",
		Back: "/known-errors", BackName: "Known errors", Action: "/known-errors", Form: "known-new", Button: "Keep it"}
	e := knownerror.Entry{Code: in.Code}
	if in.Code != "" {
		if v, err := s.desk.KnownError(ctx, in.Code); err == nil {
			e.Code, e.Title = v.Code, v.Title
		} else if !fault.Is(err, fault.CodeNotFound) {
			return f, err
		}
	}
	f.Fields = append([]formField{{Name: "code", Label: "Code", Value: e.Code, Hint: "As it stands in logs, e.g. BILL-1234. The desk finds it in tickets by exactly this.", Max: knownerror.MaxCode}}, knownFields(e)...)
	return f, nil
}

func (s *Server) knownForm(ctx context.Context, in *KnownIn) (formPage, error) {
	v, err := s.desk.KnownError(ctx, in.Code)
	if err != nil {
		return formPage{}, err
	}
	if v.Own == nil {
		return s.newKnownForm(ctx, &newKnownIn{v.Code})
	}
	e := v.Entry
	if v.Shipped != nil { // what the shipped entry filled in is not the desk's own text
		if e.Meaning == v.Shipped.Meaning {
			e.Meaning = ""
		}
		if strings.Join(e.Try, "\n") == strings.Join(v.Shipped.Try, "\n") {
			e.Try = nil
		}
	}
	f := formPage{Title: "Change " + v.Code, Lead: "It shows on every ticket that carries the code.", Back: knownAddress(v.Key), BackName: v.Code, Action: knownAddress(v.Key), Form: "known", Button: "Save"}
	if v.Own.Manual != "" {
		f.Lead = "It came with " + v.Own.Manual + ". When you change it, it is yours, and a later import leaves it as it is."
	}
	f.Fields = append(knownFields(e), formField{Name: "state", Label: "State", Value: string(v.Own.State), Options: []formOption{{"active", "Active: shown on tickets"}, {"retired", "Retired: kept, but not shown"}}})
	return f, nil
}

func knownFields(e knownerror.Entry) []formField {
	return []formField{
		{Name: "title", Label: "What it is", Value: e.Title, Hint: "In a few words.", Max: knownerror.MaxTitle},
		{Name: "meaning", Label: "What it means here", Value: e.Meaning, Rows: 3, Optional: true, Hint: "What happens when it comes, and what does not."},
		{Name: "try", Label: "What to try", Value: strings.Join(e.Try, "\n"), Rows: 6, Optional: true, Hint: "One step a line, the first first: how to confirm it, what to check, what not to do."},
		{Name: "product", Label: "What raises it", Value: e.Product, Optional: true, Max: 120},
		{Name: "link", Label: "Where more is written", Value: e.Link, Optional: true, Type: "url", Placeholder: "https://", Max: knownerror.MaxLink},
	}
}

type addKnownIn struct{ Body desk.AddKnownError }

func (s *Server) addKnown(ctx context.Context, in *addKnownIn) (knownerror.Entry, error) {
	return s.desk.AddKnownError(ctx, in.Body)
}

func toKnown(_ *addKnownIn, e knownerror.Entry) next {
	return next{To: knownAddress(e.Key), Toast: e.Code + " is kept. It shows on the tickets that carry it."}
}

type changeKnownIn struct {
	KnownIn
	Body desk.KnownErrorFields
}

func (s *Server) changeKnown(ctx context.Context, in *changeKnownIn) (knownerror.Entry, error) {
	return s.desk.ChangeKnownError(ctx, in.Code, in.Body)
}

func toKnownChanged(in *changeKnownIn, e knownerror.Entry) next {
	n := next{To: knownAddress(e.Key), Toast: e.Code + " is changed."}
	if in.Body.State != nil && *in.Body.State == string(knownerror.Retired) && in.Body.Title == nil {
		n.Toast = e.Code + " is retired. It stays here, but shows on no ticket."
	}
	return n
}

// --- importing ---

type importKnownIn struct {
	Name     string `query:"name" maxLength:"200" doc:"name of the file; oraus.msg says that its numbers are ORA's"`
	Manual   string `query:"manual" maxLength:"120" doc:"what the entries are said to come from; the file's name when empty"`
	Format   string `query:"format" enum:",oerr,csv,manual" doc:"found out when empty"`
	Facility string `query:"facility" maxLength:"12" doc:"before the numbers of an oerr file, e.g. ORA"`
	Product  string `query:"product" maxLength:"120"`
	DryRun   bool   `query:"dry_run" doc:"check and count everything, write nothing"`
}

// importKnownOut is the page to import a manual, with what the last import did.
type importKnownOut struct {
	In     importKnownIn
	Result *desk.ManualResult
}

func (s *Server) importKnownPage(context.Context, *none) (importKnownOut, error) {
	return importKnownOut{}, nil
}

// importKnownRoute takes a manual: the API as the request's body, the page as a form with a file.
func importKnownRoute() route {
	r := route{method: post, page: "/known-errors/import", api: "/known-errors/import", may: person.EditCatalog,
		what: "Import a message manual, as oerr text, CSV or plain text. The same manual again updates, never doubles"}
	r.mount = func(s *Server) {
		register(s, r, http.StatusOK, handle[importKnownIn, desk.ManualResult](nil), func(op *operation) {
			op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: "string"}}, "text/csv": {Schema: &huma.Schema{Type: "string"}}}}
			op.stream = func(w http.ResponseWriter, req *http.Request) bool {
				in, err := importQuery(req.URL.Query())
				var res desk.ManualResult
				if err == nil {
					res, err = s.takeManual(req.Context(), in, http.MaxBytesReader(w, req.Body, knownerror.MaxManual+1))
				}
				return s.finish(w, req, http.StatusOK, res, err)
			}
		})
		s.mux.HandleFunc("POST "+r.page, s.importKnownForm)
	}
	return r
}

func importQuery(q map[string][]string) (in importKnownIn, err error) {
	first := func(name string) string {
		if v := q[name]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
	in = importKnownIn{Name: first("name"), Manual: first("manual"), Format: first("format"), Facility: first("facility"), Product: first("product")}
	if v := first("dry_run"); v != "" {
		if in.DryRun, err = strconv.ParseBool(v); err != nil {
			return in, fault.Invalid("dry_run", fmt.Sprintf("%q is neither true nor false.", v), "Use true or false.")
		}
	}
	return in, nil
}

func (s *Server) takeManual(ctx context.Context, in importKnownIn, r io.Reader) (desk.ManualResult, error) {
	return s.desk.ImportKnownErrors(ctx, desk.ImportManual(in), r)
}

func (s *Server) importKnownForm(w http.ResponseWriter, r *http.Request) {
	out := importKnownOut{}
	err := desk.Allow(r.Context(), person.EditCatalog)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, knownerror.MaxManual+1<<20)
	err = r.ParseMultipartForm(1 << 20)
	if r.MultipartForm != nil {
		defer r.MultipartForm.RemoveAll()
	}
	switch {
	case isTooLarge(err):
		err = fault.Invalid("file", fmt.Sprintf("The manual is too large: up to %d MB are taken.", knownerror.MaxManual>>20), "Import it in parts; nothing was stored.")
	case err != nil:
		err = fault.Invalid("file", "The form cannot be read.", "Send it again; nothing was stored.")
	default:
		if out.In, err = importQuery(r.PostForm); err == nil {
			file, head, ferr := r.FormFile("file")
			if ferr != nil {
				err = fault.Invalid("file", "There is no file.", "Choose the manual.")
				break
			}
			defer file.Close()
			out.In.Name = head.Filename
			var res desk.ManualResult
			if res, err = s.takeManual(r.Context(), out.In, file); err == nil {
				out.Result = &res
			}
		}
	}
	c := s.chrome(w, r)
	status := http.StatusOK
	if err != nil {
		f := s.asFault(r, err)
		if fault.Of(err) == nil {
			s.fail(w, r, err)
			return
		}
		c.Fault, c.Form, status = f, r.PostForm, statuses[f.Code]
	}
	s.page(w, r, status, "knownerror_import", c, out)
}
