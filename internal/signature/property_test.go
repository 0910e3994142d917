package signature

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// messages are messages of many kinds of programs, in our own words or as their manuals describe them. What is in
// braces changes. Two lines of this list are two errors, and their signatures must differ.
var messages = strings.Split(strings.TrimSpace(`
Failed password for invalid user {user} from {ip} port {port} ssh2
Accepted publickey for root from {ip} port {port} ssh2: RSA SHA256:{hex32}
Connection reset by {ip} port {port}
reverse mapping checking getaddrinfo for {host} [{ip}] failed
pam_unix(cron:session): session opened for user {user} by (uid={int})
FATAL: password authentication failed for user "{user}"
FATAL: remaining connection slots are reserved for non-replication superuser connections
could not connect to server {host}:{port}: Connection refused
could not connect to {ip}:{port}: No route to host
ERROR: duplicate key value violates unique constraint "orders_pkey" DETAIL: Key (id)=({int}) already exists.
ERROR: deadlock detected DETAIL: Process {int} waits for ShareLock on transaction {int}; blocked by process {int}.
ERROR: canceling statement due to statement timeout after {dur}
ORA-01555: snapshot too old: rollback segment number {int} with name "_SYSSMU{int}$" too small
ORA-00060: deadlock detected while waiting for resource
ORA-01653: unable to extend table BILLING.INVOICE_LINE by {int} in tablespace USERS
ORA-12541: TNS:no listener
DFHAC2206 {time} {host} Transaction BIL1 failed with abend ASRA.
DFHSM0131 {host} CICS is under stress
%ASA-4-106023: Deny tcp src outside:{ip}/{port} dst inside:{ip}/{port}
%ASA-6-302014: Teardown TCP connection {int} for outside:{ip}/{port}
An account failed to log on. Account Name: {user} Source Network Address: {ip}
User preferences loaded in {dur}
User settings loaded in {dur}
Block of {size} stored (estimated size {size}, free {size})
ORA-00942: table or view does not exist
ORA-06512: at "BILLING.PKG_CLOSE", line {int}
SQLCODE=-911, SQLSTATE=40001, SQLERRMC={int}, DRIVER=4.26.14
SQLCODE=-904, SQLSTATE=57011, SQLERRMC={hex8}, DRIVER=4.26.14
SQL0911N The current transaction has been rolled back because of a deadlock or timeout. Reason code "{int}".
DSNT408I SQLCODE = -805, ERROR: DBRM OR PACKAGE NAME {hex16} NOT FOUND IN PLAN BILPLAN. REASON {int}
IEF450I {job} STEP{int} - ABEND=S0C7 U0000 REASON={hex8} TIME={time}
IEF450I {job} STEP{int} - ABEND=S322 U0000 REASON={hex8} TIME={time}
IEC030I B37-04,IFG0554A,{job},STEP010,SYSUT2,{hex4},VOL{int},PROD.BILLING.EXTRACT
CAUAJM_I_40245 EVENT: CHANGE_STATUS STATUS: FAILURE JOB: {job} MACHINE: {host} EXITCODE: {int}
CAUAJM_I_40245 EVENT: CHANGE_STATUS STATUS: RUNNING JOB: {job} MACHINE: {host}
CAUAJM_E_10062 Failed to get initial configuration from CA WAAE application server at {host}:{port}
java.net.SocketTimeoutException: Read timed out after {dur}
java.lang.OutOfMemoryError: Java heap space
java.lang.OutOfMemoryError: GC overhead limit exceeded
Caused by: java.sql.SQLException: Listener refused the connection with the following error: ORA-12505
com.example.billing.InvoiceException: invoice {int} for client {int} has no lines
HikariPool-1 - Connection is not available, request timed out after {int}ms.
HTTP request to {url} failed with status 503 after {dur}
HTTP request to {url} failed: certificate has expired
upstream timed out (110: Connection timed out) while reading response header from upstream, client: {ip}, server: {host}
open() "{path}" failed (2: No such file or directory)
kernel: Out of memory: Kill process {int} (oracle) score {int} or sacrifice child
kernel: EXT4-fs error (device sda{digit}): ext4_find_entry:{int}: inode #{int}: comm nginx: reading directory lblock {digit}
kernel: eth{digit}: link down
kernel: eth{digit}: link up, {int} Mbps, full duplex
{unit}: Main process exited, code=exited, status={digit}
{unit}: Failed with result 'exit-code'.
Back-off restarting failed container {uuid} in pod {pod}
Readiness probe failed: Get "{url}": dial tcp {ip}:{port}: connect: connection refused
Failed to pull image "{url}": rpc error: code = Unknown
Partition {int} of topic invoices has under-replicated replicas
Disk {path} is {int}% full
Disk {path} is read-only
free space on {path} below {size}
backup of {size} to {path} failed after {dur}
mail to {email} bounced: 550 5.1.1 mailbox unavailable
mail to {email} deferred: 451 4.7.1 greylisted
Session {hex16} of user {email} expired at {date}
token {uuid} was revoked at {date}
license expires on {date}
arp: duplicate address {ip} sent from {mac}
arp: who has {ip} tell {ip}
%LINK-3-UPDOWN: Interface GigabitEthernet{digit}/{digit}, changed state to down
The Windows Installer service entered the stopped state after {dur}.
Faulting application name: billing.exe, version: {version}, time stamp: 0x{hex8}
Faulting module name: ntdll.dll, version: {version}, time stamp: 0x{hex8}
Cannot open file {winpath}: access denied
Cannot open file {winpath}: the file is used by another process
order_id={int} user={user} status=failed
order_id={int} user={user} retry={digit}
GET {urlpath} HTTP/1.1 500 {int} {int}ms
POST {urlpath} HTTP/1.1 500 {int} {int}ms
worker {int} on {host} did not answer for {dur}
lock held by {host}:{int} since {date}
checksum mismatch for block {block}: expected {hex8}, got {hex8}
replication lag is {dur}
replication of {size} took {dur}
lease {hex16} of node {host} lost
sequence {int} is {int} behind
job {job} ended with exit code {digit}
job {job} waits for resource
transaction {uuid} rolled back
address {mac} moved from port {digit} to port {digit}
IPv6 neighbour {ip6} is unreachable
login of {email} from {ip6} refused
`), "\n")

func fill(r *rand.Rand, message string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(message, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		kind, after, _ := strings.Cut(rest, "}")
		b.WriteString(value(r, kind))
		message = after
	}
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

func hexOf(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789abcdef"[r.IntN(16)]
	}
	b[r.IntN(n)] = byte('0' + r.IntN(10)) // a hexadecimal number without any digit is one in many
	return string(b)
}

func value(r *rand.Rand, kind string) string {
	name := func() string {
		return pick(r, "alice", "bob", "mvogel", "svc_billing", "oracle", "j.smith", "deploy", "x7", "kim-berg", "postgres", "root")
	}
	switch kind {
	case "int":
		return fmt.Sprint(r.IntN([]int{10, 1000, 10_000_000}[r.IntN(3)]))
	case "digit":
		return fmt.Sprint(r.IntN(10))
	case "port":
		return fmt.Sprint(22 + r.IntN(65000))
	case "user":
		return name()
	case "ip":
		return fmt.Sprintf("%d.%d.%d.%d", r.IntN(256), r.IntN(256), r.IntN(256), r.IntN(256))
	case "ip6":
		return pick(r, "fe80::1", "2001:db8::8a2e:370:7334", "2001:0db8:0000:0000:0000:ff00:0042:8329", "fe80::a00:27ff:fe4e:66a1")
	case "mac":
		var parts []string
		for range 6 {
			parts = append(parts, hexOf(r, 2))
		}
		return strings.Join(parts, ":")
	case "host":
		return pick(r, "db-prod-03", "web01", "billing.example.com", "srv17.corp.example.net", "ip-10-0-3-17.eu-west-1.compute.internal", "node-7", "app-2.billing.local", "MSRV01.corp.example.com")
	case "pod":
		return pick(r, "billing-7d4b9c5f6-x2x4q", "checkout-5c9f7b6d8-abc12", "worker-0")
	case "unit":
		return pick(r, "billing@1.service", "billing@27.service")
	case "path":
		return pick(r, "/var/log/app.log", "/data", "/mnt/u01/oradata/BILL/users01.dbf", "/home/alice/report 2026.csv"[:18], "/opt/app/releases/20261122/bin/run")
	case "winpath":
		return pick(r, `C:\Temp\a.txt`, `D:\Data\Billing\2026\out.csv`, `\\filer01\share\x.xlsx`)
	case "urlpath":
		return pick(r, "/", "/api/v1/invoices/17?full=true", "/index.html", "/api/v1/invoices/9/lines")
	case "url":
		return pick(r, "https://api.example.com/v2/invoices?page=3", "http://10.0.0.7:8080/healthz", "https://registry.example.com/team/app:1.2.3", "http://billing/ready")
	case "email":
		return pick(r, "alice@example.com", "j.smith+test@mail.example.co.uk", "ops@northwind.example")
	case "uuid":
		h := hexOf(r, 32)
		return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
	case "hex4", "hex8", "hex16", "hex32":
		var n int
		fmt.Sscanf(kind, "hex%d", &n)
		return hexOf(r, n)
	case "job":
		return pick(r, "BILL_CLOSE_01", "EXTR0420", "PAY_RUN_7", "JOB00417")
	case "block":
		return fmt.Sprintf("blk_%d", r.Int64()-r.Int64())
	case "version":
		return fmt.Sprintf("%d.%d.%d.%d", r.IntN(20), r.IntN(20), r.IntN(9000), r.IntN(30000))
	case "size":
		return pick(r, "12 MB", "1.5GB", "4096 bytes", "730KB", "12 bytes", "2 GiB")
	case "dur":
		return pick(r, "5000ms", "3 s", "12.7 seconds", "1 minute", "250 ms", "00:01:12", "2 hours", "90s")
	case "time":
		return fmt.Sprintf("%02d.%02d.%02d", r.IntN(24), r.IntN(60), r.IntN(60))
	case "date":
		t := time.Unix(r.Int64N(2_000_000_000), 0).UTC()
		return t.Format(pick(r, time.RFC3339, time.RFC3339Nano, time.ANSIC, time.UnixDate, time.RFC1123, time.RFC1123Z, "2006-01-02 15:04:05", "2006-01-02 15:04:05,000", "2006-01-02",
			"02/Jan/2006:15:04:05 -0700", "Jan 2 2006 15:04:05", "Jan _2 15:04:05", "02.01.2006 15:04:05", "2006/01/02 15:04:05", "01/02/2006 03:04:05 PM", "Jan 2, 2006 3:04:05 PM", "02-Jan-2006 15:04:05", "2 Jan 2006 15:04"))
	}
	panic("no value of kind " + kind)
}

func TestSameErrorSameSignature(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	meant := map[string]string{}
	for _, m := range messages {
		first := fill(r, m)
		want := Cold(first)
		if other, taken := meant[want.ID]; taken {
			t.Errorf("two errors have one signature, %s:\n  %s\n  %s", want.Template, other, m)
		}
		meant[want.ID] = m
		bad := 0
		for range 300 {
			line := fill(r, m)
			if got := Cold(line); got.ID != want.ID {
				if bad++; bad <= 2 {
					t.Errorf("one error has two signatures:\n  %s\n  %s\n  %s\n  %s", first, line, want.Template, got.Template)
				}
			}
		}
	}
}
