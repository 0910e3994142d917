package desk

import (
	"context"
	"strings"

	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// MaxCount is up to where a list is counted, and MaxBeside up to where the lists are that stand beside it on every page;
// more is shown as "1000+" and "200+", so that no page counts a whole table.
const (
	MaxCount  = 1000
	MaxBeside = 200
)

// InboxCounts are the numbers beside the views, each up to 200.
type InboxCounts struct {
	Mine       int `json:"me"`
	Team       int `json:"team"`
	Unassigned int `json:"unassigned"`
	Fires      int `json:"fires"`
	Wildfires  int `json:"wildfires"`
	Waiting    int `json:"waiting"`
}

// InboxCounts counts what is in the caller's views.
func (d *Desk) InboxCounts(ctx context.Context) (InboxCounts, error) {
	var n InboxCounts
	caller, err := may(ctx, person.SeeTickets)
	if err != nil {
		return n, err
	}
	r, me := d.store.Read(), caller.Person.ID
	counts, err := d.count(ctx, r, MaxBeside,
		store.TicketFilter{View: store.ViewMine, Viewer: me},
		store.TicketFilter{View: store.ViewTeam, Teams: teamsOf(caller)},
		store.TicketFilter{View: store.ViewUnassigned},
		store.TicketFilter{View: store.ViewFires},
		store.TicketFilter{View: store.ViewFires, Fire: []urgency.Fire{urgency.Wildfire}},
		store.TicketFilter{View: store.ViewWaiting})
	if err != nil {
		return n, err
	}
	return InboxCounts{counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]}, nil
}

func teamsOf(c Caller) []id.ID {
	var out []id.ID
	for _, t := range c.Person.Teams {
		out = append(out, t.ID)
	}
	return out
}

// InboxPage is a page of a list, in groups of the same fire.
type InboxPage struct {
	Groups []InboxGroup `json:"groups"`
	// Unread holds the tickets of the page that changed since the caller looked, or that they never saw.
	Unread map[int64]bool `json:"unread"`
	Next   string         `json:"next,omitempty"`
}

// InboxGroup is a run of tickets with the same fire; a list in order of number has one group without a fire.
type InboxGroup struct {
	Fire    urgency.Fire    `json:"fire,omitempty"`
	Title   string          `json:"title"`
	Count   int             `json:"count" doc:"tickets of this fire in the whole list, up to 1000; -1 when not counted"`
	Tickets []ticket.Ticket `json:"tickets"`
}

// groupTitles say what there is to do about a fire.
var groupTitles = map[urgency.Fire]string{urgency.Wildfire: "Burning now", urgency.HouseFire: "Can still catch", urgency.Match: "Matches"}

// Inbox gives a page of a list, grouped by fire.
func (d *Desk) Inbox(ctx context.Context, in ListTickets) (InboxPage, error) {
	caller, err := may(ctx, person.SeeTickets)
	if err != nil {
		return InboxPage{}, err
	}
	if in.View == "" && strings.TrimSpace(in.Q) == "" {
		in.View = store.ViewMine
	}
	in.Brief = caller.Via == "page" // programs get whole tickets
	page, err := d.Tickets(ctx, in)
	if err != nil {
		return InboxPage{}, err
	}
	out := InboxPage{Next: page.Next, Unread: map[int64]bool{}, Groups: []InboxGroup{}}
	r := d.store.Read()
	grouped := strings.TrimSpace(in.Q) == "" && (store.TicketFilter{View: in.View}).Burning()
	for _, t := range page.Items {
		last := len(out.Groups) - 1
		if last < 0 || grouped && out.Groups[last].Fire != t.Fire {
			g := InboxGroup{Title: "Tickets", Count: -1}
			if grouped {
				g.Fire, g.Title = t.Fire, groupTitles[t.Fire]
			} else if in.Q != "" {
				g.Title, g.Count = "Best matches", len(page.Items)
			}
			out.Groups = append(out.Groups, g)
			last++
		}
		out.Groups[last].Tickets = append(out.Groups[last].Tickets, t)
	}
	if grouped && plainView(in) && len(out.Groups) > 0 {
		// A view without further filters is counted on its index alone; a filtered one is not counted.
		f, _, err := d.filter(ctx, r, caller, in)
		if err != nil {
			return out, err
		}
		lists := make([]store.TicketFilter, len(out.Groups))
		for i, g := range out.Groups {
			lists[i] = f
			lists[i].Fire = []urgency.Fire{g.Fire}
		}
		counts, err := d.count(ctx, r, MaxCount, lists...)
		if err != nil {
			return out, err
		}
		for i, n := range counts {
			out.Groups[i].Count = n
		}
	}
	numbers := make([]int64, len(page.Items))
	for i, t := range page.Items {
		numbers[i] = t.Number
	}
	seen, err := r.Seen(ctx, caller.Person.ID, numbers)
	for _, t := range page.Items {
		if seen[t.Number] < t.Version {
			out.Unread[t.Number] = true
		}
	}
	return out, err
}

// plainView reports whether a list is a view and nothing more.
func plainView(in ListTickets) bool {
	return in.Q == "" && len(in.Status)+len(in.Fire) == 0 && in.Application+in.Assignee+in.Requester+in.Team+in.Tag == ""
}

// MarkSeen notes that the caller has seen a ticket as it is now. Looking again at what did not change writes nothing.
func (d *Desk) MarkSeen(ctx context.Context, number int64) error {
	caller, err := may(ctx, person.SeeTickets)
	if err != nil || caller.Person.ID == 0 {
		return err
	}
	r := d.store.Read()
	version, err := r.TicketVersion(ctx, number)
	if err != nil {
		return err
	}
	seen, err := r.Seen(ctx, caller.Person.ID, []int64{number})
	if err != nil || seen[number] == version {
		return err
	}
	return d.store.Write(ctx, func(tx *store.Tx) error { return tx.SetSeen(ctx, caller.Person.ID, number, version) })
}
