package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"firebreak/internal/redact/list"
)

// capital tells whether the word is written like a name.
func (n *namer) capital(i int) bool {
	switch w := n.t.words[i]; w.shape {
	case title, upper:
		return true
	case mixed:
		return n.namelike(i) || n.cue[i]&cueLegal != 0 || elided(n.t.s[w.start:w.end])
	case lower:
		return w.wide && caseless(n.t.s[w.start:w.end])
	}
	return false
}

// caseless tells whether the letters have no case, as those of Chinese or Hebrew.
func caseless(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r) && !unicode.IsLower(r) && !unicode.IsUpper(r)
}

// elided tells whether a word is one like d'Ouchy.
func elided(s string) bool {
	for _, p := range []string{"d'", "l'", "d’", "l’", "dell'", "dall'"} {
		if rest, ok := strings.CutPrefix(s, p); ok {
			r, _ := utf8.DecodeRuneInString(rest)
			return unicode.IsUpper(r)
		}
	}
	return false
}

// namelike tells whether a word of mixed case is one of names: McDonald, O'Neill, DeVito, but not NameNode.
func (n *namer) namelike(i int) bool {
	s := n.word(i)
	r, size := utf8.DecodeRuneInString(s)
	if !unicode.IsUpper(r) {
		return false
	}
	for _, p := range []string{"Mc", "Mac", "O'", "O’", "D'", "D’", "De", "Di", "La", "Le", "Van", "Fitz", "L'", "Du", "Ó"} {
		if rest, ok := strings.CutPrefix(s, p); ok && len(rest) > 2 {
			r, size := utf8.DecodeRuneInString(rest)
			if unicode.IsUpper(r) && strings.IndexFunc(rest[size:], unicode.IsUpper) < 0 {
				return p[len(p)-1] == '\'' || p == "Mc" || p == "Mac" || p == "Fitz" || n.of(i)&list.Person != 0 && n.of(i)&list.Tech == 0
			}
		}
	}
	return strings.IndexFunc(s[size:], unicode.IsUpper) < 0
}

// code tells whether the word is part of an identifier, a path or an address.
func (n *namer) code(i int) bool {
	w, s := n.t.words[i], n.t.s
	if a := int(w.start); a > 0 {
		switch s[a-1] {
		case '_', '/', '\\', '$', '@', '#', '%', '&', '~', '<':
			return true
		case '.', ':':
			return a > 1 && s[a-2] != ' ' && (class[s[a-2]] != 0 || s[a-2] == ':') && !(i > 0 && n.initial(i-1) && s[a-1] == '.')
		case '-':
			return a > 1 && class[s[a-2]] == 0 && s[a-2] != ' ' || i > 0 && n.t.words[i-1].shape >= digits
		}
	}
	if b := int(w.end); b < len(s) {
		switch s[b] {
		case '_', '/', '\\', '$', '@', '=', '(', '[', '{', '<', '+', '>':
			return true
		case '.', ':':
			return b+1 < len(s) && class[s[b+1]] != 0 && !n.initial(i)
		case '-':
			return b+1 < len(s) && (class[s[b+1]]&isDigit != 0 || class[s[b+1]]&isLower != 0 && !(n.grade.prose && i+1 < len(n.t.words) && n.of(i+1)&list.Word == 0))
		}
	}
	return false
}
