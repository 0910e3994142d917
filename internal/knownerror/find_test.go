package knownerror

import (
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	for text, want := range map[string]string{
		// databases
		"ORA-01555: snapshot too old: rollback segment number 9": "ORA-01555",
		"ora-1555 again":                                               "ORA-01555",
		"Caused by: ORA-12541: TNS:no listener":                        "ORA-12541",
		"TNS-12541: nothing listens":                                   "ORA-12541",
		"PLS-00201: identifier must be declared":                       "PLS-00201",
		"ORA-20999: own error of the application":                      "ORA-20999",
		"SQLSTATE 40001":                                               "SQLSTATE 40001",
		"SQLSTATE: 23505":                                              "SQLSTATE 23505",
		"SQLSTATE[42S02]: base table not found":                        "SQLSTATE 42S02",
		"(SQLSTATE=57014)":                                             "SQLSTATE 57014",
		"SQL state: 42601":                                             "SQLSTATE 42601",
		"duplicate key value violates unique constraint \"a\" [23505]": "SQLSTATE 23505; SQLSTATE 23505",
		"ERROR: deadlock detected":                                     "SQLSTATE 40P01",
		"ERROR:  23505: duplicate row":                                 "SQLSTATE 23505",
		"[23505] LOG:  checkpoint starting":                            "",
		"sshd[23505]: session opened":                                  "",
		"ERROR 1213 (40001): Deadlock":                                 "MySQL 1213",
		"Error 1213 (40001): Deadlock found when trying to get lock; try restarting transaction": "MySQL 1213; MySQL 1213",
		"Error Code: 1062. Duplicate entry 'a'":                                                  "MySQL 1062",
		"mysql: error 1045":                                                                      "MySQL 1045",
		"ER_DUP_ENTRY":                                                                           "MySQL 1062",
		"Msg 1205, Level 13, State 51, Line 1":                                                   "SQL Server 1205",
		"Error: 18456, Severity: 14, State: 8.":                                                  "SQL Server 18456",
		"SQLCODE=-911, SQLSTATE=40001":                                                           "SQLCODE -911; SQLSTATE 40001",
		"SQL0911N  The current transaction":                                                      "SQLCODE -911",
		// systems
		"connect ECONNREFUSED 10.0.0.1:5432":                 "ECONNREFUSED",
		"connect(): Connection refused":                      "ECONNREFUSED",
		"[Errno 28] No space left on device":                 "ENOSPC; ENOSPC",
		"failed with os error 13":                            "EACCES",
		"errno=110":                                          "ETIMEDOUT",
		"the job ended with exit code 137":                   "Exit code 137",
		"exited with code 1":                                 "Exit code 1",
		"exit status 127":                                    "Exit code 127",
		"returned non-zero exit status 2.":                   "Exit code 2",
		"Exited (137) 3 minutes ago":                         "Exit code 137",
		"exitCode=143,":                                      "Exit code 143",
		"process exited with code 0":                         "",
		"exit code -1073741819":                              "0xC0000005",
		"killed by signal 9":                                 "SIGKILL",
		"signal: killed":                                     "SIGKILL",
		"received SIGTERM":                                   "SIGTERM",
		"Main process exited, code=exited, status=203/EXEC":  "systemd 203/EXEC",
		"Main process exited, code=killed, status=9/KILL":    "SIGKILL",
		"Main process exited, code=exited, status=1/FAILURE": "Exit code 1",
		"HRESULT: 0x80070005 (E_ACCESSDENIED)":               "0x80070005",
		"0x800706BA":                                         "0x800706BA",
		"0x80070035 and more":                                "Windows 53",
		"faulting code 0xc0000005 here":                      "0xC0000005",
		"at 0x7fff0005deadbeef and 0x00000010":               "",
		"[WinError 5] Access is denied":                      "Windows 5",
		"System error 53 has occurred.":                      "Windows 53",
		"ERROR_SHARING_VIOLATION":                            "Windows 32",
		// network
		"HTTP 503 from billing":                         "HTTP 503",
		`10.1.1.1 - - "GET /a HTTP/1.1" 503 17`:         "HTTP 503",
		"HTTP/1.1 502 Bad Gateway":                      "HTTP 502",
		"got 503 Service Unavailable":                   "HTTP 503",
		"status code: 429":                              "HTTP 429",
		`{"status":500,"path":"/x"}`:                    "HTTP 500",
		"HTTP/1.1 200 OK":                               "",
		"room 503, 404 items, port 443, line 500":       "",
		"https://host:443/a 1404":                       "",
		"550 5.7.1 relaying denied":                     "SMTP 5.7.1",
		"said: 550-5.1.1 The email account":             "SMTP 5.1.1",
		"dsn=4.4.1, status=deferred":                    "SMTP 4.4.1",
		"Status: 5.2.2":                                 "SMTP 5.2.2",
		"version 5.7.1 of the driver":                   "",
		"Spring 4.1.1, kernel 5.4.1":                    "",
		"x509: certificate signed by unknown authority": "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
		"verify error:num=10:certificate has expired":   "CERT_HAS_EXPIRED; CERT_HAS_EXPIRED",
		"SSL alert number 40":                           "TLS alert 40",
		"remote error: tls: handshake failure":          "TLS alert 40",
		"Received fatal alert: handshake_failure":       "TLS alert 40",
		"status: NXDOMAIN, id: 42":                      "NXDOMAIN",
		"lookup db on 10.0.0.2:53: no such host":        "ENOTFOUND",
		"curl: (7) Failed to connect":                   "curl 7",
		"cURL error 28: time":                           "curl 28",
		// languages
		"java.lang.OutOfMemoryError: Java heap space":                                        "java.lang.OutOfMemoryError: Java heap space",
		"java.lang.OutOfMemoryError":                                                         "java.lang.OutOfMemoryError",
		"Caused by: java.net.ConnectException: Connection refused (Connection refused)":      "java.net.ConnectException; ECONNREFUSED; ECONNREFUSED",
		"com.acme.TimeoutException: too late":                                                "",
		"KeyError: 'rate'":                                                                   "Python KeyError",
		"Traceback (most recent call last):\n  File \"a.py\", line 3\nTypeError: 'NoneType'": "Python TypeError",
		"TypeError: x is not a function\n    at main (/srv/a.js:3:1)":                        "Node.js TypeError",
		"System.NullReferenceException: Object":                                              "System.NullReferenceException",
		"panic: runtime error: invalid memory address or nil pointer dereference":            "Go panic: nil pointer dereference",
		"throw new IOException(x)":                                                           "",
		"TypeError: it failed somehow":                                                       "",
		"if the destination exists and is a directory, it is used":                           "",
		"rm: a: is a directory":                                                              "EISDIR",
		"returned exit code -9":                                                              "SIGKILL",
		"retry any status >=500 here":                                                        "",
		"see IOException.java for it":                                                        "",
		// platforms
		"NOT_LEADER_OR_FOLLOWER":                      "Kafka NOT_LEADER_OR_FOLLOWER",
		"INVALID_REQUEST from the form":               "",
		"kafka broker said INVALID_REQUEST":           "Kafka INVALID_REQUEST",
		"state CrashLoopBackOff (5m)":                 "CrashLoopBackOff",
		"Reason: OOMKilled":                           "OOMKilled",
		"fatal: not a git repository (or any parent)": "git: not a repository",
		"git@h: Permission denied (publickey).":       "ssh: permission denied (publickey)",
		"CAUAJM_E_10062 no server":                    "CAUAJM_E_10062",
		"CAUAJM_E_18416 something":                    "CAUAJM_E_18416",
		"IEF450I JOB1 STEP2 - ABEND=S0C7 U0000":       "S0C7",
		"SYSTEM COMPLETION CODE=806":                  "S806",
		"ABEND U4038":                                 "U4038",
		"seat S222 and S222":                          "",
		"abended with S222":                           "S222",
	} {
		if got := codes(Find(text)); got != want {
			t.Errorf("%q\n  found %q\n  want  %q", text, got, want)
		}
	}
}

func TestFoundPlaces(t *testing.T) {
	text := "first\nERROR 1213 (40001): x\n\nthen ECONNRESET"
	found := Find(text)
	if len(found) != 2 {
		t.Fatalf("%+v", found)
	}
	for i, want := range []Found{{6, 23, 2, "MySQL 1213", "ERROR 1213 (40001)"}, {32, 42, 4, "ECONNRESET", "ECONNRESET"}} {
		f := found[i]
		if f.Line != want.Line || f.Code != want.Code || f.Text != want.Text || text[f.Start:f.End] != f.Text {
			t.Errorf("%+v, want %+v", f, want)
		}
	}
}

func TestOwnCodesComeFirst(t *testing.T) {
	b := With([]string{"BILL-1234", "Error 77 in feed", "ORA-01555", "ORA-20999"})
	for text, want := range map[string]string{
		"bill-1234: no rate":                 "BILL-1234",
		"bill 1234 was paid":                 "",
		"BILL-12345":                         "",
		"there was error 77 in feed nightly": "Error 77 in feed",
		"ORA-20999: x, ORA-01555: y":         "ORA-20999; ORA-01555",
		"ECONNRESET and BILL-1234":           "ECONNRESET; BILL-1234",
	} {
		if got := codes(b.Find(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// BenchmarkFind goes over texts made to keep the scanner busy: its work stays in proportion to their length.
func BenchmarkFind(b *testing.B) {
	for _, unit := range []string{"2026-11-22 03:12:07.123 INFO  [main] com.acme.billing.Run - 1200 rows of 4096 in 37 ms\n", "connection ", "aError.", "exit with code status ", "0x80070005 ", "[23505] sql ", "http ", "5.7.1 550 ", "x", "\n", "é", "java.lang.", "error code error code ", "ORA-", "certificate is "} {
		b.Run(strings.TrimSpace(unit[:min(20, len(unit))]), func(b *testing.B) {
			text := strings.Repeat(unit, (10<<20)/len(unit))
			Find("")
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Find(text)
			}
		})
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"ERROR 1213 (40001)", "550 5.7.1", "HTTP/1.1\" 503", "java.lang.OutOfMemoryError: Java heap space", "exit code -1073741819", "[23505] sql", "0x80070005", "code=exited, status=203/EXEC", "ORA-1555", "é ECONNREFUSED"} {
		f.Add(s)
	}
	own := With([]string{"BILL-1", "a b c"})
	f.Fuzz(func(t *testing.T, s string) {
		for _, b := range []*Book{Shipped(), own} {
			last, line := 0, 1
			for _, x := range b.Find(s) {
				if x.Start < last || x.End <= x.Start || x.End > len(s) || x.Line < line || s[x.Start:x.End] != x.Text {
					t.Fatalf("%+v after %d in %q", x, last, s)
				}
				last, line = x.End, x.Line
				if _, ok := Lookup(x.Code); !ok && b == Shipped() {
					t.Fatalf("%q found in %q and not known", x.Code, s)
				}
			}
		}
	})
}
