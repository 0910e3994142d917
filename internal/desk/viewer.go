package desk

import (
	"context"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

const (
	// viewerGone is how long after the last sign of life somebody still counts as looking at a ticket.
	viewerGone = 45 * time.Second
	// viewerRenew is how seldom a sign of life is written down while nothing changes.
	viewerRenew = 20 * time.Second
)

// Viewing is the sign of life of somebody who has the ticket open, every 15 seconds or so; composing is reply or
// note while they write one. It marks the ticket as seen and gives the others who are there. Open pages
// hear of it only when somebody comes, goes, or starts or stops writing.
func (d *Desk) Viewing(ctx context.Context, number int64, composing ticket.Kind) ([]ticket.Viewer, error) {
	caller, err := may(ctx, person.SeeTickets)
	if err != nil {
		return nil, err
	}
	if composing != "" && composing != ticket.Reply && composing != ticket.Note {
		return nil, fault.Invalid("composing", "Nobody can be writing a "+string(composing)+".", "Use reply, note, or leave it empty.")
	}
	r, now, me := d.store.Read(), d.store.Now(), caller.Person.ID
	version, err := r.TicketVersion(ctx, number)
	if err != nil || me == 0 {
		return nil, err
	}
	all, err := r.Viewers(ctx, number, time.Time{})
	if err != nil {
		return nil, err
	}
	seen, err := r.Seen(ctx, me, []int64{number})
	if err != nil {
		return nil, err
	}
	var others []ticket.Viewer
	fresh, came, left := false, true, false
	for _, v := range all {
		gone := !v.SeenAt.After(now.Add(-viewerGone))
		switch {
		case v.PersonID == me:
			came = gone || v.Composing != composing
			fresh = !came && v.SeenAt.After(now.Add(-viewerRenew))
		case gone:
			left = true
		default:
			others = append(others, v)
		}
	}
	if fresh && !left && seen[number] == version {
		return others, nil
	}
	return others, d.store.Write(ctx, func(tx *store.Tx) error {
		if left {
			if _, err := tx.DropViewers(ctx, number, now.Add(-viewerGone)); err != nil {
				return err
			}
		}
		if seen[number] != version {
			if err := tx.SetSeen(ctx, me, number, version); err != nil {
				return err
			}
		}
		if err := tx.SetViewer(ctx, number, me, composing); err != nil {
			return err
		}
		if came || left {
			tx.After(func() { d.hub.Publish(TicketTopic(number)) })
		}
		return nil
	})
}

// Viewers gives the others who have the ticket open at the moment.
func (d *Desk) Viewers(ctx context.Context, number int64) ([]ticket.Viewer, error) {
	caller, err := may(ctx, person.SeeTickets)
	if err != nil {
		return nil, err
	}
	all, err := d.store.Read().Viewers(ctx, number, d.store.Now().Add(-viewerGone))
	var others []ticket.Viewer
	for _, v := range all {
		if v.PersonID != caller.Person.ID {
			others = append(others, v)
		}
	}
	return others, err
}

// LeaveTicket takes the caller off the people who have the ticket open.
func (d *Desk) LeaveTicket(ctx context.Context, number int64) error {
	caller, err := may(ctx, person.SeeTickets)
	if err != nil {
		return err
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		was, err := tx.DropViewer(ctx, number, caller.Person.ID)
		if was {
			tx.After(func() { d.hub.Publish(TicketTopic(number)) })
		}
		return err
	})
}
