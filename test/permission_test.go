package test

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// asksNobody are the use cases that need no permission, each with the reason.
var asksNobody = map[string]string{
	"NeedsSetup":      "nobody exists yet",
	"SetUp":           "makes the first administrator, once",
	"SignIn":          "is how one becomes somebody",
	"SignOut":         "ends only the caller's own session",
	"PersonBySession": "finds out who the caller is",
	"PersonByToken":   "finds out who the caller is",
	"DeskSettings":    "the name and the zone stand on every page, the sign-in page too",
	"ClockDue":        "the desk acts itself",
	"SendDue":         "the desk acts itself",
	"SweepClocks":     "the desk acts itself",
	"SweepReplies":    "the desk acts itself",
	"SweepCalendars":  "the desk acts itself",
	"SweepFiles":      "the desk acts itself",
	"SweepRecurrence": "the desk acts itself",
	"SweepPrivacy":    "the desk acts itself",
	"SweepSignatures": "the desk acts itself",
	"SweepWords":      "the desk acts itself",
	"SweepMirror":     "the desk acts itself",
	"WorkSimilar":     "the desk acts itself",
	"LeaveSimilar":    "the desk acts itself",
}

// TestEveryUseCaseAsks finds exported methods of desk.Desk that take a context and reach neither may nor anything that does.
func TestEveryUseCaseAsks(t *testing.T) {
	type method struct {
		calls []string
		at    string
		use   bool // a use case: exported, on *Desk, takes a context
	}
	methods := map[string]*method{}
	for f := range sources(t) {
		if f.test || !strings.HasPrefix(f.path, "internal/desk/") {
			continue
		}
		for _, decl := range f.ast.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			m := &method{at: f.at(fn), use: fn.Recv != nil && receiver(fn) == "Desk" && fn.Name.IsExported() && takesContext(fn)}
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					switch fun := call.Fun.(type) {
					case *ast.Ident: // a function, or a type of the same name as a method
						m.calls = append(m.calls, fun.Name)
					case *ast.SelectorExpr:
						if x, ok := fun.X.(*ast.Ident); ok && x.Name == "d" {
							m.calls = append(m.calls, methodKey(fun.Sel.Name))
						}
					}
				}
				return true
			})
			key := fn.Name.Name
			if fn.Recv != nil {
				key = methodKey(key)
			}
			methods[key] = m
		}
	}
	asks := map[string]bool{"may": true}
	for changed := true; changed; {
		changed = false
		for name, m := range methods {
			if !asks[name] && slices.ContainsFunc(m.calls, func(c string) bool { return asks[c] }) {
				asks[name], changed = true, true
			}
		}
	}
	for key, m := range methods {
		name := strings.TrimPrefix(key, methodKey(""))
		_, excepted := asksNobody[name]
		switch {
		case m.use && !asks[key] && !excepted:
			t.Errorf("%s: Desk.%s asks for no permission. Begin it with may, or say in asksNobody why it needs none", m.at, name)
		case m.use && excepted && asks[key]:
			t.Errorf("%s: Desk.%s asks for a permission now; take it out of asksNobody", m.at, name)
		}
	}
	for name := range asksNobody {
		if methods[methodKey(name)] == nil {
			t.Errorf("there is no Desk.%s; take it out of asksNobody", name)
		}
	}
}

// methodKey tells a method from a function of the same name.
func methodKey(name string) string { return "." + name }

func receiver(fn *ast.FuncDecl) string {
	typ := fn.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if name, ok := typ.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

func takesContext(fn *ast.FuncDecl) bool {
	for _, p := range fn.Type.Params.List {
		if s, ok := p.Type.(*ast.SelectorExpr); ok && s.Sel.Name == "Context" {
			return true
		}
	}
	return false
}
