package evidence

import (
	"bytes"
)

// Level is how grave a log line says it is.
type Level uint8

// The levels, from no statement to fatal.
const (
	LevelNone Level = iota
	LevelTrace
	LevelDebug
	LevelInfo
	LevelWarn
	LevelError
	LevelFatal

	levelCount = int(LevelFatal) + 1
)

var levelWords = [levelCount]string{"none", "trace", "debug", "info", "warn", "error", "fatal"}

// String is the word of the level: none, trace, debug, info, warn, error or fatal.
func (l Level) String() string {
	if int(l) < levelCount {
		return levelWords[l]
	}
	return "none"
}

// MarshalText gives the word, so that JSON shows it.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads the word back; an unknown word is an error.
func (l *Level) UnmarshalText(word []byte) error {
	parsed, ok := ParseLevel(string(word))
	if !ok {
		return &Error{Field: "level", Message: "there is no level of that name", Hint: "Use none, trace, debug, info, warn, error or fatal."}
	}
	*l = parsed
	return nil
}

// ParseLevel is the inverse of String.
func ParseLevel(word string) (Level, bool) {
	for i, w := range levelWords {
		if w == word {
			return Level(i), true
		}
	}
	return LevelNone, false
}

const (
	levelSpan     = 4096 // bytes of a line that are looked at for JSON and ORA- codes
	levelWordSpan = 200  // bytes of a line in which a bare level word is believed
)

// LevelOf reads the level that a log line states, in the ways of log4j, java.util.logging,
// Python, syslog (<priority>), klog, JSON, logfmt, nginx, PostgreSQL, MySQL and the Oracle
// alert log. It looks at the first 4 kB only, and a bare word such as ERROR counts only in the
// first 200 bytes, before the message of most formats has gone far.
func LevelOf(line []byte) Level {
	line = bytes.TrimLeft(line[:min(len(line), levelSpan)], " \t\ufeff")
	if len(line) == 0 {
		return LevelNone
	}
	switch c := line[0]; {
	case c == '<':
		if l := syslogLevel(line); l != LevelNone {
			return l
		}
	case c == '{':
		if l := jsonLevel(line); l != LevelNone {
			return l
		}
	case c == 'I' || c == 'W' || c == 'E' || c == 'F':
		if l := klogLevel(line); l != LevelNone {
			return l
		}
	}
	if l := wordLevel(line[:min(len(line), levelWordSpan)]); l != LevelNone {
		return l
	}
	if i := bytes.Index(line[:min(len(line), levelWordSpan)], []byte(`{"`)); i > 0 {
		if l := jsonLevel(line[i:]); l != LevelNone {
			return l
		}
	}
	switch {
	case bytes.HasPrefix(line, []byte("panic:")):
		return LevelFatal
	case bytes.HasPrefix(line, []byte("Exception in thread")),
		bytes.HasPrefix(line, []byte("Caused by:")),
		bytes.HasPrefix(line, []byte("Traceback (most recent call last)")):
		return LevelError
	}
	return codeLevel(line)
}

// syslogLevel reads the <priority> of RFC 5424: severity is the priority modulo 8.
func syslogLevel(line []byte) Level {
	pri, i := 0, 1
	for i < len(line) && i <= 3 && line[i] >= '0' && line[i] <= '9' {
		pri = pri*10 + int(line[i]-'0')
		i++
	}
	if i == 1 || i >= len(line) || line[i] != '>' || pri > 191 {
		return LevelNone
	}
	return severityLevel(pri % 8)
}

func severityLevel(n int) Level {
	switch {
	case n <= 2: // emergency, alert, critical
		return LevelFatal
	case n == 3:
		return LevelError
	case n == 4:
		return LevelWarn
	case n <= 6: // notice, informational
		return LevelInfo
	}
	return LevelDebug
}

// klogLevel reads "E0102 15:04:05.000000".
func klogLevel(line []byte) Level {
	if len(line) < 11 || line[5] != ' ' || line[8] != ':' {
		return LevelNone
	}
	for _, i := range []int{1, 2, 3, 4, 6, 7, 9, 10} {
		if line[i] < '0' || line[i] > '9' {
			return LevelNone
		}
	}
	switch line[0] {
	case 'I':
		return LevelInfo
	case 'W':
		return LevelWarn
	case 'E':
		return LevelError
	}
	return LevelFatal
}

// jsonLevel finds a key such as "level" and reads its value.
func jsonLevel(line []byte) Level {
	for i := 0; i < len(line); {
		q := bytes.IndexByte(line[i:], '"')
		if q < 0 {
			return LevelNone
		}
		start := i + q + 1
		end := stringEnd(line, start)
		if end < 0 {
			return LevelNone
		}
		i = end + 1
		rest := bytes.TrimLeft(line[i:min(len(line), i+16)], " ")
		if len(rest) == 0 || rest[0] != ':' || !isLevelKey(line[start:end]) {
			continue
		}
		return jsonLevelValue(bytes.TrimLeft(line[i:], " :"))
	}
	return LevelNone
}

func stringEnd(line []byte, i int) int {
	for ; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

func isLevelKey(key []byte) bool {
	if len(key) > 12 {
		return false
	}
	var buf [12]byte
	switch string(lower(buf[:], key)) {
	case "level", "lvl", "severity", "loglevel", "log.level", "log_level", "levelname", "@l", "priority":
		return true
	}
	return false
}

func jsonLevelValue(v []byte) Level {
	if len(v) == 0 {
		return LevelNone
	}
	if v[0] == '"' {
		word := v[1:]
		end := 0
		for end < len(word) && isWordByte(word[end]) {
			end++
		}
		return levelWord(word[:end])
	}
	n, digits := 0, 0
	for digits < len(v) && digits < 3 && v[digits] >= '0' && v[digits] <= '9' {
		n = n*10 + int(v[digits]-'0')
		digits++
	}
	switch {
	case digits == 0:
		return LevelNone
	case n < 8: // GELF: the severities of syslog
		return severityLevel(n)
	case n < 20: // bunyan and pino: 10 trace to 60 fatal
		return LevelTrace
	case n < 30:
		return LevelDebug
	case n < 40:
		return LevelInfo
	case n < 50:
		return LevelWarn
	case n < 60:
		return LevelError
	}
	return LevelFatal
}

// wordLevel finds the first word that states a level and stands where levels stand.
func wordLevel(line []byte) Level {
	words := 0 // words seen so far; numbers, time stamps and UTC are not counted
	for i := 0; i < len(line); {
		c := line[i]
		if c == 0x1b { // a colour: ESC [ 3 1 m
			i++
			if i < len(line) && line[i] == '[' {
				i++
				for i < len(line) && (line[i] >= '0' && line[i] <= '9' || line[i] == ';') {
					i++
				}
				i++
			}
			continue
		}
		if !isWordByte(c) {
			i++
			continue
		}
		start := i
		letters := 0
		for i < len(line) && isWordByte(line[i]) {
			if line[i] > '9' {
				letters++
			}
			i++
		}
		word := line[start:i]
		if letters < 2 {
			continue
		}
		if l := levelWord(word); l != LevelNone && believed(line, start, i, words, l) {
			return l
		}
		if w := string(word); w != "UTC" && w != "GMT" {
			words++
		}
	}
	return LevelNone
}

// believed says whether the level word at line[start:end] states the level of the line rather
// than being part of a sentence.
func believed(line []byte, start, end, words int, l Level) bool {
	var before, after byte = ' ', ' '
	if start > 0 {
		before = line[start-1]
	}
	if end < len(line) {
		after = line[end]
	}
	// "error.log", "INFO-1", "/error" and "no_error" are names.
	switch {
	case before == '/' || before == '.' || before == '\\' || before == '-' || before == '@' || after == '/' || after == '\\' || after == '(':
		return false
	case (after == '.' || after == '-' || after == '=') && end+1 < len(line) && isWordByte(line[end+1]):
		return false
	}
	if upper(line[start:end]) {
		return true
	}
	switch {
	case before == '=' || before == '"' && start > 1 && line[start-2] == '=': // level=warn, level="warn"
		return precededByLevelKey(line[:start])
	case before == '[' && (after == ']' || after == ':'), before == '(' && after == ')', before == '<' && after == '>',
		before == '|' && after == '|', before == ':' && after == ']': // [error], [core:error]
		return true
	case after == ':' && (before == ' ' || before == '\t' || before == ']' || before == 'm' || start == 0):
		return true
	case words == 0 && start > 0: // the first word after a time stamp
		return true
	case words == 0 && start == 0:
		return l >= LevelError && after == ' '
	}
	return false
}

func precededByLevelKey(before []byte) bool {
	before = bytes.TrimRight(before, `="`)
	start := len(before)
	for start > 0 && (isWordByte(before[start-1]) || before[start-1] == '.') {
		start--
	}
	return isLevelKey(before[start:])
}

// levelWord reads one word, in any case.
func levelWord(word []byte) Level {
	if len(word) < 3 || len(word) > 13 {
		return LevelNone
	}
	var buf [13]byte
	switch string(lower(buf[:], word)) {
	case "trace", "finest", "finer", "verbose", "trc", "vrb":
		return LevelTrace
	case "debug", "fine", "dbg", "debug1", "debug2", "debug3", "debug4", "debug5":
		return LevelDebug
	case "info", "information", "informational", "inf", "notice", "config":
		return LevelInfo
	case "warn", "warning", "wrn":
		return LevelWarn
	case "error", "err", "severe", "eror":
		return LevelError
	case "fatal", "critical", "crit", "panic", "emerg", "emergency", "alert", "ftl", "dpanic":
		return LevelFatal
	}
	return LevelNone
}

// codeLevel finds the error codes of Oracle: ORA-01555, TNS-12541, RMAN-03009. ORA-00000 is
// success.
func codeLevel(line []byte) Level {
	for _, prefix := range [...]string{"ORA-", "TNS-", "RMAN-", "PLS-"} {
		i := bytes.Index(line, []byte(prefix))
		if i < 0 || i > 0 && isWordByte(line[i-1]) {
			continue
		}
		digits, zero := 0, true
		for j := i + len(prefix); j < len(line) && line[j] >= '0' && line[j] <= '9'; j++ {
			digits++
			zero = zero && line[j] == '0'
		}
		if digits >= 3 && digits <= 5 && !zero {
			return LevelError
		}
	}
	return LevelNone
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

func upper(word []byte) bool {
	for _, c := range word {
		if c >= 'a' && c <= 'z' {
			return false
		}
	}
	return true
}

// lower writes word in lower case (ASCII) to buf, which must be long enough.
func lower(buf, word []byte) []byte {
	for i, c := range word {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		buf[i] = c
	}
	return buf[:len(word)]
}
