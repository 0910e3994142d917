package web

import (
	"net/http"
	"slices"
	"strings"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/person"
)

// galleryPage is one template in the gallery of development mode, with the address of its live page.
type galleryPage struct {
	Name, Address, What string
	States              []string
}

// states of a page that the gallery draws from nothing but its template: with no data, and with a form that was refused.
var galleryStates = []string{"empty", "refused"}

func galleryPages() []galleryPage {
	var out []galleryPage
	for _, r := range routes() {
		if r.tmpl == "" || r.page == "" {
			continue
		}
		address := r.page
		if strings.Contains(address, "{") {
			address = "" // a live page needs a number or a name
		}
		out = append(out, galleryPage{r.tmpl, address, r.what, galleryStates})
	}
	slices.SortFunc(out, func(a, b galleryPage) int { return strings.Compare(a.Name, b.Name) })
	return slices.CompactFunc(out, func(a, b galleryPage) bool { return a.Name == b.Name })
}

// mountGallery adds /dev/pages: every page in every state that can be drawn without a desk behind it.
func (s *Server) mountGallery() {
	s.mux.HandleFunc("GET /dev/pages", func(w http.ResponseWriter, r *http.Request) {
		s.page(w, r, http.StatusOK, "gallery", s.chrome(w, r), galleryPages())
	})
	s.mux.HandleFunc("GET /dev/pages/{name}/{state}", func(w http.ResponseWriter, r *http.Request) {
		s.drawState(w, r, r.PathValue("name"), r.PathValue("state"))
	})
}

// drawState draws a template with the zero value of its data, as an admin sees it.
func (s *Server) drawState(w http.ResponseWriter, r *http.Request, name, state string) {
	for _, row := range routes() {
		if row.tmpl != name || row.zero == nil {
			continue
		}
		c := chromeOf(desk.Caller{Person: person.Person{ID: 1, Name: "Gallery", Role: person.Admin}})
		c.Path, c.Query = r.URL.Path, r.URL.Query()
		if state == "refused" {
			c.Fault = fault.Invalid("subject", "This must not be empty.", "Write what it is about.")
			c.Fault.More = []fault.Fault{*fault.Invalid("name", "This name is taken.", "Choose another.")}
		}
		s.page(w, r, http.StatusOK, name, c, row.zero())
		return
	}
	s.notFound(w, r)
}
