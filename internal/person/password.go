package person

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"firebreak/internal/fault"
)

// Limits of a password. The lower one is in characters, the upper one in bytes: a longer text only costs time.
const (
	MinPassword = 12
	MaxPassword = 1000
)

// Cost of hashing a password: argon2id with 19 MiB, two passes, one lane, the first choice of the OWASP
// Password Storage Cheat Sheet (2024) for servers that sign many people in.
const (
	argonMemory = 19 * 1024 // KiB
	argonTime   = 2
	argonLanes  = 1
	argonKey    = 32
	// SaltSize is the number of random bytes that HashPassword wants.
	SaltSize = 16
)

// HashPassword gives the form of a password that is stored, as a PHC string
// (github.com/P-H-C/phc-string-format). salt is SaltSize random bytes. It takes 19 MiB while it runs.
func HashPassword(password string, salt []byte) string {
	key := argon2.IDKey(passwordBytes(password), salt, argonTime, argonMemory, argonLanes, argonKey)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// CheckPassword compares a password with its stored form in constant time. outdated reports that it was hashed
// at another cost than today's and should be hashed anew. A stored form that cannot be read fits nothing.
func CheckPassword(stored, password string) (ok, outdated bool) {
	h, err := readHash(stored)
	if err != nil {
		return false, false
	}
	key := argon2.IDKey(passwordBytes(password), h.salt, h.time, h.memory, h.lanes, uint32(len(h.key)))
	return subtle.ConstantTimeCompare(key, h.key) == 1,
		h.memory != argonMemory || h.time != argonTime || h.lanes != argonLanes || len(h.key) != argonKey || len(h.salt) < SaltSize
}

// passwordBytes is the one form of a password that different keyboards may write differently (RFC 8265, 4.2.2: NFC).
func passwordBytes(s string) []byte { return []byte(norm.NFC.String(s)) }

type argonHash struct {
	memory, time uint32
	lanes        uint8
	salt, key    []byte
}

// readHash reads a PHC string. The cost is bounded, so that a hash from an import cannot eat the machine.
func readHash(s string) (h argonHash, err error) {
	part := strings.Split(s, "$")
	if len(part) != 6 || part[0] != "" || part[1] != "argon2id" || part[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, fmt.Errorf("not an argon2id hash")
	}
	if _, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.lanes); err != nil {
		return h, fmt.Errorf("argon2id parameters %q: %w", part[3], err)
	}
	if h.memory < 8 || h.memory > 1<<20 || h.time < 1 || h.time > 32 || h.lanes < 1 {
		return h, fmt.Errorf("argon2id parameters %q out of range", part[3])
	}
	if h.salt, err = base64.RawStdEncoding.DecodeString(part[4]); err != nil {
		return h, err
	}
	if h.key, err = base64.RawStdEncoding.DecodeString(part[5]); err != nil {
		return h, err
	}
	if len(h.salt) < 8 || len(h.salt) > 64 || len(h.key) < 16 || len(h.key) > 64 {
		return h, fmt.Errorf("argon2id salt or key of an odd length")
	}
	return h, nil
}

// JudgePassword says what is wrong with a new password for somebody of that address and name; nil when
// nothing is. Length is what counts (NIST SP 800-63B, 5.1.1.2), so no mix of characters is asked for.
func JudgePassword(field, password, email, name string) *fault.Fault {
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password) || strings.ContainsRune(password, 0):
		return fault.Invalid(field, "The password holds bytes that are not text.", "Type it, or paste it as plain text.")
	case n < MinPassword:
		return fault.Invalid(field, fmt.Sprintf("The password has %d characters, it needs at least %d.", n, MinPassword), "Four or five words that do not belong together are long, and easy to remember.")
	case len(password) > MaxPassword:
		return fault.TooLarge(field, fmt.Sprintf("The password is longer than %d bytes.", MaxPassword), "A shorter one is just as safe.")
	}
	squeeze := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "")) }
	p := squeeze(password)
	local, _, _ := strings.Cut(email, "@")
	for _, known := range []string{email, name, local, name + email, email + name} {
		if known != "" && p == squeeze(known) {
			return fault.Invalid(field, "The password is the name or the e-mail address.", "Choose one that nobody can look up.")
		}
	}
	first, _ := utf8.DecodeRuneInString(p)
	if strings.Trim(p, string(first)) == "" {
		return fault.Invalid(field, "The password is one character, repeated.", "Four or five words that do not belong together are long, and easy to remember.")
	}
	return nil
}
