// Package estate is what stands around an application: who calls whom and by which address, which products are
// installed, which batch jobs wait for which, and what was changed. It reads what machines report about addresses and
// says which side holds a stale one.
package estate

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"firebreak/internal/id"
)

// Interface is one way in which an application calls another.
type Interface struct {
	ID        id.ID     `json:"id"`
	FromID    id.ID     `json:"from_id"`
	From      string    `json:"from" doc:"the application that calls"`
	FromSlug  string    `json:"from_slug"`
	ToID      id.ID     `json:"to_id"`
	To        string    `json:"to" doc:"the application that is called"`
	ToSlug    string    `json:"to_slug"`
	Name      string    `json:"name,omitempty" doc:"what it is for"`
	Host      string    `json:"host,omitempty" doc:"the name by which the caller finds the other side"`
	Addresses []string  `json:"addresses,omitempty" doc:"the IP addresses that the desk believes behind the name"`
	Port      int       `json:"port,omitempty"`
	Protocol  string    `json:"protocol,omitempty" doc:"https, jdbc, mq …"`
	Between   []string  `json:"between,omitempty" doc:"what keeps an address on the way: pool, jvm, dns, hosts, proxy, balancer, nat"`
	Clear     string    `json:"clear,omitempty" doc:"how what keeps the address is cleared"`
	Note      string    `json:"note,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Between are the kinds of what may keep an address between two applications, with the words for people.
var Between = []struct{ Kind, Word, Remedy string }{
	{"pool", "connection pool", "restart its connection pool"},
	{"jvm", "Java address cache", "restart the Java process, which keeps the addresses it once resolved"},
	{"dns", "DNS cache of the machine", "clear the DNS cache of its machine (resolvectl flush-caches, nscd -i hosts or ipconfig /flushdns)"},
	{"hosts", "hosts file", "mend the line in its hosts file"},
	{"proxy", "proxy", "clear the cache of the proxy on the way"},
	{"balancer", "load balancer", "look at the members of the load balancer"},
	{"nat", "address translation", "look at the translation rule of the firewall"},
}

// BetweenWord gives the words for a kind, the kind itself when it is not known.
func BetweenWord(kind string) string {
	for _, b := range Between {
		if b.Kind == kind {
			return b.Word
		}
	}
	return kind
}

// Has reports whether something of a kind is in between.
func (i Interface) Has(kind string) bool { return slices.Contains(i.Between, kind) }

// Words gives what is in between, in words.
func (i Interface) Words() string {
	var out []string
	for _, k := range i.Between {
		out = append(out, BetweenWord(k))
	}
	return strings.Join(out, ", ")
}

// Target is the name and port that the caller uses, or the address when no name is known.
func (i Interface) Target() string {
	t := i.Host
	if t == "" && len(i.Addresses) > 0 {
		t = i.Addresses[0]
	}
	if t == "" {
		t = i.To
	}
	if i.Port > 0 {
		return fmt.Sprintf("%s:%d", t, i.Port)
	}
	return t
}

// Title is the interface in one line.
func (i Interface) Title() string {
	if i.Name != "" {
		return i.From + " → " + i.To + ": " + i.Name
	}
	return i.From + " → " + i.To
}

// Product is something installed, with its version.
type Product struct {
	ID            id.ID     `json:"id"`
	ApplicationID id.ID     `json:"application_id"`
	Host          string    `json:"host,omitempty" doc:"on which host; empty: the whole application"`
	Name          string    `json:"name"`
	Version       string    `json:"version"`
	Note          string    `json:"note,omitempty"`
	UpdatedAt     time.Time `json:"updated_at"`
}

// Change is a record of something that was changed.
type Change struct {
	ID            id.ID     `json:"id"`
	ApplicationID id.ID     `json:"application_id"`
	Application   string    `json:"application"`
	Slug          string    `json:"slug"`
	Kind          string    `json:"kind" enum:"deploy,config,address,server,database,network,job,other"`
	Title         string    `json:"title" doc:"what was changed, in one line"`
	FromAt        time.Time `json:"from" doc:"when it began"`
	ToAt          time.Time `json:"to,omitzero" doc:"when it ended; absent while it runs or when it took no time"`
	DoneBy        string    `json:"by,omitempty" doc:"who did it"`
	Planned       bool      `json:"planned"`
	Reference     string    `json:"reference,omitempty" doc:"number of the change elsewhere"`
	Note          string    `json:"note,omitempty"`
	Host          string    `json:"host,omitempty"`
	InterfaceID   id.ID     `json:"interface_id,omitzero"`
	Old           string    `json:"old,omitempty" doc:"what it was before, such as the old address"`
	New           string    `json:"new,omitempty"`
	Key           string    `json:"key,omitempty" doc:"the sender's own key; sent again it updates this record"`
	Source        string    `json:"source,omitempty" doc:"page, api, cli or catalogue"`
	Author        string    `json:"author,omitempty" doc:"who recorded it"`
	AuthorID      id.ID     `json:"author_id,omitzero"`
	CreatedAt     time.Time `json:"created_at"`
	// Near says how the changed application stands to the one that was asked about: "" for itself, else "calls it",
	// "called by it", "waits for its jobs" or "its jobs wait for it".
	Near string `json:"near,omitempty"`
}

// ChangeKinds lists the kinds of change with the words for people.
var ChangeKinds = []struct{ Kind, Word string }{
	{"deploy", "deployment"}, {"config", "configuration"}, {"address", "address"}, {"server", "server"}, {"database", "database"},
	{"network", "network"}, {"job", "batch job"}, {"other", "other"},
}

// KindWord gives the words for a kind of change.
func (c Change) KindWord() string {
	for _, k := range ChangeKinds {
		if k.Kind == c.Kind {
			return k.Word
		}
	}
	return c.Kind
}

// ParseAddresses reads IP addresses with commas or blanks between them. bad is the first that is none.
func ParseAddresses(s string) (list []string, bad string) {
	for f := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\t' || r == '\n' || r == '\r' }) {
		a, err := netip.ParseAddr(strings.Trim(f, "[]"))
		if err != nil {
			return list, f
		}
		if t := a.Unmap().WithZone("").String(); !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return list, ""
}

// ParseBetween reads kinds of what is in between. bad is the first that does not exist.
func ParseBetween(s string) (list []string, bad string) {
	for f := range strings.FieldsFuncSeq(strings.ToLower(s), func(r rune) bool { return r == ',' || r == ';' || r == '+' || r == '|' }) {
		f = strings.TrimSpace(f)
		known := ""
		for _, b := range Between {
			if f == b.Kind || f == strings.ToLower(b.Word) {
				known = b.Kind
			}
		}
		switch {
		case f == "" || f == "none":
		case known == "":
			return list, f
		case !slices.Contains(list, known):
			list = append(list, known)
		}
	}
	return list, ""
}

// Edge says that one application depends on another.
type Edge struct {
	From, To id.ID
	Calls    int // interfaces
	Jobs     int // jobs of From that wait for jobs of To
}

// Around gives the applications at most steps away from center by either direction of edges: a negative step depends on
// center (calls it), a positive one is depended on. Where both hold, the shorter way counts, and of equals the called.
func Around(center id.ID, edges []Edge, steps int) map[id.ID]int {
	out, in := map[id.ID][]id.ID{}, map[id.ID][]id.ID{}
	for _, e := range edges {
		if e.From != e.To {
			out[e.From] = append(out[e.From], e.To)
			in[e.To] = append(in[e.To], e.From)
		}
	}
	place := map[id.ID]int{center: 0}
	walk := func(next map[id.ID][]id.ID, sign int) {
		dist := map[id.ID]int{center: 0}
		for queue := []id.ID{center}; len(queue) > 0; queue = queue[1:] {
			a := queue[0]
			if dist[a] == steps {
				continue
			}
			for _, b := range next[a] {
				if _, met := dist[b]; met {
					continue
				}
				dist[b] = dist[a] + 1
				queue = append(queue, b)
				if old, placed := place[b]; !placed || dist[b] < max(old, -old) {
					place[b] = sign * dist[b]
				}
			}
		}
	}
	walk(out, 1)
	walk(in, -1)
	return place
}
