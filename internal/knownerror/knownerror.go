// Package knownerror knows error codes: what they mean and what a calm colleague would try first. It carries tables that
// work without a network, finds codes in any text, and reads a customer's own message manuals.
package knownerror

import (
	"strings"
	"time"

	"firebreak/internal/id"
)

// Family is the world a code comes from. Codes of different families never mean the same thing.
type Family string

const (
	SQLState   Family = "sqlstate"
	MySQL      Family = "mysql"
	SQLServer  Family = "sqlserver"
	DB2        Family = "db2"
	Oracle     Family = "oracle"
	Errno      Family = "errno"
	Signal     Family = "signal"
	Exit       Family = "exit"
	Systemd    Family = "systemd"
	HTTP       Family = "http"
	SMTP       Family = "smtp"
	Windows    Family = "windows"
	HResult    Family = "hresult"
	NTStatus   Family = "ntstatus"
	Java       Family = "java"
	Python     Family = "python"
	Go         Family = "go"
	DotNet     Family = "dotnet"
	Node       Family = "node"
	TLS        Family = "tls"
	DNS        Family = "dns"
	Curl       Family = "curl"
	Kafka      Family = "kafka"
	Kubernetes Family = "kubernetes"
	Docker     Family = "docker"
	Git        Family = "git"
	SSH        Family = "ssh"
	Mainframe  Family = "mainframe"
	AutoSys    Family = "autosys"
	Own        Family = "own" // written or imported at this desk
)

// Families lists them in the order people browse them, without Own.
var Families = []Family{SQLState, MySQL, SQLServer, DB2, Oracle, Errno, Signal, Exit, Systemd, HTTP, SMTP, Windows, HResult, NTStatus,
	Java, Python, Go, DotNet, Node, TLS, DNS, Curl, Kafka, Kubernetes, Docker, Git, SSH, Mainframe, AutoSys}

var familyWords = map[Family]string{SQLState: "PostgreSQL and standard SQL", MySQL: "MySQL and MariaDB", SQLServer: "SQL Server", DB2: "Db2", Oracle: "Oracle Database",
	Errno: "Linux system errors", Signal: "Signals", Exit: "Exit codes", Systemd: "systemd", HTTP: "HTTP", SMTP: "Mail (SMTP)", Windows: "Windows system errors",
	HResult: "Windows HRESULT", NTStatus: "Windows NTSTATUS", Java: "Java", Python: "Python", Go: "Go", DotNet: ".NET", Node: "Node.js", TLS: "TLS and certificates", DNS: "DNS",
	Curl: "curl", Kafka: "Kafka", Kubernetes: "Kubernetes", Docker: "Docker", Git: "Git", SSH: "SSH", Mainframe: "Mainframe", AutoSys: "AutoSys", Own: "This desk"}

// Word names the family for people.
func (f Family) Word() string { return familyWords[f] }

// State of an own entry.
type State string

const (
	Active  State = "active"
	Retired State = "retired" // kept, but no longer shown on tickets
)

// Entry is what is known about one code.
type Entry struct {
	Code    string   `json:"code" doc:"as people write it, e.g. ORA-01555, SQLSTATE 40P01, HTTP 503"`
	Key     string   `json:"key" doc:"the code as addresses spell it, e.g. ora-01555"`
	Family  Family   `json:"family,omitempty"`
	Product string   `json:"product,omitempty" doc:"what raises it"`
	Name    string   `json:"name,omitempty" doc:"its symbol, e.g. ER_LOCK_DEADLOCK"`
	Title   string   `json:"title"`
	Meaning string   `json:"meaning,omitempty"`
	Try     []string `json:"try,omitempty" doc:"what to do, one step each, the first first"`
	Link    string   `json:"link,omitempty" doc:"where more is written"`
	Source  string   `json:"source" doc:"where this knowledge comes from, with its licence"`
	// General says that the steps are those of the whole class of codes, not of this one.
	General bool `json:"general,omitempty"`
	// Own is set on entries of this desk.
	Own *OwnEntry `json:"own,omitempty"`
}

// Mentions reports whether all words of q stand in code, symbol, title, meaning or family, whatever the case.
func (e Entry) Mentions(q string) bool {
	text := ""
	for w := range strings.FieldsSeq(strings.ToLower(q)) {
		if text == "" {
			text = strings.ToLower(e.Code + " " + e.Name + " " + e.Title + " " + e.Meaning + " " + e.Family.Word())
		}
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// OwnEntry is what the desk knows about an entry it wrote or imported itself.
type OwnEntry struct {
	ID        id.ID     `json:"id"`
	State     State     `json:"state" enum:"active,retired"`
	Manual    string    `json:"manual,omitempty" doc:"the manual it was imported from; empty when it was written by hand"`
	AuthorID  id.ID     `json:"author_id,omitzero"`
	Author    string    `json:"author,omitempty"`
	CreatedAt time.Time `json:"created_at,omitzero"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	// Overrides says that a shipped entry stands under the same code.
	Overrides bool `json:"overrides,omitempty"`
}

// Key gives a code as addresses spell it: lower case, everything but letters, digits, dots and underscores as one hyphen.
// A leading minus of a number stays (SQLCODE -911 and SQLCODE 911 differ).
func Key(code string) string {
	var b strings.Builder
	b.Grow(len(code))
	gap := false
	for i, r := range code {
		switch {
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '_', r >= 0x80:
		case r == '-' && i > 0 && (code[i-1] == ' ' || code[i-1] == '-') && i+1 < len(code) && code[i+1] >= '0' && code[i+1] <= '9':
			b.WriteByte('-') // the gap before it follows below
			gap = b.Len() > 1
			continue
		default:
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte('-')
			gap = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Found is a code in a text.
type Found struct {
	Start int    `json:"start" doc:"offset of its first byte"`
	End   int    `json:"end"`
	Line  int    `json:"line" doc:"line it stands on, from 1"`
	Code  string `json:"code"`
	Text  string `json:"text" doc:"as it was written there"`
}
