package knownerror

import (
	"slices"
	"strings"
)

// exception is a class of exceptions that the advice knows.
type exception struct {
	family    Family
	simple    string // KeyError, OutOfMemoryError
	qualified string // java.lang.OutOfMemoryError; empty when it has no package
	variant   string // what its message begins with; empty: any
	code      string
}

// exceptionOf reads a hand-written code as an exception: java.lang.OutOfMemoryError: Java heap space, System.IO.IOException,
// Python KeyError, Node.js TypeError.
func exceptionOf(a *advice) (e exception, ok bool) {
	e = exception{family: a.family, code: a.code}
	name := a.code
	switch a.family {
	case Java, DotNet:
	case Python:
		name = strings.TrimPrefix(name, "Python ")
	case Node:
		name = strings.TrimPrefix(name, "Node.js ")
	default:
		return e, false
	}
	name, e.variant, _ = strings.Cut(name, ": ")
	if strings.ContainsAny(name, " :-") {
		return e, false
	}
	e.simple = name
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		e.simple, e.qualified = name[dot+1:], name
	}
	return e, len(words(e.simple)) == 1
}

// exception handles the name of an exception; it gives its end, or 0. A name with another package in front is another
// exception.
func (x *scan) exception(w span) int {
	if w.end < len(x.s) {
		switch x.s[w.end] {
		case '/', '\\', '-', '@', '<', '$':
			return 0
		case '.':
			if w.end+1 < len(x.s) && fold[x.s[w.end+1]] != 0 {
				return 0
			}
		}
	}
	var list []exception
	for _, t := range x.b.triggers[w.hash] {
		if t.exact == x.word(w) {
			list = append(list, t.names...)
		}
	}
	if len(list) == 0 {
		return 0
	}
	start := w.start
	for start > 0 && w.start-start < maxName {
		if c := x.s[start-1]; fold[c] == 0 && c != '.' && c != '$' {
			break
		}
		start--
	}
	full := x.s[start:w.end]
	qualified := start < w.start
	if start > 0 && (x.s[start-1] == '/' || x.s[start-1] == '\\' || x.s[start-1] == '-') {
		return 0
	}
	switch x.before(start) {
	case "throws", "throw", "new", "import", "catch", "extends", "instanceof", "except", "raise", "raises":
		return 0 // a program is shown, not its failure
	}
	var best exception
	for _, e := range list {
		switch {
		case qualified && e.qualified != full && !(e.qualified == "" && builtin(x.s[start:w.start])):
			continue
		case best.code == "" || better(e, best, x, w):
		default:
			continue
		}
		if e.variant != "" && !x.says(w.end, e.variant) {
			continue
		}
		best = e
	}
	if best.code == "" || best.family == Node && !x.speaks(Node, w) || best.family == Python && shared(list) && !x.speaks(Python, w) {
		return 0
	}
	if best.variant != "" {
		w.end += strings.Index(strings.ToLower(x.ahead(w.end, len(best.variant)+maxGap)), strings.ToLower(best.variant)) + len(best.variant)
	}
	return x.add(start, w.end, best.code)
}

// shared reports whether Node knows the name as well, so that it says nothing without its language around it.
func shared(list []exception) bool {
	return slices.ContainsFunc(list, func(e exception) bool { return e.family == Node })
}

func builtin(path string) bool { return path == "builtins." || path == "exceptions." }

// says reports whether the message after a class begins so.
func (x *scan) says(at int, variant string) bool {
	rest := x.ahead(at, len(variant)+3)
	rest = strings.TrimLeft(rest, ": ")
	return len(rest) >= len(variant) && strings.EqualFold(rest[:len(variant)], variant)
}

// better reports whether e fits the place better than what was found before: a message that fits beats none, and for a name
// that two languages share the language that speaks around it.
func better(e, than exception, x *scan, w span) bool {
	if e.family == than.family {
		return e.variant != "" && than.variant == "" && x.says(w.end, e.variant)
	}
	return x.speaks(e.family, w) && !x.speaks(than.family, w)
}

// speaks looks for the marks of a language around a place: a trace before it (Python) or after it (the others).
func (x *scan) speaks(f Family, w span) bool {
	after := x.s[w.end:min(len(x.s), w.end+400)]
	switch f {
	case Python:
		return x.near(hintPython, w.start, 8000)
	case Java:
		return strings.Contains(after, ".java:")
	case DotNet:
		return strings.Contains(after, "   at ") && !strings.Contains(after, ".js:") && !strings.Contains(after, ".java:")
	case Node:
		for _, mark := range []string{".js:", "node:", "Cannot read prop", "is not a function", "is not defined", "is not iterable", "of undefined", " is null", " is undefined", "JavaScript"} {
			if strings.Contains(after, mark) {
				return true
			}
		}
	}
	return false
}
