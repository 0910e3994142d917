package desk

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/resolution"
	"firebreak/internal/search"
	"firebreak/internal/store"
)

// ListResolutions selects resolutions. The zero value is the first page of all, the latest change first.
type ListResolutions struct {
	Q           string           `json:"q,omitempty"`
	State       resolution.State `json:"state,omitempty"`
	Application string           `json:"application,omitempty"`
	Signature   string           `json:"signature,omitempty"`
	Wrong       bool             `json:"wrong,omitempty"`
	Cursor      string           `json:"-"`
	Limit       int              `json:"-"`
}

// ResolutionPage is a page of resolutions.
type ResolutionPage struct {
	Items []Resolution `json:"items"`
	Next  string       `json:"next,omitempty" doc:"cursor of the next page; absent at the end"`
}

// Resolutions gives a page of resolutions; with Q the best matches, as one page.
func (d *Desk) Resolutions(ctx context.Context, in ListResolutions) (ResolutionPage, error) {
	out := ResolutionPage{Items: []Resolution{}}
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return out, err
	}
	limit, err := pageLimit(in.Limit)
	if err != nil {
		return out, err
	}
	if in.State != "" && !in.State.Valid() {
		return out, fault.Invalid("state", "There is no state "+cutLine(string(in.State))+".", "Use draft, verified or retired.")
	}
	r := d.store.Read()
	f := store.ResolutionFilter{State: in.State, Signature: in.Signature, Wrong: in.Wrong, Limit: limit}
	if in.Application != "" {
		a, err := r.FindApplication(ctx, in.Application)
		if fault.Is(err, fault.CodeNotFound) {
			return out, nil
		} else if err != nil {
			return out, err
		}
		f.Application = a.ID
	}
	if strings.TrimSpace(in.Q) != "" {
		q, bad := line("q", in.Q, 512, false)
		if bad != nil {
			return out, bad
		}
		found, err := resolutionsLike(ctx, r, wordsOf(q), nil, 0, 2)
		for _, x := range found {
			if len(out.Items) < limit && (f.State == "" || x.State == f.State) && (!f.Wrong || x.Wrong > 0) && (f.Application == 0 || appliesTo(&x, f.Application)) {
				out.Items = append(out.Items, x)
			}
		}
		return out, err
	}
	if in.Cursor != "" {
		if f.After, err = readPlace[store.ResolutionKey](in.Cursor, in); err != nil {
			return out, err
		}
	}
	items, next, err := r.Resolutions(ctx, f)
	if err != nil {
		return out, err
	}
	out.Items = append(out.Items, items...)
	if next != nil {
		out.Next = writePlace(*next, in)
	}
	return out, nil
}

func appliesTo(x *Resolution, application id.ID) bool {
	return slices.ContainsFunc(x.Applications, func(a resolution.Application) bool { return a.ID == application })
}

// Resolution gives one resolution with what it said before.
func (d *Desk) Resolution(ctx context.Context, i id.ID) (Resolution, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return Resolution{}, err
	}
	r := d.store.Read()
	x, err := r.Resolution(ctx, i)
	if err != nil {
		return x, err
	}
	x.Versions, err = r.ResolutionVersions(ctx, i, 50)
	return x, err
}

// ResolutionUses gives the tickets a resolution was written on, solved, or was wrong for, the latest first.
func (d *Desk) ResolutionUses(ctx context.Context, i id.ID) ([]resolution.Use, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return nil, err
	}
	r := d.store.Read()
	if _, err := r.Resolution(ctx, i); err != nil {
		return nil, err
	}
	return r.UsesOf(ctx, i, 100)
}

// maxOffered is how many resolutions are offered for a ticket.
const maxOffered = 5

// ResolutionsFor gives the resolutions that may solve a ticket, the best first: of the same error, for its application,
// with rare words in common; verified and helpful ones first. Each says why. Those marked on the ticket are among them.
func (d *Desk) ResolutionsFor(ctx context.Context, number int64) ([]Resolution, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return nil, err
	}
	r := d.store.Read()
	t, err := r.Ticket(ctx, number)
	if err != nil {
		return nil, err
	}
	keys, err := keysOf(ctx, r, &t)
	if err != nil {
		return nil, err
	}
	signatures, err := r.TicketSignatures(ctx, number)
	if err != nil {
		return nil, err
	}
	text := t.Subject
	for _, s := range signatures {
		if !slices.Contains(keys, s.ID) && len(keys) < 12 {
			keys = append(keys, s.ID)
		}
		if s.Position == 0 {
			text += "\n" + s.Template
		}
	}
	if rest := []rune(t.Body); len(rest) > 0 {
		text += "\n" + string(rest[:min(len(rest), 600)])
	}
	found, err := resolutionsLike(ctx, r, wordsOf(text), keys, t.ApplicationID, wordsOfChance)
	if err != nil {
		return nil, err
	}
	uses, err := r.UsesOn(ctx, number)
	if err != nil {
		return nil, err
	}
	out := []Resolution{}
	var marked []Resolution
	var missing []id.ID
	for _, u := range uses {
		if i := slices.IndexFunc(found, func(x Resolution) bool { return x.ID == u.Resolution }); i >= 0 {
			x := found[i]
			x.Marked = u.Mark
			marked = append(marked, x)
			found = slices.Delete(found, i, i+1)
		} else {
			missing = append(missing, u.Resolution)
		}
	}
	more, err := r.ResolutionsByID(ctx, missing)
	if err != nil {
		return nil, err
	}
	for _, x := range more {
		for _, u := range uses {
			if u.Resolution == x.ID {
				x.Marked = u.Mark
			}
		}
		marked = append(marked, x)
	}
	out = append(append(out, marked...), found[:min(len(found), maxOffered)]...)
	return out, nil
}

// ResolutionWritten gives the resolution that was written when this ticket was resolved earlier; nil when there is none.
func (d *Desk) ResolutionWritten(ctx context.Context, number int64) (*Resolution, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return nil, err
	}
	r := d.store.Read()
	uses, err := r.UsesOn(ctx, number)
	for _, u := range uses {
		if u.Mark != resolution.Written {
			continue
		}
		if found, err := r.ResolutionsByID(ctx, []id.ID{u.Resolution}); err != nil || len(found) > 0 {
			if err != nil {
				return nil, err
			}
			return &found[0], nil
		}
	}
	return nil, err
}

// maxWordsAsked bounds the words that a search for resolutions looks up.
const maxWordsAsked = 24

// wordsOf gives the telling words of a text: those of a search, without the commonest of the language.
func wordsOf(text string) (out []string) {
	d := search.Index(text)
	for _, terms := range [][]string{d.Main, d.Parts} {
		for _, t := range terms {
			if len(t) > 2 && !common[t] && !slices.Contains(out, t) && len(out) < maxWordsAsked {
				out = append(out, t)
			}
		}
	}
	return out
}

var common = func() map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(`the and for with that this from not are was were has have had but you your our can cannot will would there their they when which what who how why its
		into than then them been being all any some one two out off over under after before again since please need get got does did done still also only just very more most here hello thanks`) {
		out[w] = true
	}
	return out
}()

// wordsOfChance is how many words of a ticket an unrelated resolution may share with it, and one more: whole sentences
// have "file", "end" and "last" in common by chance, and a wrong answer beside a ticket costs more than none.
const wordsOfChance = 4

// isCode tells a word that names an error from a number and from a word of the language.
func isCode(w string) bool {
	return strings.ContainsAny(w, "0123456789") && strings.ContainsFunc(w, unicode.IsLetter)
}

// resolutionsLike ranks resolutions for words, errors and an application; those of the same error stand above all others.
// Any other must have at least least of the words, all of them where fewer were asked for, or a code.
func resolutionsLike(ctx context.Context, r store.Read, words, signatures []string, application id.ID, least int) ([]Resolution, error) {
	same, err := r.ResolutionsBySignature(ctx, signatures, 20)
	if err != nil {
		return nil, err
	}
	hits, common, err := r.ResolutionsByWords(ctx, words)
	if err != nil {
		return nil, err
	}
	type candidate struct {
		score float64
		words []string
	}
	candidates := map[id.ID]*candidate{}
	for _, i := range same {
		candidates[i] = &candidate{}
	}
	for _, h := range hits {
		c := candidate{}
		for _, w := range words {
			if weight := h.Words[w]; weight > 0 {
				c.score += float64(weight) * math.Log2(600/float64(common[w]+1))
				c.words = append(c.words, w)
			}
		}
		if old := candidates[h.ID]; old != nil {
			*old = c
		} else if len(c.words) >= min(least, len(words)) || slices.ContainsFunc(c.words, isCode) {
			candidates[h.ID] = &c
		}
	}
	ids := make([]id.ID, 0, len(candidates))
	for i := range candidates {
		ids = append(ids, i)
	}
	slices.SortFunc(ids, func(a, b id.ID) int {
		return cmp.Or(cmp.Compare(candidates[b].score, candidates[a].score), cmp.Compare(b, a))
	})
	ids = append(same, slices.DeleteFunc(ids, func(i id.ID) bool { return slices.Contains(same, i) })...)
	found, err := r.ResolutionsByID(ctx, ids[:min(len(ids), 60)])
	if err != nil {
		return nil, err
	}
	top := 0.0
	for i := range found {
		x := &found[i]
		c := candidates[x.ID]
		x.Score = c.score
		if slices.Contains(same, x.ID) {
			x.Score += 200
			x.Why = append(x.Why, "the same error")
		}
		switch {
		case application != 0 && appliesTo(x, application):
			x.Score *= 1.4
			x.Why = append(x.Why, "the same application")
		case application != 0 && len(x.Applications) > 0:
			x.Score *= 0.5
		}
		if x.State == resolution.Verified {
			x.Score *= 1.3
		}
		if x.State == resolution.Retired {
			x.Score = 0
		}
		x.Score *= 1 + math.Log2(float64(1+x.Helped))/4
		if x.Helped > 0 {
			x.Why = append(x.Why, fmt.Sprintf("helped on %s", countOf(x.Helped, "ticket")))
		}
		if x.Wrong > 0 {
			x.Score *= 0.4
			x.Why = append(x.Why, "somebody marked it as wrong or outdated")
		}
		if len(c.words) > 0 {
			slices.SortFunc(c.words, func(a, b string) int { return common[a] - common[b] })
			x.Why = append(x.Why, "words in common: "+strings.ReplaceAll(strings.Join(c.words[:min(len(c.words), 4)], ", "), "_", "-"))
		}
		x.Score = math.Round(x.Score*10) / 10
		top = max(top, x.Score)
	}
	// What is far behind the best is not worth a look at three in the morning.
	found = slices.DeleteFunc(found, func(x Resolution) bool { return x.Score <= 0 || x.Score < top/8 })
	slices.SortFunc(found, func(a, b Resolution) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.ID, a.ID))
	})
	return found, nil
}

func countOf(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Answer is what requesters may read of a resolution.
type Answer struct {
	ID        id.ID     `json:"id"`
	Title     string    `json:"title"`
	Answer    string    `json:"answer"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Answers gives the answers that requesters may read, those with these words first; with none, the latest.
func (d *Desk) Answers(ctx context.Context, q string, limit int) ([]Answer, error) {
	if _, err := may(ctx, person.SeeOwn); err != nil {
		return nil, err
	}
	q, bad := line("q", q, 512, false)
	if bad != nil {
		return nil, bad
	}
	limit, err := pageLimit(limit)
	if err != nil {
		return nil, err
	}
	r := d.store.Read()
	var found []Resolution
	if q != "" {
		found, err = resolutionsLike(ctx, r, wordsOf(q), nil, 0, 2)
	} else {
		found, _, err = r.Resolutions(ctx, store.ResolutionFilter{Public: true, Limit: limit})
	}
	out := []Answer{}
	for _, x := range found {
		if x.Answer != "" && x.State != resolution.Retired && len(out) < limit {
			out = append(out, Answer{x.ID, x.Title, x.Answer, x.UpdatedAt})
		}
	}
	return out, err
}

// Answer gives what requesters may read of one resolution; not found where that is nothing.
func (d *Desk) Answer(ctx context.Context, i id.ID) (Answer, error) {
	if _, err := may(ctx, person.SeeOwn); err != nil {
		return Answer{}, err
	}
	x, err := d.store.Read().Resolution(ctx, i)
	if err != nil || x.Answer == "" || x.State == resolution.Retired {
		return Answer{}, cmp.Or(err, error(fault.NotFound("answer")))
	}
	return Answer{x.ID, x.Title, x.Answer, x.UpdatedAt}, nil
}

// resolutions adds resolutions to what a search found, verified ones first, at most a few, so that they do not hide the tickets.
func (f *finding) resolutions(ctx context.Context, n store.Narrow) error {
	words, only := f.request.Words, f.request.Filters
	if words != "" && utf8.RuneCountInString(words) < 3 {
		return nil
	}
	var found []Resolution
	var err error
	switch {
	case len(n.Signatures) > 0:
		ids, e := f.r.ResolutionsBySignature(ctx, n.Signatures, 20)
		if err = e; err == nil {
			found, err = f.r.ResolutionsByID(ctx, ids)
		}
	case words != "":
		found, err = resolutionsLike(ctx, f.r, wordsOf(words), nil, 0, 2)
	}
	if err != nil {
		return err
	}
	if len(n.Applications) > 0 {
		found = slices.DeleteFunc(found, func(x Resolution) bool {
			return !slices.ContainsFunc(n.Applications, func(a id.ID) bool { return appliesTo(&x, a) })
		})
	}
	// The best are chosen by how well they match; of those, what has proved itself goes first.
	most := 5
	if len(only.Kinds) > 0 {
		most = f.limit
	}
	found = found[:min(len(found), most)]
	slices.SortStableFunc(found, func(a, b Resolution) int {
		return boolFirst(a.State == resolution.Verified, b.State == resolution.Verified)
	})
	for _, x := range found {
		switch {
		case f.staff && only.Wants("resolution"):
			i := SearchItem{Kind: "resolution", ID: x.ID.String(), Title: x.Title, URL: "/resolutions/" + x.ID.String(), Note: strings.ToLower(x.State.Word())}
			i.Snippet, i.Marks = f.snippet(cmp.Or(x.Fix, x.Cause, x.Answer))
			f.page.Items = append(f.page.Items, i)
		case !f.staff && x.Answer != "" && only.Wants("answer"):
			i := SearchItem{Kind: "answer", ID: x.ID.String(), Title: x.Title, URL: "/answers/" + x.ID.String()}
			i.Snippet, i.Marks = f.snippet(x.Answer)
			f.page.Items = append(f.page.Items, i)
		}
	}
	return nil
}

func boolFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// cutText gives the beginning of a text on one line.
func cutText(s string, n int) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n-1]) + "…"
}
