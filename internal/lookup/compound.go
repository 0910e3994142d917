package lookup

import (
	"strings"

	"firebreak/internal/redact"
)

// compound decides about a name of several parts: it leaves when all its parts are public, and none of them is a name.
func (b *builder) compound(i int, w string) {
	p := &b.pieces[i]
	why := "a name of which a part is not known to be public"
	if len(w) > 200 {
		b.remove(i, "unknown", why)
		return
	}
	if strings.Contains(w, "://") || strings.Contains(w, "@") || w[0] == '/' || w[0] == '~' || strings.Count(w, "/") > 1 || strings.Contains(w, `\`) || len(w) > 1 && w[1] == ':' || strings.ContainsAny(w, "%$&") && !technical(w) {
		b.name(i, redact.URL, "an address or a path")
		p.kind = "path"
		return
	}
	if i > 0 && b.pieces[i-1].line == p.line && (p.before == '(' || p.before == '"') && sourceFile(w) {
		b.remove(i, "value", "a file of a program")
		return
	}
	if publicRoot(w) {
		p.state = Leaves
		return
	}
	if name, hash, ok := strings.Cut(w, "@"); ok && publicRoot(name) && hexadecimal(hash) { // an object that was printed
		p.state, p.code = Leaves, name
		return
	}
	if !b.howTo && b.bracketed(i) && strings.Trim(w, "abcdefghijklmnopqrstuvwxyz.-") == "" {
		b.name(i, redact.User, "alone in brackets")
		return
	}
	if !b.howTo && titled(w) {
		b.name(i, redact.Person, "written like a name")
		return
	}
	if host(w) {
		b.name(i, redact.Host, whyKind(redact.Host))
		return
	}
	n, sharedParts, bad := 0, 0, false
	plain, letters := 0, 0 // parts that are public by themselves, and how many letters they have
	parts(w, func(part string) {
		n++
		switch c := b.words.class(part); c {
		case core:
			plain++
			if len(part) >= 3 {
				letters += len(part)
			}
		case product:
			plain++
			letters += len(part)
			if b.words.products[part].with != nil && b.words.of(part) != core {
				sharedParts++
			}
		case named:
		case shared:
			sharedParts++
		case general:
			bad = bad || b.tight || !stop[part] && !technical(w)
		default:
			bad = bad || !(len(part) == 1 || stop[part] || len(part) == 2 && technical(w))
		}
	})
	digits := 0
	for k := range len(w) {
		if isDigit(w[k]) {
			digits++
		}
	}
	if digits > 0 {
		bad = bad || !codeLike(w, digits, b.words)
	}
	if strings.Count(w, "/") == 1 && bad { // one/other: two words
		bad = true
	}
	if n > 2 && 2*letters < len(w) && !strings.ContainsAny(w, "-_./") { // what base64 looks like
		bad = true
	}
	if !bad && plain > 0 && sharedParts*2 <= n && (sharedParts == 0 || technical(w)) {
		p.state = Leaves
		return
	}
	if name := exceptionOf(w, b.words); name != "" {
		p.state, p.code = Leaves, name
		b.denyParts(w[:len(w)-len(name)])
		return
	}
	b.name(i, redact.Host, why)
	p.kind = "unknown"
}

func (b *builder) denyParts(w string) {
	parts(w, func(part string) {
		if len(part) >= 3 && b.words.class(part) != core && b.words.class(part) != product {
			b.names[part] = redact.Application
		}
	})
}

// roots are how the names of public libraries begin, whose parts are public then.
var roots = strings.Fields(`java. javax. jakarta. jdk. sun. com.sun. org.apache. org.springframework. org.hibernate. org.eclipse. org.mortbay. org.postgresql. org.slf4j. org.jboss. org.junit. org.w3c. org.xml.
	org.mozilla. org.elasticsearch. com.google.common. com.fasterxml. com.mysql. com.zaxxer. com.ibm.mq. com.ibm.db2. com.ibm.ws. com.microsoft.sqlserver. com.oracle. oracle.jdbc. oracle.net. oracle.sql. io.netty. io.grpc. io.kubernetes. scala. akka. kotlin. kotlinx. groovy. android. com.android. androidx.
	dalvik. com.apple. System. Microsoft. k8s.io/ golang.org/ google.golang.org/ github.com/golang/ django. sqlalchemy. urllib3. requests. numpy. pandas. nova. neutron. cinder. keystone. glance.`)

// publicRoot reports whether a name is one of a public library: it begins like one, and holds neither a number nor anything
// but letters, dots and dollars.
func publicRoot(w string) bool {
	if len(w) > 120 {
		return false
	}
	for i := range len(w) {
		if !asciiLetter(w[i]) && w[i] != '.' && w[i] != '$' && w[i] != '/' && w[i] != '_' && !(i > 0 && isDigit(w[i]) && asciiLetter(w[i-1]) && (i+1 == len(w) || !isDigit(w[i+1]))) {
			return false
		}
	}
	for _, root := range roots {
		if strings.HasPrefix(w, root) && len(w) > len(root)+2 && strings.Count(w, "/") == strings.Count(root, "/") {
			return true
		}
	}
	return false
}

func hexadecimal(s string) bool { return s != "" && strings.Trim(s, "0123456789abcdef") == "" }

// titled reports whether a name held together by _ + or & is made of Words That Begin With A Capital.
func titled(w string) bool {
	n := 0
	for part := range strings.FieldsFuncSeq(w, func(r rune) bool { return r == '_' || r == '+' || r == '&' }) {
		n++
		if len(part) < 2 || part[0] < 'A' || part[0] > 'Z' {
			return false
		}
		for i := 1; i < len(part); i++ {
			if part[i] < 'a' || part[i] > 'z' {
				return false
			}
		}
	}
	return n >= 2
}

// host reports whether a name looks like one of a machine or a domain, though each of its parts is public.
func host(w string) bool {
	if i := strings.LastIndexByte(w, '.'); i > 0 && domains[fold(w[i+1:])] && fold(w) != "asp.net" {
		return true
	}
	if technical(w) || !strings.Contains(w, "-") {
		return false
	}
	n, of := 0, 0
	parts(w, func(part string) {
		of++
		if machines[part] {
			n++
		}
	})
	return n >= 2 || n == 1 && of >= 3
}

var (
	domains  = set("com net org io co uk de fr eu ch at nl us ca au in jp cn info biz edu gov mil app dev cloud example internal local localdomain corp lan intranet test")
	machines = set("db web app prod srv server node host dev uat qa stg staging mail gw lb dc sql ora core batch queue cache auth proxy api vm")
)

// sourceFile reports whether a name is of a file of a program, as stack traces have it.
func sourceFile(w string) bool {
	for _, end := range []string{".java", ".kt", ".scala", ".py", ".go", ".cs", ".rb", ".js", ".ts", ".php", ".c", ".cpp", ".h", ".vb", ".sql"} {
		if strings.HasSuffix(w, end) {
			return true
		}
	}
	return false
}

// codeLike reports whether a name with digits is one that everybody knows: utf-8, x86_64, log4j-core.
func codeLike(w string, digits int, v *vocabulary) bool {
	if digits > 4 {
		return false
	}
	ok := true
	wordsIn(w, func(part string) {
		if part[0] >= '0' && part[0] <= '9' {
			ok = ok && len(part) <= 2 && digits <= 2 && len(w) <= 8
			return
		}
		if strings.ContainsAny(part, "0123456789") {
			c := v.class(part)
			ok = ok && (c == core || c == product)
		}
	})
	return ok
}

// exceptionOf gives the simple name of an exception of which only the package is private.
func exceptionOf(w string, v *vocabulary) string {
	name := w[strings.LastIndexAny(w, ".$:")+1:]
	if len(name) == len(w) || !strings.HasSuffix(name, "Exception") && !strings.HasSuffix(name, "Error") {
		return ""
	}
	ok := true
	parts(name, func(part string) { c := v.of(part); ok = ok && (c == core || len(part) == 1) })
	for i := range len(name) {
		ok = ok && asciiLetter(name[i])
	}
	if !ok {
		return ""
	}
	return name
}

// version gives a version that stands after a public product: three numbers of it at most.
func (b *builder) version(i int) (string, bool) {
	w := b.text[b.pieces[i].start:b.pieces[i].end]
	for k := range len(w) {
		if !isDigit(w[k]) && w[k] != '.' {
			return "", false
		}
	}
	j := i - 1
	if j >= 0 && (b.pieces[j].fold == "version" || b.pieces[j].fold == "release" || b.pieces[j].fold == "server") {
		j--
	}
	if j < 0 || b.pieces[i].gap && b.pieces[i].before != '/' || b.pieces[j].line != b.pieces[i].line || b.pieces[j].class != product || b.pieces[j].state == Gone {
		return "", false
	}
	p := strings.Split(w, ".")
	if len(p) > 4 || len(p[0]) > 4 || len(p) == 1 && len(w) > 2 && !(len(w) == 4 && (strings.HasPrefix(w, "19") || strings.HasPrefix(w, "20"))) {
		return "", false
	}
	for _, n := range p {
		if len(n) > 4 {
			return "", false
		}
	}
	return strings.Join(p[:min(3, len(p))], "."), true
}

var ports = set("20 21 22 23 25 53 67 80 88 110 123 135 139 143 161 389 443 445 465 514 587 636 873 993 995 1099 1433 1434 1521 1522 1723 2049 2181 2379 2380 2888 3128 3268 3306 3389 3888 4369 5000 5432 5601 5672 5984 5985 6379 6443 7001 8000 8005 8009 8020 8080 8081 8088 8443 8500 8888 9000 9042 9090 9092 9093 9100 9200 9300 9418 10250 11211 15672 27017 50010 50070 50075")

// port reports whether a number is a well-known port, and said to be a port.
func (b *builder) port(i int, w string) bool {
	return i > 0 && b.pieces[i-1].fold == "port" && b.pieces[i-1].line == b.pieces[i].line && ports[w]
}
