package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
)

// MissingPage is a page of searches that found nothing, the most asked first.
type MissingPage struct {
	Items []store.SearchMiss `json:"items"`
	Next  string             `json:"next,omitempty" doc:"cursor of the next page; absent at the end"`
}

// MissingKnowledge gives searches of the desk that found nothing, and that nobody answered or dismissed since. Who asked
// is not kept.
func (d *Desk) MissingKnowledge(ctx context.Context, cursor string, limit int) (MissingPage, error) {
	out := MissingPage{Items: []store.SearchMiss{}}
	if _, err := may(ctx, person.SeeTickets); err != nil {
		return out, err
	}
	limit, err := pageLimit(limit)
	if err != nil {
		return out, err
	}
	var after *store.MissKey
	if cursor != "" {
		if after, err = readPlace[store.MissKey](cursor, "missing"); err != nil {
			return out, err
		}
	}
	items, next, err := d.store.Read().SearchMisses(ctx, after, limit)
	if err != nil {
		return out, err
	}
	out.Items = append(out.Items, items...)
	if next != nil {
		out.Next = writePlace(*next, "missing")
	}
	return out, nil
}

// MissingSearch gives one search that found nothing, for writing what it should have found.
func (d *Desk) MissingSearch(ctx context.Context, i id.ID) (store.SearchMiss, error) {
	if _, err := may(ctx, person.WorkTickets); err != nil {
		return store.SearchMiss{}, err
	}
	return d.store.Read().SearchMiss(ctx, i)
}

// dismissUndo is the act of taking a search off the list, which can be taken back.
const dismissUndo = "search.dismiss"

// DismissMissing takes a search off the list of missing knowledge. The result takes it back.
func (d *Desk) DismissMissing(ctx context.Context, i id.ID) (undo id.ID, err error) {
	caller, err := may(ctx, person.WorkTickets)
	if err != nil {
		return 0, err
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.SearchMiss(ctx, i); err != nil {
			return err
		}
		if _, err := tx.DismissMiss(ctx, i, tx.Now); err != nil {
			return err
		}
		u := store.Undo{PersonID: caller.Person.ID, Act: dismissUndo, Detail: asJSON(dismissed{i})}
		err := tx.AddUndo(ctx, &u)
		undo = u.ID
		return err
	})
	return undo, err
}

type dismissed struct {
	Search id.ID `json:"search"`
}

func (d *Desk) undismiss(ctx context.Context, tx *store.Tx, u store.Undo) error {
	var m dismissed
	if err := json.Unmarshal([]byte(u.Detail), &m); err != nil {
		return fmt.Errorf("undo %s: %w", u.ID, err)
	}
	_, err := tx.DismissMiss(ctx, m.Search, time.Time{})
	return err
}

// privateText is what may name a person in a search; it is not kept.
var privateText = regexp.MustCompile(`[\w.+-]+@[\w.-]+|[0-9][0-9 ./-]{6,}[0-9]`)

// missText is a search as it is kept: lower case, single spaces, without mail addresses and long numbers. It is "" for what
// is not worth keeping.
func missText(q string) string {
	if strings.ContainsFunc(q, unicode.IsControl) {
		return ""
	}
	q = privateText.ReplaceAllString(strings.ToLower(q), "…")
	q = strings.Join(strings.Fields(q), " ")
	if n := utf8.RuneCountInString(q); n < 4 || n > 200 || len(wordsOf(q)) == 0 {
		return ""
	}
	return q
}

// missed keeps that a search of somebody of the desk found nothing. Search goes on when that fails: it is an observation.
func (d *Desk) missed(ctx context.Context, caller Caller, q string) {
	if !caller.May(person.SeeTickets) || caller.Person.ID == 0 {
		return
	}
	text := missText(q)
	if text == "" {
		return
	}
	if err := d.store.Write(ctx, func(tx *store.Tx) error { return tx.AddSearchMiss(ctx, text) }); err != nil && d.log != nil && ctx.Err() == nil {
		d.log.WarnContext(ctx, "search that found nothing not kept", "error", err)
	}
}
