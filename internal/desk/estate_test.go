package desk

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"firebreak/internal/catalog"
	"firebreak/internal/estate"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/jil"
	"firebreak/internal/ticket"
)

// dns answers what a test says.
type dns map[string]estate.Answer

func (d dns) Resolve(_ context.Context, name string) estate.Answer { return d[name] }

// twoApplications is Orders, which calls Stock.
func twoApplications(t *testing.T, d catalogDesk) (orders, stock catalog.Application, i estate.Interface, host catalog.Host) {
	t.Helper()
	stock = ok[catalog.Application](t)(d.AddApplication(d.lead, AddApplication{Name: "Stock"}))
	orders = ok[catalog.Application](t)(d.AddApplication(d.lead, AddApplication{Name: "Orders"}))
	env := ok[catalog.Environment](t)(d.AddEnvironment(d.lead, "stock", EnvironmentFields{Name: new("Production")}))
	host = ok[catalog.Host](t)(d.AddHost(d.lead, "stock", env.ID, HostFields{Name: new("stock01.example"), Address: new("10.4.1.7")}))
	i = ok[estate.Interface](t)(d.AddInterface(d.lead, InterfaceFields{From: new("orders"), To: new("Stock"), Name: new("Stock lookup"), Host: new("stock01.example"), Port: new(8443), Between: new("jvm,pool")}))
	return
}

func TestMovedServerIsFoundByComparingAddresses(t *testing.T) {
	eachCatalog(t, func(t *testing.T, d catalogDesk) {
		_, stock, i, host := twoApplications(t, d)
		d.Resolver = dns{"stock01.example": {Addresses: []netip.Addr{netip.MustParseAddr("10.4.2.19")}}}
		tk := ok[ticket.Ticket](t)(d.OpenTicket(d.agent, OpenTicket{Subject: "Orders cannot reach Stock", Application: "orders"}))
		d.clock.Advance(time.Hour)
		// The server moves: the catalogue is told, and the change shows who depends on it.
		ok[catalog.Host](t)(d.UpdateHost(d.lead, "stock", host.ID, HostFields{Address: new("10.4.2.19")}))
		near := ok[[]estate.Change](t)(d.ChangesNear(d.agent, "orders", d.clock.Now().Add(-24*time.Hour)))
		if len(near) != 1 || near[0].Old != "10.4.1.7" || near[0].New != "10.4.2.19" || near[0].Near != "called by it" || near[0].Application != "Stock" || near[0].Kind != "address" {
			t.Fatalf("changes near orders: %+v", near)
		}
		c := ok[Recorded](t)(d.Change(d.agent, near[0].ID))
		if len(c.Dependents) != 1 || c.Dependents[0].Name != "Orders" {
			t.Errorf("depends on it: %+v", c.Dependents)
		}
		v := ok[AddressVerdict](t)(d.CheckAddress(d.agent, i.ID, AddressCheck{AskDNS: true, Ticket: tk.Number,
			Caller: "$ getent hosts stock01.example\n10.4.2.19 stock01.example\n$ ss -tn\nSYN-SENT 0 1 10.4.3.30:48122 10.4.1.7:8443\n"}))
		want := "Orders holds a stale address: it connects to 10.4.1.7 while its machine already resolves 10.4.2.19 for stock01.example; restart its connection pool."
		if v.Sentence != want || v.Side != estate.Caller || v.Act != estate.RestartPool {
			t.Errorf("%s %s: %s", v.Side, v.Act, v.Sentence)
		}
		tl := ok[Timeline](t)(d.Timeline(d.agent, tk.Number, 0))
		kept := false
		for _, item := range tl.Items {
			kept = kept || item.Entry != nil && item.Entry.ID == v.Entry && item.Entry.Kind == ticket.Note && !item.Entry.Public && strings.Contains(item.Entry.Body, want) && strings.Contains(item.Entry.Body, "SYN-SENT")
		}
		if !kept {
			t.Error("the check is not on the ticket")
		}
		// Without DNS the record of the move alone tells.
		v = ok[AddressVerdict](t)(d.CheckAddress(d.agent, i.ID, AddressCheck{Caller: "ESTAB 0 0 10.4.3.30:48122 10.4.1.7:8443\n"}))
		if v.Side != estate.Caller || !strings.Contains(v.Sentence, "which Stock left on 30 Nov 2026") {
			t.Errorf("by the record: %s", v.Sentence)
		}
		if v := ok[AddressVerdict](t)(d.CheckAddress(d.agent, i.ID, AddressCheck{Caller: "good morning"})); len(v.Unread) != 1 || v.Side != estate.Unknown {
			t.Errorf("nothing to read: %+v", v)
		}
		a := ok[Around](t)(d.Around(d.agent, stock.Slug, ""))
		if len(a.CalledBy) != 1 || len(a.Calls) != 0 || len(a.Graph.Nodes) != 2 || len(a.Graph.Edges) != 1 || a.Graph.Nodes[0].Changes != 1 || len(a.Changes) != 1 {
			t.Errorf("around stock: %+v", a)
		}
		d.clock.Advance(8 * 24 * time.Hour)
		if near := ok[[]estate.Change](t)(d.ChangesNear(d.agent, "orders", d.clock.Now().Add(-recentChanges))); len(near) != 0 {
			t.Errorf("after eight days: %+v", near)
		}
	})
}

func TestChangesOfAPipeline(t *testing.T) {
	eachCatalog(t, func(t *testing.T, d catalogDesk) {
		twoApplications(t, d)
		begin := d.clock.Now()
		first := ok[Recorded](t)(d.AddChange(d.agent, AddChange{Application: "stock", Title: "Release 4.2", Key: "run-77", Reference: "CHG0042"}))
		if first.Updated || first.DoneBy != "Sam Ito" || !first.Planned || first.Kind != "deploy" || len(first.Dependents) != 1 {
			t.Errorf("first %+v", first)
		}
		d.clock.Advance(10 * time.Minute)
		second := ok[Recorded](t)(d.AddChange(d.agent, AddChange{Application: "stock", Title: "Release 4.2", Key: "run-77", To: d.clock.Now()}))
		if !second.Updated || second.ID != first.ID || !second.FromAt.Equal(begin) || !second.ToAt.Equal(begin.Add(10*time.Minute)) {
			t.Errorf("second %+v", second)
		}
		for field, in := range map[string]AddChange{
			"title": {Application: "stock"}, "application": {Title: "x"}, "kind": {Application: "stock", Title: "x", Kind: "magic"}, "to": {Application: "stock", Title: "x", From: begin, To: begin.Add(-time.Hour)},
			"from": {Application: "stock", Title: "x", From: begin.AddDate(9, 0, 0)}, "interface": {Application: "stock", Title: "x", Interface: 7},
		} {
			if _, err := d.AddChange(d.agent, in); fault.Of(err) == nil || fault.Of(err).Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		for n := range 5 {
			d.clock.Advance(time.Minute)
			ok[Recorded](t)(d.AddChange(d.lead, AddChange{Application: "orders", Title: fmt.Sprint("change ", n)}))
		}
		var seen []string
		for cursor := ""; ; {
			page := ok[ChangePage](t)(d.Changes(d.agent, ListChanges{Application: "stock", Near: true, Limit: 2, Cursor: cursor}))
			for _, c := range page.Items {
				seen = append(seen, c.Title)
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		if got := strings.Join(seen, ", "); got != "change 4, change 3, change 2, change 1, change 0, Release 4.2" {
			t.Errorf("pages: %s", got)
		}
		page := ok[ChangePage](t)(d.Changes(d.agent, ListChanges{Application: "orders"}))
		if _, err := d.RemoveChange(d.agent, page.Items[0].ID); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("an agent removes what a lead recorded: %v", err)
		}
		gone := ok[Removed](t)(d.RemoveChange(d.lead, page.Items[0].ID))
		ok[Undone](t)(d.Undo(d.lead, gone.Undo))
		if page := ok[ChangePage](t)(d.Changes(d.agent, ListChanges{Application: "orders"})); len(page.Items) != 5 {
			t.Errorf("after undo: %d", len(page.Items))
		}
	})
}

func TestInterfacesAndProducts(t *testing.T) {
	eachCatalog(t, func(t *testing.T, d catalogDesk) {
		_, _, i, _ := twoApplications(t, d)
		for field, in := range map[string]InterfaceFields{"from": {To: new("stock")}, "to": {From: new("orders"), To: new("orders")}, "addresses": {From: new("orders"), To: new("stock"), Addresses: new("stock01")},
			"between": {From: new("orders"), To: new("stock"), Between: new("magic")}, "port": {From: new("orders"), To: new("stock"), Port: new(70000)}, "host": {From: new("orders"), To: new("stock"), Host: new("https://x/")}} {
			if _, err := d.AddInterface(d.lead, in); fault.Of(err) == nil || fault.Of(err).Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := d.AddInterface(d.lead, InterfaceFields{From: new("orders"), To: new("stock"), Name: new("stock LOOKUP"), Host: new("stock01.example"), Port: new(8443)}); !fault.Is(err, fault.CodeConflict) {
			t.Errorf("a double: %v", err)
		}
		if _, err := d.AddInterface(d.agent, InterfaceFields{}); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("an agent: %v", err)
		}
		ok[estate.Interface](t)(d.UpdateInterface(d.lead, i.ID, InterfaceFields{Addresses: new("10.4.1.7")}))
		ok[estate.Interface](t)(d.UpdateInterface(d.lead, i.ID, InterfaceFields{Addresses: new("10.4.2.19, 2001:db8::19")}))
		page := ok[ChangePage](t)(d.Changes(d.agent, ListChanges{Interface: i.ID}))
		if len(page.Items) != 1 || page.Items[0].Old != "10.4.1.7" || page.Items[0].Application != "Stock" {
			t.Errorf("changes of the interface: %+v", page.Items)
		}
		gone := ok[Removed](t)(d.RemoveInterface(d.lead, i.ID))
		if _, err := d.Interface(d.agent, i.ID); !fault.Is(err, fault.CodeNotFound) {
			t.Errorf("removed: %v", err)
		}
		ok[Undone](t)(d.Undo(d.lead, gone.Undo))
		if back := ok[estate.Interface](t)(d.Interface(d.agent, i.ID)); len(back.Addresses) != 2 || len(back.Between) != 2 {
			t.Errorf("back: %+v", back)
		}
		ok[estate.Product](t)(d.PutProduct(d.lead, "stock", ProductFields{Name: "Tomcat", Version: "9.0.80", Host: "stock01.example"}))
		p := ok[estate.Product](t)(d.PutProduct(d.lead, "stock", ProductFields{Name: "tomcat", Version: "9.0.82", Host: "stock01.example"}))
		a := ok[Around](t)(d.Around(d.agent, "stock", ""))
		if len(a.Products) != 1 || a.Products[0].Version != "9.0.82" || a.Changes[0].Old != "9.0.80" {
			t.Errorf("products %+v, changes %+v", a.Products, a.Changes)
		}
		gone = ok[Removed](t)(d.RemoveProduct(d.lead, "stock", p.ID))
		ok[Undone](t)(d.Undo(d.lead, gone.Undo))
		if a := ok[Around](t)(d.Around(d.agent, "stock", "")); len(a.Products) != 1 {
			t.Errorf("product back: %+v", a.Products)
		}
		// An application that is merged hands its estate over.
		ok[catalog.Application](t)(d.AddApplication(d.lead, AddApplication{Name: "Ordres"}))
		ok[estate.Interface](t)(d.AddInterface(d.lead, InterfaceFields{From: new("ordres"), To: new("stock"), Name: new("Other")}))
		ok[estate.Interface](t)(d.AddInterface(d.lead, InterfaceFields{From: new("ordres"), To: new("stock"), Name: new("Stock lookup"), Host: new("stock01.example"), Port: new(8443)}))
		ok[Recorded](t)(d.AddChange(d.lead, AddChange{Application: "ordres", Title: "of the merged one"}))
		ok[catalog.Application](t)(d.MergeApplication(d.lead, "ordres", MergeApplication{Into: "orders", Name: "Ordres"}))
		if a := ok[Around](t)(d.Around(d.agent, "orders", "")); len(a.Calls) != 2 || a.Changes[0].Title != "of the merged one" {
			t.Errorf("after the merge: %+v", a.Calls)
		}
	})
}

func TestImportEstate(t *testing.T) {
	eachCatalog(t, func(t *testing.T, d catalogDesk) {
		load := func(text string, o EstateImport) EstateResult {
			t.Helper()
			return ok[EstateResult](t)(d.ImportEstate(d.lead, strings.NewReader(text), o))
		}
		hosts := "application,environment,host,address\nStock,Production,stock01.example,10.4.1.7\nOrders,Production,orders01.example,10.4.3.30\n"
		if r := load(hosts, EstateImport{}); len(r.Problems) != 2 || r.Problems[0].Line != 2 || r.Problems[0].Field != "application" {
			t.Errorf("unknown applications: %+v", r)
		}
		if r := load(hosts, EstateImport{Create: true, DryRun: true}); r.Refused() || r.Rows != (jil.Counts{Added: 2}) || len(r.Created) != 2 {
			t.Errorf("dry: %+v", r)
		}
		if _, err := d.Application(d.agent, "stock"); !fault.Is(err, fault.CodeNotFound) {
			t.Error("a dry run wrote")
		}
		if r := load(hosts, EstateImport{Create: true}); r.Rows != (jil.Counts{Added: 2}) || r.Table != "hosts" {
			t.Errorf("hosts: %+v", r)
		}
		d.clock.Advance(time.Minute)
		if r := load(hosts, EstateImport{}); r.Rows != (jil.Counts{Unchanged: 2}) {
			t.Errorf("again: %+v", r)
		}
		if r := load(strings.Replace(hosts, "10.4.1.7", "10.4.2.19", 1), EstateImport{}); r.Rows != (jil.Counts{Changed: 1, Unchanged: 1}) {
			t.Errorf("moved: %+v", r)
		}
		if p := ok[ChangePage](t)(d.Changes(d.agent, ListChanges{Application: "stock"})); len(p.Items) != 1 || p.Items[0].Old != "10.4.1.7" {
			t.Errorf("the move is a change: %+v", p.Items)
		}
		calls := "from;to;name;host;address;port;between\nOrders;Stock;Stock lookup;stock01.example;10.4.2.19;8443;jvm+pool\n"
		if r := load(calls, EstateImport{}); r.Rows != (jil.Counts{Added: 1}) || r.Table != "interfaces" {
			t.Errorf("interfaces: %+v", r)
		}
		if r := load(calls, EstateImport{}); r.Rows != (jil.Counts{Unchanged: 1}) {
			t.Errorf("interfaces again: %+v", r)
		}
		if r := load(calls+"Orders;Stock;stock LOOKUP;stock01.example;;8443;\n", EstateImport{}); len(r.Problems) != 1 || r.Problems[0].Line != 3 {
			t.Errorf("a double in the file: %+v", r)
		}
		if r := load("application,product,version,host\nStock,Tomcat,9.0.80,stock01.example\nStock,JDK,17,\nStock,X,,\n", EstateImport{}); len(r.Problems) != 1 || r.Problems[0].Line != 4 {
			t.Errorf("products: %+v", r)
		}
		if r := load("application,product,version,host\nStock,Tomcat,9.0.80,stock01.example\nStock,JDK,17,\n", EstateImport{}); r.Rows != (jil.Counts{Added: 2}) {
			t.Errorf("products: %+v", r)
		}
		if r := load("nothing;of;this\n", EstateImport{}); !r.Refused() {
			t.Errorf("other columns: %+v", r)
		}
		if _, err := d.ImportEstate(d.agent, strings.NewReader(hosts), EstateImport{}); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("an agent: %v", err)
		}
	})
}

const monthEnd = `/* month end */
insert_machine: prod01
type: a

insert_job: FIN_BOX   job_type: BOX
application: Ledger
date_conditions: 1
days_of_week: all
start_times: "01:00"

insert_job: FIN_EXTRACT   job_type: CMD
box_name: FIN_BOX
command: /apps/fin/extract.sh
machine: prod01
application: Ledger
condition: s(BILL_LOAD,12.00) & n(FIN_PURGE)

insert_job: BILL_LOAD   job_type: CMD
command: /apps/bill/load.sh
machine: prod01
group: BILLING

insert_job: FIN_PURGE   job_type: CMD
command: purge
machine: prod01
application: Ledger
`

func TestImportJIL(t *testing.T) {
	eachCatalog(t, func(t *testing.T, d catalogDesk) {
		ok[catalog.Application](t)(d.AddApplication(d.lead, AddApplication{Name: "Ledger"}))
		ok[catalog.Application](t)(d.AddApplication(d.lead, AddApplication{Name: "Billing"}))
		load := func(text string, o EstateImport) EstateResult {
			t.Helper()
			return ok[EstateResult](t)(d.ImportEstate(d.lead, strings.NewReader(text), o))
		}
		if r := load(monthEnd+"comand: x\nupsert_job: Y\n", EstateImport{}); len(r.Problems) != 2 || r.Problems[0].Line != 27 || r.Problems[1].Line != 28 || r.Format != "jil" {
			t.Errorf("problems: %+v", r.Problems)
		}
		if a := ok[Around](t)(d.Around(d.agent, "ledger", "")); len(a.Jobs) != 0 {
			t.Error("a refused file wrote something")
		}
		r := load(monthEnd, EstateImport{Map: map[string]string{"BILLING": "Billing"}, DryRun: true})
		if r.Refused() || r.Jobs != (jil.Counts{Added: 4}) {
			t.Errorf("dry: %+v", r)
		}
		r = load(monthEnd, EstateImport{})
		if r.Refused() || r.Jobs != (jil.Counts{Added: 4}) || r.Objects != (jil.Counts{Added: 1}) || r.Unmapped != 0 {
			t.Errorf("imported: %+v", r) // the group BILLING finds Billing, names fold case
		}
		if r := load(monthEnd, EstateImport{}); r.Jobs != (jil.Counts{Unchanged: 4}) || r.Objects != (jil.Counts{Unchanged: 1}) {
			t.Errorf("again: %+v", r)
		}
		a := ok[Around](t)(d.Around(d.agent, "ledger", ""))
		if len(a.Jobs) != 3 || len(a.Graph.Edges) != 1 || a.Graph.Edges[0].Jobs != 1 || a.Graph.Nodes[1].Name != "Billing" || a.Graph.Nodes[1].Step != 1 {
			t.Fatalf("around: %+v", a.Graph)
		}
		if j := a.Jobs[0]; j.Starts != "at 01:00 every day" || j.Type != "BOX" {
			t.Errorf("job %+v", j)
		}
		if j := a.Jobs[1]; len(j.Waits) != 2 || !j.Waits[0].Known || j.Box != "FIN_BOX" || !strings.Contains(j.Definition, "command: /apps/fin/extract.sh") {
			t.Errorf("job %+v", j)
		}
		if r := load("update_job: FIN_EXTRACT\nmachine: prod02\ndelete_job: FIN_PURGE\n", EstateImport{}); r.Jobs != (jil.Counts{Changed: 1, Removed: 1}) {
			t.Errorf("changed: %+v", r)
		}
		if r := load("update_job: NO_SUCH\nmachine: prod02\n", EstateImport{}); !r.Refused() || r.Problems[0].Line != 1 {
			t.Errorf("update of nothing: %+v", r)
		}
		text := ok[string](t)(d.SchedulerText(d.agent))
		f := jil.Parse(text)
		if len(f.Problems) > 0 || len(f.Statements) != 4 || !strings.Contains(text, "machine: prod02") {
			t.Errorf("written: %v\n%s", f.Problems, text)
		}
		if r := load("insert_job: STRAY\ncommand: x\nmachine: m\napplication: Nowhere\n", EstateImport{}); r.Unmapped != 1 || r.Names[0] != "Nowhere" {
			t.Errorf("unmapped: %+v", r)
		}
		if r := load("update_job: STRAY\nmachine: n\n", EstateImport{Map: map[string]string{"STR*": "billing"}}); r.Unmapped != 0 {
			t.Errorf("mapped by name: %+v", r)
		}
	})
}

// TestExportHoldsTheEstate moves a desk with an estate into an empty one.
func TestExportHoldsTheEstate(t *testing.T) {
	eachCatalog(t, func(t *testing.T, d catalogDesk) {
		twoApplications(t, d)
		ok[Recorded](t)(d.AddChange(d.lead, AddChange{Application: "stock", Title: "Release 4.2", Key: "k"}))
		ok[estate.Product](t)(d.PutProduct(d.lead, "stock", ProductFields{Name: "Tomcat", Version: "9"}))
		ok[EstateResult](t)(d.ImportEstate(d.lead, strings.NewReader(monthEnd), EstateImport{Create: true}))
		dir := t.TempDir()
		ok[Manifest](t)(d.Export(AsSystem(t.Context(), "cli", "test"), dir+"/out", ExportDesk{}, nil))
		for name, rows := range map[string]int{"interfaces": 1, "products": 1, "changes": 1, "jobs": 4, "job_waits": 2, "job_objects": 1, "job_edges": 1} {
			b, err := os.ReadFile(dir + "/out/" + name + ".ndjson")
			if err != nil || strings.Count(string(b), "\n") != rows {
				t.Errorf("%s: %v\n%s", name, err, b)
			}
		}
		var none id.ID
		if _, err := d.Change(d.agent, none); !fault.Is(err, fault.CodeNotFound) {
			t.Errorf("no change: %v", err)
		}
	})
}
