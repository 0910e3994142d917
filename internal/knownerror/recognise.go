package knownerror

import (
	"strconv"
	"strings"
)

// hint is something said earlier in the text that makes a number more likely a code of one kind.
type hint int

const (
	_ hint = iota
	hintSQL
	hintMySQL
	hintMail
	hintKafka
	hintWindows
	hintAbend
	hintPython
	hintKilled
	hintCurl
	hints
)

type keyword struct {
	word string
	keep func(*scan, span) (int, bool)
	hint hint
}

// keywords are the words before (or around) a number that make it a code.
var keywords = []keyword{
	{"sqlstate", (*scan).sqlstate, hintSQL}, {"state", (*scan).sqlstate, 0},
	{"sql", nil, hintSQL}, {"psql", nil, hintSQL}, {"postgres", nil, hintSQL}, {"postgresql", nil, hintSQL}, {"constraint", nil, hintSQL}, {"psqlexception", nil, hintSQL},
	{"mysql", nil, hintMySQL}, {"mariadb", nil, hintMySQL}, {"innodb", nil, hintMySQL}, {"mysqld", nil, hintMySQL}, {"pymysql", nil, hintMySQL}, {"mysqli", nil, hintMySQL},
	{"error", (*scan).errorNumber, 0}, {"err", (*scan).errorNumber, 0}, {"errorcode", (*scan).errorCode, 0}, {"error_code", (*scan).errorCode, 0},
	{"msg", (*scan).sqlServer, 0},
	{"errno", (*scan).errnoNumber, 0},
	{"exit", (*scan).exitCode, 0}, {"exited", (*scan).exitCode, 0}, {"exits", (*scan).exitCode, 0}, {"exiting", (*scan).exitCode, 0}, {"exitcode", (*scan).exitCode, 0}, {"exit_code", (*scan).exitCode, 0},
	{"exitstatus", (*scan).exitCode, 0}, {"exit_status", (*scan).exitCode, 0},
	{"killed", nil, hintKilled}, {"dumped", nil, hintKilled},
	{"signal", (*scan).signalNumber, 0},
	{"http", (*scan).httpStatus, 0}, {"https", (*scan).httpStatus, 0}, {"httperror", (*scan).httpStatus, 0}, {"status", (*scan).status, 0}, {"status_code", (*scan).status, 0}, {"statuscode", (*scan).status, 0}, {"http_code", (*scan).status, 0}, {"http_status", (*scan).status, 0}, {"httpstatus", (*scan).status, 0},
	{"response", (*scan).httpStatus, 0}, {"response_code", (*scan).status, 0}, {"responsecode", (*scan).status, 0},
	{"smtp", (*scan).mailReply, hintMail}, {"esmtp", nil, hintMail}, {"postfix", nil, hintMail}, {"said", (*scan).mailReply, hintMail}, {"mailer", nil, hintMail}, {"dsn", (*scan).enhanced, hintMail}, {"smtpsendfailedexception", (*scan).mailReply, hintMail},
	{"winerror", (*scan).windowsNumber, hintWindows}, {"windows", nil, hintWindows}, {"win32", (*scan).windowsNumber, hintWindows}, {"getlasterror", (*scan).windowsNumber, hintWindows}, {"lasterror", (*scan).windowsNumber, hintWindows}, {"win32exception", (*scan).windowsNumber, hintWindows},
	{"curl", (*scan).curlCode, hintCurl},
	{"alert", (*scan).tlsAlert, 0},
	{"verify", (*scan).verifyCode, 0},
	{"abend", (*scan).abend, hintAbend}, {"abended", (*scan).abend, hintAbend}, {"completion", (*scan).completion, hintAbend}, {"ief450i", nil, hintAbend}, {"iea995i", nil, hintAbend},
	{"sqlcode", (*scan).sqlcode, hintSQL},
	{"kafka", nil, hintKafka}, {"broker", nil, hintKafka}, {"topic", nil, hintKafka}, {"partition", nil, hintKafka}, {"partitions", nil, hintKafka}, {"consumer", nil, hintKafka}, {"producer", nil, hintKafka},
	{"traceback", nil, hintPython}, {"rcode", (*scan).rcode, 0},
	{"ora", (*scan).dashed, 0}, {"tns", (*scan).dashed, 0}, {"pls", (*scan).dashed, 0}, {"rman", (*scan).dashed, 0}, {"sp2", (*scan).dashed, 0}, {"imp", (*scan).dashed, 0}, {"exp", (*scan).dashed, 0}, {"dpy", (*scan).dashed, 0}, {"dpi", (*scan).dashed, 0}, {"kup", (*scan).dashed, 0}, {"udi", (*scan).dashed, 0}, {"ude", (*scan).dashed, 0},
}

// digits reads a whole number of lo to hi digits at the beginning of a word; it is false when the word has anything else.
func digits(s string, lo, hi int) (int, bool) {
	if len(s) < lo || len(s) > hi || !allDigits(s) {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// whole reports whether a number ends here: not a fraction, a version, a date, a unit or part of an address.
func (x *scan) whole(end int) bool {
	if end >= len(x.s) {
		return true
	}
	switch x.s[end] {
	case '.', ',', ':', '/', '-':
		return end+1 >= len(x.s) || fold[x.s[end+1]] == 0 || x.s[end] == ':' && !isDigit(x.s[end+1]) || x.s[end] == '/' && !isDigit(x.s[end+1])
	case '%':
		return false
	}
	return true
}

// number gives the word after at when it is a number, at most gap bytes on. A minus directly before it counts.
func (x *scan) number(at, gap int) (w span, minus, ok bool) {
	if w, ok = x.next(at, gap); !ok || !allDigits(x.word(w)) || !x.whole(w.end) {
		return w, false, false
	}
	if minus = w.start > 0 && x.s[w.start-1] == '-'; minus && w.start-1 == at {
		return w, false, false // code-10 is a name, not a negative number
	}
	return w, minus, true
}

// past skips up to most words of a list.
func (x *scan) past(at, most int, list string) (end int, skipped string) {
	for range most {
		w, ok := x.next(at, maxGap)
		if !ok || w.end-w.start > 12 || !strings.Contains(list, " "+strings.ToLower(x.word(w))+" ") {
			break
		}
		skipped += " " + strings.ToLower(x.word(w))
		at = w.end
	}
	return at, skipped
}

// before gives the word that ends shortly before at, in lower case.
func (x *scan) before(at int) string {
	end := at
	for end > 0 && at-end < 3 && fold[x.s[end-1]] == 0 && x.s[end-1] != '\n' {
		end--
	}
	start := end
	for start > 0 && end-start < 24 && fold[x.s[start-1]] != 0 {
		start--
	}
	return strings.ToLower(x.s[start:end])
}

// --- databases ---

func isState(s string) bool {
	if len(s) != 5 {
		return false
	}
	digit := false
	for i := range len(s) {
		if isDigit(s[i]) {
			digit = true
		} else if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return digit
}

func stateKnown(s string) bool {
	_, ok := tableOf[SQLState].load().byCode[s]
	return ok || wisdom().byKey["sqlstate-"+strings.ToLower(s)] != nil
}

// sqlstate: SQLSTATE 40001, SQLSTATE: 40001, SQLSTATE[40001], (SQLSTATE=40001), SQL state: 40001.
func (x *scan) sqlstate(w span) (int, bool) {
	if strings.EqualFold(x.word(w), "state") && x.before(w.start) != "sql" {
		return 0, false
	}
	at, _ := x.past(w.end, 2, " code is value ")
	n, ok := x.next(at, maxGap)
	if !ok || !isState(x.word(n)) || x.word(n) == "00000" || !stateKnown(x.word(n)) && wisdom().class(SQLState, "SQLSTATE "+x.word(n), "") == nil {
		return 0, false
	}
	return x.add(w.start, n.end, "SQLSTATE "+x.word(n)), true
}

func (x *scan) mysqlCode(start int, n span) (int, bool) {
	if _, ok := tabled(MySQL, x.word(n)); !ok && wisdom().byKey["mysql-"+x.word(n)] == nil {
		return 0, false
	}
	return x.add(start, n.end, "MySQL "+x.word(n)), true
}

// errorNumber: ERROR 1213 (40001), ERROR: 23505: …, System error 53, os error 13, Error: 18456, Severity: 14.
func (x *scan) errorNumber(w span) (int, bool) {
	at, _ := x.past(w.end, 2, " code number no nr ")
	if at > w.end {
		return x.errorCode(span{start: w.start, end: at})
	}
	n, ok := x.next(w.end, maxGap)
	if !ok {
		return 0, false
	}
	text, rest := x.word(n), x.ahead(n.end, 40)
	before := x.before(w.start)
	switch {
	case len(text) == 5 && isState(text) && strings.HasPrefix(rest, ": ") && x.s[w.end] == ':' && stateKnown(text):
		return x.add(w.start, n.end, "SQLSTATE "+text), true
	case !allDigits(text):
		return 0, false
	case strings.HasPrefix(rest, ", Severity"):
		return x.add(w.start, n.end, "SQL Server "+text), true
	case before == "os":
		return x.errnoOf(w.start, n)
	case before == "system" || before == "win32" || before == "windows":
		return x.windowsOf(w.start, n)
	case before == "curl":
		return x.curlOf(w.start, n)
	case before == "http" || before == "smtp":
		return 0, false // the earlier word took it, or it is no code
	}
	if len(text) == 4 && len(rest) >= 8 && (rest[:2] == " (" && rest[7] == ')' && isStateLike(rest[2:7])) {
		if end, ok := x.mysqlCode(w.start, n); ok {
			x.out[len(x.out)-1].End = end + 8
			return end + 8, true
		}
	}
	if len(text) == 4 && (x.near(hintMySQL, w.start, 300) || before == "mysql") {
		return x.mysqlCode(w.start, n)
	}
	return 0, false
}

func isStateLike(s string) bool { return isState(s) || s == "HY000" }

// errorCode: error code 1326, Error Code: 1062. Duplicate …, errorCode=1213; the neighbours say whose number it is.
func (x *scan) errorCode(w span) (int, bool) {
	n, _, ok := x.number(w.end, maxGap)
	if !ok {
		return 0, false
	}
	text := x.word(n)
	if len(text) == 4 {
		if row, ok := tableOf[MySQL].load().byCode[text]; ok {
			first, _, _ := strings.Cut(column(row, 2), " ")
			if x.near(hintMySQL, w.start, 300) || strings.HasPrefix(x.ahead(n.end, 40), ". "+first) {
				return x.mysqlCode(w.start, n)
			}
		}
	}
	if x.near(hintWindows, w.start, 300) || strings.EqualFold(x.before(w.start), "system") {
		return x.windowsOf(w.start, n)
	}
	return 0, false
}

// sqlServer: Msg 1205, Level 13.
func (x *scan) sqlServer(w span) (int, bool) {
	n, ok := x.next(w.end, 1)
	if !ok || !strings.HasPrefix(x.ahead(n.end, 12), ", Level ") {
		return 0, false
	}
	if _, ok := digits(x.word(n), 1, 6); !ok {
		return 0, false
	}
	return x.add(w.start, n.end, "SQL Server "+x.word(n)), true
}

// sqlcode: SQLCODE=-911, SQLCODE -805.
func (x *scan) sqlcode(w span) (int, bool) {
	at, _ := x.past(w.end, 1, " is ")
	n, minus, ok := x.number(at, maxGap)
	if !ok || !minus || len(x.word(n)) > 5 || strings.Trim(x.word(n), "0") == "" {
		return 0, false
	}
	return x.add(w.start, n.end, "SQLCODE -"+strings.TrimLeft(x.word(n), "0")), true
}

// dashed: ORA-01555, TNS-12541, PLS-00201, SP2-0640; ORA-1555 is ORA-01555.
func (x *scan) dashed(w span) (int, bool) {
	if w.end >= len(x.s) || x.s[w.end] != '-' || w.start > 0 && (x.s[w.start-1] == '-' || x.s[w.start-1] == '.') {
		return 0, false
	}
	n, ok := x.next(w.end, 1)
	if !ok || !x.whole(n.end) {
		return 0, false
	}
	prefix, code := strings.ToUpper(x.word(w)), x.word(n)
	if _, ok := digits(code, 3, 5); !ok || prefix != x.word(w) && prefix != "ORA" {
		return 0, false
	}
	if prefix != "SP2" && prefix != "DPY" && prefix != "DPI" {
		code = strings.Repeat("0", 5-len(code)) + code
	}
	if prefix == "TNS" {
		prefix = "ORA" // the same number, seen from the listener
	}
	return x.add(w.start, n.end, prefix+"-"+code), true
}

// --- operating systems ---

// errnoNumber: [Errno 111], errno=13, errno: 28.
func (x *scan) errnoNumber(w span) (int, bool) {
	n, minus, ok := x.number(w.end, maxGap)
	if !ok || minus || x.near(hintMySQL, w.start, 100) {
		return 0, false
	}
	return x.errnoOf(w.start, n)
}

func (x *scan) errnoOf(start int, n span) (int, bool) {
	for _, name := range tableOf[Errno].load().order {
		if column(tableOf[Errno].byCode[name], 1) == x.word(n) {
			return x.add(start, n.end, name), true
		}
	}
	return 0, false
}

const aroundExit = " with code status abnormally non zero value of is was non-zero returned the and "

// exitCode: exit code 137, exited with status 1, exitCode=137, Exited (137), non-zero exit status 127.
func (x *scan) exitCode(w span) (int, bool) {
	if w.end < len(x.s) && x.s[w.end] == ',' {
		return 0, false // code=exited, status=203/EXEC: the number after status says more
	}
	at, skipped := x.past(w.end, 5, aroundExit)
	n, minus, ok := x.number(at, maxGap)
	if !ok {
		return 0, false
	}
	said := strings.Contains(skipped, "code") || strings.Contains(skipped, "status") || w.end-w.start > 6 || x.s[n.start-1] == '(' && strings.EqualFold(x.word(w), "exited")
	if !said {
		return 0, false
	}
	return x.exitOf(w.start, n, minus)
}

func (x *scan) exitOf(start int, n span, minus bool) (int, bool) {
	v, err := strconv.ParseUint(x.word(n), 10, 32)
	switch {
	case err != nil || v == 0:
		return 0, false
	case minus && v == 1:
		v = 255 // as the parent sees it
	case minus && v < 32 && signalNames[int(v)] != "":
		return x.add(start, n.end, signalNames[int(v)]), true // as Python and others tell a signal
	case minus && v < 1<<16:
		return 0, false
	case minus && v <= 1<<31 || v > 0x80000000 && !minus:
		if minus {
			v = 1<<32 - v
		}
		return x.hexOf(start, n.end, "0x"+strings.ToUpper(strconv.FormatUint(v, 16)))
	case v > 255:
		return 0, false
	}
	return x.add(start, n.end, "Exit code "+strconv.FormatUint(v, 10)), true
}

var signalNames = map[int]string{1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
	24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS"}

// signalNumber: signal 9, signal: 11, signal=15.
func (x *scan) signalNumber(w span) (int, bool) {
	n, minus, ok := x.number(w.end, 3)
	if !ok || minus {
		return 0, false
	}
	v, ok := digits(x.word(n), 1, 2)
	name := signalNames[v]
	if !ok || name == "" {
		return 0, false
	}
	return x.add(w.start, n.end, name), true
}

// windowsNumber: [WinError 5], Win32Exception (5), GetLastError = 5.
func (x *scan) windowsNumber(w span) (int, bool) {
	at, _ := x.past(w.end, 2, " error code returned returns ")
	n, minus, ok := x.number(at, maxGap)
	if !ok || minus {
		return 0, false
	}
	return x.windowsOf(w.start, n)
}

func (x *scan) windowsOf(start int, n span) (int, bool) {
	if x.word(n) == "0" || !allDigits(x.word(n)) {
		return 0, false
	}
	if _, ok := tableOf[Windows].load().byCode[x.word(n)]; !ok {
		return 0, false
	}
	return x.add(start, n.end, "Windows "+x.word(n)), true
}

// hexOf: 0x80070005 when the table knows it. 0x8007 with a system error behind it is that HRESULT.
func (x *scan) hexOf(start, end int, code string) (int, bool) {
	if len(code) != 10 {
		return 0, false
	}
	code = "0x" + strings.ToUpper(code[2:])
	if wisdom().byKey[Key(code)] != nil {
		return x.add(start, end, code), true
	}
	if _, ok := tableOf[HResult].load().byCode[code]; !ok {
		if _, ok := tableOf[NTStatus].load().byCode[code]; !ok {
			low, err := strconv.ParseUint(code[6:], 16, 16)
			if err != nil || code[2:6] != "8007" {
				return 0, false
			}
			if _, ok := tableOf[Windows].load().byCode[strconv.FormatUint(low, 10)]; !ok {
				return 0, false
			}
			code = "Windows " + strconv.FormatUint(low, 10)
		}
	}
	return x.add(start, end, code), true
}

// --- mainframe ---

func abendCode(s string) (string, bool) {
	if len(s) == 3 {
		s = "S" + s
	}
	if len(s) != 4 || s[0] != 'S' {
		return "", false
	}
	for i := 1; i < 4; i++ {
		if c := s[i]; !isDigit(c) && (c < 'A' || c > 'F') {
			return "", false
		}
	}
	return s, wisdom().byKey[Key(s)] != nil
}

// abend: ABEND=S0C7, ABEND S222, ABENDED S806, ABEND U4038.
func (x *scan) abend(w span) (int, bool) {
	at, _ := x.past(w.end, 2, " code system with ")
	n, ok := x.next(at, maxGap)
	if !ok {
		return 0, false
	}
	if code, ok := abendCode(strings.ToUpper(x.word(n))); ok {
		return x.add(w.start, n.end, code), true
	}
	if t := x.word(n); len(t) == 5 && t[0] == 'U' && allDigits(t[1:]) && t != "U0000" {
		return x.add(w.start, n.end, t), true
	}
	return 0, false
}

// completion: SYSTEM COMPLETION CODE=0C7, COMPLETION CODE - SYSTEM=806 USER=0000.
func (x *scan) completion(w span) (int, bool) {
	at, skipped := x.past(w.end, 2, " code system ")
	n, ok := x.next(at, maxGap)
	if !ok || !strings.Contains(skipped, "code") {
		return 0, false
	}
	code, ok := abendCode(strings.ToUpper(x.word(n)))
	if !ok {
		return 0, false
	}
	return x.add(w.start, n.end, code), true
}
