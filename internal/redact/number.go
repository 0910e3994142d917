package redact

// numbers finds numbers that identify: cards, addresses of machines, accounts.
func (f *Finder) numbers(t *text) {
	for i, w := range t.words {
		if w.shape != digits {
			continue
		}
		start, end := int(w.start), int(w.end)
		if n := end - start; n >= 13 && n <= 19 && luhn(t.s[start:end]) {
			t.add(Finding{start, end, Card, 0.9, "a card number with a right check digit"})
		}
		if n := end - start; n <= 3 && i+3 < len(t.words) {
			if end, ok := t.dotted(i); ok {
				t.add(Finding{start, end, IP, 0.9, "an address of a machine"})
			}
		}
	}
}

// dotted tells whether four words from i on are an IPv4 address.
func (t *text) dotted(i int) (end int, ok bool) {
	if s := t.words[i].start; s > 0 && (t.s[s-1] == '.' || t.s[s-1] == '-') {
		return 0, false
	}
	for k, w := range t.words[i : i+4] {
		if w.shape != digits || w.end-w.start > 3 || k > 0 && (t.words[i+k-1].end+1 != w.start || t.s[w.start-1] != '.') {
			return 0, false
		}
		n := 0
		for _, c := range []byte(t.of(w)) {
			n = n*10 + int(c-'0')
		}
		if n > 255 {
			return 0, false
		}
		end = int(w.end)
	}
	return end, end+1 >= len(t.s) || t.s[end] != '.' || class[t.s[end+1]] != isDigit
}

// luhn tells whether the last digit checks the others (ISO/IEC 7812-1).
func luhn(s string) bool {
	sum, double := 0, false
	for i := len(s) - 1; i >= 0; i-- {
		d := int(s[i] - '0')
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		double = !double
	}
	return sum%10 == 0
}
