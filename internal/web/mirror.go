package web

import (
	"context"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
	"firebreak/internal/mirror"
	"firebreak/internal/person"
)

func mirrorRoutes() []route {
	return []route{
		show(get, "/mirror", "", person.SeeTickets, "the offline mirror: sites, and the search in them", "mirror", (*Server).mirrorPage),
		show(get, "", "/mirror", person.SeeTickets, "List the question and answer sites of which the desk has a copy", "", (*Server).listMirror),
		show(get, "", "/mirror/search", person.SeeTickets, "Find questions like a text in the copies of sites. Nothing leaves the desk", "", (*Server).searchMirror),
		importMirrorRoute(),
		show(get, "/mirror/{site}/{post}", "/mirror/{site}/{post}", person.SeeTickets, "A question of a mirrored site with its answers", "mirror_post", (*Server).mirrorPost),
		act(remove, "/mirror/{site}/remove", "/mirror/{site}", person.MoveData, "Remove the copy of a site", (*Server).removeMirror, toMirrorRemoved),
	}
}

func (s *Server) listMirror(ctx context.Context, _ *none) (listOf[desk.MirrorSite], error) {
	sites, err := s.desk.MirrorSites(ctx)
	return whole(sites), err
}

type searchMirrorIn struct {
	Q     string `query:"q" doc:"an error, a question, some words; the first line counts most" maxLength:"20000"`
	Site  string `query:"site" doc:"one site alone" maxLength:"200"`
	Limit int    `query:"limit" doc:"1 to 50, 10 when not given"`
}

func (s *Server) searchMirror(ctx context.Context, in *searchMirrorIn) (listOf[desk.MirrorHit], error) {
	hits, err := s.desk.FindMirrored(ctx, desk.MirrorSearch(*in))
	return whole(hits), err
}

// mirrorOut is the page of the mirror.
type mirrorOut struct {
	In    searchMirrorIn
	Sites []desk.MirrorSite
	Hits  []desk.MirrorHit
	// Problem and Hint say what is wrong with the search.
	Problem, Hint string
}

func (s *Server) mirrorPage(ctx context.Context, in *searchMirrorIn) (out mirrorOut, err error) {
	out.In = *in
	if out.Sites, err = s.desk.MirrorSites(ctx); err != nil || in.Q == "" {
		return out, err
	}
	if in.Limit == 0 {
		in.Limit = 20
	}
	out.Hits, err = s.desk.FindMirrored(ctx, desk.MirrorSearch(*in))
	if f := fault.Of(err); f != nil && f.Code == fault.CodeInvalid {
		out.Problem, out.Hint, err = f.Message, f.Hint, nil
	}
	return out, err
}

type mirrorPostIn struct {
	Site string `path:"site" doc:"e.g. dba.stackexchange.com"`
	Post int64  `path:"post" minimum:"1" doc:"the question's id on the site"`
}

func (s *Server) mirrorPost(ctx context.Context, in *mirrorPostIn) (desk.MirrorQuestion, error) {
	return s.desk.MirrorPost(ctx, in.Site, in.Post)
}

type mirrorSiteIn struct {
	Site string `path:"site" doc:"e.g. dba.stackexchange.com"`
}

func (s *Server) removeMirror(ctx context.Context, in *mirrorSiteIn) (desk.RemovedMirror, error) {
	return s.desk.RemoveMirror(ctx, in.Site)
}

func toMirrorRemoved(_ *mirrorSiteIn, out desk.RemovedMirror) next {
	return next{To: "/mirror", Toast: "The copy of " + out.Name + " is removed."}
}

type importMirrorIn struct {
	Site     string `path:"site" doc:"e.g. dba.stackexchange.com"`
	MinScore string `query:"min_score" doc:"leave posts below this score out; accepted answers stay"`
	Tag      string `query:"tag" doc:"take questions with one of these tags alone, with commas"`
	DryRun   bool   `query:"dry_run" doc:"check and count everything, write nothing"`
}

// importMirrorRoute streams its body: a Posts.xml of any length, plain or packed by gzip or bzip2, in constant memory.
func importMirrorRoute() route {
	r := route{method: post, api: "/mirror/{site}/import", may: person.MoveData,
		what: "Import the published dump of a site (Posts.xml of Stack Exchange; gzip and bzip2 too) as a stream. The same posts again update, never double"}
	r.mount = func(s *Server) {
		register(s, r, http.StatusOK, handle[importMirrorIn, desk.MirrorResult](nil), func(op *operation) {
			file := &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
			op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/xml": file, "application/gzip": file, "application/octet-stream": file}}
			op.stream = func(w http.ResponseWriter, req *http.Request) bool {
				res, err := s.takeMirror(req)
				return s.finish(w, req, http.StatusOK, res, err)
			}
		})
	}
	return r
}

func (s *Server) takeMirror(r *http.Request) (desk.MirrorResult, error) {
	if err := desk.Allow(r.Context(), person.MoveData); err != nil {
		return desk.MirrorResult{}, err
	}
	q := r.URL.Query()
	o := desk.MirrorImport{Site: r.PathValue("site"), Tags: slices.Clone(q["tag"])}
	var bad [2]*fault.Fault
	if v := q.Get("min_score"); v != "" {
		n, err := strconv.ParseInt(v, 10, 32)
		if err != nil {
			bad[0] = fault.Invalid("min_score", "The lowest score must be a whole number.", "Write it like 3.")
		}
		o.MinScore = &n
	}
	if v := q.Get("dry_run"); v != "" {
		var err error
		if o.DryRun, err = strconv.ParseBool(v); err != nil {
			bad[1] = fault.Invalid("dry_run", strconv.Quote(v)+" is neither true nor false.", "Use true or false.")
		}
	}
	if err := fault.Collect(bad[:]...); err != nil {
		return desk.MirrorResult{}, err
	}
	in, err := mirror.Open(r.Body)
	if err != nil {
		return desk.MirrorResult{}, err
	}
	res, err := s.desk.ImportMirror(r.Context(), mirror.NewReader(in), o)
	if f := fault.Of(err); f != nil && res.Rows > 0 && !res.DryRun {
		c := *f
		c.Message += " Before that, " + plural(int(res.New+res.Updated+res.Unchanged), "post was", "posts were") + " taken."
		return res, &c
	}
	return res, err
}

var inlineCode = regexp.MustCompile("`([^`\n<>]+)`")

// postText shows the text of a mirrored post: as what a person wrote, and code within a line as code.
func postText(s string) template.HTML {
	var b strings.Builder
	for rest := string(richText(s)); rest != ""; {
		prose, block := rest, ""
		if at := strings.Index(rest, "<pre"); at >= 0 {
			end := strings.Index(rest[at:], "</pre>")
			if end < 0 {
				end = len(rest) - at
			}
			prose, block = rest[:at], rest[at:at+end]
		}
		rest = rest[len(prose)+len(block):]
		b.WriteString(inlineCode.ReplaceAllString(prose, "<code>$1</code>"))
		b.WriteString(block)
	}
	return template.HTML(b.String())
}
