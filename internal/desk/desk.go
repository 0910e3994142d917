// Package desk is what Firebreak does: one function per use case, each owning permission, transaction,
// history, later work and the notice that something changed. Pages, API, command line, mail and
// jobs call the same functions.
package desk

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/live"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/urgency"
)

// Desk runs the use cases on one store.
type Desk struct {
	store *store.Store
	hub   *live.Hub
	queue Queue
	log   *slog.Logger
	// Resolver asks DNS for address checks; nil where that is not possible.
	Resolver Resolver
	// Web searches outside where the desk is allowed to search itself; nil where that is not possible.
	Web WebSearch
	// MaxUpload is the largest file taken, in bytes.
	MaxUpload int64

	access *access
	// heavy lets only so many pictures and recordings be unpacked at once; each may take a few hundred megabytes.
	heavy     chan struct{}
	indexes   indexCache
	known     knownMemory
	spelling  wordMemory
	lookupOwn ownMemory
	finders   finderMemory
	marks     marksMemory
	unread    chan struct{} // see PrivacyWake

	similarIndex similarIndex
	mirrorIndex  indexMemory

	counts   countMemory
	effortMu sync.Mutex
	efforts  map[any]learned // by signature or id of an application
}

// learned is the expected effort for an error or an application, if there was enough to learn from, and when it was learned.
type learned struct {
	effort urgency.Effort
	ok     bool
	at     time.Time
}

// New makes a desk. queue may be nil where no jobs run; the sweep then does all later work.
func New(s *store.Store, hub *live.Hub, queue Queue, log *slog.Logger) *Desk {
	d := &Desk{store: s, hub: hub, queue: queue, log: log, MaxUpload: 2 << 30, efforts: map[any]learned{}, access: newAccess(), heavy: make(chan struct{}, 2), unread: make(chan struct{}, 1)}
	d.similarIndex.wake = make(chan struct{}, 1)
	return d
}

// Hub is where changes are announced.
func (d *Desk) Hub() *live.Hub { return d.hub }

// Now is the desk's instant.
func (d *Desk) Now() time.Time { return d.store.Now() }

// Store is the desk's store, for operations (doctor, backup) and tests.
func (d *Desk) Store() *store.Store { return d.store }

// Queue takes work for later. Enqueue is part of the transaction: the job exists exactly if it commits.
type Queue interface {
	Enqueue(ctx context.Context, tx *store.Tx, job Job) error
}

// Job is work for later. Every kind is also found by a sweep, so a lost job is late, never lost.
type Job struct {
	Kind   JobKind
	Ticket int64
	Entry  id.ID
	At     time.Time
}

// JobKind names what a job does.
type JobKind string

const (
	// JobClock acts on a ticket whose due time has come (turn, warn, wake).
	JobClock JobKind = "clock"
	// JobSend lets a held reply out.
	JobSend JobKind = "send"
)

// enqueue hands a job to the queue; without one the sweep finds the work.
func (d *Desk) enqueue(ctx context.Context, tx *store.Tx, j Job) error {
	if d.queue == nil {
		return nil
	}
	return fault.Wrap("enqueue "+string(j.Kind), d.queue.Enqueue(ctx, tx, j))
}

// Caller is on whose behalf a use case runs.
type Caller struct {
	Person person.Person
	Via    string // page, portal, api, cli, job, rule, import
	Rule   string // the clock or rule acting, when no person does
	// Session is the secret of the browser session, empty for tokens.
	Session string
	system  bool
	reveal  bool   // see Revealing
	why     string // what originals are asked for
}

type callerKey struct{}

// WithCaller puts the caller into ctx.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// AsSystem is a context in which the desk itself acts, through rule. Jobs and local administration use it.
func AsSystem(ctx context.Context, via, rule string) context.Context {
	return WithCaller(ctx, Caller{Person: person.Person{Role: person.Admin}, Via: via, Rule: rule, system: true})
}

// CallerOf gives the caller; the zero Caller when nobody is signed in.
func CallerOf(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}

// Signed reports whether somebody is signed in or the desk itself acts.
func (c Caller) Signed() bool { return c.system || c.Person.ID != 0 }

// May reports whether the caller has a permission.
func (c Caller) May(p person.Permission) bool {
	return p == person.Public || c.Signed() && c.Person.Role.May(p)
}

// acts names permissions as acts, for the sentence of a refusal.
var acts = map[person.Permission]string{
	person.OpenTicket: "open tickets", person.SeeOwn: "see this", person.SeeTickets: "see the desk's tickets",
	person.WorkTickets: "work on tickets", person.SeeReports: "see reports", person.SeeCatalog: "see the catalogue",
	person.EditCatalog: "change the catalogue", person.SeePeople: "see people", person.EditClients: "change requesters and clients", person.EditPeople: "change people",
	person.EditSettings: "change settings", person.MoveData: "import or export", person.SeePrivate: "see the originals of private data",
	person.AllowWords: "allow words to leave for ever", person.ApproveLookups: "decide about the look-ups of others",
}

// may is the first line of every use case.
func may(ctx context.Context, p person.Permission) (Caller, error) {
	c := CallerOf(ctx)
	if p != person.Public && !c.Signed() {
		return c, &fault.Fault{Code: fault.CodeUnauthenticated, Message: "You are not signed in.", Hint: "Sign in, or send an API token as «Authorization: Bearer TOKEN»."}
	}
	if !c.May(p) {
		return c, fault.Forbidden(acts[p])
	}
	return c, nil
}

// Allow reports whether the caller in ctx has a permission: nil, unauthenticated or forbidden. Routes ask it
// before they read a request; every use case asks again.
func Allow(ctx context.Context, p person.Permission) error {
	_, err := may(ctx, p)
	return err
}
