package jil

import (
	"fmt"
	"strings"
)

// Condition is what a job waits for: terms joined by & and |, read from left to right without precedence, as the
// scheduler does.
type Condition []Term

// Term is one predicate or a group in parentheses. Or says how it is joined to the one before it; the first has none.
type Term struct {
	Or    bool
	Group Condition
	// Kind is s, f, d, t or n for a job's success, failure, done, terminated or not running; e for its exit code; v for
	// the value of a global variable. Empty for a group.
	Kind     string
	Name     string // of the job or the variable
	Instance string // of another scheduler, after ^
	Look     *LookBack
	Compare  string // = != < > <= >=, for e and v
	Value    string
}

// LookBack is how far back a status counts. Without one it counts forever: the success of last Tuesday satisfies today.
// The zero value means: since this job ended last.
type LookBack struct{ Hours, Minutes int }

// Word says the look-back in English.
func (l LookBack) Word() string {
	switch {
	case l.Hours == 9999:
		return "however long ago"
	case l.Hours == 0 && l.Minutes == 0:
		return "since its own last run"
	case l.Minutes == 0:
		return fmt.Sprintf("within %d h", l.Hours)
	case l.Hours == 0:
		return fmt.Sprintf("within %d min", l.Minutes)
	}
	return fmt.Sprintf("within %d h %d min", l.Hours, l.Minutes)
}

// ConditionError says what is wrong in a condition, and where.
type ConditionError struct {
	Column int // byte in the condition, from 1
	Reason string
	Hint   string
}

// Error gives the reason with its place.
func (e *ConditionError) Error() string {
	return fmt.Sprintf("%s (at character %d of the condition)", e.Reason, e.Column)
}

// maxDepth is how deep parentheses may go.
const maxDepth = 100

var kinds = map[string]string{"s": "s", "success": "s", "f": "f", "failure": "f", "d": "d", "done": "d", "t": "t", "terminated": "t", "n": "n", "notrunning": "n",
	"e": "e", "exitcode": "e", "v": "v", "value": "v"}

// ParseCondition reads a condition. Its error is a *ConditionError.
func ParseCondition(s string) (Condition, error) {
	c := &conditionParser{s: s}
	out, err := c.list(0)
	if err == nil && c.i < len(s) {
		err = c.fail("A parenthesis is closed that was not opened.", "")
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

type conditionParser struct {
	s string
	i int
}

func (c *conditionParser) fail(reason, hint string) *ConditionError {
	return &ConditionError{c.i + 1, reason, hint}
}

func (c *conditionParser) blanks() {
	for c.i < len(c.s) && (c.s[c.i] == ' ' || c.s[c.i] == '\t') {
		c.i++
	}
}

func (c *conditionParser) peek() byte {
	if c.i < len(c.s) {
		return c.s[c.i]
	}
	return 0
}

// word takes letters.
func (c *conditionParser) word() string {
	start := c.i
	for c.i < len(c.s) && (c.s[c.i]|0x20 >= 'a' && c.s[c.i]|0x20 <= 'z') {
		c.i++
	}
	return strings.ToLower(c.s[start:c.i])
}

func (c *conditionParser) list(depth int) (Condition, error) {
	if depth > maxDepth {
		return nil, c.fail("The parentheses are nested too deeply.", "Take some apart.")
	}
	var out Condition
	or := false
	for {
		c.blanks()
		t, err := c.term(depth)
		if err != nil {
			return nil, err
		}
		t.Or = or
		out = append(out, t)
		c.blanks()
		switch b := c.peek(); {
		case b == 0 || b == ')':
			return out, nil
		case b == '&' || b == '|':
			c.i++
			if c.peek() == b {
				return nil, c.fail("A condition joins with a single & or |.", "Write one sign, not two.")
			}
			or = b == '|'
		default:
			at := c.i
			switch c.word() {
			case "and":
				or = false
			case "or":
				or = true
			default:
				c.i = at
				return nil, c.fail("Between two conditions & or | is missing.", "Join them with & (and) or | (or).")
			}
		}
	}
}

func (c *conditionParser) term(depth int) (t Term, err error) {
	start := c.i
	switch c.peek() {
	case 0:
		return t, c.fail("A condition is missing here.", "Write one like s(JOB).")
	case '(':
		c.i++
		if t.Group, err = c.list(depth + 1); err != nil {
			return t, err
		}
		if c.peek() != ')' {
			c.i = start
			return t, c.fail("The parenthesis that opens here is not closed.", "Close it with ).")
		}
		c.i++
		return t, nil
	case '!':
		return t, c.fail("The scheduler knows no “not”.", "Use f(JOB) for failure or n(JOB) for not running.")
	}
	w := c.word()
	kind, known := kinds[w]
	c.blanks()
	if c.peek() != '(' || !known {
		c.i = start
		if w == "not" {
			return t, c.fail("The scheduler knows no “not”.", "Use f(JOB) for failure or n(JOB) for not running.")
		}
		return t, c.fail("There is no condition "+quote(firstWord(c.s[start:]))+".", "Use s, f, d, t, n, e or v, each with a name in parentheses.")
	}
	c.i++
	t.Kind = kind
	return t, c.inside(&t)
}

// inside reads "name[^instance][, look-back])" and what e and v are compared with.
func (c *conditionParser) inside(t *Term) error {
	part := func() string {
		c.blanks()
		from := c.i
		for c.i < len(c.s) && !strings.ContainsRune(",)^(&|", rune(c.s[c.i])) {
			c.i++
		}
		return strings.TrimSpace(c.s[from:c.i])
	}
	at := c.i
	t.Name = unquote(part())
	if reason := badName(t.Name); reason != "" {
		c.i = at
		return c.fail("The name in the parentheses "+reason, "")
	}
	if c.peek() == '^' {
		c.i++
		at = c.i
		if t.Instance = part(); badName(t.Instance) != "" {
			c.i = at
			return c.fail("After ^ the name of the other instance is missing.", "Write it as s(JOB^PRD).")
		}
	}
	if c.peek() == ',' {
		c.i++
		at = c.i
		look, ok := lookBack(unquote(part()))
		if !ok || t.Kind == "v" {
			c.i = at
			return c.fail("The look-back cannot be read.", "Write hours and minutes as 12.00; 30 alone means 30 hours, 00.30 half an hour, 0 since its own last run.")
		}
		t.Look = &look
	}
	if c.peek() != ')' {
		return c.fail("The parenthesis is not closed.", "Close it with ).")
	}
	c.i++
	if t.Kind != "e" && t.Kind != "v" {
		return nil
	}
	c.blanks()
	for _, op := range []string{"!=", "<=", ">=", "=", "<", ">"} {
		if strings.HasPrefix(c.s[c.i:], op) {
			t.Compare = op
			c.i += len(op)
			break
		}
	}
	if t.Compare == "" {
		return c.fail("It is not said what the value is compared with.", "Write it as e(JOB) = 4 or v(NAME) != DONE.")
	}
	c.blanks()
	from := c.i
	if c.peek() == '"' {
		end := closing(c.s, c.i)
		if end < 0 {
			return c.fail("The quotation mark is not closed.", "")
		}
		t.Value = c.s[from : end+1]
		c.i = end + 1
		return nil
	}
	for c.i < len(c.s) && !strings.ContainsRune(" \t&|()", rune(c.s[c.i])) {
		c.i++
	}
	if t.Value = c.s[from:c.i]; t.Value == "" {
		return c.fail("The value to compare with is missing.", "Write it as e(JOB) = 4 or v(NAME) != DONE.")
	}
	if _, number := digits(strings.TrimPrefix(t.Value, "-"), 9); t.Kind == "e" && !number {
		c.i = from
		return c.fail("An exit code is a number, not "+quote(t.Value)+".", "")
	}
	return nil
}

// lookBack reads hhhh.mm, hhhh:mm or hours alone.
func lookBack(s string) (l LookBack, ok bool) {
	h, m := s, ""
	if i := strings.IndexAny(s, ".:"); i >= 0 {
		h, m = s[:i], s[i+1:]
		if len(m) != 2 {
			return l, false
		}
		if l.Minutes, ok = digits(m, 2); !ok || l.Minutes > 59 {
			return l, false
		}
	}
	l.Hours, ok = digits(h, 4)
	return l, ok
}

func firstWord(s string) string {
	if i := strings.IndexAny(s, " \t&|()"); i > 0 {
		return s[:i]
	}
	return s
}

// String writes the condition in its canonical form; ParseCondition reads it back to the same.
func (c Condition) String() string {
	var b strings.Builder
	c.write(&b)
	return b.String()
}

func (c Condition) write(b *strings.Builder) {
	for i, t := range c {
		if i > 0 {
			b.WriteString([...]string{" & ", " | "}[btoi(t.Or)])
		}
		if t.Kind == "" {
			b.WriteByte('(')
			t.Group.write(b)
			b.WriteByte(')')
			continue
		}
		b.WriteString(t.Kind + "(" + t.Name)
		if t.Instance != "" {
			b.WriteString("^" + t.Instance)
		}
		if t.Look != nil {
			switch {
			case t.Look.Minutes > 0:
				fmt.Fprintf(b, ",%02d.%02d", t.Look.Hours, t.Look.Minutes)
			default:
				fmt.Fprintf(b, ",%d", t.Look.Hours)
			}
		}
		b.WriteByte(')')
		if t.Compare != "" {
			b.WriteString(" " + t.Compare + " " + t.Value)
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Terms gives every predicate of the condition, those in groups too, in the order of the text.
func (c Condition) Terms() []Term {
	var out []Term
	for _, t := range c {
		if t.Kind == "" {
			out = append(out, t.Group.Terms()...)
		} else {
			out = append(out, t)
		}
	}
	return out
}
