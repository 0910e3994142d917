package signature

import (
	"strings"
	"testing"
)

const javaTrace = `2026-11-22 10:00:00,123 ERROR [http-nio-8080-exec-7] c.a.billing.web.InvoiceController - request failed
javax.servlet.ServletException: Request processing failed
	at org.springframework.web.servlet.FrameworkServlet.processRequest(FrameworkServlet.java:1014)
	at javax.servlet.http.HttpServlet.service(HttpServlet.java:750)
Caused by: com.acme.billing.CloseException: cannot close invoice 4711 of client 17
	at com.acme.billing.Close.run(Close.java:88)
	at com.acme.billing.web.InvoiceController.close(InvoiceController.java:41)
	... 23 more
	Suppressed: java.io.IOException: stream closed
		at com.acme.io.Sink.close(Sink.java:9)
Caused by: java.sql.SQLException: ORA-01555: snapshot too old: rollback segment number 9 with name "_SYSSMU9$" too small
	at oracle.jdbc.driver.T4CTTIoer11.processError(T4CTTIoer11.java:494)
	at com.acme.billing.Repository.lines(Repository.java:120)
	at com.acme.billing.Repository.lambda$all$3(Repository.java:77)
	at com.acme.billing.Close.run(Close.java:80)
	at com.acme.billing.Main.main(Main.java:3)
	... 25 more
2026-11-22 10:00:01,000 INFO done
`

const pythonTrace = `Nov 22 10:00:00 app01 billing[812]: Traceback (most recent call last):
Nov 22 10:00:00 app01 billing[812]:   File "/srv/billing/close.py", line 41, in main
Nov 22 10:00:00 app01 billing[812]:     run(args)
Nov 22 10:00:00 app01 billing[812]:   File "/srv/billing/run.py", line 7, in run
Nov 22 10:00:00 app01 billing[812]:     return table[key]
Nov 22 10:00:00 app01 billing[812]:            ~~~~~^^^^^
Nov 22 10:00:00 app01 billing[812]:   File "/usr/lib/python3.12/site-packages/orm/table.py", line 99, in __getitem__
Nov 22 10:00:00 app01 billing[812]:     raise KeyError(key)
Nov 22 10:00:00 app01 billing[812]: KeyError: 'invoice 4711'
`

const goTrace = `panic: runtime error: index out of range [5] with length 3

goroutine 18 [running]:
main.(*Server).lines(0xc000123400, 0x5)
	/srv/billing/server.go:120 +0x1d4
main.(*Server).ServeHTTP(...)
	/srv/billing/server.go:41
net/http.serverHandler.ServeHTTP({0xc00011e000?}, {0x6c0c80?, 0xc0001})
	/usr/local/go/src/net/http/server.go:3210 +0x8e
created by net/http.(*Server).Serve in goroutine 1
	/usr/local/go/src/net/http/server.go:3360 +0x485

goroutine 1 [IO wait]:
other.thing()
	/srv/other.go:1
`

const netTrace = `Unhandled exception. System.InvalidOperationException: Close failed for invoice 4711 ---> System.TimeoutException: The operation has timed out after 30000ms
   at Acme.Billing.Repository.Lines(Int32 id) in C:\src\Billing\Repository.cs:line 120
   at System.Threading.Tasks.Task.Execute()
   --- End of inner exception stack trace ---
   at Acme.Billing.Close.Run() in C:\src\Billing\Close.cs:line 80
`

const nodeTrace = `> TypeError: Cannot read properties of undefined (reading 'lines')
>     at Invoice.close (/srv/billing/invoice.js:120:17)
>     at async /srv/billing/run.js:41:3
>     at processTicksAndRejections (node:internal/process/task_queues:95:5)
`

const oracleTrace = `Connected.
ERROR at line 1:
ORA-20001: invoice 4711 has no lines
ORA-06512: at "BILLING.PKG_CLOSE", line 120
ORA-06512: at "BILLING.PKG_RUN", line 7
ORA-06512: at line 1
`

func TestTraces(t *testing.T) {
	tests := []struct {
		name, text, exception, template string
		frames                          string
	}{
		{"java", javaTrace, "java.sql.SQLException",
			`java.sql.SQLException: ORA-01555: snapshot too old: rollback segment number <*> with name "<*>" too small at com.acme.billing.Repository.lines at com.acme.billing.Repository.lambda$all at com.acme.billing.Close.run`,
			"com.acme.billing.Repository.lines com.acme.billing.Repository.lambda$all com.acme.billing.Close.run"},
		{"python", pythonTrace, "KeyError", "KeyError: 'invoice <*>' at run.run at close.main", "run.run close.main"},
		{"go", goTrace, "panic", "panic: runtime error: index out of range [<*>] with length <*> at main.(*Server).lines at main.(*Server).ServeHTTP", "main.(*Server).lines main.(*Server).ServeHTTP"},
		{"net", netTrace, "System.TimeoutException", "System.TimeoutException: The operation has timed out after <*> at Acme.Billing.Repository.Lines at Acme.Billing.Close.Run", "Acme.Billing.Repository.Lines Acme.Billing.Close.Run"},
		{"node", nodeTrace, "TypeError", "TypeError: Cannot read properties of undefined (reading 'lines') at Invoice.close at (run.js)", "Invoice.close (run.js)"},
		{"plsql", oracleTrace, "ORA-20001", "ORA-20001: invoice <*> has no lines at BILLING.PKG_CLOSE at BILLING.PKG_RUN", "BILLING.PKG_CLOSE BILLING.PKG_RUN"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			plain := Of(test.text)
			if len(plain) == 0 {
				t.Fatal("nothing found")
			}
			got := plain[0]
			if got.Kind != Trace || got.Exception != test.exception || got.Template != test.template || strings.Join(got.Frames, " ") != test.frames {
				t.Errorf("got  %+v\nwant %s %s", got, test.exception, test.template)
			}
			for _, f := range plain[1:] {
				if strings.Contains(f.Template, " at ") || strings.Contains(f.Template, "goroutine") {
					t.Errorf("also found %+v", f)
				}
			}
			for name, prefix := range map[string]string{
				"mail":    "> ",
				"syslog":  "Nov 22 10:00:00 app01 billing[812]: ",
				"log4j":   "2026-11-22 10:00:00,123 ERROR [main] com.acme.Log - ",
				"bracket": "[2026-11-22T10:00:00.123Z] [ERROR] ",
				"docker":  "2026-11-22T10:00:00.123456789Z stderr F ",
			} {
				if test.name == "python" && name != "mail" {
					continue // it has one already
				}
				var b strings.Builder
				b.WriteString("Hello, it happened again:\n\n")
				for line := range strings.Lines(test.text) {
					b.WriteString(prefix + line)
				}
				again := Of(b.String())
				if len(again) == 0 || again[0].ID != got.ID {
					t.Errorf("with what %s puts before each line: %+v", name, again)
				}
			}
		})
	}
}

func TestOf(t *testing.T) {
	tests := []struct{ text, want string }{
		{"Hello team,\nsince this morning the invoices do not print and nobody can work.\nThanks, Marta", ""},
		{"The job failed again. Please help!", ""},
		{"2026-11-22 10:00:00 INFO started 17 workers\n2026-11-22 10:00:01 ERROR cannot open file /data/in/17.csv\n", "line cannot open file <*>"},
		{"2026-11-22 10:00:01,123 ERROR [main] com.acme.Foo - lock of invoice 17 is held\n", "line lock of invoice <*> is held"},
		{"Extract stopped\nORA-00942: table or view does not exist\n", "code ORA-00942: table or view does not exist"},
		{"DB2 says SQLCODE=-911, SQLSTATE=40001 in job BILL0420", "code DB2 says SQLCODE=-911, SQLSTATE=40001 in job <*>"},
		{"IEF450I BILL0420 STEP010 - ABEND=S0C7 U0000 REASON=00000000", "code IEF450I <*> - ABEND=S0C7 <*> REASON=<*>"},
		{"could not connect to server db01.example.com:5432: Connection refused", "line could not connect to server <*>: Connection refused"},
		{"ERROR: x is down\nERROR: x is down\nERROR: x is down", "line x is down 3"},
		{"java.lang.OutOfMemoryError: Java heap space", "line java.lang.OutOfMemoryError: Java heap space"},
		{strings.Repeat("a", 100) + "\n" + strings.Repeat("\x00\xff", 50), ""},
	}
	for _, test := range tests {
		got := ""
		for _, f := range Of(test.text) {
			if got != "" {
				got += " | "
			}
			got += string(f.Kind) + " " + f.Template
			if f.Count > 1 {
				got += " " + string(rune('0'+f.Count))
			}
		}
		if got != test.want {
			t.Errorf("%.80q\n got  %s\n want %s", test.text, got, test.want)
		}
	}
}
