package evidence

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SniffBytes is how much of the start of a file Sniff wants to see.
const SniffBytes = 4096

// Attachment is the content type of everything that a browser must only download.
const Attachment = "application/octet-stream"

// Sniff says as what content type a file may be served. safeInline is true only for the four
// picture formats and for plain text; everything else, and all that a browser might run or
// render (HTML, SVG, XML, JavaScript, PDF), is Attachment and must be sent with
// Content-Disposition: attachment. What is in the file decides; the name can only make it less
// trusted. Send X-Content-Type-Options: nosniff with both.
func Sniff(head []byte, name string) (contentType string, safeInline bool) {
	head = head[:min(len(head), SniffBytes)]
	switch {
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png", true
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return "image/jpeg", true
	case bytes.HasPrefix(head, []byte("GIF87a")), bytes.HasPrefix(head, []byte("GIF89a")):
		return "image/gif", true
	case len(head) >= 16 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return "image/webp", true
	}
	if activeName(name) || !plainText(head) {
		return Attachment, false
	}
	return "text/plain; charset=utf-8", true
}

// activeName reports names that some program would run or render.
func activeName(name string) bool {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return false
	}
	switch strings.ToLower(strings.TrimSpace(name[i+1:])) {
	case "html", "htm", "xhtml", "xht", "shtml", "mht", "mhtml", "hta", "htc",
		"svg", "svgz", "xml", "xsl", "xslt", "xsd", "rss", "atom", "rdf", "mathml", "jnlp",
		"js", "mjs", "cjs", "jsx", "wasm", "swf", "css", "pdf", "vbs", "wsf", "url", "webloc", "desktop", "appcache", "htaccess":
		return true
	}
	return false
}

// plainText reports whether the start of a file is text that is no markup.
func plainText(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\ufeff"))
	if len(head) == 0 {
		return false
	}
	if !utf8.Valid(head[:len(head)-partialRune(head)]) {
		return false
	}
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\b' && c != 0x1b || c == 0x7f {
			return false
		}
	}
	start := bytes.TrimLeftFunc(head, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	if len(start) > 1 && start[0] == '<' {
		c := start[1]
		if c == '!' || c == '?' || c == '/' || c == '%' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return !bytes.HasPrefix(start, []byte("%PDF")) && !bytes.HasPrefix(start, []byte("%!PS")) && !bytes.HasPrefix(start, []byte("{\\rtf"))
}

// MaxNameBytes is the length of the longest name that CleanName gives.
const MaxNameBytes = 200

// CleanName makes a file name safe to store, show and send in a header: no path, control
// characters, characters that reverse the reading order, leading dots, or characters that some
// file system forbids; valid UTF-8; at most MaxNameBytes with the extension kept. It is never
// empty: what has nothing usable becomes "file".
func CleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), r == utf8.RuneError:
			return -1
		case unicode.IsSpace(r):
			return ' '
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, name)
	name = strings.TrimLeft(name, " .")
	name = strings.TrimRight(name, " .")
	if len(name) > MaxNameBytes {
		ext := ""
		if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= 20 {
			ext = name[i:]
		}
		name = strings.TrimRight(clip(name[:len(name)-len(ext)], MaxNameBytes-len(ext)), " .") + ext
	}
	if name == "" {
		return "file"
	}
	if reservedName(name) {
		name = "_" + clip(name, MaxNameBytes-1)
	}
	return name
}

// reservedName reports names that Windows takes for devices, with any extension.
func reservedName(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	base = strings.ToUpper(strings.TrimSpace(base))
	switch base {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(base) == 4 && (strings.HasPrefix(base, "COM") || strings.HasPrefix(base, "LPT")) && base[3] >= '0' && base[3] <= '9'
}
