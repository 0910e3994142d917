package web

import (
	"bytes"
	"context"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/queryparam"

	"firebreak/internal/desk"
	"firebreak/internal/person"
)

// handler is what stands behind a row, without its types. A generic function is a copy of its machine code per pair
// of types, so only the few instructions that put the types back are one; see docs/adr/0006-one-huma-instance.md.
type handler struct {
	in, out reflect.Type
	run     func(s *Server, ctx context.Context, in any) (any, error)
}

// finish ends a stream: with what it came to, or with what went wrong. It is always true, as op.stream says.
func (s *Server) finish(w http.ResponseWriter, r *http.Request, status int, out any, err error) bool {
	if err != nil {
		s.fail(w, r, err)
	} else {
		writeJSON(w, status, out)
	}
	return true
}

// handle takes the types from h. The types describe the JSON half alone where h is nil and a stream answers.
func handle[I, O any](h func(*Server, context.Context, *I) (O, error)) handler {
	return handler{reflect.TypeFor[I](), reflect.TypeFor[O](), func(s *Server, ctx context.Context, in any) (any, error) {
		return h(s, ctx, in.(*I))
	}}
}

// operation is the JSON half of a row: documented, read, checked and answered as huma does it for one pair of types.
type operation struct {
	huma.Operation
	handler
	// stream, when set, sees a request first and reports whether it answered it: for bodies that are not read whole.
	stream func(http.ResponseWriter, *http.Request) bool

	may    person.Permission
	status int
	params []param
	body   []int        // index of Body in the input; nil: no body
	schema *huma.Schema // of the body
}

// param is a value in the path, the query or a header.
type param struct {
	index    []int
	in, name string
	schema   *huma.Schema
}

// readTimeout is how long a JSON request may take to come in.
const readTimeout = 5 * time.Second

// register adds the JSON half of a row to the description and to the server.
func register(s *Server, r route, status int, h handler, edit ...func(*operation)) {
	o := &operation{handler: h, may: r.may, status: status, Operation: huma.Operation{
		OperationID: operationID(r.method, r.api), Method: r.method, Path: apiRoot + r.api, Summary: strings.TrimPrefix(r.what, "+"),
		Security: []map[string][]string{{"token": {}}}, Errors: []int{401, 403, 404, 409, 422, 500},
	}}
	for _, fn := range edit {
		fn(o)
	}
	o.describe(s.api.OpenAPI().Components.Schemas)
	s.api.OpenAPI().AddOperation(&o.Operation)
	s.mux.HandleFunc(r.method+" "+apiRoot+r.api, func(w http.ResponseWriter, req *http.Request) {
		if o.stream != nil && o.stream(w, req) {
			return
		}
		s.do(w, req, o)
	})
}

// describe fills in parameters, body, answer and problems from the types and their tags.
func (o *operation) describe(schemas huma.Registry) {
	for _, f := range reflect.VisibleFields(o.in) {
		in := slices.IndexFunc(places[:], func(place string) bool { return f.Tag.Get(place) != "" })
		switch {
		case f.Name == "Body":
			o.describeBody(schemas, f)
		case in >= 0 && f.IsExported():
			p := param{f.Index, places[in], f.Tag.Get(places[in]), huma.SchemaFromField(schemas, f, "")}
			o.params = append(o.params, p)
			doc := &huma.Param{Name: p.name, Description: p.schema.Description, In: p.in, Required: p.in == "path", Schema: p.schema}
			if p.in == "query" {
				doc.Explode = new(bool) // a list is written with commas
			}
			o.Parameters = append(o.Parameters, doc)
			if _, err := p.set(reflect.New(f.Type).Elem(), "1"); errors.Is(err, errUnsupported) {
				panic(fmt.Sprintf("%s.%s cannot be a parameter", o.in, f.Name))
			}
		}
	}
	if o.Responses == nil { // an edit may have said what a stream answers with
		answer := huma.SchemaFromField(schemas, reflect.StructField{Name: "Body", Type: o.out}, o.OperationID+"Response")
		o.Responses = map[string]*huma.Response{strconv.Itoa(o.status): {
			Description: http.StatusText(o.status), Headers: map[string]*huma.Param{},
			Content: map[string]*huma.MediaType{"application/json": {Schema: answer}},
		}}
	}
	fault := schemas.Schema(reflect.TypeFor[problem](), true, "")
	for _, code := range o.Errors {
		o.Responses[strconv.Itoa(code)] = &huma.Response{Description: http.StatusText(code), Content: map[string]*huma.MediaType{problemType: {Schema: fault}}}
	}
}

func (o *operation) describeBody(schemas huma.Registry, f reflect.StructField) {
	if o.RequestBody == nil {
		o.RequestBody = &huma.RequestBody{Content: map[string]*huma.MediaType{}}
	}
	o.body, o.schema = f.Index, huma.SchemaFromField(schemas, f, o.in.Name()+f.Name)
	o.RequestBody.Required = o.RequestBody.Required || f.Type.Kind() != reflect.Pointer && f.Type.Kind() != reflect.Interface
	o.RequestBody.Content["application/json"] = &huma.MediaType{Schema: o.schema}
}

// do does what a request to the JSON half asks.
func (s *Server) do(w http.ResponseWriter, r *http.Request, o *operation) {
	in := reflect.New(o.in)
	if p := s.read(w, r, o, in.Elem()); p != nil {
		writeProblem(w, p)
		return
	}
	err := desk.Allow(r.Context(), o.may)
	var out any
	if err == nil {
		out, err = o.run(s, r.Context(), in.Interface())
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)
	if err := e.Encode(out); err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(o.status)
	w.Write(body.Bytes())
}

// read fills in from the request; with whatever is wrong in it, it gives the problem that names every fault.
func (s *Server) read(w http.ResponseWriter, r *http.Request, o *operation, in reflect.Value) *problem {
	path, res := huma.NewPathBuffer(nil, 0), &huma.ValidateResult{}
	schemas := s.api.OpenAPI().Components.Schemas
	for _, p := range o.params {
		path.Reset()
		path.Push(p.in)
		path.Push(p.name)
		text := p.of(r)
		if text == "" {
			if p.in == "path" {
				res.Add(path, "", "required path parameter is missing")
			}
			continue
		}
		if v, err := p.set(in.FieldByIndex(p.index), text); err != nil {
			res.Add(path, text, err.Error())
		} else {
			huma.Validate(schemas, p.schema, path, huma.ModeWriteToServer, v, res)
		}
	}
	status := http.StatusUnprocessableEntity
	if o.body != nil {
		huma.SetReadDeadline(w, time.Now().Add(readTimeout))
		data, bad := readAll(r.Body)
		switch {
		case bad != nil:
			return bad
		case len(data) == 0 && o.RequestBody.Required:
			return fromHuma(http.StatusBadRequest, "request body is required", res.Errors...)
		case len(data) > 0:
			kind := r.Header.Get("Content-Type")
			if kind == "" {
				kind = "application/json"
			}
			var loose any
			err := s.api.Unmarshal(kind, data, &loose)
			if err == nil {
				before := len(res.Errors)
				path.Reset()
				path.Push("body")
				huma.Validate(schemas, o.schema, path, huma.ModeWriteToServer, loose, res)
				if len(res.Errors) == before {
					err = s.api.Unmarshal(kind, data, in.FieldByIndex(o.body).Addr().Interface())
				}
			} else if status = http.StatusBadRequest; errors.Is(err, huma.ErrUnknownContentType) {
				status = http.StatusUnsupportedMediaType
			}
			if err != nil {
				res.Errors = append(res.Errors, &huma.ErrorDetail{Location: "body", Message: err.Error()})
			}
		}
	}
	if len(res.Errors) > 0 {
		return fromHuma(status, "validation failed", res.Errors...)
	}
	return nil
}

// readAll reads a JSON request of up to maxJSON bytes.
func readAll(r io.Reader) ([]byte, *problem) {
	data, err := io.ReadAll(io.LimitReader(r, maxJSON))
	var slow net.Error
	switch {
	case len(data) == maxJSON:
		return nil, fromHuma(http.StatusRequestEntityTooLarge, fmt.Sprintf("request body is too large limit=%d bytes", maxJSON))
	case errors.As(err, &slow) && slow.Timeout():
		return nil, fromHuma(http.StatusRequestTimeout, "request body read timeout")
	case err != nil:
		return nil, fromHuma(http.StatusInternalServerError, "cannot read request body", err)
	}
	return data, nil
}

// places are where a parameter may stand, which are also the names of the tags.
var places = [...]string{"path", "query", "header"}

// of gives the text of p in a request; empty: not given.
func (p *param) of(r *http.Request) string {
	switch p.in {
	case "path":
		return r.PathValue(p.name)
	case "query":
		return queryparam.Get(r.URL.RawQuery, p.name)
	}
	return r.Header.Get(p.name)
}

var errUnsupported = errors.New("no text can be read as this type")

// set puts the text of a parameter into its field and gives it as a schema checks it: a number, a truth value, a
// list of texts, or else the text.
func (p *param) set(f reflect.Value, text string) (any, error) {
	if t, ok := f.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if f.Type() == timeType {
			at, err := time.Parse(time.RFC3339Nano, text)
			if err != nil {
				return nil, errors.New("invalid date/time for format " + time.RFC3339Nano)
			}
			f.Set(reflect.ValueOf(at))
		} else if err := t.UnmarshalText([]byte(text)); err != nil {
			return nil, errors.New("invalid value: " + err.Error())
		}
		return text, nil
	}
	switch f.Kind() {
	case reflect.String:
		f.SetString(text)
		return text, nil
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, errors.New("invalid integer")
		}
		f.SetInt(n)
		return n, nil
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, errors.New("invalid boolean")
		}
		f.SetBool(b)
		return b, nil
	case reflect.Slice:
		if f.Type().Elem().Kind() != reflect.String {
			break
		}
		list := strings.Split(text, ",")
		for _, s := range list {
			f.Set(reflect.Append(f, reflect.ValueOf(s).Convert(f.Type().Elem())))
		}
		return list, nil
	}
	return nil, errUnsupported
}
