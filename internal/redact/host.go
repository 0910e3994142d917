package redact

import "strings"

// What a name of a machine or a site ends with. A name of two parts is one only with an end that is hardly ever a word,
// a file or a method; names of three parts and more may have any end but the two last lists.
var (
	endsAlone = set(`com net org edu gov mil biz uk de fr nl es eu ch se dk fi cz ca au nz jp cn kr br ru ua ie pt gr hu ro
		bg hr sk ee lv lt lu mx ar cl za il sg hk tw io ai tr pl eu`)
	endsMany = set(`int info name pro mobi asia app dev cloud tech online site store shop xyz top club live news blog
		agency company digital email global group host media network services software solutions support systems systems world
		bank finance insurance health education jobs travel tel cat coop museum aero post
		ac ad ae af ag al am ao aq as at aw ax az ba bb bd be bf bh bi bj bm bn bo bs bt bv bw by bz cd cf cg ci ck cm co cr cu cv cw
		cx cy dj dm do dz ec eg er et fj fk fm fo ga gd ge gf gg gh gi gl gm gn gp gq gs gt gu gw gy hm hn ht id im in iq ir is it je
		jm jo ke kg kh ki km kn kp kw ky kz la lb lc li lk lr ls ly ma mc me mg mh mk mm mn mo mp mq mr ms mt mu mv mw my mz na nc ne
		nf ng ni no np nr nu om pa pe pf pg ph pk pm pn pr pw py qa re rs rw sa sb sc sd sh si sj sl sm sn sr ss st sv sx sy sz tc td
		tf tg th tj tk tl tm tn to tt tv tz ug us uy uz va vc ve vg vi vn vu wf ws ye yt zm zw`)
	// ends that are more often something else; a name with one needs www, a word that announces a host, or an address of a page
	endsWord = set(`as at am be by co do id in is it la me my na no pm pw re so st to us name info pro post app dev host group
		live media network services software support systems email id cc ml tv py sh md pl rs ps zip mov js cs ts java pub so
		ms qa company digital global store site online news blog world jobs health int`)
	inward = set(`internal local corp lan intranet localdomain consul arpa intern ads`)
	// inward as well, where the name has three parts or the first has a dash or a digit
	inwardWeak = set(`home priv private prod production stage staging qa uat dev test svc example invalid dc dmz mgmt domain net1`)
	// beginnings of names of packages and properties
	packages = set(`com org net io edu gov java javax sun jdk jakarta scala kotlin akka play android androidx spring springframework
		microsoft system windows dfs mapreduce yarn hadoop hdfs hbase log4j logback hibernate server client this self os sys std
		fs obj app config conf log logger req res request response ctx err data result item user session document window math
		console process module exports string array object date json promise node nova neutron keystone glance cinder mapred fs
		core ipc security zookeeper kafka spark job task event args kwargs cls model view form field value test`)
	// sites that everybody reads: what points at them tells nothing
	public = set(`w3.org apache.org oracle.com microsoft.com xmlsoap.org mozilla.org github.com githubusercontent.com gitlab.com
		stackoverflow.com stackexchange.com serverfault.com superuser.com debian.org ubuntu.com redhat.com python.org golang.org
		go.dev kernel.org openssl.org ietf.org rfc-editor.org iana.org wikipedia.org docker.com docker.io kubernetes.io k8s.io
		npmjs.com npmjs.org pypi.org rubygems.org maven.org mvnrepository.com nodejs.org postgresql.org mysql.com mariadb.org
		sqlite.org mongodb.com redis.io elastic.co nginx.org nginx.com openstack.org java.com spring.io springframework.org
		jquery.com bouncycastle.org slf4j.org jboss.org eclipse.org jenkins.io freedesktop.org gnu.org opensource.org
		nist.gov mitre.org cve.org aws.amazon.com docs.aws.amazon.com openjdk.org java.net pythonhosted.org netty.io
		bitbucket.org sonatype.org centos.org fedoraproject.org ibm.com scala-lang.org rust-lang.org sourceforge.net googleapis.com gstatic.com json-schema.org schema.org purl.org xml.org omg.org hibernate.org`)
)

// set is a list of words by their hash. Slots are twice the words and more; place zero is free.
type wordSet struct {
	slots []uint64
}

func set(list string) *wordSet {
	words := strings.Fields(list)
	n := 16
	for n < 4*len(words) {
		n *= 2
	}
	s := &wordSet{make([]uint64, n)}
	for _, w := range words {
		h := hashOf(w)
		i := s.slot(h)
		s.slots[i] = h
	}
	return s
}

func (s *wordSet) slot(h uint64) int {
	i := int(h>>17) & (len(s.slots) - 1)
	for s.slots[i] != h && s.slots[i] != 0 {
		i = (i + 1) & (len(s.slots) - 1)
	}
	return i
}

func (s *wordSet) has(h uint64) bool { return s.slots[s.slot(h)] == h }

// hasWord tells it of a word in any case.
func (s *wordSet) hasWord(w string) bool { return s.has(hashOf(w)) }

const maxHost = 253 // bytes, RFC 1035

// dots looks at the run of name signs that word i begins, and a stop follows.
func (t *text) dots(i int) { t.hostAt(i) }

// dashes does where a dash follows.
func (t *text) dashes(i int) {
	if w := &t.words[i]; w.end-w.start == 2 && hex[t.s[w.start]] && hex[t.s[w.start+1]] {
		t.mac(int(w.start), '-')
	}
	t.hostAt(i)
}

func (t *text) hostAt(i int) {
	s := t.s
	start := int(t.words[i].start)
	said := false
	slash := false
	if start > 0 {
		switch c := s[start-1]; {
		case inName[c] || c == '$' || c == '%':
			return
		case c == '@':
			if start > 1 && inLocal[s[start-2]] && (i < 3 || start > int(t.urlEnd) && !oracle.has(t.words[i-3].hash)) {
				return
			}
			said = true
		case c == '/':
			slash = true
		case c == '\\':
			said = start > 1 && s[start-2] == '\\'
			slash = !said
		}
	}
	end := start
	dots, last, digit, dash, capitals, humps, low := 0, start, false, false, 0, 0, false
	for end < len(s) && inName[s[end]] {
		if end-start > maxHost {
			return
		}
		switch c := s[end]; {
		case c == '.':
			if end+1 >= len(s) || class[s[end+1]] == 0 {
				goto cut
			}
			dots++
			last = end + 1
		case c == '-':
			dash = true
		case c == '_':
			low = true
		case class[c] == isDigit:
			digit = true
		case class[c] == isUpper:
			capitals++
			if end > start && class[s[end-1]] == isLower {
				humps++
			}
		}
		end++
	}
cut:
	for end > start && class[s[end-1]] == 0 {
		end--
	}
	if end < len(s) && (s[end] == '@' || s[end] == '(' || s[end] == '=') || class[s[end-1]] == isDigit && !digit {
		return
	}
	said = said || t.near(ofHost, i, 2)
	if dots == 0 {
		t.plainHost(start, end, i, said, dash, digit, low)
		return
	}
	if low && !said {
		return
	}
	if kind, score, reason := t.hostName(s[start:end], last-start, dots, said, slash, dash, digit, humps); score > 0 {
		t.add(Finding{start, end, kind, score, reason})
	}
}

// hostName judges a name with dots; last is where its last part begins.
func (t *text) hostName(name string, last, dots int, said, slash, dash, digit bool, humps int) (Kind, float64, string) {
	tail := hashOf(name[last:])
	firstEnd := strings.IndexByte(name, '.')
	first := hashOf(name[:firstEnd])
	www := first == hashWWW
	switch {
	case inward.has(tail):
		if packages.has(first) && !said && dots < 2 || humps > 1 {
			return "", 0, ""
		}
		return Host, 0.9, "a name of a machine inside"
	case inwardWeak.has(tail) && humps == 0:
		if dash && digit || said && dots > 1 || dots > 1 && !packages.has(first) && digit {
			return Host, 0.75, "a name of a machine inside"
		}
	}
	alone, many := endsAlone.has(tail), endsMany.has(tail)
	if !alone && !many {
		if said && dash && digit && class[name[0]] != isDigit {
			return Host, 0.7, "a name with dots where a machine is named"
		}
		return "", 0, ""
	}
	if isPublic(name) {
		return "", 0, ""
	}
	if !said && !www {
		switch {
		case packages.has(first) && (dots == 1 || hashOf(name[last:]) != hashCom), humps > 1 && dots > 1 && !www:
			return "", 0, ""
		case endsWord.has(tail):
			return "", 0, ""
		case dots == 1 && !alone, slash && !alone, slash && dots > 3:
			return "", 0, ""
		case firstEnd < 2 && dots == 1:
			return "", 0, ""
		case len(name) > last && class[name[last]] == isUpper && class[name[len(name)-1]] == isLower:
			return "", 0, "" // a sentence that ends without a space after the stop
		}
	}
	if dots == 1 || www && dots == 2 {
		return Domain, 0.85, "a name of a site"
	}
	return Host, 0.85, "a whole name of a machine"
}

var (
	hashWWW = hashOf("www")
	hashCom = hashOf("com")
)

// isPublic tells whether a name is of a site that everybody reads, or under one.
func isPublic(name string) bool {
	for i := len(name) - 1; i >= 0; i-- {
		if (i == 0 || name[i-1] == '.') && public.has(hashOf(name[i:])) {
			return true
		}
		if len(name)-i > 32 {
			return false
		}
	}
	return false
}

// plainHost judges a name without dots: app-db-03 where a machine is named, or with a port or an address after it.
func (t *text) plainHost(start, end, i int, said, dash, digit, low bool) {
	s := t.s
	if !dash || !digit || end-start < 5 || low || isUUID(s[start:end]) || class[s[start]]&(isLower|isUpper) == 0 {
		return
	}
	if what, n, ok := strings.Cut(s[start:end], "-"); !ok || contextTable[contextSlot(hashOf(what))].about&ofHost != 0 && onlyDigits(n) {
		return // node-96 is one of many
	}
	if said && t.near(ofHost, i, 1) {
		t.add(Finding{start, end, Host, 0.75, "a name where a machine is named"})
		return
	}
	rest := s[end:]
	switch {
	case len(rest) > 3 && rest[0] == ':' && port(rest[1:]):
		t.add(Finding{start, end, Host, 0.6, "a name of a machine before a port"})
	case len(rest) > 8 && rest[0] == '/' && class[rest[1]] == isDigit && quad(rest[1:]):
		t.add(Finding{start, end, Host, 0.85, "a name of a machine before its address"})
	}
}

func onlyDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if class[s[i]] != isDigit {
			return false
		}
	}
	return true
}

// port tells whether s begins with a number of a port that is not the line of a file.
func port(s string) bool {
	n, p := 0, 0
	for p < len(s) && p < 6 && class[s[p]] == isDigit {
		n = n*10 + val(s[p])
		p++
	}
	return p >= 2 && p <= 5 && n >= 22 && n < 65536 && (p == len(s) || class[s[p]] == 0 && s[p] != ':')
}

// quad tells whether s begins with an IPv4 address.
func quad(s string) bool {
	groups, n := 0, 0
	for p := 0; p < len(s) && p < 16; p++ {
		switch {
		case class[s[p]] == isDigit:
			if n++; n > 3 {
				return false
			}
		case s[p] == '.' && n > 0:
			groups++
			n = 0
		default:
			return groups == 3 && n > 0
		}
	}
	return groups == 3 && n > 0
}
