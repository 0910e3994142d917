package desk

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"firebreak/internal/catalog"
	"firebreak/internal/estate"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// Resolver asks name servers for the addresses of a name.
type Resolver interface {
	// Resolve gives what DNS answers now. A name that does not exist, and a server that does not answer, are answers too.
	Resolve(ctx context.Context, name string) estate.Answer
}

// maxPasted is how much of what a machine said is read, in bytes.
const maxPasted = 256 << 10

// resolveTimeout is how long a name server has to answer.
const resolveTimeout = 5 * time.Second

// AddressCheck is what an address check is given.
type AddressCheck struct {
	AskDNS bool   `json:"ask_dns,omitempty" doc:"ask the desk's own name server for the name now"`
	Caller string `json:"caller,omitempty" doc:"pasted from the machine of the calling application: getent, nslookup, dig, host, ping, ss, netstat, Resolve-DnsName, an error message"`
	Callee string `json:"callee,omitempty" doc:"pasted from the machine of the called application: hostname -I, ip addr, ipconfig"`
	Ticket int64  `json:"ticket,omitempty" doc:"keep the result on this ticket as a private note"`
}

// AddressVerdict is the outcome of an address check.
type AddressVerdict struct {
	estate.Verdict
	Interface estate.Interface `json:"interface"`
	DNS       *estate.Answer   `json:"dns,omitempty"`
	CheckedAt time.Time        `json:"checked_at"`
	Entry     id.ID            `json:"entry,omitzero" doc:"the note on the ticket, where it was kept"`
	// Unread says which pasted texts had nothing to read in them.
	Unread []string `json:"unread,omitempty"`
}

// CheckAddress compares the addresses that the desk, DNS and both sides of an interface hold, and says in one sentence
// which side holds a stale one and what to do.
func (d *Desk) CheckAddress(ctx context.Context, which id.ID, in AddressCheck) (AddressVerdict, error) {
	var out AddressVerdict
	if _, err := may(ctx, person.WorkTickets); err != nil {
		return out, err
	}
	for _, p := range []struct{ field, text string }{{"caller", in.Caller}, {"callee", in.Callee}} {
		if len(p.text) > maxPasted {
			return out, fault.TooLarge(p.field, fmt.Sprintf("The text is larger than %d KiB.", maxPasted>>10), "Paste only what the commands say about the address.")
		}
	}
	r := d.store.Read()
	i, err := r.Interface(ctx, which)
	if err != nil {
		return out, err
	}
	f := estate.Facts{Interface: i, Caller: estate.ReadReport(in.Caller), Callee: estate.ReadReport(in.Callee)}
	for _, p := range []struct {
		side, text string
		report     estate.Report
	}{{i.From, in.Caller, f.Caller}, {i.To, in.Callee, f.Callee}} {
		if strings.TrimSpace(p.text) != "" && p.report.Empty() {
			out.Unread = append(out.Unread, "No address was found in what was pasted from "+p.side+".")
		}
	}
	to, err := d.application(ctx, r, i.ToID.String())
	if err != nil {
		return out, err
	}
	if len(f.Interface.Addresses) == 0 {
		f.Interface.Addresses = hostAddresses(to, i.Host)
	}
	if f.Former, err = d.formerAddresses(ctx, r, i); err != nil {
		return out, err
	}
	if in.AskDNS {
		a := d.askDNS(ctx, i)
		f.DNS, out.DNS = &a, &a
	}
	out.Verdict, out.Interface, out.CheckedAt = estate.Check(f), i, d.store.Now()
	if in.Ticket != 0 {
		e, err := d.Note(ctx, in.Ticket, out.note(in))
		if err != nil {
			return out, err
		}
		out.Entry = e.ID
	}
	return out, nil
}

// askDNS asks for the name of an interface.
func (d *Desk) askDNS(ctx context.Context, i estate.Interface) estate.Answer {
	a := estate.Answer{Name: i.Host, AskedAt: d.store.Now()}
	_, numeric := netip.ParseAddr(i.Host)
	switch {
	case i.Host == "" || numeric == nil:
		a.Failed = "the interface has no name to ask for"
	case d.Resolver == nil:
		a.Failed = "this desk cannot ask DNS"
	default:
		ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
		defer cancel()
		got := d.Resolver.Resolve(ctx, i.Host)
		got.Name, got.AskedAt = i.Host, a.AskedAt
		return got
	}
	return a
}

// hostAddresses gives the addresses of the host of an application that has a name.
func hostAddresses(a catalog.Application, name string) (out []string) {
	for _, e := range a.Environments {
		for _, h := range e.Hosts {
			if strings.EqualFold(h.Name, name) {
				list, _ := estate.ParseAddresses(h.Address)
				out = append(out, list...)
			}
		}
	}
	return out
}

// formerAddresses gives the addresses that the called application had before, by the records of its changes.
func (d *Desk) formerAddresses(ctx context.Context, r store.Read, i estate.Interface) (out []estate.Former, err error) {
	const most = 50
	changes, _, err := r.ChangeRecords(ctx, store.ChangeFilter{Applications: []id.ID{i.ToID}, Addresses: true, Limit: most})
	var now []string
	now = append(now, i.Addresses...)
	for _, c := range changes { // newest first
		if c.InterfaceID != 0 && c.InterfaceID != i.ID || c.Host != "" && i.Host != "" && !strings.EqualFold(c.Host, i.Host) {
			continue
		}
		fresh, _ := estate.ParseAddresses(c.New)
		now = append(now, fresh...)
		old, _ := estate.ParseAddresses(c.Old)
		for _, a := range old {
			if p, err := netip.ParseAddr(a); err == nil && !slices.Contains(now, a) {
				out = append(out, estate.Former{Address: p, Until: c.FromAt, What: c.Title})
			}
		}
	}
	return out, err
}

// note writes the verdict as a note, with what was pasted.
func (v AddressVerdict) note(in AddressCheck) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Address check of %s (%s)\n\n%s\n\n", v.Interface.Title(), v.Interface.Target(), v.Sentence)
	for _, r := range v.Rows {
		fmt.Fprintf(&b, "- %s %s: %s", r.Who, r.How, strings.Join(r.Addresses, ", "))
		if len(r.Stale) > 0 {
			fmt.Fprintf(&b, " (stale: %s)", strings.Join(r.Stale, ", "))
		}
		if r.Note != "" {
			fmt.Fprintf(&b, " — %s", r.Note)
		}
		b.WriteByte('\n')
	}
	for _, a := range v.Also {
		fmt.Fprintf(&b, "\n%s\n", a)
	}
	const shown = 8000
	for _, p := range []struct{ who, text string }{{v.Interface.From, in.Caller}, {v.Interface.To, in.Callee}} {
		if text := strings.TrimSpace(strings.ReplaceAll(p.text, "\r", "")); text != "" {
			if len(text) > shown {
				text = strings.ToValidUTF8(text[:shown], "") + "\n…"
			}
			fmt.Fprintf(&b, "\nFrom %s:\n\n```\n%s\n```\n", p.who, text)
		}
	}
	s := strings.ToValidUTF8(b.String(), "")
	return s[:min(len(s), ticket.MaxBody)]
}
