package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"firebreak/internal/fault"
)

const (
	maxQueryBytes   = 512
	maxQueryClauses = 32
	// maxJoin is up to how many words a phrase is also looked for as one code,
	// and a code as a phrase.
	maxJoin = 8
)

// Query is what a person searches for. The zero Query is empty.
//
//	word         the row has this word or code, in the title, the body or as a part of a code
//	wor*         a word that begins so, from two letters on
//	"two words"  in this order, in the title or in the body
//	-word        the row does not have it
//
// All words must be there. A code such as ORA-01555 also finds the words
// "ORA 01555" in a row, and the other way round. Everything else a person may
// type (brackets, AND, colons) is read as words or ignored.
type Query struct{ clauses []clause }

// clause is one word or phrase: terms that follow one another.
type clause struct {
	terms   []term
	prefix  bool // the last term may go on
	exclude bool
}

type term struct {
	whole  string
	pieces []string // of a code; nil for a plain word
	loose  bool     // may be looked for as a phrase of its pieces, or joined to its neighbours
}

// ParseQuery reads what was typed into a search box. With typing the last word
// may be unfinished and is searched as a beginning. It fails only when the
// query is too long; the error names the field q.
func ParseQuery(text string, typing bool) (Query, error) {
	if len(text) > maxQueryBytes {
		return Query{}, fault.Invalid("q", "The search is too long.", "Search for at most 512 characters: the words that matter, or the error code alone.")
	}
	var q Query
	last := -1 // the clause the cursor stands at, if it may go on
	for rest := text; rest != ""; {
		rest = strings.TrimLeftFunc(rest, isBlank)
		exclude := false
		if len(rest) > 1 && rest[0] == '-' && rest[1] != '-' {
			exclude, rest = true, rest[1:]
		}
		var raw string
		var closed bool
		if n := quoteLen(rest); n > 0 {
			raw, rest, closed = cutQuote(rest[n:])
		} else {
			raw, rest = cutWord(rest)
		}
		c := clause{terms: terms(raw), exclude: exclude}
		if len(c.terms) == 0 {
			continue
		}
		c.prefix = strings.HasSuffix(raw, "*") && c.mayGoOn()
		last = -1
		if typing && rest == "" && !closed && !exclude && goesOn(raw) && c.mayGoOn() {
			last = len(q.clauses)
		}
		if q.clauses = append(q.clauses, c); len(q.clauses) > maxQueryClauses {
			return Query{}, fault.Invalid("q", "The search has more than 32 words.", "Leave some out, or put an error message in quotation marks.")
		}
	}
	if last >= 0 {
		q.clauses[last].prefix = true
	}
	return q, nil
}

func isBlank(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// goesOn reports whether a typed word ends in a letter or a joint, so that
// more of it may come.
func goesOn(raw string) bool {
	r, _ := utf8.DecodeLastRuneInString(raw)
	return kindOf(r) != gap
}

// quoteLen is the length in bytes of the quotation mark that s begins with.
func quoteLen(s string) int {
	for _, q := range []string{`"`, "“", "”", "„"} {
		if strings.HasPrefix(s, q) {
			return len(q)
		}
	}
	return 0
}

// cutQuote splits s at the closing quotation mark; without one, all of it was
// quoted.
func cutQuote(s string) (inside, after string, closed bool) {
	for i := range s {
		if n := quoteLen(s[i:]); n > 0 {
			return s[:i], s[i+n:], true
		}
	}
	return s, "", false
}

func cutWord(s string) (word, after string) {
	for i, r := range s {
		if isBlank(r) || quoteLen(s[i:]) > 0 {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

func terms(raw string) []term {
	var out []term
	scan(raw, func(c *code) bool {
		t := term{whole: string(c.whole()), loose: !c.cjk && !c.numeric()}
		if len(c.pieces) > 1 {
			for i := range c.pieces {
				t.pieces = append(t.pieces, string(c.span(i, i+1)))
			}
		}
		if c.cjk {
			t.pieces = nil
		}
		out = append(out, t)
		return true
	})
	return out
}

// mayGoOn reports whether a prefix search for the last term makes sense: one
// letter would match half the desk, and a letter of an unspaced script is
// already whole.
func (c clause) mayGoOn() bool {
	t := c.terms[len(c.terms)-1].whole
	r, n := utf8.DecodeRuneInString(t)
	return n < len(t) && kindOf(r) != single
}

// Empty reports whether the query asks for nothing: no words, or only
// exclusions. It then matches no row.
func (q Query) Empty() bool {
	for _, c := range q.clauses {
		if !c.exclude {
			return false
		}
	}
	return true
}

// Words returns the terms asked for, in order and each once, without those
// excluded.
func (q Query) Words() []string {
	var words []string
	seen := map[string]bool{}
	for _, c := range q.clauses {
		for _, t := range c.terms {
			if !c.exclude && !seen[t.whole] {
				seen[t.whole] = true
				words = append(words, t.whole)
			}
		}
	}
	return words
}

// phrase is one way to satisfy a clause: a single term anywhere, or terms that
// follow one another in the title or the body.
type phrase struct {
	terms  []string
	prefix bool
}

// ways lists the alternatives that satisfy c, one or two.
func (c clause) ways() []phrase {
	main := phrase{prefix: c.prefix}
	for _, t := range c.terms {
		main.terms = append(main.terms, t.whole)
	}
	ways := []phrase{main}
	switch n := len(c.terms); {
	case n == 1:
		t := c.terms[0]
		if k := len(t.pieces); k > 1 && k <= maxJoin && t.loose && (!c.prefix || utf8.RuneCountInString(t.pieces[k-1]) > 1) {
			ways = append(ways, phrase{terms: t.pieces, prefix: c.prefix})
		}
	case n <= maxJoin:
		loose := false
		for _, t := range c.terms {
			if t.pieces != nil || !t.loose && !digits([]byte(t.whole)) {
				return ways
			}
			loose = loose || t.loose
		}
		if joined := strings.Join(main.terms, "_"); loose && len(joined) <= maxTerm {
			ways = append(ways, phrase{terms: []string{joined}, prefix: c.prefix})
		}
	}
	return ways
}

// FTSMatch returns the query for MATCH on an FTS5 table with the columns
// title, body and parts. Where the table has more columns, put it in
// parentheses after the filter {title body parts}.
func (q Query) FTSMatch() string { return q.match("", "") }

// TitleFTSMatch is FTSMatch for rows that have all of it in the title; what is
// excluded must not be in any of title, body and parts.
func (q Query) TitleFTSMatch() string { return q.match("{title} : ", "{title body parts} : ") }

// match writes the clauses asked for and those excluded, each under a column
// filter.
func (q Query) match(yesIn, noIn string) string {
	if q.Empty() {
		return `""`
	}
	var yes, no []string
	for _, c := range q.clauses {
		ways := c.ways()
		texts := make([]string, len(ways))
		for i, w := range ways {
			texts[i] = `"` + strings.Join(w.terms, " ") + `"`
			if w.prefix {
				texts[i] += "*"
			}
			if len(w.terms) > 1 {
				texts[i] = "{title body} : " + texts[i]
			}
		}
		text := strings.Join(texts, " OR ")
		if len(texts) > 1 {
			text = "(" + text + ")"
		}
		if c.exclude {
			no = append(no, text)
		} else {
			yes = append(yes, text)
		}
	}
	match := strings.Join(yes, " AND ")
	if yesIn != "" || len(no) > 0 {
		match = yesIn + "(" + match + ")"
	}
	if len(no) > 0 {
		match += " NOT " + noIn + "(" + strings.Join(no, " OR ") + ")"
	}
	return match
}

// TSQuery returns a literal for a cast to tsquery in PostgreSQL; an empty query
// gives the empty literal, which matches nothing.
func (q Query) TSQuery() string { return q.literal(false) }

// TitleTSQuery is TSQuery for rows that have all of it in the title; what is
// excluded must not be anywhere in the row.
func (q Query) TitleTSQuery() string { return q.literal(true) }

func (q Query) literal(title bool) string {
	if q.Empty() {
		return ""
	}
	var out []byte
	for i, c := range q.clauses {
		if i > 0 {
			out = append(out, " & "...)
		}
		if c.exclude {
			out = append(out, '!')
		}
		ways := c.ways()
		group := len(ways) > 1 || len(ways[0].terms) > 1
		if group {
			out = append(out, '(')
		}
		for j, w := range ways {
			if j > 0 {
				out = append(out, " | "...)
			}
			for k, t := range w.terms {
				if k > 0 {
					out = append(out, " <-> "...)
				}
				if title && !c.exclude {
					t = titleMark + t
				}
				out = appendLexeme(out, t)
				if w.prefix && k == len(w.terms)-1 {
					out = append(out, ":*"...)
				}
			}
		}
		if group {
			out = append(out, ')')
		}
	}
	return string(out)
}
