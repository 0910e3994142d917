package web

import (
	"encoding"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"firebreak/internal/desk"
	"firebreak/internal/fault"
)

// bind fills a handler's input for the page half of a route from the same tags that huma reads for the
// JSON half: path, query and header tags, and the json names of Body from the form. A nested field is
// named with dots (deadline.at); a list is the field repeated. Times without a zone are read in the
// caller's zone, as a browser's datetime-local sends them.
func bind(r *http.Request, in any) error {
	return bindIn(r, in, desk.CallerOf(r.Context()).Person.Location())
}

func bindIn(r *http.Request, in any, zone *time.Location) error {
	v := reflect.ValueOf(in).Elem()
	query := r.URL.Query()
	var faults []*fault.Fault
	for i := range v.NumField() {
		f, tag := v.Field(i), v.Type().Field(i).Tag
		var err error
		name := ""
		switch {
		case tag.Get("path") != "":
			name = tag.Get("path")
			err = setField(f, []string{r.PathValue(name)}, zone)
		case tag.Get("query") != "":
			name, _, _ = strings.Cut(tag.Get("query"), ",")
			if vals, ok := query[name]; ok {
				err = setField(f, vals, zone)
			}
		case tag.Get("header") != "":
			name = tag.Get("header")
			if h := r.Header.Get(name); h != "" {
				err = setField(f, []string{h}, zone)
			}
		case v.Type().Field(i).Name == "Body":
			if err := r.ParseForm(); err != nil {
				if isTooLarge(err) {
					return err
				}
				return fault.Invalid("body", "The form cannot be read.", "Send it again.")
			}
			faults = append(faults, bindForm(f, "", r.PostForm, zone)...)
		case v.Type().Field(i).Anonymous && f.Kind() == reflect.Struct:
			if err := bindIn(r, f.Addr().Interface(), zone); err != nil {
				return err
			}
		}
		if err != nil {
			faults = append(faults, fault.Invalid(name, err.Error(), "Correct the field."))
		}
	}
	return fault.Collect(faults...)
}

func bindForm(v reflect.Value, prefix string, form url.Values, zone *time.Location) (faults []*fault.Fault) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		if sf.Anonymous && sf.Type.Kind() == reflect.Struct {
			faults = append(faults, bindForm(v.Field(i), prefix, form, zone)...)
			continue
		}
		name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
		if name == "-" || name == "" {
			continue
		}
		name = prefix + name
		f := v.Field(i)
		if f.Kind() == reflect.Struct && f.Type() != timeType && !f.Addr().Type().Implements(textType) {
			faults = append(faults, bindForm(f, name+".", form, zone)...)
			continue
		}
		if f.Kind() == reflect.Pointer && f.Type().Elem().Kind() == reflect.Struct && f.Type().Elem() != timeType && !f.Type().Implements(textType) {
			if anyBelow(form, name+".") {
				f.Set(reflect.New(f.Type().Elem()))
				faults = append(faults, bindForm(f, name+".", form, zone)...)
			}
			continue
		}
		if vals, ok := form[name]; ok {
			if err := setField(f, vals, zone); err != nil {
				faults = append(faults, fault.Invalid(name, err.Error(), "Correct the field."))
			}
		}
	}
	return faults
}

// anyBelow reports whether a form has a field whose name begins so.
func anyBelow(form url.Values, prefix string) bool {
	for name := range form {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

var (
	timeType = reflect.TypeFor[time.Time]()
	textType = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// timeLayouts are what forms and people write.
var timeLayouts = []string{time.RFC3339, "2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02"}

func setField(f reflect.Value, vals []string, zone *time.Location) error {
	last := ""
	if len(vals) > 0 {
		last = vals[len(vals)-1]
	}
	if f.Kind() == reflect.Pointer {
		// An empty text or list was cleared; an empty number or time was not given.
		if kind := f.Type().Elem().Kind(); last == "" && kind != reflect.String && kind != reflect.Slice {
			return nil
		}
		f.Set(reflect.New(f.Type().Elem()))
		return setField(f.Elem(), vals, zone)
	}
	if f.Type() == timeType {
		if last == "" {
			return nil
		}
		for _, layout := range timeLayouts {
			if t, err := time.ParseInLocation(layout, last, zone); err == nil {
				f.Set(reflect.ValueOf(t.UTC()))
				return nil
			}
		}
		return fmt.Errorf("%q is not a date and time; write it like 2026-12-01 06:00.", last)
	}
	if u, ok := f.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(last))
	}
	switch f.Kind() {
	case reflect.String:
		f.SetString(last)
	case reflect.Bool:
		f.SetBool(last == "on" || last == "true" || last == "1" || last == "yes")
	case reflect.Int, reflect.Int64:
		if last == "" {
			f.SetInt(0)
			return nil
		}
		n, err := strconv.ParseInt(strings.TrimSpace(last), 10, 64)
		if err != nil {
			return fmt.Errorf("%q is not a whole number.", last)
		}
		f.SetInt(n)
	case reflect.Slice:
		if len(vals) == 1 && strings.Contains(last, ",") && f.Type().Elem().Kind() == reflect.String {
			vals = strings.Split(last, ",")
		}
		out := reflect.MakeSlice(f.Type(), 0, len(vals))
		for _, s := range vals {
			if s = strings.TrimSpace(s); s == "" {
				continue
			}
			e := reflect.New(f.Type().Elem()).Elem()
			if err := setField(e, []string{s}, zone); err != nil {
				return err
			}
			out = reflect.Append(out, e)
		}
		f.Set(out)
	default:
		return fmt.Errorf("a field of type %s cannot come from a form", f.Type())
	}
	return nil
}
