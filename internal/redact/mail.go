package redact

import "strings"

// mails finds addresses of mail.
func (f *Finder) mails(t *text) {
	s := t.s
	for at := 0; ; {
		i := strings.IndexByte(s[at:], '@')
		if i < 0 {
			return
		}
		i += at
		at = i + 1
		start, end := i, i+1
		for start > 0 && i-start < 64 && (class[s[start-1]] != 0 || strings.IndexByte("._%+-'", s[start-1]) >= 0) {
			start--
		}
		dot := false
		for end < len(s) && end-i < 254 && (class[s[end]] != 0 || s[end] == '-' || s[end] == '.' && end+1 < len(s) && class[s[end+1]] != 0) {
			dot = dot || s[end] == '.'
			end++
		}
		if start < i && dot {
			t.add(Finding{start, end, Email, 0.99, "an address of mail"})
		}
	}
}
