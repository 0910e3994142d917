package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"firebreak/internal/catalog"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
)

// size is how large a desk is made.
type size struct {
	tickets, entries          int
	agents, teams, requesters int
	clients, applications     int
}

func sizeOf(tickets, entries int) size {
	return size{tickets: tickets, entries: entries, agents: 200, teams: 20, requesters: max(500, min(50_000, tickets/20)), clients: 100, applications: 300}
}

// cast is who and what the tickets are about.
type cast struct {
	agents, requesters, clients, teams []id.ID
	clientOf                           []id.ID // of a requester
	apps                               []catalog.Application
	names                              []string // of agents
}

// addCast adds people, teams, clients, applications and business events by the store's own methods.
func addCast(ctx context.Context, s *store.Store, z size, seed uint64) (*cast, error) {
	r := rand.New(rand.NewPCG(seed, 0xca57))
	c := &cast{}
	err := s.Write(ctx, func(tx *store.Tx) error {
		for i := range z.clients {
			v := person.Client{Name: fmt.Sprintf("Client %03d", i), Domain: fmt.Sprintf("client%03d.example", i)}
			if err := tx.AddClient(ctx, &v); err != nil {
				return err
			}
			c.clients = append(c.clients, v.ID)
		}
		for i := range z.agents {
			p := person.Person{Name: fmt.Sprintf("Agent %03d", i), Email: fmt.Sprintf("agent%03d@desk.example", i), Role: person.Agent}
			if i%20 == 0 {
				p.Role = person.Lead
			}
			if err := tx.AddPerson(ctx, &p); err != nil {
				return err
			}
			c.agents, c.names = append(c.agents, p.ID), append(c.names, p.Name)
		}
		for i := range z.teams {
			t := person.Team{Name: fmt.Sprintf("Team %02d", i)}
			if err := tx.AddTeam(ctx, &t); err != nil {
				return err
			}
			c.teams = append(c.teams, t.ID)
			var members []id.ID
			for j := i; j < z.agents; j += z.teams {
				members = append(members, c.agents[j])
			}
			if err := tx.SetMembers(ctx, t.ID, members); err != nil {
				return err
			}
		}
		for i := range z.applications {
			a := catalog.Application{Slug: fmt.Sprintf("app-%03d", i), Name: fmt.Sprintf("Application %03d", i), Description: "Made for measuring.",
				TeamID: c.teams[i%z.teams], PrimaryID: c.agents[i%z.agents], SecondaryID: c.agents[(i*7+3)%z.agents]}
			if err := tx.AddApplication(ctx, &a); err != nil {
				return err
			}
			c.apps = append(c.apps, a)
			if i%5 == 0 {
				e := catalog.Event{ApplicationID: a.ID, Name: "Billing run", Rule: "monthly 1 06:00", Zone: "Europe/Paris", Consequence: "Invoices leave late."}
				if err := tx.PutEvent(ctx, &e); err != nil {
					return err
				}
			}
		}
		return nil
	})
	for from := 0; err == nil && from < z.requesters; from += 5000 {
		err = s.Write(ctx, func(tx *store.Tx) error {
			for i := from; i < min(from+5000, z.requesters); i++ {
				client := r.IntN(z.clients)
				p := person.Person{Name: fmt.Sprintf("Requester %05d", i), Email: fmt.Sprintf("r%05d@client%03d.example", i, client), Role: person.Requester, ClientID: c.clients[client], CreatedAt: tx.Now.Add(-4 * 365 * 24 * time.Hour)}
				if err := tx.AddPerson(ctx, &p); err != nil {
					return err
				}
				c.requesters, c.clientOf = append(c.requesters, p.ID), append(c.clientOf, p.ClientID)
			}
			return nil
		})
	}
	return c, err
}
