package redact

import "strings"

// commands are programs that take a password on their command line, and how: the flag, and whether it is glued to it.
var commands = map[uint64]struct {
	flag string
	pair bool // login and password with a colon or a percent sign between
}{
	hashOf("curl"):       {" -u ", true},
	hashOf("mysql"):      {" -p", false},
	hashOf("mysqldump"):  {" -p", false},
	hashOf("mysqladmin"): {" -p", false},
	hashOf("mariadb"):    {" -p", false},
	hashOf("sshpass"):    {" -p ", false},
	hashOf("ldapsearch"): {" -w ", false},
	hashOf("ldapmodify"): {" -w ", false},
	hashOf("redis"):      {" -a ", false}, // redis-cli
	hashOf("smbclient"):  {" -U ", true},
	hashOf("sqlcmd"):     {" -P ", false},
	hashOf("bcp"):        {" -P ", false},
}

// maxCommand is how far after its name a program's flags are looked for, bytes.
const maxCommand = 240

// command finds the password on the command line of the program that word i names.
func (t *text) command(i int) {
	s := t.s
	c := commands[t.words[i].hash]
	p := int(t.words[i].end)
	line := s[p:min(len(s), p+maxCommand)]
	if k := strings.IndexByte(line, '\n'); k >= 0 {
		line = line[:k]
	}
	k := strings.Index(line, c.flag)
	if k < 0 && c.pair {
		c.flag = " --user "
		k = strings.Index(line, c.flag)
	}
	if k < 0 {
		return
	}
	p += k + len(c.flag)
	if p >= len(s) {
		return
	}
	quote := byte(0)
	if s[p] == '\'' || s[p] == '"' {
		quote = s[p]
		p++
	}
	if p >= len(s) || s[p] <= ' ' || s[p] == '-' {
		return
	}
	end := secretEnd(s, p, quote, true)
	if !c.pair {
		if v := s[p:end]; v != "" && !placeholder(v) {
			t.add(Finding{p, end, Secret, 0.85, "the password on a command line"})
		}
		return
	}
	if k := strings.IndexAny(s[p:end], ":%"); k > 0 && k < end-p-1 && !placeholder(s[p+k+1:end]) {
		t.add(Finding{p + k + 1, end, Secret, 0.95, "the password on a command line"})
		t.user(p, p+k, 0.85, "the login on a command line")
	}
}

// encodedMail finds an address of mail as addresses of pages write it, with %40 after word i.
func (t *text) encodedMail(i int) {
	s := t.s
	at := int(t.words[i].end)
	if !strings.HasPrefix(s[at:], "%40") {
		return
	}
	start := at
	for start > 0 && at-start < maxLocal && inLogin(s[start-1]) {
		start--
	}
	end, dot := at+3, 0
	for end < len(s) && end-at < maxDomain && inName[s[end]] && class[s[end]] != isWide {
		if s[end] == '.' {
			dot = end
		}
		end++
	}
	for end > at && class[s[end-1]] == 0 {
		end--
	}
	if start < at && dot > at && end > dot+2 {
		t.add(Finding{start, end, Email, 0.95, "an address of mail"})
	}
}
