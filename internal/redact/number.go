package redact

// number tries word i, which begins with or holds a digit, as the beginning of every number that identifies.
func (t *text) number(f *Finder, i int) {
	w := &t.words[i]
	n := w.end - w.start
	if w.shape == alnum {
		if n >= 4 && class[t.s[w.start]]&(isLower|isUpper) != 0 {
			t.iban(i)
		}
		if n == 4 {
			t.dottedMAC(i)
		}
		t.forms(i)
		if n >= 8 {
			t.dense(i)
		}
		return
	}
	switch {
	case n <= 3:
		t.ipv4(i)
	case n == 4:
		t.dottedMAC(i)
	}
	t.card(i)
	t.forms(i)
	t.phone(f, i)
	if n <= 3 {
		t.coordinate(i)
	}
}

// group is a run of digits.
type group struct{ start, end int32 }

// run collects groups of digits from word i on that one same sign joins, a space, a dash or a stop, as far as the array goes.
func (t *text) run(i int, out []group) []group {
	out = append(out, group{t.words[i].start, t.words[i].end})
	var sign byte
	for k := i + 1; k < len(t.words) && len(out) < cap(out); k++ {
		w := &t.words[k]
		last := out[len(out)-1].end
		if w.shape != digits || w.start != last+1 {
			break
		}
		c := t.s[last]
		if c != ' ' && c != '-' && c != '.' || sign != 0 && c != sign {
			break
		}
		sign = c
		out = append(out, group{w.start, w.end})
	}
	return out
}

// listed tells whether words i to last stand in a row of numbers: another comes before or after them with one space.
func (t *text) listed(i, last int) bool {
	if i > 0 && t.words[i-1].shape == digits && t.words[i-1].end+1 == t.words[i].start && t.s[t.words[i-1].end] == ' ' {
		return true
	}
	return last+1 < len(t.words) && t.words[last+1].shape == digits && t.words[last].end+1 == t.words[last+1].start && t.s[t.words[last].end] == ' '
}

// issuer is a range of first six digits and the lengths that cards of it have.
type issuer struct {
	from, to int
	lengths  uint32 // a bit for each length
}

func lengths(n ...int) (bits uint32) {
	for _, k := range n {
		bits |= 1 << k
	}
	return bits
}

// issuers are the ranges of ISO/IEC 7812 as the networks publish them.
var issuers = []issuer{
	{400000, 499999, lengths(13, 16, 19)},         // Visa
	{510000, 559999, lengths(16)},                 // Mastercard
	{222100, 272099, lengths(16)},                 // Mastercard
	{340000, 349999, lengths(15)},                 // American Express
	{370000, 379999, lengths(15)},                 // American Express
	{601100, 601199, lengths(16, 17, 18, 19)},     // Discover
	{644000, 659999, lengths(16, 17, 18, 19)},     // Discover, RuPay
	{300000, 305999, lengths(14, 16)},             // Diners
	{309500, 309599, lengths(14, 16)},             // Diners
	{360000, 369999, lengths(14, 16)},             // Diners
	{380000, 399999, lengths(14, 16)},             // Diners
	{352800, 358999, lengths(16, 17, 18, 19)},     // JCB
	{213100, 213199, lengths(15)},                 // JCB
	{180000, 180099, lengths(15)},                 // JCB
	{620000, 629999, lengths(16, 17, 18, 19)},     // UnionPay
	{810000, 817199, lengths(16, 17, 18, 19)},     // UnionPay, RuPay
	{500000, 509999, lengths(12, 13, 14, 15, 16)}, // Maestro
	{560000, 589999, lengths(12, 13, 14, 15, 16)}, // Maestro
	{600000, 699999, lengths(12, 13, 14, 15, 16)}, // Maestro and others
	{220000, 220499, lengths(16, 17, 18, 19)},     // Mir
	{979200, 979289, lengths(16)},                 // Troy
}

func issued(d []byte) bool {
	p := 0
	for _, c := range d[:6] {
		p = p*10 + val(c)
	}
	for _, r := range issuers {
		if p >= r.from && p <= r.to && r.lengths&(1<<len(d)) != 0 {
			return true
		}
	}
	return false
}

// card finds numbers of payment cards: 12 to 19 digits, in one piece or in the groups printed on cards.
func (t *text) card(i int) {
	first := int(t.words[i].end - t.words[i].start)
	if first != 4 && (first < 12 || first > 19) {
		return
	}
	start := int(t.words[i].start)
	if start < int(t.cardEnd) {
		return
	}
	left := t.leftOf(start)
	said := t.near(ofCard, i, 6)
	if left == inside && !(said && t.s[start-1] == '_') {
		if c := t.s[start-1]; c != ':' && c != '/' || first < 13 {
			return
		}
		left = clean // 12/4111111111111111, in rows of fields
	}
	var space [6]group
	groups := t.run(i, space[:0:6])
	if first == 4 {
		if len(groups) < 3 {
			return
		}
		if groups = cardGroups(groups); groups == nil {
			return
		}
		if len(groups) == 5 { // 4-4-4-4-3 is a long card, or one of 16 digits with a number behind it
			var bare [20]byte
			if d := t.digits(groups, bare[:0]); !luhn(d) || !issued(d) {
				groups = groups[:4]
			}
		}
	} else {
		groups = groups[:1]
	}
	end := int(groups[len(groups)-1].end)
	if t.rightOf(end) == inside && (t.s[end] != ':' && t.s[end] != '/' || end-start < 13) {
		return
	}
	if said {
		t.cardEnd = int32(end)
	}
	var bare [20]byte
	d := t.digits(groups, bare[:0])
	n := len(d)
	said = said || t.after(i+len(groups), end)&ofCard != 0
	known := issued(d)
	grouped := len(groups) > 1
	right := luhn(d) && !allSame(d)
	if grouped && !said && t.listed(i, i+len(groups)-1) && !(right && known && t.printed(i, groups)) {
		return
	}
	switch {
	case right && said:
		t.add(Finding{start, end, Card, 0.99, "a card number with a right check digit, and a word that says so"})
	case right && known && (grouped || n <= 16 && n >= 13 && left == clean):
		t.add(Finding{start, end, Card, 0.95, "a card number with a right check digit and a known issuer"})
	case right && known && left == clean && n == 12:
		t.add(Finding{start, end, Card, 0.6, "a short card number with a right check digit and a known issuer"})
	case right && known && left == clean && n > 16 && grouped:
		t.add(Finding{start, end, Card, 0.9, "a card number with a right check digit and a known issuer"})
	case right && known && left == clean && n > 16:
		t.add(Finding{start, end, Card, 0.7, "a long card number with a right check digit and a known issuer"})
	case right && grouped && n == 16:
		t.add(Finding{start, end, Card, 0.6, "grouped as a card number, with a right check digit"})
	case said:
		t.add(Finding{start, end, Account, 0.85, "a number said to be of a card, though its check digit is wrong"})
	}
}

// digits gathers the digits of the groups.
func (t *text) digits(groups []group, out []byte) []byte {
	for _, g := range groups {
		out = append(out, t.s[g.start:g.end]...)
	}
	return out
}

// printed tells whether the groups from word i on are the 4-4-4-4 or 4-6-5 of a card, and the numbers of the row on both
// sides are not of four digits too, as they are in a table of such numbers.
func (t *text) printed(i int, g []group) bool {
	size := func(k int) int32 { return g[k].end - g[k].start }
	four := func(k int) bool {
		return k >= 0 && k < len(t.words) && t.words[k].shape == digits && t.words[k].end-t.words[k].start == 4
	}
	switch len(g) {
	case 3:
		return size(1) == 6 && size(2) == 5
	case 4:
		return size(1) == 4 && size(2) == 4 && size(3) == 4 && !four(i-1) && !four(i+4)
	}
	return false
}

// cardGroups gives the part of the groups that a card can be printed in, or nil.
func cardGroups(g []group) []group {
	n := func(k int) int {
		if k >= len(g) {
			return 0
		}
		return int(g[k].end - g[k].start)
	}
	switch {
	case n(1) == 4 && n(2) == 4 && n(3) == 4 && n(4) >= 1 && n(4) <= 3:
		return g[:5]
	case n(1) == 4 && n(2) == 4 && n(3) >= 1 && n(3) <= 4:
		return g[:4]
	case n(1) == 6 && (n(2) == 4 || n(2) == 5):
		return g[:3]
	case n(1) == 4 && n(2) == 5, n(1) == 4 && n(2) == 4:
		return g[:3]
	}
	return nil
}

// ibanLength is the length of an IBAN by country (ISO 13616 registry).
var ibanLength = map[[2]byte]int{}

func init() {
	const table = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30"
	for i := 0; i < len(table); i += 4 {
		ibanLength[[2]byte{table[i], table[i+1]}] = val(table[i+2])*10 + val(table[i+3])
	}
}

// iban finds international account numbers, in one piece or in groups of four.
func (t *text) iban(i int) {
	s := t.s
	start := int(t.words[i].start)
	if class[s[start+1]]&(isLower|isUpper) == 0 || class[s[start+2]] != isDigit || class[s[start+3]] != isDigit {
		return
	}
	want, ok := ibanLength[[2]byte{s[start] &^ 0x20, s[start+1] &^ 0x20}]
	if !ok || t.leftOf(start) == inside {
		return
	}
	var bare [40]byte
	n, p := 0, start
	for ; p < len(s) && n < want; p++ {
		c := s[p]
		switch class[c] {
		case isDigit, isUpper:
		case isLower:
			c -= 'a' - 'A'
		default:
			if c != ' ' && c != '-' && c != '.' || p+1 >= len(s) || class[s[p+1]]&(isDigit|isUpper|isLower) == 0 || n%4 != 0 {
				p = len(s)
			}
			continue
		}
		bare[n] = c
		n++
	}
	if n != want || p > len(s) || t.rightOf(p) == inside {
		return
	}
	switch said := t.near(ofIBAN, i, 6); {
	case iban(bare[:n]):
		t.add(Finding{start, p, IBAN, 0.99, "an international bank account number with right check digits"})
	case said:
		t.add(Finding{start, p, Account, 0.85, "a number said to be an IBAN, though its check digits are wrong"})
	}
}
