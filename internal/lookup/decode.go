package lookup

import (
	"encoding/base64"
	"encoding/hex"
	"html"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxEncoded bounds what is decoded of one piece, in bytes.
const maxEncoded = 64 << 10

// decoded calls fn with what a run of the text says once its encodings are undone: URL, base64, hex, JSON escapes, HTML
// entities, look-alike letters, letters that cannot be seen. It undoes up to three, one inside the other.
func decoded(s string, fn func(plain string)) { decodedTo(s, 3, fn) }

func decodedTo(s string, depth int, fn func(plain string)) {
	if depth == 0 || len(s) < 4 || len(s) > maxEncoded {
		return
	}
	tell := func(plain string) {
		if plain != s && plain != "" {
			fn(plain)
			decodedTo(plain, depth-1, fn)
		}
	}
	if strings.IndexByte(s, '%') >= 0 {
		if p, err := url.QueryUnescape(s); err == nil {
			tell(p)
		} else {
			tell(unpercent(s))
		}
	}
	if strings.IndexByte(s, '\\') >= 0 {
		tell(unescape(s))
	}
	if strings.IndexByte(s, '&') >= 0 && strings.IndexByte(s, ';') >= 0 {
		tell(html.UnescapeString(s))
	}
	if !ascii(s) {
		tell(plainLetters(s))
	}
	for run := range strings.FieldsFuncSeq(s, func(r rune) bool {
		return !(r < utf8.RuneSelf && (asciiLetter(byte(r)) || isDigit(byte(r)) || strings.IndexByte("+/-_=", byte(r)) >= 0))
	}) {
		if len(run) < 8 {
			continue
		}
		for _, r := range []string{run, run[strings.IndexByte(run, '=')+1:]} { // key=value
			r = strings.Trim(r, "=")
			if strings.IndexByte(run, '=') < 0 && &r != &run && r == "" || len(r) < 4 {
				continue
			}
			if b, err := hex.DecodeString(r); err == nil && readable(b) {
				tell(string(b))
				break
			}
			enc := base64.RawStdEncoding
			if strings.ContainsAny(r, "-_") {
				enc = base64.RawURLEncoding
			}
			if b, err := enc.DecodeString(r); err == nil && readable(b) {
				tell(string(b))
				break
			}
		}
	}
}

// readable reports whether bytes are text, so that what was decoded was encoded.
func readable(b []byte) bool {
	if len(b) < 3 || !utf8.Valid(b) {
		return false
	}
	n := 0
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\t' && c != '\r' {
			return false
		}
		if asciiLetter(c) || isDigit(c) || c == ' ' || c == '.' || c == '-' || c == '@' || c == '_' || c >= utf8.RuneSelf {
			n++
		}
	}
	return n*10 >= len(b)*8
}

func unpercent(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// unescape undoes \uXXXX, \xXX, \NNN and \" of JSON, C and many loggers.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 >= len(s) {
			b.WriteByte(s[i])
			continue
		}
		n, base := 0, 16
		switch c := s[i+1]; {
		case c == 'u' && i+6 <= len(s):
			n = 4
		case c == 'x' && i+4 <= len(s):
			n = 2
		case c >= '0' && c <= '7' && i+4 <= len(s):
			n, base = 3, 8
		}
		from := i + 2
		if base == 8 {
			from = i + 1
		}
		if n > 0 {
			if r, err := strconv.ParseUint(s[from:from+n], base, 32); err == nil {
				b.WriteRune(rune(r))
				i = from + n - 1
				continue
			}
		}
		switch s[i+1] {
		case 'n', 't', 'r':
			b.WriteByte(' ')
		default:
			b.WriteByte(s[i+1])
		}
		i++
	}
	return b.String()
}

// plainLetters writes full-width, accented and look-alike letters as the ones they look like, and leaves out what cannot be seen.
func plainLetters(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case r < utf8.RuneSelf:
			b.WriteByte(byte(r))
		case r >= 0x300 && r < 0x370 || unseen(r):
		default:
			if i := strings.IndexRune(alike, r); i >= 0 {
				b.WriteByte(alikeTo[utf8.RuneCountInString(alike[:i])])
			} else {
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}

// Letters of Cyrillic and Greek that look like Latin ones.
const (
	alike   = "аеорсухіјѕһԁӏАВЕКМНОРСТУХІЈЅαοερνικτυχωΑΒΕΖΗΙΚΜΝΟΡΤΥΧıłøđßñ"
	alikeTo = "aeopcyxijshdlABEKMHOPCTYXIJSaoepviktuxwABEZHIKMNOPTYXilodsn"
)

func unseen(r rune) bool {
	return r == 0xAD || r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2060 && r <= 0x2064 || r == 0xFEFF || r == 0x180E
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
