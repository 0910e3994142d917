package knownerror

import "strings"

// --- HTTP ---

func httpKnown(s string) bool {
	if len(s) != 3 || s[0] != '4' && s[0] != '5' {
		return false
	}
	_, ok := tableOf[HTTP].load().byCode[s]
	return ok
}

// httpStatus: HTTP 503, HTTP/1.1 503, HTTP/1.1" 503, HTTP status code 503, HTTP error 500, response code: 503.
func (x *scan) httpStatus(w span) (int, bool) {
	at := w.end
	if rest := x.ahead(at, 4); len(rest) >= 2 && rest[0] == '/' && isDigit(rest[1]) {
		if at += 2; len(rest) >= 4 && rest[2] == '.' && isDigit(rest[3]) {
			at += 2
		}
	}
	at, skipped := x.past(at, 3, " status code error response returned error_code is was ")
	n, minus, ok := x.number(at, maxGap)
	if !ok || minus || !httpKnown(x.word(n)) {
		return 0, false
	}
	if strings.EqualFold(x.word(w), "response") && skipped == "" || strings.Contains(x.s[at:n.start], "//") {
		return 0, false
	}
	return x.add(w.start, n.end, "HTTP "+x.word(n)), true
}

// status: status code 503, status=503, "status":503; code=exited, status=203/EXEC; Status: 5.1.1 of a bounced mail.
func (x *scan) status(w span) (int, bool) {
	if end, ok := x.enhanced(w); ok {
		return end, true
	}
	if strings.EqualFold(x.word(w), "status") {
		if before := x.before(w.start); before == "exit" || before == "return" {
			return 0, false
		}
		if w.end < len(x.s) && x.s[w.end] == '=' {
			if end, ok := x.systemd(w); ok {
				return end, true
			}
		}
	}
	at, _ := x.past(w.end, 2, " code is was of returned ")
	n, minus, ok := x.number(at, maxGap)
	if !ok || minus || !httpKnown(x.word(n)) || strings.ContainsAny(x.s[at:n.start], "<>!*/") {
		return 0, false
	}
	return x.add(w.start, n.end, "HTTP "+x.word(n)), true
}

// systemd: status=203/EXEC, and after code=killed status=9/KILL.
func (x *scan) systemd(w span) (int, bool) {
	n, ok := x.next(w.end, 1)
	if !ok || n.end >= len(x.s) || x.s[n.end] != '/' {
		return 0, false
	}
	v, ok := digits(x.word(n), 1, 3)
	name, more := x.next(n.end, 1)
	if !ok || !more || v == 0 || v > 255 || strings.ToUpper(x.word(name)) != x.word(name) {
		return 0, false
	}
	if x.near(hintKilled, w.start, 12) {
		if s := signalNames[v]; s != "" {
			return x.add(w.start, name.end, s), true
		}
		return 0, false
	}
	if code := "systemd " + x.word(n) + "/" + x.word(name); wisdom().byKey[Key(code)] != nil {
		return x.add(w.start, name.end, code), true
	}
	return x.exitOf(w.start, n, false)
}

// statusLine: 503 Service Unavailable, the number with its own words behind it.
func (x *scan) statusLine(w span) (int, bool) {
	row, ok := tableOf[HTTP].load().byCode[x.word(w)]
	if !ok || w.start > 0 && (x.s[w.start-1] == '.' || x.s[w.start-1] == '-' || x.s[w.start-1] == ':' && w.start > 1 && isDigit(x.s[w.start-2])) {
		return 0, false
	}
	title := column(row, 2)
	rest := x.ahead(w.end, len(title)+1)
	if len(rest) != len(title)+1 || rest[0] != ' ' || !strings.EqualFold(rest[1:], title) {
		return 0, false
	}
	return x.add(w.start, w.end+len(rest), "HTTP "+x.word(w)), true
}

// --- mail ---

// threeParts reads 5.7.1 at a place and gives its end.
func (x *scan) threeParts(at int) (end int, ok bool) {
	s := x.ahead(at, 10)
	if len(s) < 5 || s[0] != '4' && s[0] != '5' || s[1] != '.' {
		return 0, false
	}
	i, parts := 2, 1
	for i < len(s) && parts < 3 {
		start := i
		for i < len(s) && isDigit(s[i]) && i-start < 3 {
			i++
		}
		if i == start {
			return 0, false
		}
		if parts++; parts < 3 {
			if i >= len(s) || s[i] != '.' {
				return 0, false
			}
			i++
		}
	}
	if parts < 3 || i < len(s) && (fold[s[i]] != 0 || s[i] == '.' && i+1 < len(s) && isDigit(s[i+1])) {
		return 0, false
	}
	_, ok = tableOf[SMTP].load().byCode[s[2:i]]
	return at + i, ok
}

// enhanced: dsn=5.7.1, Status: 5.1.1.
func (x *scan) enhanced(w span) (int, bool) {
	n, ok := x.next(w.end, maxGap)
	if !ok || n.end-n.start != 1 {
		return 0, false
	}
	end, ok := x.threeParts(n.start)
	if !ok {
		return 0, false
	}
	return x.add(w.start, end, "SMTP "+x.s[n.start:end]), true
}

// mailReply: said: 550 5.1.1 …, SMTP error 550, smtp;550 5.7.1.
func (x *scan) mailReply(w span) (int, bool) {
	at, _ := x.past(w.end, 4, " error code reply response status from server returned ")
	n, ok := x.next(at, maxGap)
	if !ok || len(x.word(n)) != 3 {
		return 0, false
	}
	return x.replyAt(w.start, n, true)
}

// replyAt reads a reply code with or without the enhanced code behind it.
func (x *scan) replyAt(start int, n span, mail bool) (int, bool) {
	code := x.word(n)
	if !allDigits(code) || code[0] != '4' && code[0] != '5' {
		return 0, false
	}
	if n.end+1 < len(x.s) && (x.s[n.end] == ' ' || x.s[n.end] == '-') {
		at := n.end + 1
		if x.s[at] == '#' {
			at++
		}
		if end, ok := x.threeParts(at); ok && x.s[at] == code[0] {
			return x.add(start, end, "SMTP "+x.s[at:end]), true
		}
	}
	if !mail || wisdom().byKey["smtp-"+code] == nil || !x.whole(n.end) {
		return 0, false
	}
	return x.add(start, n.end, "SMTP "+code), true
}

// --- TLS, DNS, curl, Kafka ---

// tlsAlert: alert number 40, fatal alert: handshake_failure, alert handshake failure.
func (x *scan) tlsAlert(w span) (int, bool) {
	at, _ := x.past(w.end, 2, " number received code description ")
	n, ok := x.next(at, maxGap)
	if !ok {
		return 0, false
	}
	t := tableOf[TLS].load()
	if text := x.word(n); allDigits(text) {
		before := x.before(w.start)
		if _, known := t.byCode[text]; known && (before == "tls" || before == "ssl" || before == "fatal" || at > w.end) {
			return x.add(w.start, n.end, "TLS alert "+text), true
		}
		return 0, false
	}
	name, end := strings.ToLower(x.word(n)), n.end
	for range 3 {
		if code, ok := t.byName[name]; ok {
			return x.add(w.start, end, "TLS alert "+code), true
		}
		if n, ok = x.next(end, 1); !ok {
			break
		}
		name, end = name+"_"+strings.ToLower(x.word(n)), n.end
	}
	return 0, false
}

// verifyNames are the numbers of OpenSSL's certificate checks that matter at a desk.
var verifyNames = map[string]string{"2": "UNABLE_TO_GET_ISSUER_CERT", "7": "CERT_SIGNATURE_FAILURE", "9": "CERT_NOT_YET_VALID", "10": "CERT_HAS_EXPIRED", "12": "CRL_HAS_EXPIRED", "18": "DEPTH_ZERO_SELF_SIGNED_CERT",
	"19": "SELF_SIGNED_CERT_IN_CHAIN", "20": "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "21": "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "23": "CERT_REVOKED", "62": "HOSTNAME_MISMATCH"}

// verifyCode: verify error:num=20:…, Verify return code: 21 (…).
func (x *scan) verifyCode(w span) (int, bool) {
	at, skipped := x.past(w.end, 3, " error num return code result ")
	n, _, ok := x.number(at, maxGap)
	if !ok || skipped == "" || verifyNames[x.word(n)] == "" {
		return 0, false
	}
	return x.add(w.start, n.end, verifyNames[x.word(n)]), true
}

// rcode: rcode REFUSED, rcode=3.
func (x *scan) rcode(w span) (int, bool) {
	n, ok := x.next(w.end, maxGap)
	if !ok {
		return 0, false
	}
	names := map[string]string{"1": "FORMERR", "2": "SERVFAIL", "3": "NXDOMAIN", "5": "DNS REFUSED", "REFUSED": "DNS REFUSED"}
	if code := names[x.word(n)]; code != "" {
		return x.add(w.start, n.end, code), true
	}
	return 0, false
}

// curlCode: curl: (7) …, cURL error 28.
func (x *scan) curlCode(w span) (int, bool) {
	at, skipped := x.past(w.end, 2, " error code failed errno ")
	n, _, ok := x.number(at, maxGap)
	if !ok || skipped == "" && x.s[n.start-1] != '(' {
		return 0, false
	}
	return x.curlOf(w.start, n)
}

func (x *scan) curlOf(start int, n span) (int, bool) {
	if code := "curl " + x.word(n); wisdom().byKey[Key(code)] != nil {
		return x.add(start, n.end, code), true
	}
	return 0, false
}

// kafkaOnly are parts of names that nothing but Kafka uses.
var kafkaOnly = []string{"TOPIC", "PARTITION", "LEADER", "COORDINATOR", "REPLICA", "BROKER", "OFFSET", "GROUP_ID", "MEMBER_ID", "REBALANCE", "PRODUCER", "ISR", "SASL_MECHANISM"}

func kafkaName(x *scan, w span) (int, bool) {
	name := x.word(w)
	sure := false
	for _, part := range kafkaOnly {
		sure = sure || strings.Contains(name, part)
	}
	if !strings.Contains(name, "_") || !sure && !x.near(hintKafka, w.start, 1000) || !x.alone(w) {
		return 0, false
	}
	return x.add(w.start, w.end, "Kafka "+name), true
}

// --- shapes ---

// shaped handles words that are codes by their form; it gives their end, or 0.
func (x *scan) shaped(w span) int {
	s := x.word(w)
	var end int
	var ok bool
	switch c := s[0]; {
	case len(s) == 10 && c == '0' && s[1]|0x20 == 'x':
		end, ok = x.hexOf(w.start, w.end, s)
	case len(s) == 3 && (c == '4' || c == '5') && isDigit(s[1]) && isDigit(s[2]):
		if end, ok = x.statusLine(w); !ok {
			end, ok = x.replyAt(w.start, w, x.near(hintMail, w.start, 160) && (w.start == 0 || x.s[w.start-1] == '\n' || strings.HasPrefix(x.s[max(0, w.start-2):], ": ")))
		}
	case len(s) == 5 && w.start > 0 && x.s[w.start-1] == '[' && w.end < len(x.s) && x.s[w.end] == ']':
		// [23505] is a SQLSTATE among words of a database; a process number in front of a line is not
		if isState(s) && (x.near(hintSQL, w.start, 200) || x.near(hintMySQL, w.start, 200)) && (w.start < 2 || fold[x.s[w.start-2]] == 0) && stateKnown(s) {
			end, ok = x.add(w.start, w.end, "SQLSTATE "+s), true
		}
	case len(s) == 4 && c == 'S':
		if code, known := abendCode(s); known && x.alone(w) && (s[1:3] == "0C" || s[2:] == "37" || x.near(hintAbend, w.start, 200)) {
			end, ok = x.add(w.start, w.end, code), true
		}
	case c == 'C' && len(s) > 9 && strings.HasPrefix(s, "CAUAJM_"):
		if allDigits(s[9:]) && (s[7] == 'E' || s[7] == 'W' || s[7] == 'I') && s[8] == '_' {
			end, ok = x.add(w.start, w.end, s), true
		}
	case len(s) == 8 && strings.HasPrefix(s, "SQL") && (s[7] == 'N' || s[7] == 'C') && allDigits(s[3:7]) && s[3:7] != "0000":
		end, ok = x.add(w.start, w.end, "SQLCODE -"+strings.TrimLeft(s[3:7], "0")), true
	case len(s) > 6 && strings.HasPrefix(s, "ER_"):
		end, ok = x.symbol(w, MySQL, "MySQL ")
	case len(s) > 8 && strings.HasPrefix(s, "ERROR_"), len(s) > 6 && strings.HasPrefix(s, "WSAE"):
		end, ok = x.symbol(w, Windows, "Windows ")
	case len(s) > 8 && strings.HasPrefix(s, "STATUS_"):
		end, ok = x.symbol(w, NTStatus, "")
	}
	if !ok {
		return 0
	}
	return end
}

func (x *scan) symbol(w span, f Family, prefix string) (int, bool) {
	code, ok := tableOf[f].load().byName[x.word(w)]
	if !ok || !x.alone(w) {
		return 0, false
	}
	return x.add(w.start, w.end, prefix+code), true
}
