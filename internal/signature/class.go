package signature

// What a byte is, as bits, so that the classes of a whole word are one OR.
const (
	digit   = 1 << iota // 0-9
	hexa                // a-f A-F (as well as lower or upper)
	lower               // a-z, and every byte beyond ASCII
	upper               // A-Z
	space               // separates words
	slash               // / and \
	colon               // :
	equals              // =
	cut                 // other punctuation that ends a value: , ; | " ( ) [ ] { } < >
	quote               // ' and `, which end a value unless letters stand on both sides
	dot                 // .
	joint               // - + # $ % & @: joins the parts of a name
	under               // _
	other               // ! ? * ~ ^ and the like: part of a word
	letter  = lower | upper
	special = digit | slash | colon | equals | cut | quote | dot | joint
)

var class = func() (t [256]uint16) {
	for c := range 256 {
		switch {
		case c >= '0' && c <= '9':
			t[c] = digit
		case c >= 'a' && c <= 'z' || c >= 0x80:
			t[c] = lower
		case c >= 'A' && c <= 'Z':
			t[c] = upper
		case c <= ' ' || c == 0x7f:
			t[c] = space
		default:
			t[c] = other
		}
	}
	set := func(s string, bits uint16) {
		for i := range len(s) {
			t[s[i]] = bits
		}
	}
	set(`/\`, slash)
	set(":", colon)
	set("=", equals)
	set(`,;|"()[]{}<>`, cut)
	set("'`", quote)
	set(".", dot)
	set("-+#$%&@", joint)
	set("_", under)
	for _, c := range "abcdefABCDEF" {
		t[c] |= hexa
	}
	return t
}()

func classes(s string) (m uint16) {
	for i := range len(s) {
		m |= class[s[i]]
	}
	return m
}

func isDigit(c byte) bool  { return c-'0' < 10 }
func isLetter(c byte) bool { return class[c]&letter != 0 }
func isHex(c byte) bool    { return class[c]&(digit|hexa) != 0 }

// words is a set of lower-case words that is asked without regard to case.
type words map[string]bool

func setOf(lists ...string) words {
	w := words{}
	for _, list := range lists {
		from := 0
		for i := 0; i <= len(list); i++ {
			if i == len(list) || class[list[i]]&space != 0 {
				if i > from {
					w[list[from:i]] = true
				}
				from = i + 1
			}
		}
	}
	return w
}

// longest is the longest word that a set is asked for.
const longest = 24

func (w words) has(s string) bool {
	if len(s) > longest {
		return false
	}
	var b [longest]byte
	for i := range len(s) {
		c := s[i]
		if c-'A' < 26 {
			c += 'a' - 'A'
		}
		b[i] = c
	}
	return w[string(b[:len(s)])]
}
