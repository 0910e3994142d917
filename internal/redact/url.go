package redact

import "strings"

// url finds what is private in the address of a page: the name and the password before an at sign, and whose machine it is.
// The path stays, so that one can see what was asked for; what is private in it is found for itself. Word i is the scheme.
func (t *text) url(i int) {
	s := t.s
	scheme := int(t.words[i].start)
	from := int(t.words[i].end) + len("://")
	end := from
	at := -1
	for end < len(s) && end-from < 1024 {
		c := s[end]
		if c <= ' ' || c == '/' || c == '?' || c == '#' || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`' || c == '\\' || c == '|' || c == '{' {
			break
		}
		if (c == ')' || c == ']' || c == ',' || c == ';') && at < 0 && !strings.ContainsRune(s[from:min(len(s), end+64)], '@') {
			break
		}
		if c == '@' {
			at = end
		}
		end++
	}
	name := from
	t.urlEnd = int32(end)
	if at >= 0 {
		t.userInfo(from, at)
		name = at + 1
	}
	hostEnd := name
	for hostEnd < end && (inName[s[hostEnd]] || class[s[hostEnd]] == isWide) {
		hostEnd++
	}
	for hostEnd > name && class[s[hostEnd-1]] == 0 {
		hostEnd--
	}
	host := s[name:hostEnd]
	if host == "" || !hasLetter(host) || isPublic(host) || isLocal(host) || strings.HasPrefix(s[scheme:], "file:") {
		return
	}
	stop := hostEnd
	if stop < len(s) && s[stop] == ':' && stop+1 < len(s) && class[s[stop+1]] == isDigit {
		for stop++; stop < len(s) && class[s[stop]] == isDigit; stop++ {
		}
	}
	if stop < len(s) && s[stop] == '/' && (stop+1 == len(s) || s[stop+1] <= ' ') {
		stop++
	}
	if at >= 0 || t.leftOf(scheme) != clean {
		t.add(Finding{name, hostEnd, Host, 0.9, "the machine of an address of a page"})
		return
	}
	score := 0.9
	if !strings.Contains(host, ".") { // a machine inside, or a part of a program
		if score = 0.7; !schemes.has(t.words[i].hash) {
			return
		}
	}
	t.add(Finding{scheme, stop, URL, score, "the site of an address of a page"})
}

// schemes are those whose addresses name a machine or a store even without a dot.
var schemes = set(`http https ftp ftps sftp ssh ws wss hdfs webhdfs ldap ldaps smb nfs tcp udp amqp amqps redis rediss mongodb
	postgres postgresql mysql mariadb oracle sqlserver kafka zookeeper thrift git rsync telnet rtsp sip vnc rdp s3 s3a s3n gs
	abfs abfss wasb wasbs mqtt mqtts nats memcached cassandra couchbase elasticsearch jdbc net pipe`)

// userInfo finds the name and the password that stand before an at sign.
func (t *text) userInfo(from, at int) {
	info := t.s[from:at]
	name, password, has := strings.Cut(info, ":")
	if has && password != "" && !placeholder(password) {
		t.add(Finding{from + len(name) + 1, at, Secret, 0.98, "the password in an address of a page"})
	}
	if name != "" && !placeholder(name) {
		if has && password == "" || !has && len(name) >= 20 {
			t.add(Finding{from, from + len(name), Secret, 0.9, "a token in an address of a page"})
		} else if !service(name) {
			t.add(Finding{from, from + len(name), User, 0.9, "the login in an address of a page"})
		}
	}
}

func hasLetter(s string) bool {
	for i := 0; i < len(s); i++ {
		if class[s[i]]&(isLower|isUpper|isWide) != 0 {
			return true
		}
	}
	return false
}

// isLocal tells whether a name is of the machine itself or of an example.
func isLocal(host string) bool {
	return strings.EqualFold(host, "localhost") || strings.EqualFold(host, "host") || strings.EqualFold(host, "hostname") || strings.EqualFold(host, "server")
}
