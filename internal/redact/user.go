package redact

import "strings"

// services are logins of machines and roles, not of people: a log needs them to be read.
var services = set(`root admin administrator system nobody daemon bin sys adm lp sync shutdown halt mail news uucp operator games
	gopher ftp anonymous guest test user users username login null none nil unknown undefined default www www-data apache nginx
	httpd tomcat mysql postgres oracle mssql redis mongodb hadoop hdfs yarn mapred hive spark kafka zookeeper elasticsearch nova
	neutron keystone glance cinder swift rabbitmq git svn jenkins docker vagrant ubuntu centos debian ec2-user core pi sshd ssh
	rpc rpcuser named dbus ntp postfix dovecot cyrus squid nfsnobody haldaemon networkservice localservice localsystem service
	services public private me you him her them it the a an this that all any other another some each every no not is was are
	has have had in on at of to by for from with and or if as be been will would can could should must may does did do invalid
	illegal valid new old current session sessions interface input agent guide id name account accounts group groups data mode
	space defined function functions friendly experience authentication authenticated specific authorization access role roles
	permission permissions password request requests error errors failed failure not-found missing required true false yes
	already successfully logged connected disconnected created deleted updated added removed details profile list type info
	object objects table file files manual specified provided who which when while only home local shared`)

func service(name string) bool { return services.hasWord(name) }

// inLogin are the signs of logins besides letters and digits.
func inLogin(c byte) bool { return class[c] != 0 || c == '.' || c == '-' || c == '_' || c == '$' }

// user adds a login, if it may be one of a person.
func (t *text) user(start, end int, score float64, reason string) {
	name := strings.TrimRight(t.s[start:end], ".-")
	if strings.Count(name, ".") > 1 && strings.ToLower(name) != name { // a class with its package
		return
	}
	if len(name) < 2 || len(name) > 48 || !hasLetter(name) || service(name) || placeholder(name) {
		return
	}
	t.add(Finding{start, start + len(name), User, score, reason})
}

// login gives the end of the login that begins at p.
func (t *text) login(p int) int {
	start := p
	for p < len(t.s) && p-start < 64 && inLogin(t.s[p]) {
		p++
	}
	for p > start && (t.s[p-1] == '.' || t.s[p-1] == '-') {
		p--
	}
	return p
}

// userLabel reads what comes after user, login and the like.
func (t *text) userLabel(i int) {
	s := t.s
	w := &t.words[i]
	if p, ok := t.assigned(i); ok {
		end := t.login(p)
		if end < len(s) && s[end] == '=' { // user= host=
			return
		}
		if k := strings.IndexByte(s[p:end], '\\'); k >= 0 {
			p += k + 1
		}
		if end < len(s) && (s[end] == '\\' && end+1 < len(s) && inLogin(s[end+1])) { // DOMAIN\login
			p = end + 1
			end = t.login(p)
		}
		if end < len(s) && (s[end] == '(' || s[end] == '@' || s[end] == ' ' && s[p-1] == ' ' && s[int(w.end)] == ':' && t.prose(end)) {
			return
		}
		t.user(p, end, 0.85, "a login after a word that says so")
		return
	}
	p := int(w.end)
	if p+2 >= len(s) || s[p] != ' ' {
		return
	}
	p++
	quoted := s[p] == '"' || s[p] == '\'' || s[p] == '[' || s[p] == '<' || s[p] == '`'
	if quoted {
		p++
	}
	end := t.login(p)
	if end-p < 2 || end < len(s) && (s[end] == '(' || s[end] == '=' || s[end] == '@' || s[end] == ':' && !quoted) {
		return
	}
	switch {
	case quoted && end < len(s) && strings.IndexByte("\"']>`", s[end]) >= 0:
		t.user(p, end, 0.8, "a login in quotes after a word that says so")
	case i > 0 && t.words[i-1].about&isLogin != 0 && t.words[i-1].end+1 == w.start, i > 1 && t.words[i-1].end+1 == w.start && t.words[i-2].about&isLogin != 0 && invalidWord.has(t.words[i-1].hash):
		t.user(p, end, 0.8, "a login in a sentence about logins")
	case mixedLogin(s[p:end]):
		t.user(p, end, 0.6, "written as a login after a word that says so")
	}
}

var invalidWord = set("invalid illegal unknown the")

// mixedLogin tells whether a word is written as only logins are: letters, then digits; or parts with a stop or a low line.
func mixedLogin(s string) bool {
	letters, numbers := 0, 0
	for i := 0; i < len(s); i++ {
		switch {
		case class[s[i]] == isDigit:
			numbers++
		case class[s[i]]&isLower != 0:
			if numbers > 0 {
				return false
			}
			letters++
		default:
			return false
		}
	}
	return letters >= 3 && numbers >= 1 && numbers <= 5
}

// prose tells whether the text after end goes on as a sentence.
func (t *text) prose(end int) bool {
	return end+1 < len(t.s) && class[t.s[end+1]] == isLower
}

// loginSentence finds "password for ann from" and "publickey for ann from", "session opened for ann by". Word i is the
// word for.
func (t *text) loginSentence(i int) {
	s := t.s
	if i == 0 || i+1 >= len(t.words) || !loginBefore.has(t.words[i-1].hash) {
		return
	}
	next := &t.words[i+1]
	p := int(next.start)
	if p != int(t.words[i].end)+1 || next.about&ofUser != 0 || invalidWord.has(next.hash) {
		return
	}
	end := t.login(p)
	k := i + 2
	for k < len(t.words) && int(t.words[k].start) < end {
		k++
	}
	if end < len(s) && s[end] != ' ' && s[end] != '\n' && s[end] != '[' && s[end] != ';' && s[end] != ',' {
		return
	}
	if k < len(t.words) && loginAfter.has(t.words[k].hash) || end == len(s) || s[end] == '\n' {
		t.user(p, end, 0.75, "a login in a sentence about logins")
	}
}

var (
	loginBefore = set("password publickey hostbased keyboard none pam opened closed failed failure accepted login logon logins authenticated lockout locked refused")
	loginAfter  = set("from by on via at ssh2 port with uid")
)

// folder finds the owner of a home folder: /home/ann, C:\Users\ann. A slash follows word i.
func (t *text) folder(i int) {
	s := t.s
	w := &t.words[i]
	if !homes.has(w.hash) || w.start == 0 || i+1 >= len(t.words) {
		return
	}
	sign := s[w.end]
	if s[w.start-1] != sign && s[w.start-1] != '/' && s[w.start-1] != '\\' {
		return
	}
	if w.shape == upper || sign == '/' && w.shape == lower && w.hash == hashUsers && w.start > 1 && class[s[w.start-2]] != 0 && s[w.start-2] != ':' {
		return // /api/users/7
	}
	p := int(w.end) + 1
	if p < len(s) && s[p] == '\\' {
		p++
	}
	end := t.login(p)
	if end-p < 2 || end < len(s) && s[end] == '=' {
		return
	}
	t.user(p, end, 0.85, "the owner of a home folder")
}

var (
	homes     = set("home users user mail documents export")
	hashUsers = hashOf("users")
)
