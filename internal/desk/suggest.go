package desk

import (
	"context"
	"sync"
	"time"

	"firebreak/internal/person"
	"firebreak/internal/resolution"
	"firebreak/internal/search"
	"firebreak/internal/store"
)

const (
	// fewFound is below how many finds a better spelling is looked for.
	fewFound = 3
	// rareWord is up to how many titles a word may have been in and still be a slip of a far more usual one.
	rareWord = 2
	// wordsFresh is how long the words are kept in memory; they are some megabytes, and most desks search well.
	wordsFresh = 5 * time.Minute
	// titlesAtOnce and titleRounds bound one sweep over titles.
	titlesAtOnce, titleRounds = 1000, 10
	namesAtOnce               = 2000
)

// wordMemory keeps the desk's words while they are in use.
type wordMemory struct {
	mu    sync.Mutex
	words *search.Vocabulary
	until time.Time
}

// forget lets words go that are no longer fresh, so that a desk at rest does not hold them.
func (m *wordMemory) forget(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !now.Before(m.until) {
		m.words = nil
	}
}

// SweepWords reads titles and names that are new since the last time, for spelling and for finding people by name, and
// gives how many.
func (d *Desk) SweepWords(ctx context.Context) (int, error) {
	d.spelling.forget(d.store.Now())
	n := 0
	for range titleRounds {
		k, err := d.store.LearnWords(ctx, titlesAtOnce)
		if n += k; err != nil {
			return n, err
		}
		if k < titlesAtOnce {
			break
		}
	}
	for range titleRounds {
		k, err := d.store.LearnNames(ctx, namesAtOnce)
		if n += k; err != nil {
			return n, err
		}
		if k < namesAtOnce {
			break
		}
	}
	return n, nil
}

// vocabulary gives the words somebody may be shown: of the whole desk for its people; for a requester those of own titles
// and of public answers alone, so that no spelling tells what others wrote.
func (d *Desk) vocabulary(ctx context.Context, r store.Read, caller Caller) (*search.Vocabulary, error) {
	if !caller.May(person.SeeTickets) {
		const titles, answers = 200, 100
		texts, err := r.OwnTitles(ctx, caller.Person.ID, titles)
		if err != nil {
			return nil, err
		}
		public, _, err := r.Resolutions(ctx, store.ResolutionFilter{Public: true, Limit: answers})
		if err != nil {
			return nil, err
		}
		for _, x := range public {
			if x.Answer != "" && x.State != resolution.Retired {
				texts = append(texts, x.Answer)
			}
		}
		var known []search.Known
		for _, t := range texts {
			for _, w := range search.TitleWords(t) {
				known = append(known, search.Known{Word: w, Seen: 1})
			}
		}
		return search.NewVocabulary(known), nil
	}
	m := &d.spelling
	m.mu.Lock()
	defer m.mu.Unlock()
	now := d.store.Now()
	if m.words != nil && now.Before(m.until) {
		return m.words, nil
	}
	known, err := r.KnownWords(ctx)
	if err != nil {
		return nil, err
	}
	m.words, m.until = search.NewVocabulary(known), now.Add(wordsFresh)
	return m.words, nil
}

// suggest gives the search as it may have been meant, "" when that finds nothing more.
func (d *Desk) suggest(ctx context.Context, f finding, q string) (string, error) {
	better := ""
	if f.missing != nil {
		names, err := d.namesLike(ctx, f.r, f.missing.filter)
		if err != nil {
			return "", err
		}
		if name := search.NearestName(f.missing.value, names); name != "" {
			better = f.request.Replace(q, f.missing.filter, f.missing.value, name)
		}
	} else if f.request.Words != "" {
		words, err := d.vocabulary(ctx, f.r, f.caller)
		if err != nil {
			return "", err
		}
		rare := 0
		if len(f.page.Items) > 0 {
			rare = rareWord
		}
		better = f.request.Rewrite(q, func(text string, last bool) string {
			if c := words.Correct(text, last && f.typing, rare); c != "" {
				return c
			}
			return text
		})
	}
	if better == "" || better == q || f.hide.text(better) != better {
		return "", nil
	}
	// Only what finds more is worth saying.
	req, err := d.request(ctx, f.r, f.caller, better)
	if err != nil {
		return "", nil
	}
	var page SearchPage
	g := finding{desk: d, r: f.r, caller: f.caller, staff: f.staff, request: req, typing: f.typing, limit: fewFound + 1, page: &page, hide: f.hide}
	if err := g.run(ctx); err != nil || len(page.Items) <= len(f.page.Items) {
		return "", err
	}
	return better, nil
}

// namesLike gives the names that a value of a filter may be near.
func (d *Desk) namesLike(ctx context.Context, r store.Read, filter string) (names []string, err error) {
	const most = 5000
	if filter == "app" {
		apps, _, err := r.Applications(ctx, store.ApplicationFilter{Limit: most})
		for _, a := range apps {
			names = append(names, a.Name, a.Slug)
		}
		return names, err
	}
	people, err := r.StaffNames(ctx, most)
	for _, p := range people {
		names = append(names, p.Name)
	}
	return names, err
}
