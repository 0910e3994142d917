// Command knownerrors writes the tables in internal/knownerror/table from sources that lie on this machine: the Go
// standard library, the module cache, PostgreSQL's errcodes.txt and the haraka-dsn package. It needs no network.
// NOTICE names the versions the committed tables were made from; docs/known-errors.md says how to make them anew.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

var (
	goroot    = flag.String("goroot", "/usr/local/go", "the Go tree")
	sys       = flag.String("sys", "", "golang.org/x/sys")
	parser    = flag.String("parser", "", "github.com/pingcap/tidb/pkg/parser")
	pgerrcode = flag.String("pgerrcode", "", "github.com/jackc/pgerrcode")
	errcodes  = flag.String("errcodes", "", "PostgreSQL's errcodes.txt")
	kerr      = flag.String("franz", "", "github.com/twmb/franz-go")
	dsn       = flag.String("dsn", "", "haraka-dsn, unpacked")
	out       = flag.String("out", "internal/knownerror/table", "folder to write to")
)

func main() {
	flag.Parse()
	for name, rows := range map[string]func() []string{
		"sqlstate": sqlstate, "mysql": mysql, "errno": errno, "http": http, "tls": tls, "smtp": smtp, "kafka": kafka,
		"windows": windows, "hresult": hresult, "ntstatus": ntstatus,
	} {
		list := rows()
		if len(list) == 0 {
			log.Fatalf("%s: nothing found; is the source the version NOTICE names?", name)
		}
		if err := os.WriteFile(filepath.Join(*out, name+".tsv"), []byte(strings.Join(list, "\n")+"\n"), 0o644); err != nil {
			log.Fatal(err)
		}
		fmt.Println(name, len(list))
	}
}

func read(parts ...string) string {
	b, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		log.Fatal(err)
	}
	return string(b)
}

func all(text, pattern string) [][]string {
	return regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1)
}

// sentence makes words with a capital first letter of a symbol.
func sentence(symbol string) string {
	words := strings.FieldsFunc(strings.ToLower(symbol), func(r rune) bool { return r == '_' || r == ' ' })
	for i, w := range words {
		if full, ok := expand[w]; ok {
			words[i] = full
		}
	}
	s := strings.Join(words, " ")
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

var expand = map[string]string{"cant": "cannot", "dup": "duplicate", "tbl": "table", "db": "database", "dbs": "databases", "param": "parameter", "params": "parameters",
	"fk": "foreign key", "sp": "stored routine", "ps": "prepared statement", "func": "function", "fields": "columns", "ip": "IP", "dns": "DNS", "rpc": "RPC", "sql": "SQL", "xml": "XML",
	"invalid": "invalid", "noexist": "does not exist", "auth": "authentication", "url": "URL", "tcp": "TCP", "udp": "UDP", "cert": "certificate", "crl": "certificate revocation list", "ds": "directory service", "dn": "distinguished name", "acl": "access control list", "sid": "security identifier", "dll": "DLL", "io": "I/O", "ssl": "SSL", "tls": "TLS", "wkb": "WKB", "gtid": "GTID", "json": "JSON", "binlog": "binary log", "relaylog": "relay log", "xa": "XA", "xaer": "XA", "gis": "GIS", "utf8": "UTF-8", "var": "variable", "outofmemory": "out of memory", "ctx": "session", "accessdenied": "access denied"}

// camel splits a Go name into lower-case words joined by underscores.
func camel(name string) string {
	var b strings.Builder
	rs := []rune(name)
	for i, r := range rs {
		if i > 0 && unicode.IsUpper(r) && (unicode.IsLower(rs[i-1]) || unicode.IsDigit(rs[i-1]) || i+1 < len(rs) && unicode.IsLower(rs[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func sqlstate() []string {
	seen := map[string]string{}
	for _, m := range all(read(*errcodes), `(?m)^([0-9A-Z]{5})\s+[EWS]\s+ERRCODE_(\w+)(?:[ \t]+(\w+))?`) {
		if m[3] == "" {
			continue // a second macro for the same code
		}
		if seen[m[1]] == "" {
			seen[m[1]] = m[3]
		}
	}
	for _, m := range all(read(*pgerrcode, "errcode.go"), `(?m)^\t(\w+)\s+= "([0-9A-Z]{5})"`) {
		if seen[m[2]] == "" {
			seen[m[2]] = camel(m[1])
		}
	}
	var list []string
	for code, name := range seen {
		if code != "00000" {
			list = append(list, code+"\t"+name+"\t"+strings.ReplaceAll(sentence(name), "Sqlclient", "SQL client"))
		}
	}
	slices.Sort(list)
	return list
}

// mysql keeps what is a fact: number, symbol and SQLSTATE. The title is made from the symbol.
func mysql() []string {
	states, seen := map[string]string{}, map[int]bool{}
	for _, m := range all(read(*parser, "mysql", "state.go"), `(?m)^\t(\w+):\s+"(\w{5})"`) {
		states[m[1]] = m[2]
	}
	var list []string
	for _, m := range all(read(*parser, "mysql", "errcode.go"), `(?m)^\tErr(\w+)\s+= (\d{4})$`) {
		n, _ := strconv.Atoi(m[2])
		if n >= 4100 || n == 1000 || n == 1002 || n == 1003 || seen[n] {
			continue
		}
		seen[n] = true
		name := strings.ReplaceAll(camel(m[1]), "d_b", "db")
		state := states["Err"+m[1]]
		if state == "" {
			state = "HY000"
		}
		list = append(list, fmt.Sprintf("%d\tER_%s\t%s\t%s", n, strings.ToUpper(name), sentence(name), state))
	}
	return list
}

func errno() []string {
	text := read(*goroot, "src", "syscall", "zerrors_linux_amd64.go")
	words := map[string]string{}
	errors := text[strings.Index(text, "var errors = "):]
	if i := strings.Index(errors, "\n}"); i > 0 {
		errors = errors[:i]
	}
	for _, m := range all(errors, `(?m)^\t(\d+):\s+"([^"]+)"`) {
		words[m[1]] = m[2]
	}
	var list []string
	seen := map[string]bool{"EWOULDBLOCK": true, "EDEADLOCK": true, "ENOTSUP": true}
	for _, m := range all(text, `(?m)^\t(E\w+)\s+= Errno\((0x[0-9a-f]+)\)`) {
		n, _ := strconv.ParseInt(m[2], 0, 32)
		s := words[strconv.FormatInt(n, 10)]
		if seen[m[1]] || s == "" {
			continue
		}
		list = append(list, fmt.Sprintf("%s\t%d\t%s", m[1], n, strings.ToUpper(s[:1])+s[1:]))
	}
	return list
}

func http() []string {
	text := read(*goroot, "src", "net", "http", "status.go")
	numbers := map[string]string{}
	for _, m := range all(text, `(?m)^\t(Status\w+)\s+= (\d{3})`) {
		numbers[m[1]] = m[2]
	}
	var list []string
	for _, m := range all(text, `case (Status\w+):\n\t\treturn "([^"]+)"`) {
		if n := numbers[m[1]]; n >= "400" {
			list = append(list, n+"\t\t"+m[2])
		}
	}
	return list
}

func tls() []string {
	text := read(*goroot, "src", "crypto", "tls", "alert.go")
	numbers := map[string]string{}
	for _, m := range all(text, `(?m)^\t(alert\w+)\s+alert\s+= (\d+)`) {
		numbers[m[1]] = m[2]
	}
	var list []string
	for _, m := range all(text, `(?m)^\t(alert\w+):\s+"([^"]+)"`) {
		if n := numbers[m[1]]; n != "" && n != "0" {
			list = append(list, n+"\t"+strings.ReplaceAll(strings.ToLower(m[2]), " ", "_")+"\t"+strings.ToUpper(m[2][:1])+m[2][1:])
		}
	}
	return list
}

func smtp() []string {
	var list []string
	for _, m := range all(read(*dsn, "index.js"), `(?m)^ +"([^"]+)",\s+// X\.(\d+\.\d+)`) {
		list = append(list, m[2]+"\t\t"+strings.ToUpper(m[1][:1])+m[1][1:])
	}
	return list
}

func kafka() []string {
	var list []string
	for _, m := range all(read(*kerr, "pkg", "kerr", "kerr.go"), `&Error\{"(\w+)", (-?\d+), (\w+), "([^"]*)"\}`) {
		again := ""
		if m[3] == "true" {
			again = "retriable"
		}
		name := strings.Replace(m[1], "NOT_LEADER_FOR_PARTITION", "NOT_LEADER_OR_FOLLOWER", 1) // its name since Kafka 2.6
		list = append(list, name+"\t"+m[2]+"\t"+sentence(name)+"\t"+again+"\t"+m[4])
	}
	return list
}

func windowsConsts(kind string) [][]string {
	return all(read(*sys, "windows", "zerrors_windows.go"), `(?m)^\t(\w+)\s+`+kind+`\s+= (0x[0-9A-Fa-f]+|\d+)$`)
}

func windows() []string {
	var list []string
	seen := map[string]bool{}
	for _, m := range windowsConsts(`syscall\.Errno`) {
		if m[2] == "0" || seen[m[2]] {
			continue
		}
		seen[m[2]] = true
		list = append(list, m[2]+"\t"+m[1]+"\t"+sentence(strings.TrimPrefix(strings.TrimPrefix(m[1], "ERROR_"), "WSA")))
	}
	return list
}

// hresult leaves out what is an NTSTATUS as well.
func hresult() []string {
	other := map[string]bool{}
	for _, row := range ntstatus() {
		other[row[:10]] = true
	}
	return slices.DeleteFunc(hex("Handle", "89ABCDEF"), func(row string) bool { return other[row[:10]] })
}

func ntstatus() []string { return hex("NTStatus", "C") }

// hex keeps failures only: codes that begin with one of the digits in first.
func hex(kind, first string) []string {
	var list []string
	seen := map[string]bool{}
	for _, m := range windowsConsts(kind) {
		code := "0x" + strings.ToUpper(strings.TrimPrefix(m[2], "0x"))
		if len(code) != 10 || !strings.ContainsRune(first, rune(code[2])) || seen[code] {
			continue
		}
		seen[code] = true
		title := strings.NewReplacer("_E_", "_", "_ERROR_", "_").Replace(strings.TrimPrefix(strings.TrimPrefix(m[1], "STATUS_"), "E_"))
		list = append(list, code+"\t"+m[1]+"\t"+sentence(strings.TrimPrefix(title, "ERROR_")))
	}
	return list
}
