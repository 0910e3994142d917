// Package signature gives an error its name: the same error with other ids, numbers, paths, hosts, users, dates,
// durations and addresses has the same signature.
//
// Cold judges one line alone. Of finds the errors of a whole text, stack traces among them. Learn looks at many lines
// at once and sees more: a word that changes while the rest of the line stands is not part of the error.
package signature

// Version is the start of every signature. A change of any rule that gives some line another signature needs a new
// version: signatures of the old one stay as they are, and the two never meet.
const Version = "v1"

// Signature names an error.
type Signature struct {
	ID       string `json:"signature" doc:"v1: and 13 letters and digits"`
	Template string `json:"template" doc:"the text with <*> for what changes"`
}

// Wildcard stands in a template for what changes.
const Wildcard = "<*>"

// named gives the signature of a template; the same template has the same one in every desk.
func named(template string) Signature {
	h := uint64(14695981039346656037) // FNV-1a, and the last step of MurmurHash3, which spreads the last bytes over all bits
	for i := range len(template) {
		h = (h ^ uint64(template[i])) * 1099511628211
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	h ^= h >> 33
	const letters = "0123456789abcdefghjkmnpqrstvwxyz"
	b := [len(Version) + 14]byte{}
	copy(b[:], Version+":")
	for i := len(Version) + 1; i < len(b); i++ {
		b[i] = letters[h>>59]
		h <<= 5
	}
	return Signature{ID: string(b[:]), Template: template}
}

// Kind says what an error was recognised by.
type Kind string

const (
	// Trace is a stack trace: exception, message and the application's own frames.
	Trace Kind = "trace"
	// Code is a line with an error code of a product: ORA-00942, SQLSTATE 40001, errno 28.
	Code Kind = "code"
	// Line is a line that says of itself that it is an error.
	Line Kind = "line"
)

// Found is an error found in a text.
type Found struct {
	Signature
	Kind      Kind     `json:"kind"`
	Exception string   `json:"exception,omitempty" doc:"the exception or error code: java.lang.NullPointerException, ORA-00942"`
	Frames    []string `json:"frames,omitempty" doc:"the application's own frames of a stack trace, innermost first"`
	Line      int      `json:"line" doc:"number of its first line, from 1"`
	Count     int      `json:"count" doc:"how often it stands in the text"`
}

// MaxFound is how many different errors of a text are told, most telling first.
const MaxFound = 20
