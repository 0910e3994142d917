package web

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/ticket"
)

//go:embed page/*.html
var pageFiles embed.FS

// pages are the templates. Each page file is parsed with layout.html and the files whose names begin with an
// underscore, and defines "title" and "body". A page is parsed when it is first asked for: all of them together take
// some ten megabytes, of which a desk at rest needs none.
type pages struct {
	dev    bool
	mu     sync.Mutex
	files  fs.FS
	dir    string
	shared *template.Template
	set    map[string]*template.Template
}

const pageDir = "internal/web/page" // where -dev reads templates from

func loadPages(dev bool) (*pages, error) {
	p := &pages{dev: dev, files: pageFiles, dir: "page"}
	if dev {
		p.files, p.dir = os.DirFS(pageDir), "."
	}
	return p, p.load()
}

// load parses what the pages share.
func (p *pages) load() error {
	names, err := fs.Glob(p.files, path.Join(p.dir, "_*.html"))
	if err != nil {
		return err
	}
	p.set = map[string]*template.Template{}
	p.shared, err = template.New("shared").Funcs(funcs).Option("missingkey=error").ParseFS(p.files, append(names, path.Join(p.dir, "layout.html"))...)
	return err
}

func (p *pages) get(name string) (*template.Template, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dev {
		if err := p.load(); err != nil {
			return nil, err
		}
	}
	if t := p.set[name]; t != nil {
		return t, nil
	}
	t, err := p.shared.Clone()
	if err == nil {
		_, err = t.ParseFS(p.files, path.Join(p.dir, name+".html"))
	}
	if err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	p.set[name] = t
	return t, nil
}

// view is what every template gets: the chrome around the page and the use case's own result.
type view struct {
	C   *chrome
	Out any
}

// chrome is what stands around a page: who looks, what the desk is called, what was just done.
type chrome struct {
	Person   person.Person
	SignedIn bool
	DeskName string
	Path     string
	Query    url.Values
	Now      time.Time
	Zone     *time.Location
	Flash    *flash
	Fault    *fault.Fault // what is wrong with the form that was sent
	Form     url.Values   // what was typed into it
	HTMX     bool         // only a part is asked for; leave out what is costly beside it
	Dev      bool
	Counts   desk.InboxCounts
	Views    []ticket.SavedView
	Lookups  int // look-ups that wait for this person to decide
}

// May lets templates leave out what the person may not do.
func (c *chrome) May(p person.Permission) bool { return c.SignedIn && c.Person.Role.May(p) }

// Staff reports whether the person works at the desk.
func (c *chrome) Staff() bool { return c.SignedIn && c.Person.Role.Desk() }

// At reports whether the page is at or below an address, for the rail.
func (c *chrome) At(prefix string) bool {
	return c.Path == prefix || strings.HasPrefix(c.Path, prefix+"/")
}

// Problem gives the sentence about a field of the form that was sent, "" when it is right.
func (c *chrome) Problem(field string) string {
	if f := c.faultOf(field); f != nil {
		return strings.TrimSpace(f.Message + " " + f.Hint)
	}
	return ""
}

func (c *chrome) faultOf(field string) *fault.Fault {
	if c.Fault == nil {
		return nil
	}
	if c.Fault.Field == field {
		return c.Fault
	}
	for i := range c.Fault.More {
		if c.Fault.More[i].Field == field {
			return &c.Fault.More[i]
		}
	}
	return nil
}

// Problems lists everything wrong with the form.
func (c *chrome) Problems() []fault.Fault {
	if c.Fault == nil {
		return nil
	}
	first := *c.Fault
	first.More = nil
	return append([]fault.Fault{first}, c.Fault.More...)
}

// Typed gives what was typed into a field, or what it held before.
func (c *chrome) Typed(field, before string) string {
	if v, ok := c.Form[field]; ok && len(v) > 0 {
		return v[len(v)-1]
	}
	return before
}

func chromeOf(caller desk.Caller) chrome {
	return chrome{Person: caller.Person, SignedIn: caller.Person.ID != 0, DeskName: "Firebreak", Zone: caller.Person.Location()}
}

// chrome builds the frame of a page; it takes the flash, so call it once.
func (s *Server) chrome(w http.ResponseWriter, r *http.Request) chrome {
	c := chromeOf(desk.CallerOf(r.Context()))
	c.Path, c.Query, c.HTMX = r.URL.Path, r.URL.Query(), isHTMX(r)
	if !c.HTMX {
		c.Flash = s.takeFlash(w, r)
	}
	if c.Staff() && !c.HTMX {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		var err error
		if c.Counts, err = s.desk.InboxCounts(ctx); err != nil {
			s.log.Warn("inbox counts", "error", err)
		}
		if c.Lookups, err = s.desk.LookupsWaiting(ctx); err != nil {
			s.log.Warn("look-ups that wait", "error", err)
		}
		if c.Views, err = s.desk.SavedViews(ctx); err != nil {
			s.log.Warn("saved views", "error", err)
		}
	}
	return c
}

// page renders a template around out. A template that fails becomes an internal error, never half a page.
func (s *Server) page(w http.ResponseWriter, r *http.Request, status int, name string, c chrome, out any) {
	c.Now, c.Dev = s.desk.Now(), s.opts.Dev
	if c.Path == "" {
		c.Path, c.Query = r.URL.Path, r.URL.Query()
	}
	if set, err := s.desk.DeskSettings(r.Context()); err == nil {
		c.DeskName = set.DeskName
		if c.Person.Zone == "" {
			c.Zone = set.Location()
		}
	}
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer buffers.Put(buf)
	t, err := s.pages.get(name)
	if err == nil {
		err = t.ExecuteTemplate(buf, "layout.html", view{&c, out})
	}
	if err != nil {
		s.log.Error("render", "page", name, "path", r.URL.Path, "error", err)
		http.Error(w, "This page could not be drawn. The log has the details.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(buf.Bytes())
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// forms are pages that show a failed form once more, by the hidden field "form".
var forms = map[string]func(s *Server, w http.ResponseWriter, r *http.Request, f *fault.Fault){}

// redraw registers, for the hidden field form=name, how a failed form is drawn again: template tmpl around
// what data gives.
func redraw(name, tmpl string, data func(*Server, *http.Request) (any, error)) {
	forms[name] = func(s *Server, w http.ResponseWriter, r *http.Request, f *fault.Fault) {
		out, err := data(s, r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		c := s.chrome(w, r)
		c.Fault, c.Form = f, r.PostForm
		s.page(w, r, statuses[f.Code], tmpl, c, out)
	}
}
