package desk

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"firebreak/internal/catalog"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/lookup"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

const (
	maxEngines     = 40
	lookupHours    = 8
	lookupSeconds  = 10
	maxEngineURL   = 500
	maxProducts    = 20
	maxLookupWord  = 80
	maxLookupTeams = 1000
)

// defaultLookup is a desk nobody has set rules for: people open links, since only public words leave, and the desk itself
// asks nobody.
func defaultLookup() lookup.Settings {
	return lookup.Settings{Policy: lookup.Allow, Teams: map[id.ID]lookup.Policy{}, Engines: slices.Clone(lookup.Engines), Search: lookup.Endpoint{Seconds: lookupSeconds}, Hours: lookupHours}
}

func (d *Desk) lookupSettings(ctx context.Context, r store.Read) (lookup.Settings, error) {
	s, ok, err := r.LookupSettings(ctx)
	if err != nil || !ok {
		return defaultLookup(), err
	}
	if s.Teams == nil {
		s.Teams = map[id.ID]lookup.Policy{}
	}
	if s.Engines == nil {
		s.Engines = []lookup.Engine{}
	}
	return s, nil
}

// LookupSettings gives the desk's rules for looking up, to everybody who works tickets: people may know what holds for them.
func (d *Desk) LookupSettings(ctx context.Context) (lookup.Settings, error) {
	if _, err := may(ctx, person.WorkTickets); err != nil {
		return lookup.Settings{}, err
	}
	return d.lookupSettings(ctx, d.store.Read())
}

// SaveLookupSettings replaces the desk's rules for looking up.
func (d *Desk) SaveLookupSettings(ctx context.Context, s lookup.Settings) (lookup.Settings, error) {
	return d.changeLookup(ctx, func(old *lookup.Settings) error { *old = s; return nil })
}

// SetLookupPolicy sets the desk's policy and how long an approval is waited for, in hours.
func (d *Desk) SetLookupPolicy(ctx context.Context, p lookup.Policy, hours int) (lookup.Settings, error) {
	return d.changeLookup(ctx, func(s *lookup.Settings) error { s.Policy, s.Hours = p, hours; return nil })
}

// SetTeamLookup gives a team a policy of its own; empty: that of the desk.
func (d *Desk) SetTeamLookup(ctx context.Context, team string, p lookup.Policy) (lookup.Settings, error) {
	if _, err := may(ctx, person.EditSettings); err != nil {
		return lookup.Settings{}, err
	}
	t, err := d.store.Read().FindTeam(ctx, team)
	if err != nil {
		return lookup.Settings{}, err
	}
	return d.changeLookup(ctx, func(s *lookup.Settings) error {
		if p == "" {
			delete(s.Teams, t.ID)
		} else {
			s.Teams[t.ID] = p
		}
		return nil
	})
}

// SetLookupSearch sets where the desk searches itself; an empty kind turns that off.
func (d *Desk) SetLookupSearch(ctx context.Context, e Endpoint) (lookup.Settings, error) {
	return d.changeLookup(ctx, func(s *lookup.Settings) error { s.Search = e; return nil })
}

// PutEngine adds an engine, or changes the one with its key.
func (d *Desk) PutEngine(ctx context.Context, e lookup.Engine) (lookup.Settings, error) {
	return d.changeLookup(ctx, func(s *lookup.Settings) error {
		if e.Key == "" {
			e.Key = catalog.Slug(e.Name)
		}
		if i := slices.IndexFunc(s.Engines, func(x lookup.Engine) bool { return x.Key == e.Key }); i >= 0 {
			s.Engines[i] = e
		} else {
			s.Engines = append(s.Engines, e)
		}
		return nil
	})
}

// MoveEngine moves an engine up (negative) or down among those that are offered.
func (d *Desk) MoveEngine(ctx context.Context, key string, by int) (lookup.Settings, error) {
	return d.changeLookup(ctx, func(s *lookup.Settings) error {
		i := slices.IndexFunc(s.Engines, func(x lookup.Engine) bool { return x.Key == key })
		if i < 0 {
			return fault.NotFound("engine called " + cutLine(key))
		}
		e := s.Engines[i]
		s.Engines = slices.Delete(s.Engines, i, i+1)
		s.Engines = slices.Insert(s.Engines, max(0, min(len(s.Engines), i+by)), e)
		return nil
	})
}

// RemoveEngine takes an engine out.
func (d *Desk) RemoveEngine(ctx context.Context, key string) (lookup.Settings, error) {
	return d.changeLookup(ctx, func(s *lookup.Settings) error {
		i := slices.IndexFunc(s.Engines, func(x lookup.Engine) bool { return x.Key == key })
		if i < 0 {
			return fault.NotFound("engine called " + cutLine(key))
		}
		s.Engines = slices.Delete(s.Engines, i, i+1)
		return nil
	})
}

func (d *Desk) changeLookup(ctx context.Context, fn func(*lookup.Settings) error) (lookup.Settings, error) {
	caller, err := may(ctx, person.EditSettings)
	if err != nil {
		return lookup.Settings{}, err
	}
	var s lookup.Settings
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		old, err := d.lookupSettings(ctx, tx.Read)
		if err != nil {
			return err
		}
		if s, err = d.lookupSettings(ctx, tx.Read); err != nil {
			return err
		}
		if err := fn(&s); err != nil {
			return err
		}
		teams, err := tx.Teams(ctx, false)
		if err != nil {
			return err
		}
		names := map[id.ID]string{}
		for _, t := range teams {
			names[t.ID] = t.Name
		}
		if err := checkLookup(&s, names); err != nil {
			return err
		}
		what := lookupChanges(old, s, names)
		if len(what) == 0 {
			return nil
		}
		if err := tx.SaveLookupSettings(ctx, s); err != nil {
			return err
		}
		tx.After(func() { d.hub.Publish("settings") })
		return d.audit(ctx, tx, caller, "lookup.settings", "look-up", what.String())
	})
	return s, err
}

func lookupChanges(old, s lookup.Settings, teams map[id.ID]string) (c changes) {
	c.note("policy", string(old.Policy), string(s.Policy))
	c.note("approval_hours", fmt.Sprint(old.Hours), fmt.Sprint(s.Hours))
	for i, name := range teams {
		c.note("policy of "+name, string(old.Teams[i]), string(s.Teams[i]))
	}
	slices.Sort(c)
	words := func(engines []lookup.Engine) string {
		var out []string
		for _, e := range engines {
			out = append(out, e.Name+" "+e.URL)
		}
		return strings.Join(out, ", ")
	}
	was, is := words(old.Engines), words(s.Engines)
	if was != is {
		c.note("engines", cutText(was, 1000), cutText(is, 1000))
	}
	where := func(e lookup.Endpoint) string {
		if !e.On() {
			return ""
		}
		proxy := e.Proxy
		if u, err := url.Parse(proxy); err == nil && u.User != nil {
			u.User = nil
			proxy = u.String()
		}
		return strings.TrimSpace(fmt.Sprintf("%s %s %s %d s", e.Kind, e.URL, proxy, e.Seconds))
	}
	c.note("direct search", where(old.Search), where(s.Search))
	return c
}

// checkLookup cleans rules and says all that is wrong with them.
func checkLookup(s *lookup.Settings, teams map[id.ID]string) error {
	var bad []*fault.Fault
	wrong := func(field, message, hint string) { bad = append(bad, fault.Invalid(field, message, hint)) }
	const policies = "Use allow, ask or forbid."
	if !s.Policy.Valid() {
		wrong("policy", "There is no policy "+cutLine(string(s.Policy))+".", policies)
	}
	if s.Hours == 0 {
		s.Hours = lookupHours
	}
	if s.Hours < 1 || s.Hours > 168 {
		wrong("approval_hours", fmt.Sprintf("%d is outside what makes sense here.", s.Hours), "Give 1 to 168 hours.")
	}
	if s.Teams == nil {
		s.Teams = map[id.ID]lookup.Policy{}
	}
	for i, p := range s.Teams {
		if teams[i] == "" {
			wrong("teams", "There is no team "+i.String()+".", "Leave it out.")
		} else if !p.Valid() {
			wrong("teams", "There is no policy "+cutLine(string(p))+".", policies)
		}
	}
	if s.Engines == nil {
		s.Engines = []lookup.Engine{}
	}
	if len(s.Engines) > maxEngines {
		wrong("engines", fmt.Sprintf("A desk has at most %d engines.", maxEngines), "Remove those that nobody opens.")
	}
	seen := map[string]bool{}
	for i := range s.Engines {
		e := &s.Engines[i]
		var f *fault.Fault
		if e.Name, f = line("name", e.Name, 60, true); f != nil {
			bad = append(bad, f)
			continue
		}
		if e.Key == "" {
			e.Key = catalog.Slug(e.Name)
		}
		if e.Key != catalog.Slug(e.Key) || e.Key == "" || e.Key == DirectEngine || seen[e.Key] {
			wrong("name", "An engine of this name is there already, or the name has no letters.", "Choose another name.")
		}
		seen[e.Key] = true
		if message, hint := engineProblem(e.URL); message != "" {
			wrong("url", message, hint)
		}
		var products []string
		for _, p := range e.Products {
			if p, f := line("products", p, 60, false); f != nil {
				bad = append(bad, f)
			} else if p != "" && len(products) < maxProducts {
				products = append(products, p)
			}
		}
		e.Products = products
	}
	if s.Search.Seconds == 0 {
		s.Search.Seconds = lookupSeconds
	}
	bad = append(bad, checkEndpoint(s.Search)...)
	return fault.Collect(bad...)
}

// engineProblem says what is wrong with an engine's address, and what to do.
func engineProblem(address string) (string, string) {
	const like = "Write it like https://stackoverflow.com/search?q=%s, with %s where the words go."
	if len(address) > maxEngineURL {
		return fmt.Sprintf("The address is longer than %d characters.", maxEngineURL), like
	}
	if strings.Count(address, "%s") != 1 {
		return "The address must have one %s, where the words go.", like
	}
	u, err := url.Parse(strings.Replace(address, "%s", "words", 1))
	switch {
	case err != nil || u.Host == "" || strings.ContainsAny(address, " \t\r\n"):
		return cutLine(address) + " is not an address.", like
	case u.Scheme != "https":
		return "The address must begin with https://.", "What is looked up is nobody else's business on the way."
	case u.User != nil:
		return "The address carries a user or a password.", "Leave them out; people sign in there themselves."
	case !strings.Contains(address, u.Host): // the host itself would be made from the words
		return "The words cannot be part of the host's name.", like
	}
	return "", ""
}

func checkEndpoint(e lookup.Endpoint) (bad []*fault.Fault) {
	if e.Seconds < 1 || e.Seconds > 60 {
		bad = append(bad, fault.Invalid("seconds", fmt.Sprintf("%d seconds are outside what makes sense here.", e.Seconds), "Give 1 to 60."))
	}
	if !e.On() {
		return bad
	}
	if e.Kind != "searxng" && e.Kind != "mediawiki" {
		bad = append(bad, fault.Invalid("kind", "Direct search does not know "+cutLine(e.Kind)+".", "Use searxng or mediawiki, or leave it empty."))
	}
	u, err := url.Parse(e.URL)
	switch {
	case err != nil || u.Host == "" || u.User != nil || len(e.URL) > maxEngineURL:
		bad = append(bad, fault.Invalid("endpoint", cutLine(e.URL)+" is not an address that can be asked.", "Write it like https://search.example.com/search, or https://wiki.example.com/api.php."))
	case u.Scheme != "https" && !(u.Scheme == "http" && inHouse(u.Hostname())):
		bad = append(bad, fault.Invalid("endpoint", "The address must begin with https://.", "http:// is taken for an address of your own network only, such as http://127.0.0.1:8888/search."))
	}
	if e.Proxy != "" {
		if u, err := url.Parse(e.Proxy); err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "socks5"}, u.Scheme) {
			bad = append(bad, fault.Invalid("proxy", "This is not the address of a proxy.", "Write it like http://proxy.example.com:3128 or socks5://127.0.0.1:1080."))
		}
	}
	return bad
}

// inHouse reports whether a host is this machine or a private address.
func inHouse(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && (a.IsLoopback() || a.IsPrivate())
}

// --- words allowed for ever ---

// PublicWords gives the words that were allowed to leave for ever.
func (d *Desk) PublicWords(ctx context.Context) ([]lookup.PublicWord, error) {
	if _, err := may(ctx, person.WorkTickets); err != nil {
		return nil, err
	}
	words, err := d.store.Read().LookupWords(ctx, lookupWords)
	return append([]lookup.PublicWord{}, words...), err
}

// AllowWord lets a word leave in every look-up from now on. What belongs to the desk or looks surely private is refused.
func (d *Desk) AllowWord(ctx context.Context, word, why string) (lookup.PublicWord, error) {
	caller, err := may(ctx, person.AllowWords)
	if err != nil {
		return lookup.PublicWord{}, err
	}
	word, bad := line("text", word, maxLookupWord, true)
	why, badWhy := line("why", why, ticket.MaxShort, false)
	if err := fault.Collect(bad, badWhy); err != nil {
		return lookup.PublicWord{}, err
	}
	if strings.ContainsAny(word, " \t") {
		return lookup.PublicWord{}, fault.Invalid("text", "This is more than one word.", "Allow words one by one.")
	}
	o, own, err := d.lookupOptions(ctx)
	if err != nil {
		return lookup.PublicWord{}, err
	}
	if own.has(word) {
		return lookup.PublicWord{}, fault.Invalid("text", cutLine(word)+" can never be allowed: it is part of a name of this desk.", "Look up the rest of the text without it.")
	}
	o.Allow = []string{word}
	for _, x := range lookup.Build(word, o).Removed {
		return lookup.PublicWord{}, fault.Invalid("text", cutLine(word)+" can never be allowed: "+strings.TrimSuffix(x.Why, ".")+".", "Look up the rest of the text without it.")
	}
	w := lookup.PublicWord{Text: word, Why: why, PersonID: caller.Person.ID, Person: caller.Person.Name}
	return w, d.store.Write(ctx, func(tx *store.Tx) error {
		w.ID, w.CreatedAt = 0, tx.Now
		have, err := tx.LookupWords(ctx, lookupWords)
		if err != nil {
			return err
		}
		if len(have) >= lookupWords {
			return fault.Conflict("text", fmt.Sprintf("A desk keeps at most %d words.", lookupWords), "Take back words that nobody needs any more.")
		}
		if err := tx.AddLookupWord(ctx, &w); err != nil {
			return err
		}
		return d.audit(ctx, tx, caller, "lookup.allow", word, why)
	})
}

// TakeBackWord keeps a word in again.
func (d *Desk) TakeBackWord(ctx context.Context, i id.ID) (lookup.PublicWord, error) {
	caller, err := may(ctx, person.AllowWords)
	if err != nil {
		return lookup.PublicWord{}, err
	}
	var w lookup.PublicWord
	return w, d.store.Write(ctx, func(tx *store.Tx) error {
		if w, err = tx.LookupWord(ctx, i); err != nil {
			return err
		}
		if err := tx.RemoveLookupWord(ctx, i); err != nil {
			return err
		}
		return d.audit(ctx, tx, caller, "lookup.take_back", w.Text, w.Why)
	})
}
