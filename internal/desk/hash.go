package desk

import (
	"crypto/sha256"
	"encoding/base64"
)

// shortHash names a text in 8 characters; for telling lists apart, not for security.
func shortHash(s string) string {
	h := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(h[:6])
}
