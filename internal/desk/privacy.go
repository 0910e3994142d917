package desk

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"firebreak/internal/privacy"
	"firebreak/internal/redact"
	"firebreak/internal/store"
)

// finders are the finders of private data, made from the desk's own words and patterns.
type finders struct {
	all   *redact.Finder // every kind
	mask  *redact.Finder // what is masked when shown
	hard  *redact.Finder // what is masked where nobody asked to see a text: that, and the hard kinds in any case
	warn  *redact.Finder // what a reply is held back for
	own   redact.Own
	set   privacy.Settings
	rules string // names what masking rests on
	// of what they were made
	stampRules, stampOwn string
	at                   time.Time
}

// finderMemory keeps the finders of this node.
type finderMemory struct {
	mu     sync.Mutex // held while they are made, so that they are made once
	now    *finders
	behind bool   // others are being made
	key    []byte // see namesKey
}

// forget has the finders made anew at the next call.
func (m *finderMemory) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = nil
}

// Where a desk has many words of its own, finders that know all but the newest serve until new ones are made.
const (
	fewOwnWords = 20_000
	ownWordsAge = 30 * time.Second
)

// finder gives the finder of every kind of private data, which knows the desk's own words and patterns.
func (d *Desk) finder(ctx context.Context) (*redact.Finder, error) {
	f, err := d.findersNow(ctx)
	if err != nil {
		return nil, err
	}
	return f.all, nil
}

// findersNow gives the finders as the desk is now.
func (d *Desk) findersNow(ctx context.Context) (*finders, error) {
	r := d.store.Read()
	rules, own, err := r.PrivacyStamp(ctx)
	if err != nil {
		return nil, err
	}
	m := &d.finders
	m.mu.Lock()
	defer m.mu.Unlock()
	now := d.store.Now()
	if m.now != nil && m.now.stampRules == rules {
		if m.now.stampOwn == own {
			return m.now, nil
		}
		if words := m.now.own; len(words.People)+len(words.Logins)+len(words.Hosts) > fewOwnWords {
			if !m.behind && now.Sub(m.now.at).Abs() >= ownWordsAge {
				m.behind = true
				go d.renewFinders(context.WithoutCancel(ctx), rules, own)
			}
			return m.now, nil
		}
	}
	f, err := d.makeFinders(ctx, r, rules, own)
	if err == nil {
		m.now = f
	}
	return f, err
}

// renewFinders makes finders beside those that serve.
func (d *Desk) renewFinders(ctx context.Context, rules, own string) {
	f, err := d.makeFinders(ctx, d.store.Read(), rules, own)
	m := &d.finders
	m.mu.Lock()
	defer m.mu.Unlock()
	m.behind = false
	if err != nil {
		d.log.Error("learn the desk's own words", "error", err)
		return
	}
	if m.now != nil && m.now.stampRules == rules {
		m.now = f
	}
}

func (d *Desk) makeFinders(ctx context.Context, r store.Read, rules, own string) (*finders, error) {
	set, err := r.Privacy(ctx)
	if err != nil {
		return nil, err
	}
	patterns, err := r.PrivacyPatterns(ctx)
	if err != nil {
		return nil, err
	}
	f := &finders{set: set, rules: privacy.Rules(set, patterns), stampRules: rules, stampOwn: own, at: d.store.Now()}
	if f.own, err = ownWordsOf(ctx, r, patterns); err != nil {
		return nil, err
	}
	if f.all, err = redact.New(redact.Options{Own: f.own}); err != nil {
		return nil, err
	}
	f.mask = f.all.Only(set.Mask...)
	f.hard = f.all.Only(slices.Concat(set.Mask, privacy.Hard)...)
	asked := slices.Clone(set.Warn)
	if set.Others {
		asked = append(asked, redact.Email, redact.Person, redact.Organization)
	}
	f.warn = f.all.Only(asked...)
	return f, nil
}

// ownWords gives the names that belong to this desk and its patterns: what must never leave it. The slices are shared;
// they are not to be changed.
func (d *Desk) ownWords(ctx context.Context) (redact.Own, error) {
	f, err := d.findersNow(ctx)
	if err != nil {
		return redact.Own{}, err
	}
	return f.own, nil
}

func ownWordsOf(ctx context.Context, r store.Read, patterns []privacy.Pattern) (redact.Own, error) {
	w, err := r.OwnWords(ctx)
	if err != nil {
		return redact.Own{}, err
	}
	own := redact.Own{People: distinct(w.People), Clients: distinct(w.Clients), Applications: distinct(w.Applications)}
	for _, address := range w.Logins {
		own.Logins = append(own.Logins, address)
		if login, _, _ := strings.Cut(address, "@"); strings.ContainsAny(login, "._-0123456789") {
			own.Logins = append(own.Logins, login) // a plain word such as support or anna would be found all over
		}
	}
	own.Logins = distinct(own.Logins)
	for _, s := range w.Hosts {
		own.Hosts = append(own.Hosts, hostNames(s)...)
	}
	own.Hosts = distinct(own.Hosts)
	own.Applications = slices.DeleteFunc(own.Applications, func(s string) bool { return slices.Contains(stages, strings.ToLower(s)) })
	for _, p := range patterns {
		own.Patterns = append(own.Patterns, p.Redact())
	}
	return own, nil
}

// stages are names of environments that say nothing about the desk.
var stages = []string{"production", "prod", "live", "test", "testing", "staging", "stage", "development", "dev", "integration", "int", "acceptance",
	"uat", "qa", "preview", "preproduction", "pre-production", "preprod", "dr", "disaster recovery", "sandbox", "training", "demo", "local", "main"}

// hostNames gives the names and addresses in a field of the estate: a host, several with blanks between them, or the
// address of a page. A full name gives its first part too.
func hostNames(s string) (out []string) {
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '\t' }) {
		if u, err := url.Parse(word); err == nil && u.Host != "" {
			word = u.Hostname()
		}
		word = strings.Trim(word, "*.")
		switch strings.ToLower(word) {
		case "", "localhost", "127.0.0.1", "0.0.0.0", "::1", "::":
			continue
		}
		out = append(out, word)
		if first, rest, ok := strings.Cut(word, "."); ok && strings.Contains(rest, ".") && strings.ContainsAny(first, "0123456789-") && strings.Trim(word, "0123456789.") != "" {
			out = append(out, first)
		}
	}
	return out
}

// distinct gives the words once each, without those too short to mean anything.
func distinct(words []string) []string {
	out := make([]string, 0, len(words))
	seen := make(map[string]bool, len(words))
	for _, s := range words {
		if s = strings.TrimSpace(s); len(s) < 2 || seen[s] {
			continue
		}
		seen[s] = true
		out = append(out, s)
	}
	return out
}
