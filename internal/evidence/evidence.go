// Package evidence reads what people attach to a ticket to show what they saw: SQL with its
// result, terminal recordings, logs, screenshots and files.
//
// Everything here arrives from outside and is treated as hostile: each reader is bounded in
// size, takes time linear in its input, and answers bad input with an *Error that names the
// field, the line and the remedy. The package is pure: it reads from the readers it is given,
// writes to the writers it is given, opens no file and looks at no clock.
package evidence

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"firebreak/internal/fault"
)

// Kind says what a piece of evidence is, and so how it is shown.
type Kind string

// The kinds of evidence. The values are stored and appear in the API.
const (
	KindSQL        Kind = "sql"        // a statement and its result
	KindTerminal   Kind = "terminal"   // a recorded terminal session that plays back
	KindLog        Kind = "log"        // a log of any length, read by lines
	KindScreenshot Kind = "screenshot" // a picture, re-encoded
	KindFile       Kind = "file"       // anything else: kept and downloaded, never shown
)

// Kinds lists every kind in the order in which a person is offered them.
func Kinds() []Kind {
	return []Kind{KindSQL, KindTerminal, KindLog, KindScreenshot, KindFile}
}

// Valid reports whether k is one of Kinds.
func (k Kind) Valid() bool {
	switch k {
	case KindSQL, KindTerminal, KindLog, KindScreenshot, KindFile:
		return true
	}
	return false
}

// Word is the kind as a person reads it, for example "terminal session".
func (k Kind) Word() string {
	switch k {
	case KindSQL:
		return "SQL"
	case KindTerminal:
		return "terminal session"
	case KindLog:
		return "log"
	case KindScreenshot:
		return "screenshot"
	case KindFile:
		return "file"
	}
	return string(k)
}

// Error says that a piece of evidence cannot be read. It is the sender's to put right.
type Error struct {
	Field   string // the input at fault: file, timing, statement, rows...
	Message string // what is wrong, without a final full stop
	Hint    string // what to do about it, a sentence
	Line    int    // 1-based line of the input, 0 when no line is meant
	TooBig  bool   // a bound of size was passed; what was sent may be whole and well
}

// Error gives "file: line 3: event time is not a number".
func (e *Error) Error() string {
	var b strings.Builder
	if e.Field != "" {
		b.WriteString(e.Field)
		b.WriteString(": ")
	}
	if e.Line > 0 {
		b.WriteString("line ")
		b.WriteString(strconv.Itoa(e.Line))
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	return b.String()
}

// Fault is the error as the desk reports it: "Line 3: event time is not a number."
func (e *Error) Fault() *fault.Fault {
	message := e.Message + "."
	if e.Line > 0 {
		message = "Line " + strconv.Itoa(e.Line) + ": " + message
	} else {
		first, size := utf8.DecodeRuneInString(message)
		message = string(unicode.ToUpper(first)) + message[size:]
	}
	f := fault.Invalid(e.Field, message, e.Hint)
	if e.TooBig {
		f = fault.TooLarge(e.Field, message, e.Hint)
	}
	f.Err = e
	return f
}

func fileError(line int, message, hint string) *Error {
	return &Error{Field: "file", Line: line, Message: message, Hint: hint}
}

func tooBig(line int, message, hint string) *Error {
	return &Error{Field: "file", Line: line, Message: message, Hint: hint, TooBig: true}
}
