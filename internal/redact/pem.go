package redact

import "strings"

const (
	pemBegin = "-----BEGIN "
	pemEnd   = "-----END "
	maxPEM   = 32 << 10 // bytes; a key of 16,384 bits has 13,000
)

// keys finds private keys in their armour. One that the window cuts runs to the end of the window, and leaves t.open.
func (t *text) keys() {
	s := t.s
	at, nextEnd := 0, -1
	wasOpen := t.open
	t.open = false
	for first := true; at < len(s); first = false {
		begin := at
		if !first || !wasOpen {
			k := strings.Index(s[at:], pemBegin)
			if k < 0 {
				return
			}
			begin = at + k
			at = begin + len(pemBegin)
			label, _, closed := strings.Cut(s[at:min(len(s), at+80)], "-----")
			if !closed || !strings.Contains(label, "PRIVATE KEY") {
				continue
			}
			at += len(label) + 5
		}
		if nextEnd < at {
			if nextEnd = strings.Index(s[at:], pemEnd); nextEnd < 0 {
				nextEnd = len(s)
			} else {
				nextEnd += at
			}
		}
		end := 0
		if stop := min(len(s), at+maxPEM); nextEnd < stop && !strings.Contains(s[at:nextEnd], pemBegin) {
			end = nextEnd + len(pemEnd)
			if k := strings.Index(s[end:min(len(s), end+80)], "-----"); k >= 0 {
				end += k + 5
			}
		} else {
			end = t.base64End(at, stop, begin < at)
			t.open = end == len(s)
		}
		if begin < end {
			t.add(Finding{begin, end, Secret, 1, "a private key"})
		}
		at = max(at, end)
	}
}

// base64End gives the end of the lines of base64 from at, for keys whose end is missing. The rest of a line that began
// the key is not looked at.
func (t *text) base64End(at, stop int, begun bool) int {
	s := t.s
	end := at
	for p := at; p < stop; {
		line := s[p:stop]
		if k := strings.IndexByte(line, '\n'); k >= 0 {
			line = line[:k+1]
		}
		if (p > at || !begun) && !armour(line) {
			break
		}
		p += len(line)
		end = p
	}
	return end
}

// armour tells whether a line may be one of a key: base64, a header, or nothing.
func armour(line string) bool {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "Proc-Type:") || strings.HasPrefix(line, "DEK-Info:") || strings.HasPrefix(line, "Comment:") || strings.HasPrefix(line, "Version:") {
		return true
	}
	for i := 0; i < len(line); i++ {
		if !inDense(line[i]) {
			return false
		}
	}
	return true
}
