package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"hash/maphash"
	"maps"
	"strconv"
	"strings"
)

// Pseudonyms gives private things names that stay the same within a document, so that a log can still be followed:
// PERSON_1 is one person throughout. The zero value is ready. It is not safe for use by several goroutines.
type Pseudonyms struct {
	// Key, when it is set, makes names of the values themselves instead of counting them: CARD_K7Q2 is the same card in
	// whatever part of a long document one looks. Without the key nobody can try out values.
	Key []byte

	names map[uint64]int // by a hash of kind and value: the values themselves are not kept
	count map[Kind]int
	seed  maphash.Seed
}

// maxNames is how many values are counted. Those that come after are named by their hash, so that memory stays small
// whatever comes; the seed is new each time, so that nobody can try out values.
const maxNames = 1 << 18

// keyLength bounds what of a value is remembered. Longer ones count as the same when they begin alike.
const keyLength = 256

// Of gives the name of a value: the kind in capitals and a number in the order of appearance. Case does not matter, nor
// do spaces, dashes, dots and brackets in numbers.
func (p *Pseudonyms) Of(k Kind, value string) string {
	if p.Key != nil {
		h := hmac.New(sha256.New, p.Key)
		h.Write([]byte(string(k) + "\x00" + sameValue(k, value)))
		return strings.ToUpper(string(k)) + "_" + base32.StdEncoding.EncodeToString(h.Sum(nil)[:5])[:4]
	}
	if p.names == nil {
		p.names, p.count, p.seed = map[uint64]int{}, map[Kind]int{}, maphash.MakeSeed()
	}
	if !plainValue(k, value) {
		value = sameValue(k, value)
	}
	var h maphash.Hash
	h.SetSeed(p.seed)
	h.WriteString(string(k))
	h.WriteByte(0)
	h.WriteString(value)
	key := h.Sum64()
	n, known := p.names[key]
	if !known {
		if len(p.names) >= maxNames {
			return strings.ToUpper(string(k)) + "_" + strconv.FormatUint(key, 36)
		}
		p.count[k]++
		n = p.count[k]
		p.names[key] = n
	}
	return strings.ToUpper(string(k)) + "_" + strconv.Itoa(n)
}

// Counts gives how many values of each kind have a counted name.
func (p *Pseudonyms) Counts() map[Kind]int { return maps.Clone(p.count) }

// plainValue tells whether sameValue would give the value as it is.
func plainValue(k Kind, v string) bool {
	signs := k == IP || k == Host || k == Domain || k == User || k == Email || k == URL || k == MAC
	for i := 0; i < len(v); i++ {
		if c := v[i]; class[c]&(isLower|isDigit) == 0 && (!signs || c <= ' ' || class[c] != 0) {
			return false
		}
	}
	return len(v) <= keyLength
}

func sameValue(k Kind, value string) string {
	switch value = value[:min(len(value), keyLength)]; k {
	case Secret: // case matters
		return value
	case Card, IBAN, Routing, Account, SSN, NationalID, Passport, Licence, Phone, Customer:
		return strings.Map(func(r rune) rune {
			switch r {
			case ' ', '-', '.', '/', '(', ')', '\u00a0', '\t', '\n', '\r':
				return -1
			}
			return r
		}, strings.ToLower(value))
	}
	value = strings.ToLower(strings.Join(strings.FieldsFunc(value, func(r rune) bool {
		return r <= ' ' || k == Person && (r == '.' || r == '_')
	}), " "))
	if last, first, ok := strings.Cut(value, ", "); ok && k == Person { // lind, mara
		return first + " " + last
	}
	return value
}

// Mask writes names in place of what was found. The findings are those of the same text, in order.
func Mask(s string, found []Finding, p *Pseudonyms) string {
	var b strings.Builder
	at := 0
	for _, x := range found {
		b.WriteString(s[at:x.Start])
		b.WriteString(p.Of(x.Kind, s[x.Start:x.End]))
		at = x.End
	}
	b.WriteString(s[at:])
	return b.String()
}
