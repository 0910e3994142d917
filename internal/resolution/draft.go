package resolution

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Source is what a draft is written from: the ticket as it stands.
type Source struct {
	Subject     string
	Body        string
	Typed       string // what the agent wrote as what fixed it
	Environment string
	Entries     []Entry // oldest first
}

// Entry is one thing on the ticket's timeline.
type Entry struct {
	FromStaff bool
	Private   bool   // a note, not a reply
	Text      string // of a note or a reply; what a terminal showed
	Evidence  Evidence
	// Statement and Rows are of SQL; Where is its database, or the address of a link.
	Statement string
	Where     string
	Rows      *int
	Exit      *int // of a terminal session, when it says
	At        time.Time
}

// Evidence says what an entry shows.
type Evidence string

const (
	Words    Evidence = ""         // a note or a reply
	SQL      Evidence = "sql"      // a statement with its result
	Terminal Evidence = "terminal" // a session
	Link     Evidence = "link"     // a page outside that helped, with a note
)

const (
	maxCommands = 12
	maxSentence = 400
	maxText     = 32 << 10 // bytes that are read of each text
	maxEntries  = 200      // the latest
)

// head is the beginning of a text, cut at a whole character.
func head(s string) string {
	if len(s) <= maxText {
		return s
	}
	n := maxText
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// Write makes the draft: each field from what is on the ticket, empty where the ticket does not say.
func Write(s Source) Fields {
	s.Subject, s.Body, s.Typed = head(s.Subject), head(s.Body), head(s.Typed)
	s.Entries = slices.Clone(s.Entries[max(0, len(s.Entries)-maxEntries):])
	for i := range s.Entries {
		s.Entries[i].Text, s.Entries[i].Statement = head(s.Entries[i].Text), head(s.Entries[i].Statement)
	}
	f := Fields{Title: title(s), Symptom: symptom(s.Subject, s.Body), Environment: s.Environment}
	f.Cause = cause(s)
	f.Check = check(s)
	f.Fix = fix(s, f.Cause, f.Check)
	return f
}

// title is the subject without the words that say nothing.
func title(s Source) string {
	t := strings.TrimSpace(s.Subject)
	for cut := true; cut; {
		cut = false
		for _, p := range []string{"re:", "fw:", "fwd:", "aw:", "wg:", "urgent:", "urgent!", "[external]", "help:", "please help:"} {
			if len(t) > len(p) && strings.EqualFold(t[:len(p)], p) {
				t, cut = strings.TrimSpace(t[len(p):]), true
			}
		}
	}
	return clip(t, MaxTitle)
}

// failing are words of a sentence that names a failure; the weight says how surely.
var failing = []struct {
	word   string
	weight int
}{
	{"error", 3}, {"exception", 3}, {"fail", 3}, {"cannot", 3}, {"can't", 3}, {"can not", 3}, {"could not", 3}, {"couldn't", 3}, {"refuse", 3}, {"reject", 3},
	{"timed out", 3}, {"timeout", 3}, {"times out", 3}, {"crash", 3}, {"not work", 3}, {"doesn't work", 3}, {"stopped", 3}, {"ended with", 3}, {"denied", 3},
	{"missing", 2}, {"wrong", 2}, {"empty", 2}, {"stuck", 2}, {"hangs", 2}, {"slow", 2}, {"nothing", 2}, {"unknown", 2}, {"unavailable", 2}, {"down", 1}, {"still holds", 2},
	{"does not", 2}, {"doesn't", 2}, {"do not", 1}, {"is not", 2}, {"are not", 2}, {"no longer", 2}, {"twice", 2}, {"late", 1}, {"odd", 1}, {"different", 1}, {"invalid", 2}, {"waits", 1},
	{"stands in", 1}, {"shifted", 2}, {"expired", 3}, {"lost", 2}, {"too ", 1},
}

// symptom is the one or two sentences, in the requester's own words, that name the failure.
func symptom(subject, body string) string {
	sentences := Sentences(Own(body))
	type scored struct {
		at, score int
	}
	var best []scored
	for i, s := range sentences {
		if n := failure(s); n > 0 {
			best = append(best, scored{i, n*4 - i}) // people say it first
		}
	}
	slices.SortStableFunc(best, func(a, b scored) int { return b.score - a.score })
	best = best[:min(2, len(best))]
	slices.SortFunc(best, func(a, b scored) int { return a.at - b.at })
	var out []string
	for _, b := range best {
		out = append(out, clip(sentences[b.at], maxSentence))
	}
	if len(out) == 0 && len(sentences) > 0 && !polite(sentences[0]) {
		out = append(out, clip(sentences[0], maxSentence))
	}
	if len(out) == 0 {
		return clip(strings.TrimSpace(subject), maxSentence)
	}
	return strings.Join(out, " ")
}

func failure(s string) (n int) {
	low := strings.ToLower(s)
	for _, f := range failing {
		if strings.Contains(low, f.word) {
			n += f.weight
		}
	}
	if hasCode(s) {
		n += 3
	}
	return min(n, 9)
}

// hasCode reports whether the text has what looks like an error code: ORA-01555, HTTP500, E1234.
func hasCode(s string) bool {
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_' }) {
		upper, digits := 0, 0
		for _, r := range w {
			switch {
			case unicode.IsUpper(r):
				upper++
			case unicode.IsDigit(r):
				digits++
			case r != '-' && r != '_':
				upper = -99
			}
		}
		if upper >= 2 && digits >= 3 {
			return true
		}
	}
	return false
}

func polite(s string) bool {
	low := strings.ToLower(s)
	for _, p := range []string{"please", "thank", "we need", "i need", "can you", "could you", "hope"} {
		if strings.HasPrefix(low, p) {
			return true
		}
	}
	return false
}

// causes introduce a cause; found are words of one who has found it.
var causes = []string{"root cause", "caused by", "because", "due to", "the reason", "the cause", "cause:", "turned out", "turns out", "the problem was", "that is why", "which is why", "since the"}
var found = []string{"is missing", "was missing", "has cached", "holds the old", "is full", "was full", "had expired", "has expired", "ran out", "was wrong", "is wrong", "was not", "still holds", "was locked", "cannot work", "is from before"}

// cause is the sentence of the latest note or reply of the desk that says why.
func cause(s Source) string {
	texts := []string{s.Typed}
	for _, private := range []bool{true, false} {
		for _, e := range slices.Backward(s.Entries) {
			if e.FromStaff && e.Evidence == Words && e.Private == private {
				texts = append(texts, e.Text)
			}
		}
	}
	for _, words := range [][]string{causes, found} {
		for _, t := range texts {
			for _, sentence := range Sentences(Own(t)) {
				low := strings.ToLower(sentence)
				for _, w := range words {
					if strings.Contains(low, w) && !strings.HasSuffix(sentence, "?") {
						return clip(sentence, maxSentence)
					}
				}
			}
		}
	}
	return ""
}

// proving are words of a sentence that tells of a check.
var proving = []string{"checked", "check:", "check ", "verified", "compared", "all equal", "matches", "match ", "is clean", "are clean", "works again", "returns nothing", "answers in", "confirmed", "tested", "to check", "counts", "connected to", "printed", "went through"}

// good are lines of a terminal or a result that tell of success; bad of the opposite.
var good = []string{"ok", "success", "succeeded", "active (running)", "running", "connected", "established", "200", "passed", "complete", "0 errors", "up to date", "healthy"}
var bad = []string{"error", "fail", "refused", "timed out", "denied", "not found", "syn-sent", "ora-", "exception", "cannot"}

// check is what proved it: the last evidence with a good result, or the sentence of the latest note that tells of a check.
func check(s Source) string {
	for _, e := range slices.Backward(s.Entries) {
		switch e.Evidence {
		case SQL:
			if e.Rows != nil && len(s.Entries) > 1 && tells(e.Text, proving) {
				return "In " + place(e.Where) + ":\n" + fence(e.Statement) + "\ngives " + rows(*e.Rows) + "."
			}
		case Terminal:
			last := lastLine(e.Text)
			commands := Commands(e.Text)
			if len(commands) > 0 && (e.Exit != nil && *e.Exit == 0 && !tells(last, bad) || tells(last, good) && !tells(last, bad)) {
				return fence(commands[len(commands)-1]) + "\nshows: " + clip(last, 200)
			}
		}
	}
	texts := []string{s.Typed}
	for _, e := range slices.Backward(s.Entries) {
		if e.FromStaff && e.Evidence == Words {
			texts = append(texts, e.Text)
		}
	}
	for _, t := range texts {
		for _, sentence := range Sentences(Own(t)) {
			if tells(sentence, proving) && !strings.HasSuffix(sentence, "?") {
				return clip(sentence, maxSentence)
			}
		}
	}
	return ""
}

func tells(s string, words []string) bool {
	low := " " + strings.ToLower(s) + " "
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(low, w) })
}

func rows(n int) string {
	switch n {
	case 0:
		return "no row"
	case 1:
		return "one row"
	}
	return strings.TrimSpace(itoa(n) + " rows")
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

func place(where string) string {
	if where == "" {
		return "the database"
	}
	return where
}

// doing are verbs of one who mends something.
var doing = []string{"restart", "clear", "set ", "replace", "release", "roll", "chang", "fixed", "added", "correct", "install", "increas", "rerun", "re-run", "put ", "moved", "wrote", "start", "stopp", "remov", "reset", "open", "copied", "gather", "cancel", "switch", "enabled", "disabled", "built", "merged"}

// fix is what was done: what the agent wrote as such, else the sentences of the latest note that tell of it; the commands that
// were run; and the pages outside that helped.
func fix(s Source, cause, check string) string {
	text := strings.TrimSpace(s.Typed)
	if text == "" {
		for _, e := range slices.Backward(s.Entries) {
			if !e.FromStaff || e.Evidence != Words {
				continue
			}
			var did []string
			for _, sentence := range Sentences(Own(e.Text)) {
				if tells(sentence, doing) && sentence != cause && sentence != check && !strings.HasSuffix(sentence, "?") {
					did = append(did, clip(sentence, maxSentence))
				}
			}
			if len(did) > 0 {
				text = strings.Join(did[:min(4, len(did))], " ")
				break
			}
		}
	}
	if ran := run(s); len(ran) > 0 && !strings.Contains(text, "```") {
		if text != "" {
			text += "\n\n"
		}
		text += "What was run:\n" + fence(strings.Join(ran, "\n"))
	}
	if links := outside(s); links != "" {
		if text != "" {
			text += "\n\n"
		}
		text += "Found outside:\n" + links
	}
	return clip(text, MaxField)
}

// outside lists the pages outside that helped, with the note on each; those that were written down already are left out.
func outside(s Source) string {
	var out []string
	for _, e := range s.Entries {
		if e.Evidence == Link && e.Where != "" && !strings.Contains(s.Typed, e.Where) {
			if l := "- " + clip(strings.Join(strings.Fields(e.Text), " "), maxSentence) + " " + e.Where; !slices.Contains(out, l) && len(out) < 5 {
				out = append(out, l)
			}
		}
	}
	return strings.Join(out, "\n")
}

// run lists the commands and statements on the ticket, each once, the latest of them when there are many.
func run(s Source) (out []string) {
	add := func(c string) {
		if c = strings.TrimSpace(c); c != "" && len(c) < 2000 && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	for _, e := range s.Entries {
		if !e.FromStaff {
			continue
		}
		switch e.Evidence {
		case SQL:
			add(e.Statement)
		case Terminal:
			for _, c := range Commands(e.Text) {
				add(c)
			}
		default:
			if e.Private && !strings.Contains(s.Typed, "```") {
				for _, c := range fenced(e.Text) {
					add(c)
				}
			}
		}
	}
	if len(out) > maxCommands {
		out = out[len(out)-maxCommands:]
	}
	return out
}

func fence(s string) string {
	return "```\n" + strings.ReplaceAll(strings.TrimSpace(s), "```", "'''") + "\n```"
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for _, l := range slices.Backward(lines) {
		if l = strings.TrimSpace(l); l != "" && prompt(l) < 0 {
			return l
		}
	}
	return ""
}

// clip shortens a text to n characters, at a word.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)[:n-1]
	for i := len(r) - 1; i > len(r)*3/4; i-- {
		if unicode.IsSpace(r[i]) {
			r = r[:i]
			break
		}
	}
	return strings.TrimRightFunc(string(r), unicode.IsSpace) + "…"
}
