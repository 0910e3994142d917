// Package fault is the one vocabulary of errors that people see: a code for programs,
// a sentence for the person, and optionally the field at fault and a hint what to do.
// Any other error is internal: it is logged whole and shown as an incident number.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Code classifies a fault for programs; web maps it to an HTTP status, cli to an exit code.
type Code string

const (
	CodeInvalid         Code = "invalid"         // the input is wrong; Field names where
	CodeUnauthenticated Code = "unauthenticated" // nobody is signed in
	CodeForbidden       Code = "forbidden"       // signed in, but not allowed
	CodeNotFound        Code = "not_found"       // no such thing, or not visible to the caller
	CodeConflict        Code = "conflict"        // the thing changed meanwhile, or exists already
	CodeTooLarge        Code = "too_large"       // over a stated size limit
	CodePrivate         Code = "private"         // it would take private data outside; its writer has to say how to go on
	CodeLimited         Code = "limited"         // too many attempts; try later
	CodeUnavailable     Code = "unavailable"     // a part the desk needs does not answer
	CodeInternal        Code = "internal"        // a defect; the message never carries details
)

// Fault is an error meant for a person.
type Fault struct {
	Code    Code
	Message string  // one sentence: what is wrong
	Field   string  // the input field at fault, as the API names it; may be empty
	Hint    string  // what to do about it; may be empty
	Err     error   // the cause, for the log only
	More    []Fault // further field faults found in the same input
}

// Error gives the sentence, prefixed by the field where there is one.
func (f *Fault) Error() string {
	var b strings.Builder
	if f.Field != "" {
		b.WriteString(f.Field)
		b.WriteString(": ")
	}
	b.WriteString(f.Message)
	for _, m := range f.More {
		b.WriteString("; ")
		b.WriteString(m.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Err }

// Invalid reports wrong input in field; hint says how to mend it.
func Invalid(field, message, hint string) *Fault {
	return &Fault{Code: CodeInvalid, Field: field, Message: message, Hint: hint}
}

// NotFound reports that what does not exist or is not visible to the caller.
func NotFound(what string) *Fault {
	return &Fault{Code: CodeNotFound, Message: "There is no " + what + " here.", Hint: "Check the number or the name; it may have been removed, or you may not have the right to see it."}
}

// Forbidden reports that the caller may not do act, e.g. "change the catalogue".
func Forbidden(act string) *Fault {
	return &Fault{Code: CodeForbidden, Message: "You may not " + act + ".", Hint: "Ask a lead or an admin of your desk."}
}

// Conflict reports that the state does not allow the act.
func Conflict(field, message, hint string) *Fault {
	return &Fault{Code: CodeConflict, Field: field, Message: message, Hint: hint}
}

// TooLarge reports that field is over its limit.
func TooLarge(field, message, hint string) *Fault {
	return &Fault{Code: CodeTooLarge, Field: field, Message: message, Hint: hint}
}

// Of gives the fault inside err, or nil when err is internal.
func Of(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// Is reports whether err carries code.
func Is(err error, code Code) bool {
	f := Of(err)
	return f != nil && f.Code == code
}

// Collect joins field faults into one; nil when there are none.
func Collect(faults ...*Fault) error {
	var out *Fault
	for _, f := range faults {
		switch {
		case f == nil:
		case out == nil:
			c := *f
			out = &c
		default:
			out.More = append(out.More, *f)
		}
	}
	if out == nil {
		return nil
	}
	return out
}

// Wrap adds what was being done to an internal error and leaves a fault as it is.
func Wrap(act string, err error) error {
	if err == nil || Of(err) != nil {
		return err
	}
	return fmt.Errorf("%s: %w", act, err)
}
