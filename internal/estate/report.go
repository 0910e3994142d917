package estate

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Source is what a report tells about.
type Source string

const (
	FromDNS   Source = "dns"   // a name server was asked: nslookup, dig, host, Resolve-DnsName
	FromName  Source = "name"  // the machine resolved the name, by hosts file, cache or DNS: getent, ping
	FromHosts Source = "hosts" // a line of the hosts file
	FromUse   Source = "use"   // connections that exist or are tried: ss, netstat, an error message
	FromOwn   Source = "own"   // addresses of the machine itself: ip addr, ifconfig, ipconfig, hostname -I
)

// Sighting is one address that a report shows.
type Sighting struct {
	Source  Source     `json:"source"`
	Tool    string     `json:"tool"`
	Address netip.Addr `json:"address"`
	Port    int        `json:"port,omitempty"`
	Name    string     `json:"name,omitempty"`
	State   string     `json:"state,omitempty" doc:"of a connection: open, trying, closing or listening"`
	Line    int        `json:"line"`
}

// Report is what a pasted text says.
type Report struct {
	Sightings []Sighting
	Aliases   []string // names the asked name is an alias of
	// Missing are tools that said that the name does not exist.
	Missing []Sighting
	// Silent are tools that got no answer.
	Silent []Sighting
	Server string // the name server that was asked
	Lines  int    // lines with text
}

// Empty reports whether nothing could be read out of the text.
func (r Report) Empty() bool { return len(r.Sightings)+len(r.Missing)+len(r.Silent) == 0 }

// maxSightings bounds what is kept of one text.
const maxSightings = 2000

// ReadReport reads the pasted output of one or several commands: getent, nslookup, dig, host, ping, ss, netstat,
// Resolve-DnsName, ip, ifconfig, ipconfig, hostname -I, a hosts file, or an error message that names an address. Lines it
// does not understand are left out. It takes time linear in the length of the text.
func ReadReport(text string) Report {
	r := &reader{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		if len(line) > 4000 {
			line = line[:4000]
		}
		line = strings.TrimRight(strings.ToValidUTF8(line, "?"), " \t\r\n")
		if strings.TrimSpace(line) == "" {
			r.blank()
			continue
		}
		r.Lines++
		r.n = n
		r.line(line)
	}
	return r.Report
}

// reader knows what the lines before said.
type reader struct {
	Report
	n        int
	tool     string // of the last command or header
	answered bool   // nslookup: behind the name server's own address
	more     bool   // nslookup on Windows: further addresses follow
	section  string // dig
	short    bool   // dig +short
	hosts    bool   // the command reads a hosts file
	name     string
}

func (r *reader) blank() {
	r.more = false
	if r.tool == "dig" {
		r.section = ""
	}
}

func (r *reader) see(s Source, tool, addr string, port int, name, state string) bool {
	a, err := netip.ParseAddr(strings.Trim(addr, "[]"))
	if err != nil || !a.IsValid() {
		return false
	}
	if len(r.Sightings) < maxSightings {
		r.Sightings = append(r.Sightings, Sighting{s, tool, a.Unmap().WithZone(""), port, strings.TrimSuffix(name, "."), state, r.n})
	}
	return true
}

func (r *reader) missing(tool, name string) {
	src := FromDNS
	if tool == "ping" || tool == "getent" {
		src = FromName
	}
	r.Missing = append(r.Missing, Sighting{Source: src, Tool: tool, Name: strings.Trim(name, ".:'\""), Line: r.n})
}

func (r *reader) silent(tool string) {
	r.Silent = append(r.Silent, Sighting{Source: FromDNS, Tool: tool, Line: r.n})
}

func (r *reader) alias(name string) {
	if name = strings.TrimSuffix(strings.TrimSpace(name), "."); name != "" && !slices.Contains(r.Aliases, name) && len(r.Aliases) < 100 {
		r.Aliases = append(r.Aliases, name)
	}
}

// tools are commands by their first word.
var tools = map[string]string{"getent": "getent", "nslookup": "nslookup", "dig": "dig", "host": "host", "ping": "ping", "ping6": "ping", "ss": "ss", "netstat": "netstat",
	"resolve-dnsname": "Resolve-DnsName", "ip": "ip", "ifconfig": "ifconfig", "ipconfig": "ipconfig", "hostname": "hostname", "cat": "cat", "grep": "grep", "type": "cat", "lsof": "lsof",
	"test-netconnection": "ping", "tnc": "ping", "drill": "dig", "curl": "curl", "telnet": "telnet", "nc": "nc"}

// command finds the command behind a prompt such as "$ ", "# ", "user@host:~$ " or "PS C:\> ".
func (r *reader) command(line string) bool {
	body := line
	for _, p := range []string{"$ ", "# ", "> ", "% "} {
		if i := strings.Index(body, p); i >= 0 && i < 80 && !strings.ContainsAny(body[:i], "()=|") {
			body = body[i+2:]
			break
		}
	}
	f := strings.Fields(body)
	if len(f) < 2 && !(len(f) == 1 && (f[0] == "ifconfig" || f[0] == "ipconfig")) {
		return false
	}
	if f[0] == "sudo" {
		f = f[1:]
	}
	word := strings.TrimSuffix(strings.ToLower(f[0][strings.LastIndexAny(f[0], `/\`)+1:]), ".exe")
	tool, ok := tools[word]
	if !ok || body == line && !bare(tool, f) {
		return false
	}
	r.tool, r.answered, r.more, r.section, r.short, r.hosts, r.name = tool, false, false, "", false, false, ""
	switch tool {
	case "dig":
		r.short = slices.Contains(f, "+short")
	case "cat", "grep":
		r.hosts = strings.Contains(strings.ToLower(body), "hosts")
	case "getent":
		r.name = f[len(f)-1]
	}
	return true
}

// bare reports whether a line without a prompt can be a command: its words are not those of an answer.
func bare(tool string, f []string) bool {
	switch tool {
	case "getent":
		return len(f) >= 3 && (f[1] == "hosts" || strings.HasPrefix(f[1], "ahosts"))
	case "nslookup", "dig", "ss", "netstat", "Resolve-DnsName", "ifconfig", "ipconfig":
		return true
	case "hostname":
		return f[1] == "-I"
	case "cat", "grep":
		return true
	}
	return false
}

func (r *reader) line(line string) {
	f := strings.Fields(line)
	low := strings.ToLower(line)
	switch {
	case r.dns(line, low, f), r.pinged(line, low), r.connection(f), r.own(line, low, f), r.resolved(f):
	case r.command(line):
	default:
		r.mentioned(line)
	}
}

// dns reads nslookup, dig, host and Resolve-DnsName.
func (r *reader) dns(line, low string, f []string) bool {
	key, value, _ := strings.Cut(line, ":")
	key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
	switch {
	case strings.Contains(low, "has address ") || strings.Contains(low, "has ipv6 address "):
		return r.see(FromDNS, "host", f[len(f)-1], 0, f[0], "")
	case strings.Contains(low, " is an alias for "):
		r.alias(f[len(f)-1])
		return true
	case strings.Contains(low, "canonical name = "):
		r.alias(f[len(f)-1])
		r.tool = "nslookup"
		return true
	case strings.Contains(low, "not found: 3(nxdomain)"):
		r.missing("host", f[1])
		return true
	case strings.Contains(low, "can't find "):
		_, rest, _ := strings.Cut(low, "can't find ")
		name, why, _ := strings.Cut(rest, ": ")
		if strings.Contains(why, "nxdomain") || strings.Contains(why, "non-existent") || strings.Contains(why, "no answer") {
			r.missing("nslookup", name)
		} else {
			r.silent("nslookup")
		}
		return true
	case strings.Contains(low, "dns request timed out"), strings.Contains(low, ";; connection timed out"), strings.Contains(low, "no servers could be reached"):
		r.silent("nslookup")
		return true
	case strings.Contains(low, "status: nxdomain"):
		r.tool = "dig"
		r.missing("dig", r.name)
		return true
	case strings.Contains(low, "status: servfail"), strings.Contains(low, "status: refused"):
		r.tool = "dig"
		r.silent("dig")
		return true
	case strings.HasPrefix(low, "resolve-dnsname :"):
		if strings.Contains(low, "does not exist") {
			r.missing("Resolve-DnsName", strings.TrimSpace(strings.Split(value, ":")[0]))
		} else {
			r.silent("Resolve-DnsName")
		}
		return true
	case strings.HasPrefix(line, ";"):
		return r.digComment(line, low)
	case key == "server" && value != "":
		r.tool, r.answered, r.Server = "nslookup", false, value
		return true
	case key == "name" && value != "" && (r.tool == "nslookup" || r.tool == "Resolve-DnsName" || r.tool == ""):
		r.name, r.answered = value, true
		if r.tool == "" {
			r.tool = "nslookup"
		}
		return true
	case (key == "address" || key == "addresses") && (r.tool == "nslookup" || r.tool == ""):
		if !r.answered {
			if r.tool == "nslookup" {
				r.Server, _, _ = strings.Cut(value, "#")
				return true
			}
			return false
		}
		r.more = true
		return r.see(FromDNS, "nslookup", value, 0, r.name, "")
	case (key == "aliases" || key == "alias") && r.tool == "nslookup":
		r.alias(value)
		r.more = false
		return true
	case r.more && len(f) == 1 && line[0] <= ' ':
		return r.see(FromDNS, "nslookup", f[0], 0, r.name, "")
	case key == "ip4address" || key == "ip6address" || key == "ipaddress" && r.tool == "Resolve-DnsName":
		r.tool = "Resolve-DnsName"
		return r.see(FromDNS, r.tool, value, 0, r.name, "")
	case key == "querytype" || key == "namehost" || key == "ttl" && r.tool == "Resolve-DnsName":
		r.tool = "Resolve-DnsName"
		if key == "namehost" {
			r.alias(value)
		}
		return true
	case len(f) >= 5 && strings.EqualFold(f[3], "answer"): // Name Type TTL Section IPAddress
		if t := strings.ToUpper(f[1]); t == "A" || t == "AAAA" {
			return r.see(FromDNS, "Resolve-DnsName", f[4], 0, f[0], "")
		} else if t == "CNAME" {
			r.alias(f[4])
			return true
		}
	case len(f) >= 5 && strings.EqualFold(f[2], "IN"): // name TTL IN A address
		t := strings.ToUpper(f[3])
		switch {
		case r.section != "" && r.section != "answer": // the name servers' own addresses
			return true
		case t == "A" || t == "AAAA":
			return r.see(FromDNS, "dig", f[4], 0, f[0], "")
		case t == "CNAME":
			r.alias(f[4])
			return true
		}
	}
	return false
}

// digComment reads the lines of dig that begin with a semicolon.
func (r *reader) digComment(line, low string) bool {
	r.tool = "dig"
	switch {
	case strings.Contains(low, "answer section"):
		r.section = "answer"
	case strings.HasSuffix(strings.TrimRight(low, ": "), "section"):
		r.section = "other"
	case strings.Contains(low, "server: "):
		_, s, _ := strings.Cut(line, "SERVER: ")
		r.Server, _, _ = strings.Cut(s, "#")
	case strings.Contains(low, "<<>> dig"):
		f := strings.Fields(line)
		r.name, r.short = f[len(f)-1], slices.Contains(f, "+short")
	}
	return true
}

// pinged reads the head of ping.
func (r *reader) pinged(line, low string) bool {
	switch {
	case strings.HasPrefix(line, "PING "):
		f := strings.Fields(line)
		name, _, _ := strings.Cut(f[1], "(")
		rest := line[5:]
		for {
			i := strings.IndexByte(rest, '(')
			if i < 0 {
				break
			}
			rest = rest[i+1:]
			inner := rest
			if j := strings.IndexAny(rest, "()"); j >= 0 {
				inner = rest[:j]
			}
			if r.see(FromName, "ping", strings.TrimSpace(inner), 0, name, "") {
				return true
			}
		}
		return r.see(FromName, "ping", name, 0, "", "")
	case strings.HasPrefix(low, "pinging "):
		f := strings.Fields(line)
		if a, b := strings.IndexByte(line, '['), strings.IndexByte(line, ']'); a > 0 && b > a {
			return r.see(FromName, "ping", line[a+1:b], 0, f[1], "")
		}
		return r.see(FromName, "ping", f[1], 0, "", "")
	case strings.HasPrefix(low, "ping") && (strings.Contains(low, "name or service not known") || strings.Contains(low, "unknown host") || strings.Contains(low, "could not find host") || strings.Contains(low, "cannot resolve")):
		r.missing("ping", "")
		return true
	case strings.Contains(low, " bytes from "), strings.HasPrefix(low, "reply from "), strings.HasPrefix(low, "ping statistics"), strings.HasPrefix(low, "from ") && strings.Contains(low, "unreachable"):
		return true
	}
	return false
}

// states are the states of a connection, in the words of the tools.
var states = map[string]string{"ESTAB": "open", "ESTABLISHED": "open", "SYN-SENT": "trying", "SYN_SENT": "trying", "SYN-RECV": "trying", "SYN_RECV": "trying", "SYN_RECEIVED": "trying",
	"FIN-WAIT-1": "closing", "FIN-WAIT-2": "closing", "FIN_WAIT1": "closing", "FIN_WAIT2": "closing", "FIN_WAIT_1": "closing", "FIN_WAIT_2": "closing", "TIME-WAIT": "closing", "TIME_WAIT": "closing",
	"CLOSE-WAIT": "closing", "CLOSE_WAIT": "closing", "LAST-ACK": "closing", "LAST_ACK": "closing", "CLOSING": "closing", "UNCONN": "", "LISTEN": "listening", "LISTENING": "listening"}

// connection reads a row of ss or netstat: a state, and two ends with ports.
func (r *reader) connection(f []string) bool {
	state, found := "", false
	for _, w := range f {
		if s, ok := states[strings.Trim(w, "()")]; ok {
			state, found = s, true
			break
		}
	}
	if !found {
		return false
	}
	type end struct {
		addr string
		port int
	}
	var ends []end
	for _, w := range f {
		if a, p, ok := splitPort(w); ok {
			ends = append(ends, end{a, p})
		}
	}
	tool := "netstat"
	if _, first := states[f[0]]; first || len(f) > 1 && states[f[1]] != "" && !strings.EqualFold(f[0], "tcp6") {
		tool = "ss"
	}
	switch {
	case state == "listening" && len(ends) > 0:
		if !strings.HasPrefix(ends[0].addr, "*") {
			r.see(FromOwn, tool, ends[0].addr, ends[0].port, "", state)
		}
		return true
	case len(ends) < 2 || state == "":
		return len(ends) > 0
	}
	return r.see(FromUse, tool, ends[1].addr, ends[1].port, "", state)
}

// splitPort takes address and port of one end of a connection apart: 10.0.0.1:443, [2001:db8::1]:443, 2001:db8::1:443 (as
// netstat writes), 10.0.0.1.443 (as macOS does), 0.0.0.0:* and *:443.
func splitPort(w string) (addr string, port int, ok bool) {
	i := strings.LastIndexByte(w, ':')
	if i < 0 {
		if i = strings.LastIndexByte(w, '.'); i < 0 || strings.Count(w, ".") != 4 {
			return "", 0, false
		}
	}
	addr = w[:i]
	if j := strings.IndexByte(addr, '%'); j > 0 {
		addr = strings.TrimSuffix(addr[:j], "[")
		if strings.HasPrefix(addr, "[") {
			addr += "]"
		}
	}
	if w[i+1:] != "*" {
		n, err := strconv.Atoi(w[i+1:])
		if err != nil || n < 0 || n > 65535 {
			return "", 0, false
		}
		port = n
	}
	if addr == "*" {
		return addr, port, true
	}
	_, err := netip.ParseAddr(strings.Trim(addr, "[]"))
	return addr, port, err == nil
}

// own reads the addresses a machine says it has.
func (r *reader) own(line, low string, f []string) bool {
	switch {
	case (f[0] == "inet" || f[0] == "inet6") && len(f) > 1:
		a := strings.TrimPrefix(f[1], "addr:")
		if a == "" && len(f) > 2 {
			a = f[2]
		}
		tool := "ifconfig"
		if strings.Contains(a, "/") && !strings.Contains(low, "netmask") {
			tool = "ip"
		}
		a, _, _ = strings.Cut(a, "/")
		if a, _, _ = strings.Cut(a, "%"); loops(a) {
			return true
		}
		return r.see(FromOwn, tool, a, 0, "", "")
	case (strings.Contains(low, "ipv4 address") || strings.Contains(low, "ipv6 address") || strings.Contains(low, "ip address.")) && strings.Contains(line, ": ") && !strings.Contains(low, "has ipv6"):
		_, a, _ := strings.Cut(line, ": ")
		a, _, _ = strings.Cut(strings.TrimSpace(a), "(")
		a, _, _ = strings.Cut(a, "%")
		return r.see(FromOwn, "ipconfig", a, 0, "", "")
	case r.tool == "hostname" && all(f):
		for _, a := range f {
			if !loops(a) {
				r.see(FromOwn, "hostname -I", a, 0, "", "")
			}
		}
		return true
	}
	return false
}

func loops(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && (a.IsLoopback() || a.IsLinkLocalUnicast())
}

// all reports whether every word is an address.
func all(f []string) bool {
	for _, w := range f {
		if _, err := netip.ParseAddr(w); err != nil {
			return false
		}
	}
	return len(f) > 0
}

// resolved reads getent, a hosts file and bare addresses.
func (r *reader) resolved(f []string) bool {
	if _, err := netip.ParseAddr(f[0]); err != nil {
		if r.tool == "dig" && r.short && len(f) == 1 && strings.HasSuffix(f[0], ".") {
			r.alias(f[0])
			return true
		}
		return false
	}
	switch {
	case r.tool == "dig" && len(f) == 1:
		return r.see(FromDNS, "dig", f[0], 0, r.name, "")
	case len(f) == 1 && r.tool == "":
		return r.see(FromName, "pasted address", f[0], 0, "", "")
	case len(f) > 1 && all(f):
		for _, a := range f {
			if !loops(a) {
				r.see(FromOwn, "hostname -I", a, 0, "", "")
			}
		}
		return true
	case len(f) == 1 && r.tool == "hostname":
		return r.see(FromOwn, "hostname -I", f[0], 0, "", "")
	case len(f) == 1 && r.tool != "getent":
		return r.see(FromName, "pasted address", f[0], 0, "", "")
	}
	if r.hosts {
		for _, n := range f[1:] {
			if strings.HasPrefix(n, "#") {
				break
			}
			r.see(FromHosts, "hosts file", f[0], 0, n, "")
		}
		return true
	}
	name := r.name
	if len(f) > 1 {
		switch f[1] {
		case "STREAM", "DGRAM", "RAW":
			if len(f) > 2 {
				name = f[2]
			}
		default:
			if isHostName(f[1]) {
				name = f[1]
			} else {
				return false
			}
		}
	}
	return r.see(FromName, "getent", f[0], 0, name, "")
}

func isHostName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_') {
			return false
		}
	}
	return s != ""
}

// mentioned finds addresses with a port in a log or an error message, as "stock01/10.4.1.7:8443" or
// "connect to 10.4.1.7:8443".
func (r *reader) mentioned(line string) bool {
	any := false
	for w := range strings.FieldsFuncSeq(line, func(c rune) bool { return strings.ContainsRune(" \t,;()<>\"'=", c) }) {
		name := ""
		if i := strings.LastIndexByte(w, '/'); i >= 0 {
			name, w = w[:i], w[i+1:]
		}
		if strings.HasPrefix(name, "http:") || strings.HasPrefix(name, "https:") || !isHostName(name) {
			name = ""
		}
		w = strings.TrimRight(w, ".:")
		addr, port, ok := splitPort(w)
		if ok && strings.Count(addr, ":") > 0 && !strings.HasPrefix(addr, "[") {
			ok = false // 12:30:15 and other things with colons
		}
		if ok && port > 0 && addr != "*" && r.see(FromUse, "log", addr, port, name, "") {
			any = true
		}
	}
	return any
}
