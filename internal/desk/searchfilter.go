package desk

import (
	"context"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/search"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// noSuch is a value of a filter that nothing on the desk goes by.
type noSuch struct{ filter, value string }

// someNames is how many applications or people the beginning of a name may stand for.
const someNames = 20

// narrow finds what the values of filters mean. A name that nothing has exactly stands for all whose name has a word that
// begins so.
func (d *Desk) narrow(ctx context.Context, r store.Read, caller Caller, f search.Filters) (n store.Narrow, missing *noSuch, err error) {
	n = store.Narrow{Tags: f.Tags, Signatures: f.Signatures, Burning: f.Burning, Unassigned: f.Unassigned, Before: f.Before, After: f.After}
	for _, name := range f.Applications {
		ids, err := applicationsCalled(ctx, r, name)
		if err != nil {
			return n, nil, err
		}
		if len(ids) == 0 {
			return n, &noSuch{"app", name}, nil
		}
		n.Applications = append(n.Applications, ids...)
	}
	people := func(filter string, names []string, into *[]id.ID) error {
		for _, name := range names {
			switch {
			case name == "me":
				*into = append(*into, caller.Person.ID)
				continue
			case name == "none" && filter == "assignee":
				n.Unassigned = true
				continue
			}
			ids, err := peopleCalled(ctx, r, name)
			if err != nil {
				return err
			}
			if len(ids) == 0 {
				missing = &noSuch{filter, name}
				return nil
			}
			*into = append(*into, ids...)
		}
		return nil
	}
	if err := people("from", f.From, &n.Requesters); err != nil || missing != nil {
		return n, missing, err
	}
	if err := people("assignee", f.Assignees, &n.Assignees); err != nil || missing != nil {
		return n, missing, err
	}
	if f.Mine {
		n.Assignees = append(n.Assignees, caller.Person.ID)
	}
	for _, s := range f.States {
		switch s {
		case "open":
			n.Status = append(n.Status, ticket.New, ticket.Open, ticket.OnHold)
		case "waiting":
			n.Status = append(n.Status, ticket.OnHold)
		case "resolved":
			n.Status = append(n.Status, ticket.Resolved)
		case "closed":
			n.Status = append(n.Status, ticket.Closed, ticket.Cancelled, ticket.Merged)
		}
	}
	for _, x := range f.Fires {
		n.Fire = append(n.Fire, urgency.Fire(x))
	}
	return n, nil, nil
}

func applicationsCalled(ctx context.Context, r store.Read, name string) (ids []id.ID, err error) {
	a, err := r.FindApplication(ctx, name)
	if err == nil {
		return []id.ID{a.ID}, nil
	} else if !fault.Is(err, fault.CodeNotFound) {
		return nil, err
	}
	apps, _, err := r.Applications(ctx, store.ApplicationFilter{Text: name, Limit: someNames})
	for _, a := range apps {
		if wordBegins(a.Name, name) || wordBegins(a.Slug, name) {
			ids = append(ids, a.ID)
		}
	}
	return ids, err
}

func peopleCalled(ctx context.Context, r store.Read, name string) (ids []id.ID, err error) {
	p, err := r.FindPerson(ctx, name)
	if err == nil {
		return []id.ID{p.ID}, nil
	} else if !fault.Is(err, fault.CodeNotFound) {
		return nil, err
	}
	people, _, err := r.People(ctx, store.PersonFilter{Q: name, Limit: someNames})
	for _, p := range people {
		ids = append(ids, p.ID)
	}
	return ids, err
}

// narrowed gives matching documents on tickets that fit, best first; without words the newest tickets that fit.
func (d *Desk) narrowed(ctx context.Context, r store.Read, req search.Request, n store.Narrow) ([]store.Hit, error) {
	if req.Words != "" {
		q, err := search.ParseQuery(req.Words, false)
		if err != nil {
			return nil, err
		}
		hits, _, err := r.SearchNarrowed(ctx, q, n)
		return d.ranked(q, hits), err
	}
	numbers, _, err := r.NarrowedTickets(ctx, n, MaxPage)
	hits := make([]store.Hit, len(numbers))
	for i, number := range numbers {
		hits[i].Ticket = number
	}
	return hits, err
}
