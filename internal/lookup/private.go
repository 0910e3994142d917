package lookup

import (
	"strings"
	"sync"

	"firebreak/internal/redact"
)

// noFinder finds private data by what everybody's looks like.
var noFinder = sync.OnceValue(func() *redact.Finder {
	f, _ := redact.New(redact.Options{MinScore: 0.3})
	return f
})

// hard kinds stay whoever asks: what they are worth is not a matter of taste.
var hard = map[redact.Kind]bool{redact.Secret: true, redact.Email: true, redact.Card: true, redact.IBAN: true, redact.Routing: true, redact.Account: true,
	redact.SSN: true, redact.NationalID: true, redact.Passport: true, redact.Licence: true, redact.Phone: true, redact.BirthDate: true}

// personal kinds tell of people: where one is found, the words around it are let out more carefully.
var personal = map[redact.Kind]bool{redact.Person: true, redact.Organization: true, redact.Street: true, redact.Email: true, redact.Phone: true, redact.Card: true,
	redact.IBAN: true, redact.SSN: true, redact.NationalID: true, redact.Passport: true, redact.Licence: true, redact.Customer: true, redact.Secret: true, redact.BirthDate: true,
	redact.User: true, redact.Account: true, redact.Routing: true}

// technicalKinds are found in every log; technical words in them are no secret where they stand elsewhere.
var technicalKinds = map[redact.Kind]bool{redact.Host: true, redact.Domain: true, redact.URL: true, redact.IP: true, redact.MAC: true, redact.Date: true}

// names gathers the words that must not leave wherever they stand, with what they are.
type names map[string]redact.Kind

// deny notes the words of a private stretch, and what they are in plain letters.
func (n names) deny(s string, k redact.Kind) {
	note := func(w string) {
		if len(w) < 2 || technicalKinds[k] && (len(w) < 3 || words().class(w) == core || words().class(w) == product) {
			return
		}
		if _, ok := n[w]; !ok || hard[k] {
			n[w] = k
		}
	}
	each := func(s string) {
		wordsIn(s, note)
		parts(s, note)
	}
	each(s)
	decoded(s, each)
}

// own notes the desk's own names. Of a name of several words the technical ones may leave, unless the whole name stands
// there, which the Finder sees.
func (n names) own(o redact.Own) {
	for _, l := range []struct {
		names []string
		kind  redact.Kind
	}{{o.People, redact.Person}, {o.Logins, redact.User}, {o.Clients, redact.Organization}, {o.Hosts, redact.Host}, {o.Applications, redact.Application}} {
		for _, name := range l.names {
			single := !strings.ContainsAny(strings.TrimSpace(name), " -_.")
			wordsIn(name, func(w string) {
				if len(w) >= 2 && (single || words().class(w) != core) {
					n[w] = l.kind
				}
			})
		}
	}
}

// joinedParts notes words that a program would put together: "jo" + "hn".
func (n names) joinedParts(s string) {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c != '"' && c != '\'' {
			continue
		}
		j := i + 1
		for j < len(s) && j < i+8 && strings.IndexByte(" +.&|\\\n", s[j]) >= 0 {
			j++
		}
		if j == i+1 || j >= len(s) || s[j] != '"' && s[j] != '\'' || !strings.ContainsAny(s[i+1:j], "+.&|") {
			continue
		}
		from, to := i, j+1
		for from > 0 && i-from < 60 && (wordByte(s[from-1]) || strings.IndexByte(" .-@_/", s[from-1]) >= 0) {
			from--
		}
		for to < len(s) && to-j < 60 && (wordByte(s[to]) || strings.IndexByte(" .-@_/", s[to]) >= 0) {
			to++
		}
		if whole := s[from:i] + s[j+1:to]; from < i && to > j+1 {
			n.deny(whole, redact.Person)
			n.deny(s[from:i], redact.Person)
			n.deny(s[j+1:to], redact.Person)
		}
	}
}

func wordByte(c byte) bool { return asciiLetter(c) || isDigit(c) || c >= 0x80 }

// kindWords name kinds for people.
var kindWords = map[redact.Kind]string{
	redact.Person: "the name of a person", redact.Title: "how a person is addressed", redact.Nationality: "tells of a person", redact.Age: "somebody's age",
	redact.BirthDate: "a date of birth", redact.Date: "a date", redact.Organization: "the name of a firm", redact.Street: "an address", redact.Place: "a place", redact.Postcode: "a postcode",
	redact.Coordinates: "a position", redact.Phone: "a telephone number", redact.Email: "an e-mail address", redact.User: "a login", redact.Host: "the name of a machine", redact.Domain: "a domain",
	redact.URL: "an address on the web", redact.IP: "an address of a machine", redact.MAC: "an address of a machine", redact.Card: "a card number", redact.IBAN: "a bank account", redact.Routing: "a bank",
	redact.Account: "a bank account", redact.SSN: "a social security number", redact.NationalID: "a number of a person", redact.Passport: "a passport number", redact.Licence: "a driver licence number",
	redact.Customer: "a customer's number or name", redact.Secret: "a secret", redact.Application: "an application of this desk"}

func whyKind(k redact.Kind) string {
	if w := kindWords[k]; w != "" {
		return w
	}
	return "private"
}
