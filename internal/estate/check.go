package estate

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Answer is what a name server said when the desk asked it.
type Answer struct {
	Name      string       `json:"name"`
	Addresses []netip.Addr `json:"addresses,omitempty"`
	Alias     string       `json:"alias,omitempty" doc:"the name it is an alias of"`
	Missing   bool         `json:"missing,omitempty" doc:"the name does not exist"`
	Failed    string       `json:"failed,omitempty" doc:"why there is no answer"`
	AskedAt   time.Time    `json:"asked_at,omitzero"`
}

// Former is an address that was right once, by a record of its change.
type Former struct {
	Address netip.Addr
	Until   time.Time
	What    string // title of the record
}

// Facts are what an address check rests on.
type Facts struct {
	Interface Interface
	DNS       *Answer // nil: not asked
	Caller    Report  // from the machine of the application that calls
	Callee    Report  // from the machine of the application that is called
	Former    []Former
}

// Side is who holds a stale address.
type Side string

const (
	Nobody     Side = "nobody"
	Caller     Side = "caller"
	DNSServer  Side = "dns"
	DeskItself Side = "desk"
	Unknown    Side = "unknown"
)

// Act is what to do.
type Act string

const (
	ClearCache  Act = "clear_cache"
	RestartPool Act = "restart_pool"
	FixHosts    Act = "fix_hosts"
	FixDNS      Act = "fix_dns"
	UpdateDesk  Act = "update_desk"
	LookElse    Act = "look_elsewhere"
	AskMore     Act = "ask_more"
)

// Row is what one party says.
type Row struct {
	Who       string   `json:"who"`
	How       string   `json:"how"`
	Addresses []string `json:"addresses"`
	// Stale are those of the addresses that are not the right ones; empty also where nobody can tell.
	Stale []string `json:"stale,omitempty"`
	Note  string   `json:"note,omitempty"`
}

// Verdict is the outcome of an address check.
type Verdict struct {
	Side     Side   `json:"side" enum:"nobody,caller,dns,desk,unknown" doc:"who holds a stale address"`
	Act      Act    `json:"act" enum:"clear_cache,restart_pool,fix_hosts,fix_dns,update_desk,look_elsewhere,ask_more"`
	Sentence string `json:"sentence" doc:"which side holds a stale address, and what to do"`
	// Right are the addresses taken to be right, and Because says on whose word.
	Right   []string `json:"right,omitempty"`
	Because string   `json:"because,omitempty"`
	Rows    []Row    `json:"rows"`
	Also    []string `json:"also,omitempty" doc:"what else was noticed"`
}

// set is a list of different addresses in the order they were seen.
type set []netip.Addr

func (s *set) add(a netip.Addr) {
	if a.IsValid() && !slices.Contains(*s, a) {
		*s = append(*s, a)
	}
}

func (s set) words() []string {
	out := make([]string, len(s))
	for i, a := range s {
		out[i] = a.String()
	}
	return out
}

// both keeps the addresses of the families that o has too: an IPv6 address alone says nothing about an IPv4 one.
func (s set) comparable(o set) set {
	var out set
	for _, a := range s {
		if slices.ContainsFunc(o, func(b netip.Addr) bool { return a.Is4() == b.Is4() }) {
			out.add(a)
		}
	}
	return out
}

// outside gives the addresses of s, of a family that right has, which right has not.
func (s set) outside(right set) set {
	var out set
	for _, a := range s.comparable(right) {
		if !slices.Contains(right, a) {
			out.add(a)
		}
	}
	return out
}

// within reports whether o has all of s.
func (s set) within(o set) bool {
	return !slices.ContainsFunc(s, func(a netip.Addr) bool { return !slices.Contains(o, a) })
}

// agrees reports whether s says something about right and nothing against it.
func (s set) agrees(right set) bool {
	return len(s.comparable(right)) > 0 && len(s.outside(right)) == 0
}

// sees collects addresses of a report.
func sees(r Report, port int, src ...Source) (s set) {
	for _, x := range r.Sightings {
		if !slices.Contains(src, x.Source) || x.State == "listening" || x.Address.IsUnspecified() {
			continue
		}
		if x.Source == FromUse && port > 0 && x.Port != port {
			continue
		}
		s.add(x.Address)
	}
	return s
}

// evidence is the facts, sorted by who says what.
type evidence struct {
	Facts
	from, to           string // names of the sides
	desk, dns          set
	machine, asks, use set // of the caller: what its machine resolves, what a name server tells it, what it connects to
	hosts              set
	own                set
	trying             set // connections that are not answered
}

func collect(f Facts) evidence {
	e := evidence{Facts: f, from: f.Interface.From, to: f.Interface.To}
	for _, a := range f.Interface.Addresses {
		if p, err := netip.ParseAddr(a); err == nil {
			e.desk.add(p.Unmap())
		}
	}
	if f.DNS != nil {
		for _, a := range f.DNS.Addresses {
			e.dns.add(a.Unmap())
		}
	}
	port := f.Interface.Port
	e.machine, e.asks, e.use = sees(f.Caller, port, FromName, FromHosts), sees(f.Caller, port, FromDNS), sees(f.Caller, port, FromUse)
	e.hosts = sees(f.Caller, port, FromHosts)
	if len(e.use) > 0 && port == 0 { // connections to whatever else prove nothing
		e.use = e.known(e.use)
	}
	e.own = sees(f.Callee, 0, FromOwn)
	if len(e.own) == 0 {
		e.own = sees(f.Callee, 0, FromName, FromDNS)
		if slices.ContainsFunc(e.own, func(a netip.Addr) bool { return a.IsLoopback() }) {
			e.own = nil // a machine often calls itself 127.0.1.1
		}
	}
	for _, x := range f.Caller.Sightings {
		if x.Source == FromUse && (port == 0 || x.Port == port) && x.State != "open" && x.State != "closing" {
			e.trying.add(x.Address)
		}
	}
	return e
}

// known keeps the addresses that somebody else speaks of.
func (e evidence) known(s set) (out set) {
	for _, a := range s {
		former := slices.ContainsFunc(e.Former, func(f Former) bool { return f.Address == a })
		if former || slices.Contains(e.desk, a) || slices.Contains(e.dns, a) || slices.Contains(e.machine, a) || slices.Contains(e.asks, a) {
			out.add(a)
		}
	}
	return out
}

// show names what is right: of all addresses that a machine has those somebody else speaks of, where there are such.
func (e evidence) show(right set) string {
	if len(e.own) > 0 && right.within(e.own) {
		var some set
		for _, a := range right {
			if slices.Contains(e.desk, a) || slices.Contains(e.dns, a) || slices.Contains(e.machine, a) || slices.Contains(e.asks, a) {
				some.add(a)
			}
		}
		if len(some) > 0 {
			return list(some)
		}
	}
	return list(right)
}

// shared reports whether something stands between the sides that has addresses of its own.
func (e evidence) shared() string {
	for _, k := range []string{"balancer", "nat", "proxy"} {
		if e.Interface.Has(k) {
			return BetweenWord(k)
		}
	}
	return ""
}

// formerly gives the record that ended an address, when one of s is known to be a former one.
func (e evidence) formerly(s set) (Former, bool) {
	for _, f := range e.Former {
		if slices.Contains(s, f.Address) {
			return f, true
		}
	}
	return Former{}, false
}

// Check compares what each side holds and says in one sentence which is stale and what to do. Where the facts do not
// decide it says so, and what would.
func Check(f Facts) Verdict {
	e := collect(f)
	v := e.judge()
	v.Rows = e.rows(v)
	return v
}

// truth chooses whose word counts: the called side's own, else the desk's question to DNS, else what a name server told
// the caller.
func (e evidence) truth() (right set, because string) {
	switch {
	case len(e.own) > 0 && e.shared() == "":
		return e.own, e.to + " itself says so"
	case len(e.dns) > 0:
		return e.dns, "DNS answers so"
	case len(e.asks) > 0:
		return e.asks, "the name server that " + e.from + " asks answers so"
	}
	return nil, ""
}

func (e evidence) judge() Verdict {
	right, because := e.truth()
	v := Verdict{Right: right.words(), Because: because}
	name := e.Interface.Host
	if name == "" {
		name = e.to
	}
	missing := e.DNS != nil && e.DNS.Missing
	if _, former := e.formerly(e.use); len(right) == 0 && missing && (former || len(e.machine) > 0 && len(e.use.outside(e.machine)) > 0) {
		// What the process holds is nearer at hand than what DNS, as this desk sees it, does not know.
		v.Also = append(v.Also, "DNS, as this desk asks it, does not know "+name+".")
		return e.withoutTruth(v, name)
	}
	switch {
	case len(right) == 0 && missing && len(e.machine) > 0:
		return e.say(v, Caller, FixHosts, "DNS does not know %s, so %s lives from an entry in its hosts file (%s); have the name put into DNS, or check that the entry is right.", name, e.from, list(e.machine))
	case len(right) == 0 && missing:
		return e.say(v, DNSServer, FixDNS, "DNS does not know %s, so %s cannot find %s by that name; have the name put back into DNS, or correct it at the interface.", name, e.from, e.to)
	case len(right) == 0:
		return e.withoutTruth(v, name)
	}
	if shared := e.shared(); shared != "" && len(e.own) > 0 && len(e.own.outside(right)) > 0 {
		v.Also = append(v.Also, fmt.Sprintf("%s has %s itself; with a %s in between that need not be what the caller sees.", e.to, list(e.own), shared))
	}
	if len(e.use) > 0 && len(e.use.comparable(right)) == 0 || len(e.use) == 0 && len(e.machine) > 0 && len(e.machine.comparable(right)) == 0 {
		return e.say(v, Unknown, AskMore, "Nobody can tell from this, because %s speaks of %s and the right side of %s, which are not of one family; ask both sides for IPv4 and IPv6 (getent ahosts).", e.from, list(append(e.use[:len(e.use):len(e.use)], e.machine...)), e.show(right))
	}
	if stale := e.use.outside(right); len(stale) > 0 {
		return e.staleUse(v, right, stale, name)
	}
	if stale := e.machine.outside(right); len(stale) > 0 && !(len(e.own) == 0 && e.distrustDNS(right, stale)) {
		return e.staleMachine(v, right, stale, name)
	} else if len(stale) > 0 {
		return e.undecided(v, name, "its machine resolves", stale, right)
	}
	if stale := e.asks.outside(right); len(stale) > 0 {
		return e.say(v, DNSServer, FixDNS, "The name server that %s asks still answers %s for %s where %s is right; have its record mended, or wait until its copy runs out.", e.from, list(stale), name, e.show(right))
	}
	if stale := e.dns.outside(right); len(stale) > 0 {
		return e.say(v, DNSServer, FixDNS, "DNS is stale: it answers %s for %s while %s has %s; have the record mended, then clear the caches.", list(stale), name, e.to, e.show(right))
	}
	return e.agreed(v, right, name)
}

// distrustDNS reports whether the desk itself believes what contradicts DNS, without a record that the address is a
// former one: then DNS alone does not decide.
func (e evidence) distrustDNS(right, stale set) bool {
	if _, former := e.formerly(stale); former {
		return false
	}
	return len(e.desk) > 0 && len(stale.outside(e.desk)) == 0 && len(e.desk.outside(right)) > 0
}

// staleUse is a caller that connects to what is not right.
func (e evidence) staleUse(v Verdict, right, stale set, name string) Verdict {
	dead := stale.within(e.trying)
	if len(e.own) == 0 && e.distrustDNS(right, stale) && !dead {
		return e.undecided(v, name, "it is connected to", stale, right)
	}
	if e.Interface.Has("proxy") || e.Interface.Has("nat") || e.Interface.Has("balancer") {
		if _, former := e.formerly(stale); !former && len(stale.outside(e.desk)) > 0 {
			return e.say(v, Unknown, AskMore, "Nobody can tell from this: %s connects to %s and %s is %s, but there is a %s in between which may be meant; compare with its configuration.", e.from, list(stale), name, e.show(right), e.shared())
		}
	}
	if bad := e.machine.outside(right); len(bad) > 0 {
		return e.staleMachine(v, right, bad, name)
	}
	knows := "DNS answers"
	switch {
	case len(e.machine) > 0:
		knows = "its machine already resolves"
	case len(e.own) > 0 && len(e.dns) == 0:
		knows = e.to + " has"
	}
	if bad := e.dns.outside(right); len(e.machine) == 0 && len(bad) > 0 && len(e.own) > 0 {
		return e.say(v, DNSServer, FixDNS, "DNS is stale, and %s with it: both hold %s for %s while %s has %s; have the record mended, then clear the cache of %s.", e.from, list(bad), name, e.to, e.show(right), e.from)
	}
	act, remedy := e.remedy()
	if fresh := len(e.use) > len(stale); fresh {
		v.Also = append(v.Also, "Some of its connections go to the right address already: those of a pool that were opened since.")
	}
	if len(e.machine) == 0 && len(e.own) == 0 {
		v.Also = append(v.Also, "What the machine of "+e.from+" resolves was not given (getent hosts "+name+"): if it is stale as well, mend its hosts file or its DNS cache first.")
	}
	return e.say(v, Caller, act, "%s holds a stale address: it connects to %s while %s %s for %s; %s.", e.from, list(stale), knows, e.show(right), name, remedy)
}

// staleMachine is a caller whose machine resolves the name to what is not right.
func (e evidence) staleMachine(v Verdict, right, stale set, name string) Verdict {
	loop := slices.ContainsFunc(stale, netip.Addr.IsLoopback)
	elsewhere := e.asks.agrees(right) || e.dns.agrees(right)
	then := ""
	if len(e.use.outside(right)) > 0 {
		_, remedy := e.remedy()
		then = ", then " + remedy
	}
	switch {
	case len(e.asks.outside(right)) > 0:
		return e.say(v, DNSServer, FixDNS, "The name server that %s asks still answers %s for %s where %s is right; have its record mended or its copy dropped%s.", e.from, list(e.asks.outside(right)), name, e.show(right), then)
	case len(e.hosts.outside(right)) > 0 || loop || e.Interface.Has("hosts"):
		return e.say(v, Caller, FixHosts, "The machine of %s holds a stale address: its hosts file says %s for %s where %s is right; mend the line there%s.", e.from, list(stale), name, e.show(right), then)
	case len(e.dns.outside(right)) > 0:
		return e.say(v, DNSServer, FixDNS, "DNS is stale, and %s with it: it answers %s for %s while %s has %s; have the record mended%s.", e.from, list(e.dns.outside(right)), name, e.to, e.show(right), then)
	case elsewhere:
		return e.say(v, Caller, ClearCache, "The machine of %s holds a stale address: it resolves %s to %s where DNS answers %s; look into its hosts file first, then clear its DNS cache%s.", e.from, name, list(stale), e.show(right), then)
	}
	return e.say(v, Caller, ClearCache, "The machine of %s holds a stale address: it resolves %s to %s while %s has %s; ask DNS to see whether its record or the machine's own cache or hosts file is to be mended%s.", e.from, name, list(stale), e.to, e.show(right), then)
}

// undecided is DNS against the desk and the caller, with nobody to say who is right.
func (e evidence) undecided(v Verdict, name, how string, stale, right set) Verdict {
	v.Right, v.Because = nil, ""
	return e.say(v, Unknown, AskMore, "Nobody can tell from this: %s is for %s at %s, as the desk believes too (%s %s), but DNS answers %s; ask %s itself for its address (hostname -I) before anything is changed.",
		name, e.from, list(stale), how, list(stale), e.show(right), e.to)
}

// withoutTruth is a check in which neither the called side nor DNS said anything.
func (e evidence) withoutTruth(v Verdict, name string) Verdict {
	held := e.use
	how := "connects to"
	if len(held) == 0 {
		held, how = e.machine, "resolves the name to"
	}
	dns := "DNS was not asked"
	if e.DNS != nil {
		dns = "DNS gave no answer"
	}
	if f, ok := e.formerly(held); ok {
		act, remedy := e.remedy()
		var fresh set
		for _, a := range append(e.desk[:len(e.desk):len(e.desk)], e.machine...) {
			if a != f.Address {
				fresh.add(a)
			}
		}
		v.Right = fresh.words()
		v.Because = "the record of a change says that " + f.Address.String() + " was left on " + f.Until.Format("2 Jan 2006")
		if len(e.use) == 0 {
			act, remedy = ClearCache, "look into its hosts file and clear its DNS cache"
		}
		while := ""
		if len(e.use) > 0 && len(e.machine) > 0 && !slices.Contains(e.machine, f.Address) {
			while = ", while its machine already resolves " + list(e.machine)
		}
		return e.say(v, Caller, act, "%s holds a stale address: it %s %s, which %s left on %s by the record of that change%s; %s.", e.from, how, f.Address, e.to, f.Until.Format("2 Jan 2006"), while, remedy)
	}
	if mixed := held.outside(e.machine); len(e.use) > 0 && len(e.machine) > 0 && len(mixed) > 0 {
		act, remedy := e.remedy()
		return e.say(v, Caller, act, "%s most likely holds a stale address: it connects to %s while its own machine resolves %s to %s; %s, and ask DNS to be sure.", e.from, list(mixed), name, list(e.machine), remedy)
	}
	switch {
	case len(held) == 0 && len(e.desk) == 0:
		return e.say(v, Unknown, AskMore, "Nobody can tell yet: nothing is known of the address of %s; ask DNS, and paste what both machines say.", name)
	case len(held) == 0:
		return e.say(v, Unknown, AskMore, "Nobody can tell yet: only the desk spoke (%s); ask DNS, and paste what the machine of %s says (getent hosts %s, and ss -tn for its connections).", list(e.desk), e.from, name)
	case len(e.desk) == 0:
		return e.say(v, Unknown, AskMore, "Nobody can tell yet: %s %s %s, and there is nothing to compare it with because %s; ask DNS, or paste what %s says of itself (hostname -I).", e.from, how, list(held), dns, e.to)
	case len(held.comparable(e.desk)) == 0:
		return e.say(v, Unknown, AskMore, "Nobody can tell from this: %s speaks of %s and the desk of %s, which are not of one family; ask both sides for IPv4 and IPv6 (getent ahosts).", e.from, list(held), list(e.desk))
	case len(held.outside(e.desk)) > 0:
		return e.say(v, Unknown, AskMore, "Nobody can tell which is stale: %s %s %s while the desk believes %s, and %s; ask DNS, or paste what %s says of itself (hostname -I).", e.from, how, list(held.outside(e.desk)), list(e.desk), dns, e.to)
	}
	return e.say(v, Nobody, AskMore, "%s and the desk agree on %s, but %s and %s was not asked itself, so both could be stale; ask DNS to be sure.", e.from, list(held), dns, e.to)
}

// agreed is a check in which all that was compared is right; the desk's own belief may still be stale.
func (e evidence) agreed(v Verdict, right set, name string) Verdict {
	silent := len(e.use) > 0 && e.use.within(e.trying)
	note := ""
	if silent {
		note = fmt.Sprintf("%s does reach for the right address, but its connections are not answered: look at the firewall and at whether %s listens", e.from, e.to)
		if e.Interface.Port > 0 {
			note += fmt.Sprintf(" on port %d", e.Interface.Port)
		}
	}
	if stale := e.desk.outside(right); len(stale) > 0 {
		if note != "" {
			v.Also = append(v.Also, note+".")
		}
		return e.say(v, DeskItself, UpdateDesk, "Only the desk holds a stale address: it believes %s for %s where %s is right (%s); update the interface here.", list(stale), name, e.show(right), v.Because)
	}
	if note != "" {
		return e.say(v, Nobody, LookElse, "%s.", note)
	}
	var who []string
	if len(e.desk) > 0 {
		who = append(who, "the desk")
	}
	if len(e.dns) > 0 {
		who = append(who, "DNS")
	}
	if len(e.machine)+len(e.use)+len(e.asks) > 0 {
		who = append(who, e.from)
	}
	if len(e.own) > 0 && e.own.agrees(right) {
		who = append(who, e.to)
	}
	if len(e.machine)+len(e.use)+len(e.asks) == 0 {
		return e.say(v, Unknown, AskMore, "What was asked agrees on %s for %s (%s), but %s has not said what it holds: paste what its machine says (getent hosts %s, and ss -tn for its connections).", e.show(right), name, strings.Join(who, ", "), e.from, name)
	}
	if len(e.use) == 0 {
		v.Also = append(v.Also, "To which address "+e.from+" is connected was not given (ss -tn): a process may still hold another one than its machine resolves.")
	}
	return e.say(v, Nobody, LookElse, "Nobody holds a stale address: %s agree on %s for %s, so look at the port, the firewall and the application itself.", and(who), e.show(right), name)
}

// remedy is what to do about an address that a process holds, by what is in between.
func (e evidence) remedy() (Act, string) {
	if e.Interface.Clear != "" {
		act := ClearCache
		if e.Interface.Has("pool") {
			act = RestartPool
		}
		return act, "clear it: " + strings.TrimRight(e.Interface.Clear, ". ")
	}
	for _, b := range Between {
		if e.Interface.Has(b.Kind) && (b.Kind == "pool" || b.Kind == "jvm" || b.Kind == "dns") {
			if b.Kind == "pool" {
				return RestartPool, b.Remedy
			}
			return ClearCache, b.Remedy
		}
	}
	return ClearCache, "clear its cache, which for most programs means to restart its connections"
}

func (e evidence) say(v Verdict, side Side, act Act, format string, args ...any) Verdict {
	v.Side, v.Act, v.Sentence = side, act, fmt.Sprintf(format, args...)
	return v
}

// rows shows what each party said, with what is stale of it.
func (e evidence) rows(v Verdict) []Row {
	var right set
	for _, a := range v.Right {
		if p, err := netip.ParseAddr(a); err == nil {
			right.add(p)
		}
	}
	rows := []Row{}
	add := func(who, how string, s set, note string) {
		if len(s) == 0 && note == "" {
			return
		}
		r := Row{Who: who, How: how, Addresses: s.words(), Note: note}
		if len(right) > 0 {
			r.Stale = s.outside(right).words()
		}
		rows = append(rows, r)
	}
	add("The desk", "believes", e.desk, "")
	if d := e.DNS; d != nil {
		note := d.Failed
		if d.Missing {
			note = "the name does not exist"
		} else if d.Alias != "" {
			note = "an alias of " + d.Alias
		}
		add("DNS", "answers", e.dns, note)
	}
	silent := ""
	if len(e.Caller.Missing) > 0 {
		silent = "the name was not found there"
	} else if len(e.Caller.Silent) > 0 && len(e.asks) == 0 {
		silent = "its name server gave no answer"
	}
	add(e.from, "its name server answers", e.asks, silent)
	add(e.from, "its machine resolves", e.machine, "")
	note := ""
	if len(e.use) > 0 && e.use.within(e.trying) {
		note = "not answered"
	}
	add(e.from, "is connected to", e.use, note)
	note = ""
	if s := e.shared(); s != "" && len(e.own) > 0 {
		note = "behind a " + s
	}
	add(e.to, "says it has", e.own, note)
	if note != "" {
		rows[len(rows)-1].Stale = nil
	}
	return rows
}

// list writes addresses with an "and" before the last.
func list(s set) string {
	const shown = 4
	w := s.words()
	slices.Sort(w)
	w = slices.Compact(w)
	if len(w) > shown {
		w = append(w[:shown], fmt.Sprintf("%d more", len(w)-shown))
	}
	return and(w)
}

func and(w []string) string {
	if len(w) < 2 {
		return strings.Join(w, "")
	}
	return strings.Join(w[:len(w)-1], ", ") + " and " + w[len(w)-1]
}
