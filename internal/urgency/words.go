package urgency

import (
	"strings"
	"unicode"
)

// filler are words that say that something is wanted soon, but not what happens
// if it is not there. An answer made of nothing else names nothing. The list is
// short on purpose: a person is asked again sooner than ignored.
var filler = wordSet(`a an the it its this that is are be was of by for at on to in and or with
	asap urgent urgently urgency emergency critical important priority prio high highest top p1 p2 sev1 sev2 very really now immediately immediate today tonight tomorrow
	eod cob end day week monday tuesday wednesday thursday friday saturday sunday morning afternoon evening noon soon sooner earliest possible as please pls thanks quickly quick fast
	because just since so says said told asks asked want wants wanted need needs needed require requires required must have has do done fix fixed
	boss manager management director client customer user they he she we i you me us my our their his her
	deadline due date time na none nil no not nothing nobody not known know unknown don't dont doesn't doesnt sure idea tbd tbc test x xx xxx
	yes ok any reason reasons happens happen special particular`)

// named reports whether the text names something: it has a word that is neither
// filler nor a number.
func named(text string) bool {
	for _, word := range words(text) {
		if !filler[word] && strings.ContainsFunc(word, unicode.IsLetter) {
			// "n/a" and "p.m." come as single letters.
			if len([]rune(word)) > 1 || word[0] >= 0x80 {
				return true
			}
		}
	}
	return false
}

// glue are words of an event's name that carry nothing.
var glue = wordSet(`a an the of on at for to in and is are by our their its`)

// generic are words that many events and many sentences share. Alone they do
// not point to an event.
var generic = wordSet(`run job batch process processing task cycle window start end close closing open opening cut off cutoff go live
	day daily night nightly week weekly month monthly quarter quarterly year yearly annual morning noon evening midnight
	first last next new business file system report date time deadline`)

// match is how clearly a text names an event.
type match int

const (
	unnamed match = iota
	partly        // it shares at least half of the telling words of the name
	fully         // it has all of the telling words of the name
)

// names says how clearly a text names the event. The telling words of "Billing
// run" are "billing" alone; a name of generic words ("Month-end close") is
// named only by all of them.
func names(text, event string) match {
	said := map[string]bool{}
	for _, word := range words(text) {
		said[stem(word)] = true
	}
	var telling, all, toldTelling, toldAll int
	seen := map[string]bool{}
	for _, word := range words(event) {
		if glue[word] || seen[stem(word)] {
			continue
		}
		seen[stem(word)] = true
		told := 0
		if said[stem(word)] {
			told = 1
		}
		all, toldAll = all+1, toldAll+told
		if !generic[word] && !generic[stem(word)] {
			telling, toldTelling = telling+1, toldTelling+told
		}
	}
	switch {
	case telling == 0 && all >= 2 && toldAll == all:
		return fully
	case telling == 0 || toldTelling == 0 || 2*toldTelling < telling:
		return unnamed
	case toldTelling == telling:
		return fully
	}
	return partly
}

// words splits a text into lower-case words; an apostrophe inside a word stays.
func words(text string) []string {
	text = strings.ReplaceAll(strings.ToLower(text), "’", "'")
	split := strings.FieldsFunc(text, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsMark(c) && c != '\''
	})
	found := split[:0]
	for _, word := range split {
		if word = strings.Trim(word, "'"); word != "" {
			found = append(found, word)
		}
	}
	return found
}

// stem makes one word of "run" and "runs", "invoice" and "invoice's".
func stem(word string) string {
	word = strings.TrimSuffix(word, "'s")
	if len(word) > 3 && strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") {
		word = word[:len(word)-1]
	}
	return word
}

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		set[word] = true
	}
	return set
}

// plain makes free text fit for a sentence: one line, no control characters
// (nor those that turn the direction of writing), cut at 120 characters,
// without the mark at its end.
func plain(text string) string {
	const most = 120
	text = strings.ToValidUTF8(text, "�")
	text = strings.Join(strings.FieldsFunc(text, func(c rune) bool {
		return unicode.IsSpace(c) || unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c)
	}), " ")
	if runes := []rune(text); len(runes) > most {
		return strings.TrimSpace(string(runes[:most-1])) + "…"
	}
	return strings.TrimRight(text, ".!? ")
}
