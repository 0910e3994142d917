package web

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"firebreak/internal/fault"
)

// maxJSON is the largest JSON request, in bytes. Files and imports are streamed instead.
const maxJSON = 4 << 20

// newAPI sets huma up: OpenAPI at /api/openapi.json, our own problems, strict JSON.
func newAPI(mux *http.ServeMux, version string) huma.API {
	c := huma.DefaultConfig("Firebreak", version)
	c.Info.Description = "The production support desk. Authenticate with «Authorization: Bearer TOKEN». Times are RFC 3339, lists take limit and cursor."
	c.OpenAPIPath = "/api/openapi"
	c.DocsPath = ""
	c.SchemasPath = ""
	c.CreateHooks = nil // no $schema links in bodies
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaNamer())
	c.Formats = map[string]huma.Format{
		"application/json": {
			Marshal: func(w io.Writer, v any) error {
				e := json.NewEncoder(w)
				e.SetEscapeHTML(false)
				return e.Encode(v)
			},
			Unmarshal: unmarshalStrict,
		},
	}
	c.Formats["json"] = c.Formats["application/json"]
	c.DefaultFormat = "application/json"
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	return humago.New(mux, c)
}

const notUTF8 = "The text is not valid UTF-8."

// schemaNamer names the schemas of the description. Where two packages have a type of one name, the first
// in the route table has it plain and the other with its package: Event and CatalogEvent.
func schemaNamer() func(reflect.Type, string) string {
	taken := map[string]reflect.Type{}
	return func(t reflect.Type, hint string) string {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		name := huma.DefaultSchemaNamer(t, hint)
		if was, ok := taken[name]; ok && was != t {
			pkg := path.Base(t.PkgPath())
			name = strings.ToUpper(pkg[:1]) + pkg[1:] + name
		}
		taken[name] = t
		return name
	}
}

// unmarshalStrict refuses what encoding/json would silently replace: text that is not UTF-8.
func unmarshalStrict(data []byte, v any) error {
	if utf8.Valid(data) {
		return json.Unmarshal(data, v)
	}
	var loose any
	name := "body"
	if json.Unmarshal(data, &loose) == nil {
		if f := brokenField("", loose); f != "" {
			name = f
		}
	}
	return fault.Invalid(name, notUTF8, "")
}

// brokenField finds the first field that holds a replacement character.
func brokenField(prefix string, v any) string {
	switch v := v.(type) {
	case string:
		if strings.ContainsRune(v, utf8.RuneError) {
			return prefix
		}
	case map[string]any:
		for k, w := range v {
			p := k
			if prefix != "" {
				p = prefix + "." + k
			}
			if f := brokenField(p, w); f != "" {
				return f
			}
		}
	case []any:
		for i, w := range v {
			if f := brokenField(fmt.Sprintf("%s[%d]", prefix, i), w); f != "" {
				return f
			}
		}
	}
	return ""
}
