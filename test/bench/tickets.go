package main

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/search"
	"firebreak/internal/signature"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

const (
	batchSize = 1000
	span      = 3 * 365 * 24 * time.Hour // the tickets are spread over so long, up to now
	node      = id.MaxNode               // of the ids made here; a serving node never has it on a fresh desk
)

// table is rows to be put into one table.
type table struct {
	name    string
	columns []string
	rows    [][]any
}

// batch is what is loaded in one transaction, in the order of its references. The documents come in the order of
// their ids, because the full-text index of SQLite is slow otherwise.
type batch struct {
	tables  []table
	tickets int
	entries int
}

// maker makes batches; each depends on the seed and its own number alone, so that they can be made side by side.
type maker struct {
	z      size
	seed   uint64
	now    time.Time
	v      *vocabulary
	c      *cast
	vector bool // documents as tsvector instead of text
}

var (
	entryColumns    = strings.Fields("id ticket kind public author_id from_staff title body data created_at")
	eventColumns    = strings.Fields("id ticket at actor_id via field old new")
	tagColumns      = strings.Fields("tag ticket")
	errorColumns, _ = store.SignatureRows(0, 0, nil, time.Time{})
	docColumns      = strings.Fields("id ticket entry_id")
	vecColumns      = strings.Fields("id ticket entry_id terms")
	ftsColumns      = strings.Fields("rowid title body parts acl")
)

func (m *maker) batch(n int) batch {
	r := rand.New(rand.NewPCG(m.seed, uint64(n)))
	p := &prose{v: m.v, r: r}
	var tickets, tags, entries, events, docs, fts, errors table
	errors.name, errors.columns = "ticket_signature", errorColumns
	tickets.name, tags.name, entries.name, events.name, docs.name, fts.name = "ticket", "ticket_tag", "entry", "history", "doc", "doc_fts"
	tags.columns, entries.columns, events.columns, docs.columns, fts.columns = tagColumns, entryColumns, eventColumns, docColumns, ftsColumns
	if m.vector {
		docs.columns = vecColumns
	}
	from := n * batchSize
	to := min(from+batchSize, m.z.tickets)
	step := span / time.Duration(m.z.tickets)
	for i := from; i < to; i++ {
		t := m.ticket(p, i, m.now.Add(-span+step*time.Duration(i)).Truncate(time.Millisecond))
		base := id.First(t.CreatedAt) | node<<12
		doc := func(rowid, entry id.ID, title, body string, public bool) {
			if m.vector {
				docs.rows = append(docs.rows, []any{rowid, t.Number, entry, store.SearchVector(rowid, title, body, t.RequesterID, public)})
				return
			}
			x, b := search.Index(title), search.Index(body)
			acl := ""
			if public {
				acl = "public r" + t.RequesterID.String()
			}
			docs.rows = append(docs.rows, []any{rowid, t.Number, entry})
			main, parts := search.FTSText(b)
			head, more := search.FTSText(x)
			if more != "" {
				parts += " " + more
			}
			fts.rows = append(fts.rows, []any{rowid, head, main, parts, acl})
		}
		doc(base, 0, t.Subject, t.Body, true)
		sign := func(entry id.ID, text string, at time.Time) {
			_, rows := store.SignatureRows(t.Number, entry, signature.Of(text), at)
			errors.rows = append(errors.rows, rows...)
		}
		sign(0, t.Subject+"\n"+t.Body, t.CreatedAt)
		seq := base
		next := func() id.ID { seq++; return seq }
		event := func(at time.Time, who id.ID, field, old, new string) {
			events.rows = append(events.rows, []any{next(), t.Number, at.UnixMilli(), null(who), "page", field, old, new})
		}
		event(t.CreatedAt, t.RequesterID, "opened", "", string(t.Fire))
		at := t.CreatedAt
		for range entryCount(r, m.z) {
			e, public := m.entry(p, &t, next())
			at = at.Add(time.Duration(1+r.IntN(300)) * time.Minute)
			if at.After(m.now) {
				at = m.now
			}
			if e.FromStaff && t.FirstReplyAt.IsZero() {
				t.FirstReplyAt = at
			}
			entries.rows = append(entries.rows, []any{e.ID, t.Number, string(e.Kind), e.Public, e.AuthorID, e.FromStaff, e.Title, e.Body, e.Data, at.UnixMilli()})
			doc(e.ID, e.ID, e.Title, e.Body, public)
			sign(e.ID, e.Body, at)
		}
		t.UpdatedAt = at
		if t.AssigneeID != 0 {
			event(t.CreatedAt.Add(time.Minute), t.AssigneeID, "assignee", "", t.Assignee)
		}
		if t.Status != ticket.New {
			event(at, t.AssigneeID, "status", "new", string(t.Status))
		}
		if !t.Status.Active() {
			t.ResolvedAt = at.Add(time.Duration(r.IntN(600)) * time.Minute)
			if t.ResolvedAt.After(m.now) {
				t.ResolvedAt = m.now
			}
			t.UpdatedAt = t.ResolvedAt
			if t.Status != ticket.Resolved {
				t.ClosedAt = t.ResolvedAt
			}
			if t.Status == ticket.Cancelled || t.Status == ticket.Merged {
				t.ResolvedAt = time.Time{}
			}
		}
		t.Version = int64(1 + len(t.Tags))
		columns, row := store.TicketRow(&t)
		tickets.columns = columns
		tickets.rows = append(tickets.rows, row)
		for _, tag := range t.Tags {
			tags.rows = append(tags.rows, []any{tag, t.Number})
		}
	}
	b := batch{tables: []table{tickets, tags, entries, events, docs, errors}, tickets: len(tickets.rows), entries: len(entries.rows)}
	if !m.vector {
		b.tables = append(b.tables, fts)
	}
	return b
}

func null(i id.ID) any {
	if i == 0 {
		return nil
	}
	return int64(i)
}

// entryCount is 3.2 on average, with a few long tickets, or in that proportion to what was asked for.
func entryCount(r *rand.Rand, z size) int {
	n := [...]int{0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 5, 5, 6, 3, 8}[r.IntN(20)]
	if r.IntN(60) == 0 {
		n += r.IntN(30)
	}
	if z.entries != 3*z.tickets {
		n = int(float64(n)*float64(z.entries)/float64(3*z.tickets) + r.Float64())
	}
	return n
}

func (m *maker) ticket(p *prose, i int, created time.Time) ticket.Ticket {
	r := p.r
	app := m.c.apps[min(r.IntN(len(m.c.apps)), r.IntN(len(m.c.apps)))]
	who := r.IntN(len(m.c.requesters))
	t := ticket.Ticket{Number: int64(i + 1), Level: ticket.Levels[min(r.IntN(4), r.IntN(4))], Channel: []string{"portal", "mail", "page", "api"}[r.IntN(4)],
		ApplicationID: app.ID, TeamID: app.TeamID, RequesterID: m.c.requesters[who], ClientID: m.c.clientOf[who], CreatedAt: created}
	var inBody []string
	inTitle := ""
	for k, w := range rareMarkers {
		if i%1000 == 7+13*k {
			inBody = append(inBody, w)
		}
	}
	for k, w := range commonMarkers {
		if i%5 == k {
			inBody = append(inBody, w)
			if i%500 == k {
				inTitle = w
			}
		}
	}
	t.Subject = p.title(inTitle)
	t.Body = p.text(380+r.IntN(300), inBody...)
	for range r.IntN(4) {
		t.Tags = append(t.Tags, p.v.words[60+min(r.IntN(400), r.IntN(400))])
	}
	slices.Sort(t.Tags)
	t.Tags = slices.Compact(t.Tags)

	active := i >= m.z.tickets-m.z.tickets*15/1000 || r.IntN(200) == 0
	agent := r.IntN(len(m.c.agents))
	if !active || r.IntN(5) > 0 {
		t.AssigneeID, t.Assignee = m.c.agents[agent], m.c.names[agent]
	}
	judgedAt := created
	switch k := r.IntN(100); {
	case active && k < 15:
		t.Status = ticket.New
	case active && k < 70:
		t.Status = ticket.Open
	case active:
		t.Status, t.WaitingOn = ticket.OnHold, ticket.OnRequester
	case k < 5:
		t.Status, t.Resolution = ticket.Resolved, "Restarted the batch after the lock was gone."
	case k < 97:
		t.Status, t.Resolution = ticket.Closed, "Fixed by the night release."
	case k < 99:
		t.Status = ticket.Cancelled
	default:
		t.Status, t.MergedInto = ticket.Merged, max(1, t.Number-1-int64(r.IntN(50)))
	}
	if active {
		judgedAt = m.now
	}
	t.Stakes = []urgency.Stakes{"", urgency.Person, urgency.Person, urgency.Team, urgency.Team, urgency.Client, urgency.Company}[r.IntN(7)]
	t.Work = r.IntN(3) == 0
	if r.IntN(4) == 0 {
		t.Deadline = ticket.Deadline{At: judgedAt.Add(time.Duration(24+r.IntN(700)) * time.Hour).Truncate(time.Minute), Reason: "The client asked for it.", SaidBy: "Client lead"}
		if r.IntN(2) == 0 {
			t.Deadline.Consequence = "The invoices leave late."
		}
		if !active && r.IntN(2) == 0 {
			t.Deadline.Real = new(r.IntN(3) == 0)
			t.Deadline.JudgedAt = t.Deadline.At
		}
	}
	t.Spread = r.IntN(60) == 0
	s := urgency.DefaultSettings()
	t.SetVerdict(urgency.Judge(judgedAt, t.Answers(), nil, urgency.Effort{P80: s.DefaultEffort, Source: urgency.SourceDefault}, s))
	return t
}

func (m *maker) entry(p *prose, t *ticket.Ticket, i id.ID) (e ticket.Entry, public bool) {
	r := p.r
	agent := m.c.agents[r.IntN(len(m.c.agents))]
	if t.AssigneeID != 0 && r.IntN(3) > 0 {
		agent = t.AssigneeID
	}
	e = ticket.Entry{ID: i, AuthorID: agent, FromStaff: true}
	switch k := r.IntN(100); {
	case k < 25:
		e.Kind, e.Public, e.FromStaff, e.AuthorID = ticket.Reply, true, false, t.RequesterID
	case k < 55:
		e.Kind, e.Public = ticket.Reply, true
	case k < 82:
		e.Kind = ticket.Note
	case k < 90:
		e.Kind, e.Title = ticket.SQL, "SELECT id, state FROM "+p.word()+" WHERE batch = 4711"
	case k < 94:
		e.Kind, e.Title = ticket.Terminal, "Session on "+p.word()+"-db-01"
	case k < 97:
		e.Kind, e.Title = ticket.Log, p.word()+".log"
	case k < 99:
		e.Kind, e.Title = ticket.Screenshot, "screen.png"
	default:
		e.Kind, e.Title = ticket.File, p.word()+".csv"
	}
	e.Body = p.text(90 + r.IntN(200))
	return e, e.Public
}
