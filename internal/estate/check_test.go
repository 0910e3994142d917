package estate

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

// The addresses of the story: Stock moved from old to new.
const (
	older = "10.4.1.7"
	newer = "10.4.2.19"
)

func orders(between ...string) Interface {
	return Interface{From: "Orders", To: "Stock", Host: "stock01.harbour.example", Port: 8443, Addresses: []string{newer}, Between: between}
}

func answer(addrs ...string) *Answer {
	a := &Answer{Name: "stock01.harbour.example"}
	for _, s := range addrs {
		a.Addresses = append(a.Addresses, netip.MustParseAddr(s))
	}
	return a
}

const (
	getentNew = "$ getent hosts stock01.harbour.example\n10.4.2.19       stock01.harbour.example\n"
	getentOld = "$ getent hosts stock01.harbour.example\n10.4.1.7       stock01.harbour.example\n"
	ssOld     = "$ ss -tn dst 10.4.1.7\nState     Recv-Q Send-Q Local Address:Port   Peer Address:Port\nSYN-SENT  0      1      10.4.3.30:48122      10.4.1.7:8443\nSYN-SENT  0      1      10.4.3.30:48124      10.4.1.7:8443\n"
	ssOldOpen = "ESTAB  0  0  10.4.3.30:48122  10.4.1.7:8443 users:((\"java\",pid=71,fd=9))\n"
	ssNew     = "ESTAB  0  0  10.4.3.30:48122  10.4.2.19:8443\n"
	ssNewSyn  = "SYN-SENT  0  1  10.4.3.30:48122  10.4.2.19:8443\n"
	ownNew    = "$ hostname -I\n10.4.2.19 172.17.0.1\n"
	digOld    = "$ dig +short stock01.harbour.example\n10.4.1.7\n"
	digNew    = "$ dig +short stock01.harbour.example\n10.4.2.19\n"
)

func TestCheck(t *testing.T) {
	moved := []Former{{netip.MustParseAddr(older), time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), "Stock moved"}}
	deskOld := orders("pool")
	deskOld.Addresses = []string{older}
	bare := orders()
	bare.Addresses = nil
	clear := orders("pool")
	clear.Clear = "press Reset pool on the console of Orders."
	for _, c := range []struct {
		name           string
		in             Interface
		dns            *Answer
		caller, callee string
		former         []Former
		side           Side
		act            Act
		want           string
	}{
		{"the story: B cached the old address of A", orders("jvm", "pool"), answer(newer), getentNew + ssOld, "", nil, Caller, RestartPool,
			"Orders holds a stale address: it connects to 10.4.1.7 while its machine already resolves 10.4.2.19 for stock01.harbour.example; restart its connection pool."},
		{"Java cache alone", orders("jvm"), answer(newer), getentNew + ssOld, "", nil, Caller, ClearCache, "restart the Java process"},
		{"the desk says how", clear, answer(newer), getentNew + ssOld, "", nil, Caller, RestartPool, "clear it: press Reset pool on the console of Orders."},
		{"nothing known in between", orders(), answer(newer), getentNew + ssOldOpen, "", nil, Caller, ClearCache, "clear its cache"},
		{"no getent", orders("pool"), answer(newer), ssOld, "", nil, Caller, RestartPool, "while DNS answers 10.4.2.19"},
		{"callee's word, no DNS", orders("pool"), nil, ssOld, ownNew, nil, Caller, RestartPool, "while Stock has 10.4.2.19"},
		{"callee and machine", orders("pool"), nil, getentNew + ssOld, ownNew, nil, Caller, RestartPool, "its machine already resolves 10.4.2.19"},
		{"part of the pool", orders("pool"), answer(newer), getentNew + ssOldOpen + ssNew, "", nil, Caller, RestartPool, "connects to 10.4.1.7"},

		{"hosts file of the caller", orders(), answer(newer), "$ grep stock /etc/hosts\n10.4.1.7 stock01.harbour.example stock01\n", "", nil, Caller, FixHosts, "its hosts file says 10.4.1.7"},
		{"machine's cache or hosts file", orders(), answer(newer), getentOld, "", nil, Caller, ClearCache, "hosts file first, then clear its DNS cache"},
		{"machine stale, process too", orders("pool"), answer(newer), getentOld + ssOld, "", nil, Caller, ClearCache, "clear its DNS cache, then restart its connection pool"},
		{"loopback", orders(), answer(newer), "127.0.0.1 stock01.harbour.example\n", "", nil, Caller, FixHosts, "127.0.0.1"},
		{"machine stale, callee known, DNS not asked", orders(), nil, getentOld, ownNew, nil, Caller, ClearCache, "ask DNS to see"},

		{"the caller's name server", orders(), answer(newer), digOld + getentOld, "", nil, DNSServer, FixDNS, "The name server that Orders asks still answers 10.4.1.7"},
		{"the caller's name server alone", orders(), answer(newer), digOld, "", nil, DNSServer, FixDNS, "still answers 10.4.1.7"},
		{"DNS is stale", orders(), answer(older), "", ownNew, nil, DNSServer, FixDNS, "DNS is stale: it answers 10.4.1.7"},
		{"DNS is stale, caller with it", orders(), answer(older), getentOld + ssOld, ownNew, nil, DNSServer, FixDNS, "DNS is stale, and Orders with it"},
		{"DNS is stale, caller connects with it", orders(), answer(older), ssOld, ownNew, nil, DNSServer, FixDNS, "both hold 10.4.1.7"},
		{"no such name", orders(), &Answer{Missing: true}, "", "", nil, DNSServer, FixDNS, "DNS does not know stock01.harbour.example"},
		{"no such name, hosts file", orders(), &Answer{Missing: true}, getentOld, "", nil, Caller, FixHosts, "lives from an entry in its hosts file"},

		{"only the desk is stale", deskOld, answer(newer), getentNew + ssNew, "", nil, DeskItself, UpdateDesk, "Only the desk holds a stale address: it believes 10.4.1.7"},
		{"the desk is stale, DNS alone asked", deskOld, answer(newer), "", "", nil, DeskItself, UpdateDesk, "update the interface here"},
		{"desk and caller against DNS, open connections", deskOld, answer(newer), ssOldOpen, "", nil, Unknown, AskMore, "ask Stock itself for its address"},
		{"desk and caller against DNS, getent", deskOld, answer(newer), getentOld, "", nil, Unknown, AskMore, "before anything is changed"},
		{"desk and caller against DNS, but nothing answers there", deskOld, answer(newer), ssOld, "", nil, Caller, RestartPool, "connects to 10.4.1.7"},
		{"desk and caller against DNS, but the move is on record", deskOld, answer(newer), ssOldOpen, "", moved, Caller, RestartPool, "connects to 10.4.1.7"},
		{"desk and caller against DNS, but A says so", deskOld, answer(newer), ssOldOpen, ownNew, nil, Caller, RestartPool, "connects to 10.4.1.7"},

		{"all agree", orders(), answer(newer), getentNew + ssNew, ownNew, nil, Nobody, LookElse, "Nobody holds a stale address: the desk, DNS, Orders and Stock agree on 10.4.2.19"},
		{"agree, not answered", orders(), answer(newer), getentNew + ssNewSyn, "", nil, Nobody, LookElse, "look at the firewall and at whether Stock listens on port 8443"},
		{"only DNS and desk", orders(), answer(newer), "", "", nil, Unknown, AskMore, "Orders has not said what it holds"},
		{"nothing at all", bare, nil, "", "", nil, Unknown, AskMore, "nothing is known"},
		{"only the desk", orders(), nil, "", "", nil, Unknown, AskMore, "only the desk spoke"},
		{"caller against desk", orders(), nil, ssOld, "", nil, Unknown, AskMore, "Nobody can tell which is stale"},
		{"caller against desk, DNS silent", orders(), &Answer{Failed: "timeout"}, ssOld, "", nil, Unknown, AskMore, "DNS gave no answer"},
		{"caller against desk, on record", orders("pool"), nil, ssOld, "", moved, Caller, RestartPool, "which Stock left on 21 Nov 2026"},
		{"caller's machine, on record", orders("pool"), nil, getentOld, "", moved, Caller, ClearCache, "clear its DNS cache"},
		{"on record, and its machine knows better", orders("pool"), nil, getentNew + ssOld, "", moved, Caller, RestartPool, "which Stock left on 21 Nov 2026 by the record of that change, while its machine already resolves 10.4.2.19; restart its connection pool."},
		{"DNS does not know the name, the process is stale all the same", orders("pool"), &Answer{Missing: true}, getentNew + ssOld, "", nil, Caller, RestartPool, "most likely holds a stale address"},
		{"DNS does not know the name, on record", orders("pool"), &Answer{Missing: true}, getentNew + ssOld, "", moved, Caller, RestartPool, "which Stock left"},
		{"caller against its own machine", bare, nil, getentNew + ssOld, "", nil, Caller, ClearCache, "most likely holds a stale address"},
		{"caller with the desk, unasked DNS", orders(), nil, getentNew, "", nil, Nobody, AskMore, "both could be stale"},
		{"caller without anything to compare", bare, nil, ssOld, "", nil, Unknown, AskMore, "nothing to compare"},

		{"several records, one used", orders(), answer(newer, "10.4.2.20"), getentNew + ssNew, "", nil, Nobody, LookElse, "10.4.2.19 and 10.4.2.20"},
		{"several records, stale one", orders(), answer(newer, "10.4.2.20"), getentNew + ssOld, "", nil, Caller, ClearCache, "10.4.1.7"},
		{"IPv6 and IPv4 do not compare", orders(), answer("2001:db8::19"), getentNew, "", nil, Unknown, AskMore, "not of one family"},
		{"IPv6 stale", orders("pool"), answer("2001:db8::19"), "SYN-SENT 0 1 [2001:db8::5]:40000 [2001:db8::7]:8443\n", "", nil, Caller, RestartPool, "2001:db8::7"},
		{"IPv4 in IPv6", orders(), answer(newer), "tcp6 0 0 ::ffff:10.4.3.30:4711 ::ffff:10.4.2.19:8443 ESTABLISHED 123/java\n", "", nil, Nobody, LookElse, "agree on 10.4.2.19"},
		{"both families, both right", orders(), answer(newer, "2001:db8::19"), getentNew + ssNew, "", nil, Nobody, LookElse, "agree"},
		{"balancer: members differ", orders("balancer"), answer(newer), getentNew + ssNew, "$ hostname -I\n10.9.0.4\n", nil, Nobody, LookElse, "agree on 10.4.2.19"},
		{"balancer: caller elsewhere", orders("balancer"), answer(newer), "ESTAB 0 0 10.4.3.30:1 10.7.7.7:8443\n", "", nil, Unknown, AskMore, "load balancer in between"},
		{"NAT: former address is stale all the same", orders("nat", "pool"), answer(newer), ssOld, "", moved, Caller, RestartPool, "10.4.1.7"},
		{"connections to other ports prove nothing", orders(), answer(newer), getentNew + "ESTAB 0 0 10.4.3.30:1 10.4.1.7:22\n", "", nil, Nobody, LookElse, "agree"},
		{"an error message", orders("jvm"), answer(newer), getentNew + "java.net.ConnectException: Connection timed out: stock01.harbour.example/10.4.1.7:8443\n", "", nil, Caller, ClearCache, "10.4.1.7"},
	} {
		v := Check(Facts{Interface: c.in, DNS: c.dns, Caller: ReadReport(c.caller), Callee: ReadReport(c.callee), Former: c.former})
		if v.Side != c.side || v.Act != c.act || !strings.Contains(v.Sentence, c.want) {
			t.Errorf("%s: %s, %s: %s\nwant %s, %s, …%s…", c.name, v.Side, v.Act, v.Sentence, c.side, c.act, c.want)
		}
		if strings.Count(v.Sentence, ". ") > 0 || !strings.HasSuffix(v.Sentence, ".") || strings.Contains(v.Sentence, "%!") {
			t.Errorf("%s: not one sentence: %s", c.name, v.Sentence)
		}
		if v.Act == "" || v.Side == "" || v.Rows == nil {
			t.Errorf("%s: %+v", c.name, v)
		}
	}
}

func TestReports(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"getent ahosts", "2001:db8::19    STREAM stock01\n2001:db8::19    DGRAM\n10.4.2.19    STREAM\n", "name 2001:db8::19; name 2001:db8::19; name 10.4.2.19"},
		{"nslookup", "Server:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\nNon-authoritative answer:\nstock.harbour.example\tcanonical name = stock01.harbour.example.\nName:\tstock01.harbour.example\nAddress: 10.4.2.19\nName:\tstock01.harbour.example\nAddress: 2001:db8::19\n", "dns 10.4.2.19; dns 2001:db8::19; alias stock01.harbour.example"},
		{"nslookup, Windows", "Server:  dns1.harbour.example\nAddress:  10.0.0.2\n\nName:    stock01.harbour.example\nAddresses:  2001:db8::19\n          10.4.2.19\nAliases:  stock.harbour.example\n", "dns 2001:db8::19; dns 10.4.2.19; alias stock.harbour.example"},
		{"nslookup, not there", "Server:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\n** server can't find nix.example: NXDOMAIN\n", "missing"},
		{"nslookup, Windows, not there", "Server:  dns1\nAddress:  10.0.0.2\n\n*** dns1 can't find nix.example: Non-existent domain\n", "missing"},
		{"nslookup, silent", ";; connection timed out; no servers could be reached\n", "silent"},
		{"dig", "; <<>> DiG 9.18 <<>> stock.example\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n\n;; QUESTION SECTION:\n;stock.example.\tIN\tA\n\n;; ANSWER SECTION:\nstock.example. 300 IN CNAME stock01.example.\nstock01.example.\t300\tIN\tA\t10.4.2.19\n\n;; ADDITIONAL SECTION:\nns1.example. 300 IN A 10.0.0.2\n\n;; SERVER: 10.0.0.2#53(10.0.0.2)\n", "dns 10.4.2.19; alias stock01.example"},
		{"dig, not there", ";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 4\n", "missing"},
		{"dig +short", "user@b:~$ dig +short stock.example\nstock01.example.\n10.4.2.19\n", "dns 10.4.2.19; alias stock01.example"},
		{"host", "stock.example is an alias for stock01.example.\nstock01.example has address 10.4.2.19\nstock01.example has IPv6 address 2001:db8::19\n", "dns 10.4.2.19; dns 2001:db8::19; alias stock01.example"},
		{"host, not there", "Host nix.example not found: 3(NXDOMAIN)\n", "missing"},
		{"ping", "PING stock01.harbour.example (10.4.2.19) 56(84) bytes of data.\n64 bytes from 10.4.2.19: icmp_seq=1 ttl=63 time=0.4 ms\n", "name 10.4.2.19"},
		{"ping 6", "PING stock01(stock01.example (2001:db8::19)) 56 data bytes\n", "name 2001:db8::19"},
		{"ping, macOS", "PING stock01.example (10.4.2.19): 56 data bytes\n", "name 10.4.2.19"},
		{"ping, Windows", "Pinging stock01.example [10.4.2.19] with 32 bytes of data:\nReply from 10.4.2.19: bytes=32 time=1ms TTL=63\n", "name 10.4.2.19"},
		{"ping, not there", "ping: nix.example: Name or service not known\n", "missing"},
		{"ping, Windows, not there", "Ping request could not find host nix. Please check the name and try again.\n", "missing"},
		{"ss with netid", "Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port\ntcp   ESTAB 0 0 10.4.3.30%eth0:48122 10.4.1.7:8443\n", "use 10.4.1.7:8443 open"},
		{"ss, mapped", "ESTAB 0 0 [::ffff:10.4.3.30]:48122 [::ffff:10.4.1.7]:8443\n", "use 10.4.1.7:8443 open"},
		{"ss, listening", "LISTEN 0 128 10.4.2.19:8443 0.0.0.0:*\nLISTEN 0 128 *:22 *:*\n", "own 10.4.2.19:8443 listening"},
		{"netstat", "Active Internet connections (w/o servers)\nProto Recv-Q Send-Q Local Address Foreign Address State PID\ntcp 0 1 10.4.3.30:48122 10.4.1.7:8443 SYN_SENT 71/java\n", "use 10.4.1.7:8443 trying"},
		{"netstat, Windows", "  Proto  Local Address          Foreign Address        State           PID\n  TCP    10.4.3.30:48122        10.4.1.7:8443          SYN_SENT        4321\n  TCP    [2001:db8::5]:50000    [2001:db8::7]:8443     ESTABLISHED     4321\n", "use 10.4.1.7:8443 trying; use 2001:db8::7:8443 open"},
		{"netstat, macOS", "tcp4       0      0  10.4.3.30.48122        10.4.1.7.8443          ESTABLISHED\n", "use 10.4.1.7:8443 open"},
		{"Resolve-DnsName", "PS C:\\> Resolve-DnsName stock.example\n\nName                 Type   TTL   Section    NameHost\n----                 ----   ---   -------    --------\nstock.example        CNAME  300   Answer     stock01.example\nstock01.example      A      300   Answer     10.4.2.19\n", "dns 10.4.2.19; alias stock01.example"},
		{"Resolve-DnsName, list", "Name       : stock01.example\nQueryType  : A\nTTL        : 300\nSection    : Answer\nIP4Address : 10.4.2.19\n", "dns 10.4.2.19"},
		{"Resolve-DnsName, not there", "Resolve-DnsName : nix.example : DNS name does not exist\n", "missing"},
		{"hosts file", "$ cat /etc/hosts\n127.0.0.1 localhost\n10.4.1.7\tstock01 # old\n", "hosts 127.0.0.1; hosts 10.4.1.7"},
		{"ip addr", "2: eth0: <BROADCAST,UP> mtu 1500\n    inet 10.4.2.19/24 brd 10.4.2.255 scope global eth0\n    inet6 fe80::1/64 scope link\n1: lo:\n    inet 127.0.0.1/8 scope host lo\n", "own 10.4.2.19"},
		{"ifconfig", "eth0: flags=4163<UP>  mtu 1500\n        inet 10.4.2.19  netmask 255.255.255.0\n", "own 10.4.2.19"},
		{"ipconfig", "   IPv4 Address. . . . . . . . . . . : 10.4.2.19(Preferred)\n", "own 10.4.2.19"},
		{"an error", "Connect to stock01.example:8443 [stock01.example/10.4.1.7] failed: 10.4.1.7:8443 timed out\n", "use 10.4.1.7:8443"},
		{"a log", "2026-11-30 12:30:15 ERROR connect to 10.4.1.7:8443: timed out\n", "use 10.4.1.7:8443"},
		{"a bare address", "10.4.2.19\n", "name 10.4.2.19"},
		{"words", "Good morning\nversion 10.4\nat 12:30:15\n", ""},
	} {
		r := ReadReport(c.text)
		var got []string
		for _, s := range r.Sightings {
			w := string(s.Source) + " " + s.Address.String()
			if s.Port > 0 {
				w = string(s.Source) + " " + strings.TrimSuffix(s.Address.String(), "") + ":" + itoa(s.Port)
			}
			if s.State != "" {
				w += " " + s.State
			}
			got = append(got, w)
		}
		for _, a := range r.Aliases {
			got = append(got, "alias "+a)
		}
		if len(r.Missing) > 0 {
			got = append(got, "missing")
		}
		if len(r.Silent) > 0 {
			got = append(got, "silent")
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%s: %q, want %q", c.name, s, c.want)
		}
	}
}

func itoa(n int) string {
	return strings.TrimSpace(strings.Replace(netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(n)).String(), "0.0.0.0:", "", 1))
}

func FuzzReadReport(f *testing.F) {
	for _, s := range []string{getentNew + ssOld, digOld, ownNew, "Server: x\nAddress: 1.2.3.4#53\nName: y\nAddresses: 1.1.1.1\n  2.2.2.2\n", "PING a (b (1.2.3.4)) x\n", "tcp6 0 0 ::1:1 ::2:2 ESTABLISHED"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, caller, callee string) {
		a, b := ReadReport(caller), ReadReport(callee)
		for _, s := range append(a.Sightings, b.Sightings...) {
			if !s.Address.IsValid() || s.Line < 1 || s.Port < 0 || s.Port > 65535 {
				t.Fatalf("%+v", s)
			}
		}
		for _, between := range [][]string{nil, {"pool", "jvm"}, {"nat"}} {
			for _, dns := range []*Answer{nil, answer(newer), {Missing: true}, {Failed: "x"}} {
				v := Check(Facts{Interface: orders(between...), DNS: dns, Caller: a, Callee: b})
				if v.Sentence == "" || v.Side == "" || strings.Contains(v.Sentence, "%!") {
					t.Fatalf("%+v", v)
				}
			}
		}
	})
}
