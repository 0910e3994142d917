package desk

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/mirror"
	"firebreak/internal/person"
	"firebreak/internal/search"
	"firebreak/internal/similar"
	"firebreak/internal/store"
)

// MirrorSite is a question and answer site of which this desk has a copy.
type MirrorSite struct {
	Name       string    `json:"name"`
	Questions  int       `json:"questions"`
	Answers    int       `json:"answers"`
	Newest     time.Time `json:"newest,omitzero" doc:"when the newest question of the copy was written"`
	ImportedAt time.Time `json:"imported_at,omitzero" doc:"when the last import ended"`
	Complete   bool      `json:"complete" doc:"the last import went through to its end"`
	MinScore   *int64    `json:"min_score,omitempty" doc:"posts below this score were left out"`
	Tags       []string  `json:"tags,omitempty" doc:"questions without any of these tags were left out"`
	Licences   []string  `json:"licences" doc:"under which its posts stand; each post names its own"`
	URL        string    `json:"url" doc:"the site itself"`
}

func mirrorSite(s store.MirrorSite) MirrorSite {
	out := MirrorSite{Name: s.Name, Questions: int(s.Questions), Answers: int(s.Answers), Newest: s.Newest, ImportedAt: s.Imported, Complete: s.Ready, MinScore: s.MinScore, Tags: s.Tags,
		Licences: []string{"CC BY-SA 2.5", "CC BY-SA 3.0", "CC BY-SA 4.0"}, URL: "https://" + s.Name + "/"}
	for len(out.Licences) > 1 && !s.Newest.IsZero() && out.Licences[len(out.Licences)-1] > mirror.LicenceAt(s.Newest) {
		out.Licences = out.Licences[:len(out.Licences)-1]
	}
	return out
}

// MirrorSites lists the sites of which this desk has a copy.
func (d *Desk) MirrorSites(ctx context.Context) ([]MirrorSite, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return nil, err
	}
	sites, err := d.store.Read().MirrorSites(ctx)
	out := []MirrorSite{}
	for _, s := range sites {
		out = append(out, mirrorSite(s))
	}
	return out, err
}

// MirrorAnswer is an answer of a mirrored site.
type MirrorAnswer struct {
	ID         int64     `json:"id"`
	Accepted   bool      `json:"accepted,omitempty" doc:"who asked took it"`
	Votes      int       `json:"votes"`
	Created    time.Time `json:"created"`
	Text       string    `json:"text" doc:"plain text; code stands between lines of three or more backticks"`
	Licence    string    `json:"licence"`
	LicenceURL string    `json:"licence_url"`
	Link       string    `json:"link" doc:"where it stands on its site"`
}

// MirrorQuestion is a question of a mirrored site with its answers: the accepted one, then by votes.
type MirrorQuestion struct {
	Site       string         `json:"site"`
	ID         int64          `json:"id"`
	Title      string         `json:"title"`
	Text       string         `json:"text" doc:"plain text; code stands between lines of three or more backticks"`
	Tags       []string       `json:"tags"`
	Votes      int            `json:"votes"`
	Created    time.Time      `json:"created"`
	Licence    string         `json:"licence"`
	LicenceURL string         `json:"licence_url"`
	Link       string         `json:"link" doc:"where it stands on its site"`
	Answers    []MirrorAnswer `json:"answers"`
	// More is how many answers there are beside those shown.
	More int `json:"more,omitzero" doc:"answers that are not shown: those with the fewest votes"`
}

const mirrorAnswersShown = 50

// MirrorPost gives a question of a mirrored site. The id of an answer gives its question.
func (d *Desk) MirrorPost(ctx context.Context, site string, post int64) (MirrorQuestion, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return MirrorQuestion{}, err
	}
	r := d.store.Read()
	s, err := r.MirrorSite(ctx, strings.ToLower(site))
	if err != nil {
		return MirrorQuestion{}, err
	}
	if post < 1 || post > mirror.MaxID {
		return MirrorQuestion{}, fault.NotFound(fmt.Sprintf("question %d of %s", post, s.Name))
	}
	found, err := r.MirrorPosts(ctx, []int64{store.MirrorKey(s.ID, post)}, mirrorAnswersShown)
	if err != nil {
		return MirrorQuestion{}, err
	}
	if len(found) == 0 {
		return MirrorQuestion{}, fault.NotFound(fmt.Sprintf("question %d of %s", post, s.Name))
	}
	q := found[0]
	out := MirrorQuestion{Site: s.Name, ID: q.ID, Title: q.Title, Text: q.Text, Tags: slices.Concat([]string{}, q.Tags), Votes: q.Score, Created: q.Created, Licence: q.Licence,
		LicenceURL: mirror.LicenceURL(q.Licence), Link: mirror.Link(s.Name, mirror.Question, q.ID), Answers: []MirrorAnswer{}, More: q.Available - len(q.Answers)}
	for _, a := range q.Answers {
		out.Answers = append(out.Answers, MirrorAnswer{ID: a.ID, Accepted: a.ID == q.Accepted, Votes: a.Score, Created: a.Created, Text: a.Text, Licence: a.Licence,
			LicenceURL: mirror.LicenceURL(a.Licence), Link: mirror.Link(s.Name, mirror.Answer, a.ID)})
	}
	return out, nil
}

// MirrorHit is a question of a mirrored site that may answer a text.
type MirrorHit struct {
	Site    string   `json:"site"`
	ID      int64    `json:"id"`
	Title   string   `json:"title"`
	Snippet string   `json:"snippet,omitempty" doc:"the words of the question around what was asked"`
	Marks   [][2]int `json:"marks,omitempty" doc:"byte ranges of the snippet that were asked for"`
	// TitleMarks are the byte ranges of Title to highlight.
	TitleMarks [][2]int `json:"title_marks,omitempty"`
	Score      float64  `json:"score" doc:"0 nothing in common, about 1 the same text"`
	Why        []string `json:"why" doc:"what it has in common with the text, the most telling first"`
	Likely     bool     `json:"likely" doc:"alike enough to be shown unasked"`
	Votes      int      `json:"votes"`
	Tags       []string `json:"tags"`
	Answers    int      `json:"answers"`
	Accepted   bool     `json:"accepted" doc:"the answer is the one that who asked took; else it is the one with the most votes"`
	Answer     string   `json:"answer,omitempty" doc:"the beginning of that answer"`
	AnswerID   int64    `json:"answer_id,omitzero"`
	Licence    string   `json:"licence"`
	URL        string   `json:"url" doc:"page on this desk"`
	Link       string   `json:"link" doc:"where it stands on its site"`
}

// MirrorSearch is what is sought in the mirror.
type MirrorSearch struct {
	Q     string
	Site  string // one site alone; empty: all
	Limit int    // 0: 10
}

const (
	mirrorAnswerWidth = 320
	maxMirrorQuery    = 20_000
	// mirrorCandidates is how many questions are compared with a text, whatever the size of the mirror. Among 110,000
	// questions and with a query of a few words, 80 have a Recall@10 of .925, 200 of .948, and 300 of .950 for a third more time.
	mirrorCandidates = 200
	// MaxMirrorHits is the most questions that one answer gives.
	MaxMirrorHits = 50
)

// SearchMirror gives the mirrored questions most like a text, by the ranking of similar tickets. Nothing leaves the desk.
func (d *Desk) SearchMirror(ctx context.Context, query string, limit int) ([]MirrorHit, error) {
	return d.FindMirrored(ctx, MirrorSearch{Q: query, Limit: limit})
}

// FindMirrored gives the mirrored questions most like a text, of one site or of all.
func (d *Desk) FindMirrored(ctx context.Context, in MirrorSearch) ([]MirrorHit, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return nil, err
	}
	out := []MirrorHit{}
	if in.Limit == 0 {
		in.Limit = 10
	}
	if in.Limit < 1 || in.Limit > MaxMirrorHits {
		return out, fault.Invalid("limit", fmt.Sprintf("The limit must be 1 to %d.", MaxMirrorHits), "")
	}
	text, bad := prose("q", in.Q, maxMirrorQuery, false)
	if bad != nil {
		return out, bad
	}
	r := d.store.Read()
	sites, err := r.MirrorSites(ctx)
	if err != nil || len(sites) == 0 {
		return out, err
	}
	names := map[int64]string{}
	for _, s := range sites {
		if in.Site == "" || strings.EqualFold(in.Site, s.Name) {
			names[s.ID] = s.Name
		}
	}
	if len(names) == 0 {
		return out, fault.Invalid("site", fmt.Sprintf("There is no copy of %s here.", in.Site), "firebreak mirror list names the sites there are.")
	}
	matches, err := d.mirrorMatches(ctx, r, text, names, in.Limit)
	if err != nil || len(matches) == 0 {
		return out, err
	}
	return d.mirrorHits(ctx, r, text, names, matches)
}

// mirrorQuery makes a query of a text: its first line counts as a title does, the rest as a body.
func mirrorQuery(text string) *similar.Query {
	title, body, _ := strings.Cut(strings.TrimSpace(text), "\n")
	const most = 300 // of a title; a long line is a log's
	if len(title) > most {
		title, body = "", text
	}
	return similar.NewQuery(similar.Text{Title: title, Body: body})
}

// mirrorMatches ranks the questions of these sites.
func (d *Desk) mirrorMatches(ctx context.Context, r store.Read, text string, sites map[int64]string, limit int) ([]similar.Match, error) {
	q := mirrorQuery(text)
	if q.Empty() {
		return nil, nil
	}
	m, err := d.mirrorIndex.latest(ctx, r, store.MirrorModel, d.store.Now())
	if err != nil {
		return nil, err
	}
	all, err := r.MirrorSegments(ctx)
	if err != nil {
		return nil, err
	}
	if err := d.mirrorIndex.direct(ctx, r, all); err != nil {
		return nil, err
	}
	segments := slices.DeleteFunc(slices.Clone(all), func(s store.SimilarSegment) bool { return sites[s.Site] == "" })
	words := q.Lookup(m)
	g := m.Gather(words)
	if err := r.SimilarBlocks(ctx, segments, words, g.AddBlock); err != nil {
		return nil, err
	}
	numbers := g.Best(mirrorCandidates, 0)
	if len(numbers) == 0 {
		return nil, nil
	}
	found, err := r.MirrorCandidates(ctx, numbers)
	if err != nil {
		return nil, err
	}
	candidates := make([]similar.Candidate, 0, len(found))
	for i := range found {
		f := &found[i]
		candidates = append(candidates, similar.Candidate{Number: f.Number, Title: f.Title, Features: f.Features, Prior: mirrorPrior(f)})
	}
	matches := m.Rank(q, candidates)
	return matches[:min(limit, len(matches))], nil
}

// mirrorPrior is what is known beside the text, small enough to decide only among near-equals.
func mirrorPrior(c *store.MirrorCandidate) (p float64) {
	if c.Accepted {
		p += .08
	}
	return p + min(.02*math.Log1p(float64(max(c.Score, 0))), .1)
}

// mirrorHits fills in what is shown of each match.
func (d *Desk) mirrorHits(ctx context.Context, r store.Read, text string, sites map[int64]string, matches []similar.Match) ([]MirrorHit, error) {
	keys := make([]int64, len(matches))
	byKey := make(map[int64]similar.Match, len(matches))
	for i, m := range matches {
		keys[i], byKey[m.Number] = m.Number, m
	}
	posts, err := r.MirrorPosts(ctx, keys, 1)
	if err != nil {
		return nil, err
	}
	out := []MirrorHit{}
	for _, p := range posts {
		m, site := byKey[p.Key], sites[p.Site]
		h := MirrorHit{Site: site, ID: p.ID, Title: p.Title, Score: math.Round(max(m.Score, 0)*1000) / 1000, Likely: m.Score >= likelyScore, Votes: p.Score, Tags: slices.Concat([]string{}, p.Tags),
			Answers: p.Available, Licence: p.Licence, URL: fmt.Sprintf("/mirror/%s/%d", site, p.ID), Link: mirror.Link(site, mirror.Question, p.ID), Why: []string{}}
		asked := askedWords(text, m.Words)
		h.Snippet, h.Marks = search.Snippet(withoutFences(p.Text), asked, snippetWidth)
		if shown, marks := search.Snippet(p.Title, asked, 1000); shown == p.Title {
			h.TitleMarks = marks
		}
		if len(p.Answers) > 0 {
			a := p.Answers[0]
			h.Accepted, h.AnswerID, h.Answer = a.ID == p.Accepted, a.ID, mirror.Excerpt(a.Text, mirrorAnswerWidth)
		}
		if len(m.Words) > 0 {
			h.Why = append(h.Why, "both say "+strings.Join(m.Words[:min(5, len(m.Words))], ", "))
		}
		if m.Meant || len(h.Why) == 0 {
			h.Why = append(h.Why, "alike in meaning")
		}
		out = append(out, h)
	}
	return out, nil
}

// askedWords is a search for the words of a text, to highlight them: those in common first.
func askedWords(text string, common []string) search.Query {
	const most, long = 24, 480
	var b strings.Builder
	n := 0
	for _, w := range slices.Concat(common, strings.Fields(text)) {
		w = strings.TrimLeft(strings.Map(func(r rune) rune {
			if r == '"' || r == '“' || r == '”' || r == '„' || r == '*' {
				return ' '
			}
			return r
		}, w), "- ")
		if w == "" || strings.Contains(w, " ") || b.Len()+len(w) > long || n == most {
			continue
		}
		b.WriteString(w + " ")
		n++
	}
	q, err := search.ParseQuery(b.String(), false)
	if err != nil {
		return search.Query{}
	}
	return q
}

// withoutFences leaves out the lines of backticks around code.
func withoutFences(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\n```\n", "\n"), "```\n", "")
}

// RemovedMirror tells what was removed.
type RemovedMirror struct {
	Name      string `json:"name"`
	Questions int64  `json:"questions"`
	Answers   int64  `json:"answers"`
}

const mirrorSweep = 500 // rows of each kind that one transaction removes

// RemoveMirror removes the copy of a site. It is out of use at once; what a served desk does not remove within this call goes
// in the background.
func (d *Desk) RemoveMirror(ctx context.Context, name string) (RemovedMirror, error) {
	caller, err := may(ctx, person.MoveData)
	if err != nil {
		return RemovedMirror{}, err
	}
	var out RemovedMirror
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		s, err := tx.MirrorSite(ctx, strings.ToLower(strings.TrimSpace(name)))
		if err != nil {
			return err
		}
		out = RemovedMirror{s.Name, s.Questions, s.Answers}
		if err := tx.HideMirror(ctx, s); err != nil {
			return err
		}
		return d.audit(ctx, tx, caller, "mirror.remove", s.Name, fmt.Sprintf("%d questions", s.Questions))
	})
	if err != nil {
		return out, err
	}
	for {
		n, err := d.SweepMirror(ctx)
		if err != nil || n == 0 || d.similarIndex.serving.Load() {
			return out, err
		}
	}
}

// SweepMirror removes rows of sites that were taken out of use, for a second or two; 0 when nothing is left.
func (d *Desk) SweepMirror(ctx context.Context) (n int, err error) {
	const steps = 40
	if waits, err := d.store.Read().MirrorRemoving(ctx); err != nil || !waits {
		return 0, err
	}
	for range steps {
		more := false
		if err := d.store.Write(ctx, func(tx *store.Tx) (err error) { more, err = tx.SweepMirror(ctx, mirrorSweep); return err }); err != nil || !more {
			return 0, err
		}
		n += mirrorSweep
	}
	return n, nil
}

// tagsOf gives the tags of a filter, in the form in which sites have them.
func tagsOf(list []string) ([]string, *fault.Fault) {
	var out []string
	for _, l := range list {
		for t := range strings.FieldsFuncSeq(strings.ToLower(l), func(r rune) bool { return r == ',' || r <= ' ' }) {
			const long = 100
			if len(t) > long || len(out) >= 100 {
				return nil, fault.Invalid("tag", "These are too many tags, or one is too long.", "Name up to 100 tags, as the site writes them.")
			}
			if !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	slices.SortFunc(out, cmp.Compare)
	return out, nil
}
