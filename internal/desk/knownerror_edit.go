package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"firebreak/internal/fault"
	"firebreak/internal/knownerror"
	"firebreak/internal/person"
	"firebreak/internal/store"
)

// KnownErrorFields are an own entry as somebody writes it. Fields that are not given stay as they are.
type KnownErrorFields struct {
	Title   *string `json:"title,omitempty" doc:"what it is, in a few words"`
	Meaning *string `json:"meaning,omitempty" doc:"what it means; the shipped text stays when it is empty"`
	Try     *string `json:"try,omitempty" doc:"what to do, one step a line; the shipped steps stay when it is empty"`
	Product *string `json:"product,omitempty" doc:"what raises it"`
	Link    *string `json:"link,omitempty" doc:"where more is written; https:// or http://"`
	State   *string `json:"state,omitempty" doc:"active or retired"`
}

// AddKnownError is an own entry as it is added.
type AddKnownError struct {
	Code string `json:"code" doc:"as it stands in logs and tickets, e.g. BILL-1234 or ORA-01555"`
	KnownErrorFields
}

// AddKnownError writes down what the desk knows about a code. Under the code of a shipped entry it stands in front of that one.
func (d *Desk) AddKnownError(ctx context.Context, in AddKnownError) (knownerror.Entry, error) {
	caller, err := may(ctx, person.EditCatalog)
	if err != nil {
		return knownerror.Entry{}, err
	}
	code, bad := line("code", in.Code, knownerror.MaxCode, true)
	if bad == nil && (knownerror.Key(code) == "" || knownerror.Key(code) == reservedSlug || knownerror.Key(code) == "import") {
		bad = fault.Invalid("code", "This is no code: it needs letters or digits.", "Write it as it stands in logs, e.g. BILL-1234.")
	}
	if bad != nil {
		return knownerror.Entry{}, bad
	}
	if shipped, ok := knownerror.Lookup(code); ok {
		code = shipped.Code // ora-1555 and ORA-01555 are the same
	}
	e := knownerror.Entry{Code: code, Key: knownerror.Key(code), Own: &knownerror.OwnEntry{State: knownerror.Active, AuthorID: caller.Person.ID}}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		e.Own.ID = 0
		if old, err := tx.KnownError(ctx, e.Key); err == nil {
			return fault.Conflict("code", fmt.Sprintf("%s stands here already, as “%s”.", old.Code, old.Title), "Open it and change it.")
		} else if !fault.Is(err, fault.CodeNotFound) {
			return err
		}
		if err := describeKnown(&e, in.KnownErrorFields); err != nil {
			return err
		}
		if e.Title == "" {
			return fault.Invalid("title", "This must not be empty.", "Write in a few words what it is.")
		}
		if err := tx.PutKnownErrors(ctx, &e); err != nil {
			return err
		}
		d.knownChanged(tx)
		return d.audit(ctx, tx, caller, "known_error.add", e.Code, e.Title)
	})
	if err != nil {
		return e, err
	}
	return d.knownEntry(ctx, d.store.Read(), e.Key)
}

// ChangeKnownError changes an own entry. An imported one becomes the desk's own writing, which a later import leaves as it is;
// only a change of its state does not make it so.
func (d *Desk) ChangeKnownError(ctx context.Context, code string, in KnownErrorFields) (knownerror.Entry, error) {
	caller, err := may(ctx, person.EditCatalog)
	if err != nil {
		return knownerror.Entry{}, err
	}
	var e knownerror.Entry
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		var err error
		e, err = tx.KnownError(ctx, knownerror.Key(code))
		if fault.Is(err, fault.CodeNotFound) {
			return &fault.Fault{Code: fault.CodeNotFound, Message: "This desk has no entry of its own for " + cutLine(code) + ".", Hint: "Add one; it stands in front of the shipped one."}
		} else if err != nil {
			return err
		}
		old := e
		own := *e.Own
		e.Own = &own
		if err := describeKnown(&e, in); err != nil {
			return err
		}
		if e.Title == "" {
			return fault.Invalid("title", "This must not be empty.", "Write in a few words what it is.")
		}
		var c changes
		c.note("title", old.Title, e.Title)
		c.note("product", old.Product, e.Product)
		c.note("link", old.Link, e.Link)
		if old.Meaning != e.Meaning {
			c = append(c, "meaning changed")
		}
		if !slices.Equal(old.Try, e.Try) {
			c = append(c, "steps changed")
		}
		if len(c) > 0 {
			own.Manual = ""
		}
		c.note("state", string(old.Own.State), string(own.State))
		if len(c) == 0 {
			return nil
		}
		own.AuthorID = caller.Person.ID
		if err := tx.PutKnownErrors(ctx, &e); err != nil {
			return err
		}
		d.knownChanged(tx)
		return d.audit(ctx, tx, caller, "known_error.change", e.Code, c.String())
	})
	if err != nil {
		return e, err
	}
	return d.knownEntry(ctx, d.store.Read(), e.Key)
}

// describeKnown checks the given fields and takes them over.
func describeKnown(e *knownerror.Entry, in KnownErrorFields) error {
	var bad []*fault.Fault
	short := func(field string, given *string, to *string, limit int) {
		if given != nil {
			var f *fault.Fault
			*to, f = line(field, *given, limit, false)
			bad = append(bad, f)
		}
	}
	short("title", in.Title, &e.Title, knownerror.MaxTitle)
	short("product", in.Product, &e.Product, 120)
	short("link", in.Link, &e.Link, knownerror.MaxLink)
	if e.Link != "" && !strings.HasPrefix(e.Link, "https://") && !strings.HasPrefix(e.Link, "http://") {
		bad = append(bad, fault.Invalid("link", "A link begins with https:// or http://.", "Copy it from the address bar."))
	}
	if in.Meaning != nil {
		var f *fault.Fault
		e.Meaning, f = prose("meaning", *in.Meaning, knownerror.MaxText, false)
		bad = append(bad, f)
	}
	if in.Try != nil {
		text, f := prose("try", *in.Try, knownerror.MaxText, false)
		bad = append(bad, f)
		e.Try = nil
		for step := range strings.Lines(text) {
			e.Try = append(e.Try, knownerror.Steps(step)...)
		}
	}
	if in.State != nil && *in.State != "" {
		e.Own.State = knownerror.State(*in.State)
		if e.Own.State != knownerror.Active && e.Own.State != knownerror.Retired {
			bad = append(bad, fault.Invalid("state", "This state does not exist.", "Use active or retired."))
		}
	}
	return fault.Collect(bad...)
}

// knownTopic is the live topic of known errors.
const knownTopic = "known_errors"

func (d *Desk) knownChanged(tx *store.Tx) { tx.After(func() { d.hub.Publish(knownTopic) }) }

// ImportManual says what is imported.
type ImportManual struct {
	Name     string // of the file; also the manual's name when that is empty
	Manual   string // what the entries are said to come from
	Format   string // found out when empty
	Facility string // before the numbers of an oerr file; guessed from the name when empty
	Product  string
	DryRun   bool
}

// ManualResult is what an import did.
type ManualResult struct {
	Manual    string `json:"manual"`
	Added     int    `json:"added"`
	Updated   int    `json:"updated"`
	Unchanged int    `json:"unchanged"`
	// Kept are entries of this desk that somebody wrote by hand, or that another manual brought; they were left alone.
	Kept     int                  `json:"kept"`
	DryRun   bool                 `json:"dry_run,omitempty"`
	Problems []knownerror.Problem `json:"problems" doc:"lines that were not taken, with the reason; up to 1000"`
}

const importPart = 500 // entries of one transaction

// ImportKnownErrors reads a message manual. The same manual again updates its entries and never doubles them.
func (d *Desk) ImportKnownErrors(ctx context.Context, in ImportManual, r io.Reader) (ManualResult, error) {
	res := ManualResult{DryRun: in.DryRun, Problems: []knownerror.Problem{}}
	caller, err := may(ctx, person.EditCatalog)
	if err != nil {
		return res, err
	}
	var bad [4]*fault.Fault
	if i := strings.LastIndexAny(in.Name, `/\`); i >= 0 {
		in.Name = in.Name[i+1:]
	}
	if in.Manual == "" {
		in.Manual = in.Name
	}
	res.Manual, bad[0] = line("manual", in.Manual, 120, false)
	if bad[0] == nil && res.Manual == "" {
		bad[0] = fault.Invalid("manual", "The manual has no name.", "Say what it is, e.g. Oracle 19c messages.")
	}
	in.Product, bad[1] = line("product", in.Product, 120, false)
	in.Facility, bad[2] = line("facility", strings.TrimRight(in.Facility, "-"), 12, false)
	if !slices.Contains(knownerror.Formats, knownerror.Format(in.Format)) {
		bad[3] = fault.Invalid("format", "There is no such format.", "Use oerr, csv or manual, or leave it out.")
	}
	if err := fault.Collect(bad[:]...); err != nil {
		return res, err
	}
	if in.Facility == "" {
		in.Facility = knownerror.Facility(in.Name)
	}
	records, problems, err := knownerror.Import(r, knownerror.ImportOptions{Format: knownerror.Format(in.Format), Facility: in.Facility, Product: in.Product})
	res.Problems = append(res.Problems, problems...)
	switch {
	case errors.Is(err, knownerror.ErrTooLarge):
		return res, fault.Invalid("file", fmt.Sprintf("The manual is too large: up to %d MB and %d entries are taken.", knownerror.MaxManual>>20, knownerror.MaxEntries), "Import it in parts; nothing was stored.")
	case errors.Is(err, knownerror.ErrColumns):
		return res, fault.Invalid("file", "The first line does not name the columns.", "Write at least code and title there; meaning, action, product and link are read as well. Nothing was stored.")
	case err != nil && fault.Of(err) == nil:
		return res, fault.Invalid("file", "The file cannot be read: "+err.Error()+".", "Nothing was stored.")
	case err != nil:
		return res, err
	}
	if len(records) == 0 && len(problems) == 0 {
		return res, fault.Invalid("file", "There is no message in this file.", "It may have another format; docs/known-errors.md shows the three that are read.")
	}
	for part := range slices.Chunk(records, importPart) {
		if err := d.importPart(ctx, caller, in, part, &res); err != nil {
			return res, err
		}
	}
	if !in.DryRun && res.Added+res.Updated > 0 {
		err = d.store.Write(ctx, func(tx *store.Tx) error {
			d.knownChanged(tx)
			return d.audit(ctx, tx, caller, "known_error.import", res.Manual, fmt.Sprintf("%d added, %d updated, %d unchanged, %d kept, %d lines not taken", res.Added, res.Updated, res.Unchanged, res.Kept, len(res.Problems)))
		})
	}
	return res, err
}

func (d *Desk) importPart(ctx context.Context, caller Caller, in ImportManual, part []knownerror.Record, res *ManualResult) error {
	keys := make([]string, len(part))
	for i, rec := range part {
		keys[i] = knownerror.Key(rec.Code)
	}
	var sum ManualResult
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		sum = ManualResult{}
		old, err := tx.KnownErrorsByKey(ctx, keys)
		if err != nil {
			return err
		}
		var put []*knownerror.Entry
		for i, rec := range part {
			e := knownerror.Entry{Code: rec.Code, Key: keys[i], Title: rec.Title, Meaning: rec.Meaning, Try: rec.Try, Product: rec.Product, Link: rec.Link,
				Own: &knownerror.OwnEntry{State: knownerror.Active, Manual: res.Manual, AuthorID: caller.Person.ID}}
			was, exists := old[e.Key]
			switch {
			case !exists:
				sum.Added++
			case was.Own.Manual != res.Manual:
				sum.Kept++
				if len(res.Problems)+len(sum.Problems) < 1000 {
					reason := "Somebody wrote an entry for it at this desk; it was left as it is."
					if was.Own.Manual != "" {
						reason = "It came with " + was.Own.Manual + "; that entry was left as it is."
					}
					sum.Problems = append(sum.Problems, knownerror.Problem{Line: rec.Line, Reason: reason, Text: rec.Code})
				}
				continue
			case was.Title == e.Title && was.Meaning == e.Meaning && was.Product == e.Product && was.Link == e.Link && slices.Equal(was.Try, e.Try):
				sum.Unchanged++
				continue
			default:
				sum.Updated++
				e.Own.State, e.Own.ID, e.Own.CreatedAt = was.Own.State, was.Own.ID, was.Own.CreatedAt
			}
			put = append(put, &e)
		}
		if in.DryRun {
			return nil
		}
		return tx.PutKnownErrors(ctx, put...)
	})
	if err == nil {
		res.Added, res.Updated, res.Unchanged, res.Kept = res.Added+sum.Added, res.Updated+sum.Updated, res.Unchanged+sum.Unchanged, res.Kept+sum.Kept
		res.Problems = append(res.Problems, sum.Problems...)
	}
	return err
}
