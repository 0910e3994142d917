package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/privacy"
	"firebreak/internal/redact"
	"firebreak/internal/store"
)

// PrivateData is what the desk decided about private data, with its own patterns.
type PrivateData struct {
	privacy.Settings
	Patterns []privacy.Pattern `json:"patterns"`
}

// Privacy gives what the desk decided about private data.
func (d *Desk) Privacy(ctx context.Context) (PrivateData, error) {
	out := PrivateData{Patterns: []privacy.Pattern{}}
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return out, err
	}
	r := d.store.Read()
	var err error
	if out.Settings, err = r.Privacy(ctx); err != nil {
		return out, err
	}
	patterns, err := r.PrivacyPatterns(ctx)
	out.Patterns = append(out.Patterns, patterns...)
	return out, err
}

// SavePrivacy changes which kinds are masked and asked about. What is kept stays as it is: only what is shown changes.
func (d *Desk) SavePrivacy(ctx context.Context, s privacy.Settings) (privacy.Settings, error) {
	caller, err := may(ctx, person.EditSettings)
	if err != nil {
		return s, err
	}
	for field, kinds := range map[string][]redact.Kind{"mask": s.Mask, "warn": s.Warn} {
		for _, k := range kinds {
			if !privacy.Known(k) {
				return s, fault.Invalid(field, fmt.Sprintf("There is no kind %q.", string(k)), "GET /api/v1/privacy/kinds lists them.")
			}
		}
	}
	s.Mask, s.Warn = privacy.Order(s.Mask), privacy.Order(s.Warn)
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		old, err := tx.Privacy(ctx)
		if err != nil {
			return err
		}
		var c changes
		for _, f := range []struct {
			name     string
			old, new []redact.Kind
		}{{"mask", old.Mask, s.Mask}, {"warn", old.Warn, s.Warn}} {
			c.note(f.name, kindList(privacy.Order(f.old)), kindList(f.new))
		}
		c.note("others", fmt.Sprint(old.Others), fmt.Sprint(s.Others))
		if len(c) == 0 {
			return nil
		}
		if err := tx.SavePrivacy(ctx, s); err != nil {
			return err
		}
		d.privacyChanged(tx)
		return d.audit(ctx, tx, caller, "privacy.settings", "private data", c.String())
	})
	return s, err
}

func kindList(kinds []redact.Kind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return strings.Join(words, " ")
}

// privacyChanged tells open pages, and forgets the finders made before.
func (d *Desk) privacyChanged(tx *store.Tx) {
	tx.After(func() { d.finders.forget(); d.hub.Publish("settings") })
}

// PatternFields are a pattern as somebody writes it. Fields that are not given stay as they are.
type PatternFields struct {
	Name    *string `json:"name,omitempty" doc:"what it finds, e.g. policy number"`
	Kind    *string `json:"kind,omitempty" doc:"what it counts as; customer when not given"`
	Expr    *string `json:"expr,omitempty" doc:"a regular expression (RE2); a group, when there is one, is the private part"`
	Keyword *string `json:"keyword,omitempty" doc:"a word that stands at most 40 characters before it, in any case; empty: none"`
	Finds   *string `json:"finds,omitempty" doc:"texts in which it must find something, one a line"`
	Spares  *string `json:"spares,omitempty" doc:"texts in which it must find nothing, one a line"`
}

// take takes the given fields over and checks the whole.
func (in PatternFields) take(p *privacy.Pattern) error {
	var bad []*fault.Fault
	short := func(field string, given *string, to *string, limit int) {
		if given != nil {
			s, f := line(field, *given, limit, false)
			*to, bad = s, append(bad, f)
		}
	}
	short("name", in.Name, &p.Name, privacy.MaxName)
	short("expr", in.Expr, &p.Expr, privacy.MaxExpr)
	short("keyword", in.Keyword, &p.Keyword, privacy.MaxKeyword)
	examples := func(field string, given *string, to *[]string) {
		if given == nil {
			return
		}
		text, f := prose(field, *given, privacy.MaxExamples*privacy.MaxExample, false)
		if f != nil {
			bad = append(bad, f)
			return
		}
		*to = nil
		for s := range strings.Lines(text) {
			if s = strings.TrimSpace(s); s != "" {
				*to = append(*to, s)
			}
		}
		if len(*to) > privacy.MaxExamples {
			bad = append(bad, fault.Invalid(field, fmt.Sprintf("These are more than %d examples.", privacy.MaxExamples), "Keep those that differ."))
		}
	}
	examples("finds", in.Finds, &p.Finds)
	examples("spares", in.Spares, &p.Spares)
	if in.Kind != nil && *in.Kind != "" {
		p.Kind = redact.Kind(*in.Kind)
	}
	if err := fault.Collect(bad...); err != nil {
		return err
	}
	return p.Check()
}

// Pattern gives one of the desk's own patterns.
func (d *Desk) Pattern(ctx context.Context, i id.ID) (privacy.Pattern, error) {
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return privacy.Pattern{}, err
	}
	return d.store.Read().PrivacyPattern(ctx, i)
}

// AddPattern adds a pattern of the desk's own. Its examples must come true.
func (d *Desk) AddPattern(ctx context.Context, in PatternFields) (privacy.Pattern, error) {
	caller, err := may(ctx, person.EditSettings)
	if err != nil {
		return privacy.Pattern{}, err
	}
	var p privacy.Pattern
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		p = privacy.Pattern{Kind: redact.Customer, AuthorID: caller.Person.ID, Author: caller.Person.Name}
		if err := in.take(&p); err != nil {
			return err
		}
		have, err := tx.PrivacyPatterns(ctx)
		if err != nil {
			return err
		}
		if len(have) >= privacy.MaxPatterns {
			return fault.Conflict("name", fmt.Sprintf("There are %d patterns already; each is looked for in every text.", len(have)), "Remove one that is no longer needed.")
		}
		if err := tx.PutPrivacyPattern(ctx, &p); err != nil {
			return err
		}
		d.privacyChanged(tx)
		return d.audit(ctx, tx, caller, "privacy.pattern.add", p.Name, p.Expr)
	})
	return p, err
}

// ChangePattern changes a pattern. Its examples must still come true.
func (d *Desk) ChangePattern(ctx context.Context, i id.ID, in PatternFields) (privacy.Pattern, error) {
	caller, err := may(ctx, person.EditSettings)
	if err != nil {
		return privacy.Pattern{}, err
	}
	var p privacy.Pattern
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		old, err := tx.PrivacyPattern(ctx, i)
		if err != nil {
			return err
		}
		p = old
		if err := in.take(&p); err != nil {
			return err
		}
		var c changes
		c.note("name", old.Name, p.Name)
		c.note("kind", string(old.Kind), string(p.Kind))
		c.note("expr", old.Expr, p.Expr)
		c.note("keyword", old.Keyword, p.Keyword)
		if !slices.Equal(old.Finds, p.Finds) || !slices.Equal(old.Spares, p.Spares) {
			c = append(c, "examples changed")
		}
		if len(c) == 0 {
			return nil
		}
		p.AuthorID, p.Author = caller.Person.ID, caller.Person.Name
		if err := tx.PutPrivacyPattern(ctx, &p); err != nil {
			return err
		}
		d.privacyChanged(tx)
		return d.audit(ctx, tx, caller, "privacy.pattern.change", p.Name, c.String())
	})
	return p, err
}

// patternUndo is the act of removing a pattern, which can be taken back.
const patternUndo = "privacy.pattern.remove"

// RemovePattern removes a pattern. What it found is shown again from now on.
func (d *Desk) RemovePattern(ctx context.Context, i id.ID) (Removed, error) {
	caller, err := may(ctx, person.EditSettings)
	if err != nil {
		return Removed{}, err
	}
	var out Removed
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		p, err := tx.PrivacyPattern(ctx, i)
		if err != nil {
			return err
		}
		u := store.Undo{PersonID: caller.Person.ID, Act: patternUndo, Detail: asJSON(p)}
		if err := tx.AddUndo(ctx, &u); err != nil {
			return err
		}
		if err := tx.RemovePrivacyPattern(ctx, i); err != nil {
			return err
		}
		out = Removed{Name: p.Name, Undo: u.ID}
		d.privacyChanged(tx)
		return d.audit(ctx, tx, caller, patternUndo, p.Name, p.Expr)
	})
	return out, err
}

// restorePattern puts a removed pattern back.
func (d *Desk) restorePattern(ctx context.Context, tx *store.Tx, u store.Undo) error {
	caller, err := may(ctx, person.EditSettings)
	if err != nil {
		return err
	}
	var p privacy.Pattern
	if err := json.Unmarshal([]byte(u.Detail), &p); err != nil {
		return fmt.Errorf("undo %s: %w", u.ID, err)
	}
	if err := tx.PutPrivacyPattern(ctx, &p); err != nil {
		return err
	}
	d.privacyChanged(tx)
	return d.audit(ctx, tx, caller, "privacy.pattern.restore", p.Name, p.Expr)
}

// Redacted is a text with what is private in it under other names.
type Redacted struct {
	Text  string `json:"text" doc:"with names in place of what is private"`
	Spans []Span `json:"spans"`
}

// Span is a private part of a text.
type Span struct {
	Start  int         `json:"start" doc:"in bytes of the text that was sent"`
	End    int         `json:"end"`
	Kind   redact.Kind `json:"kind"`
	Score  float64     `json:"score" doc:"0 to 1: how sure"`
	Reason string      `json:"reason"`
}

// maxRedacted is the longest text that is looked through in one call, in bytes.
const maxRedacted = 4 << 20

// Redact finds what is private in a text, of every kind, with what this desk knows about itself.
func (d *Desk) Redact(ctx context.Context, text string) (Redacted, error) {
	out := Redacted{Spans: []Span{}}
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return out, err
	}
	if len(text) > maxRedacted {
		return out, fault.TooLarge("text", "The text is longer than 4 MB.", "Use firebreak redact FILE, which takes logs of any size.")
	}
	f, err := d.finder(ctx)
	if err != nil {
		return out, err
	}
	return redacted(text, f.Find(text)), nil
}

func redacted(text string, found []redact.Finding) Redacted {
	out := Redacted{Text: redact.Mask(text, found, &redact.Pseudonyms{}), Spans: make([]Span, len(found))}
	for i, f := range found {
		out.Spans[i] = Span(f)
	}
	return out
}

// PatternTrial is a text looked through with a pattern that is not kept yet, or with everything the desk knows.
type PatternTrial struct {
	Text    string          `json:"text" doc:"as it was sent"`
	Spans   []Span          `json:"spans" doc:"what is marked"`
	Problem string          `json:"problem,omitempty" doc:"what is wrong with the pattern"`
	Pattern privacy.Pattern `json:"pattern,omitzero"`
}

// maxTrial bounds a text to try patterns on, which is shown again with every key pressed.
const maxTrial = 20_000

// TryPattern marks in a text what a pattern would find; without an expression what the desk finds now.
func (d *Desk) TryPattern(ctx context.Context, in PatternFields, text string) (PatternTrial, error) {
	out := PatternTrial{Text: text, Spans: []Span{}}
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return out, err
	}
	if len(text) > maxTrial {
		return out, fault.TooLarge("text", "The text is longer than 20,000 characters.", "Paste the part that matters.")
	}
	if in.Expr == nil {
		f, err := d.finder(ctx)
		if err != nil {
			return out, err
		}
		out.Spans = redacted(text, f.Find(text)).Spans
		return out, nil
	}
	out.Pattern = privacy.Pattern{Kind: redact.Customer}
	if strings.TrimSpace(*in.Expr) == "" {
		return out, nil // nothing was written yet
	}
	if err := in.take(&out.Pattern); err != nil {
		f := fault.Of(err)
		if f == nil {
			return out, err
		}
		for _, one := range append([]fault.Fault{*f}, f.More...) {
			if one.Field != "name" { // it is still being written
				out.Problem = strings.TrimSpace(one.Message + " " + one.Hint)
				break
			}
		}
		if f.Field == "expr" {
			return out, nil
		}
	}
	f, err := redact.New(redact.Options{Own: redact.Own{Patterns: []redact.Pattern{out.Pattern.Redact()}}, Kinds: []redact.Kind{out.Pattern.Kind}})
	if err != nil {
		return out, nil // told above
	}
	for _, s := range redacted(text, f.Find(text)).Spans {
		if strings.HasPrefix(s.Reason, privacy.OwnReason) {
			out.Spans = append(out.Spans, s)
		}
	}
	return out, nil
}
