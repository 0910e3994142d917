package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"firebreak/internal/desk"
	"firebreak/internal/estate"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
)

func estateRoutes() []route {
	const iface = "/estate/interfaces/{interface}"
	return []route{
		show(get, "/estate", "/estate", person.SeeCatalog, "How much of the estate is known, its applications, and the newest changes", "estate", (*Server).estatePage),
		show(get, "/catalogue/{application}/estate", "", person.SeeCatalog, "what stands around an application", "estate_application", (*Server).aroundPage),
		show(get, "", "/estate/applications/{application}", person.SeeCatalog, "What stands around an application: who calls it and whom it calls, products, jobs, changes nearby", "", (*Server).around),

		show(get, "", "/estate/interfaces", person.SeeCatalog, "List all interfaces", "", (*Server).listInterfaces),
		show(get, "/estate/interfaces/new", "", person.EditCatalog, "the form to add an interface", "catalog_form", (*Server).newInterfaceForm),
		act(post, "/estate/interfaces", "/estate/interfaces", person.EditCatalog, "+Add an interface between two applications", (*Server).addInterface, toInterface),
		show(get, iface, "", person.SeeCatalog, "an interface with its address check", "interface", (*Server).interfacePage),
		show(get, "", iface, person.SeeCatalog, "One interface", "", (*Server).getInterface),
		show(get, iface+"/edit", "", person.EditCatalog, "the form to change an interface", "catalog_form", (*Server).interfaceForm),
		act(patch, iface, iface, person.EditCatalog, "Change an interface; other addresses are recorded as a change", (*Server).updateInterface, toInterfaceChanged),
		act(remove, iface+"/remove", iface, person.EditCatalog, "Remove an interface", (*Server).removeInterface, toRemovedInterface),
		show(post, iface+"/check", "", person.WorkTickets, "compare the addresses that each side holds", "interface", (*Server).checkPage),
		show(post, "", iface+"/check", person.WorkTickets, "Compare the addresses that the desk, DNS and both sides hold, and say which is stale", "", (*Server).checkAddress),

		act(put, "/catalogue/{application}/products", "/estate/applications/{application}/products", person.EditCatalog, "List an installed product, or change its version", (*Server).putProduct, toProduct),
		act(remove, "/catalogue/{application}/products/{product}/remove", "/estate/applications/{application}/products/{product}", person.EditCatalog, "Take a product off the list", (*Server).removeProduct, toRemovedProduct),

		show(get, "/estate/import", "", person.EditCatalog, "the form to import hosts, interfaces, products or jobs", "estate_import", (*Server).importForm),
		importEstatePage(),
		importEstateRoute(),
		jilRoute(),
		show(get, "", "/estate/jil", person.SeeCatalog, "Jobs, machines and calendars as AutoSys JIL", "", (*Server).schedulerText),

		show(get, "/changes", "/changes", person.SeeCatalog, "List changes: of the desk, of an application, or of it and its neighbours", "changes", (*Server).listChanges),
		show(get, "/changes/new", "", person.WorkTickets, "the form to record a change", "catalog_form", (*Server).changeForm),
		act(post, "/changes", "/changes", person.WorkTickets, "+Record a change; the same key again updates it", (*Server).addChange, toChange),
		show(get, "/changes/{change}", "/changes/{change}", person.SeeCatalog, "One change, and who depends on what was changed", "change", (*Server).getChange),
		act(remove, "/changes/{change}/remove", "/changes/{change}", person.WorkTickets, "Remove a change record", (*Server).removeChange, toRemovedChange),
	}
}

func init() {
	again := func(form string, draw func(*Server, context.Context, *http.Request) (formPage, error)) {
		redraw(form, "catalog_form", func(s *Server, r *http.Request) (any, error) { return draw(s, r.Context(), r) })
	}
	again("interface-new", func(s *Server, ctx context.Context, r *http.Request) (formPage, error) {
		return s.newInterfaceForm(ctx, &newInterfaceIn{})
	})
	again("interface", func(s *Server, ctx context.Context, r *http.Request) (formPage, error) {
		i, _ := id.Parse(r.PathValue("interface"))
		return s.interfaceForm(ctx, &InterfaceIn{i})
	})
	again("change-new", func(s *Server, ctx context.Context, r *http.Request) (formPage, error) {
		return s.changeForm(ctx, &changeFormIn{Application: r.PostFormValue("application")})
	})
}

// --- the whole and one application ---

type estateIn struct {
	Cursor string `query:"cursor" doc:"next of the page before"`
	Limit  int    `query:"limit" doc:"1 to 200, 50 when not given"`
}

func (s *Server) estatePage(ctx context.Context, in *estateIn) (desk.EstatePage, error) {
	return s.desk.Estate(ctx, in.Cursor, in.Limit)
}

type aroundIn struct {
	AppIn
	JobsAfter string `query:"jobs_after" doc:"continue the jobs behind this name"`
}

func (s *Server) around(ctx context.Context, in *aroundIn) (desk.Around, error) {
	return s.desk.Around(ctx, in.Application, in.JobsAfter)
}

type aroundOut struct {
	desk.Around
	Picture estate.Picture
	Names   map[id.ID]string
	After   string
}

func (s *Server) aroundPage(ctx context.Context, in *aroundIn) (out aroundOut, err error) {
	if out.Around, err = s.around(ctx, in); err != nil {
		return out, err
	}
	out.Picture, out.Names, out.After = estate.Draw(out.Graph), map[id.ID]string{}, in.JobsAfter
	for _, n := range out.Graph.Nodes {
		out.Names[n.ID] = n.Name
	}
	return out, nil
}

// --- interfaces ---

// InterfaceIn is the input of every row about one interface.
type InterfaceIn struct {
	Interface id.ID `path:"interface"`
}

func (in *InterfaceIn) page() string { return "/estate/interfaces/" + in.Interface.String() }

func (s *Server) listInterfaces(ctx context.Context, in *estateIn) (desk.InterfacePage, error) {
	return s.desk.Interfaces(ctx, in.Cursor, in.Limit)
}

func (s *Server) getInterface(ctx context.Context, in *InterfaceIn) (estate.Interface, error) {
	return s.desk.Interface(ctx, in.Interface)
}

type addInterfaceIn struct{ Body desk.InterfaceFields }

func (s *Server) addInterface(ctx context.Context, in *addInterfaceIn) (estate.Interface, error) {
	return s.desk.AddInterface(ctx, in.Body)
}

func toInterface(_ *addInterfaceIn, i estate.Interface) next {
	return next{To: "/estate/interfaces/" + i.ID.String(), Toast: i.From + " calls " + i.To + " now."}
}

type updateInterfaceIn struct {
	InterfaceIn
	Body desk.InterfaceFields
}

func (s *Server) updateInterface(ctx context.Context, in *updateInterfaceIn) (estate.Interface, error) {
	return s.desk.UpdateInterface(ctx, in.Interface, in.Body)
}

func toInterfaceChanged(in *updateInterfaceIn, i estate.Interface) next {
	return next{To: in.page(), Toast: "The interface is changed."}
}

func (s *Server) removeInterface(ctx context.Context, in *InterfaceIn) (desk.Removed, error) {
	return s.desk.RemoveInterface(ctx, in.Interface)
}

func toRemovedInterface(_ *InterfaceIn, r desk.Removed) next { return removedFrom("/estate", r) }

// interfaceOut is an interface with the form of its check, and what a check found.
type interfaceOut struct {
	Interface estate.Interface
	Changes   []estate.Change
	In        desk.AddressCheck
	TicketNo  string
	Verdict   *desk.AddressVerdict
	Problem   *fault.Fault
}

type interfacePageIn struct {
	InterfaceIn
	Ticket int64 `query:"ticket" doc:"keep the check on this ticket"`
}

func (s *Server) interfacePage(ctx context.Context, in *interfacePageIn) (out interfaceOut, err error) {
	out.In = desk.AddressCheck{AskDNS: true, Ticket: in.Ticket}
	return out, s.drawInterface(ctx, in.Interface, &out)
}

func (s *Server) drawInterface(ctx context.Context, which id.ID, out *interfaceOut) (err error) {
	if out.In.Ticket > 0 {
		out.TicketNo = strconv.FormatInt(out.In.Ticket, 10)
	}
	if out.Interface, err = s.desk.Interface(ctx, which); err != nil {
		return err
	}
	page, err := s.desk.Changes(ctx, desk.ListChanges{Application: out.Interface.ToID.String(), Limit: 5})
	out.Changes = page.Items
	return err
}

type checkIn struct {
	InterfaceIn
	Body desk.AddressCheck
}

func (s *Server) checkAddress(ctx context.Context, in *checkIn) (desk.AddressVerdict, error) {
	return s.desk.CheckAddress(ctx, in.Interface, in.Body)
}

func (s *Server) checkPage(ctx context.Context, in *checkIn) (out interfaceOut, err error) {
	out.In = in.Body
	v, err := s.desk.CheckAddress(ctx, in.Interface, in.Body)
	if f := fault.Of(err); f != nil && f.Code != fault.CodeForbidden && f.Code != fault.CodeUnauthenticated {
		out.Problem, err = f, nil // what was pasted stays on the page
	} else if err == nil {
		out.Verdict = &v
	}
	if err != nil {
		return out, err
	}
	return out, s.drawInterface(ctx, in.Interface, &out)
}

type newInterfaceIn struct {
	From string `query:"from"`
	To   string `query:"to"`
}

func (s *Server) newInterfaceForm(ctx context.Context, in *newInterfaceIn) (formPage, error) {
	f := formPage{Title: "Add an interface", Lead: "Who calls whom, and by which name and address.", Back: "/estate", BackName: "Estate", Action: "/estate/interfaces", Form: "interface-new", Button: "Add the interface"}
	fields, err := s.interfaceFields(ctx, estate.Interface{From: in.From, To: in.To})
	f.Fields = fields
	return f, err
}

func (s *Server) interfaceForm(ctx context.Context, in *InterfaceIn) (formPage, error) {
	i, err := s.desk.Interface(ctx, in.Interface)
	if err != nil {
		return formPage{}, err
	}
	f := formPage{Title: "Change " + i.Title(), Back: in.page(), BackName: i.Title(), Action: in.page(), Form: "interface", Button: "Save"}
	f.Fields, err = s.interfaceFields(ctx, i)
	return f, err
}

func (s *Server) interfaceFields(ctx context.Context, i estate.Interface) ([]formField, error) {
	apps, err := s.desk.ApplicationChoices(ctx)
	if err != nil {
		return nil, err
	}
	var names, kinds []string
	for _, a := range apps {
		names = append(names, a.Name)
	}
	for _, b := range estate.Between {
		kinds = append(kinds, b.Kind+" ("+b.Word+")")
	}
	port := ""
	if i.Port > 0 {
		port = strconv.Itoa(i.Port)
	}
	return []formField{
		{Name: "from", Label: "Which application calls?", Value: i.From, List: names, Max: 120},
		{Name: "to", Label: "Which one is called?", Value: i.To, List: names, Max: 120},
		{Name: "name", Label: "What for?", Value: i.Name, Placeholder: "Stock lookup", Optional: true, Max: 120},
		{Name: "host", Label: "By which name?", Value: i.Host, Hint: "The name of the host or service as it stands in the caller's configuration.", Placeholder: "stock01.example.com", Optional: true, Max: 255},
		{Name: "addresses", Label: "Which addresses are behind it?", Value: strings.Join(i.Addresses, " "), Hint: "With blanks between them. When this changes, it is recorded.", Placeholder: "10.4.2.19", Optional: true, Max: 500},
		{Name: "port", Label: "Port", Value: port, Type: "number", Optional: true},
		{Name: "protocol", Label: "Protocol", Value: i.Protocol, Placeholder: "https", Optional: true, Max: 40},
		{Name: "between", Label: "What keeps an address on the way?", Value: strings.Join(i.Between, ", "), Hint: "Any of " + strings.Join(kinds, ", ") + ", with commas between them.", Placeholder: "jvm, pool", Optional: true, Max: 100},
		{Name: "clear", Label: "How is that cleared?", Value: i.Clear, Hint: "What the address check tells the next person to do.", Placeholder: "restart the pool: ordersctl pool restart stock", Optional: true, Max: 500},
		{Name: "note", Label: "Note", Value: i.Note, Optional: true, Max: 500},
	}, nil
}

// --- products ---

type putProductIn struct {
	AppIn
	Body desk.ProductFields
}

func (s *Server) putProduct(ctx context.Context, in *putProductIn) (estate.Product, error) {
	return s.desk.PutProduct(ctx, in.Application, in.Body)
}

func toProduct(in *putProductIn, p estate.Product) next {
	return next{To: in.page() + "/estate#products", Toast: p.Name + " " + p.Version + " is on the list."}
}

type productIn struct {
	AppIn
	Product id.ID `path:"product"`
}

func (s *Server) removeProduct(ctx context.Context, in *productIn) (desk.Removed, error) {
	return s.desk.RemoveProduct(ctx, in.Application, in.Product)
}

func toRemovedProduct(in *productIn, r desk.Removed) next {
	return removedFrom(in.page()+"/estate#products", r)
}

// --- import ---

// importOut is the form of an import, and what one did.
type importOut struct {
	Text, Format, Map string
	Create            bool
	Result            *desk.EstateResult
	Columns           string
	Problem           *fault.Fault
	File              string
}

func (s *Server) importForm(context.Context, *none) (importOut, error) {
	return importOut{Columns: estate.Columns()}, nil
}

// importEstatePage takes a pasted text or a file; without the button "Import" it only looks.
func importEstatePage() route {
	r := route{method: post, page: "/estate/import", may: person.EditCatalog, what: "import a file of the estate, or look what it would do"}
	r.mount = func(s *Server) {
		s.mux.HandleFunc("POST /estate/import", func(w http.ResponseWriter, req *http.Request) {
			req.Body = http.MaxBytesReader(w, req.Body, desk.MaxEstateFile+1<<20)
			if err := desk.Allow(req.Context(), person.EditCatalog); err != nil {
				s.fail(w, req, err)
				return
			}
			out, err := s.takeEstate(req)
			if err != nil {
				s.fail(w, req, err)
				return
			}
			status := http.StatusOK
			if out.Problem != nil || out.Result != nil && out.Result.Refused() {
				status = http.StatusUnprocessableEntity
			}
			s.page(w, req, status, "estate_import", s.chrome(w, req), out)
		})
	}
	return r
}

// maxShownText is how much of an imported text is drawn into the form again.
const maxShownText = 1 << 20

func (s *Server) takeEstate(req *http.Request) (out importOut, err error) {
	out.Columns = estate.Columns()
	if err := req.ParseMultipartForm(8 << 20); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		if isTooLarge(err) {
			return out, fault.TooLarge("file", "The file is larger than 32 MiB.", "Import it in parts.")
		}
		return out, fault.Invalid("file", "The form cannot be read.", "Send it again.")
	}
	out.Text, out.Format, out.Map, out.Create = req.PostFormValue("text"), req.PostFormValue("format"), req.PostFormValue("map"), req.PostFormValue("create") != ""
	if f, head, err := req.FormFile("file"); err == nil {
		defer f.Close()
		b, err := io.ReadAll(f)
		if err != nil {
			return out, err
		}
		if len(b) > 0 {
			out.Text, out.File = string(b), head.Filename
		}
	}
	o := desk.EstateImport{Format: out.Format, Create: out.Create, DryRun: req.PostFormValue("act") != "import"}
	if o.Map, err = readMap(out.Map); err == nil {
		if strings.TrimSpace(out.Text) == "" {
			err = fault.Invalid("text", "There is nothing to import.", "Choose a file, or paste its text.")
		} else {
			var res desk.EstateResult
			if res, err = s.desk.ImportEstate(req.Context(), strings.NewReader(out.Text), o); err == nil {
				out.Result = &res
			}
		}
	}
	if len(out.Text) > maxShownText || !o.DryRun && out.Result != nil && !out.Result.Refused() {
		out.Text = ""
	}
	out.Text = strings.ToValidUTF8(out.Text, "?")
	if f := fault.Of(err); f != nil && (f.Code == fault.CodeInvalid || f.Code == fault.CodeTooLarge) {
		out.Problem, err = f, nil
	}
	return out, err
}

// readMap reads lines or commas of "name in the file = application".
func readMap(s string) (map[string]string, error) {
	out := map[string]string{}
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '\n' || r == '\r' || r == ',' }) {
		from, to, ok := strings.Cut(part, "=")
		from, to = strings.TrimSpace(from), strings.TrimSpace(to)
		if strings.TrimSpace(part) == "" {
			continue
		}
		if !ok || from == "" || to == "" {
			return nil, fault.Invalid("map", "This cannot be read: "+strings.TrimSpace(part)+".", "Write NAME=Application, one on each line; FIN_*=Ledger takes all jobs whose names begin so.")
		}
		out[from] = to
	}
	return out, nil
}

type importEstateIn struct {
	Format string `query:"format" enum:",csv,jil" doc:"found out by the first characters when empty"`
	DryRun bool   `query:"dry_run" doc:"check and count everything, write nothing"`
	Create bool   `query:"create" doc:"add applications that the catalogue has not"`
	Map    string `query:"map" doc:"NAME=Application, with commas: which application is behind an application or group of the scheduler, or behind job names that begin with NAME*"`
}

// importEstateRoute is the JSON half: the file is the body.
func importEstateRoute() route {
	r := route{method: post, api: "/estate/import", may: person.EditCatalog,
		what: "Import hosts, interfaces or products from CSV, or jobs, machines and calendars from AutoSys JIL. The same file again changes nothing; with a problem in it nothing is written, and the problems name their lines"}
	r.mount = func(s *Server) {
		register(s, r, http.StatusOK, handle[importEstateIn, desk.EstateResult](nil), func(op *operation) {
			text := &huma.MediaType{Schema: &huma.Schema{Type: "string"}}
			op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"text/csv": text, "text/plain": text}}
			op.stream = func(w http.ResponseWriter, req *http.Request) bool {
				q := req.URL.Query()
				o := desk.EstateImport{Format: q.Get("format"), DryRun: q.Get("dry_run") == "true", Create: q.Get("create") == "true"}
				err := desk.Allow(req.Context(), person.EditCatalog)
				if err == nil {
					o.Map, err = readMap(q.Get("map"))
				}
				var res desk.EstateResult
				if err == nil {
					res, err = s.desk.ImportEstate(req.Context(), req.Body, o)
				}
				return s.finish(w, req, http.StatusOK, res, err)
			}
		})
	}
	return r
}

type jilOut struct {
	Text string `json:"text" doc:"the statements that make what the desk knows of the scheduler"`
}

func (s *Server) schedulerText(ctx context.Context, _ *none) (jilOut, error) {
	text, err := s.desk.SchedulerText(ctx)
	return jilOut{text}, err
}

// jilRoute is the same as a file.
func jilRoute() route {
	r := route{method: get, page: "/estate/jobs.jil", may: person.SeeCatalog, what: "jobs, machines and calendars as a JIL file"}
	r.mount = func(s *Server) {
		s.mux.HandleFunc("GET /estate/jobs.jil", func(w http.ResponseWriter, req *http.Request) {
			text, err := s.desk.SchedulerText(req.Context())
			if err != nil {
				s.fail(w, req, err)
				return
			}
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("Content-Disposition", `attachment; filename="jobs.jil"`)
			io.WriteString(w, text)
		})
	}
	return r
}
