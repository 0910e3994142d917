package signature

import "strings"

// libraries are the beginnings of what is not the application's own code.
var libraries = []string{
	"java.", "javax.", "jakarta.", "jdk.", "sun.", "com.sun.", "kotlin.", "kotlinx.", "scala.", "groovy.", "akka.", "clojure.",
	"org.apache.", "org.springframework.", "org.hibernate.", "org.eclipse.", "org.jboss.", "org.postg", "org.junit.", "org.codehaus.", "org.slf4j.", "org.quartz.",
	"io.netty.", "io.undertow.", "io.grpc.", "io.micrometer.", "io.quarkus.", "io.vertx.", "reactor.", "rx.", "okhttp3.", "feign.", "oracle.", "weblogic.",
	"com.ibm.", "com.mysql.", "com.zaxxer.", "com.fasterxml.", "com.google.common.", "com.mchange.", "ch.qos.logback.", "net.sf.cglib.",
	"System.", "Microsoft.", "MS.", "Npgsql.", "Newtonsoft.",
	"runtime.", "runtime/", "testing.", "net/http.", "reflect.", "sync.", "database/sql.", "encoding/", "internal/",
}

// foreign are parts of the places of files that are not the application's own.
var foreign = []string{"site-packages", "dist-packages", "/lib/python", "<frozen", "node_modules", "node:", "internal/", "/usr/local/go/src/", "/usr/lib/go", "/pkg/mod/", "<string>"}

// frame is a place in a program.
type frame struct {
	name string // Class.method, module.function
	own  bool   // it is the application's
}

// callFrame reads «at package.Class.method(Class.java:12)», «at Name.Space.Type.Method(String a) in C:\x.cs:line 12»
// and «at method (/srv/app/x.js:10:5)». Anything may stand before the «at» but a word.
func callFrame(line string) (f frame, ok bool) {
	at := 0
	for {
		i := strings.Index(line[at:], "at ")
		if i < 0 {
			return f, false
		}
		at += i + 3
		if at == 3 || class[line[at-4]]&(letter|digit|under) == 0 {
			break
		}
	}
	rest := strings.TrimSpace(line[at:])
	if rest == "" || class[rest[0]]&(letter|under|slash|cut) == 0 {
		return f, false
	}
	open := strings.IndexByte(rest, '(')
	name := rest
	where := ""
	if open >= 0 {
		name, where = strings.TrimSpace(rest[:open]), rest[open+1:]
		if end := strings.IndexByte(where, ')'); end >= 0 && !strings.Contains(where[end:], " in ") {
			where = where[:end]
		}
	}
	name = strings.TrimPrefix(name, "async ")
	name = strings.TrimPrefix(name, "new ")
	switch {
	case open < 0: // a module of Node without a function: at /srv/app/x.js:10:5
		if !scriptAt(name) {
			return f, false
		}
		return frame{name: "(" + baseName(name) + ")", own: isOwn("", name)}, true
	case scriptAt(where): // at Object.<anonymous> (/srv/app/x.js:10:5)
		name = strings.Replace(name, "<anonymous>", baseName(where), 1)
		return frame{name: plainName(name), own: isOwn("", where)}, name != ""
	case strings.IndexByte(name, ' ') >= 0 || strings.IndexByte(name, '.') < 1:
		return f, false
	case javaPlace(where):
		if i := strings.LastIndexByte(name, '/'); i >= 0 { // of a module: java.base/java.lang…
			name = name[i+1:]
		}
	case strings.Contains(where, ") in ") && strings.Contains(where, ":line ") || strings.HasSuffix(strings.TrimSpace(line), ")") && class[name[0]]&upper != 0:
	default:
		return f, false
	}
	return frame{name: plainName(name), own: isOwn(name, "")}, true
}

// javaPlace reports whether the brackets of a frame hold what Java puts there.
func javaPlace(where string) bool {
	return strings.Contains(where, ".java") || strings.Contains(where, ".kt") || strings.Contains(where, ".scala") || strings.Contains(where, ".groovy") ||
		strings.HasPrefix(where, "Native Method") || strings.HasPrefix(where, "Unknown Source") || strings.HasPrefix(where, "<generated>") || strings.HasPrefix(where, "SourceFile")
}

// scriptAt reports whether s is file:line:column of a script.
func scriptAt(s string) bool {
	for range 2 {
		i := strings.LastIndexByte(s, ':')
		if i < 1 || digitsEnd(s, i+1) != len(s) || i+1 == len(s) {
			return false
		}
		s = s[:i]
	}
	return true
}

// baseName is the file of a place, without directory and line.
func baseName(s string) string {
	if i := strings.LastIndexAny(s, `/\`); i >= 0 {
		s = s[i+1:]
	}
	if i := strings.IndexByte(s, ':'); i > 0 {
		s = s[:i]
	}
	return s
}

func isOwn(name, place string) bool {
	for _, l := range libraries {
		if name != "" && strings.HasPrefix(name, l) {
			return false
		}
	}
	for _, l := range foreign {
		if place != "" && strings.Contains(place, l) {
			return false
		}
	}
	return !strings.Contains(name, "$$") && !strings.Contains(name, "$Proxy")
}

// plainName takes the numbers that a compiler made out of a name: lambda$close$7, $$Lambda$41/0x8000, func2.1.
func plainName(name string) string {
	if i := strings.IndexByte(name, '['); i > 0 { // type arguments
		name = name[:i]
	}
	var b [96]byte
	out := b[:0]
	for i := 0; i < len(name); i++ {
		if (name[i] == '$' || name[i] == '/' || name[i] == '.' || name[i] == '_' || name[i] == '`') && i+1 < len(name) && isDigit(name[i+1]) {
			n := i + 1
			for n < len(name) && (isHex(name[n]) || name[n] == 'x') {
				n++
			}
			if n == len(name) || class[name[n]]&(letter|under) == 0 {
				i = n - 1
				continue
			}
		}
		out = append(out, name[i])
	}
	return string(out)
}

// pythonFrame reads «File "x.py", line 3, in close».
func pythonFrame(line string) (f frame, ok bool) {
	_, rest, found := strings.Cut(line, `File "`)
	if !found {
		return f, false
	}
	file, rest, found := strings.Cut(rest, `", line `)
	if !found {
		return f, false
	}
	_, name, found := strings.Cut(rest, ", in ")
	if !found {
		name = "<module>"
	}
	module := strings.TrimSuffix(baseName(file), ".py")
	return frame{name: module + "." + strings.TrimSpace(name), own: isOwn("", file)}, true
}

// goFrame reads a function of a goroutine, «main.(*Server).close(0xc000…, 0x1)», whose file stands on the next line.
func goFrame(line, next string) (f frame, ok bool) {
	line = strings.TrimSpace(line)
	i := strings.Index(next, ".go:")
	open := strings.LastIndexByte(line, '(')
	if i < 0 || open < 1 || strings.HasPrefix(line, "created by ") || strings.ContainsAny(line[:open], " \t") || !strings.Contains(line[:open], ".") {
		return f, false
	}
	name := line[:open]
	return frame{name: plainName(strings.ReplaceAll(name, ".func1", "")), own: isOwn(name, next) && name != "panic"}, true
}
