package privacy

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/redact"
)

// Pattern finds numbers that only this desk knows, such as those of customers and policies. Its examples are kept with it, so
// that it cannot be changed into one that no longer does what it was made for.
type Pattern struct {
	ID        id.ID       `json:"id"`
	Name      string      `json:"name" doc:"what it finds, e.g. policy number"`
	Kind      redact.Kind `json:"kind" doc:"what it counts as; customer when not given"`
	Expr      string      `json:"expr" doc:"a regular expression (RE2); a group, when there is one, is the private part"`
	Keyword   string      `json:"keyword,omitempty" doc:"a word that stands at most 40 characters before it, in any case"`
	Finds     []string    `json:"finds,omitempty" doc:"texts in which it must find something"`
	Spares    []string    `json:"spares,omitempty" doc:"texts in which it must find nothing"`
	AuthorID  id.ID       `json:"author_id,omitzero"`
	Author    string      `json:"author,omitempty"`
	CreatedAt time.Time   `json:"created_at,omitzero"`
	UpdatedAt time.Time   `json:"updated_at,omitzero"`
}

// Bounds of patterns.
const (
	MaxPatterns = 100
	MaxName     = 80
	MaxExpr     = 500
	MaxKeyword  = 60
	MaxExamples = 20
	MaxExample  = 300
	// maxProgram bounds the size of a pattern when it is made ready; counted repeats multiply it.
	maxProgram = 5000
)

// reach is how far after its keyword something may begin, in characters.
const reach = 40

// Redact gives the pattern as package redact takes it.
func (p Pattern) Redact() redact.Pattern {
	expr := p.Expr
	if p.Keyword != "" {
		open := "("
		if e, err := regexp.Compile(p.Expr); err == nil && e.NumSubexp() > 0 {
			open = "(?:"
		}
		expr = fmt.Sprintf(`(?i:\b%s)[^\n]{0,%d}?%s%s)`, regexp.QuoteMeta(p.Keyword), reach, open, p.Expr)
	}
	return redact.Pattern{Name: p.Name, Kind: p.Kind, Expr: expr}
}

// Check says what is wrong with the pattern: its expression, or an example that it does not bear out.
func (p Pattern) Check() error {
	bad := []*fault.Fault{p.checkExpr()}
	if p.Name == "" {
		bad = append(bad, fault.Invalid("name", "The pattern has no name.", "Say what it finds, e.g. policy number."))
	}
	if !Known(p.Kind) {
		bad = append(bad, fault.Invalid("kind", fmt.Sprintf("There is no kind %q.", string(p.Kind)), "Use customer, or another kind of the list."))
	}
	if bad[0] == nil {
		bad = append(bad, p.checkExamples()...)
	}
	return fault.Collect(bad...)
}

func (p Pattern) checkExpr() *fault.Fault {
	const field = "expr"
	if strings.TrimSpace(p.Expr) == "" {
		return fault.Invalid(field, "The expression is empty.", `Write what the number looks like, e.g. \bPOL-[0-9]{8}\b.`)
	}
	tree, err := syntax.Parse(p.Expr, syntax.Perl)
	if err != nil {
		return fault.Invalid(field, "The expression cannot be read: "+readable(err)+".", `It is RE2: \b for the edge of a word, [0-9]{8} for eight digits; there is no look-ahead.`)
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil || len(prog.Inst) > maxProgram {
		return fault.Invalid(field, "The expression is too large once its repeats are counted out.", "Use smaller numbers in { }.")
	}
	e, err := regexp.Compile(p.Redact().Expr)
	if err != nil {
		return fault.Invalid(field, "The expression cannot be read: "+readable(err)+".", "")
	}
	if e.MatchString("") {
		return fault.Invalid(field, "The expression fits an empty text, so it would find something everywhere.", "Say at least one character that must be there; use + instead of *.")
	}
	if p.Keyword == "" {
		for _, plain := range []string{"the job failed because a table was locked", "at java.base/java.lang.Thread.run(Thread.java:840)"} {
			if m := e.FindAllString(plain, -1); len(strings.Join(m, "")) > len(plain)/2 {
				return fault.Invalid(field, "The expression finds most of an ordinary sentence.", "Make it stricter, or give a keyword that must stand before it.")
			}
		}
	}
	return nil
}

// readable gives an error of the expression's syntax without the machinery around it.
func readable(err error) string {
	s := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
	return strings.ReplaceAll(s, "`", "")
}

func (p Pattern) checkExamples() (bad []*fault.Fault) {
	f, err := redact.New(redact.Options{Own: redact.Own{Patterns: []redact.Pattern{p.Redact()}}, Kinds: []redact.Kind{p.Kind}})
	if err != nil {
		return []*fault.Fault{fault.Invalid("expr", "The expression cannot be read.", "")}
	}
	reason := OwnReason + p.Name
	fits := func(s string) bool {
		for _, x := range f.Find(s) {
			if x.Reason == reason {
				return true
			}
		}
		return false
	}
	for _, s := range p.Finds {
		if !fits(s) {
			bad = append(bad, fault.Invalid("finds", fmt.Sprintf("Nothing is found in “%s”, but it should be.", s), "Change the expression or the keyword, or take the example out."))
		}
	}
	for _, s := range p.Spares {
		if fits(s) {
			bad = append(bad, fault.Invalid("spares", fmt.Sprintf("Something is found in “%s”, but nothing should be.", s), "Make the expression stricter, or take the example out."))
		}
	}
	return bad
}

// OwnReason begins the reason of what a pattern of the desk found; its name follows.
const OwnReason = "the desk's own pattern: "
