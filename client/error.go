package client

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"unicode/utf8"
)

// Code classifies an error for programs.
type Code string

// The codes a desk answers with.
const (
	CodeInvalid         Code = "invalid"         // the input is wrong; Field names where
	CodeUnauthenticated Code = "unauthenticated" // no token, or not a valid one
	CodeForbidden       Code = "forbidden"       // the token's person may not do this
	CodeNotFound        Code = "not_found"       // no such thing, or not visible to the token's person
	CodeConflict        Code = "conflict"        // the thing changed meanwhile, or its state does not allow it
	CodePrivate         Code = "private"         // it would take private data outside; say how to go on, see Consent
	CodeTooLarge        Code = "too_large"       // over a stated size limit
	CodeLimited         Code = "limited"         // too many attempts; try later
	CodeUnavailable     Code = "unavailable"     // the desk, or a part it needs, does not answer
	CodeInternal        Code = "internal"        // a defect; the message has an incident number for the log
)

// Error is a refusal by the desk, or that it could not be reached.
type Error struct {
	Status  int // HTTP status; 0 when no answer came
	Code    Code
	Message string // one sentence: what is wrong
	Field   string // the input field at fault; may be empty
	Hint    string // what to do about it; may be empty
	// More are further wrong fields of the same request.
	More []FieldError
	Err  error // the cause, when there was no answer

	lost bool
}

// FieldError is one of several wrong fields.
type FieldError struct {
	Field   string `json:"field"`
	Message string `json:"detail"`
	Hint    string `json:"hint"`
}

// Error gives the sentence, prefixed by the field where there is one.
func (e *Error) Error() string {
	var b strings.Builder
	one := func(field, message string) {
		if field != "" {
			b.WriteString(field + ": ")
		}
		b.WriteString(message)
	}
	one(e.Field, e.Message)
	for _, m := range e.More {
		b.WriteString("; ")
		one(m.Field, m.Message)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// problem reads an application/problem+json (RFC 9457) answer; anything else becomes an error by its status.
func problem(status int, kind string, body []byte) error {
	e := &Error{Status: status}
	var p struct {
		Detail string       `json:"detail"`
		Code   Code         `json:"code"`
		Field  string       `json:"field"`
		Hint   string       `json:"hint"`
		Errors []FieldError `json:"errors"`
	}
	if kind == "application/problem+json" && json.Unmarshal(body, &p) == nil && p.Detail != "" {
		e.Code, e.Message, e.Field, e.Hint = p.Code, p.Detail, p.Field, p.Hint
		if len(p.Errors) > 1 { // the first one is the problem itself
			e.More = p.Errors[1:]
		}
		return e
	}
	e.Message = fmt.Sprintf("The desk answered %d %s.", status, http.StatusText(status))
	e.Hint = "Check the address; something in front of the desk may have answered."
	switch {
	case status == http.StatusUnauthorized:
		e.Code = CodeUnauthenticated
	case status == http.StatusForbidden:
		e.Code = CodeForbidden
	case status == http.StatusNotFound:
		e.Code = CodeNotFound
	case status == http.StatusRequestEntityTooLarge:
		e.Code = CodeTooLarge
	case status == http.StatusTooManyRequests:
		e.Code = CodeLimited
	case status >= 500:
		e.Code = CodeUnavailable
	default:
		e.Code = CodeInvalid
	}
	return e
}

// checkText refuses text that is not UTF-8: encoding/json would replace the broken bytes without a word.
func checkText(v any) error {
	if field, at := brokenText("", reflect.ValueOf(v)); at >= 0 {
		return &Error{Code: CodeInvalid, Field: field, Message: fmt.Sprintf("The text is not valid UTF-8 at byte %d.", at+1), Hint: "Save it as UTF-8 and send it again; nothing was stored."}
	}
	return nil
}

// brokenText finds the first text that is not UTF-8, by its JSON name, and the broken byte; -1 when there is none.
func brokenText(name string, v reflect.Value) (string, int) {
	switch v.Kind() {
	case reflect.String:
		s := v.String()
		if utf8.ValidString(s) {
			return "", -1
		}
		for i := 0; i < len(s); {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				return name, i
			}
			i += n
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return brokenText(name, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			if f, at := brokenText(fmt.Sprintf("%s[%d]", name, i), v.Index(i)); at >= 0 {
				return f, at
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if f, at := brokenText(under(name, it.Key().String()), it.Value()); at >= 0 {
				return f, at
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				continue
			}
			tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if f, at := brokenText(under(name, tag), v.Field(i)); at >= 0 {
				return f, at
			}
		}
	}
	return "", -1
}

func under(name, part string) string {
	if name == "" {
		return part
	}
	return name + "." + part
}
