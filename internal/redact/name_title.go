package redact

import (
	"strings"

	"firebreak/internal/redact/list"
)

// jobs proposes job titles: "Ana Example, the Packager, said", a line of its own below a name, "Title: Chief Cook".
func (n *namer) jobs() {
	w := n.t.words
	for i := n.from; i < n.to; i++ {
		if n.cue[i]&(cueJob|cueRole) == 0 && !trade(n.t.of(w[i])) || n.taken[i] || n.code(i) {
			continue
		}
		// A title ends in the word for the job; what stands before it on the line may be part of it.
		from := i
		for from > n.from && i-from < 6 && !n.taken[from-1] && (n.gap(from) == " " || n.gap(from) == ", " || n.gap(from) == "-" || n.gap(from) == "/") &&
			w[from-1].shape != digits && n.cue[from-1]&(cueSay|cueOpener)&^cueFunction == 0 && n.cue[from-1]&(cueFunction) == 0 {
			from--
		}
		to := i + 1
		p := 0.0
		switch {
		case from > n.from && n.gap(from) == " " && strings.EqualFold(n.t.of(w[from-1]), "the") && from-1 > n.from && n.taken[from-2] && n.gap(from-1) == ", ":
			if to < n.to && strings.HasPrefix(n.gap(to), ",") { // NAME, the TITLE, said
				p = 2.5
			}
		case n.ends(to) && n.from > 0 && n.taken[n.from-1] && !n.taken[n.from] && strings.TrimSpace(n.gap(n.from)) == "" && n.to-n.from <= 7 && !n.grade.log:
			from, p = n.from, 2.2 // a line of its own below a name
		case from > n.from && n.taken[from-1] && n.as[from-1] == Person && n.gap(from) == ", " && (to == n.to || strings.HasPrefix(n.gap(to), ",") || n.gap(to) == " " && (n.t.of(w[to]) == "of" || n.t.of(w[to]) == "at" || n.t.of(w[to]) == "for")):
			p = 2.2 // NAME, TITLE, said
		case from > n.from && n.label(from-1):
			p = 2.5
		default:
			// "works as an X", "as X": the work stands before.
			a := from - 1
			if a > n.from && (n.t.of(w[a]) == "a" || n.t.of(w[a]) == "an" || n.t.of(w[a]) == "the") && n.gap(a+1) == " " {
				a--
			}
			if a > n.from && n.t.of(w[a]) == "as" && n.gap(a) == " " && n.backLine(a, 8)&cueWork != 0 && n.tech <= 2 {
				p = 2.5
			}
		}
		if p >= enough && n.of(i)&list.Country == 0 {
			n.take(from, to, Title, p, "a job title")
			i = to - 1
		}
	}
}

// ends tells whether the line ends before word i.
func (n *namer) ends(i int) bool {
	return i >= n.to && (i >= len(n.t.words) || strings.HasPrefix(n.gap(i), "\n") || strings.HasPrefix(n.gap(i), "\r"))
}

// label tells whether word i is a label of a job title: "Job title:".
func (n *namer) label(i int) bool {
	if g := n.gap(i + 1); !strings.HasPrefix(g, ":") {
		return false
	}
	switch strings.ToLower(n.t.of(n.t.words[i])) {
	case "title", "position", "occupation", "job", "profession", "role":
		return i == n.from || i == n.from+1
	}
	return false
}

// trade tells whether a word ends like those for trades of learning.
func trade(s string) bool {
	for _, e := range []string{"grapher", "ologist", "therapist", "ician"} {
		if len(s) > len(e)+2 && strings.HasSuffix(s, e) {
			return true
		}
	}
	return false
}
